package iam

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Virtual devices as IAM's own protocol makes them: first a device without a user, then its enabling for one. A device without a user is a row
// of its own, and stands in no file: a restored configuration knows those that have one.

// VirtualDevice is a new device with its seed, which is shown here and never again.
type VirtualDevice struct {
	Serial string
	Seed   string // base32
	URI    string
}

func virtualAAD(account, name string) []byte {
	return []byte("mfa of " + account + "/" + strings.ToLower(name))
}

// deviceName is the name in a serial number of a device of an account.
func deviceName(account, serial string) (string, bool) {
	name, ok := strings.CutPrefix(serial, serialOf(account, ""))
	return name, ok && name != ""
}

// CreateDevice makes a device that has no user yet in the actor's account.
func (s *Service) CreateDevice(ctx context.Context, actor *Identity, name string) (VirtualDevice, error) {
	const op = "iam.CreateDevice"
	if err := checkEntityName(op, "virtualMFADeviceName", name, maxPolicyName); err != nil {
		return VirtualDevice{}, err
	}
	seed := s.newSeed()
	var out VirtualDevice
	err := s.change(ctx, op, func(c *change) error {
		who, err := c.fresh(op, actor)
		if err != nil {
			return err
		}
		serial := serialOf(who.Account, name)
		if err := mayDo(op, who, "iam:CreateVirtualMFADevice", serial, serial); err != nil {
			return err
		}
		if err := c.freeDevice(op, who.Account, name); err != nil {
			return err
		}
		d := &meta.Device{Name: name, Sealed: s.Box.Seal(seed, virtualAAD(who.Account, name))}
		out = VirtualDevice{Serial: serial, Seed: b32.EncodeToString(seed), URI: totpURI(seed, "MyFSIO", name)}
		return c.tx.Set(meta.DeviceKey(who.Account, name), d.Encode())
	})
	return out, err
}

// virtual reads a device without a user; kv.ErrNotFound when there is none.
func virtual(r kv.Reader, account, name string) (*meta.Device, error) {
	raw, err := r.Get(meta.DeviceKey(account, name))
	if err != nil {
		return nil, err
	}
	return meta.DecodeDevice(raw)
}

// EnableDevice gives a device to a user of the actor's account; two codes one after the other prove that they have it.
func (s *Service) EnableDevice(ctx context.Context, actor *Identity, user, serial, first, second string) error {
	const op = "iam.EnableDevice"
	return s.change(ctx, op, func(c *change) error {
		who, e, err := c.entity(op, actor, "iam:EnableMFADevice", UserEntity, user)
		if err != nil {
			return err
		}
		name, ok := deviceName(who.Account, serial)
		if !ok {
			return noDevice(op, serial)
		}
		d, err := virtual(c.tx, who.Account, name)
		if errors.Is(err, kv.ErrNotFound) {
			users, err := s.all(c.tx)
			for _, l := range users {
				if l.user.Account == who.Account && deviceAt(l.user, name) >= 0 {
					return fault.New(op, fault.Conflict, "MFA Device is already in use.").With("IAM", "EntityAlreadyExists")
				}
			}
			if err == nil {
				err = noDevice(op, serial)
			}
			return err
		}
		if err != nil {
			return err
		}
		seed, err := s.Box.Open(d.Sealed, virtualAAD(who.Account, name))
		if err != nil {
			return err
		}
		u := e.user.copy()
		if err := c.tx.Delete(meta.DeviceKey(who.Account, name)); err != nil {
			return err
		}
		if err := c.enable(op, u, d.Name, seed, first, second); err != nil {
			return err
		}
		return c.put(u)
	})
}

// DeactivateDevice takes a device from its user; it stays, without one.
func (s *Service) DeactivateDevice(ctx context.Context, actor *Identity, user, serial string) error {
	const op = "iam.DeactivateDevice"
	return s.change(ctx, op, func(c *change) error {
		who, e, err := c.entity(op, actor, "iam:DeactivateMFADevice", UserEntity, user)
		if err != nil {
			return err
		}
		if who.UserID != e.user.user.ID {
			if err := mayGive(op, who, e.user.all(), "Without the device you could become a user who has"); err != nil {
				return err
			}
		}
		name, ok := deviceName(who.Account, serial)
		at := deviceAt(e.user.user, name)
		if !ok || at < 0 {
			return noDevice(op, serial)
		}
		d := e.user.user.Devices[at]
		seed, err := s.seed(e.user.user.ID, &d)
		if err != nil {
			return err
		}
		left := &meta.Device{Name: d.Name, Sealed: s.Box.Seal(seed, virtualAAD(who.Account, d.Name))}
		if err := c.tx.Set(meta.DeviceKey(who.Account, d.Name), left.Encode()); err != nil {
			return err
		}
		return c.takeDevice(op, e.user.copy(), name)
	})
}

