"""The day an article says it was published on; never a day its story speaks of.

A date counts where it stands as one: after a label ("Published:"), alone on a line above the first of prose, or as a
stamp before the first sentence. Beside it may stand a weekday and a time. Reading words is left to dateparser; ISO
dates don't need it, and most articles that state a date state an ISO one or none, so that it is imported late and
seldom.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from index.language import UNKNOWN, terms
from index.sentences import lines
from index.types import Span

_NAME = r"[^\W\d_][^\s\d,;:()（）|·•]{0,14}"  # dateparser has to know it; \w would leave out vowel signs
_ARTICLE = r"(?:(?:den|le|el|il|am|ngày)\s+)?"
_DATE = (
    r"(?P<date>\d{4}-\d{2}-\d{2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}\.\s?\d{1,2}\.\s?\d{1,2}"
    r"|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{4}|\d{1,2}-\d{1,2}-\d{4}"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|er|º)?\s+(?:{_NAME},?\s+){{1,3}}\d{{4}}"
    rf"|{_NAME}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{4}}\.?\s+{_NAME}\s+\d{{1,2}}\.?"
    r"|\d{1,2}\s+tháng\s+\d{1,2},?\s+(?:năm\s+)?\d{4}"
    r"|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|\d{4}\s?년\s?\d{1,2}\s?월\s?\d{1,2}\s?일)"
)
_DAY = rf"(?:{_NAME},?\s+)?"
_ZONE = r"(?:\s*(?:Z\b|[+-]\d{2}:?\d{2}|[ap]\.?m\b\.?|[A-Z]{1,4}\b)){0,3}"
_HOUR = rf"\d{{1,2}}(?:[:.h]\d{{2}}(?::\d{{2}}(?:\.\d+)?)?|\s?[時时]\s?\d{{1,2}}\s?分){_ZONE}"
_HOUR_FIRST = rf"(?:(?:at\s+)?{_HOUR},?\s+(?:on\s+)?)?"
_AT = r"[T,;]?\s*(?:[-–|·•]\s*)?(?:kl\.?|at|um|à|om|alle|a las|klo)?\s*"
_REST = rf"(?P<after>[\s,]*[(（]?{_NAME}[)）]?)??(?:{_AT}{_HOUR})?"
_PUBLISHED = (
    "published|first published|posted|publication date|pub date|date|publicerad|publicerat|publisert|publiceret|udgivet"
    "|offentliggjort|veröffentlicht|erschienen|stand|publié|publié le|publicado|publicada|fecha|pubblicato|data|datum"
    "|dato|gepubliceerd|geplaatst|julkaistu|opublikowano|data publikacji|опубликовано|дата|publicat|zveřejněno"
)
_UPDATED = (
    "updated|last updated|last modified|modified|uppdaterad|senast uppdaterad|ändrad|oppdatert|sist oppdatert|opdateret"
    "|aktualisiert|zuletzt aktualisiert|mis à jour|actualizado|aggiornato|bijgewerkt|päivitetty|обновлено"
)
_LINK = r"\s*(?::|-|–|\bon\b|\bam\b|\bden\b|\ble\b|\bel\b|\bil\b|\bop\b|\bem\b|\bvom\b)?\s*(?:\bden\b\s*)?"
_WRITER = r"\s+(?:by|av|af|von|par|por|di|door)(?-i:(?:\s+[^\W\d_a-z][\w'’-]*){1,4})$"
_END = rf"{_WRITER}|\s*(?:$|[|·•(].*$|[-–—,;]?\s*(?:{_UPDATED})\b.*$)"
_LABELLED = re.compile(rf"(?:{_PUBLISHED})\b{_LINK}{_HOUR_FIRST}{_DAY}{_DATE}{_REST}(?:{_END})", re.IGNORECASE)
_RELABELLED = re.compile(rf"(?:{_UPDATED})\b{_LINK}{_HOUR_FIRST}{_DAY}{_DATE}{_REST}(?:{_END})", re.IGNORECASE)
_ALONE = re.compile(rf"{_HOUR_FIRST}(?P<before>(?:{_NAME},?\s+){{0,2}}?){_ARTICLE}{_DATE}{_REST}\.?", re.IGNORECASE)
_PROSE = re.compile(r".{10,}[.。।۔][\"”»’)]*")
_STAMP = re.compile(rf"\s*(?:(?:{_PUBLISHED})\b(?:\s*:)?\s+)?(?P<date>\d{{4}}-\d{{2}}-\d{{2}})(?=\s)", re.IGNORECASE)
_SEGMENTS = re.compile(r"\s*[|·•]\s*|\s+[–—]\s+")
_BETWEEN = r"\s?[./-]\s?"
_NUMERIC = re.compile(rf"(?<!\d)(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{4}}(?!\d)|\d{{2}}$)")
_YEAR_FIRST = re.compile(rf"(?<!\d)(\d{{4}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{1,2}})(?!\d)")
_CLOCK = re.compile(
    r"(?<=\d{4})[\s,;T|–-]{0,5}(?:às|at|à|um|kl\.?|klo|om|alle)?\s{0,3}\d{1,2}[:.h]\d{2}.*", re.IGNORECASE | re.DOTALL
)
_TOP = 12  # lines that hold text, from the top
_BOTTOM = 5  # lines from the bottom, where only labelled dates count
_LINE = 160  # characters; a longer line is prose
_SHORT = 80  # characters; below the headline a longer line is prose
_EARLIEST = date(1800, 1, 1)
_REGIONS = {"ar": "SY"}  # from Syria to Iraq months have other names, which dateparser reads besides the usual ones


def published(text: str, language: str) -> date | None:
    """The day of publication a text states, or None.

    Args:
        text: A whole article.
        language: Its ISO 639-1 code; dates are read in it and in English.
    """
    rows = [text[start:end] for start, end in lines(text, Span(0, len(text)))]
    stamp = _STAMP.match(text)
    if stamp:
        day = parse(stamp["date"], language)
        if day:
            return day
    top, bottom = rows[:_TOP], rows[_TOP:][-_BOTTOM:]
    for pattern, candidates in (
        (_LABELLED, [*top, *bottom]),
        (_ALONE, _above_prose(top)),
        (_RELABELLED, [*top, *bottom]),
    ):
        day = _first(pattern, candidates, language)
        if day:
            return day
    return None


def is_dateline(line: str, language: str) -> bool:
    """Whether a line says no more than the day of publication, or when it was changed."""
    return any(_first(pattern, [line], language) for pattern in (_LABELLED, _ALONE, _RELABELLED))


def _first(pattern: re.Pattern[str], rows: Sequence[str], language: str) -> date | None:
    """The first date that fits a pattern for whole lines, or for what stands between their bars and bullets."""
    for row in rows:
        if len(row) > _LINE or not any(character.isdigit() for character in row):
            continue
        for segment in (row, *_SEGMENTS.split(row)):
            match = pattern.fullmatch(segment.strip(" *_#"))
            day = _stated(match, language) if match else None
            if day:
                return day
    return None


def _above_prose(rows: Sequence[str]) -> Sequence[str]:
    """The lines down to the first of prose; below it a date alone on a line is a heading of the story."""
    for i, row in enumerate(rows):
        if len(row) > (_SHORT if i else _LINE) or _PROSE.fullmatch(row):
            return rows[: i + 1]  # with it, because "3 November 2021." looks like prose too
    return rows


def _stated(match: re.Match[str], language: str) -> date | None:
    """The day of a date, if the words around it are a weekday before it, and "г." or a weekday after it."""
    around = match.groupdict("")
    before = " ".join(word for word in around.get("before", "").split() if word[-1] not in ".,")
    stems = " ".join(terms(before, language))  # "onsdagen" is "onsdag"
    if before and not (_read(before, language) or _read(stems, language)):
        return None
    if around["after"] and not _in_words(f"2021-03-02 {around['after']}", language):
        return None
    return parse(around["date"], language)


def parse(words: str, language: str) -> date | None:
    """A day in words or digits, read in a language or in English; a time after it is passed over.

    Returns:
        None if it is no day, lies before 1800 or after today, or if month and day could change places: "05/06/2021"
        in English is one day in London and another in New York. Other languages put the day first.
    """
    try:
        day: date | None = date.fromisoformat(words[:10])
    except ValueError:
        plain = _CLOCK.sub("", words).strip()
        if is_ambiguous(plain) and language in {"en", UNKNOWN}:
            return None
        day = _in_figures(plain) or _in_words(plain, language)
    return day if day and _EARLIEST <= day <= datetime.now().astimezone().date() else None


def is_ambiguous(words: str) -> bool:
    """Whether month and day could change places in a date in figures."""
    numbers = _NUMERIC.search(words)
    return numbers is not None and numbers[1] != numbers[2] and int(numbers[1]) < 13 > int(numbers[2])


def _in_figures(words: str) -> date | None:
    """The day in three numbers: the year first or last, the day before the month unless it can be no month."""
    first, last = _YEAR_FIRST.search(words), _NUMERIC.search(words)
    if first:
        year, month, day = map(int, first.groups())
    elif last:
        day, month, year = map(int, last.groups())
        if month > 12:
            day, month = month, day
        if year < 100:
            year += 1900 if year > datetime.now().astimezone().year % 100 else 2000
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_words(words: str, language: str) -> date | None:
    """What dateparser reads, if it finds a day, a month and a year in the words, and not "2 days ago"."""
    found = _read(words, language, REQUIRE_PARTS=["day", "month", "year"])
    return found.date() if found else None


def _read(words: str, language: str, **rules: Any) -> datetime | None:
    """What dateparser makes of words if it knows all of them, in a language or in English."""
    from dateparser import parse as read  # half a second to import
    from dateparser.data.languages_info import language_locale_dict

    own = {"no": "nb"}.get(language, language)
    for code in dict.fromkeys((own, "en")):  # one after the other: dateparser would try English first
        if code in language_locale_dict:
            found = read(
                words, languages=[code], region=_REGIONS.get(code), settings={"PARSERS": ["absolute-time"], **rules}
            )
            if found:
                return found
    return None
