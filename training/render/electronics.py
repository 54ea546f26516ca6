"""Electronic families put together from pieces: housings with legs, populated boards, connectors."""

import numpy as np

from ..paths import SIZE as S
from .marking import imprint
from .materials import surface
from .part import C, Part
from .shapes import box, circle, over
from .surfaces import Y, colour, noise


def transistor(r):
    """A moulded body, a tab with a hole, and legs."""
    w, h, n = r.uniform(45, 75), r.uniform(40, 65), int(r.integers(2, 6))
    tab = box(C, C - h - 18, w, 24)
    p = Part(np.float32(np.ones((S, S, 3)) * colour(r, "metal") * (0.85 + 0.25 * noise(r, 4, 80))[..., None]), tab * (1 - circle(C, C - h - 20, 10)))
    for i in range(n):
        leg = box(C + (i - (n - 1) / 2) * 2 * w / n, C + h + 55, r.uniform(3, 6), 56)
        p.mask = np.maximum(p.mask, leg)
        p.pieces.append((leg * (Y > C + h), "limb"))
    body = box(C, C, w, h)
    p.picture, p.mask = over(p.picture, surface(r, "plastic") * 0.4, body), np.maximum(p.mask, body)
    p.picture = imprint(r, p.picture, C - w * 0.7, C + 8, colour(r, "light"), p.pieces, r.uniform(0.5, 1))
    return p


def board(r):
    """A populated board in rows: equal parts on pads, mounting holes, white print."""
    o = np.ones((S, S, 3), np.float32) * np.clip(np.float32([0.05, 0.3, 0.2]) * r.uniform(0.5, 2, 3), 0, 1)
    p = Part(o * (0.92 + 0.12 * noise(r, 10, 80))[..., None], box(C, C, 145, r.uniform(90, 145)))
    columns, rows = int(r.integers(2, 6)), int(r.integers(2, 5))
    kinds = [(r.uniform(8, 20), r.uniform(5, 14), colour(r, r.choice(["dark", "any", "light"]))) for _ in range(rows)]
    for i in range(rows):
        w, h, tone = kinds[i]
        for j in range(columns):
            x, y = C + (j - (columns - 1) / 2) * 260 / columns, C + (i - (rows - 1) / 2) * 200 / rows
            w = min(w, 100 / columns)
            for side in (-1, 1):
                p.picture = over(p.picture, np.float32([0.78, 0.77, 0.74]), box(x + side * w, y, 5, h * 0.9))
            m = box(x, y, w, h)
            p.picture = over(p.picture, tone * (0.85 + 0.2 * noise(r, 3, 8))[..., None], m)
            p.pieces.append((m, "mounted"))
    for x, y in ((30, 60), (S - 30, 60), (30, S - 60), (S - 30, S - 60)):
        hole = circle(x, y, 7)
        p.picture = over(p.picture, np.float32([0.8, 0.7, 0.4]), circle(x, y, 11))
        p.mask = p.mask * (1 - hole)
        p.pieces.append((hole, "hole"))
    return p


def pins(r):
    """A connector or terminal strip: a housing and rows of contacts."""
    n, rows, w = int(r.integers(4, 12)), int(r.integers(1, 3)), r.uniform(110, 145)
    p = Part(surface(r, "plastic"), box(C, C, w, 25 + 28 * rows, 0, 2))
    metal = colour(r, "metal")
    for k in range(rows):
        for i in range(n):
            x, y = C + (i - (n - 1) / 2) * 2 * (w - 14) / n, C + (k - (rows - 1) / 2) * 50
            socket = box(x, y, w / n * 0.7, 17)
            p.picture = over(p.picture, p.picture * 0.3, socket)
            m = box(x, y, w / n * 0.3, 12) if r.random() < 0.98 else circle(x, y, 6)
            p.picture = over(p.picture, metal, m)
            p.pieces.append((m, "mounted"))
    return p


FAMILIES = {
    transistor: ["transistor", "voltage regulator", "power module", "sensor"],
    board: ["control board", "LED module", "electronic assembly", "memory module"],
    pins: ["connector", "pin header", "terminal block", "socket", "plug"],
}
