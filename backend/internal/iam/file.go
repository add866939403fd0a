package iam

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// fileForm is iam.json. MyFSIO 0.1.x knows users with access_key, secret_key, display_name and policies; the rest is added. Secrets are
// written sealed and may be put in as plain text. Users without an account belong to the default one, which is not listed.
type fileForm struct {
	Revision uint64        `json:"revision"`
	Accounts []fileAccount `json:"accounts,omitempty"`
	Users    []fileUser    `json:"users"`
}

type fileAccount struct {
	Name        string    `json:"name"`
	ID          string    `json:"id,omitempty"` // twelve digits; absent: made by the server
	DisplayName string    `json:"display_name,omitempty"`
	Created     time.Time `json:"created,omitzero"`
}

type fileUser struct {
	AccessKey   string          `json:"access_key"`
	SecretKey   string          `json:"secret_key"`
	DisplayName string          `json:"display_name"`
	Policies    json.RawMessage `json:"policies"`
	Account     string          `json:"account,omitempty"` // name
	UserID      string          `json:"user_id,omitempty"`
	Created     time.Time       `json:"created,omitzero"`
	Disabled    bool            `json:"disabled,omitempty"`
	Managed     string          `json:"managed_by,omitempty"`
	MoreKeys    []fileKey       `json:"more_keys,omitempty"`
}

