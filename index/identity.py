"""What a model is, told by its bytes: weights of hundreds of MB are hashed once, not at each start."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from pathlib import Path

from index import atomic
from index.errors import UnknownModel

# Files beside a model's weights that change nothing about what it computes.
_IRRELEVANT = {".md", ".lock"}
_SHA256 = re.compile("[0-9a-f]{64}")


def identity(path: Path, cache_dir: Path) -> str:
    """SHA-256 (hex) over the names and bytes of a model's file, or of the files of its folder.

    The result is kept below ``cache_dir`` under the path, sizes and modification times it was computed from, and is
    good as long as these are the same. Where it cannot be kept, it is computed each time. The folder's own name and
    place do not count.

    Raises:
        UnknownModel: no file of it is there: nothing would tell it from any other.
        OSError: a file of the model cannot be read.
    """
    found = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file() and p.suffix not in _IRRELEVANT]
    files = sorted(found)
    if not files:
        raise UnknownModel(
            f"No file of the model {path} can be found, so that nothing tells it from another.",
            "Name the folder that holds its files, or a registered model: pullquote models",
        )
    stamp = [[str(file.relative_to(path)), file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    key = hashlib.sha256(json.dumps([str(path.resolve()), stamp]).encode()).hexdigest()
    note = cache_dir / "identities" / key
    if known := _noted(note):
        return known
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(path)}\0".encode() + bytes.fromhex(sha256(file)))
    with contextlib.suppress(OSError):
        atomic.write(note, digest.hexdigest().encode())
    return digest.hexdigest()


def sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _noted(note: Path) -> str:
    """The SHA-256 that a note holds, or nothing: a disk that was full, say, has left an empty one."""
    try:
        text = note.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
    return text if _SHA256.fullmatch(text) else ""
