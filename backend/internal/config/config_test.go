package config

import (
	"bytes"
	"flag"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite docs/configuration.md")

// TestDocumentation holds docs/configuration.md and the struct together.
func TestDocumentation(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "configuration.md")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(Markdown()), 0o644)) //nolint:gosec // documentation
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, Markdown(), strings.ReplaceAll(string(got), "\r\n", "\n"), "run go test ./internal/config -update")
}

// TestSettings holds the list of promised settings and the struct together.
func TestSettings(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "settings.txt"))
	require.NoError(t, err)
	promised := strings.Fields(string(text))
	slices.Sort(promised)
	have := Names()
	slices.Sort(have)
	require.Equal(t, promised, have)
}

func TestFieldsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range fields() {
		require.True(t, isName(f.env), f.env)
		require.False(t, seen[f.env], f.env)
		seen[f.env] = true
		require.NotEmpty(t, f.group, f.env)
		require.True(t, strings.HasSuffix(f.doc, "."), "%s: %s", f.env, f.doc)
		require.Contains(t, []string{"", "none", "later", "refuse"}, f.effect, f.env)
		require.Contains(t, []string{"", "value", "userinfo"}, f.secret, f.env)
		if f.typ == reflect.TypeFor[time.Duration]() {
			require.Contains(t, units, f.unit, f.env)
		}
	}
}

func load(t *testing.T, src Sources, files map[string]string) (*Config, *Report, error) {
	t.Helper()
	disk := fstest.MapFS{}
	for path, text := range files {
		disk[strings.TrimPrefix(strings.TrimPrefix(path, "./"), "/")] = &fstest.MapFile{Data: []byte(text)}
	}
	src.Open = func(path string) (fs.File, error) {
		return disk.Open(strings.TrimPrefix(strings.TrimPrefix(path, "./"), "/"))
	}
	return Load(src)
}

func env(t *testing.T, entries ...string) (*Config, *Report, error) {
	t.Helper()
	return load(t, Sources{Environ: entries}, nil)
}

func TestDefaults(t *testing.T) {
	c, r, err := env(t)
	require.NoError(t, err)
	require.Empty(t, r.Findings)
	require.Equal(t, "127.0.0.1", c.AppHost)
	require.Equal(t, 5000, c.AppPort)
	require.Equal(t, int64(5<<30), c.MaxUploadSize)
	require.Equal(t, 15*time.Minute, c.AuthLockout)
	require.Equal(t, 30*24*time.Hour, c.SessionLifetime)
	require.Equal(t, 5*time.Minute, c.SecretTTL)
	require.Equal(t, filepath.Join("data", ".myfsio.sys", "config", "iam.json"), c.IAMConfig)
	require.Equal(t, slog.LevelInfo, c.LogLevel)
	require.Equal(t, fs.FileMode(0o644), c.PlainFilesMode)
	require.Empty(t, c.RateObjectOps)
	require.Equal(t, []Rate{{600, time.Minute}}, c.RateAdmin)
	require.Equal(t, []Rate{{20, time.Minute}}, c.RateLogin)
	require.Equal(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}, c.TrustedProxies)
	require.Equal(t, []string{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD"}, c.CORSMethods)
	require.Empty(t, c.S3Domains)
	require.True(t, c.SigV2 && c.LogToFile && c.Loopback())
	require.Len(t, r.Values, len(Names()))
	for _, v := range r.Values {
		require.Equal(t, "default", v.Source.String(), v.Name)
		require.False(t, c.Explicit(v.Name))
	}
	require.Equal(t, c, Default())
}

func TestPrecedence(t *testing.T) {
	files := map[string]string{
		"./myfsio.env":           "APP_PORT=3\nLOG_FILE=near.log\nLOG_DIR=\n",
		"/opt/myfsio/myfsio.env": "APP_PORT=4\nLOG_FILE=far.log\n# note\nLOG_DIR=/var/log/myfsio # of the service\n",
	}
	get := func(src Sources) *Config {
		t.Helper()
		c, _, err := load(t, src, files)
		require.NoError(t, err)
		return c
	}
	c := get(Sources{Environ: []string{"APP_PORT=2", "LOG_FILE="}, Flags: map[string]string{"APP_PORT": "1"}})
	require.Equal(t, 1, c.AppPort)
	require.Equal(t, "flag", c.Source("APP_PORT").String())
	require.Equal(t, "near.log", c.LogFile, "a variable set to nothing counts as not set")
	require.Equal(t, "./myfsio.env:2", c.Source("LOG_FILE").String())
	require.Equal(t, "/var/log/myfsio", c.LogDir)
	require.Equal(t, "/opt/myfsio/myfsio.env:4", c.Source("LOG_DIR").String())
	c = get(Sources{Environ: []string{"APP_PORT=2"}})
	require.Equal(t, 2, c.AppPort)
	require.Equal(t, "environment", c.Source("APP_PORT").String())
	require.Equal(t, 3, get(Sources{}).AppPort)
	delete(files, "./myfsio.env")
	require.Equal(t, 4, get(Sources{}).AppPort)
	files["my.env"] = "UI_PORT=9"
	c = get(Sources{EnvFile: "my.env"})
	require.Equal(t, []int{5000, 9}, []int{c.AppPort, c.UIPort}, "--env-file is read instead of the others")

	_, _, err := load(t, Sources{EnvFile: "missing.env"}, nil)
	require.ErrorContains(t, err, "missing.env")
	_, _, err = load(t, Sources{Flags: map[string]string{"NO_SUCH": "1"}}, nil)
	require.ErrorContains(t, err, "NO_SUCH: there is no such setting")
	_, r, err := Load(Sources{Open: func(path string) (fs.File, error) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}})
	require.NoError(t, err)
	require.Len(t, r.Findings, 2)
	require.Equal(t, Warning, r.Findings[0].Level)
}

