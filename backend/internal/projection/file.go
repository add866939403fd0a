// Package projection keeps a file that shows committed state, and takes what is changed in it by hand back in.
//
// The state is the truth: a file that is missing or empty, or that is the last projection or the one under way, is only ever (re)written.
// Anything else is an edit.
//
// An edit is a three-way difference: what the file changed against the projection of the revision that it carries (without one, or with one
// that is not kept any more: the last projection) is applied to the state of now. A conflict or an invalid file is refused whole; the file then
// stays as it is, to be put right, and no projection is written over it. At start a file that builds on no projection that is kept (a restored
// backup, a file of MyFSIO 0.1.x), and one that is an older projection as it was (a younger backup), replaces the state as a whole, after a
// backup of that.
//
// To write a projection, in order, and what a kill leaves after each step:
//
//  1. rows with its content                  rows that no state names; the next projection of that revision writes them again
//  2. state: pending = revision, hash        the file is the projection before, `done`: written again
//  3. temporary file, synced                 the same; the temporary file is replaced
//  4. the two files change places, synced    the file is `pending`: known as ours
//  5. what came out is looked at             an edit that somebody saved in between is put back and taken in; after a kill just here it is
//     the temporary file, which is kept as <file>.lost at the next look
//  6. state: done = pending                  finished
//
// To take in an edit, one transaction changes the state and notes that this very file is in it; then a projection follows. A kill before the
// commit leaves the edit in the file, to be taken in at the next start; one after it leaves a file that is only written over, whatever the
// server changed since: an edit is applied once. Where an edit replaces the state the backup is durable before the transaction.
package projection

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// Kept is the number of projections whose content stays, for edits that build on them.
const Kept = 32

// MaxFile bounds a file, in bytes.
const MaxFile = 32 << 20

// chunk is the size of a row of a projection's content.
const chunk = 512 << 10

// Mark says what was written to a file.
type Mark struct {
	Revision uint64
	Hash     []byte // SHA-256 of the file; nil when nothing was written
}

// State is where a file stands.
type State struct {
	Revision uint64 // counts the changes of what the file shows; one that somebody may edit has another than 0
	Done     Mark   // the last projection that is known to be in the file
	Pending  Mark   // the one that may be in the file already; zero when none is under way
	Refused  []byte // SHA-256 of a file that was refused, so that it is not taken for a restored backup at the next start
	Taken    []byte // SHA-256 of an edit that is in the state; it may still be the file, and must not be applied once more
}

// Edit is a file that somebody edited.
type Edit struct {
	Content []byte
	Hash    []byte // SHA-256 of it
	Base    []byte // the projection that it changed; nil for one of nothing
	Replace bool   // the file is to be the state
}

// Document is what a file shows.
type Document interface {
	// Name is what the file is of, for the log: "identities".
	Name() string
	// Rows is the prefix of the rows that keep the content of projections.
	Rows() []byte
	State(r kv.Reader) (State, error)
	// SetState keeps all of a state but the revision, which only changes of what the file shows move.
	SetState(tx kv.Txn, st State) error
	// Render is the file for the state of now, with its revision. The same state always gives the same bytes. items counts what would be lost
	// if a file replaced the state. ErrTooLarge where it would be longer than MaxFile.
	Render(r kv.Reader) (content []byte, items int, err error)
	// Parse reads a file that somebody may have edited; revision 0 for one without. The error says where and what is wrong, and never shows a
	// secret.
	Parse(content []byte) (revision uint64, err error)
	// TakeIn applies to the state what an edit changed, in one transaction that also sets State.Taken to the edit's hash. One that changes
	// nothing leaves the revision. A *Refusal, fault.Conflict and fault.InvalidRequest mean that the edit is at fault.
	TakeIn(ctx context.Context, e *Edit) error
}

// ErrTooLarge means that a file would be longer than MaxFile.
var ErrTooLarge = errors.New("there is more to show than fits the file, which is not written any more")

// Refusal is an edit that is not taken in.
type Refusal struct{ Text string }

func (r *Refusal) Error() string { return r.Text }

// told is how many reasons a refusal names.
const told = 20

// Refuse is the refusal for some reasons.
func Refuse(reasons []string) *Refusal {
	if n := len(reasons) - told; n > 0 {
		reasons = append(reasons[:told:told], fmt.Sprintf("and %d more like these", n))
	}
	return &Refusal{strings.Join(reasons, "; ")}
}

