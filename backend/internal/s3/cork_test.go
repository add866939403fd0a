package s3

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// corkedPair returns a corked connection and its client.
func corkedPair(t *testing.T) (*corked, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	client, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	c, err := Listener(l).Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c.(*corked), client
}

func TestCorkHoldsBackUntilItIsReleased(t *testing.T) {
	c, client := corkedPair(t)
	c.hold()
	for _, piece := range []string{"head", strings.Repeat("x", 4<<10)} {
		n, err := c.Write([]byte(piece))
		require.NoError(t, err)
		require.Equal(t, len(piece), n)
	}
	require.Len(t, c.held, 4+4<<10)
	require.NoError(t, c.release())
	require.Empty(t, c.held)
	got := make([]byte, 4+4<<10)
	_, err := io.ReadFull(client, got)
	require.NoError(t, err)
	require.Equal(t, "head"+strings.Repeat("x", 4<<10), string(got))
}

func TestCorkKeepsTheOrder(t *testing.T) {
	c, client := corkedPair(t)
	var want bytes.Buffer
	say := func(p string) {
		want.WriteString(p)
		_, err := c.Write([]byte(p))
		require.NoError(t, err)
	}
	say("at once ")
	c.hold()
	say("held ")
	say(strings.Repeat("too much ", corkMost/8))
	require.Empty(t, c.held)
	say("no longer held ")
	require.Empty(t, c.held)
	c.hold()
	say("held again ")
	want.WriteString("copied")
	_, err := c.ReadFrom(strings.NewReader("copied"))
	require.NoError(t, err)
	require.NoError(t, c.release())
	require.NoError(t, c.CloseWrite())
	got, err := io.ReadAll(client)
	require.NoError(t, err)
	require.Equal(t, want.String(), string(got))
}
