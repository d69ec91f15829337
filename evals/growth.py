"""How search, opening and memory grow with a library: what ``python -m evals.speed search`` measures.

To embed 100,000 passages takes half an hour, and says nothing about search. So a few thousand real sentences are
embedded once, and articles are put together of sentences drawn from them. A passage's token vectors are those of its
sentences, and its vector is their mean, which is what the embedder would make of them itself but for the context. All
else is real: articles are ingested, stored and searched by the same code as anybody's.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import psutil

from evals.sets import EvalSet
from index.catalog import CATALOG, Catalog
from index.embed import Embedder, Encoded, OnProgress, TokenIds, Vectors, no_tokens, unit
from index.exact import ExactVectors
from index.library import Library
from index.load import make_article
from index.sentences import sentences
from index.settings import Settings
from index.types import Article, Progress

SIZES = (1_000, 10_000, 100_000)
SHORTEST, LONGEST = 8, 60
"""Tokens of a sentence that is drawn: no headlines, and nothing that passages would cut."""
SENTENCES = 40
"""Sentences of an article."""
LIMIT = 10
"""Passages that a search is asked for."""

Clock = Callable[[], float]


class Peer(Protocol):
    """What search is compared with: :class:`evals.tutorial.PlainSearch`."""

    def add(self, ids: Sequence[int], texts: Sequence[str], vectors: Vectors) -> None:
        """Store passages."""

    def search(self, question: str, limit: int) -> list[int]:
        """Ids of the passages nearest to a question."""


class Recombined:
    """An embedder that knows some sentences by heart, and puts what is made of them together from its memory.

    Args:
        real: Whose vectors they are; it answers for questions and for all other texts.
    """

    def __init__(self, real: Embedder) -> None:
        self.name, self.identity, self.dimension = real.name, real.identity, real.dimension
        self.real = real
        self._tokens: dict[str, Vectors] = {}
        self._ids: dict[str, TokenIds] = {}

    def learn(self, lines: Sequence[str]) -> None:
        """Embed sentences, to be remembered."""
        encoded = self.real.encode_passages(lines)
        for line, tokens, ids in zip(lines, encoded.tokens, encoded.token_ids, strict=True):
            self._tokens[line], self._ids[line] = tokens, ids

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text; those of a known sentence are not counted again."""
        return [len(self._ids[text]) if text in self._ids else self.real.count_tokens([text])[0] for text in texts]

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """Vectors of texts, one sentence a line."""
        return self.encode_passages(texts, progress).vectors

    def encode_passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Encoded:
        """Vectors of texts, one sentence a line, and of their tokens."""
        encoded = no_tokens(len(texts), self.dimension)
        for place, text in enumerate(texts):
            lines = text.split("\n")
            if not all(line in self._tokens for line in lines):
                one = self.real.encode_passages([text], progress)
                encoded.vectors[place] = one.vectors[0]
                encoded.tokens[place], encoded.token_ids[place] = one.tokens[0], one.token_ids[0]
                continue
            encoded.tokens[place] = np.concatenate([self._tokens[line] for line in lines])
            encoded.token_ids[place] = np.concatenate([self._ids[line] for line in lines])
            encoded.vectors[place] = unit(encoded.tokens[place].mean(axis=0))
        return encoded

    def query(self, text: str) -> Vectors:
        """The real one's vector of a question."""
        return self.real.query(text)

    def encode_query(self, text: str) -> Encoded:
        """The real one's vectors of a question."""
        return self.real.encode_query(text)


def drawn(sets: Sequence[EvalSet], embedder: Embedder, count: int, seed: int = 0) -> dict[str, list[str]]:
    """Sentences of some sets by language: about ``count``, each once, each language's share as in the sets."""
    found: dict[str, str] = {}
    for one in sets:
        for article in one.articles:
            for start, end in sentences(article.text, article.language, ()):
                found.setdefault(" ".join(article.text[start:end].split()), article.language)
    lines = sorted(found)
    random.Random(seed).shuffle(lines)  # noqa: S311  a reproducible sample, not a secret
    lines = lines[: 2 * count]
    kept = [
        line for line, tokens in zip(lines, embedder.count_tokens(lines), strict=True) if SHORTEST <= tokens <= LONGEST
    ][:count]
    return {code: [line for line in kept if found[line] == code] for code in sorted({found[line] for line in kept})}


