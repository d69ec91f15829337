"""Many questions, one after the other: an answer a line, written at once, so that an interrupted run can go on."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO, Any

from index import atomic
from index.errors import PullquoteError
from index.types import Progress
from rag.types import Wishes
from ui.doors import OnProgress, Respondent
from ui.terminal import drain

# How each line that is written here begins.
_BEGINNING = '{"question": '


class OtherQuestions(PullquoteError):
    """The file of answers belongs to other questions."""


def read_questions(text: str) -> list[str]:
    """One question a line; blank lines and lines that begin with ``#`` are none."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def answered_before(path: Path, questions: Sequence[str]) -> set[int]:
    """Places of the questions that a file of answers has already; no other lines are left in it.

    A last line that was cut short is dropped, and so are errors: what went wrong is asked again.

    Raises:
        OtherQuestions: it has answers to something else.
    """
    if not path.is_file():  # a pipe can be written to as well
        return set()
    content = path.read_text(encoding="utf-8")
    whole_lines = content[: content.rfind("\n") + 1]
    cut_short = content[len(whole_lines) :]
    if not (_BEGINNING.startswith(cut_short) or cut_short.startswith(_BEGINNING)):
        raise _other(path)
    lines = whole_lines.splitlines(keepends=True)
    places = _places(path, lines, questions)
    kept = {place: line for place, line in zip(places, lines, strict=True) if not _went_wrong(line)}
    if (whole := "".join(kept.values())) != content:
        atomic.write(path, whole.encode(), keep_rights=True)
    return set(kept)


def put_in_order(path: Path, questions: Sequence[str]) -> None:
    """Sort the lines of a file of answers as the questions are; what was asked again stands at its end until then."""
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    ordered = [line for _, line in sorted(zip(_places(path, lines, questions), lines, strict=True))]
    if ordered != lines:
        atomic.write(path, "".join(ordered).encode(), keep_rights=True)


def _places(path: Path, lines: Sequence[str], questions: Sequence[str]) -> list[int]:
    """Which question each line answers; of questions that are the same, the first one not answered yet.

    Raises:
        OtherQuestions: none.
    """
    left: dict[str | None, deque[int]] = {}
    for place, question in enumerate(questions):
        left.setdefault(question, deque()).append(place)
    places: list[int] = []
    for line in lines:
        answered = left.get(_question(line))
        if not answered:
            raise _other(path)
        places.append(answered.popleft())
    return places


def ask_all(
    chatbot: Respondent,
    questions: Sequence[str],
    out: IO[str],
    progress: OnProgress,
    *,
    done: Collection[int] = (),
    wishes: Wishes | None = None,
) -> int:
    """Ask each question by itself and write its answer, or its error, as one line of JSON; how many failed.

    Args:
        chatbot: What is asked.
        questions: All of them.
        out: Where answers go.
        progress: Told before the first question and after each.
        done: Places of those that are answered already.
        wishes: What each is asked with.
    """
    failed = 0
    for number, question in enumerate(questions):
        if number in done:
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


def _other(path: Path) -> OtherQuestions:
    return OtherQuestions(
        f"{path} holds something else than answers to these questions.", "Name another file, or remove this one."
    )


def _question(line: str) -> str | None:
    return _of(line).get("question")


def _went_wrong(line: str) -> bool:
    return "error" in _of(line)


def _of(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
