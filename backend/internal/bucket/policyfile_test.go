package bucket

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

var errKilled = errors.New("killed")

// folder is a store and a folder that outlive the services on them.
type folder struct {
	t     testing.TB
	dir   string
	store kv.Store
	clock *clock.Manual
	log   *bytes.Buffer
	mu    sync.Mutex
	cut   bool // a write of the process was cut off
}

func (f *folder) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.log.Write(p)
}

func newFolder(t testing.TB) *folder {
	return &folder{t: t, dir: t.TempDir(), store: kvtest.Hostile(kvtest.NewMemory(), 1), clock: clock.NewManual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), log: &bytes.Buffer{}}
}

func (f *folder) path() string { return filepath.Join(f.dir, "config", "bucket_policies.json") }

// open is the service before its file is looked at.
func (f *folder) open() *Service {
	return New(Deps{
		KV: f.store, Clock: f.clock, Idents: ident.NewSource(f.clock, rand.Reader), PolicyFile: f.path(), Logger: slog.New(slog.NewTextHandler(f, nil)),
		Principals: func(_ kv.Reader, d *policy.Document) error {
			for _, n := range d.Named() {
				if strings.HasSuffix(n.ARN, "/stranger") {
					return fault.New("", fault.MalformedPolicy, "Invalid principal in policy: stranger does not exist.")
				}
			}
			return nil
		},
	})
}

func (f *folder) start() *Service {
	f.t.Helper()
	s := f.open()
	require.NoError(f.t, s.File.Start(f.t.Context()))
	f.cut = false
	return s
}

func (f *folder) sync(s *Service) {
	f.t.Helper()
	require.NoError(f.t, s.File.Sync(f.t.Context()))
}

func (f *folder) read() string {
	f.t.Helper()
	raw, err := os.ReadFile(f.path())
	require.NoError(f.t, err)
	return string(raw)
}

func (f *folder) write(text string) {
	f.t.Helper()
	require.NoError(f.t, os.MkdirAll(filepath.Dir(f.path()), 0o700))
	require.NoError(f.t, os.WriteFile(f.path(), []byte(text), 0o600))
}

// edit changes the policies of the file; an empty policy is taken out.
func (f *folder) edit(change map[string]string) { f.write(edited(f.t, f.read(), change)) }

func edited(t testing.TB, text string, change map[string]string) string {
	t.Helper()
	var form policyForm
	require.NoError(t, json.Unmarshal([]byte(text), &form))
	for name, p := range change {
		if form.Policies[name] = json.RawMessage(p); p == "" {
			delete(form.Policies, name)
		}
	}
	raw, err := json.MarshalIndent(&form, "", "\t")
	require.NoError(t, err)
	return string(raw)
}

// allow is a policy of the bucket that allows what is below the prefix.
func allow(name, prefix string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/%s*"}]}`, name, prefix)
}

func (f *folder) make(s *Service, names ...string) {
	f.t.Helper()
	for _, name := range names {
		_, err := s.Create(f.t.Context(), CreateInput{Name: name, Account: "default"})
		require.NoError(f.t, err)
	}
}

// set sets a policy as the S3 port does; an empty one takes it away.
func (f *folder) set(s *Service, name, text string) {
	f.t.Helper()
	require.NoError(f.t, setPolicy(f.t.Context(), s, name, text))
}

func setPolicy(ctx context.Context, s *Service, name, text string) error {
	b, err := s.Get(ctx, name)
	if err != nil {
		return err
	}
	var p *PolicyText
	if text != "" {
		if p, err = ParsePolicy([]byte(text), name); err != nil {
			return err
		}
	}
	return s.SetPolicy(ctx, b, p)
}

// policies are what is in force, by bucket.
func (f *folder) policies(s *Service) map[string]string {
	f.t.Helper()
	page, _, err := s.List(f.t.Context(), ListInput{})
	require.NoError(f.t, err)
	all := map[string]string{}
	for _, b := range page {
		p, err := GetDocument(f.t.Context(), s, b, Policy)
		require.NoError(f.t, err)
		if p != nil {
			all[b.Name], err = compact(p.Text)
			require.NoError(f.t, err)
		}
	}
	return all
}

