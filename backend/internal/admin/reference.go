package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Specification is the OpenAPI document in JSON: the same bytes for the same code.
func Specification() ([]byte, error) {
	raw, err := json.Marshal(new(API).OpenAPI())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// The parts of an OpenAPI document that the reference reads.
type (
	specDocument struct {
		Info struct{ Description string }
		Tags []struct{ Name, Description string }

		Paths      map[string]map[string]specOperation
		Components struct {
			Schemas         map[string]specSchema
			SecuritySchemes map[string]struct{ Description string }
		}
	}
	specOperation struct {
		OperationID, Summary, Description string
		Tags                              []string
		Parameters                        []struct {
			Name, In, Description string
			Required              bool
			Schema                specSchema
		}
		RequestBody struct{ Content map[string]specMedia }
		Responses   map[string]struct{ Content map[string]specMedia }
		Security    []map[string][]string
	}
	specMedia  struct{ Schema specSchema }
	specSchema struct {
		Ref                       string `json:"$ref"`
		Type                      string
		Format, Description       string
		Enum                      []any
		Default                   any
		Minimum, Maximum          *float64
		MaxLength, MaxItems       *int
		Items                     *specSchema
		Properties                map[string]specSchema
		Required                  []string
		AdditionalProperties      json.RawMessage
		ContentMediaType, Pattern string
	}
)

// Reference is the documentation of the operations in Markdown, made from the specification: file name to content.
func Reference(spec []byte) (map[string][]byte, error) {
	var doc specDocument
	if err := json.Unmarshal(spec, &doc); err != nil {
		return nil, err
	}
	pages := map[string][]byte{}
	var index bytes.Buffer
	fmt.Fprintf(&index, "# Admin API\n\n<!-- Generated from openapi/openapi.json by `make gen`; do not edit. -->\n\n%s\n\n", doc.Info.Description)
	index.WriteString("The machine-readable form is [openapi.json](../../openapi/openapi.json).\n\n## Authentication\n\n| way | how |\n|---|---|\n")
	for _, name := range sortedKeys(doc.Components.SecuritySchemes) {
		fmt.Fprintf(&index, "| %s | %s |\n", name, cell(doc.Components.SecuritySchemes[name].Description))
	}
	index.WriteString("\n## Operations\n")
	for _, tag := range doc.Tags {
		file := strings.ToLower(tag.Name) + ".md"
		fmt.Fprintf(&index, "\n### [%s](%s)\n\n%s.\n\n| operation | | |\n|---|---|---|\n", tag.Name, file, tag.Description)
		page := bytes.NewBufferString(fmt.Sprintf("# %s\n\n<!-- Generated from openapi/openapi.json by `make gen`; do not edit. -->\n\n%s. All operations are in the [index](README.md).\n", tag.Name, tag.Description))
		for _, path := range sortedKeys(doc.Paths) {
			for _, method := range []string{"get", "head", "post", "put", "delete"} {
				op, ok := doc.Paths[path][method]
				if !ok || !slices.Contains(op.Tags, tag.Name) {
					continue
				}
				fmt.Fprintf(&index, "| [%s](%s#%s) | `%s %s` | %s |\n", op.OperationID, file, strings.ToLower(op.OperationID), strings.ToUpper(method), path, cell(op.Summary))
				writeOperation(page, strings.ToUpper(method), path, op)
			}
		}
		pages[file] = page.Bytes()
	}
	index.WriteString("\n## Documents\n\nThe documents that operations take and answer with are in [documents](documents.md).\n")
	pages["README.md"] = index.Bytes()
	pages["documents.md"] = documents(doc.Components.Schemas)
	return pages, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// cell makes text fit a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", "\\|")
}

func writeOperation(w *bytes.Buffer, method, path string, op specOperation) {
	fmt.Fprintf(w, "\n## %s\n\n%s: `%s %s`\n", op.OperationID, op.Summary, method, path)
	if op.Description != "" {
		fmt.Fprintf(w, "\n%s\n", op.Description)
	}
	if len(op.Security) > 0 && len(op.Security[0]) == 0 {
		w.WriteString("\nNo authentication is needed.\n")
	}
	if len(op.Parameters) > 0 {
		w.WriteString("\n| parameter | in | type | |\n|---|---|---|---|\n")
		for _, p := range op.Parameters {
			text := p.Description
			if p.Required {
				text = strings.TrimSpace("Required. " + text)
			}
			fmt.Fprintf(w, "| %s | %s | %s | %s |\n", p.Name, p.In, cell(typeOf(p.Schema)), cell(text))
		}
	}
	for _, media := range sortedKeys(op.RequestBody.Content) {
		fmt.Fprintf(w, "\nBody: %s\n", mediaText(media, op.RequestBody.Content[media].Schema))
	}
	for _, status := range sortedKeys(op.Responses) {
		if status == "default" {
			continue
		}
		content := op.Responses[status].Content
		if len(content) == 0 {
			fmt.Fprintf(w, "\nAnswers %s without a body.\n", status)
		}
		for _, media := range sortedKeys(content) {
			fmt.Fprintf(w, "\nAnswers %s: %s\n", status, mediaText(media, content[media].Schema))
		}
	}
}

func mediaText(media string, s specSchema) string {
	if media == "application/json" {
		return typeOf(s)
	}
	return "`" + media + "`"
}

// typeOf is a schema in a few words, with a link where it is a document.
func typeOf(s specSchema) string {
	var text string
	switch {
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return "[" + name + "](documents.md#" + strings.ToLower(name) + ")"
	case s.Type == "array" && s.Items != nil:
		return "array of " + typeOf(*s.Items)
	case s.Format == "date-time":
		text = "time"
	case s.Type == "object" && len(s.Properties) > 0:
		var members []string
		for _, name := range sortedKeys(s.Properties) {
			members = append(members, "`"+name+"` "+typeOf(s.Properties[name]))
		}
		text = "object with " + strings.Join(members, ", ")
	case s.Type == "":
		text = "any"
	default:
		text = s.Type
	}
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			values = append(values, fmt.Sprintf("`%v`", v))
		}
		text = strings.Join(values, ", ")
	}
	if s.Minimum != nil && s.Maximum != nil {
		text += " " + number(*s.Minimum) + " to " + number(*s.Maximum)
	}
	if s.Default != nil {
		text += fmt.Sprintf(", default `%v`", s.Default)
	}
	return text
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func documents(schemas map[string]specSchema) []byte {
	var w bytes.Buffer
	w.WriteString("# Documents\n\n<!-- Generated from openapi/openapi.json by `make gen`; do not edit. -->\n\nWhat operations take and answer with. The index of operations is [here](README.md).\n")
	for _, name := range sortedKeys(schemas) {
		s := schemas[name]
		fmt.Fprintf(&w, "\n## %s\n\n| member | type | |\n|---|---|---|\n", name)
		for _, member := range sortedKeys(s.Properties) {
			p := s.Properties[member]
			text := p.Description
			if !slices.Contains(s.Required, member) {
				text = strings.TrimSpace("Optional. " + text)
			}
			fmt.Fprintf(&w, "| %s | %s | %s |\n", member, cell(typeOf(p)), cell(text))
		}
	}
	return w.Bytes()
}
