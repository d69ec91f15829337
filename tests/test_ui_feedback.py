"""`pullquote feedback export`, and that a library built anew holds what was added in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pages import ANSWERS, MODEL, QUESTION

from index.types import IngestReport
from rag.settings import Settings
from ui import cli, feedback, uploads
from ui.doors import Doors, OnProgress, Shelf
from ui.double import ShelfDouble
from ui.kept import Kept


def test_opinions_are_exported_as_json_lines_or_as_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    feedback.rate(Settings(home=home), Kept.of(ANSWERS[QUESTION]), good=True, word="exactly")
    assert cli.main(["--home", str(home), "feedback", "export"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["word"] == "exactly"
    assert "1 opinion" in err
    file = tmp_path / "opinions.csv"
    assert cli.main(["--home", str(home), "feedback", "export", "--csv", "--out", str(file)]) == 0
    assert "True,exactly,What did Russia close" in file.read_text(encoding="utf-8")
    assert capsys.readouterr().out == ""


def test_without_opinions_there_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--home", str(tmp_path), "feedback", "export"]) == 0
    assert "0 opinions" in capsys.readouterr().err


def test_a_library_built_anew_holds_what_was_added_in_the_browser(tmp_path: Path) -> None:
    named: list[Path] = []

    class Noting(ShelfDouble):
        def ingest(self, paths, progress=None, **more):  # type: ignore[no-untyped-def]  # noqa: ANN001,ANN003,ANN202
            named.extend(paths)
            return IngestReport(added=("a",))

    def library(settings: Settings, progress: OnProgress | None, writable: bool) -> Shelf:
        return Noting()

    doors = Doors(library=library, drop=lambda settings: None, models=lambda settings: [MODEL])
    home, news = tmp_path / "home", tmp_path / "news"
    news.mkdir()
    cli.main(["--home", str(home), "index", "--rebuild", str(news)], doors)
    uploads.take_text("Words.", Settings(home=home), title="A", outlet="", published="")
    cli.main(["--home", str(home), "index", str(news)], doors)
    cli.main(["--home", str(home), "index", "--rebuild", str(news)], doors)
    assert named == [news, news, news, home / "articles"]
