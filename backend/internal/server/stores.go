package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/myfsio/myfsio/backend/internal/admin"
	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/blob/diskblob"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
	"github.com/myfsio/myfsio/backend/internal/lifecycle"
	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/oidc"
	"github.com/myfsio/myfsio/backend/internal/outbound"
	"github.com/myfsio/myfsio/backend/internal/projection"
	"github.com/myfsio/myfsio/backend/internal/s3"
	"github.com/myfsio/myfsio/backend/internal/seal"
	"github.com/myfsio/myfsio/backend/internal/webui"
)

// stores is the embedded store with the services on it.
type stores struct {
	config   *config.Config
	report   *config.Report
	readOnly bool

	lock    *storeLock
	kv      *pebblekv.Store
	blobs   *diskblob.Store
	box     *seal.Box
	iam     *iam.Service
	buckets *bucket.Service
	objects *object.Service
	audit   *audit.Log
	rules   *lifecycle.Service
	admin   *admin.API
	limits  *limit.Limits
	oidc    *oidc.Providers
	cert    *certificate // nil without TLS
	control *control

	clock    clock.System
	idents   *ident.Source
	first    iam.FirstAdmin
	stopping atomic.Bool
}

// open takes the store's lock and opens everything under it, in an order that close reverses.
func (s *process) open(ctx context.Context, wait *gate) (_ *stores, err error) {
	st := &stores{config: s.Config, report: s.Report, readOnly: s.ReadOnly, cert: s.cert}
	st.idents = ident.NewSource(st.clock, rand.Reader)
	dir := filepath.Join(s.Config.StorageRoot, SystemDir)
	defer func() {
		if err != nil {
			err = errors.Join(err, st.close(s.log))
		}
	}()
	if s.ReadOnly {
		if _, err := os.Stat(filepath.Join(dir, "meta")); err != nil {
			return nil, fmt.Errorf("--read-only needs a store that is there already: %w", err)
		}
	}
	for _, sub := range []string{"", "config", "meta", "blobs", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("storage root: %w", err)
		}
	}
	st.lock, err = lockStore(ctx, dir, func(pid string) {
		wait.say("waiting", "process "+pid+" owns the store; this one takes over when that has stopped")
		s.log.Warn("another process owns the store; waiting until it stops", "pid", pid, "storage", s.Config.StorageRoot)
		if s.Terminal != nil {
			fmt.Fprintf(s.Terminal, "The store %s belongs to process %s. Waiting until that one stops (Ctrl-C to give up).\n", s.Config.StorageRoot, pid)
		}
	})
	if err != nil {
		return nil, err
	}
	wait.say("starting", "the store is being opened")
	if st.kv, err = pebblekv.Open(filepath.Join(dir, "meta"), pebblekv.Options{Logger: s.log, ReadOnly: s.ReadOnly, Ballast: true}); err != nil {
		return nil, fmt.Errorf("metadata store: %w", err)
	}
	if st.blobs, err = diskblob.Open(filepath.Join(dir, "blobs"), diskblob.Options{ReadOnly: s.ReadOnly}); err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	if err := st.services(ctx, s.log, dir); err != nil {
		return nil, err
	}
	return st, nil
}

