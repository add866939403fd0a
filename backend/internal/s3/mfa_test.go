package s3

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// phone is a device in somebody's hand.
type phone struct {
	e      *env
	serial string
	seed   []byte
}

// shows is the header with the code of the step that is so many after now.
func (p *phone) shows(after int64) map[string]string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(p.e.clock.Now().Unix()/30+after))
	h := hmac.New(sha1.New, p.seed)
	h.Write(counter[:])
	sum := h.Sum(nil)
	code := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:]) & 0x7fffffff % 1_000_000
	return map[string]string{"x-amz-mfa": fmt.Sprintf("%s %06d", p.serial, code)}
}

func (e *env) phone(user string) *phone {
	e.t.Helper()
	cred, err := e.iam.Credential(e.t.Context(), user)
	require.NoError(e.t, err)
	d, err := e.iam.Enrol(cred.Identity, "phone-of-"+user)
	require.NoError(e.t, err)
	p := &phone{e: e, serial: d.Serial}
	p.seed, err = base32.StdEncoding.DecodeString(d.Seed)
	require.NoError(e.t, err)
	code := func(after int64) string { h := p.shows(after)["x-amz-mfa"]; return h[len(h)-6:] }
	_, err = e.iam.Confirm(e.t.Context(), cred.Identity, d.Token, code(-1), code(0))
	require.NoError(e.t, err)
	return p
}

func versioning(status, mfa string) string {
	if mfa != "" {
		mfa = "<MfaDelete>" + mfa + "</MfaDelete>"
	}
	return "<VersioningConfiguration><Status>" + status + "</Status>" + mfa + "</VersioningConfiguration>"
}

// with is headers and a Content-MD5 of the body.
func with(body string, header map[string]string) map[string]string {
	out := summed(body)
	for k, v := range header {
		out[k] = v
	}
	return out
}

