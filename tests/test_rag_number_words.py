"""Numbers in words: halves, scales, parts and ordinals, in whatever language."""

from __future__ import annotations

import time

import pytest

from rag.facts import claim_numbers


def values(text: str, code: str) -> list[str]:
    return [number.value for number in claim_numbers.numbers(text, code)]


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("Two and a half million people fled", "en", ["2500000"]),
        ("a million and a half, one and a half", "en", ["1500000", "1.5"]),
        ("half a million; five million", "en", ["500000", "5000000"]),
        ("en och en halv miljon, två och en halv miljoner", "sv", ["1500000", "2500000"]),
        ("un million et demi de gens, deux ans et demi", "fr", ["1500000", "2.5"]),
        ("un millón y medio, dos años y medio", "es", ["1500000", "2.5"]),
        ("dos coches y media docena de motos, tres días y media hora", "es", ["2", "6", "3"]),
        ("un milione e mezzo", "it", ["1500000"]),
        ("um milhão e meio", "pt", ["1500000"]),
        ("anderthalb Millionen, zweieinhalb Jahre", "de", ["1500000", "2.5"]),
        ("halvannen million", "no", ["1500000"]),
        ("halvanden million", "da", ["1500000"]),
        ("anderhalf miljoen, tweeënhalf", "nl", ["1500000", "2.5"]),
        ("półtora miliona, dwa i pół, pół miliona", "pl", ["1500000", "2.5", "500000"]),
        ("полтора миллиона, два с половиной миллиона", "ru", ["1500000", "2500000"]),
        ("півтори тисячі, два з половиною", "uk", ["1500", "2.5"]),
        ("puolitoista miljoonaa, kaksi ja puoli miljoonaa", "fi", ["1500000", "2500000"]),
        ("deux équipes et demi-finale", "fr", ["2"]),
    ],
)
def test_a_half_is_added_to_what_stands_before_it(text: str, code: str, found: list[str]) -> None:
    assert values(text, code) == found


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        (
            "dos mil millones, mil millones, dos mil quinientos millones",
            "es",
            ["2000000000", "1000000000", "2500000000"],
        ),
        ("un millón doscientos mil", "es", ["1200000"]),
        ("dois mil milhões, dois bilhões, um bilião", "pt", ["2000000000", "2000000000", "1000000000000"]),
        ("mil e quinhentos", "pt", ["1500"]),
        ("one million two hundred thousand", "en", ["1200000"]),
        ("two crore", "en", ["20000000"]),
        ("пять миллиардов", "ru", ["5000000000"]),
        ("beş milyon, iki milyar", "tr", ["5000000", "2000000000"]),
        ("pět milionů, dvě miliardy", "cs", ["5000000", "2000000000"]),
        ("two dozen, a dozen, half a dozen, dozens of", "en", ["24", "12", "6"]),
        ("två dussin", "sv", ["24"]),
        ("ein Dutzend, zwei Dutzend", "de", ["12", "24"]),
        ("une douzaine", "fr", ["12"]),
        ("una docena, dos docenas, docenas de", "es", ["12", "24"]),
        ("fifteen hundred, two hundred", "en", ["1500", "200"]),
        ("femtonhundra", "sv", ["1500"]),
        ("fünfzehnhundert, dreißig, dreißigtausend", "de", ["1500", "30", "30000"]),
        ("septante, quatre-vingt-dix", "fr", ["70", "90"]),
        ("syv, sju", "no", ["7", "7"]),
        ("сто двадцать пять", "ru", ["125"]),
    ],
)
def test_scales_multiply(text: str, code: str, found: list[str]) -> None:
    assert values(text, code) == found


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("two thirds, a third of them, one-third, two-thirds majority", "en", ["2/3", "1/3", "1/3", "2/3"]),
        ("three quarters, a quarter of them, half of them, cut by half.", "en", ["0.75", "0.25", "0.5", "0.5"]),
        ("a quarter of a million, three quarters of a million", "en", ["250000", "750000"]),
        ("a third man", "en", ["3."]),
        ("two-thirds beef and one-third pork, a Fourth of    parade", "en", ["2/3", "1/3"]),
        ("the second half, half-time, the first half of 2021, half an hour, the quarterfinal", "en", ["2021"]),
        ("the last quarter", "en", []),
        (
            "en tredjedel, två tredjedelar, hälften av dem, andra halvan, åttondelar",
            "sv",
            ["1/3", "2/3", "0.5", "0.125"],
        ),
        ("ein Drittel, zwei Drittel, die Hälfte, die zweite Hälfte", "de", ["1/3", "2/3", "0.5"]),
        ("un tiers, deux tiers, un quart des voix, la première moitié", "fr", ["1/3", "2/3", "0.25"]),
        ("quart de finale, quarts de finale, un quart d'heure", "fr", []),
        ("un tercio, dos tercios, cuartos de final, dos terceras partes", "es", ["1/3", "2/3", "2/3"]),
        ("en tredel, to tredeler, halvparten", "no", ["1/3", "2/3", "0.5"]),
        ("en tredjedel, to tredjedele", "da", ["1/3", "2/3"]),
        ("un terzo, due terzi, a metà maggio", "it", ["1/3", "2/3"]),
        ("een derde van, twee derde, driekwart, de helft", "nl", ["1/3", "2/3", "0.75", "0.5"]),
        ("jedna trzecia, dwie trzecie, połowa, w połowie maja", "pl", ["1/3", "2/3", "0.5"]),
        ("треть, две трети, вторая половина", "ru", ["1/3", "2/3"]),
        ("kaksi kolmasosaa, puolet", "fi", ["2/3", "0.5"]),
    ],
)
def test_parts_of_a_whole(text: str, code: str, found: list[str]) -> None:
    assert values(text, code) == found


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("fifth, 5th, five", "en", ["5.", "5.", "5"]),
        ("nineteenth century, 19th century, twenty first century", "en", ["19.", "19.", "21."]),
        ("the first, the second, a second", "en", []),
        ("sjätte fabriken, 6:e fabriken", "sv", ["6.", "6."]),
        ("der fünfte Platz, der 5. Platz, am 12. um acht", "de", ["5.", "5.", "12", "8"]),
        ("Es waren 12. Danach kamen 8.", "de", ["12", "8"]),
        ("5. plass, femte plass", "no", ["5.", "5."]),
        ("5e place, cinquième place", "fr", ["5.", "5."]),
        ("el quinto gol, el 5º gol", "es", ["5.", "5."]),
        ("пятый завод, 5-й завод, 5-ти лет", "ru", ["5.", "5.", "5"]),
        ("na quinta, quarta-feira", "pt", []),
        ("Sie achten auf alles", "de", []),
    ],
)
def test_ordinals_are_no_cardinals(text: str, code: str, found: list[str]) -> None:
    assert values(text, code) == found


@pytest.mark.parametrize("piece", ["9", "one ", "half a ", "two and a half ", "1 two ", "third of ", "-5 ", "12-"])
def test_long_texts_take_no_longer_a_character(piece: str) -> None:
    started = time.perf_counter()
    claim_numbers.numbers(piece * (100_000 // len(piece)), "en")
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize("code", ["ta", "km", "su", "uk", "pl", "nn", "xx"])
def test_a_language_with_few_rules_is_no_error(code: str) -> None:
    assert values("12 5", code) == ["12", "5"]
