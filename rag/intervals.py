"""Numbers and days as the intervals that they may lie in: "at least 100", "1.2 million", "before November 1". Pure.

Two texts contradict one another only where what they say cannot both be so: 120 dead are at least 100, and 1,234,567
are 1.2 million. Words that are bounds are in ``intervals.toml``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, product
from math import inf

from rag import wording
from rag.facts import claim_dates, claim_numbers
from rag.facts.claim_dates import Day, is_year
from rag.facts.claim_numbers import Number
from rag.facts.measures import MEASURE, measures
from rag.wording import PART_END, WORD, stems

_ABOUT = 0.1  # share of a number that "about" may be off
_BESIDE = 30  # characters beside a number or a day that may say what bound it is
_DATE_LENGTH = 25  # characters of a day of a month
_COUNTED = 4  # words behind a number that may say what it counts
_SIGN = rf"[{''.join(map(re.escape, claim_numbers.CURRENCIES))}]?"
_RANGE = re.compile(r"\s*%?\s*(?:[-–—]|to|till|til|bis|à|a|al|tot|do|до)\s*" + _SIGN)
_AND = re.compile(r"[^.;]{0,20}?\s(?:and|och|og|und|et|y|e|en|i|и|і|ja)\s+" + _SIGN)
_BETWEEN = re.compile(
    r"\b(?:between|mellan|mellom|mellem|zwischen|entre|tra|fra|tussen|między|между|між)\s+\S{0,9}\s*$"
)
_APART = re.compile(
    r"\b(?:between|mellan|mellom|mellem|zwischen|entre|tra|tussen|między|между|між|from|från|fra|vom|von|du|del|dal)\b"
)
_YEAR_OF_DAYS, _MONTH = 12 * 31, 31


@dataclass(frozen=True, slots=True)
class Interval:
    """What a number or a day may be.

    Attributes:
        value: What is written: a number's digits.
        low, high: The least and the greatest that it may be.
        unit: What its last digit stands for, by which it may have been rounded.
        of: What a number measures, as :mod:`rag.facts.measures` has it; that it is a time of day, or an ordinal.
        counts: Stems behind it that may say what it counts.
    """

    value: str
    low: float
    high: float
    unit: float = 0.0
    of: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()

    def is_like(self, other: Interval) -> bool:
        """Whether two numbers can be held against each other: both measure the same, or neither anything."""
        return not self.of.isdisjoint(other.of) if self.of and other.of else not (self.of or other.of)

    def meets(self, other: Interval) -> bool:
        """Whether both may be the same: of two numbers, the one that is written less exactly may have been rounded."""
        (low, high), (least, most) = self._against(other), other._against(self)
        return low <= most and least <= high

    def _against(self, other: Interval) -> tuple[float, float]:
        half = self.unit / 2 if self.unit > other.unit else 0.0
        return self.low - half, self.high + half


def numbers(text: str, code: str) -> list[Interval]:
    """The numbers of a text, each as what it may be; both ends of a range are all of it.

    Args:
        text: Some sentences.
        code: Their ISO 639-1 code.
    """
    lowered, units = text.lower(), measures(text, code)
    read = [(number, value) for number in claim_numbers.numbers(lowered, code) if (value := _value(number)) is not None]
    ends = [*(number.start for number, _ in read[1:]), len(lowered)][: len(read)]
    found = [
        replace(
            _interval(number, value, lowered, lowered[number.end : end], code),
            of=frozenset(units.get(number.value, ())) | _kind(number),
        )
        for (number, value), end in zip(read, ends, strict=True)
    ]
    for place, ((one, low), (other, high)) in enumerate(pairwise(read)):
        between = lowered[one.end : other.start]
        joined = _AND.fullmatch(between) and _BETWEEN.search(lowered[max(0, one.start - _BESIDE) : one.start])
        if low < high and (_RANGE.fullmatch(between) or joined):
            found[place : place + 2] = (replace(found[i], low=low, high=high) for i in (place, place + 1))
    return found


def differ(ours: Sequence[Interval], theirs: Sequence[Interval]) -> bool:
    """Whether numbers of two texts that can be compared are all others, or two that count the same are."""
    pairs = list(product(ours, theirs))
    alike = [(one, other) for one, other in pairs if one.is_like(other)]
    if alike and not any(_same(*pair) for pair in pairs):
        return True
    words = _counted_once(ours) & _counted_once(theirs)
    return any(not _same(one, other) and words & one.counts & other.counts for one, other in alike)


def days(text: str, code: str) -> list[Interval]:
    """The days and months of a text, each as what it may be, in days of a year with months of 31."""
    lowered = text.lower()
    found = [_span(day) for day in claim_dates.read(text, code)[0] if isinstance(day, Day)]
    first, last = min((one.low for one in found), default=0.0), max((one.high for one in found), default=0.0)
    if len(found) == len(("from", "to")) and _APART.search(lowered):
        return [replace(one, low=first, high=last) for one in found]
    bounds = {one.value: bound for bound, named in _bounded_days(text, code) for one in map(_span, named)}
    return [_bounded(one, bounds.get(one.value), _YEAR_OF_DAYS / 2) for one in found]


def days_meet(one: Interval, other: Interval) -> bool:
    """Whether two days may be the same, in whatever years."""
    years = (-_YEAR_OF_DAYS, 0, _YEAR_OF_DAYS)
    return any(one.low <= other.high + shift and other.low + shift <= one.high for shift in years)


def _same(one: Interval, other: Interval) -> bool:
    return one.meets(other) or claim_numbers.same(one.value, other.value)


def _counted_once(numbers: Sequence[Interval]) -> set[str]:
    """The words that say of one number only, among several, what it counts."""
    words = Counter(word for number in numbers for word in number.counts)
    return {word for word, count in words.items() if count == 1}


def _kind(number: Number) -> frozenset[str]:
    """That a number is a time of day, or an ordinal; nothing for another one."""
    return frozenset({":"} if ":" in number.value else {"."} if number.value.endswith(".") else ())


def _value(number: Number) -> float | None:
    """How much a number is; None for one too large to tell."""
    hours, colon, minutes = number.value.partition(":")
    try:
        return float(int(hours) * 60 + int(minutes) if colon else Fraction(number.value.rstrip(".")))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _interval(number: Number, value: float, text: str, behind: str, code: str) -> Interval:
    """What a number may be by the words beside it."""
    before, after = text[max(0, number.start - _BESIDE) : number.start], text[number.end : number.end + _BESIDE]
    words = [word for word in WORD.findall(PART_END.split(behind)[0]) if word not in MEASURE]
    counts = frozenset(stems(" ".join(words), code)[:_COUNTED])
    read = Interval(number.value, value, value, _unit(number, value, text), counts=counts)
    if is_year(number.value) and (_found("decade", code, behind=after) or _found("decade_before", code, before=before)):
        return replace(read, high=value + 9)
    if is_year(number.value):
        return _bounded(read, _bound(before, code), inf)
    about = _found("about", code, before=before) or _found("about_behind", code, behind=after)
    slack = abs(value) * _ABOUT if about else 0.0
    if _found("at_least", code, before=before) or _found("at_least_behind", code, behind=after):
        return replace(read, low=value - slack, high=inf, unit=0.0)
    if _found("at_most", code, before=before):
        return replace(read, low=-inf, high=value + slack, unit=0.0)
    return replace(read, low=value - slack, high=value + slack)


def _unit(number: Number, value: float, text: str) -> float:
    """What the last digit of a number stands for: 100,000 in "1.2 million"."""
    if _kind(number):
        return 0.0
    written = re.match(r"[\d.,'’\s]*\d", text[number.start : number.end])
    if written is None:  # in words
        unit = 1.0
        while value and value % (unit * 1000) == 0:
            unit *= 1000
        return unit
    digits = int(re.sub(r"\D", "", written[0]))
    return abs(value) / digits if digits else 1.0


def _span(day: Day) -> Interval:
    """A day, or all of a month."""
    start = day.month * _MONTH
    low, high = (start + day.day, start + day.day) if day.day else (start + 1, start + _MONTH)
    return Interval(f"{day.month}-{day.day}", low, high)


def _bounded_days(text: str, code: str) -> Iterator[tuple[str, list[Day]]]:
    """Each bound of a day in a text, with the days right behind it."""
    for bound in ("until", "since"):
        pattern = _words(bound, code)
        if pattern is None:
            continue
        for match in re.finditer(rf"(?<!\w)(?:{pattern})\s+(?:the\s+|den\s+|le\s+|el\s+)?(?=\S)", text, re.IGNORECASE):
            behind = text[match.end() : match.end() + _DATE_LENGTH]
            named = [day for day in claim_dates.read(behind, code)[0] if isinstance(day, Day)]
            if named and _begins_with_day(behind, code):
                yield bound, named


def _begins_with_day(text: str, code: str) -> bool:
    """Whether a text has a day at its very beginning."""
    rest = claim_dates.read(text, code)[1]
    return not WORD.match(rest.lstrip()) or not text.startswith(rest.lstrip()[:3])


def _bounded(read: Interval, bound: str | None, far: float) -> Interval:
    """A day or a year before or after which something is."""
    if bound == "until":
        return replace(read, low=read.high - far)
    return replace(read, high=read.low + far) if bound == "since" else read


def _bound(before: str, code: str) -> str | None:
    """Whether something is before or after the year that stands behind a text."""
    return next((bound for bound in ("until", "since") if _found(bound, code, before=before)), None)


def _found(kind: str, code: str, *, before: str = "", behind: str = "") -> bool:
    """Whether words of a kind stand right before a number, or right behind it."""
    pattern = _words(kind, code)
    if pattern is None:
        return False
    if behind:
        return re.match(rf"\s?(?:{pattern})(?!\w)", behind) is not None
    # "At least about 100", "more than $100"
    between = (
        rf"(?:\s*(?:{_words('about', code)}))?\s*(?:an?other|ytterligare|weitere|the|a|de|den|die|les|los)?\s*{_SIGN}"
    )
    return re.search(rf"(?<!\w)(?:{pattern}){between}\s*$", before) is not None


@lru_cache(maxsize=256)
def _words(kind: str, code: str) -> str | None:
    """What finds the words of a kind, in any language and in one."""
    listed = wording.table("intervals")[kind]
    return "|".join(listed[key] for key in ("any", code) if key in listed) or None
