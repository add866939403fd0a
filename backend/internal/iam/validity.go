package iam

import (
	"errors"
	"slices"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// period is the time in which a user, a key or a session can be used, from its beginning until just before its end. What is zero has none.
type period struct{ from, until time.Time }

func periodOf(u *meta.User) period { return period{u.ValidFrom, u.ValidUntil} }

func (p period) holds(now time.Time) bool {
	return !now.Before(p.from) && (p.until.IsZero() || now.Before(p.until))
}

// ending is the period with an end that is not after at; zero sets none.
func (p period) ending(at time.Time) period {
	if p.until.IsZero() || !at.IsZero() && at.Before(p.until) {
		p.until = at
	}
	return p
}

// inForce refuses credentials outside their time, as it does unknown ones. It is asked for each request, because what is remembered of
// credentials is remembered for longer than they may last.
func (s *Service) inForce(op string, c *Credential) error {
	if !c.period.holds(s.Clock.Now()) {
		return fault.New(op, fault.NoSuchUser, "")
	}
	return nil
}

// keeps reports whether the user administers the server now and goes on doing so: who has an end, or has only keys that have one, does not
// count as the administrator that there must always be, so that no passing of time leaves the server without any.
func (l *loaded) keeps(now time.Time) bool {
	p := periodOf(l.user)
	return l.system() && p.until.IsZero() && p.holds(now) &&
		(l.user.Password != nil || slices.ContainsFunc(l.user.Keys, func(k meta.AccessKey) bool { return !k.Off && k.Expires.IsZero() }))
}

// Usable reports whether the key can be used at a time.
func (k *AccessKey) Usable(now time.Time) bool { return k.Active && !k.Expired(now) }

// Expired reports whether the key's end has come.
func (k *AccessKey) Expired(now time.Time) bool { return !period{until: k.Expires}.holds(now) }

// Validity sets the time in which a user can do anything; nil leaves a bound as it is, a zero time takes it away. Outside of it the user
// and what the user made are refused as unknown ones are.
func Validity(from, until *time.Time) Edit {
	return Edit{action: "Update%", apply: func(c *change, _ string, d *draft) (*policy.Document, error) {
		const op = "iam.Validity"
		was := periodOf(d.u)
		if from != nil {
			d.u.ValidFrom = *from
		}
		if until != nil {
			d.u.ValidUntil = *until
		}
		now := periodOf(d.u)
		if err := now.check(op); err != nil {
			return nil, err
		}
		if !now.from.Before(was.from) && now.ending(was.until) == now {
			return nil, nil //nolint:nilnil // it gives nothing
		}
		give, err := c.given(&d.entity)
		return policy.Join(give...), err
	}}
}

func (p period) check(op string) error {
	switch {
	case !validMoment(p.from), !validMoment(p.until):
		return fault.New(op, fault.InvalidArgument, "The time is not valid.")
	case !p.until.IsZero() && !p.from.Before(p.until):
		return fault.New(op, fault.InvalidArgument, "The end must be after the beginning.")
	}
	return nil
}

// made is the time in which a session can be used because of who asked for it: while that user's and that key's own time lasts. One that is
// gone bounds nothing: deleting a key or a user ends the sessions of roles no more than it does in AWS.
func (s *Service) made(r kv.Reader, c *sessionClaims) (period, error) {
	var p period
	l, err := s.get(r, c.Maker)
	if errors.Is(err, kv.ErrNotFound) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p = periodOf(l.user)
	for _, k := range l.user.Keys {
		if k.ID == c.MakerKey {
			p = p.ending(k.Expires)
		}
	}
	return p, nil
}

// makes notes who asked for a session. It cannot last longer than what it was asked for with, also when that is deleted meanwhile.
func (c *sessionClaims) makes(actor *Identity) {
	if actor.session != nil {
		c.Maker, c.MakerKey = actor.session.Maker, actor.session.MakerKey
	} else if !actor.Anonymous && !actor.machine {
		c.Maker, c.MakerKey = actor.UserID, actor.AccessKey
	}
	if !actor.until.IsZero() {
		c.Expires = min(c.Expires, actor.until.Unix())
	}
}
