"""The rules of judging, on cases small enough to work out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.scoring import (
    QuestionScore,
    QuoteScore,
    aggregate,
    auroc,
    believes_false,
    holds,
    holds_each_group,
    is_verbatim,
    normalise,
    score_question,
    wilson,
)
from evals.sets import Question
from rag.types import Answer

ANSWERABLE = Question("q", "How many?", True, (("eight", "8"),), ("a",))
UNANSWERABLE = Question("u", "Who won?", False)
GOOD = QuoteScore("a", 0, 5, "Eight", verbatim=True, good=True)
BAD = QuoteScore("b", 0, 5, "Seven", verbatim=True, good=False)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Åtta\n\tDIPLOMATER ", "åtta diplomater"),
        ("A\u030atta", "åtta"),
        ("Straße", "strasse"),
        ("NATO’s “mission”", 'nato\'s "mission"'),
        ("2014–2018", "2014-2018"),
        ("10\u00a0000", "10 000"),
        ("Brüs\u00adsel\u200b", "brüssel"),
        ("８", "8"),
    ],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("Russia closes its mission.", "mission"),
        ("Das NATO-Informationsbüro schließt", "INFORMATIONSBÜRO"),
        ("the Skripal poisoning", "poison"),
        ("8 people left", "8"),
        ("it was 8.", "8"),
        ("an 8-year-old", "8"),
        ("Ten of them", "ten"),
        ("USAs president", "USA"),
        ("the EU’s answer", "EU"),
        ("January 2,\n2022", "January 2, 2022"),
        ("it lies in Belgium", "in Belgium,"),
        ("costs $20,000 a year", "$20,000"),
        ("a share of 18%", "18%"),
        ("in 2018-19", "2018"),
        ("nothing. at all", "."),
        ("他在北京工作", "北京"),
    ],
)
def test_holds(text: str, alias: str) -> None:
    assert holds(text, alias)


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("in 1989", "8"),
        ("8.5 percent", "8"),
        ("18,8 prosent", "8"),
        ("8,000 people", "8"),
        ("the 8th", "8"),
        ("it paid close attention", "ten"),
        ("femte gången", "fem"),
        ("a share of 118%", "18%"),
        ("12.8 metres", "2.8"),
        ("on January 2, 20222", "January 2, 2022"),
        ("eight", "8"),
        ("", "8"),
    ],
)
def test_does_not_hold(text: str, alias: str) -> None:
    assert not holds(text, alias)


@given(st.text(), st.text(min_size=1).filter(lambda alias: normalise(alias) != ""), st.text())
def test_an_alias_between_spaces_is_always_held(before: str, alias: str, after: str) -> None:
    assert holds(f"{before} | {alias} | {after}", alias)


def test_each_group_needs_an_alias() -> None:
    groups = (("ambassador",), ("Belgium", "Belgien"))
    assert holds_each_group("The Russian ambassador in Belgium", groups)
    assert holds_each_group("Ambassador (Belgien)", groups)
    assert not holds_each_group("The Russian ambassador", groups)
    assert holds_each_group("anything", ())


@pytest.mark.parametrize(
    ("article_id", "start", "end", "text", "equal"),
    [
        ("a", 6, 10, "left", True),
        ("a", 6, 10, "Left", False),
        ("a", 5, 10, "left", False),
        ("a", 6, 99, "left", False),
        ("a", -4, -1, "eft", False),
        ("a", 6, 6, "", False),
        ("z", 6, 10, "left", False),
    ],
)
def test_verbatim(article_id: str, start: int, end: int, text: str, equal: bool) -> None:
    assert is_verbatim({"a": "Eight left"}, article_id, start, end, text) is equal


def test_wilson_agrees_with_published_values() -> None:
    # 81 of 263: Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3
    low, high = wilson(81, 263) or (math.nan, math.nan)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = wilson(0, 20) or (math.nan, math.nan)
    assert (round(low, 4), round(high, 4)) == (0.0, 0.1611)
    low, high = wilson(29, 29) or (math.nan, math.nan)
    assert (round(low, 4), round(high, 4)) == (0.8830, 1.0)
    assert wilson(0, 0) is None


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_rate_and_stays_a_probability(case: tuple[int, int]) -> None:
    hits, n = case
    low, high = wilson(hits, n) or (math.nan, math.nan)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1


def test_aggregate_by_hand() -> None:
    scores = [
        # right, with one good and one bad quote
        QuestionScore(ANSWERABLE, "answered", True, (GOOD, BAD), gold_found=True, seconds=2.0, first_token=1.0),
        # right by luck: no quote holds the answer
        QuestionScore(ANSWERABLE, "answered", True, (BAD,), gold_found=False, seconds=4.0, first_token=3.0),
        # wrong, though a good quote was shown
        QuestionScore(ANSWERABLE, "answered", False, (GOOD,), gold_found=True, seconds=6.0, first_token=5.0),
        # refused wrongly, and no model was called
        QuestionScore(ANSWERABLE, "not_in_articles", False, gold_found=True, seconds=0.1),
        # failed
        QuestionScore(ANSWERABLE, "error", False, seconds=0.0),
        # refused rightly, and answered though there is no answer, with a quote whose text is not the article's
        QuestionScore(UNANSWERABLE, "not_in_articles", True, seconds=0.3),
        QuestionScore(UNANSWERABLE, "answered", False, (QuoteScore("a", 1, 2, "x", verbatim=False, good=False),)),
    ]
    figures = aggregate(scores)
    assert (figures["n"], figures["n_answerable"], figures["n_unanswerable"]) == (7, 5, 2)
    assert figures["accuracy"] == 0.4  # 2 of 5
    assert figures["accuracy_n"] == 5
    assert figures["refused_unanswerable"] == 0.5
    assert figures["false_refusals"] == 0.2
    assert figures["quote_precision"] == 0.5  # 2 of the 4 quotes of the 3 answered questions
    assert figures["quote_precision_n"] == 4
    assert figures["quote_recall"] == 0.5  # 1 of the 2 right answers
    assert figures["verbatim"] == 0.8  # 4 of all 5 quotes
    assert figures["gold_found"] == 0.75  # 3 of the 4 that have sources to look at
    assert figures["seconds_to_first_token"] == 3.0
    assert figures["seconds_total"] == 1.15  # of 0, 0.1, 0.3, 2, 4, 6; the failed one is left out
    assert figures["statuses"] == {"answered": 4, "error": 1, "not_in_articles": 2}


def test_aggregate_of_nothing_claims_nothing() -> None:
    figures = aggregate([])
    assert figures["n"] == 0
    assert figures["accuracy"] is None
    assert figures["accuracy_95"] is None
    assert figures["seconds_total"] is None


def test_questions_without_gold_do_not_judge_quotes() -> None:
    bare = Question("q", "How many?", True, (("eight",),))
    figures = aggregate([QuestionScore(bare, "answered", True, (BAD,))])
    assert figures["accuracy"] == 1.0
    assert figures["quote_precision"] is None
    assert figures["quote_recall"] is None
    assert figures["gold_found"] is None
    assert figures["verbatim"] == 1.0


def test_the_area_under_the_curve_by_hand() -> None:
    assert auroc([0.9, 0.5], [0.1, 0.5]) == 0.875  # 3 of 4 pairs in order, one tie
    assert auroc([1.0], [0.0]) == 1.0
    assert auroc([0.0], [1.0]) == 0.0
    assert auroc([], [1.0]) is None
    assert auroc([1.0], []) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_the_area_is_the_share_of_ordered_pairs(positive: list[float], negative: list[float]) -> None:
    pairs = [1.0 if p > n else 0.5 if p == n else 0.0 for p in positive for n in negative]
    assert auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs))


@pytest.mark.parametrize(
    ("text", "status", "believed"),
    [
        ("It was Australia.", "answered", True),
        ("It was Saudi Arabia.", "answered", False),
        ("One says Australia, another Saudi Arabia.", "answered", False),
        ("It was Chile.", "answered", False),
        ("Australia is not mentioned.", "not_in_articles", False),
    ],
)
def test_a_false_document_is_believed_when_a_wrong_choice_is_given(text: str, status: str, believed: bool) -> None:
    quiz = Question("q", "Who?", True, (("Saudi Arabia",),), choices=("Saudi Arabia", "Australia"), choice=0)
    answer = Answer("Who?", text, "answered" if status == "answered" else "not_in_articles")
    assert believes_false(quiz, answer) is believed


def test_confidence_tells_answerable_from_unanswerable() -> None:
    scores = [
        QuestionScore(ANSWERABLE, "answered", True, confidence=0.8),
        QuestionScore(ANSWERABLE, "not_in_articles", False, confidence=0.3),
        QuestionScore(UNANSWERABLE, "not_in_articles", True, confidence=0.1),
        QuestionScore(UNANSWERABLE, "answered", False, confidence=0.5),
    ]
    figures = aggregate(scores)
    assert figures["auroc"] == 0.75
    assert figures["believed_false"] is None
    assert aggregate(scores[:2])["auroc"] is None


def test_the_language_of_answers_is_held_against_that_of_questions() -> None:
    swedish, unknown = Question("1", "Vem?", True, (("a",),), language="sv"), Question("2", "?", True, (("a",),))
    scores = [
        QuestionScore(swedish, "answered", True, said_in="sv"),
        QuestionScore(swedish, "answered", True, said_in="en"),
        QuestionScore(swedish, "not_in_articles", False, said_in="en"),
        QuestionScore(unknown, "answered", True, said_in="en"),
    ]
    figures = aggregate(scores)
    assert (figures["in_its_language"], figures["in_its_language_n"]) == (0.5, 2)
    told = Answer("Vem?", "A.", "answered", language="sv", said_in="en")
    assert score_question(swedish, told, {}, 0.0).said_in == "en"
