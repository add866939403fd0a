package iam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// ManagedPolicy is a managed policy as it is shown.
type ManagedPolicy struct {
	Name        string
	Path        string // "/" for none
	ID          string
	ARN         string
	Description string
	BuiltIn     bool // every account has it, and nobody can change it
	Created     time.Time
	Updated     time.Time
	Versions    []meta.PolicyVersion
	Default     int // number of the version that holds
	Tags        meta.Tags
	Uses        int // users, groups and roles that it is attached to
	Bounds      int // users and roles that it bounds
}

const maxVersions = 5

func managedARN(p *meta.ManagedPolicy) string {
	return "arn:aws:iam::" + AccountNumber(p.Account) + ":policy" + pathOf(p.Path) + p.Name
}

func managedView(p *meta.ManagedPolicy) ManagedPolicy {
	return ManagedPolicy{Name: p.Name, Path: pathOf(p.Path), ID: p.ID, ARN: managedARN(p), Description: p.Description, Created: p.Created,
		Updated: p.Updated, Versions: p.Versions, Default: p.Default, Tags: p.Tags}
}

func (b *builtInPolicy) view() ManagedPolicy {
	return ManagedPolicy{Name: b.name, Path: "/", ID: "ANPA" + strings.ToUpper(b.name), ARN: builtInPrefix + b.name, Description: b.description, BuiltIn: true,
		Versions: []meta.PolicyVersion{{Number: 1, Text: []byte(b.document.String())}}, Default: 1}
}

func noPolicy(op, arn string) error {
	return fault.New(op, fault.NotFound, fmt.Sprintf("Policy %s was not found.", arn)).With("IAM", "NoSuchEntity")
}

// managed reads the managed policy of an ARN, of the account or built in.
func managed(r kv.Reader, op, account, arn string) (*meta.ManagedPolicy, *builtInPolicy, error) {
	if b := builtIn[arn]; b != nil {
		return nil, b, nil
	}
	if !strings.HasPrefix(arn, "arn:aws:iam::") {
		return nil, nil, fault.New(op, fault.InvalidArgument, fmt.Sprintf("ARN %s is not valid.", arn)).With("IAM", "InvalidInput")
	}
	of, name, ok := splitPolicyARN(arn)
	if !ok || of != account {
		return nil, nil, noPolicy(op, arn)
	}
	raw, err := r.Get(meta.PolicyKey(account, name))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil, noPolicy(op, arn)
	}
	if err != nil {
		return nil, nil, err
	}
	p, err := meta.DecodeManagedPolicy(account, raw)
	if err == nil && managedARN(p) != arn {
		return nil, nil, noPolicy(op, arn)
	}
	return p, nil, err
}

// mayOnPolicy refuses an actor without the right to an action on a managed policy; p is nil for one that is built in or not there.
func mayOnPolicy(op string, who *Identity, action, arn string, p *meta.ManagedPolicy) error {
	if p != nil {
		who = who.with(about(p.Tags))
	}
	return mayDo(op, who, action, arn, "policy "+arn)
}

// policyText returns the text that holds of a managed policy that is to be attached.
func (s *Service) policyText(r kv.Reader, op, account, arn string) ([]byte, error) {
	p, b, err := managed(r, op, account, arn)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(op, fault.NotFound, fmt.Sprintf("Policy %s does not exist or is not attachable.", arn)).With("IAM", "NoSuchEntity")
	}
	if err != nil {
		return nil, err
	}
	if b != nil {
		return []byte(b.document.String()), nil
	}
	return p.Text(), nil
}

// NewPolicy is what a new managed policy is to be.
type NewPolicy struct {
	Name        string // 1 to 128 of [\w+=,.@-]
	Path        string
	Description string
	Text        string // JSON of an AWS document, at most 6,144 characters without blanks
	Tags        meta.Tags
}

const maxManagedBytes = 6144

func checkManagedText(op, text string) (*policy.Document, error) {
	if sizeOf(text) > maxManagedBytes {
		return nil, fault.New(op, fault.Conflict, fmt.Sprintf("Cannot exceed quota for PolicySize: %d", maxManagedBytes)).With("IAM", "LimitExceeded")
	}
	return policy.Parse([]byte(text), policy.Identity)
}

