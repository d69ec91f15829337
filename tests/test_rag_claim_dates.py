"""Days in whatever way a language writes them, the years that go without saying, and what is neither."""

from __future__ import annotations

import time
from datetime import date

import pytest

from index.language import NAMES
from rag.facts.claim_dates import Day, Weekday, read, understood

FRIDAY = date(2021, 10, 22)


@pytest.mark.parametrize(
    ("text", "code", "published", "year"),
    [
        ("He was arrested on December 28.", "en", date(2022, 1, 3), 2021),
        ("The December 28 attack killed two.", "en", date(2022, 1, 3), 2021),
        ("The suspect in the December 28 attack will face trial.", "en", date(2022, 1, 3), 2021),
        ("He was arrested on December 28 and will be tried.", "en", date(2022, 1, 3), 2021),
        ("Han greps den 28 december.", "sv", date(2022, 1, 3), 2021),
        ("It happened on Friday.", "en", date(2022, 1, 3), 2021),
        ("It opens tomorrow.", "en", date(2021, 12, 31), 2022),
        ("It will open on January 10.", "en", date(2021, 12, 20), 2022),
        ("He said in September that it would close.", "en", date(2022, 12, 21), 2022),
        ("He said that elections will be held in May.", "en", FRIDAY, 2022),
        ("The law takes effect on January 1, the minister announced.", "en", date(2021, 12, 20), 2022),
        ("Der Prozess soll am 10. Januar beginnen.", "de", date(2021, 12, 20), 2022),
        ("Le musée ouvrira le 10 janvier.", "fr", date(2021, 12, 20), 2022),
        ("El museo abrirá el 10 de enero.", "es", date(2021, 12, 20), 2022),
        ("Kontoret öppnar i mars och ska ha tio anställda.", "sv", date(2021, 12, 20), 2022),
        ("Завод будет открыт в январе.", "ru", FRIDAY, 2022),
        ("В январе компания объявила о плане.", "ru", FRIDAY, 2021),
        ("In January the company cut its staff and left Oslo.", "en", FRIDAY, 2021),
        ("He was elected in January.", "en", date(2021, 12, 20), 2021),
        ("He was arrested in March.", "en", date(2021, 11, 20), 2021),
        ("He was arrested in November.", "en", date(2021, 3, 1), 2020),
        ("The Olympics will open in September.", "en", date(2021, 1, 15), 2021),
        ("Elections will be held in May.", "en", FRIDAY, 2022),
        ("The man arrested in May will be tried.", "en", FRIDAY, 2021),
        ("Elections were held in May.", "en", FRIDAY, 2021),
        ("It will close in October.", "en", FRIDAY, 2021),
        ("The meeting is on October 30.", "en", FRIDAY, 2021),
        ("It grew this month.", "en", FRIDAY, 2021),
    ],
)
def test_the_year_is_understood_that_was_meant(text: str, code: str, published: date, year: int) -> None:
    assert understood(text, code, published) == {year}


@pytest.mark.parametrize(
    ("text", "code", "published"),
    [
        ("In January the company announced a plan.", "en", FRIDAY),  # or a plan for January
        ("He was arrested in March and will be tried.", "en", date(2021, 11, 20)),
        ("The museum will open in December.", "en", date(2022, 1, 3)),
        ("Завод откроется в январе.", "ru", FRIDAY),
        ("He was arrested on 28 December 2019.", "en", FRIDAY),
        ("Er wurde am 01.11.2019 verhaftet.", "de", FRIDAY),
        ("Er wurde am 01.11.19 verhaftet.", "de", FRIDAY),
        ("Nothing happened.", "en", FRIDAY),
        ("Sales rose over the last year.", "en", FRIDAY),
    ],
)
def test_where_it_may_be_another_year_or_one_is_named_none_is_understood(text: str, code: str, published: date) -> None:
    assert understood(text, code, published) == frozenset()


