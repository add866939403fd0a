package iam

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

func (w *world) sync(s *Service) {
	w.t.Helper()
	require.NoError(w.t, s.File.Sync(ctx))
}

// inOrder checks that the file shows the state, and that no secret is readable in the folder.
func (w *world) inOrder(s *Service, secrets ...string) {
	w.t.Helper()
	require.Equal(w.t, projection.Health{File: w.file(), OK: true}, s.File.Health())
	var f fileForm
	require.NoError(w.t, json.Unmarshal([]byte(w.read()), &f))
	users, err := s.Users(ctx, Machine)
	require.NoError(w.t, err)
	require.Len(w.t, f.Users, len(users))
	for i, u := range users {
		require.Equal(w.t, u.AccessKey, f.Users[i].AccessKey)
		require.Equal(w.t, u.Name, f.Users[i].DisplayName)
		require.JSONEq(w.t, string(u.Policies), string(f.Users[i].Policies))
	}
	for _, secret := range secrets {
		require.NotContains(w.t, w.read(), secret)
		require.NotContains(w.t, w.log.String(), secret)
	}
	require.NoFileExists(w.t, s.File.Temp())
}

func TestFileFollowsState(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	w.inOrder(s)
	create(t, s, "bob", readAll)
	w.sync(s)
	w.inOrder(s)
	require.Contains(t, w.read(), `"bob"`)
	require.NoError(t, s.DeleteUser(ctx, Machine, "bob"))
	w.sync(s)
	w.inOrder(s)
	require.NotContains(t, w.read(), `"bob"`)
	for _, text := range []string{"", " \n"} {
		w.write(text)
		w.sync(s)
		w.inOrder(s)
	}
	require.NoError(t, os.Remove(w.file()))
	w.sync(s)
	w.inOrder(s)
}

func TestEdits(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	create(t, s, "bob", readAll)
	w.sync(s)
	w.edit(func(f *fileForm) {
		f.user("bob").DisplayName = "Robert"
		f.user("bob").Policies = json.RawMessage(`[{"bucket":"b","actions":["write"]}]`)
		f.user("bob").SecretKey = "plain text"
		f.Users = append(f.Users, fileUser{AccessKey: "carol", SecretKey: "carols secret", DisplayName: "Carol", Policies: json.RawMessage(readAll)})
	})
	w.sync(s)
	w.inOrder(s, "plain text", "carols secret")
	for key, secret := range map[string]string{"bob": "plain text", "carol": "carols secret"} {
		c, err := s.Credential(ctx, key)
		require.NoError(t, err)
		require.Equal(t, secret, c.Secret)
	}
	u, err := s.User(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, "Robert", u.Name)
	require.JSONEq(t, `[{"bucket":"b","actions":["write"]}]`, string(u.Policies))
	w.edit(func(f *fileForm) { // another order and form says nothing; one user less does
		f.Users[0], f.Users[1] = f.Users[1], f.Users[0]
		var kept []fileUser
		for _, u := range f.Users {
			if u.AccessKey != "carol" {
				kept = append(kept, u)
			}
		}
		f.Users = kept
	})
	w.sync(s)
	w.inOrder(s)
	require.ElementsMatch(t, []string{"localadmin", "bob"}, keysOf(t, s))

	w.edit(func(f *fileForm) { f.user("bob").MoreKeys = []fileKey{{AccessKey: "bob2", SecretKey: "second secret"}} })
	w.sync(s)
	w.inOrder(s, "second secret")
	c, err := s.Credential(ctx, "bob2")
	require.NoError(t, err)
	require.Equal(t, "bob", c.Identity.principal.Name)
	w.edit(func(f *fileForm) { f.user("bob").MoreKeys = nil })
	w.sync(s)
	_, err = s.Credential(ctx, "bob2")
	kind(t, fault.NoSuchUser, err)
}

// What the server changed after the file was opened stays, and so does what the file changed elsewhere.
func TestThreeWay(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	create(t, s, "bob", readAll)
	create(t, s, "eve", readAll)
	w.sync(s)
	opened := w.read()
	create(t, s, "carol", readAll)
	secret, err := s.RotateSecret(ctx, Machine, "bob")
	require.NoError(t, err)
	w.sync(s)
	w.write(opened)
	w.edit(func(f *fileForm) { f.user("bob").DisplayName = "Robert" })
	w.sync(s)
	w.inOrder(s)
	c, err := s.Credential(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, "Robert", c.Identity.Name)
	require.Equal(t, secret, c.Secret)
	require.Contains(t, keysOf(t, s), "carol")

	// An old projection, unchanged, changes nothing; without its revision it is what the file is to be.
	w.write(opened)
	w.sync(s)
	w.inOrder(s)
	require.Contains(t, keysOf(t, s), "carol")
	w.write(opened)
	w.edit(func(f *fileForm) { f.Revision = 0 })
	w.sync(s)
	w.inOrder(s)
	require.NotContains(t, keysOf(t, s), "carol")
}

