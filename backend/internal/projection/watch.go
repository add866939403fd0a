package projection

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Times of Run. Editors write in several steps; a file that is empty, gone or not valid is given time to become whole.
const (
	settle  = 150 * time.Millisecond
	unsure  = time.Second
	poll    = 2 * time.Second
	retried = 5 * time.Second
)

// Run keeps file and state together until ctx ends: it writes the file after changes, and takes in what is edited in it, by
// notification and, where that fails, by looking every two seconds. It returns nil.
func (f *File) Run(ctx context.Context) error {
	if f.Path == "" || f.ReadOnly {
		<-ctx.Done()
		return nil
	}
	var events chan fsnotify.Event
	var failures chan error
	if w, err := fsnotify.NewWatcher(); err != nil {
		f.Logger.Warn("no notification of edits; the file is looked at every two seconds", "error", err)
	} else {
		defer func() { _ = w.Close() }()
		if err := w.Add(filepath.Dir(f.Path)); err != nil {
			f.Logger.Warn("no notification of edits; the file is looked at every two seconds", "error", err)
		}
		events, failures = w.Events, w.Errors
	}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	due := time.NewTimer(0)
	defer due.Stop()
	var doubtful []byte // hash of an awkward file that was seen once
	last := f.stamp()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-f.kick():
			due.Reset(0)
		case e, ok := <-events:
			if !ok {
				events = nil
			} else if filepath.Base(e.Name) == filepath.Base(f.Path) {
				due.Reset(settle)
			}
		case err, ok := <-failures:
			if !ok {
				failures = nil
			} else {
				f.Logger.Warn("notification of edits", "error", err)
			}
		case <-ticker.C:
			if now := f.stamp(); now != last {
				last = now
				due.Reset(settle)
			}
		case <-due.C:
			content, err := readFile(f.Path)
			if err == nil && f.awkward(content) && !bytes.Equal(hashOf(content), doubtful) {
				doubtful = hashOf(content)
				due.Reset(unsure)
				continue
			}
			doubtful = nil
			if err := f.Sync(ctx); err != nil && !fault.Is(err, fault.Canceled) {
				f.trouble(problemText(err))
				due.Reset(retried)
			}
			last = f.stamp()
		}
	}
}

// awkward reports whether a file looks as if somebody were just writing it.
func (f *File) awkward(content []byte) bool {
	if len(bytes.TrimSpace(content)) == 0 {
		return true
	}
	if ours := f.written.Load(); ours != nil && bytes.Equal(*ours, hashOf(content)) {
		return false
	}
	_, err := f.Doc.Parse(content)
	return err != nil
}

// stamp tells versions of the file apart as far as its metadata can.
func (f *File) stamp() string {
	info, err := os.Stat(f.Path)
	if err != nil {
		return ""
	}
	return info.ModTime().String() + " " + info.Mode().String() + " " + time.Duration(info.Size()).String()
}

// Health is how a file stands.
type Health struct {
	File    string // path, empty when none is kept
	OK      bool
	Problem string // why the file is refused or cannot be written
}

type healthBox struct {
	mu      sync.Mutex
	problem string
}

// Health tells whether the file follows the state, for the administrator.
func (f *File) Health() Health {
	f.health.mu.Lock()
	defer f.health.mu.Unlock()
	return Health{File: f.Path, OK: f.health.problem == "", Problem: f.health.problem}
}

// trouble records a problem, and logs it when it is a new one; an empty one ends it.
func (f *File) trouble(problem string) {
	f.health.mu.Lock()
	changed := f.health.problem != problem
	f.health.problem = problem
	f.health.mu.Unlock()
	switch {
	case changed && problem != "":
		f.Logger.Error(f.Doc.Name()+" file", "file", f.Path, "problem", problem)
	case changed:
		f.Logger.Info(f.Doc.Name()+" file is in order again", "file", f.Path)
	}
}
