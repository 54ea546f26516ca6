"""Fourteen ways to spoil a part, by name, and the spot where one strikes.

A defect is a function (r, part, spot) that changes part.picture and part.mask in place and returns
where it did so, [S,S] in 0..1. `spot` says where and how large.
"""

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from .shape_defects import bent, burr, chip, hole, misplaced, missing
from .surface_defects import crack, cut, dent, discoloured, foreign, pitting, scratch, stain


@dataclass
class Spot:
    x: float
    y: float
    size: float         # 6..60 pixels, small ones more often
    base: np.ndarray    # the colour there
    edge: tuple         # a point of the outline nearest in the list
    background: np.ndarray


def spot(r, part, background):
    ys, xs = np.nonzero(part.mask > 0.5)
    if len(ys) < 100:
        return None
    i = r.integers(len(ys))
    outline = cv2.morphologyEx((part.mask > 0.5).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    ey, ex = np.nonzero(outline)
    j = r.integers(len(ey)) if len(ey) else 0
    edge = (float(ex[j]), float(ey[j])) if len(ey) else (float(xs[i]), float(ys[i]))
    return Spot(float(xs[i]), float(ys[i]), float(np.exp(r.uniform(np.log(6), np.log(60)))),
                part.picture[ys[i], xs[i]].copy(), edge, background)


DEFECTS = {f.__name__: f for f in (scratch, crack, dent, stain, foreign, chip, missing, hole, pitting, discoloured,
                                   bent, burr, misplaced, cut)}
# For the lots: more ways than the training has.
WIDE = DEFECTS | {"foreign": partial(foreign, kinds=4), "missing": partial(missing, snap=0.4),
                  "misplaced": partial(misplaced, move=0.5)}
NEED_OUTLINE = {"chip", "burr", "bent"}
NOT_ON_SHEETS = ("scratch", "crack", "hole", "stain", "pitting", "misplaced", "cut", "foreign")
