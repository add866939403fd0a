package crash

import (
	"crypto/md5" //nolint:gosec // Content-MD5
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

const held = "amended" // a bucket with object lock

// register is something that holds one number, written over and over: a tag, a lock, a document. Nobody else writes it.
type register struct {
	path, query string
	words       []string // what it tells apart, in turn; nil for all numbers
	write       func(n int) (body string, headers []string)
	found       *regexp.Regexp // of what reading answers: the number

	acked, pending int // the last value that was acknowledged, and one whose write was not answered, else 0
}

func (r *register) same(read, n int) bool {
	if n == 0 {
		return false
	}
	if r.words != nil {
		n %= len(r.words)
	}
	return read == n
}

func (r *register) set(c *client, n int) (*answer, error) {
	body, headers := r.write(n)
	sum := md5.Sum([]byte(body)) //nolint:gosec // as above
	return c.do("PUT", r.path, r.query, []byte(body), append(headers, "Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))...)
}

func (r *register) get(c *client) (int, error) {
	a, err := c.must("GET", r.path, r.query, nil, 200)
	if err != nil {
		return 0, err
	}
	m := r.found.FindSubmatch(a.body)
	if m == nil {
		return 0, fmt.Errorf("%s?%s answers %s", r.path, r.query, a.body)
	}
	if r.words != nil {
		return slices.Index(r.words, string(m[1])), nil
	}
	if at, err := time.Parse(time.RFC3339, string(m[1])); err == nil {
		return int(at.Unix() - base.Unix()), nil
	}
	return strconv.Atoi(string(m[1]))
}

var base = time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)

// ofVersion are the registers of one version of an object.
func ofVersion(key, version string) []*register {
	path, id := "/"+held+"/"+key, "&versionId="+version
	return []*register{
		{path: path, query: "tagging" + id, found: regexp.MustCompile(`<Value>(\d+)</Value>`), write: func(n int) (string, []string) {
			return fmt.Sprintf("<Tagging><TagSet><Tag><Key>n</Key><Value>%d</Value></Tag></TagSet></Tagging>", n), nil
		}},
		{path: path, query: "legal-hold" + id, words: []string{"OFF", "ON"}, found: regexp.MustCompile(`<Status>(ON|OFF)</Status>`), write: func(n int) (string, []string) {
			return "<LegalHold><Status>" + []string{"OFF", "ON"}[n%2] + "</Status></LegalHold>", nil
		}},
		{path: path, query: "retention" + id, found: regexp.MustCompile(`<RetainUntilDate>([^<]*)</RetainUntilDate>`), write: func(n int) (string, []string) {
			until := base.Add(time.Duration(n) * time.Second).Format(time.RFC3339)
			return "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>" + until + "</RetainUntilDate></Retention>", []string{"X-Amz-Bypass-Governance-Retention", "true"}
		}},
		{path: path, query: "acl" + id, words: []string{"", "AllUsers", "AuthenticatedUsers"}, found: regexp.MustCompile(`(?s)^.*?(?:/global/(\w+)<.*)?$`), write: func(n int) (string, []string) {
			return "", []string{"X-Amz-Acl", []string{"private", "public-read", "authenticated-read"}[n%3]}
		}},
	}
}

// ofBucket are the documents of a bucket.
func ofBucket(bucket string) []*register {
	path := "/" + bucket
	return []*register{
		{path: path, query: "tagging", found: regexp.MustCompile(`<Value>(\d+)</Value>`), write: func(n int) (string, []string) {
			return fmt.Sprintf("<Tagging><TagSet><Tag><Key>n</Key><Value>%d</Value></Tag></TagSet></Tagging>", n), nil
		}},
		{path: path, query: "cors", found: regexp.MustCompile(`<MaxAgeSeconds>(\d+)<`), write: func(n int) (string, []string) {
			return fmt.Sprintf("<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>%d</MaxAgeSeconds></CORSRule></CORSConfiguration>", n), nil
		}},
		{path: path, query: "lifecycle", found: regexp.MustCompile(`<Days>(\d+)</Days>`), write: func(n int) (string, []string) {
			return fmt.Sprintf("<LifecycleConfiguration><Rule><ID>r</ID><Status>Disabled</Status><Filter/><Expiration><Days>%d</Days></Expiration></Rule></LifecycleConfiguration>", n), nil
		}},
		{path: path, query: "policy", found: regexp.MustCompile(`"Sid":"n(\d+)"`), write: func(n int) (string, []string) {
			return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"n%d","Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*"}]}`, n, bucket), nil
		}},
	}
}

// amender writes its registers, one after the other and by chance, and tries to delete what is locked.
type amender struct {
	rnd       *rand.Rand
	registers []*register
	locked    string // path and query of a version that nobody can delete
	next      int
	log       *faults
	client    *client
}

// run goes on until a write is not answered.
func (a *amender) run() {
	for {
		if a.rnd.IntN(10) == 0 {
			path, query, _ := strings.Cut(a.locked, "?")
			got, err := a.client.do("DELETE", path, query, nil, "X-Amz-Bypass-Governance-Retention", "true")
			if err != nil {
				return
			}
			if got.status != 403 && got.status < 500 {
				a.log.add("deleting the locked %s: %d %.200s", a.locked, got.status, got.body)
			}
			continue
		}
		r := a.registers[a.rnd.IntN(len(a.registers))]
		a.next++
		n := a.next
		r.pending = n
		got, err := r.set(a.client, n)
		switch {
		case err != nil || got.status >= 500:
			return
		case !got.ok():
			a.log.add("%s?%s = %d: %d %.200s", r.path, r.query, n, got.status, got.body)
			return
		}
		r.acked, r.pending = n, 0
		if a.rnd.IntN(4) == 0 {
			if read, err := r.get(a.client); err == nil && !r.same(read, n) {
				a.log.add("%s?%s was set to %d and reads %d", r.path, r.query, n, read)
			}
		}
	}
}

// check holds every register to what was acknowledged last, or to the write that was under way.
func (a *amender) check(c *client) error {
	for _, r := range a.registers {
		if r.acked == 0 && r.pending == 0 {
			continue
		}
		read, err := r.get(c)
		if err != nil && r.acked == 0 {
			r.pending = 0 // it never came to be
			continue
		}
		if err != nil {
			return err
		}
		switch {
		case r.same(read, r.pending):
			r.acked = r.pending
		case r.acked > 0 && !r.same(read, r.acked):
			a.log.add("%s?%s reads %d; %d was acknowledged, %d under way", r.path, r.query, read, r.acked, r.pending)
		}
		r.pending = 0
	}
	path, query, _ := strings.Cut(a.locked, "?")
	got, err := c.do("GET", path, query, nil)
	if err != nil {
		return err
	}
	if got.status != 200 || string(got.body) != "locked" {
		a.log.add("the locked %s: %d %.200s", a.locked, got.status, got.body)
	}
	return nil
}

// TestCrashOfAmendments: what was said of versions and buckets, and was acknowledged, is there after a kill, whole; and no kill opens a lock.
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
	crew := make([]*amender, 4)
	for i := range crew {
		w := &amender{rnd: rand.New(rand.NewPCG(seed, uint64(i)+2))} //nolint:gosec // as above
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
		key := fmt.Sprintf("locked-%d", i)
		sum := md5.Sum([]byte("locked")) //nolint:gosec // as above
		a, err := c.do("PUT", "/"+held+"/"+key, "", []byte("locked"), "Content-MD5", base64.StdEncoding.EncodeToString(sum[:]),
			"X-Amz-Object-Lock-Mode", "COMPLIANCE", "X-Amz-Object-Lock-Retain-Until-Date", base.Format(time.RFC3339))
		require.NoError(t, err)
		require.Equal(t, 200, a.status, "%s", a.body)
		w.locked = "/" + held + "/" + key + "?versionId=" + a.header.Get("X-Amz-Version-Id")
		crew[i] = w
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
		for i, bucket := range append([]string{held}, "documents-0", "documents-1", "documents-2", "documents-3") {
			require.NoError(t, checkUsage(c, bucket, log), "round %d, bucket %d", round, i)
		}
		if len(log.list) > 0 {
			t.Fatalf("round %d of seed %d:\n%s\nlog of the server:\n%s", round, seed, joinLines(log.list), s.Log())
		}
	}
	written := 0
	for _, w := range crew {
		written += w.next
	}
	t.Logf("%d amendments", written)
	require.Greater(t, written, 100)
	require.NoError(t, s.Stop(40*time.Second))
}
