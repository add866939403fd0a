package admin

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// spec is the specification as it is committed, as far as requests and answers are made and judged by it.
type spec struct {
	Paths      map[string]map[string]*specified
	Components struct{ Schemas map[string]*schema }
}

type specified struct {
	OperationID string
	Parameters  []specifiedParameter
	RequestBody *struct {
		Required bool
		Content  map[string]struct{ Schema *schema }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema *schema }
	}
}

type specifiedParameter struct {
	In, Name string
	Required bool
	Schema   *schema
}

// schema is the part of JSON Schema that the specification uses; a keyword of another name fails the test that reads it.
type schema struct {
	Ref                  string `json:"$ref"`
	Type                 string
	Format               string
	Pattern              string
	Enum                 []any
	Properties           map[string]*schema
	Required             []string
	Items                *schema
	AdditionalProperties any // a schema or whether there may be any
	MinLength, MaxLength *int
	MinItems, MaxItems   *int
	Minimum, Maximum     *float64
	Description          string
	Examples             []any
	Default              any
	ContentMediaType     string
}

func readSpec(t testing.TB) *spec {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "openapi", "openapi.json"))
	require.NoError(t, err)
	var s spec
	require.NoError(t, json.Unmarshal(raw, &s))
	require.NotEmpty(t, s.Paths)
	return &s
}

func (s *spec) resolve(of *schema) *schema {
	for of != nil && of.Ref != "" {
		of = s.Components.Schemas[strings.TrimPrefix(of.Ref, "#/components/schemas/")]
	}
	return of
}

// fits returns what is wrong with a value by its schema, empty for nothing.
func (s *spec) fits(of *schema, v any, at string) string {
	of = s.resolve(of)
	if of == nil {
		return ""
	}
	if of.Enum != nil && !slices.Contains(of.Enum, v) {
		return fmt.Sprintf("%s: %v is none of %v", at, v, of.Enum)
	}
	switch of.Type {
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: %v is no object", at, v)
		}
		for _, name := range of.Required {
			if _, ok := m[name]; !ok {
				return at + ": " + name + " is missing"
			}
		}
		for name, member := range m {
			sub, known := of.Properties[name]
			if !known {
				switch more := of.AdditionalProperties.(type) {
				case bool:
					if !more {
						return at + ": " + name + " is not known"
					}
				case map[string]any:
					sub = asSchema(more)
				}
			}
			if bad := s.fits(sub, member, at+"."+name); bad != "" {
				return bad
			}
		}
	case "array":
		list, ok := v.([]any)
		if !ok {
			return fmt.Sprintf("%s: %v is no array", at, v)
		}
		for i, item := range list {
			if bad := s.fits(of.Items, item, fmt.Sprintf("%s[%d]", at, i)); bad != "" {
				return bad
			}
		}
	case "string":
		text, ok := v.(string)
		if !ok {
			return fmt.Sprintf("%s: %v is no string", at, v)
		}
		if _, err := time.Parse(time.RFC3339, text); of.Format == "date-time" && err != nil {
			return at + ": " + text + " is no time"
		}
		if of.Pattern != "" && !regexp.MustCompile(of.Pattern).MatchString(text) {
			return at + ": " + text + " is not like " + of.Pattern
		}
	case "integer", "number":
		n, ok := v.(float64)
		if !ok || of.Type == "integer" && n != float64(int64(n)) {
			return fmt.Sprintf("%s: %v is no %s", at, v, of.Type)
		}
		if of.Minimum != nil && n < *of.Minimum || of.Maximum != nil && n > *of.Maximum {
			return fmt.Sprintf("%s: %v is out of bounds", at, v)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return fmt.Sprintf("%s: %v is no boolean", at, v)
		}
	}
	return ""
}

func asSchema(m map[string]any) *schema {
	raw, err := json.Marshal(m)
	var s schema
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		panic(err)
	}
	return &s
}

// generator makes values for a specification: such as fit, such as just do, and such as do not.
type generator struct {
	*spec
	*rand.Rand
	names map[string][]string // of things that are there, by parameter or member
}

var oddTexts = []string{
	"", " ", "a", "ü€𝄞", "a/b//c", "../..", ".", "\x00", "a\nb", "%00", "%zz", "'\"<>&", "{{7*7}}", "null", "-1", "0", "9999999999999999999", "*", "?x=y", strings.Repeat("x", 300),
	"arn:aws:iam::000000000000:user/nobody", "2026-01-02T03:04:05Z", `{"Version":"2012-10-17","Statement":[]}`, "$(id)", "\ufeffbom", "\u202e", "true",
}

func (g *generator) text(of *schema, name string) string {
	if of.Enum != nil {
		return fmt.Sprint(of.Enum[g.IntN(len(of.Enum))])
	}
	if known := g.names[name]; known != nil && g.IntN(4) > 0 {
		return known[g.IntN(len(known))]
	}
	out := oddTexts[g.IntN(len(oddTexts))]
	switch {
	case of.Format == "date-time":
		return time.Unix(g.Int64N(4e9), 0).UTC().Format(time.RFC3339)
	case of.MaxLength != nil && g.IntN(4) == 0: // to the bound and one over it
		out = strings.Repeat("m", *of.MaxLength+g.IntN(2))
	case of.MinLength != nil && g.IntN(4) == 0:
		out = strings.Repeat("m", max(*of.MinLength-g.IntN(2), 0))
	}
	return out
}

