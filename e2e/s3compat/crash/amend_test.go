package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

const (
	held      = "amended" // a bucket with object lock
	maxLocked = 200       // versions that one worker locks, which all are read after every kill
)

// lock is a version that was locked, and that nobody can delete.
type lock struct{ path, version, body string }

// amender writes its registers by chance, locks versions under way, and tries to delete what is locked.
type amender struct {
	name      string
	rnd       *rand.Rand
	registers []*register
	locked    []lock
	next      int // of values and keys
	amended   int // acknowledged
	refusals  int
	log       *faults
	client    *client
}

// run goes on until a write is not answered.
func (a *amender) run() {
	for {
		a.next++
		var alive bool
		switch n := a.rnd.IntN(20); {
		case n < 2:
			alive = a.attack()
		case n < 3 && len(a.locked) < maxLocked:
			alive = a.lock()
		case n < 6:
			alive = a.refused(a.registers[a.rnd.IntN(len(a.registers))])
		default:
			alive = a.amend(a.registers[a.rnd.IntN(len(a.registers))])
		}
		if !alive {
			return
		}
	}
}

// amend gives a register its next value, or none.
func (a *amender) amend(r *register) bool {
	value := r.value(a.next)
	write := func() (*answer, error) { return r.set(a.client, a.next) }
	if r.remove != nil && a.rnd.IntN(8) == 0 {
		value, write = "", func() (*answer, error) { return r.remove(r, a.client) }
	}
	r.pending = &value
	got, err := write()
	if err != nil || got.status >= 500 {
		return false
	}
	r.pending = nil
	if !got.ok() {
		a.log.add("%s?%s = %q: %d %.200s", r.path, r.query, value, got.status, got.body)
		return false
	}
	r.acked = value
	a.amended++
	if a.rnd.IntN(4) == 0 {
		if read, err := r.get(a.client); err == nil && read != value {
			a.log.add("%s?%s was set to %q and reads %q", r.path, r.query, value, read)
		}
	}
	return true
}

// refused asks for what must be refused, so that the value stays.
func (a *amender) refused(r *register) bool {
	body, headers := r.refuse(a.next)
	got, err := send(a.client, "PUT", r.path, r.query, body, headers...)
	if err != nil || got.status >= 500 {
		return false
	}
	if !got.refused() {
		a.log.add("%s?%s took what it must refuse: %d %.200s", r.path, r.query, got.status, body)
	}
	a.refusals++
	return true
}

// lock makes a version, and locks it in one of the three ways there are. It counts as locked once that was acknowledged.
func (a *amender) lock() bool {
	l := lock{path: fmt.Sprintf("/%s/locked/%s/%d", held, a.name, a.next), body: fmt.Sprintf("locked %s %d", a.name, a.next)}
	until := stamp(0)
	way := a.rnd.IntN(3)
	var headers []string
	if way == 0 {
		headers = []string{"X-Amz-Object-Lock-Mode", "COMPLIANCE", "X-Amz-Object-Lock-Retain-Until-Date", until}
	}
	got, err := send(a.client, "PUT", l.path, "", l.body, headers...)
	if err == nil && got.ok() {
		l.version = got.header.Get("X-Amz-Version-Id")
		switch way {
		case 1:
			got, err = send(a.client, "PUT", l.path, "retention&versionId="+l.version, "<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>"+until+"</RetainUntilDate></Retention>")
		case 2:
			got, err = send(a.client, "PUT", l.path, "legal-hold&versionId="+l.version, "<LegalHold><Status>ON</Status></LegalHold>")
		}
	}
	if err != nil || got.status >= 500 {
		return false
	}
	if !got.ok() {
		a.log.add("locking %s: %d %.200s", l.path, got.status, got.body)
		return false
	}
	a.locked = append(a.locked, l)
	return true
}

// attack tries to get rid of a locked version: by its id, among many, under a marker, or under another version.
func (a *amender) attack() bool {
	if len(a.locked) == 0 {
		return true
	}
	l := a.locked[a.rnd.IntN(len(a.locked))]
	key := strings.TrimPrefix(l.path, "/"+held+"/")
	var got *answer
	var err error
	want := func(*answer) bool { return got.status == 403 }
	switch a.rnd.IntN(4) {
	case 0:
		got, err = send(a.client, "DELETE", l.path, "versionId="+l.version, "", "X-Amz-Bypass-Governance-Retention", "true")
	case 1:
		got, err = send(a.client, "POST", "/"+held, "delete", "<Delete><Object><Key>"+key+"</Key><VersionId>"+l.version+"</VersionId></Object></Delete>", "X-Amz-Bypass-Governance-Retention", "true")
		want = func(got *answer) bool {
			return got.status == 200 && strings.Contains(string(got.body), "<Code>AccessDenied</Code>") && !strings.Contains(string(got.body), "<Deleted>")
		}
	case 2:
		got, err = send(a.client, "DELETE", l.path, "", "")
		want = (*answer).ok
	default:
		got, err = send(a.client, "PUT", l.path, "", "over it")
		want = (*answer).ok
	}
	if err != nil || got.status >= 500 {
		return false
	}
	if !want(got) {
		a.log.add("against the locked %s: %d %.200s", l.path, got.status, got.body)
	}
	return true
}

