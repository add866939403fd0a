package pebblekv

import "sync/atomic"

// kinds is a set of first bytes of keys.
type kinds [4]uint64

// everyKind is for ranges, which may touch anything.
var everyKind = kinds{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

func (k *kinds) add(key []byte) { k[key[0]>>6] |= 1 << (key[0] & 63) }

func (k *kinds) merge(o *kinds) {
	for i := range k {
		k[i] |= o[i]
	}
}

func (k *kinds) has(first int) bool { return k[first>>6]&(1<<(first&63)) != 0 }

// generations counts, for each first byte, the rounds that made changes of such keys durable.
type generations [256]atomic.Uint64

// advance is called after a round was published and before its Updates return: whoever has seen the new number reads the new state, and
// whoever still sees the old one runs beside an Update that has not returned.
func (g *generations) advance(touched *kinds) {
	for i := range g {
		if touched.has(i) {
			g[i].Add(1)
		}
	}
}

// Generation implements kv.Generations.
func (s *Store) Generation(first byte) uint64 { return s.generations[first].Load() }
