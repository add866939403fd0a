package iam

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

// Run keeps iam.json and the state together until ctx ends: it writes the file after changes, and takes in what is edited in it, by
// notification and, where that fails, by looking every two seconds. It returns nil.
func (s *Service) Run(ctx context.Context) error {
	if s.IAMConfig == "" || s.ReadOnly {
		<-ctx.Done()
		return nil
	}
	var events chan fsnotify.Event
	var failures chan error
	if w, err := fsnotify.NewWatcher(); err != nil {
		s.Logger.Warn("no notification of edits; the identities file is polled", "error", err)
	} else {
		defer func() { _ = w.Close() }()
		if err := w.Add(filepath.Dir(s.IAMConfig)); err != nil {
			s.Logger.Warn("no notification of edits; the identities file is polled", "error", err)
		}
		events, failures = w.Events, w.Errors
	}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	due := time.NewTimer(0)
	defer due.Stop()
	var doubtful []byte // hash of an awkward file that was seen once
	last := s.stamp()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.kick:
			due.Reset(0)
		case e, ok := <-events:
			if !ok {
				events = nil
			} else if filepath.Base(e.Name) == filepath.Base(s.IAMConfig) {
				due.Reset(settle)
			}
		case err, ok := <-failures:
			if !ok {
				failures = nil
			} else {
				s.Logger.Warn("notification of edits", "error", err)
			}
		case <-ticker.C:
			if now := s.stamp(); now != last {
				last = now
				due.Reset(settle)
			}
		case <-due.C:
			content, err := readFile(s.IAMConfig)
			if err == nil && s.awkward(content) && !bytes.Equal(hashOf(content), doubtful) {
				doubtful = hashOf(content)
				due.Reset(unsure)
				continue
			}
			doubtful = nil
			if err := s.Sync(ctx); err != nil && !fault.Is(err, fault.Canceled) {
				s.trouble(problemText(err))
				due.Reset(retried)
			}
			last = s.stamp()
		}
	}
}

// awkward reports whether a file looks as if somebody were just writing it.
func (s *Service) awkward(content []byte) bool {
	if len(bytes.TrimSpace(content)) == 0 {
		return true
	}
	_, err := s.parseFile(content)
	return err != nil
}

// stamp tells versions of the file apart as far as its metadata can.
func (s *Service) stamp() string {
	info, err := os.Stat(s.IAMConfig)
	if err != nil {
		return ""
	}
	return info.ModTime().String() + " " + info.Mode().String() + " " + time.Duration(info.Size()).String()
}

// Health is how the file of identities stands.
type Health struct {
	File    string // path of iam.json, empty when none is kept
	OK      bool
	Problem string // why the file is refused or cannot be written
}

type healthBox struct {
	mu      sync.Mutex
	problem string
}

// Health tells whether the file follows the state, for the administrator.
func (s *Service) Health() Health {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	return Health{File: s.IAMConfig, OK: s.health.problem == "", Problem: s.health.problem}
}

// trouble records a problem, and logs it when it is a new one; an empty one ends it.
func (s *Service) trouble(problem string) {
	s.health.mu.Lock()
	changed := s.health.problem != problem
	s.health.problem = problem
	s.health.mu.Unlock()
	switch {
	case changed && problem != "":
		s.Logger.Error("identities file", "file", s.IAMConfig, "problem", problem)
	case changed:
		s.Logger.Info("identities file is in order again", "file", s.IAMConfig)
	}
}