@pytest.mark.parametrize(
    ("text", "code", "year"),
    [
        ("He was arrested in May last year.", "en", 2020),
        ("Han greps i maj förra året.", "sv", 2020),
        ("Han greps i maj i fjol.", "sv", 2020),
        ("Han ble tatt i mai i fjor.", "no", 2020),
        ("Han blev anholdt i maj sidste år.", "da", 2020),
        ("Er wurde im Mai vergangenen Jahres verhaftet.", "de", 2020),
        ("Er wurde im Mai letzten Jahres verhaftet.", "de", 2020),
        ("Il a été arrêté en mai l'an dernier.", "fr", 2020),
        ("Il a été arrêté en mai de l’année dernière.", "fr", 2020),
        ("Fue detenido en mayo del año pasado.", "es", 2020),
        ("È stato arrestato a maggio dell'anno scorso.", "it", 2020),
        ("Foi preso em maio do ano passado.", "pt", 2020),
        ("Hij werd in mei vorig jaar opgepakt.", "nl", 2020),
        ("Hänet pidätettiin toukokuussa viime vuonna.", "fi", 2020),
        ("Zatrzymano go w maju ubiegłego roku.", "pl", 2020),
        ("Его задержали в мае прошлого года.", "ru", 2020),
        ("Його затримали у травні минулого року.", "uk", 2020),
        ("It opened last year.", "en", 2020),
        ("It opened this year.", "en", 2021),
        ("Det öppnade i år.", "sv", 2021),
        ("Es öffnete dieses Jahr.", "de", 2021),
        ("Il a ouvert cette année.", "fr", 2021),
        ("Abrió este año.", "es", 2021),
        ("It opens in May next year.", "en", 2022),
        ("Det öppnar i maj nästa år.", "sv", 2022),
        ("Det åpner i mai neste år.", "no", 2022),
        ("Es öffnet im Mai nächstes Jahr.", "de", 2022),
        ("Il ouvrira en mai l'année prochaine.", "fr", 2022),
        ("Abrirá en mayo el próximo año.", "es", 2022),
        ("It beat the record of 2015 last year.", "en", 2020),
        ("Sales rose in May, more than last year.", "en", 2021),
        ("Försäljningen steg i maj jämfört med förra året.", "sv", 2021),
    ],
)
def test_last_year_and_next_year_are_the_years_they_are(text: str, code: str, year: int) -> None:
    assert understood(text, code, FRIDAY) == {year}


@pytest.mark.parametrize(
    ("text", "published", "weekday"),
    [
        ("on December 28", date(2022, 1, 3), 1),
        ("on 1 November 2020", FRIDAY, 6),
        ("on 3 May last year", FRIDAY, 6),
        ("on October 20", FRIDAY, 2),
    ],
)
def test_a_day_has_the_weekday_of_its_own_year(text: str, published: date, weekday: int) -> None:
    assert [day for day in read(text, "en", published)[0] if isinstance(day, Weekday)] == [Weekday(weekday)]


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("Il a ouvert le 01/11/2021.", "fr", Day(11, 1)),
        ("Abrió el 1/11/2021.", "es", Day(11, 1)),
        ("am 1/11/21", "de", Day(11, 1)),
        ("op 1-11-2021", "nl", Day(11, 1)),
        ("on 30/11/2021", "en", Day(11, 30)),
        ("on 11/30/2021", "en", Day(11, 30)),
        ("on 5/5/2021", "en", Day(5, 5)),
        ("2021/11/1", "ja", Day(11, 1)),
        ("Er öffnet am 1.11. in Oslo.", "de", Day(11, 1)),
        ("Er öffnet am 01.11.21 in Oslo.", "de", Day(11, 1)),
        ("Montag, 1.11., in Oslo", "de", Day(11, 1)),
        ("Avajaiset ovat 1.11. kello 18.", "fi", Day(11, 1)),
        ("Det åbner den 1.11 i Oslo", "da", Day(11, 1)),
        ("Det öppnar den 1/11.", "sv", Day(11, 1)),
        ("Det öppnar lördag 1/11.", "sv", Day(11, 1)),
        ("il 1° novembre", "it", Day(11, 1)),
        ("el 1.º de mayo", "es", Day(5, 1)),
        ("办公室于11月1日关闭", "zh", Day(11, 1)),
        ("11月に閉鎖", "ja", Day(11)),
        ("11월 1일", "ko", Day(11, 1)),
        ("офис закрылся в ноябре", "ru", Day(11)),
        ("к маю", "ru", Day(5)),
        ("у листопаді", "uk", Day(11)),
        ("у лютому", "uk", Day(2)),
        ("w listopadzie", "pl", Day(11)),
        ("toukokuun alussa", "fi", Day(5)),
        ("i slutet av maj", "sv", Day(5)),
        ("Customers who fly by Jan. 2 may rebook.", "en", Day(1, 2)),
        ("Anfang Mai", "de", Day(5)),
        ("the twenty-first of November", "en", Day(11, 21)),
        ("the third of May", "en", Day(5, 3)),
        ("den tredje maj", "sv", Day(5, 3)),
        ("den syttende mai", "no", Day(5, 17)),
        ("am dritten Mai", "de", Day(5, 3)),
        ("am dreißigsten Mai", "de", Day(5, 30)),
        ("le premier mai", "fr", Day(5, 1)),
        ("le vingt et un mai", "fr", Day(5, 21)),
        ("el tres de mayo", "es", Day(5, 3)),
        ("op drie mei", "nl", Day(5, 3)),
        ("двадцать первого мая", "ru", Day(5, 21)),
        ("kolmantena toukokuuta", "fi", Day(5, 3)),
    ],
)
def test_a_day_is_read_as_its_language_writes_it(text: str, code: str, day: Day) -> None:
    days, rest = read(text, code)
    assert {one for one in days if isinstance(one, Day)} == {day}
    assert "11" not in rest.replace("2021", "")


