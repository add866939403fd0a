// Package config turns flags, environment and env files into one struct, and tells where each value came from.
//
// The struct's tags are the only list of settings: Load, the checks of single values, --show-config and docs/configuration.md follow from
// them. An explicit value is honoured or refused with a reason; one that cannot have an effect is accepted with a warning.
package config

import (
	"io/fs"
	"log/slog"
	"net/netip"
	"time"
)

// Config is every setting. Tags:
//
//	env      the variable
//	group    the heading in the documentation, of this field and those after it
//	default  the value when nothing is set, in the same syntax as a value; absent means unset
//	under    a default path, relative to STORAGE_ROOT
//	kind     how a value is read where the type does not say: bytes, url, host, hosts, networks, issuer, origins, name, region, store, words
//	unit     of a plain number that is a duration: s, m, h, d
//	min,max  bounds, in the same syntax as a value
//	oneof    the values that are allowed, separated by spaces
//	secret   never shown: "value", or "userinfo" for a URL's password
//	effect   "none": accepted for old files, without effect; "later": of a feature that is not in this release, warned of; "refuse": the
//	         same, but asking for it is refused, since believing in it would be dangerous
//	doc      the text of the documentation
type Config struct {
	StorageRoot string `group:"Core" env:"STORAGE_ROOT" default:"./data" doc:"Where everything is kept: buckets, and the system's own data in .myfsio.sys. Relative to the working directory."`
	AppHost     string `env:"APP_HOST" kind:"host" default:"127.0.0.1" doc:"Address that both listeners bind to. 0.0.0.0 opens them to the network."`
	AppPort     int    `env:"APP_PORT" default:"5000" min:"0" max:"65535" doc:"Port of the S3 API. 0 takes a free one."`
	UIPort      int    `env:"UI_PORT" default:"5100" min:"0" max:"65535" doc:"Port of the console and its API. 0 takes a free one."`
	APIBaseURL  string `env:"API_BASE_URL" kind:"url" doc:"Public address of the S3 API, for links and for signatures behind a proxy that changes the host. A path in it is one that the proxy takes away."`
	UIBaseURL   string `env:"UI_BASE_URL" kind:"url" doc:"Public address of the console; its host is allowed on UI_PORT."`
	// SecretKey is empty when it is to be generated and kept.
	SecretKey     string        `env:"SECRET_KEY" secret:"value" doc:"Wraps the data key that seals stored secrets and signs sessions. Generated and kept in a file of mode 0600 when unset. Keep a copy: a backup of the configuration cannot be read without it. To change it set the new one and run myfsio secret rekey, which asks for the former one."`
	MaxUploadSize int64         `env:"MAX_UPLOAD_SIZE" kind:"bytes" default:"5 GiB" min:"1" max:"5 TiB" doc:"Largest body of one request: PUT, POST form or part."`
	UIPageSize    int           `env:"UI_PAGE_SIZE" default:"100" oneof:"50 100 150 200 250" doc:"Default page size of the object browser."`
	ShutdownGrace time.Duration `env:"SHUTDOWN_GRACE_SECONDS" unit:"s" default:"30" min:"0" max:"1h" doc:"How long requests that are under way may go on after SIGTERM. A second signal stops at once."`
	Region        string        `env:"AWS_REGION" kind:"region" default:"us-east-1" doc:"Region of SigV4 scopes, and the location of buckets."`
	Service       string        `env:"AWS_SERVICE" kind:"region" default:"s3" doc:"Service of SigV4 scopes."`
	S3Domains     []string      `env:"S3_DOMAINS" kind:"hosts" doc:"Domains for virtual-host addressing: with s3.example.org, the host photos.s3.example.org means bucket photos."`
	WebsiteDomain string        `env:"WEBSITE_DOMAIN" kind:"host" doc:"Domain under which buckets are served as websites."`

	AdminAccessKey    string         `group:"Identity and security" env:"ADMIN_ACCESS_KEY" doc:"Access key of an administrator that the environment manages. It wins at every start. Goes with ADMIN_SECRET_KEY."`
	AdminSecretKey    string         `env:"ADMIN_SECRET_KEY" secret:"value" doc:"Its secret."`
	IAMConfig         string         `env:"IAM_CONFIG" under:".myfsio.sys/config/iam.json" doc:"The file that shows users and policies, and takes edits back in."`
	BucketPolicyPath  string         `env:"BUCKET_POLICY_PATH" under:".myfsio.sys/config/bucket_policies.json" doc:"The file that shows bucket policies, and takes edits back in."`
	AuthMaxAttempts   int            `env:"AUTH_MAX_ATTEMPTS" default:"5" min:"1" max:"1000000" doc:"Wrong secrets in a row, by key and address, until a lockout."`
	AuthLockout       time.Duration  `env:"AUTH_LOCKOUT_MINUTES" unit:"m" default:"15" min:"0" max:"365d" doc:"How long a lockout lasts."`
	SessionLifetime   time.Duration  `env:"SESSION_LIFETIME_DAYS" unit:"d" default:"30" min:"1m" max:"3650d" doc:"How long a session of the console lasts."`
	SecretTTL         time.Duration  `env:"SECRET_TTL_SECONDS" unit:"s" default:"300" min:"1s" max:"7d" doc:"How long a new secret can be shown again in the console, and the default life of a presigned link."`
	TLSCertFile       string         `env:"TLS_CERT_FILE" doc:"Certificate of both listeners, with those that lead to its authority behind it, in PEM. With it they speak TLS 1.2 and later, and nothing else. The files are read anew when they change."`
	TLSKeyFile        string         `env:"TLS_KEY_FILE" doc:"Its private key, in PEM."`
	AuthHeaders       string         `env:"AUTH_HEADERS" default:"auto" oneof:"auto on off" doc:"Whether X-Access-Key and X-Secret-Key sign requests: auto accepts them over TLS, and from the same machine without forwarding headers."`
	SigV2             bool           `env:"SIGV2" default:"on" doc:"Whether requests signed the old way (SigV2) are accepted."`
	TrustedProxies    []netip.Prefix `env:"TRUSTED_PROXIES" default:"loopback" doc:"Whose X-Forwarded-* headers count: addresses and networks separated by commas, loopback, or none."`
	ObjectOwnership   string         `env:"DEFAULT_OBJECT_OWNERSHIP" default:"ObjectWriter" oneof:"ObjectWriter BucketOwnerPreferred BucketOwnerEnforced" doc:"Object ownership of new buckets."`
	OutboundAllow     []string       `env:"OUTBOUND_ALLOW" kind:"networks" doc:"Where calls that a configuration asks for, as those to a provider of identities, may go beside public addresses: addresses, networks like 10.0.0.0/8, names of hosts, loopback, private. A name opens neither addresses of a link (169.254.0.0/16, where clouds keep credentials) nor those of many; only a network does."`
	OutboundCAFile    string         `env:"OUTBOUND_CA_FILE" doc:"Certificates in PEM of authorities that are trusted for those calls, beside those that the machine trusts."`
	UIEnforcePolicies string         `env:"UI_ENFORCE_BUCKET_POLICIES" effect:"none" doc:"The console always obeys bucket policies."`

	OIDCIssuer        string        `group:"Single sign-on" env:"OIDC_ISSUER" kind:"issuer" doc:"Issuer of the provider (OpenID Connect) that people may sign in to the console at, exactly as it writes it. Empty: nobody does. docs/sso.md tells more."`
	OIDCClientID      string        `env:"OIDC_CLIENT_ID" doc:"The server's name at the provider. Its redirect address there is that of the console with /myfsio/session/oidc/callback."`
	OIDCClientSecret  string        `env:"OIDC_CLIENT_SECRET" secret:"value" doc:"Its secret; none for a public client."`
	OIDCName          string        `env:"OIDC_NAME" default:"single sign-on" doc:"What the button of the sign-in page calls the provider, after: Sign in with."`
	OIDCScopes        []string      `env:"OIDC_SCOPES" kind:"words" default:"openid,profile,email" doc:"Scopes that are asked for."`
	OIDCUsernameClaim string        `env:"OIDC_USERNAME_CLAIM" default:"preferred_username" doc:"Claim that names a user who signs in for the first time. Later only issuer and subject tell who it is. A dot leads into objects, as in realm_access.roles."`
	OIDCGroupsClaim   string        `env:"OIDC_GROUPS_CLAIM" default:"groups" doc:"Claim whose values OIDC_GRANTS looks for."`
	OIDCGrants        []OIDCGrant   `env:"OIDC_GRANTS" doc:"What values of that claim give, separated by semicolons: value=group:NAME or value=policy:NAME-OR-ARN, as engineers=group:developers; admins=policy:AdministratorAccess. The value * is everybody who signs in. It is set anew at each sign-in; what was given here on the server stays."`
	OIDCAccount       string        `env:"OIDC_ACCOUNT" default:"default" doc:"Account of users who sign in for the first time."`
	OIDCProvision     bool          `env:"OIDC_PROVISION" default:"true" doc:"Whether a user is made at the first sign-in. Otherwise only those sign in whose issuer and subject an administrator has written into iam.json."`
	OIDCSession       time.Duration `env:"OIDC_SESSION_HOURS" unit:"h" default:"12" min:"1m" max:"365d" doc:"How long such a session of the console lasts, at most SESSION_LIFETIME_DAYS: what changes at the provider is known here at the next sign-in."`

	CORSOrigins       []string `group:"CORS" env:"CORS_ORIGINS" kind:"origins" default:"*" doc:"Origins whose pages may call S3 operations on buckets without CORS rules of their own. The console and the admin API never allow any."`
	CORSMethods       []string `env:"CORS_METHODS" default:"GET,PUT,POST,DELETE,OPTIONS,HEAD" doc:"Methods that they may use."`
	CORSAllowHeaders  []string `env:"CORS_ALLOW_HEADERS" default:"*" doc:"Request headers that they may send."`
	CORSExposeHeaders []string `env:"CORS_EXPOSE_HEADERS" default:"*" doc:"Response headers that they may read."`

	// The rates of a class are empty for no limit. RATE_LIMIT_DEFAULT has been applied to the classes.
	RateDefault     []Rate `group:"Rate limits" env:"RATE_LIMIT_DEFAULT" doc:"Limit of every class below that has none of its own. Limits are by address before authentication and by access key after it. Syntax: 200 per minute, 200/60 (per 60 seconds), 200-M, none; several separated by semicolons."`
	RateListBuckets []Rate `env:"RATE_LIMIT_LIST_BUCKETS" doc:"Listing buckets, and whatever else addresses none."`
	RateBucketOps   []Rate `env:"RATE_LIMIT_BUCKET_OPS" doc:"Operations on buckets."`
	RateObjectOps   []Rate `env:"RATE_LIMIT_OBJECT_OPS" doc:"Operations on objects, also in forms, deletions of many, websites and content over the admin API."`
	RateHeadOps     []Rate `env:"RATE_LIMIT_HEAD_OPS" doc:"HEAD requests."`
	RateAdmin       []Rate `env:"RATE_LIMIT_ADMIN" default:"600 per minute" doc:"The admin API, and the actions of IAM and STS."`
	RateLogin       []Rate `env:"RATE_LIMIT_LOGIN" default:"20 per minute" doc:"Sign-in, and wrong secrets in X-Secret-Key."`
	RateStorageURI  string `env:"RATE_LIMIT_STORAGE_URI" kind:"store" secret:"userinfo" default:"memory://" doc:"Where counts are kept: memory://, or redis://host:port to share them. A store that does not answer stops nothing: each server then counts for itself."`

	LogLevel       slog.Level `group:"Logging" env:"LOG_LEVEL" default:"INFO" doc:"DEBUG, INFO, WARNING or ERROR."`
	LogFormat      string     `env:"LOG_FORMAT" default:"text" oneof:"text json" doc:"text or json."`
	LogToFile      bool       `env:"LOG_TO_FILE" default:"true" doc:"Whether the log also goes to a file."`
	LogDir         string     `env:"LOG_DIR" default:"./logs" doc:"Directory of that file."`
	LogFile        string     `env:"LOG_FILE" kind:"name" default:"app.log" doc:"Its name; older ones are app.log.1 and so on."`
	LogMaxBytes    int64      `env:"LOG_MAX_BYTES" kind:"bytes" default:"5242880" min:"0" max:"1 TiB" doc:"Size at which a new file is begun; 0 for never."`
	LogBackupCount int        `env:"LOG_BACKUP_COUNT" default:"3" min:"0" max:"10000" doc:"How many older files are kept."`

	AuditLog           string        `group:"Audit log" env:"AUDIT_LOG" default:"changes" oneof:"off changes all" doc:"What the audit log keeps: nothing; changes of configuration, identities and whatever the admin API changes, and everything that was refused; or also every operation on data. docs/audit.md tells more."`
	AuditMaxBytes      int64         `env:"AUDIT_MAX_BYTES" kind:"bytes" default:"16 MiB" min:"64 KiB" max:"1 GiB" doc:"Size at which a file of it is closed and another one begun; every day begins one too."`
	AuditRetention     time.Duration `env:"AUDIT_RETENTION_DAYS" unit:"d" default:"90" min:"0" max:"36500d" doc:"How long its lines are kept at least; 0 for ever. A file goes when its last line is older."`
	AuditRetentionSize int64         `env:"AUDIT_RETENTION_BYTES" kind:"bytes" default:"2 GiB" min:"0" max:"1024 TiB" doc:"How much of it is kept at most, whatever its age; 0 for no bound."`

	StreamChunkSize      int64 `group:"Storage" env:"STREAM_CHUNK_SIZE" kind:"bytes" default:"1 MiB" min:"4 KiB" max:"64 MiB" doc:"Buffer for answers that the kernel cannot send by itself."`
	MultipartMinPartSize int64 `env:"MULTIPART_MIN_PART_SIZE" kind:"bytes" default:"5242880" min:"1" max:"5 GiB" doc:"Smallest part of a multipart upload, the last one aside. S3 has 5 MiB."`
	BulkDeleteMaxKeys    int   `env:"BULK_DELETE_MAX_KEYS" default:"1000" min:"1" max:"1000" doc:"Most keys in one DeleteObjects request. S3 has 1,000."`
	InlineMaxBytes       int64 `env:"INLINE_MAX_BYTES" kind:"bytes" default:"65536" min:"0" max:"1 MiB" doc:"Objects up to this size are kept in the metadata store instead of a file of their own."`

	PlainFiles       bool        `group:"Plain files" env:"PLAIN_FILES" default:"true" effect:"later" doc:"Whether the current version of each object is also shown as a file STORAGE_ROOT/bucket/key."`
	PlainFilesMode   fs.FileMode `env:"PLAIN_FILES_MODE" default:"0644" effect:"later" doc:"Mode of those files, in octal. Files that share their bytes with the store are 0444."`
	BucketStatsCache string      `env:"BUCKET_STATS_CACHE_TTL" effect:"none" doc:"Counts are kept up to date by every write."`

	EncryptionEnabled       bool   `group:"Encryption" env:"ENCRYPTION_ENABLED" default:"true" effect:"refuse" doc:"Whether buckets and requests may ask for server-side encryption. Until it is there, such requests are refused."`
	KMSEnabled              bool   `env:"KMS_ENABLED" default:"true" effect:"refuse" doc:"Whether keys can be managed and used for encryption. Until it is there, such requests are refused."`
	EncryptionMasterKeyPath string `env:"ENCRYPTION_MASTER_KEY_PATH" under:".myfsio.sys/keys/master.key" effect:"later" doc:"The master key of AES256 encryption."`
	KMSKeysPath             string `env:"KMS_KEYS_PATH" under:".myfsio.sys/keys/kms_keys.json" effect:"later" doc:"The file of managed keys."`
	EncryptionAlgorithm     string `env:"DEFAULT_ENCRYPTION_ALGORITHM" default:"AES256" oneof:"AES256 aws:kms" effect:"later" doc:"What a bucket's encryption uses when it names nothing."`

	LifecycleEnabled  bool          `group:"Background work" env:"LIFECYCLE_ENABLED" default:"true" doc:"Whether the lifecycle rules of buckets are carried out."`
	LifecycleInterval time.Duration `env:"LIFECYCLE_INTERVAL_SECONDS" unit:"s" default:"3600" min:"1s" max:"365d" doc:"How often: from the start of one round through all buckets to the start of the next."`
	LifecycleDay      time.Duration `env:"LIFECYCLE_DEBUG_DAY_SECONDS" unit:"s" default:"86400" min:"1s" max:"86400s" doc:"For tests only: how long a day of a lifecycle rule lasts. Anything but 86400 deletes objects before their time."`
	MetricsEnabled    bool          `env:"OPERATION_METRICS_ENABLED" default:"true" effect:"later" doc:"Whether operations are counted for the console's metrics page."`
	MetricsInterval   time.Duration `env:"OPERATION_METRICS_INTERVAL_MINUTES" unit:"m" default:"5" min:"1m" max:"1d" effect:"later" doc:"Width of an interval."`
	MetricsRetention  time.Duration `env:"OPERATION_METRICS_RETENTION_HOURS" unit:"h" default:"24" min:"1h" max:"3650d" effect:"later" doc:"How long intervals are kept."`
	FlaskDebug        string        `env:"FLASK_DEBUG" effect:"none" doc:"There is no such mode."`

	sources map[string]Source
}

