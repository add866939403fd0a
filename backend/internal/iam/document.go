package iam

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
)

// document is iam.json as a projection.Document: accounts, users, groups, roles and managed policies. An edit that leaves no administrator is
// refused, and where a file replaces the state the user of ADMIN_ACCESS_KEY stays.
type document struct{ s *Service }

func (document) Name() string { return "identities" }

func (document) Rows() []byte { return meta.IAMProjections() }

func (document) State(r kv.Reader) (projection.State, error) {
	st, err := state(r)
	if err != nil {
		return projection.State{}, err
	}
	return projection.State{Revision: st.Revision, Done: projection.Mark(st.Done), Pending: projection.Mark(st.Pending), Refused: st.Refused, Taken: st.Taken}, nil
}

func (document) SetState(tx kv.Txn, to projection.State) error {
	st, err := state(tx)
	if err != nil {
		return err
	}
	st.Done, st.Pending, st.Refused, st.Taken = meta.Projection(to.Done), meta.Projection(to.Pending), to.Refused, to.Taken
	return tx.Set(meta.IAMStateKey(), st.Encode())
}

func (d document) Render(r kv.Reader) (content []byte, items int, err error) {
	st, err := state(r)
	if err != nil {
		return nil, 0, err
	}
	v, err := d.s.snapshot(r)
	if err != nil {
		return nil, 0, err
	}
	items = len(v.order)
	for _, l := range v.users {
		if !l.user.Environment {
			items++
		}
	}
	content, err = v.form(st.Revision).encode()
	return content, items, err
}

func (d document) Parse(content []byte) (uint64, error) {
	c, err := d.s.parseFile(content)
	if err != nil {
		return 0, err
	}
	return c.revision, nil
}

func (d document) TakeIn(ctx context.Context, e *projection.Edit) error {
	parsed, err := d.s.parseFile(e.Content)
	if err != nil {
		return err
	}
	base := &contents{}
	if e.Base != nil {
		if base, err = d.s.parseFile(e.Base); err != nil {
			return &fault.Error{Op: "iam.TakeIn", Err: err} // ours
		}
		base.settle(d.s)
	}
	unchanged := errors.New("nothing to change")
	err = d.s.change(ctx, "iam.TakeIn", func(c *change) error {
		edit := parsed.copy()
		v, err := d.s.snapshot(c.tx)
		if err != nil {
			return err
		}
		current, err := d.s.contents(v.form(0), &fileLines{})
		if err != nil {
			return err
		}
		current.settle(d.s)
		var m *merged
		if e.Replace {
			owners, err := bucketOwners(c.tx)
			if err != nil {
				return err
			}
			edit.settle(d.s, current)
			m = replacement(edit, current, owners)
		} else {
			edit.settle(d.s, base, current)
			m = merge(base, edit, current)
		}
		if len(m.conflicts) > 0 {
			return projection.Refuse(m.conflicts)
		}
		w := &fileWrite{change: c, v: &v, merged: m, edit: edit, before: current.byID()}
		if !w.changes() {
			return unchanged
		}
		c.st.Taken = e.Hash
		return w.write()
	})
	switch {
	case errors.Is(err, unchanged):
		return nil
	case errors.Is(err, kv.ErrTooLarge):
		return &projection.Refusal{Text: fmt.Sprintf("it changes more at once than fits: about %d users, groups, roles and policies, or %d bytes", kv.MaxTxnOps/4, kv.MaxTxnBytes)}
	}
	return err
}

// fileWrite puts what an edit came to into the store.
type fileWrite struct {
	*change
	v *snapshot
	*merged
	edit   *contents
	before map[string]*item
	put    []*item  // new or changed, in order of id
	remove []string // ids
}

