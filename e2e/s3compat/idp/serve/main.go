// Command serve runs the provider of identities of the tests on a free port of loopback, until its standard input ends. It prints its issuer.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/myfsio/myfsio/e2e/s3compat/idp"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // for as long as the program runs
	if err != nil {
		return err
	}
	issuer := "http://" + l.Addr().String()
	p, err := idp.New(issuer)
	if err != nil {
		return err
	}
	s := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // whoever started it has gone
		_ = s.Close()
	}()
	fmt.Println(issuer)
	if err := s.Serve(l); err != http.ErrServerClosed { //nolint:errorlint // it is that one itself
		return err
	}
	return nil
}
