"""All that the training draws, and the looks that good pieces have by nature.

The families of heldout.py are none of these: they are what is measured on.
"""

import numpy as np

from ..paths import SIZE as S
from . import assemblies, electronics, food, machined, parts
from .shapes import circle, line
from .surfaces import noise

FAMILIES = parts.FAMILIES | food.FAMILIES | electronics.FAMILIES | assemblies.FAMILIES | machined.FAMILIES
NAMES = sorted({n for names in FAMILIES.values() for n in names})
ROUGH = 0.25  # of all parts get one of the looks below


def _pits(r):
    m = np.zeros((S, S), np.float32)
    for x, y, q in zip(r.uniform(0, S, n := int(r.integers(40, 260))), r.uniform(0, S, n), r.uniform(0.7, r.uniform(1.5, 4), n)):
        m = np.maximum(m, circle(x, y, q))
    return 1 - r.uniform(0.1, 0.5) * m


def _cracked(r):
    """A web of fine lines, as glaze, dried paint and baked tops have all over."""
    return 1 - r.uniform(0.1, 0.5) * np.exp(-((noise(r, int(r.integers(5, 16)), 60) - 0.5) / r.uniform(0.008, 0.03)) ** 2)


def _brushed(r):
    """Many fine marks of tools or wear, all over and mostly one way."""
    m, a = np.zeros((S, S), np.float32), r.uniform(0, np.pi)
    for x, y, turn, length in zip(r.uniform(0, S, 60), r.uniform(0, S, 60), r.normal(0, 0.15, 60), r.uniform(15, 90, 60)):
        m = np.maximum(m, line([(x, y), (x + length * np.cos(a + turn), y + length * np.sin(a + turn))], 1))
    return 1 + r.uniform(-0.3, 0.3) * m


def _mottled(r):
    return 1 + r.uniform(0.2, 0.6) * (noise(r, int(r.integers(4, 12)), 30) - 0.5)


LOOKS = (_pits, _cracked, _brushed, _mottled)


def draw(r):
    """A random part and the name that it goes by; twins share the look, so it is never what is spoiled."""
    makers = list(FAMILIES)
    make = makers[r.integers(len(makers))]
    part, name = make(r), str(r.choice(FAMILIES[make]))
    if r.random() < ROUGH:
        part.picture = part.picture * LOOKS[r.integers(len(LOOKS))](r)[..., None].astype(np.float32)
    return part, name
