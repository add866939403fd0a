package checksum

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/stretchr/testify/require"
	"github.com/zeebo/xxh3"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

func random(seed uint64, n int) []byte {
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	p := make([]byte, n)
	if _, err := rand.NewChaCha8(key).Read(p); err != nil {
		panic(err)
	}
	return p
}

// reference computes by the standard library, or at once instead of as a stream.
func reference(a Algorithm, data []byte) []byte {
	var h hash.Hash
	switch a {
	case CRC32:
		h = crc32.NewIEEE()
	case CRC32C:
		h = crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case CRC64NVME:
		h = crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5))
	case SHA1:
		h = sha1.New()
	case SHA256:
		h = sha256.New()
	case SHA512:
		h = sha512.New()
	case MD5:
		h = md5.New()
	case XXHASH64:
		return binary.BigEndian.AppendUint64(nil, xxhash.Sum64(data))
	case XXHASH3:
		return binary.BigEndian.AppendUint64(nil, xxh3.Hash(data))
	case XXHASH128:
		sum := xxh3.Hash128(data).Bytes()
		return sum[:]
	default:
		return nil
	}
	h.Write(data)
	return h.Sum(nil)
}

func TestKnownAnswers(t *testing.T) {
	want := map[Algorithm]string{
		CRC32: "cbf43926", CRC32C: "e3069283", CRC64NVME: "ae8b14860a799888",
		SHA1:   "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
		SHA256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
		SHA512: "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274ad27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85",
		MD5:    "25f9e794323b453885f5181f1b624d0b", XXHASH64: "8cb841db40e6ae83", XXHASH3: "72dcb18b67a17dff", XXHASH128: "33119477ede5dcd5e9716427681d5860",
	}
	for _, a := range All() {
		require.Equal(t, want[a], hex.EncodeToString(Of(a, []byte("123456789"))), a)
		require.Len(t, Of(a, nil), a.Size())
	}
	require.Nil(t, Of(None, []byte("x")))
}

func TestNames(t *testing.T) {
	require.False(t, algorithms.Valid())
	for _, a := range All() {
		require.True(t, a.Valid())
		parsed, err := Parse(strings.ToLower(a.String()))
		require.NoError(t, err)
		require.Equal(t, a, parsed)
		byHeader, ok := ByHeader(strings.ToUpper(a.Header()))
		require.True(t, ok)
		require.Equal(t, a, byHeader)
		require.Equal(t, "x-amz-checksum-"+strings.ToLower(a.String()), a.Header())
		require.Equal(t, "Checksum"+a.String(), a.Element())
	}
	for _, name := range []string{"", "MD4", "CRC", "CRC32 ", "XXHASH"} {
		_, err := Parse(name)
		require.True(t, fault.Is(err, fault.InvalidRequest), name)
		_, ok := ByHeader(name)
		require.False(t, ok, name)
	}
}

func TestHasher(t *testing.T) {
	for _, size := range []int{0, 1, 4096, asyncFrom - 1, asyncFrom, asyncFrom + 1, asyncFrom + bufferSize*buffers*3 + 7} {
		data := random(1, size)
		for a := None; a < algorithms; a++ {
			for _, payload := range []bool{false, true} {
				for _, piece := range []int{size + 1, 32<<10 + 1, bufferSize} {
					h := New(a, payload)
					for rest := data; len(rest) > 0; {
						n := min(piece, len(rest))
						m, err := h.Write(bytes.Clone(rest[:n]))
						require.NoError(t, err)
						require.Equal(t, n, m)
						rest = rest[n:]
					}
					sums := h.Sum()
					require.Equal(t, sums, h.Sum())
					h.Close()
					h.Close()
					require.Equal(t, int64(size), sums.Size)
					require.Equal(t, md5.Sum(data), sums.MD5)
					require.Equal(t, reference(a, data), sums.Checksum)
					if payload || a == SHA256 {
						require.Equal(t, sha256.Sum256(data), sums.SHA256)
					} else {
						require.Zero(t, sums.SHA256)
					}
				}
			}
		}
	}
}

func TestHasherKeepsNoReference(t *testing.T) {
	data := random(2, 2<<20)
	h := New(None, false)
	defer h.Close()
	buf := make([]byte, 10_000)
	for r := bytes.NewReader(data); ; {
		n, err := r.Read(buf)
		if err == io.EOF {
			break
		}
		_, _ = h.Write(buf[:n])
		clear(buf)
	}
	require.Equal(t, md5.Sum(data), h.Sum().MD5)
}

func TestHasherLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	data := random(3, 4<<20)
	for i := range 50 {
		h := New(CRC32C, true)
		_, _ = h.Write(data[:asyncFrom+i*1000]) // abandoned without Sum
		h.Close()
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		runtime.Gosched()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
	require.Panics(t, func() { h := New(None, false); h.Close(); _, _ = h.Write(data[:1]) })
	require.Panics(t, func() { h := New(None, false); defer h.Close(); h.Sum(); _, _ = h.Write(data[:1]) })
}

