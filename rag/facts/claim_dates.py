"""Days in a sentence, whatever way they are written: "1 november", "November 1", "2021-11-01", "on Monday". Pure.

The names of months and days come from dateparser's tables for some two hundred languages; its parser, which takes
milliseconds a sentence, is not used. Whether the day or the month comes first in 1/11 is known from CLDR. A year stays
a number of the sentence: half of all dates in news have none. What "yesterday" and "on Monday" mean, and which year a
day is of that is named without one, is told by :mod:`rag.facts.relative_days`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from index.language import UNKNOWN
from rag.facts import locales, relative_days
from rag.wording import CAPITAL


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
_MONTHS_A_YEAR, _LONGEST_MONTH = 12, 31
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Verbs, planets, numbers: without a number beside it, or a word such as "in" before it, no month.
_AMBIGUOUS = frozenset(
    {"may", "march", "mars", "marsch", "mai", "maj", "set", "ago", "out", "dec", "des", "mar", "jan", "sept"}
)
_BEFORE_MONTH = re.compile(
    r"\b(?:(?:in|since|until|by|from|early|late|mid|last|next|of|i|im|seit|bis|en|au|från|fra|till|til|sedan|siden"
    r"|anfang|mitte|ende|fin|début|mi|av|w|в|у)[\s-]+)$"
)
_NAME_NEXT = re.compile(rf"\s+(?P<next>{CAPITAL}(?:\.|[^\W\d_]*))")  # March Street, August Strindberg
_SHORTENED = 3  # letters by which a short form is shorter: "Nov", and Ukrainian "лист", which is a leaf too
# With these before it, it is a month, whatever follows: "the June European Council". By and of persons may be.
_NO_PERSON = re.compile(
    r"\b(?:in|since|until|during|early|late|mid|last|next|this|that|each|every|the|an?|its|his|her|their|our"
    r"|(?:end|start|beginning|middle|month|days?) of|i|im|seit|bis|anfang|mitte|ende|en|au|sedan|siden|w|в|у)[\s-]+$"
)
_NEAR = 40  # characters before a month that may say what it is
_IN = re.compile(r"\b(?:in|im|i|en)\s+$", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_YEAR_ALONE = re.compile(rf"(?<![\d.,]){_YEAR.pattern}(?!\d|[.,]\d)")
_YEAR_NEXT = re.compile(rf"\s+{_YEAR.pattern}\b")
_MAYBE_NUMERIC = re.compile(r"\d(?:[-/.]\s?\d|\s?[月월])")
_NUMERIC = (
    re.compile(rf"(?<![\d/-])(?P<year>{_YEAR.pattern})(?P<mark>[/-])(?P<m>\d\d?)(?P=mark)(?P<d>\d\d?)(?![\d/-])"),
    re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)"),
    re.compile(
        r"(?<![\d/.,-])(?P<d>\d{1,2})(?P<mark>[/-])(?P<m>\d{1,2})(?P=mark)"
        rf"(?P<year>{_YEAR.pattern}|(?<=/)\d{{2}})(?![\d/-])"
    ),
    re.compile(r"(?:(?P<year>\d{4})\s?[年년]\s?)?(?<!\d)(?P<m>\d{1,2})\s?[月월](?:\s?(?P<d>\d{1,2})\s?[日號号일])?"),
)
# Without a year "1.11." may be a paragraph, and 1/11 a share: something tells that it is a day.
_BEFORE_DOTTED = r"den|d\.|der|dem|am|vom|zum|bis|ab|seit|dnia"
_BEFORE_SLASHED = r"den|d\.|am|le|el|il|op|dia"
_AFTER_DOTTED = r"alkaen|asti|saakka|mennessä|kello|klo|kl|um"
_SHARE = r"\s+(?:of|av|af|de|des|du|del|dei|dos|das|der|von|van)\b|\s+d['’]"
_PIVOT = 69  # from which on two digits are a year of the last century, as in POSIX
_ORDINAL = r"(?:st|nd|rd|th|er|ste|\.?[º°ª]|\.|:e|:a|-го)?"
_DASH = r"(?:\s*[-–—]\s*|\s+(?:to|and)\s+)"  # no "a": "on May 3 a 20-year-old …"
_GOES_ON = (
    "in at on for as by when with from to and or but after before while where who is are was were will he she it they "
    "we the a an his her its their this"
)
_COUNTS = rf"\s*%|\s+(?!(?:{'|'.join(_GOES_ON.split())})\b)[^\W\d]"  # people or percent, behind "May 3 and 12"
_TO = r"\s*(?:[-–—]|\b(?:to|and|till|til|och|og|bis|und|au|et|al|a|y|e|tot|en)\b)\s*"
_ENDING = r"(?:s|en|ens|ar|arna|e|er|ene|n)?"
_PART_OF_DAY = (
    r"(?:s?(?:kväll|morgon|natt|eftermiddag|förmiddag|kveld|aften|morgen|nat|abend|nacht|nachmittag|vormittag)\w*)?"
)
# Cases of months that the tables lack, by the last letters of the genitive, which they have; and in Finnish.
_DECLINED = {
    "ru": {"я": "ю ем е", "а": "у ом е"},
    "uk": {"я": "ю ем і", "а": "у ом і", "ого": "ому им"},
    "fi": {"kuu": "kuun kuusta kuuhun kuuksi"},
}
_ALSO = {"de": {"sonnabend": 5}}  # weekdays that they lack
_DATE = "\0"  # stands where a date was, so that a weekday beside it is known for a part of it; no white space
_DATED = re.compile(rf"[\s,.]*(?:(?:den|der|dem|the|le|el|am|d\.)\s+)?{_DATE}")


def read(text: str, code: str, published: date | None = None) -> tuple[frozenset[Day | Weekday], str]:
    """The days of a text, and the text without them; years stay in it.

    Args:
        text: A sentence.
        code: Its ISO 639-1 code.
        published: Day of publication; without it "yesterday" names no day, and "on Monday" none of a month.
    """
    dated, rest = _dated(text, code)
    found: set[Day | Weekday] = set(dated)
    weekdays = list(_weekday_pattern(code).finditer(rest))
    named = {_weekday(match[1], code) for match in weekdays}
    if published is not None:
        loose = {_weekday(match[1], code) for match in weekdays if not _DATED.match(rest, match.end())}
        meant = relative_days.read(rest, code, published, loose)
        found |= {Day(one.month, one.day) for one in meant}
        named |= {one.weekday() for one in meant} | _weekdays_of(dated, text, code, published)
    rest = _weekday_pattern(code).sub(" ", rest).replace(_DATE, " ")
    return frozenset(found | {Weekday(number) for number in named}), rest


def understood(text: str, code: str, published: date) -> frozenset[int]:
    """The years that go without saying in a sentence: of the days it names without one, or "last year".

    Where it names a year, nothing does, but what it calls "last year" all the same.

    Args:
        text: A sentence.
        code: Its ISO 639-1 code.
        published: The day of publication.
    """
    said = {published.year + later for later in relative_days.years(text, code)}
    if said or names_year(_dated(text, code)[1]):
        return frozenset(said)
    days = [day for day in read(text, code, published)[0] if isinstance(day, Day)]
    if not days:
        return frozenset({published.year} if relative_days.is_current(text) else ())
    near = (relative_days.nearest(day.month, day.day, text, code, published) for day in days)
    return frozenset(year for year in near if year is not None)


@lru_cache(maxsize=1024)
def _dated(text: str, code: str) -> tuple[frozenset[Day], str]:
    """The days of a text that it names by their month, and the text with a mark in their place and their years."""
    found: set[Day] = set()

    def taking(one: Callable[[re.Match[str], str], tuple[Day, str] | None]) -> Callable[[re.Match[str]], str]:
        def take(match: re.Match[str]) -> str:
            read_one = one(match, code)
            if read_one is None:
                return match[0]
            found.add(read_one[0])
            return f"{match.groupdict().get('before') or ''} {_DATE} {read_one[1]} "

        return take

    for pattern in (*_NUMERIC, *_numeric(code)) if _MAYBE_NUMERIC.search(text) else ():
        text = pattern.sub(taking(_in_digits), text)
    spelt, *others = _patterns(code)
    if others[-1].search(text):
        text = _apart(text, code)
        for pattern in (spelt, *others) if relative_days.counts(text, code) else others:
            text = pattern.sub(taking(_by_name), text)
    return frozenset(found), text


def _in_digits(match: re.Match[str], code: str) -> tuple[Day, str] | None:
    """The day that a match in digits names, and its year.

    Where Americans and the British differ, as on 11/1/2021, it is none: either day would be as likely to be wrong, and
    as numbers the digits still prove the same ones.
    """
    groups = match.groupdict()
    month, day, year = int(groups["m"]), int(groups["d"] or 0), groups.get("year") or ""
    if groups.get("mark") and match.start("d") < match.start("m") and not _day_first(code) and month != day:
        if min(month, day) > _MONTHS_A_YEAR or max(month, day) <= _MONTHS_A_YEAR:
            return None
        month, day = sorted((month, day))
    if len(year) == 2:
        year = f"{19 if int(year) >= _PIVOT else 20}{year}"
    return (Day(month, day), year) if _exists(month, day) and (day or not groups["d"]) else None


def _by_name(match: re.Match[str], code: str) -> tuple[Day, str] | None:
    """The day or month that a match with a month's name names, and a number behind it that is none of its days."""
    groups = match.groupdict()
    month = match["m"]
    # Regular expressions ignore case otherwise than casefold does: "KASIM" is matched by "kasım".
    number = _months(code).get(month.casefold(), 0)
    if groups.get("first"):
        day = relative_days.ordinals(code).get(" ".join(match["first"].lower().split()), 0)
        return (Day(number, day), "") if day and _exists(number, day) else None
    day, counted = int(groups.get("d") or 0), ""
    if month == "may" and _before(match).strip(" .").rpartition(" ")[2].casefold() in _months(code):
        return None  # "by Jan. 2 may rebook"
    if day and match.start("m") < match.start("d") and _IN.search(_before(match)):
        day, counted = 0, match["d"]  # "in October 20 people …"
    if not _exists(number, day) or (not day and not _is_month(match, month, code)):
        return None
    return Day(number, day), counted


