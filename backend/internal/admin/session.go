package admin

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

const (
	sessionCookie = "myfsio_session"
	sessionRows   = "session/"
	sweepRows     = 100 // expired rows that one sign-in clears away
)

// marker tells whether a secret is still the one that somebody signed in with, without keeping it: what it makes is of no use to anybody
// who has not the server's key.
type marker struct{ key []byte }

const markSize = 16

func (m *marker) mark(accessKey, secret string) []byte {
	h := hmac.New(sha256.New, m.key)
	fmt.Fprintf(h, "%d:%s%s", len(accessKey), accessKey, secret)
	return h.Sum(nil)[:markSize]
}

// current returns the identity behind a key if the secret is still the marked one and belongs to the user; nil if not.
func (m *marker) current(ctx context.Context, svc *iam.Service, userID, accessKey string, mark []byte) (*iam.Identity, error) {
	cred, err := svc.Credential(ctx, accessKey)
	if err != nil {
		if fault.Is(err, fault.NoSuchUser) {
			return nil, nil
		}
		return nil, err
	}
	if cred.Identity.UserID != userID || !hmac.Equal(m.mark(accessKey, cred.Secret), mark) {
		return nil, nil
	}
	return cred.Identity, nil
}

// session is a row of x/session/<expiry><id>. It ends when its time is up, at the sign-out, when the secret changes and when the user goes. Of
// who signed in at a provider it also ends when the user is that person there no more.
type session struct {
	row       string // expiry in unix seconds and random id, in hex
	userID    string
	accessKey string
	mark      []byte
	expires   time.Time
	issuer    string        // of the provider that the user signed in at, empty for none
	subject   string        // who the user is there
	life      time.Duration // of a new session; 0 for the usual one. It is not kept
	program   bool          // it is of a program that has tokens, and no cookie names it
	turn      uint64        // of its refresh token

	// What its user is told of it.
	created time.Time
	seen    time.Time // to a few minutes
	remote  string    // address that it was seen from, without port
	agent   string    // what the browser calls itself
	mfa     time.Time // when a code was given at its beginning, zero for none
}

func (s *session) encode() []byte {
	e := newRecord()
	e.str(1, s.userID)
	e.str(2, s.accessKey)
	e.bytes(3, s.mark)
	e.time(4, s.expires)
	e.time(5, s.created)
	e.time(6, s.seen)
	e.str(7, s.remote)
	e.str(8, s.agent)
	e.str(9, s.issuer)
	e.str(10, s.subject)
	e.bool(11, s.program)
	e.int(12, int64(s.turn)) //nolint:gosec // counts
	e.time(13, s.mfa)
	return e.b
}

func decodeSession(row string, raw []byte) (*session, error) {
	s := &session{row: row}
	return s, readRecord(raw, func(f recordField) error {
		switch f.n {
		case 1:
			s.userID = f.text
		case 2:
			s.accessKey = f.text
		case 3:
			s.mark = []byte(f.text)
		case 4:
			s.expires = f.time()
		case 5:
			s.created = f.time()
		case 6:
			s.seen = f.time()
		case 7:
			s.remote = f.text
		case 8:
			s.agent = f.text
		case 9:
			s.issuer = f.text
		case 10:
			s.subject = f.text
		case 11:
			s.program = f.num != 0
		case 12:
			s.turn = uint64(f.num) //nolint:gosec // counts
		case 13:
			s.mfa = f.time()
		}
		return nil
	})
}

// heldSessions are the sessions of a read-only server, by row: they end with the process.
type heldSessions struct {
	mu   sync.Mutex
	rows map[string]*session
}

// sessionStore keeps sessions in the server's own store; the cookie only names the row, signed and encrypted. It is a sessions.Store.
type sessionStore struct {
	marker
	kv       kv.Store
	held     *heldSessions // instead of the store's; nil unless that is read-only
	clock    clock.Clock
	idents   *ident.Source
	lifetime time.Duration
	cookie   *securecookie.SecureCookie
}

var _ sessions.Store = (*sessionStore)(nil)

// sessionValue is where a sessions.Session keeps the *session.
const sessionValue = "session"

func newSessionStore(d Deps) *sessionStore {
	keys := d.Seal.Derive("admin session cookie", 64)
	// Life and size are the row's business.
	cookie := securecookie.New(keys[:32], keys[32:]).MaxAge(0)
	cookie.SetSerializer(securecookie.NopEncoder{})
	s := &sessionStore{
		marker: marker{d.Seal.Derive("admin session mark", 32)}, kv: d.KV, clock: d.Clock, idents: d.Idents,
		lifetime: d.Config.SessionLifetime, cookie: cookie,
	}
	if d.ReadOnly {
		s.held = &heldSessions{rows: map[string]*session{}}
	}
	return s
}

