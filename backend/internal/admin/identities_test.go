package admin

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	users    = "/myfsio/identities/users"
	groups   = "/myfsio/identities/groups"
	roles    = "/myfsio/identities/roles"
	fullS3   = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
	allOfIAM = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}`
)

// statement is an AWS document that allows actions, and the same as a member "document" of a body.
func statement(actions ...string) (document, member string) {
	document = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"],"Resource":"*"}}`
	raw, err := json.Marshal(map[string]string{"document": document})
	if err != nil {
		panic(err)
	}
	return document, string(raw)
}

func (c *client) identity(target string) (out Identity) {
	c.l.t.Helper()
	c.get(target).want(200).into(&out)
	return out
}

func TestAUserFromFirstToLast(t *testing.T) {
	l := start(t)
	l.bucket("one")
	boss := l.admin()
	var made CreatedIdentity
	r := boss.do("POST", users, `{"name":"ada","path":"/team/","displayName":"Ada L.","accessKey":true,"tags":[{"name":"team","value":"blue"}]}`).want(201)
	r.into(&made)
	require.Equal(t, "arn:aws:iam::000000000000:user/team/ada", made.ARN)
	ada := l.as(made.AccessKey, made.SecretKey)
	ada.get("/myfsio/buckets/one").fails(403, "AccessDenied")
	boss.do("POST", users, `{"name":"ADA"}`).fails(409, "EntityAlreadyExists")
	boss.do("POST", users, `{"name":"a b"}`).fails(400, "InvalidArgument")

	// What it is given holds at once.
	boss.do("PUT", users+"/ada/attached?arn="+fullS3, "").want(204)
	ada.get("/myfsio/buckets/one").want(200)
	boss.do("PUT", users+"/ada/boundary?arn=arn:aws:iam::aws:policy/IAMReadOnlyAccess", "").want(204)
	ada.get("/myfsio/buckets/one").fails(403, "AccessDenied")
	boss.do("DELETE", users+"/ada/boundary", "").want(204)
	document, body := statement("iam:ListUsers", "iam:GetUser")
	boss.do("PUT", users+"/ada/policies/lists", body).want(204)
	boss.do("PUT", users+"/ada/policies/bad", `{"document":"{}"}`).fails(400, "MalformedPolicy")
	boss.do("POST", groups, `{"name":"writers"}`).want(201)
	boss.do("PUT", groups+"/writers/members/ada", "").want(204)
	boss.do("PUT", users+"/ada/tags", `{"tags":[{"name":"cost","value":"7"}]}`).want(204)
	boss.do("DELETE", users+"/ada/tags?tag=team&tag=none", "").want(204)
	boss.do("PUT", users+"/ada", `{"displayName":"Ada"}`).want(204)

	whole := boss.identity(users + "/ada")
	require.Equal(t, "Ada", whole.DisplayName)
	require.Equal(t, []string{fullS3}, whole.Attached)
	require.Equal(t, []InlinePolicy{{"lists", document}}, whole.Inline)
	require.Equal(t, []IdentityTag{{"cost", "7"}}, whole.Tags)
	require.Equal(t, []string{"writers"}, whole.GroupNames)
	require.Len(t, whole.AccessKeys, 1)
	require.Equal(t, l.clock.Now(), *whole.AccessKeys[0].LastUsed)
	require.Contains(t, whole.Permissions, "iam:CreateAccessKey")
	// Who may read the user alone sees it alone.
	bare := ada.identity(users + "/ada")
	require.Equal(t, whole.IdentityEntry, bare.IdentityEntry)
	require.Nil(t, bare.Attached)
	require.Nil(t, bare.Inline)
	require.Nil(t, bare.AccessKeys)
	require.Nil(t, bare.Tags)
	require.Empty(t, bare.Permissions)

	// A second key, and no third; a key that is off; one that is rotated; one that is gone.
	var second NewKey
	boss.do("POST", users+"/ada/keys", "").want(201).into(&second)
	boss.do("POST", users+"/ada/keys", "").fails(409, "LimitExceeded")
	other := l.as(second.AccessKey, second.SecretKey)
	other.get("/myfsio/buckets/one").want(200)
	boss.do("PUT", users+"/ada/keys/"+second.AccessKey, `{"active":false}`).want(204)
	other.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	boss.do("PUT", users+"/ada/keys/"+second.AccessKey, `{"active":true}`).want(204)
	other.get("/myfsio/buckets/one").want(200)
	var rotated UserSecret
	boss.do("POST", "/myfsio/iam/users/"+second.AccessKey+"/rotate", "").want(200).into(&rotated)
	other.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	other = l.as(second.AccessKey, rotated.SecretKey)
	other.get("/myfsio/buckets/one").want(200)
	boss.do("DELETE", users+"/ada/keys/"+second.AccessKey, "").want(204)
	other.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	boss.do("DELETE", users+"/ada/keys/"+second.AccessKey, "").fails(404, "NoSuchEntity")

	// Secrets are in the answers that made them, and nowhere else.
	for _, target := range []string{users, users + "/ada", "/myfsio/iam/users"} {
		text := boss.get(target).want(200).text()
		for _, secret := range []string{made.SecretKey, second.SecretKey, rotated.SecretKey} {
			require.NotContains(t, text, secret, target)
		}
	}

	boss.do("PUT", users+"/ada", `{"disabled":true}`).want(204)
	ada.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	require.True(t, boss.identity(users+"/ada").Disabled)
	boss.do("PUT", users+"/ada", `{"disabled":false}`).want(204)
	ada.get("/myfsio/buckets/one").want(200)

	boss.do("DELETE", users+"/ada", "").want(204)
	boss.get(users+"/ada").fails(404, "NoSuchEntity")
	ada.get("/myfsio/buckets/one").fails(401, "Unauthenticated")
	require.Empty(t, boss.identity(groups+"/writers").Users)
	boss.do("POST", users, `{"name":"ada"}`).want(201)
	again := boss.identity(users + "/ada")
	require.Empty(t, again.Attached)
	require.Empty(t, again.AccessKeys)
	require.Empty(t, again.GroupNames)
}

