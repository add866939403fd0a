package admin

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
)

// Bounds of what one call looks at.
const (
	searchRows = 20_000
	searchTime = 250 * time.Millisecond
	countRows  = 10_000
	countTime  = 100 * time.Millisecond
	step       = 1000 // keys of one page of the store
)

const standard = "STANDARD"

func (in *listObjectsInput) needs() []need {
	return []need{onListing("s3:ListBucket", in.Bucket, in.Prefix, in.Delimiter, in.Limit)}
}

func (in *searchInput) needs() []need {
	return []need{onListing("s3:ListBucket", in.Bucket, in.Prefix, "", step)}
}

func (in *objectInput) needs() []need {
	return []need{onVersion("s3:GetObject", in.Bucket, in.Key, in.VersionID)}
}

func (in *deleteObjectInput) needs() []need {
	return []need{onVersion("s3:DeleteObject", in.Bucket, in.Key, in.VersionID)}
}

func (in *versionsInput) needs() []need {
	prefix := in.Prefix
	if in.Key != "" {
		prefix = in.Key
	}
	return []need{onListing("s3:ListBucketVersions", in.Bucket, prefix, "", in.Limit)}
}

func entry(v *meta.Version, prefix string) Entry {
	return Entry{
		Key: v.Key, Name: strings.TrimPrefix(v.Key, prefix), Size: v.Size, Modified: v.Modified(), ETag: v.ETag(),
		ContentType: contentType(v), StorageClass: storageClass(v),
	}
}

func contentType(v *meta.Version) string {
	if t := v.Headers.ContentType; t != "" {
		return t
	}
	return "binary/octet-stream"
}

func storageClass(v *meta.Version) string {
	if v.Class == "" {
		return standard
	}
	return v.Class
}

func (a *API) listObjects(ctx context.Context, c *call, in *listObjectsInput) (*output[ObjectList], error) {
	from, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	b := c.buckets[in.Bucket]
	ask := object.Listing{Bucket: b, Prefix: in.Prefix, Delimiter: in.Delimiter, After: from.Name, Max: in.Limit}
	page, err := a.Objects.List(ctx, ask)
	if err != nil {
		return nil, err
	}
	out := ObjectList{
		Bucket: b.Name, Prefix: in.Prefix, Delimiter: in.Delimiter, Folders: []Folder{}, Objects: []Entry{},
		Permissions: a.permissionsOn(c, b, in.Prefix, page.Objects, bucketActions, keyActions),
	}
	for _, p := range page.Prefixes {
		name := strings.TrimSuffix(strings.TrimPrefix(p, in.Prefix), in.Delimiter)
		out.Folders = append(out.Folders, Folder{Prefix: p, Name: name})
	}
	for _, v := range page.Objects {
		out.Objects = append(out.Objects, entry(v, in.Prefix))
	}
	if page.Truncated {
		out.Cursor = cursor{Name: page.Next}.String()
	}
	if in.Count {
		total, exact, err := a.count(ctx, ask)
		if err != nil {
			return nil, err
		}
		out.Total, out.TotalExact = &total, exact
	}
	return answer(out), nil
}

// count counts the entries of a listing, for a moment.
func (a *API) count(ctx context.Context, ask object.Listing) (total int64, exact bool, err error) {
	start := a.Clock.Now()
	ask.After, ask.Max = "", step
	for {
		page, err := a.Objects.List(ctx, ask)
		if err != nil {
			return 0, false, err
		}
		total += int64(len(page.Objects) + len(page.Prefixes))
		if !page.Truncated {
			return total, true, nil
		}
		if total >= countRows || a.Clock.Since(start) > countTime {
			return total, false, nil
		}
		ask.After = page.Next
	}
}

