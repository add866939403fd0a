package admin

import (
	"context"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/peer"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// endpoint is where S3 clients reach this server, as seen by the client of the call; without a final slash.
func (a *API) endpoint(c *call) string {
	if base := strings.TrimSuffix(a.Config.APIBaseURL, "/"); base != "" {
		return base
	}
	if c.port == S3 {
		return c.peer.Scheme() + "://" + c.peer.Host()
	}
	host := peer.Name(c.peer.Host())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	u := url.URL{Scheme: c.peer.Scheme(), Host: host}
	if p := a.S3Port; p != 0 && (u.Scheme != "http" || p != 80) && (u.Scheme != "https" || p != 443) {
		u.Host += ":" + strconv.Itoa(p)
	}
	return u.String()
}

// websites is the domain of websites as they are reached: with scheme and port of the S3 endpoint.
func (a *API) websites(c *call) string {
	u, err := url.Parse(a.endpoint(c))
	if err != nil || a.Config.WebsiteDomain == "" {
		return ""
	}
	host := a.Config.WebsiteDomain
	if p := u.Port(); p != "" {
		host += ":" + p
	}
	return u.Scheme + "://" + host
}

// Endpoint is where S3 clients reach this server, as seen by who made a request to a port: what the console's content policy names.
func (a *API) Endpoint(port Port, r *http.Request) string { return a.endpoint(a.newCall(port, r, nil)) }

func (a *API) health(ctx context.Context) HealthReport {
	if a.Deps.Health == nil {
		return HealthReport{Status: "ok"}
	}
	return a.Deps.Health(ctx)
}

func healthStatus(h HealthReport) int {
	if h.Status == "starting" || h.Status == "stopping" {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

func (a *API) getHealth(ctx context.Context, c *call, _ *noInput) (*healthOutput, error) {
	h := a.health(ctx)
	out := &healthOutput{Status: healthStatus(h), Body: Health{Status: h.Status, Version: config.Version}}
	if c.id != nil && a.admin(c.id) {
		out.Body.Checks = h.Checks
	}
	return out, nil
}

func (a *API) headHealth(ctx context.Context, _ *call, _ *noInput) (*headOutput, error) {
	return &headOutput{Status: healthStatus(a.health(ctx))}, nil
}

func (a *API) getCompatibility(context.Context, *call, *noInput) (*output[Compatibility], error) {
	c := Compatibility{Operations: []S3Operation{}, UnbuiltHeaders: []S3Header{}, PolicyOperators: policy.Operators()}
	if a.Compatibility != nil {
		c.Operations, c.UnbuiltHeaders = a.Compatibility()
	}
	for _, k := range policy.ConditionKeys() {
		c.PolicyKeys = append(c.PolicyKeys, ConditionKey{Name: k.Name, Type: k.Type, Doc: k.Doc})
	}
	return answer(c), nil
}

func (a *API) getVersion(context.Context, *call, *noInput) (*output[Version], error) {
	return answer(Version{Version: config.Version, GoVersion: runtime.Version(), Platform: platform()}), nil
}

func platform() string { return runtime.GOOS + "/" + runtime.GOARCH }

func (a *API) getConfig(context.Context, *call, *noInput) (*output[Settings], error) {
	s := Settings{Settings: []Setting{}}
	if a.Report != nil {
		for _, v := range a.Report.Values {
			s.Settings = append(s.Settings, Setting{Group: v.Group, Name: v.Name, Value: v.Text, Source: v.Source.String(), Note: v.Note})
		}
	}
	return answer(s), nil
}

func (a *API) getServer(ctx context.Context, c *call, _ *noInput) (*output[Server], error) {
	const op = "admin.getServer"
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	s := Server{
		Version: config.Version, GoVersion: runtime.Version(), Platform: platform(), Started: a.started,
		UptimeSeconds: int64(a.Clock.Since(a.started).Seconds()), Region: a.Config.Region, S3Endpoint: a.endpoint(c),
		Goroutines: runtime.NumGoroutine(), HeapBytes: signed(mem.HeapAlloc), CPUs: runtime.NumCPU(), JobsRunning: a.jobs.running(),
	}
	if st, ok := a.KV.(kv.Statser); ok {
		stats := st.Stats()
		s.Engine = &Engine{Name: stats.Engine, DiskBytes: signed(stats.DiskBytes), Fields: map[string]string{}}
		for k, v := range stats.Fields {
			s.Engine.Fields[k] = v
		}
	}
	if a.Space != nil {
		sp, err := a.Space()
		if err != nil {
			return nil, fault.Wrap(op, err)
		}
		s.Space = &Space{Total: signed(sp.Total), Free: signed(sp.Free), Reserve: signed(sp.Reserve)}
	}
	after := ""
	for {
		page, more, err := a.Buckets.List(ctx, bucketPage(after))
		if err != nil {
			return nil, err
		}
		for _, b := range page {
			u, err := a.Buckets.Usage(ctx, b)
			if err != nil {
				return nil, err
			}
			s.Buckets++
			s.Objects += u.Objects
			s.Bytes += u.Bytes
			s.Versions += u.Versions
			s.VersionBytes += u.VersionBytes
			s.UploadBytes += u.UploadBytes
			after = b.Name
		}
		if !more {
			break
		}
	}
	users, err := a.countUsers(ctx)
	if err != nil {
		return nil, err
	}
	s.Users = users
	s.Warnings, err = a.warnings(ctx, c)
	if err != nil {
		return nil, err
	}
	return answer(s), nil
}

// countUsers counts rows, without opening them.
func (a *API) countUsers(ctx context.Context) (n int64, err error) {
	err = a.KV.View(ctx, func(r kv.Reader) error {
		rng := meta.Users()
		rng.KeysOnly = true
		n = 0
		it := r.Iter(rng)
		for it.Next() {
			n++
		}
		return it.Close()
	})
	return n, fault.Wrap("admin.countUsers", err)
}

func signed(n uint64) int64 { return int64(min(n, 1<<63-1)) } //nolint:gosec // bounded

// warnings are the states that somebody should change, worst first. They tell nothing that a user could not find out.
func (a *API) warnings(ctx context.Context, c *call) ([]Warning, error) {
	list := []Warning{}
	weak, err := a.IAM.DefaultSecretActive(ctx)
	if err != nil {
		return nil, fault.Wrap("admin.warnings", err)
	}
	if weak {
		list = append(list, Warning{"DefaultSecret", "The administrator's secret key is still the well-known one. Change it before anybody else can reach this server."})
	}
	if !a.Config.Loopback() {
		list = append(list, Warning{"PublicListener", "The server listens for other machines, not only for this one."})
		if !c.peer.Secure {
			list = append(list, Warning{"PlainHTTP", "This connection is not encrypted. Give the server a certificate (TLS_CERT_FILE), or put a proxy with TLS before it."})
		}
	}
	if a.ReadOnly {
		list = append(list, Warning{"ReadOnly", "The server was started read-only: nothing can be changed."})
	}
	if a.Space != nil {
		if sp, err := a.Space(); err == nil && sp.Free < sp.Reserve+sp.Total/20 {
			list = append(list, Warning{"SpaceLow", "The disk is nearly full. Writes stop when the reserve is reached."})
		}
	}
	if h := a.health(ctx); h.Status == "degraded" {
		list = append(list, Warning{"Degraded", "The server is degraded. Its health names the reason to administrators."})
	}
	return list, nil
}
