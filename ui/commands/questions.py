"""Commands that ask: ``ask``, ``chat``, ``search``."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from rag.errors import IllegibleQuestion
from rag.types import Answer, Wishes
from ui.batch import answered_before, ask_all, put_in_order, read_questions
from ui.commands.options import (
    Address,
    AsJson,
    Embedder,
    Language,
    LikedSince,
    LikedUntil,
    Llm,
    Outlet,
    Plain,
    Quiet,
    Since,
    Sources,
    Until,
    only_those,
    preferring,
    writable,
)
from ui.commands.session import FAILED, OK, UNANSWERED, Session
from ui.conversation import converse, remembered
from ui.doors import Respondent
from ui.render import count, hit_page
from ui.settings import Settings
from ui.terminal import Terminal, drain


def ask(
    context: typer.Context,
    question: Annotated[
        str | None, typer.Argument(help="The question, in any language the embedder knows; - or nothing reads stdin.")
    ] = None,
    *,
    batch: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ask every line of a file instead; - for stdin.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --batch: where answers go, as JSON lines; else stdout.")
    ] = None,
    as_json: AsJson = False,
    plain: Plain = False,
    quiet: Quiet = False,
    llm: Llm = None,
    embedder: Embedder = None,
    sources: Sources = None,
    since: LikedSince = None,
    until: LikedUntil = None,
) -> None:
    """Ask one question: the answer is streamed, then its quotes follow as footnotes. Or ask many, with --batch.

    A `pullquote serve` of the same library and settings that is running is asked, so that no model need be loaded. A
    batch that was interrupted goes on where it stopped when it is given the same files again, and asks again what met
    an error.

    Exit status: 0 answered, 3 not in the articles, 4 no articles, 2 wrong usage, 1 another error, 130 Ctrl-C. With
    --batch: 0, or 1 if a question met an error.
    """
    session = speaking(context.obj, plain=plain, quiet=quiet)
    settings = session.settings(llm=llm, embedder=embedder, sources=sources)
    wishes = preferring(since, until)
    if batch is not None:
        if question is not None:
            raise typer.BadParameter("--batch takes the place of a question.")
        raise typer.Exit(_ask_all(session, settings, wishes, batch, out))
    if out is not None:
        raise typer.BadParameter("--out goes with --batch.")
    asked = _read_stdin() if question in (None, "-") else question
    with session.respondent(settings) as chatbot:
        answer = _answer(session.terminal, chatbot, asked, wishes, as_json=as_json)
    if answer.status == "no_articles":
        session.terminal.note("→ pullquote index FOLDER")
    raise typer.Exit(UNANSWERED.get(answer.status, OK))


def chat(
    context: typer.Context,
    *,
    plain: Plain = False,
    llm: Llm = None,
    embedder: Embedder = None,
    sources: Sources = None,
    since: LikedSince = None,
    until: LikedUntil = None,
) -> None:
    """Talk in the terminal; later questions may lean on earlier ones.

    /sources, /article N and /save FILE do what they say, /help lists them. Ctrl-C cancels the answer being written,
    Ctrl-D leaves.
    """
    session = speaking(context.obj, plain=plain)
    settings = session.settings(llm=llm, embedder=embedder, sources=sources)
    with session.respondent(settings) as chatbot, remembered(settings.home / "chat-history"):
        session.terminal.note("Ask about the articles. /help lists commands, Ctrl-D leaves.")
        converse(session.terminal, chatbot, preferring(since, until))


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
    IllegibleQuestion.check(question)
    settings = session.settings(embedder=embedder)
    with session.library(settings) as library:
        hits = library.search(question, limit, only=only_those(outlet, url, language, since, until))
    if as_json:
        session.terminal.print_json([hit.to_dict() for hit in hits])
    elif hits:
        session.terminal.print(hit_page(hits))
    else:
        session.terminal.note("Nothing found.")


def speaking(session: Session, *, plain: bool = False, quiet: bool = False) -> Session:
    """The session, with a terminal that is plain or quiet if that is wanted."""
    return replace(session, terminal=Terminal(plain=plain, quiet=quiet)) if plain or quiet else session


def _answer(terminal: Terminal, chatbot: Respondent, question: str, wishes: Wishes, *, as_json: bool) -> Answer:
    events = chatbot.stream(question, **wishes)
    if not as_json:
        return terminal.play(events)
    answer = drain(events)
    terminal.print_json(answer.to_dict())
    return answer


def _read_stdin() -> str:
    """All of stdin, as one question.

    Raises:
        typer.BadParameter: somebody sits there, who would wait for us.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise typer.BadParameter("Missing argument 'QUESTION': type one, or pipe it in.")
    return " ".join(_text_of(Path("-")).split())


def _ask_all(session: Session, settings: Settings, wishes: Wishes, batch: Path, out: Path | None) -> int:
    """Ask all questions of a file; the exit status."""
    questions = read_questions(_text_of(batch))
    with contextlib.ExitStack() as files:
        done, target = set[int](), session.terminal.out.file
        if out is not None:
            with writable(out):
                done = answered_before(out, questions)
                target = files.enter_context(out.open("a", encoding="utf-8"))
        chatbot = files.enter_context(session.respondent(settings))
        files.callback(session.terminal.activity.stop)
        failed = ask_all(chatbot, questions, target, session.terminal.activity, done=done, wishes=wishes)
    if out is not None:
        put_in_order(out, questions)
    before = f" ({len(done)} of them before)" if done else ""
    session.terminal.note(f"{count(len(questions), 'question')}{before}, {failed} failed.")
    return FAILED if failed else OK


def _text_of(batch: Path) -> str:
    try:
        return sys.stdin.read() if str(batch) == "-" else batch.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        name = "What came on stdin" if str(batch) == "-" else batch
        raise typer.BadParameter(f"{name} cannot be read as text.") from error
