"""Rotational families, from above, from the side or cut: discs, gears, vessels, pipes, screws, springs, cables."""

import numpy as np

from ..paths import SIZE as S
from .materials import surface
from .part import C, Part, place
from .shapes import box, circle, line, over, regular
from .surfaces import X, Y, colour


def _grooves(r, radius, size, count):
    shade = np.ones((S, S), np.float32)
    for _ in range(count):
        at, width = r.uniform(0.15, 0.95) * size, r.uniform(1, 8)
        shade *= 1 + r.uniform(-0.5, 0.5) * np.exp(-(((radius - at) / width) ** 2))
    return shade


def _holes(r, part, cx, cy, at, size, count, angle):
    through = r.random() < 0.5
    for i in range(count):
        a = angle + i * 2 * np.pi / count
        c = circle(cx + at * np.cos(a), cy + at * np.sin(a), size)
        part.pieces.append((c, "hole"))
        if through:
            part.mask = part.mask * (1 - c)
        else:
            part.picture = part.picture * (1 - 0.6 * c[..., None])


def _round(r, kind, mask_of, grooves=(0, 5)):
    cx, cy, R, a = place(r)
    radius = np.hypot(X - cx, Y - cy)
    shade = _grooves(r, radius, R, r.integers(*grooves))
    return Part(surface(r, kind) * shade[..., None], mask_of(cx, cy, R, a, radius)), cx, cy, R, a, radius


def disc(r, kind=None):
    p, cx, cy, R, a, _ = _round(r, kind or "metal", lambda cx, cy, R, a, q: circle(cx, cy, R))
    if r.random() < 0.5:
        _holes(r, p, cx, cy, R * r.uniform(0.4, 0.75), R * r.uniform(0.05, 0.14), r.integers(2, 9), a)
    return p


def cap(r):
    return disc(r, "plastic")


def washer(r):
    inner = r.uniform(0.3, 0.8)
    return _round(r, r.choice(["metal", "plastic"]),
                  lambda cx, cy, R, a, q: circle(cx, cy, R) * (1 - circle(cx, cy, R * inner)), (0, 3))[0]


def nut(r):
    n, inner = int(r.choice([4, 6, 6, 8])), r.uniform(0.3, 0.6)
    return _round(r, "metal", lambda cx, cy, R, a, q: regular(n, R, cx, cy, a) * (1 - circle(cx, cy, R * inner)),
                  (1, 4))[0]


def gear(r):
    n, depth, inner = int(r.integers(4, 24)), r.uniform(0.06, 0.15), r.uniform(0.12, 0.5)

    def mask(cx, cy, R, a, q):
        tooth = (1 + np.tanh(4 * np.cos(n * (np.arctan2(Y - cy, X - cx) - a)))) / 2
        return np.clip(R * (1 - depth * tooth) - q + 0.5, 0, 1) * np.clip(q - R * inner + 0.5, 0, 1)

    p, cx, cy, R, a, _ = _round(r, r.choice(["metal", "plastic"]), mask, (0, 3))
    if r.random() < 0.5:
        _holes(r, p, cx, cy, R * 0.65, R * 0.1, r.integers(3, 7), a)
    return p


def impeller(r):
    p, cx, cy, R, a, q = _round(r, r.choice(["metal", "metal", "stone"]), lambda cx, cy, R, a, q: circle(cx, cy, R),
                                (3, 7))
    blades = np.cos(r.integers(3, 10) * (np.arctan2(Y - cy, X - cx) + r.uniform(-0.02, 0.02) * q) + a)
    shade = 1 + r.uniform(0.1, 0.5) * blades * ((q > R * 0.3) & (q < R * 0.85))
    shade = shade * (1 - 0.8 * circle(cx, cy, R * r.uniform(0.08, 0.2)))
    p.picture = p.picture * shade[..., None].astype(np.float32)
    return p


