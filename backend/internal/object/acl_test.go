package object

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// An ACL is set on the version that was looked at, or not at all; and a read or a copy can be held to that version likewise.
func TestSetACL(t *testing.T) {
	ctx := context.Background()
	l := newLab(t)
	acl := &meta.ACL{Grants: []meta.Grant{{Group: meta.AllUsers, Permission: meta.Read}}}
	in := VersionInput{Bucket: l.bucket, Key: "key"}
	seen := l.put("key", []byte("one")).Version.Order
	_, err := l.s.SetACL(ctx, in, seen, acl)
	require.NoError(t, err)
	source := l.in("key", "")
	source.Seen = seen
	o, _ := l.mustRead(source)
	require.Equal(t, acl, o.Version.ACL)

	w, err := l.s.Copy(ctx, CopyInput{Source: source, Target: l.bucket, Key: "copy", Caller: testCaller})
	require.NoError(t, err)
	require.Nil(t, w.Version.ACL, "a copy is private unless it is said")

	l.put("key", []byte("two"))
	_, err = l.s.SetACL(ctx, in, seen, acl)
	l.wantKind(fault.Conflict, err)
	_, err = l.s.Get(ctx, source)
	l.wantKind(fault.Conflict, err)
	_, err = l.s.Copy(ctx, CopyInput{Source: source, Target: l.bucket, Key: "copy", Caller: testCaller})
	l.wantKind(fault.Conflict, err)
	o, _ = l.mustRead(l.in("key", ""))
	require.Nil(t, o.Version.ACL)
}
