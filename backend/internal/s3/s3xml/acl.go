package s3xml

import "strings"

// XSI is the namespace of the attribute that tells what a grantee is.
const XSI = "http://www.w3.org/2001/XMLSchema-instance"

// The kinds of grantees.
const (
	CanonicalUser = "CanonicalUser"
	Group         = "Group"
	ByEmail       = "AmazonCustomerByEmail"
)

// AccessControlPolicy is an access control list with the owner of what it is of.
type AccessControlPolicy struct {
	Owner  Owner
	Grants []Grant
}

// Grant gives a permission to a grantee.
type Grant struct {
	Grantee    Grantee
	Permission string
}

// Grantee is an account, a group, or in requests an account by an e-mail address.
type Grantee struct {
	Type            string // one of the constants
	ID, DisplayName string // of a CanonicalUser
	URI             string // of a Group
	Email           string // ByEmail
}

func (d *AccessControlPolicy) encode(e *encoder) {
	e.root("AccessControlPolicy", func() {
		d.Owner.encode(e, "Owner")
		e.open("AccessControlList")
		for i := range d.Grants {
			g := &d.Grants[i]
			e.open("Grant")
			e.b.WriteString(`<Grantee xmlns:xsi="` + XSI + `" xsi:type="` + g.Grantee.Type + `">`)
			e.some("ID", g.Grantee.ID)
			e.some("DisplayName", g.Grantee.DisplayName)
			e.some("URI", g.Grantee.URI)
			e.close("Grantee")
			e.text("Permission", g.Permission)
			e.close("Grant")
		}
		e.close("AccessControlList")
	})
}

// DecodeAccessControlPolicy reads an AccessControlPolicy of at most so many grants. Who is named there is only read, not judged.
func DecodeAccessControlPolicy(body []byte, most int) (d AccessControlPolicy, err error) {
	root, err := parse(body, "AccessControlPolicy")
	if err != nil {
		return d, err
	}
	var owner, list bool
	err = root.each(map[string]func(*node) error{
		"Owner": once(&owner, func(n *node) error {
			var id, name bool
			err := n.each(map[string]func(*node) error{"ID": into(&d.Owner.ID, &id), "DisplayName": into(&d.Owner.DisplayName, &name)})
			if err == nil && d.Owner.ID == "" {
				err = ErrMalformed
			}
			return err
		}),
		"AccessControlList": once(&list, func(n *node) error {
			return n.each(map[string]func(*node) error{"Grant": func(n *node) error {
				if len(d.Grants) == most {
					return ErrMalformed
				}
				g, err := decodeGrant(n)
				d.Grants = append(d.Grants, g)
				return err
			}})
		}),
	})
	if err == nil && (!owner || !list) {
		err = ErrMalformed
	}
	return d, err
}

// once is a function for a child that may stand there once.
func once(seen *bool, fn func(*node) error) func(*node) error {
	return func(n *node) error {
		if *seen {
			return ErrMalformed
		}
		*seen = true
		return fn(n)
	}
}

func decodeGrant(n *node) (g Grant, err error) {
	var grantee, permission bool
	err = n.each(map[string]func(*node) error{
		"Grantee": once(&grantee, func(n *node) (err error) {
			g.Grantee, err = decodeGrantee(n)
			return err
		}),
		"Permission": into(&g.Permission, &permission),
	})
	if err == nil && (!grantee || !permission) {
		err = ErrMalformed
	}
	return g, err
}

// decodeGrantee reads a Grantee, which has what its type wants and nothing that another would.
func decodeGrantee(n *node) (g Grantee, err error) {
	var id, name, uri, email bool
	err = n.each(map[string]func(*node) error{
		"ID": into(&g.ID, &id), "DisplayName": into(&g.DisplayName, &name), "URI": into(&g.URI, &uri), "EmailAddress": into(&g.Email, &email),
	})
	if err != nil {
		return g, err
	}
	switch g.Type = strings.TrimSpace(n.kind); {
	case g.Type == CanonicalUser && id && !uri && !email, g.Type == Group && uri && !id && !email, g.Type == ByEmail && email && !id && !uri:
		return g, nil
	}
	return g, ErrMalformed
}

// OwnershipControls says whose the objects of a bucket are.
type OwnershipControls struct{ ObjectOwnership string }

func (d *OwnershipControls) encode(e *encoder) {
	e.root("OwnershipControls", func() {
		e.open("Rule")
		e.text("ObjectOwnership", d.ObjectOwnership)
		e.close("Rule")
	})
}

// DecodeOwnershipControls reads OwnershipControls, which has one rule.
func DecodeOwnershipControls(body []byte) (d OwnershipControls, err error) {
	root, err := parse(body, "OwnershipControls")
	if err != nil {
		return d, err
	}
	var rule, ownership bool
	err = root.each(map[string]func(*node) error{"Rule": once(&rule, func(n *node) error {
		return n.each(map[string]func(*node) error{"ObjectOwnership": into(&d.ObjectOwnership, &ownership)})
	})})
	if err == nil && !ownership {
		err = ErrMalformed
	}
	return d, err
}
