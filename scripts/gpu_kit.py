"""Makes the folder that scripts/gpu.py needs on a machine with a GPU (python3 scripts/gpu_kit.py KIT).

It holds the scripts, the program gpucheck, the built-in bundle, tokenizers, and the libraries of scripts/gpu.txt in
parts with their hashes. The parts lie in folders of at most 28 MiB, 1, 2 and so on, for ways that carry little at a
time; those that every run needs come first. Nothing in the kit names where it lies. --libraries takes the libraries of
a folder instead of fetching wheels, for the tests.
"""

import argparse
import concurrent.futures
import gzip
import hashlib
import json
import lzma
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PART = 13 << 20  # bytes before compression: two parts that do not compress fit a folder
FOLDER = 28 << 20  # bytes of a folder

# The files of the wheels, and where gpu.py puts them, in the order of the folders: what CUDA needs comes first. TensorRT
# for RTX is a plug-in in a folder of its own.
WANTED = {
    "onnxruntime/capi/libonnxruntime.so.": "lib/libonnxruntime.so",
    "onnxruntime/capi/libonnxruntime_providers_shared.so": "lib/libonnxruntime_providers_shared.so",
    "onnxruntime/capi/libonnxruntime_providers_cuda.so": "lib/libonnxruntime_providers_cuda.so",
    "onnxruntime/capi/libonnxruntime_providers_tensorrt.so": "lib/libonnxruntime_providers_tensorrt.so",
    "nvidia/cu13/lib/libcurand.so.10": "lib/libcurand.so.10",
    "onnxruntime_ep_nv_tensorrt_rtx/lib": "home/providers/tensorrt/",
}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def pack(task):
    data, path, preset = task
    packed = lzma.compress(data, preset=preset)
    path.write_bytes(packed)
    return {"name": path.name, "sha256": digest(packed), "bytes": len(packed)}


def place(kit, files):
    """Moves the parts into folders, each into the first that has room for it."""
    filled = []
    for part in (part for f in files for part in f["parts"]):
        i = next((i for i, size in enumerate(filled) if size + part["bytes"] <= FOLDER), len(filled))
        filled += [0] * (i == len(filled))
        filled[i] += part["bytes"]
        (kit / str(i + 1)).mkdir(exist_ok=True)
        (kit / part["name"]).rename(kit / str(i + 1) / part["name"])
        part["name"] = f"{i + 1}/{part['name']}"
    return len(filled)


def fetch(folder):
    subprocess.run(["python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:",
                    "--python-version", "311", "--implementation", "cp", "--abi", "cp311", "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_27_x86_64",
                    "--dest", str(folder), "--requirement", str(ROOT / "scripts" / "gpu.txt")], check=True)
    names = {}
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as z:
            names |= {name: wheel for name in z.namelist()}
    for prefix, to in WANTED.items():
        found = [name for name in names if name.startswith(prefix) and ".so" in name]
        if not found:
            raise SystemExit(f"gpu_kit: no wheel of scripts/gpu.txt has {prefix}*")
        for name in found:
            with zipfile.ZipFile(names[name]) as z:
                yield to + (name.rsplit("/")[-1] if to.endswith("/") else ""), z.read(name)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("kit", type=Path)
    arguments.add_argument("--libraries", type=Path)
    arguments.add_argument("--preset", type=int, default=6)
    a = arguments.parse_args()
    shutil.rmtree(a.kit, ignore_errors=True)
    a.kit.mkdir(parents=True)
    subprocess.run(["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", str(a.kit / "gpucheck"), "./internal/proving/gpucheck"], cwd=ROOT, check=True)
    for script in ("gpu.py", "gpu_torch.py"):
        shutil.copy(ROOT / "scripts" / script, a.kit)
    shutil.copytree(ROOT / "models" / "pocket", a.kit / "pocket")
    (a.kit / "tokenizers").mkdir()
    for kind in ("clip", "siglip"):
        (a.kit / "tokenizers" / f"{kind}.json").write_bytes(gzip.decompress((ROOT / "infer" / "tokenizer" / "testdata" / f"{kind}.json.gz").read_bytes()))
    files = []
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ProcessPoolExecutor() as pool:
        found = ((f"lib/{p.name}", p.read_bytes()) for p in sorted(a.libraries.glob("*.so*"))) if a.libraries else fetch(Path(scratch))
        for path, data in found:
            name = path.rsplit("/")[-1]
            tasks = [(data[i:i + PART], a.kit / f"{name}.{i // PART:02}.xz", a.preset) for i in range(0, len(data), PART)]
            print(f"{path}: {len(data) / 2**20:.0f} MiB", flush=True)
            files.append({"path": path, "bytes": len(data), "sha256": digest(data), "parts": list(pool.map(pack, tasks))})
    folders = place(a.kit, files)
    (a.kit / "manifest.json").write_text(json.dumps({"files": files}, indent=1) + "\n")
    size = sum(f.stat().st_size for f in a.kit.rglob("*") if f.is_file())
    largest = max(part["bytes"] for f in files for part in f["parts"])
    print(f"{a.kit}: {size / 2**20:.0f} MiB; {folders} folders of at most {FOLDER >> 20} MiB with parts of at most {largest / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
