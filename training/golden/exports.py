"""Writes infer/testdata/exports/: tiny models with seeded random weights in the layout of Hugging Face exports,
and the embeddings that Python computes with them (python training/golden/exports.py).

    clip       ViT with class token and quick-GELU, causal text tower with EOT pooling; two files, as openai/clip-vit-*
    clip-gelu  the same with GELU, an attention mask and one combined file, as LAION's OpenCLIP models
    siglip     no class token, attention-pooling head, tanh-GELU, padded text with last-token pooling

Each forward pass is written once, for numpy and for ONNX; the reference is numpy's, in float64. Weights are
multiples of 1/64, so that they compress. Needs onnx, onnxruntime, numpy, Pillow 11 and tokenizers.
"""

import gzip
import json
from pathlib import Path

import archive
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from tokenizers import Tokenizer

ROOT = Path(__file__).parents[2]
OUT = ROOT / "infer" / "testdata" / "exports"
TOKENIZERS = ROOT / "infer" / "tokenizer" / "testdata"
WIDTH, HEADS, LAYERS, MLP, DIM, SIZE, PATCH = 32, 4, 2, 64, 24, 32, 8
TEXTS = ["a photo of a scratched part", "a photo of a pristine part", "a dented metal flange", "Crack!", "it's a café — naïve №5", "日本語", "a", ""]
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


class Numpy:
    """Runs the operations at once."""

    def weight(self, name, value): return value
    def op(self, kind, *x, **a):
        if kind == "Conv":
            n, c, h, w = x[0].shape
            patches = x[0].reshape(n, c, h // PATCH, PATCH, w // PATCH, PATCH).transpose(0, 2, 4, 1, 3, 5).reshape(n, -1, c * PATCH * PATCH)
            return patches @ x[1].reshape(len(x[1]), -1).T + (x[2] if len(x) > 2 else 0)  # [n, patches, width]
        if kind == "LayerNormalization":
            centred = x[0] - x[0].mean(-1, keepdims=True)
            return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + a["epsilon"]) * x[1] + x[2]
        if kind == "Softmax":
            e = np.exp(x[0] - x[0].max(-1, keepdims=True))
            return e / e.sum(-1, keepdims=True)
        if kind == "Pool":
            return x[0][np.arange(len(x[0])), x[1].argmax(1)]
        if kind == "Erf":
            from math import erf
            return np.vectorize(erf)(x[0])
        return {"MatMul": np.matmul, "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Tanh": np.tanh,
                "Sigmoid": lambda v: 1 / (1 + np.exp(-v)), "Gather": lambda w, i: w[i], "Split": lambda v: v,
                "Concat": lambda p, q: np.concatenate([np.broadcast_to(p, (len(q),) + p.shape[1:]), q], 1),
                "Head": lambda v: v[:, 0], "Last": lambda v: v[:, -1], "Float": lambda v: v.astype(float),
                "Rows": lambda w, ids: w[:ids.shape[1]], "Square": lambda w, ids: w[:ids.shape[1], :ids.shape[1]],
                "MaskRow": lambda m: m[:, None, None, :],
                "ToHeads": lambda v: v.reshape(*v.shape[:2], HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3),
                "FromHeads": lambda v: v.transpose(0, 2, 1, 3).reshape(v.shape[0], v.shape[2], WIDTH),
                "Turn": lambda v: v.swapaxes(-1, -2), "Unit": lambda v: v / np.linalg.norm(v, axis=-1, keepdims=True)}[kind](*x)


