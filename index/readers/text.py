"""Plain text and Markdown."""

from __future__ import annotations

import re
from dataclasses import replace

from index.readers import remarks
from index.readers.draft import Draft
from index.readers.encoding import decode
from index.readers.stated import day, language_code, origin
from index.sentences import lines
from index.types import Span

_FRONT_MATTER = re.compile(r"\s*---[^\S\n]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[^\S\n]*(?:\r?\n|$)", re.DOTALL)
# What ends a line is taken off afterwards: two runs of blanks in one pattern take time that grows with their square.
_FIELD = re.compile(r"^([A-Za-z_]+)[^\S\n]{0,3}:(.*(?:\n[^\S\n].*)*)$", re.MULTILINE)
_FOLDED = re.compile(r"[>|][+-]?(?:\s|$)")  # what YAML puts before a value on the next lines
_HEADING = re.compile(r"^[^\S\n]{0,3}#[^\S\n](.*\S.*)$", re.MULTILINE)
_UNDERLINED = re.compile(r"^(\S.*)\n=+[^\S\n]*$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__|[*_`]|!?\[([^\]]*)\]\([^)]*\)")


def read_text(content: bytes) -> Draft:
    """Plain text: everything is detected."""
    return Draft(decode(content))


def read_markdown(content: bytes) -> Draft:
    """Markdown: the first heading of the first level is the title; front matter states title, date, url, outlet.

    Comments, hidden elements and definitions of links are furniture.
    """
    text = decode(content)
    front = _FRONT_MATTER.match(text)
    stated = {key.lower(): _value(words) for key, words in _FIELD.findall(front[1])} if front else {}
    start = front.end() if front and stated else 0
    hidden = list(remarks.find(text, start))
    shown = remarks.without(text, hidden)
    heading = _HEADING.search(shown, start) or _UNDERLINED.search(shown, start)
    language = language_code(stated.get("language") or stated.get("lang"))
    source = origin(stated.get("source", ""), stated.get("url", ""))
    return Draft(
        text,
        title=stated.get("title") or (_plain(heading[1]) if heading else None),
        language=language,
        published=day(stated.get("date"), language, shown[start:]),
        source=replace(source, outlet=stated.get("outlet") or source.outlet),
        furniture=tuple(line for span in (Span(0, start), *hidden) for line in lines(text, span)),
    )


def _value(words: str) -> str:
    """A value of front matter on one line, without quotation marks."""
    return " ".join(_FOLDED.sub("", words.strip(), count=1).split()).strip("\"' ")


def _plain(markdown: str) -> str:
    """A heading without the marks of emphasis and links."""
    heading = markdown.strip().rstrip("#").strip()
    return _EMPHASIS.sub(lambda match: match[1] or "", heading).strip()
