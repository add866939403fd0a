package iam

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// contents is what a file says, or what it is to say: accounts but the default one by name, and the rest in the order of the file.
type contents struct {
	revision  uint64
	accounts  map[string]meta.Account
	items     []*item
	lines     map[string]int // where an account stands
	usersLine int
}

// fileLines are where the entries of a file begin; nil for a form that is none.
type fileLines struct {
	users                                               int
	account, user, group, role, managedPolicy, provider []projection.Element
}

func line(list []projection.Element, i int) int {
	if i < len(list) {
		return list[i].Line
	}
	return 0
}

// parseFile reads a file that somebody may have edited, as far as it takes to tell what it changes: check looks at what it says. The error
// says what is wrong, and never shows a secret.
func (s *Service) parseFile(content []byte) (*contents, error) {
	var f fileForm
	if err := projection.Decode(content, &f); err != nil {
		return nil, err
	}
	if f.Users == nil {
		return nil, projection.Bad("the file has no \"users\"")
	}
	var lines fileLines
	var err error
	for _, member := range []struct {
		name string
		line *int
		list *[]projection.Element
	}{
		{"accounts", new(int), &lines.account}, {"users", &lines.users, &lines.user}, {"groups", new(int), &lines.group}, {"roles", new(int), &lines.role},
		{"managed_policies", new(int), &lines.managedPolicy}, {"oidc_providers", new(int), &lines.provider},
	} {
		if *member.line, *member.list, err = projection.Elements(content, member.name); err != nil {
			return nil, err
		}
	}
	return s.contents(&f, &lines)
}

// contents takes a form apart.
func (s *Service) contents(f *fileForm, at *fileLines) (*contents, error) {
	out := &contents{revision: f.Revision, accounts: map[string]meta.Account{}, lines: map[string]int{}, usersLine: at.users}
	for i, a := range f.Accounts {
		out.lines[a.Name] = line(at.account, i)
		if err := out.account(a); err != nil {
			return nil, projection.BadAt(line(at.account, i), "account %q: %s", a.Name, fault.TextOf(err))
		}
	}
	for i := range f.Groups {
		g := &f.Groups[i]
		it := &item{line: line(at.group, i), kind: groupItem, id: g.GroupID, name: g.Name, path: g.Path, account: g.Account, created: g.Created.UTC()}
		it.texts(&g.fileTexts)
		out.items = append(out.items, it)
	}
	for i := range f.Roles {
		r := &f.Roles[i]
		it := &item{
			line: line(at.role, i), kind: roleItem, id: r.RoleID, name: r.Name, path: r.Path, account: r.Account, created: r.Created.UTC(), description: r.Description,
			trust: string(compactText(r.Trust)), maxSession: time.Duration(min(max(r.MaxSession, -1), 1<<30)) * time.Second, revoked: r.Revoked.UTC(),
		}
		it.texts(&r.fileTexts)
		it.bounds(&r.fileBounds)
		out.items = append(out.items, it)
	}
	for i := range f.Managed {
		it := managedItem(&f.Managed[i])
		it.line = line(at.managedPolicy, i)
		out.items = append(out.items, it)
	}
	for i := range f.Trusted {
		p := &f.Trusted[i]
		out.items = append(out.items, &item{
			line: line(at.provider, i), kind: providerItem, id: p.ProviderID, name: strings.TrimPrefix(p.URL, "https://"), account: p.Account, created: p.Created.UTC(),
			clientIDs: p.ClientIDs, thumbprints: p.Thumbprints, tags: tagsOf(p.Tags),
		})
	}
	for i := range f.Users {
		it, err := s.userItem(&f.Users[i])
		if err != nil {
			return nil, projection.BadAt(line(at.user, i), "%s: %s", it.title(), fault.TextOf(err))
		}
		it.line = line(at.user, i)
		out.items = append(out.items, it)
	}
	return out, out.tell()
}

