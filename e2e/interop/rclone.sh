#!/bin/sh
# rclone: sync there and back, checks by checksum and by download.
set -eu
export RCLONE_CONFIG="$PWD/none" RCLONE_CONFIG_MY_TYPE=s3 RCLONE_CONFIG_MY_PROVIDER=Other RCLONE_CONFIG_MY_ACCESS_KEY_ID=$INTEROP_ACCESS \
	RCLONE_CONFIG_MY_SECRET_ACCESS_KEY=$INTEROP_SECRET RCLONE_CONFIG_MY_ENDPOINT=$INTEROP_URL RCLONE_CONFIG_MY_REGION=us-east-1 \
	RCLONE_S3_UPLOAD_CUTOFF=8M RCLONE_S3_CHUNK_SIZE=5M RCLONE_LOG_LEVEL=ERROR RCLONE_RETRIES=1 RCLONE_LOW_LEVEL_RETRIES=1
: >none
say() { echo "  $1"; }
say "sync there"
"$TOOL" mkdir my:rclone-bucket
"$TOOL" sync "$INTEROP_TREE" my:rclone-bucket/tree --transfers 8 --checkers 8
say "check"
"$TOOL" check "$INTEROP_TREE" my:rclone-bucket/tree
"$TOOL" check --download "$INTEROP_TREE" my:rclone-bucket/tree --checkers 8
say "sync back"
"$TOOL" sync my:rclone-bucket/tree back --transfers 8
diff -r "$INTEROP_TREE" back
say "changes"
rm -rf back/dir3
echo changed >back/empty
"$TOOL" sync back my:rclone-bucket/tree --transfers 8
"$TOOL" check back my:rclone-bucket/tree
say "copy and move on the server"
"$TOOL" copyto my:rclone-bucket/tree/large.bin my:rclone-bucket/copy.bin
"$TOOL" moveto my:rclone-bucket/copy.bin my:rclone-bucket/moved.bin
"$TOOL" cat my:rclone-bucket/moved.bin | cmp - "$INTEROP_TREE/large.bin"
"$TOOL" cat --offset 100 --count 50 my:rclone-bucket/moved.bin | wc -c | grep -q 50
"$TOOL" rcat my:rclone-bucket/streamed <"$INTEROP_TREE/medium.bin"
"$TOOL" cat my:rclone-bucket/streamed | cmp - "$INTEROP_TREE/medium.bin"
[ "$("$TOOL" lsf my:rclone-bucket/ | wc -l)" = 3 ]
[ "$("$TOOL" size --json my:rclone-bucket/moved.bin | sed 's/.*"bytes":\([0-9]*\).*/\1/')" = 31457280 ]
say "versions and clean up"
"$TOOL" delete my:rclone-bucket/tree --include '/dir4/**'
"$TOOL" cleanup my:rclone-bucket
"$TOOL" purge my:rclone-bucket
[ -z "$("$TOOL" lsf my: | grep rclone-bucket || true)" ]
