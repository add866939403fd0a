package crash

import (
	"bytes"
	"crypto/md5" //nolint:gosec // ETags
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// forever is the end of what nobody was told the end of.
const forever = math.MaxInt64

// op is one write to a key: it puts a content or takes it away.
//
// start and end bound the time in which it took effect. An operation that was acknowledged ended then; one under way when the server was
// killed has no end, and may have taken effect or not. Whoever reads its value gives it one: what was seen has happened.
type op struct {
	id         string // also in the object's metadata
	remove     bool
	body       content
	start, end int64
	acked      bool
	refused    bool // told that it did not happen
	seen       bool
}

// happened reports whether the operation surely took effect, at the latest at its end.
func (o *op) happened() bool { return o.acked || o.seen }

// content is bytes that follow from few numbers.
type content struct {
	seed  uint64
	size  int
	parts []content // of an object that was uploaded in parts, else nil
}

func (c content) bytes() []byte {
	if c.parts != nil {
		var all []byte
		for _, p := range c.parts {
			all = append(all, p.bytes()...)
		}
		return all
	}
	out := make([]byte, c.size)
	var key [32]byte
	for i := range 8 {
		key[i] = byte(c.seed >> (8 * i))
	}
	_, _ = rand.NewChaCha8(key).Read(out)
	return out
}

// etag is the entity tag with its quotes.
func (c content) etag() string {
	if c.parts == nil {
		s := md5.Sum(c.bytes()) //nolint:gosec // as S3 has it
		return `"` + hex.EncodeToString(s[:]) + `"`
	}
	var all []byte
	for _, p := range c.parts {
		s := md5.Sum(p.bytes()) //nolint:gosec // as S3 has it
		all = append(all, s[:]...)
	}
	s := md5.Sum(all) //nolint:gosec // as S3 has it
	return fmt.Sprintf(`"%s-%d"`, hex.EncodeToString(s[:]), len(c.parts))
}

func (c content) is(body []byte) bool { return bytes.Equal(c.bytes(), body) }

// look is what a reader saw of a key: the operation whose value it was, or nothing.
type look struct {
	key        string
	id         string // empty: there was no object
	start, end int64
}

// oracle knows every operation on every key of the bucket without versions, and what readers saw.
type oracle struct {
	mu    sync.Mutex
	birth time.Time
	keys  map[string][]*op // the first is the state at the beginning of the round
	looks []look
	next  int
}

func newOracle() *oracle {
	return &oracle{birth: time.Now(), keys: map[string][]*op{}}
}

// now is a clock that never jumps, in nanoseconds since the oracle was made; positive.
func (or *oracle) now() int64 { return int64(time.Since(or.birth)) + 1 }

// begin registers an operation before its request is sent.
func (or *oracle) begin(key string, remove bool, body content) *op {
	or.mu.Lock()
	defer or.mu.Unlock()
	or.next++
	o := &op{id: fmt.Sprintf("op-%d", or.next), remove: remove, body: body, start: or.now(), end: forever}
	if len(or.keys[key]) == 0 {
		or.keys[key] = []*op{{id: "nothing", remove: true, acked: true}}
	}
	or.keys[key] = append(or.keys[key], o)
	return o
}

// ack and refuse register the answer; without one an operation stays under way.
func (or *oracle) ack(o *op) {
	or.mu.Lock()
	defer or.mu.Unlock()
	o.acked, o.end = true, or.now()
}

func (or *oracle) refuse(o *op) {
	or.mu.Lock()
	defer or.mu.Unlock()
	o.refused = true
}

func (or *oracle) saw(l look) {
	or.mu.Lock()
	defer or.mu.Unlock()
	l.end = or.now()
	or.looks = append(or.looks, l)
}

// current returns the value of a key of which only one worker writes, whose last operation was acknowledged; nil when there is none.
func (or *oracle) current(key string) *op {
	or.mu.Lock()
	defer or.mu.Unlock()
	list := or.keys[key]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].acked {
			if list[i].remove {
				return nil
			}
			return list[i]
		}
	}
	return nil
}