// TestValues reads one value of each kind.
func TestValues(t *testing.T) {
	c, r, err := env(t,
		"STORAGE_ROOT=/srv/my data", "MAX_UPLOAD_SIZE=1073741824", "STREAM_CHUNK_SIZE=256K", "LOG_MAX_BYTES=5 MB", "AUTH_LOCKOUT_MINUTES=90s",
		"SESSION_LIFETIME_DAYS=7", "SECRET_TTL_SECONDS=2h", "SIGV2=off", "LOG_TO_FILE=0", "LOG_LEVEL=warn", "LOG_FORMAT=JSON", "UI_PAGE_SIZE=250",
		"API_BASE_URL=https://s3.example.org/", "S3_DOMAINS=S3.Example.org, files.example.org.,", "CORS_ORIGINS=https://a.example, https://*.b.example:8443",
		"CORS_METHODS=get,Put", "TRUSTED_PROXIES=10.0.0.0/8,192.0.2.7,loopback", "RATE_LIMIT_STORAGE_URI=redis://u:hunter2@cache:6379/1", "APP_HOST=::1",
		"RATE_LIMIT_OBJECT_OPS=10/second; 200/minute", "SECRET_KEY=0123456789abcdefXYZ", "AWS_REGION=eu-central-1",
		"OUTBOUND_ALLOW=10.1.2.3/8, IdP.Internal, loopback,[fd00::7]", "OIDC_ISSUER=https://id.example.org/", "OIDC_CLIENT_ID=myfsio", "OIDC_CLIENT_SECRET=of-the-client",
		"OIDC_SCOPES=openid, https://graph.example/groups:read", "OIDC_GRANTS=cn=a,ou=b=group:devs; * = policy:arn:aws:iam::aws:policy/ReadOnlyAccess;",
	)
	require.NoError(t, err)
	require.Equal(t, int64(1<<30), c.MaxUploadSize)
	require.Equal(t, int64(256<<10), c.StreamChunkSize)
	require.Equal(t, int64(5_000_000), c.LogMaxBytes)
	require.Equal(t, 90*time.Second, c.AuthLockout)
	require.Equal(t, 7*24*time.Hour, c.SessionLifetime)
	require.Equal(t, 2*time.Hour, c.SecretTTL)
	require.False(t, c.SigV2 || c.LogToFile)
	require.Equal(t, slog.LevelWarn, c.LogLevel)
	require.Equal(t, "json", c.LogFormat)
	require.Equal(t, 250, c.UIPageSize)
	require.Equal(t, "https://s3.example.org", c.APIBaseURL)
	require.Equal(t, []string{"s3.example.org", "files.example.org"}, c.S3Domains)
	require.Equal(t, []string{"https://a.example", "https://*.b.example:8443"}, c.CORSOrigins)
	require.Equal(t, []string{"GET", "PUT"}, c.CORSMethods)
	require.Len(t, c.TrustedProxies, 4)
	require.Equal(t, []string{"10.0.0.0/8", "idp.internal", "loopback", "fd00::7"}, c.OutboundAllow)
	require.Equal(t, []Rate{{10, time.Second}, {200, time.Minute}}, c.RateObjectOps)
	require.Equal(t, filepath.Join("/srv/my data", ".myfsio.sys", "config", "bucket_policies.json"), c.BucketPolicyPath)

	require.Equal(t, "https://id.example.org/", c.OIDCIssuer, "a slash at the end counts")
	require.Equal(t, []string{"openid", "https://graph.example/groups:read"}, c.OIDCScopes)
	require.Equal(t, []OIDCGrant{{Value: "cn=a,ou=b", Group: "devs"}, {Value: "*", Policy: "arn:aws:iam::aws:policy/ReadOnlyAccess"}}, c.OIDCGrants)

	shown := r.String()
	require.NotContains(t, shown, "of-the-client")
	require.NotContains(t, shown, "hunter2")
	require.NotContains(t, shown, "0123456789abcdefXYZ")
	require.Contains(t, shown, "SECRET_KEY=\"(set, not shown)\"  # environment\n")
	require.Contains(t, shown, "RATE_LIMIT_STORAGE_URI=redis://u:xxxxx@cache:6379/1  # environment\n")
	require.Contains(t, shown, "AUTH_LOCKOUT_MINUTES=1m30s  # environment\n")
	require.Contains(t, shown, "PLAIN_FILES_MODE=0644  # default; not in this release\n")
	require.Contains(t, shown, "STORAGE_ROOT=\"/srv/my data\"  # environment\n")

	// What is shown can be read again and means the same.
	lines, err := ParseEnv([]byte(shown))
	require.NoError(t, err)
	require.Len(t, lines, len(Names()))
	var again []string
	for _, a := range lines {
		if c.Explicit(a.Name) && a.Name != "SECRET_KEY" && a.Name != "OIDC_CLIENT_SECRET" && a.Name != "RATE_LIMIT_STORAGE_URI" {
			again = append(again, a.Name+"="+a.Value)
		}
	}
	d, _, err := env(t, again...)
	require.NoError(t, err)
	for i, f := range fields() {
		if f.secret == "" {
			require.Equal(t, reflect.ValueOf(c).Elem().Field(f.index).Interface(), reflect.ValueOf(d).Elem().Field(f.index).Interface(), "%d %s", i, f.env)
		}
	}
}

