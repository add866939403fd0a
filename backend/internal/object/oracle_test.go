package object

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob/blobtest"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// known is a version as the model has it. An id of "?" is one that nobody was told.
type known struct {
	id     string
	marker bool
	body   []byte
	tag    string // value of its one tag
}

func (k known) String() string {
	if k.marker {
		return k.id + ":marker"
	}
	return fmt.Sprintf("%s:%d bytes", k.id, len(k.body))
}

// model is what a bucket should hold: for each key its versions, newest first.
type model struct {
	versioning meta.Versioning
	keys       map[string][]known
}

func (m *model) add(key string, k known) []known {
	old := m.keys[key]
	switch m.versioning {
	case meta.VersioningOff:
		old = nil
	case meta.VersioningSuspended:
		old = without(old, meta.NullVersion)
	}
	return append([]known{k}, old...)
}

func without(list []known, id string) (rest []known) {
	for _, k := range list {
		if k.id != id {
			rest = append(rest, k)
		}
	}
	return rest
}

func (m *model) current(key string) *known {
	if list := m.keys[key]; len(list) > 0 && !list[0].marker {
		return &list[0]
	}
	return nil
}

// play runs random operations on a service and on the model beside it.
type play struct {
	*lab
	rng   *rand.Rand
	model model
	lossy bool // the store loses answers
	n     int
}

var playKeys = []string{"a", "a/b", "a b", "é", "z\x01"}

func (p *play) key() string { return playKeys[p.rng.IntN(len(playKeys))] }

func (p *play) body() []byte {
	p.n++
	return content(p.n, []int{0, 1, 20, testInline - 1, testInline, testInline + 1, 500, 3000}[p.rng.IntN(8)])
}

// dump is what the store holds of a key, each version read by its id.
func (p *play) dump(key string) (list []known) {
	p.t.Helper()
	var versions []*meta.Version
	require.NoError(p.t, p.kv.View(context.Background(), func(r kv.Reader) error {
		versions = nil
		cur, err := current(r, p.bucket.ID, key)
		if err != nil {
			return err
		}
		if cur != nil {
			versions = append(versions, cur)
		}
		it := r.Iter(kv.Prefix(meta.VersionsKey(p.bucket.ID, key)))
		for err == nil && it.Next() {
			var v *meta.Version
			if v, err = meta.DecodeVersion(key, it.Value()); err == nil {
				versions = append(versions, v)
			}
		}
		return errors.Join(err, it.Close())
	}))
	for i, v := range versions {
		k := known{id: v.ID(), marker: v.Marker}
		_, body, err := p.read(p.in(key, v.ID()))
		if v.Marker {
			p.wantKind(fault.DeleteMarker, err)
		} else {
			require.NoError(p.t, err)
			require.Len(p.t, body, int(v.Size))
			k.body = body
			if len(v.Tags) > 0 {
				k.tag = v.Tags[0].Value
			}
		}
		list = append(list, k)
		if i == 0 {
			o, again, err := p.read(p.in(key, ""))
			if v.Marker {
				p.wantKind(fault.NoSuchKey, err)
			} else {
				require.NoError(p.t, err)
				require.True(p.t, o.Current)
				require.True(p.t, bytes.Equal(body, again))
			}
		}
	}
	return list
}

func match(want, got []known) bool {
	if len(want) != len(got) {
		return false
	}
	for i, w := range want {
		if w.marker != got[i].marker || w.tag != got[i].tag || !bytes.Equal(w.body, got[i].body) || w.id != got[i].id && w.id != "?" {
			return false
		}
	}
	return true
}

// settle holds the key to what the operation should have made of it; when its outcome is not known, to either state.
func (p *play) settle(what, key string, err error, after []known) {
	p.t.Helper()
	got := p.dump(key)
	before := p.model.keys[key]
	if p.lossy && (fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Busy) || fault.Is(err, fault.ConditionalConflict)) {
		if !match(after, got) {
			require.True(p.t, match(before, got), "%s of %q, outcome unknown\nbefore %v\nafter %v\ngot %v", what, key, before, after, got)
		}
		p.model.keys[key] = got
		return
	}
	require.NoError(p.t, err, "%s of %q", what, key)
	require.True(p.t, match(after, got), "%s of %q\nbefore %v\nafter %v\ngot %v", what, key, before, after, got)
	p.model.keys[key] = got
}

// versionID is the id that the next version gets: known beforehand only when it is null.
func (p *play) versionID() string {
	if p.model.versioning == meta.VersioningEnabled {
		return "?"
	}
	return meta.NullVersion
}

