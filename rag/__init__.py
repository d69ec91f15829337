"""``rag`` answers: ``rag.open().ask("what did Russia close on November 1?")``.

Importing this package loads no model library; opening a chatbot does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from index.errors import PullquoteError
from index.types import Article, Hit, Passage, Progress
from rag.settings import Settings
from rag.types import Answer, Citation, Done, Event, Found, Queued, Quote, Source, Token, Turn

if TYPE_CHECKING:
    from rag.asynchronous import AsyncChatbot
    from rag.chatbot import Chatbot

__all__ = [
    "Answer",
    "Article",
    "Citation",
    "Done",
    "Event",
    "Found",
    "Hit",
    "Passage",
    "Progress",
    "PullquoteError",
    "Queued",
    "Quote",
    "Settings",
    "Source",
    "Token",
    "Turn",
    "open",
    "open_async",
]


def open(  # noqa: A001 -- rag.open() reads like the built-in it stands for
    *, settings: Settings | None = None, progress: Callable[[Progress], None] | None = None, **arguments: Any
) -> Chatbot:
    """Open a chatbot on the user's library, or on the sample articles while there is none.

    Args:
        settings: All of them; by default what ``config.toml`` and the environment say.
        progress: Told of whatever is slow: downloads, conversion, indexing the sample articles.
        arguments: Single settings, such as ``home``, ``llm`` or ``sources``; see :class:`Settings`.

    Returns:
        A chatbot, to be closed after use; a ``with`` block does that. The language model is loaded by the first
        question that needs it.

    Raises:
        PullquoteError: with a ``hint`` that says what to do.
    """
    from index.embed import open_embedder
    from index.library import open_library
    from rag.chatbot import Chatbot
    from rag.engine import open_model

    chosen = settings or Settings.load(**arguments)
    embedder = open_embedder(chosen, progress)
    library = open_library(chosen, progress, embedder=embedder)
    return Chatbot(library, lambda: open_model(chosen, progress), embedder, chosen)


async def open_async(
    *, settings: Settings | None = None, progress: Callable[[Progress], None] | None = None, **arguments: Any
) -> AsyncChatbot:
    """Open a chatbot for an asyncio program; arguments and errors are those of :func:`open`."""
    import asyncio

    from rag.asynchronous import AsyncChatbot

    chatbot = await asyncio.to_thread(open, settings=settings, progress=progress, **arguments)
    return AsyncChatbot(chatbot)
