"""Writes evaluate/testdata/metrics.json with scikit-learn and SciPy: python training/golden/metrics.py"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import label, map_coordinates
from scipy.stats import binomtest
from sklearn.calibration import _sigmoid_calibration
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

r = np.random.default_rng(0)
rankings = []
for i in range(12):
    good = r.normal(0, 1, r.integers(1, 40))
    bad = r.normal(i / 6, 1, r.integers(1, 40))
    if i % 2:
        good, bad = good.round(), bad.round()  # ties
    y, s = [0] * len(good) + [1] * len(bad), np.concatenate([good, bad])
    p, q, _ = precision_recall_curve(y, s)
    f1 = np.max(2 * p * q / np.maximum(p + q, 1e-12))
    false, hits, _ = roc_curve(y, s, drop_intermediate=False)
    rankings.append(dict(Good=good.tolist(), Bad=bad.tolist(), AUROC=roc_auc_score(y, s),
                         AP=average_precision_score(y, s), F1=f1, ROC=np.stack([false, hits], 1).tolist()))
intervals = []
for n in (1, 7, 50, 1000):
    for k in sorted({0, 1, n // 3, n}):
        ci = {m: binomtest(k, n).proportion_ci(0.95, m) for m in ("wilson", "exact")}
        intervals.append(dict(K=k, N=n, Wilson=list(ci["wilson"]), ClopperPearson=list(ci["exact"])))


def calibration_error(good, bad, bins=10):
    p = np.concatenate([good, bad])
    y = np.concatenate([np.zeros(len(good)), np.ones(len(bad))])
    w = np.concatenate([np.full(len(good), 0.5 / len(good)), np.full(len(bad), 0.5 / len(bad))])
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(w[at == b].sum() * abs(np.average(y[at == b], weights=w[at == b]) - np.average(p[at == b], weights=w[at == b]))
               for b in range(bins) if (at == b).any())


sigmoids = []
for i in range(6):
    good, bad = r.normal(5, 2, 30 + 10 * i), r.normal(6 + 2 * i, 2, 25)
    s = np.concatenate([good, bad])
    y = np.concatenate([np.zeros(len(good)), np.ones(len(bad))])
    half = (len(good) + len(bad)) / 2  # both labels weigh alike
    w = np.concatenate([np.full(len(good), half / len(good)), np.full(len(bad), half / len(bad))])
    slope, offset = (-v for v in _sigmoid_calibration(s, y, w))
    def p(v, slope=slope, offset=offset):
        return 1 / (1 + np.exp(-slope * v - offset))
    sigmoids.append(dict(Good=good.tolist(), Bad=bad.tolist(), Slope=slope, Offset=offset,
                         Error=calibration_error(p(good), p(bad))))


def upsample(values, side):
    """Linear, cell centres keep their values: scipy's zoom in its grid mode."""
    rows, columns = values.shape
    y = np.clip((np.arange(side) + 0.5) * rows / side - 0.5, 0, rows - 1)
    x = np.clip((np.arange(side) + 0.5) * columns / side - 0.5, 0, columns - 1)
    return map_coordinates(values, np.meshgrid(y, x, indexing="ij"), order=1, mode="nearest")


def per_region_overlap(scores, masks, limit=0.3):
    """The published definition, threshold by threshold."""
    regions = []
    for i, mask in enumerate(masks):
        numbered, n = label(mask, np.ones((3, 3)))
        regions += [scores[i][numbered == k + 1] for k in range(n)]
    good = np.sort(scores[~masks])
    order = np.unique(scores)[::-1]
    false = np.concatenate([[0], [(good >= t).mean() for t in order]])
    overlap = np.concatenate([[0], [np.mean([(region >= t).mean() for region in regions]) for t in order]])
    keep = false <= limit
    x, y = false[keep], overlap[keep]
    if x[-1] < limit:
        x, y = np.append(x, limit), np.append(y, np.interp(limit, false, overlap))
    return auc(x, y) / limit


# Few distinct values keep the thresholds few; PIXELS is the side in Go.
PIXELS = 128
pixels = []
for i in range(2):
    maps = r.normal(0, 1, (3, 5, 5)).round(1)
    masks = np.zeros((3, PIXELS, PIXELS), bool)
    masks[0, 20:50, 30:60] = masks[0, 50:60, 60:70] = masks[0, 100:110, 90:125] = True
    masks[1, 64:, 64:] = True
    maps[0, 1, 1] += i
    maps[1, 3:, 3:] += 1.5
    big = np.stack([upsample(m, PIXELS) for m in maps]).round(3)
    pixels.append(dict(Maps=maps.reshape(3, -1).tolist(), Rows=5, Columns=5,
                       Masks=["".join("1" if v else "0" for v in m.ravel()) for m in masks[:2]],
                       AUROC=roc_auc_score(masks.ravel(), np.stack([upsample(m, PIXELS) for m in maps]).ravel()),
                       PRO=per_region_overlap(big, masks)))
out = Path(__file__).parents[2] / "evaluate" / "testdata" / "metrics.json"
out.write_text(json.dumps(dict(Rankings=rankings, Intervals=intervals, Sigmoids=sigmoids, Pixels=pixels)) + "\n")
