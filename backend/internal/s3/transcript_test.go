package s3

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/awsquery"
	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/config"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/oidc/oidctest"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

var update = flag.Bool("update", false, "rewrite the answers of the transcripts")

// A transcript is a file of pairs "-- request: what it shows --" and "-- answer --". A request is a request line, headers, an empty line and
// the body; a final newline of the file section is no part of the body. It is sent byte for byte after these have been added: Host,
// Content-Length and a signature of the administrator. Lines that begin with "@", before the request line, say otherwise:
//
//	@as NAME             sign as another user; "anonymous" signs nothing; ann and bob are of another account
//	@sign FORM           v4 (default), unsigned (UNSIGNED-PAYLOAD), presigned [seconds], v2, presigned-v2, none,
//	                     iam, sts: for these services; without a Content-Type the body is their form
//	                     chunks [size], chunks-trailer, unsigned-trailer: the body framed, with x-amz-checksum-crc32 as trailer in the last two
//	@tamper OLD NEW      replace the first OLD in what is sent, after signing
//	@save NAME REGEXP    keep the first group of the match in the answer for later use as ${NAME}
//	@advance DURATION    move the clock first; every request moves it by a second
//	@repeat TEXT COUNT   the body is TEXT, COUNT times
//	@md5                 add Content-MD5
//	@crc ALGORITHM       add the x-amz-checksum header of the body; of a body framed with a trailer, that is the trailer
//	@form HOW            the body is a form with fields NAME=VALUE, one a line, the last of them file=FILENAME with the content below it;
//	                     its policy is signed by v4 or v2, "none": sent as it is
//	@raw                 add nothing at all
//	@show                of the answer's body show only its length
//
// ${default} and ${other} are the canonical ids of the two accounts, the latter in answers, too. ${issuer} is a provider of identities,
// without https://, in answers, too; ${token} is a token of it, of the subject repo:team/app for the audience sts.example, and ${token…} one
// with something wrong: see tokens.
//
// A header of a framed body (x-amz-decoded-content-length, x-amz-trailer, Content-Encoding) with the value "-" is left out.
//
// Answers are exact, but for what every answer has and the runner checks itself: x-amz-request-id, x-amz-id-2, Date, Server; and Vary,
// which CORS adds to all.
func TestTranscripts(t *testing.T) {
	runTranscripts(t, kvtest.NewMemory, *update)
}

// An engine that runs every transaction twice and pages by three changes no byte of any answer.
func TestTranscriptsOnHostileEngine(t *testing.T) {
	runTranscripts(t, func() kv.Store { return kvtest.Hostile(kvtest.NewMemory(), 1) }, false)
}

// moment is what depends on the machine's time.
var moment = regexp.MustCompile(`(?m)^(Retry-After:) [1-9][0-9]*$`)

// random is what is drawn at random for identities: ids, keys and secrets.
var random = regexp.MustCompile(`(AIDA|AROA|AGPA|ANPA|AKIA|ASIA|<SecretAccessKey>|<SessionToken>)[A-Za-z0-9_-]{16,}`)

func runTranscripts(t *testing.T, store func() kv.Store, update bool) {
	files, err := filepath.Glob("testdata/transcripts/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	pairs := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			comment, sections := parseArchive(string(raw))
			e := newEnvOn(t, store(), configOf(t, comment))
			e.server.Limits = limitsOf(t, comment)
			run := &transcript{env: e, vars: map[string]string{
				"host": e.http.Listener.Addr().String(), "default": iam.CanonicalID(iam.DefaultAccount), "other": e.other.CanonicalID,
				"filename": "${filename}",
			}}
			var out strings.Builder
			out.WriteString(comment)
			for i := 0; i < len(sections); i++ {
				s := sections[i]
				require.True(t, strings.HasPrefix(s.name, "request"), "%s: section %q", file, s.name)
				got := strings.ReplaceAll(run.exchange(t, s), e.other.CanonicalID, "${other}") // an id at random
				got = moment.ReplaceAllString(got, "$1 …")
				if run.issuer != nil {
					for _, host := range []string{run.issuer.Host(), url.QueryEscape(run.issuer.Host())} {
						got = strings.ReplaceAll(got, host, "${issuer}")
					}
				}
				got = strings.ReplaceAll(random.ReplaceAllString(got, "$1…"), e.other.Number, "${number}")
				pairs++
				fmt.Fprintf(&out, "-- %s --\n%s-- answer --\n%s", s.name, s.text, got)
				if i+1 < len(sections) && sections[i+1].name == "answer" {
					i++
					if !update {
						require.Equal(t, sections[i].text, got, "%s: %s\n%s", file, s.name, s.text)
					}
				} else if !update {
					t.Errorf("%s: %s has no answer; run with -update", file, s.name)
				}
			}
			if update {
				require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o644))
			}
		})
	}
	t.Logf("%d pairs", pairs)
}

