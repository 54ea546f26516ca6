"""Fourteen ways to spoil a part, and four harmless things that look like defects.

A defect is a function (r, part, spot) that changes part.picture and part.mask in place and returns
where it did so, [S,S] in 0..1. `spot` says where and how large.
"""

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from .materials import KINDS, surface
from .paths import SIZE as S
from .shapes import box, bump, circle, line, over, polygon, ragged
from .surfaces import X, Y, colour, noise


@dataclass
class Spot:
    x: float
    y: float
    size: float         # 6..60 pixels, small ones more often
    base: np.ndarray    # the colour there
    edge: tuple         # a point of the outline nearest in the list
    background: np.ndarray


def spot(r, part, background):
    ys, xs = np.nonzero(part.mask > 0.5)
    if len(ys) < 100:
        return None
    i = r.integers(len(ys))
    outline = cv2.morphologyEx((part.mask > 0.5).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    ey, ex = np.nonzero(outline)
    j = r.integers(len(ey)) if len(ey) else 0
    edge = (float(ex[j]), float(ey[j])) if len(ey) else (float(xs[i]), float(ys[i]))
    return Spot(float(xs[i]), float(ys[i]), float(np.exp(r.uniform(np.log(6), np.log(60)))),
                part.picture[ys[i], xs[i]].copy(), edge, background)


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


def _paint(part, alpha, top):
    alpha = alpha * part.mask
    part.picture = over(part.picture, top, alpha)
    return alpha


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
    return _paint(part, m, _contrast(r, s.base))


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
    return _paint(part, m * r.uniform(0.6, 1), tone)


def dent(r, part, s):
    w, a = s.size * 0.5 + 4, r.uniform(0, 2 * np.pi)
    g = bump(s.x, s.y, w)
    slope = ((X - s.x) * np.cos(a) + (Y - s.y) * np.sin(a)) / w * r.choice([-1, 1]) * r.uniform(0.5, 1.2)
    part.picture = part.picture * (1 + (slope * g)[..., None]) + (0.15 * np.clip(-slope, 0, 1) * g)[..., None]
    return (g > 0.3) * part.mask


def stain(r, part, s):
    tone = colour(r) if r.random() < 0.5 else _contrast(r, s.base)
    return _paint(part, _blob(r, s, 12 if r.random() < 0.6 else 3) * r.uniform(0.5, 1), tone)


def foreign(r, part, s, kinds=3):
    """A thing that does not belong: a piece of another surface, a fibre, crumbs, and, of four kinds, any material."""
    kind = r.integers(kinds)
    if kind == 3:  # in a Perlin outline
        return _paint(part, _blob(r, s, 12) * r.uniform(0.5, 1), surface(r, r.choice(list(KINDS))))
    if kind == 0:
        m = ragged(r, s.x, s.y, s.size * 0.6 + 3, int(r.integers(5, 12)))
        return _paint(part, m, surface(r, r.choice(["metal", "fabric", "wood", "baked", "plastic", "blobs"])))
    if kind == 1:
        m = line(_walk(r, s.x, s.y, r.uniform(0, 6.28), s.size * 3, 24, r.normal(0, 0.15), 0.8), r.integers(1, 4))
        return _paint(part, m, colour(r))
    m = np.zeros((S, S), np.float32)
    for _ in range(r.integers(3, 14)):
        m = np.maximum(m, ragged(r, *(r.normal((s.x, s.y), s.size * 0.5)), r.uniform(2, 6), 6))
    return _paint(part, m, colour(r, r.choice(["brown", "dark", "light", "any"])))


def chip(r, part, s):
    x, y = s.edge
    m = ragged(r, x, y, min(s.size, 48) * 0.8 + 4, int(r.integers(5, 14)), 0.45) * part.mask
    if r.random() < 0.5:
        part.mask = part.mask * (1 - m)
    else:
        broken = np.clip(s.base * r.uniform(0.4, 1.6) * (0.5 + noise(r, 16, 128)[..., None]), 0, 1)
        part.picture = over(part.picture, broken, m)
    return m


def missing(r, part, s, snap=0.0):
    """A piece that is not there; else a bite out of the edge or, as often as `snap` says, a whole side."""
    if part.pieces and r.random() < 0.85:
        m, kind = part.pieces[r.integers(len(part.pieces))]
        if kind == "limb":
            part.mask = part.mask * (1 - m)
        elif kind == "mounted":
            ring = cv2.dilate(m, np.ones((9, 9))) - m > 0.5
            under = np.median(part.picture[ring], 0) if ring.any() else s.base
            part.picture = over(part.picture, under * (0.9 + 0.2 * noise(r, 4, 40)[..., None]), m)
        else:  # a hole that was not made
            part.mask = np.maximum(part.mask, m)
        return m
    m = (_snapped(r, part, s) if snap and r.random() < snap
         else ragged(r, *s.edge, min(s.size, 60) + 12, int(r.integers(3, 8)), 0.4) * part.mask)
    part.mask = part.mask * (1 - m)
    return m


def _snapped(r, part, s):
    """One side of a rough line across the part: up to about a third of it."""
    a = r.uniform(0, 2 * np.pi)
    u, v = (X - s.x) * np.cos(a) + (Y - s.y) * np.sin(a), (Y - s.y) * np.cos(a) - (X - s.x) * np.sin(a)
    rough = cv2.resize(r.normal(0, 1, (1, 60)).astype(np.float32), (960, 1), interpolation=cv2.INTER_CUBIC)[0]
    side = np.clip(u + r.uniform(1, 7) * rough[np.clip(v + 480, 0, 959).astype(int)], 0, 1)
    for _ in range(12):  # shift the line outwards until enough is left
        if (side * part.mask).sum() < 0.35 * part.mask.sum():
            break
        u = u - 15
        side = np.clip(u + r.uniform(1, 7) * rough[np.clip(v + 480, 0, 959).astype(int)], 0, 1)
    return np.float32(side * part.mask)


def hole(r, part, s):
    m = ragged(r, s.x, s.y, min(s.size * 0.5, 22) + 2, 12, 0.25) * part.mask
    if r.random() < 0.4:
        part.picture = over(part.picture, s.background, m)
    else:
        part.picture = over(part.picture, s.base * r.uniform(0, 0.4), m)
    if r.random() < 0.5:
        rim = np.clip(cv2.GaussianBlur(m, (0, 0), 1.5) - m, 0, 1)
        part.picture = part.picture * (1 + r.uniform(-0.8, 1.2) * rim[..., None])
    return m


def pitting(r, part, s):
    m = np.zeros((S, S), np.float32)
    for _ in range(r.integers(5, 40)):
        m = np.maximum(m, ragged(r, *r.normal((s.x, s.y), s.size * 0.8), r.uniform(1, 5), 8))
    tone = np.float32([0.45, 0.22, 0.08]) * r.uniform(0.4, 1.3) if r.random() < 0.4 else s.base * r.uniform(0, 0.5)
    if r.random() < 0.3:  # rust spreads around its pits
        m = np.maximum(m, _blob(r, s, 3) * 0.5)
    return _paint(part, m, tone)


def discoloured(r, part, s):
    b = _blob(r, s, r.choice([1.5, 3, 6])) * r.uniform(0.5, 1) * part.mask
    gain = r.uniform(0.3, 1.7, 3) if r.random() < 0.5 else r.uniform(0.25, 0.75) * np.ones(3)
    if r.random() < 0.2:  # bleached, mouldy
        part.picture = over(part.picture, np.float32([0.8, 0.82, 0.78]) * (0.7 + 0.4 * noise(r, 40, 160)[..., None]), b)
    else:
        part.picture = over(part.picture, part.picture * gain.astype(np.float32), b)
    return b


def bent(r, part, s):
    x, y = s.edge
    w, a = r.uniform(10, 40), r.uniform(0, 2 * np.pi)
    g, d = bump(x, y, w), w * r.uniform(0.5, 1.1)
    mx, my = (X - g * d * np.cos(a)).astype(np.float32), (Y - g * d * np.sin(a)).astype(np.float32)
    before = part.mask
    part.picture = cv2.remap(part.picture.astype(np.float32), mx, my, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    part.mask = cv2.remap(part.mask.astype(np.float32), mx, my, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    touched = cv2.dilate(np.maximum(part.mask, before).astype(np.float32), np.ones((5, 5))) > 0.5
    return ((g > 0.35) & touched).astype(np.float32)


def burr(r, part, s):
    x, y = s.edge
    m = ragged(r, x, y, min(s.size, 25) * 0.6 + 3, int(r.integers(5, 12)), 0.6) * (1 - part.mask)
    part.picture = over(part.picture, s.base * r.uniform(0.8, 1.2), m)
    part.mask = np.maximum(part.mask, m)
    return m


def misplaced(r, part, s, move=0.0):
    """A piece of the part itself, moved, mirrored or turned: CutPaste, and a flaw in a pattern.

    As often as `move` says a mounted piece is shifted or turned as a whole instead.
    """
    mounted = [m for m, kind in part.pieces if kind == "mounted" and (m * part.mask).sum() > 40] if move else []
    if mounted and r.random() < move:
        return _moved(r, part, s, mounted[r.integers(len(mounted))])
    w, h = (int(v) for v in r.integers(10, 70, 2))
    sx, sy = int(r.integers(0, S - w)), int(r.integers(0, S - h))
    dx, dy = int(np.clip(s.x - w / 2, 0, S - w)), int(np.clip(s.y - h / 2, 0, S - h))
    before = part.picture.copy()
    piece = before[sy : sy + h, sx : sx + w][:: r.choice([-1, 1]), :: r.choice([-1, 1])]
    top, m = before.copy(), np.zeros((S, S), np.float32)
    top[dy : dy + h, dx : dx + w] = np.clip(piece * r.uniform(0.7, 1.3) + r.normal(0, 0.04, 3), 0, 1)
    m[dy : dy + h, dx : dx + w] = 1
    if r.random() < 0.5:
        m = m * np.clip((noise(r, 6, 24) - 0.45) * 10, 0, 1)
    m = _paint(part, m, top)
    return m * (cv2.GaussianBlur(np.abs(top - before).mean(-1), (0, 0), 4) > 0.03)


def _moved(r, part, s, m):
    """A mounted piece turned or shifted from its place."""
    ys, xs = np.nonzero(m > 0.5)
    if len(ys) == 0:
        return m * 0
    far, turn = max(8.0, np.hypot(np.ptp(xs), np.ptp(ys)) * 0.35), r.uniform(-90, 90)
    pose = cv2.getRotationMatrix2D((float(xs.mean()), float(ys.mean())), turn, 1)
    pose[:, 2] += r.uniform(-far, far, 2)
    ring = cv2.dilate(m, np.ones((9, 9))) - m > 0.5
    under = np.median(part.picture[ring], 0) if ring.any() else s.base
    piece = cv2.warpAffine(part.picture.astype(np.float32), pose, (S, S), borderMode=cv2.BORDER_REFLECT)
    there = cv2.warpAffine(m.astype(np.float32), pose, (S, S))
    part.picture = over(over(part.picture, under, m), piece, there)
    return np.maximum(m, there)


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
    return _paint(part, m, s.background if r.random() < 0.3 else s.base * r.uniform(0, 0.35))


DEFECTS = {f.__name__: f for f in (scratch, crack, dent, stain, foreign, chip, missing, hole, pitting, discoloured,
                                   bent, burr, misplaced, cut)}
# For the lots: more ways than the training has.
WIDE = DEFECTS | {"foreign": partial(foreign, kinds=4), "missing": partial(missing, snap=0.4),
                  "misplaced": partial(misplaced, move=0.5)}
NEED_OUTLINE = {"chip", "burr", "bent"}
NOT_ON_SHEETS = ("scratch", "crack", "hole", "stain", "pitting", "misplaced", "cut", "foreign")


# Harmless: (r, composed picture) -> (picture, where)

def dust(r, picture):
    m = np.zeros((S, S), np.float32)
    for _ in range(r.integers(6, 40)):
        m = np.maximum(m, circle(*r.uniform(0, S, 2), r.uniform(0.5, 1.3)) * r.uniform(0.2, 0.6))
    return over(picture, np.float32([0.85, 0.85, 0.82]), m), m


def glare(r, picture):
    x, y = r.uniform(20, S - 20, 2)
    g = np.exp(-(((X - x) / r.uniform(8, 50)) ** 2 + ((Y - y) / r.uniform(8, 50)) ** 2)) * r.uniform(0.3, 0.9)
    return picture + g[..., None] * (1 - picture), g


def droplets(r, picture):
    m = np.zeros((S, S), np.float32)
    for _ in range(r.integers(1, 6)):
        x, y, q = *r.uniform(20, S - 20, 2), r.uniform(4, 14)
        d = circle(x, y, q)
        shade = 1 + 0.35 * ((Y - y) / q) * d + 0.9 * circle(x - q * 0.3, y - q * 0.4, q * 0.18)
        picture, m = picture * shade[..., None], np.maximum(m, d)
    return picture, m


def shadow(r, picture):
    a, at = r.uniform(0, 2 * np.pi), r.uniform(-80, 80)
    side = np.clip((np.cos(a) * (X - S / 2) + np.sin(a) * (Y - S / 2) - at) / r.uniform(3, 25) + 0.5, 0, 1)
    if r.random() < 0.5:
        side = cv2.GaussianBlur(box(*r.uniform(0, S, 2), *r.uniform(20, 80, 2), a).astype(np.float32), (0, 0), 6)
    return picture * (1 - r.uniform(0.15, 0.5) * side[..., None]), side


LOOKALIKES = {f.__name__: f for f in (dust, glare, droplets, shadow)}
