#!/bin/sh
# Runs every fuzz target of the backend for the given time (default 20s), one after the other.
set -eu
time=${1:-20s}
cd "$(dirname "$0")/../backend"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
grep -rl --include='*_test.go' '^func Fuzz' internal | xargs -n1 dirname | sort -u | while read -r dir; do
  grep -h '^func Fuzz' "$dir"/*_test.go | sed 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/' | while read -r target; do
    echo "== $dir $target"
    if ! go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "./$dir" >"$log" 2>&1; then
      # On a busy machine Go's fuzzing can take the end of its own time for a failure. It says no more then; a real one names its input.
      if ! grep -q '^    context deadline exceeded$' "$log" || grep -q 'Failing input\|panic:' "$log"; then
        cat "$log"
        exit 1
      fi
    fi
    grep '^fuzz: elapsed' "$log" | tail -n 1
  done
done