// CreatePolicy makes a managed policy of the actor's account. It gives nobody anything until it is attached.
func (s *Service) CreatePolicy(ctx context.Context, actor *Identity, in NewPolicy) (out ManagedPolicy, err error) {
	const op = "iam.CreatePolicy"
	if err := checkEntityName(op, "policyName", in.Name, maxPolicyName); err != nil {
		return out, err
	}
	if in.Path, err = checkPath(op, in.Path); err != nil {
		return out, err
	}
	if err := checkTags(op, in.Tags); err != nil {
		return out, err
	}
	if _, err := checkManagedText(op, in.Text); err != nil {
		return out, err
	}
	id := s.newID("ANPA")
	err = s.change(ctx, op, func(c *change) error {
		who, err := c.fresh(op, actor)
		if err != nil {
			return err
		}
		p := &meta.ManagedPolicy{ID: id, Account: who.Account, Name: in.Name, Path: in.Path, Description: in.Description, Created: c.now, Updated: c.now,
			Versions: []meta.PolicyVersion{{Number: 1, Text: []byte(in.Text), Created: c.now}}, Default: 1, Last: 1, Tags: in.Tags}
		if err := mayDo(op, who.with(giving(in.Tags, nil)), "iam:CreatePolicy", managedARN(p), "policy "+in.Name); err != nil {
			return err
		}
		key := meta.PolicyKey(p.Account, p.Name)
		if raw, err := c.tx.Get(key); err == nil {
			if old, err := meta.DecodeManagedPolicy(p.Account, raw); err != nil || old.ID != id {
				taken := fault.New(op, fault.Conflict, fmt.Sprintf("A policy called %s already exists. Duplicate names are not allowed.", in.Name))
				return errors.Join(err, taken.With("IAM", "EntityAlreadyExists"))
			}
		} else if !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		out = managedView(p)
		return c.tx.Set(key, p.Encode())
	})
	return out, err
}

// Policy returns a managed policy, with how often it is used, if the actor may do the action ("iam:GetPolicy") to it.
func (s *Service) Policy(ctx context.Context, actor *Identity, action, arn string) (out ManagedPolicy, err error) {
	const op = "iam.Policy"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		p, b, missing := managed(r, op, actor.Account, arn)
		if err := mayOnPolicy(op, actor, action, arn, p); err != nil {
			return err
		}
		switch {
		case missing != nil:
			return missing
		case b != nil:
			out = b.view()
		default:
			out = managedView(p)
		}
		uses, err := s.uses(r, actor.Account)
		out.Uses, out.Bounds = uses[arn].attached, uses[arn].bounded
		return err
	})
	return out, kv.Fault(op, err)
}

// Policies returns the managed policies of the actor's account and those that are built in, in order of name.
func (s *Service) Policies(ctx context.Context, actor *Identity) (out []ManagedPolicy, err error) {
	const op = "iam.Policies"
	if err := mayDo(op, actor, "iam:ListPolicies", "*", "policy path /"); err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, func(r kv.Reader) error {
		out = []ManagedPolicy{}
		for _, b := range builtIn {
			out = append(out, b.view())
		}
		list, err := managedPolicies(r, actor.Account)
		if err != nil {
			return err
		}
		for _, p := range list {
			out = append(out, managedView(p))
		}
		uses, err := s.uses(r, actor.Account)
		for i := range out {
			out[i].Uses, out[i].Bounds = uses[out[i].ARN].attached, uses[out[i].ARN].bounded
		}
		return err
	})
	slices.SortFunc(out, func(a, b ManagedPolicy) int { return strings.Compare(a.Name, b.Name) })
	return out, kv.Fault(op, err)
}

// managedPolicies reads those of an account, in order of name.
func managedPolicies(r kv.Reader, account string) (out []*meta.ManagedPolicy, err error) {
	it := r.Iter(meta.ManagedPolicies(account))
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		p, err := meta.DecodeManagedPolicy(account, it.Value())
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

type use struct{ attached, bounded int }

// uses counts how often the policies of an account are used.
func (s *Service) uses(r kv.Reader, account string) (map[string]use, error) {
	out := map[string]use{}
	for _, kind := range []EntityKind{UserEntity, GroupEntity, RoleEntity} {
		list, err := s.entities(r, account, kind)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			g := e.grants()
			for _, arn := range g.Attached {
				u := out[arn]
				u.attached++
				out[arn] = u
			}
			if g.Boundary != "" {
				u := out[g.Boundary]
				u.bounded++
				out[g.Boundary] = u
			}
		}
	}
	return out, nil
}

// UsersOf returns the entities that a managed policy is attached to, or bounds.
func (s *Service) UsersOf(ctx context.Context, actor *Identity, arn string) (out []Entity, err error) {
	const op = "iam.UsersOf"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		out = []Entity{}
		p, _, missing := managed(r, op, actor.Account, arn)
		if err := mayOnPolicy(op, actor, "iam:ListEntitiesForPolicy", arn, p); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		for _, kind := range []EntityKind{UserEntity, GroupEntity, RoleEntity} {
			list, err := s.entities(r, actor.Account, kind)
			if err != nil {
				return err
			}
			for _, e := range list {
				if g := e.grants(); slices.Contains(g.Attached, arn) || g.Boundary == arn {
					out = append(out, e.view())
				}
			}
		}
		return nil
	})
	return out, kv.Fault(op, err)
}

