"""Numbers, days and small words, in whatever way and language they are written."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.facts import claim_numbers
from rag.facts.claim_dates import Day, Weekday, read
from rag.facts.claims import Terms, lacking, names_known, weighed
from rag.verdicts.cues import Cues

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
    for number in claim_numbers.numbers(text, code):
        assert ":" in number.value or Fraction(number.value.rstrip(".")) is not None
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
    [
        ("8", "8", True),
        ("226", "226000000", True),
        ("10", "20", False),
        ("10", "1000", False),
        ("10", "10000", True),
        ("5.", "3", True),
        ("5.", "6.", False),
        ("2/3", "500", True),
        ("2/3", "1/3", False),
        ("-2", "2", False),
    ],
)
def test_numbers_are_the_same_also_without_their_thousands(one: str, other: str, same: bool) -> None:
    assert claim_numbers.same(one, other) is same
    assert claim_numbers.same(other, one) is same


def lacks(claim: str, code: str, text: str, text_code: str) -> bool:
    """Whether a text lacks what a claim says, whose opening word is a name if it is one in the text."""
    evidence = Terms.of(text, text_code)
    return lacking(Terms.of(claim, code, known=names_known([evidence])), evidence, Terms.of("", code))


@pytest.mark.parametrize(
    ("claim", "code", "text", "text_code"),
    [
        ("They met in Kyiv.", "en", "Sie trafen sich in Kiew.", "de"),
        ("They met in Kiev.", "en", "Вони зустрілися в Києві.", "uk"),
        ("De möttes i Bryssels centrum.", "sv", "Ils étaient à Bruxelles.", "fr"),
        ("De sågs i Moskva och Köpenhamn.", "sv", "They met in Moscow and Copenhagen.", "en"),
        ("It was Schroeder.", "en", "Das sagte Gerhard Schröder.", "de"),
        ("It was Putin.", "en", "C'est Poutine.", "fr"),
        ("It was Gaddafi.", "en", "It was Qaddafi.", "en"),
        ("He was in Turkey.", "en", "Han var i Turkiet.", "sv"),
        ("He was in Britain.", "en", "He was in the UK.", "en"),
        ("He was in the U.S. on leave.", "en", "Han var i USA.", "sv"),
        ("He was in the US.", "en", "He was in the U.S. on leave.", "en"),
        ("He said it was US-led.", "en", "He said the United States led it.", "en"),
        ("He was in Poland.", "en", "Był w Polsce.", "pl"),
        ("He was in the Netherlands.", "en", "Er war in den Niederlanden.", "de"),
        ("It was Lavrov.", "en", "О Лаврове и Лаврова.", "ru"),
        ("He met Lavrov.", "en", "Det var Lavrovs.", "sv"),
        ("He said Russia attacked Ukraine.", "en", "He said Russian forces attacked Ukraine.", "en"),
        ("Han sade att Ryssland anföll.", "sv", "Han sade att ryska styrkor anföll.", "sv"),
        ("He met Kim Jong Un.", "en", "He met Kim Jong-un.", "en"),
        ("Straßen wurden wegen Überschwemmungen gesperrt.", "de", "Wegen Hochwassers wurden Straßen gesperrt.", "de"),
        ("Il a quitté l'Ukraine.", "fr", "He left Ukraine.", "en"),
        ("He left Ukraine.", "en", "Se n'è andato dall'Ucraina.", "it"),
        ("He is a Democrat.", "en", "He joined the Democrats.", "en"),
        ("Han kommer från Island.", "sv", "He is from Iceland.", "en"),
        (
            "Messi, Suárez and Neymar won in Argentina.",
            "en",
            "Messi, Suárez y Neymar con la selección argentina.",
            "es",
        ),
        ("Berg, Ek, Lind and Orlov met in Russia.", "en", "Berg, Ek, Lind and Orlov met.", "en"),  # unsaid, not denied
        ("It is a Usage-Based approach.", "en", "This approach is usage-based.", "en"),
        ("Berg, Ek, Lind and Orlov met in Russia.", "en", "Berg, Ek, Lind and Orlov met in Moscow.", "en"),
    ],
)
def test_names_are_found_in_other_languages_spellings_and_cases(
    claim: str, code: str, text: str, text_code: str
) -> None:
    assert not lacks(claim, code, text, text_code)


@pytest.mark.parametrize(
    ("claim", "text", "code"),
    [
        ("Niger closed its border.", "Nigeria closed its border.", "en"),
        ("He said Niger closed it.", "He said Nigeria closed it.", "en"),
        ("He was in India.", "He was in Indiana.", "en"),
        ("He was in Indiana.", "He was in India.", "en"),
        ("He met Larsson.", "He met Larsen.", "en"),
        ("Han mötte Karlsson.", "Han mötte Karlsen.", "sv"),
        ("He met Maria Berg.", "He met Mario Berger.", "en"),
        ("He was in Romania.", "He was in a Roman city.", "en"),
        ("He joined Inter.", "He joined Intel, an international company.", "en"),
        ("He met Johan.", "He met Johanna.", "en"),
        ("He met Victor.", "He met Victoria.", "en"),
        ("He left Rome.", "He left Romeo.", "en"),
        ("He was in New Mexico.", "He was in Mexico.", "en"),
        ("He was in Mexico.", "He was in New Mexico.", "en"),
        ("He was in Sudan.", "He was in South Sudan.", "en"),
        ("L'aéroport a été fermé par l'Allemagne.", "L'aéroport a été fermé par l'Ukraine.", "fr"),
        ("È stato chiuso dall'Ucraina.", "È stato chiuso dalla Russia.", "it"),
        ("Die Wahl gewann die CDU.", "Die Wahl gewann die SPD.", "de"),
        ("He said the WHO warned of it.", "He said the IMF warned of it.", "en"),
        ("Norway closed its border on Monday.", "Sweden closed its border on Monday, officials said.", "en"),
        ("Norge stängde gränsen.", "Finland stängde gränsen.", "sv"),
        ("Iraqi forces attacked.", "Iranian forces attacked.", "en"),
        ("Macron resigned.", "Scholz resigned, and Olaf Scholz, unlike Emmanuel, left.", "en"),
        ("Macron, Scholz and Putin met in Norway.", "Macron, Scholz and Putin met in Sweden.", "en"),
        ("Er traf Scholz.", "Er traf Merz.", "de"),
        ("Er traf Anna Berg.", "Er traf Erik Berg.", "de"),
        ("Han kommer från Island.", "He lives on an island.", "sv"),
    ],
)
def test_names_that_are_much_alike_or_open_a_sentence_are_not_one(claim: str, text: str, code: str) -> None:
    evidence = Terms.of(text, "en" if claim.endswith("Island.") else code)
    known = names_known([evidence]) | ({"macron"} if claim.startswith("Macron r") else set())
    assert lacking(Terms.of(claim, code, known=known), evidence, Terms.of("", code))


@pytest.mark.parametrize(
    ("text", "code", "names"),
    [
        ("Il a quitté l'Ukraine pour l’Allemagne.", "fr", {"ukraine", "allemagne"}),
        ("Le départ d'Emmanuel de l’OTAN.", "fr", {"emmanuel", "otan"}),
        ("Se n'è andato dall'Ucraina.", "it", {"ucraina"}),
        ("Se'n va anar d'Espanya.", "ca", {"espanya"}),
        ("Das sagte die CDU.", "de", {"cdu"}),
        ("He said the WHO and the US would.", "en", {"who", "us"}),
        ("WHO SAID SO?", "en", {"said"}),
        ("Who told us?", "en", set()),
        ("Norway left.", "en", {"norway"}),
        ("Kyiv fell.", "en", {"kyiv"}),
        ("Prices fell.", "en", set()),
        ("Un homme est venu.", "fr", set()),
    ],
)
def test_what_names_a_text_has(text: str, code: str, names: set[str]) -> None:
    assert Terms.of(text, code).names == names


@pytest.mark.parametrize(
    ("text", "sure", "unsure"),
    [
        ("Er starb an Krebs.", set(), {"krebs"}),
        ("Sie schrieb Romane.", set(), {"romane"}),
        ("Es geschah wegen Überschwemmungen.", set(), set()),
        ("Er traf Dennis und Young in München.", set(), {"dennis", "young", "münchen"}),
        ("Das sagten Anna Berg und Kanzler Scholz.", {"anna", "berg", "scholz"}, set()),
        ("Er flog aus Berlin in die Türkei, zur SPD.", {"berlin", "türkei", "spd"}, set()),
    ],
)
def test_a_capital_in_german_is_not_surely_a_name(text: str, sure: set[str], unsure: set[str]) -> None:
    terms = Terms.of(text, "de")
    assert terms.names - terms.unsure == sure
    assert terms.unsure == unsure
    assert {term.value for term in weighed(terms, "de") if term.kind == "name" and term.sure} == sure


def test_what_is_surely_a_name_somewhere_is_one_everywhere() -> None:
    alone, beside = Terms.of("Er traf Berg.", "de"), Terms.of("Er traf Anna Berg.", "de")
    assert alone.unsure == {"berg"}
    assert not Terms.joined([alone, beside]).unsure
    assert not Terms.of("Er traf Berg.", "de", known=names_known([beside])).unsure


def test_a_known_name_may_open_a_sentence() -> None:
    assert Terms.of("Google bought the company.", "en").names == set()
    assert Terms.of("Google's lawyers left.", "en", known=frozenset({"google"})).names == {"google"}
