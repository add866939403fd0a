package s3

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// identity asks for an action of IAM as somebody.
func (e *env) identity(user string, form url.Values) (int, string) {
	e.t.Helper()
	form.Set("Version", "2010-05-08")
	body := form.Encode()
	r, err := http.NewRequest("POST", e.http.URL+"/", strings.NewReader(body))
	require.NoError(e.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sigv4.NewSigner(sigv4.Credentials{AccessKey: user, Secret: secretOf(user)}, "us-east-1", "iam").
		Sign(&sigv4.Request{Method: "POST", Path: "/", Header: r.Header, Hosts: []string{r.Host}, Length: int64(len(body))}, sigv4.HashPayload([]byte(body)), e.clock.Now())
	res, answer := e.send(r)
	return res.StatusCode, answer
}

// The shapes of what IAM answers about devices.
func TestDevicesByTheQueryProtocol(t *testing.T) {
	e := newEnv(t, nil)
	status, body := e.identity(adminKey, url.Values{"Action": {"CreateVirtualMFADevice"}, "VirtualMFADeviceName": {"token"}})
	require.Equal(t, 200, status, body)
	require.Contains(t, body, "<VirtualMFADevice><SerialNumber>arn:aws:iam::000000000000:mfa/token</SerialNumber>")
	of := func(name string) []byte {
		m := regexp.MustCompile("<" + name + ">([^<]+)<").FindStringSubmatch(body)
		require.NotNil(t, m, body)
		raw, err := base64.StdEncoding.DecodeString(m[1])
		require.NoError(t, err)
		return raw
	}
	require.Regexp(t, "^[A-Z2-7]{32}$", string(of("Base32StringSeed")))
	require.Equal(t, "\x89PNG", string(of("QRCodePNG")[:4]))
	serial := "arn:aws:iam::000000000000:mfa/token"
	for _, c := range []struct {
		form   url.Values
		status int
		want   string
	}{
		{url.Values{"Action": {"CreateVirtualMFADevice"}}, 400, "<Code>ValidationError</Code>"},
		{url.Values{"Action": {"CreateVirtualMFADevice"}, "VirtualMFADeviceName": {"Token"}}, 409, "<Code>EntityAlreadyExists</Code>"},
		{url.Values{"Action": {"CreateVirtualMFADevice"}, "VirtualMFADeviceName": {"x"}, "Path": {"/a/"}}, 501, "<Code>NotImplemented</Code>"},
		{url.Values{"Action": {"ListVirtualMFADevices"}, "AssignmentStatus": {"Unassigned"}}, 200,
			"<VirtualMFADevices><member><SerialNumber>" + serial + "</SerialNumber></member></VirtualMFADevices><IsTruncated>false</IsTruncated>"},
		{url.Values{"Action": {"ListVirtualMFADevices"}, "AssignmentStatus": {"Assigned"}}, 200, "<VirtualMFADevices></VirtualMFADevices>"},
		{url.Values{"Action": {"ListVirtualMFADevices"}, "AssignmentStatus": {"Lost"}}, 400, "<Code>ValidationError</Code>"},
		{url.Values{"Action": {"EnableMFADevice"}, "UserName": {"reader"}, "SerialNumber": {serial}, "AuthenticationCode1": {"000000"}, "AuthenticationCode2": {"000000"}}, 403,
			"<Code>InvalidAuthenticationCode</Code>"},
		{url.Values{"Action": {"ListMFADevices"}, "UserName": {"reader"}}, 200, "<MFADevices></MFADevices>"},
		{url.Values{"Action": {"DeactivateMFADevice"}, "UserName": {"reader"}, "SerialNumber": {serial}}, 404, "<Code>NoSuchEntity</Code>"},
		{url.Values{"Action": {"ResyncMFADevice"}, "UserName": {"reader"}, "SerialNumber": {serial}, "AuthenticationCode1": {"000000"}, "AuthenticationCode2": {"000000"}}, 404,
			"<Code>NoSuchEntity</Code>"},
		{url.Values{"Action": {"DeleteVirtualMFADevice"}, "SerialNumber": {serial}}, 200, "<DeleteVirtualMFADeviceResponse"},
		{url.Values{"Action": {"DeleteVirtualMFADevice"}, "SerialNumber": {serial}}, 404, "MFA Device with serial number " + serial + " does not exist."},
	} {
		status, body := e.identity(adminKey, c.form)
		require.Equal(t, c.status, status, "%v: %s", c.form, body)
		require.Contains(t, body, c.want)
	}
	status, body = e.identity("reader", url.Values{"Action": {"CreateVirtualMFADevice"}, "VirtualMFADeviceName": {"x"}})
	require.Equal(t, 403, status, body)
}
