// Package pgkv is the shared metadata engine: the kv contract on PostgreSQL, for several servers on one store.
//
// Keys and values are rows of one table. Its primary key serves ranges; a hash index on an expression over the key serves point reads,
// because a serializable transaction locks what it read, and in a b-tree that is a page full of neighbours, which would make
// transactions on different keys fail each other all the time. Ranges inside an Update are therefore for looking whether something is there.
//
// An Update keeps its writes in memory and sends them together with COMMIT in one message, so that rows are locked as shortly as can be.
// Each writes a row with a random transaction id. kill -9 or power loss, of server or database, by step:
//
//   - fn runs: nothing was written.
//   - COMMIT sent, no answer: the outcome is found out by inserting the same transaction id. That waits for the transaction if it is still
//     running; if the row is there already it was committed; if not, the id is taken now and the transaction can no longer commit. Only
//     where the database cannot be asked the answer is kv.ErrUnknown.
//   - COMMIT answered: durable (synchronous_commit is on). PostgreSQL shows a commit to others only after it is durable.
package pgkv

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

// Options of Open.
type Options struct {
	// Logger receives what the engine has to say; nil discards it.
	Logger *slog.Logger
	// MaxConns bounds the connections; 0 is 16. A View inside of an Update needs a second one.
	MaxConns int32
	// Rand makes transaction ids and the spread of retries; nil is crypto/rand.
	Rand io.Reader
	// ReadOnly writes nothing, not even the tables.
	ReadOnly bool
}

// Store is the engine; it implements kv.Store.
type Store struct {
	opts Options
	log  *slog.Logger
	pool *pgxpool.Pool
	stop chan struct{}
	tidy chan struct{} // closed when the tidying goroutine has ended

	mu     sync.Mutex
	closed bool
	active sync.WaitGroup // added to under mu while not closed

	randMu sync.Mutex

	patience time.Duration // how long an outcome is looked for
}

const (
	retries        = 10
	commitTimeout  = 30 * time.Second
	resolveTimeout = 10 * time.Second
	tidyEvery      = 10 * time.Minute
)

var schema = []string{
	`create table if not exists myfsio_kv (k bytea primary key, v bytea not null)`,
	`create index if not exists myfsio_kv_point on myfsio_kv using hash ((k||''::bytea))`,
	`create table if not exists myfsio_txn (id bytea primary key, at timestamptz not null default now())`,
}

// schemaLock is an advisory lock: two servers that create the tables at once would fail each other.
const schemaLock = 0x6d7966736b76

// Open connects to the database that dsn (a URL or key=value list) names and makes the tables if they are not there. A password in the
// dsn does not appear in errors.
func Open(ctx context.Context, dsn string, opts Options) (*Store, error) {
	const op = "pgkv.Open"
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fault.New(op, fault.InvalidArgument, "the database URL cannot be parsed") // err may quote it
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	cfg.MaxConns = 16
	if opts.MaxConns > 0 {
		cfg.MaxConns = opts.MaxConns
	}
	for name, value := range map[string]string{
		"application_name":   "myfsio",
		"synchronous_commit": "on",
		// The plans must be index scans, since those lock the least: a table scan locks everything.
		"enable_seqscan":    "off",
		"enable_bitmapscan": "off",
		"enable_hashjoin":   "off",
		"enable_mergejoin":  "off",
		"jit":               "off",
	} {
		cfg.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, unavailable(op, err)
	}
	s := &Store{opts: opts, log: opts.Logger, pool: pool, stop: make(chan struct{}), tidy: make(chan struct{}), patience: resolveTimeout}
	if err := s.prepare(ctx); err != nil {
		pool.Close()
		return nil, unavailable(op, err)
	}
	go s.tidies()
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	if s.opts.ReadOnly {
		return s.pool.Ping(ctx)
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, int64(schemaLock)); err != nil {
			return err
		}
		for _, sql := range schema {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
}

// unavailable classifies an error of the database or of the way to it.
func unavailable(op string, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "53100": // disk_full
			return fmt.Errorf("%s: %w: %w", op, kv.ErrFull, err)
		case "25006": // read_only_sql_transaction
			return fmt.Errorf("%s: %w: %w", op, kv.ErrReadOnly, err)
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &fault.Error{Kind: fault.Unavailable, Op: op, Err: err}
}

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

// View runs fn on the snapshot of its first read.
func (s *Store) View(ctx context.Context, fn func(kv.Reader) error) error {
	const op = "pgkv.View"
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.active.Done()
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return unavailable(op, err)
	}
	defer conn.Release()
	r := &reader{session: &session{ctx: ctx, conn: conn.Conn(), begin: `begin isolation level repeatable read, read only`}, point: pointView}
	defer r.end(`rollback`)
	err = r.finish(fn(r))
	if r.failed != nil && (err == nil || errors.Is(err, r.failed)) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return unavailable(op, r.failed)
	}
	return err
}

// Update runs fn in a serializable transaction, again when others were in the way: at most ten times, then it fails with fault.Busy.
func (s *Store) Update(ctx context.Context, fn func(kv.Txn) error) error {
	const op = "pgkv.Update"
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.active.Done()
	for n := 0; ; n++ {
		hooks, again, err := s.attempt(ctx, fn)
		if !again {
			if err == nil {
				for _, hook := range hooks {
					hook()
				}
			}
			return err
		}
		if n == retries {
			return &fault.Error{Kind: fault.Busy, Op: op, Err: err}
		}
		if err := s.rest(ctx, n); err != nil {
			return err
		}
	}
}

