"""The catalog: what is stored comes back, ids are never used twice, and nothing is half-written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from conftest import open_files

from index.catalog import Catalog, Entry, with_ids
from index.errors import LibraryError, WrongSchema
from index.schema import SCHEMA
from index.types import Article, Origin, Passage, Span


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite", create=True)
    yield catalog
    catalog.close()


def entry(catalog: Catalog, article_id: str, text: str, language: str = "en", corpus: str = "c") -> Entry:
    article = Article(article_id, "", text, language, digest=f"digest of {text}")
    ids = catalog.reserve(1)
    return Entry(article, with_ids([Passage(article_id, 0, len(text), text, len(text.split()))], ids), corpus)


def test_an_article_comes_back_as_it_was(catalog: Catalog) -> None:
    article = Article(
        id="news/a.txt",
        title="A title",
        text="top of page\nNul \x00, line\u2028end, 😀 and \r\n.",
        language="en",
        published=date(2021, 10, 19),
        source=Origin("news/a.txt", "The Outlet", "https://example.org/a"),
        digest="ab12",
        furniture=(Span(0, 11),),
    )
    catalog.put([Entry(article, (), "news")])
    assert catalog.article("news/a.txt") == article
    assert catalog.articles() == [article]
    assert catalog.corpus("news/a.txt") == "news"
    assert catalog.digests("news") == {"news/a.txt": "ab12"}
    assert catalog.article("other") is None
    assert catalog.corpus("other") is None


def test_articles_are_listed_newest_first_and_undated_ones_last(catalog: Catalog) -> None:
    days = {"old": date(2020, 1, 1), "undated": None, "new": date(2021, 1, 1)}
    assert catalog.days() == (None, None)
    catalog.put([Entry(Article(name, "", "x", published=day), ()) for name, day in days.items()])
    assert [article.id for article in catalog.articles()] == ["new", "old", "undated"]
    assert catalog.days() == (date(2020, 1, 1), date(2021, 1, 1))


def test_articles_may_trade_their_ids(catalog: Catalog) -> None:
    catalog.put([entry(catalog, "a", "First."), entry(catalog, "b", "Second.")])
    catalog.rename({"a": "b", "b": "a"})
    assert {article.id: article.text for article in catalog.articles()} == {"a": "Second.", "b": "First."}
    assert [p.article_id for p, _ in catalog.passages([1, 2]).values()] == ["b", "a"]


def test_a_snapshot_is_one_moment(catalog: Catalog) -> None:
    catalog.put([entry(catalog, "a", "Old words.")])
    with catalog.snapshot():
        catalog.put([entry(catalog, "a", "New words.")])
        with catalog.snapshot():
            assert catalog.articles()[0].text == "Old words."
        assert [number for number, _ in catalog.lexical(["word"], {"en"}, 5)] == [1]
    assert catalog.articles()[0].text == "New words."


def test_passages_are_cut_out_of_their_article(catalog: Catalog) -> None:
    article = Article("a", "", "One two. Three four.", "en")
    passages = with_ids([Passage("a", 0, 8, "One two.", 2), Passage("a", 9, 20, "Three four.", 2)], catalog.reserve(2))
    catalog.put([Entry(article, passages)])
    found = catalog.passages([2, 1, 99])
    assert {number: passage for number, (passage, _) in found.items()} == dict(enumerate(passages, start=1))
    assert all(owner == article for _, owner in found.values())
    assert catalog.passage_ids() == [1, 2]
    assert catalog.passage_ids(["a"]) == [1, 2]
    assert catalog.passage_ids(["b"]) == []
    assert catalog.counts() == (1, 2)


def test_words_are_found_by_stem_language_and_article(catalog: Catalog) -> None:
    catalog.put(
        [
            entry(catalog, "a", "The diplomats were expelled from Brussels."),
            entry(catalog, "b", "A diplomat arrived, and another diplomat left."),
            entry(catalog, "c", "Diplomaterna utvisades från Bryssel.", "sv"),
        ]
    )
    assert [number for number, _ in catalog.lexical(["diplomat"], {"en"}, 10)] == [2, 1]
    assert [number for number, _ in catalog.lexical(["diplomat"], {"en"}, 10, within={"a"})] == [1]
    assert [number for number, _ in catalog.lexical(["diplomat"], {"sv"}, 10)] == [3]
    assert catalog.lexical(["diplomat"], set(), 10) == []
    assert catalog.lexical([], {"en"}, 10) == []
    assert len(catalog.lexical(["diplomat"], {"en"}, 1)) == 1
    assert all(score > 0 for _, score in catalog.lexical(["diplomat", "brussel"], {"en"}, 10))


def test_words_that_look_like_query_syntax_are_only_words(catalog: Catalog) -> None:
    catalog.put([entry(catalog, "a", "NEAR and OR and NOT are words.")])
    assert [number for number, _ in catalog.lexical(["near", "or", "not", "word"], {"en"}, 10)] == [1]


def test_a_replaced_article_leaves_no_word_and_its_passages_are_pending(catalog: Catalog) -> None:
    catalog.put([entry(catalog, "a", "Old words here.")])
    catalog.put([entry(catalog, "a", "New text there.")])
    assert catalog.lexical(["old"], {"en"}, 10) == []
    assert [number for number, _ in catalog.lexical(["text"], {"en"}, 10)] == [2]
    assert catalog.pending() == [1]
    catalog.settle([1])
    assert catalog.pending() == []


def test_ids_are_never_given_out_twice(catalog: Catalog) -> None:
    first = catalog.reserve(3)
    assert catalog.pending() == list(first)
    catalog.settle(first)
    assert list(catalog.reserve(2)) == [4, 5]


def test_removal_takes_words_and_passages_along(catalog: Catalog) -> None:
    catalog.put([entry(catalog, "a", "Some words."), entry(catalog, "b", "Other words.")])
    catalog.remove(["a"])
    assert [article.id for article in catalog.articles()] == ["b"]
    assert catalog.passage_ids() == [2]
    assert [number for number, _ in catalog.lexical(["word"], {"en"}, 10)] == [2]
    assert catalog.pending() == [1]


def test_a_failure_in_a_transaction_leaves_everything_as_it_was(catalog: Catalog) -> None:
    catalog.put([entry(catalog, "a", "Some words.")])
    broken = Entry(Article("b", "", "Words."), (Passage("b", 0, 6, "Words.", 1, id=2),))  # an id that is taken
    with pytest.raises(sqlite3.IntegrityError):
        catalog.put([entry(catalog, "a", "Changed words."), broken])
    assert [article.text for article in catalog.articles()] == ["Some words."]
    assert [number for number, _ in catalog.lexical(["word"], {"en"}, 10)] == [1]


def test_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    Catalog(path, create=True).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE manifest SET value = ? WHERE key = 'schema'", (str(SCHEMA + 1),))
    database.close()
    with pytest.raises(WrongSchema) as caught:
        Catalog(path)
    assert "pullquote index --rebuild" in caught.value.hint
    assert open_files(tmp_path) == set()


def test_a_file_that_is_no_catalog_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(LibraryError, match="cannot be opened"):
        Catalog(path)


def test_a_snapshot_that_outlives_its_catalog_leaves_no_file_open(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite", create=True)
    with catalog.snapshot():
        catalog.close()
        assert catalog.counts() == (0, 0)
    assert open_files(tmp_path) == set()


def test_a_missing_catalog_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(LibraryError):
        Catalog(tmp_path / "catalog.sqlite")
    assert not (tmp_path / "catalog.sqlite").exists()


def test_a_second_connection_reads_while_the_first_writes(catalog: Catalog) -> None:
    reader = Catalog(catalog.path)
    with catalog.transaction():
        catalog.put([entry(catalog, "a", "Some words.")])
        assert reader.counts() == (0, 0)
    assert reader.counts() == (1, 1)
    reader.close()
