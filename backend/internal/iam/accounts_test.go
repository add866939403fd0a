package iam

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// tenant makes an account whose administrator has the access key <name>-admin.
func tenant(t testing.TB, s *Service, name string) (Account, *Identity) {
	t.Helper()
	a, u, _, err := s.CreateAccount(ctx, Machine, CreateAccount{Name: name, AccessKey: name + "-admin"})
	require.NoError(t, err)
	require.Equal(t, name, u.Account)
	return a, identityOf(t, s, u.AccessKey)
}

func identityOf(t testing.TB, s *Service, accessKey string) *Identity {
	t.Helper()
	c, err := s.Credential(ctx, accessKey)
	require.NoError(t, err)
	return c.Identity
}

// own makes an account the owner of a bucket.
func (w *world) own(bucket, account string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Update(ctx, func(tx kv.Txn) error {
		return tx.Set(meta.BucketKey(bucket), (&meta.Bucket{Account: account}).Encode())
	}))
}

func (w *world) disown(bucket string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Update(ctx, func(tx kv.Txn) error { return tx.Delete(meta.BucketKey(bucket)) }))
}

// Every caller meets every identity policy, bucket policy and ACL.
func TestAuthorizeAcrossAccounts(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	const statement = `{"Version":"2012-10-17","Statement":{"Sid":"%s","Effect":"%s",%s"Action":"s3:GetObject","Resource":"arn:aws:s3:::docs/*"}}`
	tenant(t, s, "team")
	identity, bucket := map[string]string{"none": `[]`}, map[string]*policy.Document{}
	for effect := range map[string]bool{"Allow": true, "Deny": true} {
		identity[effect] = fmt.Sprintf(statement, "i", effect, "")
		var err error
		bucket[effect], err = policy.ParseBucket(fmt.Appendf(nil, statement, "b", effect, `"Principal":"*",`), "docs")
		require.NoError(t, err)
	}
	docs := &meta.Bucket{Name: "docs", Account: DefaultAccount}
	lists := map[string]*meta.ACL{
		"none": nil, "grants": {Grants: []meta.Grant{{Group: meta.AllUsers, Permission: meta.Read}}},
		"grants not": {Grants: []meta.Grant{{Group: meta.AllUsers, Permission: meta.Write}, {Group: meta.AllUsers, Permission: meta.ReadACP}}},
	}
	for _, account := range []string{DefaultAccount, "team", ""} {
		for effect, policies := range identity {
			who := Anonymous
			if account != "" {
				key := account + effect
				_, _, err := s.CreateUser(ctx, Machine, CreateUser{Name: key, AccessKey: key, Account: account, Policies: []byte(policies)})
				require.NoError(t, err)
				who = identityOf(t, s, key)
			} else if effect != "none" {
				continue
			}
			for _, onBucket := range []string{"none", "Allow", "Deny"} {
				for _, acl := range []string{"none", "grants", "grants not"} {
					a := Access{Action: "s3:GetObject", Bucket: docs, Key: "k", BucketPolicy: bucket[onBucket]}
					a.ACL = lists[acl]
					mine, theirs := effect == "Allow", onBucket == "Allow" || acl == "grants"
					denied := effect == "Deny" || onBucket == "Deny"
					want := !denied && map[string]bool{DefaultAccount: mine || theirs, "team": mine && theirs, "": theirs}[account]
					source, sid := "", ""
					switch {
					case effect == "Deny", want && mine && account == DefaultAccount:
						source, sid = "policy of user "+who.principal.Name, "i"
					case onBucket == "Deny", want && onBucket == "Allow":
						source, sid = "bucket policy", "b"
					case want:
						source = "access control list"
					}
					d := s.Authorize(who, a)
					what := fmt.Sprintf("account %q, identity %s, bucket policy %s, acl %s: %+v", account, effect, onBucket, acl, d)
					require.Equal(t, want, d.Allowed, what)
					require.Equal(t, denied, d.ExplicitDeny, what)
					require.Equal(t, source, d.Source, what)
					require.Equal(t, sid, d.Sid, what)
					require.Equal(t, sid != "", d.Statement >= 0, what)
					require.NotEmpty(t, d.Reason, what)
				}
			}
		}
	}
}

