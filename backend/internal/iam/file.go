package iam

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// fileForm is iam.json. MyFSIO 0.1.x knows users with access_key, secret_key, display_name and policies; the rest is added. Secrets are
// written sealed and may be put in as plain text. What belongs to no account belongs to the default one, which is not listed.
type fileForm struct {
	Revision uint64         `json:"revision"`
	Accounts []fileAccount  `json:"accounts,omitempty"`
	Users    []fileUser     `json:"users"`
	Groups   []fileGroup    `json:"groups,omitempty"`
	Roles    []fileRole     `json:"roles,omitempty"`
	Managed  []filePolicy   `json:"managed_policies,omitempty"`
	Trusted  []fileProvider `json:"oidc_providers,omitempty"`
}

type fileAccount struct {
	Name        string    `json:"name"`
	ID          string    `json:"id,omitempty"` // twelve digits; absent: made by the server
	DisplayName string    `json:"display_name,omitempty"`
	Created     time.Time `json:"created,omitzero"`
}

type fileUser struct {
	AccessKey   string          `json:"access_key,omitempty"`
	SecretKey   string          `json:"secret_key,omitempty"`
	DisplayName string          `json:"display_name"`
	Policies    json.RawMessage `json:"policies"` // simple or AWS form
	UserName    string          `json:"user_name,omitempty"`
	Path        string          `json:"path,omitempty"`
	Account     string          `json:"account,omitempty"` // name
	UserID      string          `json:"user_id,omitempty"`
	Created     time.Time       `json:"created,omitzero"`
	Disabled    bool            `json:"disabled,omitempty"`
	ValidFrom   time.Time       `json:"valid_from,omitzero"`
	ValidUntil  time.Time       `json:"valid_until,omitzero"`
	Managed     string          `json:"managed_by,omitempty"`
	KeyOff      bool            `json:"key_off,omitempty"`
	KeyCreated  time.Time       `json:"key_created,omitzero"`
	KeyExpires  time.Time       `json:"key_expires,omitzero"`
	MoreKeys    []fileKey       `json:"more_keys,omitempty"`
	Password    *filePassword   `json:"password,omitempty"`
	Devices     []fileDevice    `json:"mfa_devices,omitempty"`
	Groups      []string        `json:"groups,omitempty"` // names
	Login       *fileLogin      `json:"single_sign_on,omitempty"`
	fileTexts
	fileBounds
}

// fileLogin is who a user is at a provider of identities, and which of the user's groups and policies come from there.
type fileLogin struct {
	Issuer   string   `json:"issuer"`
	Subject  string   `json:"subject"`
	Groups   []string `json:"groups,omitempty"`   // names
	Policies []string `json:"policies,omitempty"` // ARNs
}

type fileKey struct {
	AccessKey string    `json:"access_key"`
	SecretKey string    `json:"secret_key"`
	Off       bool      `json:"off,omitempty"`
	Created   time.Time `json:"created,omitzero"`
	Expires   time.Time `json:"expires,omitzero"`
}

type fileDevice struct {
	Name    string    `json:"name"`
	Seed    string    `json:"seed"` // base32
	Enabled time.Time `json:"enabled,omitzero"`
}

type filePassword struct {
	Hash       string    `json:"hash"` // of argon2id
	Created    time.Time `json:"created,omitzero"`
	MustChange bool      `json:"must_change,omitempty"`
}

type fileGroup struct {
	Name    string    `json:"name"`
	Path    string    `json:"path,omitempty"`
	Account string    `json:"account,omitempty"`
	GroupID string    `json:"group_id,omitempty"`
	Created time.Time `json:"created,omitzero"`
	fileTexts
}

type fileRole struct {
	Name        string          `json:"name"`
	Path        string          `json:"path,omitempty"`
	Account     string          `json:"account,omitempty"`
	RoleID      string          `json:"role_id,omitempty"`
	Created     time.Time       `json:"created,omitzero"`
	Description string          `json:"description,omitempty"`
	Trust       json.RawMessage `json:"trust_policy"`
	MaxSession  int64           `json:"max_session_seconds,omitempty"`
	Revoked     time.Time       `json:"sessions_revoked,omitzero"` // those that began before are over
	fileTexts
	fileBounds
}