// check holds every register to what was acknowledged last or was under way, and looks for everything that was locked.
func (a *amender) check(c *client) error {
	for _, r := range a.registers {
		read, err := r.get(c)
		if err != nil {
			return err
		}
		if fault := r.settle(read); fault != "" {
			a.log.add("%s", fault)
		}
	}
	for i, l := range a.locked {
		got, err := c.do("GET", l.path, "versionId="+l.version, nil)
		if err != nil {
			return err
		}
		if got.status != 200 || string(got.body) != l.body {
			a.log.add("the locked %s: %d %.200s", l.path, got.status, got.body)
		}
		if i%8 != a.rnd.IntN(8) {
			continue
		}
		got, err = send(c, "DELETE", l.path, "versionId="+l.version, "", "X-Amz-Bypass-Governance-Retention", "true")
		if err != nil {
			return err
		}
		if got.status != 403 {
			a.log.add("the locked %s could be deleted after the kill: %d %.200s", l.path, got.status, got.body)
		}
	}
	return nil
}

// TestCrashOfAmendments: what was said of versions and buckets, and was acknowledged, is there after a kill, whole; what was refused is not;
// no kill opens a lock; and usage equals a recount.
func TestCrashOfAmendments(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any bits will do
	if text := os.Getenv("MYFSIO_CRASH_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
		seed = n
	}
	t.Logf("MYFSIO_CRASH_SEED=%d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // repeatable on purpose
	options := lab.Options{Root: t.TempDir()}
	s, err := lab.Launch(options)
	require.NoError(t, err)
	defer func() { s.Kill() }()
	c := newClient(s)
	create, err := c.do("PUT", "/"+held, "", nil, "X-Amz-Bucket-Object-Lock-Enabled", "true")
	require.NoError(t, err)
	require.Equal(t, 200, create.status, "%s", create.body)
	buckets := []string{held}
	crew := make([]*amender, 4)
	for i := range crew {
		w := &amender{name: fmt.Sprint(i), rnd: rand.New(rand.NewPCG(seed, uint64(i)+2))} //nolint:gosec // as above
		for k := range 3 {
			key := fmt.Sprintf("w%d-%d", i, k)
			a, err := c.must("PUT", "/"+held+"/"+key, "", []byte("amended"), 200)
			require.NoError(t, err)
			w.registers = append(w.registers, ofVersion(key, a.header.Get("X-Amz-Version-Id"))...)
		}
		bucket := fmt.Sprintf("documents-%d", i)
		_, err := c.must("PUT", "/"+bucket, "", nil, 200)
		require.NoError(t, err)
		w.registers = append(w.registers, ofBucket(bucket)...)
		buckets, crew[i] = append(buckets, bucket), w
	}
	for round := range (rounds(t) + 1) / 2 {
		log := &faults{}
		var wg sync.WaitGroup
		for _, w := range crew {
			w.client, w.log = c, log
			wg.Go(w.run)
		}
		<-time.After(50*time.Millisecond + time.Duration(rnd.Int64N(int64(600*time.Millisecond))))
		s.Kill()
		wg.Wait()
		c.http.CloseIdleConnections()
		s, err = lab.Launch(options)
		require.NoError(t, err, "round %d: the server does not start again", round)
		c = newClient(s)
		for _, w := range crew {
			require.NoError(t, w.check(c), "round %d", round)
		}
		for _, bucket := range buckets {
			require.NoError(t, checkUsage(c, bucket, log), "round %d", round)
		}
		if len(log.list) > 0 {
			t.Fatalf("round %d of seed %d:\n%s\nlog of the server:\n%s", round, seed, joinLines(log.list), s.Log())
		}
	}
	amended, refusals, locked := 0, 0, 0
	for _, w := range crew {
		amended, refusals, locked = amended+w.amended, refusals+w.refusals, locked+len(w.locked)
	}
	t.Logf("%d amendments, %d refusals, %d locks", amended, refusals, locked)
	require.Greater(t, amended, 100)
	require.Greater(t, refusals, 10)
	require.Greater(t, locked, 10)
	require.NoError(t, s.Stop(40*time.Second))
}
