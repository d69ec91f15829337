"""What a reader hands over: an article as far as its format states it, and where in its file it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from index.types import Failure, Origin, Span

LIMIT = 20 * 1024 * 1024
"""Bytes; a larger file is no article. Formats that carry pictures or many articles have limits of their own."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader knows of an article before anything is detected; None is "not stated".

    Attributes:
        text: The whole decoded text.
        furniture: Ranges of the text that the format itself marks as no part of the article, sorted.
        place: What is put behind the file's id to make the article's: "" for the only article of a file,
            "#…" for a row, an entry or a chapter, "/…" for a file in an archive.
        digest: What identifies this version of it; None where its own content is to be hashed.
    """

    text: str
    title: str | None = None
    language: str | None = None
    published: date | None = None
    source: Origin = field(default_factory=Origin)
    furniture: tuple[Span, ...] = ()
    place: str = ""
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of a table of articles; what is None is guessed from the usual names."""

    title: str | None = None
    text: str | None = None
    published: str | None = None
    url: str | None = None
    id: str | None = None
    language: str | None = None
    outlet: str | None = None


Reader = Callable[[BinaryIO, Columns | None], Iterator[Draft | Failure]]
"""The bytes of a file → the articles in it. A Failure's id is a place, as in ``Draft``, or "" for the rest of the file.

Raises ArticleError where the file as a whole says nothing; its message does not name the file.
"""
