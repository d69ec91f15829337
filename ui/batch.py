"""Many questions, one after the other: an answer a line, written at once, so that an interrupted run can go on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from index.errors import PullquoteError
from index.types import Progress
from rag.types import Wishes
from ui.doors import OnProgress, Respondent
from ui.terminal import drain


class OtherQuestions(PullquoteError):
    """The file of answers belongs to other questions."""


def read_questions(text: str) -> list[str]:
    """One question a line; blank lines and lines that begin with ``#`` are none."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def answered_before(path: Path, questions: Sequence[str]) -> int:
    """How many of the first questions a file of answers has already; a last line that was cut short is dropped.

    Raises:
        OtherQuestions: it has answers to something else.
    """
    if not path.exists():
        return 0
    content = path.read_text(encoding="utf-8")
    whole = content[: content.rfind("\n") + 1]
    lines = whole.splitlines()
    known = [_question(line) for line in lines]
    if known != list(questions[: len(known)]):
        raise OtherQuestions(f"{path} holds answers to other questions.", "Name another file, or remove this one.")
    if whole != content:
        path.write_text(whole, encoding="utf-8")
    return len(known)


def ask_all(
    chatbot: Respondent,
    questions: Sequence[str],
    out: IO[str],
    progress: OnProgress,
    *,
    done: int = 0,
    wishes: Wishes | None = None,
) -> int:
    """Ask each question by itself and write its answer, or its error, as one line of JSON; how many failed.

    Args:
        chatbot: What is asked.
        questions: All of them.
        out: Where answers go.
        progress: Told before the first question and after each.
        done: How many of them are answered already.
        wishes: What each is asked with.
    """
    failed = 0
    for number, question in enumerate(questions):
        if number < done:
            continue
        progress(Progress("asking", number, len(questions), "questions"))
        try:
            line = drain(chatbot.stream(question, **(wishes or {}))).to_dict()
        except PullquoteError as error:
            failed += 1
            line = {"question": question, "error": {"message": error.message, "hint": error.hint}}
        out.write(json.dumps(line) + "\n")
        out.flush()
    progress(Progress("asking", len(questions), len(questions), "questions"))
    return failed


def _question(line: str) -> str | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value.get("question") if isinstance(value, dict) else None
