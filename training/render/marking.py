"""Print on a part: words of random letters."""

import cv2
import numpy as np

from ..paths import SIZE as S
from .shapes import over

LETTERS = "ABCDEFGHKLMNPRSTUVXYZ0123456789"


def imprint(r, picture, x, y, ink, pieces, size=1.0):
    """A word of random letters in one of OpenCV's own stroke fonts."""
    m = np.zeros((S, S), np.uint8)
    word = "".join(r.choice(list(LETTERS), r.integers(2, 8)))
    cv2.putText(m, word, (int(x), int(y)), int(r.integers(0, 5)), size, 255, int(r.integers(1, 4)), cv2.LINE_AA)
    m = m.astype(np.float32) / 255
    if m.sum() > 30:
        pieces.append((m, "mounted"))
    return over(picture, ink, m)
