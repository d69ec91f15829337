"""A file is written whole or not at all: nobody ever reads half of it, and a failure leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def write(path: Path, *parts: bytes | bytearray | memoryview, keep_rights: bool = False) -> None:
    """Write the parts one after the other, in place of what the file held; its folder is made if need be.

    Args:
        path: The file.
        parts: What it is to hold.
        keep_rights: Leave it readable by whom it was readable by, not by its owner alone.

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
        if keep_rights and path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
