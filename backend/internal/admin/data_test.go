package admin

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

func names[T any](list []T, name func(T) string) []string {
	out := []string{}
	for _, x := range list {
		out = append(out, name(x))
	}
	return out
}

func bucketNames(b BucketList) []string {
	return names(b.Buckets, func(b Bucket) string { return b.Name })
}
func keys(list []Entry) []string { return names(list, func(e Entry) string { return e.Key }) }
func folders(l ObjectList) []string {
	return names(l.Folders, func(f Folder) string { return f.Prefix })
}

// walk follows cursors to the end.
func walk[T any](t *testing.T, c *client, target string, next func(*T) string) []T {
	t.Helper()
	var pages []T
	for cur := ""; ; {
		var page T
		at := target
		if cur != "" {
			at += "&cursor=" + url.QueryEscape(cur)
		}
		c.get(at).want(200).into(&page)
		pages = append(pages, page)
		require.Less(t, len(pages), 200)
		if cur = next(&page); cur == "" {
			return pages
		}
	}
}

func TestBucketsAreListedSearchedAndSorted(t *testing.T) {
	l := start(t)
	for _, n := range []string{"delta", "alpha", "charlie", "bravo"} {
		l.bucket(n)
		l.clock.Advance(time.Hour)
	}
	l.put("charlie", "1", "2", "3")
	l.put("alpha", "a-much-longer-key-and-content-than-all-the-others-have-together")
	list := func(query string) []string {
		var got []string
		for _, p := range walk(t, l.admin(), "/myfsio/buckets?limit=3&"+query, func(b *BucketList) string { return b.Cursor }) {
			require.EqualValues(t, 4, p.Total)
			got = append(got, bucketNames(p)...)
		}
		return got
	}
	require.Equal(t, []string{"alpha", "bravo", "charlie", "delta"}, list(""))
	require.Equal(t, []string{"delta", "charlie", "bravo", "alpha"}, list("order=desc"))
	require.Equal(t, []string{"delta", "alpha", "charlie", "bravo"}, list("sort=created"))
	require.Equal(t, []string{"bravo", "charlie", "alpha", "delta"}, list("sort=created&order=desc"))
	require.Equal(t, []string{"charlie", "alpha", "delta", "bravo"}, list("sort=objects&order=desc"))
	require.Equal(t, []string{"bravo", "delta", "charlie", "alpha"}, list("sort=bytes"))
	var found BucketList
	l.admin().get("/myfsio/buckets?search=LPH").want(200).into(&found)
	require.Equal(t, []string{"alpha"}, bucketNames(found))
	require.EqualValues(t, 1, found.Total)
	require.Equal(t, "private", found.Buckets[0].Access)

	// Only what one may list is there, and counted.
	some := l.user(`[{"bucket":"bravo","actions":["list"]},{"bucket":"delta","actions":["read"]}]`)
	some.get("/myfsio/buckets").want(200).into(&found)
	require.Equal(t, []string{"bravo"}, bucketNames(found))
	require.EqualValues(t, 1, found.Total)
	require.Contains(t, found.Buckets[0].Permissions, "s3:ListBucket")
	require.NotContains(t, found.Buckets[0].Permissions, "s3:GetObject")
	l.admin().get("/myfsio/buckets?cursor=nonsense").fails(400, "InvalidArgument")
	l.admin().get("/myfsio/buckets?sort=size").fails(422, "InvalidArgument")
}

func TestBucketLife(t *testing.T) {
	l := start(t)
	a := l.admin()
	var b Bucket
	a.do("POST", "/myfsio/buckets", `{"name":"life","versioning":true}`).want(201).into(&b)
	require.Equal(t, "Enabled", b.Versioning)
	a.do("POST", "/myfsio/buckets", `{"name":"life"}`).fails(409, "BucketAlreadyOwnedByYou")
	a.do("POST", "/myfsio/buckets", `{"name":"Not A Bucket"}`).fails(400, "InvalidBucketName")
	a.do("POST", "/myfsio/buckets", `{"name":"myfsio"}`).fails(400, "InvalidBucketName")
	a.do("POST", "/myfsio/buckets", `{"name":"x1","surplus":1}`).fails(422, "InvalidArgument")
	var v Versioning
	a.do("PUT", "/myfsio/buckets/life/versioning", `{"versioning":"Suspended"}`).want(200).into(&v)
	require.Equal(t, "Suspended", v.Versioning)
	a.do("PUT", "/myfsio/buckets/life/versioning", `{"versioning":"Off"}`).fails(422, "InvalidArgument")
	a.get("/myfsio/buckets/life/versioning").want(200).into(&v)
	require.Equal(t, "Suspended", v.Versioning)
	l.put("life", "k")
	a.do("DELETE", "/myfsio/buckets/life", "").fails(409, "BucketNotEmpty")
	a.do("DELETE", "/myfsio/buckets/life/object?key=k&versionId=null", "").want(200)
	a.do("DELETE", "/myfsio/buckets/life", "").want(204)
	a.get("/myfsio/buckets/life").fails(404, "NoSuchBucket")
	// Somebody without rights does not learn which buckets there are.
	l.user(`[]`).get("/myfsio/buckets/life").fails(403, "AccessDenied")
	a.get("/myfsio/buckets/..%2Fx").fails(404, "NoSuchBucket")
}

