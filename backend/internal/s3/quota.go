package s3

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// quotaLimits is the body of PutBucketQuota. A limit that is missing or null is none.
type quotaLimits struct {
	MaxBytes   *int64 `json:"max_bytes"`
	MaxObjects *int64 `json:"max_objects"`
}

// quotaAnswer is what GetBucketQuota tells.
type quotaAnswer struct {
	Quota quotaLimits `json:"quota"`
	Usage struct {
		Bytes   int64 `json:"bytes"`   // of all versions that are no delete markers
		Objects int64 `json:"objects"` // the number of those
	} `json:"usage"`
}

// quotaAlias takes /bucket/<bucket>?quota for /<bucket>?quota: old documents have both.
func (t *target) quotaAlias(method, query string) {
	if query == "quota" && (method == get || method == put) && !t.virtual && t.bucket == "bucket" && t.scope == Object && !strings.Contains(t.key, "/") {
		*t = target{bucket: t.key, scope: Bucket}
	}
}

func (s *Server) bucketQuota(c *call) error {
	u, err := s.Buckets.Usage(c.ctx(), c.record)
	if err != nil {
		return err
	}
	answer := quotaAnswer{Quota: quotaLimits(c.record.Quota)}
	answer.Usage.Bytes, answer.Usage.Objects = u.VersionBytes, u.Versions
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	c.w.json(body)
	return nil
}

func (s *Server) putBucketQuota(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	limits, err := decodeQuota(body)
	if err != nil {
		return err
	}
	if _, err := s.Buckets.SetQuota(c.ctx(), c.bucket, meta.Quota(limits)); err != nil {
		return err
	}
	c.w.empty(http.StatusNoContent)
	return nil
}

// decodeQuota reads an object whose members are at most the two limits: one that is misspelt must not remove a limit.
func decodeQuota(body []byte) (q quotaLimits, err error) {
	bad := func() (quotaLimits, error) {
		return q, s3err.Text("InvalidRequest", "The quota must be a JSON object with max_bytes and max_objects, each null or a whole number that is not negative.")
	}
	if body = bytes.TrimSpace(body); len(body) == 0 || body[0] != '{' {
		return bad()
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if d.Decode(&q) != nil {
		return bad()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return bad()
	}
	for _, limit := range []*int64{q.MaxBytes, q.MaxObjects} {
		if limit != nil && *limit < 0 {
			return bad()
		}
	}
	return q, nil
}