type filePolicy struct {
	Name        string        `json:"name"`
	Path        string        `json:"path,omitempty"`
	Account     string        `json:"account,omitempty"`
	PolicyID    string        `json:"policy_id,omitempty"`
	Created     time.Time     `json:"created,omitzero"`
	Updated     time.Time     `json:"updated,omitzero"`
	Description string        `json:"description,omitempty"`
	Tags        []fileTag     `json:"tags,omitempty"`
	Default     int           `json:"default_version"`
	Last        int           `json:"last_version,omitempty"` // the highest number that was ever given, where that version is gone
	Versions    []fileVersion `json:"versions"`
}

type fileProvider struct {
	URL         string    `json:"url"` // with https://
	Account     string    `json:"account,omitempty"`
	ProviderID  string    `json:"provider_id,omitempty"`
	Created     time.Time `json:"created,omitzero"`
	ClientIDs   []string  `json:"client_ids,omitempty"`
	Thumbprints []string  `json:"thumbprints,omitempty"`
	Tags        []fileTag `json:"tags,omitempty"`
}

type fileVersion struct {
	Version  int             `json:"version"`
	Document json.RawMessage `json:"document"`
	Created  time.Time       `json:"created,omitzero"`
}

type fileTexts struct {
	Inline   map[string]json.RawMessage `json:"inline_policies,omitempty"`
	Attached []string                   `json:"attached_policies,omitempty"` // ARNs
}

type fileBounds struct {
	Boundary string    `json:"permissions_boundary,omitempty"`
	Tags     []fileTag `json:"tags,omitempty"`
}

type fileTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

const managedByEnvironment = "environment"

// snapshot is the state that a file shows.
type snapshot struct {
	accounts []*meta.Account // the default one first
	users    []*loaded
	records  map[string]record // of all kinds, by id
	order    []record          // groups, roles, managed policies and providers of each account
}

func (s *Service) snapshot(r kv.Reader) (v snapshot, err error) {
	if v.accounts, err = accounts(r); err != nil {
		return v, err
	}
	if v.users, err = s.all(r); err != nil {
		return v, err
	}
	v.records = map[string]record{}
	for _, l := range v.users {
		v.records[l.user.ID] = userRecord{l.user}
	}
	for _, a := range v.accounts {
		list, err := recordsOf(r, a.ID)
		if err != nil {
			return v, err
		}
		for _, rec := range list {
			v.records[rec.id()] = rec
		}
		v.order = append(v.order, list...)
	}
	return v, nil
}

// form is the file for a state.
func (v *snapshot) form(revision uint64) *fileForm {
	f := &fileForm{Revision: revision, Users: []fileUser{}}
	for _, a := range v.accounts[1:] {
		f.Accounts = append(f.Accounts, fileAccount{Name: a.Name, ID: a.ID, DisplayName: a.DisplayName, Created: a.Created})
	}
	names := accountNames(v.accounts)
	names[DefaultAccount] = ""
	for _, l := range v.users {
		f.Users = append(f.Users, userForm(l.user, names[l.user.Account]))
	}
	for _, rec := range v.order {
		switch rec := rec.(type) {
		case groupRecord:
			f.Groups = append(f.Groups, fileGroup{Name: rec.Name, Path: rec.Path, Account: names[rec.Account], GroupID: rec.ID, Created: rec.Created, fileTexts: textsForm(&rec.Grants)})
		case *roleRecord:
			f.Roles = append(f.Roles, fileRole{
				Name: rec.Name, Path: rec.Path, Account: names[rec.Account], RoleID: rec.ID, Created: rec.Created, Description: rec.Description,
				Trust: compactText(rec.Trust), MaxSession: int64(rec.MaxSession / time.Second), Revoked: rec.Revoked,
				fileTexts: textsForm(&rec.Grants), fileBounds: fileBounds{rec.Grants.Boundary, tagsForm(rec.Tags)},
			})
		case policyRecord:
			f.Managed = append(f.Managed, policyForm(rec.ManagedPolicy, names[rec.Account]))
		case providerRecord:
			f.Trusted = append(f.Trusted, fileProvider{
				URL: "https://" + rec.URL, Account: names[rec.Account], ProviderID: rec.ID, Created: rec.Created, ClientIDs: rec.ClientIDs, Thumbprints: rec.Thumbprints, Tags: tagsForm(rec.Tags),
			})
		}
	}
	f.nameGroups()
	return f
}

