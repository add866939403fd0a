package admin

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// A job has up to three rows: x/job/<id> says what it is and how far it is, x/jobitems/<id> what it works on, x/jobopen/<id> that it is not
// finished. All three are made in one transaction, and the latter two go in the one that finishes it.
const (
	jobRows     = "job/"
	jobItems    = "jobitems/"
	jobOpen     = "jobopen/"
	jobErrors   = 100                // failures that are kept
	jobKeep     = 7 * 24 * time.Hour // of finished jobs
	jobUserOpen = 20                 // unfinished jobs of one user
)

// States of a record. What clients see besides (interrupted) follows from who owns it.
const (
	jobCounting = "counting"
	jobRunning  = "running"
	jobDone     = "done"
	jobFailed   = "failed"
	jobCanceled = "canceled"
)

// jobRecord is x/job/<id>. Owner and fence say which process works on it: every write of a worker checks them in its transaction, so that
// of two only one goes on.
type jobRecord struct {
	id       string
	kind     string // delete, copy, move
	state    string
	bucket   string
	bucketID string // another bucket of the same name is none of this job's business
	target   string // bucket
	targetID string
	base     string
	put      string // prefix of targets
	overs    bool   // overwrite

	userID, user  string
	account       string
	remote        string // address and scheme of who started it, for conditions of policies
	secure        bool
	owner         string
	fence, beat   int64
	total, done   int64
	failed, bytes int64
	worked        time.Duration
	created       time.Time
	started       time.Time
	finished      time.Time
	message       string
	errors        []JobError

	// How far it is: so many of the keys, then so many of the prefixes, and within the next one up to this key.
	keysDone, prefixesDone int64
	after                  string
}

func (j *jobRecord) finishedState() bool {
	return j.state == jobDone || j.state == jobFailed || j.state == jobCanceled
}

func (j *jobRecord) encode() []byte {
	e := newRecord()
	for i, s := range []string{j.kind, j.state, j.bucket, j.bucketID, j.target, j.targetID, j.base, j.put, j.userID, j.user, j.account, j.remote, j.owner, j.message, j.after} {
		e.str(1+i, s)
	}
	for i, n := range []int64{j.fence, j.beat, j.total, j.done, j.failed, j.bytes, int64(j.worked), j.keysDone, j.prefixesDone} {
		e.int(20+i, n)
	}
	e.bool(40, j.overs)
	e.bool(41, j.secure)
	e.time(42, j.created)
	e.time(43, j.started)
	e.time(44, j.finished)
	for _, f := range j.errors {
		in := &encoder{}
		in.str(1, f.Key)
		in.str(2, f.Code)
		in.str(3, f.Message)
		e.item(50, string(in.b))
	}
	return e.b
}

func decodeJob(id string, raw []byte) (*jobRecord, error) {
	j := &jobRecord{id: id}
	texts := []*string{&j.kind, &j.state, &j.bucket, &j.bucketID, &j.target, &j.targetID, &j.base, &j.put, &j.userID, &j.user, &j.account, &j.remote, &j.owner, &j.message, &j.after}
	numbers := []*int64{&j.fence, &j.beat, &j.total, &j.done, &j.failed, &j.bytes, (*int64)(&j.worked), &j.keysDone, &j.prefixesDone}
	return j, readRecord(raw, func(f recordField) error {
		switch n := f.n; {
		case n >= 1 && n <= len(texts):
			*texts[n-1] = f.text
		case n >= 20 && n < 20+len(numbers):
			*numbers[n-20] = f.num
		case n == 40:
			j.overs = f.num != 0
		case n == 41:
			j.secure = f.num != 0
		case n == 42:
			j.created = f.time()
		case n == 43:
			j.started = f.time()
		case n == 44:
			j.finished = f.time()
		case n == 50:
			var e JobError
			err := readFields([]byte(f.text), func(f recordField) error {
				switch f.n {
				case 1:
					e.Key = f.text
				case 2:
					e.Code = f.text
				case 3:
					e.Message = f.text
				}
				return nil
			})
			j.errors = append(j.errors, e)
			return err
		}
		return nil
	})
}