// TestRefused: an error names the variable, the value, what is wrong and where it was set.
func TestRefused(t *testing.T) {
	for entry, want := range map[string]string{
		"APP_PORT=http":                        `APP_PORT: "http" is not a whole number (from environment)`,
		"APP_PORT=70000":                       `"70000" is more than 65535`,
		"UI_PORT=-1":                           `"-1" is less than 0`,
		"UI_PORT=5000":                         "is 5000 as APP_PORT is",
		"UI_PAGE_SIZE=120":                     "is none of 50, 100, 150, 200, 250",
		"MAX_UPLOAD_SIZE=5 gigs":               `"5 gigs" is not a number of bytes`,
		"MAX_UPLOAD_SIZE=99999999999 TiB":      "is more bytes than there can be",
		"MAX_UPLOAD_SIZE=0":                    "is less than 1",
		"MAX_UPLOAD_SIZE=-5":                   "is not a number of bytes",
		"STREAM_CHUNK_SIZE=1":                  "is less than 4 KiB",
		"BULK_DELETE_MAX_KEYS=1001":            "is more than 1000",
		"AUTH_LOCKOUT_MINUTES=soon":            "is not a duration",
		"AUTH_LOCKOUT_MINUTES=-1":              "is not a duration",
		"AUTH_LOCKOUT_MINUTES=999999999999999": "is longer than can be measured",
		"SECRET_TTL_SECONDS=604801":            "is more than 7d",
		"SIGV2=maybe":                          "is neither true nor false",
		"LOG_LEVEL=LOUD":                       "is none of DEBUG, INFO, WARNING, ERROR",
		"LOG_FORMAT=xml":                       "is none of text, json",
		"LOG_FILE=../app.log":                  "is not a plain file name",
		"AUTH_HEADERS=sometimes":               "is none of auto, on, off",
		"API_BASE_URL=s3.example.org":          "is not an address like",
		"API_BASE_URL=https://u:p@h":           "is not an address like",
		"APP_HOST=a b":                         "is neither an IP address nor a host name",
		"S3_DOMAINS=ok.example,-bad":           `has an item that is neither an IP address nor a host name: "-bad"`,
		"CORS_ORIGINS=app.example.org":         "is not an origin like",
		"CORS_METHODS=GET PUT":                 "is not one word",
		"TRUSTED_PROXIES=10.0.0.0/40":          "is neither an address nor a network",
		"OUTBOUND_ALLOW=http://idp.internal":   `has an item that is neither an address, a network like 10.0.0.0/8 nor the name of a host: "http://idp.internal"`,
		"OIDC_ISSUER=id.example.org":           "is not an address like https://id.example.org",
		"OIDC_ISSUER=https://id.example.org":   "OIDC_CLIENT_ID: is not set; OIDC_ISSUER needs it",
		"OIDC_GRANTS=admins":                   "is neither value=group:name nor value=policy:name",
		"OIDC_GRANTS=admins=role:x":            "is neither value=group:name nor value=policy:name",
		"OIDC_GRANTS==group:x":                 "is neither value=group:name nor value=policy:name",
		"OIDC_SCOPES=open id":                  "is not one word",
		"RATE_LIMIT_DEFAULT=fast":              `"fast" is not a rate (neither per nor / in it); write for example 200 per minute`,
		"RATE_LIMIT_STORAGE_URI=memcached://h": "is neither memory:// nor redis://",
		"PLAIN_FILES_MODE=0888":                "is not an octal mode",
		"AWS_REGION=eu central":                "has characters other than",
		"ENCRYPTION_ENABLED=true":              "this release cannot encrypt",
		"KMS_ENABLED=1":                        "this release cannot encrypt",
		"ADMIN_ACCESS_KEY=me":                  "ADMIN_SECRET_KEY: is not set",
		"ADMIN_SECRET_KEY=a-long-enough-one":   "ADMIN_ACCESS_KEY: is not set",
		"DEFAULT_ENCRYPTION_ALGORITHM=rot13":   "is none of AES256, aws:kms",
		"DEFAULT_OBJECT_OWNERSHIP=Nobody":      "is none of ObjectWriter",
		"WEBSITE_DOMAIN=http://x":              "is neither an IP address nor a host name",
	} {
		c, r, err := env(t, entry)
		require.ErrorContains(t, err, want, entry)
		require.True(t, r.Critical(), entry)
		require.NotNil(t, c)
		name, _, _ := strings.Cut(entry, "=")
		require.True(t, c.Explicit(name))
	}
	_, _, err := env(t, "IAM_CONFIG=/etc/x.json", "BUCKET_POLICY_PATH=/etc/../etc/x.json")
	require.ErrorContains(t, err, "BUCKET_POLICY_PATH: is the file of IAM_CONFIG")
	_, r, err := env(t, "APP_PORT=x", "LOG_LEVEL=y", "SIGV2=z")
	require.Error(t, err)
	require.Len(t, r.Findings, 3, "all of them at once")
	_, _, err = env(t, "ADMIN_ACCESS_KEY=root", "SECRET_KEY=top\x00secret")
	require.ErrorContains(t, err, "SECRET_KEY: the value has a NUL in it (from environment)")
	require.NotContains(t, err.Error(), "top")
}

