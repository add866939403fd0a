package policy

import (
	"strconv"
	"strings"
	"time"
)

const (
	headBucket = "s3:HeadBucket"
	listBucket = "s3:ListBucket"
)

// Principal is who asks. An anonymous caller has no other member; a service of the server itself has only Service.
type Principal struct {
	Anonymous   bool
	Account     string // twelve digits
	ARN         string
	UserID      string // unique, never used again
	Name        string
	CanonicalID string // of the account, 64 hex characters
	Service     string
	Federated   string
	Role        string            // ARN of the role that a session has taken on, whose ARN is that of the session
	Tags        map[string]string // of the user, or of the role and its session
	Source      string            // source identity of a session, empty for none
	Issued      time.Time         // when temporary credentials were given out; zero for others
}

// Type is the value of aws:PrincipalType.
func (p *Principal) Type() string {
	switch {
	case p.Anonymous:
		return "Anonymous"
	case p.Role != "":
		return "AssumedRole"
	case p.ARN == "":
		return ""
	}
	return "User"
}

// Request is one question to the evaluator.
type Request struct {
	Action          string // in the table's spelling
	Resource        string // ARN
	ResourceAccount string // account that owns the resource, twelve digits; empty means the caller's
	Principal       *Principal
	// Keys returns the values of a condition key, named as in ConditionKeys, and whether the request has it. It is asked only for keys
	// that a policy tests. Names, ids and ARN of the caller come from Principal and are not asked for. nil means no keys.
	Keys  func(name string) ([]string, bool)
	Trace *Trace // nil for none
}

// lookup returns the values of a condition key, and notes one that the request does not have.
func (r *Request) lookup(name string) ([]string, bool) {
	v, ok := r.find(name)
	if !ok {
		r.Trace.lacks(name)
	}
	return v, ok
}

func (r *Request) find(name string) ([]string, bool) {
	one := func(s string) ([]string, bool) { return []string{s}, s != "" }
	switch p := r.Principal; name {
	case "aws:username":
		return one(p.Name)
	case "aws:userid":
		if p.Anonymous {
			return one("anonymous")
		}
		return one(p.UserID)
	case "aws:PrincipalArn":
		if p.Role != "" {
			return one(p.Role)
		}
		return one(p.ARN)
	case "aws:PrincipalAccount":
		return one(p.Account)
	case "aws:PrincipalType":
		return one(p.Type())
	case "aws:PrincipalIsAWSService":
		return one(strconv.FormatBool(p.Service != ""))
	case "aws:ViaAWSService":
		return one("false")
	case "aws:SourceIdentity":
		return one(p.Source)
	case "aws:TokenIssueTime":
		if p.Issued.IsZero() {
			return nil, false
		}
		return one(p.Issued.UTC().Format(time.RFC3339))
	case "aws:ResourceAccount":
		if r.ResourceAccount == "" {
			return one(p.Account)
		}
		return one(r.ResourceAccount)
	}
	if tag, ok := strings.CutPrefix(name, "aws:PrincipalTag/"); ok {
		if v, ok := r.Principal.Tags[tag]; ok {
			return []string{v}, true
		}
		for name, v := range r.Principal.Tags { // tags of identities differ in more than their case
			if strings.EqualFold(name, tag) {
				return []string{v}, true
			}
		}
		return nil, false
	}
	if r.Keys == nil {
		return nil, false
	}
	return r.Keys(name)
}

// SourceKind says what part a document has in the decision.
type SourceKind uint8

// The kinds of sources.
const (
	// SourceIdentity hangs at the caller: a user's or a group's policy.
	SourceIdentity SourceKind = iota
	// SourceResource hangs at the resource: a bucket's policy, or an ACL.
	SourceResource
	// SourceBoundary is a permissions boundary: it bounds what identity policies allow, and allows nothing by itself.
	SourceBoundary
	// SourceSession is the policy of a session, which bounds as a permissions boundary does.
	SourceSession
)

// Bounds reports whether sources of the kind bound what others allow.
func (k SourceKind) Bounds() bool { return k == SourceBoundary || k == SourceSession }

