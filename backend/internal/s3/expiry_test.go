package s3

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

// A key that expired answers as one that nobody has, and so does one of a user whose time is over; from one request to the next.
func TestAnExpiredKeyIsUnknown(t *testing.T) {
	e := newEnv(t, nil)
	e.ok(adminKey, "PUT", "/bkt", "", nil)
	e.user("eve", `[{"bucket":"*","actions":["*"]}]`)
	s := e.server.IAM
	holds := func(want bool) {
		t.Helper()
		for range 2 {
			res, body := e.do("eve", "GET", "/bkt", "", nil)
			if want {
				require.Equal(t, 200, res.StatusCode, body)
				continue
			}
			require.Equal(t, 403, res.StatusCode)
			require.Contains(t, body, "<Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in our records.</Message>")
		}
	}
	end, none := e.clock.Now().Add(time.Hour), time.Time{}
	require.NoError(t, s.ChangeKey(t.Context(), iam.Machine, "eve", "eve", nil, &end))
	holds(true)
	e.clock.Set(end)
	holds(false)
	require.NoError(t, s.ChangeKey(t.Context(), iam.Machine, "eve", "eve", nil, &none))
	holds(true)
	require.NoError(t, s.Edit(t.Context(), iam.Machine, iam.UserEntity, "eve", iam.Validity(nil, &end)))
	holds(false)
	require.NoError(t, s.Edit(t.Context(), iam.Machine, iam.UserEntity, "eve", iam.Validity(nil, &none)))
	holds(true)
}
