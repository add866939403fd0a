#!/bin/sh
# restic: a repository, backups, verification of every byte, restoration, pruning.
set -eu
export RESTIC_REPOSITORY="s3:$INTEROP_URL/restic-bucket/repo" RESTIC_PASSWORD=a-password RESTIC_CACHE_DIR="$PWD/cache"
say() { echo "  $1"; }
say "init"
"$TOOL" init --quiet
say "backup"
cp -r "$INTEROP_TREE" source
"$TOOL" backup --quiet source
echo more >source/added
rm -r source/dir5
"$TOOL" backup --quiet source
[ "$("$TOOL" snapshots --json | grep -o '"short_id"' | wc -l)" = 2 ]
say "check"
"$TOOL" check --quiet --read-data
say "restore"
"$TOOL" restore --quiet latest --target back
found=$(find back -name source -type d | head -n 1)
diff -r source "$found"
say "forget and prune"
"$TOOL" forget --quiet --keep-last 1 --prune
"$TOOL" check --quiet
rm -rf back
"$TOOL" restore --quiet latest --target back
diff -r source "$(find back -name source -type d | head -n 1)"
