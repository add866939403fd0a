package admin

import (
	"context"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/lifecycle"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

// Tally is a number of things and of their bytes.
type Tally struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

// LifecycleCounts is what lifecycle rules did or would do.
type LifecycleCounts struct {
	Expired Tally `json:"expired" doc:"Current versions"`
	Removed Tally `json:"removed" doc:"Noncurrent versions"`
	Markers int64 `json:"markers" doc:"Delete markers with no version below them"`
	Uploads Tally `json:"uploads" doc:"Uploads that were not completed"`
	Kept    Tally `json:"kept" doc:"What was due and stayed: protected, or changed meanwhile"`
}

// LifecycleRun is one round of the lifecycle rules through a bucket.
type LifecycleRun struct {
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	LifecycleCounts
}

// LifecycleHistory is the latest rounds, newest first.
type LifecycleHistory struct {
	Runs     []LifecycleRun `json:"runs" maxItems:"100"`
	Enabled  bool           `json:"enabled" doc:"Whether this server carries out rules"`
	Interval int64          `json:"interval" doc:"Seconds from the start of one round to the start of the next"`
}

// LifecycleTag is a tag that objects must have.
type LifecycleTag struct {
	Key   string `json:"key" minLength:"1" maxLength:"128"`
	Value string `json:"value" maxLength:"256"`
}

// LifecycleRule is an enabled lifecycle rule. What is absent is no condition, or not done.
type LifecycleRule struct {
	ID                      string         `json:"id" maxLength:"255"`
	Prefix                  string         `json:"prefix,omitempty" maxLength:"1024"`
	Tags                    []LifecycleTag `json:"tags,omitempty"`
	SizeGreaterThan         *int64         `json:"sizeGreaterThan,omitempty" minimum:"0" doc:"Bytes"`
	SizeLessThan            *int64         `json:"sizeLessThan,omitempty" minimum:"1" doc:"Bytes"`
	ExpireDays              int64          `json:"expireDays,omitempty" minimum:"1" maximum:"2147483647" doc:"Current versions expire so many days after they were made"`
	ExpireDate              *time.Time     `json:"expireDate,omitempty" doc:"Current versions expire at this midnight UTC"`
	ExpireMarkers           bool           `json:"expireMarkers,omitempty" doc:"Delete markers go that have no version below them"`
	NoncurrentDays          int64          `json:"noncurrentDays,omitempty" minimum:"1" maximum:"2147483647" doc:"Versions go so many days after others took their place"`
	NewerNoncurrentVersions int64          `json:"newerNoncurrentVersions,omitempty" minimum:"1" maximum:"100" doc:"So many of them stay"`
	AbortUploadDays         int64          `json:"abortUploadDays,omitempty" minimum:"1" maximum:"2147483647" doc:"Uploads are aborted so many days after their start"`
}

// LifecyclePreviewRequest is the rules to try.
type LifecyclePreviewRequest struct {
	Rules  []LifecycleRule `json:"rules" minItems:"1" maxItems:"1000"`
	Cursor string          `json:"cursor,omitempty" maxLength:"8192" doc:"Of the part before"`
}

// LifecycleItem is something that rules would end.
type LifecycleItem struct {
	Action    string    `json:"action" enum:"expire,remove,clear,abort" doc:"expire: the current version; remove: a noncurrent one; clear: a delete marker; abort: an upload"`
	Key       string    `json:"key"`
	VersionID string    `json:"versionId,omitempty"`
	UploadID  string    `json:"uploadId,omitempty"`
	Size      int64     `json:"size" doc:"Bytes"`
	Rule      string    `json:"rule" doc:"Id of the rule"`
	Since     time.Time `json:"since" doc:"When it was due"`
}

// LifecyclePreview is what rules would do in a part of the bucket.
type LifecyclePreview struct {
	LifecycleCounts
	Looked int             `json:"looked" doc:"Versions and uploads that were looked at"`
	Sample []LifecycleItem `json:"sample" maxItems:"100" doc:"The first ones"`
	Cursor string          `json:"cursor,omitempty" doc:"Absent at the end of the bucket"`
}

func (in *lifecycleHistoryInput) needs() []need {
	return []need{{action: "s3:GetLifecycleConfiguration", bucket: in.Bucket}}
}

func (in *previewLifecycleInput) needs() []need {
	return []need{{action: "s3:PutLifecycleConfiguration", bucket: in.Bucket}}
}

func (a *API) lifecycleHistory(ctx context.Context, c *call, in *lifecycleHistoryInput) (*output[LifecycleHistory], error) {
	runs, err := a.Lifecycle.History(ctx, c.buckets[in.Bucket])
	if err != nil {
		return nil, err
	}
	out := LifecycleHistory{
		Runs: make([]LifecycleRun, len(runs)), Enabled: a.Config.LifecycleEnabled && !a.ReadOnly, Interval: int64(a.Config.LifecycleInterval / time.Second),
	}
	for i := range runs {
		out.Runs[i] = LifecycleRun{runs[i].Started, runs[i].Ended, lifecycleCounts(&runs[i])}
	}
	return answer(out), nil
}

func (a *API) previewLifecycle(ctx context.Context, c *call, in *previewLifecycleInput) (*output[LifecyclePreview], error) {
	rules := make([]meta.LifecycleRule, len(in.Body.Rules))
	for i := range rules {
		r := &in.Body.Rules[i]
		if r.ExpireDays > 0 && r.ExpireDate != nil || r.ExpireMarkers && (r.ExpireDays > 0 || r.ExpireDate != nil) {
			return nil, fault.New("admin.previewLifecycle", fault.InvalidRequest, "A rule can have one of expireDays, expireDate and expireMarkers.")
		}
		rules[i] = r.record()
	}
	if err := lifecycle.Check(rules); err != nil {
		return nil, err
	}
	p, err := a.Lifecycle.Preview(ctx, c.buckets[in.Bucket], rules, in.Body.Cursor)
	if err != nil {
		return nil, err
	}
	out := LifecyclePreview{LifecycleCounts: lifecycleCounts(&p.Run), Looked: p.Looked, Sample: make([]LifecycleItem, len(p.Sample)), Cursor: p.Next}
	for i, s := range p.Sample {
		out.Sample[i] = LifecycleItem{lifecycleActions[s.Action], s.Key, s.VersionID, s.UploadID, s.Size, s.Rule, s.At}
	}
	return answer(out), nil
}

var lifecycleActions = map[lifecycle.Action]string{lifecycle.Expire: "expire", lifecycle.Remove: "remove", lifecycle.Clear: "clear", lifecycle.Abort: "abort"}

func lifecycleCounts(r *meta.LifecycleRun) LifecycleCounts {
	return LifecycleCounts{Tally(r.Expired), Tally(r.Removed), r.Markers.Count, Tally(r.Uploads), Tally(r.Kept)}
}

func (r *LifecycleRule) record() meta.LifecycleRule {
	out := meta.LifecycleRule{
		ID: r.ID, Prefix: r.Prefix, SizeAbove: r.SizeGreaterThan, SizeBelow: r.SizeLessThan,
		NoncurrentDays: r.NoncurrentDays, NoncurrentKeep: r.NewerNoncurrentVersions, AbortDays: r.AbortUploadDays,
	}
	for _, t := range r.Tags {
		out.Tags = append(out.Tags, meta.Pair{Name: t.Key, Value: t.Value})
	}
	switch {
	case r.ExpireDays > 0:
		out.Expire, out.ExpireDays = meta.ExpireAfter, r.ExpireDays
	case r.ExpireDate != nil:
		out.Expire, out.ExpireDate = meta.ExpireOn, r.ExpireDate.UTC()
	case r.ExpireMarkers:
		out.Expire = meta.ExpireMarkers
	}
	return out
}
