package admin

import (
	"net/http"
	"strings"
)

// onIdentity needs an action of IAM, with the kind of what it is about in the place of "%"; iam decides in its transaction.
func onIdentity(action string, kinds ...string) permission {
	p := permission{scopeAdministrative, nil, true}
	for _, kind := range kinds {
		p.actions = append(p.actions, "iam:"+strings.ReplaceAll(action, "%", kind))
	}
	return p
}

// identityRoutes: users, groups and roles as IAM knows them, by name.
func (a *API) identityRoutes(m *mount) {
	const (
		of, one = "/myfsio/identities/{kind}", "/myfsio/identities/{kind}/{name}"
		user    = "/myfsio/identities/users/{name}"
		group   = "/myfsio/identities/groups/{name}"
		role    = "/myfsio/identities/roles/{name}"
	)
	every := []string{"User", "Group", "Role"}
	bounded := []string{"User", "Role"}
	add(m, operation{
		id: "listIdentities", method: http.MethodGet, path: of, tag: tagIdentities, need: onIdentity("List%s", every...),
		summary: "List users, groups or roles",
		text:    "Those of one's own account. The other operations see no others either.",
	}, a.listIdentities)
	add(m, operation{
		id: "createIdentity", method: http.MethodPost, path: of, tag: tagIdentities, need: onIdentity("Create%", every...), status: http.StatusCreated,
		summary: "Create a user, a group or a role",
		text:    "Of a user's first access key, the answer is the only one that shows the secret key. The user and the key are made together or not at all.",
	}, a.createIdentity)
	add(m, operation{
		id: "getIdentity", method: http.MethodGet, path: one, tag: tagIdentities, need: onIdentity("Get%", every...),
		summary: "Get a user, a group or a role",
		text:    "Keys, groups, policies and tags are in the answer as far as the caller may list them.",
	}, a.getIdentity)
	add(m, operation{
		id: "updateIdentity", method: http.MethodPut, path: one, tag: tagIdentities, need: onIdentity("Update%", every...),
		summary: "Change names, descriptions, whether a user is disabled and when it is valid",
	}, a.updateIdentity)
	add(m, operation{
		id: "deleteIdentity", method: http.MethodDelete, path: one, tag: tagIdentities, need: onIdentity("Delete%", every...),
		summary: "Delete a user, a group or a role with all that hangs at it",
		text:    "Its keys, its inline policies and its memberships go with it; managed policies and the users of a group stay. IAM's own protocol refuses while something hangs at it.",
	}, a.deleteIdentity)
	add(m, operation{
		id: "putInlinePolicy", method: http.MethodPut, path: one + "/policies/{policy}", tag: tagIdentities, need: onIdentity("Put%Policy", every...),
		summary: "Give an inline policy, in the place of one of that name",
	}, a.putInline)
	add(m, operation{
		id: "deleteInlinePolicy", method: http.MethodDelete, path: one + "/policies/{policy}", tag: tagIdentities, need: onIdentity("Delete%Policy", every...),
		summary: "Delete an inline policy",
	}, a.deleteInline)
	add(m, operation{
		id: "attachPolicy", method: http.MethodPut, path: one + "/attached", tag: tagIdentities, need: onIdentity("Attach%Policy", every...),
		summary: "Attach a managed policy",
	}, a.attach)
	add(m, operation{
		id: "detachPolicy", method: http.MethodDelete, path: one + "/attached", tag: tagIdentities, need: onIdentity("Detach%Policy", every...),
		summary: "Detach a managed policy",
	}, a.detach)
	add(m, operation{
		id: "setBoundary", method: http.MethodPut, path: one + "/boundary", tag: tagIdentities, need: onIdentity("Put%PermissionsBoundary", bounded...),
		summary: "Bound what a user or a role can have by a managed policy",
	}, a.setBoundary)
	add(m, operation{
		id: "deleteBoundary", method: http.MethodDelete, path: one + "/boundary", tag: tagIdentities, need: onIdentity("Delete%PermissionsBoundary", bounded...),
		summary: "Take the permissions boundary away",
	}, a.deleteBoundary)
	add(m, operation{
		id: "tagIdentity", method: http.MethodPut, path: one + "/tags", tag: tagIdentities, need: onIdentity("Tag%", bounded...),
		summary: "Give tags, in the place of those of the same names, and take others away",
		text:    "All of it or nothing. Taking away also needs iam:UntagUser or iam:UntagRole, and giving is not needed where none are given.",
	}, a.tagIdentity)
	add(m, operation{
		id: "untagIdentity", method: http.MethodDelete, path: one + "/tags", tag: tagIdentities, need: onIdentity("Untag%", bounded...),
		summary: "Take tags away",
	}, a.untagIdentity)
	add(m, operation{
		id: "createAccessKey", method: http.MethodPost, path: user + "/keys", tag: tagIdentities, need: onUser("iam:CreateAccessKey"), status: http.StatusCreated,
		summary: "Give a user one more access key",
		text:    "The answer is the only one that shows the secret key. rotateSecret replaces the secret of a key.",
	}, a.createKey)
	add(m, operation{
		id: "setAccessKey", method: http.MethodPut, path: user + "/keys/{key}", tag: tagIdentities, need: onUser("iam:UpdateAccessKey"),
		summary: "Switch an access key on or off, and set when it expires",
		text:    "What is absent stays.",
	}, a.setKey)
	add(m, operation{
		id: "deleteAccessKey", method: http.MethodDelete, path: user + "/keys/{key}", tag: tagIdentities, need: onUser("iam:DeleteAccessKey"),
		summary: "Delete an access key",
	}, a.deleteKey)
	add(m, operation{
		id: "addMember", method: http.MethodPut, path: group + "/members/{user}", tag: tagIdentities, need: onUser("iam:AddUserToGroup"),
		summary: "Add a user to a group",
	}, a.addMember)
	add(m, operation{
		id: "removeMember", method: http.MethodDelete, path: group + "/members/{user}", tag: tagIdentities, need: onUser("iam:RemoveUserFromGroup"),
		summary: "Take a user out of a group",
	}, a.removeMember)
	add(m, operation{
		id: "setTrustPolicy", method: http.MethodPut, path: role + "/trust", tag: tagIdentities, need: onUser("iam:UpdateAssumeRolePolicy"),
		summary: "Say who may act as a role",
	}, a.setTrust)
}

