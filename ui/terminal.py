"""The terminal: results on stdout, everything else on stderr; colours, bars and streaming only where a person looks."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as Bar
from rich.text import Text

from index.errors import PullquoteError
from index.types import Progress
from rag.asynchronous import closing
from rag.markdown import one_line, visible
from rag.types import Answer, Done, Event, Found, Loading, Queued, Token
from ui.render import amount, answer_page, answer_text, count, found_line

_REFRESH_PER_SECOND = 12


class Terminal:
    """The two streams of a command, and what is going on in between.

    Args:
        plain: Behave as if nobody looked: no colours, no streaming, no bars.
        quiet: Say nothing but results and errors, and of an answer only its text.

    Attributes:
        out: Where results go: stdout.
        err: Where progress, notes and errors go: stderr.
        activity: The one progress display; hand it to whatever takes a progress callback.
    """

    def __init__(self, *, plain: bool = False, quiet: bool = False) -> None:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a terminal that is not UTF-8 shows "?" and no stack trace
        drawn = False if plain else None
        self.out = Console(markup=False, emoji=False, highlight=False, force_terminal=drawn)
        self.err = Console(markup=False, emoji=False, highlight=False, force_terminal=drawn, stderr=True)
        self.quiet = quiet
        self.activity = Activity(Console(quiet=True, force_terminal=False) if quiet else self.err)

    def print(self, page: RenderableType = "") -> None:
        """Print a result; wrapped to the terminal, or in whole lines where there is none."""
        self.activity.stop()
        self.out.print(page, soft_wrap=not self.out.is_terminal)

    def print_json(self, value: dict[str, Any] | list[dict[str, Any]]) -> None:
        """Print one JSON value on one line, as ASCII so that no stream and no terminal can spoil it."""
        self.activity.stop()
        self.out.file.write(json.dumps(value) + "\n")
        self.out.file.flush()

    def print_text(self, text: str) -> None:
        """Print text that others wrote: exactly for a file or a program, and with nothing that steers a terminal."""
        self.activity.stop()
        self.out.file.write(visible(text) if self.out.is_terminal else text)
        self.out.file.flush()

    def print_rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Print rows as tab-separated lines, for programs; white space inside a cell is one blank."""
        self.activity.stop()
        for row in rows:
            self.out.file.write("\t".join(one_line(cell) for cell in row) + "\n")

    def note(self, text: str) -> None:
        """Say something beside the result, dim, on stderr."""
        if self.quiet:
            return
        self.activity.stop()
        self.err.print(Text(text, style="dim"), soft_wrap=True)

    def error(self, error: PullquoteError) -> None:
        """Say what went wrong and what to do about it, on stderr."""
        self.activity.stop()
        self.err.print(Text.assemble(("pullquote: ", "red"), visible(error.message)), soft_wrap=True)
        if error.hint:
            self.err.print(Text(f"→ {visible(error.hint)}"), soft_wrap=True)

    def play(self, events: Iterator[Event]) -> Answer:
        """Show a stream as it comes and its answer when it is done.

        What streams is provisional and drawn only on a terminal; the final text with its marks and quotes replaces it.

        If the reader interrupts it, the stream is closed before the interrupt goes on.
        """
        draft = _Draft(self.out)
        with contextlib.ExitStack() as cleaning:
            cleaning.callback(self.activity.stop)
            cleaning.callback(draft.wipe)
            cleaning.enter_context(closing(events))
            answer = drain(self._shown(events, draft))
        if draft.shown and answer.status != "answered":
            self.note("The draft did not stand up to the articles and was withdrawn.")
        self.print(answer_text(answer) if self.quiet else answer_page(answer))
        return answer

    def _shown(self, events: Iterator[Event], draft: _Draft) -> Iterator[Event]:
        self.activity.say("searching…")
        for event in events:
            match event:
                case Found(sources):
                    self.note(found_line(sources))
                    self.activity.say("reading…")
                case Loading(done):
                    self.activity.say("reading…" if done else "loading the language model…")
                case Queued(ahead):
                    self.activity.say(f"{count(ahead, 'question')} before yours…" if ahead else "reading…")
                case Token(text):
                    self.activity.stop()
                    draft.add(text)
                case Done():
                    self.activity.stop()
            yield event


def drain(events: Iterable[Event]) -> Answer:
    """The answer at the end of a stream."""
    answers = [event.answer for event in events if isinstance(event, Done)]
    if not answers:
        raise RuntimeError("the stream ended without an answer")
    return answers[-1]


class Activity:
    """A progress callback that draws one line on a terminal, and elsewhere says each new stage once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Bar | None = None
        self._task = TaskID(0)
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        """Show a step; a total of 0 means that nobody knows yet how much there is."""
        stage = one_line(progress.stage)
        if not self._console.is_terminal:
            if stage != self._stage:
                self._console.print(f"{stage}…", soft_wrap=True)
            self._stage = stage
            return
        self._draw(stage, amount(progress), progress.done, progress.total or None)

    def say(self, stage: str) -> None:
        """Show what is going on, without a measure, on a terminal only."""
        if self._console.is_terminal:
            self._draw(stage, "", 0, None)

    def stop(self) -> None:
        """Wipe the line, if there is one."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _draw(self, stage: str, amount: str, done: int, total: int | None) -> None:
        if self._bar is None:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False, style="dim"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[amount]}", markup=False, style="dim"),
            )
            self._bar = Bar(*columns, console=self._console, transient=True)
            self._task = self._bar.add_task(stage, total=total, amount=amount)
            self._bar.start()
        self._bar.update(self._task, description=stage, total=total, completed=done, amount=amount)


class _Draft:
    """Streamed text, redrawn in place; the last lines of it where it is taller than the terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._text = ""
        self._live: Live | None = None

    @property
    def shown(self) -> bool:
        return self._console.is_terminal and bool(self._text)

    def add(self, text: str) -> None:
        self._text += text
        if not self._console.is_terminal:
            return
        if self._live is None:
            self._live = Live(self, console=self._console, transient=True, refresh_per_second=_REFRESH_PER_SECOND)
            self._live.start()

    def wipe(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = Text(visible(self._text).strip()).wrap(console, options.max_width)
        yield from lines[-max(1, console.height - 2) :]
