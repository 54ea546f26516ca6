"""A part as it is drawn: its picture, where it is, and the pieces that it is put together from."""

from dataclasses import dataclass, field

import numpy as np

from ..paths import SIZE as S
from .shapes import over

C = S / 2


@dataclass
class Part:
    picture: np.ndarray                 # [S,S,3] the part's surface, lit
    mask: np.ndarray                    # [S,S] where the part is
    pieces: list = field(default_factory=list)  # (mask, kind): what can be missing; kind is hole | limb | mounted
    whole: bool = False                 # the surface fills the picture


def place(r):
    """Centre, size and angle of a part near the middle."""
    return C + r.normal(0, 12), C + r.normal(0, 12), r.uniform(85, 145), r.uniform(0, 2 * np.pi)


def paint(part, alpha, top):
    """Lay `top` over the part where alpha is 1 and the part is; where that is."""
    alpha = alpha * part.mask
    part.picture = over(part.picture, top, alpha)
    return alpha
