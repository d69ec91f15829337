"""Where the right passages stand in a ranking, and what that amounts to over many questions: pure functions.

Every definition here is in words in ``docs/evaluation.md``; the two change together.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from evals.scoring import holds
from evals.sets import EvalSet, Question

CUTS = (1, 3, 5, 10)
"""The k of recall@k."""
DEPTH = 10
"""The k of nDCG."""
SHORT = 2.0
"""Passages that an article has on average below which articles, and not passages, are ranked."""

Unit = Literal["article", "passage"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """How one stage ranked one question.

    Attributes:
        relevant: For each unit of the ranking, best first, whether it is of a gold article.
        total: How many such units the library holds.
        holding: For each passage of the ranking, best first, whether it holds an alias; None without answers.
    """

    relevant: tuple[bool, ...]
    total: int
    holding: tuple[bool, ...] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A passage in a ranking: its article's id and its text."""

    article_id: str
    text: str


def unit_of(passages: int, articles: int) -> Unit:
    """What is ranked in a set of so many passages and articles: articles where they are short, else passages."""
    return "article" if passages < SHORT * articles else "passage"


def judge(question: Question, ranking: Sequence[Found], unit: Unit, sizes: dict[str, int]) -> Ranked:
    """Judge one ranking.

    Args:
        question: Its ``gold`` and ``answers`` count.
        ranking: Passages, best first.
        unit: Whether articles are ranked, each by its best passage, or passages.
        sizes: Passages of each gold article, by id.
    """
    gold = set(question.gold)
    if unit == "article":
        order = list(dict.fromkeys(found.article_id for found in ranking))
        total = len(gold)
    else:
        order = [found.article_id for found in ranking]
        total = sum(sizes.get(article_id, 0) for article_id in gold)
    aliases = [alias for group in question.answers for alias in group]
    # Only the cuts are reported, so that looking further would be for nothing.
    holding = tuple(any(holds(found.text, a) for a in aliases) for found in ranking[: max(CUTS)]) if aliases else None
    return Ranked(tuple(article_id in gold for article_id in order), total, holding)


def figures(ranked: Collection[Ranked]) -> dict[str, float | int]:
    """Recall, mean reciprocal rank and nDCG over questions, with their number ``n``; at least one question.

    recall@k is the share of questions with a relevant unit among the first k. ``answer_recall@k``, over ``answer_n``
    questions with answers, is the share with a passage among the first k that holds an alias.
    """
    places = [_first(one.relevant) for one in ranked]
    result: dict[str, float | int] = {"n": len(ranked)}
    result.update({f"recall@{k}": _share(places, k) for k in CUTS})
    result["mrr"] = fmean(1.0 / place if place else 0.0 for place in places)
    result[f"ndcg@{DEPTH}"] = fmean(_ndcg(one) for one in ranked)
    answers = [_first(one.holding) for one in ranked if one.holding is not None]
    if answers:
        result["answer_n"] = len(answers)
        result.update({f"answer_recall@{k}": _share(answers, k) for k in CUTS})
    return result


def pair_of(question: Question, languages: dict[str, str]) -> str:
    """The language pair of a question, such as ``"en-sv"``: its own, and those of its gold articles joined by ``+``."""
    return f"{question.language}-{'+'.join(sorted({languages[article_id] for article_id in question.gold}))}"


def judged(eval_set: EvalSet) -> list[Question]:
    """The questions that count: answerable, with gold articles."""
    return [question for question in eval_set.questions if question.answerable and question.gold]


def _first(relevant: Sequence[bool]) -> int | None:
    """The place of the first relevant one, from 1."""
    return next((place for place, right in enumerate(relevant, start=1) if right), None)


def _share(places: Sequence[int | None], k: int) -> float:
    return fmean(place is not None and place <= k for place in places)


def _ndcg(ranked: Ranked) -> float:
    """Normalised discounted cumulative gain with gains of 0 and 1 (Järvelin and Kekäläinen, 2002)."""
    gain = sum(1.0 / math.log2(place + 1) for place, right in enumerate(ranked.relevant[:DEPTH], start=1) if right)
    ideal = sum(1.0 / math.log2(place + 1) for place in range(1, min(ranked.total, DEPTH) + 1))
    return gain / ideal if ideal else 0.0
