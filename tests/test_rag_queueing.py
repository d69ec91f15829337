"""Whose turn it is, and eight people who really ask at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import article

from index import weights
from index.embed import LetterEmbedder
from index.library import Library
from rag.chatbot import Chatbot
from rag.engine.double import ParrotModel
from rag.engine.llama import LlamaModel
from rag.engine.passage_cache import PassageCache
from rag.errors import TooManyAskers
from rag.queueing import Queue
from rag.settings import Settings
from rag.types import Done, Queued, Token

NEVER = threading.Event()


def test_the_first_has_its_turn_at_once() -> None:
    queue = Queue(2)
    with queue.join() as place:
        assert list(place.wait(NEVER)) == []
        assert queue.occupied.is_set()
    assert not queue.occupied.is_set()
    assert len(queue) == 0


def test_others_see_how_many_are_before_them_and_come_in_order() -> None:
    queue = Queue(5)
    first, second, third = queue.join(), queue.join(), queue.join()
    waiting = third.wait(NEVER)
    assert next(waiting) == 2
    first.__exit__(None, None, None)
    assert next(waiting) == 1
    assert list(second.wait(NEVER)) == []
    second.__exit__(None, None, None)
    assert list(waiting) == []


def test_too_many_are_turned_away_at_once() -> None:
    queue = Queue(1)
    with queue.join(), queue.join():
        with pytest.raises(TooManyAskers, match="1 questions") as caught:
            queue.join()
        assert caught.value.hint
    with queue.join():
        pass


def test_several_may_have_their_turn_together() -> None:
    queue = Queue(0, at_once=2)
    with queue.join() as one, queue.join() as two:
        assert list(one.wait(NEVER)) == list(two.wait(NEVER)) == []


def test_who_is_cancelled_stops_waiting() -> None:
    queue = Queue(5)
    cancel = threading.Event()
    with queue.join(), queue.join() as second:
        waiting = second.wait(cancel)
        assert next(waiting) == 1
        cancel.set()
        assert list(waiting) == []


# --- in the chatbot


@pytest.fixture
def bot(library: Library, settings: Settings) -> Iterator[Chatbot]:
    facts = [article(f"a{i}", f"Lighthouse number {i} was painted by painter {i}.") for i in range(8)]
    library.ingest_articles(facts)
    with Chatbot(library, ParrotModel(), LetterEmbedder(), settings) as bot:
        yield bot


def test_while_another_is_answered_one_waits_and_is_told(bot: Chatbot) -> None:
    with bot.queue.join():
        events = bot.stream("Who painted lighthouse number 3?")
        assert next(event for event in events if isinstance(event, Queued)) == Queued(1)
        events.close()  # type: ignore[attr-defined]
        assert len(bot.queue) == 1  # who leaves gives up the place
    answer = bot.ask("Who painted lighthouse number 3?")
    assert {"queue", "read", "write"} <= set(answer.timings)


@pytest.mark.slow
def test_eight_ask_at_once_and_each_gets_an_answer_of_its_own(
    library: Library, settings: Settings, models_dir: Path
) -> None:
    library.ingest_articles([article(f"a{i}", f"Lighthouse number {i} was painted by painter {i}.") for i in range(8)])
    settings = settings.model_copy(update={"max_tokens": 12, "sources": 2})
    cache = PassageCache(None, memory_bytes=10**9, disk_bytes=0)  # an answer then does not depend on the one before
    model = LlamaModel(weights.language_model("smollm2-135m", models_dir), name="tiny", context=2048, cache=cache)
    bot = Chatbot(library, model, LetterEmbedder(), settings)
    questions = [f"Who painted lighthouse number {i}?" for i in range(8)]
    together: dict[int, str] = {}
    streamed: dict[int, str] = {}
    seen: list[int] = []

    def ask(i: int, start: threading.Barrier | None = None) -> None:
        if start is not None:
            start.wait()
        for event in bot.stream(questions[i]):
            match event:
                case Queued(ahead):
                    seen.append(ahead)
                case Token(text):
                    streamed[i] = streamed.get(i, "") + text
                case Done(answer):
                    together[i] = answer.text

    for i in range(8):
        ask(i)
    alone = dict(together), dict(streamed)
    together.clear()
    streamed.clear()
    start = threading.Barrier(8)
    threads = [threading.Thread(target=ask, args=(i, start)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (together, streamed) == alone
    assert streamed
    assert max(seen) >= 3
    assert len(bot.queue) == 0
    model.close()


def test_who_is_cancelled_while_waiting_does_not_reach_for_the_model(library: Library, settings: Settings) -> None:
    library.ingest_articles([article("harbour", "Seven ships waited outside the harbour.")])
    model, cancel = ParrotModel(), threading.Event()
    with Chatbot(library, model, LetterEmbedder(), settings) as bot, bot.queue.join():
        events = bot.stream("How many ships waited?", cancel=cancel)
        assert any(isinstance(event, Queued) for event in events)
        cancel.set()
        assert list(events) == []
    assert model.prompts == []


@pytest.mark.slow
def test_a_question_takes_precedence_over_warming(
    library: Library, settings: Settings, models_dir: Path, tmp_path: Path
) -> None:
    text = " ".join(f"Lighthouse number {i} was painted in the year {1800 + i} by painter {i}." for i in range(120))
    library.ingest_articles([article("lights", text)])
    cache = PassageCache(tmp_path / "cache", memory_bytes=10**9, disk_bytes=10**9)
    path = weights.language_model("smollm2-135m", models_dir)
    model = LlamaModel(path, name="tiny", context=2048, identity="tiny", cache=cache)
    with Chatbot(library, model, LetterEmbedder(), settings) as bot:
        began = threading.Event()
        warmer = bot.warm(lambda warmth: began.set() if warmth.ready else None)
        assert began.wait(60)
        waits = []
        for _ in range(5):
            time.sleep(0.6)  # it goes on when nobody asks
            with bot.queue.join():
                asked = time.perf_counter()
                with model._lock:
                    waits.append(time.perf_counter() - asked)
        assert sorted(waits)[2] < 0.2
        deadline = time.monotonic() + 600
        while warmer.warmth.ready < warmer.warmth.total and time.monotonic() < deadline:
            time.sleep(0.05)
        assert warmer.warmth.ready == warmer.warmth.total > 5
        assert str(warmer.warmth) == f"{warmer.warmth.total} of {warmer.warmth.total} passages ready"
