package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

var errFull = &os.PathError{Op: "write", Path: "audit", Err: syscall.ENOSPC}

func TestLines(t *testing.T) {
	l := newLab(t, nil)
	l.commit(3)
	l.close()
	lines := l.lines()
	require.Len(t, lines, 5)
	require.Equal(t, []string{"0000000000000001-20260304.jsonl"}, l.files())
	info, err := os.Stat(filepath.Join(l.dir, l.files()[0]))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	info, err = os.Stat(l.dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	require.Equal(t, `{"n":2,"time":"2026-03-04T05:06:07Z","kind":"change","request":"REQ0000000000000","operation":"PutObject",`+
		`"user":"Ada","userId":"AIDA1","arn":"arn:aws:iam::000000000000:user/ada","accessKey":"AKIAEXAMPLE","account":"default","address":"192.0.2.1","agent":"test/1.0",`+
		`"bucket":"photos","key":"a/0 <ü>\n.jpg","action":"s3:PutObject",`+
		`"decision":{"allowed":true,"source":"policy of user ada","statement":2,"sid":"Write","reason":"a statement allows the action"},"status":200,`+
		`"prev":"`+strings.Repeat("x", 64)+`","hash":"`+strings.Repeat("x", 64)+`"}`, masked(lines[1]))
	require.Contains(t, lines[0], `"operation":"start","message":"AUDIT_LOG=all"`)
	require.Contains(t, lines[4], `"operation":"stop"`)
	prev := sum{}
	for i, line := range lines {
		got, err := parseLine([]byte(line))
		require.NoError(t, err)
		require.EqualValues(t, i+1, got.N)
		require.Equal(t, prev, got.prev)
		prev = got.hash
		require.True(t, json.Valid([]byte(line)))
	}
	r := l.clean()
	require.Equal(t, Report{Files: 1, Lines: 5, First: 1, Last: 5, From: r.From, To: r.To, Anchored: 5, Problems: []Problem{}}, r)
}

// masked hides the hashes of a line.
func masked(line string) string {
	b := []byte(line)
	end := len(b) - tailSize
	for _, at := range []int{end + len(prevHead), len(b) - len(lineEnd) - hexSize} {
		copy(b[at:at+hexSize], strings.Repeat("x", hexSize))
	}
	return string(b)
}

func TestKinds(t *testing.T) {
	allowed := policy.Decision{Allowed: true, Source: "bucket policy"}
	for _, c := range []struct {
		info   reqinfo.Info
		status int
		change bool
		kind   string
		why    string
	}{
		{reqinfo.Info{}, 200, true, KindChange, "The request was not denied."},
		{reqinfo.Info{}, 200, false, KindData, "The request was not denied."},
		{reqinfo.Info{Code: "NoSuchKey", Message: "gone"}, 404, false, KindData, "The request was not denied."},
		{reqinfo.Info{Code: "AccessDenied", Message: "No."}, 403, false, KindRefusal, "It was refused before or without a policy: No (AccessDenied)."},
		{reqinfo.Info{Code: "AccessDenied", Message: "No."}, 403, true, KindChange, "It was refused before or without a policy: No (AccessDenied)."},
		{reqinfo.Info{Unproven: "SignatureDoesNotMatch"}, 200, false, KindAuthentication, "The credentials did not hold: SignatureDoesNotMatch"},
		{reqinfo.Info{Unproven: "X", Code: "X", Message: "Wrong."}, 401, true, KindAuthentication, "The credentials did not hold: Wrong (X)."},
		{reqinfo.Info{Code: "AccessDenied", Action: "s3:GetObject", Decision: policy.Decision{ExplicitDeny: true, Source: "bucket policy", Statement: 1}}, 403, false, KindRefusal,
			"s3:GetObject is denied by a statement of the bucket policy, which no other statement can allow."},
		{reqinfo.Info{Code: "AccessDenied", Action: "s3:GetObject", Decision: policy.Decision{Statement: -1, Reason: "no statement allows the action"}}, 403, false, KindRefusal,
			"s3:GetObject is not allowed: no statement allows the action."},
		{reqinfo.Info{Code: "AccessDenied", Message: "Locked.", Action: "s3:DeleteObject", Decision: allowed}, 403, false, KindRefusal, "It was refused before or without a policy: Locked (AccessDenied)."},
	} {
		e := From(&c.info).Answered(&c.info, c.status, c.change)
		require.Equal(t, c.kind, e.Kind)
		require.Equal(t, c.why, e.Why())
		require.Equal(t, e.Denied(), e.Message != "" || e.Decision != nil || c.info.Unproven != "")
	}
	long := strings.Repeat("ü", 2000)
	e := From(&reqinfo.Info{Key: long, Bucket: long, Operation: long, Target: long}).By(long)
	require.Len(t, e.Key, maxKey)
	require.Len(t, e.Agent, maxName)
	require.Len(t, cut("aü", 2), 1)
	worst := strings.Repeat("\x01", 2000)
	info := reqinfo.Info{Key: worst, Bucket: worst, Operation: worst, Target: worst, Version: worst, Action: "x", Message: worst, Unproven: "x", Decision: policy.Decision{Source: worst, Sid: worst, Reason: worst}}
	line, _, err := appendLine(nil, From(&info).By(worst).Answered(&info, 401, false), sum{})
	require.NoError(t, err)
	require.Less(t, len(line), maxLine)
	_, err = parseLine(line[:len(line)-1])
	require.NoError(t, err)
}

func TestReopen(t *testing.T) {
	l := newLab(t, nil)
	for range 3 {
		l.commit(2)
		l.close()
		l.open()
	}
	l.close()
	require.Len(t, l.files(), 1)
	require.EqualValues(t, 3*4+2, l.clean().Last)
	require.Empty(t, l.said.b.String())
}

func TestKill(t *testing.T) {
	l := newLab(t, nil)
	l.commit(5)
	l.kill()
	r := l.clean()
	require.EqualValues(t, 6, r.Last)
	require.EqualValues(t, 1, r.Anchored, "the lines since the last anchor are held by the chain alone")
	l.open()
	require.Nil(t, l.Health())
	r, err := l.Verify(ctx)
	require.NoError(t, err)
	require.Empty(t, r.Problems)
	require.EqualValues(t, 7, r.Anchored, "a start anchors what it finds")
	l.close()

	// A line that a kill cut.
	name := filepath.Join(l.dir, l.files()[0])
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"n":9,"time":"20`)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	r = l.clean()
	require.Contains(t, r.Note, "17 bytes of a line that was being written")
	l.open()
	l.close()
	require.Empty(t, l.clean().Note)
	require.Contains(t, l.lines()[8], "; a line that a kill had cut after 17 bytes was removed")

	// A file that a kill left empty.
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, segment{11, "20260304"}.name()), nil, 0o600))
	l.clean()
	l.open()
	l.close()
	require.Len(t, l.files(), 1)
	l.clean()
}

