"""Writes infer/tokenizer/testdata/: small tokenizers of CLIP's and SigLIP's kind, and the ids that Hugging Face
tokenizers gives for thousands of strings (python training/golden/tokenizers_golden.py OPEN_CLIP_WHEEL).

Needs tokenizers, sentencepiece and the wheel of open_clip_torch, whose vocabulary is OpenAI's.
The BPE trainer breaks ties at random, so a new run gives another small CLIP vocabulary, and its ids with it.
"""

import base64
import gzip
import hashlib
import json
import random
import re
import string
import sys
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

ROOT = Path(__file__).parents[2]
OUT = ROOT / "infer" / "tokenizer" / "testdata"
CLIP_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
random.seed(20240607)


def write(path, data):
    path.write_bytes(gzip.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0))


def prompts():
    """Every shipped prompt, by the templates of its set."""
    states = set()
    for file in sorted((ROOT / "configs" / "prompts").glob("*.yaml")):
        states.update(re.findall(r'"([^"]{3,})"', file.read_text()) + re.findall(r"- (\w[^\n#]{2,})", file.read_text()))
    for line in (ROOT / "training" / "language" / "captions.py").read_text().splitlines():
        states.update(re.findall(r'"([a-z][^"]{3,60})"', line))
    return sorted(states)


def strings():
    pool = """a photo of the scratched metal flange with crack, dented! phone-screen it's don't we'll I'd they've I'M you're 's 'T naïve café
ÀÉÎÕÜ ñandú straße STRASSE İstanbul ıI ǅ ﬁne ﬀ 日本語 検査 한국어 Привет мир ελληνικά ΣΊΣΥΦΟΣ مرحبا שלום हिन्दी ไทย 🙂 👩‍🔧 🇩🇪 👍🏽 ❤️ #1 50% (ok) [x] {y} a_b c/d \\
3.14 1,000 — … “quoted” ‘single’ supercalifragilisticexpialidocious xqzjkw ABCdef été e\u0301 ü u\u0308 ½ ² ™ ® © § ¿ ¡ ， 。 ｆｕｌｌ ㈱ ① Ⅳ ㎏ Å ﷺ
<|startoftext|> <|endoftext|> </s> <unk> <pad> ▁x _ __ '' "" `` ^^ ~~ ## !! ?? ... -- == ++ 12345 0x1F x² 10mm ±0.5 °C µm Ø""".split()
    blanks = [" ", " ", " ", "", "  ", "-", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u0085", "\u1680", "\ufeff", "\x00", "\x07", "\x1f", "\u2028"]
    texts = ["", " ", "   ", "a", "A", "?", "...", "\n", "\t ", "\u00a0", "\x00", "\x07", "\ufffd", "a" * 99, "a" * 300, "word " * 100, "ab" * 400,
             "!" * 200, "日本" * 100, "🙂" * 50, "'s't're've'm'll'd", "'S'T'RE", "<|endoftext|>", "x<|startoftext|>y", " lead", "trail ", "e\u0301\u0301\u0301", "\u0301"]
    texts += prompts() + pool + blanks
    texts += [f"a photo of a {a} {b}" for a in pool[:12] for b in pool[-12:]]
    texts += list(string.printable)
    while len(texts) < 4300:
        texts.append("".join(random.choice(pool) + random.choice(blanks) for _ in range(random.randint(1, 5))))
    ranges = [(1, 0x7F), (0x80, 0x24F), (0x300, 0x36F), (0x370, 0x5FF), (0x600, 0x1FFF), (0x2000, 0x2BFF), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
              (0xF900, 0xFFEF), (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF)]
    while len(texts) < 5600:
        low, high = random.choice(ranges)
        texts.append("".join(chr(random.choice([random.randint(low, high), random.randint(*random.choice(ranges))])) for _ in range(random.randint(1, 7))))
    texts = list(dict.fromkeys(texts))
    assert len(texts) >= 5000
    return texts


def clip(vocab, merges):
    """A tokenizer of exactly the configuration of openai/clip-vit-base-patch32."""
    t = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<|endoftext|>", end_of_word_suffix="</w>", continuing_subword_prefix="", fuse_unk=False))
    t.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(CLIP_SPLIT), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    sot, eot = "<|startoftext|>", "<|endoftext|>"
    t.add_special_tokens([sot, eot])
    t.post_processor = processors.RobertaProcessing((eot, vocab[eot]), (sot, vocab[sot]), trim_offsets=False, add_prefix_space=False)
    t = json.loads(t.to_str())
    t["added_tokens"][0]["normalized"] = True  # as in OpenAI's file, which from_str keeps
    return Tokenizer.from_str(json.dumps(t))


def clip_vocab(merges):
    bytes_ = sorted(pre_tokenizers.ByteLevel.alphabet(), key=lambda c: (ord(c) > 255, ord(c)))
    names = bytes_ + [b + "</w>" for b in bytes_] + [a + b for a, b in merges] + ["<|startoftext|>", "<|endoftext|>"]
    return {name: i for i, name in enumerate(names)}


def real_clip(wheel):
    with zipfile.ZipFile(wheel) as z:
        lines = gzip.decompress(z.read("open_clip/bpe_simple_vocab_16e6.txt.gz")).decode().split("\n")
    merges = [tuple(line.split()) for line in lines[1:49152 - 256 - 2 + 1]]
    return clip(clip_vocab(merges), merges)


def small_clip(texts):
    t = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    t.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(CLIP_SPLIT), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=1500, end_of_word_suffix="</w>", show_progress=False))
    merges = [tuple(m) for m in json.loads(t.to_str())["model"]["merges"]]
    return clip(clip_vocab(merges), merges)


