"""Days in a sentence, whatever way they are written: "1 november", "November 1", "2021-11-01", "on Monday". Pure.

The names of months and days come from dateparser's tables for some two hundred languages; its parser, which takes
milliseconds a sentence, is not used. A year stays a number of the sentence: half of all dates in news have none. What
"yesterday" and "on Monday" mean is told by :mod:`rag.relative_days`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module

from index.language import UNKNOWN
from rag import relative_days


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day of any year, or a whole month: then ``day`` is 0."""

    month: int
    day: int = 0

    def within(self, others: Collection[Day | Weekday]) -> bool:
        """Whether one of the others is this day, or lies in this month."""
        return self in others or (
            self.day == 0 and any(isinstance(other, Day) and other.month == self.month for other in others)
        )


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of any week, from 0 for Monday."""

    number: int

    def within(self, others: Collection[Day | Weekday]) -> bool:
        """Whether one of the others is this day of the week."""
        return self in others


_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Verbs, planets, numbers: without a number beside it, or a word such as "in" before it, no month.
_AMBIGUOUS = frozenset(
    {"may", "march", "mars", "marsch", "mai", "maj", "set", "ago", "out", "dec", "des", "mar", "jan", "sept"}
)
_BEFORE_MONTH = re.compile(
    r"\b(?:(?:in|since|until|by|from|early|late|mid|last|next|of|i|im|seit|bis|en|au|från|fra|till|til|sedan|siden)"
    r"[\s-]+)$"
)
_NAME_NEXT = re.compile(r"\s+[^\W\d_a-zåäöæøüéèß]")  # March Street
_IN = re.compile(r"\b(?:in|im|i|en)\s+$", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_YEAR_ALONE = re.compile(rf"(?<![\d.,]){_YEAR.pattern}(?!\d|[.,]\d)")
_YEAR_NEXT = re.compile(rf"\s+{_YEAR.pattern}\b")
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b")
_DOTTED = re.compile(r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<year>\d{4})\b")
_ORDINAL = r"(?:st|nd|rd|th|er|º|\.|:e|:a|-го)?"
_DASH = r"(?:\s*[-–—]\s*|\s+(?:to|and)\s+)"  # no "a": "on May 3 a 20-year-old …"
_GOES_ON = (
    "in at on for as by when with from to and or but after before while where who is are was were will he she it they "
    "we the a an his her its their this"
)
_COUNTS = rf"\s*%|\s+(?!(?:{'|'.join(_GOES_ON.split())})\b)[^\W\d]"  # people or percent, behind "May 3 and 12"
_TO = r"\s*(?:[-–—]|\b(?:to|and|till|til|och|og|bis|und|au|et|al|a|y|e|tot|en)\b)\s*"
_FIRST = r"first|första|förste|første|erste[nrs]?|premier|primero|primo|eerste|1:a"
_ENDING = r"(?:s|en|ens|ar|arna|e|er|ene|n)?"
_PART_OF_DAY = (
    r"(?:s?(?:kväll|morgon|natt|eftermiddag|förmiddag|kveld|aften|morgen|nat|abend|nacht|nachmittag|vormittag)\w*)?"
)
_DATE = "\x1f"  # stands where a date was, so that a weekday beside it is known for a part of it
_DATED = re.compile(rf"[\s,.]*(?:(?:den|der|dem|the|le|el|am|d\.)\s+)?{_DATE}")


def read(text: str, code: str, published: date | None = None) -> tuple[frozenset[Day | Weekday], str]:
    """The days of a text, and the text without them; years stay in it.

    Args:
        text: A sentence.
        code: Its ISO 639-1 code.
        published: Day of publication; without it "yesterday" names no day, and "on Monday" none of a month.
    """
    found: set[Day | Weekday] = set()

    def take(match: re.Match[str]) -> str:
        groups = match.groupdict()
        month = groups.get("m") or ""
        # Regular expressions ignore case otherwise than casefold does: "KASIM" is matched by "kasım".
        number = int(month) if month.isdecimal() else _months(code).get(month.casefold(), 0)
        day = 1 if groups.get("first") else int(groups.get("d") or 0)
        counted = ""
        if day and _month_first(match) and _IN.search(match.string[: match.start()]):
            day, counted = 0, match["d"]  # "in October 20 people …"
        if not (1 <= number <= 12 and day <= 31) or (not day and not _is_month(match, month)):
            return match[0]
        found.add(Day(number, day))
        return f" {_DATE} {groups.get('year') or ''} {counted} "

    rest = _DOTTED.sub(take, _ISO.sub(take, _apart(text, code)))
    for pattern in _patterns(code):
        rest = pattern.sub(take, rest)
    weekdays = list(_weekday_pattern(code).finditer(rest))
    named = {_weekday(match[1], code) for match in weekdays}
    if published is not None:
        loose = {_weekday(match[1], code) for match in weekdays if not _DATED.match(rest, match.end())}
        meant = relative_days.read(rest, code, published, loose)
        found |= {Day(one.month, one.day) for one in meant}
        named |= {one.weekday() for one in meant} | _weekdays_of(found, published)
    rest = _weekday_pattern(code).sub(" ", rest).replace(_DATE, " ")
    return frozenset(found | {Weekday(number) for number in named}), rest


def _apart(text: str, code: str) -> str:
    """A text in which each of two days of one month has the month: "3 to 7 May" and "May 3-7" are "3 May 7 May"."""
    for pattern in _pairs(code):
        text = pattern.sub(r"\g<first> \g<m> \g<last> \g<m>", text)
    return text


def _month_first(match: re.Match[str]) -> bool:
    """Whether a day of a month stands behind its month, and no year before it."""
    groups = match.groupdict()
    return bool(groups.get("m") and groups.get("d")) and "year" not in groups and match.start("m") < match.start("d")


def _is_month(match: re.Match[str], month: str) -> bool:
    """Whether a word that may be a month's name, with no day beside it, is one."""
    if month.casefold() not in _AMBIGUOUS or _YEAR_NEXT.match(match.string, match.end()):
        return True
    before, after = match.string[: match.start()].casefold(), match.string[match.end("m") :]
    return month != "march" and not _NAME_NEXT.match(after) and bool(_BEFORE_MONTH.search(before))


