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

// EntityKind is what a name in an account stands for.
type EntityKind uint8

// The kinds.
const (
	UserEntity EntityKind = iota
	GroupEntity
	RoleEntity
)

// String is the kind in the names of actions, "User".
func (k EntityKind) String() string { return [...]string{"User", "Group", "Role"}[k] }

func (k EntityKind) word() string { return strings.ToLower(k.String()) }

// Entity is a user, a group or a role, with what it is given.
type Entity struct {
	Kind        EntityKind
	Name        string
	Path        string // "/" for none
	ID          string // AIDA…, AGPA… or AROA…
	ARN         string
	Created     time.Time
	Grants      meta.Grants // of a user without what is given in the simple form
	Tags        meta.Tags
	Members     int      // of a group; only in lists of groups
	Groups      []string // of a user, as the rest: ids
	Keys        []AccessKey
	DisplayName string
	Disabled    bool
	ValidFrom   time.Time // zero for always, as the next
	ValidUntil  time.Time
	Environment bool // managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY
	Admin       bool // can sign in and holds all of iam:*
	Login       meta.ProviderLogin
	Simple      []byte // JSON of the policies that are not IAM's; empty for none
	Description string // of a role, as the rest
	Trust       []byte // JSON
	MaxSession  time.Duration
}

// AccessKey is a key of a user as it may be shown.
type AccessKey struct {
	ID      string
	Active  bool // it is on, and its user not disabled
	Created time.Time
	Expires time.Time // zero for never
}

// entity is an entity's record.
type entity struct {
	kind  EntityKind
	user  *loaded
	group *meta.UserGroup
	role  *roleRecord
}

// roleRecord is a role's record.
type roleRecord struct{ *meta.Role }

func (r *roleRecord) arn() string {
	return "arn:aws:iam::" + AccountNumber(r.Account) + ":role" + pathOf(r.Path) + r.Name
}

func (r *roleRecord) maxSession() time.Duration {
	if r.MaxSession == 0 {
		return defaultDuration
	}
	return r.MaxSession
}

// trusts refuses a caller that the trust policy does not let act as the role, or whose own policies do not.
func (r *roleRecord) trusts(who *Identity, action string) error {
	d, err := r.trust(who, action)
	if err != nil {
		return err
	}
	if who.decided(action, d); !d.Allowed {
		return errors.New(d.Reason)
	}
	return nil
}

// trust decides whether a caller may act as the role.
func (r *roleRecord) trust(who *Identity, action string) (policy.Decision, error) {
	doc, err := policy.Parse(r.Trust, policy.Trust)
	if err != nil {
		return policy.Decision{Statement: -1}, err
	}
	req := policy.Request{
		Action: action, Resource: r.arn(), ResourceAccount: AccountNumber(r.Account), Principal: &who.principal, Keys: who.with(about(r.Tags)).keys, Trace: who.trace,
	}
	return policy.Trusts(&req, doc, who.sources), nil
}

// role reads a role; kv.ErrNotFound when there is none.
func (s *Service) role(r kv.Reader, account, name string) (*roleRecord, error) {
	raw, err := r.Get(meta.RoleKey(account, name))
	if err != nil {
		return nil, err
	}
	role, err := meta.DecodeRole(account, raw)
	if err != nil {
		return nil, err
	}
	return &roleRecord{role}, nil
}

func (e *entity) view() Entity {
	switch e.kind {
	case GroupEntity:
		g := e.group
		return Entity{Kind: e.kind, Name: g.Name, Path: pathOf(g.Path), ID: g.ID, ARN: groupARN(g), Created: g.Created, Grants: g.Grants}
	case RoleEntity:
		r := e.role
		return Entity{Kind: e.kind, Name: r.Name, Path: pathOf(r.Path), ID: r.ID, ARN: r.arn(), Created: r.Created, Grants: r.Grants, Tags: r.Tags,
			Description: r.Description, Trust: r.Trust, MaxSession: r.maxSession()}
	}
	u := e.user.user
	out := Entity{Kind: e.kind, Name: nameOf(u), Path: pathOf(u.Path), ID: u.ID, ARN: arnOf(u), Created: u.Created, Grants: u.Grants, Tags: u.Tags, Groups: u.Groups,
		DisplayName: u.Name, Disabled: u.Disabled, ValidFrom: u.ValidFrom, ValidUntil: u.ValidUntil, Environment: u.Environment, Admin: e.user.administrator(),
		Login: u.Login}
	if string(u.Policies) != "[]" {
		out.Simple = u.Policies
	}
	for _, k := range u.Keys {
		out.Keys = append(out.Keys, AccessKey{ID: k.ID, Active: !k.Off && !u.Disabled, Created: k.Created, Expires: k.Expires})
	}
	return out
}