// configOf reads settings out of the comment: lines "set NAME VALUE".
func configOf(t *testing.T, comment string) func(*Config) {
	return func(c *Config) {
		for line := range strings.SplitSeq(comment, "\n") {
			f := strings.Fields(line)
			if len(f) != 3 || f[0] != "set" {
				continue
			}
			switch f[1] {
			case "region":
				c.Region = f[2]
			case "sigv2":
				c.SigV2 = f[2] == "on"
			case "auth-headers":
				c.AuthHeaders = f[2]
			case "max-upload":
				n, err := strconv.ParseInt(f[2], 10, 64)
				require.NoError(t, err)
				c.MaxUpload = n
			case "bulk-delete":
				n, err := strconv.Atoi(f[2])
				require.NoError(t, err)
				c.BulkDeleteMax = n
			case "cors-origins":
				if c.CORS.Origins = strings.Split(f[2], ","); f[2] == "none" {
					c.CORS.Origins = nil
				}
			case "website-domain":
				c.WebsiteDomain = f[2]
			case "api-base-url":
				c.APIBaseURL = f[2]
			default:
				t.Fatalf("no setting %q", f[1])
			}
		}
	}
}

// limitsOf reads rate limits out of the comment: lines "limit CLASS RATE".
func limitsOf(t testing.TB, comment string) *limit.Limits {
	env := []string{"RATE_LIMIT_DEFAULT=none"}
	for line := range strings.SplitSeq(comment, "\n") {
		if class, rate, ok := strings.Cut(strings.TrimPrefix(line, "limit "), " "); ok && strings.HasPrefix(line, "limit ") {
			env = append(env, "RATE_LIMIT_"+class+"="+rate)
		}
	}
	if len(env) == 1 {
		return nil
	}
	c, _, err := config.Load(config.Sources{Environ: env})
	require.NoError(t, err)
	l, err := limit.New(c, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return l
}

type section struct{ name, text string }

var marker = regexp.MustCompile(`(?m)^-- (.+) --\n`)

func parseArchive(s string) (comment string, sections []section) {
	at := marker.FindAllStringSubmatchIndex(s, -1)
	if len(at) == 0 {
		return s, nil
	}
	comment = s[:at[0][0]]
	for i, m := range at {
		end := len(s)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		sections = append(sections, section{s[m[2]:m[3]], s[m[1]:end]})
	}
	return comment, sections
}

type transcript struct {
	*env
	vars   map[string]string
	issuer *oidctest.Issuer // nil until it is named
}

// tokens are what is different in the tokens of those names.
var tokens = map[string]map[string]any{
	"token": nil, "tokensubject": {"sub": "repo:other/app"}, "tokenaudience": {"aud": "another"}, "tokenissuer": {"iss": "https://evil.example"}, "tokenexpired": {"exp": 1000000000},
	"tokentagged": {"https://aws.amazon.com/tags": map[string]any{"principal_tags": map[string]any{"team": []string{"blue"}}}},
}

// named is a variable that is made when it is asked for.
func (tr *transcript) named(name string) (string, bool) {
	change, ok := tokens[name]
	if !ok && !slices.Contains([]string{"issuer", "tokenforged", "tokendown"}, name) {
		return "", false
	}
	if tr.issuer == nil {
		tr.issuer = oidctest.Start(tr.t, tr.clock)
	}
	switch name {
	case "issuer":
		return tr.issuer.Host(), true
	case "tokenforged": // with the signature of another one
		head, _, _ := strings.Cut(tr.issuer.Token("repo:team/app", "sts.example", map[string]any{"x": 1}), ".")
		rest := strings.Split(tr.issuer.Token("repo:team/app", "sts.example", nil), ".")
		forged := tr.issuer.Token("repo:team/admin", "sts.example", nil)
		return head + "." + strings.Split(forged, ".")[1] + "." + rest[2], true
	case "tokendown": // the provider does not answer, and its keys are forgotten
		tr.clock.Advance(12 * time.Hour)
		tr.issuer.Down(true)
	}
	return tr.issuer.Token("repo:team/app", "sts.example", change), true
}

// prepared is a request on its way to the wire.
type prepared struct {
	as, form  string
	size      int
	trailer   checksum.Algorithm
	raw, show bool
	save      [][2]string
	tamper    [][2]string
	method    string
	path      string
	query     string
	header    http.Header
	order     []string
	body      []byte
}

func (tr *transcript) exchange(t *testing.T, s section) string {
	tr.clock.Advance(time.Second)
	p := tr.prepare(t, s.text)
	wire := p.bytes(t, tr.env)
	for _, x := range p.tamper {
		require.Contains(t, wire, x[0], s.name)
		wire = strings.Replace(wire, x[0], x[1], 1)
	}
	answer := tr.roundTrip(t, wire, p.method)
	for _, x := range p.save {
		m := regexp.MustCompile(x[1]).FindStringSubmatch(answer)
		require.Len(t, m, 2, "%s: nothing to save for %s in\n%s", s.name, x[0], answer)
		tr.vars[x[0]] = m[1]
	}
	return tr.show(t, answer, p.show)
}

var variable = regexp.MustCompile(`\$\{([a-z0-9]+)\}`)

func (tr *transcript) expand(t *testing.T, s string) string {
	return variable.ReplaceAllStringFunc(s, func(m string) string {
		v, ok := tr.vars[m[2:len(m)-1]]
		if !ok {
			v, ok = tr.named(m[2 : len(m)-1])
		}
		require.True(t, ok, "no variable %s", m)
		return v
	})
}

func (tr *transcript) prepare(t *testing.T, text string) *prepared {
	p := &prepared{as: adminKey, form: "v4", size: 64 << 10, trailer: checksum.CRC32, header: http.Header{}}
	text = tr.expand(t, text)
	body := []byte(nil)
	md5sum, crc, form := false, "", ""
	for strings.HasPrefix(text, "@") {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		f := strings.Fields(line)
		switch f[0] {
		case "@as":
			p.as = f[1]
		case "@sign":
			p.form = f[1]
			if len(f) > 2 {
				n, err := strconv.Atoi(f[2])
				require.NoError(t, err)
				p.size = n
			} else if p.form == "presigned" {
				p.size = 300
			}
		case "@tamper":
			old, err := strconv.Unquote(`"` + f[1] + `"`)
			require.NoError(t, err)
			with := ""
			if len(f) > 2 {
				with, err = strconv.Unquote(`"` + f[2] + `"`)
				require.NoError(t, err)
			}
			p.tamper = append(p.tamper, [2]string{old, with})
		case "@save":
			p.save = append(p.save, [2]string{f[1], strings.Join(f[2:], " ")})
		case "@advance":
			d, err := time.ParseDuration(f[1])
			require.NoError(t, err)
			tr.clock.Advance(d)
		case "@repeat":
			n, err := strconv.Atoi(f[2])
			require.NoError(t, err)
			body = bytes.Repeat([]byte(f[1]), n)
		case "@md5":
			md5sum = true
		case "@crc":
			crc = f[1]
		case "@form":
			form = f[1]
		case "@raw":
			p.raw = true
		case "@show":
			p.show = true
		default:
			t.Fatalf("no directive %s", f[0])
		}
	}
	head, rest, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSuffix(head, "\n"), "\n")
	method, target, ok := strings.Cut(lines[0], " ")
	require.True(t, ok, "request line %q", lines[0])
	p.method = method
	p.path, p.query, _ = strings.Cut(target, "?")
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		require.True(t, ok, "header line %q", line)
		value = strings.TrimSpace(value)
		if p.raw {
			p.order = append(p.order, name+": "+value)
		}
		name = http.CanonicalHeaderKey(name)
		p.header[name] = append(p.header[name], value)
	}
	if body == nil {
		body = []byte(strings.TrimSuffix(rest, "\n"))
	}
	if form != "" {
		body = tr.form(t, p, form, string(body))
	}
	p.body = body
	if md5sum {
		sum := md5.Sum(body)
		p.header.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
	}
	if crc != "" {
		a, err := checksum.Parse(crc)
		require.NoError(t, err)
		if strings.HasSuffix(p.form, "-trailer") {
			p.trailer = a
		} else {
			p.header.Set(a.Header(), checksum.Encode(checksum.Of(a, body)))
		}
	}
	return p
}

