package policy

import (
	"sort"
	"strings"
)

// Scope is what an action works on.
type Scope uint8

// The scopes. An action of scope Account has no bucket: its resource is everything.
const (
	ScopeAccount Scope = iota
	ScopeBucket
	ScopeObject
)

// Action is one name that a policy may allow or deny.
type Action struct {
	Name  string   // in AWS's spelling, as "s3:GetObject"
	Scope Scope    // for s3 and myfsio; the others are ScopeAccount
	Verbs []string // the simple names that contain it, empty when only its own name or a wildcard grants it
}

// s3Actions lists every S3 action: name, scope (a, b, o), and the simple verbs that contain it. Names that AWS has and this server has
// no operation for are here too, so that a policy written for AWS is accepted; they grant nothing. HeadBucket is no AWS action: it is
// what the verb `read` gives of the operation HeadBucket, which s3:ListBucket allows as well.
const s3Actions = `
AbortMultipartUpload o write
BypassGovernanceRetention o
CreateAccessPoint a
CreateBucket b write
CreateBucketMetadataTableConfiguration b
CreateJob a
DeleteAccessPoint a
DeleteAccessPointPolicy a
DeleteBucket b delete
DeleteBucketMetadataTableConfiguration b
DeleteBucketPolicy b policy
DeleteBucketWebsite b policy
DeleteObject o delete
DeleteObjectTagging o delete
DeleteObjectVersion o delete
DeleteObjectVersionTagging o delete
DescribeJob a
GetAccelerateConfiguration b policy
GetAccessPoint a
GetAccessPointPolicy a
GetAccessPointPolicyStatus a
GetAccountPublicAccessBlock a policy
GetAnalyticsConfiguration b policy
GetBucketAbac b policy
GetBucketAcl b share
GetBucketCORS b cors
GetBucketLocation b list read write delete
GetBucketLogging b policy
GetBucketMetadataTableConfiguration b policy
GetBucketNotification b policy
GetBucketObjectLockConfiguration b read policy
GetBucketOwnershipControls b policy
GetBucketPolicy b policy
GetBucketPolicyStatus b policy
GetBucketPublicAccessBlock b policy
GetBucketRequestPayment b policy
GetBucketTagging b policy
GetBucketVersioning b read
GetBucketWebsite b policy
GetEncryptionConfiguration b policy
GetIntelligentTieringConfiguration b policy
GetInventoryConfiguration b policy
GetJobTagging a
GetLifecycleConfiguration b lifecycle
GetMetricsConfiguration b policy
GetObject o read
GetObjectAcl o read share
GetObjectAttributes o read
GetObjectLegalHold o read write
GetObjectRetention o read write
GetObjectTagging o read
GetObjectTorrent o read
GetObjectVersion o read
GetObjectVersionAcl o read share
GetObjectVersionAttributes o read
GetObjectVersionForReplication o replication
GetObjectVersionTagging o read
GetObjectVersionTorrent o read
GetReplicationConfiguration b replication
HeadBucket b list read
InitiateReplication o replication
ListAccessPoints a
ListAllMyBuckets a list
ListBucket b list
ListBucketMultipartUploads b list
ListBucketVersions b list
ListJobs a
ListMultipartUploadParts o list write
ListTagsForResource b policy
ObjectOwnerOverrideToBucketOwner o replication
PauseReplication b replication
PutAccelerateConfiguration b policy
PutAccessPointPolicy a
PutAccountPublicAccessBlock a policy
PutAnalyticsConfiguration b policy
PutBucketAbac b policy
PutBucketAcl b share
PutBucketCORS b cors
PutBucketLogging b policy
PutBucketNotification b policy
PutBucketObjectLockConfiguration b policy
PutBucketOwnershipControls b policy
PutBucketPolicy b policy
PutBucketPublicAccessBlock b policy
PutBucketRequestPayment b policy
PutBucketTagging b policy
PutBucketVersioning b write
PutBucketWebsite b policy
PutEncryptionConfiguration b policy
PutIntelligentTieringConfiguration b policy
PutInventoryConfiguration b policy
PutLifecycleConfiguration b lifecycle
PutMetricsConfiguration b policy
PutObject o write
PutObjectAcl o share
PutObjectLegalHold o write
PutObjectRetention o write
PutObjectTagging o write
PutObjectVersionAcl o share
PutObjectVersionTagging o write
PutReplicationConfiguration b replication
ReplicateDelete o replication
ReplicateObject o replication
ReplicateTags o replication
RestoreObject o write
TagResource b policy
UntagResource b policy
UpdateObjectEncryption o write
`