def test_two_digits_of_a_year_are_a_year() -> None:
    assert "2021" in read("am 01.11.21", "de")[1]
    assert "1999" in read("le 01/11/99", "fr")[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("It opened on 11/1/2021.", "en"),  # January or November
        ("It opened on 1-11-2021.", "und"),
        ("They got 1/11 of it.", "en"),
        ("It is open 24/7.", "en"),
        ("the 9/11 attacks", "en"),
        ("1.11 million people", "en"),
        ("half of it, 1/2", "en"),
        ("It costs 1.50.", "en"),
        ("as section 1.11. says", "en"),
        ("iOS 12.1.10 is out", "en"),
        ("the 2020/21 season", "en"),
        ("call 08-12-3456", "sv"),
        ("Das steht in Abschnitt 1.11.", "de"),
        ("Er kostet 1.50 Euro", "de"),
        ("le 1/3 des voix", "fr"),
        ("den 1/3 av rösterna", "sv"),
        ("på 1.11 prosent", "no"),
        ("dura 11個月", "zh"),
        ("May said so.", "en"),
        ("We may be late.", "en"),
        ("his second March on Rome", "en"),
        ("Der Marsch auf Rom", "de"),
        ("Mars är röd.", "sv"),
        ("der zweite Mai-Feiertag", "de"),
        ("Він написав лист.", "uk"),
        ("Lis uciekł.", "pl"),
        ("August Strindberg wrote it.", "en"),
        ("a play by August Strindberg", "en"),
        ("av August Strindberg", "sv"),
        ("April Jones vanished.", "en"),
        ("He met June Carter.", "en"),
        ("June C. Carter sang.", "en"),
        ("August Macke malte.", "de"),
        ("La chanteuse Avril Lavigne", "fr"),
        ("Марта Петрова", "ru"),
    ],
)
def test_what_only_looks_like_a_day_or_a_month_is_none(text: str, code: str) -> None:
    assert read(text, code)[0] == frozenset()


@pytest.mark.parametrize(
    ("text", "code", "month"),
    [
        ("In August Russia left.", "en", 8),
        ("the June European Council", "en", 6),
        ("at the end of August Russia left", "en", 8),
        ("August NATO exercises", "en", 8),
        ("Im August Soldaten zu schicken", "de", 8),
        ("Ende August Soldaten zu schicken", "de", 8),
        ("April 2021", "en", 4),
    ],
)
def test_a_month_before_a_capital_is_one_where_something_marks_it(text: str, code: str, month: int) -> None:
    assert read(text, code)[0] == {Day(month)}


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("two days ago", "en", 20),
        ("a day ago", "en", 21),
        ("3 days ago", "en", 19),
        ("för två dagar sedan", "sv", 20),
        ("for to dager siden", "no", 20),
        ("for to dage siden", "da", 20),
        ("vor zwei Tagen", "de", 20),
        ("vor einem Tag", "de", 21),
        ("il y a deux jours", "fr", 20),
        ("hace dos días", "es", 20),
        ("due giorni fa", "it", 20),
        ("twee dagen geleden", "nl", 20),
        ("há dois dias", "pt", 20),
        ("kaksi päivää sitten", "fi", 20),
        ("dwa dni temu", "pl", 20),
        ("5 дней назад", "ru", 17),
        ("два дні тому", "uk", 20),
        ("the day before yesterday", "en", 20),
        ("i förrgår", "sv", 20),
        ("avant-hier", "fr", 20),
        ("anteayer", "es", 20),
        ("l’altro ieri", "it", 20),
        ("anteontem", "pt", 20),
        ("toissapäivänä", "fi", 20),
        ("przedwczoraj", "pl", 20),
        ("позавчера", "ru", 20),
        ("вчора", "uk", 21),
        ("am Sonnabend", "de", 16),
        ("pasado mañana", "es", 24),
    ],
)
def test_so_many_days_ago_is_a_day(text: str, code: str, day: int) -> None:
    assert {one for one in read(text, code, FRIDAY)[0] if isinstance(one, Day)} == {Day(10, day)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a few days ago", "en"),
        ("thirty days ago", "en"),
        ("more than two days ago", "en"),
        ("it took two days", "en"),
        ("för tre år sedan", "sv"),
        ("por la mañana", "es"),
        ("am Morgen", "de"),
        ("Huom.", "fi"),
        ("in the 'Tonight Show'", "en"),
    ],
)
def test_what_tells_no_exact_day_is_none(text: str, code: str) -> None:
    assert read(text, code, FRIDAY)[0] == frozenset()


@pytest.mark.parametrize("text", ["may ", "in May 3 ", "11月", "1.1. ", "le 1/", "two days ", "last year ", "August A"])
def test_a_long_text_takes_no_longer_than_its_length(text: str) -> None:
    start = time.perf_counter()
    for code in ("en", "fr", "de"):
        read(text * 3000, code, FRIDAY)
        understood(text * 3000, code, FRIDAY)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("code", [*NAMES, "und"])
def test_a_day_is_read_in_every_language(code: str) -> None:
    assert Day(5, 3) in read("On 3 May 2021 it rained.", code)[0]
