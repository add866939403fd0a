package awsquery

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

var iamActions = map[string]action{
	"CreateUser": create(iam.UserEntity), "GetUser": getUser, "ListUsers": entities(iam.UserEntity), "UpdateUser": rename(iam.UserEntity), "DeleteUser": remove(iam.UserEntity),
	"CreateGroup": create(iam.GroupEntity), "GetGroup": getGroup, "ListGroups": entities(iam.GroupEntity), "UpdateGroup": rename(iam.GroupEntity), "DeleteGroup": remove(iam.GroupEntity),
	"CreateRole": create(iam.RoleEntity), "GetRole": getRole, "ListRoles": entities(iam.RoleEntity), "UpdateRole": updateRole, "DeleteRole": remove(iam.RoleEntity),
	"UpdateRoleDescription": updateRole, "UpdateAssumeRolePolicy": updateTrust,

	"AddUserToGroup": member(true), "RemoveUserFromGroup": member(false), "ListGroupsForUser": groupsOf,

	"CreateAccessKey": createKey, "ListAccessKeys": listKeys, "UpdateAccessKey": updateKey, "DeleteAccessKey": deleteKey, "GetAccessKeyLastUsed": keyLastUsed,

	"CreatePolicy": createPolicy, "GetPolicy": getPolicy, "ListPolicies": listPolicies, "DeletePolicy": deletePolicy, "ListEntitiesForPolicy": entitiesFor,
	"CreatePolicyVersion": createVersion, "GetPolicyVersion": getVersion, "ListPolicyVersions": listVersions, "DeletePolicyVersion": deleteVersion,
	"SetDefaultPolicyVersion": setDefault,

	"SimulatePrincipalPolicy": simulatePrincipal, "SimulateCustomPolicy": simulateCustom,
}

func init() {
	for _, k := range []iam.EntityKind{iam.UserEntity, iam.GroupEntity, iam.RoleEntity} {
		n := k.String()
		iamActions["Put"+n+"Policy"] = putInline(k)
		iamActions["Get"+n+"Policy"] = getInline(k)
		iamActions["List"+n+"Policies"] = listInline(k)
		iamActions["Delete"+n+"Policy"] = edit(k, "PolicyName", iam.DeletePolicy)
		iamActions["Attach"+n+"Policy"] = edit(k, "PolicyArn", iam.AttachPolicy)
		iamActions["Detach"+n+"Policy"] = edit(k, "PolicyArn", iam.DetachPolicy)
		iamActions["ListAttached"+n+"Policies"] = listAttached(k)
		if k == iam.GroupEntity {
			continue
		}
		iamActions["Put"+n+"PermissionsBoundary"] = edit(k, "PermissionsBoundary", iam.SetBoundary)
		iamActions["Delete"+n+"PermissionsBoundary"] = edit(k, "", func(string) iam.Edit { return iam.SetBoundary("") })
		iamActions["Tag"+n] = tag(k)
		iamActions["Untag"+n] = untag(k)
		iamActions["List"+n+"Tags"] = listTags(k)
	}
}

// nameOf returns the parameter that names an entity: UserName, GroupName or RoleName.
func (c *call) nameOf(k iam.EntityKind) (string, error) { return c.need(k.String() + "Name") }

// describe are the elements that tell of an entity; whole adds what only the answers about one carry.
func describe(e *iam.Entity, whole bool) []node {
	n := e.Kind.String()
	out := []node{text("Path", e.Path), text(n+"Name", e.Name), text(n+"Id", e.ID), text("Arn", e.ARN), moment("CreateDate", e.Created)}
	if e.Kind == iam.RoleEntity {
		out = append(out, text("AssumeRolePolicyDocument", escaped(e.Trust)))
		if e.Description != "" {
			out = append(out, text("Description", e.Description))
		}
		out = append(out, text("MaxSessionDuration", strconv.Itoa(int(e.MaxSession.Seconds()))))
	}
	if e.Kind == iam.RoleEntity && whole {
		out = append(out, list("RoleLastUsed"))
	}
	if e.Grants.Boundary != "" && whole {
		out = append(out, list("PermissionsBoundary", text("PermissionsBoundaryType", "Policy"), text("PermissionsBoundaryArn", e.Grants.Boundary)))
	}
	if len(e.Tags) > 0 && whole {
		out = append(out, tagList(e.Tags))
	}
	return out
}

func tagList(tags meta.Tags) node {
	out := list("Tags")
	for _, t := range tags {
		out.kids = append(out.kids, list("member", text("Key", t.Name), text("Value", t.Value)))
	}
	return out
}

