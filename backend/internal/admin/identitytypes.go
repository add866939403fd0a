package admin

import "time"

// IdentityEntry is a user, a group or a role in a list.
type IdentityEntry struct {
	Name        string     `json:"name" example:"ada" doc:"Unique in the account among those of its kind"`
	Path        string     `json:"path" example:"/"`
	ID          string     `json:"id"`
	ARN         string     `json:"arn" example:"arn:aws:iam::000000000000:user/ada"`
	Created     time.Time  `json:"created"`
	DisplayName string     `json:"displayName,omitempty" doc:"Of a user"`
	Description string     `json:"description,omitempty" doc:"Of a role"`
	Disabled    bool       `json:"disabled" doc:"Of a user: cannot sign in"`
	ValidFrom   *time.Time `json:"validFrom,omitempty" doc:"Of a user: before it, it is refused as an unknown one"`
	ValidUntil  *time.Time `json:"validUntil,omitempty" doc:"Of a user: from then on it is refused as an unknown one"`
	Environment bool       `json:"environment" doc:"Of a user: managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY"`
	Admin       bool       `json:"admin" doc:"Of a user: can sign in and holds all of iam:*"`
	Keys        int        `json:"keys" doc:"Access keys of a user that are on and not expired"`
	Policies    int        `json:"policies" doc:"Policies of its own: inline, attached, and as one those of setUserPolicies"`
	Groups      int        `json:"groups" doc:"Groups that a user is in"`
	Members     int        `json:"members" doc:"Users in a group"`
}

// IdentityList is a page of the users, groups or roles of the account.
type IdentityList struct {
	Identities []IdentityEntry `json:"identities"`
	Cursor     string          `json:"cursor,omitempty" doc:"Where the next page begins; absent when this is the last"`
	Total      int             `json:"total" doc:"Those that match, on all pages"`
}

// Identity is a user, a group or a role. What the caller may not read of it is absent.
type Identity struct {
	IdentityEntry
	Boundary       string            `json:"boundary,omitempty" doc:"ARN of the managed policy that bounds a user or a role"`
	Attached       []string          `json:"attached,omitempty" doc:"ARNs of managed policies"`
	Inline         []InlinePolicy    `json:"inline,omitempty"`
	SimplePolicies Policies          `json:"simplePolicies,omitempty" required:"false" doc:"What setUserPolicies gave a user; holds beside the others"`
	Tags           []IdentityTag     `json:"tags,omitempty"`
	AccessKeys     []AccessKey       `json:"accessKeys,omitempty" doc:"Of a user"`
	Password       *IdentityPassword `json:"password,omitempty" doc:"Of a user who can sign in with one"`
	Devices        []MFADevice       `json:"devices,omitempty" doc:"Of a user: what shows codes"`
	GroupNames     []string          `json:"groupNames,omitempty" doc:"Of a user"`
	Users          []IdentityMember  `json:"users,omitempty" doc:"Of a group"`
	Trust          string            `json:"trust,omitempty" doc:"Of a role: the JSON that says who may act as it"`
	MaxSession     int               `json:"maxSessionSeconds,omitempty" doc:"Of a role: the longest session"`
	Permissions    []string          `json:"permissions" doc:"IAM actions that the caller has on it"`
	Login          *ProviderLogin    `json:"login,omitempty" doc:"Of a user who signs in at a provider"`
}

// ProviderLogin is who a user is at a provider of identities, and what the provider gave at the last sign-in.
type ProviderLogin struct {
	Issuer   string   `json:"issuer"`
	Subject  string   `json:"subject"`
	Groups   []string `json:"groups" doc:"Names of those of the user's groups that come from there"`
	Policies []string `json:"policies" doc:"ARNs of those of the user's managed policies that come from there"`
}

// InlinePolicy is a policy that belongs to one user, group or role.
type InlinePolicy struct {
	Name     string `json:"name"`
	Document string `json:"document" doc:"JSON"`
}

// IdentityTag is a tag of a user, a role or a policy.
type IdentityTag struct {
	Name  string `json:"name" minLength:"1" maxLength:"128"`
	Value string `json:"value" maxLength:"256"`
}

// AccessKey is a key of a user, without its secret.
type AccessKey struct {
	ID       string     `json:"id"`
	Active   bool       `json:"active"`
	Created  time.Time  `json:"created" doc:"When it got its secret"`
	Expires  *time.Time `json:"expires,omitempty" doc:"From then on it is refused as an unknown one; absent for never"`
	Expired  bool       `json:"expired" doc:"Its end has come"`
	LastUsed *time.Time `json:"lastUsed,omitempty" doc:"Absent for never, and for whoever may not know"`
}

// IdentityMember is a user in a group.
type IdentityMember struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

