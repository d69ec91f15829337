"""Article → passages: whole sentences packed to about the length the embedder answers best to.

The cuts are the cheapest ones under ``_cost`` (dynamic programming over all cuts between sentences): passages near the
target length, beginning at paragraphs and headings, never ending with a heading. What furniture separates stays apart.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from index.sentences import sentences
from index.types import Article, Passage, Span

RULES = "1"
"""Version of the rules that cut sentences and passages; to be raised whenever the same text would be cut otherwise."""

TokenCounter = Callable[[Sequence[str]], Sequence[int]]
"""Many texts → how many tokens of the embedder each of them has, without prompt and special tokens."""

_FULL = 1.5  # targets; no passage of several sentences is longer
_LONG = 2.0  # targets; a longer sentence is cut
_MARKS = 8  # combining marks that a cut may step over
_HEADING = 120  # characters; a longer line is no heading
_ENDED = re.compile(r"[.!…,;。！।॥۔][^\w\s]*$")  # a question alone on a line is a heading too
_CLAUSES = re.compile(r"[;:,–—،、，；：]\s+|[、，；：。]|\n\s*")
_WORDS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one too long: where it is, how many tokens it has, and what is around it.

    ``part`` is the number of the run between furniture, ``gap`` how much the text breaks before it (0 to 2 newlines).
    """

    span: Span
    tokens: int
    part: int
    gap: int
    heading: bool


def split(article: Article, count_tokens: TokenCounter, target: int = 120) -> list[Passage]:
    """Cut an article into passages.

    Args:
        article: Its text, language and furniture are used.
        count_tokens: Called once for all sentences, and a few times more where a sentence is too long.
        target: Tokens that a passage should have.

    Returns:
        Passages in order, not overlapping: together they hold every character that is neither white space nor
        furniture. Several sentences together have at most 1.5 times ``target`` tokens, one sentence at most twice.
        ``tokens`` is the sum over its sentences, ``id`` is None.

    Raises:
        ValueError: ``target`` is not positive.
    """
    if target < 1:
        raise ValueError(f"a passage of {target} tokens cannot hold a sentence")
    passages: list[Passage] = []
    pieces = _pieces(article, count_tokens, target)
    for _, run in groupby(pieces, key=lambda piece: piece.part):
        for group in _pack(list(run), target):
            start, end = group[0].span.start, group[-1].span.end
            tokens = sum(piece.tokens for piece in group)
            passages.append(Passage(article.id, start, end, article.text[start:end], tokens))
    return passages


def _pieces(article: Article, count_tokens: TokenCounter, target: int) -> list[_Piece]:
    """The article's sentences, those that are too long already cut, with what packing needs to know of them."""
    text = article.text
    found = sentences(text, article.language, article.furniture)
    counts = count_tokens([text[start:end] for start, end in found])
    starts = [skipped.start for skipped in article.furniture]
    edges = [0, *(edge for span in found for edge in span), len(text)]
    gaps = [2, *(_gap(text[edges[i] : edges[i + 1]]) for i in range(2, len(edges) - 1, 2)), 2]
    pieces: list[_Piece] = []
    for i, (sentence, count) in enumerate(zip(found, counts, strict=True)):
        part, gap = bisect_left(starts, sentence.start), gaps[i]
        whole = text[sentence.start : sentence.end]
        if count > _LONG * target:
            for j, (span, size) in enumerate(_shorten(text, sentence, count, count_tokens, target)):
                pieces.append(_Piece(span, size, part, 0 if j else gap, heading=False))
            continue
        alone = gap > 0 and gaps[i + 1] > 0 and len(whole) <= _HEADING
        pieces.append(_Piece(sentence, count, part, gap, heading=alone and not _ENDED.search(whole)))
    return pieces


def _gap(between: str) -> int:
    """How much the text breaks between two sentences: 0 not, 1 a new line, 2 a blank line (or furniture)."""
    return min(2, between.count("\n") or len(between.splitlines()) - 1 if between else 0)


# Packing


