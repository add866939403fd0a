package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
)

// people is a state of many identities, made by chance over the API.
type people struct {
	*world
	s      *Service
	rng    *rand.Rand
	admins []*Identity // of each account
	errs   int
}

func (p *people) pick(from ...string) string { return from[p.rng.IntN(len(from))] }

func (p *people) text() string {
	return p.pick(readS3, allS3, allIAM, "{\n \"Version\": \"2012-10-17\",\"Statement\":[{\"Sid\":\"no\",\"Effect\":\"Deny\",\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::b/<&>*\"}]}",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sts:AssumeRole"],"Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"t1"}}}]}`)
}

// step changes something by chance. What IAM refuses is refused.
func (p *people) step() {
	admin := p.admins[p.rng.IntN(len(p.admins))]
	s, n := p.s, admin.principal.Account
	kind := []EntityKind{UserEntity, GroupEntity, RoleEntity}[p.rng.IntN(3)]
	name := p.pick("ada", "Bob", "eve", "old")
	managedName := "arn:aws:iam::" + n + ":policy" + p.pick("/", "/team/") + p.pick("P", "Q")
	arn := p.pick(managedName, managedName, s3Full, s3Reads)
	var err error
	var e Entity
	switch p.rng.IntN(29) {
	case 0, 1:
		_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: kind, Name: name, Path: p.pick("", "/a/", "/a/b/"), Description: p.pick("", "<é>"), Boundary: "",
			Trust: trust(p.pick("arn:aws:iam::"+n+":user/ada", n, "*")), MaxSession: time.Duration(p.rng.IntN(3)) * time.Hour, Tags: p.tags()})
	case 2:
		_, _, err = s.CreateUser(ctx, admin, CreateUser{Name: p.pick("Old", "Ölaf"), AccessKey: p.pick("old", "OLD") + n[:3], Policies: []byte(p.pick(readAll, `[]`, allS3))})
	case 3, 4:
		_, _, err = s.CreateKey(ctx, admin, name)
	case 5, 6:
		if e, err = s.Entity(ctx, admin, "iam:GetUser", UserEntity, name); err == nil && len(e.Keys) > 0 {
			if k := e.Keys[p.rng.IntN(len(e.Keys))]; p.rng.IntN(3) > 0 {
				err = s.SetKey(ctx, admin, name, k.ID, p.rng.IntN(2) == 0)
			} else {
				err = s.DeleteKey(ctx, admin, name, k.ID)
			}
		}
	case 7, 8:
		err = s.Edit(ctx, admin, kind, name, PutPolicy(p.pick("one", "two", "Three"), p.text()))
	case 9:
		err = s.Edit(ctx, admin, kind, name, DeletePolicy(p.pick("one", "two")))
	case 10, 11:
		err = s.Edit(ctx, admin, kind, name, AttachPolicy(arn))
	case 12:
		err = s.Edit(ctx, admin, kind, name, DetachPolicy(arn))
	case 13:
		if kind != GroupEntity {
			err = s.Edit(ctx, admin, kind, name, SetBoundary(p.pick(arn, arn, "")))
		}
	case 14:
		if kind != GroupEntity {
			err = s.Edit(ctx, admin, kind, name, Tag(p.tags()))
		}
	case 15:
		err = s.SetMember(ctx, admin, name, p.pick("ada", "Bob", "eve"), p.rng.IntN(4) > 0)
	case 16:
		_, err = s.CreatePolicy(ctx, admin, NewPolicy{Name: p.pick("P", "Q"), Path: p.pick("", "/team/"), Description: p.pick("", "of the team"), Text: p.text(), Tags: p.tags()})
	case 17:
		if _, err = s.CreateVersion(ctx, admin, managedName, p.text(), p.rng.IntN(2) == 0); err != nil {
			err = s.DeleteVersion(ctx, admin, managedName, 1+p.rng.IntN(5))
		}
	case 18:
		err = s.SetDefaultVersion(ctx, admin, managedName, 1+p.rng.IntN(5))
	case 25, 26:
		url := p.pick("https://id.example/realms/A", "https://id.example:8443")
		at := "arn:aws:iam::" + n + ":oidc-provider/" + url[len("https://"):]
		switch p.rng.IntN(6) {
		case 0, 1:
			_, err = s.CreateProvider(ctx, admin, NewProvider{URL: url, ClientIDs: p.some("a", "b"), Thumbprints: p.some(strings.Repeat("a1", 20)), Tags: p.tags()})
		case 2:
			err = s.EditProvider(ctx, admin, at, AddClientID(p.pick("a", "b", "<é>")))
		case 3:
			err = s.EditProvider(ctx, admin, at, RemoveClientID(p.pick("a", "b")))
		case 4:
			err = s.EditProvider(ctx, admin, at, TagProvider(p.tags()))
		case 5:
			err = s.DeleteProvider(ctx, admin, at)
		}
	case 27, 28:
		_, _, err = s.SignInAt(ctx, ProviderSignIn{Issuer: "https://id.example", Subject: n + p.pick("ann", "böb", "eve"), Name: p.pick("ada", "Bob", "new one", ""), Create: p.rng.IntN(4) > 0,
			Account: map[bool]string{true: DefaultAccount, false: "team"}[n == AccountNumber(DefaultAccount)], DisplayName: p.pick("", "Ann <é>"), Groups: p.some("ada", "Bob", "none"), Policies: p.some("P", "ReadOnlyAccess", "none", s3Full)})
	case 19:
		if kind == RoleEntity {
			err = s.DeleteEntity(ctx, admin, kind, name)
		} else {
			err = s.Edit(ctx, admin, kind, name, Rename(p.pick("ada", "Bob", "new"), p.pick("", "/", "/c/")))
		}
	case 20, 21:
		if e, err = s.Entity(ctx, admin, "iam:GetUser", UserEntity, name); err == nil && len(e.Keys) > 0 {
			at := p.moment()
			err = s.ChangeKey(ctx, admin, name, e.Keys[p.rng.IntN(len(e.Keys))].ID, nil, &at)
		}
	case 22:
		from, until := p.moment(), p.moment()
		err = s.Edit(ctx, admin, UserEntity, name, Validity(&from, &until))
	case 23:
		err = s.SetPassword(ctx, admin, name, "correct horse "+name, p.rng.IntN(2) == 0)
	case 24:
		err = s.DeletePassword(ctx, admin, name)
	}
	if err != nil {
		p.errs++
		if fault.KindOf(err) == fault.Internal {
			p.t.Fatal(err)
		}
	}
	p.clock.Advance(time.Duration(p.rng.IntN(1e10)))
}

// moment is a time before or after now, or none.
func (p *people) moment() time.Time {
	if p.rng.IntN(3) == 0 {
		return time.Time{}
	}
	return p.clock.Now().Add(time.Duration(p.rng.IntN(1e12) - 5e11))
}

func (p *people) some(from ...string) (list []string) {
	for _, s := range from {
		if p.rng.IntN(2) == 0 {
			list = append(list, s)
		}
	}
	return list
}

func (p *people) tags() (tags meta.Tags) {
	for _, name := range []string{"team", "a b", "zone"} {
		if p.rng.IntN(2) == 0 {
			tags = append(tags, meta.Pair{Name: name, Value: p.pick("t1", "t2", "")})
		}
	}
	return tags
}

// decided are the decisions over an identity.
func decided(s *Service, id *Identity) (out []string) {
	for _, a := range []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject"} {
		d := s.Authorize(id, Access{Action: a, Bucket: &meta.Bucket{Name: "b", Account: id.Account}, Key: "<&>k", Keys: id.keys})
		out = append(out, fmt.Sprint(a, d.Allowed, d.ExplicitDeny))
	}
	for _, a := range []string{"iam:CreateUser", "iam:*", "myfsio:ListAccounts"} {
		out = append(out, fmt.Sprint(a, s.AuthorizeAdmin(id, a).Allowed))
	}
	return append(out, fmt.Sprint(id.ARN(), id.UserID, id.Name, id.principal.Tags, id.Administrator()))
}

// answers is all that a service tells: what its API shows, and what it decides for each key and each session.
func answers(t *testing.T, s *Service, keys []string, sessions []Session) map[string]any {
	t.Helper()
	out := map[string]any{}
	list, err := s.Accounts(ctx, Machine)
	require.NoError(t, err)
	out["accounts"] = list
	users, err := s.Users(ctx, Machine)
	require.NoError(t, err)
	out["users"] = users
	for _, a := range list {
		id := a.Number
		if a.Name == DefaultAccount {
			id = DefaultAccount
		}
		admin := *Machine
		admin.Account, admin.principal.Account = id, a.Number
		for _, kind := range []EntityKind{UserEntity, GroupEntity, RoleEntity} {
			all, err := s.Entities(ctx, &admin, kind, "/")
			require.NoError(t, err)
			out[a.Name+kind.String()] = all
			for _, e := range all {
				if kind == GroupEntity {
					_, members, err := s.Members(ctx, &admin, e.Name)
					require.NoError(t, err)
					out[a.Name+" members "+e.Name] = members
				}
				if kind == UserEntity {
					groups, err := s.GroupsOf(ctx, &admin, e.Name)
					require.NoError(t, err)
					out[a.Name+" groups "+e.Name] = groups
				}
			}
		}
		trusted, err := s.Providers(ctx, &admin)
		require.NoError(t, err)
		out[a.Name+" providers"] = trusted
		policies, err := s.Policies(ctx, &admin)
		require.NoError(t, err)
		out[a.Name+" policies"] = policies
	}
	for _, a := range list {
		_, _, err := s.SignIn(ctx, SignIn{Account: a.Name, User: "ada", Password: "correct horse ada"})
		out[a.Name+" password"] = []any{fault.KindOf(err), err == nil}
		s.lockout.clear(passwordPair(a.Name, "ada", ""))
	}
	for _, key := range keys {
		c, err := s.Credential(ctx, key)
		if err != nil {
			out["key "+key] = fault.KindOf(err)
			continue
		}
		out["key "+key] = append(decided(s, c.Identity), c.Secret)
	}
	everybody, err := s.everybody(t)
	require.NoError(t, err)
	for _, l := range everybody {
		if in := l.user.Login; in.Issuer != "" && !l.user.Disabled {
			id, err := s.ByLogin(ctx, l.user.ID, in.Issuer, in.Subject)
			require.NoError(t, err)
			out["login "+in.Subject] = decided(s, id)
		}
	}
	for _, session := range sessions {
		c, err := s.SessionCredential(ctx, session.AccessKey, session.Token)
		if err != nil {
			out["session "+session.AccessKey] = fault.KindOf(err)
			continue
		}
		out["session "+session.AccessKey] = decided(s, c.Identity)
	}
	return out
}

// plain is answers as text, with policies that say the same in one form.
func plain(t *testing.T, answers map[string]any) string {
	t.Helper()
	raw, err := json.MarshalIndent(answers, "", " ")
	require.NoError(t, err)
	return regexp.MustCompile(`"(Text|Trust)": "[^"]*"`).ReplaceAllStringFunc(string(raw), func(m string) string {
		member, text, _ := strings.Cut(m, ": ")
		var b []byte
		require.NoError(t, json.Unmarshal([]byte(text), &b))
		return member + ": " + string(compactText(b))
	})
}

