"""Frozen features of the rendered shards, in half precision on disk: python -m training.heads.features FIRST LAST."""

import pickle
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from ..inference import normalise
from ..paths import CACHE, GRID
from ..render import shards
from .backbone import Backbone
from .networks import near_mask, patch_features, self_similarity

BATCH = 20


def path(number, wide=False):
    return CACHE / f"features{'-wide' if wide else ''}{number}.pickle"


def map_path(number, level, wide=False):
    """A map of a shard: training reads rows of it without loading the whole."""
    return path(number, wide).with_suffix(f".{level}.npy")


@torch.no_grad()
def extract(backbone, pictures):
    """uint8 [N,S,S,3] -> the six maps as the image head takes them, and the self-similarity, float16."""
    near, parts = near_mask(), []
    for i in range(0, len(pictures), BATCH):
        maps = backbone(torch.from_numpy(np.stack([normalise(p) for p in pictures[i : i + BATCH]])))
        similar = self_similarity(patch_features(maps), near)
        maps[0] = F.avg_pool2d(maps[0], 2)
        parts.append([m.half().numpy() for m in [*maps, similar]])
    return [np.concatenate(p) for p in zip(*parts)]


def on_grid(masks):
    """uint8 masks -> (mean, maximum) cover of each patch, float32 [N,20,20] in 0..1."""
    n, side = masks.shape[0], masks.shape[1] // GRID
    tiles = masks.reshape(n, GRID, side, GRID, side).astype(np.float32) / 255
    return tiles.mean((2, 4)), tiles.max((2, 4))


def main(first, last, wide=False):
    backbone = Backbone()
    for n in range(first, last):
        if path(n, wide).exists():
            continue
        while not shards.path(n, wide).exists():
            time.sleep(1)
        pictures, masks, harmless, notes = pickle.loads(shards.path(n, wide).read_bytes())
        for level, m in enumerate(extract(backbone, pictures)):
            np.save(map_path(n, level, wide), m)
        doc = {"notes": notes, "mask": on_grid(masks), "harmless": on_grid(harmless)[0]}
        part = path(n, wide).with_suffix(".part")
        part.write_bytes(pickle.dumps(doc, protocol=5))
        part.rename(path(n, wide))
        print(f"features {n}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["wide"])
