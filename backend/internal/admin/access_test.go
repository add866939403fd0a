package admin

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
)

// wire is the client on the S3 port, with the credentials that it has here.
func (c *client) wire() *client { return c.on(c.l.wire) }

// verdict is what became of a request, told alike for both ports.
func (r *reply) verdict() string {
	switch code := r.w.Code; {
	case code < 300:
		return "allowed"
	case code == http.StatusForbidden, code == http.StatusUnauthorized:
		return "denied"
	default:
		return strconv.Itoa(code)
	}
}

func told(ok bool) string {
	if ok {
		return "allowed"
	}
	return "denied"
}

// matrix is a bucket "docs" of the default account whose documents the test sets, with one object for each way to grant.
type matrix struct {
	*lab
	docs   *meta.Bucket
	brief  bool   // what reads the object by another way than alone is left out
	other  string // id of the other account
	people []person
	keys   []string
}

// person is somebody who asks. target is a bucket of the same account.
type person struct {
	name, target string
	*client
}

func newMatrix(t *testing.T) *matrix {
	m := &matrix{lab: start(t), keys: []string{"private", "public", "authenticated", "granted", "owned", "owned and granted", "none"}}
	m.bucket("docs", "mine")
	ann, team := m.tenant("team")
	ann.do("POST", "/myfsio/buckets", `{"name":"theirs"}`).want(201)
	var bob UserSecret
	ann.do("POST", "/iam/users", `{"display_name":"bob","policies":[]}`).want(201).into(&bob)
	m.other = team.ID
	m.people = []person{
		{"administrator", "mine", m.admin()},
		{"user without rights", "mine", m.user(`[]`)},
		{"user with rights elsewhere", "mine", m.user(`[{"bucket":"mine","actions":["*"]}]`)},
		{"reader", "mine", m.user(`[{"bucket":"*","actions":["list","read"]}]`)},
		{"other account's administrator", "theirs", ann},
		{"other account's user without rights", "theirs", m.as(bob.AccessKey, bob.SecretKey)},
		{"nobody", "mine", m.as("", "")},
	}
	m.documents(&meta.ACL{Grants: []meta.Grant{{Account: m.other, Permission: meta.FullControl}}}, meta.ObjectWriter, false, "")
	put := func(c *client, key string, headers ...string) {
		c = c.wire()
		for i := 0; i < len(headers); i += 2 {
			c = c.with(headers[i], headers[i+1])
		}
		c.do("PUT", "/docs/"+escapeKey(key), "content").want(200)
	}
	grant := `id="` + team.CanonicalID + `"`
	put(m.admin(), "private")
	put(m.admin(), "public", "X-Amz-Acl", "public-read")
	put(m.admin(), "authenticated", "X-Amz-Acl", "authenticated-read")
	put(m.admin(), "granted", "X-Amz-Grant-Read", grant)
	put(ann, "owned")
	put(ann, "owned and granted", "X-Amz-Acl", "bucket-owner-full-control")
	return m
}

// documents sets what the bucket says of access. A list stays behind where ownership disables lists, which the API would not let happen.
func (m *matrix) documents(acl *meta.ACL, ownership meta.Ownership, block bool, policy string) {
	m.t.Helper()
	ctx := m.t.Context()
	var err error
	m.docs, err = m.deps.Buckets.Get(ctx, "docs")
	require.NoError(m.t, err)
	require.NoError(m.t, bucket.SetDocument(ctx, m.deps.Buckets, m.docs, bucket.ACL, acl, nil))
	require.NoError(m.t, bucket.SetDocument(ctx, m.deps.Buckets, m.docs, bucket.Ownership, &ownership, nil))
	require.NoError(m.t, bucket.SetDocument(ctx, m.deps.Buckets, m.docs, bucket.PublicAccessBlock,
		&meta.PublicAccessBlock{IgnoreACLs: block, RestrictBuckets: block}, nil))
	var p *bucket.PolicyText
	if policy != "" {
		p, err = bucket.ParsePolicy([]byte(`{"Version":"2012-10-17","Statement":[`+policy+`]}`), "docs")
		require.NoError(m.t, err)
	}
	require.NoError(m.t, m.deps.Buckets.SetPolicy(ctx, m.docs, p))
}

// both holds the answers of the two ports to each other, and returns the one that they give.
func (m *matrix) both(p person, what string, wire, own *reply) string {
	m.t.Helper()
	require.Equal(m.t, wire.verdict(), own.verdict(), "%s: %s: %s\n%s\n%s", p.name, what, own.what, wire.text(), own.text())
	return own.verdict()
}