var revisionIn, sealedIn = regexp.MustCompile(`"revision": \d+`), regexp.MustCompile(`"sealed:[^"]*"`)

// unsealed is a file without what no two have in common.
func unsealed(file string) string {
	return sealedIn.ReplaceAllString(revisionIn.ReplaceAllString(file, ""), "sealed")
}

// A file makes the same state elsewhere: the same answers and the same decisions.
func TestAFileIsTheWholeState(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t)
			s, _ := w.start()
			p := &people{world: w, s: s, rng: rand.New(rand.NewPCG(seed, 7)), admins: []*Identity{who(t, s, DefaultAccessKey)}} //nolint:gosec // a seed
			_, _, _, err := s.CreateAccount(ctx, Machine, CreateAccount{Name: "team", AccessKey: "team-admin"})
			require.NoError(t, err)
			p.admins = append(p.admins, who(t, s, "team-admin"))
			for range 300 {
				p.step()
			}
			require.Less(t, p.errs, 250, "most is not refused")
			var keys []string
			var sessions []Session
			users, err := s.everybody(t)
			require.NoError(t, err)
			for _, l := range users {
				for _, k := range l.user.Keys {
					keys = append(keys, k.ID)
					c, err := s.Credential(ctx, k.ID)
					if err != nil {
						continue
					}
					one, err := s.SessionToken(ctx, c.Identity, 0)
					require.NoError(t, err)
					sessions = append(sessions, one)
					for _, role := range []string{"ada", "Bob", "eve", "old"} {
						for _, path := range []string{"/", "/a/", "/a/b/"} {
							if one, err := s.AssumeRole(ctx, c.Identity, AssumeRole{RoleARN: "arn:aws:iam::" + c.Identity.principal.Account + ":role" + path + role, Name: "me"}); err == nil {
								sessions = append(sessions, one)
							}
						}
					}
				}
			}
			w.sync(s)
			content := w.read()
			want := answers(t, s, keys, sessions)
			at := w.clock.Now()

			other := newWorld(t)
			other.clock = w.clock
			other.write(content)
			fresh, _ := other.start()
			require.True(t, fresh.File.Health().OK, fresh.File.Health().Problem)
			require.Equal(t, plain(t, want), plain(t, answers(t, fresh, keys, sessions)))
			require.Equal(t, unsealed(content), unsealed(other.read()))

			// Put over another state it makes the same, too, and put over itself it changes nothing.
			q := &people{world: other, s: fresh, rng: p.rng, admins: []*Identity{who(t, fresh, DefaultAccessKey), who(t, fresh, "team-admin")}}
			for range 100 {
				q.step()
			}
			other.sync(fresh)
			other.write(revisionIn.ReplaceAllString(content, `"revision": 0`))
			other.sync(fresh)
			require.True(t, fresh.File.Health().OK, fresh.File.Health().Problem)
			other.clock.Set(at) // who is valid when is part of the state
			got := plain(t, answers(t, fresh, keys, sessions))
			require.Equal(t, stable(plain(t, want)), stable(got))
			before := other.read()
			other.write(strings.ReplaceAll(before, "\n", "\n\n"))
			other.sync(fresh)
			require.Equal(t, before, other.read())
		})
	}
}

