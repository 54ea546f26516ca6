"""Render shards of twins: python -m training.render.shards FIRST LAST [wide] (shard numbers, LAST excluded).

The image head learns from the plain shards, the text head from the wide ones (families.py).
"""

import pickle
import sys

import cv2
import numpy as np

from ..paths import CACHE
from .scene import twins

SHARDS = 32
WIDE = 15          # shards, the last of them for checking
PAIRS = 250        # pairs a shard: 500 pictures
SMALL = 160        # masks are kept at this size
SEED = 20_000


def shard(number, wide=False):
    r = np.random.default_rng(SEED + number)
    pictures, masks, harmless, notes = [], [], [], []
    while len(notes) < PAIRS:
        t = twins(r, wide)
        if t is None:
            continue
        pictures += [t.good, t.bad]
        for kept, m in ((masks, t.mask), (harmless, t.harmless)):
            m = cv2.resize(m, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
            kept.append((np.clip(m, 0, 1) * 255).astype(np.uint8))
        notes.append((t.name, t.defect, t.lookalike))
    return np.stack(pictures), np.stack(masks), np.stack(harmless), notes


def path(number, wide=False):
    return CACHE / f"{'wide' if wide else 'shard'}{number}.pickle"


def main(first, last, wide=False):
    CACHE.mkdir(parents=True, exist_ok=True)
    for n in range(first, last):
        if not path(n, wide).exists():
            part = path(n, wide).with_suffix(".part")
            part.write_bytes(pickle.dumps(shard(n, wide), protocol=5))
            part.rename(path(n, wide))  # whoever waits for a shard never sees half of one
            print(f"shard {n}{' wide' if wide else ''}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["wide"])
