"""PDF documents, by PDFium: the text of their pages as paragraphs.

A PDF knows only where on the page each character stands. PDFium puts them into lines, in the order in which they were
printed, which is the order of reading in what word processors, browsers and layout programs make. What is added here:
lines become paragraphs by their distances, indents, sizes and ends; words cut at the end of a line become whole; what
stands at the edge of several pages, and page numbers, are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import median

from index.errors import BinaryFile, EmptyArticle, UnreadableFile
from index.readers import glyphs
from index.readers.draft import Draft

_WHOLE = 4096  # bytes at the end in which a whole document says that it ends
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_CUT = "\x02"  # what PDFium writes for a hyphen at the end of a line, and we for those it leaves
_HALVES = re.compile(rf"(\w+){_CUT}\s*(\w+)")
_DANGLING = re.compile(r"(?<=\w)[-‐\xad]$")
_HYPHENATED = frozenset(
    {
        *("all", "anti", "co", "cross", "ex", "half", "high", "long", "low", "mid"),
        *("non", "post", "pre", "pro", "self", "short", "so", "then", "well"),
    }
)
_SHARED = frozenset(
    {"and", "or", "och", "eller", "og", "und", "oder", "et", "ou", "y", "o", "e", "en", "of"}
)  # "in- och utrikes"
_EDGE = 0.09  # of the page's height, at the top and at the bottom
_NUMBER = re.compile(r"\W*(?:page|sida|side|seite|sivu|p\.|s\.)?\W*\d{1,4}(?:\W+(?:of|av|af|von)?\W*\d{1,4})?\W*", re.I)
_ENDED = re.compile(r"[.!?:;…。]\W*$")
_ITEM = re.compile(r"[•·‣◦▪*]\s|[-–—]\s+\w|\(?\d{1,2}[.)]\s")
_FILE_NAME = re.compile(r"^(?:untitled|microsoft word|document\d*|layout \d+|slide \d+)\b|\.\w{2,5}$", re.IGNORECASE)
_TITLE = 200  # characters


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page; distances in points, from the left and from the bottom of the page.

    What is written from right to left is measured as in a mirror: ``left``, where a line begins, is its negative right.
    """

    text: str
    page: int
    left: float
    right: float
    first: float
    last: float
    size: float
    edge: bool


def read(content: bytes) -> Iterator[Draft]:
    """The document as one article.

    Raises:
        BinaryFile: No PDF.
        UnreadableFile: Truncated, damaged or encrypted.
        EmptyArticle: Pictures only.
    """
    if b"%PDF-" not in content[:1024]:
        raise BinaryFile("this is no PDF document", "Give it the suffix of what it is.")
    if b"%%EOF" not in content.rstrip(b"\0 \r\n")[-_WHOLE:]:
        raise UnreadableFile("the document is truncated: its end is missing", "Fetch it again.")
    lines, stated = _lines(content)
    if not any(character.isalnum() for line in lines for character in line.text):
        raise EmptyArticle("its pages hold pictures, no text", "Recognise the text first: ocrmypdf in.pdf out.pdf")
    kept = _without_edges(lines)
    yield Draft(_text(kept), title=_title(kept, stated))


def _lines(content: bytes, least: float = glyphs.LEAST) -> tuple[list[_Line], str]:
    """The lines of all pages, and the title the document states, or "".

    Letters too small to be read are left out, unless most are, as on plans that are shown larger than they are.
    """
    from pypdfium2 import PdfDocument, PdfiumError

    lines: list[_Line] = []
    seen = unseen = 0
    try:
        with PdfDocument(content) as document:
            stated = str(document.get_metadata_dict().get("Title") or "")
            for number in range(len(document)):
                page = document[number]
                letters = glyphs.Glyphs(page.get_textpage(), least)
                lines.extend(_line(row, number, page.get_height()) for row in letters.rows())
                unseen += len(letters.unseen)
                seen += len(letters.characters) - len(letters.unseen)
                page.close()
    except PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise UnreadableFile("it is encrypted", "Save it without a password.") from error
        raise UnreadableFile("the document is damaged", "Fetch it again.") from error
    return (lines, stated) if unseen <= seen else _lines(content, least=0.0)


def _line(row: glyphs.Row, page: int, height: float) -> _Line:
    """A printed line of a page of some height, in points."""
    left, right = (-row.right, -row.left) if row.from_right else (row.left, row.right)
    edge = not _EDGE * height < row.middle < (1 - _EDGE) * height
    return _Line(row.text, page, left, right, row.first, row.last, row.size, edge)


