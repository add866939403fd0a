package s3compat

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// TestWebsite serves a bucket as a website on a domain of its own.
func TestWebsite(t *testing.T) {
	t.Parallel()
	s := lab.Start(t, lab.Options{Env: map[string]string{"WEBSITE_DOMAIN": "sites.lab.test"}})
	c := s.S3(t)
	bucket := bucketName()
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
	require.NoError(t, err)
	for key, body := range map[string]string{"index.html": "home", "docs/index.html": "docs", "error.html": "sorry", "page.html": "page", "secret.html": "secret"} {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body), ContentType: aws.String("text/html")})
		require.NoError(t, err)
	}
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("moved"), WebsiteRedirectLocation: aws.String("/page.html")})
	require.NoError(t, err)
	_, err = c.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: &bucket})
	refused(t, err, 404, "NoSuchWebsiteConfiguration")

	page := func(method, path string) (int, string, http.Header) {
		t.Helper()
		res := fetch(t, s, method, path, map[string]string{"Host": bucket + ".sites.lab.test"})
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(body), res.Header
	}
	status, body, _ := page(http.MethodGet, "/")
	require.Equal(t, 404, status)
	require.Contains(t, body, "NoSuchWebsiteConfiguration")

	conf := &types.WebsiteConfiguration{
		IndexDocument: &types.IndexDocument{Suffix: aws.String("index.html")}, ErrorDocument: &types.ErrorDocument{Key: aws.String("error.html")},
		RoutingRules: []types.RoutingRule{
			{Condition: &types.Condition{KeyPrefixEquals: aws.String("old/")}, Redirect: &types.Redirect{ReplaceKeyPrefixWith: aws.String("docs/"), HttpRedirectCode: aws.String("302")}},
			{Condition: &types.Condition{KeyPrefixEquals: aws.String("gone/"), HttpErrorCodeReturnedEquals: aws.String("404")}, Redirect: &types.Redirect{HostName: aws.String("archive.test"), Protocol: types.ProtocolHttps}},
		},
	}
	_, err = c.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: &bucket, WebsiteConfiguration: conf})
	require.NoError(t, err)
	out, err := c.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: &bucket})
	require.NoError(t, err)
	require.Equal(t, conf.RoutingRules, out.RoutingRules)
	_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: aws.String(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::` + bucket + `/*","arn:aws:s3:::` + bucket + `"]},
		{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/secret.html"}]}`)})
	require.NoError(t, err)

	for _, want := range []struct {
		path     string
		status   int
		body     string
		location string
	}{
		{"/", 200, "home", ""},
		{"/docs/", 200, "docs", ""},
		{"/docs", 302, "", "/docs/"},
		{"/page.html", 200, "page", ""},
		{"/nothing", 404, "sorry", ""},
		{"/secret.html", 403, "sorry", ""},
		{"/moved", 301, "", "/page.html"},
		{"/old/a%20b", 302, "", "http://" + bucket + ".sites.lab.test/docs/a%20b"},
		{"/gone/x", 301, "", "https://archive.test/gone/x"},
	} {
		status, body, header := page(http.MethodGet, want.path)
		require.Equal(t, want.status, status, "%s: %s", want.path, body)
		require.Equal(t, want.location, header.Get("Location"), want.path)
		if want.location == "" {
			require.Equal(t, want.body, body, want.path)
		}
	}
	status, body, _ = page(http.MethodHead, "/page.html")
	require.Equal(t, 200, status)
	require.Empty(t, body)
	status, _, _ = page(http.MethodPut, "/page.html")
	require.Equal(t, 405, status, "a website is only read")

	_, err = c.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: &bucket, WebsiteConfiguration: &types.WebsiteConfiguration{
		RedirectAllRequestsTo: &types.RedirectAllRequestsTo{HostName: aws.String("new.test"), Protocol: types.ProtocolHttps},
	}})
	require.NoError(t, err)
	status, _, header := page(http.MethodGet, "/any/where")
	require.Equal(t, 301, status)
	require.Equal(t, "https://new.test/any/where", header.Get("Location"))
	_, err = c.DeleteBucketWebsite(ctx, &s3.DeleteBucketWebsiteInput{Bucket: &bucket})
	require.NoError(t, err)
	status, _, _ = page(http.MethodGet, "/")
	require.Equal(t, 404, status)
}
