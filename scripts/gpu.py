#!/usr/bin/env python3
"""Proves the GPU providers on this machine, and measures them (python3 gpu.py KIT; `make gpu`).

Needs NVIDIA's driver, a Python with torch for CUDA 13 (which brings CUDA and cuDNN), transformers and onnx, and the kit
of `make gpu-kit`; no network. Writes gpu.json after every step, so that a step that hangs or fails hides no other.
Weights are random, from a seed: parity, speed and memory are measured, never accuracy.

Ends with 1 where an output differs from the CPU's, or no provider proved itself.
"""

import argparse
import concurrent.futures
import glob
import hashlib
import json
import lzma
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

BATCHES = (1, 4, 16)
# Patch, width, layers, heads and embedding of the image towers (their model cards).
MODELS = {
    "clip-vit-b32": ("clip", 32, 768, 12, 12, 512, 3072),
    "clip-vit-l14": ("clip", 14, 1024, 24, 16, 768, 4096),
    "siglip-base": ("siglip", 16, 768, 12, 12, 768, 3072),
    "clip-vit-b16": ("clip", 16, 768, 12, 12, 512, 3072),
    "tiny": ("clip", 16, 64, 2, 4, 32, 128),  # to try this script
}


class Run:
    """What was measured, and what is left of the time."""

    def __init__(self, file, budget):
        self.file, self.end, self.steps, self.result = file, time.monotonic() + budget, [], {"steps": []}

    def step(self, name, limit, work):
        """Runs work(seconds left for it); an error is noted, and the next step runs."""
        left = min(limit, self.end - time.monotonic())
        note = {"step": name, "seconds": 0.0}
        self.result["steps"].append(note)
        start, answer = time.monotonic(), None
        try:
            if left < 5:
                raise TimeoutError("not run: the time is spent")
            answer = work(left)
        except Exception as e:  # noqa: BLE001 - every failure is noted, none hides the rest
            note["failed"] = f"{type(e).__name__}: {e}"[-2000:]
        note["seconds"] = round(time.monotonic() - start, 2)
        self.file.write_text(json.dumps(self.result, indent=1) + "\n")
        print(f"{name}: {note.get('failed', 'done')[:300]} ({note['seconds']} s)", flush=True)
        return answer


