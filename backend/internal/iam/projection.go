package iam

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// The file iam.json shows the committed state, and what is changed in it by hand is taken back in. The state is the truth: a file that is
// missing or empty, or that is the last projection or the one under way, is only ever (re)written. Anything else is an edit.
//
// An edit is a three-way difference: what the file changed against the projection of the revision that it carries (without one, or with one
// that is not kept any more: the last projection) is applied to the users of now. A conflict, an invalid file or one that leaves no
// administrator is refused whole; the file then stays as it is, to be put right, and no projection is written over it. At start a
// file that does not build on the last projection (a restored backup, a file of MyFSIO 0.1.x) replaces the state as a whole, after
// a backup of that; the user of ADMIN_ACCESS_KEY stays.
//
// To write a projection, in order, and what a kill leaves after each step:
//
//	1. rows with its content                  rows that no state names; the next projection of that revision writes them again
//	2. state: pending = revision, hash        the file is the projection before, `done`: written again
//	3. temporary file, synced                 the same; the temporary file is replaced
//	4. the two files change places, synced    the file is `pending`: known as ours
//	5. what came out is looked at             an edit that somebody saved in between is put back and taken in; after a kill just here it is
//	                                          the temporary file, which is kept as iam.json.lost at the next start
//	6. state: done = pending                  finished
//
// To take in an edit, one transaction changes the users; then a projection follows. A kill before the commit leaves the edit in the file,
// to be taken in at the next start; one after it leaves an edit whose difference is in the state already, so that applying it again
// changes nothing. Where an edit replaces the state the backup is durable before the transaction.

// kept is the number of projections whose content stays, for edits that build on them.
const kept = 32

// chunk is the size of a row of a projection's content.
const chunk = 512 << 10

// maxEdits bounds one edit, so that it fits a transaction.
const maxEdits = 1000

// Sync looks at the file once: takes in an edit, and writes what is to be written. Run calls it; a caller who changed something and wants to
// see it in the file may too.
func (s *Service) Sync(ctx context.Context) error { return s.sync(ctx, false) }

// errEdited means that the file changed while a projection was being written.
var errEdited = errors.New("the file was edited meanwhile")

func (s *Service) sync(ctx context.Context, starting bool) error {
	const op = "iam.Sync"
	if s.IAMConfig == "" || s.ReadOnly {
		return nil
	}
	s.round.Lock()
	defer s.round.Unlock()
	if err := os.MkdirAll(filepath.Dir(s.IAMConfig), 0o700); err != nil {
		s.trouble(err.Error())
		return &fault.Error{Op: op, Err: err}
	}
	if starting {
		if err := s.keepLost(ctx); err != nil {
			return &fault.Error{Op: op, Err: err}
		}
	}
	for range 8 {
		err := s.once(ctx, starting)
		if errors.Is(err, errEdited) {
			continue
		}
		if err != nil {
			if fault.Is(err, fault.Canceled) || fault.Is(err, fault.Unavailable) {
				return err
			}
			s.trouble(problemText(err))
			if starting {
				return err
			}
		}
		return err
	}
	return fault.New(op, fault.Busy, "iam.json is being edited all the time")
}

func problemText(err error) string {
	if text := fault.TextOf(err); text != "" {
		return text
	}
	return err.Error()
}

// refusal is an edit that is not taken in.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

