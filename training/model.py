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

from . import bundle, export, features, prepare_text, quantise, reference_features, render, text_head, vocab
from .paths import BUNDLE, CACHE

CALIBRATION = 120   # pictures of the shard held out from training; int8 ranges settle well before
GOLDEN = (0, 1)     # a pair of twins of the same shard


def side_by_side(module, made, count, *options):
    """Run a stage over all shards in two processes of one thread each."""
    if all(made(n).exists() for n in range(count)):
        return
    half = count // 2
    running = [subprocess.Popen([sys.executable, "-m", f"training.{module}", str(a), str(b), *options],
                                env={**os.environ, "OMP_NUM_THREADS": "1"}) for a, b in ((0, half), (half, count))]
    if any(p.wait() for p in running):
        raise SystemExit(f"training.{module} failed")


def train(module, checkpoint, *options):
    if not checkpoint.exists():
        subprocess.run([sys.executable, "-m", f"training.{module}", *options, "--out", str(checkpoint)], check=True)


def image_graph(checkpoint, pictures, out):
    """image.onnx of a checkpoint, in 8 bits."""
    export.image(export.image_head(checkpoint), CACHE / "graphs")
    quantise.image(CACHE / "graphs" / "image.fp32.onnx", out / "image.onnx", pictures[:CALIBRATION])
    reference_features.add_state(out / "image.onnx")
    reference_features.compress(out / "image.onnx", pictures[:CALIBRATION])


def text_graph(checkpoint, out):
    """text.onnx of a checkpoint, its tower in 8 bits."""
    export.text(export.text_head(checkpoint), vocab.kept_ids(), CACHE / "graphs")
    shutil.copy(CACHE / "tokenizer.json", out / "tokenizer.json")
    quantise.text(CACHE / "graphs" / "text.fp32.onnx", out / "text.onnx")


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("--steps", default="900")
    a.add_argument("--seed", default="0")
    a.add_argument("--out", type=Path, default=BUNDLE)
    o = a.parse_args()
    if not (CACHE / "vocab.json").exists():
        prepare_text.main()
    side_by_side("render", render.path, render.SHARDS)
    side_by_side("features", features.path, render.SHARDS)
    heads, text = (CACHE / f"{kind}-{o.steps}-{o.seed}.pt" for kind in ("heads", "text"))
    train("train", heads, "--steps", o.steps, "--seed", o.seed)
    pictures = pickle.loads(render.path(render.SHARDS - 1).read_bytes())[0]
    o.out.mkdir(parents=True, exist_ok=True)
    image_graph(heads, pictures, o.out)
    side_by_side("render", lambda n: render.path(n, wide=True), render.WIDE, "wide")
    side_by_side("text_head", text_head.both, render.WIDE, "--look", str(o.out / "image.onnx"))
    train("text_head", text, "--seed", o.seed)
    text_graph(text, o.out)
    bundle.golden(o.out, [pictures[i] for i in GOLDEN])
    scale = round(torch.load(text, weights_only=True)["scale"], 3)
    bundle.manifest(o.out, {"logit_scale": 2 * scale, "patch_logit_scale": scale})


if __name__ == "__main__":
    main()
