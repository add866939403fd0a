package s3compat

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // Content-MD5
	"crypto/sha1" //nolint:gosec // a checksum of S3
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/minio/crc64nvme"
	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

var algorithms = []types.ChecksumAlgorithm{
	types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmCrc64nvme, types.ChecksumAlgorithmSha1, types.ChecksumAlgorithmSha256,
}

// sum returns the checksum of p in the form of the wire.
func sum(algorithm types.ChecksumAlgorithm, p []byte) string {
	var raw []byte
	switch algorithm {
	case types.ChecksumAlgorithmCrc32:
		raw = binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(p))
	case types.ChecksumAlgorithmCrc32c:
		raw = binary.BigEndian.AppendUint32(nil, crc32.Checksum(p, crc32.MakeTable(crc32.Castagnoli)))
	case types.ChecksumAlgorithmCrc64nvme:
		raw = binary.BigEndian.AppendUint64(nil, crc64nvme.Checksum(p))
	case types.ChecksumAlgorithmSha1:
		s := sha1.Sum(p) //nolint:gosec // as above
		raw = s[:]
	case types.ChecksumAlgorithmSha256:
		s := sha256.Sum256(p)
		raw = s[:]
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func header(algorithm types.ChecksumAlgorithm) string {
	return "X-Amz-Checksum-" + strings.ToUpper(string(algorithm[:1])) + strings.ToLower(string(algorithm[1:]))
}

// TestChecksumsBySDK lets the SDK compute each algorithm, as a header over HTTP and as a trailer over TLS, and check what comes back.
func TestChecksumsBySDK(t *testing.T) {
	t.Parallel()
	for _, m := range lab.Modes {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			c, err := server.Client(m, proxy)
			require.NoError(t, err)
			bucket := newBucket(t, c)
			for _, algorithm := range algorithms {
				for _, size := range []int{0, 11, 70_000, 3 << 20} {
					body := bytesOf(size, 9)
					key := fmt.Sprint(algorithm, size)
					_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body), ChecksumAlgorithm: algorithm})
					require.NoError(t, err, key)
					a := server.Do(t, server.New(http.MethodHead, "/"+bucket+"/"+key, "", nil).With("X-Amz-Checksum-Mode", "ENABLED"))
					require.Equal(t, sum(algorithm, body), a.Header.Get(header(algorithm)), key)
					require.Equal(t, "FULL_OBJECT", a.Header.Get("X-Amz-Checksum-Type"))
					g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key, ChecksumMode: types.ChecksumModeEnabled})
					require.NoError(t, err)
					got, err := io.ReadAll(g.Body) // the SDK compares the checksum at the end
					require.NoError(t, err, key)
					equalBytes(t, body, got)
				}
			}
		})
	}
}

