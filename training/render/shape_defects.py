"""Defects of the shape: material or pieces broken off, pierced, bent, too much or out of place. See defects.py."""

import cv2
import numpy as np

from ..paths import SIZE as S
from .part import paint
from .shapes import bump, over, ragged
from .surfaces import X, Y, noise


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
    m = paint(part, m, top)
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