// tell holds that the items can be told apart, and that what they name stands in the file.
func (v *contents) tell() error {
	seen := map[string]bool{}
	for _, it := range v.items {
		bad := func(format string, args ...any) error {
			return projection.BadAt(it.line, "%s: %s", it.title(), fmt.Sprintf(format, args...))
		}
		it.account = cmp.Or(it.account, DefaultAccount)
		if it.path == "/" {
			it.path = ""
		}
		if _, ok := v.accounts[it.account]; !ok && it.account != DefaultAccount {
			return bad("the account %q does not stand in \"accounts\"", it.account)
		}
		if it.name == "" && len(it.keys) == 0 {
			return bad("it has no name")
		}
		if it.id != "" && (seen[it.id] || !validID(kinds[it.kind].prefix, it.id)) {
			return bad("the %s is not valid or stands twice; leave it out for a new %s", kinds[it.kind].id, it.kind)
		}
		seen[it.id] = true
		if it.name != "" {
			n := it.named(it.kind, it.name)
			if seen[n] {
				return bad("the name stands twice")
			}
			seen[n] = true
		}
		for _, k := range it.keys {
			if seen["key "+k.id] {
				return bad("the access key %s stands twice", k.id)
			}
			seen["key "+k.id] = true
		}
		for _, g := range slices.Concat(it.groups, it.loginGroups) { // groups come before users
			if !seen[it.named(groupItem, g)] {
				return bad("the group %q does not stand in \"groups\"", g)
			}
		}
	}
	return nil
}

// account adds an account that a file lists.
func (v *contents) account(f fileAccount) error {
	const op = "iam.account"
	bad := func(text string) error { return fault.New(op, fault.InvalidRequest, text) }
	if f.DisplayName == "" {
		f.DisplayName = f.Name
	}
	if err := checkAccount(op, f.Name); err != nil {
		return err
	}
	if err := checkName(op, f.DisplayName); err != nil {
		return err
	}
	if f.ID != "" && (!validAccountID(f.ID) || f.ID == AccountNumber(DefaultAccount)) {
		return bad("the id must have twelve digits, not all zero; leave it out for a new account")
	}
	if f.Name == DefaultAccount {
		return bad("the default account is always there and is not listed")
	}
	if !validMoment(f.Created) {
		return bad("the time of creation is not valid")
	}
	if _, twice := v.accounts[f.Name]; twice {
		return bad("the name stands twice")
	}
	for _, other := range v.accounts {
		if f.ID != "" && other.ID == f.ID {
			return bad("the id stands twice")
		}
	}
	v.accounts[f.Name] = meta.Account{ID: f.ID, Name: f.Name, DisplayName: f.DisplayName, Created: f.Created}
	return nil
}

// userItem is a user of a file; with an error so much of it that it can be told of.
func (s *Service) userItem(f *fileUser) (*item, error) {
	it := &item{
		kind: userItem, id: f.UserID, name: f.UserName, path: f.Path, account: f.Account, created: f.Created.UTC(), disabled: f.Disabled,
		from: f.ValidFrom.UTC(), until: f.ValidUntil.UTC(),
		managed: f.Managed == managedByEnvironment, groups: f.Groups, policies: "[]",
	}
	keys := f.MoreKeys
	if first := (fileKey{f.AccessKey, f.SecretKey, f.KeyOff, f.KeyCreated, f.KeyExpires}); first != (fileKey{}) || len(keys) > 0 {
		keys = append([]fileKey{first}, keys...)
	}
	for _, k := range keys {
		it.keys = append(it.keys, itemKey{id: k.AccessKey, off: k.Off, created: k.Created.UTC(), expires: k.Expires.UTC()})
	}
	it.display = cmp.Or(f.DisplayName, f.AccessKey, f.UserName)
	if text := string(compactText(f.Policies)); text != "null" {
		it.policies = text
	}
	if l := f.Login; l != nil {
		it.login, it.loginGroups, it.loginPolicies = itemLogin{l.Issuer, l.Subject}, l.Groups, l.Policies
	}
	it.texts(&f.fileTexts)
	it.bounds(&f.fileBounds)
	if f.Managed != "" && !it.managed {
		return it, projection.Bad("managed_by must be %q or absent", managedByEnvironment)
	}
	for i, k := range keys {
		var err error
		if it.keys[i].secret, err = s.unseal(k.SecretKey, secretAAD(k.AccessKey)); err != nil {
			return it, err
		}
	}
	for _, d := range f.Devices {
		seed := d.Seed
		if raw, ok := s.openSeed(d.Seed, f.UserID); ok {
			seed = b32.EncodeToString(raw)
		}
		it.devices = append(it.devices, itemDevice{d.Name, seed, d.Enabled.UTC()})
	}
	if p := f.Password; p != nil {
		hash, err := s.unseal(p.Hash, passwordAAD(f.UserID))
		if it.password = (itemPassword{hash, p.Created.UTC(), p.MustChange}); err != nil {
			return it, err
		}
	}
	return it, nil
}