// stable leaves out what a change back and forth does move: when a policy was changed last.
func stable(answers string) string {
	return regexp.MustCompile(`"Updated": "[^"]*"`).ReplaceAllString(answers, "")
}

func (s *Service) everybody(t *testing.T) (out []*loaded, err error) {
	t.Helper()
	err = s.Store.View(ctx, func(r kv.Reader) (err error) {
		out, err = s.all(r)
		return err
	})
	return out, err
}

// staffed is a state with one of everything.
func staffed(t *testing.T) (w *world, s *Service, key string) {
	t.Helper()
	w = newWorld(t)
	s, _ = w.start()
	admin := who(t, s, DefaultAccessKey)
	key = person(t, s, admin, "ada", readS3)
	_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: "writers"})
	require.NoError(t, err)
	_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "R", Trust: trust("arn:aws:iam::000000000000:user/ada"), Tags: meta.Tags{{Name: "a", Value: "b"}}})
	require.NoError(t, err)
	_, err = s.CreatePolicy(ctx, admin, NewPolicy{Name: "P", Text: allS3})
	require.NoError(t, err)
	for _, kind := range []EntityKind{UserEntity, GroupEntity, RoleEntity} {
		require.NoError(t, s.Edit(ctx, admin, kind, map[EntityKind]string{UserEntity: "ada", GroupEntity: "writers", RoleEntity: "R"}[kind], AttachPolicy(policyP)))
	}
	require.NoError(t, s.SetMember(ctx, admin, "ada", "writers", true))
	w.sync(s)
	return w, s, key
}

const policyP = "arn:aws:iam::000000000000:policy/P"

func (f *fileForm) named(name string) *fileUser {
	for i := range f.Users {
		if f.Users[i].UserName == name {
			return &f.Users[i]
		}
	}
	return &fileUser{}
}

// A key that is off stays off wherever its file is restored.
func TestAKeyThatIsOffStaysOff(t *testing.T) {
	w, s, key := staffed(t)
	require.NoError(t, s.SetKey(ctx, Machine, "ada", key, false))
	w.sync(s)
	content := w.read()
	require.Contains(t, content, `"key_off": true`)
	other := newWorld(t)
	other.write(content)
	fresh, _ := other.start()
	_, err := fresh.Credential(ctx, key)
	kind(t, fault.NoSuchUser, err)
	require.NoError(t, fresh.SetKey(ctx, Machine, "ada", key, true))
	require.True(t, may(fresh, who(t, fresh, key), "s3:PutObject"))
	other.sync(fresh)
	require.NotContains(t, other.read(), "key_off")
	other.edit(func(f *fileForm) { f.named("ada").KeyOff = true })
	other.sync(fresh)
	_, err = fresh.Credential(ctx, key)
	kind(t, fault.NoSuchUser, err)
}

