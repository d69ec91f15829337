"""What is asked of the answers: a mark is reached, missed or not measured, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.machine import REPOSITORY
from evals.marks import BESIDE, MARKS, Mark, beside_section, gathered, marks_section
from evals.report import RESULTS, read_results
from index.errors import PullquoteError

RIGHT = Mark("right", "answers", "tiny", "accuracy", 0.8, decision="0099")
BEYOND = Mark("right", "answers", "tiny", "accuracy", 0.15, beyond_plain=True)
BELIEVED = Mark("believed", "answers", "tiny", "believed_false", 0.0, "at most", beyond_plain=True)


def file(ours: dict[str, Any], plain: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """A file of answers with one set, asked by one engine or by two."""
    engines = {"default": {"sets": {"tiny": ours}}, **({"plain": {"sets": {"tiny": plain}}} if plain else {})}
    return {"answers": {"sets": {"tiny": ours}, "engines": engines}}


@pytest.mark.parametrize(
    ("mark", "ours", "plain", "reached"),
    [
        (RIGHT, {"accuracy": 0.8}, None, "yes"),
        (RIGHT, {"accuracy": 0.79}, {"accuracy": 0.1}, "no (0099)"),
        (RIGHT, {"accuracy": None}, None, "not measured"),
        (RIGHT, {}, None, "not measured"),
        (BEYOND, {"accuracy": 0.7}, {"accuracy": 0.5}, "yes"),
        (BEYOND, {"accuracy": 0.7}, {"accuracy": 0.6}, "no"),
        (BEYOND, {"accuracy": 0.7}, None, "not measured"),
        (BELIEVED, {"believed_false": 0.5}, {"believed_false": 0.6}, "yes"),
        (BELIEVED, {"believed_false": 0.7}, {"believed_false": 0.6}, "no"),
    ],
)
def test_a_mark_by_hand(mark: Mark, ours: dict[str, Any], plain: dict[str, Any] | None, reached: str) -> None:
    assert mark.row(file(ours, plain))[-1] == reached


def test_a_rate_stands_with_its_interval_and_the_plain_pipeline_beside_it() -> None:
    ours = {"accuracy": 0.7, "accuracy_95": [0.6, 0.8]}
    row = BEYOND.row(file(ours, {"accuracy": 0.5, "accuracy_95": [0.4, 0.6]}))
    assert row[2:5] == ["≥ plain +0.15", "0.700 (0.60–0.80)", "0.500 (0.40–0.60)"]


def test_the_plain_pipeline_may_come_from_another_run_of_the_same_mode() -> None:
    ours, plain = {"accuracy": 0.9}, {"accuracy": 0.4, "accuracy_95": [0.3, 0.5]}
    beside = {"sets": {}, "engines": {"plain": {"sets": {"tiny": plain}}}}
    results = {"answers": {"sets": {"tiny": ours}, "mode": "given"}, "beside": {**beside, "mode": "given"}}
    assert RIGHT.row(results)[4] == "0.400 (0.30–0.50)"
    assert BEYOND.row(results)[-1] == "not measured"  # a difference is of one run
    results["beside"] = {**beside, "mode": "noise"}
    assert RIGHT.row(results)[4] == "–"


def test_ours_and_the_plain_pipeline_side_by_side() -> None:
    assert beside_section({}) == ""
    figures = {"accuracy": 0.7, "accuracy_95": [0.6, 0.8], "seconds_to_first_token": 0.51, "quote_recall": None}
    ours, plain = {"nato": figures, "other": figures}, {"nato": {**figures, "accuracy": 0.5}}
    assert beside_section({BESIDE: {"engines": {"default": {"sets": ours}}}}) == ""  # the plain one was not asked
    engines = {"default": {"sets": ours}, "plain": {"sets": plain}}
    lines = beside_section({BESIDE: {"engines": engines}}).splitlines()
    assert lines[0].startswith("| Pullquote / plain | right | refused what")
    assert lines[2:] == ["| nato | 0.70 / 0.50 | – / – | – / – | 0.51 / 0.51 |"]


def test_what_orders_and_conversations_lose_is_a_difference() -> None:
    groups = {
        name: {"recall@5": {"follow": {"standalone": 1.0, "resolved": resolved}}}
        for name, resolved in (("all", 0.98), ("held-out half", 0.96))
    }
    read: dict[str, dict[str, Any]] = {
        "injection": {"figures": {"accuracy_clean": 0.7333, "accuracy": 0.7067}},
        "dialogues": {"groups": groups},
    }
    found = gathered(read, {"source_left_out": {"macro_f1": 0.7}})
    assert found["injection"]["sets"]["squad2-en"]["lost"] == 0.0266
    assert {name: of["lost"] for name, of in found["dialogues"]["sets"].items()} == {"all": 0.02, "held-out half": 0.04}
    assert found["verdicts"]["sets"]["attribution"]["macro_f1"] == 0.7
    section = marks_section(read, {"source_left_out": {"macro_f1": 0.7}})
    assert section.count("\n") == len(MARKS) + 1


def test_every_mark_is_looked_for_where_results_are_recorded() -> None:
    assert {mark.file for mark in MARKS} <= {*read_results(RESULTS), "verdicts"}


def test_results_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("[]", encoding="utf-8")
    with pytest.raises(PullquoteError, match=r"bad\.json"):
        read_results(tmp_path)


def test_every_file_of_results_that_a_mark_is_in_is_written_by_make() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    names = {*(mark.file for mark in MARKS), BESIDE} - {"verdicts"}
    assert {name for name in names if f"evals/results/{name}.json" not in makefile} == set()