const docs = "/myfsio/buckets/docs"

// onBucket asks both ports for what concerns the bucket.
func (m *matrix) onBucket(p person) {
	t := m.t
	t.Helper()
	list := m.both(p, "list", p.wire().get("/docs?list-type=2&prefix=&delimiter=%2F&max-keys=100"), p.get(docs+"/objects?delimiter=%2F&limit=100"))
	m.both(p, "search", p.wire().get("/docs?prefix=p"), p.get(docs+"/search?prefix=p&query=x"))
	m.both(p, "list versions", p.wire().get("/docs?versions"), p.get(docs+"/versions"))
	m.both(p, "list uploads", p.wire().get("/docs?uploads"), p.get(docs+"/uploads"))
	m.both(p, "get versioning", p.wire().get("/docs?versioning"), p.get(docs+"/versioning"))
	for _, document := range []string{"acl", "policyStatus", "ownershipControls"} {
		wire := p.wire().get("/docs?" + document)
		if wire.w.Code == http.StatusNotFound {
			wire.w.Code = http.StatusOK // there is none, which is no error there
		}
		m.both(p, document, wire, p.get(docs+"/documents/"+document))
	}
	put := m.both(p, "put", p.wire().do("PUT", "/docs/new", "x"), p.do("PUT", docs+"/content?key=new", "x"))
	m.both(p, "create folder", p.wire().do("PUT", "/docs/folder-of-wire/", "x"), p.do("POST", docs+"/folder", `{"prefix":"folder"}`))
	if put == "allowed" {
		require.NoError(t, m.deps.Objects.Abort(t.Context(), m.docs, "up", m.upload(p)))
		for _, key := range []string{"folder/", "folder-of-wire/"} {
			_, err := m.deps.Objects.Delete(t.Context(), object.DeleteInput{Bucket: m.docs, Key: key})
			require.NoError(t, err)
		}
	} else {
		m.both(p, "start an upload", p.wire().do("POST", "/docs/up?uploads", ""), p.do("POST", docs+"/uploads", `{"key":"up"}`))
	}
	del := m.both(p, "delete", p.wire().do("DELETE", "/docs/new", ""), p.do("DELETE", docs+"/object?key=new", ""))
	m.both(p, "link to put", p.wire().do("PUT", "/docs/new", "x"), p.do("POST", "/myfsio/presign", `{"bucket":"docs","key":"new","method":"PUT"}`))
	if p.header.Get(headerAccessKey) == "" {
		return
	}
	m.both(p, "delete many", p.wire().do("DELETE", "/docs/new", ""), p.do("POST", "/myfsio/jobs/bulk-delete", `{"bucket":"docs","keys":["new"]}`))
	m.api.settle(t, t.Context())

	// What is told of the bucket is what holds.
	require.Equal(t, strings.Contains(p.wire().get("/").want(200).text(), "<Name>docs</Name>"),
		strings.Contains(p.get("/myfsio/buckets?search=docs").want(200).text(), `"docs"`), p.name)
	r := p.get(docs)
	require.Equal(t, list, r.verdict(), p.name)
	if list == "allowed" {
		var b Bucket
		r.into(&b)
		require.Contains(t, b.Permissions, "s3:ListBucket")
		require.Equal(t, put, told(slices.Contains(b.Permissions, "s3:PutObject")), p.name)
		require.Equal(t, del, told(slices.Contains(b.Permissions, "s3:DeleteObject")), p.name)
	}
}

// upload starts an upload on both ports and leaves one open.
func (m *matrix) upload(p person) ident.Upload {
	m.t.Helper()
	var up Upload
	p.do("POST", docs+"/uploads", `{"key":"up"}`).want(201).into(&up)
	u, err := parseUpload(up.UploadID)
	require.NoError(m.t, err)
	p.wire().do("POST", "/docs/up?uploads", "").want(200)
	return u
}