func create(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		in := iam.NewEntity{Kind: k, Name: name, Path: c.Form.Get("Path"), Boundary: c.Form.Get("PermissionsBoundary"), Description: c.Form.Get("Description")}
		if k == iam.RoleEntity {
			if in.Trust, err = c.need("AssumeRolePolicyDocument"); err != nil {
				return nil, err
			}
			in.MaxSession = c.seconds("MaxSessionDuration")
		}
		in.Tags = c.tags()
		e, err := c.iam.CreateEntity(c, c.Caller, in)
		if err != nil {
			return nil, err
		}
		return []node{list(k.String(), describe(&e, true)...)}, nil
	}
}

func getUser(c *call) ([]node, error) {
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	return c.one("iam:GetUser", iam.UserEntity, name)
}

func getRole(c *call) ([]node, error) {
	name, err := c.nameOf(iam.RoleEntity)
	if err != nil {
		return nil, err
	}
	return c.one("iam:GetRole", iam.RoleEntity, name)
}

func (c *call) one(action string, k iam.EntityKind, name string) ([]node, error) {
	e, err := c.iam.Entity(c, c.Caller, action, k, name)
	if err != nil {
		return nil, err
	}
	return []node{list(k.String(), describe(&e, true)...)}, nil
}

func getGroup(c *call) ([]node, error) {
	name, err := c.nameOf(iam.GroupEntity)
	if err != nil {
		return nil, err
	}
	g, users, err := c.iam.Members(c, c.Caller, name)
	if err != nil {
		return nil, err
	}
	some, tail, err := page(c, users, entityName)
	if err != nil {
		return nil, err
	}
	return append([]node{list("Group", describe(&g, false)...), entityList("Users", some)}, tail...), nil
}

func entityName(e iam.Entity) string { return e.Name }

func entityList(name string, all []iam.Entity) node {
	out := list(name)
	for i := range all {
		out.kids = append(out.kids, list("member", describe(&all[i], false)...))
	}
	return out
}

func entities(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		all, err := c.iam.Entities(c, c.Caller, k, c.Form.Get("PathPrefix"))
		if err != nil {
			return nil, err
		}
		some, tail, err := page(c, all, entityName)
		if err != nil {
			return nil, err
		}
		return append([]node{entityList(k.String()+"s", some)}, tail...), nil
	}
}

// rename is UpdateUser and UpdateGroup.
func rename(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		return nil, c.iam.Edit(c, c.Caller, k, name, iam.Rename(c.Form.Get("New"+k.String()+"Name"), c.Form.Get("NewPath")))
	}
}

func updateRole(c *call) ([]node, error) {
	name, err := c.nameOf(iam.RoleEntity)
	if err != nil {
		return nil, err
	}
	d := c.seconds("MaxSessionDuration")
	var description *string
	if v, ok := c.Form["Description"]; ok {
		description = &v[0]
	}
	if err := c.iam.Edit(c, c.Caller, iam.RoleEntity, name, iam.DescribeRole(description, d)); err != nil {
		return nil, err
	}
	if c.Form.Get("Action") == "UpdateRole" {
		return []node{}, nil
	}
	return c.one("iam:UpdateRole", iam.RoleEntity, name)
}

func updateTrust(c *call) ([]node, error) {
	v, err := c.needs("RoleName", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	return nil, c.iam.Edit(c, c.Caller, iam.RoleEntity, v[0], iam.SetTrust(v[1]))
}

func remove(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		return nil, c.iam.DeleteEntity(c, c.Caller, k, name)
	}
}

func member(in bool) action {
	return func(c *call) ([]node, error) {
		v, err := c.needs("GroupName", "UserName")
		if err != nil {
			return nil, err
		}
		return nil, c.iam.SetMember(c, c.Caller, v[1], v[0], in)
	}
}

func groupsOf(c *call) ([]node, error) {
	name, err := c.nameOf(iam.UserEntity)
	if err != nil {
		return nil, err
	}
	all, err := c.iam.GroupsOf(c, c.Caller, name)
	if err != nil {
		return nil, err
	}
	some, tail, err := page(c, all, entityName)
	if err != nil {
		return nil, err
	}
	return append([]node{entityList("Groups", some)}, tail...), nil
}

// edit is an action that changes an entity by one parameter; an empty field is none.
func edit(k iam.EntityKind, field string, make func(string) iam.Edit) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		value := ""
		if field != "" {
			if value, err = c.need(field); err != nil {
				return nil, err
			}
		}
		return nil, c.iam.Edit(c, c.Caller, k, name, make(value))
	}
}

func putInline(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		v, err := c.needs(k.String()+"Name", "PolicyName", "PolicyDocument")
		if err != nil {
			return nil, err
		}
		return nil, c.iam.Edit(c, c.Caller, k, v[0], iam.PutPolicy(v[1], v[2]))
	}
}

