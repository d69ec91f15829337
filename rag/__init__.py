"""``rag`` answers: ``rag.open().ask("what did Russia close on November 1?")``.

Importing this package loads no model library; opening a chatbot does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from index.errors import PullquoteError
from index.types import Article, Hit, Origin, Passage, Progress
from rag.settings import Settings
from rag.types import Answer, Checked, Citation, Done, Event, Found, Loading, Queued, Quote, Source, Token, Turn, Wishes

if TYPE_CHECKING:
    from datetime import date

    from index.library import Library
    from rag.asynchronous import AsyncChatbot
    from rag.chatbot import Chatbot
    from rag.engine.port import LanguageModel

__all__ = [
    "Answer",
    "Article",
    "Checked",
    "Citation",
    "Done",
    "Event",
    "Found",
    "Hit",
    "Loading",
    "Origin",
    "Passage",
    "Progress",
    "PullquoteError",
    "Queued",
    "Quote",
    "Settings",
    "Source",
    "Token",
    "Turn",
    "Wishes",
    "make_article",
    "open",
    "open_async",
    "open_library",
]


def open(  # noqa: A001 -- rag.open() reads like the built-in it stands for
    *,
    settings: Settings | None = None,
    progress: Callable[[Progress], None] | None = None,
    create: bool = False,
    eager: bool = False,
    **arguments: Any,
) -> Chatbot:
    """Open a chatbot on the user's library, or on the sample articles while there is none.

    Args:
        settings: All of them; by default what ``config.toml`` and the environment say.
        progress: Told of whatever is slow: downloads, conversion, indexing the sample articles.
        create: Make the user's library, empty, if there is none, instead of opening the sample articles.
        eager: Begin at once, in a thread, to load the language model and what searching needs, for a program that is
            about to ask.
        arguments: Single settings, such as ``home``, ``llm`` or ``sources``, where not all are given; see
            :class:`Settings`.

    Returns:
        A chatbot, to be closed after use; a ``with`` block does that. Unless ``eager``, the language model is loaded
        by the first question that needs it.

    Raises:
        PullquoteError: with a ``hint`` that says what to do.
        TypeError: all settings are given and single ones as well.
    """
    from index.embed import open_embedder
    from index.headstart import import_for_search
    from index.library import open_library
    from index.offline import go_offline_but_for
    from rag import headstart
    from rag.chatbot import Chatbot
    from rag.engine import open_model
    from rag.lending import Lender

    chosen = _chosen(settings, arguments)

    def open_named(named: Settings) -> LanguageModel:
        return open_model(named, progress)

    go_offline_but_for(chosen)  # before any thread imports what reads the environment
    lender = Lender(lambda: open_named(chosen))
    if eager:
        headstart.load(lender)
        import_for_search()
    with ExitStack() as unless_opened:
        unless_opened.callback(lender.close)
        embedder = open_embedder(chosen, progress)
        library = open_library(chosen, progress, writable=create, embedder=embedder)
        unless_opened.pop_all()
    return Chatbot(library, lender, embedder, chosen, models=open_named)


def open_library(
    *,
    settings: Settings | None = None,
    progress: Callable[[Progress], None] | None = None,
    create: bool = False,
    **arguments: Any,
) -> Library:
    """Open the library alone, to search, read, add and remove; no language model.

    Arguments and errors are those of :func:`open`.
    """
    from index import library

    return library.open_library(_chosen(settings, arguments), progress, writable=create)


def make_article(
    text: str,
    *,
    id: str,  # noqa: A002 -- the word everyone uses for it
    title: str | None = None,
    language: str | None = None,
    published: date | None = None,
    source: Origin | None = None,
) -> Article:
    """Make an article of a text in memory, for ``Library.ingest_articles``; what is None is found in the text.

    Args:
        text: The text, which is kept exactly as it is.
        id: What to call it; another article of the same id replaces it.
        title: Its headline; "" for none.
        language: ISO 639-1 code.
        published: Day of publication.
        source: Where it comes from.

    Raises:
        EmptyArticle: there is no text in it.
    """
    from index import load

    return load.make_article(
        text, id=id, title=title, language=language, published=published, source=source or Origin()
    )


async def open_async(
    *,
    settings: Settings | None = None,
    progress: Callable[[Progress], None] | None = None,
    create: bool = False,
    **arguments: Any,
) -> AsyncChatbot:
    """Open a chatbot for an asyncio program; arguments and errors are those of :func:`open`."""
    import asyncio

    from rag.asynchronous import AsyncChatbot

    chatbot = await asyncio.to_thread(open, settings=settings, progress=progress, create=create, **arguments)
    return AsyncChatbot(chatbot)


def _chosen(settings: Settings | None, arguments: dict[str, Any]) -> Settings:
    """The settings that are given, or those that single ones make with what the file and the environment say."""
    if settings is None:
        return Settings.load(**arguments)
    if arguments:
        raise TypeError(f"settings are given, and {', '.join(arguments)} as well: give one or the other")
    return settings
