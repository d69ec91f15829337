"""The reference of the command line, as Markdown, from the commands themselves.

``python -m ui.reference > docs/cli.md`` writes it. A test compares the
committed page with this one, so it cannot fall behind.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from ui import cli
from ui.commands import session

_HEAD = """# The command line

`pullquote COMMAND --help` says the same. This page is made from the commands: `python -m ui.reference > docs/cli.md`.

Results go to stdout, and nothing else does; progress, notes and errors go to stderr. Where stdout is not a terminal
there are no colours, no streaming and no line breaks inside a quote, and tables become tab-separated lines. An error
is one sentence, with what to do about it after `→`.

Options before the command, such as `--home`, hold for every command. Settings that have no option are set in
`config.toml` or as `PULLQUOTE_…` in the environment: see `pullquote config`.
"""


def reference() -> str:
    """The page: exit statuses, global options, then each command with its arguments, options and their defaults."""
    statuses = "\n".join(f"| {status} | {meaning} |" for status, meaning in session.STATUSES.items())
    parts = [_HEAD, f"## Exit statuses\n\n| status | meaning |\n|---|---|\n{statuses}\n"]
    parts += [_section(path, command) for path, command in commands()]
    return "\n".join(parts)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with the words that call it, the program itself first: ``pullquote models fetch``."""
    yield from _below("pullquote", cli.command())


def options(command: Any) -> list[Any]:
    """A command's own options, without ``--help``."""
    return [parameter for parameter in command.params if parameter.param_type_name == "option"]


def arguments(command: Any) -> list[Any]:
    """A command's positional arguments."""
    return [parameter for parameter in command.params if parameter.param_type_name == "argument"]


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _below(f"{path} {name}", inner)


def _section(path: str, command: Any) -> str:
    words = [path, *(_argument(argument) for argument in arguments(command))]
    rows = [f"| `{_argument(argument)}` | {argument.help or ''} | |" for argument in arguments(command)]
    rows += [f"| `{_option(option)}` | {option.help or ''} | {_default(option)} |" for option in options(command)]
    table = "\n| | | default |\n|---|---|---|\n" + "\n".join(rows) + "\n" if rows else ""
    return f"## `{' '.join(words)}`\n\n{inspect.cleandoc(command.help or '')}\n{table}"


def _argument(argument: Any) -> str:
    name: str = argument.metavar or argument.name.upper()
    return name


def _option(option: Any) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.metavar or option.name.upper()}"


def _default(option: Any) -> str:
    return "" if option.is_flag or option.default is None else f"`{option.default}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