def _pack(pieces: Sequence[_Piece], target: int) -> Iterator[Sequence[_Piece]]:
    """Consecutive groups of pieces with the smallest sum of costs."""
    best = [0.0] + [float("inf")] * len(pieces)  # best[i]: the cost of the first i pieces
    cut = [0] * (len(pieces) + 1)  # cut[i]: where the last group of those begins
    for end in range(1, len(pieces) + 1):
        tokens = 0
        for start in range(end - 1, -1, -1):
            tokens += max(1, pieces[start].tokens)
            if tokens > _FULL * target and start < end - 1:
                break
            cost = best[start] + _cost(pieces, start, end, tokens / target)
            if cost < best[end]:
                best[end], cut[end] = cost, start
    cuts = [len(pieces)]
    while cuts[-1]:
        cuts.append(cut[cuts[-1]])
    cuts.reverse()
    for start, end in pairwise(cuts):
        yield pieces[start:end]


def _cost(pieces: Sequence[_Piece], start: int, end: int, length: float) -> float:
    """What a passage costs: its distance from the target length, and how much it tears apart at its ends."""
    cost = (length - 1.0) ** 2
    first = pieces[start]
    if start and not first.heading:
        cost += (0.25, 0.05, 0.0)[first.gap]
    if end < len(pieces) and pieces[end - 1].heading:
        cost += 2.0
    return cost


# Sentences that are too long


def parts(text: str, sentence: Span, longest: int) -> list[Span]:
    """A sentence in parts of at most ``longest`` characters beside white space, cut as passages are, or as it is."""
    size = sentence.end - sentence.start
    if size <= longest:
        return [sentence]
    return [span for span, _ in _shorten(text, sentence, size, lambda texts: [len(one) for one in texts], longest)]


def _shorten(
    text: str, sentence: Span, count: int, count_tokens: TokenCounter, target: int
) -> Iterator[tuple[Span, int]]:
    """A sentence in parts of about ``target`` tokens: cut between clauses, else between words, else anywhere."""
    rows = [(sentence, count)]
    for rule in (_CLAUSES, _WORDS, None):
        finer: list[tuple[Span, int]] = []
        for span, size in rows:
            if size <= target:
                finer.append((span, size))
                continue
            atoms = _cut(text, span, rule) if rule else _chop(text, span, size, target)
            sizes = count_tokens([text[start:end] for start, end in atoms])
            finer.extend(zip(atoms, sizes, strict=True))
        rows = finer
    yield from _merge(rows, target)


def _cut(text: str, span: Span, rule: re.Pattern[str]) -> list[Span]:
    """The parts of a span between matches of a rule, each with the mark that ends it, without white space around it."""
    ends = [match.end() for match in rule.finditer(text, span.start, span.end)]
    return _between(text, span, ends)


def _chop(text: str, span: Span, size: int, target: int) -> list[Span]:
    """Equal parts of a span without a place to cut, never before a mark that combines with what precedes it."""
    step = max(1, (span.end - span.start) * target // (size + 1))
    ends = []
    for end in range(span.start + step, span.end, step):
        marks = 0
        while marks < min(_MARKS, step - 1, span.end - end - 1) and unicodedata.category(text[end + marks])[0] == "M":
            marks += 1
        ends.append(end + marks)
    return _between(text, span, ends)


def _between(text: str, span: Span, ends: Iterable[int]) -> list[Span]:
    """The parts of a span between its cuts, without white space around them and without empty ones."""
    parts: list[Span] = []
    for start, end in pairwise([span.start, *ends, span.end]):
        piece = text[start:end]
        kept = piece.strip()
        if kept:
            first = start + len(piece) - len(piece.lstrip())
            parts.append(Span(first, first + len(kept)))
    return parts


def _merge(rows: Sequence[tuple[Span, int]], target: int) -> Iterator[tuple[Span, int]]:
    """Neighbouring parts put together again while they stay within the target, all of about the same length."""
    total = sum(max(1, size) for _, size in rows)
    aim = total / math.ceil(total / target)
    start, tokens = 0, 0
    for i, (_, size) in enumerate(rows):
        if i > start and (tokens + size > target or tokens + size / 2 > aim):
            yield Span(rows[start][0].start, rows[i - 1][0].end), tokens
            start, tokens = i, 0
        tokens += size
    yield Span(rows[start][0].start, rows[-1][0].end), tokens
