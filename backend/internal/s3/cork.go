package s3

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
)

// net/http sends an answer in pieces of 4 KiB, so that a small object takes two packets and two system calls. A corked connection holds
// them back while an answer begins, and sends head and body at once.

// corkMost is how many bytes are held back at most.
const corkMost = 16 << 10

// corked is a connection of the S3 port. Beside the goroutine that answers a request, TLS writes to it while it reads: it answers changes of keys.
type corked struct {
	*net.TCPConn
	mu      sync.Mutex
	holding bool
	held    []byte
}

// hold begins to hold back.
func (c *corked) hold() {
	if c != nil {
		c.mu.Lock()
		c.holding = true
		c.mu.Unlock()
	}
}

// release sends what is held back and holds back no more.
func (c *corked) release() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = false
	return c.send(nil)
}

// send writes what is held back and p. The mutex is held.
func (c *corked) send(p []byte) error {
	if len(c.held) == 0 {
		if len(p) == 0 {
			return nil
		}
		_, err := c.TCPConn.Write(p)
		return err
	}
	all := net.Buffers{c.held, p}
	_, err := all.WriteTo(c.TCPConn)
	c.held = c.held[:0]
	return err
}

// Write sends p, or holds it back while there is room.
func (c *corked) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holding && len(c.held)+len(p) <= corkMost {
		c.held = append(c.held, p...)
		return len(p), nil
	}
	c.holding = false
	if err := c.send(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// ReadFrom lets files be sent without copying.
func (c *corked) ReadFrom(r io.Reader) (int64, error) {
	if err := c.release(); err != nil {
		return 0, err
	}
	return c.TCPConn.ReadFrom(r)
}

// Listener makes the connections of l ready for whole answers; see ConnContext.
func Listener(l net.Listener) net.Listener { return corkedListener{l} }

type corkedListener struct{ net.Listener }

func (l corkedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &corked{TCPConn: tcp}, err
	}
	return c, err
}

type corkedKey struct{}

// ConnContext tells the handler of a request about its connection; it is for http.Server.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if c, ok := c.(*corked); ok {
		return context.WithValue(ctx, corkedKey{}, c)
	}
	return ctx
}