func TestDecode(t *testing.T) {
	for _, a := range All() {
		sum := Of(a, []byte("x"))
		got, err := a.Decode(Encode(sum))
		require.NoError(t, err)
		require.Equal(t, sum, got)
		for _, bad := range []string{"", "=", Encode(sum) + "\n", Encode(append(sum, 0)), Encode(sum[1:]), strings.Repeat("!", len(Encode(sum)))} {
			_, err := a.Decode(bad)
			require.True(t, fault.Is(err, fault.InvalidRequest), bad)
			require.Equal(t, "Value for "+a.Header()+" header is invalid.", fault.TextOf(err))
			_, err = a.DecodeTrailer(bad)
			require.True(t, fault.Is(err, fault.InvalidRequest), bad)
		}
		require.NoError(t, a.Check(sum, got))
		require.True(t, fault.Is(a.Check(sum, Of(a, nil)), fault.BadDigest))
	}
	_, err := CRC32.Decode("AAAAAB==") // bits behind the end
	require.Error(t, err)
	_, err = None.Decode("")
	require.Error(t, err)
}

func TestMD5(t *testing.T) {
	want := md5.Sum([]byte("x"))
	got, err := ParseMD5(Encode(want[:]))
	require.NoError(t, err)
	require.NoError(t, CheckMD5(want, got))
	err = CheckMD5(want, md5.Sum(nil))
	require.True(t, fault.Is(err, fault.BadDigest))
	require.Equal(t, hex.EncodeToString(want[:]), fault.DetailOf(err)["ExpectedDigest"])
	require.Equal(t, "1B2M2Y8AsgTpgAmY7PhCfg==", fault.DetailOf(err)["CalculatedDigest"])
	for _, bad := range []string{"", "nonsense", hex.EncodeToString(want[:])} {
		_, err = ParseMD5(bad)
		require.True(t, fault.Is(err, fault.InvalidDigest))
	}
}