// nameGroups puts the names of groups in the place of their ids.
func (f *fileForm) nameGroups() {
	names := map[string]string{}
	for _, g := range f.Groups {
		names[g.GroupID] = g.Name
	}
	named := func(ids []string) (list []string) {
		for _, id := range ids {
			if name := names[id]; name != "" {
				list = append(list, name)
			}
		}
		return list
	}
	for i, u := range f.Users {
		f.Users[i].Groups = named(u.Groups)
		if u.Login != nil {
			u.Login.Groups = named(u.Login.Groups)
		}
	}
}

func userForm(u *meta.User, account string) fileUser {
	f := fileUser{
		DisplayName: u.Name, Policies: u.Policies, UserName: u.UserName, Path: u.Path, Account: account, UserID: u.ID, Created: u.Created, Disabled: u.Disabled,
		ValidFrom: u.ValidFrom, ValidUntil: u.ValidUntil,
		Groups: u.Groups, fileTexts: textsForm(&u.Grants), fileBounds: fileBounds{u.Grants.Boundary, tagsForm(u.Tags)},
	}
	if len(u.Policies) == 0 {
		f.Policies = json.RawMessage("[]")
	}
	if u.Environment {
		f.Managed = managedByEnvironment
	}
	if p := u.Password; p != nil {
		f.Password = &filePassword{sealedText(p.Sealed), p.Created, p.MustChange}
	}
	if l := &u.Login; l.Issuer != "" {
		f.Login = &fileLogin{Issuer: l.Issuer, Subject: l.Subject, Groups: l.Groups, Policies: l.Policies}
	}
	for _, d := range u.Devices {
		f.Devices = append(f.Devices, fileDevice{d.Name, sealedText(d.Sealed), d.Enabled})
	}
	for i, k := range u.Keys {
		text := sealedText(k.Sealed)
		if i == 0 {
			f.AccessKey, f.SecretKey, f.KeyOff, f.KeyCreated, f.KeyExpires = k.ID, text, k.Off, k.Created, k.Expires
		} else {
			f.MoreKeys = append(f.MoreKeys, fileKey{k.ID, text, k.Off, k.Created, k.Expires})
		}
	}
	return f
}

func sealedText(sealed []byte) string {
	return seal.Prefix + base64.RawURLEncoding.EncodeToString(sealed)
}

func policyForm(p *meta.ManagedPolicy, account string) filePolicy {
	f := filePolicy{
		Name: p.Name, Path: p.Path, Account: account, PolicyID: p.ID, Created: p.Created, Updated: p.Updated, Description: p.Description, Tags: tagsForm(p.Tags),
		Default: p.Default,
	}
	highest := 0
	for _, v := range p.Versions {
		f.Versions = append(f.Versions, fileVersion{v.Number, compactText(v.Text), v.Created})
		highest = max(highest, v.Number)
	}
	if p.Last > highest {
		f.Last = p.Last
	}
	return f
}

func textsForm(g *meta.Grants) (f fileTexts) {
	for _, p := range g.Inline {
		if f.Inline == nil {
			f.Inline = map[string]json.RawMessage{}
		}
		f.Inline[p.Name] = compactText(p.Text)
	}
	f.Attached = g.Attached
	return f
}

func tagsForm(tags meta.Tags) (list []fileTag) {
	for _, t := range tags {
		list = append(list, fileTag{t.Name, t.Value})
	}
	return list
}

// compactText is a policy without white space; null for one that is no JSON.
func compactText(raw []byte) json.RawMessage {
	var b bytes.Buffer
	if err := json.Compact(&b, bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))); err != nil {
		return json.RawMessage("null")
	}
	return b.Bytes()
}

// encode is the bytes of a file. The same form always gives the same.
func (f *fileForm) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(f)
	return b.Bytes(), err
}
