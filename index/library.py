"""``Library``: the one door to a corpus. Open, ingest, search, read, remove."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Self

import filelock

from index import passages
from index.catalog import Catalog
from index.embed import Embedder, open_embedder
from index.errors import ArticleNotFound, LibraryLocked, WrongEmbedder
from index.ingest import Ingester
from index.search import Searcher
from index.settings import Settings
from index.types import Article, Hit, IngestReport, LibraryStats, Progress
from index.vectors import VectorStore

OnProgress = Callable[[Progress], None]

_CATALOG = "catalog.sqlite"
_LOCK = "writer.lock"
_SAMPLE_CORPUS = "sample"
# How long to wait for another process that is indexing the sample corpus, in seconds.
_SAMPLE_PATIENCE = 120.0


class Library:
    """A corpus on disk: the catalog, its vectors, and the embedder that both belong to.

    Attributes:
        directory: Its folder.
        is_sample: Whether it holds the articles shipped with Pullquote.
    """

    def __init__(
        self, directory: Path, catalog: Catalog, embedder: Embedder, settings: Settings, *, is_sample: bool = False
    ) -> None:
        self.directory = directory
        self.is_sample = is_sample
        self._catalog = catalog
        self._vectors = VectorStore(directory / "chroma")
        self._ingester = Ingester(catalog, self._vectors, embedder, settings)
        self._searcher = Searcher(catalog, self._vectors, embedder, settings)
        self._patience = _SAMPLE_PATIENCE if is_sample else 0.0

    @classmethod
    def open(cls, directory: Path, embedder: Embedder, settings: Settings, *, is_sample: bool = False) -> Self:
        """Open the library in a folder, or make a new one there.

        Raises:
            WrongEmbedder: it was built with another embedder, or with other passage rules.
            WrongSchema: it was written by another version.
            LibraryLocked: it is new, and another process is making it.
        """
        directory.mkdir(parents=True, exist_ok=True)
        pinned = _pinned(embedder, settings)
        if not (directory / _CATALOG).exists():
            with _writing(directory, patience=_SAMPLE_PATIENCE):
                catalog = Catalog(directory / _CATALOG, create=True)
                if "embedder_identity" not in catalog.manifest:
                    catalog.pin(**pinned)
        else:
            catalog = Catalog(directory / _CATALOG)
        _check(directory, catalog, pinned)
        return cls(directory, catalog, embedder, settings, is_sample=is_sample)

    def ingest(self, paths: Sequence[Path], progress: OnProgress | None = None) -> IngestReport:
        """Bring the library in step with files and folders; see :meth:`index.ingest.Ingester.sync`.

        Raises:
            LibraryLocked: another process is writing.
            NoArticles: a path holds nothing that we read.
        """
        with _writing(self.directory, patience=self._patience):
            return self._ingester.sync(paths, progress)

    def ingest_articles(
        self,
        articles: Iterable[Article],
        progress: OnProgress | None = None,
        *,
        corpus: str = "memory",
        prune: bool = False,
    ) -> IngestReport:
        """Bring the library in step with articles from memory, as ``index.load.make_article`` makes them.

        Args:
            articles: Each id once.
            progress: Told after each batch.
            corpus: The name they are filed under.
            prune: Whether to remove articles of that corpus that are not among them.

        Raises:
            LibraryLocked: another process is writing.
        """
        with _writing(self.directory, patience=self._patience):
            return self._ingester.put(articles, corpus=corpus, prune=prune, progress=progress)

    def search(self, question: str, limit: int = 10, *, within: Collection[str] | None = None) -> list[Hit]:
        """The passages that answer a question best, best first; ``within`` names the only articles to look in."""
        return self._searcher.search(question, limit, within)

    def articles(self) -> list[Article]:
        """All articles, newest first."""
        return self._catalog.articles()

    def article(self, article_id: str) -> Article:
        """The article of that id.

        Raises:
            ArticleNotFound: there is none.
        """
        article = self._catalog.article(article_id)
        if article is None:
            raise ArticleNotFound(f"The library holds no article {article_id!r}.", "List them: pullquote articles")
        return article

    def remove(self, article_id: str) -> None:
        """Take one article out of the library, not off the disk.

        Raises:
            ArticleNotFound: there is none.
            LibraryLocked: another process is writing.
        """
        with _writing(self.directory, patience=self._patience):
            self._ingester.remove([self.article(article_id).id])

    def stats(self) -> LibraryStats:
        """Size and content."""
        articles, count = self._catalog.counts()
        days = [article.published for article in self._catalog.articles() if article.published]
        return LibraryStats(
            articles=articles,
            passages=count,
            languages=self._catalog.languages(),
            oldest=min(days, default=None),
            newest=max(days, default=None),
            embedder=self._catalog.manifest["embedder"],
        )

    def __len__(self) -> int:
        return self._catalog.counts()[0]

    def close(self) -> None:
        """Close the files; the library cannot be used afterwards."""
        self._vectors.close()
        self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_library(
    settings: Settings,
    progress: OnProgress | None = None,
    *,
    writable: bool = False,
    embedder: Embedder | None = None,
) -> Library:
    """The user's library, or the sample corpus as long as there is none.

    Args:
        settings: Where, and with which embedder.
        progress: Told of downloads, and of the sample corpus being indexed.
        writable: The user's own library is wanted, and made if need be.
        embedder: Instead of the one that the settings name.
    """
    has_own = (settings.library_dir / _CATALOG).exists()
    embedder = embedder or open_embedder(settings, progress)
    if has_own or writable:
        return Library.open(settings.library_dir, embedder, settings)
    return _open_sample(settings, embedder, progress)


def drop_library(settings: Settings) -> None:
    """Delete the user's library, so that it can be built anew; the articles' own files are not touched.

    Raises:
        LibraryLocked: another process is writing to it.
    """
    if settings.library_dir.exists():
        with _writing(settings.library_dir, patience=0.0):
            shutil.rmtree(settings.library_dir)


def _open_sample(settings: Settings, embedder: Embedder, progress: OnProgress | None) -> Library:
    try:
        library = Library.open(settings.sample_dir, embedder, settings, is_sample=True)
    except WrongEmbedder:  # nothing in it is the user's
        shutil.rmtree(settings.sample_dir)
        library = Library.open(settings.sample_dir, embedder, settings, is_sample=True)
    with resources.as_file(resources.files("index") / "sample") as folder:
        library.ingest([folder], progress)
    return library


def _pinned(embedder: Embedder, settings: Settings) -> dict[str, str]:
    return {
        "embedder": embedder.name,
        "embedder_identity": embedder.identity,
        "dimension": str(embedder.dimension),
        "passage_rules": f"{passages.RULES}/{settings.passage_tokens}",
    }


def _check(directory: Path, catalog: Catalog, pinned: dict[str, str]) -> None:
    manifest = catalog.manifest
    rebuild = "Go back to it, or index your articles again: pullquote index --rebuild FOLDER"
    if manifest["embedder_identity"] != pinned["embedder_identity"]:
        catalog.close()
        other = "" if manifest["embedder"] == pinned["embedder"] else f", not with {pinned['embedder']!r}"
        raise WrongEmbedder(
            f"The library {directory} was built with {'the embedder' if other else 'other weights of the embedder'} "
            f"{manifest['embedder']!r}{other}; their vectors cannot be mixed.",
            rebuild,
        )
    if manifest["passage_rules"] != pinned["passage_rules"]:
        catalog.close()
        raise WrongEmbedder(
            f"The library {directory} cuts passages by the rules {manifest['passage_rules']}, "
            f"not {pinned['passage_rules']}.",
            rebuild,
        )


@contextmanager
def _writing(directory: Path, *, patience: float) -> Iterator[None]:
    """Hold the library's writer lock; the file beside it names the process for whoever is refused."""
    lock = filelock.FileLock(directory / _LOCK, timeout=patience)
    holder = directory / f"{_LOCK}.pid"
    try:
        lock.acquire()
    except filelock.Timeout as error:
        pid = holder.read_text(encoding="ascii") if holder.exists() else "unknown"
        raise LibraryLocked(
            f"Another process (pid {pid}) is writing to the library {directory}.",
            "Wait until it has finished, then run the command again.",
        ) from error
    try:
        holder.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
