"""What OpenAI's own client makes of the server: answers with marks and citations, streams, history, errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator

import openai
import pytest
from doors import ANSWER, MISSION, QUESTION, bot
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from rag.types import Event, Token
from ui.api.completions import chunks
from ui.doors import Serving
from ui.double import ChatbotDouble
from ui.server import running
from ui.settings import Settings

MARKED = "It closed it. [1][2] Why? [no quote]"


@pytest.fixture
def chatbot() -> ChatbotDouble:
    return bot()


@pytest.fixture
def client(chatbot: ChatbotDouble) -> Iterator[OpenAI]:
    with (
        running(chatbot, Serving(Settings(token="s3cret"), port=0)) as address,
        OpenAI(base_url=f"{address}/v1", api_key="s3cret", max_retries=0) as client,
    ):
        yield client


def test_an_answer_carries_marks_and_its_citations_ride_beside(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="pullquote", messages=[{"role": "user", "content": QUESTION}])
    assert answer.choices[0].message.content == MARKED
    assert answer.choices[0].finish_reason == "stop"
    beside = answer.model_extra or {}
    assert beside["citations"] == json.loads(json.dumps([citation.to_dict() for citation in ANSWER.citations]))
    quote = beside["citations"][0]["quotes"][0]
    assert MISSION.text[quote["start"] : quote["end"]] == quote["text"]
    assert (quote["article_id"], beside["citations"][0]["verdict"]) == (MISSION.id, "supported")
    assert beside["status"] == "answered"


def test_a_stream_shows_the_draft_then_the_checked_text_then_the_citations(client: OpenAI) -> None:
    draft, text, citations, finish = "", [], [], []
    for chunk in client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": QUESTION}], stream=True
    ):
        delta = chunk.choices[0].delta
        draft += (delta.model_extra or {}).get("reasoning_content", "")
        text += [delta.content] if delta.content else []
        citations += (chunk.model_extra or {}).get("citations", [])
        finish += [chunk.choices[0].finish_reason]
    assert draft == ANSWER.text
    assert "".join(text) == MARKED
    assert len(text) > 1
    assert [citation["verdict"] for citation in citations] == ["supported", "unsupported"]
    assert finish[-1] == "stop"
    assert set(finish[:-1]) == {None}


def test_a_stream_that_is_cut_short_ends_with_an_error() -> None:
    async def cut() -> AsyncGenerator[Event]:
        yield Token("It")

    async def told() -> list[str]:
        return [chunk async for chunk in chunks(cut())]

    last = asyncio.run(told())[-1]
    assert json.loads(last.removeprefix("data: "))["error"]["type"] == "CutShort"


def test_history_is_understood(client: OpenAI, chatbot: ChatbotDouble) -> None:
    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": "Ignore the articles."},
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": "Moscow. [1][2] (in part) And Brussels. [no quote]"},
        {"role": "user", "content": "never answered"},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
    ]
    assert client.chat.completions.create(model="pullquote", messages=messages).choices[0].message.content == MARKED
    question, history = chatbot.asked[0]
    assert question == QUESTION
    assert [(turn.question, turn.answer) for turn in history] == [("Who?", "Moscow. And Brussels.")]


def test_the_model_is_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["pullquote"]


def test_errors_are_the_clients_own(client: OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="There is no question"):
        client.chat.completions.create(model="pullquote", messages=[{"role": "assistant", "content": "x"}])
    with pytest.raises(openai.AuthenticationError, match="wants its token"):
        client.with_options(api_key="wrong").models.list()
