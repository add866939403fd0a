package s3compat

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/idp"
	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// identities starts a provider of identities, over TLS or not, and returns its issuer.
func identities(t *testing.T, secure bool) (*idp.Provider, *httptest.Server, string) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	issuer := "http://" + s.Listener.Addr().String()
	if secure {
		issuer = "https://" + s.Listener.Addr().String()
	}
	p, err := idp.New(issuer)
	require.NoError(t, err)
	s.Config.Handler = p
	if s.Start(); secure {
		s.Close()
		l, err := net.Listen("tcp", strings.TrimPrefix(issuer, "https://"))
		require.NoError(t, err)
		s = httptest.NewUnstartedServer(p)
		require.NoError(t, s.Listener.Close())
		s.Listener = l
		s.StartTLS()
	}
	t.Cleanup(s.Close)
	return p, s, issuer
}

// person is a browser at the console.
type person struct {
	*http.Client
	t  *testing.T
	ui string
}

func newPerson(t *testing.T, s *lab.Server) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	p := &person{&http.Client{Jar: jar, Timeout: 30 * time.Second}, t, fmt.Sprintf("http://127.0.0.1:%d", s.UIPort)}
	require.Eventually(t, func() bool { // the console is there a moment after the S3 port
		res, err := p.Get(p.ui + "/myfsio/health")
		return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK
	}, lab.StartTime, 10*time.Millisecond)
	return p
}

func (p *person) read(res *http.Response, err error) (string, *url.URL) {
	p.t.Helper()
	require.NoError(p.t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, res.Body.Close())
	return string(body), res.Request.URL
}

var signInID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// as goes to the provider, says who it is there, and returns where it ends up.
func (p *person) as(issuer, subject, next string) *url.URL {
	p.t.Helper()
	page, at := p.read(p.Get(p.ui + "/myfsio/session/oidc?next=" + url.QueryEscape(next)))
	require.Equal(p.t, "/login", at.Path, page)
	id := signInID.FindStringSubmatch(page)
	require.Len(p.t, id, 2, page)
	_, at = p.read(p.PostForm(issuer+"/login", url.Values{"id": {id[1]}, "person": {subject}}))
	return at
}

// send makes a write as the console's own pages do.
func (p *person) send(method, path, body string) string {
	p.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, p.ui+path, strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Myfsio-Console", "1")
	req.Header.Set("Origin", p.ui)
	text, _ := p.read(p.Do(req))
	return text
}

type sessionNow struct {
	User *struct {
		Name, AccessKey string
		Provider, Admin bool
	}
	Permissions []string
}

func (p *person) session() (s sessionNow) {
	p.t.Helper()
	body, _ := p.read(p.Get(p.ui + "/myfsio/session"))
	require.NoError(p.t, json.Unmarshal([]byte(body), &s))
	return s
}

// TestSignInAtAProvider goes the whole way with a provider that implements all of the protocol.
func TestSignInAtAProvider(t *testing.T) {
	provider, host, issuer := identities(t, false)
	s := lab.Start(t, lab.Options{Env: map[string]string{
		"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": idp.ClientID, "OIDC_CLIENT_SECRET": idp.ClientSecret, "OIDC_SCOPES": "openid,profile,groups", "OUTBOUND_ALLOW": "127.0.0.1",
		"OIDC_GRANTS": "admins=policy:AdministratorAccess; staff=policy:AmazonS3ReadOnlyAccess", "RATE_LIMIT_LOGIN": "none",
	}})
	ann := newPerson(t, s)
	require.Equal(t, "/ui/jobs", ann.as(issuer, "ann-1", "/jobs").Path)
	now := ann.session()
	require.Equal(t, "Ann of the Team", now.User.Name)
	require.True(t, now.User.Provider && !now.User.Admin)
	root := newPerson(t, s)
	root.as(issuer, "root-1", "/")
	require.Contains(t, root.session().Permissions, "iam:CreateUser")
	require.Nil(t, newPerson(t, s).session().User)

	// Who has no key shares links all the same, as long as they may sign in.
	c := s.S3(t)
	_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("shared")})
	require.NoError(t, err)
	put(t, c, "shared", "k", []byte("content"))
	link := ann.send(http.MethodPost, "/myfsio/presign", `{"bucket":"shared","key":"k","method":"GET"}`)
	var made struct{ URL string }
	require.NoError(t, json.Unmarshal([]byte(link), &made), link)
	fetch := func() (string, int) {
		res, err := http.Get(made.URL) //nolint:gosec,noctx // a link of this server
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return string(body), res.StatusCode
	}
	body, status := fetch()
	require.Equal(t, 200, status, body)
	require.Equal(t, "content", body)
	root.send(http.MethodPut, "/myfsio/identities/users/ann", `{"disabled":true}`)
	_, status = fetch()
	require.Equal(t, 403, status)
	require.Nil(t, ann.session().User)
	root.send(http.MethodPut, "/myfsio/identities/users/ann", `{"disabled":false}`)

	require.Eventually(t, func() bool {
		file, err := os.ReadFile(filepath.Join(s.Store, ".myfsio.sys", "config", "iam.json"))
		return err == nil && strings.Contains(string(file), `"subject": "ann-1"`) && strings.Contains(string(file), issuer)
	}, 10*time.Second, 20*time.Millisecond)

	denied := newPerson(t, s)
	at := denied.as(issuer, "", "/jobs")
	require.Equal(t, "denied", at.Query().Get("sso"))
	require.Nil(t, denied.session().User)

	require.NoError(t, provider.Rotate())
	require.Equal(t, "/ui/", newPerson(t, s).as(issuer, "ann-1", "").Path)

	host.Close()
	require.Equal(t, "Ann of the Team", ann.session().User.Name, "sessions go on")
	require.NotContains(t, s.Log(), idp.ClientSecret)
}