func (or *oracle) find(key, id string) *op {
	for _, o := range or.keys[key] {
		if o.id == id {
			return o
		}
	}
	return nil
}

// superseded returns an operation that surely replaced o's value before the time at, or nil.
func (or *oracle) superseded(key string, o *op, at int64) *op {
	for _, w := range or.keys[key] {
		if w != o && w.happened() && o.end < w.start && w.end < at {
			return w
		}
	}
	return nil
}

// judge weighs what readers saw during the round and returns what is impossible.
func (or *oracle) judge() (wrong []string) {
	for _, l := range or.looks {
		if l.id == "" {
			continue
		}
		o := or.find(l.key, l.id)
		switch {
		case o == nil:
			wrong = append(wrong, fmt.Sprintf("a reader of %s saw %s, which nobody wrote there", l.key, l.id))
			continue
		case o.refused:
			wrong = append(wrong, fmt.Sprintf("a reader of %s saw %s, which was refused", l.key, l.id))
		}
		o.seen, o.end = true, min(o.end, l.end)
	}
	for _, l := range or.looks {
		if l.id == "" { // then one of the deletions that can be meant has happened; which one is known only when there is one
			var may []*op
			for _, o := range or.keys[l.key] {
				if o.remove && !o.refused && o.start < l.end && or.superseded(l.key, o, l.start) == nil {
					may = append(may, o)
				}
			}
			if len(may) == 0 && len(or.keys[l.key]) > 0 {
				wrong = append(wrong, fmt.Sprintf("a reader of %s saw nothing while there was something", l.key))
			}
			if len(may) == 1 {
				may[0].seen, may[0].end = true, min(may[0].end, l.end)
			}
			continue
		}
		if o := or.find(l.key, l.id); o != nil {
			if w := or.superseded(l.key, o, l.start); w != nil {
				wrong = append(wrong, fmt.Sprintf("a reader of %s saw %s after %s had replaced it", l.key, l.id, w.id))
			}
		}
	}
	return wrong
}

// settle holds the state of a key after the crash against its operations, and makes it the state at the beginning of the next round. id is
// that of the metadata, empty when there is no object.
func (or *oracle) settle(key, id string) (wrong string) {
	list := or.keys[key]
	var possible *op
	if id == "" {
		var why *op
		for _, o := range list {
			if !o.remove || o.refused {
				continue
			}
			if w := or.superseded(key, o, forever); w != nil {
				why = w
				continue
			}
			possible = o
		}
		if possible == nil && len(list) > 0 {
			wrong = fmt.Sprintf("%s is missing: %s", key, describe(why))
		}
		or.keys[key] = []*op{{id: "nothing", remove: true, acked: true}}
		return wrong
	}
	o := or.find(key, id)
	switch {
	case o == nil:
		return fmt.Sprintf("%s has the value of %s, which nobody wrote there", key, id)
	case o.refused:
		wrong = fmt.Sprintf("%s has the value of %s, which was refused", key, id)
	default:
		if w := or.superseded(key, o, forever); w != nil {
			wrong = fmt.Sprintf("%s has the value of %s, which %s had replaced", key, id, describe(w))
		}
	}
	o.start, o.end, o.acked = 0, 0, true
	or.keys[key] = []*op{o}
	return wrong
}

func describe(o *op) string {
	if o == nil {
		return "no deletion can explain it"
	}
	kind, how := "write", "acknowledged"
	if o.remove {
		kind = "deletion"
	}
	if !o.acked {
		how = "seen by a reader"
	}
	return fmt.Sprintf("%s %s (%d bytes) was %s", kind, o.id, o.body.size, how)
}

// rest forgets the readers of the round.
func (or *oracle) rest() { or.looks = nil }
