package s3xml

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

var update = flag.Bool("update", false, "rewrite the golden documents")

var (
	at    = time.Date(2026, 3, 4, 5, 6, 7, 891234567, time.UTC)
	size  = int64(5)
	owner = &Owner{ID: "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a", DisplayName: "default"}
)

const odd = "a b+c/<&>\"'\u00e9\r\n\x01"

var objects = []ObjectEntry{
	{Key: odd, LastModified: at, ETag: "d41d8cd98f00b204e9800998ecf8427e", Algorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT", Size: 5, Owner: owner, StorageClass: "STANDARD"},
	{Key: "plain", LastModified: at, ETag: "d41d8cd98f00b204e9800998ecf8427e-2", Size: 0, StorageClass: "GLACIER"},
}

var golden = map[string]Document{
	"buckets":          &BucketList{Owner: *owner, Buckets: []BucketEntry{{Name: "one", Created: at}, {Name: "two", Created: at, Region: "eu-west-1"}}},
	"buckets-page":     &BucketList{Owner: *owner, ContinuationToken: "tok", Prefix: new(string)},
	"location":         Location("eu-west-1"),
	"location-default": Location(""),
	"versioning":       &Versioning{Status: "Enabled"},
	"versioning-off":   &Versioning{},
	"copy":             &CopyResult{ETag: "abc", LastModified: at, Checksum: Checksum{"ChecksumCRC32", "AAAAAA==", "FULL_OBJECT"}},
	"copy-part":        &CopyResult{Part: true, ETag: "abc", LastModified: at},
	"initiated":        &InitiatedUpload{Bucket: "b", Key: odd, UploadID: "U"},
	"completed":        &CompletedUpload{Location: "http://h/b/k", Bucket: "b", Key: "k", ETag: "abc-1", Checksum: Checksum{"ChecksumSHA256", "AAAA-1", "COMPOSITE"}},
	"deleted": &DeleteResult{Entries: []DeleteEntry{{Key: "a"}, {Key: "b", Marker: true, MarkerVersionID: "M"},
		{Key: "c", VersionID: "V"}, {Key: "d", VersionID: "W", Code: "AccessDenied", Message: "Access Denied"}}},
	"deleted-quiet": &DeleteResult{Quiet: true, Entries: []DeleteEntry{{Key: "a"}, {Key: "d", Code: "AccessDenied", Message: "Access Denied"}}},
	"acl": &AccessControlPolicy{Owner: *owner, Grants: []Grant{{Grantee{Type: CanonicalUser, ID: owner.ID, DisplayName: "a & b"}, "FULL_CONTROL"},
		{Grantee{Type: Group, URI: "http://acs.amazonaws.com/groups/global/AllUsers"}, "READ"}}},
	"ownership": &OwnershipControls{ObjectOwnership: "ObjectWriter"},
	"attributes": &Attributes{ETag: "abc-2", Checksum: Checksum{"ChecksumCRC32", "AAAAAA==", "COMPOSITE"}, StorageClass: "STANDARD", Size: &size,
		Parts: &AttributeParts{Total: 2, Listed: true, Next: 1, Max: 1, Truncated: true, Parts: []PartEntry{{Number: 1, Size: 3, Checksum: Checksum{"ChecksumCRC32", "AAAAAA==", ""}}}}},
	"attributes-size": &Attributes{Size: new(int64)},
	"list":            &ObjectList{Bucket: "b", Prefix: "p", Marker: "m", MaxKeys: 1000, Contents: objects},
	"list-page": &ObjectList{Names: URL, Bucket: "b", Prefix: odd, Delimiter: "/", NextMarker: odd, MaxKeys: 2, Truncated: true,
		Contents: objects[:1], Prefixes: []string{odd}},
	"list2": &ObjectList2{Bucket: "b", MaxKeys: 1000, Contents: objects[1:]},
	"list2-page": &ObjectList2{Names: URL, Bucket: "b", StartAfter: odd, Token: new(string), NextToken: "next", Delimiter: "/", MaxKeys: 1, Truncated: true,
		Prefixes: []string{"p/"}},
	"versions": &VersionList{Bucket: "b", Prefix: "p", MaxKeys: 2, Truncated: true, NextKeyMarker: "k", NextVersionID: "V2", Delimiter: "/",
		Versions: []ObjectEntry{
			{Key: "k", VersionID: "V1", Latest: true, Marker: true, LastModified: at, Owner: owner},
			{Key: "k", VersionID: "null", LastModified: at, ETag: "abc", Size: 3, Owner: owner, StorageClass: "STANDARD"},
		}, Prefixes: []string{"p/"}},
	"uploads": &UploadList{Names: URL, Bucket: "b", MaxUploads: 1, Truncated: true, NextKeyMarker: "a b", NextUploadID: "U", Delimiter: "/", Prefixes: []string{"x y/"},
		Uploads: []UploadEntry{{Key: "a b", UploadID: "U", Initiator: *owner, Owner: *owner, StorageClass: "STANDARD", Initiated: at, Algorithm: "CRC32", ChecksumType: "COMPOSITE"}}},
	"parts": &PartList{Bucket: "b", Key: odd, UploadID: "U", Initiator: *owner, Owner: *owner, StorageClass: "STANDARD", Next: 2, MaxParts: 1000,
		Algorithm: "CRC32", ChecksumType: "COMPOSITE",
		Parts: []PartEntry{{Number: 2, LastModified: at, ETag: "abc", Size: 7, Checksum: Checksum{"ChecksumCRC32", "AAAAAA==", ""}}}},
}

func TestGoldenDocuments(t *testing.T) {
	for name, doc := range golden {
		got := string(Encode(doc)) + "\n"
		path := filepath.Join("testdata", name+".xml")
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), got, name)
		require.Equal(t, Declaration+string(EncodeBare(doc))+"\n", got)
	}
	files, err := filepath.Glob("testdata/*.xml")
	require.NoError(t, err)
	require.Len(t, files, len(golden), "a golden file that no document has")
}

