package lifecycle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/s3/s3xml"
)

func document(rules ...string) string {
	return "<LifecycleConfiguration><Rule>" + strings.Join(rules, "</Rule><Rule>") + "</Rule></LifecycleConfiguration>"
}

// Rules that are accepted come back as they were given, from the store and from the wire.
func FuzzDocument(f *testing.F) {
	const on = "<Status>Enabled</Status>"
	for _, s := range []string{
		document("<ID>a</ID><Prefix>p/</Prefix>" + on + "<Expiration><Days>1</Days></Expiration>"),
		document("<ID>a</ID><Filter/>"+on+"<Expiration><Date>2026-02-01</Date></Expiration>", "<Filter><Prefix/></Filter><Status>Disabled</Status><Expiration><Days>2</Days></Expiration>"),
		document("<ID>a</ID><Filter><Tag><Key>k</Key><Value> v</Value></Tag></Filter>" + on + "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>9</NewerNoncurrentVersions></NoncurrentVersionExpiration>"),
		document("<ID>a</ID><Filter><And><Prefix>é</Prefix><ObjectSizeGreaterThan>0</ObjectSizeGreaterThan><ObjectSizeLessThan>5</ObjectSizeLessThan></And></Filter>" + on + "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"),
		document("<ID>a</ID><Filter/>" + on + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>"),
		document("<Filter/>" + on + "<Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition><NoncurrentVersionTransition><NoncurrentDays>1</NoncurrentDays><StorageClass>GLACIER_IR</StorageClass></NoncurrentVersionTransition>"),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		rules, tier, err := s3xml.DecodeLifecycle(body, MaxRules)
		if err != nil || tier != "" || Check(rules) != nil {
			return
		}
		l := &meta.Lifecycle{Rules: rules}
		stored, err := meta.DecodeLifecycle(l.Encode())
		require.NoError(t, err)
		require.Equal(t, l, stored)
		again, _, err := s3xml.DecodeLifecycle(s3xml.Encode(&s3xml.Lifecycle{Rules: rules}), MaxRules)
		require.NoError(t, err)
		require.Equal(t, rules, again)
	})
}

// A thousand rules are the most.
func TestRuleCount(t *testing.T) {
	var list []string
	for i := range MaxRules + 1 {
		list = append(list, fmt.Sprintf("<ID>r%d</ID><Prefix/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration>", i))
	}
	_, _, err := s3xml.DecodeLifecycle([]byte(document(list...)), MaxRules)
	require.ErrorIs(t, err, s3xml.ErrMalformed)
	rules, _, err := s3xml.DecodeLifecycle([]byte(document(list[:MaxRules]...)), MaxRules)
	require.NoError(t, err)
	require.NoError(t, Check(rules))
}
