"""Bytes from somewhere else to one verified file here: hashed while they are written, resumed after an interruption.

What has arrived waits in ``FILE.partial``. Every 32 MB, and when anything goes wrong, its length and hash are noted in
``FILE.partial.json``; the next start hashes the partial again, and begins anew if the two do not agree. All sources
of a file deliver the same bytes, so that one can go on where another stopped.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from filelock import FileLock, Timeout

from index.errors import DiskFull, DownloadFailed, ModelError, UnknownModel, WrongHash

CHUNK = 1 << 20
NOTE_EVERY = 32 * CHUNK
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file as it must turn out: what people call it, its size in bytes, its SHA-256 (hex)."""

    name: str
    size: int
    sha256: str

    @property
    def hint(self) -> str:
        """What to type to go on."""
        return f"pullquote models fetch {self.name}"


class Partial:
    """A file on its way, open for appending; a context manager that keeps what has arrived.

    Args:
        target: Where the whole file goes in the end; the partial lies beside it.
        wanted: What it must turn out to be.
        report: Called with the number of bytes that have arrived, which only grows unless the file is begun anew.

    Raises:
        OSError: on entering, writing or leaving.
    """

    def __init__(self, target: Path, wanted: Wanted, report: Report) -> None:
        self.target = target
        self.wanted = wanted
        self.size = 0
        self._report = report
        self._reported = 0
        self._hash = hashlib.sha256()
        self._noted = 0

    def __enter__(self) -> Self:
        self._file = partial_path(self.target).open("a+b")
        if not self._resumes():
            self.restart()
        self._noted = self.size
        self.coming(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._file.closed and self.size != self._noted:
                self._note()
        finally:
            self._file.close()
            if not self.size:
                partial_path(self.target).unlink(missing_ok=True)

    def append(self, chunk: bytes) -> None:
        """Write, hash and count the next bytes.

        Raises:
            DownloadFailed: more bytes than wanted; nothing of them is kept.
            OSError: they cannot be written.
        """
        if self.size + len(chunk) > self.wanted.size:
            self.restart()
            raise DownloadFailed(f"More than the {self.wanted.size:,} bytes of {self.wanted.name} were delivered.")
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)
        if self.size - self._noted >= NOTE_EVERY:
            self._note()
        self.coming(0)

    def coming(self, count: int) -> None:
        """Tell the progress that ``count`` bytes more are here, though not yet appended."""
        done = min(self.size + count, self.wanted.size)
        if done > self._reported or not self._reported:
            self._reported = done
            self._report(done)

    def restart(self) -> None:
        """Forget what has arrived."""
        note_path(self.target).unlink(missing_ok=True)
        self._file.truncate(0)
        self._hash = hashlib.sha256()
        self.size = self._noted = self._reported = 0

    def finish(self) -> None:
        """Check size and hash, and put the file in its place.

        Raises:
            DownloadFailed: bytes are missing; what has arrived is kept.
            WrongHash: naming both hashes; nothing is kept.
            OSError: the disk would not take it.
        """
        wanted = self.wanted
        if self.size != wanted.size:
            raise DownloadFailed(f"Only {self.size:,} of the {wanted.size:,} bytes of {wanted.name} were delivered.")
        got = self._hash.hexdigest()
        if got != wanted.sha256:
            self.restart()
            raise WrongHash(
                f"The bytes delivered for {wanted.name} have SHA-256 {got}; expected {wanted.sha256}.", wanted.hint
            )
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        partial_path(self.target).replace(self.target)
        note_path(self.target).unlink(missing_ok=True)

    def _resumes(self) -> bool:
        """Whether what an earlier run noted is here, byte for byte; anything after it is cut off."""
        try:
            note = json.loads(note_path(self.target).read_text(encoding="ascii"))
            size, sha256 = int(note["bytes"]), str(note["sha256"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return False
        self._file.seek(0)
        while self.size < size and (chunk := self._file.read(min(CHUNK, size - self.size))):
            self._hash.update(chunk)
            self.size += len(chunk)
        if self.size != size or size > self.wanted.size or self._hash.hexdigest() != sha256:
            return False
        self._file.truncate(size)
        return True

    def _note(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        note = note_path(self.target)
        fresh = note.with_name(note.name + ".new")
        fresh.write_text(json.dumps({"bytes": self.size, "sha256": self._hash.hexdigest()}), encoding="ascii")
        fresh.replace(note)
        self._noted = self.size


class Source(Protocol):
    """Somewhere a file can be had from."""

    @property
    def name(self) -> str:
        """What to call it in front of people."""
        ...

    @property
    def scratch(self) -> int:
        """Bytes of disk it needs besides the file's own."""
        ...

    def fetch(self, partial: Partial) -> None:
        """Append the bytes that are missing, from ``partial.size`` on.

        Raises:
            UnknownModel: it has no such file.
            DownloadFailed: it could not; ``partial`` keeps what has been appended.
            OSError: the disk would not take them.
        """
        ...


def partial_path(target: Path) -> Path:
    """Where the bytes of an unfinished file wait."""
    return target.with_name(target.name + ".partial")


def note_path(target: Path) -> Path:
    """Where the length and hash of an unfinished file are noted."""
    return target.with_name(target.name + ".partial.json")


def fetch(target: Path, wanted: Wanted, sources: Sequence[Source], report: Report) -> None:
    """Get a file from the first source that delivers it, resuming what an earlier run left.

    The caller holds the lock (:func:`alone`). Bytes that turn out wrong after a resumption may be the earlier run's
    fault, so the same source is asked once more from the beginning.

    Args:
        target: Where to put it; its folder exists.
        wanted: What it must turn out to be.
        sources: In the order to try them.
        report: Called with the number of bytes here so far.

    Raises:
        WrongHash: a source delivered other bytes, and no source the right ones; nothing is left behind.
        DownloadFailed: no source delivered the file; what has arrived is kept.
        DiskFull: there is no room for it.
        OSError: the disk would not take it; :func:`room` puts it into words.
    """
    failures: list[tuple[Source, ModelError]] = []
    queue = list(sources)
    while queue:
        source = queue.pop(0)
        resumed = False
        try:
            with Partial(target, wanted, report) as partial:
                require_room(wanted.name, wanted.size - partial.size + source.scratch, target.parent)
                resumed = partial.size > 0
                if partial.size < wanted.size:
                    source.fetch(partial)
                partial.finish()
                return
        except WrongHash as error:
            if resumed:
                queue.insert(0, source)
            else:
                failures.append((source, error))
        except (DownloadFailed, UnknownModel) as error:
            failures.append((source, error))
    raise _failure(wanted, failures)


def _failure(wanted: Wanted, failures: Sequence[tuple[Source, ModelError]]) -> ModelError:
    for _, error in failures:
        if isinstance(error, WrongHash):
            return error
    reasons = " ".join(f"{source.name}: {error.message}" for source, error in failures)
    hints = [error.hint for _, error in failures if error.hint]
    again = f"{wanted.hint} (it goes on where it stopped)"
    return DownloadFailed(f"{wanted.name} could not be fetched. {reasons}", "; then: ".join([*hints[:1], again]))


def require_room(name: str, needed: int, folder: Path) -> None:
    """Check the free disk before a long download rather than after it.

    Raises:
        DiskFull: fewer than ``needed`` bytes are free where ``folder`` is.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise _disk_full(name, f"needs {needed:,} bytes more in {folder}, where {free:,} are free")


@contextmanager
def room(name: str, needed: int, folder: Path) -> Iterator[None]:
    """Say in our own words what the system says about a disk that would not take our bytes.

    Raises:
        DiskFull: for "no space left" and "quota exceeded".
        DownloadFailed: for any other OSError.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise _disk_full(name, f"needs {needed:,} bytes in all in {folder}, which is full") from error
        raise DownloadFailed(
            f"{name} cannot be written to {folder}: {error.strerror or error}.",
            "Make the folder writable, or set PULLQUOTE_HOME to another one",
        ) from error


def _disk_full(name: str, what: str) -> DiskFull:
    return DiskFull(
        f"No room for {name}: it {what}.",
        f"Free some space, or set PULLQUOTE_HOME to a folder on a larger disk; then: pullquote models fetch {name}",
    )


@contextmanager
def alone(lock: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a file lock, so that two processes never write the same file; the system frees it if we are killed.

    Args:
        lock: The lock file. It stays when the lock is released: removing it would let two processes in.
        waiting: Called about twice a second while another process holds the lock.

    Raises:
        OSError: the lock file cannot be written.
    """
    held = FileLock(lock)
    patience = 0.0
    while not held.is_locked:
        try:
            held.acquire(timeout=patience, poll_interval=0.1)
        except Timeout:
            patience = 0.5
            waiting()
    try:
        yield
    finally:
        held.release()
