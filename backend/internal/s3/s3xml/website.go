package s3xml

import "github.com/myfsio/myfsio/backend/internal/meta"

// Website is how a bucket is served as a website.
type Website struct{ *meta.Website }

func (d Website) encode(e *encoder) {
	e.root("WebsiteConfiguration", func() {
		if d.All != nil {
			e.open("RedirectAllRequestsTo")
			e.text("HostName", d.All.Host)
			e.some("Protocol", d.All.Protocol)
			e.close("RedirectAllRequestsTo")
			return
		}
		e.inner("IndexDocument", "Suffix", d.Index)
		if d.Error != "" {
			e.inner("ErrorDocument", "Key", d.Error)
		}
		if len(d.Rules) > 0 {
			e.open("RoutingRules")
			for i := range d.Rules {
				e.siteRule(&d.Rules[i])
			}
			e.close("RoutingRules")
		}
	})
}

// inner writes an element that has one child.
func (e *encoder) inner(name, child, value string) {
	e.open(name)
	e.text(child, value)
	e.close(name)
}

func (e *encoder) siteRule(r *meta.SiteRule) {
	e.open("RoutingRule")
	if r.Conditional {
		e.open("Condition")
		e.some("HttpErrorCodeReturnedEquals", r.Status)
		if r.Prefix != "" || r.Status == "" {
			e.text("KeyPrefixEquals", r.Prefix)
		}
		e.close("Condition")
	}
	e.open("Redirect")
	e.some("Protocol", r.To.Protocol)
	e.some("HostName", r.To.Host)
	switch r.Replace {
	case meta.ReplacePrefix:
		e.text("ReplaceKeyPrefixWith", r.With)
	case meta.ReplaceKey:
		e.text("ReplaceKeyWith", r.With)
	}
	e.some("HttpRedirectCode", r.Code)
	e.close("Redirect")
	e.close("RoutingRule")
}

// WebsiteRequest is the body of PutBucketWebsite: what is there, not yet judged.
type WebsiteRequest struct {
	meta.Website
	HasIndex, HasError, HasRules bool
	EmptyCondition, BothReplaced bool // in some rule
}

// DecodeWebsite reads a WebsiteConfiguration.
func DecodeWebsite(body []byte) (w WebsiteRequest, err error) {
	root, err := parse(body, "WebsiteConfiguration")
	if err != nil {
		return w, err
	}
	only := func(has *bool, child string, to *string) func(*node) error {
		return func(n *node) error {
			var seen bool
			if *has {
				return ErrMalformed
			}
			*has = true
			if err := n.each(map[string]func(*node) error{child: into(to, &seen)}); err != nil || !seen {
				return ErrMalformed
			}
			return nil
		}
	}
	err = root.each(map[string]func(*node) error{
		"RedirectAllRequestsTo": func(n *node) error {
			var host, protocol bool
			if w.All != nil {
				return ErrMalformed
			}
			w.All = &meta.SiteHost{}
			err := n.each(map[string]func(*node) error{"HostName": into(&w.All.Host, &host), "Protocol": into(&w.All.Protocol, &protocol)})
			if err == nil && w.All.Host == "" {
				err = ErrMalformed
			}
			return err
		},
		"IndexDocument": only(&w.HasIndex, "Suffix", &w.Index),
		"ErrorDocument": only(&w.HasError, "Key", &w.Error),
		"RoutingRules": func(n *node) error {
			if w.HasRules || len(n.children) == 0 {
				return ErrMalformed
			}
			w.HasRules = true
			return n.each(map[string]func(*node) error{"RoutingRule": w.rule})
		},
	})
	return w, err
}

func (w *WebsiteRequest) rule(n *node) error {
	var r meta.SiteRule
	var redirect, prefix, status, host, protocol, code bool
	replaced := 0
	with := func(what meta.Replacement) func(*node) error {
		return func(n *node) (err error) {
			r.Replace, replaced = what, replaced+1
			r.With, err = n.leaf()
			return err
		}
	}
	err := n.each(map[string]func(*node) error{
		"Condition": func(n *node) error {
			if r.Conditional {
				return ErrMalformed
			}
			r.Conditional = true
			err := n.each(map[string]func(*node) error{"KeyPrefixEquals": exact(&r.Prefix, &prefix), "HttpErrorCodeReturnedEquals": into(&r.Status, &status)})
			if !prefix && !status {
				w.EmptyCondition = true
			}
			return err
		},
		"Redirect": func(n *node) error {
			if redirect {
				return ErrMalformed
			}
			redirect = true
			if len(n.children) == 0 {
				return ErrMalformed
			}
			return n.each(map[string]func(*node) error{
				"HostName": into(&r.To.Host, &host), "Protocol": into(&r.To.Protocol, &protocol), "HttpRedirectCode": into(&r.Code, &code),
				"ReplaceKeyPrefixWith": with(meta.ReplacePrefix), "ReplaceKeyWith": with(meta.ReplaceKey),
			})
		},
	})
	if err == nil && (!redirect || status && r.Status == "" || protocol && r.To.Protocol == "" || code && r.Code == "") {
		err = ErrMalformed
	}
	w.BothReplaced = w.BothReplaced || replaced > 1
	w.Rules = append(w.Rules, r)
	return err
}
