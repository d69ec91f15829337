"""Numbers in digits: what multiplies them, signs, decimals, ordinals, and what is no number of that kind."""

from __future__ import annotations

import pytest

from rag.facts import claim_numbers


def values(text: str, code: str) -> list[str]:
    return [number.value for number in claim_numbers.numbers(text, code)]


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("2 and a half million, 2½ million, ½", "en", ["2500000", "2500000", "0.5"]),
        ("2 mil millones, 1,5 mil millones, 20 mil", "es", ["2000000000", "1500000000", "20000"]),
        ("2 bilhões, 1 bilião", "pt", ["2000000000", "1000000000000"]),
        ("5 тыс. человек, 12 млн, 3 млрд", "ru", ["5000", "12000000", "3000000000"]),
        ("5 тис. осіб, 3 млн", "uk", ["5000", "3000000"]),
        ("5 tys. osób, 2 mln, 3 mld", "pl", ["5000", "2000000", "3000000000"]),
        ("3 miljardin, 2 miljoonan", "fi", ["3000000000", "2000000"]),
        ("3 milionů, 2 miliard", "cs", ["3000000", "2000000000"]),
        ("3 milyon, 2 milyar", "tr", ["3000000", "2000000000"]),
        ("5万人, 1億2000万円", "ja", ["50000", "120000000"]),
        ("5万人 3亿", "zh", ["50000", "300000000"]),
        ("3 Mrd. Euro, 12-Millionen-Euro-Projekt", "de", ["3000000000", "12000000"]),
        ("$12-million, a 12-million-dollar house, $50m", "en", ["12000000", "12000000", "50000000"]),
        ("50 M€, 3 Md€", "fr", ["50000000", "3000000000"]),
        ("5 lakh", "en", ["500000"]),
        ("2 dozen", "en", ["24"]),
    ],
)
def test_what_multiplies_digits(text: str, code: str, found: list[str]) -> None:
    assert values(text, code) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.125, 0,125", ["0.125", "0.125"]),
        (".5, $.50, .317.", ["0.5", "0.5", "0.317"]),
        ("0.250 or 0.25", ["0.25", "0.25"]),
        ("1,234.567 and 1,234,567.89", ["1234.567", "1234567.89"]),
        ("by -2 percent, −3, (-4), -$2bn, minus 5", ["-2", "-3", "-4", "-2000000000", "-5"]),
        ("3-4, F-16, A-10, Covid-19, 10 -5", ["3", "4", "16", "10", "19", "10", "5"]),
        ("in 2020-21, 24/7, 9/11", ["2020", "21", "24", "7", "9", "11"]),
        ("plus or minus 3, +/-4", ["3", "4"]),
        ("page 2, No. 10, the G7, Article 5", ["2", "10", "7", "5"]),
        ("1st, 2nd, 45th Street", ["1.", "2.", "45."]),
    ],
)
def test_signs_and_decimals(text: str, found: list[str]) -> None:
    assert values(text, "en") == found


def test_degrees_below_zero() -> None:
    assert values("15 minusgrader", "sv") == values("minus 15 grader", "sv") == ["-15"]


@pytest.mark.parametrize(
    ("text", "code", "understood"),
    [
        ("One soldier came second.", "en", {"1", "2."}),
        ("En soldat kom.", "sv", {"1"}),
        ("Three soldiers came.", "en", set()),
        ("Nobody.", "xx", set()),
    ],
)
def test_one_and_the_first_ordinals_are_said_but_no_numbers(text: str, code: str, understood: set[str]) -> None:
    assert claim_numbers.understood(text, code) == understood
    assert not {"1", "1.", "2."} & set(values(text, code))


@pytest.mark.parametrize(
    ("text", "kind"), [("two thirds", "part"), ("5th", "ordinal"), ("0.5", "part"), ("12", "number"), ("2.5", "number")]
)
def test_numbers_of_a_kind_can_be_held_against_each_other(text: str, kind: str) -> None:
    (number,) = claim_numbers.numbers(text, "en")
    assert number.kind == kind
