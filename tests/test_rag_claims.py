"""Numbers, days and small words, in whatever way and language they are written."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import claim_numbers
from rag.claim_dates import Day, Weekday, read
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
        ("01.11.2021", "de", {Day(11, 1)}),
        ("första november", "sv", {Day(11, 1)}),
        ("the first of November", "en", {Day(11, 1)}),
        ("le premier novembre", "fr", {Day(11, 1)}),
        ("It closes in May. Nobody knows why.", "en", {Day(5)}),
        ("Kontoret stänger i mars", "sv", {Day(3)}),
        ("ferme en mai", "fr", {Day(5)}),
        ("In October 20 people opened it.", "en", {Day(10)}),
        ("dix-sept personnes", "fr", set()),
        ("from 3 to 7 May", "en", {Day(5, 3), Day(5, 7)}),
        ("on May 3-7, 2021", "en", {Day(5, 3), Day(5, 7)}),
        ("den 10–12 oktober", "sv", {Day(10, 10), Day(10, 12)}),
        ("vom 10. bis 12. Oktober", "de", {Day(10, 10), Day(10, 12)}),
        ("du 1er au 3 mai", "fr", {Day(5, 1), Day(5, 3)}),
        ("del 3 al 7 de mayo", "es", {Day(5, 3), Day(5, 7)}),
        ("On May 3 a 20-year-old man left", "en", {Day(5, 3)}),
        ("On May 3 and 12 people were killed", "en", {Day(5, 3)}),
        ("Support rose from May 3 to 15 percent", "en", {Day(5, 3)}),
        ("On May 3 and 12 he met them", "en", {Day(5, 3), Day(5, 12)}),
        ("They won 3-1 on 7 May", "en", {Day(5, 7)}),
        ("on Monday", "en", {Weekday(0)}),
        ("på måndagskvällen", "sv", {Weekday(0)}),
        ("am Montagabend", "de", {Weekday(0)}),
        ("vendredi", "fr", {Weekday(4)}),
        ("de vill ha fred", "sv", set()),
        ("it may rain in March Street", "en", set()),
        ("45 May", "en", set()),
        ("2021-13-01", "en", set()),
    ],
)
def test_days_have_one_spelling(text: str, code: str, days: set[Day | Weekday]) -> None:
    assert read(text, code)[0] == days


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("yesterday", "en", Day(10, 17)),
        ("i går", "sv", Day(10, 17)),
        ("morgen", "de", Day(10, 19)),
        ("vorgestern", "de", Day(10, 16)),
        ("the day before yesterday", "en", Day(10, 16)),
        ("aujourd’hui", "fr", Day(10, 18)),
        ("They will meet on Tuesday.", "en", Day(10, 19)),
        ("De möts på tisdag.", "sv", Day(10, 19)),
        ("De möttes i tisdags.", "sv", Day(10, 12)),
        ("on Monday", "en", Day(10, 18)),
        ("på lördagen", "sv", Day(10, 16)),
        ("från månadsskiftet", "sv", Day(11, 1)),
    ],
)
def test_some_days_are_known_from_the_day_of_publication_only(text: str, code: str, day: Day) -> None:
    assert day in read(text, code, MONDAY)[0]
    assert not any(isinstance(named, Day) for named in read(text, code)[0])


@pytest.mark.parametrize(
    ("text", "code", "days"),
    [
        ("on Monday 11 October", "en", {Day(10, 11), Weekday(0)}),
        ("am Morgen des 3. September hier", "de", {Day(9, 3), Weekday(4)}),
        ("on 20 October", "en", {Day(10, 20), Weekday(2)}),
        ("last Tuesday", "en", {Day(10, 12), Weekday(1)}),
    ],
)
def test_a_weekday_beside_a_date_is_no_other_day(text: str, code: str, days: set[Day | Weekday]) -> None:
    assert read(text, code, MONDAY)[0] == days


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
    assert all(
        float(value) >= 0
        for value in (number.value for number in claim_numbers.numbers(text, code) if ":" not in number.value)
    )
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


@pytest.mark.parametrize(("text", "code"), [("PAZARTESİ GELDİ", "tr"), ("On FRİDAY he came", "en"), ("FRıDAY", "en")])
def test_weekdays_in_letters_of_other_alphabets_are_weekdays(text: str, code: str) -> None:
    assert Terms.of(text, code).dates == {Weekday(0 if code == "tr" else 4)}


def test_a_number_without_end_is_no_error() -> None:
    digits = "9" * 400
    assert Terms.of(f"It cost {digits} million.", "en").numbers == {digits}


@given(st.integers(1, 999_999), st.sampled_from([1, 2, 4]))  # three would be a thousand's
def test_so_many_millions_are_what_they_are_in_digits(number: int, places: int) -> None:
    written = f"{number // 10**places}.{number % 10**places:0{places}}"
    assert Terms.of(f"{written} million", "en").numbers == {str(number * 10 ** (6 - places))}


@pytest.mark.parametrize(
    ("text", "code", "numbers"),
    [
        ("Twenty-one people died.", "en", {"21"}),
        ("Six hundred and twenty people died.", "en", {"620"}),
        ("Six hundred people died, twenty of them children.", "en", {"600", "20"}),
        ("between twenty and five", "en", {"20", "5"}),
        ("a forty-five-year-old man", "en", {"45"}),
        ("One of them had a hundred.", "en", {"100"}),
        ("half a million", "en", {"500000"}),
        ("en halv miljon", "sv", {"500000"}),
        ("eine halbe Million", "de", {"500000"}),
        ("un demi-million", "fr", {"500000"}),
        ("tjugoen hus och fyrtioett", "sv", {"21", "41"}),
        ("tvåhundrafemtio av femtiotusen", "sv", {"250", "50000"}),
        ("tjueén og førti tusen", "no", {"21", "40000"}),
        ("enogtyve", "da", {"21"}),
        ("einundzwanzig von vierhundertfünfzig", "de", {"21", "450"}),
        ("dix-sept sur soixante et onze", "fr", {"17", "71"}),
        ("cent vingt mille", "fr", {"120000"}),
        ("vingt pour cent", "fr", {"20"}),
        ("doscientas treinta y una", "es", {"231"}),
        ("30 mil dólares", "es", {"30000"}),
        ("unas mil personas, mil quinientas casas y cien mil coches", "es", {"1000", "1500", "100000"}),
        ("20 mil pessoas", "pt", {"20000"}),
        ("vinte e um", "pt", {"21"}),
        ("tweehonderdvijftig", "nl", {"250"}),
        ("двадцать один", "ru", {"21"}),
        ("10 to 15 million", "en", {"10000000", "15000000"}),
        ("mellan 10 och 15 miljoner", "sv", {"10000000", "15000000"}),
        ("$50M, €3bn and 7m people, but a 50m race", "en", {"50000000", "3000000000", "7000000", "50"}),
        ("12 mill. kroner", "no", {"12000000"}),
        ("2.50 percent", "en", {"2.5"}),
        ("1'200 Franken", "de", {"1200"}),
    ],
)
def test_numbers_in_words_and_digits_have_one_spelling(text: str, code: str, numbers: set[str]) -> None:
    assert Terms.of(text, code).numbers == numbers


@pytest.mark.parametrize(
    ("text", "code", "numbers"),
    [
        ("klockan 18:30", "sv", {"18:30"}),
        ("kl. 18.30", "no", {"18:30"}),
        ("klockan 21", "sv", {"21:00"}),
        ("klockan 15 personer", "sv", {"15"}),
        ("kl. 9", "no", {"9:00"}),
        ("um 18.30 Uhr", "de", {"18:30"}),
        ("à 18h30", "fr", {"18:30"}),
        ("at 6:30 p.m.", "en", {"18:30"}),
        ("8 pm or 8 am", "en", {"20:00", "8:00"}),
        ("12 am", "en", {"0:00"}),
        ("am 12. um 20 Uhr", "de", {"12", "20:00"}),
        ("18.30 kronor", "sv", {"18.3"}),
        ("they won 3:1", "en", {"3", "1"}),
        ("five hours", "en", {"5"}),
    ],
)
def test_times_of_day_have_one_spelling(text: str, code: str, numbers: set[str]) -> None:
    assert Terms.of(text, code).numbers == numbers


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


@pytest.mark.parametrize(
    ("text", "code", "names"),
    [
        ("He said President Biden and King Charles left.", "en", {"biden", "charles"}),
        ("He said Prime Minister Rishi Sunak left.", "en", {"rishi", "sunak"}),
        ("He said Stephen King left.", "en", {"stephen", "king"}),
        ("Das sagte Bundeskanzler Scholz.", "de", {"scholz"}),
        ("Es kostet 330 Millionen Dollar in Berlin.", "de", {"berlin"}),
    ],
)
def test_offices_and_counted_nouns_are_no_names(text: str, code: str, names: set[str]) -> None:
    assert Terms.of(text, code).names == names


def test_spanish_talks_are_no_denial() -> None:
    assert Cues.of("Las negociaciones y los negocios empezaron.", "es").negation == 0
    assert Cues.of("Moscú negó todo.", "es").negation == 1


@pytest.mark.parametrize(
    ("text", "code", "numbers"),
    [
        ("It cost £2bn.", "en", {"2000000000"}),
        ("It cost $50m.", "en", {"50000000"}),
        ("He ran 50m.", "en", {"50"}),
        ("About 3m passengers left.", "en", {"3000000"}),
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


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("8", "8", True), ("226", "226000000", True), ("10", "20", False), ("10", "1000", False), ("10", "10000", True)],
)
def test_numbers_are_the_same_also_without_their_thousands(one: str, other: str, same: bool) -> None:
    assert claim_numbers.same(one, other) is same
    assert claim_numbers.same(other, one) is same
