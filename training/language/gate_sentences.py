"""What more the text head's gate hears: python -m training.language.gate_sentences.

Two things taught it amiss. Sentences about anything else came plain or as "a photo of": a template of inspection
alone half opened it. And captions use few words for conditions and few things that have them: rarer ones half shut
it. So here the former are dressed in every template, and the latter drawn from many more words, beside as many things
without a condition. What the state says of a condition is learned from captions and pictures; here only that there is one.
"""

import json
import pickle
import random

from ..paths import CACHE
from . import far, gate, judging, minilm, neutral

SEED = 0
PATH = CACHE / "gate-sentences.pickle"
OTHER_PAIRS, DRAWN, MADE_UP, PLAIN, STATED = 2500, 6000, 800, 6000, 9000


def main():
    if PATH.exists():
        return
    r = random.Random(SEED)
    kept = json.loads((CACHE / "vocab.json").read_text())
    model, tok = minilm.MiniLM(kept), minilm.tokenizer(CACHE / "tokenizer.json")
    whole = far.words(model, tok, tok.get_vocab())
    off = {s for pair in (neutral.pair, judging.pair) for _ in range(OTHER_PAIRS) for s in pair(r)}
    off |= {neutral.drawn(r, whole) for _ in range(DRAWN)} | {gate.made_up(r) for _ in range(MADE_UP)} | {gate.plain(r) for _ in range(PLAIN)}
    made = [minilm.embed(texts, model, tok) for texts in ([gate.other(r, s) for s in sorted(off)], [gate.stated(r) for _ in range(STATED)])]
    part = PATH.with_suffix(".part")
    part.write_bytes(pickle.dumps(made, protocol=5))
    part.rename(PATH)
    print(f"gate: {len(made[0])} sentences about other things, {len(made[1])} about conditions", flush=True)


def load():
    """Vectors of sentences about other things, and of sentences about conditions."""
    return pickle.loads(PATH.read_bytes())


if __name__ == "__main__":
    main()