def unpack(kit, work):
    """Joins the parts and checks every hash."""
    def part(p):
        data = (kit / p["name"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != p["sha256"]:
            raise ValueError(f"{p['name']} is damaged: carry it again")
        return lzma.decompress(data)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        for f in json.loads((kit / "manifest.json").read_text())["files"]:
            path = work / f["path"]
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
        f[name] = output(sys.executable, "-c", f"import {name}; print({name}.__version__)")
    return f


# ---- models -------------------------------------------------------------------

def image_model(name):
    """The image tower with its projection: random weights, the same at every call."""
    import torch
    import transformers

    kind, patch, width, layers, heads, dim, mlp = MODELS[name]
    torch.manual_seed(20261128)
    tower = dict(hidden_size=width, intermediate_size=mlp, num_hidden_layers=layers, num_attention_heads=heads, image_size=224 if width > 64 else 32, patch_size=patch)
    if kind == "clip":
        # With the default factor of 1 pictures come out alike (cosine 0.998), and a swap of two would pass for rounding.
        model = transformers.CLIPVisionModelWithProjection(transformers.CLIPVisionConfig(projection_dim=dim, initializer_factor=4.0, **tower))
        embed = lambda pixels: model(pixel_values=pixels).image_embeds
    else:
        model = transformers.SiglipVisionModel(transformers.SiglipVisionConfig(**tower))
        embed = lambda pixels: model(pixel_values=pixels).pooler_output

    class Image(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, pixel_values):
            return embed(pixel_values)

    return Image().eval(), tower["image_size"], dim, kind


def export(name, precision, folder, kit):
    """An export in the layout of Hugging Face. Text runs on the CPU, so its tower is one layer."""
    import torch
    import transformers

    half = precision == "fp16"
    model, size, dim, kind = image_model(name)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    out = "image_embeds" if kind == "clip" else "pooler_output"
    model = (model.half() if half else model).to(device)
    torch.onnx.export(model, (torch.zeros(2, 3, size, size, device=device, dtype=torch.float16 if half else torch.float32),), str(folder / "onnx" / "vision_model.onnx"),
                      input_names=["pixel_values"], output_names=[out], dynamic_axes={"pixel_values": {0: "batch"}, out: {0: "batch"}}, opset_version=17, dynamo=False)
    shutil.copy(kit / f"{kind}.tokenizer.json", folder / "tokenizer.json")
    vocabulary = len(json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]) + 8
    context = 77 if kind == "clip" else 64
    words = dict(hidden_size=64, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, vocab_size=vocabulary, max_position_embeddings=context, projection_dim=dim)

    class Text(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.token, self.head = torch.nn.Embedding(vocabulary, 16), torch.nn.Linear(16, dim)

        def forward(self, input_ids):
            return self.head(self.token(input_ids).mean(1))

    name_out = "text_embeds" if kind == "clip" else "pooler_output"
    torch.onnx.export(Text().eval(), (torch.ones(2, context, dtype=torch.long),), str(folder / "onnx" / "text_model.onnx"), input_names=["input_ids"], output_names=[name_out],
                      dynamic_axes={"input_ids": {0: "batch", 1: "sequence"}, name_out: {0: "batch"}}, opset_version=17, dynamo=False)
    square = {"height": size, "width": size}
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "do_resize": True, "size": {"shortest_edge": size} if kind == "clip" else square, "do_center_crop": kind == "clip", "crop_size": square, "do_rescale": True, "do_normalize": True,
        "rescale_factor": 1 / 255, "resample": 3, "image_mean": [0.5] * 3, "image_std": [0.5] * 3, "image_processor_type": "CLIPImageProcessor" if kind == "clip" else "SiglipImageProcessor"}))
    (folder / "config.json").write_text(json.dumps({"model_type": kind, "projection_dim": dim, "vision_config": {"image_size": size}, "text_config": words}))


# ---- measuring ----------------------------------------------------------------

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


def child(command, seconds, environment=None):
    """A program's JSON, also where it failed; what it says goes into the error."""
    memory = GPUMemory()
    memory.start()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=environment)
    finally:
        memory.ended.set()
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr[-1500:]}") from None
    if memory.peak is not None:
        answer["gpu_memory_mib"] = {"before": memory.before, "peak": memory.peak}
    if done.returncode:
        answer.setdefault("failed", done.stderr[-1500:])
    return answer


def check(a, provider, bundle, reference, seconds, hand_over=False):
    """gpucheck on a provider; tensorrt-rtx is its name for the plug-in alone."""
    environment, library, named = dict(os.environ), a.work / "lib", provider
    environment.pop("PRISTINE_HOME", None)
    folders = [str(library), *cuda_folders()]
    if provider == "tensorrt-rtx":
        library, named = a.work / "rtx", "tensorrt"
        environment["PRISTINE_HOME"] = str(a.work / "home")
        folders[0] = str(a.work / "home" / "providers" / "tensorrt")
    environment["LD_LIBRARY_PATH"] = ":".join(folders + [environment.get("LD_LIBRARY_PATH", "")])
    cache = a.work / "engines" / provider
    cache.mkdir(parents=True, exist_ok=True)
    command = [str(a.kit / "gpucheck"), "-library", str((library / "libonnxruntime.so").resolve()), "-bundle", str(bundle), "-provider", named, "-batches", ",".join(map(str, a.batches)),
               "-each", f"{a.each}s", "-cache", str(cache)]
    command += (["-reference", str(reference)] if reference else []) + (["-hand-over"] if hand_over else [])
    return child(command, seconds, environment)


