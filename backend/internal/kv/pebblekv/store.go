// Package pebblekv is the embedded metadata engine: the kv contract on Pebble.
//
// Transactions run one after another under the writer token, on an indexed batch over the live database, and are committed without
// waiting for the log. One syncer goroutine takes a snapshot, syncs the log behind it, and then publishes that snapshot to every View and
// releases the Updates whose commits and reads it covers. So a group of commits shares one sync, nobody waits for a timer, and nobody
// sees what a crash could take back.
//
// kill -9 or power loss, by step of an Update:
//
//   - fn runs: nothing was written.
//   - committed to log buffer and memtable: lost or kept as a whole (a batch is one log record); nobody was told, no View saw it.
//   - log synced, not yet published: kept; nobody was told.
//   - published, Update returned: kept.
//
// Memtables reach tables in the background and a log is removed only after that is durable, which Pebble takes care of.
package pebblekv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

// Options of Open. The zero value is a writable store on the disk with the defaults.
type Options struct {
	// FS stands in for the disk's file system, in tests; nil is the disk.
	FS vfs.FS
	// Logger receives what the engine has to say; nil discards it.
	Logger *slog.Logger
	// ReadOnly changes nothing on the disk: writes answer kv.ErrReadOnly.
	ReadOnly bool
	// CacheBytes is the size of the block cache; 0 is 64 MiB, of which the memtables take their part.
	CacheBytes int64
	// MemtableBytes is the size of a memtable; 0 is 16 MiB, less on a small file system.
	MemtableBytes uint64
	// Reserve is the space in bytes below which only Reclaim and Deletes are admitted; 0 is the larger of 1 GiB and 2 % of the file
	// system, but at most a tenth of it.
	Reserve uint64
	// Ballast holds 256 MiB (less on a small file system) back in a file, given up when the disk is full.
	Ballast bool
	// Clock is asked how old the figure for free space is; nil is the machine's.
	Clock clock.Clock
}

// Store is the engine; it implements kv.Store.
type Store struct {
	opts   Options
	db     *pebble.DB
	disk   *disk
	space  *space
	log    *slog.Logger
	writer chan struct{} // holds one token while a transaction runs
	wake   chan struct{} // tells the syncer that something was committed
	stop   chan struct{} // closed when the syncer shall end
	ended  chan struct{} // closed when it has
	bury   chan struct{} // tells the undertaker that a snapshot has died
	last   chan struct{} // closed when no more will
	buried chan struct{} // closed when all have been closed

	swept chan struct{} // closed when the sweeper has ended

	sweeper *sweeper
	hot     *hotRows
	flow    flow
	rotated atomic.Bool // a new memtable was begun

	mu        sync.Mutex
	closed    bool
	active    sync.WaitGroup // added to under mu while not closed
	committed uint64         // commits so far
	durable   uint64         // how many of them are durable
	syncing   *round         // the round under way, or the last one
	covers    uint64         // the commits that it covers
	next      *round         // the round after it: covers every commit so far
	view      *snapshot      // what Views read
	touched   kinds          // of the commits since the last round began

	generations generations
	dead        []*snapshot // to be closed by the undertaker
}

// round is one sync of the log: done is closed when everything committed before it began is durable.
type round struct{ done chan struct{} }

func newRound() *round { return &round{done: make(chan struct{})} }

// snapshot is a durable state, closed when it was replaced and the last View of it ended. refs is guarded by Store.mu.
type snapshot struct {
	*pebble.Snapshot
	refs int
}