def _weekdays_of(days: Collection[Day | Weekday], published: date) -> set[int]:
    """The weekdays of days, in the year that they were written about in."""
    found: set[int] = set()
    for day in days:
        if isinstance(day, Day) and day.day:
            try:
                found.add(date(published.year, day.month, day.day).weekday())
            except ValueError:  # there is no such day in that year
                continue
    return found


@lru_cache(maxsize=64)
def _patterns(code: str) -> tuple[re.Pattern[str], ...]:
    """Day and month, month and day, a month alone; in the order in which they are to be tried."""
    month = rf"(?P<m>{_alternatives(_months(code))})\b\.?"
    day = rf"(?:(?P<d>\d{{1,2}}){_ORDINAL}|(?P<first>{_FIRST}))"
    return (
        re.compile(rf"\b{day}\s+(?:de\s+|of\s+)?{month}", re.IGNORECASE),
        re.compile(rf"\b{month}\s+(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,:]?\d)", re.IGNORECASE),
        re.compile(rf"\b{month}", re.IGNORECASE),
    )


@lru_cache(maxsize=64)
def _pairs(code: str) -> tuple[re.Pattern[str], ...]:
    """Two days and their month, the month and its two days."""
    month = rf"(?P<m>{_alternatives(_months(code))})\b"
    first, last = rf"(?P<first>\d{{1,2}}){_ORDINAL}", rf"(?P<last>\d{{1,2}}){_ORDINAL}"
    return (
        re.compile(rf"(?<![\d.,:])\b{first}{_TO}{last}\s+(?:de\s+|of\s+)?{month}", re.IGNORECASE),
        re.compile(rf"\b{month}\.?\s+{first}{_DASH}{last}\b(?![.,:]?\d|-|{_COUNTS})", re.IGNORECASE),
    )


@lru_cache(maxsize=64)
def _weekday_pattern(code: str) -> re.Pattern[str]:
    """A weekday with its endings, and with the part of the day that is written with it."""
    names = _alternatives(_weekdays(code))
    return re.compile(rf"\b({names}){_ENDING}{_PART_OF_DAY}\b" if names else r"(?!)()", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _weekday(name: str, code: str) -> int:
    """The number of a weekday as the pattern found it, which ignores case otherwise than casefold does: "FRİDAY"."""
    return next(number for day, number in _weekdays(code).items() if re.fullmatch(re.escape(day), name, re.IGNORECASE))


def _alternatives(words: Collection[str]) -> str:
    """For a regular expression, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def is_year(number: str) -> bool:
    """Whether a number may be a year that news speak of."""
    return _YEAR.fullmatch(number) is not None


def names_year(text: str) -> bool:
    """Whether a text names a year; "1,800" is none."""
    return _YEAR_ALONE.search(text) is not None


@lru_cache(maxsize=64)
def names(code: str) -> frozenset[str]:
    """What months and weekdays are called in a language, in small letters."""
    return frozenset((*_months(code), *_weekdays(code)))


@lru_cache(maxsize=64)
def _months(code: str) -> dict[str, int]:
    return {name: i for i, key in enumerate(_MONTHS, start=1) for name in _named(code, key) if len(name) > 2}


@lru_cache(maxsize=64)
def _weekdays(code: str) -> dict[str, int]:
    # Not the short forms: Swedish "fred" is peace.
    return {name: i for i, key in enumerate(_WEEKDAYS) for name in _named(code, key) if len(name) > 4}


def _named(code: str, key: str) -> list[str]:
    """What a month or day of the week is called in a language, and in English."""
    known: list[str] = []
    for locale in dict.fromkeys(({"no": "nb"}.get(code, code), "en")):
        if locale == UNKNOWN:
            continue
        try:
            table = import_module(f"dateparser.data.date_translation_data.{locale}")
        except ModuleNotFoundError:
            continue
        known += [name.casefold() for name in table.info.get(key, [])]
    return known
