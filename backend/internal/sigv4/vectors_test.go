package sigv4

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The credentials and requests of the published examples.
const (
	exampleKey    = "AKIAIOSFODNN7EXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	exampleHost   = "examplebucket.s3.amazonaws.com"
)

var exampleTime = time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)

type header = map[string][]string

func exampleSigner() *Signer {
	return NewSigner(Credentials{AccessKey: exampleKey, Secret: exampleSecret}, "us-east-1", "s3")
}

func TestPublishedHeaderExamples(t *testing.T) {
	cases := []struct {
		name, method, path, query string
		header                    header
		payload, signed, want     string
	}{
		{"get object", "GET", "/test.txt", "", header{"Range": {"bytes=0-9"}}, EmptyPayload, "host;range;x-amz-content-sha256;x-amz-date",
			"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"put object", "PUT", "/test%24file.text", "", header{"Date": {"Fri, 24 May 2013 00:00:00 GMT"}, "X-Amz-Storage-Class": {"REDUCED_REDUNDANCY"}},
			HashPayload([]byte("Welcome to Amazon S3.")), "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
			"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		{"get bucket lifecycle", "GET", "/", "lifecycle", header{}, EmptyPayload, "host;x-amz-content-sha256;x-amz-date",
			"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"list objects", "GET", "/", "max-keys=2&prefix=J", header{}, EmptyPayload, "host;x-amz-content-sha256;x-amz-date",
			"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := &Request{Method: c.method, Path: c.path, Query: c.query, Header: c.header, Hosts: []string{exampleHost}}
			require.Equal(t, c.want, exampleSigner().Sign(r, c.payload, exampleTime))
			a, err := Parse(r)
			require.NoError(t, err)
			require.Equal(t, HeaderV4, a.Kind)
			require.Equal(t, c.signed, a.list)
			v := NewVerifier("us-east-1", "s3")
			require.NoError(t, v.Check(r, a, exampleTime))
			require.NoError(t, v.Verify(r, a, exampleSecret))
		})
	}
}

func TestPublishedPresignedExample(t *testing.T) {
	r := &Request{Method: "GET", Path: "/test.txt", Header: header{}, Hosts: []string{exampleHost}}
	query := exampleSigner().Presign(r, 24*time.Hour, exampleTime)
	require.Equal(t, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"+
		"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"+
		"&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", query)
	r.Query = query
	a, err := Parse(r)
	require.NoError(t, err)
	require.Equal(t, QueryV4, a.Kind)
	require.Equal(t, 24*time.Hour, a.Expires)
	v := NewVerifier("us-east-1", "s3")
	require.NoError(t, v.Check(r, a, exampleTime.Add(time.Hour)))
	require.NoError(t, v.Verify(r, a, exampleSecret))
}

func TestPublishedV2Examples(t *testing.T) {
	const key, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	cases := []struct {
		name, method, bucket, path, query string
		header                            header
		want                              string
	}{
		{"get", "GET", "johnsmith", "/photos/puppy.jpg", "", header{"Date": {"Tue, 27 Mar 2007 19:36:42 +0000"}}, "bWq2s1WEIj+Ydj0vQ697zp+IXMU="},
		{"put", "PUT", "johnsmith", "/photos/puppy.jpg", "", header{"Content-Type": {"image/jpeg"}, "Content-Length": {"94328"},
			"Date": {"Tue, 27 Mar 2007 21:15:45 +0000"}}, "MyyxeRY7whkBe+bq8fHCL/2kKUg="},
		{"list", "GET", "johnsmith", "/", "prefix=photos&max-keys=50&marker=puppy", header{"User-Agent": {"Mozilla/5.0"},
			"Date": {"Tue, 27 Mar 2007 19:42:41 +0000"}}, "htDYFYduRNen8P9ZfE/s9SuKy0U="},
		{"fetch", "GET", "johnsmith", "/", "acl", header{"Date": {"Tue, 27 Mar 2007 19:44:46 +0000"}}, "c2WLPFtWHVgbEmeEG93a4cG37dM="},
		{"upload", "PUT", "static.johnsmith.net", "/db-backup.dat.gz", "", header{
			"User-Agent": {"curl/7.15.5"}, "Date": {"Tue, 27 Mar 2007 21:06:08 +0000"}, "X-Amz-Acl": {"public-read"},
			"Content-Type": {"application/x-download"}, "Content-Md5": {"4gJE4saaMU4BqNR0kLY+lw=="}, "X-Amz-Meta-Reviewedby": {"joe@johnsmith.net", "jane@johnsmith.net"},
			"X-Amz-Meta-Filechecksum": {"0x02661779"}, "X-Amz-Meta-Checksumalgorithm": {"crc32"}, "Content-Disposition": {"attachment; filename=database.dat"},
			"Content-Encoding": {"gzip"}, "Content-Length": {"5913339"}}, "ilyl83RwaSoYIEdixDQcA4OnAnc="},
		{"list all my buckets", "GET", "", "/", "", header{"Date": {"Wed, 28 Mar 2007 01:29:59 +0000"}}, "qGdzdERIC03wnaRNKh6OqZehG9s="},
		{"unicode keys", "GET", "", "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re", "", header{"Date": {"Wed, 28 Mar 2007 01:49:49 +0000"}}, "DNEZGsoieTZ92F3bUfSPQcbGmlM="},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.header["Authorization"] = []string{"AWS " + key + ":" + c.want}
			r := &Request{Method: c.method, Path: c.path, Query: c.query, Header: c.header, Bucket: c.bucket}
			a, err := Parse(r)
			require.NoError(t, err)
			require.Equal(t, HeaderV2, a.Kind)
			v := NewVerifier("us-east-1", "s3")
			require.NoError(t, v.Check(r, a, a.Time.Add(time.Minute)))
			require.NoError(t, v.Verify(r, a, secret))
		})
	}
	t.Run("presigned", func(t *testing.T) {
		r := &Request{Method: "GET", Path: "/photos/puppy.jpg", Bucket: "johnsmith", Header: header{},
			Query: "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620"}
		a, err := Parse(r)
		require.NoError(t, err)
		require.Equal(t, QueryV2, a.Kind)
		v := NewVerifier("us-east-1", "s3")
		require.NoError(t, v.Check(r, a, time.Unix(1175139619, 0)))
		require.NoError(t, v.Verify(r, a, secret))
		require.Equal(t, "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1175139620&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D",
			exampleSigner().PresignV2(&Request{Method: "GET", Path: "/photos/puppy.jpg", Bucket: "johnsmith", Header: header{}}, time.Unix(1175139620, 0)))
	})
}
