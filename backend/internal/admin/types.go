package admin

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// User is who signed in.
type User struct {
	ID          string `json:"id" doc:"Never used again for another one"`
	UserName    string `json:"userName" doc:"The name in ARNs; of a session of a role, that of the role and of the session"`
	AccessKey   string `json:"accessKey,omitempty" doc:"Absent for who signed in without one"`
	Name        string `json:"name" doc:"Display name"`
	Account     string `json:"account" doc:"Name of the account"`
	Admin       bool   `json:"admin" doc:"May do everything with users and with the server"`
	Environment bool   `json:"environment" doc:"The key is set by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY of the server"`
	Provider    bool   `json:"provider" doc:"Signed in at the provider of single sign-on"`
}

// SingleSignOn is a provider of identities that people sign in at.
type SingleSignOn struct {
	Name string `json:"name" doc:"What the button calls it: Sign in with …"`
}

// Warning is a state of the server that somebody should change.
type Warning struct {
	Code string `json:"code" example:"DefaultSecret" doc:"DefaultSecret, PublicListener, PlainHTTP, ReadOnly, SpaceLow, Degraded"`
	Text string `json:"text"`
}

// Session is what the console needs to know at its start.
type Session struct {
	User          *User         `json:"user,omitempty" doc:"Absent while nobody is signed in"`
	SingleSignOn  *SingleSignOn `json:"singleSignOn,omitempty" doc:"Absent where there is none"`
	Permissions   []string      `json:"permissions" doc:"Actions that the user has and that belong to no bucket, as s3:CreateBucket, iam:ListUsers, myfsio:GetServer"`
	Warnings      []Warning     `json:"warnings"`
	Expires       *time.Time    `json:"expires,omitempty" doc:"End of the session; absent when the request came without one"`
	S3Endpoint    string        `json:"s3Endpoint" example:"http://127.0.0.1:5000" doc:"Where S3 clients go, without a final slash"`
	Websites      string        `json:"websites,omitempty" example:"http://web.example.com:5000" doc:"Where websites are: that of a bucket has its name and a dot before the host. Absent when the server has none"`
	Version       string        `json:"version"`
	Region        string        `json:"region"`
	PageSize      int           `json:"pageSize" doc:"Default page size of the object browser"`
	MaxUploadSize int64         `json:"maxUploadSize" doc:"Bytes that one request may upload"`
	MinPartSize   int64         `json:"minPartSize" doc:"Least bytes of a part that is not the last"`
	LinkExpires   int           `json:"linkExpires" doc:"Default life of a presigned link in seconds"`
}

// TokenRequest asks for a token.
type TokenRequest struct {
	AccessKey string `json:"accessKey" minLength:"1" maxLength:"128"`
	SecretKey string `json:"secretKey" minLength:"1" maxLength:"256"`
	ExpiresIn int    `json:"expiresIn,omitempty" minimum:"60" maximum:"86400" default:"900" doc:"Life in seconds"`
	Refresh   bool   `json:"refresh,omitempty" doc:"Whether a refresh token is wanted, too"`
}

// Token is a JSON web token that stands for its user.
type Token struct {
	Token     string    `json:"token"`
	TokenType string    `json:"tokenType" example:"Bearer"`
	Expires   time.Time `json:"expires"`

	RefreshToken   string     `json:"refreshToken,omitempty" doc:"Gets the next token, once; absent where none was asked for"`
	RefreshExpires *time.Time `json:"refreshExpires,omitempty" doc:"When it ends, and all that comes from it"`
}

// RefreshRequest is a refresh token.
type RefreshRequest struct {
	RefreshToken string `json:"refreshToken" minLength:"1" maxLength:"4096"`
}

// RevokeRequest is a token or a refresh token.
type RevokeRequest struct {
	Token string `json:"token" minLength:"1" maxLength:"4096"`
}

