package admin

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
)

// settle does all jobs that are to be done, in this goroutine's time.
func (a *API) settle(t *testing.T, ctx context.Context) {
	t.Helper()
	var group sync.WaitGroup
	require.NoError(t, a.jobs.look(ctx, &group))
	group.Wait()
}

func (l *lab) job(c *client, kind, body string) Job {
	l.t.Helper()
	var j Job
	c.do("POST", "/myfsio/jobs/bulk-"+kind, body).want(202).into(&j)
	require.Equal(l.t, "counting", j.State)
	return j
}

func (l *lab) state(c *client, id string) Job {
	l.t.Helper()
	var j Job
	c.get("/myfsio/jobs/" + id).want(200).into(&j)
	return j
}

func (l *lab) keysOf(bucket string) []string {
	l.t.Helper()
	var list ObjectList
	l.admin().get("/myfsio/buckets/" + bucket + "/objects?limit=1000").want(200).into(&list)
	return keys(list.Objects)
}

func (l *lab) many(bucket, prefix string, n int) {
	l.t.Helper()
	b, err := l.deps.Buckets.Get(l.t.Context(), bucket)
	require.NoError(l.t, err)
	for i := range n {
		key := fmt.Sprintf("%s%04d", prefix, i)
		_, err := l.deps.Objects.Put(l.t.Context(), object.PutInput{Bucket: b, Key: key, Body: strings.NewReader("content of " + key), Size: -1})
		require.NoError(l.t, err)
	}
}

func (l *lab) rows(kinds ...string) (n int) {
	l.t.Helper()
	require.NoError(l.t, l.deps.KV.View(context.Background(), func(r kv.Reader) error {
		n = 0
		for _, kind := range kinds {
			it := r.Iter(kv.Prefix(meta.SystemKey(kind)))
			for it.Next() {
				n++
			}
			if err := it.Close(); err != nil {
				return err
			}
		}
		return nil
	}))
	return n
}

func TestABulkDelete(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	l.many("bkt", "dir/", 230)
	l.put("bkt", "a", "b", "dir", "other/x")
	j := l.job(l.admin(), "delete", `{"bucket":"bkt","keys":["a","dir","dir/0007","gone","a"],"prefixes":["dir/","dir/00"]}`)
	require.Equal(t, 2, l.rows(jobItems, jobOpen))
	l.api.settle(t, t.Context())
	got := l.state(l.admin(), j.ID)
	require.Equal(t, "done", got.State)
	require.EqualValues(t, 233, got.Done, "each key once: a, dir, gone and those below dir/")
	require.EqualValues(t, 233, got.Total)
	require.Zero(t, got.Failed)
	require.NotNil(t, got.Finished)
	require.EqualValues(t, 230*len("content of dir/0000")+len("content of a")+len("content of dir"), got.Bytes)
	require.Equal(t, []string{"b", "other/x"}, l.keysOf("bkt"))
	require.Zero(t, l.rows(jobItems, jobOpen))

	// A finished job is listed, for its user and for administrators, until it is forgotten.
	u := l.user(`[{"bucket":"*","actions":["*"]}]`)
	l.clock.Advance(time.Second)
	u.get("/myfsio/jobs/"+j.ID).fails(404, "NoSuchJob")
	u.do("DELETE", "/myfsio/jobs/"+j.ID, "").fails(404, "NoSuchJob")
	mine := l.job(u, "delete", `{"bucket":"bkt","keys":["b"]}`)
	var list JobList
	u.get("/myfsio/jobs").want(200).into(&list)
	require.Len(t, list.Jobs, 1)
	l.admin().get("/myfsio/jobs").want(200).into(&list)
	require.Equal(t, mine.ID, list.Jobs[0].ID, "newest first")
	require.Len(t, list.Jobs, 2)
	l.admin().do("DELETE", "/myfsio/jobs/"+j.ID, "").want(200)
	l.admin().get("/myfsio/jobs/"+j.ID).fails(404, "NoSuchJob")
	l.api.settle(t, t.Context())

	// Old ones go by themselves.
	l.clock.Advance(jobKeep + time.Hour)
	l.job(u, "delete", `{"bucket":"bkt","keys":["b"]}`)
	u.get("/myfsio/jobs/"+mine.ID).fails(404, "NoSuchJob")
	u.do("POST", "/myfsio/jobs/bulk-delete", `{"bucket":"bkt"}`).fails(400, "InvalidRequest")
}

