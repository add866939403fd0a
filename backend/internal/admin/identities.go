package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Users, groups and roles as IAM knows them. Who may do what to whom is decided by iam, by the same calls as for IAM's own protocol.

var identityKinds = map[string]iam.EntityKind{"users": iam.UserEntity, "groups": iam.GroupEntity, "roles": iam.RoleEntity}

func kindPath(k iam.EntityKind) string { return [...]string{"users", "groups", "roles"}[k] }

func (a *API) identityEntry(e *iam.Entity) IdentityEntry {
	out := IdentityEntry{
		Name: e.Name, Path: e.Path, ID: e.ID, ARN: e.ARN, Created: e.Created, DisplayName: e.DisplayName, Description: e.Description, Disabled: e.Disabled,
		ValidFrom: some(e.ValidFrom), ValidUntil: some(e.ValidUntil), Environment: e.Environment, Admin: e.Admin, Policies: len(e.Grants.Attached) + len(e.Grants.Inline), Groups: len(e.Groups), Members: e.Members,
	}
	if len(e.Simple) > 0 {
		out.Policies++
	}
	for _, k := range e.Keys {
		if k.Usable(a.Clock.Now()) {
			out.Keys++
		}
	}
	return out
}

func (a *API) listIdentities(ctx context.Context, c *call, in *listIdentitiesInput) (*output[IdentityList], error) {
	all, err := a.IAM.Entities(ctx, c.id, identityKinds[in.Kind], "")
	if err != nil {
		return nil, err
	}
	rows := make([]row[IdentityEntry], len(all))
	for i := range all {
		e := a.identityEntry(&all[i])
		value := map[string]int64{"created": e.Created.UnixMilli(), "keys": int64(e.Keys), "groups": int64(e.Groups), "policies": int64(e.Policies), "members": int64(e.Members)}
		rows[i] = row[IdentityEntry]{of: e, name: strings.ToLower(e.Name), arn: e.ARN, value: value[in.Sort]}
	}
	var list IdentityList
	list.Identities, list.Cursor, list.Total, err = pageOf(&in.PageInput, in.Sort == "name", rows, func(e *IdentityEntry) []string { return []string{e.DisplayName, e.Description} })
	return answer(list), err
}

// Actions that the console asks for on one user, group or role.
var identityActions = map[iam.EntityKind][]string{
	iam.UserEntity: {
		"iam:UpdateUser", "iam:DeleteUser", "iam:PutUserPolicy", "iam:DeleteUserPolicy", "iam:AttachUserPolicy", "iam:DetachUserPolicy",
		"iam:PutUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:TagUser", "iam:UntagUser",
		"iam:GetLoginProfile", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteLoginProfile", "iam:ListMFADevices", "iam:DeactivateMFADevice",
		"iam:ListAccessKeys", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey", "iam:ListGroupsForUser",
		"iam:GetUserPolicy", "iam:ListAttachedUserPolicies", "iam:ListUserTags",
	},
	iam.GroupEntity: {
		"iam:UpdateGroup", "iam:DeleteGroup", "iam:PutGroupPolicy", "iam:DeleteGroupPolicy", "iam:AttachGroupPolicy", "iam:DetachGroupPolicy",
		"iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:GetGroupPolicy", "iam:ListAttachedGroupPolicies",
	},
	iam.RoleEntity: {
		"iam:UpdateRole", "iam:DeleteRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy",
		"iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
		"iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRoleTags",
	},
}

