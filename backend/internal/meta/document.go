package meta

import "fmt"

// Tags are the names and values of a bucket or of an object, in the order in which they were given.
type Tags []Pair

const tagsFormat = 1

// Encode returns the document's bytes.
func (t *Tags) Encode() []byte {
	e := newEncoder(tagsFormat, 64)
	t.encode(e, 1)
	return e.b
}

// DecodeTags is the inverse of Encode.
func DecodeTags(raw []byte) (*Tags, error) {
	t := &Tags{}
	err := decode(raw, tagsFormat, func(f field) error {
		if f.id != 1 {
			return unknown("tags", f)
		}
		return t.decode(f)
	})
	return t, err
}

// encode writes each tag as a nested field.
func (t *Tags) encode(e *encoder, n int) {
	for _, p := range *t {
		e.message(wireNumber(n), p.encode)
	}
}

// decode takes one field written by encode.
func (t *Tags) decode(f field) error {
	p, err := decodePair(f.data)
	*t = append(*t, p)
	return err
}

func (p Pair) encode(e *encoder) {
	e.str(1, p.Name)
	e.str(2, p.Value)
}

func decodePair(raw []byte) (p Pair, err error) {
	err = decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			p.Name = f.str()
		case 2:
			p.Value = f.str()
		default:
			return fmt.Errorf("%w: pair has unknown field %d", ErrCorrupt, f.id)
		}
		return nil
	})
	return p, err
}
