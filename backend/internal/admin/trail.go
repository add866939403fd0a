package admin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// trail is the answer to one request. The audit log is told of it on its way out: of what was changed before the first byte is sent, of what
// was refused afterwards.
type trail struct {
	http.ResponseWriter
	api   *API
	port  Port
	r     *http.Request
	info  *reqinfo.Info
	o     *operation // nil where there is none
	c     *call      // likewise
	begun bool
	let   bool // the operation was let in: what fails before that changes nothing
	kept  bool
	muted bool // another answer took the place of the handler's
	code  int  // status
}

// WriteHeader sends the status, once the audit log has what was changed.
func (t *trail) WriteHeader(status int) {
	if status < http.StatusOK || t.begun {
		t.ResponseWriter.WriteHeader(status)
		return
	}
	t.begun, t.code = true, status
	if err := t.settle(status); err != nil {
		t.muted = true
		for _, name := range []string{"Set-Cookie", "Etag", "Content-Length"} {
			t.Header().Del(name)
		}
		p := problem(t.info, err)
		t.code = p.Status
		writeProblem(t.ResponseWriter, t.r, p)
		return
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *trail) Write(p []byte) (int, error) {
	if !t.begun {
		t.WriteHeader(http.StatusOK)
	}
	if t.muted {
		return len(p), nil
	}
	return t.ResponseWriter.Write(p)
}

// ReadFrom hands files on to the connection, which sends them without copying.
func (t *trail) ReadFrom(src io.Reader) (int64, error) {
	to, ok := t.ResponseWriter.(io.ReaderFrom)
	if !ok || !t.begun || t.muted {
		return io.Copy(struct{ io.Writer }{t}, src)
	}
	return to.ReadFrom(src)
}

// Unwrap lets http.ResponseController find the connection.
func (t *trail) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// settle writes a change to the audit log. What was refused can wait.
func (t *trail) settle(status int) error {
	if !t.let || !t.o.writes() || status >= http.StatusBadRequest && status < http.StatusInternalServerError {
		return nil
	}
	t.kept = true
	err := t.api.Audit.Commit(t.entry(status))
	if err == nil || t.o.always {
		return nil
	}
	return fault.New("admin.settle", fault.KindOf(err), "The change was made, but it could not be written to the audit log.").With(detailCode, "AuditLogUnavailable")
}

// end tells the audit log of a request that has been answered; of one that a panic ended, too.
func (t *trail) end(done bool) {
	log := t.api.Audit
	if t.kept || log.Level() == audit.LevelOff {
		return
	}
	status := t.code
	switch {
	case !t.begun && done:
		status = http.StatusOK
	case !t.begun:
		status = http.StatusInternalServerError
	}
	refused := status == http.StatusUnauthorized || status == http.StatusForbidden || t.info.Unproven != ""
	change := t.o != nil && t.o.writes() && status != http.StatusTooManyRequests // those would let a flood through to the log
	if refused || change || log.All() && t.o != nil && t.o.need.scope == scopeData {
		log.Add(t.entry(status))
	}
}

// entry is what the audit log keeps of the request.
func (t *trail) entry(status int) *audit.Entry {
	info := t.info
	if c := t.c; c != nil {
		id := c.id
		if info.Unproven != "" { // whose key it was that somebody else, or who mistyped the secret, named
			id = t.api.owner(c)
		}
		if id != nil {
			id.Describe(info)
		}
		c.place(info)
	}
	e := audit.From(info).By(t.r.UserAgent()).Answered(info, status, t.o != nil && t.o.writes())
	if e.Door = audit.DoorAdmin; t.port == Console {
		e.Door = audit.DoorConsole
	}
	return e
}

// owner is whose access key the call names, nil for nobody's. The client may be gone by now.
func (a *API) owner(c *call) *iam.Identity {
	cred, err := a.IAM.Credential(context.WithoutCancel(c.r.Context()), c.claimed)
	if err != nil {
		return nil
	}
	return cred.Identity
}

// place notes what path and query name, unless the input told more.
func (c *call) place(info *reqinfo.Info) {
	var rest []string
	if route := chi.RouteContext(c.r.Context()); route != nil {
		for i, name := range route.URLParams.Keys {
			value, err := url.PathUnescape(route.URLParams.Values[i])
			switch {
			case err != nil, name == "*":
			case name != "bucket":
				rest = append(rest, value)
			case info.Bucket == "":
				info.Bucket = value
			}
		}
	}
	if info.Target == "" {
		info.Target = strings.Join(rest, "/")
	}
	q := c.r.URL.Query()
	if info.Key == "" {
		info.Key = q.Get("key")
	}
	if info.Version == "" {
		info.Version = q.Get("versionId")
	}
}

// about notes what the needs of an input are about: the object that is written where there is one, and the other one as the target.
func about(info *reqinfo.Info, needs []need) {
	if len(needs) == 0 {
		return
	}
	at := needs[len(needs)-1]
	for _, n := range needs {
		if n.action == "s3:PutObject" {
			at = n
			break
		}
	}
	info.Bucket = at.bucket
	several := func(n need) bool { return n.action == at.action && n.key != at.key }
	if at.turn || at.below || slices.ContainsFunc(needs, several) {
		return // there may be thousands
	}
	info.Key, info.Version = at.key, at.version
	if first := needs[0]; first.key != "" && (first.key != at.key || first.bucket != at.bucket) {
		info.Target = first.bucket + "/" + first.key
	}
}

// unproven notes that who calls could not be found out.
func unproven(info *reqinfo.Info, err error) {
	p := problem(&reqinfo.Info{}, err)
	if p.Status < http.StatusInternalServerError && p.Status != http.StatusTooManyRequests {
		info.Unproven = p.Code
	}
}

// note notes the decision that an error comes from.
func note(info *reqinfo.Info, err error) {
	var r *access.Refusal
	if errors.As(err, &r) {
		info.Decide(r.Action, r.Decision)
	}
}

// keepKey tells the audit log what became of one of many keys that somebody asked for.
func (a *API) keepKey(id *iam.Identity, e *audit.Entry, err error) {
	if !a.Audit.All() {
		return
	}
	info := &reqinfo.Info{}
	id.Describe(info)
	e.User, e.UserID, e.ARN, e.AccessKey, e.Account, e.Kind, e.Status = info.User, info.UserID, info.ARN, info.AccessKey, info.Account, audit.KindData, http.StatusOK
	if err != nil {
		p := problem(info, err)
		note(info, err)
		why := audit.From(info).Answered(info, p.Status, false)
		e.Kind, e.Status, e.Code, e.Message, e.Action, e.Decision = why.Kind, why.Status, why.Code, why.Message, why.Action, why.Decision
	}
	a.Audit.Add(e)
}
