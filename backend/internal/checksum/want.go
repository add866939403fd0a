package checksum

import (
	"net/textproto"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Want is the checksum that the headers of an upload ask for.
type Want struct {
	Algorithm Algorithm // None when the client named none
	Sum       []byte    // the digest it sent, nil when it comes as a trailer
	Trailer   bool      // the digest comes as a trailer
}

const (
	headerSDK     = "X-Amz-Sdk-Checksum-Algorithm"
	headerTrailer = "X-Amz-Trailer"
)

// canonical names of the checksum headers in a header map
var canonical = func() (names [algorithms]string) {
	for a := CRC32; a < algorithms; a++ {
		names[a] = textproto.CanonicalMIMEHeaderKey(a.Header())
	}
	return names
}()

// known are the ends of the headers that begin with x-amz-checksum-, in canonical form.
var known = func() map[string]bool {
	names := map[string]bool{"Algorithm": true, "Type": true, "Mode": true}
	for _, name := range canonical[CRC32:] {
		names[strings.TrimPrefix(name, "X-Amz-Checksum-")] = true
	}
	return names
}()

// FromHeaders reads the x-amz-checksum-*, x-amz-sdk-checksum-algorithm and x-amz-trailer headers of an upload; the keys of header are in
// canonical form, as net/http has them. Whatever AWS refuses is fault.InvalidRequest with AWS's sentence.
func FromHeaders(header map[string][]string) (w Want, err error) {
	const op = "checksum.FromHeaders"
	for a := CRC32; a < algorithms; a++ {
		values := header[canonical[a]]
		if len(values) == 0 {
			continue
		}
		if w.Algorithm != None || len(values) > 1 {
			return Want{}, fault.New(op, fault.InvalidRequest, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
		}
		w.Algorithm = a
		if w.Sum, err = a.Decode(values[0]); err != nil {
			return Want{}, err
		}
	}
	for name := range header {
		if rest, ok := strings.CutPrefix(name, "X-Amz-Checksum-"); ok && !known[rest] {
			return Want{}, fault.New(op, fault.InvalidRequest, "The algorithm type you specified in x-amz-checksum- header is invalid.")
		}
	}
	for _, line := range header[headerTrailer] {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			a, ok := ByHeader(name)
			if !ok {
				return Want{}, fault.New(op, fault.InvalidRequest, "The value specified in the x-amz-trailer header is not supported")
			}
			if w.Algorithm != None {
				return Want{}, fault.New(op, fault.InvalidRequest, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
			}
			w.Algorithm, w.Trailer = a, true
		}
	}
	if named := header[headerSDK]; len(named) > 0 {
		a, err := Parse(named[0])
		switch {
		case err != nil, len(named) > 1, w.Algorithm != None && a != w.Algorithm:
			return Want{}, fault.New(op, fault.InvalidRequest, "Value for x-amz-sdk-checksum-algorithm header is invalid.")
		case w.Algorithm == None:
			return Want{}, fault.New(op, fault.InvalidRequest,
				"x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
		}
	}
	return w, nil
}
