"""Measure a bundle on folders of pictures, in Python alone, as `edge eval` scores in Go at detail 1:

python -m training.measure [--bundle DIR] [--prompts SET] [--k N ...] NAME:GOOD[,GOOD...]:BAD[,BAD...][:KIND,KIND...] ...

A set may also be a folder that training.render.lots wrote (one row for all its lots). Prints image AUROC in %, a row a set:
text alone, references alone, both, inverted text, the mean over off-domain pairs of sentences, the text with the
words of KINDS (the set's defects, else the names of BAD's folders), with general words and with the words of other
defects, and the best of three trivial cues (mean brightness, gradient, contrast). Then the speed of both graphs, one
picture and one sentence at a time on two threads.
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.metrics import roc_auc_score

from .inference import normalise, session, tokens
from .language.captions import wrong
from .paths import BUNDLE, ROOT, SIZE
from .words import Words

# The constants of prompts/score.go, prompts/scale.go and prompts/references_turned.go.
PICTURE_WEIGHT, TOP, OWN_SHARE, ANYHOW, TURNS, TURNED_SHARE, ENOUGH = 0.5, 4, 0.5, 1.3, 3, 0.5, 3
DRAWS = 3
TIMED = 100  # runs of a graph; their median is its speed


def turned(picture, quarters):
    """A picture turned clockwise about its centre on the same canvas, mirrored at its edges (internal/turn in Go)."""
    if quarters == 2:
        return picture.rotate(180)
    pix = np.asarray(picture)
    h, w = pix.shape[:2]
    wide = np.pad(pix, ((max(0, (w - h + 1) // 2),) * 2, (max(0, (h - w + 1) // 2),) * 2, (0, 0)), "symmetric")
    wide = np.rot90(wide, -quarters)
    top, left = (wide.shape[0] - h) // 2, (wide.shape[1] - w) // 2
    return Image.fromarray(np.ascontiguousarray(wide[top : top + h, left : left + w]))


def pictures(image, folders, turns=0):
    """(embeddings [N,D], patches [N,400,D], features [N,400,F], cues [N,3], features turned [N,turns*400,F]) of every
    picture below the folders."""
    def seen(p):
        return image.run(None, {"image": normalise(np.asarray(p.resize((SIZE, SIZE), Image.BICUBIC)))[None]})

    rows = []
    for f in sorted(f for folder in folders for f in Path(folder).rglob("*") if f.is_file()):
        p = Image.open(f).convert("RGB")
        e, patches, features = seen(p)
        grey = np.asarray(p.resize((SIZE, SIZE), Image.BICUBIC).convert("L"), np.float32)
        down, right = np.gradient(grey)
        more = [seen(turned(p, q))[2][0] for q in range(1, turns + 1)]
        rows.append((e[0], patches[0], features[0], (grey.mean(), np.hypot(down, right).mean(), grey.std()),
                     np.concatenate(more) if more else ()))
    if not rows:
        raise SystemExit(f"no pictures in {folders}")
    return [np.array(c) for c in zip(*rows)]


def auroc(good, bad):
    return 100 * roc_auc_score([0] * len(good) + [1] * len(bad), np.concatenate([good, bad]))


def top(x):
    return np.sort(x, -1)[..., -TOP:].mean(-1)


def text_score(x, direction):
    return top(x[1] @ direction) + PICTURE_WEIGHT * (x[0] @ direction)


def distance(queries, memory, bonus=0):
    return np.sqrt(np.maximum(2 - 2 * (queries @ memory.T + bonus).max(-1), 0))


def references(features, more):
    """(what pictures are compared with [P,F], its bonus [P], distances of the references' patches from the others) of
    k references.

    Turned ones count, as prompts/references_turned.go has it, where they lie hardly farther from the others. Half of a
    patch's own squared distance from the others is its bonus, as prompts/scale.go has it.
    """
    k = len(features)
    if k == 1:
        a, b = np.split(features[0], 2)
        return features[0], 0, np.concatenate([distance(a, b), distance(b, a)])

    def left_out(x):
        return np.stack([distance(features[i], np.concatenate(np.delete(x, i, 0))) for i in range(k)])

    own, others = left_out(features), left_out(more)
    if k < ENOUGH or others.mean() >= ANYHOW * own.mean():
        memory, bonus = features, OWN_SHARE * own**2 / 2
    else:
        upright, turned = np.concatenate(features), np.concatenate(more)
        own = OWN_SHARE * np.minimum(own, others) ** 2 / 2
        nearest = (turned @ upright.T + own.ravel()).max(-1)
        farthest = np.zeros(len(turned), bool)
        farthest[np.argsort(nearest, kind="stable")[: int(TURNED_SHARE * len(turned))]] = True
        kept = [m[f] for m, f in zip(more, np.split(farthest, k))]
        memory = [np.concatenate(rows) for rows in zip(features, kept)]
        bonus = [np.concatenate([b, np.zeros(len(rows))]) for b, rows in zip(own, kept)]

    def rest(x, i):
        return np.concatenate([rows for j, rows in enumerate(x) if j != i])

    own = np.stack([distance(features[i], rest(memory, i), rest(bonus, i)) for i in range(k)])
    return np.concatenate(memory), np.concatenate(bonus), own


def with_references(good, bad, direction, k, seed, weight):
    """(AUROC by references alone, AUROC with the text) of one draw of k references."""
    chosen = random.Random(seed).sample(range(len(good[0])), k)
    rest = [i for i in range(len(good[0])) if i not in chosen]
    everything, bonus, own = references(good[2][chosen], good[4][chosen])
    spread = (good[1][chosen] @ direction).std()
    most = text_score([c[chosen] for c in good], direction).max()

    def score(x):
        nearest = np.stack([distance(f, everything, bonus) for f in x[2]])
        alone, text = top((nearest - own.mean()) / own.std()), text_score(x, direction)
        return alone, alone + (np.maximum(text - most, 0) if weight == "auto" else weight * text) / spread

    return [auroc(g, b) for g, b in zip(score([c[rest] for c in good]), score(bad))]


def speed(run):
    """Median milliseconds of a call."""
    taken = []
    for _ in range(TIMED):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return 1000 * np.median(taken)


def folders(spec):
    """(name, good folders, [(bad folders, their kinds)]) of NAME:GOOD:BAD:KINDS, or of every lot of a folder."""
    if ":" not in spec:
        for lot in sorted(Path(spec).iterdir()):
            yield lot.name, [lot / "good"], [([b], [b.name]) for b in sorted((lot / "bad").iterdir())]
        return
    name, good, bad, *kinds = spec.split(":")
    yield name, good.split(","), [(bad.split(","), kinds[0].split(",") if kinds else [])]


def row(x, bad, words, ks):
    """All figures of one set; x is good, bad is [(pictures, kinds)]."""
    def by(direction, y):
        return auroc(text_score(x, direction), text_score(y, direction))

    y = [np.concatenate(c) for c in zip(*(p for p, _ in bad))]
    out = {"text": by(words.direction, y), "inverted": by(-words.direction, y)}
    off = [by(d, y) for d in words.off]
    out |= {"off-domain": np.mean(off), "off spread": np.std(off)}
    if all(kinds for _, kinds in bad):
        out |= {"right": np.mean([by(words.of(kinds), p) for p, kinds in bad]),
                "generic": np.mean([by(words.generic, p) for p, _ in bad]),
                "wrong": np.mean([by(words.of(wrong(kinds)), p) for p, kinds in bad])}
    for k in [k for k in ks if k < len(x[0])]:
        draws = [with_references(x, y, words.direction, k, seed, words.weight) for seed in range(DRAWS)]
        out[f"{k} refs"], out[f"{k} both"] = np.mean(draws, 0)
    out["cue"] = max(max(auroc(x[3][:, c], y[3][:, c]), auroc(-x[3][:, c], -y[3][:, c])) for c in range(3))
    return out


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("sets", nargs="+")
    a.add_argument("--bundle", type=Path, default=BUNDLE)
    a.add_argument("--prompts", type=Path, default=ROOT / "configs/prompts/part.yaml")
    a.add_argument("--k", type=int, nargs="*", default=[1, 4, 16])
    a.add_argument("--every", action="store_true", help="a row for each lot, too")
    o = a.parse_args()
    image, words = session(o.bundle / "image.onnx"), Words(o.bundle, o.prompts)
    table = []
    for spec in o.sets:
        mine = []
        for name, good, bad in folders(spec):
            mine.append(row(pictures(image, good, TURNS), [(pictures(image, b), kinds) for b, kinds in bad], words, o.k))
            if o.every or ":" in spec:
                show(name, mine[-1], not table and len(mine) == 1)
        if ":" not in spec:
            show(Path(spec).name, mean(mine), True)
        table += mine
    show("mean", mean(table), False)
    blank = {"image": np.zeros((1, 3, SIZE, SIZE), np.float32)}
    sentence = tokens(words.text.tokenizer, ["a photo of a scratched metal disc"])
    print(f"image {speed(lambda: image.run(None, blank)):.1f} ms, "
          f"text {speed(lambda: words.text.session.run(None, sentence)):.2f} ms")


def mean(rows):
    return {c: np.mean([r[c] for r in rows if c in r]) for c in dict.fromkeys(c for r in rows for c in r)}


def show(name, figures, head):
    if head:
        print(f"{'':14}" + "".join(f"{c:>11}" for c in figures))
    print(f"{name:14}" + "".join(f"{v:11.1f}" for v in figures.values()), flush=True)


if __name__ == "__main__":
    main()
