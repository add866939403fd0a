package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/webui"
)

// remoteConsole is a console without a store: its files, and the admin API of the server at API_BASE_URL. That server's S3 port takes no
// cookies, so a signed-in browser is a session here, in memory, and a bearer token there.
type remoteConsole struct {
	config *config.Config
	names  *peer.Names
	api    *url.URL
	proxy  *httputil.ReverseProxy
	client http.Client

	mu       sync.Mutex
	sessions map[string]*remoteSession // by cookie value
}

type remoteSession struct {
	mu      sync.Mutex
	access  string
	secret  string
	token   string
	renew   time.Time // of the token
	expires time.Time // of the session
}

const (
	remoteCookie = "myfsio_remote"
	maxSessions  = 10_000
	renewToken   = 5 * time.Minute
)

// runConsoleOnly serves the console's files and passes its API on to API_BASE_URL.
func (s *process) runConsoleOnly(ctx context.Context) error {
	api, err := url.Parse(s.Config.APIBaseURL)
	if err != nil || api.Host == "" {
		return errors.New("--mode ui needs API_BASE_URL: the address of the server whose store it shows")
	}
	c := &remoteConsole{config: s.Config, names: peer.NewNames([]string{s.Config.UIBaseURL, s.Config.APIBaseURL}, s.Config.AppHost), api: api, sessions: map[string]*remoteSession{}}
	c.client.Timeout = 30 * time.Second
	c.proxy = &httputil.ReverseProxy{Rewrite: c.rewrite, FlushInterval: -1, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
		s.log.Warn("the server at API_BASE_URL does not answer", "error", err)
		refuse(w, http.StatusBadGateway, "Unavailable", "The server at API_BASE_URL does not answer.")
	}}
	r := chi.NewRouter()
	r.HandleFunc("/myfsio/session", c.session)
	for _, p := range []string{"/myfsio", "/iam", "/kms"} {
		r.Handle(p+"/*", http.HandlerFunc(c.forward))
	}
	origin := strings.TrimSuffix(s.Config.APIBaseURL, "/")
	webui.New(webui.Options{Origin: func(*http.Request) string { return origin }, Allow: c.allow}).Mount(r)
	l, err := s.listen("console", s.Config.UIPort, strictTransport(s.Config, r))
	if err != nil {
		return err
	}
	if s.Terminal != nil {
		fmt.Fprintf(s.Terminal, "\nMyFSIO %s\n  Console  %s://%s/ui for the server at %s\n\n", config.Version, s.scheme(), l.net.Addr(), s.Config.APIBaseURL)
	}
	<-ctx.Done()
	s.drain()
	return nil
}

// allow refuses a Host that is not this console's, so that no foreign name can be pointed here (DNS rebinding).
func (c *remoteConsole) allow(r *http.Request) error {
	if p := c.peer(r); c.names.Reached(&p) {
		return nil
	}
	return fault.New("server.allow", fault.AccessDenied, "The console does not know itself by the name in the Host header. Set UI_BASE_URL to the public address.")
}

func (c *remoteConsole) peer(r *http.Request) peer.Peer { return peer.Of(r, c.config.TrustedProxies) }

// own reports whether a write comes from the console's own pages.
func (c *remoteConsole) own(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	p := c.peer(r)
	return r.Header.Get("X-Myfsio-Console") == "1" && r.Header.Get("Origin") != "" && !c.names.Foreign(&p, r)
}

