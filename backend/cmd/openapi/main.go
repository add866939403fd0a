// Command openapi prints the specification of the admin API, which needs no services and no server.
//
//	go run ./cmd/openapi             prints openapi.json
//	go run ./cmd/openapi -write ..   writes openapi/openapi.json and the reference docs/api below a folder, the root of the repository
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/admin"
)

func main() {
	root := flag.String("write", "", "write the files below this `folder` instead of printing")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	spec, err := admin.Specification()
	if err != nil {
		return err
	}
	if root == "" {
		_, err = os.Stdout.Write(spec)
		return err
	}
	pages, err := admin.Reference(spec)
	if err != nil {
		return err
	}
	api := filepath.Join(root, "docs", "api")
	if err := forget(api, pages); err != nil {
		return err
	}
	if err := write(filepath.Join(root, "openapi", "openapi.json"), spec); err != nil {
		return err
	}
	for name, page := range pages {
		if err := write(filepath.Join(api, name), page); err != nil {
			return err
		}
	}
	return nil
}

// forget removes pages of the reference that are not made any more.
func forget(dir string, pages map[string][]byte) error {
	old, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, ok := pages[filepath.Base(path)]; !ok && strings.HasSuffix(path, ".md") {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

func write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // documentation is for everybody
		return err
	}
	return os.WriteFile(path, content, 0o644) //nolint:gosec // likewise
}
