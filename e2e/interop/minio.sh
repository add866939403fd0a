#!/bin/sh
# minio-go: a mirror of a tree there and back.
set -eu
"$TOOL" -endpoint "$INTEROP_HOST" -from "$INTEROP_TREE"
