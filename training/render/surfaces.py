"""Procedural surfaces: what a part or its background is made of. Arrays are float32 RGB in 0..1.

Everything is drawn from a numpy Generator: no photograph is used anywhere in the training pictures.
"""

import cv2
import numpy as np

from ..paths import SIZE as S

cv2.setNumThreads(1)
Y, X = np.mgrid[0:S, 0:S].astype(np.float32)


def noise(r, low, high, stretch=(1, 1), falloff=0.6):
    """Fractal value noise in 0..1: octaves from `low` to `high` cells a side, stretched along x and y."""
    total, gain, f = np.zeros((S, S), np.float32), 1.0, low
    while f <= high:
        nx, ny = (int(np.clip(f * s, 2, S)) for s in stretch)
        grid = r.standard_normal((ny + 1, nx + 1)).astype(np.float32)
        how = cv2.INTER_CUBIC if max(nx, ny) < 100 else cv2.INTER_LINEAR
        total += gain * cv2.resize(grid, (S, S), interpolation=how)
        gain, f = gain * falloff, f * 2
    total -= total.min()
    return total / (total.max() + 1e-6)


def rotated(r, angle=None):
    """Coordinates along and across a random direction."""
    a = r.uniform(0, np.pi) if angle is None else angle
    return np.cos(a) * X + np.sin(a) * Y, -np.sin(a) * X + np.cos(a) * Y


def colour(r, kind="any"):
    light = r.uniform(0, 1)
    if kind == "metal":
        tint = np.array([0.06, 0.02, -0.05]) * r.choice([0, 0, 1, 2.5])  # steel, steel, warm, brass
        c = 0.25 + 0.6 * light + r.normal(0, 0.02, 3) + tint
    elif kind == "brown":
        c = np.array([0.62, 0.42, 0.24]) * (0.4 + light) + r.normal(0, 0.03, 3)
    elif kind == "light":
        c = 0.7 + 0.28 * light + r.normal(0, 0.03, 3)
    elif kind == "dark":
        c = 0.02 + 0.25 * light + r.normal(0, 0.03, 3)
    elif kind == "fruit":
        c = np.array([[0.8, 0.15, 0.1], [0.9, 0.5, 0.1], [0.85, 0.75, 0.2], [0.4, 0.6, 0.15]])[r.integers(4)]
        c = c * (0.6 + 0.5 * light) + r.normal(0, 0.04, 3)
    else:
        hsv = np.uint8([[[r.integers(180), r.integers(256), r.integers(40, 256)]]])
        c = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] / 255
    return np.clip(c, 0, 1).astype(np.float32)


def _shade(c, n, low, high, r):
    return c * (1 + r.uniform(low, high) * (n[..., None] - 0.5))


def metal(r):
    style = r.integers(5)
    if style == 0:    # brushed
        n = noise(r, 4, 64, (r.uniform(0.1, 0.3), 4))
    elif style == 1:  # cast, blasted
        n = noise(r, int(r.integers(16, 48)), 256)
    elif style == 2:  # turned on a lathe
        profile = cv2.GaussianBlur(r.standard_normal((1, 260)).astype(np.float32), (0, 0), r.uniform(0.6, 3))[0]
        radius = np.hypot(X - S / 2 - r.normal(0, 4), Y - S / 2 - r.normal(0, 4))
        n = profile[np.clip(radius, 0, 259).astype(int)]
        n = (n - n.min()) / (np.ptp(n) + 1e-6)
    elif style == 3:  # milled: parallel tool marks
        u, _ = rotated(r)
        n = 0.5 + 0.5 * np.sin(u * 2 * np.pi / r.uniform(4, 14) + 6 * noise(r, 2, 4))
    else:             # polished
        n = noise(r, 2, 8)
    o = _shade(colour(r, "metal"), n, 0.05, 0.45, r)
    if r.random() < 0.5:
        u, _ = rotated(r)
        band = (u - u.mean()) / S - r.uniform(-0.3, 0.3)
        o = o + r.uniform(0.05, 0.35) * np.exp(-((band / r.uniform(0.05, 0.3)) ** 2))[..., None]
    return o


def plastic(r):
    o = _shade(colour(r), noise(r, 2, 4), 0, 0.3, r)
    spot = np.exp(-((X - r.uniform(0, S)) ** 2 + (Y - r.uniform(0, S)) ** 2) / (2 * r.uniform(10, 60) ** 2))
    if r.random() < 0.3:
        o = o * (1 + r.uniform(0.05, 0.2) * (noise(r, 60, 240)[..., None] - 0.5))
    return o + r.uniform(0, 0.25) * spot[..., None]


def ceramic(r):
    return _shade(colour(r, "light" if r.random() < 0.7 else "any"), noise(r, 3, 80), 0, 0.15, r)