// HealthCheck is one thing that the health of the server depends on.
type HealthCheck struct {
	Name  string `json:"name" example:"metadata"`
	State string `json:"state" enum:"ok,degraded,failed"`
	Text  string `json:"text,omitempty"`
}

// Health is whether the server can serve.
type Health struct {
	Status  string        `json:"status" enum:"ok,degraded,starting,stopping"`
	Version string        `json:"version"`
	Checks  []HealthCheck `json:"checks,omitempty" doc:"For administrators only"`
}

// Version names the release.
type Version struct {
	Version   string `json:"version"`
	GoVersion string `json:"goVersion"`
	Platform  string `json:"platform" example:"linux/amd64"`
}

// Compatibility is what the S3 port supports.
type Compatibility struct {
	Operations      []S3Operation  `json:"operations" nullable:"false"`
	UnbuiltHeaders  []S3Header     `json:"unbuiltHeaders" nullable:"false" doc:"request headers of features that do not exist here"`
	PolicyOperators []string       `json:"policyOperators" nullable:"false" doc:"condition operators; each but Null also with IfExists, ForAllValues: and ForAnyValue:"`
	PolicyKeys      []ConditionKey `json:"policyKeys" nullable:"false"`
}

// S3Operation is an operation of S3.
type S3Operation struct {
	Name    string   `json:"name" example:"GetObject"`
	Built   bool     `json:"built" doc:"false: it answers NotImplemented"`
	Methods []string `json:"methods" nullable:"false"`
	Actions []string `json:"actions" nullable:"false" doc:"what the caller must be allowed"`
}

// S3Header is a request header that answers NotImplemented.
type S3Header struct {
	Name string   `json:"name" doc:"one that ends in - stands for all that begin with it"`
	Pass []string `json:"pass" nullable:"false" doc:"values that ask for nothing and pass"`
}

// ConditionKey is a condition key of policies.
type ConditionKey struct {
	Name string `json:"name" example:"s3:prefix"`
	Type string `json:"type" enum:"string,numeric,date,bool,ip,arn"`
	Doc  string `json:"doc"`
}

// Setting is one setting of the server.
type Setting struct {
	Group  string `json:"group" example:"Core"`
	Name   string `json:"name" example:"STORAGE_ROOT"`
	Value  string `json:"value" doc:"Secrets are redacted"`
	Source string `json:"source" doc:"Where the value came from" example:"environment"`
	Note   string `json:"note,omitempty" doc:"That the setting has no effect, if so"`
}

// Settings are all settings of the server.
type Settings struct {
	Settings []Setting `json:"settings"`
}

// Space is the medium that the objects are on.
type Space struct {
	Total   int64 `json:"total"`
	Free    int64 `json:"free"`
	Reserve int64 `json:"reserve" doc:"Writes are refused when less than this is free"`
}

// Engine is what the metadata engine tells of itself.
type Engine struct {
	Name      string            `json:"name" example:"pebble"`
	DiskBytes int64             `json:"diskBytes"`
	Fields    map[string]string `json:"fields"`
}

// Server describes the running server.
type Server struct {
	Version       string    `json:"version"`
	GoVersion     string    `json:"goVersion"`
	Platform      string    `json:"platform"`
	Started       time.Time `json:"started"`
	UptimeSeconds int64     `json:"uptimeSeconds"`
	Region        string    `json:"region"`
	S3Endpoint    string    `json:"s3Endpoint"`
	Goroutines    int       `json:"goroutines"`
	HeapBytes     int64     `json:"heapBytes"`
	CPUs          int       `json:"cpus"`
	Engine        *Engine   `json:"engine,omitempty"`
	Space         *Space    `json:"space,omitempty" doc:"Absent where the objects are on no bounded medium"`
	Buckets       int64     `json:"buckets"`
	Objects       int64     `json:"objects" doc:"Current versions of all buckets, delete markers apart"`
	Bytes         int64     `json:"bytes" doc:"Sum of the sizes of the current versions"`
	Versions      int64     `json:"versions" doc:"Versions of all buckets, the current ones included, delete markers apart"`
	VersionBytes  int64     `json:"versionBytes" doc:"Sum of the sizes of all versions"`
	UploadBytes   int64     `json:"uploadBytes" doc:"Sum of the sizes of the parts of open uploads, which no version has yet"`
	Users         int64     `json:"users"`
	JobsRunning   int64     `json:"jobsRunning"`
	Warnings      []Warning `json:"warnings"`
}

