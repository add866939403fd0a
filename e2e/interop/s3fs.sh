#!/bin/sh
# s3fs: a bucket as a folder.
set -eu
say() { echo "  $1"; }
bucket=s3fs-bucket
python=$(dirname "$0")/../out/interop-venv/bin/python
"$python" -c "import boto3, os; boto3.client('s3', endpoint_url=os.environ['INTEROP_URL']).create_bucket(Bucket='$bucket')"
mkdir mounted
printf '%s:%s' "$INTEROP_ACCESS" "$INTEROP_SECRET" >passwd
chmod 600 passwd
"$TOOL" $bucket mounted -o url="$INTEROP_URL" -o use_path_request_style -o passwd_file=passwd -o multipart_size=5 -o enable_noobj_cache
away() { fusermount -u mounted 2>/dev/null || umount mounted 2>/dev/null || true; }
trap away EXIT INT TERM
i=0
until mountpoint -q mounted; do
	i=$((i + 1))
	[ $i -lt 100 ] || { echo "not mounted" >&2; exit 1; }
	sleep 0.1
done

say "a tree there and back"
mkdir source
find "$INTEROP_TREE" -type f | sort | awk 'NR % 20 == 0' | while read -r file; do
	to="source/${file#"$INTEROP_TREE"/}"
	mkdir -p "$(dirname "$to")"
	cp "$file" "$to"
done
cp "$INTEROP_TREE/medium.bin" source/
cp -r source mounted/tree
diff -r source mounted/tree
say "rename, append, truncate, remove"
mv mounted/tree/medium.bin mounted/tree/renamed.bin
cmp source/medium.bin mounted/tree/renamed.bin
echo one >mounted/notes
echo two >>mounted/notes
[ "$(cat mounted/notes)" = "one
two" ]
: >mounted/notes
[ ! -s mounted/notes ]
rm -r mounted/tree
[ ! -e mounted/tree ]