func TestEditsOfEverything(t *testing.T) {
	w, s, key := staffed(t)
	admin := who(t, s, DefaultAccessKey)
	w.edit(func(f *fileForm) {
		ada := f.named("ada")
		ada.UserName, ada.Path, ada.Tags = "Ada", "/team/", []fileTag{{"team", "blue"}}
		ada.MoreKeys = []fileKey{{AccessKey: "second", SecretKey: "seconds secret", Off: true}}
		ada.Inline["no"] = json.RawMessage(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}}`)
		ada.Boundary = policyP
		f.Groups[0].Name, ada.Groups = "authors", []string{"Authors", "new"}
		f.Groups = append(f.Groups, fileGroup{Name: "new", fileTexts: fileTexts{Attached: []string{s3Full}}})
		f.Roles[0].MaxSession, f.Roles[0].Trust = 7200, json.RawMessage(trust("000000000000"))
		f.Roles = append(f.Roles, fileRole{Name: "second", Trust: json.RawMessage(trust("*"))})
		f.Managed[0].Versions = append(f.Managed[0].Versions, fileVersion{Version: 2, Document: json.RawMessage(readS3)})
		f.Managed[0].Default = 2
		f.Users = append(f.Users, fileUser{UserName: "keyless", DisplayName: "No keys"})
	})
	w.sync(s)
	w.follows(s)
	id := who(t, s, key)
	require.Equal(t, "arn:aws:iam::000000000000:user/team/Ada", id.ARN())
	require.Equal(t, map[string]string{"team": "blue"}, id.principal.Tags)
	require.True(t, may(s, id, "s3:GetObject"))
	require.False(t, may(s, id, "s3:PutObject"), "bounded by version 2 of P")
	_, err := s.Credential(ctx, "second")
	kind(t, fault.NoSuchUser, err)
	_, members, err := s.Members(ctx, admin, "authors")
	require.NoError(t, err)
	require.Len(t, members, 1)
	role, err := s.Entity(ctx, admin, "iam:GetRole", RoleEntity, "R")
	require.NoError(t, err)
	require.Equal(t, 2*time.Hour, role.MaxSession)
	p, err := s.Policy(ctx, admin, "iam:GetPolicy", policyP)
	require.NoError(t, err)
	require.Equal(t, 2, p.Default)
	require.Equal(t, w.clock.Now(), p.Updated)
	require.NotContains(t, w.read(), "seconds secret")
	_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: UserEntity, Name: "KEYLESS"})
	kind(t, fault.Conflict, err)

	// Everything can be taken away again, but nothing that is still named.
	w.edit(func(f *fileForm) {
		f.Groups, f.Roles, f.Managed, f.Users = nil, nil, nil, slices.DeleteFunc(f.Users, func(u fileUser) bool { return u.UserName != "" })
	})
	w.sync(s)
	w.follows(s)
	require.Equal(t, []string{DefaultAccessKey}, keysOf(t, s))
	_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: UserEntity, Name: "ada"})
	require.NoError(t, err)
	_, err = s.Credential(ctx, key)
	kind(t, fault.NoSuchUser, err)
}

func (w *world) follows(s *Service) {
	w.t.Helper()
	require.Equal(w.t, projection.Health{File: w.file(), OK: true}, s.File.Health())
}

func TestRefusedEditsOfEverything(t *testing.T) {
	lineOf := func(text, what string) int { return 1 + strings.Count(text[:strings.Index(text, what)], "\n") }
	for name, c := range map[string]struct {
		edit   func(f *fileForm)
		change func(t *testing.T, s *Service, admin *Identity)
		at     string // text on the line after that of the entry, empty for none
		want   string
	}{
		"trust":          {edit: func(f *fileForm) { f.Roles[0].Trust = json.RawMessage(`{}`) }, at: `"name": "R"`, want: `role "R": trust_policy`},
		"session":        {edit: func(f *fileForm) { f.Roles[0].MaxSession = 1 }, at: `"name": "R"`, want: `role "R"`},
		"inline":         {edit: func(f *fileForm) { f.named("ada").Inline["p0"] = json.RawMessage(`3`) }, at: `"access_key": "AKIA`, want: `inline policy "p0"`},
		"unknown policy": {edit: func(f *fileForm) { f.Groups[0].Attached = []string{policyP + "x"} }, at: `"name": "writers"`, want: `there is no policy "` + policyP + `x"`},
		"boundary":       {edit: func(f *fileForm) { f.Roles[0].Boundary = "x" }, at: `"name": "R"`, want: `there is no policy "x"`},
		"unknown group":  {edit: func(f *fileForm) { f.named("ada").Groups = []string{"others"} }, at: `"access_key": "AKIA`, want: `the group "others" does not stand in "groups"`},
		"no group":       {edit: func(f *fileForm) { f.Groups = nil }, at: `"access_key": "AKIA`, want: `the group "writers" does not stand`},
		"policy in use":  {edit: func(f *fileForm) { f.Managed = nil }, at: `"name": "R"`, want: `role "R": there is no policy "` + policyP},
		"policy moves":   {edit: func(f *fileForm) { f.Managed[0].Path = "/x/" }, at: `"name": "R"`, want: `role "R": there is no policy "` + policyP},
		"version":        {edit: func(f *fileForm) { f.Managed[0].Default = 7 }, at: `"name": "P"`, want: "default_version names no version"},
		"no version":     {edit: func(f *fileForm) { f.Managed[0].Versions = nil }, at: `"name": "P"`, want: "has 1 to 5 versions"},
		"versions":       {edit: func(f *fileForm) { f.Managed[0].Versions = append(f.Managed[0].Versions, f.Managed[0].Versions[0]) }, at: `"name": "P"`, want: "stands twice"},
		"path":           {edit: func(f *fileForm) { f.named("ada").Path = "a" }, at: `"access_key": "AKIA`, want: "path is invalid"},
		"name":           {edit: func(f *fileForm) { f.Groups[0].Name, f.named("ada").Groups = "a%sb", []string{"a%sb"} }, at: `"name": "a%sb"`, want: `group "a%sb": The specified value for name is invalid`},
		"names":          {edit: func(f *fileForm) { f.Groups = append(f.Groups, fileGroup{Name: "WRITERS"}) }, at: `"name": "WRITERS"`, want: "the name stands twice"},
		"key as a name":  {edit: func(f *fileForm) { f.named("ada").UserName = DefaultAccessKey }, want: "is in use already"},
		"tags":           {edit: func(f *fileForm) { f.named("ada").Tags = []fileTag{{"a", ""}, {"A", ""}} }, at: `"access_key": "AKIA`, want: "Duplicate tag keys found."},
		"id of a user":   {edit: func(f *fileForm) { f.Roles[0].RoleID = f.Users[0].UserID }, at: `"name": "R"`, want: "role_id is not valid"},
		"time":           {edit: func(f *fileForm) { f.Roles[0].Revoked = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC) }, at: `"name": "R"`, want: "a time is not valid"},
		"attached twice": {edit: func(f *fileForm) { f.Groups[0].Attached = []string{policyP, policyP} }, at: `"name": "writers"`, want: "attached twice"},
		"nobody":         {edit: func(f *fileForm) { f.Users = append(f.Users, fileUser{}) }, want: "it has no name"},
		"administrator":  {edit: func(f *fileForm) { f.user(DefaultAccessKey).KeyOff = true }, at: `"access_key": "localadmin"`, want: "at least one administrator"},
		"denied":         {edit: func(f *fileForm) { f.user(DefaultAccessKey).Boundary = s3Full }, at: `"access_key": "localadmin"`, want: "at least one administrator"},
		"administrators": {edit: func(f *fileForm) { f.Users = f.Users[:0] }, want: "at least one administrator"},
		"group meanwhile": {edit: func(f *fileForm) { f.Groups[0].Path = "/x/" }, change: func(t *testing.T, s *Service, admin *Identity) {
			require.NoError(t, s.Edit(ctx, admin, GroupEntity, "writers", Rename("", "/y/")))
		}, at: `"name": "writers"`, want: "in the same place"},
		"detached and attached": {edit: func(f *fileForm) {
			f.Managed, f.Groups[0].Attached, f.Roles[0].Attached, f.named("ada").Attached = nil, nil, nil, nil
		},
			change: func(t *testing.T, s *Service, admin *Identity) {
				_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: "late"})
				require.NoError(t, err)
				require.NoError(t, s.Edit(ctx, admin, GroupEntity, "late", AttachPolicy(policyP)))
			}, want: `group "late": there is no policy`},
		"member of a group that went": {edit: func(f *fileForm) {
			f.Users = append(f.Users, fileUser{UserName: "new", Groups: []string{"writers"}})
		}, change: func(t *testing.T, s *Service, admin *Identity) {
			require.NoError(t, s.SetMember(ctx, admin, "ada", "writers", false))
			require.NoError(t, s.Edit(ctx, admin, GroupEntity, "writers", DetachPolicy(policyP)))
			require.NoError(t, s.DeleteEntity(ctx, admin, GroupEntity, "writers"))
		}, want: `user "new": there is no group "writers"`},
		"version meanwhile": {edit: func(f *fileForm) {
			f.Managed[0].Versions = append(f.Managed[0].Versions, fileVersion{Version: 2, Document: json.RawMessage(readS3)})
		}, change: func(t *testing.T, s *Service, admin *Identity) {
			_, err := s.CreateVersion(ctx, admin, policyP, allIAM, false)
			require.NoError(t, err)
		}, at: `"name": "P"`, want: "in the same place"},
		"role removed here": {edit: func(f *fileForm) { f.Roles[0].Description = "x" }, change: func(t *testing.T, s *Service, admin *Identity) {
			require.NoError(t, s.Edit(ctx, admin, RoleEntity, "R", DetachPolicy(policyP)))
			require.NoError(t, s.DeleteEntity(ctx, admin, RoleEntity, "R"))
		}, at: `"name": "R"`, want: "removed on the server meanwhile"},
		"role removed there": {edit: func(f *fileForm) { f.Roles = nil }, change: func(t *testing.T, s *Service, admin *Identity) {
			require.NoError(t, s.Edit(ctx, admin, RoleEntity, "R", PutPolicy("p", readS3)))
		}, want: `role "R": was removed in the file, but changed`},
		"too much": {edit: func(f *fileForm) {
			for i := range 6000 {
				f.Groups = append(f.Groups, fileGroup{Name: fmt.Sprint("g", i)})
			}
		}, want: "it changes more at once than fits"},
	} {
		t.Run(name, func(t *testing.T) {
			w, s, key := staffed(t)
			w.edit(c.edit)
			edited := w.read()
			if c.change != nil {
				c.change(t, s, who(t, s, DefaultAccessKey))
			}
			keys := []string{key, DefaultAccessKey}
			before := plain(t, answers(t, s, keys, nil))
			w.sync(s)
			require.Contains(t, s.File.Health().Problem, c.want)
			if c.at != "" {
				require.Contains(t, s.File.Health().Problem, fmt.Sprintf("line %d: ", lineOf(edited, c.at)-1))
			}
			require.Equal(t, edited, w.read())
			require.Equal(t, before, plain(t, answers(t, s, keys, nil)), "refused whole")
			require.Contains(t, w.log.String(), "refused")
		})
	}
}

