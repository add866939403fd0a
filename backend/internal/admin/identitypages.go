package admin

import (
	"cmp"
	"slices"
	"strings"
)

// PageInput is which part of a list of identities or policies is wanted.
type PageInput struct {
	Search string `query:"search" maxLength:"256" doc:"Words that the name, the display name, the description or the ARN has, whatever their case"`
	Order  string `query:"order" enum:"asc,desc" default:"asc"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor string `query:"cursor" maxLength:"4096"`
}

// row is one of a list as it is searched and sorted.
type row[T any] struct {
	of    T
	name  string // in small letters
	arn   string
	value int64 // of the column; 0 for the name
}

func (r *row[T]) compare(value int64, name, arn string, byName bool, sign int) int {
	names := cmp.Compare(r.name, name)
	if byName {
		names *= sign
	}
	return cmp.Or(cmp.Compare(r.value, value)*sign, names, cmp.Compare(r.arn, arn))
}

// pageOf cuts a page out of all that match: sorted whole, however little of it is asked for. total counts the matches.
func pageOf[T any](in *PageInput, byName bool, all []row[T], texts func(*T) []string) (page []T, next string, total int, err error) {
	from, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, "", 0, err
	}
	words := strings.ToLower(in.Search)
	all = slices.DeleteFunc(all, func(r row[T]) bool {
		return words != "" && !slices.ContainsFunc(append(texts(&r.of), r.name, r.arn), func(text string) bool {
			return strings.Contains(strings.ToLower(text), words)
		})
	})
	sign := 1
	if in.Order == "desc" {
		sign = -1
	}
	slices.SortFunc(all, func(a, b row[T]) int { return a.compare(b.value, b.name, b.arn, byName, sign) })
	start := 0
	if in.Cursor != "" {
		start, _ = slices.BinarySearchFunc(all, from, func(r row[T], c cursor) int {
			return cmp.Or(r.compare(c.Value, c.Name, c.More, byName, sign), -1) // the one that it names is on the page before
		})
	}
	page = []T{}
	end := min(start+in.Limit, len(all))
	for i := start; i < end; i++ {
		page = append(page, all[i].of)
	}
	if end < len(all) {
		last := &all[end-1]
		next = cursor{Value: last.value, Name: last.name, More: last.arn}.String()
	}
	return page, next, len(all), nil
}
