package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tampered is a closed log of some files whose content a test changes.
type tampered struct {
	*lab
	names []string
	raw   map[string][]byte
}

func tamper(t testing.TB) *tampered {
	l := newLab(t, func(o *Options) { o.MaxBytes = 2500 })
	l.commit(12)
	l.close()
	x := &tampered{l, l.files(), map[string][]byte{}}
	require.Len(t, x.names, 3)
	for _, name := range x.names {
		raw, err := os.ReadFile(filepath.Join(l.dir, name))
		require.NoError(t, err)
		x.raw[name] = raw
	}
	x.clean()
	return x
}

func (x *tampered) write(name string, raw []byte) {
	x.t.Helper()
	require.NoError(x.t, os.WriteFile(filepath.Join(x.dir, name), raw, 0o600))
}

func (x *tampered) restore() {
	for name, raw := range x.raw {
		x.write(name, raw)
	}
}

// split are the lines of a file, each with its newline.
func (x *tampered) split(name string) [][]byte {
	return slices.DeleteFunc(bytes.SplitAfter(x.raw[name], []byte("\n")), func(b []byte) bool { return len(b) == 0 })
}

// blames holds that the first problem is at a line.
func (x *tampered) blames(name string, line int, what ...any) {
	x.t.Helper()
	r := x.check()
	require.NotEmpty(x.t, r.Problems, what...)
	require.Equal(x.t, []any{name, line}, []any{r.Problems[0].File, r.Problems[0].Line}, "%v: %v", what, r.Problems)
}

// TestFlip: whatever byte of a line is changed, that line is named.
func TestFlip(t *testing.T) {
	x := tamper(t)
	name := x.names[1]
	lines := x.split(name)
	start := len(lines[0])
	for i := range lines[1] {
		for _, to := range []byte{lines[1][i] ^ 1, []byte{lines[1][i] ^ 0x20, '\n', 0, 0xff, '0'}[i%5]} {
			if to == lines[1][i] {
				continue
			}
			raw := bytes.Clone(x.raw[name])
			raw[start+i] = to
			x.write(name, raw)
			x.blames(name, 2, i, string(to))
		}
	}
	x.restore()
	x.clean()
	// The last bytes of the log, its newline included.
	last := x.names[len(x.names)-1]
	lines = x.split(last)
	for i := range 200 {
		raw := bytes.Clone(x.raw[last])
		raw[len(raw)-1-i] ^= 1
		x.write(last, raw)
		x.blames(last, len(lines), i)
	}
}

// TestMoved: lines that are dropped, doubled, swapped or put in are found where they are.
func TestMoved(t *testing.T) {
	x := tamper(t)
	for f, name := range x.names {
		lines := x.split(name)
		for i := range lines {
			x.write(name, bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), nil))
			switch {
			case i+1 < len(lines):
				x.blames(name, i+1, "the line behind the one that was dropped")
			case f+1 < len(x.names):
				x.blames(x.names[f+1], 0, "the file behind it")
			default:
				x.blames("", 0, "the end is anchored")
			}
			x.write(name, bytes.Join(slices.Insert(slices.Clone(lines), i, lines[i]), nil))
			x.blames(name, i+2, "the second of the two")
			for k := i + 1; k < len(lines); k++ {
				swapped := slices.Clone(lines)
				swapped[i], swapped[k] = swapped[k], swapped[i]
				x.write(name, bytes.Join(swapped, nil))
				x.blames(name, i+1, "the first one that is not where it was")
			}
			x.write(name, bytes.Join(slices.Insert(slices.Clone(lines), i, []byte("{\"n\":1}\n")), nil))
			x.blames(name, i+1)
			x.write(name, bytes.Join(slices.Insert(slices.Clone(lines), i, []byte("\n")), nil))
			x.blames(name, i+1)
			x.restore()
		}
	}
	x.clean()
}

