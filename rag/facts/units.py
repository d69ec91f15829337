"""The words that a language has for what numbers measure: time, length, weight, money. Pure.

They are CLDR's, from babel, in the forms that go with one, a few and many; other forms are known by their stems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_name
from babel.units import format_unit

from index import language
from rag.facts import locales

_UNITS = {
    **{f"duration-{unit}": unit for unit in ("year", "month", "week", "day", "hour", "minute", "second", "decade")},
    **{"length-kilometer": "kilometre", "length-meter": "metre", "length-centimeter": "centimetre"},
    **{"length-millimeter": "millimetre", "length-mile": "mile", "length-foot": "foot", "length-inch": "inch"},
    **{"length-yard": "yard", "mass-tonne": "ton", "mass-ton": "ton", "mass-kilogram": "kilogram", "mass-gram": "gram"},
    **{"volume-liter": "litre", "volume-barrel": "barrel", "volume-gallon": "gallon", "area-hectare": "hectare"},
    **{"area-acre": "acre", "area-square-kilometer": "square kilometre", "area-square-meter": "square metre"},
    **{"power-megawatt": "megawatt", "power-gigawatt": "gigawatt", "power-kilowatt": "kilowatt"},
    **{"energy-kilowatt-hour": "kilowatt-hour", "concentr-percent": "percent"},
}
_AMOUNTS = (1, 2, 5)
# Those that news write about; the names of others are other words in some language ("won", "they", "unit").
_CURRENCIES = re.findall(
    r"\w+",
    "USD EUR GBP SEK NOK DKK ISK CZK RUB UAH PLN CHF JPY CNY INR PKR LKR NPR TRY HUF MXN ARS CLP COP PHP UYU ZAR ILS "
    "SAR AED KWD IQD DZD MAD TND RSD IRR QAR NGN KES GHS EGP CAD AUD NZD HKD SGD TWD THB VND IDR MYR KZT BYN GEL AMD "
    "AZN BGN RON ALL ETB TZS UGX XOF XAF AFN BDT",
)
# What currencies of one kind are called in English; others are called by their last word.
_KINDS = {"króna": "krona", "krone": "krona", "koruna": "krona", "riyal": "rial"}
_NOUN_FIRST = frozenset({"ca", "es", "fr", "it", "pl", "pt", "ro"})
_NO_NOUNS = frozenset(
    re.findall(
        r"\w+",
        "sterling сша стерлингов стерлінгів szterling new neuer neue ny nya nouveau nouveaux nuevo nuevos nuovo nuovi "
        "novo novos nowy nowe nowych новый новые новых нового новий нові нових",
    )
)
# Units that are mostly other words: the second, on the edge.
_OTHER_WORDS = frozenset(re.findall(r"\w+", "second seconde segundo secondo rand"))
# Codes that are words where everything is in capitals.
_WORD_CODES = frozenset({"ALL", "TRY", "MAD", "GEL", "COP", "RON"})
_SHORTEST = 3  # letters of a word that is known by its stem, or of a currency
_SHORT_CURRENCIES = frozenset(re.findall(r"\w+", "yen jen yuan иен иена иены єна єни lev leu lei"))
# Where words have more forms than CLDR tells.
_INFLECTED = frozenset({"cs", "fi", "hu", "pl", "ru", "tr", "uk"})
_GENITIVE = re.compile(r"['’]?s$")


@dataclass(frozen=True, slots=True)
class Units:
    """What a language calls the things that numbers measure, casefolded.

    Attributes:
        words: Each word with what it measures.
        stems: The same by the stems of these words, where they have more forms.
        beside: Words that stand between a number and its unit: "Swedish" kronor, "square" metres.
        pairs: Units of two words, with a space between.
    """

    words: Mapping[str, str]
    stems: Mapping[str, str]
    beside: frozenset[str]
    pairs: Mapping[str, str]

    def measure(self, word: str, code: str) -> str | None:
        """What a word measures, in whatever form it stands."""
        folded = word.casefold()
        if found := self.words.get(folded) or self.words.get(_GENITIVE.sub("", folded)):
            return found
        stem = language.terms(folded, code) if self.stems else []
        return self.stems.get(stem[0]) if len(stem) == 1 else None


@lru_cache(maxsize=64)
def units(code: str) -> Units:
    """The units of a language, by its ISO 639-1 code; none if CLDR does not have it."""
    locale = None if code == language.UNKNOWN else locales.locale(code)
    if locale is None:
        return Units({}, {}, frozenset(), {})
    pairs: dict[str, str] = {}
    beside: set[str] = set()
    words = dict(_currencies(locale, beside))
    for name, unit in _UNITS.items():
        for amount in _AMOUNTS:
            said = _said(name, amount, locale)
            (pairs if " " in said else words)[said] = unit
    words = {word: kind for word, kind in words.items() if word and word not in _OTHER_WORDS}
    stems = {
        stem[0]: kind
        for word, kind in words.items()
        if code in _INFLECTED and len(word) >= _SHORTEST and len(stem := language.terms(word, code)) == 1
    }
    return Units(words, stems, frozenset(beside), pairs)


@lru_cache(maxsize=1)
def currency_codes() -> Mapping[str, str]:
    """Codes of currencies, each with its kind."""
    names = Locale("en").currencies
    return {code: _kind(names[code]) for code in _CURRENCIES}


def currency(code: str) -> str | None:
    """What a currency's code in capitals beside a number measures: ``SEK`` is ``krona``; None for any other word."""
    return None if code in _WORD_CODES else currency_codes().get(code)


def _said(unit: str, amount: int, locale: Locale) -> str:
    """A unit as it stands beside an amount, without the amount; empty if CLDR has no word for it."""
    said = format_unit(amount, unit, length="long", locale=locale).casefold()
    if unit in said:  # the same as its short form
        said = format_unit(amount, unit, length="short", locale=locale).casefold()
    said = "" if unit in said else said
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"\d", "", said)).strip()


def _currencies(locale: Locale, beside: set[str]) -> Iterator[tuple[str, str]]:
    """The nouns of a language's currencies, each with its kind; what else is in their names is put beside."""
    for code, kind in currency_codes().items():
        for amount in (None, *_AMOUNTS):
            name = get_currency_name(code, amount, locale).casefold()
            parts = [word for word in re.findall(r"[^\W\d_]+", name) if word not in _NO_NOUNS]
            if not parts or "(" in name or name == code.casefold():
                continue
            noun = parts[0] if locale.language in _NOUN_FIRST else parts[-1]
            beside.update(word for word in parts if word != noun)
            if len(noun) > _SHORTEST or noun in _SHORT_CURRENCIES:
                yield noun, kind


def _kind(name: str) -> str:
    """What a currency is called, of whatever country, by its English name."""
    last = [word for word in name.casefold().split() if word not in _NO_NOUNS][-1]
    return _KINDS.get(last, last)
