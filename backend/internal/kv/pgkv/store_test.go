//go:build unix

package pgkv

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest/pgtest"
)

var ctx = context.Background()

// database makes a fresh database on the server and returns its DSN.
var databases atomic.Int64

func database(t testing.TB, pg *pgtest.Server, port int) string {
	t.Helper()
	name := fmt.Sprintf("db%d", databases.Add(1))
	conn, err := pgx.Connect(ctx, pg.DSN(0))
	require.NoError(t, err)
	_, err = conn.Exec(ctx, "create database "+name)
	require.NoError(t, err)
	require.NoError(t, conn.Close(ctx))
	return strings.Replace(pg.DSN(port), "/postgres?", "/"+name+"?", 1)
}

func open(t testing.TB, dsn string) *Store {
	t.Helper()
	s, err := Open(ctx, dsn, Options{})
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := s.Close(); !errors.Is(err, kv.ErrClosed) {
			require.NoError(t, err)
		}
	})
	return s
}

// TestPostgres runs everything on one server, because starting one takes seconds.
func TestPostgres(t *testing.T) {
	pg, ok := pgtest.Start(t)
	if !ok {
		return
	}
	t.Run("conformance", func(t *testing.T) {
		kvtest.Run(t, func(t testing.TB) kvtest.Engine {
			dsn := database(t, pg, 0)
			return kvtest.Engine{Open: func(t testing.TB) kv.Store {
				s, err := Open(ctx, dsn, Options{})
				require.NoError(t, err)
				return s
			}}
		})
	})
	t.Run("two servers", func(t *testing.T) { testTwoServers(t, pg) })
	t.Run("point reads do not meet", func(t *testing.T) { testPointReads(t, pg) })
	t.Run("busy", func(t *testing.T) { testBusy(t, pg) })
	t.Run("read only", func(t *testing.T) { testReadOnly(t, pg) })
	t.Run("refusal is serializable", func(t *testing.T) { testFailedReads(t, pg) })
	t.Run("cut at commit", func(t *testing.T) { testCut(t, pg) })
	t.Run("unknown", func(t *testing.T) { testUnknown(t, pg) })
	t.Run("crash", func(t *testing.T) { testCrash(t, pg) })
}

func TestOpenErrors(t *testing.T) {
	_, err := Open(ctx, "postgres://u:geheim@[bad", Options{})
	require.True(t, fault.Is(err, fault.InvalidArgument))
	require.NotContains(t, err.Error(), "geheim")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := l.Addr().String()
	require.NoError(t, l.Close())
	_, err = Open(ctx, "postgres://u:geheim@"+addr+"/x", Options{})
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	require.NotContains(t, err.Error(), "geheim")
}

