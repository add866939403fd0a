package iam

import (
	"fmt"
	"maps"
	"slices"

	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
)

// merged is what an edit comes to.
type merged struct {
	items map[string]*item // all that there is then, by id

	accounts       []meta.Account // new or changed; a new one may have no id yet
	removeAccounts []string

	conflicts []string
}

// merge applies the difference between base and edit to the current state: accounts by name, the rest by id. What both sides changed
// differently is a conflict, and one conflict refuses the whole.
func merge(base, edit, current *contents) *merged {
	m := &merged{}
	m.mergeAccounts(base, edit, current)
	m.mergeItems(base.byID(), edit.items, current.byID())
	return m
}

func (m *merged) conflict(line int, format string, args ...any) {
	m.conflicts = append(m.conflicts, projection.OnLine(line, fmt.Sprintf(format, args...)))
}

func (m *merged) mergeAccounts(base, edit, current *contents) {
	conflict := func(name, what string) { m.conflict(edit.lines[name], "account %q: %s", name, what) }
	for _, name := range sortedKeys(base.accounts) {
		_, kept := edit.accounts[name]
		c, there := current.accounts[name]
		switch {
		case kept || !there:
		case c.DisplayName != base.accounts[name].DisplayName:
			conflict(name, "was removed in the file, but changed on the server meanwhile")
		default:
			m.removeAccounts = append(m.removeAccounts, name)
		}
	}
	for _, name := range sortedKeys(edit.accounts) {
		e := edit.accounts[name]
		b, known := base.accounts[name]
		c, there := current.accounts[name]
		switch {
		case known && e.ID == b.ID && e.DisplayName == b.DisplayName: // not touched
		case !there && known:
			conflict(name, "was changed in the file, but removed on the server meanwhile")
		case !there:
			m.accounts = append(m.accounts, e)
		case e.ID != "" && e.ID != c.ID:
			conflict(name, "has another id on the server; an id cannot be changed")
		case !pick(&c.DisplayName, b.DisplayName, e.DisplayName):
			conflict(name, "was changed in the file and on the server, in the same place")
		case c.DisplayName != current.accounts[name].DisplayName:
			m.accounts = append(m.accounts, c)
		}
	}
}

func (m *merged) mergeItems(base map[string]*item, edit []*item, current map[string]*item) {
	m.items = maps.Clone(current)
	kept := map[string]bool{}
	for _, e := range edit {
		kept[e.id] = true
	}
	for _, id := range sortedKeys(base) {
		c, there := current[id]
		switch {
		case kept[id] || !there: // or gone on both sides
		case c.managed:
			m.conflict(0, "%s: is managed by ADMIN_ACCESS_KEY and cannot be removed here", c.title())
		case !c.same(base[id]):
			m.conflict(0, "%s: was removed in the file, but changed on the server meanwhile", c.title())
		default:
			delete(m.items, id)
		}
	}
	for _, e := range edit {
		b, known := base[e.id]
		c, there := current[e.id]
		conflict := func(what string) { m.conflict(e.line, "%s: %s", e.title(), what) }
		if there {
			c.line = e.line
		}
		switch {
		case known && e.same(b): // not touched
		case !there && known:
			conflict("was changed in the file, but removed on the server meanwhile")
		case !there && e.managed:
			conflict("managed_by can only be set by the server")
		case !there:
			m.items[e.id] = e
		case e.same(c): // both sides made the same of it
		case c.managed:
			conflict("is managed by ADMIN_ACCESS_KEY and cannot be changed here")
		case !known:
			conflict("was added in the file, but differently on the server meanwhile")
		case e.managed != b.managed:
			conflict("managed_by can only be set by the server")
		default:
			out := c.copy()
			if !out.merge(b, e) {
				conflict("was changed in the file and on the server, in the same place")
				continue
			}
			m.items[e.id] = out
		}
	}
}

// replacement is the change that makes the state what a file says, but for what the environment manages and for accounts that own buckets.
func replacement(edit, current *contents, owners map[string]bool) *merged {
	m := &merged{items: map[string]*item{}}
	for _, e := range edit.items {
		e.managed = false // who the environment managed in a backup is an ordinary user now
		m.items[e.id] = e
	}
	for _, c := range current.items {
		if !c.managed {
			continue
		}
		at := slices.IndexFunc(edit.items, func(e *item) bool { return e.sharesKey(c) })
		if at < 0 {
			m.items[c.id] = c
			c.groups = slices.DeleteFunc(slices.Clone(c.groups), func(g string) bool { return m.items[g] == nil })
			continue
		}
		e := edit.items[at]
		e.managed, e.disabled, e.account, e.policies, e.boundary, e.from, e.until = true, false, c.account, c.policies, "", c.from, c.until
		for i, k := range e.keys {
			if at := slices.IndexFunc(c.keys, func(o itemKey) bool { return o.id == k.id }); at >= 0 {
				e.keys[i] = c.keys[at]
			}
		}
	}
	m.mergeAccounts(current, edit, current)
	m.removeAccounts = slices.DeleteFunc(m.removeAccounts, func(name string) bool { return owners[current.accounts[name].ID] })
	return m
}

// sharesKey reports whether two users have an access key in common.
func (it *item) sharesKey(other *item) bool {
	return slices.ContainsFunc(it.keys, func(k itemKey) bool {
		return slices.ContainsFunc(other.keys, func(o itemKey) bool { return o.id == k.id })
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
