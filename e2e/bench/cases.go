package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"
)

type bench struct {
	options
	ours, ref *server
	bucket    string
}

// all runs every case that was asked for.
func (b *bench) all() error {
	b.bucket = "bench"
	for _, s := range []*server{b.ours, b.ref} {
		if err := makeBucket(s, b.bucket); err != nil {
			return err
		}
	}
	if b.only.MatchString("idle") {
		if err := b.idle(); err != nil {
			return err
		}
	}
	fmt.Println("| case | conns | ratio | MyFSIO ops/s | p50 | p99 | reference ops/s | p50 | p99 | CPU per operation |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for _, size := range []int{4 << 10, 64 << 10} {
		for _, conns := range []int{1, 16, 64} {
			if err := b.small(size, conns, ""); err != nil {
				return err
			}
		}
	}
	sum := sha256.Sum256(payload(4 << 10))
	if err := b.small(4<<10, 16, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	if err := b.large(); err != nil {
		return err
	}
	if err := b.features(); err != nil {
		return err
	}
	steps := []struct {
		name string
		run  func() error
	}{{"multipart", b.multipart}, {"memory", b.memory}, {"list", b.lists}}
	for _, s := range steps {
		if b.only.MatchString(s.name) {
			if err := s.run(); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

func makeBucket(s *server, name string) error {
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.must(request{method: "PUT", path: "/" + name}, 200)
	return err
}

// payload is n bytes that do not compress.
func payload(n int) []byte {
	out := make([]byte, 0, n+32)
	for i := 0; len(out) < n; i++ {
		sum := sha256.Sum256([]byte(strconv.Itoa(i)))
		out = append(out, sum[:]...)
	}
	return out[:n]
}

// pair measures one case on both servers.
func (b *bench) pair(name string, conns int, measure func(s *server, round int) (result, error)) error {
	return b.turns(name, conns,
		func(round int) (result, error) { return measure(b.ours, round) },
		func(round int) (result, error) { return measure(b.ref, round) })
}

// turns measures a case in two ways, which take turns, and prints the medians and their ratio.
func (b *bench) turns(name string, conns int, measures ...func(round int) (result, error)) error {
	if !b.only.MatchString(name) {
		return nil
	}
	got := make([][]result, len(measures))
	for round := range b.rounds {
		for i, measure := range measures {
			r, err := measure(round)
			if err != nil {
				return fmt.Errorf("%s, way %d: %w", name, i+1, err)
			}
			got[i] = append(got[i], r)
		}
	}
	o, r := median(got[0]), median(got[1])
	fmt.Printf("| %s | %d | **%.2f** | %.0f | %s | %s | %.0f | %s | %s | %.0f : %.0f µs |\n", name, conns, o.rate()/r.rate(),
		o.rate(), short(o.p50), short(o.p99), r.rate(), short(r.p50), short(r.p99), o.cost(), r.cost())
	return nil
}

func median(rs []result) result {
	slices.SortFunc(rs, func(a, b result) int {
		switch {
		case a.rate() < b.rate():
			return -1
		case a.rate() > b.rate():
			return 1
		}
		return 0
	})
	return rs[len(rs)/2]
}

func short(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.0f ms", float64(d.Milliseconds()))
}

const warm = 4000 // objects that reads choose from

// small measures PUT, GET, HEAD and DELETE of one size. A payload hash makes the requests signed over their body.
func (b *bench) small(size, conns int, sha string) error {
	label := fmt.Sprintf("%d KiB", size>>10)
	if sha != "" {
		label += " signed payload"
	}
	body := payload(size)
	dir := fmt.Sprintf("/%s/s%d-%d-%d", b.bucket, size, conns, len(sha))
	key := func(kind string, n int64) string { return dir + "/" + kind + "/" + strconv.FormatInt(n, 10) }
	err := b.pair("PUT "+label, conns, func(s *server, round int) (result, error) {
		return load(s, conns, b.slice, 0, func(c *client, _ int, n int64) error {
			res, err := c.do(request{method: "PUT", path: key("put"+strconv.Itoa(round), n), body: body, sha: sha}, false)
			return want(res, err, 200)
		})
	})
	if err != nil || sha != "" {
		return err
	}
	reads := b.only.MatchString("GET "+label) || b.only.MatchString("HEAD "+label)
	if reads {
		if err := b.fill(key, body); err != nil {
			return err
		}
	}
	for _, method := range []string{"GET", "HEAD"} {
		if err := b.pair(method+" "+label, conns, func(s *server, _ int) (result, error) {
			return load(s, conns, b.slice, 0, func(c *client, _ int, n int64) error {
				res, err := c.do(request{method: method, path: key("get", n*7919%warm)}, false)
				return want(res, err, 200)
			})
		}); err != nil {
			return err
		}
	}
	return b.pair("DELETE "+label, conns, func(s *server, round int) (result, error) {
		most := int64(conns) * 400
		fill, err := load(s, 64, time.Hour, most, func(c *client, _ int, n int64) error {
			res, err := c.do(request{method: "PUT", path: key("del"+strconv.Itoa(round), n), body: body}, false)
			return want(res, err, 200)
		})
		if err != nil {
			return fill, err
		}
		return load(s, conns, b.slice, most, func(c *client, _ int, n int64) error {
			res, err := c.do(request{method: "DELETE", path: key("del"+strconv.Itoa(round), n)}, false)
			return want(res, err, 204)
		})
	})
}

// fill writes the objects that reads use on both servers, flushes, and reads each once.
func (b *bench) fill(key func(string, int64) string, body []byte) error {
	for _, s := range []*server{b.ours, b.ref} {
		if _, err := load(s, 32, time.Hour, warm, func(c *client, _ int, n int64) error {
			res, err := c.do(request{method: "PUT", path: key("get", n), body: body}, false)
			return want(res, err, 200)
		}); err != nil {
			return err
		}
		if err := flush(s); err != nil {
			return err
		}
		if _, err := load(s, 16, time.Hour, warm, func(c *client, _ int, n int64) error {
			res, err := c.do(request{method: "GET", path: key("get", n)}, false)
			return want(res, err, 200)
		}); err != nil {
			return err
		}
	}
	return nil
}

// flush makes a server write out and compact what it holds in memory.
func flush(s *server) error {
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	if s.name == "reference" {
		_, err = c.must(request{method: "POST", path: "/-/flush"}, 200)
		return err
	}
	cmd := exec.Command(s.cmd.Path, "compact", "--set", "STORAGE_ROOT="+filepath.Join(s.dir, "data"))
	cmd.Env = clean()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compact: %w: %s", err, out)
	}
	return nil
}

func (b *bench) large() error {
	body := payload(16 << 20)
	sum := sha256.Sum256(body)
	key := func(n int64) string { return "/" + b.bucket + "/large/" + strconv.FormatInt(n%8, 10) }
	for _, conns := range []int{1, 4} {
		for _, put := range []struct{ name, sha string }{{"PUT 16 MiB", ""}, {"PUT 16 MiB signed payload", hex.EncodeToString(sum[:])}} {
			if err := b.pair(put.name, conns, func(s *server, _ int) (result, error) {
				return load(s, conns, 2*b.slice, 0, func(c *client, _ int, n int64) error {
					res, err := c.do(request{method: "PUT", path: key(n), body: body, sha: put.sha}, false)
					return want(res, err, 200)
				})
			}); err != nil {
				return err
			}
		}
		if err := b.pair("GET 16 MiB", conns, func(s *server, _ int) (result, error) {
			return load(s, conns, b.slice, 0, func(c *client, _ int, n int64) error {
				res, err := c.do(request{method: "GET", path: key(n)}, false)
				return want(res, err, 200)
			})
		}); err != nil {
			return err
		}
	}
	return nil
}

// multipart uploads 1 GiB in parts of 16 MiB over four connections and reports its speed and that of its completion.
func (b *bench) multipart() error {
	const parts, partSize = 64, 16 << 20
	body := payload(partSize)
	c, err := dial(b.ours.addr)
	if err != nil {
		return err
	}
	defer c.close()
	path := "/" + b.bucket + "/multipart"
	res, err := c.must(request{method: "POST", path: path, query: "uploads="}, 200)
	if err != nil {
		return err
	}
	id, err := element(res.body, "UploadId")
	if err != nil {
		return err
	}
	var mu sync.Mutex
	tags := make([]string, parts)
	up, err := load(b.ours, 4, time.Hour, parts, func(c *client, _ int, n int64) error {
		res, err := c.do(request{method: "PUT", path: path, query: query("partNumber", strconv.FormatInt(n+1, 10), "uploadId", id), body: body}, false)
		mu.Lock()
		tags[n] = res.etag
		mu.Unlock()
		return want(res, err, 200)
	})
	if err != nil {
		return err
	}
	var doc bytes.Buffer
	doc.WriteString("<CompleteMultipartUpload>")
	for i, tag := range tags {
		fmt.Fprintf(&doc, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, tag)
	}
	doc.WriteString("</CompleteMultipartUpload>")
	begun := time.Now()
	if _, err := c.must(request{method: "POST", path: path, query: query("uploadId", id), body: doc.Bytes()}, 200); err != nil {
		return err
	}
	complete := time.Since(begun)
	begun = time.Now()
	get, err := c.do(request{method: "GET", path: path}, false)
	if err := want(get, err, 200); err != nil {
		return err
	}
	fmt.Printf("\nmultipart of 1 GiB: parts %.0f MiB/s, completion %s, read back %.0f MiB/s\n",
		1024/up.elapsed.Seconds(), short(complete), 1024/time.Since(begun).Seconds())
	return nil
}
