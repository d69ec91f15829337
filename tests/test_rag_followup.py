"""A follow-up takes its history along, a new topic does not, and a prompt keeps data apart from orders."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import article

from index.load import make_article
from index.types import Hit, Passage
from rag import prompt
from rag.followup import standalone
from rag.types import Turn

HISTORY = [Turn("Who is the mayor of Bodø?", "Ida Pinnerød."), Turn("Who leads the harbour board?", "Nils Ek.")]


@pytest.mark.parametrize(
    "question",
    ["And since when?", "What did he say about the storm?", "Why?", "Och vad sa han om stormen?", "Hva sa han om det?"],
)
def test_a_follow_up_takes_the_question_before_along(question: str) -> None:
    assert standalone(question, HISTORY) == f"Who leads the harbour board? {question}"


@pytest.mark.parametrize(
    "question",
    [
        "How many ships waited outside the harbour?",
        "What did Anna Berg say about her budget?",
        "Vad kostar den nya bron över älven?",
        "When was the school in Kiruna opened?",
    ],
)
def test_a_new_topic_stands_alone(question: str) -> None:
    assert standalone(question, HISTORY) == question


def test_without_history_nothing_changes() -> None:
    assert standalone("Why?", []) == "Why?"


def hit(text: str, title: str = "", published: date | None = None) -> Hit:
    whole = make_article(text, id="a", title=title, language="en", published=published)
    return Hit(Passage("a", 0, len(text), text, 1, 1), whole, 1.0, 1)


def test_a_passage_carries_its_title_and_day_on_lines_of_their_own() -> None:
    built = prompt.build("Q?", [hit("Best\n\ntext."), hit("Second.", "A title", date(2021, 10, 19))], "sv")
    assert built.passages == ("A title (2021-10-19)\nSecond.\n\n", "Best text.\n\n")
    assert built.question == "Question: Q?\nAnswer in Swedish:"
    assert built.user.endswith(built.question)


def test_an_unknown_language_is_answered_in_kind() -> None:
    assert "the language of the question" in prompt.build("???", [], "und").question


@pytest.mark.parametrize(
    "said",
    ["NOT FOUND", " not found. ", "I don't know.", "I don’t know", "Det framgår inte av artiklarna.", "", " \n."],
)
def test_refusals_are_known(said: str) -> None:
    assert prompt.is_refusal(said)


@pytest.mark.parametrize("said", ["Eight.", "Nothing was closed.", "The wreck was found in May.", "Åtta diplomater."])
def test_answers_are_not_refusals(said: str) -> None:
    assert not prompt.is_refusal(said)


def test_the_honest_sentence_falls_back_to_english() -> None:
    assert prompt.not_in_articles("sv") == "Det framgår inte av artiklarna."
    assert prompt.not_in_articles("xx") == prompt.not_in_articles("en") == "The articles don't say."


def test_an_article_made_for_tests_is_whole() -> None:
    assert article("a", "One sentence.").text == "One sentence."