// services builds what stands on the engines.
func (st *stores) services(ctx context.Context, log *slog.Logger, dir string) (err error) {
	c := st.config
	users, err := hasUsers(ctx, st.kv)
	if err != nil {
		return err
	}
	if st.box, err = seal.Open(filepath.Join(dir, "config"), c.SecretKey, seal.Options{Existing: users}); err != nil {
		return err
	}
	var authorities []byte
	if c.OutboundCAFile != "" {
		if authorities, err = os.ReadFile(c.OutboundCAFile); err != nil {
			return fmt.Errorf("OUTBOUND_CA_FILE: %w", err)
		}
	}
	guard, err := outbound.New(c.OutboundAllow, authorities)
	if err != nil {
		return err
	}
	st.oidc = oidc.New(guard, st.clock)
	if st.iam, err = iam.New(iam.Deps{
		OIDC: st.oidc, Store: st.kv, Box: st.box, Clock: st.clock, Idents: st.idents, Logger: log, IAMConfig: c.IAMConfig, ReadOnly: st.readOnly,
		AdminAccessKey: c.AdminAccessKey, AdminSecretKey: c.AdminSecretKey, MaxAttempts: c.AuthMaxAttempts, Lockout: c.AuthLockout,
	}); err != nil {
		return err
	}
	if st.first, err = st.iam.Bootstrap(ctx, c.Loopback()); err != nil {
		return err
	}
	ownership, _ := meta.ParseOwnership(c.ObjectOwnership) // one of the three: config has checked it
	st.buckets = bucket.New(bucket.Deps{
		KV: st.kv, Clock: st.clock, Idents: st.idents, Region: c.Region, Ownership: ownership, ReadOnly: st.readOnly,
		Logger: log, PolicyFile: c.BucketPolicyPath, Principals: st.iam.PrincipalsExist,
	})
	if err = st.buckets.File.Start(ctx); err != nil {
		return err
	}
	inline := c.InlineMaxBytes
	if inline == 0 {
		inline = -1
	}
	if st.objects, err = object.Open(ctx, object.Deps{
		KV: st.kv, Blobs: st.blobs, Clock: st.clock, Idents: st.idents, Logger: log,
		InlineMax: inline, MinPartSize: c.MultipartMinPartSize, BatchMax: c.BulkDeleteMaxKeys, ReadOnly: st.readOnly,
	}); err != nil {
		return err
	}
	st.rules = lifecycle.New(lifecycle.Deps{
		Calendar: lifecycle.Calendar{Day: c.LifecycleDay}, Interval: c.LifecycleInterval,
		KV: st.kv, Buckets: st.buckets, Objects: st.objects, Clock: st.clock, Logger: log,
	})
	if st.audit, err = audit.Open(ctx, audit.Options{
		Path: filepath.Join(dir, audit.Dir), KV: st.kv, Clock: st.clock, Logger: log, Level: c.AuditLog, ReadOnly: st.readOnly,
		MaxBytes: c.AuditMaxBytes, Keep: c.AuditRetention, KeepBytes: c.AuditRetentionSize,
	}); err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	if st.limits, err = limit.New(c, log); err != nil {
		return err
	}
	// Opening the sealing key takes memory that nothing needs again.
	debug.FreeOSMemory()
	return nil
}

func hasUsers(ctx context.Context, store kv.Store) (found bool, err error) {
	err = store.View(ctx, func(r kv.Reader) error {
		it := r.Iter(meta.Users())
		found = it.Next()
		return it.Close()
	})
	return found, err
}

// serve puts the handlers behind the listeners and opens the control socket.
func (st *stores) serve(_ context.Context, s *process, s3l, console *listener) (err error) {
	c := st.config
	var day time.Duration
	if c.LifecycleEnabled {
		day = c.LifecycleDay
	}
	wire := s3.New(s3.Deps{
		Config: s3.Config{
			Region: c.Region, Service: c.Service, Domains: c.S3Domains, WebsiteDomain: c.WebsiteDomain, APIBaseURL: c.APIBaseURL, UIBaseURL: c.UIBaseURL,
			TrustedProxies: c.TrustedProxies,
			LifecycleDay:   day, AuthHeaders: c.AuthHeaders, SigV2: c.SigV2, MaxUpload: c.MaxUploadSize, BulkDeleteMax: c.BulkDeleteMaxKeys,
			CORS: s3.CORS{Origins: c.CORSOrigins, Methods: c.CORSMethods, AllowHeaders: c.CORSAllowHeaders, ExposeHeaders: c.CORSExposeHeaders},
		},
		Buckets: st.buckets, Objects: st.objects, IAM: st.iam, Limits: st.limits, Clock: st.clock, Idents: st.idents, Logger: s.log,
		Audit: st.audit,
	})
	if st.admin, err = admin.New(admin.Deps{
		IAM: st.iam, Buckets: st.buckets, Objects: st.objects, Lifecycle: st.rules, Audit: st.audit, OIDC: st.oidc, KV: st.kv, Seal: st.box, Clock: st.clock, Idents: st.idents, Logger: s.log,
		Config: c, Report: st.report, Limits: st.limits, S3Port: s3l.port(), ReadOnly: st.readOnly, Alone: true,
		TempDir: filepath.Join(c.StorageRoot, SystemDir, "tmp"), Health: st.health, Space: st.blobs.Space, Compatibility: compatibility, Documents: wire.Document,
	}); err != nil {
		return err
	}
	if !st.readOnly {
		if st.control, err = openControl(ControlSocket(c.StorageRoot), st, s.log); err != nil {
			return err
		}
	}
	if console != nil {
		ui := chi.NewRouter()
		st.admin.Mount(ui, admin.Console)
		origin := func(r *http.Request) string { return st.admin.Endpoint(admin.Console, r) }
		webui.New(webui.Options{Origin: origin, Allow: st.admin.AllowHost}).Mount(ui)
		console.set(strictTransport(c, ui))
	}
	api := chi.NewRouter()
	st.admin.Mount(api, admin.S3)
	// This port is the last one, so that who has heard from it that the server is well finds all of it.
	s3l.set(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The admin API is there only when the Host names no bucket.
		if admin.Owns(r.URL.EscapedPath()) && !wire.NamesBucket(r) {
			api.ServeHTTP(w, r)
			return
		}
		wire.ServeHTTP(w, r)
	}))
	return nil
}

