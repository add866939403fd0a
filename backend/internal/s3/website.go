package s3

import (
	"strings"

	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

const (
	redirectHeader = "X-Amz-Website-Redirect-Location"
	maxRedirect    = 2 << 10 // bytes
)

// redirectLocation reads where a website shall send readers of a new object, empty for nowhere.
func (c *call) redirectLocation() (string, error) {
	values, ok := c.header[redirectHeader]
	switch v := strings.Join(values, ","); {
	case !ok:
		return "", nil
	case v == "":
		return "", s3err.Text("InvalidRedirectLocation", "The website redirect location must be non-empty.")
	case len(v) > maxRedirect:
		return "", s3err.Text("InvalidRedirectLocation", "The length of website redirect location cannot exceed 2,048 characters.")
	case !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://"):
		return "", s3err.New("InvalidRedirectLocation")
	default:
		return v, nil
	}
}
