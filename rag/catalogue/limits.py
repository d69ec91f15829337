"""Which articles a question about the library is limited to: a day, a language, an outlet. Pure.

"From October 2021", "in Norwegian" and "by the BBC" are told by the words before them, of ``questions.toml``, and
read by dateparser and with CLDR's names of languages; whether there is such an outlet, only the library knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import lru_cache

from index import dates
from index.facets import Filter
from index.language import NAMES
from index.types import Article
from rag.facts import claim_dates, territories
from rag.wording import CAPITAL

MARK = "\x1f"
"""Stands in a question where a limit was."""
_KINDS = ("since", "after", "before", "until", "within")
_JOIN = r"(?: |(?<=[ ']))"  # French "d'" is written with what follows
_DATEPARSER = {"no": "nb"}
_ORDINAL = r"(?:st|nd|rd|th|er|\.|º)?"
_LONG_YEAR = re.compile(r"\d{4}")
_LITTLE = re.compile(r"^(?:the|den|d\.|el|le)\s+", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_LITTLE_MORE = frozenset({"news", "online", "world", "sport", "radio", "info"})  # of the name of an outlet
_ENDING = 3  # letters of an address's end


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its words as they stand in the question, and what they mean; None if they can't be read."""

    words: str
    only: Filter | None


def marked(plain: str, code: str, parts: Mapping[str, str]) -> tuple[str, list[Limit]]:
    """A question with a mark in place of each day, month, year and language it is limited to, and these limits.

    Args:
        plain: The question on one line.
        code: Its ISO 639-1 code.
        parts: What ``questions.toml`` has of limits in that language.
    """
    found: list[Limit] = []

    def of_time(match: re.Match[str]) -> str:
        words = match["time"]
        if not (_LONG_YEAR.search(words) or _names_month(words, code)):
            return match[0]  # in 30 countries
        found.append(Limit(match[0], _of_days(next(kind for kind in _KINDS if match[kind]), words, code)))
        return MARK

    def of_language(match: re.Match[str]) -> str:
        found.append(Limit(match[0], Filter(language=_languages(code)[match["name"].casefold()])))
        return MARK

    text = _time_pattern(code, tuple(parts.items())).sub(of_time, plain)
    return _language_pattern(code, parts["language"]).sub(of_language, text), found


def outlets(text: str, code: str, parts: Mapping[str, str], ends: str) -> Iterator[tuple[str, Limit]]:
    """A question with a mark in place of what may be an outlet, each with the limit that this would be.

    Args:
        text: The question, other limits marked.
        code: Its ISO 639-1 code.
        parts: What ``questions.toml`` has of limits in that language.
        ends: A pattern of what may follow.
    """
    article = rf"(?:(?:{parts['the']}){_JOIN})?" if parts["the"] else ""
    name = rf"(?P<name>[^\s{MARK}]+(?: [^\s{MARK}]+){{0,4}}?)"
    words = rf"(?P<all>(?<!\S)(?:{parts['outlet']}){_JOIN}{article}{name})"
    for match in re.finditer(rf"(?={words}(?: (?:{ends}|{MARK})(?!\w)|$))", text, re.IGNORECASE):
        if territories.key(match["name"].casefold(), code) is None:  # "gas from Russia", though there is Russia Today
            yield match["all"], Limit(match["all"], Filter(outlet=match["name"]))


def is_time(topic: str, code: str) -> bool:
    """Whether a topic is but a day, a month or a year: no article names it, and many are from it."""
    return re.fullmatch(_time(code), topic, re.IGNORECASE) is not None


def strange_outlet(topic: str, code: str, parts: Mapping[str, str]) -> bool:
    """Whether a topic ends in what can only be an outlet: "NATO by Reuters", but not "gas from Russia"."""
    if not parts["strict"]:
        return False
    match = re.search(rf"\b(?:{parts['strict']}) (?:(?:{parts['the']}) )?(?P<name>{CAPITAL}\S*(?: \S+)*)$", topic)
    return match is not None and territories.key(match["name"].casefold(), code) is None


def joined(limits: Sequence[Limit]) -> Filter | None:
    """All limits as one filter; None if one of them can't be read, or two of them say different things."""
    whole = Filter()
    for limit in limits:
        if limit.only is None:
            return None
        said = {one.name: value for one in fields(Filter) if (value := getattr(limit.only, one.name)) is not None}
        if any(getattr(whole, name) is not None for name in said):
            return None
        whole = replace(whole, **said)
    return whole


