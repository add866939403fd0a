// Package iam knows who may do what: users, their keys and policies, and the decision over a request.
//
// Users live in the metadata store, their secrets sealed. The rows are read anew for each request, so that a change holds at once on every
// server of a store; only the work on a row's bytes (parsing, unsealing) is remembered, under those very bytes.
//
// Every change is one transaction that also moves the revision of meta.IAMState, so changes follow one another and what a change checked
// (that an administrator remains, that nobody gives more than they have) still holds when it is committed. A kill before the commit
// leaves nothing, one after it leaves the whole. The file iam.json is a projection of the committed state: see package projection.
package iam

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/oidc"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/projection"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

// DefaultAccount is the account that everybody belongs to until there is another. Its administrators administer the server.
const DefaultAccount = meta.DefaultAccount

// The well-known first administrator, which only a server that no other machine reaches makes and accepts.
const (
	DefaultAccessKey = "localadmin"
	DefaultSecret    = "localadmin"
)

// Identity is who makes a request. It does not change; a later request of the same user may find another.
type Identity struct {
	Anonymous   bool
	Account     string // id of the account, DefaultAccount or twelve digits; see AccountNumber
	UserID      string // stable, never used again
	AccessKey   string // the key that was used
	Name        string // display name
	Environment bool   // managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY

	principal policy.Principal
	sources   []policy.Source // what its policies say, and what bounds them
	machine   bool
	session   *sessionClaims // of temporary credentials, else nil
	keys      func(string) ([]string, bool)
	until     time.Time     // when the credentials end, zero for never
	info      *reqinfo.Info // where decisions are noted, nil for nowhere
	trace     *policy.Trace // where it is told how they come about, nil for nowhere
}

// During returns the identity as it makes a request, whose condition keys, nil for none, decide over actions on users, keys and the server.
// What decides is noted in info, nil for nowhere.
func (id *Identity) During(info *reqinfo.Info, keys func(name string) ([]string, bool)) *Identity {
	now := *id
	now.info, now.keys = info, keys
	return &now
}

// Traced returns the identity as one whose decisions are explained in t, each anew.
func (id *Identity) Traced(t *policy.Trace) *Identity {
	now := *id
	now.trace = t
	return &now
}

// Condition answers about the condition keys of the request that the identity makes.
func (id *Identity) Condition(name string) ([]string, bool) {
	if id.keys == nil {
		return nil, false
	}
	return id.keys(name)
}

// decided notes a decision over the request that the identity makes.
func (id *Identity) decided(action string, d policy.Decision) {
	if id != nil && id.info != nil {
		id.info.Decide(action, d)
	}
}

// Anonymous is who makes a request without credentials.
var Anonymous = &Identity{Anonymous: true, principal: policy.Principal{Anonymous: true}}

