"""Questions over HTTP: an answer as one JSON object or as server-sent events, and the search alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Unpack

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from index.errors import PullquoteError
from rag.asynchronous import awaited
from rag.types import Answer, Checked, Done, Event, Found, Loading, Queued, Token, Turn, Wishes
from ui.api.problems import problem_of
from ui.api.schemas import AnswerFacts, Ask, Hits, Search, problems
from ui.desk import Desk

EVENT_STREAM = "text/event-stream"
# Nothing on the way may keep events back or store them.
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

EVENTS = (
    "The answer. With `stream`, server-sent events: `found` (`sources`), `loading` (`done`) while the model is loaded, "
    "`queued` (`ahead`) while others come first, any number of `token` (`text`, provisional), `checked` (the answer, "
    "before other articles are read for what they say instead), then `done` (the answer) or `error`; the data of each "
    "is JSON."
)


def event_schema(*names: str) -> dict[str, Any]:
    """What OpenAPI says of a stream of events of these names."""
    event = {"event": {"type": "string", "enum": list(names)}, "data": {"type": "string"}}
    return {"schema": {"type": "object", "properties": event, "required": ["event", "data"]}}


def router(desk: Desk) -> APIRouter:
    """``/api/ask`` and ``/api/search``."""
    routes = APIRouter(prefix="/api", tags=["questions"], responses=problems(400, 413, 422, 503))

    @routes.post(
        "/ask",
        response_model=AnswerFacts,
        responses={
            200: {
                "content": {
                    EVENT_STREAM: event_schema("found", "loading", "queued", "token", "checked", "done", "error")
                },
                "description": EVENTS,
            }
        },
    )
    async def ask(asked: Ask, request: Request) -> Response:
        """Ask a question; with `stream`, what was found comes at once, then the words, then the checked answer."""
        events = asking(desk, asked.question, [turn.turn() for turn in asked.history], **asked.wishes())
        if not asked.stream:
            return JSONResponse((await last(events, request)).to_dict())
        begun = await begin(events)  # an error before the first event is still an HTTP status
        return StreamingResponse(told(begun), media_type=EVENT_STREAM, headers=STREAM_HEADERS)

    @routes.post("/search", response_model=Hits)
    def search(asked: Search) -> Response:
        """Find the passages that fit a question best; needs no language model."""
        found = desk.library.search(asked.question, asked.limit, within=asked.within)
        return JSONResponse({"hits": [hit.to_dict() for hit in found]})

    return routes


def asking(desk: Desk, question: str, history: list[Turn], **wishes: Unpack[Wishes]) -> AsyncGenerator[Event]:
    """The events of a question; closing it cancels the answer."""
    return awaited(lambda cancel: desk.stream(question, history, cancel=cancel, **wishes))


async def last(events: AsyncGenerator[Event], request: Request) -> Answer:
    """The answer at the end of a stream, which is cancelled when whoever asked hangs up.

    Raises:
        CutShort: it was cancelled.
    """
    answering, leaving = asyncio.ensure_future(_answer(events)), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise CutShort("The answer was cut short: whoever asked has left.", "Ask again.")
        return answering.result()
    finally:
        answering.cancel()
        leaving.cancel()


async def _answer(events: AsyncGenerator[Event]) -> Answer:
    async with contextlib.aclosing(events):
        async for event in events:
            if isinstance(event, Done):
                return event.answer
    raise CutShort("The answer was cut short: the server is stopping.", "Start it again: pullquote serve")


async def _left(request: Request) -> None:
    """Wait until whoever asked has hung up; the body has been read, so that nothing else can come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def begin(events: AsyncGenerator[Event]) -> AsyncGenerator[Event]:
    """The same stream with its first event there already, so that what fails at once fails here."""
    try:
        first = await anext(events)
    except StopAsyncIteration:
        raise CutShort("The answer was cut short.", "Ask again.") from None

    async def rest() -> AsyncGenerator[Event]:
        async with contextlib.aclosing(events):
            yield first
            async for event in events:
                yield event

    return rest()


async def told(events: AsyncGenerator[Event]) -> AsyncIterator[str]:
    """Events as server-sent ones; an error on the way is the last of them."""
    ended = False
    try:
        async with contextlib.aclosing(events):
            async for event in events:
                yield sent(*_named(event))
                ended = isinstance(event, Done)
    except PullquoteError as error:
        yield sent("error", problem_of(error))
    else:
        if not ended:
            yield sent("error", problem_of(CutShort("The answer was cut short.", "Ask again.")))


def sent(name: str, data: Any) -> str:
    """One server-sent event; JSON keeps its data on one line."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


class CutShort(PullquoteError):
    """An answer that was cancelled from this side."""


def _named(event: Event) -> tuple[str, dict[str, Any]]:
    match event:
        case Found(sources):
            return "found", {"sources": [source.to_dict() for source in sources]}
        case Loading(done):
            return "loading", {"done": done}
        case Queued(ahead):
            return "queued", {"ahead": ahead}
        case Token(text):
            return "token", {"text": text}
        case Checked(answer):
            return "checked", answer.to_dict()
        case Done(answer):
            return "done", answer.to_dict()