func TestAFileThatIsTooLong(t *testing.T) {
	w, s, key := staffed(t)
	before := w.read()
	w.write(before + strings.Repeat(" ", projection.MaxFile))
	w.sync(s)
	require.Contains(t, s.File.Health().Problem, "the file is longer than 33554432 bytes")
	require.True(t, may(s, who(t, s, key), "s3:PutObject"))
	w.write(before)
	w.sync(s)
	w.follows(s)
}

// What both sides did to one identity in different places holds.
func TestBothSidesOfOneIdentity(t *testing.T) {
	w, s, key := staffed(t)
	admin := who(t, s, DefaultAccessKey)
	w.edit(func(f *fileForm) {
		ada := f.named("ada")
		ada.Tags, ada.Attached, ada.DisplayName = []fileTag{{"file", "1"}}, []string{policyP, s3Reads}, "Ada"
		ada.Inline["file"] = json.RawMessage(readS3)
		ada.MoreKeys = []fileKey{{AccessKey: "filed", SecretKey: "fileds secret"}}
		ada.Groups = nil
		f.Groups[0].Path = "/file/"
		f.Roles[0].Description = "file"
		f.Managed[0].Description = "file"
	})
	for _, e := range []Edit{Tag(meta.Tags{{Name: "api", Value: "2"}}), AttachPolicy(full), PutPolicy("api", allS3), DeletePolicy("p0")} {
		require.NoError(t, s.Edit(ctx, admin, UserEntity, "ada", e))
	}
	require.NoError(t, s.SetKey(ctx, admin, "ada", key, false))
	require.NoError(t, s.Edit(ctx, admin, GroupEntity, "writers", PutPolicy("api", readS3)))
	require.NoError(t, s.Edit(ctx, admin, RoleEntity, "R", SetTrust(trust("*"))))
	_, err := s.CreateVersion(ctx, admin, policyP, readS3, true)
	require.NoError(t, err)
	w.sync(s)
	w.follows(s)
	e, err := s.Entity(ctx, admin, "iam:GetUser", UserEntity, "ada")
	require.NoError(t, err)
	require.Equal(t, meta.Tags{{Name: "api", Value: "2"}, {Name: "file", Value: "1"}}, e.Tags)
	require.Equal(t, []string{policyP, full, s3Reads}, e.Grants.Attached)
	require.Len(t, e.Grants.Inline, 2)
	require.Equal(t, "api", e.Grants.Inline[0].Name)
	require.Len(t, e.Keys, 2)
	require.False(t, e.Keys[0].Active)
	require.True(t, e.Keys[1].Active)
	require.Empty(t, e.Groups)
	g, err := s.Entity(ctx, admin, "iam:GetGroup", GroupEntity, "writers")
	require.NoError(t, err)
	require.Equal(t, "/file/", g.Path)
	require.Len(t, g.Grants.Inline, 1)
	r, err := s.Entity(ctx, admin, "iam:GetRole", RoleEntity, "R")
	require.NoError(t, err)
	require.Equal(t, "file", r.Description)
	require.JSONEq(t, trust("*"), string(r.Trust))
	p, err := s.Policy(ctx, admin, "iam:GetPolicy", policyP)
	require.NoError(t, err)
	require.Equal(t, []any{"file", 2, 2}, []any{p.Description, p.Default, len(p.Versions)})
}

