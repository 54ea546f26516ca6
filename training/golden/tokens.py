"""Writes infer/testdata/tokens.json: ids of Hugging Face tokenizers for the built-in model's
tokenizer.json (python training/golden/tokens.py)."""

import json
import random
from pathlib import Path

from tokenizers import Tokenizer

ROOT = Path(__file__).parents[2]
tokenizer = Tokenizer.from_file(str(ROOT / "models" / "pocket" / "tokenizer.json"))
tokenizer.no_truncation()
tokenizer.no_padding()
random.seed(0)
words = """a photo of the scratched metal flange with crack, dented! phone-screen it's don't we'll naïve café ÀÉÎÕÜ ñandú straße
İstanbul ǅ ﬁne 日本語 検査 한국어 Привет мир 🙂 👩‍🔧 #1 50% (ok) [x] {y} a_b c/d \\ 3.14 1,000 \u200b \u00a0 \t \n \x07 \ufffd — … “quoted”
‘single’ supercalifragilisticexpialidocious xqzjkw ABCdef été e\u0301 ü u\u0308 ½ ² ™ ® © § ¿ ¡ ， 。""".split(" ")
texts = ["", " ", "a", "A", "?", "...", "a" * 99, "a" * 101, "word " * 80]
texts += [word for word in words]
while len(texts) < 1500:
    texts.append(random.choice([" ", "", "  ", "-"]).join(random.choice(words) for _ in range(random.randint(1, 8))))
for _ in range(300):
    texts.append("".join(chr(random.choice([random.randint(1, 0x2FF), random.randint(0x300, 0xD7FF), random.randint(0x1F300, 0x1FAFF)]))
                         for _ in range(random.randint(1, 6))))
cases = [dict(Text=t, IDs=tokenizer.encode(t).ids) for t in texts]
out = ROOT / "infer" / "testdata" / "tokens.json"
out.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
