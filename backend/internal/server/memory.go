package server

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// headroom is how much garbage in bytes may gather before it is collected. With the few megabytes that a small store needs, Go's default
// would collect many times a second under load, which takes a fifth of the processor from small requests.
const headroom = 64 << 20

// paceCollector lets garbage gather up to the larger of headroom and what is in use, which is Go's default. GOGC in the environment
// turns it off; GOMEMLIMIT holds as always.
func paceCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	last := 100
	var after func(*sentinel)
	after = func(s *sentinel) {
		metrics.Read(live)
		percent := int(max(100, headroom*100/max(live[0].Value.Uint64(), 1<<20)))
		if percent < last*9/10 || percent > last*11/10 {
			last = percent
			debug.SetGCPercent(percent)
		}
		runtime.SetFinalizer(s, after)
	}
	after(&sentinel{})
}

// sentinel is garbage at once; its finalizer runs after every collection.
type sentinel struct{ _ [16]byte }
