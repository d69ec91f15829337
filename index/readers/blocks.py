"""HTML → text of paragraphs, for HTML that is all article: chapters of books and entries of feeds."""

from __future__ import annotations

import re
from typing import Any

_BREAK, _LINE = "\x00", "\x01"
_MARKS = str.maketrans({_BREAK: " ", _LINE: " "})
_EDGES = {"td": " ", "th": " ", "br": _LINE}
_NONE = r"(?:0+(?:\.0*)?|\.0+)(?:px|em|rem|pt|%)?\s*(?:[;!]|$)"
_UNSEEN = re.compile(
    rf"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:opacity|font-size)\s*:\s*{_NONE}"
    r"|(?:left|top|text-indent|margin-left|margin-top)\s*:\s*-\d{4})",
    re.IGNORECASE,
)
READINGS = ("rt", "rp")
"""What says how the characters of ``ruby`` are read."""

_UNREAD = frozenset(
    {
        *("script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object", "button"),
        *READINGS,
    }
)
_INLINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "ins", "kbd", "label", "mark", "q", "ruby", "rb", "s"),
        *READINGS,
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
        *("img", "picture", "source"),
    }
)


def parse(html: str) -> Any:
    """The tree of some HTML, a whole page or a part of one, without what no reader sees; None if nothing is in it."""
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(html.encode("utf-8", "replace"), parser)
    except ParserError:
        return None  # what lxml says of an empty document
    _drop_unseen(tree)
    return tree


def _drop_unseen(tree: Any) -> None:
    """Leave out what a page hides, and may mean for a machine only: no quote should show what nobody finds there.

    What holds most of the page is not hidden from readers, only shown a moment later.
    """
    unseen = [element for element in tree.xpath("//*[@hidden or @style]") if _is_unseen(element)]
    most = len(text_of(tree)) / 2 if unseen else 0
    for element in unseen:
        if element.getparent() is not None and len(text_of(element)) < most:
            element.drop_tree()


def _is_unseen(element: Any) -> bool:
    return "hidden" in element.attrib or bool(_UNSEEN.search(element.get("style", "")))


def text_of(tree: Any) -> str:
    """The text in a tree, its blocks separated by empty lines."""
    from lxml import etree

    pieces: list[str] = []
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        name = _name(element)
        edge = "" if name in _INLINE else _EDGES.get(name, _BREAK)
        if event == "start":
            pieces.append(edge)
            if name in _UNREAD:
                walk.skip_subtree()
            elif element.text:
                pieces.append(element.text.translate(_MARKS))
        else:
            pieces.append(edge)
            if element is not tree and element.tail:
                pieces.append(element.tail.translate(_MARKS))
    return "\n\n".join(filter(None, map(_lines, "".join(pieces).split(_BREAK))))


def heading(tree: Any) -> str | None:
    """The first heading in a tree, or what it calls itself."""
    for path in ("//*[local-name()='h1' or local-name()='h2' or local-name()='h3']", "//*[local-name()='title']"):
        for element in tree.xpath(path):
            words = " ".join(text_of(element).split())
            if words:
                return words
    return None


def _lines(block: str) -> str:
    """The lines of a block, without the white space of the source."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in block.split(_LINE))))


def _name(element: Any) -> str:
    """An element's name without its namespace; "" for a comment or an entity."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
