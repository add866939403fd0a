package awsquery

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"net/http"
	"slices"
	"strings"

	"github.com/skip2/go-qrcode"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

func init() {
	for name, do := range map[string]action{
		"CreateVirtualMFADevice": createDevice, "EnableMFADevice": enableDevice, "DeactivateMFADevice": deactivateDevice, "DeleteVirtualMFADevice": deleteDevice,
		"ListMFADevices": listDevices, "ListVirtualMFADevices": listVirtualDevices, "ResyncMFADevice": resyncDevice,
	} {
		iamActions[name] = do
	}
}

func createDevice(c *call) ([]node, error) {
	name, err := c.need("VirtualMFADeviceName")
	if err != nil {
		return nil, err
	}
	if p := c.Form.Get("Path"); p != "" && p != "/" {
		return nil, newError(http.StatusNotImplemented, "NotImplemented", "Paths of devices are not implemented.")
	}
	d, err := c.iam.CreateDevice(c, c.Caller, name)
	if err != nil {
		return nil, err
	}
	code, err := qrcode.New(d.URI, qrcode.Medium)
	if err != nil {
		return nil, err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, code.Image(256)); err != nil {
		return nil, err
	}
	// Both are bytes in this protocol, and so written in base64.
	return []node{list("VirtualMFADevice", text("SerialNumber", d.Serial),
		text("Base32StringSeed", base64.StdEncoding.EncodeToString([]byte(d.Seed))), text("QRCodePNG", base64.StdEncoding.EncodeToString(picture.Bytes())))}, nil
}

func enableDevice(c *call) ([]node, error) {
	v, err := c.needs("UserName", "SerialNumber", "AuthenticationCode1", "AuthenticationCode2")
	if err != nil {
		return nil, err
	}
	return nil, c.iam.EnableDevice(c, c.Caller, v[0], v[1], v[2], v[3])
}

func deactivateDevice(c *call) ([]node, error) {
	serial, err := c.need("SerialNumber")
	if err != nil {
		return nil, err
	}
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	return nil, c.iam.DeactivateDevice(c, c.Caller, name, serial)
}

func deleteDevice(c *call) ([]node, error) {
	serial, err := c.need("SerialNumber")
	if err != nil {
		return nil, err
	}
	return nil, c.iam.DeleteDevice(c, c.Caller, serial)
}

func resyncDevice(c *call) ([]node, error) {
	v, err := c.needs("UserName", "SerialNumber", "AuthenticationCode1", "AuthenticationCode2")
	if err != nil {
		return nil, err
	}
	return nil, c.iam.ResyncDevice(c, c.Caller, v[0], v[1], v[2], v[3])
}

func listDevices(c *call) ([]node, error) {
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	all, err := c.iam.Devices(c, c.Caller, name)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b iam.Device) int { return strings.Compare(a.Serial, b.Serial) })
	some, tail, err := page(c, all, func(d iam.Device) string { return d.Serial })
	if err != nil {
		return nil, err
	}
	out := list("MFADevices")
	for _, d := range some {
		out.kids = append(out.kids, list("member", text("UserName", d.User), text("SerialNumber", d.Serial), moment("EnableDate", d.Enabled)))
	}
	return append([]node{out}, tail...), nil
}

func listVirtualDevices(c *call) ([]node, error) {
	all, err := c.iam.VirtualDevices(c, c.Caller)
	if err != nil {
		return nil, err
	}
	var wanted []iam.Device
	status := c.Form.Get("AssignmentStatus")
	for _, d := range all {
		if status == "" || status == "Any" || (status == "Assigned") == (d.User != "") {
			wanted = append(wanted, d)
		}
	}
	slices.SortFunc(wanted, func(a, b iam.Device) int { return strings.Compare(a.Serial, b.Serial) })
	some, tail, err := page(c, wanted, func(d iam.Device) string { return d.Serial })
	if err != nil {
		return nil, err
	}
	out := list("VirtualMFADevices")
	for _, d := range some {
		kids := []node{text("SerialNumber", d.Serial)}
		if d.User != "" {
			kids = append(kids, list("User", text("UserName", d.User), text("Arn", d.UserARN)), moment("EnableDate", d.Enabled))
		}
		out.kids = append(out.kids, list("member", kids...))
	}
	return append([]node{out}, tail...), nil
}
