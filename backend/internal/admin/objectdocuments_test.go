package admin

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const lockRights = `"s3:GetObject","s3:GetObjectVersion","s3:GetObjectRetention","s3:PutObjectRetention","s3:GetObjectLegalHold","s3:PutObjectLegalHold"`

func retention(mode, until string) string {
	return `{"document":"<Retention><Mode>` + mode + `</Mode><RetainUntilDate>` + until + `</RetainUntilDate></Retention>"}`
}

func hold(status string) string {
	return `{"document":"<LegalHold><Status>` + status + `</Status></LegalHold>"}`
}

// TestObjectLock locks versions over the admin API, which is held to what the S3 port holds its callers to.
func TestObjectLock(t *testing.T) {
	l := start(t)
	a := l.admin()
	var b Bucket
	a.do("POST", "/myfsio/buckets", `{"name":"one","objectLock":true}`).want(201).into(&b)
	require.True(t, b.ObjectLock)
	require.Equal(t, "Enabled", b.Versioning)
	l.bucket("plain")
	l.put("one", "dir//odd +?&.txt", "k")
	l.put("plain", "k")
	const object = "/myfsio/buckets/one/object"
	const rule, held = object + "/documents/retention?key=", object + "/documents/legal-hold?key="
	odd := "dir%2F%2Fodd%20%2B%3F%26.txt"
	look := func(c *client, key string) (o Object) {
		c.get(object + "?key=" + key).want(200).into(&o)
		return o
	}
	document := func(target string) string {
		var d Document
		a.get(target).want(200).into(&d)
		return d.Document
	}
	require.True(t, look(a, "k").ObjectLock)
	require.Nil(t, look(a, "k").Retention)
	require.Empty(t, document(rule+odd))
	require.Empty(t, document(held+odd))

	// What is set is what is shown, to those who may know.
	a.do("PUT", rule+odd, retention("GOVERNANCE", "2026-06-01T00:00:00Z")).want(204)
	a.do("PUT", held+odd, hold("ON")).want(204)
	require.Contains(t, document(rule+odd), "<Mode>GOVERNANCE</Mode><RetainUntilDate>2026-06-01T00:00:00.000Z</RetainUntilDate>")
	require.Contains(t, document(held+odd), "<Status>ON</Status>")
	o := look(a, odd)
	require.Equal(t, &Retention{"GOVERNANCE", time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}, o.Retention)
	require.True(t, o.LegalHold)
	require.Subset(t, o.Permissions, lockActions)
	reader := l.user(`[{"bucket":"one","actions":["s3:GetObject"]}]`)
	o = look(reader, odd)
	require.Nil(t, o.Retention)
	require.False(t, o.LegalHold)
	require.Equal(t, []string{"s3:PutObjectRetention"}, reader.do("PUT", rule+odd, retention("GOVERNANCE", "2026-07-01T00:00:00Z")).fails(403, "AccessDenied").Needs)

	// A version is named by its id; the current one is another then.
	a.do("DELETE", object+"?key="+odd+"&versionId="+o.VersionID, "").fails(403, "ObjectLocked")
	l.put("one", "dir//odd +?&.txt")
	require.Nil(t, look(a, odd).Retention)
	require.Contains(t, document(rule+odd+"&versionId="+o.VersionID), "GOVERNANCE")
	a.do("PUT", held+odd+"&versionId="+o.VersionID, hold("OFF")).want(204)

	// It can be made longer by who may set it, shorter or be ended by who may bypass it.
	keeper := l.user(`[{"bucket":"one","actions":[` + lockRights + `]}]`)
	old := rule + odd + "&versionId=" + o.VersionID
	keeper.do("PUT", old, retention("GOVERNANCE", "2026-08-01T00:00:00Z")).want(204)
	for _, with := range []string{"", "&bypass=true"} {
		keeper.do("PUT", old+with, retention("GOVERNANCE", "2026-07-01T00:00:00Z")).fails(403, "ObjectLocked")
		keeper.do("PUT", old+with, `{"document":"<Retention/>"}`).fails(403, "ObjectLocked")
	}
	a.do("PUT", old, `{"document":"<Retention/>"}`).fails(403, "ObjectLocked")
	a.do("PUT", old+"&bypass=true", `{"document":"<Retention/>"}`).want(204)
	require.Empty(t, document(old))
	a.do("DELETE", object+"?key="+odd+"&versionId="+o.VersionID, "").want(200)

	// COMPLIANCE is for everybody.
	a.do("PUT", rule+"k", retention("COMPLIANCE", "2026-06-01T00:00:00Z")).want(204)
	a.do("PUT", rule+"k&bypass=true", retention("COMPLIANCE", "2026-05-30T00:00:00Z")).fails(403, "ObjectLocked")
	a.do("PUT", rule+"k&bypass=true", retention("GOVERNANCE", "2026-07-01T00:00:00Z")).fails(403, "ObjectLocked")
	a.do("PUT", rule+"k", retention("COMPLIANCE", "2026-07-01T00:00:00Z")).want(204)

	// Conditions of policies are about what the document says, as on the S3 port.
	short := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObjectRetention","Resource":"*","Condition":{"NumericLessThanEquals":{"s3:object-lock-remaining-retention-days":"10"}}}]}`)
	short.do("PUT", rule+odd, retention("GOVERNANCE", "2026-05-20T00:00:00Z")).fails(403, "AccessDenied")
	short.do("PUT", rule+odd, retention("GOVERNANCE", "2026-05-13T00:00:00Z")).want(204)

	// And so are the refusals.
	a.do("PUT", rule+odd, retention("GOVERNANCE", "2026-05-01T00:00:00Z")).fails(400, "InvalidArgument")
	a.do("PUT", rule+odd, retention("FOREVER", "2026-06-01T00:00:00Z")).fails(400, "MalformedXML")
	a.do("PUT", rule+"none", retention("GOVERNANCE", "2026-06-01T00:00:00Z")).fails(404, "NoSuchKey")
	a.get(rule+"none").fails(404, "NoSuchKey")
	p := keeper.get(rule+"none").fails(403, "AccessDenied")
	require.Empty(t, p.Needs, "the permission is there, the key is concealed")
	a.get(held+"k&versionId=x").fails(400, "InvalidArgument")
	a.do("PUT", strings.Replace(held, "/one/", "/plain/", 1)+"k", hold("ON")).fails(400, "InvalidRequest")
	a.get(strings.Replace(rule, "/one/", "/none/", 1)+"k").fails(404, "NoSuchBucket")
}

