// Command myfsio is the server and its tools.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/server"
)

type cli struct {
	Serve   serve   `cmd:"" default:"withargs" help:"Run the server (the default)."`
	Version version `cmd:"" help:"Print the version."`
	Health  health  `cmd:"" help:"Ask a running server for its health; the exit code is 0 when it is well."`
	User    struct {
		List   userList   `cmd:"" help:"List the users."`
		Rotate userRotate `cmd:"" help:"Give an access key a new secret and print it."`
	} `cmd:"" help:"Manage users of the server that runs on this store."`
	Account struct {
		List   accountList   `cmd:"" help:"List the accounts: name, id, canonical id and display name."`
		Create accountCreate `cmd:"" help:"Make an account and print the keys of its first administrator."`
		Delete accountDelete `cmd:"" help:"Delete an account without buckets, with its users."`
	} `cmd:"" help:"Manage accounts of the server that runs on this store."`
	Audit struct {
		Verify auditVerify `cmd:"" help:"Check that no line of the audit log was changed, removed, moved or cut off; the exit code is 0 when none was."`
	} `cmd:"" help:"The audit log of this store, with a server on it or without."`
	Secret struct {
		Rekey secretRekey `cmd:"" help:"Make SECRET_KEY the key of the stored secrets. The server must be stopped. Asks for the former one, or reads it from the standard input, unless that was generated; without SECRET_KEY a new one is generated."`
	} `cmd:"" help:"The key that seals the stored secrets."`
	Policy struct {
		Simulate policySimulate `cmd:"" help:"Tell what would be decided over requests, and why; the exit code is 0 when all are allowed, 1 when one is not, 2 on an error."`
	} `cmd:"" help:"Policies of the server that runs on this store, or at an endpoint."`
	Compact compact `cmd:"" help:"Compact the metadata store of the running server."`
}

// settings is how every command finds its configuration.
type settings struct {
	EnvFile string   `name:"env-file" placeholder:"FILE" help:"Read settings from this file instead of ./myfsio.env and /opt/myfsio/myfsio.env."`
	Set     []string `name:"set" sep:"none" placeholder:"NAME=VALUE" help:"Set a setting; stronger than the environment. May be repeated."`
}

func (s *settings) load() (*config.Config, *config.Report, error) {
	flags := map[string]string{}
	for _, pair := range s.Set {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, nil, fmt.Errorf("--set %s: NAME=VALUE is wanted", pair)
		}
		flags[name] = value
	}
	return config.Load(config.Sources{Flags: flags, Environ: os.Environ(), EnvFile: s.EnvFile})
}

type serve struct {
	settings
	Mode        string `enum:"all,api,ui" default:"all" help:"Which listeners to open: all, api, or ui (the console for the server at API_BASE_URL)."`
	ShowConfig  bool   `name:"show-config" help:"Print every setting with its source, secrets redacted, and exit."`
	CheckConfig bool   `name:"check-config" help:"Print what is wrong with the settings and exit; 1 when something is CRITICAL."`
	Prod        bool   `name:"prod" help:"Accepted for old scripts, without effect."`
	ReadOnly    bool   `name:"read-only" help:"Refuse writes; the store is not changed."`
}

// errSilent ends with exit code 1 when everything was said already.
var errSilent = errors.New("")

func (c *serve) Run() error {
	conf, report, err := c.load()
	if report == nil {
		return err
	}
	if c.ShowConfig {
		fmt.Print(report)
	}
	if c.CheckConfig {
		report.Findings = append(server.Check(conf), report.Findings...)
		for _, f := range report.Findings {
			fmt.Println(f)
		}
		if report.Critical() {
			return errSilent
		}
		fmt.Println("INFO: the configuration can be used")
	}
	if c.ShowConfig || c.CheckConfig {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	now := make(chan struct{})
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		<-signals
		close(now)
	}()
	return server.Run(ctx, server.Options{
		Config: conf, Report: report, Mode: server.Mode(c.Mode), ReadOnly: c.ReadOnly, Terminal: os.Stdout, Stop: now,
	})
}

type version struct{}