// once looks at the file and does what it asks for.
func (s *Service) once(ctx context.Context, starting bool) error {
	content, err := readFile(s.IAMConfig)
	if err != nil {
		return err
	}
	hash := hashOf(content)
	var st *meta.IAMState
	var next []byte
	fresh := false
	err = s.Store.View(ctx, func(r kv.Reader) (err error) {
		st, next, err = s.shown(r)
		fresh = err == nil && st.Done.Hash == nil && st.Pending.Hash == nil
		return err
	})
	if err != nil {
		return faulty("iam.Sync", err)
	}
	ours := bytes.Equal(hash, st.Done.Hash) || bytes.Equal(hash, st.Pending.Hash)
	if ours || len(bytes.TrimSpace(content)) == 0 {
		if st.Revision == 0 && fresh {
			return nil // nothing to show yet
		}
		if bytes.Equal(hash, hashOf(next)) && bytes.Equal(hash, st.Done.Hash) && st.Refused == nil {
			s.trouble("")
			return nil
		}
		if err := s.project(ctx, st.Revision, next, hash); err != nil {
			return err
		}
		s.trouble("")
		return nil
	}
	if bytes.Equal(hash, st.Refused) {
		if s.Health().OK { // refused before a restart
			s.trouble("the file was changed by hand and was refused; correct it, or remove it to have it written again")
		}
		return nil
	}
	if err := s.takeIn(ctx, content, st, starting); err != nil {
		var no *refusal
		if errors.As(err, &no) && fresh && starting {
			if none, e := s.empty(ctx); e != nil || !none {
				return s.refused(ctx, err, hash)
			}
			return fault.New("iam.Sync", fault.InvalidRequest, fmt.Sprintf("%s cannot be taken in, and there are no other users: %s", s.IAMConfig, no.text))
		}
		return s.refused(ctx, err, hash)
	}
	// The edit is in the state. Write the projection over the very file that was taken in.
	err = s.Store.View(ctx, func(r kv.Reader) (err error) {
		st, next, err = s.shown(r)
		return err
	})
	if err != nil {
		return faulty("iam.Sync", err)
	}
	if err := s.project(ctx, st.Revision, next, hash); err != nil {
		return err
	}
	s.trouble("")
	return nil
}

// shown is the state of the identities, and the file that shows it.
func (s *Service) shown(r kv.Reader) (*meta.IAMState, []byte, error) {
	st, err := state(r)
	if err != nil {
		return nil, nil, err
	}
	v, err := s.snapshot(r)
	if err != nil {
		return nil, nil, err
	}
	content, err := v.render(st.Revision)
	return st, content, err
}

// refused remembers a refusal, so that the file is not taken for a restored backup at the next start. Other errors pass.
func (s *Service) refused(ctx context.Context, err error, hash []byte) error {
	var no *refusal
	if !errors.As(err, &no) {
		return err
	}
	s.trouble("the file was changed by hand and is refused; what was in force stays: " + no.text)
	return s.setState(ctx, func(st *meta.IAMState) { st.Refused = hash })
}

// setState changes the row of all identities without a new revision.
func (s *Service) setState(ctx context.Context, fn func(*meta.IAMState)) error {
	return faulty("iam.Sync", s.Store.Update(ctx, func(tx kv.Txn) error {
		st, err := state(tx)
		if err != nil {
			return err
		}
		fn(st)
		return tx.Set(meta.IAMStateKey(), st.Encode())
	}))
}

// takeIn applies an edit; its error is a *refusal where the edit is at fault.
func (s *Service) takeIn(ctx context.Context, content []byte, st *meta.IAMState, starting bool) error {
	edit, err := s.parseFile(content)
	if err != nil {
		return &refusal{problemText(err)}
	}
	revision := edit.revision
	replace := starting && (revision == 0 || revision != st.Done.Revision && revision != st.Pending.Revision || st.Done.Hash == nil)
	var base contents
	if !replace {
		if base, err = s.base(ctx, revision, st); err != nil {
			return err
		}
	} else if err := s.backup(ctx); err != nil {
		return err
	}
	unchanged := errors.New("nothing to change")
	err = s.change(ctx, "iam.takeIn", func(c *change) error {
		v, err := s.snapshot(c.tx)
		if err != nil {
			return err
		}
		current, rows := v.contents()
		var m merged
		var conflicts []string
		if replace {
			owners, err := bucketOwners(c.tx)
			if err != nil {
				return err
			}
			m, conflicts = replacement(edit, current, owners)
		} else {
			m, conflicts = merge(base, edit, current)
		}
		if len(conflicts) > 0 {
			return &refusal{strings.Join(conflicts, "; ")}
		}
		if m.size() == 0 {
			return unchanged
		}
		if m.size() > maxEdits {
			return &refusal{fmt.Sprintf("it changes more than %d users and accounts at once", maxEdits)}
		}
		return c.edit(m, v.accounts, rows)
	})
	if errors.Is(err, unchanged) {
		return nil
	}
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.InvalidRequest) {
		return &refusal{problemText(err)}
	}
	return err
}

