package admin

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/oidc"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// Single sign-on: the console sends the browser to the provider, and the provider sends it back with a code. What was asked for travels in a
// cookie of its own, encrypted, that other sites' links do send (SameSite=Lax: the way back begins at the provider); it opens nothing.

const (
	attemptCookie = "myfsio_sign_in"
	ssoPath       = "/myfsio/session/oidc"
	attemptLife   = 10 * time.Minute
	maxUsed       = 10_000
	maxNext       = 2048 // bytes of the page that somebody wanted
)

// What became of a sign-in that failed, as the sign-in page is told.
const (
	ssoDenied      = "denied"      // the person or the provider said no
	ssoExpired     = "expired"     // too late, used already, or begun in another browser
	ssoUnknown     = "unknown"     // nobody here, and nobody is made
	ssoDisabled    = "disabled"    // the user is disabled
	ssoUnavailable = "unavailable" // the provider does not answer
	ssoFailed      = "failed"      // what it answered is not to be believed, or cannot be carried out
)

// singleSignOn is the provider that people sign in to the console at.
type singleSignOn struct {
	client *oidc.Client
	cookie *securecookie.SecureCookie

	mu   sync.Mutex
	used map[string]time.Time // states that came back, until their cookies end
}

// attempt is what the cookie holds.
type attempt struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Base     string `json:"b"` // address of the console
	Next     string `json:"p"` // page that was wanted
	Expires  int64  `json:"e"`
}

// newSingleSignOn is nil without a provider.
func newSingleSignOn(d Deps) *singleSignOn {
	c := d.Config
	if c.OIDCIssuer == "" || d.OIDC == nil {
		return nil
	}
	keys := d.Seal.Derive("admin sign-in cookie", 64)
	cookie := securecookie.New(keys[:32], keys[32:]).MaxAge(0) // its end is within
	cookie.SetSerializer(securecookie.JSONEncoder{})
	return &singleSignOn{
		client: &oidc.Client{Provider: d.OIDC.Provider(c.OIDCIssuer), ID: c.OIDCClientID, Secret: c.OIDCClientSecret, Scopes: c.OIDCScopes},
		cookie: cookie, used: map[string]time.Time{},
	}
}

// away sends the browser elsewhere.
type away struct {
	Status   int
	Location string `header:"Location"`
}

func awayTo(address string) *away { return &away{Status: http.StatusFound, Location: address} }

type (
	startSSOInput struct {
		Next string `query:"next" maxLength:"2048" doc:"Page of the console to show afterwards, as /buckets"`
	}
	finishSSOInput struct {
		State string `query:"state" maxLength:"512"`
		Code  string `query:"code" maxLength:"4096"`
		Error string `query:"error" maxLength:"256"`
		Text  string `query:"error_description" maxLength:"4096"`
		Scope string `query:"scope" maxLength:"4096"`
	}
)

// consoleBase is the address of the console as the browser knows it, without a final slash.
func (a *API) consoleBase(c *call) string {
	if base := a.Config.UIBaseURL; base != "" {
		return base
	}
	scheme := "http"
	if a.names.Secure(&c.peer) {
		scheme = "https"
	}
	return scheme + "://" + c.peer.Host()
}

// localPage is a page of the console, "/" for what is none.
func localPage(next string) string {
	if len(next) > maxNext || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t\x00") {
		return "/"
	}
	return next
}

// failedSSO sends the browser back to the sign-in page, and notes what happened in the audit log.
func (a *API) failedSSO(ctx context.Context, base, next, why string, err error) *away {
	info := reqinfo.From(ctx)
	info.Unproven, info.Message = "SingleSignOn"+strings.ToUpper(why[:1])+why[1:], why
	if text := fault.TextOf(err); text != "" {
		info.Message = text
	}
	if why == ssoFailed || why == ssoUnavailable {
		a.Logger.WarnContext(ctx, "a sign-in at the provider failed", "issuer", a.Config.OIDCIssuer, "request", info.RequestID, "error", err)
	}
	q := url.Values{"sso": {why}, "request": {info.RequestID}}
	if next != "" && next != "/" {
		q.Set("next", next)
	}
	return awayTo(base + "/ui/sign-in?" + q.Encode())
}

// reason is what the sign-in page is told of an error.
func reason(err error) string {
	switch {
	case fault.DetailOf(err)[iam.LoginDetail] != "":
		return fault.DetailOf(err)[iam.LoginDetail]
	case fault.Is(err, fault.Unavailable) && fault.DetailOf(err)[oidc.Detail] != "":
		return ssoUnavailable
	}
	return ssoFailed
}

// signsOn refuses what has no provider, or is not the console's.
func (a *API) signsOn(c *call) error {
	switch {
	case c.port != Console:
		return fault.New("admin.sso", fault.InvalidRequest, "Sessions belong to the console's port.")
	case a.sso == nil:
		return fault.New("admin.sso", fault.NotFound, "There is no provider to sign in at (OIDC_ISSUER).")
	}
	return nil
}

func (a *API) startSSO(ctx context.Context, c *call, in *startSSOInput) (*away, error) {
	if err := a.signsOn(c); err != nil {
		return nil, err
	}
	base, next := a.consoleBase(c), localPage(in.Next)
	t := attempt{State: a.random(), Nonce: a.random(), Verifier: a.random(), Base: base, Next: next, Expires: a.Clock.Now().Add(attemptLife).Unix()}
	at, err := a.sso.client.Begin(ctx, t.oidc())
	if err != nil {
		return a.failedSSO(ctx, base, next, reason(err), err), nil
	}
	text, err := a.sso.cookie.Encode(attemptCookie, &t)
	if err != nil {
		return nil, fault.Wrap("admin.startSSO", err)
	}
	a.setAttempt(c, text, int(attemptLife/time.Second))
	return awayTo(at), nil
}

