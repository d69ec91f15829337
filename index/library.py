"""``Library``: the one door to a corpus. Open, ingest, search, read, remove."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import resources
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Self

from index import passages, schema
from index.catalog import CATALOG, Catalog, is_made
from index.embed import Embedder, open_embedder
from index.errors import ArticleNotFound, LibraryLocked, WrongEmbedder, WrongSchema
from index.facets import Filter, matching
from index.ingest import DerivedStore, Ingester
from index.load import Columns
from index.lock import writing
from index.offline import go_offline_but_for
from index.paths import normal
from index.places import Places
from index.rebuild import bring_back
from index.repair import Repair
from index.rerank import Reranker, open_reranker
from index.search import Searcher
from index.settings import Settings
from index.tokens import TokenStore
from index.types import Article, Health, Hit, IngestReport, LibraryStats, Listed, Progress
from index.vectors import VectorStore

OnProgress = Callable[[Progress], None]

_SAMPLE_CORPUS = "sample"
# How long to wait for another process that is indexing the sample corpus, in seconds.
_SAMPLE_PATIENCE = 120.0
# How often to look whether another process has made the library that this one was about to make, in seconds.
_LOOK = 1.0


class Library:
    """A corpus on disk: the catalog, its vectors, and the embedder that both belong to.

    Attributes:
        directory: Its folder.
        is_sample: Whether it holds the articles shipped with Pullquote.
    """

    def __init__(
        self,
        directory: Path,
        catalog: Catalog,
        embedder: Embedder,
        settings: Settings,
        *,
        is_sample: bool = False,
        reranker: Reranker | None = None,
    ) -> None:
        self.directory = directory
        self.is_sample = is_sample
        self._catalog = catalog
        self._vectors = VectorStore(directory / "chroma", catalog, server=settings.chroma)
        self._tokens = TokenStore(directory / "tokens", embedder)
        derived: list[DerivedStore] = [self._vectors, self._tokens]
        self._ingester = Ingester(catalog, derived, embedder, settings)
        self._repair = Repair(catalog, self._vectors, derived, self._ingester)
        self._searcher = Searcher(catalog, self._vectors, embedder, settings, tokens=self._tokens, reranker=reranker)
        self._patience = _SAMPLE_PATIENCE if is_sample else 0.0

    @classmethod
    def open(
        cls,
        directory: Path,
        embedder: Embedder,
        settings: Settings,
        *,
        is_sample: bool = False,
        reranker: Reranker | None = None,
    ) -> Self:
        """Open the library in a folder, or make a new one there.

        Args:
            directory: Its folder.
            embedder: The one that it was built with, if it is there.
            settings: How to cut and to search.
            is_sample: Whether it is that of the articles shipped with Pullquote.
            reranker: Reorders what is found.

        Raises:
            WrongEmbedder: it was built with another embedder, or with other passage rules.
            WrongSchema: it was written by another version.
            LibraryLocked: it is new, or of an older version, and another process is writing.
        """
        directory.resolve().mkdir(parents=True, exist_ok=True)  # where a link leads, be there a folder yet or not
        pinned = _pinned(embedder, settings)
        catalog, older = _open_catalog(directory, pinned)
        with ExitStack() as unless_opened:
            unless_opened.callback(catalog.close)
            _check(directory, catalog, pinned)
            library = cls(directory, catalog, embedder, settings, is_sample=is_sample, reranker=reranker)
            unless_opened.callback(library.close)
            if older:
                with writing(directory):
                    library._vectors.adopt()
                    library._ingester.complete()
            unless_opened.pop_all()
        return library

    def ingest(
        self, paths: Sequence[Path], progress: OnProgress | None = None, *, columns: Columns | None = None
    ) -> IngestReport:
        """Bring the library in step with files and folders; see :meth:`index.ingest.Ingester.sync`.

        Raises:
            LibraryLocked: another process is writing.
            LibraryError: another process has built the library anew since it was opened.
            NoArticles: no path holds anything that we read.
        """
        with self._writing():
            self._vectors.prepare()
            return self._ingester.sync(paths, progress, columns=columns)

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
        with self._writing():
            self._vectors.prepare()
            return self._ingester.put(articles, corpus=corpus, prune=prune, progress=progress)

    def search(
        self, question: str, limit: int = 10, *, within: Collection[str] | None = None, only: Filter | None = None
    ) -> list[Hit]:
        """The passages that answer a question best, best first.

        What is found is what was stored at one moment, whatever a writer does meanwhile.

        Args:
            question: In any language.
            limit: At most so many.
            within: Ids of the only articles to look in.
            only: What the articles must be like.

        Raises:
            LibraryError: the Chroma server is away, or another process has built the library anew since it was opened.
        """
        with self._vectors.view():
            if only:
                fitting = matching(self._catalog, only)
                within = fitting if within is None else set(fitting).intersection(within)
            return self._searcher.search(question, limit, within)

    def articles(self, only: Filter | None = None) -> list[Article]:
        """All articles, or those that fit a filter, newest first."""
        if not only:
            return self._catalog.articles()
        with self._catalog.snapshot():
            fitting = set(matching(self._catalog, only))
            return [article for article in self._catalog.articles() if article.id in fitting]

    def passage_ids(self) -> list[int]:
        """Ids of all passages: the first of each article, newest articles first, then the second of each, and so on."""
        with self._catalog.snapshot():
            articles = [self._catalog.passage_ids([listed.id]) for listed in self._catalog.listing()]
        return [number for row in zip_longest(*articles) for number in row if number is not None]

    def passages(self, ids: Sequence[int]) -> list[Hit]:
        """Passages by id as if they had been found, in the order of the ids; those that are gone are left out."""
        found = self._catalog.passages(ids)
        return [Hit(*found[number], score=0.0, rank=rank) for rank, number in enumerate(ids, 1) if number in found]

    def listing(self) -> list[Listed]:
        """All articles, newest first, without their texts: what a table of many of them needs."""
        return self._catalog.listing()

    def article(self, article_id: str) -> Article:
        """The article of that id.

        Raises:
            ArticleNotFound: there is none.
        """
        article = self._catalog.article(article_id)
        if article is None:
            raise ArticleNotFound(f"The library holds no article {article_id!r}.", "List them: pullquote articles")
        return article

    def remove(self, which: str | Path) -> tuple[str, ...]:
        """Take articles out of the library, not off the disk; their ids.

        An article that was read from a file stays away until the file changes, the file itself is named to
        :meth:`ingest`, or the library is built anew.

        Args:
            which: An article's id, or the path of a file: all articles in it.

        Raises:
            ArticleNotFound: there is none.
            LibraryLocked: another process is writing.
        """
        with self._writing():
            ids = [str(which)] if self._catalog.article(str(which)) else self._at(Path(which))
            if not ids:
                raise ArticleNotFound(f"The library holds no article {str(which)!r}.", "List them: pullquote articles")
            self._vectors.prepare()
            self._ingester.remove(ids)
        return tuple(ids)

    def restore(self, articles: Sequence[Article]) -> None:
        """Put articles back that :meth:`remove` took out, as they were: what undoes it.

        Raises:
            LibraryLocked: another process is writing.
        """
        with self._writing():
            self._vectors.prepare()
            self._ingester.restore(articles)

    def _at(self, path: Path) -> list[str]:
        place, places = normal(path.expanduser()), Places(self._catalog)
        with self._catalog.transaction():
            places.settle(places.respell(place))
        return places.articles_at(place)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writer lock, unless another library lies in the folder by now."""
        self._catalog.require_same_file()  # taking the lock would make a folder that is gone
        with writing(self.directory, patience=self._patience):
            self._catalog.require_same_file()
            yield

    def check(self) -> Health:
        """Compare full text, vectors and the other derived stores with the catalog; nothing is changed.

        Raises:
            LibraryLocked: another process is writing.
        """
        with self._writing():
            return self._repair.run(mend=False)

    def repair(self) -> Health:
        """Bring full text, vectors and the other derived stores in step with the catalog; what was found.

        Raises:
            LibraryLocked: another process is writing.
            LibraryError: Chroma cannot be used, or the server is away.
        """
        with self._writing():
            return self._repair.run(mend=True)

    def stats(self) -> LibraryStats:
        """Size and content."""
        articles, count = self._catalog.counts()
        oldest, newest = self._catalog.days()
        return LibraryStats(
            articles=articles,
            passages=count,
            languages=self._catalog.languages(),
            oldest=oldest,
            newest=newest,
            embedder=self._catalog.manifest["embedder"],
        )

    def __len__(self) -> int:
        return self._catalog.counts()[0]

    def close(self) -> None:
        """Close the files; the library cannot be used afterwards."""
        self._tokens.close()
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
    go_offline_but_for(settings)
    bring_back(settings)
    has_own = (settings.library_dir / CATALOG).exists()
    embedder = embedder or open_embedder(settings, progress)
    reranker = open_reranker(settings.reranker)
    if has_own or writable:
        return Library.open(settings.library_dir, embedder, settings, reranker=reranker)
    return _open_sample(settings, embedder, reranker, progress)


