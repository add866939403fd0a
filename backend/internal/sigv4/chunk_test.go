package sigv4

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"encoding/base64"

	"github.com/stretchr/testify/require"
)

// stream signs and frames a payload; it returns the verified claim, the request and the body as sent.
func stream(t testing.TB, form string, payload []byte, size int, trailers ...Pair) (*Request, *Auth, []byte) {
	t.Helper()
	r := &Request{Method: "PUT", Path: "/bucket/key", Hosts: []string{"localhost:5000"}, Length: -1, Header: header{
		headerDecodedContentLength: {strconv.Itoa(len(payload))},
	}}
	for _, p := range trailers {
		r.Header[headerTrailer] = append(r.Header[headerTrailer], p.Name)
	}
	s := exampleSigner()
	seed := s.Sign(r, form, exampleTime)
	var body bytes.Buffer
	if form == UnsignedPayload || isHash(form) {
		body.Write(payload)
	} else {
		w := s.Chunks(&body, form, size, seed, exampleTime)
		_, err := w.Write(payload)
		require.NoError(t, err)
		require.NoError(t, w.Close(trailers...))
		require.Equal(t, ChunkedLength(form, size, int64(len(payload)), trailers...), int64(body.Len()))
	}
	return r, proven(t, r), body.Bytes()
}

func proven(t testing.TB, r *Request) *Auth {
	t.Helper()
	a, err := Parse(r)
	require.NoError(t, err)
	v := NewVerifier("us-east-1", "s3")
	require.NoError(t, v.Check(r, a, exampleTime))
	require.NoError(t, v.Verify(r, a, exampleSecret))
	return a
}

func crc32Trailer(payload []byte) Pair {
	sum := crc32.ChecksumIEEE(payload)
	return Pair{"x-amz-checksum-crc32", base64.StdEncoding.EncodeToString([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})}
}

// readBody returns what came and the final error, nil for io.EOF.
func readBody(t testing.TB, r *Request, a *Auth, body io.Reader) ([]byte, *Body, error) {
	t.Helper()
	b, err := NewBody(r, a, body)
	if err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(b)
	_, again := b.Read(make([]byte, 1))
	if err == nil {
		require.Equal(t, io.EOF, again)
	} else {
		require.Equal(t, err, again, "an error is final")
	}
	return data, b, err
}

func requireCode(t testing.TB, code string, err error) *Error {
	t.Helper()
	var e *Error
	require.True(t, errors.As(err, &e), "%v", err)
	require.Equal(t, code, e.Code, e.Message)
	return e
}

func TestPublishedChunkExample(t *testing.T) {
	payload := bytes.Repeat([]byte("a"), 66560)
	r := &Request{Method: "PUT", Path: "/examplebucket/chunkObject.txt", Hosts: []string{"s3.amazonaws.com"}, Length: 66824, Header: header{
		"X-Amz-Date": {"20130524T000000Z"}, "X-Amz-Storage-Class": {"REDUCED_REDUNDANCY"}, "X-Amz-Content-Sha256": {StreamingPayload},
		"Content-Encoding": {"aws-chunked"}, "X-Amz-Decoded-Content-Length": {"66560"},
		"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request," +
			"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class," +
			"Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"},
	}}
	a := proven(t, r)
	var body bytes.Buffer
	w := exampleSigner().Chunks(&body, StreamingPayload, 65536, a.Signature, exampleTime)
	_, err := w.Write(payload)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.Equal(t, 66824, body.Len())
	for _, s := range []string{
		"10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n",
		"400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n",
		"0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n",
	} {
		require.Contains(t, body.String(), s)
	}
	data, b, err := readBody(t, r, a, &body)
	require.NoError(t, err)
	require.Equal(t, payload, data)
	require.Equal(t, int64(66560), b.Length())
}