// NewIdentity describes a user, a group or a role to create.
type NewIdentity struct {
	Name        string        `json:"name" minLength:"1" maxLength:"128" example:"ada" doc:"Letters, digits and _+=,.@-"`
	Path        string        `json:"path,omitempty" maxLength:"512" example:"/team/"`
	DisplayName string        `json:"displayName,omitempty" maxLength:"128" doc:"Of a user; the name when absent"`
	ValidFrom   time.Time     `json:"validFrom,omitzero" doc:"Of a user: before it, it is refused as an unknown one"`
	ValidUntil  time.Time     `json:"validUntil,omitzero" doc:"Of a user: from then on it is refused as an unknown one"`
	AccessKey   bool          `json:"accessKey,omitempty" doc:"Of a user: give it a first access key, which also needs iam:CreateAccessKey"`
	Description string        `json:"description,omitempty" maxLength:"1000" doc:"Of a role"`
	Trust       string        `json:"trust,omitempty" maxLength:"20480" doc:"Of a role: the JSON that says who may act as it"`
	MaxSession  int           `json:"maxSessionSeconds,omitempty" minimum:"3600" maximum:"43200" doc:"Of a role"`
	Boundary    string        `json:"boundary,omitempty" maxLength:"2048" doc:"ARN of a managed policy"`
	Tags        []IdentityTag `json:"tags,omitempty" maxItems:"50"`
}

// CreatedIdentity is what was made, with the secret of a first access key, which is shown this once.
type CreatedIdentity struct {
	Name      string `json:"name"`
	ARN       string `json:"arn"`
	AccessKey string `json:"accessKey,omitempty"`
	SecretKey string `json:"secretKey,omitempty"`
}

// NewKey is a new access key with its secret, which is shown this once.
type NewKey struct {
	AccessKey string `json:"accessKey"`
	SecretKey string `json:"secretKey"`
}

// IdentityChange is what to change of a user, a group or a role; what is absent stays.
type IdentityChange struct {
	Name        string  `json:"name,omitempty" maxLength:"128" doc:"Of a user or a group: its new name"`
	Path        string  `json:"path,omitempty" maxLength:"512" doc:"Of a user or a group"`
	DisplayName *string `json:"displayName,omitempty" maxLength:"128" doc:"Of a user"`
	Disabled    *bool   `json:"disabled,omitempty" doc:"Of a user: sign-ins, sessions and signatures end at once"`
	ValidFrom   *string `json:"validFrom,omitempty" maxLength:"64" doc:"Of a user: a time as RFC 3339 has it, empty for always"`
	ValidUntil  *string `json:"validUntil,omitempty" maxLength:"64" doc:"Of a user: a time as RFC 3339 has it, empty for ever"`
	Description *string `json:"description,omitempty" maxLength:"1000" doc:"Of a role"`
	MaxSession  int     `json:"maxSessionSeconds,omitempty" minimum:"3600" maximum:"43200" doc:"Of a role"`
}

// PolicyDocument is the JSON of a policy, as text: it is kept as it is written.
type PolicyDocument struct {
	Document string `json:"document" minLength:"1" maxLength:"20480"`
}

// ManagedPolicyEntry is a managed policy in the list.
type ManagedPolicyEntry struct {
	Name        string     `json:"name"`
	Path        string     `json:"path"`
	ARN         string     `json:"arn" example:"arn:aws:iam::aws:policy/AdministratorAccess"`
	Description string     `json:"description,omitempty"`
	BuiltIn     bool       `json:"builtIn" doc:"Every account has it, and nobody can change it"`
	Created     *time.Time `json:"created,omitempty"`
	Updated     *time.Time `json:"updated,omitempty"`
	Attached    int        `json:"attached" doc:"Users, groups and roles that it is attached to"`
	Bounds      int        `json:"bounds" doc:"Users and roles that it bounds"`
	Default     int        `json:"defaultVersion" doc:"Number of the version that holds"`
}

// ManagedPolicyList is a page of the managed policies of the account and those that are built in.
type ManagedPolicyList struct {
	Policies []ManagedPolicyEntry `json:"policies"`
	Cursor   string               `json:"cursor,omitempty" doc:"Where the next page begins; absent when this is the last"`
	Total    int                  `json:"total" doc:"Those that match, on all pages"`
}

// ManagedPolicy is a managed policy. What the caller may not read of it is absent.
type ManagedPolicy struct {
	ManagedPolicyEntry
	Versions    []PolicyVersion `json:"versions,omitempty" doc:"The newest first"`
	Used        []PolicyUse     `json:"used,omitempty"`
	Tags        []IdentityTag   `json:"tags,omitempty"`
	Permissions []string        `json:"permissions" doc:"IAM actions that the caller has on it"`
}

// PolicyVersion is one text of a managed policy.
type PolicyVersion struct {
	Number   int        `json:"number"`
	Document string     `json:"document" doc:"JSON"`
	Created  *time.Time `json:"created,omitempty"`
}

// PolicyUse is a user, a group or a role that a policy is attached to, or bounds.
type PolicyUse struct {
	Kind  string `json:"kind" enum:"users,groups,roles"`
	Name  string `json:"name"`
	Bound bool   `json:"bound" doc:"The policy bounds it, and gives it nothing"`
}

