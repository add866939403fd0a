package admin

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// Problem is an error as every operation answers it: an RFC 9457 problem with the S3-like code and the id of the request.
type Problem struct {
	Type      string         `json:"type" doc:"Always about:blank: code tells problems apart" example:"about:blank"`
	Title     string         `json:"title" doc:"What the status means" example:"Not Found"`
	Status    int            `json:"status" doc:"HTTP status" example:"404"`
	Detail    string         `json:"detail" doc:"What went wrong, for people" example:"The specified bucket does not exist."`
	Code      string         `json:"code" doc:"What went wrong, for programs: the code of S3 where S3 has one" example:"NoSuchBucket"`
	RequestID string         `json:"requestId" doc:"The request, as the log of the server names it"`
	Reason    string         `json:"reason,omitempty" doc:"Why an administrator was refused: the statement that decided"`
	Needs     []string       `json:"needs,omitempty" doc:"The permissions that are missing"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"Faults of single fields"`

	header http.Header
}

// ProblemField is a fault of one field of a request.
type ProblemField struct {
	Location string `json:"location" doc:"Where, as body.name or query.limit" example:"body.name"`
	Message  string `json:"message" doc:"What is wrong with it"`
}

// Error is the text of the problem; Problem is an error so that huma takes it as one.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers that the problem adds, as Retry-After.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func asProblem(err error) (p *Problem, ok bool) {
	ok = errors.As(err, &p)
	return p, ok
}

// shape is what one kind of fault looks like on the wire.
type shape struct {
	status int
	code   string
	text   string
}

