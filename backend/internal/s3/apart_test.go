package s3

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
)

// Every operation is asked for by who may do everything in another account, about a bucket and objects of the default account: nothing of
// them is told or changed.
func TestNothingOfOneAccountIsSeenFromAnother(t *testing.T) {
	store := kvtest.NewMemory()
	e := newEnvOn(t, store, nil)
	e.ok(adminKey, put, "/bucket", "", nil)
	e.ok(adminKey, put, "/bucket?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", nil)
	canaries := map[string]string{"Content-Type": "canary/type", "x-amz-meta-canary": "canary-metadata", "x-amz-tagging": "canary-tag=canary-value"}
	for _, key := range []string{"key", "other", "canary-key"} {
		e.ok(adminKey, put, "/bucket/"+key, "canary-content", canaries)
	}
	e.ok(adminKey, post, "/bucket/canary-upload?uploads", "", nil)
	tags := "<Tagging><TagSet><Tag><Key>canary-tag</Key><Value>canary-value</Value></Tag></TagSet></Tagging>"
	e.ok(adminKey, put, "/bucket?tagging", tags, summed(tags))
	e.ok("ann", put, "/own", "", nil)
	rows := func() map[string]string {
		out := map[string]string{}
		require.NoError(t, store.View(t.Context(), func(r kv.Reader) error {
			it := r.Iter(kv.Range{End: []byte{0xff, 0xff}})
			for it.Next() {
				out[string(it.Key())] = string(it.Value())
			}
			return it.Close()
		}))
		return out
	}
	before := rows()
	for _, user := range []string{"ann", "bob"} {
		for _, o := range Operations() {
			if o.Auth == AuthOpen {
				continue
			}
			target, body, header := example(o)
			res, answer := e.do(user, o.Method, target, body, header)
			what := fmt.Sprintf("%s as %s: %d %s", o.Name, user, res.StatusCode, answer)
			switch {
			case o.Name == "ListBuckets":
				require.Equal(t, 200, res.StatusCode, what)
				require.NotContains(t, answer, "<Name>bucket</Name>", what)
			case o.Name == "CreateBucket" && user == "ann":
				require.Equal(t, 409, res.StatusCode, what)
				require.Contains(t, answer, "BucketAlreadyExists", what)
			case o.Name == "DeleteObjects":
				require.NotContains(t, answer, "<Deleted>", what)
			case o.Auth == AuthForm:
				require.Equal(t, 400, res.StatusCode, what)
			case o.Name == "WriteGetObjectResponse" && user == "ann": // it is about no bucket, and not built
				require.Equal(t, 501, res.StatusCode, what)
			default:
				require.Equal(t, 403, res.StatusCode, what)
			}
			said := answer + fmt.Sprint(res.Header)
			for _, secret := range []string{"canary", "localadmin", "arn:aws:iam::000000000000:"} {
				require.False(t, strings.Contains(said, secret), "%q: %s %v", secret, what, res.Header)
			}
		}
		_, answer := e.do(user, put, "/own/key", "", map[string]string{"x-amz-copy-source": "/bucket/canary-key"})
		require.Contains(t, answer, "<Code>AccessDenied</Code>")
	}
	require.Equal(t, before, rows())
}
