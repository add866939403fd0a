package iam

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Edit is a change of an entity. Its action is that of IAM with the kind of the entity in the place of "%".
type Edit struct {
	action string
	tags   meta.Tags  // that it gives
	untags []string   // names of those that it takes away
	keys   conditions // further condition keys, nil for none
	// apply changes the record; gives is what the entity has by it and had not before, nil for nothing.
	apply func(c *change, account string, e *draft) (gives *policy.Document, err error)
}

// draft is the record of an entity while it is changed.
type draft struct {
	entity
	u *meta.User // of a user: a copy
}

func (d *draft) grants() *meta.Grants {
	if d.u != nil {
		return &d.u.Grants
	}
	return d.entity.grants()
}

// Edit changes the entity of a name in the actor's account, by all the edits or none. Each needs its own action.
func (s *Service) Edit(ctx context.Context, actor *Identity, kind EntityKind, name string, edits ...Edit) error {
	const op = "iam.Edit"
	return s.change(ctx, op, func(c *change) error {
		for i := range edits {
			if err := c.edit(op, actor, kind, name, &edits[i]); err != nil {
				return err
			}
		}
		return c.keepAdministrator(op)
	})
}

func (c *change) edit(op string, actor *Identity, kind EntityKind, name string, edit *Edit) error {
	asks := actor.with(giving(edit.tags, edit.untags))
	if edit.keys != nil {
		asks = asks.with(edit.keys)
	}
	who, e, err := c.entity(op, asks, "iam:"+strings.ReplaceAll(edit.action, "%", kind.String()), kind, name)
	if err != nil {
		return err
	}
	d := &draft{entity: *e}
	if kind == UserEntity {
		if err := c.mayShape(op, who, e); err != nil {
			return err
		}
		d.u = e.user.copy()
		d.u.Grants.Inline, d.u.Grants.Attached = slices.Clone(d.u.Grants.Inline), slices.Clone(d.u.Grants.Attached)
	}
	gives, err := edit.apply(c, who.Account, d)
	if err != nil {
		return err
	}
	if gives != nil {
		if err := mayGive(op, who, gives, "You would give the "+kind.word()); err != nil {
			return err
		}
	}
	return c.save(&d.entity, d.u)
}

// PutPolicy gives the entity an inline policy, in the place of one of that name.
func PutPolicy(name, text string) Edit {
	return Edit{action: "Put%Policy", apply: func(_ *change, _ string, d *draft) (*policy.Document, error) {
		const op = "iam.PutPolicy"
		if err := checkEntityName(op, "policyName", name, maxPolicyName); err != nil {
			return nil, err
		}
		doc, err := policy.Parse([]byte(text), policy.Identity)
		if err != nil {
			return nil, err
		}
		g := d.grants()
		texts := []string{text}
		for _, p := range g.Inline {
			if p.Name != name {
				texts = append(texts, string(p.Text))
			}
		}
		if !roomFor(d.kind, texts...) {
			return nil, fault.New(op, fault.Conflict, fmt.Sprintf("Maximum policy size of %d bytes exceeded for %s %s", maxInline[d.kind], d.kind.word(), d.view().Name)).With("IAM", "LimitExceeded")
		}
		at, there := slices.BinarySearchFunc(g.Inline, name, func(p meta.InlinePolicy, name string) int { return strings.Compare(p.Name, name) })
		if there {
			g.Inline[at].Text = []byte(text)
		} else {
			g.Inline = slices.Insert(g.Inline, at, meta.InlinePolicy{Name: name, Text: []byte(text)})
		}
		return doc, nil
	}}
}

// DeletePolicy takes an inline policy away.
func DeletePolicy(name string) Edit {
	return Edit{action: "Delete%Policy", apply: func(_ *change, _ string, d *draft) (*policy.Document, error) {
		g := d.grants()
		at := slices.IndexFunc(g.Inline, func(p meta.InlinePolicy) bool { return p.Name == name })
		if at < 0 {
			return nil, fault.New("iam.DeletePolicy", fault.NotFound, fmt.Sprintf("The %s policy with name %s cannot be found.", d.kind.word(), name)).With("IAM", "NoSuchEntity")
		}
		g.Inline = slices.Delete(g.Inline, at, at+1)
		return nil, nil //nolint:nilnil // it gives nothing
	}}
}

