"""Writes capture/opencv/testdata/pictures.tar.gz: picture files of every odd kind, and beside each the RGB bytes that
Pillow decodes, upright and without alpha (python training/golden/pictures.py, with Pillow 11 and tifffile)."""

import gzip
import io
import tarfile
from pathlib import Path

import numpy as np
import tifffile
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


def rotated(orientation, kind, **options):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return save(picture(19, 11), kind, exif=exif, **options)


def tiff(data, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, np.asarray(data), **options)
    return out.getvalue()


def decoded(data):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image.convert("RGB")


files = {f"exif-{o}.jpg": rotated(o, "JPEG", quality=95, subsampling=0) for o in range(1, 9)}
files |= {f"exif-{o}.png": rotated(o, "PNG") for o in range(1, 9)}
files |= {f"exif-{o}.webp": rotated(o, "WEBP", lossless=True) for o in range(1, 9)}
files |= {f"exif-{o}.tif": rotated(o, "TIFF") for o in range(1, 9)}
files |= {f"{w}x{h}.png": save(picture(w, h), "PNG") for w, h in ((1, 1), (1, 37), (37, 1), (2, 3), (17, 31), (31, 17), (33, 64), (63, 5))}
files |= {f"{w}x{h}-420.jpg": save(picture(w, h), "JPEG", quality=90, subsampling=2) for w, h in ((1, 1), (1, 37), (37, 1), (17, 31), (31, 17), (40, 40))}
files |= {f"{w}x{h}-422.jpg": save(picture(w, h), "JPEG", quality=80, subsampling=1) for w, h in ((17, 31), (31, 17))}
files |= {
    "grey.png": save(picture(21, 13, 1), "PNG"), "grey.jpg": save(picture(21, 13, 1), "JPEG", quality=90), "alpha.png": save(picture(21, 13, 4).convert("RGBA"), "PNG"),
    "palette.png": save(picture(21, 13).quantize(16), "PNG"), "grey-alpha.png": save(picture(21, 13, 1).convert("LA"), "PNG"),
    "one-bit.png": save(picture(21, 13, 1).convert("1"), "PNG"), "progressive.jpg": save(picture(40, 23), "JPEG", quality=90, progressive=True),
    "bmp.bmp": save(picture(21, 13), "BMP"), "restart.jpg": save(picture(64, 48), "JPEG", quality=70, restart_marker_blocks=2),
}
colour, grey, clear = picture(37, 23), picture(37, 23, 1), picture(37, 23, 4).convert("RGBA")
files |= {
    "rgb.tif": save(colour, "TIFF"), "grey.tif": save(grey, "TIFF"), "one-bit.tif": save(grey.convert("1"), "TIFF"), "palette.tif": save(colour.quantize(16), "TIFF"),
    "grey-alpha.tif": save(grey.convert("LA"), "TIFF"), "alpha.tif": save(clear, "TIFF"), "cmyk.tif": save(colour.convert("CMYK"), "TIFF"),
    "lzw.tif": save(colour, "TIFF", compression="tiff_lzw"), "deflate.tif": save(colour, "TIFF", compression="tiff_adobe_deflate"),
    "jpeg.tif": save(colour, "TIFF", compression="jpeg", quality=90), "g4.tif": save(grey.convert("1"), "TIFF", compression="group4"),
    "big.tif": save(colour, "TIFF", big_tiff=True), "tiled.tif": tiff(picture(64, 48), photometric="rgb", tile=(16, 16)),
    "planar.tif": tiff(np.moveaxis(np.asarray(colour), -1, 0), photometric="rgb", planarconfig="separate"),
    "pages.tif": tiff([np.asarray(colour), 255 - np.asarray(colour)], photometric="rgb"), "white-is-zero.tif": tiff(grey, photometric="miniswhite"),
    "sixteen.tif": save(Image.fromarray(np.asarray(grey).astype(np.uint16) * 257), "TIFF"), "sixteen.png": save(Image.fromarray(np.asarray(grey).astype(np.uint16) * 257), "PNG"),
    "cmyk.jpg": save(colour.convert("CMYK"), "JPEG", quality=90), "palette-alpha.png": save(colour.quantize(16), "PNG", transparency=3),
    "picture.gif": save(colour.quantize(64), "GIF"), "interlaced.gif": save(colour.quantize(64), "GIF", interlace=1),
    "animated.gif": save(colour.quantize(64), "GIF", save_all=True, append_images=[ImageOps.invert(colour).quantize(64)]),
    "lossy.webp": save(colour, "WEBP", quality=90), "alpha.webp": save(clear, "WEBP", lossless=True),
    "palette.bmp": save(colour.quantize(200), "BMP"), "one-bit.bmp": save(grey.convert("1"), "BMP"), "alpha.bmp": save(clear, "BMP"), "grey.bmp": save(grey, "BMP"),
}
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w") as tar:
    for name, data in sorted(files.items()):
        image = decoded(data)
        for member, content in ((name, data), (f"{name}.{image.width}x{image.height}.rgb", image.tobytes())):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
OUT.parent.mkdir(exist_ok=True)
OUT.write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))
print(len(files), "pictures")
