package hostile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

func crc(p []byte) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(p)))
}

// chunked builds a request whose body goes in chunks. kind is the value of x-amz-content-sha256, trailer the value of the announced checksum.
func chunked(bucket, kind, trailer string, decoded int, parts ...[]byte) (*lab.Request, [][]byte) {
	r := server.New(http.MethodPut, "/"+bucket+"/k", "", nil).With("X-Amz-Content-Sha256", kind).With("X-Amz-Decoded-Content-Length", strconv.Itoa(decoded)).With("Content-Encoding", "aws-chunked")
	if trailer != "" {
		r.Header.Set("X-Amz-Trailer", "x-amz-checksum-crc32")
	}
	seal := server.Signer().Sign(r)
	var chunks [][]byte
	for _, p := range parts {
		if kind == lab.UnsignedTrailer {
			chunks = append(chunks, slices.Concat([]byte(strconv.FormatInt(int64(len(p)), 16)+"\r\n"), p, []byte("\r\n")))
			continue
		}
		chunks = append(chunks, seal.Chunk(p))
	}
	switch kind {
	case lab.Streaming:
		chunks = append(chunks, seal.Chunk(nil))
	case lab.StreamTrailer:
		chunks = append(chunks, seal.Last("x-amz-checksum-crc32", trailer))
	case lab.UnsignedTrailer:
		chunks = append(chunks, []byte("0\r\nx-amz-checksum-crc32:"+trailer+"\r\n\r\n"))
	}
	return r, chunks
}

func send(t *testing.T, r *lab.Request, chunks ...[]byte) *lab.Answer {
	t.Helper()
	r.Body = slices.Concat(chunks...)
	return server.Send(t, r)
}