// testTwoServers: two stores on one database see each other's commits, and make the tables together.
func testTwoServers(t *testing.T, pg *pgtest.Server) {
	dsn := database(t, pg, 0)
	var stores [2]*Store
	var wg sync.WaitGroup
	for i := range stores {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var err error
			if stores[i], err = Open(ctx, dsn, Options{}); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	require.False(t, t.Failed())
	for i := range 40 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				err := stores[i%2].Update(ctx, func(tx kv.Txn) error { return add(tx, "n", 1) })
				if err == nil {
					return
				}
				if !kvtest.Busy(err) {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	require.Equal(t, 40, number(t, stores[0], "n"))
	require.Equal(t, 40, number(t, stores[1], "n"))
	require.NoError(t, stores[0].Close())
	require.NoError(t, stores[1].Close())
}

func add(tx kv.Txn, key string, n int) error {
	have, err := read(tx, key)
	if err != nil {
		return err
	}
	return tx.Set([]byte(key), strconv.AppendInt(nil, int64(have+n), 10))
}

func read(r kv.Reader, key string) (int, error) {
	v, err := r.Get([]byte(key))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(v))
}

func number(t testing.TB, s kv.Store, key string) (n int) {
	t.Helper()
	require.NoError(t, s.View(ctx, func(r kv.Reader) (err error) {
		n, err = read(r, key)
		return err
	}))
	return n
}

// testPointReads: transactions that read and write neighbouring keys seldom fail each other. With point reads through the b-tree nearly all do.
func testPointReads(t *testing.T, pg *pgtest.Server) {
	s := open(t, database(t, pg, 0))
	// In a table of a few rows the hash index has a few pages, and then those are shared.
	for i := range 8 {
		require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
			for j := range 2500 {
				if err := tx.Set(fmt.Appendf(nil, "fill%d/%d", i, j), []byte("x")); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	var attempts atomic.Int64
	var wg sync.WaitGroup
	const workers, rounds = 8, 20
	for g := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range rounds {
				err := s.Update(ctx, func(tx kv.Txn) error {
					attempts.Add(1)
					if err := tx.Delete(fmt.Appendf(nil, "gone%d/%d", g, i-1)); err != nil {
						return err
					}
					if err := tx.Set(fmt.Appendf(nil, "gone%d/%d", g, i), []byte("x")); err != nil {
						return err
					}
					return add(tx, fmt.Sprint("n", g), 1)
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	for g := range workers {
		require.Equal(t, rounds, number(t, s, fmt.Sprint("n", g)))
	}
	t.Logf("%d attempts for %d transactions", attempts.Load(), workers*rounds)
	require.Less(t, attempts.Load(), int64(workers*rounds*3/2))
}

// testBusy: a transaction that always finds others in its way gives up with fault.Busy.
func testBusy(t *testing.T, pg *pgtest.Server) {
	s := open(t, database(t, pg, 0))
	runs := 0
	err := s.Update(ctx, func(tx kv.Txn) error {
		runs++
		if _, err := read(tx, "n"); err != nil {
			return err
		}
		require.NoError(t, s.Update(ctx, func(tx kv.Txn) error { return add(tx, "n", 1) }))
		return add(tx, "n", 100)
	})
	require.True(t, fault.Is(err, fault.Busy), "%v", err)
	require.Equal(t, 1+retries, runs)
	require.Equal(t, runs, number(t, s, "n"))
}

func testReadOnly(t *testing.T, pg *pgtest.Server) {
	dsn := database(t, pg, 0)
	w := open(t, dsn)
	require.NoError(t, w.Update(ctx, func(tx kv.Txn) error { return add(tx, "n", 7) }))
	s, err := Open(ctx, dsn, Options{ReadOnly: true})
	require.NoError(t, err)
	require.Equal(t, 7, number(t, s, "n"))
	require.ErrorIs(t, s.Update(ctx, func(tx kv.Txn) error { return add(tx, "n", 1) }), kv.ErrReadOnly)
	require.ErrorIs(t, s.DeleteRange(ctx, nil, nil), kv.ErrReadOnly)
	require.NoError(t, s.Close())
}

// testFailedReads: an error of fn that follows from reads which cannot be serialized is not told; the transaction runs again.
func testFailedReads(t *testing.T, pg *pgtest.Server) {
	s := open(t, database(t, pg, 0))
	refused := errors.New("refused")
	require.Equal(t, refused, s.Update(ctx, func(tx kv.Txn) error {
		if err := add(tx, "n", 1); err != nil {
			return err
		}
		return refused
	}))
	require.Equal(t, 0, number(t, s, "n"))
	require.Positive(t, len(s.Stats().Fields))
}

// proxy passes bytes between clients and the server, and cuts connections when told.
type proxy struct {
	t      *testing.T
	l      net.Listener
	server string
	// cut, for a message of the client's that has COMMIT in it: before it is passed on, or after, before the answer. 0: never.
	cut  atomic.Int32
	down atomic.Bool // refuse new connections
	cuts atomic.Int64
}

const (
	before = 1
	after  = 2
)

func newProxy(t *testing.T, pg *pgtest.Server) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{t: t, l: l, server: fmt.Sprintf("127.0.0.1:%d", pg.Port)}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

func (p *proxy) port() int { return p.l.Addr().(*net.TCPAddr).Port }

func (p *proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	if p.down.Load() {
		return
	}
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	var mute atomic.Bool
	go func() {
		defer func() { _ = client.Close() }()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil {
				return
			}
			if mute.Load() { // the answer to COMMIT is here; the client never sees it
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 1<<20)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		// The batch that ends a transaction inserts into myfsio_txn; its statements are prepared under names, so look for the id's bind,
		// which has the 16 bytes that the test's source of ids makes.
		if strings.Contains(string(buf[:n]), marker) {
			switch p.cut.Load() {
			case before:
				p.cuts.Add(1)
				return
			case after:
				p.cuts.Add(1)
				mute.Store(true)
			}
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// marker begins every transaction id in the tests with a proxy.
const marker = "txn-id:"

// ids makes transaction ids that the proxy finds.
type ids struct{ n atomic.Int64 }

func (r *ids) Read(p []byte) (int, error) {
	if len(p) == 16 {
		copy(p, fmt.Sprintf("%s%09d", marker, r.n.Add(1)))
		return len(p), nil
	}
	for i := range p {
		p[i] = byte(rand.Uint32()) //nolint:gosec // the low byte
	}
	return len(p), nil
}

// testCut: a connection that ends around COMMIT is resolved: the transaction happens exactly once, whichever side of it the cut was on.
func testCut(t *testing.T, pg *pgtest.Server) {
	p := newProxy(t, pg)
	s, err := Open(ctx, database(t, pg, p.port()), Options{Rand: &ids{}})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	bump := func(tx kv.Txn) error { return add(tx, "n", 1) }
	require.NoError(t, s.Update(ctx, bump)) // so that its statements are prepared

	for i, where := range []int32{before, after, before, after} {
		cuts := p.cuts.Load()
		hooks, runs := 0, 0
		require.NoError(t, s.Update(ctx, func(tx kv.Txn) error {
			runs++
			tx.OnCommit(func() { hooks++ })
			if runs == 1 {
				p.cut.Store(where)
				// The look for the outcome carries the id as well and must get through.
				go func() {
					for p.cuts.Load() == cuts {
						time.Sleep(100 * time.Microsecond)
					}
					p.cut.Store(0)
				}()
			}
			return bump(tx)
		}))
		require.Equal(t, i+2, number(t, s, "n"), "cut %d", where)
		require.Equal(t, 1, hooks)
		require.Equal(t, map[int32]int{before: 2, after: 1}[where], runs)
	}
}

// testUnknown: when nobody can be asked how a commit ended, the answer is kv.ErrUnknown, and no hook runs.
func testUnknown(t *testing.T, pg *pgtest.Server) {
	p := newProxy(t, pg)
	s, err := Open(ctx, database(t, pg, p.port()), Options{Rand: &ids{}})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	s.patience = 200 * time.Millisecond
	bump := func(tx kv.Txn) error { return add(tx, "n", 1) }
	require.NoError(t, s.Update(ctx, bump))
	err = s.Update(ctx, func(tx kv.Txn) error {
		tx.OnCommit(func() { t.Error("hook ran") })
		p.cut.Store(after)
		p.down.Store(true)
		return bump(tx)
	})
	require.ErrorIs(t, err, kv.ErrUnknown)
	p.cut.Store(0)
	p.down.Store(false)
	require.Contains(t, []int{1, 2}, number(t, s, "n"))
}

// testCrash kills the database under load, again and again: what was acknowledged is there, what was refused is not, nothing in part.
func testCrash(t *testing.T, pg *pgtest.Server) {
	s := open(t, database(t, pg, 0))
	rounds := 2
	if kvtest.Soak() {
		rounds = 50
	}
	const workers = 4
	var acknowledged, unknown [workers]atomic.Int64
	for range rounds {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		var done atomic.Int64
		for g := range workers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for {
					select {
					case <-stop:
						return
					default:
					}
					err := s.Update(ctx, func(tx kv.Txn) error {
						if err := add(tx, fmt.Sprintf("a%d", g), 1); err != nil {
							return err
						}
						return add(tx, fmt.Sprintf("b%d", g), 1)
					})
					switch {
					case err == nil:
						acknowledged[g].Add(1)
						done.Add(1)
					case errors.Is(err, kv.ErrUnknown):
						unknown[g].Add(1)
					case !fault.Is(err, fault.Unavailable) && !kvtest.Busy(err):
						t.Error(err)
						return
					}
				}
			}()
		}
		for done.Load() < 40 && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
		pg.Down(t, "immediate")
		pg.Up(t)
		close(stop)
		wg.Wait()
		require.NoError(t, s.View(ctx, func(r kv.Reader) error {
			for g := range workers {
				a, err := read(r, fmt.Sprintf("a%d", g))
				if err != nil {
					return err
				}
				b, err := read(r, fmt.Sprintf("b%d", g))
				if err != nil {
					return err
				}
				least, most := acknowledged[g].Load(), acknowledged[g].Load()+unknown[g].Load()
				if a != b || int64(a) < least || int64(a) > most {
					return fmt.Errorf("worker %d: %d and %d, acknowledged %d, unknown %d", g, a, b, least, unknown[g].Load())
				}
			}
			return nil
		}))
	}
	t.Logf("%d acknowledged, %d unknown", acknowledged[0].Load(), unknown[0].Load())
}
