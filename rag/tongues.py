"""The small words of languages, by which a question is known to lean on what was said before, and its own words.

They are in ``followup.toml``. Swedish, Norwegian and Danish share them all, since a short question in one of them is
easily taken for one in another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from index import language
from rag import wording

CLOSE = ("sv", "no", "da")
"""ISO 639-1 codes of languages that share their small words."""

_ALTERNATIVES = ("opens", "several", "impersonal")
_MODEL = "en"  # a language with all fields


@dataclass(frozen=True, slots=True)
class Tongue:
    """The small words of a language; ``followup.toml`` says what each field is.

    Close languages share them all, but for ``own_asks``: what asks in the one language. ``function`` are its function
    words.
    """

    asks: frozenset[str]
    subjects: frozenset[str]
    opens: re.Pattern[str]
    more: tuple[re.Pattern[str], ...]
    persons: frozenset[str]
    others: frozenset[str]
    polite: frozenset[str]
    that: frozenset[str]
    plural: frozenset[str]
    several: re.Pattern[str]
    owners: frozenset[str]
    clause: frozenset[str]
    joins: frozenset[str]
    things: frozenset[str]
    impersonal: re.Pattern[str]
    pointing: frozenset[str]
    before_pointing: frozenset[str]
    moments: frozenset[str]
    articles: frozenset[str]
    numbers: frozenset[str]
    at_end: frozenset[str]
    nothing: tuple[re.Pattern[str], ...]
    light: frozenset[str]
    function: frozenset[str]
    own_asks: frozenset[str]


def tongue_of(code: str) -> Tongue:
    """The small words of a language; of one without a table, only its function words."""
    return tongues().get(code) or _without_table(code)


@lru_cache(maxsize=64)
def _without_table(code: str) -> Tongue:
    empty: dict[str, Any] = {key: [] if isinstance(value, list) else "" for key, value in _table()[_MODEL].items()}
    return _tongue(code, empty | dict.fromkeys(_ALTERNATIVES, "(?!)"), frozenset())


@lru_cache(maxsize=1)
def tongues() -> dict[str, Tongue]:
    """Those of the languages with a table, by their codes."""
    table = _table()
    close = _merged([table[code] for code in CLOSE])
    own = {code: frozenset(entry["asks"].split()) for code, entry in table.items()}
    return {code: _tongue(code, close if code in CLOSE else entry, own[code]) for code, entry in table.items()}


def _table() -> Mapping[str, Any]:
    return wording.table("followup")


def _merged(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The words of all of some languages, for each of which a short question in another is easily taken."""
    return {
        key: [one for entry in entries for one in entry[key]]
        if isinstance(value, list)
        else ("|" if key in _ALTERNATIVES else " ").join(entry[key] for entry in entries)
        for key, value in entries[0].items()
    }


def _tongue(code: str, entry: Mapping[str, Any], own_asks: frozenset[str]) -> Tongue:
    read: dict[str, Any] = {key: frozenset(listed.split()) for key, listed in entry.items() if isinstance(listed, str)}
    read |= {key: tuple(re.compile(one) for one in listed) for key, listed in entry.items() if isinstance(listed, list)}
    read |= {key: re.compile(rf"(?:{entry[key]})\b") for key in _ALTERNATIVES}
    function = frozenset().union(*(language.function_words(one) for one in (CLOSE if code in CLOSE else (code,))))
    return Tongue(function=function, own_asks=own_asks, **read)


def own_words(code: str) -> frozenset[str]:
    """Words that ask in a language, and its function words: not those of a language close to it."""
    asks = tongues()[code].own_asks if code in tongues() else frozenset()
    return asks | language.function_words(code)


def words_of(question: str) -> list[str]:
    """Casefolded words in order."""
    return [word.casefold() for word in raw_words(question)]


def raw_words(question: str) -> list[str]:
    """Words in order, as they are written."""
    # French pronouns behind their verb, "a-t-elle" and "dit-il", are words of their own: "t-elle", "t-il".
    plain = re.sub(r"-(?:t-)?(?=(?:il|elle|on)s?\b)", " t-", question.replace("’", "'"))
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", plain)


def names_of(question: str) -> dict[int, str]:
    """Names and abbreviations by their place among the words: capitalised, but for the first word of all."""
    if question.isupper():
        return {}
    opening = len(raw_words(re.split(r"[.!?:](?=\s)", question)[0]))  # where a second sentence begins, if there is one
    return {
        place: re.sub(r"'s$", "", word).casefold()
        for place, word in enumerate(raw_words(question))
        if (place not in {0, opening} and word[0].isupper() and word != "I") or (len(word) > 1 and word.isupper())
    }
