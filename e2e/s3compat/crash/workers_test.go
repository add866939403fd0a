package crash

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

const (
	flat      = "crash-flat"      // bucket without versions
	layered   = "crash-versioned" // bucket with versions
	ownKeys   = 8                 // of each worker
	sharedKey = 4                 // keys that all workers write to
	minPart   = 64 << 10          // MULTIPART_MIN_PART_SIZE of the server
	keep      = 6                 // versions of a key, until the oldest are deleted
)

// part is a part of an upload.
type part struct {
	number int
	body   content
	acked  bool
}

// upload is a multipart upload that somebody was told of.
type upload struct {
	key, id  string
	parts    []part
	finish   *op  // completion that was sent
	abort    bool // abortion that was sent
	over     bool // and one of them answered
	finished []byte
}

// version is a version or delete marker of a key in the layered bucket.
type version struct {
	id      string // empty while it is not known
	op      *op
	removal bool // a deletion of this version was sent
	removed bool // and answered
}

// worker writes to keys of its own, one operation after another, and to the shared ones. It ends with the first answer that does not come.
type worker struct {
	*client
	number   int
	rnd      *rand.Rand
	oracle   *oracle
	creating []string // keys of uploads whose creation was not answered
	uploads  []*upload
	history  map[string][]*version // of the layered bucket, oldest first
	log      *faults
}

// faults collects what must not be.
type faults struct {
	mu   sync.Mutex
	list []string
}

func (f *faults) add(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, fmt.Sprintf(format, args...))
}

func (w *worker) own() string { return fmt.Sprintf("w%d/k%d", w.number, w.rnd.IntN(ownKeys)) }

func (w *worker) content() content {
	sizes := []int{0, 1, 100, 4000, 65536, 65537, 90_000, 300_000}
	return content{seed: w.rnd.Uint64(), size: sizes[w.rnd.IntN(len(sizes))]}
}

// run works until an answer stays away.
func (w *worker) run() {
	steps := []func() bool{w.put, w.put, w.put, w.put, w.delete, w.copy, w.shared, w.shared, w.create, w.batch, w.bad, w.multipart, w.abortUpload,
		w.versionPut, w.versionPut, w.versionPut, w.versionDelete, w.versionRemove, w.versionCopy}
	for steps[w.rnd.IntN(len(steps))]() {
	}
}

// done registers an answer and reports whether the worker goes on. expected lists refusals that may be.
func (w *worker) done(what string, o *op, a *answer, err error, expected ...int) bool {
	switch {
	case err != nil:
		return false
	case a.ok() && !bytes.Contains(a.body, []byte("<Error>")):
		w.oracle.ack(o)
	case a.refused():
		w.oracle.refuse(o)
		if !slices.Contains(expected, a.status) {
			w.log.add("%s was refused: %d %.300s", what, a.status, a.body)
		}
	default:
		w.log.add("%s answered %d %.300s", what, a.status, a.body)
	}
	return true
}

func (w *worker) put() bool { return w.putTo(w.own()) }

func (w *worker) putTo(key string, headers ...string) bool {
	o := w.oracle.begin(key, false, w.content())
	a, err := w.do("PUT", "/"+flat+"/"+key, "", o.body.bytes(), append([]string{"X-Amz-Meta-Op", o.id}, headers...)...)
	return w.done("put", o, a, err, 412, 409)
}

func (w *worker) delete() bool { return w.deleteFrom(w.own()) }

func (w *worker) deleteFrom(key string) bool {
	o := w.oracle.begin(key, true, content{})
	a, err := w.do("DELETE", "/"+flat+"/"+key, "", nil)
	return w.done("delete", o, a, err)
}

func (w *worker) shared() bool {
	key := fmt.Sprintf("shared/k%d", w.rnd.IntN(sharedKey))
	if w.rnd.IntN(4) == 0 {
		return w.deleteFrom(key)
	}
	return w.putTo(key)
}

// create writes only where nothing is.
func (w *worker) create() bool {
	return w.putTo(fmt.Sprintf("shared/k%d", w.rnd.IntN(sharedKey)), "If-None-Match", "*")
}

// bad sends what must be refused and leave no trace.
func (w *worker) bad() bool {
	key := w.own()
	o := w.oracle.begin(key, false, content{seed: w.rnd.Uint64(), size: 70_000})
	a, err := w.do("PUT", "/"+flat+"/"+key, "", o.body.bytes(), "X-Amz-Meta-Op", o.id, "Content-Md5", "AAAAAAAAAAAAAAAAAAAAAA==")
	w.oracle.refuse(o) // whatever becomes of it: it must never be there
	if err == nil && a.status != 400 {
		w.log.add("a wrong Content-MD5 answered %d", a.status)
	}
	return err == nil
}

