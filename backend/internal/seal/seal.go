// Package seal keeps secrets unreadable at rest.
//
// A random data key seals them. The data key itself is stored wrapped by a key derived from SECRET_KEY, in secret_store.json in the
// configuration folder. Without SECRET_KEY a secret is generated once and kept in the file .secret beside it. Both lie in the same
// folder on purpose: a backup of config/ restores the users. The price is that such a backup holds the key to its secrets; who
// minds that sets SECRET_KEY, and then a copy of the folder opens nothing.
//
// The data key never changes, so sessions and everything sealed survive a change of SECRET_KEY (Rekey).
//
// What a kill leaves. First start: .secret is durable before the data key is wrapped by it, and the store is durable before Open returns, so
// nothing was ever sealed by a key that is lost; a .secret without a store is used for the store that is then made. Rekey: the store is
// replaced in one step, so either the old or the new secret opens it; see there for a generated one. A store that exists is never
// made anew.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Names of the files in the configuration folder.
const (
	StoreFile  = "secret_store.json"
	SecretFile = ".secret"
	nextFile   = ".secret.next"
)

const (
	keySize = 32
	version = 1
	// Prefix begins every sealed text.
	Prefix = "sealed:v1:"
)

// Cost of deriving the wrapping key: argon2id at 19 MiB, a few hundredths of a second at start.
const (
	costTime   = 2
	costMemory = 19 << 10 // KiB
	costLanes  = 1
)

// ErrSealed is returned for what this key did not seal, or what was changed since.
var ErrSealed = errors.New("seal: cannot be opened with this key")

// Options are what Open may be told.
type Options struct {
	Random io.Reader // crypto/rand.Reader when nil
	// Existing says that there are sealed secrets already: a missing store is then refused instead of made.
	Existing bool
}

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	dir    string
	random io.Reader
	data   [keySize]byte
	aead   cipher.AEAD
	mu     sync.Mutex // Rekey
}

// store is the content of StoreFile.
type store struct {
	Format  int    `json:"format"`
	KDF     string `json:"kdf"`
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory_kib"`
	Lanes   uint8  `json:"lanes"`
	Salt    []byte `json:"salt"`
	Wrapped []byte `json:"wrapped_key"`
}

// Open opens the store in dir, or makes it on first use. secretKey is SECRET_KEY; empty means the generated one. It refuses with a text
// that says how to recover when the store cannot be unwrapped.
func Open(dir, secretKey string, o Options) (*Box, error) {
	const op = "seal.Open"
	if o.Random == nil {
		o.Random = rand.Reader
	}
	b := &Box{dir: dir, random: o.Random}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &fault.Error{Op: op, Err: err}
	}
	raw, err := os.ReadFile(b.path(StoreFile))
	switch {
	case errors.Is(err, os.ErrNotExist) && o.Existing:
		return nil, fault.New(op, fault.InvalidRequest, fmt.Sprintf("%s is missing, and without it the secrets of the users cannot be read. "+
			"Put the file back from a backup of the configuration folder.", b.path(StoreFile)))
	case errors.Is(err, os.ErrNotExist):
		if err := b.create(secretKey); err != nil {
			return nil, &fault.Error{Op: op, Err: err}
		}
	case err != nil:
		return nil, &fault.Error{Op: op, Err: err}
	default:
		if err := b.unwrap(raw, secretKey); err != nil {
			return nil, err
		}
	}
	key, err := hkdf.Key(sha256.New, b.data[:], nil, "myfsio seal v1", keySize)
	if err != nil {
		return nil, &fault.Error{Op: op, Err: err}
	}
	if b.aead, err = gcm(key); err != nil {
		return nil, &fault.Error{Op: op, Err: err}
	}
	return b, nil
}

