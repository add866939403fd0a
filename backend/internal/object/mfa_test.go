package object

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// The record of the transaction decides over MFA delete, not the one that the caller has read.
func TestMFADelete(t *testing.T) {
	ctx := context.Background()
	l := newLab(t)
	b := *l.bucket
	b.Versioning = meta.VersioningEnabled
	l.writeBucket(&b)
	before := b
	id, second := l.put("key", []byte("content")).Version.ID(), l.put("key", []byte("more")).Version.ID()
	b.MFADelete = meta.MFADeleteEnabled
	l.writeBucket(&b)
	l.bucket = &before
	remove := func(id string, mfa bool) error {
		_, err := l.s.Delete(ctx, DeleteInput{Bucket: l.bucket, Key: "key", VersionID: id, Caller: testCaller, MFA: mfa})
		return err
	}
	l.wantKind(fault.AccessDenied, remove(id, false))
	l.wantKind(fault.AccessDenied, remove(second, false))
	got, err := l.s.DeleteBatch(ctx, l.bucket, testCaller, []BatchItem{{Key: "key", VersionID: id}, {Key: "other"}, {Key: "key", VersionID: second, MFA: true}})
	require.NoError(t, err)
	l.wantKind(fault.AccessDenied, got[0].Err)
	require.NoError(t, got[1].Err)
	require.NoError(t, got[2].Err)
	l.mustRead(l.in("key", id))
	require.NoError(t, remove("", false), "a marker hides and destroys nothing")
	l.mustRead(l.in("key", id))
	require.NoError(t, remove(id, true))
	_, _, err = l.read(l.in("key", id))
	l.wantKind(fault.NoSuchVersion, err)
}
