"""What the start of the command line is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.speed import start_section
from evals.start import COMPUTED, NEW, SHOWN, StartError, breakdown, data_directory, report, summary

TIMINGS = {"search": 0.5, "load": 0.25, "queue": 0.0, "first_token": 1.5, "total": 3.0}


def test_what_a_start_is_made_of_adds_up_to_the_first_word() -> None:
    found = breakdown(TIMINGS, whole=5.0)
    assert found == {"opening": 2.0, "search": 0.5, "load": 0.25, "reading": 0.75, "first_word": 3.5, "done": 5.0}
    assert sum(list(found.values())[:4]) == found["first_word"]
    assert list(found) == list(SHOWN)


def test_an_answer_without_a_word_is_left_out() -> None:
    assert breakdown({"search": 0.5, "total": 3.0}, whole=5.0) is None


def test_the_summary_has_a_median_for_each_state() -> None:
    runs = [(state, dict.fromkeys(SHOWN, seconds + extra)) for seconds in (1, 2, 6) for state, extra in _STATES]
    found = summary(runs)
    assert found[NEW] == {**dict.fromkeys(SHOWN, 3), "n": 3}
    assert found[COMPUTED] == {**dict.fromkeys(SHOWN, 2), "n": 3}
    assert "| first word | 3.00 | 2.00 |" in report(found).splitlines()
    machine = {"measured": "2026-11-26", "cpu": "abacus", "cores": 2, "commit": None, "modified": False}
    results = {"machine": machine, "settings": {"embedder": "letters"}, "command": ["speed"], "start": found}
    assert "on abacus" in start_section(results)
    assert start_section(results).endswith("| questions | 3 | 3 |")


_STATES = ((NEW, 1), (COMPUTED, 0))


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    with pytest.raises(StartError, match="nowhere") as raised, data_directory(nowhere, tmp_path / "models"):
        raise AssertionError("there is nothing to index")
    assert "index" in raised.value.message
