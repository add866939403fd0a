package admin

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/access"
	"github.com/myfsio/myfsio/backend/internal/bucket"
	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const (
	bucketStep = 500    // records of one View
	maxSorted  = 10_000 // buckets that are sorted by anything but their names in ascending order
)

func (in *createBucketInput) needs() []need {
	list := []need{{action: "s3:CreateBucket", bucket: in.Body.Name}}
	if in.Body.Versioning || in.Body.ObjectLock {
		list = append(list, need{action: "s3:PutBucketVersioning", bucket: in.Body.Name})
	}
	if in.Body.ObjectLock {
		list = append(list, need{action: "s3:PutBucketObjectLockConfiguration", bucket: in.Body.Name})
	}
	return list
}

func (in *getBucketInput) needs() []need {
	return []need{onListing("s3:ListBucket", in.Bucket, "", "/", 0)}
}

func (in *deleteBucketInput) needs() []need {
	return []need{{action: "s3:DeleteBucket", bucket: in.Bucket}}
}

func (in *getVersioningInput) needs() []need {
	return []need{{action: "s3:GetBucketVersioning", bucket: in.Bucket}}
}

func (in *setVersioningInput) needs() []need {
	return []need{{action: "s3:PutBucketVersioning", bucket: in.Bucket}}
}

func (in *getQuotaInput) needs() []need {
	return []need{{action: "myfsio:GetBucketQuota", bucket: in.Bucket}}
}

func (in *setQuotaInput) needs() []need {
	return []need{{action: "myfsio:PutBucketQuota", bucket: in.Bucket}}
}

func bucketPage(after string) bucket.ListInput {
	return bucket.ListInput{After: after, Max: bucketStep}
}

// visible calls fn for every bucket that matches the search and that a listing shows the caller, in order of name.
func (a *API) visible(ctx context.Context, c *call, search string, fn func(*meta.Bucket)) error {
	search = strings.ToLower(search)
	who := a.asks(c)
	after := ""
	for {
		page, more, err := a.Buckets.List(ctx, bucketPage(after))
		if err != nil {
			return err
		}
		for _, b := range page {
			after = b.Name
			if !strings.Contains(b.Name, search) {
				continue
			}
			lists, err := who.Lists(ctx, b)
			if err != nil {
				return err
			}
			if lists {
				fn(b)
			}
		}
		if !more {
			return nil
		}
	}
}

// sorted is a bucket with the value of the column.
type sorted struct {
	b     *meta.Bucket
	value int64
	usage meta.Usage
	known bool
}

