package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Rate allows Limit requests in each Period.
type Rate struct {
	Limit  int64
	Period time.Duration
}

const day = 24 * time.Hour

var periods = []struct {
	name   string
	letter string // of the short form 200-M
	length time.Duration
}{
	{"second", "S", time.Second}, {"minute", "M", time.Minute}, {"hour", "H", time.Hour}, {"day", "D", day},
	{"month", "", 30 * day}, {"year", "", 365 * day},
}

// String is the rate in a form that ParseRates reads.
func (r Rate) String() string {
	for i := len(periods) - 1; i >= 0; i-- {
		p := periods[i]
		switch n := r.Period / p.length; {
		case r.Period == p.length:
			return fmt.Sprintf("%d per %s", r.Limit, p.name)
		case n > 0 && r.Period%p.length == 0:
			return fmt.Sprintf("%d per %d %ss", r.Limit, n, p.name)
		}
	}
	return fmt.Sprintf("%d per %s", r.Limit, r.Period)
}

// ParseRates reads limits separated by semicolons, commas or bars: "200 per minute", "5 per 2 hours", "10/second", "200/60" (per 60
// seconds) and "200-M" (S, M, H, D). "none" is no limit.
func ParseRates(s string) ([]Rate, error) {
	if strings.EqualFold(strings.TrimSpace(s), "none") {
		return nil, nil
	}
	var rates []Rate
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == ',' || r == '|' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		r, err := parseRate(part)
		if err != nil {
			return nil, fmt.Errorf("%q is not a rate (%w); write for example 200 per minute, 200/60 or 200-M", part, err)
		}
		rates = append(rates, r)
	}
	if len(rates) == 0 {
		return nil, errors.New("no rate in it; write for example 200 per minute, or none")
	}
	return rates, nil
}

func parseRate(s string) (Rate, error) {
	if limit, letter, ok := strings.Cut(s, "-"); ok {
		for _, p := range periods {
			if p.letter != "" && strings.EqualFold(strings.TrimSpace(letter), p.letter) {
				return newRate(limit, "1", p.length)
			}
		}
		return Rate{}, errors.New("the letter after - is none of S, M, H, D")
	}
	limit, period, ok := strings.Cut(s, "/")
	if !ok {
		fields := strings.Fields(s)
		if len(fields) < 3 || !strings.EqualFold(fields[1], "per") {
			return Rate{}, errors.New("neither per nor / in it")
		}
		limit, period = fields[0], strings.Join(fields[2:], " ")
	}
	count, unit := "1", strings.ToLower(strings.TrimSpace(period))
	if digits := len(unit) - len(strings.TrimLeft(unit, "0123456789")); digits > 0 {
		count, unit = unit[:digits], strings.TrimLeft(unit[digits:], " /")
		if unit == "" {
			unit = "second"
		}
	}
	for _, p := range periods {
		if strings.TrimSuffix(unit, "s") == p.name {
			return newRate(limit, count, p.length)
		}
	}
	return Rate{}, errors.New("the period is none of second, minute, hour, day, month, year")
}

func newRate(limit, count string, unit time.Duration) (Rate, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(limit), 10, 32)
	if err != nil || n == 0 {
		return Rate{}, errors.New("the number of requests is not one from 1 to 4294967295")
	}
	c, err := strconv.ParseUint(count, 10, 32)
	if longest := 3650 * day; err != nil || c == 0 || time.Duration(c) > longest/unit { //nolint:gosec // 32 bits
		return Rate{}, errors.New("the period is not one from a second to ten years")
	}
	return Rate{Limit: int64(n), Period: time.Duration(c) * unit}, nil //nolint:gosec // 32 bits
}
