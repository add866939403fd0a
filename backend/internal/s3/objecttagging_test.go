package s3

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

// user makes a user with a policy and signs as that user.
func (e *env) user(name, policies string) {
	_, _, err := e.iam.CreateUser(context.Background(), iam.Machine, iam.CreateUser{Name: name, AccessKey: name, Secret: secretOf(name), Policies: []byte(policies)})
	require.NoError(e.t, err)
	e.sign(name)
}

// status sends a request and returns the status alone.
func (e *env) status(user, method, target, body string, header map[string]string) int {
	res, _ := e.do(user, method, target, body, header)
	return res.StatusCode
}

func TestExistingTagsDecide(t *testing.T) {
	e := newEnv(t, nil)
	e.user("blue", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion","s3:DeleteObject","s3:GetObjectTagging"],"Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/Team":"blue"}}},
		{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/to/*"}]}`)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket/blue", "content", map[string]string{"x-amz-tagging": "Team=blue"})
	e.ok(adminKey, put, "/bucket/red", "content", map[string]string{"x-amz-tagging": "Team=red&team=blue"})
	e.ok(adminKey, put, "/bucket/bare", "content", nil)
	for key, want := range map[string]int{"blue": 200, "red": 403, "bare": 403, "none": 403} {
		require.Equal(t, want, e.status("blue", get, "/bucket/"+key, "", nil), key)
		require.Equal(t, want, e.status("blue", get, "/bucket/"+key+"?versionId=null", "", nil), key)
	}
	// A source is judged by its own tags. They go with the copy, which needs a right of its own.
	from := func(key string) map[string]string {
		return map[string]string{"x-amz-copy-source": "/bucket/" + key, "x-amz-tagging-directive": "REPLACE"}
	}
	require.Equal(t, 200, e.status("blue", put, "/bucket/to/1", "", from("blue")))
	require.Equal(t, 403, e.status("blue", put, "/bucket/to/1", "", from("red")))
	require.Equal(t, 403, e.status("blue", put, "/bucket/to/1", "", map[string]string{"x-amz-copy-source": "/bucket/blue"}))

	_, body := e.ok("blue", post, "/bucket?delete", "<Delete><Object><Key>red</Key></Object><Object><Key>blue</Key></Object></Delete>",
		map[string]string{"Content-MD5": "XT5x7j1cGhUKXL01oHhwMw=="})
	require.Contains(t, body, "<Error><Key>red</Key><Code>AccessDenied</Code>")
	require.Contains(t, body, "<Deleted><Key>blue</Key></Deleted>")
}

func TestRequestedTagsDecide(t *testing.T) {
	e := newEnv(t, nil)
	e.user("blue", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["s3:PutObject","s3:PutObjectTagging"],"Resource":"*","Condition":{"StringEquals":{"s3:RequestObjectTag/Team":"blue"},
			"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["Team","other"]}}},
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`)
	e.user("untagged", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}}`)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket/key", "content", nil)
	tagged := func(value string) map[string]string { return map[string]string{"x-amz-tagging": value} }
	for value, want := range map[string]int{"Team=blue": 200, "Team=blue&other=1": 200, "Team=red": 403, "Team=blue&third=1": 403, "team=blue": 403, "": 403} {
		require.Equal(t, want, e.status("blue", put, "/bucket/new", "content", tagged(value)), value)
		require.Equal(t, want, e.status("blue", post, "/bucket/new?uploads", "", tagged(value)), value)
		copied := tagged(value)
		copied["x-amz-copy-source"], copied["x-amz-tagging-directive"] = "/bucket/key", "REPLACE"
		require.Equal(t, want, e.status("blue", put, "/bucket/copied", "", copied), value)
		delete(copied, "x-amz-tagging-directive") // the tags are then not those that are set
		require.Equal(t, 403, e.status("blue", put, "/bucket/copied", "", copied), value)
	}
	require.Equal(t, 200, e.status("blue", put, "/bucket/key?tagging", "<Tagging><TagSet><Tag><Key>Team</Key><Value>blue</Value></Tag></TagSet></Tagging>", nil))
	require.Equal(t, 403, e.status("blue", put, "/bucket/key?tagging", "<Tagging><TagSet><Tag><Key>Team</Key><Value>red</Value></Tag></TagSet></Tagging>", nil))
	_, body := e.ok(adminKey, get, "/bucket/key?tagging", "", nil)
	require.Contains(t, body, "<Value>blue</Value>")

	require.Equal(t, 200, e.status("untagged", put, "/bucket/new", "content", nil))
	require.Equal(t, 403, e.status("untagged", put, "/bucket/new", "content", tagged("Team=blue")))
	require.Equal(t, 403, e.status("untagged", post, "/bucket/new?uploads", "", tagged("Team=blue")))
}

// Tags that are taken are within the bounds, and are taken again when they are written as a query.
func FuzzTagging(f *testing.F) {
	for _, s := range []string{"", "a=b", "a", "=", "a=1&a=2", "a=%zz", "a=%ff", "a+b=c%20d&&", "aws:x=1", "%F0%9F%98%80=1", "a;b=c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tags, err := parseTagging(s)
		if err != nil {
			return
		}
		require.NoError(t, validObjectTags(tags))
		var query []string
		for _, p := range tags {
			query = append(query, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
		}
		again, err := parseTagging(strings.Join(query, "&"))
		require.NoError(t, err)
		require.Equal(t, tags, again)
	})
}