func TestPublishedTrailerExample(t *testing.T) {
	payload := bytes.Repeat([]byte("a"), 66560)
	r := &Request{Method: "PUT", Path: "/examplebucket/chunkObject.txt", Hosts: []string{"s3.amazonaws.com"}, Length: -1, Header: header{
		"X-Amz-Date": {"20130524T000000Z"}, "X-Amz-Storage-Class": {"REDUCED_REDUNDANCY"}, "X-Amz-Content-Sha256": {StreamingPayloadTrailer},
		"Content-Encoding": {"aws-chunked"}, "X-Amz-Decoded-Content-Length": {"66560"}, "X-Amz-Trailer": {"x-amz-checksum-crc32c"},
		"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
			"SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer, " +
			"Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"},
	}}
	a := proven(t, r)
	var body bytes.Buffer
	w := exampleSigner().Chunks(&body, StreamingPayloadTrailer, 65536, a.Signature, exampleTime)
	_, err := w.Write(payload)
	require.NoError(t, err)
	require.NoError(t, w.Close(Pair{"x-amz-checksum-crc32c", "sOO8/Q=="}))
	for _, s := range []string{
		"10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n",
		"400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n",
		"0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n",
		"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n",
	} {
		require.Contains(t, body.String(), s)
	}
	data, b, err := readBody(t, r, a, &body)
	require.NoError(t, err)
	require.Equal(t, payload, data)
	value, ok := b.Trailer("x-amz-checksum-crc32c")
	require.True(t, ok)
	require.Equal(t, "sOO8/Q==", value)
}

var forms = []string{StreamingPayload, StreamingPayloadTrailer, StreamingUnsignedTrailer}

func withTrailers(form string, payload []byte) []Pair {
	if form == StreamingPayload {
		return nil
	}
	return []Pair{crc32Trailer(payload)}
}

func TestChunksRoundTrip(t *testing.T) {
	payload := make([]byte, 300_000)
	for i := range payload {
		payload[i] = byte(i * 7)
	}
	for _, form := range forms {
		for _, n := range []int{0, 1, minChunk, minChunk + 1, 65536, len(payload)} {
			for _, size := range []int{minChunk, 65536, 1 << 20} {
				trailers := withTrailers(form, payload[:n])
				r, a, body := stream(t, form, payload[:n], size, trailers...)
				for _, reader := range []io.Reader{bytes.NewReader(body), iotest.HalfReader(bytes.NewReader(body)), iotest.DataErrReader(bytes.NewReader(body))} {
					data, b, err := readBody(t, r, a, reader)
					require.NoError(t, err, "%s %d %d", form, n, size)
					require.True(t, bytes.Equal(payload[:n], data))
					for _, p := range trailers {
						v, ok := b.Trailer(p.Name)
						require.True(t, ok)
						require.Equal(t, p.Value, v)
					}
				}
			}
		}
		r, a, body := stream(t, form, payload[:20_000], minChunk, withTrailers(form, payload[:20_000])...)
		data, _, err := readBody(t, r, a, iotest.OneByteReader(bytes.NewReader(body)))
		require.NoError(t, err)
		require.True(t, bytes.Equal(payload[:20_000], data))
	}
}

// Every way to cut a body short must be noticed, at every place.
func TestTruncatedChunks(t *testing.T) {
	payload := bytes.Repeat([]byte("0123456789abcdef"), 1100)
	for _, form := range forms {
		r, a, body := stream(t, form, payload, minChunk, withTrailers(form, payload)...)
		last := len(body)
		if form == StreamingPayload {
			last -= 2 // the empty line at the end says nothing
		}
		for cut := range last {
			if cut > 200 && cut < last-400 && cut%97 != 0 {
				continue
			}
			_, _, err := readBody(t, r, a, bytes.NewReader(body[:cut]))
			require.Error(t, err, "%s cut at %d of %d", form, cut, len(body))
			var e *Error
			require.True(t, errors.As(err, &e))
			require.Contains(t, []string{CodeIncompleteBody, CodeMalformedTrailer}, e.Code)
			_, _, err = readBody(t, r, a, io.MultiReader(bytes.NewReader(body[:cut]), iotest.ErrReader(io.ErrUnexpectedEOF)))
			requireCode(t, CodeIncompleteBody, err)
		}
	}
}

