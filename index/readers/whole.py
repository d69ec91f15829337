"""A file that is one article: its bytes, bounded in number, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from index.errors import EmptyArticle, UnreadableFile
from index.readers.draft import LIMIT, Columns, Draft, Reader
from index.types import Failure


def whole(read: Callable[[bytes], Draft], limit: int = LIMIT) -> Reader:
    """The reader that gives a function all bytes of a file, if they are at most ``limit``."""

    def reader(stream: BinaryIO, _: Columns | None) -> Iterator[Draft | Failure]:
        content = all_bytes(stream, limit)
        yield replace(read(content), digest=hashlib.sha256(content).hexdigest())

    return reader


def all_bytes(stream: BinaryIO, limit: int) -> bytes:
    """What a stream holds.

    Raises:
        EmptyArticle: Nothing but white space.
        UnreadableFile: More than ``limit`` bytes.
    """
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise UnreadableFile(f"larger than {limit >> 20} MB", "Split it, or save the text alone as .txt.")
    if not content.strip():
        raise EmptyArticle("it is empty", "Delete it, or put the article's text into it.")
    return content
