// Package limit counts the requests of each client and refuses those over the limits of the settings.
//
// Counters are kept in the memory of this process or, for several servers together, in Redis. Where Redis does not answer, this process
// counts for itself until it does: counters protect the server, and must not be what stops it.
package limit

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"time"

	"github.com/ulule/limiter/v3"
	"github.com/ulule/limiter/v3/drivers/store/memory"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Class is which limit an operation falls under.
type Class uint8

// The classes, each with the settings that it obeys.
const (
	None        Class = iota // probes: no limit
	ListBuckets              // RATE_LIMIT_LIST_BUCKETS
	BucketOps                // RATE_LIMIT_BUCKET_OPS
	ObjectOps                // RATE_LIMIT_OBJECT_OPS
	HeadOps                  // RATE_LIMIT_HEAD_OPS
	Admin                    // RATE_LIMIT_ADMIN
	Login                    // RATE_LIMIT_LOGIN
	classes
)

var names = [classes]string{"none", "list buckets", "bucket", "object", "head", "admin", "login"}

// String is the name of the class in names of counters.
func (c Class) String() string { return names[c] }

// rule is one limit of a class.
type rule struct {
	rate limiter.Rate
	name string // begins the names of its counters
}

// Limits counts requests. A nil *Limits refuses nothing. It is safe for concurrent use.
type Limits struct {
	rules [classes][]rule
	own   limiter.Store
	far   *shared // nil without one
}

// New opens the store of counters. One that does not answer is waited for in the background.
func New(c *config.Config, log *slog.Logger) (*Limits, error) {
	l := &Limits{own: memory.NewStore()}
	for class, rates := range map[Class][]config.Rate{
		ListBuckets: c.RateListBuckets, BucketOps: c.RateBucketOps, ObjectOps: c.RateObjectOps, HeadOps: c.RateHeadOps, Admin: c.RateAdmin, Login: c.RateLogin,
	} {
		for _, r := range rates {
			l.rules[class] = append(l.rules[class], rule{
				rate: limiter.Rate{Limit: r.Limit, Period: r.Period},
				name: fmt.Sprintf("%s/%d-%d/", class, r.Limit, r.Period/time.Second), // another rate has other counters
			})
		}
	}
	if isRedis(c.RateStorageURI) {
		var err error
		if l.far, err = openShared(c.RateStorageURI, log); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Close gives up the connections to the store.
func (l *Limits) Close() error {
	if l == nil || l.far == nil {
		return nil
	}
	return l.far.close()
}

// Away reports whether there is a store for several servers that does not answer, so that this one counts for itself.
func (l *Limits) Away() bool { return l != nil && l.far != nil && l.far.there.Load() == nil }

// Shared reports whether there is a store for several servers.
func (l *Limits) Shared() bool { return l != nil && l.far != nil }

// Address counts a request from an address, and refuses it with fault.RateLimited when there were too many.
func (l *Limits) Address(ctx context.Context, c Class, addr netip.Addr) error {
	if l == nil || l.rules[c] == nil {
		return nil
	}
	return l.each(ctx, c, "address/", client(addr), limiter.Store.Get)
}

// Key counts a request of an access key that has been proven, and refuses it when there were too many.
func (l *Limits) Key(ctx context.Context, c Class, accessKey string) error {
	if l == nil || l.rules[c] == nil {
		return nil
	}
	return l.each(ctx, c, "key/", accessKey, limiter.Store.Get)
}

// Guesses refuses an address from which too many secrets were wrong, and counts nothing.
func (l *Limits) Guesses(ctx context.Context, addr netip.Addr) error {
	if l == nil || l.rules[Login] == nil {
		return nil
	}
	return l.each(ctx, Login, "guess/", client(addr), limiter.Store.Peek)
}

// Guess counts a secret that was wrong.
func (l *Limits) Guess(ctx context.Context, addr netip.Addr) error {
	if l == nil || l.rules[Login] == nil {
		return nil
	}
	return l.each(ctx, Login, "guess/", client(addr), limiter.Store.Get)
}

// client is the name of an address. One client has a whole network of 64 bits of IPv6 addresses to choose from.
func client(addr netip.Addr) string {
	if addr.Is6() {
		return netip.PrefixFrom(addr, 64).Masked().String()
	}
	return addr.String()
}

// count is limiter.Store.Get or limiter.Store.Peek.
type count func(limiter.Store, context.Context, string, limiter.Rate) (limiter.Context, error)

func (l *Limits) each(ctx context.Context, c Class, kind, who string, fn count) error {
	for _, r := range l.rules[c] {
		got, err := l.ask(ctx, r.name+kind+who, r.rate, fn)
		if err != nil || !got.Reached {
			continue
		}
		wait := max(1, got.Reset-time.Now().Unix()) // stores count in the machine's time
		return fault.New("limit", fault.RateLimited, "").With(fault.RetryAfter, strconv.FormatInt(wait, 10))
	}
	return nil
}

func (l *Limits) ask(ctx context.Context, name string, rate limiter.Rate, fn count) (limiter.Context, error) {
	if l.far != nil {
		if got, ok := l.far.ask(ctx, name, rate, fn); ok {
			return got, nil
		}
	}
	return fn(l.own, ctx, name, rate)
}
