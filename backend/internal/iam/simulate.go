package iam

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Subject is whose requests are simulated, with what is tried on it.
type Subject struct {
	// Principal is the ARN of a user, a group (for a member of it), a role or a session of one; the name or an access key of a user;
	// "anonymous"; or empty for somebody of the actor's account who has nothing but what is tried.
	Principal string
	Caller    string             // ARN of a user that policies of buckets see in its place; empty for itself
	Policies  []*policy.Document // identity policies beside its own
	Replace   bool               // the policies take the place of its own, those of its groups included
	Boundary  *policy.Document   // permissions boundary in the place of its own; nil for that
	Session   []*policy.Document // session policies: what one of them allows is allowed
	// Keys are condition keys that say who asks: aws:username, aws:userid and aws:PrincipalTag/…; others are nothing to it.
	Keys map[string][]string
}

// Simulated is who would make the requests.
type Simulated struct {
	*Identity
	Kind     string // user, group, role, anonymous, or empty for nobody in particular
	Named    string // name in its account
	Disabled bool   // its requests are refused before policies are asked
}

// AnonymousSubject is the Principal of a Subject for requests without credentials.
const AnonymousSubject = "anonymous"

// Simulate returns who a subject is, for who may simulate it (iam:SimulatePrincipalPolicy, or iam:SimulateCustomPolicy where there is none).
// Nobody but administrators of the server see those of other accounts; for the others they are not there.
func (s *Service) Simulate(ctx context.Context, actor *Identity, in Subject) (out Simulated, err error) {
	const op = "iam.Simulate"
	switch in.Principal {
	case "":
		if err := mayDo(op, actor, "iam:SimulateCustomPolicy", "*", "*"); err != nil {
			return out, err
		}
		out.Identity = somebody(actor.Account)
	case AnonymousSubject:
		if err := mayDo(op, actor, "iam:SimulatePrincipalPolicy", "*", "*"); err != nil {
			return out, err
		}
		out.Identity, out.Kind = Anonymous, AnonymousSubject
	default:
		err = s.Store.View(ctx, func(r kv.Reader) (err error) {
			out, err = s.simulated(r, op, actor, &in)
			return err
		})
		if err != nil {
			return out, kv.Fault(op, err)
		}
	}
	out.Identity, err = in.try(op, out.Identity)
	return out, err
}

// simulated finds the principal of a subject.
func (s *Service) simulated(r kv.Reader, op string, actor *Identity, in *Subject) (out Simulated, err error) {
	arn := in.Principal
	p, ok := splitPrincipal(arn)
	if !ok {
		if strings.HasPrefix(arn, "arn:") {
			return out, invalidInput(op, "ARN "+arn+" is not valid.")
		}
		p = principalARN{account: actor.Account, name: arn}
		arn = userARN(AccountNumber(p.account), arn)
	}
	missing := notFound(op, p.kind, p.name)
	e, err := (*entity)(nil), missing
	if p.account == actor.Account || actor.System() {
		e, err = s.entityOf(r, op, p.account, p.kind, p.name)
		if !ok && fault.Is(err, fault.NotFound) {
			e, err = s.ownerOf(r, op, actor, p.name)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return out, err
		}
	}
	if err == nil {
		if v := e.view(); !ok || v.ARN == arn || p.session != "" {
			arn = v.ARN
		} else {
			err = missing
		}
	}
	if denied := mayDo(op, actor, "iam:SimulatePrincipalPolicy", arn, arn); denied != nil || err != nil {
		return out, cmp.Or(denied, missing)
	}
	out.Kind, out.Named = p.kind.word(), e.view().Name
	switch p.kind {
	case UserEntity:
		u := e.user
		key := ""
		if len(u.user.Keys) > 0 {
			key = u.user.Keys[0].ID
		}
		out.Disabled = u.user.Disabled
		out.Identity, err = newIdentity(u.user, key, u.sources), u.err
	case GroupEntity:
		var rights rights
		rights, err = s.rightsOf(r, holder{account: p.account, what: "group " + e.group.Name, grants: &e.group.Grants})
		out.Identity = somebody(p.account)
		out.sources = rights.sources
		err = errors.Join(err, rights.err)
	case RoleEntity:
		out.Identity, err = s.sessionIdentity(r, op, &sessionClaims{
			Account: p.account, Role: e.role.Name, RoleID: e.role.ID, Name: cmp.Or(p.session, "simulation"), Issued: s.Clock.Now().Unix(),
		})
	}
	if err != nil {
		return out, &fault.Error{Op: op, Err: err}
	}
	return out, nil
}

// ownerOf finds the user of an access key, one that the actor may see.
func (s *Service) ownerOf(r kv.Reader, op string, actor *Identity, key string) (*entity, error) {
	l, err := s.find(r, key)
	if errors.Is(err, kv.ErrNotFound) || err == nil && l.user.Account != actor.Account && !actor.System() {
		return nil, notFound(op, UserEntity, key)
	}
	return &entity{kind: UserEntity, user: l}, err
}

// somebody is nobody in particular of an account, without rights.
func somebody(account string) *Identity {
	return &Identity{Account: account, principal: policy.Principal{Account: AccountNumber(account), CanonicalID: CanonicalID(account)}}
}

func invalidInput(op, text string) error {
	return fault.New(op, fault.InvalidArgument, text).With("IAM", "InvalidInput")
}

// principalARN is what the ARN of a user, a group, a role or a session of a role says.
type principalARN struct {
	account, name string
	session       string // its name; empty for a role itself
	kind          EntityKind
}

var principalKinds = map[string]EntityKind{"iam:user": UserEntity, "iam:group": GroupEntity, "iam:role": RoleEntity, "sts:assumed-role": RoleEntity}

