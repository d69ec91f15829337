"""Questions that go on with one about the library, and those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from index import language
from index.facets import Filter
from index.library import Library
from index.load import make_article
from index.types import Origin
from rag import catalogue
from rag.catalogue.further import further
from rag.catalogue.questions import Request, readings
from rag.types import Turn

OLDEST, SWEDISH, LAVROV, BARE, MANY = "oldest", "in Swedish", "about Lavrov", "Lavrov", "how many"
GOES_ON = {
    "en": (
        "Which articles do you have about NATO?",
        {
            OLDEST: [
                "And the oldest?",
                "the oldest one?",
                "And which is the oldest?",
                "What about the earliest article?",
            ],
            SWEDISH: ["And in Swedish?", "In Swedish?", "what about those in Swedish", "Any in Swedish?"],
            LAVROV: [
                "And about Lavrov?",
                "about Lavrov",
                "Any about Lavrov?",
                "What about articles that mention Lavrov?",
            ],
            BARE: ["And Lavrov?", "What about Lavrov?", "How about Lavrov"],
            MANY: ["How many?", "And how many are there?", "How many of them?", "How many are there in total?"],
        },
    ),
    "sv": (
        "Vilka artiklar har du om Nato?",
        {
            OLDEST: ["Och den äldsta?", "den äldsta artikeln?", "Och vilken är äldst?"],
            SWEDISH: ["Och på svenska?", "På svenska?", "några på svenska?"],
            LAVROV: ["Och om Lavrov?", "Om Lavrov?", "Och artiklar som nämner Lavrov?"],
            BARE: ["Och Lavrov?", "Men Lavrov?"],
            MANY: ["Hur många?", "Och hur många är det?"],
        },
    ),
    "no": (
        "Hvilke artikler har du om Nato?",
        {
            OLDEST: ["Og den eldste?", "Og hvilken er eldst?"],
            SWEDISH: ["Og på svensk?", "Noen på svensk?"],
            LAVROV: ["Og om Lavrov?", "Om Lavrov?"],
            BARE: ["Og Lavrov?", "Hva med Lavrov?"],
            MANY: ["Hvor mange?", "Hvor mange av dem?"],
        },
    ),
    "da": (
        "Hvilke artikler har du om Nato?",
        {
            OLDEST: ["Og den ældste?", "Og hvilken er ældst?"],
            SWEDISH: ["Og på svensk?", "Nogen på svensk?"],
            LAVROV: ["Og om Lavrov?", "Om Lavrov?"],
            BARE: ["Og Lavrov?", "Hvad med Lavrov?"],
            MANY: ["Hvor mange?", "Hvor mange er der?"],
        },
    ),
    "de": (
        "Welche Artikel hast du über die Nato?",
        {
            OLDEST: ["Und der älteste?", "Und welcher ist der älteste?", "Der älteste Artikel?"],
            SWEDISH: ["Und auf Schwedisch?", "Auf Schwedisch?"],
            LAVROV: ["Und über Lavrov?", "Über Lavrov?"],
            BARE: ["Und Lavrov?", "Was ist mit Lavrov?"],
            MANY: ["Wie viele?", "Und wie viele sind es?"],
        },
    ),
    "es": (
        "¿Qué artículos tienes sobre la OTAN?",
        {
            OLDEST: ["¿Y el más antiguo?", "¿Y cuál es el más antiguo?", "¿El artículo más antiguo?"],
            SWEDISH: ["¿Y en sueco?", "¿En sueco?"],
            LAVROV: ["¿Y sobre Lavrov?", "¿Sobre Lavrov?"],
            BARE: ["¿Y Lavrov?", "¿Qué hay de Lavrov?"],
            MANY: ["¿Cuántos?", "¿Y cuántos hay?"],
        },
    ),
    "fr": (
        "Quels articles as-tu sur l'OTAN ?",
        {
            OLDEST: ["Et le plus ancien ?", "Et quel est le plus ancien ?", "L'article le plus ancien ?"],
            SWEDISH: ["Et en suédois ?", "En suédois ?"],
            LAVROV: ["Et sur Lavrov ?", "Sur Lavrov ?"],
            BARE: ["Et Lavrov ?", "Qu'en est-il Lavrov ?"],
            MANY: ["Combien ?", "Et combien d'entre eux ?"],
        },
    ),
}
CASES = [
    (before, question, asked)
    for before, kinds in GOES_ON.values()
    for asked, questions in kinds.items()
    for question in questions
]


def one(requests: Sequence[Request]) -> Request:
    """The only reading that needs no outlet."""
    (request,) = [request for request in requests if not request.only.outlet]
    return request


@pytest.mark.parametrize(("before", "question", "asked"), CASES)
def test_what_is_said_stands_in_the_place_of_what_was_said(before: str, question: str, asked: str) -> None:
    first = one(readings(before))
    second = one(further(question, readings(before)))
    assert second.language in language.close_to(first.language)
    if asked == OLDEST:
        assert (second.kind, second.oldest, second.topic) == ("edge", True, first.topic)
    elif asked == MANY:
        assert second == replace(first, kind="count", language=second.language)
    elif asked == SWEDISH:
        assert (second.kind, second.only, second.topic) == (first.kind, Filter(language="sv"), first.topic)
    else:
        assert (second.kind, second.topic, second.any_of) == (first.kind, "Lavrov", ("Lavrov",))
        assert second.sure == (asked == LAVROV)


@pytest.mark.parametrize(
    "question",
    [
        "And why?",
        "And what did he say?",
        "And the reason?",
        "And who is the oldest?",
        "And what does the oldest say about NATO?",
        "About what?",
        "And in Brussels?",
        "And then?",
        "And",
        "?",
        "And Lavrov said what?",
        "And Lavrov, who met Blinken in Moscow on Monday?",
        "In 30 countries?",
        "How many diplomats?",
        "How many of them were expelled?",
    ],
)
def test_whatever_else_is_asked_is_left_to_the_articles(question: str) -> None:
    asked = further(question, readings("Which articles do you have about NATO?"))
    assert [request for request in asked if not request.only.outlet] == []


def test_a_name_alone_goes_on_with_a_question_about_a_name_only() -> None:
    assert further("And Lavrov?", readings("How many articles are there?")) == ()
    assert further("Lavrov?", readings("Which articles do you have about NATO?")) == ()


def test_limits_and_a_topic_may_come_together() -> None:
    request = one(further("And about Lavrov from October 2021?", readings("How many articles are there in Swedish?")))
    assert (request.kind, request.topic, request.limits) == ("count", "Lavrov", "in Swedish from October 2021")
    assert request.only == Filter(language="sv", since=date(2021, 10, 1), until=date(2021, 10, 31))


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("And in English?", "from 2021 in English"),
        ("And from 2020?", "in Swedish from 2020"),
        ("And since 2020?", "in Swedish since 2020"),
        ("And in English since 2020?", "in English since 2020"),
    ],
)
def test_a_limit_stands_in_the_place_of_one_of_its_kind(question: str, kept: str) -> None:
    request = one(further(question, readings("How many articles are there in Swedish from 2021?")))
    assert sorted(request.limits.split()) == sorted(kept.split())


def test_limits_may_stand_behind_an_edge_and_a_number() -> None:
    before = readings("Which articles do you have about NATO?")
    edge, count = (
        one(further("And the newest in Swedish?", before)),
        one(further("How many of them are in Swedish?", before)),
    )
    assert (edge.kind, edge.topic, edge.only, edge.limits) == ("edge", "NATO", Filter(language="sv"), "in Swedish")
    assert count == replace(edge, kind="count")


def test_limits_that_say_two_things_are_none() -> None:
    assert further("And from 2020 and from 2021?", readings("How many articles are there?")) == ()


@pytest.fixture
def shelf(library: Library) -> Library:
    for name, day, outlet in (("old", 1, "Reuters"), ("new", 20, "BBC")):
        article = make_article(
            "Peskov spoke. The weather was fine.",
            id=name,
            title=name.title(),
            language="en",
            published=date(2021, 10, day),
            source=Origin(outlet=outlet),
        )
        library.ingest_articles([article])
    return library


def test_a_conversation_about_the_library_goes_on_over_thanks_and_ends_with_another_question(shelf: Library) -> None:
    turns: list[Turn] = []

    def ask(question: str) -> str | None:
        answer = catalogue.answer(question, shelf, history=turns)
        turns.append(Turn(question, answer.text if answer else "Peskov spoke."))
        return answer.text if answer else None

    assert ask("What is the newest article about Peskov?") == "The newest article is “New”, 2021-10-20."
    assert ask("Thanks!") is None
    assert ask("And the oldest?") == "The oldest article is “Old”, 2021-10-01."
    assert ask("And by the BBC?") == "The oldest article (by the BBC) is “New”, 2021-10-20."
    assert ask("And by the Tribune?") is None
    assert ask("And the oldest?") is None
    assert catalogue.answer("And the oldest?", shelf) is None
