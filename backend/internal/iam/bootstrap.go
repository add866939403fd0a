package iam

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// FirstAdmin says which administrator the first start made.
type FirstAdmin struct {
	Created   bool
	AccessKey string
	Secret    string // only a generated one; for the terminal, never for the log
	Default   bool   // localadmin/localadmin
	File      string // where a generated secret lies, mode 0600, until it is changed; empty without a configuration folder
}

// firstFile holds the generated secret of the first administrator, beside iam.json.
const firstFile = "initial-admin.txt"

var fullPolicies = []byte(`[{"bucket":"*","actions":["*","iam:*"]}]`)

// Bootstrap makes the state ready before the listeners open: the administrator of the environment, what iam.json says, and on the very
// first start somebody to sign in as. loopback says that no listener can be reached from another machine.
//
// Each step can be cut: the environment's user and the import are one transaction each and find nothing to do the next time. A generated
// secret is durable in its file before the user is; a next start takes the secret from the file.
func (s *Service) Bootstrap(ctx context.Context, loopback bool) (FirstAdmin, error) {
	const op = "iam.Bootstrap"
	s.public = !loopback
	if s.public && WellKnown(s.AdminAccessKey, s.AdminSecretKey) {
		return FirstAdmin{}, fault.New(op, fault.InvalidArgument, "ADMIN_SECRET_KEY is the well-known secret, and the server can be reached from other machines. Set another one.")
	}
	if s.ReadOnly {
		return FirstAdmin{}, nil
	}
	if err := s.environment(ctx); err != nil {
		return FirstAdmin{}, err
	}
	if err := s.File.Start(ctx); err != nil {
		return FirstAdmin{}, kv.Fault(op, err)
	}
	first, err := s.first(ctx)
	if err != nil {
		return FirstAdmin{}, err
	}
	return first, kv.Fault(op, s.File.Start(ctx))
}

// environment makes the user of ADMIN_ACCESS_KEY what the settings say, and lets go of one that they named before: when another key took
// its place it is disabled, when there is none any more it goes on as an ordinary user.
func (s *Service) environment(ctx context.Context) error {
	const op = "iam.environment"
	same := errors.New("nothing to change")
	err := s.change(ctx, op, func(c *change) error {
		users, err := s.all(c.tx)
		if err != nil {
			return err
		}
		changed := false
		var mine *loaded
		for _, l := range users {
			if s.AdminAccessKey != "" && l.has(s.AdminAccessKey) {
				mine = l
			} else if l.user.Environment {
				u := l.copy()
				u.Environment, u.Disabled = false, s.AdminAccessKey != ""
				if err := c.put(u); err != nil {
					return err
				}
				changed = true
			}
		}
		if s.AdminAccessKey == "" {
			if !changed {
				return same
			}
			return nil
		}
		u := &meta.User{ID: s.newUserID(), Account: DefaultAccount, Name: s.AdminAccessKey, Created: c.now, Policies: fullPolicies,
			Keys: []meta.AccessKey{{ID: s.AdminAccessKey, Created: c.now}}}
		if mine != nil {
			if mine.user.Environment && mine.keeps(c.now) && mine.secretIs(s.AdminAccessKey, s.AdminSecretKey) {
				if !changed {
					return same
				}
				return nil
			}
			u = mine.copy()
			if !mine.administrator() {
				u.Policies, u.Grants.Boundary = fullPolicies, ""
			}
		}
		u.Account, u.Environment, u.Disabled, u.ValidFrom, u.ValidUntil = DefaultAccount, true, false, time.Time{}, time.Time{}
		for i := range u.Keys {
			if u.Keys[i].ID == s.AdminAccessKey {
				u.Keys[i].Off, u.Keys[i].Expires = false, time.Time{}
				u.Keys[i].Sealed = s.Box.Seal([]byte(s.AdminSecretKey), secretAAD(s.AdminAccessKey))
			}
		}
		return c.put(u)
	})
	if errors.Is(err, same) {
		return nil
	}
	return err
}

func (l *loaded) has(accessKey string) bool {
	for _, k := range l.user.Keys {
		if k.ID == accessKey {
			return true
		}
	}
	return false
}

// secretIs reports whether an access key is on and has the secret.
func (l *loaded) secretIs(accessKey, secret string) bool {
	for i, c := range l.credentials {
		if c.Identity.AccessKey == accessKey && !l.user.Keys[i].Off {
			return subtle.ConstantTimeCompare([]byte(c.Secret), []byte(secret)) == 1
		}
	}
	return false
}

// first makes the first administrator of a store without users.
func (s *Service) first(ctx context.Context) (FirstAdmin, error) {
	const op = "iam.first"
	none, err := s.empty(ctx)
	if err != nil || !none {
		return FirstAdmin{}, kv.Fault(op, err)
	}
	f := FirstAdmin{Created: true, AccessKey: DefaultAccessKey, Default: !s.public}
	secret := DefaultSecret
	if !f.Default {
		if f.Secret, f.File, err = s.firstSecret(); err != nil {
			return FirstAdmin{}, &fault.Error{Op: op, Err: err}
		}
		secret = f.Secret
	}
	u := &meta.User{ID: s.newUserID(), Account: DefaultAccount, Name: "Local administrator", Policies: fullPolicies}
	taken := errors.New("there are users")
	err = s.change(ctx, op, func(c *change) error {
		if users, err := s.all(c.tx); err != nil || len(users) > 0 {
			return errors.Join(err, taken)
		}
		u.Created = c.now
		u.Keys = []meta.AccessKey{{ID: f.AccessKey, Sealed: s.Box.Seal([]byte(secret), secretAAD(f.AccessKey)), Created: c.now}}
		return c.put(u)
	})
	if errors.Is(err, taken) { // another server of this store was first
		s.forgetFirst(f.AccessKey)
		return FirstAdmin{}, nil
	}
	if err != nil {
		return FirstAdmin{}, err
	}
	return f, nil
}

func (s *Service) empty(ctx context.Context) (bool, error) {
	none := true
	err := s.Store.View(ctx, func(r kv.Reader) error {
		it := r.Iter(meta.Users())
		none = !it.Next()
		return it.Close()
	})
	return none, err
}

// firstSecret returns the generated secret, from the file of a start that was cut or new and durable.
func (s *Service) firstSecret() (secret, file string, err error) {
	secret = s.newSecret()
	if s.IAMConfig == "" {
		return secret, "", nil
	}
	file = filepath.Join(filepath.Dir(s.IAMConfig), firstFile)
	if raw, err := os.ReadFile(file); err == nil {
		for line := range strings.SplitSeq(string(raw), "\n") {
			if old, ok := strings.CutPrefix(line, "secret_key="); ok && checkSecret("", old) == nil {
				return old, file, nil
			}
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", "", err
	}
	text := fmt.Sprintf("# The first administrator of this server. This file goes away when the secret is changed.\naccess_key=%s\nsecret_key=%s\n", DefaultAccessKey, secret)
	return secret, file, seal.WriteFile(file, []byte(text))
}

// forgetFirst removes the file of the first secret once that is not the secret any more.
func (s *Service) forgetFirst(accessKey string) {
	if s.IAMConfig == "" || accessKey != DefaultAccessKey {
		return
	}
	file := filepath.Join(filepath.Dir(s.IAMConfig), firstFile)
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Logger.Warn("the file of the first secret could not be removed", "file", file, "error", err)
	}
}
