package admin

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ofTheServer are operations whose answers tell of more than an account, or of the time.
var ofTheServer = map[string]bool{"getServer": true, "searchAudit": true, "exportAudit": true, "explainAudit": true, "listJobs": true, "getJob": true, "getZip": true}

// seen is all that the administrator of the default account reads: what another account must not change.
func (l *lab) seen() map[string]string {
	out := map[string]string{}
	for _, o := range l.api.describe().table {
		if o.method == http.MethodGet && !ofTheServer[o.id] && o.id != "listAccounts" {
			method, target, body := o.sample(l.t)
			out[o.id] = regexp.MustCompile(`"requestId":"[^"]*"`).ReplaceAllString(l.admin().do(method, target, body).text(), "")
		}
	}
	return out
}

var wordOf = regexp.MustCompile(`\b(ada|victim|writers|backup|most)\b`)

// Every operation is asked for by who may do everything in another account, about what the default account has: nothing of it is told or
// changed. Of identities an answer is the same as about those that no account has.
func TestNothingOfOneAccountIsSeenFromAnother(t *testing.T) {
	l := aviary(t)
	boss, _ := l.tenant("team")
	before := l.seen()
	requestID := regexp.MustCompile(`"requestId":"[^"]*"`)
	for _, o := range l.api.describe().table {
		method, target, body := o.sample(t)
		for port, h := range map[string]http.Handler{"console": l.console, "s3": l.s3} {
			for _, swap := range [][2]string{{"", ""}, {"/one", "/" + canaryBucket}, {"=k", "=" + canaryKey}, {"ada", canaryUser}, {"victim", canaryAccess}, {"backup", canaryRole}, {"policy/most", "policy/" + canaryPolicy}} {
				about := target
				if swap[0] != "" {
					about = strings.ReplaceAll(target, swap[0], swap[1])
				}
				r := boss.on(h).do(method, about, body)
				what := o.id + " on " + port + " " + about + ": " + r.text()
				require.Less(t, r.w.Code, 500, what)
				for _, secret := range append(canaryNames, canarySecrets...) {
					require.False(t, strings.Contains(r.text(), secret) && !strings.Contains(asking(about), secret), "%q: %s", secret, what)
				}
				require.NotContains(t, r.text(), "localadmin", what)
				if arn := "arn:aws:iam::000000000000:"; !strings.Contains(asking(about), arn) {
					require.NotContains(t, r.text(), arn, what)
				}
				if strings.Contains(target, "/buckets/") && method != http.MethodOptions {
					require.Contains(t, []int{403, 404}, r.w.Code, what)
				}
			}
		}
		if strings.Contains(target, "/identities/") || strings.Contains(target, "/iam/users/") || strings.Contains(target, "/policy") {
			about := boss.do(method, target, body)
			nothing := wordOf.ReplaceAllString(target, "zzz")
			if nothing == target {
				continue
			}
			none := boss.do(method, nothing, wordOf.ReplaceAllString(body, "zzz"))
			require.Equal(t, none.w.Code, about.w.Code, o.id)
			plain := func(r *reply) string { return wordOf.ReplaceAllString(requestID.ReplaceAllString(r.text(), ""), "zzz") }
			require.Equal(t, plain(none), plain(about), o.id)
		}
	}
	after := l.seen()
	for id, text := range before {
		require.Equal(t, text, after[id], id)
	}
}
