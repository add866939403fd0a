package iam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// CreateKey is CreateKeyUntil without an end.
func (s *Service) CreateKey(ctx context.Context, actor *Identity, user string) (AccessKey, string, error) {
	return s.CreateKeyUntil(ctx, actor, user, time.Time{})
}

// CreateKeyUntil gives the user of a name in the actor's account one more access key, of which there are at most two. The secret is returned
// here and never again. From expires on the key is refused as an unknown one is; zero is never.
func (s *Service) CreateKeyUntil(ctx context.Context, actor *Identity, user string, expires time.Time) (key AccessKey, secret string, err error) {
	const op = "iam.CreateKey"
	if !expires.IsZero() && (!validMoment(expires) || !expires.After(s.Clock.Now())) {
		return key, "", fault.New(op, fault.InvalidArgument, "The end of a new key must lie ahead.")
	}
	key.Expires = expires
	key.ID, key.Active, secret = s.newAccessKey(), true, s.newSecret()
	err = s.change(ctx, op, func(c *change) error {
		who, e, err := c.entity(op, actor, "iam:CreateAccessKey", UserEntity, user)
		if err != nil {
			return err
		}
		if who.UserID != e.user.user.ID {
			// Whoever knows the secret has the rights.
			if err := mayGive(op, who, e.user.all(), "With the new secret you would have"); err != nil {
				return err
			}
		}
		u := e.user.copy()
		if len(u.Keys) >= maxKeys && !slices.ContainsFunc(u.Keys, func(k meta.AccessKey) bool { return k.ID == key.ID }) {
			return fault.New(op, fault.Conflict, fmt.Sprintf("Cannot exceed quota for AccessKeysPerUser: %d", maxKeys)).With("IAM", "LimitExceeded")
		}
		key.Created = c.now
		c.addKey(u, key.ID, secret)
		u.Keys[len(u.Keys)-1].Expires = expires
		return c.put(u)
	})
	if err != nil {
		return AccessKey{}, "", err
	}
	return key, secret, nil
}

// addKey gives a user one more access key.
func (c *change) addKey(u *meta.User, id, secret string) {
	if u.UserName == "" { // who goes by the first key keeps that name
		u.UserName = nameOf(u)
	}
	u.Keys = append(u.Keys, meta.AccessKey{ID: id, Sealed: c.s.Box.Seal([]byte(secret), secretAAD(id)), Created: c.now})
}

// SetKey switches an access key of a user on or off.
func (s *Service) SetKey(ctx context.Context, actor *Identity, user, id string, on bool) error {
	return s.ChangeKey(ctx, actor, user, id, &on, nil)
}

// ChangeKey switches an access key of a user on or off, and sets when it ends, zero for never; nil leaves either.
func (s *Service) ChangeKey(ctx context.Context, actor *Identity, user, id string, on *bool, expires *time.Time) error {
	const op = "iam.SetKey"
	if expires != nil && !validMoment(*expires) {
		return fault.New(op, fault.InvalidArgument, "The time is not valid.")
	}
	return s.onKey(ctx, op, actor, "iam:UpdateAccessKey", user, id, func(_ *change, u *meta.User, at int) error {
		if on != nil {
			u.Keys[at].Off = !*on
		}
		if expires != nil {
			u.Keys[at].Expires = *expires
		}
		return nil
	})
}

// DeleteKey takes an access key away; its signatures end at once.
func (s *Service) DeleteKey(ctx context.Context, actor *Identity, user, id string) error {
	return s.onKey(ctx, "iam.DeleteKey", actor, "iam:DeleteAccessKey", user, id, func(c *change, u *meta.User, at int) error {
		if u.UserName == "" {
			u.UserName = nameOf(u)
		}
		u.Keys = slices.Delete(u.Keys, at, at+1)
		return c.dropKey(id)
	})
}

// dropKey deletes the rows of an access key.
func (c *change) dropKey(id string) error {
	return errors.Join(c.tx.Delete(meta.AccessKeyKey(id)), c.tx.Delete(meta.KeyUseKey(id)))
}

func (s *Service) onKey(ctx context.Context, op string, actor *Identity, action, user, id string, fn func(c *change, u *meta.User, at int) error) error {
	err := s.change(ctx, op, func(c *change) error {
		_, e, err := c.entity(op, actor, action, UserEntity, user)
		if err != nil {
			return err
		}
		u := e.user.copy()
		at := slices.IndexFunc(u.Keys, func(k meta.AccessKey) bool { return k.ID == id })
		if at < 0 {
			return fault.New(op, fault.NotFound, fmt.Sprintf("The Access Key with id %s cannot be found", id)).With("IAM", "NoSuchEntity")
		}
		if err := fn(c, u, at); err != nil {
			return err
		}
		if err := c.put(u); err != nil {
			return err
		}
		return c.keepAdministrator(op)
	})
	if err == nil {
		s.forgetFirst(id)
	}
	return err
}

// KeyUse returns the user of an access key of the actor's account, and when the key was used last; the zero use for never.
func (s *Service) KeyUse(ctx context.Context, actor *Identity, id string) (out Entity, last meta.KeyUse, err error) {
	const op = "iam.KeyUse"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		l, err := s.find(r, id)
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		arn, shown, asks := "*", "*", actor
		if l != nil && l.user.Account == actor.Account {
			arn, shown, asks = arnOf(l.user), "user "+nameOf(l.user), actor.with(about(l.user.Tags))
		}
		if err := mayDo(op, asks, "iam:GetAccessKeyLastUsed", arn, shown); err != nil {
			return err
		}
		if arn == "*" {
			return fault.New(op, fault.NotFound, fmt.Sprintf("The Access Key with id %s cannot be found", id)).With("IAM", "NoSuchEntity")
		}
		out = (&entity{user: l}).view()
		at := slices.IndexFunc(l.user.Keys, func(k meta.AccessKey) bool { return k.ID == id })
		last, err = s.lastUse(r, &l.user.Keys[at])
		return err
	})
	return out, last, kv.Fault(op, err)
}
