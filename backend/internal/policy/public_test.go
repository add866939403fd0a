package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPublic(t *testing.T) {
	const anyone, read, put = `"Principal":"*",`, `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`, `"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"`
	when := func(condition string) string {
		return `"Effect":"Allow",` + anyone + put + `,"Condition":{` + condition + `}`
	}
	for _, c := range []struct {
		name, statement string
		want            bool
	}{
		{"everybody", `"Effect":"Allow",` + anyone + read, true},
		{"every AWS principal", `"Effect":"Allow","Principal":{"AWS":"*"},` + read, true},
		{"everybody among others", `"Effect":"Allow","Principal":{"AWS":["000000000001","*"]},` + read, true},
		{"denied", `"Effect":"Deny",` + anyone + read, false},
		{"an account", `"Effect":"Allow","Principal":{"AWS":"000000000002"},` + read, false},
		{"a user", `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000002:user/eve"},` + read, false},
		{"a canonical user", `"Effect":"Allow","Principal":{"CanonicalUser":"` + strings.Repeat("ab", 32) + `"},` + read, false},
		{"a service", `"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},` + read, false},
		{"address", when(`"IpAddress":{"aws:SourceIp":"192.0.2.7"}`), false},
		{"ranges", when(`"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}`), false},
		{"wide range", when(`"IpAddress":{"aws:SourceIp":"8.0.0.0/7"}`), true},
		{"wide range among others", when(`"IpAddress":{"aws:SourceIp":["192.0.2.0/24","0.0.0.0/1"]}`), true},
		{"wide range of IPv6", when(`"IpAddress":{"aws:SourceIp":"2000::/31"}`), true},
		{"all but a range", when(`"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}`), true},
		{"range if there is an address", when(`"IpAddressIfExists":{"aws:SourceIp":"192.0.2.0/24"}`), true},
		{"all values of none", when(`"ForAllValues:StringEquals":{"aws:userid":"AIDA0000000000000ADA"}`), true},
		{"any value", when(`"ForAnyValue:StringEquals":{"aws:userid":"AIDA0000000000000ADA"}`), false},
		{"user id", when(`"StringEquals":{"aws:userid":"AIDA0000000000000ADA"}`), false},
		{"user id pattern", when(`"StringLike":{"aws:userid":"AIDA*"}`), true},
		{"user id variable", when(`"StringEquals":{"aws:userid":"${aws:userid}"}`), true},
		{"other user ids", when(`"StringNotEquals":{"aws:userid":"AIDA0000000000000ADA"}`), true},
		{"ARN", when(`"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::000000000001:user/ada"}`), false},
		{"ARN pattern", when(`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/ada"}`), true},
		{"account", when(`"StringEquals":{"aws:PrincipalAccount":["000000000001","000000000002"]}`), false},
		{"key of encryption", when(`"StringEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:us-east-1:000000000001:key/1"}`), false},
		{"what anyone may say", when(`"StringEquals":{"aws:Referer":"https://example.com/"}`), true},
		{"time", when(`"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}`), true},
		{"TLS", when(`"Bool":{"aws:SecureTransport":"true"}`), true},
		{"known or not", when(`"Null":{"aws:userid":"false"}`), true},
		{"one of two operators", when(`"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}`), false},
		{"one of two keys", when(`"StringEquals":{"aws:Referer":"x","aws:PrincipalAccount":"000000000001"}`), false},
	} {
		d := parse(t, `{"Version":"2012-10-17","Statement":[{`+c.statement+`}]}`, Bucket)
		require.Equal(t, c.want, d.Public(), c.name)
		more := parse(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000001"},`+read+`},{`+c.statement+`}]}`, Bucket)
		require.Equal(t, c.want, more.Public(), c.name)
	}
	require.False(t, parse(t, identity(read), Identity).Public(), "the policy of a user names nobody")
}

func TestNamed(t *testing.T) {
	hex := strings.Repeat("Ab", 32)
	d := parse(t, `{"Statement":[
		{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
		{"Effect":"Allow","Principal":{"AWS":["000000000001","arn:aws:iam::000000000002:root","AIDA0000000000000ADA"],"CanonicalUser":"`+hex+`","Service":"logging.s3.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
		{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::000000000001:user/ada"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`, Bucket)
	require.Equal(t, []Named{
		{Text: "000000000001", Account: "000000000001"}, {Text: "arn:aws:iam::000000000002:root", Account: "000000000002"},
		{Text: "AIDA0000000000000ADA", UserID: "AIDA0000000000000ADA"}, {Text: hex, CanonicalID: strings.ToLower(hex)},
		{Text: "arn:aws:iam::000000000001:user/ada", ARN: "arn:aws:iam::000000000001:user/ada"},
	}, d.Named())
}

func randomBucketStatements(rng *rand.Rand, n int) (out []Statement) {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	for range n {
		effect := pick("Allow", "Allow", "Deny")
		principal := pick(`"Principal":"*"`, `"Principal":{"AWS":"000000000002"}`, `"Principal":{"AWS":"arn:aws:iam::000000000001:user/ada"}`,
			`"Principal":{"AWS":["*","000000000001"]}`)
		if effect == "Deny" {
			principal = pick(principal, `"NotPrincipal":{"AWS":"arn:aws:iam::000000000001:user/ada"}`, `"NotPrincipal":{"AWS":"000000000001"}`)
		}
		text := fmt.Sprintf(`{"Effect":%q,%s,"%s":"%s","%s":"%s"%s}`, effect, principal,
			pick("Action", "Action", "NotAction"), pick("s3:*", "s3:*Object", "s3:GetObject"),
			pick("Resource", "Resource", "NotResource"), pick("arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::b*"),
			pick("", "", `,"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, `,"Condition":{"StringEqualsIfExists":{"aws:username":"ada"}}`,
				`,"Condition":{"IpAddress":{"aws:SourceIp":"128.0.0.0/1"}}`, `,"Condition":{"ForAnyValue:StringLike":{"aws:Referer":["x*","y"]}}`))
		d, err := Parse([]byte(`{"Version":"2012-10-17","Statement":`+text+`}`), Bucket)
		if err != nil {
			panic(err)
		}
		out = append(out, d.Statements...)
	}
	return out
}

// What holds of every bucket policy: order means nothing, a denial grants nothing, one that allows nothing only denies, and the public
// gets nothing from one that is not public.
func TestBucketPolicyProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	var requests []*Request
	for _, p := range []*Principal{&ada, &eve, &nobody} {
		for _, action := range []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket"} {
			for _, key := range []string{"arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::b/other"} {
				for _, k := range []map[string][]string{nil, {"aws:SourceIp": {"192.0.2.1"}}, {"aws:SourceIp": {"200.0.0.1"}, "aws:Referer": {"xyz"}}} {
					requests = append(requests, &Request{Action: action, Resource: key, ResourceAccount: owner, Principal: p, Keys: keysOf(k)})
				}
			}
		}
	}
	outcome := func(d Decision) [2]bool { return [2]bool{d.Allowed, d.ExplicitDeny} }
	user := Source{Document: parse(t, identity(`"Action":"s3:*","Resource":"*"`), Identity)}
	for range 300 {
		list := randomBucketStatements(rng, 1+rng.IntN(4))
		denied := append([]Statement(nil), list...)
		for _, s := range randomBucketStatements(rng, 2) {
			s.Effect = Deny
			denied = append(denied, s)
		}
		shuffled := append([]Statement(nil), list...)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		base := document(list)
		public := base.Public()
		for _, req := range requests {
			for _, sources := range [][]Source{nil, {user}} {
				ask := func(d *Document, denyOnly bool) Decision {
					return Evaluate(req, append([]Source{{Kind: SourceResource, Document: d, DenyOnly: denyOnly}}, sources...))
				}
				want := ask(base, false)
				require.Equal(t, outcome(want), outcome(ask(document(shuffled), false)), "%s", base)
				if ask(document(denied), false).Allowed {
					require.True(t, want.Allowed, "a denial granted %s on %s: %s", req.Action, req.Resource, document(denied))
				}
				only := ask(base, true)
				require.Equal(t, want.ExplicitDeny, only.ExplicitDeny, "%s", base)
				require.Equal(t, !only.ExplicitDeny && Evaluate(req, sources).Allowed, only.Allowed, "%s", base)
			}
			if ip, _ := req.lookup("aws:SourceIp"); req.Principal.Anonymous && !public && (len(ip) == 0 || ip[0] != "192.0.2.1") {
				require.False(t, Evaluate(req, []Source{{Kind: SourceResource, Document: base}}).Allowed, "%s", base)
			}
		}
	}
}

// BenchmarkLargePolicy decides over a bucket policy of ten statements with conditions and close to 20 KiB, of which the last one allows.
func BenchmarkLargePolicy(b *testing.B) {
	var list []string
	for i := range 10 {
		var resources, agents []string
		for j := range 12 {
			resources = append(resources, fmt.Sprintf(`"arn:aws:s3:::b/department-%d/team-%d/%s/*"`, i, j, strings.Repeat("p", 80)))
			agents = append(agents, fmt.Sprintf(`"agent-%d-%d/*"`, i, j))
		}
		if i == 9 {
			resources = append(resources, `"arn:aws:s3:::b/some/*"`)
			agents = append(agents, `"curl/*"`)
		}
		list = append(list, fmt.Sprintf(`{"Sid":"s%d","Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:PutObject"],"Resource":[%s],
			"Condition":{"StringLike":{"aws:UserAgent":[%s]},"IpAddress":{"aws:SourceIp":["192.0.2.0/24","198.51.100.0/24","203.0.113.0/24"]},
			"Bool":{"aws:SecureTransport":"true"},"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}}`, i, strings.Join(resources, ","), strings.Join(agents, ",")))
	}
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
	require.Greater(b, len(text), 19<<10)
	d := parse(b, text, Bucket)
	everywhere := document(d.Statements)
	for i := range everywhere.Statements { // every statement's conditions are looked at
		everywhere.Statements[i].resources = d.Statements[9].resources
	}
	keys := keysOf(map[string][]string{"aws:UserAgent": {"curl/8.0"}, "aws:SourceIp": {"203.0.113.9"}, "aws:SecureTransport": {"true"}, "aws:CurrentTime": {"2026-01-01T00:00:00Z"}})
	for name, doc := range map[string]*Document{"usual": d, "worst": everywhere} {
		b.Run(name, func(b *testing.B) {
			sources := []Source{{Kind: SourceResource, Document: doc}}
			b.ReportAllocs()
			for b.Loop() {
				req := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/some/key/of/usual/length.txt", ResourceAccount: owner, Principal: &nobody, Keys: keys}
				if !Evaluate(&req, sources).Allowed {
					b.Fatal("refused")
				}
			}
		})
	}
}
