"""Writes capture/opencv/testdata/pictures.tar.gz: picture files of every odd kind, and beside each the RGB bytes that
Pillow decodes, upright and without alpha (python training/golden/pictures.py, with Pillow 11)."""

import gzip
import io
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

OUT = Path(__file__).parents[2] / "capture" / "opencv" / "testdata" / "pictures.tar.gz"


def picture(w, h, channels=3):
    y, x = np.mgrid[:h, :w]
    planes = [127 + 120 * np.sin(x / 3), 255 * y / max(h - 1, 1), 40 + 150 * ((x // 5 + y // 4) % 2), 255 * x / max(w - 1, 1)]
    data = np.stack(planes[:channels], -1).clip(0, 255).astype(np.uint8)
    return Image.fromarray(data[..., 0] if channels == 1 else data)


def save(image, kind, **options):
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def rotated(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return save(picture(19, 11), "JPEG", quality=95, subsampling=0, exif=exif)


files = {f"exif-{o}.jpg": rotated(o) for o in range(1, 9)}
files |= {f"{w}x{h}.png": save(picture(w, h), "PNG") for w, h in ((1, 1), (1, 37), (37, 1), (2, 3), (17, 31), (31, 17), (33, 64), (63, 5))}
files |= {f"{w}x{h}-420.jpg": save(picture(w, h), "JPEG", quality=90, subsampling=2) for w, h in ((1, 1), (1, 37), (37, 1), (17, 31), (31, 17), (40, 40))}
files |= {f"{w}x{h}-422.jpg": save(picture(w, h), "JPEG", quality=80, subsampling=1) for w, h in ((17, 31), (31, 17))}
files |= {
    "grey.png": save(picture(21, 13, 1), "PNG"), "grey.jpg": save(picture(21, 13, 1), "JPEG", quality=90), "alpha.png": save(picture(21, 13, 4).convert("RGBA"), "PNG"),
    "palette.png": save(picture(21, 13).quantize(16), "PNG"), "grey-alpha.png": save(picture(21, 13, 1).convert("LA"), "PNG"),
    "one-bit.png": save(picture(21, 13, 1).convert("1"), "PNG"), "progressive.jpg": save(picture(40, 23), "JPEG", quality=90, progressive=True),
    "bmp.bmp": save(picture(21, 13), "BMP"), "restart.jpg": save(picture(64, 48), "JPEG", quality=70, restart_marker_blocks=2),
}
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w") as tar:
    for name, data in sorted(files.items()):
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        for member, content in ((name, data), (f"{name}.{image.width}x{image.height}.rgb", image.tobytes())):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
OUT.parent.mkdir(exist_ok=True)
OUT.write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))
print(len(files), "pictures")
