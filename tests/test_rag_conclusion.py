"""What does not stand on a quote is left out, or the answer is withheld."""

from __future__ import annotations

import pytest
from conftest import article

from rag.conclusion import abstained, concluded
from rag.types import Answer, Citation, Quote, Verdict

SHIPS = article("ships", "Seven ships waited. The harbour was closed.")
ASKED = Answer("How many?", "", "not_in_articles", confidence=0.8, language="sv")


def citation(sentence: str, start: int, verdict: Verdict, *numbers: int) -> Citation:
    quotes = tuple(Quote(SHIPS, 0, 19, 1.0, number) for number in numbers)
    return Citation(sentence, start, start + len(sentence), quotes, verdict)


TEXT = "It rained. Seven ships waited. The harbour was closed."
CITATIONS = (
    citation("It rained.", 0, "unsupported"),
    citation("Seven ships waited.", 11, "supported", 2),
    citation("The harbour was closed.", 31, "partly", 2, 3),
)


def test_what_stands_is_shown_as_it_was_said() -> None:
    answer = concluded(ASKED, TEXT[11:], CITATIONS[1:], strict=True, threshold=0.5)
    assert (answer.status, answer.text, answer.citations) == ("answered", TEXT[11:], CITATIONS[1:])


def test_an_unsupported_sentence_is_left_out_and_the_rest_moves_up() -> None:
    answer = concluded(ASKED, TEXT, CITATIONS, strict=True, threshold=0.5)
    assert answer.text == "Seven ships waited. The harbour was closed."
    assert all(answer.text[c.start : c.end] == c.sentence for c in answer.citations)
    assert [quote.number for c in answer.citations for quote in c.quotes] == [1, 1, 2]
    assert [c.verdict for c in answer.citations] == ["supported", "partly"]


def test_unless_it_is_wanted_marked() -> None:
    answer = concluded(ASKED, TEXT, CITATIONS, strict=False, threshold=0.5)
    assert (answer.text, answer.citations) == (TEXT, CITATIONS)
    assert not answer.grounded


@pytest.mark.parametrize(
    ("citations", "strict", "threshold"),
    [(CITATIONS[:1], True, 0.5), (CITATIONS, True, 0.81), (CITATIONS, False, 0.81), ((), False, 0.0)],
)
def test_an_answer_that_does_not_stand_is_withheld(
    citations: tuple[Citation, ...], strict: bool, threshold: float
) -> None:
    answer = concluded(ASKED, TEXT, citations, strict=strict, threshold=threshold)
    assert answer == abstained(ASKED)
    assert answer.text == "Det framgår inte av artiklarna."
    assert answer.confidence == 0.8
