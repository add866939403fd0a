package iam

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// User is what may be shown of a user.
type User struct {
	AccessKey     string // the first key
	UserID        string
	Name          string // display name
	Account       string // name of the account
	ARN           string
	Created       time.Time
	Disabled      bool
	Environment   bool // managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY
	Administrator bool // holds all of iam:*
	DefaultSecret bool // still has the well-known secret
	Policies      json.RawMessage
}

// CreateUser is what a new user is to be.
type CreateUser struct {
	Name      string // display name, 1 to 128 characters
	AccessKey string // empty: generated
	Secret    string // empty: generated; else at least 8 characters
	Policies  []byte // simple or AWS form; empty: no rights
	Account   string // name of the account; empty: the actor's
}

const (
	maxName      = 128
	maxAccessKey = 128
	maxSecret    = 256
	minSecret    = 8
)

// keepAdministrator refuses a change after which nobody administers the server.
func (c *change) keepAdministrator(op string) error {
	users, err := c.s.all(c.tx)
	if err != nil {
		return err
	}
	for _, l := range users {
		if l.keeps(c.now) {
			return nil
		}
	}
	return fault.New(op, fault.InvalidRequest, "There must always be at least one administrator: a user of the account "+DefaultAccount+
		" who holds iam:* without conditions, with a key; neither the user nor the key may have an end.")
}

// fresh returns the caller with the rights of this transaction.
func (c *change) fresh(op string, actor *Identity) (*Identity, error) {
	denied := fault.New(op, fault.AccessDenied, "")
	if actor == nil || actor.Anonymous {
		return nil, denied
	}
	if actor.machine {
		return actor, nil
	}
	if actor.session != nil {
		who, err := c.s.sessionIdentity(c.tx, op, actor.session)
		if fault.Is(err, fault.NoSuchUser) {
			return nil, denied
		}
		if err != nil {
			return nil, err
		}
		return who.During(actor.info, actor.keys), nil
	}
	l, err := c.s.get(c.tx, actor.UserID)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, err
	}
	if err != nil || l.user.Disabled || !periodOf(l.user).holds(c.now) || l.err != nil || l.any() == nil {
		return nil, denied
	}
	return l.any().Identity.During(actor.info, actor.keys), nil
}

// permit refuses an actor without the right to an action on the user named as in ARNs.
func permit(op string, actor *Identity, action, user string) error {
	d := adminDecision(actor, action, user)
	if actor.decided(action, d); !d.Allowed {
		return fault.New(op, fault.AccessDenied, fmt.Sprintf("You may not do this: %s (%s).", d.Reason, action))
	}
	return nil
}

// actor returns the caller with the rights of this transaction, if they include the action on the user named as in ARNs.
func (c *change) actor(op string, actor *Identity, action, user string) (*Identity, error) {
	who, err := c.fresh(op, actor)
	if err == nil {
		err = permit(op, who, action, user)
	}
	return who, err
}

// mayGive refuses a delegated manager who would give more than it has.
func mayGive(op string, actor *Identity, d *policy.Document, what string) error {
	if actor.machine || actor.Administrator() {
		return nil
	}
	missing, ok := covers(actor.sources, d)
	if !ok {
		return fault.New(op, fault.AccessDenied, fmt.Sprintf("%s more than you have yourself: %s.", what, missing))
	}
	return nil
}

// mayChange refuses a delegated manager who would change a holder of iam:*.
func mayChange(op string, actor *Identity, target *loaded) error {
	if actor.machine || actor.Administrator() {
		return nil
	}
	give, _ := documents(target.sources)
	if target.err != nil || policy.Administers(give, false) {
		return fault.New(op, fault.AccessDenied, "Only an administrator may change a user who holds iam:*.")
	}
	return nil
}

