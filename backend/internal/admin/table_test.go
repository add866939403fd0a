package admin

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// sample is a request that an administrator may make on the fixture (bucket "one" with the object "k").
type sample struct{ target, body string }

var samples = map[string]sample{
	"createSession":           {"", `{"accessKey":"nobody","secretKey":"wrong"}`},
	"getSession":              {},
	"deleteSession":           {},
	"startSingleSignOn":       {},
	"finishSingleSignOn":      {},
	"leaveSingleSignOn":       {},
	"createToken":             {"", `{"accessKey":"nobody","secretKey":"wrong"}`},
	"refreshToken":            {"", `{"refreshToken":"x"}`},
	"revokeToken":             {"", `{"token":"x"}`},
	"setPassword":             {"/myfsio/identities/users/ada/password", `{"password":"marked-battery-staple","mustChange":true}`},
	"deletePassword":          {"/myfsio/identities/users/ada/password", ""},
	"endConsole":              {"/myfsio/identities/users/ada/console", ""},
	"changePassword":          {"", `{"password":"marked-battery-staple","newPassword":"marked-horse-staple"}`},
	"getProfile":              {},
	"enrolDevice":             {"", `{"name":"phone"}`},
	"confirmDevice":           {"", `{"token":"marked-token","first":"marked","second":"marked"}`},
	"removeOwnDevice":         {"/myfsio/me/devices/phone/remove", `{"code":"marked"}`},
	"removeDevice":            {"/myfsio/identities/users/ada/devices/phone", ""},
	"listSessions":            {},
	"endSession":              {"/myfsio/sessions/nothing", ""},
	"endOtherSessions":        {},
	"getHealth":               {},
	"headHealth":              {},
	"getCompatibility":        {},
	"getVersion":              {},
	"getConfig":               {},
	"getServer":               {},
	"listAccounts":            {},
	"createAccount":           {"", `{"name":"team"}`},
	"deleteAccount":           {"/myfsio/accounts/other", ""},
	"listUsers":               {},
	"createUser":              {"", `{"display_name":"x","policies":[]}`},
	"rotateSecret":            {"/myfsio/iam/users/victim/rotate", ""},
	"setUserPolicies":         {"/myfsio/iam/users/victim/policies", `[{"bucket":"*","actions":["list"]}]`},
	"deleteUser":              {"/myfsio/iam/users/victim", ""},
	"listIdentities":          {"/myfsio/identities/users", ""},
	"createIdentity":          {"/myfsio/identities/users", `{"name":"eve"}`},
	"getIdentity":             {"/myfsio/identities/users/ada", ""},
	"updateIdentity":          {"/myfsio/identities/users/ada", `{"displayName":"Ada"}`},
	"deleteIdentity":          {"/myfsio/identities/users/ada", ""},
	"putInlinePolicy":         {"/myfsio/identities/users/ada/policies/p", `{"document":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}}"}`},
	"deleteInlinePolicy":      {"/myfsio/identities/users/ada/policies/p", ""},
	"attachPolicy":            {"/myfsio/identities/users/ada/attached?arn=arn:aws:iam::aws:policy/ReadOnlyAccess", ""},
	"detachPolicy":            {"/myfsio/identities/users/ada/attached?arn=arn:aws:iam::aws:policy/ReadOnlyAccess", ""},
	"setBoundary":             {"/myfsio/identities/users/ada/boundary?arn=arn:aws:iam::aws:policy/ReadOnlyAccess", ""},
	"deleteBoundary":          {"/myfsio/identities/users/ada/boundary", ""},
	"tagIdentity":             {"/myfsio/identities/users/ada/tags", `{"tags":[{"name":"team","value":"blue"}]}`},
	"untagIdentity":           {"/myfsio/identities/users/ada/tags?tag=team", ""},
	"createAccessKey":         {"/myfsio/identities/users/ada/keys", ""},
	"setAccessKey":            {"/myfsio/identities/users/victim/keys/victim", `{"active":true}`},
	"deleteAccessKey":         {"/myfsio/identities/users/victim/keys/victim", ""},
	"addMember":               {"/myfsio/identities/groups/writers/members/ada", ""},
	"removeMember":            {"/myfsio/identities/groups/writers/members/ada", ""},
	"setTrustPolicy":          {"/myfsio/identities/roles/backup/trust", `{"document":"{}"}`},
	"listManagedPolicies":     {},
	"createManagedPolicy":     {"", `{"name":"most","document":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}}"}`},
	"getManagedPolicy":        {"/myfsio/policy?arn=arn:aws:iam::aws:policy/ReadOnlyAccess", ""},
	"deleteManagedPolicy":     {"/myfsio/policy?arn=arn:aws:iam::000000000000:policy/most", ""},
	"createPolicyVersion":     {"/myfsio/policy/versions?arn=arn:aws:iam::000000000000:policy/most", `{"document":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}"}`},
	"deletePolicyVersion":     {"/myfsio/policy/versions?version=1&arn=arn:aws:iam::000000000000:policy/most", ""},
	"setDefaultPolicyVersion": {"/myfsio/policy/default?version=1&arn=arn:aws:iam::000000000000:policy/most", ""},
	"simulate":                {"", `{"principal":"ada","actions":["s3:GetObject"],"resources":["arn:aws:s3:::one/k"]}`},
	"listBuckets":             {},
	"createBucket":            {"", `{"name":"fresh"}`},
	"getBucket":               {"/myfsio/buckets/one", ""},
	"deleteBucket":            {"/myfsio/buckets/one", ""},
	"getBucketAccess":         {"/myfsio/buckets/one/access?prefix=k", ""},
	"getVersioning":           {"/myfsio/buckets/one/versioning", ""},
	"setVersioning":           {"/myfsio/buckets/one/versioning", `{"versioning":"Enabled"}`},
	"getLifecycleHistory":     {"/myfsio/buckets/one/lifecycle/history", ""},
	"previewLifecycle":        {"/myfsio/buckets/one/lifecycle/preview", `{"rules":[{"id":"r","expireDays":1}]}`},
	"getQuota":                {"/myfsio/buckets/one/quota", ""},
	"setQuota":                {"/myfsio/buckets/one/quota", `{"maxObjects":1000}`},
	"listObjects":             {"/myfsio/buckets/one/objects", ""},
	"searchObjects":           {"/myfsio/buckets/one/search?query=k", ""},
	"getObject":               {"/myfsio/buckets/one/object?key=k", ""},
	"deleteObject":            {"/myfsio/buckets/one/object?key=k", ""},
	"listVersions":            {"/myfsio/buckets/one/versions", ""},
	"copyObject":              {"/myfsio/buckets/one/object/copy", `{"key":"k","targetKey":"k2"}`},
	"moveObject":              {"/myfsio/buckets/one/object/move", `{"key":"k","targetKey":"k3"}`},
	"renameObject":            {"/myfsio/buckets/one/object/rename", `{"key":"k","name":"k4"}`},
	"createFolder":            {"/myfsio/buckets/one/folder", `{"prefix":"f"}`},
	"createLink":              {"", `{"bucket":"one","key":"k","method":"GET"}`},
	"putContent":              {"/myfsio/buckets/one/content?key=new", "x"},
	"getContent":              {"/myfsio/buckets/one/content?key=k", ""},
	"createZip":               {"/myfsio/buckets/one/zip", `{"keys":["k"]}`},
	"getZip":                  {"/myfsio/buckets/one/zip?ticket=x", ""},
	"createUpload":            {"/myfsio/buckets/one/uploads", `{"key":"k"}`},
	"listUploads":             {"/myfsio/buckets/one/uploads", ""},
	"abortUpload":             {"/myfsio/buckets/one/uploads/UPLOAD?key=k", ""},
	"listParts":               {"/myfsio/buckets/one/uploads/UPLOAD/parts?key=k", ""},
	"putPart":                 {"/myfsio/buckets/one/uploads/UPLOAD/parts/1?key=k", "x"},
	"completeUpload":          {"/myfsio/buckets/one/uploads/UPLOAD/complete", `{"key":"k","parts":[{"number":1,"etag":"x"}]}`},
	"createBulkDelete":        {"", `{"bucket":"one","keys":["k"]}`},
	"createBulkCopy":          {"", `{"bucket":"one","keys":["k"],"targetPrefix":"t/"}`},
	"listJobs":                {},
	"getJob":                  {"/myfsio/jobs/nothing", ""},
	"cancelJob":               {"/myfsio/jobs/nothing", ""},
	"searchAudit":             {},
	"explainAudit":            {"/myfsio/audit/requests/nothing", ""},
	"exportAudit":             {},
}

