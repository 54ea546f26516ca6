"""Measure a bundle on folders of photos, in Python alone, as `edge eval` scores in Go:

python -m training.measure [--bundle DIR] [--prompts SET] NAME:GOOD:BAD[,BAD...] ...

Prints image AUROC in %, a row a set: text alone, references alone, both, inverted text, the mean over off-domain
pairs of sentences, and the best of three trivial cues (mean brightness, gradient, contrast). Then the speed of both
graphs, one picture and one sentence at a time on two threads.
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
from .captions import article
from .paths import BUNDLE, SIZE
from .quantise import normalise

ROOT = Path(__file__).parent.parent
# The defaults of prompts/set.go and the constants of prompts/score.go.
PRISTINE = ["{}", "flawless {}", "perfect {}", "unblemished {}", "{} without flaw", "{} without defect",
            "{} without damage"]
TEMPLATES = ["a photo of a {}", "a cropped photo of a {}", "a close-up photo of a {}", "a bright photo of a {}",
             "a dark photo of a {}", "a blurry photo of a {}", "a photo of the {} for visual inspection",
             "a photo of the {} for anomaly detection"]
PICTURE_WEIGHT, TOP, TEXT_WEIGHT = 0.5, 4, 1
DRAWS = 3
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


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("sets", nargs="+")
    a.add_argument("--bundle", type=Path, default=BUNDLE)
    a.add_argument("--prompts", type=Path, default=ROOT / "configs/prompts/part.yaml")
    a.add_argument("--k", type=int, nargs="*", default=[1, 4, 16])
    o = a.parse_args()
    image, text = session(o.bundle / "image.onnx"), Text(o.bundle)
    spec = yaml.safe_load(o.prompts.read_text())
    if "lookalikes" in spec:
        raise SystemExit(f"{o.prompts} has lookalikes, which only edge eval scores: measure it with scripts/measure.sh")
    weight = spec.get("text_weight", TEXT_WEIGHT)
    thing, templates = spec.get("object", "part"), spec.get("templates", TEMPLATES)
    good = text.prototype(spec.get("pristine", PRISTINE), thing, templates)
    direction = np.mean([text.prototype(d["prompts"], thing, templates) for d in spec["defects"].values()], 0) - good
    pairs = [line.split(" | ") for line in (ROOT / "training/offdomain.txt").read_text().strip().splitlines()]
    off = [text.prototype([b], thing, TEMPLATES) - text.prototype([g], thing, TEMPLATES) for g, b in pairs]
    table = []
    for name, g, b in (s.split(":") for s in o.sets):
        x, y = pictures(image, [g]), pictures(image, b.split(","))
        row = {"text": auroc(text_score(x, direction), text_score(y, direction))}
        row["inverted"] = auroc(text_score(x, -direction), text_score(y, -direction))
        row["off-domain"] = np.mean([auroc(text_score(x, d), text_score(y, d)) for d in off])
        row["cue"] = max(max(v, 100 - v) for v in (auroc(x[3][:, i], y[3][:, i]) for i in range(3)))
        for k in o.k:
            draws = [with_references(x, y, direction, k, s, weight) for s in range(DRAWS)]
            row[f"{k} ref"], row[f"{k} ref+text"] = np.mean(draws, 0)
        if not table:
            print(f"{'':10}" + "".join(f"{c:>13}" for c in row))
        table.append(list(row.values()))
        print(f"{name:10}" + "".join(f"{v:13.1f}" for v in row.values()), flush=True)
    print(f"{'mean':10}" + "".join(f"{v:13.1f}" for v in np.mean(table, 0)))
    blank = {"image": np.zeros((1, 3, SIZE, SIZE), np.float32)}
    sentence = tokens(text.tokenizer, ["a photo of a scratched metal disc"])
    print(f"image {speed(lambda: image.run(None, blank)):.1f} ms, "
          f"text {speed(lambda: text.session.run(None, sentence)):.2f} ms")


if __name__ == "__main__":
    main()
