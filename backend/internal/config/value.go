package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// field is a setting as the struct's tags describe it.
type field struct {
	index                                                             int
	env, group, def, under, kind, min, max, secret, effect, doc, unit string
	oneof                                                             []string
	typ                                                               reflect.Type
}

// fields returns every setting, in the struct's order.
var fields = sync.OnceValue(func() []field {
	t := reflect.TypeFor[Config]()
	all := make([]field, 0, t.NumField())
	group := ""
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		if g := f.Tag.Get("group"); g != "" {
			group = g
		}
		all = append(all, field{
			index: i, env: f.Tag.Get("env"), group: group, def: f.Tag.Get("default"), under: f.Tag.Get("under"), kind: f.Tag.Get("kind"),
			min: f.Tag.Get("min"), max: f.Tag.Get("max"), secret: f.Tag.Get("secret"), effect: f.Tag.Get("effect"), doc: f.Tag.Get("doc"),
			unit: f.Tag.Get("unit"), oneof: strings.Fields(f.Tag.Get("oneof")), typ: f.Type,
		})
	}
	return all
})

// Names returns every variable, in the order of the documentation.
func Names() []string {
	all := fields()
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.env
	}
	return names
}

// parse reads a value of the field. Its errors are whole clauses ("is not a number"); they do not contain the value.
func (f field) parse(s string) (any, error) {
	switch f.typ {
	case reflect.TypeFor[string]():
		return f.parseText(s)
	case reflect.TypeFor[[]string]():
		return f.parseList(s)
	case reflect.TypeFor[bool]():
		return parseBool(s)
	case reflect.TypeFor[int]():
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, errors.New("is not a whole number")
		}
		if len(f.oneof) > 0 && !slices.Contains(f.oneof, strconv.Itoa(n)) {
			return nil, fmt.Errorf("is none of %s", strings.Join(f.oneof, ", "))
		}
		return n, f.bound(int64(n), func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	case reflect.TypeFor[int64]():
		n, err := parseBytes(s)
		if err != nil {
			return nil, err
		}
		return n, f.bound(n, parseBytes)
	case reflect.TypeFor[time.Duration]():
		read := func(s string) (int64, error) {
			d, err := parseDuration(s, units[f.unit])
			return int64(d), err
		}
		n, err := read(s)
		if err != nil {
			return nil, err
		}
		return time.Duration(n), f.bound(n, read)
	case reflect.TypeFor[[]Rate]():
		rates, err := ParseRates(s)
		if err != nil {
			return nil, fmt.Errorf("is refused: %w", err)
		}
		return rates, nil
	case reflect.TypeFor[[]netip.Prefix]():
		return parsePrefixes(s)
	case reflect.TypeFor[[]OIDCGrant]():
		return parseGrants(s)
	case reflect.TypeFor[slog.Level]():
		return parseLevel(s)
	case reflect.TypeFor[fs.FileMode]():
		n, err := strconv.ParseUint(strings.TrimPrefix(s, "0o"), 8, 16)
		if err != nil || n > 0o777 || n&0o400 == 0 {
			return nil, errors.New("is not an octal mode from 0400 to 0777 that lets the owner read")
		}
		return fs.FileMode(n), nil
	}
	panic("config: " + f.env + " has a type that nothing reads")
}

// bound holds n against min and max, which read reads.
func (f field) bound(n int64, read func(string) (int64, error)) error {
	for _, b := range []struct {
		limit, text string
		out         func(int64) bool
	}{
		{f.min, "is less than ", func(l int64) bool { return n < l }},
		{f.max, "is more than ", func(l int64) bool { return n > l }},
	} {
		if b.limit == "" {
			continue
		}
		l, err := read(b.limit)
		if err != nil {
			panic("config: " + f.env + ": bound: " + err.Error())
		}
		if b.out(l) {
			return errors.New(b.text + b.limit)
		}
	}
	return nil
}

