"""What the numbers of a text measure: percent, dollars, kilometres, months. Pure.

"Two years" and "24 months", or "20 percent" and "3 billion kronor", are numbers that cannot be held against each other.
"""

from __future__ import annotations

import re

from rag.claims import Terms

# The words of each measure, of all languages together: one that says the same in two of them is no other measure.
_WORDS = {
    "percent": "% percent procent prosent prozent pourcent",
    "dollar": "$ dollar dollars dólares usd",
    "euro": "€ euro euros eur",
    "pound": "£ pounds pund livres libras gbp",
    "krona": "kr krona kronor kroner sek nok dkk kronen couronnes coronas",
    "ruble": "ruble rubles rouble roubles rubel rubler rublos",
    "yuan": "yuan",
    "yen": "yen",
    "kilometre": "km kilometre kilometres kilometer kilometers kilomètres kilómetros",
    "metre": "metre metres meter meters meters mètres metros",
    "mile": "mile miles meilen millas engelske",
    "foot": "foot feet fot fod fuß pieds pies",
    "inch": "inch inches tum tommer zoll pouces pulgadas",
    "centimetre": "cm centimetre centimetres centimeter centimeters centimètres centímetros",
    "kilogram": "kg kilo kilos kilogram kilograms kilogramm kilogrammes kilogramos",
    "ton": "ton tons tonne tonnes tonn tonnen toneladas",
    "litre": "litre litres liter liters litros",
    "second": "second seconds sekund sekunder sekunden secondes segundos",
    "minute": "minute minutes minut minuter minutter minuten minutos",
    "hour": "hour hours timme timmar timer stunde stunden heure heures hora horas",
    "day": "day days dag dagar dager dage tag tage tagen jour jours día días",
    "week": "week weeks vecka veckor uke uker uge uger woche wochen semaine semaines semana semanas",
    "month": "month months månad månader måned måneder monat monate monaten mois mes meses",
    "year": "year years år jahr jahre jahren an ans année années año años",
}
_MEASURE = {word: measure for measure, words in _WORDS.items() for word in words.split()}
_PERCENT = re.compile(r"\b(?:per|por|pour) (?:cent|ciento)\b")
_PART = re.compile(r"[$€£]? ?\d[\d.,\u00a0\u202f ]*(?<=\d)|[^\W\d_]+(?:-[^\W\d_]+)*|%")
_BEFORE = 2  # words at most, as in "ten million"


def measures(text: str, code: str) -> dict[str, str]:
    """What each number of a text that measures anything measures, by its digits; "ten million euros" is 10000000.

    Args:
        text: Some sentences.
        code: ISO 639-1 code of their language.
    """
    parts = _PART.findall(_PERCENT.sub("percent", text.casefold()))
    found: dict[str, str] = {}
    for place, part in enumerate(parts):
        measure = _MEASURE.get(part) or _MEASURE.get(part[0])
        if measure:
            before = part in _MEASURE  # or it is the sign of a currency, with its number behind it
            counted = parts[max(0, place - _BEFORE) : place] if before else parts[place : place + 2]
            found |= dict.fromkeys(Terms.of(" ".join(counted), code).numbers, measure)
    return found