// Policies are the policies of a user as they were given: an array of {"bucket", "actions"}, or policy documents of AWS.
type Policies json.RawMessage

// Schema tells the two forms.
func (Policies) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: `An array of simple policies, as [{"bucket": "*", "actions": ["list", "read"]}], or a policy document of AWS`}
}

// MarshalJSON returns the policies as they are.
func (p Policies) MarshalJSON() ([]byte, error) {
	if len(p) == 0 {
		return []byte("[]"), nil
	}
	return p, nil
}

// UnmarshalJSON keeps the bytes.
func (p *Policies) UnmarshalJSON(raw []byte) error {
	*p = append((*p)[:0], raw...)
	return nil
}

// Account is a tenant with its own users and buckets. The members of the documents on accounts are in snake_case, as those on users.
type Account struct {
	Name        string     `json:"name"`
	ID          string     `json:"id" example:"000000000000" doc:"Account number in ARNs, twelve digits"`
	CanonicalID string     `json:"canonical_id" doc:"Canonical user id in ACLs and owners, 64 hex characters"`
	DisplayName string     `json:"display_name"`
	Created     *time.Time `json:"created,omitempty" doc:"Absent for the default account"`
}

// AccountList is every account, the default one first.
type AccountList struct {
	Accounts []Account `json:"accounts"`
}

// NewAccount describes an account to create, and its first administrator.
type NewAccount struct {
	Name        string `json:"name" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$" example:"team" doc:"Unique, and not twelve digits"`
	DisplayName string `json:"display_name,omitempty" maxLength:"128" doc:"The name when absent"`
	AccessKey   string `json:"access_key,omitempty" maxLength:"128" doc:"Of the administrator; made by the server when absent"`
	SecretKey   string `json:"secret_key,omitempty" maxLength:"256" doc:"Of the administrator; made by the server when absent"`
}

// NewAccountSecret is an account with the secret of its administrator, which is shown this once.
type NewAccountSecret struct {
	Account
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
	UserID    string `json:"user_id"`
}

// UserEntry is a user in the list. The members of this and the other documents on users are in snake_case.
type UserEntry struct {
	AccessKey   string    `json:"access_key"`
	UserID      string    `json:"user_id"`
	DisplayName string    `json:"display_name"`
	Account     string    `json:"account" doc:"Name of the account"`
	Created     time.Time `json:"created"`
	Disabled    bool      `json:"disabled"`
	Environment bool      `json:"environment" doc:"Managed by ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY"`
	Admin       bool      `json:"admin"`
	Policies    Policies  `json:"policies"`
}

// UserList is every user of the account.
type UserList struct {
	Users []UserEntry `json:"users"`
}

// NewUser describes a user to create.
type NewUser struct {
	DisplayName string   `json:"display_name,omitempty" maxLength:"128"`
	AccessKey   string   `json:"access_key,omitempty" maxLength:"128" doc:"Made by the server when absent"`
	SecretKey   string   `json:"secret_key,omitempty" maxLength:"256" doc:"Made by the server when absent"`
	Policies    Policies `json:"policies,omitempty" required:"false"`
	Account     string   `json:"account,omitempty" maxLength:"64" doc:"Name of the account, one's own when absent; another one only by administrators of the account default"`
}

// UserSecret is a user with its secret, which is shown this once.
type UserSecret struct {
	AccessKey   string   `json:"access_key"`
	SecretKey   string   `json:"secret_key"`
	UserID      string   `json:"user_id"`
	DisplayName string   `json:"display_name"`
	Account     string   `json:"account" doc:"Name of the account"`
	Policies    Policies `json:"policies"`
}