def _exists(month: int, day: int) -> bool:
    """Whether there is such a month, and may be such a day."""
    return 1 <= month <= _MONTHS_A_YEAR and day <= _LONGEST_MONTH


def _apart(text: str, code: str) -> str:
    """A text in which each of two days of one month has the month: "3 to 7 May" and "May 3-7" are "3 May 7 May"."""
    for pattern in _pairs(code):
        text = pattern.sub(r"\g<first> \g<m> \g<last> \g<m>", text)
    return text


def _before(match: re.Match[str]) -> str:
    """What stands right before a match."""
    return match.string[max(0, match.start() - _NEAR) : match.start()]


def _is_month(match: re.Match[str], month: str, code: str) -> bool:
    """Whether a word that may be a month's name, with no day beside it, is one."""
    word = month.casefold()
    if _YEAR_NEXT.match(match.string, match.end()):
        return True
    before, following = _before(match).casefold(), _NAME_NEXT.match(match.string, match.end("m"))
    if word in _AMBIGUOUS or _is_short(word, code):
        return month != "march" and not following and bool(_BEFORE_MONTH.search(before))
    if not following or not month[0].isupper():
        return True
    surname = following["next"]
    acronym = len(surname) > 1 and surname.isalpha() and surname.isupper()  # "August NATO exercises"
    return acronym or surname.casefold() in names(code) or bool(_NO_PERSON.search(before))


