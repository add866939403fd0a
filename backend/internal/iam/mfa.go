package iam

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// A user may have devices that show codes (RFC 6238). They are part of the user's row, their seeds sealed. Each code counts once: the step of
// the last one is written before the answer that it opens, so that a kill or another server cannot let it count again.
//
// A device that is being enrolled is kept nowhere: whoever enrols holds its seed, sealed, until two codes have confirmed it. Those that IAM's
// own protocol makes wait, without a user, in rows of their own.

const (
	maxDevices = 8 // of a user, as IAM has it
	enrolment  = 15 * time.Minute
	enrolAAD   = "enrolment of a device"
	maxResync  = 60 // steps that a device's clock may be off when it is set anew
)

// MFARequired is the detail "IAM" of a fault: the secret or the password is right, and a code is needed.
const MFARequired = "MFARequired"

// Device is a device as it may be shown.
type Device struct {
	Serial  string // ARN
	Name    string
	User    string // name of its user, empty for none
	UserARN string
	Enabled time.Time
}

// NewDevice is a device that is being enrolled. Its seed is shown here and never again.
type NewDevice struct {
	Name    string
	Serial  string
	Seed    string // base32
	URI     string // for authenticators
	Token   string // gives the device back with its codes; sealed
	Expires time.Time
}

// enrolling is what the token of a new device holds.
type enrolling struct {
	User    string `json:"u"`
	Name    string `json:"n"`
	Seed    []byte `json:"s"`
	Expires int64  `json:"e"`
}

func seedAAD(userID string) []byte { return []byte("mfa " + userID) }

func serialOf(account, name string) string {
	return "arn:aws:iam::" + AccountNumber(account) + ":mfa/" + name
}

func wrongCode(op string) error {
	return fault.New(op, fault.AccessDenied, "The code is not right, was used already, or there were too many failed attempts: then wait and try again.").With("IAM", "InvalidAuthenticationCode")
}

func noDevice(op, serial string) error {
	return fault.New(op, fault.NotFound, fmt.Sprintf("MFA Device with serial number %s does not exist.", serial)).With("IAM", "NoSuchEntity")
}

func devicesOf(u *meta.User) (out []Device) {
	for _, d := range u.Devices {
		out = append(out, Device{Serial: serialOf(u.Account, d.Name), Name: d.Name, User: nameOf(u), UserARN: arnOf(u), Enabled: d.Enabled})
	}
	return out
}

// seed opens a device's seed.
func (s *Service) seed(userID string, d *meta.Device) ([]byte, error) {
	return s.Box.Open(d.Sealed, seedAAD(userID))
}

// Code proves a code of one of a user's devices, of that with the serial number where one is named, and uses it up. Failures are counted by
// user, from wherever they come: only who has the secret or the password gets here. It returns when the code was given; the zero time for
// a user without devices, if no device is named. fault.AccessDenied with the detail MFARequired asks for a code, with
// InvalidAuthenticationCode it is wrong.
func (s *Service) Code(ctx context.Context, userID, serial, code string) (time.Time, error) {
	const op = "iam.Code"
	var u *meta.User
	err := s.Store.View(ctx, func(r kv.Reader) error {
		l, err := s.get(r, userID)
		if err == nil {
			u = l.user
		}
		return err
	})
	switch {
	case errors.Is(err, kv.ErrNotFound):
		return time.Time{}, fault.New(op, fault.NoSuchUser, "")
	case err != nil:
		return time.Time{}, kv.Fault(op, err)
	case len(u.Devices) == 0 && serial == "":
		return time.Time{}, nil
	case code == "" && serial == "":
		return time.Time{}, fault.New(op, fault.AccessDenied, "A code of your device is needed.").With("IAM", MFARequired)
	}
	p := pair{key: "mfa/" + userID}
	if !s.lockout.begin(p) {
		return time.Time{}, wrongCode(op)
	}
	now := s.Clock.Now()
	err = s.Store.Update(ctx, func(tx kv.Txn) error {
		l, err := s.get(tx, userID)
		if errors.Is(err, kv.ErrNotFound) {
			return wrongCode(op)
		}
		if err != nil {
			return err
		}
		u := l.copy()
		for i := range u.Devices {
			d := &u.Devices[i]
			if serial != "" && serial != serialOf(u.Account, d.Name) {
				continue
			}
			seed, err := s.seed(u.ID, d)
			if err != nil {
				return err
			}
			if step, ok := match(seed, code, stepOf(now)+d.Skew, totpSkew, d.Last); ok {
				d.Last = step
				return tx.Set(meta.UserKey(u.ID), u.Encode())
			}
		}
		return wrongCode(op)
	})
	if err != nil {
		return time.Time{}, kv.Fault(op, err)
	}
	s.lockout.clear(p)
	return now, nil
}

