"""Fusion: stages that agree win, a language that BM25 cannot read is not pushed down, missing vectors do no harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import FOREIGN_COSINE, FOREIGN_LATE, Candidate, fuse, level, ranks


def order(candidates: list[Candidate], lexical_weight: float = 0.5) -> list[int]:
    return [number for number, _ in fuse(candidates, lexical_weight=lexical_weight)]


def test_late_interaction_comes_before_the_cosine() -> None:
    assert order([Candidate(1, 0.9, None, 0.5), Candidate(2, 0.8, None, 0.6)]) == [2, 1]


def test_the_score_is_similarity_and_a_share_of_words() -> None:
    scores = dict(fuse([Candidate(1, 0.9, 1.0, 0.5), Candidate(2, 0.8, 0.0, 0.7)], lexical_weight=0.5))
    assert scores == pytest.approx({1: 0.5 + 0.1, 2: 0.7})


def test_a_foreign_passage_is_given_what_it_lost_and_the_words_it_would_share() -> None:
    scores = dict(fuse([Candidate(1, 0.9, None, 0.53)], lexical_weight=0.5))
    assert scores[1] == pytest.approx(0.53 + FOREIGN_LATE + 0.1 * 4.0 * (0.53 + FOREIGN_LATE - 0.49))


def test_without_words_the_cosine_decides() -> None:
    assert order([Candidate(1, 0.8, None), Candidate(2, 0.9, None), Candidate(3, 0.7, None)]) == [2, 1, 3]


def test_words_settle_what_the_cosine_leaves_open() -> None:
    assert order([Candidate(1, 0.80, 0.0), Candidate(2, 0.80, 0.9), Candidate(3, 0.70, 0.0)]) == [2, 1, 3]


def test_weight_zero_is_similarity_alone() -> None:
    assert order([Candidate(1, 0.9, 0.0), Candidate(2, 0.8, 0.9)], lexical_weight=0.0) == [1, 2]
    assert order([Candidate(1, 0.9, 0.0, 0.4), Candidate(2, 0.8, 0.9, 0.3)], lexical_weight=0.0) == [1, 2]


@pytest.mark.parametrize("with_late", [False, True])
def test_a_foreign_passage_that_is_clearly_nearest_stays_first(with_late: bool) -> None:
    own = [Candidate(i, 0.80 + i / 1000, i / 20, 0.40 + i / 100 if with_late else None) for i in range(1, 9)]
    assert order([*own, Candidate(9, 0.90, None, 0.60 if with_late else None)])[0] == 9


@pytest.mark.parametrize("with_late", [False, True])
def test_a_foreign_passage_that_is_not_near_does_not_profit(with_late: bool) -> None:
    own = [Candidate(i, 0.80 + i / 1000, 0.3 + i / 20, 0.40 + i / 100 if with_late else None) for i in range(1, 6)]
    assert order([*own, Candidate(9, 0.70, None, 0.20 if with_late else None)])[-1] == 9


def test_a_passage_without_token_vectors_takes_its_place_by_its_cosine() -> None:
    candidates = [Candidate(i, 0.70 + i / 50, 0.0, 0.30 + i / 20) for i in range(1, 6)]
    candidates[2] = Candidate(3, 0.76, 0.0)
    assert order(candidates) == [5, 4, 3, 2, 1]
    assert order([Candidate(1, 0.9, 0.0, 0.5), Candidate(2, 0.8, 0.0), Candidate(3, 0.7, 0.0)])[1:] == [2, 3]


def test_ties_go_by_id_and_nothing_is_fine() -> None:
    assert order([Candidate(2, 0.5, None), Candidate(1, 0.5, None)]) == [1, 2]
    assert fuse([], lexical_weight=0.5) == []


@given(
    st.lists(
        st.builds(
            Candidate,
            st.integers(0, 10**6),
            st.floats(-1, 1),
            st.none() | st.floats(0, 3),
            st.none() | st.floats(-1, 1),
        ),
        unique_by=lambda candidate: candidate.id,
    ),
    st.floats(0, 5),
)
def test_every_candidate_comes_out_once_with_falling_scores(candidates: list[Candidate], weight: float) -> None:
    fused = fuse(candidates, lexical_weight=weight)
    assert sorted(number for number, _ in fused) == sorted(candidate.id for candidate in candidates)
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)


def test_better_late_interaction_never_hurts() -> None:
    base = [Candidate(1, 0.7, 0.1, 0.4), Candidate(2, 0.8, 0.2, 0.5), Candidate(3, 0.75, None, 0.45)]
    better = [Candidate(1, 0.7, 0.1, 0.6), *base[1:]]
    assert order(better).index(1) < order(base).index(1)


def test_levelling_lets_a_foreign_passage_catch_up() -> None:
    dense = [(1, 0.84), (2, 0.83), (3, 0.82), (4, 0.81)]
    levelled = level(dense, {1: False, 2: False, 3: True})
    assert [i for i, _ in levelled] == [3, 1, 2]  # 4 is gone
    assert dict(levelled)[3] == pytest.approx(0.82 + FOREIGN_COSINE)


def test_ranks_count_from_one() -> None:
    assert ranks([(7, 0.9), (3, 0.5)]) == {7: 1, 3: 2}
