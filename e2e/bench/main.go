// Command bench measures MyFSIO against a bare reference server in the same run and prints ratios: absolute figures say more about the
// machine than about the program.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"time"
)

type options struct {
	bin    string
	only   *regexp.Regexp
	slice  time.Duration
	rounds int
	many   int64
	inline int64
}

func main() {
	var o options
	var only, refAddr, dir string
	flag.StringVar(&o.bin, "bin", "", "path of the myfsio binary")
	flag.StringVar(&only, "only", "", "run the cases that match this expression")
	flag.DurationVar(&o.slice, "slice", 2*time.Second, "time of one measurement; the servers take turns")
	flag.IntVar(&o.rounds, "rounds", 3, "turns of each server in each case")
	flag.Int64Var(&o.many, "many", 1_000_000, "keys of the large bucket")
	flag.Int64Var(&o.inline, "inline", 64<<10, "the reference keeps objects up to this size in Pebble; MyFSIO's own threshold")
	flag.StringVar(&dir, "dir", "", "folder for the stores (a temporary one)")
	flag.StringVar(&refAddr, "reference", "", "serve the reference on this address (used by bench itself)")
	flag.Parse()
	if refAddr != "" {
		fail(serveReference(refAddr, dir, o.inline))
	}
	var err error
	o.only, err = regexp.Compile(only)
	fail(err)
	if dir == "" {
		dir, err = os.MkdirTemp("", "myfsio-bench-")
		fail(err)
		defer func() { _ = os.RemoveAll(dir) }()
	}
	fail(run(o, dir))
}

func run(o options, dir string) error {
	for _, sub := range []string{"ours", "reference"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	ours, err := startOurs(o.bin, filepath.Join(dir, "ours"))
	if err != nil {
		return err
	}
	ref, err := startReference(filepath.Join(dir, "reference"), o.inline)
	if err != nil {
		ours.stop()
		return err
	}
	b := &bench{options: o, ours: ours, ref: ref}
	defer func() { b.ours.stop(); b.ref.stop() }()
	fmt.Printf("%s, %d CPUs, inline threshold %d KiB, every write synced by both\n\n", runtime.Version(), runtime.NumCPU(), o.inline>>10)
	return b.all()
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
