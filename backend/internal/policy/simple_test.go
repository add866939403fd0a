package policy

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

func simple(t *testing.T, text string) func(action, resource string) bool {
	t.Helper()
	_, d, err := ParseSimple([]byte(text))
	require.NoError(t, err)
	user, err := ParseUser([]byte(text))
	require.NoError(t, err)
	require.Equal(t, d.String(), user.String())
	return func(action, resource string) bool {
		return Evaluate(&Request{Action: action, Resource: resource, Principal: &ada}, []Source{{Document: d}}).Allowed
	}
}

// Every alias of the documentation's tables, with an action that it must give.
func TestDocumentedNames(t *testing.T) {
	tables := map[string]string{
		"list":      "s3:ListBucket s3:ListAllMyBuckets s3:ListBucketVersions s3:ListMultipartUploads s3:ListParts",
		"read":      "s3:GetObject s3:GetObjectVersion s3:GetObjectTagging s3:GetObjectVersionTagging s3:GetObjectAcl s3:GetBucketVersioning s3:HeadObject s3:HeadBucket",
		"write":     "s3:PutObject s3:CreateBucket s3:PutObjectTagging s3:PutBucketVersioning s3:CreateMultipartUpload s3:UploadPart s3:CompleteMultipartUpload s3:AbortMultipartUpload s3:CopyObject",
		"delete":    "s3:DeleteObject s3:DeleteObjectVersion s3:DeleteBucket s3:DeleteObjectTagging",
		"share":     "s3:PutObjectAcl s3:PutBucketAcl s3:GetBucketAcl",
		"policy":    "s3:PutBucketPolicy s3:GetBucketPolicy s3:DeleteBucketPolicy",
		"lifecycle": "s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration s3:DeleteLifecycleConfiguration s3:GetBucketLifecycle s3:PutBucketLifecycle",
		"cors":      "s3:GetBucketCors s3:PutBucketCors s3:DeleteBucketCors",
		"replication": "s3:GetReplicationConfiguration s3:PutReplicationConfiguration s3:DeleteReplicationConfiguration s3:ReplicateObject " +
			"s3:ReplicateTags s3:ReplicateDelete",
		"iam:list_users": "iam:ListUsers", "iam:create_user": "iam:CreateUser", "iam:delete_user": "iam:DeleteUser",
		"iam:rotate_key": "iam:RotateAccessKey", "iam:update_policy": "iam:PutUserPolicy",
	}
	verbs := map[string]Verb{}
	for _, v := range Verbs() {
		require.NotEmpty(t, v.Actions, v.Name)
		verbs[v.Name] = v
	}
	for verb, names := range tables {
		for _, name := range strings.Fields(names) {
			list, ok := simpleActions(name)
			require.True(t, ok, name)
			for _, a := range list {
				require.Contains(t, verbs[verb].Actions, a, "%s of %s", name, verb)
			}
		}
	}
	// Nothing of a verb reaches what another guards.
	require.NotContains(t, verbs["write"].Actions, "s3:DeleteObject")
	require.NotContains(t, verbs["read"].Actions, "s3:ListBucket")
	for _, v := range verbs {
		require.NotContains(t, v.Actions, "s3:BypassGovernanceRetention")
	}
}