func TestGroupsAndRoles(t *testing.T) {
	l := start(t)
	l.bucket("one")
	boss := l.admin()
	var made CreatedIdentity
	boss.do("POST", users, `{"name":"ada","accessKey":true}`).want(201).into(&made)
	ada := l.as(made.AccessKey, made.SecretKey)
	boss.do("POST", groups, `{"name":"writers"}`).want(201)
	boss.do("PUT", groups+"/writers/attached?arn="+fullS3, "").want(204)
	boss.do("PUT", groups+"/writers/members/ada", "").want(204)
	ada.get("/myfsio/buckets/one").want(200)
	var list IdentityList
	boss.get(groups).want(200).into(&list)
	require.Equal(t, 1, list.Identities[0].Members)
	require.Equal(t, []IdentityMember{{"ada", "ada"}}, boss.identity(groups+"/writers").Users)
	boss.do("PUT", groups+"/writers", `{"name":"authors"}`).want(204)
	boss.do("PUT", groups+"/authors/boundary?arn="+fullS3, "").want(422)
	boss.do("PUT", groups+"/authors", `{"disabled":true}`).fails(400, "InvalidArgument")
	boss.do("PUT", groups+"/authors", `{}`).fails(400, "InvalidArgument")
	// A group that goes takes its rights along, and no user.
	boss.do("DELETE", groups+"/authors", "").want(204)
	ada.get("/myfsio/buckets/one").fails(403, "AccessDenied")
	require.Empty(t, boss.identity(users+"/ada").GroupNames)

	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ada"},"Action":"sts:AssumeRole"}}`
	raw, err := json.Marshal(map[string]any{"name": "backup", "trust": trust, "description": "At night", "maxSessionSeconds": 7200})
	require.NoError(t, err)
	boss.do("POST", roles, `{"name":"bad","trust":"{}"}`).fails(400, "MalformedPolicy")
	boss.do("POST", roles, string(raw)).want(201)
	boss.do("PUT", roles+"/backup/attached?arn="+fullS3, "").want(204)
	boss.do("PUT", roles+"/backup", `{"description":"By day"}`).want(204)
	boss.do("PUT", roles+"/backup", `{"name":"x"}`).fails(400, "InvalidArgument")
	role := boss.identity(roles + "/backup")
	require.Equal(t, []any{"By day", 7200, trust}, []any{role.Description, role.MaxSession, role.Trust})
	boss.do("PUT", roles+"/backup/trust", `{"document":"{}"}`).fails(400, "MalformedPolicy")
	boss.do("DELETE", roles+"/backup", "").want(204)
	boss.get(roles+"/backup").fails(404, "NoSuchEntity")
}

