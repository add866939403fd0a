package policy

import (
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

func textOfError(err error) string { return strings.TrimSuffix(fault.TextOf(err), ".") }

// principal is one entry of a Principal element.
type principal struct {
	kind principalKind
	text string // as written
	id   string // what is compared
}

type principalKind uint8

const (
	anyone       principalKind = iota // "*"
	wholeAccount                      // an account's number or root ARN; id is the number
	oneARN                            // a user, role or session
	uniqueID                          // AWS's AIDA… form: the id that stays when a name is used again
	canonical                         // canonical user id, which names an account
	service                           // a service's name
	federated                         // a provider of identities; trust policies only
)

func (p *parser) principals(n *node, name string) ([]principal, error) {
	bad := func(text string) error {
		return As(BadPrincipal, malformed("Invalid principal in policy: %q in %s of %s.", text, name, p.where))
	}
	if n.kind == '"' {
		if n.text != "*" {
			return nil, bad(n.text)
		}
		return []principal{{kind: anyone, text: "*"}}, nil
	}
	if n.kind != '{' || len(n.names) == 0 {
		return nil, As(BadPrincipal, malformed("%s of %s must be \"*\" or an object with AWS, CanonicalUser or Service.", name, p.where))
	}
	var out []principal
	for i, group := range n.names {
		texts, err := n.members[i].strings(name+"."+group+" of "+p.where, false)
		if err != nil {
			return nil, As(BadPrincipal, err)
		}
		for _, text := range texts {
			var e principal
			var ok bool
			switch group {
			case "AWS":
				e, ok = awsPrincipal(text)
			case "CanonicalUser":
				e, ok = principal{canonical, text, strings.ToLower(text)}, isHex(text, 64)
			case "Service":
				e, ok = principal{service, text, text}, strings.HasSuffix(text, ".amazonaws.com") && !strings.ContainsAny(text, "*? ")
			case "Federated":
				e, ok = principal{federated, text, text}, p.kind == Trust && text != "" && !strings.ContainsAny(text, "*? ")
			default:
				return nil, As(BadPrincipal, malformed("Invalid principal in policy: unknown kind %q in %s of %s.", group, name, p.where))
			}
			if !ok {
				return nil, bad(text)
			}
			out = append(out, e)
		}
	}
	return out, nil
}

func awsPrincipal(text string) (principal, bool) {
	switch {
	case text == "*":
		return principal{anyone, text, ""}, true
	case isNumber(text, 12):
		return principal{wholeAccount, text, text}, true
	case strings.HasPrefix(text, "AIDA") || strings.HasPrefix(text, "AROA"):
		ok := len(text) >= 16 && len(text) <= 128
		for _, c := range text {
			ok = ok && (c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
		}
		return principal{uniqueID, text, text}, ok
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] != "aws" || parts[3] != "" || !isNumber(parts[4], 12) {
		return principal{}, false
	}
	kind, rest, _ := strings.Cut(parts[5], "/")
	switch {
	case parts[2] == "iam" && parts[5] == "root":
		return principal{wholeAccount, text, parts[4]}, true
	case strings.ContainsAny(text, "*?") || rest == "":
		return principal{}, false
	case parts[2] == "iam" && (kind == "user" || kind == "role"),
		parts[2] == "sts" && (kind == "assumed-role" || kind == "federated-user"):
		return principal{oneARN, text, text}, true
	}
	return principal{}, false
}

func isNumber(s string, n int) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) == n
}

func isHex(s string, n int) bool {
	for _, c := range strings.ToLower(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == n
}

// naming says how an entry names the caller.
type naming uint8

const (
	notNamed  naming = iota
	inAccount        // only through the account
	named            // itself
)

func (e *principal) names(p *Principal) naming {
	switch e.kind {
	case anyone:
		return named
	case wholeAccount:
		if !p.Anonymous && e.id == p.Account {
			return inAccount
		}
	case canonical:
		if !p.Anonymous && e.id == p.CanonicalID {
			return inAccount
		}
	case oneARN:
		if !p.Anonymous && (e.id == p.ARN || e.id == p.Role) {
			return named
		}
	case uniqueID:
		if id, _, _ := strings.Cut(p.UserID, ":"); !p.Anonymous && e.id == id { // of a session: the role's
			return named
		}
	case service:
		if e.id == p.Service {
			return named
		}
	case federated:
		if e.id == p.Federated && e.id != "" {
			return named
		}
	}
	return notNamed
}

// concerns says how the statement names the caller. Statements without principals concern whoever they hang at.
//
// NotPrincipal spares only callers that are named themselves: an account there spares its root alone, as in AWS.
func (s *Statement) concerns(p *Principal) naming {
	if !s.hasPrincipals {
		return named
	}
	best := notNamed
	for i := range s.principals {
		best = max(best, s.principals[i].names(p))
	}
	if s.notPrincipal {
		if best == named {
			return notNamed
		}
		return named
	}
	return best
}

var principalGroups = map[principalKind]string{anyone: "AWS", wholeAccount: "AWS", oneARN: "AWS", uniqueID: "AWS",
	canonical: "CanonicalUser", service: "Service", federated: "Federated"}

func renderPrincipals(w *writer, list []principal) {
	if len(list) == 1 && list[0].kind == anyone {
		w.string("*")
		return
	}
	w.WriteByte('{')
	first := true
	for _, group := range []string{"AWS", "CanonicalUser", "Service", "Federated"} {
		var texts []string
		for _, e := range list {
			if principalGroups[e.kind] == group {
				texts = append(texts, e.text)
			}
		}
		if len(texts) > 0 {
			w.member(&first, group)
			w.list(texts)
		}
	}
	w.WriteByte('}')
}
