"""The command line: all commands together, their errors caught once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.main

from index.errors import PullquoteError
from rag.errors import QuestionError
from ui.commands import evaluation, opinions, questions, serving, shelf, upkeep
from ui.commands.session import FAILED, INTERRUPTED, OK, USAGE, Session
from ui.doors import Doors
from ui.terminal import Terminal

app = typer.Typer(
    name="pullquote",
    help="Ask your own news articles a question; every sentence of the answer shows the exact quote it stands on.",
    epilog="Exit status: 0 done, 1 error, 2 wrong usage, 3 not in the articles, 4 no articles, 130 interrupted.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(help="List the models that are known by name, or fetch one.", invoke_without_command=True)
app.add_typer(models_app, name="models")
feedback_app = typer.Typer(help="What readers said about answers in the browser.", no_args_is_help=True)
app.add_typer(feedback_app, name="feedback")

for do in (
    questions.ask,
    questions.chat,
    shelf.index,
    questions.search,
    shelf.articles,
    shelf.remove,
    serving.serve,
    serving.mcp,
):
    app.command()(do)
app.command(name="eval")(evaluation.evaluate)
app.command(name="doctor")(upkeep.examine)
app.command()(upkeep.config)
feedback_app.command()(opinions.export)
models_app.callback()(upkeep.models)
models_app.command()(upkeep.fetch)


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


def command() -> Any:
    """The tree of commands as the command-line library sees it, for the reference page."""
    return typer.main.get_command(app)


def main(arguments: Sequence[str] | None = None, doors: Doors | None = None) -> int:
    """Run a command line and return its exit status; every error of ours or the system's ends here as a sentence.

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
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        hint = "See whether it is there, whose it is, and whether the disk is full."
        terminal.error(PullquoteError(f"{place}{error.strerror or error}.", hint))
        return FAILED
    if status == INTERRUPTED:
        terminal.activity.stop()
        terminal.note("\nInterrupted." if terminal.err.is_terminal else "Interrupted.")
    return int(status or OK)


def _path_of(error: typer.TyperException) -> str:
    """The command that was called wrongly: ``pullquote ask``."""
    context = getattr(error, "ctx", None)
    return context.command_path if context is not None else "pullquote"


def _silence_stdout() -> None:
    """Let what is still buffered go nowhere: whoever read stdout has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