func TestSimple(t *testing.T) {
	const object, bucket, other, all = "arn:aws:s3:::b/k", "arn:aws:s3:::b", "arn:aws:s3:::bb/k", "arn:aws:s3:::*"
	const user = "arn:aws:iam::000000000001:user/x"
	can := simple(t, `[{"bucket": "B", "actions": ["list","read"]}]`)
	require.True(t, can("s3:GetObject", object))
	require.True(t, can("s3:ListBucket", bucket))
	require.True(t, can("myfsio:GetBucketQuota", bucket))
	require.False(t, can("s3:PutObject", object))
	require.False(t, can("s3:GetObject", other))
	require.False(t, can("s3:ListAllMyBuckets", all))

	can = simple(t, `[{"bucket": "*", "actions": ["*"]}]`)
	require.True(t, can("s3:BypassGovernanceRetention", object))
	require.True(t, can("s3:ListAllMyBuckets", all))
	require.False(t, can("iam:ListUsers", user))
	require.False(t, can("myfsio:GetConfig", "arn:aws:myfsio:::server"))
	require.False(t, can("kms:Decrypt", "arn:aws:kms:us-east-1:000000000001:key/x"))

	can = simple(t, `[{"bucket": "*", "actions": ["iam:*"]}]`)
	require.True(t, can("iam:CreateGroup", user))
	require.True(t, can("myfsio:GetConfig", "arn:aws:myfsio:::server"))
	require.True(t, can("myfsio:PutBucketQuota", bucket))
	require.False(t, can("s3:GetObject", object))

	can = simple(t, `[{"bucket": "*", "actions": ["iam:list_users"]}]`)
	require.True(t, can("iam:ListUsers", user))
	require.True(t, can("myfsio:PutBucketQuota", bucket))
	require.False(t, can("iam:CreateUser", user))

	// AWS names are exactly themselves, with their companions for multipart uploads.
	can = simple(t, `[{"bucket": "b", "actions": ["s3:PutObject", "s3:listbucket", "s3:GetObjectT*"]}]`)
	require.True(t, can("s3:PutObject", object))
	require.True(t, can("s3:AbortMultipartUpload", object))
	require.True(t, can("s3:ListMultipartUploadParts", object))
	require.True(t, can("s3:ListBucketMultipartUploads", bucket))
	require.True(t, can("s3:GetObjectTagging", object))
	require.False(t, can("s3:CreateBucket", bucket))
	require.False(t, can("s3:ListBucketVersions", bucket))
	require.False(t, can("s3:GetObject", object))

	can = simple(t, `[]`)
	require.False(t, can("s3:GetObject", object))
}

func TestSimpleRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                                 "must be an array",
		`[1]`:                                "Entry 1 must be an object",
		`[{}]`:                               "needs both",
		`[{"bucket":"*"}]`:                   "needs both",
		`[{"bucket":1,"actions":[]}]`:        "must be a string",
		`[{"bucket":"","actions":[]}]`:       "name of a bucket",
		`[{"bucket":"a*","actions":[]}]`:     "write a policy document",
		`[{"bucket":"*","actions":["lst"]}]`: `Unknown action "lst" in entry 1`,
		`[{"bucket":"*","actions":[1]}]`:     "a string or a list",
		`[{"bucket":"*","actions":["list"],"effect":"Deny"}]`:                             `unknown member "effect"`,
		`[{"bucket":"*","actions":["list"]},{"bucket":"b","actions":["iam:list_users"]}]`: `"iam:list_users" of entry 2 concerns no bucket`,
		`[{"bucket":"*","actions":["list"],"actions":["read"]}]`:                          "stands twice",
		`[{"bucket":"*","actions":["s3:Foo"]}]`:                                           "Unknown action",
		`[{"bucket":"*","actions":["iam:fly"]}]`:                                          "Unknown action",
	} {
		_, _, err := ParseSimple([]byte(text))
		require.True(t, fault.Is(err, fault.MalformedPolicy), text)
		require.Contains(t, fault.TextOf(err), want, text)
		if text != `{}` {
			_, err = ParseUser([]byte(text))
			require.Contains(t, fault.TextOf(err), want, text)
		}
	}
}

