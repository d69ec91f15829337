"""The file of results: written whole and often, so that a run that is interrupted keeps what it has."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FLUSH_SECONDS = 2.0  # at most this much work is lost to a kill


class Record:
    """One JSON object in one file, replaced atomically: a reader sees the old content or the new, never half of it.

    Attributes:
        path: The file. Its folder is made if need be.
        content: The object; change it freely, then call :meth:`touch`.
    """

    def __init__(self, path: Path, content: Mapping[str, Any], *, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self.content = dict(content)
        self._clock = clock
        self._written = clock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def touch(self) -> None:
        """Write the content if the last write is some time ago."""
        if self._clock() - self._written >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write the content now."""
        partial = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        try:
            partial.write_text(json.dumps(self.content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)
        self._written = self._clock()
