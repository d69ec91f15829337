"""The load test: what it sums up, and a load on a real server over a double."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from doors import QUESTION, bot, serving

from evals.serve_load import Asked, LoadError, Pulse, load, note, report, server, spread_of, summary
from evals.speed import parse, serve_section
from ui.server import running


def test_the_summary_counts_what_came_back_and_what_did_not() -> None:
    asked = [
        Asked("answered", 0.1, 1.0, 2.0),
        Asked("not_in_articles", 0.3, None, 4.0),
        Asked("lost", 0.2),
        Asked("HTTP 503"),
        Asked("mixed up", 0.1, 0.2),
    ]
    figures = summary(asked, Pulse([0.0, 2.0], [100e6, 90e6, 120e6, 110e6]), 30.0)
    assert (figures["questions"], figures["answered"], figures["lost"]) == (5, 2, 3)
    assert figures["outcomes"] == {"answered": 1, "not_in_articles": 1, "lost": 1, "HTTP 503": 1, "mixed up": 1}
    assert figures["per_minute"] == 4.0
    assert figures["done"] == {"p50": 3.0, "p95": 4.0}
    assert figures["waiting"] == {"mean": 1.0, "most": 2.0}
    assert figures["memory_mb"] == {"first": 100, "last": 110, "most": 120}
    assert spread_of([None]) == {"p50": None, "p95": None}
    row = report([{"askers": 3, **figures}]).splitlines()[2]
    assert row == "| 3 | 5 | 3 | 4.0 | 0.15 (0.30) | 0.60 (1.00) | 3.00 (4.00) | 1.0 (2) | 100 → 110 |"


def test_a_load_on_a_server_loses_nothing() -> None:
    with running(bot(pause=0.01), serving()) as address:
        figures = asyncio.run(load(address, 3, 1.0, (QUESTION, "Elephants?")))
    assert figures["questions"] == figures["answered"] > 3
    assert set(figures["outcomes"]) == {"answered", "not_in_articles"}
    assert figures["found"]["p50"] <= figures["first_token"]["p50"] <= figures["done"]["p50"]
    assert figures["memory_mb"]["first"] > 0


def test_events_that_come_between_change_no_outcome_and_an_error_does() -> None:
    one = Asked()
    note(one, "queued", '{"ahead": 2}', "q?", 0.1)
    assert one == Asked()
    note(one, "error", '{"error": {"type": "CutShort"}}', "q?", 0.2)
    assert one == Asked("CutShort")
    note(one, "done", '{"question": "another?", "status": "answered"}', "q?", 0.3)
    assert one == Asked("mixed up")


def test_what_a_server_turns_away_is_counted_as_lost() -> None:
    with running(bot(pause=0.1), serving(askers=1)) as address:
        figures = asyncio.run(load(address, 3, 0.5, (QUESTION,)))
    assert figures["outcomes"]["HTTP 503"] == figures["lost"] > 0
    assert figures["outcomes"]["answered"] == figures["answered"] > 0


def test_a_server_that_does_not_start_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with (
        pytest.raises(LoadError) as caught,
        server({"PULLQUOTE_HOME": str(tmp_path), "PULLQUOTE_SOURCES": "many"}),
    ):
        pass
    assert "pullquote serve" in caught.value.hint


def test_the_command_line_and_the_table_of_results() -> None:
    parsed = parse(["serve", "--askers", "1", "2", "--seconds", "5", "--llm", "smollm2-135m"])
    assert (parsed.askers, parsed.seconds, parsed.llm) == ([1, 2], 5.0, "smollm2-135m")
    figures = summary([Asked("answered", 0.1, 1.0, 2.0)], Pulse(), 30.0)
    machine = {"commit": "abc", "modified": False, "measured": "2026-01-01T", "cpu": "C", "cores": 2, "memory_gib": 1}
    content = {"machine": {**machine, "python": "3"}, "settings": {"llm": "m", "embedder": "e"}, "command": ["x"]}
    assert "| 1 | 1 | 0 |" in serve_section({**content, "loads": [{"askers": 1, **figures}]})