func TestManagedPolicies(t *testing.T) {
	l := start(t)
	boss := l.admin()
	first, body := statement("s3:GetObject")
	var p ManagedPolicyEntry
	boss.do("POST", "/myfsio/policies", `{"name":"most",`+body[1:]).want(201).into(&p)
	boss.do("POST", "/myfsio/policies", `{"name":"most",`+body[1:]).fails(409, "EntityAlreadyExists")
	boss.do("POST", "/myfsio/policies", `{"name":"bad","document":"[]"}`).fails(400, "MalformedPolicy")
	at := "?arn=" + p.ARN
	second, more := statement("s3:PutObject")
	boss.do("POST", "/myfsio/policy/versions"+at, more[:len(more)-1]+`,"default":true}`).want(201)
	boss.do("POST", users, `{"name":"ada"}`).want(201)
	boss.do("PUT", users+"/ada/attached"+at, "").want(204)
	boss.do("POST", roles, `{"name":"r","trust":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\"}}","boundary":"`+p.ARN+`"}`).want(201)
	var whole ManagedPolicy
	boss.get("/myfsio/policy" + at).want(200).into(&whole)
	require.Equal(t, []string{second, first}, []string{whole.Versions[0].Document, whole.Versions[1].Document})
	require.Equal(t, 2, whole.Default)
	require.Equal(t, []PolicyUse{{"users", "ada", false}, {"roles", "r", true}}, whole.Used)
	boss.do("DELETE", "/myfsio/policy/versions"+at+"&version=2", "").fails(409, "DeleteConflict")
	boss.do("PUT", "/myfsio/policy/default"+at+"&version=1", "").want(204)
	boss.do("DELETE", "/myfsio/policy/versions"+at+"&version=2", "").want(204)
	boss.do("DELETE", "/myfsio/policy"+at, "").fails(409, "DeleteConflict")
	boss.do("DELETE", users+"/ada", "").want(204)
	boss.do("DELETE", roles+"/r", "").want(204)
	boss.do("DELETE", "/myfsio/policy"+at, "").want(204)
	boss.get("/myfsio/policy"+at).fails(404, "NoSuchEntity")

	const builtIn = "/myfsio/policy?arn=" + fullS3
	boss.get(builtIn).want(200).into(&whole)
	require.True(t, whole.BuiltIn)
	require.Equal(t, managedReads, whole.Permissions)
	boss.do("DELETE", builtIn, "").fails(403, "AccessDenied")
}

