"""Doubles of what the front ends open: a library of given articles, and a chatbot that says what it was given."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Unpack

from index.errors import ArticleNotFound, PullquoteError
from index.facets import Filter
from index.load import Columns
from index.types import Article, Failure, Finding, Health, Hit, IngestReport, LibraryStats, Listed, Passage, Progress
from rag.errors import EmptyQuestion
from rag.types import (
    Answer,
    Checked,
    Citation,
    Done,
    Event,
    Found,
    Loading,
    Queued,
    Quote,
    Source,
    Token,
    Turn,
    Verdict,
    Wishes,
)
from ui.doors import OnProgress


@dataclass(slots=True)
class ShelfDouble:
    """A library in memory. Its search finds every article whose text has a word of the question, in order.

    Attributes:
        held: The articles.
        is_sample: As told.
        failures: What each ingest reports as failed.
        findings: What each repair finds.
        only, columns: The last filter and the last names of columns that it was given; it heeds neither.
        closed: Whether it has been closed.
    """

    held: tuple[Article, ...] = ()
    is_sample: bool = False
    failures: tuple[Failure, ...] = ()
    findings: tuple[Finding, ...] = ()
    only: Filter | None = None
    columns: Columns | None = None
    closed: bool = False

    def search(
        self, question: str, limit: int = 10, *, within: Collection[str] | None = None, only: Filter | None = None
    ) -> list[Hit]:
        """One hit an article, the whole text its passage, the score one over the rank."""
        self.only = only
        words = set(re.findall(r"\w+", question.lower()))
        held = [article for article in self.held if within is None or article.id in within]
        found = [article for article in held if words & set(re.findall(r"\w+", article.text.lower()))]
        return [hit(article, rank) for rank, article in enumerate(found[:limit], start=1)]

    def ingest(
        self, paths: Sequence[Path], progress: OnProgress | None = None, *, columns: Columns | None = None
    ) -> IngestReport:
        """Report every path as added, except where failures were given."""
        self.columns = columns
        if progress is not None:
            progress(Progress("embedding", len(paths), len(paths), "passages"))
        failed = {failure.id for failure in self.failures}
        added = tuple(path.name for path in paths if path.name not in failed)
        return IngestReport(added=added, failed=self.failures, passages=len(added), seconds=0.5)

    def ingest_articles(
        self,
        articles: Iterable[Article],
        progress: OnProgress | None = None,
        *,
        corpus: str = "memory",  # noqa: ARG002 -- the port's
        prune: bool = False,
    ) -> IngestReport:
        """Take them in; one of a known id replaces it. ``prune`` forgets all others, whatever corpus they are of."""
        new = {article.id: article for article in articles}
        if progress is not None:
            progress(Progress("indexing", len(new), 0, "articles"))
        old = {article.id: article for article in self.held}
        removed = tuple(known for known in old if known not in new) if prune else ()
        same = tuple(known for known in new if known in old and new[known] == old[known])
        self.held = tuple(a for a in {**old, **new}.values() if a.id not in removed)
        return IngestReport(
            added=tuple(known for known in new if known not in old),
            updated=tuple(known for known in new if known in old and known not in same),
            unchanged=same,
            removed=removed,
            failed=self.failures,
            passages=len(new) - len(same),
            seconds=0.5,
        )

    def articles(self, only: Filter | None = None) -> list[Article]:
        """Those it was given."""
        self.only = only
        return list(self.held)

    def article(self, article_id: str) -> Article:
        """The one of that id.

        Raises:
            ArticleNotFound: there is none.
        """
        for article in self.held:
            if article.id == article_id:
                return article
        raise ArticleNotFound(f"The library holds no article {article_id!r}.", "List them: pullquote articles")

    def remove(self, which: str | Path) -> tuple[str, ...]:
        """Forget the article of that id, or of that file.

        Raises:
            ArticleNotFound: there is none.
        """
        gone = [article for article in self.held if str(which) in (article.id, article.source.file)]
        if not gone:
            raise ArticleNotFound(f"The library holds no article {str(which)!r}.", "List them: pullquote articles")
        self.held = tuple(article for article in self.held if article not in gone)
        return tuple(article.id for article in gone)

    def restore(self, articles: Sequence[Article]) -> None:
        """Hold them again."""
        self.held = (*self.held, *(article for article in articles if article not in self.held))

    def listing(self) -> list[Listed]:
        """Those it holds, newest first; each is one passage."""
        return [
            Listed(a.id, a.title, a.language, a.published, a.source.outlet or "", a.source.file or "", 1)
            for a in sorted(self.held, key=lambda a: a.published or date.min, reverse=True)
        ]

    def repair(self) -> Health:
        """The findings it was given, mended."""
        return Health(len(self.held), len(self.held), tuple(replace(finding, mended=True) for finding in self.findings))

    def stats(self) -> LibraryStats:
        """Counted from the articles; each is one passage."""
        days = [article.published for article in self.held if article.published]
        return LibraryStats(
            len(self.held), len(self.held), {}, min(days, default=None), max(days, default=None), "none"
        )

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


@dataclass(slots=True)
class ChatbotDouble:
    """A chatbot that gives the answer written down for a question, token by token.

    Attributes:
        answers: Question → answer. Any other question gets ``not_in_articles`` from the library's search.
        library: What it claims to answer from.
        pause: Seconds before each token.
        gate: A number of tokens and an event: so many are given, then it waits for the event or to be cancelled.
        drafts: Question → text to stream instead of the answer's own.
        ahead: How many questions are said to be before each, once it is known what was found.
        loads: Set once the model is loaded, which is said to be so first; None if it was loaded before.
        compares: Set once other articles are compared with an answer, which is said to be checked first; None if there
            are none.
        asked: Each question with the history it came with.
        wished: What each was to be asked with: the arguments that were not left out.
        model: Name of the language model in use.
        faults: Question, or name of another model → why it cannot be answered, or used.
        cancelled: How many answers were not finished.
    """

    answers: Mapping[str, Answer]
    library: ShelfDouble = field(default_factory=ShelfDouble)
    pause: float = 0.0
    gate: tuple[int, threading.Event] | None = None
    drafts: Mapping[str, str] = field(default_factory=dict)
    ahead: int = 0
    loads: threading.Event | None = None
    compares: threading.Event | None = None
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    wished: list[dict[str, Any]] = field(default_factory=list)
    model: str = "double"
    faults: Mapping[str, PullquoteError] = field(default_factory=dict)
    cancelled: int = 0
    closed: bool = False

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        cancel: threading.Event | None = None,
        **wishes: Unpack[Wishes],
    ) -> Iterator[Event]:
        """``Found``, ``Loading``, ``Queued``, ``Checked`` as told, a ``Token`` a word, ``Done``; wishes are only noted.

        Raises:
            EmptyQuestion: the question is blank.
        """
        if not question.strip():
            raise EmptyQuestion("The question is empty.", "Type a question.")
        self.asked.append((question, tuple(history)))
        self.wished.append({name: wish for name, wish in wishes.items() if wish is not None})
        return self._stream(question, cancel or threading.Event())

    def use_model(self, name: str) -> None:
        """Note that another model is to answer.

        Raises:
            PullquoteError: the one given for that name.
        """
        if name in self.faults:
            raise self.faults[name]
        self.model = name

    def warm(self) -> None:
        """There is nothing to compute."""

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True

    def _stream(self, question: str, cancel: threading.Event) -> Iterator[Event]:
        done = False
        try:
            answer = self.answers.get(question) or self._refusal(question)
            yield Found(answer.sources)
            if question in self.faults:
                raise self.faults[question]
            if self.loads:
                yield Loading()
                _wait(self.loads, cancel)
                yield Loading(done=True)
            if self.ahead:
                yield Queued(self.ahead)
            for given, word in enumerate(re.findall(r"\S+\s*", self.drafts.get(question, answer.text))):
                time.sleep(self.pause)
                if self.gate and given == self.gate[0]:
                    _wait(self.gate[1], cancel)
                if cancel.is_set():
                    return
                yield Token(word)
            if self.compares:
                yield Checked(answer)
                _wait(self.compares, cancel)
                if cancel.is_set():
                    return
            done = True
            yield Done(answer)
        finally:
            self.cancelled += not done

    def _refusal(self, question: str) -> Answer:
        sources = tuple(Source(hit.rank, hit) for hit in self.library.search(question))
        return Answer(question, "The articles do not say.", "not_in_articles", sources=sources, language="en")


def hit(article: Article, rank: int = 1) -> Hit:
    """The whole article as one passage found."""
    passage = Passage(article.id, 0, len(article.text), article.text, tokens=len(article.text.split()))
    return Hit(passage, article, score=1 / rank, rank=rank)


def quoted(question: str, sentences: Sequence[tuple[str, Sequence[tuple[Article, str]]]]) -> Answer:
    """An answer of sentences, each with the articles and exact words it stands on; numbered as they come.

    A sentence without quotes is unsupported. The sources are the articles, in order, each once.

    Raises:
        ValueError: an article does not hold the words.
    """
    text = ""
    citations: list[Citation] = []
    quotes: dict[tuple[str, int, int], Quote] = {}
    articles: dict[str, Article] = {}
    for sentence, grounds in sentences:
        start = len(text) + bool(text)
        text = f"{text} {sentence}" if text else sentence
        cited = []
        for article, words in grounds:
            articles[article.id] = article
            at = article.text.index(words)
            key = (article.id, at, len(words))
            quotes.setdefault(key, Quote(article, at, at + len(words), 1.0, len(quotes) + 1))
            cited.append(quotes[key])
        verdict: Verdict = "supported" if cited else "unsupported"
        citations.append(Citation(sentence, start, len(text), tuple(cited), verdict))
    sources = tuple(Source(n, hit(article, n)) for n, article in enumerate(articles.values(), start=1))
    return Answer(question, text, "answered", tuple(citations), sources, confidence=0.9, model="double", language="en")


def _wait(event: threading.Event, cancel: threading.Event) -> None:
    """Until either is set."""
    while not (event.wait(0.02) or cancel.is_set()):
        pass