// TestTruncated: wherever the end is cut off, that is found, and stays found when the server goes on.
func TestTruncated(t *testing.T) {
	x := tamper(t)
	last := x.names[len(x.names)-1]
	raw := x.raw[last]
	for size := 0; size < len(raw); size += 7 {
		x.write(last, raw[:size])
		r := x.check()
		require.NotEmpty(t, r.Problems, size)
		require.Contains(t, r.Problems[len(r.Problems)-1].Text, "missing at the end: the metadata store knows them up to 14")
	}
	for _, size := range []int{0, 10, len(x.split(last)[0]), len(raw) - 1} {
		x.write(last, raw[:size])
		x.open()
		require.ErrorContains(t, x.Health(), "missing")
		require.NoError(t, x.Commit(entry(99)))
		x.close()
		r := x.check()
		require.NotEmpty(t, r.Problems)
		require.Contains(t, r.Problems[0].Text, "missing before this one")
		require.Contains(t, strings.Join(x.lines(), "\n"), `"operation":"start","message":"AUDIT_LOG=all`)
		x.open()
		require.NoError(t, x.Health(), "it is said once; verify goes on to say it")
		x.close()
		require.Equal(t, r.Problems, x.check().Problems)
		for _, name := range x.files() {
			require.NoError(t, os.Remove(filepath.Join(x.dir, name)))
		}
		x.restore()
		x = tamper(t)
	}
}

// TestRemoved: whole files that go.
func TestRemoved(t *testing.T) {
	x := tamper(t)
	for i, name := range x.names {
		require.NoError(t, os.Remove(filepath.Join(x.dir, name)))
		if i+1 < len(x.names) {
			x.blames(x.names[i+1], 0)
		} else {
			x.blames("", 0)
		}
		x.restore()
	}
	require.NoError(t, os.RemoveAll(x.dir))
	require.Equal(t, "lines 1 to 14 are missing at the end: the metadata store knows them up to 14", x.check().Problems[0].String())
	x.open()
	require.NoError(t, x.Commit(entry(1)))
	x.close()
	r := x.check()
	require.Equal(t, "0000000000000015-20260304.jsonl: lines 1 to 14 are missing before this one", r.Problems[0].String())
	require.Len(t, r.Problems, 1)
}

// forge changes lines from one on and gives all that follow new numbers and hashes, as somebody would who knows how the log is made.
func (x *tampered) forge(from uint64, change func(*Entry)) {
	x.t.Helper()
	prev, n := sum{}, uint64(0)
	for _, name := range x.names {
		var out []byte
		for _, line := range x.split(name) {
			got, err := parseLine(bytes.TrimSuffix(line, []byte("\n")))
			require.NoError(x.t, err)
			if n++; got.N == from {
				change(&got.Entry)
			}
			out, prev, err = appendLine(out, &got.Entry, prev)
			require.NoError(x.t, err)
		}
		x.write(name, out)
	}
}

// TestForged: a chain that was made anew does not have the hashes that the metadata store knows.
func TestForged(t *testing.T) {
	x := tamper(t)
	x.forge(3, func(e *Entry) { e.User = "Mallory" })
	x.blames(x.names[0], len(x.split(x.names[0])), "the end of its file is anchored")
	x.restore()
	x.forge(14, func(e *Entry) { e.Time = e.Time.Add(1) })
	last := x.names[len(x.names)-1]
	x.blames(last, len(x.split(last)))
	x.open()
	require.ErrorContains(t, x.Health(), "line 14 is another one than was kept")
	require.NoError(t, x.Commit(entry(1)))
	x.close()
	require.NotEmpty(t, x.check().Problems, "the anchor stays as a witness")
	require.Contains(t, x.lines()[14], "line 14 is another one than was kept")

	// Of one line alone: the one behind it does not follow.
	y := tamper(t)
	lines := y.split(y.names[1])
	got, err := parseLine(bytes.TrimSuffix(lines[1], []byte("\n")))
	require.NoError(t, err)
	got.User = "Mallory"
	lines[1], _, err = appendLine(nil, &got.Entry, got.prev)
	require.NoError(t, err)
	y.write(y.names[1], bytes.Join(lines, nil))
	y.blames(y.names[1], 3)
}

