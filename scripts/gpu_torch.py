#!/usr/bin/env python3
"""What gpu.py needs of PyTorch: models with random weights as exports, and their speed in PyTorch itself.

    python3 gpu_torch.py export MODEL FOLDER KIT         FOLDER/MODEL-fp32 and FOLDER/MODEL-fp16
    python3 gpu_torch.py speed MODEL eager|compiled      a line of JSON after each batch

A program of its own, so that a compiler that hangs ends with it, and the card's memory is given back.
"""

import argparse
import copy
import json
import shutil
import statistics
import time
from pathlib import Path

import torch
import transformers

# Patch, width, layers, heads, embedding and inner width of the image towers (their model cards).
MODELS = {
    "clip-vit-b32": ("clip", 32, 768, 12, 12, 512, 3072),
    "clip-vit-l14": ("clip", 14, 1024, 24, 16, 768, 4096),
    "siglip-base": ("siglip", 16, 768, 12, 12, 768, 3072),
    "clip-vit-b16": ("clip", 16, 768, 12, 12, 512, 3072),
    "tiny": ("clip", 16, 64, 2, 4, 32, 128),  # to try the scripts
}
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
DTYPES = {"fp32": torch.float32, "fp16": torch.float16}


def image_model(name):
    """The image tower with its projection: random weights, the same at every call."""
    kind, patch, width, layers, heads, dim, mlp = MODELS[name]
    torch.manual_seed(20261128)
    tower = dict(hidden_size=width, intermediate_size=mlp, num_hidden_layers=layers, num_attention_heads=heads, image_size=224 if width > 64 else 32, patch_size=patch)
    if kind == "clip":
        # With the default factor of 1 pictures come out alike (cosine 0.998), and a swap of two would pass for rounding.
        model = transformers.CLIPVisionModelWithProjection(transformers.CLIPVisionConfig(projection_dim=dim, initializer_factor=4.0, **tower))
        def embed(pixels):
            return model(pixel_values=pixels).image_embeds
    else:
        model = transformers.SiglipVisionModel(transformers.SiglipVisionConfig(**tower))
        def embed(pixels):
            return model(pixel_values=pixels).pooler_output

    class Image(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, pixel_values):
            return embed(pixel_values)

    return Image().eval(), tower["image_size"], dim, kind


def export(name, folder, kit):
    """Exports in the layout of Hugging Face. Text runs on the CPU, so its tower is one layer."""
    model, size, dim, kind = image_model(name)
    out = "image_embeds" if kind == "clip" else "pooler_output"
    tokenizer = kit / "tokenizers" / f"{kind}.json"
    vocabulary = len(json.loads(tokenizer.read_text())["model"]["vocab"]) + 8
    context = 77 if kind == "clip" else 64
    words = dict(hidden_size=64, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, vocab_size=vocabulary, max_position_embeddings=context, projection_dim=dim)

    class Text(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.token, self.head = torch.nn.Embedding(vocabulary, 16), torch.nn.Linear(16, dim)

        def forward(self, input_ids):
            return self.head(self.token(input_ids).mean(1))

    text, name_out, square = Text().eval(), "text_embeds" if kind == "clip" else "pooler_output", {"height": size, "width": size}
    for precision, dtype in DTYPES.items():
        whole = folder / f"{name}-{precision}"
        part = whole.with_suffix(".part")
        for old in (whole, part):
            shutil.rmtree(old, ignore_errors=True)
        (part / "onnx").mkdir(parents=True)
        model = model.to(DEVICE, dtype)
        torch.onnx.export(model, (torch.zeros(2, 3, size, size, device=DEVICE, dtype=dtype),), str(part / "onnx" / "vision_model.onnx"),
                          input_names=["pixel_values"], output_names=[out], dynamic_axes={"pixel_values": {0: "batch"}, out: {0: "batch"}}, opset_version=17, dynamo=False)
        torch.onnx.export(text, (torch.ones(2, context, dtype=torch.long),), str(part / "onnx" / "text_model.onnx"), input_names=["input_ids"], output_names=[name_out],
                          dynamic_axes={"input_ids": {0: "batch", 1: "sequence"}, name_out: {0: "batch"}}, opset_version=17, dynamo=False)
        shutil.copy(tokenizer, part / "tokenizer.json")
        (part / "preprocessor_config.json").write_text(json.dumps({
            "do_resize": True, "size": {"shortest_edge": size} if kind == "clip" else square, "do_center_crop": kind == "clip", "crop_size": square, "do_rescale": True, "do_normalize": True,
            "rescale_factor": 1 / 255, "resample": 3, "image_mean": [0.5] * 3, "image_std": [0.5] * 3, "image_processor_type": "CLIPImageProcessor" if kind == "clip" else "SiglipImageProcessor"}))
        (part / "config.json").write_text(json.dumps({"model_type": kind, "projection_dim": dim, "vision_config": {"image_size": size}, "text_config": words}))
        part.rename(whole)  # a folder with this name is complete


def speed(name, compiled, each, batches):
    """Yields after each batch what its precision took so far, from pixels in the host's memory to embeddings there."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True  # as ONNX Runtime's CUDA provider does unless told otherwise
    original, size, _, _ = image_model(name)
    for precision in DTYPES:
        if DEVICE == "cuda":
            torch.cuda.reset_peak_memory_stats()
        start = time.monotonic()
        model = copy.deepcopy(original).to(DEVICE, DTYPES[precision])
        run = torch.compile(model, dynamic=False) if compiled else model
        speeds = []
        for batch in batches:
            with torch.inference_mode():
                pixels = torch.rand(batch, 3, size, size)
                def encode(run=run, pixels=pixels, precision=precision):
                    return run(pixels.to(DEVICE, DTYPES[precision])).float().cpu()
                for _ in range(3):
                    encode()
                if not speeds:
                    first = time.monotonic() - start
                times, begin = [], time.perf_counter()
                while len(times) < 5 or time.perf_counter() - begin < each:
                    before = time.perf_counter()
                    encode()
                    times.append(time.perf_counter() - before)
                elapsed = time.perf_counter() - begin
                times.sort()
                speeds.append({"batch": batch, "runs": len(times), "pictures_per_second": batch * len(times) / elapsed,
                               "p50_ms": 1000 * statistics.median(times), "p99_ms": 1000 * times[min(len(times) - 1, len(times) * 99 // 100)]})
            yield {"precision": precision, "device": DEVICE, "torch": torch.__version__, "seconds_until_ready": first, "speed": speeds,
                   "gpu_allocated_bytes": torch.cuda.max_memory_allocated() if DEVICE == "cuda" else None}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("work", choices=("export", "speed"))
    arguments.add_argument("model", choices=MODELS)
    arguments.add_argument("rest", nargs="+")
    arguments.add_argument("--each", type=float, default=1)
    arguments.add_argument("--batches", default="1,4,16")
    a = arguments.parse_args()
    if a.work == "export":
        export(a.model, Path(a.rest[0]), Path(a.rest[1]))
        print("{}")
        return
    for answer in speed(a.model, a.rest[0] == "compiled", a.each, tuple(map(int, a.batches.split(",")))):
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