func TestQuota(t *testing.T) {
	l := start(t)
	l.bucket("full")
	a := l.admin()
	quota := func() (q Quota) {
		a.get("/myfsio/buckets/full/quota").want(200).into(&q)
		return q
	}
	require.Equal(t, Quota{}, quota())
	one := int64(1)
	var set Quota
	a.do("PUT", "/myfsio/buckets/full/quota", `{"maxObjects":1}`).want(200).into(&set)
	require.Equal(t, Quota{QuotaLimits: QuotaLimits{MaxObjects: &one}}, set)
	l.put("full", "k")
	a.do("PUT", "/myfsio/buckets/full/content?key=another", "x").fails(403, "QuotaExceeded")
	got := quota()
	require.EqualValues(t, 1, got.Objects)
	require.Positive(t, got.Bytes)
	a.do("PUT", "/myfsio/buckets/full/quota", `{"maxBytes":-1}`).fails(422, "InvalidArgument")
	a.do("PUT", "/myfsio/buckets/full/quota", `{}`).want(200)
	require.Equal(t, QuotaLimits{}, quota().QuotaLimits)
	a.do("PUT", "/myfsio/buckets/full/content?key=another", "x").want(200)
	l.user(`[{"bucket":"full","actions":["*"]}]`).do("PUT", "/myfsio/buckets/full/quota", `{}`).fails(403, "AccessDenied")
	l.user(`[{"bucket":"full","actions":["*"]},{"bucket":"*","actions":["iam:list_users"]}]`).do("PUT", "/myfsio/buckets/full/quota", `{}`).want(200)
}

func TestBrowsing(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	var all []string
	for i := range 25 {
		all = append(all, fmt.Sprintf("dir/%02d", i))
	}
	odd := []string{"a//b", "ä/ö ü", "plus+and%25", "z", "日本/語", "new\nline", "dir/sub/deep"}
	l.put("bkt", append(odd, all...)...)
	var top ObjectList
	l.admin().get("/myfsio/buckets/bkt/objects?delimiter=/&count=true").want(200).into(&top)
	require.Equal(t, []string{"a/", "dir/", "ä/", "日本/"}, folders(top))
	require.Equal(t, []string{"new\nline", "plus+and%25", "z"}, keys(top.Objects))
	require.EqualValues(t, 7, *top.Total)
	require.True(t, top.TotalExact)
	var got []string
	pages := walk(t, l.admin(), "/myfsio/buckets/bkt/objects?prefix=dir/&delimiter=/&limit=7", func(p *ObjectList) string { return p.Cursor })
	for _, p := range pages {
		got = append(got, keys(p.Objects)...)
	}
	require.Equal(t, all, got)
	require.Equal(t, "00", pages[0].Objects[0].Name)
	require.Equal(t, Folder{Prefix: "dir/sub/", Name: "sub"}, pages[len(pages)-1].Folders[0])
	require.Nil(t, pages[0].Total)

	for _, k := range odd {
		var o Object
		l.admin().get("/myfsio/buckets/bkt/object?key=" + url.QueryEscape(k)).want(200).into(&o)
		require.Equal(t, k, o.Key)
		r := l.admin().get("/myfsio/buckets/bkt/content?key=" + url.QueryEscape(k)).want(200)
		require.Equal(t, "content of "+k, r.text())
	}
	l.admin().get("/myfsio/buckets/bkt/objects?limit=0").fails(422, "InvalidArgument")
	l.admin().get("/myfsio/buckets/bkt/objects?limit=1001").fails(422, "InvalidArgument")
	l.admin().get("/myfsio/buckets/none/objects").fails(404, "NoSuchBucket")
}

func TestSearchGoesOnFromItsCursor(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	for i := range 30 {
		l.put("bkt", fmt.Sprintf("p/%02d-Report.txt", i), fmt.Sprintf("p/%02d-other", i))
	}
	l.put("bkt", "report-outside")
	var got []string
	for _, p := range walk(t, l.admin(), "/myfsio/buckets/bkt/search?prefix=p/&query=rePORT&limit=7", func(p *SearchPage) string { return p.Cursor }) {
		got = append(got, keys(p.Objects)...)
	}
	require.Len(t, got, 30)
	require.Equal(t, "p/00-Report.txt", got[0])
	var p SearchPage
	l.admin().get("/myfsio/buckets/bkt/search?prefix=p/&query=p/").want(200).into(&p)
	require.Empty(t, p.Objects, "the prefix is not searched")
	require.EqualValues(t, 60, p.Scanned)
	require.Empty(t, p.Cursor)
	require.Contains(t, l.admin().get("/myfsio/buckets/bkt/search?query=nothing-of-it").want(200).text(), `"objects":[]`)
	l.admin().get("/myfsio/buckets/bkt/search").fails(422, "InvalidArgument")
}

