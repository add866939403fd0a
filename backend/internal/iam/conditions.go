package iam

import (
	"strings"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

// conditions answer about condition keys.
type conditions func(name string) ([]string, bool)

// with returns the identity as it makes a request that has more condition keys.
func (id *Identity) with(more conditions) *Identity {
	before := id.keys
	return id.During(id.info, func(name string) ([]string, bool) {
		if v, ok := more(name); ok || before == nil {
			return v, ok
		}
		return before(name)
	})
}

// about are the tags of what a request is about.
func about(tags meta.Tags) conditions {
	return func(name string) ([]string, bool) {
		for _, prefix := range []string{"aws:ResourceTag/", "iam:ResourceTag/"} {
			if tag, ok := strings.CutPrefix(name, prefix); ok {
				return tagged(tags, tag)
			}
		}
		return nil, false
	}
}

// giving are the tags that a request gives, or names alone.
func giving(tags meta.Tags, names []string) conditions {
	return func(name string) ([]string, bool) {
		if name == "aws:TagKeys" {
			all := names
			for _, t := range tags {
				all = append(all[:len(all):len(all)], t.Name)
			}
			return all, len(all) > 0
		}
		if tag, ok := strings.CutPrefix(name, "aws:RequestTag/"); ok {
			return tagged(tags, tag)
		}
		return nil, false
	}
}

// The keys for managed policies.
const (
	policyARN   = "iam:PolicyARN"
	boundaryARN = "iam:PermissionsBoundary"
)

// naming is one key with one value, empty for none.
func naming(key, value string) conditions {
	return func(name string) ([]string, bool) { return []string{value}, name == key && value != "" }
}

// within is the boundary of the entity that a request is about, unless the request names another.
func (id *Identity) within(boundary string) *Identity {
	return id.with(func(name string) ([]string, bool) {
		if id.keys != nil && name == boundaryARN {
			if v, ok := id.keys(name); ok {
				return v, ok
			}
		}
		return []string{boundary}, name == boundaryARN && boundary != ""
	})
}

// tagged is the value of a tag. Identities have no two of one name in another case, so the case says nothing.
func tagged(tags meta.Tags, name string) ([]string, bool) {
	for _, t := range tags {
		if strings.EqualFold(t.Name, name) {
			return []string{t.Value}, true
		}
	}
	return nil, false
}