// edit writes what a merge came to.
func (c *change) edit(m merged, list []*meta.Account, rows map[string]*loaded) error {
	accounts, err := c.editAccounts(m, list)
	if err != nil {
		return err
	}
	ids := map[string]bool{}
	for _, l := range rows {
		ids[l.user.ID] = true
	}
	for _, key := range m.remove {
		if err := c.remove(rows[key].user); err != nil {
			return err
		}
		delete(ids, rows[key].user.ID)
	}
	for _, e := range m.put {
		l := rows[e.key]
		if l == nil && ids[e.id] {
			e.id = "" // the id of somebody else
		}
		if l != nil { // keys that the edit took away
			for _, k := range l.user.Keys {
				if !slices.ContainsFunc(e.keys, func(f fileKey) bool { return f.AccessKey == k.ID }) {
					if err := c.tx.Delete(meta.AccessKeyKey(k.ID)); err != nil {
						return err
					}
				}
			}
		}
		account, ok := accounts[e.account]
		if !ok {
			return &refusal{fmt.Sprintf("user %q: the account %q was removed on the server meanwhile", e.key, e.account)}
		}
		if err := c.put(c.s.apply(e, account, l, c.now)); err != nil {
			return err
		}
	}
	if err := c.keepAccounts(m, list); err != nil {
		return err
	}
	return c.keepAdministrator("iam.edit")
}

// base returns the content of the projection that an edit builds on.
func (s *Service) base(ctx context.Context, revision uint64, st *meta.IAMState) (contents, error) {
	content, err := s.projected(ctx, revision)
	if err != nil {
		return contents{}, err
	}
	if content == nil {
		if content, err = s.projected(ctx, st.Done.Revision); err != nil {
			return contents{}, err
		}
	}
	if content == nil {
		return contents{}, nil
	}
	out, err := s.parseFile(content)
	if err != nil {
		return contents{}, &fault.Error{Op: "iam.base", Err: err}
	}
	return out, nil
}

