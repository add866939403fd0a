package iam

import (
	"cmp"
	"slices"

	"github.com/myfsio/myfsio/backend/internal/meta"
)

// ByList is the source of a decision that a list made.
const ByList = "access control list"

// List is an access control list by what it hangs at.
type List uint8

// The lists. An action that none can grant has the zero one.
const (
	NoList List = iota
	BucketList
	ObjectList
)

type granted struct {
	list List
	by   meta.Permission
}

// grantable are the actions that lists grant, each by one permission or by full control.
var grantable = map[string]granted{
	headBucket: {BucketList, meta.Read}, "s3:ListBucket": {BucketList, meta.Read}, "s3:ListBucketVersions": {BucketList, meta.Read},
	"s3:ListBucketMultipartUploads": {BucketList, meta.Read}, "s3:PutObject": {BucketList, meta.Write}, "s3:DeleteObject": {BucketList, meta.Write},
	"s3:GetBucketAcl": {BucketList, meta.ReadACP}, "s3:PutBucketAcl": {BucketList, meta.WriteACP},

	"s3:GetObject": {ObjectList, meta.Read}, "s3:GetObjectVersion": {ObjectList, meta.Read},
	"s3:GetObjectAcl": {ObjectList, meta.ReadACP}, "s3:GetObjectVersionAcl": {ObjectList, meta.ReadACP},
	"s3:PutObjectAcl": {ObjectList, meta.WriteACP}, "s3:PutObjectVersionAcl": {ObjectList, meta.WriteACP},
}

// GrantedBy says which list can grant an action.
func GrantedBy(action string) List { return grantable[action].list }

// granter answers whether the list of an Access grants the identity an action; nil when there is no list.
func (id *Identity) granter(a *Access) func(string) bool {
	if a.ACL == nil {
		return nil
	}
	acl, owner, ignorePublic := a.ACL, cmp.Or(a.Owner, a.Bucket.Account), a.IgnorePublic
	return func(action string) bool {
		want, ok := grantable[action]
		return ok && slices.ContainsFunc(acl.Grants, func(g meta.Grant) bool {
			return (g.Permission == want.by || g.Permission == meta.FullControl) && id.isGrantee(g, owner, ignorePublic)
		})
	}
}

// isGrantee reports whether a grant is for the identity. One to the owner's account is none to its users: their own policies decide.
func (id *Identity) isGrantee(g meta.Grant, owner string, ignorePublic bool) bool {
	switch g.Group {
	case 0:
		return !id.Anonymous && g.Account == id.Account && g.Account != owner
	case meta.AllUsers:
		return !ignorePublic
	case meta.AuthenticatedUsers:
		return !ignorePublic && !id.Anonymous
	}
	return false
}