// onKey asks both ports for what concerns one object.
func (m *matrix) onKey(p person, key string) {
	t := m.t
	t.Helper()
	at := escapeKey(key)
	read := m.both(p, "get", p.wire().get("/docs/"+at), p.get(docs+"/content?key="+at))
	m.both(p, "get a version", p.wire().get("/docs/"+at+"?versionId=null"), p.get(docs+"/content?versionId=null&key="+at))
	m.both(p, "get a range", p.wire().with("Range", "bytes=0-1").get("/docs/"+at), p.with("Range", "bytes=0-1").get(docs+"/content?key="+at))
	r := p.get(docs + "/object?key=" + at)
	m.both(p, "head", p.wire().do("HEAD", "/docs/"+at, ""), r)
	if read == "allowed" {
		var o Object
		r.into(&o)
		require.Contains(t, o.Permissions, "s3:GetObject", p.name+key)
	}
	if p.header.Get(headerAccessKey) == "" {
		return
	}
	link := p.do("POST", "/myfsio/presign", `{"bucket":"docs","key":"`+key+`","method":"GET"}`)
	if read != "404" {
		require.Equal(t, read, link.verdict(), "%s: link to %s", p.name, key)
	}
	if read == "allowed" {
		var signed Presigned
		link.into(&signed)
		nobody := m.as("", "")
		nobody.host = "localhost:5000"
		require.Equal(t, "content", nobody.wire().get(strings.TrimPrefix(signed.URL, "http://localhost:5000")).want(200).text())
	}
	if m.brief {
		return
	}
	// Copies, alone and by a job, and archives.
	wire := p.wire().with("X-Amz-Copy-Source", "/docs/"+at).do("PUT", "/"+p.target+"/copy", "")
	copied := m.both(p, "copy", wire, p.do("POST", docs+"/object/copy", `{"key":"`+key+`","targetBucket":"`+p.target+`","targetKey":"copy","overwrite":true}`))
	// What of many is not allowed is refused at once, or when its turn comes.
	r = p.do("POST", "/myfsio/jobs/bulk-copy", `{"bucket":"docs","keys":["`+key+`"],"targetBucket":"`+p.target+`","overwrite":true}`)
	if r.verdict() == "allowed" {
		var j Job
		r.into(&j)
		m.api.settle(t, t.Context())
		require.Equal(t, copied == "allowed", m.state(p.client, j.ID).Failed == 0, "%s: job on %s", p.name, key)
	} else {
		require.Equal(t, "denied", copied, "%s: job on %s", p.name, key)
	}
	if r = p.do("POST", docs+"/zip", `{"keys":["`+key+`"]}`); r.verdict() == "allowed" {
		require.Equal(t, read == "allowed", slices.Equal([]string{key}, m.archived(p, r)), "%s: archive of %s", p.name, key)
	} else {
		require.Equal(t, "denied", read, "%s: archive of %s", p.name, key)
	}
}

// archived lists what is in the archive of a ticket.
func (m *matrix) archived(p person, r *reply) []string {
	m.t.Helper()
	var z ZipTicket
	r.want(200).into(&z)
	raw := p.get(z.URL).want(200).w.Body.Bytes()
	in, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	require.NoError(m.t, err)
	return names(in.File, func(f *zip.File) string { return f.Name })
}

// onAll holds the archive of the whole bucket to what each object says.
func (m *matrix) onAll(p person) {
	t := m.t
	t.Helper()
	var want []string
	for _, key := range m.keys {
		if p.wire().get("/docs/"+escapeKey(key)).w.Code == http.StatusOK {
			want = append(want, key)
		}
	}
	r := p.do("POST", docs+"/zip", `{"prefixes":[""]}`)
	var listed ObjectList
	if list := p.get(docs + "/objects"); list.w.Code != http.StatusOK {
		require.Equal(t, "denied", r.verdict())
		return
	} else {
		list.into(&listed)
	}
	if r.verdict() != "allowed" {
		require.Empty(t, want, p.name)
		return
	}
	require.Contains(t, listed.Permissions, "s3:GetObject", p.name)
	got := slices.DeleteFunc(m.archived(p, r), func(name string) bool { return name == "not included.txt" })
	slices.Sort(want)
	require.Equal(t, want, got, p.name)
}

