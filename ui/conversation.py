"""A conversation in the terminal: questions in, answers out, each with what was said before."""

from __future__ import annotations

import sys
from collections.abc import Callable

from index.errors import PullquoteError
from rag.types import Turn
from ui.doors import Answerer
from ui.terminal import Terminal

PROMPT = "\n› "


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


def converse(terminal: Terminal, chatbot: Answerer, read: Callable[[], str] = read_question) -> list[Turn]:
    """Ask, show, remember, until there is no more to read; the turns that got an answer.

    Ctrl-C cancels the answer that is being written and Ctrl-D leaves; an error is shown and the conversation goes on.
    """
    history: list[Turn] = []
    while True:
        try:
            question = read().strip()
        except EOFError:
            return history
        except KeyboardInterrupt:
            terminal.note("\nCtrl-D leaves.")
            continue
        if not question:
            continue
        try:
            answer = terminal.play(chatbot.stream(question, tuple(history)))
        except KeyboardInterrupt:
            terminal.note("\nCancelled.")
        except PullquoteError as error:
            terminal.error(error)
        else:
            history.append(Turn(question, answer.text))
