package admin

import (
	"context"
	"strconv"
	"time"

	"github.com/ulule/limiter/v3"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

// class is which limit of requests an operation has.
type class uint8

const (
	classAdmin   class = iota // RATE_LIMIT_ADMIN
	classLogin                // RATE_LIMIT_LOGIN
	classContent              // RATE_LIMIT_OBJECT_OPS: bytes of objects
	classNone                 // probes
)

var classNames = [...]string{"admin", "login", "content", "none"}

// limits counts requests in a store, which several servers may share.
type limits struct {
	store limiter.Store // nil: no limits at all
	rates [classNone + 1][]limiter.Rate
}

func newLimits(store limiter.Store, c *config.Config) *limits {
	out := &limits{store: store}
	for class, rates := range map[class][]config.Rate{classAdmin: c.RateAdmin, classLogin: c.RateLogin, classContent: c.RateObjectOps} {
		for _, r := range rates {
			out.rates[class] = append(out.rates[class], limiter.Rate{Limit: r.Limit, Period: r.Period})
		}
	}
	return out
}

// take counts one request of a client, named by its address or its key, and refuses it when there were too many. A store of counters that
// does not answer refuses nothing: it protects the server, and must not be what stops it.
func (l *limits) take(ctx context.Context, c class, kind, client string) error {
	return l.ask(c, kind, client, func(key string, r limiter.Rate) (limiter.Context, error) { return l.store.Get(ctx, key, r) })
}

// spent refuses as take does, and counts nothing.
func (l *limits) spent(ctx context.Context, c class, kind, client string) error {
	return l.ask(c, kind, client, func(key string, r limiter.Rate) (limiter.Context, error) { return l.store.Peek(ctx, key, r) })
}

func (l *limits) ask(c class, kind, client string, count func(string, limiter.Rate) (limiter.Context, error)) error {
	if l.store == nil {
		return nil
	}
	for i, rate := range l.rates[c] {
		got, err := count(classNames[c]+"/"+strconv.Itoa(i)+"/"+kind+"/"+client, rate)
		if err != nil || !got.Reached {
			continue
		}
		wait := max(1, got.Reset-time.Now().Unix()) // the store counts in the machine's time
		return fault.New("admin.limits", fault.RateLimited, "").With(detailRetry, strconv.FormatInt(wait, 10))
	}
	return nil
}
