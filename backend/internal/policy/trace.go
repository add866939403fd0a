package policy

import (
	"slices"
	"strings"
)

// Trace is how a decision came about, for whoever explains it. A Request that has one makes Evaluate and Trusts go through everything that
// concerns it, where they else stop at what decides; the decision is the same. It is filled anew each time.
type Trace struct {
	Matches  []Match  // statements and lists that concern action, resource and caller, in order
	Missing  []string // condition keys, as policies spell them, that were asked for and that the request does not have
	Identity bool     // an identity policy allows, whatever bounds it
	Resource bool     // a policy or list of the resource allows
	Bounded  bool     // something bounds what identity policies allow
	Bounds   []string // names of the sources that bound and do not allow
	Cross    bool     // the resource is another account's, so that both sides must allow
}

// Match is a statement or a list that concerns a request.
type Match struct {
	Source    Source
	Statement int // index in its document, -1 of a list
	Effect    Effect
	Verdict   Verdict
	Key       string // of an unmet condition: the key that it tests
}

// Verdict is what a statement that concerns a request does to it.
type Verdict uint8

// The verdicts.
const (
	Counts   Verdict = iota // it allows or denies
	Unmet                   // a condition does not hold
	Withheld                // it allows, but what its source allows does not count here
	Passes                  // it allows the caller's account, whose own policies must pass that on
)

// Origin says what a source is.
type Origin struct {
	Type   string // OriginUser and so on
	Policy string // its name, empty where there is one of its kind
	Holder string // name of the user, group or role, of the bucket; empty for none
	ARN    string // of a managed policy
}

// The types of sources, the first ones as the simulator of IAM names them.
const (
	OriginUser     = "user"
	OriginGroup    = "group"
	OriginRole     = "role"
	OriginManaged  = "user-managed"
	OriginBuiltIn  = "aws-managed"
	OriginResource = "resource"
	OriginInput    = "none" // the request that asks
	OriginList     = "list"
	OriginSession  = "session"
	OriginTrust    = "trust"
)

func (t *Trace) reset() { *t = Trace{} }

// note takes down what a statement or a list does.
func (t *Trace) note(src *Source, statement int, effect Effect, verdict Verdict, key string) {
	if t != nil {
		t.Matches = append(t.Matches, Match{*src, statement, effect, verdict, key})
	}
}

func (t *Trace) lacks(name string) {
	if t != nil && !slices.Contains(t.Missing, name) {
		t.Missing = append(t.Missing, name)
	}
}

// join takes in another trace.
func (t *Trace) join(o *Trace) {
	t.Matches = append(t.Matches, o.Matches...)
	for _, name := range o.Missing {
		t.lacks(name)
	}
	t.Bounds = append(t.Bounds, o.Bounds...)
	t.Identity = t.Identity || o.Identity
}

// Position is a place in a text, both from 1, in bytes.
type Position struct{ Line, Column int }

// positions turns ascending offsets in data into places.
type positions struct {
	data       []byte
	at         int
	line, left int // number of the line and where it begins
}

func (p *positions) of(offset int) Position {
	for ; p.at < min(offset, len(p.data)); p.at++ {
		if p.data[p.at] == '\n' {
			p.line, p.left = p.line+1, p.at+1
		}
	}
	return Position{p.line + 1, offset - p.left + 1}
}

// locate fills the places of the statements, which the nodes have as offsets.
func (d *Document) locate(data []byte) {
	p := positions{data: data}
	for i := range d.Statements {
		s := &d.Statements[i]
		s.Start, s.End = p.of(s.from), p.of(s.to)
	}
}

// String is the canonical JSON of the statement.
func (s *Statement) String() string {
	var w writer
	s.render(&w)
	return w.String()
}

// ConditionKey returns the condition key of a name in any case, in the spelling that Request.Keys receives; false when there is none.
func ConditionKey(name string) (string, bool) {
	k, ok := lookupKey(name)
	return k.Name, ok
}

// FindAction returns the action of a name in any case, or of an old spelling, as the table has it; false when there is none.
func FindAction(name string) (string, bool) {
	if i, ok := foldIndex[strings.ToLower(name)]; ok {
		return known[i].Name, true
	}
	name = CanonicalAction(name)
	return name, KnownAction(name)
}
