package policy

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// naive matches by trying everything.
func naive(p, s []rune) bool {
	switch {
	case len(p) == 0:
		return len(s) == 0
	case p[0] == '*':
		return naive(p[1:], s) || len(s) > 0 && naive(p, s[1:])
	case len(s) == 0:
		return false
	}
	return (p[0] == '?' || p[0] == s[0]) && naive(p[1:], s[1:])
}

func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("*é?*", "aéüz")
	f.Fuzz(func(t *testing.T, p, s string) {
		if !utf8.ValidString(p) || !utf8.ValidString(s) || len(p) > 10 || len(s) > 16 {
			return
		}
		c, err := compile(p, false)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := c.match(s, nil), naive([]rune(p), []rune(s)); got != want {
			t.Fatalf("%q on %q: %v, naive %v", p, s, got, want)
		}
	})
}

// words of a small alphabet up to length 5: enough to tell what a short pattern matches.
func texts() []string {
	all := []string{""}
	for from, n := 0, 0; n < 5; n++ {
		to := len(all)
		for _, s := range all[from:to] {
			all = append(all, s+"a", s+"é")
		}
		from = to
	}
	return all
}

func TestMatchCoversOverlaps(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	letters := []rune("aé*?")
	all := texts()
	pick := func() string {
		p := make([]rune, rng.IntN(5))
		for i := range p {
			p[i] = letters[rng.IntN(len(letters))]
		}
		return string(p)
	}
	for range 2000 {
		x, y := pick(), pick()
		a, _ := compile(x, false)
		b, _ := compile(y, false)
		both, subset := false, true
		for _, s := range all {
			ma, mb := a.match(s, nil), b.match(s, nil)
			require.Equal(t, naive([]rune(x), []rune(s)), ma, "%q on %q", x, s)
			both = both || ma && mb
			subset = subset && (ma || !mb)
		}
		if covers(&a, &b) {
			require.True(t, subset, "%q covers %q", x, y)
		}
		require.Equal(t, both, overlaps(&a, &b), "%q overlaps %q", x, y)
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{{"*", "a*b", true}, {"a*", "ab*", true}, {"ab*", "a*", false}, {"a?*", "ab*", true}, {"a*b", "acb", true}, {"a*b", "a?b", true}, {"a?b", "a*b", false}} {
		a, _ := compile(c.a, false)
		b, _ := compile(c.b, false)
		require.Equal(t, c.want, covers(&a, &b), "%q %q", c.a, c.b)
	}
}

func TestMatchIsLinear(t *testing.T) {
	// A pattern that makes a backtracking matcher explode.
	p, s := "", ""
	for range 300 {
		p, s = p+"*a", s+"a"
	}
	c, _ := compile(p+"b", false)
	require.False(t, c.match(s+s, nil))
}
