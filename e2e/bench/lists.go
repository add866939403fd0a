package main

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// lists measures pages in small and large buckets, the page after a mass delete, and the start of a full store.
func (b *bench) lists() error {
	body := payload(64)
	fill := func(bucket string, n int64, key func(i int64) string) error {
		if err := makeBucket(b.ours, bucket); err != nil {
			return err
		}
		_, err := load(b.ours, 64, time.Hour, n, func(c *client, _ int, i int64) error {
			res, err := c.do(request{method: "PUT", path: "/" + bucket + "/" + key(i), body: body}, false)
			return want(res, err, 200)
		})
		return err
	}
	flat := func(i int64) string { return fmt.Sprintf("key-%09d", i) }
	folders := func(i int64) string { return fmt.Sprintf("folder-%d/key-%09d", i%10, i) }
	begun := time.Now()
	for _, f := range []struct {
		bucket string
		n      int64
		key    func(int64) string
	}{{"thousand", 1000, flat}, {"ten", 10, func(i int64) string { return fmt.Sprintf("folder-%d/x", i) }}, {"million", b.many, flat}, {"folders", b.many, folders}} {
		if err := fill(f.bucket, f.n, f.key); err != nil {
			return err
		}
	}
	fmt.Printf("\nfilled %d objects in %.0f s\n", 2*b.many+1010, time.Since(begun).Seconds())
	if err := flush(b.ours); err != nil {
		return err
	}
	page := func(bucket, params string) (time.Duration, error) {
		r, err := load(b.ours, 1, time.Hour, 200, func(c *client, _ int, _ int64) error {
			res, err := c.do(request{method: "GET", path: "/" + bucket, query: params}, false)
			return want(res, err, 200)
		})
		return r.p50, err
	}
	plain := query("list-type", "2")
	delimited := query("delimiter", "/", "list-type", "2")
	times := map[string]time.Duration{}
	for name, q := range map[string][2]string{"thousand": {"thousand", plain}, "million": {"million", plain}, "ten": {"ten", delimited}, "folders": {"folders", delimited}} {
		t, err := page(q[0], q[1])
		if err != nil {
			return err
		}
		times[name] = t
	}
	fmt.Printf("page of 1,000: %s of 1,000 keys, %s of %d keys: ratio **%.2f** (aim at most 1.3)\n",
		short(times["thousand"]), short(times["million"]), b.many, float64(times["million"])/float64(times["thousand"]))
	fmt.Printf("delimiter: %s over 10 keys, %s folding %d keys into 10 prefixes: ratio **%.2f** (aim at most 3)\n",
		short(times["ten"]), short(times["folders"]), b.many, float64(times["folders"])/float64(times["ten"]))
	if err := b.restart(); err != nil {
		return err
	}
	return b.afterDelete(flat)
}

// restart compares the start of the full store with that of an empty one.
func (b *bench) restart() error {
	dir := b.ours.dir
	b.ours.stop()
	var full, empty []time.Duration
	for i := range 3 {
		fresh, err := startOurs(b.bin, mustDir(dir, "empty"+strconv.Itoa(i)))
		if err != nil {
			return err
		}
		fresh.stop()
		again, err := startOurs(b.bin, mustDir(dir, "empty"+strconv.Itoa(i)))
		if err != nil {
			return err
		}
		again.stop()
		empty = append(empty, again.boot)
		s, err := startOurs(b.bin, dir)
		if err != nil {
			return err
		}
		full = append(full, s.boot)
		b.ours = s
		if i < 2 {
			s.stop()
		}
	}
	slices.Sort(full)
	slices.Sort(empty)
	fmt.Printf("start to first answer: %s empty, %s with %d objects: ratio **%.2f** (aim at most 5)\n",
		short(empty[1]), short(full[1]), 2*b.many, float64(full[1])/float64(empty[1]))
	return nil
}

// afterDelete deletes every key of the large bucket and times the next page.
func (b *bench) afterDelete(key func(int64) string) error {
	const batch = 1000
	if _, err := load(b.ours, 8, time.Hour, b.many/batch, func(c *client, _ int, n int64) error {
		doc := []byte("<Delete><Quiet>true</Quiet>")
		for i := n * batch; i < (n+1)*batch; i++ {
			doc = append(doc, "<Object><Key>"+key(i)+"</Key></Object>"...)
		}
		doc = append(doc, "</Delete>"...)
		res, err := c.doMD5(request{method: "POST", path: "/million", query: "delete=", body: doc})
		return want(res, err, 200)
	}); err != nil {
		return err
	}
	c, err := dial(b.ours.addr)
	if err != nil {
		return err
	}
	defer c.close()
	begun := time.Now()
	if _, err := c.must(request{method: "GET", path: "/million", query: query("list-type", "2")}, 200); err != nil {
		return err
	}
	fmt.Printf("page right after deleting %d keys: %s (aim under 100 ms)\n", b.many, short(time.Since(begun)))
	return nil
}

// idle reports the memory of a server that has answered one request.
func (b *bench) idle() error {
	rss, err := b.ours.resident()
	if err != nil {
		return err
	}
	fmt.Printf("idle: %d MiB resident (aim under 60)\n\n", rss>>20)
	return nil
}

// memory sends 64 MiB of each of 64 uploads that declare 1 GiB, samples, and breaks them off.
func (b *bench) memory() error {
	const uploads, sent = 64, 64 << 20
	chunk := payload(1 << 20)
	var wg, ready sync.WaitGroup
	release := make(chan struct{})
	errs := make(chan error, uploads)
	for i := range uploads {
		ready.Add(1)
		wg.Go(func() {
			err := func() error {
				c, err := dial(b.ours.addr)
				if err != nil {
					return err
				}
				defer c.close()
				c.head(request{method: "PUT", path: fmt.Sprintf("/%s/memory-%d", b.bucket, i), length: 1 << 30})
				if _, err := c.conn.Write(c.buf); err != nil {
					return err
				}
				for range sent / len(chunk) {
					if _, err := c.conn.Write(chunk); err != nil {
						return err
					}
				}
				return nil
			}()
			ready.Done()
			<-release
			errs <- err
		})
	}
	ready.Wait()
	rss, err := b.ours.resident()
	close(release)
	wg.Wait()
	for range uploads {
		if e := <-errs; e != nil {
			return e
		}
	}
	fmt.Printf("64 uploads that declare 1 GiB, 64 MiB sent of each: %d MiB resident (aim under 400)\n", rss>>20)
	return err
}
