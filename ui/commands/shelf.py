"""Commands about what is in the library: ``index``, ``articles``, ``remove``."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import LibraryLocked, PullquoteError
from index.types import Failure, IngestReport
from ui import intake
from ui.commands.options import (
    Address,
    AsJson,
    ColumnNames,
    Embedder,
    Language,
    Outlet,
    Since,
    Until,
    named_columns,
    only_those,
)
from ui.commands.session import FAILED, OK, Session
from ui.doors import Shelf
from ui.render import article_row, article_table, count, report_page
from ui.terminal import Terminal

if TYPE_CHECKING:  # --help needs no reader of files
    from index.load import Columns

# While another process is writing: how often the library is tried again, and after how many seconds.
_TRIES, _PAUSE = 30, 2.0


def index(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", exists=True, help="Folders and files of articles.")],
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the library anew; the old one is deleted when that is done.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and follow every change of the folders until Ctrl-C.")
    ] = False,
    column: ColumnNames = None,
    as_json: AsJson = False,
    embedder: Embedder = None,
) -> None:
    """Bring the library in step with folders and files: new, changed and vanished articles.

    What is finished when it is interrupted stays; run it again to go on. With --rebuild, what was added in the browser
    or over HTTP is indexed again as well, and the library before stays until all is done. Exit status: 1 if nothing
    could be read.
    """
    session: Session = context.obj
    settings = session.settings(embedder=embedder)
    columns = named_columns(column or [])
    aside = session.doors.rebuilding(settings) if rebuild else contextlib.nullcontext(lambda: None)
    with aside as finished, contextlib.ExitStack() as building:
        library = building.enter_context(session.library(settings, writable=True))
        # A folder that holds nothing, as one on a disk that is away, is no reason to delete what is known of it: where
        # the library is built anew, each is an error by itself.
        parts = [[path] for path in paths] if rebuild else [paths]
        reports = [library.ingest(part, session.terminal.activity, columns=columns) for part in parts]
        report = reduce(intake.together, reports)
        if rebuild:
            report = intake.together(report, intake.take_again(library, settings, session.terminal.activity))
        failed = bool(report.failed) and not (report.added or report.updated or report.unchanged)
        if not failed:
            finished()
        good = not (rebuild and failed)  # else the library is closed here, and the one before takes its place
        opened = building.pop_all() if good else contextlib.ExitStack()
    with opened:
        _tell(session.terminal, report, as_json=as_json)
        if watch and good:
            _follow(session.terminal, library, paths, columns, report.failed, as_json=as_json)
    raise typer.Exit(FAILED if failed else OK)


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


def remove(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="ARTICLE", help="An article's id, or a file: all articles in it.")],
) -> None:
    """Take an article out of the library; its file is not touched, a text that was sent over HTTP or pasted is deleted.

    It stays away until its file changes, the file itself is named to `pullquote index`, or the library is rebuilt.
    """
    session: Session = context.obj
    settings = session.settings()
    with session.library(settings, writable=True) as library:
        gone = library.remove(which)
    intake.forget(settings, gone)
    session.terminal.print_rows([(article_id,) for article_id in gone])
    session.terminal.note(f"Removed {count(len(gone), 'article')}.")


def _tell(terminal: Terminal, report: IngestReport, *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(report.to_dict())
    else:
        terminal.print(report_page(report))


def _follow(
    terminal: Terminal,
    library: Shelf,
    paths: Sequence[Path],
    columns: Columns | None,
    failed: Sequence[Failure],
    *,
    as_json: bool,
) -> None:
    """Bring the library in step after each change, until Ctrl-C."""
    from ui.watch import keep_in_step

    terminal.note(f"Watching {', '.join(map(str, paths))} – Ctrl-C stops it.")
    keep_in_step(paths, follower(terminal, library, paths, columns, failed, as_json=as_json))


def follower(
    terminal: Terminal,
    library: Shelf,
    paths: Sequence[Path],
    columns: Columns | None,
    failed: Sequence[Failure] = (),
    *,
    as_json: bool,
    pause: float = _PAUSE,
) -> Callable[[], None]:
    """What is done after a change: bring the library in step and tell what changed.

    An error is told, and the next change waited for; while another process is writing, it is tried again after a
    ``pause``, in seconds. Files that ``failed`` the last time are not told of again.
    """
    told = tuple(failed)

    def sync() -> None:
        nonlocal told
        for more in reversed(range(_TRIES)):
            try:
                report = library.ingest(paths, columns=columns)
            except PullquoteError as error:
                terminal.error(error)
                if not isinstance(error, LibraryLocked) or not more:
                    return
                time.sleep(pause)
            else:
                break
        if report.changed or set(report.failed) - set(told):
            _tell(terminal, report, as_json=as_json)
            terminal.out.file.flush()
        told = report.failed

    return sync