// Source is a document or an ACL that concerns the request. One without either says nothing.
type Source struct {
	Name     string // shown as the reason: "policy of user ada", "bucket policy"
	Kind     SourceKind
	Document *Document
	Grants   func(action string) bool // of an ACL: whether it grants the action to the caller; it denies nothing
	DenyOnly bool                     // what the document allows does not count
	Origin   *Origin                  // for whoever explains a decision; nil where that is not known
}

// Decision is the answer, with the statement that decided.
type Decision struct {
	Allowed      bool
	ExplicitDeny bool
	Source       string     // name of the source that decided, empty when none did
	Kind         SourceKind // of the source that denied, or that did not allow what the others do; SourceIdentity when nothing allowed it
	Statement    int        // index in its document, -1 when none decided
	Sid          string
	Reason       string // one sentence
}

const (
	reasonAllowed  = "a statement allows the action"
	reasonGranted  = "an access control list grants the action"
	reasonDenied   = "a statement denies the action"
	reasonNone     = "no statement allows the action"
	reasonBoundary = "a session policy or permissions boundary does not allow the action"
	reasonCross    = "access from another account needs both an identity policy and a bucket policy or ACL that allow the action"
)

// Evaluate decides: an explicit deny anywhere wins; inside an account an identity policy or a resource policy must allow; from another
// account both must. The order of sources and of statements does not matter for the outcome.
func Evaluate(req *Request, sources []Source) Decision {
	if req.Trace != nil {
		req.Trace.reset()
	}
	if req.Principal == nil {
		return Decision{Statement: -1, Reason: reasonNone}
	}
	index, isKnown := knownIndex[req.Action]
	fold := ""
	if !isKnown {
		if !ownName(req.Action) {
			return Decision{Statement: -1, Reason: reasonNone}
		}
		fold = strings.ToLower(req.Action)
	}
	cross := req.ResourceAccount != "" && req.ResourceAccount != req.Principal.Account && !req.Principal.Anonymous && req.Principal.Service == ""
	var identity, resource, denied Decision
	bounded, bounds, by := true, false, SourceIdentity
	for i := range sources {
		src := &sources[i]
		if src.Document == nil && src.Grants == nil {
			continue
		}
		d := src.evaluate(req, index, isKnown, fold, cross)
		if d.ExplicitDeny {
			if req.Trace == nil {
				return d
			}
			if !denied.ExplicitDeny {
				denied = d
			}
			continue
		}
		switch src.Kind {
		case SourceIdentity:
			if d.Allowed && !identity.Allowed {
				identity = d
			}
		case SourceResource:
			if d.Allowed && !resource.Allowed {
				resource = d
			}
		case SourceBoundary, SourceSession:
			bounds = true
			if bounded && !d.Allowed {
				bounded, by = false, src.Kind
			}
			if req.Trace != nil && !d.Allowed {
				req.Trace.Bounds = append(req.Trace.Bounds, src.Name)
			}
		}
	}
	if req.Trace != nil {
		req.Trace.Identity, req.Trace.Resource, req.Trace.Cross, req.Trace.Bounded = identity.Allowed, resource.Allowed, cross, bounds
	}
	if denied.ExplicitDeny {
		return denied
	}
	reason := reasonNone
	if identity.Allowed && !bounded {
		identity.Allowed, reason = false, reasonBoundary
	} else {
		by = SourceIdentity
	}
	if cross {
		if identity.Allowed && resource.Allowed {
			return resource
		}
		if identity.Allowed || resource.Allowed {
			reason = reasonCross
		}
		return Decision{Statement: -1, Reason: reason}
	}
	switch {
	case identity.Allowed:
		return identity
	case resource.Allowed:
		return resource
	}
	return Decision{Statement: -1, Reason: reason, Kind: by}
}

