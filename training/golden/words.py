"""Writes cmd/edge/testdata/words.json, what the test of the model card says of defects: python training/golden/words.py"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
from training.language.captions import KINDS, wrong  # noqa: E402
from training.measure import GENERIC, said  # noqa: E402

doc = {"general": GENERIC, "kinds": {k: {"right": said(k), "wrong": wrong([k])} for k in KINDS}}
(ROOT / "cmd" / "edge" / "testdata" / "words.json").write_text(json.dumps(doc, indent=1) + "\n")
