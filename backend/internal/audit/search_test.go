package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// search is Search of the log, open or not.
func (l *lab) search(q Query) Page {
	l.t.Helper()
	log := l.Log
	if log == nil {
		log = &Log{Options: Options{Path: l.dir, KV: l.kv, ReadOnly: true}}
		require.NoError(l.t, log.look())
	}
	page, err := log.Search(ctx, q)
	require.NoError(l.t, err)
	return page
}

// TestSearch: every filter, against a list in memory, in one call and by pages of every size.
func TestSearch(t *testing.T) {
	l := newLab(t, func(o *Options) { o.MaxBytes = 4000 })
	began := l.clock.Now()
	var all []Entry
	for i := range 60 {
		info := reqinfo.Info{
			RequestID: fmt.Sprint("R", i), Operation: []string{"PutObject", "GetObject", "createUser"}[i%3], Bucket: []string{"a", `b"<>`}[i%2], Key: fmt.Sprint("k/", i%7),
			User: []string{"Ada", "Bob"}[i/30], AccessKey: fmt.Sprint("AK", i%4), UserID: "U", ARN: "arn:x",
		}
		status := []int{200, 403, 404, 500, 401}[i%5]
		e := From(&info).Answered(&info, status, i%3 == 2)
		if i%11 == 0 {
			l.clock.Advance(time.Hour)
		}
		require.NoError(t, l.Commit(e))
		all = append(all, *e)
		l.clock.Advance(time.Minute)
	}
	require.Greater(t, len(l.files()), 4)
	newest := slices.Clone(all)
	slices.Reverse(newest)
	for name, q := range map[string]Query{
		"everything": {}, "request": {Request: "R17"}, "no request": {Request: "R99"}, "operation": {Operation: "createUser"}, "bucket": {Bucket: `b"<>`}, "key": {Key: "k/3"},
		"user": {User: "Bob"}, "access key": {User: "AK2"}, "user id": {User: "U"}, "arn": {User: "arn:x"}, "nobody": {User: "nobody"},
		"ok": {Outcome: OutcomeOK}, "denied": {Outcome: OutcomeDenied}, "failed": {Outcome: OutcomeFailed}, "kind": {Kind: KindRefusal}, "changes": {Kind: KindChange},
		"range": {From: began.Add(100 * time.Minute), To: began.Add(240 * time.Minute)}, "from": {From: began.Add(300 * time.Minute)}, "to": {To: began.Add(30 * time.Minute)},
		"several": {Bucket: "a", Operation: "PutObject", Outcome: OutcomeOK, User: "Ada"},
	} {
		var want []Entry
		for _, e := range newest {
			if q.matches(&e) {
				want = append(want, e)
			}
		}
		var own []Entry // without those of the log itself
		for _, e := range l.search(q).Entries {
			if e.Kind != KindSystem {
				own = append(own, e)
			}
		}
		require.Equal(t, want, own, name)
		for _, step := range []Query{{Limit: 1}, {Limit: 7}, {Bytes: 1}, {Bytes: 1500}, {Limit: 3, Bytes: 900}} {
			q := q
			q.Limit, q.Bytes = step.Limit, step.Bytes
			var got []Entry
			for pages := 0; ; pages++ {
				require.Less(t, pages, 200)
				page := l.search(q)
				if q.Limit > 0 {
					require.LessOrEqual(t, len(page.Entries), q.Limit)
				}
				for _, e := range page.Entries {
					if e.Kind != KindSystem {
						got = append(got, e)
					}
				}
				if q.After = page.Next; page.Next.IsZero() {
					break
				}
			}
			require.Equal(t, want, got, "%s by %+v", name, step)
		}
	}
}

// TestSearchDamaged: what cannot be read is passed over, and lines of any length are bounded.
func TestSearchDamaged(t *testing.T) {
	l := newLab(t, nil)
	l.commit(3)
	l.close()
	name := filepath.Join(l.dir, l.files()[0])
	raw, err := os.ReadFile(name)
	require.NoError(t, err)
	junk := make([]byte, 300_000)
	for i := range junk {
		junk[i] = 'x'
	}
	for _, damaged := range [][]byte{append(append(junk, '\n'), raw...), append(raw, junk...), append([]byte("\n\n{}\nnull\n"), raw...)} {
		require.NoError(t, os.WriteFile(name, damaged, 0o600))
		found := 0
		for _, e := range l.search(Query{}).Entries {
			if e.Request != "" {
				found++
			}
		}
		require.Equal(t, 3, found)
	}
}

// TestSearchGone: a place in a file that was removed for its age is the end.
func TestSearchGone(t *testing.T) {
	l := newLab(t, func(o *Options) { o.MaxBytes = 1000 })
	l.commit(6)
	page := l.search(Query{Limit: 2})
	require.Len(t, page.Entries, 2)
	for _, name := range l.files()[:len(l.files())-1] {
		require.NoError(t, os.Remove(filepath.Join(l.dir, name)))
	}
	page = l.search(Query{After: page.Next})
	require.True(t, page.Next.IsZero())
	for _, q := range []Query{{After: Position{1 << 60, 1 << 60}}, {After: Position{1, -5}}, {After: Position{7, 3}}} {
		l.search(q)
	}
}
