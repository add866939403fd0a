package s3

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// simulated is a request with what a simulation says of it.
type simulated struct {
	method, target, action, resource string
	keys                             map[string][]string
}

var simulatedRequests = []simulated{
	{"GET", "/box/photos/a", "s3:GetObject", "box/photos/a", nil},
	{"GET", "/box/k", "s3:GetObject", "box/k", nil},
	{"HEAD", "/box/theirs", "s3:GetObject", "box/theirs", nil},
	{"GET", "/box/theirs?acl", "s3:GetObjectAcl", "box/theirs", nil},
	{"GET", "/box/k?tagging", "s3:GetObjectTagging", "box/k", nil},
	{"PUT", "/box/w", "s3:PutObject", "box/w", map[string][]string{"s3:ObjectCreationOperation": {"true"}}},
	{"DELETE", "/box/d", "s3:DeleteObject", "box/d", nil},
	{"GET", "/box?list-type=2&prefix=photos/&max-keys=5", "s3:ListBucket", "box", map[string][]string{"s3:prefix": {"photos/"}, "s3:max-keys": {"5"}}},
	{"GET", "/box?list-type=2", "s3:ListBucket", "box", nil},
	{"HEAD", "/box", "s3:HeadBucket", "box", nil},
	{"GET", "/box?policy", "s3:GetBucketPolicy", "box", nil},
	{"GET", "/box?acl", "s3:GetBucketAcl", "box", nil},
	{"GET", "/box?versioning", "s3:GetBucketVersioning", "box", nil},
}

// dice draws policies.
type dice struct{ *rand.Rand }

func (d dice) one(of ...string) string { return of[d.IntN(len(of))] }

func (d dice) condition() string {
	if d.IntN(3) > 0 {
		return ""
	}
	return `,"Condition":` + d.one(
		`{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}`, `{"NotIpAddress":{"aws:SourceIp":"127.0.0.0/8"}}`, `{"Bool":{"aws:SecureTransport":"true"}}`,
		`{"Bool":{"aws:SecureTransport":"false"}}`, `{"StringEquals":{"aws:username":"reader"}}`, `{"StringLike":{"aws:UserAgent":"tester*"}}`,
		`{"StringEquals":{"aws:PrincipalTag/team":"blue"}}`, `{"Null":{"aws:Referer":"true"}}`, `{"StringEqualsIfExists":{"aws:Referer":"x"}}`,
		`{"StringEquals":{"s3:authType":"REST-HEADER"}}`, `{"DateLessThan":{"aws:CurrentTime":"2100-01-01T00:00:00Z"}}`,
		`{"ForAllValues:StringEquals":{"aws:userid":["anonymous"]}}`, `{"StringNotEquals":{"aws:PrincipalType":"User"}}`)
}

func (d dice) statement(sid int, principal bool) string {
	effect := "Allow"
	if d.IntN(5) == 0 {
		effect = "Deny"
	}
	who := ""
	if principal {
		who = `"Principal":` + d.one(`"*"`, `{"AWS":"arn:aws:iam::000000000000:user/reader"}`, `{"AWS":"000000000000"}`, `{"AWS":"arn:aws:iam::000000000000:role/worker"}`,
			`{"AWS":"arn:aws:iam::OTHER:user/bob"}`, `{"AWS":"arn:aws:iam::OTHER:root"}`) + ","
	}
	if d.IntN(3) == 0 {
		return fmt.Sprintf(`{"Sid":"s%d","Effect":"%s",%s"Action":["%s"],"Resource":"arn:aws:s3:::box"%s}`, sid, effect, who,
			d.one("s3:ListBucket", "s3:Get*", "s3:*", "s3:GetBucketPolicy", "s3:GetBucketAcl"), d.condition())
	}
	verb := "Action"
	if d.IntN(8) == 0 && effect == "Deny" {
		verb = "NotAction"
	}
	return fmt.Sprintf(`{"Sid":"s%d","Effect":"%s",%s"%s":["%s"],"Resource":["arn:aws:s3:::box","%s"]%s}`, sid, effect, who, verb,
		d.one("s3:GetObject", "s3:*", "s3:Get*", "s3:PutObject", "s3:*Object", "s3:GetObjectTagging"),
		d.one("arn:aws:s3:::box/*", "arn:aws:s3:::box/photos/*", "arn:aws:s3:::box*/k", "arn:aws:s3:::box/?", "arn:aws:s3:::box/${aws:PrincipalTag/none}*"), d.condition())
}

