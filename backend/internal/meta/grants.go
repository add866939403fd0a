package meta

import "google.golang.org/protobuf/encoding/protowire"

// Grants is what an identity may do: policies of its own, managed ones, and what bounds both.
type Grants struct {
	Inline   []InlinePolicy // in order of name
	Attached []string       // ARNs of managed policies, in the order in which they were attached
	Boundary string         // ARN of the managed policy that bounds the others; empty for none
}

// InlinePolicy is a policy that belongs to one identity.
type InlinePolicy struct {
	Name string
	Text []byte // JSON of an AWS document
}

// Empty reports whether nothing is granted and nothing bounded.
func (g *Grants) Empty() bool { return len(g.Inline) == 0 && len(g.Attached) == 0 && g.Boundary == "" }

func (g *Grants) encode(e *encoder, n protowire.Number) {
	if g.Empty() {
		return
	}
	e.message(n, func(in *encoder) {
		for _, p := range g.Inline {
			in.message(1, func(in *encoder) {
				in.str(1, p.Name)
				in.bytes(2, p.Text)
			})
		}
		for _, arn := range g.Attached {
			in.str(2, arn)
		}
		in.str(3, g.Boundary)
	})
}

func (g *Grants) decode(raw []byte) error {
	return decodeFields(raw, func(f field) error {
		switch f.id {
		case 1:
			var p InlinePolicy
			err := decodeFields(f.data, func(f field) error {
				switch f.id {
				case 1:
					p.Name = f.str()
				case 2:
					p.Text = f.copy()
				default:
					return unknown("inline policy", f)
				}
				return nil
			})
			g.Inline = append(g.Inline, p)
			return err
		case 2:
			g.Attached = append(g.Attached, f.str())
		case 3:
			g.Boundary = f.str()
		default:
			return unknown("grants", f)
		}
		return nil
	})
}
