"""What the commands of ``evals`` have in common: their options, the head of their results, and how they end."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType

from evals.machine import code_digest, machine_facts, settings_facts
from evals.record import Record, earlier
from index.errors import PullquoteError
from rag.settings import Settings

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
PLAIN_WIDTH = 200  # columns of a table that goes to a file
SET_HELP = "holds articles.jsonl, questions.jsonl"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command that measures.

    Attributes:
        kind: What is measured; the file of results says so.
        command: The words that started it.
        settings: As for any other door to Pullquote.
        console: Where progress goes.
        out: The file of results, or None for none.
        resume: Whether to go on with what a run of the same code and settings left in ``out``.
        options: The command line.
    """

    kind: str
    command: tuple[str, ...]
    settings: Settings
    console: Console
    out: Path | None
    resume: bool = False
    options: argparse.Namespace = field(default_factory=argparse.Namespace)

    def record(self, **of: Any) -> Record:
        """The record to fill, headed by where its figures come from.

        Args:
            of: What is measured, as JSON types, where the figures of two runs may only be mixed if it is the same.
        """
        head = {
            "kind": self.kind,
            "complete": False,
            "command": list(self.command),
            "machine": machine_facts(),
            "settings": settings_facts(self.settings),
            "code": code_digest(),
            "of": of,
        }
        left = earlier(self.out, head) if self.resume and self.out else None
        if self.resume and left is None and self.out and self.out.exists():
            self.say(f"{self.out} comes from other code, settings or data, and is measured anew.")
        return Record(self.out, head, earlier=left)

    def say(self, line: str) -> None:
        """Tell how it goes."""
        self.console.print(line, markup=False, highlight=False)


def default_work() -> Path:
    """The folder below the system's temporary one where this user's libraries of sets are kept between runs."""
    return Path(tempfile.gettempdir()) / f"pullquote-evals-{os.getuid()}"


def parser_of(
    module: str, description: str, *, sample: bool = False, work: bool = False, resume: bool = False
) -> argparse.ArgumentParser:
    """The command line of ``python -m evals.MODULE``, with the options that have one name everywhere.

    Args:
        module: Its name.
        description: One sentence.
        sample: Whether it takes a sample of its questions: ``--limit``, ``--seed``.
        work: Whether it keeps libraries: ``--work``.
        resume: Whether it can go on where it was interrupted: ``--resume``.
    """
    parser = argparse.ArgumentParser(prog=f"python -m evals.{module}", description=description)
    parser.add_argument("--json", required=True, type=Path, metavar="OUT", help="the file of results to write")
    if resume:
        parser.add_argument(
            "--resume", action="store_true", help="keep what a run of the same code and settings left in OUT"
        )
    if sample:
        parser.add_argument("--limit", type=int, metavar="N", help="ask a sample of N questions of each set")
        parser.add_argument("--seed", type=int, default=0, help="which sample (default: 0)")
    if work:
        parser.add_argument(
            "--work", type=Path, default=default_work(), metavar="DIR", help="keep the sets' libraries here"
        )
    return parser


def run(
    parser: argparse.ArgumentParser,
    arguments: Sequence[str] | None,
    kind: str,
    measure: Callable[[Run], RenderableType],
) -> int:
    """Measure, and print what comes of it on stdout; progress and errors go to stderr.

    Args:
        parser: From :func:`parser_of`.
        arguments: Without the program's name; by default those of the process.
        kind: What is measured.
        measure: Does so, fills a record, and returns a table.

    Returns:
        The exit status: 0; 1 for an error, said in a sentence; 130 when interrupted.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser.parse_intermixed_args(given)
    console = Console(stderr=True)
    out = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, markup=False, highlight=False)
    try:
        resume = getattr(options, "resume", False)
        command = (*parser.prog.split(), *given)
        page = measure(Run(kind, command, Settings.load(), console, options.json, resume, options))
        out.print(page, soft_wrap=isinstance(page, str))
    except PullquoteError as error:
        console.print(f"{error.message} {error.hint}".strip(), markup=False)
        return EXIT_ERROR
    except KeyboardInterrupt:
        console.print(f"Interrupted; what was measured until then is in {options.json}.", markup=False)
        return EXIT_INTERRUPTED
    return 0
