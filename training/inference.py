"""Run the graphs of a bundle in Python: what goes in, and sessions of ONNX Runtime."""

from functools import cache

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from .paths import CONTEXT, MEAN, STD


def normalise(picture):
    """uint8 [S,S,3] RGB -> float32 [3,S,S] as the graph wants it."""
    x = (picture.astype(np.float32) / 255 - np.float32(MEAN)) / np.float32(STD)
    return np.ascontiguousarray(x.transpose(2, 0, 1))


def session(path, threads=2):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _tokenizer(path):
    tok = Tokenizer.from_file(path)
    tok.enable_padding(pad_id=tok.token_to_id("[PAD]"), pad_token="[PAD]")
    tok.enable_truncation(CONTEXT)
    return tok


def tokens(tokenizer, texts):
    enc = _tokenizer(str(tokenizer)).encode_batch(texts)
    return {"input_ids": np.array([e.ids for e in enc], np.int64),
            "attention_mask": np.array([e.attention_mask for e in enc], np.int64)}
