package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/myfsio/myfsio/backend/internal/admin"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

// ControlUser is a user in the answers of the control socket.
type ControlUser struct {
	AccessKey string `json:"access_key"`
	Name      string `json:"display_name"`
	Account   string `json:"account"`
}

// ControlAccount is an account in the requests and answers of the control socket; the keys are those of a new one's administrator.
type ControlAccount struct {
	Name        string `json:"name"`
	ID          string `json:"id,omitempty"`
	CanonicalID string `json:"canonical_id,omitempty"`
	DisplayName string `json:"display_name,omitempty"`
	AccessKey   string `json:"access_key,omitempty"`
	SecretKey   string `json:"secret_key,omitempty"`
}

func controlAccount(a iam.Account) ControlAccount {
	return ControlAccount{Name: a.Name, ID: a.Number, CanonicalID: a.CanonicalID, DisplayName: a.DisplayName}
}

// control is the socket by which commands on this machine administer the running server. Whoever may open it (mode 0600 in a folder of
// mode 0700) owns the store's files anyway, so it asks for no credentials.
type control struct {
	path   string
	server *http.Server
}

func openControl(path string, st *stores, log *slog.Logger) (*control, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a dead process: the store's lock is ours
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "unix", path)
	if err != nil {
		// A path that is too long for a socket must not keep the server down.
		log.Warn("no control socket; commands need --endpoint", "path", path, "error", err)
		return nil, nil
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	r := chi.NewRouter()
	r.Use(st.recorded)
	r.Get("/health", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"status": st.health(r.Context()).Status, "version": config.Version}, nil)
	})
	r.Get("/users", func(w http.ResponseWriter, r *http.Request) {
		users, err := st.iam.Users(r.Context(), iam.Machine)
		out := []ControlUser{}
		for _, u := range users {
			out = append(out, ControlUser{u.AccessKey, u.Name, u.Account})
		}
		answer(w, out, err)
	})
	r.Post("/users/{key}/rotate", func(w http.ResponseWriter, r *http.Request) {
		key := chi.URLParam(r, "key")
		secret, err := st.iam.RotateSecret(r.Context(), iam.Machine, key)
		err = st.kept("rotateSecret", key, err)
		answer(w, map[string]string{"access_key": key, "secret_key": secret}, err)
	})
	r.Post("/simulate", func(w http.ResponseWriter, r *http.Request) {
		var in admin.SimulationRequest
		if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil {
			answer(w, nil, fault.New("server.control", fault.InvalidRequest, "The request is not JSON."))
			return
		}
		report, err := st.admin.Simulate(r.Context(), iam.Machine, &in)
		answer(w, report, err)
	})
	r.Get("/accounts", func(w http.ResponseWriter, r *http.Request) {
		accounts, err := st.iam.Accounts(r.Context(), iam.Machine)
		out := []ControlAccount{}
		for _, a := range accounts {
			out = append(out, controlAccount(a))
		}
		answer(w, out, err)
	})
	r.Post("/accounts", func(w http.ResponseWriter, r *http.Request) {
		var in ControlAccount
		if err := json.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&in); err != nil {
			answer(w, nil, fault.New("server.control", fault.InvalidRequest, "The request is not JSON."))
			return
		}
		account, user, secret, err := st.iam.CreateAccount(r.Context(), iam.Machine, iam.CreateAccount{
			Name: in.Name, DisplayName: in.DisplayName, AccessKey: in.AccessKey, Secret: in.SecretKey,
		})
		err = st.kept("createAccount", in.Name, err)
		out := controlAccount(account)
		out.AccessKey, out.SecretKey = user.AccessKey, secret
		answer(w, out, err)
	})
	r.Delete("/accounts/{name}", func(w http.ResponseWriter, r *http.Request) {
		name := chi.URLParam(r, "name")
		answer(w, map[string]string{}, st.kept("deleteAccount", name, st.iam.DeleteAccount(r.Context(), iam.Machine, name)))
	})
	r.Get("/audit/verify", func(w http.ResponseWriter, r *http.Request) {
		report, err := st.audit.Verify(r.Context())
		answer(w, report, err)
	})
	r.Post("/compact", func(w http.ResponseWriter, r *http.Request) {
		err := st.kv.Flush()
		if err == nil {
			err = kv.Compacter(st.kv).Compact(r.Context(), []byte{0}, nil)
		}
		answer(w, map[string]string{}, err)
	})
	c := &control{path: path, server: &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}}
	go func() {
		if err := c.server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.Error("control socket ended", "error", err)
		}
	}()
	return c, nil
}

func (c *control) close() error {
	if c == nil {
		return nil
	}
	return c.server.Close() // also removes the socket
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		text := fault.TextOf(err)
		if text == "" {
			text = fault.KindOf(err).String()
		}
		v = map[string]string{"error": text}
	}
	_ = json.NewEncoder(w).Encode(v) //nolint:errcheck // the caller went away
}

// Control asks the server that owns the store in root; body is sent as JSON, nil for none. The answer of a failed request is an error with
// the server's words.
func Control(ctx context.Context, root, method, path string, body, into any) error {
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", ControlSocket(root))
	}}}
	defer client.CloseIdleConnections()
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://control"+path, &content)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("no server runs on this store (%s): %w", ControlSocket(root), err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		var failure struct{ Error string }
		if json.Unmarshal(raw, &failure) != nil || failure.Error == "" {
			failure.Error = res.Status
		}
		return errors.New(failure.Error)
	}
	return json.Unmarshal(raw, into)
}
