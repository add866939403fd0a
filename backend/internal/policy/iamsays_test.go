package policy

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// IAM's own sentences for mistakes, which name neither the statement nor the element; where IAM would find nothing wrong there is none.
func TestWhatIAMSays(t *testing.T) {
	in := func(rest string) string { return `{"Version":"2012-10-17","Statement":[{` + rest + `}]}` }
	const allow = `"Effect":"Allow",`
	for _, c := range []struct {
		kind       Kind
		text, want string
	}{
		{Identity, `{not`, "Syntax errors in policy."},
		{Identity, `{}`, "Syntax errors in policy."},
		{Identity, `{"Version":"2020-01-01","Statement":[]}`, "Syntax errors in policy."},
		{Identity, `{"Version":"2012-10-17","Statement":"x"}`, "Syntax errors in policy."},
		{Identity, in(`"Action":"s3:GetObject","Resource":"*"`), "Syntax errors in policy."},
		{Identity, in(`"Effect":"Maybe","Action":"s3:GetObject","Resource":"*"`), "Syntax errors in policy."},
		{Identity, in(allow + `"Action":"s3:GetObject","NotAction":"s3:PutObject","Resource":"*"`), "Syntax errors in policy."},
		{Identity, in(allow + `"Action":7,"Resource":"*"`), "Syntax errors in policy."},
		{Identity, in(allow + `"Resource":"*"`), "Policy statement must contain actions."},
		{Identity, in(allow + `"Action":"s3:GetObject"`), "Policy statement must contain resources."},
		{Identity, in(allow + `"Action":"s3:GetObject","Resource":[]`), "Policy statement must contain resources."},
		{Identity, in(allow + `"Principal":"*","Action":"s3:GetObject","Resource":"*"`), "Policy document should not specify a principal."},
		{Identity, in(allow + `"Action":"GetObject","Resource":"*"`), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		{Identity, in(allow + `"Action":"iam :Get","Resource":"*"`), "Vendor iam  is not valid"},
		{Identity, in(allow + `"Action":"s3:GetObject","Resource":"invalid"`), `Resource invalid must be in ARN format or "*".`},
		{Identity, in(allow + `"Action":"s3:GetObject","Resource":"s3::example/*"`), `Partition "" is not valid for resource "arn::example/*:*:*:*".`},
		{Identity, in(allow + `"Action":"s3:GetObject","Resource":"arn:awss3::example/*"`), "The policy failed legacy parsing"},
		{Identity, in(allow + `"Action":"s3:GetObject","Resource":"arn:aws2:s3:::example/*"`), `Partition "aws2" is not valid for resource "arn:aws2:s3:::example/*".`},
		{Identity, in(`"Sid":"a b",` + allow + `"Action":"s3:GetObject","Resource":"*"`), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"},
		{Identity, `{"Statement":[{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"}]}`, "Statement IDs (SID) in a single policy must be unique."},
		{Identity, in(allow + `"Action":"s3:Nothing","Resource":"*"`), ""}, // IAM knows more actions than are here
		{Identity, in(allow + `"Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:CalledVia":"x"}}`), ""},
		{Trust, `{not`, "This policy contains invalid Json"},
		{Trust, `{"Version":"2020-01-01","Statement":[]}`, "The policy must contain a valid version string"},
		{Trust, `{}`, "Could not parse the policy: Statement is empty!"},
		{Trust, in(allow + `"Action":"sts:AssumeRole"`), "Missing required field Principal"},
		{Trust, in(`"Principal":{"AWS":"*"},"Action":"sts:AssumeRole"`), "Missing required field Effect"},
		{Trust, in(`"Effect":"Maybe","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"`), "Invalid effect: Maybe"},
		{Trust, in(allow + `"Principal":{},"Action":"sts:AssumeRole"`), "Missing required field Principal cannot be empty!"},
		{Trust, in(allow + `"Principal":["a"],"Action":"sts:AssumeRole"`), "Syntax error in policy."},
		{Trust, in(allow + `"Principal":{"Somebody":"abc"},"Action":"sts:AssumeRole"`), `Invalid principal in policy: "Somebody"`},
		{Trust, in(allow + `"Principal":{"AWS":"abc"},"Action":"sts:AssumeRole"`), `Invalid principal in policy: "AWS":"abc"`},
		{Trust, in(allow + `"NotPrincipal":{"AWS":"*"},"Action":"sts:AssumeRole"`), "Allow with NotPrincipal is not allowed."},
		{Trust, in(`"Effect":"Deny","NotPrincipal":{"AWS":"*"},"Action":"sts:AssumeRole"`), "AssumeRole policy must not contain NotPrincipal field."},
		{Trust, in(allow + `"Principal":{"AWS":"*"}`), "Missing required field Action"},
		{Trust, in(allow + `"Principal":{"AWS":"*"},"Action":"*"`), "AssumeRole policy may only specify STS AssumeRole actions."},
		{Trust, in(allow + `"Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*"`), "Has prohibited field Resource"},
		{Trust, `{"Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},{"Sid":"a","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`, "The Statement Ids in the policy are not unique"},
	} {
		_, err := Parse([]byte(c.text), c.kind)
		require.Error(t, err, c.text)
		require.Equal(t, c.want, IAMSentence(err), c.text)
	}
	_, err := Parse([]byte(`{}`), Bucket)
	require.Empty(t, IAMSentence(err))
}

// A decision tells which kind of policy refused.
func TestWhoRefuses(t *testing.T) {
	source := func(kind SourceKind, effect, action string) Source {
		return Source{Kind: kind, Document: parse(t, `{"Statement":{"Effect":"`+effect+`","Action":"`+action+`","Resource":"*"}}`, Identity)}
	}
	req := &Request{Action: "iam:GetUser", Resource: "arn:aws:iam::000000000001:user/x", Principal: &ada}
	all := source(SourceIdentity, "Allow", "*")
	for _, c := range []struct {
		sources []Source
		want    SourceKind
		denied  bool
	}{
		{nil, SourceIdentity, false},
		{[]Source{all, source(SourceBoundary, "Allow", "s3:*")}, SourceBoundary, false},
		{[]Source{all, source(SourceSession, "Allow", "s3:*")}, SourceSession, false},
		{[]Source{source(SourceSession, "Allow", "s3:*")}, SourceIdentity, false},
		{[]Source{all, source(SourceIdentity, "Deny", "iam:*")}, SourceIdentity, true},
		{[]Source{all, source(SourceBoundary, "Deny", "iam:*")}, SourceBoundary, true},
		{[]Source{all, source(SourceSession, "Deny", "iam:*")}, SourceSession, true},
	} {
		d := Evaluate(req, c.sources)
		require.False(t, d.Allowed)
		require.Equal(t, c.want, d.Kind)
		require.Equal(t, c.denied, d.ExplicitDeny)
	}
}
