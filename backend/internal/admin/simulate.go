package admin

import (
	"context"
	"fmt"
	"net/http"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// SimulationRequest asks what would be decided over requests: each action on each resource.
type SimulationRequest struct {
	Principal       string         `json:"principal,omitempty" maxLength:"2048" example:"ada" doc:"ARN of a user, a group (for a member of it), a role or a session of one; the name or an access key of a user; anonymous; absent for somebody who has nothing but the given policies"`
	Actions         []string       `json:"actions" minItems:"1" maxItems:"200" example:"[\"s3:GetObject\"]"`
	Resources       []string       `json:"resources,omitempty" maxItems:"200" example:"[\"arn:aws:s3:::photos/a.jpg\"]" doc:"ARNs; absent for *"`
	Context         []ContextValue `json:"context,omitempty" maxItems:"100" doc:"Condition keys that the requests have. Time, and who asks, they have by themselves"`
	Policies        []string       `json:"policies,omitempty" maxItems:"10" doc:"JSON of policies to try beside those of the principal"`
	Replace         bool           `json:"replace,omitempty" doc:"Try the policies in the place of those of the principal and of its groups"`
	Boundary        string         `json:"boundary,omitempty" maxLength:"20480" doc:"JSON of a permissions boundary to try in the place of the principal's"`
	SessionPolicies []string       `json:"sessionPolicies,omitempty" maxItems:"10" doc:"JSON of policies of the session"`
	BucketPolicy    string         `json:"bucketPolicy,omitempty" maxLength:"20480" doc:"JSON of a policy to try in the place of that of the bucket"`
}

// ContextValue is a condition key with the values that a request has.
type ContextValue struct {
	Key    string   `json:"key" minLength:"1" maxLength:"256" example:"aws:SourceIp"`
	Values []string `json:"values" maxItems:"100" example:"[\"192.0.2.7\"]"`
}

// SimulationReport is who was simulated, and a decision for each action on each resource, in the order of the request.
type SimulationReport struct {
	Principal SimulatedPrincipal  `json:"principal"`
	Results   []SimulationOutcome `json:"results"`
}

// SimulatedPrincipal is who would make the requests.
type SimulatedPrincipal struct {
	Kind     string `json:"kind" enum:"user,group,role,anonymous,none"`
	Name     string `json:"name,omitempty"`
	ARN      string `json:"arn,omitempty" doc:"As policies see it; of a role that of a session"`
	Disabled bool   `json:"disabled" doc:"The user is disabled: its requests are refused before policies are asked"`
}

// SimulationOutcome is the decision over one action on one resource.
type SimulationOutcome struct {
	Action    string               `json:"action"`
	Resource  string               `json:"resource"`
	Decision  string               `json:"decision" enum:"allowed,explicitDeny,implicitDeny"`
	DecidedBy string               `json:"decidedBy" enum:"identityPolicy,bucketPolicy,accessControlList,trustPolicy,permissionsBoundary,sessionPolicy,blockPublicAccess,objectOwner,account,nothing" doc:"What decided, or what kept the request from being allowed"`
	Reason    string               `json:"reason" doc:"One sentence"`
	Unknown   bool                 `json:"unknown" doc:"The bucket is not there, or its policy is not yours to read: only the policies of the principal count"`
	Statement *SimulatedStatement  `json:"statement,omitempty" doc:"That decided"`
	Matched   []SimulatedStatement `json:"matched" doc:"Everything that concerns the request, in the order of the policies"`
	Missing   []string             `json:"missing" doc:"Condition keys that policies test and the request does not have"`
}

// SimulatedStatement is a statement of a policy, or an access control list, with what it does to the request.
type SimulatedStatement struct {
	Source   string `json:"source" example:"policy read of user ada"`
	Type     string `json:"type" enum:"user,group,role,user-managed,aws-managed,resource,list,session,trust,none" doc:"What the policy belongs to; none for one of the simulation"`
	Boundary bool   `json:"boundary" doc:"The policy bounds what others allow"`
	Policy   string `json:"policy,omitempty" doc:"Its name"`
	Holder   string `json:"holder,omitempty" doc:"The user, group or role that has it"`
	ARN      string `json:"arn,omitempty" doc:"Of a managed policy"`
	Number   int    `json:"number,omitempty" doc:"Of the statement in the policy, from 1; absent for an access control list"`
	Sid      string `json:"sid,omitempty"`
	Effect   string `json:"effect" enum:"Allow,Deny"`
	Verdict  string `json:"verdict" enum:"counts,unmet,withheld,passes" doc:"counts: it allows or denies; unmet: a condition does not hold; withheld: what it allows does not count here; passes: it names the account, whose own policies must allow too"`
	Key      string `json:"key,omitempty" doc:"Condition key of the condition that does not hold"`
	Document string `json:"document,omitempty" doc:"JSON of the statement, for who may read the policy"`
}

type simulateInput struct{ Body SimulationRequest }

var verdicts = map[policy.Verdict]string{policy.Counts: "counts", policy.Unmet: "unmet", policy.Withheld: "withheld", policy.Passes: "passes"}

// simulateRoutes: what would be decided.
func (a *API) simulateRoutes(m *mount) {
	add(m, operation{
		id: "simulate", method: http.MethodPost, path: "/myfsio/simulate", tag: tagIdentities, reads: true,
		need:    permission{scopeAdministrative, []string{"iam:SimulatePrincipalPolicy", "iam:SimulateCustomPolicy"}, true},
		summary: "What would be decided over requests, and why",
		text: "Decides by the very calls that decide over requests. Needs iam:SimulatePrincipalPolicy on the principal; without a principal iam:SimulateCustomPolicy. " +
			"Principals are those of one's own account. The policy and the lists of a bucket count for who has s3:GetBucketPolicy on it; for others it is like one that is not there. " +
			"Administrators of the server see those of all accounts. At most 1,000 pairs of action and resource.",
	}, a.simulate)
}

func (a *API) simulate(ctx context.Context, c *call, in *simulateInput) (*output[SimulationReport], error) {
	out, err := a.Simulate(ctx, c.id, &in.Body)
	if err != nil {
		return nil, err
	}
	return answer(out), nil
}

// Simulate tells an actor what would be decided.
func (a *API) Simulate(ctx context.Context, actor *iam.Identity, r *SimulationRequest) (SimulationReport, error) {
	s, err := r.simulation()
	if err != nil {
		return SimulationReport{}, err
	}
	svc := access.Service{Buckets: a.Buckets, Objects: a.Objects, IAM: a.IAM}
	who, outcomes, err := svc.Simulate(ctx, actor, s)
	if err != nil {
		return SimulationReport{}, err
	}
	return report(a.IAM, actor, &who, outcomes), nil
}

// simulation reads the documents of a request.
func (r *SimulationRequest) simulation() (access.Simulation, error) {
	s := access.Simulation{Actions: r.Actions, Resources: r.Resources, Keys: map[string][]string{}}
	for _, v := range r.Context {
		if _, twice := s.Keys[v.Key]; twice {
			return s, fault.New("admin.simulate", fault.InvalidArgument, "The condition key "+v.Key+" stands twice.")
		}
		s.Keys[v.Key] = v.Values
	}
	read := func(what, text string, parse func([]byte) (*policy.Document, error)) (*policy.Document, error) {
		d, err := parse([]byte(text))
		if err != nil {
			return nil, fault.New("admin.simulate", fault.MalformedPolicy, what+": "+fault.TextOf(err))
		}
		return d, nil
	}
	identity := func(b []byte) (*policy.Document, error) { return policy.Parse(b, policy.Identity) }
	s.Subject = iam.Subject{Principal: r.Principal, Replace: r.Replace}
	for i, text := range r.Policies {
		d, err := read(fmt.Sprintf("Policy %d", i+1), text, policy.ParseUser)
		if err != nil {
			return s, err
		}
		s.Subject.Policies = append(s.Subject.Policies, d)
	}
	for i, text := range r.SessionPolicies {
		d, err := read(fmt.Sprintf("Session policy %d", i+1), text, identity)
		if err != nil {
			return s, err
		}
		s.Subject.Session = append(s.Subject.Session, d)
	}
	var err error
	if r.Boundary != "" {
		if s.Subject.Boundary, err = read("Permissions boundary", r.Boundary, identity); err != nil {
			return s, err
		}
	}
	if r.BucketPolicy != "" {
		s.BucketPolicy, err = read("Bucket policy", r.BucketPolicy, func(b []byte) (*policy.Document, error) { return policy.Parse(b, policy.Bucket) })
	}
	return s, err
}

// maxWhole is the number of outcomes up to which a report quotes every statement, and not those alone that decided.
const maxWhole = 20

// report is what an actor may know of a simulation.
func report(users *iam.Service, actor *iam.Identity, who *iam.Simulated, outcomes []access.Outcome) SimulationReport {
	out := SimulationReport{Principal: SimulatedPrincipal{Kind: who.Kind, Name: who.Named, ARN: who.ARN(), Disabled: who.Disabled}, Results: []SimulationOutcome{}}
	if who.Kind == "" {
		out.Principal.Kind = "none"
	}
	seen := map[*policy.Origin]bool{}
	whole := len(outcomes) <= maxWhole
	for i := range outcomes {
		o := &outcomes[i]
		r := SimulationOutcome{
			Action: o.Action, Resource: o.Resource, Decision: o.Verdict(), DecidedBy: o.By, Reason: o.Lacks, Unknown: o.Unknown,
			Matched: []SimulatedStatement{}, Missing: append([]string{}, o.Trace.Missing...),
		}
		if r.Reason == "" {
			r.Reason = o.Decision.Source + ": " + o.Decision.Reason + "."
		}
		for j := range o.Trace.Matches {
			m := &o.Trace.Matches[j]
			may, asked := seen[m.Source.Origin]
			if !asked {
				may = users.MayRead(actor, m.Source.Origin)
				seen[m.Source.Origin] = may
			}
			decides := o.Decides(m) && r.Statement == nil
			s := simulatedStatement(m, may && (whole || decides))
			r.Matched = append(r.Matched, s)
			if decides {
				r.Statement = &s
			}
		}
		out.Results = append(out.Results, r)
	}
	return out
}

func simulatedStatement(m *policy.Match, readable bool) SimulatedStatement {
	out := SimulatedStatement{
		Source: m.Source.Name, Type: policy.OriginInput, Boundary: m.Source.Kind.Bounds(), Number: m.Statement + 1, Effect: m.Effect.String(),
		Verdict: verdicts[m.Verdict], Key: m.Key,
	}
	if o := m.Source.Origin; o != nil {
		out.Type, out.Policy, out.Holder, out.ARN = o.Type, o.Policy, o.Holder, o.ARN
	}
	if m.Source.Document == nil {
		return out
	}
	s := &m.Source.Document.Statements[m.Statement]
	if out.Sid = s.Sid; readable {
		out.Document = s.String()
	}
	return out
}