// What another account owns in a bucket is that account's: neither the policies of the bucket's users nor what the bucket's policy allows
// reach it without a grant, and a denial of the bucket's policy does.
func TestObjectsOfAnotherAccount(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	ctx := t.Context()
	team, theirs, _, err := s.CreateAccount(ctx, Machine, CreateAccount{Name: "team"})
	require.NoError(t, err)
	owner := identityOf(t, s, theirs.AccessKey)
	_, _, err = s.CreateUser(ctx, Machine, CreateUser{Name: "mine", AccessKey: "mine", Policies: fullPolicies})
	require.NoError(t, err)
	mine := identityOf(t, s, "mine")
	docs := &meta.Bucket{Name: "docs", Account: DefaultAccount}
	parse := func(effect string) *policy.Document {
		d, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"`+effect+`","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::docs/*"}}`), policy.Bucket)
		require.NoError(t, err)
		return d
	}
	grants := &meta.ACL{Grants: []meta.Grant{{Group: meta.AllUsers, Permission: meta.FullControl}}}
	for _, c := range []struct {
		who  *Identity
		a    Access
		want bool
	}{
		{owner, Access{}, true},
		{mine, Access{}, false},
		{mine, Access{ACL: grants}, true},
		{mine, Access{BucketPolicy: parse("Allow")}, false},
		{Anonymous, Access{BucketPolicy: parse("Allow")}, false},
		{Anonymous, Access{ACL: grants}, true},
		{owner, Access{BucketPolicy: parse("Deny")}, false},
		{mine, Access{BucketPolicy: parse("Deny"), ACL: grants}, false},
	} {
		c.a.Action, c.a.Bucket, c.a.Key, c.a.Owner = "s3:GetObject", docs, "k", team.Number
		require.Equal(t, c.want, s.Authorize(c.who, c.a).Allowed, "%+v", c)
	}
	id, err := s.AccountOf(ctx, team.CanonicalID)
	require.NoError(t, err)
	require.Equal(t, team.Number, id)
	_, err = s.AccountOf(ctx, "_foo")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
}

// Administrators rule in their own account, and nowhere by their own policies alone.
func TestAdministratorsOfAccounts(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	a, boss := tenant(t, s, "team")
	require.Equal(t, a.Number, boss.Account)
	require.True(t, boss.Administrator())
	require.False(t, boss.System())
	mine, theirs := &meta.Bucket{Name: "mine", Account: boss.Account}, &meta.Bucket{Name: "theirs", Account: DefaultAccount}
	for _, action := range []string{"s3:GetObject", "s3:DeleteBucket", "s3:PutBucketPolicy", "s3:ListBucket"} {
		require.True(t, s.Authorize(boss, Access{Action: action, Bucket: mine, Key: "k"}).Allowed, action)
		require.False(t, s.Authorize(boss, Access{Action: action, Bucket: theirs, Key: "k"}).Allowed, action)
		require.False(t, s.Authorize(admin(t, s), Access{Action: action, Bucket: mine, Key: "k"}).Allowed, "no root over other accounts: "+action)
	}
	for action, want := range map[string]bool{"iam:CreateUser": true, "iam:ListUsers": true, "iam:*": false,
		"myfsio:GetConfig": false, "myfsio:ListJobs": false, "myfsio:CreateAccount": false, "myfsio:ListAccounts": false, "myfsio:DeleteAccount": false} {
		require.Equal(t, want, s.AuthorizeAdmin(boss, action).Allowed, action)
		require.True(t, s.AuthorizeAdmin(admin(t, s), action).Allowed, action)
	}
	// A bucket policy that names the account lets its administrators in, and those whom they gave the right.
	doc, err := policy.ParseBucket(fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::theirs/*"}}`, a.Number), "theirs")
	require.NoError(t, err)
	_, _, err = s.CreateUser(ctx, boss, CreateUser{Name: "clerk", AccessKey: "clerk"})
	require.NoError(t, err)
	clerk := identityOf(t, s, "clerk")
	access := Access{Action: "s3:GetObject", Bucket: theirs, Key: "k", BucketPolicy: doc}
	require.True(t, s.Authorize(boss, access).Allowed)
	require.False(t, s.Authorize(clerk, access).Allowed)
	_, err = s.SetPolicies(ctx, boss, "clerk", []byte(readAll))
	require.NoError(t, err)
	require.True(t, s.Authorize(identityOf(t, s, "clerk"), access).Allowed)
}

