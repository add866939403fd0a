package s3

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/s3/s3err"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

// response is the one door out: nothing else touches the http.ResponseWriter.
type response struct {
	w       http.ResponseWriter
	ctl     *http.ResponseController
	conn    *corked // nil when the connection is none of ours, or shared by several requests
	r       *http.Request
	idle    time.Duration
	hostID  string
	request string
	begun   bool // the status line is out
	status  int
	code    string // error code, empty for success
	in, out int64
	body    *timedBody
	renewed time.Time // when the write deadline was last moved

	settle func(status int) // runs once, before anything is sent; nil for nothing
}

func newResponse(w http.ResponseWriter, r *http.Request, idle time.Duration) *response {
	res := &response{w: w, ctl: http.NewResponseController(w), r: r, idle: idle}
	res.body = &timedBody{res: res, body: r.Body}
	if r.ProtoMajor == 1 {
		res.conn, _ = r.Context().Value(corkedKey{}).(*corked)
	}
	return res
}

// begin sets what every answer has.
func (w *response) begin(requestID, hostID string, now time.Time) {
	w.request, w.hostID = requestID, hostID
	h := w.w.Header()
	w.setExact("x-amz-request-id", requestID)
	w.setExact("x-amz-id-2", hostID)
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	h.Set("Server", "MyFSIO")
}

// set sets a header of the answer unless the value is empty.
func (w *response) set(name, value string) {
	if value != "" {
		w.w.Header().Set(name, value)
	}
}

// setExact sets a header whose name keeps the case that S3 gives it.
func (w *response) setExact(name, value string) {
	w.w.Header()[name] = []string{value}
}

func (w *response) start(status int) {
	if settle := w.settle; settle != nil {
		w.settle = nil
		settle(status)
	}
	w.begun, w.status = true, status
	w.renew()
	w.expected(status)
	if w.unread() {
		_ = w.ctl.SetReadDeadline(time.Now().Add(lingerTime))
		if status >= http.StatusMultipleChoices && !w.expecting() {
			_ = w.ctl.EnableFullDuplex() // else net/http waits for the rest of the body before it sends a refusal
		}
	}
	w.conn.hold()
	w.w.WriteHeader(status)
}

// flush sends what the answer has so far. A failure means that the client has gone, which the next write or read finds again.
func (w *response) flush() {
	_ = w.ctl.Flush() // a writer that cannot flush sends it later
	_ = w.conn.release()
}

// expected settles "Expect: 100-continue" for a request without a body, for which net/http sends no 100: a client that counts on it would
// take the next answer on the connection for this one's.
func (w *response) expected(status int) {
	if w.r.ContentLength != 0 || w.r.Header.Get("Expect") == "" || w.r.ProtoMajor != 1 {
		return
	}
	if status < http.StatusMultipleChoices {
		w.w.WriteHeader(http.StatusContinue)
		return
	}
	w.w.Header().Set("Connection", "close")
}

// empty answers without a body.
func (w *response) empty(status int) {
	if status != http.StatusNoContent && status != http.StatusNotModified {
		w.set("Content-Length", "0")
	}
	w.start(status)
}

// document answers with an XML document.
func (w *response) document(d s3xml.Document) {
	w.xml(http.StatusOK, s3xml.Encode(d))
}

func (w *response) xml(status int, body []byte) { w.text(status, "application/xml", body) }

func (w *response) json(body []byte) { w.text(http.StatusOK, "application/json", body) }

// text answers with a document of a media type.
func (w *response) text(status int, media string, body []byte) {
	h := w.w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.start(status)
	if w.r.Method != http.MethodHead {
		w.write(body)
	}
}

// write sends bytes; a failure means that the client has gone, which the next write finds again.
func (w *response) write(p []byte) {
	for len(p) > 0 {
		n := min(len(p), writeStep)
		w.renew()
		m, err := w.w.Write(p[:n])
		w.out += int64(m)
		if err != nil {
			return
		}
		p = p[n:]
	}
}

// error answers with an error document, or cuts the connection when another answer has begun, so that nobody takes it for whole.
func (w *response) error(e *s3err.Error, resource string) {
	w.code = e.Code
	if w.begun {
		w.code = "Aborted"
		panic(http.ErrAbortHandler)
	}
	h := w.w.Header()
	for name, values := range e.Header {
		h[name] = values
	}
	switch {
	case e.Status == http.StatusNotModified:
		w.empty(e.Status)
	case w.r.Method == http.MethodHead:
		h.Set("Content-Type", "application/xml")
		w.start(e.Status)
	default:
		w.xml(e.Status, e.Document(resource, w.request, w.hostID))
	}
}

// content streams the body of an object. The length must have been set. A failure in the middle cuts the connection.
func (w *response) content(status int, length int64, from io.WriterTo) error {
	w.start(status)
	n, err := from.WriteTo(w)
	if err != nil {
		var conn *net.OpError
		if w.r.Context().Err() != nil || errors.As(err, &conn) {
			err = errors.Join(errClient, err)
		}
		return err
	}
	if n != length {
		return fmt.Errorf("s3: %d bytes of content instead of %d", n, length)
	}
	return nil
}

