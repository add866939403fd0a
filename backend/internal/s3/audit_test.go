package s3

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/audit"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// audited is a server with an audit log, and ids of requests that differ.
func audited(t testing.TB, level string, change ...func(*audit.Options)) (*env, string) {
	t.Helper()
	store, dir := kvtest.NewMemory(), filepath.Join(t.TempDir(), "audit")
	e := newEnvOn(t, store, nil)
	o := audit.Options{Path: dir, KV: store, Clock: e.clock, Logger: e.server.Logger, Level: level, Gather: time.Nanosecond}
	for _, fn := range change {
		fn(&o)
	}
	log, err := audit.Open(context.Background(), o)
	require.NoError(t, err)
	e.server.Audit, e.server.Idents = log, ident.NewSource(e.clock, &counting{})
	t.Cleanup(func() { _ = log.Close() })
	return e, dir
}

// counting makes ids that differ, the same each time.
type counting struct{ n byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n ^ byte(i>>3)
	}
	return len(p), nil
}

// kept is what the log has of the request of an answer, newest first.
func (e *env) kept(res *http.Response) []audit.Entry {
	e.t.Helper()
	e.serving.Lock()   // a client has an answer before the server is done with the request
	e.serving.Unlock() //nolint:staticcheck // it only waits
	require.NoError(e.t, e.server.Audit.Commit(&audit.Entry{Kind: audit.KindChange}))
	id := res.Header.Get("X-Amz-Request-Id")
	require.NotEmpty(e.t, id)
	page, err := e.server.Audit.Search(context.Background(), audit.Query{Request: id})
	require.NoError(e.t, err)
	return page.Entries
}

// one is kept for a request with one line.
func (e *env) one(res *http.Response) audit.Entry {
	e.t.Helper()
	all := e.kept(res)
	require.Len(e.t, all, 1)
	return all[0]
}

func TestAuditOfData(t *testing.T) {
	e, _ := audited(t, audit.LevelChanges)
	res, _ := e.ok(adminKey, "PUT", "/bkt", "", nil)
	got := e.one(res)
	require.Equal(t, []string{audit.KindChange, audit.DoorS3, "CreateBucket", "bkt", adminKey, "s3:CreateBucket"},
		[]string{got.Kind, got.Door, got.Operation, got.Bucket, got.AccessKey, got.Action})
	require.True(t, got.Decision.Allowed)
	res, _ = e.ok(adminKey, "PUT", "/bkt/k", "x", nil)
	require.Empty(t, e.kept(res), "an operation on data that is allowed is not kept")
	res, _ = e.do(adminKey, "GET", "/bkt/none", "", nil)
	require.Empty(t, e.kept(res))

	all, _ := audited(t, audit.LevelAll)
	all.ok(adminKey, "PUT", "/bkt", "", nil)
	for _, c := range []struct{ method, target, operation, key string }{
		{"PUT", "/bkt/a/k", "PutObject", "a/k"}, {"GET", "/bkt/a/k", "GetObject", "a/k"}, {"HEAD", "/bkt/a/k", "HeadObject", "a/k"},
		{"GET", "/bkt?list-type=2", "ListObjectsV2", ""}, {"GET", "/", "ListBuckets", ""}, {"GET", "/bkt?versioning", "GetBucketVersioning", ""},
		{"GET", "/bkt/none", "GetObject", "none"}, {"DELETE", "/bkt/a/k?versionId=null", "DeleteObject", "a/k"},
	} {
		res, _ := all.do(adminKey, c.method, c.target, "", map[string]string{"User-Agent": "test/3"})
		got := all.one(res)
		require.Equal(t, []string{audit.KindData, c.operation, c.key, "test/3", "127.0.0.1"}, []string{got.Kind, got.Operation, got.Key, got.Agent, got.Address})
		require.Equal(t, res.StatusCode, got.Status)
	}
	// Each key of many has a line of its own.
	all.ok(adminKey, "PUT", "/bkt/x", "1", nil)
	all.ok("writer", "PUT", "/bkt/y", "1", nil)
	doc := `<Delete><Object><Key>x</Key></Object><Object><Key>y</Key></Object></Delete>`
	res, body := all.ok("getter", "POST", "/bkt?delete", doc, sum(doc))
	require.Contains(t, body, "AccessDenied")
	lines := all.kept(res)
	require.Len(t, lines, 3)
	for i, key := range []string{"", "y", "x"} {
		require.Equal(t, "DeleteObjects", lines[i].Operation)
		require.Equal(t, key, lines[i].Key)
		if key != "" {
			require.Equal(t, []any{audit.KindRefusal, 403, "s3:DeleteObject"}, []any{lines[i].Kind, lines[i].Status, lines[i].Action})
		}
	}
	doc = `<CORSConfiguration><CORSRule><AllowedOrigin>http://other.example</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>`
	all.ok(adminKey, "PUT", "/bkt?cors", doc, sum(doc))
	req, err := http.NewRequest("OPTIONS", all.http.URL+"/bkt/x", nil)
	require.NoError(t, err)
	req.Header.Set("Origin", "http://page.example")
	req.Header.Set("Access-Control-Request-Method", "DELETE")
	res, _ = all.send(req)
	require.Equal(t, 403, res.StatusCode)
	require.Empty(t, all.kept(res), "a preflight request is nobody's")
}