// iamActions lists the actions on identities, with the simple names that contain them.
const iamActions = `
AddClientIDToOpenIDConnectProvider
AddUserToGroup
AttachGroupPolicy
AttachRolePolicy
AttachUserPolicy
ChangePassword
CreateAccessKey iam:rotate_key
CreateGroup
CreateLoginProfile
CreateOpenIDConnectProvider
CreatePolicy
CreatePolicyVersion
CreateRole
CreateUser iam:create_user
CreateVirtualMFADevice
DeactivateMFADevice
DeleteAccessKey iam:rotate_key
DeleteGroup
DeleteGroupPolicy
DeleteLoginProfile
DeleteOpenIDConnectProvider
DeletePolicy
DeletePolicyVersion
DeleteRole
DeleteRolePermissionsBoundary
DeleteRolePolicy
DeleteUser iam:delete_user
DeleteUserPermissionsBoundary
DeleteUserPolicy iam:update_policy
DeleteVirtualMFADevice
DetachGroupPolicy
DetachRolePolicy
DetachUserPolicy
EnableMFADevice
GetAccessKeyLastUsed iam:list_users
GetAccountAuthorizationDetails
GetAccountPasswordPolicy
GetAccountSummary
GetContextKeysForCustomPolicy
GetContextKeysForPrincipalPolicy
GetGroup
GetGroupPolicy
GetLoginProfile
GetOpenIDConnectProvider
GetPolicy
GetPolicyVersion
GetRole
GetRolePolicy
GetUser iam:list_users
GetUserPolicy iam:list_users
ListAccessKeys iam:list_users
ListAccountAliases
ListAttachedGroupPolicies
ListAttachedRolePolicies
ListAttachedUserPolicies iam:list_users
ListEntitiesForPolicy
ListGroupPolicies
ListGroups
ListGroupsForUser
ListMFADevices
ListOpenIDConnectProviderTags
ListOpenIDConnectProviders
ListPolicies
ListPolicyVersions
ListRolePolicies
ListRoleTags
ListRoles
ListUserPolicies iam:list_users
ListUserTags
ListUsers iam:list_users
ListVirtualMFADevices
PassRole
PutGroupPolicy
PutRolePermissionsBoundary
PutRolePolicy
PutUserPermissionsBoundary
PutUserPolicy iam:update_policy
RemoveClientIDFromOpenIDConnectProvider
RemoveUserFromGroup
ResyncMFADevice
SetDefaultPolicyVersion
SimulateCustomPolicy
SimulatePrincipalPolicy
TagOpenIDConnectProvider
TagPolicy
TagRole
TagUser
UntagOpenIDConnectProvider
UntagPolicy
UntagRole
UntagUser
UpdateAccessKey iam:rotate_key
UpdateAccountPasswordPolicy
UpdateAssumeRolePolicy
UpdateGroup
UpdateLoginProfile
UpdateOpenIDConnectProviderThumbprint
UpdateRole
UpdateUser
`

const kmsActions = `
CancelKeyDeletion CreateAlias CreateGrant CreateKey Decrypt DeleteAlias DeleteImportedKeyMaterial DescribeKey DisableKey
DisableKeyRotation EnableKey EnableKeyRotation Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom GetKeyPolicy GetKeyRotationStatus GetParametersForImport GetPublicKey
ImportKeyMaterial ListAliases ListGrants ListKeyPolicies ListKeys ListResourceTags ListRetirableGrants PutKeyPolicy ReEncryptFrom
ReEncryptTo RetireGrant RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion Sign TagResource UntagResource UpdateAlias
UpdateKeyDescription Verify VerifyMac
`

