package policy

import "strings"

// Key is a condition key.
type Key struct {
	Name  string // in the spelling that Request.Keys receives; one that ends in "/" goes on with a tag's name
	Type  string // of its values: string, numeric, date, bool, ip, arn
	Multi bool   // a request may hold several values
	// Actions that set the key; empty means all. A bucket policy that tests a key on no action that sets it is refused, as AWS does.
	Actions []string
	// Doc says what the values are.
	Doc string
}

// tags says whether the key goes on with the name of a tag.
func (k *Key) tags() bool { return strings.HasSuffix(k.Name, "/") }

var (
	listing = []string{"s3:ListBucket", "s3:ListBucketVersions"}
	putting = []string{"s3:PutObject"}
	acl     = []string{"s3:CreateBucket", "s3:PutBucketAcl", "s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"}
	locking = []string{"s3:PutObject", "s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:BypassGovernanceRetention",
		"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ReplicateObject", "s3:GetObjectRetention", "s3:GetObjectLegalHold"}
	tagged = []string{"s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectAttributes", "s3:GetObjectTagging", "s3:GetObjectVersion",
		"s3:GetObjectVersionAcl", "s3:GetObjectVersionAttributes", "s3:GetObjectVersionTagging", "s3:DeleteObject", "s3:DeleteObjectVersion",
		"s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging", "s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutObjectTagging",
		"s3:PutObjectVersionTagging", "s3:RestoreObject"}
	tagging   = []string{"s3:PutObject", "s3:PutObjectTagging", "s3:PutObjectVersionTagging", "s3:ReplicateTags"}
	versioned = []string{"s3:GetObjectVersion", "s3:GetObjectVersionAcl", "s3:GetObjectVersionAttributes", "s3:GetObjectVersionTagging",
		"s3:GetObjectVersionTorrent", "s3:DeleteObjectVersion", "s3:DeleteObjectVersionTagging", "s3:PutObjectVersionAcl",
		"s3:PutObjectVersionTagging", "s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectLegalHold",
		"s3:GetObject", "s3:DeleteObject", "s3:PutObject"}
	givingTags = []string{"iam:CreateUser", "iam:CreateRole", "iam:CreatePolicy", "iam:TagUser", "iam:TagRole", "iam:UntagUser", "iam:UntagRole"}
	onTagged   = []string{"iam:GetUser", "iam:GetRole", "iam:GetPolicy"} // and all others on users, roles and policies
	assuming   = []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"}
)

// never says of a key that AWS sets only for requests of its own services or networks: here no request has it.
const never = ", which no request to this server has"

