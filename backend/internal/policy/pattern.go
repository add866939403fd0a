package policy

import (
	"strings"
	"unicode/utf8"
)

// pattern is a compiled text with `*`, `?` and policy variables. The common forms have a path of their own.
type pattern struct {
	form  form
	text  string // the whole of an exact form, what stands before the star of a prefix form
	items []item // of the other forms
}

type form uint8

const (
	formGlob form = iota
	formExact
	formPrefix // text*
	formVars   // items hold variables
)

type item struct {
	kind byte // 'c' one character, '?' any one character, '*' any run, 'v' variable
	char rune
	name string // of the variable
	or   string // its default
	def  bool   // whether it has one
}

// compile reads a pattern. vars tells whether ${…} is a variable, else it is plain text; the error names a bad variable.
func compile(text string, vars bool) (pattern, error) {
	items, err := itemize(text, vars, true)
	if err != nil {
		return pattern{}, err
	}
	return fromItems(items), nil
}

// compilePlain is compile for texts in which `*` and `?` stand for themselves.
func compilePlain(text string, vars bool) (pattern, error) {
	items, err := itemize(text, vars, false)
	if err != nil {
		return pattern{}, err
	}
	return fromItems(items), nil
}

func fromItems(items []item) pattern {
	plain := 0
	for plain < len(items) && items[plain].kind == 'c' {
		plain++
	}
	switch {
	case plain == len(items):
		return pattern{form: formExact, text: textOf(items)}
	case plain == len(items)-1 && items[plain].kind == '*':
		return pattern{form: formPrefix, text: textOf(items[:plain])}
	}
	p := pattern{form: formGlob, items: items}
	for _, it := range items {
		if it.kind == 'v' {
			p.form = formVars
		}
	}
	return p
}

func textOf(items []item) string {
	var b strings.Builder
	for _, it := range items {
		b.WriteRune(it.char)
	}
	return b.String()
}

func itemize(text string, vars, wild bool) ([]item, error) {
	items := make([]item, 0, len(text))
	for i := 0; i < len(text); {
		if vars && strings.HasPrefix(text[i:], "${") {
			it, n, err := variable(text[i:])
			if err != nil {
				return nil, err
			}
			items = append(items, it)
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		switch {
		case wild && r == '*' && len(items) > 0 && items[len(items)-1].kind == '*': // a run of stars is one
		case wild && (r == '*' || r == '?'):
			items = append(items, item{kind: byte(r)})
		default:
			items = append(items, item{kind: 'c', char: r})
		}
	}
	return items, nil
}

// variable reads ${name}, ${name, 'default'}, ${*}, ${?} or ${$} at the start of text and returns its length.
func variable(text string) (item, int, error) {
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return item{}, 0, malformed("The variable in %q has no closing brace.", text)
	}
	body := text[2:end]
	if body == "*" || body == "?" || body == "$" {
		return item{kind: 'c', char: rune(body[0])}, end + 1, nil
	}
	it := item{kind: 'v'}
	name := body
	if i := strings.IndexByte(body, ','); i >= 0 {
		name = body[:i]
		quoted := strings.TrimSpace(body[i+1:])
		if len(quoted) < 2 || quoted[0] != '\'' || quoted[len(quoted)-1] != '\'' {
			return item{}, 0, malformed("The default of the variable %q must stand in single quotes.", text[:end+1])
		}
		it.or, it.def = quoted[1:len(quoted)-1], true
	}
	key, ok := lookupKey(strings.TrimSpace(name))
	if !ok {
		return item{}, 0, malformed("The variable %q is unknown.", text[:end+1])
	}
	if key.Multi {
		return item{}, 0, malformed("The variable %q has more than one value and cannot stand in a text.", text[:end+1])
	}
	it.name = key.Name
	return it, end + 1, nil
}

// match reports whether the pattern matches s as a whole. A variable without a value and without a default matches nothing.
func (p *pattern) match(s string, req *Request) bool {
	switch p.form {
	case formExact:
		return s == p.text
	case formPrefix:
		return strings.HasPrefix(s, p.text)
	case formGlob:
		return glob(p.items, s)
	}
	items, ok := p.resolve(req)
	return ok && glob(items, s)
}

