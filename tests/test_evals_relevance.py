"""What is kept from the model is counted, set by set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import hit

from evals import relevance
from evals.families import family
from evals.relevance import asked_of, kept_away, relevance_section
from evals.scoring import rate
from evals.sets import EvalSet, Question
from index.types import Hit
from rag.relevance import FLOORS

E5 = next(iter(FLOORS))


def search(question: str, limit: int) -> Sequence[Hit]:
    """A passage that is near to whatever asks for ships."""
    return [replace(hit("a", language="en"), dense=0.85 if "ships" in question else 0.7)][:limit]


def test_own_questions_and_those_of_others() -> None:
    own = EvalSet("own", (), (Question("1", "How many ships?", True), Question("2", "What did it cost?", False)))
    other = EvalSet("other", (), (Question("1", "Who bakes bread?", False),))
    assert asked_of(own, [own, other], 10) == {"own": ["How many ships?"], "others": ["Who bakes bread?"]}
    assert kept_away(["How many ships?", "Who bakes bread?"], search, E5) == [False, True]


def test_a_translation_of_a_set_asks_about_the_same_articles_and_so_is_no_stranger() -> None:
    english = EvalSet("squad2-en", (), (Question("1", "Who settled in Normandy?", True),))
    swedish = EvalSet("squad2-sv", (), (Question("1-sv", "Vem bosatte sig i Normandie?", True),))
    other = EvalSet("nato", (), (Question("1", "Who left Brussels?", True),))
    sets = [english, swedish, other]
    assert asked_of(english, sets, 10)["others"] == asked_of(swedish, sets, 10)["others"] == ["Who left Brussels?"]
    assert sorted(asked_of(other, sets, 10)["others"]) == ["Vem bosatte sig i Normandie?", "Who settled in Normandy?"]


def test_sets_of_one_origin_about_other_articles_are_strangers() -> None:
    assert family("squad2-sv") == family("squad2-en") == {"squad2-en", "squad2-sv"}
    assert family("norquad-news") == {"norquad-news"}


def test_a_section_has_a_row_for_each_set() -> None:
    machine = {"measured": "2026-01-02", "cpu": "C", "cores": 2, "memory_gib": 1, "commit": "0" * 40, "modified": False}
    results = {
        "machine": {**machine, "python": "3"},
        "settings": {"llm": "l", "embedder": "e"},
        "command": ["python"],
        "sets": {"nato": {**rate("own", [False]), **rate("others", [True, False])}},
    }
    assert "| nato | 1 | 0.000 (0.00–0.79) | 2 | 0.500 (0.09–0.91) |" in relevance_section(results)


def test_without_the_sets_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert relevance.main([str(tmp_path / "none"), "--json", str(tmp_path / "out.json")]) == 1
    assert "none" in capsys.readouterr().err