// items are what a job works on.
type items struct{ keys, prefixes []string }

func (i *items) encode() []byte {
	e := newRecord()
	for _, k := range i.keys {
		e.item(1, k)
	}
	for _, p := range i.prefixes {
		e.item(2, p)
	}
	return e.b
}

func decodeItems(raw []byte) (*items, error) {
	out := &items{}
	return out, readRecord(raw, func(f recordField) error {
		switch f.n {
		case 1:
			out.keys = append(out.keys, f.text)
		case 2:
			out.prefixes = append(out.prefixes, f.text)
		}
		return nil
	})
}

// tidy sorts the items, and takes out what is named twice or lies below a prefix that is named as well.
func (i *items) tidy() {
	slices.Sort(i.prefixes)
	var prefixes []string
	for _, p := range i.prefixes {
		if n := len(prefixes); n == 0 || !strings.HasPrefix(p, prefixes[n-1]) {
			prefixes = append(prefixes, p)
		}
	}
	i.prefixes = prefixes
	slices.Sort(i.keys)
	i.keys = slices.DeleteFunc(slices.Compact(i.keys), func(k string) bool {
		at, found := slices.BinarySearch(prefixes, k)
		return found || at > 0 && strings.HasPrefix(k, prefixes[at-1])
	})
}

func jobKey(kind, id string) []byte { return meta.SystemKey(kind + id) }

func getJob(r kv.Reader, id string) (*jobRecord, error) {
	raw, err := r.Get(jobKey(jobRows, id))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, fault.New("admin.job", fault.NotFound, "There is no such job.").With(detailCode, "NoSuchJob")
	}
	if err != nil {
		return nil, err
	}
	return decodeJob(id, raw)
}

// newJobID sorts by time.
func (s *jobs) newJobID() string {
	var tail [8]byte
	s.a.Idents.Fill(tail[:])
	return fmt.Sprintf("%016x", s.a.Clock.Now().UnixNano()) + hex.EncodeToString(tail[:])
}

// create stores a job and has it started.
func (s *jobs) create(ctx context.Context, j *jobRecord, work *items) error {
	const op = "admin.createJob"
	j.id, j.created, j.state = s.newJobID(), s.a.Clock.Now(), jobCounting
	list := work.encode()
	if len(list) > kv.MaxValue {
		return fault.New(op, fault.EntityTooLarge, "These are too many keys for one job.")
	}
	err := s.a.KV.Update(ctx, func(tx kv.Txn) error {
		open := 0
		unfinished, err := openJobs(tx)
		if err != nil {
			return err
		}
		for _, id := range unfinished {
			other, err := getJob(tx, id)
			if err == nil && other.userID == j.userID && id != j.id {
				open++
			}
		}
		if open >= jobUserOpen {
			return fault.New(op, fault.Busy, "You have too many unfinished jobs. Wait for one to end, or cancel one.")
		}
		if err := s.forget(tx); err != nil {
			return err
		}
		return errors.Join(tx.Set(jobKey(jobRows, j.id), j.encode()), tx.Set(jobKey(jobItems, j.id), list), tx.Set(jobKey(jobOpen, j.id), []byte{recordFormat}))
	})
	if err != nil {
		return bucket.Fault(op, err)
	}
	s.poke()
	return nil
}

// openJobs lists the unfinished jobs, oldest first.
func openJobs(r kv.Reader) (ids []string, err error) {
	rng := kv.Prefix(meta.SystemKey(jobOpen))
	rng.KeysOnly = true
	it := r.Iter(rng)
	for it.Next() {
		ids = append(ids, string(it.Key()[len(meta.SystemKey(jobOpen)):]))
	}
	return ids, it.Close()
}

// forget removes finished jobs that are old.
func (s *jobs) forget(tx kv.Txn) error {
	before := fmt.Sprintf("%016x", s.a.Clock.Now().Add(-jobKeep).UnixNano())
	var old []string
	it := tx.Iter(kv.Range{Start: meta.SystemKey(jobRows), End: meta.SystemKey(jobRows + before)})
	for len(old) < sweepRows && it.Next() {
		id := string(it.Key()[len(meta.SystemKey(jobRows)):])
		if j, err := decodeJob(id, it.Value()); err != nil || j.finishedState() {
			old = append(old, id)
		}
	}
	if err := it.Close(); err != nil {
		return err
	}
	for _, id := range old {
		if err := tx.Delete(jobKey(jobRows, id)); err != nil {
			return err
		}
	}
	return nil
}

