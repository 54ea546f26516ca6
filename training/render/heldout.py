"""Families that no training ever draws: what development and the tests measure on."""

import numpy as np

from ..paths import SIZE as S
from .materials import surface
from .part import C, Part
from .shapes import box, circle, ellipse, line, over
from .surfaces import X, Y, colour, noise


def key(r):
    w, n = r.uniform(10, 18), int(r.integers(3, 7))
    head = circle(C, 95, r.uniform(45, 65)) * (1 - circle(C, 75, r.uniform(9, 16)))
    m = np.maximum(head, box(C, 205, w, 80))
    p = Part(surface(r, "metal"), m)
    for i in range(n):
        tooth = box(C + w + 4, 185 + i * 16, r.uniform(5, 14), 5)
        p.mask = np.maximum(p.mask, tooth)
        p.pieces.append((tooth * (X > C + w), "limb"))
    p.picture = p.picture * (1 - 0.35 * box(C - 2, 205, 3, 75))[..., None]
    return p


def bearing(r):
    q, n, a = r.uniform(110, 140), int(r.integers(7, 14)), r.normal(0, 1)
    p = Part(surface(r, "metal"), circle(C, C, q) * (1 - circle(C, C, q * 0.4)))
    groove = circle(C, C, q * 0.84) * (1 - circle(C, C, q * 0.58))
    p.picture = p.picture * (1 - 0.7 * groove)[..., None]
    for i in range(n):
        x, y = C + q * 0.71 * np.cos(a + i * 6.283 / n), C + q * 0.71 * np.sin(a + i * 6.283 / n)
        ball = circle(x, y, q * 0.115)
        shine = 0.45 + 0.6 * np.exp(-((X - x + 4) ** 2 + (Y - y + 4) ** 2) / 60)
        p.picture = over(p.picture, np.float32(shine[..., None] * np.ones(3)), ball)
        p.pieces.append((ball, "mounted"))
    return p


def blister(r):
    cols, rows = int(r.integers(2, 5)), int(r.integers(2, 5))
    p = Part(surface(r, r.choice(["metal", "plastic"])), box(C, C, 140, 120, r.normal(0, 0.03), 2))
    pill, long = colour(r, r.choice(["light", "any"])), r.random() < 0.5
    for i in range(rows):
        for j in range(cols):
            x, y = C + (j - (cols - 1) / 2) * 250 / cols, C + (i - (rows - 1) / 2) * 215 / rows
            q = min(125 / cols, 107 / rows) * 0.75
            p.picture = p.picture * (1 - 0.25 * circle(x, y, q * 1.2))[..., None]
            m = ellipse(x, y, q, q * 0.6) if long else circle(x, y, q * 0.9)
            p.picture = over(p.picture, pill * (0.75 + 0.3 * noise(r, 8, 64))[..., None], m)
            p.pieces.append((m, "mounted"))
    return p


def paperclip(r):
    t, k = np.linspace(0, 1, 200), r.uniform(0.5, 0.8)
    x = C + 60 * np.sin(t * np.pi * 5) * (1 - 0.4 * t) + r.normal(0, 3)
    y = C + 110 * np.cos(t * np.pi * 5 * k) * (1 - 0.2 * t) + r.normal(0, 3)
    return Part(surface(r, r.choice(["metal", "plastic"])), line(np.stack([x, y], 1), int(r.integers(8, 15))))


def dial(r):
    q, n = r.uniform(110, 140), int(r.choice([8, 12, 12, 20]))
    p = Part(surface(r, r.choice(["ceramic", "plastic"])), circle(C, C, q))
    ink = colour(r, "dark") if p.picture.mean() > 0.4 else colour(r, "light")
    for i in range(n):
        a = i * 6.283 / n
        m = line([(C + q * 0.75 * np.cos(a), C + q * 0.75 * np.sin(a)), (C + q * 0.9 * np.cos(a), C + q * 0.9 * np.sin(a))], 4)
        p.picture = over(p.picture, ink, m)
        p.pieces.append((m, "mounted"))
    for size, a in ((0.5, r.normal(0, 0.1)), (0.7, 2 + r.normal(0, 0.1))):
        m = line([(C, C), (C + q * size * np.cos(a), C + q * size * np.sin(a))], 6)
        p.picture = over(p.picture, ink, m)
        p.pieces.append((m, "mounted"))
    return p


def fork(r):
    n, w = int(r.integers(3, 6)), r.uniform(40, 60)
    m = np.maximum(box(C, 220, 12, 80), ellipse(C, 140, w, 35))
    p = Part(surface(r, r.choice(["metal", "wood", "plastic"])), m)
    for i in range(n):
        x = C + (i - (n - 1) / 2) * 2 * (w - 6) / (n - 1)
        tine = box(x, 80, 6, 60, 0, 2)
        p.mask = np.maximum(p.mask, tine)
        p.pieces.append((tine * (Y < 115), "limb"))
    return p


