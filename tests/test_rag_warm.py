"""What is computed ahead, in which order, and when not; with a model whose work can be counted."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from conftest import article

from index.library import Library
from rag.engine.double import ParrotModel
from rag.engine.port import Prompt
from rag.errors import ModelNotLoaded
from rag.queueing import Queue
from rag.warm import Warmer, Warmth


class Oven:
    """A model that notes what it warms; it can do ``room`` passages."""

    keeps = True

    def __init__(self, room: int = 100) -> None:
        self.done: list[str] = []
        self.room = room

    @property
    def full(self) -> bool:
        return len(self.done) >= self.room

    def ready(self, prompt: Prompt) -> bool:
        return prompt.passages[0] in self.done

    def warm(self, prompt: Prompt, cancel: threading.Event | None = None) -> bool:
        if cancel is not None and cancel.is_set():
            return False
        self.done.append(prompt.passages[0])
        return True


@pytest.fixture
def shelf(library: Library) -> Library:
    long = " ".join(f"Sentence number {i} of the story goes on and on until it is over." for i in range(60))
    library.ingest_articles([article("one", long), article("two", "A short second story about a ferry.")])
    return library


def until(warmer: Warmer, reached: threading.Event) -> None:
    assert reached.wait(20)
    warmer.stop()


def watcher(count: Callable[[Warmth], bool]) -> tuple[threading.Event, Callable[[Warmth], None]]:
    reached = threading.Event()
    return reached, lambda warmth: reached.set() if count(warmth) else None


def test_all_passages_are_computed_first_ones_of_articles_first(shelf: Library) -> None:
    oven = Oven()
    reached, changed = watcher(lambda warmth: 0 < warmth.total == warmth.ready)
    warmer = Warmer(lambda: shelf, lambda: oven, Queue(5), changed)
    warmer.start()
    until(warmer, reached)
    assert len(oven.done) == warmer.warmth.total == shelf.stats().passages
    assert any("ferry" in text for text in oven.done[:2])


def test_what_was_asked_for_comes_before_all_others(shelf: Library) -> None:
    oven = Oven(room=1)
    last = shelf.passages(shelf.passage_ids())[-1]
    reached, changed = watcher(lambda warmth: warmth.ready == 1)
    warmer = Warmer(lambda: shelf, lambda: oven, Queue(5), changed)
    warmer.asked([last])
    warmer.start()
    until(warmer, reached)
    assert last.passage.text.split()[-4:] == oven.done[0].split()[-4:]
    assert len(oven.done) == 1  # and no more than there is room for


def test_nothing_is_computed_while_somebody_asks(shelf: Library) -> None:
    oven = Oven()
    queue = Queue(5)
    reached, changed = watcher(lambda warmth: warmth.ready > 0)
    warmer = Warmer(lambda: shelf, lambda: oven, queue, changed)
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
    warmer = Warmer(lambda: shelf, lambda: oven, Queue(5), lambda w: (changed(w), changed_more(w))[0])
    warmer.start()
    assert reached.wait(20)
    shelf.ingest_articles([article("three", "A third story about a bridge.")])
    warmer.refresh()
    until(warmer, more)
    assert "bridge" in oven.done[-1]


def test_a_model_that_keeps_nothing_or_does_not_load_ends_it_quietly(shelf: Library) -> None:
    def broken() -> object:
        raise ModelNotLoaded("It is damaged.", "Fetch it again.")

    openers: list[Callable[[], object]] = [ParrotModel, broken]
    for opened in openers:
        warmer = Warmer(lambda: shelf, opened, Queue(5))
        warmer.start()
        warmer._thread.join(10)
        assert not warmer._thread.is_alive()
        warmer.stop()
        assert warmer.warmth == Warmth(0, 0)


def test_people_read_how_far_it_is() -> None:
    assert str(Warmth(312, 1115)) == "312 of 1,115 passages ready"