def torch_speed(name, precision, compiled, each, batches):
    """The same model in PyTorch, from pixels in the host's memory to embeddings there."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True  # as ONNX Runtime's CUDA provider does unless told otherwise
    model, size, _, _ = image_model(name)
    dtype = torch.float16 if precision == "fp16" else torch.float32
    model = model.to(device, dtype)
    start = time.monotonic()
    run = torch.compile(model, dynamic=False) if compiled else model
    speeds = []
    with torch.inference_mode():
        for batch in batches:
            pixels = torch.rand(batch, 3, size, size)
            encode = lambda: run(pixels.to(device, dtype)).float().cpu()
            for _ in range(3):
                encode()
            if not speeds:
                first = time.monotonic() - start
            times, begin = [], time.perf_counter()
            while len(times) < 5 or time.perf_counter() - begin < each:
                before = time.perf_counter()
                encode()
                times.append(time.perf_counter() - before)
            elapsed = time.perf_counter() - begin
            times.sort()
            speeds.append({"batch": batch, "runs": len(times), "pictures_per_second": batch * len(times) / elapsed,
                           "p50_ms": 1000 * statistics.median(times), "p99_ms": 1000 * times[min(len(times) - 1, len(times) * 99 // 100)]})
    memory = torch.cuda.max_memory_allocated() if device == "cuda" else None
    return {"device": device, "torch": torch.__version__, "compiled": compiled, "seconds_until_ready": first, "speed": speeds, "gpu_allocated_bytes": memory}


# ---- the steps ----------------------------------------------------------------

def proved(name, provider, answer):
    """Whether ONNX Runtime's own profile names the provider, and every cosine is near enough."""
    wanted = {"cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider", "tensorrt-rtx": "NvTensorRTRTXExecutionProvider", "openvino": "OpenVINOExecutionProvider"}.get(provider)
    if answer.get("failed"):
        raise RuntimeError(f"{name}: {answer['failed']}")
    alike = max((p["cosine_between_pictures"] for p in answer.get("parity") or []), default=0)
    if alike > 0.99:
        answer["warning"] = f"the cosine between pictures is {alike:.4f}: the comparison sees little"
        print(f"{name}: {answer['warning']}", file=sys.stderr)
    if wanted and not (answer.get("placement") or {}).get(wanted):
        raise RuntimeError(f"{name}: the profile names {answer.get('placement')}, not {wanted}")
    return True


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("kit", type=Path, nargs="?", default=Path(__file__).resolve().parent)
    arguments.add_argument("--out", type=Path, default=Path("gpu.json"))
    arguments.add_argument("--work", type=Path, help="scratch folder (default: work in the kit)")
    arguments.add_argument("--budget", type=float, default=470, help="seconds for everything")
    arguments.add_argument("--each", type=float, default=1, help="seconds to measure a batch")
    arguments.add_argument("--providers", default="cuda,tensorrt-rtx,tensorrt", help="what is proved; cpu stands in for a GPU where there is none")
    arguments.add_argument("--models", default=",".join(["pocket", *(name for name in MODELS if name != "tiny")]), help="pocket is the built-in one; tiny is for trying this script")
    arguments.add_argument("--batches", default=",".join(map(str, BATCHES)))
    arguments.add_argument("--exports", type=Path, help="folders MODEL-PRECISION to measure, instead of making them with torch")
    arguments.add_argument("--torch", nargs=3, metavar=("MODEL", "PRECISION", "KIND"), help=argparse.SUPPRESS)
    arguments.add_argument("--export", nargs=3, metavar=("MODEL", "PRECISION", "DIR"), help=argparse.SUPPRESS)
    a = arguments.parse_args()
    a.kit, a.batches = a.kit.resolve(), tuple(map(int, a.batches.split(",")))
    if a.torch:
        print(json.dumps(torch_speed(a.torch[0], a.torch[1], a.torch[2] == "compiled", a.each, a.batches)))
        return 0
    if a.export:
        export(a.export[0], a.export[1], Path(a.export[2]), a.kit)
        print("{}")
        return 0
    a.work = (a.work or a.kit / "work").resolve()
    a.work.mkdir(parents=True, exist_ok=True)
    run = Run(a.out, a.budget)
    ok = run.step("join the parts and check their hashes", 90, lambda _: unpack(a.kit, a.work) or True)
    if not ok:
        return 1
    run.result["facts"] = run.step("look at the machine", 120, lambda _: facts())
    results, providers = run.result.setdefault("results", []), a.providers.split(",")
    missed, good = [], set()
    own = lambda *more: [sys.executable, str(Path(__file__).resolve()), str(a.kit), "--each", str(a.each), "--batches", ",".join(map(str, a.batches)), *more]

    def measure(model, precision, provider, bundle, reference, hand_over):
        name = f"{model} {precision} on {provider}"

        def work(left):
            answer = check(a, provider, bundle, reference, left, hand_over)
            results.append(answer)
            answer |= {"model": model, "precision": precision, "runtime": provider}
            if "differ from the CPU's" in answer.get("failed", "") or "parity gate" in answer.get("failed", ""):
                missed.append(name)
            return proved(name, provider, answer)

        if run.step(name, 75, work):
            good.add(provider)

    def beside(model, precision, kind):
        def work(left):
            results.append({"model": model, "precision": precision, "runtime": f"torch {kind}", **child(own("--torch", model, precision, kind), left)})
        run.step(f"{model} {precision} in PyTorch, {kind}", 75 if kind == "eager" else 120, work)

    models = a.models.split(",")
    if "pocket" in models:
        models.remove("pocket")
        for provider in providers:
            measure("pocket", "int8", provider, a.kit / "pocket", None, True)
    for model in models:
        exported = {}
        for precision in ("fp32", "fp16"):
            folder = (a.exports or a.work / "exports") / f"{model}-{precision}"
            if a.exports:
                exported[precision] = folder
            elif run.step(f"make {model} {precision}", 60, lambda left: child(own("--export", model, precision, str(folder)), left) is not None):
                exported[precision] = folder
        if "fp32" not in exported:
            continue
        for precision, folder in exported.items():
            for provider in providers:
                measure(model, precision, provider, folder, exported["fp32"], hand_over=precision == "fp32" and model == models[0])
            if not a.exports:
                beside(model, precision, "eager")
        if "cpu" not in providers:
            measure(model, "fp32", "cpu", exported["fp32"], None, False)
        shutil.rmtree(a.work / "exports" / f"{model}-fp16", ignore_errors=True)
    for model in [] if a.exports else models:  # last: compiling takes the longest
        for precision in ("fp16", "fp32"):
            beside(model, precision, "compiled")
    table(results)
    run.result["proved"], run.result["parity_missed"] = sorted(good), missed
    a.out.write_text(json.dumps(run.result, indent=1) + "\n")
    accelerated = good & set(providers)
    for name in missed:
        print(f"*** PARITY MISSED: {name}", file=sys.stderr)
    if not accelerated:
        print("*** NO PROVIDER PROVED ITSELF", file=sys.stderr)
    return 1 if missed or not accelerated else 0


def table(results):
    for r in results:
        cosine = min((p["cosine_worst"] for p in r.get("parity") or []), default=None)
        for s in r.get("speed") or []:
            print(f"{r['model']:14}{r['precision']:6}{r['runtime']:16}batch {s['batch']:3} {s['pictures_per_second']:10.1f}/s  p50 {s['p50_ms']:8.2f} ms  p99 {s['p99_ms']:8.2f} ms"
                  + (f"  worst cosine {cosine:.5f}" if cosine is not None else ""))


if __name__ == "__main__":
    sys.exit(main())
