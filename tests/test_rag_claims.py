"""Numbers, days and small words, in whatever way and language they are written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import claim_numbers
from rag.claim_dates import Day, read
from rag.claims import Terms
from rag.verdict_cues import Cues

MONDAY = date(2021, 10, 18)


@pytest.mark.parametrize(
    ("text", "code", "numbers"),
    [
        ("1,200 people", "en", {"1200"}),
        ("1 200 personer", "sv", {"1200"}),
        ("1,2 miljoner kronor", "sv", {"1200000"}),
        ("1.2 million euros", "en", {"1200000"}),
        ("five million people", "en", {"5000000"}),
        ("forty-five women", "en", {"45"}),
        ("fyrtiofem kvinnor", "sv", {"45"}),
        ("fünfundvierzig Frauen", "de", {"45"}),
        ("he went to six of them", "en", {"6"}),
        ("to av dem", "no", {"2"}),
        ("quatre diplomates", "fr", {"4"}),
        ("12.5 percent", "en", {"12.5"}),
        ("12,5 procent", "sv", {"12.5"}),
        ("nobody", "en", set()),
    ],
)
def test_numbers_have_one_spelling(text: str, code: str, numbers: set[str]) -> None:
    assert Terms.of(text, code).numbers == numbers


@pytest.mark.parametrize(
    ("text", "code", "days"),
    [
        ("on November 1", "en", {Day(11, 1)}),
        ("on the 1st of November, 2021", "en", {Day(11, 1)}),
        ("den 1 november 2021", "sv", {Day(11, 1)}),
        ("am 1. November", "de", {Day(11, 1)}),
        ("le 1er novembre", "fr", {Day(11, 1)}),
        ("1 ноября", "ru", {Day(11, 1)}),
        ("2021-11-01", "en", {Day(11, 1)}),
        ("in November", "en", {Day(11)}),
        ("it may rain in March Street", "en", set()),
        ("45 May", "en", set()),
        ("2021-13-01", "en", set()),
    ],
)
def test_days_have_one_spelling(text: str, code: str, days: set[Day]) -> None:
    assert read(text, code)[0] == days


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("yesterday", "en", Day(10, 17)),
        ("i går", "sv", Day(10, 17)),
        ("morgen", "de", Day(10, 19)),
        ("on Monday", "en", Day(10, 18)),
        ("på lördagen", "sv", Day(10, 16)),
        ("från månadsskiftet", "sv", Day(11, 1)),
    ],
)
def test_some_days_are_known_from_the_day_of_publication_only(text: str, code: str, day: Day) -> None:
    assert day in read(text, code, MONDAY)[0]
    assert read(text, code)[0] == set()


def test_a_month_holds_its_days_but_a_day_not_its_month() -> None:
    assert Day(11).within(frozenset({Day(11, 1)}))
    assert not Day(11, 1).within(frozenset({Day(11)}))
    assert not Day(11, 1).within(frozenset({Day(11, 2)}))


def test_a_day_is_no_number_but_its_year_is() -> None:
    assert Terms.of("on 1 November 2021", "en").numbers == {"2021"}


@settings(deadline=None)
@given(st.text(max_size=100), st.sampled_from(["en", "sv", "fr", "zh", "und", "xx"]))
def test_any_text_can_be_read(text: str, code: str) -> None:
    terms = Terms.of(text, code, MONDAY)
    assert Terms.joined([terms, terms]) == terms
    assert all(float(number) >= 0 for number in claim_numbers.digits(text, code))
    Cues.of(text, code)


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("They didn't come.", "en", "negation"),
        ("Ingen kom.", "sv", "negation"),
        ("Er kam nicht.", "de", "negation"),
        ("They tried to come.", "en", "unreal"),
        ("De försökte komma.", "sv", "unreal"),
    ],
)
def test_small_words_that_turn_a_meaning(text: str, code: str, kind: str) -> None:
    assert getattr(Cues.of(text, code), kind) == 1
    assert getattr(Cues.of("Anna.", code), kind) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("3 KASIM SEÇİMLERİ YAPILDI", "tr"), ("23 NİSAN TÖRENİ", "tr"), ("5 APRİL 2020", "en")],
)
def test_capitals_that_lose_their_dots_are_no_error(text: str, code: str) -> None:
    assert "2020" not in Terms.of(text, code).words


def test_a_number_without_end_is_no_error() -> None:
    digits = "9" * 400
    assert Terms.of(f"It cost {digits} million.", "en").numbers == {digits}


@given(st.integers(1, 999_999), st.sampled_from([1, 2, 4]))  # three would be a thousand's
def test_so_many_millions_are_what_they_are_in_digits(number: int, places: int) -> None:
    written = f"{number // 10**places}.{number % 10**places:0{places}}"
    assert claim_numbers.digits(f"{written} million", "en") == {str(number * 10 ** (6 - places))}


@pytest.mark.parametrize(
    ("text", "code", "number"),
    [
        ("3 billion euros", "en", 3 * 10**9),
        ("3 Billionen Euro", "de", 3 * 10**12),
        ("to billioner kroner", "no", 2 * 10**12),
        ("3 Milliarden Euro", "de", 3 * 10**9),
        ("2 biljoner kronor", "sv", 2 * 10**12),
    ],
)
def test_a_billion_is_not_the_same_everywhere(text: str, code: str, number: int) -> None:
    assert Terms.of(text, code).numbers == {str(number)}


def test_spanish_talks_are_no_denial() -> None:
    assert Cues.of("Las negociaciones y los negocios empezaron.", "es").negation == 0
    assert Cues.of("Moscú negó todo.", "es").negation == 1


@pytest.mark.parametrize(
    ("text", "code", "numbers"),
    [
        ("It cost £2bn.", "en", {"2000000000"}),
        ("It cost $50m.", "en", {"50000000"}),
        ("He ran 50m.", "en", {"50"}),
        ("Det kostar 12 mkr.", "sv", {"12000000"}),
        ("About a million people left.", "en", {"1000000"}),
        ("En miljon personer flydde.", "sv", {"1000000"}),
        ("In 2021 350 people died.", "en", {"2021", "350"}),
        ("1 350 personer dog.", "sv", {"1350"}),
    ],
)
def test_numbers_as_newspapers_write_them(text: str, code: str, numbers: set[str]) -> None:
    assert Terms.of(text, code).numbers == numbers


@pytest.mark.parametrize(("text", "code"), [("in March 2022", "en"), ("i mars 2022", "sv"), ("en mars 2022", "fr")])
def test_a_month_that_is_also_a_word_is_one_before_a_year(text: str, code: str) -> None:
    days, rest = read(text, code)
    assert days == {Day(3)}
    assert "2022" in rest
    assert read("Troops march on.", "en")[0] == frozenset()
