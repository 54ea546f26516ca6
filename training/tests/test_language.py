"""Sentences are the same for the same seed, balanced, and none that are measured with; the vocabulary splits words as Go does."""

import base64
import gzip
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import unittest
from collections import Counter
from functools import cache

from training import paths
from training.language import captions, gate, judging, neutral
from training.render import families

from .source import ROOT, TRAINING

MANY = 4000


@cache
def said(seed):
    """All kinds of generated sentences, by generator."""
    r = random.Random(seed)
    made = {g.__name__: [g(r) for _ in range(MANY)] for g in (gate.made_up, gate.plain, gate.stated)}
    made["neutral"], made["judging"] = ([m.sentence(r) for _ in range(MANY)] for m in (neutral, judging))
    made["pairs"] = [t for m in (neutral, judging) for _ in range(MANY) for t in m.pair(r)]
    made["other"] = [gate.other(r, s) for s in made["neutral"]]
    return made


def digest(seed):
    return hashlib.sha256(json.dumps(said(seed)).encode()).hexdigest()


class Generators(unittest.TestCase):
    def test_the_same_seed_says_the_same_in_every_process(self):
        code = "from training.tests.test_language import digest; print(digest(1))"
        for seed in ("1", "2"):
            env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
            out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout
            self.assertEqual(out.strip(), digest(1))
        self.assertNotEqual(digest(1), digest(2))

    def test_sentences_are_many_and_well_formed(self):
        for generator, texts in said(1).items():
            self.assertGreater(len(set(texts)), 0.4 * MANY, generator)
            for text in texts:
                self.assertTrue(text.strip(), generator)
                self.assertIsNone(re.search(r"[{}|\n]", text), f"{generator}: {text}")  # what is left of a template or a list
        for generator in ("other", "stated"):
            for text in said(1)[generator]:
                self.assertEqual(text, captions.article(text), "a and an fit the word that follows")

    def test_good_and_bad_conditions_are_balanced(self):
        """A half each, although there are more words for bad ones."""
        self.assertFalse(set(gate.GOOD) & set(gate.BAD))
        texts = said(1)["stated"]
        words = {w: re.compile(r"\b(" + "|".join(map(re.escape, sorted(v, key=len, reverse=True))) + r")\b") for w, v in (("good", gate.GOOD), ("bad", gate.BAD))}
        only = Counter(next(iter(hit)) for t in texts if len(hit := {w for w, p in words.items() if p.search(t)}) == 1)
        self.assertGreater(sum(only.values()), MANY / 2)
        self.assertAlmostEqual(only["good"] / sum(only.values()), 0.5, delta=0.1)

    def test_none_is_measured_with(self):
        measured = set(re.split(r" \| |\n", (TRAINING / "offdomain.txt").read_text().strip()))
        self.assertEqual(len(measured), 100)
        made = {t for texts in said(1).values() for t in texts}
        made |= {t for n in captions.ALL_NAMES for t in (*captions.good(n), *captions.bad(n), *captions.neutral(n))}
        self.assertFalse(measured & made)


class Captions(unittest.TestCase):
    def test_each_name_is_said_to_be_good_and_bad_as_often(self):
        self.assertAlmostEqual(len(captions.GOOD), len(captions.BAD), delta=2)
        for name in captions.ALL_NAMES:
            good, bad = captions.good(name), captions.bad(name)
            self.assertFalse(set(good) & set(bad), name)
            self.assertEqual((len(set(good)), len(set(bad))), (len(captions.GOOD), len(captions.BAD)), name)

    def test_each_drawn_defect_has_words(self):
        from training.render import defects, lookalikes
        self.assertEqual(set(captions.KINDS), set(defects.DEFECTS))
        self.assertEqual(set(captions.ALIKE), set(lookalikes.LOOKALIKES))
        self.assertLessEqual(set(families.NAMES), set(captions.ALL_NAMES))

    def test_words_of_neighbours_are_not_wrong(self):
        for kind in captions.KINDS:
            wrong = captions.wrong([kind])
            self.assertTrue(wrong, kind)
            self.assertNotIn(kind, wrong)
            for row in captions.NEIGHBOURS:
                if kind in row:
                    self.assertFalse(row & set(wrong), kind)

    def test_article(self):
        for text, want in {"a old part": "an old part", "an part with a edge": "a part with an edge", "a": "a", "an Egg": "an Egg"}.items():
            self.assertEqual(captions.article(text), want)


class Vocabulary(unittest.TestCase):
    """The trimmed tokenizer of the bundle; pieces as WordPiece has them, longest first."""

    @classmethod
    def setUpClass(cls):
        cls.spec = json.loads((paths.BUNDLE / "tokenizer.json").read_text())
        cls.ids = cls.spec["model"]["vocab"]

    def pieces(self, word):
        if len(word) > self.spec["model"]["max_input_chars_per_word"]:
            return ["[UNK]"]
        found, at = [], 0
        while at < len(word):
            mark = "##" if at else ""
            end = next((e for e in range(len(word), at, -1) if mark + word[at:e] in self.ids), None)
            if end is None:
                return ["[UNK]"]
            found.append(mark + word[at:end])
            at = end
        return found

    def encode(self, text):
        """Ids of an ASCII text, which needs none of BERT's rules for other alphabets."""
        text = "".join(c if c.isprintable() else " " if c in "\t\n\r" else "" for c in text).lower()
        words = re.findall(r"[A-Za-z0-9]+|[^A-Za-z0-9\s]", text)
        return [self.ids[t] for t in ("[CLS]", *(p for w in words for p in self.pieces(w)), "[SEP]")]

    def test_ids_have_no_gaps(self):
        self.assertEqual(sorted(self.ids.values()), list(range(len(self.ids))))
        self.assertEqual([self.ids[t] for t in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")], [0, 1, 2, 3, 4])
        self.assertTrue(all(t["content"] in self.ids and self.ids[t["content"]] == t["id"] for t in self.spec["added_tokens"]))

    def test_every_caption_has_pieces(self):
        unknown = self.ids["[UNK]"]
        for name in captions.ALL_NAMES:
            for text in (*captions.good(name), *captions.bad(name), *(t for k in captions.CLASSES for t in captions.named(name, k))):
                self.assertNotIn(unknown, self.encode(text), text)

    def test_pieces_are_those_of_the_agent(self):
        """The golden file of infer/tokenizer has three bytes of the SHA-256 of each text's ids, four characters in base64."""
        golden = json.loads(gzip.decompress((ROOT / "infer/tokenizer/testdata/golden.json.gz").read_bytes()))
        special = re.compile(r"\[(PAD|UNK|CLS|SEP|MASK)\]")
        compared = 0
        for i, text in enumerate(golden["texts"]):
            if not text.isascii() or special.search(text):
                continue
            ids = ",".join(map(str, self.encode(text)))
            self.assertEqual(base64.b64encode(hashlib.sha256(ids.encode()).digest()[:3]).decode(), golden["pocket"][4 * i : 4 * i + 4], repr(text))
            compared += 1
        self.assertGreater(compared, 700)


if __name__ == "__main__":
    unittest.main()