// The API and an editor change groups, roles, policies and one user at the same time; nothing of either is lost, and nothing comes back.
func TestEverythingFromBothSides(t *testing.T) {
	w, s, _ := staffed(t)
	admin := who(t, s, DefaultAccessKey)
	const n = 12
	for i := range n {
		for _, name := range []string{"api", "file"} {
			_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: fmt.Sprint("gone-", name, i)})
			require.NoError(t, err)
		}
	}
	w.sync(s)
	var work, looks sync.WaitGroup
	stop := make(chan struct{})
	looks.Go(func() {
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
	work.Go(func() {
		for i := range n {
			name := fmt.Sprint("api", i)
			_, err := s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: name, Trust: trust("*")})
			err = errors.Join(err, s.Edit(ctx, admin, RoleEntity, name, AttachPolicy(policyP)), s.Edit(ctx, admin, UserEntity, "ada", Tag(meta.Tags{{Name: name, Value: "x"}})),
				s.Edit(ctx, admin, GroupEntity, "writers", PutPolicy(name, readS3)), s.DeleteEntity(ctx, admin, GroupEntity, "gone-"+name))
			if err != nil {
				t.Errorf("api: %v", err)
				return
			}
		}
	})
	work.Go(func() {
		for i := range n {
			name := fmt.Sprint("file", i)
			for done := false; !done; {
				done = w.editOnce(t, func(f *fileForm) bool {
					if slices.ContainsFunc(f.Roles, func(r fileRole) bool { return r.Name == name }) {
						return true
					}
					f.Roles = append(f.Roles, fileRole{Name: name, Trust: json.RawMessage(trust("*")), fileTexts: fileTexts{Attached: []string{policyP}}})
					f.named("ada").Tags = append(f.named("ada").Tags, fileTag{name, "x"})
					g := slices.IndexFunc(f.Groups, func(g fileGroup) bool { return g.Name == "writers" })
					if f.Groups[g].Inline == nil {
						f.Groups[g].Inline = map[string]json.RawMessage{}
					}
					f.Groups[g].Inline[name] = json.RawMessage(readS3)
					f.Groups = slices.DeleteFunc(f.Groups, func(g fileGroup) bool { return g.Name == "gone-"+name })
					return false
				})
				if err := s.File.Sync(ctx); err != nil && !fault.Is(err, fault.Busy) {
					t.Errorf("sync: %v", err)
					return
				}
			}
		}
	})
	work.Wait()
	close(stop)
	looks.Wait()
	w.sync(s)
	w.follows(s)
	ada, err := s.Entity(ctx, admin, "iam:GetUser", UserEntity, "ada")
	require.NoError(t, err)
	require.Len(t, ada.Tags, 2*n)
	list, err := s.Entities(ctx, admin, RoleEntity, "/")
	require.NoError(t, err)
	require.Len(t, list, 1+2*n)
	for _, r := range list {
		require.Equal(t, []string{policyP}, r.Grants.Attached)
	}
	list, err = s.Entities(ctx, admin, GroupEntity, "/")
	require.NoError(t, err)
	require.Len(t, list, 1, "what either side removed stays away")
	require.Len(t, list[0].Grants.Inline, 2*n)
	var f fileForm
	require.NoError(t, json.Unmarshal([]byte(w.read()), &f))
	require.Len(t, f.Roles, 1+2*n)
}

