"""Which day "yesterday", "on Tuesday" and "the turn of the month" are, seen from the day of publication. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache

# Words by language, each with how many days later it is.
_WORDS: Mapping[str, Mapping[str, int]] = {
    "da": {"idag": 0, "iaften": 0, "inat": 0, "igår": -1, "forgårs": -2, "imorgen": 1, "overmorgen": 2},
    "de": {"heute": 0, "gestern": -1, "vorgestern": -2, "morgen": 1, "übermorgen": 2},
    "en": {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1},
    "es": {"hoy": 0, "ayer": -1, "anoche": -1, "anteayer": -2, "mañana": 1},
    "fi": {"tänään": 0, "eilen": -1, "huomenna": 1},
    "fr": {"aujourd'hui": 0, "hier": -1, "avant-hier": -2, "demain": 1, "après-demain": 2},
    "it": {"oggi": 0, "stasera": 0, "ieri": -1, "domani": 1},
    "nl": {"vandaag": 0, "vanavond": 0, "gisteren": -1, "eergisteren": -2, "morgen": 1},
    "no": {"idag": 0, "ikveld": 0, "inatt": 0, "igår": -1, "forgårs": -2, "imorgen": 1, "overmorgen": 2},
    "pl": {"dzisiaj": 0, "dziś": 0, "wczoraj": -1, "jutro": 1},
    "pt": {"hoje": 0, "ontem": -1, "amanhã": 1},
    "ru": {"сегодня": 0, "вчера": -1, "завтра": 1},
    "sv": {"idag": 0, "ikväll": 0, "inatt": 0, "igår": -1, "förrgår": -2, "imorgon": 1, "övermorgon": 2},
}
_TWO_WORDS = re.compile(r"\bi (dag|kväll|kveld|aften|natt|nat|går|gårkväll|morgon|morgen)\b")
_FURTHER = {"the day before yesterday": -2, "the day after tomorrow": 2}
# "Am Morgen", "por la mañana": in the morning, not tomorrow.
_MORNING = re.compile(r"\b(?:am|jeden|diesen|dieser|der|den|heute|gestern|la|esta|cada|una|de ochtend|elke)\s+$")
_WORD = re.compile(r"[\w'-]+")

# What is still to come, so that a weekday may be the next one as well as the last.
_COMING = re.compile(
    r"\b(?:will|shall|won't|'ll|next|upcoming|due|plans? to|is to|are to|ska|skall|kommer att|nästa|skal|vil|neste"
    r"|næste|wird|werden|nächste[nrs]?|kommende[nrs]?|soll|sollen|va|vont|prochaine?|doit|doivent|van|próxim[oa]|volgende|zal"
    r"|zullen|prossim[oa])\b|\bpå \w+dag\b"
)

# The first of the next month and the last of this one, as "månadsskiftet" is both.
_TURN_OF_MONTH = re.compile(
    r"månadsskift\w*|månedsskift\w*|turn of the month|end of the month|monatswechsel|monatsende|fin du mois|fin de mes"
)
# A sentence that is about the year it was written in.
_NOW = re.compile(
    r"\b(?:this (?:year|month|week|spring|summer|autumn|winter)|earlier this|i år|i höst|i vår|i somras|i vinter"
    r"|den här (?:veckan|månaden)|denna (?:vecka|månad)|dette året|denne (?:uken|måneden|ugen)"
    r"|diese[nrms]? (?:jahr|jahres|woche|monat|monats)|cette (?:année|semaine)|ce mois|este (?:año|mes)|esta semana)\b"
)


def read(text: str, code: str, published: date, weekdays: Collection[int]) -> set[date]:
    """The days that a text means.

    Args:
        text: A sentence without the dates that it names.
        code: Its ISO 639-1 code.
        published: The day of publication.
        weekdays: Those that it names and that are no part of a date, from 0 for Monday. Each is the last one, or the
            day of publication itself; where something is still to come, the next one as well.
    """
    lowered = _plain(text)
    offsets = {-((published.weekday() - weekday) % 7) for weekday in weekdays}
    if weekdays and _COMING.search(lowered):
        offsets |= {(weekday - published.weekday() - 1) % 7 + 1 for weekday in weekdays}
    for phrase, offset in _FURTHER.items():
        if phrase in lowered:
            lowered = lowered.replace(phrase, " ")
            offsets.add(offset)
    words = _WORDS.get(code, {})
    for match in _WORD.finditer(lowered):
        later = words.get(match[0])
        if later is not None and not (later == 1 and _MORNING.search(lowered[: match.start()])):
            offsets.add(later)
    days = {published + timedelta(days=offset) for offset in offsets}
    if _TURN_OF_MONTH.search(lowered):
        following = (published.replace(day=28) + timedelta(days=4)).replace(day=1)
        days |= {following, following - timedelta(days=1)}
    return days


def is_current(text: str) -> bool:
    """Whether a sentence says that it is about the time when it was written: "this year", "i höst"."""
    return bool(_NOW.search(_plain(text)))


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    """Small letters, one kind of apostrophe, and "i dag" as one word."""
    return _TWO_WORDS.sub(lambda match: f"i{match[1]}", text.casefold().replace("’", "'"))
