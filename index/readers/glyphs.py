"""The characters of a page of a PDF, as PDFium finds them: which are seen, where, and in which order they are read."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from index.readers.raised import raised

LEAST = 2.0
"""Points; nobody reads smaller letters."""

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_MARKS = frozenset({"NSM"})
_RAISED, _LOWERED = 0.15, 0.05  # of the size of the line, from its base line to that of a figure
_SMALLER = 0.85  # of the size of the line, at most


@dataclass(frozen=True, slots=True)
class Row:
    """A printed line: its text, and the box of its letters in points from the left and from the bottom of the page.

    ``first`` and ``last`` are the bottoms of the first letter, which may be a bullet, and of the last;
    ``size`` is the height of the last one, ``middle`` where the middle of the first one is.
    """

    text: str
    left: float
    right: float
    first: float
    last: float
    middle: float
    size: float
    from_right: bool


class Glyphs:
    """A page's characters by their numbers."""

    def __init__(self, textpage: Any, least: float = LEAST) -> None:
        from pypdfium2 import raw

        self._page = textpage
        self._raw = raw
        self._matrix = raw.FS_MATRIX()
        self.characters = [chr(raw.FPDFText_GetUnicode(textpage, i)) for i in range(textpage.count_chars())]
        self._sizes = [self._size(i) for i in range(len(self.characters))]
        self.unseen = {i for i, size in enumerate(self._sizes) if size < least and self._is_printed(i)}

    def rows(self) -> Iterator[Row]:
        """The printed lines that hold anything, in PDFium's order."""
        start = 0
        ends = [i for i, character in enumerate(self.characters) if character in "\r\n"]
        for end in (*ends, len(self.characters)):
            numbers = [i for i in range(start, end) if i not in self.unseen]
            seen = [i for i in numbers if not self.characters[i].isspace()]
            if seen:
                yield self._row(numbers, seen)
            start = end + 1

    def _row(self, numbers: list[int], seen: list[int]) -> Row:
        """One line; ``seen`` are the numbers of what is no white space."""
        figures = self._figures(numbers)
        seen = [i for i in seen if i not in figures] or seen
        kinds = [unicodedata.bidirectional(self.characters[i]) for i in seen]
        turned = sum(kind in _RIGHT_TO_LEFT for kind in kinds)
        boxes = [self._box(i) for i in (seen if turned else (seen[0], seen[-1]))]
        first, last = boxes[0], boxes[-1]
        if turned:  # joined letters may have boxes of their own
            first = last = max(boxes, key=lambda box: abs(box[3] - box[1]))
        text = "".join(self._read(numbers, figures)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return Row(
            text=" ".join(text.split()),
            left=min(left for left, *_ in boxes),
            right=max(right for *_, right, _ in boxes),
            first=first[1],
            last=last[1],
            middle=(first[1] + first[3]) / 2,
            size=abs(last[3] - last[1]),
            from_right=turned > sum(kind == "L" for kind in kinds),
        )

    def _read(self, numbers: list[int], figures: dict[int, str]) -> Iterator[str]:
        """The characters of a line: words from right to left in their order, figures off the line as such."""
        word: list[int] = []
        for i in numbers:
            if unicodedata.bidirectional(self.characters[i]) in _RIGHT_TO_LEFT | _MARKS:
                word.append(i)
                continue
            yield from self._turned(word)
            word = []
            yield figures.get(i, self.characters[i])
        yield from self._turned(word)

    def _turned(self, word: list[int]) -> list[str]:
        """The letters of a word from right to left; some programs write them in the order in which they stand."""
        return [self.characters[i] for i in sorted(word, key=lambda i: -self._box(i)[2])]

    def _figures(self, numbers: list[int]) -> dict[int, str]:
        """The small figures of a line that stand above or below its base line, as Unicode writes them."""
        usual = median(self._sizes[i] for i in numbers)
        small = [i for i in numbers if self._sizes[i] < _SMALLER * usual and _is_figure(self.characters[i])]
        if not small:
            return {}
        base = median(self._base(i) for i in numbers if self._sizes[i] >= _SMALLER * usual)
        found: dict[int, str] = {}
        for i in small:
            off = (self._base(i) - base) / usual
            if off > _RAISED or off < -_LOWERED:
                found[i] = raised(self.characters[i], below=off < 0)
        return found

    def _size(self, i: int) -> float:
        """The size of a character's font on the page, in points."""
        if not self._raw.FPDFText_GetMatrix(self._page, i, self._matrix):
            return LEAST
        return float(self._raw.FPDFText_GetFontSize(self._page, i)) * math.hypot(self._matrix.c, self._matrix.d)

    def _is_printed(self, i: int) -> bool:
        """Whether the document holds a character, and PDFium did not put it there."""
        return not self.characters[i].isspace() and self._raw.FPDFText_IsGenerated(self._page, i) == 0

    def _base(self, i: int) -> float:
        """Where the base line of a character is, in points from the bottom of the page."""
        x, y = ctypes.c_double(), ctypes.c_double()
        self._raw.FPDFText_GetCharOrigin(self._page, i, x, y)
        return y.value

    def _box(self, i: int) -> tuple[float, float, float, float]:
        """The left, bottom, right and top of a character."""
        left, bottom, right, top = self._page.get_charbox(i, loose=True)
        return left, bottom, right, top


def _is_figure(character: str) -> bool:
    """Whether there is another character for this one off the line."""
    return raised(character) != character
