"""The command that measures answers on anybody's own articles and questions: the one module of ui that knows evals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ui.commands.options import Embedder, Llm
from ui.commands.session import INTERRUPTED, Session
from ui.settings import Settings

if TYPE_CHECKING:  # --help needs none of it
    from collections.abc import Sequence

    from evals.record import Record

Mode = Literal["given", "answerable", "mixed", "noise"]
_FOLDER = "evaluations"


def evaluate(
    context: typer.Context,
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", help="Each holds articles.jsonl and questions.jsonl.")
    ],
    *,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Ask a sample of N questions of each folder, always the same."),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="OUT", help="Keep every question, answer and figure in this file, as JSON."),
    ] = None,
    mode: Annotated[
        Mode,
        typer.Option(
            metavar="MODE",
            help="Which articles to answer from: given (as each question's context has it; answerable: without those "
            "that have no answer), mixed (two true ones and two that only distract) or noise (only such).",
        ),
    ] = "given",
    compare: Annotated[
        bool, typer.Option("--compare", help="Ask the pipeline that tutorials build the same questions as well.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Do not ask again what an earlier run of the same left in OUT.")
    ] = False,
    llm: Llm = None,
    embedder: Embedder = None,
) -> None:
    """Measure answers on your own articles and questions, by rules and never by a model's opinion.

    A line of articles.jsonl has an id and a text, and may have a title. A line of questions.jsonl has an id, a
    question, answerable (true or false) and, if so, answers: groups of which the answer must hold one alias each, such
    as [["eight", "8"]]; with gold, the ids of the articles that hold the answer, quotes are measured too. All of the
    format is in docs/evaluation.md.

    The articles go into a library of their own below cache/evaluations in the data directory, never into yours.

    Exit status: 0 measured, whatever the figures; 1 a folder, a line or a model that cannot be used; 2 wrong usage; 130
    Ctrl-C: what was asked until then is shown and, with --json, kept; --resume goes on from there.
    """
    session: Session = context.obj
    if resume and json_file is None:
        raise typer.BadParameter("--resume goes with --json OUT.")
    settings = session.settings(llm=llm, embedder=embedder)
    words = ("pullquote", "eval", *map(str, folders), "--mode", mode, *(("--limit", str(limit)) if limit else ()))
    from evals import answers, runner

    run = runner.Run(answers.KIND, words, settings, session.terminal.err, json_file, resume)
    sets = answers.read_sets(folders, limit, 0, run.console, mode)
    try:
        record = answers.measured(run, sets, _openers(session, settings, compare=compare), mode, texts=True)
    except answers.Interrupted as stopped:
        _show(session, stopped.record)
        if json_file is not None:
            session.terminal.note(f"{json_file} has what was asked; --resume goes on from there.")
        raise typer.Exit(INTERRUPTED) from stopped
    _show(session, record)


def _openers(session: Session, settings: Settings, *, compare: bool) -> dict[str, Any]:
    """What opens a set, by the name of its engine."""
    from evals import answers

    if session.doors.asker is not None:
        return {"default": session.doors.asker}
    names: Sequence[str] = ("default", "plain") if compare else ("default",)
    return dict(answers.real_openers(names, settings, settings.cache_dir / _FOLDER, session.terminal.err))


def _show(session: Session, record: Record) -> None:
    """A table of each engine for people, tab-separated rows for programs; of what was asked."""
    from evals import tables

    engines = {name: found for name, found in record.content["engines"].items() if found["sets"]}
    if not session.terminal.out.is_terminal:
        session.terminal.print_rows(tables.figure_rows(engines))
        return
    for name, found in engines.items():
        session.terminal.print(tables.results_table(found["sets"], name))