// AttachPolicy attaches the entity to a managed policy. To do so again changes nothing.
func AttachPolicy(arn string) Edit {
	return Edit{action: "Attach%Policy", keys: naming(policyARN, arn), apply: func(c *change, account string, d *draft) (*policy.Document, error) {
		const op = "iam.AttachPolicy"
		text, err := c.s.policyText(c.tx, op, account, arn)
		if err != nil {
			return nil, err
		}
		g := d.grants()
		if slices.Contains(g.Attached, arn) {
			return nil, nil //nolint:nilnil // it gives nothing
		}
		if len(g.Attached) >= maxAttached {
			return nil, fault.New(op, fault.Conflict, fmt.Sprintf("Cannot exceed quota for PoliciesPer%s: %d", d.kind, maxAttached)).With("IAM", "LimitExceeded")
		}
		g.Attached = append(g.Attached, arn)
		return policy.Parse(text, policy.Identity)
	}}
}

// DetachPolicy undoes AttachPolicy.
func DetachPolicy(arn string) Edit {
	return Edit{action: "Detach%Policy", keys: naming(policyARN, arn), apply: func(_ *change, _ string, d *draft) (*policy.Document, error) {
		g := d.grants()
		at := slices.Index(g.Attached, arn)
		if at < 0 {
			return nil, fault.New("iam.DetachPolicy", fault.NotFound, fmt.Sprintf("Policy %s was not found.", arn)).With("IAM", "NoSuchEntity")
		}
		g.Attached = slices.Delete(g.Attached, at, at+1)
		if d.u != nil {
			d.u.Login.Policies = without(d.u.Login.Policies, arn)
		}
		return nil, nil //nolint:nilnil // it gives nothing
	}}
}

// SetBoundary bounds what the entity's policies give by a managed policy; an empty ARN takes the bound away.
func SetBoundary(arn string) Edit {
	action := "Put%PermissionsBoundary"
	if arn == "" {
		action = "Delete%PermissionsBoundary"
	}
	return Edit{action: action, keys: naming(boundaryARN, arn), apply: func(c *change, account string, d *draft) (*policy.Document, error) {
		const op = "iam.SetBoundary"
		g := d.grants()
		if arn == "" {
			if g.Boundary == "" {
				return nil, fault.New(op, fault.NotFound, fmt.Sprintf("No permission boundary is attached to %s.", d.view().Name)).With("IAM", "NoSuchEntity")
			}
			g.Boundary = ""
			// Whatever was bounded before counts now.
			give, err := c.given(&d.entity)
			return policy.Join(give...), err
		}
		text, err := c.s.policyText(c.tx, op, account, arn)
		if err != nil {
			return nil, err
		}
		g.Boundary = arn
		return policy.Parse(text, policy.Identity)
	}}
}

// Tag gives a user or a role tags, in the place of those of the same names.
func Tag(tags meta.Tags) Edit {
	return Edit{action: "Tag%", tags: tags, apply: func(_ *change, _ string, d *draft) (*policy.Document, error) {
		const op = "iam.Tag"
		all, err := mergeTags(op, *d.tags(), tags)
		*d.tags() = all
		return nil, err
	}}
}

// mergeTags are the tags that somebody has, with others in the place of those of the same names.
func mergeTags(op string, has, tags meta.Tags) (meta.Tags, error) {
	if err := checkTags(op, tags); err != nil {
		return has, err
	}
	all := slices.Clone(has)
	for _, t := range tags {
		if at := slices.IndexFunc(all, func(p meta.Pair) bool { return strings.EqualFold(p.Name, t.Name) }); at >= 0 {
			all[at] = t
		} else {
			all = append(all, t)
		}
	}
	return all, checkTags(op, all)
}

// lessTags are tags without those of some names.
func lessTags(has meta.Tags, names []string) meta.Tags {
	return slices.DeleteFunc(slices.Clone(has), func(p meta.Pair) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, p.Name) })
	})
}