func (b *Box) path(name string) string { return filepath.Join(b.dir, name) }

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// create makes the data key and the store.
func (b *Box) create(secretKey string) error {
	if secretKey == "" {
		have, err := readSecret(b.path(SecretFile))
		if err != nil {
			return err
		}
		if have == "" {
			if have, err = b.generate(SecretFile); err != nil {
				return err
			}
		}
		secretKey = have
	}
	if _, err := io.ReadFull(b.random, b.data[:]); err != nil {
		return err
	}
	return b.wrap(secretKey)
}

// generate writes a new secret of 256 bits.
func (b *Box) generate(name string) (string, error) {
	var raw [keySize]byte
	if _, err := io.ReadFull(b.random, raw[:]); err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(raw[:])
	return text, WriteFile(b.path(name), []byte(text+"\n"))
}

// readSecret returns the secret of a file, empty when there is none.
func readSecret(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(raw)), err
}

// wrap writes the store with the data key wrapped by the secret.
func (b *Box) wrap(secret string) error {
	s := store{Format: version, KDF: "argon2id", Time: costTime, Memory: costMemory, Lanes: costLanes, Salt: make([]byte, 16)}
	if _, err := io.ReadFull(b.random, s.Salt); err != nil {
		return err
	}
	aead, err := s.aead(secret)
	if err != nil {
		return err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(b.random, nonce); err != nil {
		return err
	}
	s.Wrapped = aead.Seal(nonce, nonce, b.data[:], []byte(StoreFile))
	raw, err := json.MarshalIndent(&s, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(b.path(StoreFile), append(raw, '\n'))
}

func (s *store) aead(secret string) (cipher.AEAD, error) {
	return gcm(argon2.IDKey([]byte(secret), s.Salt, s.Time, s.Memory, s.Lanes, keySize))
}

// open returns whether the secret unwraps the store.
func (s *store) open(secret string) ([]byte, bool) {
	aead, err := s.aead(secret)
	if err != nil || len(s.Wrapped) < aead.NonceSize() {
		return nil, false
	}
	n := aead.NonceSize()
	data, err := aead.Open(nil, s.Wrapped[:n], s.Wrapped[n:], []byte(StoreFile))
	return data, err == nil && len(data) == keySize
}

// unwrap reads the data key from the store.
func (b *Box) unwrap(raw []byte, secretKey string) error {
	refuse := func(format string, args ...any) error {
		return fault.New("seal.Open", fault.InvalidRequest, fmt.Sprintf("%s cannot be opened: ", b.path(StoreFile))+fmt.Sprintf(format, args...))
	}
	var s store
	if err := json.Unmarshal(raw, &s); err != nil || s.Format != version || s.KDF != "argon2id" || s.Time < 1 || s.Time > 16 ||
		s.Memory < 8 || s.Memory > 1<<20 || s.Lanes < 1 || len(s.Salt) < 8 {
		return refuse("it is damaged or was written by a newer version. Put it back from a backup of the configuration folder.")
	}
	generated, err := readSecret(b.path(SecretFile))
	if err != nil {
		return &fault.Error{Op: "seal.Open", Err: err}
	}
	if secretKey != "" {
		if data, ok := s.open(secretKey); ok {
			copy(b.data[:], data)
			return nil
		}
		if generated != "" {
			if _, ok := s.open(generated); ok {
				return refuse("it was made with the generated secret in %s, not with this SECRET_KEY. Start without SECRET_KEY, or run "+
					"`myfsio secret rekey` to change over.", b.path(SecretFile))
			}
		}
		return refuse("SECRET_KEY is not the one that it was made with. Set the former SECRET_KEY again, or run `myfsio secret rekey` to " +
			"change over, or put back a configuration folder that belongs to this SECRET_KEY.")
	}
	if generated != "" {
		if data, ok := s.open(generated); ok {
			copy(b.data[:], data)
			return nil
		}
	}
	// A rekey to a generated secret was interrupted after the store was replaced: finish it.
	next, err := readSecret(b.path(nextFile))
	if err != nil {
		return &fault.Error{Op: "seal.Open", Err: err}
	}
	if next != "" {
		if data, ok := s.open(next); ok {
			copy(b.data[:], data)
			return b.adopt()
		}
	}
	if generated == "" {
		return refuse("SECRET_KEY is not set and %s is missing. Set the SECRET_KEY that it was made with, or put the file back from a "+
			"backup.", b.path(SecretFile))
	}
	return refuse("the generated secret in %s does not belong to it. Set the SECRET_KEY that it was made with, or put both files back "+
		"from the same backup.", b.path(SecretFile))
}

// adopt makes the next generated secret the present one.
func (b *Box) adopt() error {
	if err := os.Rename(b.path(nextFile), b.path(SecretFile)); err != nil {
		return &fault.Error{Op: "seal.Rekey", Err: err}
	}
	return SyncDir(b.dir)
}

// Rekey wraps the data key by another secret; an empty one generates it. What was sealed stays readable.
//
// A generated secret lies in .secret.next before the store is replaced, and takes its name afterwards; Open finishes what a kill left.
// After a change to a given secret .secret is removed; if that was not reached it opens nothing and does no harm.
func (b *Box) Rekey(newSecret string) error {
	const op = "seal.Rekey"
	b.mu.Lock()
	defer b.mu.Unlock()
	generated := newSecret == ""
	if generated {
		text, err := b.generate(nextFile)
		if err != nil {
			return &fault.Error{Op: op, Err: err}
		}
		newSecret = text
	}
	if err := b.wrap(newSecret); err != nil {
		return &fault.Error{Op: op, Err: err}
	}
	if generated {
		return b.adopt()
	}
	if err := os.Remove(b.path(SecretFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return &fault.Error{Op: op, Err: err}
	}
	return SyncDir(b.dir)
}

// ID names the data key without telling it: 16 hex characters.
func (b *Box) ID() string { return hex.EncodeToString(b.Derive("id", 8)) }

// Derive returns n bytes (at most 8,160) that only who has the data key can know; each purpose has its own.
func (b *Box) Derive(purpose string, n int) []byte {
	out, err := hkdf.Key(sha256.New, b.data[:], nil, "myfsio derive v1 "+purpose, n)
	if err != nil {
		panic("seal: " + err.Error()) // n is a constant of the program
	}
	return out
}

// Seal encrypts and authenticates plaintext, and authenticates aad, which says whose secret it is and must be given again to open it.
func (b *Box) Seal(plaintext, aad []byte) []byte {
	out := make([]byte, 1+b.aead.NonceSize(), 1+b.aead.NonceSize()+len(plaintext)+b.aead.Overhead())
	out[0] = version
	if _, err := io.ReadFull(b.random, out[1:]); err != nil {
		panic("seal: no randomness: " + err.Error())
	}
	return b.aead.Seal(out, out[1:], plaintext, aad)
}

// Open is the inverse of Seal. It returns ErrSealed for anything else.
func (b *Box) Open(sealed, aad []byte) ([]byte, error) {
	n := 1 + b.aead.NonceSize()
	if len(sealed) < n || sealed[0] != version {
		return nil, ErrSealed
	}
	plain, err := b.aead.Open(nil, sealed[1:n], sealed[n:], aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// SealText is Seal for text files: Prefix and base64url.
func (b *Box) SealText(plaintext, aad string) string {
	return Prefix + base64.RawURLEncoding.EncodeToString(b.Seal([]byte(plaintext), []byte(aad)))
}

// OpenText is the inverse of SealText.
func (b *Box) OpenText(text, aad string) (string, error) {
	rest, ok := strings.CutPrefix(text, Prefix)
	if !ok {
		return "", ErrSealed
	}
	raw, err := base64.RawURLEncoding.DecodeString(rest)
	if err != nil {
		return "", ErrSealed
	}
	plain, err := b.Open(raw, []byte(aad))
	return string(plain), err
}

// Sealed reports whether text is in the form of SealText.
func Sealed(text string) bool { return strings.HasPrefix(text, "sealed:") }
