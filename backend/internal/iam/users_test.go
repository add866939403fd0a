package iam

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const (
	readAll = `[{"bucket":"*","actions":["list","read"]}]`
	manage  = `{"bucket":"*","actions":["iam:list_users","iam:create_user","iam:delete_user","iam:rotate_key","iam:update_policy"]}`
)

func TestCreateUser(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	u, secret, err := s.CreateUser(ctx, admin(t, s), CreateUser{Name: "New User", Policies: []byte(" [ {\"bucket\": \"*\", \"actions\": [\"list\"]} ] ")})
	require.NoError(t, err)
	require.Len(t, u.AccessKey, 20)
	require.Len(t, secret, 40)
	require.JSONEq(t, `[{"bucket":"*","actions":["list"]}]`, string(u.Policies))
	require.Equal(t, "arn:aws:iam::000000000000:user/"+u.AccessKey, u.ARN)
	require.False(t, u.Administrator)
	id, err := s.Login(ctx, u.AccessKey, secret, "")
	require.NoError(t, err)
	require.Equal(t, "New User", id.Name)
	require.Equal(t, u.UserID, id.UserID)
	got, err := s.User(ctx, u.AccessKey)
	require.NoError(t, err)
	require.Equal(t, u, got)
	raw, err := json.Marshal(u)
	require.NoError(t, err)
	require.NotContains(t, string(raw), secret)
	require.NotContains(t, w.log.String(), secret)

	aws, _, err := s.CreateUser(ctx, Machine, CreateUser{Name: "aws", Policies: []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)})
	require.NoError(t, err)
	require.True(t, aws.Administrator)
	_, _, err = s.CreateUser(ctx, Machine, CreateUser{Name: "again", AccessKey: aws.AccessKey})
	kind(t, fault.Conflict, err)
	for _, bad := range []CreateUser{{}, {Name: "a\nb"}, {Name: "x", AccessKey: "a b"}, {Name: "x", Secret: "short"}, {Name: "x", Secret: "line\nbreak and more"}} {
		_, _, err = s.CreateUser(ctx, Machine, bad)
		kind(t, fault.InvalidArgument, err)
	}
	_, _, err = s.CreateUser(ctx, Machine, CreateUser{Name: "x", Policies: []byte(`[{"bucket":"*","actions":["fly"]}]`)})
	kind(t, fault.MalformedPolicy, err)
	require.Len(t, keysOf(t, s), 3)
}

