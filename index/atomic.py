"""A file is written whole or not at all: nobody ever reads half of it, and a failure leaves nothing behind."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(path: Path, *parts: bytes | bytearray | memoryview) -> None:
    """Write the parts one after the other, in place of what the file held; its folder is made if need be.

    Raises:
        OSError: no room or no right, say. The file is what it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
