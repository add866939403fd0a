package meta

// Website is how a bucket is served as a website: as a redirect of all requests, or with an index document.
type Website struct {
	All   *SiteHost // where all requests go; nothing else is set then
	Index string    // name of the index document of each folder
	Error string    // key of the error document, empty for none
	Rules []SiteRule
}

// SiteHost is a host that requests are sent to.
type SiteHost struct {
	Host     string
	Protocol string // "http", "https", or empty for that of the request
}

// SiteRule sends a request elsewhere: every one that meets the conditions.
type SiteRule struct {
	Conditional bool        // the rule was given with conditions
	Prefix      string      // of the key, empty for any
	Status      string      // that the request would fail with, "404"; empty: the rule applies before anything is looked up
	To          SiteHost    // an empty host is that of the request
	Code        string      // status of the answer, "301" unless given
	Replace     Replacement // of what
	With        string      // by what
}

// Replacement is the part of a key that a redirect replaces.
type Replacement uint8

// The parts.
const (
	ReplaceNothing Replacement = iota
	ReplacePrefix              // the prefix of the condition
	ReplaceKey
)

const websiteFormat = 1

// Encode returns the document's bytes.
func (w *Website) Encode() []byte {
	e := newEncoder(websiteFormat, 128)
	if w.All != nil {
		e.message(1, w.All.encode)
	}
	e.str(2, w.Index)
	e.str(3, w.Error)
	for i := range w.Rules {
		e.message(4, w.Rules[i].encode)
	}
	return e.b
}

// DecodeWebsite is the inverse of Encode.
func DecodeWebsite(raw []byte) (*Website, error) {
	w := &Website{}
	err := decode(raw, websiteFormat, func(f field) error {
		switch f.id {
		case 1:
			w.All = &SiteHost{}
			return decodeFields(f.data, w.All.decode)
		case 2:
			w.Index = f.str()
		case 3:
			w.Error = f.str()
		case 4:
			var r SiteRule
			err := decodeFields(f.data, r.decode)
			w.Rules = append(w.Rules, r)
			return err
		default:
			return unknown("website", f)
		}
		return nil
	})
	return w, err
}

func (h *SiteHost) encode(e *encoder) {
	e.str(1, h.Host)
	e.str(2, h.Protocol)
}

func (h *SiteHost) decode(f field) error {
	switch f.id {
	case 1:
		h.Host = f.str()
	case 2:
		h.Protocol = f.str()
	default:
		return unknown("host of website", f)
	}
	return nil
}

func (r *SiteRule) encode(e *encoder) {
	e.bool(1, r.Conditional)
	e.str(2, r.Prefix)
	e.str(3, r.Status)
	e.message(4, r.To.encode)
	e.str(5, r.Code)
	e.uint(6, uint64(r.Replace))
	e.str(7, r.With)
}

func (r *SiteRule) decode(f field) error {
	switch f.id {
	case 1:
		r.Conditional = f.bool()
	case 2:
		r.Prefix = f.str()
	case 3:
		r.Status = f.str()
	case 4:
		return decodeFields(f.data, r.To.decode)
	case 5:
		r.Code = f.str()
	case 6:
		if f.num > uint64(ReplaceKey) {
			return unknown("replacement of website", f)
		}
		r.Replace = Replacement(f.num)
	case 7:
		r.With = f.str()
	default:
		return unknown("rule of website", f)
	}
	return nil
}
