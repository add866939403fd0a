package crash

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOracle: an oracle that finds nothing proves nothing, so it must find what is planted.
func TestOracle(t *testing.T) {
	// story builds an oracle with: a acknowledged, then b acknowledged, then c refused, then d under way; e is a deletion under way.
	type told struct {
		*oracle
		a, b, c, d *op
	}
	story := func() told {
		or := newOracle()
		a := or.begin("k", false, content{size: 1})
		or.ack(a)
		b := or.begin("k", false, content{size: 2})
		or.ack(b)
		c := or.begin("k", false, content{size: 3})
		or.refuse(c)
		return told{or, a, b, c, or.begin("k", false, content{size: 4})}
	}
	s := story()
	require.Empty(t, s.settle("k", s.b.id))
	s = story()
	require.Empty(t, s.settle("k", s.d.id), "what was under way may be there")
	s = story()
	require.Contains(t, s.settle("k", s.a.id), "had replaced")
	s = story()
	require.Contains(t, s.settle("k", s.c.id), "refused")
	s = story()
	require.Contains(t, s.settle("k", ""), "missing")
	s = story()
	require.Contains(t, s.settle("k", "op-99"), "nobody wrote")

	s = story() // a reader saw d, so b must not come back
	at := s.now()
	s.saw(look{key: "k", id: s.d.id, start: at})
	require.Empty(t, s.judge())
	require.Contains(t, s.settle("k", s.b.id), "had replaced")
	s = story() // a reader saw a after b was acknowledged
	s.saw(look{key: "k", id: s.a.id, start: s.now()})
	require.Len(t, s.judge(), 1)
	s = story()
	s.saw(look{key: "k", id: s.c.id, start: s.now()})
	require.NotEmpty(t, s.judge())
	s = story()
	s.saw(look{key: "k", start: s.now()})
	require.Len(t, s.judge(), 1, "nothing was deleted")

	s = story() // a deletion under way that a reader saw
	s.begin("k", true, content{})
	s.saw(look{key: "k", start: s.now()})
	require.Empty(t, s.judge())
	require.Contains(t, s.settle("k", s.b.id), "had replaced")
	s = story()
	s.begin("k", true, content{})
	require.Empty(t, s.settle("k", ""), "what was under way may have happened")

	// After a settled round its state is the beginning of the next.
	require.Contains(t, s.settle("k", s.b.id), "nobody wrote")
	s = story()
	require.Empty(t, s.settle("k", s.b.id))
	require.Contains(t, s.settle("k", ""), "missing")
}

// TestRegister: the same of what one value holds.
func TestRegister(t *testing.T) {
	under := func(acked, pending string) *register {
		return &register{path: "/b", query: "q", acked: acked, pending: &pending}
	}
	require.Empty(t, under("1", "2").settle("1"))
	require.Empty(t, under("1", "2").settle("2"), "what was under way may be there")
	require.Empty(t, under("1", "").settle(""), "so may a removal")
	require.Contains(t, under("1", "2").settle(""), `"1" was acknowledged`)
	require.Contains(t, under("2", "3").settle("1"), `reads "1"`, "what was replaced came back")
	require.Contains(t, under("", "2").settle("1"), `reads "1"`, "what was removed or refused is there")
	require.Contains(t, (&register{acked: "1"}).settle("2"), "nothing under way")
	require.Contains(t, (&register{}).settle("2"), "nothing under way")

	r := under("1", "2")
	require.Empty(t, r.settle("2"))
	require.NotEmpty(t, r.settle("1"), "what was there once stays")
}