func TestParseUserMixes(t *testing.T) {
	d, err := ParseUser([]byte(`[{"bucket":"a","actions":["read"]},{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::a/${aws:username}"}}]`))
	require.NoError(t, err)
	require.Len(t, d.Statements, 2)
	got := Evaluate(&Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/ada", Principal: &ada}, []Source{{Document: d}})
	require.True(t, got.ExplicitDeny)
	d, err = ParseUser([]byte(identity(`"Action":"*","Resource":"*"`)))
	require.NoError(t, err)
	require.True(t, Administers([]*Document{d}, true))
	_, err = ParseUser([]byte(`{"Version":"2012-10-17"}`))
	require.Contains(t, fault.TextOf(err), "required field Statement")
}

func TestCoversAndAdministers(t *testing.T) {
	doc := func(text string) *Document {
		d, err := ParseUser([]byte(text))
		require.NoError(t, err)
		return d
	}
	full := doc(`[{"bucket": "*", "actions": ["list","read","write","delete","share","policy","lifecycle","cors","replication","iam:*"]}]`)
	admin := doc(`[{"bucket":"*","actions":["iam:*"]}]`)
	iamManager := doc(`[{"bucket": "*", "actions": ["iam:list_users", "iam:create_user", "iam:delete_user", "iam:rotate_key", "iam:update_policy"]}]`)
	reader := doc(`[{"bucket":"*","actions":["list","read"]}]`)
	one := doc(`[{"bucket":"b","actions":["read"]}]`)
	aws := doc(identity(`"Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::b*"`))
	limited := doc(`[{"bucket":"*","actions":["read"]},{"Statement":{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/secret/*"}}]`)
	condition := doc(identity(`"Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`))
	star := doc(identity(`"Action":"*","Resource":"*"`))
	home := doc(identity(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::h/${aws:username}/*"`))
	for _, c := range []struct {
		name       string
		have, want *Document
		ok         bool
	}{
		{"itself", reader, reader, true}, {"smaller", reader, one, true}, {"larger", one, reader, false},
		{"everything", star, full, true}, {"admin covers manager", admin, iamManager, true}, {"manager not admin", iamManager, admin, false},
		{"document in simple", reader, aws, true}, {"simple in document", aws, one, false},
		{"denied part", limited, one, false}, {"same denial", limited, limited, true}, {"other bucket", limited, doc(`[{"bucket":"c","actions":["read"]}]`), true},
		{"conditional", condition, aws, false}, {"same condition", condition, condition, true}, {"free over conditional", star, condition, true},
		{"variable", home, home, false}, {"variable by star", star, home, true}, {"nothing", iamManager, doc(`[]`), true},
		{"own names", admin, doc(`[{"bucket":"*","actions":["myfsio:GetX"]}]`), true},
		{"own names missing", reader, doc(`[{"bucket":"*","actions":["myfsio:GetX"]}]`), false},
		{"not action", reader, doc(identity(`"NotAction":"iam:*","Resource":"*"`)), false},
		{"not action by star", star, doc(identity(`"NotAction":"iam:*","Resource":"*"`)), true},
		{"star needs own names", doc(identity(`"Action":["s3:*","iam:*","kms:*","sts:*"],"Resource":"*"`)), star, false},
	} {
		missing, ok := Covers([]*Document{c.have}, c.want)
		require.Equal(t, c.ok, ok, "%s: %s", c.name, missing)
		require.Equal(t, c.ok, missing == "", c.name)
	}
	for _, c := range []struct {
		d             *Document
		strict, loose bool
	}{
		{full, true, true}, {admin, true, true}, {star, true, true}, {iamManager, false, false}, {reader, false, false},
		{doc(identity(`"Action":"iam:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)), false, true},
		{doc(`[{"bucket":"*","actions":["iam:*"]},{"Statement":{"Effect":"Deny","Action":"iam:DeleteUser","Resource":"*"}}]`), false, true},
		{doc(identity(`"Action":"iam:*","Resource":"arn:aws:iam::*:user/x"`)), false, true},
		{doc(identity(`"Action":"iam:*","Resource":"arn:aws:s3:::*"`)), false, false},
	} {
		require.Equal(t, c.strict, Administers([]*Document{c.d}, true), c.d.String())
		require.Equal(t, c.loose, Administers([]*Document{c.d}, false), c.d.String())
	}
}
