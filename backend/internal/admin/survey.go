package admin

import (
	"context"
	"net/http"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// BucketAccess is who has what on a bucket or on the keys that begin with a prefix.
type BucketAccess struct {
	Principals  []PrincipalAccess `json:"principals" doc:"First everyone and other accounts, then users and roles of the account in order of name; those that have nothing are left out"`
	Cursor      string            `json:"cursor,omitempty" doc:"For the next part; absent at the end"`
	Hidden      []string          `json:"hidden" doc:"users, roles: those that you may not list are not looked at"`
	ObjectLists bool              `json:"objectLists" doc:"Objects can have access control lists of their own, and other owners, which are not looked at"`
}

// PrincipalAccess is somebody with what they have.
type PrincipalAccess struct {
	Kind     string        `json:"kind" enum:"everyone,authenticated,account,outsider,user,role" doc:"authenticated: whoever has an account; account: another account, whose own policies must allow it too; outsider: one user, role or session"`
	Name     string        `json:"name,omitempty"`
	ARN      string        `json:"arn,omitempty"`
	Account  string        `json:"account,omitempty" doc:"Number of another account"`
	Disabled bool          `json:"disabled" doc:"The user cannot do anything at the moment"`
	Levels   []AccessLevel `json:"levels"`
}

// AccessLevel is a level that somebody has, and through what.
type AccessLevel struct {
	Level       string       `json:"level" enum:"list,read,write,delete,administer" doc:"administer: to change its policy, its list, its Block Public Access or its ownership, or to delete it"`
	Conditional bool         `json:"conditional" doc:"Only under conditions, or only some keys"`
	Through     []AccessPart `json:"through" doc:"What gives it, and what takes part of it away"`
}

// AccessPart is a statement or an access control list that has a say.
type AccessPart struct {
	Source      string `json:"source" example:"policy read of user ada"`
	Type        string `json:"type" enum:"user,group,role,user-managed,aws-managed,resource,list,session,trust,none"`
	Policy      string `json:"policy,omitempty"`
	ARN         string `json:"arn,omitempty" doc:"Of a managed policy"`
	Number      int    `json:"number,omitempty" doc:"Of the statement, from 1; absent for an access control list"`
	Sid         string `json:"sid,omitempty"`
	Effect      string `json:"effect" enum:"Allow,Deny"`
	Conditional bool   `json:"conditional" doc:"It is about some of the keys, or has conditions"`
	Conditions  string `json:"conditions,omitempty" doc:"JSON, for who may read the policy"`
}

type bucketAccessInput struct {
	Bucket string `path:"bucket" maxLength:"63"`
	Prefix string `query:"prefix" maxLength:"1024" doc:"Keys that begin with it; absent for all"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
	Cursor string `query:"cursor" maxLength:"4096"`
}

func (in *bucketAccessInput) needs() []need {
	return []need{{action: "s3:GetBucketPolicy", bucket: in.Bucket}, {action: "s3:GetBucketAcl", bucket: in.Bucket}}
}

func (a *API) getBucketAccess(ctx context.Context, c *call, in *bucketAccessInput) (*output[BucketAccess], error) {
	from, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := a.asks(c).Survey(ctx, c.buckets[in.Bucket], access.Survey{Prefix: in.Prefix, Kind: from.More, After: from.Name, Most: in.Limit})
	if err != nil {
		return nil, err
	}
	out := BucketAccess{Principals: []PrincipalAccess{}, Hidden: append([]string{}, found.Hidden...), ObjectLists: found.ObjectLists}
	if n := found.Next; n != nil {
		out.Cursor = cursor{Name: n.After, More: n.Kind}.String()
	}
	for _, p := range found.Principals {
		e := PrincipalAccess{Kind: p.Kind, Name: p.Name, ARN: p.ARN, Account: p.Account, Disabled: p.Disabled}
		for _, l := range p.Has {
			level := AccessLevel{Level: l.Name, Conditional: l.Reach != policy.Always, Through: []AccessPart{}}
			for i := range l.Parts {
				level.Through = append(level.Through, a.accessPart(c, &l.Parts[i]))
			}
			e.Levels = append(e.Levels, level)
		}
		out.Principals = append(out.Principals, e)
	}
	return answer(out), nil
}

func (a *API) accessPart(c *call, p *policy.Part) AccessPart {
	out := AccessPart{Source: p.Source.Name, Type: policy.OriginInput, Number: p.Statement + 1, Effect: p.Effect.String(), Conditional: !p.Whole}
	if o := p.Source.Origin; o != nil {
		out.Type, out.Policy, out.ARN = o.Type, o.Policy, o.ARN
	}
	if p.Source.Document == nil {
		return out
	}
	s := &p.Source.Document.Statements[p.Statement]
	out.Sid = s.Sid
	if text := s.Conditions(); text != "" && a.IAM.MayRead(c.id, p.Source.Origin) {
		out.Conditions = text
	}
	return out
}

// accessRoutes: who has access to a bucket.
func (a *API) accessRoutes(m *mount) {
	add(m, operation{
		id: "getBucketAccess", method: http.MethodGet, path: "/myfsio/buckets/{bucket}/access", tag: tagBuckets, need: data("s3:GetBucketPolicy", "s3:GetBucketAcl"),
		summary: "Who has access to a bucket or a prefix, and through what",
		text: "Users are looked at for who has iam:ListUsers, roles with iam:ListRoles. What is not conditional is always allowed; what is not there never is, " +
			"but for what lists of single objects give. A large account is looked at in parts: while the answer has a cursor there may be more, also where the part is empty.",
	}, a.getBucketAccess)
}
