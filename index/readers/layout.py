"""The layout of a page, made what readers see of it: tables that only place its parts, and blocks that break a line."""

from __future__ import annotations

from collections import Counter
from typing import Any

_BOXED = ("h1", "h2", "h3", "h4", "h5", "h6", "table")
_TABLES = ("table", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th")
_SECTIONS = {"article", "aside", "figcaption", "figure", "footer", "header", "main", "nav", "section"}


def unfold(tree: Any) -> None:
    """Make plain boxes of the tables in whose cells lie headings, paragraphs or tables, or that are a single cell."""
    cells = Counter(_table(cell) for cell in tree.iter("td", "th"))
    placing = {_table(cell) for cell in tree.iter("td") if cells[_table(cell)] == 1 or _is_box(cell)}
    placing.discard(None)
    for part in [one for one in tree.iter(*_TABLES) if (one if one.tag == "table" else _table(one)) in placing]:
        part.tag = "div"


def separate(tree: Any) -> None:
    """Put a blank between a block and the text beside it: nothing else keeps the words at its edges apart."""
    from lxml.html.defs import block_tags

    blocks = (block_tags - {"del", "ins"}) | _SECTIONS
    for block in tree.iter(*blocks):
        before, after, around = block.getprevious(), block.getnext(), block.getparent()
        if before is not None and (before.tail or before.tag not in blocks):
            before.tail = f"{before.tail or ''} "
        elif before is None and around is not None and around.text:
            around.text = f"{around.text} "
        if block.tail or (after is not None and after.tag not in blocks):
            block.tail = f" {block.tail or ''}"


def _table(part: Any) -> Any:
    """The table that a part of one belongs to; None for a stray one."""
    return next(part.iterancestors("table"), None)


def _is_box(cell: Any) -> bool:
    """Whether a cell holds a heading, a table or several paragraphs, which some separate by two line breaks."""
    if next(cell.iter(*_BOXED), None) is not None or sum(1 for _ in cell.iter("p")) > 1:
        return True
    pairs = ((one, one.getnext()) for one in cell.iter("br") if not (one.tail or "").strip())
    return any(after is not None and after.tag == "br" for _, after in pairs)
