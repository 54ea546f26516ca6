"""The objects: families, each a function (r) -> Part. Names are what captions call them."""

from dataclasses import dataclass, field

import numpy as np

from .materials import surface
from .paths import SIZE as S
from .shapes import box, circle, ellipse, line, over, polygon, ragged, regular
from .surfaces import X, Y, colour, noise

C = S / 2


@dataclass
class Part:
    picture: np.ndarray                 # [S,S,3] the part's surface, lit
    mask: np.ndarray                    # [S,S] where the part is
    pieces: list = field(default_factory=list)  # (mask, kind): what can be missing; kind is hole | limb | mounted
    whole: bool = False                 # the surface fills the picture


def _place(r):
    return C + r.normal(0, 12), C + r.normal(0, 12), r.uniform(85, 145), r.uniform(0, 2 * np.pi)


def _grooves(r, radius, size, count):
    shade = np.ones((S, S), np.float32)
    for _ in range(count):
        at, width = r.uniform(0.15, 0.95) * size, r.uniform(1, 8)
        shade *= 1 + r.uniform(-0.5, 0.5) * np.exp(-(((radius - at) / width) ** 2))
    return shade


def _holes(r, part, cx, cy, at, size, count, angle):
    through = r.random() < 0.5
    for i in range(count):
        a = angle + i * 2 * np.pi / count
        c = circle(cx + at * np.cos(a), cy + at * np.sin(a), size)
        part.pieces.append((c, "hole"))
        if through:
            part.mask = part.mask * (1 - c)
        else:
            part.picture = part.picture * (1 - 0.6 * c[..., None])


def _round(r, kind, mask_of, grooves=(0, 5)):
    cx, cy, R, a = _place(r)
    radius = np.hypot(X - cx, Y - cy)
    shade = _grooves(r, radius, R, r.integers(*grooves))
    return Part(surface(r, kind) * shade[..., None], mask_of(cx, cy, R, a, radius)), cx, cy, R, a, radius


def disc(r, kind=None):
    p, cx, cy, R, a, _ = _round(r, kind or "metal", lambda cx, cy, R, a, q: circle(cx, cy, R))
    if r.random() < 0.5:
        _holes(r, p, cx, cy, R * r.uniform(0.4, 0.75), R * r.uniform(0.05, 0.14), r.integers(2, 9), a)
    return p


def cap(r):
    return disc(r, "plastic")


def washer(r):
    inner = r.uniform(0.3, 0.8)
    return _round(r, r.choice(["metal", "plastic"]),
                  lambda cx, cy, R, a, q: circle(cx, cy, R) * (1 - circle(cx, cy, R * inner)), (0, 3))[0]


def nut(r):
    n, inner = int(r.choice([4, 6, 6, 8])), r.uniform(0.3, 0.6)
    return _round(r, "metal", lambda cx, cy, R, a, q: regular(n, R, cx, cy, a) * (1 - circle(cx, cy, R * inner)),
                  (1, 4))[0]


def gear(r):
    n, depth, inner = int(r.integers(4, 24)), r.uniform(0.06, 0.15), r.uniform(0.12, 0.5)

    def mask(cx, cy, R, a, q):
        tooth = (1 + np.tanh(4 * np.cos(n * (np.arctan2(Y - cy, X - cx) - a)))) / 2
        return np.clip(R * (1 - depth * tooth) - q + 0.5, 0, 1) * np.clip(q - R * inner + 0.5, 0, 1)

    p, cx, cy, R, a, _ = _round(r, r.choice(["metal", "plastic"]), mask, (0, 3))
    if r.random() < 0.5:
        _holes(r, p, cx, cy, R * 0.65, R * 0.1, r.integers(3, 7), a)
    return p


