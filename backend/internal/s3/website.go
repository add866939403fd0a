package s3

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
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

func (s *Server) bucketWebsite(c *call) error {
	doc, err := getDocument(c, bucket.Website, "NoSuchWebsiteConfiguration")
	if err != nil {
		return err
	}
	c.w.document(s3xml.Website{Website: doc})
	return nil
}

// Bounds of a website's configuration.
const (
	maxSiteBody  = 128 << 10 // bytes
	maxSiteRules = 50
)

func (s *Server) putBucketWebsite(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	if len(body) > maxSiteBody {
		return s3err.New("MaxMessageLengthExceeded").With("MaxMessageLengthBytes", itoa(maxSiteBody))
	}
	w, err := s3xml.DecodeWebsite(body)
	if err != nil {
		return malformed(err)
	}
	if err := validWebsite(&w); err != nil {
		return err
	}
	return setDocument(c, bucket.Website, &w.Website, http.StatusOK)
}

func (s *Server) deleteBucketWebsite(c *call) error {
	return setDocument[meta.Website](c, bucket.Website, nil, http.StatusNoContent)
}

// validWebsite refuses what S3 refuses.
func validWebsite(w *s3xml.WebsiteRequest) error {
	bad := func(text string) error { return s3err.Text("InvalidRequest", text) }
	switch {
	case w.All != nil && (w.HasIndex || w.HasError || w.HasRules):
		return s3err.Argument("RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.", "RedirectAllRequestsTo", "not null")
	case w.All != nil:
		return validProtocol(w.All.Protocol)
	case !w.HasIndex:
		return s3err.Argument("A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty", "IndexDocument", "null")
	case w.Index == "" || strings.Contains(w.Index, "/"):
		return s3err.Argument("The IndexDocument Suffix is not well formed", "IndexDocument", w.Index)
	case w.HasError && w.Error == "":
		return s3err.Argument("The ErrorDocument Key is not well formed", "ErrorDocument", "")
	case len(w.Rules) > maxSiteRules:
		return bad(itoa(int64(len(w.Rules))) + " routing rules provided, the number of routing rules in a website configuration is limited to " + itoa(maxSiteRules) + ".")
	case w.EmptyCondition:
		return bad("Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.")
	case w.BothReplaced:
		return bad("You can only define ReplaceKeyPrefix or ReplaceKey but not both.")
	}
	for i := range w.Rules {
		r := &w.Rules[i]
		if err := validProtocol(r.To.Protocol); err != nil {
			return err
		}
		if r.Code != "" && (!status(r.Code, '3', '3') || r.Code == "300") {
			return bad("The provided HTTP redirect code (" + r.Code + ") is not valid. Valid codes are 3XX except 300.")
		}
		if r.Status != "" && !status(r.Status, '4', '5') {
			return bad("The provided HTTP error code (" + r.Status + ") is not valid. Valid codes are 4XX or 5XX.")
		}
	}
	return nil
}

func validProtocol(name string) error {
	if name == "" || name == "http" || name == "https" {
		return nil
	}
	return s3err.Text("InvalidRequest", "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.")
}

// status reports whether a text is a status whose first digit is within bounds.
func status(s string, first, last byte) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil && len(s) == 3 && s[0] >= first && s[0] <= last
}
