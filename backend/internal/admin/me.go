package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/skip2/go-qrcode"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/limit"
)

// What everybody may know of themselves and change of it, whatever their policies allow.

// Profile is who asks, as they may know themselves.
type Profile struct {
	ID          string            `json:"id"`
	UserName    string            `json:"userName"`
	Name        string            `json:"name" doc:"Display name"`
	ARN         string            `json:"arn"`
	Account     string            `json:"account" doc:"Name of the account"`
	Environment bool              `json:"environment" doc:"Managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY"`
	Password    *IdentityPassword `json:"password,omitempty" doc:"Absent for who has none"`
	AccessKeys  []AccessKey       `json:"accessKeys"`
	Devices     []MFADevice       `json:"devices"`
	MFA         bool              `json:"mfa" doc:"The session began with a code"`
}

// MFADevice is a device that shows codes.
type MFADevice struct {
	Name    string    `json:"name"`
	Serial  string    `json:"serial" example:"arn:aws:iam::000000000000:mfa/phone"`
	Enabled time.Time `json:"enabled"`
}

// NewMFADevice is a device that is being enrolled, with its seed, which is shown this once. It counts when two codes have confirmed it.
type NewMFADevice struct {
	Name    string    `json:"name"`
	Serial  string    `json:"serial"`
	Seed    string    `json:"seed" doc:"In base32"`
	URI     string    `json:"uri" doc:"For authenticators, as the QR code has it"`
	QR      []string  `json:"qr" doc:"Rows of the QR code: # is dark"`
	Token   string    `json:"token" doc:"Names the device where it is confirmed"`
	Expires time.Time `json:"expires" doc:"Until when it can be confirmed"`
}

type (
	enrolInput struct {
		Body struct {
			Name string `json:"name" minLength:"1" maxLength:"64" doc:"Letters, digits and _+=,.@-; unique in the account"`
		}
	}
	confirmInput struct {
		Body struct {
			Token  string `json:"token" minLength:"1" maxLength:"1024"`
			First  string `json:"first" minLength:"6" maxLength:"6" doc:"A code"`
			Second string `json:"second" minLength:"6" maxLength:"6" doc:"The one that follows it"`
		}
	}
	removeOwnInput struct {
		Name string `path:"device" maxLength:"128"`
		Body struct {
			Code string `json:"code" minLength:"6" maxLength:"6" doc:"Of one of one's devices"`
		}
	}
	removeDeviceInput struct {
		Name   string `path:"name" maxLength:"128"`
		Device string `path:"device" maxLength:"128"`
	}
)

func (a *API) ownRoutes(m *mount) {
	const devices = "/myfsio/me/devices"
	add(m, operation{
		id: "getProfile", method: http.MethodGet, path: "/myfsio/me", tag: tagSession, need: own(),
		summary: "Who I am, with what I sign in with",
	}, a.getProfile)
	add(m, operation{
		id: "enrolDevice", method: http.MethodPost, path: devices, tag: tagSession, need: own(), always: true,
		summary: "Begin to enrol a device of one's own that shows codes",
		text:    "The answer is the only one that shows its seed. Nothing is kept until the device is confirmed.",
	}, a.enrolDevice)
	add(m, operation{
		id: "confirmDevice", method: http.MethodPut, path: devices, tag: tagSession, need: own(), class: limit.Login,
		summary: "Enrol the device by two codes, one after the other",
		text:    "From then on signing in to the console asks for a code.",
	}, a.confirmDevice)
	add(m, operation{
		id: "removeOwnDevice", method: http.MethodPost, path: devices + "/{device}/remove", tag: tagSession, need: own(), class: limit.Login,
		summary: "Remove a device of one's own, by a code",
	}, a.removeOwnDevice)
	add(m, operation{
		id: "removeDevice", method: http.MethodDelete, path: "/myfsio/identities/users/{name}/devices/{device}", tag: tagIdentities, need: onUser("iam:DeactivateMFADevice"),
		summary: "Remove a device of a user",
		text:    "For who has lost it: signing in no longer asks for its codes.",
	}, a.removeDevice)
}

func deviceList(devices []iam.Device) []MFADevice {
	out := []MFADevice{}
	for _, d := range devices {
		out = append(out, MFADevice{Name: d.Name, Serial: d.Serial, Enabled: d.Enabled})
	}
	return out
}

func (a *API) getProfile(ctx context.Context, c *call, _ *noInput) (*output[Profile], error) {
	account, err := a.IAM.AccountName(ctx, c.id.Account)
	if err != nil {
		return nil, err
	}
	p := Profile{
		ID: c.id.UserID, UserName: c.id.UserName(), Name: c.id.Name, ARN: c.id.ARN(), Account: account, Environment: c.id.Environment,
		AccessKeys: []AccessKey{}, Devices: []MFADevice{}, MFA: c.session != nil && !c.session.mfa.IsZero(),
	}
	self, err := a.IAM.Self(ctx, c.id)
	if fault.Is(err, fault.NoSuchUser) { // a session of a role
		return answer(p), nil
	}
	if err != nil {
		return nil, err
	}
	for _, k := range self.Keys {
		p.AccessKeys = append(p.AccessKeys, a.accessKey(&k))
	}
	if self.Password != nil {
		p.Password = &IdentityPassword{Created: self.Password.Created, MustChange: self.Password.MustChange}
	}
	p.Devices = deviceList(self.Devices)
	return answer(p), nil
}

func (a *API) enrolDevice(_ context.Context, c *call, in *enrolInput) (*output[NewMFADevice], error) {
	d, err := a.IAM.Enrol(c.id, in.Body.Name)
	if err != nil {
		return nil, err
	}
	code, err := qrcode.New(d.URI, qrcode.Medium)
	if err != nil {
		return nil, fault.Wrap("admin.enrolDevice", err)
	}
	out := NewMFADevice{Name: d.Name, Serial: d.Serial, Seed: d.Seed, URI: d.URI, Token: d.Token, Expires: d.Expires}
	for _, row := range code.Bitmap() {
		var b strings.Builder
		for _, dark := range row {
			if dark {
				b.WriteByte('#')
			} else {
				b.WriteByte(' ')
			}
		}
		out.QR = append(out.QR, b.String())
	}
	return answer(out), nil
}

func (a *API) confirmDevice(ctx context.Context, c *call, in *confirmInput) (*output[MFADevice], error) {
	d, err := a.IAM.Confirm(ctx, c.id, in.Body.Token, in.Body.First, in.Body.Second)
	if err != nil {
		return nil, err
	}
	return answer(MFADevice{Name: d.Name, Serial: d.Serial, Enabled: d.Enabled}), nil
}

func (a *API) removeOwnDevice(ctx context.Context, c *call, in *removeOwnInput) (*noBody, error) {
	return &noBody{}, a.IAM.RemoveOwnDevice(ctx, c.id, in.Name, in.Body.Code)
}

func (a *API) removeDevice(ctx context.Context, c *call, in *removeDeviceInput) (*noBody, error) {
	return &noBody{}, a.IAM.RemoveDevice(ctx, c.id, in.Name, in.Device)
}