def impeller(r):
    p, cx, cy, R, a, q = _round(r, r.choice(["metal", "metal", "stone"]), lambda cx, cy, R, a, q: circle(cx, cy, R),
                                (3, 7))
    blades = np.cos(r.integers(3, 10) * (np.arctan2(Y - cy, X - cx) + r.uniform(-0.02, 0.02) * q) + a)
    shade = 1 + r.uniform(0.1, 0.5) * blades * ((q > R * 0.3) & (q < R * 0.85))
    shade = shade * (1 - 0.8 * circle(cx, cy, R * r.uniform(0.08, 0.2)))
    p.picture = p.picture * shade[..., None].astype(np.float32)
    return p


def jar(r, kind=None):
    p, cx, cy, R, a, q = _round(r, kind or r.choice(["glass", "plastic"]),
                                lambda cx, cy, R, a, q: circle(cx, cy, R), (2, 6))
    inside = np.clip((R * r.uniform(0.5, 0.85) - q) / 2 + 0.5, 0, 1)
    shade = (1 + (r.uniform(0.15, 1.2) - 1) * inside)
    shade = shade * (1 + r.uniform(0, 0.4) * np.cos(np.arctan2(Y - cy, X - cx) * r.integers(1, 4) + a))
    p.picture = p.picture * shade[..., None].astype(np.float32)
    return p


def plate(r):
    return jar(r, "ceramic")


def _sheet(*kinds):
    def make(r):
        return Part(surface(r, r.choice(kinds)), np.ones((S, S), np.float32), whole=True)
    return make


def solar(r):
    p = _sheet("cells", "metal", "glass")(r)
    shade = np.ones((S, S), np.float32)
    for i in range(r.integers(2, 5)):
        at = S * (i + 1) / 5 + r.normal(0, 2)
        shade = np.where(np.abs(X - at) < r.uniform(1, 4), r.uniform(0.3, 1.7), shade)
    if r.random() < 0.6:
        shade = shade * (1 - 0.15 * (Y % r.integers(4, 9) < 1.5))
    p.picture = np.clip(p.picture * shade[..., None], 0, 1)
    if r.random() < 0.6:
        half = r.uniform(100, 150)
        p.mask, p.whole = box(C, C, half, half), False
    return p


def circuit(r):
    base = np.array([0.05, 0.35, 0.15]) * r.uniform(0.6, 1.6) if r.random() < 0.7 else colour(r)
    o = np.ones((S, S, 3), np.float32) * np.clip(base, 0, 1) * (0.9 + 0.2 * noise(r, 4, 8)[..., None])
    for _ in range(r.integers(8, 25)):
        at = [r.integers(0, S, 2)]
        for _ in range(3):
            step = at[-1].copy()
            step[r.integers(2)] += r.integers(-90, 90)
            at.append(step)
        o = over(o, np.clip(base * r.uniform(1.2, 1.8) + 0.03, 0, 1), line(at, r.integers(1, 4)))
    p = Part(o, box(C, C, r.uniform(120, 165), r.uniform(90, 165)))
    for _ in range(r.integers(6, 24)):
        x, y = r.uniform(20, S - 20, 2)
        w, h = r.uniform(3, 22, 2)
        m = box(x, y, w, h) if r.random() < 0.75 else circle(x, y, min(w, h))
        k = colour(r, r.choice(["dark", "light", "metal", "any"]))
        p.picture = over(p.picture, k * (0.85 + 0.3 * noise(r, 2, 4)[..., None]), m)
        if w > 8 and h > 6:  # legs of a chip
            legs = box(x, y, w, h + 3) * (X % 5 < 2) * (1 - m)
            p.picture = over(p.picture, np.float32([0.75, 0.75, 0.72]), legs)
        p.pieces.append((m, "mounted"))
    return p


