package awsquery

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/clock"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/kv/kvtest"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/seal"
)

const (
	reads  = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::canary-resource/*"}}`
	trusts = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}}`
)

// filled is a request of an action about things of these names in the default account.
func filled(action, name string) url.Values {
	form := url.Values{"Action": {action}, "Version": {iamVersion}}
	values := map[string]string{
		"UserName": name, "GroupName": name, "RoleName": name, "PolicyName": name, "NewUserName": "renamed", "NewGroupName": "renamed", "Path": "/", "NewPath": "/",
		"PathPrefix": "/", "PolicyDocument": reads, "AssumeRolePolicyDocument": trusts, "Description": "x", "MaxSessionDuration": "3600",
		"PolicyArn": "arn:aws:iam::000000000000:policy/" + name, "PermissionsBoundary": "arn:aws:iam::000000000000:policy/" + name, "VersionId": "v1",
		"Password": "canary password", "OldPassword": "x", "NewPassword": "some new password", "PolicySourceArn": "arn:aws:iam::000000000000:user/" + name, "AccessKeyId": strings.ToUpper(name), "Status": "Inactive", "RoleArn": "arn:aws:iam::000000000000:role/" + name, "RoleSessionName": "me",
	}
	for word := range strings.FieldsSeq(parameters[action]) {
		p := strings.TrimRight(word, "!?")
		switch constraints[p].kind {
		case aTagList:
			form.Set("Tags.member.1.Key", "team")
			form.Set("Tags.member.1.Value", "x")
		case aList:
			form.Set(p+".member.1", map[string]string{"ActionNames": "s3:GetObject", "ResourceArns": "arn:aws:s3:::asked/x"}[p])
			if form.Get(p+".member.1") == "" {
				form.Set(p+".member.1", reads)
			}
		case aKeyList:
			form.Set(p+".member.1", "team")
		case anARNList:
			form.Set("PolicyArns.member.1.arn", values["PolicyArn"])
		case aText:
			if v := values[p]; v != "" {
				form.Set(p, v)
			}
		}
	}
	if action == "AssumeRole" {
		form.Set("TransitiveTagKeys.member.1", "team")
	}
	return form
}

// Every action of IAM and STS is asked for by who may do everything in another account, about what the default account has: nothing of it is
// told or changed, and no answer is another than about what no account has.
func TestNothingOfOneAccountIsSeenFromAnother(t *testing.T) {
	ctx := context.Background()
	store, now := kvtest.NewMemory(), clock.NewManual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	box, err := seal.Open(t.TempDir(), "a secret of the tests", seal.Options{})
	require.NoError(t, err)
	s, err := iam.New(iam.Deps{Store: store, Box: box, Clock: now, Idents: ident.NewSource(now, rand.Reader), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = s.Bootstrap(ctx, true)
	require.NoError(t, err)
	const name = "canary"
	for _, k := range []iam.EntityKind{iam.UserEntity, iam.GroupEntity, iam.RoleEntity} {
		in := iam.NewEntity{Kind: k, Name: name, Description: "canary-description", Trust: trusts}
		if k != iam.GroupEntity {
			in.Tags = meta.Tags{{Name: "canary-tag", Value: "canary-value"}}
		}
		_, err := s.CreateEntity(ctx, iam.Machine, in)
		require.NoError(t, err)
		require.NoError(t, s.Edit(ctx, iam.Machine, k, name, iam.PutPolicy(name, reads)))
	}
	require.NoError(t, s.SetMember(ctx, iam.Machine, name, name, true))
	policy, err := s.CreatePolicy(ctx, iam.Machine, iam.NewPolicy{Name: name, Text: reads, Description: "canary-description"})
	require.NoError(t, err)
	require.NoError(t, s.Edit(ctx, iam.Machine, iam.UserEntity, name, iam.AttachPolicy(policy.ARN)))
	_, _, err = s.CreateUser(ctx, iam.Machine, iam.CreateUser{Name: "canary-key-user", AccessKey: "CANARY", Secret: "canary-secret"})
	require.NoError(t, err)
	_, _, _, err = s.CreateAccount(ctx, iam.Machine, iam.CreateAccount{Name: "team", AccessKey: "boss", Secret: "boss-secret"})
	require.NoError(t, err)
	boss, err := s.Credential(ctx, "boss")
	require.NoError(t, err)

	rows := func() map[string]string {
		out := map[string]string{}
		require.NoError(t, store.View(ctx, func(r kv.Reader) error {
			it := r.Iter(kv.Range{End: []byte{0xff, 0xff}})
			for it.Next() {
				out[string(it.Key())] = string(it.Value())
			}
			return it.Close()
		}))
		delete(out, string(meta.IAMStateKey()))
		return out
	}
	before := rows()
	buckets := bucket.New(bucket.Deps{KV: store, Clock: now, Idents: ident.NewSource(now, rand.Reader), Region: "us-east-1"})
	handler := &Handler{IAM: s, Access: &access.Service{IAM: s, Buckets: buckets}}
	ask := func(service, action, name string) Answer {
		return handler.Do(ctx, service, &Request{Caller: boss.Identity, Form: filled(action, name), ID: "id"})
	}
	for service, actions := range map[string]map[string]action{IAM: iamActions, STS: stsActions} {
		for action := range actions {
			if strings.HasPrefix(action, "Create") {
				continue
			}
			about, none := ask(service, action, name), ask(service, action, "nobody")
			plain := func(a Answer) string {
				return strings.NewReplacer("nobody", name, "NOBODY", "CANARY").Replace(string(a.Body))
			}
			require.Equal(t, none.Status, about.Status, "%s: %s", action, about.Body)
			if about.Status != http.StatusOK {
				require.Equal(t, plain(none), plain(about), action)
			}
			for _, secret := range []string{"canary-", "000000000000:user", "localadmin"} {
				require.NotContains(t, string(about.Body), secret, "%s: %s", action, about.Body)
			}
		}
	}
	// What is made of these names is of the other account.
	for action := range iamActions {
		if strings.HasPrefix(action, "Create") {
			a := ask(IAM, action, name)
			require.Less(t, a.Status, 500, "%s: %s", action, a.Body)
			require.NotContains(t, string(a.Body), "<Arn>arn:aws:iam::000000000000", action)
		}
	}
	after := rows()
	for key, value := range before {
		require.Equal(t, value, after[key], "%q", key)
	}
	require.NotEmpty(t, before)
}