// searchObjects walks keys below the prefix in order, until the page is full, or the bound of rows or of time is reached.
func (a *API) searchObjects(ctx context.Context, c *call, in *searchInput) (*output[SearchPage], error) {
	from, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	start := a.Clock.Now()
	want := strings.ToLower(in.Query)
	out := SearchPage{Objects: []Entry{}}
	ask := object.Listing{Bucket: c.buckets[in.Bucket], Prefix: in.Prefix, After: from.Name, Max: step}
	for {
		page, err := a.Objects.List(ctx, ask)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Objects {
			out.Scanned++
			ask.After = v.Key
			if !strings.Contains(strings.ToLower(v.Key[len(in.Prefix):]), want) {
				continue
			}
			out.Objects = append(out.Objects, entry(v, in.Prefix))
			if len(out.Objects) == in.Limit {
				out.Cursor = cursor{Name: v.Key}.String()
				return answer(out), nil
			}
		}
		if !page.Truncated {
			return answer(out), nil
		}
		if out.Scanned >= searchRows || a.Clock.Since(start) > searchTime {
			out.Cursor = cursor{Name: ask.After}.String()
			return answer(out), nil
		}
	}
}

func (a *API) getObject(ctx context.Context, c *call, in *objectInput) (*output[Object], error) {
	b := c.buckets[in.Bucket]
	got, err := a.Objects.Get(ctx, object.GetInput{Bucket: b, Key: in.Key, VersionID: in.VersionID, HeadOnly: true})
	if err != nil {
		return nil, a.hideMissing(c, b, in.VersionID, err)
	}
	v := got.Version
	if err := c.pass(ctx, v); err != nil {
		return nil, err
	}
	h := v.Headers
	out := Object{
		Bucket: b.Name, Key: v.Key, VersionID: got.VersionID, Latest: got.Current, Size: v.Size, Modified: v.Modified(), ETag: v.ETag(),
		Parts: v.Parts, StorageClass: storageClass(v), Owner: v.Owner, ContentType: contentType(v), CacheControl: h.CacheControl,
		ContentDisposition: h.ContentDisposition, ContentEncoding: h.ContentEncoding, ContentLanguage: h.ContentLanguage, Expires: h.Expires,
		Metadata: []MetadataPair{}, Checksums: []ObjectChecksum{}, Permissions: a.permissionsOf(c, b, v, in.VersionID, keyActions, lockActions),
	}
	for _, p := range h.Metadata {
		out.Metadata = append(out.Metadata, MetadataPair(p))
	}
	if sum := v.Checksum; len(sum.Value) > 0 {
		kind := "FULL_OBJECT"
		if sum.Composite {
			kind = "COMPOSITE"
		}
		out.Checksums = append(out.Checksums, ObjectChecksum{sum.Algorithm.String(), kind, base64.StdEncoding.EncodeToString(sum.Value)})
	}
	a.setLock(c, b, v, in.VersionID, &out)
	return answer(out), nil
}