// What XML can hold comes back from a parser as it was.
func TestEscapeRoundTrip(t *testing.T) {
	for _, s := range []string{"", "plain", "a<b>&\"'c", "\r\n\t tab", "\u00e9\U0001F600", "]]>", "&amp;"} {
		var got struct {
			Key string `xml:"Key"`
		}
		require.NoError(t, xml.Unmarshal(EncodeBare(&InitiatedUpload{Key: s}), &got))
		require.Equal(t, s, got.Key)
	}
	require.Contains(t, string(EncodeBare(&InitiatedUpload{Key: "\x01\xff"})), "<Key>&#x1;\uFFFD</Key>")
}

func TestEscapeURL(t *testing.T) {
	require.Equal(t, "foo%2B1/bar", EscapeURL("foo+1/bar"))
	require.Equal(t, "quux%20ab/", EscapeURL("quux ab/"))
	require.Equal(t, "%C3%A9%01%25", EscapeURL("\u00e9\x01%"))
	for _, s := range []string{odd, "-._~*/", "\xff"} {
		back, err := url.QueryUnescape(EscapeURL(s))
		require.NoError(t, err)
		require.Equal(t, s, back)
	}
}

func TestDecodeBucketConfiguration(t *testing.T) {
	c, err := DecodeBucketConfiguration([]byte(`<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>`))
	require.NoError(t, err)
	require.Equal(t, "eu-west-1", c.LocationConstraint)
	c, err = DecodeBucketConfiguration([]byte(`<CreateBucketConfiguration><Location/><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>`))
	require.NoError(t, err)
	require.Equal(t, "Location", c.Unsupported)
	require.Equal(t, meta.Tags{{Name: "a", Value: "b"}}, c.Tags)
	_, err = DecodeBucketConfiguration([]byte(`<CreateBucketConfiguration><Tags><Tag/></Tags></CreateBucketConfiguration>`))
	require.ErrorIs(t, err, ErrMalformed)
}

func TestDecodeVersioning(t *testing.T) {
	v, err := DecodeVersioning([]byte(`<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"> <Status>Enabled</Status> </VersioningConfiguration>`))
	require.NoError(t, err)
	require.Equal(t, Versioning{Status: "Enabled"}, v)
	v, err = DecodeVersioning([]byte(`<VersioningConfiguration><MfaDelete>Enabled</MfaDelete><Status>Suspended</Status></VersioningConfiguration>`))
	require.NoError(t, err)
	require.Equal(t, Versioning{"Suspended", "Enabled"}, v)
}

func TestDecodeDelete(t *testing.T) {
	d, err := DecodeDelete([]byte(`<Delete><Quiet>true</Quiet><Object><Key> a&lt;b </Key></Object><Object><VersionId>V</VersionId><Key>c</Key><ETag>"e"</ETag>`+
		`<LastModifiedTime>2026-03-04T05:06:07Z</LastModifiedTime><Size>7</Size></Object></Delete>`), 2)
	require.NoError(t, err)
	require.True(t, d.Quiet)
	require.Equal(t, " a<b ", d.Objects[0].Key)
	require.Equal(t, "V", d.Objects[1].VersionID)
	require.Equal(t, int64(7), *d.Objects[1].Size)
	require.Equal(t, at.Truncate(time.Second), *d.Objects[1].LastModified)
	require.Equal(t, `"e"`, *d.Objects[1].ETag)
}

