"""Writes the archive of an export and its golden values: the same bytes for the same files."""

import gzip
import io
import json
import tarfile


def write(folder, name, files, golden):
    """files: the content of each path, in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path, data in sorted(files.items()):
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    (folder / f"{name}.tar.gz").write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))
    (folder / f"{name}.golden.json").write_text(json.dumps(golden) + "\n")
