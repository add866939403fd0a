package admin

import (
	"encoding/base64"
	"encoding/json"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// cursor is where a page ended. Clients hand it back as it is; what they change in it only moves where they go on.
type cursor struct {
	Value int64  `json:"v,omitempty"` // of the column that is sorted by
	Name  string `json:"n,omitempty"` // last key, prefix or bucket
	More  string `json:"m,omitempty"` // last version or upload of that key
	Again bool   `json:"a,omitempty"` // the key Name is not done yet
}

func (c cursor) String() string {
	raw, err := json.Marshal(wireCursor{c.Value, []byte(c.Name), c.More, c.Again})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// wireCursor carries the name as bytes, since a key need not be text that JSON keeps.
type wireCursor struct {
	Value int64  `json:"v,omitempty"`
	Name  []byte `json:"n,omitempty"`
	More  string `json:"m,omitempty"`
	Again bool   `json:"a,omitempty"`
}

func parseCursor(text string) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	var w wireCursor
	if err == nil {
		err = json.Unmarshal(raw, &w)
	}
	if err != nil {
		return cursor{}, fault.New("admin.cursor", fault.InvalidArgument, "The cursor is not one that this server gave.")
	}
	return cursor{w.Value, string(w.Name), w.More, w.Again}, nil
}
