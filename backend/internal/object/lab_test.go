package object

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv/pebbletest"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/usage"
)

const (
	testInline = 100
	testMin    = 50
)

var (
	testStart  = time.Date(2026, 3, 4, 5, 6, 7, 89, time.UTC)
	testCaller = Caller{Account: "default", User: "u1"}
)

// lab is a service on engines in memory, with one bucket.
type lab struct {
	t      testing.TB
	kv     kv.Store
	blobs  blob.Store
	clock  *clock.Manual
	idents *ident.Source
	deps   Deps
	s      *Service
	bucket *meta.Bucket
}

// onPebble makes newLab take the embedded engine; else it takes a hostile one, which runs every transaction twice.
var onPebble bool

// TestMain runs all tests on both engines.
func TestMain(m *testing.M) {
	code := m.Run()
	if bench := flag.Lookup("test.bench"); code == 0 && (bench == nil || bench.Value.String() == "") {
		onPebble = true
		code = m.Run()
	}
	os.Exit(code)
}

func newLab(t testing.TB) *lab { return labOn(t, newStore(t), blobtest.NewMemory()) }

func newStore(t testing.TB) kv.Store {
	t.Helper()
	if !onPebble {
		return kvtest.Hostile(kvtest.NewMemory(), 1)
	}
	s := pebbletest.NewDisk().Open(t, pebblekv.Options{})
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, kv.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

func labOn(t testing.TB, store kv.Store, blobs blob.Store) *lab {
	t.Helper()
	c := clock.NewManual(testStart)
	l := &lab{t: t, kv: store, blobs: blobs, clock: c, idents: ident.NewSource(c, rand.NewChaCha8([32]byte{1}))}
	l.deps = Deps{KV: store, Blobs: blobs, Clock: c, Idents: l.idents, InlineMax: testInline, MinPartSize: testMin}
	l.open()
	l.bucket = l.makeBucket("bucket")
	return l
}

// open opens the service, anew after a crash.
func (l *lab) open() {
	l.t.Helper()
	for {
		s, err := Open(context.Background(), l.deps)
		if fault.Is(err, fault.Unavailable) {
			continue // a store that loses answers
		}
		require.NoError(l.t, err)
		l.s = s
		return
	}
}

func (l *lab) makeBucket(name string) *meta.Bucket {
	l.t.Helper()
	b := &meta.Bucket{Name: name, ID: l.idents.Bucket(), Created: l.clock.Now(), Account: "default"}
	l.writeBucket(b)
	return b
}

func (l *lab) writeBucket(b *meta.Bucket) {
	l.t.Helper()
	l.update(func(tx kv.Txn) error { return tx.Set(meta.BucketKey(b.Name), b.Encode()) })
}

// update runs a transaction that may be run again until it is known to be committed.
func (l *lab) update(fn func(kv.Txn) error) {
	l.t.Helper()
	err := kv.ErrUnknown
	for errors.Is(err, kv.ErrUnknown) || fault.Is(err, fault.Busy) {
		err = l.kv.Update(context.Background(), fn)
	}
	require.NoError(l.t, err)
}

func (l *lab) versioning(v meta.Versioning) {
	l.t.Helper()
	b := *l.bucket
	b.Versioning = v
	l.writeBucket(&b)
	l.bucket = &b
}

func content(seed, n int) []byte {
	p := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), 9}).Read(p)
	return p
}

func (l *lab) putInput(key string, body []byte) PutInput {
	return PutInput{
		Bucket: l.bucket, Key: key, Caller: testCaller, Body: bytes.NewReader(body), Size: int64(len(body)),
		Headers: meta.Headers{ContentType: "text/plain", Metadata: []meta.Pair{{Name: "a", Value: "b"}}},
	}
}

func (l *lab) put(key string, body []byte) Written {
	l.t.Helper()
	w, err := l.s.Put(context.Background(), l.putInput(key, body))
	require.NoError(l.t, err)
	return w
}

