"""Commands that serve others: ``serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.commands.options import Embedder, Llm, Sources
from ui.commands.session import Session
from ui.doors import Serving


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
    with session.chatbot(settings) as chatbot:
        serving = Serving(
            settings,
            host,
            port,
            own=lambda: session.doors.own(chatbot, settings),
            ready=lambda address: session.terminal.note(f"Pullquote is at {address} – Ctrl-C stops it."),
        )
        session.doors.serve(chatbot, serving)
