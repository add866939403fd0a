package iam

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// all is what the user's policies say together.
func (l *loaded) all() *policy.Document {
	give, _ := documents(l.sources)
	return policy.Join(give...)
}

// change is one transaction over identities.
type change struct {
	s   *Service
	tx  kv.Txn
	st  *meta.IAMState
	now time.Time
}

// change runs fn in a transaction that moves the revision. fn may run again.
func (s *Service) change(ctx context.Context, op string, fn func(*change) error) error {
	err := s.Store.Update(ctx, func(tx kv.Txn) error {
		st, err := state(tx)
		if err != nil {
			return err
		}
		c := &change{s: s, tx: tx, st: st, now: s.Clock.Now()}
		if err := fn(c); err != nil {
			return err
		}
		st.Revision++
		st.SealID = s.Box.ID()
		tx.OnCommit(s.File.Changed)
		return tx.Set(meta.IAMStateKey(), st.Encode())
	})
	return kv.Fault(op, err)
}

// put writes a user and the rows of its keys. A key of somebody else is fault.Conflict.
func (c *change) put(u *meta.User) error {
	keys := u.Keys
	if u.Console.ID != "" {
		keys = append(keys[:len(keys):len(keys)], u.Console)
	}
	for _, k := range keys {
		owner, err := c.tx.Get(meta.AccessKeyKey(k.ID))
		switch {
		case err == nil && string(owner) != u.ID:
			return fault.New("iam.put", fault.Conflict, fmt.Sprintf("The access key %s is in use already.", k.ID))
		case err != nil && !errors.Is(err, kv.ErrNotFound):
			return err
		}
		if err := c.tx.Set(meta.AccessKeyKey(k.ID), []byte(u.ID)); err != nil {
			return err
		}
	}
	return errors.Join(c.claimName(u), c.claimLogin(u), c.tx.Set(meta.UserKey(u.ID), u.Encode()))
}

// claimName holds that no two users of an account have one name in ARNs.
func (c *change) claimName(u *meta.User) error {
	name := nameOf(u)
	owner, err := c.tx.Get(meta.NameKey(u.Account, name))
	switch {
	case errors.Is(err, kv.ErrNotFound):
		if u.UserName == "" {
			return nil
		}
		return c.tx.Set(meta.NameKey(u.Account, name), []byte(u.ID))
	case err != nil || string(owner) == u.ID:
		return err
	}
	if u.UserName == "" { // keys have a case, names have none
		l, err := c.s.get(c.tx, string(owner))
		if err != nil || nameOf(l.user) != name {
			return err
		}
	}
	return exists("iam.put", "User", name)
}

// remove deletes a user and the rows of its name and its keys.
func (c *change) remove(u *meta.User) error {
	if u.UserName != "" {
		if err := c.tx.Delete(meta.NameKey(u.Account, u.UserName)); err != nil {
			return err
		}
	}
	if l := &u.Login; l.Issuer != "" {
		if err := c.tx.Delete(meta.LoginKey(l.Issuer, l.Subject)); err != nil {
			return err
		}
	}
	keys := u.Keys
	if u.Console.ID != "" {
		keys = append(keys[:len(keys):len(keys)], u.Console)
	}
	for _, k := range keys {
		if err := c.dropKey(k.ID); err != nil {
			return err
		}
	}
	return c.tx.Delete(meta.UserKey(u.ID))
}
