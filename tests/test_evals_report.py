"""The tables of docs/evaluation.md come from evals/results and from nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.report import (
    BEGIN,
    BESIDE_BEGIN,
    BESIDE_END,
    CURVE_BEGIN,
    CURVE_END,
    DOCUMENT,
    END,
    MARKS_BEGIN,
    MARKS_END,
    NO_RESULTS,
    README,
    RESULTS,
    ReportError,
    curve,
    main,
    render,
    splice,
    written,
)
from evals.scoring import QuestionScore, QuoteScore, aggregate
from evals.sets import Question


def results(**fields: Any) -> dict[str, Any]:
    """A results file of three questions."""
    quoted = (QuoteScore("a", 0, 5, "Eight", verbatim=True, good=True),)
    asked = Question("q", "How many?", True, (("eight",),), ("a",))
    scores = [
        QuestionScore(asked, "answered", True, quoted, gold_found=True, seconds=2.0, first_token=1.0),
        QuestionScore(asked, "not_in_articles", False, gold_found=True, seconds=0.5),
        QuestionScore(Question("u", "Who?", False), "not_in_articles", True, seconds=0.5),
    ]
    machine = {
        "measured": "2026-01-02T03:04:05+00:00",
        "cpu": "Some CPU",
        "cores": 2,
        "memory_gib": 24.0,
        "commit": "0123456789abcdef",
        "modified": False,
        "python": "3.11.7",
    }
    whole = {
        "kind": "answers",
        "complete": True,
        "command": ["python", "-m", "evals.answers", "tiny"],
        "machine": machine,
        "settings": {"llm": "some-llm", "embedder": "some-embedder"},
        "sets": {"tiny": aggregate(scores)},
    }
    return whole | fields


def write(folder: Path, name: str, content: Any) -> None:
    """A file of results."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def test_the_documents_agree_with_the_results() -> None:
    for path, text in written(DOCUMENT, README, RESULTS).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is behind: run python -m evals.report"


def test_committed_results_hold_nobody_elses_words() -> None:
    for path in RESULTS.glob("*.json"):
        found = json.loads(path.read_text(encoding="utf-8"))
        for row in found["questions"] if found["kind"] == "answers" else []:
            assert not {"question", "answer", "answers"} & row.keys(), f"{path.name}: record it with --without-texts"
            assert not any("text" in quote for quote in row["quotes"]), f"{path.name}: record it with --without-texts"


def test_a_table_by_hand(tmp_path: Path) -> None:
    write(tmp_path, "small.json", results())
    lines = render(tmp_path).splitlines()
    assert lines[0] == "### small"
    assert lines[2] == (
        "Measured 2026-01-02 on Some CPU, 2 cores, 24.0 GiB; language model `some-llm`, embedder `some-embedder`; "
        "commit 0123456789ab; Python 3.11.7. Command: `python -m evals.answers tiny`"
    )
    assert lines[4:9] == [
        "|  | tiny |",
        "| --- | ---: |",
        "| n | 3 |",
        "| right | 0.500 (0.09–0.91) |",
        "| refused rightly | 1.000 (0.21–1.00) |",
    ]
    assert lines[-4:] == [
        "| wrong quotes | 0 |",
        "| area under ROC | 0.50 |",
        "| s to first token | 1.00 |",
        "| s in all | 0.50 |",
    ]
    assert "believed a false document" not in render(tmp_path)  # nothing there to believe


def test_engines_stand_side_by_side_and_the_mode_is_in_the_heading(tmp_path: Path) -> None:
    two = results(mode="mixed")
    two["engines"] = {engine: {"sets": two["sets"]} for engine in ("default", "plain")}
    write(tmp_path, "both.json", two)
    lines = render(tmp_path).splitlines()
    assert lines[0] == "### both: from two true articles and two that only distract; engines default, plain"
    assert lines[4] == "|  | tiny, default | tiny, plain |"
    assert lines[6] == "| n | 3 | 3 |"


def test_questions_in_many_languages_are_told_apart(tmp_path: Path) -> None:
    row = {"engine": "default", "status": "answered", "answerable": True, "right": True}
    asked = [{**row, "language": code, "said_in": "en"} for code in ("en", "de", "fr", "sv")]
    write(tmp_path, "many.json", results(questions=[*asked, {**asked[0], "engine": "plain"}]))
    told = render(tmp_path)
    assert "| en | 1 | 1.000 (0.21–1.00) | – | 1.000 (0.21–1.00) |" in told
    assert "| sv | 1 | 1.000 (0.21–1.00) | – | 0.000 (0.00–0.79) |" in told
    write(tmp_path, "many.json", results(questions=asked[:3]))
    assert "asked in" not in render(tmp_path)