// Enrol begins a device of the actor's own. Nothing of it is kept; a policy may deny it by iam:EnableMFADevice.
func (s *Service) Enrol(actor *Identity, name string) (NewDevice, error) {
	const op = "iam.Enrol"
	if err := s.ownDevices(op, actor); err != nil {
		return NewDevice{}, err
	}
	if err := checkEntityName(op, "virtualMFADeviceName", name, maxEntityName); err != nil {
		return NewDevice{}, err
	}
	e := enrolling{User: actor.UserID, Name: name, Seed: s.newSeed(), Expires: s.Clock.Now().Add(enrolment).Unix()}
	raw, err := json.Marshal(e)
	if err != nil {
		return NewDevice{}, fault.Wrap(op, err)
	}
	return NewDevice{
		Name: name, Serial: serialOf(actor.Account, name), Seed: b32.EncodeToString(e.Seed), URI: totpURI(e.Seed, "MyFSIO", actor.UserName()),
		Token: base64.RawURLEncoding.EncodeToString(s.Box.Seal(raw, []byte(enrolAAD))), Expires: time.Unix(e.Expires, 0).UTC(),
	}, nil
}

func (s *Service) newSeed() []byte {
	seed := make([]byte, totpSeed)
	s.Idents.Fill(seed)
	return seed
}

// ownDevices refuses who has no devices of their own, and whom a policy denies them.
func (s *Service) ownDevices(op string, actor *Identity) error {
	if actor == nil || actor.Anonymous || actor.machine || actor.session != nil || actor.Environment {
		return fault.New(op, fault.InvalidArgument, "Only a user has devices, and not that of ADMIN_ACCESS_KEY.").With("IAM", "InvalidUserType")
	}
	if d := adminDecision(actor, "iam:EnableMFADevice", actor.principal.Name); d.ExplicitDeny {
		actor.decided("iam:EnableMFADevice", d)
		return fault.New(op, fault.AccessDenied, fmt.Sprintf("You may not do this: %s (iam:EnableMFADevice).", d.Reason))
	}
	return nil
}

// Confirm enrols the device of a token, which two codes one after the other confirm.
func (s *Service) Confirm(ctx context.Context, actor *Identity, token, first, second string) (Device, error) {
	const op = "iam.Confirm"
	if err := s.ownDevices(op, actor); err != nil {
		return Device{}, err
	}
	var e enrolling
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		sealed, err = s.Box.Open(sealed, []byte(enrolAAD))
	}
	if err != nil || json.Unmarshal(sealed, &e) != nil || e.User != actor.UserID || s.Clock.Now().Unix() >= e.Expires {
		return Device{}, fault.New(op, fault.InvalidArgument, "The enrolment is over. Begin again.")
	}
	var out Device
	err = s.change(ctx, op, func(c *change) error {
		l, err := s.get(c.tx, actor.UserID)
		if err != nil {
			return err
		}
		u := l.copy()
		if err := c.enable(op, u, e.Name, e.Seed, first, second); err != nil {
			return err
		}
		out = devicesOf(u)[len(u.Devices)-1]
		return c.put(u)
	})
	return out, err
}