var keys = []Key{
	{Name: "aws:CurrentTime", Type: "date", Doc: "time of the request, RFC 3339"},
	{Name: "aws:EpochTime", Type: "date", Doc: "time of the request, seconds since 1970"},
	{Name: "aws:MultiFactorAuthAge", Type: "numeric", Doc: "seconds since a code of a device was given for the session; absent without one"},
	{Name: "aws:MultiFactorAuthPresent", Type: "bool", Doc: "whether a code of a device was given for the session; absent for access keys"},
	{Name: "aws:PrincipalAccount", Type: "string", Doc: "account of the caller"},
	{Name: "aws:PrincipalArn", Type: "arn", Doc: "ARN of the caller"},
	{Name: "aws:PrincipalIsAWSService", Type: "bool", Doc: "whether a service of the server itself asks"},
	{Name: "aws:PrincipalOrgID", Type: "string", Doc: "organization of the caller" + never},
	{Name: "aws:PrincipalTag/", Type: "string", Doc: "a tag of the caller"},
	{Name: "aws:PrincipalType", Type: "string", Doc: "User, AssumedRole or Anonymous"},
	{Name: "aws:Referer", Type: "string", Doc: "the Referer header"},
	{Name: "aws:RequestedRegion", Type: "string", Doc: "region of the server"},
	{Name: "aws:RequestTag/", Type: "string", Actions: givingTags, Doc: "a tag that the request gives a user, a role, a policy or a session"},
	{Name: "aws:ResourceAccount", Type: "string", Doc: "account that owns what the request is about"},
	{Name: "aws:ResourceTag/", Type: "string", Actions: onTagged, Doc: "a tag of the user, role or policy that the request is about"},
	{Name: "aws:SecureTransport", Type: "bool", Doc: "whether the request came over TLS"},
	{Name: "aws:SourceAccount", Type: "string", Doc: "account that a service asks for" + never},
	{Name: "aws:SourceArn", Type: "arn", Doc: "what a service asks for" + never},
	{Name: "aws:SourceIdentity", Type: "string", Doc: "who is behind the session of a role, as the first role was told"},
	{Name: "aws:SourceIp", Type: "ip", Doc: "address of the client"},
	{Name: "aws:SourceVpc", Type: "string", Doc: "virtual network of the client" + never},
	{Name: "aws:SourceVpce", Type: "string", Doc: "endpoint of a virtual network" + never},
	{Name: "aws:TagKeys", Type: "string", Multi: true, Actions: givingTags, Doc: "names of the tags that the request gives or takes away"},
	{Name: "aws:TokenIssueTime", Type: "date", Doc: "when the caller's temporary credentials were given out"},
	{Name: "aws:UserAgent", Type: "string", Doc: "the User-Agent header"},
	{Name: "aws:userid", Type: "string", Doc: "unique id of the caller"},
	{Name: "aws:username", Type: "string", Doc: "name of the caller"},
	{Name: "aws:ViaAWSService", Type: "bool", Doc: "whether a service asks in the caller's name: false"},
	{Name: "iam:PermissionsBoundary", Type: "arn", Actions: []string{"iam:CreateUser", "iam:CreateRole", "iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary"}, // and all others on users and roles
		Doc: "permissions boundary that the request sets, or that the user or role has"},
	{Name: "iam:PolicyARN", Type: "arn", Actions: []string{"iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:DetachUserPolicy", "iam:DetachGroupPolicy", "iam:DetachRolePolicy"},
		Doc: "managed policy that is attached or detached"},
	{Name: "iam:ResourceTag/", Type: "string", Actions: onTagged, Doc: "as aws:ResourceTag/"},
	{Name: "s3:authType", Type: "string", Doc: "REST-HEADER, REST-QUERY-STRING or POST"},
	{Name: "s3:delimiter", Type: "string", Actions: listing, Doc: "the delimiter parameter"},
	{Name: "s3:ExistingObjectTag/", Type: "string", Actions: tagged, Doc: "a tag of the object that is there"},
	{Name: "s3:if-match", Type: "string", Actions: []string{"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"}, Doc: "the If-Match header"},
	{Name: "s3:if-none-match", Type: "string", Actions: putting, Doc: "the If-None-Match header"},
	{Name: "s3:max-keys", Type: "numeric", Actions: listing, Doc: "the max-keys parameter"},
	{Name: "s3:object-lock-legal-hold", Type: "string", Actions: locking, Doc: "legal hold that the request sets"},
	{Name: "s3:object-lock-mode", Type: "string", Actions: locking, Doc: "retention mode that the request sets"},
	{Name: "s3:object-lock-remaining-retention-days", Type: "numeric", Actions: locking, Doc: "days of retention that the request sets; one that has begun counts"},
	{Name: "s3:object-lock-retain-until-date", Type: "date", Actions: locking, Doc: "retain-until date that the request sets"},
	{Name: "s3:ObjectCreationOperation", Type: "bool", Actions: putting, Doc: "whether the request creates an object (not so for the beginning and the parts of a multipart upload)"},
	{Name: "s3:prefix", Type: "string", Actions: listing, Doc: "the prefix parameter"},
	{Name: "s3:RequestObjectTag/", Type: "string", Actions: tagging, Doc: "a tag that the request sets"},
	{Name: "s3:RequestObjectTagKeys", Type: "string", Multi: true, Actions: tagging, Doc: "names of the tags that the request sets"},
	{Name: "s3:signatureAge", Type: "numeric", Doc: "age of the signature in milliseconds"},
	{Name: "s3:signatureversion", Type: "string", Doc: "AWS or AWS4-HMAC-SHA256"},
	{Name: "s3:TlsVersion", Type: "numeric", Doc: "version of TLS, as 1.3"},
	{Name: "s3:VersionId", Type: "string", Actions: versioned, Doc: "the version that the request names"},
	{Name: "s3:x-amz-acl", Type: "string", Actions: acl, Doc: "the canned ACL of the request"},
	{Name: "s3:x-amz-content-sha256", Type: "string", Doc: "the header of that name"},
	{Name: "s3:x-amz-copy-source", Type: "string", Multi: true, Actions: putting, Doc: "the source of a copy, both as bucket/key and as /bucket/key"},
	{Name: "s3:x-amz-grant-full-control", Type: "string", Actions: acl, Doc: "the header of that name"},
	{Name: "s3:x-amz-grant-read", Type: "string", Actions: acl, Doc: "the header of that name"},
	{Name: "s3:x-amz-grant-read-acp", Type: "string", Actions: acl, Doc: "the header of that name"},
	{Name: "s3:x-amz-grant-write", Type: "string", Actions: acl, Doc: "the header of that name"},
	{Name: "s3:x-amz-grant-write-acp", Type: "string", Actions: acl, Doc: "the header of that name"},
	{Name: "s3:x-amz-metadata-directive", Type: "string", Actions: putting, Doc: "COPY or REPLACE"},
	{Name: "s3:x-amz-object-ownership", Type: "string", Actions: []string{"s3:CreateBucket"}, Doc: "the header of that name"},
	{Name: "s3:x-amz-server-side-encryption", Type: "string", Actions: putting, Doc: "the header of that name"},
	{Name: "s3:x-amz-server-side-encryption-aws-kms-key-id", Type: "arn", Actions: putting, Doc: "the header of that name"},
	{Name: "s3:x-amz-server-side-encryption-customer-algorithm", Type: "string",
		Actions: []string{"s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"},
		Doc:     "the header of that name"},
	{Name: "s3:x-amz-storage-class", Type: "string", Actions: []string{"s3:PutObject"}, Doc: "storage class of the request"},
	{Name: "sts:ExternalId", Type: "string", Actions: assuming[:1], Doc: "ExternalId of AssumeRole"},
	{Name: "sts:RoleSessionName", Type: "string", Actions: assuming, Doc: "name of the session that is asked for"},
	{Name: "sts:SourceIdentity", Type: "string", Actions: assuming, Doc: "SourceIdentity of the request, or the one that the caller's session has"},
	{Name: "sts:TransitiveTagKeys", Type: "string", Multi: true, Actions: assuming, Doc: "names of the session tags that go on to further roles"},
}

