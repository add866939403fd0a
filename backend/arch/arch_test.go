// Package arch holds the fences of the code base: who may import whom, how long a file may be, and that the one version is one.
package arch

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/config"
)

const module = "github.com/myfsio/myfsio/backend/"

// floors gives each package its floor; a package imports lower floors only. Engines are imported by server alone.
var floors = map[string]int{
	"internal/clock": 0, "internal/fault": 0, "internal/config": 0, "internal/ident": 0,
	"internal/order": 1, "internal/checksum": 1, "internal/sigv4": 1, "internal/policy": 1, "internal/seal": 1,
	"internal/kv": 1, "internal/blob": 1, "internal/peer": 1, "internal/limit": 1, "internal/outbound": 1,
	"internal/reqinfo":   2,
	"internal/kv/kvtest": 2, "internal/kv/kvtest/pgtest": 2, "internal/kv/pebblekv/pebbletest": 3, "internal/blob/blobtest": 2, "internal/limit/redistest": 2,
	"internal/projection": 2, "internal/oidc": 2, "internal/oidc/oidctest": 3,
	"internal/kv/pebblekv": 2, "internal/kv/pgkv": 2, "internal/blob/diskblob": 2, "internal/blob/s3blob": 2,
	"internal/meta":  3,
	"internal/usage": 4, "internal/event": 4, "internal/iam": 4, "internal/kms": 4, "internal/audit": 4,
	"internal/bucket": 5,
	"internal/object": 6,
	"internal/tend":   7, "internal/tree": 7, "internal/replicate": 7, "internal/notify": 7,
	"internal/lifecycle": 7, "internal/awsquery": 7, "internal/access": 7, "internal/s3/s3err": 7, "internal/s3/s3xml": 7,
	"internal/s3": 8, "internal/admin": 8, "internal/webui": 8,
	"internal/server": 9,
	"cmd/myfsio":      10, "cmd/openapi": 10, "cmd/docs": 10, "arch": 11,
}

// sideways lists the imports within a floor that are meant: ids take their time from the clock, and IAM's simulator decides as requests do.
var sideways = map[string]string{"internal/ident": "internal/clock", "internal/awsquery": "internal/access"}

var engines = map[string]bool{"internal/kv/pebblekv": true, "internal/kv/pgkv": true, "internal/blob/diskblob": true, "internal/blob/s3blob": true}

// keepers lists who may import a third-party module outside tests.
var keepers = map[string][]string{
	"github.com/cockroachdb/pebble": {"internal/kv/pebblekv", "internal/kv/kvtest", "internal/kv/pebblekv/pebbletest"},
	"github.com/jackc/pgx":          {"internal/kv/pgkv", "internal/kv/kvtest/pgtest"},
	"github.com/go-chi/chi":         {"internal/s3", "internal/admin", "internal/server", "cmd/openapi", "cmd/docs"},
	"github.com/danielgtaylor/huma": {"internal/admin", "cmd/openapi", "cmd/docs"},
	"github.com/aws/aws-sdk-go-v2":  {"internal/blob/s3blob", "internal/replicate"},
	"github.com/gorilla/sessions":   {"internal/admin", "internal/server"},
	"github.com/golang-jwt/jwt":     {"internal/admin", "internal/server"},
	"github.com/ulule/limiter":      {"internal/limit"},
	"github.com/fsnotify/fsnotify":  {"internal/projection", "internal/tree"},
	"github.com/alecthomas/kong":    {"cmd/myfsio"},
	"github.com/stretchr/testify":   {"internal/kv/kvtest", "internal/kv/kvtest/pgtest", "internal/kv/pebblekv/pebbletest", "internal/blob/blobtest", "internal/limit/redistest", "internal/oidc/oidctest"},
	"github.com/redis/go-redis":     {"internal/limit"},
	"github.com/coreos/go-oidc":     {"internal/oidc"},
	"github.com/go-jose/go-jose":    {"internal/oidc", "internal/oidc/oidctest"},
	"golang.org/x/oauth2":           {"internal/oidc"},
	"github.com/skip2/go-qrcode":    {"internal/admin", "internal/awsquery"},
	"google.golang.org/protobuf":    {"internal/meta"},
	"github.com/cockroachdb/errors": {},
	"github.com/sirupsen/logrus":    {},
}

const longest = 600 // lines of a hand-written file that is no test

func TestFloors(t *testing.T) {
	seen := map[string]bool{}
	each(t, func(pkg, path string, src []byte) {
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly)
		require.NoError(t, err)
		floor, ok := floors[pkg]
		if !ok {
			t.Errorf("%s: package %s has no floor", path, pkg)
			return
		}
		seen[pkg] = true
		test := strings.HasSuffix(path, "_test.go")
		for _, spec := range file.Imports {
			checkImport(t, path, pkg, floor, test, strings.Trim(spec.Path.Value, `"`))
		}
	})
	require.Greater(t, len(seen), 20, "the walk must find the packages")
}

