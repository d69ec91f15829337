"""What CLDR has of a language, by babel: its names of places, months, units, and how it writes numbers and days."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=64)
def locale(code: str) -> Locale | None:
    """What there is of a language, given by its ISO 639-1 code; None if it is not known."""
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return None
