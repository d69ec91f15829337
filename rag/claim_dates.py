"""Days in a sentence, whatever way they are written: "1 november", "November 1", "2021-11-01", "yesterday". Pure.

The names of months and days come from dateparser's tables for some two hundred languages; its parser, which takes
milliseconds a sentence, is not used. A year stays a number of the sentence: half of all dates in news have none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import import_module

from index.language import UNKNOWN


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day of any year, or a whole month: then ``day`` is 0."""

    month: int
    day: int = 0

    def within(self, others: frozenset[Day]) -> bool:
        """Whether one of the others is this day, or lies in this month."""
        return self in others or (self.day == 0 and any(other.month == self.month for other in others))


_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Verbs and planets: without a number beside it, no month.
_AMBIGUOUS = frozenset(
    {"may", "march", "mars", "marsch", "mai", "maj", "set", "ago", "out", "dec", "des", "mar", "jan"}
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_YEAR_NEXT = re.compile(rf"\s+{_YEAR.pattern}\b")
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b")
_ORDINAL = r"(?:st|nd|rd|th|er|º|\.|:e|:a|-го)?"
# The first of the next month and the last of this one, as "månadsskiftet" is both.
_TURN_OF_MONTH = re.compile(
    r"månadsskift\w*|månedsskift\w*|turn of the month|end of the month|monatswechsel|monatsende|fin du mois|fin de mes",
    re.IGNORECASE,
)
_RELATIVE = {
    0: "today tonight idag ikväll heute aujourd'hui hoy oggi vandaag tänään dzisiaj сегодня",
    -1: "yesterday igår gestern hier ayer ieri gisteren eilen wczoraj вчера",
    1: "tomorrow imorgon imorgen morgen demain mañana domani huomenna jutro завтра",
}
_ENDING = 3  # letters: lördag, lördagens
_TWO_WORDS = re.compile(r"\bi (dag|kväll|kveld|går|går kveld|morgon|morgen|aften)\b", re.IGNORECASE)
_OFFSETS = {word: offset for offset, words in _RELATIVE.items() for word in words.split()}


def read(text: str, code: str, published: date | None = None) -> tuple[frozenset[Day], str]:
    """The days of a text, and the text without them; years stay in it.

    Args:
        text: A sentence.
        code: Its ISO 639-1 code.
        published: Day of publication; without it "yesterday" and "on Monday" name no day.
    """
    found: set[Day] = set()

    def take(match: re.Match[str]) -> str:
        groups = match.groupdict()
        month = groups.get("m") or ""
        # Regular expressions ignore case otherwise than casefold does: "KASIM" is matched by "kasım".
        number = int(month) if month.isdecimal() else _months(code).get(month.casefold(), 0)
        day = int(groups.get("d") or 0)
        if not (1 <= number <= 12 and day <= 31):
            return match[0]
        dated = _YEAR_NEXT.match(match.string, match.end())
        if not day and month.casefold() in _AMBIGUOUS and not dated:
            return match[0]
        found.add(Day(number, day))
        return f" {groups.get('year') or ''} "

    rest = _ISO.sub(take, text)
    for pattern in _patterns(code):
        rest = pattern.sub(take, rest)
    if published is not None:
        found |= _relative(rest, code, published)
    return frozenset(found), rest


def _relative(text: str, code: str, published: date) -> set[Day]:
    """What "yesterday", "on Monday" and "the turn of the month" mean on a day; Monday is the last one, or that day."""
    offsets: set[int] = set()
    for word in re.findall(r"[\w']+", _TWO_WORDS.sub(lambda match: f"i{match[1]}", text.casefold())):
        if word in _OFFSETS:
            offsets.add(_OFFSETS[word])
        offsets.update(
            -((published.weekday() - weekday) % 7)
            for name, weekday in _weekdays(code).items()
            if word.startswith(name) and len(word) - len(name) <= _ENDING
        )
    days = {published + timedelta(days=offset) for offset in offsets}
    if _TURN_OF_MONTH.search(text):
        following = (published.replace(day=28) + timedelta(days=4)).replace(day=1)
        days |= {following, following - timedelta(days=1)}
    return {Day(one.month, one.day) for one in days}


@lru_cache(maxsize=64)
def _patterns(code: str) -> tuple[re.Pattern[str], ...]:
    """Day and month, month and day, a month alone; in the order in which they are to be tried."""
    names = "|".join(re.escape(name) for name in sorted(_months(code), key=len, reverse=True))
    month = rf"(?P<m>{names})\b\.?"
    return (
        re.compile(rf"\b(?P<d>\d{{1,2}}){_ORDINAL}\s+(?:de\s+|of\s+)?{month}", re.IGNORECASE),
        re.compile(rf"\b{month}\s+(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,:]?\d)", re.IGNORECASE),
        re.compile(rf"\b{month}", re.IGNORECASE),
    )


def is_year(number: str) -> bool:
    """Whether a number may be a year that news speak of."""
    return _YEAR.fullmatch(number) is not None


@lru_cache(maxsize=64)
def names(code: str) -> frozenset[str]:
    """What months and weekdays are called in a language, in small letters."""
    return frozenset((*_months(code), *_weekdays(code)))


@lru_cache(maxsize=64)
def _months(code: str) -> dict[str, int]:
    return {name: i for i, key in enumerate(_MONTHS, start=1) for name in _named(code, key) if len(name) > 2}


@lru_cache(maxsize=64)
def _weekdays(code: str) -> dict[str, int]:
    return {name: i for i, key in enumerate(_WEEKDAYS) for name in _named(code, key) if len(name) > 3}


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
