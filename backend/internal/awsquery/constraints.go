package awsquery

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

// constraint is what AWS's model of a service says of a parameter. All that breaks the model is told together, before anything is done; what
// the service itself finds wrong (own) only when the model finds nothing.
type constraint struct {
	kind     kind
	min, max int // characters, or the value of a number; of a list, members. max 0: no bound
	enum     []string
	pattern  *regexp.Regexp
	shown    string // the pattern as AWS writes it
	own      func(field, value string) string
	quiet    bool // STS does not repeat the value
}

type kind uint8

const (
	aText kind = iota
	aNumber
	aFlag
	aTagList
	aKeyList
	anARNList
	aList // of texts that have these lengths
)

const tagPattern = `[\p{L}\p{Z}\p{N}_.:/=+\-@]`

var (
	nameText    = regexp.MustCompile(`^[\w+=,.@-]+$`)
	pathText    = regexp.MustCompile(`^(/|/[!-~]+/)$`)
	prefixText  = regexp.MustCompile(`^/[!-\x7f]{0,511}$`)
	latin       = regexp.MustCompile(`^[\t\n\r\x{20}-\x{ff}]+$`)
	description = regexp.MustCompile(`^[\t\n\r\x{20}-\x{7e}\x{a1}-\x{ff}]*$`)
	tagText     = regexp.MustCompile(`^` + tagPattern + `*$`)
	versionText = regexp.MustCompile(`^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$`)
	sessionText = regexp.MustCompile(`^[\w+=,.@-]*$`)
	serialText  = regexp.MustCompile(`^[\w+=/:,.@-]*$`)
	externText  = regexp.MustCompile(`^[\w+=,.@:/-]*$`)
	digits      = regexp.MustCompile(`^\d*$`)
)

func unless(p *regexp.Regexp, says string) func(string, string) string {
	return func(field, value string) string {
		if p.MatchString(value) {
			return ""
		}
		return "The specified value for " + field + " is invalid. " + says
	}
}

