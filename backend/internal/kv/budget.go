package kv

// Budget counts what one transaction writes and holds it to the limits. Engines share it so that all refuse the same.
type Budget struct {
	ops   int
	bytes int
}

// Set accounts for storing value under key; ErrTooLarge when a limit is passed or the key is empty.
func (b *Budget) Set(key, value []byte) error {
	if len(value) > MaxValue {
		return ErrTooLarge
	}
	return b.add(key, len(value))
}

// Delete accounts for removing key.
func (b *Budget) Delete(key []byte) error { return b.add(key, 0) }

func (b *Budget) add(key []byte, value int) error {
	if len(key) == 0 || len(key) > MaxKey || b.ops+1 > MaxTxnOps || b.bytes+len(key)+value > MaxTxnBytes {
		return ErrTooLarge
	}
	b.ops++
	b.bytes += len(key) + value
	return nil
}

// Ops is the number of accepted operations.
func (b *Budget) Ops() int { return b.ops }

// Bytes is the number of accepted key and value bytes.
func (b *Budget) Bytes() int { return b.bytes }
