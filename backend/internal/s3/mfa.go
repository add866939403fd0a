package s3

import (
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

const mfaHeader = "X-Amz-Mfa"

// mfa proves the code of a device of the caller's own that the request carries, and uses it up, whatever becomes of the request then. It is
// false for a request without one. Who may do the rest is asked before: codes are for those alone who need nothing else.
func (c *call) mfa() (bool, error) {
	value := c.header.Get(mfaHeader)
	if value == "" {
		return false, nil
	}
	serial, code, ok := parseMFA(value)
	if !ok {
		return false, s3err.Argument("The value is not the serial number of a device, a space, and a code of six digits.", strings.ToLower(mfaHeader), "")
	}
	if c.id.Anonymous {
		return false, bucket.NeedsMFA("s3.mfa")
	}
	_, err := c.s.IAM.Code(c.ctx(), c.id.UserID, serial, code)
	if fault.Is(err, fault.AccessDenied) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.NoSuchUser) {
		return false, s3err.Text("AccessDenied", "The code is not right or was used already, or the device is none of yours.")
	}
	return err == nil, err
}

// maxSerial is the length of the longest serial number, as IAM has it.
const maxSerial = 256

// parseMFA reads "serial code".
func parseMFA(value string) (serial, code string, ok bool) {
	serial, code, ok = strings.Cut(value, " ")
	if !ok || serial == "" || len(serial) > maxSerial || len(code) != 6 {
		return "", "", false
	}
	return serial, code, strings.Trim(code, "0123456789") == ""
}

// batchMFA is mfa for the keys of DeleteObjects. With MFA delete the whole request is refused that names a version and has no code.
func (c *call) batchMFA(objects []s3xml.DeleteObject) (bool, error) {
	if c.record.MFADelete != meta.MFADeleteEnabled {
		return false, nil
	}
	proven, err := c.mfa()
	if err == nil && !proven && slices.ContainsFunc(objects, func(o s3xml.DeleteObject) bool { return o.VersionID != "" }) {
		err = bucket.NeedsMFA("s3.batchMFA")
	}
	return proven, err
}