// Open opens the store in dir and makes it if there is none (not when ReadOnly). One process owns a store at a time.
func Open(dir string, opts Options) (*Store, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.FS == nil {
		opts.FS = vfs.Default
	}
	if opts.Clock == nil {
		opts.Clock = clock.System{}
	}
	b := &ballast{path: opts.FS.PathJoin(dir, ballastName)}
	s := &Store{
		opts:   opts,
		disk:   newDisk(opts.FS, b, opts.Logger),
		space:  &space{fs: opts.FS, dir: dir, clock: opts.Clock, reserve: opts.Reserve, ballast: b},
		log:    opts.Logger,
		writer: make(chan struct{}, 1),
		wake:   make(chan struct{}, 1),
		stop:   make(chan struct{}),
		ended:  make(chan struct{}),
		bury:   make(chan struct{}, 1),
		swept:  make(chan struct{}),
		last:   make(chan struct{}),
		buried: make(chan struct{}),
		next:   newRound(),

		sweeper: newSweeper(),
		hot:     newHotRows(),
	}
	if !opts.ReadOnly {
		if err := opts.FS.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("pebblekv: open: %w", err)
		}
		if _, err := opts.FS.Stat(b.path); err == nil {
			b.held = true
		}
		s.space.check(0)
		if opts.Ballast {
			b.size = min(ballastBytes, s.space.usage.TotalBytes/20)
			s.space.asked = time.Time{}
			s.space.check(0)
		}
	}
	s.sized()
	if err := s.open(dir); err != nil {
		return nil, fmt.Errorf("pebblekv: open: %w", err)
	}
	s.view = &snapshot{Snapshot: s.db.NewSnapshot(), refs: 1}
	go s.syncer()
	go s.undertaker()
	go s.sweeps()
	return s, nil
}

// open opens Pebble. A failure may leave goroutines of its own behind; they find the disk stopped.
func (s *Store) open(dir string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pebble: %v", p)
		}
		if err != nil {
			s.disk.poison(err)
			err = errors.Join(err, s.disk.unlock())
		}
		s.disk.live.Store(true)
	}()
	s.db, err = pebble.Open(dir, s.tuned())
	if err == nil {
		err = s.disk.why()
	}
	return err
}

// enter counts a call in, so that Close waits for it.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return kv.ErrClosed
	}
	s.active.Add(1)
	return nil
}

// View runs fn on the last published snapshot.
func (s *Store) View(ctx context.Context, fn func(kv.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.active.Done()
	s.mu.Lock()
	snap := s.view
	snap.refs++
	s.mu.Unlock()
	defer s.release(snap)
	r := &reader{ctx: ctx, from: snap}
	return r.run(fn)
}

// run calls fn and closes what it left open, also when fn panics.
func (r *reader) run(fn func(kv.Reader) error) (err error) {
	defer func() { err = r.finish(err) }()
	return fn(r)
}

// release ends one use of a snapshot. Closing it can wait for a write of Pebble's manifest, which neither a View nor the syncer shall do.
func (s *Store) release(snap *snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if snap.refs--; snap.refs > 0 {
		return
	}
	s.dead = append(s.dead, snap)
	select {
	case s.bury <- struct{}{}:
	default:
	}
}

// undertaker closes dead snapshots, so that compactions may drop what only they could see.
func (s *Store) undertaker() {
	defer close(s.buried)
	for {
		s.mu.Lock()
		dead := s.dead
		s.dead = nil
		s.mu.Unlock()
		for _, snap := range dead {
			if err := snap.Close(); err != nil {
				s.log.Error("metadata: snapshot not closed", "err", err)
			}
		}
		if len(dead) > 0 {
			continue
		}
		select {
		case <-s.bury:
		case <-s.last:
			if len(s.bury) == 0 {
				return
			}
		}
	}
}

// Update runs fn in a transaction. Where space is short its Set answers kv.ErrFull.
func (s *Store) Update(ctx context.Context, fn func(kv.Txn) error) error {
	return s.update(ctx, fn, false)
}

// Reclaim is Update for work that gives space back; see kv.Reclaimer.
func (s *Store) Reclaim(ctx context.Context, fn func(kv.Txn) error) error {
	return s.update(ctx, fn, true)
}

func (s *Store) update(ctx context.Context, fn func(kv.Txn) error, reclaim bool) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.active.Done()
	t := &txn{reader: reader{ctx: ctx}, sweeper: s.sweeper, hot: s.hot}
	r, wrote, err := s.attempt(t, fn, reclaim)
	if werr := s.await(r, wrote); werr != nil {
		return werr
	}
	if err != nil {
		return err
	}
	for _, hook := range t.hooks {
		hook()
	}
	return nil
}

