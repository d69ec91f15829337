"""Drafts from the prompt: what is guessed, how much of it is tried, and that no token ever differs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Eager
from hypothesis import given
from hypothesis import strategies as st

from index import weights
from rag.engine.draft import LONGEST, Draft, Lookup, Pace
from rag.engine.llama import LlamaModel
from rag.engine.port import Prompt, Sampling, Work

TOKENS = st.lists(st.integers(0, 3), max_size=40)


def test_what_followed_the_last_tokens_is_the_draft() -> None:
    assert Lookup([1, 2, 3, 4, 5, 9, 1, 2]).draft(3) == Draft((3, 4, 5), 2)


def test_the_longest_match_and_then_the_latest_wins() -> None:
    assert Lookup([1, 2, 3, 7, 0, 2, 3, 8, 0, 1, 2, 3]).draft(1) == Draft((7,), 3)
    assert Lookup([2, 3, 7, 0, 2, 3, 8, 0, 2, 3]).draft(1).tokens == (8,)


def test_nothing_known_is_no_draft() -> None:
    assert Lookup([]).draft(5) == Lookup([1]).draft(5) == Lookup([1, 2, 3]).draft(5) == Draft((), 0)


@given(TOKENS, st.integers(0, 8))
def test_a_draft_always_stands_behind_an_earlier_match(tokens: list[int], most: int) -> None:
    draft = Lookup(tokens).draft(most)
    assert len(draft.tokens) <= most
    if draft.match:
        wanted = tokens[-draft.match :] + list(draft.tokens)
        assert any(tokens[i : i + len(wanted)] == wanted for i in range(len(tokens) - draft.match))


@given(TOKENS, TOKENS)
def test_growing_token_by_token_is_the_same_as_reading_all(first: list[int], more: list[int]) -> None:
    grown = Lookup(first)
    for token in more:
        grown.add(token)
    assert grown.draft(4) == Lookup(first + more).draft(4)


LONG = Draft((1, 2, 3, 4, 5, 6, 7, 8), 8)


def test_nothing_is_tried_before_it_was_seen_to_hold() -> None:
    assert Pace().best(LONG) == 0


def test_drafts_that_hold_are_tried_at_length() -> None:
    pace = Pace()
    for _ in range(40):
        pace.saw(LONG, LONG.tokens[0])
    assert pace.best(LONG) == LONGEST


def test_drafts_that_fail_are_given_up() -> None:
    pace = Pace()
    for _ in range(20):
        pace.saw(LONG, -1)
    assert pace.best(LONG) == 0
    assert pace.best(Draft((), 0)) == 0


def test_a_short_match_is_not_trusted() -> None:
    assert Pace().best(Draft(LONG.tokens, 2)) == 0


def test_batches_that_cost_as_much_as_single_tokens_are_not_worth_it() -> None:
    pace = Pace()
    for size in range(1, LONGEST + 2):
        for _ in range(40):
            pace.took(size, 0.1 * size)
    assert pace.best(LONG) == 0


def test_one_delay_does_not_decide() -> None:
    pace = Pace()
    pace.took(1, 0.1)
    pace.saw(Draft((), 0), 1)
    before = pace.cost(4)
    pace.took(4, 100.0)
    assert pace.cost(4) <= before * 1.21


# --- with a model


@pytest.fixture(scope="module")
def drafting(models_dir: Path) -> Iterator[LlamaModel]:
    path = weights.language_model("smollm2-135m", models_dir)
    model = LlamaModel(path, name="tiny", context=2048, drafts=True, pace=Eager())
    yield model
    model.close()


def answer(model: LlamaModel, prompt: Prompt, *, drafts: bool, most: int = 12) -> tuple[list[str], list[float], Work]:
    work: list[Work] = []
    pieces = list(model.stream(prompt, Sampling(max_tokens=most, drafts=drafts), told=work.append))
    return [piece.text for piece in pieces], [piece.logprob for piece in pieces], work[0]


def ask(number: int) -> Prompt:
    """A prompt whose answer is likely to repeat it."""
    facts = [
        f"In {1900 + 7 * number + i} the harbour of Port {number + i} was closed for {i + 2} days. " for i in range(3)
    ]
    return Prompt("Repeat the text.", tuple(facts), f"Question: what happened in {1900 + 7 * number + 3}?\nAnswer:")


def test_drafting_needs_a_machine_on_which_it_is_exact(drafting: LlamaModel) -> None:
    if drafting.native.exact_batch <= LONGEST:
        pytest.skip("this CPU does not compute batches exactly as single tokens")
    assert drafting._drafts


@pytest.mark.slow
def test_a_hundred_answers_are_the_same_token_for_token(drafting: LlamaModel) -> None:
    if not drafting._drafts:
        pytest.skip("this CPU does not compute batches exactly as single tokens")
    accepted = 0
    for number in range(100):
        plain = answer(drafting, ask(number), drafts=False)
        drafted = answer(drafting, ask(number), drafts=True)
        assert drafted[0] == plain[0]
        assert drafted[1] == plain[1]  # to the last bit, not only to the same choice
        assert plain[2].drafted == 0
        accepted += drafted[2].accepted
    assert accepted > 50


def test_the_work_is_told_also_when_the_asker_leaves(drafting: LlamaModel) -> None:
    told: list[Work] = []
    stream = drafting.stream(ask(1), told=told.append)
    next(iter(stream))
    stream.close()  # type: ignore[attr-defined]
    assert len(told) == 1
    assert told[0].prompt_tokens > 40
    assert told[0].read > 0.0
