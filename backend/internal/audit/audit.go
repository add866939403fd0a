// Package audit keeps the audit log: who did what, from where, and which policy statement decided.
//
// The log is files of JSON lines in one directory. Each line carries its number, the hash of the line before it, and its own; the number and
// hash of the last line are kept in the metadata store too, at most a second late (anchor.go), so that Verify finds an edit, a removal, a
// swap, and an end that was cut off. One process writes: the one that holds the lock of the store.
//
// What a kill leaves. A line is written by one write(2) together with others; Commit returns once it is synced. A kill before the write leaves
// nothing; in the middle of it a line without its end, which the next Open cuts off and says so; after it the line, which a kill of the
// process does not take back; after the sync not even a loss of power does. A kill between the sync and the anchor leaves lines that only the
// chain protects until the next Open anchors them. A new file is empty until its first line; an empty one is removed. Files that are too old
// are forgotten in the metadata store first and removed then, and Open removes what a kill left between the two.
package audit

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// Dir is the name of the log's directory in the system's folder.
const Dir = "audit"

// Values of the setting AUDIT_LOG.
const (
	LevelOff     = "off"
	LevelChanges = "changes" // changes, and what was refused
	LevelAll     = "all"     // and every operation on data
)

// Kinds of lines.
const (
	KindChange         = "change"         // of configuration, identities and, over the admin API, objects
	KindAuthentication = "authentication" // credentials that were shown and did not hold
	KindRefusal        = "refusal"        // somebody who is known, or shows nothing, was not allowed
	KindData           = "data"           // an operation on objects, or a read
	KindSystem         = "system"         // of the log itself: a start, a stop, lines that were lost
)

// Doors that a request comes in by.
const (
	DoorS3      = "s3"
	DoorAdmin   = "admin"   // the admin API on the S3 port
	DoorConsole = "console" // the admin API on the console's port
	DoorSocket  = "socket"  // the control socket
	DoorJob     = "job"     // work that a request started
)

// Entry is what a line tells. It holds no secret, no signature and no body.
type Entry struct {
	N         uint64    `json:"n" doc:"Number of the line"`
	Time      time.Time `json:"time" doc:"When it was answered"`
	Kind      string    `json:"kind" enum:"change,authentication,refusal,data,system" doc:"What kind of event it is"`
	Door      string    `json:"door,omitempty" doc:"Where the request came in: s3, admin (the admin API on the S3 port), console, socket, or job for work that a request started"`
	Request   string    `json:"request,omitempty" doc:"Id of the request"`
	Operation string    `json:"operation,omitempty" doc:"Name in the table of operations"`

	User      string `json:"user,omitempty" doc:"Display name"`
	UserID    string `json:"userId,omitempty" doc:"Id of the user, never used again for another"`
	ARN       string `json:"arn,omitempty" doc:"ARN of the user or of the session of a role"`
	AccessKey string `json:"accessKey,omitempty" doc:"Id of the access key. One that does not exist is not kept: people type secrets into the wrong field"`
	Account   string `json:"account,omitempty" doc:"Id of the account"`
	Address   string `json:"address,omitempty" doc:"Address of the client, behind trusted proxies"`
	Agent     string `json:"agent,omitempty" doc:"User agent, as the client says"`

	Bucket  string `json:"bucket,omitempty" doc:"Bucket"`
	Key     string `json:"key,omitempty" doc:"Key of the object"`
	Version string `json:"version,omitempty" doc:"Version id, as the request names it"`
	Target  string `json:"target,omitempty" doc:"What else it is about: a user, an account, a job"`

	Action   string    `json:"action,omitempty" doc:"The action that policies were asked for"`
	Decision *Decision `json:"decision,omitempty" doc:"What they said; absent where none were asked"`

	Status  int    `json:"status,omitempty" doc:"HTTP status of the answer"`
	Code    string `json:"code,omitempty" doc:"Error code, absent for success"`
	Message string `json:"message,omitempty" doc:"The sentence that goes with a refusal"`
	Lost    int    `json:"lost,omitempty" doc:"How many lines were lost before this one, since they came too fast or the disk was full"`
}

