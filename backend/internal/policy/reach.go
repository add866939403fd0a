package policy

import "strings"

// Reach is how much of an area somebody is allowed.
type Reach uint8

// The reaches. Sometimes is also what cannot be told: under conditions, or for some keys alone.
const (
	Never Reach = iota
	Sometimes
	Always
)

// Area is requests: an action on a bucket, or on every key that begins with a prefix, under whatever circumstances.
type Area struct {
	Action          string // in the table's spelling
	Resource        string // ARN of the bucket, or of the bucket with the prefix
	Below           bool   // every key that begins with Resource
	ResourceAccount string
	Principal       *Principal
	Many            bool // the principal stands for many, of whom no more is known than is said
}

// Part is what a statement or a list does to an area.
type Part struct {
	Source    Source
	Statement int // -1 of a list
	Effect    Effect
	Whole     bool // all of the area, whatever the circumstances
}

// Survey is Evaluate over an area. The reach of identity policies is that within their bounds; of another account's principals only what the
// resource allows counts, since their own policies may be anything. It never says Always where Evaluate refuses a request, nor Never where
// it allows one. parts are what has a say, denials included, in order.
func Survey(a *Area, sources []Source) (reach Reach, parts []Part) {
	index, isKnown := knownIndex[a.Action]
	req := &Request{Action: a.Action, Resource: a.Resource, ResourceAccount: a.ResourceAccount, Principal: a.Principal}
	cross := a.ResourceAccount != a.Principal.Account && !a.Principal.Anonymous
	identity, resource, bound, denied := Never, Never, Always, Never
	for i := range sources {
		src := &sources[i]
		allows, bounds := Never, src.Kind == SourceBoundary
		if src.Document == nil {
			if src.Grants != nil && src.Grants(a.Action) {
				resource, parts = Always, append(parts, Part{*src, -1, Allow, true})
			}
			continue
		}
		for j := range src.Document.Statements {
			s := &src.Document.Statements[j]
			if !isKnown || !s.set.has(index) || s.Effect == Allow && src.DenyOnly {
				continue
			}
			how := s.concerns(a.Principal)
			if how == notNamed || how == inAccount && s.Effect == Allow && !cross {
				continue
			}
			got := min(s.covering(a, req), s.certainty(a, req))
			if got == Never {
				continue
			}
			if s.Effect == Deny {
				denied = max(denied, got)
			} else {
				allows = max(allows, got)
			}
			if s.Effect == Deny || !bounds {
				parts = append(parts, Part{*src, j, s.Effect, got == Always})
			}
		}
		switch {
		case bounds:
			bound = min(bound, allows)
		case src.Kind == SourceIdentity:
			identity = max(identity, allows)
		default:
			resource = max(resource, allows)
		}
	}
	reach = resource
	if !cross {
		reach = max(reach, min(identity, bound))
	}
	switch denied {
	case Always:
		reach = Never
	case Sometimes:
		reach = min(reach, Sometimes)
	}
	return reach, parts
}

// covering says how much of the resources of an area the statement concerns.
func (s *Statement) covering(a *Area, req *Request) Reach {
	if len(s.resources) == 0 {
		return Always
	}
	area := pattern{form: formExact, text: a.Resource}
	if a.Below {
		area.form = formPrefix
	}
	best := Never
	for i := range s.resources {
		p, ok := s.resources[i].known(a, req)
		switch {
		case ok && covers(&p, &area):
			best = Always
		case ok && overlaps(&p, &area):
			best = max(best, Sometimes)
		}
	}
	if s.notResource {
		return Always - best
	}
	return best
}

// known is the pattern with what is known of the principal in the place of variables; false when it matches nothing.
func (r *resource) known(a *Area, req *Request) (pattern, bool) {
	if r.form != formVars {
		return r.pattern, true
	}
	items := make([]item, 0, len(r.items))
	for _, it := range r.items {
		if it.kind != 'v' || a.Many || !a.Principal.settles(it.name) {
			items = append(items, it)
			continue
		}
		one := pattern{form: formVars, items: []item{it}}
		value, ok := one.resolve(req)
		if !ok {
			return pattern{}, false
		}
		items = append(items, value...)
	}
	return fromItems(items), true
}

// settles reports whether the principal alone says what a condition key is; a role does not tell the names and tags of its sessions.
func (p *Principal) settles(key string) bool {
	switch key {
	case "aws:username", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType":
		return true
	}
	return p.Role == "" && (key == "aws:userid" || strings.HasPrefix(key, "aws:PrincipalTag/"))
}

// certainty says whether the conditions hold: always, never, or that it depends.
func (s *Statement) certainty(a *Area, req *Request) Reach {
	out := Always
	for i := range s.conditions {
		c := &s.conditions[i]
		for j := range c.tests {
			t := &c.tests[j]
			if a.Many || !a.Principal.settles(t.key.Name) || t.varies() {
				out = Sometimes
				continue
			}
			if !c.test(t, req) {
				return Never
			}
		}
	}
	return out
}

// varies reports whether a value of the test has a variable.
func (t *test) varies() bool {
	for i := range t.values {
		if strings.Contains(t.values[i].text, "${") {
			return true
		}
	}
	return false
}

// Conditions is the JSON of the statement's conditions, empty for none.
func (s *Statement) Conditions() string {
	if len(s.conditions) == 0 {
		return ""
	}
	var w writer
	renderConditions(&w, s.conditions)
	return w.String()
}
