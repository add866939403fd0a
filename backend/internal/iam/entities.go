package iam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// NewEntity is what a new user, group or role is to be.
type NewEntity struct {
	Kind        EntityKind
	Name        string // 1 to 64 of [\w+=,.@-], of a group 128; unique in the account whatever its case
	Path        string // empty for "/"
	Tags        meta.Tags
	Boundary    string // ARN of a managed policy
	DisplayName string // of a user; empty for its name
	ValidFrom   time.Time
	ValidUntil  time.Time // of a user; see Validity
	Description string    // of a role, as the rest
	Trust       string    // JSON
	MaxSession  time.Duration
}

const (
	maxEntityName = 64
	maxGroupName  = 128
	maxPolicyName = 128
	maxEntityTags = 50
	maxKeys       = 2
	maxAttached   = 10
	maxTrustBytes = 2048
	maxGroupsOf   = 10
)

// CreateEntity makes a user without keys, a group or a role in the actor's account.
func (s *Service) CreateEntity(ctx context.Context, actor *Identity, in NewEntity) (Entity, error) {
	return s.create(ctx, actor, in, nil)
}

// CreateUserWithKey makes a user and its first access key, or neither. The secret is returned here and never again.
func (s *Service) CreateUserWithKey(ctx context.Context, actor *Identity, in NewEntity) (out Entity, key AccessKey, secret string, err error) {
	key.ID, key.Active, secret = s.newAccessKey(), true, s.newSecret()
	in.Kind = UserEntity
	out, err = s.create(ctx, actor, in, func(c *change, who *Identity, u *meta.User) error {
		if err := mayDo("iam.CreateUserWithKey", who.with(about(u.Tags)), "iam:CreateAccessKey", arnOf(u), "user "+nameOf(u)); err != nil {
			return err
		}
		key.Created = c.now
		c.addKey(u, key.ID, secret)
		return nil
	})
	if err != nil {
		return Entity{}, AccessKey{}, "", err
	}
	return out, key, secret, nil
}

// create makes an entity; of a user, with adds what it begins with, nil for nothing.
func (s *Service) create(ctx context.Context, actor *Identity, in NewEntity, with func(*change, *Identity, *meta.User) error) (out Entity, err error) {
	const op = "iam.CreateEntity"
	most := maxEntityName
	if in.Kind == GroupEntity {
		most = maxGroupName
	}
	if err := checkEntityName(op, in.Kind.word()+"Name", in.Name, most); err != nil {
		return out, err
	}
	if in.Path, err = checkPath(op, in.Path); err != nil {
		return out, err
	}
	if err := checkTags(op, in.Tags); err != nil {
		return out, err
	}
	if in.DisplayName == "" {
		in.DisplayName = in.Name
	} else if err := checkName(op, in.DisplayName); err != nil {
		return out, err
	}
	if err := (period{in.ValidFrom, in.ValidUntil}).check(op); err != nil {
		return out, err
	}
	if in.Kind == RoleEntity {
		if err := checkRole(op, &in); err != nil {
			return out, err
		}
	}
	id := s.newID(map[EntityKind]string{UserEntity: "AIDA", GroupEntity: "AGPA", RoleEntity: "AROA"}[in.Kind])
	err = s.change(ctx, op, func(c *change) error {
		who, err := c.fresh(op, actor)
		if err != nil {
			return err
		}
		arn := "arn:aws:iam::" + who.principal.Account + ":" + in.Kind.word() + pathOf(in.Path) + in.Name
		if err := mayDo(op, who.with(giving(in.Tags, nil)).within(in.Boundary), "iam:Create"+in.Kind.String(), arn, arn); err != nil {
			return err
		}
		if err := c.free(op, who.Account, in.Kind, in.Name, id); err != nil {
			return err
		}
		grants := meta.Grants{Boundary: in.Boundary}
		if in.Boundary != "" {
			if _, err := s.policyText(c.tx, op, who.Account, in.Boundary); err != nil {
				return err
			}
		}
		e := &entity{kind: in.Kind}
		var u *meta.User
		switch in.Kind {
		case UserEntity:
			u = &meta.User{ID: id, Account: who.Account, Name: in.DisplayName, UserName: in.Name, Path: in.Path, Created: c.now, Grants: grants, Tags: in.Tags,
				ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil}
			if with != nil {
				if err := with(c, who, u); err != nil {
					return err
				}
			}
		case GroupEntity:
			e.group = &meta.UserGroup{ID: id, Account: who.Account, Name: in.Name, Path: in.Path, Created: c.now}
		case RoleEntity:
			e.role = &roleRecord{&meta.Role{ID: id, Account: who.Account, Name: in.Name, Path: in.Path, Created: c.now, Description: in.Description,
				Trust: []byte(in.Trust), MaxSession: in.MaxSession, Grants: grants, Tags: in.Tags}}
		}
		if err := c.save(e, u); err != nil {
			return err
		}
		if u != nil {
			if e.user, err = s.load(c.tx, id, u.Encode()); err != nil {
				return err
			}
		}
		out = e.view()
		return nil
	})
	return out, err
}