// enable adds a device to a user.
func (c *change) enable(op string, u *meta.User, name string, seed []byte, first, second string) error {
	if len(u.Devices) >= maxDevices {
		return fault.New(op, fault.Conflict, fmt.Sprintf("Cannot exceed quota for MFADevicesPerUser: %d", maxDevices)).With("IAM", "LimitExceeded")
	}
	if err := c.freeDevice(op, u.Account, name); err != nil {
		return err
	}
	now := stepOf(c.now)
	step, ok := matchPair(seed, first, second, now, 2*totpSkew, 0)
	if !ok {
		return wrongCode(op)
	}
	u.Devices = append(u.Devices, meta.Device{Name: name, Sealed: c.s.Box.Seal(seed, seedAAD(u.ID)), Enabled: c.now, Last: step})
	return nil
}

// freeDevice refuses a name that a device of the account has, with a user or without one, whatever its case.
func (c *change) freeDevice(op, account, name string) error {
	taken := fault.New(op, fault.Conflict, "MFADevice entity at the same path and name already exists.").With("IAM", "EntityAlreadyExists")
	switch _, err := virtual(c.tx, account, name); {
	case err == nil:
		return taken
	case !errors.Is(err, kv.ErrNotFound):
		return err
	}
	users, err := c.s.all(c.tx)
	for _, l := range users {
		if l.user.Account == account && deviceAt(l.user, name) >= 0 {
			return taken
		}
	}
	return err
}

func deviceAt(u *meta.User, name string) int {
	return slices.IndexFunc(u.Devices, func(d meta.Device) bool { return strings.EqualFold(d.Name, name) })
}

// RemoveOwnDevice takes a device of the actor's own away, which needs a code of one of their devices: who only found a session open has none.
func (s *Service) RemoveOwnDevice(ctx context.Context, actor *Identity, name, code string) error {
	const op = "iam.RemoveOwnDevice"
	if err := s.ownDevices(op, actor); err != nil {
		return err
	}
	if _, err := s.Code(ctx, actor.UserID, "", code); err != nil {
		return err
	}
	return s.change(ctx, op, func(c *change) error {
		l, err := s.get(c.tx, actor.UserID)
		if err != nil {
			return err
		}
		return c.takeDevice(op, l.copy(), name)
	})
}

func (c *change) takeDevice(op string, u *meta.User, name string) error {
	at := deviceAt(u, name)
	if at < 0 {
		return noDevice(op, serialOf(u.Account, name))
	}
	u.Devices = slices.Delete(slices.Clone(u.Devices), at, at+1)
	return c.put(u)
}

// RemoveDevice takes a device of a user of the actor's account away: the way back in for who has lost it.
func (s *Service) RemoveDevice(ctx context.Context, actor *Identity, user, name string) error {
	const op = "iam.RemoveDevice"
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
		return c.takeDevice(op, e.user.copy(), name)
	})
}

// Self is what a user may know of themselves.
type Self struct {
	Keys     []AccessKey
	Password *LoginProfile
	Devices  []Device
}

// Self tells the actor of themselves. fault.NoSuchUser for who is no user of the store.
func (s *Service) Self(ctx context.Context, actor *Identity) (out Self, err error) {
	const op = "iam.Self"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		l, err := s.get(r, actor.UserID)
		if errors.Is(err, kv.ErrNotFound) {
			return fault.New(op, fault.NoSuchUser, "")
		}
		if err != nil {
			return err
		}
		out = Self{Keys: (&entity{user: l}).view().Keys, Devices: devicesOf(l.user)}
		if p := l.user.Password; p != nil {
			out.Password = &LoginProfile{nameOf(l.user), p.Created, p.MustChange}
		}
		return nil
	})
	return out, kv.Fault(op, err)
}

// Devices are those of a user of the actor's account.
func (s *Service) Devices(ctx context.Context, actor *Identity, user string) (out []Device, err error) {
	const op = "iam.Devices"
	err = s.Store.View(ctx, func(r kv.Reader) error {
		e, missing := s.entityOf(r, op, actor.Account, UserEntity, user)
		if err := mayOn(op, actor, "iam:ListMFADevices", UserEntity, user, e); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		out = devicesOf(e.user.user)
		return nil
	})
	return out, kv.Fault(op, err)
}
