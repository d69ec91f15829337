"""What the HTTP API takes and gives, as its OpenAPI page shows it.

Answers are sent as ``to_dict()`` makes them; the models here describe that, and a test holds the two together.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from rag.types import Status, Turn, Verdict, Wishes
from ui.wishes import between

# Something to read: not only white space, no NUL, no half of a surrogate pair (which JSON can hold and a database not).
WORDS = r"^[^\x00]*[^\s\x00-\x1f\x7f-\x9f][^\x00]*$"
_CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0))))


def says_something(text: str) -> bool:
    """Whether a text matches :data:`WORDS`; in one pass, as Python's own regular expressions would not be."""
    return "\0" not in text and any(not (letter.isspace() or letter in _CONTROLS) for letter in text)


Words = Annotated[str, StringConstraints(min_length=1, pattern=WORDS)]
Line = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")]


def _number(given: Any) -> Any:
    if isinstance(given, bool | str):
        raise ValueError("a number is wanted")  # noqa: TRY004 -- what pydantic turns into an answer is a ValueError
    return given


# What JSON Schema calls an integer: 10 and 10.0, but neither true nor "10".
Whole = Annotated[int, BeforeValidator(_number)]


class Request(BaseModel):
    """A request's body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class Exchange(Request):
    """An earlier question of the conversation, and what was answered."""

    question: str
    answer: str

    def turn(self) -> Turn:
        """As the chatbot takes it."""
        return Turn(self.question, self.answer)


class Ask(Request):
    """A question."""

    question: Words = Field(description="In any language that the embedder knows; at most `question_characters`.")
    history: list[Exchange] = Field(default=[], max_length=200, description="Earlier turns, oldest first.")
    within: list[str] | None = Field(default=None, description="Ids of the only articles to look in.")
    strict: bool | None = Field(default=None, strict=True, description="Whether to leave out what no quote supports.")
    sources: Annotated[int, Field(ge=1, le=20), BeforeValidator(_number)] | None = Field(
        default=None, description="How many passages to find."
    )
    since: date | None = Field(
        default=None, description="Articles from this day on are preferred; others are found too."
    )
    until: date | None = Field(default=None, description="Articles up to this day are preferred, likewise.")
    stream: bool = Field(default=False, strict=True, description="Server-sent events instead of one JSON object.")

    def wishes(self) -> Wishes:
        """How it is to be answered, as far as that was said."""
        days = between(self.since, self.until)
        return Wishes(within=self.within, strict=self.strict, sources=self.sources, between=days)


class Search(Request):
    """A search."""

    question: Words = Field(description="A question or words.")
    limit: Whole = Field(default=10, ge=1, le=100, description="How many passages.")
    within: list[str] | None = Field(default=None, description="Ids of the only articles to look in.")


class NewArticle(Request):
    """An article to take in; what is left out is found in the text."""

    text: Words
    id: Name | None = Field(default=None, description="By default its URL, else one made of its text.")
    title: Line | None = None
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")] | None = Field(
        default=None, description="ISO 639 code."
    )
    published: date | None = None
    outlet: Line | None = None
    url: Line | None = None


class NewArticles(Request):
    """Articles to take in."""

    articles: list[NewArticle] = Field(min_length=1, max_length=1000)


class Given(BaseModel):
    """A part of an answer: later versions may tell more."""

    model_config = ConfigDict(extra="allow")


class ArticleFacts(Given):
    """What is known of an article, without its text."""

    id: str
    title: str
    language: str
    published: date | None
    file: str | None
    outlet: str | None
    url: str | None
    further: list[str]
    characters: int


class WholeArticle(ArticleFacts):
    """An article with its exact text, which offsets count in code points."""

    text: str


class ArticleList(Given):
    """Articles, newest first."""

    articles: list[ArticleFacts]
    total: int
    sample: bool = Field(description="Whether these are the sample articles, used until there are others.")


class Removed(Given):
    """What was taken out."""

    removed: list[str]


class FailureFacts(Given):
    """What could not be taken in, why, and what to do."""

    id: str
    reason: str
    hint: str


class Report(Given):
    """What taking in did: ids by outcome."""

    added: list[str]
    updated: list[str]
    unchanged: list[str]
    removed: list[str]
    failed: list[FailureFacts]
    passages: int
    seconds: float
    duplicates: list[str]
    left_out: list[str]


class HitFacts(Given):
    """A passage found: `article.text[start:end] == text`."""

    rank: int
    score: float
    dense: float | None
    lexical: float | None
    dense_rank: int | None
    lexical_rank: int | None
    start: int
    end: int
    text: str
    article: ArticleFacts


class Hits(Given):
    """Passages found, best first."""

    hits: list[HitFacts]


class SourceFacts(HitFacts):
    """A passage that was found, numbered; the model reads the best of them."""

    number: int


class QuoteFacts(Given):
    """Exact words of an article: `text[start:end]`, in code points."""

    number: int
    article_id: str
    title: str
    published: date | None
    language: str
    start: int
    end: int
    text: str
    score: float


class CitationFacts(Given):
    """A sentence of the answer and the quotes it stands on."""

    sentence: str
    start: int
    end: int
    verdict: Verdict
    support: float
    quotes: list[QuoteFacts]


class AnswerFacts(Given):
    """An answer, checked."""

    question: str
    text: str
    status: Status
    language: str = Field(description="Of the question, ISO 639-1.")
    said_in: str = Field(description="Of the text: the articles' language if there was no answer in the question's.")
    confidence: float
    grounded: bool
    disputed: bool = Field(description="Whether articles disagree on what was asked.")
    citations: list[CitationFacts]
    quotes: list[QuoteFacts]
    sources: list[SourceFacts]
    timings: dict[str, float]
    model: str


class Alive(Given):
    """A server that runs."""

    status: Literal["ok"]
    instance: str = Field(description="Made anew at each start.")


class Ready(Given):
    """Whether it can answer now."""

    status: Literal["ready", "stopping"]
    articles: int
    sample: bool
    model: str


class ProblemFacts(Given):
    """What went wrong, in a sentence, and what to do about it."""

    type: str
    message: str
    hint: str
    param: str | None = None
    code: str | None = None
    request_id: str | None = None


class Problem(Given):
    """An error, in the shape that OpenAI's clients read."""

    error: ProblemFacts


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's documentation says of errors: those that every route can meet, and these."""
    meanings = {
        400: "The request cannot be read.",
        401: "The server wants its token: `Authorization: Bearer …`.",
        403: "Asked from a foreign web page.",
        404: "Not there.",
        405: "The path takes other methods.",
        409: "Another process is writing to the library.",
        413: "The request is too long.",
        422: "The request does not say what it must.",
        429: "Too many requests; `Retry-After` says when to come again.",
        503: "Too many questions at a time, or the server is stopping, or a model cannot be had.",
    }
    return {
        status: {"model": Problem, "description": meanings[status]} for status in sorted({401, 403, 429, *statuses})
    }