// inOrder holds the state and the file to what is wanted.
func (f *folder) inOrder(s *Service, want map[string]string) {
	f.t.Helper()
	require.Empty(f.t, s.File.Health().Problem)
	require.True(f.t, s.File.Health().OK)
	require.Equal(f.t, want, f.policies(s))
	_, shown, err := readPolicyFile([]byte(f.read()))
	require.NoError(f.t, err)
	got := map[string]string{}
	for name, p := range shown {
		got[name] = p.text
	}
	require.Equal(f.t, want, got)
	info, err := os.Stat(f.path())
	require.NoError(f.t, err)
	require.Equal(f.t, os.FileMode(0o600), info.Mode().Perm())
	if !f.cut {
		require.NoFileExists(f.t, s.File.Temp())
	}
}

func (f *folder) glob(suffix string) []string {
	f.t.Helper()
	found, err := filepath.Glob(f.path() + suffix)
	require.NoError(f.t, err)
	return found
}

type some = map[string]string

func TestPolicyFileFollowsTheState(t *testing.T) {
	f := newFolder(t)
	s := f.start()
	f.inOrder(s, some{})
	require.Equal(t, "{\n  \"revision\": 1,\n  \"policies\": {}\n}\n", f.read(), "there is a file to edit from the first start on")
	f.make(s, "one", "two", "six")
	f.set(s, "two", allow("two", "a<&>/"))
	f.set(s, "one", strings.ReplaceAll(allow("one", ""), ",", ",\n\t"))
	f.sync(s)
	f.inOrder(s, some{"one": allow("one", ""), "two": allow("two", "a<&>/")})
	require.Contains(t, f.read(), "a<&>/", "as it was written")
	before := f.read()
	f.set(s, "one", strings.ReplaceAll(allow("one", ""), ",", ",\n\t"))
	f.set(s, "six", "")
	f.sync(s)
	require.Equal(t, before, f.read(), "what changes nothing has no revision")
	f.set(s, "two", "")
	f.sync(s)
	f.inOrder(s, some{"one": allow("one", "")})
	require.NoError(t, s.Delete(t.Context(), "one"))
	f.sync(s)
	f.inOrder(s, some{})
	for _, text := range []string{"", " \n"} {
		f.write(text)
		f.sync(s)
		f.inOrder(s, some{})
	}
	require.NoError(t, os.Remove(f.path()))
	f.sync(s)
	f.inOrder(s, some{})
	require.NoError(t, os.Remove(f.path()))
	f.inOrder(f.start(), some{})
}

