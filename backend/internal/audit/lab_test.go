package audit

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

type ctxType = context.Context

var ctx = context.Background()

// lab is a log in a directory of its own.
type lab struct {
	t     testing.TB
	dir   string
	kv    kv.Store
	clock *clock.Manual
	said  *noise
	o     Options
	*Log
}

// noise is what the log logs.
type noise struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *noise) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func newLab(t testing.TB, change func(*Options)) *lab {
	l := &lab{t: t, dir: filepath.Join(t.TempDir(), "audit"), kv: kvtest.NewMemory(), clock: clock.NewManual(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)), said: &noise{}}
	l.o = Options{
		Path: l.dir, KV: l.kv, Clock: l.clock, Logger: slog.New(slog.NewTextHandler(l.said, nil)), Level: LevelAll,
		Gather: time.Millisecond, Pace: time.Hour, // anchors come when a test presses for them
	}
	if change != nil {
		change(&l.o)
	}
	l.open()
	t.Cleanup(l.close)
	return l
}

func (l *lab) open() {
	l.t.Helper()
	var err error
	l.Log, err = Open(ctx, l.o)
	require.NoError(l.t, err)
}

func (l *lab) close() {
	if l.Log != nil {
		require.NoError(l.t, l.Log.Close())
		l.Log = nil
	}
}

// kill leaves the log as a kill of the process would: what was written stays, and nothing more is.
func (l *lab) kill() {
	l.t.Helper()
	w := l.Log
	w.mu.Lock()
	w.broken = os.ErrProcessDone
	w.queue = nil
	w.mu.Unlock()
	close(w.stop)
	<-w.done
	l.Log = nil
}

// entry is one that differs by its number.
func entry(i int) *Entry {
	info := &reqinfo.Info{
		RequestID: fmt.Sprintf("REQ%013d", i), Operation: "PutObject", Remote: "192.0.2.1", AccessKey: "AKIAEXAMPLE", User: "Ada", UserID: "AIDA1", ARN: "arn:aws:iam::000000000000:user/ada",
		Account: "default", Bucket: "photos", Key: fmt.Sprintf("a/%d <ü>\n.jpg", i),
	}
	info.Decide("s3:PutObject", policy.Decision{Allowed: true, Source: "policy of user ada", Statement: 2, Sid: "Write", Reason: "a statement allows the action"})
	return From(info).By("test/1.0").Answered(info, 200, true)
}

// commit keeps n entries.
func (l *lab) commit(n int) {
	l.t.Helper()
	for i := range n {
		require.NoError(l.t, l.Commit(entry(i)))
	}
}

// files are the names of the log's files, in order.
func (l *lab) files() (names []string) {
	list, err := segments(l.dir)
	require.NoError(l.t, err)
	for _, s := range list {
		names = append(names, s.name())
	}
	return names
}

func (l *lab) read(name string) []string {
	raw, err := os.ReadFile(filepath.Join(l.dir, name))
	require.NoError(l.t, err)
	return strings.SplitAfter(strings.TrimSuffix(string(raw), "\n"), "\n")
}

// lines are all lines, newest last.
func (l *lab) lines() (all []string) {
	for _, name := range l.files() {
		for _, line := range l.read(name) {
			all = append(all, strings.TrimSuffix(line, "\n"))
		}
	}
	return all
}

// check verifies the log as one that nobody writes.
func (l *lab) check() Report {
	l.t.Helper()
	r, err := Verify(ctx, l.dir, l.kv)
	require.NoError(l.t, err)
	return r
}

func (l *lab) clean() Report {
	l.t.Helper()
	r := l.check()
	require.Empty(l.t, r.Problems)
	return r
}

// disk is a file system with so much space, and a switch that makes syncs fail.
type disk struct {
	mu    sync.Mutex
	left  int64
	fails error
}

func (d *disk) set(left int64, fails error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left, d.fails = left, fails
}

type diskFile struct {
	*os.File
	d *disk
}

func (d *disk) create(path string) (file, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left <= 0 {
		return nil, errFull
	}
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	return diskFile{f.(*os.File), d}, nil
}

func (f diskFile) Write(p []byte) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	n := min(int64(len(p)), f.d.left)
	f.d.left -= n
	m, err := f.File.Write(p[:n])
	if err == nil && m < len(p) {
		err = errFull
	}
	return m, err
}

func (f diskFile) Sync() error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if f.d.fails != nil {
		return f.d.fails
	}
	return f.File.Sync()
}
