"""Writes golden/ into the folder of an export of full size: four pictures, and what Python computes of them and of
four texts (python training/golden/full.py DIR; then edge model verify DIR, or PRISTINE_CLIP=DIR make test).

Needs onnxruntime, numpy, Pillow 11 and tokenizers; reads vision_model.onnx and text_model.onnx.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from tokenizers import Tokenizer

folder = Path(sys.argv[1]).resolve()
settings = json.loads((folder / "preprocessor_config.json").read_text())
config = json.loads((folder / "config.json").read_text())
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
tokenizer.no_padding()
tokenizer.no_truncation()
siglip = config["model_type"] != "clip"
vision, text = (onnxruntime.InferenceSession(str(folder / "onnx" / f"{n}_model.onnx")) for n in ("vision", "text"))


def unit(v): return (v / np.linalg.norm(v)).round(7).tolist()


def prepare(image):
    size, (w, h) = settings["size"], image.size
    if (edge := size if isinstance(size, int) else size.get("shortest_edge")):
        crop = settings["crop_size"]
        crop = crop if isinstance(crop, int) else crop["height"]
        w, h = (edge * w // h, edge) if w > h else (edge, edge * h // w)
        left, top = (w - crop) // 2, (h - crop) // 2
        image = image.resize((w, h), settings.get("resample", 3)).crop((left, top, left + crop, top + crop))
    else:
        image = image.resize((size["width"], size["height"]), settings.get("resample", 3))
    return ((np.asarray(image) / 255 - settings["image_mean"]) / settings["image_std"]).transpose(2, 0, 1)[None].astype(np.float32)


def encode(t):
    ids = tokenizer.encode(t).ids
    if siglip:
        length = config["text_config"].get("max_position_embeddings", 64)
        ids += [1] * (length - len(ids))
    elif isinstance(length := text.get_inputs()[0].shape[1], int):  # a graph of one length, as OpenCLIP's is
        ids += [0] * (length - len(ids))
    feed = {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), np.int64)}
    return text.run(["pooler_output" if siglip else "text_embeds"], {i.name: feed[i.name] for i in text.get_inputs()})[0][0]


out = folder / "golden"
out.mkdir(exist_ok=True)
golden = {"pictures": [], "texts": []}
for i, (w, h) in enumerate([(640, 480), (480, 640), (333, 777), (1920, 1080)]):
    y, x = np.mgrid[:h, :w]
    rgb = np.stack([127 + 120 * np.sin(x / (25 + i)), 255 * y / h, 255 * ((x // 61 + y // 47) % 2)], -1)
    file = out / f"picture-{i}.jpg"
    Image.fromarray(rgb.clip(0, 255).astype(np.uint8)).save(file, quality=92)
    pixels = prepare(Image.open(file).convert("RGB"))
    golden["pictures"].append({"file": file.name, "embedding": unit(vision.run(["pooler_output" if siglip else "image_embeds"], {"pixel_values": pixels})[0][0])})
for t in ("a photo of a scratched part", "a photo of a pristine part", "it's a café — naïve №5", ""):
    golden["texts"].append({"text": t, "embedding": unit(encode(t))})
(out / "golden.json").write_text(json.dumps(golden) + "\n")
