"""Rebuild the bundle from nothing: python -m training.model [--steps N] [--seed N] [--out FOLDER].

Every stage keeps what it made in training/cache and is skipped when that is there already.
"""

import argparse
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import torch

from . import bundle, export, features, prepare_text, quantise, render, vocab
from .paths import BUNDLE, CACHE

CALIBRATION = 120   # pictures of the shard held out from training; int8 ranges settle well before
GOLDEN = (0, 1)     # a pair of twins of the same shard


def side_by_side(module, made):
    """Run a stage over all shards in two processes of one thread each."""
    if all(made(n).exists() for n in range(render.SHARDS)):
        return
    half = render.SHARDS // 2
    command = [sys.executable, "-m", f"training.{module}"]
    running = [subprocess.Popen([*command, str(a), str(a + half)], env={**os.environ, "OMP_NUM_THREADS": "1"})
               for a in (0, half)]
    if any(p.wait() for p in running):
        raise SystemExit(f"training.{module} failed")


def assemble(checkpoint, out):
    """Graphs, int8, tokenizer, golden vectors and manifest of one checkpoint."""
    saved = torch.load(checkpoint, weights_only=True)
    image, text = export.load_heads(checkpoint)
    scratch = CACHE / "graphs"
    export.export(image, text, vocab.kept_ids(), scratch)
    pictures = pickle.loads(render.path(render.SHARDS - 1).read_bytes())[0]
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(CACHE / "tokenizer.json", out / "tokenizer.json")
    quantise.image(scratch / "image.fp32.onnx", out / "image.onnx", pictures[:CALIBRATION])
    export.add_state(out / "image.onnx")
    quantise.text(scratch / "text.fp32.onnx", out / "text.onnx")
    bundle.golden(out, [pictures[i] for i in GOLDEN])
    scale = round(saved["scale"], 3)
    bundle.manifest(out, {"logit_scale": 2 * scale, "patch_logit_scale": scale})


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("--steps", default="900")
    a.add_argument("--seed", default="0")
    a.add_argument("--out", type=Path, default=BUNDLE)
    o = a.parse_args()
    if not (CACHE / "vocab.json").exists():
        prepare_text.main()
    side_by_side("render", render.path)
    side_by_side("features", features.path)
    checkpoint = CACHE / f"heads-{o.steps}-{o.seed}.pt"
    if not checkpoint.exists():
        subprocess.run([sys.executable, "-m", "training.train", "--steps", o.steps, "--seed", o.seed,
                        "--out", str(checkpoint)], check=True)
    assemble(checkpoint, o.out)


if __name__ == "__main__":
    main()
