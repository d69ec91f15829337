"""Attribution: the sentence that states the claim is quoted, exactly, or nothing is."""

from __future__ import annotations

import pytest
from conftest import article
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embed import LetterEmbedder
from index.errors import EmptyArticle
from index.types import Article, Hit, Passage
from rag.attribute import Attributor
from rag.claims import Terms, coverage, missing
from rag.types import Citation, Source

TEXT = (
    "The council met on 3 May 2021. Twelve members voted for the tunnel. Mayor Sergei Orlov called it a mistake. "
    "Construction starts in the autumn. The budget is 1,200 million kronor."
)
SWEDISH = "Rådet möttes den 3 maj. Borgmästare Sergej Orlov kallade tunneln ett misstag."


def source(number: int, of: Article, start: int = 0, end: int | None = None) -> Source:
    """The article, or a part of it, as a source."""
    stop = len(of.text) if end is None else end
    passage = Passage(of.id, start, stop, of.text[start:stop], 1, number)
    return Source(number, Hit(passage, of, 1.0, number))


def cite(question: str, text: str, *sources: Source, asked_in: str = "en") -> tuple[Citation, ...]:
    return Attributor(LetterEmbedder()).cite(question, text, asked_in, sources)


@pytest.mark.parametrize(
    ("question", "text", "quoted"),
    [
        ("How many voted for the tunnel?", "Twelve members voted for it.", "Twelve members voted for the tunnel."),
        ("How many voted for the tunnel?", "12.", "Twelve members voted for the tunnel."),
        ("Who called it a mistake?", "Sergey Orlov", "Mayor Sergei Orlov called it a mistake."),
        ("When does construction start?", "In the autumn.", "Construction starts in the autumn."),
        ("How big is the budget?", "It is 1200 million kronor.", "The budget is 1,200 million kronor."),
    ],
)
def test_the_sentence_that_states_it_is_quoted(question: str, text: str, quoted: str) -> None:
    (citation,) = cite(question, text, source(1, article("a", TEXT)))
    assert [quote.text for quote in citation.quotes] == [quoted]
    assert citation.verdict == "supported"


def test_a_wrong_number_is_never_supported() -> None:
    (citation,) = cite("How many members voted?", "Fifteen 15 members voted.", source(1, article("a", TEXT)))
    assert citation.verdict != "supported"


def test_a_name_the_articles_do_not_hold_is_never_supported() -> None:
    (citation,) = cite("Who is the mayor?", "The mayor is Angela Schmidt.", source(1, article("a", TEXT)))
    assert citation.verdict != "supported"


def test_what_has_nothing_to_do_with_the_sources_gets_no_quote() -> None:
    (citation,) = cite("Who won?", "Brazil defeated Argentina 4 to 1 yesterday.", source(1, article("a", "Qqq zz.")))
    assert citation.quotes == ()
    assert citation.verdict == "unsupported"


def test_a_claim_over_two_sentences_gets_both() -> None:
    claim = "Mayor Orlov called the tunnel a mistake although twelve members voted for it."
    (citation,) = cite("What happened?", claim, source(1, article("a", TEXT)))
    assert citation.quotes[0].text == "Twelve members voted for the tunnel. Mayor Sergei Orlov called it a mistake."


def test_quotes_come_from_the_passages_only() -> None:
    whole = article("a", TEXT)
    (citation,) = cite("Who?", "Sergei Orlov called it a mistake.", source(1, whole, 0, TEXT.index("Mayor") - 1))
    assert all("Orlov" not in quote.text for quote in citation.quotes)


def test_each_sentence_has_its_own_quote_and_equal_spans_share_a_number() -> None:
    text = "Twelve members voted for the tunnel. Sergei Orlov called it a mistake. Orlov is the mayor."
    citations = cite("What happened?", text, source(1, article("a", TEXT)))
    assert [citation.sentence for citation in citations] == [
        "Twelve members voted for the tunnel.",
        "Sergei Orlov called it a mistake.",
        "Orlov is the mayor.",
    ]
    assert [quote.number for citation in citations for quote in citation.quotes] == [1, 2, 2]


def test_a_quote_in_another_language_counts_by_its_names() -> None:
    (citation,) = cite("Who called it a mistake?", "Sergey Orlov.", source(1, article("s", SWEDISH, "sv")))
    assert [quote.text for quote in citation.quotes] == ["Borgmästare Sergej Orlov kallade tunneln ett misstag."]


def test_the_sentence_is_quoted_rather_than_its_headline() -> None:
    text = "Orlov opposes the tunnel\n\nOn Monday Orlov said that he opposes the tunnel. Work goes on."
    (citation,) = cite("What does Orlov oppose?", "Orlov opposes the tunnel.", source(1, article("a", text)))
    assert [quote.text for quote in citation.quotes] == ["On Monday Orlov said that he opposes the tunnel."]


def test_no_sources_no_quotes() -> None:
    (citation,) = cite("Who?", "Somebody.")
    assert (citation.quotes, citation.verdict) == ((), "unsupported")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300).filter(str.strip), st.text(max_size=80), st.text(max_size=80))
def test_every_quote_is_verbatim_whatever_the_text(text: str, question: str, answer: str) -> None:
    try:
        whole = article("a", text)
    except EmptyArticle:
        return
    for citation in cite(question, answer, source(1, whole)):
        assert answer[citation.start : citation.end] == citation.sentence
        for quote in citation.quotes:
            assert quote.text == whole.text[quote.start : quote.end]
            assert quote.text.strip() == quote.text != ""


def test_terms_tell_numbers_names_and_words_apart() -> None:
    terms = Terms.of("Yesterday the mayor Sergei Orlov opened eight new schools for 1,200 pupils.", "en")
    assert terms.numbers == {"8", "1200"}
    assert terms.names == {"sergei", "orlov"}
    assert {"mayor", "open", "school", "pupil"} <= terms.words
    assert not Terms.of("", "en")


def test_coverage_and_what_is_missing() -> None:
    asked = Terms.of("How many schools were opened?", "en")
    claim = Terms.of("Eight schools were opened.", "en")
    right, wrong = Terms.of("They opened 8 schools.", "en"), Terms.of("They opened 9 schools.", "en")
    assert coverage(claim, right, asked) == 1.0
    assert (coverage(claim, wrong, asked) or 0.0) < 0.5
    assert missing(claim, right, asked) == set()
    assert missing(claim, wrong, asked) == {"8"}
    assert coverage(Terms.of("", "en"), right, asked) is None


@pytest.mark.parametrize(("one", "other"), [("Lavrov", "Lawrow"), ("Sergej", "Sergey"), ("Orlov", "Orlovs")])
def test_a_name_is_known_in_other_spellings(one: str, other: str) -> None:
    said, read = Terms.of(f"It was {one}.", "en"), Terms.of(f"Det var {other}.", "sv")
    assert missing(said, read, Terms.of("", "en")) == set()