func TestEditsOfThePolicyFile(t *testing.T) {
	f := newFolder(t)
	s := f.start()
	f.make(s, "one", "two", "six")
	f.set(s, "two", allow("two", "a/"))
	f.sync(s)
	f.edit(some{"one": allow("one", ""), "two": allow("two", "b/")})
	f.sync(s)
	f.inOrder(s, some{"one": allow("one", ""), "two": allow("two", "b/")})
	rules, err := s.Rules(t.Context(), must(s.Get(t.Context(), "one")))
	require.NoError(t, err)
	require.True(t, rules.Public)
	require.Contains(t, f.log.String(), "an edit of the bucket policies file was taken in")
	f.edit(some{"two": ""})
	f.sync(s)
	f.inOrder(s, some{"one": allow("one", "")})

	// Another order and form says nothing.
	f.write("{\"policies\":{\"one\":\n" + strings.ReplaceAll(allow("one", ""), `":`, "\" :\t") + "}, \"revision\": 4}")
	f.sync(s)
	f.inOrder(s, some{"one": allow("one", "")})

	// What the server changed after the file was opened stays, and so does what the file changed elsewhere.
	opened := f.read()
	f.set(s, "six", allow("six", ""))
	f.set(s, "one", "")
	f.sync(s)
	f.write(edited(t, opened, some{"two": allow("two", "c/")}))
	f.sync(s)
	f.inOrder(s, some{"two": allow("two", "c/"), "six": allow("six", "")})

	// An old projection, unchanged, changes nothing; without its revision it is what the file is to be.
	f.write(opened)
	f.sync(s)
	f.inOrder(s, some{"two": allow("two", "c/"), "six": allow("six", "")})
	f.write(`{"policies":{"one":` + allow("one", "d/") + `}}`)
	f.sync(s)
	f.inOrder(s, some{"one": allow("one", "d/")})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestRefusedEditsOfThePolicyFile(t *testing.T) {
	put := func(name, text string) func(t testing.TB, text string) string {
		return func(t testing.TB, opened string) string { return edited(t, opened, some{name: text}) }
	}
	raw := func(text string) func(t testing.TB, text string) string {
		return func(testing.TB, string) string { return text }
	}
	public := allow("blocked", "")
	for name, c := range map[string]struct {
		edit   func(t testing.TB, opened string) string
		change func(f *folder, s *Service) // after the file was opened
		want   string
	}{
		"no JSON":        {edit: raw("{\n\"policies\": {\n"), want: "line 3: this is no JSON: the file ends too early"},
		"no policies":    {edit: raw(`{}`), want: `the file has no "policies"`},
		"trailing":       {edit: raw("{\"policies\":{}}\nx"), want: "line 2: there is text after the end"},
		"unknown member": {edit: raw("{\"policies\":{},\n\"users\":[]}"), want: `line 2: unknown field "users"`},
		"a list":         {edit: raw("{\n\"policies\":[]}"), want: "line 2: policies must not be of the type array"},
		"twice":          {edit: raw("{\"policies\":{\n\"one\":{},\n\"one\":{}}}"), want: `line 3: the bucket "one" stands twice`},
		"both twice":     {edit: raw("{\"policies\":{},\n\"policies\":{}}"), want: `line 2: "policies" stands twice`},
		"null":           {edit: raw("{\"policies\":{\n\"one\":null}}"), want: `line 2: the policy of the bucket "one" is no object; to take a policy away`},
		"text":           {edit: raw("{\"policies\":{\n\"one\":\"x\"}}"), want: `line 2: the policy of the bucket "one" is no object`},
		"no policy":      {edit: put("two", `{}`), want: `the policy of the bucket "two" is refused: `},
		"another bucket": {edit: put("two", allow("one", "")), want: `line 15: the policy of the bucket "two" is refused: `},
		"unknown action": {edit: put("two", strings.Replace(allow("two", ""), "GetObject", "Fly", 1)), want: `is refused: `},
		"stranger":       {edit: put("two", strings.Replace(allow("two", ""), `"*"`, `{"AWS":"arn:aws:iam::000000000000:user/stranger"}`, 1)), want: "stranger does not exist"},
		"too long":       {edit: put("two", allow("two", strings.Repeat("x", policy.MaxBytes))), want: "the limit is 20480"},
		"blocked":        {edit: put("blocked", public), want: `the policy of the bucket "blocked" is refused: Public policies are blocked`},
		"no bucket":      {edit: put("none", allow("none", "")), want: `line 4: the policy of the bucket "none" cannot be set, as there is no such bucket; create it`},
		"no name":        {edit: put("No Name", allow("one", "")), want: `"No Name" cannot be set, as there is no such bucket`},
		"changed twice": {edit: put("one", allow("one", "file/")), change: func(f *folder, s *Service) { f.set(s, "one", allow("one", "api/")) },
			want: `the policy of the bucket "one" was changed in the file and on the server`},
		"added twice": {edit: put("two", allow("two", "file/")), change: func(f *folder, s *Service) { f.set(s, "two", allow("two", "api/")) },
			want: "was added in the file, but differently on the server meanwhile"},
		"removed here": {edit: put("one", allow("one", "file/")), change: func(f *folder, s *Service) { f.set(s, "one", "") },
			want: "was changed in the file, but removed on the server meanwhile"},
		"removed there": {edit: put("one", ""), change: func(f *folder, s *Service) { f.set(s, "one", allow("one", "api/")) },
			want: "was removed in the file, but changed on the server meanwhile"},
		"deleted": {edit: put("one", allow("one", "file/")), change: func(f *folder, s *Service) { require.NoError(f.t, s.Delete(f.t.Context(), "one")) },
			want: "was changed in the file, but the bucket was deleted on the server meanwhile"},
		"created anew": {edit: put("one", allow("one", "file/")), change: func(f *folder, s *Service) {
			require.NoError(f.t, s.Delete(f.t.Context(), "one"))
			f.make(s, "one")
		}, want: "was changed in the file, but removed on the server meanwhile"},
		"same": {edit: put("two", allow("two", "x/")), change: func(f *folder, s *Service) { f.set(s, "two", allow("two", "x/")) }},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			s := f.start()
			f.make(s, "one", "two", "blocked")
			require.NoError(t, SetDocument(t.Context(), s, must(s.Get(t.Context(), "blocked")), PublicAccessBlock, &meta.PublicAccessBlock{BlockPolicy: true}, nil))
			f.set(s, "one", allow("one", ""))
			f.sync(s)
			// One change of the file is good, and goes with the rest.
			text := c.edit(t, f.read())
			if strings.Contains(text, `"revision"`) {
				text = edited(t, text, some{"six": ""})
			}
			if c.change != nil {
				c.change(f, s)
			}
			f.write(text)
			before := f.policies(s)
			f.sync(s)
			require.Equal(t, before, f.policies(s), "refused whole")
			if c.want == "" {
				f.inOrder(s, before)
				return
			}
			require.Contains(t, s.File.Health().Problem, c.want)
			require.False(t, s.File.Health().OK)
			require.Contains(t, strings.ReplaceAll(f.log.String(), `\"`, `"`), c.want)
			require.Equal(t, text, f.read(), "the file stays, to be put right")

			// Not even a restart takes it for a backup, and a change made elsewhere does not write over it.
			f.make(s, "seven")
			f.set(s, "seven", allow("seven", ""))
			before = f.policies(s)
			f.sync(s)
			s = f.start()
			require.Equal(t, text, f.read())
			require.False(t, s.File.Health().OK)
			require.Equal(t, before, f.policies(s))
			require.Empty(t, f.glob(".backup-*"))

			require.NoError(t, os.Remove(f.path()))
			f.sync(s)
			f.inOrder(s, before)
		})
	}
}

