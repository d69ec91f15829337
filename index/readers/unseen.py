"""What a page hides from its readers: by attributes, styles, its own style sheets or classes everybody uses.

No cascade is computed, and nothing is laid out. In doubt an element is seen: where a class hides it at some widths or
until something happens, where an animation shows it, where a part of it is shown again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

Declarations = dict[str, str]

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)
_LOW = r"0*(?:\.0\d*)?(?<=[\d.])"  # a number below 0.1
_LENGTH = re.compile(r"(-?(?:\d+(?:\.\d*)?|\.\d+))([a-z]*|%)")
# The least that can be read, and how far beyond its place a box is out of sight.
_SMALL = {"px": 2.0, "pt": 1.5, "em": 0.15, "rem": 0.15, "%": 15.0}
_FAR = {"px": 1000.0, "pt": 750.0, "em": 60.0, "rem": 60.0, "vw": 100.0, "vh": 100.0, "%": 200.0}


def _is_small(value: str) -> bool:
    length = _LENGTH.fullmatch(value)
    return length is not None and abs(float(length[1])) < _SMALL.get(length[2], 1e-9)


def _is_far(value: str, screens: int = 1) -> bool:
    length = _LENGTH.fullmatch(value)
    return length is not None and -float(length[1]) >= screens * _FAR.get(length[2], float("inf"))


def _is_moved(value: str) -> bool:
    """Whether something is moved out of sight; rows of pictures to leaf through are moved by a few screens."""
    places = re.findall(r"translate[xy]?\(([^)]*)\)", value) or [value]
    return any(_is_far(place, screens=5) for each in places for place in re.split(r"[\s,]+", each.strip()))


_CLOSED = re.compile(r"[01](?:px)?|0(?:\.0*)?(?:%|[a-z]+)").fullmatch
_SHRUNK = re.compile(rf"scale(?:3d|[xy])?\(\s*{_LOW}\s*[,)]").search
_HIDES: Mapping[str, Callable[[str], object]] = {
    "display": re.compile("none").fullmatch,
    "visibility": re.compile("hidden|collapse").fullmatch,
    "content-visibility": re.compile("hidden").fullmatch,
    "opacity": re.compile(rf"{_LOW}|\d(?:\.\d*)?%").fullmatch,
    "font-size": _is_small,
    "font": lambda value: any(map(_is_small, re.findall(r"(?:^|\s)(0|[\d.]+(?:[a-z]+|%))(?=[/\s])", value))),
    "color": re.compile(
        r"transparent|#(?:\w{3}0|\w{6}00)|(?:rgb|hsl)a?\((?:(?:[^,)]*,){3}|[^/)]*/)\s*0*(?:\.0*)?%?\s*\)"
    ).fullmatch,
    "clip": re.compile(r"rect\((?:\s*[01](?:px)?\s*(?:,|\s|(?=\)))){4}\)").fullmatch,
    "clip-path": re.compile(r"inset\(\s*(?:[5-9]\d|100)(?:\.\d*)?%\s*\)|circle\(\s*0(?:px|%)?[\s)].*").fullmatch,
    "transform": lambda value: _SHRUNK(value) or _is_moved(value),
    "translate": _is_moved,
    "scale": re.compile(_LOW).fullmatch,
    **dict.fromkeys(("left", "right", "top", "bottom", "text-indent", "margin-left", "margin-top"), _is_far),
    **dict.fromkeys(("text-decoration", "text-decoration-line"), re.compile("line-through").search),
}
# What pages hide with that they show a moment later, one part after the other.
_FADES = frozenset({"opacity", "visibility", "clip-path", "transform", "translate", "scale"})
_STRIKES = frozenset({"text-decoration", "text-decoration-line"})
# What a part of a hidden element may undo.
_INHERITED = frozenset({"visibility", "font-size", "font", "color"})
_NOT_SHOWN, _CLIPPED, _STRUCK = {"display": "none"}, {"clip": "rect(0 0 0 0)"}, {"text-decoration": "line-through"}
# https://html.spec.whatwg.org/#rendering
_BROWSER: Mapping[str, Declarations] = {
    "template": _NOT_SHOWN,
    "dialog": _NOT_SHOWN,
    **dict.fromkeys(("del", "s", "strike"), _STRUCK),
}
# Of Bootstrap, Tailwind, WordPress and Drupal. Many pages fade in what is "hidden".
_CUSTOMARY: Mapping[str, Declarations] = {
    **dict.fromkeys((".sr-only", ".visually-hidden", ".visuallyhidden", ".screen-reader-text"), _CLIPPED),
    **dict.fromkeys((".d-none", ".is-hidden", ".ng-hide", ".element-invisible"), _NOT_SHOWN),
    ".hidden": {"visibility": "hidden"},
}
_AT_SOME_WIDTHS = re.compile(
    r"\.(?:(?:xs|sm|md|lg|[2-9]?xl|tablet|laptop|desktop|mobile|(?:min|max)-\S+)"
    r":(?:block|flex|grid|inline\S*|table\S*|contents|flow-root|list-item|visible|not-sr-only)"
    r"|d-(?:sm|md|lg|xx?l)-(?!none)\S+|visible-(?:xs|sm|md|lg)\S*|show-for-\S+)"
)
_MOMENTARY = re.compile(r":(?:hover|focus|active|target|:|before|after)")


@dataclass(frozen=True, slots=True)
class Hidden:
    """An element that is not seen, or is struck out.

    Attributes:
        element: It, from an lxml tree.
        fades: Whether only by what pages use for that which they show a moment later.
        struck: Whether it is seen, but struck out.
    """

    element: Any
    fades: bool
    struck: bool


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The rules of a page for single names (``p``, ``.class``, ``#id``), and what others than these may show again."""

    rules: defaultdict[str, Declarations] = field(default_factory=lambda: defaultdict(dict))
    shown: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def find(tree: Any) -> list[Hidden]:
    """The elements of a page that it hides or strikes out, in their order, with those in them."""
    sheet = _sheet(tree)
    styled = {element: said for element in tree.iter("*") if (said := _declarations(element, sheet))}
    own = {element: _ways(element, said, sheet) for element, said in styled.items()}
    undone, mixed = _undone(tree, styled, own)
    found: list[Hidden] = []
    for element, inherited in undone.items():
        ways = own.get(element, set()) - _INHERITED
        if element not in mixed and (own.get(element) or element.getparent() in mixed):
            ways = ways | inherited
        if ways:
            found.append(Hidden(element, ways <= _FADES, ways <= _STRIKES))
    return found


