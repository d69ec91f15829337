"""Signals can be computed by hand; the fitted model is a probability and knows every signal it names."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from conftest import article
from hypothesis import given
from hypothesis import strategies as st

from index.types import Hit, Passage
from rag.confidence import Model, fitted, signals
from rag.reading import DENIED, Draft
from rag.types import Citation, Quote

ONE = article("one", "Seven ships waited outside Bergen.")
TWO = article("two", "Rain fell in Oslo all day.")
QUESTION = "Which ships waited outside Bergen?"


def hit(of: object, score: float, rank: int) -> Hit:
    held = ONE if of is ONE else TWO
    return Hit(Passage(held.id, 0, len(held.text), held.text, 6), held, score, rank, dense=0.8)


HITS = [hit(ONE, 0.9, 1), hit(TWO, 0.5, 2)]


def answered() -> dict[str, float]:
    quote = Quote(ONE, 0, len(ONE.text), 0.9, 1)
    citation = Citation("Seven ships waited.", 0, 19, (quote,), "supported", 0.95)
    draft = Draft("Seven ships waited.", (-0.1, -0.5, -0.3), 1)
    return dict(signals(QUESTION, "en", HITS, draft, [citation]))


def test_the_signals_by_hand() -> None:
    made = answered()
    assert made["found"] == 0.9
    assert made["gap"] == pytest.approx(0.4)
    assert made["above"] == pytest.approx(0.2)
    assert made["asked_in_best"] == made["asked_in_quotes"] == 1.0
    assert made["native"] == 1.0
    assert (made["first"], made["least"]) == (-0.1, -0.5)
    assert made["sure"] == pytest.approx(-0.3)
    assert (made["read"], made["refused"]) == (0.0, 0.0)
    assert (made["support"], made["quoted"]) == (0.95, 0.9)
    assert made["agreeing"] == 0.5  # "seven" is in one of the two passages
    assert made["rank"] == 0.0


def test_a_refusal_has_the_same_signals_and_none_of_an_answer() -> None:
    made = signals(QUESTION, "en", HITS, Draft("NOT FOUND", (-0.2,), 2), [])
    assert made.keys() | {"asked_in_quotes"} == answered().keys()
    assert made["refused"] == 1.0
    assert made["read"] == pytest.approx(math.log(2))
    assert made["support"] == made["quoted"] == made["agreeing"] == 0.0


def test_an_answer_without_tokens_or_quotes_is_no_error() -> None:
    made = signals(QUESTION, "sv", HITS[:1], Draft("Ja.", (), 1), [Citation("Ja.", 0, 3, (), "unsupported")])
    assert made["gap"] == 0.0
    assert all(math.isfinite(value) for value in made.values())


def test_words_are_not_looked_for_in_another_language() -> None:
    foreign = [replace(one, article=replace(one.article, language="sv")) for one in HITS]
    made = signals(QUESTION, "en", foreign, Draft("NOT FOUND", (-0.2,), 1), [])
    assert "asked_in_best" not in made
    assert "asked_in_any" not in made
    assert made["found"] == 0.9


def test_the_model_that_ships_names_signals_that_there_are() -> None:
    model = fitted()
    assert set(model.names) <= {*answered(), "unfound", "stated"}  # these two where the engine tells how it might begin
    assert len(model.names) == len(model.means) == len(model.scales) == len(model.weights)
    assert all(scale > 0 for scale in model.scales)


def test_a_model_that_nearly_refused_is_believed_less_and_one_that_refused_stands_by_it() -> None:
    near = signals(QUESTION, "en", HITS, Draft("Seven ships.", (-0.1,), 1, unfound=-0.5), [])
    assert near["unfound"] == -0.5
    assert "stated" not in near
    refused = signals(QUESTION, "en", HITS, Draft("NOT FOUND", (-0.2,), 1, unfound=-0.1), [])
    assert refused["stated"] == DENIED
    assert fitted().probability({**near, "stated": 2.0}) > fitted().probability({**near, "stated": -2.0})


def test_a_good_answer_is_more_probable_than_a_refusal() -> None:
    refused = signals(QUESTION, "en", HITS, Draft("NOT FOUND", (-0.2,), 2), [])
    assert fitted().probability(answered()) > fitted().probability(refused)


def test_a_probability_by_hand() -> None:
    model = Model(("a", "b"), (1.0, 0.0), (2.0, 1.0), (1.0, -1.0), 0.5)
    assert model.probability({"a": 3.0, "b": 1.0}) == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert model.probability({}) == pytest.approx(1 / (1 + math.exp(-0.5)))


@given(st.dictionaries(st.sampled_from(["found", "sure", "support", "least"]), st.floats(-1e6, 1e6)))
def test_it_is_a_probability_whatever_comes(some: dict[str, float]) -> None:
    assert 0.0 <= fitted().probability(some) <= 1.0
