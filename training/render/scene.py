"""Twins: the same part, light and camera, once good and once spoiled; only the sensor's noise differs."""

import copy
from dataclasses import dataclass

import cv2
import numpy as np

from ..paths import SIZE as S
from . import breaks, defects, families, parts
from .lookalikes import LOOKALIKES
from .materials import surface
from .shapes import over
from .surfaces import X, Y, colour, noise

VISIBLE = 0.2  # a defect whose mask never reaches this is none


@dataclass
class Twins:
    good: np.ndarray       # uint8 [S,S,3] RGB
    bad: np.ndarray
    mask: np.ndarray       # float32 [S,S]: the defect in `bad`
    harmless: np.ndarray   # float32 [S,S]: lookalikes in both
    name: str
    defect: str
    lookalike: str         # "" when there is none


BACKGROUNDS = ("plain", "plain", "surface", "surface", "blobs", "black")


def background(r, kinds=BACKGROUNDS):
    kind = r.choice(kinds)
    if kind == "plain":
        c = colour(r, "light" if r.random() < 0.6 else "any")
        return np.float32(c * (1 - 0.3 * r.random() * noise(r, 2, 4)[..., None]))
    if kind == "black":
        return np.ones((S, S, 3), np.float32) * colour(r, "dark") * 0.5
    if kind == "blobs":
        return surface(r, "blobs")
    return surface(r, r.choice(["metal", "wood", "fabric", "stone", "plastic", "ceramic"]))


def spoil(r, part, behind, wide=False):
    """Apply one kind of defect, once or a few times, also in its large form if wide. Returns (kind, mask)."""
    kind = str(r.choice(list(defects.DEFECTS)))
    if part.whole and kind in defects.NEED_OUTLINE:
        kind = str(r.choice(defects.NOT_ON_SHEETS))
    mask = np.zeros((S, S), np.float32)
    for _ in range(1 if r.random() < 0.65 else r.integers(2, 4)):
        at = defects.spot(r, part, behind)
        if at is not None:
            mask = np.maximum(mask, breaks.spoil(kind, r, part, at) if wide else defects.DEFECTS[kind](r, part, at))
            part.picture = np.clip(part.picture, 0, 1)
    return kind, mask


class Camera:
    """Light, pose, exposure and sensor of one shot, drawn once and used for both twins."""

    def __init__(self, r):
        a = r.uniform(0, 2 * np.pi)
        self.light = 1 + r.uniform(0, 0.5) * (np.cos(a) * (X / S - 0.5) + np.sin(a) * (Y / S - 0.5))
        turn = r.uniform(-30, 30) if r.random() < 0.5 else r.uniform(-180, 180)
        self.pose = cv2.getRotationMatrix2D((S / 2, S / 2), turn, np.exp(r.uniform(-0.3, 0.4)))
        self.pose[:, 2] += r.normal(0, 8, 2)
        self.gain, self.offset = r.uniform(0.7, 1.25), r.normal(0, 0.04)
        self.contrast = r.uniform(0.6, 1.3) if r.random() < 0.5 else 1.0
        self.grey = r.random() < 0.3
        self.blur = r.uniform(0.4, 1.6) if r.random() < 0.4 else 0.0
        self.gamma = r.uniform(0.75, 1.35)
        self.grain = r.uniform(0.005, 0.05) if r.random() < 0.6 else 0.0
        self.jpeg = int(r.integers(50, 96)) if r.random() < 0.4 else 0

    def frame(self, image):
        """Move a picture or a mask into the camera's frame."""
        return cv2.warpAffine(image.astype(np.float32), self.pose, (S, S), flags=cv2.INTER_LINEAR,
                              borderMode=cv2.BORDER_REFLECT)

    def shoot(self, r, scene):
        x = self.frame(scene * self.light[..., None]) * self.gain * r.uniform(0.96, 1.04) + self.offset
        x = (x - 0.5) * self.contrast + 0.5
        if self.grey:
            x = np.repeat(x.mean(-1, keepdims=True), 3, -1)
        if self.blur:
            x = cv2.GaussianBlur(x, (0, 0), self.blur)
        x = np.clip(x, 0, 1) ** self.gamma
        if self.grain:
            x = x + r.standard_normal(x.shape, np.float32) * self.grain
        x = (np.clip(x, 0, 1) * 255).astype(np.uint8)
        if self.jpeg:
            code = cv2.imencode(".jpg", x[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.jpeg])[1]
            x = cv2.imdecode(code, cv2.IMREAD_COLOR)[:, :, ::-1]
        return np.ascontiguousarray(x)


def shadow_of(r, part):
    """Where a part's shadow falls, how soft and how dark; None when it casts none."""
    if part.whole or r.random() >= 0.6:
        return None
    return r.integers(-10, 10, 2).tolist(), r.uniform(2, 10), r.uniform(0.1, 0.6)


def compose(part, behind, cast):
    """The part before its background."""
    if cast is not None:
        (dx, dy), width, depth = cast
        dark = cv2.GaussianBlur(np.roll(part.mask, (dy, dx), (0, 1)).astype(np.float32), (0, 0), width)
        behind = behind * (1 - depth * dark[..., None])
    return over(behind, np.clip(part.picture, 0, 1), part.mask)


def twins(r, wide=False):
    """One pair, or None when the drawn defect cannot be seen. Wide: of all families, with looks and large breaks."""
    part, name = (families if wide else parts).draw(r)
    part.picture = np.clip(part.picture, 0, 1).astype(np.float32)
    behind, camera = background(r), Camera(r)
    cast = shadow_of(r, part)
    spoiled = copy.deepcopy(part)
    kind, mask = spoil(r, spoiled, behind, wide)
    good, bad = compose(part, behind, cast), compose(spoiled, behind, cast)
    changed = np.abs(good - bad).max(-1) > 0.02  # what cannot be seen is not asked for
    mask = camera.frame(mask * cv2.dilate(changed.astype(np.float32), np.ones((3, 3))))
    if mask.max() < VISIBLE:
        return None
    harmless, which = np.zeros((S, S), np.float32), ""
    if r.random() < 0.3:
        which = str(r.choice(list(LOOKALIKES)))
        state = r.bit_generator.state
        good, _ = LOOKALIKES[which](r, good)
        r.bit_generator.state = state
        bad, harmless = LOOKALIKES[which](r, bad)
        harmless = camera.frame(harmless)
    return Twins(camera.shoot(r, good), camera.shoot(r, bad), mask, harmless, name, kind, which)