// on returns the caller and the user of an access key that it may do the action to. Only users of the caller's own account are seen, and
// only by who may do the action at all: others do not learn which users there are.
func (c *change) on(op string, actor *Identity, action, accessKey string) (*Identity, *loaded, error) {
	who, err := c.fresh(op, actor)
	if err != nil {
		return nil, nil, err
	}
	l, missing := c.target(op, who, accessKey)
	name := accessKey
	if l != nil {
		name = l.arnName()
	}
	asks := who
	if l != nil {
		asks = who.with(about(l.user.Tags))
	}
	if err := permit(op, asks, action, name); err != nil {
		return nil, nil, err
	}
	return who, l, missing
}

// target finds the user of an access key, refusing one that the environment manages.
func (c *change) target(op string, who *Identity, accessKey string) (*loaded, error) {
	l, err := c.s.find(c.tx, accessKey)
	if errors.Is(err, kv.ErrNotFound) || err == nil && !who.machine && l.user.Account != who.Account {
		return nil, fault.New(op, fault.NoSuchUser, "There is no user with this access key.")
	}
	if err != nil {
		return nil, err
	}
	if l.user.Environment {
		return nil, fault.New(op, fault.InvalidRequest, "This user is managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY; change them in the environment of the server.")
	}
	return l, nil
}

// arnName is the user's name in ARNs.
func (l *loaded) arnName() string { return nameOf(l.user) }

// firstKey is the user's first access key, empty for none.
func (l *loaded) firstKey() string {
	if len(l.user.Keys) == 0 {
		return ""
	}
	return l.user.Keys[0].ID
}

// view is the user, with the name of its account.
func (l *loaded) view(account string) User {
	u := l.user
	v := User{AccessKey: l.firstKey(), UserID: u.ID, Name: u.Name, Account: account, ARN: arnOf(u),
		Created: u.Created, Disabled: u.Disabled, Environment: u.Environment, Administrator: l.administrator(), Policies: json.RawMessage(u.Policies)}
	if len(u.Policies) == 0 {
		v.Policies = json.RawMessage("[]")
	}
	v.DefaultSecret = l.defaultSecret()
	return v
}

func (l *loaded) defaultSecret() bool {
	for _, c := range l.credentials {
		if WellKnown(c.Identity.AccessKey, c.Secret) {
			return true
		}
	}
	return false
}

// Users returns the users of the actor's account, and for Machine those of all, in order of user id.
func (s *Service) Users(ctx context.Context, actor *Identity) ([]User, error) {
	out := []User{}
	err := s.Store.View(ctx, func(r kv.Reader) error {
		out = out[:0]
		list, err := accounts(r)
		if err != nil {
			return err
		}
		names := accountNames(list)
		users, err := s.all(r)
		for _, l := range users {
			if actor.machine || l.user.Account == actor.Account {
				out = append(out, l.view(names[l.user.Account]))
			}
		}
		return err
	})
	if err != nil {
		return nil, kv.Fault("iam.Users", err)
	}
	return out, nil
}

// User returns the user of an access key; fault.NoSuchUser when there is none.
func (s *Service) User(ctx context.Context, accessKey string) (User, error) {
	const op = "iam.User"
	var u User
	err := s.Store.View(ctx, func(r kv.Reader) error {
		l, err := s.find(r, accessKey)
		if errors.Is(err, kv.ErrNotFound) {
			return fault.New(op, fault.NoSuchUser, "There is no user with this access key.")
		}
		if err == nil {
			u, err = viewOf(r, l)
		}
		return err
	})
	return u, kv.Fault(op, err)
}

func viewOf(r kv.Reader, l *loaded) (User, error) {
	name, err := accountName(r, l.user.Account)
	return l.view(name), err
}

// CreateUser makes a user with one key. The secret is returned here and never again. Only an administrator of the default account may name
// another account than its own.
func (s *Service) CreateUser(ctx context.Context, actor *Identity, in CreateUser) (User, string, error) {
	const op = "iam.CreateUser"
	if err := s.complete(op, &in); err != nil {
		return User{}, "", err
	}
	raw, d, err := readPolicies(in.Policies)
	if err != nil {
		return User{}, "", err
	}
	in.Policies = raw
	id := s.newUserID()
	var out User
	err = s.change(ctx, op, func(c *change) error {
		who, err := c.actor(op, actor, "iam:CreateUser", in.AccessKey)
		if err != nil {
			return err
		}
		if err := mayGive(op, who, d, "You would give the new user"); err != nil {
			return err
		}
		account, err := c.accountFor(op, who, in.Account)
		if err != nil {
			return err
		}
		out, err = c.add(id, account, in)
		return err
	})
	if err != nil {
		return User{}, "", err
	}
	return out, in.Secret, nil
}

