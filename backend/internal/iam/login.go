package iam

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// People who sign in at a provider of identities are users like others. Which one somebody is, only issuer and subject tell: names and mail
// addresses change hands, so that they choose the name of a new user and nothing else.

// ProviderSignIn is what a provider of identities, whose word has been proved, says of somebody.
type ProviderSignIn struct {
	Issuer, Subject string
	Name            string   // wish for the name of a new user; another one is found where it cannot be had
	DisplayName     string   // of a new user; empty: the name
	Account         string   // name of the account of a new user
	Create          bool     // make a user who is not there
	Groups          []string // names of groups of the user's account; those that are not there are left out
	Policies        []string // ARNs of managed policies, or names of the account's own or of AWS's; likewise
}

// Details of the fault.AccessDenied of SignInAt, under this name: who is nobody here, and who is disabled.
const (
	LoginDetail   = "Login"
	LoginUnknown  = "unknown"
	LoginDisabled = "disabled"
)

// loginPath is the path of users who are made by signing in, so that the ARN of one who chose their name at the provider is no local user's.
const loginPath = "/sso/"

const (
	maxIssuer  = 2048
	maxSubject = 255
)

// checkLogin admits issuers and subjects as OpenID Connect has them.
func checkLogin(op, issuer, subject string) error {
	u, err := url.Parse(issuer)
	if err != nil || len(issuer) > maxIssuer || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fault.New(op, fault.InvalidArgument, "The issuer is no address like https://id.example.org.")
	}
	if subject == "" || len(subject) > maxSubject || !printable(subject) {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("A subject has 1 to %d bytes and no control characters.", maxSubject))
	}
	return nil
}

// claimLogin holds that two users are never one at a provider.
func (c *change) claimLogin(u *meta.User) error {
	l := &u.Login
	if l.Issuer == "" {
		return nil
	}
	key := meta.LoginKey(l.Issuer, l.Subject)
	owner, err := c.tx.Get(key)
	switch {
	case errors.Is(err, kv.ErrNotFound):
		return c.tx.Set(key, []byte(u.ID))
	case err == nil && string(owner) != u.ID:
		return fault.New("iam.put", fault.Conflict, "Another user signs in with the same issuer and subject.")
	}
	return err
}

// SignInAt returns the user whom a provider knows by issuer and subject, with the groups and policies that it gives now: what it gave at the
// last sign-in and gives no more is taken away, what was given here stays. missing are the groups and policies that are not there.
// fault.AccessDenied with LoginDetail for who is nobody here or disabled.
func (s *Service) SignInAt(ctx context.Context, in ProviderSignIn) (id *Identity, missing []string, err error) {
	const op = "iam.SignInAt"
	if err := checkLogin(op, in.Issuer, in.Subject); err != nil {
		return nil, nil, err
	}
	look := func(r kv.Reader) (*loaded, *meta.User, error) {
		l, err := s.byLogin(r, in.Issuer, in.Subject)
		if err != nil {
			return nil, nil, err
		}
		if l.user.Disabled || !periodOf(l.user).holds(s.Clock.Now()) {
			return nil, nil, fault.New(op, fault.AccessDenied, "The user is disabled.").With(LoginDetail, LoginDisabled)
		}
		u := l.copy()
		missing, err = s.grantLogin(r, u, &in)
		return l, u, err
	}
	var l *loaded
	same := false
	err = s.Store.View(ctx, func(r kv.Reader) error {
		var u *meta.User
		var err error
		if l, u, err = look(r); err == nil {
			same = string(u.Encode()) == string(l.raw)
		}
		return err
	})
	switch {
	case errors.Is(err, kv.ErrNotFound) && !in.Create:
		return nil, nil, fault.New(op, fault.AccessDenied, "Nobody here signs in with this issuer and subject.").With(LoginDetail, LoginUnknown)
	case err != nil && !errors.Is(err, kv.ErrNotFound):
		return nil, nil, kv.Fault(op, err)
	case !same:
		fresh := s.newUserID()
		err = s.change(ctx, op, func(c *change) error {
			_, u, err := look(c.tx)
			if errors.Is(err, kv.ErrNotFound) && in.Create {
				if u, err = c.provision(op, fresh, &in); err == nil {
					missing, err = s.grantLogin(c.tx, u, &in)
				}
			}
			if err != nil {
				return err
			}
			if err := c.put(u); err != nil {
				return err
			}
			if l, err = s.load(c.tx, u.ID, u.Encode()); err != nil {
				return err
			}
			return c.keepAdministrator(op)
		})
		if err != nil {
			return nil, nil, err
		}
	}
	if l.err != nil {
		return nil, nil, &fault.Error{Op: op, Err: l.err}
	}
	return l.identity(), missing, nil
}

// byLogin reads the user of an issuer and a subject; kv.ErrNotFound when there is none.
func (s *Service) byLogin(r kv.Reader, issuer, subject string) (*loaded, error) {
	id, err := r.Get(meta.LoginKey(issuer, subject))
	if err != nil {
		return nil, err
	}
	return s.get(r, string(id))
}

// identity is the user as such, whichever key they use.
func (l *loaded) identity() *Identity {
	if c := l.any(); c != nil {
		return c.Identity
	}
	return newIdentity(l.user, "", l.sources)
}

