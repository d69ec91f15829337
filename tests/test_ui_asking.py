"""One question from the browser, step by step as HTML, without a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from pages import ANSWERS, FOLLOW_UP, MISSION, OFFICE, QUESTION, chatbot

from index.types import Article
from rag.types import Event, Queued, Turn
from ui.asking import Asked, Running, converse, example_questions
from ui.double import ChatbotDouble, ShelfDouble
from ui.kept import Kept
from ui.wishes import Form


class Here:
    """A page whose model is here, or is offered."""

    def __init__(self, offer: str = "") -> None:
        self.offer = offer

    def missing(self) -> str:
        return self.offer


def steps(asked: Asked, bot: ChatbotDouble | None = None, offer: str = "") -> list[tuple[str, Kept | None]]:
    return list(converse(bot or chatbot(), Here(offer), asked, threading.Event()))


def test_an_answer_goes_from_the_question_over_the_sources_and_words_to_the_quotes() -> None:
    found = steps(Asked(QUESTION, token="t"))
    html = [unescape(step) for step, _ in found]
    assert "Searching the articles" in html[0]
    assert "Found: 2 passages from 2 articles" in html[1]
    assert "Russia closed" in html[3]
    assert "pq-quotes" not in html[-2]
    assert "pq-quotes" in html[-1]
    assert all('data-ask="t"' in step for step in html)
    assert 'data-said="Answered, with 3 quotes."' in html[-1]
    assert [kept for _, kept in found[:-1]] == [None] * (len(found) - 1)
    assert found[-1][1] == Kept.of(ANSWERS[QUESTION])


def test_what_was_said_before_comes_along_and_is_bounded() -> None:
    history = [{"question": f"Q{n}", "text": "x" * 10_000} for n in range(30)]
    asked = Asked.of(FOLLOW_UP, {"history": history, "number": 30, "token": "t", "wishes": None})
    assert asked is not None
    bot = chatbot()
    steps(asked, bot)
    turns = bot.asked[0][1]
    assert [turn.question for turn in turns] == [f"Q{n}" for n in range(18, 30)]
    assert {len(turn.answer) for turn in turns} == {8000}


def test_what_a_browser_sends_is_input_like_any_other() -> None:
    assert Asked.of("  ", {}) is None
    assert Asked.of("?", None) is None
    asked = Asked.of("?", {"history": "words", "number": "x", "token": 7, "wishes": [1]})
    assert asked == Asked("?", token="7")
    assert Asked.of("?", {"history": [3, {"question": None}], "number": -1}) == Asked("?", (Turn("", ""),))


def test_an_error_becomes_a_sentence_with_its_hint() -> None:
    ((_, _), (html, kept)) = steps(Asked(" "))
    assert "The question is empty" in unescape(html)
    assert "→ Type a question" in unescape(html)
    assert kept is None


class Broken(ChatbotDouble):
    """A chatbot with a mistake in it."""

    def stream(self, question: str, *_: Any, **__: Any) -> Iterator[Event]:
        raise ZeroDivisionError(question)


def test_an_error_that_is_none_of_ours_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    *_, (html, kept) = steps(Asked(QUESTION), Broken({}))
    assert "Something unforeseen went wrong" in unescape(html)
    assert "pq-draft" not in html
    assert kept is None
    assert "ZeroDivisionError" in caplog.text


def test_a_model_of_a_long_name_answers_too() -> None:
    answer = replace(ANSWERS[QUESTION], model="/models/" + "x" * 300)
    (*_, (_, kept)) = steps(Asked(QUESTION), ChatbotDouble({QUESTION: answer}))
    assert kept is not None
    assert kept.model == answer.model[:200]


def test_a_stopped_answer_is_closed_and_marked() -> None:
    bot, cancel = chatbot(), threading.Event()
    states = converse(bot, Here(), Asked(QUESTION), cancel)
    for _ in range(4):
        next(states)
    cancel.set()
    *_, (html, kept) = states
    assert "Stopped" in html
    assert kept is None
    assert bot.cancelled == 1


def test_the_quotes_are_there_while_other_articles_are_compared() -> None:
    bot = chatbot()
    bot.compares = threading.Event()
    bot.compares.set()
    found = steps(Asked(QUESTION), bot)
    assert [kept for _, kept in found[:-1]] == [None] * (len(found) - 1)
    for (html, _), words in zip(
        found[-2:], ("Comparing with other articles.", "Answered, with 3 quotes."), strict=True
    ):
        assert "pq-quotes" in html
        assert f'data-said="{words}"' in unescape(html)
    assert ['data-do="again"' in html for html, _ in found[-2:]] == [False, True]  # there is nothing to ask again yet


def test_an_answer_that_was_checked_is_kept_when_the_comparison_is_stopped() -> None:
    bot, cancel = chatbot(), threading.Event()
    bot.compares = threading.Event()
    states = converse(bot, Here(), Asked(QUESTION), cancel)
    assert any("Comparing" in html for html, _ in states)
    cancel.set()
    ((html, kept),) = states
    assert "pq-quotes" in html
    assert kept == Kept.of(ANSWERS[QUESTION])
    assert bot.cancelled == 1


def test_a_model_that_is_not_here_is_offered_and_nothing_is_asked() -> None:
    bot = chatbot()
    ((html, kept),) = steps(Asked(QUESTION), bot, "<p>Fetch it</p>")
    assert "<p>Fetch it</p>" in html
    assert (kept, bot.asked) == (None, [])


def test_whoever_waits_is_told_the_place_in_the_queue() -> None:
    class Crowded(ChatbotDouble):
        def _stream(self, question: str, cancel: threading.Event) -> Iterator[Event]:
            yield Queued(2)
            yield from super()._stream(question, cancel)

    html = [unescape(step) for step, _ in steps(Asked(QUESTION), Crowded(ANSWERS, ShelfDouble((MISSION,))))]
    assert "2 questions before yours" in html[1]
    assert "before yours" not in html[-1]


def test_whoever_waits_for_the_model_is_told_so() -> None:
    bot = chatbot()
    bot.loads = threading.Event()
    bot.loads.set()
    html = [unescape(step) for step, _ in steps(Asked(QUESTION), bot)]
    assert "Loading the language model" in html[2]
    assert 'data-said="Loading the language model"' in html[2]
    assert "Loading" not in html[3]


def test_examples_fit_the_library() -> None:
    assert QUESTION in example_questions(ShelfDouble((), is_sample=True))
    own = example_questions(ShelfDouble((MISSION, Article("x", "word " * 40, ""), Article("untitled", "", ""))))
    assert own[0] == "What does “Russia shuts its NATO mission” report?"
    assert len(own) == 2
    assert len(own[1]) < 90
    assert example_questions(ShelfDouble()) == []


def test_a_session_that_asks_again_wants_no_more_of_its_first_answer() -> None:
    running = Running()
    with running.answer("a") as first, running.answer("b") as other, running.answer("a") as second:
        assert (first.is_set(), second.is_set(), other.is_set()) == (True, False, False)
        running.stop("a")
        running.stop("nobody")
        running.stop(None)
        assert (second.is_set(), other.is_set()) == (True, False)


def test_the_settings_of_the_page_become_wishes() -> None:
    sent = {"strict": False, "sources": 99, "languages": ["sv"], "since": "2021-01-01", "until": "never"}
    assert Form.of(sent) == Form(False, 20, ("sv",), date(2021, 1, 1), None)
    bot = chatbot()
    for wishes in (sent, {"strict": "yes", "languages": "sv"}):
        asked = Asked.of(QUESTION, {"wishes": wishes})
        assert asked is not None
        steps(asked, bot)
    everything = {
        "within": [OFFICE.id],
        "strict": False,
        "sources": 20,
        "between": (date(2021, 1, 1), date.max),
    }
    assert bot.wished == [everything, {}]


def test_days_the_wrong_way_round_are_put_right() -> None:
    form = Form.of({"since": "2021-11-01", "until": "2021-10-01"})
    assert (form.since, form.until) == (date(2021, 10, 1), date(2021, 11, 1))
