"""Each sentence of an answer → the quotes it stands on, cut out of the articles by code.

For a claim (a sentence of the answer, read together with the question) every sentence of the sources is scored by how
much of the claim's numbers, names and content words it holds, and by the similarity of their embeddings. The best one
is the quote; neighbours join it while they hold what it lacks. A claim that no sentence holds enough of gets none.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embed import Embedder, Vectors
from index.sentences import sentences
from index.types import Article, Span
from rag import claims
from rag.claims import Terms
from rag.types import Citation, Quote, Source, Verdict

# Share of a score that comes from what can be counted; the rest is embedding similarity.
_COUNTED = 0.7
# Scores from which a sentence is a quote, and a quote is proof.
_QUOTED, _PROVED = 0.35, 0.6
# A neighbour joins a quote if that raises the coverage of the claim by as much.
_GAIN = 0.1
_LONGEST_RUN = 3
_REMEMBERED = 4096
# A headline is proof of little: whoever doubts it wants the sentence below, so one that holds the whole claim
# (and scores _COUNTED at least) must win over any headline.
_HEADLINE = 0.95 * _COUNTED


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a source."""

    article: Article
    span: Span
    terms: Terms
    vector: Vectors

    @property
    def weight(self) -> float:
        """1 for a sentence that ends like one, less for a headline."""
        text = self.article.text[self.span.start : self.span.end]
        return 1.0 if re.search(r"[.!?…。！？।]\W*$", text) else _HEADLINE


class Attributor:
    """Finds the quotes under an answer.

    Args:
        embedder: Compares sentences, also across languages. Vectors of sentences are remembered.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    def cite(self, question: str, text: str, asked_in: str, sources: Sequence[Source]) -> tuple[Citation, ...]:
        """Each sentence of an answer's text with its quotes and a verdict.

        Args:
            question: What was asked.
            text: The answer.
            asked_in: ISO 639-1 code of both.
            sources: What the model was given; quotes are cut from their passages.

        Returns:
            The sentences in order. A quote's number is the same wherever the same span is quoted again.
        """
        return self._cited(question, text, asked_in, sources, sentences(text, asked_in))

    def weigh(self, question: str, claim: str, asked_in: str, sources: Sequence[Source]) -> Citation:
        """The same for a text that is one claim, however many sentences it has."""
        (citation,) = self._cited(question, claim, asked_in, sources, [Span(0, len(claim))])
        return citation

    def _cited(
        self, question: str, text: str, asked_in: str, sources: Sequence[Source], spans: Sequence[Span]
    ) -> tuple[Citation, ...]:
        evidence = self._evidence(sources)
        asked = Terms.of(question, asked_in)
        numbers: dict[tuple[str, int, int], int] = {}
        cited: list[Citation] = []
        for start, end in spans:
            claim = text[start:end]
            found = self._best(question, asked, claim, Terms.of(claim, asked_in), evidence)
            quotes = tuple(_numbered(numbers, article, span, score) for article, span, score, _ in found)
            verdict: Verdict = "unsupported" if not found else found[0][3]
            cited.append(Citation(claim, start, end, quotes, verdict, found[0][2] if found else 0.0))
        return tuple(cited)

    def _best(
        self, question: str, asked: Terms, claim: str, terms: Terms, evidence: Sequence[_Sentence]
    ) -> list[tuple[Article, Span, float, Verdict]]:
        """The one quote that states the claim best, or none, as (article, span, score, verdict)."""
        if not evidence:
            return []
        wanted = terms or asked
        similar = _relative([float(s.vector @ self._embedder.query(f"{question} {claim}")) for s in evidence])
        covered = [claims.coverage(wanted, s.terms, asked) for s in evidence]
        scores = [_mixed(c, s) * e.weight for c, s, e in zip(covered, similar, evidence, strict=True)]
        top = int(np.argmax(scores))
        span, held = _run(evidence, top, wanted, asked)
        coverage = claims.coverage(wanted, held, asked)
        score = _mixed(coverage, similar[top])
        if score < _QUOTED:
            return []
        proved = score >= _PROVED and not claims.missing(wanted, held, asked)
        return [(evidence[top].article, span, score, "supported" if proved else "partly")]

    def _evidence(self, sources: Sequence[Source]) -> list[_Sentence]:
        """Every sentence of the sources' passages once, in the order of the sources."""
        found: dict[tuple[str, Span], Article] = {}
        for source in sources:
            passage, article = source.hit.passage, source.article
            for span in sentences(article.text, article.language, article.furniture):
                if span.start < passage.end and passage.start < span.end:
                    found.setdefault((article.id, span), article)
        texts = [article.text[span.start : span.end] for (_, span), article in found.items()]
        vectors = self._embed(texts)
        return [
            _Sentence(article, span, Terms.of(text, article.language), vector)
            for ((_, span), article), text, vector in zip(found.items(), texts, vectors, strict=True)
        ]

    def _embed(self, texts: Sequence[str]) -> list[Vectors]:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, self._embedder.passages(new), strict=True))
        vectors = [self._vectors[text] for text in texts]
        for text in texts:
            self._vectors.move_to_end(text)
        while len(self._vectors) > _REMEMBERED:
            self._vectors.popitem(last=False)
        return vectors


def _mixed(coverage: float | None, similar: float) -> float:
    """What can be counted and what can only be compared, as one score; the latter alone if nothing can be counted."""
    return similar if coverage is None else _COUNTED * coverage + (1 - _COUNTED) * similar


def _run(evidence: Sequence[_Sentence], top: int, wanted: Terms, asked: Terms) -> tuple[Span, Terms]:
    """The best sentence, grown by neighbours of its article that hold what it lacks of the claim."""
    first = last = top
    held = evidence[top].terms
    while last - first + 1 < _LONGEST_RUN:
        now = claims.coverage(wanted, held, asked) or 0.0
        best, gain = None, _GAIN
        for neighbour in (first - 1, last + 1):
            if not 0 <= neighbour < len(evidence) or evidence[neighbour].article.id != evidence[top].article.id:
                continue
            if not _adjacent(evidence, min(first, neighbour), max(last, neighbour)):
                continue
            more = (claims.coverage(wanted, held | evidence[neighbour].terms, asked) or 0.0) - now
            if more > gain:
                best, gain = neighbour, more
        if best is None:
            break
        first, last = min(first, best), max(last, best)
        held = held | evidence[best].terms
    return Span(evidence[first].span.start, evidence[last].span.end), held


def _adjacent(evidence: Sequence[_Sentence], first: int, last: int) -> bool:
    """Whether sentences follow one another in their article with nothing but white space between."""
    text = evidence[first].article.text
    return all(
        evidence[i].span.end <= evidence[i + 1].span.start
        and not text[evidence[i].span.end : evidence[i + 1].span.start].strip()
        for i in range(first, last)
    )


def _relative(cosines: Sequence[float]) -> list[float]:
    """Cosines of one claim as 0 (median or less) to 1 (the best): embedders differ in what a cosine means."""
    middle, top = float(np.median(cosines)), max(cosines)
    return [max(0.0, c - middle) / (top - middle) if top - middle > 1e-6 else 1.0 for c in cosines]


def _numbered(numbers: dict[tuple[str, int, int], int], article: Article, span: Span, score: float) -> Quote:
    number = numbers.setdefault((article.id, span.start, span.end), len(numbers) + 1)
    return Quote(article, span.start, span.end, score, number)