def chip(r):
    n, w, h = int(r.integers(4, 11)), r.uniform(50, 75), r.uniform(80, 130)
    p = Part(np.float32(np.ones((S, S, 3)) * 0.72 * (0.8 + 0.4 * noise(r, 4, 64))[..., None]), np.zeros((S, S), np.float32))
    for side in (-1, 1):
        for i in range(n):
            leg = box(C + side * (w + 14), C + (i - (n - 1) / 2) * 2 * (h - 10) / n, 18, h / n * 0.45)
            p.mask = np.maximum(p.mask, leg)
            p.pieces.append((leg * (np.abs(X - C) > w), "limb"))
    body = box(C, C, w, h)
    p.picture, p.mask = over(p.picture, surface(r, "plastic") * 0.4, body), np.maximum(p.mask, body)
    dot, mark = circle(C - w + 14, C - h + 14, 6), np.float32(box(C, C, w * 0.6, h * 0.3) * (Y % 16 < 6) * (X % 9 < 6))
    for m in (dot, mark):
        p.picture = over(p.picture, colour(r, "light"), m)
        p.pieces.append((m, "mounted"))
    return p


def rope(r):
    w, pitch = r.uniform(25, 60), r.uniform(18, 45)
    u = X - C + 6 * np.sin(Y / 60 + r.normal(0, 1))
    twist = np.abs(np.sin(np.pi * (Y / pitch + u / w * 0.6)))
    fibre = noise(r, 30, 200)
    o = colour(r) * (0.4 + 0.5 * twist + 0.25 * fibre)[..., None]
    return Part(np.float32(np.clip(o, 0, 1)), np.float32(np.clip(w + 3 * twist - np.abs(u), 0, 1)))


def herringbone(r):
    h = r.uniform(14, 26)
    u, side = X % (4 * h), (X // (4 * h)).astype(int) % 2
    v = Y + np.where(side == 0, u, -u)
    joint = (v % h < 1.5) | (u < 1.5)
    level = r.uniform(0.75, 1.2, 64)[(v // h).astype(int) % 64]
    o = colour(r, "brown") * (level * (0.8 + 0.35 * noise(r, 10, 200, (0.6, 2))))[..., None]
    return Part(np.float32(np.clip(np.where(joint[..., None], o * 0.4, o), 0, 1)), np.ones((S, S), np.float32), whole=True)


def pretzel(r):
    t = np.linspace(0, 2 * np.pi, 160)
    q = r.uniform(80, 100)
    path = np.stack([C + q * np.sin(t) * (1 + 0.25 * np.cos(2 * t)) + r.normal(0, 2), C + q * np.cos(t) * np.sin(t * 1.5 + 0.3) * 0.9 + r.normal(0, 2)], 1)
    m = line(path, int(r.integers(26, 40)))
    p = Part(surface(r, "crust"), m)
    p.picture = p.picture * (0.7 + 0.4 * line(path, 12))[..., None]
    for x, y in r.normal(C, 70, (40, 2)):
        p.picture = over(p.picture, np.float32([0.93, 0.92, 0.9]), circle(x, y, 2.6))
    return p


def honeycomb(r):
    q = r.uniform(12, 24)
    y0 = (Y // (1.5 * q)).astype(int)
    u = (X + (y0 % 2) * 0.866 * q) % (1.732 * q) - 0.866 * q
    v = Y % (1.5 * q) - 0.75 * q
    wall = np.hypot(u, v) > q * 0.72
    o = np.where(wall[..., None], colour(r, "brown") * 1.2, colour(r, "brown") * 0.5)
    return Part(np.float32(np.clip(o * (0.75 + 0.5 * noise(r, 6, 120))[..., None], 0, 1)), np.ones((S, S), np.float32), whole=True)


def rug(r):
    p = r.uniform(30, 70)
    d = (np.abs(X % p - p / 2) + np.abs(Y % p - p / 2)) / p
    pick = (d > 0.5).astype(int) + (d > 0.75)
    palette = np.stack([colour(r) for _ in range(3)])
    o = palette[np.clip(pick, 0, 2)] * (0.6 + 0.6 * noise(r, 40, 256, falloff=0.9))[..., None]
    return Part(np.float32(np.clip(o, 0, 1)), np.ones((S, S), np.float32), whole=True)


FAMILIES = {key: "key", bearing: "ball bearing", blister: "blister pack", paperclip: "paper clip", dial: "clock face",
            fork: "fork", chip: "integrated circuit", rope: "rope", herringbone: "herringbone floor", pretzel: "pretzel",
            honeycomb: "honeycomb", rug: "rug"}