// TestARefusedFileThatIsSavedAgain is looked at again: what was in its way may be gone.
func TestARefusedFileThatIsSavedAgain(t *testing.T) {
	f := newFolder(t)
	s := f.start()
	f.edit(some{"late": allow("late", "")})
	text := f.read()
	f.sync(s)
	require.Contains(t, s.File.Health().Problem, "there is no such bucket")
	f.make(s, "late")
	f.sync(s)
	require.False(t, s.File.Health().OK, "nobody saved it")
	s = f.start()
	f.sync(s)
	require.Contains(t, s.File.Health().Problem, "was refused")
	require.NoError(t, os.Chtimes(f.path(), f.clock.Now(), f.clock.Now()))
	require.Equal(t, text, f.read())
	f.sync(s)
	f.inOrder(s, some{"late": allow("late", "")})
}

func TestAPolicyFileOfTheOldServer(t *testing.T) {
	f := newFolder(t)
	s := f.start()
	f.make(s, "one", "two")
	f.set(s, "two", allow("two", ""))
	f.sync(s)
	last := f.read()
	old := `{"policies": {"one": ` + allow("one", "") + `}}`
	f.write(old) // while the server is stopped
	s = f.start()
	f.inOrder(s, some{"one": allow("one", "")})
	require.Len(t, f.glob(".backup-*"), 1)
	raw, err := os.ReadFile(f.glob(".backup-*")[0])
	require.NoError(t, err)
	require.Equal(t, last, string(raw))

	// The last projection comes back as a restored backup.
	f.clock.Advance(time.Second)
	f.write(last)
	s = f.start()
	f.inOrder(s, some{"two": allow("two", "")})
	require.Len(t, f.glob(".backup-*"), 2)

	// On the very first start, with buckets or without.
	f = newFolder(t)
	f.make(f.open(), "one")
	f.write(old)
	f.inOrder(f.start(), some{"one": allow("one", "")})
	require.Empty(t, f.glob(".backup-*"), "there was nothing to keep")
	f = newFolder(t)
	f.write(old)
	s = f.start()
	require.Equal(t, old, f.read())
	require.Contains(t, s.File.Health().Problem, `line 1: the policy of the bucket "one" cannot be set, as there is no such bucket`)
}

