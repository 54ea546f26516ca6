"""Families that are rough by nature: food, foam, wood, woven and poured things.

Their good look has pits, crumbs, creases and cracks, so a rough patch alone is no defect.
"""

import numpy as np

from ..paths import SIZE as S
from .flat import sheet
from .materials import surface
from .part import C, Part
from .shapes import box, circle, ellipse, line, over, polygon, ragged
from .surfaces import X, Y, colour, noise


def _dome(cx, cy, size, flat=1.3):
    return np.sqrt(np.clip(1 - ((X - cx) ** 2 + (Y - cy) ** 2) / (size * flat) ** 2, 0.05, 1))[..., None]


def _outline(r, cx, cy, size, waves, rough):
    a = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    q = size * (1 + waves * np.cos(a * r.integers(2, 7) + r.uniform(0, 6.28)) + rough * r.normal(0, 1, 200))
    return polygon(np.stack([cx + q * np.cos(a), cy + q * np.sin(a)], 1))


def bun(r):
    """A baked top that burst open: a web of cracks, crumbs, and sometimes seeds."""
    cx, cy, size = C + r.normal(0, 10), C + r.normal(0, 10), r.uniform(90, 140)
    p = Part(surface(r, r.choice(["baked", "crumb"])), _outline(r, cx, cy, size, r.uniform(0, 0.05), 0.008))
    width, web = r.uniform(0.01, 0.035), noise(r, int(r.integers(4, 9)), 40)
    p.picture = p.picture * (1 - r.uniform(0.2, 0.6) * np.exp(-((web - 0.5) / width) ** 2))[..., None]
    for _ in range(r.integers(0, 60)):
        x, y = r.normal(cx, size * 0.5), r.normal(cy, size * 0.5)
        p.picture = over(p.picture, colour(r, r.choice(["light", "dark", "brown"])), ellipse(x, y, 4, 2, r.uniform(0, 3.14)))
    p.picture = p.picture * _dome(cx, cy, size)
    return p


def slice_of(r):
    """A cut slice: pores inside, a darker rind around."""
    w, h = r.uniform(80, 140), r.uniform(70, 130)
    corner = r.uniform(0.3, 1)
    m = np.maximum(box(C, C, w, h * corner, 0, 3), ellipse(C, C - h * 0.35, w, h * 0.65) if corner < 0.9 else 0)
    p = Part(surface(r, r.choice(["crumb", "crumb", "peel", "marble"])), np.float32(m))
    inner = np.clip(1 - np.abs(X - C) / w, 0, 1) * np.clip(1 - np.abs(Y - C) / h, 0, 1)
    p.picture = p.picture * (1 - r.uniform(0.2, 0.6) * np.exp(-inner * r.uniform(20, 60)))[..., None]
    for _ in range(r.integers(0, 12)):
        p.picture = over(p.picture, colour(r, "fruit") * 0.6, ragged(r, *r.normal(C, 50, 2), r.uniform(3, 10)))
    return p


def waffle(r):
    """A pressed grid, its cells never quite alike."""
    a, pitch = r.choice([0, 0.785]), r.uniform(24, 48)
    u, v = np.cos(a) * X + np.sin(a) * Y, -np.sin(a) * X + np.cos(a) * Y
    wall = np.maximum(np.cos(2 * np.pi * u / pitch), np.cos(2 * np.pi * v / pitch))
    m = circle(C, C, r.uniform(110, 145)) if r.random() < 0.5 else box(C, C, r.uniform(100, 140), r.uniform(80, 140), 0, 4)
    o = surface(r, "baked") * (0.7 + 0.35 * np.clip(wall * 2, -1, 1) * (0.7 + 0.5 * noise(r, 6, 40)))[..., None]
    return Part(np.float32(o), np.float32(m))


def kernel(r):
    """A nut or bean: a bent, tapered body with wrinkles."""
    t, bend, size = np.linspace(-1, 1, 24), r.uniform(0, 1), r.uniform(28, 60)
    m, a = np.zeros((S, S), np.float32), r.uniform(0, 6.28)
    for s in t:
        u, v = s * 85, bend * 55 * (s**2 - 0.4)
        q = size * np.sqrt(max(1 - (abs(s) * 0.9) ** r.uniform(2, 2.2), 0.05))
        m = np.maximum(m, circle(C + u * np.cos(a) - v * np.sin(a), C + u * np.sin(a) + v * np.cos(a), q))
    folds = np.exp(-((noise(r, 3, 20, (1, r.uniform(0.3, 1))) - 0.5) / r.uniform(0.02, 0.08)) ** 2)
    light = (0.55 + 0.5 * noise(r, 2, 3)) * (1 - r.uniform(0.05, 0.4) * folds)
    return Part(np.float32(surface(r, r.choice(["baked", "wood", "peel", "leather"])) * light[..., None]), m)


