"""What a Markdown file holds that its readers are not shown: comments, hidden elements, definitions of links."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.readers import unseen
from index.types import Span

_TITLE = r"""(?:"(?:[^"\n]|\n(?!\s*\n)){0,999}"|'(?:[^'\n]|\n(?!\s*\n)){0,999}'|\((?:[^()\n]|\n(?!\s*\n)){0,999}\))"""
# Code is shown as it is, with the remarks in it.
_PLACE = re.compile(
    r"^[^\S\n]{0,3}(?P<fence>`{3,}|~{3,})|(?P<ticks>`+)|(?P<comment><!--)"
    r"|<(?P<name>[a-z][\w-]*)(?=[^<>]*[\s\"'](?:hidden|style|class)\b)(?P<tag>[^<>]*)>"
    r"|^[^\S\n]{0,3}\[(?!\^)[^\[\]\n]{1,99}\]:[^\S\n]*(?:<[^<>\n]*>|[#./]\S*|\w+:/\S*)"
    rf"(?:\s{{1,9}}{_TITLE})?[^\S\n]*$(?P<definition>)",
    re.MULTILINE | re.IGNORECASE,
)
_TAG = re.compile(r"<(?P<closes>/?)(?P<name>[a-z][\w-]*)\b[^<>]*>|\n[^\S\n]*(?=\n)", re.IGNORECASE)
_CODE = 10_000  # characters; longer code stands in fences


def find(text: str, start: int) -> Iterator[Span]:
    """The ranges of a Markdown text, from ``start`` on, that are not shown, in their order.

    An element that is never closed ends with the text; but what holds most of it is not taken for hidden.
    """
    ends = _ends(text) if "<" in text else {}
    last = text.rfind("-->")
    while match := _PLACE.search(text, start):
        kind = match.lastgroup
        start = match.end()
        if kind == "fence":
            closed = re.compile(rf"^[^\S\n]{{0,3}}{match['fence']}", re.MULTILINE).search(text, start)
            start = closed.end() if closed else len(text)
        elif kind == "ticks":
            start = max(start, text.find(match["ticks"], start, start + _CODE) + len(match["ticks"]))
        else:
            end = start
            if kind == "comment":
                end = _end_of_comment(text, match.start(), last)
            elif kind == "tag":
                end = ends.get(match.start(), len(text)) if _is_hidden(match["name"], match["tag"]) else match.start()
            if match.start() < end < match.start() + max(len(text) / 2, start - match.start() + 1):
                yield Span(match.start(), end)
                start = end


def without(text: str, spans: list[Span]) -> str:
    """A text with blanks where the ranges are, so that everything else stays where it was."""
    pieces, start = list[str](), 0
    for span in spans:
        pieces += (text[start : span.start], " " * (span.end - span.start))
        start = span.end
    return "".join((*pieces, text[start:]))


def _end_of_comment(text: str, start: int, last: int) -> int:
    """Where a comment ends, the last one of the text at ``last``; where it starts if it does not, and not the text."""
    if start + 2 <= last:
        return text.index("-->", start + 2) + 3
    before = text[start - 4 : start] if start >= 4 else f"\n{text[:start]}"
    line = before.rpartition("\n")
    return len(text) if line[1] and not line[2].strip() else start


def _is_hidden(name: str, attributes: str) -> bool:
    """Whether an element with such a tag is not shown."""
    from lxml.etree import ParserError
    from lxml.html import fragment_fromstring
    from lxml.html.defs import empty_tags

    if attributes.endswith("/") or name.lower() in empty_tags:
        return False
    try:
        element = fragment_fromstring(f"<div{attributes}></div>")
    except ParserError:
        return False  # a quotation mark is missing
    return any(not one.struck for one in unseen.find(element))


def _ends(text: str) -> dict[int, int]:
    """Where each element ends, by where it starts. An empty line or the next one ends a paragraph."""
    ends: dict[int, int] = {}
    open_: dict[str, list[int]] = {}
    for tag in _TAG.finditer(text):
        name = (tag["name"] or "p").lower()
        starts = open_.setdefault(name, [])
        if starts and (tag["closes"] or not tag["name"]):
            ends[starts.pop()] = tag.end()
        elif starts and name == "p":
            ends[starts.pop()] = tag.start()
        if tag["name"] and not tag["closes"]:
            starts.append(tag.start())
    return ends