var keyIndex = map[string]int{}

func init() {
	for i := range keys {
		keyIndex[strings.ToLower(keys[i].Name)] = i
	}
}

// ConditionKeys returns every condition key that a policy may name, so that the wire can be held to supplying each.
func ConditionKeys() []Key { return append([]Key(nil), keys...) }

// claimKey reads a condition key that is a claim of a provider of identities, as id.example.org/realm:sub. Its case says nothing.
func claimKey(name string) (Key, bool) {
	at := strings.LastIndexByte(name, ':')
	if at <= 0 || at == len(name)-1 {
		return Key{}, false
	}
	provider, claim := strings.ToLower(name[:at]), strings.ToLower(name[at+1:])
	if first, _, _ := strings.Cut(provider, "/"); !strings.ContainsAny(first, ".:") && first != "localhost" {
		return Key{}, false
	}
	for _, c := range provider + claim {
		if c <= ' ' || c >= 0x7f || strings.ContainsRune("*?\"'<>\\{}|^`", c) {
			return Key{}, false
		}
	}
	return Key{Name: provider + ":" + claim, Type: "string", Multi: claim == "amr", Doc: "a claim of a token"}, true
}

// lookupKey finds a key whatever its case; a tag's name keeps its own.
func lookupKey(name string) (Key, bool) {
	if i, ok := keyIndex[strings.ToLower(name)]; ok && !keys[i].tags() {
		return keys[i], true
	}
	if slash := strings.IndexByte(name, '/'); slash > 0 && slash < len(name)-1 {
		if i, ok := keyIndex[strings.ToLower(name[:slash+1])]; ok {
			k := keys[i]
			k.Name += name[slash+1:]
			return k, true
		}
	}
	return Key{}, false
}
