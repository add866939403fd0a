package meta

import (
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// A name of a user, a group, a role or a policy is unique within its account, whatever its case: the rows below have it in lower case.

// NameKey is i/n/<account>/<name>: the id of the user of that name.
func NameKey(account, name string) []byte {
	return []byte("i/n/" + account + "/" + strings.ToLower(name))
}

// UserGroup is users who share policies.
type UserGroup struct {
	ID      string // AGPA…, stable
	Account string // from the key
	Name    string
	Path    string // empty for "/"
	Created time.Time
	Grants  Grants
}

// Role is an identity that others take on for a while.
type Role struct {
	ID          string // AROA…, stable
	Account     string // from the key
	Name        string
	Path        string // empty for "/"
	Created     time.Time
	Description string
	Trust       []byte        // JSON: who may take it on
	MaxSession  time.Duration // 0: an hour
	Grants      Grants
	Tags        Tags
	Revoked     time.Time // sessions that began before are over
}

// ManagedPolicy is a policy that identities of an account are attached to.
type ManagedPolicy struct {
	ID          string // ANPA…, stable
	Account     string // from the key
	Name        string
	Path        string // empty for "/"
	Created     time.Time
	Updated     time.Time
	Description string
	Versions    []PolicyVersion // in order of number, 1 to 5 of them
	Default     int             // number of the version that holds
	Last        int             // highest number that was ever given
	Tags        Tags
}

// PolicyVersion is one text of a managed policy.
type PolicyVersion struct {
	Number  int
	Text    []byte // JSON
	Created time.Time
}

const (
	groupFormat  = 1
	roleFormat   = 1
	policyFormat = 1
)

// UserGroupKey is i/g/<account>/<group id>: a group. Users name their groups by id.
func UserGroupKey(account, id string) []byte { return []byte("i/g/" + account + "/" + id) }

// UserGroups is the range of an account's groups.
func UserGroups(account string) kv.Range { return kv.Prefix(UserGroupKey(account, "")) }

// RoleKey is i/r/<account>/<name>: a role.
func RoleKey(account, name string) []byte {
	return []byte("i/r/" + account + "/" + strings.ToLower(name))
}

// Roles is the range of an account's roles.
func Roles(account string) kv.Range { return kv.Prefix(RoleKey(account, "")) }

// PolicyKey is i/p/<account>/<name>: a managed policy.
func PolicyKey(account, name string) []byte {
	return []byte("i/p/" + account + "/" + strings.ToLower(name))
}

// ManagedPolicies is the range of an account's managed policies.
func ManagedPolicies(account string) kv.Range { return kv.Prefix(PolicyKey(account, "")) }

// Encode returns the record's bytes.
func (g *UserGroup) Encode() []byte {
	e := newEncoder(groupFormat, 128)
	e.str(1, g.ID)
	e.str(2, g.Name)
	e.str(3, g.Path)
	e.time(4, g.Created)
	g.Grants.encode(e, 5)
	return e.b
}

// DecodeUserGroup is the inverse of Encode.
func DecodeUserGroup(account string, raw []byte) (*UserGroup, error) {
	g := &UserGroup{Account: account}
	err := decode(raw, groupFormat, func(f field) error {
		switch f.id {
		case 1:
			g.ID = f.str()
		case 2:
			g.Name = f.str()
		case 3:
			g.Path = f.str()
		case 4:
			g.Created = f.time()
		case 5:
			return g.Grants.decode(f.data)
		default:
			return unknown("group", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

// Encode returns the record's bytes.
func (r *Role) Encode() []byte {
	e := newEncoder(roleFormat, 256)
	e.str(1, r.ID)
	e.str(2, r.Name)
	e.str(3, r.Path)
	e.time(4, r.Created)
	e.str(5, r.Description)
	e.bytes(6, r.Trust)
	e.int(7, int64(r.MaxSession/time.Second))
	r.Grants.encode(e, 8)
	r.Tags.encode(e, 9)
	e.time(10, r.Revoked)
	return e.b
}

// DecodeRole is the inverse of Encode.
func DecodeRole(account string, raw []byte) (*Role, error) {
	r := &Role{Account: account}
	err := decode(raw, roleFormat, func(f field) error {
		switch f.id {
		case 1:
			r.ID = f.str()
		case 2:
			r.Name = f.str()
		case 3:
			r.Path = f.str()
		case 4:
			r.Created = f.time()
		case 5:
			r.Description = f.str()
		case 6:
			r.Trust = f.copy()
		case 7:
			r.MaxSession = time.Duration(f.int()) * time.Second
		case 8:
			return r.Grants.decode(f.data)
		case 9:
			return r.Tags.decode(f)
		case 10:
			r.Revoked = f.time()
		default:
			return unknown("role", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Encode returns the record's bytes.
func (p *ManagedPolicy) Encode() []byte {
	e := newEncoder(policyFormat, 512)
	e.str(1, p.ID)
	e.str(2, p.Name)
	e.str(3, p.Path)
	e.time(4, p.Created)
	e.time(5, p.Updated)
	e.str(6, p.Description)
	for _, v := range p.Versions {
		e.message(7, func(in *encoder) {
			in.int(1, int64(v.Number))
			in.bytes(2, v.Text)
			in.time(3, v.Created)
		})
	}
	e.int(8, int64(p.Default))
	e.int(9, int64(p.Last))
	p.Tags.encode(e, 10)
	return e.b
}

// DecodeManagedPolicy is the inverse of Encode.
func DecodeManagedPolicy(account string, raw []byte) (*ManagedPolicy, error) {
	p := &ManagedPolicy{Account: account}
	err := decode(raw, policyFormat, func(f field) error {
		switch f.id {
		case 1:
			p.ID = f.str()
		case 2:
			p.Name = f.str()
		case 3:
			p.Path = f.str()
		case 4:
			p.Created = f.time()
		case 5:
			p.Updated = f.time()
		case 6:
			p.Description = f.str()
		case 7:
			v, err := decodePolicyVersion(f.data)
			p.Versions = append(p.Versions, v)
			return err
		case 8:
			p.Default = int(f.int())
		case 9:
			p.Last = int(f.int())
		case 10:
			return p.Tags.decode(f)
		default:
			return unknown("managed policy", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func decodePolicyVersion(raw []byte) (v PolicyVersion, err error) {
	err = decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			v.Number = int(f.int())
		case 2:
			v.Text = f.copy()
		case 3:
			v.Created = f.time()
		default:
			return unknown("policy version", f)
		}
		return nil
	})
	return v, err
}

// Text returns the text of the version that holds, nil when there is none.
func (p *ManagedPolicy) Text() []byte {
	for _, v := range p.Versions {
		if v.Number == p.Default {
			return v.Text
		}
	}
	return nil
}
