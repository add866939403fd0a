package admin

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

var updateMatrix = flag.Bool("update", false, "rewrite testdata/authorization.txt")

// TestAuthorizationMatrix: every operation by everybody, through the whole API. The answers are in a file that is reviewed; -update writes it anew.
// Those who may less come first, so that nothing is gone when they ask; who is let in finds it gone, perhaps, but is let in.
// Of what may surprise there: nobody gives more than they have, so that iam:PutUserPolicy alone is not enough for setUserPolicies; and that there is no
// such ticket is told by getZip to who may list the bucket, too.
func TestAuthorizationMatrix(t *testing.T) {
	l := fixture(t)
	apart, _ := l.tenant("apart")
	named := func(name, policies string) *client {
		l.admin().do("POST", "/iam/users", `{"display_name":"`+name+`","access_key":"`+name+`","secret_key":"a-long-secret","policies":`+policies+`}`).want(201)
		return l.as(name, "a-long-secret")
	}
	read := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:Get*","s3:List*","iam:Get*","iam:List*"],"Resource":"*"}}`
	askers := []struct {
		*client
		means string
	}{
		{l.as("", ""), "nobody signed in"},
		{named("nobody", `[]`), "a user without rights"},
		{named("allbut", `[]`), "a user with all rights but it"},
		{named("bounded", `[]`), "a user with the right, bounded to AmazonS3FullAccess"},
		{apart, "an administrator of another account"},
		{named("reader", read), "a user who may read everything"},
		{named("exact", `[]`), "a user with exactly the right"},
		{l.admin(), "an administrator of the server"},
	}
	ctx := t.Context()
	require.NoError(t, l.deps.IAM.Edit(ctx, iam.Machine, iam.UserEntity, "bounded", iam.SetBoundary("arn:aws:iam::aws:policy/AmazonS3FullAccess")))
	var out strings.Builder
	out.WriteString("Y let in, whatever comes of it   . AccessDenied   - 401   o everybody, each to what is theirs   * everybody\n\n")
	for i, a := range askers {
		fmt.Fprintf(&out, "%s+ %s\n", strings.Repeat("| ", i), a.means)
	}
	out.WriteByte('\n')
	for _, o := range l.api.describe().table {
		method, target, body := o.sample(t)
		if o.console || strings.HasPrefix(o.path, "/myfsio/tokens") {
			continue // signing in and out, which credentials decide
		}
		if o.need.scope == scopeAdministrative || o.need.scope == scopeData {
			require.NotEmpty(t, o.need.actions, o.id)
			actions := `["` + strings.Join(o.need.actions, `","`) + `"]`
			edit := func(name, element string) {
				require.NoError(t, l.deps.IAM.Edit(ctx, iam.Machine, iam.UserEntity, name, iam.PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","`+element+`":`+actions+`,"Resource":"*"}}`)))
			}
			edit("exact", "Action")
			edit("bounded", "Action")
			edit("allbut", "NotAction")
		}
		for _, a := range askers {
			l.put("one", "k") // the one before may have moved it
			r := a.do(method, target, body)
			cell := byte('Y')
			switch {
			case r.w.Code == 401:
				cell = '-'
			case r.w.Code == 403:
				cell = '.'
			case o.need.scope == scopeOwn:
				cell = 'o'
			case o.need.scope == scopeAnonymous:
				cell = '*'
			}
			out.WriteByte(cell)
			out.WriteByte(' ')
		}
		fmt.Fprintf(&out, " %s  %s\n", o.id, strings.Join(o.need.actions, " "))
	}
	const file = "testdata/authorization.txt"
	if *updateMatrix {
		require.NoError(t, os.MkdirAll("testdata", 0o755))                  //nolint:gosec // a folder of the repository
		require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o644)) //nolint:gosec // a file of the repository
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}