func groupARN(g *meta.UserGroup) string {
	return "arn:aws:iam::" + AccountNumber(g.Account) + ":group" + pathOf(g.Path) + g.Name
}

func notFound(op string, kind EntityKind, name string) error {
	return fault.New(op, fault.NotFound, fmt.Sprintf("The %s with name %s cannot be found.", kind.word(), name)).With("IAM", "NoSuchEntity")
}

func exists(op, what, name string) error {
	return fault.New(op, fault.Conflict, fmt.Sprintf("%s with name %s already exists.", what, name)).With("IAM", "EntityAlreadyExists")
}

func attached(what string) error {
	return fault.New("iam.DeleteEntity", fault.Conflict, "Cannot delete entity, must "+what+" first.").With("IAM", "DeleteConflict")
}

// entityOf finds an entity of an account by its name.
func (s *Service) entityOf(r kv.Reader, op, account string, kind EntityKind, name string) (*entity, error) {
	e := &entity{kind: kind}
	var err error
	switch kind {
	case UserEntity:
		e.user, err = s.named(r, account, name)
	case GroupEntity:
		e.group, err = s.groupNamed(r, account, name)
	case RoleEntity:
		e.role, err = s.role(r, account, name)
	}
	if errors.Is(err, kv.ErrNotFound) {
		return nil, notFound(op, kind, name)
	}
	return e, err
}

// named reads the user of a name in ARNs; kv.ErrNotFound when the account has none.
func (s *Service) named(r kv.Reader, account, name string) (*loaded, error) {
	id, err := r.Get(meta.NameKey(account, name))
	if err == nil {
		return s.get(r, string(id))
	}
	if !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	l, err := s.find(r, name)
	if err == nil && (l.user.Account != account || nameOf(l.user) != name) {
		return nil, kv.ErrNotFound
	}
	return l, err
}

func (s *Service) groupNamed(r kv.Reader, account, name string) (*meta.UserGroup, error) {
	list, err := groups(r, account)
	for _, g := range list {
		if strings.EqualFold(g.Name, name) {
			return g, err
		}
	}
	return nil, errors.Join(err, kv.ErrNotFound)
}

// groups reads the groups of an account, in order of id.
func groups(r kv.Reader, account string) (out []*meta.UserGroup, err error) {
	it := r.Iter(meta.UserGroups(account))
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		g, err := meta.DecodeUserGroup(account, it.Value())
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

func roles(r kv.Reader, account string) (out []*roleRecord, err error) {
	it := r.Iter(meta.Roles(account))
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		role, err := meta.DecodeRole(account, it.Value())
		if err != nil {
			return nil, err
		}
		out = append(out, &roleRecord{role})
	}
	return out, nil
}

// entities reads those of a kind in an account.
func (s *Service) entities(r kv.Reader, account string, kind EntityKind) (out []*entity, err error) {
	switch kind {
	case UserEntity:
		users, err := s.all(r)
		for _, l := range users {
			if l.user.Account == account {
				out = append(out, &entity{kind: kind, user: l})
			}
		}
		return out, err
	case GroupEntity:
		list, err := groups(r, account)
		for _, g := range list {
			out = append(out, &entity{kind: kind, group: g})
		}
		return out, err
	}
	list, err := roles(r, account)
	for _, role := range list {
		out = append(out, &entity{kind: kind, role: role})
	}
	return out, err
}

// Entity returns the entity of a name in the actor's account, if the actor may do the action ("iam:GetUser") to it.
func (s *Service) Entity(ctx context.Context, actor *Identity, action string, kind EntityKind, name string) (out Entity, err error) {
	const op = "iam.Entity"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		e, missing := s.entityOf(r, op, actor.Account, kind, name)
		if err := mayOn(op, actor, action, kind, name, e); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		out = e.view()
		return nil
	})
	return out, kv.Fault(op, err)
}

// Entities returns the entities of a kind in the actor's account whose path begins with prefix, in order of name.
func (s *Service) Entities(ctx context.Context, actor *Identity, kind EntityKind, prefix string) (out []Entity, err error) {
	const op = "iam.Entities"
	all := "arn:aws:iam::" + actor.principal.Account + ":" + kind.word() + "/"
	if err := mayDo(op, actor, "iam:List"+kind.String()+"s", all+"*", all); err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, func(r kv.Reader) error {
		out = []Entity{}
		list, err := s.entities(r, actor.Account, kind)
		for _, e := range list {
			if v := e.view(); strings.HasPrefix(v.Path, prefix) {
				out = append(out, v)
			}
		}
		if err == nil && kind == GroupEntity {
			err = s.countMembers(r, actor.Account, out)
		}
		return err
	})
	slices.SortFunc(out, func(a, b Entity) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out, kv.Fault(op, err)
}

