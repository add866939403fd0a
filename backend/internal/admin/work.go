package admin

import (
	"context"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

const (
	jobWorkers = 2                // jobs at a time
	jobStep    = 100              // keys between two saves
	jobLook    = 5 * time.Second  // between looks for jobs that somebody else left behind
	jobBeat    = 10 * time.Second // between signs of life
	jobStale   = 45 * time.Second // without one, as observed here, a job is taken over
	jobRetries = 6
)

// jobs is the work on jobs in this process.
type jobs struct {
	a    *API
	node string // names this process
	wake chan struct{}

	mu     sync.Mutex
	active map[string]context.CancelFunc
	seen   map[string]sighting
}

// sighting is the last sign of life of another process, and when it was first seen here: clocks of processes are never compared.
type sighting struct {
	fence, beat int64
	at          time.Time
}

func newJobs(a *API) *jobs {
	var name [8]byte
	a.Idents.Fill(name[:])
	return &jobs{a: a, node: hex.EncodeToString(name[:]), wake: make(chan struct{}, 1), active: map[string]context.CancelFunc{}, seen: map[string]sighting{}}
}

func (s *jobs) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *jobs) running() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.active))
}

// stop ends the work on a job in this process.
func (s *jobs) stop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.active[id]; cancel != nil {
		cancel()
	}
}

