package meta

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// IAMState is the row that every change of identities reads and writes, so that such changes follow one another.
type IAMState struct {
	Revision uint64     // counts the changes
	SealID   string     // the data key that the secrets are sealed under
	Done     Projection // the last one that is known to be in the file
	Pending  Projection // the one that may be in the file already; zero when none is under way
	Refused  []byte     // SHA-256 of a file that was refused, so that it is not taken for a restored backup at the next start
}

// Projection says what was written to the file of identities.
type Projection struct {
	Revision uint64
	Hash     []byte // SHA-256 of the file
}

const iamStateFormat = 1

// IAMStateKey is x/iam: the IAMState.
func IAMStateKey() []byte { return SystemKey("iam") }

// IAMProjectionKey is x/iam/p/<revision>/<chunk>: a part of the file's content at a revision, the base of later edits.
func IAMProjectionKey(revision uint64, chunk int) []byte {
	return SystemKey(fmt.Sprintf("iam/p/%016x/%04x", revision, chunk))
}

// Encode returns the record's bytes.
func (s *IAMState) Encode() []byte {
	e := newEncoder(iamStateFormat, 128)
	e.uint(1, s.Revision)
	e.str(2, s.SealID)
	s.Done.encode(e, 3)
	s.Pending.encode(e, 4)
	e.bytes(5, s.Refused)
	return e.b
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

// DecodeIAMState is the inverse of Encode.
func DecodeIAMState(raw []byte) (*IAMState, error) {
	s := &IAMState{}
	err := decode(raw, iamStateFormat, func(f field) error {
		switch f.id {
		case 1:
			s.Revision = f.num
		case 2:
			s.SealID = f.str()
		case 3:
			return s.Done.decode(f.data)
		case 4:
			return s.Pending.decode(f.data)
		case 5:
			s.Refused = f.copy()
		default:
			return unknown("state of identities", f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}