// bytes signs the request and writes it as it goes over the wire.
func (p *prepared) bytes(t *testing.T, e *env) string {
	if p.raw {
		target := p.path
		if p.query != "" {
			target += "?" + p.query
		}
		return p.method + " " + target + " HTTP/1.1\r\n" + strings.Join(p.order, "\r\n") + "\r\n\r\n" + string(p.body)
	}
	if p.header.Get("Host") == "" {
		p.header.Set("Host", "127.0.0.1:5000")
	}
	host := p.header.Get("Host")
	p.header.Del("Host")
	body := p.body
	r := &sigv4.Request{Method: p.method, Path: p.path, Query: p.query, Header: p.header, Hosts: []string{host}, Length: int64(len(body))}
	if name, ok := strings.CutSuffix(host, ".s3.test"); ok {
		r.Bucket = name
	}
	if p.form == awsquery.IAM || p.form == awsquery.STS {
		p.preset("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	now := e.clock.Now()
	signer := e.signers[p.as]
	if p.as == "anonymous" {
		p.form = "none"
	} else {
		require.NotNil(t, signer, p.as)
	}
	switch p.form {
	case "v4":
		signer.Sign(r, sigv4.HashPayload(body), now)
	case "unsigned":
		signer.Sign(r, sigv4.UnsignedPayload, now)
	case "presigned":
		p.query = signer.Presign(r, time.Duration(p.size)*time.Second, now)
	case "v2":
		signer.SignV2(r, now)
	case "presigned-v2":
		p.query = signer.PresignV2(r, now.Add(5*time.Minute))
	case "chunks":
		body = p.chunked(t, signer, r, sigv4.StreamingPayload, now)
	case "chunks-trailer":
		body = p.chunked(t, signer, r, sigv4.StreamingPayloadTrailer, now, p.trailerOf(body))
	case "unsigned-trailer":
		body = p.chunked(t, signer, r, sigv4.StreamingUnsignedTrailer, now, p.trailerOf(body))
	case awsquery.IAM, awsquery.STS:
		r.Digest = sigv4.HashPayload(body)
		other := sigv4.NewSigner(signer.Credentials, signer.Region, p.form)
		other.Sign(r, r.Digest, now)
	case "none":
	default:
		t.Fatalf("no form %s", p.form)
	}
	var b strings.Builder
	target := p.path
	if p.query != "" {
		target += "?" + p.query
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", p.method, target, host)
	if p.header.Get("Content-Length") == "" && (len(body) > 0 || p.method == put || p.method == post) {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	names := make([]string, 0, len(p.header))
	for name := range p.header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, v := range p.header[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, v)
		}
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.String()
}

func (p *prepared) trailerOf(body []byte) sigv4.Pair {
	return sigv4.Pair{Name: p.trailer.Header(), Value: checksum.Encode(checksum.Of(p.trailer, body))}
}

// preset sets a header unless the transcript has it; the value "-" there leaves it out.
func (p *prepared) preset(name, value string) {
	switch p.header.Get(name) {
	case "":
		p.header.Set(name, value)
	case "-":
		p.header.Del(name)
	}
}

func (p *prepared) chunked(t *testing.T, signer *sigv4.Signer, r *sigv4.Request, form string, now time.Time, trailers ...sigv4.Pair) []byte {
	p.preset("X-Amz-Decoded-Content-Length", strconv.Itoa(len(p.body)))
	p.preset("Content-Encoding", "aws-chunked")
	if len(trailers) > 0 {
		p.preset("X-Amz-Trailer", trailers[0].Name)
	}
	r.Length = sigv4.ChunkedLength(form, p.size, int64(len(p.body)), trailers...)
	signature := signer.Sign(r, form, now)
	var b bytes.Buffer
	w := signer.Chunks(&b, form, p.size, signature, now)
	_, err := w.Write(p.body)
	require.NoError(t, err)
	require.NoError(t, w.Close(trailers...))
	return b.Bytes()
}

// roundTrip sends bytes on a connection of their own and returns the bytes of the answer.
func (tr *transcript) roundTrip(t *testing.T, wire, method string) string {
	conn, err := net.Dial("tcp", tr.http.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	go func() { _, _ = io.WriteString(conn, wire) }() // a refusal may come before all is sent
	var raw bytes.Buffer
	in := bufio.NewReader(io.TeeReader(conn, &raw))
	res, err := http.ReadResponse(in, &http.Request{Method: method})
	require.NoError(t, err, "%s", wire)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return raw.String()
}

// show is the answer as a transcript has it.
func (tr *transcript) show(t *testing.T, answer string, lengthOnly bool) string {
	head, body, ok := strings.Cut(answer, "\r\n\r\n")
	require.True(t, ok, answer)
	lines := strings.Split(head, "\r\n")
	common := map[string]string{
		"X-Amz-Request-Id": "0000000000000000", "X-Amz-Id-2": strings.Repeat("A", 64), "Server": "MyFSIO",
		"Date": tr.clock.Now().Format(http.TimeFormat), "Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
	}
	if strings.Contains(lines[0], " 400 ") && strings.Contains(head, "text/plain") { // net/http's own refusal
		return lines[0] + "\n\n" + body + "\n"
	}
	if strings.Contains(head, "x-amzn-RequestId: ") { // of IAM or STS, which have no CORS
		delete(common, "Vary")
	}
	keep := lines[:1]
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		if want, ok := common[http.CanonicalHeaderKey(name)]; ok {
			require.Equal(t, want, value, line)
			delete(common, http.CanonicalHeaderKey(name))
			continue
		}
		keep = append(keep, line)
	}
	require.Empty(t, common, "missing in\n%s", head)
	slices.Sort(keep[1:])
	out := strings.Join(keep, "\n") + "\n\n"
	switch {
	case lengthOnly:
		out += fmt.Sprintf("(%d bytes)\n", len(body))
	case body != "":
		out += body + "\n"
	}
	return out
}
