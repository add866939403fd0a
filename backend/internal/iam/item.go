package iam

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

// itemKind is what an item is, as messages call it.
type itemKind string

const (
	userItem     itemKind = "user"
	groupItem    itemKind = "group"
	roleItem     itemKind = "role"
	policyItem   itemKind = "managed policy"
	providerItem itemKind = "oidc provider"
)

// entity is the kind as EntityKind; of a managed policy there is none.
func (k itemKind) entity() EntityKind {
	return map[itemKind]EntityKind{userItem: UserEntity, groupItem: GroupEntity, roleItem: RoleEntity}[k]
}

// kinds says how ids of a kind begin, how a file calls them, and how long a name is.
var kinds = map[itemKind]struct {
	prefix, id string
	longest    int
}{
	userItem: {"AIDA", "user_id", maxEntityName}, groupItem: {"AGPA", "group_id", maxGroupName},
	roleItem: {"AROA", "role_id", maxEntityName}, policyItem: {"ANPA", "policy_id", maxPolicyName},
	providerItem: {"AOIP", "provider_id", maxProviderURL},
}

// item is a user, a group, a role, a managed policy or a provider of identities as a file shows it, with secrets in plain text. It is what is compared and merged.
// What a kind does not have is zero.
type item struct {
	line    int // in the file, 0 for none
	kind    itemKind
	id      string
	account string // name
	name    string // in ARNs; empty for a user who goes by the first access key
	path    string // empty for "/"
	created time.Time
	tags    []meta.Pair

	inline   []itemText // of users, groups and roles, in order of name
	attached []string
	boundary string

	display           string
	from, until       time.Time // in which a user can do anything
	password          itemPassword
	devices           []itemDevice
	disabled, managed bool
	policies          string // compact JSON, as all texts here
	keys              []itemKey
	groups            []string // ids; names in a file that is just read
	login             itemLogin
	loginGroups       []string // ids likewise, of those that come from the provider
	loginPolicies     []string

	description string
	trust       string
	maxSession  time.Duration
	revoked     time.Time

	updated  time.Time
	versions []itemVersion // in order of number
	inForce  int           // number of the version that holds
	last     int

	clientIDs, thumbprints []string // of a provider
}

type itemText struct{ name, text string }

type itemKey struct {
	id, secret string // a secret that cannot be unsealed is the sealed text, which equals only itself
	off        bool
	created    time.Time
	expires    time.Time
}

type itemDevice struct {
	name, seed string // base32; a seed that cannot be unsealed is the sealed text
	enabled    time.Time
}

type itemPassword struct {
	hash       string // one that cannot be unsealed is the sealed text, which equals only itself; empty for no password
	created    time.Time
	mustChange bool
}

// itemLogin is who a user is at a provider of identities.
type itemLogin struct{ issuer, subject string }

type itemVersion struct {
	number  int
	text    string
	created time.Time
}

// What elements of lists go by, and their order.
func textName(t itemText) string      { return t.name }
func tagName(t meta.Pair) string      { return strings.ToLower(t.Name) }
func keyName(k itemKey) string        { return k.id }
func versionNumber(v itemVersion) int { return v.number }
func deviceNamed(d itemDevice) string { return strings.ToLower(d.name) }
func itself(s string) string          { return s }
func byName(a, b itemText) int        { return strings.Compare(a.name, b.name) }
func byNumber(a, b itemVersion) int   { return cmp.Compare(a.number, b.number) }

// named is what names a thing of the item's account, whatever the case of the name.
func (it *item) named(kind itemKind, name string) string {
	return string(kind) + " " + it.account + "/" + strings.ToLower(name)
}

// label is what the item goes by in messages.
func (it *item) label() string {
	switch {
	case it.name != "":
		return it.name
	case len(it.keys) > 0:
		return it.keys[0].id
	}
	return it.id
}

// title is the item at the beginning of a message.
func (it *item) title() string { return fmt.Sprintf("%s %q", it.kind, it.label()) }

// names are what tells which item it is, where it carries no id.
func (it *item) names() (list []string) {
	if len(it.keys) > 0 {
		list = append(list, "key "+it.keys[0].id)
	}
	if it.name != "" {
		list = append(list, it.named(it.kind, it.name))
	}
	return list
}

func (it *item) copy() *item {
	c := *it
	c.tags, c.inline, c.attached = slices.Clone(it.tags), slices.Clone(it.inline), slices.Clone(it.attached)
	c.keys, c.groups, c.versions = slices.Clone(it.keys), slices.Clone(it.groups), slices.Clone(it.versions)
	c.loginGroups, c.loginPolicies = slices.Clone(it.loginGroups), slices.Clone(it.loginPolicies)
	c.clientIDs, c.thumbprints = slices.Clone(it.clientIDs), slices.Clone(it.thumbprints)
	c.devices = slices.Clone(it.devices)
	return &c
}