func (a *API) getIdentity(ctx context.Context, c *call, in *identityInput) (*output[Identity], error) {
	kind := identityKinds[in.Kind]
	e, err := a.IAM.Entity(ctx, c.id, "iam:Get"+kind.String(), kind, in.Name)
	if err != nil {
		return nil, err
	}
	may := func(action string) bool { return a.IAM.May(c.id, action, e.ARN, e.Tags) }
	out := Identity{IdentityEntry: a.identityEntry(&e), Boundary: e.Grants.Boundary, Trust: string(e.Trust), MaxSession: int(e.MaxSession / time.Second), Permissions: []string{}}
	for _, action := range identityActions[kind] {
		if may(action) {
			out.Permissions = append(out.Permissions, action)
		}
	}
	n := kind.String()
	if may("iam:ListAttached" + n + "Policies") {
		out.Attached = e.Grants.Attached
	}
	if may("iam:Get" + n + "Policy") {
		for _, p := range e.Grants.Inline {
			out.Inline = append(out.Inline, InlinePolicy{Name: p.Name, Document: string(p.Text)})
		}
		out.SimplePolicies = e.Simple
	}
	if kind != iam.GroupEntity && may("iam:List"+n+"Tags") {
		out.Tags = tagsOf(e.Tags)
	}
	switch kind {
	case iam.UserEntity:
		err = a.describeUser(ctx, c, &e, &out)
	case iam.GroupEntity:
		var users []iam.Entity
		_, users, err = a.IAM.Members(ctx, c.id, e.Name)
		for i := range users {
			out.Users = append(out.Users, IdentityMember{Name: users[i].Name, DisplayName: users[i].DisplayName})
		}
		out.Members = len(users)
	}
	if err != nil {
		return nil, err
	}
	return answer(out), nil
}

// describeUser adds what only users have.
func (a *API) describeUser(ctx context.Context, c *call, e *iam.Entity, out *Identity) error {
	if l := &e.Login; l.Issuer != "" {
		out.Login = &ProviderLogin{Issuer: l.Issuer, Subject: l.Subject, Groups: []string{}, Policies: append([]string{}, l.Policies...)}
	}
	if a.IAM.May(c.id, "iam:ListGroupsForUser", e.ARN, e.Tags) {
		groups, err := a.IAM.GroupsOf(ctx, c.id, e.Name)
		if err != nil {
			return err
		}
		for _, g := range groups {
			if slices.Contains(e.Login.Groups, g.ID) {
				out.Login.Groups = append(out.Login.Groups, g.Name)
			}
		}
		for i := range groups {
			out.GroupNames = append(out.GroupNames, groups[i].Name)
		}
	}
	if a.IAM.May(c.id, "iam:GetLoginProfile", e.ARN, e.Tags) {
		switch p, err := a.IAM.Password(ctx, c.id, e.Name); {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			return err
		default:
			out.Password = &IdentityPassword{Created: p.Created, MustChange: p.MustChange}
		}
	}
	if a.IAM.May(c.id, "iam:ListMFADevices", e.ARN, e.Tags) {
		devices, err := a.IAM.Devices(ctx, c.id, e.Name)
		if err != nil {
			return err
		}
		out.Devices = deviceList(devices)
	}
	if !a.IAM.May(c.id, "iam:ListAccessKeys", e.ARN, e.Tags) {
		return nil
	}
	used := a.IAM.May(c.id, "iam:GetAccessKeyLastUsed", e.ARN, e.Tags)
	for _, k := range e.Keys {
		key := a.accessKey(&k)
		if used {
			switch _, last, err := a.IAM.KeyUse(ctx, c.id, k.ID); {
			case fault.Is(err, fault.NotFound): // deleted meanwhile
				continue
			case err != nil:
				return err
			case !last.At.IsZero():
				key.LastUsed = &last.At
			}
		}
		out.AccessKeys = append(out.AccessKeys, key)
	}
	return nil
}

func (a *API) accessKey(k *iam.AccessKey) AccessKey {
	return AccessKey{ID: k.ID, Active: k.Active, Created: k.Created, Expires: some(k.Expires), Expired: k.Expired(a.Clock.Now())}
}

// timeIn reads a time of a change: nil leaves it, and none is the zero time.
func timeIn(op string, text *string) (*time.Time, error) {
	if text == nil || *text == "" {
		if text == nil {
			return nil, nil //nolint:nilnil // nothing to change
		}
		return &time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, *text)
	if err != nil {
		return nil, fault.New(op, fault.InvalidArgument, "A time is written as RFC 3339 has it, as 2030-01-02T15:04:05Z.")
	}
	t = t.UTC()
	return &t, nil
}

