package awsquery

import (
	"strconv"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const providerParam = "OpenIDConnectProviderArn"

func init() {
	for name, do := range map[string]action{
		"CreateOpenIDConnectProvider": createProvider, "GetOpenIDConnectProvider": getProvider, "ListOpenIDConnectProviders": listProviders,
		"DeleteOpenIDConnectProvider":             deleteProvider,
		"AddClientIDToOpenIDConnectProvider":      editProvider("ClientID", iam.AddClientID),
		"RemoveClientIDFromOpenIDConnectProvider": editProvider("ClientID", iam.RemoveClientID),
		"UpdateOpenIDConnectProviderThumbprint":   updateThumbprint,
		"TagOpenIDConnectProvider":                tagProvider, "UntagOpenIDConnectProvider": untagProvider, "ListOpenIDConnectProviderTags": listProviderTags,
	} {
		iamActions[name] = do
	}
}

func createProvider(c *call) ([]node, error) {
	url, err := c.need("Url")
	if err != nil {
		return nil, err
	}
	p, err := c.iam.CreateProvider(c, c.Caller, iam.NewProvider{URL: url, ClientIDs: c.strings("ClientIDList"), Thumbprints: c.strings("ThumbprintList"), Tags: c.tags()})
	if err != nil {
		return nil, err
	}
	out := []node{text(providerParam, iam.ProviderARN(p))}
	if len(p.Tags) > 0 {
		out = append(out, tagList(p.Tags))
	}
	return out, nil
}

func getProvider(c *call) ([]node, error) {
	arn, err := c.need(providerParam)
	if err != nil {
		return nil, err
	}
	p, err := c.iam.Provider(c, c.Caller, "iam:GetOpenIDConnectProvider", arn)
	if err != nil {
		return nil, err
	}
	out := []node{text("Url", p.URL), members("ClientIDList", p.ClientIDs), members("ThumbprintList", p.Thumbprints), moment("CreateDate", p.Created)}
	if len(p.Tags) > 0 {
		out = append(out, tagList(p.Tags))
	}
	return out, nil
}

func members(name string, values []string) node {
	out := list(name)
	for _, v := range values {
		out.kids = append(out.kids, text("member", v))
	}
	return out
}

func listProviders(c *call) ([]node, error) {
	all, err := c.iam.Providers(c, c.Caller)
	if err != nil {
		return nil, err
	}
	out := list("OpenIDConnectProviderList")
	for _, p := range all {
		out.kids = append(out.kids, list("member", text("Arn", iam.ProviderARN(p))))
	}
	return []node{out}, nil
}

func deleteProvider(c *call) ([]node, error) {
	arn, err := c.need(providerParam)
	if err != nil {
		return nil, err
	}
	return nil, c.iam.DeleteProvider(c, c.Caller, arn)
}

func editProvider(param string, fn func(string) iam.ProviderEdit) action {
	return func(c *call) ([]node, error) {
		v, err := c.needs(providerParam, param)
		if err != nil {
			return nil, err
		}
		return nil, c.iam.EditProvider(c, c.Caller, v[0], fn(v[1]))
	}
}

func updateThumbprint(c *call) ([]node, error) {
	arn, err := c.need(providerParam)
	if err != nil {
		return nil, err
	}
	return nil, c.iam.EditProvider(c, c.Caller, arn, iam.SetThumbprints(c.strings("ThumbprintList")))
}

func tagProvider(c *call) ([]node, error) {
	arn, err := c.need(providerParam)
	if err != nil {
		return nil, err
	}
	return nil, c.iam.EditProvider(c, c.Caller, arn, iam.TagProvider(c.tags()))
}

func untagProvider(c *call) ([]node, error) {
	arn, err := c.need(providerParam)
	if err != nil {
		return nil, err
	}
	return nil, c.iam.EditProvider(c, c.Caller, arn, iam.UntagProvider(c.strings("TagKeys")))
}

func listProviderTags(c *call) ([]node, error) {
	arn, err := c.need(providerParam)
	if err != nil {
		return nil, err
	}
	p, err := c.iam.Provider(c, c.Caller, "iam:ListOpenIDConnectProviderTags", arn)
	if err != nil {
		return nil, err
	}
	some, tail, err := page(c, p.Tags, func(p meta.Pair) string { return p.Name })
	if err != nil {
		return nil, err
	}
	return append([]node{tagList(some)}, tail...), nil
}

// assumeRoleWithWebIdentity needs no signature: the token tells who it is.
func assumeRoleWithWebIdentity(c *call) ([]node, error) {
	v, err := c.needs("RoleArn", "RoleSessionName", "WebIdentityToken")
	if err != nil {
		return nil, err
	}
	in := iam.WebIdentity{RoleARN: v[0], Name: v[1], Token: v[2], Policy: c.Form.Get("Policy"), ARNs: c.arns(), Duration: c.seconds("DurationSeconds")}
	if c.Form.Get("ProviderId") != "" {
		return nil, invalid("ProviderId is for OAuth 2.0 access tokens of other providers and is not supported.")
	}
	s, err := c.iam.AssumeRoleWithWebIdentity(c, c.Caller, in)
	if err != nil {
		return nil, err
	}
	out := []node{
		text("SubjectFromWebIdentityToken", s.Subject), text("Audience", s.Audience),
		list("AssumedRoleUser", text("AssumedRoleId", s.UserID), text("Arn", s.ARN)),
		credentials(&s.Session), text("Provider", s.Provider),
	}
	if s.Packed > 0 {
		out = append(out, text("PackedPolicySize", strconv.Itoa(s.Packed)))
	}
	return out, nil
}
