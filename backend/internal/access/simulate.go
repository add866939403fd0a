package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Simulation is requests that nobody makes: each action on each resource.
type Simulation struct {
	Subject   iam.Subject
	Actions   []string // of policy's table, in any case
	Resources []string // ARNs, or "*"; none for "*"
	// BucketPolicy is taken as the policy of every bucket; nil for what they have.
	BucketPolicy *policy.Document
	// Alone leaves out what buckets, objects and roles have themselves, as IAM's simulator does.
	Alone bool
	Owner string // id of the account whose the buckets are that are not there; empty for that of who asks
	// Keys are the condition keys of the requests, in any case. What is not here the requests do not have, but for the time.
	Keys map[string][]string
}

// maxSimulated bounds the requests of one simulation.
const maxSimulated = 1000

// What decides over a simulated request.
const (
	ByIdentity = "identityPolicy"
	ByBucket   = "bucketPolicy"
	ByACL      = "accessControlList"
	ByTrust    = "trustPolicy"
	ByBoundary = "permissionsBoundary"
	BySession  = "sessionPolicy"
	ByBlock    = "blockPublicAccess"
	ByOwner    = "objectOwner"
	ByAccount  = "account"
	ByNothing  = "nothing"
)

// Outcome is the decision over one simulated request.
type Outcome struct {
	Action, Resource string
	Decision         policy.Decision
	Trace            policy.Trace
	By               string // ByIdentity and so on
	Lacks            string // what would have to be there for the request to be allowed; empty for one that is allowed or denied by a statement
	Unknown          bool   // the bucket is none that the asker may know of: its policy and lists do not count
}

// Verdict is the decision in the words of IAM's simulator.
func (o *Outcome) Verdict() string {
	switch {
	case o.Decision.Allowed:
		return "allowed"
	case o.Decision.ExplicitDeny:
		return "explicitDeny"
	}
	return "implicitDeny"
}

// Decides reports whether the statement or list is the one that decided.
func (o *Outcome) Decides(m *policy.Match) bool {
	return m.Verdict == policy.Counts && m.Source.Name == o.Decision.Source && m.Statement == o.Decision.Statement
}

func invalid(text string) error {
	return fault.New("access.Simulate", fault.InvalidArgument, text).With("IAM", "InvalidInput")
}

// Simulate decides over requests as if somebody made them, by the same calls as over real ones. The actor needs iam:SimulatePrincipalPolicy
// on the principal, or iam:SimulateCustomPolicy, and gets to know of buckets of its own account alone, administrators of the server of all.
func (s *Service) Simulate(ctx context.Context, actor *iam.Identity, in Simulation) (who iam.Simulated, out []Outcome, err error) {
	keys := make(map[string][]string, len(in.Keys))
	for name, values := range in.Keys {
		key, ok := policy.ConditionKey(name)
		if !ok {
			return who, nil, invalid(fmt.Sprintf("There is no condition key %s.", name))
		}
		keys[key] = values
	}
	actions := make([]string, len(in.Actions))
	for i, name := range in.Actions {
		var ok bool
		if actions[i], ok = policy.FindAction(name); !ok {
			return who, nil, invalid(fmt.Sprintf("There is no action %s.", name))
		}
	}
	resources := in.Resources
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	switch {
	case len(actions) == 0:
		return who, nil, invalid("The simulation names no action.")
	case len(actions)*len(resources) > maxSimulated:
		return who, nil, invalid(fmt.Sprintf("A simulation has at most %d pairs of action and resource.", maxSimulated))
	}
	in.Subject.Keys = keys
	if who, err = s.IAM.Simulate(ctx, actor, in.Subject); err != nil {
		return who, nil, err
	}
	given := Circumstances{Time: s.IAM.Clock.Now()}
	a := &Asker{Service: *s, Given: func(name string) ([]string, bool) {
		if v, ok := keys[name]; ok {
			return v, len(v) > 0
		}
		if name == "aws:CurrentTime" || name == "aws:EpochTime" {
			return given.Lookup(name)
		}
		return nil, false
	}}
	if in.BucketPolicy != nil {
		a.Supposed = &bucket.Rules{Policy: in.BucketPolicy, Public: in.BucketPolicy.Public()}
	}
	for _, arn := range resources {
		t := trial{Asker: a, actor: actor, arn: arn, alone: in.Alone}
		if v := keys["s3:VersionId"]; len(v) > 0 {
			t.version = v[0]
		}
		if err := t.resolve(ctx, who.Account, in.Owner); err != nil {
			return who, nil, err
		}
		for _, action := range actions {
			o := Outcome{Action: action, Resource: arn, Unknown: t.unknown}
			a.ID = who.During(nil, a.Given).Traced(&o.Trace)
			if o.Decision, err = t.decide(ctx, action); err != nil {
				return who, nil, err
			}
			if t.bucket != nil && !o.Decision.ExplicitDeny && iam.OwnersOnly(action) && (who.Anonymous || iam.AccountNumber(who.Account) != iam.AccountNumber(t.bucket.Account)) {
				o.Decision = policy.Decision{Statement: -1}
				o.By, o.Lacks = ByAccount, "The policy of a bucket is for those of its own account."
			} else if err := t.explain(ctx, &o); err != nil {
				return who, nil, err
			}
			out = append(out, o)
		}
	}
	return who, out, nil
}

