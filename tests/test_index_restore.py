"""Taking an article out can be undone, and a list of articles needs none of their texts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from index.library import Library
from index.load import make_article
from index.types import Origin


def test_what_was_removed_comes_back_as_it_was(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("A harbour was closed on Monday.", encoding="utf-8")
    (folder / "twin.txt").write_text("A harbour was closed on Monday.", encoding="utf-8")
    (folder / "b.txt").write_text("A bridge was opened on Friday.", encoding="utf-8")
    library.ingest([folder])
    before = [library.article(article.id) for article in library.articles()]
    removed = library.article("a.txt")
    library.remove("a.txt")
    library.restore([removed])
    library.restore([removed])
    assert [library.article(article.id) for article in library.articles()] == before
    assert library.search("harbour")[0].article == removed
    again = library.ingest([folder])
    assert (again.changed, again.left_out) == (0, ())
    assert library.check().sound
    (folder / "a.txt").unlink()
    (folder / "twin.txt").unlink()
    library.ingest([folder])
    assert [article.id for article in library.articles()] == ["b.txt"]


def test_an_article_from_memory_comes_back_too(library: Library) -> None:
    article = make_article("A harbour was closed.", id="m")
    library.ingest_articles([article])
    library.remove("m")
    library.restore([article])
    assert [found.id for found in library.articles()] == ["m"]
    assert library.ingest_articles([article]).unchanged == ("m",)


def test_a_listing_has_no_texts_and_counts_passages(library: Library) -> None:
    library.ingest_articles(
        [
            make_article("Old. " * 100, id="old", title="Old", published=date(2020, 1, 1), source=Origin(outlet="TT")),
            make_article("New.", id="new", published=date(2021, 1, 1)),
        ]
    )
    new, old = library.listing()
    assert (new.id, new.name, new.passages, new.outlet) == ("new", "New.", 1, "")
    assert (old.name, old.outlet, old.published) == ("Old", "TT", date(2020, 1, 1))
    assert old.passages + new.passages == library.stats().passages