// NewManagedPolicy describes a managed policy to create.
type NewManagedPolicy struct {
	Name        string        `json:"name" minLength:"1" maxLength:"128" doc:"Letters, digits and _+=,.@-"`
	Path        string        `json:"path,omitempty" maxLength:"512"`
	Description string        `json:"description,omitempty" maxLength:"1000"`
	Document    string        `json:"document" minLength:"1" maxLength:"20480" doc:"JSON"`
	Tags        []IdentityTag `json:"tags,omitempty" maxItems:"50"`
}

// NewVersion is one more text of a managed policy.
type NewVersion struct {
	Document string `json:"document" minLength:"1" maxLength:"20480" doc:"JSON"`
	Default  bool   `json:"default,omitempty" doc:"It holds from now on"`
}

// Inputs of the operations on identities and managed policies.
type (
	listIdentitiesInput struct {
		Kind string `path:"kind" enum:"users,groups,roles"`
		Sort string `query:"sort" enum:"name,created,keys,groups,policies,members" default:"name" doc:"What another kind has is none"`
		PageInput
	}
	listManagedInput struct {
		Sort string `query:"sort" enum:"name,created,attached" default:"name"`
		PageInput
	}
	createIdentityInput struct {
		Kind string `path:"kind" enum:"users,groups,roles"`
		Body NewIdentity
	}
	identityInput struct {
		Kind string `path:"kind" enum:"users,groups,roles"`
		Name string `path:"name" maxLength:"128"`
	}
	updateIdentityInput struct {
		Kind string `path:"kind" enum:"users,groups,roles"`
		Name string `path:"name" maxLength:"128"`
		Body IdentityChange
	}
	putInlineInput struct {
		Kind   string `path:"kind" enum:"users,groups,roles"`
		Name   string `path:"name" maxLength:"128"`
		Policy string `path:"policy" maxLength:"128"`
		Body   PolicyDocument
	}
	inlineInput struct {
		Kind   string `path:"kind" enum:"users,groups,roles"`
		Name   string `path:"name" maxLength:"128"`
		Policy string `path:"policy" maxLength:"128"`
	}
	attachInput struct {
		Kind string `path:"kind" enum:"users,groups,roles"`
		Name string `path:"name" maxLength:"128"`
		ARN  string `query:"arn" required:"true" minLength:"1" maxLength:"2048" doc:"Of a managed policy"`
	}
	setBoundaryInput struct {
		Kind string `path:"kind" enum:"users,roles"`
		Name string `path:"name" maxLength:"128"`
		ARN  string `query:"arn" required:"true" minLength:"1" maxLength:"2048" doc:"Of a managed policy"`
	}
	boundaryInput struct {
		Kind string `path:"kind" enum:"users,roles"`
		Name string `path:"name" maxLength:"128"`
	}
	tagIdentityInput struct {
		Kind string `path:"kind" enum:"users,roles"`
		Name string `path:"name" maxLength:"128"`
		Body struct {
			Tags   []IdentityTag `json:"tags,omitempty" maxItems:"50"`
			Remove []string      `json:"remove,omitempty" maxItems:"50" doc:"Names of tags to take away"`
		}
	}
	untagIdentityInput struct {
		Kind string   `path:"kind" enum:"users,roles"`
		Name string   `path:"name" maxLength:"128"`
		Tags []string `query:"tag,explode" required:"true" minItems:"1" maxItems:"50" doc:"Names of tags"`
	}
	trustInput struct {
		Name string `path:"name" maxLength:"128"`
		Body PolicyDocument
	}
	identityNameInput struct {
		Name string `path:"name" maxLength:"128"`
	}
	createKeyInput struct {
		Name    string    `path:"name" maxLength:"128"`
		Expires time.Time `query:"expires" doc:"From then on the key is refused as an unknown one; absent for never"`
	}
	setKeyInput struct {
		Name string `path:"name" maxLength:"128"`
		Key  string `path:"key" maxLength:"128"`
		Body struct {
			Active  *bool   `json:"active,omitempty"`
			Expires *string `json:"expires,omitempty" maxLength:"64" doc:"A time as RFC 3339 has it, empty for never"`
		}
	}
	keyInput struct {
		Name string `path:"name" maxLength:"128"`
		Key  string `path:"key" maxLength:"128"`
	}
	memberInput struct {
		Name string `path:"name" maxLength:"128" doc:"Of the group"`
		User string `path:"user" maxLength:"128"`
	}
	createPolicyInput struct{ Body NewManagedPolicy }
	arnInput          struct {
		ARN string `query:"arn" required:"true" minLength:"1" maxLength:"2048" doc:"Of the policy"`
	}
	createVersionInput struct {
		ARN  string `query:"arn" required:"true" minLength:"1" maxLength:"2048" doc:"Of the policy"`
		Body NewVersion
	}
	versionInput struct {
		ARN     string `query:"arn" required:"true" minLength:"1" maxLength:"2048" doc:"Of the policy"`
		Version int    `query:"version" required:"true" minimum:"1" maximum:"1000000"`
	}
)
