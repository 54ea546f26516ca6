"""Writes infer/testdata/resize.json: what Pillow makes of odd pictures (python training/golden/resize.py).

Run it with Pillow 11: from version 13 on, Pillow turns its two passes around for tall pictures, which moves
a third of their values by one grey level.

Each case is a seeded picture, made here and in the test by the same small generator, and a
sample: 200 pixels of the result at seeded places, so that the file stays small.
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image

SIZES = [(1, 1), (1, 7), (7, 1), (1, 500), (500, 1), (2, 3), (5, 5), (16, 16), (17, 31), (31, 17), (63, 64), (64, 64), (65, 64),
         (100, 100), (127, 129), (200, 50), (50, 200), (224, 224), (225, 223), (300, 299), (320, 320), (321, 319), (333, 777),
         (640, 480), (480, 640), (641, 479), (800, 600), (1023, 5), (1280, 720), (1920, 1080), (999, 1001), (1500, 20)]


def picture(width, height):
    """A linear congruential generator's bytes (Numerical Recipes' constants), smoothed by a ramp."""
    n = width * height * 3
    x = np.empty(n, np.uint64)
    v = width * 65537 + height
    for i in range(n):
        v = (1664525 * v + 1013904223) & 0xFFFFFFFF
        x[i] = v >> 24
    ramp = (np.arange(n) // 3 % width * 255 // max(width - 1, 1)).astype(np.uint64)
    return ((x + 3 * ramp) // 4).astype(np.uint8).reshape(height, width, 3)


cases = []
for width, height in SIZES:
    image = Image.fromarray(picture(width, height))
    for rule, size, shortest, name in (("squash", 64, 0, "bicubic"), ("shortest_crop", 48, 0, "bicubic"), ("squash", 40, 0, "bilinear"),
                                       ("shortest_crop", 40, 51, "bicubic"), ("shortest_crop", 44, 49, "bilinear")):
        filter = Image.Resampling[name.upper()]
        if rule == "squash":
            out = image.resize((size, size), filter)
        else:
            edge = shortest or size
            w, h = (edge * width // height, edge) if width > height else (edge, edge * height // width)
            if w > 20000 or h > 20000:
                continue
            left, top = (w - size) // 2, (h - size) // 2
            out = image.resize((w, h), filter).crop((left, top, left + size, top + size))
        pixels = np.asarray(out)
        places = np.random.default_rng(width * height).integers(0, size, (60 if name == "bicubic" and not shortest else 20, 2))
        cases.append(dict(Width=width, Height=height, Rule=rule, Size=size, Shortest=shortest, Filter=name,
                          At=places.tolist(), RGB=[pixels[y, x].tolist() for y, x in places]))
out = Path(__file__).parents[2] / "infer" / "testdata" / "resize.json"
out.parent.mkdir(exist_ok=True)
out.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
