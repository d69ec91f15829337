"""Token vectors kept in fewer and fewer bits: what is left of them, and the command over a set of our own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals.precision import FORMATS, main, precision_section
from index.embed import LetterEmbedder
from index.late import Space


def test_each_format_keeps_less_than_the_one_before() -> None:
    chosen = np.random.default_rng(1)
    tokens = chosen.standard_normal((200, 48)).astype(np.float32)
    space = Space.around([tokens])
    projected = space.project(tokens)
    kept = {name: form.kept(space, tokens) for name, form in FORMATS.items()}
    lost = [float(np.mean(np.linalg.norm(projected - vectors, axis=1))) for vectors in kept.values()]
    assert lost[0] < 0.001
    assert lost == sorted(lost)
    assert lost[-1] > 0.5
    assert all(np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(200), abs=0.01) for vectors in kept.values())


def test_widths_are_those_of_the_store() -> None:
    assert {name: form.width(384) for name, form in FORMATS.items()} == {
        "float16": 768,
        "int8": 386,
        "2 bits": Space(np.zeros(384, np.float32), np.eye(384, dtype=np.float32)).width,
        "sign bits": 48,
    }


def test_the_command_measures_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "harbours"
    folder.mkdir()
    articles = [{"id": "1", "text": "The harbour in Kalix opened.", "language": "en"}, {"id": "2", "text": "Zzz zzz."}]
    question = {"id": "a", "question": "harbour opened", "language": "en", "answerable": True, "answers": [["Kalix"]]}
    (folder / "articles.jsonl").write_text("\n".join(map(json.dumps, articles)))
    (folder / "questions.jsonl").write_text(json.dumps({**question, "gold": ["1"]}))
    out = tmp_path / "out.json"
    assert main([str(folder), "--json", str(out)], LetterEmbedder()) == 0
    results = json.loads(out.read_text())
    assert list(results["sets"]["harbours"]) == list(FORMATS)
    assert results["sets"]["harbours"]["int8"]["en-en"]["recall@1"] == 1.0
    tokens = (5 + 2) / 2
    assert results["sets"]["harbours"]["float16"]["bytes_a_passage"] == round(tokens * 54)
    assert precision_section(results) in capsys.readouterr().out
    assert main([str(tmp_path / "none"), "--json", str(out)], LetterEmbedder()) == 1
