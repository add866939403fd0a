package iam

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/projection"
)

// Users, buckets, versions and uploads name their account by its id, which is drawn at random: who owns what needs no look at the account's
// record, and an account that takes the name of a deleted one inherits nothing of it.

// Account is an account as it is shown.
type Account struct {
	Name        string
	Number      string // twelve digits
	CanonicalID string // 64 hex characters
	DisplayName string
	Created     time.Time // zero for the default account
}

// CreateAccount is what a new account and its first administrator are to be.
type CreateAccount struct {
	Name        string // 1 to 64 letters, digits and . _ -, unique
	DisplayName string // empty: the name
	AccessKey   string // of the administrator; empty: generated
	Secret      string // empty: generated; else at least 8 characters
}

const maxAccountName = 64

// maxRemoved bounds the rows that go with an account, so that its deletion fits a transaction.
const maxRemoved = 4000

// AccountNumber is the number of the account with an id, in ARNs: twelve digits.
func AccountNumber(id string) string {
	if id == DefaultAccount || id == "" {
		return "000000000000"
	}
	return id
}

// AccountID is the id of the account with a number; false for what is no number of an account.
func AccountID(number string) (string, bool) {
	if number == AccountNumber(DefaultAccount) {
		return DefaultAccount, true
	}
	return number, validAccountID(number)
}

// CanonicalID is the canonical user id of the account with an id: 64 hex characters.
func CanonicalID(id string) string {
	if id == "" {
		id = DefaultAccount
	}
	sum := sha256.Sum256([]byte("myfsio canonical user " + id))
	return hex.EncodeToString(sum[:])
}

func accountView(a *meta.Account) Account {
	return Account{Name: a.Name, Number: AccountNumber(a.ID), CanonicalID: CanonicalID(a.ID), DisplayName: a.DisplayName, Created: a.Created}
}

// accounts reads every account, the default one first, then in order of id.
func accounts(r kv.Reader) (out []*meta.Account, err error) {
	first, err := meta.GetAccount(r, DefaultAccount)
	if err != nil {
		return nil, err
	}
	out = append(out, first)
	it := r.Iter(meta.Accounts())
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		a, err := meta.DecodeAccount(string(it.Key()[len(meta.AccountKey("")):]), it.Value())
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// accountNames maps ids to names.
func accountNames(list []*meta.Account) map[string]string {
	names := make(map[string]string, len(list))
	for _, a := range list {
		names[a.ID] = a.Name
	}
	return names
}

// accountOf finds an account by name; fault.NotFound when there is none.
func accountOf(op string, r kv.Reader, name string) (*meta.Account, error) {
	list, err := accounts(r)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.Name == name {
			return a, nil
		}
	}
	return nil, fault.New(op, fault.NotFound, "There is no account with this name.")
}

// AccountName returns the name of the account with an id, and the id itself when the account is gone.
func (s *Service) AccountName(ctx context.Context, id string) (string, error) {
	if id == DefaultAccount {
		return id, nil
	}
	name := id
	err := s.Store.View(ctx, func(r kv.Reader) (err error) {
		name, err = accountName(r, id)
		return err
	})
	return name, kv.Fault("iam.AccountName", err)
}

// AccountOf returns the id of the account with a canonical id, or fault.NotFound.
func (s *Service) AccountOf(ctx context.Context, canonicalID string) (id string, err error) {
	const op = "iam.AccountOf"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		list, err := accounts(r)
		if err != nil {
			return err
		}
		for _, a := range list {
			if CanonicalID(a.ID) == canonicalID {
				id = a.ID
				return nil
			}
		}
		return fault.New(op, fault.NotFound, "There is no account with this canonical id.")
	})
	return id, kv.Fault(op, err)
}