func (l *lab) in(key, version string) GetInput {
	return GetInput{Bucket: l.bucket, Key: key, VersionID: version}
}

// read gets an object and its bytes, half by Read and half by WriteTo.
func (l *lab) read(in GetInput) (*Object, []byte, error) {
	o, err := l.s.Get(context.Background(), in)
	if err != nil {
		return nil, nil, err
	}
	var buf bytes.Buffer
	_, err = io.CopyN(&buf, o.Content, o.Length/2)
	if err == nil {
		_, err = o.Content.WriteTo(&buf)
	}
	return o, buf.Bytes(), errors.Join(err, o.Content.Close(), o.Content.Close())
}

func (l *lab) mustRead(in GetInput) (*Object, []byte) {
	l.t.Helper()
	o, body, err := l.read(in)
	require.NoError(l.t, err)
	require.Len(l.t, body, int(o.Length))
	return o, body
}

func (l *lab) wantKind(kind fault.Kind, err error) {
	l.t.Helper()
	require.Error(l.t, err)
	require.Equal(l.t, kind.String(), fault.KindOf(err).String(), "%v", err)
}

func (l *lab) del(key, version string) Deleted {
	l.t.Helper()
	d, err := l.s.Delete(context.Background(), DeleteInput{Bucket: l.bucket, Key: key, VersionID: version, Caller: testCaller})
	require.NoError(l.t, err)
	return d
}

func (l *lab) begin(key string) *meta.Upload {
	l.t.Helper()
	u, err := l.s.CreateUpload(context.Background(), CreateUploadInput{Bucket: l.bucket, Key: key, Caller: testCaller})
	require.NoError(l.t, err)
	return u
}

func (l *lab) partInput(u *meta.Upload, number int, body []byte) PartInput {
	return PartInput{Bucket: l.bucket, Key: u.Key, Upload: u.ID, Number: number, Body: bytes.NewReader(body), Size: int64(len(body))}
}

func (l *lab) putPart(u *meta.Upload, number int, body []byte) CompletedPart {
	l.t.Helper()
	p, err := l.s.PutPart(context.Background(), l.partInput(u, number, body))
	require.NoError(l.t, err)
	return CompletedPart{Number: number, ETag: checksum.ETag(p.MD5)}
}

func (l *lab) completeInput(u *meta.Upload, parts ...CompletedPart) CompleteInput {
	return CompleteInput{Bucket: l.bucket, Key: u.Key, Upload: u.ID, Caller: testCaller, Parts: parts, Size: -1}
}

// collect runs the collector and the sweep until there is nothing to do.
func (l *lab) collect() {
	l.t.Helper()
	for {
		n, err := l.s.Collect(context.Background(), l.clock.Now(), 7)
		if fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Busy) {
			continue
		}
		require.NoError(l.t, err)
		if n == 0 {
			return
		}
	}
}

func (l *lab) usage() meta.Usage {
	l.t.Helper()
	got, err := usage.Get(context.Background(), l.kv, l.bucket.ID)
	require.NoError(l.t, err)
	return got
}

// checkUsage holds the counters to a recount.
func (l *lab) checkUsage() {
	l.t.Helper()
	want, err := usage.Recount(context.Background(), l.kv, l.bucket.ID)
	require.NoError(l.t, err)
	require.Equal(l.t, want, l.usage())
}

// rows counts the rows by their first letter.
func (l *lab) rows() map[byte]int {
	l.t.Helper()
	n := map[byte]int{}
	l.walk(func(key, _ []byte) error {
		if key[0] == 0xff {
			return nil // the hostile engine's own
		}
		n[key[0]]++
		return nil
	})
	return n
}

func (l *lab) walk(fn func(key, value []byte) error) {
	l.t.Helper()
	require.NoError(l.t, walkAll(l.kv, fn))
}

