package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/myfsio/myfsio/backend/internal/seal"
)

// Rekey makes secretKey, the SECRET_KEY that the next start will have, the one that opens the sealed secrets of a store that no server runs
// on; an empty one generates it. former is asked for the present one, unless that was generated. It reports whether there was anything to do.
func Rekey(ctx context.Context, root, secretKey string, former func() (string, error)) (changed bool, err error) {
	dir := filepath.Join(root, SystemDir)
	config := filepath.Join(dir, "config")
	if _, err := os.Stat(filepath.Join(config, seal.StoreFile)); err != nil {
		return false, fmt.Errorf("there is no store with secrets: %w", err)
	}
	lock, err := lockStore(ctx, dir, nil)
	if err != nil {
		return false, fmt.Errorf("the server must be stopped, since its SECRET_KEY changes: %w", err)
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	if secretKey != "" {
		if _, err := seal.Open(config, secretKey, seal.Options{Existing: true}); err == nil {
			return false, nil
		}
	}
	box, err := seal.Open(config, "", seal.Options{Existing: true})
	if err != nil {
		given, err := former()
		if err != nil {
			return false, err
		}
		if given == "" {
			return false, errors.New("the former SECRET_KEY is missing, and without it nothing can be changed")
		}
		if box, err = seal.Open(config, given, seal.Options{Existing: true}); err != nil {
			return false, errors.New("the secrets cannot be opened with the former SECRET_KEY that was given; nothing was changed")
		}
	}
	return true, box.Rekey(secretKey)
}
