"""Families that are cast, turned, milled, welded or moulded."""

import numpy as np

from ..paths import SIZE as S
from .materials import surface
from .part import C, Part
from .shapes import box, circle, ellipse, line, over, polygon, ragged, regular
from .surfaces import X, Y, colour, noise


def casting(r):
    """A raw casting: grainy skin with natural pores, ribs, bosses and bores."""
    w, h = r.uniform(95, 145), r.uniform(75, 140)
    outline = box(C, C, w, h, 0, 3) if r.random() < 0.5 else ellipse(C, C, w, h)
    p = Part(surface(r, r.choice(["stone", "hammered", "metal"])), np.float32(outline))
    for _ in range(r.integers(20, 200)):  # pores that every good piece has
        x, y = r.uniform(20, S - 20, 2)
        p.picture = p.picture * (1 - r.uniform(0.1, 0.4) * circle(x, y, r.uniform(0.6, 1.6)))[..., None]
    for _ in range(r.integers(1, 5)):
        rib = np.exp(-(((X - C) * np.cos(a := r.uniform(0, 3.14)) + (Y - C) * np.sin(a) - r.uniform(-60, 60)) / r.uniform(4, 12)) ** 2)
        p.picture = p.picture * (1 + r.uniform(-0.4, 0.5) * rib)[..., None]
    for _ in range(r.integers(1, 5)):
        x, y, q = C + r.uniform(-w, w) * 0.65, C + r.uniform(-h, h) * 0.65, r.uniform(12, 28)
        p.picture = over(p.picture, np.clip(p.picture * r.uniform(1.1, 1.5), 0, 1), circle(x, y, q))
        bore = circle(x, y, q * 0.5)
        p.picture = over(p.picture, p.picture * 0.2, bore)
        p.pieces.append((bore, "hole"))
    return p


def housing(r):
    """Concentric steps, a bore and a ring of bolt holes: pump covers, hubs, flanges."""
    q = r.uniform(110, 145)
    p = Part(surface(r, r.choice(["metal", "stone", "plastic"])), circle(C, C, q) if r.random() < 0.7 else regular(int(r.integers(3, 9)), q, C, C, r.uniform(0, 3)))
    radius = np.hypot(X - C, Y - C)
    for at in r.uniform(0.25, 0.95, r.integers(2, 6)):
        step = np.clip((q * at - radius) / r.uniform(1, 6) + 0.5, 0, 1)
        p.picture = p.picture * (1 + r.uniform(-0.3, 0.3) * step + r.uniform(0, 0.3) * np.exp(-((radius - q * at) / 2.5) ** 2))[..., None]
    bore = circle(C, C, q * r.uniform(0.1, 0.3))
    p.picture = over(p.picture, p.picture * 0.15, bore)
    n, start = int(r.integers(3, 9)), r.uniform(0, 6.28)
    for i in range(n):
        a = start + i * 2 * np.pi / n
        m = circle(C + q * 0.78 * np.cos(a), C + q * 0.78 * np.sin(a), r.uniform(6, 12))
        p.picture = over(p.picture, p.picture * 0.25, m)
        p.pieces.append((m, "hole"))
    p.picture = np.float32(np.clip(p.picture, 0, 1))
    return p


def shaft(r):
    """A turned part from the side: steps, grooves, a chamfer."""
    edges = np.sort(r.uniform(30, 290, r.integers(3, 7)))
    width, shade = np.zeros((S, 1), np.float32), np.ones((S, 1), np.float32)
    for a, b in zip([20, *edges], [*edges, 300]):
        width[int(a) : int(b)] = r.uniform(18, 75)
        shade[int(a) : int(b)] = r.uniform(0.75, 1.15)
    ratio = np.abs(X - C) / np.maximum(width, 1)
    light = 0.4 + 0.7 * np.sqrt(np.clip(1 - ratio**2 * 0.95, 0, 1))
    return Part(np.float32(np.clip(surface(r, r.choice(["metal", "metal", "plastic"])) * (light * shade)[..., None], 0, 1)),
                np.float32(np.clip(width - np.abs(X - C) + 0.5, 0, 1)))


def weld(r):
    """A bead of ripples along a joint of two sheets."""
    p = Part(surface(r, "metal"), np.ones((S, S), np.float32), whole=True)
    centre, w, pitch = C + 6 * np.sin(Y / r.uniform(30, 90)), r.uniform(14, 34), r.uniform(6, 16)
    u = (X - centre) / w
    ripple = np.sin(2 * np.pi * (Y + 10 * u**2) / pitch + noise(r, 3, 12) * 4)
    bead = np.clip(1 - np.abs(u), 0, 1) ** 0.4
    tone = colour(r, "metal")
    p.picture = over(p.picture, np.float32(np.clip(tone * (0.7 + 0.3 * ripple)[..., None], 0, 1)), np.float32(bead))
    burnt = np.exp(-((np.abs(u) - 1.4) / 0.5) ** 2) * r.uniform(0, 0.5)
    p.picture = np.float32(p.picture * (1 - burnt[..., None] * np.float32([0.5, 0.7, 0.9])))
    return p


def socket_head(r):
    """A screw head from above: a drive recess and a knurled rim."""
    q, n = r.uniform(80, 130), int(r.integers(20, 60))
    angle = np.arctan2(Y - C, X - C)
    rim = np.clip(q * (1 + 0.02 * np.cos(n * angle)) - np.hypot(X - C, Y - C) + 0.5, 0, 1)
    p = Part(surface(r, r.choice(["metal", "metal", "plastic"])), np.float32(rim))
    drive = r.choice(["hex", "cross", "slot", "star"])
    if drive == "hex":
        m = regular(6, q * 0.5, C, C, r.uniform(0, 1))
    elif drive == "star":
        m = np.float32(np.hypot(X - C, Y - C) < q * (0.42 + 0.08 * np.cos(6 * angle)))
    else:
        m = box(C, C, q * 0.6, q * 0.1)
        m = np.maximum(m, box(C, C, q * 0.1, q * 0.6)) if drive == "cross" else m
    p.picture = over(p.picture, p.picture * r.uniform(0.15, 0.4), m)
    p.pieces.append((m, "hole"))
    return p


