package iam

import "fmt"

// merged is what an edit comes to.
type merged struct {
	put    []entry // new or changed
	remove []string
}

// merge applies the difference between base and edit to the current users, all by access key. What both sides changed differently is a
// conflict, and one conflict refuses the whole.
func merge(base, edit, current map[string]entry) (m merged, conflicts []string) {
	conflict := func(key, what string) {
		conflicts = append(conflicts, fmt.Sprintf("user %q: %s", key, what))
	}
	for _, key := range sortedKeys(base) {
		if _, kept := edit[key]; kept {
			continue
		}
		c, there := current[key]
		switch {
		case !there: // gone on both sides
		case c.managed:
			conflict(key, "is managed by ADMIN_ACCESS_KEY and cannot be removed here")
		case !same(c, base[key]):
			conflict(key, "was removed in the file, but changed on the server meanwhile")
		default:
			m.remove = append(m.remove, key)
		}
	}
	for _, key := range sortedKeys(edit) {
		e := edit[key]
		b, known := base[key]
		c, there := current[key]
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
			ok := pick(&out.name, b.name, e.name) && pick(&out.policies, b.policies, e.policies)
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
	return m, conflicts
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
	return a.name == b.name && a.policies == b.policies && a.disabled == b.disabled && a.secrets == b.secrets && a.managed == b.managed
}
