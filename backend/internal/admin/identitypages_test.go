package admin

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Lists of identities come in pages that hold each of them once, in order, and searching looks at all of them.
func TestIdentitiesComeInPages(t *testing.T) {
	l := start(t)
	boss := l.admin()
	for i := range 25 {
		l.clock.Advance(time.Second)
		boss.do("POST", users, fmt.Sprintf(`{"name":"User%02d","displayName":"Person %02d"}`, (i*7)%25, i)).want(201)
		if i%3 == 0 {
			boss.do("PUT", users+fmt.Sprintf("/User%02d", (i*7)%25)+"/attached?arn="+fullS3, "").want(204)
		}
	}
	walk := func(query string) (names []string, total int) {
		cursor := ""
		for {
			var list IdentityList
			boss.get(users + "?" + query + "&cursor=" + url.QueryEscape(cursor)).want(200).into(&list)
			for _, e := range list.Identities {
				names = append(names, e.Name)
			}
			if cursor, total = list.Cursor, list.Total; cursor == "" {
				return names, total
			}
			require.NotEmpty(t, list.Identities)
		}
	}
	byName, total := walk("limit=1000")
	require.Len(t, byName, 26)
	require.Equal(t, 26, total)
	require.True(t, slices.IsSortedFunc(byName, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }))
	for _, sort := range []string{"name", "created", "policies", "keys"} {
		for _, order := range []string{"asc", "desc"} {
			whole, _ := walk("limit=1000&sort=" + sort + "&order=" + order)
			require.ElementsMatch(t, byName, whole)
			for _, limit := range []string{"1", "3", "10", "26"} {
				parts, total := walk("limit=" + limit + "&sort=" + sort + "&order=" + order)
				require.Equal(t, whole, parts, "%s %s by %s", sort, order, limit)
				require.Equal(t, 26, total)
			}
		}
	}
	found, total := walk("limit=1&search=pErSoN%202")
	require.Equal(t, []string{"User04", "User11", "User15", "User18", "User22"}, slices.Sorted(slices.Values(found)))
	require.Equal(t, 5, total)
	found, _ = walk("search=nothing")
	require.Empty(t, found)

	// What comes in between moves nothing that is to come.
	var first IdentityList
	boss.get(users + "?limit=10").want(200).into(&first)
	boss.do("POST", users, `{"name":"a-new-one"}`).want(201)
	boss.do("DELETE", users+"/"+first.Identities[9].Name, "").want(204)
	var second IdentityList
	boss.get(users + "?limit=10&cursor=" + first.Cursor).want(200).into(&second)
	require.Equal(t, byName[10], second.Identities[0].Name)
	boss.get(users+"?cursor=nonsense").fails(400, "InvalidArgument")
	boss.get(users+"?limit=0").fails(422, "InvalidArgument")

	boss.do("POST", "/myfsio/policies", `{"name":"ReadOnlyAccess","document":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}}"}`).want(201)
	var arns []string
	for cursor, done := "", false; !done; {
		var list ManagedPolicyList
		boss.get("/myfsio/policies?limit=1&search=readonly&sort=attached&order=desc&cursor=" + cursor).want(200).into(&list)
		for _, p := range list.Policies {
			arns = append(arns, p.ARN)
		}
		cursor, done = list.Cursor, list.Cursor == ""
	}
	require.Len(t, arns, 4, "two have one name")
}

// Tags are given and taken away together, or nothing changes.
func TestTagsChangeTogether(t *testing.T) {
	l := start(t)
	boss := l.admin()
	boss.do("POST", users, `{"name":"ada","tags":[{"name":"team","value":"blue"},{"name":"old","value":"1"}]}`).want(201)
	tags := func() []IdentityTag { return boss.identity(users + "/ada").Tags }
	boss.do("PUT", users+"/ada/tags", `{"tags":[{"name":"team","value":"red"},{"name":"new","value":"2"}],"remove":["old","none"]}`).want(204)
	want := []IdentityTag{{"team", "red"}, {"new", "2"}}
	require.Equal(t, want, tags())
	boss.do("PUT", users+"/ada/tags", `{"tags":[{"name":"aws:x","value":""}],"remove":["team"]}`).fails(400, "InvalidInput")
	boss.do("PUT", users+"/ada/tags", `{}`).fails(400, "InvalidArgument")
	require.Equal(t, want, tags())

	gives, _ := statement("iam:TagUser", "iam:GetUser", "iam:ListUserTags")
	takes, _ := statement("iam:UntagUser")
	l.user(gives).do("PUT", users+"/ada/tags", `{"tags":[{"name":"more","value":""}],"remove":["team"]}`).fails(403, "AccessDenied")
	l.user(takes).do("PUT", users+"/ada/tags", `{"tags":[{"name":"more","value":""}],"remove":["team"]}`).fails(403, "AccessDenied")
	require.Equal(t, want, tags())
	l.user(takes).do("PUT", users+"/ada/tags", `{"remove":["team"]}`).want(204)
	l.user(gives).do("PUT", users+"/ada/tags", `{"tags":[{"name":"more","value":""}]}`).want(204)
	require.Equal(t, []IdentityTag{{"new", "2"}, {"more", ""}}, tags())
}