def noodles(r):
    """Bent tubes, each a piece that can be missing."""
    p, n = Part(np.ones((S, S, 3), np.float32) * colour(r, r.choice(["light", "brown"])), np.zeros((S, S), np.float32)), int(r.integers(2, 4))
    for i in range(n * n):
        x, y = (i % n + 0.5) * S / n, (i // n + 0.5) * S / n
        a, q, w = r.uniform(0, 6.28), S / n * r.uniform(0.22, 0.3), int(S / n * 0.2)
        t = a + np.linspace(0, r.uniform(2, 3), 30)
        arc = np.stack([x + q * np.cos(t), y + q * np.sin(t)], 1)
        m = line(arc, w)
        p.picture = over(p.picture, p.picture * 0.75, m)
        p.picture = over(p.picture, np.clip(p.picture * 1.25 + 0.05, 0, 1), line(arc - 2, max(w // 3, 1)) * 0.7)
        p.mask = np.maximum(p.mask, m)
        p.pieces.append((m, "limb"))
    return p


def leaf(r):
    """A leaf with veins, or a flat fish-like shape."""
    t, w = np.linspace(0, np.pi, 60), r.uniform(45, 90)
    x = C + np.concatenate([w * np.sin(t) ** r.uniform(0.7, 1.4), -w * np.sin(t[::-1])])
    y = np.concatenate([C - 130 * np.cos(t), C - 130 * np.cos(t[::-1])])
    p = Part(surface(r, "peel"), polygon(np.stack([x, y], 1)))
    for i in range(int(r.integers(5, 12))):
        y0 = C - 110 + i * 20
        for side in (-1, 1):
            vein = line([(C, y0), (C + side * w, y0 - r.uniform(20, 45))], 2)
            p.picture = p.picture * (1 - 0.3 * vein[..., None])
    p.picture = p.picture * (1 - 0.4 * line([(C, 30), (C, 290)], 4)[..., None])
    return p


def egg(r):
    lean = r.uniform(0, 0.25)
    a, b = r.uniform(70, 105), r.uniform(100, 135)
    q = np.sqrt(((X - C) / (a * (1 + lean * (Y - C) / b))) ** 2 + ((Y - C) / b) ** 2)
    light = 0.5 + 0.6 * np.sqrt(np.clip(1 - 0.9 * q**2, 0, 1))
    o = colour(r, r.choice(["light", "brown"])) * light[..., None] * (0.96 + 0.08 * noise(r, 60, 240))[..., None]
    for _ in range(r.integers(0, 40)):  # freckles
        o = o * (1 - r.uniform(0.1, 0.35) * circle(*r.normal(C, 60, 2), r.uniform(0.8, 3)))[..., None]
    return Part(np.float32(o), np.float32(np.clip((1 - q) * a + 0.5, 0, 1)))


FAMILIES = {
    bun: ["bun", "muffin", "ginger nut", "scone", "cake top", "chocolate chip biscuit"],
    slice_of: ["slice of bread", "cake slice", "cheese slice", "sponge", "sausage slice"],
    waffle: ["waffle", "wafer", "crispbread", "chocolate bar"],
    kernel: ["cashew", "nut", "hazelnut", "bean", "peanut", "coffee bean", "date"],
    noodles: ["macaroni", "pasta pieces", "gummy worms", "snacks"],
    leaf: ["leaf", "tobacco leaf", "fillet", "herb leaf"],
    egg: ["egg", "chicken egg", "potato", "mango"],
    sheet("granules"): ["bed of rice", "grain", "coffee beans", "gravel", "seeds"],
    sheet("crumb"): ["foam block", "foam sheet", "sponge sheet", "insulation board"],
    sheet("fleece", "hide"): ["fleece", "felt sheet", "leather hide", "upholstery"],
    sheet("twill", "basket"): ["denim", "woven mat", "carbon fibre cloth", "gauze", "conveyor belt"],
    sheet("planks"): ["wooden plank", "veneer", "chipboard", "pallet board"],
    sheet("marble", "speckled"): ["marble slab", "terrazzo tile", "granite slab", "worktop"],
    sheet("hammered", "ribbed"): ["embossed sheet", "painted panel", "corrugated sheet", "metal foil", "tread plate"],
    sheet("print_lines"): ["wallpaper", "printed film", "printed fabric", "wrapping paper"],
}
