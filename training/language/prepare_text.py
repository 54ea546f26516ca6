"""Choose the vocabulary and write the trimmed tokenizer that training and bundle share."""

import json

from ..paths import CACHE
from . import captions, vocab


def main():
    CACHE.mkdir(parents=True, exist_ok=True)
    texts = set(captions.TEMPLATES)
    for name in captions.ALL_NAMES:
        texts |= set(captions.good(name)) | set(captions.bad(name)) | set(captions.neutral(name))
        texts |= {t for k in captions.CLASSES for t in captions.named(name, k)}
    kept = vocab.keep(texts)
    (CACHE / "vocab.json").write_text(json.dumps(kept))
    vocab.write_tokenizer(kept, CACHE / "tokenizer.json")
    print(f"vocabulary: {len(kept)} tokens")


if __name__ == "__main__":
    main()
