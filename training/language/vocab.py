"""A smaller vocabulary, the same WordPiece rules.

BERT's ids after the characters run roughly from frequent to rare. We keep the frequent ones, every
single character (so that no word of the kept alphabets becomes [UNK]) and every piece of the words
that our captions use. A dropped word splits into pieces, as any rare word does.
"""

import json

from ..paths import CACHE
from . import minilm

FREQUENT = 14_000     # plus characters and caption words: about 15 thousand tokens, 5.7 MB as int8
MOST_FREQUENT_LAST = 1_996 + FREQUENT
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def keep(texts):
    """Ids of the full vocabulary to keep, ascending."""
    full = json.loads((minilm.FOLDER / "tokenizer.json").read_text())["model"]["vocab"]
    ids = {full[s] for s in SPECIAL}
    ids |= {i for t, i in full.items() if len(t.removeprefix("##")) == 1 and not t.startswith("[unused")}
    ids |= {i for t, i in full.items() if i < MOST_FREQUENT_LAST and t.isascii() and not t.startswith("[unused")}
    for e in minilm.tokenizer().encode_batch(sorted(texts)):
        ids |= set(e.ids)
    return sorted(ids)


def write_tokenizer(kept, path):
    """Write a tokenizer.json whose vocabulary is `kept`, renumbered in order, and consistent in all its parts."""
    spec = json.loads((minilm.FOLDER / "tokenizer.json").read_text())
    new = {old: i for i, old in enumerate(kept)}
    spec["model"]["vocab"] = {t: new[i] for t, i in spec["model"]["vocab"].items() if i in new}
    for token in spec["added_tokens"]:
        token["id"] = new[token["id"]]
    post = spec["post_processor"]
    for token in post.get("special_tokens", {}).values():
        token["ids"] = [new[i] for i in token["ids"]]
    for end in ("cls", "sep"):  # the BertProcessing form: [token, id]
        if end in post:
            post[end][1] = new[post[end][1]]
    spec["padding"], spec["truncation"] = None, None
    path.write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")))


def kept_ids():
    """The choice that the last training wrote down."""
    return json.loads((CACHE / "vocab.json").read_text())
