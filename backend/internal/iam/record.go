package iam

import (
	"time"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// record is the row of a user, a group, a role, a managed policy or a provider.
type record interface {
	id() string
	// rows are those that it takes in the store.
	rows() map[string][]byte
}

type (
	userRecord   struct{ *meta.User }
	groupRecord  struct{ *meta.UserGroup }
	policyRecord struct{ *meta.ManagedPolicy }
)

func (u userRecord) id() string   { return u.ID }
func (g groupRecord) id() string  { return g.ID }
func (r *roleRecord) id() string  { return r.ID }
func (p policyRecord) id() string { return p.ID }

func (u userRecord) rows() map[string][]byte {
	m := map[string][]byte{string(meta.UserKey(u.ID)): u.Encode()}
	for _, k := range u.Keys {
		m[string(meta.AccessKeyKey(k.ID))] = []byte(u.ID)
	}
	if u.Console.ID != "" {
		m[string(meta.AccessKeyKey(u.Console.ID))] = []byte(u.ID)
	}
	if u.UserName != "" {
		m[string(meta.NameKey(u.Account, u.UserName))] = []byte(u.ID)
	}
	if l := &u.Login; l.Issuer != "" {
		m[string(meta.LoginKey(l.Issuer, l.Subject))] = []byte(u.ID)
	}
	return m
}

func (g groupRecord) rows() map[string][]byte {
	return map[string][]byte{string(meta.UserGroupKey(g.Account, g.ID)): g.Encode()}
}

func (r *roleRecord) rows() map[string][]byte {
	return map[string][]byte{string(meta.RoleKey(r.Account, r.Name)): r.Encode()}
}

func (p policyRecord) rows() map[string][]byte {
	return map[string][]byte{string(meta.PolicyKey(p.Account, p.Name)): p.Encode()}
}

// recordsOf are the groups, roles, managed policies and providers of an account.
func recordsOf(r kv.Reader, account string) (out []record, err error) {
	list, err := groups(r, account)
	if err != nil {
		return nil, err
	}
	for _, g := range list {
		out = append(out, groupRecord{g})
	}
	named, err := roles(r, account)
	if err != nil {
		return nil, err
	}
	for _, role := range named {
		out = append(out, role)
	}
	policies, err := managedPolicies(r, account)
	if err != nil {
		return nil, err
	}
	for _, p := range policies {
		out = append(out, policyRecord{p})
	}
	trusted, err := providers(r, account)
	for _, p := range trusted {
		out = append(out, providerRecord{p})
	}
	return out, err
}

// record makes the record that an item describes out of the one that is there, nil for none: secrets are sealed and texts replaced only where
// they changed. account is the id of its account.
func (w *fileWrite) record(it *item, account string, was record) record {
	created := w.since(it.created)
	grants := func(old *meta.Grants) meta.Grants {
		g := meta.Grants{Attached: it.attached, Boundary: it.boundary}
		for _, p := range it.inline {
			g.Inline = append(g.Inline, meta.InlinePolicy{Name: p.name, Text: keep(p.text, inlineText(old, p.name))})
		}
		return g
	}
	switch it.kind {
	case groupItem:
		old := &meta.UserGroup{}
		if g, ok := was.(groupRecord); ok {
			old = g.UserGroup
		}
		return groupRecord{&meta.UserGroup{ID: it.id, Account: account, Name: it.name, Path: it.path, Created: created, Grants: grants(&old.Grants)}}
	case roleItem:
		old := &meta.Role{}
		if r, ok := was.(*roleRecord); ok {
			old = r.Role
		}
		return &roleRecord{&meta.Role{
			ID: it.id, Account: account, Name: it.name, Path: it.path, Created: created, Description: it.description, Trust: keep(it.trust, old.Trust),
			MaxSession: it.maxSession, Grants: grants(&old.Grants), Tags: it.tags, Revoked: it.revoked,
		}}
	case policyItem:
		return w.policyRecord(it, account, created, was)
	case providerItem:
		return providerRecord{&meta.OIDCProvider{ID: it.id, Account: account, URL: it.name, Created: created, ClientIDs: it.clientIDs, Thumbprints: it.thumbprints, Tags: it.tags}}
	}
	old := &meta.User{}
	if u, ok := was.(userRecord); ok {
		old = u.User
	}
	u := &meta.User{
		ID: it.id, Account: account, Name: it.display, Created: created, Disabled: it.disabled, ValidFrom: it.from, ValidUntil: it.until, Environment: it.managed, Policies: []byte(it.policies),
		UserName: it.name, Path: it.path, Grants: grants(&old.Grants), Groups: it.groups, Tags: it.tags, Keys: w.keys(it, old), Password: old.Password, Console: old.Console,
		Login: meta.ProviderLogin{Issuer: it.login.issuer, Subject: it.login.subject, Groups: it.loginGroups, Policies: it.loginPolicies},
	}
	w.password(it, u)
	w.devices(it, old, u)
	return userRecord{u}
}

// since is a time of a file, or now where it says none.
func (w *fileWrite) since(t time.Time) time.Time {
	if t.IsZero() {
		return w.now
	}
	return t
}

func (w *fileWrite) keys(it *item, old *meta.User) (keys []meta.AccessKey) {
	before := map[string]itemKey{}
	if b := w.before[it.id]; b != nil {
		before = indexed(b.keys, keyName)
	}
	sealed := map[string][]byte{}
	for _, k := range old.Keys {
		sealed[k.ID] = k.Sealed
	}
	for _, k := range it.keys {
		key := meta.AccessKey{ID: k.id, Off: k.off, Created: w.since(k.created), Expires: k.expires, Sealed: sealed[k.id]}
		if b := before[k.id]; b.secret != k.secret {
			key.Sealed = w.s.Box.Seal([]byte(k.secret), secretAAD(k.id))
			if b.created.Equal(k.created) {
				key.Created = w.now
			}
		}
		keys = append(keys, key)
	}
	return keys
}

// password makes the password of a user what an item says. One that changed or went ends what came from it.
func (w *fileWrite) password(it *item, u *meta.User) {
	was := itemPassword{}
	if b := w.before[it.id]; b != nil {
		was = b.password
	}
	switch to := it.password; to {
	case was:
		return
	case itemPassword{}:
		u.Password = nil
	default:
		p := meta.Password{Created: w.since(to.created), MustChange: to.mustChange}
		if to.hash == was.hash {
			p.Sealed = u.Password.Sealed
		} else {
			p.Sealed = w.s.Box.Seal([]byte(to.hash), passwordAAD(u.ID))
		}
		u.Password = &p
	}
	if it.password.hash != was.hash && u.Console.ID != "" {
		w.drawConsole(u)
	}
}

// devices makes the devices of a user what an item says. Of those that stay, codes that were used stay used.
func (w *fileWrite) devices(it *item, old, u *meta.User) {
	before := map[string]itemDevice{}
	if b := w.before[it.id]; b != nil {
		before = indexed(b.devices, deviceNamed)
	}
	for _, d := range it.devices {
		out := meta.Device{Name: d.name, Enabled: w.since(d.enabled)}
		at := deviceAt(old, d.name)
		if was := before[deviceNamed(d)]; at >= 0 && was.seed == d.seed {
			out.Sealed, out.Last, out.Skew = old.Devices[at].Sealed, old.Devices[at].Last, old.Devices[at].Skew
		} else if seed, err := seedOf(d.seed); err == nil { // as it was checked
			out.Sealed = w.s.Box.Seal(seed, seedAAD(u.ID))
		}
		u.Devices = append(u.Devices, out)
	}
}

func (w *fileWrite) policyRecord(it *item, account string, created time.Time, was record) record {
	old := &meta.ManagedPolicy{}
	if p, ok := was.(policyRecord); ok {
		old = p.ManagedPolicy
	}
	p := &meta.ManagedPolicy{
		ID: it.id, Account: account, Name: it.name, Path: it.path, Created: created, Updated: it.updated, Description: it.description, Tags: it.tags,
		Default: it.inForce, Last: it.last,
	}
	if p.Updated.IsZero() || old.ID != "" && old.Updated.Equal(it.updated) {
		p.Updated = w.now
	}
	for _, v := range it.versions {
		text := []byte(v.text)
		for _, o := range old.Versions {
			if o.Number == v.number {
				text = keep(v.text, o.Text)
			}
		}
		p.Versions = append(p.Versions, meta.PolicyVersion{Number: v.number, Text: text, Created: w.since(v.created)})
	}
	return policyRecord{p}
}

// keep is a text as it was, where that says the same.
func keep(text string, old []byte) []byte {
	if old != nil && string(compactText(old)) == text {
		return old
	}
	return []byte(text)
}

func inlineText(g *meta.Grants, name string) []byte {
	for _, p := range g.Inline {
		if p.Name == name {
			return p.Text
		}
	}
	return nil
}