def alike(one: Limit, other: Limit) -> bool:
    """Whether two limits, both of which can be read, are of one kind: days, a language, an outlet."""
    return _kind(one.only) == _kind(other.only)


def _kind(only: Filter | None) -> str:
    said = [one.name for one in fields(Filter) if only is not None and getattr(only, one.name) is not None]
    return "days" if {"since", "until"} & set(said) else "".join(said)


def fits(article: Article, only: Filter) -> bool:
    """Whether an article is one of those that a question is limited to; one without a day is of no time."""
    if only.language and article.language != only.language:
        return False
    if only.outlet and not is_outlet(only.outlet, article.source.outlet or ""):
        return False
    return fits_in_time(article.published, only)


def fits_in_time(day: date | None, only: Filter) -> bool:
    """Whether a day is one that a question is limited to."""
    if not (only.since or only.until):
        return True
    return day is not None and (only.since or day) <= day <= (only.until or day)


def is_outlet(name: str, outlet: str) -> bool:
    """Whether an outlet is called by a name, or by that and little more: "BBC" for "BBC News" and for "bbc.co.uk".

    "Moscow" is not the Moscow Times: it may be what the articles are about.
    """
    said, known = (_WORDS.findall(words.casefold().removeprefix("the ")) for words in (name, outlet))
    more = known[len(said) :]
    return (
        bool(said) and known[: len(said)] == said and all(len(word) <= _ENDING or word in _LITTLE_MORE for word in more)
    )


def _of_days(kind: str, words: str, code: str) -> Filter | None:
    """The days that words such as "October 2021" mean, behind "since" and the like; None without a year."""
    from dateparser.date import DateDataParser  # slow to import

    plain = _LITTLE.sub("", words).strip(" ,")
    if dates.is_ambiguous(plain) and code == "en":
        return None
    reader = DateDataParser(
        languages=[_DATEPARSER.get(code, code)],
        settings={"REQUIRE_PARTS": ["year"], "PARSERS": ["absolute-time"], "PREFER_DAY_OF_MONTH": "first"},
    )
    read = reader.get_date_data(plain)
    if read.date_obj is None or not claim_dates.is_year(str(read.date_obj.year)):
        return None
    first, last = _bounds(read.date_obj.date(), read.period or "day")
    return {
        "since": Filter(since=first),
        "after": Filter(since=last + timedelta(days=1)),
        "before": Filter(until=first - timedelta(days=1)),
        "until": Filter(until=last),
        "within": Filter(since=first, until=last),
    }[kind]


def _bounds(day: date, period: str) -> tuple[date, date]:
    """The first and the last day of a year, a month or a day."""
    if period == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if period == "month":
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return day.replace(day=1), following - timedelta(days=1)
    return day, day


def _names_month(words: str, code: str) -> bool:
    return not claim_dates.names(code).isdisjoint(word.casefold() for word in re.findall(r"[^\W\d_]+", words))


@lru_cache(maxsize=16)
def _time_pattern(code: str, parts: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """What stands before a time, in a group by its kind, and the time."""
    known = dict(parts)
    time, end = _time(code), rf"{known.get('ends', '')}(?![^\s,])"
    kinds = "|".join(rf"(?P<{kind}>(?:{known[kind]}){_JOIN}(?={time}{end}))" for kind in _KINDS)
    return re.compile(rf"(?<!\S)(?:{kinds})(?P<time>{time}){end}", re.IGNORECASE)


@lru_cache(maxsize=16)
def _time(code: str) -> str:
    """A pattern of what may be a time: numbers and the names of months and of days of the week."""
    names = "|".join(re.escape(name) for name in sorted(claim_dates.names(code), key=len, reverse=True))
    one = rf"(?:\d{{1,4}}(?:[./-]\d{{1,4}}){{0,2}}{_ORDINAL}|(?:{names})\.?)"
    return rf"{one}(?:,? (?:(?:of|de|del) )?{one}){{0,3}}"


@lru_cache(maxsize=16)
def _language_pattern(code: str, marker: str) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_languages(code), key=len, reverse=True))
    return re.compile(rf"(?<!\S)(?:{marker}){_JOIN}(?P<name>{names})(?![^\s,])", re.IGNORECASE)


@lru_cache(maxsize=16)
def _languages(code: str) -> dict[str, str]:
    """Codes of languages by what they are called in one, casefolded."""
    names = territories.locale(code).languages
    return {names[one].casefold(): one for one in NAMES if one in names}