// onPolicy changes a managed policy of the actor's account.
func (s *Service) onPolicy(ctx context.Context, op string, actor *Identity, action, arn string, fn func(c *change, who *Identity, p *meta.ManagedPolicy) error) error {
	return s.change(ctx, op, func(c *change) error {
		who, err := c.fresh(op, actor)
		if err != nil {
			return err
		}
		p, b, missing := managed(c.tx, op, who.Account, arn)
		if err := mayOnPolicy(op, who, action, arn, p); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		if b != nil {
			return fault.New(op, fault.AccessDenied, fmt.Sprintf("User: %s is not authorized to perform: %s on resource: policy %s", who.ARN(), action, arn))
		}
		return fn(c, who, p)
	})
}

// DeletePolicy removes a managed policy that is used nowhere and has no version but the one that holds.
func (s *Service) DeletePolicy(ctx context.Context, actor *Identity, arn string) error {
	const op = "iam.DeletePolicy"
	return s.onPolicy(ctx, op, actor, "iam:DeletePolicy", arn, func(c *change, who *Identity, p *meta.ManagedPolicy) error {
		uses, err := s.uses(c.tx, who.Account)
		if err != nil {
			return err
		}
		switch u := uses[arn]; {
		case u.attached > 0 || u.bounded > 0:
			return fault.New(op, fault.Conflict, "Cannot delete a policy attached to entities.").With("IAM", "DeleteConflict")
		case len(p.Versions) > 1:
			return fault.New(op, fault.Conflict, "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.").With("IAM", "DeleteConflict")
		}
		return c.tx.Delete(meta.PolicyKey(who.Account, p.Name))
	})
}

// CreateVersion adds a text to a managed policy, of which at most five are kept, and makes it the one that holds if asked.
func (s *Service) CreateVersion(ctx context.Context, actor *Identity, arn, text string, makeDefault bool) (v meta.PolicyVersion, err error) {
	const op = "iam.CreateVersion"
	d, err := checkManagedText(op, text)
	if err != nil {
		return v, err
	}
	err = s.onPolicy(ctx, op, actor, "iam:CreatePolicyVersion", arn, func(c *change, who *Identity, p *meta.ManagedPolicy) error {
		if len(p.Versions) >= maxVersions {
			return fault.New(op, fault.Conflict, "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.").With("IAM", "LimitExceeded")
		}
		p.Last++
		v = meta.PolicyVersion{Number: p.Last, Text: []byte(text), Created: c.now}
		p.Versions = append(p.Versions, v)
		p.Updated = c.now
		if makeDefault {
			p.Default = p.Last
			if err := mayGive(op, who, d, "You would give those whom the policy is attached to"); err != nil {
				return err
			}
		}
		return c.savePolicy(op, p)
	})
	return v, err
}

// SetDefaultVersion says which text of a managed policy holds.
func (s *Service) SetDefaultVersion(ctx context.Context, actor *Identity, arn string, number int) error {
	const op = "iam.SetDefaultVersion"
	return s.onPolicy(ctx, op, actor, "iam:SetDefaultPolicyVersion", arn, func(c *change, who *Identity, p *meta.ManagedPolicy) error {
		at := versionAt(p, number)
		if at < 0 {
			return noVersion(op, arn, number)
		}
		d, err := policy.Parse(p.Versions[at].Text, policy.Identity)
		if err != nil {
			return err
		}
		if err := mayGive(op, who, d, "You would give those whom the policy is attached to"); err != nil {
			return err
		}
		p.Default, p.Updated = number, c.now
		return c.savePolicy(op, p)
	})
}

// DeleteVersion removes a text that does not hold.
func (s *Service) DeleteVersion(ctx context.Context, actor *Identity, arn string, number int) error {
	const op = "iam.DeleteVersion"
	return s.onPolicy(ctx, op, actor, "iam:DeletePolicyVersion", arn, func(c *change, _ *Identity, p *meta.ManagedPolicy) error {
		at := versionAt(p, number)
		switch {
		case at < 0:
			return noVersion(op, arn, number)
		case number == p.Default:
			return fault.New(op, fault.Conflict, "Cannot delete the default version of a policy.").With("IAM", "DeleteConflict")
		}
		p.Versions = slices.Delete(p.Versions, at, at+1)
		return c.savePolicy(op, p)
	})
}

func versionAt(p *meta.ManagedPolicy, number int) int {
	return slices.IndexFunc(p.Versions, func(v meta.PolicyVersion) bool { return v.Number == number })
}

func noVersion(op, arn string, number int) error {
	return fault.New(op, fault.NotFound, fmt.Sprintf("Policy %s version v%d does not exist or is not attachable.", arn, number)).With("IAM", "NoSuchEntity")
}

func (c *change) savePolicy(op string, p *meta.ManagedPolicy) error {
	if err := c.tx.Set(meta.PolicyKey(p.Account, p.Name), p.Encode()); err != nil {
		return err
	}
	return c.keepAdministrator(op)
}
