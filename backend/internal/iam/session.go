package iam

import (
	"context"
	"encoding/base64"
	"encoding/json"
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

// Temporary credentials are kept nowhere: the session token is all there is to know of them, sealed with the store's data key. They end
// with their time, with the user or role that they act as, and when the sessions of a role are revoked. What they may do is read anew for
// each request, as for any identity.

// Session is temporary credentials.
type Session struct {
	AccessKey string
	Secret    string
	Token     string
	Expires   time.Time
	ARN       string // of the caller that they make
	UserID    string
	Source    string // source identity, empty for none
	Packed    int    // percent of the room for policies and tags that are taken; 0 for none
}

// sessionClaims is what a session token holds.
type sessionClaims struct {
	AccessKey string            `json:"k"`
	Secret    string            `json:"s"`
	Account   string            `json:"a"`
	User      string            `json:"u,omitempty"` // id of the user who asked for the credentials of a session of their own
	Role      string            `json:"r,omitempty"` // name of a role, and its id: another role of that name is another one
	RoleID    string            `json:"i,omitempty"`
	Name      string            `json:"n,omitempty"` // of the session
	Policies  []string          `json:"p,omitempty"` // texts that bound the role's rights; what one of them allows is allowed
	Tags      map[string]string `json:"t,omitempty"`
	Maker     string            `json:"m,omitempty"` // id of the user who asked for the session, itself or by sessions before it
	MakerKey  string            `json:"y,omitempty"`
	Passed    []string          `json:"w,omitempty"` // names of the tags that go on to further roles
	Source    string            `json:"o,omitempty"` // source identity
	MFA       int64             `json:"f,omitempty"` // when a code was given, in seconds since 1970
	Issued    int64             `json:"b"`           // seconds since 1970
	Expires   int64             `json:"e"`

	packed int // percent of the room for policies and tags
}

const (
	sessionAAD = "session token"
	// maxToken bounds what is unsealed of a request.
	maxToken = 8 << 10

	minDuration     = 15 * time.Minute
	maxRoleSession  = 12 * time.Hour
	defaultDuration = time.Hour
	maxUserSession  = 36 * time.Hour
	defaultUser     = 12 * time.Hour

	maxChained = time.Hour // of a role that a role takes on

	maxSessionPolicies = 10
	maxPackedPolicies  = 4 << 10 // bytes of the policies and tags in a token
)

// AssumeRole is who wants to act as a role, and how.
type AssumeRole struct {
	RoleARN  string
	Name     string // of the session, 2 to 64 of [\w+=,.@-]
	Duration time.Duration
	Policy   string   // JSON, empty for none
	ARNs     []string // managed policies of the role's account that bound the session too
	Tags     meta.Tags
	Passed   []string // names of those of Tags that go on to further roles
	External string   // what the role's trust policy asks for, empty for none
	Source   string   // source identity, empty for the one of the actor's session
	Code     Code
}

// chained takes over what the actor's session hands on: its source identity, and the tags that it passes.
func (in *AssumeRole) chained(op string, actor *Identity) error {
	from := actor.session
	in.Passed = slices.Clone(in.Passed)
	for i, name := range in.Passed {
		at := slices.IndexFunc(in.Tags, func(t meta.Pair) bool { return strings.EqualFold(t.Name, name) })
		if at < 0 {
			return fault.New(op, fault.InvalidArgument, "The specified transitive tag key must be included in the requested tags.").With("IAM", "InvalidParameterValue")
		}
		in.Passed[i] = in.Tags[at].Name
	}
	if from == nil || from.Role == "" {
		return nil
	}
	if in.Duration > maxChained {
		return fault.New(op, fault.InvalidArgument, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	}
	if in.Source == "" {
		in.Source = from.Source
	}
	in.Tags = slices.Clone(in.Tags)
	for _, name := range from.Passed {
		if slices.ContainsFunc(in.Tags, func(t meta.Pair) bool { return strings.EqualFold(t.Name, name) }) {
			return fault.New(op, fault.InvalidArgument, "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session. "+
				"Please remove the conflicting tag.").With("IAM", "InvalidParameterValue")
		}
		in.Tags = append(in.Tags, meta.Pair{Name: name, Value: from.Tags[name]})
	}
	in.Passed = append(slices.Clone(from.Passed), in.Passed...)
	return nil
}

// assuming are the condition keys of AssumeRole.
func (in *AssumeRole) assuming(name string) ([]string, bool) {
	one := func(v string) ([]string, bool) { return []string{v}, v != "" }
	switch name {
	case "sts:ExternalId":
		return one(in.External)
	case "sts:RoleSessionName":
		return one(in.Name)
	case "sts:SourceIdentity":
		return one(in.Source)
	case "sts:TransitiveTagKeys":
		return in.Passed, len(in.Passed) > 0
	}
	return nil, false
}

// Code is a code of a device of the caller; without a serial number there is none.
type Code struct{ Serial, Code string }

// AssumeRole gives out credentials that act as a role, if its trust policy lets the actor.
func (s *Service) AssumeRole(ctx context.Context, actor *Identity, in AssumeRole) (out Session, err error) {
	const op = "iam.AssumeRole"
	if err := checkSessionName(op, in.Name); err != nil {
		return out, err
	}
	account, name, ok := splitRoleARN(in.RoleARN)
	switch {
	case ok:
	case strings.HasPrefix(in.RoleARN, "arn:"):
		return out, fault.New(op, fault.InvalidArgument, "Request ARN is invalid")
	default:
		return out, fault.New(op, fault.InvalidArgument, in.RoleARN+" is invalid")
	}
	if err := in.chained(op, actor); err != nil {
		return out, err
	}
	if err := checkTags(op, in.Tags); err != nil {
		return out, err
	}
	claims := sessionClaims{Account: account, Role: name, Name: in.Name, Tags: tagMap(in.Tags), Passed: in.Passed, Source: in.Source}
	asks, err := s.coded(ctx, op, actor.with(giving(in.Tags, nil)).with(in.assuming), in.Code, &claims)
	if err != nil {
		return out, err
	}
	denied := func(action string) *fault.Error {
		return fault.New(op, fault.AccessDenied, fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", actor.ARN(), action, in.RoleARN))
	}
	wants := []string{"sts:AssumeRole"}
	if len(in.Tags) > 0 {
		wants = append(wants, "sts:TagSession")
	}
	if in.Source != "" {
		wants = append(wants, "sts:SetSourceIdentity")
	}
	err = s.Store.View(ctx, func(r kv.Reader) error {
		role, err := s.role(r, account, name)
		if errors.Is(err, kv.ErrNotFound) || err == nil && role.arn() != in.RoleARN {
			return denied(wants[0])
		}
		if err != nil {
			return err
		}
		for _, action := range wants {
			if err := role.trusts(asks, action); err != nil {
				return denied(action).With("why", err.Error())
			}
		}
		if from := actor.session; from != nil && from.Source != "" && from.Source != in.Source { // it is set once
			return denied("sts:SetSourceIdentity")
		}
		claims.RoleID = role.ID
		if err := claims.last(op, in.Duration, role.maxSession(), defaultDuration, s.Clock.Now()); err != nil {
			return err
		}
		claims.makes(actor)
		return s.boundSession(r, op, account, &in, &claims)
	})
	if err != nil {
		return out, kv.Fault(op, err)
	}
	return s.issue(ctx, op, &claims)
}

// SessionToken gives out credentials that act as the actor's own user.
func (s *Service) SessionToken(ctx context.Context, actor *Identity, d time.Duration) (Session, error) {
	return s.SessionTokenBy(ctx, actor, d, Code{})
}

// SessionTokenBy is SessionToken with a code of a device of the actor.
func (s *Service) SessionTokenBy(ctx context.Context, actor *Identity, d time.Duration, code Code) (out Session, err error) {
	const op = "iam.SessionToken"
	if actor.Anonymous || actor.machine || actor.session != nil {
		return out, fault.New(op, fault.AccessDenied, "Cannot call GetSessionToken with session credentials")
	}
	claims := sessionClaims{Account: actor.Account, User: actor.UserID}
	if err := claims.last(op, d, maxUserSession, defaultUser, s.Clock.Now()); err != nil {
		return out, err
	}
	if _, err = s.coded(ctx, op, actor, code, &claims); err != nil {
		return out, err
	}
	claims.makes(actor)
	return s.issue(ctx, op, &claims)
}

// coded proves the code that somebody asks for a session with, and notes it in the claims and in the actor's condition keys.
func (s *Service) coded(ctx context.Context, op string, actor *Identity, code Code, c *sessionClaims) (*Identity, error) {
	if code == (Code{}) {
		return actor, nil
	}
	wrong := fault.New(op, fault.AccessDenied, "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
	if code.Serial == "" || code.Code == "" || actor.Anonymous || actor.machine || actor.session != nil {
		return nil, wrong
	}
	at, err := s.Code(ctx, actor.UserID, code.Serial, code.Code)
	if fault.Is(err, fault.AccessDenied) || err == nil && at.IsZero() {
		return nil, wrong
	}
	if err != nil {
		return nil, err
	}
	c.MFA = at.Unix()
	return actor.with(func(name string) ([]string, bool) {
		switch name {
		case "aws:MultiFactorAuthPresent":
			return []string{"true"}, true
		case "aws:MultiFactorAuthAge":
			return []string{"0"}, true
		}
		return nil, false
	}), nil
}

// boundSession reads the policies that bound a session.
func (s *Service) boundSession(r kv.Reader, op, account string, in *AssumeRole, c *sessionClaims) error {
	c.Policies = nil
	if in.Policy != "" {
		c.Policies = append(c.Policies, in.Policy)
	}
	if len(in.ARNs) > maxSessionPolicies {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("A session has at most %d managed policies.", maxSessionPolicies))
	}
	for _, arn := range in.ARNs {
		text, err := s.policyText(r, op, account, arn)
		if err != nil {
			return err
		}
		c.Policies = append(c.Policies, string(text))
	}
	size := 0
	for _, text := range c.Policies {
		if _, err := policy.Parse([]byte(text), policy.Identity); err != nil {
			return err
		}
		size += len(text)
	}
	for name, value := range c.Tags {
		size += len(name) + len(value)
	}
	if c.packed = (size*100 + maxPackedPolicies - 1) / maxPackedPolicies; c.packed > 100 {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("Packed policy consumes %d%% of allotted space, please use smaller policy.", c.packed)).With("IAM", "PackedPolicyTooLarge")
	}
	return nil
}

// last sets when a session begins and ends.
func (c *sessionClaims) last(op string, d, most, usual time.Duration, now time.Time) error {
	if d == 0 {
		d = min(usual, most)
	}
	if d < minDuration {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("The requested DurationSeconds is less than the minimum of %d.", int(minDuration/time.Second)))
	}
	if d > most {
		return fault.New(op, fault.InvalidArgument, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	c.Issued, c.Expires = now.Unix(), now.Add(d).Unix()
	return nil
}

// issue draws the credentials of a session and proves that they work.
func (s *Service) issue(ctx context.Context, op string, c *sessionClaims) (Session, error) {
	c.AccessKey, c.Secret = "ASIA"+s.newAccessKey()[4:], s.newSecret()
	raw, err := json.Marshal(c)
	if err != nil {
		return Session{}, &fault.Error{Op: op, Err: err}
	}
	token := base64.RawURLEncoding.EncodeToString(s.Box.Seal(raw, []byte(sessionAAD)))
	if len(token) > maxToken {
		return Session{}, fault.New(op, fault.InvalidArgument, "The policies and tags of the session are too large.").With("IAM", "PackedPolicyTooLarge")
	}
	cred, err := s.SessionCredential(ctx, c.AccessKey, token)
	if err != nil {
		return Session{}, err
	}
	return Session{AccessKey: c.AccessKey, Secret: c.Secret, Token: token, Expires: time.Unix(c.Expires, 0).UTC(), ARN: cred.Identity.ARN(), UserID: cred.Identity.UserID,
		Source: c.Source, Packed: c.packed}, nil
}

// SessionCredential returns the identity and the secret of temporary credentials. Faults: Unauthenticated with the detail Token = invalid
// or expired; NoSuchUser when the user or the role is gone.
func (s *Service) SessionCredential(ctx context.Context, accessKey, token string) (Credential, error) {
	const op = "iam.SessionCredential"
	c, err := s.remembered(ctx, &s.sessions, token, func(r kv.Reader) (Credential, error) {
		c, err := s.claims(op, token)
		if err == nil {
			err = s.lasts(op, c, accessKey)
		}
		if err != nil {
			return Credential{}, err
		}
		id, err := s.sessionIdentity(r, op, c)
		if err != nil {
			return Credential{}, err
		}
		p, err := s.made(r, c)
		return Credential{Identity: id, Secret: c.Secret, period: p}, err
	})
	if err == nil { // what is remembered may have ended since
		err = errors.Join(s.lasts(op, c.Identity.session, accessKey), s.inForce(op, &c))
	}
	if err != nil {
		return Credential{}, kv.Fault(op, err)
	}
	return c, nil
}

func invalidToken(op string) error {
	return fault.New(op, fault.Unauthenticated, "The provided token is malformed or otherwise invalid.").With("Token", "invalid")
}

// claims opens a token.
func (s *Service) claims(op, token string) (*sessionClaims, error) {
	if len(token) > maxToken {
		return nil, invalidToken(op)
	}
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, invalidToken(op)
	}
	raw, err := s.Box.Open(sealed, []byte(sessionAAD))
	c := &sessionClaims{}
	if err != nil || json.Unmarshal(raw, c) != nil || c.Secret == "" {
		return nil, invalidToken(op)
	}
	return c, nil
}

// lasts refuses a session that has ended, and one of another access key.
func (s *Service) lasts(op string, c *sessionClaims, accessKey string) error {
	if c.AccessKey != accessKey {
		return invalidToken(op)
	}
	if s.Clock.Now().Unix() >= c.Expires {
		return fault.New(op, fault.Unauthenticated, "The provided token has expired.").With("Token", "expired")
	}
	return nil
}

// sessionIdentity is who a session acts as, with the rights of now.
func (s *Service) sessionIdentity(r kv.Reader, op string, c *sessionClaims) (*Identity, error) {
	gone := fault.New(op, fault.NoSuchUser, "")
	if c.User != "" {
		l, err := s.get(r, c.User)
		if errors.Is(err, kv.ErrNotFound) {
			return nil, gone
		}
		if err != nil {
			return nil, err
		}
		if l.user.Disabled || !periodOf(l.user).holds(s.Clock.Now()) || l.user.Account != c.Account {
			return nil, gone
		}
		if l.err != nil {
			return nil, &fault.Error{Op: op, Err: l.err}
		}
		id := newIdentity(l.user, c.AccessKey, l.sources)
		id.session, id.until, id.principal.Issued = c, time.Unix(c.Expires, 0), time.Unix(c.Issued, 0)
		return id, nil
	}
	role, err := s.role(r, c.Account, c.Role)
	if errors.Is(err, kv.ErrNotFound) || err == nil && (role.ID != c.RoleID || role.Revoked.Unix() > c.Issued) {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	rights, err := s.rightsOf(r, holder{account: c.Account, what: "role " + role.Name, grants: &role.Grants})
	if err != nil {
		return nil, err
	}
	var bounds []*policy.Document
	for _, text := range c.Policies {
		d, err := policy.Parse([]byte(text), policy.Identity)
		rights.err = errors.Join(rights.err, err)
		bounds = append(bounds, d)
	}
	if rights.err != nil {
		return nil, &fault.Error{Op: op, Err: rights.err}
	}
	if len(bounds) > 0 {
		rights.sources = append(rights.sources, sessionBound(bounds))
	}
	number := AccountNumber(c.Account)
	tags := tagMap(role.Tags)
	for name, value := range c.Tags {
		if tags == nil {
			tags = map[string]string{}
		}
		tags[name] = value
	}
	return &Identity{
		Account: c.Account, UserID: role.ID + ":" + c.Name, AccessKey: c.AccessKey, Name: role.Name + "/" + c.Name, sources: rights.sources, session: c,
		until: time.Unix(c.Expires, 0),
		principal: policy.Principal{
			Account: number, ARN: "arn:aws:sts::" + number + ":assumed-role/" + role.Name + "/" + c.Name, Role: role.arn(),
			UserID: role.ID + ":" + c.Name, CanonicalID: CanonicalID(c.Account), Tags: tags,
			Source: c.Source, Issued: time.Unix(c.Issued, 0),
		},
	}, nil
}

// sessionBound is what the policies of a session leave of its rights: what one of them allows.
func sessionBound(docs []*policy.Document) policy.Source {
	return policy.Source{Name: "session policy", Kind: policy.SourceSession, Document: policy.Join(docs...), Origin: &policy.Origin{Type: policy.OriginSession}}
}

// Temporary reports whether the identity's credentials are those of a session.
func (id *Identity) Temporary() bool { return id.session != nil }

func checkSessionName(op, name string) error {
	ok := len(name) >= 2 && len(name) <= 64
	for _, c := range name {
		ok = ok && nameRune(c)
	}
	if !ok {
		return fault.New(op, fault.InvalidArgument, `The specified value for roleSessionName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_- and have 2 to 64 of them`)
	}
	return nil
}

// splitRoleARN returns the account id and the name in the ARN of a role.
func splitRoleARN(arn string) (account, name string, ok bool) {
	rest, ok := strings.CutPrefix(arn, "arn:aws:iam::")
	number, rest, cut := strings.Cut(rest, ":role/")
	if !ok || !cut || !validAccountID(number) || rest == "" {
		return "", "", false
	}
	if account = number; number == AccountNumber(DefaultAccount) {
		account = DefaultAccount
	}
	return account, rest[strings.LastIndexByte(rest, '/')+1:], true
}
