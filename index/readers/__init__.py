"""Readers of files, by suffix: what a format states about the articles in it, before anything is detected.

Readers of formats with intricate parsers run in a helper process (``apart``), bounded in time and memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from index.readers import archive
from index.readers.apart import isolated
from index.readers.draft import Columns, Draft, Reader
from index.readers.table import read_csv, read_jsonl, read_tsv
from index.readers.text import read_markdown, read_text
from index.readers.whole import whole
from index.types import Failure


def _read_zip(stream: BinaryIO, columns: Columns | None) -> Iterator[Draft | Failure]:
    return archive.read(stream, columns, READERS)


_MB = 1024 * 1024
_page = isolated("webpage", 10 * _MB)
_feed = isolated("feed", 20 * _MB)

READERS: Mapping[str, Reader] = {
    ".txt": whole(read_text),
    ".md": whole(read_markdown),
    ".html": _page,
    ".htm": _page,
    ".pdf": isolated("pdf", 100 * _MB),
    ".docx": isolated("word", 50 * _MB),
    ".epub": isolated("book", 100 * _MB),
    ".rss": _feed,
    ".atom": _feed,
    ".xml": _feed,
    ".jsonl": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".zip": _read_zip,
}
"""Readers by suffix, in small letters with the dot."""
