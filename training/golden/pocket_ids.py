"""Renews the built-in bundle's ids in infer/tokenizer/testdata/golden.json.gz, for the texts that are there:
python training/golden/pocket_ids.py, after every change of its vocabulary. tokenizers_golden.py makes the rest."""

import base64
import gzip
import hashlib
import json
from pathlib import Path

from tokenizers import Tokenizer

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "infer" / "tokenizer" / "testdata" / "golden.json.gz"

golden = json.loads(gzip.decompress(GOLDEN.read_bytes()))
pocket = Tokenizer.from_file(str(ROOT / "models" / "pocket" / "tokenizer.json"))
pocket.no_truncation()
pocket.no_padding()
ids = (pocket.encode(t).ids for t in golden["texts"])
# Three bytes of the SHA-256 of the ids' decimal text, as tokenizers_golden.py writes them.
golden["pocket"] = "".join(base64.b64encode(hashlib.sha256(",".join(map(str, i)).encode()).digest()[:3]).decode() for i in ids)
GOLDEN.write_bytes(gzip.compress(json.dumps(golden, ensure_ascii=False, separators=(",", ":")).encode(), 9, mtime=0))
