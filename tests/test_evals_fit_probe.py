"""The command that fits the probe, on a model whose inside tells all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import hit
from rich.console import Console

from evals import fit_probe
from evals.cases import Case
from evals.fit_probe import SAID_EVERY, Rows, collect, content, fit, left_out, load, main, save
from evals.pipeline import Pipeline
from evals.sets import Question
from index.embed import LetterEmbedder
from index.errors import PullquoteError
from rag.engine.double import GlassModel, ParrotModel
from rag.probe import Probe
from rag.settings import Settings

TEXT = "Eight ships waited outside the harbour."
QUESTION = Question("q", "How many ships waited?", answerable=True, answers=(("eight", "8"),), gold=("a",))


def rows(count: int = 40) -> Rows:
    """Rows of two sets, of which the first number tells all and the others nothing; every third one was not asked."""
    generator = np.random.default_rng(0)
    stating = generator.random(count) < 0.5
    states = generator.normal(size=(count, 8)).astype(np.float32)
    states[:, 0] += np.where(stating, 3, -3)
    said = np.where(stating, 0.5, 0.1) + generator.normal(size=count)
    said[::3] = np.nan
    sets = np.array(["one", "two"] * (count // 2))
    return Rows(np.array([f"k{n}" for n in range(count)]), sets, states, said, stating)


def test_what_tells_gets_the_weight_and_a_set_is_judged_by_the_others() -> None:
    made = content(rows(), "model", ["command"])
    told = np.abs(made["weights"]) * rows().states.std(axis=0)
    assert told[0] > 3 * told[1:].max()
    assert made["slope"] > 0
    for figures in made["provenance"]["left_out"].values():
        assert figures["auroc_probe"] > 0.95 > figures["auroc_said"]
    probe = Probe.of(json.loads(json.dumps(made)))
    both = rows()
    everything, bias = fit(both, both.holds | True)
    assert probe.log_odds(both.states[0]) == pytest.approx(both.states[0] @ everything + bias, abs=1e-2)


def test_a_set_is_not_judged_by_a_probe_that_has_seen_its_translation() -> None:
    generator = np.random.default_rng(2)
    sets = np.array(["nato", "squad2-en", "squad2-sv"]).repeat(100)
    stating = np.arange(300) % 2 > 0
    states = generator.normal(size=(300, 2)).astype(np.float32)
    states[:, 0] += np.where(sets == "nato", np.where(stating, 3, -3), 0)  # what tells in general
    states[:, 1] += np.where(sets == "nato", 0, np.where(stating, 3, -3))  # what tells of these articles alone
    made = left_out(Rows(np.array([f"k{n}" for n in range(300)]), sets, states, np.full(300, np.nan), stating))
    for name in ("squad2-en", "squad2-sv"):
        assert (made[name]["auroc_probe"] or 0.0) < 0.8
    only = ~np.isin(sets, ["nato"])
    kept = Rows(np.array(["k"] * 200), sets[only], states[only], np.full(200, np.nan), stating[only])
    assert left_out(kept) == {}, "there is nothing left to fit"


def test_a_set_that_mostly_states_the_answer_teaches_nothing_about_itself() -> None:
    generator = np.random.default_rng(1)
    mostly, hardly = np.arange(400) % 10 > 0, np.arange(400) % 10 == 0
    stating = np.concatenate([mostly, hardly])
    sets = np.array(["mostly"] * 400 + ["hardly"] * 400)
    states = generator.normal(size=(800, 2)).astype(np.float32)
    states[:, 0] += np.where(stating, 0.5, -0.5)
    states[:, 1] += np.where(sets == "mostly", 3, -3)
    made = Rows(np.array([f"k{n}" for n in range(800)]), sets, states, np.full(800, np.nan), stating)
    weights, _ = fit(made, made.holds | True)
    told = np.abs(weights * states.std(axis=0))
    assert told[0] > 3 * told[1]


def test_rows_survive_the_way_to_disk(tmp_path: Path) -> None:
    save(tmp_path / "states.npz", rows())
    kept = load(tmp_path / "states.npz")
    assert kept is not None
    assert (kept.states == rows().states).all()
    assert list(kept.keys) == list(rows().keys)
    assert load(tmp_path / "none.npz") is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of questions of which every other one is answered."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    articles = [
        {"id": f"a{n}", "text": f"Eight ships numbered {n} waited outside the harbour.", "title": ""} for n in "12"
    ]
    questions = [
        {
            "id": "q1",
            "question": "How many ships waited?",
            "answerable": True,
            "answers": [["eight"]],
            "gold": ["a1", "a2"],
        },
        {"id": "q2", "question": "Who won the cup?", "answerable": False, "answers": [], "gold": []},
    ]
    for name, made in (("articles", articles), ("questions", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in made), encoding="utf-8")
    return folder


def run(
    folder: Path,
    tmp_path: Path,
    model: ParrotModel,
    monkeypatch: pytest.MonkeyPatch,
    leave: int = 0,
    measured: Path | None = None,
) -> int:
    settings = Settings(home=tmp_path / "home")
    console = Console(quiet=True)
    pipeline = Pipeline(settings, tmp_path / "work", console, embedder=LetterEmbedder(), model=model)
    monkeypatch.setattr(fit_probe, "open_model", lambda _: model)
    monkeypatch.setattr(fit_probe, "Pipeline", lambda *_, **__: pipeline)
    return main(
        [
            str(folder),
            "--json",
            str(tmp_path / "probe.json"),
            "--states",
            str(tmp_path / "states.npz"),
            "--leave",
            str(leave),
            *(["--measured", str(measured)] if measured else []),
        ]
    )


def test_the_command_writes_a_probe_and_asks_nothing_twice(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = GlassModel("glass", leaning=1.0)
    assert run(folder, tmp_path, model, monkeypatch) == 0
    probe = Probe.of(json.loads((tmp_path / "probe.json").read_text(encoding="utf-8")))
    assert probe.model == "glass"
    assert probe.log_odds(np.ones(1, np.float32)) > 0 > probe.log_odds(-np.ones(1, np.float32))
    again = GlassModel("glass", leaning=1.0)
    assert run(folder, tmp_path, again, monkeypatch) == 0
    assert len(model.looked) == 2
    assert again.looked == []


def test_what_answers_are_judged_on_is_left_out(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = GlassModel("glass", leaning=1.0)
    assert run(folder, tmp_path, model, monkeypatch, leave=1) == 1, "one question is left: nothing to tell apart"
    assert len(model.looked) == 1


def test_only_some_are_asked_for_yes_or_no() -> None:
    cases = [Case(f"k{n}", "one", QUESTION, (hit("a"),), holds=n % 2 == 0) for n in range(40)]
    made = collect(cases, GlassModel("glass", leaning=1.0), None, lambda _: None)
    assert len(made.keys) == 40
    assert 0 < np.isfinite(made.said).sum() < 40 / SAID_EVERY * 2


def test_a_corpus_is_read_beside_sets_but_for_questions_that_are_measured(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    passages = [
        {
            "passage": f"The cup of town {n} was won by Berg {n}.",
            "qas": [
                {
                    "id": f"t{n}",
                    "question": f"Who won cup {n}?" if n else "Who won the cup?",  # which the set asks too
                    "answers": [{"text": f"Berg {n}"}],
                    "answerable": True,
                }
            ],
        }
        for n in range(40)
    ]
    (corpus / "train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in passages), encoding="utf-8")
    model = GlassModel("glass", leaning=1.0)
    assert run(corpus, tmp_path, model, monkeypatch, leave=2, measured=folder) == 0
    kept = load(tmp_path / "states.npz")
    assert kept is not None
    assert len(kept.keys) > 1
    assert set(kept.sets) == {"train-corpus"}
    assert not [key for key in kept.keys if "/t0 " in key]
    every = GlassModel("glass", leaning=1.0)
    (tmp_path / "states.npz").unlink()
    assert run(corpus, tmp_path, every, monkeypatch) == 0
    again = load(tmp_path / "states.npz")
    assert again is not None
    assert len(again.keys) == len(kept.keys) + 1


def test_a_model_that_shows_nothing_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, tmp_path, ParrotModel(), monkeypatch) == 1
    assert "inside" in capsys.readouterr().err


def test_nothing_asked_is_an_error() -> None:
    with pytest.raises(PullquoteError, match="Of 0 questions"):
        collect([], GlassModel("glass"), None, lambda _: None)