// fixture is a lab with something of everything.
func fixture(t *testing.T) *lab {
	l := start(t)
	l.bucket("one")
	l.put("one", "k")
	l.admin().do("POST", "/iam/users", `{"display_name":"victim","access_key":"victim","policies":[]}`).want(201)
	l.admin().do("POST", "/myfsio/identities/users", `{"name":"ada"}`).want(201)
	l.admin().do("POST", "/myfsio/accounts", `{"name":"other"}`).want(201)
	return l
}

func init() {
	for _, d := range bucketDocuments {
		target := "/myfsio/buckets/one/documents/" + d.query
		for id, body := range map[string]string{"get": "", "put": `{"document":"x"}`, "delete": ""} {
			if id == "get" || id == "put" && d.write != "" || id == "delete" && d.remove != "" {
				samples[id+d.name] = sample{target, body}
			}
		}
	}
}

func init() {
	for _, d := range objectDocuments {
		target := "/myfsio/buckets/one/object/documents/" + d.query + "?key=k"
		samples["get"+d.name], samples["put"+d.name] = sample{target, ""}, sample{target, `{"document":"x"}`}
	}
}

func (o *operation) sample(t *testing.T) (method, target, body string) {
	t.Helper()
	s, ok := samples[o.id]
	require.True(t, ok, "operation %s needs a sample in this test", o.id)
	if s.target == "" {
		s.target = o.path
	}
	require.NotContains(t, s.target, "{")
	return o.method, s.target, s.body
}

