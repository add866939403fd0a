package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// A user may have a password for the console. Whoever signs in with it acts with a key that the user has for the console alone: it is in no
// list of keys, nobody is told its secret, and it signs the links of the console. A new password gives it a new secret, which ends the
// sessions, tokens and links that came from the old one.
//
// The hash is made before the transaction and is part of the user's row: a kill leaves the old password or the new one.

// MinPassword is the least length of a password, in characters.
const (
	MinPassword = 12
	maxPassword = 128
	// consolePrefix begins the ids of keys for the console. No other key has a tilde in its id.
	consolePrefix = "console~"
)

// ConsoleKey reports whether an access key is one that a user has for the console alone.
func ConsoleKey(accessKey string) bool { return strings.HasPrefix(accessKey, consolePrefix) }

// LoginProfile is what may be told of a user's password.
type LoginProfile struct {
	User       string // name
	Created    time.Time
	MustChange bool // at the next sign-in
}

func passwordAAD(userID string) []byte { return []byte("password " + userID) }

// password is a user's hash; not ok without one, and for one that cannot be unsealed.
func (l *loaded) password(s *Service) (hashed, bool) {
	if l == nil || l.user.Password == nil {
		return hashed{}, false
	}
	plain, err := s.Box.Open(l.user.Password.Sealed, passwordAAD(l.user.ID))
	if err != nil {
		return hashed{}, false
	}
	return parseHash(string(plain))
}

func checkPassword(op, password string) error {
	bad := func(text string) error {
		return fault.New(op, fault.InvalidArgument, text).With("IAM", "PasswordPolicyViolation")
	}
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return bad(fmt.Sprintf("Password should have a minimum length of %d", MinPassword))
	case n > maxPassword:
		return bad(fmt.Sprintf("Password should have a maximum length of %d", maxPassword))
	case !utf8.ValidString(password) || !printable(password):
		return bad("Password should have no control characters")
	}
	return nil
}

// drawConsole gives a user the key for the console, or a new secret for it.
func (c *change) drawConsole(u *meta.User) {
	id := u.Console.ID
	if id == "" {
		id = consolePrefix + c.s.newAccessKey()[4:]
	}
	u.Console = meta.AccessKey{ID: id, Sealed: c.s.Box.Seal([]byte(c.s.newSecret()), secretAAD(id)), Created: c.now}
}

// ConsoleCredential returns the user's key for the console, which is made where there is none: what who was proven otherwise than by a key
// acts with. fault.NoSuchUser when the user is gone, disabled or outside their time.
func (s *Service) ConsoleCredential(ctx context.Context, userID string) (Credential, error) {
	const op = "iam.ConsoleCredential"
	find := func(r kv.Reader) (l *loaded, c Credential, err error) {
		l, err = s.get(r, userID)
		if errors.Is(err, kv.ErrNotFound) {
			return nil, c, fault.New(op, fault.NoSuchUser, "")
		}
		if err != nil || l.console == nil {
			return l, c, err
		}
		if c, err = l.usable(op, *l.console); err == nil {
			err = s.inForce(op, &c)
		}
		return l, c, err
	}
	var l *loaded
	var c Credential
	err := s.Store.View(ctx, func(r kv.Reader) (err error) {
		l, c, err = find(r)
		return err
	})
	if err != nil || l.console != nil {
		return c, kv.Fault(op, err)
	}
	err = s.change(ctx, op, func(ch *change) error {
		l, found, err := find(ch.tx)
		if err != nil || l.console != nil { // another sign-in was first
			c = found
			return err
		}
		u := l.copy()
		ch.drawConsole(u)
		if err := ch.put(u); err != nil {
			return err
		}
		_, c, err = find(ch.tx)
		return err
	})
	return c, err
}

// EndConsole gives the user's key for the console a new secret: sessions, tokens and links that came from the old one end at once.
func (s *Service) EndConsole(ctx context.Context, actor *Identity, user string) error {
	return s.onPassword(ctx, "iam.EndConsole", actor, "iam:UpdateLoginProfile", user, func(c *change, u *meta.User) error {
		if u.Console.ID != "" {
			c.drawConsole(u)
		}
		return nil
	})
}

// onPassword changes what a user signs in with, for an actor who may.
func (s *Service) onPassword(ctx context.Context, op string, actor *Identity, action, user string, fn func(c *change, u *meta.User) error) error {
	return s.change(ctx, op, func(c *change) error {
		who, e, err := c.entity(op, actor, action, UserEntity, user)
		if err != nil {
			return err
		}
		if who.UserID != e.user.user.ID {
			// Whoever knows the password has the rights.
			if err := mayGive(op, who, e.user.all(), "With the password you would have"); err != nil {
				return err
			}
		}
		u := e.user.copy()
		if err := fn(c, u); err != nil {
			return err
		}
		if err := c.put(u); err != nil {
			return err
		}
		return c.keepAdministrator(op)
	})
}

func noProfile(op, user string) error {
	return fault.New(op, fault.NotFound, fmt.Sprintf("Login Profile for User %s cannot be found.", user)).With("IAM", "NoSuchEntity")
}

