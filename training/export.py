"""Join the frozen towers and the trained heads into image.onnx and text.onnx (fp32, opset 17)."""

import warnings

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import nn

from .backbone import CHANNELS, Backbone
from .heads import ImageHead, TextHead, near_mask, patch_features, self_similarity
from .minilm import MiniLM
from .paths import CONTENT, SIZE, STATE, STATE_WEIGHT

OPSET = 17


class ImageGraph(nn.Module):
    """image [B,3,320,320] -> embedding [B,256], patch_embeddings [B,400,256], patch_features [B,400,152];
    add_state makes them [B,400,344]."""

    def __init__(self, head):
        super().__init__()
        self.backbone, self.head = Backbone(), head
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


def add_state(path):
    """Join the patches' states to the patch features of a finished image graph, and make them unit again.

    Distances to good pictures then tell what is unlike them in look or in condition. On lots of families that nothing
    was trained on, references alone gain more from this than from the text (the table in models/pocket/README.md).
    """
    model = onnx.load(str(path))
    graph = model.graph
    for node in graph.node:
        node.output[:] = ["look" if o == "patch_features" else o for o in node.output]
        node.input[:] = ["look" if i == "patch_features" else i for i in node.input]
    share = 1 / (1 + STATE_WEIGHT**2)  # of the squared length that is left to the look

    def constant(name, value):
        graph.initializer.append(onnx.numpy_helper.from_array(np.array(value), name))
        return name

    graph.node.extend([
        onnx.helper.make_node("Slice", ["patch_embeddings", constant("state_from", np.int64([CONTENT])),
                                        constant("state_to", np.int64([CONTENT + STATE])), constant("state_axis", np.int64([2]))],
                              ["patch_state"]),
        onnx.helper.make_node("Mul", ["patch_state", constant("state_gain", np.float32((1 - share) ** 0.5))], ["state_part"]),
        onnx.helper.make_node("Mul", ["look", constant("look_gain", np.float32(share**0.5))], ["look_part"]),
        onnx.helper.make_node("Concat", ["look_part", "state_part"], ["patch_features"], axis=2)])
    for output in graph.output:
        if output.name == "patch_features":
            output.type.tensor_type.shape.dim[2].dim_value = CHANNELS[1] + CHANNELS[3] + STATE
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def load_heads(path):
    """Both heads of a checkpoint, ready to be exported."""
    image, text, saved = ImageHead(), TextHead(), torch.load(path, weights_only=True)
    image.load_state_dict(saved["image"])
    text.load_state_dict(saved["text"])
    return image.eval(), text.eval()


def export(image_head, text_head, kept, folder):
    """Write folder/image.fp32.onnx and folder/text.fp32.onnx."""
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    folder.mkdir(parents=True, exist_ok=True)
    outputs = ["embedding", "patch_embeddings", "patch_features"]
    with torch.no_grad():
        torch.onnx.export(ImageGraph(image_head).eval(), (torch.zeros(2, 3, SIZE, SIZE),),
                          str(folder / "image.fp32.onnx"), input_names=["image"], output_names=outputs,
                          dynamic_axes={n: {0: "batch"} for n in ["image", *outputs]},
                          opset_version=OPSET, dynamo=False)
        ids = torch.ones(2, 7, dtype=torch.int64)
        torch.onnx.export(TextGraph(text_head, kept).eval(), (ids, ids),
                          str(folder / "text.fp32.onnx"), input_names=["input_ids", "attention_mask"],
                          output_names=["embedding"], opset_version=OPSET, dynamo=False,
                          dynamic_axes={"input_ids": {0: "batch", 1: "tokens"},
                                        "attention_mask": {0: "batch", 1: "tokens"}, "embedding": {0: "batch"}})