def _is_short(word: str, code: str) -> bool:
    """Whether a month's name is much shorter than its others in the language."""
    number = _months(code).get(word)
    return any(
        other.startswith(word) and len(other) >= len(word) + _SHORTENED
        for other, another in _months(code).items()
        if another == number
    )


def _weekdays_of(days: Collection[Day], text: str, code: str, published: date) -> set[int]:
    """The weekdays of days that a text names, in the one year that it names, or else in the one that is understood."""
    years = {int(year) for year in _YEAR_ALONE.findall(_dated(text, code)[1])}
    years = years or {published.year + later for later in relative_days.years(text, code)}
    found: set[int] = set()
    for day in days:
        year = min(years) if years else relative_days.nearest(day.month, day.day, text, code, published)
        if not day.day or year is None or len(years) > 1:
            continue
        try:
            found.add(date(year, day.month, day.day).weekday())
        except ValueError:  # there is no such day in that year
            continue
    return found


@lru_cache(maxsize=64)
def _patterns(code: str) -> tuple[re.Pattern[str], ...]:
    """Day spelt out and month, day and month, month and day, a month alone; in the order to try them in."""
    month = rf"(?P<m>{_alternatives(_months(code))})\b\.?"
    spelt = (
        rf"(?P<first>{_alternatives(relative_days.ordinals(code)).replace(chr(92) + ' ', chr(92) + 's+') or '(?!)'})"
    )
    # "His second March on Rome", "a third of March's budget": no days.
    before, of = (r"(?<!\ba\s)(?<!\bone\s)", r"\s+of\s+") if _in_english(code) else ("", r"\s+(?:de\s+)?")
    return (
        re.compile(rf"{before}(?<![\w-]){spelt}{of}{month}(?![-\w])", re.IGNORECASE),
        re.compile(rf"\b(?<!\d[.,:/])(?P<d>\d{{1,2}}){_ORDINAL}\s+(?:de\s+|of\s+)?{month}", re.IGNORECASE),
        re.compile(rf"\b{month}\s+(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,:]?\d)", re.IGNORECASE),
        re.compile(rf"\b{month}", re.IGNORECASE),
    )


