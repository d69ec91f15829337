"""HTML → text of paragraphs, for HTML that is all article: chapters of books and entries of feeds."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from index.readers import unseen
from index.readers.raised import raised

_BREAK, _LINE = "\x00", "\x01"
_MARKS = str.maketrans({_BREAK: " ", _LINE: " "})
_EDGES = {"td": " ", "th": " ", "br": _LINE}
_QUOTED = re.compile(r"\s*[\"'“”„«»‘‹「『]")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
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
        # The tree has characters of references; names of attributes are plain here, and can have none.
        tree = document_fromstring(_NO_XML.sub("", html).encode("utf-8", "replace"), parser)
    except ParserError:
        return None  # what lxml says of an empty document
    _make_plain(tree)
    _drop_unseen(tree)
    unseen.forget(tree)
    _write_out(tree)
    return tree


def _make_plain(tree: Any) -> None:
    """Leave out the characters that no XML may hold: lxml reads them, but raises a ValueError where it moves a text."""
    for element in tree.iter("*"):
        for name in ("text", "tail"):
            words = getattr(element, name) or ""
            if _NO_XML.search(words):
                setattr(element, name, _NO_XML.sub("", words))
        for name, value in element.attrib.items():
            if _NO_XML.search(value):
                element.set(name, _NO_XML.sub("", value))


def _drop_unseen(tree: Any) -> None:
    """Leave out what a page hides, and may mean for a machine only: no quote should show what nobody finds there.

    What holds most of the page is not hidden from readers, only shown a moment later; so is what fades in and holds its
    first headline, or, all of it together, more than is seen at once.
    """
    hidden = unseen.find(tree)
    if not hidden:
        return
    sizes = _sizes(tree)
    headline = next(tree.iter("h1", "article"), None)
    around = set() if headline is None else {headline, *headline.iterancestors()}
    kept = {one.element for one in hidden if one.fades and one.element in around}
    kept |= {one.element for one in hidden if not one.struck and sizes[one.element] >= sizes[tree] / 2}
    outermost = _outermost(tree, {one.element for one in hidden} - kept)
    fading = {one.element for one in hidden if one.fades}
    at_once = sizes[tree] - sum(sizes[element] for element in outermost)
    if sum(sizes[element] for element in outermost if element in fading) > at_once:
        outermost = _outermost(tree, {one.element for one in hidden} - kept - fading)
    for element in outermost:
        if element.getparent() is not None:
            element.drop_tree()


def _write_out(tree: Any) -> None:
    """Put into characters what only the look of a page says: figures off the line, and the marks around quotations."""
    for element in [*tree.iter("sup", "sub")]:
        text = "".join(element.itertext())
        written = raised(text, below=element.tag == "sub")
        if written != text:
            for part in [*element]:
                part.drop_tree()
            element.text = written
    quotations = [(element, next(element.iterancestors("q"), None) is not None) for element in tree.iter("q")]
    for element, within in quotations:
        if not _QUOTED.match("".join(element.itertext())):
            opening, closing = "‘’" if within else "“”"
            element.text = f"{opening}{element.text or ''}"
            if len(element):
                element[-1].tail = f"{element[-1].tail or ''}{closing}"
            else:
                element.text += closing
        element.drop_tag()  # else it would be taken for a paragraph


def _sizes(tree: Any) -> dict[Any, int]:
    """How many characters of text there are in each element of a tree."""
    sizes: dict[Any, int] = defaultdict(int)
    for element in reversed([*tree.iter("*")]):
        sizes[element] = 0 if _name(element) in _UNREAD else sizes[element] + len(_lines(element.text or ""))
        sizes[element.getparent()] += sizes[element] + len(_lines(element.tail or ""))
    return sizes


def _outermost(tree: Any, elements: set[Any]) -> list[Any]:
    """Those of some elements that lie in no other one of them."""
    inside: set[Any] = set()
    for element in tree.iter("*"):
        parent = element.getparent()
        if parent in elements or parent in inside:
            inside.add(element)
    return [element for element in elements if element not in inside]


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
