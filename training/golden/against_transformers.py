"""Holds the tiny exports in infer/testdata/exports/ to Hugging Face's own models.

    pip install torch==2.5.1 transformers==4.57.6 onnx==1.23.2 pillow==11.3.0
    python training/golden/against_transformers.py

exports.py writes each forward pass by hand, once for numpy and once for ONNX; an error of understanding would be in
both. So this builds transformers' CLIPModel or SiglipModel from the export's config.json, fills it with the weights
in the export's ONNX files, prepares pictures and texts with transformers' own image processor and tokenizer, and
compares the embeddings with NAME.golden.json, which the Go tests hold the agent to. Ends with 1 where a cosine is
below 0.999999, where a weight is left over, or where one keeps its random start. Pillow 11, as exports.py had: 13
upsamples the colours of a JPEG otherwise (cosine 0.9995 on picture-1.jpg). Not a part of `make test`: torch is
gigabytes.
"""

import json
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, PreTrainedTokenizerFast, SiglipConfig, SiglipImageProcessor, SiglipModel

EXPORTS = Path(__file__).parents[2] / "infer" / "testdata" / "exports"
LIMIT = 0.999999  # between quick-GELU and GELU these small models differ by 0.00006 only
BLOCK = {"n1": "layer_norm1", "n2": "layer_norm2", "a.q": "self_attn.q_proj", "a.k": "self_attn.k_proj", "a.v": "self_attn.v_proj",
         "a.o": "self_attn.out_proj", "m.1": "mlp.fc1", "m.2": "mlp.fc2"}
HEAD = {"pool.o": "head.attention.out_proj", "pool.n": "head.layernorm", "pool.m.1": "head.mlp.fc1", "pool.m.2": "head.mlp.fc2"}
VISION = {"class": "embeddings.class_embedding", "patch": "embeddings.patch_embedding.weight", "patch.b": "embeddings.patch_embedding.bias",
          "position": "embeddings.position_embedding.weight", "pre": "pre_layrnorm", "post": "post_layernorm", "probe": "head.probe", **HEAD}
TEXT = {"token": "embeddings.token_embedding.weight", "position": "embeddings.position_embedding.weight", "final": "final_layer_norm", "head": "head"}


def weights(folder, tower):
    """The tower's named weights, as exports.py names them; constants of the graph are left out."""
    combined = folder / "onnx" / "model.onnx"
    graph = onnx.load(combined if combined.exists() else folder / "onnx" / f"{tower}_model.onnx").graph
    prefix = f"{tower}." if combined.exists() else ""
    found = {w.name.removeprefix(prefix): numpy_helper.to_array(w) for w in graph.initializer if w.name.startswith(prefix)}
    return {name: w for name, w in found.items() if not name.startswith(("i_", "c_")) and name not in ("zero", "first", "last", "causal", "logit_scale")}


def place(name, known):
    """A weight's name in transformers, below its tower, and whether it is a matrix to be turned."""
    if name in known:
        return known[name], False
    stem, kind = name.rsplit(".", 1)
    layer = stem.split(".", 1)
    module = known.get(stem) or f"encoder.layers.{layer[0]}.{BLOCK[layer[1]]}"
    return f"{module}.{'bias' if kind == 'b' else 'weight'}", kind == "w"


def tower_state(folder, tower):
    """The tower's weights as transformers names and lays them out: matrices [out, in], SigLIP's head packed."""
    named, state = weights(folder, tower), {}
    if "pool.q.w" in named:
        for kind, key in (("w", "weight"), ("b", "bias")):
            state[f"{tower}_model.head.attention.in_proj_{key}"] = np.concatenate([named.pop(f"pool.{n}.{kind}").T for n in "qkv"])
    if "projection.w" in named:
        state[f"{'visual' if tower == 'vision' else 'text'}_projection.weight"] = named.pop("projection.w").T
    for name, w in named.items():
        to, turn = place(name, VISION if tower == "vision" else TEXT)
        state[f"{tower}_model.{to}"] = w.T if turn else w.reshape(-1) if name == "class" else w
    return state


def build(folder, config):
    """transformers' own model, from the export's config.json, with the export's weights and no other."""
    model = SiglipModel(SiglipConfig(**config)) if config["model_type"] == "siglip" else CLIPModel(CLIPConfig(**config))
    state = {k: torch.tensor(np.ascontiguousarray(v)) for t in ("vision", "text") for k, v in tower_state(folder, t).items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    # The two-file exports carry no logit scale, and no embedding depends on it.
    missing = [m for m in missing if m not in ("logit_scale", "logit_bias")]
    assert not missing and not unexpected, f"without a weight: {missing}; without a place: {unexpected}"
    return model.eval()


def embeddings(folder):
    config = json.loads((folder / "config.json").read_text())
    siglip, model = config["model_type"] == "siglip", build(folder, config)
    processor = (SiglipImageProcessor if siglip else CLIPImageProcessor).from_pretrained(folder)
    special = json.loads((folder / "special_tokens_map.json").read_text()) if siglip else {}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), **special)
    golden = json.loads((EXPORTS / f"{folder.name}.golden.json").read_text())
    with torch.inference_mode():
        for entry in golden["pictures"]:
            pixels = processor(Image.open(EXPORTS / entry["file"]).convert("RGB"), return_tensors="pt")["pixel_values"]
            yield entry["file"], model.get_image_features(pixel_values=pixels)[0], entry["embedding"]
        for entry in golden["texts"]:
            padding = {"padding": "max_length", "max_length": config["text_config"]["max_position_embeddings"]} if siglip else {}
            words = tokenizer(entry["text"], return_tensors="pt", return_token_type_ids=False, return_attention_mask=not siglip, **padding)
            yield repr(entry["text"]), model.get_text_features(**words)[0], entry["embedding"]


def main():
    worst = 1.0
    for archive in sorted(EXPORTS.glob("*.tar.gz")):
        with tempfile.TemporaryDirectory() as scratch, tarfile.open(archive) as tar:
            folder = Path(scratch) / archive.name.removesuffix(".tar.gz")
            tar.extractall(folder, filter="data")
            for what, got, want in embeddings(folder):
                got, want = got.double().numpy(), np.array(want)
                cosine = got @ want / np.linalg.norm(got) / np.linalg.norm(want)
                worst = min(worst, cosine)
                print(f"{folder.name:10} {what:32} {cosine:.7f}{'' if cosine >= LIMIT else '  <- differs'}")
    print(f"the lowest cosine to transformers is {worst:.7f}, the limit {LIMIT}")
    sys.exit(int(worst < LIMIT))


main()
