"""The chatbot for asyncio programs: the same questions, events and answers, awaited.

The work is done in a thread of its own for each answer; leaving an ``async for`` early, or cancelling the task, cancels
the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Self, Unpack

from index.types import Hit
from rag.types import Answer, Done, Event, Turn, Wishes

if TYPE_CHECKING:
    from rag.chatbot import Chatbot


class AsyncChatbot:
    """A :class:`rag.chatbot.Chatbot` whose methods are awaited. ``await rag.open_async()`` opens one.

    Args:
        chatbot: What answers; closed together with this.
    """

    def __init__(self, chatbot: Chatbot) -> None:
        self.chatbot = chatbot

    async def ask(self, question: str, history: Sequence[Turn] = (), **wishes: Unpack[Wishes]) -> Answer:
        """Answer a question; arguments and errors are those of :meth:`rag.chatbot.Chatbot.stream`."""
        async with contextlib.aclosing(self.stream(question, history, **wishes)) as events:
            async for event in events:
                if isinstance(event, Done):
                    return event.answer
        raise AssertionError("a stream that is not cancelled ends with Done")

    def stream(self, question: str, history: Sequence[Turn] = (), **wishes: Unpack[Wishes]) -> AsyncGenerator[Event]:
        """The events of :meth:`Chatbot.stream`; closing it, or cancelling its task, cancels the answer."""
        return awaited(lambda cancel: self.chatbot.stream(question, history, cancel=cancel, **wishes))

    async def search(self, question: str, limit: int = 10, *, within: Collection[str] | None = None) -> list[Hit]:
        """The passages that answer a question best, best first; needs no language model."""
        return await asyncio.to_thread(self.chatbot.library.search, question, limit, within=within)

    async def use_model(self, name: str) -> None:
        """Answer with another language model; see :meth:`rag.chatbot.Chatbot.use_model`."""
        await asyncio.to_thread(self.chatbot.use_model, name)

    async def close(self) -> None:
        """Free the model and close the library."""
        await asyncio.to_thread(self.chatbot.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def awaited(start: Callable[[threading.Event], Iterator[Event]]) -> AsyncGenerator[Event]:
    """The events of a stream that is started and drained in a thread of its own.

    Args:
        start: Given an event that is set when nobody wants the rest, starts the stream.

    Raises:
        PullquoteError: what the stream raises.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[Event | None] = asyncio.Queue()
    cancel = threading.Event()

    def tell(event: Event | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has been closed: nobody listens any more
            loop.call_soon_threadsafe(arrived.put_nowait, event)

    def work() -> None:
        with closing(start(cancel)) as events:
            for event in events:
                if cancel.is_set():
                    return
                tell(event)

    # Not the loop's own few threads: an answer may wait minutes for its turn.
    thread = ThreadPoolExecutor(1, thread_name_prefix="answer")
    working = thread.submit(contextvars.copy_context().run, work)
    working.add_done_callback(lambda _: tell(None))
    try:
        while (event := await arrived.get()) is not None:
            yield event
        working.result()
    finally:
        cancel.set()
        thread.shutdown(wait=False)


def closing(events: Iterator[Event]) -> contextlib.AbstractContextManager[Iterator[Event]]:
    """Close a generator at the end, which cancels what still runs; other iterators have nothing to close."""
    return contextlib.closing(events) if isinstance(events, Generator) else contextlib.nullcontext(events)
