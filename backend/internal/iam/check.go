package iam

import (
	"fmt"
	"slices"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

const maxFileKeys = 100 // of a user of a file

// check holds what an edit made of an item to what it would be held to over the API. was is what it was, nil for a new one.
func (it *item) check(was *item) error {
	const op = "iam.check"
	bad := func(format string, args ...any) error {
		return fault.New(op, fault.InvalidRequest, fmt.Sprintf(format, args...))
	}
	if it.name != "" && it.kind != providerItem {
		if err := checkEntityName(op, "name", it.name, kinds[it.kind].longest); err != nil {
			return err
		}
	}
	if _, err := checkPath(op, it.path); err != nil {
		return err
	}
	if err := checkTags(op, it.tags); err != nil {
		return err
	}
	for _, t := range it.moments() {
		if !validMoment(t) {
			return bad("a time is not valid")
		}
	}
	if err := it.checkGrants(); err != nil {
		return err
	}
	switch it.kind {
	case userItem:
		return it.checkUser(was)
	case roleItem:
		if err := checkRole(op, &NewEntity{Trust: it.trust, Description: it.description, MaxSession: it.maxSession}); err != nil {
			return fault.New(op, fault.InvalidRequest, "trust_policy, description or max_session_seconds: "+fault.TextOf(err))
		}
	case policyItem:
		return it.checkVersions()
	case providerItem:
		return it.checkProvider()
	}
	return nil
}

func (it *item) checkProvider() error {
	const op = "iam.check"
	if _, err := checkProviderURL(op, "https://"+it.name); err != nil {
		return err
	}
	if err := checkClientIDs(op, it.clientIDs); err != nil {
		return err
	}
	return checkThumbprints(op, it.thumbprints)
}

func (it *item) moments() []time.Time {
	list := []time.Time{it.created, it.updated, it.revoked, it.from, it.until, it.password.created}
	for _, k := range it.keys {
		list = append(list, k.created, k.expires)
	}
	for _, d := range it.devices {
		list = append(list, d.enabled)
	}
	for _, v := range it.versions {
		list = append(list, v.created)
	}
	return list
}

func (it *item) checkGrants() error {
	const op = "iam.check"
	var texts []string
	for _, p := range it.inline {
		if err := checkEntityName(op, "the name of an inline policy", p.name, maxPolicyName); err != nil {
			return err
		}
		if _, err := policy.Parse([]byte(p.text), policy.Identity); err != nil {
			return fault.New(op, fault.InvalidRequest, fmt.Sprintf("inline policy %q: %s", p.name, fault.TextOf(err)))
		}
		texts = append(texts, p.text)
	}
	for i, arn := range it.attached {
		if slices.Contains(it.attached[:i], arn) {
			return fault.New(op, fault.InvalidRequest, fmt.Sprintf("the policy %q is attached twice", arn))
		}
	}
	switch {
	case !roomFor(it.kind.entity(), texts...):
		return fault.New(op, fault.InvalidRequest, fmt.Sprintf("the inline policies have more than %d characters", maxInline[it.kind.entity()]))
	case len(it.attached) > maxAttached:
		return fault.New(op, fault.InvalidRequest, fmt.Sprintf("more than %d policies are attached", maxAttached))
	}
	return nil
}

func (it *item) checkUser(was *item) error {
	const op = "iam.check"
	if err := checkName(op, it.display); err != nil {
		return err
	}
	if err := (period{it.from, it.until}).check(op); err != nil {
		return fault.New(op, fault.InvalidRequest, "valid_until: "+fault.TextOf(err))
	}
	if len(it.keys) > maxFileKeys || len(it.groups) > maxGroupsOf {
		return fault.New(op, fault.InvalidRequest, fmt.Sprintf("a user has at most %d access keys and is in at most %d groups", maxFileKeys, maxGroupsOf))
	}
	for i, g := range it.groups {
		if slices.Contains(it.groups[:i], g) {
			return fault.New(op, fault.InvalidRequest, "a group stands twice")
		}
	}
	if err := it.checkLogin(); err != nil {
		return err
	}
	if err := it.checkPassword(was); err != nil {
		return err
	}
	if err := it.checkDevices(was); err != nil {
		return err
	}
	for _, k := range it.keys {
		if err := checkAccessKey(op, k.id); err != nil {
			return err
		}
		if seal.Sealed(k.secret) && (was == nil || !slices.ContainsFunc(was.keys, func(o itemKey) bool { return o.id == k.id && o.secret == k.secret })) {
			return fault.New(op, fault.InvalidRequest, "the sealed secret belongs to another access key or another server; put in a plain one")
		}
		if err := checkSecret(op, k.secret); err != nil && !seal.Sealed(k.secret) {
			return err
		}
	}
	if _, err := policy.ParseUser([]byte(it.policies)); err != nil {
		return fault.New(op, fault.InvalidRequest, "policies: "+fault.TextOf(err))
	}
	return nil
}

func (it *item) checkDevices(was *item) error {
	const op = "iam.check"
	if len(it.devices) > maxDevices {
		return fault.New(op, fault.InvalidRequest, fmt.Sprintf("a user has at most %d devices", maxDevices))
	}
	for _, d := range it.devices {
		if err := checkEntityName(op, "the name of a device", d.name, maxPolicyName); err != nil {
			return err
		}
		if _, err := seedOf(d.seed); err != nil && (was == nil || !slices.ContainsFunc(was.devices, func(o itemDevice) bool { return o.seed == d.seed })) {
			return fault.New(op, fault.InvalidRequest, "the seed of a device belongs to another user or another server, or is not base32 of 10 to 64 bytes")
		}
	}
	return nil
}

func (it *item) checkPassword(was *item) error {
	const op = "iam.check"
	p := it.password
	switch _, ok := parseHash(p.hash); {
	case ok || was != nil && p.hash == was.password.hash:
		return nil
	case p.hash == "":
		if (p != itemPassword{}) {
			return fault.New(op, fault.InvalidRequest, "it has no password that could be created or changed")
		}
		return nil
	case seal.Sealed(p.hash):
		return fault.New(op, fault.InvalidRequest, "the sealed password belongs to another user or another server; put in an argon2id hash or leave it out")
	}
	return fault.New(op, fault.InvalidRequest, "a password is put in as an argon2id hash, as $argon2id$v=19$m=19456,t=2,p=1$...")
}

// checkLogin holds who a user is at a provider to what a provider can say.
func (it *item) checkLogin() error {
	const op = "iam.check"
	if it.login == (itemLogin{}) {
		if len(it.loginGroups)+len(it.loginPolicies) > 0 {
			return fault.New(op, fault.InvalidRequest, "single_sign_on has groups or policies and no issuer")
		}
		return nil
	}
	if err := checkLogin(op, it.login.issuer, it.login.subject); err != nil {
		return err
	}
	for i, g := range it.loginGroups {
		if slices.Contains(it.loginGroups[:i], g) {
			return fault.New(op, fault.InvalidRequest, "a group stands twice in single_sign_on")
		}
	}
	for i, p := range it.loginPolicies {
		if slices.Contains(it.loginPolicies[:i], p) {
			return fault.New(op, fault.InvalidRequest, "a policy stands twice in single_sign_on")
		}
	}
	return nil
}

func (it *item) checkVersions() error {
	const op = "iam.check"
	bad := func(format string, args ...any) error {
		return fault.New(op, fault.InvalidRequest, fmt.Sprintf(format, args...))
	}
	if len(it.versions) == 0 || len(it.versions) > maxVersions {
		return bad("a managed policy has 1 to %d versions", maxVersions)
	}
	for i, v := range it.versions {
		if v.number < 1 || i > 0 && it.versions[i-1].number == v.number {
			return bad("the version %d is not valid or stands twice", v.number)
		}
		if _, err := checkManagedText(op, v.text); err != nil {
			return bad("version %d: %s", v.number, fault.TextOf(err))
		}
	}
	if !slices.ContainsFunc(it.versions, func(v itemVersion) bool { return v.number == it.inForce }) {
		return bad("default_version names no version")
	}
	if len(it.description) > 1000 {
		return bad("the description has more than 1000 bytes")
	}
	return nil
}

// wants are what an item names that must be there, by what a message says of it.
func (it *item) wants(groups map[string]string) map[string]string {
	m := map[string]string{}
	for _, arn := range append(slices.Clone(it.attached), it.boundary) {
		if arn != "" && builtIn[arn] == nil {
			m[arn] = fmt.Sprintf("there is no policy %q in its account", arn)
		}
	}
	for _, id := range slices.Concat(it.groups, it.loginGroups) {
		m[id] = fmt.Sprintf("there is no group %q in its account", groups[id])
	}
	return m
}

// has is the name that others want an item by, empty for none.
func (it *item) has(number string) string {
	switch it.kind {
	case groupItem:
		return it.id
	case policyItem:
		return "arn:aws:iam::" + number + ":policy" + pathOf(it.path) + it.name
	}
	return ""
}

// missing are what items want and nothing has: reasons by item id and what is wanted. numbers are those of the accounts by name.
func missing(items map[string]*item, numbers, groups map[string]string) map[[2]string]string {
	has := map[[2]string]bool{} // by account and name
	for _, it := range items {
		if n := it.has(numbers[it.account]); n != "" {
			has[[2]string{it.account, n}] = true
		}
	}
	out := map[[2]string]string{}
	for id, it := range items {
		for want, reason := range it.wants(groups) {
			if !has[[2]string{it.account, want}] {
				out[[2]string{id, want}] = reason
			}
		}
	}
	return out
}

// collide returns why an item cannot be beside the others; it takes the names into seen.
func (it *item) collide(seen map[string]*item) string {
	taken := func(name string) bool {
		other := seen[name]
		seen[name] = it
		return other != nil && other != it
	}
	for _, d := range it.devices {
		if taken("device " + it.account + "/" + deviceNamed(d)) {
			return fmt.Sprintf("the device %s is in use already", d.name)
		}
	}
	for _, k := range it.keys {
		if taken("key " + k.id) {
			return fmt.Sprintf("the access key %s is in use already", k.id)
		}
	}
	if it.login != (itemLogin{}) && taken("login "+it.login.issuer+" "+it.login.subject) {
		return "another user signs in with the same issuer and subject"
	}
	clash := false
	switch {
	case it.name != "":
		clash = taken(it.named(it.kind, it.name))
		if it.kind == userItem { // who goes by a key has that name, with its case
			clash = clash || seen["by key "+it.account+"/"+it.name] != nil
			seen["by name "+it.account+"/"+it.name] = it
		}
	case len(it.keys) > 0:
		name := it.account + "/" + it.keys[0].id
		clash = seen["by name "+name] != nil
		seen["by key "+name] = it
	}
	if clash {
		return fmt.Sprintf("the name %q is in use already", it.label())
	}
	return ""
}
