#!/usr/bin/env bash
# Measures a prompt set with K references drawn from the good pictures, mean of
# three draws: scripts/measure.sh SET K GOOD_DIR BAD_DIR…
# K = 0 measures the text alone. BUNDLE=DIR measures another bundle.
set -euo pipefail
set_file=$1 k=$2 good=$3
shift 3
bad=()
for dir in "$@"; do bad+=(--bad "$dir"); done
draws=3
[ "$k" -gt 0 ] || draws=1
bin/edge eval ${BUNDLE:+--bundle "$BUNDLE"} --prompts "$set_file" --good "$good" "${bad[@]}" --references "$k" --draws "$draws" --format json |
  python3 -c '
import json, sys
f = json.load(sys.stdin)
print("AUROC %.1f (%s), overkill %.1f %%, escape %.1f %%" % (100 * f["auroc"], ", ".join("%.1f" % (100 * d["auroc"]) for d in f["draws"]),
    100 * f["overkill"], 100 * f["escape"]))'
