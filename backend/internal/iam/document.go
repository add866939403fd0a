package iam

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
)

// maxEdits bounds one edit, so that it fits a transaction.
const maxEdits = 1000

// document is iam.json as a projection.Document: the accounts and users. An edit that leaves no administrator is refused, and where a file
// replaces the state the user of ADMIN_ACCESS_KEY stays.
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
	for _, l := range v.users {
		if !l.user.Environment {
			items++
		}
	}
	content, err = v.render(st.Revision)
	return content, items, err
}

func (d document) Parse(content []byte) (uint64, error) {
	c, err := d.s.parseFile(content)
	return c.revision, err
}

func (d document) TakeIn(ctx context.Context, e *projection.Edit) error {
	edit, err := d.s.parseFile(e.Content)
	if err != nil {
		return err
	}
	var base contents
	if e.Base != nil {
		if base, err = d.s.parseFile(e.Base); err != nil {
			return &fault.Error{Op: "iam.TakeIn", Err: err} // ours
		}
	}
	unchanged := errors.New("nothing to change")
	err = d.s.change(ctx, "iam.TakeIn", func(c *change) error {
		v, err := d.s.snapshot(c.tx)
		if err != nil {
			return err
		}
		current, rows := v.contents()
		var m merged
		var conflicts []string
		if e.Replace {
			owners, err := bucketOwners(c.tx)
			if err != nil {
				return err
			}
			m, conflicts = replacement(edit, current, owners)
		} else {
			m, conflicts = merge(base, edit, current)
		}
		switch {
		case len(conflicts) > 0:
			return projection.Refuse(conflicts)
		case m.size() == 0:
			return unchanged
		case m.size() > maxEdits:
			return &projection.Refusal{Text: fmt.Sprintf("it changes more than %d users and accounts at once", maxEdits)}
		}
		c.st.Taken = e.Hash
		return c.edit(m, v.accounts, rows)
	})
	if errors.Is(err, unchanged) {
		return nil
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
			return &projection.Refusal{Text: fmt.Sprintf("user %q: the account %q was removed on the server meanwhile", e.key, e.account)}
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