func TestAccounts(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	root := admin(t, s)
	a, u, secret, err := s.CreateAccount(ctx, root, CreateAccount{Name: "Team-1_x.y"})
	require.NoError(t, err)
	require.Regexp(t, `^\d{12}$`, a.Number)
	require.NotEqual(t, AccountNumber(DefaultAccount), a.Number)
	require.Regexp(t, `^[0-9a-f]{64}$`, a.CanonicalID)
	require.NotEqual(t, CanonicalID(DefaultAccount), a.CanonicalID)
	require.Equal(t, "Team-1_x.y", a.DisplayName)
	require.Equal(t, w.clock.Now(), a.Created)
	require.Equal(t, "arn:aws:iam::"+a.Number+":user/"+u.AccessKey, u.ARN)
	require.True(t, u.Administrator)
	id, err := s.Login(ctx, u.AccessKey, secret, "")
	require.NoError(t, err)
	require.Equal(t, a.CanonicalID, id.CanonicalID())
	b, u, secret, err := s.CreateAccount(ctx, root, CreateAccount{Name: "chosen", DisplayName: "The chosen", AccessKey: "chosen-key", Secret: "chosen secret"})
	require.NoError(t, err)
	require.Equal(t, []string{"chosen-key", "chosen secret", "The chosen"}, []string{u.AccessKey, secret, b.DisplayName})
	require.NotEqual(t, a.Number, b.Number)

	list, err := s.Accounts(ctx, root)
	require.NoError(t, err)
	require.Equal(t, Account{Name: "default", Number: "000000000000", CanonicalID: CanonicalID(DefaultAccount), DisplayName: "default"}, list[0])
	require.ElementsMatch(t, []Account{a, b}, list[1:])

	for name, want := range map[string]fault.Kind{"chosen": fault.Conflict, "default": fault.Conflict, "": fault.InvalidArgument, "..": fault.InvalidArgument,
		"a b": fault.InvalidArgument, "a/b": fault.InvalidArgument, "é": fault.InvalidArgument, "123456789012": fault.InvalidArgument, strings.Repeat("x", 65): fault.InvalidArgument} {
		_, _, _, err = s.CreateAccount(ctx, root, CreateAccount{Name: name})
		kind(t, want, err)
	}
	_, _, _, err = s.CreateAccount(ctx, root, CreateAccount{Name: "late", AccessKey: "chosen-key"})
	kind(t, fault.Conflict, err)
	_, _, _, err = s.CreateAccount(ctx, root, CreateAccount{Name: "late", Secret: "short"})
	kind(t, fault.InvalidArgument, err)
	list, err = s.Accounts(ctx, root)
	require.NoError(t, err)
	require.Len(t, list, 3, "refusals leave nothing")

	boss := identityOf(t, s, "chosen-key")
	plain := create(t, s, "plain", `[{"bucket":"*","actions":["*"]}]`)
	for _, who := range []*Identity{nil, Anonymous, boss, plain} {
		_, err = s.Accounts(ctx, who)
		kind(t, fault.AccessDenied, err)
		_, _, _, err = s.CreateAccount(ctx, who, CreateAccount{Name: "no"})
		kind(t, fault.AccessDenied, err)
		kind(t, fault.AccessDenied, s.DeleteAccount(ctx, who, "chosen"))
		kind(t, fault.AccessDenied, s.DeleteAccount(ctx, who, "nobody"))
	}
	kind(t, fault.Conflict, s.DeleteAccount(ctx, root, "default"))
	kind(t, fault.NotFound, s.DeleteAccount(ctx, root, "nobody"))
	w.own("bucket", boss.Account)
	kind(t, fault.Conflict, s.DeleteAccount(ctx, root, "chosen"))
	_, err = s.Login(ctx, "chosen-key", "chosen secret", "")
	require.NoError(t, err)
	w.disown("bucket")
	require.NoError(t, s.DeleteAccount(ctx, root, "chosen"))
	_, err = s.Credential(ctx, "chosen-key")
	kind(t, fault.NoSuchUser, err)
	_, _, err = s.CreateUser(ctx, boss, CreateUser{Name: "orphan"})
	kind(t, fault.AccessDenied, err)

	// The name is free again and means another account.
	again, boss2 := tenant(t, s, "chosen")
	require.NotEqual(t, b.Number, again.Number)
	require.NotEqual(t, b.CanonicalID, again.CanonicalID)
	require.False(t, s.Authorize(boss2, Access{Action: "s3:GetObject", Bucket: &meta.Bucket{Name: "old", Account: b.Number}, Key: "k"}).Allowed)
}

