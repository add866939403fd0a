package policy

import (
	"net/netip"
	"strings"
)

// fixing are the condition keys whose fixed values bound who is meant, so that a grant to everybody is not public.
var fixing = map[string]bool{
	"aws:SourceIp": true, "aws:SourceArn": true, "aws:SourceAccount": true, "aws:SourceVpc": true, "aws:SourceVpce": true, "aws:PrincipalOrgID": true, "aws:PrincipalArn": true, "aws:PrincipalAccount": true, "aws:userid": true,
	"s3:x-amz-server-side-encryption-aws-kms-key-id": true,
}

// confining are the operators that hold for nothing but the values of the policy.
var confining = map[string]bool{"StringEquals": true, "StringEqualsIgnoreCase": true, "StringLike": true, "ArnEquals": true, "ArnLike": true, "IpAddress": true}

// The widest ranges of addresses that are not the public, in bits.
const (
	narrow4 = 8
	narrow6 = 32
)

// Public reports whether the document grants anything to the public, as S3 counts it: some statement allows everybody, and no condition of
// it holds the caller to fixed values. A Deny takes nothing of that away.
func (d *Document) Public() bool {
	for i := range d.Statements {
		if d.Statements[i].public() {
			return true
		}
	}
	return false
}

func (s *Statement) public() bool {
	if s.Effect != Allow || !s.hasPrincipals {
		return false
	}
	everybody := s.notPrincipal
	for i := range s.principals {
		everybody = everybody || s.principals[i].kind == anyone
	}
	if !everybody {
		return false
	}
	for i := range s.conditions {
		if s.conditions[i].fixes() {
			return false
		}
	}
	return true
}

// fixes reports whether the condition is true for fixed values only. One that an absent key or an empty set satisfies is not.
func (c *condition) fixes() bool {
	if c.ifExists || c.quant == forAll || !confining[strings.TrimPrefix(c.text, "ForAnyValue:")] {
		return false
	}
	for i := range c.tests {
		if c.tests[i].fixed() {
			return true
		}
	}
	return false
}

func (t *test) fixed() bool {
	if !fixing[t.key.Name] {
		return false
	}
	for i := range t.values {
		v := &t.values[i]
		if v.net.IsValid() && !narrow(v.net) || strings.ContainsAny(v.text, "*?") || strings.Contains(v.text, "${") {
			return false
		}
	}
	return true
}

func narrow(p netip.Prefix) bool {
	if p.Addr().Is4() {
		return p.Bits() >= narrow4
	}
	return p.Bits() >= narrow6
}

// Named is an account or a user that a Principal or NotPrincipal names. One of the members beside Text is set.
type Named struct {
	Text        string // as written
	Account     string // number
	CanonicalID string
	ARN         string // of a user, a role or a session
	UserID      string
}

// Named returns whom the document names, without wildcards and services.
func (d *Document) Named() (list []Named) {
	for i := range d.Statements {
		for _, p := range d.Statements[i].principals {
			n := Named{Text: p.text}
			switch p.kind {
			case wholeAccount:
				n.Account = p.id
			case canonical:
				n.CanonicalID = p.id
			case oneARN:
				n.ARN = p.id
			case uniqueID:
				n.UserID = p.id
			default:
				continue
			}
			list = append(list, n)
		}
	}
	return list
}
