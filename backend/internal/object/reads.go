package object

import "sync"

// reads knows when the oldest read began, in generations rather than time, so that no clock matters. A read joins the current generation
// before it looks a version up; the collector closes that generation after it has seen a garbage row, and deletes once every generation up
// to it has ended: whoever could have found the version before it was replaced is then done.
//
// Several nodes on one store would each publish their oldest generation; one process owns the embedded store.
type reads struct {
	mu      sync.Mutex
	current uint64
	live    map[uint64]int // reads of each generation that has any
}

// begin joins the current generation; end must follow with what it returned.
func (r *reads) begin() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live == nil {
		r.live = map[uint64]int{}
	}
	r.live[r.current]++
	return r.current
}

func (r *reads) end(generation uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := r.live[generation] - 1; n > 0 {
		r.live[generation] = n
	} else {
		delete(r.live, generation)
	}
}

// close ends the current generation and returns it; later reads join the next.
func (r *reads) close() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current++
	return r.current - 1
}

// ended reports whether no read of the generation or an older one is left.
func (r *reads) ended(generation uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for g := range r.live {
		if g <= generation {
			return false
		}
	}
	return true
}
