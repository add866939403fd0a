package admin

import (
	"context"
	"time"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// refresh looks up who the job is for and what it is about, anew for each step: rights that were taken away end it.
func (w *worker) refresh(ctx context.Context) (err error) {
	const op = "admin.job"
	id, err := w.a.IAM.Identity(ctx, w.j.userID)
	if err != nil {
		if fault.Is(err, fault.NoSuchUser) {
			return fault.New(op, fault.AccessDenied, "The user who started the job is gone.")
		}
		return err
	}
	w.who = w.a.asker(id, w.j.remote, access.Circumstances{Time: w.a.Clock.Now(), Region: w.a.Config.Region, Secure: w.j.secure})
	same := func(name, id string) (*meta.Bucket, error) {
		b, err := w.a.Buckets.Get(ctx, name)
		if err == nil && b.ID.String() != id {
			err = fault.New(op, fault.NoSuchBucket, "The bucket was deleted and made anew.")
		}
		return b, err
	}
	if w.from, err = same(w.j.bucket, w.j.bucketID); err != nil {
		return err
	}
	if w.j.target != "" {
		w.to, err = same(w.j.target, w.j.targetID)
	}
	return err
}

// permit checks what one key needs. It returns the guard of the object that is read; nil for none.
func (w *worker) permit(ctx context.Context, needs ...need) (guard *access.Guard, err error) {
	for _, n := range needs {
		b := w.from
		if w.to != nil && n.bucket == w.to.Name {
			b = w.to
		}
		g, err := w.a.permit(ctx, w.who, b, n)
		if err != nil {
			return nil, w.a.refused(nil, err)
		}
		if g != nil {
			guard = g
		}
	}
	return guard, nil
}

func (w *worker) do(ctx context.Context) error {
	if w.j.state == jobCounting {
		if err := w.count(ctx); err != nil {
			return err
		}
	}
	for int(w.j.keysDone) < len(w.work.keys) {
		keys := w.work.keys[w.j.keysDone:]
		keys = keys[:min(jobStep, len(keys))]
		if err := w.step(ctx, keys, func() { w.j.keysDone += int64(len(keys)) }); err != nil {
			return err
		}
	}
	for int(w.j.prefixesDone) < len(w.work.prefixes) {
		if err := w.walk(ctx, w.work.prefixes[w.j.prefixesDone]); err != nil {
			return err
		}
	}
	return nil
}

// list reads a page of a prefix with the rights of the job's user.
func (w *worker) list(ctx context.Context, prefix, after string, limit int) (page object.Page, err error) {
	err = w.again(ctx, func() error {
		if err := w.refresh(ctx); err != nil {
			return err
		}
		if _, err := w.permit(ctx, onListing("s3:ListBucket", w.from.Name, prefix, "", limit)); err != nil {
			return err
		}
		page, err = w.a.Objects.List(ctx, object.Listing{Bucket: w.from, Prefix: prefix, After: after, Max: limit})
		return err
	})
	return page, err
}

// count finds out how much there is to do.
func (w *worker) count(ctx context.Context) error {
	w.mu.Lock()
	w.j.total = int64(len(w.work.keys))
	w.mu.Unlock()
	for _, prefix := range w.work.prefixes {
		after := ""
		for {
			page, err := w.list(ctx, prefix, after, step)
			if err != nil {
				return err
			}
			w.mu.Lock()
			w.j.total += int64(len(page.Objects))
			w.mu.Unlock()
			if !page.Truncated {
				break
			}
			after = page.Next
			if err := w.save(ctx, nil); err != nil {
				return err
			}
		}
	}
	w.mu.Lock()
	w.j.state = jobRunning
	w.mu.Unlock()
	return w.save(ctx, nil)
}

// walk does one prefix.
func (w *worker) walk(ctx context.Context, prefix string) error {
	for {
		page, err := w.list(ctx, prefix, w.j.after, jobStep)
		if err != nil {
			return err
		}
		keys := make([]string, len(page.Objects))
		for i, v := range page.Objects {
			keys[i] = v.Key
		}
		err = w.step(ctx, keys, func() {
			if w.j.after = page.Next; !page.Truncated {
				w.j.after, w.j.prefixesDone = "", w.j.prefixesDone+1
			}
		})
		if err != nil || !page.Truncated {
			return err
		}
	}
}

// outcome is what became of one key.
type outcome struct {
	bytes int64
	err   error
}

// step does some keys and saves that they are done.
func (w *worker) step(ctx context.Context, keys []string, advance func()) error {
	var results []outcome
	err := w.again(ctx, func() error {
		if err := w.refresh(ctx); err != nil {
			return err
		}
		var err error
		if w.j.kind == "delete" {
			results, err = w.remove(ctx, keys)
		} else {
			results, err = w.copy(ctx, keys)
		}
		return err
	})
	if err != nil {
		return err
	}
	w.keep(keys, results)
	w.mu.Lock()
	for i, r := range results {
		w.j.done++
		if r.err == nil {
			w.j.bytes += r.bytes
			continue
		}
		w.j.failed++
		if len(w.j.errors) < jobErrors {
			p := problem(&reqinfo.Info{}, r.err)
			w.j.errors = append(w.j.errors, JobError{Key: keys[i], Code: p.Code, Message: p.Detail})
		}
	}
	advance()
	w.mu.Unlock()
	return w.save(ctx, nil)
}

// keep tells the audit log what became of keys.
func (w *worker) keep(keys []string, results []outcome) {
	operation := "createBulkCopy"
	if w.j.kind == "delete" {
		operation = "createBulkDelete"
	}
	for i, r := range results {
		w.a.keepKey(w.who.ID, &audit.Entry{Door: audit.DoorJob, Operation: operation, Target: w.j.id, Bucket: w.from.Name, Key: keys[i], Address: w.j.remote}, r.err)
	}
}

// transient reports whether the same may succeed in a moment.
func transient(err error) bool {
	k := fault.KindOf(err)
	return k == fault.Busy || k == fault.Unavailable
}

// fatal reports whether an error is not about the one key: trying the others would only fail as well.
func fatal(ctx context.Context, err error) bool {
	switch fault.KindOf(err) {
	case fault.StorageFull, fault.ReadOnly, fault.Busy, fault.Unavailable, fault.NoSuchBucket:
		return true
	}
	return ctx.Err() != nil
}

// again runs fn until it does not fail for a passing reason, a few times.
func (w *worker) again(ctx context.Context, fn func() error) error {
	wait := 100 * time.Millisecond
	for i := 0; ; i++ {
		err := fn()
		if err == nil || ctx.Err() != nil || !transient(err) || i == jobRetries {
			return err
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
		wait *= 3
	}
}

// remove deletes some keys. One that is gone is done: in a bucket with versioning another delete marker would only be noise.
func (w *worker) remove(ctx context.Context, keys []string) ([]outcome, error) {
	out := make([]outcome, len(keys))
	var batch []object.BatchItem
	var at []int
	for i, key := range keys {
		if _, out[i].err = w.permit(ctx, onObject("s3:DeleteObject", w.from.Name, key)); out[i].err != nil {
			continue
		}
		got, err := w.a.Objects.Get(ctx, object.GetInput{Bucket: w.from, Key: key, HeadOnly: true})
		switch {
		case fault.Is(err, fault.NoSuchKey), fault.Is(err, fault.DeleteMarker):
			continue
		case err != nil && fatal(ctx, err):
			return nil, err
		case err != nil:
			out[i].err = err
			continue
		}
		out[i].bytes = got.Version.Size
		batch, at = append(batch, object.BatchItem{Key: key}), append(at, i)
	}
	if len(batch) == 0 {
		return out, nil
	}
	done, err := w.a.Objects.DeleteBatch(ctx, w.from, callerOf(w.who.ID), batch)
	if err != nil {
		return nil, err
	}
	for n, d := range done {
		if d.Err != nil && fatal(ctx, d.Err) {
			return nil, d.Err
		}
		out[at[n]].err = d.Err
	}
	return out, nil
}

// copy copies or moves some keys. After a stop the last step is done again: a source that is gone was moved; a target that was not to be
// overwritten and is there by now is told as a failure, which is the safe way to be wrong.
func (w *worker) copy(ctx context.Context, keys []string) ([]outcome, error) {
	out := make([]outcome, len(keys))
	for i, key := range keys {
		target, _ := place(w.j.base, w.j.put, key)
		needs := onCopy(w.from.Name, key, "", w.to.Name, target, !w.j.overs)
		if w.j.kind == "move" {
			needs = append(needs, onObject("s3:DeleteObject", w.from.Name, key))
		}
		guard, err := w.permit(ctx, needs...)
		if err != nil {
			out[i].err = err
			continue
		}
		one := copying{who: w.who, guard: guard, from: w.from, to: w.to, key: key, target: target, overwrite: w.j.overs}
		var got object.Written
		if w.j.kind == "move" {
			got, err = w.a.moveOne(ctx, one)
		} else {
			_, got, err = w.a.copyOne(ctx, one)
		}
		switch {
		case w.j.kind == "move" && fault.Is(err, fault.NoSuchKey):
			continue // it went in the step that a stop cut off
		case err != nil && fatal(ctx, err):
			return nil, err
		case err != nil:
			out[i].err = w.a.refused(nil, err)
		default:
			out[i].bytes = got.Version.Size
		}
	}
	return out, nil
}