def _open_sample(settings: Settings, embedder: Embedder, reranker: Reranker, progress: OnProgress | None) -> Library:
    # Named after all that must agree, so that nothing has to be deleted while another process answers from it.
    rules = json.dumps([schema.SCHEMA, _pinned(embedder, settings)])
    directory = settings.sample_dir / hashlib.sha256(rules.encode()).hexdigest()[:16]
    library = Library.open(directory, embedder, settings, is_sample=True, reranker=reranker)
    with ExitStack() as unless_ingested, resources.as_file(resources.files("index") / "sample") as folder:
        unless_ingested.callback(library.close)
        library.ingest([folder], progress)
        unless_ingested.pop_all()
    return library


def _open_catalog(directory: Path, pinned: dict[str, str]) -> tuple[Catalog, bool]:
    """The catalog of a library, made if need be, or brought to this version's schema, and whether it was that."""
    path = directory / CATALOG
    deadline = time.monotonic() + _SAMPLE_PATIENCE
    while not is_made(path):
        try:
            with writing(directory, patience=_LOOK):
                return Catalog(path, create=True, migrate=True, pinned=pinned), False
        except LibraryLocked:  # by who makes it, perhaps, and goes on writing when it is made
            if time.monotonic() > deadline:
                raise
    try:
        return Catalog(path), False
    except WrongSchema:
        with writing(directory):
            return Catalog(path, migrate=True), True


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
        other = "" if manifest["embedder"] == pinned["embedder"] else f", not with {pinned['embedder']!r}"
        raise WrongEmbedder(
            f"The library {directory} was built with {'the embedder' if other else 'other weights of the embedder'} "
            f"{manifest['embedder']!r}{other}; their vectors cannot be mixed.",
            rebuild,
        )
    if manifest["dimension"] != pinned["dimension"]:
        raise WrongEmbedder(
            f"The library {directory} holds vectors of {manifest['dimension']} numbers, those of the embedder "
            f"{pinned['embedder']!r} have {pinned['dimension']}.",
            rebuild,
        )
    if manifest["passage_rules"] != pinned["passage_rules"]:
        raise WrongEmbedder(
            f"The library {directory} cuts passages by the rules {manifest['passage_rules']}, "
            f"not {pinned['passage_rules']}.",
            rebuild,
        )
