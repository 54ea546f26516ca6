"""Compares embeddings, NAME.arm64 to NAME.amd64 in a folder, as `edge embed` writes them; ends with 1 where a cosine
is too low. The built-in bundle is in int8, which the two processors round otherwise; the others are in float32."""

import json
import math
import sys
from pathlib import Path

LIMIT, INT8_LIMIT = 0.9999, 0.999  # the second is that of the parity gate


def embeddings(path):
    found = json.loads(path.read_text())
    return [e["embedding"] for e in (found if isinstance(found, list) else [found])]


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)


def main():
    ok, files = True, sorted(Path(sys.argv[1]).glob("*.arm64"))
    assert files, "there is nothing to compare"
    for file in files:
        pairs = list(zip(embeddings(file), embeddings(file.with_suffix(".amd64")), strict=True))
        worst, limit = min(cosine(a, b) for a, b in pairs), INT8_LIMIT if file.name.startswith("pocket.") else LIMIT
        ok = ok and worst >= limit
        print(f"{file.stem:18} {len(pairs)} embeddings, lowest cosine to amd64 {worst:.7f}{'' if worst >= limit else f': below {limit}'}")
    sys.exit(0 if ok else 1)


main()