func (p *play) step() {
	p.clock.Advance(time.Duration(p.rng.IntN(5)-1) * time.Millisecond) // now and then backwards, or standing still
	key := p.key()
	switch p.rng.IntN(13) {
	case 0, 1, 2:
		p.stepPut(key)
	case 3:
		p.stepConditional(key)
	case 4, 5:
		_, err := p.s.Delete(context.Background(), DeleteInput{Bucket: p.bucket, Key: key, Caller: testCaller})
		after := p.model.add(key, known{id: p.versionID(), marker: true})
		if p.model.versioning == meta.VersioningOff {
			after = nil
		}
		p.settle("delete", key, err, after)
	case 6, 7:
		p.stepRemove(key)
	case 8:
		p.stepCopy(key)
	case 9, 10:
		p.stepUpload(key)
	case 12:
		p.stepTags(key)
	case 11:
		switch p.rng.IntN(5) {
		case 0:
			p.model.versioning = meta.VersioningEnabled + meta.Versioning(p.rng.IntN(2))
			p.versioning(p.model.versioning)
		case 1:
			p.batch()
		case 2:
			p.open() // as after a crash
		default:
			n, err := p.s.Collect(context.Background(), p.clock.Now(), 1+p.rng.IntN(20))
			require.True(p.t, err == nil || p.lossy, "%d done: %v", n, err)
		}
	}
}

func (p *play) stepPut(key string) {
	body := p.body()
	in := p.putInput(key, body)
	if p.rng.IntN(3) == 0 {
		in.Size = -1
	}
	w, err := p.s.Put(context.Background(), in)
	id := p.versionID()
	if err == nil {
		id = w.Version.ID()
	}
	p.settle("put", key, err, p.model.add(key, known{id: id, body: body}))
}

func (p *play) stepConditional(key string) {
	body := p.body()
	in := p.putInput(key, body)
	cur := p.model.current(key)
	expect := fault.Internal // none
	if p.rng.IntN(2) == 0 {
		in.If.IfNoneMatch = true
		if cur != nil {
			expect = fault.PreconditionFailed
		}
	} else {
		in.If.IfMatch = "0123"
		switch {
		case cur == nil:
			expect = fault.NoSuchKey
		case p.rng.IntN(2) == 0:
			expect = fault.PreconditionFailed
		default:
			o, _ := p.mustRead(p.in(key, ""))
			in.If.IfMatch = o.Version.ETag()
		}
	}
	_, err := p.s.Put(context.Background(), in)
	if expect == fault.Internal {
		p.settle("conditional put", key, err, p.model.add(key, known{id: "?", body: body}))
		return
	}
	if !p.lossy || !fault.Is(err, fault.Unavailable) {
		p.wantKind(expect, err)
	}
	p.settle("refused put", key, nil, p.model.keys[key])
}

func (p *play) stepRemove(key string) {
	list := p.model.keys[key]
	id := meta.NullVersion
	if len(list) > 0 && p.rng.IntN(8) > 0 {
		id = list[p.rng.IntN(len(list))].id
	}
	_, err := p.s.Delete(context.Background(), DeleteInput{Bucket: p.bucket, Key: key, VersionID: id, Caller: testCaller})
	p.settle("remove "+id, key, err, without(list, id))
}

func (p *play) stepCopy(key string) {
	from := p.key()
	list := p.model.keys[from]
	if len(list) == 0 {
		return
	}
	src := list[p.rng.IntN(len(list))]
	in := CopyInput{Source: p.in(from, src.id), Target: p.bucket, Key: key, Caller: testCaller}
	if p.rng.IntN(4) == 0 {
		in.Algorithm = checksum.SHA256
	}
	w, err := p.s.Copy(context.Background(), in)
	if src.marker {
		p.wantKind(fault.InvalidRequest, err)
		return
	}
	if err == nil && in.Algorithm == checksum.SHA256 {
		require.Equal(p.t, checksum.Of(checksum.SHA256, src.body), w.Version.Checksum.Value)
	}
	p.settle("copy", key, err, p.model.add(key, known{id: "?", body: src.body, tag: src.tag}))
}

// stepTags gives some version of the key a tag, or none.
func (p *play) stepTags(key string) {
	list := p.model.keys[key]
	if len(list) == 0 {
		return
	}
	at := p.rng.IntN(len(list))
	k, tags := list[at], meta.Tags(nil)
	if k.tag = ""; p.rng.IntN(3) > 0 {
		p.n++
		k.tag = fmt.Sprint(p.n)
		tags = meta.Tags{{Name: "tag", Value: k.tag}}
	}
	in := VersionInput{Bucket: p.bucket, Key: key, VersionID: k.id}
	if at == 0 && p.rng.IntN(2) == 0 {
		in.VersionID = "" // the current one
	}
	_, err := p.s.SetTags(context.Background(), in, tags)
	if k.marker {
		if !p.lossy || !fault.Is(err, fault.Unavailable) {
			p.wantKind(fault.DeleteMarker, err)
		}
		return
	}
	after := append([]known(nil), list...)
	after[at] = k
	p.settle("tags of "+k.id, key, err, after)
}

