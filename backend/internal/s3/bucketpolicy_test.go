package s3

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/kv/pebblekv"
)

// policyOf is a policy of one statement; rest begins with a comma when there is one.
func policyOf(effect, principal, action, resource, rest string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":%q,"Principal":%s,"Action":%q,"Resource":"arn:aws:s3:::%s"%s}}`, effect, principal, action, resource, rest)
}

// tenants adds the account "team" with its administrator "boss".
func (e *env) tenants() iam.Account {
	a, _, _, err := e.iam.CreateAccount(e.t.Context(), iam.Machine, iam.CreateAccount{Name: "team", AccessKey: "boss", Secret: secretOf("boss")})
	require.NoError(e.t, err)
	e.sign("boss")
	return a
}

// Another account gets in by bucket policy, but never at the policy itself.
func TestBucketPolicyAcrossAccounts(t *testing.T) {
	e := newEnv(t, nil)
	team := e.tenants()
	e.ok(adminKey, put, "/docs", "", nil)
	e.ok(adminKey, put, "/docs/k", "content", nil)
	status := func(user, method, target, body string) int {
		res, _ := e.do(user, method, target, body, nil)
		return res.StatusCode
	}
	require.Equal(t, 403, status("boss", get, "/docs/k", ""))
	everything := func(resource string) string {
		return policyOf("Allow", `{"AWS":"`+team.Number+`"}`, "s3:*", resource, "")
	}
	e.ok(adminKey, put, "/docs?policy", everything("docs*"), nil)
	require.Equal(t, 200, status("boss", get, "/docs/k", ""))
	require.Equal(t, 200, status("boss", get, "/docs?list-type=2", ""))
	_, body := e.ok("boss", get, "/", "", nil)
	require.NotContains(t, body, "docs", "ListBuckets shows those of the caller's account")
	for _, method := range []string{get, put, del} {
		res, body := e.do("boss", method, "/docs?policy", everything("docs/*"), nil)
		require.Equal(t, http.StatusMethodNotAllowed, res.StatusCode, body)
		require.Contains(t, body, "<Code>MethodNotAllowed</Code>")
	}
	require.Equal(t, 200, status("boss", get, "/docs?policyStatus", ""))
	// A public policy that is restricted shuts the account out as well, though it names it.
	e.ok(adminKey, put, "/docs?policy", `{"Statement":[`+policyStatement(everything("docs*"))+`,`+policyStatement(policyOf("Allow", `"*"`, "s3:GetObject", "docs/public/*", ""))+`]}`, nil)
	require.Equal(t, 200, status("boss", get, "/docs/k", ""))
	e.ok(adminKey, put, "/docs?publicAccessBlock", "<PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>", nil)
	require.Equal(t, 403, status("boss", get, "/docs/k", ""))
	require.Equal(t, 200, status(adminKey, get, "/docs/k", ""))
}

// policyStatement is the statement of policyOf.
func policyStatement(policy string) string {
	var d struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(policy), &d); err != nil {
		panic(err)
	}
	return string(d.Statement)
}