func TestMFADelete(t *testing.T) {
	e := newEnv(t, nil)
	const all = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	e.user("keeper", all)
	e.user("helper", all)
	p, other := e.phone("keeper"), e.phone("helper")
	next := func() { e.clock.Advance(30 * time.Second) } // a code counts once
	set := func(status, mfa string, header map[string]string) int {
		body := versioning(status, mfa)
		return e.status("keeper", put, "/bucket?versioning", body, with(body, header))
	}
	state := func() string {
		_, body := e.ok("keeper", get, "/bucket?versioning", "", nil)
		return body
	}
	refused := func(want string, user, method, target, body string, header map[string]string) {
		t.Helper()
		res, answer := e.do(user, method, target, body, header)
		require.Equal(t, 403, res.StatusCode, answer)
		require.Contains(t, answer, "<Code>AccessDenied</Code><Message>"+want)
	}
	const needed, wrong = "Mfa Authentication must be used for this request", "The code is not right or was used already"
	version := func(key string) string {
		t.Helper()
		res, _ := e.ok("keeper", put, "/bucket/"+key, "content", nil)
		return res.Header.Get("X-Amz-Version-Id")
	}
	e.ok("keeper", put, "/bucket", "", nil)
	require.NotContains(t, state(), "MfaDelete")

	// Switching it on needs a code, and nobody else's.
	next()
	require.Equal(t, 403, set("Enabled", "Enabled", nil))
	require.Equal(t, 403, set("Enabled", "Enabled", other.shows(0)))
	for _, bad := range []string{"x", p.serial, p.serial + " 12345", p.serial + " 12345a", p.serial + "  123456", " 123456"} {
		require.Equal(t, 400, set("Enabled", "Enabled", map[string]string{"x-amz-mfa": bad}), bad)
	}
	require.NotContains(t, state(), "Status")
	require.Equal(t, 200, set("Enabled", "Disabled", nil))
	require.Contains(t, state(), "<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>")
	rules := `<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>`
	e.ok("keeper", put, "/bucket?lifecycle", rules, summed(rules))
	require.Equal(t, 409, set("Enabled", "Enabled", p.shows(0)), "rules delete without a code")
	e.status("keeper", del, "/bucket?lifecycle", "", nil)
	require.Equal(t, 403, set("Enabled", "Enabled", p.shows(0)), "the code was used")
	next()
	require.Equal(t, 200, set("Enabled", "Enabled", p.shows(0)))
	require.Contains(t, state(), "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>")
	require.Equal(t, 409, e.status("keeper", put, "/bucket?lifecycle", rules, summed(rules)))

	// Versions stay without one; markers come, and what they hide is there.
	one, two := version("one"), version("two")
	refused(needed, "keeper", del, "/bucket/one?versionId="+one, "", nil)
	refused(needed, adminKey, del, "/bucket/one?versionId="+one, "", nil)
	res, _ := e.ok("keeper", del, "/bucket/one", "", nil)
	marker := res.Header.Get("X-Amz-Version-Id")
	refused(needed, "keeper", del, "/bucket/one?versionId="+marker, "", nil)
	refused(needed, "keeper", del, "/bucket/none?versionId="+one, "", nil)
	refused(wrong, "keeper", del, "/bucket/one?versionId="+one, "", map[string]string{"x-amz-mfa": p.serial + " 000000"})
	refused(wrong, "keeper", del, "/bucket/one?versionId="+one, "", other.shows(1))
	refused(wrong, adminKey, del, "/bucket/one?versionId="+one, "", p.shows(1))
	e.ok("keeper", get, "/bucket/one?versionId="+one, "", nil)
	next()
	res, _ = e.ok("keeper", del, "/bucket/one?versionId="+one, "", p.shows(0))
	require.Equal(t, one, res.Header.Get("X-Amz-Version-Id"))
	require.Equal(t, 404, e.status("keeper", get, "/bucket/one?versionId="+one, "", nil))

	// A batch that names a version is refused as a whole without a code, and with a wrong one always.
	batch := "<Delete><Object><Key>plain</Key></Object><Object><Key>two</Key><VersionId>" + two + "</VersionId></Object></Delete>"
	version("plain")
	refused(needed, "keeper", post, "/bucket?delete", batch, summed(batch))
	e.ok("keeper", get, "/bucket/plain", "", nil)
	plain := "<Delete><Object><Key>plain</Key></Object></Delete>"
	refused(wrong, "keeper", post, "/bucket?delete", plain, with(plain, map[string]string{"x-amz-mfa": p.serial + " 000000"}))
	e.ok("keeper", get, "/bucket/plain", "", nil)
	next()
	_, answer := e.ok("keeper", post, "/bucket?delete", batch, with(batch, p.shows(0)))
	require.Contains(t, answer, "<Key>two</Key><VersionId>"+two+"</VersionId></Deleted>")
	require.Equal(t, 404, e.status("keeper", get, "/bucket/plain", "", nil))
	version("plain")
	e.ok("keeper", post, "/bucket?delete", plain, summed(plain))

	// The state of versioning stays, too.
	require.Equal(t, 403, set("Suspended", "", nil))
	require.Equal(t, 403, set("Enabled", "Disabled", nil))
	next()
	require.Equal(t, 200, set("Suspended", "", p.shows(0)))
	require.Contains(t, state(), "<Status>Suspended</Status><MfaDelete>Enabled</MfaDelete>", "what is not named stays")
	next()
	require.Equal(t, 200, set("Enabled", "Disabled", p.shows(0)))
	three := version("three")
	require.Equal(t, 204, e.status("keeper", del, "/bucket/three?versionId="+three, "", map[string]string{"x-amz-mfa": "nobody looks at it"}))
}

// What is not right is refused by the right to do it first: a code is not used up by who may not.
func TestMFAComesLast(t *testing.T) {
	e := newEnv(t, nil)
	e.user("keeper", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:DeleteObjectVersion","Resource":"arn:aws:s3:::*/kept"}]}`)
	p := e.phone("keeper")
	e.clock.Advance(30 * time.Second)
	e.ok("keeper", put, "/bucket", "", nil)
	body := versioning("Enabled", "Enabled")
	e.ok("keeper", put, "/bucket?versioning", body, with(body, p.shows(0)))
	put1 := func(key string) string {
		res, _ := e.ok("keeper", put, "/bucket/"+key, "content", nil)
		return res.Header.Get("X-Amz-Version-Id")
	}
	kept, gone := put1("kept"), put1("gone")
	e.clock.Advance(30 * time.Second)
	header := p.shows(0)
	require.Equal(t, 403, e.status("keeper", del, "/bucket/kept?versionId="+kept, "", header))
	require.Equal(t, 204, e.status("keeper", del, "/bucket/gone?versionId="+gone, "", header))
}

func FuzzMFA(f *testing.F) {
	f.Add("arn:aws:iam::000000000000:mfa/phone 123456")
	f.Add("GAHT12345678 123456")
	f.Fuzz(func(t *testing.T, value string) {
		serial, code, ok := parseMFA(value)
		if ok {
			require.Equal(t, value, serial+" "+code)
			require.Regexp(t, "^[0-9]{6}$", code)
			require.NotContains(t, serial, " ")
		}
	})
}