// CreatePassword gives a user of the actor's account a password; fault.Conflict where there is one.
func (s *Service) CreatePassword(ctx context.Context, actor *Identity, user, password string, mustChange bool) (LoginProfile, error) {
	const op = "iam.CreatePassword"
	if err := checkPassword(op, password); err != nil {
		return LoginProfile{}, err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return LoginProfile{}, err
	}
	var out LoginProfile
	err = s.onPassword(ctx, op, actor, "iam:CreateLoginProfile", user, func(c *change, u *meta.User) error {
		if u.Password != nil {
			return fault.New(op, fault.Conflict, fmt.Sprintf("Login Profile for user %s already exists.", user)).With("IAM", "EntityAlreadyExists")
		}
		u.Password = &meta.Password{Sealed: s.Box.Seal([]byte(hash), passwordAAD(u.ID)), Created: c.now, MustChange: mustChange}
		c.drawConsole(u)
		out = LoginProfile{nameOf(u), c.now, mustChange}
		return nil
	})
	return out, err
}

// SetPassword is CreatePassword, or UpdatePassword where there is one.
func (s *Service) SetPassword(ctx context.Context, actor *Identity, user, password string, mustChange bool) error {
	const op = "iam.SetPassword"
	there := false
	err := s.Store.View(ctx, func(r kv.Reader) error {
		l, err := s.named(r, actor.Account, user)
		if errors.Is(err, kv.ErrNotFound) {
			return nil // and so it will be told, to who may know
		}
		there = err == nil && l.user.Password != nil
		return err
	})
	switch {
	case err != nil:
		return kv.Fault(op, err)
	case there:
		return s.UpdatePassword(ctx, actor, user, password, &mustChange)
	}
	_, err = s.CreatePassword(ctx, actor, user, password, mustChange)
	return err
}

// UpdatePassword changes a password, and whether it must be changed at the next sign-in; an empty password and nil leave either.
func (s *Service) UpdatePassword(ctx context.Context, actor *Identity, user, password string, mustChange *bool) error {
	const op = "iam.UpdatePassword"
	var hash string
	if password != "" {
		if err := checkPassword(op, password); err != nil {
			return err
		}
		var err error
		if hash, err = s.hash(ctx, password); err != nil {
			return err
		}
	}
	return s.onPassword(ctx, op, actor, "iam:UpdateLoginProfile", user, func(c *change, u *meta.User) error {
		if u.Password == nil {
			return noProfile(op, user)
		}
		p := *u.Password
		if hash != "" {
			p.Sealed = s.Box.Seal([]byte(hash), passwordAAD(u.ID))
			c.drawConsole(u)
		}
		if mustChange != nil {
			p.MustChange = *mustChange
		}
		u.Password = &p
		return nil
	})
}

// DeletePassword takes a user's password away; what came from it ends at once.
func (s *Service) DeletePassword(ctx context.Context, actor *Identity, user string) error {
	const op = "iam.DeletePassword"
	return s.onPassword(ctx, op, actor, "iam:DeleteLoginProfile", user, func(c *change, u *meta.User) error {
		if u.Password == nil {
			return noProfile(op, user)
		}
		u.Password = nil
		c.drawConsole(u)
		return nil
	})
}

// Password tells of a user's password.
func (s *Service) Password(ctx context.Context, actor *Identity, user string) (LoginProfile, error) {
	const op = "iam.Password"
	var out LoginProfile
	err := s.Store.View(ctx, func(r kv.Reader) error {
		e, missing := s.entityOf(r, op, actor.Account, UserEntity, user)
		if err := mayOn(op, actor, "iam:GetLoginProfile", UserEntity, user, e); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		p := e.user.user.Password
		if p == nil {
			return noProfile(op, user)
		}
		out = LoginProfile{nameOf(e.user.user), p.Created, p.MustChange}
		return nil
	})
	return out, kv.Fault(op, err)
}

// ChangePassword changes the actor's own password, which needs the old one; guessing it is counted as at the sign-in. It needs no right,
// but a policy may deny it.
func (s *Service) ChangePassword(ctx context.Context, actor *Identity, old, password string) error {
	const op = "iam.ChangePassword"
	if actor == nil || actor.Anonymous || actor.machine || actor.session != nil {
		return fault.New(op, fault.InvalidArgument, "Only a user can change their own password.").With("IAM", "InvalidUserType")
	}
	if err := checkPassword(op, password); err != nil {
		return err
	}
	if d := adminDecision(actor, "iam:ChangePassword", actor.principal.Name); d.ExplicitDeny {
		actor.decided("iam:ChangePassword", d)
		return fault.New(op, fault.AccessDenied, fmt.Sprintf("You may not do this: %s (iam:ChangePassword).", d.Reason))
	}
	var l *loaded
	var account string
	err := s.Store.View(ctx, func(r kv.Reader) (err error) {
		if l, err = s.get(r, actor.UserID); err == nil {
			account, err = accountName(r, l.user.Account)
		}
		return err
	})
	if err != nil {
		return kv.Fault(op, err)
	}
	if l.user.Password == nil {
		return noProfile(op, nameOf(l.user))
	}
	if err := s.tryPassword(ctx, l, passwordPair(account, nameOf(l.user), remoteOf(actor.info)), old); err != nil {
		if fault.Is(err, fault.Unauthenticated) {
			return fault.New(op, fault.AccessDenied, "The old password was incorrect, or there were too many failed attempts: then wait and try again.")
		}
		return err
	}
	return s.replacePassword(ctx, op, l, password)
}