// complete checks what a new user is to be, and makes the key and the secret that it leaves to the server.
func (s *Service) complete(op string, in *CreateUser) error {
	if err := checkName(op, in.Name); err != nil {
		return err
	}
	if in.AccessKey == "" {
		in.AccessKey = s.newAccessKey()
	} else if err := checkAccessKey(op, in.AccessKey); err != nil {
		return err
	}
	if in.Secret == "" {
		in.Secret = s.newSecret()
	} else if err := checkSecret(op, in.Secret); err != nil {
		return err
	} else if len(in.Secret) < minSecret {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("A secret key has at least %d characters.", minSecret))
	}
	return nil
}

// accountFor returns the id of the account that a new user is to belong to.
func (c *change) accountFor(op string, who *Identity, name string) (string, error) {
	if name == "" {
		return who.Account, nil
	}
	if who.System() {
		a, err := accountOf(op, c.tx, name)
		if err != nil {
			return "", err
		}
		return a.ID, nil
	}
	if own, err := accountName(c.tx, who.Account); err != nil || own == name {
		return who.Account, err
	}
	return "", fault.New(op, fault.AccessDenied, "Only an administrator of the account "+DefaultAccount+" may make users of other accounts.")
}

// add writes a new user with one key.
func (c *change) add(id, account string, in CreateUser) (User, error) {
	u := &meta.User{ID: id, Account: account, Name: in.Name, Created: c.now, Policies: in.Policies}
	u.Keys = []meta.AccessKey{{ID: in.AccessKey, Sealed: c.s.Box.Seal([]byte(in.Secret), secretAAD(in.AccessKey)), Created: c.now}}
	if err := c.put(u); err != nil {
		return User{}, err
	}
	l, err := c.s.load(c.tx, id, u.Encode())
	if err != nil {
		return User{}, err
	}
	return viewOf(c.tx, l)
}

// RotateSecret gives an access key a new secret, which is returned here and never again. The old one ends at once.
func (s *Service) RotateSecret(ctx context.Context, actor *Identity, accessKey string) (string, error) {
	const op = "iam.RotateSecret"
	secret := s.newSecret()
	err := s.change(ctx, op, func(c *change) error {
		who, l, err := c.on(op, actor, "iam:UpdateAccessKey", accessKey)
		if err != nil {
			return err
		}
		if who.UserID != l.user.ID {
			if err := mayChange(op, who, l); err != nil {
				return err
			}
			// Whoever knows the secret has the rights.
			if err := mayGive(op, who, l.all(), "With the new secret you would have"); err != nil {
				return err
			}
		}
		u := l.copy()
		for i := range u.Keys {
			if u.Keys[i].ID == accessKey {
				u.Keys[i].Sealed = s.Box.Seal([]byte(secret), secretAAD(accessKey))
				u.Keys[i].Created = c.now
			}
		}
		return c.put(u)
	})
	if err != nil {
		return "", err
	}
	s.forgetFirst(accessKey)
	return secret, nil
}

