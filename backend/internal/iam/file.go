package iam

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// maxFile bounds what is read of iam.json.
const maxFile = 32 << 20

// fileForm is iam.json. MyFSIO 0.1.x knows users with access_key, secret_key, display_name and policies; the rest is added. Secrets are
// written sealed and may be put in as plain text.
type fileForm struct {
	Revision uint64     `json:"revision"`
	Users    []fileUser `json:"users"`
}

type fileUser struct {
	AccessKey   string          `json:"access_key"`
	SecretKey   string          `json:"secret_key"`
	DisplayName string          `json:"display_name"`
	Policies    json.RawMessage `json:"policies"`
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
	policies string // compact JSON
	disabled bool
	managed  bool
	secrets  string // access keys and plain secrets, in order, as JSON
	keys     []fileKey
	created  time.Time
}

// render is the file for a state. The same state always gives the same bytes.
func render(revision uint64, users []*loaded) ([]byte, error) {
	f := fileForm{Revision: revision, Users: []fileUser{}}
	for _, l := range users {
		u := l.user
		if len(u.Keys) == 0 {
			continue // nobody can be it; the file has no form for it
		}
		form := fileUser{DisplayName: u.Name, Policies: u.Policies, UserID: u.ID, Created: u.Created, Disabled: u.Disabled}
		if len(u.Policies) == 0 {
			form.Policies = json.RawMessage("[]")
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

func hashOf(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

// parseFile reads a file that somebody may have edited. The error says what is wrong with it, and never shows a secret.
func (s *Service) parseFile(content []byte) (revision uint64, entries []entry, err error) {
	const op = "iam.parseFile"
	bad := func(format string, args ...any) error {
		return fault.New(op, fault.InvalidRequest, fmt.Sprintf(format, args...))
	}
	if len(content) > maxFile {
		return 0, nil, bad("the file is longer than %d bytes", maxFile)
	}
	if !utf8.Valid(content) {
		return 0, nil, bad("the file is not valid UTF-8")
	}
	var f fileForm
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return 0, nil, bad("the file is not valid: %s", describe(err, d.InputOffset()))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return 0, nil, bad("there is text after the end of the file's content")
	}
	if f.Users == nil {
		return 0, nil, bad("the file has no \"users\"")
	}
	keys, ids := map[string]bool{}, map[string]bool{}
	for i, u := range f.Users {
		who := fmt.Sprintf("user %d (%q)", i+1, u.AccessKey)
		e := entry{key: u.AccessKey, id: u.UserID, name: u.DisplayName, disabled: u.Disabled, managed: u.Managed == managedByEnvironment, created: u.Created}
		if u.Managed != "" && !e.managed {
			return 0, nil, bad("%s: managed_by must be %q or absent", who, managedByEnvironment)
		}
		if e.name == "" {
			e.name = u.AccessKey
		}
		if err := checkName(op, e.name); err != nil {
			return 0, nil, bad("%s: %s", who, fault.TextOf(err))
		}
		if e.id != "" && (ids[e.id] || !validID(e.id)) {
			return 0, nil, bad("%s: the user_id is not valid or stands twice; leave it out for a new user", who)
		}
		ids[e.id] = true
		for _, k := range append([]fileKey{{u.AccessKey, u.SecretKey}}, u.MoreKeys...) {
			if err := checkAccessKey(op, k.AccessKey); err != nil {
				return 0, nil, bad("%s: %s", who, fault.TextOf(err))
			}
			if keys[k.AccessKey] {
				return 0, nil, bad("%s: the access key %s stands twice", who, k.AccessKey)
			}
			keys[k.AccessKey] = true
			if seal.Sealed(k.SecretKey) {
				raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(k.SecretKey, seal.Prefix))
				if err != nil {
					return 0, nil, bad("%s: the sealed secret is damaged", who)
				}
				plain, err := s.Box.Open(raw, secretAAD(k.AccessKey))
				if err != nil {
					return 0, nil, bad("%s: the sealed secret belongs to another access key or another server; put in a plain one", who)
				}
				k.SecretKey = string(plain)
			}
			if err := checkSecret(op, k.SecretKey); err != nil {
				return 0, nil, bad("%s: %s", who, fault.TextOf(err))
			}
			e.keys = append(e.keys, k)
		}
		if string(u.Policies) == "null" {
			u.Policies = nil
		}
		raw, _, err := readPolicies(u.Policies)
		if err != nil {
			return 0, nil, bad("%s: policies: %s", who, fault.TextOf(err))
		}
		e.policies = string(raw)
		e.secrets = secretsOf(e.keys)
		entries = append(entries, e)
	}
	return f.Revision, entries, nil
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

// describe says what a JSON decoder found, without the text that it found it in.
func describe(err error, offset int64) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("no JSON near byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Sprintf("%s must not be a %s (near byte %d)", kind.Field, strings.SplitN(kind.Value, " ", 2)[0], kind.Offset)
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		return strings.TrimPrefix(err.Error(), "json: ")
	}
	return fmt.Sprintf("no JSON near byte %d", offset)
}

// entryOf is a user of the state as a file shows it. A secret that cannot be unsealed equals only itself.
func entryOf(l *loaded) entry {
	u := l.user
	e := entry{id: u.ID, name: u.Name, policies: string(u.Policies), disabled: u.Disabled, managed: u.Environment, created: u.Created}
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
func (s *Service) apply(e entry, l *loaded, now time.Time) *meta.User {
	u := &meta.User{ID: e.id, Account: DefaultAccount, Created: e.created}
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
