package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

func managedEntry(p *iam.ManagedPolicy) ManagedPolicyEntry {
	return ManagedPolicyEntry{
		Name: p.Name, Path: p.Path, ARN: p.ARN, Description: p.Description, BuiltIn: p.BuiltIn, Created: known(p.Created), Updated: known(p.Updated),
		Attached: p.Uses, Bounds: p.Bounds, Default: p.Default,
	}
}

// known is a time that may not be told.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *API) listManaged(ctx context.Context, c *call, in *listManagedInput) (*output[ManagedPolicyList], error) {
	all, err := a.IAM.Policies(ctx, c.id)
	if err != nil {
		return nil, err
	}
	rows := make([]row[ManagedPolicyEntry], len(all))
	for i := range all {
		e := managedEntry(&all[i])
		r := row[ManagedPolicyEntry]{of: e, name: strings.ToLower(e.Name), arn: e.ARN}
		switch {
		case in.Sort == "attached":
			r.value = int64(e.Attached)
		case in.Sort == "created" && e.Created != nil:
			r.value = e.Created.UnixMilli()
		}
		rows[i] = r
	}
	var list ManagedPolicyList
	list.Policies, list.Cursor, list.Total, err = pageOf(&in.PageInput, in.Sort == "name", rows, func(e *ManagedPolicyEntry) []string { return []string{e.Description} })
	return answer(list), err
}

// Actions that the console asks for on a managed policy; those that change it are for nobody on one that is built in.
var (
	managedReads   = []string{"iam:GetPolicyVersion", "iam:ListEntitiesForPolicy"}
	managedChanges = []string{"iam:DeletePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"}
)

func (a *API) getManaged(ctx context.Context, c *call, in *arnInput) (*output[ManagedPolicy], error) {
	p, err := a.IAM.Policy(ctx, c.id, "iam:GetPolicy", in.ARN)
	if err != nil {
		return nil, err
	}
	out := ManagedPolicy{ManagedPolicyEntry: managedEntry(&p), Tags: tagsOf(p.Tags), Permissions: []string{}}
	actions := managedReads
	if !p.BuiltIn {
		actions = slices.Concat(managedReads, managedChanges)
	}
	for _, action := range actions {
		if a.IAM.May(c.id, action, p.ARN, p.Tags) {
			out.Permissions = append(out.Permissions, action)
		}
	}
	if slices.Contains(out.Permissions, "iam:GetPolicyVersion") {
		for _, v := range slices.Backward(p.Versions) {
			out.Versions = append(out.Versions, PolicyVersion{Number: v.Number, Document: string(v.Text), Created: known(v.Created)})
		}
	}
	if slices.Contains(out.Permissions, "iam:ListEntitiesForPolicy") {
		users, err := a.IAM.UsersOf(ctx, c.id, p.ARN)
		if err != nil {
			return nil, err
		}
		for i := range users {
			u := &users[i]
			out.Used = append(out.Used, PolicyUse{Kind: kindPath(u.Kind), Name: u.Name, Bound: !slices.Contains(u.Grants.Attached, p.ARN)})
		}
	}
	return answer(out), nil
}

func (a *API) createManaged(ctx context.Context, c *call, in *createPolicyInput) (*output[ManagedPolicyEntry], error) {
	b := &in.Body
	p, err := a.IAM.CreatePolicy(ctx, c.id, iam.NewPolicy{Name: b.Name, Path: b.Path, Description: b.Description, Text: b.Document, Tags: tagsIn(b.Tags)})
	if err != nil {
		return nil, err
	}
	return answer(managedEntry(&p)), nil
}

func (a *API) deleteManaged(ctx context.Context, c *call, in *arnInput) (*noBody, error) {
	return &noBody{}, a.IAM.DeletePolicy(ctx, c.id, in.ARN)
}

func (a *API) createVersion(ctx context.Context, c *call, in *createVersionInput) (*output[PolicyVersion], error) {
	v, err := a.IAM.CreateVersion(ctx, c.id, in.ARN, in.Body.Document, in.Body.Default)
	if err != nil {
		return nil, err
	}
	return answer(PolicyVersion{Number: v.Number, Document: string(v.Text), Created: known(v.Created)}), nil
}

func (a *API) deleteVersion(ctx context.Context, c *call, in *versionInput) (*noBody, error) {
	return &noBody{}, a.IAM.DeleteVersion(ctx, c.id, in.ARN, in.Version)
}

func (a *API) setDefaultVersion(ctx context.Context, c *call, in *versionInput) (*noBody, error) {
	return &noBody{}, a.IAM.SetDefaultVersion(ctx, c.id, in.ARN, in.Version)
}
