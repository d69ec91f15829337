"""Ways to make a question whole, with an embedder and a model that can be computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from evals import ways
from evals.dialogues import read_dialogues
from evals.ways import best_threshold, by_cosine, by_model, compared, likeness, never, reworded
from index.embed import LetterEmbedder
from index.load import make_article
from index.types import Hit, Passage
from rag.engine.double import ParrotModel
from rag.types import Turn

HISTORY = [Turn("What closed the harbour?", "A storm.")]
STORM = make_article("A storm closed the harbour.", id="set/storm", language="en")


def search(question: str, limit: int) -> Sequence[Hit]:
    return [Hit(Passage(STORM.id, 0, len(STORM.text), STORM.text, 5), STORM, 1.0, 1)][:limit]


def test_never_and_the_cosine() -> None:
    assert not never("When was that?", HISTORY, search).follows
    embedder = LetterEmbedder()
    same = likeness(embedder, "What closed the harbour? A storm.", HISTORY)
    assert same == pytest.approx(1.0)
    assert by_cosine(embedder, 0.999)("What closed the harbour? A storm.", HISTORY, search).follows
    assert not by_cosine(embedder, 0.999)("Zzz?", HISTORY, search).follows


def test_the_threshold_is_the_one_with_the_most_right_decisions() -> None:
    assert best_threshold([(0.9, True), (0.8, True), (0.7, False), (0.2, False)]) == 0.8
    assert best_threshold([(0.9, False), (0.8, True), (0.7, True), (0.2, False)]) == 0.7


@pytest.mark.parametrize(("said", "follows"), [("Yes.", False), ("no", True), ("", True)])
def test_the_model_says_whether_a_question_needs_its_history(said: str, follows: bool) -> None:
    model = ParrotModel(said)
    asked = by_model(model)("When was that?", HISTORY, search)
    assert asked.follows is follows
    assert ("storm" in asked.query) is follows
    assert "A storm." in model.prompts[-1].user


def test_the_model_words_a_question_anew() -> None:
    anew = reworded(ParrotModel("When did a storm close the harbour?"))("When was that?", HISTORY, search)
    assert (anew.query, anew.follows) == ("When did a storm close the harbour?", True)
    assert not reworded(ParrotModel("Why?"))("Why?", HISTORY, search).follows
    assert reworded(ParrotModel(""))("Why?", HISTORY, search).query == "Why?"


def test_all_ways_are_judged_on_the_held_out_half() -> None:
    some = read_dialogues()[:12]
    groups = compared(some, search, LetterEmbedder(), ParrotModel("no"))
    turns = sum(len(one.turns) - 1 for one in some if one.held_out)
    assert len(groups) == 7
    assert {row["n"] for row in groups.values()} == {turns}
    assert groups["never"]["decision_by_kind"]["follow"] == 0.0
    assert groups["always"]["decision_by_kind"]["follow"] == 1.0


def test_without_the_sets_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ways.main(["--json", str(tmp_path / "out.json"), "--data", str(tmp_path)]) == 1
    assert "nato" in capsys.readouterr().err
