package awsquery

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Every action can be granted by name, or it would answer to administrators alone.
func TestActionsAreKnown(t *testing.T) {
	for name := range iamActions {
		require.True(t, policy.KnownAction("iam:"+name) || name == "UpdateRoleDescription", name)
	}
	for name := range stsActions {
		require.True(t, policy.KnownAction("sts:"+name), name)
	}
}

// Every action has a model of its parameters, and every parameter of one a constraint.
func TestModels(t *testing.T) {
	for _, actions := range []map[string]action{iamActions, stsActions} {
		for name := range actions {
			_, ok := parameters[name]
			require.True(t, ok, name)
		}
	}
	for name, words := range parameters {
		require.True(t, iamActions[name] != nil || stsActions[name] != nil, name)
		for word := range strings.FieldsSeq(words) {
			_, ok := constraints[strings.TrimRight(word, "!?")]
			require.True(t, ok, "%s of %s", word, name)
		}
	}
}

// Every kind of failure has a code, and what nobody classified keeps its text to itself.
func TestErrors(t *testing.T) {
	for _, k := range fault.Kinds() {
		e := From(fault.New("op", k, "text"))
		require.NotZero(t, e.Status, k)
		require.NotEmpty(t, e.Code, k)
	}
	e := From(errors.New("the secret of the house"))
	require.Equal(t, "InternalFailure", e.Code)
	require.NotContains(t, string(Refuse(IAM, "id", e).Body), "house")
}

// wellFormed reads a document to its end.
func wellFormed(t *testing.T, body []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %q", err, body)
		}
	}
}

func TestDocumentsEscape(t *testing.T) {
	n := list("A", text("B", "<&>\"'\x00\xff"))
	wellFormed(t, n.document())
}

func FuzzForm(f *testing.F) {
	f.Add("Action=ListUsers&Version=2010-05-08")
	f.Add("Action=TagUser&Version=2010-05-08&Tags.member.1.Key=a&Tags.member.1.Value=b&MaxItems=-1")
	f.Fuzz(func(t *testing.T, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		c := &call{Request: &Request{Form: form}}
		_, err = Service(form)
		if err != nil {
			wellFormed(t, Refuse(IAM, "id", err).Body)
		}
		iamErr, stsErr := c.check(IAM), c.check(STS)
		for _, err := range []error{iamErr, stsErr} {
			if err != nil {
				wellFormed(t, Refuse(STS, body, err).Body)
			}
		}
		if iamErr != nil {
			return
		}
		if _, _, err := page(c, []string{"a", "b"}, func(s string) string { return s }); err != nil {
			wellFormed(t, Refuse(IAM, body, err).Body)
		}
		_, _, _, _ = c.tags(), c.strings("TagKeys"), c.arns(), c.seconds("DurationSeconds")
	})
}
