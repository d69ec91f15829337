"""What a question is answered from in each mode."""

from __future__ import annotations

import pytest

from evals.modes import answerable, as_given, in_mode, mixed, noise
from evals.sets import EvalArticle, EvalSet, Question, SetError

ASKED = Question(
    "q",
    "Who?",
    answerable=True,
    answers=(("Eva",),),
    gold=("t1", "t2", "t3"),
    context=("t1", "n1", "t2", "t3", "n2", "n3"),
    noise=("n1", "n2", "n3"),
    noise_is_clean=True,
)


def test_a_question_as_given_is_the_same() -> None:
    assert as_given(ASKED) is ASKED


def test_what_cannot_be_answered_is_left_out_of_what_can() -> None:
    assert answerable(ASKED) is ASKED
    assert answerable(Question("u", "Who?", answerable=False)) is None


def test_mixed_has_two_true_articles_and_two_that_distract() -> None:
    made = mixed(ASKED)
    assert made is not None
    assert made.context == ("t1", "t2", "n1", "n2")
    assert made.answerable


def test_noise_cannot_be_answered() -> None:
    made = noise(ASKED)
    assert made is not None
    assert made.context == ("n1", "n2", "n3")
    assert not made.answerable


def test_noise_that_holds_an_alias_is_left_out() -> None:
    unclean = Question("u", "Who?", answerable=True, noise=("n1",), noise_is_clean=False)
    assert noise(unclean) is None
    kept = in_mode(EvalSet("s", (EvalArticle("n1", "x"),), (unclean, ASKED)), "noise")
    assert [question.id for question in kept.questions] == ["q"]


def test_a_set_without_noise_says_so() -> None:
    plain = EvalSet("s", (EvalArticle("a", "x"),), (Question("p", "Who?", answerable=True, answers=(("a",),)),))
    assert in_mode(plain, "given") == plain
    with pytest.raises(SetError, match="noise"):
        in_mode(plain, "noise")
    with pytest.raises(SetError, match="mixed"):
        in_mode(plain, "mixed")