func (a *API) listBuckets(ctx context.Context, c *call, in *listBucketsInput) (*output[BucketList], error) {
	from, err := parseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	out := BucketList{Buckets: []Bucket{}}
	var page []sorted
	if in.Sort == "name" && in.Order == "asc" {
		page, err = a.bucketsByName(ctx, c, in, from.Name, &out)
	} else {
		page, err = a.bucketsSorted(ctx, c, in, from, &out)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range page {
		b, err := a.describeBucket(ctx, c, s)
		if err != nil {
			return nil, err
		}
		out.Buckets = append(out.Buckets, b)
	}
	return answer(out), nil
}

// bucketsByName takes the page out of the walk and only counts the rest.
func (a *API) bucketsByName(ctx context.Context, c *call, in *listBucketsInput, after string, out *BucketList) (page []sorted, err error) {
	err = a.visible(ctx, c, in.Search, func(b *meta.Bucket) {
		out.Total++
		switch {
		case b.Name <= after:
		case len(page) < in.Limit:
			page = append(page, sorted{b: b})
		case out.Cursor == "":
			out.Cursor = cursor{Name: page[len(page)-1].b.Name}.String()
		}
	})
	return page, err
}

// bucketsSorted sorts all that match, up to a bound.
func (a *API) bucketsSorted(ctx context.Context, c *call, in *listBucketsInput, from cursor, out *BucketList) ([]sorted, error) {
	var all []sorted
	err := a.visible(ctx, c, in.Search, func(b *meta.Bucket) {
		if out.Total++; len(all) < maxSorted {
			all = append(all, sorted{b: b})
		}
	})
	if err != nil {
		return nil, err
	}
	if out.Total > maxSorted {
		return nil, fault.New("admin.listBuckets", fault.InvalidRequest, "There are too many buckets to sort like this. Sort by name, or search for fewer.")
	}
	for i := range all {
		s := &all[i]
		switch in.Sort {
		case "created":
			s.value = s.b.Created.UnixNano()
		case "objects", "bytes":
			if s.usage, err = a.Buckets.Usage(ctx, s.b); err != nil {
				return nil, err
			}
			s.known = true
			if s.value = s.usage.Objects; in.Sort == "bytes" {
				s.value = s.usage.Bytes
			}
		}
	}
	order := func(x, y sorted) int {
		way := cmp.Or(cmp.Compare(x.value, y.value), cmp.Compare(x.b.Name, y.b.Name))
		if in.Order == "desc" {
			return -way
		}
		return way
	}
	slices.SortFunc(all, order)
	if from.Name != "" {
		last := sorted{b: &meta.Bucket{Name: from.Name}, value: from.Value}
		i, found := slices.BinarySearchFunc(all, last, order)
		if found {
			i++
		}
		all = all[i:]
	}
	if len(all) > in.Limit {
		all = all[:in.Limit]
		last := all[len(all)-1]
		out.Cursor = cursor{Value: last.value, Name: last.b.Name}.String()
	}
	return all, nil
}

// describeBucket is a bucket as the console shows it.
func (a *API) describeBucket(ctx context.Context, c *call, s sorted) (Bucket, error) {
	b := s.b
	if !s.known {
		var err error
		if s.usage, err = a.Buckets.Usage(ctx, b); err != nil {
			return Bucket{}, err
		}
	}
	owner, err := a.IAM.AccountName(ctx, b.Account)
	if err != nil {
		return Bucket{}, err
	}
	region := b.Region
	if region == "" {
		region = a.Config.Region
	}
	openness, err := a.openness(ctx, b)
	if err != nil {
		return Bucket{}, err
	}
	u := s.usage
	return Bucket{
		Name: b.Name, Created: b.Created, Region: region, Owner: owner, Versioning: versioningName(b.Versioning), ObjectLock: b.Lock.Enabled, Access: openness,
		Objects: u.Objects, Bytes: u.Bytes, Versions: u.Versions, VersionBytes: u.VersionBytes, Markers: u.Markers, Uploads: u.Uploads,
		UploadBytes: u.UploadBytes, Permissions: a.permissionsOn(c, b, "", nil, bucketActions, keyActions),
	}, nil
}

// openness tells whether the bucket is open to the public: by a policy that S3 calls public, by its access control list, or so that nobody in
// particular may list it or read from it.
func (a *API) openness(ctx context.Context, b *meta.Bucket) (string, error) {
	rules, err := a.Buckets.Rules(ctx, b)
	if err != nil {
		return "", err
	}
	if rules.Public && !rules.Restricted {
		return "public", nil
	}
	acl, ignore, err := a.Buckets.ACLOf(ctx, b)
	if err != nil {
		return "", err
	}
	if acl.Public() && !ignore {
		return "public", nil
	}
	nobody := a.asker(iam.Anonymous, "", access.Circumstances{Time: a.Clock.Now(), Region: a.Config.Region})
	for _, n := range []need{onListing("s3:ListBucket", b.Name, "", "", 1), {action: "s3:GetObject", bucket: b.Name, key: "*"}} {
		q := n.ask(b)
		d, err := nobody.Decide(ctx, &q)
		if err != nil {
			return "", err
		}
		if d.Allowed {
			return "public", nil
		}
	}
	return "private", nil
}

func versioningName(v meta.Versioning) string {
	if v == meta.VersioningOff {
		return "Off"
	}
	return v.String()
}

func (a *API) createBucket(ctx context.Context, c *call, in *createBucketInput) (*output[Bucket], error) {
	b, err := a.Buckets.Create(ctx, bucket.CreateInput{Name: in.Body.Name, Account: c.id.Account, User: c.id.UserID, Lock: in.Body.ObjectLock})
	if err != nil {
		return nil, err
	}
	if in.Body.Versioning && b.Versioning != meta.VersioningEnabled {
		// A crash before this leaves a bucket without versioning, which the console shows.
		if b, err = a.Buckets.SetVersioning(ctx, b.Name, bucket.VersioningChange{To: meta.VersioningEnabled}); err != nil {
			return nil, err
		}
	}
	out, err := a.describeBucket(ctx, c, sorted{b: b})
	if err != nil {
		return nil, err
	}
	return answer(out), nil
}

func (a *API) getBucket(ctx context.Context, c *call, in *getBucketInput) (*output[Bucket], error) {
	out, err := a.describeBucket(ctx, c, sorted{b: c.buckets[in.Bucket]})
	if err != nil {
		return nil, err
	}
	return answer(out), nil
}

func (a *API) deleteBucket(ctx context.Context, _ *call, in *deleteBucketInput) (*noBody, error) {
	return &noBody{}, a.Buckets.Delete(ctx, in.Bucket)
}

func (a *API) getVersioning(_ context.Context, c *call, in *getVersioningInput) (*output[Versioning], error) {
	return answer(versioningOf(c.buckets[in.Bucket])), nil
}

func versioningOf(b *meta.Bucket) Versioning {
	return Versioning{versioningName(b.Versioning), b.MFADelete == meta.MFADeleteEnabled}
}

func (a *API) setVersioning(ctx context.Context, _ *call, in *setVersioningInput) (*output[Versioning], error) {
	to := meta.VersioningEnabled
	if in.Body.Versioning == "Suspended" {
		to = meta.VersioningSuspended
	}
	b, err := a.Buckets.SetVersioning(ctx, in.Bucket, bucket.VersioningChange{To: to})
	if err != nil {
		return nil, err
	}
	return answer(versioningOf(b)), nil
}

func (a *API) getQuota(ctx context.Context, c *call, in *getQuotaInput) (*output[Quota], error) {
	return a.quotaOf(ctx, c.buckets[in.Bucket])
}

func (a *API) setQuota(ctx context.Context, _ *call, in *setQuotaInput) (*output[Quota], error) {
	b, err := a.Buckets.SetQuota(ctx, in.Bucket, meta.Quota(in.Body))
	if err != nil {
		return nil, err
	}
	return a.quotaOf(ctx, b)
}

func (a *API) quotaOf(ctx context.Context, b *meta.Bucket) (*output[Quota], error) {
	u, err := a.Buckets.Usage(ctx, b)
	if err != nil {
		return nil, err
	}
	return answer(Quota{QuotaLimits(b.Quota), u.VersionBytes, u.Versions}), nil
}