// admit takes the writer token, unless nothing can be written now.
func (s *Store) admit(ctx context.Context) error {
	for {
		stalled := s.disk.stalled()
		select {
		case <-s.disk.poisoned:
			return kv.ErrPoisoned
		case <-stalled:
			return kv.ErrFull
		default:
		}
		token, gate := s.writer, s.flow.gate()
		if gate != nil {
			token = nil
		}
		select {
		case token <- struct{}{}:
			return nil
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.disk.poisoned:
		case <-stalled:
		}
	}
}

func (s *Store) yield() { <-s.writer }

// attempt runs and commits one transaction. It returns the round that makes durable what fn read and wrote, or nil if all of that is
// durable already, and whether anything was written.
func (s *Store) attempt(t *txn, fn func(kv.Txn) error, reclaim bool) (r *round, wrote bool, err error) {
	if err := s.admit(t.ctx); err != nil {
		return nil, false, err
	}
	mine := true // the token is
	defer func() {
		if mine {
			s.yield()
		}
	}()
	state := s.space.check(0)
	switch {
	case s.opts.ReadOnly:
		t.refuse = kv.ErrReadOnly
	case state == none || state == low && !reclaim:
		t.refuse = kv.ErrFull
	}
	t.batch = s.db.NewIndexedBatch()
	t.from = t.batch
	err = t.run(func(kv.Reader) error { return fn(t) })
	if err == nil {
		err = t.ctx.Err()
	}
	if err != nil || t.batch.Empty() {
		if cerr := t.batch.Close(); err == nil {
			err = cerr
		}
		return s.joined(nil), false, err
	}
	s.space.check(t.budget.Bytes())
	// A commit that begins a new log file waits where there is no space for it. Then its goroutine waits, not the caller. (Inline it
	// would be no faster: the difference could not be measured.)
	mine = false
	c := make(chan committed, 1)
	go func() {
		defer s.yield()
		r, err := s.commit(t.batch, &t.touched, t.written)
		c <- committed{r, err}
	}()
	select {
	case c := <-c:
		return c.r, true, c.err
	case <-s.disk.stalled():
	case <-s.disk.poisoned:
	}
	select {
	case c := <-c:
		return c.r, true, c.err
	case <-time.After(patience):
		return nil, true, kv.ErrUnknown
	}
}

type committed struct {
	r   *round
	err error
}

// patience is how long an Update that is already written waits for its durability on a full disk.
const patience = 2 * time.Second

// commit hands the batch, which touched keys of these kinds, to Pebble, and remembers these rows of it. The caller holds the writer token.
func (s *Store) commit(batch *pebble.Batch, touched *kinds, hot []hotRow) (*round, error) {
	err := batch.Commit(pebble.NoSync)
	if err == nil {
		for _, row := range hot {
			s.hot.keep(row.key, row.value)
		}
		err = batch.Close()
	}
	s.regulate()
	return s.joined(touched), err
}

// await waits for a round. What was written before the disk failed may be there after a restart, or not.
func (s *Store) await(r *round, wrote bool) error {
	if r == nil {
		return nil
	}
	select {
	case <-r.done:
		return nil
	case <-s.disk.poisoned:
	case <-s.disk.stalled():
		select {
		case <-r.done:
			return nil
		case <-s.disk.poisoned:
		case <-time.After(patience):
			if wrote {
				return fmt.Errorf("%w: %w", kv.ErrUnknown, kv.ErrFull)
			}
			return kv.ErrFull
		}
	}
	select {
	case <-r.done:
		return nil
	default:
	}
	if wrote {
		return fmt.Errorf("%w: %w", kv.ErrUnknown, kv.ErrPoisoned)
	}
	return kv.ErrPoisoned
}