def forget(tree: Any) -> None:
    """Take away what others could take for a sign that an element is hidden, such as ``overflow: hidden``."""
    for element in tree.xpath("//*[@style]"):
        del element.attrib["style"]
    for element in tree.xpath("//*[contains(@class, 'hidden')]"):
        element.set("class", " ".join(name for name in element.get("class").split() if f".{name}" not in _CUSTOMARY))


def _names(element: Any) -> list[str]:
    """What rules may call an element, the weakest first."""
    classes = [f".{name}" for name in element.get("class", "").split()]
    return [element.tag, *classes, f"#{element.get('id')}"]


def _declarations(element: Any, sheet: _Sheet) -> Declarations:
    """What the browser, the rules for an element's names and its own style say of it; the last one counts."""
    is_open = "open" in element.attrib or "shadowrootmode" in element.attrib
    said = {} if is_open else dict(_BROWSER.get(element.tag, {}))
    if "hidden" in element.attrib or element.get("role") == "tooltip":
        said.update(_NOT_SHOWN)
    names = _names(element)
    usual: Mapping[str, Declarations] = _CUSTOMARY
    if any(_AT_SOME_WIDTHS.fullmatch(name) for name in names):
        usual = {}
    for name in names:
        said.update(sheet.rules.get(name) or usual.get(name, {}))
    if "style" in element.attrib:
        said.update(_parsed(element.get("style")))
    return said


