"""The chatbot awaited: the same events and errors, and an answer that nobody awaits any more is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import pytest
from conftest import article

from index.embed import LetterEmbedder
from index.library import Library
from rag.asynchronous import AsyncChatbot, awaited
from rag.chatbot import Chatbot
from rag.engine.double import ParrotModel
from rag.errors import EmptyQuestion
from rag.settings import Settings
from rag.types import Done, Event, Found, Token

QUESTION = "What opened in May?"


@pytest.fixture
def chatbot(library: Library, settings: Settings) -> AsyncChatbot:
    library.ingest_articles([article("bridge", "The bridge opened in May. It cost forty million.")])
    return AsyncChatbot(Chatbot(library, ParrotModel(), LetterEmbedder(), settings))


def test_ask_stream_and_search_give_what_the_chatbot_gives(chatbot: AsyncChatbot) -> None:
    async def run() -> None:
        async with chatbot:
            events = [event async for event in chatbot.stream(QUESTION)]
            assert isinstance(events[0], Found)
            assert isinstance(events[-1], Done)
            answer = await chatbot.ask(QUESTION)
            assert answer.text == events[-1].answer.text == chatbot.chatbot.ask(QUESTION).text
            assert [hit.article.id for hit in await chatbot.search(QUESTION)] == ["bridge"]
            both = await asyncio.gather(chatbot.ask(QUESTION), chatbot.ask("What did it cost?"))
            assert [one.question for one in both] == [QUESTION, "What did it cost?"]

    asyncio.run(run())


def test_errors_come_through(chatbot: AsyncChatbot) -> None:
    async def run() -> None:
        with pytest.raises(EmptyQuestion):
            await chatbot.ask(" ")

    asyncio.run(run())


def test_what_nobody_awaits_is_cancelled_and_closed() -> None:
    closed = threading.Event()
    cancels: list[threading.Event] = []

    def start(cancel: threading.Event) -> Iterator[Event]:
        cancels.append(cancel)
        try:
            while not cancel.wait(0.01):
                yield Token("word ")
        finally:
            closed.set()

    async def leave_early() -> None:
        async with contextlib.aclosing(awaited(start)) as events:
            async for _ in events:
                break

    async def be_cancelled() -> None:
        async def forever() -> None:
            async for _ in awaited(start):
                pass

        task = asyncio.create_task(forever())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    for leaving in (leave_early, be_cancelled):
        closed.clear()
        asyncio.run(leaving())
        assert closed.wait(5)
    assert all(cancel.is_set() for cancel in cancels)