func (c *remoteConsole) find(r *http.Request) (string, *remoteSession) {
	cookie, err := r.Cookie(remoteCookie)
	if err != nil {
		return "", nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.sessions[cookie.Value]
	if s == nil || time.Now().After(s.expires) {
		delete(c.sessions, cookie.Value)
		return "", nil
	}
	return cookie.Value, s
}

// forward passes a request on as the signed-in user's.
func (c *remoteConsole) forward(w http.ResponseWriter, r *http.Request) {
	if err := c.allow(r); err != nil {
		refuse(w, http.StatusForbidden, "UnknownHost", fault.TextOf(err))
		return
	}
	if id, s := c.find(r); s != nil {
		if !c.own(r) {
			refuse(w, http.StatusForbidden, "AccessDenied", "The request does not come from the console's own pages.")
			return
		}
		token, status, body, err := c.bearer(r, s)
		switch {
		case err != nil:
			refuse(w, http.StatusBadGateway, "Unavailable", "The server at API_BASE_URL does not answer.")
			return
		case status != http.StatusOK: // the secret does not hold any more
			c.drop(id)
			pass(w, status, body)
			return
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	c.proxy.ServeHTTP(w, r)
}

func (c *remoteConsole) rewrite(p *httputil.ProxyRequest) {
	p.SetURL(c.api)
	// The address alone: host and scheme are those of the console, and the other server makes links of its own by them.
	at := c.peer(p.In)
	p.Out.Header.Set("X-Forwarded-For", at.Addr.String())
	p.Out.Host = c.api.Host
	for _, name := range []string{"Cookie", "Origin", "Sec-Fetch-Site", "X-Access-Key", "X-Secret-Key"} {
		p.Out.Header.Del(name)
	}
}

// bearer returns a token for the session; a status other than 200 is the other server's refusal, with its body.
func (c *remoteConsole) bearer(r *http.Request, s *remoteSession) (token string, status int, body []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" && time.Now().Before(s.renew) {
		return s.token, http.StatusOK, nil, nil
	}
	in, err := json.Marshal(map[string]string{"accessKey": s.access, "secretKey": s.secret})
	if err != nil {
		return "", 0, nil, err
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, c.api.JoinPath("/myfsio/tokens").String(), bytes.NewReader(in))
	if err != nil {
		return "", 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	at := c.peer(r)
	req.Header.Set("X-Forwarded-For", at.Addr.String())
	res, err := c.client.Do(req)
	if err != nil {
		return "", 0, nil, err
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(io.LimitReader(res.Body, 64<<10)); err != nil {
		return "", 0, nil, err
	}
	if res.StatusCode/100 != 2 {
		return "", res.StatusCode, body, nil
	}
	var got struct{ Token string }
	if err := json.Unmarshal(body, &got); err != nil {
		return "", 0, nil, err
	}
	s.token, s.renew = got.Token, time.Now().Add(renewToken)
	return s.token, http.StatusOK, nil, nil
}

// session signs in and out; reading the session is passed on.
func (c *remoteConsole) session(w http.ResponseWriter, r *http.Request) {
	if err := c.allow(r); err != nil {
		refuse(w, http.StatusForbidden, "UnknownHost", fault.TextOf(err))
		return
	}
	if !c.own(r) {
		refuse(w, http.StatusForbidden, "AccessDenied", "The request does not come from the console's own pages.")
		return
	}
	switch r.Method {
	case http.MethodPost:
		c.signIn(w, r)
	case http.MethodDelete:
		id, _ := c.find(r)
		c.drop(id)
		c.cookie(w, r, "", -1)
		w.WriteHeader(http.StatusNoContent)
	default:
		c.forward(w, r)
	}
}

func (c *remoteConsole) signIn(w http.ResponseWriter, r *http.Request) {
	var in struct{ AccessKey, SecretKey string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10)).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "The body is not an access key and a secret key.")
		return
	}
	s := &remoteSession{access: in.AccessKey, secret: in.SecretKey, expires: time.Now().Add(c.config.SessionLifetime)}
	token, status, body, err := c.bearer(r, s)
	if err != nil {
		refuse(w, http.StatusBadGateway, "Unavailable", "The server at API_BASE_URL does not answer.")
		return
	}
	if status != http.StatusOK {
		pass(w, status, body)
		return
	}
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	id := hex.EncodeToString(raw[:])
	if !c.keep(id, s) {
		refuse(w, http.StatusServiceUnavailable, "Busy", "Too many people are signed in.")
		return
	}
	c.cookie(w, r, id, int(c.config.SessionLifetime/time.Second))
	// The answer is the session as the other server sees it.
	r.Method, r.Body, r.ContentLength = http.MethodGet, http.NoBody, 0
	r.Header.Del("Content-Type")
	r.Header.Del("Content-Length")
	r.Header.Set("Authorization", "Bearer "+token)
	c.proxy.ServeHTTP(w, r)
}

// keep adds a session, and forgets those whose time is up when there are many.
func (c *remoteConsole) keep(id string, s *remoteSession) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sessions) >= maxSessions {
		now := time.Now()
		maps.DeleteFunc(c.sessions, func(_ string, s *remoteSession) bool { return now.After(s.expires) })
	}
	if len(c.sessions) >= maxSessions {
		return false
	}
	c.sessions[id] = s
	return true
}

func (c *remoteConsole) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, id)
}

func (c *remoteConsole) cookie(w http.ResponseWriter, r *http.Request, value string, age int) {
	p := c.peer(r)
	http.SetCookie(w, &http.Cookie{
		Name: remoteCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: c.names.Secure(&p),
	})
}

// refuse answers with a problem in the form of the admin API.
func refuse(w http.ResponseWriter, status int, code, detail string) {
	body, err := json.Marshal(map[string]any{"status": status, "title": http.StatusText(status), "detail": detail, "code": code, "requestId": ""})
	if err != nil {
		body = nil
	}
	pass(w, status, body)
}

func pass(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