func TestWarnings(t *testing.T) {
	for entry, want := range map[string]string{
		"UI_ENFORCE_BUCKET_POLICIES=false": "WARNING: UI_ENFORCE_BUCKET_POLICIES: has no effect: The console always obeys",
		"BUCKET_STATS_CACHE_TTL=60":        "WARNING: BUCKET_STATS_CACHE_TTL: has no effect",
		"FLASK_DEBUG=1":                    "WARNING: FLASK_DEBUG: has no effect",
		"PLAIN_FILES=true":                 "WARNING: PLAIN_FILES: has no effect yet",
		"LIFECYCLE_DEBUG_DAY_SECONDS=1":    "WARNING: LIFECYCLE_DEBUG_DAY_SECONDS: is for tests only",
		"OPERATION_METRICS_ENABLED=on":     "WARNING: OPERATION_METRICS_ENABLED: has no effect yet",
		"WEBSITE_DOMAIN=web.example.org":   "",
		"SECRET_KEY=change-me":             "WARNING: SECRET_KEY: is an example value",
		"SECRET_KEY=short":                 "WARNING: SECRET_KEY: is shorter than 16",
		"TRUSTED_PROXIES=0.0.0.0/0":        "WARNING: TRUSTED_PROXIES: 0.0.0.0/0 lets anyone",
		"APP_HOST=0.0.0.0":                 "INFO: APP_HOST: 0.0.0.0 is reachable from other machines",
		"AUTH_HEADERS=on":                  "", // on loopback
		"OIDC_CLIENT_ID=x":                 "WARNING: OIDC_ISSUER: is not set",
		"PLAIN_FILES=false":                "",
		"LIFECYCLE_ENABLED=yes":            "",
		"ENCRYPTION_ENABLED=false":         "",
		"KMS_ENABLED=off":                  "",
		"API_PORT=1":                       "WARNING: API_PORT: is no setting", // one letter from UI_PORT, APP_PORT …
		"HOME=/root":                       "",
		"AWS_REGOIN=eu-west-1":             "did you mean AWS_REGION?",
		"RATE_LIMIT_DEFAULT=none":          "",
		"API_BASE_URL=http://192.0.2.1:80": "INFO: API_BASE_URL: is not https",
		"MULTIPART_MIN_PART_SIZE=1":        "INFO: MULTIPART_MIN_PART_SIZE: differs",
	} {
		_, r, err := env(t, entry)
		require.NoError(t, err, entry)
		if want == "" {
			require.Empty(t, r.Findings, entry)
			continue
		}
		var all []string
		for _, f := range r.Findings {
			all = append(all, f.String())
		}
		require.Contains(t, strings.Join(all, "\n"), want, entry)
	}
	_, r, err := load(t, Sources{}, map[string]string{"./myfsio.env": "GOMAXPROCS=2\nAPP_PORT=1\nAPP_PORT=2\n"})
	require.NoError(t, err)
	require.Len(t, r.Findings, 2)
	require.Contains(t, r.Findings[0].String(), "GOMAXPROCS: is no setting and has no effect (from ./myfsio.env:1)")
	require.Contains(t, r.Findings[1].String(), "APP_PORT: is set twice in ./myfsio.env, lines 2 and 3")
}