// trial is the requests on one resource.
type trial struct {
	*Asker
	actor        *iam.Identity
	arn          string
	bucket       *meta.Bucket // nil for what is no bucket
	key, version string
	found        *meta.Version // nil for none
	unknown      bool
	alone        bool
}

// resolve finds what the ARN names. A bucket that the actor may not know of is like one that is not there: it would be the caller's.
func (t *trial) resolve(ctx context.Context, account, owner string) error {
	parts := strings.SplitN(t.arn, ":", 6)
	if t.arn != "*" && (len(parts) != 6 || parts[0] != "arn" || parts[1] != "aws" || parts[5] == "") {
		return invalid(fmt.Sprintf("The resource %s is no ARN.", t.arn))
	}
	rest, ok := strings.CutPrefix(t.arn, policy.BucketARN(""))
	if !ok || rest == "*" {
		return nil
	}
	name, key, _ := strings.Cut(rest, "/")
	t.key = key
	var b *meta.Bucket
	err := error(fault.New("access.Simulate", fault.NoSuchBucket, ""))
	if !t.alone {
		b, err = t.Buckets.Get(ctx, name)
	}
	if err != nil && !fault.Is(err, fault.NoSuchBucket) && !fault.Is(err, fault.InvalidBucketName) {
		return err
	}
	shown := false
	if err == nil {
		if shown, err = t.shown(ctx, b); err != nil {
			return err
		}
	}
	if shown {
		t.bucket = b
		if t.Supposed != nil {
			block, err := t.Buckets.PublicAccess(ctx, b)
			if err != nil {
				return err
			}
			t.Supposed.Restricted = t.Supposed.Public && block.RestrictBuckets
		}
		return t.look(ctx)
	}
	if owner == "" {
		owner = account
	}
	t.bucket, t.unknown = &meta.Bucket{Name: name, Account: owner}, true
	if t.Supposed != nil {
		t.Supposed.Restricted = false
	}
	return nil
}

// shown reports whether the actor may know what decides over the bucket: who may read its policy, and administrators of the server.
func (t *trial) shown(ctx context.Context, b *meta.Bucket) (bool, error) {
	if t.actor.System() {
		return true, nil
	}
	if b.Account != t.actor.Account {
		return false, nil
	}
	d, err := (&Asker{Service: t.Service, ID: t.actor, Given: t.actor.Condition}).Decide(ctx, &Ask{Action: "s3:GetBucketPolicy", Bucket: b})
	return d.Allowed, err
}

// look reads the record of the object, if there is one.
func (t *trial) look(ctx context.Context) error {
	if t.key == "" {
		return nil
	}
	o, err := t.Asker.look(ctx, object.VersionInput{Bucket: t.bucket, Key: t.key, VersionID: t.version})
	switch fault.KindOf(err) {
	case fault.NoSuchKey, fault.NoSuchVersion, fault.DeleteMarker, fault.InvalidArgument, fault.KeyTooLong:
		return nil
	}
	if err == nil {
		t.found = o.Version
	}
	return err
}

// heldToOwner are the actions beside those that the list of an object grants that its owner has a say in.
var heldToOwner = []string{"s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"}

// decide asks for one action.
func (t *trial) decide(ctx context.Context, action string) (policy.Decision, error) {
	service, _, _ := strings.Cut(action, ":")
	if t.bucket == nil && service != "s3" {
		if t.alone {
			return t.ID.Decide(action, t.arn), nil
		}
		return t.IAM.DecideOn(ctx, t.actor, t.ID, action, t.arn)
	}
	if t.bucket == nil {
		return t.IAM.Authorize(t.ID, iam.Access{Action: action, Keys: t.Given}), nil
	}
	if action == "s3:CreateBucket" { // whoever makes it owns it
		return t.Decide(ctx, &Ask{Action: action, Bucket: &meta.Bucket{Name: t.bucket.Name, Account: t.ID.Account}})
	}
	q := Ask{Action: action, Bucket: t.bucket, Key: t.key, Version: t.version, New: action == "s3:PutObject"}
	if t.found == nil || iam.GrantedBy(action) != iam.ObjectList && !slices.Contains(heldToOwner, action) {
		return t.Decide(ctx, &q)
	}
	g := Guard{Ask: q, Actions: []string{action}}
	var refused *Refusal
	if err := g.Judge(ctx, t.Asker, t.found); err != nil && !errors.As(err, &refused) {
		return g.Decided, err
	}
	return g.Decided, nil
}