// Bucket is a bucket with what it holds.
type Bucket struct {
	Name         string    `json:"name"`
	Created      time.Time `json:"created"`
	Region       string    `json:"region"`
	Owner        string    `json:"owner" doc:"Name of the account"`
	Versioning   string    `json:"versioning" enum:"Off,Enabled,Suspended"`
	ObjectLock   bool      `json:"objectLock" doc:"Versions can be locked; versioning cannot be suspended"`
	Access       string    `json:"access" enum:"private,public" doc:"Whether its policy or its access control list gives the public anything, and Block Public Access does not hold that back"`
	Objects      int64     `json:"objects" doc:"Current versions that are no delete markers"`
	Bytes        int64     `json:"bytes" doc:"Bytes of those"`
	Versions     int64     `json:"versions" doc:"All versions that are no delete markers"`
	VersionBytes int64     `json:"versionBytes"`
	Markers      int64     `json:"deleteMarkers"`
	Uploads      int64     `json:"uploads" doc:"Open multipart uploads"`
	UploadBytes  int64     `json:"uploadBytes"`
	Permissions  []string  `json:"permissions" doc:"Actions on the bucket and on any of its keys that the user has"`
}

// BucketList is a page of buckets.
type BucketList struct {
	Buckets []Bucket `json:"buckets"`
	Cursor  string   `json:"cursor,omitempty" doc:"Given to the next call to get the next page; absent on the last page"`
	Total   int64    `json:"total" doc:"Number of buckets that match the search and that the user may list"`
}

// NewBucket describes a bucket to create.
type NewBucket struct {
	Name       string `json:"name" minLength:"3" maxLength:"63" example:"my-bucket"`
	Versioning bool   `json:"versioning,omitempty" doc:"Start with versioning enabled"`
	ObjectLock bool   `json:"objectLock,omitempty" doc:"Start with Object Lock, which enables versioning too"`
}

// Versioning is the versioning state of a bucket.
type Versioning struct {
	Versioning string `json:"versioning" enum:"Off,Enabled,Suspended" doc:"A bucket never goes back to Off"`
	MFADelete  bool   `json:"mfaDelete" doc:"Versions can be deleted, and this changed, only over the S3 API with a code of a device"`
}

// QuotaLimits bound what a bucket holds.
type QuotaLimits struct {
	MaxBytes   *int64 `json:"maxBytes,omitempty" minimum:"0" doc:"Absent for no limit"`
	MaxObjects *int64 `json:"maxObjects,omitempty" minimum:"0" doc:"Absent for no limit"`
}

// Quota is the limits of a bucket and what counts toward them.
type Quota struct {
	QuotaLimits
	Bytes   int64 `json:"bytes" doc:"Bytes of all versions that are no delete markers"`
	Objects int64 `json:"objects" doc:"All versions that are no delete markers"`
}

// Folder is a common prefix of keys.
type Folder struct {
	Prefix string `json:"prefix" doc:"With its final delimiter"`
	Name   string `json:"name" doc:"What the prefix adds to the prefix of the listing, without the final delimiter"`
}

// Entry is an object in a listing.
type Entry struct {
	Key          string    `json:"key"`
	Name         string    `json:"name" doc:"What the key adds to the prefix of the listing; empty for the folder's own marker"`
	Size         int64     `json:"size"`
	Modified     time.Time `json:"modified"`
	ETag         string    `json:"etag" doc:"Without quotes"`
	ContentType  string    `json:"contentType"`
	StorageClass string    `json:"storageClass"`
}

