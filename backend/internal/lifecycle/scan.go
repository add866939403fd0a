package lifecycle

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/object"
)

// pageRows is how many versions or uploads one look takes; at least 2, so that a page that ends with a marker also has something before it.
const pageRows = 250

// ruleset is the rules of a bucket that are enabled, made ready for a walk.
type ruleset struct {
	rules    []meta.LifecycleRule
	prefixes []string // of the rules about versions: in order, none of them below another
	uploads  bool     // there are rules about uploads
}

func newRuleset(rules []meta.LifecycleRule) *ruleset {
	set := &ruleset{}
	var all []string
	for i := range rules {
		r := &rules[i]
		if r.Disabled {
			continue
		}
		set.rules = append(set.rules, *r)
		set.uploads = set.uploads || r.AbortDays > 0
		if r.NoncurrentDays > 0 || r.Expire != meta.ExpireNone && r.Expire != meta.ExpireNothing {
			all = append(all, r.Prefix)
		}
	}
	slices.Sort(all)
	for _, p := range all {
		if n := len(set.prefixes); n == 0 || !strings.HasPrefix(p, set.prefixes[n-1]) {
			set.prefixes = append(set.prefixes, p)
		}
	}
	return set
}

func (set *ruleset) empty() bool { return len(set.prefixes) == 0 && !set.uploads }

// enter places the walk before the first key of the first phase.
func (set *ruleset) enter(w *meta.LifecycleWalk) {
	if w.Phase = meta.WalkVersions; len(set.prefixes) == 0 {
		set.leave(w)
		return
	}
	set.place(w, set.prefixes[0])
}

// leave places the walk behind all keys with its prefix, or all uploads.
func (set *ruleset) leave(w *meta.LifecycleWalk) {
	if w.Phase == meta.WalkVersions {
		for _, p := range set.prefixes {
			if p > w.Prefix {
				set.place(w, p)
				return
			}
		}
		if w.Phase = meta.WalkUploads; set.uploads {
			set.place(w, "")
			return
		}
	}
	w.Phase = meta.WalkNone
	set.place(w, "")
}

func (*ruleset) place(w *meta.LifecycleWalk, prefix string) {
	w.Prefix, w.Key, w.Order, w.Newer, w.Upload = prefix, "", 0, 0, ident.Upload{}
}

// due is a version or an upload for which it is time.
type due struct {
	object.Lapsed
	outcome Outcome
}

func (d *due) key() string {
	if d.Upload != nil {
		return d.Upload.Key
	}
	return d.Version.Key
}

func (d *due) size() int64 {
	if d.Upload != nil {
		return d.Upload.Bytes
	}
	return d.Version.Size
}

// count adds it to what a run did, or would do.
func (d *due) count(r *meta.LifecycleRun) {
	to := map[Action]*meta.Tally{Expire: &r.Expired, Remove: &r.Removed, Clear: &r.Markers, Abort: &r.Uploads}[d.outcome.Action]
	if d.Err != nil {
		to = &r.Kept
	}
	to.Add(d.size())
}

// page looks at a page from where w stands, moves w behind what it looked at, and returns at most so many that are due.
func (s *Service) page(ctx context.Context, b *meta.Bucket, set *ruleset, w *meta.LifecycleWalk, now time.Time, most int) (list []*due, rows int, err error) {
	if w.Phase == meta.WalkUploads {
		return s.uploads(ctx, b, set, w, now, most)
	}
	page, err := s.Objects.ListVersions(ctx, object.VersionListing{Bucket: b, Prefix: w.Prefix, KeyMarker: w.Key, Before: w.Order, Max: pageRows})
	if err != nil {
		return nil, 0, err
	}
	for i, e := range page.Versions {
		last := i+1 == len(page.Versions)
		if len(list) == most || last && page.Truncated && e.Latest && e.Marker { // the next page tells whether the marker is alone
			return list, rows, nil
		}
		rows++
		subject, ok := subjectOf(w, e)
		subject.Alone = e.Latest && (last || page.Versions[i+1].Key != e.Key)
		if w.Key != e.Key {
			w.Key, w.Newer = e.Key, 0
		}
		if w.Order = e.Order; !e.Latest {
			w.Newer++
		}
		if o := s.Judge(set.rules, &subject); ok && o.Due(now) {
			list = append(list, &due{object.Lapsed{Version: e.Version, Current: e.Latest}, o})
		}
	}
	if !page.Truncated {
		set.leave(w)
	}
	return list, rows, nil
}

// subjectOf is a version as rules see it, where w stands on the version before it. A noncurrent one of which the version that took its
// place was not seen cannot be judged.
func subjectOf(w *meta.LifecycleWalk, e object.VersionEntry) (Subject, bool) {
	s := Current(e.Version)
	if e.Latest {
		return s, true
	}
	s.Noncurrent, s.Newer, s.Since = true, w.Newer, meta.OrderTime(w.Order).Truncate(time.Second)
	return s, w.Key == e.Key
}

func (s *Service) uploads(ctx context.Context, b *meta.Bucket, set *ruleset, w *meta.LifecycleWalk, now time.Time, most int) (list []*due, rows int, err error) {
	in := object.UploadListing{Bucket: b, KeyMarker: w.Key, Max: pageRows}
	if w.Key != "" {
		in.UploadMarker = w.Upload.String()
	}
	page, err := s.Objects.ListUploads(ctx, in)
	if err != nil {
		return nil, 0, err
	}
	for _, u := range page.Uploads {
		if len(list) == most {
			return list, rows, nil
		}
		rows++
		w.Key, w.Upload = u.Key, u.ID
		if o := s.JudgeUpload(set.rules, u.Key, u.Started); o.Due(now) {
			list = append(list, &due{object.Lapsed{Upload: u}, o})
		}
	}
	if !page.Truncated {
		set.leave(w)
	}
	return list, rows, nil
}
