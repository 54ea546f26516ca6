"""The members of an ensemble as one network for the graph: the same sums in a third of the nodes.

Members read the same maps, so their convolutions stand side by side in one; convolutions whose
results are added become one over the joined maps; and what comes of a picture's means is added once.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..heads.backbone import CHANNELS
from ..heads.networks import SIMILAR, unit
from ..paths import GRID, MEMBER_STATE

FINE, MIDDLE, DEEP = (0, 1), (2, 3), (4, 5)  # feature maps of one size


def side_by_side(convs, groups=1):
    """Convolutions as one: on the same maps, or each on its own in as many more groups."""
    weight, first = torch.cat([c.weight for c in convs]), convs[0]
    one = nn.Conv2d(weight.shape[1] * groups, len(weight), first.kernel_size, padding=first.padding, groups=groups,
                    bias=first.bias is not None)
    one.weight.data = weight.data
    if first.bias is not None:
        one.bias.data = torch.cat([c.bias for c in convs]).data
    return one


def summed(convs):
    """1x1 convolutions whose results are added, as one over the joined maps."""
    weight = torch.cat([c.weight for c in convs], 1)
    one = nn.Conv2d(weight.shape[1], len(weight), 1, bias=convs[0].bias is not None)
    one.weight.data = weight.data
    if one.bias is not None:
        one.bias.data = sum(c.bias for c in convs).data
    return one


def split(conv):
    """A 1x1 convolution of two joined maps, as one of each."""
    half = conv.in_channels // 2
    parts = [nn.Conv2d(half, conv.out_channels, 1, bias=i == 0) for i in (0, 1)]
    for part, weight in zip(parts, conv.weight.data.split(half, 1)):
        part.weight.data = weight
    parts[0].bias.data = conv.bias.data
    return parts


class Joined(nn.Module):
    """What an ImageHead of these weights does."""

    def __init__(self, head):
        super().__init__()
        members = head.members
        self.count = n = len(members)

        def levels(kind, which):
            return summed([side_by_side([getattr(m, kind)[i] for m in members]) for i in which])

        for name, which in (("fine", FINE), ("middle", MIDDLE), ("deep", DEEP)):
            setattr(self, name, levels("levels", which))
            for part in ("mean", "gain"):
                self.register_buffer(f"{name}_{part}", torch.cat([getattr(head, f"{part}{i}") for i in which], 1))
        self.fine_means, self.means = levels("means", FINE), levels("means", MIDDLE + DEEP)
        self.average, self.highest = (side_by_side(c, n) for c in zip(*(split(m.down) for m in members)))
        self.similar = side_by_side([m.similar for m in members])
        self.mix = side_by_side([m.mix for m in members], n * members[0].mix.groups)
        self.state = side_by_side([m.state for m in members], n)
        self.picture_states = nn.ModuleList(m.picture_state for m in members)
        self.picture_content = members[0].picture_content

    def standardise(self, name, maps):
        return ((torch.cat(maps, 1) - getattr(self, f"{name}_mean")) * getattr(self, f"{name}_gain")).clamp(-6, 6)

    def forward(self, maps, similar):
        fine, middle, deep = (self.standardise(name, [maps[i] for i in which])
                              for name, which in (("fine", FINE), ("middle", MIDDLE), ("deep", DEEP)))
        means = [x.mean((2, 3), keepdim=True) for x in (fine, middle, deep)]
        y = F.gelu(self.fine(fine) + self.fine_means(means[0]))
        y = self.average(F.avg_pool2d(y, 2)) + self.highest(F.max_pool2d(y, 2))
        up = F.interpolate(self.deep(deep), scale_factor=2.0, mode="bilinear", align_corners=False)
        h = F.gelu(y + self.middle(middle) + up + self.similar((similar - 0.4) * 5) + self.means(torch.cat(means[1:], 1)))
        h = h + F.gelu(self.mix(h))
        s = self.state(h)
        share = self.count ** -0.5
        apart = s.reshape(-1, self.count, MEMBER_STATE, GRID, GRID)
        patches = unit(apart, 2).reshape(-1, self.count * MEMBER_STATE, GRID, GRID) * share
        top, mean, seen = s.amax((2, 3)), s.mean((2, 3)), means[2].flatten(1)
        states = [unit(picture(torch.cat([seen, a, b], 1)))
                  for picture, a, b in zip(self.picture_states, top.split(MEMBER_STATE, 1), mean.split(MEMBER_STATE, 1))]
        state = torch.cat(states, 1) * share
        return torch.cat([unit(self.picture_content(seen)), state], 1) * 0.5**0.5, patches


@torch.no_grad()
def joined(head):
    """The head as one network, after both said the same of noise."""
    one = Joined(head).eval()
    maps = [torch.randn(2, c, side, side) for c, side in zip(CHANNELS, (2 * GRID, 2 * GRID, GRID, GRID, GRID // 2, GRID // 2))]
    similar = torch.rand(2, len(SIMILAR), GRID, GRID)
    for a, b in zip(head(maps, similar), one(maps, similar)):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-5)
    return one
