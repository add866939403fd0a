package s3

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
)

// timedBody is the body of a request with a deadline that moves on as bytes arrive: a long upload is fine, a silent client is not.
type timedBody struct {
	res     *response
	body    io.Reader
	read    int64
	ended   bool // read to its end, or broken
	armed   bool
	renewed time.Time
}

// Read reads from the connection. A client that sent nothing for the idle time is RequestTimeout.
func (b *timedBody) Read(p []byte) (int, error) {
	if b.body == nil {
		b.ended = true
		return 0, io.EOF
	}
	if now := time.Now(); !b.armed || now.Sub(b.renewed) >= b.res.idle/16 {
		b.armed, b.renewed = true, now
		_ = b.res.ctl.SetReadDeadline(now.Add(b.res.idle)) // a reader without deadlines never waits
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	b.res.in += int64(n)
	if err != nil {
		b.ended = true
		if errors.Is(err, io.EOF) {
			b.settle()
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = s3err.New("RequestTimeout").WithHeader("Connection", "close").Because(err)
		}
	}
	return n, err
}

// settle takes the deadline away when all has come: it would end the request's context while the handler works on. After any other error it
// stays, since net/http looks for the rest of the body before it takes the next request.
func (b *timedBody) settle() {
	if b.armed {
		b.armed = false
		_ = b.res.ctl.SetReadDeadline(time.Time{})
	}
}
