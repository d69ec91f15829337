"""What numbers measure, by the words and signs beside them."""

from __future__ import annotations

import pytest

from rag.measures import measures


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
        ("the second of 2 tags", "en", {}),
        ("eight diplomats and $", "en", {}),
        ("", "en", {}),
    ],
)
def test_a_number_is_known_with_what_it_measures(text: str, code: str, measured: dict[str, set[str]]) -> None:
    assert measures(text, code) == measured