func TestABulkDeleteWorksWithTheRightsOfItsUser(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	l.put("bkt", "free/1", "free/2", "free/kept/1")
	u := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:ListBucket","s3:DeleteObject"],"Resource":"*"},
		{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::bkt/free/kept/*"}]}`)
	j := l.job(u, "delete", `{"bucket":"bkt","prefixes":["free/"]}`)
	l.api.settle(t, t.Context())
	got := l.state(u, j.ID)
	require.Equal(t, "done", got.State)
	require.EqualValues(t, 3, got.Done)
	require.EqualValues(t, 1, got.Failed)
	require.Equal(t, "free/kept/1", got.Errors[0].Key)
	require.Equal(t, "AccessDenied", got.Errors[0].Code)
	require.Equal(t, []string{"free/kept/1"}, l.keysOf("bkt"))

	// Rights that end before the job does end the job.
	l.put("bkt", "free/1")
	j = l.job(u, "delete", `{"bucket":"bkt","prefixes":["free/"]}`)
	l.admin().do("PUT", "/iam/users/"+u.header.Get(headerAccessKey)+"/policies", `[]`).want(200)
	l.api.settle(t, t.Context())
	got = l.state(u, j.ID)
	require.Equal(t, "failed", got.State)
	require.Contains(t, got.Message, "s3:ListBucket")
	require.Equal(t, []string{"free/1", "free/kept/1"}, l.keysOf("bkt"))

	gone := l.user(`[{"bucket":"*","actions":["*"]}]`)
	j = l.job(gone, "delete", `{"bucket":"bkt","keys":["free/1"]}`)
	l.admin().do("DELETE", "/iam/users/"+gone.header.Get(headerAccessKey), "").want(204)
	l.api.settle(t, t.Context())
	require.Equal(t, "failed", l.state(l.admin(), j.ID).State)
	require.Contains(t, l.keysOf("bkt"), "free/1")
}

func TestAJobIsNotAboutAnotherBucketOfTheSameName(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	j := l.job(l.admin(), "delete", `{"bucket":"bkt","prefixes":[""]}`)
	l.admin().do("DELETE", "/myfsio/buckets/bkt", "").want(204)
	l.bucket("bkt")
	l.put("bkt", "new")
	l.api.settle(t, t.Context())
	require.Equal(t, "failed", l.state(l.admin(), j.ID).State)
	require.Equal(t, []string{"new"}, l.keysOf("bkt"))
}

// cutter ends a context once so many transactions were made.
type cutter struct {
	kv.Store
	mu   sync.Mutex
	left int
	cut  func()
}

func (c *cutter) Update(ctx context.Context, fn func(kv.Txn) error) error {
	c.mu.Lock()
	if c.left > 0 {
		if c.left--; c.left == 0 {
			c.cut()
		}
	}
	c.mu.Unlock()
	return c.Store.Update(ctx, fn)
}

func (c *cutter) after(n int, cut func()) { c.mu.Lock(); c.left, c.cut = n, cut; c.mu.Unlock() }

// A job goes on after a stop at whatever point, and does all that is to be done, in versioned buckets without one delete marker too many.
func TestAJobGoesOnAfterAStop(t *testing.T) {
	for stop := 1; stop <= 12; stop++ {
		t.Run(fmt.Sprint(stop), func(t *testing.T) {
			t.Parallel()
			var c *cutter
			l := start(t, func(d *Deps) { c = &cutter{Store: d.KV}; d.KV = c })
			l.admin().do("POST", "/myfsio/buckets", `{"name":"bkt","versioning":true}`).want(201)
			l.many("bkt", "dir/", 130)
			l.many("bkt", "k", 120)
			var list []string
			for i := range 120 {
				list = append(list, fmt.Sprintf(`"k%04d"`, i))
			}
			j := l.job(l.admin(), "delete", `{"bucket":"bkt","keys":[`+strings.Join(list, ",")+`],"prefixes":["dir/"]}`)
			ctx, cancel := context.WithCancel(t.Context())
			c.after(stop, cancel)
			l.api.settle(t, ctx)
			c.after(0, nil)
			cancel()
			require.Contains(t, []string{"counting", "interrupted", "done"}, l.state(l.admin(), j.ID).State, "counting: it had not begun")
			// The next process.
			next, err := New(l.deps)
			require.NoError(t, err)
			next.settle(t, t.Context())
			got := l.state(l.admin(), j.ID)
			require.Equal(t, "done", got.State)
			require.EqualValues(t, 250, got.Done)
			require.Empty(t, l.keysOf("bkt"))
			var b Bucket
			l.admin().get("/myfsio/buckets/bkt").want(200).into(&b)
			require.EqualValues(t, 250, b.Markers)
		})
	}
}

// A process that was killed told nobody. Another takes its jobs over once it has seen no sign of life for long enough, by its own clock; one
// that knows itself alone need not wait.
func TestJobsOfADeadProcessAreTakenOver(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	l.put("bkt", "k")
	j := l.job(l.admin(), "delete", `{"bucket":"bkt","keys":["k"]}`)
	dead := func(beat int64) {
		require.NoError(t, l.deps.KV.Update(t.Context(), func(tx kv.Txn) error {
			rec, err := getJob(tx, j.ID)
			if err != nil {
				return err
			}
			rec.owner, rec.fence, rec.beat, rec.state, rec.started = "dead", 7, beat, jobRunning, l.clock.Now()
			return tx.Set(jobKey(jobRows, j.ID), rec.encode())
		}))
	}
	dead(1)
	shared := l.deps
	shared.Alone = false
	other, err := New(shared)
	require.NoError(t, err)
	other.settle(t, t.Context())
	require.Equal(t, []string{"k"}, l.keysOf("bkt"))
	l.clock.Advance(jobStale - time.Second)
	other.settle(t, t.Context())
	dead(2) // alive after all
	l.clock.Advance(time.Second)
	other.settle(t, t.Context())
	require.Equal(t, []string{"k"}, l.keysOf("bkt"))
	require.Equal(t, "interrupted", l.state(l.admin(), j.ID).State)
	l.clock.Advance(jobStale)
	other.settle(t, t.Context())
	require.Empty(t, l.keysOf("bkt"))
	require.Equal(t, "done", l.state(l.admin(), j.ID).State)

	// The one that was believed dead cannot write any more.
	l.put("bkt", "k")
	j = l.job(l.admin(), "delete", `{"bucket":"bkt","keys":["k"]}`)
	dead(3)
	stale := &worker{s: other.jobs, a: other, j: &jobRecord{id: j.ID, fence: 6, state: jobRunning}}
	require.ErrorIs(t, stale.save(t.Context(), nil), errLost)
	l.api.settle(t, t.Context()) // alone
	require.Empty(t, l.keysOf("bkt"))
}

func TestAJobIsCanceled(t *testing.T) {
	var c *cutter
	l := start(t, func(d *Deps) { c = &cutter{Store: d.KV}; d.KV = c })
	l.bucket("bkt")
	l.many("bkt", "k", 350)
	j := l.job(l.admin(), "delete", `{"bucket":"bkt","prefixes":["k"]}`)
	// Canceled in the middle of its work: the transaction of the cancel is made before one of the worker's goes on.
	c.after(5, func() {
		require.NoError(t, c.Store.Update(t.Context(), func(tx kv.Txn) error {
			rec, err := getJob(tx, j.ID)
			if err != nil {
				return err
			}
			return finish(tx, rec, jobCanceled, "", l.clock.Now())
		}))
	})
	l.api.settle(t, t.Context())
	got := l.state(l.admin(), j.ID)
	require.Equal(t, "canceled", got.State)
	require.Positive(t, got.Done)
	require.NotEmpty(t, l.keysOf("bkt"), "what was not done yet stays")
	require.Equal(t, 350-len(l.keysOf("bkt")), int(got.Done), "what was done is told")
	l.api.settle(t, t.Context())
	require.NotEmpty(t, l.keysOf("bkt"))

	// One that has not begun.
	j = l.job(l.admin(), "delete", `{"bucket":"bkt","prefixes":["k"]}`)
	var seen Job
	l.admin().do("DELETE", "/myfsio/jobs/"+j.ID, "").want(200).into(&seen)
	require.Equal(t, "canceled", seen.State)
	l.api.settle(t, t.Context())
	require.Zero(t, l.state(l.admin(), j.ID).Done)
}

func TestABulkCopyAndMove(t *testing.T) {
	l := start(t)
	l.bucket("one", "two")
	l.many("one", "src/", 120)
	l.put("one", "src/sub/x", "single")
	j := l.job(l.admin(), "copy", `{"bucket":"one","prefixes":["src/"],"base":"src/","targetBucket":"two","targetPrefix":"dst/"}`)
	require.Equal(t, "two/dst/", j.Target)
	l.api.settle(t, t.Context())
	require.Equal(t, "done", l.state(l.admin(), j.ID).State)
	require.Len(t, l.keysOf("two"), 121)
	require.Equal(t, "content of src/sub/x", l.admin().get("/myfsio/buckets/two/content?key=dst/sub/x").want(200).text())

	// What is there already is left alone, and told; what was moved is gone from its place.
	l.put("two", "dst/single")
	j = l.job(l.admin(), "copy", `{"bucket":"one","keys":["single"],"prefixes":["src/sub/"],"targetBucket":"two","targetPrefix":"dst/","move":true}`)
	require.Equal(t, "move", j.Kind)
	l.api.settle(t, t.Context())
	got := l.state(l.admin(), j.ID)
	require.Equal(t, "done", got.State)
	require.EqualValues(t, 1, got.Failed)
	require.Equal(t, JobError{"single", "PreconditionFailed", shapes[fault.PreconditionFailed].text}, got.Errors[0])
	require.Equal(t, "content of dst/single", l.admin().get("/myfsio/buckets/two/content?key=dst/single").want(200).text())
	require.Equal(t, "content of src/sub/x", l.admin().get("/myfsio/buckets/two/content?key=dst/src/sub/x").want(200).text())
	require.Contains(t, l.keysOf("one"), "single")
	require.NotContains(t, l.keysOf("one"), "src/sub/x")
	j = l.job(l.admin(), "copy", `{"bucket":"one","keys":["single"],"targetBucket":"two","targetPrefix":"dst/","move":true,"overwrite":true}`)
	l.api.settle(t, t.Context())
	require.Zero(t, l.state(l.admin(), j.ID).Failed)
	require.NotContains(t, l.keysOf("one"), "single")

	for body, code := range map[string]string{
		`{"bucket":"one","prefixes":["src/"],"targetPrefix":"src/copy/","base":"src/"}`: "InvalidRequest",
		`{"bucket":"one","prefixes":["src/"]}`:                                          "InvalidRequest",
		`{"bucket":"one","keys":["src/0000"],"base":"other/","targetPrefix":"x"}`:       "InvalidArgument",
		`{"bucket":"one"}`: "InvalidRequest",
	} {
		l.admin().do("POST", "/myfsio/jobs/bulk-copy", body).fails(400, code)
	}
	l.admin().do("POST", "/myfsio/jobs/bulk-copy", `{"bucket":"one","keys":["k"],"targetBucket":"none","targetPrefix":"x"}`).fails(404, "NoSuchBucket")
}

func TestJobsOnAHostileStore(t *testing.T) {
	l := start(t, func(d *Deps) { d.KV = kvtest.Hostile(d.KV, 7) })
	l.bucket("bkt")
	l.many("bkt", "k", 40)
	j := l.job(l.admin(), "delete", `{"bucket":"bkt","prefixes":["k"]}`)
	l.api.settle(t, t.Context())
	got := l.state(l.admin(), j.ID)
	require.Equal(t, "done", got.State, got.Message)
	require.EqualValues(t, 40, got.Done)
	require.Empty(t, l.keysOf("bkt"))
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	j := &jobRecord{
		id: "id", kind: "copy", state: jobRunning, bucket: "b", bucketID: "bi", target: "t", targetID: "ti", base: "ba", put: "pu", overs: true,
		userID: "ui", user: "us", account: "ac", remote: "re", secure: true, owner: "ow", fence: 1, beat: 2, total: 3, done: 4, failed: 5, bytes: 6,
		worked: 7, created: now, started: now, finished: now, message: "me", errors: []JobError{{"k", "c", "m"}, {"", "c2", ""}},
		keysDone: 8, prefixesDone: 9, after: "af\xff",
	}
	back, err := decodeJob("id", j.encode())
	require.NoError(t, err)
	require.Equal(t, j, back)
	i := &items{keys: []string{"a", "", "b"}, prefixes: []string{""}}
	gotItems, err := decodeItems(i.encode())
	require.NoError(t, err)
	require.Equal(t, i, gotItems)
	s := &session{row: "r", userID: "u", accessKey: "a", mark: []byte{0, 1}, expires: now}
	gotSession, err := decodeSession("r", s.encode())
	require.NoError(t, err)
	require.Equal(t, s, gotSession)
	k := &ticket{userID: "u", bucketID: "b", base: "x", name: "n", work: *i, expires: now}
	gotTicket, err := decodeTicket(k.encode())
	require.NoError(t, err)
	require.Equal(t, k, gotTicket)
	for _, bad := range [][]byte{nil, {}, {9}, {1, 0xff}, {1, 3, 5}, {1, 2}} {
		_, err := decodeJob("x", bad)
		require.Error(t, err)
	}
}

func FuzzRecords(f *testing.F) {
	f.Add((&jobRecord{kind: "copy", errors: []JobError{{"k", "c", "m"}}}).encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if j, err := decodeJob("x", raw); err == nil {
			again, err := decodeJob("x", j.encode())
			require.NoError(t, err)
			require.Equal(t, j.encode(), again.encode())
		}
		_, _ = decodeItems(raw)
		_, _ = decodeSession("x", raw)
		_, _ = decodeTicket(raw)
	})
}

func TestItemsAreNamedOnce(t *testing.T) {
	i := &items{keys: []string{"b", "a", "b", "dir/x", "dir", "dirx"}, prefixes: []string{"dir/", "dir/sub/", "dir/", "z"}}
	i.tidy()
	require.Equal(t, &items{keys: []string{"a", "b", "dir", "dirx"}, prefixes: []string{"dir/", "z"}}, i)
	i = &items{keys: []string{"a", "b"}, prefixes: []string{"x", ""}}
	i.tidy()
	require.Equal(t, &items{keys: []string{}, prefixes: []string{""}}, i)
}
