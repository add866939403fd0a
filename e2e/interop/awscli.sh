#!/bin/sh
# The AWS CLI: a sync of a tree there and back, large files, listings, versions, links.
set -eu
aws() { "$TOOL" --endpoint-url "$INTEROP_URL" "$@"; }
say() { echo "  $1"; }
files=$(find "$INTEROP_TREE" -type f | wc -l)

say "bucket"
aws s3 mb s3://aws-cli-bucket >/dev/null
aws s3api head-bucket --bucket aws-cli-bucket >/dev/null
[ "$(aws s3api get-bucket-location --bucket aws-cli-bucket --query LocationConstraint --output text)" = None ]

say "sync of $files files there"
aws s3 sync "$INTEROP_TREE" s3://aws-cli-bucket/tree --only-show-errors
[ "$(aws s3 ls --recursive s3://aws-cli-bucket/tree/ | wc -l)" = "$files" ]
[ "$(aws s3api list-objects-v2 --bucket aws-cli-bucket --prefix tree/ --query 'length(Contents)' --page-size 333)" = "$files" ]
[ "$(aws s3api list-objects --bucket aws-cli-bucket --prefix tree/ --query 'length(Contents)' --page-size 500)" = "$files" ]
say "sync again: nothing to do"
again=$(aws s3 sync "$INTEROP_TREE" s3://aws-cli-bucket/tree)
[ -z "$again" ] || { echo "$again" | head -n 3; exit 1; }
say "sync back, byte by byte"
aws s3 sync s3://aws-cli-bucket/tree back --only-show-errors
diff -r "$INTEROP_TREE" back
say "sync with --delete"
rm -rf back/dir1
aws s3 sync back s3://aws-cli-bucket/tree --delete --only-show-errors
[ "$(aws s3 ls --recursive s3://aws-cli-bucket/tree/ | wc -l)" = "$(find back -type f | wc -l)" ]
rm -rf back

say "copy, move, pipe"
aws s3 cp "$INTEROP_TREE/large.bin" s3://aws-cli-bucket/large --only-show-errors --metadata colour=blue
[ "$(aws s3api head-object --bucket aws-cli-bucket --key large --query Metadata.colour --output text)" = blue ]
aws s3 cp s3://aws-cli-bucket/large s3://aws-cli-bucket/copied --only-show-errors
aws s3 mv s3://aws-cli-bucket/copied s3://aws-cli-bucket/moved --only-show-errors
aws s3 cp s3://aws-cli-bucket/moved moved --only-show-errors
cmp "$INTEROP_TREE/large.bin" moved
aws s3 cp - s3://aws-cli-bucket/piped --only-show-errors <"$INTEROP_TREE/medium.bin"
aws s3 cp s3://aws-cli-bucket/piped - | cmp - "$INTEROP_TREE/medium.bin"

say "checksums"
for a in CRC32 SHA1 SHA256; do
	aws s3api put-object --bucket aws-cli-bucket --key "sum-$a" --body "$INTEROP_TREE/medium.bin" --checksum-algorithm $a >/dev/null
	[ "$(aws s3api head-object --bucket aws-cli-bucket --key "sum-$a" --checksum-mode ENABLED --query "Checksum$a" --output text)" != None ]
done
aws s3api get-object-attributes --bucket aws-cli-bucket --key large --object-attributes ETag ObjectSize ObjectParts Checksum >/dev/null
aws s3api get-object --bucket aws-cli-bucket --key large --range bytes=5000000-9000000 part >/dev/null
[ "$(wc -c <part)" = 4000001 ]

say "multipart by hand"
up=$(aws s3api create-multipart-upload --bucket aws-cli-bucket --key parts --query UploadId --output text)
one=$(aws s3api upload-part --bucket aws-cli-bucket --key parts --upload-id "$up" --part-number 1 --body "$INTEROP_TREE/medium.bin" --query ETag --output text)
two=$(aws s3api upload-part-copy --bucket aws-cli-bucket --key parts --upload-id "$up" --part-number 2 --copy-source aws-cli-bucket/large --copy-source-range bytes=0-99 --query CopyPartResult.ETag --output text)
[ "$(aws s3api list-parts --bucket aws-cli-bucket --key parts --upload-id "$up" --query 'length(Parts)')" = 2 ]
aws s3api complete-multipart-upload --bucket aws-cli-bucket --key parts --upload-id "$up" \
	--multipart-upload "Parts=[{PartNumber=1,ETag=$one},{PartNumber=2,ETag=$two}]" >/dev/null
[ "$(aws s3api head-object --bucket aws-cli-bucket --key parts --query ContentLength)" = 9437284 ]

say "versions"
aws s3api put-bucket-versioning --bucket aws-cli-bucket --versioning-configuration Status=Enabled
[ "$(aws s3api get-bucket-versioning --bucket aws-cli-bucket --query Status --output text)" = Enabled ]
echo one >v && aws s3 cp v s3://aws-cli-bucket/v --only-show-errors
echo two >v && aws s3 cp v s3://aws-cli-bucket/v --only-show-errors
aws s3 rm s3://aws-cli-bucket/v --only-show-errors
[ "$(aws s3api list-object-versions --bucket aws-cli-bucket --prefix v --query 'length(Versions)')" = 2 ]
[ "$(aws s3api list-object-versions --bucket aws-cli-bucket --prefix v --query 'length(DeleteMarkers)')" = 1 ]
aws s3api put-bucket-versioning --bucket aws-cli-bucket --versioning-configuration Status=Suspended

say "link"
link=$(aws s3 presign s3://aws-cli-bucket/piped --expires-in 60)
python=$(dirname "$TOOL")/python
"$python" -c 'import sys, urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1]).read())' "$link" | cmp - "$INTEROP_TREE/medium.bin"

say "removal"
aws s3 rm --recursive s3://aws-cli-bucket --only-show-errors
[ -z "$(aws s3 ls s3://aws-cli-bucket)" ]
if aws s3 rb s3://aws-cli-bucket 2>error >/dev/null; then exit 1; fi
grep -q BucketNotEmpty error # the versions are still there
aws s3 mb s3://aws-cli-second >/dev/null
aws s3 rb s3://aws-cli-second >/dev/null