// Trusts decides whether the trust policy of a role lets the caller take the role on, which is the request's resource: when it names the
// caller itself and both are of one account, that is enough unless the caller's own policies deny it; when it names only the account, or
// the accounts differ, the caller's own policies must allow it too.
func Trusts(req *Request, trust *Document, own []Source) Decision {
	if req.Trace != nil {
		req.Trace.reset()
	}
	index, isKnown := knownIndex[req.Action]
	src := Source{Name: "trust policy", Kind: SourceResource, Document: trust, Origin: &Origin{Type: OriginTrust}}
	d := src.evaluate(req, index, isKnown, strings.ToLower(req.Action), true)
	if d.ExplicitDeny || !d.Allowed {
		return d
	}
	again := *req
	again.ResourceAccount, again.Trace = "", nil
	if req.Trace != nil {
		req.Trace.Resource, again.Trace = true, &Trace{}
	}
	mine := Evaluate(&again, own)
	if req.Trace != nil {
		req.Trace.join(again.Trace)
	}
	again.Trace = nil
	direct := src.evaluate(&again, index, isKnown, strings.ToLower(req.Action), false).Allowed
	if mine.ExplicitDeny || !mine.Allowed && !(direct && req.ResourceAccount == req.Principal.Account) {
		return mine
	}
	return d
}

// evaluate decides over one document or ACL alone.
func (src *Source) evaluate(req *Request, index int, isKnown bool, fold string, cross bool) Decision {
	d := src.Document
	if d == nil {
		if src.Grants(req.Action) {
			req.Trace.note(src, -1, Allow, Counts, "")
			return Decision{Allowed: true, Source: src.Name, Statement: -1, Reason: reasonGranted}
		}
		return Decision{Statement: -1, Reason: reasonNone}
	}
	allowed, denied := -1, -1
	if isKnown && d.union.has(index) || !isKnown && d.own {
		for i := range d.Statements {
			s := &d.Statements[i]
			if s.Effect == Allow && (allowed >= 0 || src.DenyOnly) && req.Trace == nil || !s.acts(index, isKnown, fold) || !s.reaches(req) {
				continue
			}
			how := s.concerns(req.Principal)
			if how == notNamed {
				continue
			}
			// Naming an account lets its administrators pass the right on; inside the account that takes an identity policy anyway.
			if how == inAccount && s.Effect == Allow && !cross {
				req.Trace.note(src, i, Allow, Passes, "")
				continue
			}
			if t := s.unmet(req); t != nil {
				req.Trace.note(src, i, s.Effect, Unmet, t.key.Name)
				continue
			}
			switch {
			case s.Effect == Deny:
				if req.Trace == nil {
					return src.denies(i)
				}
				if denied < 0 {
					denied = i
				}
			case src.DenyOnly:
				req.Trace.note(src, i, Allow, Withheld, "")
				continue
			case allowed < 0:
				allowed = i
			}
			req.Trace.note(src, i, s.Effect, Counts, "")
		}
	}
	if denied >= 0 {
		return src.denies(denied)
	}
	if allowed < 0 {
		return Decision{Statement: -1, Reason: reasonNone}
	}
	return Decision{Allowed: true, Source: src.Name, Statement: allowed, Sid: d.Statements[allowed].Sid, Reason: reasonAllowed}
}

func (src *Source) denies(i int) Decision {
	return Decision{ExplicitDeny: true, Source: src.Name, Kind: src.Kind, Statement: i, Sid: src.Document.Statements[i].Sid, Reason: reasonDenied}
}

// acts reports whether the statement concerns the action.
func (s *Statement) acts(index int, isKnown bool, fold string) bool {
	if isKnown {
		return s.set.has(index)
	}
	if !s.own {
		return false
	}
	for i := range s.actions {
		if a := &s.actions[i]; a.own && a.fold.match(fold, nil) {
			return !s.notAction
		}
	}
	return s.notAction
}

// reaches reports whether the statement concerns the resource; one without resources concerns what it hangs at.
func (s *Statement) reaches(req *Request) bool {
	if len(s.resources) == 0 {
		return true
	}
	for i := range s.resources {
		if s.resources[i].match(req.Resource, req) {
			return !s.notResource
		}
	}
	return s.notResource
}

// unmet returns the first test of the conditions that is not true of the request; nil when all are.
func (s *Statement) unmet(req *Request) *test {
	for i := range s.conditions {
		c := &s.conditions[i]
		for j := range c.tests {
			if !c.test(&c.tests[j], req) {
				return &c.tests[j]
			}
		}
	}
	return nil
}
