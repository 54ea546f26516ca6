"""Antialiased masks, float32 [S,S] in 0..1."""

import cv2
import numpy as np

from ..paths import SIZE as S
from .surfaces import X, Y

SUB = 3  # fractional bits of OpenCV's coordinates


def polygon(points):
    m = np.zeros((S, S), np.uint8)
    cv2.fillPoly(m, [np.round(np.asarray(points) * 2**SUB).astype(np.int32)], 255, cv2.LINE_AA, SUB)
    return m.astype(np.float32) / 255


def circle(cx, cy, radius):
    m = np.zeros((S, S), np.uint8)
    cv2.circle(m, (int(cx * 8), int(cy * 8)), int(max(radius, 0.5) * 8), 255, -1, cv2.LINE_AA, SUB)
    return m.astype(np.float32) / 255


def line(points, width):
    m = np.zeros((S, S), np.uint8)
    p = np.round(np.asarray(points) * 2**SUB).astype(np.int32)
    cv2.polylines(m, [p], False, 255, int(width), cv2.LINE_AA, SUB)
    return m.astype(np.float32) / 255


def ragged(r, cx, cy, radius, corners=10, jitter=0.35):
    """An irregular lump around a point."""
    a = np.sort(r.uniform(0, 2 * np.pi, corners))
    q = radius * (1 + r.uniform(-jitter, jitter, corners))
    return polygon(np.stack([cx + q * np.cos(a), cy + q * np.sin(a)], 1))


def regular(n, radius, cx, cy, angle):
    a = angle + np.arange(n) * 2 * np.pi / n
    return polygon(np.stack([cx + radius * np.cos(a), cy + radius * np.sin(a)], 1))


def box(cx, cy, half_w, half_h, angle=0.0, soft=1.0):
    u = np.cos(angle) * (X - cx) + np.sin(angle) * (Y - cy)
    v = -np.sin(angle) * (X - cx) + np.cos(angle) * (Y - cy)
    return (np.clip((half_w - np.abs(u)) / soft + 0.5, 0, 1) * np.clip((half_h - np.abs(v)) / soft + 0.5, 0, 1))


def ellipse(cx, cy, a, b, angle=0.0):
    u = np.cos(angle) * (X - cx) + np.sin(angle) * (Y - cy)
    v = -np.sin(angle) * (X - cx) + np.cos(angle) * (Y - cy)
    return np.clip((1 - np.sqrt((u / a) ** 2 + (v / b) ** 2)) * min(a, b) + 0.5, 0, 1).astype(np.float32)


def bump(cx, cy, width):
    return np.exp(-((X - cx) ** 2 + (Y - cy) ** 2) / (2 * width**2))


def over(base, top, alpha):
    """Lay `top` (colour or picture) over `base` where alpha is 1."""
    a = alpha[..., None]
    return base * (1 - a) + a * top