func TestRateDefault(t *testing.T) {
	c, r, err := env(t, "RATE_LIMIT_DEFAULT=200 per minute", "RATE_LIMIT_HEAD_OPS=none", "RATE_LIMIT_LOGIN=5-M")
	require.NoError(t, err)
	def := []Rate{{200, time.Minute}}
	require.Equal(t, [][]Rate{def, def, def, def, nil, {{5, time.Minute}}},
		[][]Rate{c.RateListBuckets, c.RateBucketOps, c.RateObjectOps, c.RateAdmin, c.RateHeadOps, c.RateLogin})
	require.Contains(t, r.String(), "RATE_LIMIT_ADMIN=\"200 per minute\"  # environment; RATE_LIMIT_DEFAULT\n")
}

func TestRates(t *testing.T) {
	for text, want := range map[string][]Rate{
		"200 per minute":              {{200, time.Minute}},
		"200/60":                      {{200, time.Minute}},
		"200/minute":                  {{200, time.Minute}},
		"200-M":                       {{200, time.Minute}},
		"200-m":                       {{200, time.Minute}},
		"5-S":                         {{5, time.Second}},
		"1000-H":                      {{1000, time.Hour}},
		"1-D":                         {{1, 24 * time.Hour}},
		"10/second; 200/minute":       {{10, time.Second}, {200, time.Minute}},
		"10/second,200/minute":        {{10, time.Second}, {200, time.Minute}},
		"10 per second | 200 per day": {{10, time.Second}, {200, 24 * time.Hour}},
		"5 per 2 hours":               {{5, 2 * time.Hour}},
		"5/2/hour":                    {{5, 2 * time.Hour}},
		" 7  PER  Second ":            {{7, time.Second}},
		"100 per month":               {{100, 30 * 24 * time.Hour}},
		"none":                        nil,
	} {
		got, err := ParseRates(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", ";", "fast", "200", "0/60", "-1/60", "200/0", "200/", "/60", "200 per", "200 per fortnight", "200-X", "200-", "1e3/60", "99999999999/60",
		"5 per 99999999999 years", "200 minute", "200 each minute", "200.5/60", "none; 5/60",
	} {
		_, err := ParseRates(text)
		require.Error(t, err, text)
	}
	for _, r := range []Rate{{1, time.Second}, {200, time.Minute}, {5, 90 * time.Second}, {7, 2 * time.Hour}, {1, 365 * day}, {3, 30 * day}} {
		again, err := ParseRates(r.String())
		require.NoError(t, err, r.String())
		require.Equal(t, []Rate{r}, again)
	}
}

func TestParseEnv(t *testing.T) {
	got, err := ParseEnv([]byte("\xef\xbb\xbf# a comment\r\n" +
		"PLAIN=value\r\n" +
		"  SPACED  =  two words   # and a comment\n" +
		"export EXPORTED=yes\n" +
		"HASH=a#b\n" +
		"LEAD=#abc\n" +
		"EMPTY=\n" +
		"NOTHING= # only a comment\n" +
		"SINGLE='a # $b \\n \"c\"' # comment\n" +
		"DOUBLE=\"a # \\\"b\\\" \\\\ \\$c \\n \\x\"\t# comment\n" +
		"EQUALS=a=b=c\n" +
		"\t\n" +
		"export=ed\n" +
		"LAST=x"))
	require.NoError(t, err)
	require.Equal(t, []Assignment{
		{"PLAIN", "value", 2}, {"SPACED", "two words", 3}, {"EXPORTED", "yes", 4}, {"HASH", "a#b", 5}, {"LEAD", "#abc", 6}, {"EMPTY", "", 7},
		{"NOTHING", "", 8}, {"SINGLE", `a # $b \n "c"`, 9}, {"DOUBLE", "a # \"b\" \\ $c \n \\x", 10}, {"EQUALS", "a=b=c", 11}, {"export", "ed", 13}, {"LAST", "x", 14},
	}, got)
	for text, want := range map[string]string{
		"hunter2":          "line 1: no = in it",
		"\n1A=x":           "line 2: what stands before",
		"=hunter2":         "line 1: what stands before",
		"A B=hunter2":      "line 1: what stands before",
		"A='hunter2":       "line 1: a quote is not closed",
		"A=\"hunter2\\":    "line 1: a quote is not closed",
		"A='x'hunter2":     "line 1: something other than a comment",
		"A='x'#hunter2":    "line 1: something other than a comment",
		"A=hunter2\x00":    "line 1: a control character",
		"x\nA=1\ny":        "line 3: no = in it",
		"export =x":        "line 1: what stands before",
		"A=hun\rter2\r\nB": "line 1: a control character",
	} {
		_, err := ParseEnv([]byte(text))
		require.ErrorContains(t, err, want, "%q", text)
		require.NotContains(t, err.Error(), "hunter2")
	}
	_, err = ParseEnv(make([]byte, maxEnvFile+1))
	require.Error(t, err)
	_, _, err = load(t, Sources{}, map[string]string{"./myfsio.env": "SECRET_KEY='hunter2\nAPP_PORT=7"})
	require.ErrorContains(t, err, "env file ./myfsio.env: line 1: a quote is not closed")
	require.NotContains(t, err.Error(), "hunter2")
}

func FuzzParseEnv(f *testing.F) {
	for _, seed := range []string{"A=b # c", "export A='b'", `A="\n\"\\"`, "A", "=", "A=#", "A= #", "\xef\xbb\xbfA=1\r\n", "A=\"\\"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := ParseEnv(data)
		if err != nil {
			return
		}
		var out bytes.Buffer
		for _, a := range all {
			require.True(t, isName(a.Name))
			out.WriteString(a.Name + "=" + quote(a.Value) + " # note\n")
		}
		again, err := ParseEnv(out.Bytes())
		require.NoError(t, err, out.String())
		require.Len(t, again, len(all))
		for i := range all {
			require.Equal(t, [2]string{all[i].Name, all[i].Value}, [2]string{again[i].Name, again[i].Value}, out.String())
		}
	})
}

func FuzzRates(f *testing.F) {
	for _, seed := range []string{"200 per minute", "200/60", "10/second; 200/minute", "200-M", "none", "5/2/hours"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rates, err := ParseRates(s)
		if err != nil {
			return
		}
		for _, r := range rates {
			require.Positive(t, r.Limit)
			require.Positive(t, r.Period)
			again, err := ParseRates(r.String())
			require.NoError(t, err, r.String())
			require.Equal(t, []Rate{r}, again)
		}
	})
}