def articles(lines: Mapping[str, Sequence[str]], seed: int = 0) -> Iterator[Article]:
    """Articles without end, each of sentences of one language, a line each."""
    chosen = random.Random(seed)  # noqa: S311  as above
    codes = list(lines)
    weights = [len(lines[code]) for code in codes]
    number = 0
    while True:
        code = chosen.choices(codes, weights)[0]
        text = "\n".join(chosen.choices(lines[code], k=SENTENCES))
        yield make_article(text, id=f"{number:06}", title="", language=code)
        number += 1


@dataclass(slots=True)
class Growth:
    """One library that grows, and its peer, which is given the same passages.

    Args:
        directory: Of the library; empty.
        embedder, settings: As for any library.
        peer: What it is compared with, or None.
        corpus: Articles enough for every size.
        questions: What is asked at every size; at least one.
        clock: Seconds.
    """

    directory: Path
    embedder: Embedder
    settings: Settings
    peer: Peer | None
    corpus: Iterator[Article]
    questions: Sequence[str]
    clock: Clock = time.perf_counter
    _shared: int = 0

    def grow(self, size: int) -> dict[str, Any]:
        """Add articles until there are about ``size`` passages, open the library afresh, and search it.

        Returns:
            ``passages``, ``articles``; ``seconds_to_store``, all but embedding; ``memory_mb``, by which the process was
            larger at its largest while storing than before; ``disk_mb``; ``seconds_to_open`` and ``first_search_ms`` of
            a library just opened; medians of ``query_ms``, the embedding alone, and ``search_ms``, everything; with
            ``search_ms_95``, what 19 of 20 searches take at most; ``plain_search_ms`` and ``plain_search_ms_95``.
        """
        began = self.clock()
        memory = self._fill(size)
        stored = self.clock() - began
        began = self.clock()
        with Library.open(self.directory, self.embedder, self.settings) as library:
            opened = self.clock() - began
            first, *_ = self._times(partial(library.search, limit=LIMIT), self.questions[:1])
            ours = self._times(partial(library.search, limit=LIMIT), self.questions)
            asked = self._times(self.embedder.query, self.questions)
            stats = library.stats()
        row = {
            "passages": stats.passages,
            "articles": stats.articles,
            "seconds_to_store": round(stored, 1),
            "memory_mb": round(memory / 1e6, 1),
            "disk_mb": round(sum(f.stat().st_size for f in self.directory.rglob("*") if f.is_file()) / 1e6, 1),
            "seconds_to_open": round(opened, 3),
            "first_search_ms": _ms(first),
            "query_ms": _ms(statistics.median(asked)),
            "search_ms": _ms(statistics.median(ours)),
            "search_ms_95": _ms(_slowest(ours)),
        }
        if self.peer is not None:
            self._share(self.peer)
            find = partial(self.peer.search, limit=LIMIT)
            self._times(find, self.questions[:1])
            plain = self._times(find, self.questions)
            row |= {"plain_search_ms": _ms(statistics.median(plain)), "plain_search_ms_95": _ms(_slowest(plain))}
        return row

    def _fill(self, size: int) -> int:
        """Ingest; by how many bytes the process grew meanwhile, at most."""
        process = psutil.Process()
        before = largest = process.memory_info().rss

        def told(_: Progress) -> None:
            nonlocal largest
            largest = max(largest, process.memory_info().rss)

        with Library.open(self.directory, self.embedder, self.settings) as library:
            library.ingest_articles(self._missing(size - library.stats().passages), told)
        return largest - before

    def _missing(self, left: float) -> Iterator[Article]:
        """Articles that become about so many passages: the rules decide, and the next size makes up for it."""
        while left > 0:
            article = next(self.corpus)
            left -= sum(self.embedder.count_tokens(article.text.split("\n"))) / self.settings.passage_tokens
            yield article

    def _share(self, peer: Peer) -> None:
        """Give the peer the passages that it does not have."""
        with closing(Catalog(self.directory / CATALOG)) as catalog:
            for ids, vectors in ExactVectors(catalog).after(self._shared):
                found = catalog.passages(ids)
                peer.add(ids, [found[i][0].text for i in ids], vectors)
                self._shared = ids[-1]

    def _times(self, work: Callable[[str], object], questions: Sequence[str]) -> list[float]:
        """Seconds that something takes for each question."""
        seconds = []
        for question in questions:
            began = self.clock()
            work(question)
            seconds.append(self.clock() - began)
        return seconds


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def _slowest(seconds: Sequence[float]) -> float:
    """What 19 of 20 are not slower than."""
    return sorted(seconds)[min(len(seconds) - 1, int(0.95 * len(seconds)))]
