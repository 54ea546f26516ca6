#!/usr/bin/env bash
# Compares the agent with the same pipeline in Python on one 1080p H.264 video,
# three times in turn, and fails when the agent is less than 1.6 times as fast.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.deps/bench
if [ ! -e $venv/made ]; then
  python3 -m venv $venv
  $venv/bin/pip install --quiet --disable-pip-version-check --requirement training/bench/requirements.txt
  touch $venv/made
fi
video=.deps/bench/1080p.mp4
[ -e $video ] || ffmpeg -loglevel error -f lavfi -i testsrc2=size=1920x1080:rate=30:duration=7 -vf noise=alls=8:allf=t \
  -pix_fmt yuv420p -c:v libx264 -preset veryfast -crf 23 $video
for _ in 1 2 3; do
  bin/edge bench --source $video --format json 2>/dev/null
  $venv/bin/python training/bench/pipeline.py $video models/pocket
done | python3 -c '
import json, statistics, sys
decoder, text, found = json.JSONDecoder(), sys.stdin.read().strip(), []
while text:
    value, end = decoder.raw_decode(text)
    found.append(value)
    text = text[end:].lstrip()
edge, python = found[0::2], found[1::2]
rate = lambda runs, key: statistics.median(r[key] for r in runs)
ratio = statistics.median(e["pipeline_fps"] / p["pipeline_fps"] for e, p in zip(edge, python))
print("frames/s, median of %d runs in turn      bare session   pipeline" % len(edge))
for name, runs in (("edge (with references, health, verdict)", edge), ("Python (decode, resize, encode)", python)):
    print("%-42s %8.1f %10.1f" % (name, rate(runs, "bare_session_fps"), rate(runs, "pipeline_fps")))
print("edge / Python: %.2f    beside source and session: %.1f core-ms a frame    allocations: %.1f" %
      (ratio, rate(edge, "overhead_core_ms"), rate(edge, "allocations")))
sys.exit(ratio < 1.6)'