func TestFromHeaders(t *testing.T) {
	crc := Encode(Of(CRC32, nil))
	type header = map[string][]string
	good := []struct {
		header header
		want   Want
	}{
		{header{}, Want{}},
		{header{"X-Amz-Checksum-Crc32": {crc}}, Want{Algorithm: CRC32, Sum: Of(CRC32, nil)}},
		{header{"X-Amz-Checksum-Crc32": {crc}, headerSDK: {"CRC32"}}, Want{Algorithm: CRC32, Sum: Of(CRC32, nil)}},
		{header{headerTrailer: {"x-amz-checksum-crc64nvme"}, headerSDK: {"crc64nvme"}}, Want{Algorithm: CRC64NVME, Trailer: true}},
	}
	for _, c := range good {
		got, err := FromHeaders(c.header)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	bad := []struct {
		header header
		text   string
	}{
		{header{"X-Amz-Checksum-Crc32": {"x"}}, "Value for x-amz-checksum-crc32 header is invalid."},
		{header{"X-Amz-Checksum-Crc32": {crc, crc}}, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."},
		{header{"X-Amz-Checksum-Crc32": {crc}, "X-Amz-Checksum-Crc32c": {crc}}, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."},
		{header{"X-Amz-Checksum-Crc32": {crc}, headerTrailer: {"x-amz-checksum-crc32"}}, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."},
		{header{headerTrailer: {"x-amz-meta-a"}}, "The value specified in the x-amz-trailer header is not supported"},
		{header{headerSDK: {"CRC32"}}, "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found."},
		{header{headerSDK: {"CRC"}}, "Value for x-amz-sdk-checksum-algorithm header is invalid."},
		{header{headerSDK: {"CRC32C"}, "X-Amz-Checksum-Crc32": {crc}}, "Value for x-amz-sdk-checksum-algorithm header is invalid."},
	}
	for _, c := range bad {
		_, err := FromHeaders(c.header)
		require.True(t, fault.Is(err, fault.InvalidRequest), c.text)
		require.Equal(t, c.text, fault.TextOf(err))
	}
}

func TestCombine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	data := random(4, 100_000)
	for _, a := range []Algorithm{CRC32, CRC32C, CRC64NVME} {
		for range 200 {
			whole := data[:r.IntN(len(data)+1)]
			cut := r.IntN(len(whole) + 1)
			got, err := Combine(a, reference(a, whole[:cut]), reference(a, whole[cut:]), int64(len(whole)-cut))
			require.NoError(t, err)
			require.Equal(t, reference(a, whole), got)
		}
	}
	for _, a := range []Algorithm{None, SHA1, SHA256} {
		_, err := Combine(a, Of(a, nil), Of(a, nil), 0)
		require.Error(t, err)
	}
	_, err := Combine(CRC32, []byte{1}, Of(CRC32, nil), 0)
	require.Error(t, err)
	_, err = Combine(CRC32, Of(CRC32, nil), Of(CRC32, nil), -1)
	require.Error(t, err)
}

// Lengths that no test can feed byte by byte follow from associativity: zeros doubled forty times.
func TestCombineHugeLengths(t *testing.T) {
	for _, a := range []Algorithm{CRC32, CRC32C, CRC64NVME} {
		block, size := Of(a, make([]byte, 1024)), int64(1024)
		head := Of(a, []byte("head"))
		left := head
		for range 33 { // 8 TiB
			grown, err := Combine(a, left, block, size)
			require.NoError(t, err)
			left = grown
			block, err = Combine(a, block, block, size)
			require.NoError(t, err)
			size *= 2
		}
		// head + zeros of 1024 + 2048 + … = head + (size - 1024) zeros; one block of 1024 more makes size
		left, err := Combine(a, left, Of(a, make([]byte, 1024)), 1024)
		require.NoError(t, err)
		right, err := Combine(a, head, block, size)
		require.NoError(t, err)
		require.Equal(t, right, left)
	}
}

func TestMultipart(t *testing.T) {
	data := random(5, 300_000)
	for a := None; a < algorithms; a++ {
		for _, typ := range []Type{FullObject, Composite} {
			if _, err := ParseType(typ.String(), a); err != nil && a != None {
				continue
			}
			m := NewMultipart(a, typ)
			var md5s, sums []byte
			cuts := []int{0, 1, 100_000, 100_000, 250_001, len(data)}
			for i := range len(cuts) - 1 {
				part := data[cuts[i]:cuts[i+1]]
				etag := md5.Sum(part)
				md5s, sums = append(md5s, etag[:]...), append(sums, reference(a, part)...)
				require.NoError(t, m.Add(etag, reference(a, part), int64(len(part))))
			}
			whole := md5.Sum(md5s)
			require.Equal(t, hex.EncodeToString(whole[:])+"-5", m.ETag())
			require.Equal(t, whole, m.MD5())
			require.Equal(t, int64(len(data)), m.Size())
			require.Equal(t, 5, m.Parts())
			if typ == Composite {
				require.Equal(t, reference(a, sums), m.Sum())
			} else {
				require.Equal(t, reference(a, data), m.Sum())
			}
			if a != None {
				require.Error(t, m.Add(whole, nil, 1))
			}
		}
	}
}

func TestTypes(t *testing.T) {
	require.Equal(t, FullObject, CRC64NVME.DefaultType())
	require.Equal(t, Composite, CRC32.DefaultType())
	for _, c := range []struct {
		name string
		a    Algorithm
		text string
	}{
		{"COMPOSITE", CRC64NVME, "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm."},
		{"FULL_OBJECT", SHA1, "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm."},
		{"FULL_OBJECT", None, "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."},
		{"HALF", CRC32, "Value for x-amz-checksum-type header is invalid."},
	} {
		_, err := ParseType(c.name, c.a)
		require.True(t, fault.Is(err, fault.InvalidRequest))
		require.Equal(t, c.text, fault.TextOf(err))
	}
}

func TestCompositeText(t *testing.T) {
	sum := Of(SHA256, nil)
	text := EncodeComposite(sum, 10_000)
	got, parts, err := SHA256.DecodeComposite(text)
	require.NoError(t, err)
	require.Equal(t, sum, got)
	require.Equal(t, 10_000, parts)
	for _, bad := range []string{"", Encode(sum), Encode(sum) + "-", Encode(sum) + "-0", Encode(sum) + "-01", Encode(sum) + "--1", "x-1", Encode(sum) + "-70000"} {
		_, _, err = SHA256.DecodeComposite(bad)
		require.True(t, fault.Is(err, fault.InvalidRequest), bad)
	}
}

func FuzzCombine(f *testing.F) {
	f.Add([]byte("hello"), []byte(" world"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		for _, a := range []Algorithm{CRC32, CRC32C, CRC64NVME} {
			got, err := Combine(a, reference(a, first), reference(a, second), int64(len(second)))
			require.NoError(t, err)
			require.Equal(t, reference(a, append(bytes.Clone(first), second...)), got)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add("AAAAAA==", uint8(1))
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		a := Algorithm(n % uint8(algorithms))
		if sum, err := a.Decode(text); err == nil {
			require.Equal(t, text, Encode(sum))
		}
		if sum, parts, err := a.DecodeComposite(text); err == nil {
			require.Equal(t, text, EncodeComposite(sum, parts))
		}
	})
}

func BenchmarkHasher(b *testing.B) {
	for _, c := range []struct {
		name    string
		size    int
		a       Algorithm
		payload bool
	}{{"4KiB", 4 << 10, None, true}, {"16MiB", 16 << 20, None, false}, {"16MiB/SHA256+CRC32C", 16 << 20, CRC32C, true}} {
		b.Run(c.name, func(b *testing.B) {
			data := random(6, min(c.size, 1<<20))
			b.SetBytes(int64(c.size))
			b.ReportAllocs()
			for b.Loop() {
				h := New(c.a, c.payload)
				for n := 0; n < c.size; n += len(data) {
					_, _ = h.Write(data)
				}
				h.Sum()
				h.Close()
			}
		})
	}
}

func BenchmarkCombine(b *testing.B) {
	first, second := Of(CRC64NVME, []byte("a")), Of(CRC64NVME, []byte("b"))
	for b.Loop() {
		if _, err := Combine(CRC64NVME, first, second, 5<<30); err != nil {
			b.Fatal(err)
		}
	}
}