def chain(r):
    """Links or rollers in a row."""
    n, q, y = int(r.integers(3, 7)), r.uniform(16, 26), C + r.normal(0, 15)
    p = Part(surface(r, "metal"), np.zeros((S, S), np.float32))
    for i in range(n):
        x = 30 + (i + 0.5) * 260 / n
        link = np.maximum(box(x, y, 130 / n, q * 0.65), np.maximum(circle(x - 100 / n, y, q), circle(x + 100 / n, y, q)))
        p.picture = over(p.picture, np.clip(p.picture * r.uniform(0.8, 1.2), 0, 1), link)
        p.mask = np.maximum(p.mask, link)
        p.pieces.append((link, "limb"))
        for s in (-1, 1):
            pin = circle(x + s * 100 / n, y, q * 0.35)
            p.picture = over(p.picture, colour(r, "metal"), pin)
    return p


def tread(r):
    """Moulded rubber: a tyre, a sole, a mat, in blocks."""
    p = Part(np.ones((S, S, 3), np.float32) * colour(r, "dark"), box(C, C, r.uniform(80, 145), 150, 0, 6))
    pitch, lean = r.uniform(24, 50), r.uniform(-0.8, 0.8)
    block = (np.abs(((X - C) / pitch) % 1 - 0.5) < 0.4) & (np.abs(((Y + lean * np.abs(X - C)) / pitch) % 1 - 0.5) < 0.36)
    p.picture = np.float32(np.clip(p.picture * (0.5 + 0.9 * block + 0.3 * noise(r, 20, 160))[..., None] + 0.05 * block[..., None], 0, 1))
    return p


def tool(r):
    """A spoon, spanner or blade: one long moulded or forged piece."""
    w, kind = r.uniform(9, 18), r.integers(3)
    m = box(C, 200, w, 95, 0, 3)
    if kind == 0:
        m = np.maximum(m, ellipse(C, 85, r.uniform(32, 50), r.uniform(45, 60)))
    elif kind == 1:
        m = np.maximum(m, circle(C, 85, 45)) * (1 - box(C, 55, r.uniform(14, 22), 40))
    else:
        m = np.maximum(m, polygon([(C - w, 130), (C - r.uniform(20, 40), 60), (C, 25), (C + w, 130)]))
    p = Part(surface(r, r.choice(["metal", "metal", "wood", "plastic"])), np.float32(m))
    grip = box(C, 240, w, 45, 0, 3)
    if r.random() < 0.5:
        p.picture = over(p.picture, surface(r, r.choice(["plastic", "wood"])), grip)
    return p


def vessel(r):
    """Clear or frosted, seen against what lies behind: tumblers, lenses, lids, films."""
    q = r.uniform(95, 140)
    radius = np.hypot(X - C, Y - C)
    p = Part(surface(r, r.choice(["glass", "ceramic", "plastic"])) * 0.4 + surface(r, "plastic") * 0.5, circle(C, C, q))
    for at in r.uniform(0.3, 1, r.integers(1, 5)):
        p.picture = p.picture + r.uniform(-0.25, 0.35) * np.exp(-((radius - q * at) / r.uniform(1.5, 6)) ** 2)[..., None]
    a = np.arctan2(Y - C, X - C)
    p.picture = p.picture * (1 + r.uniform(0, 0.3) * np.cos(a * int(r.integers(1, 24)) + 1))[..., None]
    if r.random() < 0.4:
        p.picture = over(p.picture, colour(r), ragged(r, C, C, q * r.uniform(0.2, 0.5), 30, 0.05))
    p.picture = np.float32(np.clip(p.picture, 0, 1))
    return p


def crossbar(r):
    """A frame of bars: racks, grilles, window profiles."""
    p, w = Part(surface(r, r.choice(["metal", "wood", "plastic"])), np.zeros((S, S), np.float32)), r.uniform(6, 16)
    for i in range(int(r.integers(2, 6))):
        at = 50 + i * r.uniform(40, 55)
        bar = box(C, at, 135, w) if r.random() < 0.6 else line([(30, at), (290, at + r.uniform(-40, 40))], int(2 * w))
        p.mask = np.maximum(p.mask, bar)
        p.pieces.append((bar, "limb"))
    for x in (40, 280):
        p.mask = np.maximum(p.mask, box(x, C, w, 140))
    return p


FAMILIES = {
    casting: ["raw casting", "cast housing", "die casting", "forged part", "cast bracket"],
    housing: ["pump cover", "flange cover", "hub", "valve cover", "wheel rim"],
    shaft: ["turned part", "stepped shaft", "spindle", "pin", "piston", "chess piece"],
    weld: ["weld", "weld seam", "welded joint", "solder seam"],
    socket_head: ["screw head", "bolt head", "cap screw", "rivet"],
    chain: ["chain", "roller chain", "bracelet", "track"],
    tread: ["tire", "shoe sole", "rubber mat", "rubber part"],
    tool: ["spanner", "spoon", "blade", "hand tool", "knife"],
    vessel: ["glass lid", "drinking glass", "watch glass", "camera lens", "petri dish"],
    crossbar: ["frame", "rack", "grating", "window profile", "ladder"],
}
