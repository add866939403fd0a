package crash

import (
	"crypto/md5" //nolint:gosec // Content-MD5
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// register is something that holds one value, written over and over: a tag, a lock, a document. One worker writes it.
type register struct {
	path, query string
	write       func(n int) (body string, headers []string) // of the nth value
	value       func(n int) string                          // which reading then shows
	refuse      func(n int) (body string, headers []string) // what the server must refuse, with a value of its own
	remove      func(r *register, c *client) (*answer, error)
	found       *regexp.Regexp // of what reading answers: the value

	acked   string  // that was acknowledged last, "" for none
	pending *string // whose write was not answered
}

func send(c *client, method, path, query, body string, headers ...string) (*answer, error) {
	sum := md5.Sum([]byte(body)) //nolint:gosec // Content-MD5
	return c.do(method, path, query, []byte(body), append(headers, "Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))...)
}

func (r *register) set(c *client, n int) (*answer, error) {
	body, headers := r.write(n)
	return send(c, "PUT", r.path, r.query, body, headers...)
}

// get returns the value, "" for none.
func (r *register) get(c *client) (string, error) {
	a, err := c.must("GET", r.path, r.query, nil, 200, 404)
	if err != nil {
		return "", err
	}
	m := r.found.FindSubmatch(a.body)
	if a.status == 404 || m == nil {
		return "", nil
	}
	return string(m[1]), nil
}

// settle takes what is read after a kill as the value from now on. It says what is wrong with that, if anything: only the value that was
// acknowledged last and the one under way may be there.
func (r *register) settle(read string) string {
	fault := ""
	if read != r.acked && (r.pending == nil || read != *r.pending) {
		under := "nothing"
		if r.pending != nil {
			under = fmt.Sprintf("%q", *r.pending)
		}
		fault = fmt.Sprintf("%s?%s reads %q; %q was acknowledged, %s under way", r.path, r.query, read, r.acked, under)
	}
	r.acked, r.pending = read, nil
	return fault
}

// base is later than all that this process does, and so a date until which something can be retained.
var base = time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)

func stamp(n int) string {
	return base.Add(time.Duration(n) * time.Second).Format("2006-01-02T15:04:05.000Z")
}

func number(n int) string { return fmt.Sprint(n) }

// tag writes n as often as it is told to: twice is refused.
func tag(n, times int) string {
	return "<Tagging><TagSet>" + strings.Repeat(fmt.Sprintf("<Tag><Key>n</Key><Value>%d</Value></Tag>", n), times) + "</TagSet></Tagging>"
}

func plain(body func(n int) string) func(int) (string, []string) {
	return func(n int) (string, []string) { return body(n), nil }
}

func deleted(r *register, c *client) (*answer, error) { return send(c, "DELETE", r.path, r.query, "") }

// ofVersion are the registers of one version of an object.
func ofVersion(key, version string) []*register {
	path, id := "/"+held+"/"+key, "&versionId="+version
	of := func(words ...string) func(n int) string { return func(n int) string { return words[n%len(words)] } }
	hold, canned := of("OFF", "ON"), of("private", "public-read", "authenticated-read")
	bypass := []string{"X-Amz-Bypass-Governance-Retention", "true"}
	retention := func(mode, until string) string {
		return "<Retention><Mode>" + mode + "</Mode><RetainUntilDate>" + until + "</RetainUntilDate></Retention>"
	}
	return []*register{
		{
			path: path, query: "tagging" + id, found: regexp.MustCompile(`<Value>(\d+)</Value>`), value: number, remove: deleted,
			write:  plain(func(n int) string { return tag(n, 1) }),
			refuse: plain(func(n int) string { return tag(n, 2) }),
		},
		{
			path: path, query: "legal-hold" + id, found: regexp.MustCompile(`<Status>(\w+)</Status>`), value: hold,
			write:  plain(func(n int) string { return "<LegalHold><Status>" + hold(n) + "</Status></LegalHold>" }),
			refuse: plain(func(int) string { return "<LegalHold><Status>MAYBE</Status></LegalHold>" }),
		},
		{
			path: path, query: "retention" + id, found: regexp.MustCompile(`<RetainUntilDate>([^<]*)</RetainUntilDate>`), value: stamp,
			write: func(n int) (string, []string) { return retention("GOVERNANCE", stamp(n)), bypass },
			refuse: plain(func(int) string {
				return retention("GOVERNANCE", time.Now().Add(-time.Hour).UTC().Format(time.RFC3339))
			}),
			remove: func(r *register, c *client) (*answer, error) {
				return send(c, "PUT", r.path, r.query, "<Retention/>", bypass...)
			},
		},
		{
			path: path, query: "acl" + id, found: regexp.MustCompile(`/global/(\w+)<`), value: of("", "AllUsers", "AuthenticatedUsers"),
			write:  func(n int) (string, []string) { return "", []string{"X-Amz-Acl", canned(n)} },
			refuse: func(int) (string, []string) { return "", []string{"X-Amz-Acl", "public-read-sometimes"} },
		},
	}
}

// ofBucket are the documents of a bucket.
func ofBucket(bucket string) []*register {
	cors := func(n int, method string) string {
		return fmt.Sprintf("<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>%s</AllowedMethod><MaxAgeSeconds>%d</MaxAgeSeconds></CORSRule></CORSConfiguration>", method, n)
	}
	lifecycle := func(n, times int) string {
		return "<LifecycleConfiguration>" + strings.Repeat(fmt.Sprintf("<Rule><ID>r</ID><Status>Disabled</Status><Filter/><Expiration><Days>%d</Days></Expiration></Rule>", n), times) + "</LifecycleConfiguration>"
	}
	policy := func(n int, of string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"n%d","Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*"}]}`, n, of)
	}
	list := []*register{
		{query: "tagging", found: regexp.MustCompile(`<Value>(\d+)</Value>`), write: plain(func(n int) string { return tag(n, 1) }), refuse: plain(func(n int) string { return tag(n, 2) })},
		{query: "cors", found: regexp.MustCompile(`<MaxAgeSeconds>(\d+)<`), write: plain(func(n int) string { return cors(n, "GET") }), refuse: plain(func(n int) string { return cors(n, "PATCH") })},
		{query: "lifecycle", found: regexp.MustCompile(`<Days>(\d+)</Days>`), write: plain(func(n int) string { return lifecycle(n, 1) }), refuse: plain(func(n int) string { return lifecycle(n, 2) })},
		{query: "policy", found: regexp.MustCompile(`"Sid":"n(\d+)"`), write: plain(func(n int) string { return policy(n, bucket) }), refuse: plain(func(n int) string { return policy(n, "elsewhere") })},
	}
	for _, r := range list {
		r.path, r.value, r.remove = "/"+bucket, number, deleted
	}
	return list
}
