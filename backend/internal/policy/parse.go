package policy

import (
	"bytes"
	"fmt"
	"strings"
)

// maxText is the longest Resource or condition value, in bytes.
const maxText = 2048

// ParseBucket parses the policy of the named bucket: Parse and ForBucket. As with AWS nothing may stand before the document.
func ParseBucket(data []byte, bucket string) (*Document, error) {
	if len(data) == 0 || data[0] != '{' {
		return nil, malformed("Policies must be valid JSON and the first byte must be '{'")
	}
	d, err := Parse(data, Bucket)
	if err != nil {
		return nil, err
	}
	if err := d.ForBucket(bucket); err != nil {
		return nil, err
	}
	return d, nil
}

// Parse reads an AWS policy document of at most MaxBytes. Its error is fault.MalformedPolicy and names the element.
func Parse(data []byte, kind Kind) (*Document, error) {
	n, err := readJSON(data)
	if err != nil {
		return nil, inIAM(kind, nil, err)
	}
	d, err := parseDocument(n, kind)
	if err != nil {
		return nil, inIAM(kind, n, err)
	}
	d.seal()
	d.locate(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	return d, nil
}

func parseDocument(n *node, kind Kind) (*Document, error) {
	if n.kind != '{' {
		return nil, malformed("A policy document must be an object, not %s.", n.what())
	}
	d := &Document{Kind: kind}
	var statements *node
	for i, name := range n.names {
		m := n.members[i]
		switch name {
		case "Version":
			if m.kind != '"' || m.text != Version2008 && m.text != Version2012 {
				return nil, As("The policy must contain a valid version string", malformed("The policy must contain a valid version string: %q or %q.", Version2012, Version2008))
			}
			d.Version = m.text
		case "Id":
			if m.kind != '"' {
				return nil, malformed("Id must be a string, not %s.", m.what())
			}
			d.ID = m.text
		case "Statement":
			statements = m
		default:
			return nil, As("Unknown field "+name, malformed("Unknown field %s.", name))
		}
	}
	if statements == nil {
		return nil, As("Missing required field Statement", malformed("Missing required field Statement."))
	}
	list := []*node{statements}
	if statements.kind == '[' {
		list = statements.members
	}
	if len(list) == 0 {
		return nil, As("Could not parse the policy: Statement is empty!", malformed("Statement is empty."))
	}
	sids := map[string]bool{}
	for i, m := range list {
		p := parser{kind: kind, vars: d.Version == Version2012, where: fmt.Sprintf("statement %d", i+1)}
		s, err := p.statement(m)
		if err != nil {
			return nil, err
		}
		if s.Sid != "" && sids[s.Sid] {
			return nil, malformed("The Sid %q of %s stands twice.", s.Sid, p.where)
		}
		sids[s.Sid] = true
		d.Statements = append(d.Statements, *s)
	}
	return d, nil
}

// parser reads one statement.
type parser struct {
	kind  Kind
	vars  bool   // the version has policy variables
	where string // "statement 2"
}

func (p *parser) statement(n *node) (*Statement, error) {
	if n.kind != '{' {
		return nil, As(syntax, malformed("A statement must be an object; %s is %s.", p.where, n.what()))
	}
	s := &Statement{from: n.from, to: n.to}
	seen := map[string]bool{}
	for i, name := range n.names {
		m := n.members[i]
		base := strings.TrimPrefix(name, "Not")
		if seen[base] {
			return nil, malformed("%s has both %s and Not%s.", p.title(), base, base)
		}
		seen[base] = true
		var err error
		switch name {
		case "Sid":
			err = p.sid(s, m)
		case "Effect":
			switch {
			case m.kind == '"' && m.text == "Allow":
				s.Effect = Allow
			case m.kind == '"' && m.text == "Deny":
				s.Effect = Deny
			default:
				err = As("Invalid effect: "+m.text, malformed("Invalid effect in %s: Effect must be \"Allow\" or \"Deny\".", p.where))
			}
		case "Principal", "NotPrincipal":
			s.hasPrincipals, s.notPrincipal = true, name[0] == 'N'
			s.principals, err = p.principals(m, name)
		case "Action", "NotAction":
			s.notAction = name[0] == 'N'
			s.actions, err = p.actions(m, name)
		case "Resource", "NotResource":
			s.notResource = name[0] == 'N'
			s.resources, err = p.resources(m, name)
		case "Condition":
			s.conditions, err = p.conditions(m)
		default:
			err = As("Unknown field "+name, malformed("Unknown field %s in %s.", name, p.where))
		}
		if err != nil {
			return nil, err
		}
	}
	return s, p.complete(s, seen)
}

func (p *parser) title() string { return strings.ToUpper(p.where[:1]) + p.where[1:] }

// complete checks what concerns several elements of a statement.
func (p *parser) complete(s *Statement, seen map[string]bool) error {
	required := []string{"Effect", "Action"}
	forbidden := ""
	switch p.kind {
	case Identity:
		required, forbidden = append(required, "Resource"), "Principal"
	case Bucket:
		required = append(required, "Resource", "Principal")
	case Trust:
		required, forbidden = append(required, "Principal"), "Resource"
	}
	for _, name := range required {
		if !seen[name] {
			return As("Missing required field "+name, malformed("Missing required field %s in %s.", name, p.where))
		}
	}
	if forbidden != "" && seen[forbidden] {
		return malformed("Policy document should not specify a %s (%s).", strings.ToLower(forbidden), p.where)
	}
	if s.notPrincipal && s.Effect == Allow {
		return As("Allow with NotPrincipal is not allowed.", malformed("Allow with NotPrincipal is not allowed (%s).", p.where))
	}
	if s.notPrincipal && p.kind == Trust {
		return malformed("The policy of a role must not contain NotPrincipal (%s).", p.where)
	}
	if p.kind == Bucket {
		return p.fits(s)
	}
	return nil
}

func (p *parser) sid(s *Statement, n *node) error {
	if n.kind != '"' {
		return As(syntax, malformed("Sid of %s must be a string, not %s.", p.where, n.what()))
	}
	if p.kind != Bucket {
		for _, c := range n.text {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
				return malformed("Statement IDs (Sid) must consist of letters and digits; that of %s is %q.", p.where, n.text)
			}
		}
	}
	s.Sid = n.text
	return nil
}

