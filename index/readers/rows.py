"""Tables of any size, one row at a time: JSON Lines and comma- or tab-separated values → rows of named values."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from index.errors import EmptyArticle, UnreadableFile
from index.readers.encoding import decode, encoding_of

LINE = 5 * 1024 * 1024
"""Characters or bytes of a line, and of a value; an article has a thousandth of that."""
_SAMPLE = 1 << 18  # bytes that decide about the encoding
_DELIMITERS = ",;\t|"


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
    """The rows of a table whose first line names the columns; the delimiter is what that line has most of."""
    lines = _lines(stream)
    head = next(lines, "")
    if head is None:
        raise UnreadableFile(f"its first line is longer than {LINE >> 20} MB", "Name the columns in the first line.")
    delimiter = delimiter or max(_DELIMITERS, key=head.count)
    table = csv.reader(_chain(head, lines), delimiter=delimiter)
    names: list[str] | None = None
    while True:
        try:
            with _large_fields():
                values = next(table, None)
        except csv.Error:
            yield Row(table.line_num, reason="from here on its quotation marks do not match", fatal=True)
            return
        if values is None:
            return
        if names is None:
            names = [name.strip() for name in values]
        elif any(values):
            yield Row(table.line_num, dict(zip(names, values, strict=False)))


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
