"""A question about the library may be limited to a time, a language and an outlet, in all seven languages."""

from __future__ import annotations

from datetime import date

import pytest

from index.facets import Filter
from index.library import Library
from index.load import make_article
from index.types import Origin
from rag import catalogue
from rag.catalogue import limits, questions
from rag.types import Answer

OCTOBER = Filter(since=date(2021, 10, 1), until=date(2021, 10, 31))
ALL_2021 = Filter(since=date(2021, 1, 1), until=date(2021, 12, 31))
DAY = Filter(since=date(2021, 10, 19), until=date(2021, 10, 19))
SINCE = Filter(since=date(2021, 10, 1))
AFTER = Filter(since=date(2022, 1, 1))
BEFORE = Filter(until=date(2020, 12, 31))
NORWEGIAN = Filter(language="no")


@pytest.mark.parametrize(
    ("question", "only", "topic"),
    [
        ("How many articles are there from October 2021?", OCTOBER, ""),
        ("Which articles were published in 2021?", ALL_2021, ""),
        ("Which articles from 19 October 2021 do you have?", DAY, ""),
        ("Which articles do you have from October 19, 2021?", DAY, ""),
        ("How many articles are there from 2021-10-19?", DAY, ""),
        ("How many articles do you have since October 2021?", SINCE, ""),
        ("How many articles do you have after 2021?", AFTER, ""),
        ("How many articles do you have before 2021?", BEFORE, ""),
        ("How many articles do you have since October 2021 in Norwegian?", Filter("", "", "no", SINCE.since), ""),
        ("Which articles are in Norwegian?", NORWEGIAN, ""),
        ("What is the newest article in Norwegian?", NORWEGIAN, ""),
        ("Which articles do you have about NATO from October 2021?", OCTOBER, "NATO"),
        ("Which articles do you have on NATO in Norwegian?", NORWEGIAN, "NATO"),
        ("Hur många artiklar finns det från oktober 2021?", OCTOBER, ""),
        ("Vilka artiklar är på norska?", NORWEGIAN, ""),
        ("Vilka artiklar har du om Nato från den 19 oktober 2021?", DAY, "Nato"),
        ("Vilka artiklar har du sedan oktober 2021?", SINCE, ""),
        ("Hur många artiklar publicerades före 2021?", BEFORE, ""),
        ("Hvor mange artikler finnes det fra oktober 2021?", OCTOBER, ""),
        ("Hvilke artikler er på norsk?", NORWEGIAN, ""),
        ("Hvilke artikler har du om Nato fra 19. oktober 2021?", DAY, "Nato"),
        ("Hvor mange artikler har du siden oktober 2021?", SINCE, ""),
        ("Hvor mange artikler er der fra oktober 2021?", OCTOBER, ""),
        ("Hvilke artikler findes der på norsk?", NORWEGIAN, ""),
        ("Hvilke artikler har du om NATO før 2021?", BEFORE, "NATO"),
        ("Wie viele Artikel gibt es vom Oktober 2021?", OCTOBER, ""),
        ("Wie viele Artikel gibt es aus dem Jahr 2021?", ALL_2021, ""),
        ("Welche Artikel sind auf Norwegisch?", NORWEGIAN, ""),
        ("Welche Artikel hast du über die NATO vom 19. Oktober 2021?", DAY, "die NATO"),
        ("Welche Artikel wurden im Oktober 2021 veröffentlicht?", OCTOBER, ""),
        ("Welche Artikel hast du seit Oktober 2021?", SINCE, ""),
        ("¿Cuántos artículos hay de octubre de 2021?", OCTOBER, ""),
        ("¿Qué artículos hay en noruego?", NORWEGIAN, ""),
        ("¿Qué artículos tienes sobre la OTAN del 19 de octubre de 2021?", DAY, "la OTAN"),
        ("¿Qué artículos tienes desde octubre de 2021?", SINCE, ""),
        ("Combien d'articles y a-t-il d'octobre 2021 ?", OCTOBER, ""),
        ("Quels articles sont en norvégien ?", NORWEGIAN, ""),
        ("Quels articles as-tu sur l'OTAN du 19 octobre 2021 ?", DAY, "l'OTAN"),
        ("Quels articles as-tu depuis octobre 2021 ?", SINCE, ""),
    ],
)
def test_a_time_and_a_language_limit_the_articles(question: str, only: Filter, topic: str) -> None:
    request = questions.understand(question)
    assert request is not None
    expected = Filter(only.outlet or None, only.url or None, only.language, only.since, only.until)
    assert (request.only, request.topic) == (expected, topic)


