package iam

import (
	"context"
	"crypto/subtle"
	"errors"
	"sync"
	"time"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const defaultRefused = "The server can be reached from other machines and this key still has the well-known secret. Change it on the machine of the server first."

// Credential returns the identity and secret of an access key, for the verification of signatures. fault.NoSuchUser when no enabled user
// has the key in its time; fault.AccessDenied when it has the well-known secret and the server can be reached from other machines.
func (s *Service) Credential(ctx context.Context, accessKey string) (Credential, error) {
	const op = "iam.Credential"
	c, err := s.remembered(ctx, &s.known, accessKey, func(r kv.Reader) (Credential, error) { return s.credential(r, accessKey) })
	if err == nil {
		err = s.inForce(op, &c)
	}
	if err != nil {
		return Credential{}, kv.Fault(op, err)
	}
	if s.public && WellKnown(accessKey, c.Secret) {
		return Credential{}, fault.New(op, fault.AccessDenied, defaultRefused)
	}
	return c, nil
}

// WellKnown reports whether a pair is the one that every new server on loopback has, until it is changed.
func WellKnown(accessKey, secret string) bool {
	return accessKey == DefaultAccessKey && secret == DefaultSecret
}

// memory is credentials as of a generation of the rows of identities, by the access key or the session token.
type memory struct {
	known map[string]Credential
	at    uint64
}

// remembered looks credentials up. Where the engine tells that no identity has changed since the last time, it reads no row.
func (s *Service) remembered(ctx context.Context, in *memory, name string, look func(kv.Reader) (Credential, error)) (c Credential, err error) {
	generations, ok := s.Store.(kv.Generations)
	var g uint64
	if ok {
		g = generations.Generation(meta.UserKey("")[0])
		s.mu.RLock()
		c, ok := in.known[name]
		ok = ok && in.at == g
		s.mu.RUnlock()
		if ok {
			return c, nil
		}
	}
	err = s.Store.View(ctx, func(r kv.Reader) (err error) {
		c, err = look(r)
		return err
	})
	if err != nil || !ok {
		return c, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.known == nil || in.at != g || len(in.known) >= maxLoaded {
		if in.at > g {
			return c, nil // another call has seen later changes
		}
		in.known, in.at = map[string]Credential{}, g
	}
	in.known[name] = c
	return c, nil
}

func (s *Service) credential(r kv.Reader, accessKey string) (Credential, error) {
	const op = "iam.Credential"
	l, err := s.find(r, accessKey)
	if errors.Is(err, kv.ErrNotFound) {
		return Credential{}, fault.New(op, fault.NoSuchUser, "")
	}
	if err != nil {
		return Credential{}, err
	}
	for i, c := range l.credentials {
		if c.Identity.AccessKey == accessKey && !l.user.Keys[i].Off {
			return l.usable(op, c)
		}
	}
	if l.console != nil && l.user.Console.ID == accessKey {
		return l.usable(op, *l.console)
	}
	return Credential{}, fault.New(op, fault.NoSuchUser, "")
}

// usable refuses what must not be used: a disabled user, and one whose row cannot be fully understood.
func (l *loaded) usable(op string, c Credential) (Credential, error) {
	switch {
	case l.user.Disabled:
		return Credential{}, fault.New(op, fault.NoSuchUser, "")
	case l.err != nil:
		return Credential{}, &fault.Error{Op: op, Err: l.err}
	case c.Secret == "":
		return Credential{}, &fault.Error{Op: op, Err: errors.New("the secret cannot be unsealed")}
	}
	return c, nil
}

// Identity returns the user's identity with the rights of now. fault.NoSuchUser when the user is gone, disabled or outside
// their time.
func (s *Service) Identity(ctx context.Context, userID string) (*Identity, error) {
	const op = "iam.Identity"
	var id *Identity
	err := s.Store.View(ctx, func(r kv.Reader) error {
		l, err := s.get(r, userID)
		if errors.Is(err, kv.ErrNotFound) || err == nil && l.any() == nil {
			return fault.New(op, fault.NoSuchUser, "")
		}
		if err != nil {
			return err
		}
		c, err := l.usable(op, *l.any())
		id = c.Identity
		if err == nil && !periodOf(l.user).holds(s.Clock.Now()) {
			err = fault.New(op, fault.NoSuchUser, "")
		}
		return err
	})
	if err != nil {
		return nil, kv.Fault(op, err)
	}
	return id, nil
}

const wrong = "The access key or the secret key is wrong, or there were too many failed attempts: then wait and try again."

// Login checks an access key and its secret. A wrong secret, an unknown key and a lockout have one answer, fault.Unauthenticated. Too many
// failures of one key from one address lock that pair, and while it lasts the secret is not even looked at. remote is the address
// of the client without port.
func (s *Service) Login(ctx context.Context, accessKey, secret, remote string) (*Identity, error) {
	const op = "iam.Login"
	refused := fault.New(op, fault.Unauthenticated, wrong)
	var c Credential
	err := s.Store.View(ctx, func(r kv.Reader) (err error) {
		if c, err = s.credential(r, accessKey); err == nil {
			err = s.inForce(op, &c)
		}
		return err
	})
	if err != nil {
		c = Credential{}
	}
	if err != nil && !fault.Is(err, fault.NoSuchUser) {
		return nil, kv.Fault(op, err)
	}
	// An unknown key is compared as well, so that it takes as long, and counted, so that it answers the same.
	if len(accessKey) > maxAccessKey {
		accessKey = accessKey[:maxAccessKey]
	}
	ok := s.lockout.try(accessKey, remote, func() bool {
		same := subtle.ConstantTimeCompare([]byte(c.Secret), []byte(secret)) == 1
		return same && c.Identity != nil && c.Secret != ""
	})
	if !ok {
		return nil, refused
	}
	if s.public && WellKnown(accessKey, secret) {
		return nil, fault.New(op, fault.AccessDenied, defaultRefused)
	}
	return c.Identity, nil
}

// lockout counts failures by access key and address, in the memory of this process: it slows guessing down and decides nothing else.
type lockout struct {
	clock clock.Clock
	max   int
	life  time.Duration

	mu    sync.Mutex
	pairs map[pair]*failures
}

type pair struct{ key, remote string }

type failures struct {
	count int
	last  time.Time
}

// maxPairs bounds the memory; over it the pair that failed longest ago is forgotten.
const maxPairs = 10_000

// try runs check unless the pair is locked, and counts its failure. Checks of all pairs exclude each other, so that many at once cannot
// pass the limit; they take a microsecond.
func (l *lockout) try(key, remote string, check func() bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := pair{key, remote}
	f := l.pairs[p]
	if f != nil && l.clock.Since(f.last) >= l.life {
		delete(l.pairs, p)
		f = nil
	}
	if f != nil && f.count >= l.max {
		return false
	}
	if check() {
		delete(l.pairs, p)
		return true
	}
	if f == nil {
		l.room()
		f = &failures{}
		l.pairs[p] = f
	}
	f.count++
	f.last = l.clock.Now()
	return false
}

// begin counts an attempt as a failure; false if the pair is locked. clear follows if the attempt was right.
func (l *lockout) begin(p pair) bool {
	counted := false
	l.try(p.key, p.remote, func() bool {
		counted = true
		return false
	})
	return counted
}

func (l *lockout) room() {
	if l.pairs == nil {
		l.pairs = map[pair]*failures{}
	}
	if len(l.pairs) < maxPairs {
		return
	}
	var oldest pair
	var at time.Time
	for p, f := range l.pairs {
		if l.clock.Since(f.last) >= l.life {
			delete(l.pairs, p)
		} else if at.IsZero() || f.last.Before(at) {
			oldest, at = p, f.last
		}
	}
	if len(l.pairs) >= maxPairs {
		delete(l.pairs, oldest)
	}
}

// clear forgets the failures of a pair.
func (l *lockout) clear(p pair) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pairs, p)
}
