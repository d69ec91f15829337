"""Commands for the upkeep: ``models``, ``doctor``, ``config``."""

from __future__ import annotations

from typing import Annotated

import typer

from ui import configuration, doctor
from ui.commands.options import every_model
from ui.commands.session import FAILED, OK, Session
from ui.render import model_row, model_table, setting_table


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


def fetch(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            help="A name that `pullquote models` lists, or hub:OWNER/REPOSITORY/FILE.gguf.", autocompletion=every_model
        ),
    ],
) -> None:
    """Fetch a model's files and verify them; what is there already is verified again, and stays."""
    session: Session = context.obj
    place = session.doors.fetch(name, session.settings(), session.terminal.activity)
    session.terminal.print(str(place))


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
