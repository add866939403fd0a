package awsquery

import (
	"net/http"
	"strconv"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

var stsActions = map[string]action{
	"AssumeRole":        assumeRole,
	"GetCallerIdentity": callerIdentity,
	"GetSessionToken":   sessionToken,
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
	in := iam.AssumeRole{RoleARN: v[0], Name: v[1], Policy: c.Form.Get("Policy")}
	if in.Duration, err = c.seconds("DurationSeconds"); err != nil {
		return nil, err
	}
	if in.Tags, err = c.tags(); err != nil {
		return nil, err
	}
	for i := 1; ; i++ {
		arn, ok := c.Form["PolicyArns.member."+strconv.Itoa(i)+".arn"]
		if !ok {
			break
		}
		in.ARNs = append(in.ARNs, arn[0])
	}
	if err := c.withoutMFA(); err != nil {
		return nil, err
	}
	s, err := c.iam.AssumeRole(c, c.Caller, in)
	if err != nil {
		return nil, err
	}
	return []node{
		credentials(&s),
		list("AssumedRoleUser", text("AssumedRoleId", s.UserID), text("Arn", s.ARN)),
	}, nil
}

func sessionToken(c *call) ([]node, error) {
	d, err := c.seconds("DurationSeconds")
	if err != nil {
		return nil, err
	}
	if err := c.withoutMFA(); err != nil {
		return nil, err
	}
	s, err := c.iam.SessionToken(c, c.Caller, d)
	if err != nil {
		return nil, err
	}
	return []node{credentials(&s)}, nil
}

// withoutMFA refuses a code of a device: there are none yet.
func (c *call) withoutMFA() error {
	if c.Form.Get("SerialNumber") != "" || c.Form.Get("TokenCode") != "" {
		return newError(http.StatusNotImplemented, "NotImplemented", "Multi-factor authentication is not implemented.")
	}
	return nil
}

func credentials(s *iam.Session) node {
	return list("Credentials", text("AccessKeyId", s.AccessKey), text("SecretAccessKey", s.Secret), text("SessionToken", s.Token), moment("Expiration", s.Expires))
}