func TestChunks(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	a, b, c := pattern(65536), bytes.ToUpper(pattern(65536)), []byte("the end")
	all := slices.Concat(a, b, c)
	for _, kind := range []string{lab.Streaming, lab.StreamTrailer, lab.UnsignedTrailer} {
		sum := ""
		if kind != lab.Streaming {
			sum = crc(all)
		}
		build := func() (*lab.Request, [][]byte) { return chunked(bucket, kind, sum, len(all), a, b, c) }

		// It works when nothing is wrong, over any split of the bytes, and the object has no trace of the encoding.
		r, ch := build()
		got := send(t, r, ch...)
		require.Equal(t, 200, got.Status, "%s: %s", kind, got.Body)
		get := server.Get(t, "/"+bucket+"/k", "")
		require.True(t, bytes.Equal(all, get.Body))
		require.Empty(t, get.Header.Get("Content-Encoding"))
		require.Equal(t, 204, server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/k", "", nil)).Status)

		signed := kind != lab.UnsignedTrailer
		refuse := func(name string, r *lab.Request, body [][]byte, want ...string) {
			got := send(t, r, body...)
			require.Contains(t, want, fmt.Sprint(got.Status, " ", got.Error.Code), "%s, %s: %.300s", kind, name, got.Body)
			untouched(t, bucket)
		}
		mismatch := []string{"403 SignatureDoesNotMatch"}
		if !signed {
			mismatch = []string{"400 BadDigest"}
		}
		r, ch = build()
		bad := bytes.Clone(ch[1])
		bad[len(bad)-100] ^= 1
		refuse("tampered data", r, [][]byte{ch[0], bad, ch[2], ch[3]}, mismatch...)
		r, ch = build()
		refuse("reordered", r, [][]byte{ch[1], ch[0], ch[2], ch[3]}, mismatch...)
		r, ch = build()
		refuse("missing chunk", r, [][]byte{ch[0], ch[2], ch[3]}, append(mismatch, "400 IncompleteBody")...)
		r, ch = build()
		refuse("surplus chunk", r, [][]byte{ch[0], ch[1], ch[1], ch[2], ch[3]}, append(mismatch, "400 IncompleteBody", "400 InvalidRequest")...)
		r, ch = build()
		refuse("data behind the last chunk", r, [][]byte{ch[0], ch[1], ch[2], ch[3], []byte("more")}, "400 IncompleteBody", "400 InvalidRequest", "400 MalformedTrailerError", "403 SignatureDoesNotMatch")
		r, ch = build()
		refuse("no last chunk", r, [][]byte{ch[0], ch[1], ch[2]}, "400 IncompleteBody")
		r, ch = build()
		refuse("cut within a chunk", r, [][]byte{ch[0], ch[1][:300]}, "400 IncompleteBody")
		r, ch = build()
		refuse("cut within a size", r, [][]byte{ch[0], ch[1][:3]}, "400 IncompleteBody")
		r, _ = build()
		refuse("nothing", r, nil, "400 IncompleteBody")
		r, ch = chunked(bucket, kind, sum, len(all)+1, a, b, c)
		refuse("less than declared", r, ch, "400 IncompleteBody")
		r, ch = chunked(bucket, kind, sum, len(all)-1, a, b, c)
		refuse("more than declared", r, ch, append(mismatch, "400 IncompleteBody", "400 InvalidRequest")...)
		for _, size := range []string{"", "zz", "-1", "+10", "0x10", "ffffffffffffffffffff", "7fffffffffffffff", "10000 ", " 10000"} {
			r, ch = build()
			head := []byte(size + "\r\n")
			if signed {
				head = []byte(size + ";chunk-signature=" + lab.Digest(nil) + "\r\n")
			}
			got := send(t, r, head, a, []byte("\r\n"), ch[3])
			require.Contains(t, []int{400, 403}, got.Status, "size %q: %s", size, got.Body)
			untouched(t, bucket)
		}
		r, ch = build()
		refuse("no line end after the data", r, [][]byte{ch[0][:len(ch[0])-2], ch[1], ch[2], ch[3]}, "400 IncompleteBody", "400 InvalidRequest", "403 SignatureDoesNotMatch")
		r, _ = build()
		refuse("endless size line", r, [][]byte{bytes.Repeat([]byte("1"), 100_000)}, "400 IncompleteBody", "400 InvalidRequest", "403 SignatureDoesNotMatch")
		r, ch = build()
		r.Header.Set("X-Amz-Decoded-Content-Length", "-5")
		server.Signer().Sign(r)
		got = send(t, r, ch...)
		require.Contains(t, []int{400, 411}, got.Status, "%s", got.Body)
		r, ch = build()
		r.Header.Del("X-Amz-Decoded-Content-Length")
		server.Signer().Sign(r)
		refuse("no decoded length", r, ch, "411 MissingContentLength")
		if signed {
			r, ch = build()
			refuse("chunks of another request", r, func() [][]byte {
				_, o := chunked(bucket, kind, sum, len(all)+1, a, b, c)
				return [][]byte{o[0], ch[1], ch[2], ch[3]}
			}(), "403 SignatureDoesNotMatch")
			r, _ = build()
			refuse("no signatures", r, [][]byte{[]byte("10000\r\n"), a, []byte("\r\n0\r\n\r\n")}, "403 SignatureDoesNotMatch", "400 InvalidRequest", "400 IncompleteBody")
			r, ch = chunked(bucket, kind, sum, len(all), a[:100], slices.Concat(a[100:], b, c))
			refuse("a small chunk that is not the last", r, ch, "403 InvalidChunkSizeError")
		}
	}
}

func TestTrailers(t *testing.T) {
	t.Parallel()
	bucket := newBucket(t)
	body := pattern(20_000)
	wrong := crc([]byte("other"))
	for _, kind := range []string{lab.StreamTrailer, lab.UnsignedTrailer} {
		r, ch := chunked(bucket, kind, wrong, len(body), body)
		send(t, r, ch...).Refused(t, 400, "BadDigest")
		r, ch = chunked(bucket, kind, "no base64", len(body), body)
		one(t, send(t, r, ch...), "400 InvalidRequest", "400 MalformedTrailerError")
		for _, trailer := range []string{"0\r\n\r\n", "0\r\nx-amz-checksum-crc32\r\n\r\n", "0\r\nx-amz-checksum-sha1:AAAA\r\n\r\n", "0\r\nother:1\r\n\r\n"} {
			r, ch = chunked(bucket, kind, crc(body), len(body), body)
			one(t, send(t, r, ch[0], []byte(trailer)), "400 MalformedTrailerError", "400 InvalidRequest", "403 SignatureDoesNotMatch", "400 IncompleteBody")
		}
		r, ch = chunked(bucket, kind, crc(body), len(body), body)
		one(t, send(t, r, ch[0], bytes.TrimSuffix(ch[1], []byte("\r\n\r\n"))), "400 IncompleteBody", "400 MalformedTrailerError")
		untouched(t, bucket)
	}
	// A trailer that was changed on the way no longer fits its signature, even when it fits the body.
	r, ch := chunked(bucket, lab.StreamTrailer, wrong, len(body), body)
	changed := bytes.Replace(ch[1], []byte(wrong), []byte(crc(body)), 1)
	send(t, r, ch[0], changed).Refused(t, 403, "SignatureDoesNotMatch")
	untouched(t, bucket)
	// An announced trailer that never comes, and one nobody announced.
	r = server.New(http.MethodPut, "/"+bucket+"/k", "", []byte("x")).With("X-Amz-Content-Sha256", lab.Unsigned).With("X-Amz-Trailer", "x-amz-checksum-crc32")
	server.Signer().Sign(r)
	require.Equal(t, 400, server.Send(t, r).Status)
	r, ch = chunked(bucket, lab.UnsignedTrailer, "", len(body), body)
	got := send(t, r, ch[0], []byte("0\r\nx-amz-checksum-crc32:"+crc(body)+"\r\n\r\n"))
	require.Contains(t, []int{400}, got.Status, "%s", got.Body)
	untouched(t, bucket)
}
