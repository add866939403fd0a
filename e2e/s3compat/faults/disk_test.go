package faults

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/e2e/s3compat/lab"
)

const mib = 1 << 20

// smallDisk mounts a file system of its own, which takes root; where that is not possible the test is reported as not run.
func smallDisk(t *testing.T, size int64) string {
	t.Helper()
	dir := t.TempDir()
	mountSmall(t, dir, size)
	return dir
}

// mountSmall is smallDisk on a directory that is there.
func mountSmall(t *testing.T, dir string, size int64) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0755", size)); err != nil {
		t.Skipf("NOT RUN: a small file system could not be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// filler is a file that takes space away.
type filler struct {
	t    *testing.T
	dir  string
	file string
}

func (f filler) free() int64 {
	var st syscall.Statfs_t
	require.NoError(f.t, syscall.Statfs(f.dir, &st))
	return int64(st.Bavail) * st.Bsize //nolint:gosec // a small disk
}

// leave changes the file so that this much is free.
func (f filler) leave(bytes int64) {
	f.t.Helper()
	file, err := os.OpenFile(f.file, os.O_CREATE|os.O_RDWR, 0o600)
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, file.Close()) }()
	info, err := file.Stat()
	require.NoError(f.t, err)
	size := max(0, info.Size()+f.free()-bytes)
	if size < info.Size() {
		require.NoError(f.t, file.Truncate(size))
		return
	}
	require.NoError(f.t, syscall.Fallocate(int(file.Fd()), 0, 0, size)) //nolint:gosec // a descriptor
}

func TestDiskFull(t *testing.T) {
	disk := smallDisk(t, 1700*mib)
	f := filler{t, disk, filepath.Join(disk, "filler")}
	root := t.TempDir()
	options := lab.Options{Root: root, Env: map[string]string{"STORAGE_ROOT": filepath.Join(disk, "data")}}
	s := lab.Start(t, options)
	large := bytes.Repeat([]byte("0123456789abcdef"), 8*mib/16)
	small := []byte("small")
	put := func(key string, body []byte) *lab.Answer {
		return s.Do(t, s.New(http.MethodPut, "/bucket/"+key, "", body).With("X-Amz-Content-Sha256", lab.Unsigned))
	}
	full := func(a *lab.Answer) {
		t.Helper()
		a.Refused(t, 507, "StorageFull")
	}
	status := func(method, path, query string) int { return s.Do(t, s.New(method, path, query, nil)).Status }
	intact := func(keys map[string][]byte) {
		t.Helper()
		for key, want := range keys {
			a := s.Get(t, "/bucket/"+key, "")
			if want == nil {
				require.Equal(t, 404, a.Status, "%s", key)
				continue
			}
			require.True(t, bytes.Equal(want, a.Body), "%s: %d, %d bytes", key, a.Status, len(a.Body))
		}
	}
	require.Equal(t, 200, s.Put(t, "/bucket", nil).Status)
	keys := map[string][]byte{"large-0": large, "small-0": small, "large-1": large, "small-1": small}
	for k, b := range keys {
		require.Equal(t, 200, put(k, b).Status)
	}

	// Large bodies are refused when they would go below the reserve, and only then.
	f.leave(1024*mib + 40*mib)
	for i := 0; ; i++ {
		require.Less(t, i, 8, "the reserve is not kept")
		key := fmt.Sprint("filling-", i)
		a := put(key, large)
		if a.Status == 200 {
			keys[key] = large
			continue
		}
		full(a)
		keys[key] = nil
		break
	}
	intact(keys)
	// Before the body, when the length says it already.
	r := s.New(http.MethodPut, "/bucket/huge", "", nil).With("X-Amz-Content-Sha256", lab.Unsigned).With("Content-Length", fmt.Sprint(500*mib)).With("Expect", "100-continue")
	full(s.Do(t, r))
	keys["huge"] = nil
	require.Equal(t, 200, put("small-2", small).Status, "small values have a reserve of their own")
	keys["small-2"] = small

	// In the middle of a body, when the space goes meanwhile.
	f.leave(1024*mib + 330*mib)
	free := f.free()
	body := bytes.Repeat(large, 40)
	r = s.New(http.MethodPut, "/bucket/torn", "", body).With("X-Amz-Content-Sha256", lab.Unsigned)
	s.Signer().Sign(r)
	conn := s.Dial(t)
	_, err := conn.Write(append(r.Head(), body[:20*mib]...))
	require.NoError(t, err)
	f.leave(900 * mib)
	_, _ = conn.Write(body[20*mib:]) // refused in the middle
	a, err := lab.ReadAnswer(conn, http.MethodPut)
	require.NoError(t, err)
	full(a)
	keys["torn"] = nil
	intact(keys)
	f.leave(free)
	waitFor(t, 20*time.Second, func() bool { return f.free() > free-8*mib })

	// No space for anything: reads and deletes go on, nothing hangs.
	for _, left := range []int64{90 * mib, 0} {
		f.leave(left)
		waitFor(t, 20*time.Second, func() bool { return put("refused-small", small).Status == 507 })
		full(put("refused-small", small))
		full(put("refused-large", large))
		keys["refused-small"], keys["refused-large"] = nil, nil
		require.Equal(t, 507, status(http.MethodPost, "/bucket/upload", "uploads"))
		require.Equal(t, 507, status(http.MethodPut, "/another-bucket", ""))
		r := s.New(http.MethodPut, "/bucket/refused-copy", "", nil).With("X-Amz-Copy-Source", "bucket/large-0")
		full(s.Do(t, r))
		keys["refused-copy"] = nil
		intact(keys)
		require.Equal(t, 200, status(http.MethodGet, "/bucket", "list-type=2"))
		require.Equal(t, 200, s.Send(t, s.New("GET", "/myfsio/health", "", nil)).Status)
		victim := map[int64]string{90 * mib: "small-1", 0: "large-1"}[left]
		require.Equal(t, 204, status(http.MethodDelete, "/bucket/"+victim, ""), "deletion with %d bytes free", f.free())
		keys[victim] = nil
		intact(keys)
	}

	// Writes return with the space, without a restart.
	f.leave(1024*mib + 300*mib)
	for _, tc := range []struct {
		key  string
		body []byte
	}{{"again-small", small}, {"again-large", large}} {
		waitFor(t, 30*time.Second, func() bool { return put(tc.key, tc.body).Status == 200 })
		keys[tc.key] = tc.body
	}
	intact(keys)
	require.NoError(t, s.Stop(40*time.Second), "%s", s.Log())
	s = lab.Start(t, options)
	intact(keys)
}

