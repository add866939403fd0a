#!/bin/sh
# Runs the steps of docker/Dockerfile without a Docker engine: every stage is an empty folder that stands for its root, COPY and RUN are carried
# out in it (absolute paths of a command are taken below that folder), and then the image's entry point and health check are tried on a
# data folder that belongs to root. What needs an engine (base images, users of the image) is left to one.
set -eu
context=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
pid=
cleanup() {
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT INT TERM
stage=0 root= dir=/ env_file=

say() { printf '%s\n' "$*" >&2; }
fail() { say "docker-steps: $*"; exit 1; }

run() {
  command=$(printf '%s' "$1" | sed -E "s#(^|[ =])/(out|tmp|src|app|usr/local/bin)#\1$root/\2#g")
  say "[$stage] RUN $1"
  (cd "$root$dir" && DESTDIR=$root sh -ec "$command") >&2 || fail "RUN $1"
}

copy() {
  from=$context mode=
  while :; do
    case $1 in
      --from=*) from=$work/${1#--from=}; shift ;;
      --chmod=*) mode=${1#--chmod=}; shift ;;
      *) break ;;
    esac
  done
  say "[$stage] COPY $*"
  for to in "$@"; do :; done
  case $to in /*) target=$root$to ;; *) target=$root$dir/$to ;; esac
  while [ $# -gt 1 ]; do
    source=$from/${1#/}
    [ -e "$source" ] || fail "COPY $1: not there"
    if [ -d "$source" ]; then
      mkdir -p "$target"
      # What .dockerignore keeps out of the context.
      tar -C "$source" --exclude=node_modules --exclude=./bin --exclude=.git -cf - . | tar -C "$target" -xf -
    else
      case $to in */|.|./) mkdir -p "$target"; cp "$source" "$target/" ;; *) mkdir -p "$(dirname "$target")"; cp "$source" "$target" ;; esac
      if [ -n "$mode" ]; then chmod "$mode" "$target"; fi
    fi
    shift
  done
}

# Continued lines are joined first.
sed -e ':a' -e '/\\$/N; s/\\\n//; ta' "$context/docker/Dockerfile" | grep -vE '^[[:space:]]*(#|$)' > "$work/steps"
while read -r word rest; do
  case $word in
    FROM)
      stage=$(printf '%s' "$rest" | sed -nE 's/.* AS (.*)/\1/p')
      [ -n "$stage" ] || stage=image
      root=$work/$stage dir=/
      mkdir -p "$root/tmp" "$root/out"
      env_file=$work/$stage.env
      : > "$env_file"
      say "[$stage] FROM $rest" ;;
    WORKDIR) dir=$rest; mkdir -p "$root$dir" ;;
    COPY) eval "set -- $rest"; copy "$@" ;;
    RUN) run "$rest" ;;
    ENV) for pair in $rest; do printf '%s\n' "$pair" >> "$env_file"; done ;;
    ENTRYPOINT) entry=$(printf '%s' "$rest" | tr -d '[]"') ;;
    CMD) command=$(printf '%s' "$rest" | tr -d '[]",') ;;
    HEALTHCHECK) health=$(printf '%s' "$rest" | sed -E 's/.*CMD //' | tr -d '[]",') ;;
    VOLUME|EXPOSE|STOPSIGNAL) ;;
    *) fail "unknown instruction $word" ;;
  esac
done < "$work/steps"

# The finished image, started as a container would be, on folders that belong to whoever runs this.
for pair in $(cat "$env_file"); do
  name=${pair%%=*} value=${pair#*=}
  case $value in /app/*) value=$root$value ;; esac
  export "$name=$value"
done
export MYFSIO_PROGRAM="$root/usr/local/bin/myfsio" APP_PORT="${APP_PORT:-15000}" UI_PORT="${UI_PORT:-15100}"
chmod 755 "$work" "$root" "$root/app"
if [ "$(id -u)" = 0 ]; then chown -R 0:0 "$root/app"; fi
say "[image] $entry $command"
(cd "$root/app" && exec sh "$root$entry" $command) > "$work/output" 2>&1 &
pid=$!
check=$(printf '%s' "$health" | sed "s#/usr/local#$root/usr/local#")
tries=0
until $check >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ] || ! kill -0 "$pid" 2>/dev/null; then cat "$work/output" >&2; fail "the server did not become healthy"; fi
  sleep 0.2
done
say "[image] healthy: $($check)"
owner=$(stat -c %u "$root/app/data/.myfsio.sys")
if [ "$(id -u)" = 0 ] && [ "$owner" != 10001 ]; then fail "the store belongs to $owner: the server runs as root"; fi
[ -s "$root/app/data/.myfsio.sys/config/initial-admin.txt" ] || fail "no generated secret on a public address"
if grep -q "$(tail -n 1 "$root/app/data/.myfsio.sys/config/initial-admin.txt" | sed 's/.*[: ]//')" "$root/app/logs/app.log"; then fail "the secret is in the log"; fi
kill -TERM "$pid"
wait "$pid" || fail "the server did not stop in order"
pid=
if $check >/dev/null 2>&1; then fail "the health check passes without a server"; fi
say "docker-steps: every step of docker/Dockerfile works"