func (w *worker) copy() bool {
	from, to := w.own(), w.own()
	source := w.oracle.current(from)
	if source == nil || from == to {
		return true
	}
	body := source.body
	if body.parts != nil { // a copy is one piece
		return true
	}
	o := w.oracle.begin(to, false, body)
	a, err := w.do("PUT", "/"+flat+"/"+to, "", nil, "X-Amz-Copy-Source", flat+"/"+from, "X-Amz-Metadata-Directive", "REPLACE", "X-Amz-Meta-Op", o.id)
	return w.done("copy", o, a, err)
}

// batch deletes several own keys in one request.
func (w *worker) batch() bool {
	var doc strings.Builder
	doc.WriteString("<Delete>")
	var ops []*op
	for i := range ownKeys {
		if w.rnd.IntN(3) == 0 {
			key := fmt.Sprintf("w%d/k%d", w.number, i)
			ops = append(ops, w.oracle.begin(key, true, content{}))
			fmt.Fprintf(&doc, "<Object><Key>%s</Key></Object>", key)
		}
	}
	doc.WriteString("</Delete>")
	if len(ops) == 0 {
		return true
	}
	sum := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(doc.String()))))
	a, err := w.do("POST", "/"+flat, "delete", []byte(doc.String()), "X-Amz-Checksum-Crc32", sum)
	for _, o := range ops {
		if !w.done("batch", o, a, err) {
			return false
		}
	}
	return true
}

// multipart makes an upload and often completes it.
func (w *worker) multipart() bool {
	key := w.own()
	var o *op
	sizes := []int{minPart, minPart + 10_000, 100}
	n := 1 + w.rnd.IntN(3)
	var bodies []content
	for i := range n {
		bodies = append(bodies, content{seed: w.rnd.Uint64(), size: sizes[(3-n)+i]})
	}
	o = w.oracle.begin(key, false, content{parts: bodies})
	w.creating = append(w.creating, key)
	a, err := w.do("POST", "/"+flat+"/"+key, "uploads", nil, "X-Amz-Meta-Op", o.id)
	if err != nil {
		w.oracle.refuse(o) // without a completion it must never be there
		return false
	}
	w.creating = w.creating[:len(w.creating)-1]
	var made struct {
		ID string `xml:"UploadId"`
	}
	if err := xml.Unmarshal(a.body, &made); err != nil || made.ID == "" {
		w.log.add("an upload could not be made: %d %.300s", a.status, a.body)
		w.oracle.refuse(o)
		return true
	}
	u := &upload{key: key, id: made.ID}
	w.uploads = append(w.uploads, u)
	for i, b := range bodies {
		u.parts = append(u.parts, part{number: i + 1, body: b})
		a, err := w.do("PUT", "/"+flat+"/"+key, fmt.Sprintf("partNumber=%d&uploadId=%s", i+1, u.id), b.bytes())
		if err != nil {
			w.oracle.refuse(o)
			return false
		}
		if !a.ok() {
			w.log.add("a part answered %d %.300s", a.status, a.body)
			w.oracle.refuse(o)
			return true
		}
		u.parts[i].acked = true
	}
	if w.rnd.IntN(4) == 0 { // left open
		w.oracle.refuse(o)
		return true
	}
	u.finish, u.finished = o, u.document()
	a, err = w.do("POST", "/"+flat+"/"+key, "uploadId="+u.id, u.finished)
	u.over = err == nil
	return w.done("complete", o, a, err)
}

