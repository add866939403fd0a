package s3

import (
	"sort"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// unbuilt are request headers of features that do not exist here, with the values that change nothing and so may pass. A name that ends
// in "-" stands for every header that begins with it.
var unbuilt = []struct {
	header string
	noop   []string
}{
	{"x-amz-bucket-namespace", []string{"global"}},
	{"x-amz-copy-source-server-side-encryption-customer-", nil},
	{"x-amz-fwd-", nil},
	{"x-amz-object-annotation-directive", []string{"COPY", "EXCLUDE"}}, // no object has annotations
	{"x-amz-server-side-encryption", nil},
	{"x-amz-server-side-encryption-", nil},
	{"x-amz-server-side-encryption-bucket-key-enabled", []string{"false"}},
	{"x-amz-write-offset-bytes", nil},
}

// unsupported refuses a request whose headers ask for what does not exist, by the first such header in order of name.
func (c *call) unsupported() error {
	var found []string
	for name, values := range c.header {
		if !strings.HasPrefix(name, "X-Amz-") { // names are in canonical form
			continue
		}
		lower := strings.ToLower(name)
		for _, v := range values {
			if !passes(lower, v) {
				found = append(found, lower)
				break
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	sort.Strings(found)
	return s3err.NotImplemented(found[0])
}

// passes reports whether a header may stay.
func passes(name, value string) bool {
	match := -1
	for i, f := range unbuilt {
		if f.header == name {
			match = i
			break
		}
		if strings.HasSuffix(f.header, "-") && strings.HasPrefix(name, f.header) && match < 0 {
			match = i
		}
	}
	if match < 0 {
		return true
	}
	for _, ok := range unbuilt[match].noop {
		if value == ok {
			return true
		}
	}
	return false
}
