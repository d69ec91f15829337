"""How probable it is that an answer is right: signals, and a small fitted model over some of them.

Most signals come from what was computed anyway: scores of the search, how much of the question the quoted article
holds, the probabilities of the model's tokens, how well the quotes state the answer. ``confidence.json`` weighs four:
how well it is quoted, whether and how nearly the model refused, and, where that leaves a doubt, whether the passages
are said to answer the question (:mod:`rag.probe`). It is a logistic regression, fitted by ``python -m
evals.fit_confidence`` on public sets; the file says on which.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from index.types import Hit
from rag.facts import claims
from rag.facts.claims import Terms
from rag.reading import DENIED, Draft
from rag.types import Citation

Signals = Mapping[str, float]

NO_VOTES: Signals = {"rounds": 0.0, "agreed": 0.0, "dissented": 0.0, "refusals": 0.0}
"""What other rounds say of an answer, as long as there are none; see :func:`rag.reading.votes_on`."""

DOUBT = (0.02, 0.9)
"""Confidence between which the model is asked whether the passages answer the question; see :func:`in_doubt`."""

# What stands for a logarithm of no probability at all.
_NEVER = -10.0
_NOTHING = Terms.of("", "")


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression.

    Attributes:
        names: Of the signals, in order.
        means, scales: What each is standardised with.
        weights: Of each, once standardised.
        bias: What the weighted sum starts from.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Model:
        """The model in a file such as ``confidence.json``."""
        return cls(
            names=tuple(content["names"]),
            means=tuple(content["means"]),
            scales=tuple(content["scales"]),
            weights=tuple(content["weights"]),
            bias=float(content["bias"]),
        )

    def probability(self, signals: Signals) -> float:
        """Of what the model was fitted to tell, 0 to 1; a signal that is not there counts as average."""
        rows = zip(self.names, self.means, self.scales, self.weights, strict=True)
        total = self.bias + sum(w * (signals.get(name, mean) - mean) / scale for name, mean, scale, w in rows)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def fitted() -> Model:
    """The model that ships with Pullquote."""
    return Model.of(json.loads((resources.files("rag") / "confidence.json").read_text(encoding="utf-8")))


def in_doubt(probability: float) -> bool:
    """Whether it is worth a third of a second to ask the model whether the passages answer the question at all."""
    low, high = DOUBT
    return low <= probability <= high


def signals(question: str, asked_in: str, hits: Sequence[Hit], draft: Draft, citations: Sequence[Citation]) -> Signals:
    """What can be known of an answer without asking anybody, each as a number.

    Args:
        question: Standing on its own.
        asked_in: ISO 639-1 code of it.
        hits: All that was found, best first; at least one.
        draft: What the model said.
        citations: The sentences of the answer with their quotes; none for a refusal.

    Returns:
        The signals by name; without how much of the question's words something holds, where it is in another language.
    """
    asked = Terms.of(question, asked_in)
    held = [asked_in_hit(asked, hit) for hit in hits]
    comparable = [one for one in held if one is not None]
    scores = [hit.score for hit in hits]
    logprobs = draft.logprobs or (_NEVER,)
    made = {
        "found": scores[0],
        "gap": scores[0] - scores[1] if len(scores) > 1 else 0.0,
        "above": scores[0] - sum(scores) / len(scores),
        "cosine": hits[0].dense or 0.0,
        "asked_in_best": held[0],
        "asked_in_any": max(comparable, default=None),
        "native": float(hits[0].article.language == asked_in),
        "first": logprobs[0],
        "sure": sum(logprobs) / len(logprobs),
        "least": min(logprobs),
        "read": math.log(max(1, draft.read)),
        "refused": float(draft.refused),
        "unfound": draft.unfound,
        "stated": DENIED if draft.refused and draft.unfound is not None else None,
        **NO_VOTES,
        **_of_answer(asked, asked_in, hits, draft, citations),
    }
    return {name: value for name, value in made.items() if value is not None}


def _of_answer(
    asked: Terms, asked_in: str, hits: Sequence[Hit], draft: Draft, citations: Sequence[Citation]
) -> dict[str, float | None]:
    """Signals of an answer and its quotes; all 0 for a refusal."""
    if draft.refused or not citations:
        return dict[str, float | None](dict.fromkeys(("support", "quoted", "agreeing", "new", "rank"), 0.0))
    new = _words(Terms.of(draft.text, draft.said_in or asked_in)) - _words(asked)
    quotes = [quote for citation in citations for quote in citation.quotes]
    quoted = Terms.of(" ".join(quote.text for quote in quotes), quotes[0].article.language) if quotes else _NOTHING
    agreeing = [bool(new) and new <= _words(_terms(hit)) for hit in hits]
    articles = {quote.article_id for quote in quotes}
    return {
        "support": min(citation.support for citation in citations),
        "quoted": min(max((quote.score for quote in citation.quotes), default=0.0) for citation in citations),
        "asked_in_quotes": _held(asked, quoted) if quotes else 0.0,
        "agreeing": sum(agreeing) / len(agreeing),
        "new": min(3.0, float(len(new))),
        "rank": math.log(1 + next((i for i, hit in enumerate(hits) if hit.article.id in articles), len(hits))),
    }


def asked_in_hit(asked: Terms, hit: Hit) -> float | None:
    """How much of a question a passage and its title hold, 0 to 1, or None where these are in another language."""
    return _held(asked, _terms(hit))


def _held(asked: Terms, there: Terms) -> float | None:
    """How much of the question a text holds, or None where its language is another one."""
    if not claims.comparable(asked.language, there.language):
        return None
    return claims.coverage(asked, there, _NOTHING) or 0.0


def _words(terms: Terms) -> set[str]:
    return {*terms.numbers, *terms.names, *terms.words}


def _terms(hit: Hit) -> Terms:
    return _terms_of(hit.article.title, hit.passage.text, hit.article.language)


@lru_cache(maxsize=256)  # every round weighs the same passages
def _terms_of(title: str, text: str, code: str) -> Terms:
    return Terms.of(f"{title}\n{text}", code)