def biscuit(r):
    cx, cy, R, a0 = _place(r)
    a = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    q = R * (1 + 0.04 * np.cos(a * r.integers(2, 6) + a0) + 0.012 * r.normal(0, 1, 256))
    dome = np.sqrt(np.clip(1 - ((X - cx) ** 2 + (Y - cy) ** 2) / (R * 1.25) ** 2, 0.05, 1))
    p = Part(surface(r, "baked") * dome[..., None], polygon(np.stack([cx + q * np.cos(a), cy + q * np.sin(a)], 1)))
    for _ in range(r.integers(0, 22)):
        b, d = r.uniform(0, 6.28), R * 0.85 * np.sqrt(r.random())
        p.picture = p.picture * (1 - 0.65 * ragged(r, cx + d * np.cos(b), cy + d * np.sin(b), r.uniform(4, 14)))[..., None]
    return p


def toy(r):
    cx, top, h = C + r.normal(0, 8), r.uniform(50, 80), r.uniform(22, 45)
    layers = [(regular(int(r.choice([4, 6, 20])), h * 1.4, cx, top + h * 2.3, 0.78), colour(r))]
    for dx, dy, size in ((1.5, 1.8, 0.54), (0.7, 4.0, 0.66), (0.6, -0.9, 0.3)):  # arms, feet, ears
        c = colour(r)
        layers += [(circle(cx + s * h * dx, top + h * dy, h * size), c) for s in (-1, 1)]
    layers.append((circle(cx, top + h * 0.2, h), colour(r)))
    layers += [(circle(cx + s * h * 0.35, top, h * 0.2), colour(r, "dark")) for s in (-1, 1)]
    p = Part(surface(r, "plastic"), np.zeros((S, S), np.float32))
    grain = 0.75 + 0.5 * p.picture.mean(-1, keepdims=True)
    for m, c in layers:
        p.picture, p.mask = over(p.picture, c * grain, m), np.maximum(p.mask, m)
        p.pieces.append((m, "limb"))
    return p


def pill(r):
    cx, cy, R, a = _place(r)
    b = R * r.uniform(0.4, 1)
    m = ellipse(cx, cy, R, b, a)
    u, v = np.cos(a) * (X - cx) + np.sin(a) * (Y - cy), -np.sin(a) * (X - cx) + np.cos(a) * (Y - cy)
    dome = np.sqrt(np.clip(1.15 - ((u / R) ** 2 + (v / b) ** 2) * 0.6, 0.1, 1))
    o = surface(r, r.choice(["ceramic", "plastic"]))
    if r.random() < 0.4:  # two-coloured capsule
        o = np.where((u > 0)[..., None], o, colour(r) * o.mean(-1, keepdims=True) * 1.2)
    if r.random() < 0.5:
        dome = dome * (1 - 0.35 * (np.abs(u) < 2.5))
    return Part(np.float32(o * dome[..., None]), m)


def pane(r):
    cx, cy, _, a = _place(r)
    p = Part(surface(r, r.choice(["glass", "plastic"])), box(cx, cy, r.uniform(80, 150), r.uniform(60, 150), a * 0.03))
    stripe = np.abs(rotated_u(r) % r.uniform(120, 300) - 60) < r.uniform(5, 25)
    p.picture = np.clip(p.picture + r.uniform(0, 0.15) * stripe[..., None], 0, 1).astype(np.float32)
    return p


def rotated_u(r):
    a = r.uniform(0, np.pi)
    return np.cos(a) * X + np.sin(a) * Y


def bracket(r):
    cx, cy, _, a = _place(r)
    w, h = r.uniform(80, 150), r.uniform(60, 150)
    p = Part(surface(r, r.choice(["metal", "metal", "plastic", "wood"])), box(cx, cy, w, h, a * 0.03))
    for _ in range(r.integers(0, 6)):
        x, y = cx + r.uniform(-w, w) * 0.8, cy + r.uniform(-h, h) * 0.8
        c = circle(x, y, r.uniform(5, 18))
        p.pieces.append((c, "hole"))
        p.mask = p.mask * (1 - c)
    return p


def pipe(r):
    a, w = r.uniform(0, 6.28), r.uniform(12, 60)
    u = np.cos(a) * (X - C) + np.sin(a) * (Y - C)
    light = 0.5 + 0.7 * np.sqrt(np.clip(1 - (u / (w + 2) * 0.95) ** 2, 0, 1))
    return Part(surface(r, r.choice(["metal", "plastic"])) * light[..., None].astype(np.float32),
                np.clip(w - np.abs(u) + 0.5, 0, 1))