func TestRefusedEdits(t *testing.T) {
	const conflict = "conflict"
	for name, c := range map[string]struct {
		edit   func(f *fileForm)
		raw    string
		change func(t *testing.T, s *Service) // after the file was opened
		want   string
	}{
		"no JSON":         {raw: "{\n\"users\":[", want: "line 2: this is no JSON"},
		"no users":        {raw: `{}`, want: `no "users"`},
		"trailing":        {raw: `{"users":[]} x`, want: "after the end"},
		"unknown member":  {raw: `{"users":[{"access_key":"a","secret_key":"b","wings":[]}]}`, want: `unknown field "wings"`},
		"type":            {raw: `{"users":[{"access_key":3}]}`, want: "must not be of the type number"},
		"no admin":        {edit: func(f *fileForm) { f.user("localadmin").Policies = json.RawMessage(`[]`) }, want: "at least one administrator"},
		"disabled admin":  {edit: func(f *fileForm) { f.user("localadmin").Disabled = true }, want: "at least one administrator"},
		"nobody":          {edit: func(f *fileForm) { f.Users = []fileUser{} }, want: "at least one administrator"},
		"bad policy":      {edit: func(f *fileForm) { f.user("bob").Policies = json.RawMessage(`[{"bucket":"*","actions":["fly"]}]`) }, want: `: user "bob": policies: Unknown action "fly"`},
		"bad key":         {edit: func(f *fileForm) { f.user("bob").AccessKey = "a/b" }, want: "An access key has"},
		"no secret":       {edit: func(f *fileForm) { f.user("bob").SecretKey = "" }, want: "A secret key has"},
		"damaged seal":    {edit: func(f *fileForm) { f.user("bob").SecretKey += "x" }, want: "sealed secret"},
		"seal of another": {edit: func(f *fileForm) { f.user("bob").SecretKey = f.user("localadmin").SecretKey }, want: "belongs to another access key"},
		"twice":           {edit: func(f *fileForm) { f.Users = append(f.Users, *f.user("bob")) }, want: "stands twice"},
		"managed":         {edit: func(f *fileForm) { f.user("bob").Managed = "environment" }, want: "managed_by"},
		"managed value":   {edit: func(f *fileForm) { f.user("bob").Managed = "me" }, want: "managed_by"},
		"id":              {edit: func(f *fileForm) { f.user("bob").UserID = "root" }, want: "user_id"},
		conflict + " same place": {edit: func(f *fileForm) { f.user("bob").DisplayName = "A" },
			change: func(t *testing.T, s *Service) {
				_, err := s.RotateSecret(ctx, Machine, "bob")
				require.NoError(t, err)
			}, want: ""},
		conflict + " policies": {edit: func(f *fileForm) { f.user("bob").Policies = json.RawMessage(`[]`) },
			change: func(t *testing.T, s *Service) {
				_, err := s.SetPolicies(ctx, Machine, "bob", []byte(`[{"bucket":"b","actions":["list"]}]`))
				require.NoError(t, err)
			}, want: "in the same place"},
		conflict + " removed here": {edit: func(f *fileForm) { f.user("bob").DisplayName = "A" },
			change: func(t *testing.T, s *Service) { require.NoError(t, s.DeleteUser(ctx, Machine, "bob")) }, want: "removed on the server"},
		conflict + " removed there": {edit: func(f *fileForm) { f.Users = f.Users[:0:0] },
			change: func(t *testing.T, s *Service) {
				_, err := s.RotateSecret(ctx, Machine, "bob")
				require.NoError(t, err)
			}, want: "changed on the server meanwhile"},
		conflict + " added": {edit: func(f *fileForm) {
			f.Users = append(f.Users, fileUser{AccessKey: "carol", SecretKey: "other secret"})
		}, change: func(t *testing.T, s *Service) { create(t, s, "carol", readAll) }, want: "added in the file, but differently"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s, _ := w.start()
			create(t, s, "bob", readAll)
			w.sync(s)
			if c.edit != nil {
				w.edit(c.edit)
			} else {
				w.write(c.raw)
			}
			edited := w.read()
			if c.change != nil {
				require.NoError(t, os.WriteFile(w.file(), []byte(edited), 0o600))
				c.change(t, s)
			}
			before, err := s.Users(ctx, Machine)
			require.NoError(t, err)
			w.sync(s)
			if c.want == "" {
				w.inOrder(s)
				return
			}
			after, err := s.Users(ctx, Machine)
			require.NoError(t, err)
			require.Equal(t, before, after, "refused whole")
			require.Contains(t, s.File.Health().Problem, c.want)
			require.Contains(t, w.log.String(), "refused")
			require.Equal(t, edited, w.read(), "the file stays, to be put right")

			// Not even a restart takes it for a backup, and a change made elsewhere does not write over it.
			create(t, s, "dave", readAll)
			w.sync(s)
			s, _ = w.start()
			require.Equal(t, edited, w.read())
			require.False(t, s.File.Health().OK)
			require.Contains(t, keysOf(t, s), "dave")

			require.NoError(t, os.Remove(w.file()))
			w.sync(s)
			w.inOrder(s)
		})
	}
}

