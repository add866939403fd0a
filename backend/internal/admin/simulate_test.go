package admin

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func allow(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"s","Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`
}

// simulate asks as somebody.
func (c *client) simulate(r SimulationRequest) SimulationReport {
	c.l.t.Helper()
	body, err := json.Marshal(r)
	require.NoError(c.l.t, err)
	var out SimulationReport
	c.do("POST", "/myfsio/simulate", string(body)).want(200).into(&out)
	return out
}

func asJSON(text string) string {
	b, _ := json.Marshal(text) //nolint:errchkjson // a string always encodes
	return string(b)
}

func TestSimulate(t *testing.T) {
	l := fixture(t)
	admin := l.admin()
	admin.do("PUT", "/myfsio/identities/users/ada/policies/read", `{"document":`+asJSON(allow("s3:GetObject", "arn:aws:s3:::one/*"))+`}`).want(204)
	admin.do("POST", "/myfsio/identities/groups", `{"name":"team"}`).want(201)
	admin.do("PUT", "/myfsio/identities/groups/team/members/ada", "").want(204)
	admin.do("PUT", "/myfsio/identities/groups/team/policies/list", `{"document":`+asJSON(allow("s3:ListBucket", "*"))+`}`).want(204)
	admin.do("PUT", "/myfsio/buckets/one/documents/policy", `{"document":`+asJSON(`{"Version":"2012-10-17","Statement":[{"Sid":"away","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::one/secret/*"},`+
		`{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::one/*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}`)+`}`).want(204)
	on := []string{"arn:aws:s3:::one/k", "arn:aws:s3:::one/secret/x"}

	out := admin.simulate(SimulationRequest{Principal: "ada", Actions: []string{"s3:GetObject"}, Resources: on})
	require.Equal(t, SimulatedPrincipal{Kind: "user", Name: "ada", ARN: "arn:aws:iam::000000000000:user/ada"}, out.Principal)
	r := out.Results[0]
	require.Equal(t, "allowed identityPolicy", r.Decision+" "+r.DecidedBy)
	require.Equal(t, SimulatedStatement{
		Source: "policy read of user ada", Type: "user", Policy: "read", Holder: "ada", Number: 1, Sid: "s", Effect: "Allow", Verdict: "counts",
		Document: `{"Sid":"s","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::one/*"}`,
	}, *r.Statement)
	r = out.Results[1]
	require.Equal(t, "explicitDeny bucketPolicy away", r.Decision+" "+r.DecidedBy+" "+r.Statement.Sid)
	require.Len(t, r.Matched, 2)

	// What is lacking: a condition, a bound, a side of two accounts, what a block withholds.
	r = admin.simulate(SimulationRequest{Principal: "ada", Actions: []string{"s3:PutObject"}, Resources: on[:1]}).Results[0]
	require.Equal(t, "implicitDeny nothing", r.Decision+" "+r.DecidedBy)
	require.Equal(t, []string{"aws:SourceIp"}, r.Missing)
	require.Equal(t, "unmet aws:SourceIp", r.Matched[0].Verdict+" "+r.Matched[0].Key)
	r = admin.simulate(SimulationRequest{Principal: "anonymous", Actions: []string{"s3:PutObject"}, Resources: on[:1], Context: []ContextValue{{"aws:sourceip", []string{"192.0.2.9"}}}}).Results[0]
	require.Equal(t, "allowed bucketPolicy", r.Decision+" "+r.DecidedBy)
	r = admin.simulate(SimulationRequest{Principal: "ada", Actions: []string{"s3:GetObject"}, Resources: on[:1], Boundary: allow("s3:PutObject", "*")}).Results[0]
	require.Equal(t, "implicitDeny permissionsBoundary", r.Decision+" "+r.DecidedBy)
	r = admin.simulate(SimulationRequest{Principal: "ada", Actions: []string{"s3:GetObject"}, Resources: on[:1], SessionPolicies: []string{allow("s3:PutObject", "*")}}).Results[0]
	require.Equal(t, "implicitDeny sessionPolicy", r.Decision+" "+r.DecidedBy)
	var made NewAccountSecret
	admin.do("POST", "/myfsio/accounts", `{"name":"third","access_key":"third-root","secret_key":"a-long-secret"}`).want(201).into(&made)
	r = admin.simulate(SimulationRequest{Principal: "third-root", Actions: []string{"s3:GetObject"}, Resources: on[:1]}).Results[0]
	require.Equal(t, "implicitDeny account", r.Decision+" "+r.DecidedBy)
	open := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::one/*"}]}`
	ask := SimulationRequest{Principal: "anonymous", Actions: []string{"s3:GetObject"}, Resources: on[:1], BucketPolicy: open}
	require.Equal(t, "allowed", admin.simulate(ask).Results[0].Decision)
	admin.do("PUT", "/myfsio/buckets/one/documents/publicAccessBlock",
		`{"document":"<PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"}`).want(204)
	r = admin.simulate(ask).Results[0]
	require.Equal(t, "implicitDeny blockPublicAccess", r.Decision+" "+r.DecidedBy)

	// Before a policy is attached.
	r = admin.simulate(SimulationRequest{Principal: "ada", Actions: []string{"s3:GetObject"}, Resources: on[:1], Policies: []string{allow("s3:DeleteObject", "*")}, Replace: true}).Results[0]
	require.Equal(t, "implicitDeny", r.Decision)
	r = admin.simulate(SimulationRequest{Actions: []string{"s3:DeleteObject"}, Resources: on[:1], Policies: []string{`[{"bucket":"one","actions":["delete"]}]`}}).Results[0]
	require.Equal(t, "allowed none", r.Decision+" "+r.Statement.Type)

	// A member of a group, a role, and what is no bucket.
	r = admin.simulate(SimulationRequest{Principal: "arn:aws:iam::000000000000:group/team", Actions: []string{"s3:ListBucket"}, Resources: []string{"arn:aws:s3:::one"}}).Results[0]
	require.Equal(t, "allowed group", r.Decision+" "+r.Statement.Type)
	admin.do("POST", "/myfsio/identities/roles", `{"name":"backup","trust":`+asJSON(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ada"},"Action":"sts:AssumeRole"}}`)+`}`).want(201)
	r = admin.simulate(SimulationRequest{Principal: "ada", Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::000000000000:role/backup"}}).Results[0]
	require.Equal(t, "allowed trustPolicy", r.Decision+" "+r.DecidedBy)
	out = admin.simulate(SimulationRequest{Principal: "arn:aws:iam::000000000000:role/backup", Actions: []string{"iam:GetUser", "myfsio:GetConfig"}, Resources: []string{"arn:aws:iam::000000000000:user/ada"}})
	require.Equal(t, "role", out.Principal.Kind)
	require.Equal(t, "arn:aws:sts::000000000000:assumed-role/backup/simulation", out.Principal.ARN)
	require.Equal(t, "implicitDeny", out.Results[0].Decision)
	require.Equal(t, "allowed", admin.simulate(SimulationRequest{Principal: l.first.AccessKey, Actions: []string{"myfsio:GetConfig"}}).Results[0].Decision)

	// A disabled user is told.
	admin.do("PUT", "/myfsio/identities/users/ada", `{"disabled":true}`).want(204)
	require.True(t, admin.simulate(SimulationRequest{Principal: "ada", Actions: []string{"s3:GetObject"}}).Principal.Disabled)
}

func TestSimulateRefuses(t *testing.T) {
	l := fixture(t)
	for _, c := range []struct {
		body string
		code int
		want string
	}{
		{`{"principal":"ada","actions":["s3:Nothing"]}`, 400, "InvalidInput"},
		{`{"principal":"ada","actions":[]}`, 422, "InvalidInput"},
		{`{"principal":"ada","actions":["s3:GetObject"],"resources":["one/k"]}`, 400, "InvalidInput"},
		{`{"principal":"ada","actions":["s3:GetObject"],"context":[{"key":"aws:Nothing","values":["x"]}]}`, 400, "InvalidInput"},
		{`{"principal":"ada","actions":["s3:GetObject"],"context":[{"key":"aws:PrincipalArn","values":["x"]}]}`, 400, "InvalidInput"},
		{`{"principal":"ada","actions":["s3:GetObject"],"policies":["{}"]}`, 400, "MalformedPolicy"},
		{`{"principal":"ada","actions":["s3:GetObject"],"boundary":"{}"}`, 400, "MalformedPolicy"},
		{`{"principal":"anonymous","actions":["s3:GetObject"],"policies":[` + asJSON(allow("*", "*")) + `]}`, 400, "InvalidInput"},
		{`{"principal":"nobody","actions":["s3:GetObject"]}`, 404, "NoSuchEntity"},
		{`{"principal":"arn:aws:iam::000000000000:role/none","actions":["s3:GetObject"]}`, 404, "NoSuchEntity"},
		{`{"principal":"arn:aws:iam::000000000000:policy/none","actions":["s3:GetObject"]}`, 400, "InvalidInput"},
	} {
		r := l.admin().do("POST", "/myfsio/simulate", c.body)
		require.Equal(t, c.code, r.w.Code, "%s: %s", c.body, r.text())
		if c.code != 422 {
			r.fails(c.code, c.want)
		}
	}
	many := strings.TrimSuffix(strings.Repeat(`"arn:aws:s3:::one/k",`, 101), ",")
	actions := strings.TrimSuffix(strings.Repeat(`"s3:GetObject",`, 10), ",")
	p := l.admin().do("POST", "/myfsio/simulate", `{"principal":"ada","actions":[`+actions+`],"resources":[`+many+`]}`).fails(400, "InvalidInput")
	require.Contains(t, p.Detail, "1000")
}

// TestSimulationLeaksNothing: what is another account's, and what may not be read, is like what is not there.
func TestSimulationLeaksNothing(t *testing.T) {
	l := fixture(t)
	admin := l.admin()
	admin.do("PUT", "/myfsio/buckets/one/documents/policy", `{"document":`+asJSON(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::one/*"}]}`)+`}`).want(204)
	var made NewAccountSecret
	admin.do("POST", "/myfsio/accounts", `{"name":"fourth"}`).want(201).into(&made)
	other := l.as(made.AccessKey, made.SecretKey)
	other.do("POST", "/myfsio/identities/users", `{"name":"eve"}`).want(201)
	ask := func(c *client, principal, bucket string) string {
		return c.do("POST", "/myfsio/simulate", `{"principal":"`+principal+`","actions":["s3:GetObject"],"resources":["arn:aws:s3:::`+bucket+`/k"],"policies":[`+asJSON(allow("s3:*", "*"))+`]}`).text()
	}
	// A bucket of another account, and none.
	require.Equal(t, ask(other, "eve", "nosuch"), strings.ReplaceAll(ask(other, "eve", "one"), "one/", "nosuch/"))
	require.Contains(t, ask(other, "eve", "one"), `"decision":"allowed"`)
	// Users of another account, and none.
	same := func(a, b string) {
		var p, q Problem
		require.NoError(t, json.Unmarshal([]byte(a), &p))
		require.NoError(t, json.Unmarshal([]byte(b), &q))
		require.Equal(t, p.Code, q.Code)
		require.Equal(t, 404, p.Status)
	}
	same(ask(other, "victim", "one"), ask(other, "nosuch", "one"))
	same(ask(other, "arn:aws:iam::000000000000:user/ada", "one"), ask(other, "arn:aws:iam::000000000000:user/nosuch", "one"))
	// Of the own account, for who may simulate but not read the policy of the bucket or of the user.
	clerk := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:SimulatePrincipalPolicy","Resource":"*"}]}`)
	require.Equal(t, ask(clerk, "ada", "nosuch"), strings.ReplaceAll(ask(clerk, "ada", "one"), "one/", "nosuch/"))
	admin.do("PUT", "/myfsio/identities/users/ada/policies/read", `{"document":`+asJSON(allow("s3:GetObject", "*"))+`}`).want(204)
	r := clerk.simulate(SimulationRequest{Principal: "ada", Actions: []string{"s3:GetObject"}}).Results[0]
	require.Equal(t, "read", r.Statement.Policy)
	require.Empty(t, r.Statement.Document)
	clerk.do("POST", "/myfsio/simulate", `{"actions":["s3:GetObject"]}`).fails(403, "AccessDenied")
	// One who may simulate ada alone gets the same refusal for others, whether they are there or not.
	narrow := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:SimulatePrincipalPolicy","Resource":"arn:aws:iam::*:user/ada"}]}`)
	narrow.simulate(SimulationRequest{Principal: "ada", Actions: []string{"s3:GetObject"}})
	for _, who := range []string{"victim", "nosuch", "anonymous", made.AccessKey} {
		narrow.do("POST", "/myfsio/simulate", `{"principal":"`+who+`","actions":["s3:GetObject"]}`).fails(403, "AccessDenied")
	}
}

// names are the principals of an answer, with their levels.
func (a *BucketAccess) names() (out []string) {
	for _, p := range a.Principals {
		text := p.Kind
		for _, s := range []string{p.Name, p.Account} {
			if s != "" {
				text += " " + s
			}
		}
		for _, l := range p.Levels {
			text += " " + l.Level
			if l.Conditional {
				text += "?"
			}
		}
		out = append(out, text)
	}
	return out
}

func TestBucketAccess(t *testing.T) {
	l := fixture(t)
	admin := l.admin()
	get := func(c *client, query string) *BucketAccess {
		var out BucketAccess
		c.get("/myfsio/buckets/one/access" + query).want(200).into(&out)
		return &out
	}
	all := "list read write delete administer"
	require.Equal(t, []string{"user " + l.first.AccessKey + " " + all}, get(admin, "").names())

	admin.do("PUT", "/myfsio/identities/users/ada/policies/own", `{"document":`+asJSON(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::one/home/${aws:username}/*"},`+
		`{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::one/*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}`)+`}`).want(204)
	admin.do("POST", "/myfsio/identities/roles", `{"name":"backup","trust":`+asJSON(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}}`)+`}`).want(201)
	admin.do("PUT", "/myfsio/identities/roles/backup/policies/read", `{"document":`+asJSON(allow("s3:*Object", "*"))+`}`).want(204)
	admin.do("PUT", "/myfsio/identities/roles/backup/boundary?arn=arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "").want(204)
	var made NewAccountSecret
	admin.do("POST", "/myfsio/accounts", `{"name":"third"}`).want(201).into(&made)
	admin.do("PUT", "/myfsio/buckets/one/documents/policy", `{"document":`+asJSON(`{"Version":"2012-10-17","Statement":[{"Sid":"open","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::one/public/*"},`+
		`{"Effect":"Allow","Principal":{"AWS":"`+made.ID+`"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::one"},{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::one/kept/*"}]}`)+`}`).want(204)
	require.Equal(t, []string{
		"everyone read?", "authenticated read?", "account " + made.ID + " list read?", "user ada read? write?", "user " + l.first.AccessKey + " list read write delete? administer",
		"user victim read?", "role backup read",
	}, get(admin, "").names())
	require.Equal(t, []string{
		"everyone read", "authenticated read", "account " + made.ID + " list read", "user ada read write?", "user " + l.first.AccessKey + " " + all, "user victim read", "role backup read",
	}, get(admin, "?prefix=public/").names())
	home := get(admin, "?prefix=home/ada/")
	require.Equal(t, []string{"account " + made.ID + " list", "user ada read write?", "user " + l.first.AccessKey + " " + all, "role backup read"}, home.names())
	require.Equal(t, []AccessPart{{
		Source: "policy own of user ada", Type: "user", Policy: "own", Number: 2, Effect: "Allow", Conditional: true, Conditions: `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`,
	}}, home.Principals[1].Levels[1].Through)
	require.True(t, home.ObjectLists)
	require.Equal(t, "user "+l.first.AccessKey+" list read write administer", get(admin, "?prefix=kept/x").names()[2])

	// Page by page it is the same.
	var pages []string
	for query := "?limit=1"; ; {
		p := get(admin, query)
		pages = append(pages, p.names()...)
		if p.Cursor == "" {
			break
		}
		query = "?limit=1&cursor=" + p.Cursor
	}
	require.Equal(t, get(admin, "").names(), pages)

	// Who may read the policy and the list, but not list users.
	clerk := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetBucketPolicy","s3:GetBucketAcl"],"Resource":"*"}]}`)
	out := get(clerk, "")
	require.Equal(t, []string{"users", "roles"}, out.Hidden)
	require.Len(t, out.Principals, 3)
	l.as(made.AccessKey, made.SecretKey).get("/myfsio/buckets/one/access").fails(403, "AccessDenied")
}
