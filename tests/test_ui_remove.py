"""`pullquote remove` and `pullquote doctor --repair`: what they say, and the status they leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import ArticleNotFound, LibraryLocked
from index.types import Article, Finding, Origin
from ui import cli
from ui.doors import Doors, OnProgress, Shelf
from ui.double import ShelfDouble
from ui.settings import Settings

ARTICLES = (Article("a.txt", "A", "Text.", source=Origin("news/a.txt")), Article("b.txt", "B", "More."))


def doors(shelf: Shelf | Exception) -> Doors:
    def open_library(settings: Settings, progress: OnProgress | None, writable: bool) -> Shelf:
        if isinstance(shelf, Exception):
            raise shelf
        return shelf

    return Doors(library=open_library, models=lambda settings: [])


@pytest.fixture
def home(tmp_path: Path) -> str:
    (tmp_path / "home" / "library").mkdir(parents=True)
    return str(tmp_path / "home")


@pytest.mark.parametrize("which", ["a.txt", "news/a.txt"])
def test_an_article_is_removed_by_id_or_path(which: str, home: str, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = ShelfDouble(ARTICLES)
    assert cli.main(["--home", home, "remove", which], doors(shelf)) == 0
    out, err = capsys.readouterr()
    assert (out, "Removed 1 article." in err) == ("a.txt\n", True)
    assert [article.id for article in shelf.articles()] == ["b.txt"]
    assert shelf.closed


def test_an_article_that_is_not_there_is_an_error(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--home", home, "remove", "c.txt"], doors(ShelfDouble(ARTICLES))) == 1
    assert "pullquote articles" in capsys.readouterr().err


def test_the_doctor_repairs_and_says_what_it_found(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = ShelfDouble(ARTICLES, findings=(Finding("vectors", "Passages are missing.", 7),))
    cli.main(["--home", home, "doctor", "--repair"], doors(shelf))
    assert "✔ repair: vectors: Passages are missing. (7) Mended." in capsys.readouterr().out
    cli.main(["--home", home, "doctor", "--repair"], doors(ShelfDouble(ARTICLES)))
    assert "✔ repair: nothing to mend" in capsys.readouterr().out
    cli.main(["--home", home, "doctor"], doors(shelf))
    assert " repair:" not in capsys.readouterr().out


def test_a_repair_that_is_refused_is_an_error(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    refusal = LibraryLocked("Another process (pid 7) is writing.", "Wait.")
    assert cli.main(["--home", home, "doctor", "--repair"], doors(refusal)) == 1
    assert "pid 7" in capsys.readouterr().err


def test_there_is_nothing_to_repair_without_a_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["--home", str(tmp_path / "home"), "doctor", "--repair"], doors(ShelfDouble()))
    assert "✔ repair: there is no library yet" in capsys.readouterr().out
    assert not (tmp_path / "home" / "library").exists()


def test_the_double_takes_in_and_gives_out_articles_as_the_library_does() -> None:
    shelf = ShelfDouble(ARTICLES)
    news = [Article("b.txt", "B", "Changed."), Article("c.txt", "C", "New."), ARTICLES[0]]
    report = shelf.ingest_articles(news)
    assert (report.added, report.updated, report.unchanged) == (("c.txt",), ("b.txt",), ("a.txt",))
    assert shelf.article("b.txt").text == "Changed."
    assert shelf.ingest_articles(news[:1], prune=True).removed == ("a.txt", "c.txt")
    with pytest.raises(ArticleNotFound):
        shelf.article("a.txt")