def _ways(element: Any, said: Declarations, sheet: _Sheet) -> set[str]:
    """The properties that hide an element, unless they are undone."""
    ways = {name for name, value in said.items() if name in _HIDES and _HIDES[name](value)}
    closed = any(_CLOSED(said.get(name, "")) for name in ("height", "max-height", "width", "max-width"))
    if closed and said.get("overflow") in {"hidden", "clip"} and not any(name.startswith("padding") for name in said):
        ways.add("overflow")
    if "text" in said.get("background-clip", said.get("-webkit-background-clip", "")) or "text-shadow" in said:
        ways.discard("color")  # of such letters one sees the background or the shadow
    if said.keys() & {"animation", "animation-name"}:
        ways -= _FADES
    if not ways:
        return ways
    shown = set[str]().union(*(sheet.shown.get(name, ()) for name in _names(element)))
    return ways - (shown - _parsed(element.get("style", "")).keys())


def _undone(
    tree: Any, styled: Mapping[Any, Declarations], own: Mapping[Any, set[str]]
) -> tuple[dict[Any, set[str]], set[Any]]:
    """What of its own and of what it lies in hides each element that a part may undo, and those with such a part."""
    hiding: dict[Any, set[str]] = {}
    mixed: set[Any] = set()
    for element in tree.iter("*"):
        above = hiding.get(element.getparent(), set[str]())
        said = styled.get(element, {}) if above else {}
        undoes = {name for name, value in said.items() if value != "inherit" and name not in own[element]}
        if undoes & {"font", "font-size"}:
            undoes |= {"font", "font-size"}
        hiding[element] = (above - undoes) | (own.get(element, set()) & _INHERITED)
        if above and not hiding[element]:
            ancestors = element.iterancestors()
            mixed.update(takewhile(lambda one: one not in mixed, ancestors))
    return hiding, mixed


def _parsed(style: str) -> Declarations:
    """Declarations, in small letters, without comments, escapes and what makes them important."""
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16) % 0x110000), _COMMENT.sub("", style)).lower()
    pairs = (part.partition(":") for part in plain.split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _sheet(tree: Any) -> _Sheet:
    """The rules of all style sheets that lie in the page."""
    sheet = _Sheet()
    for style in tree.iter("style"):
        media = style.get("media", "").strip().lower()
        where = [media] if media not in {"", "all", "screen"} else []
        where.extend(ancestor.tag for ancestor in style.iterancestors("noscript"))
        for selectors, declarations, around in _rules(style.text_content()):
            if not any("print" in condition for condition in (*where, *around)):
                said = _parsed(declarations)
                for selector in selectors.split(","):
                    _add(sheet, selector.strip(), said, always=not where and not around)
    return sheet


def _add(sheet: _Sheet, selector: str, said: Declarations, *, always: bool) -> None:
    """Take in what a rule says of the elements it selects."""
    if always and re.fullmatch(r"[.#]?[\w-]+", selector):
        sheet.rules[selector].update(said)
        return
    shows = {name for name, value in said.items() if name in _HIDES and not _HIDES[name](value)}
    if shows and not _MOMENTARY.search(selector):
        last = re.split(r"[\s>+~]+", selector)[-1]
        for name in re.findall(r"[.#](?:\\.|[\w-])+", last):
            sheet.shown[name.replace("\\", "")] |= shows


def _rules(css: str) -> Iterator[tuple[str, str, list[str]]]:
    """Selectors, declarations, and what the rule stands in, such as ``@media``, in small letters."""
    around: list[str] = []
    words = ""
    for piece in re.split(r"([{}])", _COMMENT.sub("", css)):
        if piece == "{":
            around.append(words.rpartition(";")[2].strip())
        elif piece == "}" and around:
            selectors = around.pop()
            if not selectors.startswith("@"):
                yield selectors, words, [condition.lower() for condition in around]
        else:
            words = piece