// ObjectList is a page of objects and folders.
type ObjectList struct {
	Bucket      string   `json:"bucket"`
	Prefix      string   `json:"prefix"`
	Delimiter   string   `json:"delimiter"`
	Folders     []Folder `json:"folders"`
	Objects     []Entry  `json:"objects"`
	Cursor      string   `json:"cursor,omitempty" doc:"Absent on the last page"`
	Total       *int64   `json:"total,omitempty" doc:"Folders and objects of the whole listing, when it was asked for"`
	TotalExact  bool     `json:"totalExact,omitempty" doc:"False when counting stopped early: there are more than total"`
	Permissions []string `json:"permissions" doc:"Actions on the bucket and on keys below the prefix that the user has"`
}

// SearchPage is what one bounded step of a search found.
type SearchPage struct {
	Objects []Entry `json:"objects" doc:"May be empty though there is a cursor"`
	Scanned int64   `json:"scanned" doc:"Keys that this step looked at"`
	Cursor  string  `json:"cursor,omitempty" doc:"Absent when the search is done"`
}

// MetadataPair is one entry of the user metadata.
type MetadataPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ObjectChecksum is an additional checksum.
type ObjectChecksum struct {
	Algorithm string `json:"algorithm" example:"CRC64NVME"`
	Type      string `json:"type" enum:"FULL_OBJECT,COMPOSITE"`
	Value     string `json:"value" doc:"Base64"`
}

// Object is a version of an object with all that is known of it.
type Object struct {
	Bucket             string           `json:"bucket"`
	Key                string           `json:"key"`
	VersionID          string           `json:"versionId,omitempty" doc:"Absent when the bucket never had versioning"`
	Latest             bool             `json:"latest"`
	Size               int64            `json:"size"`
	Modified           time.Time        `json:"modified"`
	ETag               string           `json:"etag" doc:"Without quotes"`
	Parts              int              `json:"parts,omitempty" doc:"Number of parts it was uploaded in"`
	StorageClass       string           `json:"storageClass"`
	Owner              string           `json:"owner"`
	ContentType        string           `json:"contentType"`
	CacheControl       string           `json:"cacheControl,omitempty"`
	ContentDisposition string           `json:"contentDisposition,omitempty"`
	ContentEncoding    string           `json:"contentEncoding,omitempty"`
	ContentLanguage    string           `json:"contentLanguage,omitempty"`
	Expires            string           `json:"expires,omitempty"`
	ObjectLock         bool             `json:"objectLock" doc:"The bucket has Object Lock"`
	Retention          *Retention       `json:"retention,omitempty" doc:"Also absent without s3:GetObjectRetention. It may have ended"`
	LegalHold          bool             `json:"legalHold" doc:"Also false without s3:GetObjectLegalHold"`
	Metadata           []MetadataPair   `json:"metadata"`
	Checksums          []ObjectChecksum `json:"checksums"`
	Permissions        []string         `json:"permissions" doc:"Actions on this key that the user has"`
}

// VersionEntry is a version or a delete marker in a listing.
type VersionEntry struct {
	Key          string    `json:"key"`
	VersionID    string    `json:"versionId"`
	Latest       bool      `json:"latest"`
	DeleteMarker bool      `json:"deleteMarker"`
	Size         int64     `json:"size"`
	Modified     time.Time `json:"modified"`
	ETag         string    `json:"etag,omitempty" doc:"Without quotes; absent for a delete marker"`
	StorageClass string    `json:"storageClass,omitempty"`
}

// VersionList is a page of versions, newest first within a key.
type VersionList struct {
	Versions []VersionEntry `json:"versions"`
	Cursor   string         `json:"cursor,omitempty" doc:"Absent on the last page"`
}

// Deleted is the outcome of a delete.
type Deleted struct {
	Key          string `json:"key"`
	VersionID    string `json:"versionId,omitempty" doc:"The version that went, or the delete marker that came"`
	DeleteMarker bool   `json:"deleteMarker"`
}

// CopyRequest names a source and a target.
type CopyRequest struct {
	Key          string `json:"key" minLength:"1" maxLength:"1024"`
	VersionID    string `json:"versionId,omitempty" doc:"Absent for the current version"`
	TargetBucket string `json:"targetBucket,omitempty" doc:"Absent for the same bucket"`
	TargetKey    string `json:"targetKey" minLength:"1" maxLength:"1024"`
	Overwrite    bool   `json:"overwrite,omitempty" doc:"Else a target that exists is refused with PreconditionFailed"`
}

