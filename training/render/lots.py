"""Lots: many good and bad pictures of one design, as a camera over a line sees them.

python -m training.render.lots FOLDER [--good N] [--bad N] [--designs N] [--size PIXELS] [--jpeg QUALITY] [--any-angle] [FAMILY ...]

writes FOLDER/FAMILY-DESIGN/good/*.png and .../bad/DEFECT/*.png of families that no training draws. With --any-angle
each piece lies at an angle of its own before a background that stays as it is.
"""

import argparse
import copy
from pathlib import Path

import cv2
import numpy as np

from ..paths import SIZE as S
from . import defects, heldout
from .scene import Camera, background, compose, shadow_of

SEED = 70_000
BACKGROUNDS = ("plain", "plain", "surface", "black")  # a line has no clutter that is new in every picture
KINDS_A_LOT = 4
JITTER = 0.01        # of every drawn range: how much pieces of one design differ
VISIBLE = 60         # pixels that a defect must change


class Design:
    """Stands in for a Generator: choices and sizes come from the design, noise and small shifts from the piece."""

    def __init__(self, design, piece):
        self.design, self.piece = np.random.default_rng([SEED, design]), np.random.default_rng([SEED, design, piece])
        self.random, self.integers, self.choice = self.design.random, self.design.integers, self.design.choice
        self.normal, self.standard_normal = self.piece.normal, self.piece.standard_normal

    def uniform(self, low=0.0, high=1.0, size=None):
        return self.design.uniform(low, high, size) + JITTER * (high - low) * self.piece.standard_normal(size)


def lying(part, design, piece):
    """The part, turned about the middle and moved a little."""
    r = np.random.default_rng([SEED, design, piece, 7])
    pose = cv2.getRotationMatrix2D((S / 2, S / 2), r.uniform(0, 360), 1)
    pose[:, 2] += r.normal(0, 5, 2)
    beyond = cv2.BORDER_REFLECT if part.whole else cv2.BORDER_CONSTANT
    moved = copy.copy(part)
    moved.picture = cv2.warpAffine(part.picture, pose, (S, S), borderMode=cv2.BORDER_REPLICATE if not part.whole else beyond)
    moved.mask = cv2.warpAffine(np.float32(part.mask), pose, (S, S), borderMode=beyond)
    return moved


def shot(make, design, piece, kind="", any_angle=False):
    """uint8 [S,S,3] of one piece, spoiled by a kind of defect if there is one; None when that cannot be seen."""
    pose = (lambda p: lying(p, design, piece)) if any_angle else (lambda p: p)
    r, free = Design(design, piece), np.random.default_rng([SEED, design, piece, 1])
    part = make(r)
    part.picture = np.clip(part.picture, 0, 1).astype(np.float32)
    behind, camera = background(r, BACKGROUNDS), Camera(r)
    cast = shadow_of(r, part)
    good = compose(pose(part), behind, cast)
    if kind:
        for _ in range(1 if free.random() < 0.7 else 2):
            at = defects.spot(free, part, behind)
            if at is not None:
                defects.WIDE[kind](free, part, at)
                part.picture = np.clip(part.picture, 0, 1).astype(np.float32)
        bad = compose(pose(part), behind, cast)
        if (camera.frame(np.abs(bad - good).max(-1)) > 0.08).sum() < VISIBLE:
            return None
        good = bad
    return camera.shoot(r.piece, good)


def kinds(make, design):
    """The few kinds of defects that this lot suffers from."""
    r = np.random.default_rng([SEED, design, 2])
    whole = make(Design(design, 0)).whole
    return sorted(r.choice(defects.NOT_ON_SHEETS if whole else list(defects.DEFECTS), KINDS_A_LOT, replace=False).tolist())


def lot(make, design, good, bad, any_angle=False):
    """([good pictures], [(kind, bad picture)])."""
    shots, spoiled, piece, suffer = [], [], 0, kinds(make, design)
    while len(shots) < good:
        shots.append(shot(make, design, piece, any_angle=any_angle))
        piece += 1
    while len(spoiled) < bad:
        kind = suffer[len(spoiled) % KINDS_A_LOT]
        picture = shot(make, design, piece, kind, any_angle)
        piece += 1
        if picture is not None:
            spoiled.append((kind, picture))
    return shots, spoiled


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("folder", type=Path)
    a.add_argument("families", nargs="*", default=[f.__name__ for f in heldout.FAMILIES])
    a.add_argument("--good", type=int, default=20)
    a.add_argument("--bad", type=int, default=24)
    a.add_argument("--designs", type=int, default=2)
    a.add_argument("--size", type=int, default=320)
    a.add_argument("--jpeg", type=int)
    a.add_argument("--any-angle", action="store_true")
    o = a.parse_args()
    options = [] if o.jpeg is None else [cv2.IMWRITE_JPEG_QUALITY, o.jpeg]
    suffix = ".png" if o.jpeg is None else ".jpg"

    def write(path, picture):
        path.parent.mkdir(parents=True, exist_ok=True)
        small = cv2.resize(picture, (o.size, o.size), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(path.with_suffix(suffix)), small[:, :, ::-1], options)

    for number, make in enumerate(heldout.FAMILIES):
        if make.__name__ not in o.families:
            continue
        for d in range(o.designs):
            good, bad = lot(make, number * 100 + d, o.good, o.bad, o.any_angle)
            at = o.folder / f"{make.__name__}-{d}"
            for i, p in enumerate(good):
                write(at / "good" / f"{i:02}", p)
            for i, (kind, p) in enumerate(bad):
                write(at / "bad" / kind / f"{i:02}", p)


if __name__ == "__main__":
    main()