@lru_cache(maxsize=64)
def _numeric(code: str) -> tuple[re.Pattern[str], ...]:
    """Days in digits as they are written in a language: "01.11.21", "am 1.11.", "den 1/11"; none if months go first."""
    if not _day_first(code):
        return ()
    weekday = rf"(?:{_alternatives(_weekdays(code)) or '(?!)'}){_ENDING},?"
    slashed = re.compile(
        rf"(?P<before>\b(?:{_BEFORE_SLASHED}|{weekday})\s+)(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})(?![\d/]|{_SHARE})",
        re.IGNORECASE,
    )
    if "." not in _month_and_day(code):
        return (slashed,)
    day = r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})"
    return (
        slashed,
        re.compile(r"(?<![\d.,])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<year>\d{2})(?![\d.,]?\d)"),
        re.compile(rf"(?P<before>\b(?:{_BEFORE_DOTTED}|{weekday})\s+){day}\.(?!\d)", re.IGNORECASE),
        re.compile(rf"(?P<before>\b(?:den|d\.|am|dnia)\s+){day}(?![.,]?\d)", re.IGNORECASE),
        re.compile(rf"(?<![\d.,]){day}\.(?=\s+(?:{_AFTER_DOTTED})\b)", re.IGNORECASE),
    )


def _day_first(code: str) -> bool:
    """Whether all who write a language write the day before the month, in digits."""
    written = _month_and_day(code)
    return "d" in written and not _in_english(code) and written.index("d") < written.index("M")


def _in_english(code: str) -> bool:
    """Whether a text is, or may be, in English."""
    return code in {"en", UNKNOWN}


@lru_cache(maxsize=64)
def _month_and_day(code: str) -> str:
    """How a day is written in digits in a language, as CLDR has it: "d.M.", "d/M"; empty if it is not there."""
    known = locales.locale(code)
    written = known.datetime_skeletons.get("Md") if known else None
    return str(written.pattern) if written else ""


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
    found = {name: i for i, key in enumerate(_MONTHS, start=1) for name in _named(code, key) if len(name) > 2}
    declined = {
        name.removesuffix(end) + other: month
        for name, month in found.items()
        for end, others in _DECLINED.get(code, {}).items()
        if name.endswith(end)
        for other in others.split()
    }
    return declined | found


@lru_cache(maxsize=64)
def _weekdays(code: str) -> dict[str, int]:
    # Not the short forms: Swedish "fred" is peace.
    named = {name: i for i, key in enumerate(_WEEKDAYS) for name in _named(code, key) if len(name) > 4}
    return {**named, **_ALSO.get(code, {})}


def _named(code: str, key: str) -> list[str]:
    """What a month or day of the week is called in a language, and in English."""
    return [name.casefold() for each in dict.fromkeys((code, "en")) for name in relative_days.table(each).get(key, [])]
