package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Assignment is a line of an env file.
type Assignment struct {
	Name, Value string
	Line        int
}

// maxEnvFile bounds an env file, in bytes.
const maxEnvFile = 1 << 20

// ParseEnv reads an env file: lines NAME=value, also with "export " before them and blanks around the sign. A "#" begins a comment at the
// start of a line and after a blank. A value may be in single quotes, where everything stands for itself, or in double quotes, where
// \n, \t, \r, \", \\, \$ and \` are escapes. There are no values over several lines and no substitutions. Errors name lines and never quote
// them, since a line may hold a secret.
func ParseEnv(data []byte) ([]Assignment, error) {
	if len(data) > maxEnvFile {
		return nil, fmt.Errorf("longer than %d bytes", maxEnvFile)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var all []Assignment
	var errs []error
	for i, line := range strings.Split(string(data), "\n") {
		a, err := parseEnvLine(strings.TrimSuffix(line, "\r"))
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", i+1, err))
			continue
		}
		if a.Name != "" {
			a.Line = i + 1
			all = append(all, a)
		}
	}
	return all, errors.Join(errs...)
}

const blanks = " \t"

func parseEnvLine(line string) (Assignment, error) {
	line = strings.Trim(line, blanks)
	if line == "" || line[0] == '#' {
		return Assignment{}, nil
	}
	if strings.ContainsAny(line, "\x00\r") {
		return Assignment{}, errors.New("a control character")
	}
	if rest, ok := strings.CutPrefix(line, "export"); ok && rest != "" && strings.Contains(blanks, rest[:1]) {
		line = strings.TrimLeft(rest, blanks)
	}
	name, value, ok := strings.Cut(line, "=")
	name = strings.TrimRight(name, blanks)
	switch {
	case !ok:
		return Assignment{}, errors.New("no = in it")
	case !isName(name):
		return Assignment{}, errors.New("what stands before the = is not a variable's name")
	}
	value, err := parseEnvValue(value)
	return Assignment{Name: name, Value: value}, err
}

func isName(s string) bool {
	for i, c := range []byte(s) {
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// parseEnvValue reads what stands after the sign.
func parseEnvValue(raw string) (string, error) {
	trimmed := strings.TrimLeft(raw, blanks)
	spaced := len(trimmed) < len(raw)
	if trimmed == "" {
		return "", nil
	}
	if quote := trimmed[0]; quote == '\'' || quote == '"' {
		value, rest, err := parseQuoted(trimmed)
		if err != nil {
			return "", err
		}
		after := strings.TrimLeft(rest, blanks)
		if after != "" && (after[0] != '#' || len(after) == len(rest)) {
			return "", errors.New("something other than a comment after the closing quote")
		}
		return value, nil
	}
	if trimmed[0] == '#' && spaced {
		return "", nil
	}
	for i := 1; i < len(trimmed); i++ {
		if trimmed[i] == '#' && strings.Contains(blanks, trimmed[i-1:i]) {
			trimmed = trimmed[:i]
			break
		}
	}
	return strings.TrimRight(trimmed, blanks), nil
}

// parseQuoted reads a quoted string at the start of s and returns what follows it.
func parseQuoted(s string) (value, rest string, err error) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return b.String(), s[i+1:], nil
		case c == '\\' && quote == '"':
			if i++; i == len(s) {
				return "", "", errors.New("a quote is not closed")
			}
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			case '"', '\\', '$', '`':
				b.WriteByte(s[i])
			default: // not an escape: both characters stand, as in a shell
				b.WriteByte('\\')
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errors.New("a quote is not closed")
}
