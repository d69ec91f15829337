"""Commands that serve others: ``serve`` people and programs, ``mcp`` agents."""

from __future__ import annotations

import contextlib
import secrets
from typing import Annotated

import typer

from ui import beacon
from ui.commands.options import Embedder, Llm, Sources
from ui.commands.session import Session
from ui.doors import Serving, Shelf


def serve(
    context: typer.Context,
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="PORT", help="Port to listen on.")] = 7860,
    llm: Llm = None,
    embedder: Embedder = None,
    sources: Sources = None,
) -> None:
    """Serve the chat in the browser and the HTTP API, to this machine only unless another address is given.

    Any other address needs a token: PULLQUOTE_TOKEN. Ctrl-C lets running answers finish, a second one does not.
    """
    session: Session = context.obj
    settings = session.settings(llm=llm, embedder=embedder, sources=sources)
    with session.chatbot(settings) as chatbot, contextlib.ExitStack() as lamp:
        instance = secrets.token_hex(8)
        addresses: list[str] = []

        def ready(address: str) -> None:
            addresses.append(beacon.from_here(address))
            lamp.enter_context(beacon.lit(settings, addresses[0], instance))
            session.terminal.note(f"Pullquote is at {address} – Ctrl-C stops it.")

        def own() -> Shelf:
            library = session.doors.own(chatbot, settings)
            chosen(settings.llm)
            return library

        def chosen(model: str) -> None:
            nonlocal settings
            settings = settings.model_copy(update={"llm": model})
            if addresses:  # a library may appear while the page is still being built; then `ready` tells of it
                beacon.light(settings, addresses[0], instance)

        serving = Serving(settings, host, port, own=own, chosen=chosen, ready=ready, instance=instance)
        session.doors.serve(chatbot, serving)


def mcp(context: typer.Context, *, llm: Llm = None, embedder: Embedder = None, sources: Sources = None) -> None:
    """Offer the tools ask, search and read_article to an agent, by the Model Context Protocol on stdin and stdout.

    Name it to the agent as the command `pullquote mcp`.
    """
    session: Session = context.obj
    with session.respondent(session.settings(llm=llm, embedder=embedder, sources=sources)) as chatbot:
        session.doors.agent(chatbot)
