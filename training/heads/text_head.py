"""Train the text head anew on a finished image graph: python -m training.heads.text_head [--steps N] [--seed N] [--out FILE].
Before that: python -m training.heads.text_head FIRST LAST --look IMAGE.ONNX (shard numbers, LAST excluded).

The image head learned beside a text head on plain pictures. Here the image graph stays as it is, in 8 bits, and says of
plain and of wide pictures (families.py) what it sees; only the texts move. What is new beside train.py: the right name of a
defect must separate twins further than general words, and those further than a wrong name; and the gate hears more sentences
(gate_sentences.py).
"""

import argparse
import pickle
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
import torch.optim.swa_utils as swa

from ..inference import normalise, session
from ..language import captions, gate_sentences, sentences
from ..paths import CACHE, CONTENT, GRID, MEMBERS, STATE
from ..render import shards
from . import features, train
from .data import Data
from .networks import GATE, TextHead

STEPS = 900
SHARDS = shards.WIDE - 1  # of each sort; the last wide one is for checking
HEARD = 160, 96  # sentences that the gate hears more in a step: about other things, about conditions
MARGIN = 1.0      # logits between right, general and wrong words
WEIGHTS = train.WEIGHTS | {"type": 0.15, "kind": 0.8, "gate": 0.7, "heard": 0.7}


def path(number, wide):
    return CACHE / f"seen-{'wide' if wide else 'plain'}{number}.pickle"


def both(number):
    """The later made of the two files of a number."""
    return path(number, wide=True)


def look(first, last, image):
    """What an image graph says of the shards of both sorts, on disk."""
    graph = session(image, threads=1)
    for n, wide in ((n, wide) for n in range(first, last) for wide in (False, True)):
        if path(n, wide).exists():
            continue
        pictures, masks, harmless, notes = pickle.loads(shards.path(n, wide).read_bytes())
        seen = [graph.run(["embedding", "patch_embeddings"], {"image": normalise(p)[None]}) for p in pictures]
        states = [p[0, :, CONTENT:].T.reshape(STATE, GRID, GRID).astype(np.float16) for _, p in seen]
        doc = {"embedding": np.concatenate([e for e, _ in seen]), "states": np.stack(states), "notes": notes,
               "mask": features.on_grid(masks), "harmless": features.on_grid(harmless)[0]}
        part = path(n, wide).with_suffix(".part")
        part.write_bytes(pickle.dumps(doc, protocol=5))
        part.rename(path(n, wide))
        print(f"seen {n}", flush=True)


class Seen(Data):
    """The shards in memory, as train.losses takes them: an "image head" only hands them on."""

    def __init__(self, files):
        docs = [pickle.loads(f.read_bytes()) for f in files]
        self.embedding = torch.from_numpy(np.concatenate([d["embedding"] for d in docs]))
        self.states = np.concatenate([d["states"] for d in docs])
        self.mean, self.maximum = (np.concatenate([d["mask"][i] for d in docs]) for i in (0, 1))
        self.harmless = np.concatenate([d["harmless"] for d in docs])
        self.notes = [n for d in docs for n in d["notes"]]

    def rows(self, rows):
        return [self.states[rows]]

    def batch(self, pairs, turn):
        maps, *rest = super().batch(pairs, turn)
        rows = np.stack([2 * pairs, 2 * pairs + 1], 1).flatten()
        return [self.embedding[rows], *[None] * 5, *maps], *rest


class HandOn(torch.nn.Module):
    def forward(self, maps, states):
        return maps[0], states


def types(text, scale, data, sentences, pairs, r):
    """The right name of a defect must part twins further than general words do, and a wrong name less far.

    General words stay where the other losses put them: they are what both names are held against.
    """
    notes = [data.notes[i] for i in pairs]
    maps, *_ = data.batch(pairs, r.randrange(8))
    picture, patches = maps[0], maps[6]
    said = [r.choice(captions.named(name, defect)) for name, defect, _ in notes]
    said += [r.choice(captions.named(name, r.choice(captions.wrong([defect])))) for name, defect, _ in notes]
    said += [r.choice(captions.bad(name)) for name, _, _ in notes] + [r.choice(captions.good(name)) for name, _, _ in notes]
    *bad, good = text(sentences(said))[0].view(4, len(notes), -1)

    def apart(axis):
        axis = axis.repeat_interleave(2, 0)
        logit = torch.einsum("bdhw,bd->bhw", patches, axis[:, CONTENT:]).flatten(1)
        score = (logit.topk(train.TOP, 1).values.mean(1) + (picture * axis).sum(1)) * scale.exp()
        return score[1::2] - score[::2]

    right, wrong, general = (apart(b - good) for b in bad)
    return (F.softplus(MARGIN + general.detach() - right) + F.softplus(MARGIN + wrong - general.detach())).mean()


def gate(text, heard):
    """Shut to sentences about other things, open to those about conditions."""
    rows = [vectors[torch.randint(len(vectors), (n,))] for vectors, n in zip(heard, HEARD)]
    sign = torch.cat([torch.full((n,), s) for n, s in zip(HEARD, (-1.0, 1.0))])
    return train.gate_loss(text(torch.cat(rows))[1], sign)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--steps", type=int, default=STEPS)
    a.add_argument("--seed", type=int, default=0)
    a.add_argument("--out", default=str(CACHE / "text.pt"))
    o = a.parse_args()
    data = Seen([path(n, wide) for wide in (True, False) for n in range(SHARDS)])
    fit(data, Seen([path(SHARDS, wide=True)]), sentences.load(), gate_sentences.load(), o)


def fit(data, held, said, heard, o):
    torch.manual_seed(o.seed)
    np.random.seed(o.seed)
    r = random.Random(o.seed)
    image, text, scale = HandOn(), TextHead(len(MEMBERS), gate=GATE), torch.nn.Parameter(torch.tensor(2.5))
    parameters = [*text.parameters(), scale]
    kept = swa.AveragedModel(text, multi_avg_fn=swa.get_ema_multi_avg_fn(train.AVERAGE))
    optimiser = torch.optim.AdamW(parameters, train.RATE, weight_decay=train.DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, train.RATE, total_steps=o.steps, pct_start=0.1)
    start, seen = time.time(), []
    for step in range(1, o.steps + 1):
        parts, extra = train.losses(image, text, scale, data, said, np.random.choice(len(data.notes), train.PAIRS, replace=False), r)
        parts["type"] = types(text, scale, data, said, np.random.choice(len(data.notes), train.PAIRS, replace=False), r)
        parts["heard"] = gate(text, heard)
        optimiser.zero_grad()
        sum(WEIGHTS[k] * v for k, v in parts.items()).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()
        kept.update_parameters(text)
        seen.append({k: float(v) for k, v in (parts | extra).items()})
        if step % 100 == 0 or step == o.steps:
            mean = {k: round(float(np.mean([s[k] for s in seen[-100:]])), 3) for k in seen[-1]}
            print(f"step {step} {time.time() - start:.0f}s scale {scale.exp():.1f} {mean}", flush=True)
    print("held out:", {k: round(v, 1) for k, v in train.check(image, kept.module, held, said).items()}, flush=True)
    torch.save({"text": kept.module.state_dict(), "scale": float(scale.exp())}, o.out)


if __name__ == "__main__":
    if sys.argv[3:4] == ["--look"]:
        look(int(sys.argv[1]), int(sys.argv[2]), sys.argv[4])
    else:
        main()
