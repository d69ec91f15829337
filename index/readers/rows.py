"""Tables of any size, one row at a time: JSON Lines and comma- or tab-separated values → rows of named values."""

from __future__ import annotations

import csv
import io
import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from index.errors import EmptyArticle, UnreadableFile
from index.readers.encoding import decode, encoding_of

LINE = 5 * 1024 * 1024
"""Characters or bytes of a line, and of a value; an article has a thousandth of that."""
_SAMPLE = 1 << 18  # bytes that decide about the encoding
_DELIMITERS = ",;\t|"
_ATTEMPTS = 50  # rows with open quotation marks that are got over; each may mean reading on to the end of the file


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number, from 1, and its values by column, or what is wrong with it."""

    number: int
    values: dict[str, Any] | None = None
    reason: str = ""
    fatal: bool = False


def json_rows(stream: BinaryIO) -> Iterator[Row]:
    """The objects of a file of JSON Lines; empty lines are passed over."""
    for number, line in enumerate(_lines(stream), 1):
        if line is None:
            yield Row(number, reason=f"the line is longer than {LINE >> 20} MB")
        elif line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        values = json.loads(line)
    except RecursionError:
        return Row(number, reason="its JSON is nested too deeply")
    except ValueError:  # also that of a number with thousands of digits
        return Row(number, reason="this is no JSON object on a line of its own")
    if not isinstance(values, dict):
        return Row(number, reason="this is JSON, but no object with named values")
    return Row(number, values)


def csv_rows(stream: BinaryIO, delimiter: str | None = None) -> Iterator[Row]:
    """The rows of a table whose first line names the columns; the delimiter is what that line has most of.

    A quotation mark that is never closed would make one row of all that follow it. Such a row is reported, and what
    follows its first line is read anew.
    """
    lines = _lines(stream)
    head = next(lines, "")
    if head is None:
        raise UnreadableFile(f"its first line is longer than {LINE >> 20} MB", "Name the columns in the first line.")
    delimiter = delimiter or max(_DELIMITERS, key=head.count)
    source = _Lines(_chain(head, lines))
    table = csv.reader(source, delimiter=delimiter)
    names: list[str] | None = None
    short: list[str] = []
    left = _ATTEMPTS
    while True:
        values = None
        try:
            with _large_fields():
                values = next(table, None)
                matched = len(source.record) < 2 or _is_whole(source.record, delimiter)
        except csv.Error:  # it is too long to be read on
            matched, left = False, 0
        if values is None and matched:
            return
        first = source.number - len(source.record) + 1
        if names is None and matched:
            names = [name.strip() for name in values or ()]
            short = [""] * len(names)  # for a row that ends early
        elif not matched and (names is None or not left):
            yield Row(first, reason="from here on its quotation marks do not match", fatal=True)
            return
        elif not matched:
            left -= 1
            yield Row(first, reason="a quotation mark in it is never closed")
            source.put_back(source.record[1:])
            table = csv.reader(source, delimiter=delimiter)
        elif values and any(values):
            yield Row(source.number, dict(zip(names or (), [*values, *short], strict=False)))
        source.record.clear()


def _is_whole(record: Sequence[str], delimiter: str) -> bool:
    """Whether every quotation mark that opens a value in some lines closes it, before a delimiter or their end."""
    try:
        return bool(list(csv.reader(record, delimiter=delimiter, strict=True)))
    except csv.Error:
        return False


class _Lines:
    """Lines one by one; those of the row at hand are remembered, and lines can be put back.

    Attributes:
        record: The lines given since it was cleared.
        number: That of the last line given, from 1.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self.record: list[str] = []
        self.number = 0
        self._lines = lines
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.record.append(line)
        self.number += 1
        return line

    def put_back(self, lines: Sequence[str]) -> None:
        """Give the last lines once more."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)


@contextmanager
def _large_fields() -> Iterator[None]:
    """Fields of any bearable length; the limit belongs to the whole process, and others may rely on it."""
    before = csv.field_size_limit(LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _chain(head: str, lines: Iterator[str | None]) -> Iterator[str]:
    """Lines for ``csv``; one that is too long breaks off there, as a field of that length does."""
    yield head
    for line in lines:
        if line is None:
            raise csv.Error(f"line longer than {LINE}")
        yield line


def _lines(stream: BinaryIO) -> Iterator[str | None]:
    """Lines of a text in any encoding, with their ends; None for one that is too long.

    Raises:
        BinaryFile, EmptyArticle: It begins like no text.
    """
    head = stream.read(_SAMPLE)
    sample = head.rpartition(b"\n")[0] or head
    if not sample.strip():
        raise EmptyArticle("it is empty", "Delete it, or put articles into it.")
    encoding = encoding_of(sample)
    text = io.BufferedReader(_Rejoined(head, stream))
    if encoding.startswith(("utf-16", "utf-32")):
        decode(sample[: len(sample) // 4 * 4])
        yield from _bounded(io.TextIOWrapper(text, encoding, "replace", newline="\n"), "\n")
        return
    decode(sample)
    for line in _bounded(text, b"\n"):
        yield None if line is None else _decoded(line, encoding)


def _decoded(line: bytes, encoding: str) -> str:
    """A line in UTF-8 if it is that, whatever the others are in."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252" if encoding.startswith("utf-8") else encoding, "replace")


def _bounded(text: Any, end: Any) -> Iterator[Any]:
    """The lines of a file of text or bytes; None for one that is too long, of which no more is kept."""
    while line := text.readline(LINE):
        if len(line) < LINE or line.endswith(end):
            yield line
            continue
        while line and not line.endswith(end):
            line = text.readline(LINE)
        yield None


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read already, and are to be read again."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer has no length
        content = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)
