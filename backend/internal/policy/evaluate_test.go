package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const owner = "000000000001"

var ada = Principal{Account: owner, ARN: "arn:aws:iam::000000000001:user/ada", UserID: "AIDA0000000000000ADA", Name: "ada",
	CanonicalID: "1111111111111111111111111111111111111111111111111111111111111111"}
var eve = Principal{Account: "000000000002", ARN: "arn:aws:iam::000000000002:user/eve", UserID: "AIDA0000000000000EVE", Name: "eve",
	CanonicalID: "2222222222222222222222222222222222222222222222222222222222222222"}
var nobody = Principal{Anonymous: true}

func parse(t testing.TB, text string, kind Kind) *Document {
	t.Helper()
	d, err := Parse([]byte(text), kind)
	require.NoError(t, err)
	return d
}

func keysOf(m map[string][]string) func(string) ([]string, bool) {
	return func(name string) ([]string, bool) { v, ok := m[name]; return v, ok }
}

func TestPrincipals(t *testing.T) {
	for _, c := range []struct {
		principal      string
		ada, eve, anon bool
	}{
		{`"*"`, true, false, true}, // eve needs an identity policy too
		{`{"AWS":"*"}`, true, false, true},
		{`{"AWS":"arn:aws:iam::000000000001:user/ada"}`, true, false, false},
		{`{"AWS":"AIDA0000000000000ADA"}`, true, false, false},
		{`{"AWS":"000000000001"}`, false, false, false}, // delegates to identity policies
		{`{"AWS":"arn:aws:iam::000000000001:root"}`, false, false, false},
		{`{"CanonicalUser":"1111111111111111111111111111111111111111111111111111111111111111"}`, false, false, false},
		{`{"Service":"logging.s3.amazonaws.com"}`, false, false, false},
	} {
		d := parse(t, `{"Statement":{"Effect":"Allow","Principal":`+c.principal+`,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`, Bucket)
		for _, who := range []struct {
			p    *Principal
			want bool
		}{{&ada, c.ada}, {&eve, c.eve}, {&nobody, c.anon}} {
			req := &Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: owner, Principal: who.p}
			require.Equal(t, who.want, Evaluate(req, []Source{{Kind: SourceResource, Document: d}}).Allowed, "%s %s", c.principal, who.p.Name)
		}
	}
}

func TestDenyPrincipals(t *testing.T) {
	all := Source{Name: "all", Kind: SourceResource, Document: parse(t, `{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`, Bucket)}
	for _, c := range []struct {
		principal string
		ada, anon bool
	}{
		{`"Principal":{"AWS":"000000000001"}`, true, false},
		{`"Principal":{"CanonicalUser":"1111111111111111111111111111111111111111111111111111111111111111"}`, true, false},
		{`"NotPrincipal":{"AWS":["arn:aws:iam::000000000001:user/ada","000000000001"]}`, false, true},
		{`"NotPrincipal":{"AWS":"000000000001"}`, true, true},
	} {
		d := parse(t, `{"Statement":{"Sid":"s","Effect":"Deny",`+c.principal+`,"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}}`, Bucket)
		for _, who := range []struct {
			p    *Principal
			want bool
		}{{&ada, c.ada}, {&nobody, c.anon}} {
			req := &Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: owner, Principal: who.p}
			got := Evaluate(req, []Source{all, {Name: "d", Kind: SourceResource, Document: d}})
			require.Equal(t, who.want, got.ExplicitDeny, c.principal)
			if who.want {
				require.Equal(t, Decision{ExplicitDeny: true, Source: "d", Kind: SourceResource, Sid: "s", Reason: reasonDenied}, got)
			}
		}
	}
}

