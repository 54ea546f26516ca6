"""Join the frozen towers and the trained heads into image.onnx and text.onnx (fp32, opset 17)."""

import warnings

import torch
import torch.nn.functional as F
from torch import nn

from ..heads.backbone import Backbone
from ..heads.networks import GATE, ImageHead, TextHead, near_mask, patch_features, self_similarity
from ..language.minilm import MiniLM
from ..paths import CONTENT, MEMBERS, SIZE
from .joined import joined

OPSET = 17


class ImageGraph(nn.Module):
    """image [B,3,320,320] -> embedding [B,256], patch_embeddings [B,400,256], patch_features [B,400,152], to which
    reference_features.py adds the state."""

    def __init__(self, head):
        super().__init__()
        self.backbone, self.head = Backbone(), joined(head)
        self.register_buffer("near", near_mask())

    def forward(self, image):
        maps = self.backbone(image)
        features = patch_features(maps)
        maps[0] = F.avg_pool2d(maps[0], 2)
        embedding, patches = self.head(maps, self_similarity(features, self.near))
        patches = patches.flatten(2).transpose(1, 2)
        nothing = torch.zeros_like(patches[..., :CONTENT])
        return embedding, torch.cat([nothing, patches], -1), features.flatten(2).transpose(1, 2)


class TextGraph(nn.Module):
    """input_ids, attention_mask, int64 [B,T] -> embedding [B,256]."""

    def __init__(self, head, kept):
        super().__init__()
        self.tower, self.head = MiniLM(kept), head

    def forward(self, input_ids, attention_mask):
        return self.head(self.tower(input_ids, attention_mask))[0]


def image_head(paths):
    """The image head of its members' checkpoints, ready to be exported."""
    states, whole = [torch.load(p, weights_only=True)["image"] for p in paths], {}
    for i, state in enumerate(states):
        whole |= {k.replace("members.0.", f"members.{i}."): v for k, v in state.items()}
    head = ImageHead(len(states))
    head.load_state_dict(whole)
    return head.eval()


def text_head(path):
    """The text head of a checkpoint, ready to be exported."""
    head = TextHead(len(MEMBERS), gate=GATE)
    head.load_state_dict(torch.load(path, weights_only=True)["text"])
    return head.eval()


def _export(graph, example, file, inputs, outputs, axes):
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    file.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(graph.eval(), example, str(file), input_names=inputs, output_names=outputs,
                          dynamic_axes=axes, opset_version=OPSET, dynamo=False)


def image(head, folder):
    """Write folder/image.fp32.onnx."""
    outputs = ["embedding", "patch_embeddings", "patch_features"]
    _export(ImageGraph(head), (torch.zeros(2, 3, SIZE, SIZE),), folder / "image.fp32.onnx", ["image"], outputs,
            {n: {0: "batch"} for n in ["image", *outputs]})


def text(head, kept, folder):
    """Write folder/text.fp32.onnx."""
    ids, tokens = torch.ones(2, 7, dtype=torch.int64), {0: "batch", 1: "tokens"}
    _export(TextGraph(head, kept), (ids, ids), folder / "text.fp32.onnx", ["input_ids", "attention_mask"], ["embedding"],
            {"input_ids": tokens, "attention_mask": tokens, "embedding": {0: "batch"}})