func TestDecodeComplete(t *testing.T) {
	p, err := DecodeComplete([]byte(`<CompleteMultipartUpload><Part><PartNumber>2</PartNumber><ETag>&quot;e&quot;</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></CompleteMultipartUpload>`), 10)
	require.NoError(t, err)
	require.Equal(t, []CompletePart{{Number: 2, ETag: `"e"`, Checksums: map[string]string{"ChecksumCRC32": "AAAAAA=="}}}, p)
}

func TestMalformed(t *testing.T) {
	bomb := `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><Delete><Object><Key>&lol2;</Key></Object></Delete>`
	for _, body := range []string{
		"", "x", "<Delete>", "<Delete></Delete>", "<Other/>", bomb,
		`<!DOCTYPE Delete SYSTEM "file:///etc/passwd"><Delete><Object><Key>a</Key></Object></Delete>`,
		"<Delete><Object><Key>&undefined;</Key></Object></Delete>",
		"<Delete><Object><Key>a</Key></Object></Delete><Delete/>",
		"<Delete><Object><Key>a</Key></Object></Delete>tail",
		"<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
		"<Delete><Object><Key></Key></Object></Delete>", "<Delete><Object/></Delete>",
		"<Delete><Object><Key>a</Key><Unknown/></Object></Delete>", "<Delete>text<Object><Key>a</Key></Object></Delete>",
		"<Delete><Object><Key>a<b/></Key></Object></Delete>", "<Delete><Quiet>maybe</Quiet><Object><Key>a</Key></Object></Delete>",
		"<Delete><Object><Key>a</Key><Size>-1</Size></Object></Delete>", "<Delete><Object><Key>a</Key><Size>99999999999999999999</Size></Object></Delete>",
		"<Delete><Object><Key>a</Key><LastModifiedTime>yesterday</LastModifiedTime></Object></Delete>",
		`<Delete xmlns="urn:other"><Object><Key>a</Key></Object></Delete>`,
		`<?xml version="1.0" encoding="latin1"?><Delete><Object><Key>a</Key></Object></Delete>`,
		"<Delete><Object><Key>\xff</Key></Object></Delete>", "<Delete><Object><Key>&#0;</Key></Object></Delete>",
		strings.Repeat("<Delete>", maxDepth+1),
		"<Delete>" + strings.Repeat("<Object><Key>a</Key></Object>", 3) + "</Delete>",
	} {
		_, err := DecodeDelete([]byte(body), 2)
		require.ErrorIs(t, err, ErrMalformed, body)
	}
	for _, body := range []string{
		"<CompleteMultipartUpload/>", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
		"<CompleteMultipartUpload><Part><ETag>e</ETag></Part></CompleteMultipartUpload>",
		"<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>",
		"<CompleteMultipartUpload><Part><PartNumber>99999999999999999999</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>",
		"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>e</ETag><ChecksumFoo>x</ChecksumFoo></Part></CompleteMultipartUpload>",
	} {
		_, err := DecodeComplete([]byte(body), 10)
		require.ErrorIs(t, err, ErrMalformed, body)
	}
	for _, body := range []string{"<VersioningConfiguration><Status>On</Status></VersioningConfiguration>", "<VersioningConfiguration><MfaDelete>x</MfaDelete></VersioningConfiguration>",
		"<VersioningConfiguration><Status>Enabled</Status><Status>Enabled</Status></VersioningConfiguration>"} {
		_, err := DecodeVersioning([]byte(body))
		require.ErrorIs(t, err, ErrMalformed, body)
	}
}

