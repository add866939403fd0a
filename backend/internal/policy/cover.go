package policy

// Covers reports whether whoever has the documents have may do everything that want allows: for each statement of want that allows,
// statements of have allow each action on each resource, under no condition or the very same ones, and whatever have denies there is
// denied by want too. It compares texts, not the infinity of requests, and says no when it is not sure.
//
// missing names the first thing that is not covered.
func Covers(have []*Document, want *Document) (missing string, ok bool) {
	for i := range want.Statements {
		w := &want.Statements[i]
		if w.Effect != Allow {
			continue
		}
		for _, a := range w.concrete() {
			for _, r := range w.reach() {
				if !allowed(have, &a, &r, w) || !sameDenials(have, want, &a, &r) {
					return a.text + " on " + r.text, false
				}
			}
		}
	}
	return "", true
}

// anything is the resource of a statement that has none, or only NotResource.
var anything = func() resource { p, _ := compile("*", false); return resource{text: "*", pattern: p} }()

func (s *Statement) reach() []resource {
	if s.notResource || len(s.resources) == 0 {
		return []resource{anything}
	}
	return s.resources
}

// concrete returns the statement's actions one by one: the known ones, and patterns of own names.
func (s *Statement) concrete() []actionPattern {
	var out []actionPattern
	for i := range known {
		if s.set.has(i) {
			a, _ := parseAction(known[i].Name)
			out = append(out, a)
		}
	}
	if s.notAction {
		a, _ := parseAction("myfsio:*")
		return append(out, a)
	}
	for i := range s.actions {
		a := s.actions[i]
		if !a.own {
			continue
		}
		if a.fold.form != formExact && !covers(&anyOwn, &a.fold) {
			a, _ = parseAction("myfsio:*")
		}
		out = append(out, a)
	}
	return out
}

// actsOn reports whether the statement concerns all that the action pattern matches; touches, whether it may concern some of it.
func (s *Statement) actsOn(a *actionPattern) bool {
	if !a.own {
		return s.setCovers(a)
	}
	for i := range s.actions {
		if s.notAction && overlaps(&s.actions[i].fold, &a.fold) {
			return false
		}
		if !s.notAction && covers(&s.actions[i].fold, &a.fold) {
			return true
		}
	}
	return s.notAction
}

func (s *Statement) touches(a *actionPattern) bool {
	if !a.own {
		return s.setCovers(a)
	}
	for i := range s.actions {
		if !s.notAction && overlaps(&s.actions[i].fold, &a.fold) {
			return true
		}
	}
	return s.notAction
}

func (s *Statement) setCovers(a *actionPattern) bool {
	for w := range a.set {
		if a.set[w]&^s.set[w] != 0 {
			return false
		}
	}
	return true
}

// allowed reports whether some statement of have allows the action on the resource, at least as freely as w does.
func allowed(have []*Document, a *actionPattern, r *resource, w *Statement) bool {
	for _, d := range have {
		for i := range d.Statements {
			h := &d.Statements[i]
			if h.Effect != Allow || !h.actsOn(a) || len(h.conditions) > 0 && !sameConditions(h.conditions, w.conditions) {
				continue
			}
			if h.notResource {
				if !w.notResource || !sameResources(h, w) {
					continue
				}
				return true
			}
			if len(h.resources) == 0 {
				return true
			}
			for j := range h.resources {
				if covers(&h.resources[j].pattern, &r.pattern) {
					return true
				}
			}
		}
	}
	return false
}

// sameDenials reports whether every denial of have that may touch the action and the resource stands in want too.
func sameDenials(have []*Document, want *Document, a *actionPattern, r *resource) bool {
	for _, d := range have {
		for i := range d.Statements {
			h := &d.Statements[i]
			if h.Effect != Deny || !h.touches(a) || !h.mayReach(r) {
				continue
			}
			found := false
			for j := range want.Statements {
				w := &want.Statements[j]
				found = found || w.Effect == Deny && w.actsOn(a) && w.notResource == h.notResource && sameResources(h, w) &&
					(len(w.conditions) == 0 || sameConditions(h.conditions, w.conditions))
			}
			if !found {
				return false
			}
		}
	}
	return true
}

func (s *Statement) mayReach(r *resource) bool {
	if s.notResource || len(s.resources) == 0 {
		return true
	}
	for i := range s.resources {
		if overlaps(&s.resources[i].pattern, &r.pattern) {
			return true
		}
	}
	return false
}

func sameResources(a, b *Statement) bool {
	if len(a.resources) != len(b.resources) {
		return false
	}
	for i := range a.resources {
		if a.resources[i].text != b.resources[i].text || a.resources[i].form != b.resources[i].form {
			return false
		}
	}
	return true
}

// Administers reports whether the documents make an administrator: every known iam action on every resource, unconditionally.
// strict false asks the looser question whether they may: conditions are taken as met and denials as absent.
func Administers(docs []*Document, strict bool) bool {
	star, _ := compile("arn:aws:iam::*:*", false)
	all := resource{text: "*", pattern: star}
	none := &Document{}
	for i := range known {
		if len(known[i].Name) < 4 || known[i].Name[:4] != "iam:" {
			continue
		}
		a, _ := parseAction(known[i].Name)
		if strict {
			if !allowed(docs, &a, &all, &Statement{}) || !sameDenials(docs, none, &a, &all) {
				return false
			}
			continue
		}
		ok := false
		for _, d := range docs {
			for j := range d.Statements {
				s := &d.Statements[j]
				ok = ok || s.Effect == Allow && s.touches(&a) && s.mayReach(&all)
			}
		}
		if !ok {
			return false
		}
	}
	return true
}
