"""What models are fitted on: which passages state an answer, and which questions are left out."""

from __future__ import annotations

import argparse
from dataclasses import replace

import pytest
from conftest import hit

from evals.cases import add_arguments, holds, marks, sampled
from evals.sets import EvalArticle, EvalSet, Question, SetError
from index.types import Hit

QUESTION = Question("q", "How many ships waited?", answerable=True, answers=(("eight", "8"),), gold=("a",))


@pytest.mark.parametrize(
    ("question", "hits", "expected"),
    [
        (QUESTION, [hit("a")], True),
        (QUESTION, [hit("b", "Nothing came."), hit("a")], True),
        (QUESTION, [hit("a", "Nothing came.")], False),
        (QUESTION, [hit("b")], None),  # it holds the word, but who knows whether it answers the question
        (replace(QUESTION, answerable=False, answers=(), gold=()), [hit("a")], False),
        (replace(QUESTION, answerable=False, gold=()), [hit("b")], None),
        (replace(QUESTION, answerable=False, gold=()), [hit("b", "Nothing came.")], False),
    ],
)
def test_passages_hold_the_answer_if_they_are_gold_and_hold_an_alias(
    question: Question, hits: list[Hit], expected: bool | None
) -> None:
    assert holds(question, hits) is expected


def test_a_translation_of_what_answers_are_judged_on_is_left_out_too() -> None:
    def asked(question_id: str, text: str) -> Question:
        return Question(question_id, text, answerable=False)

    english = EvalSet("english", (), (asked("1", "Who won?"),))
    pairs = [(f"{n}-{code}", f"{word} {n}?") for n in range(20) for code, word in (("en", "Who is"), ("sv", "Vem är"))]
    both = EvalSet("both", (), tuple(asked(*pair) for pair in pairs))
    third = EvalSet("third", (), tuple(asked(f"t{n}", f"vem är {n}?") for n in range(20)))
    marked = sampled([english, both], 1)
    (drawn,) = both.sample(1).questions
    number = drawn.id.split("-")[0]
    assert marked == {"who won?", "english 1", f"both {number}", f"who is {number}?", f"vem är {number}?"}
    assert sampled([english, both], 1, {"both": 0}) == {"who won?", "english 1"}
    of_third = {mark.split()[1] for mark in sampled([both, third], 1) if mark.startswith("third")}
    assert of_third == {f"t{number}", third.sample(1).questions[0].id}


def test_another_sample_of_a_set_is_named_with_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert parser.parse_args(["folder", "--leave-of", "rgb-en=40", "nato=0"]).leave_of == [("rgb-en", 40), ("nato", 0)]
    with pytest.raises(SystemExit):
        parser.parse_args(["folder", "--leave-of", "rgb-en:40"])
    assert "rgb-en:40 is not of the form SET=N" in capsys.readouterr().err


def test_what_else_is_asked_about_the_same_articles_is_left_out() -> None:
    def asked(number: int) -> Question:
        return Question(
            f"q{number}", f"Who is {number}?", answerable=True, answers=(("x",),), gold=(f"a{number // 2}",)
        )

    made = EvalSet("one", (), tuple(asked(number) for number in range(20)))
    (drawn,) = made.sample(1).questions
    left = sampled([made], 1)
    same = {question.id for question in made.questions if left & marks(made, question)}
    assert same == {question.id for question in made.questions if question.gold == drawn.gold}
    assert len(same) == 2


def test_an_article_is_the_same_under_another_id_in_another_set() -> None:
    def asking(name: str, text: str, question: str) -> EvalSet:
        made = Question(f"{name}-q", question, answerable=True, answers=(("x",),), gold=(f"{name}-a",))
        return EvalSet(name, (EvalArticle(f"{name}-a", text),), (made,))

    measured = asking("measured", "Åtta fartyg väntade.\nIngen kom.", "Hur många?")
    corpus = asking("corpus", "Åtta fartyg väntade. Ingen kom. ", "Vem kom?")
    other = asking("other", "Sju fartyg väntade.", "Vem gick?")
    left = sampled([measured], 1)
    assert left & marks(corpus, corpus.questions[0])
    assert not left & marks(other, other.questions[0])


def test_a_set_that_is_not_there_has_no_sample() -> None:
    with pytest.raises(SetError, match="rgb"):
        sampled([EvalSet("rgb-en", (), ())], 1, {"rgb": 40})