// Users' operations reach no other account, and tell nothing of its users.
func TestUsersOfAccounts(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	_, boss := tenant(t, s, "team")
	root := admin(t, s)
	u, _, err := s.CreateUser(ctx, boss, CreateUser{Name: "clerk", AccessKey: "clerk"})
	require.NoError(t, err)
	require.Equal(t, "team", u.Account)
	_, _, err = s.CreateUser(ctx, root, CreateUser{Name: "sent", AccessKey: "sent", Account: "team"})
	require.NoError(t, err)
	require.Equal(t, boss.Account, identityOf(t, s, "sent").Account)
	_, _, err = s.CreateUser(ctx, boss, CreateUser{Name: "own", AccessKey: "own", Account: "team"})
	require.NoError(t, err)
	for _, account := range []string{"default", "nobody"} {
		_, _, err = s.CreateUser(ctx, boss, CreateUser{Name: "x", Account: account})
		kind(t, fault.AccessDenied, err)
	}
	_, _, err = s.CreateUser(ctx, root, CreateUser{Name: "x", Account: "nobody"})
	kind(t, fault.NotFound, err)
	manager := create(t, s, "manager", `[`+manage+`]`)
	_, _, err = s.CreateUser(ctx, manager, CreateUser{Name: "x", Account: "team"})
	kind(t, fault.AccessDenied, err)

	seen := func(who *Identity) (out []string) {
		users, err := s.Users(ctx, who)
		require.NoError(t, err)
		for _, u := range users {
			out = append(out, u.AccessKey+" of "+u.Account)
		}
		return out
	}
	team := []string{"team-admin of team", "clerk of team", "sent of team", "own of team"}
	home := []string{"localadmin of default", "manager of default"}
	require.ElementsMatch(t, team, seen(boss))
	require.ElementsMatch(t, home, seen(root))
	require.ElementsMatch(t, append(team, home...), seen(Machine))

	for _, c := range []struct {
		who *Identity
		key string
	}{{boss, "manager"}, {boss, "localadmin"}, {root, "clerk"}, {root, "team-admin"}, {boss, "nobody"}} {
		_, err = s.RotateSecret(ctx, c.who, c.key)
		kind(t, fault.NoSuchUser, err)
		_, err = s.SetPolicies(ctx, c.who, c.key, []byte(`[]`))
		kind(t, fault.NoSuchUser, err)
		kind(t, fault.NoSuchUser, s.DeleteUser(ctx, c.who, c.key))
	}
	_, err = s.RotateSecret(ctx, Machine, "clerk")
	require.NoError(t, err)
	_, err = s.SetPolicies(ctx, boss, "clerk", []byte(`[{"bucket":"*","actions":["*","iam:*"]}]`))
	require.NoError(t, err)

	// Administrators of other accounts do not count as those of the server, and their own may all go.
	kind(t, fault.InvalidRequest, s.DeleteUser(ctx, root, "localadmin"))
	require.NoError(t, s.DeleteUser(ctx, boss, "clerk"))
	require.NoError(t, s.DeleteUser(ctx, boss, "team-admin"))
}

