package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/ulule/limiter/v3"
	"github.com/ulule/limiter/v3/drivers/store/memory"
	redisstore "github.com/ulule/limiter/v3/drivers/store/redis"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// limits holds the counters of requests and the limits of S3 traffic, by address. Without limits a request costs one comparison.
type limits struct {
	store   limiter.Store
	redis   *redis.Client
	proxies []netip.Prefix
	classes map[string][]*limiter.Limiter
}

func newLimits(c *config.Config) (*limits, error) {
	l := &limits{proxies: c.TrustedProxies, classes: map[string][]*limiter.Limiter{}}
	if strings.HasPrefix(c.RateStorageURI, "redis://") || strings.HasPrefix(c.RateStorageURI, "rediss://") {
		opts, err := redis.ParseURL(c.RateStorageURI)
		if err != nil {
			return nil, fmt.Errorf("RATE_LIMIT_STORAGE_URI is no redis address") // the cause may hold a password
		}
		l.redis = redis.NewClient(opts)
		if l.store, err = redisstore.NewStoreWithOptions(l.redis, limiter.StoreOptions{Prefix: "myfsio"}); err != nil {
			return nil, fmt.Errorf("RATE_LIMIT_STORAGE_URI: %w", err)
		}
	} else {
		l.store = memory.NewStore()
	}
	for class, rates := range map[string][]config.Rate{"buckets": c.RateListBuckets, "bucket": c.RateBucketOps, "object": c.RateObjectOps, "head": c.RateHeadOps} {
		for _, r := range rates {
			l.classes[class] = append(l.classes[class], limiter.New(l.store, limiter.Rate{Limit: r.Limit, Period: r.Period}))
		}
	}
	return l, nil
}

// wrap answers SlowDown over a limit. A counter store that fails lets requests pass: it must not take the data down with it.
func (l *limits) wrap(next http.Handler) http.Handler {
	if len(l.classes) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		class := classOf(r)
		for i, lim := range l.classes[class] {
			got, err := lim.Get(r.Context(), "s3:"+class+":"+strconv.Itoa(i)+":"+l.address(r))
			if err != nil {
				break
			}
			if got.Reached {
				unavailable(w, r, s3err.New("SlowDown"))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// classOf tells by the shape of a path-style request; a virtual-host request counts as one of its bucket's objects.
func classOf(r *http.Request) string {
	path := strings.Trim(r.URL.EscapedPath(), "/")
	switch {
	case r.Method == http.MethodHead:
		return "head"
	case path == "":
		return "buckets"
	case !strings.Contains(path, "/"):
		return "bucket"
	}
	return "object"
}

// address is the client's, after trusted proxies.
func (l *limits) address(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && l.trusted(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr.String()
}

func (l *limits) trusted(a netip.Addr) bool {
	for _, p := range l.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func (l *limits) close() error {
	if l.redis == nil {
		return nil
	}
	return l.redis.Close()
}