// editOnce saves a change of the file by rename, as editors do; true when fn finds it made.
func (w *world) editOnce(t *testing.T, fn func(f *fileForm) bool) bool {
	raw, err := os.ReadFile(w.file())
	if err != nil {
		return false // just being replaced
	}
	var f fileForm
	if json.Unmarshal(raw, &f) != nil {
		return false
	}
	if fn(&f) {
		return true
	}
	raw, err = json.MarshalIndent(&f, "", " ")
	if err = errors.Join(err, os.WriteFile(w.file()+"~", raw, 0o600), os.Rename(w.file()+"~", w.file())); err != nil {
		t.Error(err)
	}
	return false
}

// Restored beside the user of ADMIN_ACCESS_KEY, a file that knows this user adds what it says of it, but for what the environment says.
func TestRestoredBesideTheEnvironment(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start(env("root", "env-secret"))
	w.sync(s)
	w.edit(func(f *fileForm) {
		f.Users = append(f.Users, fileUser{AccessKey: "boss", SecretKey: "boss-secret", Policies: json.RawMessage(`[{"bucket":"*","actions":["iam:*"]}]`)})
	})
	w.sync(s)
	w.follows(s)
	content := w.read()
	for name, disabled := range map[string]bool{"as it was": false, "disabled": true} {
		t.Run(name, func(t *testing.T) {
			other := newWorld(t)
			other.write(content)
			other.edit(func(f *fileForm) {
				root := f.user("root")
				root.MoreKeys, root.Disabled, root.KeyOff = []fileKey{{AccessKey: "second", SecretKey: "seconds secret"}}, disabled, disabled
				root.Tags, root.Policies = []fileTag{{"a", "b"}}, json.RawMessage(`[]`)
			})
			var want string
			other.edit(func(f *fileForm) { want = f.user("root").UserID })
			fresh, _ := other.start(env("root", "another-secret"))
			other.follows(fresh)
			for key, secret := range map[string]string{"root": "another-secret", "second": "seconds secret", "boss": "boss-secret"} {
				c, err := fresh.Credential(ctx, key)
				require.NoError(t, err)
				require.Equal(t, secret, c.Secret)
				require.True(t, c.Identity.System())
			}
			root := who(t, fresh, "root")
			require.True(t, root.Environment)
			require.Equal(t, want, root.UserID)
			require.Equal(t, map[string]string{"a": "b"}, root.principal.Tags)
			again, _ := other.start(env("root", "another-secret"))
			other.follows(again)
			require.Equal(t, want, who(t, again, "root").UserID)
		})
	}
}

