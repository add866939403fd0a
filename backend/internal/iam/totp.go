package iam

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 says so, and so do all authenticators
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// Codes of devices are those of RFC 6238 as every authenticator has them: HMAC-SHA-1, six digits, steps of 30 seconds.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSeed   = 20 // bytes of a new seed
	totpSkew   = 1  // steps that a clock may be off
)

func stepOf(t time.Time) int64 { return t.Unix() / int64(totpStep/time.Second) }

// totp is the code of a step.
func totp(seed []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // not before 1970
	h := hmac.New(sha1.New, seed)
	h.Write(counter[:])
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%0*d", totpDigits, (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

// match returns the step of a code, among those that are at most within steps away from around and later than after.
func match(seed []byte, code string, around, within, after int64) (step int64, ok bool) {
	for s := around - within; s <= around+within; s++ {
		if subtle.ConstantTimeCompare([]byte(totp(seed, s)), []byte(code)) == 1 && s > after && !ok {
			step, ok = s, true
		}
	}
	return step, ok
}

// matchPair is match for two codes one after the other; it returns the step of the second.
func matchPair(seed []byte, first, second string, around, within, after int64) (step int64, ok bool) {
	for s := around - within; s <= around+within; s++ {
		both := subtle.ConstantTimeCompare([]byte(totp(seed, s)), []byte(first)) & subtle.ConstantTimeCompare([]byte(totp(seed, s+1)), []byte(second))
		if both == 1 && s > after && !ok {
			step, ok = s+1, true
		}
	}
	return step, ok
}

// totpURI is what authenticators read from a QR code.
func totpURI(seed []byte, issuer, name string) string {
	q := url.Values{"secret": {b32.EncodeToString(seed)}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+name) + "?" + q.Encode()
}
