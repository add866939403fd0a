// Package crash kills the server with SIGKILL at random moments under a mixed load, and holds what is there afterwards against an oracle of
// what was acknowledged, refused, under way and seen.
package crash

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// rounds is the number of kills; MYFSIO_CRASH_ROUNDS sets another one, MYFSIO_CRASH_SEED the moments and the load.
func rounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("MYFSIO_CRASH_ROUNDS")
	if text == "" {
		return 20
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

const workers = 6

// TestCrash: nothing acknowledged is missing, nothing refused is present, contents are whole, usage equals a recount, lists equal the oracle,
// and no reader saw what was then lost.
func TestCrash(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any bits will do
	if text := os.Getenv("MYFSIO_CRASH_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err)
		seed = n
	}
	t.Logf("MYFSIO_CRASH_SEED=%d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // repeatable on purpose
	options := lab.Options{Root: t.TempDir(), Env: map[string]string{"MULTIPART_MIN_PART_SIZE": strconv.Itoa(minPart)}}
	or := newOracle()
	crew := make([]*worker, workers)
	for i := range crew {
		crew[i] = &worker{number: i, rnd: rand.New(rand.NewPCG(seed, uint64(i)+2)), oracle: or, history: map[string][]*version{}, log: &faults{}} //nolint:gosec // as above
	}
	s, err := lab.Launch(options)
	require.NoError(t, err)
	defer func() { s.Kill() }()
	c := newClient(s)
	for _, b := range []string{flat, layered} {
		_, err := c.must("PUT", "/"+b, "", nil, 200)
		require.NoError(t, err)
	}
	_, err = c.must("PUT", "/"+layered, "versioning", []byte("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"), 200)
	require.NoError(t, err)

	total := 0
	for round := range rounds(t) {
		before := or.next
		log := &faults{}
		readers := []*reader{}
		var wg sync.WaitGroup
		c := newClient(s)
		for _, w := range crew {
			w.client, w.log = c, log
			wg.Go(w.run)
		}
		for i := range 2 {
			r := &reader{client: c, rnd: rand.New(rand.NewPCG(seed+uint64(round), uint64(i)+100)), oracle: or, workers: workers, log: log} //nolint:gosec // as above
			readers = append(readers, r)
			wg.Go(r.run)
		}
		wg.Go((&lister{c, log}).run)
		<-time.After(50*time.Millisecond + time.Duration(rnd.Int64N(int64(1200*time.Millisecond))))
		s.Kill()
		wg.Wait()
		c.http.CloseIdleConnections()
		for rnd.IntN(3) == 0 { // and once more while it recovers
			again, err := lab.Spawn(options)
			require.NoError(t, err)
			<-time.After(time.Duration(rnd.Int64N(int64(250 * time.Millisecond))))
			again.Kill()
		}
		s, err = lab.Launch(options)
		require.NoError(t, err, "round %d: the server does not start again", round)
		c = newClient(s)
		log.list = append(log.list, or.judge()...)
		or.rest()
		require.NoError(t, checkFlat(c, or, crew, log), "round %d", round)
		require.NoError(t, checkLayered(c, crew, readers, log), "round %d", round)
		for _, b := range []string{flat, layered} {
			require.NoError(t, checkUsage(c, b, log), "round %d", round)
		}
		if len(log.list) > 0 {
			t.Fatalf("round %d of seed %d:\n%s\nlog of the server:\n%s", round, seed, joinLines(log.list), s.Log())
		}
		total += or.next - before
		c.http.CloseIdleConnections()
	}
	t.Logf("%d rounds, %d writes", rounds(t), total)
	require.NoError(t, s.Stop(40*time.Second))
}

func joinLines(list []string) string {
	out := ""
	for i, l := range list {
		if i == 40 {
			return out + fmt.Sprintf("  … and %d more\n", len(list)-i)
		}
		out += "  " + l + "\n"
	}
	return out
}

// checkFlat holds the bucket without versions against the oracle: uploads first, since repeating an unanswered completion decides it.
func checkFlat(c *client, or *oracle, crew []*worker, log *faults) error {
	open, err := c.uploads(flat)
	if err != nil {
		return err
	}
	listing := map[string]bool{}
	for _, u := range open {
		listing[u.Key+" "+u.ID] = true
	}
	state := func(key string) (string, *answer, error) {
		a, err := c.must("GET", "/"+flat+"/"+key, "", nil, 200, 404)
		if err != nil || a.status == 404 {
			return "", a, err
		}
		return a.header.Get("X-Amz-Meta-Op"), a, nil
	}
	for _, w := range crew {
		var left []*upload
		for _, u := range w.uploads {
			name := u.key + " " + u.id
			there := listing[name]
			delete(listing, name)
			switch {
			case u.over:
				if there {
					log.add("upload %s is over and still listed", name)
				}
				continue
			case u.finish != nil: // completed without an answer: all of it or nothing of it
				id, _, err := state(u.key)
				if err != nil {
					return err
				}
				if there == (id == u.finish.id) {
					log.add("unanswered completion %s: listed %v, object of %s", name, there, id)
				}
				a, err := c.do("POST", "/"+flat+"/"+u.key, "uploadId="+u.id, u.finished)
				if err != nil {
					return err
				}
				if !a.ok() {
					log.add("completion %s, repeated after the crash: %d %.300s", name, a.status, a.body)
				} else {
					or.ack(u.finish)
				}
				continue
			case u.abort: // aborted without an answer
				if there {
					if _, err := c.must("DELETE", "/"+flat+"/"+u.key, "uploadId="+u.id, nil, 204); err != nil {
						return err
					}
				}
				continue
			case !there:
				log.add("open upload %s is missing", name)
				continue
			}
			got, err := c.parts(flat, u.key, u.id)
			if err != nil {
				return err
			}
			byNumber := map[int]listedPart{}
			for _, p := range got {
				byNumber[p.PartNumber] = p
			}
			for _, p := range u.parts {
				g, ok := byNumber[p.number]
				delete(byNumber, p.number)
				if !ok && p.acked {
					log.add("part %d of %s is missing", p.number, name)
				}
				if ok && (g.ETag != p.body.etag() || g.Size != int64(p.body.size)) {
					log.add("part %d of %s is another: %s, %d bytes", p.number, name, g.ETag, g.Size)
				}
			}
			if len(byNumber) > 0 {
				log.add("upload %s has parts that nobody sent: %v", name, byNumber)
			}
			if w.rnd.IntN(2) == 0 { // some stay for the next round
				if _, err := c.must("DELETE", "/"+flat+"/"+u.key, "uploadId="+u.id, nil, 204); err != nil {
					return err
				}
				continue
			}
			for i := range u.parts { // what was under way is decided now
				u.parts[i].acked = slices.ContainsFunc(got, func(p listedPart) bool { return p.PartNumber == u.parts[i].number })
			}
			left = append(left, u)
		}
		w.uploads = left
		for _, key := range w.creating { // made without an answer: nobody knows the id
			for name := range listing {
				var k, id string
				if _, err := fmt.Sscan(name, &k, &id); err == nil && k == key {
					delete(listing, name)
					if _, err := c.must("DELETE", "/"+flat+"/"+k, "uploadId="+id, nil, 204); err != nil {
						return err
					}
					break
				}
			}
		}
		w.creating = nil
	}
	for name := range listing {
		log.add("upload %s is listed and nobody made it", name)
	}

	keys, err := c.list(flat, 1000)
	if err != nil {
		return err
	}
	listed := map[string]string{}
	for _, k := range keys {
		listed[k.Key] = k.ETag
		if or.keys[k.Key] == nil {
			log.add("%s is listed and nobody wrote it", k.Key)
		}
	}
	for key := range or.keys {
		id, a, err := state(key)
		if err != nil {
			return err
		}
		tag, inList := listed[key]
		if inList != (a.status == 200) {
			log.add("%s: listed %v, read %d", key, inList, a.status)
		}
		if o := or.find(key, id); o != nil {
			if !o.body.is(a.body) {
				log.add("%s has not the content of %s: %d bytes", key, id, len(a.body))
			}
			if tag != o.body.etag() || a.header.Get("Etag") != tag {
				log.add("%s has the tag %s, listed %s, computed %s", key, a.header.Get("Etag"), tag, o.body.etag())
			}
		}
		if wrong := or.settle(key, id); wrong != "" {
			log.add("%s", wrong)
		}
	}
	return nil
}

// checkLayered holds the bucket with versions against what its workers know.
func checkLayered(c *client, crew []*worker, readers []*reader, log *faults) error {
	all, err := c.versions(layered)
	if err != nil {
		return err
	}
	byKey := map[string][]listed{}
	there := map[seenVersion]bool{}
	for _, v := range all {
		byKey[v.Key] = append(byKey[v.Key], v)
		there[seenVersion{v.Key, v.VersionID}] = true
	}
	removal := map[seenVersion]bool{}
	for _, w := range crew {
		for key, history := range w.history {
			got := byKey[key]
			delete(byKey, key)
			var now []*version
			for i := len(history) - 1; i >= 0; i-- {
				v := history[i]
				if v.removal {
					removal[seenVersion{key, v.id}] = true
				}
				switch {
				case v.id == "": // unanswered: at most once, and on top
					if len(got) > 0 && !known(history, got[0].VersionID) && got[0].Marker == v.op.remove {
						v.id = got[0].VersionID
					} else {
						continue
					}
				case v.removed:
					if there[seenVersion{key, v.id}] {
						log.add("version %s of %s was removed and is there", v.id, key)
					}
					continue
				case v.removal && !there[seenVersion{key, v.id}]:
					continue
				}
				if len(got) == 0 || got[0].VersionID != v.id || got[0].Marker != v.op.remove {
					log.add("version %s of %s is missing or out of order", v.id, key)
					continue
				}
				if got[0].Latest != (len(now) == 0) {
					log.add("version %s of %s: latest %v", v.id, key, got[0].Latest)
				}
				if !v.op.remove {
					a, err := c.must("GET", "/"+layered+"/"+key, "versionId="+v.id, nil, 200)
					if err != nil {
						return err
					}
					if a.header.Get("X-Amz-Meta-Op") != v.op.id || !v.op.body.is(a.body) || got[0].ETag != v.op.body.etag() || got[0].Size != int64(v.op.body.size) {
						log.add("version %s of %s is not what %s wrote", v.id, key, v.op.id)
					}
				}
				v.removal = false
				got = got[1:]
				now = append(now, v)
			}
			for _, v := range got {
				log.add("version %s of %s is listed and nobody made it", v.VersionID, key)
			}
			slices.Reverse(now)
			w.history[key] = now
		}
	}
	for key := range byKey {
		log.add("%s has versions and nobody wrote it", key)
	}
	for _, r := range readers {
		for _, s := range r.seen {
			if !there[s] && !removal[s] {
				log.add("a reader saw version %s of %s, which is lost", s.id, s.key)
			}
		}
	}
	return nil
}

func known(history []*version, id string) bool {
	return slices.ContainsFunc(history, func(v *version) bool { return v.id == id })
}

// checkUsage compares the counters of a bucket with a recount.
func checkUsage(c *client, bucket string, log *faults) error {
	a, err := c.must("GET", "/myfsio/buckets/"+bucket, "", nil, 200)
	if err != nil {
		return err
	}
	type usage struct{ Objects, Bytes, Versions, VersionBytes, DeleteMarkers, Uploads, UploadBytes int64 }
	var said, counted usage
	if err := json.Unmarshal(a.body, &said); err != nil {
		return err
	}
	all, err := c.versions(bucket)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.Marker {
			counted.DeleteMarkers++
			continue
		}
		counted.Versions++
		counted.VersionBytes += v.Size
		if v.Latest {
			counted.Objects++
			counted.Bytes += v.Size
		}
	}
	open, err := c.uploads(bucket)
	if err != nil {
		return err
	}
	for _, u := range open {
		counted.Uploads++
		parts, err := c.parts(bucket, u.Key, u.ID)
		if err != nil {
			return err
		}
		for _, p := range parts {
			counted.UploadBytes += p.Size
		}
	}
	if said != counted {
		log.add("usage of %s is %+v, a recount gives %+v", bucket, said, counted)
	}
	return nil
}
