"""What is trained: an image head on frozen features and a text head on frozen sentence vectors.

The image head is an ensemble of members that were trained apart: each has its own dimensions of the
state, so that a product with a text is the mean of what the members say. Both heads put out unit
vectors of two parts. The first CONTENT dimensions say what is seen, the last
STATE dimensions in what condition. Patches have a state only. A text has as much state as its gate
lets through: a sentence that says nothing about the condition of a thing is exactly zero there, so
a pair of such sentences gives an exactly flat defect map instead of an arbitrary one.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..paths import CONTENT, GRID, MEMBER_STATE
from .backbone import CHANNELS

HIDDEN = 128              # of a member
SIMILAR = (1, 5, 20, 40)  # how many most similar patches of the same picture are compared
NEAR = 3                  # patches this close are too alike to say anything
GATE = 384                # hidden numbers of the gate that is kept; of a member's, which is dropped, 128 are enough
STATE_SHARE = 0.8         # squared length of a text's state part when the gate is open


def unit(x, dim=1):
    """Unit vectors with plain operators: the same numbers in torch and in ONNX."""
    return x / (x.pow(2).sum(dim, keepdim=True) + 1e-12).sqrt()


def patch_features(maps):
    """[B,152,20,20]: stride 8 and stride 16, smoothed 3x3, unit each, joined and unit again."""
    def smooth(x):
        return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)

    fine, coarse = F.avg_pool2d(smooth(maps[1]), 2), smooth(maps[3])
    return torch.cat([unit(fine), unit(coarse)], 1) * 0.5**0.5


def self_similarity(features, near):
    """How unlike each patch is to its most similar far patches of the same picture: [B,4,20,20]."""
    x = features.flatten(2)
    cosine = x.transpose(1, 2) @ x + near
    top = cosine.topk(max(SIMILAR), -1).values
    channels = [1 - top[..., :k].mean(-1) for k in SIMILAR]
    y = torch.stack(channels, 1).clamp(1e-6, 1).sqrt()
    return y.reshape(-1, len(SIMILAR), GRID, GRID)


def near_mask():
    """[400,400]: -4 between patches at most NEAR apart (so that they never are the top), else 0."""
    at = torch.stack(torch.meshgrid(torch.arange(GRID), torch.arange(GRID), indexing="ij"), -1).view(-1, 2)
    return -4.0 * ((at[:, None] - at[None]).abs().amax(-1) <= NEAR).float()


class Member(nn.Module):
    """Standardised feature maps, each patch beside the mean of its picture, and the self-similarity -> states."""

    def __init__(self):
        super().__init__()
        self.levels = nn.ModuleList(nn.Conv2d(c, HIDDEN, 1) for c in CHANNELS)
        self.means = nn.ModuleList(nn.Conv2d(c, HIDDEN, 1, bias=False) for c in CHANNELS)
        self.down = nn.Conv2d(2 * HIDDEN, HIDDEN, 1)
        self.similar = nn.Conv2d(len(SIMILAR), HIDDEN, 1)
        self.mix = nn.Conv2d(HIDDEN, HIDDEN, 3, padding=1, groups=HIDDEN // 16)
        self.state = nn.Conv2d(HIDDEN, MEMBER_STATE, 1)
        deep = CHANNELS[4] + CHANNELS[5]
        self.picture_state = nn.Linear(deep + 2 * MEMBER_STATE, MEMBER_STATE)
        self.picture_content = nn.Linear(deep, CONTENT)

    def forward(self, x, means, similar):
        """(unit picture content [B,64], unit picture state [B,64], unit patch states [B,64,20,20])."""
        y = [level(a) + mean(b) for level, mean, a, b in zip(self.levels, self.means, x, means)]
        fine = F.gelu(y[0] + y[1])
        fine = self.down(torch.cat([F.avg_pool2d(fine, 2), F.max_pool2d(fine, 2)], 1))
        deep = F.interpolate(y[4] + y[5], scale_factor=2.0, mode="bilinear", align_corners=False)
        h = F.gelu(fine + y[2] + y[3] + deep + self.similar(similar))
        h = h + F.gelu(self.mix(h))
        s = self.state(h)
        deep = torch.cat([means[4], means[5]], 1).flatten(1)
        state = self.picture_state(torch.cat([deep, s.amax((2, 3)), s.mean((2, 3))], 1))
        return unit(self.picture_content(deep)), unit(state), unit(s)


class ImageHead(nn.Module):
    """Six feature maps (the first pooled to 40x40) -> (picture [B,CONTENT+S], patch states [B,S,20,20]), S = 64 a member.

    What is seen is told by the first member alone: the contents of two are no more alike than two bases.
    """

    def __init__(self, members=1):
        super().__init__()
        self.members = nn.ModuleList(Member() for _ in range(members))
        for i, c in enumerate(CHANNELS):
            self.register_buffer(f"mean{i}", torch.zeros(1, c, 1, 1))
            self.register_buffer(f"gain{i}", torch.ones(1, c, 1, 1))

    def standardise(self, i, x):
        return ((x - getattr(self, f"mean{i}")) * getattr(self, f"gain{i}")).clamp(-6, 6)

    def forward(self, maps, similar):
        x = [self.standardise(i, m) for i, m in enumerate(maps)]
        means = [y.mean((2, 3), keepdim=True) for y in x]
        similar = (similar - 0.4) * 5
        seen = [m(x, means, similar) for m in self.members]
        share = len(seen) ** -0.5
        state, patches = (torch.cat([s[i] for s in seen], 1) * share for i in (1, 2))
        return torch.cat([seen[0][0], state], 1) * 0.5**0.5, patches


class TextHead(nn.Module):
    """Sentence vectors [B,384] -> (unit text embeddings [B,CONTENT+S] for an image head of that many members, gate logits [B])."""

    def __init__(self, members=1, width=384, hidden=384, gate=128):
        super().__init__()
        state = members * MEMBER_STATE
        self.content = nn.Linear(width, CONTENT, bias=False)
        nn.init.orthogonal_(self.content.weight)  # starts as a projection: distances roughly kept
        self.state = nn.Linear(width, state)
        self.bend = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, state))
        self.gate = nn.Sequential(nn.Linear(width, gate), nn.GELU(), nn.Linear(gate, 1))

    def forward(self, x):
        z = self.gate(x * 5).squeeze(-1)
        share = STATE_SHARE * ((z + 1) * 0.5).clamp(0, 1)[..., None]  # a hard sigmoid: 0 is 0
        state = unit(self.state(x) + self.bend(x * 5), -1) * share.sqrt()
        return torch.cat([unit(self.content(x), -1) * (1 - share).sqrt(), state], -1), z