func TestRotate(t *testing.T) {
	l := newLab(t, func(o *Options) { o.MaxBytes = 1500 })
	l.commit(10)
	require.Greater(t, len(l.files()), 2)
	for _, name := range l.files()[:len(l.files())-1] {
		info, err := os.Stat(filepath.Join(l.dir, name))
		require.NoError(t, err)
		require.Less(t, info.Size(), int64(2500))
		require.GreaterOrEqual(t, info.Size(), int64(1500))
	}
	before := len(l.files())
	l.clock.Advance(24 * time.Hour)
	l.commit(1)
	require.Len(t, l.files(), before+1)
	require.True(t, strings.HasSuffix(l.files()[before], "-20260305.jsonl"))
	l.clock.Advance(-48 * time.Hour) // a clock that is set back begins no new file
	l.commit(1)
	require.Len(t, l.files(), before+1)
	l.close()
	r := l.clean()
	require.Equal(t, before+1, r.Files)
	known, err := readAnchors(ctx, l.kv)
	require.NoError(t, err)
	require.Len(t, known.at, before+1, "one for the end of each file")
}

func TestRetention(t *testing.T) {
	l := newLab(t, func(o *Options) { o.Keep = 72 * time.Hour })
	for range 6 {
		l.commit(2)
		l.clock.Advance(24 * time.Hour)
	}
	l.commit(1)
	days := []string{}
	for _, name := range l.files() {
		days = append(days, name[17:25])
	}
	require.Equal(t, []string{"20260306", "20260307", "20260308", "20260309", "20260310"}, days)
	r, err := l.Verify(ctx)
	require.NoError(t, err)
	require.Empty(t, r.Problems)
	require.EqualValues(t, 6, r.First)
	l.close()
	l.clean()

	// By size. A kill between forgetting and removing leaves a file that no longer counts, and goes at the next look.
	first := l.files()[0]
	raw, err := os.ReadFile(filepath.Join(l.dir, first))
	require.NoError(t, err)
	l.o.KeepBytes = 3000
	l.open()
	require.Len(t, l.files(), 2)
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, first), raw, 0o600))
	l.close()
	l.clean()
	page := l.search(Query{})
	require.NotEmpty(t, page.Entries)
	require.Greater(t, page.Entries[len(page.Entries)-1].N, uint64(10))
	l.open()
	require.NotContains(t, l.files(), first)
	known, err := readAnchors(ctx, l.kv)
	require.NoError(t, err)
	require.LessOrEqual(t, len(known.at), 3)
}