// Decision is policy.Decision as it is kept.
type Decision struct {
	Allowed   bool   `json:"allowed" doc:"Whether the action is allowed"`
	Denied    bool   `json:"denied,omitempty" doc:"Whether a statement denies it, which no other can allow"`
	Source    string `json:"source,omitempty" doc:"The policy or list that decided, absent when none did"`
	Statement int    `json:"statement" doc:"Index of the statement in it, from 0; -1 when no statement decided"`
	Sid       string `json:"sid,omitempty" doc:"Its Sid"`
	Reason    string `json:"reason,omitempty" doc:"Why, in a sentence"`
}

// Bounds of what a line repeats, in bytes.
const (
	maxName    = 256
	maxKey     = 1024
	maxMessage = 512
)

// From makes the entry of a request from what is known of it.
func From(info *reqinfo.Info) *Entry {
	e := &Entry{
		Kind: KindData, Request: info.RequestID, Operation: cut(info.Operation, maxName),
		User: info.User, UserID: info.UserID, ARN: info.ARN, AccessKey: info.AccessKey, Account: info.Account, Address: info.Remote,
		Bucket: cut(info.Bucket, maxName), Key: cut(info.Key, maxKey), Version: cut(info.Version, maxName), Target: cut(info.Target, maxName),
		Action: info.Action,
	}
	if info.Action != "" {
		e.Decision = decision(info.Decision)
	}
	return e
}

func decision(d policy.Decision) *Decision {
	return &Decision{Allowed: d.Allowed, Denied: d.ExplicitDeny, Source: cut(d.Source, maxName), Statement: d.Statement, Sid: cut(d.Sid, maxName), Reason: cut(d.Reason, maxMessage)}
}

// By sets the user agent.
func (e *Entry) By(agent string) *Entry {
	e.Agent = cut(agent, maxName)
	return e
}

// Answered sets how the request was answered, and what kind of entry that makes it. change tells that the operation changes something that is
// always kept.
func (e *Entry) Answered(info *reqinfo.Info, status int, change bool) *Entry {
	e.Status, e.Code = status, info.Code
	refused := status == 401 || status == 403
	switch {
	case info.Unproven != "":
		e.Kind = KindAuthentication
		if e.Code == "" {
			e.Code = info.Unproven // it was answered as if nothing had been shown
		}
	case change:
		e.Kind = KindChange
	case refused:
		e.Kind = KindRefusal
	}
	if refused || info.Unproven != "" {
		e.Message = cut(info.Message, maxMessage)
	}
	if e.Decision != nil && e.Decision.Allowed && refused {
		// What policies allowed was refused for another reason, which the message tells.
		e.Action, e.Decision = "", nil
	}
	return e
}

// cut bounds a text, without cutting a character in two.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// Denied reports whether somebody was refused.
func (e *Entry) Denied() bool {
	return e.Kind == KindAuthentication || e.Status == 401 || e.Status == 403
}

// Why says in a sentence why the request was denied.
func (e *Entry) Why() string {
	d := e.Decision
	switch {
	case !e.Denied():
		return "The request was not denied."
	case e.Kind == KindAuthentication:
		return "The credentials did not hold: " + sentence(e.Message, e.Code)
	case d == nil:
		return "It was refused before or without a policy: " + sentence(e.Message, e.Code)
	case d.Denied:
		return e.Action + " is denied by a statement of the " + d.Source + ", which no other statement can allow."
	case d.Source != "":
		return e.Action + " was decided by the " + d.Source + ": " + d.Reason + "."
	}
	return e.Action + " is not allowed: " + d.Reason + "."
}

func sentence(text, code string) string {
	if text == "" {
		return code
	}
	return strings.TrimSuffix(text, ".") + " (" + code + ")."
}

