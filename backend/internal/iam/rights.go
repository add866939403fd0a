package iam

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// rights are the policies of an identity, with the rows of others that they come from.
type rights struct {
	sources []policy.Source // its own policies, those it is attached to, those of its groups, and what bounds them
	rows    []row
	err     error // a policy that cannot be understood: the identity must not be used
}

// row is a row of the store as it was read; raw is nil when there was none.
type row struct{ key, raw []byte }

// holder is a user or a role whose rights are worked out.
type holder struct {
	account string
	what    string // "user ada"
	grants  *meta.Grants
	groups  []string
}

// rightsOf reads the policies of an identity; own are those that it has in another form.
func (s *Service) rightsOf(r kv.Reader, h holder, own ...policy.Source) (rights, error) {
	out := rights{sources: own}
	if err := out.add(r, h); err != nil {
		return rights{}, err
	}
	for _, id := range h.groups {
		raw, err := out.read(r, meta.UserGroupKey(h.account, id))
		if err != nil {
			return rights{}, err
		}
		if raw == nil {
			continue
		}
		g, err := meta.DecodeUserGroup(h.account, raw)
		if err != nil {
			return rights{}, err
		}
		if err := out.add(r, holder{account: h.account, what: "group " + g.Name, grants: &g.Grants}); err != nil {
			return rights{}, err
		}
	}
	return out, nil
}

// add takes in the inline policies and those that are attached.
func (o *rights) add(r kv.Reader, h holder) error {
	for _, p := range h.grants.Inline {
		kind, name, _ := strings.Cut(h.what, " ")
		o.take(policy.Source{Name: fmt.Sprintf("policy %s of %s", p.Name, h.what), Origin: &policy.Origin{Type: kind, Policy: p.Name, Holder: name}}, p.Text)
	}
	for _, arn := range h.grants.Attached {
		if err := o.managed(r, arn, h.what, policy.SourceIdentity); err != nil {
			return err
		}
	}
	if h.grants.Boundary == "" {
		return nil
	}
	return o.managed(r, h.grants.Boundary, h.what, policy.SourceBoundary)
}

// managed takes in a managed policy of a holder. One that is gone grants nothing; as a bound it leaves nothing.
func (o *rights) managed(r kv.Reader, arn, what string, kind policy.SourceKind) error {
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	_, holder, _ := strings.Cut(what, " ")
	src := policy.Source{Name: "policy " + name, Kind: kind, Origin: &policy.Origin{Type: policy.OriginManaged, Policy: name, Holder: holder, ARN: arn}}
	if b := builtIn[arn]; b != nil {
		src.Document, src.Origin.Type = b.document, policy.OriginBuiltIn
		o.sources = append(o.sources, src)
		return nil
	}
	account, short, ok := splitPolicyARN(arn)
	var raw []byte
	if ok {
		var err error
		if raw, err = o.read(r, meta.PolicyKey(account, short)); err != nil {
			return err
		}
	}
	if raw == nil {
		if kind == policy.SourceBoundary {
			o.err = errors.Join(o.err, fmt.Errorf("the permissions boundary %s is gone", arn))
		}
		return nil
	}
	p, err := meta.DecodeManagedPolicy(account, raw)
	if err != nil {
		return err
	}
	o.take(src, p.Text())
	return nil
}

// take takes in a policy with its text.
func (o *rights) take(src policy.Source, text []byte) {
	var err error
	if src.Document, err = policy.Parse(text, policy.Identity); err != nil {
		o.err = errors.Join(o.err, fmt.Errorf("%s: %w", src.Name, err))
		return
	}
	o.sources = append(o.sources, src)
}

func (o *rights) read(r kv.Reader, key []byte) ([]byte, error) {
	raw, err := r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		raw, err = nil, nil
	}
	o.rows = append(o.rows, row{key, raw})
	return raw, err
}

// current reports whether the rows of others are still what they were.
func (o *rights) current(r kv.Reader) (bool, error) {
	for _, was := range o.rows {
		raw, err := r.Get(was.key)
		switch {
		case errors.Is(err, kv.ErrNotFound):
			raw = nil
		case err != nil:
			return false, err
		}
		if (raw == nil) != (was.raw == nil) || !bytes.Equal(raw, was.raw) {
			return false, nil
		}
	}
	return true, nil
}

// documents returns the policies that give, and those that bound.
func documents(sources []policy.Source) (give, bound []*policy.Document) {
	for _, s := range sources {
		if s.Kind.Bounds() {
			bound = append(bound, s.Document)
		} else if s.Document != nil {
			give = append(give, s.Document)
		}
	}
	return give, bound
}

// administers reports whether the policies make an administrator, whom nothing bounds.
func administers(sources []policy.Source) bool {
	give, bound := documents(sources)
	if len(give) == 0 || !policy.Administers(give, true) {
		return false
	}
	for _, b := range bound {
		if !policy.Administers([]*policy.Document{b}, true) {
			return false
		}
	}
	return true
}

// covers reports whether whoever has the policies may do all that want allows; missing names what is not covered.
func covers(sources []policy.Source, want *policy.Document) (missing string, ok bool) {
	give, bound := documents(sources)
	if missing, ok = policy.Covers(give, want); !ok {
		return missing, false
	}
	for _, b := range bound {
		if missing, ok = policy.Covers([]*policy.Document{b}, want); !ok {
			return missing, false
		}
	}
	return "", true
}

// builtInPolicy is a managed policy that every account has.
type builtInPolicy struct {
	name, description string
	document          *policy.Document
}

const builtInPrefix = "arn:aws:iam::aws:policy/"

// builtIn are the managed policies that every account has, by ARN; names and meaning are AWS's.
var builtIn = func() map[string]*builtInPolicy {
	all := map[string]*builtInPolicy{}
	for _, p := range []struct{ name, description, text string }{
		{"AdministratorAccess", "Everything in the account.", `{"Effect":"Allow","Action":"*","Resource":"*"}`},
		{"AmazonS3FullAccess", "Everything with buckets and objects.", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`},
		{"AmazonS3ReadOnlyAccess", "Reads buckets and objects.", `{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*"],"Resource":"*"}`},
		{"IAMFullAccess", "Everything with users, groups, roles and policies.", `{"Effect":"Allow","Action":"iam:*","Resource":"*"}`},
		{"IAMReadOnlyAccess", "Reads users, groups, roles and policies.", `{"Effect":"Allow","Action":["iam:Get*","iam:List*","iam:Simulate*"],"Resource":"*"}`},
		{"ReadOnlyAccess", "Reads everything in the account.", `{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","iam:Get*","iam:List*","kms:Describe*","kms:List*"],"Resource":"*"}`},
	} {
		d, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[`+p.text+`]}`), policy.Identity)
		if err != nil {
			panic(err)
		}
		all[builtInPrefix+p.name] = &builtInPolicy{p.name, p.description, d}
	}
	return all
}()

// splitPolicyARN returns the account id and the name in the ARN of a managed policy of an account.
func splitPolicyARN(arn string) (account, name string, ok bool) {
	rest, ok := strings.CutPrefix(arn, "arn:aws:iam::")
	number, rest, cut := strings.Cut(rest, ":policy/")
	if !ok || !cut || !validAccountID(number) || rest == "" {
		return "", "", false
	}
	if account = number; number == AccountNumber(DefaultAccount) {
		account = DefaultAccount
	}
	return account, rest[strings.LastIndexByte(rest, '/')+1:], true
}
