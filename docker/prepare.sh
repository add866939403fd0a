#!/bin/sh
# What the image needs beside the binary: the user, its folders, and setpriv (part of the base image's util-linux) to become that user.
set -eu
root=${DESTDIR:-}
if [ -z "$root" ]; then
  groupadd --system --gid 10001 myfsio
  useradd --system --uid 10001 --gid myfsio --home-dir /app --no-create-home --shell /usr/sbin/nologin myfsio
fi
mkdir -p "$root/app/data" "$root/app/logs"
chown -R 10001:10001 "$root/app"