// File is a file that shows a document. It is safe for concurrent use.
type File struct {
	Path     string // empty: no file is kept
	Doc      Document
	Store    kv.Store
	Clock    clock.Clock
	Logger   *slog.Logger
	ReadOnly bool // the store and the file must not be changed
	// Vital reports whether the server cannot start without what the file says, when it cannot be taken in at the very first start; nil: never.
	Vital func(context.Context) (bool, error)
	// Step is called after each step of writing, so that tests can cut there as a kill would; nil otherwise.
	Step func(string) error

	round   sync.Mutex // one look at the file at a time
	once    sync.Once
	kicks   chan struct{}
	health  healthBox
	refused string                 // stamp of the file that was refused
	written atomic.Pointer[[]byte] // hash of the last projection of this process
}

func (f *File) kick() chan struct{} {
	f.once.Do(func() { f.kicks = make(chan struct{}, 1) })
	return f.kicks
}

// Changed has Run look at the file: the state has changed.
func (f *File) Changed() {
	select {
	case f.kick() <- struct{}{}:
	default: // a look is due already
	}
}

// Sync looks at the file once: takes in an edit, and writes what is to be written. Run calls it; a caller who changed something and wants to
// see it in the file may too.
func (f *File) Sync(ctx context.Context) error { return f.sync(ctx, false) }

// Start is Sync before the listeners open. It fails where the file cannot be read or written, or is Vital and refused.
func (f *File) Start(ctx context.Context) error { return f.sync(ctx, true) }

// errEdited means that the file changed while a projection was being written.
var errEdited = errors.New("the file was edited meanwhile")

func (f *File) sync(ctx context.Context, starting bool) error {
	const op = "projection.Sync"
	if f.Path == "" || f.ReadOnly {
		return nil
	}
	f.round.Lock()
	defer f.round.Unlock()
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		f.trouble(err.Error())
		return &fault.Error{Op: op, Err: err}
	}
	if err := f.keepLost(ctx); err != nil {
		f.trouble(problemText(err))
		return &fault.Error{Op: op, Err: err}
	}
	for range 8 {
		err := f.look(ctx, starting)
		if errors.Is(err, errEdited) {
			continue
		}
		if err != nil && !fault.Is(err, fault.Canceled) && !fault.Is(err, fault.Unavailable) {
			f.trouble(problemText(err))
		}
		return err
	}
	return fault.New(op, fault.Busy, filepath.Base(f.Path)+" is being edited all the time")
}

func problemText(err error) string {
	if text := fault.TextOf(err); text != "" {
		return text
	}
	return err.Error()
}

// look looks at the file and does what it asks for.
func (f *File) look(ctx context.Context, starting bool) error {
	content, err := readFile(f.Path)
	if err != nil {
		return err
	}
	hash := hashOf(content)
	st, next, err := f.shown(ctx)
	if err != nil {
		return err
	}
	if st.knows(hash) || len(bytes.TrimSpace(content)) == 0 {
		if !bytes.Equal(hash, hashOf(next)) || !bytes.Equal(hash, st.Done.Hash) || st.Refused != nil {
			if err := f.project(ctx, st.Revision, next, hash); err != nil {
				return err
			}
		}
		f.trouble("")
		return nil
	}
	// A refused file that is saved again is looked at again: what was in its way may be gone. A restart saves nothing.
	if bytes.Equal(hash, st.Refused) {
		if f.refused == "" {
			f.refused = f.stamp()
			f.trouble("the file was changed by hand and was refused; correct it, or remove it to have it written again")
		}
		if f.refused == f.stamp() {
			return nil
		}
	}
	if err := f.takeIn(ctx, content, hash, st, starting); err != nil {
		var no *Refusal
		if errors.As(err, &no) && starting && f.Vital != nil && st.Done.Hash == nil && st.Pending.Hash == nil {
			if vital, e := f.Vital(ctx); e != nil || vital {
				return errors.Join(e, fault.New("projection.Start", fault.InvalidRequest, f.Path+" cannot be taken in: "+no.Text))
			}
		}
		return f.refuse(ctx, err, hash)
	}
	f.Logger.Info("an edit of the "+f.Doc.Name()+" file was taken in", "file", f.Path)
	// The edit is in the state. Write the projection over the very file that was taken in.
	if st, next, err = f.shown(ctx); err != nil {
		return err
	}
	if err := f.project(ctx, st.Revision, next, hash); err != nil {
		return err
	}
	f.trouble("")
	return nil
}

// knows reports whether the file with the hash is to be written over: one of ours, or an edit that is in the state.
func (st *State) knows(hash []byte) bool {
	return bytes.Equal(hash, st.Done.Hash) || bytes.Equal(hash, st.Pending.Hash) || bytes.Equal(hash, st.Taken)
}

// shown is the state, and the file that shows it.
func (f *File) shown(ctx context.Context) (st State, content []byte, err error) {
	err = f.Store.View(ctx, func(r kv.Reader) (err error) {
		if st, err = f.Doc.State(r); err == nil {
			content, _, err = f.Doc.Render(r)
		}
		return err
	})
	if err == nil && len(content) > MaxFile {
		err = ErrTooLarge
	}
	return st, content, kv.Fault("projection.shown", err)
}