// Options is what a log needs.
type Options struct {
	Path     string // of the directory
	KV       kv.Store
	Clock    clock.Clock
	Logger   *slog.Logger
	Level    string // one of the constants; empty is LevelChanges
	ReadOnly bool   // nothing is written; what is there can be read

	MaxBytes  int64         // size at which a file is closed; 0 for 16 MiB
	Keep      time.Duration // how long lines are kept at least; 0 for ever
	KeepBytes int64         // how much is kept; 0 for no bound
	Queue     int           // lines that may wait to be written; 0 for 8,192
	Gather    time.Duration // how long lines without a waiter are gathered; 0 for 50 ms
	Pace      time.Duration // between two anchors; 0 for a second

	create func(path string) (file, error) // nil for the real thing
}

// Log is an audit log. It is safe for concurrent use. The nil Log keeps nothing.
type Log struct {
	Options

	keep sync.RWMutex // held by readers, so that no file is removed below them

	mu      sync.Mutex
	queue   []*item
	lost    int   // lines that found no place
	failing error // of the last write; nil when it worked
	broken  error // of a sync: nothing more is written until a restart
	closed  bool
	visible tail   // what readers may see
	finding string // what Open found wrong, empty for nothing

	wake, hurry chan struct{}
	stop, done  chan struct{}

	writer // of the goroutine that writes
}

// item is a line on its way. done gets the outcome, nil when nobody waits.
type item struct {
	entry *Entry
	done  chan error
}

// Level returns what is kept; off for a nil log.
func (l *Log) Level() string {
	if l == nil || l.ReadOnly {
		return LevelOff
	}
	return l.Options.Level
}

// All reports whether operations on data are kept.
func (l *Log) All() bool { return l.Level() == LevelAll }

// Add keeps an entry. It never blocks: when too many wait the entry is lost, and the log tells how many were.
func (l *Log) Add(e *Entry) {
	if l.Level() == LevelOff {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.broken != nil || len(l.queue) >= l.Queue {
		l.lost++
		return
	}
	l.put(&item{entry: e})
	if len(l.queue) == l.Queue/2 {
		poke(l.hurry)
	}
}

// Commit keeps an entry and returns once it is durable: nil, or fault.StorageFull when it cannot be written. It is written later then, if the
// process lives to see that.
func (l *Log) Commit(e *Entry) error {
	if l.Level() == LevelOff {
		return nil
	}
	it := &item{entry: e, done: make(chan error, 1)}
	l.mu.Lock()
	if l.closed || l.broken != nil {
		err := l.state()
		l.lost++
		l.mu.Unlock()
		return err
	}
	l.put(it)
	poke(l.hurry)
	l.mu.Unlock()
	return <-it.done
}

// put adds to the queue. The caller holds the lock.
func (l *Log) put(it *item) {
	it.entry.Time = l.Clock.Now().Truncate(time.Microsecond)
	l.queue = append(l.queue, it)
	if len(l.queue) == 1 {
		poke(l.wake)
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Ready returns nil, or fault.StorageFull while what is committed could not be written: then no change may begin.
func (l *Log) Ready() error {
	if l.Level() == LevelOff {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state()
}

func (l *Log) state() error {
	const op = "audit"
	switch {
	case l.broken != nil:
		return &fault.Error{Kind: fault.StorageFull, Op: op, Text: "The audit log cannot be written until the server is started again, and no change is made without it.", Err: l.broken}
	case l.failing != nil:
		return &fault.Error{Kind: fault.StorageFull, Op: op, Text: "The audit log cannot be written, and no change is made without it.", Err: l.failing}
	case l.closed:
		return fault.New(op, fault.Unavailable, "")
	}
	return nil
}

// Health returns what is wrong with the log, nil for nothing.
func (l *Log) Health() error {
	if l == nil {
		return nil
	}
	if err := l.Ready(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.finding != "" {
		return fault.New("audit", fault.Internal, l.finding)
	}
	return nil
}

// Close writes what waits, anchors the end, and closes the log.
func (l *Log) Close() error {
	if l == nil || l.stop == nil {
		return nil
	}
	close(l.stop)
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// context for the metadata store: a request that goes away must not take an anchor with it, and a store that hangs must not hold the log up.
func bounded() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 5*time.Second)
}
