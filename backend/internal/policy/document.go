// Package policy parses and evaluates access policies. It is pure: no clock, no I/O.
//
// There is one evaluator. AWS policy documents (Parse), the simple form of user policies (ParseSimple) and whatever else grants
// become a *Document, and Evaluate decides over the documents that concern a request. What is not understood is refused when a policy is
// saved, never ignored when it is evaluated: fault.MalformedPolicy with a text that names the element.
package policy

import (
	"strings"
)

// Kind says where a document hangs and so which elements it has.
type Kind uint8

// The kinds.
const (
	Identity Kind = iota // of a user or group: no Principal
	Bucket               // of a bucket: Principal, and resources in the bucket
	Trust                // of a role: Principal, no Resource
)

// Effect is what a statement does when it applies.
type Effect uint8

// The effects.
const (
	Deny Effect = iota
	Allow
)

// String is the effect as policies spell it.
func (e Effect) String() string {
	if e == Allow {
		return "Allow"
	}
	return "Deny"
}

// Versions of the policy language. The older one, which is also meant when none stands there, has no policy variables.
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)

// Document is a parsed policy. It does not change after parsing and is safe for concurrent use.
type Document struct {
	Kind       Kind
	Version    string // empty when the text has none
	ID         string
	Statements []Statement

	union actionSet // what any statement may concern, to pass over the document quickly
	own   bool      // some statement may concern actions outside the table
}

// Statement is one statement of a document.
type Statement struct {
	Sid        string
	Effect     Effect
	Start, End Position // of the statement in the text, the end behind its last byte; zero in the simple form

	principals    []principal
	notPrincipal  bool
	hasPrincipals bool
	actions       []actionPattern
	notAction     bool
	resources     []resource
	notResource   bool
	conditions    []condition

	from, to int // offsets of Start and End

	set actionSet // known actions concerned, NotAction already turned around
	own bool
}

// resource is one Resource text.
type resource struct {
	text string
	pattern
}

// setActions fills the action sets from the patterns.
func (s *Statement) setActions() {
	var set actionSet
	for i := range s.actions {
		for w := range set {
			set[w] |= s.actions[i].set[w]
		}
		s.own = s.own || s.actions[i].own
	}
	if s.notAction {
		if set.has(knownIndex[listBucket]) { // whoever leaves it out leaves out what it allows
			set.add(knownIndex[headBucket])
		}
		for i := range known {
			if !set.has(i) {
				s.set.add(i)
			}
		}
		s.own = true
		return
	}
	s.set = set
}

// seal fills what is derived from the statements.
func (d *Document) seal() {
	for i := range d.Statements {
		s := &d.Statements[i]
		s.setActions()
		for w := range d.union {
			d.union[w] |= s.set[w]
		}
		d.own = d.own || s.own
	}
}

// MarshalJSON renders the canonical form: fixed order of elements, statements as an array, a list of one as a string. Parsing it gives
// an equivalent document.
func (d *Document) MarshalJSON() ([]byte, error) {
	var w writer
	first := true
	w.WriteByte('{')
	if d.Version != "" {
		w.member(&first, "Version")
		w.string(d.Version)
	}
	if d.ID != "" {
		w.member(&first, "Id")
		w.string(d.ID)
	}
	w.member(&first, "Statement")
	w.WriteByte('[')
	for i := range d.Statements {
		if i > 0 {
			w.WriteByte(',')
		}
		d.Statements[i].render(&w)
	}
	w.WriteString("]}")
	return []byte(w.String()), nil
}

// String is the canonical JSON.
func (d *Document) String() string {
	b, _ := d.MarshalJSON() // never fails
	return string(b)
}

func (s *Statement) render(w *writer) {
	first := true
	w.WriteByte('{')
	if s.Sid != "" {
		w.member(&first, "Sid")
		w.string(s.Sid)
	}
	w.member(&first, "Effect")
	w.string(s.Effect.String())
	if s.hasPrincipals {
		w.member(&first, not("Principal", s.notPrincipal))
		renderPrincipals(w, s.principals)
	}
	texts := make([]string, 0, len(s.actions))
	for i := range s.actions {
		texts = append(texts, s.actions[i].text)
	}
	w.member(&first, not("Action", s.notAction))
	w.list(texts)
	if len(s.resources) > 0 {
		w.member(&first, not("Resource", s.notResource))
		texts = texts[:0]
		for i := range s.resources {
			texts = append(texts, s.resources[i].text)
		}
		w.list(texts)
	}
	if len(s.conditions) > 0 {
		w.member(&first, "Condition")
		renderConditions(w, s.conditions)
	}
	w.WriteByte('}')
}

func not(name string, yes bool) string {
	if yes {
		return "Not" + name
	}
	return name
}

// BucketARN returns the ARN of a bucket.
func BucketARN(bucket string) string { return "arn:aws:s3:::" + bucket }

// ObjectARN returns the ARN of an object.
func ObjectARN(bucket, key string) string { return "arn:aws:s3:::" + bucket + "/" + key }

// ForBucket checks that every Resource of a bucket policy lies in the bucket: its own ARN, or something below it. A wildcard directly
// after the name is accepted, as AWS does. The error is fault.MalformedPolicy.
func (d *Document) ForBucket(bucket string) error {
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, r := range s.resources {
			rest, ok := strings.CutPrefix(r.text, BucketARN(bucket))
			if !ok || rest != "" && rest[0] != '/' && rest[0] != '*' && rest[0] != '?' {
				return As(badResource, malformed("Policy has invalid resource: %s of statement %d, %q, is not in the bucket %q.",
					not("Resource", s.notResource), i+1, r.text, bucket))
			}
		}
	}
	return nil
}

// Join returns a document that says what all of them say. Their versions stay what they are: variables have been read already.
func Join(docs ...*Document) *Document {
	if len(docs) == 1 {
		return docs[0]
	}
	all := &Document{}
	for _, d := range docs {
		all.Kind = d.Kind
		all.Statements = append(all.Statements, d.Statements...)
		for w := range all.union {
			all.union[w] |= d.union[w]
		}
		all.own = all.own || d.own
	}
	return all
}
