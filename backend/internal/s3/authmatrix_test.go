package s3

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// asker is a column of the matrix: somebody, with what the bucket's policy says. OTHER there is the second account.
type asker struct{ who, policy, means string }

var askers = []asker{
	{"", "", "nobody signed in"},
	{"", "allow *", "nobody signed in, the bucket allows everybody"},
	{"nobody", "", "a user without rights"},
	{"nobody", "allow *", "a user without rights, the bucket allows everybody"},
	{"exact", "", "a user with exactly the right"},
	{"exact", "deny *", "the same, the bucket denies everybody"},
	{"allbut", "", "a user with all rights but it"},
	{"bounded", "", "a user with the right, out of its boundary"},
	{"within", "", "a user with the right, within its boundary"},
	{"readonly", "", "a user with AmazonS3ReadOnlyAccess"},
	{"gone", "", "a disabled user with the right"},
	{"role", "", "a session of a role with the right"},
	{"narrow", "", "the same, narrowed to s3:GetObject"},
	{adminKey, "", "an administrator of the account"},
	{adminKey, "deny *", "the same, the bucket denies everybody"},
	{"ann", "", "an administrator of another account"},
	{"ann", "allow OTHER", "the same, the bucket allows that account"},
	{"bob", "allow OTHER", "a user without rights there, the bucket allows that account"},
}

// TestAuthorizationMatrix: every operation by everybody, through the whole server, each on a bucket of its own. The answers are in a file that is
// reviewed; -update writes it anew. Of what may surprise there: a quota is no action of S3, so that the bucket's denial of s3:* does not reach it.
func TestAuthorizationMatrix(t *testing.T) {
	e := newEnv(t, nil)
	ctx := t.Context()
	for _, name := range []string{"exact", "allbut", "bounded", "within", "readonly", "gone"} {
		_, _, err := e.iam.CreateUser(ctx, iam.Machine, iam.CreateUser{Name: name, AccessKey: name, Secret: secretOf(name)})
		require.NoError(t, err)
		e.sign(name)
	}
	edit := func(kind iam.EntityKind, name string, what iam.Edit) {
		require.NoError(t, e.iam.Edit(ctx, iam.Machine, kind, name, what))
	}
	disabled := true
	edit(iam.UserEntity, "readonly", iam.AttachPolicy("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"))
	edit(iam.UserEntity, "bounded", iam.SetBoundary("arn:aws:iam::aws:policy/IAMFullAccess"))
	edit(iam.UserEntity, "within", iam.SetBoundary("arn:aws:iam::aws:policy/AmazonS3FullAccess"))
	edit(iam.UserEntity, "gone", iam.DescribeUser(nil, &disabled))
	_, err := e.iam.CreateEntity(ctx, iam.Machine, iam.NewEntity{Kind: iam.RoleEntity, Name: "worker", Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}}`})
	require.NoError(t, err)
	admin, err := e.iam.Credential(ctx, adminKey)
	require.NoError(t, err)
	for name, policy := range map[string]string{"role": "", "narrow": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`} {
		s, err := e.iam.AssumeRole(ctx, admin.Identity, iam.AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/worker", Name: "night", Policy: policy})
		require.NoError(t, err)
		e.signers[name] = sigv4.NewSigner(sigv4.Credentials{AccessKey: s.AccessKey, Secret: s.Secret, Token: s.Token}, "us-east-1", "s3")
	}

	var out strings.Builder
	out.WriteString("Y let in, whatever comes of it   . AccessDenied   k the key is refused   m MethodNotAllowed\n\n")
	for i, a := range askers {
		fmt.Fprintf(&out, "%s+ %s\n", strings.Repeat("| ", i), a.means)
	}
	out.WriteByte('\n')
	cells := 0
	for _, o := range Operations() {
		if o.Auth == AuthOpen || o.Auth == AuthForm || o.Scope == Service && o.Handle != nil {
			continue // preflight asks nobody; a form brings its own credentials; a list of buckets is never refused, but empty
		}
		require.NotEmpty(t, o.Actions, o.Name)
		list := []string{}
		for _, action := range o.Actions {
			if action == "s3:HeadBucket" { // which is no action of policies
				action = "s3:ListBucket"
			}
			list = append(list, action)
		}
		if o.Header == copySource {
			list = append(list, "s3:GetObject")
		}
		actions := `["` + strings.Join(list, `","`) + `"]`
		right := iam.PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":`+actions+`,"Resource":"*"}}`)
		for _, name := range []string{"exact", "bounded", "within", "gone"} {
			edit(iam.UserEntity, name, right)
		}
		edit(iam.UserEntity, "allbut", iam.PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":`+actions+`,"Resource":"*"}}`))
		edit(iam.RoleEntity, "worker", right)
		for _, a := range askers {
			cells++
			name := fmt.Sprintf("cell-%d", cells)
			out.WriteByte(e.cell(o, a, name))
			out.WriteByte(' ')
		}
		fmt.Fprintf(&out, " %s  %s\n", o.Name, strings.Join(o.Actions, " "))
	}
	require.Greater(t, cells, 1000)
	const file = "testdata/authorization.txt"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o644)) //nolint:gosec // a file of the repository
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), out.String())
}

// cell makes one request on a bucket of its own.
func (e *env) cell(o *Operation, a asker, name string) byte {
	ctx := e.t.Context()
	if !o.Creates {
		b, err := e.buckets.Create(ctx, bucket.CreateInput{Name: name, Account: iam.DefaultAccount})
		require.NoError(e.t, err)
		for _, key := range []string{"key", "other"} {
			_, err := e.objects.Put(ctx, object.PutInput{Bucket: b, Key: key, Body: strings.NewReader("x"), Size: 1, Tags: meta.Tags{}})
			require.NoError(e.t, err)
		}
		if a.policy != "" {
			effect, who, _ := strings.Cut(a.policy, " ")
			principal := `"*"`
			if who == "OTHER" {
				principal = `{"AWS":"` + e.other.Number + `"}`
			}
			effect = strings.ToUpper(effect[:1]) + effect[1:]
			p, err := bucket.ParsePolicy([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"`+effect+`","Principal":`+principal+`,"Action":"s3:*","Resource":["arn:aws:s3:::`+name+`","arn:aws:s3:::`+name+`/*"]}}`), name)
			require.NoError(e.t, err)
			require.NoError(e.t, e.buckets.SetPolicy(ctx, b, p))
		}
	}
	target, body, header := example(o)
	target = strings.Replace(target, "/bucket", "/"+name, 1)
	for k, v := range header {
		header[k] = strings.Replace(v, "/bucket", "/"+name, 1)
	}
	res, answer := e.do(a.who, o.Method, target, body, header)
	switch {
	case strings.Contains(answer, "<Code>InvalidAccessKeyId</Code>"), res.StatusCode == http.StatusForbidden && a.who == "gone":
		return 'k'
	case res.StatusCode == http.StatusForbidden, strings.Contains(answer, "<Code>AccessDenied</Code>"):
		return '.'
	case res.StatusCode == http.StatusMethodNotAllowed:
		return 'm'
	}
	return 'Y'
}
