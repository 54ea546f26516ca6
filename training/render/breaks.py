"""Large breaks, beside the small defects: a piece in two, a piece half gone, crumbled edges, strange matter.

Kept apart from defects.py because the lots draw from that file only: what they show stays partly unlike this.
"""

import cv2
import numpy as np

from ..paths import SIZE as S
from .defects import DEFECTS
from .materials import surface
from .shapes import over, ragged
from .surfaces import X, Y, colour, noise
from .textures import KINDS as TEXTURES


def _side(r, s, rough):
    """Signed distance from a rough line through the spot, positive on one side."""
    a = r.uniform(0, 2 * np.pi)
    bend = (noise(r, 3, 24) - 0.5) * rough
    return (X - s.x) * np.cos(a) + (Y - s.y) * np.sin(a) + bend, a


def parted(r, part, s):
    """Broken through along a rough line, the two halves moved or turned apart."""
    u, a = _side(r, s, r.uniform(10, 60))
    gap, turn = r.uniform(3, 14), r.uniform(-8, 8)
    pose = cv2.getRotationMatrix2D((s.x, s.y), turn, 1)
    pose[:, 2] += gap * np.cos(a), gap * np.sin(a)

    def moved(x):
        return cv2.warpAffine(np.float32(x), pose, (S, S), borderMode=cv2.BORDER_REPLICATE)

    there = part.mask * np.float32(np.clip(u + 0.5, 0, 1))
    before, stay = part.mask, part.mask - there
    gone = moved(there)
    face = 1 - r.uniform(0, 0.5) * np.exp(-((u / 3) ** 2))  # the broken face is darker
    part.picture = over(part.picture, moved(part.picture), gone) * face[..., None].astype(np.float32)
    part.mask = np.maximum(stay, gone)
    return np.float32((np.abs(u) < gap + 6) * np.maximum(before, part.mask))


def half(r, part, s):
    """A large piece broken off: up to half of the part beyond a rough line is not there."""
    u, _ = _side(r, s, r.uniform(10, 80))
    for _ in range(20):
        away = np.float32(np.clip(u, 0, 1)) * part.mask
        if away.sum() < 0.5 * part.mask.sum():
            break
        u = u - 12
    part.mask = part.mask - away
    return away


def crumbled(r, part, s):
    """A stretch of the edge gone in small bites, crumbs beside it."""
    x, y = s.edge
    m = np.zeros((S, S), np.float32)
    for _ in range(r.integers(4, 14)):
        m = np.maximum(m, ragged(r, *r.normal((x, y), s.size * 0.5 + 6), r.uniform(3, 12), 7, 0.5))
    bites = m * part.mask
    crumbs = np.roll(m, r.integers(8, 25, 2).tolist(), (0, 1)) * (noise(r, 30, 60) > 0.55) * (1 - part.mask)
    part.picture = over(part.picture, s.base * r.uniform(0.7, 1.2), crumbs)
    part.mask = np.maximum(part.mask - bites, crumbs)
    return np.maximum(bites, crumbs)


def matter(r, part, s):
    """A lump of something with a texture of its own."""
    m = ragged(r, s.x, s.y, s.size * 0.7 + 4, int(r.integers(8, 30)), r.uniform(0.1, 0.6)) * part.mask
    top = surface(r, r.choice(sorted(TEXTURES))) * 0.6 + 0.4 * colour(r)
    part.picture = over(part.picture, np.float32(top), m)
    return m


LARGE = {"crack": (parted, 0.25), "missing": (half, 0.3), "chip": (crumbled, 0.3), "foreign": (matter, 0.3)}


def spoil(kind, r, part, s):
    """One defect of a kind, in its small or its large form."""
    large, share = LARGE.get(kind, (None, 0))
    if large and not part.whole and r.random() < share:
        return large(r, part, s)
    return DEFECTS[kind](r, part, s)
