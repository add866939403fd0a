package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSecurityClaims holds docs/security.md to naming tests that there are, and every fuzz target of what strangers reach.
func TestSecurityClaims(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root(t), "..", "docs", "security.md"))
	require.NoError(t, err)
	there := map[string]bool{}
	pkg, fn := regexp.MustCompile(`(?m)^package (\w+)`), regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, dir := range []string{root(t), filepath.Join(root(t), "..", "e2e")} {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name := strings.TrimSuffix(string(pkg.FindSubmatch(src)[1]), "_test")
			for _, m := range fn.FindAllSubmatch(src, -1) {
				there[name+"."+string(m[1])] = true
			}
			return nil
		}))
	}
	named := regexp.MustCompile("`(\\w+\\.(?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(string(doc), -1)
	require.Greater(t, len(named), 60)
	for _, m := range named {
		require.True(t, there[m[1]], "docs/security.md names %s, which is no test", m[1])
	}
	for line := range strings.Lines(string(doc)) {
		if strings.HasPrefix(line, "| ") && strings.Contains(line, ".Test") {
			require.Equal(t, 3, strings.Count(line, "|"), "a claim and its proof: %s", line)
		}
	}
}
