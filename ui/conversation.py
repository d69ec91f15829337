"""A conversation in the terminal: questions in, answers out, each with what was said before; and a few commands."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from index.errors import PullquoteError
from rag.types import Answer, Turn, Wishes
from ui.doors import Respondent
from ui.render import article_page, hit_page
from ui.terminal import Terminal

PROMPT = "\n› "
HELP = """/sources        the passages that the last answer was made from
/article N      the whole article that quote [N] stands in, or source N where there are no quotes
/save FILE      everything so far, as Markdown, or as JSON where FILE ends in .json
/help           this
Ctrl-C cancels an answer, Ctrl-D leaves."""
_REMEMBERED = 1000  # lines


class ChatError(PullquoteError):
    """A command of the conversation that cannot be done."""


def read_question() -> str:
    """The next line of stdin, edited and prompted for where a person types it.

    Raises:
        EOFError: there is no more (Ctrl-D).
    """
    if sys.stdin.isatty() and sys.stdout.isatty():
        import readline  # noqa: F401 -- input() edits lines and keeps a history once it is loaded

        return input(PROMPT)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


@contextlib.contextmanager
def remembered(file: Path) -> Iterator[None]:
    """Lines typed in earlier conversations come back with the arrow keys; kept in a file for its owner only."""
    if not sys.stdin.isatty():
        yield
        return
    import readline

    readline.set_history_length(_REMEMBERED)
    with contextlib.suppress(OSError):
        readline.read_history_file(file)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
            readline.write_history_file(file)


def converse(
    terminal: Terminal,
    chatbot: Respondent,
    wishes: Wishes | None = None,
    read: Callable[[], str] = read_question,
) -> list[Turn]:
    """Ask, show, remember, until there is no more to read; the turns that got an answer.

    Ctrl-C cancels the answer that is being written and Ctrl-D leaves; an error is shown and the conversation goes on.
    """
    talk = Talk(terminal, chatbot, wishes)
    while True:
        try:
            line = read().strip()
        except EOFError:
            return talk.turns
        except KeyboardInterrupt:
            terminal.note("\nCtrl-D leaves.")
            continue
        if not line:
            continue
        try:
            talk.hear(line)
        except KeyboardInterrupt:
            terminal.note("\nCancelled.")
        except PullquoteError as error:
            terminal.error(error)


class Talk:
    """What has been said so far, and what can be done with it.

    Args:
        terminal: Where it is shown.
        chatbot: What is asked.
        wishes: What every question is asked with.
    """

    def __init__(self, terminal: Terminal, chatbot: Respondent, wishes: Wishes | None = None) -> None:
        self._terminal = terminal
        self._chatbot = chatbot
        self._wishes: Wishes = wishes or {}
        self._answers: list[Answer] = []
        self._commands: dict[str, Callable[[str], None]] = {
            "/sources": self._sources,
            "/article": self._article,
            "/save": self._save,
            "/help": self._help,
        }

    @property
    def turns(self) -> list[Turn]:
        """The questions that got an answer, and the answers."""
        return [Turn(answer.question, answer.text) for answer in self._answers]

    def hear(self, line: str) -> None:
        """Take a line: a command, or else a question.

        Raises:
            ChatError: a command that there is not, or that cannot be done.
            PullquoteError: what asking raises.
        """
        if not line.startswith("/"):
            events = self._chatbot.stream(line, tuple(self.turns), **self._wishes)
            self._answers.append(self._terminal.play(events))
            return
        name, _, rest = line.partition(" ")
        command = self._commands.get(name)
        if command is None:
            raise ChatError(f"There is no command {name}.", "/help lists them")
        command(rest.strip())

    def _last(self) -> Answer:
        if not self._answers:
            raise ChatError("Nothing has been answered yet.", "Ask something first")
        return self._answers[-1]

    def _sources(self, _: str) -> None:
        sources = self._last().sources
        if not sources:
            self._terminal.note("The last answer had no sources.")
            return
        self._terminal.print(hit_page([source.hit for source in sources]))

    def _article(self, number: str) -> None:
        answer = self._last()
        named = {quote.number: quote.article for quote in answer.quotes}
        named = named or {source.number: source.article for source in answer.sources}
        if not number.isdecimal() or int(number) not in named:
            numbers = ", ".join(map(str, named)) or "none: the last answer names no article"
            raise ChatError(f"Which article? Known numbers: {numbers}.", "/article 1")
        article = named[int(number)]
        quotes = [quote for quote in answer.quotes if quote.article_id == article.id]
        self._terminal.print(article_page(article, quotes))

    def _save(self, name: str) -> None:
        self._last()
        if not name:
            raise ChatError("Where to?", "/save conversation.md")
        try:
            file = Path(name).expanduser()
        except RuntimeError as error:
            raise _unsaved(name, "there is no such user") from error
        if file.suffix.lower() == ".json":
            content = json.dumps([answer.to_dict() for answer in self._answers], indent=1)
        else:
            content = "\n".join(f"## {' '.join(a.question.split())}\n\n{a.to_markdown()}" for a in self._answers)
        try:
            with file.open("x", encoding="utf-8") as target:
                target.write(content)
        except (OSError, ValueError) as error:
            raise _unsaved(file, getattr(error, "strerror", error)) from error
        self._terminal.note(f"Saved to {file}.")

    def _help(self, _: str) -> None:
        self._terminal.print(HELP)


def _unsaved(file: Path | str, reason: object) -> ChatError:
    return ChatError(f"{file} cannot be written: {reason}.", "/save another-name.md")