// The sessions of a role end where the file says so, here and where the file is restored.
func TestSessionsThatTheFileRevokes(t *testing.T) {
	w, s, key := staffed(t)
	session, err := s.AssumeRole(ctx, who(t, s, key), AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/R", Name: "me"})
	require.NoError(t, err)
	w.clock.Advance(time.Minute)
	w.edit(func(f *fileForm) { f.Roles[0].Revoked = w.clock.Now() })
	w.sync(s)
	w.follows(s)
	_, err = s.SessionCredential(ctx, session.AccessKey, session.Token)
	kind(t, fault.NoSuchUser, err)
	later, err := s.AssumeRole(ctx, who(t, s, key), AssumeRole{RoleARN: "arn:aws:iam::000000000000:role/R", Name: "me"})
	require.NoError(t, err)
	other := newWorld(t)
	other.clock = w.clock
	other.write(w.read())
	fresh, _ := other.start()
	_, err = fresh.SessionCredential(ctx, session.AccessKey, session.Token)
	kind(t, fault.NoSuchUser, err)
	_, err = fresh.SessionCredential(ctx, later.AccessKey, later.Token)
	require.NoError(t, err)
}

// No number of a version is given twice, not even after its file was restored elsewhere.
func TestNumbersOfVersionsGoOn(t *testing.T) {
	w, s, _ := staffed(t)
	admin := who(t, s, DefaultAccessKey)
	v, err := s.CreateVersion(ctx, admin, policyP, readS3, false)
	require.NoError(t, err)
	require.NoError(t, s.DeleteVersion(ctx, admin, policyP, v.Number))
	w.sync(s)
	require.Contains(t, w.read(), `"last_version": 2`)
	other := newWorld(t)
	other.write(w.read())
	fresh, _ := other.start()
	v, err = fresh.CreateVersion(ctx, who(t, fresh, DefaultAccessKey), policyP, readS3, false)
	require.NoError(t, err)
	require.Equal(t, 3, v.Number)
}

// A kill between a commit and the writing of the file leaves a file that is only written over at the next start.
func TestAStaleFileChangesNothing(t *testing.T) {
	w, s, key := staffed(t)
	admin := who(t, s, DefaultAccessKey)
	stale := w.read()
	require.NoError(t, s.SetKey(ctx, admin, "ada", key, false))
	require.NoError(t, s.SetMember(ctx, admin, "ada", "writers", false))
	require.NoError(t, s.Edit(ctx, admin, GroupEntity, "writers", DetachPolicy(policyP)))
	require.NoError(t, s.DeleteEntity(ctx, admin, GroupEntity, "writers"))
	require.Equal(t, stale, w.read())
	want := plain(t, answers(t, s, []string{key}, nil))
	s, _ = w.start()
	w.follows(s)
	require.Equal(t, want, plain(t, answers(t, s, []string{key}, nil)))
	require.NotContains(t, w.read(), "writers")
}

func groupsOf(t *testing.T, s *Service) map[string]bool {
	t.Helper()
	list, err := s.Entities(ctx, Machine, GroupEntity, "/")
	require.NoError(t, err)
	names := map[string]bool{}
	for _, g := range list {
		names[g.Name] = true
	}
	return names
}

// Whatever is cut, whenever, and whatever older file an edit builds on: what either side made is there, and what either side removed is not.
func TestNothingIsLostByKills(t *testing.T) {
	steps := []string{"rows", "pending", "temporary", "swapped", "written", "applied", "taken"}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t)
			s, _ := w.start()
			rng := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a seed
			want := map[string]bool{}
			var opened []fileForm // what an editor may still have open
			made := 0
			api := func() {
				there := groupsOf(t, s)
				if made++; rng.IntN(3) > 0 || len(there) == 0 {
					name := fmt.Sprint("api", made)
					_, err := s.CreateEntity(ctx, Machine, NewEntity{Kind: GroupEntity, Name: name})
					require.NoError(t, err)
					want[name] = true
					return
				}
				name := sortedKeys(there)[rng.IntN(len(there))]
				require.NoError(t, s.DeleteEntity(ctx, Machine, GroupEntity, name))
				delete(want, name)
			}
			edit := func() {
				f := opened[rng.IntN(len(opened))]
				if made++; rng.IntN(2) == 0 && len(f.Groups) > 0 {
					at := rng.IntN(len(f.Groups))
					delete(want, f.Groups[at].Name)
					f.Groups = slices.Delete(slices.Clone(f.Groups), at, at+1)
				}
				name := fmt.Sprint("file", made)
				f.Groups = append(slices.Clone(f.Groups), fileGroup{Name: name})
				want[name] = true
				raw, err := json.Marshal(f)
				require.NoError(t, err)
				w.write(string(raw))
			}
			for range 60 {
				for range rng.IntN(4) {
					api()
				}
				if len(opened) > 0 && rng.IntN(2) == 0 {
					edit()
					for range rng.IntN(3) {
						api()
					}
				}
				if rng.IntN(2) == 0 {
					step := steps[rng.IntN(len(steps))]
					s.File.Step = func(at string) error {
						if at == step {
							return errKilled
						}
						return nil
					}
					if err := s.File.Sync(ctx); err != nil {
						require.ErrorIs(t, err, errKilled)
					}
					s.File.Step = nil
					if rng.IntN(2) == 0 {
						api()
					}
				}
				if rng.IntN(2) == 0 {
					s, _ = w.start()
				} else {
					w.sync(s)
				}
				w.follows(s)
				require.Equal(t, want, groupsOf(t, s))
				var f fileForm
				require.NoError(t, json.Unmarshal([]byte(w.read()), &f))
				require.Len(t, f.Groups, len(want))
				opened = append(opened, f)
				opened = slices.DeleteFunc(opened, func(o fileForm) bool { return o.Revision+projection.Kept <= f.Revision })
			}
			lost, err := os.ReadDir(w.dir)
			require.NoError(t, err)
			require.Len(t, lost, 1, "the file alone")
		})
	}
}

// The groups, roles and policies of an account go with it.
func TestDeletedAccountsLeaveNothing(t *testing.T) {
	w := newWorld(t)
	s, _ := w.start()
	a, _ := tenant(t, s, "team")
	admin := who(t, s, "team-admin")
	role, err := s.CreateEntity(ctx, admin, NewEntity{Kind: RoleEntity, Name: "R", Trust: trust("*")})
	require.NoError(t, err)
	_, err = s.CreateEntity(ctx, admin, NewEntity{Kind: GroupEntity, Name: "G"})
	require.NoError(t, err)
	_, err = s.CreatePolicy(ctx, admin, NewPolicy{Name: "P", Text: readS3})
	require.NoError(t, err)
	session, err := s.AssumeRole(ctx, admin, AssumeRole{RoleARN: role.ARN, Name: "me"})
	require.NoError(t, err)
	require.NoError(t, s.DeleteAccount(ctx, Machine, "team"))
	_, err = s.SessionCredential(ctx, session.AccessKey, session.Token)
	kind(t, fault.NoSuchUser, err)
	require.NoError(t, s.Store.View(ctx, func(r kv.Reader) error {
		list, err := recordsOf(r, a.Number)
		require.Empty(t, list)
		return err
	}))
}