// OwnerName is the name that an account has as an owner and in access control lists; empty for one that is gone.
func (s *Service) OwnerName(ctx context.Context, id string) (name string, err error) {
	if id == DefaultAccount {
		return id, nil
	}
	err = s.Store.View(ctx, func(r kv.Reader) error {
		a, err := meta.GetAccount(r, id)
		if err == nil {
			name = cmp.Or(a.DisplayName, a.Name)
		}
		return err
	})
	if errors.Is(err, kv.ErrNotFound) {
		return "", nil
	}
	return name, kv.Fault("iam.OwnerName", err)
}

func accountName(r kv.Reader, id string) (string, error) {
	a, err := meta.GetAccount(r, id)
	if errors.Is(err, kv.ErrNotFound) {
		return id, nil
	}
	if err != nil {
		return "", err
	}
	return a.Name, nil
}

// Accounts returns every account, the default one first, if the actor has myfsio:ListAccounts.
func (s *Service) Accounts(ctx context.Context, actor *Identity) ([]Account, error) {
	const op = "iam.Accounts"
	if err := permit(op, actor, "myfsio:ListAccounts", ""); err != nil {
		return nil, err
	}
	var out []Account
	err := s.Store.View(ctx, func(r kv.Reader) error {
		list, err := accounts(r)
		out = out[:0]
		for _, a := range list {
			out = append(out, accountView(a))
		}
		return err
	})
	return out, kv.Fault(op, err)
}

// CreateAccount makes an account and its first administrator. Name and access key must be free. The secret is returned here and never again.
func (s *Service) CreateAccount(ctx context.Context, actor *Identity, in CreateAccount) (Account, User, string, error) {
	const op = "iam.CreateAccount"
	if in.DisplayName == "" {
		in.DisplayName = in.Name
	}
	admin := CreateUser{Name: in.DisplayName, AccessKey: in.AccessKey, Secret: in.Secret, Policies: fullPolicies}
	err := checkAccount(op, in.Name)
	if err == nil {
		err = s.complete(op, &admin)
	}
	if err != nil {
		return Account{}, User{}, "", err
	}
	a := &meta.Account{ID: s.newAccountID(), Name: in.Name, DisplayName: in.DisplayName}
	user := s.newUserID()
	var out User
	err = s.change(ctx, op, func(c *change) error {
		if _, err := c.actor(op, actor, "myfsio:CreateAccount", ""); err != nil {
			return err
		}
		list, err := accounts(c.tx)
		if err != nil {
			return err
		}
		taken := map[string]bool{}
		for _, old := range list {
			if old.Name == a.Name && old.ID != a.ID {
				return fault.New(op, fault.Conflict, fmt.Sprintf("There is an account %s already.", a.Name))
			}
			taken[AccountNumber(old.ID)] = old.Name != a.Name
		}
		for taken[a.ID] {
			a.ID = s.newAccountID()
		}
		a.Created = c.now
		if err := c.tx.Set(meta.AccountKey(a.ID), a.Encode()); err != nil {
			return err
		}
		out, err = c.add(user, a.ID, admin)
		return err
	})
	if err != nil {
		return Account{}, User{}, "", err
	}
	return accountView(a), out, admin.Secret, nil
}

// DeleteAccount removes an account with its users, groups, roles and policies. fault.Conflict while it has buckets, and for the default account.
func (s *Service) DeleteAccount(ctx context.Context, actor *Identity, name string) error {
	const op = "iam.DeleteAccount"
	return s.change(ctx, op, func(c *change) error {
		if _, err := c.actor(op, actor, "myfsio:DeleteAccount", ""); err != nil {
			return err
		}
		a, err := accountOf(op, c.tx, name)
		if err != nil {
			return err
		}
		if a.ID == DefaultAccount {
			return fault.New(op, fault.Conflict, "The account "+DefaultAccount+" cannot be deleted.")
		}
		users, err := c.s.all(c.tx)
		if err != nil {
			return err
		}
		removed := 0
		for _, l := range users {
			if l.user.Account != a.ID {
				continue
			}
			if removed += 4 + 2*len(l.user.Keys); removed > maxRemoved {
				return fault.New(op, fault.Conflict, "The account has too many users to go at once. Delete some of them first.")
			}
			if err := c.remove(l.user); err != nil {
				return err
			}
		}
		list, err := recordsOf(c.tx, a.ID)
		if err != nil {
			return err
		}
		if removed+len(list) > maxRemoved {
			return fault.New(op, fault.Conflict, "The account has too many groups, roles and policies to go at once. Delete some of them first.")
		}
		for _, rec := range list {
			for key := range rec.rows() {
				if err := c.tx.Delete([]byte(key)); err != nil {
					return err
				}
			}
		}
		if err := c.dropDevices(a.ID); err != nil {
			return err
		}
		return c.removeAccount(op, a)
	})
}

