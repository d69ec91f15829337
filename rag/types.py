"""The nouns of answering: questions' sources, quotes, citations, answers, and the events of a stream."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypedDict

from index.types import Article, Hit

Status = Literal["answered", "not_in_articles", "no_articles", "about_library", "small_talk"]
Verdict = Literal["supported", "partly", "unsupported"]


class Wishes(TypedDict, total=False):
    """How one question is to be answered, where not as the settings have it; None, like leaving it out, wishes nothing.

    Attributes:
        within: Ids of the only articles to look in.
        strict: Whether to leave out what no quote supports.
        sources: How many passages to find.
        between: First and last day of publication of the articles that are preferred; others are still found.
    """

    within: Collection[str] | None
    strict: bool | None
    sources: int | None
    between: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and the answer it got, as plain text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that was found, numbered from 1 for the reader."""

    number: int
    hit: Hit

    @property
    def article(self) -> Article:
        """The article the passage lies in."""
        return self.hit.article

    def to_dict(self) -> dict[str, Any]:
        """The source as JSON types."""
        return {"number": self.number, **self.hit.to_dict()}


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact span of an article: ``article.text[start:end] == text``. Cut out, never typed.

    Attributes:
        article: The article it is cut from.
        start, end: Code-point offsets in ``article.text``.
        score: How well it states the sentence it stands under, 0 to 1.
        number: The mark the reader sees, from 1, the same for the same span within one answer.
    """

    article: Article
    start: int
    end: int
    score: float
    number: int

    @property
    def article_id(self) -> str:
        """The id of the article it is cut from."""
        return self.article.id

    @property
    def text(self) -> str:
        """The exact characters of the article."""
        return self.article.text[self.start : self.end]

    def to_dict(self) -> dict[str, Any]:
        """The quote as JSON types."""
        return {
            "number": self.number,
            "article_id": self.article.id,
            "title": self.article.title,
            "published": self.article.published.isoformat() if self.article.published else None,
            "language": self.article.language,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "score": self.score,
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of the answer, where it stands in ``Answer.text``, the quotes it rests on, and a verdict.

    Attributes:
        support: Probability, 0 to 1, that the quotes state the sentence; the verdict comes from it.
    """

    sentence: str
    start: int
    end: int
    quotes: tuple[Quote, ...]
    verdict: Verdict
    support: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The citation as JSON types."""
        return {
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "verdict": self.verdict,
            "support": self.support,
            "quotes": [quote.to_dict() for quote in self.quotes],
        }


def grounded(citations: Sequence[Citation]) -> bool:
    """Whether there are sentences, and every one of them is supported."""
    return bool(citations) and all(citation.verdict == "supported" for citation in citations)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model said after one round of reading, whether or not it is shown.

    Attributes:
        text: Its words.
        read: How many passages it had been given, the best ones.
        refused: Whether it said that they do not hold the answer, or only the question again.
        confidence: Probability, 0 to 1, that it is right, as far as this round alone can tell.
        signals: What that comes from; see :mod:`rag.confidence`.
        said_in: ISO 639-1 code of its language; empty for the question's.
    """

    text: str
    read: int
    refused: bool
    confidence: float
    signals: Mapping[str, float]
    said_in: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got.

    Attributes:
        question: As it was asked.
        text: What to show; for ``not_in_articles`` and ``no_articles`` an honest sentence in the question's language.
        status: ``answered``, ``not_in_articles`` or ``no_articles``; ``about_library`` for what the catalog answers,
            such as how many articles there are; ``small_talk`` for a greeting and the like.
        citations: The sentences of ``text`` in order; empty unless answered, or where an article's beginning is told.
        sources: The passages found, best first, of which the model read three at most; for ``about_library`` the
            articles that are listed, each with its first sentence.
        confidence: Probability, 0 to 1, that the articles hold the answer and that this is it; also given where it was
            too low to answer. 1 where nothing but the catalog was read.
        signals: What ``confidence`` was made of, by name; see :mod:`rag.confidence`.
        opinions: What the model said, round by round; ``text`` is from the one that was believed.
        disputed: Whether articles disagree on what was asked; ``text`` then goes on with what another one says, under
            quotes of that article, which may be none of ``sources``.
        timings: Seconds by phase: ``search``, ``load`` (of the model), ``queue``, ``read`` (of the prompt),
            ``write``, ``generate`` (both and what is between them), ``attribute``, ``check`` (whether the passages
            answer at all), ``compare`` (with other articles), ``total``; from the start to the ``first_token``.
        model: Name of the language model; empty if it was not called.
        language: ISO 639-1 code of the question.
        said_in: The same of ``text``; the passages' language where the model found no answer in the question's.
    """

    question: str
    text: str
    status: Status
    citations: tuple[Citation, ...] = ()
    sources: tuple[Source, ...] = ()
    confidence: float = 0.0
    disputed: bool = False
    signals: Mapping[str, float] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    model: str = ""
    language: str = "und"
    said_in: str = ""

    def __post_init__(self) -> None:
        if not self.said_in:
            object.__setattr__(self, "said_in", self.language)

    @property
    def hits(self) -> list[Hit]:
        """The passages of its sources, best first."""
        return [source.hit for source in self.sources]

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Every quote once, by its number."""
        found = {quote.number: quote for citation in self.citations for quote in citation.quotes}
        return tuple(found[number] for number in sorted(found))

    @property
    def grounded(self) -> bool:
        """Whether it is an answer whose every sentence is supported."""
        return grounded(self.citations)

    def to_dict(self) -> dict[str, Any]:
        """All but what confidence was made of (``signals`` and ``opinions``), as JSON types."""
        return {
            "question": self.question,
            "text": self.text,
            "status": self.status,
            "language": self.language,
            "said_in": self.said_in,
            "confidence": self.confidence,
            "disputed": self.disputed,
            "grounded": self.grounded,
            "citations": [citation.to_dict() for citation in self.citations],
            "quotes": [quote.to_dict() for quote in self.quotes],
            "sources": [source.to_dict() for source in self.sources],
            "timings": dict(self.timings),
            "model": self.model,
        }

    def to_markdown(self) -> str:
        """The answer with ``[n]`` marks and its quotes below, as Markdown in which article text is inert."""
        from rag.markdown import to_markdown

        return to_markdown(self)

    def _repr_html_(self) -> str:
        """What a notebook shows: the text with marks, then the quotes; article text is inert."""
        from rag.notebook import to_html

        return to_html(self)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, before the model says a word."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Loading:
    """The language model is being loaded, as the first question must wait for; ``done`` once it is there."""

    done: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """Others asked before: how many are answered first. Comes again whenever that has changed."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer, checked, before other articles are read for what they say instead.

    It comes once, and only where there are such articles. Its text replaces what was streamed; ``Done`` follows, with
    the same answer and, where an article disagrees, the other side.
    """

    answer: Answer


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer, checked; always the last event. Its text replaces what was streamed."""

    answer: Answer


Event = Found | Loading | Queued | Token | Checked | Done