func (g *generator) number(of *schema) any {
	low, high := -1e3, 1e6
	if of.Minimum != nil {
		low = *of.Minimum
	}
	if of.Maximum != nil {
		high = *of.Maximum
	}
	switch g.IntN(6) {
	case 0:
		return int64(low)
	case 1:
		return int64(high)
	case 2:
		return int64(low) - 1
	case 3:
		return int64(high) + 1
	}
	return int64(low) + g.Int64N(max(int64(high-low), 1))
}

// value makes a value; wild values have another type now and then.
func (g *generator) value(of *schema, name string, wild bool, depth int) any {
	of = g.resolve(of)
	if of == nil || depth > 6 || wild && g.IntN(12) == 0 {
		return []any{nil, true, -1, 1.5, "x", []any{}, map[string]any{}, []any{nil}, map[string]any{"x": nil}}[g.IntN(9)]
	}
	switch of.Type {
	case "object":
		m := map[string]any{}
		members := make([]string, 0, len(of.Properties))
		for member := range of.Properties {
			members = append(members, member)
		}
		sort.Strings(members)
		for _, member := range members {
			if slices.Contains(of.Required, member) && (!wild || g.IntN(8) > 0) || g.IntN(3) == 0 {
				m[member] = g.value(of.Properties[member], member, wild, depth+1)
			}
		}
		if wild && g.IntN(8) == 0 {
			m["surprise"] = "x"
		}
		return m
	case "array":
		n := g.IntN(3)
		if of.MinItems != nil {
			n = max(n, *of.MinItems)
		}
		if wild && of.MaxItems != nil && *of.MaxItems < 2000 && g.IntN(10) == 0 {
			n = *of.MaxItems + 1
		}
		list := make([]any, n)
		for i := range list {
			list[i] = g.value(of.Items, strings.TrimSuffix(name, "s"), wild, depth+1)
		}
		return list
	case "integer", "number":
		return g.number(of)
	case "boolean":
		return g.IntN(2) == 0
	}
	text := g.text(of, name)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "?")
	}
	return text
}

// request makes a request of an operation.
func (g *generator) request(method, path string, o *specified) (target, media, body string, header map[string]string) {
	wild := g.IntN(2) == 0
	query := url.Values{}
	header = map[string]string{}
	for _, p := range o.Parameters {
		if !p.Required && g.IntN(3) > 0 || p.Required && p.In != "path" && wild && g.IntN(8) == 0 {
			continue
		}
		of := g.resolve(p.Schema)
		v := fmt.Sprint(g.value(of, p.Name, false, 0))
		if list, ok := g.value(of, p.Name, false, 0).([]any); ok {
			v = strings.Trim(fmt.Sprint(list...), "[]")
		}
		if wild && g.IntN(8) == 0 {
			v = oddTexts[g.IntN(len(oddTexts))]
		}
		switch p.In {
		case "path":
			if v == "" || v == "." || v == ".." { // they would be of another path
				v = "x"
			}
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(v))
		case "query":
			query.Add(p.Name, v)
		case "header":
			if !strings.ContainsAny(v, "\x00\r\n") {
				header[p.Name] = v
			}
		}
	}
	if wild && g.IntN(10) == 0 {
		query.Add("surprise", "x")
	}
	if target = path; len(query) > 0 {
		target += "?" + query.Encode()
	}
	if o.RequestBody == nil {
		if wild && g.IntN(10) == 0 && method != "GET" {
			return target, "application/json", `{"x":1}`, header
		}
		return target, "", "", header
	}
	for media = range o.RequestBody.Content {
		of := o.RequestBody.Content[media].Schema
		if media != "application/json" {
			return target, media, strings.Repeat("z", g.IntN(64)), header
		}
		raw, err := json.Marshal(g.value(of, "", wild, 0))
		if err != nil {
			panic(err)
		}
		body = string(raw)
	}
	if wild {
		switch g.IntN(12) {
		case 0:
			body = body[:len(body)/2]
		case 1:
			body = ""
		case 2:
			media = "text/plain"
		case 3:
			body = strings.Repeat("[", 2000)
		case 4:
			body += "{}"
		}
	}
	return target, media, body, header
}

// The specification uses no keyword of JSON Schema that this reader does not know.
func TestTheSchemaReaderKnowsAll(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "openapi", "openapi.json"))
	require.NoError(t, err)
	var whole struct {
		Components struct{ Schemas map[string]json.RawMessage }
	}
	require.NoError(t, json.Unmarshal(raw, &whole))
	for name, text := range whole.Components.Schemas {
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.DisallowUnknownFields()
		require.NoError(t, d.Decode(&schema{}), name)
	}
}
