package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
)

// What the worker takes at most, so that it does not stand in the way of requests.
const (
	stepRows      = 5000                   // rows looked at before the place is noted
	perRow        = 100 * time.Microsecond // rest for a row that was looked at
	perLapse      = time.Millisecond       // rest for a version or an upload that was ended
	bucketsAtOnce = 500
	retryAfter    = 5 * time.Second
)

// Deps is what a Service needs.
type Deps struct {
	Calendar
	KV       kv.Store
	Buckets  *bucket.Service
	Objects  *object.Service
	Clock    clock.Clock
	Interval time.Duration // from the start of one round through all buckets to the start of the next
	Logger   *slog.Logger
}

// Service carries out rules and previews them. Preview and History are safe for concurrent use; Step and Run are one worker's.
type Service struct {
	Deps
	lease lease
}

// New returns a Service.
func New(d Deps) *Service {
	if d.Day == 0 {
		d.Day = 24 * time.Hour
	}
	return &Service{Deps: d, lease: lease{key: meta.LeaseKey("lifecycle"), epoch: d.Objects.Epoch()}}
}

// Run works until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		rest, err := s.Step(ctx)
		if err != nil && ctx.Err() == nil {
			s.Logger.Warn("carrying out lifecycle rules; it is tried again", "error", err)
			rest = retryAfter
		}
		timer.Reset(rest)
	}
}

// Step does a bounded piece of work and returns how long to rest after it. All that it knows is in the store: it may be canceled, fail and
// be repeated at any point.
//
// kill -9: what a step deletes, what it counts and where it got are one transaction. The next step goes on from there.
func (s *Service) Step(ctx context.Context) (time.Duration, error) {
	const op = "lifecycle.Step"
	rest, err := s.step(ctx)
	return rest, bucket.Fault(op, err)
}

func (s *Service) step(ctx context.Context) (time.Duration, error) {
	held, w, err := s.load(ctx)
	if err != nil {
		return 0, err
	}
	if !held {
		if taken, err := s.take(ctx); err != nil || !taken {
			return leaseTime / 3, err
		}
	}
	now := s.Clock.Now()
	if w == nil || !w.Ended.IsZero() {
		if w != nil && !now.Before(w.Started) && now.Before(w.Started.Add(s.Interval)) {
			return w.Started.Add(s.Interval).Sub(now), nil
		}
		w = &meta.LifecycleWalk{Started: now}
	}
	if w.Phase == meta.WalkNone {
		return s.enter(ctx, w, now)
	}
	b, set, err := s.rulesOf(ctx, w.Bucket)
	if err != nil && !fault.Is(err, fault.NoSuchBucket) {
		return 0, err
	}
	if err != nil || b.ID != w.ID {
		return 0, s.KV.Update(ctx, func(tx kv.Txn) error {
			gone := meta.LifecycleWalk{Started: w.Started, Bucket: w.Bucket}
			return s.note(tx, &gone)
		})
	}
	return s.walk(ctx, b, set, w, now)
}

// load reads where the work stands, nil for nowhere, and whether it is this node's.
func (s *Service) load(ctx context.Context) (held bool, w *meta.LifecycleWalk, err error) {
	err = s.KV.View(ctx, func(r kv.Reader) error {
		if held, err = s.lease.held(r); err != nil {
			return err
		}
		raw, err := r.Get(meta.LifecycleKey())
		if errors.Is(err, kv.ErrNotFound) {
			w = nil
			return nil
		}
		if err != nil {
			return err
		}
		w, err = meta.DecodeLifecycleWalk(raw)
		return err
	})
	return held, w, err
}

// note writes where the work stands.
func (s *Service) note(tx kv.Txn, w *meta.LifecycleWalk) error {
	if err := s.lease.renew(tx); err != nil {
		return err
	}
	return tx.Set(meta.LifecycleKey(), w.Encode())
}

// enter goes to the next bucket with rules, or ends the round.
func (s *Service) enter(ctx context.Context, w *meta.LifecycleWalk, now time.Time) (time.Duration, error) {
	looked := 0
	for more := true; more && w.Phase == meta.WalkNone; {
		var page []*meta.Bucket
		var err error
		if page, more, err = s.Buckets.List(ctx, bucket.ListInput{After: w.Bucket, Max: bucketsAtOnce}); err != nil {
			return 0, err
		}
		for _, b := range page {
			looked++
			w.Bucket, w.ID = b.Name, b.ID
			set, err := s.ruleset(ctx, b)
			if err != nil {
				return 0, err
			}
			if !set.empty() {
				w.Run = meta.LifecycleRun{Started: now}
				set.enter(w)
				break
			}
		}
	}
	if w.Phase == meta.WalkNone {
		*w = meta.LifecycleWalk{Started: w.Started, Ended: now}
	}
	return time.Duration(looked) * perRow, s.KV.Update(ctx, func(tx kv.Txn) error { return s.note(tx, w) })
}

func (s *Service) rulesOf(ctx context.Context, name string) (*meta.Bucket, *ruleset, error) {
	b, err := s.Buckets.Get(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	set, err := s.ruleset(ctx, b)
	return b, set, err
}

func (s *Service) ruleset(ctx context.Context, b *meta.Bucket) (*ruleset, error) {
	l, err := bucket.GetDocument(ctx, s.Buckets, b, bucket.Lifecycle)
	if err != nil || l == nil {
		return &ruleset{}, err
	}
	return newRuleset(l.Rules), nil
}

// walk looks for what is due, ends it, and notes how far it got.
func (s *Service) walk(ctx context.Context, b *meta.Bucket, set *ruleset, w *meta.LifecycleWalk, now time.Time) (time.Duration, error) {
	if set.empty() { // the rules are gone
		w.Phase = meta.WalkNone
	}
	var list []*due
	looked := 0
	for w.Phase != meta.WalkNone && len(list) == 0 && looked < stepRows {
		var rows int
		var err error
		if list, rows, err = s.page(ctx, b, set, w, now, object.MaxLapsed); err != nil {
			return 0, err
		}
		looked += max(rows, 1)
	}
	items := make([]*object.Lapsed, len(list))
	for i, d := range list {
		items[i] = &d.Lapsed
	}
	err := s.Objects.Lapse(ctx, b, items, func(tx kv.Txn) error {
		to := *w
		for _, d := range list {
			d.count(&to.Run)
		}
		if to.Phase == meta.WalkNone {
			to.Run.Ended = now
			if err := remember(tx, b, to.Run); err != nil {
				return err
			}
			to = meta.LifecycleWalk{Started: w.Started, Bucket: b.Name}
		}
		return s.note(tx, &to)
	})
	if fault.Is(err, fault.NoSuchBucket) { // the next step finds it so
		err = nil
	}
	return time.Duration(looked)*perRow + time.Duration(len(list))*perLapse, err
}

// remember adds a run to the history of the bucket.
func remember(tx kv.Txn, b *meta.Bucket, run meta.LifecycleRun) error {
	h, err := bucket.ReadDocument(tx, b, bucket.LifecycleHistory)
	if err != nil {
		return err
	}
	if h == nil {
		h = &meta.LifecycleHistory{}
	}
	h.Add(run)
	return tx.Set(meta.DocumentKey(b.ID, bucket.LifecycleHistory.Name), h.Encode())
}

// History returns the latest runs in the bucket, newest first.
func (s *Service) History(ctx context.Context, b *meta.Bucket) (meta.LifecycleHistory, error) {
	h, err := bucket.GetDocument(ctx, s.Buckets, b, bucket.LifecycleHistory)
	if err != nil || h == nil {
		return nil, err
	}
	return *h, nil
}
