package meta

import "google.golang.org/protobuf/encoding/protowire"

// CORS is the rules by which pages of other origins may use a bucket. The first rule that fits counts.
type CORS struct{ Rules []CORSRule }

// CORSRule is one rule. An origin and a header may have one "*" in it, which stands for any text.
type CORSRule struct {
	ID            string
	Origins       []string
	Methods       []string // in upper case
	AllowHeaders  []string
	ExposeHeaders []string
	MaxAge        *int32 // seconds, nil when not given
}

const corsFormat = 1

// Encode returns the document's bytes.
func (k *CORS) Encode() []byte {
	e := newEncoder(corsFormat, 256)
	for i := range k.Rules {
		e.message(1, k.Rules[i].encode)
	}
	return e.b
}

// DecodeCORS is the inverse of Encode.
func DecodeCORS(raw []byte) (*CORS, error) {
	k := &CORS{}
	err := decode(raw, corsFormat, func(f field) error {
		if f.id != 1 {
			return unknown("CORS", f)
		}
		var r CORSRule
		err := decodeFields(f.data, r.decode)
		k.Rules = append(k.Rules, r)
		return err
	})
	return k, err
}

func (r *CORSRule) encode(e *encoder) {
	e.str(1, r.ID)
	for i, list := range [...][]string{r.Origins, r.Methods, r.AllowHeaders, r.ExposeHeaders} {
		e.strs(wireNumber(i+2), list)
	}
	if r.MaxAge != nil {
		e.uint(6, uint64(uint32(*r.MaxAge))+1) //nolint:gosec // an int32 both ways; a field of zero would be left out
	}
}

func (r *CORSRule) decode(f field) error {
	to := [...]*[]string{&r.Origins, &r.Methods, &r.AllowHeaders, &r.ExposeHeaders}
	switch {
	case f.id == 1:
		r.ID = f.str()
	case f.id >= 2 && int(f.id) < 2+len(to):
		*to[f.id-2] = append(*to[f.id-2], f.str())
	case f.id == 6 && f.num <= 1<<32:
		age := int32(uint32(f.num - 1)) //nolint:gosec // written by encode
		r.MaxAge = &age
	default:
		return unknown("CORS rule", f)
	}
	return nil
}

// strs appends each text of a list, also empty ones.
func (e *encoder) strs(n protowire.Number, list []string) {
	for _, s := range list {
		e.b = protowire.AppendString(protowire.AppendTag(e.b, n, protowire.BytesType), s)
	}
}