// refuse remembers a refusal, so that the file is not taken for a restored backup at the next start. Other errors pass.
func (f *File) refuse(ctx context.Context, err error, hash []byte) error {
	var no *Refusal
	if !errors.As(err, &no) {
		return err
	}
	f.refused = f.stamp()
	f.trouble("the file was changed by hand and is refused; what was in force stays: " + no.Text)
	return f.setState(ctx, func(st *State) { st.Refused = hash })
}

// setState changes what is kept of the file, without a new revision.
func (f *File) setState(ctx context.Context, fn func(*State)) error {
	return kv.Fault("projection.setState", f.Store.Update(ctx, func(tx kv.Txn) error {
		st, err := f.Doc.State(tx)
		if err != nil {
			return err
		}
		fn(&st)
		return f.Doc.SetState(tx, st)
	}))
}

// takeIn applies an edit; its error is a *Refusal where the edit is at fault.
func (f *File) takeIn(ctx context.Context, content, hash []byte, st State, starting bool) error {
	revision, err := f.Doc.Parse(content)
	if err != nil {
		return &Refusal{problemText(err)}
	}
	e := &Edit{Content: content, Hash: hash}
	if starting {
		if e.Replace, err = f.restored(ctx, content, revision, st); err != nil {
			return err
		}
	}
	if e.Replace {
		err = f.backup(ctx)
	} else {
		e.Base, err = f.base(ctx, revision, st)
	}
	if err != nil {
		return err
	}
	switch err = f.Doc.TakeIn(ctx, e); {
	case fault.Is(err, fault.Conflict), fault.Is(err, fault.InvalidRequest):
		return &Refusal{problemText(err)}
	case err != nil:
		return err
	}
	if err := f.cut("applied"); err != nil {
		return err
	}
	// For one that changed nothing: what the server changes from here on must not be undone by it.
	if err := f.setState(ctx, func(st *State) { st.Taken = hash }); err != nil {
		return err
	}
	return f.cut("taken")
}

// restored reports whether a file that a start finds is to be the state: one that builds on no projection that is kept, or that is an older
// projection as it was. What differs from the projection that it builds on is an edit, saved just before the server ended.
func (f *File) restored(ctx context.Context, content []byte, revision uint64, st State) (bool, error) {
	if revision == 0 || st.Done.Hash == nil {
		return true, nil
	}
	if revision == st.Done.Revision || revision == st.Pending.Revision {
		return false, nil
	}
	was, err := f.projected(ctx, revision)
	return was == nil || bytes.Equal(blankless(was), blankless(content)), err
}

// blankless is JSON without white space between its tokens.
func blankless(content []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, bare(content)) != nil {
		return content
	}
	return b.Bytes()
}

// base returns the content of the projection that an edit builds on, nil for none.
func (f *File) base(ctx context.Context, revision uint64, st State) ([]byte, error) {
	if revision != 0 {
		if content, err := f.projected(ctx, revision); err != nil || content != nil {
			return content, err
		}
	}
	return f.projected(ctx, st.Done.Revision)
}

func (f *File) row(revision uint64, part int) []byte {
	return fmt.Appendf(bytes.Clone(f.Doc.Rows()), "%016x/%04x", revision, part)
}

