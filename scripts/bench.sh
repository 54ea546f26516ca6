#!/usr/bin/env bash
# Compares the agent with the same pipeline in Python on one 1080p H.264 video,
# three times in turn, and fails when the agent is less than 1.6 times as fast; with
# BENCH_MODEL=vit-b32, whose random weights are made here, less than 1.5 times.
set -euo pipefail
cd "$(dirname "$0")/.."
model=${BENCH_MODEL:-pocket}
venv=.deps/bench
requirements=training/bench/requirements.txt
if ! cmp -s $requirements $venv/requirements.txt; then
  python3 -m venv $venv
  $venv/bin/pip install --quiet --disable-pip-version-check --requirement $requirements
  cp $requirements $venv/requirements.txt
fi
video=.deps/bench/1080p.mp4
[ -e $video ] || ffmpeg -loglevel error -f lavfi -i testsrc2=size=1920x1080:rate=30:duration=7 -vf noise=alls=8:allf=t \
  -pix_fmt yuv420p -c:v libx264 -preset veryfast -crf 23 $video
case $model in
pocket) bundle=models/pocket least=1.6 ;;
vit-b32)
  bundle=.deps/bench/vit-b32 least=1.5
  cmp -s training/bench/vit.py $bundle.py || { $venv/bin/python training/bench/vit.py $bundle models/pocket && cp training/bench/vit.py $bundle.py; }
  ;;
*)
  echo "bench: BENCH_MODEL is $model: pocket and vit-b32 are known" >&2
  exit 2
  ;;
esac
for _ in 1 2 3; do
  bin/edge bench --source $video --bundle $bundle --format json 2>/dev/null
  $venv/bin/python training/bench/pipeline.py $video $bundle
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
cores = statistics.median(e["pipeline_core_ms"] / p["pipeline_core_ms"] for e, p in zip(edge, python))
print("frames/s, median of %d runs in turn      bare session   pipeline    core-ms a frame" % len(edge))
for name, runs in (("edge (with references, health, verdict)", edge), ("Python (decode, resize, encode)", python)):
    print("%-42s %8.1f %10.1f %18.1f" % (name, rate(runs, "bare_session_fps"), rate(runs, "pipeline_fps"), rate(runs, "pipeline_core_ms")))
print("edge / Python: %.2f in frames/s, %.2f in core time" % (ratio, cores))
print("beside source and session: %.1f core-ms a frame    allocations: %.1f" % (rate(edge, "overhead_core_ms"), rate(edge, "allocations")))
sys.exit(ratio < float(sys.argv[1]))' $least
