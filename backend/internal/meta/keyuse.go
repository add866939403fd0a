package meta

import "time"

// KeyUse is what an access key was used for last.
type KeyUse struct {
	At      time.Time
	Service string // as a signature names it: "s3", "iam", "sts"
	Region  string
}

const keyUseFormat = 1

// KeyUseKey is x/used/<access key>: its KeyUse. It is no row of identities, as nothing that is decided follows from it.
func KeyUseKey(accessKey string) []byte { return SystemKey("used/" + accessKey) }

// Encode returns the record's bytes.
func (u *KeyUse) Encode() []byte {
	e := newEncoder(keyUseFormat, 64)
	e.time(1, u.At)
	e.str(2, u.Service)
	e.str(3, u.Region)
	return e.b
}

// DecodeKeyUse is the inverse of Encode.
func DecodeKeyUse(raw []byte) (*KeyUse, error) {
	u := &KeyUse{}
	err := decode(raw, keyUseFormat, func(f field) error {
		switch f.id {
		case 1:
			u.At = f.time()
		case 2:
			u.Service = f.str()
		case 3:
			u.Region = f.str()
		default:
			return unknown("use of an access key", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return u, nil
}
