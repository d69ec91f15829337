"""Folders, files or articles from memory → the library, synchronised by digest.

For each batch: ids are reserved (noted as pending), vectors are added, then one transaction puts the articles in and
settles the ids; replaced passages become pending until their vectors are deleted. Killed at any instant, the library
holds whole articles only, and the next writer deletes the vectors that pending ids name.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from index import load, passages
from index.catalog import Catalog, Entry, with_ids
from index.embed import Embedder
from index.errors import ArticleError, NoArticles
from index.settings import Settings
from index.types import Article, Failure, IngestReport, Passage, Progress
from index.vectors import VectorStore

OnProgress = Callable[[Progress], None]

# Articles that are embedded and stored together: what a kill can cost, and what memory has to hold.
_BATCH = 32


@dataclass(slots=True)
class _Tally:
    """The report while it is being written."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    passages: int = 0
    started: float = field(default_factory=time.monotonic)

    def report(self) -> IngestReport:
        return IngestReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            passages=self.passages,
            seconds=time.monotonic() - self.started,
        )


@dataclass(frozen=True, slots=True)
class _File:
    """A file to be taken in: its place, its article's id, and the corpus it belongs to."""

    path: Path
    id: str
    corpus: str


class Ingester:
    """Writes to one library. The caller holds the library's writer lock.

    Args:
        catalog, vectors, embedder: Of the same library.
        settings: ``passage_tokens`` counts.
    """

    def __init__(self, catalog: Catalog, vectors: VectorStore, embedder: Embedder, settings: Settings) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._settings = settings

    def sync(self, paths: Sequence[Path], progress: OnProgress | None = None) -> IngestReport:
        """Bring the library in step with files and folders.

        An article whose file vanished from a folder named here is removed. A file that cannot be read is reported,
        and what the library knew of it is kept.

        Raises:
            NoArticles: a path does not exist, or holds no file of a kind we read.
        """
        tally = _Tally()
        self.settle()
        for path in paths:
            self._sync_one(path.expanduser().absolute(), tally, progress)
        self.settle()
        return tally.report()

    def put(
        self, articles: Iterable[Article], *, corpus: str, prune: bool, progress: OnProgress | None = None
    ) -> IngestReport:
        """Bring the library in step with articles from memory.

        Args:
            articles: Each id once; digests tell which have changed.
            corpus: The name these articles are filed under.
            prune: Whether to remove articles of that corpus that are not among them.
            progress: Told after each batch.
        """
        tally = _Tally()
        self.settle()
        known = self._catalog.digests(corpus)
        seen: set[str] = set()

        def fresh() -> Iterator[tuple[Article, str]]:
            for article in articles:
                seen.add(article.id)
                if known.get(article.id) == article.digest:
                    tally.unchanged.append(article.id)
                else:
                    yield article, corpus

        self._store(fresh(), tally, progress, total=0)
        if prune:
            self._remove([i for i in known if i not in seen], tally)
        self.settle()
        return tally.report()

    def remove(self, article_ids: Sequence[str]) -> None:
        """Take articles out of all stores."""
        self._catalog.remove(article_ids)
        self.settle()

    def settle(self) -> None:
        """Delete the vectors of passages that are gone or never came to be."""
        pending = self._catalog.pending()
        if pending:
            self._vectors.delete(pending)
            self._catalog.settle(pending)

    def _sync_one(self, path: Path, tally: _Tally, progress: OnProgress | None) -> None:
        files = list(self._files(path))
        if not files:
            kinds = ", ".join(sorted(load.READERS))
            raise NoArticles(
                f"{path} {'holds no articles' if path.exists() else 'does not exist'}.",
                f"Name a folder or a file of one of these kinds: {kinds}",
            )
        corpus = files[0].corpus
        known = self._catalog.digests(corpus)
        fresh = self._changed(files, known, tally)
        self._store(fresh, tally, progress, total=len(files))
        if path.is_dir():
            present = {file.id for file in files}
            self._remove([i for i in known if i not in present], tally)

    def _files(self, path: Path) -> Iterator[_File]:
        """Files of a kind we read, in a stable order; links are not followed, hidden names are passed over."""
        if path.is_file():
            yield _File(path, self._free_id(path.name, str(path.parent)), str(path.parent))
            return
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = Path(folder, name)
                if not name.startswith(".") and file.suffix.lower() in load.READERS:
                    relative = file.relative_to(path).as_posix()
                    yield _File(file, self._free_id(relative, str(path)), str(path))

    def _free_id(self, relative: str, corpus: str) -> str:
        """The path relative to the corpus, or, if an article of another corpus has that id, the whole path."""
        owner = self._catalog.corpus(relative)
        return relative if owner in (None, corpus) else f"{corpus}/{relative}"

    def _changed(self, files: Sequence[_File], known: dict[str, str], tally: _Tally) -> Iterator[tuple[Article, str]]:
        for file in files:
            if file.id in known and _digest(file.path) == known[file.id]:
                tally.unchanged.append(file.id)
                continue
            try:
                yield load.read_file(file.path, id=file.id), file.corpus
            except ArticleError as error:
                tally.failed.append(Failure(file.id, error.message, error.hint))

    def _store(
        self, fresh: Iterator[tuple[Article, str]], tally: _Tally, progress: OnProgress | None, *, total: int
    ) -> None:
        while batch := list(islice(fresh, _BATCH)):
            cut: list[tuple[Article, str, list[Passage]]] = []
            for article, corpus in batch:
                split = passages.split(article, self._embedder.count_tokens, self._settings.passage_tokens)
                cut.append((article, corpus, split))
            self._store_batch(cut, tally)
            if progress:
                done = len(tally.added) + len(tally.updated) + len(tally.unchanged) + len(tally.failed)
                progress(Progress("indexing", done, total, "articles"))

    def _store_batch(self, cut: Sequence[tuple[Article, str, list[Passage]]], tally: _Tally) -> None:
        flat = [(article, passage) for article, _, split in cut for passage in split]
        ids = self._catalog.reserve(len(flat))
        self._vectors.add(ids, self._embedder.passages([embedded_text(*pair) for pair in flat]))
        entries, start = [], 0
        for article, corpus, split in cut:
            numbered = with_ids(split, ids[start : start + len(split)])
            entries.append(Entry(article, numbered, corpus))
            start += len(split)
        known = {article.id for article, _, _ in cut if self._catalog.corpus(article.id) is not None}
        self._catalog.put(entries)
        tally.passages += len(flat)
        for article, _, _ in cut:
            (tally.updated if article.id in known else tally.added).append(article.id)
        self.settle()

    def _remove(self, article_ids: Sequence[str], tally: _Tally) -> None:
        self._catalog.remove(article_ids)
        tally.removed.extend(article_ids)


def _digest(path: Path) -> str | None:
    """SHA-256 of a file's bytes, or None if it cannot be read; reading it again will tell why."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def embedded_text(article: Article, passage: Passage) -> str:
    """What is embedded for a passage: its article's title, if it has one, and its text."""
    if article.title and not passage.text.startswith(article.title):
        return f"{article.title}. {passage.text}"
    return passage.text