// Untag takes tags away; those that are not there are no error.
func Untag(names []string) Edit {
	return Edit{action: "Untag%", untags: names, apply: func(_ *change, _ string, d *draft) (*policy.Document, error) {
		to := d.tags()
		*to = lessTags(*to, names)
		return nil, nil //nolint:nilnil // it gives nothing
	}}
}

func (d *draft) tags() *meta.Tags {
	if d.u != nil {
		return &d.u.Tags
	}
	return &d.role.Tags
}

// Rename gives a user or a group another name or path; an empty one stays what it is, a path of "/" is none.
func Rename(name, path string) Edit {
	return Edit{action: "Update%", apply: func(c *change, account string, d *draft) (*policy.Document, error) {
		const op = "iam.Rename"
		old := d.view()
		if name != "" && name != old.Name {
			most := maxEntityName
			if d.kind == GroupEntity {
				most = maxGroupName
			}
			if err := checkEntityName(op, "new"+d.kind.String()+"Name", name, most); err != nil {
				return nil, err
			}
			if err := c.free(op, account, d.kind, name, old.ID); err != nil {
				return nil, err
			}
		} else {
			name = old.Name
		}
		if path == "" {
			path = old.Path
		}
		kept, err := checkPath(op, path)
		if err != nil {
			return nil, err
		}
		if d.kind == GroupEntity {
			d.group.Name, d.group.Path = name, kept
			return nil, nil //nolint:nilnil // it gives nothing
		}
		if d.u.UserName != "" {
			if err := c.tx.Delete(meta.NameKey(account, d.u.UserName)); err != nil {
				return nil, err
			}
		}
		d.u.UserName, d.u.Path = name, kept
		return nil, nil //nolint:nilnil // it gives nothing
	}}
}

// SetTrust says who may act as a role.
func SetTrust(text string) Edit {
	return Edit{action: "UpdateAssume%Policy", apply: func(_ *change, _ string, d *draft) (*policy.Document, error) {
		d.role.Trust = []byte(text)
		// Whom it lets in has the rights of the role.
		return policy.Join(), checkTrust(text)
	}}
}

// DescribeRole changes the description of a role and how long its sessions may last; nil and 0 leave them.
func DescribeRole(description *string, maxSession time.Duration) Edit {
	return Edit{action: "Update%", apply: func(_ *change, _ string, d *draft) (*policy.Document, error) {
		in := NewEntity{Kind: RoleEntity, Description: d.role.Description, Trust: string(d.role.Trust), MaxSession: d.role.MaxSession}
		if description != nil {
			in.Description = *description
		}
		if maxSession != 0 {
			in.MaxSession = maxSession
		}
		d.role.Description, d.role.MaxSession = in.Description, in.MaxSession
		return nil, checkRole("iam.DescribeRole", &in)
	}}
}

// DescribeUser changes the display name of a user, and whether it is disabled; nil leaves either. Who is disabled cannot sign in, and no
// request that they sign is taken.
func DescribeUser(display *string, disabled *bool) Edit {
	return Edit{action: "Update%", apply: func(c *change, _ string, d *draft) (*policy.Document, error) {
		if display != nil {
			if err := checkName("iam.DescribeUser", *display); err != nil {
				return nil, err
			}
			d.u.Name = *display
		}
		if disabled == nil || *disabled == d.u.Disabled {
			return nil, nil //nolint:nilnil // it gives nothing
		}
		if d.u.Disabled = *disabled; d.u.Disabled {
			return nil, nil //nolint:nilnil // it gives nothing
		}
		give, err := c.given(&d.entity)
		return policy.Join(give...), err
	}}
}

// Together makes one change of several that have the same action, which gives no tags.
func Together(edits ...Edit) Edit {
	return Edit{action: edits[0].action, apply: func(c *change, account string, d *draft) (*policy.Document, error) {
		var gives []*policy.Document
		for _, e := range edits {
			give, err := e.apply(c, account, d)
			if err != nil {
				return nil, err
			}
			if give != nil {
				gives = append(gives, give)
			}
		}
		return policy.Join(gives...), nil
	}}
}
