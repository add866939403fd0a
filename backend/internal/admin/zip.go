package admin

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"time"
)

// zipWriter writes an archive of stored entries as a stream, in the 64-bit form throughout. What must stand at its end, one record for each
// entry, is kept in memory up to a bound and beyond that in a file without a name, so that the memory does not follow the number of entries.
type zipWriter struct {
	w       *bufio.Writer
	at      uint64 // bytes written
	entries uint64
	end     spool
}

const (
	zipBuffer     = 64 << 10
	zipMemory     = 1 << 20 // bytes of the directory that stay in memory
	zipVersion    = 45      // the version that knows the 64-bit form
	zipMadeBy     = 3<<8 | zipVersion
	zipFlags      = 1<<3 | 1<<11 // sizes follow the content; names are UTF-8
	zipMode       = 0o100644 << 16
	zipDirMode    = 0o040755<<16 | 0x10
	zipUnknown    = 0xffffffff
	zipLocal      = 0x04034b50
	zipDescriptor = 0x08074b50
	zipCentral    = 0x02014b50
	zipEnd64      = 0x06064b50
	zipLocator    = 0x07064b50
	zipEnd        = 0x06054b50
)

func newZip(w io.Writer, dir string) *zipWriter {
	return &zipWriter{w: bufio.NewWriterSize(w, zipBuffer), end: spool{dir: dir}}
}

// fields writes little-endian integers of the widths of their types, and strings.
func fields(list ...any) []byte {
	var b []byte
	for _, f := range list {
		switch v := f.(type) {
		case uint16:
			b = binary.LittleEndian.AppendUint16(b, v)
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, v)
		case uint64:
			b = binary.LittleEndian.AppendUint64(b, v)
		case string:
			b = append(b, v...)
		}
	}
	return b
}

func (z *zipWriter) write(b []byte) error {
	n, err := z.w.Write(b)
	z.at += uint64(n) //nolint:gosec // not negative
	return err
}

// dosTime is a time to two seconds, as the format has it: from 1980 on, without a zone.
func dosTime(t time.Time) (date, clock uint16) {
	t = t.UTC()
	if t.Year() < 1980 {
		t = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if t.Year() > 2107 {
		t = time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)
	}
	date = uint16(t.Day() + int(t.Month())<<5 + (t.Year()-1980)<<9) //nolint:gosec // 16 bits
	clock = uint16(t.Second()/2 + t.Minute()<<5 + t.Hour()<<11)     //nolint:gosec // 16 bits
	return date, clock
}

// add writes one entry. A name that ends with a slash is a folder and has no content.
func (z *zipWriter) add(name string, modified time.Time, content io.WriterTo) error {
	if len(name) > 0xffff {
		name = name[:0xffff]
	}
	date, clock := dosTime(modified)
	start := z.at
	head := fields(uint32(zipLocal), uint16(zipVersion), uint16(zipFlags), uint16(0), clock, date,
		uint32(0), uint32(zipUnknown), uint32(zipUnknown), uint16(len(name)), uint16(20), name, // sizes are in the extra field, as zero
		uint16(1), uint16(16), uint64(0), uint64(0))
	if err := z.write(head); err != nil {
		return err
	}
	sum := &summing{z: z, crc: crc32.NewIEEE()}
	if content != nil {
		if _, err := content.WriteTo(sum); err != nil {
			return err
		}
	}
	crc := sum.crc.Sum32()
	if err := z.write(fields(uint32(zipDescriptor), crc, sum.size, sum.size)); err != nil {
		return err
	}
	mode := uint32(zipMode)
	if strings.HasSuffix(name, "/") {
		mode = zipDirMode
	}
	z.entries++
	return z.end.write(fields(uint32(zipCentral), uint16(zipMadeBy), uint16(zipVersion), uint16(zipFlags), uint16(0), clock, date,
		crc, uint32(zipUnknown), uint32(zipUnknown), uint16(len(name)), uint16(28), uint16(0), uint16(0), uint16(0), mode, uint32(zipUnknown), name,
		uint16(1), uint16(24), sum.size, sum.size, start))
}

// summing counts and sums the content of an entry on its way out.
type summing struct {
	z   *zipWriter
	crc interface {
		io.Writer
		Sum32() uint32
	}
	size uint64
}

func (s *summing) Write(p []byte) (int, error) {
	if err := s.z.write(p); err != nil {
		return 0, err
	}
	s.size += uint64(len(p))
	return s.crc.Write(p)
}

// finish writes the directory.
func (z *zipWriter) finish() error {
	start := z.at
	if err := z.end.copyTo(z); err != nil {
		return err
	}
	size, at := z.at-start, z.at
	if err := z.write(fields(uint32(zipEnd64), uint64(44), uint16(zipMadeBy), uint16(zipVersion), uint32(0), uint32(0),
		z.entries, z.entries, size, start,
		uint32(zipLocator), uint32(0), at, uint32(1),
		uint32(zipEnd), uint16(0), uint16(0), uint16(0xffff), uint16(0xffff), uint32(zipUnknown), uint32(zipUnknown), uint16(0))); err != nil {
		return err
	}
	return z.w.Flush()
}

// close gives the file of the directory back.
func (z *zipWriter) close() { z.end.close() }

// spool keeps bytes in memory up to a bound, and beyond it in a file that nobody can name and that is gone with the process.
type spool struct {
	dir  string
	buf  []byte
	file *os.File
}

func (s *spool) write(b []byte) error {
	s.buf = append(s.buf, b...)
	if len(s.buf) < zipMemory {
		return nil
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "zip-")
		if err != nil {
			return err
		}
		s.file = f
		_ = os.Remove(f.Name()) // where an open file cannot be removed, close does it
	}
	_, err := s.file.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

func (s *spool) copyTo(z *zipWriter) error {
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		chunk := make([]byte, zipBuffer)
		for {
			n, err := s.file.Read(chunk)
			if werr := z.write(chunk[:n]); werr != nil {
				return werr
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
		}
	}
	return z.write(s.buf)
}

func (s *spool) close() {
	if s.file != nil {
		name := s.file.Name()
		_ = s.file.Close()  // only read from here on
		_ = os.Remove(name) // gone already where that was possible
	}
}

// entryName makes a name out of a key that no unpacker can take out of the folder it unpacks into: no leading slash, no empty segments, no
// dots that climb, no backslashes, no control characters.
func entryName(key, base string) string {
	name := strings.TrimPrefix(key, base)
	if name == "" {
		return ""
	}
	name, folder := strings.CutSuffix(name, "/")
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "":
			part = "_"
		case ".", "..":
			part = strings.Repeat("_", len(part))
		}
		parts = append(parts, strings.Map(func(r rune) rune {
			if r < 0x20 || r == 0x7f || r == '\\' || r == ':' {
				return '_'
			}
			return r
		}, part))
	}
	name = strings.Join(parts, "/")
	if folder {
		name += "/"
	}
	return name
}