// An edit made while stopped, of the last projection, does not undo what was committed after that projection.
func TestAPolicyEditWhileStoppedKeepsTheUnprojected(t *testing.T) {
	f := newFolder(t)
	s := f.start()
	f.make(s, "one", "two")
	f.set(s, "one", allow("one", "")) // acknowledged; then the server is killed before it wrote the file
	f.edit(some{"two": allow("two", "")})
	f.inOrder(f.start(), some{"one": allow("one", ""), "two": allow("two", "")})
	require.Empty(t, f.glob(".backup-*"))
}

var steps = []string{"taken", "rows", "pending", "temporary", "swapped", "written"}

// kill runs a look at the file that ends at a step as a kill would; false when it does not come to the step.
func (f *folder) kill(s *Service, step string) (reached bool) {
	f.t.Helper()
	s.File.Step = func(at string) error {
		if at == step {
			reached = true
			return errKilled
		}
		return nil
	}
	err := s.File.Sync(f.t.Context())
	if reached {
		require.ErrorIs(f.t, err, errKilled)
	} else {
		require.NoError(f.t, err)
	}
	s.File.Step = nil
	f.cut = f.cut || reached
	return reached
}

func TestKilledWhileWritingThePolicyFile(t *testing.T) {
	for _, step := range append([]string{"applied"}, steps...) {
		t.Run(step, func(t *testing.T) {
			f := newFolder(t)
			s := f.start()
			f.make(s, "one", "two", "six", "seven")
			f.set(s, "one", allow("one", ""))
			require.Equal(t, step != "applied" && step != "taken", f.kill(s, step))
			s = f.start()
			f.inOrder(s, some{"one": allow("one", "")})

			// The same while an edit is being taken in: one of the last projection, and one of an older, which a start would take for a backup.
			f.edit(some{"one": "", "two": allow("two", "")})
			require.True(t, f.kill(s, step))
			s = f.start()
			f.inOrder(s, some{"two": allow("two", "")})
			opened := f.read()
			f.set(s, "six", allow("six", ""))
			f.sync(s)
			f.write(edited(t, opened, some{"two": allow("two", "b/")}))
			require.True(t, f.kill(s, step))
			s = f.start()
			want := some{"two": allow("two", "b/"), "six": allow("six", "")}
			f.inOrder(s, want)

			// And while the state moves on after the cut: what the edit did is not done once more.
			f.edit(some{"one": allow("one", ""), "six": ""})
			require.True(t, f.kill(s, step))
			f.set(s, "one", "")
			f.set(s, "six", allow("six", ""))
			f.set(s, "seven", allow("seven", ""))
			want["seven"] = allow("seven", "")
			f.sync(s)
			f.inOrder(s, want)
			f.edit(some{"one": allow("one", ""), "six": ""})
			require.True(t, f.kill(s, step))
			f.set(s, "one", "")
			f.set(s, "six", allow("six", ""))
			s = f.start()
			f.inOrder(s, want)
			require.Empty(t, f.glob(".lost"))
			require.Empty(t, f.glob(".backup-*"), "what is in the state is no backup")
		})
	}
}

// Somebody saves the file while a projection is being written.
func TestThePolicyFileIsEditedMeanwhile(t *testing.T) {
	for _, step := range steps[1:] {
		t.Run(step, func(t *testing.T) {
			f := newFolder(t)
			s := f.start()
			f.make(s, "one", "two")
			f.set(s, "one", allow("one", ""))
			once := false
			s.File.Step = func(at string) error {
				if at == step && !once {
					once = true
					f.edit(some{"two": allow("two", "")})
				}
				return nil
			}
			f.sync(s)
			f.sync(s)
			f.inOrder(s, some{"one": allow("one", ""), "two": allow("two", "")})
		})
	}
}

