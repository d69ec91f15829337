"""Which of a question's articles it is answered from: as the set has it, or a mixture made of what the set names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from evals.sets import EvalSet, Question, SetError

EACH = 2
"""True and distracting articles each, in the mode ``mixed``."""


def as_given(question: Question) -> Question | None:
    """The question as it stands."""
    return question


def mixed(question: Question) -> Question | None:
    """Answered from two true articles and two that only distract; None if the question has no noise."""
    if not question.noise:
        return None
    true = [article_id for article_id in question.context or question.gold if article_id not in question.noise]
    return replace(question, context=(*true[:EACH], *question.noise[:EACH]))


def noise(question: Question) -> Question | None:
    """Answered from nothing but distracting articles, so that it cannot be; None where some hold an alias."""
    if not question.noise or question.noise_is_clean is False:
        return None
    return replace(question, context=question.noise, answerable=False)


def answerable(question: Question) -> Question | None:
    """The question as it stands; None if the articles don't hold its answer."""
    return question if question.answerable else None


MODES: Mapping[str, Callable[[Question], Question | None]] = {
    "given": as_given,
    "answerable": answerable,
    "mixed": mixed,
    "noise": noise,
}
"""Mode → what it makes of a question; None leaves the question out."""


def in_mode(eval_set: EvalSet, mode: str) -> EvalSet:
    """The set with its questions in a mode, without those that the mode cannot be made of.

    Raises:
        SetError: none is left.
    """
    questions = tuple(made for question in eval_set.questions if (made := MODES[mode](question)) is not None)
    if not questions:
        raise SetError(
            f"No question of {eval_set.name} can be asked in the mode {mode!r}.",
            "The mode needs questions with `noise`; see docs/evaluation.md.",
        )
    return replace(eval_set, questions=questions)
