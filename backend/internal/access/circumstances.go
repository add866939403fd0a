package access

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strconv"
	"time"
)

// Circumstances are what of a request, beside what it asks for, policies may test.
type Circumstances struct {
	Time      time.Time
	Region    string      // of the server
	Addr      netip.Addr  // of the client; the zero one is not known
	Secure    bool        // the client's connection is TLS
	TLS       uint16      // its version; 0 where a proxy does not tell
	Header    http.Header // of the request; nil for none
	AuthType  string      // s3:authType, empty for none
	Signature string      // s3:signatureversion, empty for none
	Signed    time.Time   // when the signature was made; zero for none
	Temporary bool        // the credentials are those of a session
	MFA       time.Time   // when a code of a device was given for it; zero for none
}

// Lookup answers the evaluator about a condition key: its values, and whether the request has it.
func (k *Circumstances) Lookup(name string) ([]string, bool) {
	switch name {
	case "aws:CurrentTime":
		return one(k.Time.UTC().Format(time.RFC3339), true)
	case "aws:EpochTime":
		return one(strconv.FormatInt(k.Time.Unix(), 10), true)
	case "aws:RequestedRegion":
		return one(k.Region, k.Region != "")
	case "aws:SourceIp":
		return one(k.Addr.String(), k.Addr.IsValid())
	case "aws:SecureTransport":
		return one(strconv.FormatBool(k.Secure), true)
	case "aws:Referer":
		return first(k.Header["Referer"])
	case "aws:UserAgent":
		return first(k.Header["User-Agent"])
	case "s3:authType":
		return one(k.AuthType, k.AuthType != "")
	case "s3:signatureversion":
		return one(k.Signature, k.Signature != "")
	case "s3:signatureAge":
		return one(strconv.FormatInt(k.Time.Sub(k.Signed).Milliseconds(), 10), !k.Signed.IsZero())
	case "aws:MultiFactorAuthPresent":
		return one(strconv.FormatBool(!k.MFA.IsZero()), k.Temporary)
	case "aws:MultiFactorAuthAge":
		return one(strconv.FormatInt(int64(k.Time.Sub(k.MFA)/time.Second), 10), k.Temporary && !k.MFA.IsZero())
	case "s3:TlsVersion":
		switch k.TLS {
		case tls.VersionTLS12:
			return one("1.2", true)
		case tls.VersionTLS13:
			return one("1.3", true)
		}
	}
	return nil, false
}

func first(values []string) ([]string, bool) { return values[:min(len(values), 1)], len(values) > 0 }
