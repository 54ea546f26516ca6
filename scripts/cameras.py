#!/usr/bin/env python3
"""Measures an agent with several cameras of 1080p H.264: age of verdicts, CPU time, memory.

    scripts/cameras.py [--cameras N] [--only] [--fps F] [--seconds S] [--fail] [PROGRAM ...]

Each PROGRAM (bin/edge) runs with 1 to N cameras, with --only with N, which this script
serves over HTTP in real time. Every frame passes by its thresholds; with --fail every one
is a FAIL with its pictures. Needs ffmpeg. CPU time and memory are those of the agent alone; on a machine that others load
the ages say little.
"""
import argparse
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


def make_video(file, fps):
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=size=1920x1080:rate={fps}:duration=20", "-vf", "noise=alls=8:allf=t",
         "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-bf", "0", "-g", str(2 * fps), file], check=True)


def serve(video):
    """Serves the video as endless live streams, each in real time."""
    class Stream(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            source = subprocess.Popen(["ffmpeg", "-loglevel", "quiet", "-re", "-stream_loop", "-1", "-i", video, "-c", "copy", "-f", "flv", "-"], stdout=subprocess.PIPE)
            try:
                while data := source.stdout.read1(1 << 16):
                    self.wfile.write(data)
            except OSError:
                pass  # the agent hung up
            finally:
                source.kill()
                source.wait()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def configuration(folder, port, cameras, fail):
    prompts = pathlib.Path(folder, "part.yaml")
    limits = "{review: 0.000001, fail: 0.000002}" if fail else "{review: 0.999998, fail: 0.999999}"
    prompts.write_text((ROOT / "configs/prompts/part.yaml").read_text() + f"\nthresholds: {limits}\n")
    lines = "".join(f"  - {{name: cam-{i + 1}, source: 'http://127.0.0.1:{port}/{i}.flv', prompts: {prompts}, health: {{frozen_frames: 1000}}}}\n" for i in range(cameras))
    return (f"station: {{site: demo, line: line-1, name: station-1}}\nmodel: {{bundle: {ROOT}/models/pocket, cache_dir: {folder}/engines}}\n"
            f"events: {{dir: {folder}/events, listen: ''}}\nhistory: {{max_bytes: 33554432}}\nhttp: {{listen: '127.0.0.1:0'}}\ncameras:\n{lines}")


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """Megabytes that are resident, and of those the process's own."""
    rows = dict(line.split(":") for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return [int(rows[key].split()[0]) / 1024 for key in ("Rss", "Anonymous")]


def measure(program, port, cameras, seconds, fail):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        config = pathlib.Path(folder, "edge.yaml")
        config.write_text(configuration(folder, port, cameras, fail))
        agent = subprocess.Popen([program, "run", "--config", config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = []
        try:
            for line in agent.stdout:
                said.append(line)
                if line.startswith("page:"):
                    address = next(word for word in line.split() if word.startswith("http"))
                    break
            else:
                raise SystemExit("the agent does not start:\n" + "".join(said))
            threading.Thread(target=agent.stdout.read, daemon=True).start()

            def status():
                with urllib.request.urlopen(address + "status", timeout=60) as answer:
                    return json.load(answer)["cameras"]

            while min(c["scored"] for c in status()) < 10:
                time.sleep(0.2)
            before, used, at = status(), cpu(agent.pid), time.monotonic()
            time.sleep(seconds)
            after, used, took = status(), cpu(agent.pid) - used, time.monotonic() - at
            scored = [b["scored"] - a["scored"] for a, b in zip(before, after)]
            ages = [c["verdict_age_seconds"]["p99"] for c in after]
            rss, own = memory(agent.pid)
            print(f"{program}: {cameras} cameras: {sum(scored) / took:.1f} frames/s ({min(scored) / took:.1f} to {max(scored) / took:.1f} a camera), "
                  f"{sum(b['dropped'] - a['dropped'] for a, b in zip(before, after))} dropped, {1000 * used / max(sum(scored), 1):.1f} core-ms a frame, {used / took:.2f} cores, "
                  f"age p99 {1000 * max(ages):.0f} ms, {rss:.0f} MB resident, {own:.0f} its own", flush=True)
        finally:
            if agent.poll() is None:
                agent.send_signal(signal.SIGINT)
            agent.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--fps", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--fail", action="store_true")
    parser.add_argument("--only", action="store_true")
    parser.add_argument("programs", nargs="*", default=[str(ROOT / "bin/edge")])
    o = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # which stops the agent
    with tempfile.TemporaryDirectory() as folder:
        video = os.path.join(folder, "video.mp4")
        make_video(video, o.fps)
        port = serve(video)
        for cameras in [o.cameras] if o.only else range(1, o.cameras + 1):
            for program in o.programs:
                measure(program, port, cameras, o.seconds, o.fail)


main()
