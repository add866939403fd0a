package audit

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

// Open opens the log, begins to write it, and says so in it. A log that was tampered with is gone on with all the same, in a new file, and what
// was found stands in its first line: a server that does not start helps nobody but those who did it.
func Open(ctx context.Context, o Options) (*Log, error) {
	const op = "audit.Open"
	fill(&o)
	l := &Log{Options: o, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1)}
	if o.ReadOnly || o.Level == LevelOff {
		return l, l.look()
	}
	if err := os.MkdirAll(o.Path, 0o700); err != nil {
		return nil, fault.Wrap(op, err)
	}
	known, err := readAnchors(ctx, o.KV)
	if err != nil {
		return nil, err
	}
	torn, err := l.find(known)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if !known.known {
		if err := l.origin(ctx); err != nil {
			l.Logger.Warn("the beginning of the audit log could not be anchored", "error", err)
		}
	}
	first := l.system("start")
	first.Message = "AUDIT_LOG=" + o.Level
	if torn > 0 {
		first.Message += fmt.Sprintf("; a line that a kill had cut after %d bytes was removed", torn)
	}
	if l.finding != "" {
		first.Message += "; " + l.finding
		l.Logger.Error("the audit log is not as this server left it", "finding", l.finding)
	}
	l.queue = append(l.queue, &item{entry: first})
	l.flush()
	l.anchor(true, false)
	l.expire()
	l.stop, l.done = make(chan struct{}), make(chan struct{})
	go l.run()
	return l, nil
}

func fill(o *Options) {
	if o.Level == "" {
		o.Level = LevelChanges
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 16 << 20
	}
	if o.Queue <= 0 {
		o.Queue = 8192
	}
	if o.Gather <= 0 {
		o.Gather = 50 * time.Millisecond
	}
	if o.Pace <= 0 {
		o.Pace = time.Second
	}
	if o.create == nil {
		o.create = create
	}
}

// look finds the end of a log that is only read.
func (l *Log) look() error {
	list, err := segments(l.Path)
	if err != nil || len(list) == 0 {
		return err
	}
	l.visible.file = list[len(list)-1]
	info, err := os.Stat(filepath.Join(l.Path, l.visible.file.name()))
	if err == nil {
		l.visible.size = info.Size()
	}
	return err
}

// origin keeps where the log begins.
func (l *Log) origin(ctx context.Context) error {
	first, prev := uint64(1), sum{}
	list, err := segments(l.Path)
	if err != nil {
		return err
	}
	if len(list) > 0 { // rows were lost; what is there is taken as it is
		first = list[0].first
		f, err := os.Open(filepath.Join(l.Path, list[0].name()))
		if err != nil {
			return err
		}
		r := newLines(f)
		r.next()
		if err := errors.Join(r.err, f.Close()); err != nil {
			return err
		}
		if got, err := parseLine(r.line); err == nil {
			prev = got.prev
		}
	}
	return l.KV.Update(ctx, func(tx kv.Txn) error { return tx.Set(firstKey(), row(first, prev)) })
}

// find finds the last line, cuts off what a kill left of one, and holds the end to its anchor. It returns how many bytes it cut.
func (l *Log) find(known anchors) (torn int64, err error) {
	list, err := segments(l.Path)
	if err != nil {
		return 0, err
	}
	var end scanned
	var bad error
	at := tail{}
	for i := len(list) - 1; i >= 0 && end.n == 0; i-- {
		path := filepath.Join(l.Path, list[i].name())
		if end, err = scan(path, known.last); err != nil {
			return torn, err
		}
		bad = cmp.Or(bad, end.bad)
		if i == len(list)-1 && end.torn > 0 {
			torn = end.torn
			if err := cutFile(path, end.size); err != nil {
				return torn, err
			}
		}
		if end.size == 0 { // it never had a line
			if err := os.Remove(path); err != nil {
				return torn, err
			}
			continue
		}
		at = tail{n: end.n, hash: end.hash, file: list[i], size: end.size}
	}
	l.at = at
	anchor, anchored := known.at[known.last]
	l.anchored, l.kept = known.last, false
	switch {
	case bad != nil:
		l.finding = fmt.Sprintf("a line near the end %v", bad)
	case anchored && at.n < known.last:
		l.finding = fmt.Sprintf("lines %d to %d are missing", at.n+1, known.last)
	case anchored && end.seen && end.anchored != anchor:
		l.finding = fmt.Sprintf("line %d is another one than was kept", known.last)
	}
	if l.finding != "" {
		// The chain goes on from what is known to have been there, in a new file, and the anchor stays as a witness.
		l.kept = true
		if at.n <= known.last {
			l.at = tail{n: known.last, hash: anchor, file: at.file}
		}
		for _, s := range list {
			if s.first == l.at.n+1 {
				l.at.n++
			}
		}
		l.visible = at
		return torn, nil
	}
	if at.n == 0 {
		return torn, nil
	}
	l.visible = at
	f, err := os.OpenFile(filepath.Join(l.Path, at.file.name()), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return torn, err
	}
	l.file, l.dirty = f, true // what the last process wrote may not be on the disk yet
	return torn, nil
}

// scanned is what a file holds.
type scanned struct {
	n        uint64 // of the last line that could be read, 0 for none
	hash     sum
	size     int64 // up to the end of the last whole line
	torn     int64 // bytes after it
	seen     bool  // the line that was asked for is in it
	anchored sum   // its hash
	bad      error // of the first line that could not be read
}

// scan reads a file from its beginning; anchor is the number of a line whose hash is wanted.
func scan(path string, anchor uint64) (s scanned, err error) {
	f, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer func() { _ = f.Close() }()
	r := newLines(f)
	for r.next() {
		s.size = r.end
		got, err := parseLine(r.line)
		if err != nil {
			s.bad = cmp.Or(s.bad, err)
			continue
		}
		s.n, s.hash = got.N, got.hash
		if got.N == anchor {
			s.seen, s.anchored = true, got.hash
		}
	}
	s.torn = r.torn
	return s, r.err
}

// lines reads whole lines from the beginning of a file.
type lines struct {
	line []byte // without its newline; nil for one that is too long
	end  int64  // offset behind it
	torn int64  // bytes behind the last newline, once next has returned false
	err  error

	r *bufio.Reader
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, maxLine+1)} }

func (l *lines) next() bool {
	n, long := int64(0), false
	for {
		part, err := l.r.ReadSlice('\n')
		n += int64(len(part))
		switch {
		case err == nil:
			l.end += n
			if l.line = part[:len(part)-1]; long {
				l.line = nil
			}
			return true
		case errors.Is(err, bufio.ErrBufferFull):
			long = true
		default:
			if l.torn = n; !errors.Is(err, io.EOF) {
				l.err = err
			}
			return false
		}
	}
}

func cutFile(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Sync(), f.Close())
}
