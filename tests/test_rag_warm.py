"""What is computed ahead, in which order, and when not; with a model whose work can be counted."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from conftest import article
from ovens import Oven, watcher

from index.embed import LetterEmbedder
from index.library import Library
from rag.chatbot import Chatbot
from rag.engine.double import ParrotModel
from rag.engine.port import Prompt
from rag.errors import ContextTooSmall, ModelNotLoaded
from rag.queueing import Queue
from rag.settings import Settings
from rag.warm import Warmer, Warmth


@pytest.fixture
def shelf(library: Library) -> Library:
    long = " ".join(f"Sentence number {i} of the story goes on and on until it is over." for i in range(60))
    library.ingest_articles([article("one", long), article("two", "A short second story about a ferry.")])
    return library


def until(warmer: Warmer, reached: threading.Event) -> None:
    assert reached.wait(20)
    warmer.stop()


def test_all_passages_are_computed_first_ones_of_articles_first(shelf: Library) -> None:
    oven = Oven()
    reached, changed = watcher(lambda warmth: 0 < warmth.total == warmth.ready)
    warmer = Warmer(lambda: shelf, lambda: nullcontext(oven), Queue(5), changed)
    warmer.start()
    until(warmer, reached)
    assert len(oven.done) == warmer.warmth.total == shelf.stats().passages
    assert any("ferry" in text for text in oven.done[:2])


def test_what_was_asked_for_comes_before_all_others(shelf: Library) -> None:
    oven = Oven(room=1)
    last = shelf.passages(shelf.passage_ids())[-1]
    reached, changed = watcher(lambda warmth: warmth.ready == 1)
    warmer = Warmer(lambda: shelf, lambda: nullcontext(oven), Queue(5), changed)
    warmer.asked([last])
    warmer.start()
    until(warmer, reached)
    assert last.passage.text.split()[-4:] == oven.done[0].split()[-4:]
    assert len(oven.done) == 1  # and no more than there is room for


def test_nothing_is_computed_while_somebody_asks(shelf: Library) -> None:
    oven = Oven()
    queue = Queue(5)
    reached, changed = watcher(lambda warmth: warmth.ready > 0)
    warmer = Warmer(lambda: shelf, lambda: nullcontext(oven), queue, changed)
    with queue.join():
        warmer.start()
        assert not reached.wait(0.3)
        assert oven.done == []
    until(warmer, reached)


def test_new_articles_are_computed_after_a_refresh(shelf: Library) -> None:
    oven = Oven()
    before = shelf.stats().passages
    reached, changed = watcher(lambda warmth: warmth.ready == before)
    more, changed_more = watcher(lambda warmth: warmth.ready == before + 1)
    warmer = Warmer(lambda: shelf, lambda: nullcontext(oven), Queue(5), lambda w: (changed(w), changed_more(w))[0])
    warmer.start()
    assert reached.wait(20)
    shelf.ingest_articles([article("three", "A third story about a bridge.")])
    warmer.refresh()
    until(warmer, more)
    assert "bridge" in oven.done[-1]


def test_passages_of_another_library_are_computed_anew(shelf: Library, settings: Settings, tmp_path: Path) -> None:
    oven, shelves = Oven(), [shelf]
    first, changed = watcher(lambda warmth: warmth.ready == warmth.total == shelf.stats().passages)
    second, changed_too = watcher(lambda warmth: warmth.ready == warmth.total == 1)
    warmer = Warmer(lambda: shelves[-1], lambda: nullcontext(oven), Queue(5), lambda w: (changed(w), changed_too(w))[0])
    warmer.start()
    assert first.wait(20)
    with Library.open(tmp_path / "other", LetterEmbedder(), settings) as other:
        other.ingest_articles([article("bridge", "A story about a bridge.")])
        shelves.append(other)
        warmer.refresh()
        until(warmer, second)
    assert "bridge" in oven.done[-1]
    assert warmer.by_article == {"bridge": 1}


class Choosy(Oven):
    """An oven for which some passages are too long."""

    def warm(self, prompt: Prompt, cancel: threading.Event | None = None) -> bool:
        if "ferry" in prompt.passages[0]:
            raise ContextTooSmall("It could not go on.", "Raise the context.")
        return super().warm(prompt, cancel)


def test_a_passage_that_the_model_cannot_compute_is_left_out_and_the_others_follow(shelf: Library) -> None:
    reached, changed = watcher(lambda warmth: 0 < warmth.total == warmth.ready)
    choosy = Choosy()
    warmer = Warmer(lambda: shelf, lambda: nullcontext(choosy), Queue(5), changed)
    warmer.start()
    until(warmer, reached)
    assert warmer.warmth.total == shelf.stats().passages - 1
    assert not any("ferry" in text for text in choosy.done)


def test_an_error_of_the_library_ends_a_round_and_not_the_thread(shelf: Library) -> None:
    asked = threading.Event()

    def library() -> Library:
        if not asked.is_set():
            asked.set()
            raise sqlite3.OperationalError("disk I/O error")
        return shelf

    reached, changed = watcher(lambda warmth: 0 < warmth.total == warmth.ready)
    warmer = Warmer(library, lambda: nullcontext(Oven()), Queue(5), changed)
    warmer.start()
    assert asked.wait(20)
    warmer.refresh()
    until(warmer, reached)


def test_a_chatbot_is_closed_at_once_while_the_warmer_opens_the_model(shelf: Library, settings: Settings) -> None:
    begun, go_on = threading.Event(), threading.Event()
    model = ParrotModel()

    def download() -> ParrotModel:
        begun.set()
        assert go_on.wait(60)
        return model

    bot = Chatbot(shelf, download, LetterEmbedder(), settings)
    warmer = bot.warm()
    assert begun.wait(20)
    bot.close()
    go_on.set()
    warmer.stop()  # waits for its thread
    assert model.closed


class Shop:
    """Lends the model that it has, or says why not, and notes that somebody came."""

    def __init__(self, model: object) -> None:
        self.model = model
        self.visited = threading.Event()

    def lend(self) -> AbstractContextManager[object]:
        self.visited.set()
        if isinstance(self.model, ModelNotLoaded):
            raise self.model
        return nullcontext(self.model)


@pytest.mark.parametrize("useless", [ParrotModel(), ModelNotLoaded("It is damaged.", "Fetch it again.")])
def test_a_model_that_keeps_nothing_or_does_not_load_is_passed_over_until_there_is_another(
    shelf: Library, useless: object
) -> None:
    shop = Shop(useless)
    reached, changed = watcher(lambda warmth: 0 < warmth.total == warmth.ready)
    warmer = Warmer(lambda: shelf, shop.lend, Queue(5), changed)
    warmer.start()
    assert shop.visited.wait(20)
    assert warmer.warmth == Warmth(0, 0)
    shop.model = Oven()
    warmer.begin_anew()
    until(warmer, reached)


def test_what_is_ready_is_counted_by_article_and_forgotten_with_its_model(shelf: Library) -> None:
    reached, changed = watcher(lambda warmth: 0 < warmth.total == warmth.ready)
    forgotten, changed_again = watcher(lambda warmth: reached.is_set() and warmth.ready == 0)
    oven = Oven()
    warmer = Warmer(lambda: shelf, lambda: nullcontext(oven), Queue(5), lambda w: (changed(w), changed_again(w))[0])
    assert warmer.by_article == {}
    warmer.start()
    assert reached.wait(20)
    assert warmer.by_article == {listed.id: listed.passages for listed in shelf.listing()}
    shelf.remove("two")
    oven.room = 0  # as a model for which nothing is computed, and for which there is no room
    oven.done.clear()
    warmer.begin_anew()
    until(warmer, forgotten)
    assert warmer.by_article == {}


def test_people_read_how_far_it_is() -> None:
    assert str(Warmth(312, 1115)) == "312 of 1,115 passages ready"