var (
	ownName     = unless(nameText, "It must contain only alphanumeric characters and/or the following: +=,.@_-")
	ownPath     = unless(pathText, "It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	ownPrefix   = unless(prefixText, "It must begin with the / character and contain only alphanumeric characters and/or / characters.")
	ownDocument = unless(latin, "It must contain only printable ASCII characters.")
)

func enum(values ...string) constraint { return constraint{enum: values} }

// constraints are those of the parameters by name; "Action.Name" is one that an action has of its own. Access keys of this server may be
// shorter than those of AWS.
var constraints = map[string]constraint{
	"UserName": {max: 128, own: ownName}, "CreateUser.UserName": {max: 64, own: ownName}, "NewUserName": {max: 64, own: ownName},
	"GroupName": {max: 128, own: ownName}, "NewGroupName": {max: 128, own: ownName},
	"RoleName": {max: 64, own: ownName}, "PolicyName": {max: 128, own: ownName},
	"Path": {max: 512, own: ownPath}, "NewPath": {max: 512, own: ownPath}, "PathPrefix": {own: ownPrefix},
	"PolicyDocument": {min: 1, max: 131072, own: ownDocument}, "AssumeRolePolicyDocument": {min: 1, max: 131072, own: ownDocument},
	"Description":        {max: 1000, pattern: description, shown: `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`},
	"MaxSessionDuration": {kind: aNumber, min: 3600, max: 43200},
	"PolicyArn":          {min: 20, max: 2048}, "PermissionsBoundary": {min: 20, max: 2048},
	"VersionId":    {pattern: versionText, shown: `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`},
	"SetAsDefault": {kind: aFlag}, "OnlyAttached": {kind: aFlag},
	"Scope": enum("All", "AWS", "Local"), "PolicyUsageFilter": enum("PermissionsPolicy", "PermissionsBoundary"),
	"EntityFilter": enum("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"),
	"AccessKeyId":  {min: 1, max: 128}, "Status": enum("Active", "Inactive"),
	"Marker": {min: 1, max: 320, pattern: latin, shown: `[\u0020-\u00FF]+`}, "MaxItems": {kind: aNumber, min: 1, max: 1000},
	"Password": {min: 1, max: 128, pattern: latin, shown: `[\u0009\u000A\u000D\u0020-\u00FF]+`}, "PasswordResetRequired": {kind: aFlag},
	"OldPassword": {min: 1, max: 128}, "NewPassword": {min: 1, max: 128, pattern: latin, shown: `[\u0009\u000A\u000D\u0020-\u00FF]+`},
	"VirtualMFADeviceName": {min: 1, max: 128, own: ownName}, "AuthenticationCode1": {min: 6, max: 6, pattern: digits, shown: `[\d]+`},
	"AuthenticationCode2": {min: 6, max: 6, pattern: digits, shown: `[\d]+`}, "AssignmentStatus": enum("Assigned", "Unassigned", "Any"),
	"Tags": {kind: aTagList, max: 50}, "TagKeys": {kind: aKeyList, max: 50}, "TransitiveTagKeys": {kind: aKeyList, max: 50},

	"Url": {min: 1, max: 255}, "ClientID": {min: 1, max: 255}, "ClientIDList": {kind: aList, max: 255}, "ThumbprintList": {kind: aList, min: 40, max: 40},
	"OpenIDConnectProviderArn": {min: 20, max: 2048}, "WebIdentityToken": {min: 4, max: 20000, quiet: true}, "ProviderId": {min: 4, max: 2048},

	"PolicySourceArn": {min: 20, max: 2048}, "CallerArn": {min: 1, max: 2048}, "ResourceOwner": {min: 1, max: 2048}, "ResourcePolicy": {min: 1, max: 131072, own: ownDocument},
	"PolicyInputList": {kind: aList, max: 131072}, "PermissionsBoundaryPolicyInputList": {kind: aList, max: 131072}, "ActionNames": {kind: aList, min: 3, max: 128},
	"ResourceArns": {kind: aList, max: 2048},

	"RoleArn": {min: 20, max: 2048, quiet: true}, "RoleSessionName": {min: 2, max: 64, pattern: sessionText, shown: `[\w+=,.@-]*`},
	"Policy": {min: 1, max: 131072, quiet: true}, "PolicyArns": {kind: anARNList, quiet: true},
	"DurationSeconds": {kind: aNumber, min: 900, max: 43200}, "GetSessionToken.DurationSeconds": {kind: aNumber, min: 900, max: 129600},
	"ExternalId": {min: 2, max: 1224, pattern: externText, shown: `[\w+=,.@:\/-]*`}, "SourceIdentity": {min: 2, max: 64, pattern: sessionText, shown: `[\w+=,.@-]*`},
	"SerialNumber": {min: 9, max: 256, pattern: serialText, shown: `[\w+=/:,.@-]*`}, "TokenCode": {min: 6, max: 6, pattern: digits, shown: `[\d]*`},
}

// parameters are those of each action, as its model lists them: "!" must be there, "?" must be there, which an older check of IAM tells.
var parameters = map[string]string{
	"CreateUser": "Path UserName! PermissionsBoundary Tags", "GetUser": "UserName", "ListUsers": "PathPrefix Marker MaxItems",
	"UpdateUser": "UserName? NewPath NewUserName", "DeleteUser": "UserName?",
	"CreateGroup": "Path GroupName!", "GetGroup": "GroupName! Marker MaxItems", "ListGroups": "PathPrefix Marker MaxItems",
	"UpdateGroup": "GroupName! NewPath NewGroupName", "DeleteGroup": "GroupName!",
	"CreateRole": "Path RoleName! AssumeRolePolicyDocument! Description MaxSessionDuration PermissionsBoundary Tags", "GetRole": "RoleName?",
	"ListRoles": "PathPrefix Marker MaxItems", "UpdateRole": "RoleName! Description MaxSessionDuration", "DeleteRole": "RoleName?",
	"UpdateRoleDescription": "RoleName! Description!", "UpdateAssumeRolePolicy": "RoleName! PolicyDocument!",
	"AddUserToGroup": "GroupName! UserName!", "RemoveUserFromGroup": "GroupName! UserName!", "ListGroupsForUser": "UserName! Marker MaxItems",
	"CreateAccessKey": "UserName", "ListAccessKeys": "UserName Marker MaxItems", "UpdateAccessKey": "UserName AccessKeyId? Status?",
	"DeleteAccessKey": "UserName AccessKeyId?", "GetAccessKeyLastUsed": "AccessKeyId?",
	"CreatePolicy": "PolicyName! Path PolicyDocument! Description Tags", "GetPolicy": "PolicyArn!", "DeletePolicy": "PolicyArn!",
	"ListPolicies":          "Scope OnlyAttached PathPrefix PolicyUsageFilter Marker MaxItems",
	"ListEntitiesForPolicy": "PolicyArn! EntityFilter PathPrefix PolicyUsageFilter Marker MaxItems",
	"CreatePolicyVersion":   "PolicyArn! PolicyDocument! SetAsDefault", "GetPolicyVersion": "PolicyArn! VersionId!", "ListPolicyVersions": "PolicyArn! Marker MaxItems",
	"DeletePolicyVersion": "PolicyArn! VersionId!", "SetDefaultPolicyVersion": "PolicyArn! VersionId!",

	"CreateLoginProfile": "UserName Password! PasswordResetRequired", "GetLoginProfile": "UserName", "UpdateLoginProfile": "UserName Password PasswordResetRequired",
	"DeleteLoginProfile": "UserName", "ChangePassword": "OldPassword! NewPassword!", "GetAccountPasswordPolicy": "",
	"CreateVirtualMFADevice": "Path VirtualMFADeviceName!", "DeleteVirtualMFADevice": "SerialNumber!", "ListVirtualMFADevices": "AssignmentStatus Marker MaxItems",
	"EnableMFADevice": "UserName! SerialNumber! AuthenticationCode1! AuthenticationCode2!", "ListMFADevices": "UserName Marker MaxItems",
	"DeactivateMFADevice": "UserName SerialNumber!", "ResyncMFADevice": "UserName! SerialNumber! AuthenticationCode1! AuthenticationCode2!",
	"SimulatePrincipalPolicy": "PolicySourceArn! PolicyInputList PermissionsBoundaryPolicyInputList ActionNames! ResourceArns ResourcePolicy ResourceOwner CallerArn Marker MaxItems",
	"SimulateCustomPolicy":    "PolicyInputList! PermissionsBoundaryPolicyInputList ActionNames! ResourceArns ResourcePolicy ResourceOwner CallerArn Marker MaxItems",

	"CreateOpenIDConnectProvider": "Url! ClientIDList ThumbprintList Tags", "GetOpenIDConnectProvider": "OpenIDConnectProviderArn!", "ListOpenIDConnectProviders": "",
	"DeleteOpenIDConnectProvider": "OpenIDConnectProviderArn!", "AddClientIDToOpenIDConnectProvider": "OpenIDConnectProviderArn! ClientID!",
	"RemoveClientIDFromOpenIDConnectProvider": "OpenIDConnectProviderArn! ClientID!", "UpdateOpenIDConnectProviderThumbprint": "OpenIDConnectProviderArn! ThumbprintList!",
	"TagOpenIDConnectProvider": "OpenIDConnectProviderArn! Tags!", "UntagOpenIDConnectProvider": "OpenIDConnectProviderArn! TagKeys!",
	"ListOpenIDConnectProviderTags": "OpenIDConnectProviderArn! Marker MaxItems",
	"AssumeRoleWithWebIdentity":     "RoleArn! RoleSessionName! WebIdentityToken! ProviderId PolicyArns Policy DurationSeconds",

	"GetCallerIdentity": "", "GetSessionToken": "DurationSeconds SerialNumber TokenCode",
	"AssumeRole": "RoleArn! RoleSessionName! PolicyArns Policy DurationSeconds Tags TransitiveTagKeys ExternalId SerialNumber TokenCode SourceIdentity",
}

func init() {
	for _, n := range []string{"User", "Group", "Role"} {
		name := n + "Name! "
		parameters["Put"+n+"Policy"] = name + "PolicyName! PolicyDocument!"
		parameters["Get"+n+"Policy"] = name + "PolicyName!"
		parameters["List"+n+"Policies"] = name + "Marker MaxItems"
		parameters["Delete"+n+"Policy"] = name + "PolicyName!"
		parameters["Attach"+n+"Policy"] = name + "PolicyArn!"
		parameters["Detach"+n+"Policy"] = name + "PolicyArn!"
		parameters["ListAttached"+n+"Policies"] = name + "PathPrefix Marker MaxItems"
		if n == "Group" {
			continue
		}
		parameters["Put"+n+"PermissionsBoundary"] = name + "PermissionsBoundary!"
		parameters["Delete"+n+"PermissionsBoundary"] = name
		parameters["Tag"+n] = name + "Tags!"
		parameters["Untag"+n] = name + "TagKeys!"
		parameters["List"+n+"Tags"] = name + "Marker MaxItems"
	}
}

// check holds the parameters of an action to its model.
func (c *call) check(service string) error {
	action := c.Form.Get("Action")
	m := model{call: c, service: service}
	own := ""
	for word := range strings.FieldsSeq(parameters[action]) {
		name := strings.TrimRight(word, "!?")
		of, ok := constraints[action+"."+name]
		if !ok {
			of = constraints[name]
		}
		field := lowerFirst(name)
		there := m.has(name, of.kind)
		switch {
		case !there && strings.HasSuffix(word, "?"):
			return newError(http.StatusBadRequest, "MissingParameter", "The request must contain the parameter "+name+".")
		case !there && strings.HasSuffix(word, "!"):
			m.breaks(field, "", "Member must not be null")
		case !there:
		default:
			if err := m.value(&of, name, field); err != nil {
				return err
			}
			if own == "" && of.own != nil {
				own = of.own(field, c.Form.Get(name))
			}
		}
	}
	switch n := len(m.broken); {
	case n == 1:
		return invalid("1 validation error detected: " + m.broken[0])
	case n > 1:
		return invalid(fmt.Sprintf("%d validation errors detected: %s", n, strings.Join(m.broken, "; ")))
	case own != "":
		return invalid(own)
	case m.twice:
		return newError(http.StatusBadRequest, "InvalidInput", iam.DuplicateTags)
	}
	return nil
}

func invalid(text string) error { return newError(http.StatusBadRequest, "ValidationError", text) }

// model is what is known of a request while it is held to the model of its action.
type model struct {
	*call
	service string
	broken  []string
	twice   bool // a tag stands twice
}

func (m *model) has(name string, k kind) bool {
	switch k {
	case aTagList, aKeyList, anARNList, aList:
		for key := range m.Form {
			if strings.HasPrefix(key, name+".member.") {
				return true
			}
		}
		return false
	}
	_, ok := m.Form[name]
	return ok
}

// breaks notes what a value breaks; IAM repeats no value but one of an enumeration, and says so by an empty shown.
func (m *model) breaks(field, shown, says string) {
	if shown != "" {
		shown += " "
	}
	m.broken = append(m.broken, "Value "+shown+"at '"+field+"' failed to satisfy constraint: "+says)
}

// length holds the length of a text, or the count of a list, to its bounds.
func (m *model) length(field, shown string, n, least, most int) {
	if most > 0 && n > most {
		m.breaks(field, shown, fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
	if n < least {
		m.breaks(field, shown, fmt.Sprintf("Member must have length greater than or equal to %d", least))
	}
}

func (m *model) value(of *constraint, name, field string) error {
	v := m.Form.Get(name)
	shown := ""
	if m.service == STS && !of.quiet {
		shown = "'" + v + "'"
	}
	switch of.kind {
	case aTagList:
		return m.tagList(field)
	case aKeyList:
		m.keyList(name, field)
		return nil
	case aList:
		for i, text := range m.strings(name) {
			m.length(fmt.Sprintf("%s.%d.member", field, i+1), "", utf8.RuneCountInString(text), max(of.min, 1), of.max)
		}
		return nil
	case anARNList:
		for i, arn := range m.arns() {
			m.length(fmt.Sprintf("%s.%d.member.arn", field, i+1), "", len(arn), 20, 2048)
		}
		return nil
	case aNumber:
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil {
			return newError(http.StatusBadRequest, "MalformedInput", "")
		}
		if int(n) > of.max {
			m.breaks(field, shown, fmt.Sprintf("Member must have value less than or equal to %d", of.max))
		}
		if int(n) < of.min {
			m.breaks(field, shown, fmt.Sprintf("Member must have value greater than or equal to %d", of.min))
		}
		return nil
	case aFlag:
		if v != "true" && v != "false" {
			return newError(http.StatusBadRequest, "MalformedInput", "")
		}
		return nil
	}
	m.length(field, shown, utf8.RuneCountInString(v), of.min, of.max)
	if of.pattern != nil && !of.pattern.MatchString(v) {
		m.breaks(field, shown, "Member must satisfy regular expression pattern: "+of.shown)
	}
	if of.enum != nil && !slices.Contains(of.enum, v) {
		m.breaks(field, "'"+v+"'", "Member must satisfy enum value set: ["+strings.Join(of.enum, ", ")+"]")
	}
	return nil
}

func (m *model) tagList(field string) error {
	n, seen := 0, map[string]bool{}
	for i := 1; ; i++ {
		base := "Tags.member." + strconv.Itoa(i) + "."
		key, ok := m.Form[base+"Key"]
		value, there := m.Form[base+"Value"]
		if !ok && !there {
			break
		}
		n++
		of := fmt.Sprintf("%s.%d.member.", field, i)
		if !ok {
			m.breaks(of+"key", "", "Member must not be null")
		} else {
			m.tagPart(of+"key", key[0], 1, 128, "+")
			m.twice = m.twice || seen[strings.ToLower(key[0])]
			seen[strings.ToLower(key[0])] = true
		}
		if !there {
			m.breaks(of+"value", "", "Member must not be null")
		} else {
			m.tagPart(of+"value", value[0], 0, 256, "*")
		}
	}
	m.length(field, "", n, 0, 50)
	return nil
}

func (m *model) tagPart(field, text string, least, most int, many string) {
	m.length(field, "", utf8.RuneCountInString(text), least, most)
	if !tagText.MatchString(text) {
		m.breaks(field, "", "Member must satisfy regular expression pattern: "+tagPattern+many)
	}
}

func (m *model) keyList(name, field string) {
	list := m.strings(name)
	m.length(field, "", len(list), 0, 50)
	for _, key := range list {
		if n := utf8.RuneCountInString(key); n < 1 || n > 128 || !tagText.MatchString(key) {
			m.breaks(field, "", "Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, "+
				"Member must satisfy regular expression pattern: "+tagPattern+"+, Member must not be null]")
			return
		}
	}
}

// arns reads PolicyArns.
func (c *call) arns() (out []string) {
	for i := 1; ; i++ {
		arn, ok := c.Form["PolicyArns.member."+strconv.Itoa(i)+".arn"]
		if !ok {
			return out
		}
		out = append(out, arn[0])
	}
}
