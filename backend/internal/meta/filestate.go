package meta

import "google.golang.org/protobuf/encoding/protowire"

// FileState is where a file stands that shows committed state; see package projection.
type FileState struct {
	Revision uint64     // counts the changes of what the file shows
	Done     Projection // the last one that is known to be in the file
	Pending  Projection // the one that may be in the file already; zero when none is under way
	Refused  []byte     // SHA-256 of a file that was refused, so that it is not taken for a restored backup at the next start
	Taken    []byte     // SHA-256 of an edit that is in the state; it may still be the file, and must not be applied once more
}

// Projection says what was written to a file.
type Projection struct {
	Revision uint64
	Hash     []byte // SHA-256 of the file
}

const policyStateFormat = 1

// PolicyStateKey is x/policies: the FileState of the bucket policies, which every change of one reads and writes, so that such changes follow
// one another.
func PolicyStateKey() []byte { return SystemKey("policies") }

// PolicyProjections is the prefix of x/policies/p/<revision>/<chunk>: a part of the file's content at a revision, the base of later edits.
func PolicyProjections() []byte { return SystemKey("policies/p/") }

// Encode returns the bytes of the row of the bucket policies.
func (s *FileState) Encode() []byte {
	e := newEncoder(policyStateFormat, 128)
	e.uint(1, s.Revision)
	s.encodeFile(e)
	return e.b
}

// DecodePolicyState is the inverse of Encode.
func DecodePolicyState(raw []byte) (*FileState, error) {
	s := &FileState{}
	return s, decode(raw, policyStateFormat, func(f field) error { return s.decode(f, "state of bucket policies") })
}

// encodeFile writes all but the revision.
func (s *FileState) encodeFile(e *encoder) {
	s.Done.encode(e, 3)
	s.Pending.encode(e, 4)
	e.bytes(5, s.Refused)
	e.bytes(6, s.Taken)
}

// decode takes one field of a row that holds the state.
func (s *FileState) decode(f field, of string) error {
	switch f.id {
	case 1:
		s.Revision = f.num
	case 3:
		return s.Done.decode(f.data)
	case 4:
		return s.Pending.decode(f.data)
	case 5:
		s.Refused = f.copy()
	case 6:
		s.Taken = f.copy()
	default:
		return unknown(of, f)
	}
	return nil
}

func (p *Projection) encode(e *encoder, n protowire.Number) {
	if len(p.Hash) == 0 {
		return
	}
	e.message(n, func(in *encoder) {
		in.uint(1, p.Revision)
		in.bytes(2, p.Hash)
	})
}

func (p *Projection) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			p.Revision = f.num
		case 2:
			p.Hash = f.copy()
		default:
			return unknown("projection", f)
		}
		return nil
	})
}
