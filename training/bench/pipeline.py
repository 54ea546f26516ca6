"""The pipeline as one would write it in Python, for `make bench` to compare with: python pipeline.py VIDEO BUNDLE.

OpenCV decodes, Pillow resizes (antialiased bicubic, as the bundle wants it), ONNX Runtime encodes on as many
threads as there are cores. Prints JSON: frames a second of the bare session and of the pipeline, and the pipeline's
time of all cores.
"""

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import yaml
from PIL import Image

FRAMES = 200

video, bundle = sys.argv[1], Path(sys.argv[2])
manifest = yaml.safe_load((bundle / "bundle.yaml").read_text())["image"]
size, mean, std = manifest["size"], np.float32(manifest["mean"]), np.float32(manifest["std"])
onnxruntime.set_default_logger_severity(3)
session = onnxruntime.InferenceSession(bundle / "image.onnx", providers=["CPUExecutionProvider"])


def encode(pixels):
    return session.run(None, {manifest["input"]: pixels})


def preprocess(bgr):
    image = Image.fromarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)).resize((size, size), Image.BICUBIC)
    pixels = (np.asarray(image, np.float32) / 255 - mean) / std
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])


def frames(count):
    capture = cv2.VideoCapture(video)
    while count:
        good, frame = capture.read()
        if not good:
            capture = cv2.VideoCapture(video)
            continue
        count -= 1
        yield frame


still = preprocess(next(frames(1)))
encode(still)
start = time.perf_counter()
for _ in range(FRAMES):
    encode(still)
bare = FRAMES / (time.perf_counter() - start)
start, used = time.perf_counter(), time.process_time()
for frame in frames(FRAMES):
    encode(preprocess(frame))
print(json.dumps(dict(bare_session_fps=bare, pipeline_fps=FRAMES / (time.perf_counter() - start), pipeline_core_ms=1000 * (time.process_time() - used) / FRAMES)))
