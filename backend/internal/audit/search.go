package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Outcomes that a query may ask for.
const (
	OutcomeOK     = "ok"     // done
	OutcomeDenied = "denied" // refused to somebody: authentication and permission
	OutcomeFailed = "failed" // anything else
)

// Query says which lines are wanted. Empty members ask for nothing.
type Query struct {
	From, To  time.Time // times of lines in [From, To)
	Kind      string
	User      string // display name, user id, ARN or access key
	Operation string
	Bucket    string
	Key       string // begins with
	Outcome   string
	Request   string
	After     Position // go on behind this one; the zero one is the newest line
	Limit     int      // lines of the answer; 0 for no bound
	Bytes     int64    // of lines that are looked at; 0 for no bound
}

// Position is a place between two lines. It stays good while the file is there; once that is gone, so is everything older.
type Position struct {
	File   uint64 // number of the file's first line
	Offset int64
}

// IsZero reports whether it is no place.
func (p Position) IsZero() bool { return p == Position{} }

// Page is what one search found, newest first.
type Page struct {
	Entries []Entry
	Next    Position  // zero when everything was looked at
	Until   time.Time // the time of the oldest line that was looked at; zero for none
}

// Search looks for lines, newest first.
func (l *Log) Search(ctx context.Context, q Query) (Page, error) {
	page := Page{Entries: []Entry{}}
	var err error
	page.Next, page.Until, err = l.Scan(ctx, q, func(_ []byte, e *Entry) error {
		page.Entries = append(page.Entries, *e)
		return nil
	})
	return page, err
}

// slack is how far the times of lines may be out of order, since clocks are set.
const slack = time.Hour

var errEnough = errors.New("audit: enough")

// Scan calls fn with each line that a query wants, newest first, without its newline. It returns where to go on, zero at the end, and the time
// of the oldest line that it looked at.
func (l *Log) Scan(ctx context.Context, q Query, fn func(line []byte, e *Entry) error) (next Position, until time.Time, err error) {
	const op = "audit.Scan"
	l.keep.RLock()
	defer l.keep.RUnlock()
	list, err := l.view()
	if err != nil {
		return next, until, err
	}
	known, err := readAnchors(ctx, l.KV)
	if err != nil {
		return next, until, err
	}
	s := &scanner{ctx: ctx, q: q, fn: fn, needle: needle(q)}
	for i := len(list) - 1; i >= 0; i-- {
		p := list[i]
		if !q.After.IsZero() {
			if p.first > q.After.File {
				continue
			}
			if p.first == q.After.File {
				p.size = min(p.size, max(q.After.Offset, 0))
			}
		}
		if i+1 < len(list) && list[i+1].first <= known.first {
			break // forgotten
		}
		if !q.To.IsZero() && p.day > q.To.Add(slack).UTC().Format(dayFormat) {
			continue
		}
		if at, err := s.file(filepath.Join(l.Path, p.name()), p.size); errors.Is(err, errEnough) {
			if at == 0 && i == 0 {
				return Position{}, s.until, nil
			}
			return Position{p.first, at}, s.until, nil
		} else if err != nil {
			return next, until, fault.Wrap(op, err)
		}
		if s.over {
			break
		}
	}
	return Position{}, s.until, nil
}

// scanner is one search.
type scanner struct {
	ctx    context.Context
	q      Query
	fn     func([]byte, *Entry) error
	needle []byte // of the lines that can match; nil for all
	found  int
	looked int64
	until  time.Time
	over   bool // what follows is too old
}

// needle is bytes that a line which a query wants must have, which are looked for before the line is read.
func needle(q Query) []byte {
	for _, pair := range []struct{ name, value string }{{"request", q.Request}, {"bucket", q.Bucket}, {"operation", q.Operation}} {
		if pair.value == "" {
			continue
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if enc.Encode(pair.value) == nil {
			return append([]byte(`"`+pair.name+`":`), bytes.TrimSpace(b.Bytes())...)
		}
	}
	return nil
}

// file goes through a file backwards, from size on. With errEnough comes the offset to go on from.
func (s *scanner) file(path string, size int64) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	r := &backward{r: f, at: size}
	for n := 0; ; n++ {
		if s.q.Limit > 0 && s.found >= s.q.Limit || s.q.Bytes > 0 && s.looked >= s.q.Bytes {
			return r.at, errEnough
		}
		if n%256 == 0 && s.ctx.Err() != nil {
			return 0, s.ctx.Err()
		}
		line, err := r.next()
		if errors.Is(err, io.EOF) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		s.looked += int64(len(line)) + 1
		// A line that is passed over for its bytes is read now and then all the same: its time may end the search.
		if s.needle != nil && n%512 != 0 && !bytes.Contains(line, s.needle) {
			continue
		}
		var e Entry
		if json.Unmarshal(line, &e) != nil {
			continue // Verify names it
		}
		s.until = e.Time
		if !s.q.From.IsZero() && e.Time.Before(s.q.From.Add(-slack)) {
			s.over = true
			return 0, nil
		}
		if !s.q.matches(&e) {
			continue
		}
		s.found++
		if err := s.fn(line, &e); err != nil {
			return 0, err
		}
	}
}

func (q *Query) matches(e *Entry) bool {
	switch {
	case !q.From.IsZero() && e.Time.Before(q.From), !q.To.IsZero() && !e.Time.Before(q.To):
		return false
	case q.Kind != "" && e.Kind != q.Kind, q.Operation != "" && e.Operation != q.Operation, q.Bucket != "" && e.Bucket != q.Bucket:
		return false
	case q.Request != "" && e.Request != q.Request, q.Key != "" && (len(e.Key) < len(q.Key) || e.Key[:len(q.Key)] != q.Key):
		return false
	case q.User != "" && !slices.Contains([]string{e.User, e.UserID, e.ARN, e.AccessKey}, q.User):
		return false
	}
	return q.Outcome == "" || e.Outcome() == q.Outcome
}

// Outcome is one of the constants; of lines without a status it is OutcomeOK.
func (e *Entry) Outcome() string {
	switch {
	case e.Denied():
		return OutcomeDenied
	case e.Status >= 400:
		return OutcomeFailed
	}
	return OutcomeOK
}

// backward reads the lines of a file from its end.
type backward struct {
	r   io.ReaderAt
	at  int64  // offset of what was read; the lines before it come next
	buf []byte // what lies before at
}

// next returns the line before the last one, io.EOF at the beginning. What is too long to be a line is cut.
func (b *backward) next() ([]byte, error) {
	end := len(b.buf)
	if end == 0 {
		if err := b.fill(); err != nil {
			return nil, err
		}
		end = len(b.buf)
	}
	if b.buf[end-1] == '\n' {
		end--
	}
	for {
		if i := bytes.LastIndexByte(b.buf[:end], '\n'); i >= 0 || int64(len(b.buf)) == b.at || end > 2*maxLine {
			line := b.buf[i+1 : end]
			b.at -= int64(len(b.buf) - i - 1)
			b.buf = b.buf[:i+1]
			return line, nil
		}
		had := len(b.buf)
		if err := b.fill(); err != nil {
			return nil, err
		}
		end += len(b.buf) - had
	}
}

// fill reads what lies before the buffer, in front of it.
func (b *backward) fill() error {
	from := b.at - int64(len(b.buf))
	if from <= 0 {
		return io.EOF
	}
	n := min(from, 64<<10)
	more := make([]byte, n, n+int64(len(b.buf)))
	if _, err := b.r.ReadAt(more, from-n); err != nil {
		return err
	}
	b.buf = append(more, b.buf...)
	return nil
}
