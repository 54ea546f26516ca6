"""Surfaces that are rough, porous or patterned by nature: not in the image head's pictures, but in the text head's and lots."""

import cv2
import numpy as np

from ..paths import SIZE as S
from .surfaces import X, Y, colour, noise, rotated


def ridged(n, width):
    """Bright where the noise crosses its middle: veins, wrinkles, creases."""
    return np.exp(-((n - 0.5) ** 2) / width**2)


def scattered(r, count, low, high, spread=S):
    """[S,S] of small round things, each of its own height in 0.3..1."""
    m = np.zeros((S, S), np.float32)
    for x, y, q, h in zip(r.uniform(0, spread, count), r.uniform(0, spread, count),
                          r.uniform(low, high, count), r.uniform(0.3, 1, count)):
        cv2.circle(m, (int(x * 8), int(y * 8)), int(q * 8), float(h), -1, cv2.LINE_AA, 3)
    return m


def relief(height, strength, angle):
    """Light from one side on a height map."""
    gy, gx = np.gradient(height.astype(np.float32))
    return np.clip(1 + strength * (gx * np.cos(angle) + gy * np.sin(angle)), 0.2, 2)


def crust(r):
    """Bread, cake, biscuit: soft hills, crumbs, browned tops."""
    hills = noise(r, 5, 160, falloff=r.uniform(0.55, 0.8))
    o = colour(r, "brown") * (0.65 + 0.5 * hills)[..., None]
    o = o * relief(noise(r, 20, 160, falloff=0.75), r.uniform(2, 8), r.uniform(0, 6.28))[..., None]
    toasted = np.clip((noise(r, 3, 24) - 0.55) * 4, 0, 1)[..., None]
    return o * (1 - r.uniform(0, 0.5) * toasted * np.float32([0.6, 1, 1.2]))


def crumb(r):
    """Foam, sponge, bread inside: a pale mass full of pores."""
    pores = scattered(r, int(r.integers(150, 700)), 0.7, r.uniform(2, 6))
    o = colour(r, r.choice(["light", "any", "brown"])) * (0.85 + 0.3 * noise(r, 30, 200)[..., None])
    return o * (1 - r.uniform(0.2, 0.7) * pores[..., None])


def granules(r):
    """A bed of grains: rice, gravel, seeds, sand."""
    o = np.ones((S, S, 3), np.float32) * colour(r) * 0.5
    base, q = colour(r), r.uniform(3, 12)
    for x, y, a in zip(r.uniform(0, S, 700), r.uniform(0, S, 700), r.uniform(0, 180, 700)):
        c = np.clip(base * r.uniform(0.7, 1.3), 0, 1)
        cv2.ellipse(o, (int(x), int(y)), (int(q), max(1, int(q * 0.6))), a, 0, 360, (c * 0.6).tolist(), -1, cv2.LINE_AA)
        cv2.ellipse(o, (int(x - 1), int(y - 1)), (max(1, int(q * 0.7)), max(1, int(q * 0.4))), a, 0, 360, c.tolist(), -1, cv2.LINE_AA)
    return o


def marble(r):
    veins = ridged(noise(r, 2, 64), r.uniform(0.01, 0.04)) * noise(r, 3, 12)
    return colour(r, r.choice(["light", "dark", "any"])) * (0.8 + 0.3 * noise(r, 3, 40))[..., None] * (
        1 - r.uniform(0.2, 0.7) * veins[..., None])


def hide(r):
    """Leather with a cell-like grain and a few natural creases."""
    grain = ridged(noise(r, int(r.integers(25, 70)), 140), r.uniform(0.05, 0.12))
    creases = ridged(noise(r, 3, 10), 0.012) * (noise(r, 2, 6) > 0.5)
    o = colour(r, r.choice(["brown", "dark", "any"])) * (1 - r.uniform(0.15, 0.45) * grain[..., None])
    return o * (1 - r.uniform(0, 0.3) * creases[..., None])


