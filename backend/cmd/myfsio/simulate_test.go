package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/admin"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/server"
)

var address = regexp.MustCompile(`S3 API +(\S+)`)

// screen tells the address of the S3 port once it is shown.
type screen struct {
	once sync.Once
	c    chan string
}

func (s *screen) Write(p []byte) (int, error) {
	if m := address.FindSubmatch(p); m != nil {
		s.once.Do(func() { s.c <- string(m[1]) })
	}
	return len(p), nil
}

func TestPolicySimulate(t *testing.T) {
	root := t.TempDir()
	t.Setenv("STORAGE_ROOT", filepath.Join(root, "data"))
	conf, report, err := config.Load(config.Sources{Environ: []string{"STORAGE_ROOT=" + filepath.Join(root, "data"), "LOG_TO_FILE=false", "APP_PORT=0", "UI_PORT=0"}})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	shown, done := &screen{c: make(chan string, 1)}, make(chan error, 1)
	go func() {
		done <- server.Run(ctx, server.Options{Config: conf, Report: report, Mode: server.ModeAll, Terminal: shown})
	}()
	defer func() {
		stop()
		require.NoError(t, <-done)
	}()
	endpoint := <-shown.c

	file := func(name, text string) string {
		path := filepath.Join(root, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	read := file("read.json", `{"Version":"2012-10-17","Statement":{"Sid":"read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}`)
	all := []string{"policy", "simulate", "-a", "s3:GetObject", "-r", "photos/a.jpg", "--policy", read}
	code := func(err error) int {
		e := &exit{code: 1}
		errors.As(err, &e)
		return e.code
	}

	out, err := command(t, append(all, "-c", "aws:SourceIp=192.0.2.7")...)
	require.NoError(t, err)
	require.Equal(t, `allowed       s3:GetObject  arn:aws:s3:::photos/a.jpg
    by policy 1 of the request, statement 1 (read)
    {"Sid":"read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}
    only the policies of the principal count: there is no such bucket, or its policy is not yours to read
`, out)
	out, err = command(t, all...)
	require.ErrorIs(t, err, errSilent)
	require.Equal(t, 1, code(err))
	require.Contains(t, out, "not met: aws:SourceIp of policy 1 of the request, statement 1 (Allow)")
	require.Contains(t, out, "the request does not have: aws:SourceIp")

	// Over the network, with credentials.
	t.Setenv("AWS_ACCESS_KEY_ID", "localadmin")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "localadmin")
	out, err = command(t, "policy", "simulate", "-p", "localadmin", "-a", "iam:CreateUser", "--json", "--endpoint", endpoint)
	require.NoError(t, err)
	var got admin.SimulationReport
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	require.Equal(t, "user allowed", got.Principal.Kind+" "+got.Results[0].Decision)

	for _, args := range [][]string{
		{"-p", "nobody", "-a", "s3:GetObject"}, {"-p", "nobody", "-a", "s3:GetObject", "--endpoint", endpoint}, {"-a", "s3:Nothing"},
		{"-a", "s3:GetObject", "-c", "x"}, {"-a", "s3:GetObject", "--endpoint", "nowhere"}, {"-a", "s3:GetObject", "--policy", file("bad.json", "{}")},
	} {
		_, err := command(t, append([]string{"policy", "simulate"}, args...)...)
		require.Error(t, err)
		require.Equal(t, 2, code(err), args)
	}
}
