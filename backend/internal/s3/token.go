package s3

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
)

// A continuation token says after which name a page begins. It is opaque to clients and carries a check, so that only tokens that this
// server made are taken. It gives no right to anything: every page is authorized by itself.

// makeToken returns the token of the page after a name.
func makeToken(after string) string {
	raw := make([]byte, 4, 4+len(after))
	binary.BigEndian.PutUint32(raw, crc32.ChecksumIEEE([]byte(after)))
	return base64.RawURLEncoding.EncodeToString(append(raw, after...))
}

// parseToken is the inverse of makeToken.
func parseToken(token string) (after string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 4 || binary.BigEndian.Uint32(raw) != crc32.ChecksumIEEE(raw[4:]) || makeToken(string(raw[4:])) != token {
		return "", errToken
	}
	return string(raw[4:]), nil
}