// changes finds what is new, changed and gone, and reports whether there is any.
func (w *fileWrite) changes() bool {
	for _, id := range sortedKeys(w.items) {
		if was := w.before[id]; was == nil || !was.same(w.items[id]) {
			w.put = append(w.put, w.items[id])
		}
	}
	for _, id := range sortedKeys(w.before) {
		if w.items[id] == nil {
			w.remove = append(w.remove, id)
		}
	}
	return len(w.put)+len(w.remove)+len(w.accounts)+len(w.removeAccounts) > 0
}

func (w *fileWrite) write() error {
	accounts, err := w.editAccounts(w.merged, w.v.accounts, w.edit.lines)
	if err != nil {
		return err
	}
	if err := w.verify(accounts); err != nil {
		return err
	}
	old, rows := map[string][]byte{}, map[string][]byte{}
	add := func(to map[string][]byte, rec record) {
		for k, v := range rec.rows() {
			to[k] = v
		}
	}
	for _, id := range w.remove {
		add(old, w.v.records[id])
	}
	for _, it := range w.put {
		was := w.v.records[it.id]
		if was != nil {
			add(old, was)
		}
		add(rows, w.record(it, accounts[it.account], was))
	}
	for key := range old {
		if rows[key] == nil {
			drop := func() error { return w.tx.Delete([]byte(key)) }
			if id, ok := strings.CutPrefix(key, string(meta.AccessKeyKey(""))); ok {
				drop = func() error { return w.dropKey(id) }
			}
			if err := drop(); err != nil {
				return err
			}
		}
	}
	for key, row := range rows {
		if was := old[key]; was == nil || string(was) != string(row) {
			if err := w.tx.Set([]byte(key), row); err != nil {
				return err
			}
		}
	}
	return w.administrator()
}

// verify refuses what cannot be: an item that says what it may not, names that two have, and what is named and not there. ids are those of
// the accounts by name.
func (w *fileWrite) verify(ids map[string]string) error {
	fresh := map[string]bool{}
	for _, it := range w.put {
		fresh[it.id] = true
		if err := it.check(w.before[it.id]); err != nil {
			w.conflict(it.line, "%s: %s", it.title(), fault.TextOf(err))
		}
	}
	groups, seen := map[string]string{}, map[string]*item{}
	for id, it := range w.before {
		groups[id] = it.name
	}
	for _, it := range w.edit.items {
		groups[it.id] = it.name
	}
	for _, id := range sortedKeys(w.items) {
		it := w.items[id]
		groups[id] = it.name
		if reason := it.collide(seen); reason != "" {
			w.conflict(it.line, "%s: %s", it.title(), reason)
		}
		switch _, ok := ids[it.account]; {
		case ok:
		case fresh[id] && !slices.Contains(w.removeAccounts, it.account):
			w.conflict(it.line, "%s: the account %q was removed on the server meanwhile", it.title(), it.account)
		default:
			w.conflict(w.edit.lines[it.account], "account %q: was removed in the file, but has the %s", it.account, it.title())
		}
	}
	numbers := map[string]string{}
	for name, id := range ids {
		numbers[name] = AccountNumber(id)
	}
	known := missing(w.before, numbers, groups)
	lost := missing(w.items, numbers, groups)
	for _, at := range slices.SortedFunc(maps.Keys(lost), func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) }) {
		if it := w.items[at[0]]; known[at] == "" {
			w.conflict(it.line, "%s: %s", it.title(), lost[at])
		}
	}
	if len(w.conflicts) > 0 {
		return projection.Refuse(w.conflicts)
	}
	return nil
}

// administrator refuses an edit that leaves none, on the line of who was one.
func (w *fileWrite) administrator() error {
	err := w.keepAdministrator("iam.edit")
	if !fault.Is(err, fault.InvalidRequest) {
		return err
	}
	line := 0
	for _, l := range w.v.users {
		for _, it := range w.edit.items {
			if it.id == l.user.ID && l.system() && (line == 0 || it.line < line) {
				line = it.line
			}
		}
	}
	if line == 0 {
		line = w.edit.usersLine
	}
	return &projection.Refusal{Text: projection.OnLine(line, fault.TextOf(err))}
}
