package awsquery

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// IAM's simulator: identity policies, and of resources only what the request says of them. What buckets and roles have themselves counts in
// the admin API's simulation.

func invalidInput(format string, args ...any) error {
	return newError(http.StatusBadRequest, "InvalidInput", fmt.Sprintf(format, args...))
}

func simulatePrincipal(c *call) ([]node, error) {
	arn, err := c.need("PolicySourceArn")
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(arn, "arn:") {
		return nil, invalidInput("ARN %s is not valid.", arn)
	}
	return c.simulate(arn)
}

func simulateCustom(c *call) ([]node, error) {
	return c.simulate("")
}

func (c *call) simulate(principal string) ([]node, error) {
	in := access.Simulation{Actions: c.strings("ActionNames"), Resources: c.strings("ResourceArns"), Alone: true}
	if c.Form.Get("ResourceHandlingOption") != "" {
		return nil, invalidInput("ResourceHandlingOption is for actions of EC2.")
	}
	var err error
	in.Subject = iam.Subject{Principal: principal, Caller: c.Form.Get("CallerArn")}
	if in.Subject.Policies, err = c.documents("PolicyInputList"); err != nil {
		return nil, err
	}
	bounds, err := c.documents("PermissionsBoundaryPolicyInputList")
	switch {
	case err != nil:
		return nil, err
	case len(bounds) > 1:
		return nil, invalidInput("PermissionsBoundaryPolicyInputList has at most one policy.")
	case len(bounds) == 1:
		in.Subject.Boundary = bounds[0]
	}
	if text := c.Form.Get("ResourcePolicy"); text != "" {
		if in.BucketPolicy, err = document("ResourcePolicy", text, policy.Bucket); err != nil {
			return nil, err
		}
		if in.Subject.Caller == "" && !strings.Contains(principal, ":user/") {
			return nil, invalidInput("CallerArn is needed with ResourcePolicy, unless PolicySourceArn names a user.")
		}
	}
	if in.Owner, err = c.owner(); err != nil {
		return nil, err
	}
	if in.Keys, err = c.contextEntries(); err != nil {
		return nil, err
	}
	_, all, err := c.access.Simulate(c, c.Caller, in)
	if err != nil {
		return nil, err
	}
	numbers := make([]int, len(all))
	for i := range numbers {
		numbers[i] = i
	}
	some, tail, err := page(c, numbers, strconv.Itoa)
	if err != nil {
		return nil, err
	}
	out := list("EvaluationResults")
	for _, i := range some {
		out.kids = append(out.kids, list("member", evaluation(&all[i], len(in.Resources) > 0)...))
	}
	return append([]node{out}, tail...), nil
}

// documents reads a list of identity policies.
func (c *call) documents(name string) (out []*policy.Document, err error) {
	for i, text := range c.strings(name) {
		d, err := document(fmt.Sprintf("%s.%d", name, i+1), text, policy.Identity)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func document(name, text string, kind policy.Kind) (*policy.Document, error) {
	d, err := policy.Parse([]byte(text), kind)
	if err != nil {
		return nil, invalidInput("%s: %s", name, fault.TextOf(err))
	}
	return d, nil
}

// owner is the id of the account that ResourceOwner names, by its root's ARN or its number.
func (c *call) owner() (string, error) {
	v := c.Form.Get("ResourceOwner")
	if v == "" {
		return "", nil
	}
	number := strings.TrimSuffix(strings.TrimPrefix(v, "arn:aws:iam::"), ":root")
	id, ok := iam.AccountID(number)
	if !ok {
		return "", invalidInput("ResourceOwner %s is not valid.", v)
	}
	return id, nil
}

// contextTypes are the types of ContextEntries; the value says whether one may have several values.
var contextTypes = map[string]bool{
	"string": false, "numeric": false, "boolean": false, "ip": false, "binary": false, "date": false,
	"stringList": true, "numericList": true, "booleanList": true, "ipList": true, "binaryList": true, "dateList": true,
}

func (c *call) contextEntries() (map[string][]string, error) {
	keys := map[string][]string{}
	for i := 1; ; i++ {
		base := fmt.Sprintf("ContextEntries.member.%d.", i)
		name, kind, values := c.Form.Get(base+"ContextKeyName"), c.Form.Get(base+"ContextKeyType"), c.strings(base+"ContextKeyValues")
		if name == "" && kind == "" && len(values) == 0 {
			return keys, nil
		}
		several, ok := contextTypes[kind]
		_, twice := keys[name]
		switch {
		case name == "":
			return nil, invalidInput("ContextEntries.%d has no ContextKeyName.", i)
		case !ok:
			return nil, invalidInput("ContextKeyType %s of %s is not valid.", kind, name)
		case len(values) > 1 && !several:
			return nil, invalidInput("ContextKeyType %s of %s takes one value.", kind, name)
		case twice:
			return nil, invalidInput("The context key %s stands twice.", name)
		}
		keys[name] = values
	}
}

// evaluation is one EvaluationResult; named tells that the request named resources, each of which has a result of its own then.
func evaluation(o *access.Outcome, named bool) []node {
	matched, lacking := list("MatchedStatements"), list("MissingContextValues")
	want := policy.Allow
	if o.Decision.ExplicitDeny {
		want = policy.Deny
	}
	for i := range o.Trace.Matches {
		m := &o.Trace.Matches[i]
		decides := o.Decision.ExplicitDeny || o.Decision.Allowed && !m.Source.Kind.Bounds()
		if decides && m.Verdict == policy.Counts && m.Effect == want {
			matched.kids = append(matched.kids, list("member", matchedStatement(m)...))
		}
	}
	for _, name := range o.Trace.Missing {
		lacking.kids = append(lacking.kids, text("member", name))
	}
	out := []node{text("EvalActionName", o.Action), text("EvalResourceName", o.Resource), text("EvalDecision", o.Verdict()), matched, lacking}
	if o.Trace.Bounded {
		out = append(out, list("PermissionsBoundaryDecisionDetail", text("AllowedByPermissionsBoundary", strconv.FormatBool(len(o.Trace.Bounds) == 0))))
	}
	if named {
		out = append(out, list("ResourceSpecificResults", list("member",
			text("EvalResourceName", o.Resource), text("EvalResourceDecision", o.Verdict()), matched, lacking)))
	}
	return out
}

func matchedStatement(m *policy.Match) []node {
	o := m.Source.Origin
	if o == nil || m.Source.Document == nil {
		return nil
	}
	id, kind := o.Policy, o.Type
	switch o.Type {
	case policy.OriginUser, policy.OriginGroup, policy.OriginRole:
		id = strings.TrimSuffix(o.Type+"_"+o.Holder+"_"+o.Policy, "_")
	case policy.OriginResource:
		id = "ResourcePolicy"
	}
	s := &m.Source.Document.Statements[m.Statement]
	return []node{
		text("SourcePolicyId", id), text("SourcePolicyType", kind), position("StartPosition", s.Start), position("EndPosition", s.End),
	}
}

func position(name string, p policy.Position) node {
	return list(name, text("Line", strconv.Itoa(p.Line)), text("Column", strconv.Itoa(p.Column)))
}
