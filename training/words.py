"""Prompt sets as measure.py needs them: what the text graph says of them, in Python alone."""

import numpy as np
import yaml

from .inference import session, tokens
from .language.captions import KINDS, article
from .paths import ROOT

# The defaults of prompts/set.go and prompts/templates.go.
PRISTINE = ["{}", "flawless {}", "perfect {}", "unblemished {}", "{} without flaw", "{} without defect",
            "{} without damage"]
TEMPLATES = [t.replace("%", the) for the in ("a", "the") for t in (
    "a photo of % {}", "a cropped photo of % {}", "a close-up photo of % {}", "a bright photo of % {}",
    "a dark photo of % {}", "a blurry photo of % {}", "a jpeg corrupted photo of % {}", "a photo of % small {}",
    "a photo of % large {}", "a photo of % {} for visual inspection", "a photo of % {} for anomaly detection")]
GENERIC = ["damaged {}", "broken {}", "{} with a defect", "{} with a flaw", "{} with damage"]
TEXT_WEIGHT = "auto"


class Text:
    def __init__(self, bundle):
        self.session, self.tokenizer = session(bundle / "text.onnx"), bundle / "tokenizer.json"

    def prototype(self, states, thing, templates):
        texts = [article(t.format(s.replace("{}", thing))) for s in states for t in templates]
        rows = [self.session.run(None, tokens(self.tokenizer, [t]))[0][0] for t in texts]
        mean = np.mean(rows, 0)
        return mean / np.linalg.norm(mean)


def said(kind):
    """States of a kind of defect, in the words of captions."""
    nouns, adjectives = KINDS[kind]
    return [f"{a} {{}}" for a in adjectives[:2]] + [f"{{}} with {n}" for n in nouns[:3]]


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
