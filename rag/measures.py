"""What the numbers of a text measure: percent, dollars, kilometres, months. Pure.

"Two years" and "24 months", or "20 percent" and "3 billion kronor", are numbers that cannot be held against each other.
"""

from __future__ import annotations

import re
from collections import defaultdict

from rag import claim_numbers

# The words of each measure, of all languages together: what stands right behind a number is hardly ever another word.
_WORDS = {
    "percent": "% percent procent prosent prozent pourcent",
    "point": "points procentenhet procentenheter prosentpoeng procentpoint prozentpunkt prozentpunkte prozentpunkten "
    "puntos",
    "dollar": "$ dollar dollars dólares usd",
    "euro": "€ euro euros eur",
    "pound": "£ pounds pund livres libras gbp",
    "krona": "kr krona kronor kroner sek nok dkk kronen couronnes coronas",
    "ruble": "ruble rubles rouble roubles rubel rubler rublos",
    "yuan": "yuan",
    "yen": "yen",
    "kilometre": "km kilometre kilometres kilometer kilometers kilomètres kilómetros",
    "metre": "metre metres meter meters meters mètres metros",
    "mile": "mile miles meilen millas",
    "foot": "foot feet fot fod fuß pieds",
    "inch": "inch inches tum tommer zoll pouces pulgadas",
    "centimetre": "cm centimetre centimetres centimeter centimeters centimètres centímetros",
    "kilogram": "kg kilo kilos kilogram kilograms kilogramm kilogrammes kilogramos",
    "ton": "tons tonne tonnes tonn tonnen toneladas",
    "litre": "litre litres liter liters litros",
    "second": "seconds sekund sekunder sekunden secondes segundos",
    "minute": "minute minutes minut minuter minutter minuten minutos",
    "hour": "hour hours timme timmar timer stunde stunden heure heures hora horas",
    "day": "day days dag dagar dager dage tage tagen jour jours día días",
    "week": "week weeks vecka veckor uke uker uge uger woche wochen semaine semaines semana semanas",
    "month": "month months månad månader måned måneder monat monate monaten mois meses",
    "year": "year years år jahr jahre jahren ans année années año años",
}
MEASURE = {word: measure for measure, words in _WORDS.items() for word in words.split()}
"""Word or sign, in small letters → what it measures."""

_PERCENT = re.compile(r"\b(?:per|por|pour) (?:cent|ciento)\b")
_POINTS = re.compile(
    r"\bper ?cent(?:age)? points?\b|\bpoints? de pourcentage\b|\bpuntos? porcentual\w*"
    r"|%[\s-]?(?:points?|enhet\w*|poeng|punkt\w*)"
)
_UNIT = re.compile(r"\s*(%|[^\W\d_]+(?:-[^\W\d_]+)*)")


def measures(text: str, code: str) -> dict[str, set[str]]:
    """What each number of a text that measures anything measures, by its digits; "ten million euros" is 10000000.

    Args:
        text: Some sentences.
        code: ISO 639-1 code of their language.
    """
    plain = _PERCENT.sub("percent", _POINTS.sub("points", text.lower()))
    found: dict[str, set[str]] = defaultdict(set)
    for number in claim_numbers.numbers(plain, code):
        sign = plain[: number.start].rstrip()[-1:]
        unit = _UNIT.match(plain, number.end)
        measure = MEASURE.get(sign) if sign in claim_numbers.CURRENCIES else MEASURE.get(unit[1]) if unit else None
        if measure:
            found[number.value].add(measure)
    return dict(found)
