"""Writes prompts/testdata/scores.json with NumPy: python training/golden/scores.py

The formulas of prompts/doc.go once more, in other words: whole arrays, float64,
probabilities instead of logits."""

import json
from pathlib import Path

import numpy as np

r = np.random.default_rng(5)
DIM, SCALE, PATCH_SCALE = 12, 20.0, 10.0


def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def prototype(texts, weights, per):
    """texts: [states·per, dim]; every text unit, weighted, mean, unit."""
    w = np.repeat(weights, per)[:, None]
    return unit((w * unit(texts)).sum(0) / w.sum())


def harmonic_cells(tiles, n, scale):
    """[n, n] text scores of tiles → [n+1, n+1] scores of cells, by probabilities."""
    p = 1 / (1 + np.exp(-scale * tiles))
    cells = np.zeros((n + 1, n + 1))
    for i in range(n + 1):
        for k in range(n + 1):
            around = p[max(i - 1, 0):i + 1, max(k - 1, 0):k + 1]
            h = around.size / (1 / around).sum()
            cells[i, k] = np.log(h / (1 - h)) / scale
    return cells


def top(values):
    v = np.sort(np.ravel(values))[::-1]
    return v[:max(int(0.01 * v.size), 1)].mean()


cases = []
for name, temperature, n, grid in [("patches", 0, 0, 4), ("temperature", 0.125, 0, 4), ("tiles alone", 0, 3, 0), ("tiles and patches", 0, 2, 4),
                                   ("whole picture alone", 0.05, 0, 0), ("large map", 0, 0, 20)]:
    states = dict(pristine=2, crack=2, stain=1, dust=1)
    weights = dict(pristine=[1, 0.5], crack=[2, 1], stain=[1], dust=[1])
    classes = dict(crack=1.0, stain=3.0, dust=0.5)
    per = 2
    texts = {k: unit(r.normal(size=(m * per, DIM)) + 0.7) for k, m in states.items()}
    proto = {k: prototype(t, np.array(weights[k], float), per) for k, t in texts.items()}
    base = unit(r.normal(size=DIM) + 0.7)
    def near(m, base=base):
        return unit(base + 0.5 * r.normal(size=(m, DIM)))
    embedding, patches, tiles = near(1)[0], near(grid * grid), near(n * n)
    scale, patch_scale = (1 / temperature, PATCH_SCALE / SCALE / temperature) if temperature else (SCALE, PATCH_SCALE)

    odds = np.exp(scale * np.array([proto[k] @ embedding for k in proto])) * np.array([1.0] + [classes[k] for k in list(proto)[1:]])
    probabilities = odds / odds.sum()
    w = np.array([classes["crack"], classes["stain"]])
    direction = (w[:, None] * np.stack([proto["crack"] - proto["pristine"], proto["stain"] - proto["pristine"]])).sum(0) / w.sum()
    dust = proto["dust"] - proto["pristine"]

    def text(v, direction=direction, dust=dust):
        d = v @ direction
        return np.minimum(d, d - v @ dust)

    picture = embedding @ direction
    found = text(patches).reshape(grid, grid) if grid else None
    if n:
        cells = harmonic_cells(text(tiles).reshape(n, n), n, scale) * scale / patch_scale
        if found is None:
            found = cells
        else:
            at = np.arange(grid) * (n + 1) // grid
            found = np.maximum(found, cells[np.ix_(at, at)])
    # Where the map is highest: the share of P(defect) that is the stain's.
    if found is None:
        place, place_scale = embedding, scale
    elif grid:
        place, place_scale = patches[np.argmax(found)], patch_scale
    else:
        row, column = np.minimum(np.unravel_index(np.argmax(found), found.shape), n - 1)
        place, place_scale = tiles[row * n + column], scale
    crack, stain = (classes[k] * np.exp(place_scale * (proto[k] @ place)) for k in ("crack", "stain"))

    raw = 0.5 * picture + (top(found) if found is not None else 0)
    def flat(a):
        return np.ravel(a).astype(np.float32).tolist()
    cases.append(dict(
        Name=name, Dim=DIM, LogitScale=SCALE, PatchLogitScale=PATCH_SCALE, Temperature=temperature, Tiles=n, Grid=grid,
        Texts={k: flat(t) for k, t in texts.items()}, Weights=weights, Classes=classes,
        Embedding=flat(embedding), Patches=flat(patches), TileEmbeddings=flat(tiles),
        Probabilities=dict(zip(proto, probabilities.tolist())), Raw=float(raw), ReviewShare=float(stain / (crack + stain)), Top="stain" if stain > crack else "crack", Defect=float(1 / (1 + np.exp(-patch_scale * raw))),
        Map=[] if found is None else np.ravel(found).tolist()))
out = Path(__file__).parents[2] / "prompts" / "testdata" / "scores.json"
out.write_text(json.dumps(cases) + "\n")
