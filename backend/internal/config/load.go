package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// EnvFiles are the env files that are read when none is named, the stronger one first.
var EnvFiles = [...]string{"./myfsio.env", "/opt/myfsio/myfsio.env"}

// Sources are where settings come from. A variable that is set to nothing counts as not set.
type Sources struct {
	Flags   map[string]string // by variable, of the flags that were given
	Environ []string          // os.Environ()
	EnvFile string            // --env-file: must exist, and is read instead of EnvFiles
	// Open opens an env file; nil for the machine's.
	Open func(path string) (fs.File, error)
}

// String names the source for people.
func (s Source) String() string {
	switch s.Kind {
	case FromFlag:
		return "flag"
	case FromEnvironment:
		return "environment"
	case FromFile:
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	}
	return "default"
}

// String is the finding on one line.
func (f Finding) String() string {
	if f.Setting == "" {
		return string(f.Level) + ": " + f.Text
	}
	return fmt.Sprintf("%s: %s: %s", f.Level, f.Setting, f.Text)
}

// String is what --show-config prints: an env file, with the source of each value behind it.
func (r *Report) String() string {
	var b strings.Builder
	group := ""
	for _, v := range r.Values {
		if v.Group != group {
			group = v.Group
			fmt.Fprintf(&b, "# %s\n", group)
		}
		note := v.Source.String()
		if v.Note != "" {
			note += "; " + v.Note
		}
		fmt.Fprintf(&b, "%s=%s  # %s\n", v.Name, quote(v.Text), note)
	}
	return b.String()
}

// quote writes a value as ParseEnv reads it.
func quote(value string) string {
	if !strings.ContainsAny(value, " \t\r\n#'\"\\$`") {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`", "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(value) + `"`
}

// Critical reports whether the server must not start.
func (r *Report) Critical() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Level == Critical })
}

// Default returns the configuration when nothing is set.
func Default() *Config {
	c, _, err := Load(Sources{Open: func(string) (fs.File, error) { return nil, fs.ErrNotExist }})
	if err != nil {
		panic(err) // the defaults are tested
	}
	return c
}

// set is a value before it is read.
type set struct {
	text string
	from Source
}

// Load reads the settings. Config and Report are returned with an error, too: the error joins the findings of level Critical, and the
// settings concerned have their defaults.
func Load(src Sources) (*Config, *Report, error) {
	c := &Config{sources: map[string]Source{}}
	r := &Report{}
	all := fields()
	known := map[string]bool{}
	for _, f := range all {
		known[f.env] = true
	}
	given := r.gather(src, known)
	v := reflect.ValueOf(c).Elem()
	notes := map[string]string{}
	for _, f := range all {
		c.assign(r, f, v.Field(f.index), given[f.env])
		if note := f.note(); note != "" {
			notes[f.env] = note
		}
	}
	c.applyRateDefault(notes)
	r.Findings = append(r.Findings, c.Check()...)
	for _, f := range all {
		r.Values = append(r.Values, Value{
			Group: f.group, Name: f.env, Text: f.show(v.Field(f.index).Interface()), Source: c.sources[f.env], Note: notes[f.env],
		})
	}
	weight := map[Level]int{Critical: 0, Warning: 1, Info: 2}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(weight[a.Level], weight[b.Level]) })
	var errs []error
	for _, f := range r.Findings {
		if f.Level == Critical {
			errs = append(errs, errors.New(strings.TrimPrefix(f.String(), string(Critical)+": ")))
		}
	}
	return c, r, errors.Join(errs...)
}

// assign gives a field its value: what was set, else its default.
func (c *Config) assign(r *Report, f field, to reflect.Value, given set) {
	text := f.def
	if f.under != "" {
		text = filepath.Join(c.StorageRoot, filepath.FromSlash(f.under))
	}
	if text != "" {
		value, err := f.parse(text)
		if err != nil {
			panic(fmt.Sprintf("config: the default of %s %v", f.env, err))
		}
		to.Set(reflect.ValueOf(value))
	}
	if given.from.Kind == FromDefault {
		return
	}
	c.sources[f.env] = given.from
	value, err := f.parse(given.text)
	if err != nil {
		shown := "the value "
		if f.secret == "" {
			shown = fmt.Sprintf("%q ", given.text)
		}
		r.add(Critical, f.env, fmt.Sprintf("%s%s (from %s)", shown, err, given.from))
		return
	}
	if value != nil { // an empty list of rates or proxies is a value as well
		to.Set(reflect.ValueOf(value))
	}
	on, isBool := value.(bool)
	switch {
	case f.effect == "none":
		r.add(Warning, f.env, fmt.Sprintf("has no effect: %s (from %s)", f.doc, given.from))
	case f.effect == "refuse" && on:
		r.add(Critical, f.env, fmt.Sprintf("this release cannot encrypt, and would keep in plain text what you expect to be encrypted; remove the setting or set it to false (from %s)", given.from))
	case f.effect == "later" && (on || !isBool):
		r.add(Warning, f.env, fmt.Sprintf("has no effect yet: its feature is not in this release (from %s)", given.from))
	}
}

