"""`pullquote feedback export`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pages import ANSWERS, QUESTION

from rag.settings import Settings
from ui import cli, feedback
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


def test_a_place_that_is_none_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--home", str(tmp_path), "feedback", "export", "--out", str(tmp_path / "no" / "x")]) == 2
    assert "cannot be written: No such file or directory." in capsys.readouterr().err


def test_without_opinions_there_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--home", str(tmp_path), "feedback", "export"]) == 0
    assert "0 opinions" in capsys.readouterr().err
