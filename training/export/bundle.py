"""Write models/pocket: graphs, tokenizer, golden vectors, bundle.yaml with the SHA-256 of every file."""

import hashlib
import json

import yaml
from PIL import Image

from ..inference import normalise, session, tokens
from ..paths import CONTENT, CONTEXT, DIM, MEAN, SIZE, STD

NAME, VERSION = "pocket", "1.5.0"
GOLDEN_TEXTS = ["a photo of a flawless metal disc", "a photo of a scratched metal disc",
                "a close-up photo of the cracked phone screen for visual inspection", "two dogs in the snow"]


def golden(folder, pictures):
    """Pictures of exactly the input size (no resizing to differ over) and texts, with what the graphs say."""
    out = folder / "golden"
    out.mkdir(parents=True, exist_ok=True)
    image, text = session(folder / "image.onnx"), session(folder / "text.onnx")

    def rounded(a):
        return [round(float(v), 6) for v in a]

    doc = {"comment": "Made by training/bundle.py with ONNX Runtime on a CPU; compare by cosine. "
                      "Patch rows are row * 20 + column.", "pictures": [], "texts": []}
    for i, p in enumerate(pictures):
        name = f"picture-{i}.png"
        Image.fromarray(p).save(out / name)
        e, pe, pf = image.run(None, {"image": normalise(p)[None]})
        rows = [0, 105, 210, 399]
        doc["pictures"].append({"file": name, "embedding": rounded(e[0]),
                                "patches": [{"row": r, "embedding": rounded(pe[0, r]),
                                             "features": rounded(pf[0, r])} for r in rows]})
    for t in GOLDEN_TEXTS:  # one by one: dynamic quantisation looks at the whole batch
        x = tokens(folder / "tokenizer.json", [t])
        doc["texts"].append({"text": t, "input_ids": x["input_ids"][0].tolist(),
                             "embedding": rounded(text.run(None, x)[0][0])})
    (out / "golden.json").write_text(json.dumps(doc, indent=1))


def manifest(folder, scales, extra=None):
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in ("bundle.yaml", "README.md"))
    doc = {
        "name": NAME, "version": VERSION, "licence": "Apache-2.0",
        "files": {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
        "image": {"size": SIZE, "resize": "squash", "mean": [round(MEAN, 9)] * 3, "std": [round(STD, 9)] * 3,
                  "input": "image", "outputs": {"embedding": "embedding", "patch_embeddings": "patch_embeddings",
                                                "patch_features": "patch_features"}},
        "text": {"context_length": CONTEXT, "inputs": {"ids": "input_ids", "mask": "attention_mask"},
                 "output": "embedding", "tokenizer": "wordpiece"},
        "embedding_dim": DIM, "logit_scale": scales["logit_scale"], "patch_logit_scale": scales["patch_logit_scale"],
        # Text dimensions that speak of a thing's condition; zero there: the text says nothing about it.
        "state_dims": [CONTENT, DIM],
        **(extra or {}),
    }
    (folder / "bundle.yaml").write_text(yaml.safe_dump(doc, sort_keys=False, width=100))
