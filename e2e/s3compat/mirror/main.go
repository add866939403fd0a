// Command mirror copies a tree into a bucket and back with minio-go, as mc's mirror does: what is there with the same size stays, what the
// tree has no longer is removed, and large files go in parts. It fails when what comes back is not what was sent.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

func main() {
	endpoint := flag.String("endpoint", "", "host and port of the server")
	from := flag.String("from", "", "folder to mirror")
	bucket := flag.String("bucket", "minio-mirror", "bucket to make")
	flag.Parse()
	if err := run(context.Background(), *endpoint, *from, *bucket); err != nil {
		fmt.Fprintln(os.Stderr, "mirror:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, endpoint, from, bucket string) error {
	c, err := minio.New(endpoint, &minio.Options{Creds: credentials.NewEnvAWS()})
	if err != nil {
		return err
	}
	if err := c.MakeBucket(ctx, bucket, minio.MakeBucketOptions{Region: "us-east-1"}); err != nil {
		return err
	}
	sent, err := up(ctx, c, from, bucket)
	if err != nil {
		return err
	}
	again, err := up(ctx, c, from, bucket)
	if err != nil {
		return err
	}
	if again != 0 {
		return fmt.Errorf("a second mirror sent %d files", again)
	}
	fmt.Printf("  %d files there, none again\n", sent)
	back, err := os.MkdirTemp("", "mirror")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(back) }()
	got := 0
	for o := range c.ListObjects(ctx, bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		to := filepath.Join(back, filepath.FromSlash(o.Key))
		if err := c.FGetObject(ctx, bucket, o.Key, to, minio.GetObjectOptions{}); err != nil {
			return fmt.Errorf("%s: %w", o.Key, err)
		}
		if err := same(to, filepath.Join(from, filepath.FromSlash(o.Key))); err != nil {
			return err
		}
		got++
	}
	if got != sent {
		return fmt.Errorf("%d files came back", got)
	}
	fmt.Println("  all back, byte by byte")
	return empty(ctx, c, bucket)
}

// up sends what the bucket has not in the same size, and returns how many files that were.
func up(ctx context.Context, c *minio.Client, from, bucket string) (sent int, failed error) {
	there := map[string]int64{}
	for o := range c.ListObjects(ctx, bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			return 0, o.Err
		}
		there[o.Key] = o.Size
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	room := make(chan struct{}, 8)
	walk := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		key := filepath.ToSlash(rel)
		if size, ok := there[key]; ok && size == info.Size() {
			return nil
		}
		sent++
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			if _, err := c.FPutObject(ctx, bucket, key, path, minio.PutObjectOptions{PartSize: 5 << 20}); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = errors.Join(failed, fmt.Errorf("%s: %w", key, err))
			}
		})
		return nil
	})
	wg.Wait()
	return sent, errors.Join(walk, failed)
}

// empty removes everything and the bucket.
func empty(ctx context.Context, c *minio.Client, bucket string) error {
	for e := range c.RemoveObjects(ctx, bucket, c.ListObjects(ctx, bucket, minio.ListObjectsOptions{Recursive: true}), minio.RemoveObjectsOptions{}) {
		return fmt.Errorf("%s: %w", e.ObjectName, e.Err)
	}
	return c.RemoveBucket(ctx, bucket)
}

func same(a, b string) error {
	one, err := os.ReadFile(a)
	if err != nil {
		return err
	}
	two, err := os.ReadFile(b)
	if err != nil {
		return err
	}
	if !bytes.Equal(one, two) {
		return fmt.Errorf("%s differs", strings.TrimPrefix(b, "./"))
	}
	return nil
}
