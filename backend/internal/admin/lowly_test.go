package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/blob"
	"github.com/myfsio/myfsio/backend/internal/kv"
)

var (
	lowlySeed   = flag.Uint64("lowly.seed", 0, "seed of the requests of TestLowlyCallers; 0 for a new one")
	lowlyRounds = flag.Int("lowly.rounds", 10, "requests of each operation, caller and port of TestLowlyCallers")
)

// canaries are texts that stand in the store and nowhere else.
const (
	canaryBucket  = "canary-bucket"
	canaryKey     = "canary-key.txt"
	canaryContent = "canary-content-of-the-object"
	canaryUser    = "canary-user"
	canaryName    = "Canary Display Name"
	canaryTag     = "canary-tag-value"
	canaryRole    = "canary-role"
	canaryPolicy  = "canary-policy"
	canaryAccess  = "CANARYACCESSKEY"
	canarySecret  = "canary-secret-of-a-key"
)

// names are what only the account may see; secrets nobody.
var (
	canaryNames   = []string{canaryBucket, canaryKey, canaryContent, canaryUser, canaryName, canaryTag, canaryRole, canaryPolicy, canaryAccess}
	canarySecrets = []string{canarySecret, "a secret of the tests", "sealed:"}
)

// aviary is a lab with canaries in everything.
func aviary(t *testing.T) *lab {
	l := fixture(t)
	boss := l.admin()
	l.bucket(canaryBucket)
	boss.with("Content-Type", "text/plain").do("PUT", "/myfsio/buckets/"+canaryBucket+"/content?key="+canaryKey, canaryContent).want(200)
	document, _ := statement("s3:GetObject")
	quoted, err := json.Marshal(strings.Replace(document, `"*"`, `"arn:aws:s3:::`+canaryBucket+`/`+canaryContent+`"`, 1))
	require.NoError(t, err)
	trust := `"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"000000000000\"},\"Action\":\"sts:AssumeRole\",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"canary-tag-value\"}}}}"`
	tags := `"tags":[{"name":"note","value":"` + canaryTag + `"}]`
	boss.do("POST", users, `{"name":"`+canaryUser+`","displayName":"`+canaryName+`",`+tags+`}`).want(201)
	boss.do("PUT", users+"/"+canaryUser+"/policies/"+canaryPolicy, `{"document":`+string(quoted)+`}`).want(204)
	boss.do("POST", roles, `{"name":"`+canaryRole+`","trust":`+trust+`,"description":"`+canaryName+`",`+tags+`}`).want(201)
	boss.do("POST", groups, `{"name":"canary-user-group"}`).want(201)
	boss.do("PUT", groups+"/canary-user-group/members/"+canaryUser, "").want(204)
	boss.do("POST", "/myfsio/policies", `{"name":"`+canaryPolicy+`","document":`+string(quoted)+`,"description":"`+canaryName+`",`+tags+`}`).want(201)
	boss.do("POST", "/iam/users", `{"display_name":"`+canaryName+`","access_key":"`+canaryAccess+`","secret_key":"`+canarySecret+`"}`).want(201)
	return l
}

// digest is the state of the store: every row and every blob.
func (l *lab) digest() string {
	h := sha256.New()
	require.NoError(l.t, l.deps.KV.View(context.Background(), func(r kv.Reader) error {
		it := r.Iter(kv.Range{End: []byte{0xff, 0xff}})
		for it.Next() {
			fmt.Fprintf(h, "%x=%x\n", it.Key(), it.Value())
		}
		return it.Close()
	}))
	require.NoError(l.t, l.blobs.List(context.Background(), blob.ID{}, func(i blob.Info) error {
		_, err := fmt.Fprintln(h, i)
		return err
	}))
	return hex.EncodeToString(h.Sum(nil))
}