def _without_edges(lines: Sequence[_Line]) -> list[_Line]:
    """The lines but for page numbers at the edges of pages and what stands there on a third of the pages or more."""
    pages = len({line.page for line in lines})
    often = Counter(shape for shape, _ in {(_shape(line), line.page) for line in lines if line.edge})
    least = max(2, pages / 3)
    kept = [
        line for line in lines if not line.edge or not (_NUMBER.fullmatch(line.text) or often[_shape(line)] >= least)
    ]
    return kept or list(lines)


def _shape(line: _Line) -> tuple[str, int]:
    """A line without its numbers, which differ from page to page, and about where it stands."""
    return re.sub(r"\d+", "0", line.text.casefold()), round(line.first / 4)


def _text(lines: Sequence[_Line]) -> str:
    """The lines as paragraphs, separated by empty lines."""
    usual = [_leading(a, b) for a, b in pairwise(lines) if 0 < _leading(a, b) < 3]
    leading = median(usual) if usual else 0.0
    pieces = [lines[0].text]
    for i, (a, b) in enumerate(pairwise(lines)):
        if not _continues(a, b, leading, _room(lines, i)):
            pieces.append("\n\n")
        elif _DANGLING.search(a.text):
            pieces[-1] = a.text[:-1] + _CUT
        else:
            pieces.append(" ")
        pieces.append(b.text)
    return _mended("".join(pieces))


def _leading(a: _Line, b: _Line) -> float:
    """The distance of two lines in heights of the first one; negative from one column to the next."""
    return (a.last - b.first) / a.size if a.page == b.page and a.size else -1.0


def _room(lines: Sequence[_Line], i: int) -> float:
    """How much shorter a line is than its neighbours in the column, in points."""
    line = lines[i]
    near = (other for other in lines[max(0, i - 3) : i + 5] if other.page == line.page and _alike(other, line))
    return (
        max(other.right for other in near if abs(other.left - line.left) < 3 * line.size or other is line) - line.right
    )


def _alike(a: _Line, b: _Line) -> bool:
    """Whether two lines are of about the same size."""
    return abs(a.size - b.size) <= 0.12 * max(a.size, b.size)


def _continues(a: _Line, b: _Line, leading: float, room: float) -> bool:
    """Whether a line goes on with the paragraph of the one before it.

    Args:
        a: The line before.
        b: The line.
        leading: The usual distance of lines in this document, in heights of a line.
        room: What is left free at the end of the first one. If the next word had found room there, the line was
            ended on purpose.
    """
    if not _alike(a, b) or _ITEM.match(b.text):
        return False
    ended = bool(_ENDED.search(a.text))
    if _leading(a, b) < 0.1:  # the next column or page
        return not ended and (b.text[0].islower() or bool(_DANGLING.search(a.text)))
    word = (b.right - b.left) * len(b.text.split()[0]) / len(b.text)
    if _leading(a, b) > 1.4 * leading or room > 1.2 * word + 0.5 * b.size:
        return False
    indented = b.left > a.left + 0.5 * b.size
    return not (ended and indented)


def _mended(text: str) -> str:
    """The text with words whole that were cut at the end of a line.

    Whether the hyphen belongs to the word shows where the word stands elsewhere in the document; else a capital or a
    digit after it, a single letter or a word such as "well" before it speak for that.
    """

    def join(match: re.Match[str]) -> str:
        left, right = match.groups()
        if right in _SHARED:
            return f"{left}- {right}"
        if left + right in words:
            return left + right
        compound = not right[0].islower() or len(left) == 1 or left.lower() in _HYPHENATED
        return f"{left}-{right}" if compound or f"{left}-{right}" in words else left + right

    words = set(re.findall(r"\w+(?:-\w+)?", text))
    return _HALVES.sub(join, text).replace(_CUT, "-")


def _title(lines: Sequence[_Line], stated: str) -> str | None:
    """The title the document states, if its first page shows it; else the largest lines there; else the stated one."""
    first = [line for line in lines if line.page == lines[0].page]
    shown = " ".join(" ".join(line.text for line in first).casefold().split())
    stated = "" if _FILE_NAME.search(stated.strip()) else " ".join(stated.split())
    if stated and stated.casefold()[:40] in shown:
        return stated
    largest = max(first, key=lambda line: line.size)
    at = first.index(largest)
    rows = list(takewhile(lambda line: abs(line.size - largest.size) < 0.05 * largest.size, first[at:]))
    title = _mended(" ".join(line.text for line in rows))
    if largest.size > 1.15 * median(line.size for line in lines) and 3 <= len(title) <= _TITLE:
        return title
    return stated or None