// openSeed opens a seed of a file that is sealed.
func (s *Service) openSeed(text, userID string) ([]byte, bool) {
	if !seal.Sealed(text) {
		seed, err := seedOf(text)
		return seed, err == nil
	}
	plain, err := s.unseal(text, seedAAD(userID))
	return []byte(plain), err == nil && plain != text
}

// unseal is a secret of a file as plain text; one that cannot be unsealed stays as it is.
func (s *Service) unseal(text string, aad []byte) (string, error) {
	if !seal.Sealed(text) {
		return text, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(text, seal.Prefix))
	if err != nil {
		return text, projection.Bad("the sealed secret is damaged")
	}
	if plain, err := s.Box.Open(raw, aad); err == nil {
		return string(plain), nil
	}
	return text, nil
}

func managedItem(f *filePolicy) *item {
	it := &item{
		kind: policyItem, id: f.PolicyID, name: f.Name, path: f.Path, account: f.Account, created: f.Created.UTC(), updated: f.Updated.UTC(), description: f.Description,
		tags: tagsOf(f.Tags), inForce: f.Default, last: f.Last,
	}
	for _, v := range f.Versions {
		it.versions = append(it.versions, itemVersion{v.Version, string(compactText(v.Document)), v.Created.UTC()})
		it.last = max(it.last, v.Version)
	}
	slices.SortStableFunc(it.versions, byNumber)
	return it
}

func (it *item) texts(f *fileTexts) {
	for _, name := range slices.Sorted(maps.Keys(f.Inline)) {
		it.inline = append(it.inline, itemText{name, string(compactText(f.Inline[name]))})
	}
	it.attached = f.Attached
}

func (it *item) bounds(f *fileBounds) { it.boundary, it.tags = f.Boundary, tagsOf(f.Tags) }

func tagsOf(list []fileTag) (tags []meta.Pair) {
	for _, t := range list {
		tags = append(tags, meta.Pair{Name: t.Key, Value: t.Value})
	}
	return tags
}

func validID(prefix, id string) bool {
	ok := len(id) == 26 && strings.HasPrefix(id, prefix)
	for _, c := range id {
		ok = ok && (c >= 'A' && c <= 'Z' || c >= '2' && c <= '7')
	}
	return ok
}

// validMoment reports whether a time can be kept, with the nanosecond.
func validMoment(t time.Time) bool {
	return t.IsZero() || t.Year() >= 1971 && t.Year() <= 2261
}

// settle gives the items that carry no id those that they have in what is known, by the access key or the name, and else new ones. One that
// carries an id is another one than what is known under its name. Groups of users are ids from here on.
func (v *contents) settle(s *Service, known ...*contents) {
	ids, names := map[string]*item{}, map[string]string{}
	for _, k := range known {
		for _, it := range k.items {
			if ids[it.id] == nil {
				ids[it.id] = it
			}
			for _, n := range it.names() {
				if names[n] == "" {
					names[n] = it.id
				}
			}
		}
	}
	taken := map[string]bool{}
	for _, it := range v.items {
		taken[it.id] = ids[it.id] != nil
	}
	groups := map[string]string{}
	for _, it := range v.items {
		if it.id == "" {
			for _, n := range it.names() {
				if id := names[n]; id != "" && !taken[id] {
					it.id = id
					break
				}
			}
		}
		if it.id == "" {
			it.id = s.newID(kinds[it.kind].prefix)
		}
		taken[it.id] = true
		if was := ids[it.id]; was != nil {
			it.complete(was)
		}
		if it.kind == groupItem {
			groups[it.named(groupItem, it.name)] = it.id
		}
	}
	for _, it := range v.items {
		for _, list := range [][]string{it.groups, it.loginGroups} {
			for i, g := range list {
				list[i] = groups[it.named(groupItem, g)]
			}
		}
	}
}

// copy is contents that may be settled, once more.
func (v *contents) copy() *contents {
	c := *v
	c.items = make([]*item, len(v.items))
	for i, it := range v.items {
		c.items[i] = it.copy()
	}
	return &c
}

// byID is the items by their ids.
func (v *contents) byID() map[string]*item {
	m := make(map[string]*item, len(v.items))
	for _, it := range v.items {
		m[it.id] = it
	}
	return m
}