func TestEnvironmentInTheFile(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start(env("root", "env-secret"))
	create(t, s, "boss", `[{"bucket":"*","actions":["iam:*"]}]`)
	w.sync(s)
	w.edit(func(f *fileForm) { f.user("root").SecretKey = "mine now" })
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "managed by ADMIN_ACCESS_KEY")
	require.NoError(t, os.Remove(w.file()))
	w.sync(s)
	w.edit(func(f *fileForm) { f.Users = []fileUser{*f.user("boss")} })
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "cannot be removed here")
	require.ElementsMatch(t, []string{"root", "boss"}, keysOf(t, s))
}

const oldFile = `{
  "users": [
    {"access_key": "localadmin", "secret_key": "changed already", "display_name": "Local Admin",
     "policies": [{"bucket": "*", "actions": ["list", "read", "write", "delete", "share", "policy", "lifecycle", "cors", "replication", "iam:*"]}]},
    {"access_key": "AKIAOLD", "secret_key": "old secret", "display_name": "Old user",
     "policies": [{"bucket": "My-Bucket", "actions": ["s3:GetObject", "s3:HeadObject", "list"]}]}
  ]
}`

func TestImport(t *testing.T) {
	w := newWorld(t)
	w.write(oldFile)
	s, first := w.start()
	require.False(t, first.Created)
	require.ElementsMatch(t, []string{"localadmin", "AKIAOLD"}, keysOf(t, s))
	w.inOrder(s, "changed already", "old secret")
	_, err := s.Login(ctx, "localadmin", "changed already", "")
	require.NoError(t, err)
	active, err := s.DefaultSecretActive(ctx)
	require.NoError(t, err)
	require.False(t, active)
	w.start()
	w.inOrder(s)

	// Beside the administrator of the environment.
	w = newWorld(t)
	w.write(strings.Replace(oldFile, `, "iam:*"`, "", 1))
	s, _ = w.start(env("root", "env-secret"))
	require.ElementsMatch(t, []string{"root", "localadmin", "AKIAOLD"}, keysOf(t, s))
	w.inOrder(s)

	// A file that cannot be taken in on the very first start is no reason to make a well-known user.
	for _, bad := range []string{strings.Replace(oldFile, `, "iam:*"`, "", 1), `{"users":`, strings.Replace(oldFile, "HeadObject", "Fly", 1)} {
		w = newWorld(t)
		w.write(bad)
		s, err := New(w.deps())
		require.NoError(t, err)
		_, err = s.Bootstrap(ctx, true)
		kind(t, fault.InvalidRequest, err)
		require.Empty(t, keysOf(t, s))
		require.Equal(t, bad, w.read())
	}
}

func TestRestoredBackup(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	create(t, s, "bob", readAll)
	w.sync(s)
	backup := w.read()
	require.NoError(t, s.DeleteUser(ctx, Machine, "bob"))
	create(t, s, "carol", readAll)
	w.sync(s)
	last := w.read()

	w.write(backup) // while the server is stopped
	s, _ = w.start()
	w.inOrder(s)
	require.ElementsMatch(t, []string{"localadmin", "bob"}, keysOf(t, s))
	kept, err := filepath.Glob(w.file() + ".backup-*")
	require.NoError(t, err)
	require.Len(t, kept, 1)
	raw, err := os.ReadFile(kept[0])
	require.NoError(t, err)
	require.Equal(t, last, string(raw))
	info, err := os.Stat(kept[0])
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	bob, err := s.User(ctx, "bob")
	require.NoError(t, err)
	require.Contains(t, backup, bob.UserID, "who comes back is the same user")
}