// explain says what decided, and for a request that nothing allows what is lacking.
func (t *trial) explain(ctx context.Context, o *Outcome) error {
	o.By = ByNothing
	if o.Decision.Allowed || o.Decision.ExplicitDeny {
		if i := slices.IndexFunc(o.Trace.Matches, func(m policy.Match) bool { return o.Decides(&m) }); i >= 0 {
			o.By = by(o.Trace.Matches[i].Source)
		}
		return nil
	}
	withheld := slices.ContainsFunc(o.Trace.Matches, func(m policy.Match) bool { return m.Verdict == policy.Withheld })
	blocked, err := t.blocked(ctx, o.Action, withheld)
	switch {
	case err != nil:
		return err
	case blocked:
		o.By, o.Lacks = ByBlock, "Block Public Access of the bucket withholds what its policy or list gives the public."
	case withheld:
		o.By, o.Lacks = ByOwner, "The object belongs to another account: what the bucket's policy allows does not reach it."
	case len(o.Trace.Bounds) > 0 && gives(&o.Trace):
		o.By, o.Lacks = ByBoundary, "An identity policy allows it, but not: "+strings.Join(o.Trace.Bounds, ", ")+"."
		if slices.Equal(o.Trace.Bounds, []string{"session policy"}) {
			o.By = BySession
		}
	case o.Trace.Cross && o.Trace.Identity:
		o.By, o.Lacks = ByAccount, "The resource is another account's: its policy or list must allow it too."
	case o.Trace.Cross && o.Trace.Resource:
		o.By, o.Lacks = ByAccount, "The resource is another account's: a policy of the caller must allow it too."
	case slices.ContainsFunc(o.Trace.Matches, func(m policy.Match) bool { return m.Verdict == policy.Unmet && m.Effect == policy.Allow }):
		o.Lacks = "No statement allows it: those that would have conditions that do not hold."
	default:
		o.Lacks = "No statement allows it."
	}
	return nil
}

// gives reports whether some identity policy allows the request, but for what bounds it.
func gives(t *policy.Trace) bool {
	return slices.ContainsFunc(t.Matches, func(m policy.Match) bool {
		return m.Verdict == policy.Counts && m.Effect == policy.Allow && m.Source.Kind == policy.SourceIdentity
	})
}

// blocked reports whether Block Public Access is what keeps the request from being allowed.
func (t *trial) blocked(ctx context.Context, action string, withheld bool) (bool, error) {
	if t.bucket == nil || t.bucket.ID == (ident.Bucket{}) {
		return false, nil
	}
	rules, err := t.Rules(ctx, t.bucket)
	if err != nil || withheld && rules.Restricted {
		return err == nil, err
	}
	block, err := t.Buckets.PublicAccess(ctx, t.bucket)
	if err != nil || !block.IgnoreACLs {
		return false, err
	}
	q := iam.Access{Action: action, Bucket: t.bucket, BucketPolicy: rules.Policy, Restricted: rules.Restricted, Key: t.key, Keys: t.Given}
	switch iam.GrantedBy(action) {
	case iam.BucketList:
		q.ACL, _, err = t.Buckets.ACLOf(ctx, t.bucket)
	case iam.ObjectList:
		if t.found != nil {
			q.Owner, q.ACL, err = t.Holding(ctx, t.found, t.bucket)
		}
	}
	if err != nil || q.ACL == nil {
		return false, err
	}
	return t.IAM.Authorize(t.ID.Traced(nil), q).Allowed, nil
}

func by(src policy.Source) string {
	switch {
	case src.Origin == nil:
		return ByIdentity
	case src.Origin.Type == policy.OriginResource:
		return ByBucket
	case src.Origin.Type == policy.OriginList:
		return ByACL
	case src.Origin.Type == policy.OriginTrust:
		return ByTrust
	case src.Origin.Type == policy.OriginSession:
		return BySession
	case src.Kind == policy.SourceBoundary:
		return ByBoundary
	}
	return ByIdentity
}