// free refuses a name that another entity of the kind has, whatever its case.
func (c *change) free(op, account string, kind EntityKind, name, id string) error {
	list, err := c.s.entities(c.tx, account, kind)
	for _, e := range list {
		if v := e.view(); v.ID != id && strings.EqualFold(v.Name, name) {
			return exists(op, kind.String(), name)
		}
	}
	return err
}

func checkRole(op string, in *NewEntity) error {
	if in.MaxSession != 0 && (in.MaxSession < time.Hour || in.MaxSession > maxRoleSession) {
		return fault.New(op, fault.InvalidArgument, "A session of a role lasts at least 3600 and at most 43200 seconds.")
	}
	if len(in.Description) > 1000 {
		return fault.New(op, fault.InvalidArgument, "A description has at most 1000 bytes.")
	}
	return checkTrust(in.Trust)
}

func checkTrust(text string) error {
	if _, err := policy.Parse([]byte(text), policy.Trust); err != nil {
		return err
	}
	if sizeOf(text) > maxTrustBytes {
		return fault.New("iam.checkTrust", fault.Conflict, fmt.Sprintf("Cannot exceed quota for ACLSizePerRole: %d", maxTrustBytes)).With("IAM", "LimitExceeded")
	}
	return nil
}

// sizeOf is the size of a document as quotas count it: without white space.
func sizeOf(text string) (size int) {
	for _, c := range text {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			size++
		}
	}
	return size
}

// DuplicateTags is what IAM says of a tag that stands twice.
const DuplicateTags = "Duplicate tag keys found. Please note that Tag keys are case insensitive."

// maxInline are the most characters, without white space, of the inline policies of an identity.
var maxInline = map[EntityKind]int{UserEntity: 2048, GroupEntity: 5120, RoleEntity: 10240}

// roomFor reports whether an identity may have these inline policies. White space does not count, as far as the record can hold it.
func roomFor(kind EntityKind, texts ...string) bool {
	size, raw := 0, 0
	for _, text := range texts {
		size, raw = size+sizeOf(text), raw+len(text)
	}
	return size <= maxInline[kind] && raw <= policy.MaxBytes
}

func checkTags(op string, tags meta.Tags) error {
	if len(tags) > maxEntityTags {
		return fault.New(op, fault.Conflict, "The number of tags has reached the maximum limit.").With("IAM", "LimitExceeded")
	}
	seen := map[string]bool{}
	for _, t := range tags {
		lower := strings.ToLower(t.Name)
		bad := ""
		switch {
		case t.Name == "" || utf8.RuneCountInString(t.Name) > 128 || utf8.RuneCountInString(t.Value) > 256:
			bad = fmt.Sprintf("The tag %q is not valid: a key has 1 to 128 characters, a value at most 256.", t.Name)
		case strings.HasPrefix(lower, "aws:"):
			bad = fmt.Sprintf("The tag key %q is reserved: none begins with aws:", t.Name)
		case seen[lower]:
			bad = DuplicateTags
		}
		if bad != "" {
			return fault.New(op, fault.InvalidArgument, bad).With("IAM", "InvalidInput")
		}
		seen[lower] = true
	}
	return nil
}

// DeleteEntity removes a user, a group or a role that nothing hangs at any more.
func (s *Service) DeleteEntity(ctx context.Context, actor *Identity, kind EntityKind, name string) error {
	const op = "iam.DeleteEntity"
	return s.change(ctx, op, func(c *change) error {
		_, e, err := c.entity(op, actor, "iam:Delete"+kind.String(), kind, name)
		if err != nil {
			return err
		}
		return c.deleteBare(e)
	})
}