func (p *parser) actions(n *node, name string) ([]actionPattern, error) {
	texts, err := n.strings(name+" of "+p.where, false)
	if err != nil {
		return nil, As(badAction, err)
	}
	out := make([]actionPattern, 0, len(texts))
	for _, text := range texts {
		a, ok := parseAction(text)
		if !ok || a.text == headBucket || p.kind == Bucket && !strings.HasPrefix(strings.ToLower(text), "s3:") && text != "*" ||
			p.kind == Trust && !strings.HasPrefix(strings.ToLower(text), "sts:") {
			return nil, As(badAction, malformed("Policy has invalid action: %q in %s of %s.", text, name, p.where))
		}
		out = append(out, a)
	}
	return out, nil
}

// services are those whose resources a policy may name.
var services = []string{"s3", "iam", "kms", "sts", "myfsio"}

func (p *parser) resources(n *node, name string) ([]resource, error) {
	texts, err := n.strings(name+" of "+p.where, false)
	if err != nil {
		return nil, As(badResource, err)
	}
	out := make([]resource, 0, len(texts))
	for _, text := range texts {
		bad := func(why string) error {
			return As(badResource, malformed("Policy has invalid resource: %q in %s of %s %s.", text, name, p.where, why))
		}
		if len(text) > maxText {
			return nil, malformed("%s of %s has a text longer than %d bytes.", name, p.where, maxText)
		}
		parts := strings.SplitN(text, ":", 6)
		switch {
		case p.kind == Bucket && !strings.HasPrefix(text, "arn:aws:s3:::"):
			return nil, bad("is not the ARN of a bucket or object (arn:aws:s3:::bucket or arn:aws:s3:::bucket/key)")
		case text == "*":
		case len(parts) != 6 || parts[0] != "arn" || parts[5] == "":
			return nil, bad("must be in ARN format or \"*\"")
		case parts[1] != "aws" && !strings.ContainsAny(parts[1], "*?"):
			return nil, bad("names a partition other than aws")
		case !strings.ContainsAny(parts[2], "*?") && !contains(services, parts[2]):
			return nil, bad("names an unknown service")
		case parts[2] == "s3" && parts[5] != "*" && strings.HasPrefix(parts[5], "/"):
			return nil, bad("names no bucket")
		}
		c, err := compile(text, p.vars)
		if err != nil {
			return nil, bad("has a bad variable: " + textOfError(err))
		}
		out = append(out, resource{text: text, pattern: c})
	}
	return out, nil
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

// fits checks, as AWS does for bucket policies, that each action can apply to some resource of its statement, and that each condition
// key is set by some action of it.
func (p *parser) fits(s *Statement) error {
	if !s.notResource && !s.notAction {
		onBucket, onObject := false, false
		for i := range s.resources {
			b, o := s.resources[i].scopes()
			onBucket, onObject = onBucket || b, onObject || o
		}
		for i := range s.actions {
			ok := false
			for k := range known {
				if s.actions[i].set.has(k) {
					ok = ok || known[k].Scope == ScopeBucket && onBucket || known[k].Scope == ScopeObject && onObject
				}
			}
			if !ok {
				return As("Action does not apply to any resource(s) in statement", malformed("Action does not apply to any resource(s) in statement: %q in %s.", s.actions[i].text, p.where))
			}
		}
	}
	if s.notAction {
		return nil
	}
	for i := range s.conditions {
		for _, t := range s.conditions[i].tests {
			if len(t.key.Actions) == 0 {
				continue
			}
			ok := false
			for _, name := range t.key.Actions {
				for j := range s.actions {
					ok = ok || s.actions[j].set.has(knownIndex[name])
				}
			}
			if !ok {
				return As("Conditions do not apply to combination of actions and resources in statement", malformed("Conditions do not apply to combination of actions and resources in statement: %q in %s.", t.text, p.where))
			}
		}
	}
	return nil
}

// scopes tells whether the resource can be a bucket and whether it can be an object.
func (r *resource) scopes() (bucket, object bool) {
	rest := strings.TrimPrefix(r.text, "arn:aws:s3:::")
	slash := strings.IndexByte(rest, '/')
	head := rest
	if slash >= 0 {
		head = rest[:slash]
	}
	wild := strings.Contains(head, "*")
	return slash < 0, slash >= 0 || wild
}
