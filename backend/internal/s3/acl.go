package s3

import (
	"net/http"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

const maxGrants = 100

// canned are the ACLs that have a name, by what they grant beside full control to the owner.
var canned = map[string][]meta.Grant{
	"private":            nil,
	"public-read":        {{Group: meta.AllUsers, Permission: meta.Read}},
	"public-read-write":  {{Group: meta.AllUsers, Permission: meta.Read}, {Group: meta.AllUsers, Permission: meta.Write}},
	"authenticated-read": {{Group: meta.AuthenticatedUsers, Permission: meta.Read}},
	"aws-exec-read":      nil, // for a service of AWS that is not here
	"log-delivery-write": {{Group: meta.LogDelivery, Permission: meta.Write}, {Group: meta.LogDelivery, Permission: meta.ReadACP}},

	"bucket-owner-read": nil, cannedFull: nil, // see cannedACL
}

const cannedFull = "bucket-owner-full-control"

// cannedACL is the ACL of a name for something that the account owns. What is for the owner of the bucket concerns objects only.
func cannedACL(name string, scope Scope, owner, bucketOwner string) *meta.ACL {
	grants := canned[name]
	if scope == Object && owner != bucketOwner {
		switch name {
		case "bucket-owner-read":
			grants = []meta.Grant{{Account: bucketOwner, Permission: meta.Read}}
		case cannedFull:
			grants = []meta.Grant{{Account: bucketOwner, Permission: meta.FullControl}}
		}
	}
	if len(grants) == 0 {
		return nil
	}
	return &meta.ACL{Grants: append([]meta.Grant{{Account: owner, Permission: meta.FullControl}}, grants...)}
}

// askedACL is what the headers of a request say of an ACL: nothing, a name, or grants.
type askedACL struct {
	canned string
	grants []meta.Grant
}

func (a askedACL) given() bool { return a.canned != "" || a.grants != nil }

func (a askedACL) list(scope Scope, owner, bucketOwner string) *meta.ACL {
	if a.grants != nil {
		return plain(a.grants, owner)
	}
	return cannedACL(a.canned, scope, owner, bucketOwner)
}

// plain is the list of the grants; nil for that of a private thing.
func plain(grants []meta.Grant, owner string) *meta.ACL {
	if len(grants) == 1 && grants[0] == (meta.Grant{Account: owner, Permission: meta.FullControl}) {
		return nil
	}
	return &meta.ACL{Grants: grants}
}

// grantHeaders are the headers that grant one permission each.
var grantHeaders = []struct {
	name       string
	permission meta.Permission
}{
	{"X-Amz-Grant-Full-Control", meta.FullControl},
	{"X-Amz-Grant-Read", meta.Read},
	{"X-Amz-Grant-Read-Acp", meta.ReadACP},
	{"X-Amz-Grant-Write", meta.Write},
	{"X-Amz-Grant-Write-Acp", meta.WriteACP},
}

const aclHeader = "X-Amz-Acl"

// headersGrant reports whether there is something for askedACL to read.
func (c *call) headersGrant() bool {
	_, ok := c.header[aclHeader]
	for _, h := range grantHeaders {
		ok = ok || len(c.header[h.name]) > 0
	}
	return ok
}

// askedACL reads x-amz-acl and the x-amz-grant- headers.
func (c *call) askedACL() (ask askedACL, err error) {
	if v, ok := c.header[aclHeader]; ok {
		ask.canned = v[0]
		if _, ok := canned[v[0]]; !ok || v[0] == "log-delivery-write" && c.scope == Object {
			return ask, s3err.Argument("The canned ACL is not valid.", "x-amz-acl", v[0])
		}
	}
	for _, h := range grantHeaders {
		v, ok := c.header[h.name]
		if !ok {
			continue
		}
		if ask.canned != "" {
			return ask, s3err.Text("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed")
		}
		value := strings.Join(v, ",")
		list, ok := parseGrantees(value)
		if !ok || len(ask.grants)+len(list) > maxGrants {
			return ask, s3err.Argument("Argument format not recognized", strings.ToLower(h.name), value)
		}
		for _, g := range list {
			grant, err := c.grant(g, h.permission)
			if err != nil {
				return ask, err
			}
			ask.grants = append(ask.grants, grant)
		}
	}
	return ask, nil
}

// parseGrantees reads the value of an x-amz-grant- header: id="…", uri="…" or emailAddress="…", separated by commas, at least one.
func parseGrantees(v string) (list []s3xml.Grantee, ok bool) {
	for more := true; more; {
		var name, value string
		if name, v, ok = strings.Cut(v, "="); !ok {
			return nil, false
		}
		if v = strings.TrimLeft(v, " "); strings.HasPrefix(v, `"`) {
			if value, v, ok = strings.Cut(v[1:], `"`); !ok {
				return nil, false
			}
			var rest string
			if rest, v, more = strings.Cut(v, ","); strings.TrimSpace(rest) != "" {
				return nil, false
			}
		} else {
			value, v, more = strings.Cut(v, ",")
			value = strings.TrimSpace(value)
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "id":
			list = append(list, s3xml.Grantee{Type: s3xml.CanonicalUser, ID: value})
		case "uri":
			list = append(list, s3xml.Grantee{Type: s3xml.Group, URI: value})
		case "emailaddress":
			list = append(list, s3xml.Grantee{Type: s3xml.ByEmail, Email: value})
		default:
			return nil, false
		}
	}
	return list, true
}

// grant finds out who a grantee is.
func (c *call) grant(g s3xml.Grantee, p meta.Permission) (out meta.Grant, err error) {
	out.Permission = p
	switch g.Type {
	case s3xml.Group:
		var ok bool
		if out.Group, ok = meta.ParseGroup(g.URI); !ok {
			err = s3err.Argument("Invalid group uri", "Group/URI", g.URI)
		}
	case s3xml.ByEmail: // accounts have none
		err = s3err.New("UnresolvableGrantByEmailAddress").With("Email", g.Email)
	default:
		out.Account, err = c.s.IAM.AccountOf(c.ctx(), g.ID)
		if fault.Is(err, fault.NotFound) {
			err = s3err.Argument("Invalid id", "CanonicalUser/ID", g.ID).Because(err)
		}
	}
	return out, err
}

// wantedACL is the ACL that a request to set one asks for, in one of the three ways: by name, by headers, or as a document.
func (c *call) wantedACL(owner string) (*meta.ACL, error) {
	body, err := c.document()
	if err != nil {
		return nil, err
	}
	if c.headersGrant() {
		if len(body) > 0 {
			return nil, s3err.New("UnexpectedContent")
		}
		ask, err := c.askedACL()
		if err != nil {
			return nil, err
		}
		return ask.list(c.scope, owner, c.record.Account), nil
	}
	if len(body) == 0 {
		return nil, s3err.New("MissingSecurityHeader").With("MissingHeaderName", "x-amz-acl")
	}
	doc, err := s3xml.DecodeAccessControlPolicy(body, maxGrants)
	if err != nil {
		return nil, s3err.New("MalformedACLError").Because(err)
	}
	permissions := make([]meta.Permission, len(doc.Grants))
	for i, g := range doc.Grants {
		var ok bool
		if permissions[i], ok = meta.ParsePermission(g.Permission); !ok {
			return nil, s3err.New("MalformedACLError")
		}
	}
	if doc.Owner.ID != iam.CanonicalID(owner) { // an ACL does not give a thing away
		return nil, s3err.New("AccessDenied")
	}
	grants := make([]meta.Grant, len(doc.Grants))
	for i, g := range doc.Grants {
		if grants[i], err = c.grant(g.Grantee, permissions[i]); err != nil {
			return nil, err
		}
	}
	return plain(grants, owner), nil
}

// admitACL refuses what Block Public Access refuses.
func (c *call) admitACL(acl *meta.ACL) error {
	if !acl.Public() {
		return nil
	}
	block, err := c.s.Buckets.PublicAccess(c.ctx(), c.record)
	if err == nil && block.BlockACLs {
		err = s3err.New("AccessDenied")
	}
	return err
}

func (s *Server) bucketACL(c *call) error {
	acl, _, err := s.Buckets.ACLOf(c.ctx(), c.record)
	if err != nil {
		return err
	}
	c.tellACL(c.record.Account, acl)
	return nil
}

// tellACL answers with an ACL.
func (c *call) tellACL(owner string, acl *meta.ACL) {
	if acl == nil {
		acl = &meta.ACL{Grants: []meta.Grant{{Account: owner, Permission: meta.FullControl}}}
	}
	doc := &s3xml.AccessControlPolicy{Owner: c.owner(owner), Grants: make([]s3xml.Grant, len(acl.Grants))}
	for i, g := range acl.Grants {
		to := s3xml.Grantee{Type: s3xml.Group, URI: g.Group.URI()}
		if g.Group == 0 {
			who := c.owner(g.Account)
			to = s3xml.Grantee{Type: s3xml.CanonicalUser, ID: who.ID, DisplayName: who.DisplayName}
		}
		doc.Grants[i] = s3xml.Grant{Grantee: to, Permission: g.Permission.String()}
	}
	c.w.document(doc)
}

func (s *Server) putBucketACL(c *call) error {
	ownership, err := s.Buckets.OwnershipOf(c.ctx(), c.record)
	if err != nil {
		return err
	}
	if ownership == meta.BucketOwnerEnforced {
		return s3err.New("AccessControlListNotSupported")
	}
	acl, err := c.wantedACL(c.record.Account)
	if err != nil {
		return err
	}
	if err := c.setBucketACL(c.record, acl); err != nil {
		return err
	}
	c.w.empty(http.StatusOK)
	return nil
}

// setBucketACL stores an ACL where ACLs are not disabled, nor public ones blocked.
func (c *call) setBucketACL(b *meta.Bucket, acl *meta.ACL) error {
	return bucket.SetDocument(c.ctx(), c.s.Buckets, b, bucket.ACL, acl, func(r kv.Reader, now *meta.Bucket, _ *meta.ACL) error {
		ownership, err := bucket.ReadDocument(r, now, bucket.Ownership)
		if err != nil {
			return err
		}
		if ownership != nil && *ownership == meta.BucketOwnerEnforced && !acl.Private(now.Account) {
			return s3err.New("AccessControlListNotSupported")
		}
		block, err := bucket.ReadDocument(r, now, bucket.PublicAccessBlock)
		if err == nil && block != nil && block.BlockACLs && acl.Public() {
			err = s3err.New("AccessDenied")
		}
		return err
	})
}

func (s *Server) objectACL(c *call) error {
	version, err := c.versionID()
	if err != nil {
		return err
	}
	o, owner, acl, err := c.holdingOf(version)
	if err != nil {
		return err
	}
	c.setVersion(o.VersionID)
	c.tellACL(owner, acl)
	return nil
}

// holdingOf finds a version and whose it is.
func (c *call) holdingOf(version string) (o *object.Object, owner string, acl *meta.ACL, err error) {
	o, err = c.s.Objects.Get(c.ctx(), object.GetInput{Bucket: c.record, Key: c.key, VersionID: version, HeadOnly: true})
	if err != nil {
		return nil, "", nil, c.missing(err)
	}
	if err = c.pass(o.Version); err == nil {
		owner, acl, err = c.s.access.Holding(c.ctx(), o.Version, c.record)
	}
	return o, owner, acl, err
}

func (s *Server) putObjectACL(c *call) error {
	in := object.VersionInput{Bucket: c.record, Key: c.key}
	var err error
	if in.VersionID, err = c.versionID(); err != nil {
		return err
	}
	o, owner, _, err := c.holdingOf(in.VersionID)
	if err != nil {
		return err
	}
	ownership, err := s.Buckets.OwnershipOf(c.ctx(), c.record)
	if err != nil {
		return err
	}
	if ownership == meta.BucketOwnerEnforced {
		return s3err.New("AccessControlListNotSupported")
	}
	acl, err := c.wantedACL(owner)
	if err != nil {
		return err
	}
	if err := c.admitACL(acl); err != nil {
		return err
	}
	w, err := s.Objects.SetACL(c.ctx(), in, o.Version.Order, acl)
	if err != nil {
		return c.missing(err)
	}
	c.setVersion(w.VersionID)
	c.w.empty(http.StatusOK)
	return nil
}
