"""Train a member of the image head, and a text head for it: python -m training.heads.train [--steps N] [--member N] [--out FILE].

A batch is whole twins, so that for every spoiled picture its own good self is in the batch: what
separates them is the defect and nothing else. Members differ in their seed and in what they draw from
(paths.py); their text heads are dropped, text_head.py makes one for all.
"""

import argparse
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
import torch.optim.swa_utils as swa

from ..language import captions, sentences
from ..paths import CACHE, CONTENT, MEMBERS
from ..render import shards
from .data import Data, standardise
from .networks import ImageHead, TextHead

PAIRS = 24                       # twins a batch
RATE, DECAY = 2e-3, 0.02
AVERAGE = 0.99                   # of the weights over the steps: what is kept is steadier than the last step
TOP = 8                          # patches that stand for a picture while training
WEIGHTS = {"patch": 1.0, "dice": 0.7, "top": 0.5, "twin": 0.5, "kind": 0.4, "caption": 0.3, "picture": 0.5,
           "same": 0.5, "gate": 0.5, "geometry": 2.0, "flat": 1.0}


def caption_plan(r, notes, rare):
    """For each pair: the good text, a bad text for the good–bad axis, captions of both twins."""
    plan = []
    for name, defect, _ in notes:
        said = name if r.random() < 0.6 else r.choice(captions.ALL_NAMES)
        if said in captions.NAMES and r.random() < 0.5:
            bad = r.choice(captions.named(said, defect))
        elif r.random() < 0.1:
            bad = r.choice(rare[said])
        else:
            bad = r.choice(captions.bad(said))
        right = r.choice(captions.named(name, defect)) if r.random() < 0.7 else r.choice(captions.bad(name))
        plan.append((r.choice(captions.good(said)), bad, r.choice(captions.good(name)), right))
    return [list(column) for column in zip(*plan)]


def losses(image, text, scale, data, sentences, pairs, r):
    notes = [data.notes[i] for i in pairs]
    maps, target, doubt, harmless = data.batch(pairs, r.randrange(8))
    picture, patches = image(maps[:6], maps[6])
    n, out = len(pairs), {}
    truth = torch.zeros(2 * n, *target.shape[1:])
    truth[1::2] = target
    spoiled = torch.tensor([0.0, 1.0] * n)

    goods, bads, good_captions, bad_captions = caption_plan(r, notes, sentences.rare)
    t, _ = text(sentences(goods + bads + good_captions + bad_captions))
    tg, tb, cg, cb = t.split(n)
    axis = (tb - tg)[:, CONTENT:].repeat_interleave(2, 0)
    logit = torch.einsum("bdhw,bd->bhw", patches, axis) * scale.exp()
    weight = torch.ones_like(truth)
    weight[1::2] -= 0.6 * doubt.float()
    bce = F.binary_cross_entropy_with_logits(logit, truth, reduction="none") * weight
    out["patch"] = bce.mean() * 2 + (bce * truth).sum() / truth.sum().clamp_min(1) * 0.4
    p, y = logit.sigmoid()[1::2], target
    dice = 1 - (2 * (p * y).sum((1, 2)) + 1) / (p.sum((1, 2)) + y.sum((1, 2)) + 1)
    out["dice"] = dice.mean()
    top = logit.flatten(1).topk(TOP, 1).values.mean(1)
    out["top"] = F.binary_cross_entropy_with_logits(top, spoiled)
    out["twin"] = F.softplus(1 - (top[1::2] - top[::2])).mean()

    # Which defect, or which harmless thing, or nothing: the state of the marked patches against texts.
    labels, pooled, names = [], [], []
    for j, (name, defect, alike) in enumerate(notes):
        pooled.append((patches[2 * j + 1] * (target[j] + 1e-4)).sum((1, 2)))
        labels.append(captions.CLASSES.index(defect))
        names.append(name)
        if alike and harmless[j].max() > 0.2:
            pooled.append((patches[2 * j] * harmless[j]).sum((1, 2)))
            labels.append(captions.CLASSES.index(alike))
            names.append(name)
    choices = [r.choice(captions.named(m, k)) for m in names for k in captions.CLASSES]
    choices += [r.choice(captions.good(m)) for m in names]
    c, _ = text(sentences(choices))
    k = len(captions.CLASSES)
    c = torch.cat([c[: len(names) * k].view(len(names), k, -1), c[len(names) * k :, None]], 1)[..., CONTENT:]
    pooled = F.normalize(torch.stack(pooled), dim=1)
    kind_logit = torch.einsum("bd,bkd->bk", pooled, c) * 14
    out["kind"] = F.cross_entropy(kind_logit, torch.tensor(labels))

    # Pictures and their captions, good and bad twins in one batch.
    caption = torch.stack([cg, cb], 1).flatten(0, 1)
    match = picture @ caption.T * 14
    here = torch.arange(2 * n)
    out["caption"] = (F.cross_entropy(match, here) + F.cross_entropy(match.T, here)) / 2
    axis = (tb - tg).repeat_interleave(2, 0)
    out["picture"] = F.binary_cross_entropy_with_logits((picture * axis).sum(1) * scale.exp() * 2, spoiled)
    out["same"] = (1 - 2 * (picture[::2, :CONTENT] * picture[1::2, :CONTENT]).sum(1)).mean()

    # The gate, and the geometry of what texts are about.
    off = sentences.off[torch.randint(len(sentences.off), (320,))]
    plain = sentences([r.choice(captions.neutral(r.choice(captions.ALL_NAMES))) for _ in range(40)])
    stated = sentences([r.choice(captions.good(m) + captions.bad(m) + sentences.other[m] + sentences.rare[m])
                        for m in r.choices(captions.ALL_NAMES, k=160)])
    every = torch.cat([off, plain, stated])
    e, gate = text(every)
    sign = torch.cat([-torch.ones(len(off) + len(plain)), torch.ones(len(stated))])
    out["gate"] = gate_loss(gate, sign)
    content = F.normalize(e[:, :CONTENT], dim=1)
    out["geometry"] = ((content @ content.T) - (every @ every.T)).pow(2).mean()
    # What pictures hold must not lean to either of two off-domain texts when they are spoiled.
    leaning = (picture[1::2, :CONTENT] - picture[::2, :CONTENT]) @ content[: len(off)].T
    out["flat"] = leaning.pow(2).mean() * 100
    accuracy = (kind_logit.argmax(1) == torch.tensor(labels)).float().mean()
    return out, {"kind accuracy": accuracy, "gate accuracy": ((gate > 0) == (sign > 0)).float().mean()}