// bare is the item without its line, and with no list where there is an empty one.
func (it *item) bare() item {
	c := *it
	c.line = 0
	c.tags, c.inline, c.attached = some(it.tags), some(it.inline), some(it.attached)
	c.keys, c.groups, c.versions = some(it.keys), some(it.groups), some(it.versions)
	c.loginGroups, c.loginPolicies = some(it.loginGroups), some(it.loginPolicies)
	c.clientIDs, c.thumbprints = some(it.clientIDs), some(it.thumbprints)
	c.devices = some(it.devices)
	return c
}

func some[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// same reports whether two items say the same, wherever they stand.
func (it *item) same(other *item) bool {
	a, b := it.bare(), other.bare()
	return reflect.DeepEqual(&a, &b)
}

// complete takes what a file may leave out from what is known of the item.
func (it *item) complete(known *item) {
	if it.created.IsZero() {
		it.created = known.created
	}
	if it.updated.IsZero() {
		it.updated = known.updated
	}
	it.last = max(it.last, known.last)
	if it.password.hash != "" && it.password.created.IsZero() {
		it.password.created = known.password.created
	}
	for i, k := range it.keys {
		if at := slices.IndexFunc(known.keys, func(o itemKey) bool { return o.id == k.id }); at >= 0 && k.created.IsZero() {
			it.keys[i].created = known.keys[at].created
		}
	}
	for i, d := range it.devices {
		if at := slices.IndexFunc(known.devices, func(o itemDevice) bool { return deviceNamed(o) == deviceNamed(d) }); at >= 0 && d.enabled.IsZero() {
			it.devices[i].enabled = known.devices[at].enabled
		}
	}
	for i, v := range it.versions {
		if at := slices.IndexFunc(known.versions, func(o itemVersion) bool { return o.number == v.number }); at >= 0 && v.created.IsZero() {
			it.versions[i].created = known.versions[at].created
		}
	}
}

// merge puts into the item what an edit changed of its base; false where the item changed in the same place meanwhile.
func (it *item) merge(base, edit *item) bool {
	b, e := base, edit
	ok := pick(&it.account, b.account, e.account) && pick(&it.name, b.name, e.name) && pick(&it.path, b.path, e.path) && pick(&it.created, b.created, e.created) &&
		pickList(&it.tags, b.tags, e.tags, tagName) && pickList(&it.inline, b.inline, e.inline, textName) &&
		pickList(&it.attached, b.attached, e.attached, itself) && pick(&it.boundary, b.boundary, e.boundary) &&
		pick(&it.display, b.display, e.display) && pick(&it.disabled, b.disabled, e.disabled) && pick(&it.from, b.from, e.from) && pick(&it.until, b.until, e.until) && pick(&it.password, b.password, e.password) && pickList(&it.devices, b.devices, e.devices, deviceNamed) && pick(&it.policies, b.policies, e.policies) &&
		pickList(&it.keys, b.keys, e.keys, keyName) && pickList(&it.groups, b.groups, e.groups, itself) &&
		pick(&it.login, b.login, e.login) && pickList(&it.loginGroups, b.loginGroups, e.loginGroups, itself) &&
		pickList(&it.loginPolicies, b.loginPolicies, e.loginPolicies, itself) &&
		pick(&it.description, b.description, e.description) && pick(&it.trust, b.trust, e.trust) &&
		pick(&it.maxSession, b.maxSession, e.maxSession) && pick(&it.revoked, b.revoked, e.revoked) &&
		pickList(&it.clientIDs, b.clientIDs, e.clientIDs, itself) && pickList(&it.thumbprints, b.thumbprints, e.thumbprints, itself) &&
		pickList(&it.versions, b.versions, e.versions, versionNumber) && pick(&it.inForce, b.inForce, e.inForce)
	it.last = max(it.last, e.last)
	if e.updated != b.updated {
		it.updated = e.updated
	}
	slices.SortFunc(it.inline, byName)
	slices.SortFunc(it.versions, byNumber)
	return ok
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

// pickList is pick for each element of a list, which go by names. Where the list changed on one side only, that side's order holds too.
func pickList[T comparable, N comparable](current *[]T, base, edit []T, name func(T) N) bool {
	switch {
	case slices.Equal(base, edit), slices.Equal(*current, edit):
		return true
	case slices.Equal(*current, base):
		*current = edit
		return true
	}
	b, e, c := indexed(base, name), indexed(edit, name), indexed(*current, name)
	var out []T
	for _, now := range *current {
		was, known := b[name(now)]
		to, stays := e[name(now)]
		switch {
		case known == stays && was == to, stays && to == now: // not touched, or the same on both sides
			out = append(out, now)
		case !known || was != now:
			return false
		case stays:
			out = append(out, to)
		}
	}
	for _, to := range edit {
		if _, there := c[name(to)]; there {
			continue
		}
		switch was, known := b[name(to)]; {
		case !known:
			out = append(out, to)
		case was != to:
			return false
		}
	}
	*current = out
	return true
}

func indexed[T comparable, N comparable](list []T, name func(T) N) map[N]T {
	m := make(map[N]T, len(list))
	for _, v := range list {
		m[name(v)] = v
	}
	return m
}