// finish ends a job within a transaction.
func finish(tx kv.Txn, j *jobRecord, state, message string, now time.Time) error {
	j.state, j.message, j.finished, j.owner = state, message, now, ""
	return errors.Join(tx.Set(jobKey(jobRows, j.id), j.encode()), tx.Delete(jobKey(jobItems, j.id)), tx.Delete(jobKey(jobOpen, j.id)))
}

// show is the job as clients see it.
func (s *jobs) show(j *jobRecord) Job {
	out := Job{
		ID: j.id, Kind: j.kind, State: j.state, Bucket: j.bucket, User: j.user, Total: max(j.total, j.done), Done: j.done, Failed: j.failed, Bytes: j.bytes,
		Created: j.created, Message: j.message, Errors: append([]JobError{}, j.errors...),
	}
	if j.kind != "delete" {
		out.Target = j.target + "/" + j.put
	}
	if !j.started.IsZero() {
		out.Started = &j.started
	}
	if !j.finished.IsZero() {
		out.Finished = &j.finished
	}
	if j.worked > 0 {
		out.Rate = float64(j.done) / j.worked.Seconds()
	}
	if !j.finishedState() && !j.started.IsZero() && (j.owner == "" || s.a.Alone && j.owner != s.node) {
		out.State = "interrupted"
	}
	return out
}

func (in *bulkDeleteInput) needs() []need {
	b := in.Body
	var list []need
	for _, p := range b.Prefixes {
		list = append(list, onListing("s3:ListBucket", b.Bucket, p, "", step), need{action: "s3:DeleteObject", bucket: b.Bucket, key: p, below: true})
	}
	for _, k := range b.Keys {
		list = append(list, onObject("s3:DeleteObject", b.Bucket, k))
	}
	return list
}

func (a *API) createBulkDelete(ctx context.Context, c *call, in *bulkDeleteInput) (*output[Job], error) {
	b := c.buckets[in.Body.Bucket]
	j := a.newJob(c, "delete", b)
	return a.startJob(ctx, j, &items{keys: in.Body.Keys, prefixes: in.Body.Prefixes})
}

func (a *API) newJob(c *call, kind string, b *meta.Bucket) *jobRecord {
	return &jobRecord{
		kind: kind, bucket: b.Name, bucketID: b.ID.String(), userID: c.id.UserID, user: c.id.Name, account: c.id.Account, remote: c.remote(),
		secure: c.peer.Secure,
	}
}

func (a *API) startJob(ctx context.Context, j *jobRecord, work *items) (*output[Job], error) {
	work.tidy()
	if err := a.jobs.create(ctx, j, work); err != nil {
		return nil, err
	}
	reqinfo.From(ctx).Target = j.id
	return answer(a.jobs.show(j)), nil
}

func (in *bulkCopyInput) to() string {
	if in.Body.TargetBucket != "" {
		return in.Body.TargetBucket
	}
	return in.Body.Bucket
}

// place is the target of a key or prefix; false when it does not begin with the base.
func place(base, put, key string) (string, bool) {
	rest, ok := strings.CutPrefix(key, base)
	return put + rest, ok
}

func (in *bulkCopyInput) needs() []need {
	b := in.Body
	var list []need
	each := func(key string, below bool) {
		target, _ := place(b.Base, b.TargetPrefix, key)
		needs := onCopy(b.Bucket, key, "", in.to(), target, !b.Overwrite)
		if b.Move {
			needs = append(needs, onObject("s3:DeleteObject", b.Bucket, key))
		}
		for _, n := range needs {
			n.turn, n.below = true, below
			list = append(list, n)
		}
	}
	for _, p := range b.Prefixes {
		list = append(list, onListing("s3:ListBucket", b.Bucket, p, "", step))
		each(p, true)
	}
	for _, k := range b.Keys {
		each(k, false)
	}
	return list
}

