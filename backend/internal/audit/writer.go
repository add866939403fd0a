package audit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	chunk   = 256 << 10        // bytes of one write
	maxHeld = 1000             // entries that wait for the disk to take writes again
	tidy    = 10 * time.Minute // between looks for files that are too old

	dayFormat = "20060102"
)

// file is what a log writes to.
type file interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

func create(path string) (file, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_APPEND|os.O_WRONLY, 0o600)
}

// segment is a file of the log: its name is the number of its first line and the day of that line.
type segment struct {
	first uint64
	day   string // in dayFormat, UTC
}

func (s segment) name() string { return fmt.Sprintf("%016d-%s.jsonl", s.first, s.day) }

func parseSegment(name string) (s segment, ok bool) {
	base, ok := strings.CutSuffix(name, ".jsonl")
	if !ok || len(base) != 25 {
		return s, false
	}
	n, err := strconv.ParseUint(base[:16], 10, 64)
	s = segment{n, base[17:]}
	return s, err == nil && s.name() == name
}

// segments lists the files in order.
func segments(dir string) ([]segment, error) {
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []segment
	for _, d := range names {
		if s, ok := parseSegment(d.Name()); ok && d.Type().IsRegular() {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b segment) int { return strings.Compare(a.name(), b.name()) })
	return out, err
}

// tail is where the log ends.
type tail struct {
	n    uint64 // of the last line, 0 for none
	hash sum
	file segment // the last file; zero when the next line begins one
	size int64   // its bytes
}

// writer is the state of the goroutine that writes.
type writer struct {
	at       tail
	file     file
	dirty    bool // written since the last sync
	held     []*item
	anchored uint64    // number of the line that the last anchor is at
	kept     bool      // that anchor stays
	paced    time.Time // when it was set
	looked   time.Time // for files that are too old
	buf      []byte
}

// run writes what is queued until the log is closed.
func (l *Log) run() {
	defer close(l.done)
	pace := time.NewTicker(l.Pace)
	defer pace.Stop()
	for {
		select {
		case <-l.stop:
			l.end()
			return
		case <-l.wake:
			l.gather()
		case <-pace.C:
		}
		l.flush()
		l.anchor(false, false)
		if time.Since(l.looked) >= tidy {
			l.expire()
		}
	}
}

// gather waits a moment for more lines, unless somebody waits for one.
func (l *Log) gather() {
	t := time.NewTimer(l.Gather)
	defer t.Stop()
	select {
	case <-l.hurry:
	case <-t.C:
	case <-l.stop:
	}
}

func (l *Log) end() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.flush()
	if l.broken != nil {
		return
	}
	if _, err := l.write([]*item{{entry: l.system("stop")}}); err != nil {
		l.Logger.Error("the end of the audit log could not be written", "error", err)
	}
	l.anchor(true, false)
	if l.file != nil {
		_ = l.file.Close() // it was synced
	}
}

// system is an entry of the log itself.
func (l *Log) system(operation string) *Entry {
	return &Entry{Kind: KindSystem, Operation: operation, Time: l.Clock.Now().Truncate(time.Microsecond)}
}

// flush writes what waits. What somebody waits for and cannot be written is held; the rest is lost, and counted.
func (l *Log) flush() {
	l.mu.Lock()
	items, gap, broken := l.queue, l.lost, l.broken
	l.queue = nil
	l.mu.Unlock()
	if broken != nil {
		l.refuse(items, broken)
		return
	}
	all, told := l.held, len(l.held)
	l.held = nil
	if gap > 0 {
		e := l.system("lost")
		e.Lost = gap
		all = append(all, &item{entry: e})
	}
	if all = append(all, items...); len(all) == 0 {
		return
	}
	done, err := l.write(all)
	l.mu.Lock()
	if gap > 0 && done > told {
		l.lost -= gap
	}
	was := l.failing
	l.failing = err
	l.mu.Unlock()
	switch {
	case err != nil && was == nil:
		l.Logger.Error("the audit log cannot be written; changes are refused until it can", "error", err)
	case err == nil && was != nil:
		l.Logger.Info("the audit log is written again")
	}
	l.settle(all[:done])
	l.refuse(all[done:], err)
}

