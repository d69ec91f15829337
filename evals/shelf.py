"""Libraries of evaluation sets for ``python -m evals.retrieval``: made once, and kept between runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from evals.pipeline import as_article, library_key, open_library
from evals.ranking import Found
from evals.sets import EvalSet, SetError
from index.catalog import CATALOG, Catalog
from index.embed import Embedder, open_embedder
from index.ingest import embedded_text
from index.search import Searcher, Trace
from index.settings import Settings
from index.tokens import TokenStore
from index.types import Article, Progress
from index.vectors import VectorStore

# Passages encoded together where a library has no token vectors yet.
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Shelf:
    """An open library with the articles of a set, and of others to distract.

    Attributes:
        searcher: Over all of it.
        catalog, vectors: Behind it.
        seconds: How long indexing took; near 0 when the library was there.
    """

    searcher: Searcher
    catalog: Catalog
    vectors: VectorStore
    seconds: float

    def trace(self, question: str) -> Trace:
        """What each stage finds."""
        with self.vectors.view():
            return self.searcher.trace(question)

    def passages(self, ids: Sequence[int]) -> dict[int, Found]:
        """Article and text of passages."""
        found = self.catalog.passages(ids)
        return {i: Found(article.id, passage.text) for i, (passage, article) in found.items()}

    def sizes(self, article_ids: Sequence[str]) -> dict[str, int]:
        """How many passages each article has."""
        return {article_id: len(self.catalog.passage_ids([article_id])) for article_id in article_ids}


class Shelves:
    """Opens a library for each set.

    Libraries stay in ``work`` from run to run, each in a folder named by all that it depends on: the articles, the
    embedder, the length of passages, and the code that writes it.

    Args:
        settings: As for any other door to Pullquote.
        work: The folder of the libraries; made if need be, readable by its owner only.
        console: Told what is being indexed.
        embedder: Instead of the one that the settings name.
    """

    def __init__(self, settings: Settings, work: Path, console: Console, *, embedder: Embedder | None = None) -> None:
        self._settings = settings
        self._work = work
        self._console = console
        self._embedder = embedder

    @contextmanager
    def __call__(self, eval_set: EvalSet, distractors: Sequence[EvalSet]) -> Iterator[Shelf]:
        """The library of a set and its distractors; article ids are those of :func:`shelved`."""
        self._embedder = embedder = self._embedder or open_embedder(self._settings)
        merged = shelved(eval_set, distractors)
        key = library_key(merged, embedder.identity, self._settings.passage_tokens)
        directory = self._work / f"retrieval-{eval_set.name}-{key}"
        seconds = self._ingest(directory, merged, embedder)
        with ExitStack() as stack:
            catalog = stack.enter_context(closing(Catalog(directory / CATALOG)))
            vectors = stack.enter_context(closing(VectorStore(directory / "chroma", catalog)))
            tokens = stack.enter_context(closing(TokenStore(directory / "tokens", embedder)))
            self._complete(eval_set.name, catalog, tokens, embedder)
            searcher = Searcher(catalog, vectors, embedder, self._settings, tokens=tokens)
            yield Shelf(searcher, catalog, vectors, seconds)

    def _ingest(self, directory: Path, merged: EvalSet, embedder: Embedder) -> float:
        """Bring the library in step with the articles; seconds."""
        with open_library(directory, embedder, self._settings) as library:
            total = len(merged.articles)
            self._say(f"{merged.name}: indexing {total} articles")
            report = library.ingest_articles(self._articles(merged), self._progress(merged.name, total), prune=True)
        for failure in report.failed:
            self._say(f"{merged.name}: {failure.id} is left out: {failure.reason}")
        self._say(f"{merged.name}: {report.changed} indexed in {report.seconds:.1f} s, {len(report.unchanged)} known")
        return report.seconds

    def _articles(self, merged: EvalSet) -> Iterator[Article]:
        """The articles as the index takes them; one that cannot be read is named, and counts as not found."""
        for article in merged.articles:
            try:
                yield as_article(article)
            except SetError as error:
                self._say(f"{merged.name}: left out. {error.message}")

    def _complete(self, name: str, catalog: Catalog, tokens: TokenStore, embedder: Embedder) -> None:
        """Store the token vectors that a library lacks, because its ingest did not keep them."""
        missing = sorted(set(catalog.passage_ids()) - tokens.ids())
        for start in range(0, len(missing), _BATCH):
            found = catalog.passages(missing[start : start + _BATCH])
            texts = [embedded_text(article, passage) for passage, article in found.values()]
            tokens.add(list(found), embedder.encode_passages(texts))
            if start // _BATCH % 10 == 0:
                self._say(f"{name}: token vectors of {start + len(found)} of {len(missing)} passages")

    def _progress(self, name: str, total: int) -> Callable[[Progress], None]:
        def told(step: Progress) -> None:
            if step.done % 320 == 0:
                self._say(f"{name}: {step.done} of {total} {step.unit}")

        return told

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False)


def shelved(eval_set: EvalSet, distractors: Sequence[EvalSet]) -> EvalSet:
    """The set with the articles of the others beside its own, under ids that say whose they are: ``set/id``."""
    others = [other for other in distractors if other.name != eval_set.name]
    articles = [
        replace(article, id=f"{one.name}/{article.id}") for one in (eval_set, *others) for article in one.articles
    ]
    questions = [
        replace(question, gold=tuple(f"{eval_set.name}/{article_id}" for article_id in question.gold))
        for question in eval_set.questions
    ]
    return EvalSet(eval_set.name, tuple(articles), tuple(questions))
