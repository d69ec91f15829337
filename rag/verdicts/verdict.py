"""Is a claim stated? Signals that can be counted or compared, and the probability they make together.

The signals are independent of the language model: what a sentence's numbers, dates, names and words have in common with
its quote and with all that was read, how its tokens align with theirs, and small words that turn a meaning. None is a
length: within one kind of articles lengths betray much, and in the next kind the opposite. ``verdicts.json`` holds
what ``python -m evals.fit_verdicts`` made of claims that people have judged, and says from what.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from importlib import resources

import numpy as np

from index.embed import Vectors
from rag.facts import claims
from rag.facts.claims import Terms
from rag.verdicts.cues import Cues

# Below this cosine of centred vectors a token has no counterpart.
_ALIGNED = 0.5
_WORST = 5  # one token in so many
_MUCH_ELSE = 0.3  # share of the best sentence's terms that the claim does not have


@dataclass(frozen=True, slots=True)
class Text:
    """A claim or a sentence, as it is compared.

    Attributes:
        text: Its characters.
        terms: What it says that can be checked.
        stems: All its words in order, stemmed.
        vector: Shape ``(d,)``, centred and of length one; None if it was not embedded.
        tokens: Shape ``(t, d)``, likewise; None if it was not embedded.
        weights: Shape ``(t,)``, how much each token counts, summing to one.
    """

    text: str
    terms: Terms
    stems: tuple[str, ...]
    vector: Vectors | None = None
    tokens: Vectors | None = None
    weights: Vectors | None = None


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a claim, each from 0 to 1 but the cosines, which may be a little below 0.

    Attributes:
        covered, covered_all: Weighted share of the claim's terms in the quote, in all that was read.
        new_covered: The same in the quote, of what the claim adds to the question.
        pairs, triples: Share of the claim's consecutive words that stand so in one of the sentences.
        numbers_missing, names_missing, words_missing: Share of the claim's that nothing read holds.
        similar: Cosine of the claim and its best sentence.
        aligned, aligned_all: Mean over the claim's tokens of the best cosine with one of the quote's, of any's.
        weakest, weakest_all: Mean of the worst fifth of them.
        unaligned: Share of the claim's tokens without a counterpart anywhere.
        reverse: Mean over the best sentence's tokens of the best cosine with one of the claim's.
        extra: Share of the best sentence's terms that the claim does not have.
        negation_differs: Just one of claim and quote is negative.
        unreal_dropped, unreal_added: What the quote has as tried, wanted or possible the claim has as so, or reverse.
    """

    covered: float
    covered_all: float
    new_covered: float
    pairs: float
    triples: float
    numbers_missing: float
    names_missing: float
    words_missing: float
    similar: float
    aligned: float
    aligned_all: float
    weakest: float
    weakest_all: float
    unaligned: float
    reverse: float
    extra: float
    negation_differs: float
    unreal_dropped: float
    unreal_added: float


NAMES = tuple(field.name for field in fields(Signals))
"""The signals in the order of :func:`values`."""


def values(signals: Signals) -> list[float]:
    """The signals as numbers, in the order of ``NAMES``."""
    return [float(value) for value in astuple(signals)]


def signals(
    claim: Text, asked: Terms, read: Sequence[Text], everything: Terms, *, best: int, run: Sequence[int]
) -> Signals:
    """Compare a claim with what was read.

    Args:
        claim: Embedded.
        asked: The question's terms.
        read: Sentences that may state it, at least one; those that were embedded count in alignment.
        everything: Terms of all sentences, also of those not in ``read``.
        best: Place in ``read`` of the sentence most like the claim; embedded.
        run: Places in ``read`` of the sentences of the quote.
    """
    quoted = Terms.joined([read[place].terms for place in run])
    top = read[best]
    said, told = (
        Cues.of(claim.text, claim.terms.language),
        Cues.of(" ".join(read[place].text for place in run), quoted.language),
    )
    return Signals(
        covered=_share(claim.terms, quoted),
        covered_all=_share(claim.terms, everything),
        new_covered=_new_share(claim.terms, quoted, asked),
        pairs=_chains(claim, read, 2),
        triples=_chains(claim, read, 3),
        numbers_missing=_missing(claim.terms, everything, ("number", "date")),
        names_missing=_missing(claim.terms, everything, ("name",)),
        words_missing=_missing(claim.terms, everything, ("word",)),
        **_alignment(claim, read, best, run),
        extra=1.0 - _share(top.terms, claim.terms),
        negation_differs=float((said.negation > 0) != (told.negation > 0)),
        unreal_dropped=float(told.unreal > said.unreal),
        unreal_added=float(said.unreal > told.unreal),
    )


