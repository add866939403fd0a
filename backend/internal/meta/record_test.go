package meta

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/myfsio/myfsio/backend/internal/checksum"
	"github.com/myfsio/myfsio/backend/internal/ident"
)

var update = flag.Bool("update", false, "write the bytes of formats that have no file yet; files that are there are never changed")

var (
	when  = time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)
	heads = Headers{
		ContentType: "text/plain", CacheControl: "no-cache", ContentDisposition: "inline", ContentEncoding: "gzip", ContentLanguage: "de",
		Expires: "Thu, 01 Dec 1994 16:00:00 GMT", Metadata: []Pair{{"a", "1"}, {"empty", ""}, {"long", strings.Repeat("x", 300)}},
	}
	sum  = Checksum{Algorithm: checksum.CRC32C, Composite: true, Value: []byte{1, 2, 3, 4}}
	blob = ident.Blob{0, 0, 0, 7, 1, 2, 3}

	sizeBelow int64 = 5 << 30
	enforced        = BucketOwnerEnforced

	grants = Grants{Inline: []InlinePolicy{{"a", []byte("{}")}}, Attached: []string{"arn:aws:iam::aws:policy/x"}, Boundary: "arn:aws:iam::aws:policy/y"}
)

type record interface{ Encode() []byte }

// sample is a record with its decoder, which returns something to compare with it.
type sample struct {
	name   string // of the file: <record>-<format>[-<variant>]
	record record
	decode func([]byte) (any, error)
}

func version(raw []byte) (any, error)  { return DecodeVersion("key", raw) }
func upload(raw []byte) (any, error)   { return DecodeUpload("key", ident.Upload{9}, raw) }
func bucket(raw []byte) (any, error)   { return DecodeBucket("name", raw) }
func part(raw []byte) (any, error)     { return DecodePart(5, raw) }
func device(raw []byte) (any, error)   { return DecodeDevice(raw) }
func user(raw []byte) (any, error)     { return DecodeUser("id", raw) }
func role(raw []byte) (any, error)     { return DecodeRole("default", raw) }
func tags(raw []byte) (any, error)     { return DecodeTags(raw) }
func cors(raw []byte) (any, error)     { return DecodeCORS(raw) }
func site(raw []byte) (any, error)     { return DecodeWebsite(raw) }
func speed(raw []byte) (any, error)    { return DecodeAcceleration(raw) }
func walk(raw []byte) (any, error)     { return DecodeLifecycleWalk(raw) }
func history(raw []byte) (any, error)  { return DecodeLifecycleHistory(raw) }
func lease(raw []byte) (any, error)    { return DecodeLease(raw) }
func rules(raw []byte) (any, error)    { return DecodeLifecycle(raw) }
func acl(raw []byte) (any, error)      { return DecodeACL(raw) }
func owning(raw []byte) (any, error)   { return DecodeOwnership(raw) }
func account(raw []byte) (any, error)  { return DecodeAccount("123456789012", raw) }
func iam(raw []byte) (any, error)      { return DecodeIAMState(raw) }
func policies(raw []byte) (any, error) { return DecodePolicyState(raw) }
func keyUse(raw []byte) (any, error)   { return DecodeKeyUse(raw) }
func epoch(raw []byte) (any, error)    { return DecodeEpoch(3, raw) }
func manifest(raw []byte) (any, error) { return DecodeManifest(raw) }

func userGroup(raw []byte) (any, error)         { return DecodeUserGroup("default", raw) }
func managedPolicy(raw []byte) (any, error)     { return DecodeManagedPolicy("default", raw) }
func oidcProvider(raw []byte) (any, error)      { return DecodeOIDCProvider("default", raw) }
func bucketPolicy(raw []byte) (any, error)      { return DecodeBucketPolicy(raw) }
func publicAccessBlock(raw []byte) (any, error) { return DecodePublicAccessBlock(raw) }
func counters(raw []byte) (any, error) {
	u, err := DecodeUsage(raw)
	return &u, err
}

func waste(raw []byte) (any, error) {
	w, row, err := DecodeWaste(raw)
	return wasteRow{w, string(row)}, err
}

type wasteRow struct {
	kind Waste
	row  string
}

