"""Articles are found by what is known of them: outlet, address, language, day."""

from __future__ import annotations

from datetime import date

import pytest

from index.errors import SettingsError
from index.facets import Filter, known_language
from index.library import Library
from index.load import make_article
from index.types import Origin
from index.words import address_words


@pytest.fixture
def news(library: Library) -> Library:
    rows = [
        ("a", "The bridge was closed.", "en", date(2021, 10, 18), Origin(outlet="Norrbottens-Kuriren")),
        (
            "b",
            "The bridge was opened.",
            "en",
            date(2022, 3, 1),
            Origin(url="https://www.nsd.se/2022/03/bron-i-kalix.html"),
        ),
        ("c", "Bron stängdes i går.", "sv", None, Origin(outlet="ÖSTERSUNDS-POSTEN")),
    ]
    library.ingest_articles(
        make_article(text, id=name, title="", language=code, published=day, source=source)
        for name, text, code, day, source in rows
    )
    return library


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(), {"a", "b", "c"}),
        (Filter(outlet="kuriren"), {"a"}),
        (Filter(outlet="Östersund"), {"c"}),
        (Filter(url="NSD.se"), {"b"}),
        (Filter(language="sv"), {"c"}),
        (Filter(since=date(2021, 10, 18)), {"a", "b"}),
        (Filter(until=date(2021, 10, 18)), {"a"}),
        (Filter(since=date(2021, 10, 19), until=date(2022, 2, 28)), set()),
        (Filter(outlet="kuriren", language="sv"), set()),
        (Filter(outlet="%"), set()),
    ],
)
def test_a_filter_narrows_search_and_list_alike(news: Library, only: Filter, expected: set[str]) -> None:
    assert {hit.article.id for hit in news.search("bridge bron", 10, only=only)} == expected
    assert {article.id for article in news.articles(only)} == expected


def test_a_filter_and_named_articles_must_both_fit(news: Library) -> None:
    hits = news.search("bridge", 10, within=["a", "c"], only=Filter(language="en"))
    assert [hit.article.id for hit in hits] == ["a"]


def test_a_question_may_name_an_outlet_or_the_words_of_an_address(news: Library) -> None:
    lexical = {hit.article.id: hit.lexical for hit in news.search("what did Kuriren write", 3)}
    assert lexical["a"] is not None
    assert lexical["b"] is None
    lexical = {hit.article.id: hit.lexical for hit in news.search("the article of nsd about Kalix", 3)}
    assert lexical["b"] is not None
    assert lexical["a"] is None


def test_the_words_of_an_address() -> None:
    url = "https://www.cnn.com/2022/11/16/politics/title-42-blocked-explainer/index.html"
    assert address_words(url) == "cnn politics title blocked explainer"
    assert address_words("") == ""


def test_a_language_is_called_by_code_or_name() -> None:
    assert known_language("sv") == known_language("Swedish") == "sv"
    with pytest.raises(SettingsError, match="Klingon"):
        known_language("Klingon")


def test_a_list_calls_articles_without_a_title_by_how_they_begin(library: Library) -> None:
    library.ingest_articles([make_article("Seven ships waited outside.", id="ships", title="")])
    library.ingest_articles([make_article("Rain fell all day.", id="rain", title="Rain")], corpus="other")
    named = {one.id: (one.name, one.opening) for one in library.listing()}
    assert named == {"ships": ("Seven ships waited outside.", "Seven ships waited outside."), "rain": ("Rain", "")}