func TestVersionsAndDeletes(t *testing.T) {
	l := start(t)
	a := l.admin()
	a.do("POST", "/myfsio/buckets", `{"name":"ver","versioning":true}`).want(201)
	for range 3 {
		l.put("ver", "k", "k-longer")
		l.clock.Advance(time.Second)
	}
	var d Deleted
	a.do("DELETE", "/myfsio/buckets/ver/object?key=k", "").want(200).into(&d)
	require.True(t, d.DeleteMarker)
	var got []VersionEntry
	for _, p := range walk(t, a, "/myfsio/buckets/ver/versions?key=k&limit=2", func(p *VersionList) string { return p.Cursor }) {
		got = append(got, p.Versions...)
	}
	require.Len(t, got, 4)
	require.True(t, got[0].DeleteMarker)
	require.True(t, got[0].Latest)
	require.Equal(t, d.VersionID, got[0].VersionID)
	a.get("/myfsio/buckets/ver/object?key=k").fails(404, "NoSuchKey")
	var o Object
	a.get("/myfsio/buckets/ver/object?key=k&versionId=" + got[1].VersionID).want(200).into(&o)
	require.False(t, o.Latest)
	a.do("DELETE", "/myfsio/buckets/ver/object?key=k&versionId="+d.VersionID, "").want(200)
	a.get("/myfsio/buckets/ver/object?key=k").want(200)
	a.get("/myfsio/buckets/ver/object?key=k&versionId=nonsense").fails(400, "InvalidArgument")

	// A version is another permission than the current one.
	u := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObject"],"Resource":"arn:aws:s3:::ver/*"}]}`)
	u.get("/myfsio/buckets/ver/object?key=k").want(200)
	u.get("/myfsio/buckets/ver/object?key=k&versionId="+got[1].VersionID).fails(403, "AccessDenied")
	u.do("DELETE", "/myfsio/buckets/ver/object?key=k&versionId="+got[1].VersionID, "").fails(403, "AccessDenied")
	// Who may not list learns nothing about keys that do not exist.
	u.get("/myfsio/buckets/ver/object?key=nothing").fails(403, "AccessDenied")
	u.get("/myfsio/buckets/ver/content?key=nothing").fails(403, "AccessDenied")
}

// Conditions of policies see the console's requests as they see those of the S3 port.
func TestConditionsOfPoliciesHold(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	l.put("bkt", "in/k", "out/k")
	u := l.user(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bkt","Condition":{"StringLike":{"s3:prefix":"in/*"}}},
		{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bkt/in/*"},
		{"Effect":"Deny","Action":"s3:PutObject","Resource":"*","Condition":{"StringNotEquals":{"s3:if-none-match":"*"}}},
		{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"127.0.0.0/8"}}}]}`)
	u.get("/myfsio/buckets/bkt/objects?prefix=in/").want(200)
	u.get("/myfsio/buckets/bkt/objects").fails(403, "AccessDenied")
	u.get("/myfsio/buckets/bkt/search?query=k").fails(403, "AccessDenied")
	u.get("/myfsio/buckets/bkt/object?key=out/k").fails(403, "AccessDenied")
	u.do("PUT", "/myfsio/buckets/bkt/content?key=in/new", "x").fails(403, "AccessDenied")
	u.with("If-None-Match", "*").do("PUT", "/myfsio/buckets/bkt/content?key=in/new", "x").want(200)
	u.do("POST", "/myfsio/jobs/bulk-delete", `{"bucket":"bkt","prefixes":[""]}`).fails(403, "AccessDenied")
	u.do("POST", "/myfsio/buckets/bkt/zip", `{"prefixes":[""]}`).fails(403, "AccessDenied")
	far := u.with("Authorization", "")
	far.remote = "192.0.2.1:5"
	far.get("/myfsio/buckets/bkt/objects?prefix=in/").fails(403, "HeaderAuthRefused")
}

// So they see those about users and the server.
func TestConditionsOnUsersHold(t *testing.T) {
	l := start(t)
	u := l.user(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["iam:*","myfsio:*"],"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}},
		{"Effect":"Deny","Action":["iam:*","myfsio:*"],"Resource":"*","Condition":{"StringLike":{"aws:UserAgent":"*evil*"}}}]}`)
	u.get("/iam/users").want(200)
	u.do("POST", "/iam/users", `{"display_name":"New","access_key":"new-key"}`).want(201)
	u.get("/myfsio/jobs").want(200)
	evil := u.with("User-Agent", "an evil one")
	evil.get("/iam/users").fails(403, "AccessDenied")
	evil.do("DELETE", "/iam/users/new-key", "").fails(403, "AccessDenied")
	u.do("DELETE", "/iam/users/new-key", "").want(204)
}

// The console obeys bucket policies and Block Public Access as the S3 port does.
func TestBucketPoliciesHold(t *testing.T) {
	ctx := t.Context()
	l := start(t)
	l.bucket("bkt")
	l.put("bkt", "in/k", "out/k")
	b, err := l.deps.Buckets.Get(ctx, "bkt")
	require.NoError(t, err)
	set := func(text string) {
		t.Helper()
		p, err := bucket.ParsePolicy([]byte(text), "bkt")
		require.NoError(t, err)
		require.NoError(t, l.deps.Buckets.SetPolicy(ctx, b, p))
	}
	access := func() string {
		var out Bucket
		l.admin().get("/myfsio/buckets/bkt").want(200).into(&out)
		return out.Access
	}
	u := l.user(`[]`)
	u.get("/myfsio/buckets/bkt/object?key=in/k").fails(403, "AccessDenied")
	require.Equal(t, "private", access())
	var own Bucket
	l.user(`[{"bucket":"bkt","actions":["list","cors","s3:GetBucketPolicy"]}]`).get("/myfsio/buckets/bkt").want(200).into(&own)
	require.Contains(t, own.Permissions, "s3:GetBucketPolicy")
	require.Contains(t, own.Permissions, "s3:PutBucketCORS")
	require.NotContains(t, own.Permissions, "s3:PutBucketPolicy")
	set(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/in/*"},
		{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bkt/in/*","Condition":{"StringLike":{"s3:x-amz-copy-source":"bkt/in/*"}}},
		{"Effect":"Deny","Principal":"*","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bkt","Condition":{"StringLike":{"s3:prefix":"out/*"}}}]}`)
	require.Equal(t, "public", access())
	u.get("/myfsio/buckets/bkt/object?key=in/k").want(200)
	u.get("/myfsio/buckets/bkt/object?key=out/k").fails(403, "AccessDenied")
	u.do("POST", "/myfsio/buckets/bkt/object/copy", `{"key":"in/k","targetBucket":"bkt","targetKey":"in/l"}`).want(200)
	u.do("PUT", "/myfsio/buckets/bkt/content?key=in/new", "x").fails(403, "AccessDenied")
	require.Contains(t, l.admin().get("/myfsio/buckets/bkt/objects?prefix=out/").fails(403, "AccessDenied").Reason, "bucket policy, statement 3")
	l.admin().get("/myfsio/buckets/bkt/objects?prefix=in/").want(200)

	require.NoError(t, bucket.SetDocument(ctx, l.deps.Buckets, b, bucket.PublicAccessBlock, &meta.PublicAccessBlock{RestrictBuckets: true}, nil))
	require.Equal(t, "private", access())
	u.get("/myfsio/buckets/bkt/object?key=in/k").want(200)

	require.NoError(t, l.deps.Buckets.SetPolicy(ctx, b, nil))
	block := func(p meta.PublicAccessBlock) {
		require.NoError(t, bucket.SetDocument(ctx, l.deps.Buckets, b, bucket.PublicAccessBlock, &p, nil))
	}
	for _, group := range []meta.Group{meta.AllUsers, meta.AuthenticatedUsers} {
		block(meta.PublicAccessBlock{})
		acl := &meta.ACL{Grants: []meta.Grant{{Group: group, Permission: meta.Write}}}
		require.NoError(t, bucket.SetDocument(ctx, l.deps.Buckets, b, bucket.ACL, acl, nil))
		require.Equal(t, "public", access())
		block(meta.PublicAccessBlock{IgnoreACLs: true})
		require.Equal(t, "private", access())
	}
	block(meta.PublicAccessBlock{})
	enforced := meta.BucketOwnerEnforced
	require.NoError(t, bucket.SetDocument(ctx, l.deps.Buckets, b, bucket.Ownership, &enforced, nil))
	require.Equal(t, "private", access(), "the list counts for nothing")
}

func TestCopyMoveRenameAndFolder(t *testing.T) {
	l := start(t)
	a := l.admin()
	l.bucket("one", "two")
	l.put("one", "dir/k", "dir/other")
	var s Stored
	a.do("POST", "/myfsio/buckets/one/object/copy", `{"key":"dir/k","targetBucket":"two","targetKey":"copy"}`).want(200).into(&s)
	require.Equal(t, "two", s.Bucket)
	require.Equal(t, "content of dir/k", a.get("/myfsio/buckets/two/content?key=copy").want(200).text())
	var o Object
	a.get("/myfsio/buckets/two/object?key=copy").want(200).into(&o)
	require.Equal(t, "text/plain", o.ContentType)
	a.do("POST", "/myfsio/buckets/one/object/copy", `{"key":"dir/other","targetBucket":"two","targetKey":"copy"}`).fails(412, "PreconditionFailed")
	a.do("POST", "/myfsio/buckets/one/object/copy", `{"key":"dir/other","targetBucket":"two","targetKey":"copy","overwrite":true}`).want(200)
	a.do("POST", "/myfsio/buckets/one/object/copy", `{"key":"dir/k","targetKey":"dir/k","overwrite":true}`).fails(400, "InvalidRequest")
	a.do("POST", "/myfsio/buckets/one/object/copy", `{"key":"none","targetKey":"x"}`).fails(404, "NoSuchKey")
	a.do("POST", "/myfsio/buckets/one/object/copy", `{"key":"dir/k","targetBucket":"three","targetKey":"x"}`).fails(404, "NoSuchBucket")

	a.do("POST", "/myfsio/buckets/one/object/move", `{"key":"dir/k","targetBucket":"two","targetKey":"moved"}`).want(200)
	a.get("/myfsio/buckets/one/object?key=dir/k").fails(404, "NoSuchKey")
	require.Equal(t, "content of dir/k", a.get("/myfsio/buckets/two/content?key=moved").want(200).text())

	a.do("POST", "/myfsio/buckets/one/object/rename", `{"key":"dir/other","name":"renamed"}`).want(200).into(&s)
	require.Equal(t, "dir/renamed", s.Key)
	a.do("POST", "/myfsio/buckets/one/object/rename", `{"key":"dir/renamed","name":"a/b"}`).fails(400, "InvalidArgument")
	a.do("POST", "/myfsio/buckets/one/object/rename", `{"key":"dir/renamed","name":"renamed"}`).fails(400, "InvalidRequest")
	l.put("one", "dir/taken")
	a.do("POST", "/myfsio/buckets/one/object/rename", `{"key":"dir/renamed","name":"taken"}`).fails(412, "PreconditionFailed")
	a.get("/myfsio/buckets/one/object?key=dir/renamed").want(200)

	a.do("POST", "/myfsio/buckets/one/folder", `{"prefix":"new/folder"}`).want(201).into(&s)
	require.Equal(t, "new/folder/", s.Key)
	a.do("POST", "/myfsio/buckets/one/folder", `{"prefix":"new/folder/"}`).fails(412, "PreconditionFailed")
	a.do("POST", "/myfsio/buckets/one/folder", `{"prefix":"/"}`).fails(400, "InvalidArgument")
	a.do("POST", "/myfsio/buckets/one/object/rename", `{"key":"new/folder/","name":"f2"}`).want(200).into(&s)
	require.Equal(t, "new/f2/", s.Key)
}

func TestContent(t *testing.T) {
	l := start(t, func(d *Deps) { d.Config.MaxUploadSize = 100 })
	a := l.admin()
	l.bucket("bkt")
	page := "<script>alert(1)</script>"
	a.with("Content-Type", "text/html").do("PUT", "/myfsio/buckets/bkt/content?key=dir/evil.html", page).want(200)
	const target = "/myfsio/buckets/bkt/content?key=dir/evil.html"
	r := a.get(target).want(200)
	require.Equal(t, page, r.text())
	h := r.w.Header()
	require.Equal(t, "application/octet-stream", h.Get("Content-Type"))
	require.Equal(t, "attachment; filename=evil.html", h.Get("Content-Disposition"))
	require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	require.Contains(t, h.Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, "25", h.Get("Content-Length"))
	tag := h.Get("Etag")

	part := func(rng string, status int, text, content string) {
		t.Helper()
		r := a.with("Range", rng).get(target).want(status)
		require.Equal(t, text, r.text(), rng)
		require.Equal(t, content, r.w.Header().Get("Content-Range"), rng)
	}
	part("bytes=0-6", 206, "<script", "bytes 0-6/25")
	part("bytes=16-", 206, "</script>", "bytes 16-24/25")
	part("bytes=-9", 206, "</script>", "bytes 16-24/25")
	part("bytes=16-999", 206, "</script>", "bytes 16-24/25")
	for _, all := range []string{"bytes=0-1,3-4", "bytes=x-", "chars=0-1", "bytes=5-2", "bytes=-", "bytes"} {
		part(all, 200, page, "")
	}
	a.with("Range", "bytes=25-").get(target).fails(416, "InvalidRange")
	a.with("Range", "bytes=0-1").with("If-Range", tag).get(target).want(206)
	a.with("Range", "bytes=0-1").with("If-Range", `"other"`).get(target).want(200)
	require.Zero(t, a.with("If-None-Match", tag).get(target).want(304).w.Body.Len())
	a.with("If-Match", `"other"`).get(target).fails(412, "PreconditionFailed")
	a.get("/myfsio/buckets/bkt/content?key=none").fails(404, "NoSuchKey")

	a.with("If-None-Match", "*").do("PUT", target, "again").fails(412, "PreconditionFailed")
	a.do("PUT", "/myfsio/buckets/bkt/content?key=big", strings.Repeat("x", 101)).fails(413, "EntityTooLarge")
	a.do("PUT", "/myfsio/buckets/bkt/content?key="+strings.Repeat("k", 1025), "x").fails(422, "InvalidArgument")
	a.do("PUT", "/myfsio/buckets/bkt/content?key="+strings.Repeat("%C3%A4", 600), "x").fails(400, "KeyTooLongError")
	a.do("PUT", "/myfsio/buckets/bkt/content?key=a%00b", "x").want(400)
	// A body of unknown length that turns out too long, and one that ends too early.
	req := a.request("PUT", "/myfsio/buckets/bkt/content?key=big", strings.Repeat("x", 101))
	req.ContentLength = -1
	w := httptest.NewRecorder()
	l.console.ServeHTTP(w, req)
	require.Equal(t, 413, w.Code, w.Body.String())
	req = a.request("PUT", "/myfsio/buckets/bkt/content?key=short", "x")
	req.ContentLength = 50
	w = httptest.NewRecorder()
	l.console.ServeHTTP(w, req)
	require.Equal(t, 400, w.Code, w.Body.String())
	require.Contains(t, w.Body.String(), "IncompleteBody")
	for _, k := range []string{"big", "short"} {
		a.get("/myfsio/buckets/bkt/object?key="+k).fails(404, "NoSuchKey")
	}
}

func TestAttachmentNames(t *testing.T) {
	require.Equal(t, "attachment; filename=a.txt", attachment("a.txt"))
	require.Equal(t, `attachment; filename="a b.txt"`, attachment("a b.txt"))
	require.Equal(t, `attachment; filename="a__b_"; filename*=UTF-8''a%22%0Ab%5C`, strings.Replace(attachment("a\"\nb\\"), "filename=a__b_;", `filename="a__b_";`, 1))
	require.Equal(t, "attachment; filename=_t_; filename*=UTF-8''%C3%A9t%C3%A9", attachment("été"))
	require.Equal(t, "attachment; filename=object", attachment("/"))
	require.NotContains(t, attachment("a\r\nSet-Cookie: x"), "\n")
}

func TestMultipartUploads(t *testing.T) {
	l := start(t)
	a := l.admin()
	l.bucket("bkt")
	var u Upload
	a.do("POST", "/myfsio/buckets/bkt/uploads", `{"key":"big","contentType":"video/mp4","metadata":[{"name":"Who","value":"me"}]}`).want(201).into(&u)
	base := "/myfsio/buckets/bkt/uploads/" + u.UploadID
	var parts []PartRef
	for n, text := range []string{"one ", "two ", "three"} {
		var p Part
		a.do("PUT", fmt.Sprintf("%s/parts/%d?key=big", base, n+1), text).want(200).into(&p)
		require.EqualValues(t, len(text), p.Size)
		parts = append(parts, PartRef{p.Number, p.ETag})
	}
	var list PartList
	a.get(base + "/parts?key=big&limit=2").want(200).into(&list)
	require.Len(t, list.Parts, 2)
	require.Equal(t, 2, list.Next)
	a.get(base + "/parts?key=big&after=2").want(200).into(&list)
	require.Len(t, list.Parts, 1)
	var ups UploadList
	a.get("/myfsio/buckets/bkt/uploads").want(200).into(&ups)
	require.Equal(t, u.UploadID, ups.Uploads[0].UploadID)

	body := func(parts []PartRef) string {
		raw, err := json.Marshal(map[string]any{"key": "big", "parts": parts, "ifNoneMatch": true})
		require.NoError(t, err)
		return string(raw)
	}
	a.do("POST", base+"/complete", body([]PartRef{parts[1], parts[0]})).fails(400, "InvalidPartOrder")
	a.do("POST", base+"/complete", body([]PartRef{{1, strings.Repeat("0", 32)}})).fails(400, "InvalidPart")
	var s Stored
	a.do("POST", base+"/complete", body(parts)).want(200).into(&s)
	require.True(t, strings.HasSuffix(s.ETag, "-3"), s.ETag)
	require.Equal(t, "one two three", a.get("/myfsio/buckets/bkt/content?key=big").want(200).text())
	require.Equal(t, "o thr", a.with("Range", "bytes=6-10").get("/myfsio/buckets/bkt/content?key=big").want(206).text())
	var o Object
	a.get("/myfsio/buckets/bkt/object?key=big").want(200).into(&o)
	require.Equal(t, "video/mp4", o.ContentType)
	require.Equal(t, []MetadataPair{{"who", "me"}}, o.Metadata)

	a.do("POST", "/myfsio/buckets/bkt/uploads", `{"key":"gone"}`).want(201).into(&u)
	a.do("DELETE", "/myfsio/buckets/bkt/uploads/"+u.UploadID+"?key=gone", "").want(204)
	a.do("PUT", "/myfsio/buckets/bkt/uploads/"+u.UploadID+"/parts/1?key=gone", "x").fails(404, "NoSuchUpload")
	a.do("PUT", "/myfsio/buckets/bkt/uploads/nonsense/parts/1?key=gone", "x").fails(404, "NoSuchUpload")
	a.do("PUT", "/myfsio/buckets/bkt/uploads/"+u.UploadID+"/parts/10001?key=gone", "x").fails(422, "InvalidArgument")
}

func TestLinks(t *testing.T) {
	l := start(t)
	a := l.admin()
	l.bucket("bkt")
	l.put("bkt", "dir/a b+ä.txt")
	link := func(c *client, body string) *url.URL {
		t.Helper()
		var p Presigned
		c.do("POST", "/myfsio/presign", body).want(200).into(&p)
		u, err := url.Parse(p.URL)
		require.NoError(t, err)
		return u
	}
	// verify is what the S3 port does with a link.
	verify := func(u *url.URL, method string, header http.Header) error {
		r := &sigv4.Request{Method: method, Path: u.EscapedPath(), Query: u.RawQuery, Header: header, Hosts: []string{u.Host}, Length: -1}
		auth, err := sigv4.Parse(r)
		if err != nil {
			return err
		}
		v := sigv4.NewVerifier("us-east-1", "s3")
		if err := v.Check(r, auth, l.clock.Now()); err != nil {
			return err
		}
		return v.Verify(r, auth, "localadmin")
	}
	u := link(a, `{"bucket":"bkt","key":"dir/a b+ä.txt","method":"GET","expires":60,"download":true,"contentType":"text/plain"}`)
	require.Equal(t, "localhost:5000", u.Host)
	require.Equal(t, "/bkt/dir/a%20b%2B%C3%A4.txt", u.EscapedPath())
	require.Equal(t, "60", u.Query().Get("X-Amz-Expires"))
	require.Equal(t, "text/plain", u.Query().Get("response-content-type"))
	require.Contains(t, u.Query().Get("response-content-disposition"), "attachment")
	require.NoError(t, verify(u, "GET", http.Header{}))
	require.Error(t, verify(u, "PUT", http.Header{}))
	l.clock.Advance(time.Minute)
	require.Error(t, verify(u, "GET", http.Header{}))

	u = link(a, `{"bucket":"bkt","key":"new","method":"PUT","contentType":"image/png"}`)
	require.NoError(t, verify(u, "PUT", http.Header{"Content-Type": {"image/png"}}))
	require.Error(t, verify(u, "PUT", http.Header{"Content-Type": {"text/html"}}))
	require.Equal(t, "300", u.Query().Get("X-Amz-Expires"))
	u = link(a, `{"bucket":"bkt","key":"k","method":"DELETE","versionId":"null","expires":604800}`)
	require.NoError(t, verify(u, "DELETE", http.Header{}))
	require.Equal(t, "null", u.Query().Get("versionId"))
	for _, body := range []string{
		`{"bucket":"bkt","key":"k","method":"GET","expires":604801}`, `{"bucket":"bkt","key":"k","method":"GET","expires":-1}`,
		`{"bucket":"bkt","key":"k","method":"POST"}`, `{"bucket":"bkt","key":"","method":"GET"}`,
	} {
		a.do("POST", "/myfsio/presign", body).fails(422, "InvalidArgument")
	}
	// It is refused when issued.
	u2 := l.user(`[{"bucket":"bkt","actions":["read"]}]`)
	link(u2, `{"bucket":"bkt","key":"k","method":"GET"}`)
	u2.do("POST", "/myfsio/presign", `{"bucket":"bkt","key":"k","method":"PUT"}`).fails(403, "AccessDenied")
	u2.do("POST", "/myfsio/presign", `{"bucket":"bkt","key":"k","method":"DELETE"}`).fails(403, "AccessDenied")

	public := start(t, func(d *Deps) { d.Config.APIBaseURL = "https://s3.example.com/base/" })
	public.bucket("bkt")
	u = link(public.admin(), `{"bucket":"bkt","key":"k","method":"GET"}`)
	require.Equal(t, "https://s3.example.com/base/bkt/k", u.Scheme+"://"+u.Host+u.Path)
}

func (l *lab) archive(c *client, body string) (*reply, *zip.Reader) {
	l.t.Helper()
	var z ZipTicket
	c.do("POST", "/myfsio/buckets/bkt/zip", body).want(200).into(&z)
	r := c.get(z.URL).want(200)
	in, err := zip.NewReader(bytes.NewReader(r.w.Body.Bytes()), int64(r.w.Body.Len()))
	require.NoError(l.t, err)
	c.get(z.URL).fails(404, "NoSuchTicket")
	return r, in
}

func TestArchives(t *testing.T) {
	l := start(t)
	l.bucket("bkt")
	l.put("bkt", "dir/a.txt", "dir/sub/b.txt", "dir/été.txt", "dir/../../etc/passwd", "dir//empty", "dir/c:\\x", "other/secret")
	l.admin().do("POST", "/myfsio/buckets/bkt/folder", `{"prefix":"dir/folder"}`).want(201)
	r, in := l.archive(l.admin(), `{"prefixes":["dir/"],"keys":["other/secret","dir/a.txt","gone"],"base":"dir/"}`)
	require.Equal(t, "application/zip", r.w.Header().Get("Content-Type"))
	require.Equal(t, "attachment; filename=dir.zip", r.w.Header().Get("Content-Disposition"))
	got := map[string]string{}
	for _, f := range in.File {
		rc, err := f.Open()
		require.NoError(t, err)
		raw, err := io.ReadAll(rc)
		require.NoError(t, err, f.Name)
		require.NotContains(t, got, f.Name)
		got[f.Name] = string(raw)
		require.Equal(t, l.clock.Now(), f.Modified.UTC())
	}
	require.Equal(t, map[string]string{
		"a.txt": "content of dir/a.txt", "sub/b.txt": "content of dir/sub/b.txt", "été.txt": "content of dir/été.txt",
		"__/__/etc/passwd": "content of dir/../../etc/passwd", "_/empty": "content of dir//empty", "c__x": "content of dir/c:\\x",
		"folder/": "", "other/secret": "content of other/secret", "not included.txt": "\"gone\": it does not exist any more\n",
	}, got)

	// Only what one may read; the rest is named.
	u := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:ListBucket","s3:GetObject"],"Resource":"*"},
		{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/dir/sub/*"}]}`)
	_, in = l.archive(u, `{"prefixes":["dir/"]}`)
	last := in.File[len(in.File)-1]
	require.Equal(t, "not included.txt", last.Name)
	require.Len(t, in.File, 7)

	// A ticket is its user's, for a minute.
	var z ZipTicket
	l.admin().do("POST", "/myfsio/buckets/bkt/zip", `{"keys":["dir/a.txt"],"name":"mine"}`).want(200).into(&z)
	u.get(z.URL).fails(404, "NoSuchTicket")
	l.clock.Advance(time.Minute)
	l.admin().get(z.URL).fails(404, "NoSuchTicket")
	l.admin().do("POST", "/myfsio/buckets/bkt/zip", `{}`).fails(400, "InvalidRequest")
}

// An archive of many entries needs no memory for each: its directory goes to a file, which is gone afterwards.
func TestTheDirectoryOfALargeArchiveIsSpooled(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	z := newZip(&out, dir)
	const n = 12_000
	for i := range n {
		require.NoError(t, z.add(fmt.Sprintf("folder/file-%06d", i), time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC), text("x")))
	}
	require.NotNil(t, z.end.file)
	require.Less(t, cap(z.end.buf), 4*zipMemory)
	require.NoError(t, z.finish())
	z.close()
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	in, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Len(t, in.File, n)
	for _, i := range []int{0, n / 2, n - 1} {
		rc, err := in.File[i].Open()
		require.NoError(t, err)
		raw, err := io.ReadAll(rc)
		require.NoError(t, err)
		require.Equal(t, "x", string(raw))
	}
}

func TestUsersAsTheDocumentationShows(t *testing.T) {
	l := start(t)
	a := l.admin().on(l.s3)
	var made map[string]any
	a.do("POST", "/iam/users", `{"display_name":"New User","policies":[{"bucket":"*","actions":["list","read"]}]}`).want(201).into(&made)
	key, secret := made["access_key"].(string), made["secret_key"].(string)
	require.NotEmpty(t, key)
	u := l.as(key, secret)
	u.get("/myfsio/buckets").want(200)
	u.get("/iam/users").fails(403, "AccessDenied")
	var rotated UserSecret
	a.do("POST", "/iam/users/"+key+"/rotate", "").want(200).into(&rotated)
	require.Equal(t, key, rotated.AccessKey)
	require.NotEqual(t, secret, rotated.SecretKey)
	u.get("/myfsio/buckets").fails(401, "Unauthenticated")
	var entry UserEntry
	a.do("PUT", "/iam/users/"+key+"/policies", `[{"bucket": "*", "actions": ["list", "read", "write"]}]`).want(200).into(&entry)
	require.JSONEq(t, `[{"bucket":"*","actions":["list","read","write"]}]`, string(entry.Policies))
	var list UserList
	a.get("/iam/users").want(200).into(&list)
	require.Len(t, list.Users, 2)
	a.get("/myfsio/iam/users").want(200).into(&list)
	require.NotContains(t, a.get("/iam/users").text(), "secret")
	a.do("PUT", "/iam/users/"+key+"/policies", `[{"bucket":"*","actions":["fly"]}]`).fails(400, "MalformedPolicy")
	a.do("PUT", "/iam/users/nobody/policies", `[]`).fails(404, "NoSuchUser")
	a.do("DELETE", "/iam/users/"+key, "").want(204)
	a.do("DELETE", "/iam/users/"+key, "").fails(404, "NoSuchUser")
	p := a.do("DELETE", "/iam/users/localadmin", "")
	require.Contains(t, []int{400, 403, 409}, p.w.Code, "there is always an administrator: %s", p.text())
}

func TestSecretsNeverComeBack(t *testing.T) {
	l := start(t)
	r := l.as("", "").do("POST", "/myfsio/tokens", `{"accessKey":"localadmin","secretKey":"hunter2-hunter2","more":1}`)
	require.NotContains(t, r.want(422).text(), "hunter2")
	r = l.as("", "").do("POST", "/myfsio/tokens", `{"accessKey":"localadmin","secretKey":"hunter2-hunter2"`)
	require.NotContains(t, r.want(400).text(), "hunter2")
	l.as("localadmin", "hunter2-hunter2").get("/myfsio/buckets").want(401)
	require.NotContains(t, l.log.String(), "hunter2")
	require.NotContains(t, l.admin().get("/myfsio/config").text(), "localadmin")
}