// projected returns the content of a projection, nil when it is not kept.
func (f *File) projected(ctx context.Context, revision uint64) ([]byte, error) {
	var content []byte
	err := f.Store.View(ctx, func(r kv.Reader) error {
		content = nil
		for i := 0; ; i++ {
			part, err := r.Get(f.row(revision, i))
			if errors.Is(err, kv.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			content = append(content, part...)
		}
	})
	return content, kv.Fault("projection.projected", err)
}

// project writes a projection over the file whose hash is replaces; errEdited when the file is another one by then.
func (f *File) project(ctx context.Context, revision uint64, content, replaces []byte) error {
	const op = "projection.project"
	hash := hashOf(content)
	for i := 0; i*chunk < len(content); i++ {
		part := content[i*chunk : min(len(content), (i+1)*chunk)]
		err := f.Store.Update(ctx, func(tx kv.Txn) error {
			// What follows may be there from a longer form of the same revision.
			return errors.Join(tx.Set(f.row(revision, i), part), tx.Delete(f.row(revision, i+1)))
		})
		if err != nil {
			return kv.Fault(op, err)
		}
	}
	if err := f.cut("rows"); err != nil {
		return err
	}
	if err := f.setState(ctx, func(st *State) { st.Pending = Mark{revision, hash} }); err != nil {
		return err
	}
	if err := f.cut("pending"); err != nil {
		return err
	}
	if !bytes.Equal(hash, replaces) {
		if err := f.exchange(content, replaces); err != nil {
			return err
		}
	}
	if err := f.cut("written"); err != nil {
		return err
	}
	if err := f.setState(ctx, func(st *State) { st.Done, st.Pending, st.Refused, st.Taken = Mark{revision, hash}, Mark{}, nil, nil }); err != nil {
		return err
	}
	f.refused = ""
	f.written.Store(&hash)
	return f.prune(ctx)
}

// cut lets a test stop here as a kill would.
func (f *File) cut(step string) error {
	if f.Step == nil {
		return nil
	}
	return f.Step(step)
}

// Temp is the temporary file beside the file.
func (f *File) Temp() string {
	return filepath.Join(filepath.Dir(f.Path), "."+filepath.Base(f.Path)+".new")
}

// exchange puts content in the place of the file, if that is still the one with the hash.
func (f *File) exchange(content, replaces []byte) error {
	failed := func(err error) error { return &fault.Error{Op: "projection.exchange", Err: err} }
	temp := f.Temp()
	if err := seal.WriteFile(temp, content); err != nil {
		return failed(err)
	}
	if err := f.cut("temporary"); err != nil {
		return err
	}
	now, err := readFile(f.Path)
	if err == nil && !bytes.Equal(hashOf(now), replaces) {
		err = errEdited
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	swapped, err := swap(temp, f.Path)
	if err == nil {
		err = seal.SyncDir(filepath.Dir(f.Path))
	}
	if err != nil {
		return failed(err)
	}
	if !swapped {
		return nil
	}
	if err := f.cut("swapped"); err != nil {
		return err
	}
	came, err := readFile(temp)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(came)) > 0 && !bytes.Equal(hashOf(came), replaces) {
		if _, err := swap(temp, f.Path); err != nil {
			return failed(err)
		}
		return errors.Join(errEdited, os.Remove(temp))
	}
	if err := os.Remove(temp); err != nil {
		return failed(err)
	}
	return nil
}

// keepLost looks at a temporary file that a kill or a failure left: one that is a whole file and no projection of ours is somebody's edit.
func (f *File) keepLost(ctx context.Context) error {
	temp := f.Temp()
	content, err := readFile(temp)
	if err != nil || len(content) == 0 {
		return err
	}
	revision, err := f.Doc.Parse(content)
	if err != nil {
		return os.Remove(temp)
	}
	st, _, err := f.shown(ctx)
	if err != nil {
		return err
	}
	have, err := f.projected(ctx, revision)
	if err != nil {
		return err
	}
	if st.knows(hashOf(content)) || bytes.Equal(have, content) {
		return os.Remove(temp)
	}
	f.Logger.Warn("an edit of the "+f.Doc.Name()+" file was cut off and is kept beside it", "file", f.Path+".lost")
	return os.Rename(temp, f.Path+".lost")
}

// backup writes the state of now beside the file, before an edit replaces it.
func (f *File) backup(ctx context.Context) error {
	var content []byte
	var items int
	var revision uint64
	err := f.Store.View(ctx, func(r kv.Reader) error {
		st, err := f.Doc.State(r)
		if err == nil {
			revision = st.Revision
			content, items, err = f.Doc.Render(r)
		}
		return err
	})
	if err != nil || items == 0 {
		return kv.Fault("projection.backup", err)
	}
	path := fmt.Sprintf("%s.backup-%d-%s", f.Path, revision, f.Clock.Now().UTC().Format("20060102T150405Z"))
	f.Logger.Warn("the "+f.Doc.Name()+" file is not the last one written and replaces what is in force, which is kept", "backup", path)
	return fault.Wrap("projection.backup", seal.WriteFile(path, content))
}

// prune removes the content of all but the last projections.
func (f *File) prune(ctx context.Context) error {
	const op, digits = "projection.prune", 16
	var revisions []string
	prefix := f.Doc.Rows()
	err := f.Store.View(ctx, func(r kv.Reader) error {
		revisions = revisions[:0]
		rg := kv.Prefix(prefix)
		rg.KeysOnly = true
		it := r.Iter(rg)
		for it.Next() {
			rev := string(it.Key()[len(prefix) : len(prefix)+digits])
			if n := len(revisions); n == 0 || revisions[n-1] != rev {
				revisions = append(revisions, rev)
			}
		}
		return it.Close()
	})
	if err != nil || len(revisions) <= Kept {
		return kv.Fault(op, err)
	}
	end := append(bytes.Clone(prefix), revisions[len(revisions)-Kept]...)
	return kv.Fault(op, f.Store.DeleteRange(ctx, f.row(0, 0), end))
}

// readFile returns a file's content, nil for none, and no more than can be a valid one.
func readFile(path string) (content []byte, err error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, MaxFile+1))
}

func hashOf(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}
