"""Exports an OpenCLIP checkpoint in the layout of Hugging Face, for `edge model import`
(python -m training.export.openclip MODEL PRETRAINED DIR, such as ViT-B-32 laion2b_s34b_b79k clip-b32; with `random`
for PRETRAINED the weights are seeded ones, for measuring what does not depend on them).

Needs open_clip_torch 3.3 beside training/requirements.txt, on a machine with memory for the model. The tokenizer is
that of training/golden/tokenizers_golden.py.
Only models with OpenAI's vocabulary can be exported: others bring a tokenizer of their own.
"""

import argparse
import gzip
import json
from pathlib import Path

import open_clip
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

SOT, EOT = "<|startoftext|>", "<|endoftext|>"
SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


class Vision(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.encode_image(pixel_values)


class Text(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model.encode_text(input_ids)


def tokenizer():
    """OpenAI's vocabulary in the configuration of openai/clip-vit-base-patch32."""
    file = Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"
    merges = [tuple(line.split()) for line in gzip.decompress(file.read_bytes()).decode().split("\n")[1:49152 - 256 - 2 + 1]]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet(), key=lambda c: (ord(c) > 255, ord(c)))
    names = letters + [c + "</w>" for c in letters] + [a + b for a, b in merges] + [SOT, EOT]
    vocabulary = {name: i for i, name in enumerate(names)}
    t = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token=EOT, end_of_word_suffix="</w>", continuing_subword_prefix="", fuse_unk=False))
    t.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.add_special_tokens([SOT, EOT])
    t.post_processor = processors.RobertaProcessing((EOT, vocabulary[EOT]), (SOT, vocabulary[SOT]), trim_offsets=False, add_prefix_space=False)
    return t


def side(settings):
    return settings["size"][0] if isinstance(settings["size"], (list, tuple)) else settings["size"]


def preprocessor(settings):
    """OpenCLIP's preprocess_cfg in the words of CLIPImageProcessor."""
    size = side(settings)
    square = {"height": size, "width": size}
    out = {"do_resize": True, "do_rescale": True, "do_normalize": True, "rescale_factor": 1 / 255, "image_mean": settings["mean"], "image_std": settings["std"],
           "resample": {"bicubic": 3, "bilinear": 2}[settings["interpolation"]], "image_processor_type": "CLIPImageProcessor"}
    if settings["resize_mode"] == "squash":
        return out | {"size": square}
    assert settings["resize_mode"] == "shortest", settings["resize_mode"]
    return out | {"size": {"shortest_edge": size}, "do_center_crop": True, "crop_size": square}


def export(name, pretrained, folder):
    torch.manual_seed(0)
    model = open_clip.create_model(name, pretrained=None if pretrained == "random" else pretrained).eval().float()
    settings = open_clip.get_model_preprocess_cfg(model)
    context, vocabulary = model.context_length, model.vocab_size
    assert vocabulary == 49408, f"{name} has a vocabulary of {vocabulary} tokens, not OpenAI's"
    out = folder / "onnx"
    out.mkdir(parents=True)
    pixels, ids = torch.zeros(1, 3, side(settings), side(settings)), torch.zeros(1, context, dtype=torch.long)
    ids[0, :2] = torch.tensor([49406, 49407])
    torch.onnx.export(Vision(model), (pixels,), str(out / "vision_model.onnx"), input_names=["pixel_values"], output_names=["image_embeds"],
                      dynamic_axes={"pixel_values": {0: "batch"}, "image_embeds": {0: "batch"}}, opset_version=17, dynamo=False)
    # OpenCLIP's text tower takes texts of its full context length only.
    torch.onnx.export(Text(model), (ids,), str(out / "text_model.onnx"), input_names=["input_ids"], output_names=["text_embeds"],
                      dynamic_axes={"input_ids": {0: "batch"}, "text_embeds": {0: "batch"}}, opset_version=17, dynamo=False)
    with torch.no_grad():
        dim = model.encode_image(pixels).shape[-1]
    tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor(settings), indent=2) + "\n")
    (folder / "config.json").write_text(json.dumps({"model_type": "clip", "projection_dim": dim, "vision_config": {"image_size": side(settings)},
                                                    "text_config": {"max_position_embeddings": context, "vocab_size": vocabulary}}, indent=2) + "\n")
    print(f"exported to {folder}\nTry: edge model import {folder} --logit-scale {model.logit_scale.exp().item():.4f}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("model")
    arguments.add_argument("pretrained")
    arguments.add_argument("folder", type=Path)
    a = arguments.parse_args()
    export(a.model, a.pretrained, a.folder)