def gate_loss(gate, sign):
    """A margin: shut (-1) and open (1) both well beyond the ramp."""
    return F.softplus((2.5 - sign * gate) * 2).mean() / 2


def auroc(truth, score):
    from sklearn.metrics import roc_auc_score
    return 100 * roc_auc_score(truth, score)


@torch.no_grad()
def check(image, text, data, sentences):
    """AUROC of patches and of pictures on the shard that was held out."""
    image.eval()
    tops, picture_scores, cells, cover = [], [], [], []
    for at in range(0, len(data.notes), 25):
        pairs = np.arange(at, min(at + 25, len(data.notes)))
        maps, target, _, _ = data.batch(pairs, 0)
        picture, patches = image(maps[:6], maps[6])
        axis = torch.stack([text(sentences(captions.bad(data.notes[i][0])))[0].mean(0)
                            - text(sentences(captions.good(data.notes[i][0])))[0].mean(0) for i in pairs])
        axis = axis.repeat_interleave(2, 0)
        m = torch.einsum("bdhw,bd->bhw", patches, axis[:, CONTENT:])
        tops.append(m.flatten(1).topk(4, 1).values.mean(1))
        picture_scores.append((picture * axis).sum(1))
        cells.append(m[1::2].flatten())
        cover.append((target > 0.5).flatten())
    truth = np.array([0, 1] * len(data.notes))
    image.train()
    return {"patches": auroc(torch.cat(cover), torch.cat(cells)), "map": auroc(truth, torch.cat(tops)),
            "picture": auroc(truth, torch.cat(picture_scores))}


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("--steps", type=int, default=900)
    a.add_argument("--member", type=int, default=0, help="which of MEMBERS; also its seed")
    a.add_argument("--out", default=str(CACHE / "member.pt"))
    o = a.parse_args()
    torch.manual_seed(o.member)
    np.random.seed(o.member)
    r, said = random.Random(o.member), sentences.load()
    plain, wide = ([(n, w) for n in range(count)] for count, w in ((shards.SHARDS, False), (shards.WIDE, True)))
    # The last shard of each sort is kept for checking.
    both = Data(plain[:-1] + wide[:-1])
    data, held = both if MEMBERS[o.member] else Data(plain[:-1]), Data(plain[-1:])
    image, text = ImageHead(), TextHead()
    standardise(image, both)  # for all members alike: they share it in the graph
    scale = torch.nn.Parameter(torch.tensor(2.5))
    parameters = [*image.parameters(), *text.parameters(), scale]
    kept_weights = [swa.AveragedModel(m, multi_avg_fn=swa.get_ema_multi_avg_fn(AVERAGE)) for m in (image, text)]
    optimiser = torch.optim.AdamW(parameters, RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=o.steps, pct_start=0.1)
    start, seen = time.time(), []
    for step in range(1, o.steps + 1):
        pairs = np.random.choice(len(data.notes), PAIRS, replace=False)
        parts, extra = losses(image, text, scale, data, said, pairs, r)
        loss = sum(WEIGHTS[k] * v for k, v in parts.items())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()
        for average, module in zip(kept_weights, (image, text)):
            average.update_parameters(module)
        seen.append({k: float(v) for k, v in (parts | extra).items()})
        if step % 50 == 0 or step == o.steps:
            mean = {k: round(float(np.mean([s[k] for s in seen[-50:]])), 3) for k in seen[-1]}
            print(f"step {step} {time.time() - start:.0f}s scale {scale.exp():.1f} {mean}", flush=True)
        if step % 300 == 0 or step == o.steps:
            best = [average.module for average in kept_weights]
            print("held out:", {k: round(v, 1) for k, v in check(*best, held, said).items()}, flush=True)
            torch.save({"image": best[0].state_dict(), "text": best[1].state_dict(), "scale": float(scale.exp())}, o.out)


if __name__ == "__main__":
    main()