func checkImport(t *testing.T, path, pkg string, floor int, test bool, imp string) {
	t.Helper()
	if low, ok := strings.CutPrefix(imp, module); ok {
		target, known := floors[low]
		switch {
		case !known:
			t.Errorf("%s imports %s, which has no floor", path, low)
		case test:
			// Tests build on engines and suites of any floor below the wire.
		case engines[low] && pkg != "internal/server" && pkg != low+"/pebbletest":
			t.Errorf("%s imports the engine %s; only server may", path, low)
		case target >= floor && sideways[pkg] != low:
			t.Errorf("%s (floor %d) imports %s (floor %d)", path, floor, low, target)
		}
		return
	}
	if test {
		return
	}
	for prefix, allowed := range keepers {
		if imp != prefix && !strings.HasPrefix(imp, prefix+"/") {
			continue
		}
		ok := false
		for _, keeper := range allowed {
			ok = ok || pkg == keeper
		}
		if !ok {
			t.Errorf("%s imports %s; its keepers are %v", path, imp, allowed)
		}
	}
}

func TestFileLength(t *testing.T) {
	each(t, func(_, path string, src []byte) {
		if strings.HasSuffix(path, "_test.go") || generated(src) {
			return
		}
		if n := bytes.Count(src, []byte("\n")); n > longest {
			t.Errorf("%s has %d lines; %d is the most", path, n, longest)
		}
	})
}

// TestPackageNames keeps out the names that say nothing.
func TestPackageNames(t *testing.T) {
	empty := regexp.MustCompile(`(?i)(manager|helper|util|utils|base|common|misc)$`)
	each(t, func(_, path string, src []byte) {
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		require.NoError(t, err)
		if empty.MatchString(file.Name.Name) {
			t.Errorf("%s: package %s", path, file.Name.Name)
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				if typ, ok := spec.(*ast.TypeSpec); ok && empty.MatchString(typ.Name.Name) {
					t.Errorf("%s: type %s", path, typ.Name.Name)
				}
			}
		}
	})
}

func TestVersion(t *testing.T) {
	log, err := os.ReadFile(filepath.Join(root(t), "..", "CHANGELOG.md"))
	require.NoError(t, err)
	top := regexp.MustCompile(`(?m)^## (\S+)`).FindSubmatch(log)
	require.NotNil(t, top, "CHANGELOG.md has a release")
	require.Equal(t, string(top[1]), config.Version)
}

// TestNoRegistryHosts keeps addresses of package registries and of one machine out of what is committed.
func TestNoRegistryHosts(t *testing.T) {
	hosts := [][]byte{[]byte("registry." + "npmjs"), []byte("proxy." + "golang"), []byte("deb." + "debian"), []byte("pypi." + "org")}
	folders := [][]byte{[]byte("/ro" + "ot/"), []byte("/wo" + "rk/")}
	top := filepath.Join(root(t), "..")
	skip := map[string]bool{".git": true, "node_modules": true, "bin": true, "dist": true, "data": true, "logs": true, "out": true, "testdata": true}
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && skip[d.Name()]:
			return filepath.SkipDir
		case d.IsDir(), skip[d.Name()]: // .git is a file in a work tree beside the first
			return nil
		}
		info, err := d.Info()
		if err != nil || info.Size() > 4<<20 || !d.Type().IsRegular() {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(src[:min(len(src), 512)], []byte{0}) {
			return nil
		}
		for _, host := range hosts {
			if bytes.Contains(src, host) {
				t.Errorf("%s names %s", path, host)
			}
		}
		for _, folder := range folders {
			for rest := src; ; {
				i := bytes.Index(rest, folder)
				if i < 0 {
					break
				}
				rest = rest[i+len(folder):]
				if len(rest) > 0 && rest[0] >= 'a' && rest[0] <= 'z' {
					t.Errorf("%s names %s%.20s", path, folder, rest)
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
}

func generated(src []byte) bool {
	return bytes.Contains(src[:min(len(src), 512)], []byte("// Code generated "))
}

// each calls fn for every Go file of the module. It reads the files itself: asking the go tool would be answered from the test cache.
func each(t *testing.T, fn func(pkg, path string, src []byte)) {
	t.Helper()
	top := root(t)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "dist" || rel == "tools") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fn(filepath.ToSlash(filepath.Dir(rel)), rel, src)
		return nil
	})
	require.NoError(t, err)
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	require.NoError(t, err)
	return dir
}
