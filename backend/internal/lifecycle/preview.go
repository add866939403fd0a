package lifecycle

import (
	"context"
	"encoding/base64"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/meta"
)

const (
	previewRows = 20_000 // rows that one Preview looks at, about
	maxSample   = 100
)

// Item is something that rules would end.
type Item struct {
	Outcome
	Key       string
	VersionID string // empty for an upload
	UploadID  string // empty for a version
	Size      int64  // bytes
}

// Preview is what rules would end by now.
type Preview struct {
	Run    meta.LifecycleRun // counts and bytes
	Sample []Item            // the first ones, at most 100
	Looked int               // versions and uploads
	Next   string            // where to go on, empty at the end
}

// Preview tells what the rules, which need not be stored, would end in the bucket by now. It looks at a part of a large bucket: cursor is
// empty or the Next of the part before. What a first round uncovers (a marker that is left alone) is not told.
func (s *Service) Preview(ctx context.Context, b *meta.Bucket, rules []meta.LifecycleRule, cursor string) (*Preview, error) {
	set, w := newRuleset(rules), &meta.LifecycleWalk{}
	if cursor == "" {
		set.enter(w)
	} else {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err == nil {
			w, err = meta.DecodeLifecycleWalk(raw)
		}
		if err != nil {
			return nil, fault.New("lifecycle.Preview", fault.InvalidArgument, "The cursor is not one of this operation.")
		}
	}
	p := &Preview{}
	now := s.Clock.Now()
	for w.Phase != meta.WalkNone && p.Looked < previewRows {
		list, rows, err := s.page(ctx, b, set, w, now, pageRows)
		if err != nil {
			return nil, err
		}
		p.Looked += rows
		for _, d := range list {
			if d.outcome.Action == Remove && d.Version.Lock.Holds(now) {
				p.Run.Kept.Add(d.size())
				continue
			}
			d.count(&p.Run)
			if len(p.Sample) < maxSample {
				p.Sample = append(p.Sample, d.item())
			}
		}
	}
	if w.Phase != meta.WalkNone {
		w.Run = meta.LifecycleRun{}
		p.Next = base64.RawURLEncoding.EncodeToString(w.Encode())
	}
	return p, nil
}

func (d *due) item() Item {
	i := Item{Outcome: d.outcome, Key: d.key(), Size: d.size()}
	if d.Upload != nil {
		i.UploadID = d.Upload.ID.String()
	} else {
		i.VersionID = d.Version.ID()
	}
	return i
}
