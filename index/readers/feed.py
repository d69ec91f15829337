"""RSS and Atom files, by feedparser: each entry is an article."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from index.errors import UnreadableFile
from index.readers import blocks
from index.readers.draft import Draft
from index.readers.stated import day, language_code, place
from index.types import Failure, Origin

_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>\s*$", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def read(content: bytes) -> Iterator[Draft | Failure]:
    """The entries of a feed.

    Raises:
        UnreadableFile: It is none.
    """
    from feedparser import parse

    # As a stream: a string could be taken for an address, and bytes for the name of a file.
    try:
        feed = parse(io.BytesIO(content), resolve_relative_uris=False, sanitize_html=False)
    except (ValueError, OverflowError) as error:  # references to characters that do not exist, encodings that are none
        raise UnreadableFile("the feed is damaged", "Fetch it again.") from error
    if not feed.get("version") and not feed.entries:
        raise UnreadableFile("this is no RSS or Atom feed", "Leave it out, or save its text as .txt.")
    language = feed.feed.get("language")
    for entry in feed.entries:
        yield _draft(entry, feed.feed.get("title"), language)
    if not _CLOSED.search(_COMMENT.sub(b"", content[-1000:])):
        yield Failure("", "the feed ends in the middle", "Fetch it again.")


def _draft(entry: Any, outlet: str | None, language: str | None) -> Draft:
    """One entry; its text is its content, else its summary, else its title."""
    details = [*entry.get("content", ()), entry.get("summary_detail"), entry.get("title_detail")]
    texts = [text for text in map(_text, details) if text]
    title = " ".join(_text(entry.get("title_detail")).split())
    code = language_code(next((detail.get("language") for detail in details if detail), None) or language)
    url = entry.get("link") or None
    text = texts[0] if texts else ""
    return Draft(
        text,
        title=title or None,
        language=code,
        published=day(entry.get("published") or entry.get("updated"), code, text),
        source=Origin(outlet=entry.get("source", {}).get("title") or outlet or None, url=url),
        place=place(entry.get("id") or url or title or text[:80]),
    )


def _text(detail: Any) -> str:
    """The text of an element that may be HTML."""
    value = (detail or {}).get("value") or ""
    if not detail or detail.get("type") == "text/plain" or not re.search("[<&]", value):
        return value.strip()
    tree = blocks.parse(value)
    return "" if tree is None else blocks.text_of(tree)
