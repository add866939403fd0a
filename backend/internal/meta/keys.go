// Package meta holds what is stored: the records, their keys and their versioned encodings, and typed access to them over kv.
package meta

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/myfsio/myfsio/backend/internal/ident"
	"github.com/myfsio/myfsio/backend/internal/kv"
	"github.com/myfsio/myfsio/backend/internal/order"
)

// BucketKey is b/<bucket>: the bucket record.
func BucketKey(name string) []byte { return append([]byte("b/"), name...) }

// Buckets is the range of all bucket records, in order of name.
func Buckets() kv.Range { return kv.Prefix([]byte("b/")) }

// DocumentKey is c/<bucketID><document>: a configuration document of the bucket ("policy", "cors" …).
func DocumentKey(id ident.Bucket, document string) []byte { return scoped("c/", id, document) }

// ObjectKey is o/<bucketID><key>: the current version, absent when that is a delete marker.
func ObjectKey(id ident.Bucket, key string) []byte { return scoped("o/", id, key) }

// Objects is the range of the bucket's current versions with keys in [start, end); an empty end has no bound.
func Objects(id ident.Bucket, start, end string) kv.Range {
	r := kv.Range{Start: ObjectKey(id, start)}
	if end == "" {
		r.End = kv.PrefixEnd(ObjectKey(id, ""))
	} else {
		r.End = ObjectKey(id, end)
	}
	return r
}

// KeyOfObject is the object key in a key made by ObjectKey.
func KeyOfObject(k []byte) string { return string(k[2+ident.BucketSize:]) }

// VersionKey is v/<bucketID><key esc><newest-first order>: a noncurrent version or a delete marker.
func VersionKey(id ident.Bucket, key string, o ident.Order) []byte {
	return order.AppendUint64Desc(VersionsKey(id, key), uint64(o))
}

// VersionsKey is the prefix of all noncurrent versions and markers of one key.
func VersionsKey(id ident.Bucket, key string) []byte {
	return order.AppendString(grow("v/", id, len(key)+16), key)
}

// VersionsFrom is the range of the bucket's noncurrent versions and markers from the first one of a key that is not less than key.
func VersionsFrom(id ident.Bucket, key string) kv.Range {
	all := kv.Prefix(grow("v/", id, 0))
	if key != "" {
		all.Start = VersionsKey(id, key)
	}
	return all
}

// KeyOfVersion splits a key made by VersionKey.
func KeyOfVersion(k []byte) (key string, o ident.Order, err error) {
	if len(k) < 2+ident.BucketSize {
		return "", 0, fmt.Errorf("%w: version key of %d bytes", ErrCorrupt, len(k))
	}
	key, rest, err := order.DecodeString(k[2+ident.BucketSize:])
	if err != nil {
		return "", 0, fmt.Errorf("%w: version key: %w", ErrCorrupt, err)
	}
	n, rest, err := order.DecodeUint64Desc(rest)
	if err != nil || len(rest) != 0 {
		return "", 0, fmt.Errorf("%w: version key", ErrCorrupt)
	}
	return key, ident.Order(n), nil
}

// NullKey is z/<bucketID><key>: the order of the key's noncurrent null version.
func NullKey(id ident.Bucket, key string) []byte { return scoped("z/", id, key) }

// UploadKey is u/<bucketID><key esc><uploadID>: an upload that is not completed.
func UploadKey(id ident.Bucket, key string, u ident.Upload) []byte {
	return append(UploadsKey(id, key), u[:]...)
}

// CompletedKey is f/<bucketID><key esc><uploadID>: an upload that was completed within the last day, apart from those that are listed.
func CompletedKey(id ident.Bucket, key string, u ident.Upload) []byte {
	return append(order.AppendString(grow("f/", id, len(key)+2+ident.UploadSize), key), u[:]...)
}

// UploadsKey is the prefix of all uploads of one key that are not completed.
func UploadsKey(id ident.Bucket, key string) []byte {
	return order.AppendString(grow("u/", id, len(key)+2+ident.UploadSize), key)
}

// Uploads is the range of all uploads of a bucket that are not completed, by key and then by time.
func Uploads(id ident.Bucket) kv.Range { return kv.Prefix(grow("u/", id, 0)) }

