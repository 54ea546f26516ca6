#!/usr/bin/env python3
"""Proves the GPU providers on this machine, and measures them (python3 gpu.py KIT; `make gpu`).

Needs NVIDIA's driver, a Python with torch for CUDA 13 (which brings CUDA and cuDNN), transformers and onnx, and the kit
of `make gpu-kit`; no network. gpu.json is whole at every moment, so that a step that hangs or fails, or the end of this
program, hides nothing that was measured; --resume goes on from it. Weights are random, from a seed: parity, speed and
memory are measured, never accuracy.

Ends with 1 where an output differs from the CPU's, or no provider proved itself.
"""

import argparse
import concurrent.futures
import ctypes
import glob
import hashlib
import importlib.metadata
import json
import lzma
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

MODELS = ("pocket", "clip-vit-b32", "clip-vit-l14", "siglip-base", "clip-vit-b16")
PROFILE_NAMES = {"cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider", "tensorrt-rtx": "NvTensorRTRTXExecutionProvider", "openvino": "OpenVINOExecutionProvider"}
SPENT = "not run: the time is spent"
GRACE = 15  # seconds in which a program that is stopped says what it has


class Parity(Exception):
    """An output differs from the CPU's."""


class Run:
    """What was measured, and what is left of the time."""

    def __init__(self, file, budget, limit, resume):
        self.file, self.end, self.limit, self.result = file, time.monotonic() + budget, limit, {"steps": [], "results": []}
        if resume and file.exists():
            old = json.loads(file.read_text())
            self.result["steps"] = [s for s in old["steps"] if "failed" not in s]
            self.result["results"] = [r for r in old["results"] if self.done(r["step"])]

    def done(self, name):
        return any(s["step"] == name and "failed" not in s for s in self.result["steps"])

    def add(self, name, answer, **more):
        self.result["results"].append({"step": name, **more, **answer})

    def write(self):
        steps = self.result["steps"]
        self.result["proved"] = sorted({s["provider"] for s in steps if "provider" in s and "failed" not in s})
        self.result["parity_missed"] = [s["step"] for s in steps if s.get("parity_missed")]
        self.result["not_run"] = [s["step"] for s in steps if SPENT in s.get("failed", "")]
        part = self.file.with_name(self.file.name + ".part")
        part.write_text(json.dumps(self.result, indent=1) + "\n")
        part.replace(self.file)

    def step(self, name, work, again=False, **note):
        """Runs work(seconds left for it), and reports whether it is done; an error is noted, and the next step runs."""
        if self.done(name) and not again:
            print(f"{name}: done before", flush=True)
            return True
        self.result["steps"] = [s for s in self.result["steps"] if s["step"] != name]
        note |= {"step": name, "seconds": 0.0, "failed": "did not end"}
        self.result["steps"].append(note)
        self.write()
        start, left = time.monotonic(), min(self.limit, self.end - time.monotonic())
        try:
            if left < 5:
                raise TimeoutError(SPENT)
            work(left)
            del note["failed"]
        except Exception as e:
            note["failed"] = f"{type(e).__name__}: {e}"[-2000:]
            if isinstance(e, Parity):
                note["parity_missed"] = True
        note["seconds"] = round(time.monotonic() - start, 2)
        self.write()
        print(f"{name}: {note.get('failed', 'done')[:300]} ({note['seconds']} s; {max(0, self.end - time.monotonic()):.0f} s left)", flush=True)
        return "failed" not in note


# ---- the kit ------------------------------------------------------------------

