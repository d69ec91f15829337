"""The file of results: written whole and often, so that a run that is interrupted keeps what it has."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from index.errors import PullquoteError

FLUSH_SECONDS = 2.0  # at most this much work is lost to a kill
SAME_RUN = ("kind", "code", "of", "settings")
"""What two runs must have in common for the second to go on with the first; of the machine, see ``SAME_MACHINE``."""
SAME_MACHINE = ("cpu", "cores", "libraries", "python")


class RecordError(PullquoteError):
    """A file of results that cannot be written."""


class Record:
    """One JSON object in one file, replaced atomically: a reader sees the old content or the new, never half of it.

    Args:
        path: The file. Its folder is made if need be. None keeps the content in memory only.
        content: The object.
        earlier: What an earlier run of the same left there; see :func:`earlier`.

    Attributes:
        path, earlier: As given.
        content: The object; change it freely, then call :meth:`touch`.

    Raises:
        RecordError: nothing can be written there, which is better known before hours of measuring.
    """

    def __init__(
        self,
        path: Path | None,
        content: Mapping[str, Any],
        *,
        earlier: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self.content = dict(content)
        self.earlier: Mapping[str, Any] = earlier or {}
        self._clock = clock
        self._written = clock()
        if path is not None:
            self._try(path)

    def finished(self) -> bool:
        """Whether the earlier run came to its end; its content is then this one's, and nothing need be measured."""
        if not self.earlier.get("complete"):
            return False
        self.content = dict(self.earlier)
        return True

    def touch(self) -> None:
        """Write the content if the last write is some time ago."""
        if self._clock() - self._written >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write the content now."""
        if self.path is None:
            return
        partial = _partial(self.path)
        try:
            partial.write_text(json.dumps(self.content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)
        self._written = self._clock()

    @staticmethod
    def _try(path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _partial(path).touch()
            _partial(path).unlink()
        except OSError as error:
            raise RecordError(
                f"{path} cannot be written: {error.strerror}.", "Name another file with --json."
            ) from error
        if path.is_dir():
            raise RecordError(f"{path} is a folder.", "Name a file with --json.")


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.tmp")


def earlier(path: Path, head: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a run with the same head left in a file; None if its figures may not stand beside ours, or there are none.

    The same head is the same kind of run with the same settings, code, libraries and processor. The commit may differ:
    one that changes documents or tests changes no figure.
    """
    try:
        left = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if not isinstance(left, dict) or _identity(left) != _identity(json.loads(json.dumps(head))):
        return None
    return left


def _identity(head: Mapping[str, Any]) -> list[Any]:
    machine = head.get("machine", {})
    return [head.get(key) for key in SAME_RUN] + [machine.get(key) for key in SAME_MACHINE]
