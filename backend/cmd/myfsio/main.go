// Command myfsio is the server and its tools.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
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
	base := h.Endpoint
	if base == "" {
		conf, _, err := h.load()
		if err != nil {
			return err
		}
		host := conf.AppHost
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		base = "http://" + net.JoinHostPort(host, strconv.Itoa(conf.AppPort))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/myfsio/health", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
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
	var users []struct {
		AccessKey string `json:"access_key"`
		Name      string `json:"display_name"`
	}
	if err := u.ask(http.MethodGet, "/users", &users); err != nil {
		return err
	}
	for _, user := range users {
		fmt.Printf("%s\t%s\n", user.AccessKey, user.Name)
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
	if err := u.ask(http.MethodPost, "/users/"+u.AccessKey+"/rotate", &got); err != nil {
		return err
	}
	fmt.Println(got.SecretKey)
	return nil
}

type compact struct{ settings }

func (c *compact) Run() error { return c.ask(http.MethodPost, "/compact", &struct{}{}) }

// ask sends a command to the server that runs on the configured store.
func (s *settings) ask(method, path string, into any) error {
	conf, _, err := s.load()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return server.Control(ctx, conf.StorageRoot, method, path, into)
}

func main() {
	var c cli
	run := kong.Parse(&c, kong.Name("myfsio"), kong.Description("An S3 server with a console, in one binary."), kong.UsageOnError())
	if err := run.Run(); err != nil {
		if !errors.Is(err, errSilent) {
			fmt.Fprintln(os.Stderr, "myfsio:", err)
		}
		os.Exit(1)
	}
}
