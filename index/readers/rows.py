"""Tables of any size, one row at a time: JSON Lines and comma- or tab-separated values → rows of named values."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO

from index.errors import EmptyArticle, UnreadableFile
from index.readers.encoding import decode, encoding_of

LINE = 5 * 1024 * 1024
"""Characters or bytes of a line, and of a value; an article has a thousandth of that."""
_SAMPLE = 1 << 18  # bytes that decide about the encoding
_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r'"?sep=([^\w\s"\\]|\t)"?\s*$', re.IGNORECASE)  # what Excel writes above the names
_ARRAY = re.compile(rb"[\xef\xbb\xbf\xfe\xff\x00\s]*\[")
# A quotation mark within a value, not an empty value or its end.
_ESCAPED = re.compile(rb"""\\"(?![,;|\t\r\n])""")
_DOUBLED = re.compile(rb"""(?<![,;|\t\r\n])""(?![,;|\t\r\n])""")
_ATTEMPTS = 50  # rows with open quotation marks that are got over; each may mean reading on to the end of the file


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        number: That of its line, from 1.
        values: By column; None if it cannot be read.
        reason: What is wrong with it, if anything.
        fatal: Whether nothing that follows it can be read.
        surplus: What stands after the last column's value, from the delimiter on.
    """

    number: int
    values: dict[str, Any] | None = None
    reason: str = ""
    fatal: bool = False
    surplus: str = ""


def json_rows(stream: BinaryIO) -> Iterator[Row]:
    """The objects of a file of JSON Lines; empty lines are passed over.

    Raises:
        UnreadableFile: It is one array of them.
    """
    sample, stream = _sampled(stream)
    if _ARRAY.match(sample):
        raise UnreadableFile("this is one JSON array", "Write an object a line, for instance with: jq -c '.[]'")
    for number, line in enumerate(_lines(sample, stream), 1):
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

    A line above it may state the delimiter, as in ``sep=;``.

    A quotation mark that is never closed would make one row of all that follow it. Such a row is reported, and what
    follows its first line is read anew, from the first line on that has as many values as the other rows.
    """
    sample, stream = _sampled(stream)
    lines = _lines(sample, stream)
    head, above = next(lines, ""), 0
    if stated := _SEPARATOR.match(head or ""):
        head, above, delimiter = next(lines, ""), 1, stated[1]
    if head is None:
        raise UnreadableFile(f"its first line is longer than {LINE >> 20} MB", "Name the columns in the first line.")
    table = _Table(_Lines(_chain(head, lines), above), delimiter or max(_DELIMITERS, key=head.count), sample)
    names = table.next()
    if names is not None:
        yield from _body(table, [name.strip() for name in names])
    if not table.matched:
        number = table.lines.number - len(table.lines.record) + 1
        yield Row(number, reason="from here on its quotation marks do not match", fatal=True)


def _body(table: _Table, names: list[str]) -> Iterator[Row]:
    """The rows below the names, up to the end or to quotation marks that cannot be got over."""
    width, left = len(names), _ATTEMPTS
    torn = passed = 0  # the line of a row that was given up, and how many lines after it may still be of it
    while (values := table.next()) is not None and (table.matched or left):
        if not table.matched or _breaks_off(table, values, width):
            left -= not table.matched
            passed += bool(torn)
            torn = torn or table.lines.number - len(table.lines.record) + 1
            table.restart()
        elif torn and len(values) != width:
            passed += bool(values)
        elif any(values):
            if torn:
                yield _torn(torn, passed)
            torn = passed = 0
            row = _row(table, names, values)
            width = width if row.surplus else max(len(names), len(values))
            yield row
    if torn:
        yield _torn(torn, passed)


def _breaks_off(table: _Table, values: Sequence[str], width: int) -> bool:
    """Whether bare quotation marks inside a value ended a record at a line end within the value."""
    is_odd = sum(line.count('"') for line in table.lines.record) % 2 == 1
    return (is_odd or len(values) < width) and not table.is_whole()