func TestConnectionErrorsComeThrough(t *testing.T) {
	payload := bytes.Repeat([]byte("x"), 20_000)
	broken := errors.New("connection reset")
	for _, form := range append(forms, HashPayload(payload), UnsignedPayload) {
		r, a, body := stream(t, form, payload, minChunk, withTrailersOrNone(form, payload)...)
		for _, cut := range []int{0, 3, 100, 9000, len(body) - 1, len(body)} {
			_, _, err := readBody(t, r, a, io.MultiReader(bytes.NewReader(body[:cut]), iotest.ErrReader(broken)))
			require.ErrorIs(t, err, broken, "%s %d", form, cut)
		}
	}
}

func withTrailersOrNone(form string, payload []byte) []Pair {
	if form == UnsignedPayload || isHash(form) {
		return nil
	}
	return withTrailers(form, payload)
}

// Flipping any bit of a signed body must be noticed.
func TestTamperedChunks(t *testing.T) {
	payload := bytes.Repeat([]byte("0123456789abcdef"), 1100)
	for _, form := range []string{StreamingPayload, StreamingPayloadTrailer} {
		r, a, body := stream(t, form, payload, minChunk, withTrailers(form, payload)...)
		for i := range body {
			if i > 200 && i < len(body)-400 && i%61 != 0 {
				continue
			}
			bad := bytes.Clone(body)
			bad[i] ^= 1
			data, _, err := readBody(t, r, a, bytes.NewReader(bad))
			if err == nil && bytes.Equal(data, payload) && (body[i] == '\r' || body[i] >= 'A' && body[i] <= 'F') {
				continue // line ends and the case of hex digits of sizes mean nothing
			}
			require.Error(t, err, "%s byte %d %q", form, i, body[i])
		}
	}
}

func TestReorderedMissingAndSurplusChunks(t *testing.T) {
	payload := make([]byte, 4*minChunk)
	for i := range payload {
		payload[i] = byte(i / minChunk)
	}
	for _, form := range forms {
		trailers := withTrailers(form, payload)
		r, a, body := stream(t, form, payload, minChunk, trailers...)
		frame := bytes.Index(body, []byte("\r\n")) + 2 + minChunk + 2
		part := func(i int) []byte { return body[i*frame : (i+1)*frame] }
		end := body[4*frame:]
		join := func(parts ...[]byte) io.Reader { return bytes.NewReader(bytes.Join(parts, nil)) }
		signed := form != StreamingUnsignedTrailer

		_, _, err := readBody(t, r, a, join(part(1), part(0), part(2), part(3), end))
		if signed {
			e := requireCode(t, CodeSignatureDoesNotMatch, err)
			require.True(t, strings.HasPrefix(e.Get("StringToSign"), chunkAlgorithm))
		} else {
			require.NoError(t, err, "only the checksum tells")
		}
		_, _, err = readBody(t, r, a, join(part(0), part(1), part(2), end))
		requireCode(t, CodeIncompleteBody, err)
		_, _, err = readBody(t, r, a, join(part(0), part(2), part(3), end))
		requireCode(t, map[bool]string{true: CodeSignatureDoesNotMatch, false: CodeIncompleteBody}[signed], err)
		_, _, err = readBody(t, r, a, join(part(0), part(1), part(2), part(3), part(3), end))
		requireCode(t, CodeIncompleteBody, err)
		_, _, err = readBody(t, r, a, join(part(0), part(1), part(2), part(3)))
		requireCode(t, CodeIncompleteBody, err)
		_, _, err = readBody(t, r, a, join(body, body))
		require.Error(t, err)
		_, _, err = readBody(t, r, a, join(body, []byte("x")))
		require.Error(t, err)
	}
}

