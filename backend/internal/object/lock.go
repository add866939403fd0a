package object

import (
	"context"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// lockedText is what S3 says to whoever would delete or replace a locked version, or loosen its lock.
const lockedText = "Access Denied because object protected by object lock."

func locked() error { return fault.New("object.lock", fault.ObjectLocked, lockedText) }

// refuseLock refuses a lock for a version of a bucket that has no object lock, or one that has ended already. A bucket that has it keeps
// it, so that the commit need not look again.
func (s *Service) refuseLock(b *meta.Bucket, l meta.Lock) error {
	const op = "object.lock"
	switch {
	case l == meta.Lock{}:
		return nil
	case !b.Lock.Enabled:
		return fault.New(op, fault.InvalidRequest, "Bucket is missing Object Lock Configuration")
	case l.Mode != meta.LockNone && !l.Until.After(s.clock.Now()):
		return fault.New(op, fault.InvalidArgument, "The retain until date must be in the future!").
			With("ArgumentName", "x-amz-object-lock-retain-until-date").With("ArgumentValue", l.Until.UTC().Format(time.RFC3339))
	}
	return nil
}

// lockOf is the lock of a new version: what the request asks for, and the bucket's default retention where it asks for none.
func (t *turn) lockOf(asked meta.Lock) meta.Lock {
	if asked.Mode == meta.LockNone {
		hold := asked.Hold
		asked = t.bucket.Lock.Default(meta.OrderTime(t.now))
		asked.Hold = hold
	}
	return asked
}

// unlocked refuses to destroy a locked version; nil and markers are free.
func (t *turn) unlocked(v *meta.Version, bypass bool) error {
	if v == nil || v.Lock.Hold != meta.HoldOn && t.loose(&v.Lock, bypass) {
		return nil
	}
	return locked()
}

// loose reports whether the retention, if any, may be ended.
func (t *turn) loose(l *meta.Lock, bypass bool) bool {
	return l.Mode == meta.LockNone || !l.Until.After(meta.OrderTime(t.now)) || bypass && l.Mode == meta.LockGovernance
}

// SetRetention gives a version a retention, or with meta.LockNone none. One that is there may always be made longer; anything else ends
// it, which bypass allows for governance alone. Faults as for SetTags, InvalidRequest for a bucket without object lock, InvalidArgument
// for a date in the past, ObjectLocked.
func (s *Service) SetRetention(ctx context.Context, in VersionInput, mode meta.LockMode, until time.Time, bypass bool) (Written, error) {
	const op = "object.SetRetention"
	if mode != meta.LockNone {
		if err := s.refuseLock(in.Bucket, meta.Lock{Mode: mode, Until: until}); err != nil {
			return Written{}, failure(op, err)
		}
	}
	w, err := s.amend(ctx, in, func(t *turn, v *meta.Version) error {
		if longer := mode == v.Lock.Mode && !until.Before(v.Lock.Until); !longer && !t.loose(&v.Lock, bypass) {
			return locked()
		}
		v.Lock.Mode, v.Lock.Until = mode, until
		return nil
	})
	return w, failure(op, err)
}

// SetHold puts a version on legal hold or ends that. Faults as for SetTags, InvalidRequest for a bucket without object lock.
func (s *Service) SetHold(ctx context.Context, in VersionInput, hold meta.Hold) (Written, error) {
	const op = "object.SetHold"
	if err := s.refuseLock(in.Bucket, meta.Lock{Hold: hold}); err != nil {
		return Written{}, failure(op, err)
	}
	w, err := s.amend(ctx, in, func(_ *turn, v *meta.Version) error {
		v.Lock.Hold = hold
		return nil
	})
	return w, failure(op, err)
}