func (a *API) createBulkCopy(ctx context.Context, c *call, in *bulkCopyInput) (*output[Job], error) {
	const op = "admin.createBulkCopy"
	b := in.Body
	from, to := c.buckets[b.Bucket], c.buckets[in.to()]
	same := from.ID == to.ID
	for _, key := range slices.Concat(b.Prefixes, b.Keys) {
		target, ok := place(b.Base, b.TargetPrefix, key)
		switch {
		case !ok:
			return nil, fault.New(op, fault.InvalidArgument, "A key does not begin with the base.")
		case same && target == key:
			return nil, fault.New(op, fault.InvalidRequest, "Source and target are the same.")
		}
	}
	for _, p := range b.Prefixes {
		// The walk over the prefix would come upon its own copies.
		if target, _ := place(b.Base, b.TargetPrefix, p); same && strings.HasPrefix(target, p) {
			return nil, fault.New(op, fault.InvalidRequest, "The target lies within the source.")
		}
	}
	kind := "copy"
	if b.Move {
		kind = "move"
	}
	j := a.newJob(c, kind, from)
	j.target, j.targetID, j.base, j.put, j.overs = to.Name, to.ID.String(), b.Base, b.TargetPrefix, b.Overwrite
	return a.startJob(ctx, j, &items{keys: b.Keys, prefixes: b.Prefixes})
}

const listedJobs = 200

func (a *API) listJobs(ctx context.Context, c *call, _ *noInput) (*output[JobList], error) {
	everybody := a.IAM.AuthorizeAdmin(c.id, "myfsio:ListJobs").Allowed
	var found []*jobRecord
	err := a.KV.View(ctx, func(r kv.Reader) error {
		found = nil
		it := r.Iter(kv.Prefix(meta.SystemKey(jobRows)))
		for it.Next() {
			j, err := decodeJob(string(it.Key()[len(meta.SystemKey(jobRows)):]), it.Value())
			if err != nil {
				return errors.Join(err, it.Close())
			}
			if everybody || j.userID == c.id.UserID {
				if found = append(found, j); len(found) > listedJobs {
					found = found[1:]
				}
			}
		}
		return it.Close()
	})
	if err != nil {
		return nil, bucket.Fault("admin.listJobs", err)
	}
	out := JobList{Jobs: []Job{}}
	for _, j := range slices.Backward(found) {
		out.Jobs = append(out.Jobs, a.jobs.show(j))
	}
	return answer(out), nil
}

// mine refuses a job of somebody else, as if it did not exist.
func (a *API) mine(c *call, j *jobRecord, action string) error {
	if j.userID == c.id.UserID || a.IAM.AuthorizeAdmin(c.id, action).Allowed {
		return nil
	}
	return fault.New("admin.job", fault.NotFound, "There is no such job.").With(detailCode, "NoSuchJob")
}

func (a *API) getJob(ctx context.Context, c *call, in *jobInput) (*output[Job], error) {
	var j *jobRecord
	err := a.KV.View(ctx, func(r kv.Reader) (err error) {
		j, err = getJob(r, in.ID)
		return err
	})
	if err != nil {
		return nil, bucket.Fault("admin.getJob", err)
	}
	if err := a.mine(c, j, "myfsio:ListJobs"); err != nil {
		return nil, err
	}
	return answer(a.jobs.show(j)), nil
}

func (a *API) cancelJob(ctx context.Context, c *call, in *jobInput) (*output[Job], error) {
	var j *jobRecord
	err := a.KV.Update(ctx, func(tx kv.Txn) (err error) {
		if j, err = getJob(tx, in.ID); err != nil {
			return err
		}
		if err := a.mine(c, j, "myfsio:CancelJob"); err != nil {
			return err
		}
		if j.finishedState() {
			return tx.Delete(jobKey(jobRows, j.id))
		}
		return finish(tx, j, jobCanceled, "", a.Clock.Now())
	})
	if err != nil {
		return nil, bucket.Fault("admin.cancelJob", err)
	}
	a.jobs.stop(j.id)
	return answer(a.jobs.show(j)), nil
}
