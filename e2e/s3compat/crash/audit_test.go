package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// auditor makes changes over both ports and remembers those that were answered as done.
type auditor struct {
	server *lab.Server
	http   *http.Client
	number int

	mu   sync.Mutex
	done []string // request ids
}

// change makes one request with the administrator's keys and notes its id when it was done.
func (a *auditor) change(method, path, body string) (status int, err error) {
	req, err := http.NewRequestWithContext(context.Background(), method, a.server.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Access-Key", lab.AccessKey)
	req.Header.Set("X-Secret-Key", lab.SecretKey)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := a.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return 0, err
	}
	id := res.Header.Get("X-Request-Id")
	if id == "" {
		id = res.Header.Get("X-Amz-Request-Id")
	}
	if res.StatusCode < 300 {
		a.mu.Lock()
		a.done = append(a.done, id)
		a.mu.Unlock()
	}
	return res.StatusCode, nil
}

// run makes changes until the server is gone. What it makes has names of the round.
func (a *auditor) run(round int, faults *faults) {
	for i := 0; ; i++ {
		name := fmt.Sprintf("r%d-w%d-%d", round, a.number, i)
		var err error
		var status int
		for _, c := range []struct{ method, path, body string }{
			{"POST", "/myfsio/iam/users", fmt.Sprintf(`{"display_name":"x","access_key":"key-%s","secret_key":"hidden-secret-of-users","policies":[]}`, name)},
			{"PUT", "/" + name, ""},
			{"PUT", "/myfsio/buckets/" + name + "/versioning", `{"versioning":"Enabled"}`},
			{"DELETE", "/" + name, ""},
			{"DELETE", "/myfsio/iam/users/key-" + name, ""},
		} {
			if status, err = a.change(c.method, c.path, c.body); err != nil {
				return
			}
			if status >= 400 {
				faults.add("%s %s: %d", c.method, c.path, status)
				return
			}
		}
	}
}

// verify runs `myfsio audit verify` on the store.
func verify(t *testing.T, o lab.Options) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	code, out, errs, err := lab.Run(ctx, o, lab.Environment(o, 1, 2), "audit", "verify")
	require.NoError(t, err)
	return code, out + errs
}

// logged returns the whole log, and its request ids.
func logged(t *testing.T, store string) (raw []byte, ids map[string]int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(store, ".myfsio.sys", "audit", "*.jsonl"))
	require.NoError(t, err)
	slices.Sort(files)
	ids = map[string]int{}
	for _, name := range files {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		raw = append(raw, content...)
	}
	for line := range bytes.Lines(raw) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			continue // a kill cut it
		}
		var e struct{ Request string }
		require.NoError(t, json.Unmarshal(line, &e), "%s", line)
		ids[e.Request]++
	}
	return raw, ids
}

// TestAuditCrash: every change that was answered is in the audit log after kill -9, once, and the chain is whole.
func TestAuditCrash(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any bits will do
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // repeatable on purpose
	o := lab.Options{Root: t.TempDir(), Env: map[string]string{"AUDIT_MAX_BYTES": "64 KiB"}}
	var all []string
	for round := range max(4, rounds(t)/4) {
		s, err := lab.Launch(o)
		require.NoError(t, err)
		var wg sync.WaitGroup
		log := &faults{}
		crew := make([]*auditor, 4)
		for i := range crew {
			crew[i] = &auditor{server: s, number: i, http: &http.Client{Transport: lab.Transport(strings.TrimPrefix(s.URL, "http://")), Timeout: 30 * time.Second}}
			wg.Go(func() { crew[i].run(round, log) })
		}
		<-time.After(100*time.Millisecond + time.Duration(rnd.Int64N(int64(900*time.Millisecond))))
		s.Kill()
		wg.Wait()
		require.Empty(t, log.list)
		for _, a := range crew {
			a.http.CloseIdleConnections()
			all = append(all, a.done...)
		}
		// Without a server, and with one.
		code, out := verify(t, o)
		require.Zero(t, code, out)
		require.Contains(t, out, "the log is whole")
		raw, ids := logged(t, s.Store)
		for _, id := range all {
			require.Equal(t, 1, ids[id], "round %d: the change %s was answered", round, id)
		}
		require.NotContains(t, string(raw), "hidden-secret")
		require.NotContains(t, string(raw), lab.SecretKey)
	}
	require.Greater(t, len(all), 100)
	s, err := lab.Launch(o)
	require.NoError(t, err)
	defer s.Kill()
	code, out := verify(t, o)
	require.Zero(t, code, out)
	t.Logf("%d changes were answered; %s", len(all), out)

	// Somebody cuts the last line off, and that is found, also once the server has gone on.
	require.NoError(t, s.Stop(40*time.Second))
	files, err := filepath.Glob(filepath.Join(s.Store, ".myfsio.sys", "audit", "*.jsonl"))
	require.NoError(t, err)
	slices.Sort(files)
	last := files[len(files)-1]
	content, err := os.ReadFile(last)
	require.NoError(t, err)
	cut := bytes.LastIndexByte(content[:len(content)-1], '\n') + 1
	require.NoError(t, os.Truncate(last, int64(cut)))
	code, out = verify(t, o)
	require.Equal(t, 1, code)
	require.Regexp(t, `PROBLEM: line \d+ is missing at the end`, out)
	s, err = lab.Launch(o)
	require.NoError(t, err)
	defer s.Kill()
	code, out = verify(t, o)
	require.Equal(t, 1, code)
	require.Regexp(t, `PROBLEM: \d+-\d+\.jsonl: line \d+ is missing before this one`, out)
}
