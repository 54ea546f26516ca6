"""What training draws from: shards of frozen features of twins, their masks and notes."""

import pickle

import numpy as np
import torch

from ..render import shards
from . import features

LOOKED_AT = 32  # pictures of each shard that the channels' means and spreads are taken from


class Data:
    """The shards; maps stay on disk, and rows of them are read as they are drawn."""

    def __init__(self, shards):
        """shards: (number, wide) of each."""
        docs = [pickle.loads(features.path(*s).read_bytes()) for s in shards]
        self.maps = [[np.load(features.map_path(n, level, wide), mmap_mode="r") for n, wide in shards] for level in range(7)]
        self.mean = np.concatenate([d["mask"][0] for d in docs])
        self.maximum = np.concatenate([d["mask"][1] for d in docs])
        self.harmless = np.concatenate([d["harmless"] for d in docs])
        self.notes = [n for d in docs for n in d["notes"]]

    def rows(self, rows):
        """The maps of some pictures."""
        at = [divmod(row, 2 * shards.PAIRS) for row in rows]
        return [np.stack([level[shard][row] for shard, row in at]) for level in self.maps]

    def batch(self, pairs, turn):
        """Feature maps of good0, bad0, good1, ...; target, doubt and harmless of the bad ones, turned alike."""
        rows = np.stack([2 * pairs, 2 * pairs + 1], 1).flatten()

        def turned(x):
            x = torch.from_numpy(x).float()
            x = x.flip(-1) if turn & 1 else x
            x = x.flip(-2) if turn & 2 else x
            return x.transpose(-1, -2).contiguous() if turn & 4 else x

        mean = turned(self.mean[pairs])
        target = torch.where(mean > 0.3, torch.ones_like(mean), (mean * 3).clamp(0, 1))
        doubt = (mean < 0.3) & (turned(self.maximum[pairs]) > 0.1)
        return [turned(m) for m in self.rows(rows)], target, doubt, turned(self.harmless[pairs])


def standardise(head, data):
    """Mean and spread of each channel, from some pictures of each shard."""
    for i in range(6):
        x = torch.from_numpy(np.concatenate([m[:LOOKED_AT] for m in data.maps[i]])).float()
        getattr(head, f"mean{i}").copy_(x.mean((0, 2, 3), keepdim=True))
        getattr(head, f"gain{i}").copy_(1 / (x.std((0, 2, 3), keepdim=True) + 1e-3))