func (f field) note() string {
	switch f.effect {
	case "none":
		return "no effect"
	case "later", "refuse":
		return "not in this release"
	}
	return ""
}

func (r *Report) add(level Level, setting, text string) {
	r.Findings = append(r.Findings, Finding{level, setting, text})
}

// applyRateDefault gives an explicit RATE_LIMIT_DEFAULT to each class without a limit of its own.
func (c *Config) applyRateDefault(notes map[string]string) {
	const name = "RATE_LIMIT_DEFAULT"
	if !c.Explicit(name) {
		return
	}
	for env, class := range map[string]*[]Rate{
		"RATE_LIMIT_LIST_BUCKETS": &c.RateListBuckets, "RATE_LIMIT_BUCKET_OPS": &c.RateBucketOps, "RATE_LIMIT_OBJECT_OPS": &c.RateObjectOps,
		"RATE_LIMIT_HEAD_OPS": &c.RateHeadOps, "RATE_LIMIT_ADMIN": &c.RateAdmin, "RATE_LIMIT_LOGIN": &c.RateLogin,
	} {
		if !c.Explicit(env) {
			*class = slices.Clone(c.RateDefault)
			c.sources[env] = c.sources[name]
			notes[env] = name
		}
	}
}

// gather collects what was set, the strongest source of each variable.
func (r *Report) gather(src Sources, known map[string]bool) map[string]set {
	given := map[string]set{}
	offer := func(name, text string, from Source) {
		if text != "" && known[name] && from.Kind >= given[name].from.Kind {
			given[name] = set{text, from}
		}
	}
	paths := EnvFiles[:]
	if src.EnvFile != "" {
		paths = []string{src.EnvFile}
	}
	for _, path := range slices.Backward(paths) {
		lines := map[string]int{}
		for _, a := range r.readEnvFile(src, path) {
			if first := lines[a.Name]; first != 0 {
				r.add(Warning, a.Name, fmt.Sprintf("is set twice in %s, lines %d and %d; the latter counts", path, first, a.Line))
			}
			lines[a.Name] = a.Line
			if !known[a.Name] {
				r.unknown(a.Name, fmt.Sprintf("%s:%d", path, a.Line), known, true)
			}
			offer(a.Name, a.Value, Source{FromFile, path, a.Line})
		}
	}
	for _, entry := range src.Environ {
		name, text, _ := strings.Cut(entry, "=")
		offer(name, text, Source{Kind: FromEnvironment})
		if !known[name] {
			r.unknown(name, "environment", known, false)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(src.Flags)) {
		if !known[name] {
			r.add(Critical, name, "there is no such setting (from flag)")
		}
		offer(name, src.Flags[name], Source{Kind: FromFlag})
	}
	return given
}

// readEnvFile reads one env file. Of those that need not be there, one that may not be read is only warned of: it may be another
// user's installation.
func (r *Report) readEnvFile(src Sources, path string) []Assignment {
	open := src.Open
	if open == nil {
		open = func(path string) (fs.File, error) { return os.Open(path) }
	}
	f, err := open(path)
	if errors.Is(err, fs.ErrNotExist) && src.EnvFile == "" {
		return nil
	}
	var data []byte
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(f, maxEnvFile+1))
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		level := Critical
		if errors.Is(err, fs.ErrPermission) && src.EnvFile == "" {
			level = Warning
		}
		r.add(level, "", fmt.Sprintf("cannot read the env file %s: %v", path, err))
		return nil
	}
	all, err := ParseEnv(data)
	if err != nil {
		r.add(Critical, "", fmt.Sprintf("env file %s: %s", path, strings.ReplaceAll(err.Error(), "\n", "; ")))
	}
	return all
}

// unknown speaks of a variable that may be a setting misspelt. In the environment only those are named; an env file is ours alone.
func (r *Report) unknown(name, where string, known map[string]bool, ours bool) {
	for _, k := range Names() {
		if known[k] && len(k) >= 7 && near(name, k) {
			r.add(Warning, name, fmt.Sprintf("is no setting; did you mean %s? (from %s)", k, where))
			return
		}
	}
	if ours {
		r.add(Warning, name, fmt.Sprintf("is no setting and has no effect (from %s)", where))
	}
}

// near reports whether one character inserted, removed, changed or swapped makes a into b.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) < len(b):
		return a[i:] == b[i+1:]
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
