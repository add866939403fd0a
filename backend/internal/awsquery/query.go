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
	"github.com/myfsio/myfsio/backend/internal/oidc"
	"github.com/myfsio/myfsio/backend/internal/policy"
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
	for _, name := range []string{"UserName", "GroupName", "RoleName", "PolicyArn", "PolicyName", "RoleArn", "AccessKeyId", "PolicySourceArn", "OpenIDConnectProviderArn", "Url"} {
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
	actions := iamActions
	if service == STS {
		actions = stsActions
	}
	c := &call{ctx, r, h.IAM, h.Access}
	err := c.check(service)
	var content []node
	if err == nil {
		content, err = actions[name](c)
	}
	if err != nil {
		return Refuse(service, r.ID, err)
	}
	root := node{name: name + "Response", space: spaceOf(service)}
	if content != nil {
		root.kids = append(root.kids, list(name+"Result", content...))
	}
	root.kids = append(root.kids, list("ResponseMetadata", text("RequestId", r.ID)))
	return Answer{Status: http.StatusOK, Body: root.document()}
}

func spaceOf(service string) string {
	if service == STS {
		return "https://sts.amazonaws.com/doc/2011-06-15/"
	}
	return "https://iam.amazonaws.com/doc/2010-05-08/"
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
	space := spaceOf(service)
	if e.Code == "InvalidAction" || e.Code == "MissingAction" { // it is of no service
		space = "http://webservices.amazon.com/AWSFault/2005-15-09"
	}
	about := list("Error", text("Type", kind), text("Code", e.Code))
	if e.Message != "" {
		about.kids = append(about.kids, text("Message", e.Message))
	}
	root := node{name: "ErrorResponse", space: space, kids: []node{about, text("RequestId", id)}}
	return Answer{Status: e.Status, Body: root.document(), Code: e.Code}
}

// codes are the codes of the failures that say which one they are.
var codes = map[string]int{
	"NoSuchEntity": http.StatusNotFound, "EntityAlreadyExists": http.StatusConflict, "DeleteConflict": http.StatusConflict,
	"LimitExceeded": http.StatusConflict, "InvalidInput": http.StatusBadRequest, "PasswordPolicyViolation": http.StatusBadRequest, "InvalidUserType": http.StatusBadRequest,
	"InvalidAuthenticationCode": http.StatusForbidden,
	"PackedPolicyTooLarge":      http.StatusBadRequest, "InvalidParameterValue": http.StatusBadRequest, "ValidationError": http.StatusBadRequest,
}

// tokens are the codes of what is wrong with a token of a provider of identities.
var tokens = map[string]Error{
	"InvalidIdentityToken":  {Status: http.StatusBadRequest, Code: "InvalidIdentityToken"},
	"ExpiredToken":          {Status: http.StatusBadRequest, Code: "ExpiredTokenException"},
	"IDPCommunicationError": {Status: http.StatusBadRequest, Code: "IDPCommunicationError"},
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
	if e, ok := tokens[fault.DetailOf(err)[oidc.Detail]]; ok {
		e.Message, e.cause = fault.TextOf(err), err
		return &e
	}
	if e, ok := kinds[fault.KindOf(err)]; ok {
		if t := fault.TextOf(err); t != "" {
			e.Message = t
		}
		if t := policy.IAMSentence(err); t != "" {
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

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// need returns a parameter that must be there, as check has seen to.
func (c *call) need(name string) (string, error) {
	v, ok := c.Form[name]
	if !ok {
		return "", invalid("1 validation error detected: Value at '" + lowerFirst(name) + "' failed to satisfy constraint: Member must not be null")
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
		return "", invalid("Must specify userName when calling with non-User credentials")
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

func (c *call) tags() (out meta.Tags) {
	for i := 1; ; i++ {
		base := "Tags.member." + strconv.Itoa(i) + "."
		key, ok := c.Form[base+"Key"]
		if !ok {
			return out
		}
		out = append(out, meta.Pair{Name: key[0], Value: c.Form.Get(base + "Value")})
	}
}

// number reads a number; the usual one when it is not there.
func (c *call) number(name string, usual int) int {
	n, err := strconv.Atoi(c.Form.Get(name))
	if err != nil {
		return usual
	}
	return n
}

// seconds reads a number of seconds; 0 when it is not there.
func (c *call) seconds(name string) time.Duration {
	return time.Duration(c.number(name, 0)) * time.Second
}

const defaultItems = 100

// page cuts a list, in order of key, as Marker and MaxItems say.
func page[T any](c *call, items []T, key func(T) string) (out []T, tail []node, err error) {
	start := 0
	if marker := c.Form.Get("Marker"); marker != "" {
		for start < len(items) && key(items[start]) != marker {
			start++
		}
		if start == len(items) {
			return nil, nil, invalid("Invalid Marker.")
		}
	}
	end := min(start+c.number("MaxItems", defaultItems), len(items))
	tail = []node{text("IsTruncated", strconv.FormatBool(end < len(items)))}
	if end < len(items) {
		tail = append(tail, text("Marker", key(items[end])))
	}
	return items[start:end], tail, nil
}

// escaped is a policy document as answers carry it.
func escaped(doc []byte) string { return strings.ReplaceAll(url.QueryEscape(string(doc)), "+", "%20") }
