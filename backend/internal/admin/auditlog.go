package admin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/fault"
)

// AuditEntry is a line of the audit log, without the hashes of its chain.
type AuditEntry struct {
	audit.Entry
	Why string `json:"why,omitempty" doc:"Why the request was denied, in a sentence; absent when it was not"`
}

func auditEntry(e *audit.Entry) AuditEntry {
	out := AuditEntry{Entry: *e}
	if e.Denied() {
		out.Why = e.Why()
	}
	return out
}

// AuditPage is a part of what a search found.
type AuditPage struct {
	Entries []AuditEntry `json:"entries" doc:"What was found, newest first"`
	Cursor  string       `json:"cursor,omitempty" doc:"Where to go on; absent when everything was looked at. A page may be empty and have one: one call looks at a bounded part of the log"`
	Until   *time.Time   `json:"until,omitempty" doc:"The time of the oldest line that was looked at"`
	Level   string       `json:"level" enum:"off,changes,all" doc:"What the log keeps at present (AUDIT_LOG)"`
}

// AuditExplanation tells why a request was denied.
type AuditExplanation struct {
	Found   bool         `json:"found" doc:"Whether the log has the request"`
	Denied  bool         `json:"denied" doc:"Whether it was denied"`
	Why     string       `json:"why,omitempty" doc:"The reason, in a sentence"`
	Entries []AuditEntry `json:"entries" doc:"What the log has of it, newest first; one of many keys has a line for each"`
	Cursor  string       `json:"cursor,omitempty" doc:"Where to go on looking; absent when it was found or everything was looked at"`
}

// AuditFilters are what both search and export take.
type AuditFilters struct {
	From      time.Time `query:"from" doc:"Not before this time"`
	To        time.Time `query:"to" doc:"Before this time"`
	Kind      string    `query:"kind" enum:"change,authentication,refusal,data,system" doc:"Only events of this kind"`
	User      string    `query:"user" maxLength:"256" doc:"Display name, id, ARN or access key of who made the request"`
	Operation string    `query:"operation" maxLength:"128" doc:"Name in the table of operations, as PutObject or createUser"`
	Bucket    string    `query:"bucket" maxLength:"63" doc:"Bucket"`
	Key       string    `query:"key" maxLength:"1024" doc:"Keys that begin with this"`
	Outcome   string    `query:"outcome" enum:"ok,denied,failed" doc:"denied: refused for want of credentials or permission; failed: anything else that went wrong"`
	Request   string    `query:"request" maxLength:"64" doc:"Id of the request"`
}

func (f *AuditFilters) query() audit.Query {
	return audit.Query{From: f.From, To: f.To, Kind: f.Kind, User: f.User, Operation: f.Operation, Bucket: f.Bucket, Key: f.Key, Outcome: f.Outcome, Request: f.Request}
}

type (
	searchAuditInput struct {
		AuditFilters
		Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor string `query:"cursor" maxLength:"4096"`
	}
	exportAuditInput  struct{ AuditFilters }
	explainAuditInput struct {
		Request string `path:"request" minLength:"1" maxLength:"64"`
		Cursor  string `query:"cursor" maxLength:"4096"`
	}
)

// Bytes of lines that one call looks at. Those that only look for the id of a request read them much faster.
const (
	auditLook   = 8 << 20
	auditSearch = 128 << 20
)

func auditPosition(text string) (audit.Position, error) {
	c, err := parseCursor(text)
	if err != nil || text == "" {
		return audit.Position{}, err
	}
	file, err := strconv.ParseUint(c.Name, 10, 64)
	if err != nil || c.Value < 0 {
		return audit.Position{}, fault.New("admin.cursor", fault.InvalidArgument, "The cursor is not one that this server gave.")
	}
	return audit.Position{File: file, Offset: c.Value}, nil
}

func auditCursor(p audit.Position) string {
	if p.IsZero() {
		return ""
	}
	return cursor{Name: strconv.FormatUint(p.File, 10), Value: p.Offset}.String()
}

