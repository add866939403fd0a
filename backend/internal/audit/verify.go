package audit

import (
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

// Report is what Verify found.
type Report struct {
	Files    int       `json:"files"`
	Lines    uint64    `json:"lines"`
	First    uint64    `json:"first"` // numbers of the first and the last line, 0 for none
	Last     uint64    `json:"last"`
	From     time.Time `json:"from"` // their times
	To       time.Time `json:"to"`
	Anchored uint64    `json:"anchored"` // number of the last line that the metadata store vouches for
	Problems []Problem `json:"problems"` // in order; at most maxProblems
	Note     string    `json:"note"`     // what is no problem, empty for nothing
}

// Problem is one thing that is wrong.
type Problem struct {
	File string `json:"file"` // empty where a whole file is missing
	Line int    `json:"line"` // in the file, from 1; 0 where none is to blame
	N    uint64 `json:"n"`    // number of the line, 0 where it cannot be read
	Text string `json:"text"`
}

// String is the problem on one line.
func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Text
	case p.Line == 0:
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

const maxProblems = 100

// Verify holds the log of a running server to its chain and its anchors.
func (l *Log) Verify(ctx context.Context) (Report, error) {
	l.keep.RLock()
	defer l.keep.RUnlock()
	known, err := readAnchors(ctx, l.KV) // before the end is looked at: a line is written before it is anchored
	if err != nil {
		return Report{}, err
	}
	list, err := l.view()
	if err != nil {
		return Report{}, err
	}
	return verify(ctx, l.Path, list, known)
}

// Verify holds a log that nobody writes to its chain and its anchors.
func Verify(ctx context.Context, dir string, store kv.Store) (Report, error) {
	l := &Log{Options: Options{Path: dir, KV: store, ReadOnly: true}}
	if err := l.look(); err != nil {
		return Report{}, fault.Wrap("audit.Verify", err)
	}
	return l.Verify(ctx)
}

// part is a file with the size that counts.
type part struct {
	segment
	size int64
}

// view lists the files as they are now, up to the last whole write.
func (l *Log) view() ([]part, error) {
	l.mu.Lock()
	end := l.visible
	l.mu.Unlock()
	list, err := segments(l.Path)
	if err != nil {
		return nil, fault.Wrap("audit.view", err)
	}
	var out []part
	for _, s := range list {
		if s.first > end.file.first {
			break // begun since
		}
		size := end.size
		if s != end.file {
			info, err := os.Stat(filepath.Join(l.Path, s.name()))
			if err != nil {
				return nil, fault.Wrap("audit.view", err)
			}
			size = info.Size()
		}
		out = append(out, part{s, size})
	}
	return out, nil
}

// checker goes along the chain.
type checker struct {
	Report
	known anchors
	file  string
	line  int
	want  uint64 // number of the next line
	prev  sum    // and the hash that it carries
	lost  bool   // nobody knows what it should carry
}

func (c *checker) problem(line int, n uint64, format string, args ...any) {
	if len(c.Problems) < maxProblems {
		c.Problems = append(c.Problems, Problem{c.file, line, n, fmt.Sprintf(format, args...)})
	}
}

func verify(ctx context.Context, dir string, list []part, known anchors) (Report, error) {
	c := &checker{known: known, want: known.first, prev: known.prev}
	c.Problems, c.Anchored = []Problem{}, known.last
	// What was forgotten for its age, and not removed yet, counts no more.
	for len(list) > 1 && list[1].first <= known.first {
		list = list[1:]
	}
	for i, p := range list {
		if err := c.read(ctx, dir, p, i == len(list)-1); err != nil {
			return c.Report, err
		}
	}
	c.file, c.line = "", 0
	if c.want <= known.last {
		c.problem(0, 0, "%s missing at the end: the metadata store knows them up to %d", span(c.want, known.last), known.last)
	}
	return c.Report, nil
}

// read checks one file.
func (c *checker) read(ctx context.Context, dir string, p part, last bool) error {
	f, err := os.Open(filepath.Join(dir, p.name()))
	if err != nil {
		return fault.Wrap("audit.Verify", err)
	}
	defer func() { _ = f.Close() }()
	c.Files++
	c.file, c.line = p.name(), 0
	if p.first > c.want {
		c.gap(0, p.first)
	}
	r := newLines(io.LimitReader(f, p.size))
	for r.next() {
		c.line++
		c.check(r.line)
		if c.line%1024 == 0 && ctx.Err() != nil {
			return fault.Wrap("audit.Verify", ctx.Err())
		}
	}
	switch {
	case r.err != nil:
		return fault.Wrap("audit.Verify", r.err)
	case r.torn > 0 && last && c.want > c.known.last:
		c.Note = fmt.Sprintf("%s ends with %d bytes of a line that was being written when the server was killed; nothing was answered for it, and the next start removes it", c.file, r.torn)
	case r.torn > 0:
		c.problem(c.line+1, 0, "the line is cut off")
	}
	return nil
}

func span(from, to uint64) string {
	if from == to {
		return fmt.Sprintf("line %d is", from)
	}
	return fmt.Sprintf("lines %d to %d are", from, to)
}

// gap tells of lines that are not there, and goes on behind them.
func (c *checker) gap(line int, n uint64) {
	c.problem(line, 0, "%s missing before this one", span(c.want, n-1))
	c.want, c.lost = n, true
}

// check holds a line to the one before.
func (c *checker) check(line []byte) {
	got, err := parseLine(line)
	if errors.Is(err, errShape) {
		c.problem(c.line, 0, "what stands in the place of line %d %v", c.want, errShape)
		c.lost = true
		return
	}
	n := got.N
	if err != nil {
		c.problem(c.line, n, "line %d %v", n, err)
		// It carried a hash once that the next line knows.
		c.prev, c.want, c.lost = got.hash, c.want+1, false
		c.Lines++
		return
	}
	switch {
	case n < c.want:
		c.problem(c.line, n, "line %d is out of place: it is here again, or was moved behind line %d", n, c.want-1)
		return
	case n > c.want:
		c.gap(c.line, n)
	}
	if !c.lost && got.prev != c.prev {
		c.problem(c.line, n, "line %d does not follow from the line before: one of the two was replaced", n)
	}
	if hash, ok := c.known.at[n]; ok && hash != got.hash {
		c.problem(c.line, n, "line %d was replaced: the metadata store knows another hash of it", n)
	}
	if c.Lines == 0 {
		c.First, c.From = n, got.Time
	}
	c.Lines++
	c.Last, c.To = n, got.Time
	c.prev, c.want, c.lost = got.hash, n+1, false
}