func TestChecksumHeaders(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	body := []byte("checked content")
	md := md5.Sum(body) //nolint:gosec // as above
	put := func(headers ...string) *lab.Answer {
		r := server.New(http.MethodPut, "/"+bucket+"/k", "", body)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return server.Do(t, r)
	}
	other := []byte("other")
	for _, a := range algorithms {
		ok := put(header(a), sum(a, body))
		require.Equal(t, 200, ok.Status, "%s", ok.Body)
		require.Equal(t, sum(a, body), ok.Header.Get(header(a)), "the answer repeats the checksum")
		require.Equal(t, "FULL_OBJECT", ok.Header.Get("X-Amz-Checksum-Type"))
		// Returned when asked, and not for ranges.
		get := server.Do(t, server.New(http.MethodGet, "/"+bucket+"/k", "", nil).With("X-Amz-Checksum-Mode", "ENABLED"))
		require.Equal(t, sum(a, body), get.Header.Get(header(a)))
		get = server.Get(t, "/"+bucket+"/k", "")
		require.Empty(t, get.Header.Get(header(a)))
		get = server.Do(t, server.New(http.MethodGet, "/"+bucket+"/k", "", nil).With("X-Amz-Checksum-Mode", "ENABLED").With("Range", "bytes=1-3"))
		require.Equal(t, 206, get.Status)
		require.Empty(t, get.Header.Get(header(a)))
		require.Equal(t, 204, server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/k", "", nil)).Status)

		put(header(a), sum(a, other)).Refused(t, 400, "BadDigest")
		put(header(a), "not base64!").Refused(t, 400, "InvalidRequest")
		put(header(a), "AAA=").Refused(t, 400, "InvalidRequest")
		absent(t, c, bucket, "k")
	}
	// Two checksums at once, and one that does not fit the announced algorithm.
	put(header("CRC32"), sum("CRC32", body), header("SHA1"), sum("SHA1", body)).Refused(t, 400, "InvalidRequest")
	require.Equal(t, 400, put(header("CRC32"), sum("CRC32", body), "X-Amz-Sdk-Checksum-Algorithm", "SHA256").Status)
	put("X-Amz-Sdk-Checksum-Algorithm", "CRC32").Refused(t, 400, "InvalidRequest")
	put("X-Amz-Sdk-Checksum-Algorithm", "ROT13").Refused(t, 400, "InvalidRequest")

	require.Equal(t, 200, put("Content-Md5", base64.StdEncoding.EncodeToString(md[:])).Status)
	require.Equal(t, 204, server.Do(t, server.New(http.MethodDelete, "/"+bucket+"/k", "", nil)).Status)
	bad := md5.Sum(other) //nolint:gosec // as above
	mismatch := put("Content-Md5", base64.StdEncoding.EncodeToString(bad[:]))
	mismatch.Refused(t, 400, "BadDigest")
	put("Content-Md5", "tooshort").Refused(t, 400, "InvalidDigest")
	put("Content-Md5", "no base64 at all").Refused(t, 400, "InvalidDigest")
	put("X-Amz-Content-Sha256", lab.Digest(other)).Refused(t, 400, "XAmzContentSHA256Mismatch")
	put("X-Amz-Content-Sha256", "not-a-digest").Refused(t, 400, "InvalidArgument")
	absent(t, c, bucket, "k")
}

// TestDefaultChecksum: an object stored without a checksum gets one of CRC64NVME, as S3 computes it since December 2024.
func TestDefaultChecksum(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	body := bytesOf(1234, 1)
	a := server.Put(t, "/"+bucket+"/k", body)
	require.Equal(t, 200, a.Status)
	require.Equal(t, sum(types.ChecksumAlgorithmCrc64nvme, body), a.Header.Get("X-Amz-Checksum-Crc64nvme"))
	h := server.Do(t, server.New(http.MethodHead, "/"+bucket+"/k", "", nil).With("X-Amz-Checksum-Mode", "ENABLED"))
	require.Equal(t, sum(types.ChecksumAlgorithmCrc64nvme, body), h.Header.Get("X-Amz-Checksum-Crc64nvme"))
}

// TestMultipartChecksums completes uploads of three parts with every algorithm and type.
func TestMultipartChecksums(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	parts := [][]byte{bytesOf(5<<20, 1), bytesOf(5<<20+77, 2), bytesOf(1000, 3)}
	whole := bytes.Join(parts, nil)
	for _, algorithm := range algorithms {
		for _, kind := range []types.ChecksumType{types.ChecksumTypeComposite, types.ChecksumTypeFullObject} {
			crc := strings.HasPrefix(string(algorithm), "CRC")
			in := &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String(fmt.Sprint(algorithm, kind)), ChecksumAlgorithm: algorithm, ChecksumType: kind}
			up, err := c.CreateMultipartUpload(ctx, in)
			if kind == types.ChecksumTypeFullObject && !crc || kind == types.ChecksumTypeComposite && algorithm == types.ChecksumAlgorithmCrc64nvme {
				refused(t, err, 400, "InvalidRequest") // no whole of parts for SHA, and only wholes for CRC64NVME
				continue
			}
			require.NoError(t, err, "%s %s", algorithm, kind)
			require.Equal(t, algorithm, up.ChecksumAlgorithm)
			require.Equal(t, kind, up.ChecksumType)
			var done []types.CompletedPart
			var raw []byte
			for i, p := range parts {
				r := server.New(http.MethodPut, "/"+bucket+"/"+*in.Key, fmt.Sprintf("partNumber=%d&uploadId=%s", i+1, *up.UploadId), p).With("X-Amz-Content-Sha256", lab.Unsigned)
				r.Header.Set(header(algorithm), sum(algorithm, parts[(i+1)%3]))
				server.Do(t, r).Refused(t, 400, "BadDigest")
				r.Header.Set(header(algorithm), sum(algorithm, p))
				a := server.Do(t, r)
				require.Equal(t, 200, a.Status, "%s", a.Body)
				require.Equal(t, sum(algorithm, p), a.Header.Get(header(algorithm)))
				done = append(done, completed(i+1, a.Header.Get("ETag"), algorithm, sum(algorithm, p)))
				one, err := base64.StdEncoding.DecodeString(sum(algorithm, p))
				require.NoError(t, err)
				raw = append(raw, one...)
			}
			want := sum(algorithm, whole)
			if kind == types.ChecksumTypeComposite {
				want = sum(algorithm, raw) + "-3"
			}
			listed, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: &bucket, Key: in.Key, UploadId: up.UploadId})
			require.NoError(t, err)
			require.Equal(t, algorithm, listed.ChecksumAlgorithm)
			require.Equal(t, kind, listed.ChecksumType)

			wrong := bytes.Clone(whole)
			wrong[0]++
			finish := &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: in.Key, UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: done}, ChecksumType: kind}
			if kind == types.ChecksumTypeFullObject {
				setSum(finish, algorithm, sum(algorithm, wrong))
				_, err = c.CompleteMultipartUpload(ctx, finish)
				refused(t, err, 400, "BadDigest")
				absent(t, c, bucket, *in.Key)
				setSum(finish, algorithm, want)
			}
			out, err := c.CompleteMultipartUpload(ctx, finish)
			require.NoError(t, err, "%s %s", algorithm, kind)
			require.Equal(t, kind, out.ChecksumType)
			h := server.Do(t, server.New(http.MethodHead, "/"+bucket+"/"+*in.Key, "", nil).With("X-Amz-Checksum-Mode", "ENABLED"))
			require.Equal(t, want, h.Header.Get(header(algorithm)), "%s %s", algorithm, kind)
			require.Equal(t, string(kind), h.Header.Get("X-Amz-Checksum-Type"))
			g, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: in.Key, ChecksumMode: types.ChecksumModeEnabled})
			require.NoError(t, err)
			got, err := io.ReadAll(g.Body)
			require.NoError(t, err)
			equalBytes(t, whole, got)
		}
	}
}

