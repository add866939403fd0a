package s3compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

// visitor signs in from an own address of this machine.
type visitor struct {
	url    string
	client *http.Client
}

func newVisitor(s *lab.Server, from string) *visitor {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	return &visitor{fmt.Sprintf("http://127.0.0.1:%d/myfsio/session", s.UIPort), &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}}
}

// signIn returns the status of the answer.
func (v *visitor) signIn(accessKey, secretKey string) (int, error) {
	body, err := json.Marshal(map[string]string{"accessKey": accessKey, "secretKey": secretKey})
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-MyFSIO-Console", "1")
	res, err := v.client.Do(r)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

// TestStrangerLocksNobodyOut guesses a thousand times at a name while its owner signs in from elsewhere. Neither the lockout nor the rate
// limit of sign-ins, which both have their defaults here, may keep the owner out.
func TestStrangerLocksNobodyOut(t *testing.T) {
	s := lab.Start(t, lab.Options{})
	owner, stranger := newVisitor(s, "127.0.0.1"), newVisitor(s, "127.0.0.2")
	const guesses, stops = 1000, 10
	counts := map[int]int{}
	for stop := range stops {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var failed error
		for worker := range 4 {
			wg.Go(func() {
				for i := range guesses / stops / 4 {
					status, err := stranger.signIn(lab.AccessKey, fmt.Sprintf("guess %d of %d", i, worker))
					mu.Lock()
					if counts[status]++; err != nil {
						failed = err
					}
					mu.Unlock()
				}
			})
		}
		status, err := owner.signIn(lab.AccessKey, lab.SecretKey) // in the middle of it
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status, "stop %d", stop)
		wg.Wait()
		require.NoError(t, failed)
	}
	t.Logf("answers to the stranger: %v", counts)
	require.Equal(t, guesses, counts[http.StatusUnauthorized]+counts[http.StatusTooManyRequests])
	require.NotZero(t, counts[http.StatusUnauthorized])
	require.NotZero(t, counts[http.StatusTooManyRequests], "the limit of sign-ins")
	status, err := stranger.signIn(lab.AccessKey, lab.SecretKey)
	require.NoError(t, err)
	require.NotEqual(t, http.StatusOK, status, "a stranger who guesses right in the end is locked out")
	// Programs go on as well.
	require.Equal(t, http.StatusOK, s.Get(t, "/", "").Status)
}
