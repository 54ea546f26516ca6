"""Writes infer/tokenizer/testdata/siglip2*: a small tokenizer of the kind that SigLIP 2 took from Gemma, and the ids
that Hugging Face tokenizers gives for the golden texts, as they are and lower-cased as transformers 5's
Siglip2Tokenizer does it (python training/golden/siglip2_tokenizer.py; --lower keeps the tokenizer that is there).

Needs tokenizers. The BPE trainer breaks ties at random, so a new run gives another vocabulary, and its ids with it.
"""

import gzip
import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

OUT = Path(__file__).parents[2] / "infer" / "tokenizer" / "testdata"
SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]


def write(name, data):
    (OUT / name).write_bytes(gzip.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0))


def gemma(vocab, merges):
    """The configuration of Gemma's tokenizer.json: blanks are letters, and what is not known is bytes."""
    t = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizers.Replace(" ", "▁")
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    t.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    t.add_special_tokens(SPECIAL)
    # Gemma keeps runs of these as tokens of their own; they are not special.
    t.add_tokens([AddedToken(text, normalized=False) for text in ("\n\n", "\t\t", "<table>")])
    return t


def lower(tokenizer, texts):
    """Siglip2Tokenizer puts Lowercase before the normaliser. Every eighth text, and those that this changes most."""
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), tokenizer.normalizer])
    chosen = [i for i, t in enumerate(texts) if i % 8 == 0 or any(c in t for c in "İΣẞǅ")]
    write("siglip2.lower.golden.json.gz", {str(i): tokenizer.encode(texts[i]).ids for i in chosen})


with gzip.open(OUT / "golden.json.gz") as f:
    texts = json.load(f)["texts"]
if "--lower" in sys.argv:
    lower(Tokenizer.from_str(gzip.decompress((OUT / "siglip2.json.gz").read_bytes()).decode()), texts)
    sys.exit()
trained = Tokenizer(models.BPE())
trained.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
letters = sorted({c for t in texts[:4200] for c in t if " " < c < "\u0180"} | {"▁"})
trained.train_from_iterator((t.replace(" ", "▁") for t in texts[:4200]), trainers.BpeTrainer(
    vocab_size=1200, initial_alphabet=letters, limit_alphabet=len(letters), show_progress=False))
merges = [tuple(m) for m in json.loads(trained.to_str())["model"]["merges"]]
pieces = SPECIAL + [f"<0x{i:02X}>" for i in range(256)] + letters + [a + b for a, b in merges]
tokenizer = gemma({piece: i for i, piece in enumerate(dict.fromkeys(pieces))}, merges)
write("siglip2.json.gz", json.loads(tokenizer.to_str()))
write("siglip2.golden.json.gz", [tokenizer.encode(t).ids for t in texts])
lower(tokenizer, texts)