// TestDamagedEnd: the server goes on in a new file behind an end that it cannot read.
func TestDamagedEnd(t *testing.T) {
	for _, damage := range []func([]byte) []byte{
		func([]byte) []byte { return []byte("no line\n") },
		func(raw []byte) []byte { return append(raw, "no line\n"...) },
		func(raw []byte) []byte { raw[20] ^= 1; return raw },
		func(raw []byte) []byte { raw[len(raw)-5] ^= 1; return raw },
		func(raw []byte) []byte { return append(raw, bytes.Repeat([]byte("x"), 3*maxLine)...) },
		func(raw []byte) []byte { return append(raw, append(bytes.Repeat([]byte("x"), 3*maxLine), '\n')...) },
	} {
		x := tamper(t)
		last := x.names[len(x.names)-1]
		x.write(last, damage(bytes.Clone(x.raw[last])))
		x.open()
		require.NoError(t, x.Commit(entry(1)))
		require.Equal(t, entry(1).Request, x.search(Query{Limit: 1}).Entries[0].Request)
		x.close()
		first := len(x.check().Problems)
		x.open()
		x.close()
		require.Len(t, x.check().Problems, first, "nothing new is wrong")
	}
}

// TestRowsLost: a log whose rows were lost with the metadata store is taken as it is.
func TestRowsLost(t *testing.T) {
	x := tamper(t)
	y := newLab(t, nil)
	y.close()
	x.o.KV, x.kv = y.kv, y.kv
	require.NoError(t, os.RemoveAll(y.dir))
	require.NotEmpty(t, x.check().Problems, "those rows are of another log")
	z := newLab(t, func(o *Options) { o.Path = x.dir })
	require.NoError(t, z.Health())
	z.close()
	r, err := Verify(ctx, x.dir, z.kv)
	require.NoError(t, err)
	require.Empty(t, r.Problems)
	require.EqualValues(t, 1, r.First)
}

// FuzzParseLine: no bytes make the parser fail otherwise than by an error, and what it takes is a line that this package could have written.
func FuzzParseLine(f *testing.F) {
	line, _, err := appendLine(nil, entry(1), sum{1})
	require.NoError(f, err)
	f.Add(line[:len(line)-1])
	line, _, err = appendLine(nil, &Entry{}, sum{})
	require.NoError(f, err)
	f.Add(line[:len(line)-1])
	f.Add([]byte(`{"n":1` + string(line[len(line)-1-tailSize:len(line)-1])))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, line []byte) {
		got, err := parseLine(line)
		if err != nil {
			return
		}
		require.True(t, json.Valid(line))
		again, hash, err := appendLine(nil, &got.Entry, got.prev)
		require.NoError(t, err)
		back, err := parseLine(again[:len(again)-1])
		require.NoError(t, err)
		require.Equal(t, hash, back.hash)
		require.Equal(t, got.prev, back.prev)
		require.Equal(t, got.N, back.N)
		// Any one byte of it that changes is noticed.
		for _, i := range []int{0, len(line) / 3, len(line) / 2, len(line) - 1} {
			other := bytes.Clone(line)
			other[i] ^= 4
			if _, err := parseLine(other); err == nil {
				t.Fatalf("%q is as good as %q", other, line)
			}
		}
	})
}

// FuzzLines: whatever is in a file, forwards and backwards the same lines come out, and no more memory is taken than a line may have.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\n\nc"), 3)
	f.Add([]byte("\n"), 1)
	f.Add([]byte("x"), 70000)
	f.Fuzz(func(t *testing.T, raw []byte, repeat int) {
		if repeat < 0 || repeat > 200 || len(raw) > 4096 {
			return
		}
		raw = bytes.Repeat(raw, repeat)
		if !bytes.HasSuffix(raw, []byte("\n")) {
			raw = append(raw, '\n')
		}
		var want [][]byte
		r := newLines(bytes.NewReader(raw))
		for r.next() {
			if r.line == nil {
				return // too long: going backwards cuts it
			}
			want = append(want, bytes.Clone(r.line))
		}
		require.Zero(t, r.torn)
		require.EqualValues(t, len(raw), r.end)
		b := &backward{r: bytes.NewReader(raw), at: int64(len(raw))}
		for i := len(want) - 1; i >= 0; i-- {
			line, err := b.next()
			require.NoError(t, err)
			require.Equal(t, want[i], bytes.Clone(line))
		}
		_, err := b.next()
		require.Error(t, err)
		require.Zero(t, b.at)
	})
}
