package kvtest

import "hash/maphash"

// node is part of an immutable search tree that is a heap by rank. Operations copy the path that they change. Since the rank follows from
// the key, the shape follows from the set of keys, and the tree stays shallow whatever the order of insertion.
type node struct {
	key         string
	value       []byte
	rank        uint64
	left, right *node
}

var seed = maphash.MakeSeed()

func lookup(n *node, key string) *node {
	for n != nil && n.key != key {
		if key < n.key {
			n = n.left
		} else {
			n = n.right
		}
	}
	return n
}

// ceiling returns the node with the smallest key that is not less than key.
func ceiling(n *node, key string) (best *node) {
	for n != nil {
		if n.key < key {
			n = n.right
		} else {
			best, n = n, n.left
		}
	}
	return best
}

// above returns the node with the smallest key that is greater than key.
func above(n *node, key string) (best *node) {
	for n != nil {
		if n.key <= key {
			n = n.right
		} else {
			best, n = n, n.left
		}
	}
	return best
}

// split returns the keys less than key and the others.
func split(n *node, key string) (less, rest *node) {
	if n == nil {
		return nil, nil
	}
	c := *n
	if n.key < key {
		c.right, rest = split(n.right, key)
		return &c, rest
	}
	less, c.left = split(n.left, key)
	return less, &c
}

// merge joins two trees; every key of a is less than every key of b.
func merge(a, b *node) *node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.rank >= b.rank:
		c := *a
		c.right = merge(a.right, b)
		return &c
	}
	c := *b
	c.left = merge(a, b.left)
	return &c
}

func put(n *node, key string, value []byte) *node {
	return insert(n, &node{key: key, value: value, rank: maphash.String(seed, key)})
}

func insert(n, x *node) *node {
	switch {
	case n == nil:
		return x
	case n.key == x.key:
		x.left, x.right = n.left, n.right
		return x
	case x.rank > n.rank:
		x.left, x.right = split(n, x.key)
		return x
	}
	c := *n
	if x.key < n.key {
		c.left = insert(n.left, x)
	} else {
		c.right = insert(n.right, x)
	}
	return &c
}

func drop(n *node, key string) *node {
	if lookup(n, key) == nil {
		return n
	}
	if n.key == key {
		return merge(n.left, n.right)
	}
	c := *n
	if key < n.key {
		c.left = drop(n.left, key)
	} else {
		c.right = drop(n.right, key)
	}
	return &c
}