// Callers with few rights send every operation what its specification allows, what it just allows, and what it does not: no answer is a
// fault of the server, each is as documented, none tells what the caller may not know, and what is refused leaves no trace.
func TestLowlyCallers(t *testing.T) {
	seed := *lowlySeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) //nolint:gosec // any number is a seed
	}
	t.Logf("again with -lowly.seed=%d", seed)
	l := aviary(t)
	s := readSpec(t)
	boss, _ := l.tenant("team")
	var clerk UserSecret
	boss.do("POST", "/iam/users", `{"display_name":"clerk","policies":[{"bucket":"*","actions":["list","read"]}]}`).want(201).into(&clerk)
	reading := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:Get*","s3:List*","iam:Get*","iam:List*"],"Resource":"*"}}`
	callers := []struct {
		name    string
		who     *client
		secrets []string
	}{
		{"nobody", l.as("", ""), append(canaryNames, canarySecrets...)},
		{"no rights", l.user(`[]`), append(canaryNames, canarySecrets...)},
		{"read only", l.user(reading), canarySecrets},
		{"another account", l.as(clerk.AccessKey, clerk.SecretKey), append(canaryNames, canarySecrets...)},
	}
	g := &generator{spec: s, Rand: rand.New(rand.NewPCG(seed, 0)), names: map[string][]string{ //nolint:gosec // it has to be repeatable
		"bucket": {canaryBucket, "one", "nothing"}, "name": {canaryUser, canaryRole, "canary-user-group", "nobody"}, "user": {canaryUser, "nobody"},
		"kind": {"users", "groups", "roles"}, "key": {canaryKey, "k", "f/"}, "keys": {canaryKey}, "prefix": {"", "canary"}, "query": {"canary"}, "search": {"canary", ""},
		"arn": {"arn:aws:iam::000000000000:policy/" + canaryPolicy, "arn:aws:iam::aws:policy/ReadOnlyAccess"}, "policy": {canaryPolicy, "p"},
		"accessKey": {canaryAccess, "localadmin"}, "account": {"default", "other", "team"}, "targetBucket": {canaryBucket, "one"}, "document": {reading, "{}"},
		"uploadId": {strings.Repeat("0", 39)}, "versionId": {"null", strings.Repeat("0", 32)},
	}}
	var operations []string
	for path, methods := range s.Paths {
		for method := range methods {
			operations = append(operations, strings.ToUpper(method)+" "+path)
		}
	}
	sort.Strings(operations)
	before := l.digest()
	answers := map[string]map[int]int{}
	for round := range *lowlyRounds {
		for _, line := range operations {
			method, path, _ := strings.Cut(line, " ")
			o := s.Paths[path][strings.ToLower(method)]
			for _, caller := range callers {
				for port, h := range map[string]http.Handler{"console": l.console, "s3": l.s3} {
					target, media, body, header := g.request(method, path, o)
					who := caller.who.on(h).with("Content-Type", media)
					for name, value := range header {
						who = who.with(name, value)
					}
					r := who.do(method, target, body)
					what := fmt.Sprintf("round %d, %s on %s: %s %s\n%s\n→ %d %s", round, caller.name, port, method, target, body, r.w.Code, r.text())
					l.judge(s, o, method, r, what)
					if answers[caller.name] == nil {
						answers[caller.name] = map[int]int{}
					}
					answers[caller.name][r.w.Code]++
					asked := asking(target) + body
					for _, secret := range caller.secrets {
						require.False(t, strings.Contains(r.text(), secret) && !strings.Contains(asked, secret), "%q is told: %s", secret, what)
					}
					if after := l.digest(); after != before {
						require.Less(t, r.w.Code, 300, "what is refused leaves a trace: %s", what)
						require.Equal(t, "createZip", o.OperationID, "whoever reads changes nothing but to get a ticket: %s", what)
						before = after
					}
				}
			}
		}
	}
	for _, caller := range callers { // the requests are such as get somewhere
		t.Logf("%s: %v", caller.name, answers[caller.name])
		require.Positive(t, answers[caller.name][200], caller.name)
		require.Positive(t, answers[caller.name][422], caller.name)
	}
	require.Greater(t, answers["read only"][200], 8**lowlyRounds)
}

// asking is a target as it is read.
func asking(target string) string {
	if plain, err := url.QueryUnescape(target); err == nil {
		return plain
	}
	return target
}

// judge holds an answer to the specification.
func (l *lab) judge(s *spec, o *specified, method string, r *reply, what string) {
	l.t.Helper()
	require.True(l.t, r.w.Code < 500 || r.w.Code == http.StatusNotImplemented, what)
	media, _, _ := strings.Cut(r.w.Header().Get("Content-Type"), ";")
	answer, documented := o.Responses[fmt.Sprint(r.w.Code)]
	if !documented {
		require.GreaterOrEqual(l.t, r.w.Code, 400, "not documented: %s", what)
		answer = o.Responses["default"]
	}
	if method == http.MethodHead || r.w.Body.Len() == 0 {
		require.True(l.t, method == http.MethodHead || r.w.Code == http.StatusNoContent || len(answer.Content) == 0 || answer.Content["application/octet-stream"].Schema != nil, what)
		return
	}
	content, ok := answer.Content[media]
	require.True(l.t, ok || len(answer.Content) > 0 && answer.Content["application/octet-stream"].Schema != nil && r.w.Code < 300, "%s is not documented: %s", media, what)
	if !strings.HasSuffix(media, "json") {
		return
	}
	var v any
	require.NoError(l.t, json.Unmarshal(r.w.Body.Bytes(), &v), what)
	require.Empty(l.t, s.fits(content.Schema, v, "answer"), what)
	if r.w.Code >= 400 {
		require.Equal(l.t, "application/problem+json", media, what)
		require.EqualValues(l.t, r.w.Code, v.(map[string]any)["status"], what)
		require.NotEmpty(l.t, v.(map[string]any)["detail"], what)
	}
}
