"""A chatbot in another process, asked over its HTTP API; what comes back are the same events and answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar, Unpack, cast
from urllib.parse import quote as quote_path

import httpx

from index.errors import PullquoteError
from index.facets import Filter
from index.types import Article, Hit, Origin, Passage
from rag.errors import EmptyQuestion, IllegibleQuestion, QuestionError
from rag.types import Answer, Checked, Citation, Done, Event, Found, Loading, Queued, Quote, Source, Token, Turn, Wishes
from ui.beacon import Beacon

_QUESTION_ERRORS = frozenset({"EmptyQuestion", "QuestionTooLong", "InvalidRequest"})
# Connecting is quick on one machine; an answer may wait its turn for minutes.
_TIMEOUT = httpx.Timeout(5.0, read=None)

# Articles that are remembered at a time.
_ARTICLES = 200
# Turns that are sent along: nobody leans on what was said before them, and the server takes not many more.
_TURNS = 12

Value = TypeVar("Value")


class RemoteError(PullquoteError):
    """The server could not answer, or went away."""


class ServerGone(RemoteError):
    """There is no connection to the server any more, or it is about to end."""


class RemoteChatbot:
    """What a running ``pullquote serve`` answers.

    Args:
        beacon: Where it is.
        wishes: What every question is asked with, unless it comes with wishes of its own.
        transport: Instead of the network, in tests.
    """

    def __init__(
        self, beacon: Beacon, wishes: Wishes | None = None, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._wishes: Wishes = wishes or {}
        headers = {"Authorization": f"Bearer {beacon.token}"} if beacon.token else {}
        self._client = httpx.Client(
            base_url=beacon.address, headers=headers, timeout=_TIMEOUT, trust_env=False, transport=transport
        )
        self.library = RemoteShelf(self._client)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        cancel: threading.Event | None = None,
        **wishes: Unpack[Wishes],
    ) -> Iterator[Event]:
        """The events of its answer.

        Raises:
            QuestionError: the question cannot be asked.
            ServerGone: the connection breaks.
            RemoteError: anything else.
        """
        if not question.strip():
            raise EmptyQuestion("The question is empty.", 'Ask something: pullquote ask "what happened?"')
        IllegibleQuestion.check(question)
        body = {
            "question": question,
            "history": [{"question": turn.question, "answer": turn.answer} for turn in history[-_TURNS:]],
            **_sent({**self._wishes, **wishes}),
            "stream": True,
        }
        return self._stream(body, cancel or threading.Event())

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _stream(self, body: Mapping[str, Any], cancel: threading.Event) -> Iterator[Event]:
        try:
            with self._client.stream("POST", "/api/ask", json=body) as response:
                if response.is_error:
                    response.read()
                    raise _refusal(response)
                for name, data in _events(response.iter_lines()):
                    if cancel.is_set():
                        return
                    yield self._event(name, data)
        except httpx.HTTPError as error:
            raise _gone() from error

    def _event(self, name: str, data: Mapping[str, Any]) -> Event:
        match name:
            case "found":
                return Found(tuple(self.library.source(source) for source in data["sources"]))
            case "loading":
                return Loading(bool(data["done"]))
            case "queued":
                return Queued(int(data["ahead"]))
            case "token":
                return Token(data["text"])
            case "checked":
                return Checked(self.library.answer(data))
            case "done":
                return Done(self.library.answer(data))
        raise _error(data)


class RemoteShelf:
    """What can be read of the server's library; articles are fetched whole, and those of late are not fetched twice."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._read: dict[str, Article] = {}

    @property
    def is_sample(self) -> bool:
        """Whether these are the sample articles."""
        return bool(self._get("/api/articles", limit=1)["sample"])

    def article(self, article_id: str) -> Article:
        """The article of that id, with its text, as it is now."""
        facts = self._get(f"/api/articles/{quote_path(article_id, safe='')}")
        article = _plain(
            Article,
            facts,
            published=_day(facts["published"]),
            source=Origin(facts["file"], facts["outlet"], facts["url"], tuple(facts["further"])),
        )
        self._read[article_id] = article
        while len(self._read) > _ARTICLES:
            del self._read[next(iter(self._read))]
        return article

    def search(
        self, question: str, limit: int = 10, *, within: Collection[str] | None = None, only: Filter | None = None
    ) -> list[Hit]:
        """The passages that fit best; a filter cannot be sent, and is none of what is asked of a server here."""
        if only:
            raise RemoteError("A running server cannot filter.", "Stop it, or search without a filter.")
        body = {"question": question, "limit": limit, "within": None if within is None else list(within)}
        return [self.hit(hit) for hit in self._asked("POST", "/api/search", json=body)["hits"]]

    def close(self) -> None:
        """Nothing is held but the connection, which is the chatbot's."""

    def answer(self, data: Mapping[str, Any]) -> Answer:
        """An answer from its JSON."""
        citations = tuple(
            _plain(Citation, citation, quotes=tuple(self.quote(quote) for quote in citation["quotes"]))
            for citation in data["citations"]
        )
        sources = tuple(self.source(source) for source in data["sources"])
        return _plain(Answer, data, citations=citations, sources=sources)

    def source(self, data: Mapping[str, Any]) -> Source:
        """A source from its JSON."""
        return Source(data["number"], self.hit(data))

    def hit(self, data: Mapping[str, Any]) -> Hit:
        """A hit from its JSON."""
        article = self._holding(data["article"]["id"], data)
        passage = Passage(article.id, data["start"], data["end"], data["text"], tokens=0)
        return _plain(Hit, data, passage=passage, article=article)

    def quote(self, data: Mapping[str, Any]) -> Quote:
        """A quote from its JSON: cut out of the article here too, and compared with what was sent."""
        return _plain(Quote, data, article=self._holding(data["article_id"], data))

    def _holding(self, article_id: str, span: Mapping[str, Any]) -> Article:
        """The article with that text at that place: as it was read before, else as it is now.

        Raises:
            RemoteError: it has changed since the text was cut out of it.
        """
        known = self._read.get(article_id)
        if known is not None and _holds(known, span):
            return known
        article = self.article(article_id)
        if not _holds(article, span):
            raise RemoteError("An article changed while the answer was written.", "Ask again.")
        return article

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._asked("GET", path, params=query)

    def _asked(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, **content)
        except httpx.HTTPError as error:
            raise _gone() from error
        if response.is_error:
            raise _refusal(response)
        found: dict[str, Any] = response.json()
        return found


