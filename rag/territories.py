"""Countries and their like by one key, whatever a language calls them: Tyskland, Germany, Allemagne. Pure.

The names are CLDR's, from babel; the abbreviations of a few alliances, which CLDR does not have, are here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_SHORT: Mapping[str, tuple[str, ...]] = {
    "US": ("usa", "us", "u.s", "eua", "eeuu", "сша"),
    "GB": ("uk", "u.k"),
    "AE": ("uae", "vae"),
    "NATO": ("nato", "otan", "нато"),
    "EU": ("eu", "ue", "ес"),
    "UN": ("un", "fn", "onu", "uno", "vn", "yk", "оон"),
    "WHO": ("who", "oms", "воз"),
}
_GENITIVE = ("'s", "’s", "s")


def key(name: str, code: str) -> str | None:
    """What a name in a language, casefolded, stands for, such as ``@DE``; None for anything but a territory."""
    table = _table(code)
    for ending in ("", *_GENITIVE):
        if name.endswith(ending) and (found := table.get(name.removesuffix(ending))):
            return found
    return None


def of_several_words(text: str, code: str) -> set[str]:
    """The territories in a text whose names have several words, casefolded: "united states"."""
    pattern = _several(code)
    return {re.sub(r"\s+", " ", found) for found in pattern.findall(text.casefold())} if pattern else set()


@lru_cache(maxsize=32)
def _table(code: str) -> dict[str, str]:
    table = {name: f"@{territory}" for territory, names in _SHORT.items() for name in names}
    try:
        territories = Locale.parse(code).territories
    except (UnknownLocaleError, ValueError):
        return table
    return {name.casefold(): f"@{territory}" for territory, name in territories.items() if len(territory) == 2} | table


@lru_cache(maxsize=32)
def _several(code: str) -> re.Pattern[str] | None:
    names = sorted((name for name in _table(code) if " " in name), key=len, reverse=True)
    if not names:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)".replace(r"\ ", r"\s+"))
