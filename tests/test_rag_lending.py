"""A model is opened when it is needed, and closed when the last who uses it has done so."""

from __future__ import annotations

import threading

import pytest

from rag.engine.double import ParrotModel
from rag.errors import EngineError, ModelNotLoaded
from rag.lending import Lender


def test_it_is_opened_once_when_it_is_first_needed_and_again_if_that_failed() -> None:
    opened: list[ParrotModel] = []
    broken = [True]

    def open_model() -> ParrotModel:
        if broken.pop():
            raise ModelNotLoaded("It is damaged.", "Fetch it again.")
        opened.append(ParrotModel())
        return opened[-1]

    lender = Lender(open_model)
    assert lender.model is None
    with pytest.raises(ModelNotLoaded):
        lender.open()
    broken.append(False)
    lender.open()
    with lender.lend() as one, lender.lend() as other:
        assert one is other is lender.model is opened[0]


def test_a_model_that_is_replaced_is_closed_when_the_last_gives_it_back() -> None:
    old, new = ParrotModel(), ParrotModel()
    lender = Lender(lambda: old)
    with lender.lend():
        with lender.lend():
            lender.replace(new)
            with lender.lend() as now:
                assert now is new
        assert not old.closed
    assert old.closed
    assert not new.closed
    lender.replace(ParrotModel())
    assert new.closed  # nobody used it


def test_closing_waits_for_who_still_uses_it() -> None:
    model = ParrotModel()
    lender = Lender(lambda: model)
    taken, give_back = threading.Event(), threading.Event()

    def borrow() -> None:
        with lender.lend():
            taken.set()
            give_back.wait(60)

    borrower = threading.Thread(target=borrow)
    borrower.start()
    assert taken.wait(60)
    threading.Timer(0.05, give_back.set).start()
    lender.close()
    assert model.closed
    borrower.join()
    Lender(lambda: model).close()  # never opened: nothing to close


def test_once_closed_it_opens_no_other() -> None:
    opened: list[ParrotModel] = []

    def open_model() -> ParrotModel:
        opened.append(ParrotModel())
        return opened[-1]

    lender = Lender(open_model)
    lender.close()
    with pytest.raises(EngineError, match="closed"):
        lender.open()
    assert opened == []


class Download:
    """Opens a model once it is told to."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.model = ParrotModel()

    def open(self) -> ParrotModel:
        self.begun.set()
        assert self.go_on.wait(60)
        return self.model


def borrowing(lender: Lender, ended: list[str]) -> threading.Thread:
    def borrow() -> None:
        try:
            with lender.lend() as model:
                ended.append(model.name)
        except EngineError as error:
            ended.append(str(error))

    thread = threading.Thread(target=borrow)
    thread.start()
    return thread


def test_closing_waits_for_no_model_that_is_being_opened_and_neither_does_who_waits_for_it() -> None:
    download, ended = Download(), list[str]()
    lender = Lender(download.open)
    opening = borrowing(lender, ended)
    assert download.begun.wait(60)
    waiting = borrowing(lender, ended)
    lender.close()
    waiting.join(60)
    assert ended == ["The chatbot has been closed."]
    download.go_on.set()
    opening.join(60)
    assert ended == ["The chatbot has been closed."] * 2
    assert download.model.closed
    assert lender.model is None


def test_a_model_that_comes_while_another_is_being_opened_takes_its_place() -> None:
    download, ended = Download(), list[str]()
    lender = Lender(download.open)
    opening = borrowing(lender, ended)
    assert download.begun.wait(60)
    chosen = ParrotModel()
    lender.replace(chosen)
    download.go_on.set()
    opening.join(60)
    assert download.model.closed
    assert lender.model is chosen
    assert not chosen.closed


def test_a_model_that_is_there_is_lent_while_another_is_being_opened() -> None:
    download, ended = Download(), list[str]()
    lender = Lender(download.open)
    opening = borrowing(lender, ended)
    assert download.begun.wait(60)
    waiting = borrowing(lender, ended)
    lender.replace(ParrotModel())
    waiting.join(60)
    assert not waiting.is_alive()
    assert len(ended) == 1
    download.go_on.set()
    opening.join(60)
    assert len(ended) == 2


def test_what_replaces_a_model_after_all_was_closed_is_closed() -> None:
    lender = Lender(ParrotModel)
    lender.close()
    late = ParrotModel()
    lender.replace(late)
    assert late.closed
    assert lender.model is None
