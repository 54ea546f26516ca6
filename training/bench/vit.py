"""Writes a bundle whose picture encoder has the shape of CLIP's ViT-B/32, with seeded random weights, for
`make bench BENCH_MODEL=vit-b32`: python vit.py DIR POCKET. It costs what a trained one costs, and sees nothing.

The graph is what torch.onnx.export makes of transformers' CLIPVisionModelWithProjection, in float32: 12 layers of
width 768 with 12 heads, quick GELU, patches of 32 pixels of 224. Its patch features are the unit tokens. The
projection has as many numbers as the texts of POCKET, the built-in bundle, whose text encoder the bundle has.
"""

import hashlib
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper, numpy_helper

WIDTH, HEADS, LAYERS, MLP, SIZE, PATCH = 768, 12, 12, 3072, 224, 32
TOKENS = (SIZE // PATCH) ** 2 + 1
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]


class Graph:
    def __init__(self):
        self.nodes, self.weights, self.random = [], [], np.random.default_rng(0)

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def drawn(self, *shape, scale=0.02):
        return self.constant(self.random.standard_normal(shape, np.float32) * np.float32(scale))

    def add(self, kind, *inputs, to=None, **attributes):
        name = to or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def linear(self, x, rows, columns):
        return self.add("Add", self.drawn(columns), self.add("MatMul", x, self.drawn(rows, columns)))

    def norm(self, x):
        return self.add("LayerNormalization", x, self.constant(np.ones(WIDTH, np.float32)), self.drawn(WIDTH), axis=-1, epsilon=1e-5)

    def heads(self, x):
        return self.add("Transpose", self.add("Reshape", x, self.ints(0, TOKENS, HEADS, WIDTH // HEADS)), perm=[0, 2, 1, 3])

    def attention(self, x):
        q, k, v = (self.heads(self.linear(x, WIDTH, WIDTH)) for _ in range(3))
        q = self.add("Mul", q, self.constant(np.float32((WIDTH // HEADS) ** -0.5)))
        shares = self.add("Softmax", self.add("MatMul", q, self.add("Transpose", k, perm=[0, 1, 3, 2])), axis=-1)
        joined = self.add("Transpose", self.add("MatMul", shares, v), perm=[0, 2, 1, 3])
        return self.linear(self.add("Reshape", joined, self.ints(0, TOKENS, WIDTH)), WIDTH, WIDTH)

    def quick_gelu(self, x):
        return self.add("Mul", x, self.add("Sigmoid", self.add("Mul", x, self.constant(np.float32(1.702)))))

    def unit(self, x, to):
        return self.add("Div", x, self.add("ReduceL2", x, self.ints(-1), keepdims=1), to=to)


def model(dim):
    g = Graph()
    patches = g.add("Conv", "image", g.drawn(WIDTH, 3, PATCH, PATCH), kernel_shape=[PATCH, PATCH], strides=[PATCH, PATCH])
    patches = g.add("Transpose", g.add("Reshape", patches, g.ints(0, WIDTH, TOKENS - 1)), perm=[0, 2, 1])
    batch = g.add("Slice", g.add("Shape", "image"), g.ints(0), g.ints(1))
    first = g.add("Expand", g.drawn(1, 1, WIDTH), g.add("Concat", batch, g.ints(1, WIDTH), axis=0))
    x = g.norm(g.add("Add", g.add("Concat", first, patches, axis=1), g.drawn(1, TOKENS, WIDTH)))
    for _ in range(LAYERS):
        x = g.add("Add", x, g.attention(g.norm(x)))
        x = g.add("Add", x, g.linear(g.quick_gelu(g.linear(g.norm(x), WIDTH, MLP)), MLP, WIDTH))
    pooled = g.norm(g.add("Squeeze", g.add("Slice", x, g.ints(0), g.ints(1), g.ints(1)), g.ints(1)))
    g.unit(g.add("MatMul", pooled, g.drawn(WIDTH, dim)), "embedding")
    g.unit(g.add("Slice", x, g.ints(1), g.ints(TOKENS), g.ints(1)), "patch_features")
    graph = helper.make_graph(
        g.nodes, "vit-b32", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dim]), helper.make_tensor_value_info("patch_features", TensorProto.FLOAT, ["batch", TOKENS - 1, WIDTH])], g.weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    made.ir_version = 9
    onnx.checker.check_model(made)
    return made


def main():
    folder, pocket = Path(sys.argv[1]), Path(sys.argv[2])
    manifest = yaml.safe_load((pocket / "bundle.yaml").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model(manifest["embedding_dim"]), folder / "image.onnx")
    for name in ("text.onnx", "tokenizer.json"):
        shutil.copyfile(pocket / name, folder / name)
    manifest.update(name="vit-b32", version="0.0.0", files={f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir() if f.name != "bundle.yaml"})
    manifest["image"] = dict(size=SIZE, resize="squash", mean=MEAN, std=STD, input="image", outputs=dict(embedding="embedding", patch_features="patch_features"))
    manifest.pop("state_dims", None)
    manifest.pop("patch_logit_scale", None)
    (folder / "bundle.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False))


main()
