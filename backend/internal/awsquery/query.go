// Package awsquery is the AWS Query protocol of IAM and STS: actions as form parameters, answers and errors as XML documents. It knows nothing
// of HTTP: whoever asks has been authenticated by the floor above.
package awsquery

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// The services, as the scope of a signature names them.
const (
	IAM = "iam"
	STS = "sts"
)

const (
	iamVersion = "2010-05-08"
	stsVersion = "2011-06-15"
)

// Request is one action.
type Request struct {
	Caller *iam.Identity
	Form   url.Values
	ID     string // request id
}

// Answer is a document and its status.
type Answer struct {
	Status int
	Body   []byte
	Code   string // of an error, empty for none
}

// Handler answers actions. It is safe for concurrent use.
type Handler struct {
	IAM    *iam.Service
	Access *access.Service
}

// action does what an action asks for and returns the content of its result; nil for actions that have none.
type action func(*call) ([]node, error)

type call struct {
	context.Context
	*Request
	iam    *iam.Service
	access *access.Service
}

// Service returns the service that an action and its version name, or an error of the protocol.
func Service(form url.Values) (string, error) {
	name, version := form.Get("Action"), form.Get("Version")
	if name == "" {
		return "", newError(http.StatusBadRequest, "MissingAction", "The request must contain the parameter Action.")
	}
	if _, ok := stsActions[name]; ok && version == stsVersion {
		return STS, nil
	}
	if _, ok := iamActions[name]; ok && version == iamVersion {
		return IAM, nil
	}
	return "", newError(http.StatusBadRequest, "InvalidAction", fmt.Sprintf("Could not find operation %s for version %s", name, orNone(version)))
}

func orNone(version string) string {
	if version == "" {
		return "NO_VERSION_SPECIFIED"
	}
	return version
}

// Reads reports whether an action changes nothing, and gives nothing out that opens anything.
func Reads(form url.Values) bool {
	name := form.Get("Action")
	return name != "GetSessionToken" && (strings.HasPrefix(name, "Get") || strings.HasPrefix(name, "List") || strings.HasPrefix(name, "Simulate"))
}

// Target is the name of what an action is about, empty for the caller.
func Target(form url.Values) string {
	for _, name := range []string{"UserName", "GroupName", "RoleName", "PolicyArn", "PolicyName", "RoleArn", "AccessKeyId", "PolicySourceArn"} {
		if v := form.Get(name); v != "" {
			return v
		}
	}
	return ""
}

// Open reports whether an action needs no signature.
func Open(form url.Values) bool { return form.Get("Action") == "AssumeRoleWithWebIdentity" }

// Do answers an action of a service.
func (h *Handler) Do(ctx context.Context, service string, r *Request) Answer {
	name := r.Form.Get("Action")
	actions, space := iamActions, "https://iam.amazonaws.com/doc/2010-05-08/"
	if service == STS {
		actions, space = stsActions, "https://sts.amazonaws.com/doc/2011-06-15/"
	}
	content, err := actions[name](&call{ctx, r, h.IAM, h.Access})
	if err != nil {
		return Refuse(service, r.ID, err)
	}
	root := node{name: name + "Response", space: space}
	if content != nil {
		root.kids = append(root.kids, list(name+"Result", content...))
	}
	root.kids = append(root.kids, list("ResponseMetadata", text("RequestId", r.ID)))
	return Answer{Status: http.StatusOK, Body: root.document()}
}

// Error is a refusal with a code of the protocol.
type Error struct {
	Status        int
	Code, Message string
	cause         error
}

func newError(status int, code, message string) *Error {
	return &Error{Status: status, Code: code, Message: message}
}

// Error is the text for the log.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Code + ": " + e.cause.Error()
	}
	return e.Code + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Refuse renders an error.
func Refuse(service, id string, err error) Answer {
	e := From(err)
	kind := "Sender"
	if e.Status >= http.StatusInternalServerError {
		kind = "Receiver"
	}
	space := "https://iam.amazonaws.com/doc/2010-05-08/"
	if service == STS {
		space = "https://sts.amazonaws.com/doc/2011-06-15/"
	}
	root := node{name: "ErrorResponse", space: space, kids: []node{
		list("Error", text("Type", kind), text("Code", e.Code), text("Message", e.Message)),
		text("RequestId", id),
	}}
	return Answer{Status: e.Status, Body: root.document(), Code: e.Code}
}