func (w wasteRow) Encode() []byte {
	if w.kind == WasteRow {
		return EncodeRow([]byte(w.row))
	}
	return w.kind.Encode()
}

type one uint64

func (n one) Encode() []byte { return EncodeNumber(uint64(n)) }

func number(raw []byte) (any, error) {
	n, err := DecodeNumber(raw)
	return one(n), err
}

var most = int64(math.MaxInt64)

var samples = []sample{
	{"version-1", &Version{
		Key: "key", Order: 1_772_600_767_000_000_008, Owner: "default", Size: 70000, MD5: [16]byte{1, 2}, Checksum: sum, Headers: heads, Class: "GLACIER", Blob: blob,
	}, version},
	{"version-1-inline", &Version{Key: "key", Order: 1, Null: true, Size: 5, Inline: true, Blob: blob, Checksum: Checksum{Algorithm: checksum.SHA256}}, version},
	{"version-1-parts", &Version{Key: "key", Order: 2, Size: 5 << 40, Parts: 10000, Upload: ident.Upload{4, 5}, Checksum: sum}, version},
	{"version-1-marker", &Version{Key: "key", Order: 3, Null: true, Marker: true, Owner: "default"}, version},
	{"version-1-tags", &Version{Key: "key", Order: 4, Tags: Tags{{"team", "blue"}, {"empty", ""}}}, version},
	{"version-1-lock", &Version{Key: "key", Order: 5, Lock: Lock{Mode: LockCompliance, Until: when.Truncate(time.Second), Hold: HoldOn}}, version},
	{"version-1-hold-off", &Version{Key: "key", Order: 5, Lock: Lock{Hold: HoldOff}}, version},
	{"version-1-acl", &Version{Key: "key", Order: 4, ACL: &ACL{[]Grant{{Account: "default", Permission: FullControl}, {Group: AllUsers, Permission: Read}}}}, version},
	{"version-1-acl-empty", &Version{Key: "key", Order: 4, ACL: &ACL{}}, version},
	{"version-1-least", &Version{Key: "key"}, version},
	{"version-1-redirect", &Version{Key: "key", Order: 5, Redirect: "/there"}, version},
	{"bucket-1", &Bucket{
		Name: "name", ID: ident.Bucket{1, 2}, Created: when, Account: "default", CreatedBy: "u", Region: "eu-west-1", Versioning: VersioningSuspended,
	}, bucket},
	{"bucket-1-lock", &Bucket{Name: "name", Versioning: VersioningEnabled, Lock: LockRule{Enabled: true, Mode: LockGovernance, Days: 30}}, bucket},
	{"bucket-1-lock-years", &Bucket{Name: "name", Lock: LockRule{Enabled: true, Mode: LockCompliance, Years: 7}}, bucket},
	{"bucket-1-mfa", &Bucket{Name: "name", Versioning: VersioningEnabled, MFADelete: MFADeleteEnabled}, bucket},
	{"bucket-1-least", &Bucket{Name: "name"}, bucket},
	{"bucket-1-quota", &Bucket{Name: "name", Quota: Quota{MaxBytes: new(int64), MaxObjects: &most}}, bucket},
	{"usage-1", &Usage{Objects: 1, Bytes: -2, Versions: 3, VersionBytes: -4, Markers: 5, Uploads: -6, UploadBytes: 1 << 60}, counters},
	{"upload-1-open", &Upload{
		Key: "key", ID: ident.Upload{9}, Started: when, Owner: "default", Initiator: "u", Headers: heads, Class: "GLACIER", Algorithm: checksum.CRC64NVME, Bytes: 77,
	}, upload},
	{"upload-1-completing", &Upload{
		Key: "key", ID: ident.Upload{9}, State: UploadCompleting, Started: when, Algorithm: checksum.SHA1, Composite: true, Explicit: true, Digest: []byte("d"), Epoch: 8,
	}, upload},
	{"upload-1-completed", &Upload{
		Key: "key", ID: ident.Upload{9}, State: UploadCompleted, Started: when, Digest: []byte("d"), Completed: 5, Due: when, Result: []byte{1, 8, 1},
	}, upload},
	{"upload-1-tags", &Upload{Key: "key", ID: ident.Upload{9}, Started: when, Tags: Tags{{"team", "blue"}}}, upload},
	{"upload-1-lock", &Upload{Key: "key", ID: ident.Upload{9}, Started: when, Lock: Lock{Mode: LockGovernance, Until: when.Truncate(time.Second)}}, upload},
	{"upload-1-redirect", &Upload{Key: "key", ID: ident.Upload{9}, Started: when, Redirect: "https://example.com/"}, upload},
	{"upload-1-acl", &Upload{Key: "key", ID: ident.Upload{9}, Started: when, ACL: &ACL{[]Grant{{Group: AuthenticatedUsers, Permission: ReadACP}}}}, upload},
	{"part-1", &Part{Number: 5, Blob: blob, Size: 5 << 30, MD5: [16]byte{3}, Checksum: sum, Modified: when}, part},
	{"part-1-inline", &Part{Number: 5, Blob: blob, Inline: true, MD5: [16]byte{3}}, part},
	{"manifest-1", &Manifest{Parts: []PartSize{{1, 5 << 20}, {7, 0}, {10000, 5 << 30}}}, manifest},
	{"user-1", &User{
		ID: "id", Account: "default", Name: "Somebody", Created: when, Disabled: true, Environment: true,
		Keys: []AccessKey{{ID: "AK", Sealed: []byte("sealed"), Created: when}, {ID: "BK"}}, Policies: []byte("[]"),
	}, user},
	{"user-1-named", &User{
		ID: "id", Account: "default", Name: "Somebody", Created: when, UserName: "ada", Path: "/team/", Grants: grants, Groups: []string{"AGPA1", "AGPA2"},
		Keys: []AccessKey{{ID: "AK", Off: true}}, Tags: Tags{{"team", "blue"}},
	}, user},
	{"user-1-times", &User{
		ID: "id", Account: "default", Name: "Somebody", ValidFrom: when, ValidUntil: when.Add(time.Hour), Keys: []AccessKey{{ID: "AK", Expires: when}},
	}, user},
	{"user-1-password", &User{
		ID: "id", Account: "default", Name: "Somebody", Password: &Password{Sealed: []byte("sealed"), Created: when, MustChange: true},
		Console: AccessKey{ID: "console~1", Sealed: []byte("sealed"), Created: when},
	}, user},
	{"user-1-login", &User{
		ID: "id", Account: "default", Name: "Somebody", UserName: "ada", Groups: []string{"AGPA1"},
		Login: ProviderLogin{Issuer: "https://id.example", Subject: "7", Groups: []string{"AGPA1"}, Policies: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}},
	}, user},
	{"user-1-devices", &User{
		ID: "id", Account: "default", Name: "Somebody",
		Devices: []Device{{Name: "phone", Sealed: []byte("sealed"), Enabled: when, Last: 58823529, Skew: -3}, {Name: "token"}},
	}, user},
	{"device-1", &Device{Name: "phone", Sealed: []byte("sealed")}, device},
	{"group-1", &UserGroup{ID: "AGPA1", Account: "default", Name: "Admins", Path: "/x/", Created: when, Grants: grants}, userGroup},
	{"role-1", &Role{
		ID: "AROA1", Account: "default", Name: "Reader", Path: "/x/", Created: when, Description: "reads", Trust: []byte("{}"), MaxSession: time.Hour,
		Grants: grants, Tags: Tags{{"team", "blue"}}, Revoked: when,
	}, role},
	{"policy-1", &ManagedPolicy{
		ID: "ANPA1", Account: "default", Name: "Reads", Path: "/x/", Created: when, Updated: when, Description: "reads",
		Versions: []PolicyVersion{{1, []byte("{}"), when}, {3, []byte("[]"), when}}, Default: 3, Last: 4, Tags: Tags{{"team", "blue"}},
	}, managedPolicy},
	{"oidc-provider-1", &OIDCProvider{
		ID: "AOIP1", Account: "default", URL: "id.example/realms/A", Created: when, ClientIDs: []string{"a", "b"}, Thumbprints: []string{"c0"}, Tags: Tags{{"team", "blue"}},
	}, oidcProvider},
	{"tags-1", &Tags{{Name: "team", Value: "blue"}, {Name: "empty"}}, tags},
	{"cors-1", &CORS{Rules: []CORSRule{
		{ID: "all", Origins: []string{"https://*.example.com", "*"}, Methods: []string{"GET", "PUT"}, AllowHeaders: []string{"*"}, ExposeHeaders: []string{"ETag"}, MaxAge: new(int32)},
		{Origins: []string{""}, Methods: []string{"HEAD"}},
	}}, cors},
	{"website-1", &Website{Index: "index.html", Error: "error.html", Rules: []SiteRule{
		{Conditional: true, Prefix: "docs/", Status: "404", To: SiteHost{Host: "example.com", Protocol: "https"}, Code: "302", Replace: ReplacePrefix, With: "documents/"},
		{Replace: ReplaceKey},
	}}, site},
	{"website-1-all", &Website{All: &SiteHost{Host: "example.com"}}, site},
	{"acceleration-1", &Acceleration{Status: "Suspended"}, speed},
	{"lifecycle-1", &Lifecycle{VariesByClass: true, Rules: []LifecycleRule{
		{ID: "all", Form: FilterPrefix, Expire: ExpireMarkers, NoncurrentDays: 1, NoncurrentKeep: 100, AbortDays: 7},
		{
			ID: "narrow", Disabled: true, Form: FilterAnd | FilterPrefix, Prefix: "logs/", Tags: Tags{{Name: "team", Value: "blue"}, {Name: "empty"}},
			SizeAbove: new(int64), SizeBelow: &sizeBelow, Expire: ExpireAfter, ExpireDays: 365,
		},
		{ID: "old", Form: FilterLegacy, Expire: ExpireOn, ExpireDate: when},
	}}, rules},
	{"walk-1", &LifecycleWalk{
		Started: when, Ended: when, Bucket: "name", ID: ident.Bucket{1, 2}, Phase: WalkUploads, Prefix: "a", Key: "a/b", Order: 7, Newer: 3, Upload: ident.Upload{9},
		Run: LifecycleRun{Started: when, Ended: when, Expired: Tally{1, 2}, Removed: Tally{3, 4}, Markers: Tally{5, 0}, Uploads: Tally{6, 7}, Kept: Tally{8, 9}},
	}, walk},
	{"walk-1-least", &LifecycleWalk{}, walk},
	{"history-1", &LifecycleHistory{{Started: when, Removed: Tally{3, 4}}, {}}, history},
	{"lease-1", &Lease{Token: 3, Epoch: 4, Beat: 5}, lease},
	{"lifecycle-1-least", &Lifecycle{Rules: []LifecycleRule{{}}}, rules},
	{"bucket-policy-1", &BucketPolicy{Text: []byte("{}")}, bucketPolicy},
	{"public-access-block-1", &PublicAccessBlock{BlockACLs: true, IgnoreACLs: true, BlockPolicy: true, RestrictBuckets: true}, publicAccessBlock},
	{"public-access-block-1-none", &PublicAccessBlock{}, publicAccessBlock},
	{"acl-1", &ACL{[]Grant{{Account: "123456789012", Permission: WriteACP}, {Group: LogDelivery, Permission: Write}}}, acl},
	{"ownership-1", &enforced, owning},
	{"account-1", &Account{ID: "123456789012", Name: "team", DisplayName: "The team", Created: when}, account},
	{"iam-1", &IAMState{FileState{7, Projection{6, []byte{1}}, Projection{7, []byte{2}}, []byte{3}, nil}, "k1"}, iam},
	{"iam-1-taken", &IAMState{FileState{Taken: []byte{4}}, "k1"}, iam},
	{"key-use-1", &KeyUse{when, "s3", "us-east-1"}, keyUse},
	{"policies-1", &FileState{7, Projection{6, []byte{1}}, Projection{7, []byte{2}}, []byte{3}, []byte{4}}, policies},
	{"epoch-1-live", &Epoch{Number: 3, State: EpochLive, Started: when}, epoch},
	{"epoch-1-fenced", &Epoch{Number: 3, State: EpochFenced, Started: when, Swept: blob}, epoch},
	{"waste-1-blob", wasteRow{kind: WasteBlob}, waste},
	{"waste-1-inline", wasteRow{kind: WasteInline}, waste},
	{"waste-1-upload", wasteRow{kind: WasteUpload}, waste},
	{"waste-1-bucket", wasteRow{kind: WasteBucket}, waste},
	{"waste-1-parts", wasteRow{kind: WasteParts}, waste},
	{"waste-1-row", wasteRow{kind: WasteRow, row: "u/x"}, waste},
	{"number-1", one(1 << 40), number},
	{"number-1-zero", one(0), number},
}

