package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDifferences holds docs/differences.md to a list of everything that the older documentation names.
func TestDifferences(t *testing.T) {
	names, err := os.ReadFile(filepath.Join("testdata", "old-names.txt"))
	require.NoError(t, err)
	doc, err := os.ReadFile(filepath.Join(root(t), "..", "docs", "differences.md"))
	require.NoError(t, err)
	states := map[string]bool{"works": true, "bettered": true, "renamed": true, "no effect": true, "later": true}
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([a-z ]+) \\| ?(.*?) ?\\|$").FindAllStringSubmatch(string(doc), -1) {
		require.False(t, rows[m[1]], "%s has two rows", m[1])
		rows[m[1]] = true
		require.True(t, states[m[2]], "%s: unknown state %q", m[1], m[2])
		if m[2] == "bettered" || m[2] == "renamed" {
			require.NotEmpty(t, m[3], "%s is %s: the row says how", m[1], m[2])
		}
	}
	wanted := strings.Split(strings.TrimSpace(string(names)), "\n")
	require.Greater(t, len(wanted), 135)
	for _, name := range wanted {
		require.True(t, rows[name], "docs/differences.md has no row for %s", name)
	}
}
