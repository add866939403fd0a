package s3

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// formPolicy is what a signed form allows: until when, which fields with which values, and how many bytes.
type formPolicy struct {
	expires    time.Time
	conditions []formCondition
	least      int64 // bytes of the file
	most       int64
}

// formCondition is a condition on one field.
type formCondition struct {
	prefix bool   // starts-with, else eq
	field  string // as written, without the dollar; empty for one that has none, which no form fulfils
	value  string
	text   string // as written, in the form of a list
}

func badPolicy(why string) error {
	return s3err.Text("InvalidPolicyDocument", "Invalid Policy: "+why)
}

func againstPolicy(why string) error {
	return s3err.Text("AccessDenied", "Invalid according to Policy: "+why)
}

// parseFormPolicy reads a policy document as a form carries it: JSON in base64.
func parseFormPolicy(text string) (*formPolicy, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, badPolicy("invalid Base64 encoding.")
	}
	var members map[string]json.RawMessage // not a struct: its names are without regard to case
	if json.Unmarshal(plainJSON(raw), &members) != nil || members == nil {
		return nil, badPolicy("Invalid JSON.")
	}
	for name := range members {
		if name != "expiration" && name != "conditions" {
			return nil, badPolicy("Unexpected: " + strconv.Quote(name))
		}
	}
	p := &formPolicy{most: math.MaxInt64}
	expiration, ok := members["expiration"]
	if !ok {
		return nil, badPolicy("Policy missing expiration.")
	}
	var date string
	if json.Unmarshal(expiration, &date) == nil {
		p.expires, err = time.Parse(time.RFC3339, date)
	}
	if err != nil || p.expires.IsZero() {
		return nil, badPolicy("Invalid 'expiration' value: '" + strings.Trim(string(expiration), `"`) + "'")
	}
	conditions, ok := members["conditions"]
	if !ok {
		return nil, badPolicy("Policy missing conditions.")
	}
	var list []json.RawMessage
	if json.Unmarshal(conditions, &list) != nil || list == nil {
		return nil, badPolicy("Invalid 'conditions' value: must be a List.")
	}
	for _, item := range list {
		if err := p.condition(item); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// plainJSON writes the two escapes of policy documents that JSON does not have, \$ and \v, so that JSON has them.
func plainJSON(raw []byte) []byte {
	var b bytes.Buffer
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			b.WriteByte(raw[i])
			continue
		}
		i++
		switch raw[i] {
		case '$':
			b.WriteByte('$')
		case 'v':
			b.WriteString(`\u000b`)
		default:
			b.WriteByte('\\')
			b.WriteByte(raw[i])
		}
	}
	return b.Bytes()
}

// condition reads {"field": "value"}, ["eq", "$field", "value"], ["starts-with", "$field", "value"] or ["content-length-range", 1, 10].
func (p *formPolicy) condition(item json.RawMessage) error {
	var simple map[string]json.RawMessage
	if json.Unmarshal(item, &simple) == nil {
		if len(simple) != 1 {
			return badPolicy("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
		}
		for field, raw := range simple {
			var value *string
			if json.Unmarshal(raw, &value) != nil || value == nil {
				return badPolicy("Invalid Simple-Condition: value must be a string.")
			}
			text := `["eq", "$` + field + `", "` + *value + `"]`
			p.conditions = append(p.conditions, formCondition{field: field, value: *value, text: text})
		}
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(item, &list) != nil || list == nil {
		return badPolicy("Invalid condition test: must be a List or Object.")
	}
	var operation *string
	if len(list) == 0 {
		return badPolicy("Invalid Condition: missing operation identifier.")
	}
	if json.Unmarshal(list[0], &operation) != nil || operation == nil {
		return badPolicy("Invalid JSON.")
	}
	switch kind := strings.ToLower(*operation); {
	case kind != "eq" && kind != "starts-with" && kind != "content-length-range":
		return badPolicy("Invalid Condition: unknown operation '" + *operation + "'.")
	case len(list) != 3:
		return badPolicy("Invalid " + *operation + ": wrong number of arguments.")
	case kind == "content-length-range":
		return p.bounds(list[1], list[2])
	}
	var field, value *string
	if json.Unmarshal(list[1], &field) != nil || json.Unmarshal(list[2], &value) != nil || field == nil || value == nil {
		return badPolicy("Invalid JSON.")
	}
	name, ok := strings.CutPrefix(*field, "$")
	if !ok {
		name = ""
	}
	p.conditions = append(p.conditions, formCondition{prefix: strings.EqualFold(*operation, "starts-with"), field: name, value: *value, text: string(item)})
	return nil
}

// bounds narrows how many bytes the file may have.
func (p *formPolicy) bounds(from, to json.RawMessage) error {
	least, ok := bound(from)
	most, also := bound(to)
	if !ok || !also || least > most {
		return badPolicy("Invalid Content-Length-Range: the bounds must be whole numbers that are not negative, the smaller one first.")
	}
	p.least, p.most = max(p.least, least), min(p.most, most)
	return nil
}

// bound reads a number, or one in a string as some clients write it.
func bound(raw json.RawMessage) (int64, bool) {
	n, err := strconv.ParseInt(strings.Trim(string(raw), `"`), 10, 64)
	return n, err == nil && n >= 0
}

// check holds the fields of a form, by their names in lower case, to the policy.
func (p *formPolicy) check(bucket string, fields []formField, now time.Time) error {
	if !now.Before(p.expires) {
		return againstPolicy("Policy expired.")
	}
	values := map[string]string{}
	for _, f := range fields {
		values[strings.ToLower(f.name)] = f.value
	}
	values["bucket"] = bucket // where it goes, whatever a field of this name says
	covered := map[string]bool{}
	for _, c := range p.conditions {
		lower := strings.ToLower(c.field)
		covered[lower] = true
		if value, ok := values[lower]; !ok || !c.holds(lower, value) {
			return againstPolicy("Policy Condition failed: " + c.text)
		}
	}
	var extra []string
	if !covered["bucket"] {
		extra = append(extra, "bucket")
	}
	for _, f := range fields {
		if lower := strings.ToLower(f.name); lower != "bucket" && !covered[lower] && !uncovered[lower] && !strings.HasPrefix(lower, "x-ignore-") {
			extra = append(extra, f.name)
		}
	}
	if extra != nil {
		return againstPolicy("Extra input fields: " + strings.Join(extra, ", "))
	}
	return nil
}

// uncovered are the fields that no condition need allow.
var uncovered = map[string]bool{"x-amz-signature": true, "file": true, "policy": true, "awsaccesskeyid": true, "signature": true}

// holds decides the condition on the value of its field, which the form must have. A list of content types begins with a prefix when each of
// them does.
func (c *formCondition) holds(lower, value string) bool {
	if !c.prefix {
		return value == c.value
	}
	if lower != "content-type" {
		return strings.HasPrefix(value, c.value)
	}
	for part := range strings.SplitSeq(value, ",") {
		if !strings.HasPrefix(strings.TrimSpace(part), c.value) {
			return false
		}
	}
	return true
}
