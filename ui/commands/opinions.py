"""The command that hands out what readers said about answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ui import feedback
from ui.commands.options import writable
from ui.commands.session import Session
from ui.render import count


def export(
    context: typer.Context,
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write them; else stdout.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As a table for a spreadsheet, not as JSON lines.")] = False,
) -> None:
    """Write what readers thought of answers in the browser: good or not, their word, question, answer and quotes.

    It is kept in feedback.jsonl in the data directory, and leaves the machine only if you send it.
    """
    session: Session = context.obj
    found = feedback.opinions(session.settings())
    lines = "".join(json.dumps(opinion, ensure_ascii=False) + "\n" for opinion in found)
    text = feedback.as_csv(found) if as_csv else lines
    if out is None:
        session.terminal.print_text(text)
    else:
        with writable(out):
            out.write_text(text, encoding="utf-8")
    session.terminal.note(count(len(found), "opinion"))