class Graph:
    """Writes the operations down as ONNX."""

    def __init__(self): self.nodes, self.weights, self.count = [], {}, 0
    def weight(self, name, value):
        if name not in self.weights:
            self.weights[name] = numpy_helper.from_array(np.asarray(value, np.int64 if np.asarray(value).dtype.kind == "i" else np.float32), name)
        return name
    def node(self, kind, *x, **a):
        self.count += 1
        out = f"v{self.count}"
        self.nodes.append(helper.make_node(kind, list(x), [out], **a))
        return out
    def ints(self, *values): return self.weight("i_" + "_".join(map(str, values)), np.array(values, np.int64))
    def length(self, ids): return self.node("Slice", self.node("Shape", ids), self.ints(1), self.ints(2))
    def op(self, kind, *x, **a):
        x = [self.weight(f"c_{v}", np.float32(v)) if isinstance(v, float) else v for v in x]
        n = self.node
        if kind == "Conv":
            flat = n("Reshape", n("Conv", *x, kernel_shape=[PATCH, PATCH], strides=[PATCH, PATCH]), self.ints(0, WIDTH, -1))
            return n("Transpose", flat, perm=[0, 2, 1])
        if kind == "Concat":  # the first has no batch
            first = n("Add", n("Mul", n("ReduceMean", x[1], axes=[1], keepdims=1), self.weight("zero", np.float32(0))), x[0])
            return n("Concat", first, x[1], axis=1)
        if kind == "Pool":
            return n("GatherND", x[0], n("ArgMax", x[1], axis=1, keepdims=1), batch_dims=1)
        if kind == "Head":
            return n("Gather", x[0], self.weight("first", np.int64(0)), axis=1)
        if kind == "Last":
            return n("Gather", x[0], self.weight("last", np.int64(-1)), axis=1)
        if kind == "Float":
            return n("Cast", x[0], to=TensorProto.FLOAT)
        if kind == "Rows":
            return n("Slice", x[0], self.ints(0), self.length(x[1]))
        if kind == "Square":
            length = self.length(x[1])
            return n("Slice", x[0], self.ints(0, 0), n("Concat", length, length, axis=0))
        if kind == "MaskRow":
            return n("Unsqueeze", x[0], self.ints(1, 2))
        if kind == "ToHeads":
            return n("Transpose", n("Reshape", x[0], self.ints(0, 0, HEADS, WIDTH // HEADS)), perm=[0, 2, 1, 3])
        if kind == "FromHeads":
            return n("Reshape", n("Transpose", x[0], perm=[0, 2, 1, 3]), self.ints(0, 0, WIDTH))
        if kind == "Turn":
            return n("Transpose", x[0], perm=[0, 1, 3, 2])
        if kind == "Unit":
            return n("Div", x[0], n("ReduceL2", x[0], axes=[-1], keepdims=1))
        return n(kind, *x, **a)

    def save(self, inputs, outputs):
        graph = helper.make_graph(self.nodes + [helper.make_node("Identity", [v], [name]) for name, (v, _) in outputs.items()], "tiny",
                                  [helper.make_tensor_value_info(n, t, s) for n, t, s in inputs],
                                  [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, (_, s) in outputs.items()], list(self.weights.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        return model.SerializeToString()


class Tower:
    """The layers that CLIP and SigLIP share; weights are made at first use, by name."""

    def __init__(self, backend, seed, act, eps):
        self.b, self.seed, self.act, self.eps = backend, seed, act, eps

    def w(self, name, *shape, scale=1.0, shift=0.0):
        rng = np.random.default_rng([self.seed, *name.encode()])
        fan = shape[0] if len(shape) == 2 else int(np.prod(shape[1:])) if len(shape) == 4 else WIDTH
        return self.b.weight(name, np.round(rng.normal(0, scale * max(fan, 1) ** -0.5, shape) * 64) / 64 + shift)

    def linear(self, name, x, to, source=WIDTH, bias=True):
        y = self.b.op("MatMul", x, self.w(name + ".w", source, to, scale=1.6))
        return self.b.op("Add", y, self.w(name + ".b", to)) if bias else y

    def norm(self, name, x):
        return self.b.op("LayerNormalization", x, self.w(name + ".g", WIDTH, shift=1.0), self.w(name + ".b", WIDTH), epsilon=self.eps)

    def gelu(self, x):
        op = self.b.op
        if self.act == "quick_gelu":
            return op("Mul", x, op("Sigmoid", op("Mul", x, 1.702)))
        if self.act == "gelu":
            return op("Mul", op("Mul", x, 0.5), op("Add", op("Erf", op("Mul", x, 2**-0.5)), 1.0))
        cubic = op("Mul", op("Add", x, op("Mul", op("Mul", op("Mul", x, x), x), 0.044715)), float((2 / np.pi) ** 0.5))
        return op("Mul", op("Mul", x, 0.5), op("Add", op("Tanh", cubic), 1.0))

    def attention(self, name, q, kv, mask=None):
        op = self.b.op
        q, k, v = (op("ToHeads", self.linear(f"{name}.{n}", x, WIDTH)) for n, x in (("q", q), ("k", kv), ("v", kv)))
        scores = op("Mul", op("MatMul", q, op("Turn", k)), float((WIDTH // HEADS) ** -0.5))
        if mask is not None:
            scores = op("Add", scores, mask)
        return self.linear(name + ".o", op("FromHeads", op("MatMul", op("Softmax", scores, axis=-1), v)), WIDTH)

    def mlp(self, name, x): return self.linear(name + ".2", self.gelu(self.linear(name + ".1", x, MLP)), WIDTH, MLP)

    def layers(self, x, mask=None):
        for i in range(LAYERS):
            h = self.norm(f"{i}.n1", x)
            x = self.b.op("Add", x, self.attention(f"{i}.a", h, h, mask))
            x = self.b.op("Add", x, self.mlp(f"{i}.m", self.norm(f"{i}.n2", x)))
        return x


def clip_vision(t, pixels):
    op, patches = t.b.op, (SIZE // PATCH) ** 2
    x = op("Concat", t.w("class", 1, 1, WIDTH, scale=WIDTH**0.5), op("Conv", pixels, t.w("patch", WIDTH, 3, PATCH, PATCH, scale=2.0)))
    x = t.norm("pre", op("Add", x, t.w("position", patches + 1, WIDTH)))
    return t.linear("projection", t.norm("post", op("Head", t.layers(x))), DIM, bias=False)


def clip_text(t, ids, mask, vocabulary, context):
    op = t.b.op
    causal = op("Square", t.b.weight("causal", np.triu(np.full((context, context), -1e9), 1)), ids)
    if mask is not None:
        causal = op("Add", causal, op("Mul", op("Sub", 1.0, op("MaskRow", op("Float", mask))), -1e9))
    x = op("Add", op("Gather", t.w("token", vocabulary, WIDTH, scale=WIDTH**0.5 * 2), ids), op("Rows", t.w("position", context, WIDTH), ids))
    x = t.norm("final", t.layers(x, causal))
    return t.linear("projection", op("Pool", x, ids), DIM, bias=False)


def siglip_vision(t, pixels):
    op = t.b.op
    x = op("Add", op("Conv", pixels, t.w("patch", WIDTH, 3, PATCH, PATCH, scale=2.0), t.w("patch.b", WIDTH)), t.w("position", (SIZE // PATCH) ** 2, WIDTH))
    x = t.norm("post", t.layers(x))
    # One probe a patch, of which the first counts: so the batch's size comes along.
    probe = op("Add", op("Mul", x, 0.0), t.w("probe", 1, 1, WIDTH, scale=WIDTH**0.5))
    h = t.attention("pool", probe, x)
    return op("Head", op("Add", h, t.mlp("pool.m", t.norm("pool.n", h))))


def siglip_text(t, ids, vocabulary, context):
    op = t.b.op
    x = op("Add", op("Gather", t.w("token", vocabulary, WIDTH, scale=WIDTH**0.5 * 2), ids), op("Rows", t.w("position", context, WIDTH), ids))
    return t.linear("head", op("Last", t.norm("final", t.layers(x))), WIDTH)


def picture(i):
    """A smooth picture with edges, of an odd size."""
    w, h = [(97, 61), (40, 83), (64, 64), (33, 200)][i]
    y, x = np.mgrid[:h, :w]
    rgb = np.stack([127 + 120 * np.sin(x / (5 + i)), 255 * y / h, 255 * ((x // 11 + y // 7) % 2)], -1)
    return Image.fromarray(rgb.clip(0, 255).astype(np.uint8))


def prepare(image, squash, mean, std):
    w, h = image.size
    if squash:
        image = image.resize((SIZE, SIZE), Image.BICUBIC)
    else:
        w, h = (SIZE * w // h, SIZE) if w > h else (SIZE, SIZE * h // w)
        left, top = (w - SIZE) // 2, (h - SIZE) // 2
        image = image.resize((w, h), Image.BICUBIC).crop((left, top, left + SIZE, top + SIZE))
    return ((np.asarray(image) / 255 - mean) / std).transpose(2, 0, 1)[None]


def unit(v): return v / np.linalg.norm(v, axis=-1, keepdims=True)


def check(model, feed, want):
    got = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, feed)
    for g, w in zip(got[len(got) - len(want):], want):
        assert (unit(g) * unit(w)).sum(-1).min() > 0.999999, "ONNX and numpy differ"


def make(name, act, combined, siglip):
    seed, squash, context = {"clip": 1, "clip-gelu": 2, "siglip": 3}[name], siglip, 16 if siglip else 77
    mean, std, eps = ((0.5,) * 3, (0.5,) * 3, 1e-6) if siglip else (MEAN, STD, 1e-5)
    raw = gzip.decompress((TOKENIZERS / f"{'siglip' if siglip else 'clip'}.json.gz").read_bytes())
    tokenizer = Tokenizer.from_str(raw.decode())
    vocabulary = tokenizer.get_vocab_size()
    def towers(b):
        return (Tower(b, 10 * seed, act, eps), Tower(b, 10 * seed + 1, act, eps))
    vision = siglip_vision if siglip else clip_vision
    text = (lambda t, ids, mask: siglip_text(t, ids, vocabulary, context)) if siglip else (lambda t, ids, mask: clip_text(t, ids, mask, vocabulary, context))

    OUT.mkdir(parents=True, exist_ok=True)
    golden, pixels = {"pictures": [], "texts": []}, []
    for i in range(4):
        file = OUT / f"picture-{i}.jpg"
        if not file.exists():
            picture(i).save(file, quality=92, subsampling=2 * (i % 2))
        pixels.append(prepare(Image.open(file).convert("RGB"), squash, mean, std))
        v = unit(vision(towers(Numpy())[0], pixels[-1]))[0]
        golden["pictures"].append({"file": file.name, "embedding": v.round(7).tolist()})
    ids = []
    for t in TEXTS:
        encoded = tokenizer.encode(t).ids
        ids.append(np.array([encoded + ([1] * (context - len(encoded)) if siglip else [])]))
        v = unit(text(towers(Numpy())[1], ids[-1], np.ones_like(ids[-1]) if combined else None))[0]
        golden["texts"].append({"text": t, "embedding": v.round(7).tolist()})

    dim = WIDTH if siglip else DIM
    images, words = ("pooler_output",) * 2 if siglip else ("image_embeds", "text_embeds")
    pixel_input, id_inputs = ("pixel_values", TensorProto.FLOAT, ["batch", 3, SIZE, SIZE]), [("input_ids", TensorProto.INT64, ["batch", "sequence"])]
    files = {"tokenizer.json": raw}
    if combined:
        g = Graph()
        # Names of the two towers' weights must differ within one file.
        def prefixed(p):
            return type("Prefixed", (), {"op": g.op, "weight": lambda self, n, v: g.weight(p + n, v)})()
        v, t = (Tower(prefixed(p), 10 * seed + k, act, eps) for k, p in enumerate(("vision.", "text.")))
        e, w = g.op("Unit", vision(v, "pixel_values")), g.op("Unit", text(t, "input_ids", "attention_mask"))
        scale = g.weight("logit_scale", np.float32(np.log(30.0)))
        logits = g.node("Mul", g.node("MatMul", w, g.node("Transpose", e, perm=[1, 0])), g.node("Exp", scale))
        outputs = {"logits_per_image": (g.node("Transpose", logits, perm=[1, 0]), ["images", "texts"]), "logits_per_text": (logits, ["texts", "images"]),
                   "text_embeds": (w, ["texts", dim]), "image_embeds": (e, ["images", dim])}
        id_inputs.append(("attention_mask", TensorProto.INT64, ["batch", "sequence"]))
        files["onnx/model.onnx"] = g.save(id_inputs[:1] + [pixel_input] + id_inputs[1:], outputs)
        check(files["onnx/model.onnx"], {"input_ids": ids[0], "attention_mask": np.ones_like(ids[0]), "pixel_values": pixels[0].astype(np.float32)},
              [np.array([golden["texts"][0]["embedding"]]), np.array([golden["pictures"][0]["embedding"]])])
    else:
        g = Graph()
        files["onnx/vision_model.onnx"] = g.save([pixel_input], {images: (vision(towers(g)[0], "pixel_values"), ["batch", dim])})
        g = Graph()
        files["onnx/text_model.onnx"] = g.save(id_inputs, {words: (text(towers(g)[1], "input_ids", None), ["batch", dim])})
        for p, e in zip(pixels, golden["pictures"]):
            check(files["onnx/vision_model.onnx"], {"pixel_values": p.astype(np.float32)}, [np.array([e["embedding"]])])
        for i, e in zip(ids, golden["texts"]):
            check(files["onnx/text_model.onnx"], {"input_ids": i}, [np.array([e["embedding"]])])
    size = {"size": {"height": SIZE, "width": SIZE}} if squash else {"size": {"shortest_edge": SIZE}, "do_center_crop": True, "crop_size": {"height": SIZE, "width": SIZE}}
    files["preprocessor_config.json"] = json.dumps({"do_resize": True, "do_rescale": True, "do_normalize": True, "do_convert_rgb": True, "rescale_factor": 1 / 255, "resample": 3,
                                                    "image_mean": mean, "image_std": std, "image_processor_type": "SiglipImageProcessor" if siglip else "CLIPImageProcessor", **size}).encode()
    tower = {"hidden_size": WIDTH, "hidden_act": act, "num_attention_heads": HEADS, "num_hidden_layers": LAYERS, "intermediate_size": MLP}
    config = {"model_type": "siglip" if siglip else "clip", "vision_config": {"image_size": SIZE, "patch_size": PATCH, **tower},
              "text_config": {"max_position_embeddings": context, "vocab_size": vocabulary, **tower, **({} if siglip else {"eos_token_id": 2})}}
    if not siglip:
        config |= {"projection_dim": DIM, "logit_scale_init_value": 2.6592}
    files["config.json"] = json.dumps(config).encode()
    if siglip:
        files["special_tokens_map.json"] = json.dumps({"eos_token": "</s>", "pad_token": "</s>", "unk_token": "<unk>"}).encode()
    archive.write(OUT, name, files, golden)


make("clip", "quick_gelu", combined=False, siglip=False)
make("clip-gelu", "gelu", combined=True, siglip=False)
make("siglip", "gelu_pytorch_tanh", combined=False, siglip=True)
