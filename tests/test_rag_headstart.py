"""The language model is made ready while something else goes on."""

from __future__ import annotations

import threading

import pytest

from rag import headstart, prompt
from rag.engine.double import ParrotModel
from rag.engine.port import LanguageModel, Prompt
from rag.errors import ModelNotLoaded
from rag.lending import Lender


class Ahead(ParrotModel):
    """Notes what it is to compute ahead, and in which thread."""

    keeps, full = True, False

    def __init__(self) -> None:
        super().__init__()
        self.warmed: list[tuple[Prompt, str]] = []
        self.done = threading.Event()

    def ready(self, prompt: Prompt) -> bool:
        return False

    def warm(self, prompt: Prompt, cancel: threading.Event | None = None) -> bool:
        self.warmed.append((prompt, threading.current_thread().name))
        self.done.set()
        return True


def test_the_beginning_of_all_prompts_is_computed_before_the_first() -> None:
    model = Ahead()
    lender = Lender(lambda: model)
    headstart.load(lender)
    assert model.done.wait(10)
    ((begun, thread),) = model.warmed
    assert (begun.system, begun.passages) == (prompt.SYSTEM, ())
    assert thread == "pullquote-loading"
    lender.close()


def test_a_model_that_cannot_be_opened_is_tried_again_by_who_needs_it() -> None:
    tried: list[str] = []
    failed = threading.Event()

    def open_model() -> LanguageModel:
        tried.append(threading.current_thread().name)
        try:
            raise ModelNotLoaded("It is damaged.", "Fetch it again.")
        finally:
            failed.set()

    lender = Lender(open_model)
    headstart.load(lender)
    assert failed.wait(10)
    with pytest.raises(ModelNotLoaded, match="damaged"), lender.lend():
        raise AssertionError("nothing was lent")
    assert tried == ["pullquote-loading", "MainThread"]