func TestCrossAccountAndBoundary(t *testing.T) {
	id := Source{Name: "identity", Document: parse(t, identity(`"Action":"s3:*","Resource":"*"`), Identity)}
	acct := Source{Name: "bucket", Kind: SourceResource, Document: parse(t, `{"Statement":{"Effect":"Allow","Principal":{"AWS":"000000000002"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`, Bucket)}
	req := &Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: owner, Principal: &eve}
	require.False(t, Evaluate(req, []Source{id}).Allowed)
	require.False(t, Evaluate(req, []Source{acct}).Allowed)
	require.Equal(t, Decision{Allowed: true, Source: "bucket", Reason: reasonAllowed}, Evaluate(req, []Source{id, acct}))
	acl := Source{Name: "acl", Kind: SourceResource, Grants: func(action string) bool { return action == "s3:GetObject" }}
	require.False(t, Evaluate(req, []Source{acl}).Allowed)
	require.Equal(t, Decision{Allowed: true, Source: "acl", Statement: -1, Reason: reasonGranted}, Evaluate(req, []Source{id, acl}))
	require.True(t, Evaluate(&Request{Action: "s3:GetObject", Resource: req.Resource, ResourceAccount: owner, Principal: &nobody}, []Source{acl}).Allowed)
	require.False(t, Evaluate(&Request{Action: "s3:PutObject", Resource: req.Resource, ResourceAccount: owner, Principal: &nobody}, []Source{acl}).Allowed)
	bound := Source{Name: "session", Kind: SourceBoundary, Document: parse(t, identity(`"Action":"s3:PutObject","Resource":"*"`), Identity)}
	mine := &Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: owner, Principal: &ada}
	require.True(t, Evaluate(mine, []Source{id}).Allowed)
	require.Equal(t, Decision{Statement: -1, Kind: SourceBoundary, Reason: reasonBoundary}, Evaluate(mine, []Source{id, bound}))
	mine.Action = "s3:PutObject"
	require.True(t, Evaluate(mine, []Source{bound, id}).Allowed)
	require.False(t, Evaluate(mine, []Source{bound}).Allowed)
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		cond string
		keys map[string][]string
		want bool
	}{
		{`{"StringEquals":{"aws:Referer":["x","y"]}}`, map[string][]string{"aws:Referer": {"y"}}, true},
		{`{"StringEquals":{"aws:Referer":"x*"}}`, map[string][]string{"aws:Referer": {"xy"}}, false},
		{`{"StringEquals":{"aws:Referer":"x"}}`, nil, false},
		{`{"StringEqualsIfExists":{"aws:Referer":"x"}}`, nil, true},
		{`{"StringNotEquals":{"aws:Referer":["x","y"]}}`, map[string][]string{"aws:Referer": {"y"}}, false},
		{`{"StringNotEquals":{"aws:Referer":["x","y"]}}`, map[string][]string{"aws:Referer": {"z"}}, true},
		{`{"StringNotEquals":{"aws:Referer":"x"}}`, nil, true},
		{`{"StringEqualsIgnoreCase":{"aws:Referer":"ABC"}}`, map[string][]string{"aws:Referer": {"abC"}}, true},
		{`{"StringNotEqualsIgnoreCase":{"aws:Referer":"ABC"}}`, map[string][]string{"aws:Referer": {"abC"}}, false},
		{`{"StringLike":{"aws:Referer":"https://*.example.com/*"}}`, map[string][]string{"aws:Referer": {"https://a.example.com/b"}}, true},
		{`{"StringNotLike":{"aws:Referer":"https://*"}}`, map[string][]string{"aws:Referer": {"https://a"}}, false},
		{`{"StringLike":{"aws:Referer":"${aws:username}-*"}}`, map[string][]string{"aws:Referer": {"ada-1"}}, true},
		{`{"StringEquals":{"aws:Referer":"${aws:UserAgent,'none'}"}}`, map[string][]string{"aws:Referer": {"none"}}, true},
		{`{"StringEquals":{"aws:Referer":"${aws:UserAgent}"}}`, map[string][]string{"aws:Referer": {""}}, false},
		{`{"StringLike":{"aws:Referer":"a${*}b"}}`, map[string][]string{"aws:Referer": {"a*b"}}, true},
		{`{"StringLike":{"aws:Referer":"a${*}b"}}`, map[string][]string{"aws:Referer": {"axb"}}, false},
		{`{"StringLike":{"aws:Referer":"${aws:UserAgent}"}}`, map[string][]string{"aws:Referer": {"abc"}, "aws:UserAgent": {"a*"}}, false},
		{`{"NumericLessThanEquals":{"s3:signatureAge":600000}}`, map[string][]string{"s3:signatureAge": {"600000"}}, true},
		{`{"NumericGreaterThan":{"s3:signatureAge":600000}}`, map[string][]string{"s3:signatureAge": {"600000"}}, false},
		{`{"NumericLessThan":{"s3:TlsVersion":1.2}}`, map[string][]string{"s3:TlsVersion": {"1.1"}}, true},
		{`{"NumericNotEquals":{"s3:signatureAge":1}}`, map[string][]string{"s3:signatureAge": {"2"}}, true},
		{`{"NumericEquals":{"s3:signatureAge":1}}`, map[string][]string{"s3:signatureAge": {"nan"}}, false},
		{`{"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}`, map[string][]string{"aws:CurrentTime": {"2026-06-01T00:00:00Z"}}, true},
		{`{"DateLessThan":{"aws:EpochTime":"1700000000"}}`, map[string][]string{"aws:EpochTime": {"1700000001"}}, false},
		{`{"DateEquals":{"aws:CurrentTime":"2026-01-01"}}`, map[string][]string{"aws:CurrentTime": {"2026-01-01T00:00:00Z"}}, true},
		{`{"Bool":{"aws:SecureTransport":"false"}}`, map[string][]string{"aws:SecureTransport": {"false"}}, true},
		{`{"Bool":{"aws:SecureTransport":"true"}}`, map[string][]string{"aws:SecureTransport": {"false"}}, false},
		{`{"BinaryEquals":{"aws:Referer":"QUI="}}`, map[string][]string{"aws:Referer": {"QUI="}}, true},
		{`{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}`, map[string][]string{"aws:SourceIp": {"10.1.2.3"}}, true},
		{`{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}`, map[string][]string{"aws:SourceIp": {"2001:db8::1"}}, true},
		{`{"IpAddress":{"aws:SourceIp":"10.0.0.1"}}`, map[string][]string{"aws:SourceIp": {"::ffff:10.0.0.1"}}, true},
		{`{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, map[string][]string{"aws:SourceIp": {"10.1.2.3"}}, false},
		{`{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/a*"}}`, nil, true},
		{`{"ArnLike":{"aws:PrincipalArn":"*"}}`, nil, true},
		{`{"ArnLike":{"aws:PrincipalArn":"arn:*:*:*:*:*"}}`, nil, true},
		{`{"ArnLike":{"aws:PrincipalArn":"arn:aws:*:*:*:user/b*"}}`, nil, false},
		{`{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}"}}`, nil, true},
		{`{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::000000000001:user/ada"}}`, nil, false},
		{`{"Null":{"aws:Referer":"true"}}`, nil, true},
		{`{"Null":{"aws:Referer":"false"}}`, nil, false},
		{`{"Null":{"aws:Referer":false}}`, map[string][]string{"aws:Referer": {"x"}}, true},
		{`{"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}}`, map[string][]string{"s3:RequestObjectTagKeys": {"a", "b"}}, true},
		{`{"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}}`, map[string][]string{"s3:RequestObjectTagKeys": {"a", "c"}}, false},
		{`{"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}}`, nil, true},
		{`{"ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}}`, map[string][]string{"s3:RequestObjectTagKeys": {"c", "b"}}, true},
		{`{"ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}}`, nil, false},
		{`{"ForAnyValue:StringNotEquals":{"s3:RequestObjectTagKeys":"a"}}`, map[string][]string{"s3:RequestObjectTagKeys": {"a", "b"}}, true},
		{`{"ForAllValues:StringNotEquals":{"s3:RequestObjectTagKeys":"a"}}`, map[string][]string{"s3:RequestObjectTagKeys": {"a", "b"}}, false},
		{`{"StringEquals":{"s3:RequestObjectTag/Team":"x"},"Bool":{"aws:SecureTransport":"true"}}`, map[string][]string{"s3:RequestObjectTag/Team": {"x"}, "aws:SecureTransport": {"true"}}, true},
		{`{"StringEquals":{"S3:REQUESTOBJECTTAG/Team":"x"},"Bool":{"aws:securetransport":"true"}}`, map[string][]string{"s3:RequestObjectTag/Team": {"x"}}, false},
	} {
		d := parse(t, identity(`"Action":"*","Resource":"*","Condition":`+c.cond), Identity)
		req := &Request{Action: "s3:PutObject", Resource: "arn:aws:s3:::b/k", Principal: &ada, Keys: keysOf(c.keys)}
		require.Equal(t, c.want, Evaluate(req, []Source{{Document: d}}).Allowed, "%s %v", c.cond, c.keys)
	}
}

func TestActionsAndResources(t *testing.T) {
	ask := func(doc, action, resource string) bool {
		return Evaluate(&Request{Action: action, Resource: resource, Principal: &ada}, []Source{{Document: parse(t, doc, Identity)}}).Allowed
	}
	home := identity(`"Action":["s3:Get*","myfsio:Get*"],"Resource":"arn:aws:s3:::b/${aws:username}/*"`)
	require.True(t, ask(home, "s3:GetObject", "arn:aws:s3:::b/ada/x"))
	require.False(t, ask(home, "s3:GetObject", "arn:aws:s3:::b/eve/x"))
	require.False(t, ask(home, "s3:PutObject", "arn:aws:s3:::b/ada/x"))
	require.True(t, ask(home, "myfsio:GetThing", "arn:aws:s3:::b/ada/x"))
	require.False(t, ask(home, "myfsio:PutThing", "arn:aws:s3:::b/ada/x"))
	require.False(t, ask(home, "nonsense", "arn:aws:s3:::b/ada/x"))
	old := `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}/*"}}`
	require.False(t, ask(old, "s3:GetObject", "arn:aws:s3:::b/ada/x"))
	require.True(t, ask(old, "s3:GetObject", "arn:aws:s3:::b/${aws:username}/x"))
	not := identity(`"NotAction":["iam:*","myfsio:Put*"],"NotResource":"arn:aws:s3:::b/secret*"`)
	require.True(t, ask(not, "s3:GetObject", "arn:aws:s3:::b/x"))
	require.False(t, ask(not, "s3:GetObject", "arn:aws:s3:::b/secrets"))
	require.False(t, ask(not, "iam:ListUsers", "arn:aws:iam::000000000001:user/"))
	require.True(t, ask(not, "myfsio:GetX", "x"))
	require.False(t, ask(not, "myfsio:PutX", "x"))
	lists := identity(`"NotAction":"s3:ListBucket","Resource":"*"`)
	require.False(t, ask(lists, "s3:HeadBucket", "arn:aws:s3:::b"), "it is part of what is left out")
	require.True(t, ask(lists, "s3:GetBucketLocation", "arn:aws:s3:::b"))
}

// randomDocument makes a document of a small world, so that statements meet.
func randomStatements(rng *rand.Rand, n int) []Statement {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	var out []Statement
	for range n {
		text := fmt.Sprintf(`{"Effect":"%s","%s":"%s","%s":"%s"%s}`, pick("Allow", "Allow", "Deny"),
			pick("Action", "Action", "NotAction"), pick("s3:*", "s3:GetObject", "s3:Put*", "*", "myfsio:Get*"),
			pick("Resource", "Resource", "NotResource"), pick("*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::b/${aws:username}*", "arn:aws:s3:::?/k"),
			pick("", "", `,"Condition":{"StringEquals":{"aws:Referer":"x"}}`, `,"Condition":{"StringNotLike":{"aws:Referer":"x*"}}`))
		d, err := Parse([]byte(`{"Version":"2012-10-17","Statement":`+text+`}`), Identity)
		if err != nil {
			panic(err)
		}
		out = append(out, d.Statements...)
	}
	return out
}

func document(list []Statement) *Document {
	d := &Document{Version: Version2012, Statements: append([]Statement(nil), list...)}
	for i := range d.Statements {
		d.Statements[i].set, d.Statements[i].own = actionSet{}, false
	}
	d.seal()
	return d
}

func TestProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	var requests []*Request
	for _, a := range []string{"s3:GetObject", "s3:PutObject", "iam:ListUsers", "myfsio:GetX", "myfsio:PutX"} {
		for _, r := range []string{"arn:aws:s3:::b/k", "arn:aws:s3:::b/ada/1", "arn:aws:s3:::c/k", "arn:aws:iam::000000000001:user/"} {
			for _, k := range []map[string][]string{nil, {"aws:Referer": {"x"}}, {"aws:Referer": {"xy"}}} {
				requests = append(requests, &Request{Action: a, Resource: r, Principal: &ada, Keys: keysOf(k)})
			}
		}
	}
	outcome := func(d Decision) [2]bool { return [2]bool{d.Allowed, d.ExplicitDeny} }
	for range 150 {
		list := randomStatements(rng, 1+rng.IntN(5))
		extra := randomStatements(rng, 2)
		base := document(list)
		shuffled := append([]Statement(nil), list...)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		cut := rng.IntN(len(list) + 1)
		denied := append([]Statement(nil), list...)
		for _, s := range extra {
			s.Effect = Deny
			denied = append(denied, s)
		}
		other := document(extra)
		_, covered := Covers([]*Document{base}, other)
		admin := Administers([]*Document{base}, true)
		for _, req := range requests {
			want := Evaluate(req, []Source{{Document: base}})
			require.Equal(t, outcome(want), outcome(Evaluate(req, []Source{{Document: document(shuffled)}})))
			require.Equal(t, outcome(want), outcome(Evaluate(req, []Source{{Document: document(list[cut:])}, {Document: document(list[:cut])}})))
			if Evaluate(req, []Source{{Document: document(denied)}}).Allowed {
				require.True(t, want.Allowed, "a denial granted %s on %s", req.Action, req.Resource)
			}
			if covered && Evaluate(req, []Source{{Document: other}}).Allowed {
				require.True(t, want.Allowed, "%s covers %s, but not %s on %s", base, other, req.Action, req.Resource)
			}
			if admin && req.Action == "iam:ListUsers" && req.Resource[8:11] == "iam" {
				require.True(t, want.Allowed)
			}
		}
	}
}