// page looks at a part of the log.
func (a *API) auditPage(ctx context.Context, q audit.Query, from string) (AuditPage, error) {
	out := AuditPage{Entries: []AuditEntry{}, Level: a.Audit.Level()}
	if a.Audit == nil {
		return out, nil
	}
	var err error
	if q.After, err = auditPosition(from); err != nil {
		return out, err
	}
	if q.Bytes = auditLook; q.Request != "" {
		q.Bytes = auditSearch
	}
	page, err := a.Audit.Search(ctx, q)
	if err != nil {
		return out, err
	}
	for i := range page.Entries {
		out.Entries = append(out.Entries, auditEntry(&page.Entries[i]))
	}
	if out.Cursor = auditCursor(page.Next); !page.Until.IsZero() {
		out.Until = &page.Until
	}
	return out, nil
}

func (a *API) searchAudit(ctx context.Context, _ *call, in *searchAuditInput) (*output[AuditPage], error) {
	q := in.query()
	q.Limit = in.Limit
	page, err := a.auditPage(ctx, q, in.Cursor)
	if err != nil {
		return nil, err
	}
	return answer(page), nil
}

const maxExplained = 1001 // a request for the deletion of a thousand keys, and its own line

func (a *API) explainAudit(ctx context.Context, _ *call, in *explainAuditInput) (*output[AuditExplanation], error) {
	page, err := a.auditPage(ctx, audit.Query{Request: in.Request, Limit: maxExplained}, in.Cursor)
	if err != nil {
		return nil, err
	}
	out := AuditExplanation{Entries: page.Entries, Cursor: page.Cursor}
	for i := range page.Entries {
		e := &page.Entries[i].Entry
		if out.Found, out.Cursor = true, ""; !out.Denied {
			out.Denied, out.Why = e.Denied(), e.Why()
		}
	}
	return answer(out), nil
}

// exportAudit streams the lines as they are in the log, with the hashes of their chain, so that what leaves the server can still be checked.
func (a *API) exportAudit(_ context.Context, c *call, in *exportAuditInput) (*huma.StreamResponse, error) {
	q := in.query()
	return &huma.StreamResponse{Body: func(huma.Context) {
		h := c.w.Header()
		h.Set("Content-Type", jsonLines)
		h.Set("Content-Disposition", attachment("audit-"+a.Clock.Now().UTC().Format("20060102-150405")+".jsonl"))
		unbound(c.w)
		c.w.WriteHeader(http.StatusOK)
		if a.Audit == nil {
			return
		}
		q.Bytes = auditLook
		for {
			// In parts, so that a client which reads slowly does not keep old files from being removed.
			var lines []byte
			next, _, err := a.Audit.Scan(c.r.Context(), q, func(line []byte, _ *audit.Entry) error {
				lines = append(append(lines, line...), '\n')
				return nil
			})
			if err == nil {
				_, err = c.w.Write(lines)
			}
			switch {
			case err != nil:
				panic(http.ErrAbortHandler) // so that nobody takes it for whole
			case next.IsZero():
				return
			}
			q.After = next
		}
	}}, nil
}

const jsonLines = "application/jsonl"

// auditRoutes: the audit log.
func (a *API) auditRoutes(m *mount) {
	const action = "myfsio:GetAuditLog"
	add(m, operation{
		id: "searchAudit", method: http.MethodGet, path: "/myfsio/audit", tag: tagAudit, need: administrative(action),
		summary: "Search the audit log",
		text:    "Newest first. One call looks at a bounded part of the log and answers what it found there with a cursor to go on from.",
	}, a.searchAudit)
	add(m, operation{
		id: "explainAudit", method: http.MethodGet, path: "/myfsio/audit/requests/{request}", tag: tagAudit, need: administrative(action),
		summary: "Why was a request denied",
		text:    "Looks the id of a request up, as the error of the request carries it, and tells which statement of which policy decided, or what else was in the way. Operations on data that were allowed are there only with `AUDIT_LOG=all`.",
	}, a.explainAudit)
	add(m, operation{
		id: "exportAudit", method: http.MethodGet, path: "/myfsio/audit/export", tag: tagAudit, need: administrative(action), bodyOut: jsonLines,
		summary: "Download the audit log as JSON lines",
		text:    "The lines that the filters leave, newest first, as they are in the log. The hashes of the chain are in them.",
	}, a.exportAudit)
}
