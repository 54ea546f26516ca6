#!/usr/bin/env bash
# Runs every fuzz target for the given time each.
set -euo pipefail
grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r file; do
  grep -oE '^func Fuzz\w*' "$file" | sed 's/^func //' | while read -r target; do
    go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "${1:-30s}"
  done
done