// TestNothingIsLostOrComesBack lets the API and an editor change policies in any order, with kills at any step, and holds the state after each to
// what it must be.
func TestNothingIsLostOrComesBack(t *testing.T) {
	for seed := range uint64(8) {
		random := mathrand.New(mathrand.NewPCG(seed, 7))
		f := newFolder(t)
		s := f.start()
		names := []string{"one", "two", "six", "seven"}
		f.make(s, names...)
		truth, base := some{}, some{}
		opened, when := f.read(), 0
		for i := range 60 {
			name := names[random.IntN(len(names))]
			what := []string{"", allow(name, fmt.Sprint(i, "/"))}[random.IntN(2)]
			note := fmt.Sprintf("seed %d, step %d: %s", seed, i, name)
			do := random.IntN(6)
			if i-when > 12 {
				do = 3 // before the projection that it builds on is forgotten
			}
			switch do {
			case 0, 1: // over the API; the file may not have followed yet
				f.set(s, name, what)
				put(truth, name, what)
				if random.IntN(2) == 0 {
					f.sync(s)
				}
				continue
			case 2: // a bucket goes and comes
				require.NoError(t, s.Delete(t.Context(), name))
				f.make(s, name)
				delete(truth, name)
			case 3: // the editor opens the file
				f.sync(s)
				opened, base, when = f.read(), maps.Clone(truth), i
			default: // and saves it with one policy changed
				f.sync(s)
				f.write(edited(t, opened, some{name: what}))
				was, is := base[name], truth[name]
				switch {
				case what == was, what == is: // not touched, or the same already
				case is == was:
					put(truth, name, what)
				default:
					f.sync(s)
					require.Contains(t, s.File.Health().Problem, name, note)
					require.Equal(t, truth, f.policies(s), note)
					require.NoError(t, os.Remove(f.path()))
				}
				// Until the edit is in the state nothing may end the server, or it is taken for a backup.
				f.kill(s, steps[random.IntN(len(steps))])
				require.Equal(t, truth, f.policies(s), note)
			}
			if f.kill(s, steps[random.IntN(len(steps))]) || random.IntN(3) == 0 {
				if random.IntN(2) == 0 {
					s = f.start()
				} else {
					f.sync(s)
				}
			}
			f.sync(s)
			f.inOrder(s, truth)
		}
		require.Empty(t, f.glob(".backup-*"), seed)
		require.Empty(t, f.glob(".lost"), seed)
	}
}

func put(m some, name, text string) {
	if m[name] = text; text == "" {
		delete(m, name)
	}
}

// The API and an editor change policies at the same time, each its own; nothing of either is lost.
func TestPolicyChangesFromBothSides(t *testing.T) {
	f := newFolder(t)
	s := f.start()
	const n = 15
	name := func(side string, i int) string { return fmt.Sprintf("%s-%02d", side, i) }
	want := some{}
	for i := range n {
		f.make(s, name("file", i), name("api", i))
		want[name("file", i)], want[name("api", i)] = allow(name("file", i), "edited/"), allow(name("api", i), "")
		f.set(s, name("file", i), allow(name("file", i), ""))
	}
	f.sync(s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.File.Run(ctx) }()
	var sides sync.WaitGroup
	sides.Go(func() {
		for i := range n {
			if err := setPolicy(t.Context(), s, name("api", i), allow(name("api", i), "")); err != nil {
				t.Errorf("api: %v", err)
			}
		}
	})
	sides.Go(func() {
		for i := range n {
			to := allow(name("file", i), "edited/")
			for { // save by rename, as editors do, until it is in force
				raw, err := os.ReadFile(f.path())
				if err != nil {
					continue
				}
				temp := f.path() + "~"
				if err := errors.Join(os.WriteFile(temp, []byte(edited(t, string(raw), some{name("file", i): to})), 0o600), os.Rename(temp, f.path())); err != nil {
					t.Error(err)
					return
				}
				if waitFor(2*time.Second, func() bool { return inForce(t, s, name("file", i)) == to }) {
					break
				}
			}
		}
	})
	sides.Wait()
	require.Eventually(t, func() bool { return s.File.Health().OK && strings.Count(f.read(), "2012-10-17") == 2*n }, 10*time.Second, 10*time.Millisecond)
	cancel()
	require.NoError(t, <-done)
	f.sync(s)
	f.inOrder(s, want)
}