def small_siglip(texts):
    """The configuration of SigLIP's tokenizer.json: canonical text, then SentencePiece's Unigram behind its own normaliser."""
    with tempfile.TemporaryDirectory() as scratch:
        corpus, prefix = Path(scratch) / "corpus", Path(scratch) / "model"
        lines = [re.sub("[" + re.escape(string.punctuation) + "]", "", t).lower().replace("\0", "") for t in texts[:4200]]
        corpus.write_text("\n".join(line for line in lines if line.strip() and "\n" not in line))
        rules = Path(scratch) / "rules.tsv"
        rules.write_text("".join(sorted({rule(c) for c in RULED})))
        sentencepiece.SentencePieceTrainer.train(input=str(corpus), model_prefix=str(prefix), vocab_size=2000, hard_vocab_limit=False, character_coverage=0.99, model_type="unigram",
                                                 normalization_rule_tsv=str(rules), pad_id=0, eos_id=1, unk_id=2, bos_id=-1, minloglevel=2)
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString((Path(scratch) / "model.model").read_bytes())
    t = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=2))
    t.normalizer = normalizers.Sequence([
        normalizers.Lowercase(), normalizers.Replace(Regex("[" + re.escape(string.punctuation) + "]"), ""), normalizers.Replace(Regex(r"\s+"), " "),
        normalizers.Strip(), normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Replace(Regex(" {2,}"), " ")])
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    t.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    t.add_special_tokens(["<pad>", "</s>", "<unk>"])
    return t


# What SentencePiece's nmt_nfkc maps, in part: the whole is 300 kB.
RULED = ([chr(c) for c in range(0xFF01, 0xFF5F)] + list("ﬁﬀﬂ½²³™①②Ⅳ㎏㈱Å…ﷺ\u00a0\u2003\u3000\u200b\u0085\u1680\u2028\x07\x1f\x00ｶﾞ" "ºªµ¼¾℃№")
         + ["e\u0301", "u\u0308", "a\u0300", "A\u030a", "ｶ\uff9e", "は\u3099"])


def rule(text):
    """A line of SentencePiece's rules: code points, tab, code points; empty where nothing changes."""
    to = "" if text in "\x07\u200b" else " " if text in "\u0085\u1680\u2028" else unicodedata.normalize("NFKC", text)
    code = [" ".join(f"{ord(c):X}" for c in s) for s in (text, to)]
    return "" if text in ("\0", to) else f"{code[0]}\t{code[1]}\n"


def digest(ids):
    """Three bytes of the SHA-256 of the ids' decimal text: enough to see a difference, and small."""
    return base64.b64encode(hashlib.sha256(",".join(map(str, ids)).encode()).digest()[:3]).decode()


texts = strings()
OUT.mkdir(parents=True, exist_ok=True)
golden = {"texts": texts}
for name, tokenizer in (("clip", small_clip(texts)), ("siglip", small_siglip(texts))):
    tokenizer.no_padding()
    write(OUT / f"{name}.json.gz", json.loads(tokenizer.to_str()))
    golden[name] = [tokenizer.encode(t).ids for t in texts]
real = real_clip(sys.argv[1])
golden["openai"] = "".join(digest(real.encode(t).ids) for t in texts)
pocket = Tokenizer.from_file(str(ROOT / "models" / "pocket" / "tokenizer.json"))
pocket.no_truncation()
pocket.no_padding()
golden["pocket"] = "".join(digest(pocket.encode(t).ids) for t in texts)
write(OUT / "golden.json.gz", golden)
