#!/usr/bin/env bash
# Measures a prompt set with K references drawn from the good pictures, mean of
# three draws: scripts/measure.sh SET K GOOD_DIR BAD_DIR…
# K = 0 measures the text alone. BUNDLE=DIR measures another bundle.
set -euo pipefail
set_file=$1 k=$2 good=$3
shift 3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=()
for dir in "$@"; do bad+=(--bad "$dir"); done
for seed in 1 2 3; do
  rm -rf "$scratch/good" "$scratch/references"
  mkdir "$scratch/good" "$scratch/references"
  find "$(realpath "$good")" -type f | sort | shuf --random-source=<(yes "$seed") | {
    n=0
    while read -r file; do
      n=$((n + 1))
      [ "$n" -le "$k" ] && to=references || to=good
      ln -s "$file" "$scratch/$to/$n.${file##*.}"
    done
  }
  references=()
  [ "$k" -gt 0 ] && references=(--references "$scratch/references")
  bin/edge eval ${BUNDLE:+--bundle "$BUNDLE"} --prompts "$set_file" --good "$scratch/good" "${bad[@]}" ${references[@]+"${references[@]}"} --format json 2>/dev/null
done | python3 -c '
import json, sys
d, at, text = json.JSONDecoder(), 0, sys.stdin.read().strip()
found = []
while at < len(text):
    value, at = d.raw_decode(text, at)
    found.append(value)
    at += len(text[at:]) - len(text[at:].lstrip())
a = [100 * f["auroc"] for f in found]
print("AUROC %.1f (%s), overkill %.1f %%, escape %.1f %%" % (sum(a) / len(a), ", ".join("%.1f" % v for v in a),
    100 * sum(f["overkill"] for f in found) / len(a), 100 * sum(f["escape"] for f in found) / len(a)))'
