// Package s3err is the vocabulary of refusals on the S3 wire: every code with its status and sentence, what becomes of a failure of the
// floors below, and the document that a client reads.
package s3err

import "net/http"

// Code is an error code of S3.
type Code struct {
	Name    string
	Status  int
	Message string // the sentence unless the case has a better one
}

// codes lists every code that this server answers with, in order of name. The golden documents in testdata follow this table.
var codes = []Code{
	{"AccessControlListNotSupported", http.StatusBadRequest, "The bucket does not allow ACLs"},
	{"AccessDenied", http.StatusForbidden, "Access Denied"},
	{"AccessForbidden", http.StatusForbidden, "Access Forbidden"},
	{"AuthorizationHeaderMalformed", http.StatusBadRequest, "The authorization header that you provided is not valid."},
	{"AuthorizationQueryParametersError", http.StatusBadRequest, "The authorization query parameters that you provided are not valid."},
	{"BadDigest", http.StatusBadRequest, "The Content-MD5 you specified did not match what we received."},
	{"BadRequest", http.StatusBadRequest, "Bad Request"},
	{"BucketAlreadyExists", http.StatusConflict, "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."},
	{"BucketAlreadyOwnedByYou", http.StatusConflict, "Your previous request to create the named bucket succeeded and you already own it."},
	{"BucketNotEmpty", http.StatusConflict, "The bucket you tried to delete is not empty"},
	{"ConditionalRequestConflict", http.StatusConflict, "The conditional request cannot succeed due to a conflicting operation against this resource."},
	{"EntityTooLarge", http.StatusBadRequest, "Your proposed upload exceeds the maximum allowed size"},
	{"EntityTooSmall", http.StatusBadRequest, "Your proposed upload is smaller than the minimum allowed size"},
	{"ExpiredToken", http.StatusBadRequest, "The provided token has expired."},
	{"IllegalLocationConstraintException", http.StatusBadRequest, "The location constraint is incompatible for the region specific endpoint this request was sent to."},
	{"IllegalVersioningConfigurationException", http.StatusBadRequest, "The versioning configuration specified in the request is invalid."},
	{"IncompleteBody", http.StatusBadRequest, "You did not provide the number of bytes specified by the Content-Length HTTP header"},
	{"InternalError", http.StatusInternalServerError, "We encountered an internal error. Please try again."},
	{"InvalidAccessKeyId", http.StatusForbidden, "The AWS Access Key Id you provided does not exist in our records."},
	{"InvalidArgument", http.StatusBadRequest, "Invalid Argument"},
	{"InvalidBucketAclWithObjectOwnership", http.StatusBadRequest, "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"},
	{"InvalidBucketName", http.StatusBadRequest, "The specified bucket is not valid."},
	{"InvalidBucketOwnerAWSAccountID", http.StatusBadRequest, "The value of the expected bucket owner parameter must be an AWS account ID"},
	{"InvalidBucketState", http.StatusConflict, "The request is not valid for the current state of the bucket."},
	{"InvalidChunkSizeError", http.StatusForbidden, "Only the last chunk is allowed to have a size less than 8192 bytes"},
	{"InvalidDigest", http.StatusBadRequest, "The Content-MD5 you specified was invalid."},
	{"InvalidLocationConstraint", http.StatusBadRequest, "The specified location-constraint is not valid"},
	{"InvalidPart", http.StatusBadRequest, "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."},
	{"InvalidPartNumber", http.StatusRequestedRangeNotSatisfiable, "The requested partnumber is not satisfiable"},
	{"InvalidPartOrder", http.StatusBadRequest, "The list of parts was not in ascending order. Parts must be ordered by part number."},
	{"InvalidPolicyDocument", http.StatusBadRequest, "The content of the form does not meet the conditions specified in the policy document."},
	{"InvalidRange", http.StatusRequestedRangeNotSatisfiable, "The requested range is not satisfiable"},
	{"InvalidRedirectLocation", http.StatusBadRequest, "The website redirect location must have a prefix of 'http://' or 'https://' or '/'."},
	{"InvalidRequest", http.StatusBadRequest, "Invalid Request"},
	{"InvalidRetentionPeriod", http.StatusBadRequest, "Default retention period must be a positive integer value."},
	{"InvalidStorageClass", http.StatusBadRequest, "The storage class you specified is not valid"},
	{"InvalidTag", http.StatusBadRequest, "The tag provided was not a valid tag. This error can occur if the tag did not pass input validation."},
	{"InvalidToken", http.StatusBadRequest, "The provided token is malformed or otherwise invalid."},
	{"InvalidURI", http.StatusBadRequest, "Couldn't parse the specified URI."},
	{"KeyTooLongError", http.StatusBadRequest, "Your key is too long"},
	{"MalformedACLError", http.StatusBadRequest, "The XML you provided was not well-formed or did not validate against our published schema"},
	{"MalformedPOSTRequest", http.StatusBadRequest, "The body of your POST request is not well-formed multipart/form-data."},
	{"MalformedPolicy", http.StatusBadRequest, "Policy has invalid resource."},
	{"MalformedTrailerError", http.StatusBadRequest, "The request contained trailing data that was not well-formed or did not conform to our published schema."},
	{"MalformedXML", http.StatusBadRequest, "The XML you provided was not well-formed or did not validate against our published schema"},
	{"MaxMessageLengthExceeded", http.StatusBadRequest, "Your request was too big."},
	{"MaxPostPreDataLengthExceeded", http.StatusBadRequest, "Your POST request fields preceding the upload file were too large."},
	{"MetadataTooLarge", http.StatusBadRequest, "Your metadata headers exceed the maximum allowed metadata size"},
	{"MethodNotAllowed", http.StatusMethodNotAllowed, "The specified method is not allowed against this resource."},
	{"MissingContentLength", http.StatusLengthRequired, "You must provide the Content-Length HTTP header."},
	{"MissingRequestBodyError", http.StatusBadRequest, "Request Body is empty"},
	{"MissingSecurityHeader", http.StatusBadRequest, "Your request was missing a required header"},
	{"NoSuchBucket", http.StatusNotFound, "The specified bucket does not exist"},
	{"NoSuchBucketPolicy", http.StatusNotFound, "The bucket policy does not exist"},
	{"NoSuchCORSConfiguration", http.StatusNotFound, "The CORS configuration does not exist"},
	{"NoSuchConfiguration", http.StatusNotFound, "The specified configuration does not exist."},
	{"NoSuchKey", http.StatusNotFound, "The specified key does not exist."},
	{"NoSuchLifecycleConfiguration", http.StatusNotFound, "The lifecycle configuration does not exist"},
	{"NoSuchObjectLockConfiguration", http.StatusNotFound, "The specified object does not have a ObjectLock configuration"},
	{"NoSuchPublicAccessBlockConfiguration", http.StatusNotFound, "The public access block configuration was not found"},
	{"NoSuchResource", http.StatusNotFound, "The specified resource does not exist."},
	{"NoSuchTagSet", http.StatusNotFound, "The TagSet does not exist"},
	{"NoSuchUpload", http.StatusNotFound, "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."},
	{"NoSuchVersion", http.StatusNotFound, "The specified version does not exist."},
	{"NoSuchWebsiteConfiguration", http.StatusNotFound, "The specified bucket does not have a website configuration"},
	{"NotImplemented", http.StatusNotImplemented, "A header you provided implies functionality that is not implemented"},
	{"NotModified", http.StatusNotModified, "Not Modified"},
	{"ObjectLockConfigurationNotFoundError", http.StatusNotFound, "Object Lock configuration does not exist for this bucket"},
	{"OperationAborted", http.StatusConflict, "A conflicting conditional operation is currently in progress against this resource. Please try again."},
	{"OwnershipControlsNotFoundError", http.StatusNotFound, "The bucket ownership controls were not found"},
	{"PolicyTooLarge", http.StatusBadRequest, "Policy exceeds the maximum allowed document size."},
	{"PreconditionFailed", http.StatusPreconditionFailed, "At least one of the pre-conditions you specified did not hold"},
	{"QuotaExceeded", http.StatusBadRequest, "The write would exceed the quota of the bucket."},
	{"RequestHeaderSectionTooLarge", http.StatusBadRequest, "Your request header section exceeds the maximum allowed size."},
	{"RequestTimeTooSkewed", http.StatusForbidden, "The difference between the request time and the current time is too large."},
	{"RequestTimeout", http.StatusBadRequest, "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed."},
	{"ServiceUnavailable", http.StatusServiceUnavailable, "Service is unable to handle request."},
	{"SignatureDoesNotMatch", http.StatusForbidden, "The request signature we calculated does not match the signature you provided. Check your key and signing method."},
	{"SlowDown", http.StatusServiceUnavailable, "Please reduce your request rate."},
	{"StorageFull", http.StatusInsufficientStorage, "There is no space left for the write."},
	{"UnexpectedContent", http.StatusBadRequest, "This request does not support content"},
	{"UnresolvableGrantByEmailAddress", http.StatusBadRequest, "The e-mail address you provided does not match any account on record."},
	{"XAmzContentSHA256Mismatch", http.StatusBadRequest, "The provided 'x-amz-content-sha256' header does not match what was computed."},
}

var byName = func() map[string]Code {
	m := make(map[string]Code, len(codes))
	for _, c := range codes {
		m[c.Name] = c
	}
	return m
}()

// Codes returns every code, in order of name.
func Codes() []Code { return append([]Code(nil), codes...) }

// Lookup returns the code of a name.
func Lookup(name string) (Code, bool) {
	c, ok := byName[name]
	return c, ok
}