func TestAccountsInTheFile(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	require.NotContains(t, w.read(), "account", "everything is in the default one")
	a, boss := tenant(t, s, "team")
	w.sync(s)
	w.inOrder(s)
	var f fileForm
	require.NoError(t, json.Unmarshal([]byte(w.read()), &f))
	require.Equal(t, []fileAccount{{Name: "team", ID: a.Number, DisplayName: "team", Created: a.Created}}, f.Accounts)
	require.Equal(t, "team", f.user("team-admin").Account)
	require.Empty(t, f.user("localadmin").Account)

	// Another form of the same says nothing.
	w.edit(func(f *fileForm) { f.user("localadmin").Account, f.Accounts[0].ID = "default", "" })
	w.sync(s)
	w.inOrder(s)
	require.Equal(t, boss.Account, identityOf(t, s, "team-admin").Account)

	w.edit(func(f *fileForm) {
		f.Accounts[0].DisplayName = "The team"
		f.Accounts = append(f.Accounts, fileAccount{Name: "fresh"}, fileAccount{Name: "given", ID: "123456789012"})
		f.Users = append(f.Users, fileUser{AccessKey: "first", SecretKey: "firsts secret", Account: "fresh"},
			fileUser{AccessKey: "second", SecretKey: "seconds secret", Account: "given"})
	})
	w.sync(s)
	w.inOrder(s, "firsts secret")
	list, err := s.Accounts(ctx, Machine)
	require.NoError(t, err)
	numbers := map[string]Account{}
	for _, a := range list {
		numbers[a.Name] = a
	}
	require.Len(t, numbers, 4)
	require.Equal(t, "The team", numbers["team"].DisplayName)
	require.Equal(t, a.Number, numbers["team"].Number)
	require.Equal(t, w.clock.Now(), numbers["fresh"].Created)
	require.Equal(t, numbers["fresh"].Number, identityOf(t, s, "first").Account)
	require.Equal(t, "123456789012", identityOf(t, s, "second").Account)

	w.edit(func(f *fileForm) { // an account goes with its users
		f.Accounts = f.Accounts[:0]
		for _, name := range []string{"team", "given"} {
			f.Accounts = append(f.Accounts, fileAccount{Name: name, ID: numbers[name].Number, DisplayName: numbers[name].DisplayName})
		}
		f.user("first").Account = "given"
	})
	w.sync(s)
	w.inOrder(s)
	require.Equal(t, "123456789012", identityOf(t, s, "first").Account, "moved")
	list, err = s.Accounts(ctx, Machine)
	require.NoError(t, err)
	require.Len(t, list, 3)

	// The file alone makes the same state elsewhere, with the same numbers.
	content := w.read()
	other := newWorld(t)
	other.write(content)
	fresh, _ := other.start()
	again, err := fresh.Accounts(ctx, Machine)
	require.NoError(t, err)
	require.Equal(t, list, again)
	require.Equal(t, a.Number, identityOf(t, fresh, "team-admin").Account)
}

// A restored backup replaces accounts too, but not one that owns buckets.
func TestRestoredAccounts(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	a, _ := tenant(t, s, "team")
	w.sync(s)
	backup := w.read()
	owner, _ := tenant(t, s, "owner")
	tenant(t, s, "idle")
	w.own("bucket", owner.Number)
	require.NoError(t, s.DeleteAccount(ctx, Machine, "team"))
	w.sync(s)
	w.write(backup)
	w.edit(func(f *fileForm) { f.Revision = 0 })
	s, _ = w.start()
	w.inOrder(s)
	list, err := s.Accounts(ctx, Machine)
	require.NoError(t, err)
	names := map[string]string{}
	for _, a := range list {
		names[a.Name] = a.Number
	}
	require.Equal(t, map[string]string{"default": "000000000000", "team": a.Number, "owner": owner.Number}, names)
	require.ElementsMatch(t, []string{"localadmin", "team-admin"}, keysOf(t, s))
}

