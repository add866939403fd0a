package meta

import (
	"time"

	"github.com/myfsio/myfsio/backend/internal/kv"
)

// DefaultAccount is the account that everybody belongs to until there is another. It is always there and has no record.
const DefaultAccount = "default"

// Account is a tenant: every user belongs to one, and every bucket to its creator's.
type Account struct {
	ID          string // from the key: twelve digits. Users, buckets, versions and uploads name their account by it
	Name        string // unique
	DisplayName string
	Created     time.Time
}

const accountFormat = 1

// AccountKey is i/a/<account id>: an account.
func AccountKey(id string) []byte { return append([]byte("i/a/"), id...) }

// Accounts is the range of all accounts but the default one.
func Accounts() kv.Range { return kv.Prefix(AccountKey("")) }

// Encode returns the record's bytes.
func (a *Account) Encode() []byte {
	e := newEncoder(accountFormat, 64)
	e.str(1, a.Name)
	e.str(2, a.DisplayName)
	e.time(3, a.Created)
	return e.b
}

// DecodeAccount is the inverse of Encode.
func DecodeAccount(id string, raw []byte) (*Account, error) {
	a := &Account{ID: id}
	err := decode(raw, accountFormat, func(f field) error {
		switch f.id {
		case 1:
			a.Name = f.str()
		case 2:
			a.DisplayName = f.str()
		case 3:
			a.Created = f.time()
		default:
			return unknown("account", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// GetAccount returns the account of an id, or kv.ErrNotFound.
func GetAccount(r kv.Reader, id string) (*Account, error) {
	if id == DefaultAccount {
		return &Account{ID: id, Name: id, DisplayName: id}, nil
	}
	raw, err := r.Get(AccountKey(id))
	if err != nil {
		return nil, err
	}
	return DecodeAccount(id, raw)
}