// options are the attributes of the cookie; those of the library would send it to other sites.
func (s *sessionStore) options(secure bool) *sessions.Options {
	return &sessions.Options{Path: "/", MaxAge: int(s.lifetime / time.Second), Secure: secure, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

// Get is New: a request is looked at once.
func (s *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return s.New(r, name)
}

// New returns the session that the request's cookie names, or a new one when it names none that is alive.
func (s *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	out := sessions.NewSession(s, name)
	out.IsNew = true
	c, err := r.Cookie(name)
	if err != nil {
		return out, nil //nolint:nilerr // no cookie
	}
	var row []byte
	if s.cookie.Decode(name, c.Value, &row) != nil {
		return out, nil //nolint:nilerr // not ours, or of keys that were changed: nobody is signed in
	}
	found, err := s.read(r.Context(), string(row))
	if err != nil {
		return out, bucket.Fault("admin.session", err)
	}
	if found != nil && !found.program && s.clock.Now().Before(found.expires) {
		out.IsNew, out.ID = false, found.row
		out.Values[sessionValue] = found
	}
	return out, nil
}

// read returns the session of a row, nil when there is none.
func (s *sessionStore) read(ctx context.Context, row string) (found *session, err error) {
	if h := s.held; h != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.rows[row], nil
	}
	err = s.kv.View(ctx, func(tx kv.Reader) error {
		raw, err := tx.Get(meta.SystemKey(sessionRows + row))
		if errors.Is(err, kv.ErrNotFound) {
			found = nil
			return nil
		}
		if err != nil {
			return err
		}
		found, err = decodeSession(row, raw)
		return err
	})
	return found, err
}

// Save writes the row and then the cookie, or with a negative MaxAge removes both.
//
// The row is durable before the cookie is sent; after a crash in between, a row that nobody names waits for its expiry.
func (s *sessionStore) Save(r *http.Request, w http.ResponseWriter, in *sessions.Session) error {
	const op = "admin.session"
	ctx := r.Context()
	if in.Options.MaxAge < 0 {
		if in.ID != "" {
			if err := s.remove(ctx, in.ID); err != nil {
				return err
			}
		}
		http.SetCookie(w, sessions.NewCookie(in.Name(), "", in.Options))
		return nil
	}
	row, ok := in.Values[sessionValue].(*session)
	if !ok {
		return fault.New(op, fault.Internal, "")
	}
	if row.row == "" {
		s.name(row, cmp.Or(row.life, s.lifetime))
		in.ID = row.row
	}
	if err := s.write(ctx, row); err != nil {
		return err
	}
	text, err := s.cookie.Encode(in.Name(), []byte(row.row))
	if err != nil {
		return fault.Wrap(op, err)
	}
	http.SetCookie(w, sessions.NewCookie(in.Name(), text, in.Options))
	return nil
}

// name gives a new session its row and its end.
func (s *sessionStore) name(row *session, life time.Duration) {
	var id [16]byte
	s.idents.Fill(id[:])
	row.expires = s.clock.Now().Add(life).Truncate(time.Second)
	row.row = fmt.Sprintf("%016x", row.expires.Unix()) + hex.EncodeToString(id[:])
}

func (s *sessionStore) write(ctx context.Context, row *session) error {
	if h := s.held; h != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		maps.DeleteFunc(h.rows, func(_ string, old *session) bool { return !s.clock.Now().Before(old.expires) })
		h.rows[row.row] = row
		return nil
	}
	now := fmt.Sprintf("%016x", s.clock.Now().Unix())
	err := s.kv.Update(ctx, func(tx kv.Txn) error {
		if err := sweep(tx, sessionRows, now); err != nil {
			return err
		}
		return tx.Set(meta.SystemKey(sessionRows+row.row), row.encode())
	})
	return bucket.Fault("admin.session", err)
}

// sweep removes some of the rows of a kind whose names, which begin with their expiry, are before a bound.
func sweep(tx kv.Txn, kind, before string) error {
	var old [][]byte
	it := tx.Iter(kv.Range{Start: meta.SystemKey(kind), End: meta.SystemKey(kind + before), KeysOnly: true})
	for len(old) < sweepRows && it.Next() {
		old = append(old, append([]byte(nil), it.Key()...))
	}
	if err := it.Close(); err != nil {
		return err
	}
	for _, k := range old {
		if err := tx.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func (s *sessionStore) remove(ctx context.Context, row string) error {
	if h := s.held; h != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.rows, row)
		return nil
	}
	return bucket.Fault("admin.session", s.kv.Update(ctx, func(tx kv.Txn) error { return tx.Delete(meta.SystemKey(sessionRows + row)) }))
}