// Machine is who administers the server on its own machine: over the control socket, or at start. It may do everything.
var Machine = func() *Identity {
	d, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`), policy.Identity)
	if err != nil {
		panic(err)
	}
	u := &meta.User{ID: "AIDAMACHINE", Account: DefaultAccount, Name: "machine", UserName: "machine"}
	id := newIdentity(u, "machine", []policy.Source{{Name: "the machine's own", Document: d}})
	id.machine = true
	return id
}()

func newIdentity(u *meta.User, accessKey string, sources []policy.Source) *Identity {
	name := nameOf(u)
	return &Identity{
		Account: u.Account, UserID: u.ID, AccessKey: accessKey, Name: u.Name, Environment: u.Environment, sources: sources,
		principal: policy.Principal{Account: AccountNumber(u.Account), ARN: arnOf(u), UserID: u.ID, Name: name, CanonicalID: CanonicalID(u.Account), Tags: tagMap(u.Tags)},
	}
}

// nameOf is the name of a user in ARNs and in ${aws:username}. Who has no name goes by the first access key: it is unique and cannot be
// chosen to look like another's, as a display name can.
func nameOf(u *meta.User) string {
	switch {
	case u.UserName != "":
		return u.UserName
	case len(u.Keys) > 0:
		return u.Keys[0].ID
	}
	return u.ID
}

func arnOf(u *meta.User) string {
	return "arn:aws:iam::" + AccountNumber(u.Account) + ":user" + pathOf(u.Path) + nameOf(u)
}

func userARN(number, name string) string { return "arn:aws:iam::" + number + ":user/" + name }

// pathOf is the path before a name in ARNs, "/" for none.
func pathOf(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

func tagMap(tags meta.Tags) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[t.Name] = t.Value
	}
	return m
}

// Describe notes who it is in what the logs say of a request.
func (id *Identity) Describe(info *reqinfo.Info) {
	info.User, info.UserID, info.ARN, info.AccessKey, info.Account = id.Name, id.UserID, id.principal.ARN, id.AccessKey, id.Account
}

// ARN is arn:aws:iam::<account number>:user/<first access key>, empty for Anonymous.
func (id *Identity) ARN() string { return id.principal.ARN }

// UserName is the name in the ARN; of a session of a role, that of the role and of the session.
func (id *Identity) UserName() string {
	if id.principal.Name != "" {
		return id.principal.Name
	}
	return id.Name
}

// CanonicalID is the canonical user id of the identity's account: 64 hex characters, empty for Anonymous.
func (id *Identity) CanonicalID() string { return id.principal.CanonicalID }

// Administrator reports whether the identity holds all of iam:*, unconditionally: in its own account it may do everything with users.
func (id *Identity) Administrator() bool {
	return administers(id.sources)
}

// System reports whether the identity administers the server and its accounts: an administrator of the default account.
func (id *Identity) System() bool { return id.Account == DefaultAccount && id.Administrator() }

// Credential is an identity with the secret of the key that names it.
type Credential struct {
	Identity *Identity
	Secret   string
	period   period // in which it can be used
}

// Deps is what a Service needs.
type Deps struct {
	Store  kv.Store
	Box    *seal.Box
	Clock  clock.Clock
	Idents *ident.Source
	Logger *slog.Logger

	OIDC *oidc.Providers // who proves tokens of providers; nil: no such token is taken

	IAMConfig      string // path of iam.json; empty: no file is kept
	ReadOnly       bool   // the store and the file must not be changed
	AdminAccessKey string // ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY, both or none
	AdminSecretKey string
	MaxAttempts    int           // failures before a lockout; 0: 5
	Lockout        time.Duration // 0: 15 minutes
}

// Service is safe for concurrent use.
type Service struct {
	Deps
	lockout lockout
	hashing hashQueue
	public  bool // a listener can be reached from other machines; set by Bootstrap, before requests

	mu    sync.RWMutex
	users map[string]*loaded // by user id

	known    memory // by access key
	sessions memory // by session token

	used keyUses

	File *projection.File // iam.json
}

// loaded is a user's row with the work done on it.
type loaded struct {
	raw  []byte
	user *meta.User
	rights
	credentials []Credential // one for each key, in order; no Secret where it cannot be unsealed
	console     *Credential  // of the key for the console, nil for none
}

// maxLoaded bounds the memory of rows that were worked on.
const maxLoaded = 4096

// New returns a service on a store. It refuses a store whose secrets were sealed under another data key.
func New(d Deps) (*Service, error) {
	const op = "iam.New"
	if (d.AdminAccessKey == "") != (d.AdminSecretKey == "") {
		return nil, fault.New(op, fault.InvalidArgument, "ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY must be set together.")
	}
	if d.AdminAccessKey != "" {
		if err := checkAccessKey(op, d.AdminAccessKey); err != nil {
			return nil, fault.New(op, fault.InvalidArgument, "ADMIN_ACCESS_KEY: "+fault.TextOf(err))
		}
		if err := checkSecret(op, d.AdminSecretKey); err != nil {
			return nil, fault.New(op, fault.InvalidArgument, "ADMIN_SECRET_KEY: "+fault.TextOf(err))
		}
	}
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	if d.Clock == nil {
		d.Clock = clock.System{}
	}
	if d.Idents == nil {
		d.Idents = ident.NewSource(d.Clock, rand.Reader)
	}
	if d.MaxAttempts <= 0 {
		d.MaxAttempts = 5
	}
	if d.Lockout <= 0 {
		d.Lockout = 15 * time.Minute
	}
	s := &Service{Deps: d, users: map[string]*loaded{}, hashing: newHashQueue()}
	s.File = &projection.File{
		Path: d.IAMConfig, Doc: document{s}, Store: d.Store, Clock: d.Clock, Logger: d.Logger, ReadOnly: d.ReadOnly, Vital: s.empty,
	}
	s.lockout = lockout{clock: d.Clock, max: d.MaxAttempts, life: d.Lockout}
	err := d.Store.View(context.Background(), func(r kv.Reader) error {
		st, err := state(r)
		if err == nil && st.SealID != "" && st.SealID != d.Box.ID() {
			err = fault.New(op, fault.InvalidRequest, "The users' secrets were sealed under another data key than the one in "+seal.StoreFile+
				". Put the file back from the backup of the configuration folder that belongs to this store.")
		}
		return err
	})
	if err != nil {
		return nil, kv.Fault(op, err)
	}
	return s, nil
}

// state reads the row of all identities; a store without one has the zero state.
func state(r kv.Reader) (*meta.IAMState, error) {
	raw, err := r.Get(meta.IAMStateKey())
	if errors.Is(err, kv.ErrNotFound) {
		return &meta.IAMState{}, nil
	}
	if err != nil {
		return nil, err
	}
	return meta.DecodeIAMState(raw)
}

// secretAAD binds a sealed secret to its access key.
func secretAAD(accessKey string) []byte { return []byte("access key " + accessKey) }

// load returns the row's content, worked on at most once while the row's bytes are the same, and those of its groups and policies.
func (s *Service) load(r kv.Reader, id string, raw []byte) (*loaded, error) {
	s.mu.RLock()
	l := s.users[id]
	s.mu.RUnlock()
	if l != nil && string(l.raw) == string(raw) {
		if ok, err := l.current(r); ok || err != nil {
			return l, err
		}
	}
	u, err := meta.DecodeUser(id, raw)
	if err != nil {
		return nil, err
	}
	l = &loaded{raw: append([]byte(nil), raw...), user: u}
	text := u.Policies
	if len(text) == 0 {
		text = []byte("[]")
	}
	doc, docErr := policy.ParseUser(text)
	own := policy.Source{Name: "policy of user " + nameOf(u), Kind: policy.SourceIdentity, Document: doc, Origin: &policy.Origin{Type: policy.OriginUser, Holder: nameOf(u)}}
	if l.rights, err = s.rightsOf(r, holder{account: u.Account, what: "user " + nameOf(u), grants: &u.Grants, groups: u.Groups}, own); err != nil {
		return nil, err
	}
	l.err = errors.Join(docErr, l.err)
	for i := range u.Keys {
		l.credentials = append(l.credentials, *s.credentialOf(l, &u.Keys[i]))
	}
	if u.Console.ID != "" {
		l.console = s.credentialOf(l, &u.Console)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.users) >= maxLoaded {
		for other := range s.users { // any one: the order of a map is as good as another
			delete(s.users, other)
			break
		}
	}
	s.users[id] = l
	return l, nil
}

func (s *Service) credentialOf(l *loaded, k *meta.AccessKey) *Credential {
	c := &Credential{Identity: newIdentity(l.user, k.ID, l.sources), period: periodOf(l.user).ending(k.Expires)}
	c.Identity.until = c.period.until
	if plain, err := s.Box.Open(k.Sealed, secretAAD(k.ID)); err == nil {
		c.Secret = string(plain)
	}
	return c
}

// any is a credential that tells who the user is, nil for a user who has none.
func (l *loaded) any() *Credential {
	if len(l.credentials) > 0 {
		return &l.credentials[0]
	}
	return l.console
}

// get reads a user by id; kv.ErrNotFound when there is none.
func (s *Service) get(r kv.Reader, id string) (*loaded, error) {
	raw, err := r.Get(meta.UserKey(id))
	if err != nil {
		return nil, err
	}
	return s.load(r, id, raw)
}

// find reads a user by access key; kv.ErrNotFound when there is none.
func (s *Service) find(r kv.Reader, accessKey string) (*loaded, error) {
	if accessKey == "" || len(accessKey) > maxAccessKey {
		return nil, kv.ErrNotFound
	}
	id, err := r.Get(meta.AccessKeyKey(accessKey))
	if err != nil {
		return nil, err
	}
	return s.get(r, string(id))
}

// all reads every user, in order of id.
func (s *Service) all(r kv.Reader) (out []*loaded, err error) {
	it := r.Iter(meta.Users())
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		l, err := s.load(r, string(it.Key()[len(meta.UserKey("")):]), it.Value())
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// administrator reports whether the user can sign in and holds all of iam:* in its account.
func (l *loaded) administrator() bool {
	keys := slices.ContainsFunc(l.user.Keys, func(k meta.AccessKey) bool { return !k.Off })
	return !l.user.Disabled && (keys || l.user.Password != nil) && l.err == nil && administers(l.sources)
}

// system reports whether the user can sign in and administers the server.
func (l *loaded) system() bool { return l.user.Account == DefaultAccount && l.administrator() }
