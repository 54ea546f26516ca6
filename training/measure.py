"""Measure a bundle on folders of pictures, in Python alone, as `edge eval` scores in Go:

python -m training.measure [--bundle DIR] [--prompts SET] [--k N ...] NAME:GOOD[,GOOD...]:BAD[,BAD...][:KIND,KIND...] ...

A set may also be a folder that training.lots wrote (one row for all its lots). Prints image AUROC in %, a row a set:
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
import yaml
from PIL import Image
from sklearn.metrics import roc_auc_score

from .bundle import session, tokens
from .captions import KINDS, article, wrong
from .paths import BUNDLE, SIZE
from .quantise import normalise

ROOT = Path(__file__).parent.parent
# The defaults of prompts/set.go and prompts/templates.go, and the constants of prompts/score.go.
PRISTINE = ["{}", "flawless {}", "perfect {}", "unblemished {}", "{} without flaw", "{} without defect",
            "{} without damage"]
TEMPLATES = [t.replace("%", the) for the in ("a", "the") for t in (
    "a photo of % {}", "a cropped photo of % {}", "a close-up photo of % {}", "a bright photo of % {}",
    "a dark photo of % {}", "a blurry photo of % {}", "a jpeg corrupted photo of % {}", "a photo of % small {}",
    "a photo of % large {}", "a photo of % {} for visual inspection", "a photo of % {} for anomaly detection")]
PICTURE_WEIGHT, TOP, TEXT_WEIGHT = 0.5, 4, 0.5
DRAWS = 3
GENERIC = ["damaged {}", "broken {}", "{} with a defect", "{} with a flaw", "{} with damage"]
TIMED = 100  # runs of a graph; their median is its speed


class Text:
    def __init__(self, bundle):
        self.session, self.tokenizer = session(bundle / "text.onnx"), bundle / "tokenizer.json"

    def prototype(self, states, thing, templates):
        texts = [article(t.format(s.replace("{}", thing))) for s in states for t in templates]
        rows = [self.session.run(None, tokens(self.tokenizer, [t]))[0][0] for t in texts]
        mean = np.mean(rows, 0)
        return mean / np.linalg.norm(mean)


def pictures(image, folders):
    """(embeddings [N,D], patches [N,400,D], features [N,400,F], cues [N,3]) of every picture below the folders."""
    rows = []
    for f in sorted(f for folder in folders for f in Path(folder).rglob("*") if f.is_file()):
        p = Image.open(f).convert("RGB").resize((SIZE, SIZE), Image.BICUBIC)
        e, patches, features = image.run(None, {"image": normalise(np.asarray(p))[None]})
        grey = np.asarray(p.convert("L"), np.float32)
        down, right = np.gradient(grey)
        rows.append((e[0], patches[0], features[0], (grey.mean(), np.hypot(down, right).mean(), grey.std())))
    if not rows:
        raise SystemExit(f"no pictures in {folders}")
    return [np.array(c) for c in zip(*rows)]


def auroc(good, bad):
    return 100 * roc_auc_score([0] * len(good) + [1] * len(bad), np.concatenate([good, bad]))


def top(x):
    return np.sort(x, -1)[..., -TOP:].mean(-1)


def text_score(x, direction):
    return top(x[1] @ direction) + PICTURE_WEIGHT * (x[0] @ direction)


def distance(queries, memory):
    return np.sqrt(np.maximum(2 - 2 * (queries @ memory.T).max(-1), 0))


def with_references(good, bad, direction, k, seed, weight):
    """(AUROC by references alone, AUROC with the text) of one draw of k references."""
    chosen = random.Random(seed).sample(range(len(good[0])), k)
    rest = [i for i in range(len(good[0])) if i not in chosen]
    memory = good[2][chosen]
    if k == 1:
        half = memory.shape[1] // 2
        own = np.concatenate([distance(memory[0][:half], memory[0][half:]), distance(memory[0][half:], memory[0][:half])])
    else:
        own = np.stack([distance(memory[i], np.concatenate(np.delete(memory, i, 0))) for i in range(k)])
    everything, spread = np.concatenate(memory), (good[1][chosen] @ direction).std()

    def score(x):
        nearest = np.stack([distance(f, everything) for f in x[2]])
        alone = top((nearest - own.mean()) / own.std())
        return alone, alone + weight * text_score(x, direction) / spread

    return [auroc(g, b) for g, b in zip(score([c[rest] for c in good]), score(bad))]


def speed(run):
    """Median milliseconds of a call."""
    taken = []
    for _ in range(TIMED):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return 1000 * np.median(taken)


def said(kind):
    """States of a kind of defect, in the words of captions."""
    nouns, adjectives = KINDS[kind]
    return [f"{a} {{}}" for a in adjectives[:2]] + [f"{{}} with {n}" for n in nouns[:3]]


def folders(spec):
    """(name, good folders, [(bad folders, their kinds)]) of NAME:GOOD:BAD:KINDS, or of every lot of a folder."""
    if ":" not in spec:
        for lot in sorted(Path(spec).iterdir()):
            yield lot.name, [lot / "good"], [([b], [b.name]) for b in sorted((lot / "bad").iterdir())]
        return
    name, good, bad, *kinds = spec.split(":")
    yield name, good.split(","), [(bad.split(","), kinds[0].split(",") if kinds else [])]


class Words:
    """What the text graph says of a prompt set, of off-domain pairs, and of kinds of defects."""

    def __init__(self, bundle, prompts):
        self.text, spec = Text(bundle), yaml.safe_load(prompts.read_text())
        if "lookalikes" in spec:
            raise SystemExit(f"{prompts} has lookalikes, which only edge eval scores: measure it with scripts/measure.sh")
        self.weight = spec.get("text_weight", TEXT_WEIGHT)
        self.thing, self.templates = spec.get("object", "part"), spec.get("templates", TEMPLATES)
        self.good = self.prototype(spec.get("pristine", PRISTINE))
        self.direction = np.mean([self.prototype(d["prompts"]) for d in spec["defects"].values()], 0) - self.good
        self.generic = self.prototype(GENERIC) - self.good
        self.kinds = {k: self.prototype(said(k)) - self.good for k in KINDS}
        pairs = [line.split(" | ") for line in (ROOT / "training/offdomain.txt").read_text().strip().splitlines()]
        self.off = [self.prototype([b]) - self.prototype([g]) for g, b in pairs]

    def prototype(self, states):
        return self.text.prototype(states, self.thing, self.templates)

    def of(self, kinds):
        return np.mean([self.kinds[k] for k in kinds], 0)


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
            mine.append(row(pictures(image, good), [(pictures(image, b), kinds) for b, kinds in bad], words, o.k))
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
