"""The year that a sentence of an article leaves unsaid is the one that a claim may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from conftest import article

from index.types import Hit, Passage
from rag.evidence import Evidence
from rag.facts.claims import Terms, lacking
from rag.types import Source


def said(text: str, code: str, published: date | None) -> Terms:
    """The terms of an article's only sentence."""
    of = replace(article("a", text), language=code, published=published)
    passage = Passage(of.id, 0, len(text), text, 1, 1)
    (sentence,) = Evidence().of([Source(1, Hit(passage, of, 1.0, 1))])
    return sentence.terms


@pytest.mark.parametrize(
    ("text", "published", "right", "wrong"),
    [
        ("He was arrested on December 28.", date(2022, 1, 3), "December 28, 2021", "December 28, 2022"),
        ("The office will open on January 10.", date(2021, 12, 20), "January 10, 2022", "January 10, 2021"),
        ("He was arrested in May last year.", date(2021, 10, 22), "May 2020", "May 2021"),
        ("The office opened last year.", date(2021, 10, 22), "2020", "2021"),
        ("The office opened this year.", date(2021, 10, 22), "2021", "2020"),
        ("The office opened on 3 May.", date(2021, 10, 22), "3 May 2021", "3 May 2020"),
    ],
)
def test_a_claim_may_say_the_year_that_was_meant_and_no_other(
    text: str, published: date, right: str, wrong: str
) -> None:
    evidence, nothing = said(text, "en", published), Terms.of("", "en")
    assert not lacking(Terms.of(f"It was {right}.", "en"), evidence, nothing)
    assert lacking(Terms.of(f"It was {wrong}.", "en"), evidence, nothing)


def test_an_article_without_a_day_of_publication_leaves_no_year_unsaid() -> None:
    assert said("He was arrested on December 28.", "en", None).understood == frozenset()
