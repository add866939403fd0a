package projection

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

type form struct {
	Revision uint64              `json:"revision"`
	List     []map[string]string `json:"list"`
	Members  map[string]any      `json:"members"`
}

func TestDecodeSaysWhere(t *testing.T) {
	var f form
	require.NoError(t, Decode([]byte("\xef\xbb\xbf{\"revision\": 3}\n\n"), &f))
	require.EqualValues(t, 3, f.Revision)
	for text, want := range map[string]string{
		"":                                 "line 1: this is no JSON: the file ends too early",
		"{\n\n\"list\": [":                 "line 3: this is no JSON: the file ends too early",
		"{\n\"list\": [\n{\"a\": secret}]": "line 3: this is no JSON",
		"{\n\"list\": [\n3]}":              "line 3: list must not be of the type number",
		"{\n\"revision\":\n-1}":            "line 3: revision must not be of the type number",
		"{\"list\": [],\n\"groups\": []}":  `line 2: unknown field "groups"`,
		"{\"list\": []}\n\n secret":        "line 3: there is text after the end of the file's content",
		"[]":                               "line 1: the file must not be of the type array",
		"\xff":                             "the file is not valid UTF-8",
		strings.Repeat(" ", MaxFile+1):     "the file is longer than 33554432 bytes",
	} {
		err := Decode([]byte(text), &form{})
		require.True(t, fault.Is(err, fault.InvalidRequest))
		require.Equal(t, want, fault.TextOf(err))
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestElements(t *testing.T) {
	line, list, err := Elements([]byte("\xef\xbb\xbf{\"other\": [1,\n2], \"list\": [\n{},\n\n {\"a\":\n\"b\"}, {}]}"), "list")
	require.NoError(t, err)
	require.Equal(t, 2, line)
	require.Len(t, list, 3)
	require.Equal(t, []int{3, 5, 6}, []int{list[0].Line, list[1].Line, list[2].Line})
	require.Equal(t, "{\"a\":\n\"b\"}", string(list[1].Value))
	_, list, err = Elements([]byte("{\"MEMBERS\":\n{\"a\": {\n}, \"a\"\n:1,\n\"b\":null}}"), "members")
	require.NoError(t, err)
	require.Equal(t, []Element{{"a", 2, []byte("{\n}")}, {"a", 3, []byte("1")}, {"b", 5, []byte("null")}}, list)
	for _, text := range []string{`{}`, `{"members":null}`, `{"members":{}}`, `null`} {
		_, list, err = Elements([]byte(text), "members")
		require.NoError(t, err, text)
		require.Empty(t, list)
	}
	_, _, err = Elements([]byte("{\"list\":[],\n\"LIST\":[]}"), "list")
	require.Equal(t, `line 2: "list" stands twice`, fault.TextOf(err))
}

// FuzzElements holds the two readers of a file to each other.
func FuzzElements(f *testing.F) {
	f.Add([]byte("{\"list\":[{\"a\":\"b\"},{}],\"members\":{\"x\":1,\"\\u0078\":[2]}}"))
	f.Add([]byte("{\"Li\u017ft\":[{}],\"revision\":1}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		var v form
		if Decode(content, &v) != nil {
			return
		}
		_, list, err := Elements(content, "list")
		if err != nil {
			return
		}
		_, members, err := Elements(content, "members")
		if err != nil {
			return
		}
		names := map[string]bool{}
		for _, m := range members {
			names[m.Name] = true
		}
		if len(list) != len(v.List) || len(names) != len(v.Members) {
			t.Fatalf("%q: %d and %d, %d and %d", content, len(list), len(v.List), len(names), len(v.Members))
		}
		for _, e := range append(list, members...) {
			if e.Line < 1 || e.Line > 1+strings.Count(string(content), "\n") {
				t.Fatalf("%q: line %d", content, e.Line)
			}
		}
	})
}