// rest waits before the next attempt: a random time below 1, 2, 4 … 256 ms.
func (s *Store) rest(ctx context.Context, n int) error {
	random, err := s.random(2)
	if err != nil {
		return err
	}
	most := time.Millisecond << min(n, 8)
	t := time.NewTimer(most * time.Duration(int(random[0])<<8|int(random[1])) >> 16)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) random(n int) ([]byte, error) {
	s.randMu.Lock()
	defer s.randMu.Unlock()
	p := make([]byte, n)
	_, err := io.ReadFull(s.opts.Rand, p)
	return p, err
}

// attempt runs fn once. again tells that the transaction did not happen and may be tried once more.
func (s *Store) attempt(ctx context.Context, fn func(kv.Txn) error) (hooks []func(), again bool, err error) {
	const op = "pgkv.Update"
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, false, unavailable(op, err)
	}
	// Released before an outcome is looked for: that needs a connection.
	release := sync.OnceFunc(conn.Release)
	defer release()
	t := newTxn(&session{ctx: ctx, conn: conn.Conn(), begin: `begin isolation level serializable`}, s.opts.ReadOnly)
	defer t.end(`rollback`)
	ferr := t.finish(fn(t))
	switch {
	case t.failed != nil && ctx.Err() != nil:
		return nil, false, ctx.Err()
	case t.failed != nil && contended(t.failed):
		return nil, true, t.failed
	case t.failed != nil && (ferr == nil || errors.Is(ferr, t.failed)):
		return nil, false, unavailable(op, t.failed)
	case t.failed != nil:
		return nil, false, ferr
	case ferr == nil && ctx.Err() != nil:
		return nil, false, ctx.Err()
	}
	if ferr != nil || len(t.writes) == 0 {
		// What fn read counts only if the transaction can commit.
		switch err := t.commit(nil); {
		case err == nil:
			return t.hooks, false, ferr
		case contended(err):
			return nil, true, err
		case ferr != nil:
			return nil, false, ferr
		default:
			return nil, false, unavailable(op, err)
		}
	}
	id, err := s.random(16)
	if err != nil {
		return nil, false, err
	}
	err = t.commit(id)
	switch {
	case err == nil:
		return t.hooks, false, nil
	case contended(err):
		return nil, true, err
	case !t.lost(err):
		return nil, false, unavailable(op, err)
	}
	release()
	happened, rerr := s.resolve(ctx, id)
	switch {
	case rerr != nil:
		return nil, false, fmt.Errorf("%s: %w: %w; then %w", op, kv.ErrUnknown, err, rerr)
	case happened:
		return t.hooks, false, nil
	}
	return nil, true, err
}

// contended reports whether others were in the way: a serialization failure or a deadlock.
func contended(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// resolve finds out whether the transaction with the id was committed, and makes sure that it never will be if it was not.
func (s *Store) resolve(ctx context.Context, id []byte) (happened bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.patience)
	defer cancel()
	for n := 0; ; n++ {
		tag, err := s.pool.Exec(ctx, `insert into myfsio_txn (id) values ($1) on conflict do nothing`, id)
		if err == nil {
			return tag.RowsAffected() == 0, nil
		}
		// The database may be starting again. An insert whose answer is lost counts as "it happened" when it is repeated, so give the
		// id up then: nobody knows.
		var pg *pgconn.PgError
		if !errors.As(err, &pg) && !pgconn.SafeToRetry(err) && !connecting(err) {
			return false, err
		}
		if rerr := s.rest(ctx, 8); rerr != nil {
			return false, err
		}
	}
}

// connecting reports whether err comes from making a connection, so that nothing was sent.
func connecting(err error) bool {
	var c *pgconn.ConnectError
	return errors.As(err, &c)
}

// DeleteRange removes [start, end) in steps of 1,000 keys.
func (s *Store) DeleteRange(ctx context.Context, start, end []byte) error {
	const op = "pgkv.DeleteRange"
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.active.Done()
	if s.opts.ReadOnly {
		return kv.ErrReadOnly
	}
	if start == nil {
		start = []byte{}
	}
	for {
		tag, err := s.pool.Exec(ctx, `delete from myfsio_kv using
			(select k from myfsio_kv where k >= $1 and ($2::bytea is null or k < $2) order by k limit 1000) d where myfsio_kv.k = d.k`, start, end)
		if contended(err) {
			continue
		}
		if err != nil {
			return unavailable(op, err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
	}
}

// tidies removes old transaction ids. An outcome is looked for within a minute.
func (s *Store) tidies() {
	defer close(s.tidy)
	t := time.NewTicker(tidyEvery)
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
		}
		if s.opts.ReadOnly {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		if _, err := s.pool.Exec(ctx, `delete from myfsio_txn where at < now() - interval '1 hour'`); err != nil {
			s.log.Warn("metadata: old transaction ids not removed", "err", err)
		}
		cancel()
	}
}

// Stats tells what the engine knows of itself.
func (s *Store) Stats() kv.Stats {
	out := kv.Stats{Engine: "postgresql"}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.enter(ctx); err != nil {
		return out
	}
	defer s.active.Done()
	st := s.pool.Stat()
	out.Fields = map[string]string{
		"connections":      fmt.Sprint(st.TotalConns()),
		"connections_idle": fmt.Sprint(st.IdleConns()),
		"connections_max":  fmt.Sprint(st.MaxConns()),
	}
	var size int64
	if err := s.pool.QueryRow(ctx, `select pg_total_relation_size('myfsio_kv')`).Scan(&size); err != nil {
		out.Fields["state"] = "unreachable"
		return out
	}
	out.Fields["state"] = "ok"
	out.DiskBytes = uint64(max(size, 0)) //nolint:gosec // not negative
	return out
}

// Close waits for running calls and closes the connections.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return kv.ErrClosed
	}
	s.closed = true
	s.mu.Unlock()
	close(s.stop)
	<-s.tidy
	s.active.Wait()
	s.pool.Close()
	return nil
}
