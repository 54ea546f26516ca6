#!/usr/bin/env bash
# Proves and measures the GPU providers with the kit of `make gpu-kit`:
#   scripts/gpu.sh KIT [gpu.py's options]
# The kit alone is enough: copied to another machine, python3 KIT/gpu.py does the same.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -e "${1:?KIT}/manifest.json" ] || { printf 'gpu: there is no kit in %s\nTry: make gpu-kit\n' "$1" >&2; exit 1; }
exec "${PYTHON:-python3}" "$1/gpu.py" "$@"
