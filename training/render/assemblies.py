"""Families put together from pieces: packages, printed and mounted things, models, clothes."""

import numpy as np

from ..paths import SIZE as S
from .marking import imprint
from .materials import surface
from .part import C, Part
from .shapes import box, circle, ellipse, line, over, polygon, regular
from .surfaces import X, Y, colour, noise


def container(r):
    """A bottle, tube or can from the side: cap, shoulder, label, sometimes a level of liquid."""
    w, neck, top = r.uniform(45, 85), r.uniform(16, 40), r.uniform(70, 110)
    body = polygon([(C - neck, top - 25), (C + neck, top - 25), (C + neck, top), (C + w, top + r.uniform(5, 50)),
                    (C + w, 295), (C - w, 295), (C - w, top + r.uniform(5, 50)), (C - neck, top)])
    shine = 0.6 + 0.5 * np.exp(-(((X - C + w * r.uniform(0.2, 0.6)) / (w * 0.25)) ** 2))
    p = Part(surface(r, r.choice(["glass", "plastic", "ceramic"])), body)
    if r.random() < 0.5:
        p.picture = over(p.picture, colour(r), np.float32(np.clip(Y - r.uniform(120, 200), 0, 1)))
    cap = box(C, top - 38, neck + r.uniform(2, 8), 16, 0, 2)
    p.picture, p.mask = over(p.picture, colour(r), cap), np.maximum(p.mask, cap)
    p.pieces.append((cap, "limb"))
    if r.random() < 0.8:
        label = box(C, r.uniform(190, 230), w * r.uniform(0.8, 1), r.uniform(25, 55))
        p.picture = over(p.picture, colour(r, r.choice(["light", "any"])), label)
        p.pieces.append((label * body, "mounted"))
        for y in (190, 215, 235)[: r.integers(1, 4)]:
            p.picture = imprint(r, p.picture, C - w * 0.7, y, colour(r, "dark"), p.pieces, r.uniform(0.4, 0.9))
    p.picture = np.float32(np.clip(p.picture * shine[..., None], 0, 1))
    return p


def printed(r):
    """A card, label or dial plate: lines of print, a frame, a logo."""
    p = Part(surface(r, r.choice(["plastic", "ceramic", "speckled"])), box(C, C, r.uniform(100, 145), r.uniform(70, 140), 0, 2))
    ink = colour(r, "dark") if p.picture.mean() > 0.45 else colour(r, "light")
    for y in np.arange(90, 250, r.uniform(28, 48)):
        p.picture = imprint(r, p.picture, 60, y, ink, p.pieces, r.uniform(0.6, 1.3))
    logo = regular(int(r.choice([3, 4, 6, 30])), r.uniform(12, 30), r.uniform(190, 240), r.uniform(90, 230), r.uniform(0, 3))
    p.picture = over(p.picture, colour(r), logo)
    p.pieces.append((logo, "mounted"))
    return p


def keypad(r):
    """Keys, cells or windows in a frame."""
    n, m, gap = int(r.integers(2, 6)), int(r.integers(2, 6)), r.uniform(0.72, 0.92)
    p, tone = Part(surface(r, "plastic"), box(C, C, 145, 140, 0, 3)), colour(r)
    for i in range(n):
        for j in range(m):
            x, y = C + (i - (n - 1) / 2) * 275 / n, C + (j - (m - 1) / 2) * 260 / m
            key = box(x, y, 137 / n * gap, 130 / m * gap, 0, 3)
            light = 0.8 + 0.3 * np.clip((x - X + y - Y) / 80, -1, 1)
            p.picture = over(p.picture, tone * light[..., None], key)
            p.pieces.append((key, "mounted"))
    return p


def capsule(r):
    """A two-coloured capsule with print, from the side."""
    a, q, half = r.uniform(0, np.pi), r.uniform(32, 55), r.uniform(55, 95)
    u, v = np.cos(a) * (X - C) + np.sin(a) * (Y - C), -np.sin(a) * (X - C) + np.cos(a) * (Y - C)
    d = np.hypot(np.maximum(np.abs(u) - half, 0), v)
    light = 0.45 + 0.65 * np.sqrt(np.clip(1 - (d / q) ** 2 * 0.95, 0, 1))
    o = np.where((u > r.uniform(-20, 20))[..., None], colour(r), colour(r)) * light[..., None]
    o = o + r.uniform(0.1, 0.4) * np.exp(-(((v + q * 0.4) / (q * 0.15)) ** 2))[..., None]
    p = Part(np.float32(np.clip(o, 0, 1)), np.float32(np.clip(q - d + 0.5, 0, 1)))
    p.picture = imprint(r, p.picture, C - 40, C + 8, colour(r, "dark"), p.pieces, 0.8)
    return p