// TestRoundTrips encodes and decodes every record.
func TestRoundTrips(t *testing.T) {
	for _, s := range samples {
		got, err := s.decode(s.record.Encode())
		require.NoError(t, err, s.name)
		require.Equal(t, s.record, got, s.name)
	}
}

const goldenDir = "testdata/records"

// TestGolden decodes the bytes of every format that was ever committed, and holds today's encoder to those of today's formats. A change that
// makes it fail needs a new format byte, a new file, and a decoder that migrates the old one.
func TestGolden(t *testing.T) {
	known := map[string]bool{}
	for _, s := range samples {
		known[s.name+".hex"] = true
		path := filepath.Join(goldenDir, s.name+".hex")
		if *update {
			require.NoError(t, os.MkdirAll(goldenDir, 0o755))
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if !os.IsExist(err) {
				require.NoError(t, err)
				_, err = fmt.Fprintln(f, hex.EncodeToString(s.record.Encode()))
				require.NoError(t, err)
				require.NoError(t, f.Close())
			}
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err, "a format without its bytes: run with -update")
		raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
		require.NoError(t, err)
		got, err := s.decode(raw)
		require.NoError(t, err, s.name)
		require.Equal(t, s.record, got, s.name)
		require.Equal(t, hex.EncodeToString(raw), hex.EncodeToString(s.record.Encode()), s.name)
	}
	files, err := os.ReadDir(goldenDir)
	require.NoError(t, err)
	for _, f := range files {
		require.True(t, known[f.Name()], "no test decodes %s any more", f.Name())
	}
}

