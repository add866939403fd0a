package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// VerifyAudit checks the audit log of the store in root: by the server that runs on it, else here, with the lock of the store.
func VerifyAudit(ctx context.Context, root string) (r audit.Report, err error) {
	dir := filepath.Join(root, SystemDir)
	if _, err := os.Stat(filepath.Join(dir, "meta")); err != nil {
		return r, fmt.Errorf("there is no store: %w", err)
	}
	lock, err := lockStore(ctx, dir, nil)
	if errors.Is(err, errOwned) {
		return r, Control(ctx, root, http.MethodGet, "/audit/verify", nil, &r)
	}
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	store, err := pebblekv.Open(filepath.Join(dir, "meta"), pebblekv.Options{Logger: slog.New(slog.DiscardHandler), ReadOnly: true})
	if err != nil {
		return r, fmt.Errorf("metadata store: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return audit.Verify(ctx, filepath.Join(dir, audit.Dir), store)
}

// recorded refuses changes while the audit log cannot be written. Compaction, which makes space, goes on, and so do questions.
func (st *stores) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.URL.Path != "/compact" && r.URL.Path != "/simulate" {
			if err := st.audit.Ready(); err != nil {
				answer(w, nil, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// kept tells the audit log of a change over the control socket and how it ended, in the names of the admin API, and returns the end.
func (st *stores) kept(operation, target string, end error) error {
	info := &reqinfo.Info{Operation: operation, Target: target}
	iam.Machine.Describe(info)
	status := http.StatusOK
	if end != nil {
		status, info.Code = http.StatusBadRequest, fault.KindOf(end).String()
	}
	e := audit.From(info).Answered(info, status, true)
	e.Door = audit.DoorSocket
	if err := st.audit.Commit(e); err != nil {
		return err
	}
	return end
}