// An edit made while stopped, of the last projection, does not undo what was committed after that projection.
func TestEditWhileStoppedKeepsTheUnprojected(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	create(t, s, "bob", readAll)
	w.sync(s)
	create(t, s, "carol", readAll) // acknowledged; then the server is killed before it wrote the file
	w.edit(func(f *fileForm) { f.user("bob").DisplayName = "Robert" })
	s, _ = w.start()
	w.inOrder(s)
	require.ElementsMatch(t, []string{"localadmin", "bob", "carol"}, keysOf(t, s))
	u, err := s.User(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, "Robert", u.Name)
}

// So does an edit of an older projection that was saved just before a kill.
func TestAnOldEditBeforeAKillKeepsTheRest(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	create(t, s, "bob", readAll)
	w.sync(s)
	opened := w.read()
	create(t, s, "carol", readAll)
	w.sync(s)
	create(t, s, "dave", readAll)
	require.NoError(t, s.DeleteUser(ctx, Machine, "carol"))
	w.sync(s)
	w.write(opened)
	w.edit(func(f *fileForm) { f.user("bob").DisplayName = "Robert" })
	s, _ = w.start()
	w.inOrder(s)
	require.ElementsMatch(t, []string{"localadmin", "bob", "dave"}, keysOf(t, s))
	u, err := s.User(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, "Robert", u.Name)
	backups, err := filepath.Glob(w.file() + ".backup-*")
	require.NoError(t, err)
	require.Empty(t, backups)

	// As it was it is a backup that somebody restored, whatever its white space.
	w.write(strings.ReplaceAll(opened, "\n", "\r\n\t"))
	s, _ = w.start()
	w.inOrder(s)
	require.ElementsMatch(t, []string{"localadmin", "bob"}, keysOf(t, s))
}

var errKilled = errors.New("killed")

// kill runs a look at the file that ends at a step as a kill would, then starts anew.
func (w *world) kill(s *Service, step string) *Service {
	w.t.Helper()
	reached := false
	s.File.Step = func(at string) error {
		if at == step {
			reached = true
			return errKilled
		}
		return nil
	}
	require.ErrorIs(w.t, s.File.Sync(ctx), errKilled)
	require.True(w.t, reached)
	next, _ := w.start()
	return next
}

func TestKilledWhileWriting(t *testing.T) {
	for _, step := range []string{"rows", "pending", "temporary", "swapped", "written"} {
		t.Run(step, func(t *testing.T) {
			w := newWorld(t)
			s, _ := w.start()
			create(t, s, "bob", readAll)
			s = w.kill(s, step)
			w.inOrder(s)
			require.ElementsMatch(t, []string{"localadmin", "bob"}, keysOf(t, s))
			lost, err := filepath.Glob(filepath.Join(w.dir, "*.lost"))
			require.NoError(t, err)
			require.Empty(t, lost)
			backups, err := filepath.Glob(w.file() + ".backup-*")
			require.NoError(t, err)
			require.Empty(t, backups, "our own file is never taken for an edit")

			// The same while an edit with a plain secret is being taken in.
			w.edit(func(f *fileForm) { f.user("bob").SecretKey = "a plain secret" })
			s = w.kill(s, step)
			w.inOrder(s, "a plain secret")
			c, err := s.Credential(ctx, "bob")
			require.NoError(t, err)
			require.Equal(t, "a plain secret", c.Secret)

			// And while the state moves on after the cut.
			create(t, s, "carol", readAll)
			s.File.Step = func(at string) error {
				if at == step {
					return errKilled
				}
				return nil
			}
			require.ErrorIs(t, s.File.Sync(ctx), errKilled)
			s.File.Step = nil
			create(t, s, "dave", readAll)
			s, _ = w.start()
			w.inOrder(s)
			require.ElementsMatch(t, []string{"localadmin", "bob", "carol", "dave"}, keysOf(t, s))
		})
	}
}