func TestRefusedEditsOfAccounts(t *testing.T) {
	for name, c := range map[string]struct {
		edit   func(f *fileForm)
		change func(t *testing.T, w *world, s *Service)
		want   string
	}{
		"unknown account": {edit: func(f *fileForm) { f.user("localadmin").Account = "nobody" }, want: `the account "nobody" does not stand in`},
		"unlisted":        {edit: func(f *fileForm) { f.Accounts = nil }, want: `the account "team" does not stand in`},
		"name":            {edit: func(f *fileForm) { f.Accounts[0].Name = "a b" }, want: "The name of an account"},
		"display name":    {edit: func(f *fileForm) { f.Accounts[0].DisplayName = "a\nb" }, want: "A display name"},
		"default":         {edit: func(f *fileForm) { f.Accounts = append(f.Accounts, fileAccount{Name: "default"}) }, want: "is not listed"},
		"twice":           {edit: func(f *fileForm) { f.Accounts = append(f.Accounts, f.Accounts[0]) }, want: "the name stands twice"},
		"id twice": {edit: func(f *fileForm) { f.Accounts = append(f.Accounts, fileAccount{Name: "b", ID: f.Accounts[0].ID}) },
			want: "the id stands twice"},
		"id":         {edit: func(f *fileForm) { f.Accounts[0].ID = "12345678901x" }, want: "must have twelve digits"},
		"zero id":    {edit: func(f *fileForm) { f.Accounts[0].ID = "000000000000" }, want: "must have twelve digits"},
		"another id": {edit: func(f *fileForm) { f.Accounts[0].ID = "123456789012" }, want: "an id cannot be changed"},
		"renamed": {edit: func(f *fileForm) {
			f.Accounts[0].Name = "crew"
			f.user("team-admin").Account = "crew"
		}, want: `is that of the account "team"`},
		"admins move out": {edit: func(f *fileForm) { f.user("localadmin").Account = "team" }, want: "at least one administrator"},
		"buckets": {edit: func(f *fileForm) {
			f.Accounts = nil
			f.user("team-admin").Account = ""
		}, change: func(_ *testing.T, w *world, s *Service) { w.own("bucket", w.id(s, "team")) }, want: "has buckets"},
		"users meanwhile": {edit: func(f *fileForm) {
			f.Accounts = nil
			f.user("team-admin").Account = ""
		}, change: func(t *testing.T, _ *world, s *Service) {
			_, _, err := s.CreateUser(ctx, Machine, CreateUser{Name: "late", AccessKey: "late", Account: "team"})
			require.NoError(t, err)
		}, want: `has the user "late"`},
		"removed meanwhile": {edit: func(f *fileForm) {
			f.Users = append(f.Users, fileUser{AccessKey: "late", SecretKey: "lates secret", Account: "team"})
		}, change: func(t *testing.T, _ *world, s *Service) { require.NoError(t, s.DeleteAccount(ctx, Machine, "team")) },
			want: `the account "team" was removed on the server`},
		"changed and removed": {edit: func(f *fileForm) { f.Accounts[0].DisplayName = "new" },
			change: func(t *testing.T, _ *world, s *Service) { require.NoError(t, s.DeleteAccount(ctx, Machine, "team")) },
			want:   `account "team": was changed in the file, but removed on the server`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s, _ := w.start()
			tenant(t, s, "team")
			w.sync(s)
			w.edit(c.edit)
			if c.change != nil {
				c.change(t, w, s)
			}
			edited := w.read()
			accounts, err := s.Accounts(ctx, Machine)
			require.NoError(t, err)
			users, err := s.Users(ctx, Machine)
			require.NoError(t, err)
			w.sync(s)
			require.Contains(t, s.File.Health().Problem, c.want)
			require.Equal(t, edited, w.read(), "the file stays, to be put right")
			after, err := s.Accounts(ctx, Machine)
			require.NoError(t, err)
			require.Equal(t, accounts, after, "refused whole")
			left, err := s.Users(ctx, Machine)
			require.NoError(t, err)
			require.Equal(t, users, left, "refused whole")
		})
	}
}

func (w *world) id(s *Service, name string) (id string) {
	w.t.Helper()
	require.NoError(w.t, s.Store.View(ctx, func(r kv.Reader) error {
		a, err := accountOf("", r, name)
		if err == nil {
			id = a.ID
		}
		return err
	}))
	return id
}
