"""How surely passages answer a question: seen inside the model that the probe was fitted for, else as it says."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from conftest import article
from hypothesis import given
from hypothesis import strategies as st

from index import weights
from index.types import Hit, Passage
from rag import probe, prompt
from rag.engine.double import GlassModel, ParrotModel
from rag.engine.port import Introspective
from rag.probe import Probe
from rag.settings import Settings

TEXT = "Seven ships waited outside the harbour."
KNOWN, UNKNOWN = "How many ships waited?", "Who won?"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[Probe]:
    """A probe of a model with one number inside."""
    made = Probe.of({"model": "glass", "layer": 3, "weights": [2.0], "bias": 0.5, "slope": 0.25, "offset": -1.0})
    monkeypatch.setattr(probe, "fitted", lambda: made)
    yield made


def hits() -> list[Hit]:
    one = article("a", TEXT)
    return [Hit(Passage(one.id, 0, len(TEXT), TEXT, 6), one, 1.0, 1)]


def stated(model: ParrotModel, question: str, cancel: threading.Event | None = None) -> float | None:
    return probe.stated(model, question, hits(), cancel or threading.Event())


def test_the_model_it_was_fitted_for_is_looked_into_and_says_nothing(small: Probe) -> None:
    model = GlassModel("glass", leaning=9.0)
    assert stated(model, KNOWN) == 2.5
    assert stated(model, UNKNOWN) == -1.5
    assert [layer for _, layer in model.looked] == [3, 3]
    assert model.looked[0][0] == prompt.check(KNOWN, hits())
    assert not model.prompts


@pytest.mark.parametrize("model", [GlassModel("other", leaning=8.0), ParrotModel(leaning=8.0)])
def test_any_other_is_asked_for_yes_or_no_on_the_same_scale(small: Probe, model: ParrotModel) -> None:
    assert stated(model, KNOWN) == pytest.approx(1.0)
    (asked,) = model.prompts
    assert asked == prompt.check(KNOWN, hits())


def test_where_nothing_can_be_seen_it_is_asked_too(small: Probe) -> None:
    model = GlassModel("glass", opaque=True, leaning=4.0)
    assert stated(model, KNOWN) == pytest.approx(0.0)
    assert model.looked
    assert model.prompts


def test_an_engine_that_cannot_tell_says_nothing(small: Probe) -> None:
    assert stated(ParrotModel(), KNOWN) is None


def test_a_question_that_was_cancelled_is_not_judged(small: Probe) -> None:
    cancel = threading.Event()
    cancel.set()
    assert stated(GlassModel("glass"), KNOWN, cancel) is None


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_who_says_yes_more_surely_is_believed_more(one: float, other: float) -> None:
    shipped = probe.fitted()
    if one < other:
        assert shipped.said(one) <= shipped.said(other)


def test_the_one_that_ships_is_for_the_default_model() -> None:
    shipped = probe.fitted()
    default = weights.MODELS[Settings.model_fields["llm"].default]
    assert shipped.model == hashlib.sha256(b".\0" + bytes.fromhex(default.sha256)).hexdigest()
    assert shipped.weights.shape == (1536,)
    assert np.isfinite(shipped.weights).all()
    assert shipped.slope > 0
    assert isinstance(GlassModel("x"), Introspective)
    assert not isinstance(ParrotModel(), Introspective)
