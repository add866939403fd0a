package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"

	"github.com/myfsio/myfsio/backend/internal/server"
)

type secretRekey struct{ settings }

func (s *secretRekey) Run() error {
	conf, _, err := s.load()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	changed, err := server.Rekey(ctx, conf.StorageRoot, conf.SecretKey, readFormer)
	switch {
	case err != nil:
		return err
	case !changed:
		fmt.Println("nothing to do: the secrets are sealed with this SECRET_KEY already")
	case conf.SecretKey == "":
		fmt.Println("the secrets are sealed with a new generated key, which lies beside them; start without SECRET_KEY")
	default:
		fmt.Println("the secrets are sealed with this SECRET_KEY now; the former one opens nothing any more")
	}
	return nil
}

// maxFormer bounds what is read in bytes.
const maxFormer = 64 << 10

// readFormer asks on the terminal, without showing what is typed, or reads the first line of the standard input.
func readFormer() (string, error) {
	if fd := int(os.Stdin.Fd()); term.IsTerminal(fd) { //nolint:gosec // a descriptor fits
		fmt.Fprint(os.Stderr, "Former SECRET_KEY: ")
		raw, err := term.ReadPassword(fd)
		fmt.Fprintln(os.Stderr)
		return string(raw), err
	}
	line, err := bufio.NewReader(io.LimitReader(os.Stdin, maxFormer)).ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}