@pytest.mark.parametrize(
    "question",
    [
        "How many articles are there from October?",
        "How many articles are there from Monday?",
        "How many articles are there from 31 February 2021?",
        "How many articles are there from 2019 to 2021?",
        "How many articles are there since 2019 since 2021?",
        "Which articles do you have about NATO from 05/06/2021?",
        "Which articles are in Klingon?",
        "Hur många artiklar finns det från oktober?",
        "Wie viele Artikel gibt es vom Montag?",
    ],
)
def test_a_limit_that_cannot_be_read_leaves_the_question_alone(question: str) -> None:
    assert questions.understand(question) is None


@pytest.mark.parametrize(
    ("name", "outlet", "same"),
    [
        ("BBC", "BBC News", True),
        ("bbc", "bbc.co.uk", True),
        ("Guardian", "The Guardian", True),
        ("The Guardian", "The Guardian", True),
        ("AP", "Apotek", False),
        ("Today", "Russia Today", False),
        ("Moscow", "The Moscow Times", False),
        ("BBC", "", False),
    ],
)
def test_an_outlet_is_known_by_what_matters_of_its_name(name: str, outlet: str, same: bool) -> None:
    assert limits.is_outlet(name, outlet) == same


@pytest.fixture
def shelf(library: Library) -> Library:
    rows = [
        ("one", "NATO met.", "en", "2021-10-19", "BBC News"),
        ("two", "NATO met again in October.", "en", "2020-05-02", "The Guardian"),
        ("three", "Nato møttes.", "no", "2021-10-22", None),
        ("four", "NATO slept.", "en", None, "BBC News"),
    ]
    library.ingest_articles(
        make_article(
            text,
            id=name,
            title=name,
            language=code,
            published=date.fromisoformat(day) if day else None,
            source=Origin(outlet=outlet),
        )
        for name, text, code, day, outlet in rows
    )
    return library


def asked(question: str, library: Library) -> Answer:
    answer = catalogue.answer(question, library)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("question", "head", "ids"),
    [
        ("How many articles are there from October 2021?", "There are 2 articles (from October 2021).", []),
        ("List everything by the BBC", "There are 2 articles (by the BBC).", ["one", "four"]),
        ("Which articles are from the Guardian?", "There is one article (from the Guardian).", ["two"]),
        ("Which articles are in Norwegian?", "There is one article (in Norwegian).", ["three"]),
        ("Hur många artiklar finns det från BBC?", "Det finns 2 artiklar (från BBC).", []),
        ("Wie viele Artikel gibt es von der BBC?", "Es gibt 2 Artikel (von der BBC).", []),
        ("¿Cuántos artículos hay de la BBC?", "Hay 2 artículos (de la BBC).", []),
        ("Combien d'articles y a-t-il de la BBC ?", "Il y a 2 articles (de la BBC).", []),
        ("What is the newest article before 2021?", "The newest article (before 2021) is “two”, 2020-05-02.", ["two"]),
        ("How many articles are there from 1999?", "There is no article (from 1999). One article has no date.", []),
        ("Do you have any articles from 1999?", "There is no article (from 1999).", []),
    ],
)
def test_only_the_articles_that_fit_are_told_of(shelf: Library, question: str, head: str, ids: list[str]) -> None:
    answer = asked(question, shelf)
    assert answer.text.startswith(head)
    assert [source.article.id for source in answer.sources] == ids


def test_a_limit_beside_a_topic_is_no_word_of_it(shelf: Library) -> None:
    october = asked("Which articles do you have about NATO from October 2021?", shelf)
    assert october.text.startswith("2 articles name “NATO” (from October 2021):")
    assert {source.article.id for source in october.sources} == {"one", "three"}
    norwegian = asked("Which articles do you have on NATO in Norwegian?", shelf)
    assert norwegian.text.startswith("One article names “NATO” (in Norwegian):\n1. three")
    by = asked("Which articles do you have about NATO from the BBC?", shelf)
    assert by.text.startswith("2 articles name “NATO” (from the BBC):")


def test_what_has_no_day_is_counted_where_time_is_asked_for(shelf: Library) -> None:
    assert asked("How many articles are there from October 2021?", shelf).text.endswith("One article has no date.")
    assert "no date" not in asked("How many articles are there in Norwegian from October 2021?", shelf).text


@pytest.mark.parametrize(
    "question",
    [
        "List everything by Reuters",
        "Which articles are from Reuters?",
        "Which articles do you have on NATO by Reuters?",
    ],
)
def test_an_unknown_outlet_leaves_the_question_alone(shelf: Library, question: str) -> None:
    assert catalogue.answer(question, shelf) is None
