package meta

import "time"

// User is an identity with its keys and policies.
type User struct {
	ID          string // from the key of the row: 26 characters, stable
	Account     string // id of the account
	Name        string // display name
	Created     time.Time
	Disabled    bool
	Environment bool // the key is managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY
	Keys        []AccessKey
	Policies    []byte // JSON, simple or AWS form, as it was accepted
	UserName    string // name in ARNs; empty for users who go by their first access key
	Path        string // before the name in ARNs, as "/team/"; empty for "/"
	Grants      Grants
	Groups      []string // ids of groups of the account
	Tags        Tags
}

// AccessKey is a key of a user.
type AccessKey struct {
	ID      string
	Sealed  []byte // the secret, sealed
	Created time.Time
	Off     bool // set inactive
}

const userFormat = 1

// Encode returns the record's bytes.
func (u *User) Encode() []byte {
	e := newEncoder(userFormat, 256)
	e.str(1, u.Account)
	e.str(2, u.Name)
	e.time(3, u.Created)
	e.bool(4, u.Disabled)
	e.bool(5, u.Environment)
	for _, k := range u.Keys {
		e.message(6, func(in *encoder) {
			in.str(1, k.ID)
			in.bytes(2, k.Sealed)
			in.time(3, k.Created)
			in.bool(4, k.Off)
		})
	}
	e.bytes(7, u.Policies)
	e.str(8, u.UserName)
	e.str(9, u.Path)
	u.Grants.encode(e, 10)
	for _, g := range u.Groups {
		e.str(11, g)
	}
	u.Tags.encode(e, 12)
	return e.b
}

// DecodeUser is the inverse of Encode.
func DecodeUser(id string, raw []byte) (*User, error) {
	u := &User{ID: id}
	err := decode(raw, userFormat, func(f field) error {
		switch f.id {
		case 1:
			u.Account = f.str()
		case 2:
			u.Name = f.str()
		case 3:
			u.Created = f.time()
		case 4:
			u.Disabled = f.bool()
		case 5:
			u.Environment = f.bool()
		case 6:
			var k AccessKey
			err := decodeFields(f.data, func(f field) error {
				switch f.id {
				case 1:
					k.ID = f.str()
				case 2:
					k.Sealed = f.copy()
				case 3:
					k.Created = f.time()
				case 4:
					k.Off = f.bool()
				default:
					return unknown("access key", f)
				}
				return nil
			})
			u.Keys = append(u.Keys, k)
			return err
		case 7:
			u.Policies = f.copy()
		case 8:
			u.UserName = f.str()
		case 9:
			u.Path = f.str()
		case 10:
			return u.Grants.decode(f.data)
		case 11:
			u.Groups = append(u.Groups, f.str())
		case 12:
			return u.Tags.decode(f)
		default:
			return unknown("user", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}