// DeleteWhole removes a user, a group or a role with all that hangs at it: keys, policies, and who is in the group.
func (s *Service) DeleteWhole(ctx context.Context, actor *Identity, kind EntityKind, name string) error {
	const op = "iam.DeleteWhole"
	var keys []meta.AccessKey
	err := s.change(ctx, op, func(c *change) error {
		_, e, err := c.entity(op, actor, "iam:Delete"+kind.String(), kind, name)
		if err != nil {
			return err
		}
		switch kind {
		case UserEntity:
			keys = e.user.user.Keys
			err = c.remove(e.user.user)
		case GroupEntity:
			err = c.deleteGroup(e.group)
		case RoleEntity:
			err = c.tx.Delete(meta.RoleKey(e.role.Account, e.role.Name))
		}
		if err != nil {
			return err
		}
		return c.keepAdministrator(op)
	})
	if err == nil {
		for _, k := range keys {
			s.forgetFirst(k.ID)
		}
	}
	return err
}

// deleteGroup removes a group, which its members are in no longer.
func (c *change) deleteGroup(g *meta.UserGroup) error {
	members, err := c.s.members(c.tx, g)
	for _, l := range members {
		u := l.copy()
		u.Groups, u.Login.Groups = without(u.Groups, g.ID), without(u.Login.Groups, g.ID)
		err = errors.Join(err, c.put(u))
	}
	return errors.Join(err, c.tx.Delete(meta.UserGroupKey(g.Account, g.ID)))
}

// deleteBare removes an entity, refusing where something still hangs at it.
func (c *change) deleteBare(e *entity) error {
	g := e.grants()
	switch {
	case len(g.Attached) > 0:
		return attached("detach all policies")
	case len(g.Inline) > 0:
		return attached("delete policies")
	}
	switch e.kind {
	case GroupEntity:
		members, err := c.s.members(c.tx, e.group)
		if err != nil {
			return err
		}
		if len(members) > 0 {
			return attached("remove users from group")
		}
		return c.tx.Delete(meta.UserGroupKey(e.group.Account, e.group.ID))
	case RoleEntity:
		return c.tx.Delete(meta.RoleKey(e.role.Account, e.role.Name))
	}
	u := e.user.user
	switch {
	case u.Password != nil:
		return attached("delete login profile")
	case len(u.Devices) > 0:
		return attached("delete MFA device")
	case len(u.Keys) > 0:
		return attached("delete access keys")
	case len(u.Groups) > 0:
		return attached("remove users from group")
	}
	return c.remove(u)
}

// entity returns the caller with the rights of this transaction, and the entity of a name in its account that it may do the action to.
func (c *change) entity(op string, actor *Identity, action string, kind EntityKind, name string) (*Identity, *entity, error) {
	who, err := c.fresh(op, actor)
	if err != nil {
		return nil, nil, err
	}
	e, missing := c.s.entityOf(c.tx, op, who.Account, kind, name)
	if missing != nil && !fault.Is(missing, fault.NotFound) {
		return nil, nil, missing
	}
	if err := mayOn(op, who, action, kind, name, e); err != nil {
		return nil, nil, err
	}
	if missing != nil {
		return nil, nil, missing
	}
	if kind == UserEntity && e.user.user.Environment {
		return nil, nil, fault.New(op, fault.InvalidRequest, "This user is managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY; change them in the environment of the server.")
	}
	if !who.machine && !who.Administrator() {
		give, err := c.given(e)
		if err != nil || policy.Administers(give, false) {
			return nil, nil, fault.New(op, fault.AccessDenied, "Only an administrator may change a "+kind.word()+" that holds iam:*.")
		}
	}
	return who, e, nil
}

// given is what an entity's policies give.
func (c *change) given(e *entity) ([]*policy.Document, error) {
	if e.kind == UserEntity {
		give, _ := documents(e.user.sources)
		return give, e.user.err
	}
	var account string
	if e.kind == GroupEntity {
		account = e.group.Account
	} else {
		account = e.role.Account
	}
	r, err := c.s.rightsOf(c.tx, holder{account: account, grants: e.grants()})
	give, _ := documents(r.sources)
	return give, errors.Join(err, r.err)
}