def fabric(r):
    u, v = rotated(r, r.choice([0, np.pi / 4, r.uniform(0, np.pi)]))
    p, wave = r.uniform(3, 16), (noise(r, 4, 16) - 0.5) * r.uniform(0, 4)
    a, b = np.sin(2 * np.pi * (u + wave) / p), np.sin(2 * np.pi * (v + wave) / (p * r.choice([1, 1, 2, 0.5])))
    weave = 0.5 + 0.5 * (a * b if r.random() < 0.6 else np.maximum(a, b))
    o = colour(r) * (1 - r.uniform(0.15, 0.7) * weave[..., None])
    if r.random() < 0.3:
        stripes = (np.sin(2 * np.pi * u / (p * r.integers(3, 8))) > 0)[..., None]
        o = np.where(stripes, o, colour(r) * (1 - 0.4 * weave[..., None]))
    return o + r.uniform(0, 0.12) * (noise(r, 64, 256)[..., None] - 0.5)


def knit(r):
    """Carpet, knitwear, grass-like pile: dense random fibres."""
    n = noise(r, int(r.integers(24, 60)), 256, (r.uniform(0.5, 2), r.uniform(0.5, 2)), 0.9)
    return colour(r) * (0.4 + n[..., None] * r.uniform(0.6, 1.2))


def wood(r):
    u, along = (X, (4, 0.3)) if r.random() < 0.5 else (Y, (0.3, 4))
    rings = 0.5 + 0.5 * np.sin((u + noise(r, 2, 8) * r.uniform(20, 80)) / r.uniform(2, 12))
    n = 0.6 * rings + 0.4 * noise(r, 4, 128, along)
    return colour(r, "brown") * (1 - r.uniform(0.1, 0.5) * n[..., None])


def stone(r):
    n = noise(r, int(r.integers(4, 60)), 256)
    return colour(r, r.choice(["light", "dark", "metal"])) * (0.5 + n[..., None] * r.uniform(0.3, 1))


def baked(r):
    return colour(r, "brown") * (0.6 + 0.7 * noise(r, 8, 128)[..., None])


def leather(r):
    n = np.abs(noise(r, int(r.integers(20, 60)), 120) - 0.5) * 2
    return colour(r, r.choice(["dark", "brown", "any"])) * (0.6 + 0.8 * n[..., None])


def glass(r):
    return colour(r, r.choice(["dark", "any"])) * (0.5 + r.uniform(0.2, 1) * noise(r, 2, 4)[..., None])


def peel(r):
    """Skin of a fruit or vegetable: soft colour changes and fine dots."""
    a, b, n = colour(r, "fruit"), colour(r, "fruit"), noise(r, 2, 8)[..., None]
    o = a * (1 - 0.6 * n) + b * 0.6 * n
    dots = noise(r, 60, 160)[..., None]
    return o * (1 + r.uniform(0, 0.3) * (dots > r.uniform(0.6, 0.8)))


def cells(r):
    """Crystal grains: multicrystalline silicon, terrazzo, galvanised sheet."""
    points = r.uniform(0, S, (r.integers(20, 80), 2)).astype(np.float32)
    x, y = X[::2, ::2], Y[::2, ::2]
    nearest = np.argmin((x[None] - points[:, 0, None, None]) ** 2 + (y[None] - points[:, 1, None, None]) ** 2, 0)
    level = r.uniform(0.6, 1.4, len(points)).astype(np.float32)[nearest]
    level = cv2.resize(level, (S, S))[..., None]
    return colour(r, r.choice(["dark", "metal"])) * level * (0.85 + 0.3 * noise(r, 4, 128)[..., None])


def bricks(r):
    """Mortared bricks, tiles or planks in rows."""
    h, w, gap = r.integers(16, 70), r.integers(24, 120), r.uniform(1, 4)
    row = (Y // h).astype(int)
    u = X + (row % 2) * w * 0.5
    joint = (np.abs(u % w - w / 2) > w / 2 - gap) | (np.abs(Y % h - h / 2) > h / 2 - gap)
    level = r.uniform(0.8, 1.2, (64, 64))[row % 64, (u // w).astype(int) % 64]
    o = colour(r, r.choice(["brown", "light", "any"])) * (level * (0.7 + 0.5 * noise(r, 30, 200)))[..., None]
    return np.where(joint[..., None], colour(r, "light") * (0.7 + 0.4 * noise(r, 60, 200)[..., None]), o)


def blobs(r):
    """A cluttered something: patches of many colours. Only a background or a foreign texture."""
    n = noise(r, 3, 40)
    palette = np.stack([colour(r) for _ in range(6)])
    return palette[np.clip((n * 6).astype(int), 0, 5)] * (0.7 + 0.5 * noise(r, 20, 160)[..., None])


KINDS = {f.__name__: f for f in (metal, plastic, ceramic, fabric, knit, wood, stone, baked, leather, glass, peel,
                                 cells, bricks, blobs)}