func getInline(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		v, err := c.needs(k.String()+"Name", "PolicyName")
		if err != nil {
			return nil, err
		}
		e, err := c.iam.Entity(c, c.Caller, "iam:Get"+k.String()+"Policy", k, v[0])
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(e.Grants.Inline, func(p meta.InlinePolicy) bool { return p.Name == v[1] })
		if at < 0 {
			return nil, newError(http.StatusNotFound, "NoSuchEntity", fmt.Sprintf("The %s policy with name %s cannot be found.", strings.ToLower(k.String()), v[1]))
		}
		return []node{text(k.String()+"Name", e.Name), text("PolicyName", v[1]), text("PolicyDocument", escaped(e.Grants.Inline[at].Text))}, nil
	}
}

func listInline(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		e, err := c.iam.Entity(c, c.Caller, "iam:List"+k.String()+"Policies", k, name)
		if err != nil {
			return nil, err
		}
		some, tail, err := page(c, e.Grants.Inline, func(p meta.InlinePolicy) string { return p.Name })
		if err != nil {
			return nil, err
		}
		names := list("PolicyNames")
		for _, p := range some {
			names.kids = append(names.kids, text("member", p.Name))
		}
		return append([]node{names}, tail...), nil
	}
}

func listAttached(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		e, err := c.iam.Entity(c, c.Caller, "iam:ListAttached"+k.String()+"Policies", k, name)
		if err != nil {
			return nil, err
		}
		attached := slices.DeleteFunc(slices.Clone(e.Grants.Attached), func(arn string) bool {
			_, path, _ := strings.Cut(arn, ":policy")
			return !strings.HasPrefix(path, c.Form.Get("PathPrefix"))
		})
		some, tail, err := page(c, attached, func(arn string) string { return arn })
		if err != nil {
			return nil, err
		}
		out := list("AttachedPolicies")
		for _, arn := range some {
			out.kids = append(out.kids, list("member", text("PolicyName", arn[strings.LastIndexByte(arn, '/')+1:]), text("PolicyArn", arn)))
		}
		return append([]node{out}, tail...), nil
	}
}

func tag(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		return nil, c.iam.Edit(c, c.Caller, k, name, iam.Tag(c.tags()))
	}
}

func untag(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		return nil, c.iam.Edit(c, c.Caller, k, name, iam.Untag(c.strings("TagKeys")))
	}
}

func listTags(k iam.EntityKind) action {
	return func(c *call) ([]node, error) {
		name, err := c.nameOf(k)
		if err != nil {
			return nil, err
		}
		e, err := c.iam.Entity(c, c.Caller, "iam:List"+k.String()+"Tags", k, name)
		if err != nil {
			return nil, err
		}
		some, tail, err := page(c, e.Tags, func(p meta.Pair) string { return p.Name })
		if err != nil {
			return nil, err
		}
		return append([]node{tagList(some)}, tail...), nil
	}
}

func status(on bool) node {
	if on {
		return text("Status", "Active")
	}
	return text("Status", "Inactive")
}

func createKey(c *call) ([]node, error) {
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	key, secret, err := c.iam.CreateKey(c, c.Caller, name)
	if err != nil {
		return nil, err
	}
	return []node{list("AccessKey", text("UserName", name), text("AccessKeyId", key.ID), status(true), text("SecretAccessKey", secret), moment("CreateDate", key.Created))}, nil
}

func listKeys(c *call) ([]node, error) {
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	e, err := c.iam.Entity(c, c.Caller, "iam:ListAccessKeys", iam.UserEntity, name)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(e.Keys, func(a, b iam.AccessKey) int { return strings.Compare(a.ID, b.ID) })
	some, tail, err := page(c, e.Keys, func(k iam.AccessKey) string { return k.ID })
	if err != nil {
		return nil, err
	}
	out := list("AccessKeyMetadata")
	for _, k := range some {
		out.kids = append(out.kids, list("member", text("UserName", e.Name), text("AccessKeyId", k.ID), status(k.Usable(c.iam.Clock.Now())), moment("CreateDate", k.Created)))
	}
	return append([]node{out}, tail...), nil
}

func updateKey(c *call) ([]node, error) {
	v, err := c.needs("AccessKeyId", "Status")
	if err != nil {
		return nil, err
	}
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	return nil, c.iam.SetKey(c, c.Caller, name, v[0], v[1] == "Active")
}

func deleteKey(c *call) ([]node, error) {
	id, err := c.need("AccessKeyId")
	if err != nil {
		return nil, err
	}
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	return nil, c.iam.DeleteKey(c, c.Caller, name, id)
}

func keyLastUsed(c *call) ([]node, error) {
	id, err := c.need("AccessKeyId")
	if err != nil {
		return nil, err
	}
	user, last, err := c.iam.KeyUse(c, c.Caller, id)
	if err != nil {
		return nil, err
	}
	use := list("AccessKeyLastUsed", text("Region", "N/A"), text("ServiceName", "N/A"))
	if !last.At.IsZero() {
		use = list("AccessKeyLastUsed", moment("LastUsedDate", last.At), text("Region", last.Region), text("ServiceName", last.Service))
	}
	return []node{text("UserName", user.Name), use}, nil
}
