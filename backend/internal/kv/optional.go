package kv

import "context"

// Reclaimer is implemented by engines that refuse writes on a nearly full disk, with ErrFull.
type Reclaimer interface {
	// Reclaim is Update for work that gives space back (deletes, collection, aborts): it is admitted where Update answers ErrFull, as
	// long as the engine can write at all.
	Reclaim(ctx context.Context, fn func(Txn) error) error
}

// Reclaim runs fn by s.Reclaim where the engine has it, else by s.Update.
func Reclaim(ctx context.Context, s Store, fn func(Txn) error) error {
	if r, ok := s.(Reclaimer); ok {
		return r.Reclaim(ctx, fn)
	}
	return s.Update(ctx, fn)
}

// Compacter is implemented by engines whose reads slow down over deleted keys until those are compacted away.
type Compacter interface {
	// Compact rewrites [start, end) without its deleted keys; a nil end has no upper bound. It returns when that is done.
	Compact(ctx context.Context, start, end []byte) error
}

// Flusher is implemented by engines that keep recent writes in memory beside their log.
type Flusher interface {
	// Flush moves them to their place of rest, so that a measurement of reads starts from a settled store.
	Flush() error
}

// Generations is implemented by engines whose every writer is this process. It lets a reader keep what it made of a few rows, such as a
// bucket's record, as long as no row of their kind has changed.
type Generations interface {
	// Generation is a number that moves on with every durable commit that wrote or deleted a key with this first byte, before the Update
	// returns. What a View read that began after Generation answered g holds while it still answers g.
	Generation(first byte) uint64
}
