"""Every surface by its name."""

import numpy as np

from . import surfaces, textures

KINDS = surfaces.KINDS | textures.KINDS


def surface(r, kind):
    """float32 [S,S,3] in 0..1."""
    return np.clip(KINDS[kind](r), 0, 1).astype(np.float32)
