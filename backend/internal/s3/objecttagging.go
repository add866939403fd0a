package s3

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

const taggingHeader = "X-Amz-Tagging"

// named is the version that the request names.
func (c *call) named() (in object.VersionInput, err error) {
	in = object.VersionInput{Bucket: c.record, Key: c.key}
	in.VersionID, err = c.versionID()
	return in, err
}

// look reads the record of a version.
func (c *call) look(in object.VersionInput) (*object.Object, error) {
	return c.s.Objects.Get(c.ctx(), object.GetInput{Bucket: in.Bucket, Key: in.Key, VersionID: in.VersionID, HeadOnly: true})
}

func (s *Server) objectTagging(c *call) error {
	in, err := c.named()
	if err != nil {
		return err
	}
	o, err := c.look(in)
	if err != nil {
		return c.missing(err)
	}
	c.setVersion(o.VersionID)
	c.w.document(&s3xml.Tagging{Tags: o.Version.Tags})
	return nil
}

func (s *Server) putObjectTagging(c *call) error {
	body, err := c.required()
	if err != nil {
		return err
	}
	tags, err := s3xml.DecodeTagging(body)
	if err != nil {
		return malformed(err)
	}
	if err := validObjectTags(tags); err != nil {
		return err
	}
	return c.setTags(tags, http.StatusOK)
}

func (s *Server) deleteObjectTagging(c *call) error { return c.setTags(nil, http.StatusNoContent) }

func (c *call) setTags(tags meta.Tags, status int) error {
	in, err := c.named()
	if err != nil {
		return err
	}
	w, err := c.s.Objects.SetTags(c.ctx(), in, tags)
	if err != nil {
		return c.missing(err)
	}
	c.setVersion(w.VersionID)
	c.w.empty(status)
	return nil
}

// setTagCount tells how many tags there are to those who may read them.
func (c *call) setTagCount(tags meta.Tags) {
	if len(tags) == 0 {
		return
	}
	action := "s3:GetObjectTagging"
	if c.query.get("versionId") != "" {
		action = "s3:GetObjectVersionTagging"
	}
	if c.may(action, c.record, c.key) {
		c.w.setExact("x-amz-tagging-count", itoa(int64(len(tags))))
	}
}

func validObjectTags(tags meta.Tags) error {
	if len(tags) > maxObjectTags {
		return s3err.Text("BadRequest", "Object tags cannot be greater than "+itoa(maxObjectTags))
	}
	return validTags(tags, "Your TagKey cannot be prefixed with aws:")
}

// newTags reads the tags of a new object, which the caller must be allowed to set.
func (c *call) newTags() (meta.Tags, error) {
	tags, err := parseTagging(c.header.Get(taggingHeader))
	if err == nil && len(tags) > 0 && !c.mayTag() {
		err = s3err.New("AccessDenied")
	}
	return tags, err
}

// mayTag reports whether the caller may set tags of the new object. To somebody without an account whom the bucket's list lets write it no
// policy need allow that too.
func (c *call) mayTag() bool {
	d := c.decide(c.ask("s3:PutObjectTagging", c.record, c.key))
	if d.Allowed || d.ExplicitDeny || !c.id.Anonymous {
		return d.Allowed
	}
	d = c.decide(c.ask("s3:PutObject", c.record, c.key))
	return d.Allowed && d.Source == iam.ByList
}

// parseTagging reads tags as x-amz-tagging has them: the query of a URL, where a name may stand once.
func parseTagging(value string) (tags meta.Tags, err error) {
	bad := func() error {
		return s3err.Argument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "+
			"without tag name duplicates.", "x-amz-tagging", value)
	}
	for pair := range strings.SplitSeq(value, "&") {
		if pair == "" {
			continue
		}
		var t meta.Pair
		name, text, _ := strings.Cut(pair, "=")
		if t.Name, err = url.QueryUnescape(name); err != nil || t.Name == "" || !utf8.ValidString(t.Name) {
			return nil, bad()
		}
		if t.Value, err = url.QueryUnescape(text); err != nil || !utf8.ValidString(t.Value) {
			return nil, bad()
		}
		if slices.ContainsFunc(tags, func(o meta.Pair) bool { return o.Name == t.Name }) {
			return nil, bad()
		}
		if tags = append(tags, t); len(tags) > maxObjectTags {
			break
		}
	}
	if err := validObjectTags(tags); err != nil {
		return nil, err
	}
	return tags, nil
}

// replacesTags reads x-amz-tagging-directive.
func (c *call) replacesTags() (bool, error) {
	switch directive := c.header.Get("X-Amz-Tagging-Directive"); directive {
	case "", "COPY":
		return false, nil
	case "REPLACE":
		return true, nil
	default:
		return false, s3err.Argument("Unknown tagging directive.", "x-amz-tagging-directive", directive)
	}
}

// copiedTags are the tags of a copy: those of the request, or those of the source, which the caller must be allowed to read. Either way
// the caller must be allowed to set them.
func (c *call) copiedTags(from object.GetInput, source meta.Tags, replace bool) (meta.Tags, error) {
	if replace || len(source) == 0 {
		if !replace {
			return nil, nil
		}
		return c.newTags()
	}
	action := "s3:GetObjectTagging"
	if from.VersionID != "" {
		action = "s3:GetObjectVersionTagging"
	}
	of := object.VersionInput{Bucket: from.Bucket, Key: from.Key, VersionID: from.VersionID}
	if !c.mayOn(action, of) || !c.may("s3:PutObjectTagging", c.record, c.key) {
		return nil, s3err.New("AccessDenied")
	}
	return source, nil
}

// tagCondition computes the condition keys of the tags that the request sets; false for any other key.
func (c *call) tagCondition(name string) ([]string, bool) {
	if tag, ok := strings.CutPrefix(name, "s3:RequestObjectTag/"); ok {
		for _, t := range c.requestTags() {
			if t.Name == tag {
				return []string{t.Value}, true
			}
		}
		return nil, true
	}
	if name == "s3:RequestObjectTagKeys" {
		var names []string
		for _, t := range c.requestTags() {
			names = append(names, t.Name)
		}
		return names, true
	}
	return nil, false
}

// lookFetched is look for what GetObject and HeadObject send: a policy decides over the tags of that version, and it is read once.
func (c *call) lookFetched(_ context.Context, in object.VersionInput) (*object.Object, error) {
	if f := c.fetch(); f.err == nil && in.Bucket == c.record && in.Key == c.key {
		return f.o, nil
	}
	return c.look(in)
}

// requestTags are the tags that the request wants to set. What is refused later has none.
func (c *call) requestTags() meta.Tags {
	switch c.op.Name {
	case "PutObjectTagging":
		if body, err := c.document(); err == nil {
			tags, _ := s3xml.DecodeTagging(body)
			return tags
		}
		return nil
	case "CopyObject":
		if c.header.Get("X-Amz-Tagging-Directive") != "REPLACE" {
			return nil
		}
	case "PutObject", "PostObject", "CreateMultipartUpload":
	default:
		return nil
	}
	tags, _ := parseTagging(c.header.Get(taggingHeader))
	return tags
}