// TestCorrupt holds that bytes which no encoder wrote are refused: other formats, unknown fields, cut-off and overlong ones.
func TestCorrupt(t *testing.T) {
	for _, s := range samples {
		raw := s.record.Encode()
		_, err := s.decode(nil)
		require.ErrorIs(t, err, ErrCorrupt, s.name)
		other := bytes.Clone(raw)
		other[0] = 99
		_, err = s.decode(other)
		require.ErrorIs(t, err, ErrCorrupt, s.name)
		if strings.HasPrefix(s.name, "waste") {
			continue
		}
		_, err = s.decode(append(bytes.Clone(raw), 0xfa, 0x3e, 1, 1)) // field 1007
		require.ErrorIs(t, err, ErrCorrupt, s.name)
		_, err = s.decode(append(bytes.Clone(raw), 0x0d, 1, 2, 3, 4)) // a wire type that nobody writes
		require.ErrorIs(t, err, ErrCorrupt, s.name)
		_, err = s.decode(append(bytes.Clone(raw), 0x0a, 200, 1)) // bytes that are not there
		require.ErrorIs(t, err, ErrCorrupt, s.name)
	}
	for _, raw := range [][]byte{{1}, {1, 0}, {1, 99}, {1, byte(WasteRow)}, {1, byte(WasteBlob), 1}} {
		_, _, err := DecodeWaste(raw)
		require.ErrorIs(t, err, ErrCorrupt)
	}
	for _, state := range []byte{0, 3} {
		_, err := DecodeEpoch(1, []byte{1, 8, state})
		require.ErrorIs(t, err, ErrCorrupt)
	}
}

// FuzzDecode feeds every decoder: none panics, and what is accepted can be written and read again, and stays as it then is.
func FuzzDecode(f *testing.F) {
	decoders := []func([]byte) (any, error){version, upload, bucket, part, user, epoch, manifest, counters, waste, number, iam, account, tags, rules, cors, site, speed, bucketPolicy, publicAccessBlock, acl, owning}
	for i, s := range samples {
		f.Add(uint8(i), s.record.Encode())
	}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		decode := decoders[int(which)%len(decoders)]
		got, err := decode(raw)
		if err != nil {
			return
		}
		written := got.(record).Encode()
		again, err := decode(written)
		require.NoError(t, err, "%x", raw)
		require.Equal(t, written, again.(record).Encode())
	})
}
