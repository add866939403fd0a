package admin

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
	"github.com/myfsio/myfsio/backend/internal/iam"
)

// audited is a lab with an audit log.
func audited(t *testing.T, level string, change ...func(*audit.Options)) (*lab, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "audit")
	l := start(t, func(d *Deps) {
		o := audit.Options{Path: dir, KV: d.KV, Clock: d.Clock, Logger: d.Logger, Level: level, Gather: time.Nanosecond}
		for _, fn := range change {
			fn(&o)
		}
		var err error
		d.Audit, err = audit.Open(context.Background(), o)
		require.NoError(t, err)
	})
	t.Cleanup(func() { _ = l.api.Audit.Close() })
	return l, dir
}

// logged returns what the log has of a request, once a change behind it is there, and with it everything before.
func (l *lab) logged(r *reply) []audit.Entry {
	l.t.Helper()
	require.NoError(l.t, l.api.Audit.Commit(&audit.Entry{Kind: audit.KindChange}))
	page, err := l.api.Audit.Search(context.Background(), audit.Query{Request: r.w.Header().Get("X-Request-Id")})
	require.NoError(l.t, err)
	return page.Entries
}

// one is logged for requests that have one line.
func (l *lab) one(r *reply) audit.Entry {
	l.t.Helper()
	all := l.logged(r)
	require.Len(l.t, all, 1, "%s: %d", r.what, r.w.Code)
	return all[0]
}

// content is the whole log as text.
func content(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	var b strings.Builder
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		b.Write(raw)
	}
	return b.String()
}

// TestEveryChangeIsInTheAuditLog: every operation of the table that changes something leaves one line with its name, who and the decision,
// and one that reads leaves none unless it was refused. With level all every read of data does.
func TestEveryChangeIsInTheAuditLog(t *testing.T) {
	for _, level := range []string{audit.LevelChanges, audit.LevelAll} {
		l, _ := audited(t, level)
		l.bucket("one")
		l.put("one", "k")
		l.admin().do("POST", "/iam/users", `{"display_name":"victim","access_key":"victim","policies":[]}`).want(201)
		l.admin().do("POST", "/myfsio/accounts", `{"name":"other"}`).want(201)
		nobody := l.user(`[]`)
		for _, o := range l.api.describe().table {
			method, target, body := o.sample(t)
			if o.need.scope != scopeAnonymous {
				r := nobody.do(method, target, body)
				if e := l.logged(r); r.w.Code == 403 || o.writes() {
					require.Len(t, e, 1, o.id)
					require.Equal(t, o.id, e[0].Operation)
					require.Equal(t, "u", e[0].User)
					if r.w.Code == 403 {
						require.Equal(t, "AccessDenied", e[0].Code)
						require.NotNil(t, e[0].Decision, o.id)
						require.False(t, e[0].Decision.Allowed)
						require.Contains(t, e[0].Why(), e[0].Action)
						require.Contains(t, o.need.actions, e[0].Action, o.id)
					}
				}
				r = l.as("", "").do(method, target, body)
				require.Equal(t, 401, r.w.Code)
				require.Equal(t, 401, l.one(r).Status)
			}
			r := l.admin().do(method, target, body)
			all := l.logged(r)
			switch {
			case o.writes() && o.need.scope != scopeAnonymous:
				require.Len(t, all, 1, o.id)
				e := all[0]
				require.Equal(t, o.id, e.Operation)
				require.Equal(t, audit.KindChange, e.Kind)
				require.Equal(t, audit.DoorConsole, e.Door)
				require.Equal(t, r.w.Code, e.Status)
				require.Equal(t, l.first.AccessKey, e.AccessKey)
				require.Equal(t, "127.0.0.1", e.Address)
				if strings.Contains(target, "/buckets/one") {
					require.Equal(t, "one", e.Bucket)
				}
				if r.w.Code < 400 && len(o.need.actions) > 0 {
					require.NotNil(t, e.Decision, o.id)
					require.True(t, e.Decision.Allowed, o.id)
					require.NotEmpty(t, e.Decision.Source, o.id)
				}
			case o.landing:
				require.Len(t, all, 1, o.id)
				require.Equal(t, o.id, all[0].Operation)
			case level == audit.LevelAll && o.need.scope == scopeData:
				require.NotEmpty(t, all, o.id)
				require.Equal(t, o.id, all[0].Operation)
				require.Equal(t, audit.KindData, all[0].Kind)
			case r.w.Code != 401 && r.w.Code != 403:
				require.Empty(t, all, o.id)
			}
		}
	}
}

