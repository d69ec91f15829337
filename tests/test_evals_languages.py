"""Counting by language, with a detector that is always sure of one thing."""

from __future__ import annotations

from evals.languages import accuracy
from evals.sets import Question


def question(number: int, language: str) -> Question:
    return Question(id=str(number), question="?", language=language, answers=(), answerable=False)


def test_right_and_asked_are_counted_by_language() -> None:
    asked = [question(1, "sv"), question(2, "sv"), question(3, "no")]
    assert accuracy(lambda text: "sv", asked) == {"sv": (2, 2), "no": (0, 1)}
