#!/usr/bin/env python3
"""Measures what an open page costs the agent: its CPU time with eight cameras,
without and with one browser that shows Live.

    scripts/page_cost.py [ROUNDS [SECONDS]]

Needs bin/edge and Chromium. The rounds alternate, so that other load on the machine
meets both alike; CPU time and not wall time is counted, of the agent alone.
"""
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

CAMERAS = 8
ROOT = pathlib.Path(__file__).resolve().parent.parent
PORT = os.environ.get("PORT", "18081")


def configuration(folder):
    cameras = "".join(
        f"  - {{name: belt-{i}, source: 'testline://?fps=4&speed=48&seed={i + 1}&defect_rate=0.1', prompts: {ROOT}/configs/prompts/flange.yaml, parts_only: true}}\n" for i in range(CAMERAS))
    return (f"station: {{site: demo, line: line-1, name: station-1}}\nmodel: {{bundle: {ROOT}/models/pocket, cache_dir: {folder}/engines}}\n"
            f"events: {{dir: {folder}/events, listen: ''}}\nhttp: {{listen: '127.0.0.1:{PORT}'}}\ncameras:\n{cameras}")


def cpu(pid):
    """The CPU seconds of a process, user and system."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def scored():
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/status", timeout=30) as answer:
        return sum(c["scored"] for c in json.load(answer)["cameras"])


def shown():
    """Whether the agent makes pictures for a page: it does while one is open."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/pictures/belt-0", timeout=30):
            return True
    except urllib.error.HTTPError:
        return False


def measure(pid, seconds):
    """CPU seconds a second, and CPU milliseconds a scored frame."""
    start, frames, at = cpu(pid), scored(), time.monotonic()
    time.sleep(seconds)
    used, seen, took = cpu(pid) - start, scored() - frames, time.monotonic() - at
    return used / took, 1000 * used / max(seen, 1), seen / took


def viewer(folder):
    return subprocess.Popen(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1440,900", f"--user-data-dir={folder}/chromium", "--remote-debugging-port=0", f"http://127.0.0.1:{PORT}/"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def main():
    rounds, seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 4, float(sys.argv[2]) if len(sys.argv) > 2 else 15
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        config = pathlib.Path(folder, "edge.yaml")
        config.write_text(configuration(folder))
        agent = subprocess.Popen([ROOT / "bin/edge", "run", "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait(lambda: scored() > 50 * CAMERAS, agent)
            found = {False: [], True: []}
            for _ in range(rounds):
                for looks in (False, True):
                    browser = viewer(folder) if looks else None
                    try:
                        wait(lambda wanted=looks: shown() == wanted, agent)
                        time.sleep(2)
                        found[looks].append(measure(agent.pid, seconds))
                    finally:
                        if browser:
                            os.killpg(browser.pid, signal.SIGKILL)
                            browser.wait()
                    print("with a viewer:" if looks else "nobody looks: ", "{:.3f} CPU s a second, {:.1f} CPU ms a frame, {:.1f} frames/s".format(*found[looks][-1]), flush=True)
            alone, viewed = (statistics.median(m[1] for m in found[k]) for k in (False, True))
            print(f"median: {alone:.1f} and {viewed:.1f} CPU ms a frame: one viewer costs {100 * (viewed / alone - 1):.0f} %")
        finally:
            if agent.poll() is None:
                agent.send_signal(signal.SIGINT)
            agent.wait()


def wait(condition, agent):
    for _ in range(600):
        if agent.poll() is not None:
            raise SystemExit("page_cost: the agent ended: is the port taken (PORT=...)?")
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit("page_cost: the agent did not come so far in two minutes")


main()