// resolve puts the request's values in place of variables; they are plain text there, whatever they contain.
func (p *pattern) resolve(req *Request) ([]item, bool) {
	if p.form != formVars {
		return p.items, true
	}
	out := make([]item, 0, len(p.items)+16)
	for _, it := range p.items {
		if it.kind != 'v' {
			out = append(out, it)
			continue
		}
		value := it.or
		if vs, ok := req.lookup(it.name); ok && len(vs) == 1 {
			value = vs[0]
		} else if !it.def {
			return nil, false
		}
		for _, r := range value {
			out = append(out, item{kind: 'c', char: r})
		}
	}
	return out, true
}

// plain returns the text of a pattern without wildcards, with the request's values in place of variables.
func (p *pattern) plain(req *Request) (string, bool) {
	if p.form == formExact {
		return p.text, true
	}
	items, ok := p.resolve(req)
	return textOf(items), ok
}

// glob matches with one remembered star: when the rest fails, the last star takes one character more. That is enough,
// because an earlier star never needs to take more than the shortest run that lets its successor match.
func glob(items []item, s string) bool {
	i, pos := 0, 0
	star, mark := -1, 0
	for pos < len(s) {
		if i < len(items) {
			r, n := utf8.DecodeRuneInString(s[pos:])
			switch it := &items[i]; {
			case it.kind == '*':
				star, mark = i, pos
				i++
				continue
			case it.kind == '?', it.kind == 'c' && it.char == r && (r != utf8.RuneError || n > 1):
				i++
				pos += n
				continue
			}
		}
		if star < 0 {
			return false
		}
		_, n := utf8.DecodeRuneInString(s[mark:])
		mark += n
		i, pos = star+1, mark
	}
	for i < len(items) && items[i].kind == '*' {
		i++
	}
	return i == len(items)
}

// all returns the pattern's items whatever its form, for comparing patterns with each other.
func (p *pattern) all() []item {
	switch p.form {
	case formExact, formPrefix:
		items := make([]item, 0, len(p.text)+1)
		for _, r := range p.text {
			items = append(items, item{kind: 'c', char: r})
		}
		if p.form == formPrefix {
			items = append(items, item{kind: '*'})
		}
		return items
	}
	return p.items
}

// covers reports whether every text that b matches is matched by a. It may say no where the truth is yes, never the reverse:
// a variable in a covers nothing, one in b is covered by a star only.
func covers(a, b *pattern) bool {
	return coversItems(a.all(), b.all())
}

func coversItems(a, b []item) bool {
	// ok[j]: a[:i] covers b[:j].
	ok := make([]bool, len(b)+1)
	ok[0] = true
	for i := range a {
		next := make([]bool, len(b)+1)
		for j := 0; j <= len(b); j++ {
			switch a[i].kind {
			case '*':
				next[j] = ok[j] || j > 0 && next[j-1]
			case '?':
				next[j] = j > 0 && ok[j-1] && (b[j-1].kind == 'c' || b[j-1].kind == '?')
			case 'c':
				next[j] = j > 0 && ok[j-1] && b[j-1].kind == 'c' && b[j-1].char == a[i].char
			}
		}
		ok = next
	}
	return ok[len(b)]
}

// overlaps reports whether some text may be matched by both; a variable may stand for anything.
func overlaps(a, b *pattern) bool {
	x, y := a.all(), b.all()
	loose := func(k byte) bool { return k == '*' || k == 'v' }
	// reach[j]: a prefix of x up to i and of y up to j can match the same text.
	reach := make([]bool, len(y)+1)
	reach[0] = true
	for j := 0; j < len(y) && loose(y[j].kind); j++ {
		reach[j+1] = true
	}
	for i := range x {
		next := make([]bool, len(y)+1)
		for j := 0; j <= len(y); j++ {
			got := false
			if loose(x[i].kind) {
				got = reach[j] || j > 0 && next[j-1]
			} else if j > 0 && !loose(y[j-1].kind) {
				got = reach[j-1] && (x[i].kind == '?' || y[j-1].kind == '?' || x[i].char == y[j-1].char)
			}
			if j > 0 && loose(y[j-1].kind) {
				got = got || next[j-1] || reach[j]
			}
			next[j] = got
		}
		reach = next
	}
	return reach[len(y)]
}
