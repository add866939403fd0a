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
	ValidFrom   time.Time // before it the user is as if unknown; zero for always
	ValidUntil  time.Time // from it on; zero for ever
	Password    *Password // for the console; nil for none
	Console     AccessKey // what the user signs with in the console; without an id for none
	Login       ProviderLogin
	Devices     []Device // that show codes
}

// AccessKey is a key of a user.
type AccessKey struct {
	ID      string
	Sealed  []byte // the secret, sealed
	Created time.Time
	Off     bool      // set inactive
	Expires time.Time // from then on the key is as if unknown; zero for never
}

// Password is what a user signs in to the console with.
type Password struct {
	Sealed     []byte // its hash, sealed
	Created    time.Time
	MustChange bool // at the next sign-in
}

// Device is something that shows codes (RFC 6238).
type Device struct {
	Name    string // unique in the account, whatever its case
	Sealed  []byte // its seed, sealed
	Enabled time.Time
	Last    int64 // step of the last code that was used
	Skew    int64 // steps that its clock is ahead
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
		e.message(6, k.encode)
	}
	e.bytes(7, u.Policies)
	e.str(8, u.UserName)
	e.str(9, u.Path)
	u.Grants.encode(e, 10)
	for _, g := range u.Groups {
		e.str(11, g)
	}
	u.Tags.encode(e, 12)
	e.time(13, u.ValidFrom)
	e.time(14, u.ValidUntil)
	if p := u.Password; p != nil {
		e.message(15, func(in *encoder) {
			in.bytes(1, p.Sealed)
			in.time(2, p.Created)
			in.bool(3, p.MustChange)
		})
	}
	if u.Console.ID != "" {
		e.message(16, u.Console.encode)
	}
	if u.Login.Issuer != "" {
		e.message(20, u.Login.encode)
	}
	for _, d := range u.Devices {
		e.message(17, d.encode)
	}
	return e.b
}

const deviceFormat = 1

// Encode returns the bytes of a device that has no user.
func (d *Device) Encode() []byte {
	e := newEncoder(deviceFormat, 128)
	d.encode(e)
	return e.b
}

// DecodeDevice is the inverse of Encode.
func DecodeDevice(raw []byte) (*Device, error) {
	d := &Device{}
	if err := decode(raw, deviceFormat, d.take); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Device) encode(e *encoder) {
	e.str(1, d.Name)
	e.bytes(2, d.Sealed)
	e.time(3, d.Enabled)
	e.int(4, d.Last)
	e.int(5, d.Skew)
}

func (d *Device) take(f field) error {
	switch f.id {
	case 1:
		d.Name = f.str()
	case 2:
		d.Sealed = f.copy()
	case 3:
		d.Enabled = f.time()
	case 4:
		d.Last = f.int()
	case 5:
		d.Skew = f.int()
	default:
		return unknown("device", f)
	}
	return nil
}

func (k *AccessKey) encode(e *encoder) {
	e.str(1, k.ID)
	e.bytes(2, k.Sealed)
	e.time(3, k.Created)
	e.bool(4, k.Off)
	e.time(5, k.Expires)
}

func (k *AccessKey) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			k.ID = f.str()
		case 2:
			k.Sealed = f.copy()
		case 3:
			k.Created = f.time()
		case 4:
			k.Off = f.bool()
		case 5:
			k.Expires = f.time()
		default:
			return unknown("access key", f)
		}
		return nil
	})
}

func (p *Password) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			p.Sealed = f.copy()
		case 2:
			p.Created = f.time()
		case 3:
			p.MustChange = f.bool()
		default:
			return unknown("password", f)
		}
		return nil
	})
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
			err := k.decode(f.data)
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
		case 13:
			u.ValidFrom = f.time()
		case 14:
			u.ValidUntil = f.time()
		case 15:
			u.Password = &Password{}
			return u.Password.decode(f.data)
		case 16:
			return u.Console.decode(f.data)
		case 20:
			return u.Login.decode(f.data)
		case 17:
			var d Device
			err := decodeFields(f.data, d.take)
			u.Devices = append(u.Devices, d)
			return err
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