def twill(r):
    """Denim, twill, corduroy: diagonal or straight ribs of yarn."""
    u, v = rotated(r)
    p = r.uniform(4, 14)
    wobble = (noise(r, 10, 40) - 0.5) * r.uniform(0, 3)
    rib = 0.5 + 0.5 * np.sin(2 * np.pi * (u + wobble) / p)
    yarn = 0.5 + 0.5 * np.sin(2 * np.pi * (v + wobble) / (p * r.uniform(0.6, 2)) + np.pi * (u // p))
    return colour(r) * (0.5 + 0.35 * rib + 0.25 * rib * yarn + 0.2 * (noise(r, 64, 256) - 0.5))[..., None]


def basket(r):
    """Over-under weave of flat bands: cane, gauze, mesh belt, carbon fibre."""
    p = r.uniform(8, 30)
    u, v = rotated(r, r.choice([0, np.pi / 4]))
    over = ((u // p).astype(int) + (v // p).astype(int)) % 2 == 0
    band = np.where(over, np.sin(np.pi * (v % p) / p), np.sin(np.pi * (u % p) / p))
    gap = (np.minimum(u % p, v % p) < p * r.uniform(0, 0.12))
    a, b = colour(r), colour(r)
    o = np.where(over[..., None], a, a * 0.8 + b * 0.2 if r.random() < 0.7 else b) * (0.5 + 0.6 * np.abs(band))[..., None]
    return np.where(gap[..., None], o * 0.35, o) * (0.9 + 0.2 * noise(r, 40, 200)[..., None])


def fleece(r):
    """Curly pile: fleece, felt, moss, cotton wool."""
    n = ridged(noise(r, int(r.integers(12, 36)), 200, falloff=0.8), r.uniform(0.08, 0.2))
    return colour(r) * (0.45 + 0.6 * n + 0.2 * noise(r, 40, 160))[..., None]


def planks(r):
    """Wood with knots: growth rings that flow around dark spots."""
    u, v = (X, Y) if r.random() < 0.5 else (Y, X)
    bend, knots = (noise(r, 2, 6) - 0.5) * r.uniform(20, 60), np.zeros((S, S), np.float32)
    for _ in range(r.integers(0, 4)):
        x, y, q = *r.uniform(0, S, 2), r.uniform(5, 16)
        d = np.hypot((u - x), (v - y) * 0.6)
        bend = bend + 40 * np.sign(u - x) * np.exp(-d / (q * 2))
        knots = np.maximum(knots, np.clip(1.4 - d / q, 0, 1))
    rings = 0.5 + 0.5 * np.sin((u + bend) / r.uniform(1.5, 6))
    fibre = noise(r, 20, 200, (4, 0.15) if u is X else (0.15, 4))
    return colour(r, "brown") * (1 - 0.25 * rings - 0.3 * fibre)[..., None] * (1 - 0.6 * knots[..., None])


def hammered(r):
    """Embossed or hammered sheet, orange peel paint, crinkled foil."""
    n = noise(r, int(r.integers(10, 50)), int(r.choice([60, 120])))
    n = np.abs(n - 0.5) if r.random() < 0.4 else n
    return colour(r, r.choice(["metal", "any", "light"])) * relief(n, r.uniform(4, 20), r.uniform(0, 6.28))[..., None]


def speckled(r):
    """Terrazzo, granite tile, enamel with flecks, printed dots."""
    o = np.ones((S, S, 3), np.float32) * colour(r, r.choice(["light", "dark", "any"]))
    for _ in range(r.integers(1, 4)):
        m = scattered(r, int(r.integers(40, 500)), 0.6, r.uniform(1.5, 7))[..., None]
        o = o * (1 - m) + colour(r) * m
    return o * (0.92 + 0.16 * noise(r, 30, 200)[..., None])


def ribbed(r):
    """Corrugated, knurled or perforated sheets and gratings: a strictly regular relief."""
    u, v = rotated(r, r.choice([0, np.pi / 4, np.pi / 2]))
    p = r.uniform(6, 26)
    h = np.sin(2 * np.pi * u / p)
    if r.random() < 0.6:
        h = h * np.sin(2 * np.pi * v / p) if r.random() < 0.5 else np.maximum(h, np.sin(2 * np.pi * v / p))
    if r.random() < 0.4:
        h = (h > r.uniform(-0.2, 0.6)) * 1.0
    return colour(r, r.choice(["metal", "any", "dark"])) * (0.7 + r.uniform(0.15, 0.5) * h)[..., None] * (
        0.93 + 0.14 * noise(r, 8, 160)[..., None])


def print_lines(r):
    """A printed pattern: checks, ornaments, lines of lettering."""
    o = np.ones((S, S, 3), np.float32) * colour(r, "light")
    ink, p = colour(r), int(r.integers(14, 60))
    cell = np.zeros((p, p), np.float32)
    for _ in range(r.integers(1, 5)):
        a, b = r.integers(0, p, 2), r.integers(0, p, 2)
        if r.random() < 0.5:
            cv2.line(cell, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), 1.0, int(r.integers(1, 4)), cv2.LINE_AA)
        else:
            cv2.circle(cell, (int(a[0]), int(a[1])), int(r.integers(2, max(3, p // 3))), 1.0, int(r.choice([-1, 2])), cv2.LINE_AA)
    if r.random() < 0.5:
        cell = np.maximum(cell, cell[:, ::-1])
    m = np.tile(cell, (S // p + 1, S // p + 1))[:S, :S, None]
    return (o * (1 - m) + ink * m) * (0.92 + 0.14 * noise(r, 10, 160)[..., None])


KINDS = {f.__name__: f for f in (crust, crumb, granules, marble, hide, twill, basket, fleece, planks, hammered, speckled,
                                 ribbed, print_lines)}