// shapes is the one table from kinds of faults to problems.
var shapes = map[fault.Kind]shape{
	fault.Internal:            {http.StatusInternalServerError, "InternalError", "The server met an error of its own. Its log names it by the id of the request."},
	fault.Canceled:            {http.StatusRequestTimeout, "RequestTimeout", "The request ended before it was done."},
	fault.Busy:                {http.StatusServiceUnavailable, "SlowDown", "The server is busy. Try again."},
	fault.Unavailable:         {http.StatusServiceUnavailable, "ServiceUnavailable", "The server cannot answer at the moment. Try again."},
	fault.ReadOnly:            {http.StatusServiceUnavailable, "ReadOnly", "The server takes no writes at the moment."},
	fault.StorageFull:         {http.StatusInsufficientStorage, "StorageFull", "There is no space left for this."},
	fault.NoSuchBucket:        {http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist."},
	fault.NoSuchKey:           {http.StatusNotFound, "NoSuchKey", "The specified key does not exist."},
	fault.NoSuchVersion:       {http.StatusNotFound, "NoSuchVersion", "The specified version does not exist."},
	fault.NoSuchUpload:        {http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. It may have been completed or aborted."},
	fault.NoSuchUser:          {http.StatusNotFound, "NoSuchUser", "The specified user does not exist."},
	fault.NoSuchDocument:      {http.StatusNotFound, "NoSuchConfiguration", "The bucket has no such configuration."},
	fault.NotFound:            {http.StatusNotFound, "NotFound", "There is nothing of this name."},
	fault.DeleteMarker:        {http.StatusNotFound, "NoSuchKey", "The version is a delete marker."},
	fault.BucketExists:        {http.StatusConflict, "BucketAlreadyExists", "The name of the bucket is taken."},
	fault.BucketOwned:         {http.StatusConflict, "BucketAlreadyOwnedByYou", "You have a bucket of this name already."},
	fault.BucketNotEmpty:      {http.StatusConflict, "BucketNotEmpty", "The bucket is not empty. All its versions and delete markers must go first."},
	fault.Conflict:            {http.StatusConflict, "OperationAborted", "Another change came first. Try again."},
	fault.ConditionalConflict: {http.StatusConflict, "ConditionalRequestConflict", "Another write of the same key came first. Try again."},
	fault.InvalidArgument:     {http.StatusBadRequest, "InvalidArgument", "An argument is not valid."},
	fault.InvalidRequest:      {http.StatusBadRequest, "InvalidRequest", "The request is not valid."},
	fault.InvalidBucketName:   {http.StatusBadRequest, "InvalidBucketName", "The specified bucket name is not valid."},
	fault.InvalidBucketState:  {http.StatusConflict, "InvalidBucketState", "The state of the bucket does not allow this."},
	fault.KeyTooLong:          {http.StatusBadRequest, "KeyTooLongError", "The key is longer than 1024 bytes."},
	fault.InvalidRange:        {http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The object has no such range."},
	fault.InvalidPart:         {http.StatusBadRequest, "InvalidPart", "A part was not found, or has another entity tag than the one given."},
	fault.InvalidPartOrder:    {http.StatusBadRequest, "InvalidPartOrder", "The parts are not in ascending order."},
	fault.EntityTooSmall:      {http.StatusBadRequest, "EntityTooSmall", "A part other than the last is smaller than the least size."},
	fault.EntityTooLarge:      {http.StatusRequestEntityTooLarge, "EntityTooLarge", "The body is larger than the server takes."},
	fault.MetadataTooLarge:    {http.StatusBadRequest, "MetadataTooLarge", "The metadata are larger than 2 KiB."},
	fault.InvalidDigest:       {http.StatusBadRequest, "InvalidDigest", "The digest is not a digest."},
	fault.BadDigest:           {http.StatusBadRequest, "BadDigest", "The content does not match its digest."},
	fault.IncompleteBody:      {http.StatusBadRequest, "IncompleteBody", "The body is shorter than was declared."},
	fault.MalformedPolicy:     {http.StatusBadRequest, "MalformedPolicy", "The policy is not valid."},
	fault.PreconditionFailed:  {http.StatusPreconditionFailed, "PreconditionFailed", "A condition of the request does not hold."},
	fault.NotModified:         {http.StatusNotModified, "NotModified", "Not modified."},
	fault.AccessDenied:        {http.StatusForbidden, "AccessDenied", "You do not have the permission for this."},
	fault.Unauthenticated:     {http.StatusUnauthorized, "Unauthenticated", "Sign in first."},
	fault.LockedOut:           {http.StatusForbidden, "AccessDenied", "The access key or the secret key is wrong, or too many attempts failed. Try again later."},
	fault.RateLimited:         {http.StatusTooManyRequests, "TooManyRequests", "Too many requests. Try again later."},
	fault.ObjectLocked:        {http.StatusForbidden, "ObjectLocked", "The version is locked."},
	fault.QuotaExceeded:       {http.StatusForbidden, "QuotaExceeded", "The quota of the bucket does not allow this."},
	fault.NotImplemented:      {http.StatusNotImplemented, "NotImplemented", "The server does not do this."},
}

// problem turns an error into what the client sees. The text of whatever nobody classified never reaches it.
func problem(info *reqinfo.Info, err error) *Problem {
	if p, ok := asProblem(err); ok {
		if p.RequestID == "" {
			p.RequestID = info.RequestID
		}
		info.Code, info.Message = p.Code, p.Detail
		return p
	}
	kind := fault.KindOf(err)
	s, ok := shapes[kind]
	if !ok {
		s = shapes[fault.Internal]
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(s.status), Status: s.status, Code: s.code, Detail: s.text, RequestID: info.RequestID}
	if text := fault.TextOf(err); text != "" {
		p.Detail = text
	}
	detail := fault.DetailOf(err)
	if v := detail[detailCode]; v != "" {
		p.Code = v
	} else if v := detail["IAM"]; v != "" { // what IAM's own protocol calls it
		p.Code = v
	}
	if v := detail[detailNeeds]; v != "" {
		p.Needs = []string{v}
	}
	p.Reason = detail[detailReason]
	if v := detail[fault.RetryAfter]; v != "" {
		p.header = http.Header{"Retry-After": {v}}
	}
	if kind == fault.Unauthenticated {
		p.header = http.Header{"Www-Authenticate": {`Bearer realm="myfsio"`}}
	}
	info.Code, info.Message = p.Code, p.Detail
	return p
}

// Names of details that this package's own faults carry for the problem.
const (
	detailCode   = "admin.Code"
	detailNeeds  = "admin.Needs"
	detailReason = "admin.Reason"
)

// codes of statuses that huma answers by itself: bodies and parameters that do not fit the schema.
var statusCodes = map[int]string{
	http.StatusBadRequest:            "InvalidRequest",
	http.StatusNotAcceptable:         "NotAcceptable",
	http.StatusRequestTimeout:        "RequestTimeout",
	http.StatusRequestEntityTooLarge: "EntityTooLarge",
	http.StatusUnsupportedMediaType:  "UnsupportedMediaType",
	http.StatusUnprocessableEntity:   "InvalidArgument",
}

// schemaProblem makes the problem of a request that does not fit the schema of its operation. It never repeats a value: it may be a secret.
func schemaProblem(info *reqinfo.Info, status int, text string, errs []error) *Problem {
	code, ok := statusCodes[status]
	if !ok {
		status, code, text = http.StatusInternalServerError, "InternalError", shapes[fault.Internal].text
		errs = nil
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: text, RequestID: info.RequestID}
	if p.Detail == "validation failed" {
		p.Detail = "Something in the request is not valid."
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			detail := d.ErrorDetail()
			p.Errors = append(p.Errors, ProblemField{Location: detail.Location, Message: detail.Message})
		}
	}
	info.Code, info.Message = p.Code, p.Detail
	return p
}

// huma asks these variables for the shape of errors; this package is the only one that registers operations with it.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return schemaProblem(&reqinfo.Info{}, status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return schemaProblem(reqinfo.From(ctx.Context()), status, msg, errs)
	}
}

// writeProblem answers with a problem outside of an operation.
func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	for name, values := range p.header {
		w.Header()[name] = values
	}
	if p.Status == http.StatusNotModified {
		w.WriteHeader(p.Status)
		return
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"code":"InternalError"}`)
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone
	}
}
