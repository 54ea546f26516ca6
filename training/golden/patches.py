"""Writes infer/testdata/patches/: image models that PyTorch's exporter wrote of transformers' CLIP, SigLIP and DINOv2
with seeded random weights, and the patch features that transformers computes with them.

    pip install torch==2.5.1 transformers==4.57.6 onnx==1.23.2 pillow==11.3.0
    python training/golden/patches.py

NAME.onnx.gz stands in for the image model of the small export in infer/testdata/exports/ that has its sizes; a name
with -both is one model with both towers. -embeds and -pooled give the embedding alone, so that the tokens lie
within the graph; -hidden gives last_hidden_state, too; -mean projects the mean of all tokens, as no CLIP does. The number is the opset: 14 has layer normalisation written
out, 17 as one operator, 18 takes axes as inputs. All models of a family have the same image weights, and so one
FAMILY.golden.json: the unit patch features of each picture, [patches, width], computed in float64. dinov2 and dinov2-registers are whole exports, without texts. anomalydino.golden.json has the
scores of the four pictures by dinov2's patches, with the first as reference and with the first two. Weights are multiples of 1/64, so that they compress. Not a part of `make test`:
torch is gigabytes.
"""

import gzip
import io
import json
import tarfile
import tempfile
from pathlib import Path

import archive
import numpy as np
import torch
from PIL import Image
from transformers import BitImageProcessor, CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPVisionModelWithProjection, Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel, SiglipConfig, SiglipImageProcessor, SiglipModel, SiglipVisionModel

EXPORTS = Path(__file__).parents[2] / "infer" / "testdata" / "exports"
OUT = EXPORTS.parent / "patches"
MODELS = {  # name: model, outputs, opset, attention
    "clip-embeds-14": (CLIPVisionModelWithProjection, ["image_embeds"], 14, "sdpa"),
    "clip-embeds-17": (CLIPVisionModelWithProjection, ["image_embeds"], 17, "eager"),
    "clip-hidden-18": (CLIPVisionModelWithProjection, ["image_embeds", "last_hidden_state"], 18, "sdpa"),
    "clip-mean-17": (CLIPVisionModelWithProjection, ["image_embeds"], 17, "sdpa"),
    "clip-both-14": (CLIPModel, ["logits_per_image", "logits_per_text", "text_embeds", "image_embeds"], 14, "eager"),
    "siglip-pooled-14": (SiglipVisionModel, ["pooler_output"], 14, "eager"),
    "siglip-pooled-17": (SiglipVisionModel, ["pooler_output"], 17, "sdpa"),
    "siglip-hidden-18": (SiglipVisionModel, ["last_hidden_state", "pooler_output"], 18, "sdpa"),
    "siglip-both-17": (SiglipModel, ["logits_per_image", "logits_per_text", "text_embeds", "image_embeds"], 17, "eager"),
}


class Named(torch.nn.Module):
    """The model with its outputs in order, as the exporter wants them."""

    def __init__(self, model, outputs, mean):
        super().__init__()
        self.model, self.outputs, self.mean = model, outputs, mean

    def forward(self, *inputs):
        given = dict(zip(("pixel_values",) if len(inputs) == 1 else ("input_ids", "pixel_values", "attention_mask"), inputs))
        if not isinstance(self.model, CLIPModel):
            given.pop("attention_mask", None)
        out = self.model(**given)
        if self.mean:
            return self.model.visual_projection(out.last_hidden_state.mean(1))
        return tuple(out[name] for name in self.outputs)


