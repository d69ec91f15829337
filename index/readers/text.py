"""Plain text and Markdown."""

from __future__ import annotations

import re

from index import dates
from index.readers.draft import Draft
from index.readers.encoding import decode
from index.readers.stated import language_code
from index.sentences import lines
from index.types import Origin, Span

_FRONT_MATTER = re.compile(r"\s*---[^\S\n]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[^\S\n]*(?:\r?\n|$)", re.DOTALL)
# What ends a line is taken off afterwards: two runs of blanks in one pattern take time that grows with their square.
_FIELD = re.compile(r"^([A-Za-z_]+)[^\S\n]{0,3}:(.*)$", re.MULTILINE)
_HEADING = re.compile(r"^[^\S\n]{0,3}#[^\S\n](.*\S.*)$", re.MULTILINE)
_UNDERLINED = re.compile(r"^(\S.*)\n=+[^\S\n]*$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__|[*_`]|!?\[([^\]]*)\]\([^)]*\)")


def read_text(content: bytes) -> Draft:
    """Plain text: everything is detected."""
    return Draft(decode(content))


def read_markdown(content: bytes) -> Draft:
    """Markdown: the first heading of the first level is the title; front matter states title, date, url, outlet."""
    text = decode(content)
    front = _FRONT_MATTER.match(text)
    stated = {key.lower(): value.strip("\"' \t\r") for key, value in _FIELD.findall(front[1])} if front else {}
    start = front.end() if front and stated else 0
    heading = _HEADING.search(text, start) or _UNDERLINED.search(text, start)
    language = language_code(stated.get("language") or stated.get("lang"))
    return Draft(
        text,
        title=stated.get("title") or (_plain(heading[1]) if heading else None),
        language=language,
        published=dates.parse(stated["date"], language or "en") if stated.get("date") else None,
        source=Origin(url=stated.get("url") or None, outlet=stated.get("outlet") or stated.get("source") or None),
        furniture=tuple(lines(text, Span(0, start))),
    )


def _plain(markdown: str) -> str:
    """A heading without the marks of emphasis and links."""
    heading = markdown.strip().rstrip("#").strip()
    return _EMPHASIS.sub(lambda match: match[1] or "", heading).strip()