func (a *API) listVersions(ctx context.Context, c *call, in *versionsInput) (*output[VersionList], error) {
	from, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	prefix := in.Prefix
	if in.Key != "" {
		prefix = in.Key
	}
	page, err := a.Objects.ListVersions(ctx, object.VersionListing{
		Bucket: c.buckets[in.Bucket], Prefix: prefix, KeyMarker: from.Name, VersionMarker: from.More, Max: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := VersionList{Versions: []VersionEntry{}}
	if page.Truncated {
		out.Cursor = cursor{Name: page.NextKey, More: page.NextVersion}.String()
	}
	for _, v := range page.Versions {
		// The key itself is the first of all keys that begin with it.
		if in.Key != "" && v.Key != in.Key {
			out.Cursor = ""
			break
		}
		e := VersionEntry{Key: v.Key, VersionID: v.ID(), Latest: v.Latest, DeleteMarker: v.Marker, Modified: v.Modified()}
		if !v.Marker {
			e.Size, e.ETag, e.StorageClass = v.Size, v.ETag(), storageClass(v.Version)
		}
		out.Versions = append(out.Versions, e)
	}
	return answer(out), nil
}

func (a *API) deleteObject(ctx context.Context, c *call, in *deleteObjectInput) (*output[Deleted], error) {
	b := c.buckets[in.Bucket]
	got, err := a.Objects.Delete(ctx, object.DeleteInput{Bucket: b, Key: in.Key, VersionID: in.VersionID, Caller: callerOf(c.id)})
	if err != nil {
		return nil, a.hideMissing(c, b, in.VersionID, err)
	}
	return answer(Deleted{Key: in.Key, VersionID: got.VersionID, DeleteMarker: got.Marker}), nil
}

// callerOf is who the records of a delete name.
func callerOf(id *iam.Identity) object.Caller {
	return object.Caller{Account: id.Account, User: id.UserID}
}

func stored(b *meta.Bucket, w object.Written) Stored {
	v := w.Version
	return Stored{Bucket: b.Name, Key: v.Key, VersionID: w.VersionID, ETag: v.ETag(), Size: v.Size, Modified: v.Modified()}
}

func (in *copyInput) target() string {
	if in.Body.TargetBucket != "" {
		return in.Body.TargetBucket
	}
	return in.Bucket
}

func (in *copyInput) needs() []need {
	return onCopy(in.Bucket, in.Body.Key, in.Body.VersionID, in.target(), in.Body.TargetKey, !in.Body.Overwrite)
}

func (a *API) copyObject(ctx context.Context, c *call, in *copyInput) (*output[Stored], error) {
	_, w, err := a.copyOne(ctx, copying{
		who: c.who, guard: c.guard, from: c.buckets[in.Bucket], key: in.Body.Key, version: in.Body.VersionID,
		to: c.buckets[in.target()], target: in.Body.TargetKey, overwrite: in.Body.Overwrite,
	})
	if err != nil {
		return nil, a.hideMissing(c, c.buckets[in.Bucket], in.Body.VersionID, err)
	}
	return answer(stored(c.buckets[in.target()], w)), nil
}

// copying is one copy or move.
type copying struct {
	who                  *access.Asker
	guard                *access.Guard // of the source
	from, to             *meta.Bucket
	key, version, target string
	overwrite            bool
}

// copyOne copies all that belongs to the object, and returns what it copied. The copy of an object onto itself would only make one version
// more, and is refused.
func (a *API) copyOne(ctx context.Context, in copying) (*meta.Version, object.Written, error) {
	const op = "admin.copy"
	if in.from.ID == in.to.ID && in.key == in.target && in.version == "" {
		return nil, object.Written{}, fault.New(op, fault.InvalidRequest, "Source and target are the same.")
	}
	source := object.GetInput{Bucket: in.from, Key: in.key, VersionID: in.version}
	head := source
	head.HeadOnly = true
	got, err := a.Objects.Get(ctx, head)
	if err != nil {
		return nil, object.Written{}, err
	}
	v := got.Version
	if err := in.permitted(ctx, v); err != nil {
		return nil, object.Written{}, err
	}
	source.If.IfMatch = quoted(v.ETag())
	if in.guard.One() {
		source.Seen = v.Order
	}
	who, _, err := in.who.Writer(ctx, in.to)
	if err != nil {
		return nil, object.Written{}, err
	}
	w, err := a.Objects.Copy(ctx, object.CopyInput{
		Source: source, Target: in.to, Key: in.target, Caller: who, Class: v.Class, Tags: v.Tags, ReplaceTags: true,
		If: object.WriteConditions{IfNoneMatch: !in.overwrite},
	})
	return v, w, err
}

// permitted refuses what may not be copied: the version to those who may not read it, and its tags to those who may not read them there or set
// them here.
func (in *copying) permitted(ctx context.Context, v *meta.Version) error {
	if err := in.guard.Pass(ctx, in.who, v); err != nil || len(v.Tags) == 0 {
		return err
	}
	read := in.guard.Ask
	read.Action = "s3:GetObjectTagging"
	if in.version != "" {
		read.Action = "s3:GetObjectVersionTagging"
	}
	for _, q := range []access.Ask{read, {Action: "s3:PutObjectTagging", Bucket: in.to, Key: in.target, New: true}} {
		d, err := in.who.Decide(ctx, &q)
		if err != nil {
			return err
		}
		if !d.Allowed {
			return &access.Refusal{Action: q.Action, Decision: d}
		}
	}
	return nil
}

// moveOne copies and then deletes the source, if it still is what was copied.
//
// A crash between the two leaves both; nothing is lost. Where somebody wrote the source anew in the meantime it stays, and the move says so.
func (a *API) moveOne(ctx context.Context, in copying) (object.Written, error) {
	was, w, err := a.copyOne(ctx, in)
	if err != nil {
		return w, err
	}
	modified := was.Modified()
	_, err = a.Objects.Delete(ctx, object.DeleteInput{
		Bucket: in.from, Key: in.key, Caller: callerOf(in.who.ID), If: object.WriteConditions{IfMatch: was.ETag(), IfMatchModified: &modified},
	})
	if fault.Is(err, fault.PreconditionFailed) || fault.Is(err, fault.NoSuchKey) {
		return w, fault.New("admin.move", fault.Conflict, "The object was copied, but its source changed meanwhile and was left where it is.")
	}
	return w, err
}

func moveNeeds(bucket, key, targetBucket, targetKey string, overwrite bool) []need {
	return append(onCopy(bucket, key, "", targetBucket, targetKey, !overwrite), onObject("s3:DeleteObject", bucket, key))
}

func (in *moveInput) target() string {
	if in.Body.TargetBucket != "" {
		return in.Body.TargetBucket
	}
	return in.Bucket
}

func (in *moveInput) needs() []need {
	return moveNeeds(in.Bucket, in.Body.Key, in.target(), in.Body.TargetKey, in.Body.Overwrite)
}

func (a *API) moveObject(ctx context.Context, c *call, in *moveInput) (*output[Stored], error) {
	return a.move(ctx, c, copying{
		who: c.who, guard: c.guard, from: c.buckets[in.Bucket], key: in.Body.Key, to: c.buckets[in.target()], target: in.Body.TargetKey, overwrite: in.Body.Overwrite,
	})
}

func (a *API) move(ctx context.Context, c *call, in copying) (*output[Stored], error) {
	w, err := a.moveOne(ctx, in)
	if err != nil {
		return nil, a.hideMissing(c, in.from, "", err)
	}
	return answer(stored(in.to, w)), nil
}

// target is the key with another last segment; that of a folder's marker keeps its slash.
func (in *renameInput) target() string {
	key, slash := strings.CutSuffix(in.Body.Key, "/")
	out := key[:strings.LastIndexByte(key, '/')+1] + in.Body.Name
	if slash {
		out += "/"
	}
	return out
}

func (in *renameInput) needs() []need {
	return moveNeeds(in.Bucket, in.Body.Key, in.Bucket, in.target(), in.Body.Overwrite)
}

func (a *API) renameObject(ctx context.Context, c *call, in *renameInput) (*output[Stored], error) {
	if strings.Contains(in.Body.Name, "/") {
		return nil, fault.New("admin.renameObject", fault.InvalidArgument, "A name has no slash. To put the object elsewhere, move it.")
	}
	b := c.buckets[in.Bucket]
	return a.move(ctx, c, copying{who: c.who, guard: c.guard, from: b, key: in.Body.Key, to: b, target: in.target(), overwrite: in.Body.Overwrite})
}

func (in *folderInput) key() string { return strings.TrimSuffix(in.Body.Prefix, "/") + "/" }

func (in *folderInput) needs() []need {
	return []need{onObject("s3:PutObject", in.Bucket, in.key(), creating(true)...)}
}

func (a *API) createFolder(ctx context.Context, c *call, in *folderInput) (*output[Stored], error) {
	if in.key() == "/" {
		return nil, fault.New("admin.createFolder", fault.InvalidArgument, "A folder needs a name.")
	}
	b := c.buckets[in.Bucket]
	who, _, err := c.who.Writer(ctx, b)
	if err != nil {
		return nil, err
	}
	w, err := a.Objects.Put(ctx, object.PutInput{
		Bucket: b, Key: in.key(), Caller: who, Body: strings.NewReader(""), Headers: meta.Headers{ContentType: "application/x-directory"},
		If: object.WriteConditions{IfNoneMatch: true},
	})
	if err != nil {
		return nil, err
	}
	return answer(stored(b, w)), nil
}
