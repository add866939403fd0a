package main

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// The reference is the least that a durable object server can do: net/http, MD5, one synced write. It knows no signatures and no S3; up to
// inline bytes an object is one Pebble value under synced group commit, above it a file (written, synced, renamed, its directory synced)
// and a Pebble value that names it.

type reference struct {
	db     *pebble.DB
	dir    string
	inline int64
	next   atomic.Uint64
}

func serveReference(addr, dir string, inline int64) error {
	db, err := pebble.Open(filepath.Join(dir, "db"), &pebble.Options{MemTableSize: 16 << 20, Cache: pebble.NewCache(32 << 20), Logger: quiet{}})
	if err != nil {
		return err
	}
	ref := &reference{db: db, dir: dir, inline: inline}
	for i := range 256 {
		if err := os.MkdirAll(filepath.Join(dir, "blobs", fmt.Sprintf("%02x", i)), 0o700); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return (&http.Server{Handler: ref}).Serve(l)
}

type quiet struct{}

func (quiet) Infof(string, ...any)         {}
func (quiet) Errorf(f string, args ...any) { fmt.Fprintf(os.Stderr, f+"\n", args...) }
func (quiet) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

func (s *reference) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := []byte(r.URL.Path)
	var err error
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/-/flush":
		if err = s.db.Flush(); err == nil {
			err = s.db.Compact(r.Context(), []byte{0}, []byte{0xff}, true)
		}
	case r.Method == http.MethodPut && strings.Count(r.URL.Path, "/") == 1:
	case r.Method == http.MethodPut:
		err = s.put(w, r, key)
	case r.Method == http.MethodGet && strings.Count(strings.TrimSuffix(r.URL.Path, "/"), "/") == 1:
		err = s.list(w, r)
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		err = s.get(w, r, key)
	case r.Method == http.MethodDelete:
		err = s.remove(w, key)
	default:
		w.WriteHeader(http.StatusNotImplemented)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// A value is 'i', the digest and the bytes; or 'f', the digest, the size and the file's name.
func (s *reference) put(w http.ResponseWriter, r *http.Request, key []byte) error {
	h := md5.New()
	if r.ContentLength >= 0 && r.ContentLength <= s.inline {
		value := make([]byte, 17+r.ContentLength)
		value[0] = 'i'
		if _, err := io.ReadFull(r.Body, value[17:]); err != nil {
			return err
		}
		_, _ = h.Write(value[17:])
		h.Sum(value[1:1])
		if err := s.db.Set(key, value, pebble.Sync); err != nil {
			return err
		}
		w.Header().Set("ETag", `"`+hex.EncodeToString(value[1:17])+`"`)
		return nil
	}
	n := s.next.Add(1)
	dir := filepath.Join(s.dir, "blobs", fmt.Sprintf("%02x", n%256))
	name := filepath.Join(dir, strconv.FormatUint(n, 10))
	f, err := os.Create(name + ".tmp")
	if err != nil {
		return err
	}
	buf := make([]byte, 1<<20)
	size, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(f, h)}, struct{ io.Reader }{r.Body}, buf)
	if err = errors.Join(err, f.Sync(), f.Close(), os.Rename(name+".tmp", name), syncDir(dir)); err != nil {
		return err
	}
	value := append([]byte{'f'}, h.Sum(nil)...)
	value = strconv.AppendInt(value, size, 10)
	value = append(append(value, ' '), name...)
	w.Header().Set("ETag", `"`+hex.EncodeToString(value[1:17])+`"`)
	return s.db.Set(key, value, pebble.Sync)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *reference) get(w http.ResponseWriter, r *http.Request, key []byte) error {
	value, done, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		w.WriteHeader(http.StatusNotFound)
		return nil
	}
	if err != nil {
		return err
	}
	defer done.Close()
	w.Header().Set("ETag", `"`+hex.EncodeToString(value[1:17])+`"`)
	if value[0] == 'i' {
		w.Header().Set("Content-Length", strconv.Itoa(len(value)-17))
		if r.Method == http.MethodGet {
			_, err = w.Write(value[17:])
		}
		return err
	}
	size, name, _ := strings.Cut(string(value[17:]), " ")
	w.Header().Set("Content-Length", size)
	if r.Method == http.MethodHead {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil {
		return err
	}
	_, err = io.CopyN(w, f, n) // sendfile
	return err
}

func (s *reference) remove(w http.ResponseWriter, key []byte) error {
	value, done, err := s.db.Get(key)
	if err == nil {
		if value[0] == 'f' {
			_, name, _ := strings.Cut(string(value[17:]), " ")
			err = os.Remove(name)
		}
		err = errors.Join(err, done.Close())
	}
	if err != nil && !errors.Is(err, pebble.ErrNotFound) {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return s.db.Delete(key, pebble.Sync)
}

// list writes a page of 1,000 keys without delimiter.
func (s *reference) list(w http.ResponseWriter, r *http.Request) error {
	bucket := strings.TrimSuffix(r.URL.Path, "/") + "/"
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte(bucket), UpperBound: append([]byte(bucket), 0xff)})
	if err != nil {
		return err
	}
	out := []byte(xml.Header + "<ListBucketResult>")
	n := 0
	for ok := it.First(); ok && n < 1000; ok = it.Next() {
		out = append(append(append(out, "<Contents><Key>"...), it.Key()[len(bucket):]...), "</Key></Contents>"...)
		n++
	}
	if err := it.Close(); err != nil {
		return err
	}
	_, err = w.Write(append(out, "</ListBucketResult>"...))
	return err
}
