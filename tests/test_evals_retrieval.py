"""Figures of rankings computed by hand, and the command over real libraries with an embedder that needs no weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.ranking import Found, Ranked, figures, judge, judged, pair_of, unit_of
from evals.retrieval import COLUMNS, STAGES, main, results_table, retrieval_section
from evals.sets import EvalArticle, EvalSet, Question
from evals.shelf import Shelves, shelved
from index.embed import LetterEmbedder
from rag.settings import Settings

GOLD = Question("q", "What?", True, answers=(("eight",),), gold=("a", "b"), language="en")


def found(*rows: str) -> list[Found]:
    """Passages written as article:text."""
    return [Found(*row.split(":")) for row in rows]


# Figures


def test_articles_are_ranked_by_their_best_passage() -> None:
    ranked = judge(GOLD, found("x:1", "x:2", "b:3", "b:4", "a:eight"), "article", {"a": 2, "b": 2})
    assert ranked == Ranked((False, True, True), 2, (False, False, False, False, True))


def test_passages_are_ranked_one_by_one() -> None:
    ranked = judge(GOLD, found("x:1", "x:2", "b:3"), "passage", {"a": 2, "b": 2})
    assert ranked == Ranked((False, False, True), 4, (False, False, False))


def test_recall_reciprocal_rank_and_gain_by_hand() -> None:
    row = figures([Ranked((False, True, True), 2), Ranked((True,), 1), Ranked((False,) * 20, 3), Ranked((), 1)])
    assert row["n"] == 4
    assert [row[f"recall@{k}"] for k in (1, 3, 5, 10)] == [0.25, 0.5, 0.5, 0.5]
    assert row["mrr"] == pytest.approx((0.5 + 1.0) / 4)
    first = (1 / 1.58496250 + 1 / 2) / (1 + 1 / 1.58496250)
    assert row["ndcg@10"] == pytest.approx((first + 1.0) / 4)
    assert "answer_n" not in row


def test_answers_are_counted_where_there_are_any() -> None:
    row = figures([Ranked((True,), 1, (False, True)), Ranked((True,), 1, (False,)), Ranked((True,), 1, None)])
    assert row["answer_n"] == 2
    assert [row[f"answer_recall@{k}"] for k in (1, 3, 5, 10)] == [0.0, 0.5, 0.5, 0.5]


def test_a_gold_unit_that_is_not_found_costs_gain() -> None:
    assert figures([Ranked((True,), 2)])["ndcg@10"] == pytest.approx(1.0 / (1 + 1 / 1.58496250))
    assert figures([Ranked((True,) * 12, 12)])["ndcg@10"] == pytest.approx(1.0)


def test_short_articles_are_ranked_long_ones_are_not() -> None:
    assert unit_of(995, 646) == "article"
    assert unit_of(754, 182) == "passage"


def test_only_questions_with_an_answer_somewhere_count() -> None:
    unknown = Question("u", "Where?", True, answers=(("here",),))
    refused = Question("r", "When?", False, gold=("a",))
    assert judged(EvalSet("s", (), (GOLD, unknown, refused))) == [GOLD]


def test_a_pair_names_all_languages_of_the_gold_articles() -> None:
    assert pair_of(GOLD, {"a": "sv", "b": "sv"}) == "en-sv"
    assert pair_of(GOLD, {"a": "sv", "b": "en"}) == "en-en+sv"


def test_articles_of_other_sets_keep_apart() -> None:
    article = EvalArticle("a", "Text.")
    one = EvalSet("one", (article, EvalArticle("b", "More.")), (GOLD,))
    merged = shelved(one, [EvalSet("two", (article,), ()), one])
    assert [article.id for article in merged.articles] == ["one/a", "one/b", "two/a"]
    assert merged.questions[0].gold == ("one/a", "one/b")
    assert merged.name == "one"


# The command

ARTICLES: dict[str, list[dict[str, Any]]] = {
    "harbours": [
        {"id": "1", "text": "The harbour in Luleå was opened on Monday.", "language": "en"},
        {"id": "2", "text": "Bron i Kalix stängs i tre veckor.", "language": "sv"},
        {"id": "3", "text": "Trains stood still between Boden and Haparanda.", "language": "en"},
    ],
    "others": [{"id": "1", "text": "The harbour in Luleå was opened on Friday, said others.", "language": "en"}],
}
QUESTIONS: list[dict[str, Any]] = [
    {"id": "a", "question": "When was the harbour opened?", "language": "en", "answers": [["Monday"]], "gold": ["1"]},
    {"id": "b", "question": "Bron i Kalix stängs?", "language": "sv", "answers": [["tre veckor"]], "gold": ["2"]},
    {"id": "c", "question": "How long is it closed?", "language": "en", "answers": [["three weeks"]], "gold": ["2"]},
    {"id": "d", "question": "Who closed it?", "language": "en", "answerable": False, "gold": ["2"]},
]


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Two sets on disk."""
    for name, articles in ARTICLES.items():
        folder = tmp_path / name
        folder.mkdir()
        questions = [{"answerable": True, **row} for row in QUESTIONS if name == "harbours" or row["id"] == "a"]
        for file, rows in (("articles", articles), ("questions", questions)):
            lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            (folder / f"{file}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return {name: tmp_path / name for name in ARTICLES}


def run(tmp_path: Path, *arguments: str | Path) -> dict[str, Any]:
    """The command's results, with a double in place of the embedder."""
    settings = Settings.load(home=tmp_path / "home")
    shelves = Shelves(settings, tmp_path / "work", Console(stderr=True), embedder=LetterEmbedder())
    out = tmp_path / "out.json"
    assert main([*map(str, arguments), "--json", str(out)], shelves) == 0
    results: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return results


def test_a_set_is_measured_stage_by_stage_and_pair_by_pair(
    folders: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = run(tmp_path, folders["harbours"])
    groups = results["sets"]["harbours"]
    assert list(groups) == ["all", "en-en", "sv-sv", "en-sv"]
    assert all(list(stages) == list(STAGES) for stages in groups.values())
    wanted = {"n", "recall@1", "recall@3", "recall@5", "recall@10", "mrr", "ndcg@10"}
    assert all(row.keys() >= wanted for stages in groups.values() for row in stages.values())
    assert groups["all"]["fused"]["n"] == 3
    assert groups["sv-sv"]["lexical"]["recall@1"] == 1.0
    assert groups["en-sv"]["lexical"]["recall@10"] == 0.0
    assert groups["all"]["fused"]["recall@10"] == 1.0
    assert groups["all"]["fused"]["answer_recall@10"] == pytest.approx(2 / 3)  # "three weeks" is in no passage
    assert results["complete"] is True
    assert results["libraries"]["harbours"]["unit"] == "article"
    assert results["libraries"]["harbours"]["questions_left_out"] == 1
    assert results["machine"]["cpu"]
    assert results["command"][:3] == ["python", "-m", "evals.retrieval"]
    table = capsys.readouterr().out
    assert "en-sv" in table
    assert "answer_recall@10" in table


def test_distractors_come_into_the_library_and_nowhere_else(folders: dict[str, Path], tmp_path: Path) -> None:
    alone = run(tmp_path, folders["harbours"])
    among = run(tmp_path, folders["harbours"], "--distractors", folders["others"], folders["harbours"])
    assert among["libraries"]["harbours"]["articles"] == 4
    assert among["sets"].keys() == {"harbours"}
    assert among["sets"]["harbours"]["all"]["fused"]["n"] == 3
    assert among["distractors"] == ["others", "harbours"]
    assert alone["libraries"]["harbours"]["articles"] == 3


def test_a_library_is_made_once(folders: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = run(tmp_path, folders["harbours"])
    assert "3 indexed" in capsys.readouterr().err
    second = run(tmp_path, folders["harbours"])
    assert "3 known" in capsys.readouterr().err
    assert first["sets"] == second["sets"]
    assert len(list((tmp_path / "work").iterdir())) == 1


def test_errors_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere"), "--json", str(tmp_path / "out.json")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


def test_an_interrupted_run_keeps_the_sets_that_were_done(folders: dict[str, Path], tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path / "home")
    shelves = Shelves(settings, tmp_path / "work", Console(stderr=True), embedder=LetterEmbedder())

    def opener(eval_set: EvalSet, distractors: Sequence[EvalSet]) -> Any:
        if eval_set.name == "others":
            raise KeyboardInterrupt
        return shelves(eval_set, distractors)

    out = tmp_path / "out.json"
    assert main([*map(str, folders.values()), "--json", str(out)], opener) == 130
    results = json.loads(out.read_text(encoding="utf-8"))
    assert results["sets"].keys() == {"harbours"}
    assert results["complete"] is False
    assert "interrupted" in retrieval_section(results)


def test_the_section_and_the_table_show_a_lone_pair_once(folders: dict[str, Path], tmp_path: Path) -> None:
    results = run(tmp_path, folders["others"])
    section = retrieval_section(results)
    assert "| others | en-en | 1 | fused |" in section
    assert "| others | all |" not in section
    rows = [line for line in section.splitlines() if line.startswith("| others")]
    assert len(rows) == len(STAGES)
    assert all(line.count("|") == len(COLUMNS) + 5 for line in rows)
    assert results_table(results["sets"]).row_count == len(STAGES)