// KeyOfUpload splits a key made by UploadKey or CompletedKey.
func KeyOfUpload(k []byte) (key string, u ident.Upload, err error) {
	if len(k) < 2+ident.BucketSize {
		return "", u, fmt.Errorf("%w: upload key of %d bytes", ErrCorrupt, len(k))
	}
	key, rest, err := order.DecodeString(k[2+ident.BucketSize:])
	if err != nil || len(rest) != ident.UploadSize {
		return "", u, fmt.Errorf("%w: upload key", ErrCorrupt)
	}
	copy(u[:], rest)
	return key, u, nil
}

// PartKey is p/<uploadID><part>: a part of an upload, and of the version that came of it. Part 0 is the manifest of the version.
func PartKey(u ident.Upload, part int) []byte {
	k := make([]byte, 0, 2+ident.UploadSize+2)
	k = append(append(k, "p/"...), u[:]...)
	return binary.BigEndian.AppendUint16(k, uint16(part)) //nolint:gosec // at most 10,000
}

// Parts is the range of an upload's parts with numbers of at least from.
func Parts(u ident.Upload, from int) kv.Range {
	r := kv.Prefix(append([]byte("p/"), u[:]...))
	r.Start = PartKey(u, from)
	return r
}

// PartOfKey is the part number in a key made by PartKey.
func PartOfKey(k []byte) int { return int(binary.BigEndian.Uint16(k[len(k)-2:])) }

// InlineKey is d/<blobID>: the bytes of a small blob.
func InlineKey(b ident.Blob) []byte { return append([]byte("d/"), b[:]...) }

// GarbageKey is g/<due><blobID>: something to delete, due in unix nanoseconds.
func GarbageKey(due uint64, b ident.Blob) []byte {
	k := order.AppendUint64(append(make([]byte, 0, 2+8+ident.BlobSize), "g/"...), due)
	return append(k, b[:]...)
}

// Garbage is the range of everything due before a time.
func Garbage(before uint64) kv.Range {
	return kv.Range{Start: []byte("g/"), End: order.AppendUint64([]byte("g/"), before)}
}

// KeyOfGarbage splits a key made by GarbageKey.
func KeyOfGarbage(k []byte) (due uint64, b ident.Blob, err error) {
	if len(k) != 2+8+ident.BlobSize {
		return 0, b, fmt.Errorf("%w: garbage key", ErrCorrupt)
	}
	copy(b[:], k[10:])
	return binary.BigEndian.Uint64(k[2:10]), b, nil
}

// UsageKey is n/<bucketID><lane>: one lane of the bucket's counters.
func UsageKey(id ident.Bucket, lane uint16) []byte {
	return binary.BigEndian.AppendUint16(grow("n/", id, 2), lane)
}

// UsageLanes is the range of the bucket's counters.
func UsageLanes(id ident.Bucket) kv.Range { return kv.Prefix(grow("n/", id, 0)) }

// UserKey is i/u/<userID>: a user.
func UserKey(id string) []byte { return append([]byte("i/u/"), id...) }

// Users is the range of all users.
func Users() kv.Range { return kv.Prefix([]byte("i/u/")) }

// DeviceKey is i/d/<account>/<name>, in lower case: a device that has no user.
func DeviceKey(account, name string) []byte {
	return []byte("i/d/" + account + "/" + strings.ToLower(name))
}

// Devices is the range of the devices of an account that have no user.
func Devices(account string) kv.Range { return kv.Prefix([]byte("i/d/" + account + "/")) }

// AccessKeyKey is i/k/<access key>: the id of the user that has the key.
func AccessKeyKey(accessKey string) []byte { return append([]byte("i/k/"), accessKey...) }

// SystemKey is x/<name>: store UUID, format, epochs, leases, and what background work remembers.
func SystemKey(name string) []byte { return append([]byte("x/"), name...) }

// BucketRanges is every range that belongs to a bucket identity alone: what is left to purge once its record is gone.
func BucketRanges(id ident.Bucket) []kv.Range {
	kinds := []string{"c/", "o/", "v/", "z/", "u/", "f/", "n/", "t/"}
	all := make([]kv.Range, len(kinds))
	for i, kind := range kinds {
		all[i] = kv.Prefix(grow(kind, id, 0))
	}
	return all
}

func grow(kind string, id ident.Bucket, more int) []byte {
	k := make([]byte, 0, len(kind)+len(id)+more)
	return append(append(k, kind...), id[:]...)
}

func scoped(kind string, id ident.Bucket, name string) []byte {
	return append(grow(kind, id, len(name)), name...)
}