// Text that comments cut into many pieces is put together in time that grows with its length only.
func TestManyPieces(t *testing.T) {
	body := "<Delete><Object><Key>" + strings.Repeat("a<!---->", 100_000) + "</Key></Object></Delete>"
	d, err := DecodeDelete([]byte(body), 1)
	require.NoError(t, err)
	require.Len(t, d.Objects[0].Key, 100_000)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`<Delete><Object><Key>a</Key></Object></Delete>`))
	f.Add([]byte(`<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>`))
	f.Add([]byte(`<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`))
	f.Add([]byte(`<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>`))
	f.Add([]byte(`<CreateBucketConfiguration><LocationConstraint>x</LocationConstraint></CreateBucketConfiguration>`))
	f.Add([]byte(`<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>`))
	f.Add([]byte(`<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>`))
	f.Add([]byte(`<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate></Retention>`))
	f.Add([]byte(`<LegalHold><Status>ON</Status></LegalHold>`))
	f.Add(Encode(golden["acl"]))
	f.Add(Encode(golden["ownership"]))
	f.Add([]byte(`<CORSConfiguration><CORSRule><ID>a</ID><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>5</MaxAgeSeconds></CORSRule></CORSConfiguration>`))
	f.Add([]byte(`<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules><RoutingRule><Condition><KeyPrefixEquals>a</KeyPrefixEquals></Condition><Redirect><ReplaceKeyWith>b</ReplaceKeyWith></Redirect></RoutingRule></RoutingRules></WebsiteConfiguration>`))
	f.Add([]byte(`<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>`))
	f.Add([]byte(`<AccelerateConfiguration><Status>Suspended</Status></AccelerateConfiguration>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if d, err := DecodeDelete(body, 10); err == nil {
			require.NotEmpty(t, d.Objects)
			require.LessOrEqual(t, len(d.Objects), 10)
			for _, o := range d.Objects {
				require.NotEmpty(t, o.Key)
			}
		} else {
			require.ErrorIs(t, err, ErrMalformed)
		}
		_, err := DecodeComplete(body, 10)
		require.True(t, err == nil || errors.Is(err, ErrMalformed))
		_, err = DecodeVersioning(body)
		require.True(t, err == nil || errors.Is(err, ErrMalformed))
		rules, err := DecodeCORS(body)
		require.True(t, len(rules) > 0 && err == nil || errors.Is(err, ErrMalformed))
		_, err = DecodeWebsite(body)
		require.True(t, err == nil || errors.Is(err, ErrMalformed))
		_, err = DecodePayment(body)
		require.True(t, err == nil || errors.Is(err, ErrMalformed))
		_, err = DecodeAcceleration(body)
		require.True(t, err == nil || errors.Is(err, ErrMalformed))
		_, err = DecodeBucketConfiguration(body)
		require.True(t, err == nil || errors.Is(err, ErrMalformed))
		_, err = DecodeTagging(body)
		require.True(t, err == nil || errors.Is(err, ErrMalformed))
		if r, err := DecodeLockConfiguration(body); err == nil && r.Days >= 0 && r.Years >= 0 && r.Days+r.Years > 0 {
			again, err := DecodeLockConfiguration(Encode(&LockConfiguration{Rule: r}))
			require.NoError(t, err)
			require.Equal(t, r, again)
		}
		if l, err := DecodeRetention(body); err == nil && l.Mode != meta.LockNone {
			again, err := DecodeRetention(Encode(&Retention{Lock: l}))
			require.NoError(t, err)
			require.Equal(t, l, again)
		}
		if h, err := DecodeLegalHold(body); err == nil {
			again, err := DecodeLegalHold(Encode(&LegalHold{Hold: h}))
			require.NoError(t, err)
			require.Equal(t, h, again)
		}
		if b, some, err := DecodePublicAccessBlock(body); err == nil {
			require.True(t, some || b == (meta.PublicAccessBlock{}))
		} else {
			require.ErrorIs(t, err, ErrMalformed)
		}
		_, err = DecodeOwnershipControls(body)
		require.True(t, err == nil || errors.Is(err, ErrMalformed))
		acl, err := DecodeAccessControlPolicy(body, 2)
		if err != nil {
			require.ErrorIs(t, err, ErrMalformed)
			return
		}
		require.NotEmpty(t, acl.Owner.ID)
		require.LessOrEqual(t, len(acl.Grants), 2)
		for _, g := range acl.Grants {
			require.Contains(t, []string{CanonicalUser, Group, ByEmail}, g.Grantee.Type)
		}
	})
}

// Whatever a key holds, a document that uses encoding-type=url is well-formed.
func FuzzEncode(f *testing.F) {
	f.Add(odd)
	f.Fuzz(func(t *testing.T, key string) {
		doc := Encode(&ObjectList{Names: URL, Contents: []ObjectEntry{{Key: key}}, Prefixes: []string{key}, Prefix: key})
		d := xml.NewDecoder(strings.NewReader(string(doc)))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			require.NoError(t, err)
		}
	})
}