def weigh(model, seed):
    """Fills a model with weights that tell pictures and patches apart, unlike transformers' own start."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            rng = np.random.default_rng([*seed, *name.encode()])
            if name in ("logit_scale", "logit_bias"):
                continue
            fan = int(np.prod(p.shape[1:])) if p.dim() > 1 else 32
            scale = {"norm": 0.2, "embeddings": 0.5, "layrnorm": 0.2}
            size = next((v for k, v in scale.items() if k in name), 1.6 * fan**-0.5)
            if "patch_embedding" in name:
                size = 2 * fan**-0.5
            shift = 1.0 if "norm" in name and name.endswith("weight") else 0.0
            p.copy_(torch.tensor(np.round(rng.normal(0, size, tuple(p.shape)) * 64) / 64 + shift))
    return model.eval()


def unpack(name, folder):
    with tarfile.open(EXPORTS / f"{name}.tar.gz") as tar:
        tar.extractall(folder, filter="data")


def make(name, kind, outputs, opset, attention):
    family = name.split("-")[0]
    with tempfile.TemporaryDirectory() as scratch:
        unpack(family, scratch)
        whole = json.loads((Path(scratch) / "config.json").read_text())
        config = (SiglipConfig if family == "siglip" else CLIPConfig)(**whole)
        processor = (SiglipImageProcessor if family == "siglip" else CLIPImageProcessor).from_pretrained(scratch)
        both = kind in (CLIPModel, SiglipModel)
        part = config if both else config.vision_config
        if not both and family == "clip":
            part.projection_dim = config.projection_dim
        part._attn_implementation = attention
        model = weigh(kind(part), list(family.encode()))
        golden = []
        for i in range(4):
            pixels = processor(Image.open(EXPORTS / f"picture-{i}.jpg").convert("RGB"), return_tensors="pt")["pixel_values"]
            with torch.inference_mode():
                vision = model.double().vision_model(pixels.double()).last_hidden_state[0]
            tokens = vision[1:] if family == "clip" else vision
            golden.append({"file": f"picture-{i}.jpg", "features": torch.nn.functional.normalize(tokens, dim=-1).numpy().round(6).tolist()})
        model.float()
        ids = torch.ones(2, 16, dtype=torch.int64)
        inputs = (ids, pixels, torch.ones_like(ids)) if both else (pixels,)
        names = ["input_ids", "pixel_values", "attention_mask"][: len(inputs)] if both else ["pixel_values"]
        axes = {"pixel_values": {0: "batch"}, "input_ids": {0: "texts", 1: "sequence"}, "attention_mask": {0: "texts", 1: "sequence"}}
        model_file = io.BytesIO()
        torch.onnx.export(Named(model, outputs, "mean" in name), inputs, model_file, input_names=names, output_names=outputs, opset_version=opset, dynamo=False,
                          dynamic_axes={k: v for k, v in axes.items() if k in names} | {o: {0: "batch"} for o in outputs})
    (OUT / f"{name}.onnx.gz").write_bytes(gzip.compress(model_file.getvalue(), 9, mtime=0))
    file = OUT / f"{family}.golden.json"
    if not name.endswith("-14") or "both" in name:  # attention that is written otherwise rounds otherwise
        for a, b in zip(json.loads(file.read_text()), golden):
            assert np.abs(np.array(a["features"]) - b["features"]).max() < 1e-4, f"{name} has other features"
    else:
        file.write_text(json.dumps(golden) + "\n")


def make_dinov2(name, kind, config):
    """A whole export, whose positions are interpolated from another size as those of DINOv2 are (518 to 224)."""
    sizes = {"hidden_size": 32, "num_attention_heads": 4, "num_hidden_layers": 2, "mlp_ratio": 2, "image_size": 42, "patch_size": 7}
    if kind is Dinov2WithRegistersModel:
        sizes["image_size"] = 28  # its interpolation cannot be exported
    model = weigh(kind(config(**sizes)), list(name.encode()))
    if kind is Dinov2WithRegistersModel:
        model.embeddings.interpolate_pos_encoding = lambda *_: model.embeddings.position_embeddings
    processor = BitImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 28, "width": 28}, resample=3)
    golden = []
    for i in range(4):
        # As the second of two bundles it sees what the first does: here all of the picture.
        whole = Image.open(EXPORTS / f"picture-{i}.jpg").convert("RGB").resize((28, 28), Image.BICUBIC)
        pixels = processor(whole, do_resize=False, do_center_crop=False, return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            tokens = model.double()(pixels.double()).last_hidden_state[0, -16:]
        golden.append({"file": f"picture-{i}.jpg", "features": torch.nn.functional.normalize(tokens, dim=-1).numpy().round(6).tolist()})
    model_file = io.BytesIO()
    torch.onnx.export(Named(model.float(), ["last_hidden_state"], False), (pixels,), model_file, input_names=["pixel_values"], output_names=["last_hidden_state"],
                      opset_version=17, dynamo=False, dynamic_axes={"pixel_values": {0: "batch", 2: "height", 3: "width"}, "last_hidden_state": {0: "batch", 1: "tokens"}})
    files = {"onnx/model.onnx": model_file.getvalue(), "config.json": json.dumps(model.config.to_diff_dict()).encode(), "preprocessor_config.json": json.dumps(processor.to_dict()).encode()}
    archive.write(OUT, name, files, golden)


def anomalydino(references, picture):
    """AnomalyDINO's image score (Damm et al., WACV 2025): the mean of the highest 1 % of cosine distances, of one at least."""
    memory, patches = np.concatenate([r["features"] for r in references]), np.array(picture["features"])
    distances = np.sort(1 - (patches @ memory.T).max(1))[::-1]
    return float(distances[: max(int(0.01 * len(distances)), 1)].mean())


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, how in MODELS.items():
        make(name, *how)
    make_dinov2("dinov2", Dinov2Model, Dinov2Config)
    make_dinov2("dinov2-registers", Dinov2WithRegistersModel, Dinov2WithRegistersConfig)
    golden = json.loads((OUT / "dinov2.golden.json").read_text())
    scores = [[anomalydino(golden[:n], picture) for picture in golden] for n in (1, 2)]
    (OUT / "anomalydino.golden.json").write_text(json.dumps(scores) + "\n")


main()