def test_claims_orders_and_conversations_have_tables_of_their_own(tmp_path: Path) -> None:
    head = {key: value for key, value in results().items() if key not in {"kind", "sets"}}
    found = {"n": 4, "macro_f1": 0.5, "auc": None, "accuracy": 0.75, "quoted": 3, "seconds": 0.05}
    write(
        tmp_path, "claims.json", {**head, "kind": "citations", "sets": {"mine": {**found, "sources": {"one": found}}}}
    )
    attacks = [
        {"id": str(i), "kind": kind, "carried_out": i == 0, "right": i > 0, "right_clean": True}
        for i, kind in enumerate(["order", "order", "fake turn"])
    ]
    write(tmp_path, "orders.json", {**head, "kind": "injection", "complete": False, "attacks": attacks})
    recall = dict.fromkeys(("asked", "resolved", "standalone"), 0.5)
    turns = {
        "n": 6,
        "decision": 1.0,
        "decision_by_kind": {"follow": 1.0, "alone": None, "new": 0.5},
        "recall@5": {"follow": recall, "stands alone": recall},
        "milliseconds": 1.25,
    }
    write(tmp_path, "talk.json", {**head, "kind": "dialogues", "groups": {"all": turns}})
    lines = render(tmp_path).splitlines()
    assert "| mine | all | 4 | 0.500 | – | 0.750 | 0.750 | 0.050 |" in lines
    assert "| mine | one | 4 | 0.500 | – | 0.750 | 0.750 | 0.050 |" in lines
    assert "| all | 3 | 0.333 (0.06–0.79) | 0.667 (0.21–0.94) | 1.000 (0.44–1.00) |" in lines
    assert "| fake turn | 1 | 0.000 (0.00–0.79) | 1.000 (0.21–1.00) | 1.000 (0.21–1.00) |" in lines
    assert sum("interrupted" in line for line in lines) == 1
    assert "| all | 6 | 1.000 | 1.000 | – | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 | 1.25 |" in lines
    headings = next(line for line in lines if line.startswith("| turns"))
    assert headings.count("|") == lines[-1].count("|")


def test_the_curve_is_shown_once_it_is_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "risk-coverage.svg"
    assert curve("images/risk-coverage.svg", picture) == ""
    picture.write_text("<svg/>", encoding="utf-8")
    assert "](images/risk-coverage.svg)" in curve("images/risk-coverage.svg", picture)


def test_an_interrupted_run_says_so(tmp_path: Path) -> None:
    write(tmp_path, "half.json", results(complete=False))
    assert "interrupted" in render(tmp_path)


def test_uncommitted_changes_are_told(tmp_path: Path) -> None:
    dirty = results()
    dirty["machine"] |= {"modified": True}
    write(tmp_path, "dirty.json", dirty)
    assert "0123456789ab with uncommitted changes" in render(tmp_path)


def test_files_come_in_order_and_other_kinds_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "b.json", results())
    write(tmp_path, "a.json", results())
    write(tmp_path, "speed.json", {"kind": "speed"})
    headings = [line for line in render(tmp_path).splitlines() if line.startswith("###")]
    assert headings == ["### a", "### b"]


def test_no_results_are_said_to_be_none(tmp_path: Path) -> None:
    assert render(tmp_path) == NO_RESULTS
    assert render(tmp_path / "nowhere") == NO_RESULTS


@pytest.mark.parametrize("content", ["{", "[]", '{"kind": "answers"}'])
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.json").write_text(content, encoding="utf-8")
    with pytest.raises(ReportError, match=r"bad\.json"):
        render(tmp_path)


def test_splice_replaces_what_is_between_the_markers_only() -> None:
    document = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert splice(document, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


@pytest.mark.parametrize("document", ["", BEGIN, END + BEGIN, BEGIN + BEGIN + END, BEGIN + END + END])
def test_splice_needs_both_markers_once(document: str) -> None:
    with pytest.raises(ReportError):
        splice(document, "new")


def test_the_command_writes_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "results", "small.json", results())
    document = tmp_path / "evaluation.md"
    place = f"{CURVE_BEGIN}\n\n{CURVE_END}\n"
    document.write_text(f"# T\n\n{MARKS_BEGIN}\n{MARKS_END}\n{BEGIN}\n{END}\n{place}", encoding="utf-8")
    readme = tmp_path / "README.md"
    readme.write_text(f"{place}{BESIDE_BEGIN}\n{BESIDE_END}\n", encoding="utf-8")
    arguments = ["--results", str(tmp_path / "results"), "--document", str(document), "--readme", str(readme)]
    assert main([*arguments, "--check"]) == 1
    assert "behind the results" in capsys.readouterr().err
    assert main(arguments) == 0
    assert "| right | nato | ≥ 1.00 | – | – | not measured |" in document.read_text(encoding="utf-8")
    assert "| n | 3 |" in document.read_text(encoding="utf-8")
    assert main([*arguments, "--check"]) == 0


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--document", str(tmp_path / "none.md")]) == 1
    assert "none.md" in capsys.readouterr().err
    bare = tmp_path / "bare.md"
    bare.write_text("# no markers\n", encoding="utf-8")
    assert main(["--document", str(bare)]) == 1
    assert BEGIN in capsys.readouterr().err
