"""Zip archives, for ``.zip`` and for the formats that are one inside. Nothing is ever unpacked onto the disk.

What an archive says of itself is not believed: the bytes that come out of it are counted while they are read.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from index.errors import ArticleError, UnreadableFile
from index.readers.draft import LIMIT, Columns, Draft, Reader
from index.readers.stated import one_line
from index.readers.whole import all_bytes
from index.types import Failure

RATIO = 100
"""How many times its own size an archive may hold; text gets by with ten."""
FLOOR = 32 * 1024 * 1024
"""Bytes an archive may hold whatever its size."""
COUNT = 100_000
"""Files an archive may hold."""
DIRECTORY = 8 * 1024 * 1024
"""Bytes of an archive's table of contents."""

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, UnicodeDecodeError, OverflowError, ValueError)
_KINDS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others expand without bound at the first bytes
_DRIVE = re.compile(r"^[A-Za-z]:")


class ArchiveBomb(UnreadableFile):
    """An archive that would fill the memory."""


@dataclass(slots=True)
class Budget:
    """The bytes that may still come out of an archive, those in it included."""

    left: int

    def spend(self, count: int) -> None:
        """Take note of bytes read.

        Raises:
            ArchiveBomb: More than the archive may hold.
        """
        self.left -= count
        if self.left < 0:
            raise ArchiveBomb(f"it unpacks to more than {RATIO} times its size", "Unpack it and index the folder.")


class Archive:
    """The files in a zip archive.

    Args:
        stream: The archive; must be seekable.
        budget: That of the archive it lies in.

    Raises:
        UnreadableFile: It is no archive, damaged, or has too many files.
    """

    def __init__(self, stream: BinaryIO, budget: Budget | None = None) -> None:
        size = stream.seek(0, io.SEEK_END)
        self.budget = budget or Budget(max(FLOOR, RATIO * size))
        try:
            self._zip = zipfile.ZipFile(cast(BinaryIO, _Careful(stream)))
        except (*_BROKEN, NotImplementedError) as error:
            raise _not_whole() from error
        self.files = [info for info in self._zip.infolist() if info.filename and not info.is_dir()]
        # What was cut off may have held the table of contents; zipfile then takes that of the last archive inside.
        if min((info.header_offset for info in self._zip.infolist()), default=0) > 0:
            raise _not_whole()
        if len(self.files) > COUNT:
            raise UnreadableFile(f"it holds more than {COUNT} files", "Unpack it and index the folder.")

    def open(self, info: zipfile.ZipInfo) -> BinaryIO:
        """The bytes of one file of the archive.

        Raises:
            UnreadableFile: Encrypted, damaged, a link, or compressed in a way that cannot be bounded.
        """
        if info.flag_bits & 0x1:
            raise UnreadableFile("it is encrypted", "Make the archive again without a password.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UnreadableFile("it is a link, not a file", "Put the file itself into the archive.")
        if info.compress_type not in _KINDS:
            raise UnreadableFile("it is packed in an unusual way", "Make the archive again with: zip -r")
        try:
            return io.BufferedReader(_Member(cast(BinaryIO, self._zip.open(info)), self.budget))
        except (*_BROKEN, NotImplementedError, RuntimeError) as error:
            raise _damaged() from error

    def content(self, name: str, limit: int = LIMIT) -> bytes:
        """The bytes of the file of that name.

        Raises:
            UnreadableFile: There is none, it cannot be read, or it is larger than ``limit`` bytes.
        """
        try:
            info = self._zip.getinfo(name)
        except KeyError as error:
            raise UnreadableFile(f"it lacks {one_line(name)}", "Make it again, or fetch it again.") from error
        with self.open(info) as member:
            return all_bytes(member, limit)

    def check(self) -> None:
        """Read everything once, so that a library may then do so in safety.

        Raises:
            UnreadableFile: A file is damaged or encrypted, or they are too large together.
        """
        for info in self.files:
            with self.open(info) as member:
                while member.read(1 << 16):
                    pass


class _Careful:
    """A stream for ``zipfile``, which reads a table of contents of any size that is stated."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > DIRECTORY:
            raise zipfile.BadZipFile("its table of contents is too large")
        return self._stream.read(DIRECTORY if size < 0 else size)


class _Member(io.RawIOBase):
    """A file of an archive, its bytes counted."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer has no length
        try:
            content = self._stream.read(len(buffer))
        except _BROKEN as error:
            raise _damaged() from error
        self._budget.spend(len(content))
        buffer[: len(content)] = content
        return len(content)


def read(
    stream: BinaryIO, columns: Columns | None, readers: Mapping[str, Reader], budget: Budget | None = None
) -> Iterator[Draft | Failure]:
    """The articles of the files in an archive. Files of unknown kinds and hidden ones are passed over, as in folders.

    Args:
        stream: The archive.
        columns: For the tables in it.
        readers: By suffix.
        budget: That of the archive this one lies in; None if it lies in none.
    """
    archive = Archive(stream, budget)
    for info in archive.files:
        name = _inner(info.filename)
        suffix = name.suffix.lower()
        if suffix not in readers or any(part.startswith((".", "__MACOSX")) for part in name.parts):
            continue
        place = f"/{name}"
        try:
            with archive.open(info) as member:
                if suffix != ".zip":
                    found = readers[suffix](member, columns)
                elif budget is None:
                    inside = io.BytesIO(all_bytes(member, FLOOR))
                    found = read(inside, columns, readers, archive.budget)
                else:
                    raise UnreadableFile("archives are read one inside another, not deeper", "Unpack it.")
                for one in found:
                    yield _placed(one, place)
        except ArchiveBomb:
            raise
        except ArticleError as error:
            yield Failure(place, error.message, error.hint)


def _inner(name: str) -> PurePosixPath:
    """The path of a file in an archive, as part of an id: relative, without "..", drives and control characters."""
    parts = (one_line(part) for part in re.split(r"[/\\]", _DRIVE.sub("", name)))
    return PurePosixPath(*(part for part in parts if part not in {"", ".", ".."}))


def _placed(found: Draft | Failure, place: str) -> Draft | Failure:
    """What was found in a file of the archive, seen from outside."""
    if isinstance(found, Failure):
        return replace(found, id=place + found.id)
    source = replace(found.source, file=place + (found.source.file or ""))
    return replace(found, place=place + found.place, source=source)


def _not_whole() -> UnreadableFile:
    return UnreadableFile("it is no whole zip archive", "Make it again, or fetch it again.")


def _damaged() -> UnreadableFile:
    return UnreadableFile("it is damaged", "Make the archive again, or fetch it again.")
