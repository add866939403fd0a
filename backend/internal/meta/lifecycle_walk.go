package meta

import (
	"time"

	"github.com/myfsio/myfsio/backend/internal/ident"
)

// WalkPhase is what a walk over a bucket looks at.
type WalkPhase uint8

// The phases, in order.
const (
	WalkNone WalkPhase = iota // no bucket: the walk is on its way to the next one after Bucket
	WalkVersions
	WalkUploads

	walkPhases
)

// LifecycleWalk is how far a walk over what lifecycle rules are about got. The worker's is the row x/lifecycle.
type LifecycleWalk struct {
	Started time.Time // the round through all buckets
	Ended   time.Time // zero while it is under way
	Bucket  string
	ID      ident.Bucket // of the bucket that is walked
	Phase   WalkPhase
	Prefix  string       // of the keys that are walked now; prefixes before it are done
	Key     string       // the last one that was looked at, "" for none
	Order   ident.Order  // its version
	Newer   int64        // how many noncurrent versions of the key were looked at
	Upload  ident.Upload // the last upload of Key, in WalkUploads
	Run     LifecycleRun // what was done in the bucket
}

// LifecycleKey is x/lifecycle: the worker's walk.
func LifecycleKey() []byte { return SystemKey("lifecycle") }

// Encode returns the row's bytes.
func (w *LifecycleWalk) Encode() []byte {
	e := newEncoder(lifecycleFormat, 128)
	e.time(1, w.Started)
	e.time(2, w.Ended)
	e.str(3, w.Bucket)
	if w.ID != (ident.Bucket{}) {
		e.bytes(4, w.ID[:])
	}
	e.uint(5, uint64(w.Phase))
	e.str(6, w.Prefix)
	e.str(7, w.Key)
	e.uint(8, uint64(w.Order))
	e.int(9, w.Newer)
	if w.Upload != (ident.Upload{}) {
		e.bytes(10, w.Upload[:])
	}
	e.message(11, w.Run.encode)
	return e.b
}

// DecodeLifecycleWalk is the inverse of Encode.
func DecodeLifecycleWalk(raw []byte) (*LifecycleWalk, error) {
	w := &LifecycleWalk{}
	err := decode(raw, lifecycleFormat, func(f field) error {
		switch f.id {
		case 1:
			w.Started = f.time()
		case 2:
			w.Ended = f.time()
		case 3:
			w.Bucket = f.str()
		case 4:
			return f.fixed(w.ID[:])
		case 5:
			if f.num >= uint64(walkPhases) {
				return unknown("phase of lifecycle walk", f)
			}
			w.Phase = WalkPhase(f.num)
		case 6:
			w.Prefix = f.str()
		case 7:
			w.Key = f.str()
		case 8:
			w.Order = ident.Order(f.num)
		case 9:
			w.Newer = f.int()
		case 10:
			return f.fixed(w.Upload[:])
		case 11:
			return w.Run.decode(f.data)
		default:
			return unknown("lifecycle walk", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Tally is a number of things and of their bytes.
type Tally struct{ Count, Bytes int64 }

// Add counts one more.
func (t *Tally) Add(bytes int64) {
	t.Count++
	t.Bytes += bytes
}

// LifecycleRun is what one walk over a bucket did.
type LifecycleRun struct {
	Started, Ended time.Time
	Expired        Tally // current versions
	Removed        Tally // noncurrent versions
	Markers        Tally // delete markers that were alone
	Uploads        Tally // uploads that were aborted
	Kept           Tally // what was due and stayed: protected, or changed meanwhile
}

// tallies are the counts, in the order of their fields.
func (r *LifecycleRun) tallies() [5]*Tally {
	return [...]*Tally{&r.Expired, &r.Removed, &r.Markers, &r.Uploads, &r.Kept}
}

// Idle reports whether nothing was due.
func (r *LifecycleRun) Idle() bool {
	for _, t := range r.tallies() {
		if *t != (Tally{}) {
			return false
		}
	}
	return true
}

func (r *LifecycleRun) encode(e *encoder) {
	e.time(1, r.Started)
	e.time(2, r.Ended)
	for i, t := range r.tallies() {
		e.int(wireNumber(3+2*i), t.Count)
		e.int(wireNumber(4+2*i), t.Bytes)
	}
}

func (r *LifecycleRun) decode(raw []byte) error {
	tallies := r.tallies()
	return decodeFields(raw, func(f field) error {
		switch i := int(f.id) - 3; {
		case f.id == 1:
			r.Started = f.time()
		case f.id == 2:
			r.Ended = f.time()
		case i >= 0 && i/2 < len(tallies) && i%2 == 0:
			tallies[i/2].Count = f.int()
		case i >= 0 && i/2 < len(tallies):
			tallies[i/2].Bytes = f.int()
		default:
			return unknown("lifecycle run", f)
		}
		return nil
	})
}

// LifecycleHistory is the latest runs in a bucket, newest first.
type LifecycleHistory []LifecycleRun

// MaxLifecycleRuns is how many runs a history keeps.
const MaxLifecycleRuns = 100

// Add puts a run first. One in which nothing was due takes the place of another such: the history is of what happened, and when the
// bucket was looked at last.
func (h *LifecycleHistory) Add(r LifecycleRun) {
	old := *h
	if len(old) > 0 && old[0].Idle() && r.Idle() {
		old = old[1:]
	}
	old = old[:min(len(old), MaxLifecycleRuns-1)]
	*h = append(LifecycleHistory{r}, old...)
}

// Encode returns the document's bytes.
func (h *LifecycleHistory) Encode() []byte {
	e := newEncoder(lifecycleFormat, 64*len(*h))
	for i := range *h {
		e.message(1, (*h)[i].encode)
	}
	return e.b
}

// DecodeLifecycleHistory is the inverse of Encode.
func DecodeLifecycleHistory(raw []byte) (*LifecycleHistory, error) {
	h := &LifecycleHistory{}
	err := decode(raw, lifecycleFormat, func(f field) error {
		if f.id != 1 {
			return unknown("lifecycle history", f)
		}
		var r LifecycleRun
		err := r.decode(f.data)
		*h = append(*h, r)
		return err
	})
	return h, err
}

// Lease is who does a kind of work that one node does at a time. Whoever finds the row unchanged for long enough may take it over.
type Lease struct {
	Token uint64 // raised by whoever takes it: work that was begun under another one is refused
	Epoch uint32 // node epoch of the holder
	Beat  uint64 // raised by the holder as it works
}

// LeaseKey is x/lease/<work>.
func LeaseKey(work string) []byte { return SystemKey("lease/" + work) }

// Encode returns the row's bytes.
func (l *Lease) Encode() []byte {
	e := newEncoder(1, 24)
	e.uint(1, l.Token)
	e.uint(2, uint64(l.Epoch))
	e.uint(3, l.Beat)
	return e.b
}

// DecodeLease is the inverse of Encode.
func DecodeLease(raw []byte) (*Lease, error) {
	l := &Lease{}
	err := decode(raw, 1, func(f field) error {
		switch f.id {
		case 1:
			l.Token = f.num
		case 2:
			l.Epoch = uint32(f.num) //nolint:gosec // written by Encode
		case 3:
			l.Beat = f.num
		default:
			return unknown("lease", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}
