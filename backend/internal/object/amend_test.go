package object

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// An amended version is what it was but for what was amended, and stands where it stood.
func TestSetTags(t *testing.T) {
	ctx := context.Background()
	l := newLab(t)
	first := l.put("key", []byte("null"))
	l.versioning(meta.VersioningEnabled)
	l.put("key", content(1, 3000))
	last := l.put("key", []byte("last"))
	l.clock.Advance(time.Hour)
	tags := meta.Tags{{Name: "team", Value: "blue"}}
	for _, w := range []Written{first, last} {
		got, err := l.s.SetTags(ctx, VersionInput{Bucket: l.bucket, Key: "key", VersionID: w.Version.ID()}, tags)
		require.NoError(t, err)
		require.Equal(t, w.Version.ID(), got.VersionID)
		want := *w.Version
		want.Tags = tags
		o, _ := l.mustRead(l.in("key", w.Version.ID()))
		require.Equal(t, &want, o.Version)
		require.Equal(t, w.Version == last.Version, o.Current)
	}
	got, err := l.s.SetTags(ctx, VersionInput{Bucket: l.bucket, Key: "key"}, nil)
	require.NoError(t, err)
	require.Equal(t, last.Version, got.Version)
	l.checkUsage()

	_, err = l.s.Delete(ctx, DeleteInput{Bucket: l.bucket, Key: "key", Caller: testCaller})
	require.NoError(t, err)
	_, err = l.s.SetTags(ctx, VersionInput{Bucket: l.bucket, Key: "key"}, tags)
	l.wantKind(fault.DeleteMarker, err)
	_, err = l.s.SetTags(ctx, VersionInput{Bucket: l.bucket, Key: "none"}, tags)
	l.wantKind(fault.NoSuchKey, err)
	_, err = l.s.SetTags(ctx, VersionInput{Bucket: l.bucket, Key: "none", VersionID: first.Version.ID()}, tags)
	l.wantKind(fault.NoSuchVersion, err)
}

// Tags go with what is uploaded in parts, and with what is copied unless the copy has its own.
func TestTagsOfNewVersions(t *testing.T) {
	ctx := context.Background()
	l := newLab(t)
	tags := meta.Tags{{Name: "team", Value: "blue"}}
	in := l.putInput("key", []byte("content"))
	in.Tags = tags
	_, err := l.s.Put(ctx, in)
	require.NoError(t, err)
	u, err := l.s.CreateUpload(ctx, CreateUploadInput{Bucket: l.bucket, Key: "parts", Caller: testCaller, Tags: tags})
	require.NoError(t, err)
	p := l.putPart(u, 1, content(1, testMin))
	_, err = l.s.Complete(ctx, l.completeInput(u, p))
	require.NoError(t, err)
	for key, source := range map[string]string{"copy": "key", "parts copy": "parts"} {
		_, err = l.s.Copy(ctx, CopyInput{Source: l.in(source, ""), Target: l.bucket, Key: key, Caller: testCaller})
		require.NoError(t, err)
	}
	_, err = l.s.Copy(ctx, CopyInput{Source: l.in("key", ""), Target: l.bucket, Key: "other", Caller: testCaller, ReplaceTags: true})
	require.NoError(t, err)
	for key, want := range map[string]meta.Tags{"key": tags, "parts": tags, "copy": tags, "parts copy": tags, "other": nil} {
		o, _ := l.mustRead(l.in(key, ""))
		require.Equal(t, want, o.Version.Tags, key)
	}
}
