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