// MoveRequest names a source and a target.
type MoveRequest struct {
	Key          string `json:"key" minLength:"1" maxLength:"1024"`
	TargetBucket string `json:"targetBucket,omitempty" doc:"Absent for the same bucket"`
	TargetKey    string `json:"targetKey" minLength:"1" maxLength:"1024"`
	Overwrite    bool   `json:"overwrite,omitempty" doc:"Else a target that exists is refused with PreconditionFailed"`
}

// RenameRequest gives an object another last segment of its key.
type RenameRequest struct {
	Key       string `json:"key" minLength:"1" maxLength:"1024"`
	Name      string `json:"name" minLength:"1" maxLength:"1024" doc:"New name within the same folder; without a slash"`
	Overwrite bool   `json:"overwrite,omitempty" doc:"Else a target that exists is refused with PreconditionFailed"`
}

// FolderRequest names a folder to make.
type FolderRequest struct {
	Prefix string `json:"prefix" minLength:"1" maxLength:"1024" doc:"The folder; a final slash is added when it is missing"`
}

// Stored is the outcome of a write.
type Stored struct {
	Bucket    string    `json:"bucket"`
	Key       string    `json:"key"`
	VersionID string    `json:"versionId,omitempty"`
	ETag      string    `json:"etag" doc:"Without quotes"`
	Size      int64     `json:"size"`
	Modified  time.Time `json:"modified"`
}

// PresignRequest describes a link.
type PresignRequest struct {
	Bucket      string `json:"bucket" minLength:"3" maxLength:"63"`
	Key         string `json:"key" minLength:"1" maxLength:"1024"`
	Method      string `json:"method" enum:"GET,PUT,DELETE"`
	Expires     int    `json:"expires,omitempty" minimum:"1" maximum:"604800" doc:"Life in seconds; absent for the server's default"`
	VersionID   string `json:"versionId,omitempty" doc:"GET and DELETE"`
	ContentType string `json:"contentType,omitempty" maxLength:"256" doc:"PUT: the upload must carry it. GET: the answer carries it"`
	Download    bool   `json:"download,omitempty" doc:"GET: browsers save the object instead of showing it"`
	FileName    string `json:"fileName,omitempty" maxLength:"255" doc:"With download: the name to save under; absent for the last segment of the key"`
}

// Presigned is a link that works without signing in.
type Presigned struct {
	URL     string    `json:"url"`
	Method  string    `json:"method"`
	Expires time.Time `json:"expires"`
}

// ZipRequest names what goes into an archive.
type ZipRequest struct {
	Keys     []string `json:"keys,omitempty" maxItems:"10000" doc:"Single objects"`
	Prefixes []string `json:"prefixes,omitempty" maxItems:"1000" doc:"Everything below these"`
	Base     string   `json:"base,omitempty" maxLength:"1024" doc:"Prefix that is cut off the names in the archive"`
	Name     string   `json:"name,omitempty" maxLength:"255" doc:"Name of the file; absent for the name of the folder or bucket"`
}

// ZipTicket lets its user fetch the archive once.
type ZipTicket struct {
	Ticket  string    `json:"ticket"`
	URL     string    `json:"url" doc:"Path and query; the answer is the archive, streamed" example:"/myfsio/buckets/my-bucket/zip?ticket=…"`
	Expires time.Time `json:"expires"`
}

// UploadRequest starts a multipart upload.
type UploadRequest struct {
	Key         string         `json:"key" minLength:"1" maxLength:"1024"`
	ContentType string         `json:"contentType,omitempty" maxLength:"256"`
	Metadata    []MetadataPair `json:"metadata,omitempty"`
}

// Upload is an open multipart upload.
type Upload struct {
	UploadID string    `json:"uploadId"`
	Key      string    `json:"key"`
	Started  time.Time `json:"started"`
}