// random has 256 random bits, in 43 characters.
func (a *API) random() string {
	var raw [32]byte
	a.Idents.Fill(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

func (t *attempt) oidc() *oidc.Attempt {
	return &oidc.Attempt{State: t.State, Nonce: t.Nonce, Verifier: t.Verifier, Redirect: t.Base + ssoPath + "/callback"}
}

func (a *API) setAttempt(c *call, value string, age int) {
	http.SetCookie(c.w, &http.Cookie{
		Name: attemptCookie, Value: value, Path: ssoPath, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.names.Secure(&c.peer),
	})
}

// attemptOf is the sign-in that the browser began and that comes back now, nil for none.
func (a *API) attemptOf(c *call, state string) *attempt {
	cookie, err := c.r.Cookie(attemptCookie)
	t := &attempt{}
	if err != nil || a.sso.cookie.Decode(attemptCookie, cookie.Value, t) != nil || state == "" || !hmac.Equal([]byte(t.State), []byte(state)) {
		return nil
	}
	now := a.Clock.Now()
	if now.Unix() >= t.Expires || !a.sso.take(state, now) {
		return nil
	}
	return t
}

// take notes that a state came back; false when it did before.
func (s *singleSignOn) take(state string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.used[state]; ok {
		return false
	}
	if len(s.used) >= maxUsed {
		maps.DeleteFunc(s.used, func(_ string, end time.Time) bool { return !now.Before(end) })
	}
	if len(s.used) >= maxUsed {
		return false // that many people do not sign in within ten minutes
	}
	s.used[state] = now.Add(attemptLife)
	return true
}

func (a *API) finishSSO(ctx context.Context, c *call, in *finishSSOInput) (*away, error) {
	if err := a.signsOn(c); err != nil {
		return nil, err
	}
	base := a.consoleBase(c)
	t := a.attemptOf(c, in.State)
	if t == nil {
		return a.failedSSO(ctx, base, "", ssoExpired, nil), nil
	}
	a.setAttempt(c, "", -1)
	if in.Error != "" || in.Code == "" {
		return a.failedSSO(ctx, t.Base, t.Next, ssoDenied, errors.New(in.Error)), nil
	}
	s, err := a.provenSSO(ctx, c, t, in.Code)
	if err != nil {
		return a.failedSSO(ctx, t.Base, t.Next, reason(err), err), nil
	}
	if err := a.openSession(c, s); err != nil {
		return nil, err
	}
	return awayTo(t.Base + "/ui" + t.Next), nil
}

// provenSSO turns the code that came back into a session of the user that the provider knows.
func (a *API) provenSSO(ctx context.Context, c *call, t *attempt, code string) (*session, error) {
	o := a.Config
	claims, err := a.sso.client.End(ctx, t.oidc(), code, o.OIDCUsernameClaim, o.OIDCGroupsClaim)
	if err != nil {
		return nil, err
	}
	reqinfo.From(ctx).Target = claims.Issuer + " " + claims.Subject
	in := iam.ProviderSignIn{
		Issuer: claims.Issuer, Subject: claims.Subject, Name: claims.Text(o.OIDCUsernameClaim), DisplayName: claims.Text("name"),
		Account: o.OIDCAccount, Create: o.OIDCProvision,
	}
	values := append(claims.Texts(o.OIDCGroupsClaim), "*")
	for _, g := range o.OIDCGrants {
		for _, v := range values {
			switch {
			case v != g.Value:
			case g.Group != "":
				in.Groups = append(in.Groups, g.Group)
			default:
				in.Policies = append(in.Policies, g.Policy)
			}
		}
	}
	id, missing, err := a.IAM.SignInAt(ctx, in)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		a.Logger.WarnContext(ctx, "OIDC_GRANTS gives what is not there", "user", id.ARN(), "missing", missing)
	}
	cred, err := a.IAM.ConsoleCredential(ctx, id.UserID)
	if err != nil {
		return nil, err
	}
	key := cred.Identity.AccessKey
	c.id, c.via = a.during(c, cred.Identity), viaCookie
	return &session{
		userID: id.UserID, accessKey: key, mark: a.sessions.mark(key, cred.Secret), issuer: claims.Issuer, subject: claims.Subject, life: min(o.OIDCSession, o.SessionLifetime),
	}, nil
}

// openSession begins a session. One that the browser still has ends here: one that somebody else planted would otherwise live on beside the
// new one.
func (a *API) openSession(c *call, s *session) error {
	if old, err := a.sessions.New(c.r, sessionCookie); err == nil && !old.IsNew {
		if err := a.sessions.remove(c.r.Context(), old.ID); err != nil {
			return err
		}
	}
	fresh := sessions.NewSession(a.sessions, sessionCookie)
	fresh.Options = a.sessions.options(a.names.Secure(&c.peer))
	if s.life > 0 {
		fresh.Options.MaxAge = int(s.life / time.Second)
	}
	a.arrived(c, s)
	fresh.Values[sessionValue] = s
	c.session = s
	return a.sessions.Save(c.r, c.w, fresh)
}

// leaveSSO ends the session at the provider, once the one here has ended, where the provider can do that.
func (a *API) leaveSSO(ctx context.Context, c *call, _ *noInput) (*away, error) {
	if err := a.signsOn(c); err != nil {
		return nil, err
	}
	back := a.consoleBase(c) + "/ui/sign-in"
	if a.names.Foreign(&c.peer, c.r) {
		return awayTo(back), nil
	}
	at, err := a.sso.client.Leave(ctx, back)
	if err != nil || at == "" {
		return awayTo(back), nil //nolint:nilerr // the session here has ended, which is what counts
	}
	return awayTo(at), nil
}
