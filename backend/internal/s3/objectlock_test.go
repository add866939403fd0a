package s3

import (
	"crypto/md5"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	retainOf = "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2026-01-12T00:00:00Z</RetainUntilDate></Retention>"
	retainTo = "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2026-01-13T00:00:00Z</RetainUntilDate></Retention>"
)

// What a request wants to lock decides whether it may, whether it says so in headers or in its body.
func TestRequestedLockDecides(t *testing.T) {
	e := newEnv(t, nil) // at 2026-01-02
	e.user("keeper", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"},
		{"Effect":"Allow","Action":"s3:PutObjectRetention","Resource":"*","Condition":{"StringEquals":{"s3:object-lock-mode":"GOVERNANCE"},
			"NumericLessThanEquals":{"s3:object-lock-remaining-retention-days":"10"},"DateGreaterThan":{"s3:object-lock-retain-until-date":"2026-01-05T00:00:00Z"}}},
		{"Effect":"Allow","Action":"s3:PutObjectLegalHold","Resource":"*","Condition":{"StringEquals":{"s3:object-lock-legal-hold":"ON"}}}]}`)
	e.ok(adminKey, put, "/bucket", "", map[string]string{"x-amz-bucket-object-lock-enabled": "true"})
	e.ok(adminKey, put, "/bucket/key", "content", nil)
	locked := func(mode, until string) int {
		return e.status("keeper", put, "/bucket/new", "content", map[string]string{"Content-MD5": "mgNkuembtIDdJeHwKEyFVQ==",
			"x-amz-object-lock-mode": mode, "x-amz-object-lock-retain-until-date": until})
	}
	require.Equal(t, 200, locked("GOVERNANCE", "2026-01-12T00:00:00Z"))
	require.Equal(t, 403, locked("COMPLIANCE", "2026-01-12T00:00:00Z"))
	require.Equal(t, 403, locked("GOVERNANCE", "2026-01-13T00:00:00Z"))
	require.Equal(t, 403, locked("GOVERNANCE", "2026-01-04T00:00:00Z"))
	held := func(state string) int {
		return e.status("keeper", post, "/bucket/new?uploads", "", map[string]string{"x-amz-object-lock-legal-hold": state})
	}
	require.Equal(t, 200, held("ON"))
	require.Equal(t, 403, held("OFF"))
	require.Equal(t, 200, e.status("keeper", put, "/bucket/key?retention", retainOf, summed(retainOf)))
	require.Equal(t, 403, e.status("keeper", put, "/bucket/key?retention", retainTo, summed(retainTo)))
	require.Equal(t, 403, e.status("keeper", put, "/bucket/key?retention", "<Retention/>", summed("<Retention/>")))
	require.Equal(t, 403, e.status("keeper", put, "/bucket/key?retention", retainTo, map[string]string{"Content-MD5": md5Text(retainTo), "x-amz-object-lock-mode": "GOVERNANCE",
		"x-amz-object-lock-retain-until-date": "2026-01-12T00:00:00Z"}), "the body counts")
	on, off := "<LegalHold><Status>ON</Status></LegalHold>", "<LegalHold><Status>OFF</Status></LegalHold>"
	require.Equal(t, 200, e.status("keeper", put, "/bucket/key?legal-hold", on, summed(on)))
	require.Equal(t, 403, e.status("keeper", put, "/bucket/key?legal-hold", off, summed(off)))
}

// The right to bypass governance is asked for each key.
func TestBypassIsAskedForEachKey(t *testing.T) {
	e := newEnv(t, nil)
	e.user("cleaner", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:DeleteObjectVersion","Resource":"*"},
		{"Effect":"Allow","Action":"s3:BypassGovernanceRetention","Resource":"arn:aws:s3:::bucket/to/*"}]}`)
	e.ok(adminKey, put, "/bucket", "", map[string]string{"x-amz-bucket-object-lock-enabled": "true"})
	bypass := map[string]string{"x-amz-bypass-governance-retention": "true"}
	version := func(key string) string {
		res, _ := e.ok(adminKey, put, "/bucket/"+key, "content", nil)
		e.ok(adminKey, put, "/bucket/"+key+"?retention", retainOf, summed(retainOf))
		return res.Header.Get("X-Amz-Version-Id")
	}
	kept, gone := version("kept"), version("to/go")
	require.Equal(t, 403, e.status("cleaner", del, "/bucket/kept?versionId="+kept, "", bypass))
	require.Equal(t, 403, e.status("cleaner", del, "/bucket/to/go?versionId="+gone, "", nil))
	require.Equal(t, 204, e.status("cleaner", del, "/bucket/to/go?versionId="+gone, "", bypass))
	gone = version("to/go")
	body := "<Delete><Object><Key>kept</Key><VersionId>" + kept + "</VersionId></Object><Object><Key>to/go</Key><VersionId>" + gone + "</VersionId></Object></Delete>"
	header := map[string]string{"x-amz-bypass-governance-retention": "true", "Content-MD5": md5Text(body)}
	_, answer := e.ok("cleaner", post, "/bucket?delete", body, header)
	require.Contains(t, answer, "<Error><Key>kept</Key>")
	require.Contains(t, answer, "<Deleted><Key>to/go</Key>")
}

func md5Text(body string) string {
	sum := md5.Sum([]byte(body))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func summed(body string) map[string]string { return map[string]string{"Content-MD5": md5Text(body)} }