// removeAccount deletes the record of an account that has no bucket.
func (c *change) removeAccount(op string, a *meta.Account) error {
	owners, err := bucketOwners(c.tx)
	if err != nil {
		return err
	}
	if owners[a.ID] {
		return fault.New(op, fault.Conflict, fmt.Sprintf("The account %s has buckets. Delete them first.", a.Name))
	}
	return c.tx.Delete(meta.AccountKey(a.ID))
}

// bucketOwners are the ids of the accounts that have buckets. bucket.Create reads the record of the account in its transaction, so that no
// bucket comes to an account that goes at the same time.
func bucketOwners(r kv.Reader) (owners map[string]bool, err error) {
	owners = map[string]bool{}
	it := r.Iter(meta.Buckets())
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		b, err := meta.DecodeBucket("", it.Value())
		if err != nil {
			return nil, err
		}
		owners[b.Account] = true
	}
	return owners, nil
}

// checkAccount admits names that can stand in a path and that are no account numbers.
func checkAccount(op, name string) error {
	ok := name != "" && len(name) <= maxAccountName && name != "." && name != ".." && !validAccountID(name)
	for _, c := range name {
		ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.')
	}
	if !ok {
		return fault.New(op, fault.InvalidArgument, fmt.Sprintf("The name of an account has 1 to %d letters, digits and . _ - and is not a number of twelve digits.", maxAccountName))
	}
	return nil
}

func validAccountID(id string) bool {
	ok := len(id) == 12
	for _, c := range id {
		ok = ok && c >= '0' && c <= '9'
	}
	return ok
}

// newAccountID is random and not the number of the default account.
func (s *Service) newAccountID() string {
	var raw [8]byte
	s.Idents.Fill(raw[:])
	return fmt.Sprintf("%012d", 1+binary.BigEndian.Uint64(raw[:])%999_999_999_999)
}

// editAccounts writes the accounts of a merge and returns the ids of those that there are then, by name.
func (c *change) editAccounts(m *merged, list []*meta.Account, lines map[string]int) (ids map[string]string, err error) {
	ids, names := map[string]string{}, accountNames(list)
	byName := map[string]*meta.Account{}
	for _, a := range list {
		ids[a.Name], byName[a.Name] = a.ID, a
	}
	for _, name := range m.removeAccounts {
		if err := c.removeAccount("iam.edit", byName[name]); err != nil {
			return nil, err
		}
		delete(ids, name)
	}
	for _, a := range m.accounts {
		if other := names[a.ID]; a.ID != "" && other != "" && other != a.Name {
			return nil, &projection.Refusal{Text: projection.OnLine(lines[a.Name], fmt.Sprintf("account %q: the id %s is that of the account %q", a.Name, a.ID, other))}
		}
		for a.ID == "" || names[a.ID] != "" && names[a.ID] != a.Name {
			a.ID = c.s.newAccountID()
		}
		if a.Created.IsZero() {
			a.Created = c.now
		}
		if err := c.tx.Set(meta.AccountKey(a.ID), a.Encode()); err != nil {
			return nil, err
		}
		ids[a.Name], names[a.ID] = a.ID, a.Name
	}
	return ids, nil
}
