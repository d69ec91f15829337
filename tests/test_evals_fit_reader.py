"""The command that trains a reader: what it teaches, and what it writes down of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import hit
from rich.console import Console

from evals import fit_reader
from evals.cases import Case
from evals.fit_reader import answer_to, in_own_words, lesson, main
from evals.lora import Course, Lesson, Progress, Weights, load
from evals.pipeline import Pipeline
from evals.sets import Question
from index import weights
from index.embed import LetterEmbedder
from index.errors import PullquoteError
from rag.engine.double import ParrotModel
from rag.engine.llama import LlamaModel
from rag.engine.port import Prompt
from rag.settings import Settings

QUESTION = Question(
    "q", "How many ships waited?", answerable=True, answers=(("eight", "8", "åtta"),), gold=("a",), language="en"
)


def case(text: str, language: str = "en", question: Question = QUESTION, *, holds: bool = True) -> Case:
    return Case("key", "set", question, (hit("a", text, language),), holds)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (case("Only 8 ships waited."), "8"),
        (case("Åtta fartyg väntade.", "sv"), "eight"),  # a translation, since it is asked in English
        (case("Åtta fartyg väntade.", "sv", replace(QUESTION, language="sv")), "åtta"),
        (case("8 fartyg väntade.", "sv", replace(QUESTION, answers=(("8",),))), "8"),
        (case("Nothing waited.", holds=False), "NOT FOUND"),
        (case("8 ships", question=replace(QUESTION, answers=(("8",), ("Vik",)))), None),
        (case("8 ships off Vik", question=replace(QUESTION, answers=(("8",), ("Vik",)))), "8, Vik"),
    ],
)
def test_what_is_right(given: Case, said: str | None) -> None:
    assert answer_to(given) == said


class Saying(ParrotModel):
    """Says one thing after the other, whatever it is asked."""

    def __init__(self, *said: str) -> None:
        super().__init__()
        self._said = list(said)

    def _answer(self, prompt: Prompt) -> str:
        return self._said.pop(0)


@pytest.mark.parametrize(
    ("first", "told", "taught"),
    [
        ("Eight ships waited.", "", "Eight ships waited."),
        ("Three ships waited.", "8 ships waited.", "8 ships waited."),
        ("NOT FOUND", "8 ships waited.", "8 ships waited."),
        ("Three ships waited.", "The right answer is: 8", None),  # it says what it was told, and answers nothing
        ("Three ships waited.", "It was three.", None),
    ],
)
def test_a_right_answer_is_taught_as_the_model_says_it(first: str, told: str, taught: str | None) -> None:
    model = Saying(first, told)
    assert in_own_words("8", case("Only 8 ships waited."), model) == taught
    for prompt, sampling in zip(model.prompts, model.samplings, strict=True):
        assert prompt.passages == model.prompts[0].passages
        assert sampling.reluctance > 0
        assert not sampling.adapted
    assert "right answer" not in model.prompts[0].question
    assert all("The right answer is: 8" in prompt.question for prompt in model.prompts[1:])


def test_a_lesson_is_the_prompt_that_answers_are_written_with(
    tiny_model: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_reader, "in_own_words", lambda right, *_: right)
    made = lesson(case("Only 8 ships waited."), tiny_model)
    assert made is not None
    assert not made.refuses
    *said, end = made.said
    assert b"".join(map(tiny_model.native.piece, said)) == b"8"
    assert tiny_model.native.is_end(end)
    assert b"".join(map(tiny_model.native.piece, made.passages[0])) == b"Only 8 ships waited.\n\n"
    asked = b"".join(map(tiny_model.native.piece, made.tail)).decode()
    assert "How many ships waited?" in asked
    assert "Answer in English:" in asked
    assert lesson(case("8 ships", question=replace(QUESTION, answers=(("8",), ("Vik",)))), tiny_model) is None
    monkeypatch.setattr(fit_reader, "in_own_words", lambda *_: None)
    assert lesson(case("Only 8 ships waited."), tiny_model) is None
    refusing = lesson(case("Nothing waited.", holds=False), tiny_model)
    assert refusing is not None
    assert refusing.refuses


def test_the_command_leaves_out_what_is_measured_and_says_what_it_taught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models_dir: Path
) -> None:
    folder = tmp_path / "ships"
    folder.mkdir()
    articles = [{"id": f"a{n}", "text": f"Ship {n} came from Vik."} for n in range(30)]
    questions = [
        {
            "id": f"q{n}",
            "question": f"Where did ship {n} come from?",
            "answerable": n % 2 == 0,
            "answers": [["Vik"]] if n % 2 == 0 else [],
            "gold": [f"a{n}"],
            "context": [f"a{n}"],
        }
        for n in range(30)
    ]
    for name, rows in (("articles", articles), ("questions", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = Settings(home=tmp_path / "home", llm=str(models_dir / "SmolLM2-135M-Instruct.Q4_1.gguf"))
    taught: list[Sequence[Lesson]] = []
    written: list[dict[str, Any]] = []

    def train(
        _: Any, lessons: Sequence[Lesson], course: Course, told: Callable[[Progress, Callable[[], Weights]], None]
    ) -> Weights:
        taught.append(lessons)
        for step in range(1, 11):
            told(Progress(step, 10, 1.0, 1.0, 0.0), dict)
        return {}

    monkeypatch.setattr(Settings, "load", lambda: settings)
    monkeypatch.setattr(
        fit_reader,
        "Pipeline",
        lambda *_, model: Pipeline(
            settings, tmp_path / "work", Console(quiet=True), embedder=LetterEmbedder(), model=model
        ),
    )
    monkeypatch.setattr(fit_reader, "in_own_words", lambda right, *_: right)
    monkeypatch.setattr(fit_reader, "load", lambda path, _: path)
    monkeypatch.setattr(fit_reader, "train", train)

    def write(path: Path, _: Weights, **facts: Any) -> None:
        path.write_bytes(b"weights")
        written.append({"path": path, **facts})

    monkeypatch.setattr(fit_reader, "write", write)
    out = tmp_path / "reader.gguf"
    assert main([str(folder), "--adapter", str(out), "--leave", "10", "--lessons", "12"]) == 0
    (lessons,) = taught
    assert len(lessons) == 12
    assert sum(one.refuses for one in lessons) == 6
    assert len(written) == 1
    assert out.read_bytes() == b"weights"
    made = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert made["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert len(made["model"]) == 64
    provenance = made["provenance"]
    assert provenance["found"] == {"ships": 20}
    assert provenance["lessons"] == 80, "what was learnt"
    assert provenance["course"]["rank"] == 8
    assert provenance["command"][:3] == ["python", "-m", "evals.fit_reader"]
    assert written[0]["architecture"] == "qwen2"


def test_a_set_that_is_not_there_is_an_error_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, models_dir: Path
) -> None:
    settings = Settings(home=tmp_path / "home", llm=str(models_dir / "SmolLM2-135M-Instruct.Q4_1.gguf"))
    monkeypatch.setattr(Settings, "load", lambda: settings)
    assert main([str(tmp_path / "none"), "--adapter", str(tmp_path / "out.gguf")]) == 1
    assert str(tmp_path / "none") in capsys.readouterr().err.replace("\n", "")


def test_an_adapter_is_trained_for_one_architecture_only(models_dir: Path) -> None:
    with pytest.raises(PullquoteError, match="llama"):
        load(weights.language_model("smollm2-135m", models_dir), "qwen2")