def car(r):
    """A small assembled model: a body on wheels, windows, lamps."""
    y, body = C + r.normal(0, 8), r.uniform(90, 130)
    layers = [(box(C, y, body, 32, 0, 4), colour(r)), (polygon([(C - 60, y - 30), (C - 40, y - 75), (C + 40, y - 75), (C + 70, y - 30)]), colour(r))]
    layers += [(circle(C + s * body * 0.6, y + 34, r.uniform(20, 26)), colour(r, "dark")) for s in (-1, 1)]
    layers += [(circle(C + s * body * 0.6, y + 34, 10), colour(r, "metal")) for s in (-1, 1)]
    layers += [(box(C + s * 24, y - 52, 18, 14), colour(r, "light")) for s in (-1, 1)]
    layers += [(ellipse(C + s * body * 0.92, y - 8, 7, 10), colour(r)) for s in (-1, 1)]
    grain = 0.8 + 0.3 * noise(r, 4, 60)[..., None]
    p = Part(np.zeros((S, S, 3), np.float32), np.zeros((S, S), np.float32))
    for m, c in layers:
        p.picture, p.mask = over(p.picture, np.float32(c * grain), m), np.maximum(p.mask, m)
        p.pieces.append((m, "limb"))
    return p


def garment(r):
    """A piece of cloth with a seam, stitches and buttons."""
    p = Part(surface(r, r.choice(["fabric", "knit", "twill"])), np.ones((S, S), np.float32), whole=True)
    x, thread = C + r.normal(0, 30), colour(r)
    p.picture = p.picture * (1 - 0.35 * np.exp(-(((X - x) / 4) ** 2)))[..., None]
    for side in (-12, 12):
        stitches = box(x + side, C, 1.6, 160) * (Y % 12 < 8)
        p.picture = over(p.picture, thread, np.float32(stitches))
    tone = colour(r)
    for y in np.arange(50, 300, r.uniform(60, 110)):
        m = circle(x + 40, y, 15)
        p.picture = over(p.picture, tone, m)
        for dx, dy in ((-4, -4), (4, -4), (-4, 4), (4, 4)):
            p.picture = over(p.picture, tone * 0.3, circle(x + 40 + dx, y + dy, 2))
        p.pieces.append((m, "mounted"))
    return p


def bundle_of(r):
    """Wires or sticks side by side, each of its own colour."""
    n, w = int(r.integers(3, 9)), r.uniform(0.6, 0.95)
    p = Part(np.zeros((S, S, 3), np.float32), np.zeros((S, S), np.float32))
    for i in range(n):
        x, sway = 40 + (i + 0.5) * 240 / n, r.uniform(-12, 12)
        u = X - x - sway * np.sin(Y / 70)
        half = 120 / n * w
        m = np.float32(np.clip(half - np.abs(u) + 0.5, 0, 1))
        light = 0.5 + 0.6 * np.sqrt(np.clip(1 - (u / half * 0.95) ** 2, 0, 1))
        p.picture, p.mask = over(p.picture, np.float32(colour(r) * light[..., None]), m), np.maximum(p.mask, m)
        p.pieces.append((line([(x, 0), (x, S)], int(2 * half)) * m, "limb"))
    return p


FAMILIES = {
    container: ["bottle from the side", "shampoo bottle", "cosmetic tube", "can", "ampoule", "spray can"],
    printed: ["printed label", "name plate", "playing card", "ticket", "printed box"],
    keypad: ["keypad", "keyboard", "battery pack", "egg carton", "window frame"],
    capsule: ["capsule", "gel capsule", "drug capsule", "lipstick"],
    car: ["toy car", "model vehicle", "assembled toy", "building set"],
    garment: ["shirt", "garment", "sewn fabric", "upholstered seat"],
    bundle_of: ["wire harness", "ribbon cable", "pencils", "sticks"],
}
