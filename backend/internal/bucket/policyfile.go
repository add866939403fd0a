package bucket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/meta"
	"github.com/myfsio/myfsio/backend/internal/policy"
	"github.com/myfsio/myfsio/backend/internal/projection"
)

// Bounds of one edit, so that it fits a transaction.
const (
	maxEdits     = 1000
	maxEditBytes = 4 << 20
)

// policyFile is bucket_policies.json as a projection.Document: the policies of all buckets.
type policyFile struct{ s *Service }

// policyForm is the file. MyFSIO 0.1.x knows policies; the revision is added.
type policyForm struct {
	Revision uint64                     `json:"revision"`
	Policies map[string]json.RawMessage `json:"policies"`
}

// filed is a policy as a file has it.
type filed struct {
	text string // compact JSON, which is what is compared
	line int
}

func (policyFile) Name() string { return "bucket policies" }

func (policyFile) Rows() []byte { return meta.PolicyProjections() }

func policyState(r kv.Reader) (*meta.FileState, error) {
	raw, err := r.Get(meta.PolicyStateKey())
	if errors.Is(err, kv.ErrNotFound) {
		return &meta.FileState{}, nil
	}
	if err != nil {
		return nil, err
	}
	return meta.DecodePolicyState(raw)
}

// policiesChanged moves the revision in the transaction that changes a policy. taken is the hash of the file that it comes from, nil for none.
func (s *Service) policiesChanged(tx kv.Txn, taken []byte) error {
	st, err := policyState(tx)
	if err != nil {
		return err
	}
	st.Revision++
	if taken != nil {
		st.Taken = taken
	}
	tx.OnCommit(s.File.Changed)
	return tx.Set(meta.PolicyStateKey(), st.Encode())
}

// policyChanges moves the revision if the row of a policy is to have another content than now; nil for none.
func (s *Service) policyChanges(tx kv.Txn, key, to []byte) error {
	now, err := tx.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		now, err = nil, nil
	}
	if err != nil || bytes.Equal(now, to) {
		return err
	}
	return s.policiesChanged(tx, nil)
}

// State counts from 1: a store without any policy has a file, too, and that is edited.
func (policyFile) State(r kv.Reader) (projection.State, error) {
	st, err := policyState(r)
	if err != nil {
		return projection.State{}, err
	}
	return projection.State{Revision: st.Revision + 1, Done: projection.Mark(st.Done), Pending: projection.Mark(st.Pending), Refused: st.Refused, Taken: st.Taken}, nil
}

func (policyFile) SetState(tx kv.Txn, to projection.State) error {
	st, err := policyState(tx)
	if err != nil {
		return err
	}
	st.Done, st.Pending, st.Refused, st.Taken = meta.Projection(to.Done), meta.Projection(to.Pending), to.Refused, to.Taken
	return tx.Set(meta.PolicyStateKey(), st.Encode())
}

