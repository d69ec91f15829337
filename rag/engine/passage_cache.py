"""Computed keys and values of passages: in memory, then on disk, both bounded, least recently used out first.

A file is a header (magic, SHA-256 of what follows) and llama.cpp's own state of a sequence. It is written to a
temporary name and renamed, so a reader never sees half of it; one that is damaged is deleted and computed again.
Everything here can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TypeAlias

from index import atomic

_MAGIC = b"pullquote passage 1\n"
_HEADER = len(_MAGIC) + hashlib.sha256().digest_size
_SUFFIX = ".kv"
# When the disk is full of passages, this share of the room is freed at once, so that not every write has to look.
_SLACK = 0.1

Buffer: TypeAlias = bytes | bytearray | memoryview
"""Bytes that nobody changes any more; a ``memoryview`` is of a file mapped into memory."""


class PassageCache:
    """Key → bytes, bounded.

    Args:
        directory: Where files go; None keeps to memory.
        memory_bytes: Most that is held in memory.
        disk_bytes: Most that is held on disk.

    Attributes:
        hits, misses: How often :meth:`get` found something, and nothing.
    """

    def __init__(self, directory: Path | None, *, memory_bytes: int, disk_bytes: int) -> None:
        self._directory = directory
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._memory: OrderedDict[str, Buffer] = OrderedDict()
        self._held = 0
        self._stored: int | None = None  # bytes on disk, counted at the first write
        self._lock = threading.Lock()
        self.hits = self.misses = 0

    def get(self, key: str) -> Buffer | None:
        """What was put under a key, or None."""
        with self._lock:
            found = self._memory.get(key)
            if found is not None:
                self._memory.move_to_end(key)
            elif (found := self._read(key)) is not None:
                self._remember(key, found)
            self.hits += found is not None
            self.misses += found is None
            return found

    def put(self, key: str, data: Buffer) -> None:
        """Keep something; a full or read-only disk only means that it is kept in memory."""
        with self._lock:
            self._remember(key, data)
            self._write(key, data)

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self.forget_memory()
        with self._lock:
            for _, _, path in _files(self._directory) if self._directory else ():
                path.unlink(missing_ok=True)
            self._stored = None

    def forget_memory(self) -> None:
        """Forget what is in memory, as the next process does."""
        with self._lock:
            self._memory.clear()
            self._held = 0

    def __contains__(self, key: str) -> bool:
        with self._lock:
            return key in self._memory or (self._directory is not None and self._path(self._directory, key).is_file())

    @property
    def full(self) -> bool:
        """Whether there is no room for more without forgetting some."""
        with self._lock:
            if self._directory is None:
                return self._held >= self._memory_bytes * (1 - _SLACK)
            return self._on_disk(self._directory) >= self._disk_bytes * (1 - _SLACK)

    def _on_disk(self, directory: Path) -> int:
        if self._stored is None:
            self._stored = sum(size for _, size, _ in _files(directory))
        return self._stored

    def _remember(self, key: str, data: Buffer) -> None:
        self._held += len(data) - len(self._memory.pop(key, b""))
        self._memory[key] = data
        while self._held > self._memory_bytes and len(self._memory) > 1:
            _, dropped = self._memory.popitem(last=False)
            self._held -= len(dropped)

    @staticmethod
    def _path(directory: Path, key: str) -> Path:
        return directory / key[:2] / f"{key}{_SUFFIX}"

    def _read(self, key: str) -> memoryview | None:
        if self._directory is None:
            return None
        path = self._path(self._directory, key)
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                # Mapped, the bytes go from the page cache straight into the model's memory.
                raw = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b"")
            if raw[: len(_MAGIC)] != _MAGIC or raw[len(_MAGIC) : _HEADER] != hashlib.sha256(raw[_HEADER:]).digest():
                path.unlink()
                return None
            os.utime(path)  # it was used
        except OSError:  # not there, or taken away by another process
            return None
        return raw[_HEADER:]

    def _write(self, key: str, data: Buffer) -> None:
        if self._directory is None or len(data) + _HEADER > self._disk_bytes:
            return
        path = self._path(self._directory, key)
        try:
            atomic.write(path, _MAGIC + hashlib.sha256(data).digest(), data)
        except OSError:
            return
        known = self._stored is not None
        self._stored = self._on_disk(self._directory) + known * (len(data) + _HEADER)
        if self._stored > self._disk_bytes:
            self._stored = self._evict(self._directory)

    def _evict(self, directory: Path) -> int:
        """Delete what was not used for longest until there is room; returns the bytes that are left."""
        files = sorted(_files(directory))
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self._disk_bytes * (1 - _SLACK):
                break
            path.unlink(missing_ok=True)
            total -= size
        return total


def _files(directory: Path) -> list[tuple[float, int, Path]]:
    """``(last use, bytes, path)`` of every file, leftovers of killed writers included."""
    found = []
    for path in directory.glob("*/*"):
        try:
            status = path.stat()
        except OSError:  # taken away by another process
            continue
        found.append((status.st_mtime, status.st_size, path))
    return found