def jar(r, kind=None):
    p, cx, cy, R, a, q = _round(r, kind or r.choice(["glass", "plastic"]),
                                lambda cx, cy, R, a, q: circle(cx, cy, R), (2, 6))
    inside = np.clip((R * r.uniform(0.5, 0.85) - q) / 2 + 0.5, 0, 1)
    shade = (1 + (r.uniform(0.15, 1.2) - 1) * inside)
    shade = shade * (1 + r.uniform(0, 0.4) * np.cos(np.arctan2(Y - cy, X - cx) * r.integers(1, 4) + a))
    p.picture = p.picture * shade[..., None].astype(np.float32)
    return p


def plate(r):
    return jar(r, "ceramic")


def pipe(r):
    a, w = r.uniform(0, 6.28), r.uniform(12, 60)
    u = np.cos(a) * (X - C) + np.sin(a) * (Y - C)
    light = 0.5 + 0.7 * np.sqrt(np.clip(1 - (u / (w + 2) * 0.95) ** 2, 0, 1))
    return Part(surface(r, r.choice(["metal", "plastic"])) * light[..., None].astype(np.float32),
                np.clip(w - np.abs(u) + 0.5, 0, 1))


def screw(r):
    """Seen from the side: head, shank, thread and point."""
    cx, w, pitch, lean = C + r.normal(0, 8), r.uniform(12, 26), r.uniform(5, 12), r.uniform(-0.5, 0.5)
    top, end = r.uniform(60, 90), r.uniform(230, 290)
    wave = np.abs(((Y + lean * (X - cx)) / pitch) % 1 - 0.5) * 2
    width = w + (wave - 0.5) * pitch * 0.45 * (Y > top + r.uniform(0, 50))
    width = width * np.clip((end - Y) / r.uniform(8, 50), 0, 1)
    shank = np.clip(width - np.abs(X - cx) + 0.5, 0, 1) * (Y > top) * (Y < end)
    head = box(cx, top - 6, w * r.uniform(1.5, 2.2), r.uniform(8, 18))
    light = 0.45 + 0.75 * np.sqrt(np.clip(1 - ((X - cx) / (w * 2)) ** 2, 0, 1)) * (0.65 + 0.5 * wave)
    return Part(surface(r, "metal") * light[..., None].astype(np.float32), np.maximum(shank, head).astype(np.float32))


def spring(r):
    cx, w, pitch, thick = C + r.normal(0, 8), r.uniform(28, 70), r.uniform(12, 30), r.uniform(2, 6)
    y = np.linspace(50, 270, 600)
    m = line(np.stack([cx + w * np.sin(y * 2 * np.pi / pitch), y], 1), round(thick * 2))
    light = 0.5 + 0.6 * np.sqrt(np.clip(1 - ((X - cx) / (w * 1.1)) ** 2, 0, 1))
    return Part(surface(r, "metal") * light[..., None].astype(np.float32), m)


def strands(r):
    """Cut face of a cable: sheath, cores, copper wires."""
    cx, cy, R, a = place(r)
    p = Part(np.ones((S, S, 3), np.float32) * colour(r), circle(cx, cy, R))
    n = int(r.integers(2, 5))
    size = R * (0.42 if n < 4 else 0.36)
    for i in range(n):
        b = a + i * 2 * np.pi / n
        x, y = cx + R * 0.5 * np.cos(b), cy + R * 0.5 * np.sin(b)
        m = circle(x, y, size)
        p.picture = over(p.picture, colour(r), m)
        for k in range(19):
            d = size * 0.72 * np.sqrt(k / 19)
            wire = circle(x + d * np.cos(k * 2.4), y + d * np.sin(k * 2.4), size * 0.15)
            p.picture = over(p.picture, np.float32([0.8, 0.5, 0.3]) * r.uniform(0.7, 1.2), wire)
        p.pieces.append((m, "limb" if r.random() < 0.3 else "mounted"))
    return p