// run takes jobs up until ctx ends, then waits for the step that each is in.
func (s *jobs) run(ctx context.Context) error {
	var group sync.WaitGroup
	defer group.Wait()
	tick := time.NewTicker(jobLook)
	defer tick.Stop()
	for {
		if err := s.look(ctx, &group); err != nil && ctx.Err() == nil {
			s.a.Logger.ErrorContext(ctx, "looking for jobs failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// look starts what is to be done and not in good hands.
func (s *jobs) look(ctx context.Context, group *sync.WaitGroup) error {
	var open []*jobRecord
	err := s.a.KV.View(ctx, func(r kv.Reader) error {
		open = nil
		ids, err := openJobs(r)
		if err != nil {
			return err
		}
		for _, id := range ids {
			j, err := getJob(r, id)
			if err != nil {
				return err
			}
			open = append(open, j)
		}
		return nil
	})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, j := range open {
		known[j.id] = true
		if !s.free(j) {
			continue
		}
		work, cancel := context.WithCancel(ctx)
		if !s.begin(j.id, cancel) {
			cancel()
			continue
		}
		group.Go(func() {
			defer s.poke()
			defer s.end(j.id, cancel)
			s.work(work, j)
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.seen {
		if !known[id] {
			delete(s.seen, id)
		}
	}
	return nil
}

// begin books one of the few places.
func (s *jobs) begin(id string, cancel context.CancelFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[id] != nil || len(s.active) >= jobWorkers {
		return false
	}
	s.active[id] = cancel
	return true
}

func (s *jobs) end(id string, cancel context.CancelFunc) {
	cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.active, id)
}

// free reports whether nobody works on the job.
func (s *jobs) free(j *jobRecord) bool {
	if j.owner == "" || j.owner == s.node || s.a.Alone {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	was, ok := s.seen[j.id]
	if !ok || was.fence != j.fence || was.beat != j.beat {
		s.seen[j.id] = sighting{j.fence, j.beat, s.a.Clock.Now()}
		return false
	}
	return s.a.Clock.Since(was.at) >= jobStale
}

var (
	errLost = errors.New("admin: another process works on the job")
	errOver = errors.New("admin: the job was ended")
)

// worker is the work on one job.
type worker struct {
	s    *jobs
	a    *API
	mu   sync.Mutex // of j, against the signs of life
	j    *jobRecord
	work *items
	last time.Time // of the last save

	from, to *meta.Bucket
	who      *access.Asker
}

// work does one job, from where it is to its end or the end of ctx.
//
// A kill at any moment loses at most the account of the last step: its keys are looked at again, and what is gone already counts as done.
func (s *jobs) work(ctx context.Context, j *jobRecord) {
	w := &worker{s: s, a: s.a, j: j}
	err := w.claim(ctx)
	if errors.Is(err, errLost) || errors.Is(err, errOver) {
		return
	}
	if err == nil {
		stop := w.live(ctx)
		err = w.do(ctx)
		stop()
	}
	// What is told of the end is told even when the server stops: it has its own time.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), jobLook)
	defer cancel()
	switch {
	case errors.Is(err, errLost), errors.Is(err, errOver):
		return
	case ctx.Err() != nil:
		err = w.save(last, func(tx kv.Txn, j *jobRecord) error { j.owner = ""; return nil })
	case err != nil:
		p := problem(&reqinfo.Info{}, err)
		if fault.Is(err, fault.Internal) {
			s.a.Logger.ErrorContext(ctx, "job failed", "job", j.id, "error", err)
		}
		err = w.save(last, func(tx kv.Txn, j *jobRecord) error { return finish(tx, j, jobFailed, p.Detail, s.a.Clock.Now()) })
	default:
		err = w.save(last, func(tx kv.Txn, j *jobRecord) error {
			j.total = j.done
			return finish(tx, j, jobDone, "", s.a.Clock.Now())
		})
	}
	if err != nil && !errors.Is(err, errLost) && !errors.Is(err, errOver) {
		s.a.Logger.ErrorContext(ctx, "the state of a job could not be saved", "job", j.id, "error", err)
	}
}

// claim makes this process the owner, unless another one was faster.
func (w *worker) claim(ctx context.Context) error {
	seen := w.j
	err := w.a.KV.Update(ctx, func(tx kv.Txn) error {
		j, err := getJob(tx, seen.id)
		switch {
		case fault.Is(err, fault.NotFound), err == nil && j.finishedState():
			return errOver
		case err != nil:
			return err
		case (j.fence != seen.fence || j.beat != seen.beat) && j.owner != w.s.node:
			return errLost
		}
		raw, err := tx.Get(jobKey(jobItems, j.id))
		if err != nil {
			return err
		}
		if w.work, err = decodeItems(raw); err != nil {
			return err
		}
		j.owner, j.fence = w.s.node, j.fence+1
		if j.started.IsZero() {
			j.started = w.a.Clock.Now()
		}
		w.j = j
		return tx.Set(jobKey(jobRows, j.id), j.encode())
	})
	w.last = w.a.Clock.Now()
	return err
}

// save writes how far the job is, and what more fn does to the record, if the job still is this worker's. A job that was canceled keeps what
// was done until then, and ends the worker.
func (w *worker) save(ctx context.Context, fn func(kv.Txn, *jobRecord) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.a.Clock.Now()
	w.j.worked += now.Sub(w.last)
	w.last = now
	w.j.beat++
	return w.a.KV.Update(ctx, func(tx kv.Txn) error {
		was, err := getJob(tx, w.j.id)
		switch {
		case fault.Is(err, fault.NotFound):
			return errOver
		case err != nil:
			return err
		case was.fence != w.j.fence:
			return errLost
		}
		j := *w.j
		if was.finishedState() {
			j.state, j.message, j.finished, j.owner = was.state, was.message, was.finished, ""
			if err := tx.Set(jobKey(jobRows, j.id), j.encode()); err != nil {
				return err
			}
			tx.OnCommit(func() { w.s.stop(j.id) })
			return nil
		}
		if fn != nil {
			if err := fn(tx, &j); err != nil {
				return err
			}
			if j.finishedState() {
				return nil // written with the rows that end it
			}
		}
		return tx.Set(jobKey(jobRows, j.id), j.encode())
	})
}

// live gives signs of life during steps that take long.
func (w *worker) live(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(jobBeat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := w.save(ctx, nil); errors.Is(err, errLost) || errors.Is(err, errOver) {
					w.s.stop(w.j.id)
					return
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}
