package policy

import (
	"bytes"
	"encoding/base64"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition is one operator of a Condition element with the keys that it tests.
type condition struct {
	text     string // as written
	op       *operator
	quant    quantifier
	ifExists bool
	tests    []test
}

type test struct {
	text   string // the key as written
	key    Key
	values []value
	exact  map[string]bool // the values, where they are many plain texts of which one has to be equal; else nil
}

// manyValues is from where on a look into a map takes less than going through the values.
const manyValues = 8

// value is one policy value, prepared for its operator.
type value struct {
	text    string
	pattern pattern
	arn     []pattern // six parts, or empty for a text that is no ARN
	number  float64
	time    time.Time
	net     netip.Prefix
	bytes   []byte
	yes     bool
}

type quantifier uint8

const (
	single quantifier = iota
	forAll
	forAny
)

// operator is a condition operator. A negated one is true when its match is true for none of the policy's values.
type operator struct {
	negated bool
	null    bool
	equal   bool // a plain text matches what equals it
	address bool // the values are addresses
	prepare func(v *value, vars bool) error
	match   func(v *value, got string, req *Request) bool
}

var operators = map[string]*operator{
	"StringEquals":              {prepare: preparePlain, match: matchPlain, equal: true},
	"StringNotEquals":           {prepare: preparePlain, match: matchPlain, equal: true, negated: true},
	"StringEqualsIgnoreCase":    {prepare: preparePlain, match: matchFold},
	"StringNotEqualsIgnoreCase": {prepare: preparePlain, match: matchFold, negated: true},
	"StringLike":                {prepare: prepareLike, match: matchLike},
	"StringNotLike":             {prepare: prepareLike, match: matchLike, negated: true},
	"NumericEquals":             {prepare: prepareNumber, match: number(func(c int) bool { return c == 0 })},
	"NumericNotEquals":          {prepare: prepareNumber, match: number(func(c int) bool { return c == 0 }), negated: true},
	"NumericLessThan":           {prepare: prepareNumber, match: number(func(c int) bool { return c < 0 })},
	"NumericLessThanEquals":     {prepare: prepareNumber, match: number(func(c int) bool { return c <= 0 })},
	"NumericGreaterThan":        {prepare: prepareNumber, match: number(func(c int) bool { return c > 0 })},
	"NumericGreaterThanEquals":  {prepare: prepareNumber, match: number(func(c int) bool { return c >= 0 })},
	"DateEquals":                {prepare: prepareDate, match: date(func(c int) bool { return c == 0 })},
	"DateNotEquals":             {prepare: prepareDate, match: date(func(c int) bool { return c == 0 }), negated: true},
	"DateLessThan":              {prepare: prepareDate, match: date(func(c int) bool { return c < 0 })},
	"DateLessThanEquals":        {prepare: prepareDate, match: date(func(c int) bool { return c <= 0 })},
	"DateGreaterThan":           {prepare: prepareDate, match: date(func(c int) bool { return c > 0 })},
	"DateGreaterThanEquals":     {prepare: prepareDate, match: date(func(c int) bool { return c >= 0 })},
	"Bool":                      {prepare: prepareBool, match: matchBool},
	"BinaryEquals":              {prepare: prepareBinary, match: matchBinary},
	"IpAddress":                 {prepare: prepareNet, match: matchNet, address: true},
	"NotIpAddress":              {prepare: prepareNet, match: matchNet, address: true, negated: true},
	"ArnEquals":                 {prepare: prepareARN, match: matchARN},
	"ArnLike":                   {prepare: prepareARN, match: matchARN},
	"ArnNotEquals":              {prepare: prepareARN, match: matchARN, negated: true},
	"ArnNotLike":                {prepare: prepareARN, match: matchARN, negated: true},
	"Null":                      {prepare: prepareBool, null: true},
}

// Operators lists the condition operators in order of name.
func Operators() []string { return slices.Sorted(maps.Keys(operators)) }

// parseOperator reads an operator with its set prefix and its IfExists.
func parseOperator(text string) (c condition, ok bool) {
	c.text = text
	name := text
	if rest, found := strings.CutPrefix(name, "ForAllValues:"); found {
		name, c.quant = rest, forAll
	} else if rest, found := strings.CutPrefix(name, "ForAnyValue:"); found {
		name, c.quant = rest, forAny
	}
	name, c.ifExists = strings.CutSuffix(name, "IfExists")
	c.op = operators[name]
	return c, c.op != nil && !(c.op.null && (c.ifExists || c.quant != single))
}

func (p *parser) conditions(n *node) ([]condition, error) {
	if n.kind != '{' {
		return nil, As(syntax, malformed("Condition of %s must be an object, not %s.", p.where, n.what()))
	}
	out := make([]condition, 0, len(n.names))
	for i, name := range n.names {
		c, ok := parseOperator(name)
		if !ok {
			return nil, As("Invalid Condition type : "+name, malformed("Invalid Condition type : %s in %s.", name, p.where))
		}
		m := n.members[i]
		if m.kind != '{' || len(m.names) == 0 {
			return nil, As(syntax, malformed("Condition.%s of %s must be an object with condition keys.", name, p.where))
		}
		for j, keyName := range m.names {
			key, ok := lookupKey(keyName)
			if !ok && p.kind == Trust {
				key, ok = claimKey(keyName)
			}
			if !ok {
				return nil, As("Policy has an invalid condition key", malformed("Policy has an invalid condition key: %q in %s.", keyName, p.where))
			}
			for _, t := range c.tests {
				if t.key.Name == key.Name {
					return nil, malformed("The condition key %q stands twice below %s of %s.", keyName, name, p.where)
				}
			}
			t := test{text: keyName, key: key}
			texts, err := m.members[j].strings("Condition."+name+"."+keyName+" of "+p.where, true)
			if err != nil {
				return nil, err
			}
			for _, text := range texts {
				v := value{text: text}
				if len(text) > maxText {
					return nil, malformed("Condition.%s.%s of %s has a value longer than %d bytes.", name, keyName, p.where, maxText)
				}
				if err := c.op.prepare(&v, p.vars); err != nil {
					err = malformed("Invalid value %q of Condition.%s.%s in %s: %s.", text, name, keyName, p.where, textOfError(err))
					if c.op.address {
						err = As("Invalid IP address in Conditions", err)
					}
					return nil, err
				}
				t.values = append(t.values, v)
			}
			if c.op.equal && len(t.values) >= manyValues {
				t.index()
			}
			c.tests = append(c.tests, t)
		}
		out = append(out, c)
	}
	return out, nil
}

// index fills exact, unless a value holds a variable.
func (t *test) index() {
	exact := make(map[string]bool, len(t.values))
	for i := range t.values {
		if t.values[i].pattern.form != formExact {
			return
		}
		exact[t.values[i].pattern.text] = true
	}
	t.exact = exact
}

// matches reports whether one of the values matches what the request has.
func (t *test) matches(op *operator, got string, req *Request) bool {
	if t.exact != nil {
		return t.exact[got]
	}
	for i := range t.values {
		if op.match(&t.values[i], got, req) {
			return true
		}
	}
	return false
}

// test reports whether a test of the condition is true of the request.
func (c *condition) test(t *test, req *Request) bool {
	got, ok := req.lookup(t.key.Name)
	present := ok && len(got) > 0
	if c.op.null {
		for i := range t.values {
			if t.values[i].yes != present {
				return true
			}
		}
		return false
	}
	if !present {
		switch {
		case c.ifExists || c.quant == forAll:
			return true
		case c.quant == forAny:
			return false
		}
		return c.op.negated
	}
	for _, g := range got {
		fits := t.matches(c.op, g, req) != c.op.negated
		// One value decides: for a single operator that is not negated and for ForAnyValue the first that fits, else the first that does not.
		some := c.quant == forAny || c.quant == single && !c.op.negated
		if fits == some {
			return some
		}
	}
	return c.quant == forAll || c.quant == single && c.op.negated
}

func preparePlain(v *value, vars bool) (err error) {
	v.pattern, err = compilePlain(v.text, vars)
	return err
}

func matchPlain(v *value, got string, req *Request) bool {
	want, ok := v.pattern.plain(req)
	return ok && want == got
}

func matchFold(v *value, got string, req *Request) bool {
	want, ok := v.pattern.plain(req)
	return ok && strings.EqualFold(want, got)
}

func prepareLike(v *value, vars bool) (err error) {
	v.pattern, err = compile(v.text, vars)
	return err
}

func matchLike(v *value, got string, req *Request) bool { return v.pattern.match(got, req) }

func prepareNumber(v *value, _ bool) (err error) {
	if v.number, err = strconv.ParseFloat(v.text, 64); err != nil {
		return malformed("it is not a number")
	}
	return nil
}

func number(holds func(int) bool) func(*value, string, *Request) bool {
	return func(v *value, got string, _ *Request) bool {
		f, err := strconv.ParseFloat(got, 64)
		if err != nil || f != f {
			return false
		}
		switch {
		case f < v.number:
			return holds(-1)
		case f > v.number:
			return holds(1)
		}
		return holds(0)
	}
}

// parseDate reads ISO 8601 as AWS documents it, or seconds since 1970.
func parseDate(text string) (time.Time, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) != 4 {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02", "2006-01", "2006",
		"20060102T150405Z"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func prepareDate(v *value, _ bool) error {
	t, ok := parseDate(v.text)
	if !ok {
		return malformed("it is not a date (2006-01-02T15:04:05Z or seconds since 1970)")
	}
	v.time = t
	return nil
}

func date(holds func(int) bool) func(*value, string, *Request) bool {
	return func(v *value, got string, _ *Request) bool {
		t, ok := parseDate(got)
		return ok && holds(t.Compare(v.time))
	}
}

func prepareBool(v *value, _ bool) error {
	switch strings.ToLower(v.text) {
	case "true":
		v.yes = true
	case "false":
	default:
		return malformed("it is neither true nor false")
	}
	return nil
}

func matchBool(v *value, got string, _ *Request) bool {
	return strings.EqualFold(got, "true") && v.yes || strings.EqualFold(got, "false") && !v.yes
}

func prepareBinary(v *value, _ bool) (err error) {
	if v.bytes, err = base64.StdEncoding.DecodeString(v.text); err != nil {
		return malformed("it is not base64")
	}
	return nil
}

func matchBinary(v *value, got string, _ *Request) bool {
	b, err := base64.StdEncoding.DecodeString(got)
	return err == nil && bytes.Equal(b, v.bytes)
}

func prepareNet(v *value, _ bool) error {
	if a, err := netip.ParseAddr(v.text); err == nil && a.Zone() == "" {
		a = a.Unmap()
		v.net = netip.PrefixFrom(a, a.BitLen())
		return nil
	}
	p, err := netip.ParsePrefix(v.text)
	if err != nil {
		return malformed("it is neither an address nor a range like 192.0.2.0/24")
	}
	v.net = p.Masked()
	return nil
}

func matchNet(v *value, got string, _ *Request) bool {
	a, err := netip.ParseAddr(got)
	return err == nil && v.net.Contains(a.Unmap().WithZone(""))
}

// prepareARN cuts the text at its first five colons outside of variables: a wildcard does not reach over a colon, but in the last part.
func prepareARN(v *value, vars bool) (err error) {
	parts, start, depth := []string{}, 0, 0
	for i := 0; i < len(v.text) && len(parts) < 5; i++ {
		switch c := v.text[i]; {
		case vars && strings.HasPrefix(v.text[i:], "${"):
			depth = 1
		case c == '}':
			depth = 0
		case c == ':' && depth == 0:
			parts, start = append(parts, v.text[start:i]), i+1
		}
	}
	if parts = append(parts, v.text[start:]); len(parts) < 6 {
		if v.pattern, err = compile(v.text, vars); err == nil && v.text != "*" && v.pattern.form != formVars {
			err = malformed("it is not an ARN")
		}
		return err
	}
	v.arn = make([]pattern, 6)
	for i := range parts {
		if v.arn[i], err = compile(parts[i], vars); err != nil {
			return err
		}
	}
	return nil
}

func matchARN(v *value, got string, req *Request) bool {
	if v.arn == nil {
		return v.pattern.match(got, req)
	}
	parts := strings.SplitN(got, ":", 6)
	if len(parts) != 6 {
		return false
	}
	for i := range parts {
		if !v.arn[i].match(parts[i], req) {
			return false
		}
	}
	return true
}

func renderConditions(w *writer, list []condition) {
	w.WriteByte('{')
	first := true
	for _, c := range list {
		w.member(&first, c.text)
		w.WriteByte('{')
		inner := true
		for _, t := range c.tests {
			w.member(&inner, t.text)
			texts := make([]string, 0, len(t.values))
			for i := range t.values {
				texts = append(texts, t.values[i].text)
			}
			w.list(texts)
		}
		w.WriteByte('}')
	}
	w.WriteByte('}')
}

// sameConditions reports whether two lists say the same, operator by operator.
func sameConditions(a, b []condition) bool {
	text := func(list []condition) []string {
		var out []string
		for _, c := range list {
			var w writer
			renderConditions(&w, []condition{c})
			out = append(out, w.String())
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(text(a), text(b))
}
