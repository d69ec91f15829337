"""HTML → text of paragraphs, for HTML that is all article: chapters of books and entries of feeds."""

from __future__ import annotations

from typing import Any

_BREAK, _LINE = "\x00", "\x01"
_MARKS = str.maketrans({_BREAK: " ", _LINE: " "})
_EDGES = {"td": " ", "th": " ", "br": _LINE}
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
    """The tree of some HTML, a whole page or a part of one; None if there is nothing in it."""
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser)
    except ParserError:
        return None  # what lxml says of an empty document


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
