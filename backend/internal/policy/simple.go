package policy

import (
	"fmt"
	"strings"
)

// Entry is one entry of a simple policy: what may be done in a bucket.
type Entry struct {
	Bucket  string   `json:"bucket"`  // lower-case name, or "*"
	Actions []string `json:"actions"` // simple names, AWS action names, or wildcards
}

// Verb is a simple action name.
type Verb struct {
	Name        string
	Description string
	Actions     []string // what it compiles to, sorted
	Aliases     []string // other names that mean it, for the documentation
}

var verbNames = []struct{ name, description string }{
	{"list", "List buckets and objects"},
	{"read", "Download objects, get metadata"},
	{"write", "Upload objects, create buckets, manage tags, retention and versioning"},
	{"delete", "Remove objects, versions and buckets"},
	{"share", "Manage access control lists (ACLs)"},
	{"policy", "Manage bucket policies and the other settings of a bucket"},
	{"lifecycle", "Manage lifecycle rules"},
	{"cors", "Manage CORS configuration"},
	{"replication", "Configure and manage replication"},
	{"iam:list_users", "View all users and their policies; set quotas"},
	{"iam:create_user", "Create users"},
	{"iam:delete_user", "Delete users"},
	{"iam:rotate_key", "Rotate secret keys of users"},
	{"iam:update_policy", "Modify policies of users"},
	{"iam:*", "Administrator: all actions on users, keys, encryption keys and the server"},
	{"*", "All S3 actions, in the named bucket or all; nothing of iam:*"},
}

// administrator is what iam:* compiles to.
var administrator = []string{"iam:*", "kms:*", "myfsio:*", "sts:*"}

// everything is what * compiles to.
var everything = []string{"myfsio:GetBucketQuota", "s3:*"}

// verbAliases are the AWS names that the documentation gives for the actions on users; each means the whole simple name.
var verbAliases = map[string]string{
	"iam:listusers": "iam:list_users", "iam:createuser": "iam:create_user", "iam:deleteuser": "iam:delete_user",
	"iam:rotateaccesskey": "iam:rotate_key", "iam:putuserpolicy": "iam:update_policy",
}

// operationNames maps names that look like AWS actions but are names of operations, or older spellings, to the action that AWS checks.
var operationNames = map[string]string{
	"s3:headobject": "s3:GetObject", "s3:selectobjectcontent": "s3:GetObject",
	"s3:createmultipartupload": "s3:PutObject", "s3:uploadpart": "s3:PutObject", "s3:uploadpartcopy": "s3:PutObject",
	"s3:completemultipartupload": "s3:PutObject", "s3:copyobject": "s3:PutObject", "s3:postobject": "s3:PutObject",
	"s3:deleteobjects": "s3:DeleteObject", "s3:listbuckets": "s3:ListAllMyBuckets", "s3:listobjects": "s3:ListBucket",
	"s3:listobjectsv2": "s3:ListBucket", "s3:listobjectversions": "s3:ListBucketVersions",
	"s3:listmultipartuploads": "s3:ListBucketMultipartUploads", "s3:listparts": "s3:ListMultipartUploadParts",
	"s3:getbucketlifecycle": "s3:GetLifecycleConfiguration", "s3:putbucketlifecycle": "s3:PutLifecycleConfiguration",
	"s3:deletebucketlifecycle": "s3:PutLifecycleConfiguration", "s3:deletelifecycleconfiguration": "s3:PutLifecycleConfiguration",
	"s3:getbucketlifecycleconfiguration": "s3:GetLifecycleConfiguration", "s3:putbucketlifecycleconfiguration": "s3:PutLifecycleConfiguration",
	"s3:deletebucketcors": "s3:PutBucketCORS", "s3:deletereplicationconfiguration": "s3:PutReplicationConfiguration",
	"s3:getbucketreplication": "s3:GetReplicationConfiguration", "s3:putbucketreplication": "s3:PutReplicationConfiguration",
	"s3:deletebucketreplication": "s3:PutReplicationConfiguration", "s3:getbucketencryption": "s3:GetEncryptionConfiguration",
	"s3:putbucketencryption": "s3:PutEncryptionConfiguration", "s3:deletebucketencryption": "s3:PutEncryptionConfiguration",
	"s3:deletebuckettagging": "s3:PutBucketTagging", "s3:getpublicaccessblock": "s3:GetBucketPublicAccessBlock",
	"s3:putpublicaccessblock": "s3:PutBucketPublicAccessBlock", "s3:deletepublicaccessblock": "s3:PutBucketPublicAccessBlock",
	"s3:getobjectlockconfiguration": "s3:GetBucketObjectLockConfiguration", "s3:putobjectlockconfiguration": "s3:PutBucketObjectLockConfiguration",
	"s3:deletebucketownershipcontrols":      "s3:PutBucketOwnershipControls",
	"s3:getbucketnotificationconfiguration": "s3:GetBucketNotification", "s3:putbucketnotificationconfiguration": "s3:PutBucketNotification",
	"s3:getbucketaccelerateconfiguration": "s3:GetAccelerateConfiguration", "s3:putbucketaccelerateconfiguration": "s3:PutAccelerateConfiguration",
}

