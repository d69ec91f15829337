"""What a browser keeps of a conversation: each answer as plain values, enough to show it again without the library.

The server keeps no conversation. What comes back from a browser is checked here like any other input, and its texts
are escaped like those of articles when they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import pydantic

from index.errors import PullquoteError
from index.types import Article
from rag.markdown import cut
from rag.types import Answer, Quote, Source, Turn

# A conversation that a browser sends: answers, and characters of its longest text.
_ANSWERS, _CHARACTERS = 200, 40_000
# Characters of an article's id, of its other names, of a model's name, and of a language's code.
_ID, _NAME, _LABEL, _CODE = 10_000, 2_000, 200, 16


class UnreadableConversation(PullquoteError):
    """What a browser sent is no conversation of ours."""


class _Value(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")


class Place(_Value):
    """A span of an article, with what is known of the article.

    Attributes:
        article_id, title, outlet, published, language: Of the article; the day in ISO form or empty.
        start, end: Code points of the article's text.
        text: The characters between them.
    """

    article_id: str = pydantic.Field(max_length=_ID)
    title: str = pydantic.Field(default="", max_length=_NAME)
    outlet: str = pydantic.Field(default="", max_length=_NAME)
    published: str = pydantic.Field(default="", max_length=10)
    language: str = pydantic.Field(default="und", max_length=_CODE)
    start: int = pydantic.Field(default=0, ge=0)
    end: int = pydantic.Field(default=0, ge=0)
    text: str = pydantic.Field(max_length=_CHARACTERS)

    @classmethod
    def of_quote(cls, quote: Quote) -> Self:
        """The place a quote was cut from."""
        return cls(**_facts(quote.article), **_span(quote.start, quote.text))

    @classmethod
    def of_source(cls, source: Source) -> Self:
        """The place of a passage that was found."""
        passage = source.hit.passage
        return cls(**_facts(source.article), **_span(passage.start, passage.text))


class Sentence(_Value):
    """A sentence of an answer: its span of the answer's text, the places of its quotes (from 0), and its verdict."""

    start: int = pydantic.Field(ge=0)
    end: int = pydantic.Field(ge=0)
    quotes: tuple[int, ...] = ()
    verdict: str = pydantic.Field(default="unsupported", max_length=32)


class Kept(_Value):
    """A question and what it got; the fields are those of :class:`rag.types.Answer`.

    Attributes:
        quotes: Each once; the reader's mark is its place in the list, from 1.
        said_in: As in :class:`rag.types.Answer`; empty in what was kept by earlier versions.
        markdown: The answer as Markdown, for export.
    """

    question: str = pydantic.Field(max_length=_CHARACTERS)
    text: str = pydantic.Field(max_length=_CHARACTERS)
    status: str = pydantic.Field(max_length=32)
    sentences: tuple[Sentence, ...] = pydantic.Field(default=(), max_length=200)
    quotes: tuple[Place, ...] = pydantic.Field(default=(), max_length=200)
    sources: tuple[Place, ...] = pydantic.Field(default=(), max_length=50)
    confidence: float = 0.0
    disputed: bool = False
    language: str = pydantic.Field(default="und", max_length=_CODE)
    said_in: str = pydantic.Field(default="", max_length=_CODE)
    model: str = pydantic.Field(default="", max_length=_LABEL)
    markdown: str = pydantic.Field(default="", max_length=8 * _CHARACTERS)

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """What to keep of an answer."""
        quotes = answer.quotes
        where = {quote.number: place for place, quote in enumerate(quotes)}
        return cls(
            question=answer.question,
            text=answer.text,
            status=answer.status,
            sentences=tuple(
                Sentence(
                    start=citation.start,
                    end=citation.end,
                    quotes=tuple(where[quote.number] for quote in citation.quotes),
                    verdict=citation.verdict,
                )
                for citation in answer.citations
            ),
            quotes=tuple(Place.of_quote(quote) for quote in quotes),
            sources=tuple(Place.of_source(source) for source in answer.sources),
            confidence=answer.confidence,
            disputed=answer.disputed,
            language=answer.language[:_CODE],
            said_in=answer.said_in[:_CODE],
            model=answer.model[:_LABEL],
            markdown=answer.to_markdown(),
        )

    @property
    def turn(self) -> Turn:
        """What later questions may lean on."""
        return Turn(self.question, self.text)

    def pieces(self) -> list[tuple[str, Sentence | None]]:
        """The text in order, cut after each sentence, which comes with the piece that it ends."""
        return list(cut(self.text, self.sentences))

    def verdict_of(self, quote: int) -> str:
        """The best verdict of the sentences that stand on a quote."""
        verdicts = {sentence.verdict for sentence in self.sentences if quote in sentence.quotes}
        return next((verdict for verdict in ("supported", "partly") if verdict in verdicts), "unsupported")


_CONVERSATION = pydantic.TypeAdapter(tuple[Kept, ...])


def read(sent: Any) -> tuple[Kept, ...]:
    """The answers of a conversation that a browser sends.

    Raises:
        UnreadableConversation: it is none, or too large.
    """
    if isinstance(sent, Sequence) and len(sent) > _ANSWERS:
        raise UnreadableConversation(
            f"This conversation has {len(sent)} answers; {_ANSWERS} is the most.", "Begin a new conversation."
        )
    try:
        return _CONVERSATION.validate_python(sent or ())
    except pydantic.ValidationError as error:
        raise UnreadableConversation(
            "What this browser kept of the conversation cannot be read.", "Delete it and begin a new one."
        ) from error


def _facts(article: Article) -> dict[str, Any]:
    return {
        "article_id": article.id[:_ID],
        "title": article.name[:_NAME],
        "outlet": (article.source.outlet or "")[:_NAME],
        "published": article.published.isoformat() if article.published else "",
        "language": article.language[:_CODE],
    }


def _span(start: int, text: str) -> dict[str, Any]:
    """The span of a text, or of as much of its beginning as is kept."""
    kept = text[:_CHARACTERS]
    return {"start": start, "end": start + len(kept), "text": kept}