func TestConcurrent(t *testing.T) {
	l := newLab(t, func(o *Options) { o.MaxBytes, o.Pace = 20_000, time.Millisecond })
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 100 {
				if w%2 == 0 {
					l.Add(entry(i))
				} else if err := l.Commit(entry(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	readers.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			r, err := l.Verify(ctx)
			if err != nil || len(r.Problems) > 0 {
				t.Error(err, r.Problems)
				return
			}
			if _, err := l.Search(ctx, Query{Limit: 50}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	wg.Wait()
	close(done)
	readers.Wait()
	l.close()
	r := l.clean()
	require.EqualValues(t, 802, r.Lines)
}

// TestOverflow: what finds no place in the queue is counted, and nobody waits for it.
func TestOverflow(t *testing.T) {
	l := newLab(t, func(o *Options) { o.Queue, o.Gather = 10, time.Hour })
	l.Log.mu.Lock() // the writer cannot take the queue
	for i := range 30 {
		e := entry(i)
		if len(l.queue) >= l.Queue {
			l.Log.lost++
		} else {
			l.put(&item{entry: e})
		}
	}
	l.Log.mu.Unlock()
	l.commit(1)
	l.close()
	require.Contains(t, strings.Join(l.lines(), "\n"), `"kind":"system","operation":"lost","lost":20,`)
	require.EqualValues(t, 1+1+10+1+1, l.clean().Lines)
}

// TestDiskFull: no line is cut, no change is told as kept that is not, and everything goes on once there is space.
func TestDiskFull(t *testing.T) {
	d := &disk{left: 1 << 30}
	l := newLab(t, func(o *Options) { o.create = d.create; o.Pace = time.Millisecond })
	l.commit(2)
	for _, left := range []int64{0, 100, 500} {
		d.set(left, nil)
		for i := range 3 {
			err := l.Commit(entry(i))
			if err == nil {
				continue // the space was enough for it
			}
			require.True(t, fault.Is(err, fault.StorageFull), "%v", err)
			require.True(t, fault.Is(l.Ready(), fault.StorageFull))
			require.Error(t, l.Health())
		}
		require.Error(t, l.Ready())
		for i := range 5 {
			info := reqinfo.Info{RequestID: fmt.Sprint("data", i)}
			l.Add(From(&info).Answered(&info, 200, false))
		}
		require.Error(t, l.Commit(entry(8)), "behind those")
		r, err := l.Verify(ctx)
		require.NoError(t, err)
		require.Empty(t, r.Problems)
		require.Empty(t, r.Note, "no line is cut")
		d.set(1<<30, nil)
		require.Eventually(t, func() bool { return l.Ready() == nil }, 10*time.Second, time.Millisecond)
		require.NoError(t, l.Commit(entry(9)))
	}
	l.close()
	l.clean()
	require.Contains(t, strings.Join(l.lines(), "\n"), `"operation":"lost","lost":5,`)
	changes := 0
	for _, line := range l.lines() {
		if strings.Contains(line, `"kind":"change"`) {
			changes++
		}
	}
	require.Equal(t, 2+3*(3+1+1), changes, "what could not be written at first came later")
	require.Contains(t, l.said.b.String(), "the audit log cannot be written")
	require.Contains(t, l.said.b.String(), "the audit log is written again")
}

// TestSyncFails: after a failed sync nothing is written until a restart.
func TestSyncFails(t *testing.T) {
	d := &disk{left: 1 << 30}
	l := newLab(t, func(o *Options) { o.create = d.create })
	l.commit(2)
	d.set(1<<30, errors.New("the disk said no"))
	require.True(t, fault.Is(l.Commit(entry(1)), fault.StorageFull))
	d.set(1<<30, nil)
	require.True(t, fault.Is(l.Commit(entry(2)), fault.StorageFull))
	require.Error(t, l.Ready())
	require.Error(t, l.Log.Close())
	l.Log = nil
	l.open()
	l.commit(1)
	l.close()
	l.clean()
}

// TestAnchorFails: a metadata store that takes no writes does not stop the log.
func TestAnchorFails(t *testing.T) {
	l := newLab(t, nil)
	l.close()
	l.o.KV = refusing{l.kv}
	l.open()
	l.commit(3)
	l.close()
	r := l.clean()
	require.EqualValues(t, 7, r.Last)
	require.EqualValues(t, 2, r.Anchored)
	require.Contains(t, l.said.b.String(), "could not be anchored")
}

type refusing struct{ kv.Store }

func (refusing) Update(_ ctxType, _ func(kv.Txn) error) error { return kv.ErrFull }

func TestOff(t *testing.T) {
	var none *Log
	require.NoError(t, none.Commit(entry(1)))
	none.Add(entry(1))
	require.NoError(t, none.Ready())
	require.NoError(t, none.Health())
	require.NoError(t, none.Close())
	require.False(t, none.All())
	l := newLab(t, nil)
	l.commit(2)
	l.close()
	before := l.lines()
	l.o.ReadOnly = true
	l.open()
	l.Add(entry(3))
	require.NoError(t, l.Commit(entry(3)))
	require.Len(t, l.search(Query{}).Entries, 4)
	l.close()
	l.o.ReadOnly, l.o.Level = false, LevelOff
	l.open()
	require.NoError(t, l.Commit(entry(3)))
	l.close()
	require.Equal(t, before, l.lines())
}