// companions are what an action needs beside it for multipart uploads.
var companions = map[string][]string{
	"s3:PutObject":  {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"},
	"s3:ListBucket": {"s3:ListBucketMultipartUploads"},
}

// Verbs returns the simple names with what they compile to, in the order of the documentation.
func Verbs() []Verb {
	out := make([]Verb, 0, len(verbNames))
	for _, v := range verbNames {
		verb := Verb{Name: v.name, Description: v.description, Actions: verbActions(v.name)}
		for alias, name := range verbAliases {
			if name == v.name {
				verb.Aliases = append(verb.Aliases, alias)
			}
		}
		out = append(out, verb)
	}
	return out
}

// OperationNames returns the accepted names that are no actions (in lower case) with the action that each stands for.
func OperationNames() map[string]string {
	out := make(map[string]string, len(operationNames))
	for k, v := range operationNames {
		out[k] = v
	}
	return out
}

// verbActions returns the actions of a simple name, nil for what is none.
func verbActions(name string) []string {
	switch name {
	case "*", "s3:*":
		return everything
	case "iam:*":
		return administrator
	}
	var out []string
	for _, a := range known {
		if contains(a.Verbs, name) {
			out = append(out, a.Name)
		}
	}
	return out
}

// CanonicalAction returns the action that an operation on users or the server checks: iam:list_users and iam:ListUsers are the same
// one. Other names come back as they are.
func CanonicalAction(name string) string {
	switch strings.ToLower(name) {
	case "iam:list_users":
		return "iam:ListUsers"
	case "iam:create_user":
		return "iam:CreateUser"
	case "iam:delete_user":
		return "iam:DeleteUser"
	case "iam:rotate_key", "iam:rotateaccesskey":
		return "iam:UpdateAccessKey"
	case "iam:update_policy":
		return "iam:PutUserPolicy"
	}
	return name
}

// simpleActions compiles one action text of a simple policy.
func simpleActions(text string) ([]string, bool) {
	fold := strings.ToLower(strings.TrimSpace(text))
	if name, ok := verbAliases[fold]; ok {
		fold = name
	}
	if list := verbActions(fold); list != nil {
		return list, true
	}
	if name, ok := operationNames[fold]; ok {
		return append([]string{name}, companions[name]...), true
	}
	if !strings.Contains(fold, ":") {
		return nil, false
	}
	a, ok := parseAction(strings.TrimSpace(text))
	if !ok {
		return nil, false
	}
	return append([]string{a.text}, companions[a.text]...), true
}

// ParseSimple reads a simple policy, `[{"bucket": "*", "actions": ["list","read"]}]`, and compiles it. Its error is
// fault.MalformedPolicy and names the entry.
func ParseSimple(data []byte) ([]Entry, *Document, error) {
	n, err := readJSON(data)
	if err != nil {
		return nil, nil, err
	}
	if n.kind != '[' {
		return nil, nil, malformed("A simple policy must be an array, not %s.", n.what())
	}
	d := &Document{Kind: Identity, Version: Version2012}
	entries := make([]Entry, 0, len(n.members))
	for i, m := range n.members {
		e, err := parseEntry(m, i+1)
		if err != nil {
			return nil, nil, err
		}
		entries = append(entries, e)
		d.Statements = append(d.Statements, e.statements(i+1)...)
	}
	d.seal()
	return entries, d, nil
}

// ParseUser reads the policies of a user in any form: a simple policy, an AWS document, or an array that mixes simple entries and AWS
// documents. The result has the statements of all, and none for an empty array.
func ParseUser(data []byte) (*Document, error) {
	n, err := readJSON(data)
	if err != nil {
		return nil, err
	}
	list := []*node{n}
	if n.kind == '[' {
		list = n.members
	}
	d := &Document{Kind: Identity, Version: Version2012}
	for i, m := range list {
		if m.kind == '{' && (m.get("Statement") != nil || m.get("Version") != nil) {
			doc, err := parseDocument(m, Identity)
			if err != nil {
				return nil, err
			}
			d.Statements = append(d.Statements, doc.Statements...)
			continue
		}
		e, err := parseEntry(m, i+1)
		if err != nil {
			return nil, err
		}
		d.Statements = append(d.Statements, e.statements(i+1)...)
	}
	d.seal()
	return d, nil
}

func parseEntry(n *node, number int) (e Entry, err error) {
	if n.kind != '{' {
		return e, malformed("Entry %d must be an object like {\"bucket\": \"*\", \"actions\": [\"list\"]}, not %s.", number, n.what())
	}
	for _, name := range n.names {
		if name != "bucket" && name != "actions" {
			return e, malformed("Entry %d has the unknown member %q; it may have \"bucket\" and \"actions\".", number, name)
		}
	}
	bucket, actions := n.get("bucket"), n.get("actions")
	if bucket == nil || actions == nil {
		return e, malformed("Entry %d needs both \"bucket\" and \"actions\".", number)
	}
	if bucket.kind != '"' {
		return e, malformed("\"bucket\" of entry %d must be a string, not %s.", number, bucket.what())
	}
	e.Bucket = strings.ToLower(strings.TrimSpace(bucket.text))
	if !simpleBucket(e.Bucket) {
		return e, malformed("\"bucket\" of entry %d must be the name of a bucket or \"*\", not %q; for patterns write a policy document.",
			number, bucket.text)
	}
	if actions.kind != '[' || len(actions.members) > 0 {
		if e.Actions, err = actions.strings(fmt.Sprintf("\"actions\" of entry %d", number), false); err != nil {
			return e, err
		}
	}
	for _, text := range e.Actions {
		list, ok := simpleActions(text)
		if !ok {
			return e, malformed("Unknown action %q in entry %d.", text, number)
		}
		for _, a := range list {
			if e.Bucket != "*" && !inBucket(a) {
				return e, malformed("The action %q of entry %d concerns no bucket; its \"bucket\" must be \"*\".", text, number)
			}
		}
	}
	return e, nil
}

// simpleBucket accepts names more freely than buckets may have them: a name that no bucket has grants nothing.
func simpleBucket(name string) bool {
	if name == "*" {
		return true
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return name != "" && len(name) <= 255
}

// inBucket tells whether an action makes sense for one bucket.
func inBucket(action string) bool { return strings.HasPrefix(action, "s3:") || ownName(action) }

// statements compiles an entry: what concerns buckets, and what concerns the server.
func (e Entry) statements(number int) []Statement {
	var inside, server []string
	for _, text := range e.Actions {
		list, _ := simpleActions(text) // checked by parseEntry
		for _, a := range list {
			into := &inside
			if !strings.HasPrefix(a, "s3:") && (e.Bucket == "*" || !ownName(a)) {
				into = &server
			}
			if !contains(*into, a) {
				*into = append(*into, a)
			}
		}
	}
	var out []Statement
	build := func(sid string, actions []string, resources ...string) {
		if len(actions) == 0 {
			return
		}
		s := Statement{Sid: fmt.Sprintf("%s%d", sid, number), Effect: Allow}
		for _, text := range actions {
			a, _ := parseAction(text)
			s.actions = append(s.actions, a)
		}
		for _, text := range resources {
			p, _ := compile(text, false)
			s.resources = append(s.resources, resource{text: text, pattern: p})
		}
		out = append(out, s)
	}
	if e.Bucket == "*" {
		build("Entry", inside, "arn:aws:s3:::*")
	} else {
		build("Entry", inside, BucketARN(e.Bucket), BucketARN(e.Bucket)+"/*")
	}
	build("EntryServer", server, "*")
	return out
}