// An edit of an older projection, which a start would take for a backup, is in the state already when the server is killed.
func TestKilledAfterAnOldEdit(t *testing.T) {
	for _, step := range []string{"applied", "taken", "rows", "pending", "temporary", "swapped", "written"} {
		t.Run(step, func(t *testing.T) {
			w := newWorld(t)
			s, _ := w.start()
			create(t, s, "bob", readAll)
			w.sync(s)
			opened := w.read()
			create(t, s, "carol", readAll)
			w.sync(s)
			w.write(opened)
			w.edit(func(f *fileForm) { f.user("bob").SecretKey = "a plain secret" })
			s = w.kill(s, step)
			w.inOrder(s, "a plain secret")
			require.ElementsMatch(t, []string{"localadmin", "bob", "carol"}, keysOf(t, s))
			c, err := s.Credential(ctx, "bob")
			require.NoError(t, err)
			require.Equal(t, "a plain secret", c.Secret)
			others, err := filepath.Glob(w.file() + ".*")
			require.NoError(t, err)
			require.Empty(t, others, "neither a backup nor a plain secret stays behind")
		})
	}
}

// Somebody saves the file while a projection is being written.
func TestEditedMeanwhile(t *testing.T) {
	for _, step := range []string{"pending", "temporary", "written"} {
		t.Run(step, func(t *testing.T) {
			w := newWorld(t)
			s, _ := w.start()
			create(t, s, "bob", readAll)
			w.sync(s)
			create(t, s, "carol", readAll)
			once := false
			s.File.Step = func(at string) error {
				if at == step && !once {
					once = true
					w.edit(func(f *fileForm) { f.user("bob").DisplayName = "Robert" })
				}
				return nil
			}
			w.sync(s)
			w.sync(s)
			w.inOrder(s)
			u, err := s.User(ctx, "bob")
			require.NoError(t, err)
			require.Equal(t, "Robert", u.Name)
			require.ElementsMatch(t, []string{"localadmin", "bob", "carol"}, keysOf(t, s))
		})
	}
}

// An editor has the replaced file open and writes to it between the check and the look at what came out.
func TestEditedInPlaceMeanwhile(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	create(t, s, "bob", readAll)
	w.sync(s)
	edited := strings.Replace(w.read(), `"display_name": "bob"`, `"display_name": "Rob"`, 1)
	create(t, s, "carol", readAll)
	once := false
	s.File.Step = func(at string) error {
		if at == "swapped" && !once {
			once = true
			return os.WriteFile(s.File.Temp(), []byte(edited), 0o600)
		}
		return nil
	}
	w.sync(s)
	w.inOrder(s)
	u, err := s.User(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, "Rob", u.Name)

	// The same, and then a kill: the edit is kept beside the file.
	create(t, s, "dave", readAll)
	edited = strings.Replace(w.read(), `"display_name": "Rob"`, `"display_name": "Bert"`, 1)
	s.File.Step = func(at string) error {
		if at == "swapped" {
			return errors.Join(os.WriteFile(s.File.Temp(), []byte(edited), 0o600), errKilled)
		}
		return nil
	}
	require.ErrorIs(t, s.File.Sync(ctx), errKilled)
	s, _ = w.start()
	w.inOrder(s)
	raw, err := os.ReadFile(w.file() + ".lost")
	require.NoError(t, err)
	require.Equal(t, edited, string(raw))
}

func TestOldProjectionsGo(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	for i := range projection.Kept + 5 {
		create(t, s, fmt.Sprint("u", i), `[]`)
		w.sync(s)
	}
	row := func(revision int) (content []byte, err error) {
		err = w.store.View(ctx, func(r kv.Reader) (err error) {
			content, err = r.Get(fmt.Appendf(meta.IAMProjections(), "%016x/0000", revision))
			return err
		})
		return content, err
	}
	_, err := row(1)
	require.ErrorIs(t, err, kv.ErrNotFound)
	last, err := row(projection.Kept + 6)
	require.NoError(t, err)
	require.Equal(t, w.read(), string(last))
}

func TestUnwritableFile(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	create(t, s, "bob", readAll)
	require.NoError(t, os.MkdirAll(filepath.Join(s.File.Temp(), "in the way"), 0o700))
	require.Error(t, s.File.Sync(ctx))
	require.False(t, s.File.Health().OK)
	require.NoError(t, os.RemoveAll(s.File.Temp()))
	w.sync(s)
	w.inOrder(s)
}