func (f field) parseText(s string) (string, error) {
	if len(f.oneof) > 0 {
		for _, allowed := range f.oneof {
			if strings.EqualFold(s, allowed) {
				return allowed, nil
			}
		}
		return "", fmt.Errorf("is none of %s", strings.Join(f.oneof, ", "))
	}
	switch f.kind {
	case "host":
		return parseHost(s)
	case "region":
		if strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(s) > 64 {
			return "", errors.New("has characters other than a-z, 0-9 and -")
		}
	case "name":
		if strings.ContainsAny(s, `/\`) || s == "." || s == ".." {
			return "", errors.New("is not a plain file name; a directory has a setting of its own")
		}
	case "url":
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return "", errors.New("is not an address like https://s3.example.org")
		}
		return strings.TrimRight(s, "/"), nil
	case "issuer": // compared as it stands
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return "", errors.New("is not an address like https://id.example.org")
		}
	case "store":
		u, err := url.Parse(s)
		if err == nil && (s == "memory://" || s == "memory:" || (u.Scheme == "redis" || u.Scheme == "rediss") && u.Host != "") {
			return s, nil
		}
		return "", errors.New("is neither memory:// nor redis://host:port (rediss:// for TLS)")
	}
	if strings.ContainsRune(s, 0) {
		return "", errors.New("has a NUL in it")
	}
	return s, nil
}

func parseHost(s string) (string, error) {
	bare := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if _, err := netip.ParseAddr(bare); err == nil {
		return bare, nil
	}
	host := strings.TrimSuffix(strings.ToLower(s), ".")
	if len(host) > 253 {
		return "", errors.New("is longer than a host name can be")
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", errors.New("is neither an IP address nor a host name")
		}
	}
	return host, nil
}

// parseNetwork reads an address, a network, the name of a host, loopback or private.
func parseNetwork(s string) (string, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked().String(), nil
	}
	if host, err := parseHost(s); err == nil {
		return host, nil
	}
	return "", errors.New("is neither an address, a network like 10.0.0.0/8 nor the name of a host")
}

func (f field) parseList(s string) ([]string, error) {
	list := []string{}
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		switch f.kind {
		case "hosts":
			host, err := parseHost(item)
			if err != nil {
				return nil, fmt.Errorf("has an item that %w: %q", err, item)
			}
			item = host
		case "networks":
			network, err := parseNetwork(item)
			if err != nil {
				return nil, fmt.Errorf("has an item that %w: %q", err, item)
			}
			item = network
		case "words":
			if strings.ContainsAny(item, " \t\"\\") {
				return nil, fmt.Errorf("has an item that is not one word: %q", item)
			}
		case "origins":
			u, err := url.Parse(strings.Replace(item, "*", "x", 1))
			if item != "*" && item != "null" && (err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "") {
				return nil, fmt.Errorf("has an item that is not an origin like https://app.example.org (no path, at most one *): %q", item)
			}
		default: // methods and header names are tokens
			if strings.ContainsAny(item, " \t\"(),/:;<=>?@[\\]{}") {
				return nil, fmt.Errorf("has an item that is not one word: %q", item)
			}
			if strings.HasSuffix(f.env, "_METHODS") {
				item = strings.ToUpper(item)
			}
		}
		list = append(list, item)
	}
	return list, nil
}

// parseGrants reads "value=group:name; value=policy:name". A value may have = in it.
func parseGrants(s string) ([]OIDCGrant, error) {
	list := []OIDCGrant{}
	for item := range strings.SplitSeq(s, ";") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		at := strings.LastIndexByte(item, '=')
		kind, name, _ := strings.Cut(item[at+1:], ":")
		g := OIDCGrant{Value: strings.TrimSpace(item[:max(at, 0)])}
		name = strings.TrimSpace(name)
		switch strings.TrimSpace(kind) {
		case "group":
			g.Group = name
		case "policy":
			g.Policy = name
		}
		if g.Value == "" || g.Group+g.Policy == "" || strings.ContainsAny(name, " \t") {
			return nil, fmt.Errorf("has an item that is neither value=group:name nor value=policy:name: %q", item)
		}
		list = append(list, g)
	}
	return list, nil
}

func (g OIDCGrant) String() string {
	if g.Group != "" {
		return g.Value + "=group:" + g.Group
	}
	return g.Value + "=policy:" + g.Policy
}

func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "1", "yes", "on":
		return true, nil
	case "false", "0", "no", "off":
		return false, nil
	}
	return false, errors.New("is neither true nor false (nor 1, 0, yes, no, on, off)")
}

var sizes = []struct {
	suffix string
	factor int64
}{
	{"KIB", 1 << 10}, {"MIB", 1 << 20}, {"GIB", 1 << 30}, {"TIB", 1 << 40}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"T", 1 << 40}, {"B", 1},
}

// parseBytes reads "5242880", "5 MiB", "5M" (the same) and "5 MB" (5,000,000).
func parseBytes(s string) (int64, error) {
	number, factor := strings.ToUpper(s), int64(1)
	for _, size := range sizes {
		if rest, ok := strings.CutSuffix(number, size.suffix); ok {
			number, factor = strings.TrimSpace(rest), size.factor
			break
		}
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil {
		return 0, errors.New("is not a number of bytes like 5242880 or 5 MiB")
	}
	if int64(n) > math.MaxInt64/factor { //nolint:gosec // 63 bits
		return 0, errors.New("is more bytes than there can be")
	}
	return int64(n) * factor, nil //nolint:gosec // 63 bits
}

var units = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day}

// parseDuration reads a plain number of units, "90s", "1h30m" or "7d".
func parseDuration(s string, unit time.Duration) (time.Duration, error) {
	number := s
	if rest, ok := strings.CutSuffix(s, "d"); ok {
		number, unit = rest, day
	}
	if n, err := strconv.ParseUint(number, 10, 63); err == nil {
		if time.Duration(n) > math.MaxInt64/unit { //nolint:gosec // 63 bits
			return 0, errors.New("is longer than can be measured")
		}
		return time.Duration(n) * unit, nil //nolint:gosec // 63 bits
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, errors.New("is not a duration: a number, or one with s, m, h or d behind it")
	}
	return d, nil
}

func parsePrefixes(s string) ([]netip.Prefix, error) {
	list := []netip.Prefix{}
	for item := range strings.SplitSeq(s, ",") {
		switch item = strings.TrimSpace(item); strings.ToLower(item) {
		case "", "none":
			continue
		case "loopback":
			list = append(list, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
			continue
		}
		if addr, err := netip.ParseAddr(item); err == nil {
			addr = addr.Unmap().WithZone("")
			list = append(list, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(item)
		if err != nil {
			return nil, fmt.Errorf("has an item that is neither an address nor a network like 10.0.0.0/8: %q", item)
		}
		list = append(list, p.Masked())
	}
	return list, nil
}

func parseLevel(s string) (slog.Level, error) {
	switch strings.ToUpper(s) {
	case "DEBUG":
		return slog.LevelDebug, nil
	case "INFO":
		return slog.LevelInfo, nil
	case "WARNING", "WARN":
		return slog.LevelWarn, nil
	case "ERROR":
		return slog.LevelError, nil
	}
	return 0, errors.New("is none of DEBUG, INFO, WARNING, ERROR")
}

// format writes a value so that parse reads it back.
func (f field) format(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, ",")
	case time.Duration:
		if unit := units[f.unit]; v%unit == 0 {
			return strconv.FormatInt(int64(v/unit), 10)
		}
		return v.String()
	case []Rate:
		parts := make([]string, len(v))
		for i, r := range v {
			parts[i] = r.String()
		}
		return strings.Join(parts, "; ")
	case []OIDCGrant:
		parts := make([]string, len(v))
		for i, g := range v {
			parts[i] = g.String()
		}
		return strings.Join(parts, "; ")
	case []netip.Prefix:
		parts := make([]string, len(v))
		for i, p := range v {
			parts[i] = p.String()
		}
		return strings.Join(parts, ",")
	case slog.Level:
		if v == slog.LevelWarn {
			return "WARNING"
		}
		return v.String()
	case fs.FileMode:
		return fmt.Sprintf("%04o", uint32(v))
	}
	return fmt.Sprint(v)
}

// redacted is what is shown of a secret.
const redacted = "(set, not shown)"

// show is format for people: without secrets.
func (f field) show(v any) string {
	s := f.format(v)
	switch {
	case s == "" || f.secret == "":
		return s
	case f.secret == "userinfo":
		if u, err := url.Parse(s); err == nil {
			return u.Redacted()
		}
	}
	return redacted
}
