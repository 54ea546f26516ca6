"""Words that are far from every condition, by the frozen text tower."""

from . import captions, minilm

NEAR = 0.45  # cosine to a word of condition from which on a word may speak of condition itself


def words(model, tok, vocabulary):
    """Whole words of the vocabulary that are far from every word of condition and every name of a part.

    What is written by hand above has few words; a gate that saw only those stays open for the rest.
    """
    whole = sorted(w for w in vocabulary if w.isascii() and w.isalpha() and len(w) >= 3)
    kinds = [*captions.KINDS.values(), *captions.ALIKE.values()]
    stated = [w for nouns, adjectives in kinds for w in [*nouns, *adjectives]]
    stated += [p.replace("{}", "thing") for p in [*captions.GOOD, *captions.BAD]]
    stated += [*captions.ALL_NAMES, *captions.OTHER_DEFECTS]
    w, c = minilm.embed(whole, model, tok), minilm.embed(stated, model, tok)
    far = (w @ c.T).amax(1) < NEAR
    return [x for x, f in zip(whole, far.tolist()) if f]