// TestMultipartChecksumMismatches: what completion says about parts must be what the parts are.
func TestMultipartChecksumMismatches(t *testing.T) {
	t.Parallel()
	c := client(t)
	bucket := newBucket(t, c)
	body := []byte("small last part")
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: aws.String("k"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
	require.NoError(t, err)
	// A part with another algorithm than the upload was made for is refused.
	r := server.New(http.MethodPut, "/"+bucket+"/k", "partNumber=1&uploadId="+*up.UploadId, body).With(header("CRC32"), sum("CRC32", body))
	server.Do(t, r).Refused(t, 400, "InvalidRequest")
	p, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: aws.String("k"), UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(body), ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
	require.NoError(t, err)
	wrong := completed(1, *p.ETag, types.ChecksumAlgorithmSha256, sum(types.ChecksumAlgorithmSha256, []byte("x")))
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: aws.String("k"), UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{wrong}}})
	refused(t, err, 400, "InvalidPart")
	absent(t, c, bucket, "k")
	// A composite upload must name the checksum of each part.
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: aws.String("k"), UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: p.ETag}}}})
	refused(t, err, 400, "InvalidRequest")
	absent(t, c, bucket, "k")
	// The size that a client says the whole has.
	right := completed(1, *p.ETag, types.ChecksumAlgorithmSha256, *p.ChecksumSHA256)
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: aws.String("k"), UploadId: up.UploadId, MpuObjectSize: aws.Int64(int64(len(body)) + 1),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{right}}})
	refused(t, err, 400, "InvalidRequest")
	absent(t, c, bucket, "k")
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: aws.String("k"), UploadId: up.UploadId, MpuObjectSize: aws.Int64(int64(len(body))),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{right}}})
	require.NoError(t, err)
}

func completed(n int, etag string, algorithm types.ChecksumAlgorithm, value string) types.CompletedPart {
	p := types.CompletedPart{PartNumber: aws.Int32(int32(n)), ETag: &etag} //nolint:gosec // small
	switch algorithm {
	case types.ChecksumAlgorithmCrc32:
		p.ChecksumCRC32 = &value
	case types.ChecksumAlgorithmCrc32c:
		p.ChecksumCRC32C = &value
	case types.ChecksumAlgorithmCrc64nvme:
		p.ChecksumCRC64NVME = &value
	case types.ChecksumAlgorithmSha1:
		p.ChecksumSHA1 = &value
	case types.ChecksumAlgorithmSha256:
		p.ChecksumSHA256 = &value
	}
	return p
}

func setSum(in *s3.CompleteMultipartUploadInput, algorithm types.ChecksumAlgorithm, value string) {
	switch algorithm {
	case types.ChecksumAlgorithmCrc32:
		in.ChecksumCRC32 = &value
	case types.ChecksumAlgorithmCrc32c:
		in.ChecksumCRC32C = &value
	case types.ChecksumAlgorithmCrc64nvme:
		in.ChecksumCRC64NVME = &value
	}
}