def screw(r):
    """Seen from the side: head, shank, thread and point."""
    cx, w, pitch, lean = C + r.normal(0, 8), r.uniform(12, 26), r.uniform(5, 12), r.uniform(-0.5, 0.5)
    top, end = r.uniform(60, 90), r.uniform(230, 290)
    wave = np.abs(((Y + lean * (X - cx)) / pitch) % 1 - 0.5) * 2
    width = w + (wave - 0.5) * pitch * 0.45 * (Y > top + r.uniform(0, 50))
    width = width * np.clip((end - Y) / r.uniform(8, 50), 0, 1)
    shank = np.clip(width - np.abs(X - cx) + 0.5, 0, 1) * (Y > top) * (Y < end)
    head = box(cx, top - 6, w * r.uniform(1.5, 2.2), r.uniform(8, 18))
    light = 0.45 + 0.75 * np.sqrt(np.clip(1 - ((X - cx) / (w * 2)) ** 2, 0, 1)) * (0.65 + 0.5 * wave)
    return Part(surface(r, "metal") * light[..., None].astype(np.float32), np.maximum(shank, head).astype(np.float32))


def fruit(r):
    cx, cy, R, a = _place(r)
    b = R * r.uniform(0.75, 1)
    q = ((X - cx) / R) ** 2 + ((Y - cy) / b) ** 2
    light = 0.45 + 0.7 * np.sqrt(np.clip(1 - 0.9 * q, 0, 1))
    o = surface(r, "peel") * light[..., None] + 0.25 * np.exp(
        -((X - cx + R * 0.3) ** 2 + (Y - cy + R * 0.3) ** 2) / (2 * (R * 0.12) ** 2))[..., None]
    if r.random() < 0.6:
        o = o * (1 - 0.7 * circle(cx + r.normal(0, 20), cy + r.normal(0, 20), r.uniform(3, 9)))[..., None]
    return Part(np.float32(np.clip(o, 0, 1)), ellipse(cx, cy, R, b, a))


def mesh(r):
    """Wire grid or perforated sheet."""
    a, pitch = r.choice([0, 0.785]), r.uniform(14, 44)
    u, v = np.cos(a) * X + np.sin(a) * Y, -np.sin(a) * X + np.cos(a) * Y
    du, dv = np.abs(u % pitch - pitch / 2), np.abs(v % pitch - pitch / 2)
    w = pitch * r.uniform(0.08, 0.25)
    m = np.clip(w - np.minimum(du, dv) + 0.5, 0, 1) if r.random() < 0.6 else np.clip(
        np.hypot(du, dv) - pitch * r.uniform(0.2, 0.4) + 0.5, 0, 1)
    return Part(surface(r, r.choice(["metal", "plastic"])), m.astype(np.float32))


def strands(r):
    """Cut face of a cable: sheath, cores, copper wires."""
    cx, cy, R, a = _place(r)
    p = Part(np.ones((S, S, 3), np.float32) * colour(r), circle(cx, cy, R))
    n = int(r.integers(2, 5))
    size = R * (0.42 if n < 4 else 0.36)
    for i in range(n):
        b = a + i * 2 * np.pi / n
        x, y = cx + R * 0.5 * np.cos(b), cy + R * 0.5 * np.sin(b)
        m = circle(x, y, size)
        p.picture = over(p.picture, colour(r), m)
        for k in range(19):
            d = size * 0.72 * np.sqrt(k / 19)
            wire = circle(x + d * np.cos(k * 2.4), y + d * np.sin(k * 2.4), size * 0.15)
            p.picture = over(p.picture, np.float32([0.8, 0.5, 0.3]) * r.uniform(0.7, 1.2), wire)
        p.pieces.append((m, "limb" if r.random() < 0.3 else "mounted"))
    return p