func (d dice) document(principal bool) string {
	var all []string
	for i := range 1 + d.IntN(4) {
		all = append(all, d.statement(i, principal))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + `]}`
}

// TestSimulationsAreRight: whatever policies, boundaries, lists and blocks there are, a simulation says of a request what comes of it.
func TestSimulationsAreRight(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	d := dice{rand.New(rand.NewPCG(seed, 1))}
	e := newEnv(t, nil)
	ctx := t.Context()
	b, err := e.buckets.Create(ctx, bucket.CreateInput{Name: "box", Account: iam.DefaultAccount})
	require.NoError(t, err)
	put := func(key, account string, acl *meta.ACL, tags ...meta.Pair) {
		_, err := e.objects.Put(ctx, object.PutInput{Bucket: b, Key: key, Body: strings.NewReader("x"), Size: 1, Tags: tags, ACL: acl, Caller: object.Caller{Account: account}})
		require.NoError(t, err)
	}
	_, err = e.iam.CreateEntity(ctx, iam.Machine, iam.NewEntity{Kind: iam.GroupEntity, Name: "team"})
	require.NoError(t, err)
	require.NoError(t, e.iam.SetMember(ctx, iam.Machine, "reader", "team", true))
	_, err = e.iam.CreateEntity(ctx, iam.Machine, iam.NewEntity{Kind: iam.RoleEntity, Name: "worker", Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}}`})
	require.NoError(t, err)
	bound, err := e.iam.CreatePolicy(ctx, iam.Machine, iam.NewPolicy{Name: "bound", Text: d.document(false)})
	require.NoError(t, err)
	require.NoError(t, e.iam.Edit(ctx, iam.Machine, iam.UserEntity, "reader", iam.Tag(meta.Tags{{Name: "team", Value: "blue"}})))
	admin, err := e.iam.Credential(ctx, adminKey)
	require.NoError(t, err)
	ann, err := e.iam.Credential(ctx, "ann")
	require.NoError(t, err)
	edit := func(actor *iam.Identity, kind iam.EntityKind, name string, edit iam.Edit) {
		require.NoError(t, e.iam.Edit(ctx, actor, kind, name, edit))
	}
	seen := map[string]int{}
	for range 15 {
		edit(iam.Machine, iam.UserEntity, "reader", iam.PutPolicy("own", d.document(false)))
		edit(iam.Machine, iam.GroupEntity, "team", iam.PutPolicy("group", d.document(false)))
		edit(iam.Machine, iam.RoleEntity, "worker", iam.PutPolicy("role", d.document(false)))
		edit(ann.Identity, iam.UserEntity, "bob", iam.PutPolicy("theirs", d.document(false)))
		edit(iam.Machine, iam.UserEntity, "reader", iam.SetBoundary(map[bool]string{true: bound.ARN, false: "arn:aws:iam::aws:policy/AmazonS3FullAccess"}[d.IntN(4) == 0]))
		session := d.document(false)
		s, err := e.iam.AssumeRole(ctx, admin.Identity, iam.AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/worker", Name: "night", Policy: session})
		require.NoError(t, err)
		e.signers["session"] = sigv4.NewSigner(sigv4.Credentials{AccessKey: s.AccessKey, Secret: s.Secret, Token: s.Token}, "us-east-1", "s3")

		require.NoError(t, bucket.SetDocument(ctx, e.buckets, b, bucket.PublicAccessBlock, &meta.PublicAccessBlock{}, nil))
		var doc *bucket.PolicyText
		if d.IntN(4) > 0 {
			doc, err = bucket.ParsePolicy([]byte(strings.ReplaceAll(d.document(true), "OTHER", e.other.Number)), "box")
			require.NoError(t, err)
		}
		require.NoError(t, e.buckets.SetPolicy(ctx, b, doc))
		var acl *meta.ACL
		if d.IntN(2) == 0 {
			acl = &meta.ACL{Grants: []meta.Grant{{Group: []meta.Group{meta.AllUsers, meta.AuthenticatedUsers}[d.IntN(2)], Permission: []meta.Permission{meta.Read, meta.Write, meta.ReadACP, meta.FullControl}[d.IntN(4)]}}}
		}
		require.NoError(t, bucket.SetDocument(ctx, e.buckets, b, bucket.ACL, acl, nil))
		require.NoError(t, bucket.SetDocument(ctx, e.buckets, b, bucket.PublicAccessBlock, &meta.PublicAccessBlock{IgnoreACLs: d.IntN(3) == 0, RestrictBuckets: d.IntN(3) == 0}, nil))
		put("photos/a", iam.DefaultAccount, acl)
		put("k", iam.DefaultAccount, nil, meta.Pair{Name: "c", Value: "1"})
		put("theirs", e.other.Number, acl)

		e.surveysAgree(admin.Identity, b, d)
		for who, principal := range map[string]string{"reader": "reader", "nobody": "nobody", adminKey: adminKey, "bob": "bob", "": iam.AnonymousSubject, "session": s.ARN} {
			for _, r := range simulatedRequests {
				in := access.Simulation{
					Subject: iam.Subject{Principal: principal}, Actions: []string{r.action}, Resources: []string{"arn:aws:s3:::" + r.resource}, Keys: e.circumstances(who),
				}
				maps.Copy(in.Keys, r.keys)
				if who == "session" {
					text, err := policy.Parse([]byte(session), policy.Identity)
					require.NoError(t, err)
					in.Subject.Session = append(in.Subject.Session, text)
				}
				_, out, err := e.server.access.Simulate(ctx, admin.Identity, in)
				require.NoError(t, err)
				res, body := e.do(who, r.method, r.target, "", map[string]string{"User-Agent": "tester/1"})
				require.Contains(t, []int{200, 204, 403, 404, 405}, res.StatusCode, body)
				require.Equal(t, res.StatusCode != http.StatusForbidden && res.StatusCode != http.StatusMethodNotAllowed, out[0].Decision.Allowed, "%s %s by %s: %d, but %s by %s: %s\n%+v",
					r.method, r.target, who, res.StatusCode, out[0].Verdict(), out[0].By, out[0].Lacks, out[0].Trace)
				seen[out[0].Verdict()+" "+out[0].By]++
			}
		}
	}
	t.Log(seen)
	require.Greater(t, len(seen), 8, "the worlds differ")
}

// surveysAgree holds who has what on the bucket to simulations: what is always allowed is, and who is not told of has nothing, whatever the
// circumstances.
func (e *env) surveysAgree(admin *iam.Identity, b *meta.Bucket, d dice) {
	ctx := e.t.Context()
	for _, prefix := range []string{"", "k", "photos/"} {
		found, err := (&access.Asker{Service: e.server.access, ID: admin}).Survey(ctx, b, access.Survey{Prefix: prefix, Most: 100})
		require.NoError(e.t, err)
		reach := map[string]policy.Reach{}
		for _, p := range found.Principals {
			for _, l := range p.Has {
				name := p.Kind + p.Name + " " + l.Name
				reach[name] = max(reach[name], l.Reach)
			}
		}
		// In a fixed order, so that a seed says the same again.
		inOrder(map[string][]string{
			"reader": {"userreader"}, "nobody": {"usernobody"}, iam.AnonymousSubject: {"everyone"}, "bob": {"authenticated", "account", "outsider"},
			"arn:aws:iam::000000000000:role/worker": {"roleworker"},
		}, func(who string, kinds []string) {
			for _, l := range [][2]string{{"list", "s3:ListBucket"}, {"read", "s3:GetObject"}, {"write", "s3:PutObject"}, {"delete", "s3:DeleteObject"}, {"administer", "s3:DeleteBucket"}} {
				level, action := l[0], l[1]
				in := access.Simulation{Subject: iam.Subject{Principal: who}, Actions: []string{action}, Resources: []string{"arn:aws:s3:::box/" + prefix + "z"}, Keys: map[string][]string{}}
				inOrder(map[string][]string{"aws:SourceIp": {"127.0.0.1", "192.0.2.1"}, "aws:SecureTransport": {"true", "false"}, "aws:UserAgent": {"tester/1", "x"}, "aws:Referer": {"x"}, "s3:authType": {"REST-HEADER", "POST"}}, func(name string, values []string) {
					if i := d.IntN(len(values) + 1); i < len(values) {
						in.Keys[name] = values[i : i+1]
					}
				})
				_, out, err := e.server.access.Simulate(ctx, admin, in)
				require.NoError(e.t, err)
				best := policy.Never
				for _, kind := range kinds {
					best = max(best, reach[kind+" "+level])
				}
				allowed := out[0].Decision.Allowed
				if allowed {
					require.NotEqual(e.t, policy.Never, best, "%s below %q by %s with %v: %+v", action, prefix, who, in.Keys, out[0].Trace)
				}
				if best == policy.Always && who != "bob" && level != "administer" {
					require.True(e.t, allowed, "%s below %q by %s with %v: %+v", action, prefix, who, in.Keys, out[0].Trace)
				}
			}
		})
	}
}

func inOrder[V any](m map[string]V, fn func(string, V)) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		fn(name, m[name])
	}
}

// circumstances are the condition keys of every request that a test makes as somebody.
func (e *env) circumstances(who string) map[string][]string {
	keys := map[string][]string{"aws:SourceIp": {"127.0.0.1"}, "aws:SecureTransport": {"false"}, "aws:UserAgent": {"tester/1"}}
	if who != "" {
		keys["s3:authType"], keys["s3:signatureversion"], keys["s3:signatureAge"] = []string{"REST-HEADER"}, []string{"AWS4-HMAC-SHA256"}, []string{"0"}
	}
	return keys
}

// TestSimulationLooksOnly: a simulation changes nothing and gives the identity of requests no trace.
func TestSimulationLooksOnly(t *testing.T) {
	e := newEnv(t, nil)
	ctx := context.Background()
	admin, err := e.iam.Credential(ctx, adminKey)
	require.NoError(t, err)
	_, err = e.buckets.Create(ctx, bucket.CreateInput{Name: "box", Account: iam.DefaultAccount})
	require.NoError(t, err)
	_, out, err := e.server.access.Simulate(ctx, admin.Identity, access.Simulation{
		Subject: iam.Subject{Principal: "reader"}, Actions: []string{"s3:DeleteBucket", "s3:CreateBucket", "s3:listallmybuckets"}, Resources: []string{"arn:aws:s3:::box", "arn:aws:s3:::new", "*"},
	})
	require.NoError(t, err)
	require.Len(t, out, 9)
	require.Equal(t, "s3:ListAllMyBuckets", out[2].Action)
	res, _ := e.do(adminKey, "HEAD", "/new", "", nil)
	require.Equal(t, 404, res.StatusCode)
	e.ok(adminKey, "HEAD", "/box", "", nil)
}
