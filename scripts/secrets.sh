#!/bin/sh
# Looks through the files of the repository for secrets: private keys, and access keys and tokens in the forms of well-known services.
# Examples hold EXAMPLE. The key of the tests' own certificate is none.
set -eu
cd "$(dirname "$0")/.."
found=$(git grep -nIE -e '-----BEGIN ([A-Z]+ )?PRIVATE KEY-----' -e '\b(AKIA|ASIA)[A-Z0-9]{16}\b' -e '\bgh[pousr]_[A-Za-z0-9]{36}' -e '\bglpat-[A-Za-z0-9_-]{20}' \
  -e '\bxox[abprs]-[A-Za-z0-9-]{10,}' -e '\bAIza[A-Za-z0-9_-]{35}' -e '\bnpm_[A-Za-z0-9]{36}' -e '\bsk_live_[A-Za-z0-9]{16,}' -e '\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}' \
  -- ':!scripts/secrets.sh' ':!e2e/support/tls/key.pem' | grep -v EXAMPLE || true)
if [ -n "$found" ]; then
  echo "these look like secrets:" >&2
  echo "$found" | sed -E 's/^([^:]+:[0-9]+):.*/  \1/' >&2
  exit 1
fi