def brush(r):
    cx, h = C + r.normal(0, 6), r.uniform(60, 110)
    p = Part(np.ones((S, S, 3), np.float32) * colour(r), box(cx, C + 60, r.uniform(60, 110), 26))
    rows = int(r.integers(4, 10))
    for i in range(rows):
        x = cx + (i - (rows - 1) / 2) * 150 / rows
        m = polygon([(x - 9, C + 36), (x + 9, C + 36), (x + 7 + r.normal(0, 2), C + 36 - h), (x - 7, C + 36 - h)])
        bristle = 0.7 + 0.5 * noise(r, 8, 64, (6, 0.1))[..., None]
        p.picture, p.mask = over(p.picture, colour(r, r.choice(["any", "light"])) * bristle, m), np.maximum(p.mask, m)
        p.pieces.append((m, "limb"))
    return p


def group(r):
    """Several equal things side by side: candles, pills in a tray, nuts, pasta."""
    n, kind, R = int(r.integers(2, 4)), r.choice(["plastic", "ceramic", "baked", "wood", "peel"]), r.uniform(26, 44)
    p, step = Part(surface(r, kind), np.zeros((S, S), np.float32)), S / (n + 0.6)
    corners = int(r.choice([0, 0, 4, 6]))
    for i in range(n * n):
        x, y = (i % n + 0.8) * step + r.normal(0, 5), (i // n + 0.8) * step + r.normal(0, 5)
        s = min(R, step * 0.45)
        m = circle(x, y, s) if corners == 0 else regular(corners, s, x, y, r.uniform(0, 6.28))
        light = 0.6 + 0.5 * np.exp(-((X - x) ** 2 + (Y - y) ** 2) / (2 * s**2))
        p.picture = over(p.picture, p.picture * light[..., None], m)
        p.mask = np.maximum(p.mask, m)
        p.pieces.append((m, "limb"))
    return p


def carton(r):
    cx, cy, _, a = _place(r)
    w, h = r.uniform(90, 150), r.uniform(70, 150)
    o = np.ones((S, S, 3), np.float32) * colour(r, r.choice(["brown", "light", "any"]))
    o = o * (0.9 + 0.15 * noise(r, 20, 160, (3, 0.5))[..., None])
    p = Part(o.astype(np.float32), box(cx, cy, w, h, a * 0.03))
    for _ in range(r.integers(1, 5)):
        x, y = cx + r.uniform(-w, w) * 0.6, cy + r.uniform(-h, h) * 0.6
        m = box(x, y, r.uniform(10, 60), r.uniform(6, 40))
        k = colour(r, r.choice(["any", "light", "dark"]))
        if r.random() < 0.4:  # a bar code or lines of print
            m = m * ((X if r.random() < 0.5 else Y) % r.integers(4, 9) < r.uniform(1.5, 4))
        p.picture = over(p.picture, k, m)
        p.pieces.append((m, "mounted"))
    return p


def screen(r):
    """Phone, display or panel: a bezel and a flat glass face."""
    cx, cy, _, a = _place(r)
    w, h = r.uniform(65, 140), r.uniform(80, 145)
    p = Part(np.ones((S, S, 3), np.float32) * colour(r, r.choice(["dark", "light"])), box(cx, cy, w, h, a * 0.02))
    face = surface(r, "glass" if r.random() < 0.7 else "plastic")
    p.picture = over(p.picture, face, box(cx, cy, w - r.uniform(4, 14), h - r.uniform(6, 26), a * 0.02))
    if r.random() < 0.5:
        m = circle(cx, cy + h - 8, 4)
        p.picture = over(p.picture, colour(r), m)
    return p


def zipper(r):
    p, half, pitch = _sheet("fabric", "knit")(r), r.uniform(10, 22), r.uniform(8, 16)
    teeth = (np.abs(X - C + np.sign(np.sin(2 * np.pi * Y / pitch)) * half * 0.3) < half) & (Y % (pitch / 2) < pitch * 0.3)
    p.picture = over(p.picture, colour(r, r.choice(["metal", "any"])), teeth.astype(np.float32))
    for y in np.arange(pitch, S - pitch, pitch * 2):
        p.pieces.append((box(C, y, half * 1.4, pitch * 0.6), "mounted"))
    return p


def spring(r):
    cx, w, pitch, thick = C + r.normal(0, 8), r.uniform(28, 70), r.uniform(12, 30), r.uniform(2, 6)
    y = np.linspace(50, 270, 600)
    m = line(np.stack([cx + w * np.sin(y * 2 * np.pi / pitch), y], 1), round(thick * 2))
    light = 0.5 + 0.6 * np.sqrt(np.clip(1 - ((X - cx) / (w * 1.1)) ** 2, 0, 1))
    return Part(surface(r, "metal") * light[..., None].astype(np.float32), m)


FAMILIES = {
    disc: ["metal disc", "round metal plate", "steel disc", "machined part", "brake disc", "coin"],
    cap: ["plastic cap", "bottle cap", "plastic lid", "button", "knob"],
    washer: ["washer", "metal ring", "flat ring", "bearing ring", "gasket", "seal"],
    nut: ["hex nut", "steel nut", "metal nut", "fastener"],
    gear: ["gear", "cog wheel", "sprocket", "flange"],
    impeller: ["cast wheel", "impeller", "rotor", "turbine part", "metal casting", "fan wheel"],
    jar: ["jar", "glass bottle seen from above", "bottle", "cup", "vial"],
    plate: ["ceramic plate", "dinner plate", "porcelain dish", "bowl"],
    _sheet("ceramic", "stone", "cells", "bricks"): ["ceramic tile", "floor tile", "stone slab", "tile"],
    _sheet("fabric"): ["fabric", "woven cloth", "textile", "canvas"],
    _sheet("knit"): ["carpet", "knitted fabric", "felt", "wool"],
    _sheet("wood"): ["wooden board", "wood", "plank", "parquet"],
    _sheet("leather"): ["leather", "leather sheet", "rubber sheet"],
    _sheet("metal", "metal", "stone"): ["steel surface", "metal sheet", "brushed metal", "metal strip", "rail"],
    _sheet("stone", "bricks"): ["concrete wall", "brick wall", "surface", "road surface"],
    solar: ["solar panel", "solar cell", "silicon wafer", "photovoltaic module"],
    circuit: ["circuit board", "PCB", "electronic board", "printed circuit board"],
    biscuit: ["biscuit", "cookie", "cracker", "bread roll", "pastry"],
    toy: ["toy", "plastic toy", "doll", "figurine", "toy robot"],
    pill: ["pill", "tablet", "capsule", "candy", "almond"],
    pane: ["glass pane", "glass sheet", "transparent plate", "mirror", "lens"],
    bracket: ["metal bracket", "block", "machined plate", "sheet metal part", "connector plate"],
    pipe: ["pipe", "cable", "rod", "tube", "shaft"],
    screw: ["screw", "bolt", "threaded rod", "drill bit"],
    fruit: ["apple", "orange", "fruit", "tomato", "potato", "lemon"],
    mesh: ["wire mesh", "metal grid", "perforated sheet", "grille", "sieve"],
    strands: ["cable cross section", "wire bundle", "cut cable", "power cord"],
    brush: ["toothbrush", "brush", "comb"],
    group: ["set of candles", "tray of pills", "row of parts", "pasta", "chocolates"],
    carton: ["box", "carton", "package", "label", "envelope"],
    screen: ["phone screen", "display", "smartphone", "control panel", "touch screen"],
    zipper: ["zipper", "zip fastener", "seam"],
    spring: ["spring", "coil", "steel spring", "wire coil"],
}


def draw(r):
    """A random part and the name that it goes by."""
    makers = list(FAMILIES)
    make = makers[r.integers(len(makers))]
    return make(r), str(r.choice(FAMILIES[make]))