func splitPrincipal(arn string) (p principalARN, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] != "aws" || parts[3] != "" || !validAccountID(parts[4]) {
		return p, false
	}
	what, name, _ := strings.Cut(parts[5], "/")
	if p.kind, ok = principalKinds[parts[2]+":"+what]; !ok {
		return p, false
	}
	if p.account = parts[4]; p.account == AccountNumber(DefaultAccount) {
		p.account = DefaultAccount
	}
	if parts[2] == "sts" {
		p.name, p.session, ok = strings.Cut(name, "/")
		return p, ok && p.session != ""
	}
	p.name = name[strings.LastIndexByte(name, '/')+1:]
	return p, p.name != ""
}

// try gives an identity what is tried on it.
func (in *Subject) try(op string, of *Identity) (*Identity, error) {
	if of.Anonymous && (len(in.Policies) > 0 || in.Boundary != nil || len(in.Session) > 0) {
		return nil, invalidInput(op, "Who is anonymous has no policies.")
	}
	id := *of
	id.sources = nil
	for _, src := range of.sources {
		if !(in.Replace && src.Kind == policy.SourceIdentity) && !(in.Boundary != nil && src.Kind == policy.SourceBoundary) {
			id.sources = append(id.sources, src)
		}
	}
	for i, d := range in.Policies {
		name := fmt.Sprintf("PolicyInputList.%d", i+1)
		id.sources = append(id.sources, policy.Source{Name: fmt.Sprintf("policy %d of the request", i+1), Document: d, Origin: &policy.Origin{Type: policy.OriginInput, Policy: name}})
	}
	if in.Boundary != nil {
		id.sources = append(id.sources, policy.Source{Name: "permissions boundary of the request", Kind: policy.SourceBoundary, Document: in.Boundary,
			Origin: &policy.Origin{Type: policy.OriginInput, Policy: "PermissionsBoundaryPolicyInputList.1"}})
	}
	if len(in.Session) > 0 {
		id.sources = append(id.sources, sessionBound(in.Session))
	}
	if in.Caller != "" {
		p, ok := splitPrincipal(in.Caller)
		if !ok || p.kind != UserEntity {
			return nil, invalidInput(op, "ARN "+in.Caller+" is not valid.")
		}
		tags := id.principal.Tags
		id.Account, id.principal = p.account, somebody(p.account).principal
		id.principal.ARN, id.principal.Name, id.principal.Tags = in.Caller, p.name, tags
	}
	return &id, in.rename(op, &id)
}

// rename sets what condition keys say of the caller.
func (in *Subject) rename(op string, id *Identity) error {
	p := &id.principal
	tags := map[string]string{}
	for name, v := range p.Tags {
		tags[name] = v
	}
	for name, values := range in.Keys {
		tag, isTag := strings.CutPrefix(name, "aws:PrincipalTag/")
		switch {
		case name == "aws:PrincipalArn", name == "aws:PrincipalAccount", name == "aws:PrincipalType":
			return invalidInput(op, name+" follows from who asks and cannot be set.")
		case len(values) == 0:
		case name == "aws:username":
			p.Name = values[0]
		case name == "aws:userid":
			p.UserID = values[0]
		case isTag:
			tags[tag] = values[0]
		}
	}
	p.Tags = tags
	return nil
}

// DecideOn decides for a simulated identity over an action on what is no bucket: a user, a group, a role, a policy, keys, or the server.
// What the ARN names, its tags and the trust policy of a role, counts where the actor may know of it.
func (s *Service) DecideOn(ctx context.Context, actor, id *Identity, action, arn string) (d policy.Decision, err error) {
	const op = "iam.DecideOn"
	service, _, _ := strings.Cut(action, ":")
	if service == "myfsio" {
		return adminDecision(id, action, ""), nil
	}
	p, ok := splitPrincipal(arn)
	if !ok || p.account != actor.Account && !actor.System() {
		return id.Decide(action, arn), nil
	}
	err = s.Store.View(ctx, func(r kv.Reader) error {
		e, err := s.entityOf(r, op, p.account, p.kind, p.name)
		switch {
		case fault.Is(err, fault.NotFound) || err == nil && e.view().ARN != arn:
			d = id.Decide(action, arn)
			return nil
		case err != nil:
			return err
		case p.kind == RoleEntity && (action == "sts:AssumeRole" || action == "sts:TagSession"):
			d, err = e.role.trust(id, action)
			return err
		}
		d = id.with(about(e.view().Tags)).Decide(action, arn)
		return nil
	})
	return d, kv.Fault(op, err)
}

// MayRead reports whether the actor may read the text of a policy that had a part in a simulation. That of a bucket it may, or the bucket
// would have had no part.
func (s *Service) MayRead(actor *Identity, o *policy.Origin) bool {
	if o == nil {
		return false
	}
	number := AccountNumber(actor.Account)
	switch o.Type {
	case policy.OriginUser:
		return s.May(actor, "iam:GetUserPolicy", userARN(number, o.Holder), nil)
	case policy.OriginGroup, policy.OriginRole:
		action := map[string]string{policy.OriginGroup: "iam:GetGroupPolicy", policy.OriginRole: "iam:GetRolePolicy"}[o.Type]
		return s.May(actor, action, "arn:aws:iam::"+number+":"+o.Type+"/"+o.Holder, nil)
	case policy.OriginManaged:
		return s.May(actor, "iam:GetPolicyVersion", o.ARN, nil)
	case policy.OriginTrust:
		return s.May(actor, "iam:GetRole", "arn:aws:iam::"+number+":role/*", nil)
	}
	return true
}
