"""Tables of articles: which column is which, and rows → drafts."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from html import unescape
from typing import Any, BinaryIO

from index.errors import UnreadableFile
from index.readers import blocks
from index.readers.draft import Columns, Draft
from index.readers.rows import Row, csv_rows, json_rows
from index.readers.stated import day, language_code, one_line, origin, place
from index.types import Failure

NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline", "article_title", "heading", "rubrik", "titel", "tittel", "overskrift", "titre"),
    "text": (
        *("text", "body", "content", "article", "article_text", "article_body", "articlebody", "full_text", "fulltext"),
        *("maintext", "main_text", "body_text", "contents", "story", "document", "brödtext", "innehåll", "innhold"),
        *("description", "short_description", "summary", "abstract", "lead", "ingress"),
    ),
    "published": (
        *("published", "published_at", "publishedat", "date_published", "datepublished", "publication_date"),
        *("publish_date", "published_date", "pub_date", "pubdate", "date_publish", "date", "datum", "dato"),
        *("datetime", "timestamp", "time", "created_at"),
    ),
    "url": ("url", "link", "href", "article_url", "web_url", "weburl", "permalink", "canonical_url", "source_url"),
    "id": ("id", "article_id", "articleid", "uid", "uuid", "guid", "doc_id", "docid", "_id"),
    "language": ("language", "lang", "language_code", "inlanguage", "locale", "språk", "språkkod"),
    "outlet": (
        *("outlet", "publisher", "source", "source_name", "newspaper", "publication", "site_name", "sitename", "site"),
        *("domain", "source_domain", "hostname", "tidning", "avis"),
    ),
}
"""Usual names of columns, the likeliest first; letters' case, and blanks or hyphens for underscores, do not count."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HTML = re.compile(r"</?(?:p|br|div|a|b|i|em|strong|h[1-6]|li)(?:\s+[\w-]+\s*=[^<>]*|\s*/?)>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|div|h[1-6]|li)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,31});", re.IGNORECASE)  # no "&copy=1" of an address
_EMPTY_LINES = re.compile(r"\n\s*\n")
_RECORDS = ("article", "_source")  # an object of this name is the row itself
_VALUES = ("rendered", "main", "$date", "$numberLong", "$oid", "name", "title", "text")
_DEPTH = 6  # objects and lists one in another; deeper ones are passed over
_BODIES = ("text", "content", "body", "rendered", "value")


def read_jsonl(stream: BinaryIO, columns: Columns | None) -> Iterator[Draft | Failure]:
    """JSON Lines: an article a line."""
    yield from _drafts(json_rows(stream), columns or Columns())


def read_csv(stream: BinaryIO, columns: Columns | None) -> Iterator[Draft | Failure]:
    """Values separated by commas, semicolons, tabs or bars, under a line of names: an article a row."""
    yield from _drafts(csv_rows(stream), columns or Columns(), uniform=True)


def read_tsv(stream: BinaryIO, columns: Columns | None) -> Iterator[Draft | Failure]:
    """Values separated by tabs, likewise."""
    yield from _drafts(csv_rows(stream, "\t"), columns or Columns(), uniform=True)


def _drafts(rows: Iterator[Row], columns: Columns, *, uniform: bool = False) -> Iterator[Draft | Failure]:
    """The articles in some rows.

    Raises:
        UnreadableFile: No column holds texts, in a table whose rows are all alike.
    """
    for row in rows:
        if row.values is not None and not uniform:
            row = _unwrapped(row, columns)  # noqa: PLW2901
        if row.values is None:
            where = "" if row.fatal else place(f"line {row.number}")
            reason = f"line {row.number}: {row.reason}" if row.fatal else row.reason
            yield Failure(where, reason, "Correct the line.")
            continue
        chosen = choose(row.values if uniform else _told(row.values, columns), columns)
        if "text" not in chosen:
            chosen = choose(row.values, columns)
        missing = [name for name in _named(columns) if name not in row.values]
        if uniform and (missing or "text" not in chosen):
            raise _no_column(missing, row.values)
        if "text" not in chosen:
            error = _no_column(missing, row.values)
            yield Failure(place(f"line {row.number}"), error.message, error.hint)
        elif row.surplus and chosen["text"] != list(row.values)[-1]:
            hint = "Put quotation marks around each value that holds the separator."
            yield Failure(place(f"line {row.number}"), row.reason, hint)
        else:
            values = {part: row.values.get(name) for part, name in chosen.items()}
            if row.surplus:  # the text's own commas were taken for separators
                values["text"] = f"{values['text']}{row.surplus}"
            yield _draft(values)