// Each condition key that a bucket policy can test is seen on the wire: the policy allows the request that has the value, and no other.
func TestConditionsOnTheWire(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, put, "/docs", "", nil)
	e.ok(adminKey, put, "/docs/k", "content", nil)
	nobody := `{"AWS":"arn:aws:iam::000000000000:user/nobody"}`
	id, err := e.iam.User(t.Context(), "nobody")
	require.NoError(t, err)
	for _, c := range []struct {
		action, condition string
		method, target    string
		yes, no           map[string]string // headers
	}{
		{"s3:GetObject", `"IpAddress":{"aws:SourceIp":"198.51.100.7"}`, get, "/docs/k", map[string]string{"X-Forwarded-For": "10.1.1.1, 198.51.100.7"}, map[string]string{"X-Forwarded-For": "198.51.100.7, 10.1.1.1"}},
		{"s3:GetObject", `"Bool":{"aws:SecureTransport":"true"}`, get, "/docs/k", map[string]string{"X-Forwarded-Proto": "https"}, nil},
		{"s3:GetObject", `"StringEquals":{"aws:Referer":"https://example.com/"}`, get, "/docs/k", map[string]string{"Referer": "https://example.com/"}, map[string]string{"Referer": "https://example.org/"}},
		{"s3:GetObject", `"StringLike":{"aws:UserAgent":"curl/*"}`, get, "/docs/k", map[string]string{"User-Agent": "curl/8"}, map[string]string{"User-Agent": "wget"}},
		{"s3:GetObject", `"DateLessThan":{"aws:CurrentTime":"2026-01-03"},"NumericGreaterThan":{"aws:EpochTime":"1767300000"},"StringEquals":{"aws:Referer":"x"}`, get, "/docs/k", map[string]string{"Referer": "x"}, nil},
		{"s3:GetObject", `"StringEquals":{"aws:username":"nobody","aws:userid":"` + id.UserID + `","aws:PrincipalAccount":"000000000000","aws:PrincipalType":"User","aws:Referer":"x"},"ArnEquals":{"aws:PrincipalArn":"` + id.ARN + `"}`, get, "/docs/k", map[string]string{"Referer": "x"}, nil},
		{"s3:GetObject", `"StringEquals":{"s3:signatureversion":"AWS4-HMAC-SHA256","s3:authType":"REST-HEADER","aws:Referer":"x"},"NumericLessThan":{"s3:signatureAge":"600000"}`, get, "/docs/k", map[string]string{"Referer": "x"}, nil},
		{"s3:PutObject", `"StringEquals":{"s3:if-none-match":"*"}`, put, "/docs/new", map[string]string{"If-None-Match": "*"}, nil},
		{"s3:PutObject", `"Null":{"s3:if-match":"false"}`, put, "/docs/k", map[string]string{"If-Match": `"9a0364b9e99bb480dd25e1f0284c8555"`}, nil},
		{"s3:PutObject", `"StringEquals":{"s3:x-amz-storage-class":["STANDARD_IA"]}`, put, "/docs/class", map[string]string{"x-amz-storage-class": "STANDARD_IA"}, map[string]string{"x-amz-storage-class": "STANDARD"}},
		{"s3:PutObject", `"Bool":{"s3:ObjectCreationOperation":"true"},"StringEquals":{"aws:Referer":"x"}`, put, "/docs/create", map[string]string{"Referer": "x"}, nil},
		{"s3:PutObject", `"Bool":{"s3:ObjectCreationOperation":"false"},"StringEquals":{"aws:Referer":"x"}`, post, "/docs/parts?uploads", map[string]string{"Referer": "x"}, nil},
		{"s3:PutObject", `"StringNotEquals":{"s3:x-amz-content-sha256":"UNSIGNED-PAYLOAD","s3:x-amz-copy-source":"docs/k"},"StringEquals":{"aws:Referer":"x"}`, put, "/docs/sha", map[string]string{"Referer": "x"}, nil},
	} {
		body := ""
		if c.method == put {
			body = "content"
		}
		e.ok(adminKey, put, "/docs?policy", policyOf("Allow", nobody, c.action, "docs/*", `,"Condition":{`+c.condition+`}`), nil)
		res, text := e.do("nobody", c.method, c.target, body, c.no)
		require.Equal(t, 403, res.StatusCode, "%s: %s", c.condition, text)
		res, text = e.do("nobody", c.method, c.target, body, c.yes)
		require.Equal(t, 200, res.StatusCode, "%s: %s", c.condition, text)
	}
	for condition, queries := range map[string][2]string{
		`"StringEquals":{"s3:prefix":"a/"}`:                   {"prefix=a/", "prefix=a/b"},
		`"StringEquals":{"s3:prefix":""}`:                     {"prefix=", "prefix=a"},
		`"StringEquals":{"s3:delimiter":"/"}`:                 {"delimiter=/", "delimiter=-"},
		`"NumericLessThanEquals":{"s3:max-keys":"10"}`:        {"max-keys=10", "max-keys=11"},
		`"StringLike":{"s3:prefix":"home/${aws:username}/*"}`: {"prefix=home/nobody/x", "prefix=home/other/x"},
	} {
		e.ok(adminKey, put, "/docs?policy", policyOf("Allow", nobody, "s3:ListBucket", "docs", `,"Condition":{`+condition+`}`), nil)
		res, body := e.do("nobody", get, "/docs?"+queries[0], "", nil)
		require.Equal(t, 200, res.StatusCode, "%s: %s", condition, body)
		res, body = e.do("nobody", get, "/docs?"+queries[1], "", nil)
		require.Equal(t, 403, res.StatusCode, "%s: %s", condition, body)
	}
}

// BenchmarkGet reads 4 KiB without a bucket policy, the same with rate limits that are not reached, and under a policy of 20 KiB whose last of
// ten statements allows it.
func BenchmarkGet(b *testing.B) {
	for _, c := range []struct{ name, user string }{{"identity", adminKey}, {"limits", adminKey}, {"large policy", "nobody"}} {
		b.Run(c.name, func(b *testing.B) {
			store, err := pebblekv.Open(b.TempDir(), pebblekv.Options{})
			require.NoError(b, err)
			e := newEnvOn(b, store, nil)
			e.ok(adminKey, put, "/docs", "", nil)
			e.ok(adminKey, put, "/docs/k", strings.Repeat("x", 4<<10), nil)
			if c.user == "nobody" {
				var list []string
				for i := range 10 {
					list = append(list, policyStatement(policyOf("Allow", `{"AWS":"arn:aws:iam::000000000000:user/nobody"}`, "s3:Get*", "docs/k", fmt.Sprintf(
						`,"Condition":{"StringLike":{"aws:UserAgent":["agent-%d-%s/*"%s]},"IpAddress":{"aws:SourceIp":["127.0.0.0/8","192.0.2.0/24"]},"NumericLessThan":{"s3:signatureAge":"900000"}}`,
						i, strings.Repeat("a", 1700), map[bool]string{true: `,"bench/*"`}[i == 9]))))
				}
				text := `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
				require.Greater(b, len(text), 19<<10)
				e.ok(adminKey, put, "/docs?policy", text, nil)
			}
			if c.name == "limits" {
				e.server.Limits = limitsOf(b, "limit OBJECT_OPS 4000000000 per hour")
			}
			r := e.request(c.user, get, "/docs/k", "", map[string]string{"User-Agent": "bench/1"})
			r.RequestURI, r.RemoteAddr = "/docs/k", "127.0.0.1:1"
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				e.server.ServeHTTP(w, r)
				require.Equal(b, 200, w.Code)
			}
		})
	}
}
