#!/usr/bin/env bash
# Runs govulncheck. Its database is fetched from the network: where that
# cannot be reached, nothing was checked, and this says so loudly; a known
# vulnerability fails.
set -uo pipefail
output=$(.deps/bin/govulncheck ./... 2>&1)
status=$?
if [ $status -ne 0 ] && grep -qE 'no such host|dial tcp|fetching vulnerabilities|connection refused|Forbidden' <<<"$output"; then
  printf '\n*** govulncheck: NOT CHECKED: the vulnerability database cannot be reached from here ***\n\n' >&2
  exit 0
fi
printf '%s\n' "$output"
exit $status
