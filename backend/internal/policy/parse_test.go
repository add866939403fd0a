package policy

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

func statement(rest string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",` + rest + `}]}`
}

func identity(rest string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + rest + `}]}`
}

func TestRefused(t *testing.T) {
	const ok = `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`
	for _, c := range []struct {
		name, text string
		kind       Kind
		want       string
	}{
		{"empty", ``, Bucket, "first byte"},
		{"space before", " " + statement(ok), Bucket, "first byte"},
		{"empty user policy", ``, Identity, "empty"},
		{"not JSON", `{`, Bucket, "not valid JSON"},
		{"trailing", statement(ok) + `x`, Bucket, "after the end"},
		{"array", `[]`, Identity, "must be an object"},
		{"too long", statement(ok + strings.Repeat(" ", MaxBytes)), Bucket, "limit"},
		{"deep", `{"Id":` + strings.Repeat("[", 40), Bucket, "nested"},
		{"invalid UTF-8", "{\"Id\":\"\xff\"}", Bucket, "UTF-8"},
		{"duplicate member", statement(ok + `,"Action":"s3:PutObject"`), Bucket, `"Action" stands twice`},
		{"unknown element", `{"Statement":[],"Foo":1}`, Bucket, "Unknown field Foo"},
		{"unknown element in statement", statement(ok + `,"Foo":1`), Bucket, "Unknown field Foo in statement 1"},
		{"case of element", `{"version":"2012-10-17"}`, Bucket, "Unknown field version"},
		{"version", `{"Version":"2013-01-01","Statement":[]}`, Bucket, "valid version string"},
		{"no statement", `{"Version":"2012-10-17"}`, Bucket, "required field Statement"},
		{"empty statement", `{"Statement":[]}`, Bucket, "Statement is empty"},
		{"effect", `{"Statement":{"Effect":"allow","Principal":"*",` + ok + `}}`, Bucket, "Invalid effect"},
		{"no effect", `{"Statement":{"Principal":"*",` + ok + `}}`, Bucket, "required field Effect"},
		{"no principal", `{"Statement":{"Effect":"Allow",` + ok + `}}`, Bucket, "required field Principal"},
		{"no action", statement(`"Resource":"arn:aws:s3:::b"`), Bucket, "required field Action"},
		{"no resource", statement(`"Action":"s3:GetObject"`), Bucket, "required field Resource"},
		{"both", statement(ok + `,"NotAction":"s3:PutObject"`), Bucket, "both Action and NotAction"},
		{"empty list", statement(`"Action":[],"Resource":"arn:aws:s3:::b/*"`), Bucket, "empty list"},
		{"action type", statement(`"Action":3,"Resource":"arn:aws:s3:::b/*"`), Bucket, "a string or a list"},
		{"action unknown", statement(`"Action":"s3:GetObjectt","Resource":"arn:aws:s3:::b/*"`), Bucket, `invalid action: "s3:GetObjectt"`},
		{"action pattern of nothing", statement(`"Action":"s3:Foo*","Resource":"arn:aws:s3:::b/*"`), Bucket, "invalid action"},
		{"operation name", statement(`"Action":"s3:HeadObject","Resource":"arn:aws:s3:::b/*"`), Bucket, "invalid action"},
		{"own name", statement(`"Action":"s3:HeadBucket","Resource":"arn:aws:s3:::b"`), Bucket, "invalid action"},
		{"other service", statement(`"Action":"iam:ListUsers","Resource":"arn:aws:s3:::b/*"`), Bucket, "invalid action"},
		{"no service", identity(`"Action":"Get*","Resource":"*"`), Identity, "invalid action"},
		{"ec2", identity(`"Action":"ec2:Start*","Resource":"*"`), Identity, "invalid action"},
		{"own with digits", identity(`"Action":"myfsio:Get1","Resource":"*"`), Identity, "invalid action"},
		{"object action on bucket", statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b"`), Bucket, "does not apply to any resource"},
		{"bucket action on object", statement(`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::b/*"`), Bucket, "does not apply to any resource"},
		{"account action", statement(`"Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::b"`), Bucket, "does not apply to any resource"},
		{"resource form", statement(`"Action":"s3:GetObject","Resource":"b/*"`), Bucket, "invalid resource"},
		{"resource star", statement(`"Action":"s3:GetObject","Resource":"*"`), Bucket, "invalid resource"},
		{"other bucket", statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::c/*"`), Bucket, `not in the bucket "b"`},
		{"longer bucket", statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::bb/*"`), Bucket, `not in the bucket "b"`},
		{"all buckets", statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::*"`), Bucket, `not in the bucket "b"`},
		{"other in NotResource", statement(`"Action":"s3:GetObject","NotResource":"arn:aws:s3:::c/*"`), Bucket, `not in the bucket "b"`},
		{"identity principal", statement(ok), Identity, "should not specify a principal"},
		{"identity resource", identity(`"Action":"s3:GetObject","Resource":"b/*"`), Identity, "ARN format"},
		{"identity service", identity(`"Action":"s3:GetObject","Resource":"arn:aws:ec2:::b"`), Identity, "unknown service"},
		{"variable", identity(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:foo}/*"`), Identity, "unknown"},
		{"variable open", identity(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username"`), Identity, "closing brace"},
		{"variable default", identity(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username,x}"`), Identity, "single quotes"},
		{"variable of many", identity(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${s3:RequestObjectTagKeys}"`), Identity, "more than one"},
		{"operator", statement(ok + `,"Condition":{"StringEqual":{"aws:Referer":"x"}}`), Bucket, "Invalid Condition type : StringEqual in"},
		{"operator Null", statement(ok + `,"Condition":{"NullIfExists":{"aws:Referer":"true"}}`), Bucket, "Condition type"},
		{"operator set", statement(ok + `,"Condition":{"ForSomeValues:StringEquals":{"aws:Referer":"true"}}`), Bucket, "Condition type"},
		{"key", statement(ok + `,"Condition":{"StringEquals":{"aws:CalledVia":"x"}}`), Bucket, `condition key: "aws:CalledVia"`},
		{"tag key without name", statement(ok + `,"Condition":{"StringEquals":{"s3:ExistingObjectTag/":"x"}}`), Bucket, "condition key"},
		{"key twice", statement(ok + `,"Condition":{"StringEquals":{"aws:Referer":"x","aws:referer":"y"}}`), Bucket, "stands twice"},
		{"key of other action", statement(ok + `,"Condition":{"StringEquals":{"s3:prefix":"x"}}`), Bucket, "Conditions do not apply"},
		{"number", statement(`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{"NumericEquals":{"s3:max-keys":"ten"}}`), Bucket, "not a number"},
		{"date", statement(ok + `,"Condition":{"DateLessThan":{"aws:CurrentTime":"soon"}}`), Bucket, "not a date"},
		{"bool", statement(ok + `,"Condition":{"Bool":{"aws:SecureTransport":"yes"}}`), Bucket, "neither true nor false"},
		{"ip", statement(ok + `,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/40"}}`), Bucket, "neither an address"},
		{"arn", statement(ok + `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam*:user/a*"}}`), Bucket, "not an ARN"},
		{"binary", statement(ok + `,"Condition":{"BinaryEquals":{"aws:Referer":"%"}}`), Bucket, "base64"},
		{"condition value", statement(ok + `,"Condition":{"StringEquals":{"aws:Referer":{}}}`), Bucket, "a string or a list"},
		{"condition empty", statement(ok + `,"Condition":{"StringEquals":{}}`), Bucket, "with condition keys"},
		{"sid twice", `{"Statement":[{"Sid":"a","Effect":"Allow","Principal":"*",` + ok + `},{"Sid":"a","Effect":"Deny","Principal":"*",` + ok + `}]}`, Bucket, "stands twice"},
		{"sid letters", identity(`"Sid":"a b","Action":"s3:GetObject","Resource":"*"`), Identity, "letters and digits"},
		{"principal text", `{"Statement":{"Effect":"Allow","Principal":"bob",` + ok + `}}`, Bucket, "Invalid principal"},
		{"principal kind", `{"Statement":{"Effect":"Allow","Principal":{"Foo":"*"},` + ok + `}}`, Bucket, "Invalid principal"},
		{"principal short account", `{"Statement":{"Effect":"Allow","Principal":{"AWS":"123"},` + ok + `}}`, Bucket, "Invalid principal"},
		{"principal pattern", `{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000001:user/*"},` + ok + `}}`, Bucket, "Invalid principal"},
		{"principal federated", `{"Statement":{"Effect":"Allow","Principal":{"Federated":"x"},` + ok + `}}`, Bucket, "Invalid principal"},
		{"allow not principal", `{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"000000000001"},` + ok + `}}`, Bucket, "NotPrincipal"},
		{"trust action", `{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}}`, Trust, "invalid action"},
		{"trust resource", `{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}}`, Trust, "should not specify a resource"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			if c.kind == Bucket {
				_, err = ParseBucket([]byte(c.text), "b")
			} else {
				_, err = Parse([]byte(c.text), c.kind)
			}
			require.True(t, fault.Is(err, fault.MalformedPolicy), "%v", err)
			require.Contains(t, fault.TextOf(err), c.want)
		})
	}
}

func TestAcceptedAndRendered(t *testing.T) {
	for i, c := range []struct {
		text string
		kind Kind
		want string // canonical form, empty when it is the text itself
	}{
		{statement(`"Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]`), Bucket, ""},
		{`{"Statement":{"Action":["S3:getobject"],"Resource":"arn:aws:s3:::b/<&>*","Principal":{"AWS":["*"]},"Effect":"Deny"}}`, Bucket,
			`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/<&>*"}]}`},
		{`{"Version":"2008-10-17","Id":"x","Statement":[{"Sid":"a b","Effect":"Deny","NotPrincipal":{"AWS":["000000000001","arn:aws:iam::000000000001:user/ada"],"CanonicalUser":"` +
			strings.Repeat("ab", 32) + `","Service":"logging.s3.amazonaws.com"},"NotAction":"s3:Get*","NotResource":"arn:aws:s3:::b/*","Condition":{"ForAllValues:StringLikeIfExists":{"s3:RequestObjectTagKeys":["a*","b"]},"Null":{"aws:Referer":"true"}}}]}`, Bucket, ""},
		{statement(`"Action":"*","Resource":"arn:aws:s3:::b*"`), Bucket, ""},
		{statement(`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{"NumericLessThan":{"s3:max-keys":10},"Bool":{"aws:SecureTransport":true}}`), Bucket,
			statement(`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{"NumericLessThan":{"s3:max-keys":"10"},"Bool":{"aws:SecureTransport":"true"}}`)},
		{identity(`"Action":["iam:*","kms:Decrypt","myfsio:GetServerInfo","sts:GetSessionToken"],"Resource":"*"`), Identity, ""},
		{identity(`"Action":"*","NotResource":["arn:aws:iam::000000000001:user/${aws:username}","arn:aws:kms:*:*:key/*"]`), Identity, ""},
		{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"accounts.example.com"},"Action":"sts:AssumeRoleWithWebIdentity"}]}`, Trust, ""},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			d, err := Parse([]byte(c.text), c.kind)
			require.NoError(t, err)
			if c.want == "" {
				c.want = c.text
			}
			raw, err := json.Marshal(d)
			require.NoError(t, err)
			require.JSONEq(t, c.want, string(raw))
			require.Equal(t, c.want, d.String())
			again, err := Parse([]byte(d.String()), c.kind)
			require.NoError(t, err)
			require.Equal(t, d.String(), again.String())
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(statement(`"Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username,'x'}*","Condition":{"StringNotLikeIfExists":{"aws:Referer":["a?",true]}}`)), uint8(1))
	f.Add([]byte(`[{"bucket":"*","actions":["list","iam:*","s3:Get*"]},{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}]`), uint8(3))
	f.Add([]byte(`{"Statement":{"Effect":"Allow","Principal":{"AWS":"AIDA0123456789ABCDEF"},"Action":"sts:*"}}`), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, kind uint8) {
		if kind%4 == 3 {
			d, err := ParseUser(data)
			if err == nil {
				_, ok := Covers([]*Document{d, everythingAllowed}, d)
				_ = ok
				Administers([]*Document{d}, true)
			}
			return
		}
		d, err := Parse(data, Kind(kind%4))
		if err != nil {
			if !fault.Is(err, fault.MalformedPolicy) || fault.TextOf(err) == "" {
				t.Fatalf("unclassified: %v", err)
			}
			return
		}
		if len(d.String()) > MaxBytes {
			return // escapes and repeated strings may render longer than they were written
		}
		again, err := Parse([]byte(d.String()), d.Kind)
		if err != nil {
			t.Fatalf("canonical form refused: %v\n%s", err, d)
		}
		if again.String() != d.String() {
			t.Fatalf("canonical form is not stable:\n%s\n%s", d, again)
		}
	})
}

var everythingAllowed = func() *Document {
	d, err := Parse([]byte(identity(`"Action":"*","Resource":"*"`)), Identity)
	if err != nil {
		panic(err)
	}
	return d
}()
