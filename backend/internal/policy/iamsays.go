package policy

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// IAM has other sentences than S3 for mistakes in documents, and tells less of where they are. They are looked for only in a document that
// was refused.

const iamSentenceKey = "IAM sentence"

// IAMSentence is what IAM says of the mistake in a policy of an identity or in a trust policy; empty where IAM sees none. The text of err
// says also where it is.
func IAMSentence(err error) string { return fault.DetailOf(err)[iamSentenceKey] }

// inIAM gives a refusal of a document the sentence of IAM; n is nil for a text that is no JSON.
func inIAM(kind Kind, n *node, err error) error {
	var f *fault.Error
	if kind == Bucket || !errors.As(err, &f) || f.Kind != fault.MalformedPolicy {
		return err
	}
	says := identitySays
	if kind == Trust {
		says = trustSays
	}
	if sentence := says(n); sentence != "" {
		_ = f.With(iamSentenceKey, sentence)
	}
	return err
}

const (
	iamSyntax   = "Syntax errors in policy."
	trustSyntax = "Syntax error in policy."
)

// statementsOf are the statements of a document, nil when they are none.
func statementsOf(n *node) []*node {
	s := n.get("Statement")
	switch {
	case s == nil:
		return nil
	case s.kind == '[':
		return s.members
	case s.kind == '{':
		return []*node{s}
	}
	return nil
}

func validVersion(n *node) bool {
	v := n.get("Version")
	return v == nil || v.kind == '"' && (v.text == Version2008 || v.text == Version2012)
}

// textsOf are a string or a list of strings; false for anything else.
func textsOf(n *node) (out []string, ok bool) {
	list := []*node{n}
	if n.kind == '[' {
		list = n.members
	}
	for _, m := range list {
		if m.kind != '"' {
			return nil, false
		}
		out = append(out, m.text)
	}
	return out, true
}

// either is the element of a name, or the one that is its negation.
func (n *node) either(name string) *node {
	if m := n.get(name); m != nil {
		return m
	}
	return n.get("Not" + name)
}

// onlyKnown reports whether an object has no members but these.
func (n *node) onlyKnown(names ...string) bool {
	for _, name := range n.names {
		if !contains(names, name) {
			return false
		}
	}
	return true
}

// sidTwice reports whether two statements have one name.
func sidTwice(statements []*node) bool {
	seen := map[string]bool{}
	for _, s := range statements {
		if id := s.get("Sid"); id != nil && id.text != "" {
			if seen[id.text] {
				return true
			}
			seen[id.text] = true
		}
	}
	return false
}

var (
	vendor       = regexp.MustCompile(`^[A-Za-z0-9*?-]+$`)
	alphanumeric = regexp.MustCompile(`^[0-9A-Za-z]*$`)
)

func identitySays(n *node) string {
	if n == nil || n.kind != '{' || !validVersion(n) || !n.onlyKnown("Version", "Id", "Statement") || len(statementsOf(n)) == 0 {
		return iamSyntax
	}
	list := statementsOf(n)
	for _, s := range list {
		if !soundStatement(s) {
			return iamSyntax
		}
	}
	for _, s := range list {
		if says := statementSays(s); says != "" {
			return says
		}
		if id := s.get("Sid"); id != nil && !alphanumeric.MatchString(id.text) {
			return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
		}
	}
	if sidTwice(list) {
		return "Statement IDs (SID) in a single policy must be unique."
	}
	return ""
}

// soundStatement reports whether a statement has the form of one.
func soundStatement(s *node) bool {
	if s.kind != '{' || !s.onlyKnown("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition") {
		return false
	}
	effect := s.get("Effect")
	if effect == nil || effect.text != "Allow" && effect.text != "Deny" {
		return false
	}
	for _, name := range []string{"Action", "Resource"} {
		if s.get(name) != nil && s.get("Not"+name) != nil {
			return false
		}
		if m := s.either(name); m != nil {
			if _, ok := textsOf(m); !ok {
				return false
			}
		}
	}
	sid, condition := s.get("Sid"), s.get("Condition")
	return (sid == nil || sid.kind == '"') && (condition == nil || condition.kind == '{')
}