// TestFullFromTheStart: a server that starts on a full disk serves what is there.
func TestFullFromTheStart(t *testing.T) {
	disk := smallDisk(t, 1400*mib)
	f := filler{t, disk, filepath.Join(disk, "filler")}
	options := lab.Options{Root: t.TempDir(), Env: map[string]string{"STORAGE_ROOT": filepath.Join(disk, "data")}}
	s := lab.Start(t, options)
	require.Equal(t, 200, s.Put(t, "/bucket", nil).Status)
	require.Equal(t, 200, s.Put(t, "/bucket/k", []byte("kept")).Status)
	s.Kill()
	f.leave(60 * mib)
	s = lab.Start(t, options)
	require.Equal(t, "kept", string(s.Get(t, "/bucket/k", "").Body))
	s.Put(t, "/bucket/n", []byte("x")).Refused(t, 507, "StorageFull")
	require.Equal(t, 204, s.Do(t, s.New(http.MethodDelete, "/bucket/k", "", nil)).Status)
	f.leave(1300 * mib)
	waitFor(t, 30*time.Second, func() bool { return s.Put(t, "/bucket/n", []byte("x")).Status == 200 })
}

// TestReadOnlyDisk: a disk that takes no writes is said, and is never written to.
func TestReadOnlyDisk(t *testing.T) {
	disk := smallDisk(t, 1400*mib)
	options := lab.Options{Root: t.TempDir(), Env: map[string]string{"STORAGE_ROOT": filepath.Join(disk, "data")}}
	s := lab.Start(t, options)
	require.Equal(t, 200, s.Put(t, "/bucket", nil).Status)
	require.NoError(t, s.Stop(40*time.Second))
	require.NoError(t, syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	s, err := lab.Spawn(options)
	require.NoError(t, err)
	t.Cleanup(s.Kill)
	require.Error(t, s.Wait(20*time.Second))
	require.Contains(t, s.Log(), "read-only file system")
}