def unpack(kit, work):
    """Joins the parts and checks every hash. Returns the parts that were not carried here: providers that need them fail by name."""
    def part(p):
        data = (kit / p["name"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != p["sha256"]:
            raise ValueError(f"{p['name']} is damaged: carry it again")
        return lzma.decompress(data)

    absent = []
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for f in json.loads((kit / "manifest.json").read_text())["files"]:
            path = work / f["path"]
            if path.exists() and path.stat().st_size == f["bytes"] and hashlib.sha256(path.read_bytes()).hexdigest() == f["sha256"]:
                continue
            if missing := [p["name"] for p in f["parts"] if not (kit / p["name"]).exists()]:
                absent += missing
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = hashlib.sha256()
            with path.open("wb") as out:
                for data in pool.map(part, f["parts"]):
                    whole.update(data)
                    out.write(data)
            if whole.hexdigest() != f["sha256"]:
                raise ValueError(f"{f['path']}: the parts do not make the file")
            path.chmod(0o755)
    # Wheels have one name a library; programs ask for others, too.
    for path in list(work.rglob("*.so.*")):
        stem, _, version = path.name.partition(".so.")
        for alias in (f"{stem}.so.{version.split('.')[0]}", f"{stem}.so"):
            link = path.with_name(alias)
            if not link.exists():
                link.symlink_to(path.name)
    # An ONNX Runtime without TensorRT's provider beside it, so that the plug-in serves.
    (work / "rtx").mkdir(exist_ok=True)
    for name in ("libonnxruntime.so", "libonnxruntime_providers_shared.so"):
        if (work / "lib" / name).exists() and not (work / "rtx" / name).exists():
            os.link(work / "lib" / name, work / "rtx" / name)
    if not (work / "lib" / "libonnxruntime.so").exists():
        raise FileNotFoundError("not carried here: " + ", ".join(absent))
    return absent


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()
    except (OSError, subprocess.SubprocessError) as e:
        return f"not there: {e}"


def cuda_folders():
    """Where Python's packages have CUDA's libraries."""
    return sorted({str(Path(f).parent) for site in sys.path for f in glob.glob(f"{site}/nvidia/**/lib*.so*", recursive=True)})


def facts():
    f = {"machine": platform.platform(), "processor": output("sh", "-c", "grep -m1 'model name' /proc/cpuinfo | cut -d: -f2"), "cores": os.cpu_count(),
         "gpu": output("nvidia-smi", "--query-gpu=name,driver_version,memory.total,compute_cap", "--format=csv,noheader"), "python": platform.python_version()}
    for name in ("torch", "transformers", "onnx"):
        try:
            f[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            f[name] = "not there"
    return f


# ---- programs -----------------------------------------------------------------

class GPUMemory(threading.Thread):
    """The most memory that the card had in use, in MiB, while something ran."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ended, self.before, self.peak = threading.Event(), None, None

    def run(self):
        while not self.ended.wait(0.3):
            text = output("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits").split("\n")[0]
            if not text.isdigit():
                return
            self.before = int(text) if self.before is None else self.before
            self.peak = max(self.peak or 0, int(text))


LIBC = ctypes.CDLL(None)


class Program:
    """A program that prints JSON. It ends with this one, however this one ends: a card that is in use spoils the next run."""

    def __init__(self, command, environment=None):
        self.out, self.err = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err, env=environment, start_new_session=True,
                                        preexec_fn=lambda: LIBC.prctl(1, signal.SIGKILL))  # PR_SET_PDEATHSIG

    def signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def answers(self, seconds):
        """Returns its JSON, and why it failed: what it printed before counts, too."""
        failed = None
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            failed = f"stopped after {seconds:.0f} s"
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                pass
        finally:
            self.signal(signal.SIGKILL)
            self.process.wait()
        for f in (self.out, self.err):
            f.seek(0)
        text, answers = self.out.read(), []
        while (start := text.find("{")) >= 0:
            try:
                answer, end = json.JSONDecoder().raw_decode(text, start)
            except ValueError:
                break  # it was stopped while it wrote
            answers.append(answer)
            text = text[end:]
        if self.process.returncode or not answers:
            failed = ": ".join(filter(None, (failed, self.err.read()[-1500:].strip() or f"exit code {self.process.returncode}")))
        return answers, failed


def check(a, provider, bundle, reference, seconds, hand_over):
    """gpucheck on a provider; tensorrt-rtx is its name for the plug-in alone. Returns its answer, and why it failed."""
    environment, library, named = dict(os.environ), a.work / "lib", provider
    environment.pop("PRISTINE_HOME", None)
    folders = [str(library), *cuda_folders()]
    if provider == "tensorrt-rtx":
        if not (a.work / "home").exists():
            return {"failed": "TensorRT for RTX was not carried here"}
        library, named = a.work / "rtx", "tensorrt"
        environment["PRISTINE_HOME"] = str(a.work / "home")
        folders[0] = str(a.work / "home" / "providers" / "tensorrt")
    environment["LD_LIBRARY_PATH"] = ":".join(folders + [environment.get("LD_LIBRARY_PATH", "")])
    memory = GPUMemory()
    with tempfile.TemporaryDirectory(dir=a.work) as cache:  # its own, so that the first start builds the engine
        command = [a.kit / "gpucheck", "-library", (library / "libonnxruntime.so").resolve(), "-bundle", bundle, "-provider", named, "-batches", a.batches, "-each", f"{a.each}s", "-cache", cache]
        command += (["-reference", reference] if reference else []) + (["-hand-over"] if hand_over else [])
        memory.start()
        try:
            answers, failed = Program(command, environment).answers(seconds)
        finally:
            memory.ended.set()
    answer = answers[-1] if answers else {}  # each has what those before it have
    if memory.peak is not None:
        answer["gpu_memory_mib"] = {"before": memory.before, "peak": memory.peak}
    if failed:
        answer["failed"] = ": ".join(filter(None, (failed, answer.get("failed"))))
    return answer


# ---- the steps ----------------------------------------------------------------

def proved(name, provider, answer):
    """Raises an error where ONNX Runtime's own profile does not name the provider, or a cosine is too low."""
    if failed := answer.get("failed"):
        raise (Parity if "differ from the CPU's" in failed or "parity gate" in failed else RuntimeError)(failed)
    alike = max((p["cosine_between_pictures"] for p in answer.get("parity") or []), default=0)
    if alike > 0.99:
        answer["warning"] = f"the cosine between pictures is {alike:.4f}: the comparison sees little"
        print(f"{name}: {answer['warning']}", file=sys.stderr)
    wanted = PROFILE_NAMES.get(provider)
    if wanted and not (answer.get("placement") or {}).get(wanted):
        raise RuntimeError(f"the profile names {answer.get('placement')}, not {wanted}")


def measure(run, a, model, precision, provider, bundle, reference, hand_over):
    name = f"{model} {precision} on {provider}"

    def work(left):
        answer = check(a, provider, bundle, reference, left, hand_over)
        try:
            proved(name, provider, answer)
        finally:
            run.add(name, answer, model=model, precision=precision, runtime=provider)

    run.step(name, work, provider=provider)


def beside(run, a, model, kind):
    name = f"{model} in PyTorch, {kind}"

    def work(left):
        answers, failed = Program([sys.executable, a.kit / "gpu_torch.py", "speed", model, kind, "--each", a.each, "--batches", a.batches]).answers(left)
        for answer in {answer["precision"]: answer for answer in answers}.values():  # each has what those before it have
            run.add(name, answer, model=model, runtime=f"torch {kind}")
        if failed:
            raise RuntimeError(failed)

    run.step(name, work)


def export(run, a, models):
    """Makes the exports of models, at once; returns those that are there."""
    def there(m):
        return all((a.exports / f"{m}-{precision}").exists() for precision in ("fp32", "fp16"))

    def work(left):
        end, errors = time.monotonic() + left, []
        made = {m: Program([sys.executable, a.kit / "gpu_torch.py", "export", m, a.exports, a.kit]) for m in models if not there(m)}
        for model, program in made.items():
            if failed := program.answers(max(0, end - time.monotonic()))[1]:
                errors.append(f"{model}: {failed}")
        if errors:
            raise RuntimeError("; ".join(errors))

    run.step("make the exports of " + ", ".join(models), work, again=True)
    return [m for m in models if there(m)]


def steps(run, a):
    providers, models = a.providers.split(","), a.models.split(",")
    if "pocket" in models:
        models.remove("pocket")
        for provider in providers:
            measure(run, a, "pocket", "int8", provider, a.kit / "pocket", None, True)
    # Exports are made at once where there are cores for it: before anything is measured, for they would disturb it.
    own = a.exports is not None
    a.exports = a.exports or a.work / "exports"
    for group in [models] if own or (os.cpu_count() or 1) >= 8 else [[m] for m in models]:
        for model in group if own else export(run, a, group):
            for precision in ("fp32", "fp16"):
                for provider in providers:
                    measure(run, a, model, precision, provider, a.exports / f"{model}-{precision}", a.exports / f"{model}-fp32", precision == "fp32" and model == models[0])
            if not own:
                beside(run, a, model, "eager")
            if "cpu" not in providers:
                measure(run, a, model, "fp32", "cpu", a.exports / f"{model}-fp32", None, False)
    for model in [] if own else models:  # last: compiling takes the longest
        beside(run, a, model, "compiled")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("kit", type=Path, nargs="?", default=Path(__file__).resolve().parent)
    arguments.add_argument("--out", type=Path, default=Path("gpu.json"))
    arguments.add_argument("--work", type=Path, help="scratch folder (default: work in the kit)")
    arguments.add_argument("--budget", type=float, default=460, help="seconds for everything, but for what a step that is stopped takes to end")
    arguments.add_argument("--limit", type=float, default=120, help="seconds for a step")
    arguments.add_argument("--each", type=float, default=1, help="seconds to measure a batch")
    arguments.add_argument("--providers", default="cuda,tensorrt-rtx,tensorrt", help="what is proved; cpu stands in for a GPU where there is none")
    arguments.add_argument("--models", default=",".join(MODELS), help="pocket is the built-in one; tiny is for trying this script")
    arguments.add_argument("--batches", default="1,4,16")
    arguments.add_argument("--exports", type=Path, help="folders MODEL-PRECISION to measure, instead of making them with torch")
    arguments.add_argument("--resume", action="store_true", help="keep what gpu.json has, and run the steps that failed or did not run")
    a = arguments.parse_args()
    # At once: an exception may be swallowed where it comes, and the file is whole at all times.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    a.kit, a.work = a.kit.resolve(), (a.work or a.kit / "work").resolve()
    if not a.resume:
        for old in a.work.glob("*"):
            if old.name not in ("lib", "home", "rtx"):
                shutil.rmtree(old, ignore_errors=True)
    a.work.mkdir(parents=True, exist_ok=True)
    run = Run(a.out, a.budget, a.limit, a.resume)

    def join(_):
        if absent := unpack(a.kit, a.work):
            run.result["not_carried"] = absent
            print("not carried here: " + ", ".join(absent), flush=True)

    if not run.step("join the parts and check their hashes", join, again=True):
        return 1
    run.step("look at the machine", lambda _: run.result.update(facts=facts()), again=True)
    steps(run, a)
    table(run.result["results"])
    for name in run.result["parity_missed"]:
        print(f"*** PARITY MISSED: {name}", file=sys.stderr)
    if run.result["not_run"]:
        print(f"*** THE TIME IS SPENT, {len(run.result['not_run'])} STEPS WERE NOT RUN: {', '.join(run.result['not_run'])}; --resume runs them", file=sys.stderr)
    accelerated = set(run.result["proved"]) & set(a.providers.split(","))
    if not accelerated:
        print("*** NO PROVIDER PROVED ITSELF", file=sys.stderr)
    return 1 if run.result["parity_missed"] or not accelerated else 0


def table(results):
    for r in results:
        cosine = min((p["cosine_worst"] for p in r.get("parity") or []), default=None)
        for s in r.get("speed") or []:
            print(f"{r['model']:14}{r['precision']:6}{r['runtime']:16}batch {s['batch']:3} {s['pictures_per_second']:10.1f}/s  p50 {s['p50_ms']:8.2f} ms  p99 {s['p99_ms']:8.2f} ms"
                  + (f"  worst cosine {cosine:.5f}" if cosine is not None else ""))


if __name__ == "__main__":
    sys.exit(main())
