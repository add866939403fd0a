package meta

// IAMState is the row that every change of identities reads and writes, so that such changes follow one another.
type IAMState struct {
	FileState
	SealID string // the data key that the secrets are sealed under
}

const iamStateFormat = 1

// IAMStateKey is x/iam: the IAMState.
func IAMStateKey() []byte { return SystemKey("iam") }

// IAMProjections is the prefix of x/iam/p/<revision>/<chunk>: a part of the file's content at a revision, the base of later edits.
func IAMProjections() []byte { return SystemKey("iam/p/") }

// Encode returns the record's bytes.
func (s *IAMState) Encode() []byte {
	e := newEncoder(iamStateFormat, 128)
	e.uint(1, s.Revision)
	e.str(2, s.SealID)
	s.encodeFile(e)
	return e.b
}

// DecodeIAMState is the inverse of Encode.
func DecodeIAMState(raw []byte) (*IAMState, error) {
	s := &IAMState{}
	err := decode(raw, iamStateFormat, func(f field) error {
		if f.id == 2 {
			s.SealID = f.str()
			return nil
		}
		return s.decode(f, "state of identities")
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}