// countMembers tells how many users each of an account's groups has.
func (s *Service) countMembers(r kv.Reader, account string, groups []Entity) error {
	users, err := s.all(r)
	members := map[string]int{}
	for _, l := range users {
		if l.user.Account == account {
			for _, id := range l.user.Groups {
				members[id]++
			}
		}
	}
	for i := range groups {
		groups[i].Members = members[groups[i].ID]
	}
	return err
}

// May reports whether an actor has the right to an action on what an ARN names, which has these tags. What rests on more, as that nobody
// gives more than they have, is decided when it is done.
func (s *Service) May(actor *Identity, action, arn string, tags meta.Tags) bool {
	return mayDo("iam.May", actor.with(about(tags)), action, arn, arn) == nil
}

// MayDo refuses an actor without the right to an action on what the ARN names.
func (s *Service) MayDo(actor *Identity, action, arn string) error {
	return mayDo("iam.MayDo", actor, action, arn, arn)
}

// mayOn refuses an actor without the right to an action on an entity; e is nil for one that is not there.
func mayOn(op string, who *Identity, action string, kind EntityKind, name string, e *entity) error {
	if who == nil {
		who = Anonymous
	}
	shown := kind.word() + " " + name
	if e != nil && (e.user != nil || e.group != nil || e.role != nil) {
		v := e.view()
		return mayDo(op, who.with(about(v.Tags)).within(v.Grants.Boundary), action, v.ARN, shown)
	}
	return mayDo(op, who, action, "arn:aws:iam::"+who.principal.Account+":"+kind.word()+"/"+name, shown)
}

// Decide decides by the identity's own policies over an action on what an ARN names.
func (id *Identity) Decide(action, arn string) policy.Decision {
	return policy.Evaluate(&policy.Request{Action: action, Resource: arn, Principal: &id.principal, Keys: id.keys, Trace: id.trace}, id.sources)
}

// mayDo refuses an actor without the right to an action on what an ARN names; shown is how the refusal calls it, which IAM mostly does by its
// kind and name.
func mayDo(op string, who *Identity, action, arn, shown string) error {
	if who == nil || who.Anonymous {
		return fault.New(op, fault.AccessDenied, "Access Denied")
	}
	d := who.Decide(action, arn)
	who.decided(action, d)
	if d.Allowed {
		return nil
	}
	return fault.New(op, fault.AccessDenied, fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s", who.ARN(), action, shown, why(action, &d)))
}

// why is what IAM says of the policy that refuses.
func why(action string, d *policy.Decision) string {
	kind := map[policy.SourceKind]string{policy.SourceIdentity: "identity-based policy", policy.SourceBoundary: "permissions boundary", policy.SourceSession: "session policy"}[d.Kind]
	if !d.ExplicitDeny {
		return "because no " + kind + " allows the " + action + " action"
	}
	if d.Kind == policy.SourceIdentity {
		return "with an explicit deny in an " + kind
	}
	return "with an explicit deny in a " + kind
}

// save writes the record of a group or a role, or of a user.
func (c *change) save(e *entity, u *meta.User) error {
	switch e.kind {
	case GroupEntity:
		return c.tx.Set(meta.UserGroupKey(e.group.Account, e.group.ID), e.group.Encode())
	case RoleEntity:
		return c.tx.Set(meta.RoleKey(e.role.Account, e.role.Name), e.role.Encode())
	}
	return c.put(u)
}

func nameRune(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_+=,.@-", c)
}

// ValidName reports whether a name has only what names of users, groups, roles and policies have.
func ValidName(name string) bool {
	for _, c := range name {
		if !nameRune(c) {
			return false
		}
	}
	return name != ""
}

// checkEntityName admits names as IAM has them.
func checkEntityName(op, field, name string, most int) error {
	if len(name) > most {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("The specified value for %s is invalid. It must have at most %d characters.", field, most))
	}
	if !ValidName(name) {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("The specified value for %s is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-", field))
	}
	return nil
}

// checkPath returns the path as it is kept: empty for "/".
func checkPath(op, path string) (string, error) {
	if path == "" || path == "/" {
		return "", nil
	}
	ok := len(path) <= 512 && path[0] == '/' && path[len(path)-1] == '/'
	for _, c := range path {
		ok = ok && c > ' ' && c < 0x7f
	}
	if !ok {
		return "", fault.New(op, fault.InvalidArgument, "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	}
	return path, nil
}
