package admin

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Somebody's own sessions, of the console and of programs with tokens. They are found by a walk over all that there are: few, because they end.

const (
	seenEvery = 5 * time.Minute // the least time between two writes of when a session was seen
	maxAgent  = 256             // bytes
	maxListed = 1000
)

// ConsoleSession is a session of the console.
type ConsoleSession struct {
	ID       string    `json:"id"`
	Current  bool      `json:"current" doc:"The one that asks"`
	Created  time.Time `json:"created"`
	Seen     time.Time `json:"seen" doc:"When it was used last, to a few minutes"`
	Expires  time.Time `json:"expires"`
	Remote   string    `json:"remote" doc:"Address that it was used from"`
	Agent    string    `json:"agent" doc:"What the browser calls itself"`
	Password bool      `json:"password" doc:"It began without an access key"`
	Program  bool      `json:"program" doc:"It is of a program that has tokens"`
}

// ConsoleSessionList is every session of the caller, that used last first.
type ConsoleSessionList struct {
	Sessions []ConsoleSession `json:"sessions"`
}

type sessionIDInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (a *API) consoleRoutes(m *mount) {
	const all = "/myfsio/sessions"
	add(m, operation{
		id: "listSessions", method: http.MethodGet, path: all, tag: tagSession, need: own(),
		summary: "List one's own sessions of the console",
	}, a.listSessions)
	add(m, operation{
		id: "endSession", method: http.MethodDelete, path: all + "/{id}", tag: tagSession, need: own(), always: true,
		summary: "End one of one's own sessions",
		text:    "Also for copies of its cookie, at once.",
	}, a.endSession)
	add(m, operation{
		id: "endOtherSessions", method: http.MethodDelete, path: all, tag: tagSession, need: own(), always: true,
		summary: "End all of one's own sessions but the one that asks",
	}, a.endOtherSessions)
}

func agentOf(r *http.Request) string {
	agent := r.UserAgent()
	return strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], "")
}

// see notes that a session is used, now and then. That is no reason for a request to fail, and a kill loses it.
func (a *API) see(ctx context.Context, c *call, s *session) {
	now := a.Clock.Now().Truncate(time.Second)
	if now.Sub(s.seen) < seenEvery {
		return
	}
	next := *s
	next.seen, next.remote, next.agent = now, c.remote(), agentOf(c.r)
	if err := a.sessions.change(ctx, &next); err != nil {
		a.Logger.DebugContext(ctx, "when a session was seen could not be written", "error", err)
	}
}

// change writes a session that is still there; one that has ended stays so.
func (s *sessionStore) change(ctx context.Context, to *session) error {
	return s.edit(ctx, to.row, func(found *session) (*session, error) {
		if found == nil {
			return nil, nil
		}
		return to, nil
	})
}

// edit writes what fn makes of a session, which is nil when it has ended: nil ends it. fn may run more than once.
func (s *sessionStore) edit(ctx context.Context, row string, fn func(found *session) (*session, error)) error {
	if h := s.held; h != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		to, err := fn(h.rows[row])
		if h.rows[row] = to; to == nil {
			delete(h.rows, row)
		}
		return err
	}
	key := meta.SystemKey(sessionRows + row)
	err := s.kv.Update(ctx, func(tx kv.Txn) error {
		raw, err := tx.Get(key)
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		var found *session
		if err == nil {
			if found, err = decodeSession(row, raw); err != nil {
				return err
			}
		}
		to, err := fn(found)
		switch {
		case err != nil || to == found:
			return err
		case to == nil:
			return tx.Delete(key)
		}
		return tx.Set(key, to.encode())
	})
	return bucket.Fault("admin.session", err)
}

// of returns the sessions of a user that have not ended by their time.
func (s *sessionStore) of(ctx context.Context, userID string) (out []*session, err error) {
	now := s.clock.Now()
	take := func(one *session) {
		if one.userID == userID && now.Before(one.expires) && len(out) < maxListed {
			out = append(out, one)
		}
	}
	if h := s.held; h != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, one := range h.rows {
			take(one)
		}
		return out, nil
	}
	err = s.kv.View(ctx, func(r kv.Reader) (err error) {
		out = nil
		it := r.Iter(kv.Prefix(meta.SystemKey(sessionRows)))
		defer func() { err = errors.Join(err, it.Close()) }()
		for it.Next() {
			one, err := decodeSession(string(it.Key()[len(meta.SystemKey(sessionRows)):]), it.Value())
			if err != nil {
				return err
			}
			take(one)
		}
		return nil
	})
	return out, bucket.Fault("admin.session", err)
}

// alive are the sessions of the caller that still count: a new secret or password has ended the others.
func (a *API) alive(ctx context.Context, c *call) (out []*session, err error) {
	all, err := a.sessions.of(ctx, c.id.UserID)
	for _, s := range all {
		id, err := a.sessions.current(ctx, a.IAM, s.userID, s.accessKey, s.mark)
		if err != nil {
			return nil, err
		}
		if id != nil {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y *session) int { return cmp.Or(y.seen.Compare(x.seen), strings.Compare(x.row, y.row)) })
	return out, err
}

func (c *call) current(s *session) bool { return c.session != nil && c.session.row == s.row }

func (a *API) listSessions(ctx context.Context, c *call, _ *noInput) (*output[ConsoleSessionList], error) {
	all, err := a.alive(ctx, c)
	if err != nil {
		return nil, err
	}
	list := ConsoleSessionList{Sessions: []ConsoleSession{}}
	for _, s := range all {
		list.Sessions = append(list.Sessions, ConsoleSession{
			ID: s.row, Current: c.current(s), Created: s.created, Seen: s.seen, Expires: s.expires, Remote: s.remote, Agent: s.agent, Password: iam.ConsoleKey(s.accessKey), Program: s.program,
		})
	}
	return answer(list), nil
}

func (a *API) endSession(ctx context.Context, c *call, in *sessionIDInput) (*noBody, error) {
	found, err := a.sessions.read(ctx, in.ID)
	if err != nil {
		return nil, bucket.Fault("admin.endSession", err)
	}
	if found == nil || found.userID != c.id.UserID {
		return nil, fault.New("admin.endSession", fault.NotFound, "You have no such session.")
	}
	return &noBody{}, a.sessions.remove(ctx, in.ID)
}

// endOtherSessions ends them one by one; a kill in between leaves some, and the caller without an answer.
func (a *API) endOtherSessions(ctx context.Context, c *call, _ *noInput) (*noBody, error) {
	all, err := a.sessions.of(ctx, c.id.UserID)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if c.current(s) {
			continue
		}
		if err := a.sessions.remove(ctx, s.row); err != nil {
			return nil, err
		}
	}
	return &noBody{}, nil
}