// TestAuditLine: what a line says of a change, of whom and of what.
func TestAuditLine(t *testing.T) {
	l, dir := audited(t, audit.LevelChanges)
	l.bucket("one", "two")
	l.put("one", "k", "a/b")
	c := l.admin().with("User-Agent", "test/2.0")
	e := l.one(c.on(l.s3).do("POST", "/iam/users", `{"display_name":"ada","access_key":"ada-key","secret_key":"a-secret-of-ada","policies":[]}`).want(201))
	require.Equal(t, audit.DoorAdmin, e.Door)
	require.Equal(t, "createUser", e.Operation)
	require.Equal(t, "ada-key", e.Target)
	require.Equal(t, "test/2.0", e.Agent)
	require.Equal(t, "iam:CreateUser", e.Action)
	require.Equal(t, "Local administrator", e.User)
	require.Equal(t, iam.DefaultAccount, e.Account)
	require.Equal(t, "arn:aws:iam::000000000000:user/"+l.first.AccessKey, e.ARN)
	e = l.one(c.do("DELETE", "/myfsio/iam/users/ada-key", "").want(204))
	require.Equal(t, "ada-key", e.Target)
	e = l.one(c.do("POST", "/myfsio/buckets", `{"name":"three"}`).want(201))
	require.Equal(t, "three", e.Bucket)
	e = l.one(c.do("DELETE", "/myfsio/buckets/one/object?key=a%2Fb&versionId=null", "").want(200))
	require.Equal(t, []string{"one", "a/b", "null", "s3:DeleteObjectVersion"}, []string{e.Bucket, e.Key, e.Version, e.Action})
	e = l.one(c.do("POST", "/myfsio/buckets/one/object/copy", `{"key":"k","targetBucket":"two","targetKey":"copy"}`).want(200))
	require.Equal(t, []string{"two", "copy", "one/k"}, []string{e.Bucket, e.Key, e.Target})
	e = l.one(c.do("POST", "/myfsio/jobs/bulk-delete", `{"bucket":"one","keys":["k","k2"]}`).want(202))
	require.Equal(t, "one", e.Bucket)
	require.NotEmpty(t, e.Target)
	require.Empty(t, e.Key)
	e = l.one(c.do("PUT", "/myfsio/buckets/one/documents/policy", `{"document":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}`))
	require.Equal(t, []string{"putBucketPolicy", "one"}, []string{e.Operation, e.Bucket})
	e = l.one(c.do("POST", "/myfsio/buckets", `{"name":"NOT A NAME"}`))
	require.Equal(t, 4, e.Status/100)
	e = l.one(c.do("POST", "/myfsio/buckets", `{"wrong":1}`).want(422))
	require.Equal(t, []string{"createBucket", "InvalidArgument"}, []string{e.Operation, e.Code})
	var link struct{ URL string }
	c.do("POST", "/myfsio/presign", `{"bucket":"one","key":"k","method":"GET"}`).want(200).into(&link)
	u, err := url.Parse(link.URL)
	require.NoError(t, err)
	for _, secret := range []string{"a-secret-of-ada", u.Query().Get("X-Amz-Signature"), "X-Amz-", "2012-10-17"} {
		require.NotContains(t, content(t, dir), secret)
	}
}