def _torn(number: int, passed: int) -> Row:
    """The row of a quotation mark that stays open."""
    more = f"; {passed} {'line' if passed == 1 else 'lines'} after it cannot be told from it" if passed else ""
    return Row(number, reason=f"a quotation mark in it is never closed{more}")


def _row(table: _Table, names: Sequence[str], values: Sequence[str]) -> Row:
    """A row's values by name; a row may end early."""
    named = dict(zip(names, [*values, *[""] * len(names)], strict=False))
    count = max(i for i, value in enumerate(values, 1) if value)
    if count <= len(names):
        return Row(table.lines.number, named)
    surplus = "".join(f"{table.delimiter}{value}" for value in values[len(names) : count])
    return Row(table.lines.number, named, f"it has {count} values under {len(names)} names", surplus=surplus)


class _Table:
    """The values of a table, record by record.

    Args:
        lines: Its lines.
        delimiter: What stands between values.
        sample: Its first bytes, which show whether quotation marks are doubled or follow a backslash, as in MySQL.

    Attributes:
        matched: Whether the quotation marks of the last record match.
    """

    def __init__(self, lines: _Lines, delimiter: str, sample: bytes) -> None:
        self.lines = lines
        self.delimiter = delimiter
        self.matched = True
        self._escape = "\\" if _ESCAPED.search(sample) and not _DOUBLED.search(sample) else None
        self._reader = self._new(lines)

    def next(self) -> list[str] | None:
        """The values of the next record; None at the end, or for one that is too long to be read on."""
        self.lines.record.clear()
        try:
            with _large_fields():
                values = next(self._reader, None)
                self.matched = len(self.lines.record) < 2 or self.is_whole()
        except csv.Error:
            values, self.matched = None, False
        return values

    def restart(self) -> None:
        """Read on after the first line of the last record."""
        self.lines.put_back(self.lines.record[1:])
        self._reader = self._new(self.lines)

    def is_whole(self) -> bool:
        """Whether every quotation mark that opens a value in a record closes it, before a delimiter or its end."""
        try:
            return bool(list(self._new(self.lines.record, strict=True)))
        except csv.Error:
            return False

    def _new(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self._escape,
            doublequote=self._escape is None,
            strict=strict,
        )


class _Lines:
    """Lines one by one; those of the row at hand are remembered, and lines can be put back.

    Args:
        lines: The lines.
        above: How many came before them.

    Attributes:
        record: The lines given since it was cleared.
        number: That of the last line given, from 1.
    """

    def __init__(self, lines: Iterator[str], above: int = 0) -> None:
        self.record: list[str] = []
        self.number = above
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


def _sampled(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream, and a stream of all of it."""
    head = stream.read(_SAMPLE)
    return head, io.BufferedReader(_Rejoined(head, stream))


def _lines(head: bytes, text: BinaryIO) -> Iterator[str | None]:
    """Lines of a text in any encoding, with their ends; None for one that is too long.

    Args:
        head: The first bytes of the text.
        text: All of it.

    Raises:
        BinaryFile, EmptyArticle: It begins like no text.
    """
    end = "\r" if b"\r" in head and b"\n" not in head else "\n"  # Excel's "CSV (Macintosh)"
    sample = head.rpartition(end.encode())[0] or head
    if not sample.strip():
        raise EmptyArticle("it is empty", "Delete it, or put articles into it.")
    encoding = encoding_of(sample)
    if encoding.startswith(("utf-16", "utf-32")):
        decode(sample[: len(sample) // 4 * 4])
        yield from _bounded(io.TextIOWrapper(text, encoding, "replace", newline=end), end)
        return
    decode(sample)
    for line in _bounded(io.TextIOWrapper(text, "latin-1", newline=end), end):  # one character for each byte
        yield None if line is None else _decoded(line.encode("latin-1"), encoding)


def _decoded(line: bytes, encoding: str) -> str:
    """A line in UTF-8 if it is that, whatever the others are in; with U+FFFD for bytes that are broken."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode(encoding_of(line) if encoding.startswith("utf-8") else encoding, "replace")


def _bounded(text: TextIO, end: str) -> Iterator[str | None]:
    """The lines of a file of text; None for one that is too long, of which no more is kept."""
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
