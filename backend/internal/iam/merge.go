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
	put    []entry // new or changed
	remove []string

	accounts       []meta.Account // new or changed; a new one may have no id yet
	removeAccounts []string
}

func (m *merged) size() int {
	return len(m.put) + len(m.remove) + len(m.accounts) + len(m.removeAccounts)
}

// merge applies the difference between base and edit to the current state: accounts by name, users by access key. What both sides changed
// differently is a conflict, and one conflict refuses the whole.
func merge(base, edit, current contents) (m merged, conflicts []string) {
	conflicts = append(m.mergeAccounts(base, edit, current), m.mergeUsers(base, edit, current)...)
	return m, conflicts
}

func (m *merged) mergeAccounts(base, edit, current contents) (conflicts []string) {
	conflict := func(name, what string) {
		conflicts = append(conflicts, projection.OnLine(edit.lines[lineOfAccount+name], fmt.Sprintf("account %q: %s", name, what)))
	}
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
	return conflicts
}

func (m *merged) mergeUsers(base, edit, current contents) (conflicts []string) {
	conflict := func(key, what string) {
		conflicts = append(conflicts, projection.OnLine(edit.lines[lineOfUser+key], fmt.Sprintf("user %q: %s", key, what)))
	}
	for _, key := range sortedKeys(base.users) {
		if _, kept := edit.users[key]; kept {
			continue
		}
		c, there := current.users[key]
		switch {
		case !there: // gone on both sides
		case c.managed:
			conflict(key, "is managed by ADMIN_ACCESS_KEY and cannot be removed here")
		case !same(c, base.users[key]):
			conflict(key, "was removed in the file, but changed on the server meanwhile")
		default:
			m.remove = append(m.remove, key)
		}
	}
	for _, key := range sortedKeys(edit.users) {
		e := edit.users[key]
		b, known := base.users[key]
		c, there := current.users[key]
		switch {
		case known && same(e, b): // not touched
		case !there && known:
			conflict(key, "was changed in the file, but removed on the server meanwhile")
		case !there:
			if e.managed {
				conflict(key, "managed_by can only be set by the server")
				continue
			}
			m.put = append(m.put, e)
		case same(e, c): // both sides made the same of it
		case c.managed:
			conflict(key, "is managed by ADMIN_ACCESS_KEY and cannot be changed here")
		case !known:
			conflict(key, "was added in the file, but differently on the server meanwhile")
		default:
			out := c
			ok := pick(&out.name, b.name, e.name) && pick(&out.account, b.account, e.account) && pick(&out.policies, b.policies, e.policies)
			ok = ok && pick(&out.disabled, b.disabled, e.disabled)
			before := out.secrets
			ok = ok && pick(&out.secrets, b.secrets, e.secrets)
			if !ok {
				conflict(key, "was changed in the file and on the server, in the same place")
				continue
			}
			if out.secrets != before {
				out.keys = e.keys
			}
			if e.managed != b.managed {
				conflict(key, "managed_by can only be set by the server")
				continue
			}
			m.put = append(m.put, out)
		}
	}
	return conflicts
}

// pick puts the edited value in place of the current one if the edit changed it; false when the server changed it to something else.
func pick[T comparable](current *T, base, edit T) bool {
	if edit == base || edit == *current {
		return true
	}
	if *current != base {
		return false
	}
	*current = edit
	return true
}

func same(a, b entry) bool {
	return a.name == b.name && a.account == b.account && a.policies == b.policies && a.disabled == b.disabled && a.secrets == b.secrets && a.managed == b.managed
}

// replacement is the change that makes the state what a file says, but for what the environment manages and for accounts that own buckets.
func replacement(edit, current contents, owners map[string]bool) (m merged, conflicts []string) {
	for _, key := range sortedKeys(current.users) {
		if _, stays := edit.users[key]; !stays && !current.users[key].managed {
			m.remove = append(m.remove, key)
		}
	}
	for _, key := range sortedKeys(edit.users) {
		e := edit.users[key]
		e.managed = false // who the environment managed in a backup is an ordinary user now
		if c, there := current.users[key]; there && (c.managed || same(c, e)) {
			continue
		}
		m.put = append(m.put, e)
	}
	conflicts = m.mergeAccounts(current, edit, current)
	m.removeAccounts = slices.DeleteFunc(m.removeAccounts, func(name string) bool { return owners[current.accounts[name].ID] })
	return m, conflicts
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