// replacePassword sets the password of who has just proven the one in l; fault.Conflict if that was changed meanwhile.
func (s *Service) replacePassword(ctx context.Context, op string, l *loaded, password string) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.change(ctx, op, func(c *change) error {
		now, err := s.get(c.tx, l.user.ID)
		if err != nil {
			return err
		}
		if p := now.user.Password; p == nil || string(p.Sealed) != string(l.user.Password.Sealed) {
			return fault.New(op, fault.Conflict, "The password was changed meanwhile.")
		}
		u := now.copy()
		u.Password = &meta.Password{Sealed: s.Box.Seal([]byte(hash), passwordAAD(u.ID)), Created: u.Password.Created}
		c.drawConsole(u)
		return c.put(u)
	})
}

// SignIn is somebody at the sign-in with a name and a password.
type SignIn struct {
	Account     string // name; empty for the default account
	User        string // name, whatever its case
	Password    string
	NewPassword string // in the place of one that must be changed
	Code        string // of a device, for who has one
	Remote      string // address of the client without port
}

// PasswordChangeRequired is the detail "IAM" of a fault: the password is right, and must be changed.
const PasswordChangeRequired = "PasswordChangeRequired"

// SignIn checks a name and a password, and a code for who has a device, and returns the user's key for the console, and when a code was given,
// zero for none. All that is wrong, and a lockout, has one answer,
// fault.Unauthenticated, and takes as long. fault.AccessDenied with the detail PasswordChangeRequired asks for another password, with MFARequired
// for a code.
func (s *Service) SignIn(ctx context.Context, in SignIn) (c Credential, mfa time.Time, err error) {
	const op = "iam.SignIn"
	if in.NewPassword != "" {
		if err := checkPassword(op, in.NewPassword); err != nil {
			return c, mfa, err
		}
		if in.NewPassword == in.Password {
			return c, mfa, fault.New(op, fault.InvalidArgument, "The new password is the old one.").With("IAM", "PasswordPolicyViolation")
		}
	}
	account := in.Account
	if account == "" {
		account = DefaultAccount
	}
	var l *loaded
	err = s.Store.View(ctx, func(r kv.Reader) error {
		l = nil
		a, err := accountOf(op, r, account)
		if fault.Is(err, fault.NotFound) || err == nil && (in.User == "" || len(in.User) > maxName) {
			return nil
		}
		if err != nil {
			return err
		}
		if l, err = s.named(r, a.ID, in.User); errors.Is(err, kv.ErrNotFound) {
			l, err = nil, nil
		}
		return err
	})
	if err != nil {
		return c, mfa, kv.Fault(op, err)
	}
	if l != nil && (l.user.Disabled || l.user.Environment || !periodOf(l.user).holds(s.Clock.Now())) {
		l = nil // as an unknown one
	}
	if err := s.tryPassword(ctx, l, passwordPair(account, in.User, in.Remote), in.Password); err != nil {
		return c, mfa, err
	}
	must := l.user.Password.MustChange
	if must && in.NewPassword == "" {
		return c, mfa, fault.New(op, fault.AccessDenied, "The password must be changed.").With("IAM", PasswordChangeRequired)
	}
	if mfa, err = s.Code(ctx, l.user.ID, "", in.Code); err != nil {
		return c, mfa, err
	}
	if must {
		if err := s.replacePassword(ctx, op, l, in.NewPassword); err != nil {
			return c, mfa, err
		}
	}
	c, err = s.ConsoleCredential(ctx, l.user.ID)
	return c, mfa, err
}

// passwordPair is what failures with a password are counted by. No access key has a slash.
func passwordPair(account, user, remote string) pair {
	return pair{account[:min(len(account), maxName)] + "/" + strings.ToLower(user[:min(len(user), maxName)]), remote}
}

// tryPassword checks the password of a user, nil for one that is not known, unless the pair is locked. An attempt is counted before the
// hash is looked at and taken back when it was right, so that many at once cannot pass the limit.
func (s *Service) tryPassword(ctx context.Context, l *loaded, p pair, password string) error {
	const op = "iam.SignIn"
	refused := fault.New(op, fault.Unauthenticated, "The account, the name or the password is wrong, or there were too many failed attempts: then wait and try again.")
	h, known := l.password(s)
	ok := false
	err := s.hashing.do(ctx, func() {
		if !s.lockout.begin(p) {
			return
		}
		if ok = len(password) <= 4*maxPassword && h.is(password, known); ok {
			s.lockout.clear(p)
		}
	})
	if err == nil && !ok {
		err = refused
	}
	return err
}

// remoteOf is where a request comes from, for what is not told otherwise.
func remoteOf(info *reqinfo.Info) string {
	if info == nil {
		return ""
	}
	return info.Remote
}