func (f policyFile) Render(r kv.Reader) (content []byte, items int, err error) {
	st, err := f.State(r)
	if err != nil {
		return nil, 0, err
	}
	all, err := policies(r)
	if err != nil {
		return nil, 0, err
	}
	form := policyForm{Revision: st.Revision, Policies: make(map[string]json.RawMessage, len(all))}
	for name, p := range all {
		form.Policies[name] = json.RawMessage(p.text)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(&form) // members in order of their names
	return b.Bytes(), len(all), err
}

// policies are those of all buckets, by name.
func policies(r kv.Reader) (all map[string]filed, err error) {
	all = map[string]filed{}
	size := 0
	it := r.Iter(kv.Prefix(meta.BucketKey("")))
	defer func() { err = errors.Join(err, it.Close()) }()
	for it.Next() {
		name := string(it.Key()[len(meta.BucketKey("")):])
		b, err := meta.DecodeBucket(name, it.Value())
		if err != nil {
			return nil, err
		}
		p, ok, err := policyOf(r, b)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if size += len(p.text); size > projection.MaxFile {
			return nil, projection.ErrTooLarge
		}
		all[name] = p
	}
	return all, nil
}

// policyOf is the policy of a bucket as the file shows it; false when it has none.
func policyOf(r kv.Reader, b *meta.Bucket) (p filed, ok bool, err error) {
	raw, err := r.Get(meta.DocumentKey(b.ID, policyName))
	if errors.Is(err, kv.ErrNotFound) {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	doc, err := meta.DecodeBucketPolicy(raw)
	if err != nil {
		return p, false, err
	}
	p.text, err = compact(doc.Text)
	return p, err == nil, err
}

func compact(raw []byte) (string, error) {
	var b bytes.Buffer
	err := json.Compact(&b, raw)
	return b.String(), err
}

// Parse reads the form. What policies say is looked at when they are taken in, of those that the edit changed.
func (policyFile) Parse(content []byte) (uint64, error) {
	revision, _, err := readPolicyFile(content)
	return revision, err
}

func readPolicyFile(content []byte) (revision uint64, all map[string]filed, err error) {
	var form policyForm
	if err := projection.Decode(content, &form); err != nil {
		return 0, nil, err
	}
	if form.Policies == nil {
		return 0, nil, projection.Bad("the file has no \"policies\"")
	}
	_, members, err := projection.Elements(content, "policies")
	if err != nil {
		return 0, nil, err
	}
	all = make(map[string]filed, len(members))
	for _, m := range members {
		if _, twice := all[m.Name]; twice {
			return 0, nil, projection.BadAt(m.Line, "the bucket %q stands twice", m.Name)
		}
		if !bytes.HasPrefix(m.Value, []byte("{")) {
			return 0, nil, projection.BadAt(m.Line, "the policy of the bucket %q is no object; to take a policy away, take the bucket's entry out", m.Name)
		}
		text, err := compact(m.Value)
		if err != nil {
			return 0, nil, err
		}
		all[m.Name] = filed{text, m.Line}
	}
	return form.Revision, all, nil
}

// TakeIn applies the difference between the edit and its base to the policies of now. What both sides changed differently is a conflict, and
// one conflict refuses the whole.
func (f policyFile) TakeIn(ctx context.Context, file *projection.Edit) error {
	const op = "bucket.TakeIn"
	_, edit, err := readPolicyFile(file.Content)
	if err != nil {
		return err
	}
	base := map[string]filed{}
	if file.Base != nil {
		if _, base, err = readPolicyFile(file.Base); err != nil {
			return &fault.Error{Op: op, Err: err} // ours
		}
	}
	parsed := map[string]*PolicyText{} // of texts that an earlier run of the transaction looked at
	return Fault(op, f.s.KV.Update(ctx, func(tx kv.Txn) error {
		from := base
		if file.Replace {
			if from, err = policies(tx); err != nil {
				return err
			}
		}
		e := &policyEdit{s: f.s, tx: tx, parsed: parsed}
		names := slices.Concat(slices.Collect(maps.Keys(from)), slices.Collect(maps.Keys(edit)))
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			was, known := from[name]
			to, stays := edit[name]
			if known == stays && was.text == to.text {
				continue // not touched
			}
			if err := e.take(name, was, to, known, stays); err != nil {
				return err
			}
		}
		switch {
		case len(e.conflicts) > 0:
			return projection.Refuse(e.conflicts)
		case e.count > maxEdits || e.bytes > maxEditBytes:
			return &projection.Refusal{Text: fmt.Sprintf("it changes more than %d policies or %d bytes of them at once", maxEdits, maxEditBytes)}
		case e.count == 0:
			return nil
		}
		return f.s.policiesChanged(tx, file.Hash)
	}))
}

// policyEdit is an edit on its way into a transaction.
type policyEdit struct {
	s            *Service
	tx           kv.Txn
	parsed       map[string]*PolicyText
	conflicts    []string
	count, bytes int
}

// take takes in what an edit made of one policy: was is that of its base if it was known there, to that of the file if it stays.
func (e *policyEdit) take(name string, was, to filed, known, stays bool) error {
	conflict := func(what string) error {
		e.conflicts = append(e.conflicts, projection.OnLine(to.line, fmt.Sprintf("the policy of the bucket %q %s", name, what)))
		return nil
	}
	b, err := meta.GetBucket(e.tx, name)
	switch {
	case errors.Is(err, kv.ErrNotFound) && !stays:
		return nil // gone on both sides
	case errors.Is(err, kv.ErrNotFound) && known:
		return conflict("was changed in the file, but the bucket was deleted on the server meanwhile")
	case errors.Is(err, kv.ErrNotFound):
		return conflict("cannot be set, as there is no such bucket; create it and save the file again, or take the entry out")
	case err != nil:
		return err
	}
	now, there, err := policyOf(e.tx, b)
	switch {
	case err != nil:
		return err
	case there == stays && now.text == to.text:
		return nil // both sides made the same of it
	case there == known && now.text == was.text:
	case !stays:
		return conflict("was removed in the file, but changed on the server meanwhile")
	case !there:
		return conflict("was changed in the file, but removed on the server meanwhile")
	case !known:
		return conflict("was added in the file, but differently on the server meanwhile")
	default:
		return conflict("was changed in the file and on the server")
	}
	key := meta.DocumentKey(b.ID, policyName)
	if e.count++; !stays {
		return e.within(func() error { return e.tx.Delete(key) })
	}
	p, err := e.valid(b, to.text)
	if err != nil {
		if k := fault.KindOf(err); k == fault.MalformedPolicy || k == fault.AccessDenied {
			return conflict("is refused: " + fault.TextOf(err))
		}
		return err
	}
	e.bytes += len(p.Text)
	return e.within(func() error { return e.tx.Set(key, Policy.Encode(p)) })
}

// within writes as long as the edit may still fit.
func (e *policyEdit) within(write func() error) error {
	if e.count > maxEdits || e.bytes > maxEditBytes {
		return nil
	}
	return write()
}

// valid holds a policy to what it would be held to over the S3 port.
func (e *policyEdit) valid(b *meta.Bucket, text string) (*PolicyText, error) {
	p := e.parsed[b.Name]
	if p == nil {
		var err error
		if p, err = ParsePolicy([]byte(text), b.Name); err != nil {
			return nil, err
		}
		e.parsed[b.Name] = p
	}
	if e.s.Principals != nil {
		if err := e.s.Principals(e.tx, p.Rules); err != nil {
			return nil, err
		}
	}
	return p, admitPolicy(e.tx, b, p)
}

// admitPolicy refuses a public policy where the bucket blocks these (fault.AccessDenied).
func admitPolicy(r kv.Reader, b *meta.Bucket, p *PolicyText) error {
	if p == nil || !p.Public {
		return nil
	}
	block, err := ReadDocument(r, b, PublicAccessBlock)
	if err == nil && block != nil && block.BlockPolicy {
		err = fault.New("bucket.SetPolicy", fault.AccessDenied, "Public policies are blocked by the BlockPublicPolicy setting of the bucket.")
	}
	return err
}

// PrincipalsCheck refuses a policy that names somebody who does not exist; see iam.Service.PrincipalsExist.
type PrincipalsCheck func(kv.Reader, *policy.Document) error