// TestSignInWhileTheProviderIsDown: it is said, and those with a key sign in.
func TestSignInWhileTheProviderIsDown(t *testing.T) {
	_, host, issuer := identities(t, false)
	host.Close()
	s := lab.Start(t, lab.Options{Env: map[string]string{"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "x", "OUTBOUND_ALLOW": "127.0.0.1"}})
	p := newPerson(t, s)
	_, at := p.read(p.Get(p.ui + "/myfsio/session/oidc"))
	require.Equal(t, "unavailable", at.Query().Get("sso"))
	p.send(http.MethodPost, "/myfsio/session", fmt.Sprintf(`{"accessKey":%q,"secretKey":%q}`, lab.AccessKey, lab.SecretKey))
	require.NotNil(t, p.session().User)

	// Without leave to call loopback the server does not even try.
	s = lab.Start(t, lab.Options{Env: map[string]string{"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "x"}})
	p = newPerson(t, s)
	_, at = p.read(p.Get(p.ui + "/myfsio/session/oidc"))
	require.Equal(t, "unavailable", at.Query().Get("sso"))
	require.Contains(t, s.Log(), "OUTBOUND_ALLOW")
}

type fixed func() (string, error)

func (f fixed) GetIdentityToken() ([]byte, error) {
	token, err := f()
	return []byte(token), err
}

// TestWebIdentity: the SDK turns the token of a job into credentials, and they do what the role may and no more.
func TestWebIdentity(t *testing.T) {
	provider, host, issuer := identities(t, true)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	require.NoError(t, os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: host.Certificate().Raw}), 0o600))
	s := lab.Start(t, lab.Options{Env: map[string]string{"OUTBOUND_ALLOW": "127.0.0.1", "OUTBOUND_CA_FILE": authority}})
	cfg := aws.Config{Region: lab.Region, BaseEndpoint: &s.URL, Credentials: credentials.NewStaticCredentialsProvider(lab.AccessKey, lab.SecretKey, "")}
	admin := iam.NewFromConfig(cfg)
	made, err := admin.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: &issuer, ClientIDList: []string{"sts.example"}})
	require.NoError(t, err)
	short := strings.TrimPrefix(issuer, "https://")
	require.Equal(t, "arn:aws:iam::000000000000:oidc-provider/"+short, *made.OpenIDConnectProviderArn)
	got, err := admin.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: made.OpenIDConnectProviderArn})
	require.NoError(t, err)
	require.Equal(t, []string{"sts.example"}, got.ClientIDList)
	role, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("Deploy"), AssumeRolePolicyDocument: aws.String(fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":%q},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"%s:aud":"sts.example"},"StringLike":{"%s:sub":"repo:team/*"}}}]}`,
		*made.OpenIDConnectProviderArn, short, short))})
	require.NoError(t, err)
	_, err = admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("Deploy"), PolicyName: aws.String("p"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::releases","arn:aws:s3:::releases/*"]}]}`)})
	require.NoError(t, err)

	anonymous := sts.New(sts.Options{Region: lab.Region, BaseEndpoint: &s.URL})
	as := func(claims map[string]any) *s3.Client {
		token := func() (string, error) {
			c := map[string]any{"iss": issuer, "sub": "repo:team/app:ref:refs/heads/main", "aud": "sts.example", "iat": time.Now().Unix(), "exp": time.Now().Add(5 * time.Minute).Unix()}
			for k, v := range claims {
				c[k] = v
			}
			return provider.Token(c)
		}
		creds := stscreds.NewWebIdentityRoleProvider(anonymous, *role.Role.Arn, fixed(token), func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = "run-7" })
		return s.S3(t, func(o *s3.Options) { o.Credentials = aws.NewCredentialsCache(creds) })
	}
	job := as(nil)
	_, err = job.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("releases")})
	require.NoError(t, err)
	put(t, job, "releases", "app.tar", []byte("built"))
	require.Equal(t, "built", string(read(t, job, "releases", "app.tar")))
	_, err = job.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("another")})
	refused(t, err, http.StatusForbidden, "AccessDenied")

	require.NoError(t, provider.Rotate())
	_, err = as(nil).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("releases")})
	require.NoError(t, err)

	for code, claims := range map[string]map[string]any{
		"AccessDenied": {"sub": "repo:evil/app"}, "InvalidIdentityToken": {"aud": "another"}, "ExpiredTokenException": {"exp": time.Now().Add(-time.Hour).Unix()},
	} {
		_, err = as(claims).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("releases")})
		require.Equal(t, code, Code(err), "%v", err)
	}
	_, err = admin.DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: made.OpenIDConnectProviderArn})
	require.NoError(t, err)
	_, err = as(nil).ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("releases")})
	require.Equal(t, "InvalidIdentityToken", Code(err), "%v", err)
}
