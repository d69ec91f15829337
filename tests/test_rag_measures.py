"""What numbers measure, by the words and signs beside them."""

from __future__ import annotations

import pytest

from rag.facts.measures import measures


@pytest.mark.parametrize(
    ("text", "code", "measured"),
    [
        ("Sales fell by 20 percent.", "en", {"20": {"percent"}}),
        ("20% of 3,000 cars", "en", {"20": {"percent"}}),
        ("a total of 63 per cent", "en", {"63": {"percent"}}),
        ("3 percentage points, 4 per cent points or 5 points", "en", {"3": {"point"}, "4": {"point"}, "5": {"point"}}),
        ("3 procentenheter eller 4 %-enheter, 5 procent", "sv", {"3": {"point"}, "4": {"point"}, "5": {"percent"}}),
        ("3 points de pourcentage", "fr", {"3": {"point"}}),
        ("un alza de 3 puntos porcentuales", "es", {"3": {"point"}}),
        ("It paid $1.5bn.", "en", {"1500000000": {"dollar"}}),
        ("It paid 9.2 million euros.", "en", {"9200000": {"euro"}}),
        ("two years or 24 months", "en", {"2": {"year"}, "24": {"month"}}),
        ("ten people in two days", "en", {"2": {"day"}}),
        ("två år och 3 miljarder kronor", "sv", {"2": {"year"}, "3000000000": {"krona"}}),
        ("8 km, 300 Meter und 2 Stunden", "de", {"8": {"kilometre"}, "300": {"metre"}, "2": {"hour"}}),
        ("Prices rose 20 percent to 20 euros.", "en", {"20": {"percent", "euro"}}),
        ("20 euros an hour", "en", {"20": {"euro"}}),
        ("Er zahlte 300 Euro an den Staat.", "de", {"300": {"euro"}}),
        ("two hundred and fifty million euros", "en", {"250000000": {"euro"}}),
        ("3.000 €, kr 12, 100$", "de", {"3000": {"euro"}, "12": {"krona"}, "100": {"dollar"}}),
        ("3 Mrd. Euro, 12-jährig, 3-monatige Haft", "de", {"3000000000": {"euro"}, "12": {"year"}, "3": {"month"}}),
        ("eine 5-tägige Reise von 8-stündiger Dauer", "de", {"5": {"day"}, "8": {"hour"}}),
        ("12 års fängelse, 6 månaders fängelse", "sv", {"12": {"year"}, "6": {"month"}}),
        ("a 12-month sentence for the 30-year-old", "en", {"12": {"month"}, "30": {"year"}}),
        (
            "12 anni, 3 mesi, 5 chilometri, 20 per cento",
            "it",
            {"12": {"year"}, "3": {"month"}, "5": {"kilometre"}, "20": {"percent"}},
        ),
        ("12 jaar, 3 maanden, 20 procent", "nl", {"12": {"year"}, "3": {"month"}, "20": {"percent"}}),
        ("12 anos, 3 quilômetros, 20 por cento", "pt", {"12": {"year"}, "3": {"kilometre"}, "20": {"percent"}}),
        ("12 lat, 3 miesięcy, 20 zł", "pl", {"12": {"year"}, "3": {"month"}, "20": {"zloty"}}),
        ("12 лет, 3 тонны, 20 рублей", "ru", {"12": {"year"}, "3": {"ton"}, "20": {"ruble"}}),
        ("12 років, 3 місяці, 20 гривень", "uk", {"12": {"year"}, "3": {"month"}, "20": {"hryvnia"}}),
        ("12 vuotta, 3 kuukautta, 20 euroa", "fi", {"12": {"year"}, "3": {"month"}, "20": {"euro"}}),
        ("50 rupees, 20 francs, 5 Swedish kronor", "en", {"50": {"rupee"}, "20": {"franc"}, "5": {"krona"}}),
        ("EUR 12 million, ALL 20 people", "en", {"12000000": {"euro"}}),
        ("25 basis points, 3 percentage points", "en", {"25": {"basis point"}, "3": {"point"}}),
        ("from 5 to 12 percent", "en", {"5": {"percent"}, "12": {"percent"}}),
        ("12 won the cup, 5 real estate firms", "en", {}),
        ("12 mesas", "es", {}),
        ("12 €", "und", {"12": {"euro"}}),
        ("the second of 2 tags", "en", {}),
        ("eight diplomats and $", "en", {}),
        ("", "en", {}),
    ],
)
def test_a_number_is_known_with_what_it_measures(text: str, code: str, measured: dict[str, set[str]]) -> None:
    assert measures(text, code) == measured
