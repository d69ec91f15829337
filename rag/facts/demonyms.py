"""Which country a word says that something is of: "Russian" and "ryska" of Russia, "irakisch" of Iraq. Pure.

It is a language of one country, by CLDR's names and figures, or made of a country's name by what its language adds to
those (``demonyms.toml``). A few are made otherwise.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from babel.core import get_global

from rag import wording
from rag.facts import territories
from rag.facts.territories import folded

CAPITALISED = frozenset({"en", "nl"})
"""Languages in which such a word has a capital: "polish" is for shoes."""

_IRREGULAR = {
    "@US": re.compile("americ?an|amerik+an|americain|estadounidense|statunitens|американ"),
    "@GB": re.compile(
        "british|brittisk|britisk|britisch|britanni(?:que|co|ca)|britanic|brits|британск|британськ|brytyjsk"
    ),
    "@AR": re.compile("argentin(?:sk|isch|i?an)?[aeinost]{0,2}$"),
    "@AF": re.compile("afghan(?!istan)"),
    "@IE": re.compile("irish|irlandsk|irlandes|irlandais|irisch"),
    "@CH": re.compile("swiss|schweizi?sk|schweizerisk|sveitsisk|schweizerisch|suisse|suiz|svizzer"),
}
_SPOKEN_ELSEWHERE = frozenset({"en", "ar", "pt", "ff", "sw"})  # CLDR has them in the United States, Egypt, Brazil
_MOST = 25  # percent of a country that speak its language: Welsh is not British
_STEM = 3  # letters


@lru_cache(maxsize=50_000)
def country(word: str, code: str) -> str | None:
    """The key, of :mod:`rag.facts.territories`, of what a word is an adjective or a people's name of.

    Args:
        word: As it stands in a text.
        code: Its ISO 639-1 code.
    """
    table = wording.table("facts/demonyms").get(code)
    plain = folded(word)
    for key, pattern in _IRREGULAR.items():
        if pattern.match(plain) and (word[0].isupper() or code not in CAPITALISED):
            return key
    if table is None or (code in CAPITALISED and not word[0].isupper()):
        return None
    spoken = _spoken(code).get(re.sub(rf"(?:{table['inflection']})$", "", plain)) or _spoken(code).get(plain)
    return spoken or _made(plain, code, table)


def _made(plain: str, code: str, table: Mapping[str, str]) -> str | None:
    """The only territory that a word may be made of the name of; the longest stem counts."""
    made = re.compile(rf"(?:{table['suffix']})(?:{table['inflection']})?")
    stems = _stems(code)
    for length in range(len(plain) - 1, _STEM - 1, -1):
        found = stems.get(plain[:length])
        if found and made.fullmatch(plain[length:]):
            return next(iter(found)) if len(found) == 1 else None
    return None


@lru_cache(maxsize=16)
def _stems(code: str) -> Mapping[str, set[str]]:
    """The names of territories without what their languages leave out before a suffix."""
    left_out = re.compile(rf"(?:{wording.table('facts/demonyms')[code]['country']})$")
    found: dict[str, set[str]] = defaultdict(set)
    for name, key in territories.of_one_word(code).items():
        plain = folded(name)
        for stem in {plain, *(plain[: match.start()] for match in _ends(left_out, plain))}:
            if len(stem) >= _STEM:
                found[stem].add(key)
    whole = {folded(name): {key} for name, key in territories.of_one_word(code).items()}  # Niger, beside Niger-ia
    return found | whole


def _ends(pattern: re.Pattern[str], name: str) -> list[re.Match[str]]:
    """Each way in which a name ends with a pattern."""
    return [match for start in range(1, len(name)) if (match := pattern.match(name, start))]


@lru_cache(maxsize=16)
def _spoken(code: str) -> Mapping[str, str]:
    """What the languages that most people of one country speak are called, with and without an ending, and its key."""
    ending = wording.table("facts/demonyms")[code].get("language", "(?!)")
    found: dict[str, str] = {}
    for spoken, name in territories.locale(code).languages.items():
        territory = get_global("likely_subtags").get(spoken, "").rpartition("_")[2]
        figures = get_global("territory_languages").get(territory, {}).get(spoken, {})
        sure = figures.get("official_status") == "official" and figures.get("population_percent", 0) >= _MOST
        if sure and spoken not in _SPOKEN_ELSEWHERE and " " not in name:
            plain = folded(name)
            found |= {plain: f"@{territory}", re.sub(rf"(?:{ending})$", "", plain): f"@{territory}"}
    return found
