"""What came in by a door is kept, and is there again after the library has been built anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.embed import LetterEmbedder
from index.library import Library
from ui import cli, intake, uploads
from ui.doors import Doors, OnProgress, Shelf
from ui.intake import Upload
from ui.settings import Settings
from ui.uploads import Text


def open_library(settings: Settings, progress: OnProgress | None, writable: bool) -> Library:
    return Library.open(settings.library_dir, LetterEmbedder(), settings)


def opened(settings: Settings, progress: OnProgress | None, writable: bool) -> Shelf:
    return open_library(settings, progress, writable)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "ferry.txt").write_text("The ferry sails again.", encoding="utf-8")
    return folder


def hand_over(home: Settings, tmp_path: Path) -> None:
    """A text with an id of its own, one without, and a file of two articles."""
    sent = tmp_path / "sent"
    sent.mkdir()
    (sent / "1").write_text(
        '{"id": "x", "text": "One story."}\n{"id": "y", "text": "Another one."}\n', encoding="utf-8"
    )
    with open_library(home, None, True) as library:
        bridge = Text(
            "The bridge opens.", url="http://x/bridge", title="Bridge", outlet="TT", published=date(2024, 5, 6)
        )
        intake.take_texts(library, home, [bridge, Text("The harbour is closed.", title="")])
        intake.take_files(library, home, [Upload("two.jsonl", sent / "1")], replacing=True)


def test_rebuilding_brings_back_what_came_in_as_it_was(
    home: Settings, tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_over(home, tmp_path)
    with open_library(home, None, True) as library:
        before = {article.id: (article.text, article.title, article.published) for article in library.articles()}
    command = ["--home", str(home.home), "index", "--rebuild", str(news)]
    assert cli.main(command, Doors(library=opened)) == 0
    assert "5 added" in capsys.readouterr().out
    with open_library(home, None, True) as library:
        after = {article.id: (article.text, article.title, article.published) for article in library.articles()}
        bridge = library.article("http://x/bridge")
    assert after.pop("ferry.txt")[0] == "The ferry sails again."
    assert after == before
    assert (bridge.source.outlet, bridge.source.url) == ("TT", "http://x/bridge")


def test_a_text_that_was_removed_does_not_come_back_and_a_damaged_one_harms_nothing(
    home: Settings, tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_over(home, tmp_path)
    arguments = ["--home", str(home.home)]
    assert cli.main([*arguments, "remove", "http://x/bridge"], Doors(library=opened)) == 0
    (kept,) = uploads.texts(home)
    assert kept.text == "The harbour is closed."
    (uploads.folder(home) / "texts" / "damaged.json").write_text('{"text": 1, "nonsense"', encoding="utf-8")
    (uploads.folder(home) / "texts" / "foreign.json").write_text('["text"]', encoding="utf-8")
    assert cli.main([*arguments, "index", "--rebuild", str(news)], Doors(library=opened)) == 0
    with open_library(home, None, True) as library:
        assert {article.id for article in library.articles()} == {"ferry.txt", "two.jsonl#x", "two.jsonl#y", kept.name}


def test_a_text_replaces_the_one_of_its_id(home: Settings) -> None:
    with open_library(home, None, True) as library:
        intake.take_texts(library, home, [Text("Old.", id="a"), Text("Other.", id="b")])
        assert intake.take_texts(library, home, [Text("New words.", id="a")]).updated == ("a",)
    assert sorted(text.text for text in uploads.texts(home)) == ["New words.", "Other."]


def test_a_text_under_the_id_of_a_file_is_refused_and_not_kept(home: Settings, news: Path) -> None:
    with open_library(home, None, True) as library:
        library.ingest([news])
        report = intake.take_texts(library, home, [Text("Another ferry.", id="ferry.txt")])
        assert [failure.id for failure in report.failed] == ["ferry.txt"]
        assert library.article("ferry.txt").text != "Another ferry."
    assert list(uploads.texts(home)) == []