// managedRoutes: managed policies, by ARN.
func (a *API) managedRoutes(m *mount) {
	const all, one = "/myfsio/policies", "/myfsio/policy"
	add(m, operation{
		id: "listManagedPolicies", method: http.MethodGet, path: all, tag: tagIdentities, need: onUser("iam:ListPolicies"),
		summary: "List managed policies",
		text:    "Those of one's own account, and those that are built in.",
	}, a.listManaged)
	add(m, operation{
		id: "createManagedPolicy", method: http.MethodPost, path: all, tag: tagIdentities, need: onUser("iam:CreatePolicy"), status: http.StatusCreated,
		summary: "Create a managed policy",
	}, a.createManaged)
	add(m, operation{
		id: "getManagedPolicy", method: http.MethodGet, path: one, tag: tagIdentities, need: onUser("iam:GetPolicy"),
		summary: "Get a managed policy with its versions and where it is used",
		text:    "The versions are in the answer for who has iam:GetPolicyVersion, where it is used for who has iam:ListEntitiesForPolicy.",
	}, a.getManaged)
	add(m, operation{
		id: "deleteManagedPolicy", method: http.MethodDelete, path: one, tag: tagIdentities, need: onUser("iam:DeletePolicy"),
		summary: "Delete a managed policy that is used nowhere and has one version",
	}, a.deleteManaged)
	add(m, operation{
		id: "createPolicyVersion", method: http.MethodPost, path: one + "/versions", tag: tagIdentities, need: onUser("iam:CreatePolicyVersion"), status: http.StatusCreated,
		summary: "Add a version to a managed policy, which has at most five",
	}, a.createVersion)
	add(m, operation{
		id: "deletePolicyVersion", method: http.MethodDelete, path: one + "/versions", tag: tagIdentities, need: onUser("iam:DeletePolicyVersion"),
		summary: "Delete a version that does not hold",
	}, a.deleteVersion)
	add(m, operation{
		id: "setDefaultPolicyVersion", method: http.MethodPut, path: one + "/default", tag: tagIdentities, need: onUser("iam:SetDefaultPolicyVersion"),
		summary: "Say which version of a managed policy holds",
	}, a.setDefaultVersion)
}
