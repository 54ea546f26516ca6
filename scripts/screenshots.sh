#!/usr/bin/env bash
# Takes the pictures of the README anew: the operator's page and a report, both of
# the built-in belt, by a real Chromium. Needs bin/edge and what `make test`
# installs. Run it after a change of the page or the report, and look at them.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'screenshots: %s\n' "$*" >&2; }
die() { printf 'screenshots: %s\nTry: %s\n' "$1" "$2" >&2; exit 1; }

[ -x bin/edge ] || die "bin/edge is not there" "make build"
for tool in chromium ffmpeg curl; do command -v $tool >/dev/null || die "$tool is not there" "scripts/setup.sh test"; done
limit=150000 # bytes a picture
port=${PORT:-18080}
dir=$(mktemp -d)
agent=
trap '[ -z "$agent" ] || { kill -INT "$agent" && wait "$agent" || true; }; rm -rf "$dir"' EXIT

# keep NAME makes a JPEG within the limit of the PNG in the folder.
keep() {
  mkdir -p docs/images
  for quality in 2 3 4 5 6 8 10 13 16 20; do
    ffmpeg -loglevel error -y -i "$dir/$1.png" -q:v $quality "$dir/$1.jpg"
    [ "$(stat -c %s "$dir/$1.jpg")" -gt $limit ] || break
  done
  mv "$dir/$1.jpg" "docs/images/$1.jpg"
  say "docs/images/$1.jpg: $(stat -c %s "docs/images/$1.jpg") bytes"
}

# shoot ADDRESS NAME WIDTH HEIGHT
shoot() {
  timeout 60 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking --disable-component-update \
    --disable-sync --user-data-dir="$dir/chromium" --force-prefers-reduced-motion --window-size="$3,$4" \
    --screenshot="$dir/$2.png" "$1" 2>"$dir/chromium.log" || true
  [ -s "$dir/$2.png" ] || die "Chromium took no picture of $1" "open it in a browser"
  keep "$2"
}

# From within the folder, so that the report shows no path of this machine.
edge=$PWD/bin/edge set=$PWD/configs/prompts/flange.yaml
(cd "$dir" && "$edge" testline photos --parts 60 --seed 5 &&
  "$edge" eval --data photos --prompts "$set" --references photos/references --report report.html >/dev/null)
shoot "file://$dir/report.html" report 1200 1000

cat >"$dir/edge.yaml" <<YAML
station: {site: demo, line: line-1, name: station-1}
cameras:
  - name: belt
    source: testline://?seed=7&good_first=12&fps=20&defect_rate=0.3
    region: [0.265625, 0.08333333, 0.46875, 0.83333333]
    prompts: $set
    learn_parts: 12
    parts_only: true
model: {bundle: $PWD/models/pocket, cache_dir: $dir/engines}
events: {dir: $dir/events, listen: ""}
http: {listen: "127.0.0.1:$port"}
YAML
bin/edge run --config "$dir/edge.yaml" >"$dir/agent.log" 2>&1 &
agent=$!
say "waiting for parts that FAIL"
# enough says whether the page has something to show: six flagged parts, and a
# newest one that FAILs.
enough() {
  curl -sf "http://127.0.0.1:$port/status" | python3 -c '
import json, sys
status = json.load(sys.stdin)
flagged, last = status["flagged"], (status["cameras"] or [{}])[0].get("last") or {}
sys.exit(len(flagged) < 6 or last.get("verdict") != "FAIL")' 2>/dev/null
}
for _ in $(seq 300); do
  kill -0 "$agent" 2>/dev/null || { cat "$dir/agent.log" >&2; die "the agent ended" "read what it printed above"; }
  ! enough || break
  sleep 0.2
done
enough || die "no part that FAILs came within two minutes" "look at $dir/agent.log"
scripts/screenshots.py "http://127.0.0.1:$port/" "$dir" part-light
mv "$dir/part-light.png" "$dir/page.png"
keep page
