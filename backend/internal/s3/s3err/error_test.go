package s3err

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/sigv4"
)

var update = flag.Bool("update", false, "rewrite the golden documents")

func TestEveryKindHasACode(t *testing.T) {
	for _, kind := range fault.Kinds() {
		code, ok := kinds[kind]
		require.True(t, ok, "%s has no code", kind)
		_, ok = Lookup(code)
		require.True(t, ok, "%s: code %s is not in the table", kind, code)
	}
	require.Len(t, kinds, len(fault.Kinds()))
}

func TestCodesAreInOrderAndOnce(t *testing.T) {
	require.True(t, sort.SliceIsSorted(codes, func(i, j int) bool { return codes[i].Name < codes[j].Name }))
	require.Len(t, byName, len(codes))
	for _, c := range codes {
		require.NotEmpty(t, c.Message, c.Name)
		require.True(t, c.Status == 304 || c.Status >= 400, c.Name)
	}
}

// One golden document for each code, all in one file, so that a change of any byte is seen.
func TestGoldenDocuments(t *testing.T) {
	var b strings.Builder
	for _, c := range codes {
		doc := New(c.Name).With("Detail", c.Name+" <&>\"'").Document("/bucket/a key", "0123456789ABCDEF", "hostid==")
		fmt.Fprintf(&b, "-- %d %s --\n%s\n", c.Status, c.Name, doc)
	}
	path := filepath.Join("testdata", "documents.txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

func TestFrom(t *testing.T) {
	e := From(errors.New("secret path /var/lib"))
	require.Equal(t, "InternalError", e.Code)
	require.NotContains(t, string(e.Document("/", "r", "h")), "secret")

	e = From(fault.New("object.Get", fault.Internal, "secret"))
	require.NotContains(t, string(e.Document("/", "r", "h")), "secret")

	e = From(fmt.Errorf("wrapped: %w", fault.New("object.Get", fault.NoSuchKey, "").With("Key", "a<b").With("Unshown", "x")))
	require.Equal(t, 404, e.Status)
	doc := string(e.Document("/b/a<b", "r", "h"))
	require.Contains(t, doc, "<Key>a&lt;b</Key>")
	require.NotContains(t, doc, "Unshown")

	e = From(fmt.Errorf("read: %w", sigv4.UnknownAccessKey("AK")))
	require.Equal(t, "InvalidAccessKeyId", e.Code)
	require.Equal(t, []Element{{"AWSAccessKeyId", "AK"}}, e.Elements)

	same := New("SlowDown")
	require.Same(t, same, From(fmt.Errorf("x: %w", same)))
}

// Every code of the signature package must be in the table, or its refusals would turn into internal errors.
func TestSignatureCodes(t *testing.T) {
	for _, code := range []string{
		sigv4.CodeAccessDenied, sigv4.CodeHeaderMalformed, sigv4.CodeQueryParameters, sigv4.CodeIncompleteBody, sigv4.CodeInvalidAccessKeyID,
		sigv4.CodeInvalidArgument, sigv4.CodeInvalidChunkSize, sigv4.CodeInvalidRequest, sigv4.CodeMalformedTrailer, sigv4.CodeMissingContentLength,
		sigv4.CodeNotImplemented, sigv4.CodeRequestTimeTooSkewed, sigv4.CodeSignatureDoesNotMatch, sigv4.CodeContentSHA256Mismatch,
	} {
		_, ok := Lookup(code)
		require.True(t, ok, code)
	}
}

func TestEscape(t *testing.T) {
	var b strings.Builder
	escape(&b, "a\x00b\x1f\r\n\t\xff\uFFFE")
	require.Equal(t, "a\uFFFDb\uFFFD&#13;\n\t\uFFFD\uFFFD", b.String())
}
