package s3

import (
	"slices"
	"strings"
)

// Support says of an operation whether it is built.
type Support struct {
	Name    string
	Built   bool
	Methods []string // of its forms
	Actions []string // that the caller must be allowed
}

// Matrix lists every operation that the S3 port knows, in order of name.
func Matrix() []Support {
	var all []Support
	for _, op := range table {
		i := slices.IndexFunc(all, func(s Support) bool { return s.Name == op.Name })
		if i < 0 {
			i = len(all)
			all = append(all, Support{Name: op.Name, Actions: op.Actions})
		}
		all[i].Built = all[i].Built || op.Handle != nil
		if !slices.Contains(all[i].Methods, op.Method) {
			all[i].Methods = append(all[i].Methods, op.Method)
		}
	}
	slices.SortFunc(all, func(x, y Support) int { return strings.Compare(x.Name, y.Name) })
	return all
}

// UnbuiltHeader is a request header of a feature that does not exist here. A name that ends in "-" stands for all that begin with it.
type UnbuiltHeader struct {
	Name string
	Pass []string // values that ask for nothing
}

// Unbuilt lists these headers, for the manual.
func Unbuilt() []UnbuiltHeader {
	all := make([]UnbuiltHeader, len(unbuilt))
	for i, u := range unbuilt {
		all[i] = UnbuiltHeader{Name: u.header, Pass: u.noop}
	}
	return all
}