func inForce(t testing.TB, s *Service, name string) string {
	b, err := s.Get(t.Context(), name)
	if err != nil {
		return err.Error()
	}
	p, err := GetDocument(t.Context(), s, b, Policy)
	if err != nil || p == nil {
		return fmt.Sprint(err)
	}
	return string(p.Text)
}

func waitFor(limit time.Duration, ok func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); time.Now().Before(end); <-tick.C {
		if ok() {
			return true
		}
	}
	return ok()
}

func TestRunWatchesThePolicyFile(t *testing.T) {
	f := newFolder(t)
	s := f.start()
	f.make(s, "one", "two")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.File.Run(ctx) }()
	eventually := func(what string, ok func() bool) {
		t.Helper()
		require.Eventually(t, ok, 10*time.Second, 5*time.Millisecond, what)
	}
	f.set(s, "one", allow("one", ""))
	eventually("a change is written", func() bool { return strings.Contains(f.read(), `"one"`) })
	f.edit(some{"two": allow("two", "")})
	eventually("an edit is taken in", func() bool { return inForce(t, s, "two") == allow("two", "") })
	before := f.read()
	f.write(before[:len(before)/2])
	eventually("a broken file is refused", func() bool { return strings.Contains(s.File.Health().Problem, "this is no JSON") })
	f.write(before)
	eventually("and put right", func() bool { return s.File.Health().OK })
	require.NoError(t, os.Remove(f.path()))
	eventually("a missing file is written", func() bool { _, err := os.Stat(f.path()); return err == nil })
	cancel()
	require.NoError(t, <-done)
}

// TestTheBoundsOfThePolicyFile: what does not fit a transaction is refused whole, and what does not fit the file is told.
func TestTheBoundsOfThePolicyFile(t *testing.T) {
	f := newFolder(t)
	s := f.start()
	change := some{}
	for i := range maxEdits + 1 {
		name := fmt.Sprintf("bucket-%04d", i)
		f.make(s, name)
		change[name] = allow(name, "")
	}
	opened := f.read()
	f.edit(change)
	f.sync(s)
	require.Contains(t, s.File.Health().Problem, "more than 1000 policies")
	require.Empty(t, f.policies(s))
	delete(change, "bucket-0000")
	f.write(edited(t, opened, change))
	f.sync(s)
	f.inOrder(s, change)

	large := some{}
	for _, name := range slices.Sorted(maps.Keys(change))[:maxEditBytes/18000+1] {
		var resources []string
		for i := range 9 {
			resources = append(resources, fmt.Sprintf("arn:aws:s3:::%s/%d%s", name, i, strings.Repeat("x", 2000)))
		}
		large[name] = strings.Replace(allow(name, ""), `"arn:aws:s3:::`+name+`/*"`, string(must(json.Marshal(resources))), 1)
	}
	f.edit(large)
	f.sync(s)
	require.Contains(t, s.File.Health().Problem, "4194304 bytes")
	f.inOrderAfterRemoval(s, change)
}

func (f *folder) inOrderAfterRemoval(s *Service, want some) {
	f.t.Helper()
	require.NoError(f.t, os.Remove(f.path()))
	f.sync(s)
	f.inOrder(s, want)
}

func FuzzPolicyFile(f *testing.F) {
	f.Add([]byte(`{"policies":{"one":` + allow("one", "") + `}}`))
	f.Add([]byte("{\"revision\":3,\"Policies\":{\"a\":{},\"b\":{\"c\":[1,\"\\u0000\"]}}}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		revision, all, err := readPolicyFile(content)
		if err != nil {
			if fault.TextOf(err) == "" {
				t.Fatalf("no reason: %v", err)
			}
			return
		}
		form := policyForm{Revision: revision, Policies: map[string]json.RawMessage{}}
		for name, p := range all {
			form.Policies[name] = json.RawMessage(p.text)
		}
		raw, err := json.MarshalIndent(&form, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		again, got, err := readPolicyFile(raw)
		if err != nil || again != revision || len(got) != len(all) {
			t.Fatalf("%q: %v", raw, err)
		}
	})
}
