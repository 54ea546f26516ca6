"""Writes evaluate/testdata/metrics.json with scikit-learn and SciPy: python training/golden/metrics.py"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

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
    rankings.append(dict(Good=good.tolist(), Bad=bad.tolist(), AUROC=roc_auc_score(y, s),
                         AP=average_precision_score(y, s), F1=f1))
intervals = []
for n in (1, 7, 50, 1000):
    for k in sorted({0, 1, n // 3, n}):
        ci = {m: binomtest(k, n).proportion_ci(0.95, m) for m in ("wilson", "exact")}
        intervals.append(dict(K=k, N=n, Wilson=list(ci["wilson"]), ClopperPearson=list(ci["exact"])))
out = Path(__file__).parents[2] / "evaluate" / "testdata" / "metrics.json"
out.write_text(json.dumps(dict(Rankings=rankings, Intervals=intervals), indent=1) + "\n")
