"""The API that OpenAI's clients speak: chat completions whose text carries ``[1]`` marks, with the citations beside.

A sentence is sent as content once its quotes are known. The words before that, which may still be withdrawn, stream as
``reasoning_content``, where clients that know it show a draft.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from index.errors import PullquoteError
from rag.errors import QuestionError
from rag.markdown import marks, pieces, unmarked
from rag.types import Answer, Done, Event, Status, Token, Turn
from ui.api.problems import problem_of
from ui.api.questions import EVENT_STREAM, STREAM_HEADERS, CutShort, asking, begin, event_schema, last
from ui.api.schemas import WORDS, CitationFacts, Given, problems, says_something
from ui.desk import Desk

MODEL = "pullquote"
_END = "data: [DONE]\n\n"


class Part(BaseModel):
    """A piece of a message; only text is read."""

    model_config = ConfigDict(extra="allow")
    type: str
    text: str = ""


class Message(BaseModel):
    """A turn of the conversation."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its words."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


_WORDS: dict[str, Any] = {"type": "string", "pattern": WORDS}
_QUESTION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "role": {"const": "user"},
        "content": {
            "anyOf": [
                _WORDS,
                {
                    "type": "array",
                    "contains": {
                        "type": "object",
                        "properties": {"type": {"const": "text"}, "text": _WORDS},
                        "required": ["type", "text"],
                    },
                },
            ]
        },
    },
    "required": ["role", "content"],
}


class Completion(BaseModel):
    """A request as OpenAI's clients send it. The user's last message is the question; sampling options are passed over.

    The words of system and developer messages are not followed: the articles decide.
    """

    model_config = ConfigDict(extra="allow")
    messages: list[Message] = Field(min_length=1, max_length=1000, json_schema_extra={"contains": _QUESTION})
    model: str = Field(default=MODEL, description="Any name will do; the answer comes from this server's model.")
    stream: bool = Field(default=False, strict=True)


class Reply(Given):
    """The assistant's message."""

    role: Literal["assistant"]
    content: str


class Choice(Given):
    """The one choice there is."""

    index: int
    message: Reply
    finish_reason: Literal["stop"]


class CompletionFacts(Given):
    """A chat completion, with what the answer stands on beside it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    citations: list[CitationFacts]
    status: Status
    confidence: float


class ModelFacts(Given):
    """A model."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(Given):
    """The models that can be asked."""

    object: Literal["list"]
    data: list[ModelFacts]


class NoQuestion(QuestionError):
    """A conversation without a question."""


@dataclass(frozen=True, slots=True)
class _Head:
    """What every object of one completion has in common."""

    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **beside: Any) -> str:
        """One server-sent piece of it."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        facts = {"id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": MODEL}
        return f"data: {json.dumps({**facts, 'choices': [choice], **beside})}\n\n"


def router(desk: Desk, started: int) -> APIRouter:
    """``/v1/chat/completions`` and ``/v1/models``."""
    routes = APIRouter(prefix="/v1", tags=["OpenAI"], responses=problems())

    @routes.post(
        "/chat/completions",
        response_model=CompletionFacts,
        responses={200: {"content": {EVENT_STREAM: event_schema("message")}}, **problems(400, 413, 422, 503)},
    )
    async def complete(asked: Completion, request: Request) -> Response:
        """Answer the last message, in the light of those before."""
        question, history = conversation(asked.messages)
        events = asking(desk, question, history)
        if not asked.stream:
            return JSONResponse(completion(await last(events, request)))
        return StreamingResponse(chunks(await begin(events)), media_type=EVENT_STREAM, headers=STREAM_HEADERS)

    @routes.get("/models", response_model=ModelList)
    def models() -> Response:
        """List the one model: the articles, asked through whatever model serves them."""
        model = {"id": MODEL, "object": "model", "created": started, "owned_by": MODEL}
        return JSONResponse({"object": "list", "data": [model]})

    return routes


def conversation(messages: list[Message]) -> tuple[str, list[Turn]]:
    """The question, which is the user's last message with words, and the turns before it.

    A question without an answer, or the other way round, is no turn.

    Raises:
        NoQuestion: the user says nothing.
    """
    said = [(message.role, message.text) for message in messages if message.role in {"user", "assistant"}]
    asked = [place for place, (role, text) in enumerate(said) if role == "user" and says_something(text)]
    if not asked:
        raise NoQuestion("There is no question.", "Add a message: role user, content text.")
    history: list[Turn] = []
    question: str | None = None
    for role, text in said[: asked[-1]]:
        if role == "user":
            question = text
        elif question is not None:
            history.append(Turn(question, unmarked(text)))
            question = None
    return said[asked[-1]][1], history


def marked(answer: Answer) -> list[str]:
    """The answer's text in pieces, each sentence with its marks; joined, the whole."""
    parts: list[str] = []
    for text, citation in pieces(answer):
        parts.append(f"{text} {marks(citation)}" if citation is not None else text)
    return parts


def completion(answer: Answer) -> dict[str, Any]:
    """An answer as a chat completion."""
    head = _Head()
    reply = {"role": "assistant", "content": "".join(marked(answer))}
    return {
        "id": head.id,
        "object": "chat.completion",
        "created": head.created,
        "model": MODEL,
        "choices": [{"index": 0, "message": reply, "finish_reason": "stop"}],
        **_beside(answer),
    }


async def chunks(events: AsyncGenerator[Event]) -> AsyncIterator[str]:
    """A stream as chunks of a chat completion: the draft, then the checked text, then the citations."""
    head, ended = _Head(), False
    yield head.chunk({"role": "assistant", "content": ""})
    try:
        async with contextlib.aclosing(events):
            async for event in events:
                match event:
                    case Token(text):
                        yield head.chunk({"reasoning_content": text})
                    case Done(answer):
                        for part in marked(answer):
                            yield head.chunk({"content": part})
                        yield head.chunk({}, "stop", **_beside(answer))
                        yield _END
                        ended = True
        if not ended:
            raise CutShort("The answer was cut short.", "Ask again.")
    except PullquoteError as error:
        yield f"data: {json.dumps(problem_of(error))}\n\n"


def _beside(answer: Answer) -> dict[str, Any]:
    return {
        "citations": [citation.to_dict() for citation in answer.citations],
        "status": answer.status,
        "confidence": answer.confidence,
    }
