package s3xml

import (
	"strconv"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

// CORS is the rules of a bucket.
type CORS struct{ Rules []meta.CORSRule }

func (d *CORS) encode(e *encoder) {
	e.root("CORSConfiguration", func() {
		for _, r := range d.Rules {
			e.open("CORSRule")
			e.some("ID", r.ID)
			e.each("AllowedOrigin", r.Origins)
			e.each("AllowedMethod", r.Methods)
			if r.MaxAge != nil {
				e.int("MaxAgeSeconds", int64(*r.MaxAge))
			}
			e.each("ExposeHeader", r.ExposeHeaders)
			e.each("AllowedHeader", r.AllowHeaders)
			e.close("CORSRule")
		}
	})
}

// each writes an element for each text.
func (e *encoder) each(name string, list []string) {
	for _, s := range list {
		e.text(name, s)
	}
}

// DecodeCORS reads a CORSConfiguration. Values are only read, not judged, but numbers.
func DecodeCORS(body []byte) (rules []meta.CORSRule, err error) {
	root, err := parse(body, "CORSConfiguration")
	if err != nil {
		return nil, err
	}
	err = root.each(map[string]func(*node) error{"CORSRule": func(n *node) error {
		r, err := decodeCORSRule(n)
		rules = append(rules, r)
		return err
	}})
	if err == nil && len(rules) == 0 {
		err = ErrMalformed
	}
	return rules, err
}

func decodeCORSRule(n *node) (r meta.CORSRule, err error) {
	var id, aged bool
	var age string
	err = n.each(map[string]func(*node) error{
		"ID": into(&r.ID, &id), "MaxAgeSeconds": into(&age, &aged),
		"AllowedOrigin": onto(&r.Origins), "AllowedMethod": onto(&r.Methods), "AllowedHeader": onto(&r.AllowHeaders), "ExposeHeader": onto(&r.ExposeHeaders),
	})
	if err == nil && (len(r.Origins) == 0 || len(r.Methods) == 0) {
		err = ErrMalformed
	}
	if err == nil && aged {
		v, bad := strconv.ParseInt(age, 10, 32)
		if bad != nil {
			return r, ErrMalformed
		}
		seconds := int32(v)
		r.MaxAge = &seconds
	}
	return r, err
}

// onto is into for a child that may stand there often.
func onto(list *[]string) func(*node) error {
	return func(n *node) error {
		var text string
		var seen bool
		err := into(&text, &seen)(n)
		*list = append(*list, text)
		return err
	}
}
