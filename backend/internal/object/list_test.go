package object

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// The listings are held to naive ones that look at every row.

var listed = &meta.Bucket{Name: "listed", ID: ident.Bucket{7}}

func put(t testing.TB, store kv.Store, rows map[string][]byte) {
	t.Helper()
	err := store.Update(context.Background(), func(tx kv.Txn) error {
		for k, v := range rows {
			if err := tx.Set([]byte(k), v); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
}

func objects(t testing.TB, store kv.Store, keys ...string) *Service {
	rows := map[string][]byte{
		string(meta.ObjectKey(ident.Bucket{6, 255}, "other")): {0}, string(meta.ObjectKey(ident.Bucket{7, 1}, "other")): {0},
	}
	for i, k := range keys {
		v := meta.Version{Order: ident.Order(i + 1), Null: true, Owner: "default"}
		rows[string(meta.ObjectKey(listed.ID, k))] = v.Encode()
	}
	put(t, store, rows)
	return &Service{kv: store}
}

// entry is a key, or a common prefix marked by a leading byte that no key has.
func entries(p Page) []string {
	var all []string
	for _, o := range p.Objects {
		all = append(all, o.Key)
	}
	for _, c := range p.Prefixes {
		all = append(all, "\x01"+c)
	}
	return all
}

// naive lists all entries greater than after, in order.
func naive(keys []string, prefix, delimiter, after string) []string {
	seen := map[string]bool{}
	var all []string
	for _, k := range keys {
		if !strings.HasPrefix(k, prefix) {
			continue
		}
		name, mark := k, ""
		if delimiter != "" {
			if i := strings.Index(k[len(prefix):], delimiter); i >= 0 {
				name, mark = k[:len(prefix)+i+len(delimiter)], "\x01"
			}
		}
		if name > after && !seen[mark+name] {
			seen[mark+name] = true
			all = append(all, mark+name)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		return strings.Compare(strings.TrimPrefix(a, "\x01"), strings.TrimPrefix(b, "\x01"))
	})
	return all
}

func checkList(t testing.TB, store kv.Store, keys []string, prefix, delimiter, after string, most int) {
	s := objects(t, store, keys...)
	want := naive(keys, prefix, delimiter, after)
	for n := 0; ; n++ {
		page, err := s.List(context.Background(), Listing{Bucket: listed, Prefix: prefix, Delimiter: delimiter, After: after, Max: most})
		require.NoError(t, err)
		size := min(most, len(want))
		got := entries(page)
		expect := append([]string{}, want[:size]...)
		slices.Sort(got)
		slices.Sort(expect)
		require.Equal(t, expect, append([]string{}, got...), "page %d of keys %q, prefix %q, delimiter %q, after %q", n, keys, prefix, delimiter, after)
		require.Equal(t, size < len(want), page.Truncated)
		if !page.Truncated {
			require.Empty(t, page.Next)
			return
		}
		require.Equal(t, strings.TrimPrefix(want[size-1], "\x01"), page.Next)
		want, after = want[size:], page.Next
	}
}

func FuzzList(f *testing.F) {
	f.Add("a/b a/c b c/d/e c/d/f d", "", "/", "", uint8(2))
	f.Add("asdf boo/bar boo/baz/xyzzy cquux/thud cquux/bla", "boo/", "/", "boo/bar", uint8(1))
	f.Add("a//b a///c a-b a", "a", "//", "a//", uint8(3))
	f.Fuzz(func(t *testing.T, words, prefix, delimiter, after string, most uint8) {
		var keys []string
		for _, k := range strings.Fields(words) {
			if len(k) <= 64 && !strings.Contains(k, "\x00") && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		if len(keys) > 64 || strings.Contains(prefix+delimiter+after, "\xff") {
			return
		}
		checkList(t, kvtest.NewMemory(), keys, prefix, delimiter, after, int(most%16)+1)
	})
}

func TestListRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	word := func(n int) string {
		var b strings.Builder
		for range rng.IntN(n) {
			b.WriteByte("ab/-"[rng.IntN(4)])
		}
		return b.String()
	}
	for range 300 {
		var keys []string
		for range rng.IntN(30) {
			if k := word(8); k != "" && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		checkList(t, kvtest.NewMemory(), keys, word(3), []string{"", "/", "-", "//"}[rng.IntN(4)], word(5), 1+rng.IntN(5))
	}
}

func TestListZero(t *testing.T) {
	s := objects(t, kvtest.NewMemory(), "a")
	page, err := s.List(context.Background(), Listing{Bucket: listed, Max: 0})
	require.NoError(t, err)
	require.Equal(t, Page{}, page)
}

// TestFoldingCost counts the rows that a folding page touches.
func TestFoldingCost(t *testing.T) {
	store := kvtest.NewMemory()
	var keys []string
	for i := range 2000 {
		keys = append(keys, fmt.Sprintf("folder-%d/%05d", i%10, i))
	}
	s := objects(t, store, keys...)
	counted := &countingStore{Store: store}
	s.kv = counted
	page, err := s.List(context.Background(), Listing{Bucket: listed, Delimiter: "/", Max: 1000})
	require.NoError(t, err)
	require.Len(t, page.Prefixes, 10)
	require.LessOrEqual(t, counted.moves, 12)
}

type countingStore struct {
	kv.Store
	moves int
}

func (c *countingStore) View(ctx context.Context, fn func(kv.Reader) error) error {
	return c.Store.View(ctx, func(r kv.Reader) error { return fn(countingReader{r, c}) })
}

type countingReader struct {
	kv.Reader
	c *countingStore
}

func (r countingReader) Iter(rng kv.Range) kv.Iterator { return countingIter{r.Reader.Iter(rng), r.c} }

type countingIter struct {
	kv.Iterator
	c *countingStore
}

func (i countingIter) Next() bool           { i.c.moves++; return i.Iterator.Next() }
func (i countingIter) SeekGE(k []byte) bool { i.c.moves++; return i.Iterator.SeekGE(k) }

type row struct {
	key    string
	order  int
	marker bool
}

// TestListVersionsRandom pages through random histories and compares with sorting all rows.
func TestListVersionsRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		store := kvtest.NewMemory()
		rows := map[string][]byte{}
		var all []row
		for _, key := range []string{"a", "a/b", "a/c", "b", "b/x/y", "c"} {
			for n := range rng.IntN(4) {
				all = append(all, row{key, 100*len(all) + n + 1, rng.IntN(4) == 0})
			}
		}
		latest := map[string]int{}
		for _, r := range all {
			latest[r.key] = max(latest[r.key], r.order)
		}
		for _, r := range all {
			v := meta.Version{Order: ident.Order(r.order), Marker: r.marker, Owner: "default"}
			if latest[r.key] == r.order && !r.marker {
				rows[string(meta.ObjectKey(listed.ID, r.key))] = v.Encode()
			} else {
				rows[string(meta.VersionKey(listed.ID, r.key, v.Order))] = v.Encode()
			}
		}
		put(t, store, rows)
		s := &Service{kv: store}
		prefix, delimiter := []string{"", "a", "b/"}[rng.IntN(3)], []string{"", "/"}[rng.IntN(2)]
		want := naiveVersions(all, latest, prefix, delimiter)
		most := 1 + rng.IntN(4)
		var got []string
		in := VersionListing{Bucket: listed, Prefix: prefix, Delimiter: delimiter, Max: most}
		for {
			page, err := s.ListVersions(context.Background(), in)
			require.NoError(t, err)
			var part []string
			for _, v := range page.Versions {
				part = append(part, fmt.Sprintf("%s\x00@%06d %v %v", v.Key, 999999-v.Order, v.Latest, v.Marker))
			}
			for _, p := range page.Prefixes {
				part = append(part, p+"\x00@ prefix")
			}
			slices.Sort(part)
			require.LessOrEqual(t, len(part), most)
			got = append(got, part...)
			if !page.Truncated {
				break
			}
			require.Len(t, part, most)
			in.KeyMarker, in.VersionMarker = page.NextKey, page.NextVersion
		}
		require.Equal(t, want, got, "prefix %q delimiter %q max %d rows %v", prefix, delimiter, most, all)
	}
}

func naiveVersions(all []row, latest map[string]int, prefix, delimiter string) []string {
	set := map[string]bool{}
	for _, r := range all {
		if !strings.HasPrefix(r.key, prefix) {
			continue
		}
		if p, folds := (rollup{prefix: prefix, delimiter: delimiter}).of(r.key); folds {
			set[p+"\x00@ prefix"] = true
			continue
		}
		set[fmt.Sprintf("%s\x00@%06d %v %v", r.key, 999999-r.order, latest[r.key] == r.order, r.marker)] = true
	}
	var out []string
	for s := range set {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func TestListUploads(t *testing.T) {
	store := kvtest.NewMemory()
	rows := map[string][]byte{}
	add := func(key string, id byte, state meta.UploadState) ident.Upload {
		u := ident.Upload{id}
		rec := meta.Upload{State: state, Owner: "default"}
		row := meta.UploadKey(listed.ID, key, u)
		if state == meta.UploadCompleted {
			row = meta.CompletedKey(listed.ID, key, u)
		}
		rows[string(row)] = rec.Encode()
		return u
	}
	add("a", 1, meta.UploadOpen)
	add("a", 2, meta.UploadCompleting)
	add("a", 3, meta.UploadCompleted)
	add("b/1", 1, meta.UploadOpen)
	add("b/2", 1, meta.UploadOpen)
	add("c", 1, meta.UploadOpen)
	put(t, store, rows)
	s := &Service{kv: store}
	walk := func(in UploadListing) string {
		in.Bucket = listed
		var out []string
		for {
			page, err := s.ListUploads(context.Background(), in)
			require.NoError(t, err)
			for _, u := range page.Uploads {
				out = append(out, fmt.Sprintf("%s#%d", u.Key, u.ID[0]))
			}
			out = append(out, page.Prefixes...)
			if !page.Truncated {
				return strings.Join(out, " ")
			}
			out = append(out, "|")
			in.KeyMarker, in.UploadMarker = page.NextKey, page.NextUpload
		}
	}
	require.Equal(t, "a#1 a#2 b/1#1 b/2#1 c#1", walk(UploadListing{Max: 1000}))
	require.Equal(t, "a#1 | a#2 | b/1#1 | b/2#1 | c#1", walk(UploadListing{Max: 1}))
	require.Equal(t, "a#1 | a#2 | b/ | c#1", walk(UploadListing{Max: 1, Delimiter: "/"}))
	require.Equal(t, "b/2#1", walk(UploadListing{Max: 5, Prefix: "b/", KeyMarker: "b/1"}))
	require.Equal(t, "c#1", walk(UploadListing{Max: 5, KeyMarker: "b/", Delimiter: "/"}))
	require.Equal(t, "b/1#1 b/2#1 c#1", walk(UploadListing{Max: 5, KeyMarker: "a"}))
}
