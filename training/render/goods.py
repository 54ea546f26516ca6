"""Consumer goods: baked things, toys, pills, fruit, brushes, sets, cartons."""

import numpy as np

from ..paths import SIZE as S
from .materials import surface
from .part import C, Part, place
from .shapes import box, circle, ellipse, over, polygon, ragged, regular
from .surfaces import X, Y, colour, noise


def biscuit(r):
    cx, cy, R, a0 = place(r)
    a = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    q = R * (1 + 0.04 * np.cos(a * r.integers(2, 6) + a0) + 0.012 * r.normal(0, 1, 256))
    dome = np.sqrt(np.clip(1 - ((X - cx) ** 2 + (Y - cy) ** 2) / (R * 1.25) ** 2, 0.05, 1))
    p = Part(surface(r, "baked") * dome[..., None], polygon(np.stack([cx + q * np.cos(a), cy + q * np.sin(a)], 1)))
    for _ in range(r.integers(0, 22)):
        b, d = r.uniform(0, 6.28), R * 0.85 * np.sqrt(r.random())
        p.picture = p.picture * (1 - 0.65 * ragged(r, cx + d * np.cos(b), cy + d * np.sin(b), r.uniform(4, 14)))[..., None]
    return p


def toy(r):
    cx, top, h = C + r.normal(0, 8), r.uniform(50, 80), r.uniform(22, 45)
    layers = [(regular(int(r.choice([4, 6, 20])), h * 1.4, cx, top + h * 2.3, 0.78), colour(r))]
    for dx, dy, size in ((1.5, 1.8, 0.54), (0.7, 4.0, 0.66), (0.6, -0.9, 0.3)):  # arms, feet, ears
        c = colour(r)
        layers += [(circle(cx + s * h * dx, top + h * dy, h * size), c) for s in (-1, 1)]
    layers.append((circle(cx, top + h * 0.2, h), colour(r)))
    layers += [(circle(cx + s * h * 0.35, top, h * 0.2), colour(r, "dark")) for s in (-1, 1)]
    p = Part(surface(r, "plastic"), np.zeros((S, S), np.float32))
    grain = 0.75 + 0.5 * p.picture.mean(-1, keepdims=True)
    for m, c in layers:
        p.picture, p.mask = over(p.picture, c * grain, m), np.maximum(p.mask, m)
        p.pieces.append((m, "limb"))
    return p


def pill(r):
    cx, cy, R, a = place(r)
    b = R * r.uniform(0.4, 1)
    m = ellipse(cx, cy, R, b, a)
    u, v = np.cos(a) * (X - cx) + np.sin(a) * (Y - cy), -np.sin(a) * (X - cx) + np.cos(a) * (Y - cy)
    dome = np.sqrt(np.clip(1.15 - ((u / R) ** 2 + (v / b) ** 2) * 0.6, 0.1, 1))
    o = surface(r, r.choice(["ceramic", "plastic"]))
    if r.random() < 0.4:  # two-coloured capsule
        o = np.where((u > 0)[..., None], o, colour(r) * o.mean(-1, keepdims=True) * 1.2)
    if r.random() < 0.5:
        dome = dome * (1 - 0.35 * (np.abs(u) < 2.5))
    return Part(np.float32(o * dome[..., None]), m)


def fruit(r):
    cx, cy, R, a = place(r)
    b = R * r.uniform(0.75, 1)
    q = ((X - cx) / R) ** 2 + ((Y - cy) / b) ** 2
    light = 0.45 + 0.7 * np.sqrt(np.clip(1 - 0.9 * q, 0, 1))
    o = surface(r, "peel") * light[..., None] + 0.25 * np.exp(
        -((X - cx + R * 0.3) ** 2 + (Y - cy + R * 0.3) ** 2) / (2 * (R * 0.12) ** 2))[..., None]
    if r.random() < 0.6:
        o = o * (1 - 0.7 * circle(cx + r.normal(0, 20), cy + r.normal(0, 20), r.uniform(3, 9)))[..., None]
    return Part(np.float32(np.clip(o, 0, 1)), ellipse(cx, cy, R, b, a))


def brush(r):
    cx, h = C + r.normal(0, 6), r.uniform(60, 110)
    p = Part(np.ones((S, S, 3), np.float32) * colour(r), box(cx, C + 60, r.uniform(60, 110), 26))
    rows = int(r.integers(4, 10))
    for i in range(rows):
        x = cx + (i - (rows - 1) / 2) * 150 / rows
        m = polygon([(x - 9, C + 36), (x + 9, C + 36), (x + 7 + r.normal(0, 2), C + 36 - h), (x - 7, C + 36 - h)])
        bristle = 0.7 + 0.5 * noise(r, 8, 64, (6, 0.1))[..., None]
        p.picture, p.mask = over(p.picture, colour(r, r.choice(["any", "light"])) * bristle, m), np.maximum(p.mask, m)
        p.pieces.append((m, "limb"))
    return p


def group(r):
    """Several equal things side by side: candles, pills in a tray, nuts, pasta."""
    n, kind, R = int(r.integers(2, 4)), r.choice(["plastic", "ceramic", "baked", "wood", "peel"]), r.uniform(26, 44)
    p, step = Part(surface(r, kind), np.zeros((S, S), np.float32)), S / (n + 0.6)
    corners = int(r.choice([0, 0, 4, 6]))
    for i in range(n * n):
        x, y = (i % n + 0.8) * step + r.normal(0, 5), (i // n + 0.8) * step + r.normal(0, 5)
        s = min(R, step * 0.45)
        m = circle(x, y, s) if corners == 0 else regular(corners, s, x, y, r.uniform(0, 6.28))
        light = 0.6 + 0.5 * np.exp(-((X - x) ** 2 + (Y - y) ** 2) / (2 * s**2))
        p.picture = over(p.picture, p.picture * light[..., None], m)
        p.mask = np.maximum(p.mask, m)
        p.pieces.append((m, "limb"))
    return p


def carton(r):
    cx, cy, _, a = place(r)
    w, h = r.uniform(90, 150), r.uniform(70, 150)
    o = np.ones((S, S, 3), np.float32) * colour(r, r.choice(["brown", "light", "any"]))
    o = o * (0.9 + 0.15 * noise(r, 20, 160, (3, 0.5))[..., None])
    p = Part(o.astype(np.float32), box(cx, cy, w, h, a * 0.03))
    for _ in range(r.integers(1, 5)):
        x, y = cx + r.uniform(-w, w) * 0.6, cy + r.uniform(-h, h) * 0.6
        m = box(x, y, r.uniform(10, 60), r.uniform(6, 40))
        k = colour(r, r.choice(["any", "light", "dark"]))
        if r.random() < 0.4:  # a bar code or lines of print
            m = m * ((X if r.random() < 0.5 else Y) % r.integers(4, 9) < r.uniform(1.5, 4))
        p.picture = over(p.picture, k, m)
        p.pieces.append((m, "mounted"))
    return p