// health is what administrators see behind /myfsio/health.
func (st *stores) health(context.Context) admin.HealthReport {
	h := admin.HealthReport{Status: "ok"}
	note := func(name, state, text string) {
		h.Checks = append(h.Checks, admin.HealthCheck{Name: name, State: state, Text: text})
		if state != "ok" {
			h.Status = "degraded"
		}
	}
	if err := st.blobs.Poisoned(); err != nil {
		note("blobs", "failed", "writes are stopped until a restart: "+err.Error())
	} else {
		note("blobs", "ok", "")
	}
	switch space, err := st.blobs.Space(); {
	case err != nil:
		note("space", "failed", err.Error())
	case space.Free <= space.Reserve:
		note("space", "degraded", fmt.Sprintf("%d of %d bytes are free, which is the reserve: writes are refused", space.Free, space.Total))
	default:
		note("space", "ok", fmt.Sprintf("%d of %d bytes are free, %d are kept in reserve", space.Free, space.Total, space.Reserve))
	}
	for _, file := range []struct {
		name string
		*projection.File
	}{{"iam.json", st.iam.File}, {"bucket_policies.json", st.buckets.File}} {
		if f := file.Health(); !f.OK {
			note(file.name, "degraded", f.Problem)
		} else {
			note(file.name, "ok", "")
		}
	}
	if st.limits.Away() {
		note("limits", "degraded", "the store of RATE_LIMIT_STORAGE_URI does not answer: this server counts requests for itself")
	}
	if st.cert != nil {
		state, text := st.cert.health(st.clock.Now())
		note("tls", state, text)
	}
	if err := st.audit.Health(); err != nil {
		note("audit log", "degraded", err.Error())
	} else {
		note("audit log", "ok", "")
	}
	if st.stopping.Load() {
		h.Status = "stopping"
	}
	return h
}

// background runs the work that belongs to no request, until ctx ends.
func (st *stores) background(ctx context.Context, log *slog.Logger) *sync.WaitGroup {
	var wg sync.WaitGroup
	if st.readOnly {
		return &wg
	}
	run := func(name string, fn func(context.Context) error) {
		wg.Go(func() {
			if err := fn(ctx); err != nil && ctx.Err() == nil {
				log.Error("background work ended", "work", name, "error", err)
			}
		})
	}
	run("users file", st.iam.File.Run)
	run("bucket policies file", st.buckets.File.Run)
	run("last uses of keys", st.iam.WriteUses)
	run("jobs", st.admin.Run)
	if st.config.LifecycleEnabled {
		run("lifecycle rules", st.rules.Run)
	}
	run("collector", func(ctx context.Context) error { return st.collect(ctx, log) })
	return &wg
}

// collect deletes garbage: at once while there is some, else every few seconds.
func (st *stores) collect(ctx context.Context, log *slog.Logger) error {
	const step, idle = 1000, 5 * time.Second
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		done, err := st.objects.Collect(ctx, st.clock.Now(), step)
		if err != nil && ctx.Err() == nil {
			log.Warn("collecting garbage; it is tried again", "error", err)
		}
		wait := idle
		if done > 0 && err == nil {
			wait = 10 * time.Millisecond
		}
		timer.Reset(wait)
	}
}

// close stops what open and serve started, in reverse order. It goes on after an error.
func (st *stores) close(log *slog.Logger) error {
	var errs []error
	if st.control != nil {
		errs = append(errs, st.control.close())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if st.objects != nil {
		if err := st.objects.Close(ctx); err != nil {
			log.Warn("the epoch could not be ended; the next start looks for leftovers", "error", err)
		}
	}
	if st.audit != nil {
		errs = append(errs, st.audit.Close())
	}
	if st.kv != nil {
		errs = append(errs, st.kv.Close())
	}
	if st.blobs != nil {
		errs = append(errs, st.blobs.Close())
	}
	errs = append(errs, st.limits.Close())
	if st.lock != nil {
		errs = append(errs, st.lock.release())
	}
	return errors.Join(errs...)
}

// compatibility tells the admin API what the S3 port supports.
func compatibility() (ops []admin.S3Operation, headers []admin.S3Header) {
	for _, o := range s3.Matrix() {
		ops = append(ops, admin.S3Operation{Name: o.Name, Built: o.Built, Methods: o.Methods, Actions: append([]string{}, o.Actions...)})
	}
	for _, h := range s3.Unbuilt() {
		headers = append(headers, admin.S3Header{Name: h.Name, Pass: append([]string{}, h.Pass...)})
	}
	return ops, headers
}
