"""Defects of the surface: they change how a part looks and leave its outline. See defects.py."""

import cv2
import numpy as np

from ..paths import SIZE as S
from .materials import KINDS, surface
from .part import paint
from .shapes import bump, line, over, polygon, ragged
from .surfaces import X, Y, colour, noise


def _contrast(r, base):
    """A darker or, on surfaces not yet bright, a lighter tone of the same colour."""
    if r.random() < 0.5 and base.mean() < 0.7:
        return np.clip(base * r.uniform(1.3, 2.2) + 0.1, 0, 1)
    return base * r.uniform(0.1, 0.7)


def _walk(r, x, y, angle, length, steps, drift, jitter):
    points, a = [(x, y)], angle
    for _ in range(steps):
        a = a + drift + r.normal(0, jitter * 0.3) if drift is not None else angle + r.normal(0, jitter)
        points.append((points[-1][0] + length / steps * np.cos(a), points[-1][1] + length / steps * np.sin(a)))
    return points


def _blob(r, s, sharp):
    """A soft-edged patch of Perlin-like outline around the spot."""
    field = noise(r, int(r.integers(3, 12)), 48)
    return np.clip((field * 1.2 + 0.4 - np.hypot(X - s.x, Y - s.y) / s.size * 0.9) * sharp, 0, 1)


def scratch(r, part, s):
    length, angle = s.size * r.uniform(1.5, 5), r.uniform(0, 2 * np.pi)
    points = np.array(_walk(r, s.x, s.y, angle, length, max(4, int(length / 4)), r.normal(0, 0.03), 0.25))
    m = line(points, r.integers(1, 4))
    for _ in range(r.integers(1, 5) if r.random() < 0.35 else 0):  # a scuff: parallel fine lines
        m = np.maximum(m, line(points + r.normal(0, 5, 2), 1))
    if r.random() < 0.4:
        m = cv2.GaussianBlur(m, (0, 0), r.uniform(0.5, 1))
    m = m * r.uniform(0.5, 1)
    if r.random() < 0.3:  # a groove: dark beside light
        part.picture = over(part.picture, np.clip(s.base * 1.6 + 0.1, 0, 1), np.roll(m, (1, 1), (0, 1)) * part.mask)
    return paint(part, m, _contrast(r, s.base))


def crack(r, part, s):
    length, angle = s.size * r.uniform(1.5, 5), r.uniform(0, 2 * np.pi)
    points = _walk(r, s.x, s.y, angle, length, max(4, int(length / 5)), None, 0.6)
    width = int(r.integers(1, 4))
    m = line(points, width)
    for _ in range(r.integers(1, 5) if r.random() < 0.6 else 0):
        x, y = points[r.integers(len(points))]
        side = angle + r.choice([-1, 1]) * r.uniform(0.4, 1.4)
        m = np.maximum(m, line(_walk(r, x, y, side, length * 0.4, 5, None, 0.5), max(1, width - 1)))
    if r.random() < 0.3:
        m = cv2.GaussianBlur(m, (0, 0), 0.7)
    tone = s.base * r.uniform(0, 0.4) if r.random() < 0.75 else _contrast(r, s.base)
    return paint(part, m * r.uniform(0.6, 1), tone)


def dent(r, part, s):
    w, a = s.size * 0.5 + 4, r.uniform(0, 2 * np.pi)
    g = bump(s.x, s.y, w)
    slope = ((X - s.x) * np.cos(a) + (Y - s.y) * np.sin(a)) / w * r.choice([-1, 1]) * r.uniform(0.5, 1.2)
    part.picture = part.picture * (1 + (slope * g)[..., None]) + (0.15 * np.clip(-slope, 0, 1) * g)[..., None]
    return (g > 0.3) * part.mask


def stain(r, part, s):
    tone = colour(r) if r.random() < 0.5 else _contrast(r, s.base)
    return paint(part, _blob(r, s, 12 if r.random() < 0.6 else 3) * r.uniform(0.5, 1), tone)


def foreign(r, part, s, kinds=3):
    """A thing that does not belong: a piece of another surface, a fibre, crumbs, and, of four kinds, any material."""
    kind = r.integers(kinds)
    if kind == 3:  # in a Perlin outline
        return paint(part, _blob(r, s, 12) * r.uniform(0.5, 1), surface(r, r.choice(list(KINDS))))
    if kind == 0:
        m = ragged(r, s.x, s.y, s.size * 0.6 + 3, int(r.integers(5, 12)))
        return paint(part, m, surface(r, r.choice(["metal", "fabric", "wood", "baked", "plastic", "blobs"])))
    if kind == 1:
        m = line(_walk(r, s.x, s.y, r.uniform(0, 6.28), s.size * 3, 24, r.normal(0, 0.15), 0.8), r.integers(1, 4))
        return paint(part, m, colour(r))
    m = np.zeros((S, S), np.float32)
    for _ in range(r.integers(3, 14)):
        m = np.maximum(m, ragged(r, *(r.normal((s.x, s.y), s.size * 0.5)), r.uniform(2, 6), 6))
    return paint(part, m, colour(r, r.choice(["brown", "dark", "light", "any"])))


def pitting(r, part, s):
    m = np.zeros((S, S), np.float32)
    for _ in range(r.integers(5, 40)):
        m = np.maximum(m, ragged(r, *r.normal((s.x, s.y), s.size * 0.8), r.uniform(1, 5), 8))
    tone = np.float32([0.45, 0.22, 0.08]) * r.uniform(0.4, 1.3) if r.random() < 0.4 else s.base * r.uniform(0, 0.5)
    if r.random() < 0.3:  # rust spreads around its pits
        m = np.maximum(m, _blob(r, s, 3) * 0.5)
    return paint(part, m, tone)


def discoloured(r, part, s):
    b = _blob(r, s, r.choice([1.5, 3, 6])) * r.uniform(0.5, 1) * part.mask
    gain = r.uniform(0.3, 1.7, 3) if r.random() < 0.5 else r.uniform(0.25, 0.75) * np.ones(3)
    if r.random() < 0.2:  # bleached, mouldy
        part.picture = over(part.picture, np.float32([0.8, 0.82, 0.78]) * (0.7 + 0.4 * noise(r, 40, 160)[..., None]), b)
    else:
        part.picture = over(part.picture, part.picture * gain.astype(np.float32), b)
    return b


def cut(r, part, s):
    """A clean slit or tear with a lifted lip."""
    length, a = s.size * r.uniform(1, 2.5), r.uniform(0, np.pi)
    x1, y1 = s.x + length * np.cos(a), s.y + length * np.sin(a)
    mx, my = (s.x + x1) / 2 + r.normal(0, 4), (s.y + y1) / 2 + r.normal(0, 4)
    gap = r.uniform(1, 7)
    m = polygon([(s.x, s.y), (mx - gap * np.sin(a), my + gap * np.cos(a)), (x1, y1),
                 (mx + gap * np.sin(a), my - gap * np.cos(a))])
    lip = np.roll(m, (int(r.integers(1, 3)), 1), (0, 1)) * (1 - m)
    part.picture = over(part.picture, np.clip(s.base * 1.5 + 0.08, 0, 1), lip * part.mask * 0.7)
    return paint(part, m, s.background if r.random() < 0.3 else s.base * r.uniform(0, 0.35))
