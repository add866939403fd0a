package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// examples are secrets that stand in documentation, here and elsewhere.
var examples = []string{
	"change-me", "changeme", "change_me", "secret", "dev-secret-key", "your-secret-key", "your-secret-key-here", "mysecret", "password", "localadmin",
	"admin", "minioadmin", "test", "example",
}

// Check looks at the settings together. What is wrong with a single value Load has said already.
func (c *Config) Check() (found []Finding) {
	add := func(level Level, setting, format string, args ...any) {
		found = append(found, Finding{level, setting, fmt.Sprintf(format, args...)})
	}
	if c.AppPort == c.UIPort && c.AppPort != 0 {
		add(Critical, "UI_PORT", "is %d as APP_PORT is; each listener needs its own", c.UIPort)
	}
	if (c.AdminAccessKey == "") != (c.AdminSecretKey == "") {
		missing := "ADMIN_SECRET_KEY"
		if c.AdminAccessKey == "" {
			missing = "ADMIN_ACCESS_KEY"
		}
		add(Critical, missing, "is not set; ADMIN_ACCESS_KEY and ADMIN_SECRET_KEY go together")
	}
	if filepath.Clean(c.IAMConfig) == filepath.Clean(c.BucketPolicyPath) {
		add(Critical, "BUCKET_POLICY_PATH", "is the file of IAM_CONFIG; each needs its own")
	}
	if (c.TLSCertFile == "") != (c.TLSKeyFile == "") {
		missing := "TLS_KEY_FILE"
		if c.TLSCertFile == "" {
			missing = "TLS_CERT_FILE"
		}
		add(Critical, missing, "is not set; TLS_CERT_FILE and TLS_KEY_FILE go together")
	}
	switch {
	case c.OIDCIssuer != "" && c.OIDCClientID == "":
		add(Critical, "OIDC_CLIENT_ID", "is not set; OIDC_ISSUER needs it")
	case c.OIDCIssuer == "" && (c.OIDCClientID != "" || c.OIDCClientSecret != "" || len(c.OIDCGrants) > 0):
		add(Warning, "OIDC_ISSUER", "is not set: nobody signs in at a provider, and the other settings of single sign-on have no effect")
	case strings.HasPrefix(c.OIDCIssuer, "http://"):
		add(Warning, "OIDC_ISSUER", "is not https: whoever is on the way to the provider can sign in as anybody")
	}
	if strings.ContainsAny(c.AdminAccessKey, "/=, \t\r\n") {
		add(Critical, "ADMIN_ACCESS_KEY", "contains a character that an access key cannot have: one of / = , or a blank")
	}
	loopback := c.Loopback()
	for name, secret := range map[string]string{"SECRET_KEY": c.SecretKey, "ADMIN_SECRET_KEY": c.AdminSecretKey} {
		switch {
		case secret == "":
		case slices.Contains(examples, strings.ToLower(secret)):
			add(Warning, name, "is an example value that everybody knows; set one of your own")
		case len(secret) < 16:
			add(Warning, name, "is shorter than 16 characters")
		}
	}
	if !loopback {
		add(Info, "APP_HOST", "%s is reachable from other machines", c.AppHost)
		if c.AdminSecretKey == "" {
			add(Info, "ADMIN_SECRET_KEY", "is not set: a new store gets a generated administrator's secret in a file of mode 0600")
		}
		if c.AuthHeaders == "on" && c.TLSCertFile == "" {
			add(Warning, "AUTH_HEADERS", "on lets secrets cross the network in plain text unless something in front speaks TLS")
		}
	}
	for _, p := range c.TrustedProxies {
		if p.Bits() == 0 {
			add(Warning, "TRUSTED_PROXIES", "%s lets anyone claim any address", p)
		}
	}
	for name, base := range map[string]string{"API_BASE_URL": c.APIBaseURL, "UI_BASE_URL": c.UIBaseURL} {
		if u, err := url.Parse(base); err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
			add(Info, name, "is not https: what is signed is safe, what is sent can be read on the way")
		}
	}
	if c.Service != "s3" {
		add(Info, "AWS_SERVICE", "is %q: clients sign for s3 unless they are told otherwise", c.Service)
	}
	if c.MultipartMinPartSize != 5<<20 {
		add(Info, "MULTIPART_MIN_PART_SIZE", "differs from the 5 MiB of S3")
	}
	if c.MaxUploadSize < c.MultipartMinPartSize {
		add(Warning, "MAX_UPLOAD_SIZE", "is less than MULTIPART_MIN_PART_SIZE: only the last part of a multipart upload could ever be sent")
	}
	if c.LogToFile && c.LogMaxBytes > 0 && c.LogBackupCount == 0 {
		add(Info, "LOG_BACKUP_COUNT", "is 0: at LOG_MAX_BYTES the log begins anew and the old one is lost")
	}
	if c.LifecycleDay != 24*time.Hour {
		add(Warning, "LIFECYCLE_DEBUG_DAY_SECONDS", "is for tests only: lifecycle rules delete objects before their time")
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return strings.Compare(a.Setting, b.Setting) })
	return found
}

// Loopback reports whether the listeners can be reached from this machine only.
func (c *Config) Loopback() bool { return isLoopback(c.AppHost) }

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}
