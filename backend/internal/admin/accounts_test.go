package admin

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
)

// tenant makes an account and returns a client for its administrator.
func (l *lab) tenant(name string) (*client, NewAccountSecret) {
	l.t.Helper()
	var out NewAccountSecret
	l.admin().do("POST", "/myfsio/accounts", `{"name":"`+name+`"}`).want(201).into(&out)
	return l.as(out.AccessKey, out.SecretKey), out
}

func TestAccounts(t *testing.T) {
	l := start(t)
	_, made := l.tenant("team")
	require.Regexp(t, `^\d{12}$`, made.ID)
	require.Regexp(t, `^[0-9a-f]{64}$`, made.CanonicalID)
	require.Equal(t, "team", made.DisplayName)
	require.Equal(t, l.clock.Now(), *made.Created)
	var chosen NewAccountSecret
	l.admin().do("POST", "/myfsio/accounts", `{"name":"chosen","display_name":"The chosen","access_key":"a-key","secret_key":"a-long-secret"}`).want(201).into(&chosen)
	require.Equal(t, []string{"The chosen", "a-key", "a-long-secret"}, []string{chosen.DisplayName, chosen.AccessKey, chosen.SecretKey})
	r := l.admin().get("/myfsio/accounts").want(200)
	require.NotContains(t, r.text(), "secret")
	var list AccountList
	r.into(&list)
	require.Equal(t, "default", list.Accounts[0].Name)
	require.Equal(t, "000000000000", list.Accounts[0].ID)
	require.Nil(t, list.Accounts[0].Created)
	require.ElementsMatch(t, []Account{made.Account, chosen.Account}, list.Accounts[1:])

	l.admin().do("POST", "/myfsio/accounts", `{"name":"team"}`).fails(409, "OperationAborted")
	l.admin().do("POST", "/myfsio/accounts", `{"name":"a b"}`).want(422)
	l.admin().do("POST", "/myfsio/accounts", `{"name":"123456789012"}`).fails(400, "InvalidArgument")
	l.admin().do("DELETE", "/myfsio/accounts/default", "").fails(409, "OperationAborted")
	l.admin().do("DELETE", "/myfsio/accounts/nobody", "").fails(404, "NotFound")

	boss := l.as("a-key", "a-long-secret")
	boss.do("POST", "/myfsio/buckets", `{"name":"kept"}`).want(201)
	l.admin().do("DELETE", "/myfsio/accounts/chosen", "").fails(409, "OperationAborted")
	boss.do("DELETE", "/myfsio/buckets/kept", "").want(204)
	l.admin().do("DELETE", "/myfsio/accounts/chosen", "").want(204)
	boss.get("/myfsio/buckets").fails(401, "Unauthenticated")

	// One right is enough for one operation, and none for users of other accounts.
	lister := l.user(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"myfsio:ListAccounts","Resource":"*"}}`)
	lister.get("/myfsio/accounts").want(200)
	lister.do("POST", "/myfsio/accounts", `{"name":"no"}`).fails(403, "AccessDenied")
}

// An account sees and touches its own buckets and users, and nobody's else.
func TestAccountsAreApart(t *testing.T) {
	l := start(t)
	l.bucket("ours")
	l.put("ours", "k")
	boss, made := l.tenant("team")
	boss.do("POST", "/myfsio/buckets", `{"name":"ours"}`).fails(409, "BucketAlreadyExists")
	boss.do("POST", "/myfsio/buckets", `{"name":"theirs"}`).want(201)
	boss.do("POST", "/myfsio/buckets", `{"name":"theirs"}`).fails(409, "BucketAlreadyOwnedByYou")
	l.admin().do("POST", "/myfsio/buckets", `{"name":"theirs"}`).fails(409, "BucketAlreadyExists")
	for _, c := range []struct {
		who         *client
		mine, other string
		owner       string
	}{{boss, "theirs", "ours", "team"}, {l.admin(), "ours", "theirs", "default"}} {
		for _, sort := range []string{"name", "created"} {
			var list BucketList
			c.who.get("/myfsio/buckets?sort=" + sort).want(200).into(&list)
			require.Equal(t, []string{c.mine}, bucketNames(list))
			require.EqualValues(t, 1, list.Total)
			require.Equal(t, c.owner, list.Buckets[0].Owner)
		}
		c.who.do("PUT", "/myfsio/buckets/"+c.mine+"/content?key=k", "x").want(200)
		c.who.do("PUT", "/myfsio/buckets/"+c.other+"/content?key=k", "x").fails(403, "AccessDenied")
		c.who.get("/myfsio/buckets/"+c.other+"/content?key=k").fails(403, "AccessDenied")
		c.who.get("/myfsio/buckets/"+c.other).fails(403, "AccessDenied")
		c.who.do("DELETE", "/myfsio/buckets/"+c.other, "").fails(403, "AccessDenied")
	}

	var clerk UserSecret
	boss.do("POST", "/iam/users", `{"display_name":"clerk","access_key":"clerk"}`).want(201).into(&clerk)
	require.Equal(t, "team", clerk.Account)
	l.admin().do("POST", "/iam/users", `{"display_name":"sent","access_key":"sent","account":"team"}`).want(201).into(&clerk)
	require.Equal(t, "team", clerk.Account)
	boss.do("POST", "/iam/users", `{"display_name":"spy","account":"default"}`).fails(403, "AccessDenied")
	var list UserList
	boss.get("/iam/users").want(200).into(&list)
	require.ElementsMatch(t, []string{made.AccessKey, "clerk", "sent"}, names(list.Users, func(u UserEntry) string { return u.AccessKey }))
	l.admin().get("/iam/users").want(200).into(&list)
	require.Equal(t, []string{"localadmin"}, names(list.Users, func(u UserEntry) string { return u.AccessKey }))
	for who, key := range map[*client]string{boss: "localadmin", l.admin(): "clerk"} {
		who.do("POST", "/iam/users/"+key+"/rotate", "").fails(404, "NoSuchUser")
		who.do("PUT", "/iam/users/"+key+"/policies", `[]`).fails(404, "NoSuchUser")
		who.do("DELETE", "/iam/users/"+key, "").fails(404, "NoSuchUser")
	}

	// The server is not theirs, whatever their policies say.
	var session Session
	boss.get("/myfsio/session").want(200).into(&session)
	require.Equal(t, "team", session.User.Account)
	require.False(t, session.User.Admin)
	require.Contains(t, session.Permissions, "iam:CreateUser")
	require.NotContains(t, session.Permissions, "myfsio:GetConfig")
	for _, path := range []string{"/myfsio/config", "/myfsio/server", "/myfsio/accounts"} {
		boss.get(path).fails(403, "AccessDenied")
	}
	boss.do("POST", "/myfsio/accounts", `{"name":"mine"}`).fails(403, "AccessDenied")
	boss.do("DELETE", "/myfsio/accounts/team", "").fails(403, "AccessDenied")
}

// A bucket is made and its account is deleted at the same time: one of the two is refused.
func TestNoBucketOutlivesItsAccount(t *testing.T) {
	l := start(t)
	ctx := context.Background()
	for i := range 50 {
		_, made := l.tenant("team")
		name := fmt.Sprintf("bucket%d", i)
		var wg sync.WaitGroup
		var created, deleted error
		wg.Go(func() { _, created = l.deps.Buckets.Create(ctx, bucket.CreateInput{Name: name, Account: made.ID}) })
		wg.Go(func() { deleted = l.deps.IAM.DeleteAccount(ctx, iam.Machine, "team") })
		wg.Wait()
		if created == nil {
			require.Equal(t, fault.Conflict, fault.KindOf(deleted))
			require.NoError(t, l.deps.Buckets.Delete(ctx, name))
			require.NoError(t, l.deps.IAM.DeleteAccount(ctx, iam.Machine, "team"))
			continue
		}
		require.Equal(t, fault.AccessDenied, fault.KindOf(created))
		require.NoError(t, deleted)
	}
}
