"""Fusion: two stages that agree win, and a language that BM25 cannot read is not pushed down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import Candidate, fuse, ranks


def order(candidates: list[Candidate], lexical_weight: float = 0.5) -> list[int]:
    return [number for number, _ in fuse(candidates, lexical_weight=lexical_weight)]


def test_without_words_the_cosine_decides() -> None:
    assert order([Candidate(1, 0.8, None), Candidate(2, 0.9, None), Candidate(3, 0.7, None)]) == [2, 1, 3]


def test_words_settle_what_the_cosine_leaves_open() -> None:
    assert order([Candidate(1, 0.80, 0.0), Candidate(2, 0.80, 9.0), Candidate(3, 0.70, 0.0)]) == [2, 1, 3]


def test_weight_zero_is_dense_alone() -> None:
    assert order([Candidate(1, 0.9, 0.0), Candidate(2, 0.8, 9.0)], lexical_weight=0.0) == [1, 2]


def test_a_foreign_passage_that_is_clearly_nearest_stays_first() -> None:
    spoken = [Candidate(i, 0.80 + i / 1000, float(i)) for i in range(1, 6)]
    assert order([*spoken, Candidate(9, 0.90, None)])[0] == 9


def test_a_foreign_passage_that_is_not_near_does_not_profit() -> None:
    spoken = [Candidate(i, 0.80 + i / 1000, float(i)) for i in range(1, 6)]
    assert order([*spoken, Candidate(9, 0.70, None)])[-1] == 9


def test_ties_go_by_id_and_nothing_is_fine() -> None:
    assert order([Candidate(2, 0.5, None), Candidate(1, 0.5, None)]) == [1, 2]
    assert fuse([], lexical_weight=0.5) == []


@given(
    st.lists(
        st.builds(Candidate, st.integers(0, 10**6), st.floats(-1, 1), st.none() | st.floats(0, 50)),
        unique_by=lambda candidate: candidate.id,
    ),
    st.floats(0, 5),
)
def test_every_candidate_comes_out_once_with_falling_scores(candidates: list[Candidate], weight: float) -> None:
    fused = fuse(candidates, lexical_weight=weight)
    assert sorted(number for number, _ in fused) == sorted(candidate.id for candidate in candidates)
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)


def test_ranks_count_from_one() -> None:
    assert ranks([(7, 0.9), (3, 0.5)]) == {7: 1, 3: 2}


def test_a_better_cosine_never_hurts() -> None:
    base = [Candidate(1, 0.7, 1.0), Candidate(2, 0.8, 2.0), Candidate(3, 0.75, None)]
    better = [Candidate(1, 0.95, 1.0), *base[1:]]
    assert order(better).index(1) <= order(base).index(1)
    assert dict(fuse(better, lexical_weight=0.5))[1] == pytest.approx(
        max(dict(fuse(better, lexical_weight=0.5)).values())
    )