// joined returns the round to wait for after a transaction that has seen every commit so far, and counts one more if it wrote:
// touched is nil if it did not.
func (s *Store) joined(touched *kinds) *round {
	s.mu.Lock()
	defer s.mu.Unlock()
	if touched != nil {
		s.committed++
		s.touched.merge(touched)
	}
	switch s.committed {
	case s.durable:
		return nil
	case s.covers:
		return s.syncing
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return s.next
}

// syncer makes commits durable, round by round, while the next ones gather.
func (s *Store) syncer() {
	defer close(s.ended)
	for {
		select {
		case <-s.wake:
			s.sync()
		case <-s.stop:
			return
		}
	}
}

// sync runs one round. The snapshot holds at least the commits counted before it and nothing that is not in the log before the record
// that is synced here; it may hold a few later commits, durable as well, whose Updates the next round releases.
func (s *Store) sync() {
	s.mu.Lock()
	n, r := s.committed, s.next
	if n == s.durable {
		s.mu.Unlock()
		return
	}
	s.syncing, s.covers, s.next = r, n, newRound()
	touched := s.touched
	s.touched = kinds{}
	s.mu.Unlock()

	snap := &snapshot{Snapshot: s.db.NewSnapshot(), refs: 1}
	err := s.db.LogData(nil, pebble.Sync)
	if err != nil {
		s.disk.poison(err)
	}
	if s.disk.failed() { // the log may only pretend
		return
	}
	s.mu.Lock()
	old := s.view
	s.view = snap
	s.durable = n
	s.mu.Unlock()
	s.generations.advance(&touched)
	close(r.done)
	s.release(old)
}

// DeleteRange removes [start, end) in one durable step.
func (s *Store) DeleteRange(ctx context.Context, start, end []byte) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.active.Done()
	if s.opts.ReadOnly {
		return kv.ErrReadOnly
	}
	if end == nil {
		end = beyond
	}
	if len(start) == 0 {
		start = first
	}
	if string(start) >= string(end) {
		return nil
	}
	r, err := s.deleteRange(ctx, start, end)
	if err != nil {
		return err
	}
	s.sweeper.deletedRange()
	return s.await(r, true)
}

func (s *Store) deleteRange(ctx context.Context, start, end []byte) (*round, error) {
	if err := s.admit(ctx); err != nil {
		return nil, err
	}
	defer s.yield()
	s.hot.clear()
	batch := s.db.NewBatch()
	if err := batch.DeleteRange(start, end, nil); err != nil {
		return nil, err
	}
	return s.commit(batch, &everyKind, nil)
}

// first is the first key that can be stored.
var first = []byte{0}

// beyond sorts after every key that can be stored.
var beyond = func() []byte {
	b := make([]byte, kv.MaxKey+1)
	for i := range b {
		b[i] = 0xff
	}
	return b
}()

// Close waits for running calls and closes the store. Everything that was acknowledged is durable before, so it only tidies up; on a
// disk that failed or is full it leaves that to the next Open.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return kv.ErrClosed
	}
	s.closed = true
	s.mu.Unlock()

	quiet := make(chan struct{})
	go func() {
		s.active.Wait()
		close(s.stop)
		<-s.ended
		<-s.swept
		close(quiet)
	}()
	s.untilStuck(quiet)
	<-quiet
	if s.disk.failed() {
		return s.disk.unlock()
	}
	done := make(chan error, 1)
	tidy := make(chan struct{})
	go func() {
		if !s.opts.ReadOnly { // so that the next Open has no log to replay
			if err := s.db.Flush(); err != nil {
				s.log.Warn("metadata: flush failed", "err", err)
			}
		}
		s.release(s.view)
		close(s.last)
		<-s.buried
		done <- s.db.Close()
		close(tidy)
	}()
	s.untilStuck(tidy)
	select {
	case err := <-done:
		return errors.Join(err, s.disk.unlock())
	case <-s.disk.poisoned:
		return s.disk.unlock()
	}
}

// untilStuck waits for done; when something waits for space meanwhile, the disk is stopped.
func (s *Store) untilStuck(done <-chan struct{}) {
	select {
	case <-done:
	case <-s.disk.poisoned:
	case <-s.disk.stalled():
		s.disk.poison(errClosing)
	}
}