// OIDCGrant is what a value of the claim of groups gives: the membership of a group, or a managed policy.
type OIDCGrant struct {
	Value         string // "*" for everybody
	Group, Policy string // one of them: a name; of a policy also an ARN
}

// Source returns where the value of a variable came from; the zero Source for the default.
func (c *Config) Source(name string) Source { return c.sources[name] }

// Explicit reports whether somebody set the variable.
func (c *Config) Explicit(name string) bool { return c.sources[name].Kind != FromDefault }

// Origin is a kind of source, in ascending order of precedence.
type Origin uint8

// The kinds of sources.
const (
	FromDefault Origin = iota
	FromFile
	FromEnvironment
	FromFlag
)

// Source is where a value came from.
type Source struct {
	Kind Origin
	File string // the path of an env file
	Line int
}

// Level is the weight of a finding.
type Level string

// The levels. A server does not start with a Critical finding.
const (
	Critical Level = "CRITICAL"
	Warning  Level = "WARNING"
	Info     Level = "INFO"
)

// Finding is one thing that --check-config has to say.
type Finding struct {
	Level   Level
	Setting string // the variable, empty if it concerns none or several
	Text    string // never contains a secret
}

// Report tells what Load found.
type Report struct {
	Values   []Value
	Findings []Finding // Critical first
}

// Value is a setting as --show-config prints it.
type Value struct {
	Group, Name string
	Text        string // in the syntax of a value, secrets redacted; empty if unset
	Source      Source
	Note        string // what the reader must know: that it has no effect
}