func (u *upload) document() []byte {
	var doc strings.Builder
	doc.WriteString("<CompleteMultipartUpload>")
	for _, p := range u.parts {
		fmt.Fprintf(&doc, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", p.number, p.body.etag())
	}
	doc.WriteString("</CompleteMultipartUpload>")
	return []byte(doc.String())
}

func (w *worker) abortUpload() bool {
	for _, u := range w.uploads {
		if u.finish == nil && !u.abort {
			u.abort = true
			a, err := w.do("DELETE", "/"+flat+"/"+u.key, "uploadId="+u.id, nil)
			u.over = err == nil
			if err == nil && a.status != 204 {
				w.log.add("an abortion answered %d %.300s", a.status, a.body)
			}
			return err == nil
		}
	}
	return true
}

func (w *worker) layeredKey() string { return fmt.Sprintf("v%d/k%d", w.number, w.rnd.IntN(3)) }

func (w *worker) versionPut() bool {
	key := w.layeredKey()
	w.oracle.mu.Lock()
	w.oracle.next++
	o := &op{id: fmt.Sprintf("op-%d", w.oracle.next), body: w.content()}
	w.oracle.mu.Unlock()
	v := &version{op: o}
	w.history[key] = append(w.history[key], v)
	a, err := w.do("PUT", "/"+layered+"/"+key, "", o.body.bytes(), "X-Amz-Meta-Op", o.id)
	return w.versionDone(v, a, err)
}

func (w *worker) versionDone(v *version, a *answer, err error) bool {
	if err != nil {
		return false
	}
	if v.id = a.header.Get("X-Amz-Version-Id"); !a.ok() || v.id == "" {
		w.log.add("a write of a version answered %d, version %q: %.300s", a.status, v.id, a.body)
	}
	return true
}

func (w *worker) versionDelete() bool {
	key := w.layeredKey()
	v := &version{op: &op{remove: true}}
	w.history[key] = append(w.history[key], v)
	a, err := w.do("DELETE", "/"+layered+"/"+key, "", nil)
	return w.versionDone(v, a, err)
}

// versionRemove deletes some version for good, the oldest ones when there are many.
func (w *worker) versionRemove() bool {
	key := w.layeredKey()
	var alive []*version
	for _, v := range w.history[key] {
		if !v.removal {
			alive = append(alive, v)
		}
	}
	if len(alive) == 0 {
		return true
	}
	victims := []*version{alive[w.rnd.IntN(len(alive))]}
	if len(alive) > keep {
		victims = alive[:len(alive)-keep]
	}
	for _, v := range victims {
		v.removal = true
		a, err := w.do("DELETE", "/"+layered+"/"+key, "versionId="+v.id, nil)
		if err != nil {
			return false
		}
		if a.status != 204 {
			w.log.add("the removal of a version answered %d %.300s", a.status, a.body)
		}
		v.removed = true
	}
	return true
}

func (w *worker) versionCopy() bool {
	key := w.layeredKey()
	var source *version
	for _, v := range w.history[key] {
		if !v.removal && !v.op.remove {
			source = v
		}
	}
	if source == nil {
		return true
	}
	w.oracle.mu.Lock()
	w.oracle.next++
	o := &op{id: fmt.Sprintf("op-%d", w.oracle.next), body: source.op.body}
	w.oracle.mu.Unlock()
	v := &version{op: o}
	w.history[key] = append(w.history[key], v)
	a, err := w.do("PUT", "/"+layered+"/"+key, "", nil, "X-Amz-Copy-Source", layered+"/"+key+"?versionId="+source.id, "X-Amz-Metadata-Directive", "REPLACE", "X-Amz-Meta-Op", o.id)
	return w.versionDone(v, a, err)
}

// seenVersion is a version that a reader was shown.
type seenVersion struct{ key, id string }

// reader reads keys of all kinds, and lists, until an answer stays away. Every content that it sees must be whole and of somebody.
type reader struct {
	*client
	rnd     *rand.Rand
	oracle  *oracle
	workers int
	seen    []seenVersion
	log     *faults
}

func (r *reader) run() {
	for more := true; more; { // two looks at plain buckets for each at a versioned one
		more = r.flat()
		more = more && r.flat()
		more = more && r.version()
	}
}

func (r *reader) flat() bool {
	key := fmt.Sprintf("w%d/k%d", r.rnd.IntN(r.workers), r.rnd.IntN(ownKeys))
	if r.rnd.IntN(2) == 0 {
		key = fmt.Sprintf("shared/k%d", r.rnd.IntN(sharedKey))
	}
	l := look{key: key, start: r.oracle.now()}
	a, err := r.do("GET", "/"+flat+"/"+key, "", nil)
	if err != nil {
		return false
	}
	switch a.status {
	case 200:
		l.id = a.header.Get("X-Amz-Meta-Op")
		r.oracle.saw(l)
		r.oracle.mu.Lock()
		o := r.oracle.find(key, l.id)
		r.oracle.mu.Unlock()
		if o == nil || !o.body.is(a.body) || a.header.Get("Etag") != o.body.etag() {
			r.log.add("a reader of %s got %d bytes that are not those of %s", key, len(a.body), l.id)
		}
	case 404:
		r.oracle.saw(l)
	default:
		r.log.add("a read of %s answered %d %.300s", key, a.status, a.body)
	}
	return true
}

func (r *reader) version() bool {
	key := fmt.Sprintf("v%d/k%d", r.rnd.IntN(r.workers), r.rnd.IntN(3))
	a, err := r.do("GET", "/"+layered+"/"+key, "", nil)
	if err != nil {
		return false
	}
	if id := a.header.Get("X-Amz-Version-Id"); id != "" {
		r.seen = append(r.seen, seenVersion{key, id})
	}
	if a.status != 200 && a.status != 404 {
		r.log.add("a read of %s answered %d %.300s", key, a.status, a.body)
	}
	return true
}

// lister lists while the writers write. Between two pages keys come and go, but each page is sorted and no key is there twice.
type lister struct {
	*client
	log *faults
}

func (l *lister) run() {
	for {
		keys, err := l.list(flat, 7)
		if err != nil {
			return
		}
		for i := 1; i < len(keys); i++ {
			if keys[i-1].Key >= keys[i].Key {
				l.log.add("a listing is not in order: %q before %q", keys[i-1].Key, keys[i].Key)
			}
		}
	}
}