// settle syncs when somebody waits for one of the entries that are written, and tells them.
func (l *Log) settle(items []*item) {
	var err error
	for _, it := range items {
		if it.done == nil {
			continue
		}
		if err == nil && l.sync() != nil {
			err = l.Ready()
		}
		it.done <- err
	}
}

// refuse tells those who wait that their entries are not written, and holds these for later.
func (l *Log) refuse(items []*item, cause error) {
	if len(items) == 0 {
		return
	}
	lost := 0
	for _, it := range items {
		switch {
		case it.entry.Kind == KindSystem: // of lost lines, which are still counted
		case it.entry.Kind != KindChange, len(l.held) >= maxHeld:
			lost++
		default:
			l.held = append(l.held, &item{entry: it.entry})
		}
	}
	l.mu.Lock()
	l.lost += lost
	if l.failing == nil {
		l.failing = cause
	}
	state := l.state()
	l.mu.Unlock()
	for _, it := range items {
		if it.done != nil {
			it.done <- state
		}
	}
}

// write writes entries in order, in as few calls as it takes. It returns how many are written, and why not all.
func (l *Log) write(items []*item) (done int, err error) {
	next, buf := l.at, l.buf[:0]
	defer func() { l.buf = buf[:0] }()
	out := func(upTo int) error {
		if len(buf) > 0 {
			if err := l.append(buf); err != nil {
				return err
			}
			next.size = l.at.size + int64(len(buf))
			l.at, buf = next, buf[:0]
			l.mu.Lock()
			l.visible = l.at // before a line of it is anchored
			l.mu.Unlock()
		}
		done = upTo
		return nil
	}
	for i, it := range items {
		day := it.entry.Time.UTC().Format(dayFormat)
		if l.file == nil || next.size+int64(len(buf)) >= l.MaxBytes || day > l.at.file.day {
			if err := out(i); err != nil {
				return done, err
			}
			if err := l.begin(segment{l.at.n + 1, day}); err != nil {
				return done, err
			}
			next = l.at
		}
		it.entry.N = next.n + 1
		if buf, next.hash, err = appendLine(buf, it.entry, next.hash); err != nil {
			return done, err
		}
		next.n++
		if len(buf) >= chunk {
			if err := out(i + 1); err != nil {
				return done, err
			}
		}
	}
	return done, out(len(items))
}

// append writes at the end of the file. What was written in part is taken back, so that the file ends with a whole line.
func (l *Log) append(b []byte) error {
	l.dirty = true
	n, err := l.file.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err == nil {
		return nil
	}
	if n > 0 {
		if undo := l.file.Truncate(l.at.size); undo != nil {
			return l.broke(errors.Join(err, undo))
		}
	}
	return err
}

// sync makes what was written durable. When that fails nobody knows what reached the disk, so the log is not written any more.
func (l *Log) sync() error {
	if !l.dirty || l.file == nil {
		return nil
	}
	if err := l.file.Sync(); err != nil {
		return l.broke(err)
	}
	l.dirty = false
	return nil
}

func (l *Log) broke(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken = err
		l.Logger.Error("the audit log cannot be written until a restart; changes are refused", "error", err)
	}
	return err
}

// begin closes the file and begins another one.
func (l *Log) begin(s segment) error {
	if l.file != nil {
		if err := l.sync(); err != nil {
			return err
		}
		l.anchor(true, true) // when it cannot be kept now, that of a later line covers it
		err := l.file.Close()
		l.file = nil
		if err != nil {
			return err
		}
	}
	f, err := l.create(filepath.Join(l.Path, s.name()))
	if err != nil {
		return err
	}
	if err := syncDir(l.Path); err != nil {
		return errors.Join(err, f.Close(), os.Remove(filepath.Join(l.Path, s.name())))
	}
	l.file, l.at.file, l.at.size = f, s, 0
	l.expire()
	return nil
}
