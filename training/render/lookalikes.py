"""Harmless things that look like defects: functions (r, composed picture) -> (picture, where)."""

import cv2
import numpy as np

from ..paths import SIZE as S
from .shapes import box, circle, over
from .surfaces import X, Y


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