func (e *entity) grants() *meta.Grants {
	switch e.kind {
	case GroupEntity:
		return &e.group.Grants
	case RoleEntity:
		return &e.role.Grants
	}
	return &e.user.user.Grants
}

// members are the users of a group, in order of id.
func (s *Service) members(r kv.Reader, g *meta.UserGroup) (out []*loaded, err error) {
	users, err := s.all(r)
	for _, l := range users {
		if l.user.Account == g.Account && slices.Contains(l.user.Groups, g.ID) {
			out = append(out, l)
		}
	}
	return out, err
}

// Members returns the users of a group of the actor's account.
func (s *Service) Members(ctx context.Context, actor *Identity, group string) (g Entity, users []Entity, err error) {
	const op = "iam.Members"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		e, missing := s.entityOf(r, op, actor.Account, GroupEntity, group)
		if err := mayOn(op, actor, "iam:GetGroup", GroupEntity, group, e); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		g, users = e.view(), []Entity{}
		list, err := s.members(r, e.group)
		for _, l := range list {
			users = append(users, (&entity{user: l}).view())
		}
		return err
	})
	return g, users, kv.Fault(op, err)
}

// GroupsOf returns the groups of a user of the actor's account.
func (s *Service) GroupsOf(ctx context.Context, actor *Identity, user string) (out []Entity, err error) {
	const op = "iam.GroupsOf"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		e, missing := s.entityOf(r, op, actor.Account, UserEntity, user)
		if err := mayOn(op, actor, "iam:ListGroupsForUser", UserEntity, user, e); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		out = []Entity{}
		list, err := groups(r, actor.Account)
		for _, g := range list {
			if slices.Contains(e.user.user.Groups, g.ID) {
				out = append(out, (&entity{kind: GroupEntity, group: g}).view())
			}
		}
		return err
	})
	return out, kv.Fault(op, err)
}

// SetMember adds a user to a group, or takes it out. Whoever adds one must have all that the group gives.
func (s *Service) SetMember(ctx context.Context, actor *Identity, user, group string, in bool) error {
	const op = "iam.SetMember"
	action := "iam:AddUserToGroup"
	if !in {
		action = "iam:RemoveUserFromGroup"
	}
	return s.change(ctx, op, func(c *change) error {
		who, g, err := c.entity(op, actor, action, GroupEntity, group)
		if err != nil {
			return err
		}
		l, err := s.entityOf(c.tx, op, who.Account, UserEntity, user)
		if err != nil {
			return err
		}
		if err := c.mayShape(op, who, l); err != nil {
			return err
		}
		u := l.user.copy()
		at := slices.Index(u.Groups, g.group.ID)
		switch {
		case in && at >= 0:
			return nil
		case !in && at < 0:
			return fault.New(op, fault.NotFound, fmt.Sprintf("User %s in group %s does not exist.", user, group)).With("IAM", "NoSuchEntity")
		case in && len(u.Groups) >= maxGroupsOf:
			return fault.New(op, fault.Conflict, fmt.Sprintf("Cannot exceed quota for GroupsPerUser: %d", maxGroupsOf)).With("IAM", "LimitExceeded")
		case in:
			give, err := c.given(g)
			if err != nil {
				return err
			}
			if err := mayGive(op, who, policy.Join(give...), "You would give the user"); err != nil {
				return err
			}
			u.Groups = append(slices.Clone(u.Groups), g.group.ID)
		default:
			u.Groups = slices.Delete(slices.Clone(u.Groups), at, at+1)
			u.Login.Groups = without(u.Login.Groups, g.group.ID)
		}
		if err := c.put(u); err != nil {
			return err
		}
		return c.keepAdministrator(op)
	})
}

// mayShape refuses an actor who would change their own rights, or those of somebody who holds iam:*, without being an administrator.
func (c *change) mayShape(op string, who *Identity, e *entity) error {
	if who.machine || who.Administrator() || e.kind != UserEntity {
		return nil
	}
	if who.UserID == e.user.user.ID {
		return fault.New(op, fault.AccessDenied, "Nobody but an administrator may change their own policies.")
	}
	return mayChange(op, who, e.user)
}

func (s *Service) newID(prefix string) string { return prefix + s.newUserID()[4:] }
