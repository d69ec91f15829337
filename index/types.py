"""The nouns of the index: articles, passages, hits. Frozen values; their provenance stays inside.

Every offset in this package counts Unicode code points of ``Article.text``, start inclusive, end exclusive,
so that ``article.text[span.start:span.end]`` is always the exact text meant.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of code points in an article's text."""

    start: int
    end: int


# Characters that are looked at for the words an article without a title is called by, and characters of these.
_OPENING, _NAME = 400, 80


def shortened(text: str) -> str:
    """A text on one line, cut between words to what a name may have, with an ellipsis if it was longer."""
    return textwrap.shorten(text, _NAME, placeholder=" …")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article comes from, as far as it is known; all fields are free text for people to read.

    Attributes:
        file, outlet, url: Where it was read, who published it, and where.
        further: Paths of further files that hold the very same bytes: one article, several places.
    """

    file: str | None = None
    outlet: str | None = None
    url: str | None = None
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One document, exactly as it was read.

    Attributes:
        id: Stable across edits: its path relative to the corpus, or its URL.
        title: One line; empty when the document states none.
        text: The whole decoded text. Nothing is cut out of it: furniture is only marked.
        language: ISO 639-1 code such as ``"sv"``, or ``"und"`` when it cannot be told.
        published: Day of publication if the text states one.
        source: File, outlet and URL.
        digest: SHA-256 (hex) of the bytes the article was read from.
        furniture: Ranges of ``text`` that belong to the page and not to the article ("top of page"),
            sorted, not overlapping; no passage holds a character of them.
    """

    id: str
    title: str
    text: str
    language: str = "und"
    published: date | None = None
    source: Origin = field(default_factory=Origin)
    digest: str = ""
    furniture: tuple[Span, ...] = ()

    @property
    def name(self) -> str:
        """What to call the article in front of a person: its title, or how it begins, or its id."""
        return self.title or self._opening() or self.id

    def _opening(self) -> str:
        """The first words that are no furniture."""
        start, kept = 0, list[str]()
        for span in (*self.furniture, Span(len(self.text), len(self.text))):
            kept.append(self.text[start : min(span.start, start + _OPENING)])
            start = span.end
            if sum(map(len, kept)) >= _OPENING:
                break
        return shortened(" ".join(kept))

    def to_dict(self) -> dict[str, Any]:
        """All but the text and the furniture, as JSON types."""
        return {
            "id": self.id,
            "title": self.title,
            "language": self.language,
            "published": self.published.isoformat() if self.published else None,
            "file": self.source.file,
            "outlet": self.source.outlet,
            "url": self.source.url,
            "further": list(self.source.further),
            "characters": len(self.text),
        }


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as a list shows it, without its text; the fields are those of :class:`Article`.

    Attributes:
        outlet, file: Of its source; empty where they are not known.
        passages: How many it was cut into.
        opening: How its first passage begins, where it has no title.
    """

    id: str
    title: str
    language: str
    published: date | None
    outlet: str
    file: str
    passages: int
    opening: str = ""

    @property
    def name(self) -> str:
        """What to call the article in front of a person: its title, or how it begins, or its id."""
        return self.title or shortened(self.opening) or self.id


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: ``article.text[start:end] == text``, always.

    Attributes:
        article_id: The article it is cut from.
        start, end: Code-point offsets in the article's text.
        text: The characters between them.
        tokens: How many tokens of the embedder the text has, without prompt and special tokens.
        id: The catalog's number for it, never used again for another text; None before it is stored.
    """

    article_id: str
    start: int
    end: int
    text: str
    tokens: int
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    Attributes:
        passage: The passage.
        article: The whole article it lies in.
        score: The fused score, comparable within one search only; higher is better.
        rank: Place in the result, from 1.
        dense: Cosine of question and passage; None where nothing was searched.
        lexical: BM25 score (higher is better), or None if no word matched.
        dense_rank, lexical_rank: Place in the stage's own list, from 1, or None.
    """

    passage: Passage
    article: Article
    score: float
    rank: int
    dense: float | None = None
    lexical: float | None = None
    dense_rank: int | None = None
    lexical_rank: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The hit with its passage's text and its article's facts, as JSON types."""
        return {
            "rank": self.rank,
            "score": self.score,
            "dense": self.dense,
            "lexical": self.lexical,
            "dense_rank": self.dense_rank,
            "lexical_rank": self.lexical_rank,
            "start": self.passage.start,
            "end": self.passage.end,
            "text": self.passage.text,
            "article": self.article.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or article that could not be taken in: which, why, and what to do about it."""

    id: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, ids by outcome. Every article seen is in exactly one of the first five, and in ``failed`` too
    if it was removed because its file was emptied; further places are in one of the last two.

    Attributes:
        added, updated, unchanged, removed: Ids of articles.
        failed: Files and articles that could not be taken in; what was known of them is kept.
        passages: How many were embedded.
        seconds: How long it took.
        duplicates: Ids of places that hold the very same bytes as an article found elsewhere.
        left_out: Ids of places whose articles were removed by hand and have not changed since.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    passages: int = 0
    seconds: float = 0.0
    duplicates: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def changed(self) -> int:
        """How many articles were added, updated or removed."""
        return len(self.added) + len(self.updated) + len(self.removed)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON types."""
        return {
            "added": list(self.added),
            "updated": list(self.updated),
            "unchanged": list(self.unchanged),
            "removed": list(self.removed),
            "failed": [{"id": f.id, "reason": f.reason, "hint": f.hint} for f in self.failed],
            "passages": self.passages,
            "seconds": self.seconds,
            "duplicates": list(self.duplicates),
            "left_out": list(self.left_out),
        }


BYTES = "bytes"
"""The unit of a :class:`Progress` that counts bytes, which are shown as people write sizes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of something slow, for a progress bar: ``done`` of ``total`` in ``unit``.

    Attributes:
        stage: A short phrase for people, such as "embedding".
        done, total: How many; ``total`` is 0 while it is not known yet.
        unit: Of what.
        per_second: How many of them lately were done in a second; 0 if that is not known.
        seconds_left: How long the rest will take at that pace; None if that is not known.
    """

    stage: str
    done: int
    total: int
    unit: str = ""
    per_second: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a library: what it concerns, a sentence for people, how many, and whether it was mended."""

    subject: str
    message: str
    number: int = 1
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """What an examination of a library found; nothing found is a sound library.

    Attributes:
        articles, passages: How many the catalog holds.
        findings: What is or was wrong, in the order in which it is mended.
    """

    articles: int
    passages: int
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, any more."""
        return all(finding.mended for finding in self.findings)


@dataclass(frozen=True, slots=True)
class LibraryStats:
    """Size and content of a library: counts, articles by language, days of the oldest and newest article."""

    articles: int
    passages: int
    languages: Mapping[str, int]
    oldest: date | None
    newest: date | None
    embedder: str

    def to_dict(self) -> dict[str, Any]:
        """The statistics as JSON types."""
        return {
            "articles": self.articles,
            "passages": self.passages,
            "languages": dict(self.languages),
            "oldest": self.oldest.isoformat() if self.oldest else None,
            "newest": self.newest.isoformat() if self.newest else None,
            "embedder": self.embedder,
        }


def covered(spans: Iterable[Span], position: int) -> bool:
    """Whether a code point lies in one of the spans."""
    return any(start <= position < end for start, end in spans)
