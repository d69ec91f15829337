"""Commands that ask: ``ask``, ``chat``, ``search``."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.types import Answer
from ui.commands.options import Address, AsJson, Embedder, Language, Llm, Outlet, Since, Sources, Until, only_those
from ui.commands.session import OK, UNANSWERED, Session
from ui.conversation import converse
from ui.doors import Answerer
from ui.render import hit_page
from ui.terminal import Terminal, drain


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in any language the embedder knows.")],
    *,
    as_json: AsJson = False,
    llm: Llm = None,
    embedder: Embedder = None,
    sources: Sources = None,
) -> None:
    """Ask one question: the answer is streamed, then its quotes follow as footnotes.

    Exit status: 0 answered, 3 not in the articles, 4 no articles, 2 wrong usage, 1 another error, 130 Ctrl-C.
    """
    session: Session = context.obj
    with session.chatbot(session.settings(llm=llm, embedder=embedder, sources=sources)) as chatbot:
        answer = _answer(session.terminal, chatbot, question, as_json=as_json)
    if answer.status == "no_articles":
        session.terminal.note("→ pullquote index FOLDER")
    raise typer.Exit(UNANSWERED.get(answer.status, OK))


def chat(context: typer.Context, *, llm: Llm = None, embedder: Embedder = None, sources: Sources = None) -> None:
    """Talk in the terminal; later questions may lean on earlier ones.

    Ctrl-C cancels the answer being written, Ctrl-D leaves.
    """
    session: Session = context.obj
    with session.chatbot(session.settings(llm=llm, embedder=embedder, sources=sources)) as chatbot:
        session.terminal.note("Ask about the articles. Ctrl-C cancels an answer, Ctrl-D leaves.")
        converse(session.terminal, chatbot)


def search(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="A question or words.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How many passages to show.")] = 10,
    outlet: Outlet = None,
    url: Address = None,
    language: Language = None,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
    embedder: Embedder = None,
) -> None:
    """Show the passages that fit a question best; needs no language model."""
    session: Session = context.obj
    settings = session.settings(embedder=embedder)
    with session.library(settings) as library:
        hits = library.search(question, limit, only=only_those(outlet, url, language, since, until))
    if as_json:
        session.terminal.print_json([hit.to_dict() for hit in hits])
    elif hits:
        session.terminal.print(hit_page(hits))
    else:
        session.terminal.note("Nothing found.")


def _answer(terminal: Terminal, chatbot: Answerer, question: str, *, as_json: bool) -> Answer:
    if not as_json:
        return terminal.play(chatbot.stream(question))
    answer = drain(chatbot.stream(question))
    terminal.print_json(answer.to_dict())
    return answer