// writeStep is how many bytes may take one idle time: a client that is slower than that is cut off.
const writeStep = 512 << 10

// renew moves the write deadline. Deadlines are wall time, whatever the clock of the server says: the kernel knows no other.
func (w *response) renew() {
	now := time.Now()
	if now.Sub(w.renewed) < w.idle/16 {
		return
	}
	w.renewed = now
	_ = w.ctl.SetWriteDeadline(now.Add(w.idle)) // a writer without deadlines has no idle clients either
}

// Write lets content write itself; see io.WriterTo.
func (w *response) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		w.renew()
		var m int
		m, err = w.w.Write(p[:min(len(p), writeStep)])
		n += m
		p = p[m:]
	}
	w.out += int64(n)
	return n, err
}

// ReadFrom hands files on to the connection, which sends them without copying, in steps that each move the deadline.
func (w *response) ReadFrom(src io.Reader) (n int64, err error) {
	to, ok := w.w.(io.ReaderFrom)
	if !ok {
		return io.Copy(struct{ io.Writer }{w}, src)
	}
	left := int64(-1)
	if lim, ok := src.(*io.LimitedReader); ok { // the connection sees a file behind one limit only
		src, left = lim.R, lim.N
		defer func() { lim.N -= n }()
	}
	for left != 0 {
		step := int64(writeStep)
		if left > 0 {
			step = min(step, left)
		}
		w.renew()
		m, err := to.ReadFrom(&io.LimitedReader{R: src, N: step})
		n += m
		w.out += m
		if err != nil {
			return n, err
		}
		if m < step {
			return n, nil
		}
		if left > 0 {
			left -= m
		}
	}
	return n, nil
}

// Header and WriteHeader make response an http.ResponseWriter for libraries that ask for one.
func (w *response) Header() http.Header { return w.w.Header() }

// WriteHeader starts the answer.
func (w *response) WriteHeader(status int) { w.start(status) }

// Unwrap lets http.ResponseController find the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.w }

// working runs fn and, when it takes longer than the interval, begins the answer and sends a space now and then, as S3 does, so that
// neither client nor proxy gives up. done makes the answer of a success: while nothing has been sent it may set headers. An error after the
// answer has begun is a document in a 200, as SDKs expect it of these operations.
func (c *call) working(fn func() error, done func() s3xml.Document) error {
	w := c.w
	result := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				result <- fmt.Errorf("s3: panic: %v", p)
			}
		}()
		result <- fn()
	}()
	tick := time.NewTicker(c.s.KeepAlive)
	defer tick.Stop()
	for {
		select {
		case err := <-result:
			if !w.begun {
				if err != nil {
					return err
				}
				w.document(done())
				return nil
			}
			c.late(err, done)
			return nil
		case <-tick.C:
			if !w.begun {
				w.w.Header().Set("Content-Type", "application/xml")
				w.start(http.StatusOK)
				w.write([]byte(s3xml.Declaration))
			}
			w.write([]byte(" "))
			w.flush()
		}
	}
}

// late ends an answer that has begun with spaces.
func (c *call) late(err error, done func() s3xml.Document) {
	if err == nil {
		c.w.write(s3xml.EncodeBare(done()))
		return
	}
	e := s3err.From(err)
	if e.Code == "InternalError" {
		c.s.Logger.ErrorContext(c.ctx(), "request failed", "request", c.info.RequestID, "operation", c.info.Operation, "error", err.Error())
	}
	c.complete(e)
	c.w.code = e.Code
	var b strings.Builder
	e.Fragment(&b, c.r.URL.Path, c.w.request, c.w.hostID)
	c.w.write([]byte(b.String()))
}

// Bounds of linger.
const (
	lingerBytes = 64 << 20
	lingerTime  = 5 * time.Second
	expectTime  = 500 * time.Millisecond // for the first byte of a client that said it would wait
)

// end sends what is buffered while the write deadline holds, and then takes the deadline away: the connection's next request may not be ours.
func (w *response) end() {
	w.flush()
	w.linger()
	_ = w.ctl.SetWriteDeadline(time.Time{})
}

// unread reports whether the client may still be sending.
func (w *response) unread() bool {
	return !w.body.ended && w.r.ContentLength != 0 && w.r.Body != nil && w.r.Body != http.NoBody && w.r.ProtoMajor == 1
}

// expecting reports whether the client waits for "100 Continue" before it sends.
func (w *response) expecting() bool { return w.r.Header.Get("Expect") != "" && w.body.read == 0 }

// linger reads on after a refusal while the client is still sending: a connection that is closed with unread bytes is reset, and the reset
// can overtake the answer. The read deadline stays as
// start has set it, for what net/http itself reads after us; it sets its own before the next request.
func (w *response) linger() {
	if !w.unread() {
		return
	}
	if w.expecting() { // it has the answer; but some clients announce to wait and do not
		_ = w.ctl.SetReadDeadline(time.Now().Add(expectTime))
		var first [1]byte
		if n, _ := w.r.Body.Read(first[:]); n == 0 {
			return
		}
		_ = w.ctl.SetReadDeadline(time.Now().Add(lingerTime))
	}
	_, _ = io.CopyN(io.Discard, w.r.Body, lingerBytes) // whatever comes of it, the answer is out
}
