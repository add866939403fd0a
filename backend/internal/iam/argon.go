package iam

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Passwords are kept as argon2id hashes. 19 MiB, two passes and one lane are the least that OWASP recommends; one takes about 30 ms.
// hashers at once and hashWaiters behind them bound the memory (about 40 MiB) and the time that strangers can make the server spend.
const (
	hashMemory  = 19 << 10 // KiB
	hashPasses  = 2
	hashLanes   = 1
	hashSalt    = 16
	hashSize    = 32
	hashers     = 2
	hashWaiters = 32

	// What a hash of a file may ask for.
	maxHashMemory = 64 << 10
	maxHashPasses = 10
	maxHashLanes  = 4
)

// hashed is a password's hash, as "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>" has it.
type hashed struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

func parseHash(text string) (h hashed, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprint("v=", argon2.Version) {
		return h, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return h, false
	}
	var err, err2 error
	h.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	h.sum, err2 = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	ok = err == nil && err2 == nil && len(h.salt) >= 8 && len(h.salt) <= 64 && len(h.sum) >= 16 && len(h.sum) <= 64 &&
		h.lanes >= 1 && h.lanes <= maxHashLanes && h.passes >= 1 && h.passes <= maxHashPasses && h.memory >= 8*uint32(h.lanes) && h.memory <= maxHashMemory
	return h, ok && h.String() == text
}

// String is the inverse of parseHash.
func (h hashed) String() string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes, b.EncodeToString(h.salt), b.EncodeToString(h.sum))
}

// hash returns the hash of a password with a new salt.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	h := hashed{memory: hashMemory, passes: hashPasses, lanes: hashLanes, salt: make([]byte, hashSalt)}
	_, _ = rand.Read(h.salt) // never fails
	err := s.hashing.do(ctx, func() { h.sum = h.of(password, hashSize) })
	return h.String(), err
}

func (h *hashed) of(password string, size int) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.lanes, uint32(size)) //nolint:gosec // at most 64
}

// is reports whether a password has the hash. It takes as long for one that is no hash.
func (h *hashed) is(password string, known bool) bool {
	if !known {
		h = &hashed{memory: hashMemory, passes: hashPasses, lanes: hashLanes, salt: make([]byte, hashSalt), sum: make([]byte, hashSize)}
	}
	return subtle.ConstantTimeCompare(h.of(password, len(h.sum)), h.sum) == 1 && known
}

// hashQueue lets so many hash at once, and so many wait.
type hashQueue struct{ waiting, running chan struct{} }

func newHashQueue() hashQueue {
	return hashQueue{make(chan struct{}, hashers+hashWaiters), make(chan struct{}, hashers)}
}

// do runs fn in its turn. fault.Busy when too many wait already.
func (q *hashQueue) do(ctx context.Context, fn func()) error {
	const op = "iam.hash"
	select {
	case q.waiting <- struct{}{}:
		defer func() { <-q.waiting }()
	default:
		return fault.New(op, fault.Busy, "Too many sign-ins at once. Try again.")
	}
	select {
	case q.running <- struct{}{}:
		defer func() { <-q.running }()
	case <-ctx.Done():
		return fault.Wrap(op, ctx.Err())
	}
	fn()
	return nil
}
