"""What the engine's figures are made of, and the document that is made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from evals import engine, performance
from evals.sets import EvalArticle, EvalSet, Question
from evals.splicing import splicing_section
from rag.engine.port import Prompt


def row(**changes: Any) -> dict[str, Any]:
    plain = {
        "prompt_tokens": 600,
        "computed_tokens": 20,
        "answer_tokens": 40,
        "cold_first": 5.0,
        "warm_first": 0.5,
        "their_first": 6.0,
        "drafted_rate": 24.0,
        "plain_rate": 20.0,
        "their_rate": 22.0,
        "drafted": 10,
        "accepted": 8,
        "same": True,
        "quotes": True,
    }
    return {**plain, **changes}


def test_figures_are_medians_of_what_questions_gave() -> None:
    found = engine.figures(
        [row(), row(warm_first=1.0, drafted_rate=18.0, answer_tokens=10), row(same=False)],
        [row(drafted_rate=30.0), row(answer_tokens=12)],
    )
    assert found["questions"] == 3
    assert found["warm_times_faster"] == 12.0
    assert found["drafted_to_plain"] == 1.2
    assert found["drafted_to_plain_least"] == 0.9
    assert found["long_answers"] == 3
    assert found["long_drafted_to_plain"] == 1.2
    assert found["long_drafted_to_plain_least"] == 1.2
    assert (found["same"], found["compared"]) == (4, 5)
    assert found["accepted"] == 40


def test_an_answer_quotes_if_eight_words_in_a_row_are_from_a_passage() -> None:
    prompt = Prompt("", ("The harbour was closed on Monday because of the storm.\n\n",), "?")
    assert engine.quotes(prompt, "It says: the harbour was closed on Monday because of rain.")
    assert not engine.quotes(prompt, "The harbour was closed on Tuesday because of the storm.")


def test_only_articles_that_the_chosen_questions_need_are_kept() -> None:
    articles = tuple(EvalArticle(name, "Text.") for name in "abc")
    asked = (
        Question("1", "?", True, context=("a",)),
        Question("2", "?", False, context=("b",)),
        Question("3", "?", True, context=("c",)),
    )
    found = engine.fewer(EvalSet("set", articles, asked), 1)
    assert [article.id for article in found.articles] == ["a"]
    assert [question.id for question in found.questions] == ["1"]
    whole = engine.fewer(EvalSet("set", articles, (Question("1", "?", True),)), 1)
    assert whole.articles == articles


def results() -> dict[str, Any]:
    return {
        "complete": True,
        "command": ["python", "-m", "evals.engine"],
        "machine": {"measured": "2026-11-26T08:00:00", "cpu": "a CPU", "cores": 2, "commit": "d" * 40},
        "settings": {"llm": "a model"},
        "growth": [[{"passages": n, "prompt_tokens": 100 * n, "cold": 1.0 * n, "warm": 0.5} for n in (1, 2, 4)]],
        "mb_on_disk_for_1000_passages": 3500.0,
        "peak_memory_mb": 2000.0,
        "figures": engine.figures([row()], [row()]),
    }


def test_the_document_is_made_of_the_results_and_checked(tmp_path: Path) -> None:
    source, target = tmp_path / "engine.json", tmp_path / "performance.md"
    arguments = ["--results", str(source), "--document", str(target)]
    assert performance.main(arguments) == 1
    source.write_text(json.dumps(results()))
    assert performance.main([*arguments, "--check"]) == 1
    assert performance.main(arguments) == 0
    assert performance.main([*arguments, "--check"]) == 0
    assert "| times faster than it, passages on disk | 12.0 |" in target.read_text()
    source.write_text(json.dumps({**results(), "complete": False}))
    assert performance.main([*arguments, "--check"]) == 1


def compared(**changes: Any) -> dict[str, Any]:
    """Results of two engines: of four questions, ``full`` has three right and ``spliced`` two, one of them another."""

    def figures(accuracy: float, seconds: float) -> dict[str, Any]:
        of = {"seconds_to_first_token": seconds, "seconds_total": seconds + 1}
        return {"n": 4, "accuracy": accuracy, "accuracy_95": [0.1, 0.9], **of}

    refused = {"read": 1, "refused": True, "confidence": 0.9, "right": False}
    doubted = {"read": 2, "refused": False, "confidence": 0.2, "right": True}
    asked = [
        {
            "set": "set",
            "engine": name,
            "id": number,
            "right": number in right,
            "status": "answered" if number in right or number == 1 else "not_in_articles",
            "opinions": [refused, doubted],
        }
        for name, right in (("full", {0, 1, 2}), ("spliced", {2, 3}))
        for number in range(4)
    ]
    machine = {**results()["machine"], "commit": "c" * 40, "modified": False, "memory_gib": 24, "python": "3.11"}
    engines = {"full": {"sets": {"set": figures(0.75, 4.0)}}, "spliced": {"sets": {"set": figures(0.5, 0.5)}}}
    whole = {"mode": "mixed", "complete": True, "machine": machine, "settings": {"llm": "a model", "embedder": "e"}}
    return {**whole, "command": ["evals"], "engines": engines, "questions": asked, **changes}


def test_what_splicing_costs_stands_beside_it_where_it_was_measured(tmp_path: Path) -> None:
    source, target = tmp_path / "engine.json", tmp_path / "performance.md"
    source.write_text(json.dumps(results()))
    arguments = ["--results", str(source), "--document", str(target)]
    performance.main(arguments)
    assert "splicing costs" not in target.read_text()
    (tmp_path / "engines-mixed.json").write_text(json.dumps(compared()))
    assert performance.main([*arguments, "--check"]) == 1
    performance.main(arguments)
    (line,) = [line for line in target.read_text().splitlines() if line.startswith("| set, mixed |")]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[1:6] == ["4", "0.750 (0.10–0.90)", "0.500 (0.10–0.90)", "25.0", "2, 1"]
    assert cells[6:9] == ["1.000", "0.750", "25.0"]  # what was withheld was right, question 1 of "spliced" is not
    assert cells[9:] == ["4.00", "0.50", "5.00", "1.50", "7.0"]


def test_a_set_that_only_one_engine_was_asked_is_left_out() -> None:
    half = compared(complete=False)
    del half["engines"]["spliced"]["sets"]["set"]
    section = splicing_section([half], 3.5)
    assert "interrupted" in section
    assert "| set" not in section


def test_the_plot_is_a_picture_with_two_lines(tmp_path: Path) -> None:
    drawn = ElementTree.fromstring(performance.plot(results()["growth"]))
    assert len(drawn.findall("{http://www.w3.org/2000/svg}polyline")) == 2
