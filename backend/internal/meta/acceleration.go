package meta

// Acceleration is what a bucket says of transfer acceleration.
type Acceleration struct{ Status string } // "Suspended"

const accelerationFormat = 1

// Encode returns the document's bytes.
func (a *Acceleration) Encode() []byte {
	e := newEncoder(accelerationFormat, 16)
	e.str(1, a.Status)
	return e.b
}

// DecodeAcceleration is the inverse of Encode.
func DecodeAcceleration(raw []byte) (*Acceleration, error) {
	a := &Acceleration{}
	err := decode(raw, accelerationFormat, func(f field) error {
		if f.id != 1 {
			return unknown("acceleration", f)
		}
		a.Status = f.str()
		return nil
	})
	return a, err
}
