"""`pullquote feedback export`."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pages import ANSWERS, QUESTION
from rich.console import Console

from rag.settings import Settings
from ui import cli, feedback
from ui.kept import Kept
from ui.terminal import Terminal


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


def test_what_readers_wrote_steers_no_terminal_and_reaches_a_program_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feedback.rate(Settings(home=tmp_path), Kept.of(ANSWERS[QUESTION]), good=True, word="a\x1b[2J\x9b2J" + "c" * 200)
    assert cli.main(["--home", str(tmp_path), "feedback", "export", "--csv"]) == 0
    assert "a\x1b[2J\x9b2J" + "c" * 200 in capsys.readouterr().out
    terminal, shown = Terminal(), io.StringIO()
    terminal.out = Console(file=shown, force_terminal=True)
    terminal.print_text("a\x1b[2J\x9b2J\n")
    assert shown.getvalue() == "a␛[2J\ufffd2J\n"
