package lab

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/minio/minio-go/v7"
	miniocreds "github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/stretchr/testify/require"
)

// An environment that configures AWS clients must not reach ours: AWS_CA_BUNDLE alone makes LoadDefaultConfig refuse an own HTTP client.
func init() {
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "AWS_") {
			_ = os.Unsetenv(name)
		}
	}
}

// Mode is a way in which an SDK talks to the server.
type Mode struct {
	Name     string
	Checksum aws.RequestChecksumCalculation
	Verify   aws.ResponseChecksumValidation
	Virtual  bool // bucket in the host name
	TLS      bool // through a proxy that ends TLS, or without one to the server itself
	HTTP2    bool // over TLS
}

// Modes are all the ways that the suites go through.
var Modes = []Mode{
	{Name: "http-path-checksums", Checksum: aws.RequestChecksumCalculationWhenSupported, Verify: aws.ResponseChecksumValidationWhenSupported},
	{Name: "http-path-plain", Checksum: aws.RequestChecksumCalculationWhenRequired, Verify: aws.ResponseChecksumValidationWhenRequired},
	{Name: "http-virtual-checksums", Virtual: true, Checksum: aws.RequestChecksumCalculationWhenSupported, Verify: aws.ResponseChecksumValidationWhenSupported},
	{Name: "tls-path-trailers", TLS: true, Checksum: aws.RequestChecksumCalculationWhenSupported, Verify: aws.ResponseChecksumValidationWhenSupported},
	{Name: "tls-path-plain", TLS: true, Checksum: aws.RequestChecksumCalculationWhenRequired, Verify: aws.ResponseChecksumValidationWhenRequired},
	{Name: "tls-virtual-trailers", TLS: true, Virtual: true, Checksum: aws.RequestChecksumCalculationWhenSupported, Verify: aws.ResponseChecksumValidationWhenSupported},
}

// Transport returns a transport that reaches addr whatever the host of the URL is.
func Transport(addr string) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the tests make their certificates themselves
		MaxIdleConnsPerHost: 64, ExpectContinueTimeout: 2 * time.Second,
		DisableCompression: true,
	}
}

// Proxy starts a reverse proxy with TLS in front of the server, as one in production would stand there: it replaces Host and says so in the
// forwarding headers.
func (s *Server) Proxy() *httptest.Server {
	target := "127.0.0.1:" + strconv.Itoa(s.Port)
	return httptest.NewTLSServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", target, target
			r.SetXForwarded()
		},
		Transport:     Transport(target),
		FlushInterval: -1,
	})
}

// Client makes an AWS SDK client of a mode. proxy is needed for TLS only where the server itself speaks none.
func (s *Server) Client(m Mode, proxy *httptest.Server, opts ...func(*s3.Options)) (*s3.Client, error) {
	addr, scheme := "127.0.0.1:"+strconv.Itoa(s.Port), "http"
	if m.TLS {
		scheme = "https"
		if proxy != nil {
			addr = proxy.Listener.Addr().String()
		}
	}
	host := addr
	if m.Virtual {
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		host = Domain + ":" + port
	}
	transport := Transport(addr)
	transport.ForceAttemptHTTP2 = m.HTTP2
	cfg, err := config.LoadDefaultConfig(context.Background(),
		config.WithRegion(Region),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, "")),
		config.WithHTTPClient(&http.Client{Transport: transport}),
		config.WithSharedConfigFiles(nil), config.WithSharedCredentialsFiles(nil),
		config.WithRetryMaxAttempts(1),
		config.WithRequestChecksumCalculation(m.Checksum), config.WithResponseChecksumValidation(m.Verify),
		config.WithBaseEndpoint(scheme+"://"+host))
	if err != nil {
		return nil, err
	}
	return s3.NewFromConfig(cfg, append([]func(*s3.Options){func(o *s3.Options) { o.UsePathStyle = !m.Virtual }}, opts...)...), nil
}

// S3 returns a client of the first mode.
func (s *Server) S3(t testing.TB, opts ...func(*s3.Options)) *s3.Client {
	t.Helper()
	c, err := s.Client(Modes[0], nil, opts...)
	require.NoError(t, err)
	return c
}

// MinIO returns a client of minio-go over HTTP, which signs every chunk, or with signatures of version 2.
func (s *Server) MinIO(t testing.TB, v2 bool) *minio.Client {
	t.Helper()
	creds := miniocreds.NewStaticV4(AccessKey, SecretKey, "")
	if v2 {
		creds = miniocreds.NewStaticV2(AccessKey, SecretKey, "")
	}
	addr := "127.0.0.1:" + strconv.Itoa(s.Port)
	c, err := minio.New(addr, &minio.Options{Creds: creds, Region: Region, Transport: Transport(addr), BucketLookup: minio.BucketLookupPath, MaxRetries: 1, TrailingHeaders: !v2})
	require.NoError(t, err)
	return c
}