def _share(claim: Terms, evidence: Terms) -> float:
    """The weighted share of a text's terms that another holds; 0.5 where there is nothing to compare."""
    total = held = 0.0
    for term in claims.weighed(claim, evidence.language):
        total += term.weight
        held += term.weight if claims.holds(evidence, term) else 0.0
    return held / total if total else 0.5


def _new_share(claim: Terms, evidence: Terms, asked: Terms) -> float:
    """The same of what the claim adds to the question; all of it where it adds nothing."""
    new = [term for term in claims.weighed(claim, evidence.language) if not claims.holds(asked, term)]
    total = sum(term.weight for term in new)
    return sum(term.weight for term in new if claims.holds(evidence, term)) / total if total else 1.0


def _missing(claim: Terms, evidence: Terms, kinds: Sequence[str]) -> float:
    """The share of a claim's terms of some kinds that the evidence lacks; 0 if it has none."""
    some = [term for term in claims.weighed(claim, evidence.language) if term.kind in kinds]
    return sum(not claims.holds(evidence, term) for term in some) / len(some) if some else 0.0


def _chains(claim: Text, read: Sequence[Text], size: int) -> float:
    """The share of the claim's runs of ``size`` words that stand in a sentence of its language."""
    wanted = _grams(claim.stems, size)
    if not wanted:
        return 0.0
    return len(wanted & set().union(*(_grams(text.stems, size) for text in read))) / len(wanted)


def _grams(stems: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return set(zip(*(stems[i:] for i in range(size)), strict=False))


def _alignment(claim: Text, read: Sequence[Text], best: int, run: Sequence[int]) -> dict[str, float]:
    """How the tokens of the claim match those of the sentences."""
    names = ("similar", "aligned", "aligned_all", "weakest", "weakest_all", "unaligned", "reverse")
    top = read[best]
    if not _embedded(claim) or not _embedded(top):
        return dict.fromkeys(names, 0.0)
    assert claim.tokens is not None and claim.weights is not None and claim.vector is not None  # noqa: S101
    matrices = {
        i: claim.tokens @ text.tokens.T for i, text in enumerate(read) if text.tokens is not None and len(text.tokens)
    }
    in_run = np.max([matrices[i].max(axis=1) for i in run if i in matrices] or [matrices[best].max(axis=1)], axis=0)
    anywhere = np.max([matrix.max(axis=1) for matrix in matrices.values()], axis=0)
    worst = max(1, len(in_run) // _WORST)
    assert top.vector is not None and top.weights is not None  # noqa: S101
    found = (
        float(claim.vector @ top.vector),
        float(in_run @ claim.weights),
        float(anywhere @ claim.weights),
        float(np.sort(in_run)[:worst].mean()),
        float(np.sort(anywhere)[:worst].mean()),
        float(claim.weights[anywhere < _ALIGNED].sum()),
        float(matrices[best].max(axis=0) @ top.weights),
    )
    return dict(zip(names, found, strict=True))


def _embedded(text: Text) -> bool:
    return text.tokens is not None and len(text.tokens) > 0


SUPPORTED, PARTLY = 0.5, 0.2
"""Probabilities from which a claim is supported, or partly."""
SUPPORTED_ABROAD = 0.45
"""The same where all quotes are in other languages, of which no word can be counted, and none is negative alone."""


def support(found: Signals) -> float:
    """The probability, 0 to 1, that a claim with these signals is stated."""
    return _weights().probability(found)


def denied(found: Signals, *, only_negation: bool = False) -> bool:
    """Whether the quote says much the same as the claim, but one of the two is negative: "will close", "won't close".

    Of such pairs in two sets of entailment one in thirty states its claim; where a quote says much else besides, its
    negation is often about that.

    Args:
        found: What speaks for the claim.
        only_negation: Whether the claim says nothing else, as "No." does: then a quote may say as much as it likes.
    """
    return found.negation_differs > 0 and (only_negation or found.extra < _MUCH_ELSE)


@dataclass(frozen=True, slots=True)
class _Weights:
    """A logistic regression over the signals."""

    middle: Vectors
    spread: Vectors
    weights: Vectors
    bias: float

    def probability(self, found: Signals) -> float:
        standard = (np.array(values(found), dtype=np.float64) - self.middle) / self.spread
        return float(1.0 / (1.0 + np.exp(-(standard @ self.weights + self.bias))))


@lru_cache(maxsize=1)
def _weights() -> _Weights:
    content = json.loads(resources.files("rag").joinpath("verdicts.json").read_text(encoding="utf-8"))
    listed = content["signals"]
    row = {name: np.array([listed[signal][name] for signal in NAMES]) for name in ("mean", "spread", "weight")}
    return _Weights(row["mean"], row["spread"], row["weight"], float(content["bias"]))
