#!/bin/sh
# Starts the server as the user myfsio. When the container starts as root, folders mounted from the host that belong to root are handed
# over first, without descending into a store that is already ours; started as any other user (docker run --user), it runs as that one.
set -eu
program=${MYFSIO_PROGRAM:-/usr/local/bin/myfsio}
if [ "$(id -u)" = 0 ]; then
  for dir in "${STORAGE_ROOT:-/app/data}" "${LOG_DIR:-/app/logs}"; do
    mkdir -p "$dir"
    if [ "$(stat -c %u "$dir")" = 0 ]; then
      chown -R 10001:10001 "$dir"
    fi
  done
  exec setpriv --reuid=10001 --regid=10001 --clear-groups "$program" "$@"
fi
exec "$program" "$@"
