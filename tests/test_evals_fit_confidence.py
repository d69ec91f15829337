"""The command that fits the model of confidence, on answers of which it is known how they went."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from evals.fit_confidence import content, fit, left_out, main, read
from index.errors import PullquoteError
from rag.confidence import Model


def row(generator: random.Random, of: str, answerable: bool) -> dict[str, Any]:
    """An answer of which one signal tells all, and another nothing."""
    signals = {"stated": generator.gauss(1.0 if answerable else -1.0, 0.4), "unfound": generator.gauss(0.0, 1.0)}
    opinion = {"signals": signals, "right": answerable}
    return {
        "set": of,
        "answerable": answerable,
        "right": True,  # an unanswerable one was refused, which is right but no answer
        "signals": signals,
        "opinions": [opinion],
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    generator = random.Random(1)
    rows = [row(generator, of, place % 2 == 0) for of in ("first", "second") for place in range(60)]
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"questions": rows}), encoding="utf-8")
    return path


def test_the_signal_that_tells_is_found(results: Path) -> None:
    rows = read([results])
    model = fit(rows, rows.answerable | True)
    weights = dict(zip(model.names, model.weights, strict=True))
    assert weights["stated"] > 5 * abs(weights["unfound"])
    assert weights["unfound"] <= 0.0  # its sign is known
    assert model.probability({"stated": 2.0, "unfound": 0.0}) > 0.9
    assert model.probability({"stated": -2.0, "unfound": 0.0}) < 0.1


def test_each_set_is_judged_by_a_model_that_has_not_seen_it(results: Path) -> None:
    figures = left_out(read([results]))
    assert figures.keys() == {"first", "second"}
    for one in figures.values():
        assert one["n"] == 60  # what each question got in the end
        assert (one["auroc_right"] or 0.0) > 0.95
        assert (one["auroc_answerable"] or 0.0) > 0.95
        assert (one["brier"] or 1.0) < 0.1


def test_a_set_is_not_judged_by_a_model_that_has_seen_it_or_its_translation(tmp_path: Path) -> None:
    generator = random.Random(2)
    path = tmp_path / "answers.json"

    def figures(*sets: str) -> set[str]:
        rows = [row(generator, of, place % 2 == 0) for of in sets for place in range(20)]
        path.write_text(json.dumps({"questions": rows}), encoding="utf-8")
        return set(left_out(read([path])))

    assert figures("squad2-en") == set(), "there is no other set"
    assert figures("squad2-en", "squad2-sv") == set(), "there are no other articles"
    assert figures("squad2-en", "squad2-sv", "rgb-en") == {"squad2-en", "squad2-sv", "rgb-en"}


def test_the_file_is_a_model_with_its_provenance(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "confidence.json"
    assert main([str(results), "--json", str(out)]) == 0
    made = json.loads(out.read_text(encoding="utf-8"))
    expected = content(read([results]), [])
    assert made["weights"] == list(expected["weights"])
    assert made["provenance"]["rows"] == {"first": 120, "second": 120}
    assert made["provenance"].keys() == {"kind", "command", "libraries", "rows", "left_out"}  # nothing in-sample
    assert Model.of(made).probability({"stated": 2.0, "unfound": 0.0}) > 0.9


def test_results_without_signals_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.json"
    path.write_text(json.dumps({"questions": [{"set": "s", "answerable": True, "right": True}]}), encoding="utf-8")
    with pytest.raises(PullquoteError, match="signals"):
        read([path])
    assert main([str(path), "--json", str(tmp_path / "out.json")]) == 1
    assert "evals.answers" in capsys.readouterr().err
