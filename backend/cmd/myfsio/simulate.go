package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/admin"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

// exit is an error with its exit code.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string { return e.err.Error() }

func (e *exit) Unwrap() error { return e.err }

type policySimulate struct {
	settings
	Principal     string   `short:"p" placeholder:"NAME" help:"Name, access key or ARN of a user; ARN of a group, a role or a session; or anonymous. Absent: somebody who has nothing but --policy."`
	Action        []string `short:"a" required:"" placeholder:"ACTION" help:"As s3:GetObject. May be repeated."`
	Resource      []string `short:"r" placeholder:"ARN" help:"An ARN, a bucket, or bucket/key. May be repeated; * when absent."`
	Context       []string `short:"c" sep:"none" placeholder:"KEY=VALUE" help:"A condition key of the request, as aws:SourceIp=192.0.2.7. May be repeated, also for several values of one key."`
	Policy        []string `sep:"none" type:"existingfile" placeholder:"FILE" help:"Try this policy beside those of the principal. May be repeated."`
	Replace       bool     `help:"Try --policy in the place of the principal's policies."`
	Boundary      string   `type:"existingfile" placeholder:"FILE" help:"Try this permissions boundary."`
	SessionPolicy []string `name:"session-policy" sep:"none" type:"existingfile" placeholder:"FILE" help:"A policy of the session. May be repeated."`
	BucketPolicy  string   `name:"bucket-policy" type:"existingfile" placeholder:"FILE" help:"Try this policy in the place of the bucket's."`
	JSON          bool     `name:"json" help:"Print the whole answer as JSON."`
	Endpoint      string   `placeholder:"URL" help:"Ask this server, signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, instead of the one that runs on this store."`
}

// Run exits with 0 when everything is allowed, 1 when something is not, 2 when that cannot be told.
func (p *policySimulate) Run() error {
	report, err := p.simulate()
	if err != nil {
		return &exit{2, err}
	}
	if p.JSON {
		e := json.NewEncoder(os.Stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(report)
	} else {
		_, err = io.WriteString(os.Stdout, describe(report))
	}
	if err != nil {
		return &exit{2, err}
	}
	for i := range report.Results {
		if report.Results[i].Decision != "allowed" {
			return errSilent
		}
	}
	return nil
}

func (p *policySimulate) simulate() (*admin.SimulationReport, error) {
	req, err := p.request()
	if err != nil {
		return nil, err
	}
	var out admin.SimulationReport
	if p.Endpoint == "" {
		return &out, p.ask(http.MethodPost, "/simulate", req, &out)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return &out, post(ctx, p.Endpoint, "/myfsio/simulate", req, &out)
}

func (p *policySimulate) request() (*admin.SimulationRequest, error) {
	req := &admin.SimulationRequest{Principal: p.Principal, Actions: p.Action, Replace: p.Replace}
	for _, r := range p.Resource {
		if r != "*" && !strings.HasPrefix(r, "arn:") {
			r = "arn:aws:s3:::" + r
		}
		req.Resources = append(req.Resources, r)
	}
	at := map[string]int{}
	for _, pair := range p.Context {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("--context %s: KEY=VALUE is wanted", pair)
		}
		i, ok := at[key]
		if !ok {
			i = len(req.Context)
			at[key], req.Context = i, append(req.Context, admin.ContextValue{Key: key})
		}
		req.Context[i].Values = append(req.Context[i].Values, value)
	}
	var failed error
	read := func(name string) string {
		text, err := os.ReadFile(name)
		failed = errors.Join(failed, err)
		return string(text)
	}
	for _, name := range p.Policy {
		req.Policies = append(req.Policies, read(name))
	}
	for _, name := range p.SessionPolicy {
		req.SessionPolicies = append(req.SessionPolicies, read(name))
	}
	if p.Boundary != "" {
		req.Boundary = read(p.Boundary)
	}
	if p.BucketPolicy != "" {
		req.BucketPolicy = read(p.BucketPolicy)
	}
	return req, failed
}

// describe is a report for people.
func describe(r *admin.SimulationReport) string {
	var b strings.Builder
	if r.Principal.Disabled {
		fmt.Fprintf(&b, "%s is disabled: its requests are refused before policies are asked.\n", r.Principal.Name)
	}
	for i := range r.Results {
		o := &r.Results[i]
		fmt.Fprintf(&b, "%-12s  %s  %s\n", o.Decision, o.Action, o.Resource)
		if s := o.Statement; s == nil {
			fmt.Fprintf(&b, "    %s\n", o.Reason)
		} else {
			b.WriteString("    by " + s.Source)
			if s.Number > 0 {
				fmt.Fprintf(&b, ", statement %d", s.Number)
			}
			if s.Sid != "" {
				fmt.Fprintf(&b, " (%s)", s.Sid)
			}
			b.WriteByte('\n')
			if s.Document != "" {
				b.WriteString("    " + s.Document + "\n")
			}
		}
		for _, s := range o.Matched {
			if s.Verdict == "unmet" {
				fmt.Fprintf(&b, "    not met: %s of %s, statement %d (%s)\n", s.Key, s.Source, s.Number, s.Effect)
			}
		}
		if len(o.Missing) > 0 {
			fmt.Fprintf(&b, "    the request does not have: %s\n", strings.Join(o.Missing, ", "))
		}
		if o.Unknown {
			b.WriteString("    only the policies of the principal count: there is no such bucket, or its policy is not yours to read\n")
		}
	}
	return b.String()
}

// post sends a signed request to the admin API of a server.
func post(ctx context.Context, endpoint, path string, body, into any) error {
	key, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if key == "" || secret == "" {
		return errors.New("--endpoint needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
	}
	region := os.Getenv("AWS_REGION")
	if region == "" {
		region = "us-east-1"
	}
	u, err := url.Parse(strings.TrimSuffix(endpoint, "/") + path)
	if err != nil || u.Host == "" {
		return fmt.Errorf("--endpoint %s: a URL is wanted", endpoint)
	}
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(content))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	signer := sigv4.NewSigner(sigv4.Credentials{AccessKey: key, Secret: secret}, region, "s3")
	signer.Sign(&sigv4.Request{Method: req.Method, Path: u.EscapedPath(), Header: req.Header, Hosts: []string{u.Host}, Length: req.ContentLength},
		sigv4.HashPayload(content), time.Now())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		var p admin.Problem
		if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&p); err != nil || p.Detail == "" {
			return fmt.Errorf("the server answers %s", res.Status)
		}
		return errors.New(p.Detail)
	}
	return json.NewDecoder(res.Body).Decode(into)
}