func statementSays(s *node) string {
	if s.either("Principal") != nil {
		return "Policy document should not specify a principal."
	}
	var actions, resources []string
	if m := s.either("Action"); m != nil {
		actions, _ = textsOf(m)
	}
	if m := s.either("Resource"); m != nil {
		resources, _ = textsOf(m)
	}
	switch {
	case len(actions) == 0:
		return "Policy statement must contain actions."
	case len(resources) == 0:
		return "Policy statement must contain resources."
	}
	for _, a := range actions {
		service, _, ok := strings.Cut(a, ":")
		switch {
		case a == "*":
		case !ok:
			return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
		case !vendor.MatchString(service):
			return fmt.Sprintf("Vendor %s is not valid", service)
		}
	}
	for _, r := range resources {
		if says := resourceSays(r); says != "" {
			return says
		}
	}
	return ""
}

func resourceSays(r string) string {
	parts := strings.SplitN(r, ":", 6)
	switch {
	case r == "*":
		return ""
	case len(parts) == 1:
		return fmt.Sprintf(`Resource %s must be in ARN format or "*".`, r)
	case parts[0] == "arn" && len(parts) < 6:
		return "The policy failed legacy parsing"
	}
	for len(parts) < 6 {
		parts = append(parts, "*")
	}
	if parts[0] = "arn"; parts[1] != "aws" && !strings.ContainsAny(parts[1], "*?") {
		return fmt.Sprintf("Partition %q is not valid for resource %q.", parts[1], strings.Join(parts, ":"))
	}
	return ""
}

func trustSays(n *node) string {
	switch {
	case n == nil:
		return badJSON
	case n.kind != '{':
		return trustSyntax
	case !validVersion(n):
		return "The policy must contain a valid version string"
	case len(statementsOf(n)) == 0:
		return "Could not parse the policy: Statement is empty!"
	}
	list := statementsOf(n)
	for _, s := range list {
		if s.kind != '{' {
			return trustSyntax
		}
		if says := trustStatementSays(s); says != "" {
			return says
		}
	}
	if sidTwice(list) {
		return "The Statement Ids in the policy are not unique"
	}
	return ""
}

func trustStatementSays(s *node) string {
	effect, action := s.get("Effect"), s.either("Action")
	switch {
	case effect == nil:
		return "Missing required field Effect"
	case effect.text != "Allow" && effect.text != "Deny":
		return "Invalid effect: " + effect.text
	case s.get("NotPrincipal") != nil && effect.text == "Allow":
		return "Allow with NotPrincipal is not allowed."
	case s.get("NotPrincipal") != nil:
		return "AssumeRole policy must not contain NotPrincipal field."
	case s.get("Principal") == nil:
		return "Missing required field Principal"
	case action == nil:
		return "Missing required field Action"
	case s.get("Resource") != nil:
		return "Has prohibited field Resource"
	case s.get("NotResource") != nil:
		return "AssumeRole policy must not contain resources."
	}
	if says := principalSays(s.get("Principal")); says != "" {
		return says
	}
	actions, ok := textsOf(action)
	if !ok || len(actions) == 0 {
		return trustSyntax
	}
	for _, a := range actions {
		if !strings.HasPrefix(strings.ToLower(a), "sts:") {
			return "AssumeRole policy may only specify STS AssumeRole actions."
		}
	}
	return ""
}

func principalSays(n *node) string {
	switch {
	case n.kind == '"' && n.text == "*":
		return ""
	case n.kind == '"':
		return "Principal must be a JSON object."
	case n.kind != '{':
		return trustSyntax
	case len(n.names) == 0:
		return "Missing required field Principal cannot be empty!"
	}
	for i, group := range n.names {
		if !contains([]string{"AWS", "Service", "Federated"}, group) {
			return fmt.Sprintf("Invalid principal in policy: %q", group)
		}
		texts, ok := textsOf(n.members[i])
		if !ok || len(texts) == 0 {
			return trustSyntax
		}
		p := parser{kind: Trust}
		for _, text := range texts {
			if one := (&node{kind: '{', names: []string{group}, members: []*node{{kind: '"', text: text}}}); !p.knows(one) {
				return fmt.Sprintf("Invalid principal in policy: %q:%q", strings.ToUpper(group), text)
			}
		}
	}
	return ""
}

// knows reports whether the principals of an element can be.
func (p *parser) knows(n *node) bool {
	_, err := p.principals(n, "Principal")
	return err == nil
}
