package awsquery

import (
	"strconv"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

var stsActions = map[string]action{
	"AssumeRole":                assumeRole,
	"AssumeRoleWithWebIdentity": assumeRoleWithWebIdentity,
	"GetCallerIdentity":         callerIdentity,
	"GetSessionToken":           sessionToken,
}

func callerIdentity(c *call) ([]node, error) {
	return []node{
		text("Arn", c.Caller.ARN()), text("UserId", c.Caller.UserID), text("Account", iam.AccountNumber(c.Caller.Account)),
	}, nil
}

func assumeRole(c *call) ([]node, error) {
	v, err := c.needs("RoleArn", "RoleSessionName")
	if err != nil {
		return nil, err
	}
	in := iam.AssumeRole{
		RoleARN: v[0], Name: v[1], Policy: c.Form.Get("Policy"), Duration: c.seconds("DurationSeconds"), Tags: c.tags(), ARNs: c.arns(),
		Passed: c.strings("TransitiveTagKeys"), External: c.Form.Get("ExternalId"), Source: c.Form.Get("SourceIdentity"),
	}
	in.Code = c.code()
	s, err := c.iam.AssumeRole(c, c.Caller, in)
	if err != nil {
		return nil, err
	}
	out := []node{credentials(&s), list("AssumedRoleUser", text("AssumedRoleId", s.UserID), text("Arn", s.ARN))}
	if s.Packed > 0 {
		out = append(out, text("PackedPolicySize", strconv.Itoa(s.Packed)))
	}
	if s.Source != "" {
		out = append(out, text("SourceIdentity", s.Source))
	}
	return out, nil
}

func sessionToken(c *call) ([]node, error) {
	s, err := c.iam.SessionTokenBy(c, c.Caller, c.seconds("DurationSeconds"), c.code())
	if err != nil {
		return nil, err
	}
	return []node{credentials(&s)}, nil
}

// code is the code of a device that the request carries.
func (c *call) code() iam.Code {
	return iam.Code{Serial: c.Form.Get("SerialNumber"), Code: c.Form.Get("TokenCode")}
}

func credentials(s *iam.Session) node {
	return list("Credentials", text("AccessKeyId", s.AccessKey), text("SecretAccessKey", s.Secret), text("SessionToken", s.Token), moment("Expiration", s.Expires))
}