// The API and an editor change users at the same time, each its own; nothing of either is lost.
func TestChangesFromBothSides(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	const n = 15
	for i := range n {
		create(t, s, fmt.Sprint("file", i), readAll)
	}
	w.sync(s)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := s.File.Sync(ctx); err != nil && !fault.Is(err, fault.Busy) {
					t.Errorf("sync: %v", err)
					return
				}
			}
		}
	})
	var changes sync.WaitGroup
	secrets := make([]string, n)
	changes.Go(func() {
		for i := range n {
			u, secret, err := s.CreateUser(ctx, Machine, CreateUser{Name: "api", AccessKey: fmt.Sprint("api", i)})
			if err != nil || u.AccessKey == "" {
				t.Errorf("create: %v", err)
				return
			}
			secrets[i] = secret
		}
	})
	changes.Go(func() {
		for i := range n {
			for { // save by rename, as editors do, until it is seen in the state
				raw, err := os.ReadFile(w.file())
				if err != nil {
					continue
				}
				from := fmt.Sprintf(`"display_name": "file%d"`, i)
				if !strings.Contains(string(raw), from) {
					break
				}
				text := strings.Replace(string(raw), from, fmt.Sprintf(`"display_name": "edited%d"`, i), 1)
				temp := w.file() + "~"
				if err := errors.Join(os.WriteFile(temp, []byte(text), 0o600), os.Rename(temp, w.file())); err != nil {
					t.Error(err)
					return
				}
				for range 2000 {
					u, err := s.User(ctx, fmt.Sprint("file", i))
					if err != nil || strings.HasPrefix(u.Name, "edited") {
						break
					}
				}
			}
		}
	})
	changes.Wait()
	close(stop)
	wg.Wait()
	w.sync(s)
	w.inOrder(s)
	for i := range n {
		u, err := s.User(ctx, fmt.Sprint("file", i))
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint("edited", i), u.Name)
		_, err = s.Login(ctx, fmt.Sprint("api", i), secrets[i], "")
		require.NoError(t, err)
	}
}

func TestRunWatches(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	create(t, s, "bob", readAll)
	run, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- s.File.Run(run) }()
	eventually := func(what string, ok func() bool) {
		t.Helper()
		require.Eventually(t, ok, 10*time.Second, 5*time.Millisecond, what)
	}
	eventually("a change is written", func() bool { return strings.Contains(w.read(), `"bob"`) })
	w.edit(func(f *fileForm) { f.user("bob").SecretKey = "typed in by hand" })
	eventually("an edit is taken in and sealed", func() bool {
		c, err := s.Credential(ctx, "bob")
		return err == nil && c.Secret == "typed in by hand" && !strings.Contains(w.read(), "typed in by hand")
	})
	before := w.read()
	w.write(before[:len(before)/2])
	eventually("a broken file is refused", func() bool { return !s.File.Health().OK })
	w.write(before)
	eventually("and put right", func() bool { return s.File.Health().OK })
	require.NoError(t, os.Remove(w.file()))
	eventually("a missing file is written", func() bool { _, err := os.Stat(w.file()); return err == nil })
	cancel()
	require.NoError(t, <-done)
	require.True(t, seal.Sealed(seal.Prefix))
}

func FuzzFile(f *testing.F) {
	f.Add([]byte(oldFile))
	f.Add([]byte(`{"revision":3,"users":[{"access_key":"a","secret_key":"sealed:v1:AAAA","more_keys":[{}]}]}`))
	f.Add([]byte(`{"accounts":[{"name":"team","id":"123456789012"}],"users":[{"access_key":"a","secret_key":"b","account":"team"}]}`))
	f.Add([]byte(`{"users":[{"user_name":"ada","groups":["G"],"tags":[{"key":"a","value":"b"}],"inline_policies":{"p":{}},"key_off":true}],"groups":[{"name":"g"}],
"roles":[{"name":"r","trust_policy":{},"max_session_seconds":-1}],"managed_policies":[{"name":"p","default_version":1,"versions":[{"version":1,"document":[]}]}]}`))
	w := newWorld(f)
	s, err := New(w.deps())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := s.parseFile(content)
		if err != nil {
			if fault.TextOf(err) == "" {
				t.Fatalf("no reason: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		got.settle(s)
		for id, it := range got.byID() {
			if !validID(kinds[it.kind].prefix, id) {
				t.Fatalf("id %q of %q", id, content)
			}
			for _, k := range it.keys {
				if seen[k.id] {
					t.Fatalf("accepted %q", content)
				}
				seen[k.id] = true
			}
			for _, g := range it.groups {
				if g == "" {
					t.Fatalf("a group without id of %q", content)
				}
			}
		}
		if len(got.byID()) != len(got.items) {
			t.Fatalf("two of one id in %q", content)
		}
	})
}
