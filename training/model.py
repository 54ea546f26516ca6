"""Rebuild the bundle from nothing: python -m training.model [--steps N] [--out FOLDER].

Every stage keeps what it made in training/cache and is skipped when that is there already.
"""

import argparse
import os
import pickle
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import torch

from .export import bundle, quantise, reference_features, towers
from .heads import features, text_head
from .language import prepare_text, vocab
from .paths import BUNDLE, CACHE, MEMBERS
from .render import shards

CALIBRATION = 120   # pictures of the shard held out from training; int8 ranges settle well before
GOLDEN = (0, 1)     # a pair of twins of the same shard


# Memory that is kept, rather than given back and cleared anew, which took a third of the time.
KEEP = {"MALLOC_MMAP_THRESHOLD_": str(1 << 32), "MALLOC_TRIM_THRESHOLD_": str(1 << 34)}


def at_once(*commands, threads=1):
    """Run stages, each in a process of that many threads."""
    env = os.environ | KEEP | {"OMP_NUM_THREADS": str(threads)}
    running = [subprocess.Popen([sys.executable, "-m", *command], env=env) for command in commands]
    if any([p.wait() for p in running]):
        raise SystemExit("failed: one of " + ", ".join(command[0] for command in commands))


def halves(module, made, count, *options):
    """The commands of a stage over all shards, half of them each."""
    if all(made(n).exists() for n in range(count)):
        return []
    half = count // 2
    return [[f"training.{module}", str(a), str(b), *options] for a, b in ((0, half), (half, count))]


def image_graph(checkpoints, pictures, out):
    """image.onnx of the members' checkpoints, in 8 bits."""
    towers.image(towers.image_head(checkpoints), CACHE / "graphs")
    quantise.image(CACHE / "graphs" / "image.fp32.onnx", out / "image.onnx", pictures[:CALIBRATION])
    reference_features.add_state(out / "image.onnx")
    reference_features.compress(out / "image.onnx", pictures[:CALIBRATION])


def text_graph(checkpoint, out):
    """text.onnx of a checkpoint, its tower in 8 bits."""
    towers.text(towers.text_head(checkpoint), vocab.kept_ids(), CACHE / "graphs")
    shutil.copy(CACHE / "tokenizer.json", out / "tokenizer.json")
    quantise.text(CACHE / "graphs" / "text.fp32.onnx", out / "text.onnx")


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("--steps", default="900")
    a.add_argument("--out", type=Path, default=BUNDLE)
    o = a.parse_args()
    if not (CACHE / "vocab.json").exists():
        prepare_text.main()
    for wide, count in ((False, shards.SHARDS), (True, shards.WIDE)):
        sort = ["wide"] if wide else []
        at_once(*halves("render.shards", partial(shards.path, wide=wide), count, *sort))
        at_once(*halves("heads.features", partial(features.path, wide=wide), count, *sort), ["training.language.sentences"])
    members = [CACHE / f"member-{o.steps}-{n}.pt" for n in range(len(MEMBERS))]
    at_once(*(["training.heads.train", "--steps", o.steps, "--member", str(n), "--out", str(m)] for n, m in enumerate(members) if not m.exists()))
    pictures = pickle.loads(shards.path(shards.SHARDS - 1).read_bytes())[0]
    o.out.mkdir(parents=True, exist_ok=True)
    image_graph(members, pictures, o.out)
    at_once(*halves("heads.text_head", text_head.both, shards.WIDE, "--look", str(o.out / "image.onnx")), ["training.language.gate_sentences"])
    text = CACHE / f"text-{o.steps}.pt"
    if not text.exists():
        at_once(["training.heads.text_head", "--out", str(text)], threads=os.cpu_count())
    text_graph(text, o.out)
    bundle.golden(o.out, [pictures[i] for i in GOLDEN])
    scale = round(torch.load(text, weights_only=True)["scale"], 3)
    bundle.manifest(o.out, {"logit_scale": 2 * scale, "patch_logit_scale": scale})


if __name__ == "__main__":
    main()