const stsActions = `
AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity
GetFederationToken GetSessionToken SetSourceIdentity TagSession
`

// Own actions that simple verbs contain, those on accounts, and that of the audit log. Any other name of letters after "myfsio:" is accepted too: the table of the admin API decides
// which exist.
const ownActions = `
GetBucketQuota b list read
PutBucketQuota b iam:list_users
CreateAccount a
DeleteAccount a
GetAuditLog a
ListAccounts a
`

// words is the size of an action set.
const words = 6

// actionSet is a set of known actions, one bit each.
type actionSet [words]uint64

func (s *actionSet) add(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s *actionSet) has(i int) bool { return s[i>>6]&(1<<(i&63)) != 0 }

var (
	known      []Action
	knownIndex map[string]int // exact spelling; used by every request
	foldIndex  map[string]int // lower case
)

func init() {
	scopes := map[string]Scope{"a": ScopeAccount, "b": ScopeBucket, "o": ScopeObject}
	for _, t := range []struct{ service, table string }{{"s3", s3Actions}, {"myfsio", ownActions}, {"iam", iamActions}} {
		for line := range strings.SplitSeq(strings.TrimSpace(t.table), "\n") {
			f := strings.Fields(line)
			a := Action{Name: t.service + ":" + f[0]}
			f = f[1:]
			if t.service != "iam" {
				a.Scope, f = scopes[f[0]], f[1:]
			}
			a.Verbs = f
			known = append(known, a)
		}
	}
	for _, n := range strings.Fields(kmsActions) {
		known = append(known, Action{Name: "kms:" + n})
	}
	for _, n := range strings.Fields(stsActions) {
		known = append(known, Action{Name: "sts:" + n})
	}
	sort.Slice(known, func(i, j int) bool { return known[i].Name < known[j].Name })
	if len(known) > words*64 {
		panic("policy: too many actions for an action set")
	}
	knownIndex, foldIndex = make(map[string]int, len(known)), make(map[string]int, len(known))
	for i, a := range known {
		knownIndex[a.Name] = i
		foldIndex[strings.ToLower(a.Name)] = i
	}
}

// Actions returns every known action, sorted by name.
func Actions() []Action { return append([]Action(nil), known...) }

// KnownAction reports whether an operation may name the action: it is in the table, or an own name of letters after "myfsio:".
func KnownAction(name string) bool {
	_, ok := knownIndex[name]
	return ok || ownName(name)
}

// ownName reports whether name is "myfsio:" and letters, in any case.
func ownName(name string) bool {
	if len(name) < 8 || !strings.EqualFold(name[:7], "myfsio:") {
		return false
	}
	for _, c := range name[7:] {
		if (c|0x20) < 'a' || (c|0x20) > 'z' {
			return false
		}
	}
	return true
}

// actionPattern is one Action text of a statement.
type actionPattern struct {
	text string
	fold pattern // of the lower-case text
	set  actionSet
	own  bool // may match own names that are in no table
}

var anyOwn, _ = compile("myfsio:*", false)

// parseAction compiles an action text. ok is false when nothing that exists can match it.
func parseAction(text string) (a actionPattern, ok bool) {
	a.text = text
	fold := strings.ToLower(text)
	a.fold, _ = compile(fold, false) // without variables nothing can be wrong
	if i, exact := foldIndex[fold]; exact {
		a.text = known[i].Name
		a.set.add(i)
		return a, true
	}
	if a.fold.form == formExact {
		a.own = ownName(text)
		return a, a.own
	}
	// A wildcard may reach over services only as "*" itself, as in AWS.
	if text != "*" && !strings.Contains(text, ":") {
		return a, false
	}
	for i := range known {
		if a.fold.match(strings.ToLower(known[i].Name), nil) {
			a.set.add(i)
			ok = true
		}
	}
	a.own = overlaps(&a.fold, &anyOwn)
	return a, ok || a.own
}

// ScopeOf returns what a known action works on; ScopeAccount for one that is not known.
func ScopeOf(action string) Scope {
	if i, ok := knownIndex[action]; ok {
		return known[i].Scope
	}
	return ScopeAccount
}