func TestKnownTables(t *testing.T) {
	require.NotEmpty(t, Actions())
	for _, k := range ConditionKeys() {
		for _, a := range k.Actions {
			_, ok := knownIndex[a]
			require.True(t, ok, "%s: %s", k.Name, a)
		}
		require.NotEmpty(t, k.Doc)
	}
	for from, to := range operationNames {
		_, ok := knownIndex[to]
		require.True(t, ok, "%s → %s", from, to)
		_, is := foldIndex[from]
		require.False(t, is, "%s is an action", from)
	}
	for _, list := range companions {
		for _, a := range list {
			require.Contains(t, knownIndex, a)
		}
	}
	require.True(t, KnownAction("s3:GetObject"))
	require.True(t, KnownAction("myfsio:GetServerInfo"))
	require.False(t, KnownAction("s3:HeadObject"))
}

func BenchmarkEvaluate(b *testing.B) {
	_, simple, err := ParseSimple([]byte(`[{"bucket": "other", "actions": ["*"]},{"bucket": "*", "actions": ["list","read"]}]`))
	require.NoError(b, err)
	public := parse(b, statement(`"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]`), Bucket)
	for _, c := range []struct {
		name    string
		sources []Source
	}{{"simple", []Source{{Name: "user", Document: simple}}}, {"both", []Source{{Name: "user", Document: simple}, {Name: "bucket", Kind: SourceResource, Document: public}}}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				req := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/some/key/of/usual/length.txt", ResourceAccount: owner, Principal: &ada}
				if !Evaluate(&req, c.sources).Allowed {
					b.Fatal("refused")
				}
			}
		})
	}
}

