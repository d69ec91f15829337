"""The model reads the best passage first, and more only when it finds no answer there."""

from __future__ import annotations

import threading

from conftest import article
from hypothesis import given
from hypothesis import strategies as st

from index.types import Hit, Passage
from rag import prompt
from rag.engine.double import ParrotModel
from rag.engine.port import Sampling
from rag.reading import ROUNDS, Round, rounds

TEXTS = (
    "The harbour was closed on Monday.",
    "Seven ships waited outside.",
    "The mayor blamed the storm.",
    "Rain fell.",
)


def hits(count: int) -> list[Hit]:
    """The first of the texts, each an article of one passage."""
    made = []
    for rank, text in enumerate(TEXTS[:count], start=1):
        one = article(f"a{rank}", text)
        made.append(Hit(Passage(one.id, 0, len(text), text, 6), one, 1.0 / rank, rank))
    return made


def read(question: str, given: list[Hit], model: ParrotModel | None = None) -> tuple[str, Round]:
    one = Round(model or ParrotModel(), Sampling(), question, given, "en", threading.Event())
    return "".join(one), one


@given(st.integers(0, 4))
def test_rounds_grow_from_the_best_and_never_repeat(count: int) -> None:
    found = hits(count)
    made = list(rounds(found))
    assert [len(given) for given in made] == sorted({min(size, count) for size in ROUNDS})
    assert all(list(given) == found[: len(given)] for given in made)


def test_what_is_said_is_shown_and_kept() -> None:
    shown, one = read("How many ships waited?", hits(2))
    assert shown == one.draft.text == "Seven ships waited outside."
    assert one.draft.read == 2
    assert len(one.draft.logprobs) == 4
    assert not one.draft.refused


def test_a_refusal_is_never_shown() -> None:
    shown, one = read("Who won?", hits(2))
    assert shown == ""
    assert one.draft.refused
    assert one.draft.text == prompt.REFUSAL


def test_words_that_only_begin_like_a_refusal_are_shown_in_the_end() -> None:
    assert prompt.may_refuse("NOT")
    assert not prompt.may_refuse("NOTHING happened")
    shown, one = read("Whose NOTE?", [*hits(1)], ParrotModel(refusal="NOTE the harbour."))
    assert shown == one.draft.text == "NOTE the harbour."


def test_how_near_a_refusal_was_is_known_where_the_engine_tells() -> None:
    assert read("Who won?", hits(2), ParrotModel(leaning=0.0))[1].draft.unfound == 0.0
    assert read("How many ships waited?", hits(2), ParrotModel(leaning=0.0))[1].draft.unfound == -12.0
    assert read("How many ships waited?", hits(2))[1].draft.unfound is None