// UploadList is a page of open uploads.
type UploadList struct {
	Uploads []Upload `json:"uploads"`
	Cursor  string   `json:"cursor,omitempty" doc:"Absent on the last page"`
}

// Part is one part of an upload.
type Part struct {
	Number   int       `json:"number"`
	ETag     string    `json:"etag" doc:"Without quotes"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

// PartList is a page of parts.
type PartList struct {
	Parts []Part `json:"parts"`
	Next  int    `json:"next,omitempty" doc:"Given as after to get the next page; absent on the last page"`
}

// PartRef names a part on completion.
type PartRef struct {
	Number int    `json:"number" minimum:"1" maximum:"10000"`
	ETag   string `json:"etag" minLength:"1" maxLength:"128"`
}

// CompleteRequest makes an object of an upload.
type CompleteRequest struct {
	Key         string    `json:"key" minLength:"1" maxLength:"1024"`
	Parts       []PartRef `json:"parts" minItems:"1" maxItems:"10000"`
	IfNoneMatch bool      `json:"ifNoneMatch,omitempty" doc:"Refuse with PreconditionFailed when the key exists"`
}

// BulkDelete names what a job is to delete.
type BulkDelete struct {
	Bucket   string   `json:"bucket" minLength:"3" maxLength:"63"`
	Keys     []string `json:"keys,omitempty" doc:"Single objects"`
	Prefixes []string `json:"prefixes,omitempty" maxItems:"1000" doc:"Everything below these; the empty prefix is the whole bucket"`
}

// BulkCopy names what a job is to copy or to move.
type BulkCopy struct {
	Bucket       string   `json:"bucket" minLength:"3" maxLength:"63"`
	Keys         []string `json:"keys,omitempty" doc:"Single objects"`
	Prefixes     []string `json:"prefixes,omitempty" maxItems:"1000" doc:"Everything below these"`
	Base         string   `json:"base,omitempty" maxLength:"1024" doc:"Prefix that is cut off the keys"`
	TargetBucket string   `json:"targetBucket,omitempty" doc:"Absent for the same bucket"`
	TargetPrefix string   `json:"targetPrefix,omitempty" maxLength:"1024" doc:"Prefix that is put before what is left of the keys"`
	Move         bool     `json:"move,omitempty" doc:"Delete each source once its copy is durable"`
	Overwrite    bool     `json:"overwrite,omitempty" doc:"Else a target that exists is left alone and reported"`
}

// JobError is an object that a job could not deal with.
type JobError struct {
	Key     string `json:"key"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Job is long work that the server does. It goes on when the browser is closed, and after a restart of the server.
type Job struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind" enum:"delete,copy,move"`
	State    string     `json:"state" enum:"counting,running,done,failed,canceled,interrupted" doc:"interrupted: the server stopped, and goes on with the job when it runs again"`
	Bucket   string     `json:"bucket"`
	Target   string     `json:"target,omitempty" doc:"Bucket and prefix that a copy goes to"`
	User     string     `json:"user" doc:"Display name of who started it"`
	Total    int64      `json:"total" doc:"Objects to deal with, as far as they are counted"`
	Done     int64      `json:"done" doc:"Objects dealt with, failed ones included"`
	Failed   int64      `json:"failed"`
	Bytes    int64      `json:"bytes" doc:"Bytes of the objects dealt with"`
	Rate     float64    `json:"rate" doc:"Objects per second"`
	Created  time.Time  `json:"created"`
	Started  *time.Time `json:"started,omitempty"`
	Finished *time.Time `json:"finished,omitempty"`
	Message  string     `json:"message,omitempty" doc:"Why the job failed"`
	Errors   []JobError `json:"errors" doc:"The first 100 failures"`
}

// JobList is the jobs of the user, or of everybody for administrators, newest first.
type JobList struct {
	Jobs []Job `json:"jobs"`
}