// TestNewBucketsWithObjectLock: who makes one needs the rights to configure it.
func TestNewBucketsWithObjectLock(t *testing.T) {
	l := start(t)
	maker := l.user(`[{"bucket":"*","actions":["s3:CreateBucket","s3:PutBucketVersioning"]}]`)
	require.Equal(t, []string{"s3:PutBucketObjectLockConfiguration"}, maker.do("POST", "/myfsio/buckets", `{"name":"one","objectLock":true}`).fails(403, "AccessDenied").Needs)
	maker = l.user(`[{"bucket":"*","actions":["s3:CreateBucket","s3:PutBucketObjectLockConfiguration"]}]`)
	require.Equal(t, []string{"s3:PutBucketVersioning"}, maker.do("POST", "/myfsio/buckets", `{"name":"one","objectLock":true}`).fails(403, "AccessDenied").Needs)
	var b Bucket
	l.admin().do("POST", "/myfsio/buckets", `{"name":"one","objectLock":true,"versioning":true}`).want(201).into(&b)
	require.True(t, b.ObjectLock)
	l.admin().do("PUT", "/myfsio/buckets/one/versioning", `{"versioning":"Suspended"}`).fails(409, "InvalidBucketState")
}

// TestWhereWebsitesAre: under their own domain, with scheme and port of the S3 endpoint.
func TestWhereWebsitesAre(t *testing.T) {
	websites := func(domain, base string) string {
		l := start(t, func(d *Deps) {
			c := *d.Config
			c.WebsiteDomain, c.APIBaseURL = domain, base
			d.Config = &c
		})
		var s Session
		l.admin().get("/myfsio/session").want(200).into(&s)
		return s.Websites
	}
	require.Empty(t, websites("", ""))
	require.Equal(t, "http://web.example.com:5000", websites("web.example.com", ""))
	require.Equal(t, "https://web.example.com", websites("web.example.com", "https://s3.example.com/"))
}
