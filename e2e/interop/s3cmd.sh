#!/bin/sh
# s3cmd, with signatures of version 4 and of version 2.
set -eu
cat >config <<C
[default]
access_key = $INTEROP_ACCESS
secret_key = $INTEROP_SECRET
host_base = $INTEROP_HOST
host_bucket = $INTEROP_HOST
use_https = False
bucket_location = us-east-1
multipart_chunk_size_mb = 5
C
say() { echo "  $1"; }
for v2 in False True; do
	s3() { "$TOOL" -c "$PWD/config" --quiet "$@"; }
	bucket=s3cmd-bucket
	if [ $v2 = True ]; then
		bucket=s3cmd-old-signatures
		echo "signature_v2 = True" >>config
	fi
	say "put and get ($bucket)"
	s3 mb s3://$bucket
	s3 put "$INTEROP_TREE/medium.bin" s3://$bucket/medium.bin
	s3 get s3://$bucket/medium.bin medium.back
	cmp "$INTEROP_TREE/medium.bin" medium.back
	s3 put "$INTEROP_TREE/large.bin" "s3://$bucket/in parts"
	s3 get "s3://$bucket/in parts" large.back
	cmp "$INTEROP_TREE/large.bin" large.back
	rm medium.back large.back
	say "sync"
	s3 sync "$INTEROP_TREE/dir7" "$INTEROP_TREE/with space" "$INTEROP_TREE/ünïcödé" s3://$bucket/tree/
	mkdir -p back
	s3 sync s3://$bucket/tree/ back/
	for d in dir7 "with space" ünïcödé; do diff -r "$INTEROP_TREE/$d" "back/$d"; done
	rm -rf back
	again=$("$TOOL" -c "$PWD/config" --dry-run sync "$INTEROP_TREE/dir7" s3://$bucket/tree/ 2>&1 | grep -c '^upload:' || true)
	[ "$again" = 0 ]
	say "copy, move, list, remove"
	s3 cp s3://$bucket/medium.bin s3://$bucket/copy.bin
	s3 mv s3://$bucket/copy.bin s3://$bucket/moved.bin
	[ "$("$TOOL" -c "$PWD/config" ls s3://$bucket/ | grep -c moved.bin)" = 1 ]
	[ "$("$TOOL" -c "$PWD/config" ls --recursive s3://$bucket/tree/dir7/ | wc -l)" = "$(find "$INTEROP_TREE/dir7" -type f | wc -l)" ]
	"$TOOL" -c "$PWD/config" du s3://$bucket/ >/dev/null
	s3 del --recursive --force s3://$bucket/tree/
	s3 del s3://$bucket/medium.bin "s3://$bucket/in parts" s3://$bucket/moved.bin
	[ -z "$("$TOOL" -c "$PWD/config" ls --recursive s3://$bucket/)" ]
	s3 rb s3://$bucket
done
