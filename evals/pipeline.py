"""The real thing behind ``python -m evals.answers``: a library for each set, one embedder and one model for all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from rich.console import Console

import index
from evals.answers import Asker
from evals.sets import EvalArticle, EvalSet, SetError
from index.embed import Embedder, open_embedder
from index.errors import ArticleError, WrongEmbedder, WrongSchema
from index.library import Library
from index.load import make_article
from index.settings import Settings as IndexSettings
from index.types import Article, Origin
from rag.chatbot import Chatbot
from rag.engine import open_model
from rag.engine.port import LanguageModel
from rag.settings import Settings

# Modules of ``index`` that shape no stored row; a change in any other makes a new library.
READ_ONLY_MODULES = frozenset({"errors.py", "fuse.py", "rerank.py", "search.py", "settings.py"})
KEY_LENGTH = 16


class Pipeline:
    """Opens a chatbot over a set's articles, restricted to nothing but them.

    Libraries stay in ``work`` from run to run, each in a folder named by all that it depends on: the articles, the
    embedder, the length of passages, and the code that writes it. The models come from the settings' home.

    Args:
        settings: As for any other door to Pullquote.
        work: The folder of the libraries; made if need be, readable by its owner only.
        console: Told what is being indexed.
        embedder, model: Instead of those that the settings name.
    """

    def __init__(
        self,
        settings: Settings,
        work: Path,
        console: Console,
        *,
        embedder: Embedder | None = None,
        model: LanguageModel | None = None,
    ) -> None:
        self._settings = settings
        self._work = work
        self._console = console
        self._embedder = embedder
        self._model = model

    @contextmanager
    def __call__(self, eval_set: EvalSet) -> Iterator[Asker]:
        """The chatbot for a set; its library is closed afterwards.

        Raises:
            SetError: an article of the set cannot be taken in, which would make every figure wrong.
        """
        self._model = self._model or open_model(self._settings)
        with self.library(eval_set) as library:
            yield Chatbot(library, self._model, self._opened_embedder(), self._settings)

    @contextmanager
    def library(self, eval_set: EvalSet) -> Iterator[Library]:
        """The library of a set; errors are those of asking."""
        embedder = self._opened_embedder()
        key = library_key(eval_set, embedder.identity, self._settings.passage_tokens)
        with open_library(self._work / f"{eval_set.name}-{key}", embedder, self._settings) as library:
            articles = [as_article(article) for article in eval_set.articles]
            self._console.print(f"{eval_set.name}: indexing {len(articles)} articles", markup=False)
            report = library.ingest_articles(articles, prune=True)
            if report.failed:
                first = report.failed[0]
                raise SetError(f"{eval_set.name}: {len(report.failed)} articles failed; {first.id}: {first.reason}")
            self._console.print(
                f"{eval_set.name}: {len(report.unchanged)} known, {len(report.added) + len(report.updated)} indexed in "
                f"{report.seconds:.1f} s",
                markup=False,
            )
            yield library

    def _opened_embedder(self) -> Embedder:
        self._embedder = self._embedder or open_embedder(self._settings)
        return self._embedder


def open_library(directory: Path, embedder: Embedder, settings: IndexSettings) -> Library:
    """The library in a folder; one of an older kind is thrown away, since it can be made again.

    The folder above it is made if need be, readable by its owner only.
    """
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return Library.open(directory, embedder, settings)
    except (WrongEmbedder, WrongSchema):
        shutil.rmtree(directory)
        return Library.open(directory, embedder, settings)


def library_key(eval_set: EvalSet, embedder: str, passage_tokens: int) -> str:
    """A short hash of everything that decides what a set's library holds."""
    digest = hashlib.sha256(f"{eval_set.digest}\n{embedder}\n{passage_tokens}\n".encode())
    for folder in index.__path__:
        for module in sorted(Path(folder).glob("*.py")):
            if module.name not in READ_ONLY_MODULES:
                digest.update(module.name.encode() + b"\0" + module.read_bytes())
    return digest.hexdigest()[:KEY_LENGTH]


def as_article(article: EvalArticle) -> Article:
    """A set's article as the index takes it; a title or a day that the set does not state is looked for in the text.

    The language is always told from the text, as it is for anybody's files.

    Raises:
        SetError: there is nothing in it to read.
    """
    try:
        return make_article(
            article.text,
            id=article.id,
            title=article.title or None,
            published=as_day(article.published),
            source=_origin(article.source),
        )
    except ArticleError as error:
        raise SetError(f"The article {article.id!r} cannot be taken in: {error.message}", error.hint) from error


def _origin(source: str) -> Origin:
    """What a set calls the source: an address, or an outlet."""
    return Origin(url=source) if source.startswith(("http://", "https://")) else Origin(outlet=source or None)


def as_day(published: str | None) -> date | None:
    """The day of an ISO 8601 day or time; None for anything else."""
    if not published:
        return None
    try:
        return datetime.fromisoformat(published).date()
    except ValueError:
        return None
