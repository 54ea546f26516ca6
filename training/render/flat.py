"""Flat families: sheets, boards, panes, plates, grids, screens."""

import numpy as np

from ..paths import SIZE as S
from .materials import surface
from .part import C, Part, place
from .shapes import box, circle, line, over
from .surfaces import X, Y, colour, noise


def sheet(*kinds):
    def make(r):
        return Part(surface(r, r.choice(kinds)), np.ones((S, S), np.float32), whole=True)
    return make


def solar(r):
    p = sheet("cells", "metal", "glass")(r)
    shade = np.ones((S, S), np.float32)
    for i in range(r.integers(2, 5)):
        at = S * (i + 1) / 5 + r.normal(0, 2)
        shade = np.where(np.abs(X - at) < r.uniform(1, 4), r.uniform(0.3, 1.7), shade)
    if r.random() < 0.6:
        shade = shade * (1 - 0.15 * (Y % r.integers(4, 9) < 1.5))
    p.picture = np.clip(p.picture * shade[..., None], 0, 1)
    if r.random() < 0.6:
        half = r.uniform(100, 150)
        p.mask, p.whole = box(C, C, half, half), False
    return p


def circuit(r):
    base = np.array([0.05, 0.35, 0.15]) * r.uniform(0.6, 1.6) if r.random() < 0.7 else colour(r)
    o = np.ones((S, S, 3), np.float32) * np.clip(base, 0, 1) * (0.9 + 0.2 * noise(r, 4, 8)[..., None])
    for _ in range(r.integers(8, 25)):
        at = [r.integers(0, S, 2)]
        for _ in range(3):
            step = at[-1].copy()
            step[r.integers(2)] += r.integers(-90, 90)
            at.append(step)
        o = over(o, np.clip(base * r.uniform(1.2, 1.8) + 0.03, 0, 1), line(at, r.integers(1, 4)))
    p = Part(o, box(C, C, r.uniform(120, 165), r.uniform(90, 165)))
    for _ in range(r.integers(6, 24)):
        x, y = r.uniform(20, S - 20, 2)
        w, h = r.uniform(3, 22, 2)
        m = box(x, y, w, h) if r.random() < 0.75 else circle(x, y, min(w, h))
        k = colour(r, r.choice(["dark", "light", "metal", "any"]))
        p.picture = over(p.picture, k * (0.85 + 0.3 * noise(r, 2, 4)[..., None]), m)
        if w > 8 and h > 6:  # legs of a chip
            legs = box(x, y, w, h + 3) * (X % 5 < 2) * (1 - m)
            p.picture = over(p.picture, np.float32([0.75, 0.75, 0.72]), legs)
        p.pieces.append((m, "mounted"))
    return p


def pane(r):
    cx, cy, _, a = place(r)
    p = Part(surface(r, r.choice(["glass", "plastic"])), box(cx, cy, r.uniform(80, 150), r.uniform(60, 150), a * 0.03))
    stripe = np.abs(rotated_u(r) % r.uniform(120, 300) - 60) < r.uniform(5, 25)
    p.picture = np.clip(p.picture + r.uniform(0, 0.15) * stripe[..., None], 0, 1).astype(np.float32)
    return p


def rotated_u(r):
    a = r.uniform(0, np.pi)
    return np.cos(a) * X + np.sin(a) * Y


def bracket(r):
    cx, cy, _, a = place(r)
    w, h = r.uniform(80, 150), r.uniform(60, 150)
    p = Part(surface(r, r.choice(["metal", "metal", "plastic", "wood"])), box(cx, cy, w, h, a * 0.03))
    for _ in range(r.integers(0, 6)):
        x, y = cx + r.uniform(-w, w) * 0.8, cy + r.uniform(-h, h) * 0.8
        c = circle(x, y, r.uniform(5, 18))
        p.pieces.append((c, "hole"))
        p.mask = p.mask * (1 - c)
    return p


def mesh(r):
    """Wire grid or perforated sheet."""
    a, pitch = r.choice([0, 0.785]), r.uniform(14, 44)
    u, v = np.cos(a) * X + np.sin(a) * Y, -np.sin(a) * X + np.cos(a) * Y
    du, dv = np.abs(u % pitch - pitch / 2), np.abs(v % pitch - pitch / 2)
    w = pitch * r.uniform(0.08, 0.25)
    m = np.clip(w - np.minimum(du, dv) + 0.5, 0, 1) if r.random() < 0.6 else np.clip(
        np.hypot(du, dv) - pitch * r.uniform(0.2, 0.4) + 0.5, 0, 1)
    return Part(surface(r, r.choice(["metal", "plastic"])), m.astype(np.float32))


def screen(r):
    """Phone, display or panel: a bezel and a flat glass face."""
    cx, cy, _, a = place(r)
    w, h = r.uniform(65, 140), r.uniform(80, 145)
    p = Part(np.ones((S, S, 3), np.float32) * colour(r, r.choice(["dark", "light"])), box(cx, cy, w, h, a * 0.02))
    face = surface(r, "glass" if r.random() < 0.7 else "plastic")
    p.picture = over(p.picture, face, box(cx, cy, w - r.uniform(4, 14), h - r.uniform(6, 26), a * 0.02))
    if r.random() < 0.5:
        m = circle(cx, cy + h - 8, 4)
        p.picture = over(p.picture, colour(r), m)
    return p


def zipper(r):
    p, half, pitch = sheet("fabric", "knit")(r), r.uniform(10, 22), r.uniform(8, 16)
    teeth = (np.abs(X - C + np.sign(np.sin(2 * np.pi * Y / pitch)) * half * 0.3) < half) & (Y % (pitch / 2) < pitch * 0.3)
    p.picture = over(p.picture, colour(r, r.choice(["metal", "any"])), teeth.astype(np.float32))
    for y in np.arange(pitch, S - pitch, pitch * 2):
        p.pieces.append((box(C, y, half * 1.4, pitch * 0.6), "mounted"))
    return p