func walkAll(store kv.Store, fn func(key, value []byte) error) error {
	return store.View(context.Background(), func(r kv.Reader) error {
		it := r.Iter(kv.Range{Start: []byte{0}})
		var err error
		for err == nil && it.Next() {
			err = fn(it.Key(), it.Value())
		}
		return errors.Join(err, it.Close())
	})
}

// audit holds the rows to each other and to the blobs. With settled set there is no garbage: exactly what is referenced is there.
func (l *lab) audit(settled bool) {
	l.t.Helper()
	require.NoError(l.t, auditStore(l.kv, l.blobs, settled))
}

type auditor struct {
	blobs, inline, wasted, parts map[string]bool
	haveInline, haveParts        map[string]bool
	unlisted                     map[string]bool // uploads whose unlisted parts are garbage
	garbage                      int
	newest                       map[string]*meta.Version // of v/, by bucket and key
	oldest                       map[string]*meta.Version // of o/
	nulls, noted                 map[string]ident.Order
}

func auditStore(store kv.Store, blobs blob.Store, settled bool) error {
	a := auditor{
		blobs: map[string]bool{}, inline: map[string]bool{}, wasted: map[string]bool{}, unlisted: map[string]bool{}, parts: map[string]bool{},
		haveInline: map[string]bool{}, haveParts: map[string]bool{},
		newest: map[string]*meta.Version{}, oldest: map[string]*meta.Version{}, nulls: map[string]ident.Order{}, noted: map[string]ident.Order{},
	}
	partBlobs := map[string][]string{}
	manifests, unlisted := map[string]map[int]bool{}, map[string]map[int]string{}
	err := walkAll(store, func(key, value []byte) error {
		switch key[0] {
		case 'o':
			v, err := meta.DecodeVersion(meta.KeyOfObject(key), value)
			if err != nil {
				return err
			}
			a.oldest[string(key[2:14])+v.Key] = v
			return a.holds(v)
		case 'v':
			name, o, err := meta.KeyOfVersion(key)
			if err != nil {
				return err
			}
			v, err := meta.DecodeVersion(name, value)
			if err != nil {
				return err
			}
			if v.Order != o {
				return fmt.Errorf("row of order %d has order %d", o, v.Order)
			}
			id := string(key[2:14]) + name
			if a.newest[id] == nil {
				a.newest[id] = v
			}
			if v.Null {
				if a.nulls[id] != 0 {
					return fmt.Errorf("%q has two null versions", name)
				}
				a.nulls[id] = o
			}
			return a.holds(v)
		case 'z':
			o, err := meta.DecodeOrder(value)
			a.noted[string(key[2:])] = o
			return err
		case 'd':
			a.haveInline[string(key[2:])] = true
		case 'p':
			number := meta.PartOfKey(key)
			u := string(key[2 : 2+ident.UploadSize])
			a.haveParts[u] = true
			if number == 0 {
				m, err := meta.DecodeManifest(value)
				if err != nil {
					return err
				}
				manifests[u] = map[int]bool{}
				for _, p := range m.Parts {
					manifests[u][p.Number] = true
				}
				return nil
			}
			p, err := meta.DecodePart(number, value)
			if err != nil {
				return err
			}
			if m := manifests[u]; m != nil && !m[number] {
				if unlisted[u] == nil {
					unlisted[u] = map[int]string{}
				}
				unlisted[u][number] = string(p.Blob[:])
			}
			partBlobs[u] = append(partBlobs[u], string(p.Blob[:]))
		case 'u':
			_, id, err := meta.KeyOfUpload(key)
			if err == nil {
				a.parts[string(id[:])] = true
			}
			return err
		case 'g':
			a.garbage++
			_, id, err := meta.KeyOfGarbage(key)
			if err != nil {
				return err
			}
			w, _, err := meta.DecodeWaste(value)
			switch w {
			case meta.WasteUpload:
				a.wasted[string(id[:])] = true
			case meta.WasteParts: // g/ comes before p/
				a.unlisted[string(id[:])] = true
			case meta.WasteBlob:
				a.blobs[string(id[:])] = true // may be there or not
				a.wasted[string(id[:])] = true
			}
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	for u, blobs := range unlisted {
		for number, id := range blobs {
			if !a.unlisted[u] && !a.wasted[u] {
				return fmt.Errorf("part %d of upload %x is in no version", number, u)
			}
			a.wasted[id] = true
		}
	}
	return a.finish(blobs, partBlobs, settled)
}

func (a *auditor) holds(v *meta.Version) error {
	switch {
	case v.Marker:
	case v.Segmented():
		if a.parts[string(v.Upload[:])] {
			return fmt.Errorf("upload %s is two versions", v.Upload)
		}
		a.parts[string(v.Upload[:])] = true
	case v.Inline:
		if v.Size > 0 {
			a.inline[string(v.Blob[:])] = true
		}
	case a.blobs[string(v.Blob[:])]:
		return fmt.Errorf("blob %s is in two versions, or garbage", v.Blob)
	default:
		a.blobs[string(v.Blob[:])] = true
	}
	return nil
}

func (a *auditor) finish(blobs blob.Store, partBlobs map[string][]string, settled bool) error {
	for id, v := range a.oldest {
		if n := a.newest[id]; n != nil && n.Order >= v.Order {
			return fmt.Errorf("%q: a noncurrent version is newer than the current one", v.Key)
		}
	}
	for id, v := range a.newest {
		if a.oldest[id] == nil && !v.Marker {
			return fmt.Errorf("%q: no current version, and the newest is no marker", v.Key)
		}
	}
	for id, o := range a.nulls {
		if a.noted[id] != o {
			return fmt.Errorf("null version of order %d is noted as %d", o, a.noted[id])
		}
		if v := a.oldest[id]; v != nil && v.Null {
			return fmt.Errorf("%q: current and noncurrent null version", v.Key)
		}
	}
	if len(a.noted) != len(a.nulls) {
		return fmt.Errorf("%d null versions, %d noted", len(a.nulls), len(a.noted))
	}
	if err := sameSet("inline", a.inline, a.haveInline); err != nil {
		return err
	}
	for u := range a.haveParts {
		if !a.parts[u] && !a.wasted[u] {
			return fmt.Errorf("parts of upload %x belong to nothing", u)
		}
	}
	for u, ids := range partBlobs {
		for _, id := range ids {
			if a.blobs[id] {
				return fmt.Errorf("blob %x is a part and something else", id)
			}
			a.blobs[id] = true
			if a.wasted[u] {
				a.wasted[id] = true
			}
		}
	}
	have := map[string]bool{}
	if err := blobs.List(context.Background(), blob.ID{}, func(i blob.Info) error {
		have[string(i.ID[:])] = true
		return nil
	}); err != nil {
		return err
	}
	for id := range a.blobs {
		if !have[id] && !a.wasted[id] {
			return fmt.Errorf("blob %x is missing", id)
		}
	}
	if !settled {
		return nil
	}
	if a.garbage > 0 {
		return fmt.Errorf("%d garbage rows are left", a.garbage)
	}
	return sameSet("blobs", a.blobs, have)
}

func sameSet(what string, want, have map[string]bool) error {
	for id := range want {
		if !have[id] {
			return fmt.Errorf("%s: %x is missing", what, id)
		}
	}
	for id := range have {
		if !want[id] {
			return fmt.Errorf("%s: %x belongs to nothing", what, id)
		}
	}
	return nil
}

func seedOf(t testing.TB) uint64 {
	seed := rand.Uint64() //nolint:gosec // a test
	if s := os.Getenv("MYFSIO_SEED"); s != "" {
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("MYFSIO_SEED=%d", seed)
	return seed
}