func sum(body string) map[string]string {
	return map[string]string{"Content-Md5": md5Text(body)}
}

// TestAuditOfRefusals: the statement that denied, what is concealed, and what no policy decided.
func TestAuditOfRefusals(t *testing.T) {
	e, _ := audited(t, audit.LevelChanges)
	e.ok(adminKey, "PUT", "/bkt", "", nil)
	e.ok(adminKey, "PUT", "/bkt/k", "x", nil)
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/*"},
		{"Sid":"NotK","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/k"}]}`
	res, _ := e.ok(adminKey, "PUT", "/bkt?policy", policy, nil)
	got := e.one(res)
	require.Equal(t, []string{audit.KindChange, "PutBucketPolicy"}, []string{got.Kind, got.Operation})
	res, _ = e.do("reader", "GET", "/bkt/k", "", nil)
	got = e.one(res)
	require.Equal(t, []string{audit.KindRefusal, "GetObject", "reader", "s3:GetObject", "AccessDenied", "k"}, []string{got.Kind, got.Operation, got.AccessKey, got.Action, got.Code, got.Key})
	require.Equal(t, &audit.Decision{Denied: true, Source: "bucket policy", Statement: 1, Sid: "NotK", Reason: "a statement denies the action"}, got.Decision)
	res, _ = e.do("", "GET", "/bkt/k", "", nil)
	got = e.one(res)
	require.Equal(t, []string{audit.KindRefusal, "", ""}, []string{got.Kind, got.AccessKey, got.User})
	res, _ = e.do("nobody", "PUT", "/bkt/k", "x", nil)
	got = e.one(res)
	require.Equal(t, -1, got.Decision.Statement)
	require.Contains(t, got.Why(), "s3:PutObject is not allowed: no statement allows the action")
	// That there is no such key is not for everybody to know: the refusal is one of listing.
	res, _ = e.do("getter", "GET", "/bkt/none", "", nil)
	require.Equal(t, 403, res.StatusCode)
	require.Equal(t, "s3:ListBucket", e.one(res).Action)
	// Refused by another rule than a policy.
	res, _ = e.do(adminKey, "GET", "/bkt/x", "", map[string]string{"X-Amz-Expected-Bucket-Owner": "111122223333"})
	require.Equal(t, 403, res.StatusCode)
	got = e.one(res)
	require.Nil(t, got.Decision)
	require.Contains(t, got.Why(), "before or without a policy")
	// A change that is refused is kept with why, and the bucket is not.
	res, _ = e.do("nobody", "PUT", "/other", "", nil)
	got = e.one(res)
	require.Equal(t, []any{audit.KindChange, 403, "s3:CreateBucket"}, []any{got.Kind, got.Status, got.Action})
	res, _ = e.do(adminKey, "DELETE", "/bkt", "", nil)
	got = e.one(res)
	require.Equal(t, []any{audit.KindChange, 409, "BucketNotEmpty"}, []any{got.Kind, got.Status, got.Code})
}

// TestAuditOfAuthentication: every way to sign that can fail, and nothing of a signature in the log.
func TestAuditOfAuthentication(t *testing.T) {
	e, dir := audited(t, audit.LevelAll)
	e.ok(adminKey, "PUT", "/bkt", "", nil)
	e.ok(adminKey, "PUT", "/bkt/k", "x", nil)
	forged := func(change func(*http.Request)) *http.Response {
		r := e.request("reader", "GET", "/bkt/k", "", nil)
		change(r)
		res, _ := e.send(r)
		return res
	}
	stranger := sigv4.NewSigner(sigv4.Credentials{AccessKey: "stranger-guess", Secret: "s"}, "us-east-1", "s3")
	for name, c := range map[string]struct {
		res  *http.Response
		code string
		key  string
	}{
		"signature": {forged(func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260102T030406Z") }), "SignatureDoesNotMatch", "reader"},
		"malformed": {forged(func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 guess") }), "AuthorizationHeaderMalformed", ""},
		"old":       {forged(func(r *http.Request) { r.Header.Set("X-Amz-Date", "20250102T030405Z") }), "", "reader"},
		"headers": {forged(func(r *http.Request) {
			r.Header.Del("Authorization")
			r.Header.Set(headerAccessKey, "reader")
			r.Header.Set(headerSecretKey, "guess")
		}), "AccessDenied", "reader"},
		"swapped": {forged(func(r *http.Request) {
			r.Header.Del("Authorization")
			r.Header.Set(headerAccessKey, "guess")
			r.Header.Set(headerSecretKey, "reader")
		}), "AccessDenied", ""},
		"both":  {forged(func(r *http.Request) { r.Header.Set(headerAccessKey, "reader"); r.Header.Set(headerSecretKey, "guess") }), "InvalidRequest", "reader"},
		"token": {forged(func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Set("X-Amz-Security-Token", "guess") }), "InvalidToken", ""},
		"unknown key": {forged(func(r *http.Request) {
			r.Header.Del("Authorization")
			stranger.Sign(&sigv4.Request{Method: "GET", Path: "/bkt/k", Header: r.Header, Hosts: []string{r.Host}}, sigv4.EmptyPayload, e.clock.Now())
		}), "InvalidAccessKeyId", ""},
	} {
		got := e.one(c.res)
		require.Equal(t, audit.KindAuthentication, got.Kind, name)
		require.Equal(t, c.key, got.AccessKey, name)
		if c.code != "" {
			require.Equal(t, c.code, got.Code, name)
		}
		require.Equal(t, "GetObject", got.Operation, name)
		require.Nil(t, got.Decision, name)
	}
	// A presigned link, that works and that does not.
	link := presigned(e, "reader", "/bkt/k")
	signature := link.Query().Get("X-Amz-Signature")
	require.NotEmpty(t, signature)
	res, err := http.Get(link.String())
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, "reader", e.one(res).AccessKey)
	res, err = http.Get(strings.Replace(link.String(), "X-Amz-Expires=", "X-Amz-Expires=1", 1))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, audit.KindAuthentication, e.one(res).Kind)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, secret := range []string{signature, "X-Amz-Signature", "guess", secretOf("reader")} {
			require.False(t, strings.Contains(string(raw), secret), secret)
		}
	}
}

// TestAuditOfIdentities: what IAM and STS change or give out is kept, and what they only tell is not.
func TestAuditOfIdentities(t *testing.T) {
	e, _ := audited(t, audit.LevelChanges)
	iamSigner := func(user, service string) *sigv4.Signer {
		return sigv4.NewSigner(sigv4.Credentials{AccessKey: user, Secret: secretOf(user)}, "us-east-1", service)
	}
	ask := func(user, service, form string) *http.Response {
		r, err := http.NewRequest("POST", e.http.URL+"/", strings.NewReader(form))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		iamSigner(user, service).Sign(&sigv4.Request{Method: "POST", Path: "/", Header: r.Header, Hosts: []string{r.Host}, Length: int64(len(form))}, sigv4.HashPayload([]byte(form)), e.clock.Now())
		res, _ := e.send(r)
		return res
	}
	res := ask(adminKey, "iam", "Action=CreateUser&UserName=ada&Version=2010-05-08")
	require.Equal(t, 200, res.StatusCode)
	got := e.one(res)
	require.Equal(t, []string{audit.KindChange, "iam:CreateUser", "ada", adminKey, "iam:CreateUser"}, []string{got.Kind, got.Operation, got.Target, got.AccessKey, got.Action})
	require.True(t, got.Decision.Allowed)
	res = ask("nobody", "iam", "Action=DeleteUser&UserName=ada&Version=2010-05-08")
	require.Equal(t, 403, res.StatusCode)
	got = e.one(res)
	require.Equal(t, []string{audit.KindChange, "iam:DeleteUser", "iam:DeleteUser"}, []string{got.Kind, got.Operation, got.Action})
	require.Contains(t, got.Why(), "no statement allows the action")
	res = ask(adminKey, "iam", "Action=ListUsers&Version=2010-05-08")
	require.Equal(t, 200, res.StatusCode)
	require.Empty(t, e.kept(res))
	res = ask(adminKey, "sts", "Action=GetCallerIdentity&Version=2011-06-15")
	require.Empty(t, e.kept(res))
	res = ask("reader", "sts", "Action=GetSessionToken&Version=2011-06-15")
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, "sts:GetSessionToken", e.one(res).Operation)
	res = ask(adminKey, "s3", "Action=ListUsers&Version=2010-05-08")
	require.Equal(t, 400, res.StatusCode)
	require.Equal(t, audit.KindAuthentication, e.one(res).Kind)
}

// TestNoChangeWithoutAudit: while the log cannot be written no bucket changes, and data goes on.
func TestNoChangeWithoutAudit(t *testing.T) {
	e, dir := audited(t, audit.LevelAll, func(o *audit.Options) { o.MaxBytes, o.Pace = 1, time.Hour })
	e.ok(adminKey, "PUT", "/bkt", "", nil)
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.WriteFile(dir, nil, 0o600))
	res, body := e.do(adminKey, "PUT", "/made", "", nil)
	require.Equal(t, 507, res.StatusCode)
	require.Contains(t, body, "The change was made, but it could not be written to the audit log.")
	e.ok(adminKey, "HEAD", "/made", "", nil)
	for _, c := range [][2]string{{"PUT", "/never"}, {"DELETE", "/made"}, {"PUT", "/bkt?versioning"}} {
		res, body = e.do(adminKey, c[0], c[1], "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", nil)
		require.Equal(t, 507, res.StatusCode, c)
		require.Contains(t, body, "no change is made without it")
	}
	res, _ = e.do(adminKey, "HEAD", "/never", "", nil)
	require.Equal(t, 404, res.StatusCode)
	e.ok(adminKey, "HEAD", "/made", "", nil)
	e.ok(adminKey, "PUT", "/bkt/k", "x", nil)
	e.ok(adminKey, "GET", "/bkt/k", "", nil)
	e.ok(adminKey, "DELETE", "/bkt/k", "", nil)
	form := "Action=CreateUser&UserName=ada&Version=2010-05-08"
	r, err := http.NewRequest("POST", e.http.URL+"/", strings.NewReader(form))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sigv4.NewSigner(sigv4.Credentials{AccessKey: adminKey, Secret: secretOf(adminKey)}, "us-east-1", "iam").
		Sign(&sigv4.Request{Method: "POST", Path: "/", Header: r.Header, Hosts: []string{r.Host}, Length: int64(len(form))}, sigv4.HashPayload([]byte(form)), e.clock.Now())
	res, body = e.send(r)
	require.Equal(t, 507, res.StatusCode, body)
	require.Contains(t, body, "<ErrorResponse")
}

// TestConfigures: what the audit log always keeps, of the whole table.
func TestConfigures(t *testing.T) {
	var kept []string
	for _, o := range table {
		if o.Configures() {
			kept = append(kept, o.Name)
			require.NotEqual(t, get, o.Method)
		} else {
			require.False(t, strings.HasPrefix(o.Name, "PutBucket") || strings.HasPrefix(o.Name, "DeleteBucket"), o.Name)
		}
	}
	for _, name := range []string{"CreateBucket", "DeleteBucket", "PutBucketPolicy", "PutBucketAcl", "PutPublicAccessBlock", "PutObjectLockConfiguration", "DeleteBucketLifecycle"} {
		require.True(t, slices.Contains(kept, name), name)
	}
	for _, name := range []string{"PutObject", "DeleteObjects", "PostObject", "DeleteObject", "PutObjectAcl"} {
		require.False(t, slices.Contains(kept, name), name)
	}
}

// presigned is a link of a user to a path.
func presigned(e *env, user, path string) *url.URL {
	u, err := url.Parse(e.http.URL)
	require.NoError(e.t, err)
	query := e.signers[user].Presign(&sigv4.Request{Method: "GET", Path: path, Header: http.Header{}, Hosts: []string{u.Host}}, 5*time.Minute, e.clock.Now())
	link, err := url.Parse(e.http.URL + path + "?" + query)
	require.NoError(e.t, err)
	return link
}

// TestNoSecretInAudit: every operation, and those of IAM and STS that answer with secrets, with secrets wherever a client can put one.
func TestNoSecretInAudit(t *testing.T) {
	e, dir := audited(t, audit.LevelAll)
	e.ok(adminKey, "PUT", "/bkt", "", nil)
	e.ok(adminKey, "PUT", "/bkt/k", "x", nil)
	for _, o := range table {
		target := map[Scope]string{Bucket: "/bkt", Object: "/bkt/k"}[o.Scope]
		if target == "" {
			target = "/"
		}
		query := strings.Join(append(slices.Clone(o.Query), "x-marked=marked-1"), "&")
		header := map[string]string{
			"X-Amz-Server-Side-Encryption-Customer-Algorithm": "AES256", "X-Amz-Server-Side-Encryption-Customer-Key": "marked-2", "X-Amz-Meta-Secret": "marked-3",
		}
		if o.Header != "" {
			header[o.Header] = "marked-4"
		}
		e.do(adminKey, o.Method, target+"?"+query, "marked-5", header)
		query += "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=marked-6%2F20260102%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=marked-7&X-Amz-Security-Token=marked-8"
		e.do("", o.Method, target+"?"+query, "marked-9", nil)
		e.do("", o.Method, target, "", map[string]string{headerAccessKey: "marked-10", headerSecretKey: "marked-11"})
		e.do("", o.Method, target, "", map[string]string{"Authorization": "AWS marked-12:marked-13", "Cookie": "myfsio_session=marked-14"})
	}
	secrets := []string{"marked-", "X-Amz-Signature=", secretOf(adminKey), secretOf("reader")}
	answered := regexp.MustCompile(`<(?:SecretAccessKey|SessionToken)>([^<]+)<`)
	for _, form := range []string{
		"Action=CreateUser&UserName=ada&Version=2010-05-08", "Action=CreateAccessKey&UserName=ada&Version=2010-05-08", "Action=CreateLoginProfile&UserName=ada&Password=marked-password-15&Version=2010-05-08",
		"Action=GetSessionToken&Version=2011-06-15",
	} {
		service := "iam"
		if strings.Contains(form, "2011") {
			service = "sts"
		}
		r, err := http.NewRequest("POST", e.http.URL+"/", strings.NewReader(form))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		sigv4.NewSigner(sigv4.Credentials{AccessKey: adminKey, Secret: secretOf(adminKey)}, "us-east-1", service).
			Sign(&sigv4.Request{Method: "POST", Path: "/", Header: r.Header, Hosts: []string{r.Host}, Length: int64(len(form))}, sigv4.HashPayload([]byte(form)), e.clock.Now())
		res, body := e.send(r)
		require.Equal(t, 200, res.StatusCode, body)
		for _, m := range answered.FindAllStringSubmatch(body, -1) {
			secrets = append(secrets, m[1])
		}
		require.NotEmpty(t, e.kept(res))
	}
	require.Len(t, secrets, 7, "two secrets and a token were answered")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, secret := range secrets {
			require.False(t, strings.Contains(string(raw), secret), secret)
		}
	}
}
