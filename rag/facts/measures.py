"""What the numbers of a text measure: percent, dollars, kilometres, months. Pure.

"Two years" and "24 months", or "20 percent" and "3 billion kronor", are numbers that cannot be held against each other.
The words are CLDR's in the text's language (:mod:`rag.facts.units`), and some more that stand beside numbers in any.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from rag.facts import claim_numbers, units
from rag.facts.claim_numbers import Number

# The words of each measure, of all languages together: what stands right behind a number is hardly ever another word.
_WORDS = {
    "percent": "% percent procent prosent prozent pourcent pct",
    "point": "points procentenhet procentenheter prosentpoeng procentpoint prozentpunkt prozentpunkte prozentpunkten "
    "puntos procentpunt procentpunten prosenttiyksikkö prosenttiyksikköä",
    "basis point": "basispunkt basispunkte basispunkten basispunkter basispoint basispunt basispunten räntepunkter "
    "räntepunkt baspunkter korkopistettä",
    "dollar": "$ dollar dollars dólares usd",
    "euro": "€ euro euros eur",
    "pound": "£ pounds pund livres libras gbp",
    "krona": "kr krona kronor kroner kronors sek nok dkk kronen couronnes coronas kč mkr mnkr mdkr tkr",
    "ruble": "₽ ruble rubles rouble roubles rubel rubler rublos руб",
    "yuan": "yuan rmb",
    "yen": "¥ yen",
    "rupee": "₹ rs",
    "hryvnia": "₴ грн",
    "lira": "₺",
    "won": "₩",
    "shekel": "₪",
    "zloty": "zł",
    "forint": "ft",
    "franc": "chf",
    "kilometre": "km kilometre kilometres kilometer kilometers kilomètres kilómetros км",
    "metre": "metre metres meter meters meters mètres metros",
    "mile": "mile miles meilen millas",
    "foot": "foot feet fot fod fuß pieds",
    "inch": "inch inches tum tommer zoll pouces pulgadas",
    "centimetre": "cm centimetre centimetres centimeter centimeters centimètres centímetros",
    "kilogram": "kg kilo kilos kilogram kilograms kilogramm kilogrammes kilogramos кг",
    "ton": "tons tonne tonnes tonn tonnen toneladas",
    "litre": "litre litres liter liters litros",
    "second": "seconds sekund sekunder sekunden secondes segundos",
    "minute": "minute minutes minut minuter minutter minuten minutos",
    "hour": "hour hours timme timmar timer stunde stunden heure heures hora horas uren tunnin",
    "day": "day days dag dagar dager dage tage tagen jour jours día días dagen päivän",
    "week": "week weeks vecka veckor uke uker uge uger woche wochen semaine semaines semana semanas viikon",
    "month": "month months månad månader måned måneder monat monate monaten mois meses kuukauden",
    "year": "year years år jahr jahre jahren ans année années año años jaren vuoden",
}
MEASURE = {word: measure for measure, words in _WORDS.items() for word in words.split()}
"""Word or sign, in small letters → what it measures."""

_FOLDED = {word.casefold(): measure for word, measure in MEASURE.items()}
# Adjectives made of a number and a unit, by how they begin: 12-jährig, 3-årig, 5-летний.
_ADJECTIVES = (
    ("year", re.compile(r"jährig|årig|åring|jarig|летн|річн|letni|letn|vuoti")),
    ("month", re.compile(r"monatig|maands|месячн|місячн|miesięczn")),
    ("week", re.compile(r"wöchig|недельн|тижнев|tygodniow")),
    ("day", re.compile(r"tägig|daags|дневн|денн|dniow")),
    ("hour", re.compile(r"stündig|urig|часов|годинн|godzinn")),
    ("minute", re.compile(r"minütig|минутн|хвилинн|minutow")),
)
_PERCENT = re.compile(r"\b(?:per|por|pour)[ \u00a0](?:cento|cent|ciento)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\bper ?cent(?:age)? points?\b|\bpoints? de pourcentage\b|\bpuntos? porcentual\w*|\bpunt[io] percentual\w*"
    r"|\bponto?s? percentua\w*|\bpunkt\w* procentow\w*|\bпроцентн\w* пункт\w*|\bвідсотков\w* пункт\w*"
    r"|%[\s-]?(?:points?|enhet\w*|poeng|punkt\w*)",
    re.IGNORECASE,
)
_BASIS_POINTS = re.compile(
    r"\bbasis[ -]points?\b|\bpoints? de base\b|\bpuntos? (?:básicos?|base)\b|\bpunt[io] base\b|\bpontos?[ -]bases?\b"
    r"|\bpunkt\w* bazow\w*|\bбазисн\w* пункт\w*",
    re.IGNORECASE,
)
_BASIS_POINT = "basispunkt"
_UNIT = re.compile(
    rf"(?:[\s\u00a0\u202f]{{0,3}}|-)(?:(?P<sign>[%{''.join(claim_numbers.CURRENCIES)}])(?!\s?\d)"
    r"|(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)(?:[ \u00a0](?P<next>[^\W\d_]+))?)"
)
_BEFORE = re.compile(r"(?:(?<!\w)(?:(?P<kr>[Kk][Rr]|Rs|zł)\.?|(?P<code>[A-Z]{3})))[ \u00a0]?$")
_KRONA = "kr"  # ends a word for a million kronor
_DIGIT = re.compile(r"\d")
# Between numbers of which the last one says what all of them measure: "from 5 to 12 percent", "5, 8 and 12 percent".
_SHARED = re.compile(
    r"\s*(?:[-–—,]|to|till|til|bis|auf|à|a|al|tot|naar|do|до|na|и|и до|or|eller|oder|ou|o|of|lub|или|або|tai"
    r"|and|och|og|und|et|y|e|en|i|ja|та|і)\s*[$£€]?",
    re.IGNORECASE,
)


def measures(text: str, code: str) -> dict[str, set[str]]:
    """What each number of a text that measures anything measures, by its digits; "ten million euros" is 10000000.

    Args:
        text: Some sentences.
        code: ISO 639-1 code of their language.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for number, measure in measured(text, code):
        if measure:
            found[number.value].add(measure)
    return dict(found)