// ByLogin returns the identity of a user who signed in at a provider, with the rights of now. fault.NoSuchUser when the user is gone or
// disabled, or signs in there no more.
func (s *Service) ByLogin(ctx context.Context, userID, issuer, subject string) (*Identity, error) {
	const op = "iam.ByLogin"
	var id *Identity
	err := s.Store.View(ctx, func(r kv.Reader) error {
		l, err := s.byLogin(r, issuer, subject)
		switch {
		case errors.Is(err, kv.ErrNotFound), err == nil && (l.user.ID != userID || l.user.Disabled):
			return fault.New(op, fault.NoSuchUser, "")
		case err != nil:
			return err
		case l.err != nil:
			return &fault.Error{Op: op, Err: l.err}
		}
		id = l.identity()
		return nil
	})
	return id, kv.Fault(op, err)
}

// provision makes the user of a first sign-in.
func (c *change) provision(op, id string, in *ProviderSignIn) (*meta.User, error) {
	account, err := accountOf(op, c.tx, in.Account)
	if err != nil {
		return nil, err
	}
	name, err := c.freeName(account.ID, in)
	if err != nil {
		return nil, err
	}
	display := in.DisplayName
	if checkName(op, display) != nil {
		display = name
	}
	return &meta.User{ID: id, Account: account.ID, Name: display, UserName: name, Path: loginPath, Created: c.now, Login: meta.ProviderLogin{Issuer: in.Issuer, Subject: in.Subject}}, nil
}

// freeName is the name that was wished for, as far as names are made of it, or one with something behind it that follows from who it is.
func (c *change) freeName(account string, in *ProviderSignIn) (string, error) {
	sum := sha256.Sum256(meta.LoginKey(in.Issuer, in.Subject))
	tail := "-" + hex.EncodeToString(sum[:4])
	base := strings.Trim(strings.Map(func(r rune) rune {
		if nameRune(r) {
			return r
		}
		return '-'
	}, in.Name), "-")
	base = base[:min(len(base), maxEntityName-len(tail))]
	if base == "" {
		base = "user"
	}
	for _, name := range []string{base, base + tail} {
		_, err := c.s.named(c.tx, account, name)
		switch _, taken := c.s.find(c.tx, name); {
		case err != nil && !errors.Is(err, kv.ErrNotFound):
			return "", err
		case errors.Is(err, kv.ErrNotFound) && errors.Is(taken, kv.ErrNotFound) && (name != base || in.Name != ""):
			return name, nil
		}
	}
	return "", exists("iam.SignInAt", "User", base+tail)
}

// grantLogin gives a user what the provider gives now, and takes away what it gave and gives no more.
func (s *Service) grantLogin(r kv.Reader, u *meta.User, in *ProviderSignIn) (missing []string, err error) {
	const op = "iam.SignInAt"
	var ids, arns []string
	for _, name := range in.Groups {
		g, err := s.groupNamed(r, u.Account, name)
		switch {
		case errors.Is(err, kv.ErrNotFound):
			missing = append(missing, "group "+name)
		case err != nil:
			return nil, err
		case !slices.Contains(ids, g.ID):
			ids = append(ids, g.ID)
		}
	}
	for _, name := range in.Policies {
		arn := name
		if !strings.HasPrefix(arn, "arn:") {
			if arn = builtInPrefix + name; builtIn[arn] == nil {
				if arn, err = ownPolicy(r, u.Account, name); err != nil {
					return nil, err
				}
			}
		}
		switch _, err := s.policyText(r, op, u.Account, arn); {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.InvalidArgument):
			missing = append(missing, "policy "+name)
		case err != nil:
			return nil, err
		case !slices.Contains(arns, arn):
			arns = append(arns, arn)
		}
	}
	u.Groups, u.Login.Groups = given(u.Groups, u.Login.Groups, ids)
	u.Grants.Attached, u.Login.Policies = given(u.Grants.Attached, u.Login.Policies, arns)
	if len(u.Groups) > maxGroupsOf || len(u.Grants.Attached) > maxAttached {
		return nil, fault.New(op, fault.Conflict, fmt.Sprintf("The provider gives more than %d groups or %d policies.", maxGroupsOf, maxAttached)).With("IAM", "LimitExceeded")
	}
	return missing, nil
}

// ownPolicy is the ARN of the account's managed policy of a name, empty for none.
func ownPolicy(r kv.Reader, account, name string) (string, error) {
	raw, err := r.Get(meta.PolicyKey(account, name))
	if errors.Is(err, kv.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	p, err := meta.DecodeManagedPolicy(account, raw)
	if err != nil {
		return "", err
	}
	return managedARN(p), nil
}

// given returns what somebody has, and what of it comes from the provider, when that gives now instead of before.
func given(has, before, now []string) (next, theirs []string) {
	for _, v := range has {
		if !slices.Contains(before, v) || slices.Contains(now, v) {
			next = append(next, v)
		}
	}
	for _, v := range now {
		local := slices.Contains(has, v) && !slices.Contains(before, v)
		if !slices.Contains(next, v) {
			next = append(next, v)
		}
		if !local {
			theirs = append(theirs, v)
		}
	}
	return next, theirs
}

// without is a list without a value; the list itself stays as it is.
func without(list []string, value string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == value })
}