type fileKey struct {
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

const managedByEnvironment = "environment"

// entry is a user as a file shows it, with secrets in plain text. It is what is compared and merged.
type entry struct {
	key      string // first access key: what a user is recognised by
	id       string
	name     string
	account  string // name
	policies string // compact JSON
	disabled bool
	managed  bool
	secrets  string // access keys and plain secrets, in order, as JSON
	keys     []fileKey
	created  time.Time
}

// contents is what a file says, or what it is to say: accounts but the default one by name, and users by access key.
type contents struct {
	revision uint64
	accounts map[string]meta.Account
	users    map[string]entry
	lines    map[string]int // of a file: where an account or a user stands, by lineOfAccount or lineOfUser and what names it
}

// Prefixes in contents.lines.
const (
	lineOfAccount = "account "
	lineOfUser    = "user "
)

// snapshot is the state that a file shows.
type snapshot struct {
	accounts []*meta.Account // the default one first
	users    []*loaded
}

func (s *Service) snapshot(r kv.Reader) (v snapshot, err error) {
	if v.accounts, err = accounts(r); err != nil {
		return v, err
	}
	v.users, err = s.all(r)
	return v, err
}

// render is the file for a state. The same state always gives the same bytes.
func (v snapshot) render(revision uint64) ([]byte, error) {
	f := fileForm{Revision: revision, Users: []fileUser{}}
	for _, a := range v.accounts[1:] {
		f.Accounts = append(f.Accounts, fileAccount{Name: a.Name, ID: a.ID, DisplayName: a.DisplayName, Created: a.Created})
	}
	names := accountNames(v.accounts)
	for _, l := range v.users {
		u := l.user
		if len(u.Keys) == 0 {
			continue // nobody can be it; the file has no form for it
		}
		form := fileUser{DisplayName: u.Name, Policies: u.Policies, UserID: u.ID, Created: u.Created, Disabled: u.Disabled}
		if len(u.Policies) == 0 {
			form.Policies = json.RawMessage("[]")
		}
		if u.Account != DefaultAccount {
			form.Account = names[u.Account]
		}
		if u.Environment {
			form.Managed = managedByEnvironment
		}
		for i, k := range u.Keys {
			text := seal.Prefix + base64.RawURLEncoding.EncodeToString(k.Sealed)
			if i == 0 {
				form.AccessKey, form.SecretKey = k.ID, text
			} else {
				form.MoreKeys = append(form.MoreKeys, fileKey{k.ID, text})
			}
		}
		f.Users = append(f.Users, form)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(&f)
	return b.Bytes(), err
}

// parseFile reads a file that somebody may have edited. The error says what is wrong with it, and never shows a secret.
func (s *Service) parseFile(content []byte) (out contents, err error) {
	const op = "iam.parseFile"
	var f fileForm
	if err := projection.Decode(content, &f); err != nil {
		return out, err
	}
	if f.Users == nil {
		return out, projection.Bad("the file has no \"users\"")
	}
	accounts, err := projection.Elements(content, "accounts")
	if err != nil {
		return out, err
	}
	users, err := projection.Elements(content, "users")
	if err != nil {
		return out, err
	}
	out = contents{revision: f.Revision, accounts: map[string]meta.Account{}, users: map[string]entry{}, lines: map[string]int{}}
	for i, a := range f.Accounts {
		out.lines[lineOfAccount+a.Name] = accounts[i].Line
		if err := out.account(a); err != nil {
			return contents{}, projection.BadAt(accounts[i].Line, "account %q: %s", a.Name, fault.TextOf(err))
		}
	}
	keys, ids := map[string]bool{}, map[string]bool{}
	for i, u := range f.Users {
		out.lines[lineOfUser+u.AccessKey] = users[i].Line
		bad := func(format string, args ...any) error {
			return projection.BadAt(users[i].Line, "user %q: "+format, append([]any{u.AccessKey}, args...)...)
		}
		e := entry{key: u.AccessKey, id: u.UserID, name: u.DisplayName, account: u.Account, disabled: u.Disabled, managed: u.Managed == managedByEnvironment, created: u.Created}
		if u.Managed != "" && !e.managed {
			return out, bad("managed_by must be %q or absent", managedByEnvironment)
		}
		if e.name == "" {
			e.name = u.AccessKey
		}
		if e.account == "" {
			e.account = DefaultAccount
		}
		if _, ok := out.accounts[e.account]; !ok && e.account != DefaultAccount {
			return out, bad("the account %q does not stand in \"accounts\"", e.account)
		}
		if err := checkName(op, e.name); err != nil {
			return out, bad("%s", fault.TextOf(err))
		}
		if e.id != "" && (ids[e.id] || !validID(e.id)) {
			return out, bad("the user_id is not valid or stands twice; leave it out for a new user")
		}
		ids[e.id] = true
		for _, k := range append([]fileKey{{u.AccessKey, u.SecretKey}}, u.MoreKeys...) {
			if err := checkAccessKey(op, k.AccessKey); err != nil {
				return out, bad("%s", fault.TextOf(err))
			}
			if keys[k.AccessKey] {
				return out, bad("the access key %s stands twice", k.AccessKey)
			}
			keys[k.AccessKey] = true
			if seal.Sealed(k.SecretKey) {
				raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(k.SecretKey, seal.Prefix))
				if err != nil {
					return out, bad("the sealed secret is damaged")
				}
				plain, err := s.Box.Open(raw, secretAAD(k.AccessKey))
				if err != nil {
					return out, bad("the sealed secret belongs to another access key or another server; put in a plain one")
				}
				k.SecretKey = string(plain)
			}
			if err := checkSecret(op, k.SecretKey); err != nil {
				return out, bad("%s", fault.TextOf(err))
			}
			e.keys = append(e.keys, k)
		}
		if string(u.Policies) == "null" {
			u.Policies = nil
		}
		raw, _, err := readPolicies(u.Policies)
		if err != nil {
			return out, bad("policies: %s", fault.TextOf(err))
		}
		e.policies = string(raw)
		e.secrets = secretsOf(e.keys)
		out.users[e.key] = e
	}
	return out, nil
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

func secretsOf(keys []fileKey) string {
	raw, _ := json.Marshal(keys) // strings always encode
	return string(raw)
}

func validID(id string) bool {
	ok := len(id) == 26 && strings.HasPrefix(id, "AIDA")
	for _, c := range id {
		ok = ok && (c >= 'A' && c <= 'Z' || c >= '2' && c <= '7')
	}
	return ok
}

// contents is a state as a file shows it, with the rows of its users by access key.
func (v snapshot) contents() (contents, map[string]*loaded) {
	out := contents{accounts: map[string]meta.Account{}, users: map[string]entry{}}
	for _, a := range v.accounts[1:] {
		out.accounts[a.Name] = *a
	}
	names, rows := accountNames(v.accounts), map[string]*loaded{}
	for _, l := range v.users {
		if e := entryOf(l, names[l.user.Account]); e.key != "" {
			rows[e.key], out.users[e.key] = l, e
		}
	}
	return out, rows
}

// entryOf is a user of the state as a file shows it. A secret that cannot be unsealed equals only itself.
func entryOf(l *loaded, account string) entry {
	u := l.user
	e := entry{id: u.ID, name: u.Name, account: account, policies: string(u.Policies), disabled: u.Disabled, managed: u.Environment, created: u.Created}
	if e.policies == "" {
		e.policies = "[]"
	}
	for i, k := range u.Keys {
		if i == 0 {
			e.key = k.ID
		}
		e.keys = append(e.keys, fileKey{k.ID, l.credentials[i].Secret})
	}
	e.secrets = secretsOf(e.keys)
	return e
}

// apply makes the record that an entry describes out of the one that is there (nil: none), sealing only secrets that changed.
// account is the id of its account.
func (s *Service) apply(e entry, account string, l *loaded, now time.Time) *meta.User {
	u := &meta.User{ID: e.id, Created: e.created}
	old := map[string]meta.AccessKey{}
	plain := map[string]string{}
	if l != nil {
		u = l.copy()
		for i, k := range u.Keys {
			old[k.ID], plain[k.ID] = k, l.credentials[i].Secret
		}
	}
	if u.ID == "" {
		u.ID = s.newUserID()
	}
	if u.Created.IsZero() {
		u.Created = now
	}
	u.Account = account
	u.Name, u.Policies, u.Disabled, u.Keys = e.name, []byte(e.policies), e.disabled, nil
	for _, k := range e.keys {
		key, ok := old[k.AccessKey]
		if !ok || plain[k.AccessKey] != k.SecretKey {
			key = meta.AccessKey{ID: k.AccessKey, Sealed: s.Box.Seal([]byte(k.SecretKey), secretAAD(k.AccessKey)), Created: now}
		}
		u.Keys = append(u.Keys, key)
	}
	return u
}
