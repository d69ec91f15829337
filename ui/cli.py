"""The command line: one function a command, errors caught once. The only importer of typer."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.main

from index.errors import PullquoteError
from rag.errors import QuestionError
from rag.types import Answer
from ui import configuration, doctor
from ui.conversation import converse
from ui.doors import Answerer, Doors, Serving, Shelf
from ui.options import (
    Address,
    AsJson,
    ColumnNames,
    Embedder,
    Language,
    Llm,
    Outlet,
    Since,
    Sources,
    Until,
    named_columns,
    only_those,
)
from ui.render import (
    article_row,
    article_table,
    count,
    hit_page,
    model_row,
    model_table,
    report_page,
    setting_table,
)
from ui.settings import Settings
from ui.terminal import Terminal, drain

OK, FAILED, USAGE, NOT_IN_ARTICLES, NO_ARTICLES, INTERRUPTED = 0, 1, 2, 3, 4, 130
STATUSES = {
    OK: "done; for `ask`: answered",
    FAILED: "an error; what happened and what to do is on stderr",
    USAGE: "the command line or the question cannot be used",
    NOT_IN_ARTICLES: "`ask` only: the articles do not answer the question",
    NO_ARTICLES: "`ask` only: there are no articles",
    INTERRUPTED: "interrupted with Ctrl-C",
}
_UNANSWERED = {"not_in_articles": NOT_IN_ARTICLES, "no_articles": NO_ARTICLES}

app = typer.Typer(
    name="pullquote",
    help="Ask your own news articles a question; every sentence of the answer shows the exact quote it stands on.",
    epilog="Exit status: 0 done, 1 error, 2 wrong usage, 3 not in the articles, 4 no articles, 130 interrupted.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(help="List the models that are known by name, or fetch one.", invoke_without_command=True)
app.add_typer(models_app, name="models")


@dataclass(frozen=True, slots=True)
class Session:
    """What every command is given: the doors, the terminal, and the ``--home`` of the command line."""

    doors: Doors = field(default_factory=Doors)
    terminal: Terminal = field(default_factory=Terminal)
    home: Path | None = None

    def settings(self, **arguments: Any) -> Settings:
        """The settings, with what the command line says on top."""
        return Settings.load(home=self.home, **arguments)

    def chatbot(self, settings: Settings) -> contextlib.closing[Answerer]:
        """The chatbot, closed at the end of a ``with``; says so when it answers from the sample articles."""
        self.terminal.activity.say("opening the library…")
        chatbot = self.doors.chatbot(settings, self.terminal.activity)
        if chatbot.library.is_sample:
            self.terminal.note("These are the sample articles; for your own: pullquote index FOLDER")
        return contextlib.closing(chatbot)

    def library(self, settings: Settings, *, writable: bool = False) -> contextlib.closing[Shelf]:
        """The library, closed at the end of a ``with``."""
        self.terminal.activity.say("opening the library…")
        return contextlib.closing(self.doors.library(settings, self.terminal.activity, writable))


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            version = metadata.version("pullquote")
        except metadata.PackageNotFoundError:
            version = "(not installed)"
        typer.echo(f"pullquote {version}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def pullquote(
    context: typer.Context,
    *,
    home: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Data directory, instead of PULLQUOTE_HOME or the platform's own."),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Ask your own news articles a question; every sentence of the answer shows the exact quote it stands on."""
    session = context.find_object(Session) or Session()
    context.obj = replace(session, home=home.expanduser() if home else session.home)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
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
    raise typer.Exit(_UNANSWERED.get(answer.status, OK))


@app.command()
def chat(context: typer.Context, *, llm: Llm = None, embedder: Embedder = None, sources: Sources = None) -> None:
    """Talk in the terminal; later questions may lean on earlier ones.

    Ctrl-C cancels the answer being written, Ctrl-D leaves.
    """
    session: Session = context.obj
    with session.chatbot(session.settings(llm=llm, embedder=embedder, sources=sources)) as chatbot:
        session.terminal.note("Ask about the articles. Ctrl-C cancels an answer, Ctrl-D leaves.")
        converse(session.terminal, chatbot)


@app.command()
def index(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", exists=True, help="Folders and files of articles.")],
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Delete the library first and build it anew.")] = False,
    column: ColumnNames = None,
    as_json: AsJson = False,
    embedder: Embedder = None,
) -> None:
    """Bring the library in step with folders and files: new, changed and vanished articles.

    Exit status: 1 if nothing could be read. What is finished when it is interrupted stays; run it again to go on.
    """
    session: Session = context.obj
    settings = session.settings(embedder=embedder)
    columns = named_columns(column or [])
    if rebuild:
        session.doors.drop(settings)
    with session.library(settings, writable=True) as library:
        report = library.ingest(paths, session.terminal.activity, columns=columns)
    if as_json:
        session.terminal.print_json(report.to_dict())
    else:
        session.terminal.print(report_page(report))
    nothing = not (report.added or report.updated or report.unchanged)
    raise typer.Exit(FAILED if report.failed and nothing else OK)


