"""One writer at a time, across processes: a lock that the system lets go of when its holder dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import psutil

from index.errors import LibraryLocked

LOCK = "writer.lock"
"""The lock's file in a library's folder; ``LOCK.pid`` beside it names the holder for whoever is refused."""

# A holder writes its pid just after it got the lock; whoever is refused in between waits so long for it, in seconds.
_GRACE = 0.2


@contextmanager
def writing(directory: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold a library's writer lock.

    Args:
        directory: The library's folder, which must exist.
        patience: Seconds to wait for another writer before giving up.

    Raises:
        LibraryLocked: another process, named by its pid, or another thread of this one is writing.
    """
    lock = filelock.FileLock(directory / LOCK, timeout=patience)
    holder = directory / f"{LOCK}.pid"
    try:
        lock.acquire()
    except filelock.Timeout as error:
        pid = _holder(holder)
        who = "This process" if pid == os.getpid() else f"Another process (pid {pid or 'unknown'})"
        raise LibraryLocked(
            f"{who} is writing to the library {directory}.",
            "Wait until it has finished, then run the command again.",
        ) from error
    try:
        holder.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _holder(file: Path) -> int | None:
    """The pid of the living holder; a pid left by one that was killed is not taken for it."""
    deadline = time.monotonic() + _GRACE
    while True:
        try:
            pid = int(file.read_text(encoding="ascii"))
        except (OSError, ValueError):  # not written yet, or half
            pid = 0
        if pid and psutil.pid_exists(pid):
            return pid
        if time.monotonic() > deadline:
            return None
        time.sleep(0.01)
