"""How fast work goes and how long it will take, by a clock that the test winds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.library import Library
from index.pace import Pace
from index.types import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_time_left_follow_from_the_clock() -> None:
    clock = Clock()
    pace = Pace(1000.0, clock)
    assert pace.timed(Progress("indexing", 0, 10, "files")) == Progress("indexing", 0, 10, "files")
    clock.now += 2.0
    step = pace.timed(Progress("indexing", 4, 10, "files"), 200.0)
    assert step == Progress("indexing", 4, 10, "files", per_second=2.0, seconds_left=8.0)


def test_only_the_last_half_minute_counts() -> None:
    clock = Clock()
    pace = Pace(1000.0, clock)
    clock.now += 1.0
    pace.timed(Progress("indexing", 500, 0), 500.0)  # known already
    for second in range(1, 41):
        clock.now += 1.0
        step = pace.timed(Progress("indexing", 500 + second, 0), 500.0 + second)
    assert step.per_second == pytest.approx(1.0)
    assert step.seconds_left == pytest.approx(460.0)


def test_nothing_is_promised_where_nothing_is_known() -> None:
    clock = Clock()
    pace = Pace(0.0, clock)
    clock.now += 1.0
    step = pace.timed(Progress("indexing", 3, 0, "articles"))
    assert (step.per_second, step.seconds_left) == (3.0, None)


def test_ingest_tells_rate_and_time_left_for_folders_and_for_one_large_file(library: Library, tmp_path: Path) -> None:
    rows = [{"id": str(i), "text": f"Article number {i} speaks of harbours and ships."} for i in range(200)]
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, rows)))
    steps: list[Progress] = []
    library.ingest([tmp_path / "news.jsonl"], steps.append)
    inside = [step for step in steps if step.unit == "articles"]
    assert len(inside) > 3
    assert all(step.per_second > 0.0 for step in inside)
    left = [step.seconds_left for step in inside]
    assert None not in left
    folder = tmp_path / "folder"
    folder.mkdir()
    for i in range(70):
        (folder / f"{i}.txt").write_text(f"Text number {i} speaks of bridges.")
    steps.clear()
    library.ingest([folder], steps.append)
    assert any(step.unit == "files" and step.per_second and step.seconds_left is not None for step in steps)