func TestWhoMayWhat(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	boss := create(t, s, "boss", `[{"bucket":"*","actions":["iam:*"]}]`)
	manager := create(t, s, "manager", `[{"bucket":"*","actions":["list","read"]},`+manage+`]`)
	plain := create(t, s, "plain", readAll)
	strong := create(t, s, "strong", `[{"bucket":"*","actions":["list","read","write"]}]`)
	require.NotNil(t, strong)

	for _, who := range []*Identity{nil, Anonymous, plain} {
		_, _, err := s.CreateUser(ctx, who, CreateUser{Name: "x"})
		kind(t, fault.AccessDenied, err)
		_, err = s.RotateSecret(ctx, who, "manager")
		kind(t, fault.AccessDenied, err)
		_, err = s.RotateSecret(ctx, who, "no such user")
		kind(t, fault.AccessDenied, err)
		_, err = s.SetPolicies(ctx, who, "plain", []byte(`[]`))
		kind(t, fault.AccessDenied, err)
		kind(t, fault.AccessDenied, s.DeleteUser(ctx, who, "manager"))
	}

	// A delegated manager gives what it has, and no more.
	u, _, err := s.CreateUser(ctx, manager, CreateUser{Name: "x", Policies: []byte(`[{"bucket":"b","actions":["read"]}]`)})
	require.NoError(t, err)
	_, _, err = s.CreateUser(ctx, manager, CreateUser{Name: "x", Policies: []byte(`[{"bucket":"b","actions":["write"]}]`)})
	kind(t, fault.AccessDenied, err)
	require.Contains(t, fault.TextOf(err), "more than you have")
	_, _, err = s.CreateUser(ctx, manager, CreateUser{Name: "x", Policies: []byte(`[{"bucket":"*","actions":["iam:*"]}]`)})
	kind(t, fault.AccessDenied, err)
	_, err = s.SetPolicies(ctx, manager, u.AccessKey, []byte(readAll))
	require.NoError(t, err)
	_, err = s.SetPolicies(ctx, manager, u.AccessKey, []byte(`[{"bucket":"*","actions":["*"]}]`))
	kind(t, fault.AccessDenied, err)
	_, err = s.SetPolicies(ctx, manager, "manager", []byte(readAll))
	kind(t, fault.AccessDenied, err)
	_, err = s.RotateSecret(ctx, manager, u.AccessKey)
	require.NoError(t, err)
	_, err = s.RotateSecret(ctx, manager, "manager")
	require.NoError(t, err)
	_, err = s.RotateSecret(ctx, manager, "strong") // its secret would give write
	kind(t, fault.AccessDenied, err)
	for _, holder := range []string{"boss", "localadmin"} {
		_, err = s.RotateSecret(ctx, manager, holder)
		kind(t, fault.AccessDenied, err)
		_, err = s.SetPolicies(ctx, manager, holder, []byte(`[]`))
		kind(t, fault.AccessDenied, err)
		kind(t, fault.AccessDenied, s.DeleteUser(ctx, manager, holder))
	}
	_, err = s.RotateSecret(ctx, manager, "nobody")
	kind(t, fault.NoSuchUser, err)
	require.NoError(t, s.DeleteUser(ctx, manager, "strong"))

	// Rights are those of the moment of the change, not of the sign-in.
	_, err = s.SetPolicies(ctx, boss, "manager", []byte(readAll))
	require.NoError(t, err)
	kind(t, fault.AccessDenied, s.DeleteUser(ctx, manager, u.AccessKey))
	require.NoError(t, s.DeleteUser(ctx, boss, "manager"))
	_, err = s.RotateSecret(ctx, manager, "plain")
	kind(t, fault.AccessDenied, err)

	// A right on one user only.
	self := create(t, s, "self", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:UpdateAccessKey","Resource":"arn:aws:iam::*:user/${aws:username}"}}`)
	_, err = s.RotateSecret(ctx, self, "self")
	require.NoError(t, err)
	_, err = s.RotateSecret(ctx, self, "plain")
	kind(t, fault.AccessDenied, err)
}

func TestAlwaysAnAdministrator(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	_, err := s.SetPolicies(ctx, admin(t, s), "localadmin", []byte(readAll))
	kind(t, fault.InvalidRequest, err)
	kind(t, fault.InvalidRequest, s.DeleteUser(ctx, admin(t, s), "localadmin"))
	// One under a condition, or whose right is denied in part, is no administrator to count on.
	create(t, s, "conditional", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}`)
	create(t, s, "denied", `[{"bucket":"*","actions":["iam:*"]},{"Statement":{"Effect":"Deny","Action":"iam:DeleteUser","Resource":"*"}}]`)
	kind(t, fault.InvalidRequest, s.DeleteUser(ctx, Machine, "localadmin"))
	create(t, s, "second", `[{"bucket":"*","actions":["iam:*"]}]`)

	// Two who remove each other: one stays.
	second, err := s.Credential(ctx, "second")
	require.NoError(t, err)
	first := admin(t, s)
	var wg sync.WaitGroup
	errs := make([]error, 2)
	wg.Add(2)
	go func() { defer wg.Done(); errs[0] = s.DeleteUser(ctx, first, "second") }()
	go func() { defer wg.Done(); errs[1] = s.DeleteUser(ctx, second.Identity, "localadmin") }()
	wg.Wait()
	require.True(t, (errs[0] == nil) != (errs[1] == nil), "%v", errs)
	admins := 0
	users, err := s.Users(ctx, Machine)
	require.NoError(t, err)
	for _, u := range users {
		if u.Administrator {
			admins++
		}
	}
	require.Equal(t, 1, admins)
}

// A refused change leaves nothing behind: no row, no key, no revision.
func TestRefusalsLeaveNoTrace(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	plain := create(t, s, "plain", readAll)
	dump := func() map[string]string {
		out := map[string]string{}
		require.NoError(t, w.store.View(ctx, func(r kv.Reader) error {
			it := r.Iter(kv.Range{Start: []byte{0}, End: []byte{0xff}})
			for it.Next() {
				out[string(it.Key())] = string(it.Value())
			}
			return it.Close()
		}))
		return out
	}
	before := dump()
	_, _, err := s.CreateUser(ctx, plain, CreateUser{Name: "x"})
	kind(t, fault.AccessDenied, err)
	_, _, err = s.CreateUser(ctx, Machine, CreateUser{Name: "x", AccessKey: "plain"})
	kind(t, fault.Conflict, err)
	kind(t, fault.InvalidRequest, s.DeleteUser(ctx, Machine, "localadmin"))
	require.Equal(t, before, dump())
}

func TestConcurrentCreates(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	var wg sync.WaitGroup
	done := make([]error, 20)
	for i := range done {
		wg.Go(func() {
			_, _, done[i] = s.CreateUser(ctx, Machine, CreateUser{Name: "same", AccessKey: fmt.Sprint("key", i%10)})
		})
	}
	wg.Wait()
	ok := 0
	for _, err := range done {
		if err == nil {
			ok++
		} else {
			kind(t, fault.Conflict, err)
		}
	}
	require.Equal(t, 10, ok)
	require.Len(t, keysOf(t, s), 11)
}

func TestRecordRoundTrip(t *testing.T) {
	done, pending := meta.Projection{Revision: 3, Hash: []byte("h")}, meta.Projection{Revision: 9, Hash: []byte("p")}
	for _, st := range []*meta.IAMState{{}, {FileState: meta.FileState{Revision: 7, Refused: []byte{1}}, SealID: "x"}, {FileState: meta.FileState{Done: done}},
		{FileState: meta.FileState{Revision: 9, Done: done, Pending: pending}}} {
		got, err := meta.DecodeIAMState(st.Encode())
		require.NoError(t, err)
		require.Equal(t, st, got)
	}
	_, err := meta.DecodeIAMState([]byte{9})
	require.ErrorIs(t, err, meta.ErrCorrupt)
}

// Commits whose outcome is not known are told as such, and whatever became of them, the file and the state agree in the end.
func TestUnknownOutcomes(t *testing.T) {
	w := newWorld(t)
	hostile := kvtest.Hostile(w.store, 2)
	w.store = hostile
	s, _ := w.start()
	hostile.Unknown(3)
	made, unknown := 0, 0
	for i := range 40 {
		key := fmt.Sprint("key", i)
		_, secret, err := s.CreateUser(ctx, Machine, CreateUser{Name: "x", AccessKey: key})
		if err != nil {
			kind(t, fault.Unavailable, err)
			unknown++
		} else {
			made++
			_, err = s.Login(ctx, key, secret, "")
			require.NoError(t, err)
		}
		if err := s.File.Sync(ctx); err != nil {
			kind(t, fault.Unavailable, err)
		}
	}
	require.Positive(t, made)
	require.Positive(t, unknown)
	w.edit(func(f *fileForm) { f.user("localadmin").SecretKey = "typed in by hand" })
	for s.File.Sync(ctx) != nil {
	}
	hostile.Unknown(0)
	w.sync(s)
	w.inOrder(s, "typed in by hand")
	_, err := s.Login(ctx, "localadmin", "typed in by hand", "")
	require.NoError(t, err)
	s, _ = w.start()
	w.inOrder(s)
	require.GreaterOrEqual(t, len(keysOf(t, s)), made+1)
}