// stepUpload makes an object of parts, some of them uploaded twice or left out, or ends the upload at some point.
func (p *play) stepUpload(key string) {
	u, err := p.s.CreateUpload(context.Background(), CreateUploadInput{Bucket: p.bucket, Key: key, Caller: testCaller})
	if p.lossy && err != nil {
		return
	}
	require.NoError(p.t, err)
	var all []byte
	var parts []CompletedPart
	number := 0
	for range 1 + p.rng.IntN(4) {
		number += 1 + p.rng.IntN(3)
		tries := 1 + p.rng.IntN(2)
		var body []byte
		for tries > 0 {
			p.n++
			body = content(p.n, testMin+p.rng.IntN(200))
			if part, err := p.s.PutPart(context.Background(), p.partInput(u, number, body)); err == nil {
				require.Equal(p.t, number, part.Number)
				tries--
			} else {
				require.True(p.t, p.lossy, "%v", err)
			}
		}
		if p.rng.IntN(4) > 0 {
			all = append(all, body...)
			parts = append(parts, CompletedPart{Number: number, ETag: checksum.ETag(md5Of(body))})
		}
	}
	if p.rng.IntN(5) == 0 {
		err := p.s.Abort(context.Background(), p.bucket, key, u.ID)
		require.True(p.t, err == nil || p.lossy, "%v", err)
		return
	}
	if len(parts) == 0 || p.rng.IntN(10) == 0 {
		return // left open
	}
	_, err = p.s.Complete(context.Background(), p.completeInput(u, parts...))
	p.settle("complete", key, err, p.model.add(key, known{id: "?", body: all}))
}

func (p *play) batch() {
	items := make([]BatchItem, 0, len(playKeys)+1)
	for _, key := range playKeys {
		items = append(items, BatchItem{Key: key})
	}
	items = append(items, BatchItem{Key: playKeys[0], VersionID: "no version id"})
	out, err := p.s.DeleteBatch(context.Background(), p.bucket, testCaller, items)
	require.NoError(p.t, err)
	require.Len(p.t, out, len(items))
	p.wantKind(fault.InvalidArgument, out[len(out)-1].Err)
	for i, key := range playKeys {
		after := p.model.add(key, known{id: p.versionID(), marker: true})
		if p.model.versioning == meta.VersioningOff {
			after = nil
		}
		p.settle("batch delete", key, out[i].Err, after)
	}
}

func (p *play) run(steps int) {
	p.t.Helper()
	for i := range steps {
		p.step()
		if i%10 == 0 {
			p.checkUsage()
			p.audit(false)
		}
	}
	p.checkUsage()
	p.audit(false)
	// What is left open goes, and with time the rows of completed uploads.
	var open []*meta.Upload
	p.walk(func(key, value []byte) error {
		if key[0] != 'u' {
			return nil
		}
		name, id, err := meta.KeyOfUpload(key)
		if err != nil {
			return err
		}
		u, err := meta.DecodeUpload(name, id, value)
		if err == nil {
			open = append(open, u)
		}
		return err
	})
	for _, u := range open {
		for err := errors.New("not tried"); err != nil; {
			if err = p.s.Abort(context.Background(), p.bucket, u.Key, u.ID); fault.Is(err, fault.NoSuchUpload) {
				err = nil
			}
			require.True(p.t, err == nil || p.lossy, "%v", err)
		}
	}
	p.open() // blobs of unknown outcomes are left to the sweep
	p.clock.Advance(25 * time.Hour)
	p.collect()
	p.audit(true)
	require.Zero(p.t, p.rows()['u'])
	p.checkUsage()
	for _, key := range playKeys {
		require.True(p.t, match(p.model.keys[key], p.dump(key)))
	}
}

// playOn runs random operations against the model on one engine.
func playOn(t *testing.T, store kv.Store, lossy bool, steps int) {
	t.Helper()
	seed := seedOf(t)
	p := &play{
		lab: labOn(t, store, blobtest.NewMemory()), rng: rand.New(rand.NewPCG(seed, 1)),
		model: model{keys: map[string][]known{}}, lossy: lossy,
	}
	p.run(steps)
	require.NoError(t, store.Close())
}

func TestOracleMemory(t *testing.T) {
	if !onPebble {
		playOn(t, kvtest.NewMemory(), false, 800)
	}
}

// TestOracleHostile runs them on an engine that runs every transaction twice, pages, lets others write, and loses answers.
func TestOracleHostile(t *testing.T) {
	if onPebble {
		return
	}
	store := kvtest.Hostile(kvtest.NewMemory(), seedOf(t)).Unknown(6)
	playOn(t, store, true, 500)
}
