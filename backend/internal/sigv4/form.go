package sigv4

import (
	"crypto/subtle"
	"encoding/base64"
	"time"
)

// Fields of a browser's form that carry a signature. Names are without regard to case.
const (
	fieldPolicy      = "policy"
	fieldAccessKeyV2 = "AWSAccessKeyId"
	fieldSignatureV2 = "signature"
)

// ParseForm reads who a form says it is from; field returns the value of a field. A form without credentials and policy is Anonymous. What
// is signed is the field "policy" as it was sent, which covers the other fields by its conditions. Refusals are *Error.
func ParseForm(field func(name string) (string, bool)) (*Auth, error) {
	a := &Auth{}
	has := func(names ...string) bool {
		for _, name := range names {
			if _, ok := field(name); ok {
				return true
			}
		}
		return false
	}
	v4, v2 := has(paramAlgorithm, paramCredential, paramSignature), has(fieldAccessKeyV2, fieldSignatureV2)
	need := func(name string, to *string) error {
		if *to, _ = field(name); *to == "" {
			return MissingField(name)
		}
		return nil
	}
	var policy, algorithm, credential string
	type want struct {
		name string
		to   *string
	}
	var wants []want
	switch {
	case v4 && v2:
		return nil, refuse(CodeInvalidRequest, "Only one auth mechanism allowed; a form has the fields of Signature Version 4 or those of Signature Version 2")
	case v4:
		a.Kind = FormV4
		wants = []want{{fieldPolicy, &policy}, {paramAlgorithm, &algorithm}, {paramCredential, &credential}, {paramDate, &a.timeText}, {paramSignature, &a.Signature}}
	case v2, has(fieldPolicy):
		a.Kind = FormV2
		wants = []want{{fieldPolicy, &policy}, {fieldAccessKeyV2, &a.AccessKey}, {fieldSignatureV2, &a.Signature}}
	default:
		return a, nil
	}
	for _, w := range wants {
		if err := need(w.name, w.to); err != nil {
			return nil, err
		}
	}
	a.SessionToken, _ = field(paramToken)
	a.list = policy
	if a.Kind == FormV2 {
		return a, nil
	}
	switch algorithm {
	case algorithmV4:
	case algorithmV4a:
		return nil, notImplemented(paramAlgorithm)
	default:
		return nil, badField(`X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"`, paramAlgorithm, algorithm)
	}
	if why := a.readCredential(credential); why != "" {
		return nil, badQuery("Error parsing the X-Amz-Credential parameter; " + why)
	}
	var err error
	if a.Time, err = time.Parse(timeFormat, a.timeText); err != nil || len(a.timeText) != len(timeFormat) {
		return nil, badField(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`, paramDate, a.timeText)
	}
	return a, nil
}

// MissingField is the refusal of a form without a field that it must have.
func MissingField(name string) *Error {
	return badField("Bucket POST must contain a field named '"+name+"'.  If it is specified, please check the order of the fields.", name, "")
}

func badField(text, name, value string) *Error {
	return refuse(CodeInvalidArgument, text, Pair{"ArgumentName", name}, Pair{"ArgumentValue", value})
}

// Policy is the policy of a form as it was sent, in base64; empty for other kinds.
func (a *Auth) Policy() string {
	if a.Kind == FormV4 || a.Kind == FormV2 {
		return a.list
	}
	return ""
}

// verifyForm compares the signature of a policy.
func (v *Verifier) verifyForm(a *Auth, secret string) error {
	var want string
	if a.Kind == FormV4 {
		key := v.keys.get(secret, a.Day, a.Region, a.Service)
		want = hexOf(hmac256(key[:], a.list))
	} else {
		want = signV2(secret, a.list)
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(a.Signature)) != 1 {
		return mismatch(a.AccessKey, a.Signature, a.list, "")
	}
	a.verified = true
	return nil
}

// SignForm returns the fields of a form that prove a policy document in JSON, in the order in which they may be sent. The policy must allow
// those of them that begin with x-amz-, but for the signature: FormFields tells them before.
func (s *Signer) SignForm(policy []byte, now time.Time) []Pair {
	text := base64.StdEncoding.EncodeToString(policy)
	a := s.claim(FormV4, "", now)
	key := s.keys.get(s.Secret, a.Day, a.Region, a.Service)
	return append(s.FormFields(now), Pair{fieldPolicy, text}, Pair{"x-amz-signature", hexOf(hmac256(key[:], text))})
}

// FormFields returns the fields of a signed form that its policy must allow.
func (s *Signer) FormFields(now time.Time) []Pair {
	a := s.claim(FormV4, "", now)
	list := []Pair{{"x-amz-algorithm", algorithmV4}, {"x-amz-credential", s.AccessKey + "/" + string(a.appendScope(nil))}, {"x-amz-date", a.timeText}}
	if s.Token != "" {
		list = append(list, Pair{"x-amz-security-token", s.Token})
	}
	return list
}

// SignFormV2 is SignForm in Signature Version 2.
func (s *Signer) SignFormV2(policy []byte) []Pair {
	text := base64.StdEncoding.EncodeToString(policy)
	return []Pair{{fieldAccessKeyV2, s.AccessKey}, {fieldPolicy, text}, {fieldSignatureV2, signV2(s.Secret, text)}}
}