// TestFailedAuthenticationIsInTheAuditLog: every way, whether the answer is a refusal or not, and nothing that may be a secret.
func TestFailedAuthenticationIsInTheAuditLog(t *testing.T) {
	l, dir := audited(t, audit.LevelChanges)
	known := l.first.AccessKey
	console := l.as("", "").with(headerConsole, "1").with("Origin", "http://localhost:5100")
	var token struct{ Token string }
	l.as("", "").do("POST", "/myfsio/tokens", `{"accessKey":"`+known+`","secretKey":"`+iam.DefaultSecret+`"}`).want(200).into(&token)
	for name, c := range map[string]struct {
		r    *reply
		code string
		key  string
	}{
		"sign-in":                      {console.do("POST", "/myfsio/session", `{"accessKey":"`+known+`","secretKey":"guess-1"}`), "Unauthenticated", known},
		"sign-in, fields swapped":      {console.do("POST", "/myfsio/session", `{"accessKey":"guess-2","secretKey":"`+known+`"}`), "Unauthenticated", ""},
		"token":                        {l.as("", "").do("POST", "/myfsio/tokens", `{"accessKey":"`+known+`","secretKey":"guess-3"}`), "Unauthenticated", known},
		"headers":                      {l.as(known, "guess-4").get("/myfsio/buckets"), "Unauthenticated", known},
		"headers, nobody's key":        {l.as("guess-5", "guess-6").get("/myfsio/buckets"), "Unauthenticated", ""},
		"headers where none is needed": {l.as(known, "guess-7").get("/myfsio/session"), "Unauthenticated", known},
		"bearer":                       {l.as("", "").with("Authorization", "Bearer guess-8").get("/myfsio/buckets"), "Unauthenticated", ""},
		"bearer on the S3 port":        {l.as("", "").with("Authorization", "Bearer "+token.Token+"x").on(l.s3).get("/myfsio/buckets"), "Unauthenticated", ""},
		"signature":                    {&reply{t: t, w: l.signed("guess-9", "GET", "/myfsio/buckets", "", ""), what: "signed"}, "SignatureDoesNotMatch", known},
		"two ways":                     {l.as(known, iam.DefaultSecret).with("Authorization", "Bearer guess-10").get("/myfsio/buckets"), "InvalidRequest", ""},
	} {
		e := l.one(c.r)
		require.Equal(t, audit.KindAuthentication, e.Kind, name)
		require.Equal(t, c.code, e.Code, name)
		require.Equal(t, c.key, e.AccessKey, name)
		require.True(t, e.Denied(), name)
		require.Contains(t, e.Why(), "credentials did not hold", name)
	}
	require.NotContains(t, content(t, dir), "guess-")
	require.NotContains(t, content(t, dir), token.Token)

	e := l.one(console.do("POST", "/myfsio/session", `{"accessKey":"`+known+`","secretKey":"`+iam.DefaultSecret+`"}`).want(200))
	require.Equal(t, []string{audit.KindChange, "createSession", known}, []string{e.Kind, e.Operation, e.AccessKey})
	e = l.one(l.admin().with("Host", "x").do("POST", "/myfsio/tokens", `{"accessKey":"`+known+`","secretKey":"`+iam.DefaultSecret+`"}`).want(200))
	require.Equal(t, []string{"createToken", known}, []string{e.Operation, e.AccessKey})
	other := l.as(known, iam.DefaultSecret)
	other.host = "evil.example"
	e = l.one(other.get("/myfsio/buckets"))
	require.Equal(t, []string{audit.KindRefusal, "UnknownHost"}, []string{e.Kind, e.Code})
	require.Empty(t, l.logged(l.admin().get("/myfsio/nowhere")), "what is no operation is no event")
}

