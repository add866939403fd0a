package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// gate answers while there is no store: health in JSON, everything else as a 503 that says why.
type gate struct{ state atomic.Pointer[gateState] }

type gateState struct{ status, text string }

func newGate(status, text string) *gate {
	g := &gate{}
	g.say(status, text)
	return g
}

func (g *gate) say(status, text string) { g.state.Store(&gateState{status, text}) }

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	state := g.state.Load()
	w.Header().Set("Retry-After", "2")
	if r.URL.Path == "/myfsio/health" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		body, err := json.Marshal(map[string]string{"status": state.status, "version": config.Version})
		if err == nil && r.Method != http.MethodHead {
			_, _ = w.Write(body)
		}
		return
	}
	if strings.HasPrefix(r.URL.Path, "/ui") || strings.HasPrefix(r.URL.Path, "/myfsio") || strings.HasPrefix(r.URL.Path, "/iam") {
		http.Error(w, "MyFSIO is not ready: "+state.text, http.StatusServiceUnavailable)
		return
	}
	unavailable(w, r, s3err.Text("ServiceUnavailable", "The server is not ready: "+state.text+"."))
}

// unavailable writes an S3 error outside of the S3 handler.
func unavailable(w http.ResponseWriter, r *http.Request, e *s3err.Error) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Retry-After", "2")
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(e.Document(r.URL.EscapedPath(), "", ""))
	}
}
