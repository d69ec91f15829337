"""``pullquote eval``: anybody's own set, judged; the errors people make, and what an interruption leaves."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.answers import Asker
from evals.pipeline import Pipeline
from evals.sets import EvalSet
from index.embed import LetterEmbedder
from rag.engine.double import ParrotModel
from rag.settings import Settings
from rag.types import Answer, Turn
from ui import cli
from ui.doors import Doors

ARTICLES = [
    {"id": "harbour", "text": "The harbour in Luleå opened on Monday. Eight ships came."},
    {"id": "bridge", "text": "The bridge in Kalix opened on Friday. Two lorries crossed it."},
]
QUESTIONS: list[dict[str, Any]] = [
    {"id": "1", "question": "Which harbour opened?", "answerable": True, "answers": [["Luleå"]], "gold": ["harbour"]},
    {"id": "2", "question": "Which bridge opened?", "answerable": True, "answers": [["Kalix"]], "gold": ["bridge"]},
    {"id": "3", "question": "Which tunnel was flooded?", "answerable": False},
]


@pytest.fixture(autouse=True)
def bare_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No setting of whoever runs the tests; the environment is the command line's input."""
    for name in [name for name in os.environ if name.startswith("PULLQUOTE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of three questions over two articles."""
    path = tmp_path / "harbours"
    path.mkdir()
    write(path, ARTICLES, QUESTIONS)
    return path


def write(folder: Path, articles: Sequence[Any], questions: Sequence[Any]) -> None:
    for name, rows in (("articles", articles), ("questions", questions)):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    """The real library and chatbot, over an embedder and a model that need no weights."""
    settings = Settings.load(home=tmp_path / "home", min_confidence=0.0)
    console = Console(stderr=True)
    return Pipeline(settings, tmp_path / "work", console, embedder=LetterEmbedder(), model=ParrotModel())


class Counted:
    """Opens another asker, notes what is asked, and is interrupted before the question after so many."""

    def __init__(self, inner: Callable[[EvalSet], Any], interrupt_after: int | None = None) -> None:
        self.asked: list[str] = []
        self.opened = 0
        self._inner = inner
        self._interrupt_after = interrupt_after

    @contextmanager
    def __call__(self, eval_set: EvalSet) -> Iterator[Asker]:
        self.opened += 1
        with self._inner(eval_set) as asker:
            self._asker = asker
            yield self

    def ask(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] | None = None) -> Answer:
        if self._interrupt_after is not None and len(self.asked) >= self._interrupt_after:
            raise KeyboardInterrupt
        self.asked.append(question)
        answer: Answer = self._asker.ask(question, history, within=within)
        return answer


def rows_of(text: str) -> dict[tuple[str, str], str]:
    """Tab-separated output: set and figure → value."""
    cells = [line.split("\t") for line in text.splitlines()]
    assert all(len(row) == 7 for row in cells)
    return {(row[0], row[2]): row[3] for row in cells}


def test_anybody_measures_their_own_articles(
    folder: Path, pipeline: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results" / "mine.json"
    assert cli.main(["eval", str(folder), "--json", str(out)], Doors(asker=pipeline)) == 0
    printed = capsys.readouterr()
    figures = rows_of(printed.out)
    assert figures["harbours", "n"] == "3"
    assert figures["harbours", "accuracy"] == "1.0"
    assert figures["harbours", "verbatim"] == "1.0"
    assert "3/3" in printed.err
    results = json.loads(out.read_text(encoding="utf-8"))
    assert (results["complete"], results["mode"]) == (True, "given")
    assert results["command"] == ["pullquote", "eval", str(folder), "--mode", "given"]
    assert results["questions"][0]["question"] == "Which harbour opened?"
    assert not {"home", "token", "api_key"} & results["settings"].keys()


def test_the_users_own_library_is_not_touched(folder: Path, pipeline: Pipeline, bare_home: Path) -> None:
    assert cli.main(["eval", str(folder)], Doors(asker=pipeline)) == 0
    assert not (bare_home / "library").exists()


def test_a_sample_is_taken_and_said_to_be_one(
    folder: Path, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    asker = Counted(pipeline)
    assert cli.main(["eval", str(folder), "--limit", "2"], Doors(asker=asker)) == 0
    printed = capsys.readouterr()
    assert len(asker.asked) == 2
    assert rows_of(printed.out)["harbours", "n"] == "2"
    assert "a sample of 2 of 3 questions" in " ".join(printed.err.split())


def test_only_what_distracts_is_given_in_the_mode_noise(folder: Path, pipeline: Pipeline, tmp_path: Path) -> None:
    distracted = [QUESTIONS[0] | {"noise": ["bridge"], "noise_is_clean": True}, QUESTIONS[2]]
    write(folder, ARTICLES, distracted)
    out = tmp_path / "out.json"
    assert cli.main(["eval", str(folder), "--mode", "noise", "--json", str(out)], Doors(asker=pipeline)) == 0
    (row,) = json.loads(out.read_text(encoding="utf-8"))["questions"]
    assert (row["id"], row["context"], row["answerable"]) == ("1", ["bridge"], False)


def test_a_person_gets_a_table(
    folder: Path, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    assert cli.main(["eval", str(folder)], Doors(asker=pipeline)) == 0
    table = capsys.readouterr().out
    assert "95 % intervals" in table
    assert "refused rightly" in table


def test_interrupted_it_shows_and_keeps_what_was_asked_and_goes_on_from_there(
    folder: Path, pipeline: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    arguments = ["eval", str(folder), "--json", str(out), "--resume"]
    stopped = Counted(pipeline, interrupt_after=2)
    assert cli.main(arguments, Doors(asker=stopped)) == 130
    printed = capsys.readouterr()
    assert rows_of(printed.out)["harbours", "n"] == "2"
    assert "--resume goes on from there" in " ".join(printed.err.split())
    assert "Traceback" not in printed.err
    half = json.loads(out.read_text(encoding="utf-8"))
    assert (half["complete"], len(half["questions"])) == (False, 2)

    second = Counted(pipeline)
    assert cli.main(arguments, Doors(asker=second)) == 0
    assert second.asked == ["Which tunnel was flooded?"]
    assert rows_of(capsys.readouterr().out)["harbours", "n"] == "3"

    third = Counted(pipeline)
    assert cli.main(arguments, Doors(asker=third)) == 0
    assert third.opened == 0
    assert cli.main(arguments[:-1], Doors(asker=third)) == 0
    assert len(third.asked) == 3


def test_interrupted_before_the_first_answer_it_shows_nothing(
    folder: Path, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["eval", str(folder)], Doors(asker=Counted(pipeline, interrupt_after=0))) == 130
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("articles", "questions", "said"),
    [
        (None, [QUESTIONS[0]], "There is no articles.jsonl"),
        (ARTICLES, None, "There is no questions.jsonl"),
        (ARTICLES, [QUESTIONS[0], "{oops"], "harbours/questions.jsonl:2 is not JSON"),
        ([*ARTICLES, {"id": "c"}], QUESTIONS, "harbours/articles.jsonl:3: text cannot be used"),
        (ARTICLES, [QUESTIONS[0] | {"gold": ["tunnel"]}], "gold names 'tunnel'"),
        ([{"id": "dots", "text": ". . ."}], [QUESTIONS[2]], "'dots' cannot be taken in"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path,
    pipeline: Pipeline,
    capsys: pytest.CaptureFixture[str],
    articles: list[Any] | None,
    questions: list[Any] | None,
    said: str,
) -> None:
    folder = tmp_path / "harbours"
    folder.mkdir()
    write(folder, articles or [], questions or [])
    for name, rows in (("articles", articles), ("questions", questions)):
        if rows is None:
            (folder / f"{name}.jsonl").unlink()
    assert cli.main(["eval", str(folder)], Doors(asker=pipeline)) == 1
    error = capsys.readouterr().err
    assert said in " ".join(error.split())
    assert "→ " in error
    assert "Traceback" not in error


def test_a_folder_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["eval", str(tmp_path / "nowhere")]) == 1
    assert "There is no folder" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["x", "--mode", "loud"], ["x", "--limit", "0"], ["x", "--resume"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["eval", *arguments]) == 2
    assert "pullquote eval --help" in capsys.readouterr().err


def test_results_that_cannot_be_written_are_told_before_anything_is_asked(
    folder: Path, pipeline: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path / "file" / "out.json", folder):
        asker = Counted(pipeline)
        assert cli.main(["eval", str(folder), "--json", str(place)], Doors(asker=asker)) == 1
        assert "--json" in capsys.readouterr().err
        assert asker.asked == []


def test_the_real_pipelines_are_opened_below_the_data_directory(folder: Path, bare_home: Path) -> None:
    missing = ["--llm", str(folder / "none.gguf"), "--embedder", str(folder / "none")]
    assert cli.main(["eval", str(folder), "--compare", *missing]) == 1
    assert not (bare_home / "library").exists()


def test_help_loads_no_part_of_evals() -> None:
    import subprocess

    code = (
        "import sys; from ui import cli; cli.main(['eval', '--help']);"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'evals'], 'evals'"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "articles.jsonl" in done.stdout