def _unwrapped(row: Row, columns: Columns) -> Row:
    """A row whose values lie in an object in it, unless the user named that."""
    values = dict(row.values or {})
    for name in _RECORDS:
        inner = values.get(name)
        if isinstance(inner, dict) and name not in _named(columns) and "text" in choose(inner, columns):
            del values[name]
            values |= inner
    return replace(row, values=values)


def choose(names: Collection[str], columns: Columns) -> dict[str, str]:
    """Which column holds what: named by the user, else guessed by its name.

    Returns:
        Names of columns by field of ``Columns``; fields that no column holds are left out.
    """
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(re.sub(r"[\s-]+", "_", name.strip().casefold()), name)
    chosen: dict[str, str] = {}
    for part, usual in NAMES.items():
        named = getattr(columns, part)
        found = named if named is not None else next((plain[name] for name in usual if name in plain), None)
        if found is not None and found in names:
            chosen[part] = found
    return chosen


def _told(values: Mapping[str, Any], columns: Columns) -> list[str]:
    """The columns that hold something in a row of its own kind, and those that the user named."""
    named = _named(columns)
    return [name for name, value in values.items() if name in named or (_words(value) or _prose(value)).strip()]


def _named(columns: Columns) -> list[str]:
    """The columns the user named."""
    return [name for name in (getattr(columns, field.name) for field in fields(columns)) if name is not None]


def _no_column(missing: list[str], names: Collection[str]) -> UnreadableFile:
    """The error for a table, or a row, without the column of the texts or one that was named."""
    there = one_line(", ".join(names))[:200] or "none"
    what = f"the column {one_line(missing[0])!r}" if missing else "a column that looks like texts"
    return UnreadableFile(f"there is no {what.removeprefix('the ').removeprefix('a ')}", f"Name one of these: {there}")


def _draft(values: Mapping[str, Any]) -> Draft:
    """The article in a row."""
    said = {part: _words(value) for part, value in values.items() if part != "text"}
    source = origin(said.get("outlet", ""), said.get("url", ""))
    language = language_code(said.get("language"))
    text, title = _plain(_prose(values["text"])), one_line(_plain(said.get("title", "")))
    name = one_line(said.get("id", "")) or source.url or title
    return Draft(
        text,
        title=title or None,
        language=language,
        published=day(said.get("published"), language, text),
        source=source,
        place=place(name or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]),
    )


def _words(value: Any, depth: int = _DEPTH) -> str:
    """A value as text: a list's parts, or what an object such as {"name": "The Quay"} or {"$date": …} stands for."""
    if isinstance(value, str):
        return _CONTROL.sub("\ufffd", value)
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.0f}" if value.is_integer() else str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and depth:
        return _joined(_words(part, depth - 1) for part in value if not isinstance(part, list))
    if isinstance(value, dict) and depth:
        return next(filter(None, (_words(value.get(name), depth - 1) for name in _VALUES)), "")
    return ""


def _prose(value: Any, depth: int = _DEPTH) -> str:
    """A text: a string, a list of paragraphs or sections, or a section, such as {"title": …, "text": …}."""
    if isinstance(value, list) and depth:
        return _joined(_prose(part, depth - 1) for part in value if not isinstance(part, list))
    if isinstance(value, dict) and depth:
        body = next(filter(None, (_prose(value.get(name), depth - 1) for name in _BODIES)), "")
        return _joined((_words(value.get("title"), depth - 1), body))
    return _words(value, depth)


def _joined(paragraphs: Iterable[str]) -> str:
    return "\n\n".join(filter(None, paragraphs))


def _plain(text: str) -> str:
    """A text that may be HTML without its tags and references to characters."""
    if not _HTML.search(text):
        return _REFERENCE.sub(lambda match: unescape(match[0]), text)
    parts = [text] if _BLOCK.search(text) else _EMPTY_LINES.split(text)  # which may separate paragraphs too
    trees = filter(lambda tree: tree is not None, map(blocks.parse, parts))
    return _joined(map(blocks.text_of, trees))