// some is a time that may be absent.
func some(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func tagsOf(tags meta.Tags) (out []IdentityTag) {
	for _, t := range tags {
		out = append(out, IdentityTag{Name: t.Name, Value: t.Value})
	}
	return out
}

func tagsIn(tags []IdentityTag) (out meta.Tags) {
	for _, t := range tags {
		out = append(out, meta.Pair{Name: t.Name, Value: t.Value})
	}
	return out
}

func (a *API) createIdentity(ctx context.Context, c *call, in *createIdentityInput) (*output[CreatedIdentity], error) {
	b := &in.Body
	n := iam.NewEntity{
		Kind: identityKinds[in.Kind], Name: b.Name, Path: b.Path, Tags: tagsIn(b.Tags), Boundary: b.Boundary, DisplayName: b.DisplayName,
		ValidFrom: b.ValidFrom, ValidUntil: b.ValidUntil,
		Description: b.Description, Trust: b.Trust, MaxSession: time.Duration(b.MaxSession) * time.Second,
	}
	if b.AccessKey && n.Kind == iam.UserEntity {
		e, key, secret, err := a.IAM.CreateUserWithKey(ctx, c.id, n)
		if err != nil {
			return nil, err
		}
		return answer(CreatedIdentity{Name: e.Name, ARN: e.ARN, AccessKey: key.ID, SecretKey: secret}), nil
	}
	e, err := a.IAM.CreateEntity(ctx, c.id, n)
	if err != nil {
		return nil, err
	}
	return answer(CreatedIdentity{Name: e.Name, ARN: e.ARN}), nil
}

func (a *API) updateIdentity(ctx context.Context, c *call, in *updateIdentityInput) (*noBody, error) {
	const op = "admin.updateIdentity"
	b := &in.Body
	kind := identityKinds[in.Kind]
	var edits []iam.Edit
	if b.Name != "" || b.Path != "" {
		if kind == iam.RoleEntity {
			return nil, fault.New(op, fault.InvalidArgument, "The name and the path of a role cannot be changed.")
		}
		edits = append(edits, iam.Rename(b.Name, b.Path))
	}
	if b.DisplayName != nil || b.Disabled != nil {
		if kind != iam.UserEntity {
			return nil, fault.New(op, fault.InvalidArgument, "Only users have a display name and can be disabled.")
		}
		edits = append(edits, iam.DescribeUser(b.DisplayName, b.Disabled))
	}
	if b.ValidFrom != nil || b.ValidUntil != nil {
		if kind != iam.UserEntity {
			return nil, fault.New(op, fault.InvalidArgument, "Only users have a time in which they are valid.")
		}
		from, err := timeIn(op, b.ValidFrom)
		if err != nil {
			return nil, err
		}
		until, err := timeIn(op, b.ValidUntil)
		if err != nil {
			return nil, err
		}
		edits = append(edits, iam.Validity(from, until))
	}
	if b.Description != nil || b.MaxSession != 0 {
		if kind != iam.RoleEntity {
			return nil, fault.New(op, fault.InvalidArgument, "Only roles have a description and sessions.")
		}
		edits = append(edits, iam.DescribeRole(b.Description, time.Duration(b.MaxSession)*time.Second))
	}
	if len(edits) == 0 {
		return nil, fault.New(op, fault.InvalidArgument, "The request names nothing to change.")
	}
	return a.edit(ctx, c, in.Kind, in.Name, iam.Together(edits...))
}

func (a *API) edit(ctx context.Context, c *call, kind, name string, edits ...iam.Edit) (*noBody, error) {
	return &noBody{}, a.IAM.Edit(ctx, c.id, identityKinds[kind], name, edits...)
}

func (a *API) deleteIdentity(ctx context.Context, c *call, in *identityInput) (*noBody, error) {
	return &noBody{}, a.IAM.DeleteWhole(ctx, c.id, identityKinds[in.Kind], in.Name)
}

func (a *API) putInline(ctx context.Context, c *call, in *putInlineInput) (*noBody, error) {
	return a.edit(ctx, c, in.Kind, in.Name, iam.PutPolicy(in.Policy, in.Body.Document))
}

func (a *API) deleteInline(ctx context.Context, c *call, in *inlineInput) (*noBody, error) {
	return a.edit(ctx, c, in.Kind, in.Name, iam.DeletePolicy(in.Policy))
}

func (a *API) attach(ctx context.Context, c *call, in *attachInput) (*noBody, error) {
	return a.edit(ctx, c, in.Kind, in.Name, iam.AttachPolicy(in.ARN))
}

func (a *API) detach(ctx context.Context, c *call, in *attachInput) (*noBody, error) {
	return a.edit(ctx, c, in.Kind, in.Name, iam.DetachPolicy(in.ARN))
}

func (a *API) setBoundary(ctx context.Context, c *call, in *setBoundaryInput) (*noBody, error) {
	return a.edit(ctx, c, in.Kind, in.Name, iam.SetBoundary(in.ARN))
}

func (a *API) deleteBoundary(ctx context.Context, c *call, in *boundaryInput) (*noBody, error) {
	return a.edit(ctx, c, in.Kind, in.Name, iam.SetBoundary(""))
}

func (a *API) tagIdentity(ctx context.Context, c *call, in *tagIdentityInput) (*noBody, error) {
	var edits []iam.Edit
	if len(in.Body.Remove) > 0 { // first, so that they make room
		edits = append(edits, iam.Untag(in.Body.Remove))
	}
	if len(in.Body.Tags) > 0 {
		edits = append(edits, iam.Tag(tagsIn(in.Body.Tags)))
	}
	if len(edits) == 0 {
		return nil, fault.New("admin.tagIdentity", fault.InvalidArgument, "The request names nothing to change.")
	}
	return a.edit(ctx, c, in.Kind, in.Name, edits...)
}

func (a *API) untagIdentity(ctx context.Context, c *call, in *untagIdentityInput) (*noBody, error) {
	return a.edit(ctx, c, in.Kind, in.Name, iam.Untag(in.Tags))
}

func (a *API) setTrust(ctx context.Context, c *call, in *trustInput) (*noBody, error) {
	return a.edit(ctx, c, "roles", in.Name, iam.SetTrust(in.Body.Document))
}

func (a *API) createKey(ctx context.Context, c *call, in *createKeyInput) (*output[NewKey], error) {
	key, secret, err := a.IAM.CreateKeyUntil(ctx, c.id, in.Name, in.Expires.UTC())
	if err != nil {
		return nil, err
	}
	return answer(NewKey{AccessKey: key.ID, SecretKey: secret}), nil
}

func (a *API) setKey(ctx context.Context, c *call, in *setKeyInput) (*noBody, error) {
	const op = "admin.setKey"
	expires, err := timeIn(op, in.Body.Expires)
	if err != nil {
		return nil, err
	}
	if in.Body.Active == nil && expires == nil {
		return nil, fault.New(op, fault.InvalidArgument, "The request names nothing to change.")
	}
	return &noBody{}, a.IAM.ChangeKey(ctx, c.id, in.Name, in.Key, in.Body.Active, expires)
}

func (a *API) deleteKey(ctx context.Context, c *call, in *keyInput) (*noBody, error) {
	return &noBody{}, a.IAM.DeleteKey(ctx, c.id, in.Name, in.Key)
}

func (a *API) addMember(ctx context.Context, c *call, in *memberInput) (*noBody, error) {
	return &noBody{}, a.IAM.SetMember(ctx, c.id, in.User, in.Name, true)
}

func (a *API) removeMember(ctx context.Context, c *call, in *memberInput) (*noBody, error) {
	return &noBody{}, a.IAM.SetMember(ctx, c.id, in.User, in.Name, false)
}