// Every operation refuses anonymous callers and callers without the right, on both ports and at every path that it has.
func TestEveryOperationIsAuthorized(t *testing.T) {
	l := fixture(t)
	nobody := l.user(`[]`)
	other := l.user(`[{"bucket":"another","actions":["*"]}]`)
	table := l.api.describe().table
	require.Len(t, samples, len(table))
	for _, o := range table {
		method, target, body := o.sample(t)
		targets := []string{target}
		if o.alias != "" {
			targets = append(targets, strings.TrimPrefix(target, "/myfsio"))
		}
		for _, target := range targets {
			for port, h := range map[string]http.Handler{"console": l.console, "s3": l.s3} {
				t.Run(o.id+target+port, func(t *testing.T) {
					if o.need.scope == scopeAnonymous {
						return
					}
					r := l.as("", "").on(h).do(method, target, body)
					require.Equal(t, 401, r.w.Code, r.text())
					for _, who := range []*client{nobody, other} {
						r = who.on(h).do(method, target, body)
						if o.need.scope != scopeOwn {
							p := r.fails(403, "AccessDenied")
							require.Empty(t, p.Reason, "policies are not quoted to who is no administrator")
							continue
						}
						require.Contains(t, []int{200, 204, 400, 404}, r.w.Code, r.text())
						require.NotContains(t, r.text(), `"one"`)
					}
				})
			}
		}
	}
	// The same requests are good ones: somebody who has the rights is not refused.
	for _, o := range table {
		if o.need.scope != scopeAnonymous && o.id != "deleteBucket" {
			method, target, body := o.sample(t)
			r := l.admin().do(method, target, body)
			require.NotContains(t, []int{401, 403, 405, 422, 500}, r.w.Code, "%s: %s", o.id, r.text())
		}
	}
}

