package crash

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// client is a small S3 client that repeats nothing.
type client struct {
	server *lab.Server
	http   *http.Client
}

func newClient(s *lab.Server) *client {
	return &client{s, &http.Client{Transport: lab.Transport(strings.TrimPrefix(s.URL, "http://")), Timeout: 30 * time.Second}}
}

// answer is a whole answer; an error instead means that the outcome is not known.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *answer) ok() bool { return a.status >= 200 && a.status < 300 }

// refused reports whether the answer says that nothing was done.
func (a *answer) refused() bool { return a.status >= 400 && a.status < 500 }

func (c *client) do(method, path, query string, body []byte, headers ...string) (*answer, error) {
	r := c.server.New(method, path, query, body).With("X-Amz-Content-Sha256", lab.Unsigned)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	c.server.Signer().Sign(r)
	target := c.server.URL + path
	if query != "" {
		target += "?" + query
	}
	req, err := http.NewRequestWithContext(context.Background(), method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = r.Header
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return &answer{resp.StatusCode, resp.Header, got}, nil
}

// must is do for the checks between rounds: every answer but the expected ones is an error.
func (c *client) must(method, path, query string, body []byte, statuses ...int) (*answer, error) {
	a, err := c.do(method, path, query, body)
	if err != nil {
		return nil, err
	}
	for _, s := range statuses {
		if a.status == s {
			return a, nil
		}
	}
	return nil, fmt.Errorf("%s %s?%s: %d %.300s", method, path, query, a.status, a.body)
}

type listed struct {
	Key, ETag, VersionID string
	Size                 int64
	Latest, Marker       bool
}

// list returns every key, by pages.
func (c *client) list(bucket string, size int) ([]listed, error) {
	var all []listed
	token := ""
	for {
		q := fmt.Sprintf("list-type=2&max-keys=%d", size)
		if token != "" {
			q += "&continuation-token=" + url.QueryEscape(token)
		}
		a, err := c.must("GET", "/"+bucket, q, nil, 200)
		if err != nil {
			return nil, err
		}
		var page struct {
			NextContinuationToken string
			Contents              []listed
		}
		if err := xml.Unmarshal(a.body, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Contents...)
		if token = page.NextContinuationToken; token == "" {
			return all, nil
		}
	}
}

// versions returns every version and delete marker in the order of the listing.
func (c *client) versions(bucket string) ([]listed, error) {
	var all []listed
	key, id := "", ""
	for {
		q := "versions&max-keys=300"
		if key != "" {
			q += "&key-marker=" + url.QueryEscape(key) + "&version-id-marker=" + url.QueryEscape(id)
		}
		a, err := c.must("GET", "/"+bucket, q, nil, 200)
		if err != nil {
			return nil, err
		}
		d := xml.NewDecoder(bytes.NewReader(a.body))
		truncated := false
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, err
			}
			el, isStart := tok.(xml.StartElement)
			if !isStart {
				continue
			}
			switch el.Name.Local {
			case "Version", "DeleteMarker":
				var v struct {
					Key, ETag string
					VersionID string `xml:"VersionId"`
					Size      int64
					IsLatest  bool
				}
				if err := d.DecodeElement(&v, &el); err != nil {
					return nil, err
				}
				all = append(all, listed{v.Key, v.ETag, v.VersionID, v.Size, v.IsLatest, el.Name.Local == "DeleteMarker"})
			case "IsTruncated", "NextKeyMarker", "NextVersionIdMarker":
				var text string
				if err := d.DecodeElement(&text, &el); err != nil {
					return nil, err
				}
				switch el.Name.Local {
				case "IsTruncated":
					truncated = text == "true"
				case "NextKeyMarker":
					key = text
				default:
					id = text
				}
			}
		}
		if !truncated {
			return all, nil
		}
	}
}

type openUpload struct {
	Key string
	ID  string `xml:"UploadId"`
}

func (c *client) uploads(bucket string) ([]openUpload, error) {
	a, err := c.must("GET", "/"+bucket, "uploads&max-uploads=1000", nil, 200)
	if err != nil {
		return nil, err
	}
	var page struct {
		IsTruncated bool
		Upload      []openUpload
	}
	if err := xml.Unmarshal(a.body, &page); err != nil {
		return nil, err
	}
	if page.IsTruncated {
		return nil, fmt.Errorf("more than a thousand open uploads")
	}
	return page.Upload, nil
}

type listedPart struct {
	PartNumber int
	ETag       string
	Size       int64
}

func (c *client) parts(bucket, key, id string) ([]listedPart, error) {
	a, err := c.must("GET", "/"+bucket+"/"+key, "uploadId="+id, nil, 200)
	if err != nil {
		return nil, err
	}
	var page struct{ Part []listedPart }
	return page.Part, xml.Unmarshal(a.body, &page)
}
