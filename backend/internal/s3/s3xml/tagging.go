package s3xml

import "github.com/myfsio/myfsio/backend/internal/meta"

// Tagging is the tags of a bucket or an object.
type Tagging struct{ Tags meta.Tags }

func (d *Tagging) encode(e *encoder) {
	e.root("Tagging", func() { e.tags("TagSet", d.Tags) })
}

// tags writes a list of tags.
func (e *encoder) tags(name string, tags meta.Tags) {
	e.open(name)
	for _, t := range tags {
		e.tag(t)
	}
	e.close(name)
}

func (e *encoder) tag(t meta.Pair) {
	e.open("Tag")
	e.text("Key", t.Name)
	e.text("Value", t.Value)
	e.close("Tag")
}

// DecodeTagging reads a Tagging.
func DecodeTagging(body []byte) (tags meta.Tags, err error) {
	root, err := parse(body, "Tagging")
	if err != nil {
		return nil, err
	}
	set := false
	err = root.each(map[string]func(*node) error{"TagSet": func(n *node) error {
		if set {
			return ErrMalformed
		}
		set = true
		tags, err = decodeTags(n)
		return err
	}})
	if err == nil && !set {
		err = ErrMalformed
	}
	return tags, err
}

// decodeTags reads the elements Tag of a list.
func decodeTags(n *node) (tags meta.Tags, err error) {
	err = n.each(map[string]func(*node) error{"Tag": func(n *node) error {
		t, err := decodeTag(n)
		tags = append(tags, t)
		return err
	}})
	return tags, err
}

// decodeTag reads a Tag. Spaces are part of names and values.
func decodeTag(n *node) (t meta.Pair, err error) {
	var key, value bool
	err = n.each(map[string]func(*node) error{"Key": exact(&t.Name, &key), "Value": exact(&t.Value, &value)})
	if err == nil && (!key || !value) {
		err = ErrMalformed
	}
	return t, err
}

// exact is into for text whose spaces count.
func exact(to *string, seen *bool) func(*node) error {
	return func(n *node) error {
		text, err := n.leaf()
		if err != nil || *seen {
			return ErrMalformed
		}
		*to, *seen = text, true
		return nil
	}
}
