package iam

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// CheckPrincipals returns fault.MalformedPolicy when a document names an account or a user that does not exist.
func (s *Service) CheckPrincipals(ctx context.Context, d *policy.Document) error {
	if len(d.Named()) == 0 {
		return nil
	}
	return kv.Fault("iam.CheckPrincipals", s.Store.View(ctx, func(r kv.Reader) error { return s.PrincipalsExist(r, d) }))
}

// PrincipalsExist is CheckPrincipals within a transaction.
func (s *Service) PrincipalsExist(r kv.Reader, d *policy.Document) error {
	for _, n := range d.Named() {
		ok, err := s.exists(r, n)
		if err != nil {
			return err
		}
		if !ok {
			return policy.As(policy.BadPrincipal, fault.New("iam.CheckPrincipals", fault.MalformedPolicy, fmt.Sprintf("Invalid principal in policy: %q does not exist.", n.Text)))
		}
	}
	return nil
}

func (s *Service) exists(r kv.Reader, n policy.Named) (ok bool, err error) {
	switch {
	case n.Account != "":
		id := n.Account
		if id == AccountNumber(DefaultAccount) {
			id = DefaultAccount
		}
		_, err = meta.GetAccount(r, id)
	case n.CanonicalID != "":
		list, err := accounts(r)
		for _, a := range list {
			ok = ok || CanonicalID(a.ID) == n.CanonicalID
		}
		return ok, err
	case strings.HasPrefix(n.UserID, kinds[roleItem].prefix):
		return roleOfID(r, n.UserID)
	case n.UserID != "":
		_, err = s.get(r, n.UserID)
	default:
		return s.existsARN(r, n.ARN)
	}
	if errors.Is(err, kv.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// roleOfID reports whether any account has the role of an id.
func roleOfID(r kv.Reader, id string) (bool, error) {
	list, err := accounts(r)
	for _, a := range list {
		of, err := roles(r, a.ID)
		if err != nil || slices.ContainsFunc(of, func(role *roleRecord) bool { return role.ID == id }) {
			return err == nil, err
		}
	}
	return false, err
}

// roleNamed is a role of an account, nil for none.
func (s *Service) roleNamed(r kv.Reader, account, name string) (*roleRecord, error) {
	role, err := s.role(r, account, name)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil //nolint:nilnil // there is none
	}
	return role, err
}

// existsARN looks for the user or the role of an ARN; a session exists if its role does.
func (s *Service) existsARN(r kv.Reader, arn string) (bool, error) {
	if account, name, ok := splitRoleARN(arn); ok {
		role, err := s.roleNamed(r, account, name)
		return role != nil && role.arn() == arn, err
	}
	if rest, ok := strings.CutPrefix(arn, "arn:aws:sts::"); ok {
		number, rest, _ := strings.Cut(rest, ":assumed-role/")
		name, session, _ := strings.Cut(rest, "/")
		if account, name, ok := splitRoleARN("arn:aws:iam::" + number + ":role/" + name); ok && session != "" {
			role, err := s.roleNamed(r, account, name)
			return role != nil, err
		}
		return false, nil
	}
	list, err := s.all(r)
	for _, l := range list {
		if arnOf(l.user) == arn {
			return true, err
		}
	}
	return false, err
}