// Many plain values are looked up rather than gone through: the outcome must be the same as for few.
func TestManyValues(t *testing.T) {
	many := func(extra string) string {
		values := make([]string, 0, 20)
		for i := range 19 {
			values = append(values, fmt.Sprintf(`"team-%d*"`, i))
		}
		return "[" + strings.Join(append(values, extra), ",") + "]"
	}
	for _, c := range []struct {
		op, extra, got string
		want           bool
	}{
		{"StringEquals", `"x"`, "team-7*", true},
		{"StringEquals", `"x"`, "x", true},
		{"StringEquals", `"x"`, "team-7", false}, // a star is a star here
		{"StringEquals", `"x"`, "X", false},
		{"StringNotEquals", `"x"`, "x", false},
		{"StringNotEquals", `"x"`, "y", true},
		{"StringEquals", `"${aws:username}"`, "ada", true},
		{"StringEquals", `"${aws:username}"`, "eve", false},
		{"StringNotEquals", `"${aws:username}"`, "ada", false},
		{"ForAllValues:StringEquals", `"x"`, "team-3*", true},
		{"ForAnyValue:StringEquals", `"x"`, "none", false},
	} {
		d := parse(t, statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"`+c.op+`":{"s3:ExistingObjectTag/team":`+many(c.extra)+`}}`), Bucket)
		req := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: owner, Principal: &ada, Keys: keysOf(map[string][]string{"s3:ExistingObjectTag/team": {c.got}})}
		require.Equal(t, c.want, Evaluate(&req, []Source{{Kind: SourceResource, Document: d}}).Allowed, "%s %s %s", c.op, c.extra, c.got)
	}
}

// TestTraceTellsAll: a trace changes no decision and has every statement that concerns the request, with its place in the text.
func TestTraceTellsAll(t *testing.T) {
	d := parse(t, `{
 "Version": "2012-10-17",
 "Statement": [
  {"Sid": "one", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
  {"Sid": "two", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"aws:Referer": "x"}}},
  {"Sid": "three", "Effect": "Deny",
   "Action": "s3:GetObject", "Resource": "*"},
  {"Sid": "four", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}`, Identity)
	bucket := parse(t, `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000001"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},`+
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`, Bucket)
	sources := []Source{{Name: "identity", Document: d}, {Name: "bucket", Kind: SourceResource, Document: bucket, DenyOnly: true}}
	trace := &Trace{Missing: []string{"of another request"}}
	req := &Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: owner, Principal: &ada, Trace: trace}
	plain := *req
	plain.Trace = nil
	require.Equal(t, Evaluate(&plain, sources), Evaluate(req, sources))
	type match struct {
		source    string
		statement int
		effect    Effect
		verdict   Verdict
		key       string
	}
	var got []match
	for _, m := range trace.Matches {
		got = append(got, match{m.Source.Name, m.Statement, m.Effect, m.Verdict, m.Key})
	}
	require.Equal(t, []match{
		{"identity", 0, Allow, Counts, ""}, {"identity", 1, Allow, Unmet, "aws:Referer"}, {"identity", 2, Deny, Counts, ""},
		{"bucket", 0, Allow, Passes, ""}, {"bucket", 1, Allow, Withheld, ""},
	}, got)
	require.Equal(t, []string{"aws:Referer"}, trace.Missing)
	require.Equal(t, Position{4, 3}, d.Statements[0].Start)
	require.Equal(t, Position{4, 79}, d.Statements[0].End)
	require.Equal(t, [2]Position{{6, 3}, {7, 46}}, [2]Position{d.Statements[2].Start, d.Statements[2].End})
	require.Equal(t, `{"Sid":"one","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, d.Statements[0].String())
}