func TestNothingOfABadChunkIsGivenOutWhenItFits(t *testing.T) {
	payload := bytes.Repeat([]byte("y"), 2*minChunk)
	r, a, body := stream(t, StreamingPayload, payload, minChunk)
	body[len(body)-200] ^= 1 // in the second chunk
	b, err := NewBody(r, a, bytes.NewReader(body))
	require.NoError(t, err)
	got := 0
	buf := make([]byte, len(payload))
	for err == nil {
		var n int
		n, err = b.Read(buf)
		got += n
	}
	requireCode(t, CodeSignatureDoesNotMatch, err)
	require.Less(t, got, len(payload))
}

func TestChunkFraming(t *testing.T) {
	sig := strings.Repeat("0", 64)
	big := strings.Repeat("z", minChunk)
	cases := []struct{ name, form, length, body, code string }{
		{"empty", StreamingUnsignedTrailer, "0", "", CodeIncompleteBody},
		{"no digits", StreamingUnsignedTrailer, "1", "\r\nx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"no hex", StreamingUnsignedTrailer, "1", "g\r\nx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"negative", StreamingUnsignedTrailer, "1", "-1\r\nx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"overflow", StreamingUnsignedTrailer, "1", "ffffffffffffffff\r\nx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"more than declared", StreamingUnsignedTrailer, "1", "2\r\nxx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"less than declared", StreamingUnsignedTrailer, "3", "2\r\nxx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"long line", StreamingUnsignedTrailer, "1", strings.Repeat("0", 300) + "1\r\nx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"endless line", StreamingUnsignedTrailer, "1", strings.Repeat("0", 1<<20), CodeIncompleteBody},
		{"bare LF", StreamingUnsignedTrailer, "1", "1\nx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"no end of chunk", StreamingUnsignedTrailer, "1", "1\r\nxy\r\n0\r\n\r\n", CodeIncompleteBody},
		{"extension", StreamingUnsignedTrailer, "1", "1;chunk-signature=" + sig + "\r\nx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"small chunk", StreamingUnsignedTrailer, "3", "1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n", CodeInvalidChunkSize},
		{"small chunk later", StreamingUnsignedTrailer, "8195", "2000\r\n" + big + "\r\n1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n", CodeInvalidChunkSize},
		{"without signature", StreamingPayload, "1", "1\r\nx\r\n0\r\n\r\n", CodeIncompleteBody},
		{"short signature", StreamingPayload, "1", "1;chunk-signature=00\r\nx\r\n", CodeIncompleteBody},
		{"long signature", StreamingPayload, "1", "1;chunk-signature=" + sig + "x\r\n", CodeIncompleteBody},
		{"wrong signature", StreamingPayload, "1", "1;chunk-signature=" + sig + "\r\nx\r\n", CodeSignatureDoesNotMatch},
		{"trailer not announced", StreamingUnsignedTrailer, "0", "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", CodeMalformedTrailer},
		{"trailer without colon", StreamingUnsignedTrailer, "0", "0\r\nx-amz-checksum-crc32\r\n\r\n", CodeMalformedTrailer},
		{"trailer signature", StreamingUnsignedTrailer, "0", "0\r\nx-amz-trailer-signature:" + sig + "\r\n\r\n", CodeMalformedTrailer},
		{"endless trailer", StreamingUnsignedTrailer, "0", "0\r\n" + strings.Repeat("a:b\r\n", 5000), CodeMalformedTrailer},
		{"trailer cut", StreamingUnsignedTrailer, "0", "0\r\nx-amz-checksum-crc32:AAAA", CodeIncompleteBody},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := &Request{Method: "PUT", Path: "/b/k", Hosts: []string{"h"}, Length: -1, Header: header{headerDecodedContentLength: {c.length}}}
			exampleSigner().Sign(r, c.form, exampleTime)
			_, _, err := readBody(t, r, proven(t, r), strings.NewReader(c.body))
			e := requireCode(t, c.code, err)
			if c.code == CodeInvalidChunkSize {
				require.Equal(t, "1", e.Get("BadChunkSize"))
			}
		})
	}
}

// The ends that clients in use write.
func TestTrailerEnds(t *testing.T) {
	sum := crc32Trailer([]byte("x"))
	line := sum.Name + ":" + sum.Value
	for _, tail := range []string{line + "\r\n\r\n", line + "\n\r\n\r\n", strings.ToUpper(sum.Name) + ": " + sum.Value + " \r\n\r\n"} {
		r := &Request{Method: "PUT", Path: "/b/k", Hosts: []string{"h"}, Length: -1,
			Header: header{headerDecodedContentLength: {"1"}, headerTrailer: {sum.Name}}}
		exampleSigner().Sign(r, StreamingUnsignedTrailer, exampleTime)
		data, b, err := readBody(t, r, proven(t, r), strings.NewReader("1\r\nx\r\n0\r\n"+tail))
		require.NoError(t, err, "%q", tail)
		require.Equal(t, "x", string(data))
		v, ok := b.Trailer(sum.Name)
		require.True(t, ok)
		require.Equal(t, sum.Value, v)
	}
	// signed, with a bare line feed before the signature's line
	r, a, body := stream(t, StreamingPayloadTrailer, []byte("x"), minChunk, sum)
	body = bytes.Replace(body, []byte(line+"\r\n"), []byte(line+"\n\r\n"), 1)
	_, _, err := readBody(t, r, a, bytes.NewReader(body))
	require.NoError(t, err)
}

func TestTrailersAgree(t *testing.T) {
	payload := []byte("payload")
	sum := crc32Trailer(payload)
	for _, form := range []string{StreamingPayloadTrailer, StreamingUnsignedTrailer} {
		r, a, body := stream(t, form, payload, minChunk, sum)
		r.Header[headerTrailer] = []string{"x-amz-checksum-crc32c"}
		_, _, err := readBody(t, r, a, bytes.NewReader(body))
		requireCode(t, CodeMalformedTrailer, err)
		r.Header[headerTrailer] = []string{"x-amz-checksum-crc32, x-amz-checksum-crc32c"}
		_, _, err = readBody(t, r, a, bytes.NewReader(body))
		requireCode(t, CodeMalformedTrailer, err)
		r.Header[headerTrailer] = []string{"x-amz-meta-a"}
		_, _, err = readBody(t, r, a, bytes.NewReader(body))
		requireCode(t, CodeInvalidRequest, err)
	}
	r, a, body := stream(t, StreamingPayloadTrailer, payload, minChunk, sum)
	_, _, err := readBody(t, r, a, bytes.NewReader(bytes.Replace(body, []byte(sum.Value), []byte("AAAAAA=="), 1)))
	e := requireCode(t, CodeSignatureDoesNotMatch, err)
	require.True(t, strings.HasPrefix(e.Get("StringToSign"), trailerAlgorithm))
	// trailers are held to what was announced before their signature is looked at
	r.Header[headerTrailer] = []string{"x-amz-checksum-sha512"}
	_, _, err = readBody(t, r, a, bytes.NewReader(bytes.Replace(body, []byte(sum.Value), []byte("AAAAAA=="), 1)))
	requireCode(t, CodeMalformedTrailer, err)
	_, _, err = readBody(t, r, a, bytes.NewReader(body[:bytes.Index(body, []byte(sum.Name))])) // announced, and none comes
	requireCode(t, CodeIncompleteBody, err)
	r.Header[headerTrailer] = []string{sum.Name}
	i := bytes.Index(body, []byte(trailerSignature))
	_, _, err = readBody(t, r, a, bytes.NewReader(bytes.Replace(body, body[i+len(trailerSignature)+1:i+len(trailerSignature)+5], nil, 1)))
	requireCode(t, CodeIncompleteBody, err)
	_, _, err = readBody(t, r, a, bytes.NewReader(append(bytes.Clone(body[:i]), "\r\n"...)))
	requireCode(t, CodeIncompleteBody, err)
	_, _, err = readBody(t, r, a, bytes.NewReader(append(append(bytes.Clone(body[:i-1]), "bcd"...), body[i:]...)))
	requireCode(t, CodeIncompleteBody, err)
	// announced where none can come
	r, a, body = stream(t, StreamingPayload, payload, minChunk)
	r.Header[headerTrailer] = []string{sum.Name}
	_, _, err = readBody(t, r, a, bytes.NewReader(body))
	requireCode(t, CodeMalformedTrailer, err)
}

func TestNewBodyRefusals(t *testing.T) {
	r, a, _ := stream(t, StreamingPayload, nil, minChunk)
	for _, text := range []string{"", "-1", "+1", "x", "99999999999999999999"} {
		r.Header[headerDecodedContentLength] = []string{text}
		_, err := NewBody(r, a, nil)
		requireCode(t, CodeMissingContentLength, err)
	}
	r.Header[headerDecodedContentLength] = []string{"0"}
	unproven, err := Parse(r)
	require.NoError(t, err)
	_, err = NewBody(r, unproven, nil)
	requireCode(t, CodeAccessDenied, err)
}

func TestPlainBody(t *testing.T) {
	payload := []byte("some bytes")
	sum := HashPayload(payload)
	for _, form := range []string{sum, UnsignedPayload} {
		r, a, body := stream(t, form, payload, 0)
		for _, length := range []int64{-1, int64(len(payload))} {
			r.Length = length
			data, b, err := readBody(t, r, a, bytes.NewReader(body))
			require.NoError(t, err)
			require.Equal(t, payload, data)
			require.Equal(t, length, b.Length())
		}
		for _, length := range []int64{0, int64(len(payload)) - 1, int64(len(payload)) + 1} {
			r.Length = length
			_, _, err := readBody(t, r, a, bytes.NewReader(body))
			requireCode(t, CodeIncompleteBody, err)
		}
	}
	r, a, _ := stream(t, sum, payload, 0)
	_, _, err := readBody(t, r, a, strings.NewReader("other bytes"))
	e := requireCode(t, CodeContentSHA256Mismatch, err)
	require.Equal(t, sum, e.Get("ClientComputedContentSHA256"))
	require.Equal(t, HashPayload([]byte("other bytes")), e.Get("S3ComputedContentSHA256"))
	_, _, err = readBody(t, r, a, strings.NewReader(""))
	requireCode(t, CodeContentSHA256Mismatch, err)
}

func TestAnonymousTrailer(t *testing.T) {
	sum := crc32Trailer([]byte("x"))
	r := &Request{Method: "PUT", Path: "/b/k", Length: -1, Header: header{
		headerDecodedContentLength: {"1"}, headerTrailer: {sum.Name}, headerContentSHA256: {StreamingUnsignedTrailer}}}
	a, err := Parse(r)
	require.NoError(t, err)
	data, _, err := readBody(t, r, a, strings.NewReader("1\r\nx\r\n0\r\n"+sum.Name+":"+sum.Value+"\r\n\r\n"))
	require.NoError(t, err)
	require.Equal(t, "x", string(data))
	r.Header[headerContentSHA256] = []string{StreamingPayload}
	_, err = Parse(r)
	requireCode(t, CodeInvalidRequest, err)
}

// splits gives out a body in pieces whose lengths the fuzzer chooses.
type splits struct {
	body  []byte
	sizes *rand.Rand
}

func (s *splits) Read(p []byte) (int, error) {
	if len(s.body) == 0 {
		return 0, io.EOF
	}
	n := min(len(p), len(s.body), 1+s.sizes.IntN(1+s.sizes.IntN(20_000)))
	copy(p, s.body[:n])
	s.body = s.body[n:]
	return n, nil
}

func FuzzChunksRoundTrip(f *testing.F) {
	f.Add([]byte("hello"), uint16(3), uint16(0), uint64(1), uint8(0))
	f.Add([]byte{}, uint16(0), uint16(9), uint64(2), uint8(1))
	f.Add([]byte("0123456789"), uint16(5000), uint16(10_000), uint64(3), uint8(2))
	f.Fuzz(func(t *testing.T, seed []byte, repeat, size uint16, split uint64, form uint8) {
		payload := bytes.Repeat(seed, min(int(repeat)%64, 1+1<<18/(len(seed)+1)))
		kind := forms[int(form)%len(forms)]
		r, a, body := stream(t, kind, payload, minChunk+int(size), withTrailers(kind, payload)...)
		data, _, err := readBody(t, r, a, &splits{body, rand.New(rand.NewPCG(split, 1))})
		require.NoError(t, err)
		require.True(t, bytes.Equal(payload, data))
		if len(body) > 0 && kind != StreamingUnsignedTrailer { // any one byte less
			i := int(split % uint64(len(body)-2))
			data, _, err = readBody(t, r, a, &splits{append(bytes.Clone(body[:i]), body[i+1:]...), rand.New(rand.NewPCG(split, 2))})
			require.True(t, err != nil || bytes.Equal(payload, data) && body[i] == '\r', "%d %q", i, body[i])
		}
	})
}

func FuzzChunkReader(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\n0\r\n\r\n"), uint16(5), uint8(0), uint64(1))
	f.Add([]byte("0;chunk-signature="+strings.Repeat("0", 64)+"\r\n\r\n"), uint16(0), uint8(1), uint64(1))
	f.Add([]byte("0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"), uint16(0), uint8(2), uint64(1))
	f.Fuzz(func(t *testing.T, body []byte, length uint16, form uint8, split uint64) {
		kind := forms[int(form)%len(forms)]
		r := &Request{Method: "PUT", Path: "/b/k", Hosts: []string{"h"}, Length: -1,
			Header: header{headerDecodedContentLength: {strconv.Itoa(int(length))}}}
		exampleSigner().Sign(r, kind, exampleTime)
		data, _, err := readBody(t, r, proven(t, r), &splits{body, rand.New(rand.NewPCG(split, 1))})
		require.LessOrEqual(t, len(data), int(length))
		if err == nil {
			require.Len(t, data, int(length))
			require.Equal(t, StreamingUnsignedTrailer, kind, "nobody can guess a signature")
		} else {
			var e *Error
			require.True(t, errors.As(err, &e))
		}
	})
}

func BenchmarkSignedChunks(b *testing.B) {
	payload := make([]byte, 4<<20)
	r, a, body := stream(b, StreamingPayload, payload, 64<<10)
	buf := make([]byte, 64<<10)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		c, err := NewBody(r, a, bytes.NewReader(body))
		require.NoError(b, err)
		for err == nil {
			_, err = c.Read(buf)
		}
		require.Equal(b, io.EOF, err)
	}
}

// What is no digest at all is one that no body has, where the header takes no part in a signature in the Authorization header.
func TestNoDigest(t *testing.T) {
	anonymous := plainRequest()
	anonymous.Header[headerContentSHA256] = []string{"invalid-sha256"}
	presigned := plainRequest()
	presigned.Header[headerContentSHA256] = []string{"invalid-sha256"}
	presigned.Query = exampleSigner().Presign(presigned, maxSkew, exampleTime)
	for _, r := range []*Request{anonymous, presigned} {
		a, err := Parse(r)
		require.NoError(t, err)
		_, _, err = readBody(t, r, a, strings.NewReader(""))
		require.Equal(t, "invalid-sha256", requireCode(t, CodeContentSHA256Mismatch, err).Get("ClientComputedContentSHA256"))
	}
}