@app.command()
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


@app.command()
def articles(
    context: typer.Context,
    *,
    outlet: Outlet = None,
    url: Address = None,
    language: Language = None,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """List the articles of the library; tab-separated where stdout is not a terminal."""
    session: Session = context.obj
    only = only_those(outlet, url, language, since, until)
    with session.library(session.settings()) as library:
        found = library.articles(only)
        sample = library.is_sample
    if as_json:
        session.terminal.print_json([article.to_dict() for article in found])
        return
    if found and session.terminal.out.is_terminal:
        session.terminal.print(article_table(found))
    elif found:
        session.terminal.print_rows(article_row(article) for article in found)
    session.terminal.note(count(len(found), "sample article" if sample else "article"))


@app.command()
def remove(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="ARTICLE", help="An article's id, or a file: all articles in it.")],
) -> None:
    """Take an article out of the library; its file is not touched.

    It stays away until its file changes, the file itself is named to `pullquote index`, or the library is rebuilt.
    """
    session: Session = context.obj
    with session.library(session.settings(), writable=True) as library:
        gone = library.remove(which)
    session.terminal.print_rows([(article_id,) for article_id in gone])
    session.terminal.note(f"Removed {count(len(gone), 'article')}.")


@app.command()
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


@models_app.callback()
def models(context: typer.Context) -> None:
    """List the models that are known by name, with size, licence and state; or fetch one."""
    session: Session = context.obj
    if context.invoked_subcommand is not None:
        return
    known = session.doors.models(session.settings())
    if session.terminal.out.is_terminal:
        session.terminal.print(model_table(known))
    else:
        session.terminal.print_rows(model_row(model) for model in known)


@models_app.command()
def fetch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A name that `pullquote models` lists, or hub:repo/file.gguf.")],
) -> None:
    """Fetch a model's files and verify them; what is there already is verified again, and stays."""
    session: Session = context.obj
    place = session.doors.fetch(name, session.settings(), session.terminal.activity)
    session.terminal.print(str(place))


@app.command(name="doctor")
def examine(
    context: typer.Context,
    *,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="First make the library's full text and vectors again where they are damaged."),
    ] = False,
) -> None:
    """Check versions, processor, models, library and disk, and say what to do.

    Exit status: 1 if something is broken.
    """
    session: Session = context.obj
    checks = list(doctor.repair(session.settings(), session.doors)) if repair else []
    checks += doctor.examine(session.settings, session.doors)
    session.terminal.activity.stop()
    for check in checks:
        session.terminal.print(doctor.line(check))
    raise typer.Exit(FAILED if any(check.state == "broken" for check in checks) else OK)


@app.command()
def config(context: typer.Context) -> None:
    """Print every setting, its value and where it comes from, and the path of config.toml."""
    session: Session = context.obj
    settings = session.settings()
    rows = configuration.rows(settings, arguments={"home"} if session.home else set())
    if session.terminal.out.is_terminal:
        session.terminal.print(setting_table(rows))
    else:
        session.terminal.print_rows(rows)
    present = "" if settings.config_file.exists() else " (does not exist)"
    session.terminal.print(f"{settings.config_file}{present}")


def command() -> Any:
    """The tree of commands as the command-line library sees it, for the reference page."""
    return typer.main.get_command(app)


def main(arguments: Sequence[str] | None = None, doors: Doors | None = None) -> int:
    """Run a command line and return its exit status; every error of ours ends here as a sentence and a hint.

    Args:
        arguments: Without the program's name; by default those of the process.
        doors: What the commands open things with; by default the real ones.
    """
    terminal = Terminal()
    session = Session(doors or Doors(), terminal)
    try:
        status = app(
            list(sys.argv[1:] if arguments is None else arguments),
            prog_name="pullquote",
            standalone_mode=False,
            obj=session,
        )
        sys.stdout.flush()
    except PullquoteError as error:
        terminal.error(error)
        return USAGE if isinstance(error, QuestionError) else FAILED
    except typer.TyperException as error:
        terminal.error(PullquoteError(error.format_message(), f"{_path_of(error)} --help"))
        return error.exit_code
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return FAILED
    if status == INTERRUPTED:
        terminal.activity.stop()
        terminal.note("\nInterrupted." if terminal.err.is_terminal else "Interrupted.")
    return int(status or OK)


def _answer(terminal: Terminal, chatbot: Answerer, question: str, *, as_json: bool) -> Answer:
    if not as_json:
        return terminal.play(chatbot.stream(question))
    answer = drain(chatbot.stream(question))
    terminal.print_json(answer.to_dict())
    return answer


def _path_of(error: typer.TyperException) -> str:
    """The command that was called wrongly: ``pullquote ask``."""
    context = getattr(error, "ctx", None)
    return context.command_path if context is not None else "pullquote"


def _silence_stdout() -> None:
    """Let what is still buffered go nowhere: whoever read stdout has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
