package s3

import (
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// bucketPermissions are the actions that a bucket's ACL can grant, and objectPermissions those that an object's can.
var (
	bucketPermissions = map[string]meta.Permission{
		"s3:ListBucket": meta.Read, "s3:ListBucketVersions": meta.Read, "s3:ListBucketMultipartUploads": meta.Read,
		"s3:PutObject": meta.Write, "s3:DeleteObject": meta.Write, "s3:GetBucketAcl": meta.ReadACP, "s3:PutBucketAcl": meta.WriteACP,
	}
	objectPermissions = map[string]meta.Permission{
		"s3:GetObject": meta.Read, "s3:GetObjectVersion": meta.Read, "s3:GetObjectAcl": meta.ReadACP, "s3:GetObjectVersionAcl": meta.ReadACP,
		"s3:PutObjectAcl": meta.WriteACP, "s3:PutObjectVersionAcl": meta.WriteACP,
	}
)

// granter answers whether the ACL of something that the account owns grants the caller an action; nil when there is no ACL.
func (c *call) granter(by map[string]meta.Permission, acl *meta.ACL, owner string, ignorePublic bool) func(string) bool {
	if acl == nil {
		return nil
	}
	return func(action string) bool {
		want, ok := by[action]
		for _, g := range acl.Grants {
			if ok && (g.Permission == want || g.Permission == meta.FullControl) && c.isGrantee(g, owner, ignorePublic) {
				return true
			}
		}
		return false
	}
}

// isGrantee reports whether a grant is for the caller. One to the owner's account is none to its users: their own policies decide.
func (c *call) isGrantee(g meta.Grant, owner string, ignorePublic bool) bool {
	switch g.Group {
	case 0:
		return !c.id.Anonymous && g.Account == c.id.Account && g.Account != owner
	case meta.AllUsers:
		return !ignorePublic
	case meta.AuthenticatedUsers:
		return !ignorePublic && !c.id.Anonymous
	}
	return false
}

// ownership says whose the objects of a bucket are.
func (c *call) ownership(b *meta.Bucket) (meta.Ownership, error) {
	return c.s.Buckets.OwnershipOf(c.ctx(), b)
}

// question is about an action, without ACLs.
func (c *call) question(action string, b *meta.Bucket, key string, keys func(string) ([]string, bool)) (iam.Access, error) {
	rules, err := c.rulesOf(b)
	return iam.Access{Action: action, Bucket: b, BucketPolicy: rules.Policy, Restricted: rules.Restricted, Key: key, Keys: keys}, err
}

// decide answers the question about an action. The bucket's ACL is read only where nothing else decides. What cannot be read allows nothing.
func (c *call) decide(action string, b *meta.Bucket, key string, keys func(string) ([]string, bool)) policy.Decision {
	refused := func(err error) policy.Decision {
		c.s.Logger.ErrorContext(c.ctx(), "request refused", "request", c.info.RequestID, "operation", c.info.Operation, "error", err.Error())
		return policy.Decision{Statement: -1}
	}
	a, err := c.question(action, b, key, keys)
	if err != nil {
		return refused(err)
	}
	d := c.s.IAM.Authorize(c.id, a)
	if action == "s3:HeadBucket" {
		action = "s3:ListBucket"
	}
	if _, ok := bucketPermissions[action]; !ok || d.Allowed || d.ExplicitDeny || b.ID == (ident.Bucket{}) {
		return d
	}
	acl, ignore, err := c.s.Buckets.ACLOf(c.ctx(), b)
	if err != nil {
		return refused(err)
	}
	if acl == nil {
		return d
	}
	a.Grants = c.granter(bucketPermissions, acl, b.Account, ignore)
	return c.s.IAM.Authorize(c.id, a)
}

// guard is what the owner of an object has to say of a request for it, which is not known before the object's record has been read.
type guard struct {
	bucket  *meta.Bucket
	key     string
	version string
	actions []string
	keys    func(string) ([]string, bool)
	unsure  bool // what is known before does not allow it; the object's own ACL, or its owner's policies, may
}

// enter asks for the guard's actions. Where only the object can decide it is looked at, if the operation passes what it then finds. Whoever
// may list the bucket gets to know that there is no object.
func (c *call) enter(g *guard, passes bool) error {
	for _, action := range g.actions {
		d := c.decide(action, g.bucket, g.key, g.keys)
		if d.ExplicitDeny || !d.Allowed && !passes {
			return s3err.New("AccessDenied")
		}
		g.unsure = g.unsure || !d.Allowed
	}
	if !g.unsure {
		return nil
	}
	o, err := c.s.Objects.Get(c.ctx(), object.GetInput{Bucket: g.bucket, Key: g.key, VersionID: g.version, HeadOnly: true})
	switch fault.KindOf(err) {
	case fault.NoSuchKey, fault.NoSuchVersion, fault.DeleteMarker:
		if c.may("s3:ListBucket", g.bucket, "") {
			return nil
		}
		return s3err.New("AccessDenied").Because(err)
	case fault.InvalidArgument, fault.KeyTooLong:
		return s3err.New("AccessDenied").Because(err)
	}
	if err != nil {
		return err
	}
	return c.pass(g, o.Version)
}

// pass holds a version that was found to its owner and its ACL. For the objects of the bucket's account that costs nothing unless only the
// ACL can allow the request.
func (c *call) pass(g *guard, v *meta.Version) error {
	if !g.unsure && !foreign(v, g.bucket) {
		return nil
	}
	owner, acl, err := c.holding(v, g.bucket)
	if err != nil {
		return err
	}
	if !g.unsure && owner == g.bucket.Account {
		return nil
	}
	block, err := c.s.Buckets.PublicAccess(c.ctx(), g.bucket)
	if err != nil {
		return err
	}
	for _, action := range g.actions {
		a, err := c.question(action, g.bucket, g.key, g.keys)
		if err != nil {
			return err
		}
		a.Owner, a.Grants = owner, c.granter(objectPermissions, acl, owner, block.IgnoreACLs)
		if !c.s.IAM.Authorize(c.id, a).Allowed {
			return s3err.New("AccessDenied")
		}
	}
	return nil
}

// foreign reports whether the version is recorded as another account's than the bucket's.
func foreign(v *meta.Version, b *meta.Bucket) bool { return v.Owner != b.Account && v.Owner != "" }

// holding returns the account that owns a version and the ACL that counts for it.
func (c *call) holding(v *meta.Version, b *meta.Bucket) (owner string, acl *meta.ACL, err error) {
	ownership, err := c.ownership(b)
	switch {
	case err != nil:
		return "", nil, err
	case ownership == meta.BucketOwnerEnforced:
		return b.Account, nil, nil
	case foreign(v, b):
		return v.Owner, v.ACL, nil
	}
	return b.Account, v.ACL, nil
}