func (version) Run() error {
	_, err := fmt.Printf("myfsio %s (%s, %s/%s)\n", config.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

type health struct {
	settings
	Endpoint string `placeholder:"URL" help:"Ask this server instead of the one on this machine."`
}

func (h *health) Run() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	base, client := h.Endpoint, http.DefaultClient
	if base == "" {
		conf, _, err := h.load()
		if err != nil {
			return err
		}
		host := conf.AppHost
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		scheme := "http://"
		if conf.TLSCertFile != "" {
			scheme = "https://"
			// The certificate names the public address, not this one. Nothing secret is sent.
			client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // see above
		}
		base = scheme + net.JoinHostPort(host, strconv.Itoa(conf.AppPort))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/myfsio/health", nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil {
		return err
	}
	fmt.Println(strings.TrimSpace(string(body)))
	if res.StatusCode != http.StatusOK {
		return errSilent
	}
	return nil
}

type userList struct{ settings }

func (u *userList) Run() error {
	var users []server.ControlUser
	if err := u.ask(http.MethodGet, "/users", nil, &users); err != nil {
		return err
	}
	for _, user := range users {
		fmt.Printf("%s\t%s\t%s\n", user.AccessKey, user.Name, user.Account)
	}
	return nil
}

type userRotate struct {
	settings
	AccessKey string `arg:"" help:"The access key."`
}

func (u *userRotate) Run() error {
	var got struct {
		SecretKey string `json:"secret_key"`
	}
	if err := u.ask(http.MethodPost, "/users/"+url.PathEscape(u.AccessKey)+"/rotate", nil, &got); err != nil {
		return err
	}
	fmt.Println(got.SecretKey)
	return nil
}

type accountList struct{ settings }

func (a *accountList) Run() error {
	var accounts []server.ControlAccount
	if err := a.ask(http.MethodGet, "/accounts", nil, &accounts); err != nil {
		return err
	}
	for _, account := range accounts {
		fmt.Printf("%s\t%s\t%s\t%s\n", account.Name, account.ID, account.CanonicalID, account.DisplayName)
	}
	return nil
}

type accountCreate struct {
	settings
	Name        string `arg:"" help:"The name: 1 to 64 letters, digits and . _ -."`
	DisplayName string `name:"display-name" placeholder:"TEXT" help:"What people call it; the name when absent."`
	AccessKey   string `name:"access-key" placeholder:"KEY" help:"Of the administrator; made by the server when absent."`
	SecretKey   string `name:"secret-key" placeholder:"SECRET" env:"MYFSIO_ACCOUNT_SECRET_KEY" help:"Of the administrator; made by the server when absent. Other users of this machine can read arguments: rather set it in the environment."`
}

func (a *accountCreate) Run() error {
	got := server.ControlAccount{Name: a.Name, DisplayName: a.DisplayName, AccessKey: a.AccessKey, SecretKey: a.SecretKey}
	if err := a.ask(http.MethodPost, "/accounts", &got, &got); err != nil {
		return err
	}
	fmt.Printf("name\t%s\nid\t%s\ncanonical_id\t%s\naccess_key\t%s\nsecret_key\t%s\n", got.Name, got.ID, got.CanonicalID, got.AccessKey, got.SecretKey)
	return nil
}

type accountDelete struct {
	settings
	Name string `arg:"" help:"The name."`
}

func (a *accountDelete) Run() error {
	return a.ask(http.MethodDelete, "/accounts/"+url.PathEscape(a.Name), nil, &struct{}{})
}

type auditVerify struct{ settings }

func (a *auditVerify) Run() error {
	conf, _, err := a.load()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, err := server.VerifyAudit(ctx, conf.StorageRoot)
	if err != nil {
		return err
	}
	fmt.Printf("%d lines in %d files", r.Lines, r.Files)
	if r.Lines > 0 {
		fmt.Printf(", number %d of %s to number %d of %s", r.First, r.From.Format(time.RFC3339), r.Last, r.To.Format(time.RFC3339))
	}
	fmt.Printf("; anchored up to number %d\n", r.Anchored)
	if r.Note != "" {
		fmt.Println("note:", r.Note)
	}
	for _, p := range r.Problems {
		fmt.Println("PROBLEM:", p)
	}
	if len(r.Problems) > 0 {
		return errSilent
	}
	fmt.Println("the log is whole")
	return nil
}

type compact struct{ settings }

func (c *compact) Run() error { return c.ask(http.MethodPost, "/compact", nil, &struct{}{}) }

// ask sends a command to the server that runs on the configured store.
func (s *settings) ask(method, path string, body, into any) error {
	conf, _, err := s.load()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return server.Control(ctx, conf.StorageRoot, method, path, body, into)
}

func main() {
	var c cli
	run := kong.Parse(&c, kong.Name("myfsio"), kong.Description("An S3 server with a console, in one binary."), kong.UsageOnError())
	if err := run.Run(); err != nil {
		if !errors.Is(err, errSilent) {
			fmt.Fprintln(os.Stderr, "myfsio:", err)
		}
		code := &exit{code: 1}
		errors.As(err, &code)
		os.Exit(code.code)
	}
}
