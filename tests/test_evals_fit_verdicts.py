"""Weights fitted to claims whose labels one signal gives away, and the file they are written to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals.fit_verdicts import Rows, fitted, left_out, main, read_pairs
from index.embed import LetterEmbedder
from rag.attribute import Attributor
from rag.verdicts.verdict import NAMES


def rows(*sources: str, count: int = 40) -> Rows:
    """Claims of which the first signal is the label and the others are noise."""
    generator = np.random.default_rng(0)
    labels = np.arange(count * len(sources)) % 2 == 0
    signals = generator.normal(size=(len(labels), len(NAMES)))
    signals[:, 0] = labels
    return Rows(signals, labels, np.repeat(np.array(sources), count))


def test_the_signal_that_tells_gets_the_weight() -> None:
    fit = fitted(rows("a", "b"))
    assert int(np.argmax(np.abs(fit.weight))) == 0
    assert fit.weight[0] > 0
    chances = fit.probabilities(rows("a").signals)
    assert chances[rows("a").labels].mean() > chances[~rows("a").labels].mean()
    assert set(fit.to_dict()["signals"]) == set(NAMES)


def test_every_source_is_judged_by_a_fit_to_the_others() -> None:
    one, other = rows("a"), rows("b")
    # The second source's labels are the reverse of the first's: whoever has not seen a source is always wrong about it.
    both = Rows(
        np.concatenate([one.signals, other.signals]),
        np.concatenate([one.labels, ~other.labels]),
        np.concatenate([one.sources, other.sources]),
    )
    nothing = Rows(np.zeros((0, len(NAMES))), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.str_))
    assert left_out(rows("a", "b"), nothing)["macro_f1"] > 0.9
    assert left_out(both, nothing)["macro_f1"] < 0.1
    assert left_out(both, nothing)["sources"]["a"]["n"] == 40


def test_pairs_are_sampled_and_only_entailments_are_attributable(tmp_path: Path) -> None:
    folder = tmp_path / "pairs"
    folder.mkdir()
    labels = ["entailment", "neutral", "contradiction"] * 4
    lines = [{"id": str(i), "premise": "A.", "hypothesis": "B.", "label": label} for i, label in enumerate(labels)]
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    claims = read_pairs(folder / "train.jsonl")
    assert sum(claim.attributable for claim in claims) == 4
    assert {claim.source for claim in claims} == {"pairs"}
    assert len(read_pairs(folder / "train.jsonl", most=5)) == 5


def test_the_command_writes_weights_and_where_they_come_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    stated, other = "Twelve members voted for the tunnel in Lund.", "Rain is expected in the north."
    lines = [
        {"id": f"{source}{i}", "claim": stated, "references": [stated if i % 2 else other]}
        | {"attributable": bool(i % 2), "source": source}
        for source in "ab"
        for i in range(6)
    ]
    (folder / "claims.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    out = tmp_path / "verdicts.json"
    assert main([str(folder), "--json", str(out)], Attributor(LetterEmbedder())) == 0
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["source_left_out"]["macro_f1"] == 1.0
    assert content["sets"]["mine"]["n"] == 12
    assert content["signals"]["covered"]["weight"] > 0
    assert "macro_f1" in capsys.readouterr().err
    assert main([str(tmp_path / "none"), "--json", str(out)], Attributor(LetterEmbedder())) == 1
