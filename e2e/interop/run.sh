#!/bin/sh
# Runs real S3 clients against a fresh server: AWS CLI, boto3, s3cmd, rclone, restic, minio-go, s3fs and Terraform, and what two products do that
# are not run here. A client that is not there is installed when that is possible (a private Python environment; Debian's packages as root) and
# else reported as absent. The exit code is not 0 when a client that is there fails.
#
# Usage: sh e2e/interop/run.sh [client ...]
#   MYFSIO_BIN               the server, bin/myfsio by default
#   MYFSIO_INTEROP_INSTALL=0 install nothing
#   MYFSIO_INTEROP_FILES     number of files in the tree that is synchronized, 3000 by default
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${MYFSIO_BIN:-$root/bin/myfsio}
install=${MYFSIO_INTEROP_INSTALL:-1}
clients=${*:-awscli boto3 s3cmd rclone restic minio s3fs terraform sequences}
[ -x "$bin" ] || { echo "no server at $bin: run \`make build\` first or name it in MYFSIO_BIN" >&2; exit 1; }

work=$(mktemp -d)
server=
finish() {
	status=$?
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null
		wait "$server" 2>/dev/null
	fi
	rm -rf "$work"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# The clients. The Python ones live in an environment that stays for the next run.
venv=$root/e2e/out/interop-venv
stamp=$venv/.installed
python_clients() {
	if [ -f "$stamp" ] && cmp -s "$here/requirements.txt" "$stamp"; then return 0; fi
	[ "$install" = 1 ] && command -v python3 >/dev/null || return 1
	rm -rf "$venv"
	mkdir -p "$(dirname "$venv")" && python3 -m venv "$venv" >"$work/venv.log" 2>&1 &&
		"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >>"$work/venv.log" 2>&1 &&
		cp "$here/requirements.txt" "$stamp" && return 0
	tail -n 3 "$work/venv.log" >&2
	return 1
}
updated=0
debian() {
	command -v "$1" >/dev/null && return 0
	[ "$install" = 1 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
	if [ $updated = 0 ]; then
		apt-get update -qq >/dev/null 2>&1
		updated=1
	fi
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >"$work/apt.log" 2>&1 || tail -n 3 "$work/apt.log" >&2
	command -v "$1" >/dev/null
}

# A fresh server on free ports.
export INTEROP_ACCESS=INTEROPKEY0000000001 INTEROP_SECRET=interop-secret/with+signs-0123456789
mkdir "$work/server"
(cd "$work/server" && exec env -i PATH="$PATH" HOME="$work/server" STORAGE_ROOT=data LOG_DIR=logs APP_PORT=0 UI_PORT=0 \
	ADMIN_ACCESS_KEY=$INTEROP_ACCESS ADMIN_SECRET_KEY=$INTEROP_SECRET SECRET_KEY=a-key-for-one-run-0123456789 "$bin" serve >"$work/server.log" 2>&1) &
server=$!
url=
i=0
while [ $i -lt 300 ]; do
	url=$(sed -n 's/.*S3 API *\(http:[^ ]*\).*/\1/p' "$work/server.log" | head -n 1)
	[ -n "$url" ] && break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.1
	i=$((i + 1))
done
[ -n "$url" ] || { echo "the server did not start:" >&2; cat "$work/server.log" >&2; exit 1; }
export INTEROP_URL="$url" INTEROP_HOST="${url#http://}"

# What the environment says about AWS must not reach the clients.
for name in $(env | sed -n 's/^\(AWS_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE) # which follow HOME
export GOMODCACHE GOCACHE HOME="$work/home" AWS_ACCESS_KEY_ID=$INTEROP_ACCESS AWS_SECRET_ACCESS_KEY=$INTEROP_SECRET AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
mkdir "$HOME"
export INTEROP_TREE="$work/tree"
sh "$here/tree.sh" "$INTEROP_TREE" "${MYFSIO_INTEROP_FILES:-3000}" || exit 1

failed=0
table=
for client in $clients; do
	version= tool=
	case $client in
	awscli) python_clients && tool=$venv/bin/aws && version=$("$tool" --version 2>&1 | cut -d ' ' -f 1) ;;
	boto3) python_clients && tool=$venv/bin/python && version=$("$tool" -c 'import boto3; print(boto3.__version__)') ;;
	s3cmd) python_clients && tool=$venv/bin/s3cmd && version=$("$tool" --version | cut -d ' ' -f 3) ;;
	rclone) debian rclone && tool=$(command -v rclone) && version=$("$tool" version 2>/dev/null | head -n 1 | cut -d ' ' -f 2) ;;
	restic) debian restic && tool=$(command -v restic) && version=$("$tool" version | cut -d ' ' -f 2) ;;
	minio) (cd "$root/e2e/s3compat" && go build -o "$work/mirror" ./mirror) && tool=$work/mirror && version=$(sed -n 's/.*minio-go\/v7 //p' "$root/e2e/s3compat/go.mod") ;;
	s3fs) [ -w /dev/fuse ] && python_clients && debian s3fs && tool=$(command -v s3fs) && version=$("$tool" --version | sed -n 's/.* V\([0-9.]*\).*/\1/p') ;;
	terraform) # not installed: its licence is not ours to accept
		python_clients && command -v terraform >/dev/null && tool=$(command -v terraform) && version=$(TF_CLI_CONFIG_FILE=/dev/null "$tool" version 2>/dev/null | sed -n '1s/.*v//p') ;;
	sequences) python_clients && tool=$venv/bin/python && version=- ;;
	*) echo "no such client: $client" >&2; exit 2 ;;
	esac
	if [ -z "$tool" ]; then
		table="$table$client|-|absent|-
"
		continue
	fi
	echo "== $client $version"
	mkdir -p "$work/$client"
	begin=$(date +%s)
	case $client in
	boto3) (cd "$work/$client" && "$tool" "$here/boto3_suite.py") ;;
	sequences) (cd "$work/$client" && "$tool" "$here/sequences.py") ;;
	*) (cd "$work/$client" && TOOL=$tool sh "$here/$client.sh") ;;
	esac
	code=$?
	took=$(($(date +%s) - begin))
	verdict=works
	if [ $code != 0 ]; then
		verdict="FAILED ($code)"
		failed=1
	fi
	kill -0 "$server" 2>/dev/null || { verdict="FAILED (the server ended)"; failed=1; }
	table="$table$client|$version|$verdict|${took}s
"
	rm -rf "${work:?}/$client"
done
if [ "$failed" = 1 ]; then
	echo "== end of the server's log"
	tail -n 20 "$work/server.log"
fi
printf '\n%-10s %-22s %-28s %s\n' client version result time
printf '%s' "$table" | while IFS='|' read -r a b c d; do printf '%-10s %-22s %-28s %s\n' "$a" "$b" "$c" "$d"; done
exit $failed