// DeleteDevice removes a device without a user.
func (s *Service) DeleteDevice(ctx context.Context, actor *Identity, serial string) error {
	const op = "iam.DeleteDevice"
	return s.change(ctx, op, func(c *change) error {
		who, err := c.fresh(op, actor)
		if err != nil {
			return err
		}
		if err := mayDo(op, who, "iam:DeleteVirtualMFADevice", serial, serial); err != nil {
			return err
		}
		name, ok := deviceName(who.Account, serial)
		if !ok {
			return noDevice(op, serial)
		}
		_, err = virtual(c.tx, who.Account, name)
		if errors.Is(err, kv.ErrNotFound) {
			users, err := s.all(c.tx)
			for _, l := range users {
				if l.user.Account == who.Account && deviceAt(l.user, name) >= 0 {
					return fault.New(op, fault.Conflict, "MFA VirtualDevice in use. Must deactivate first.").With("IAM", "DeleteConflict")
				}
			}
			if err == nil {
				err = noDevice(op, serial)
			}
			return err
		}
		if err != nil {
			return err
		}
		return c.tx.Delete(meta.DeviceKey(who.Account, name))
	})
}

// VirtualDevices are the devices of the actor's account, with a user and without one.
func (s *Service) VirtualDevices(ctx context.Context, actor *Identity) (out []Device, err error) {
	const op = "iam.VirtualDevices"
	if err := mayDo(op, actor, "iam:ListVirtualMFADevices", serialOf(actor.Account, "*"), serialOf(actor.Account, "*")); err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, func(r kv.Reader) (err error) {
		out = nil
		users, err := s.all(r)
		if err != nil {
			return err
		}
		for _, l := range users {
			if l.user.Account == actor.Account {
				out = append(out, devicesOf(l.user)...)
			}
		}
		it := r.Iter(meta.Devices(actor.Account))
		defer func() { err = errors.Join(err, it.Close()) }()
		for it.Next() {
			d, err := meta.DecodeDevice(it.Value())
			if err != nil {
				return err
			}
			out = append(out, Device{Serial: serialOf(actor.Account, d.Name), Name: d.Name})
		}
		return nil
	})
	return out, kv.Fault(op, err)
}

// ResyncDevice sets how far a device's clock is off, by two codes one after the other.
func (s *Service) ResyncDevice(ctx context.Context, actor *Identity, user, serial, first, second string) error {
	const op = "iam.ResyncDevice"
	p := pair{key: "resync/" + serial}
	if !s.lockout.begin(p) {
		return wrongCode(op)
	}
	err := s.change(ctx, op, func(c *change) error {
		who, e, err := c.entity(op, actor, "iam:ResyncMFADevice", UserEntity, user)
		if err != nil {
			return err
		}
		u := e.user.copy()
		name, ok := deviceName(who.Account, serial)
		at := deviceAt(u, name)
		if !ok || at < 0 {
			return noDevice(op, serial)
		}
		d := &u.Devices[at]
		seed, err := s.seed(u.ID, d)
		if err != nil {
			return err
		}
		now := stepOf(c.now)
		step, ok := matchPair(seed, first, second, now, maxResync, d.Last)
		if !ok {
			return wrongCode(op)
		}
		d.Skew, d.Last = step-now, step
		return c.put(u)
	})
	if err == nil {
		s.lockout.clear(p)
	}
	return err
}

// seedOf reads a seed as people write it.
func seedOf(text string) ([]byte, error) {
	seed, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.TrimRight(strings.ReplaceAll(text, " ", ""), "=")))
	if err != nil || len(seed) < 10 || len(seed) > 64 {
		return nil, fmt.Errorf("a seed is base32 of 10 to 64 bytes")
	}
	return seed, nil
}

// MFA reports whether the credentials are those of a session, and when a code was given for it, zero for none.
func (id *Identity) MFA() (temporary bool, at time.Time) {
	if id.session == nil || id.session.MFA == 0 {
		return id.session != nil, time.Time{}
	}
	return true, time.Unix(id.session.MFA, 0)
}

// dropDevices removes the devices of an account that have no user.
func (c *change) dropDevices(account string) (err error) {
	it := c.tx.Iter(meta.Devices(account))
	var keys [][]byte
	for it.Next() && len(keys) < maxRemoved {
		keys = append(keys, append([]byte(nil), it.Key()...))
	}
	if err := it.Close(); err != nil {
		return err
	}
	if len(keys) == maxRemoved {
		return fault.New("iam.DeleteAccount", fault.Conflict, "The account has too many devices to go at once. Delete some of them first.")
	}
	for _, k := range keys {
		err = errors.Join(err, c.tx.Delete(k))
	}
	return err
}