def _plain(kind: type[Value], data: Mapping[str, Any], **nested: Any) -> Value:
    """A dataclass from JSON: its own fields as they are, those that hold objects as given."""
    names = [field.name for field in fields(cast(Any, kind))]
    return kind(**{name: data[name] for name in names if name in data and name not in nested}, **nested)


def _sent(wishes: Wishes) -> dict[str, Any]:
    """Wishes as the API takes them."""
    within, between = wishes.get("within"), wishes.get("between")
    since, until = (day.isoformat() for day in between) if between else (None, None)
    return {
        "within": None if within is None else list(within),
        "strict": wishes.get("strict"),
        "sources": wishes.get("sources"),
        "since": since,
        "until": until,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _holds(article: Article, span: Mapping[str, Any]) -> bool:
    return bool(article.text[span["start"] : span["end"]] == span["text"])


def _gone() -> ServerGone:
    return ServerGone("The running server went away.", "Ask again: the next answer needs no server.")


def _refusal(response: httpx.Response) -> PullquoteError:
    """The error of a response; what comes from something between us and the server has another shape."""
    try:
        return _error(response.json())
    except (ValueError, LookupError, TypeError):
        return RemoteError(
            f"At the server's address something else answers, with status {response.status_code}.",
            "Look what runs there; once the server has ended, this process answers.",
        )


def _error(data: Mapping[str, Any]) -> PullquoteError:
    error = data["error"]
    kind = QuestionError if error["type"] in _QUESTION_ERRORS else RemoteError
    return (ServerGone if error["type"] == "Stopping" else kind)(error["message"], error["hint"])


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """Names and values of server-sent events as our server writes them: one line of each."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)
