package awsquery

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

func version(v *meta.PolicyVersion, holds int, whole bool) []node {
	var out []node
	if whole {
		out = append(out, text("Document", escaped(v.Text)))
	}
	return append(out, text("VersionId", "v"+strconv.Itoa(v.Number)), text("IsDefaultVersion", strconv.FormatBool(v.Number == holds)), moment("CreateDate", v.Created))
}

// versionNumber is 0 for an id that no version has.
func versionNumber(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "v"))
	if err != nil {
		return 0
	}
	return n
}

func describePolicy(p *iam.ManagedPolicy, whole bool) []node {
	out := []node{
		text("PolicyName", p.Name), text("PolicyId", p.ID), text("Arn", p.ARN), text("Path", p.Path), text("DefaultVersionId", "v"+strconv.Itoa(p.Default)),
		text("AttachmentCount", strconv.Itoa(p.Uses)), text("PermissionsBoundaryUsageCount", strconv.Itoa(p.Bounds)), text("IsAttachable", "true"),
		moment("CreateDate", p.Created), moment("UpdateDate", p.Updated),
	}
	if p.Description != "" && whole {
		out = append(out, text("Description", p.Description))
	}
	if len(p.Tags) > 0 && whole {
		out = append(out, tagList(p.Tags))
	}
	return out
}

func createPolicy(c *call) ([]node, error) {
	v, err := c.needs("PolicyName", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	p, err := c.iam.CreatePolicy(c, c.Caller, iam.NewPolicy{Name: v[0], Text: v[1], Path: c.Form.Get("Path"), Description: c.Form.Get("Description"), Tags: c.tags()})
	if err != nil {
		return nil, err
	}
	return []node{list("Policy", describePolicy(&p, true)...)}, nil
}

func (c *call) policy(action string) (iam.ManagedPolicy, error) {
	arn, err := c.need("PolicyArn")
	if err != nil {
		return iam.ManagedPolicy{}, err
	}
	return c.iam.Policy(c, c.Caller, action, arn)
}

func getPolicy(c *call) ([]node, error) {
	p, err := c.policy("iam:GetPolicy")
	if err != nil {
		return nil, err
	}
	return []node{list("Policy", describePolicy(&p, true)...)}, nil
}

// The values of PolicyUsageFilter.
const (
	asPolicy   = "PermissionsPolicy"
	asBoundary = "PermissionsBoundary"
)

func listPolicies(c *call) ([]node, error) {
	all, err := c.iam.Policies(c, c.Caller)
	if err != nil {
		return nil, err
	}
	scope, used, usage := c.Form.Get("Scope"), c.Form.Get("OnlyAttached") == "true", c.Form.Get("PolicyUsageFilter")
	all = slices.DeleteFunc(all, func(p iam.ManagedPolicy) bool {
		return scope == "AWS" && !p.BuiltIn || scope == "Local" && p.BuiltIn || used && p.Uses == 0 || !strings.HasPrefix(p.Path, c.Form.Get("PathPrefix")) ||
			usage == asBoundary && p.Bounds == 0 || usage == asPolicy && p.Bounds > 0 && p.Uses == 0
	})
	some, tail, err := page(c, all, func(p iam.ManagedPolicy) string { return p.ARN })
	if err != nil {
		return nil, err
	}
	out := list("Policies")
	for i := range some {
		out.kids = append(out.kids, list("member", describePolicy(&some[i], false)...))
	}
	return append([]node{out}, tail...), nil
}

func deletePolicy(c *call) ([]node, error) {
	arn, err := c.need("PolicyArn")
	if err != nil {
		return nil, err
	}
	return nil, c.iam.DeletePolicy(c, c.Caller, arn)
}

func entitiesFor(c *call) ([]node, error) {
	arn, err := c.need("PolicyArn")
	if err != nil {
		return nil, err
	}
	all, err := c.iam.UsersOf(c, c.Caller, arn)
	if err != nil {
		return nil, err
	}
	kind, usage, prefix := c.Form.Get("EntityFilter"), c.Form.Get("PolicyUsageFilter"), c.Form.Get("PathPrefix")
	all = slices.DeleteFunc(all, func(e iam.Entity) bool {
		return kind != "" && kind != e.Kind.String() || !strings.HasPrefix(e.Path, prefix) ||
			usage == asBoundary && e.Grants.Boundary != arn || usage == asPolicy && !slices.Contains(e.Grants.Attached, arn)
	})
	some, tail, err := page(c, all, func(e iam.Entity) string { return e.ARN })
	if err != nil {
		return nil, err
	}
	out := map[iam.EntityKind]*node{}
	kinds := []iam.EntityKind{iam.GroupEntity, iam.UserEntity, iam.RoleEntity}
	for _, k := range kinds {
		n := list("Policy" + k.String() + "s")
		out[k] = &n
	}
	for _, e := range some {
		n := e.Kind.String()
		out[e.Kind].kids = append(out[e.Kind].kids, list("member", text(n+"Name", e.Name), text(n+"Id", e.ID)))
	}
	var content []node
	for _, k := range kinds {
		content = append(content, *out[k])
	}
	return append(content, tail...), nil
}

func createVersion(c *call) ([]node, error) {
	v, err := c.needs("PolicyArn", "PolicyDocument")
	if err != nil {
		return nil, err
	}
	makeDefault := c.Form.Get("SetAsDefault") == "true"
	made, err := c.iam.CreateVersion(c, c.Caller, v[0], v[1], makeDefault)
	if err != nil {
		return nil, err
	}
	holds := 0
	if makeDefault {
		holds = made.Number
	}
	return []node{list("PolicyVersion", version(&made, holds, false)...)}, nil
}

func getVersion(c *call) ([]node, error) {
	v, err := c.needs("PolicyArn", "VersionId")
	if err != nil {
		return nil, err
	}
	p, err := c.policy("iam:GetPolicyVersion")
	if err != nil {
		return nil, err
	}
	for i := range p.Versions {
		if p.Versions[i].Number == versionNumber(v[1]) {
			return []node{list("PolicyVersion", version(&p.Versions[i], p.Default, true)...)}, nil
		}
	}
	return nil, newError(http.StatusNotFound, "NoSuchEntity", fmt.Sprintf("Policy %s version %s does not exist or is not attachable.", v[0], v[1]))
}

func listVersions(c *call) ([]node, error) {
	p, err := c.policy("iam:ListPolicyVersions")
	if err != nil {
		return nil, err
	}
	slices.Reverse(p.Versions)
	some, tail, err := page(c, p.Versions, func(v meta.PolicyVersion) string { return strconv.Itoa(v.Number) })
	if err != nil {
		return nil, err
	}
	out := list("Versions")
	for i := range some {
		out.kids = append(out.kids, list("member", version(&some[i], p.Default, false)...))
	}
	return append([]node{out}, tail...), nil
}

func deleteVersion(c *call) ([]node, error) { return c.onVersion(c.iam.DeleteVersion) }

func setDefault(c *call) ([]node, error) { return c.onVersion(c.iam.SetDefaultVersion) }

func (c *call) onVersion(do versionChange) ([]node, error) {
	v, err := c.needs("PolicyArn", "VersionId")
	if err != nil {
		return nil, err
	}
	return nil, do(c, c.Caller, v[0], versionNumber(v[1]))
}

type versionChange = func(ctx context.Context, actor *iam.Identity, arn string, number int) error
