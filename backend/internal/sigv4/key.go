package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

const hashSize = sha256.Size

// hmac256 is HMAC-SHA256 for keys of at most one block and messages of any length. It allocates only for messages longer than those of
// the protocol.
func hmac256[M string | []byte](key []byte, message M) [hashSize]byte {
	var room [sha256.BlockSize + 448]byte
	inner := room[:sha256.BlockSize]
	var outer [sha256.BlockSize + hashSize]byte
	if len(key) > sha256.BlockSize {
		short := sha256.Sum256(key)
		key = short[:]
	}
	copy(inner, key)
	copy(outer[:], key)
	for i := range sha256.BlockSize {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	sum := sha256.Sum256(append(inner, message...))
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}

// signingKey derives the key for one day, region and service.
func signingKey(secret, day, region, service string) [hashSize]byte {
	k := hmac256(append([]byte("AWS4"), secret...), day)
	k = hmac256(k[:], region)
	k = hmac256(k[:], service)
	return hmac256(k[:], terminal)
}

type keyID struct{ secret, day, region, service string }

// keyCache keeps derived signing keys in two generations of at most cacheSize: what was not asked for while one generation filled is
// forgotten. It is safe for concurrent use; its zero value is ready.
type keyCache struct {
	mu         sync.RWMutex
	young, old map[keyID][hashSize]byte
}

const cacheSize = 1024

func (c *keyCache) get(secret, day, region, service string) [hashSize]byte {
	id := keyID{secret, day, region, service}
	c.mu.RLock()
	key, ok := c.young[id]
	if ok {
		c.mu.RUnlock()
		return key
	}
	key, ok = c.old[id]
	c.mu.RUnlock()
	if !ok {
		key = signingKey(secret, day, region, service)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= cacheSize {
		c.old, c.young = c.young, make(map[keyID][hashSize]byte)
	}
	c.young[id] = key
	return key
}

// appendHex appends the digest in lower-case hex.
func appendHex(dst []byte, sum [hashSize]byte) []byte { return hex.AppendEncode(dst, sum[:]) }

func hexOf(sum [hashSize]byte) string { return hex.EncodeToString(sum[:]) }