// TestBothPortsDecideAlike asks both ports the same in every state of a bucket's documents, for everybody: what one allows the other allows.
func TestBothPortsDecideAlike(t *testing.T) {
	m := newMatrix(t)
	grants := func(list ...meta.Grant) *meta.ACL {
		return &meta.ACL{Grants: append([]meta.Grant{{Account: m.docs.Account, Permission: meta.FullControl}}, list...)}
	}
	lists := []struct {
		name string
		acl  *meta.ACL
	}{
		{"private", nil},
		{"public-read", grants(meta.Grant{Group: meta.AllUsers, Permission: meta.Read})},
		{"public-read-write", grants(meta.Grant{Group: meta.AllUsers, Permission: meta.Read}, meta.Grant{Group: meta.AllUsers, Permission: meta.Write})},
		{"authenticated-read", grants(meta.Grant{Group: meta.AuthenticatedUsers, Permission: meta.Read})},
		{"read for the other account", grants(meta.Grant{Account: m.other, Permission: meta.Read})},
		{"all for the other account", grants(meta.Grant{Account: m.other, Permission: meta.FullControl})},
	}
	const everybody = `"Principal":"*"`
	policies := []struct{ name, text string }{
		{"none", ""},
		{"for the other account", `{"Effect":"Allow","Principal":{"AWS":"` + m.other + `"},"Action":["s3:GetObject*","s3:List*"],"Resource":["arn:aws:s3:::docs","arn:aws:s3:::docs/*"]}`},
		{"public", `{"Effect":"Allow",` + everybody + `,"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::docs","arn:aws:s3:::docs/*"]}`},
		{"denials", `{"Effect":"Deny",` + everybody + `,"Action":"s3:GetObject","Resource":["arn:aws:s3:::docs/public","arn:aws:s3:::docs/owned*"]},` +
			`{"Effect":"Deny",` + everybody + `,"Action":"s3:ListBucket","Resource":"arn:aws:s3:::docs","Condition":{"StringEquals":{"s3:prefix":"p"}}}`},
	}
	seen := map[string]int{}
	for _, list := range lists {
		for _, policy := range policies {
			if policy.text != "" && list.acl != nil {
				continue
			}
			for _, ownership := range []meta.Ownership{meta.ObjectWriter, meta.BucketOwnerEnforced} {
				for _, block := range []bool{false, true} {
					t.Run(fmt.Sprintf("list %s, policy %s, %s, blocked %t", list.name, policy.name, ownership, block), func(t *testing.T) {
						m.t, m.lab.t = t, t
						m.documents(list.acl, ownership, block, policy.text)
						m.brief = list.acl != nil && ownership == meta.BucketOwnerEnforced
						var b Bucket
						if r := m.admin().get(docs); r.w.Code == http.StatusOK {
							r.into(&b)
						}
						public := list.acl.Public() && !block && ownership != meta.BucketOwnerEnforced || policy.name == "public" && !block
						require.Equal(t, map[bool]string{true: "public", false: "private"}[public], b.Access)
						seen[b.Access]++
						for _, p := range m.people {
							p.client.l = m.lab
							if p.name == "nobody" {
								m.strangers(p)
								continue
							}
							m.onBucket(p)
							for _, key := range m.keys {
								m.onKey(p, key)
							}
							m.onAll(p)
						}
					})
				}
			}
		}
	}
	require.Greater(t, seen["public"], 3)
	require.Greater(t, seen["private"], 15)
}

// strangers have no admin API: whatever the S3 port gives them.
func (m *matrix) strangers(p person) {
	for _, target := range []string{"/objects", "/content?key=public", "/object?key=public", "/documents/acl"} {
		p.get(docs + target).want(401)
	}
	require.Equal(m.t, "denied", p.wire().get("/docs?policy").verdict())
}

// TestWritersOfBothPortsOwnAlike: whose an object is does not depend on the port that it came by.
func TestWritersOfBothPortsOwnAlike(t *testing.T) {
	m := newMatrix(t)
	ann := m.people[4]
	for ownership, want := range map[meta.Ownership]string{meta.ObjectWriter: m.other, meta.BucketOwnerEnforced: m.docs.Account} {
		m.documents(nil, ownership, false, `{"Effect":"Allow","Principal":{"AWS":"`+m.other+`"},"Action":"s3:*","Resource":["arn:aws:s3:::docs","arn:aws:s3:::docs/*"]}`)
		ann.wire().do("PUT", "/docs/wire", "x").want(200)
		ann.do("PUT", docs+"/content?key=content", "x").want(200)
		ann.do("POST", docs+"/object/copy", `{"key":"content","targetKey":"copy","overwrite":true}`).want(200)
		ann.do("POST", docs+"/folder", `{"prefix":"`+ownership.String()+`"}`).want(201)
		var up Upload
		ann.do("POST", docs+"/uploads", `{"key":"parts"}`).want(201).into(&up)
		var part Part
		ann.do("PUT", docs+"/uploads/"+up.UploadID+"/parts/1?key=parts", "x").want(200).into(&part)
		ann.do("POST", docs+"/uploads/"+up.UploadID+"/complete", `{"key":"parts","parts":[{"number":1,"etag":"`+part.ETag+`"}]}`).want(200)
		m.job(ann.client, "copy", `{"bucket":"docs","keys":["content"],"targetPrefix":"job/","overwrite":true}`)
		m.api.settle(t, t.Context())
		for _, key := range []string{"wire", "content", "copy", ownership.String() + "/", "parts", "job/content"} {
			o, err := m.deps.Objects.Get(t.Context(), object.GetInput{Bucket: m.docs, Key: key, HeadOnly: true})
			require.NoError(t, err, key)
			require.Equal(t, want, o.Version.Owner, "%s under %s", key, ownership)
		}
	}
}

