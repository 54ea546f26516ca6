"""Sentence vectors of all that is said in training, on disk: python -m training.language.sentences.

A text is embedded once, in one random template: every training hears the same.
"""

import json
import pickle
import random

from ..paths import CACHE
from . import captions, far, judging, minilm, neutral

SEED = 0
PATH = CACHE / "sentences.pickle"


class Sentences:
    """Sentence vectors of every caption, looked up by text, and of sentences about anything else."""

    def __init__(self, model, tok):
        r = random.Random(SEED)
        texts = set()
        for name in captions.ALL_NAMES:
            drawn = name in captions.NAMES
            texts |= set(captions.good(name)) | set(captions.bad(name)) | set(captions.neutral(name))
            for kind in captions.CLASSES:
                said = captions.named(name, kind)
                texts |= set(said if drawn else r.sample(said, 3))
        self.rare = {n: [captions.other_bad(n, c) for c in r.sample(captions.OTHER_DEFECTS, 6)] for n in captions.ALL_NAMES}
        texts = sorted(texts.union(*self.rare.values()))
        shown = [r.choice(captions.TEMPLATES).format(t) for t in texts]
        self.index = {t: i for i, t in enumerate(texts)}
        self.vectors = minilm.embed(shown, model, tok)
        whole = far.words(model, tok, tok.get_vocab())
        off = {s for _ in range(6000) for s in neutral.pair(r)} | {neutral.drawn(r, whole) for _ in range(15000)}
        off |= {s for _ in range(9000) for s in judging.pair(r)}
        off = sorted(off)
        self.off = minilm.embed([r.choice(["{}", "{}", "{}", "a photo of {}"]).format(s) for s in off], model, tok)
        self.other = {n: [t for k in captions.CLASSES for t in captions.named(n, k) if t in self.index]
                      for n in captions.ALL_NAMES}

    def __call__(self, texts):
        return self.vectors[[self.index[t] for t in texts]]


def load():
    return pickle.loads(PATH.read_bytes())


def main():
    if PATH.exists():
        return
    kept = json.loads((CACHE / "vocab.json").read_text())
    made = Sentences(minilm.MiniLM(kept), minilm.tokenizer(CACHE / "tokenizer.json"))
    print(f"{len(made.index)} captions, {len(made.off)} off-domain sentences", flush=True)
    part = PATH.with_suffix(".part")
    part.write_bytes(pickle.dumps(made, protocol=5))
    part.rename(PATH)


if __name__ == "__main__":
    from training.language import sentences  # the class is pickled under its module's name, which here is __main__

    sentences.main()