// The rules of iam hold here: nobody gives more than they have, nobody but an administrator touches one, and one always remains.
func TestDelegationAndTheLastAdministrator(t *testing.T) {
	l := start(t)
	boss := l.admin()
	_, all := statement("*")
	delegate := l.user(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:Create*","iam:Update*","iam:Put*","iam:Attach*","iam:Delete*","iam:Add*"],"Resource":"*"}}`)
	delegate.do("POST", users, `{"name":"eve","accessKey":true}`).want(201)
	delegate.do("PUT", users+"/eve/policies/p", all).fails(403, "AccessDenied")
	delegate.do("PUT", users+"/eve/attached?arn="+fullS3, "").fails(403, "AccessDenied")
	boss.do("POST", groups, `{"name":"admins"}`).want(201)
	boss.do("PUT", groups+"/admins/policies/all", all).want(204)
	delegate.do("PUT", groups+"/admins/members/eve", "").fails(403, "AccessDenied")
	delegate.do("PUT", users+"/"+l.first.AccessKey, `{"disabled":true}`).fails(403, "AccessDenied")
	delegate.do("DELETE", users+"/"+l.first.AccessKey, "").fails(403, "AccessDenied")
	// One who was disabled comes back only by who has as much.
	boss.do("PUT", users+"/eve/attached?arn="+fullS3, "").want(204)
	boss.do("PUT", users+"/eve", `{"disabled":true}`).want(204)
	delegate.do("PUT", users+"/eve", `{"disabled":false}`).fails(403, "AccessDenied")

	key := users + "/" + l.first.AccessKey
	boss.do("PUT", key, `{"disabled":true}`).fails(400, "InvalidRequest")
	boss.do("DELETE", key, "").fails(400, "InvalidRequest")
	boss.do("PUT", key+"/keys/"+l.first.AccessKey, `{"active":false}`).fails(400, "InvalidRequest")
	boss.get(key).want(200)

	// A user is made with its key or not at all.
	maker := l.user(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"}}`)
	maker.do("POST", users, `{"name":"half","accessKey":true}`).fails(403, "AccessDenied")
	boss.get(users+"/half").fails(404, "NoSuchEntity")

	// Deleting the group that makes the only administrator leaves none.
	var made CreatedIdentity
	boss.do("POST", users, `{"name":"last","accessKey":true}`).want(201).into(&made)
	boss.do("PUT", groups+"/admins/members/last", "").want(204)
	last := l.as(made.AccessKey, made.SecretKey)
	last.do("DELETE", key, "").want(204)
	last.do("DELETE", groups+"/admins", "").fails(400, "InvalidRequest")
	last.get(groups + "/admins").want(200)
}

// Rights that rest on the tags of a user hold for each part of the answer.
func TestRightsByTags(t *testing.T) {
	l := start(t)
	boss := l.admin()
	boss.do("POST", users, `{"name":"blue","accessKey":true,"tags":[{"name":"team","value":"blue"}]}`).want(201)
	boss.do("POST", users, `{"name":"red","accessKey":true,"tags":[{"name":"team","value":"red"}]}`).want(201)
	reader := l.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"},
		{"Effect":"Allow","Action":["iam:ListAccessKeys","iam:DeleteAccessKey"],"Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"blue"}}}]}`)
	blue, red := reader.identity(users+"/blue"), reader.identity(users+"/red")
	require.Len(t, blue.AccessKeys, 1)
	require.Equal(t, []string{"iam:ListAccessKeys", "iam:DeleteAccessKey"}, blue.Permissions)
	require.Empty(t, red.AccessKeys)
	require.Empty(t, red.Permissions)
	key := boss.identity(users + "/red").AccessKeys[0].ID
	reader.do("DELETE", users+"/red/keys/"+key, "").fails(403, "AccessDenied")
	reader.do("DELETE", users+"/blue/keys/"+blue.AccessKeys[0].ID, "").want(204)
}

// Nothing of another account is seen or changed, not even by its administrator.
func TestIdentitiesOfOtherAccounts(t *testing.T) {
	l := start(t)
	ann, _ := l.tenant("team")
	boss := l.admin()
	boss.do("POST", users, `{"name":"ada","accessKey":true}`).want(201)
	boss.do("POST", groups, `{"name":"writers"}`).want(201)
	_, body := statement("s3:GetObject")
	boss.do("POST", "/myfsio/policies", `{"name":"most",`+body[1:]).want(201)
	const policy = "/myfsio/policy?arn=arn:aws:iam::000000000000:policy/most"
	ann.get(users+"/ada").fails(404, "NoSuchEntity")
	ann.do("DELETE", users+"/ada", "").fails(404, "NoSuchEntity")
	ann.do("POST", users+"/ada/keys", "").fails(404, "NoSuchEntity")
	ann.do("DELETE", groups+"/writers", "").fails(404, "NoSuchEntity")
	require.GreaterOrEqual(t, ann.get(policy).w.Code, 403)
	require.GreaterOrEqual(t, ann.do("DELETE", policy, "").w.Code, 403)
	for _, target := range []string{users, groups, "/myfsio/policies"} {
		text := ann.get(target).want(200).text()
		for _, name := range []string{`"ada"`, `"writers"`, `"most"`} {
			require.NotContains(t, text, name)
		}
	}
	// The same names are free there.
	ann.do("POST", users, `{"name":"ada"}`).want(201)
	ann.do("POST", groups, `{"name":"writers"}`).want(201)
	boss.get(policy).want(200)
}