func TestSearchingTheAuditLog(t *testing.T) {
	l, _ := audited(t, audit.LevelChanges, func(o *audit.Options) { o.MaxBytes = 4000 })
	l.bucket("one", "two")
	denied := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"NoTwo","Effect":"Deny","Action":"s3:ListBucket","Resource":"arn:aws:s3:::two"}]}`)
	why := denied.get("/myfsio/buckets/two/objects").fails(403, "AccessDenied").RequestID
	for range 20 {
		l.clock.Advance(time.Minute)
		l.put("one", "k")
	}
	search := func(query string) (page AuditPage) {
		l.admin().get("/myfsio/audit?" + query).want(200).into(&page)
		return page
	}
	page := search("outcome=denied")
	require.Len(t, page.Entries, 1)
	require.Equal(t, why, page.Entries[0].Request)
	require.Equal(t, "changes", page.Level)
	require.NotEmpty(t, page.Entries[0].Why)
	require.Empty(t, page.Cursor)
	require.Len(t, search("bucket=one&operation=putContent").Entries, 20)
	from := l.clock.Now().Add(-5 * time.Minute).Format(time.RFC3339)
	require.Len(t, search("operation=putContent&from="+url.QueryEscape(from)).Entries, 6)
	require.Len(t, search("operation=putContent&to="+url.QueryEscape(from)).Entries, 14)
	require.Len(t, search("user="+url.QueryEscape(l.first.AccessKey)+"&operation=putContent").Entries, 20)
	require.Empty(t, search("user=nobody").Entries)
	var all []uint64
	for cursor, pages := "", 0; ; pages++ {
		require.Less(t, pages, 50)
		page := search("limit=7&cursor=" + cursor)
		for _, e := range page.Entries {
			all = append(all, e.N)
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	require.Len(t, all, int(all[0]))
	require.True(t, slices.IsSortedFunc(all, func(a, b uint64) int { return int(b) - int(a) }))
	for _, bad := range []string{"cursor=x", "cursor=" + cursor{Name: "x"}.String(), "cursor=" + cursor{Name: "1", Value: -1}.String()} {
		l.admin().get("/myfsio/audit?"+bad).fails(400, "InvalidArgument")
	}
	l.admin().get("/myfsio/audit?outcome=maybe").fails(422, "InvalidArgument")

	var said AuditExplanation
	l.admin().get("/myfsio/audit/requests/" + why).want(200).into(&said)
	require.True(t, said.Found && said.Denied)
	require.Contains(t, said.Why, "s3:ListBucket is denied by a statement of the policy")
	require.Equal(t, 1, said.Entries[0].Decision.Statement)
	require.Equal(t, "NoTwo", said.Entries[0].Decision.Sid)
	said = AuditExplanation{}
	l.admin().get("/myfsio/audit/requests/NOTHING").want(200).into(&said)
	require.Equal(t, AuditExplanation{Entries: []AuditEntry{}}, said)

	r := l.admin().get("/myfsio/audit/export?operation=putContent").want(200)
	require.Equal(t, jsonLines, r.w.Header().Get("Content-Type"))
	lines := strings.Split(strings.TrimSpace(r.text()), "\n")
	require.Len(t, lines, 20)
	require.Contains(t, lines[0], `"prev":"`)

	// Who may read it: administrators of the default account, and whoever has the permission there.
	reader := l.user(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"myfsio:GetAuditLog","Resource":"*"}}`)
	var account NewAccountSecret
	l.admin().do("POST", "/myfsio/accounts", `{"name":"team"}`).want(201).into(&account)
	team := l.as(account.AccessKey, account.SecretKey)
	for _, target := range []string{"/myfsio/audit", "/myfsio/audit/export", "/myfsio/audit/requests/x"} {
		reader.get(target).want(200)
		denied.get(target).fails(403, "AccessDenied")
		team.get(target).fails(403, "AccessDenied")
		l.as("", "").get(target).fails(401, "Unauthenticated")
	}
	require.Contains(t, reader.get("/myfsio/session").text(), "myfsio:GetAuditLog")
	require.NotContains(t, denied.get("/myfsio/session").text(), "myfsio:GetAuditLog")

	// Without a log there is nothing to find.
	var none AuditPage
	start(t).admin().get("/myfsio/audit").want(200).into(&none)
	require.Equal(t, AuditPage{Entries: []AuditEntry{}, Level: "off"}, none)
}

// TestNoChangeWithoutTheAuditLog: a log that cannot be written is known before a change, and tells of one that it met in the middle.
func TestNoChangeWithoutTheAuditLog(t *testing.T) {
	l, dir := audited(t, audit.LevelChanges, func(o *audit.Options) { o.MaxBytes, o.Pace = 1, time.Hour }) // a file for each line
	l.bucket("one")
	l.put("one", "k", "k2")
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.WriteFile(dir, nil, 0o600))
	r := l.admin().do("POST", "/iam/users", `{"display_name":"x","access_key":"made","policies":[]}`)
	r.fails(507, "AuditLogUnavailable")
	require.NotContains(t, r.text(), "secret_key")
	require.Contains(t, l.admin().get("/iam/users").text(), `"made"`)
	l.admin().do("POST", "/iam/users", `{"display_name":"x","access_key":"never","policies":[]}`).fails(507, "StorageFull")
	l.admin().do("PUT", "/myfsio/buckets/one/content?key=never", "x").fails(507, "StorageFull")
	require.NotContains(t, l.admin().get("/iam/users").text(), `"never"`)
	l.admin().get("/myfsio/buckets/one/object?key=never").fails(404, "NoSuchKey")
	// What lets people in and makes space goes on.
	console := l.as("", "").with(headerConsole, "1").with("Origin", "http://localhost:5100")
	r = console.do("POST", "/myfsio/session", `{"accessKey":"`+l.first.AccessKey+`","secretKey":"`+iam.DefaultSecret+`"}`).want(200)
	require.NotEmpty(t, r.w.Header().Get("Set-Cookie"))
	l.admin().do("DELETE", "/myfsio/buckets/one/object?key=k", "").want(200)
	l.admin().get("/myfsio/buckets/one/object?key=k").fails(404, "NoSuchKey")
	require.Error(t, l.api.Audit.Health())
}

// TestJobsAndArchivesInTheAuditLog: with level all each of their keys has a line.
func TestJobsAndArchivesInTheAuditLog(t *testing.T) {
	l, _ := audited(t, audit.LevelAll)
	l.bucket("one", "two")
	l.put("one", "a", "b", "c")
	l.job(l.admin(), "copy", `{"bucket":"one","keys":["a","b"],"targetBucket":"two"}`)
	l.api.settle(t, t.Context())
	l.job(l.admin(), "delete", `{"bucket":"one","keys":["a"]}`)
	l.api.settle(t, t.Context())
	require.NoError(t, l.api.Audit.Commit(&audit.Entry{Kind: audit.KindChange}))
	keys := func(operation string) (keys []string) {
		page, err := l.api.Audit.Search(context.Background(), audit.Query{Operation: operation, Kind: audit.KindData})
		require.NoError(t, err)
		for _, e := range page.Entries {
			require.Equal(t, l.first.AccessKey, e.AccessKey)
			keys = append(keys, e.Bucket+"/"+e.Key)
		}
		slices.Sort(keys)
		return keys
	}
	require.Equal(t, []string{"one/a", "one/b"}, keys("createBulkCopy"))
	require.Equal(t, []string{"one/a"}, keys("createBulkDelete"))
	var ticket struct{ URL string }
	l.admin().do("POST", "/myfsio/buckets/one/zip", `{"keys":["b","c"]}`).want(200).into(&ticket)
	r := l.admin().get(ticket.URL).want(http.StatusOK)
	require.Len(t, l.logged(r), 3, "the archive and its two objects")
}

// TestNoSecretIsInTheAuditLog: every operation, with secrets wherever a client can put one, and those that are answered.
func TestNoSecretIsInTheAuditLog(t *testing.T) {
	l, dir := audited(t, audit.LevelAll)
	l.bucket("one")
	l.put("one", "k")
	answered := regexp.MustCompile(`"(?:secret_key|secretKey|token|seed)":"([^"]+)"|X-Amz-Signature=([0-9a-f]+)`)
	secrets := []string{"marked-", "X-Amz-Signature"}
	found := 0
	for _, o := range l.api.describe().table {
		method, target, body := o.sample(t)
		between := "?"
		if strings.Contains(target, "?") {
			between = "&"
		}
		target += between + "X-Amz-Signature=marked-1&X-Amz-Security-Token=marked-2&token=marked-3"
		if strings.HasPrefix(body, "{") {
			body = strings.Replace(body, "{", `{"secret_key":"marked-secret-4","secretKey":"marked-secret-5","password":"marked-secret-14","newPassword":"marked-secret-15",`, 1)
			body = strings.Replace(body, ",}", "}", 1)
		}
		_, _, plain := o.sample(t)
		for _, c := range []*client{
			l.as(l.first.AccessKey, "marked-6"), l.as("marked-7", "marked-8"), l.as("", "").with("Authorization", "Bearer marked-9"),
			l.as("", "").with("Authorization", "AWS4-HMAC-SHA256 Credential=marked-10, Signature=marked-11"), l.as("", "").with("Cookie", sessionCookie+"=marked-12"),
			l.admin().with("X-Amz-Server-Side-Encryption-Customer-Key", "marked-13").with(headerConsole, "1").with("Origin", "http://localhost:5100"),
		} {
			for _, body := range []string{body, plain} {
				r := c.do(method, target, body)
				for _, m := range answered.FindAllStringSubmatch(r.text(), -1) {
					secrets, found = append(secrets, m[1]+m[2]), found+1
				}
				for _, cookie := range (&http.Response{Header: r.w.Header()}).Cookies() {
					if cookie.Value != "" {
						secrets, found = append(secrets, cookie.Value), found+1
					}
				}
			}
		}
	}
	require.Positive(t, found, "operations that answer with secrets did")
	require.NoError(t, l.api.Audit.Commit(&audit.Entry{Kind: audit.KindChange}))
	log := content(t, dir)
	for _, secret := range secrets {
		require.False(t, strings.Contains(log, secret), secret)
	}
}