def measured(text: str, code: str) -> list[tuple[Number, str | None]]:
    """The numbers of a text in order, each with what it measures, if anything; of a range both measure the same.

    Numbers stand in the text as :func:`plain` has it.
    """
    written = plain(text)
    numbers = claim_numbers.numbers(written, code)
    kinds = [_measure(written, number, code) for number in numbers]
    for place, (one, other) in reversed(list(enumerate(pairwise(numbers)))):
        if not kinds[place] and kinds[place + 1] and _shares(written, one, other):
            kinds[place] = kinds[place + 1]
    return list(zip(numbers, kinds, strict=True))


def plain(text: str) -> str:
    """A text in which percent and points are single words."""
    return _PERCENT.sub("percent", _POINTS.sub("points", _BASIS_POINTS.sub(_BASIS_POINT, text)))


def _shares(text: str, one: Number, other: Number) -> bool:
    return _SHARED.fullmatch(text, one.end, other.start) is not None


def _measure(text: str, number: Number, code: str) -> str | None:
    """What is said right before a number, or behind it, that it measures."""
    if number.words and number.words[-1].endswith(_KRONA):
        return "krona"
    digit = _DIGIT.search(text, number.start, number.end)
    before = text[max(0, (digit.start() if digit else number.start) - 5) : digit.start() if digit else number.start]
    if sign := MEASURE.get(before.rstrip()[-1:]):
        return sign if sign != "percent" else None
    if ahead := _BEFORE.search(before):
        kind = MEASURE.get(ahead["kr"].casefold()) if ahead["kr"] else units.currency(ahead["code"])
        if kind:
            return kind
    unit = _UNIT.match(text, number.end)
    if unit is None:
        return None
    return MEASURE.get(unit["sign"]) if unit["sign"] else _behind(unit["word"], unit["next"], code)


def _behind(word: str, following: str | None, code: str) -> str | None:
    """What a word behind a number measures, be it in a compound, or with the word that follows it."""
    own = units.units(code)
    parts = word.split("-")
    for part in dict.fromkeys((word, parts[0], parts[-1])):
        if found := own.measure(part, code) or _FOLDED.get(part.casefold()) or units.currency(part):
            return found
    if following and (found := own.pairs.get(f"{word} {following}".casefold())):
        return found
    if following and word.casefold() in own.beside:
        return own.measure(following, code)
    return _adjective(word)


def _adjective(word: str) -> str | None:
    folded = word.casefold()
    return next((measure for measure, begins in _ADJECTIVES if begins.match(folded)), None)


def percents(kinds: Sequence[tuple[Number, str | None]]) -> set[str]:
    """The numbers that measure percent wherever they stand among these."""
    others = {number.value for number, kind in kinds if kind != "percent"}
    return {number.value for number, kind in kinds if kind == "percent"} - others
