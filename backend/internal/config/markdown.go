package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

const markdownHead = `<!-- Generated from backend/internal/config by "go test ./internal/config -update". Do not edit. -->

# Configuration

Every setting is a variable. It is taken from the first of these that sets it:

1. a flag of ` + "`myfsio serve`" + `,
2. the environment,
3. ` + "`./myfsio.env`" + `,
4. ` + "`/opt/myfsio/myfsio.env`" + `,
5. the default.

` + "`--env-file FILE`" + ` reads that file instead of 3 and 4. A variable that is set to nothing counts as not set. An explicit value is
honoured, or the server refuses to start and says why.

` + "`myfsio --show-config`" + ` prints every value with its source, without secrets. ` + "`myfsio --check-config`" + ` prints what is wrong
(CRITICAL: the server would not start), doubtful (WARNING) or worth knowing (INFO), and exits with 1 only for CRITICAL.

An env file has lines ` + "`NAME=value`" + `, with or without ` + "`export`" + `. ` + "`#`" + ` begins a comment at the start of a line and after a
blank. Values may be quoted: in single quotes everything stands for itself, in double quotes ` + "`\\n \\t \\r \\\" \\\\ \\$`" + ` are escapes.

Sizes are bytes, or have a unit: ` + "`KiB`, `MiB`, `GiB`, `TiB`" + ` (` + "`K M G T`" + ` mean the same) or ` + "`KB`, `MB`, `GB`, `TB`" + ` (powers of
1,000). Durations are plain numbers of the unit that the table gives, or carry one: ` + "`90s`, `15m`, `2h`, `7d`" + `. Switches are
` + "`true`, `1`, `yes`, `on`" + ` and ` + "`false`, `0`, `no`, `off`" + `. Lists are separated by commas.
`

var unitNames = map[string]string{"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

// Markdown renders docs/configuration.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(markdownHead)
	group := ""
	for _, f := range fields() {
		if f.group != group {
			group = f.group
			fmt.Fprintf(&b, "\n## %s\n\n| variable | default | meaning |\n|---|---|---|\n", group)
		}
		def := "–"
		switch {
		case f.under != "":
			def = "`STORAGE_ROOT/" + f.under + "`"
		case f.def != "":
			def = "`" + f.def + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.env, def, strings.ReplaceAll(f.describe(), "|", `\|`))
	}
	return b.String()
}

// describe is the documentation of a setting with what follows from its tags.
func (f field) describe() string {
	parts := []string{f.doc}
	switch {
	case len(f.oneof) > 0:
		parts = append(parts, "One of `"+strings.Join(f.oneof, "`, `")+"`.")
	case f.typ == reflect.TypeFor[time.Duration]():
		parts = append(parts, "In "+unitNames[f.unit]+".")
	case f.kind == "bytes":
		parts = append(parts, "In bytes.")
	}
	switch f.effect {
	case "none":
		parts = append([]string{"**No effect.**"}, parts...)
	case "later":
		parts = append(parts, "*Not in this release: a value is checked and has no effect yet.*")
	case "refuse":
		parts = append(parts, "*Not in this release: an explicit `true` is refused.*")
	}
	return strings.Join(parts, " ")
}