// Each action that the table names is what decides: a policy with exactly the actions of an operation is enough for it, and leaving one out
// is not.
func TestTheActionsOfTheTableDecide(t *testing.T) {
	l := fixture(t)
	document := func(actions []string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"*"}]}`
	}
	for _, o := range l.api.describe().table {
		if o.need.scope != scopeData {
			continue
		}
		method, target, body := o.sample(t)
		// The versioned forms belong to requests that name a version, and the rest to what the sample does.
		actions := slices.DeleteFunc(slices.Clone(o.need.actions), func(a string) bool {
			return strings.HasSuffix(a, "Version") || o.id == "createLink" && a != "s3:GetObject" || o.id == "createBulkCopy" && a == "s3:DeleteObject"
		})
		r := l.user(document(actions)).do(method, target, body)
		require.NotEqual(t, 403, r.w.Code, "%s with %v: %s", o.id, actions, r.text())
		l.put("one", "k")
		for i, without := range actions {
			rest := append(slices.Delete(slices.Clone(actions), i, i+1), "s3:ListAllMyBuckets")
			p := l.user(document(rest)).do(method, target, body).fails(403, "AccessDenied")
			require.Equal(t, []string{without}, p.Needs, o.id)
		}
	}
}

func TestTheTableIsComplete(t *testing.T) {
	ids, paths := map[string]bool{}, map[string]bool{}
	for _, o := range new(API).describe().table {
		require.False(t, ids[o.id], o.id)
		require.False(t, paths[o.method+o.path], o.path)
		ids[o.id], paths[o.method+o.path] = true, true
		require.NotEmpty(t, o.tag, o.id)
		require.NotEmpty(t, o.summary, o.id)
		require.True(t, Owns(o.path))
		if o.alias != "" {
			require.True(t, Owns(o.alias))
		}
		if s := o.need.scope; s == scopeData || s == scopeAdministrative {
			require.NotEmpty(t, o.need.actions, o.id)
		}
		for _, action := range o.need.actions {
			require.True(t, policy.KnownAction(action), action)
		}
	}
	lists := [][]string{generalActions, bucketActions, keyActions, lockActions, managedReads, managedChanges}
	for _, list := range append(lists, slices.Collect(maps.Values(identityActions))...) {
		for _, action := range list {
			require.True(t, policy.KnownAction(action), action)
		}
	}
}

func TestTheSpecificationIsCurrent(t *testing.T) {
	spec, err := Specification()
	require.NoError(t, err)
	again, err := Specification()
	require.NoError(t, err)
	require.Equal(t, string(spec), string(again), "the specification is the same each time")
	const hint = "run `go run ./cmd/openapi -write ..`"
	root := filepath.Join("..", "..", "..")
	kept, err := os.ReadFile(filepath.Join(root, "openapi", "openapi.json"))
	require.NoError(t, err)
	require.True(t, string(kept) == string(spec), "openapi/openapi.json is not current: "+hint)
	pages, err := Reference(spec)
	require.NoError(t, err)
	for name, page := range pages {
		kept, err := os.ReadFile(filepath.Join(root, "docs", "api", name))
		require.NoError(t, err)
		require.True(t, string(kept) == string(page), name+" is not current: "+hint)
	}
}

func TestTheSpecificationIsSound(t *testing.T) {
	for path, item := range new(API).OpenAPI().Paths {
		require.True(t, strings.HasPrefix(path, "/myfsio/"), path)
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete, item.Head} {
			if op != nil {
				require.NotEmpty(t, op.OperationID, path)
				require.Len(t, op.Tags, 1, path)
				require.NotEmpty(t, op.Security, path)
				require.Contains(t, op.Extensions, "x-permission", path)
				require.Contains(t, op.Responses, "default", path)
			}
		}
	}
	spec, err := Specification()
	require.NoError(t, err)
	require.NotContains(t, string(spec), `"null"`, "arrays are never null")
	require.NotContains(t, string(spec), "$schema")
	for _, o := range new(API).describe().table {
		require.Contains(t, string(spec), `"operationId": "`+o.id+`"`)
	}
}

func TestEveryKindOfFaultIsAProblem(t *testing.T) {
	codes := map[string]bool{}
	for _, k := range fault.Kinds() {
		s, ok := shapes[k]
		require.True(t, ok, "kind %q has no problem", k)
		require.NotEmpty(t, s.code)
		require.NotEmpty(t, s.text)
		require.NotEmpty(t, http.StatusText(s.status), k)
		p := problem(&reqinfo.Info{RequestID: "R"}, &fault.Error{Kind: k, Op: "x"})
		require.Equal(t, s.status, p.Status)
		require.Equal(t, "R", p.RequestID)
		codes[s.code] = true
	}
	require.Len(t, shapes, len(fault.Kinds()))
	require.Equal(t, "Secret internals stay here.", fault.New("x", fault.NotFound, "Secret internals stay here.").Text)
	p := problem(&reqinfo.Info{}, &fault.Error{Kind: fault.Internal, Text: "disk /dev/sda1 said no", Err: os.ErrPermission})
	require.NotContains(t, p.Detail, "sda1")
	p = problem(&reqinfo.Info{}, os.ErrPermission)
	require.Equal(t, 500, p.Status)
	require.NotContains(t, p.Detail, "permission")
}

func TestOwns(t *testing.T) {
	for _, p := range []string{"/myfsio", "/myfsio/", "/myfsio/health", "/iam/users", "/kms", "/kms/keys"} {
		require.True(t, Owns(p), p)
	}
	for _, p := range []string{"/", "/myfsio-bucket/x", "/iamx", "/bucket/iam", "//myfsio", "/kms2/keys", ""} {
		require.False(t, Owns(p), p)
	}
}