// byCookie finds the caller of a session. A cookie that is stale names nobody: the console then asks to sign in.
func (a *API) byCookie(ctx context.Context, c *call) error {
	got, err := a.sessions.New(c.r, sessionCookie)
	if err != nil {
		return err
	}
	s, ok := got.Values[sessionValue].(*session)
	if !ok {
		return nil
	}
	id, err := a.sessions.current(ctx, a.IAM, s.userID, s.accessKey, s.mark)
	if err != nil || id == nil {
		return err
	}
	if s.issuer != "" {
		if _, err := a.IAM.ByLogin(ctx, s.userID, s.issuer, s.subject); fault.Is(err, fault.NoSuchUser) {
			return nil
		} else if err != nil {
			return err
		}
	}
	c.id, c.via, c.session = id, viaCookie, s
	a.see(ctx, c, s)
	return nil
}

// login checks an access key and its secret, with lockout.
func (a *API) login(ctx context.Context, c *call, accessKey, secret string) (*iam.Identity, error) {
	const op = "admin.login"
	c.claimed = accessKey
	id, err := a.IAM.Login(ctx, accessKey, secret, c.remote())
	if err != nil {
		unproven(reqinfo.From(ctx), err)
		return nil, fault.Wrap(op, err)
	}
	a.IAM.Used(id, a.Config.Service, a.Config.Region)
	return id, nil
}

// arrived notes when a new session begins, and from where.
func (a *API) arrived(c *call, s *session) {
	s.created = a.Clock.Now().Truncate(time.Second)
	s.seen, s.remote, s.agent = s.created, c.remote(), agentOf(c.r)
}

func (a *API) createSession(ctx context.Context, c *call, in *sessionInput) (*output[Session], error) {
	cred, mfa, err := a.prove(ctx, c, &in.Body)
	if err != nil {
		return nil, err
	}
	id := cred.Identity
	s := &session{userID: id.UserID, accessKey: id.AccessKey, mark: a.sessions.mark(id.AccessKey, cred.Secret)}
	s.mfa = mfa
	if err := a.openSession(c, s); err != nil {
		return nil, err
	}
	c.id, c.via = a.during(c, id), viaCookie
	body, err := a.sessionOf(ctx, c)
	if err != nil {
		return nil, err
	}
	return answer(body), nil
}

func (a *API) getSession(ctx context.Context, c *call, _ *noInput) (*output[Session], error) {
	body, err := a.sessionOf(ctx, c)
	if err != nil {
		return nil, err
	}
	return answer(body), nil
}

func (a *API) deleteSession(_ context.Context, c *call, _ *noInput) (*noBody, error) {
	old, err := a.sessions.New(c.r, sessionCookie)
	if err != nil {
		return nil, err
	}
	old.Options = a.sessions.options(a.names.Secure(&c.peer))
	old.Options.MaxAge = -1
	return &noBody{}, a.sessions.Save(c.r, c.w, old)
}

// generalActions are the actions that belong to no bucket and that the console asks for.
var generalActions = []string{
	"s3:ListAllMyBuckets", "s3:CreateBucket", "iam:ListUsers", "iam:CreateUser", "iam:DeleteUser", "iam:UpdateAccessKey", "iam:PutUserPolicy",
	"iam:ListGroups", "iam:CreateGroup", "iam:ListRoles", "iam:CreateRole", "iam:ListPolicies", "iam:CreatePolicy", "iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:CreateAccessKey", "iam:SimulatePrincipalPolicy",
	"myfsio:GetConfig", "myfsio:GetServer", "myfsio:ListJobs", "myfsio:GetAuditLog", "myfsio:CreateAccount", "myfsio:DeleteAccount", "myfsio:ListAccounts",
}

// sessionOf describes the caller, and the server as far as the console needs it.
func (a *API) sessionOf(ctx context.Context, c *call) (Session, error) {
	o := a.Config
	s := Session{
		Permissions: []string{}, Warnings: []Warning{}, S3Endpoint: a.endpoint(c), Websites: a.websites(c), Version: config.Version, Region: o.Region, PageSize: o.UIPageSize,
		MaxUploadSize: o.MaxUploadSize, MinPartSize: o.MultipartMinPartSize, LinkExpires: int(o.SecretTTL / time.Second),
	}
	if a.sso != nil && c.port == Console {
		s.SingleSignOn = &SingleSignOn{Name: o.OIDCName}
	}
	if c.id == nil {
		return s, nil
	}
	account, err := a.IAM.AccountName(ctx, c.id.Account)
	if err != nil {
		return s, err
	}
	s.User = &User{ID: c.id.UserID, UserName: c.id.UserName(), Name: c.id.Name, Account: account, Admin: a.admin(c.id), Environment: c.id.Environment}
	if !iam.ConsoleKey(c.id.AccessKey) {
		s.User.AccessKey = c.id.AccessKey
	}
	if c.session != nil {
		s.Expires, s.User.Provider = &c.session.expires, c.session.issuer != ""
	}
	for _, action := range generalActions {
		if a.generally(c, action) {
			s.Permissions = append(s.Permissions, action)
		}
	}
	s.Warnings, err = a.warnings(ctx, c)
	return s, err
}
