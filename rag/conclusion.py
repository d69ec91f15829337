"""From what the model said to what is shown: what does not stand on a quote is left out, or the answer is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag import confidence, prompt, reading
from rag.reading import Reading
from rag.settings import Settings
from rag.types import Answer, Citation, Quote


def of_readings(answer: Answer, readings: Sequence[Reading], settings: Settings) -> Answer:
    """The answer that all rounds make together, or the honest sentence.

    Args:
        answer: With its sources.
        readings: Of all rounds, at least one.
        settings: ``strict`` and ``min_confidence`` count.
    """
    best = reading.chosen(readings)
    signals = {**best.opinion.signals, **reading.votes_on(best, readings)}
    answer = replace(
        answer,
        signals=signals,
        confidence=confidence.fitted().probability(signals) * best.belief,
        opinions=tuple(one.opinion for one in readings),
        said_in=best.opinion.said_in or answer.language,
    )
    if best.refused:
        return abstained(answer)
    text, citations = best.opinion.text, best.citations
    return concluded(answer, text, citations, strict=settings.strict, threshold=settings.min_confidence)


def concluded(answer: Answer, text: str, citations: Sequence[Citation], *, strict: bool, threshold: float) -> Answer:
    """The answer to show.

    Args:
        answer: With its sources and its confidence.
        text: What the model said.
        citations: Its sentences with their quotes and verdicts.
        strict: Leave out sentences that no quote supports.
        threshold: Confidence below which there is no answer.

    Returns:
        The answer; ``not_in_articles`` if its confidence is too low or none of it stands.
    """
    shown = tuple(citation for citation in citations if citation.verdict != "unsupported") if strict else None
    if answer.confidence < threshold or not citations or shown == ():
        return abstained(answer)
    if shown is None or len(shown) == len(citations):
        return replace(answer, text=text, status="answered", citations=tuple(citations))
    return _only(shown, replace(answer, status="answered"))


def abstained(answer: Answer) -> Answer:
    """The honest sentence, with the nearest passages as its sources."""
    text = prompt.not_in_articles(answer.language)
    return replace(answer, text=text, status="not_in_articles", citations=(), said_in=answer.language)


def _only(citations: Sequence[Citation], answer: Answer) -> Answer:
    """The answer that consists of these sentences, its quotes numbered from 1 again."""
    text, moved = "", list[Citation]()
    numbers: dict[int, int] = {}
    for citation in citations:
        start = len(text) + bool(text)
        text = f"{text} {citation.sentence}" if text else citation.sentence
        quotes = tuple(_renumbered(quote, numbers) for quote in citation.quotes)
        moved.append(replace(citation, start=start, end=len(text), quotes=quotes))
    return replace(answer, text=text, citations=tuple(moved))


def _renumbered(quote: Quote, numbers: dict[int, int]) -> Quote:
    return replace(quote, number=numbers.setdefault(quote.number, len(numbers) + 1))