// projected returns the content of a projection, nil when it is not kept.
func (s *Service) projected(ctx context.Context, revision uint64) ([]byte, error) {
	var content []byte
	err := s.Store.View(ctx, func(r kv.Reader) error {
		content = nil
		for i := 0; ; i++ {
			part, err := r.Get(meta.IAMProjectionKey(revision, i))
			if errors.Is(err, kv.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			content = append(content, part...)
		}
	})
	return content, faulty("iam.projected", err)
}

// project writes a projection over the file whose hash is replaces; errEdited when the file is another one by then.
func (s *Service) project(ctx context.Context, revision uint64, content, replaces []byte) error {
	const op = "iam.project"
	hash := hashOf(content)
	for i := 0; i*chunk < len(content); i++ {
		part := content[i*chunk : min(len(content), (i+1)*chunk)]
		err := s.Store.Update(ctx, func(tx kv.Txn) error {
			// What follows may be there from a longer form of the same revision.
			return errors.Join(tx.Set(meta.IAMProjectionKey(revision, i), part), tx.Delete(meta.IAMProjectionKey(revision, i+1)))
		})
		if err != nil {
			return faulty(op, err)
		}
	}
	if err := s.cut("rows"); err != nil {
		return err
	}
	if err := s.setState(ctx, func(st *meta.IAMState) { st.Pending = meta.Projection{Revision: revision, Hash: hash} }); err != nil {
		return err
	}
	if err := s.cut("pending"); err != nil {
		return err
	}
	if !bytes.Equal(hash, replaces) {
		if err := s.exchange(content, replaces); err != nil {
			return err
		}
	}
	if err := s.cut("written"); err != nil {
		return err
	}
	if err := s.setState(ctx, func(st *meta.IAMState) {
		st.Done, st.Pending, st.Refused = meta.Projection{Revision: revision, Hash: hash}, meta.Projection{}, nil
	}); err != nil {
		return err
	}
	return s.prune(ctx)
}

// cut lets a test stop here as a kill would.
func (s *Service) cut(step string) error {
	if s.step == nil {
		return nil
	}
	return s.step(step)
}

func (s *Service) temp() string {
	return filepath.Join(filepath.Dir(s.IAMConfig), "."+filepath.Base(s.IAMConfig)+".new")
}

// exchange puts content in the place of the file, if that is still the one with the hash.
func (s *Service) exchange(content, replaces []byte) error {
	temp := s.temp()
	if err := seal.WriteFile(temp, content); err != nil {
		return &fault.Error{Op: "iam.exchange", Err: err}
	}
	if err := s.cut("temporary"); err != nil {
		return err
	}
	now, err := readFile(s.IAMConfig)
	if err == nil && !bytes.Equal(hashOf(now), replaces) {
		err = errEdited
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	swapped, err := swap(temp, s.IAMConfig)
	if err == nil {
		err = seal.SyncDir(filepath.Dir(s.IAMConfig))
	}
	if err != nil {
		return &fault.Error{Op: "iam.exchange", Err: err}
	}
	if !swapped {
		return nil
	}
	if err := s.cut("swapped"); err != nil {
		return err
	}
	came, err := readFile(temp)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(came)) > 0 && !bytes.Equal(hashOf(came), replaces) {
		if _, err := swap(temp, s.IAMConfig); err != nil {
			return &fault.Error{Op: "iam.exchange", Err: err}
		}
		return errors.Join(errEdited, os.Remove(temp))
	}
	if err := os.Remove(temp); err != nil {
		return &fault.Error{Op: "iam.exchange", Err: err}
	}
	return nil
}

// keepLost looks at a temporary file that a kill left: one that is a whole file of users and no projection of ours is somebody's edit.
func (s *Service) keepLost(ctx context.Context) error {
	temp := s.temp()
	content, err := readFile(temp)
	if err != nil || len(content) == 0 {
		return err
	}
	lost, err := s.parseFile(content)
	if err != nil {
		return os.Remove(temp)
	}
	have, err := s.projected(ctx, lost.revision)
	if err != nil {
		return err
	}
	if bytes.Equal(have, content) {
		return os.Remove(temp)
	}
	s.Logger.Warn("an edit of the identities file was cut off and is kept beside it", "file", s.IAMConfig+".lost")
	return os.Rename(temp, s.IAMConfig+".lost")
}

// backup writes the state of now beside the file, before an edit replaces it.
func (s *Service) backup(ctx context.Context) error {
	var content []byte
	count := 0
	var revision uint64
	err := s.Store.View(ctx, func(r kv.Reader) error {
		st, err := state(r)
		if err != nil {
			return err
		}
		v, err := s.snapshot(r)
		if err != nil {
			return err
		}
		count, revision = 0, st.Revision
		for _, l := range v.users {
			if !l.user.Environment {
				count++
			}
		}
		content, err = v.render(st.Revision)
		return err
	})
	if err != nil || count == 0 {
		return faulty("iam.backup", err)
	}
	path := fmt.Sprintf("%s.backup-%d-%s", s.IAMConfig, revision, s.Clock.Now().UTC().Format("20060102T150405Z"))
	s.Logger.Warn("the identities file is not the last one written and replaces the users; those of before are kept", "backup", path)
	return fault.Wrap("iam.backup", seal.WriteFile(path, content))
}

// prune removes the content of all but the last projections.
func (s *Service) prune(ctx context.Context) error {
	first := meta.IAMProjectionKey(0, 0)
	var revisions []string
	err := s.Store.View(ctx, func(r kv.Reader) error {
		revisions = revisions[:0]
		prefix := meta.SystemKey("iam/p/")
		rg := kv.Prefix(prefix)
		rg.KeysOnly = true
		it := r.Iter(rg)
		for it.Next() {
			rev := string(it.Key()[len(prefix) : len(prefix)+16])
			if n := len(revisions); n == 0 || revisions[n-1] != rev {
				revisions = append(revisions, rev)
			}
		}
		return it.Close()
	})
	if err != nil || len(revisions) <= kept {
		return faulty("iam.prune", err)
	}
	end := meta.SystemKey("iam/p/" + revisions[len(revisions)-kept])
	return faulty("iam.prune", s.Store.DeleteRange(ctx, first, end))
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
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}
