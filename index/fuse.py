"""Dense, lexical and late-interaction scores → one ranking. Pure.

Similarity comes first: late interaction where a passage has token vectors, the standardised cosine where it has none.
BM25 is added as a share of what a passage of average length reaches that holds each word of the question once. That
means the same for every question, unlike a rank, a standard score, or a share of the best score found.

Both favour the question's own language, and that would hide the better passage of another one:

- The same question asked in Swedish and in English gives the passage that answers it, and those beside it, other
  scores: less by ``FOREIGN_COSINE`` and ``FOREIGN_LATE``. A passage in another language is given that much.
- BM25 has nothing to say about it. Silence is not a low score: it is replaced by the share that passages as similar
  as this one have on average within a language, which is the same line in English, Swedish and Norwegian.

All constants were tuned on the sets of ``docs/evaluation.md`` together; what else was tried is in ``docs/decisions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FOREIGN_COSINE = 0.04
"""Cosine that a passage loses when it is asked about in another language: .044 where it answers, .038 elsewhere."""
FOREIGN_LATE = 0.08
"""The same for late interaction: .076 where it answers, .047 elsewhere; any of .07 to .09 does as well."""

# What lexical_weight is multiplied by: its default of 0.5 gives 0.1, in the middle of a plateau from .05 to .2.
_LEXICAL = 0.2
# The share of BM25 against similarity, within a language: nothing to speak of, and then a straight line.
_SLOPE, _FOOT, _LEAST = 4.0, 0.49, 0.1
# What standardised cosines are scaled to where nothing has token vectors: the mean of late interaction over the
# candidates of a question, and two thirds of its spread, .06, as BM25 deserves more beside a cosine; .03 does as well.
_MEAN, _SPREAD = 0.47, 0.04


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage to be ranked.

    Attributes:
        id: Of the passage.
        dense: Cosine of question and passage.
        lexical: BM25 over what each of the question's words once would give, or None where BM25 cannot speak, because
            the passage is in another language.
        late: Late interaction, or None where there are no token vectors.
    """

    id: int
    dense: float
    lexical: float | None
    late: float | None = None


def fuse(candidates: Sequence[Candidate], *, lexical_weight: float) -> list[tuple[int, float]]:
    """Rank candidates by similarity + 0.2 x ``lexical_weight`` x lexical share, best first.

    Args:
        candidates: Each passage once.
        lexical_weight: 0 ranks by similarity alone.

    Returns:
        ``(id, fused score)`` of every candidate; ties in the order of ids, so that a result never depends on chance.
    """
    foreign = np.array([c.lexical is None for c in candidates], dtype=bool)
    similarity = _similarity(candidates, foreign)
    expected = np.maximum(_LEAST, _SLOPE * (similarity - _FOOT))
    shares = np.array([c.lexical or 0.0 for c in candidates], dtype=np.float64)
    scores = similarity + _LEXICAL * lexical_weight * np.where(foreign, expected, shares)
    ranked = sorted(zip(candidates, scores, strict=True), key=lambda pair: (-pair[1], pair[0].id))
    return [(candidate.id, float(score)) for candidate, score in ranked]


def level(dense: Sequence[tuple[int, float]], foreign: Mapping[int, bool]) -> list[tuple[int, float]]:
    """Cosines as they would be if the question had been asked in each passage's own language, best first.

    Args:
        dense: ``(id, cosine)``.
        foreign: Whether a passage is in another language than the question; ids that are not in it are left out.
    """
    levelled = [(i, cosine + FOREIGN_COSINE * foreign[i]) for i, cosine in dense if i in foreign]
    return sorted(levelled, key=lambda pair: (-pair[1], pair[0]))


def ranks(scored: Sequence[tuple[int, float]]) -> Mapping[int, int]:
    """Place of each id in a list that is sorted best first, from 1."""
    return {passage_id: place for place, (passage_id, _) in enumerate(scored, start=1)}


def _similarity(candidates: Sequence[Candidate], foreign: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Late interaction, or, where there is none, the cosine with the mean and spread that late interaction has."""
    cosines = np.array([c.dense for c in candidates], dtype=np.float64) + FOREIGN_COSINE * foreign
    late = np.array([np.nan if c.late is None else c.late for c in candidates]) + FOREIGN_LATE * foreign
    seen = ~np.isnan(late)
    if seen.all():
        return np.asarray(late)
    if seen.sum() < 2 or late[seen].std() < 1e-9:
        return np.asarray(np.where(seen, late, _MEAN + _SPREAD * _standardise(cosines)))
    # Where some passages have token vectors, theirs say what this question's scores are like.
    scaled = late[seen].mean() + late[seen].std() * _standardise(cosines, among=seen)
    return np.asarray(np.where(seen, late, scaled))


def _standardise(
    values: npt.NDArray[np.float64], among: npt.NDArray[np.bool_] | None = None
) -> npt.NDArray[np.float64]:
    """Values less the mean, over the standard deviation, of some of them."""
    some = values if among is None else values[among]
    spread = some.std() if len(some) else 0.0
    return np.asarray((values - some.mean()) / spread) if spread > 1e-9 else np.zeros_like(values)
