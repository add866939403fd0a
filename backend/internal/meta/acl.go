package meta

import "slices"

// Permission is what a grant permits.
type Permission uint8

// The permissions of S3. FullControl contains all others.
const (
	Read Permission = iota + 1
	Write
	ReadACP
	WriteACP
	FullControl
)

var permissionNames = []string{"", "READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"}

// String is the permission as S3 names it.
func (p Permission) String() string { return permissionNames[p] }

// ParsePermission is the inverse of String.
func ParsePermission(name string) (Permission, bool) {
	i := slices.Index(permissionNames, name)
	return Permission(max(i, 0)), i > 0 //nolint:gosec // an index of a short list
}

// Group is a group of grantees.
type Group uint8

// The groups of S3.
const (
	AllUsers           Group = iota + 1 // whoever asks, with or without credentials
	AuthenticatedUsers                  // the users of every account
	LogDelivery                         // what writes the access logs
)

var groupURIs = []string{
	"", "http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
	"http://acs.amazonaws.com/groups/s3/LogDelivery",
}

// URI is the group as S3 names it.
func (g Group) URI() string { return groupURIs[g] }

// ParseGroup is the inverse of URI.
func ParseGroup(uri string) (Group, bool) {
	i := slices.Index(groupURIs, uri)
	return Group(max(i, 0)), i > 0 //nolint:gosec // an index of a short list
}

// Grant gives one permission to an account or a group.
type Grant struct {
	Account    string // id, empty when it is for a group
	Group      Group
	Permission Permission
}

// ACL is an access control list. Where there is none (nil) the owner has full control and nobody else has anything. Whoever owns the bucket
// or the object may read and write its list, whatever it says.
type ACL struct{ Grants []Grant }

// Public reports whether the list grants anything to all users, or to all that have an account.
func (a *ACL) Public() bool {
	return a != nil && slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Group == AllUsers || g.Group == AuthenticatedUsers })
}

// Private reports whether the list grants nothing to others than the account.
func (a *ACL) Private(owner string) bool {
	return a == nil || !slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Account != owner })
}

const aclFormat = 1

// Encode returns the document's bytes.
func (a *ACL) Encode() []byte {
	e := newEncoder(aclFormat, 64)
	a.encode(e)
	return e.b
}

// DecodeACL is the inverse of Encode.
func DecodeACL(raw []byte) (*ACL, error) {
	a := &ACL{}
	return a, decode(raw, aclFormat, a.decode)
}

// encode writes each grant as a nested field.
func (a *ACL) encode(e *encoder) {
	for _, g := range a.Grants {
		e.message(1, func(in *encoder) {
			in.str(1, g.Account)
			in.uint(2, uint64(g.Group))
			in.uint(3, uint64(g.Permission))
		})
	}
}

// decode takes one field written by encode.
func (a *ACL) decode(f field) error {
	if f.id != 1 {
		return unknown("ACL", f)
	}
	var g Grant
	err := decodeFields(f.data, func(f field) error {
		switch {
		case f.id == 1:
			g.Account = f.str()
		case f.id == 2 && f.num < uint64(len(groupURIs)):
			g.Group = Group(f.num) //nolint:gosec // just bounded
		case f.id == 3 && f.num < uint64(len(permissionNames)):
			g.Permission = Permission(f.num) //nolint:gosec // just bounded
		default:
			return unknown("grant", f)
		}
		return nil
	})
	a.Grants = append(a.Grants, g)
	return err
}

// encodeACL writes the list of a version or an upload as one nested field, nothing when there is none.
func encodeACL(e *encoder, n int, a *ACL) {
	if a != nil {
		e.message(wireNumber(n), a.encode)
	}
}

// decodeACL takes a field written by encodeACL.
func decodeACL(f field, to **ACL) error {
	*to = &ACL{}
	return decodeFields(f.data, (*to).decode)
}

// Ownership says whose the objects of a bucket are that other accounts write.
type Ownership uint8

// The settings of S3.
const (
	ObjectWriter         Ownership = iota // the writer's
	BucketOwnerPreferred                  // the bucket's when they come with the ACL bucket-owner-full-control, else the writer's
	BucketOwnerEnforced                   // the bucket's, all of them; access control lists count for nothing
)

var ownershipNames = []string{"ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"}

// String is the setting as S3 names it.
func (o Ownership) String() string { return ownershipNames[o] }

// ParseOwnership is the inverse of String.
func ParseOwnership(name string) (Ownership, bool) {
	i := slices.Index(ownershipNames, name)
	return Ownership(max(i, 0)), i >= 0 //nolint:gosec // an index of a short list
}

const ownershipFormat = 1

// Encode returns the document's bytes.
func (o *Ownership) Encode() []byte {
	e := newEncoder(ownershipFormat, 4)
	e.uint(1, uint64(*o))
	return e.b
}

// DecodeOwnership is the inverse of Encode.
func DecodeOwnership(raw []byte) (*Ownership, error) {
	o := new(Ownership)
	return o, decode(raw, ownershipFormat, func(f field) error {
		if f.id != 1 || f.num >= uint64(len(ownershipNames)) {
			return unknown("ownership", f)
		}
		*o = Ownership(f.num) //nolint:gosec // just bounded
		return nil
	})
}