// SetPolicies replaces a user's policies; raw is the simple or the AWS form.
func (s *Service) SetPolicies(ctx context.Context, actor *Identity, accessKey string, raw []byte) (User, error) {
	const op = "iam.SetPolicies"
	raw, d, err := readPolicies(raw)
	if err != nil {
		return User{}, err
	}
	var out User
	err = s.change(ctx, op, func(c *change) error {
		who, l, err := c.on(op, actor, "iam:PutUserPolicy", accessKey)
		if err != nil {
			return err
		}
		if who.UserID == l.user.ID && !who.machine && !who.Administrator() {
			return fault.New(op, fault.AccessDenied, "Nobody but an administrator may change their own policies.")
		}
		if err := mayChange(op, who, l); err != nil {
			return err
		}
		if err := mayGive(op, who, d, "You would give the user"); err != nil {
			return err
		}
		u := l.copy()
		u.Policies = raw
		if err := c.put(u); err != nil {
			return err
		}
		next, err := s.load(c.tx, u.ID, u.Encode())
		if err != nil {
			return err
		}
		if out, err = viewOf(c.tx, next); err != nil {
			return err
		}
		if l.system() && !next.system() {
			return c.keepAdministrator(op)
		}
		return nil
	})
	return out, err
}

// DeleteUser removes a user with its keys; its sessions and signatures end at once.
func (s *Service) DeleteUser(ctx context.Context, actor *Identity, accessKey string) error {
	const op = "iam.DeleteUser"
	err := s.change(ctx, op, func(c *change) error {
		who, l, err := c.on(op, actor, "iam:DeleteUser", accessKey)
		if err != nil {
			return err
		}
		if err := mayChange(op, who, l); err != nil {
			return err
		}
		if err := c.remove(l.user); err != nil {
			return err
		}
		if l.system() {
			return c.keepAdministrator(op)
		}
		return nil
	})
	if err == nil {
		s.forgetFirst(accessKey)
	}
	return err
}

// DefaultSecretActive reports whether the well-known key still has its well-known secret.
func (s *Service) DefaultSecretActive(ctx context.Context) (bool, error) {
	active := false
	err := s.Store.View(ctx, func(r kv.Reader) error {
		active = false
		l, err := s.find(r, DefaultAccessKey)
		if errors.Is(err, kv.ErrNotFound) {
			return nil
		}
		if err == nil {
			active = !l.user.Disabled && l.defaultSecret()
		}
		return err
	})
	return active, kv.Fault("iam.DefaultSecretActive", err)
}

// copy returns a user that may be changed; what was loaded may not.
func (l *loaded) copy() *meta.User {
	u := *l.user
	u.Keys = append([]meta.AccessKey(nil), u.Keys...)
	u.Devices = append([]meta.Device(nil), u.Devices...)
	return &u
}

// readPolicies parses a user's policies and returns them without white space.
func readPolicies(raw []byte) ([]byte, *policy.Document, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = []byte("[]")
	}
	d, err := policy.ParseUser(raw)
	if err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	if err := json.Compact(&b, bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))); err != nil {
		return nil, nil, fault.New("iam.readPolicies", fault.MalformedPolicy, "The policies are not valid JSON.")
	}
	return b.Bytes(), d, nil
}

func checkName(op, name string) error {
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName || !printable(name) {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("A display name has 1 to %d characters and no control characters.", maxName))
	}
	return nil
}

func printable(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// checkAccessKey admits what can stand in every form of authentication: no slash, comma, colon or blank.
func checkAccessKey(op, key string) error {
	ok := key != "" && len(key) <= maxAccessKey
	for _, c := range key {
		ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '@' || c == '+')
	}
	if !ok {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("An access key has 1 to %d characters: letters, digits and - _ . @ +", maxAccessKey))
	}
	return nil
}

func checkSecret(op, secret string) error {
	if secret == "" || len(secret) > maxSecret || !utf8.ValidString(secret) || !printable(secret) {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("A secret key has 1 to %d bytes and no control characters.", maxSecret))
	}
	return nil
}

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

func (s *Service) newUserID() string {
	var raw [14]byte
	s.Idents.Fill(raw[:])
	return "AIDA" + b32.EncodeToString(raw[:])[:22]
}

func (s *Service) newAccessKey() string {
	var raw [10]byte
	s.Idents.Fill(raw[:])
	return "AKIA" + b32.EncodeToString(raw[:])
}

// newSecret has 240 random bits in 40 characters that need no escaping anywhere.
func (s *Service) newSecret() string {
	var raw [30]byte
	s.Idents.Fill(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
