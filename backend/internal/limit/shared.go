package limit

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"github.com/ulule/limiter/v3"
	redisstore "github.com/ulule/limiter/v3/drivers/store/redis"
)

// patience is how long one request may wait for Redis, once: after that nobody asks until the background has found it well again.
const patience = 500 * time.Millisecond

// retry is the time between two tries of the background.
const retry = time.Second

// shared is a store of counters in Redis.
type shared struct {
	client *redis.Client
	log    *slog.Logger
	there  atomic.Pointer[limiter.Store] // nil while it does not answer
	life   context.Context
	end    context.CancelFunc

	mu     sync.Mutex // of the beginning of a search, and of the end of all
	search sync.WaitGroup
}

func isRedis(uri string) bool {
	return strings.HasPrefix(uri, "redis://") || strings.HasPrefix(uri, "rediss://")
}

// quiet keeps the client's own log away: each outage is one line of ours.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func openShared(uri string, log *slog.Logger) (*shared, error) {
	o, err := redis.ParseURL(uri)
	if err != nil {
		return nil, errors.New("RATE_LIMIT_STORAGE_URI is no address of a Redis server") // the cause may hold a password
	}
	redis.SetLogger(quiet{})
	for _, t := range []*time.Duration{&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout} {
		if *t == 0 { // the address may say otherwise
			*t = patience
		}
	}
	o.MaxRetries, o.DialerRetries = -1, 1
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	s := &shared{client: redis.NewClient(o), log: log}
	s.life, s.end = context.WithCancel(context.Background())
	if err := s.connect(); err != nil {
		s.lose(err)
	}
	return s, nil
}

// ask counts in Redis; false when that does not answer.
func (s *shared) ask(ctx context.Context, name string, rate limiter.Rate, fn count) (limiter.Context, bool) {
	at := s.there.Load()
	if at == nil {
		return limiter.Context{}, false
	}
	got, err := fn(*at, context.WithoutCancel(ctx), name, rate) // a client that goes away says nothing of Redis
	if err == nil {
		return got, true
	}
	if s.there.CompareAndSwap(at, nil) {
		s.lose(err)
	}
	return limiter.Context{}, false
}

// connect finds out whether Redis counts, and lets it.
func (s *shared) connect() error {
	store, err := redisstore.NewStoreWithOptions(s.client, limiter.StoreOptions{Prefix: "myfsio"})
	if err != nil {
		return err
	}
	// It may answer and still not write: a replica, or one whose memory is full.
	if _, err := store.Get(s.life, "probe", limiter.Rate{Limit: 1, Period: time.Second}); err != nil {
		return err
	}
	s.there.Store(&store)
	return nil
}

// lose looks for Redis in the background until it is back.
func (s *shared) lose(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.life.Err() != nil {
		return
	}
	s.log.Warn("the store of RATE_LIMIT_STORAGE_URI does not answer; until it does this server counts requests for itself", "error", err)
	s.search.Go(func() {
		tick := time.NewTicker(retry)
		defer tick.Stop()
		for {
			select {
			case <-s.life.Done():
				return
			case <-tick.C:
			}
			if s.connect() == nil {
				s.log.Info("the store of RATE_LIMIT_STORAGE_URI answers again")
				return
			}
		}
	})
}

func (s *shared) close() error {
	s.mu.Lock()
	s.end()
	s.mu.Unlock()
	err := s.client.Close()
	s.search.Wait()
	return err
}