// TestTagsDecideOnBothPorts: a policy on the tags of an object holds wherever it is read, and tags are copied by who may.
func TestTagsDecideOnBothPorts(t *testing.T) {
	m := newMatrix(t)
	m.documents(nil, meta.ObjectWriter, false, `{"Effect":"Deny","Principal":"*","Action":["s3:GetObject","s3:GetObjectVersion"],"Resource":"arn:aws:s3:::docs/*",`+
		`"Condition":{"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}}}`)
	a := m.people[0]
	a.wire().with("X-Amz-Tagging", "secret=yes").do("PUT", "/docs/tagged", "content").want(200)
	for _, key := range []string{"tagged", "private"} {
		m.onKey(a, key)
	}
	require.Equal(t, "denied", a.get(docs+"/content?key=tagged").verdict())
	require.Equal(t, "allowed", a.get(docs+"/content?key=private").verdict())

	m.documents(nil, meta.ObjectWriter, false, "")
	for actions, allowed := range map[string]bool{
		`"s3:GetObject","s3:PutObject"`: false, `"s3:GetObject","s3:PutObject","s3:GetObjectTagging"`: false,
		`"s3:GetObject","s3:PutObject","s3:PutObjectTagging"`: false, `"s3:GetObject","s3:PutObject","s3:GetObjectTagging","s3:PutObjectTagging"`: true,
	} {
		u := person{actions, "mine", m.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` + actions + `],"Resource":"*"}]}`)}
		m.onKey(u, "private")
		wire := u.wire().with("X-Amz-Copy-Source", "/docs/tagged").do("PUT", "/mine/copy", "")
		require.Equal(t, told(allowed), m.both(u, "copy", wire, u.do("POST", docs+"/object/copy", `{"key":"tagged","targetBucket":"mine","targetKey":"copy","overwrite":true}`)), actions)
		j := m.job(u.client, "copy", `{"bucket":"docs","keys":["tagged"],"targetBucket":"mine","overwrite":true}`)
		m.api.settle(t, t.Context())
		require.Equal(t, allowed, m.state(u.client, j.ID).Failed == 0, actions)
	}
}

// TestAnArchiveOfAFolder needs rights on the folder alone.
func TestAnArchiveOfAFolder(t *testing.T) {
	l := start(t)
	l.bucket("docs")
	l.put("docs", "a/1", "a/2", "b/1")
	u := person{"u", "docs", l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::docs/a/*"},
		{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::docs"}]}`)}
	m := &matrix{lab: l}
	require.Equal(t, []string{"a/1", "a/2"}, m.archived(u, u.do("POST", docs+"/zip", `{"prefixes":["a/"]}`)))
	u.do("POST", docs+"/zip", `{"prefixes":["b/"]}`).fails(403, "AccessDenied")
	u.do("POST", docs+"/zip", `{"keys":["b/1"]}`).fails(403, "AccessDenied")
}

// TestALinkIsHeldToThePolicyOnLinks: one that would be refused when it is used is not made.
func TestALinkIsHeldToThePolicyOnLinks(t *testing.T) {
	m := newMatrix(t)
	m.documents(nil, meta.ObjectWriter, false, `{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::docs/*","Condition":{"StringNotEquals":{"s3:authType":"REST-HEADER"}}}`)
	a := m.people[0]
	m.both(a, "get", a.wire().get("/docs/private"), a.get(docs+"/content?key=private"))
	require.Equal(t, "allowed", a.get(docs+"/content?key=private").verdict())
	a.do("POST", "/myfsio/presign", `{"bucket":"docs","key":"private","method":"GET"}`).fails(403, "AccessDenied")
	w := httptest.NewRecorder()
	m.wire.ServeHTTP(w, m.as("", "").request("GET", "/docs/private", ""))
	require.Equal(t, 403, w.Code)
}