// codes are the codes of the failures that say which one they are.
var codes = map[string]int{
	"NoSuchEntity": http.StatusNotFound, "EntityAlreadyExists": http.StatusConflict, "DeleteConflict": http.StatusConflict,
	"LimitExceeded": http.StatusConflict, "InvalidInput": http.StatusBadRequest, "PasswordPolicyViolation": http.StatusBadRequest, "InvalidUserType": http.StatusBadRequest,
	"PackedPolicyTooLarge": http.StatusBadRequest,
}

// kinds are the codes of the kinds of failures; the others are internal, and their texts stay here.
var kinds = map[fault.Kind]Error{
	fault.AccessDenied:    {Status: http.StatusForbidden, Code: "AccessDenied"},
	fault.MalformedPolicy: {Status: http.StatusBadRequest, Code: "MalformedPolicyDocument"},
	fault.InvalidArgument: {Status: http.StatusBadRequest, Code: "ValidationError"},
	fault.InvalidRequest:  {Status: http.StatusBadRequest, Code: "UnmodifiableEntity"},
	fault.NoSuchUser:      {Status: http.StatusNotFound, Code: "NoSuchEntity"},
	fault.NotFound:        {Status: http.StatusNotFound, Code: "NoSuchEntity"},
	fault.Conflict:        {Status: http.StatusConflict, Code: "EntityAlreadyExists"},
	fault.Busy:            {Status: http.StatusBadRequest, Code: "Throttling", Message: "Rate exceeded"},
	fault.RateLimited:     {Status: http.StatusBadRequest, Code: "Throttling", Message: "Rate exceeded"},
	fault.ReadOnly:        {Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable", Message: "The server does not take changes."},
	fault.Unavailable:     {Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable", Message: "The server cannot answer now."},
	fault.StorageFull:     {Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable", Message: "There is no space for changes."},
}

// From classifies an error.
func From(err error) *Error {
	if e, ok := err.(*Error); ok { //nolint:errorlint // what is wrapped is the cause, not the answer
		return e
	}
	if code := fault.DetailOf(err)["IAM"]; codes[code] != 0 {
		return &Error{codes[code], code, fault.TextOf(err), err}
	}
	if e, ok := kinds[fault.KindOf(err)]; ok {
		if t := fault.TextOf(err); t != "" {
			e.Message = t
		}
		e.cause = err
		return &e
	}
	return &Error{http.StatusInternalServerError, "InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", err}
}

// node is an element of a document.
type node struct {
	name  string
	space string // xmlns, of the root
	text  string
	kids  []node
	isSet bool // has children, if only none
}

func text(name, value string) node { return node{name: name, text: value} }

func list(name string, kids ...node) node { return node{name: name, kids: kids, isSet: true} }

func moment(name string, t time.Time) node { return text(name, t.UTC().Format("2006-01-02T15:04:05Z")) }

func (n *node) document() []byte {
	var b strings.Builder
	n.write(&b)
	return []byte(b.String())
}

func (n *node) write(b *strings.Builder) {
	b.WriteByte('<')
	b.WriteString(n.name)
	if n.space != "" {
		b.WriteString(` xmlns="` + n.space + `"`)
	}
	b.WriteByte('>')
	_ = xml.EscapeText(b, []byte(n.text)) // a Builder takes everything
	for i := range n.kids {
		n.kids[i].write(b)
	}
	b.WriteString("</" + n.name + ">")
}

// missing refuses a request without a parameter.
func missing(field string) error {
	return newError(http.StatusBadRequest, "ValidationError", fmt.Sprintf("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", lowerFirst(field)))
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// need returns a parameter that must be there.
func (c *call) need(name string) (string, error) {
	v, ok := c.Form[name]
	switch {
	case !ok:
		return "", missing(name)
	case v[0] == "":
		return "", newError(http.StatusBadRequest, "ValidationError",
			fmt.Sprintf("1 validation error detected: Value '' at '%s' failed to satisfy constraint: Member must have length greater than or equal to 1", lowerFirst(name)))
	}
	if strings.HasSuffix(name, "Name") && len(v[0]) > maxName {
		return "", newError(http.StatusBadRequest, "ValidationError",
			fmt.Sprintf("1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d", lowerFirst(name), maxName))
	}
	if strings.HasSuffix(name, "Name") && !iam.ValidName(v[0]) {
		return "", newError(http.StatusBadRequest, "ValidationError",
			fmt.Sprintf("The specified value for %s is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-", lowerFirst(name)))
	}
	return v[0], nil
}

// needs is need for several, in their order.
func (c *call) needs(names ...string) ([]string, error) {
	out := make([]string, len(names))
	for i, name := range names {
		v, err := c.need(name)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// user is the parameter UserName, or the caller's own name.
func (c *call) user() (string, error) {
	if _, ok := c.Form["UserName"]; ok {
		return c.nameOf(iam.UserEntity)
	}
	_, name, ok := strings.Cut(c.Caller.ARN(), ":user/")
	if !ok {
		return "", newError(http.StatusBadRequest, "ValidationError", "Must specify userName when calling with non-User credentials")
	}
	return name[strings.LastIndexByte(name, '/')+1:], nil
}

// strings reads the parameters name.member.1, name.member.2 and so on.
func (c *call) strings(name string) (out []string) {
	for i := 1; ; i++ {
		v, ok := c.Form[name+".member."+strconv.Itoa(i)]
		if !ok {
			return out
		}
		out = append(out, v[0])
	}
}

func (c *call) tags() (out meta.Tags, err error) {
	for i := 1; ; i++ {
		base := "Tags.member." + strconv.Itoa(i) + "."
		key, ok := c.Form[base+"Key"]
		value, there := c.Form[base+"Value"]
		switch {
		case !ok && !there:
			return out, nil
		case !ok:
			return nil, missing(fmt.Sprintf("tags.%d.member.key", i))
		case !there:
			return nil, missing(fmt.Sprintf("tags.%d.member.value", i))
		}
		out = append(out, meta.Pair{Name: key[0], Value: value[0]})
	}
}

// seconds reads a number of seconds; 0 when it is not there.
func (c *call) seconds(name string) (time.Duration, error) {
	v := c.Form.Get(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return 0, newError(http.StatusBadRequest, "MalformedInput", "Invalid value for "+name)
	}
	return max(time.Duration(n)*time.Second, 1), nil // one that is not positive is too short, not absent
}

const (
	maxName      = 128
	defaultItems = 100
	maxItems     = 1000
)

// page cuts a list, in order of key, as Marker and MaxItems say.
func page[T any](c *call, items []T, key func(T) string) (out []T, tail []node, err error) {
	most := defaultItems
	if v := c.Form.Get("MaxItems"); v != "" {
		if most, err = strconv.Atoi(v); err != nil {
			return nil, nil, newError(http.StatusBadRequest, "MalformedInput", "Invalid value for MaxItems")
		}
		if most < 1 || most > maxItems {
			return nil, nil, newError(http.StatusBadRequest, "ValidationError",
				fmt.Sprintf("1 validation error detected: Value '%d' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and %d", most, maxItems))
		}
	}
	start := 0
	if marker := c.Form.Get("Marker"); marker != "" {
		for start < len(items) && key(items[start]) != marker {
			start++
		}
		if start == len(items) {
			return nil, nil, newError(http.StatusBadRequest, "ValidationError", "Invalid Marker.")
		}
	}
	end := min(start+most, len(items))
	tail = []node{text("IsTruncated", strconv.FormatBool(end < len(items)))}
	if end < len(items) {
		tail = append(tail, text("Marker", key(items[end])))
	}
	return items[start:end], tail, nil
}

// escaped is a policy document as answers carry it.
func escaped(doc []byte) string { return strings.ReplaceAll(url.QueryEscape(string(doc)), "+", "%20") }
