package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// result is one measurement.
type result struct {
	ops      int
	elapsed  time.Duration
	p50, p99 time.Duration
	cpu      time.Duration // of the server's process, 0 where the system does not tell
}

func (r result) rate() float64 { return float64(r.ops) / r.elapsed.Seconds() }

// cost is the CPU time in microseconds that one operation takes of the server.
func (r result) cost() float64 { return float64(r.cpu.Microseconds()) / float64(r.ops) }

// load runs op on conns connections for d, or until most operations were done (0: no limit). op gets the connection's number and a counter
// that is unique over all of them.
func load(s *server, conns int, d time.Duration, most int64, op func(c *client, conn int, n int64) error) (result, error) {
	clients := make([]*client, conns)
	for i := range clients {
		c, err := dial(s.addr)
		if err != nil {
			return result{}, err
		}
		defer c.close()
		clients[i] = c
	}
	var next atomic.Int64
	var failed atomic.Pointer[error]
	took := make([][]time.Duration, conns)
	var wg sync.WaitGroup
	cpu := s.cpu()
	begun := time.Now()
	for i, c := range clients {
		wg.Go(func() {
			for failed.Load() == nil && time.Since(begun) < d {
				n := next.Add(1) - 1
				if most > 0 && n >= most {
					return
				}
				t := time.Now()
				if err := op(c, i, n); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				took[i] = append(took[i], time.Since(t))
			}
		})
	}
	wg.Wait()
	r := result{elapsed: time.Since(begun), cpu: s.cpu() - cpu}
	if err := failed.Load(); err != nil {
		return r, *err
	}
	all := slices.Concat(took...)
	if len(all) == 0 {
		return r, fmt.Errorf("no operation was done in %v", d)
	}
	slices.Sort(all)
	r.ops, r.p50, r.p99 = len(all), all[len(all)/2], all[len(all)*99/100]
	return r, nil
}

// want fails an answer with another status.
func want(res response, err error, status int) error {
	if err != nil {
		return err
	}
	if res.status != status {
		return fmt.Errorf("status %d, not %d: %s", res.status, status, res.body)
	}
	return nil
}
