"""Many questions: one line of JSON each, errors among them, going on after an interruption; and stdin, plain, quiet."""

from __future__ import annotations

import io
import json
import stat
import sys
from pathlib import Path

import pytest
from doors import ANSWER, QUESTION, bot

from index.types import Progress
from ui import batch, cli
from ui.doors import Doors
from ui.double import ChatbotDouble


@pytest.fixture
def chatbot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChatbotDouble:
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path / "home"))
    return bot()


def run(chatbot: ChatbotDouble, *arguments: str) -> int:
    return cli.main(["ask", *arguments], Doors(chatbot=lambda settings, progress: chatbot))


def test_each_line_of_a_file_is_asked_and_answered_in_a_line(
    chatbot: ChatbotDouble, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, out = tmp_path / "questions.txt", tmp_path / "answers.jsonl"
    questions.write_text(f"# mine\n{QUESTION}\n\n  Elephants?  \n", encoding="utf-8")
    assert run(chatbot, "--batch", str(questions), "--out", str(out)) == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == json.loads(json.dumps(ANSWER.to_dict()))
    assert [line["question"] for line in lines] == [QUESTION, "Elephants?"]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "asking…\n2 questions, 0 failed.\n"


def test_a_run_that_was_interrupted_goes_on(chatbot: ChatbotDouble, tmp_path: Path) -> None:
    questions, out = tmp_path / "questions.txt", tmp_path / "answers.jsonl"
    questions.write_text(f"{QUESTION}\nElephants?\nWhales?\n", encoding="utf-8")
    assert run(chatbot, "--batch", str(questions), "--out", str(out)) == 0
    whole = out.read_text(encoding="utf-8")
    first, second, _ = whole.splitlines(keepends=True)
    out.write_text(first + second[:20], encoding="utf-8")
    chatbot.asked.clear()
    assert run(chatbot, "--batch", str(questions), "--out", str(out)) == 0
    assert out.read_text(encoding="utf-8") == whole
    assert [question for question, _ in chatbot.asked] == ["Elephants?", "Whales?"]


@pytest.mark.parametrize("content", ['{"name": "x"}', "Notes", "Notes\n", '{"question": "Else?"}\n', "[1]\n2"])
def test_a_file_of_something_else_is_left_as_it_is(chatbot: ChatbotDouble, tmp_path: Path, content: str) -> None:
    questions, out = tmp_path / "questions.txt", tmp_path / "answers.jsonl"
    questions.write_text(f"{QUESTION}\n", encoding="utf-8")
    out.write_text(content, encoding="utf-8")
    assert run(chatbot, "--batch", str(questions), "--out", str(out)) != 0
    assert out.read_text(encoding="utf-8") == content


def test_what_met_an_error_is_asked_again_and_stands_in_its_place(chatbot: ChatbotDouble, tmp_path: Path) -> None:
    questions, out = tmp_path / "questions.txt", tmp_path / "answers.jsonl"
    questions.write_text(f"{QUESTION}\nElephants?\n{QUESTION}\n", encoding="utf-8")
    assert run(chatbot, "--batch", str(questions), "--out", str(out)) == 0
    whole = out.read_text(encoding="utf-8")
    first, _, third = whole.splitlines(keepends=True)
    wrong = json.dumps({"question": "Elephants?", "error": {"message": "No memory.", "hint": ""}})
    out.write_text(f"{first}{wrong}\n{third}", encoding="utf-8")
    out.chmod(0o644)
    chatbot.asked.clear()
    assert run(chatbot, "--batch", str(questions), "--out", str(out)) == 0
    assert [question for question, _ in chatbot.asked] == ["Elephants?"]
    assert out.read_text(encoding="utf-8") == whole
    assert stat.S_IMODE(out.stat().st_mode) == 0o644
    assert sorted(path.name for path in tmp_path.glob("answers*")) == ["answers.jsonl"]


def test_answers_to_other_questions_are_left_alone(
    chatbot: ChatbotDouble, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, out = tmp_path / "questions.txt", tmp_path / "answers.jsonl"
    questions.write_text(QUESTION, encoding="utf-8")
    out.write_text("Notes of mine\n", encoding="utf-8")
    assert run(chatbot, "--batch", str(questions), "--out", str(out)) == 1
    assert out.read_text(encoding="utf-8") == "Notes of mine\n"
    assert "something else than answers" in capsys.readouterr().err


def test_an_error_is_a_line_too_and_the_rest_is_asked() -> None:
    told: list[Progress] = []
    out = io.StringIO()
    assert batch.ask_all(bot(), [" ", QUESTION], out, told.append) == 1
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert first == {"question": " ", "error": {"message": "The question is empty.", "hint": "Type a question."}}
    assert second["status"] == "answered"
    assert [progress.done for progress in told] == [0, 1, 2]


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_a_question_comes_from_stdin(
    chatbot: ChatbotDouble, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("What did Russia\nclose?\n"))
    assert run(chatbot, *arguments) == 0
    assert [question for question, _ in chatbot.asked] == [QUESTION]


def test_a_batch_comes_from_stdin_and_goes_to_stdout(
    chatbot: ChatbotDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{QUESTION}\n"))
    assert run(chatbot, "--batch", "-") == 0
    assert json.loads(capsys.readouterr().out)["status"] == "answered"


def test_quiet_prints_the_text_and_nothing_else(chatbot: ChatbotDouble, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(chatbot, QUESTION, "--quiet") == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("It closed it. [1][2] Why? [no quote]\n", "")
    assert run(chatbot, " ", "--quiet") == 2
    assert "The question is empty" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["none/a.jsonl", ".", "binary"])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(
    chatbot: ChatbotDouble, tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    batch = tmp_path / "q.txt"
    batch.write_text(QUESTION, encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert run(chatbot, "--batch", str(batch), "--out", str(tmp_path / out)) == 2
    assert str(tmp_path / out) in capsys.readouterr().err.replace("\n", "")
    assert chatbot.asked == []


@pytest.mark.parametrize("arguments", [(), ("--batch", "-")])
def test_bytes_that_are_no_text_are_wrong_usage(
    chatbot: ChatbotDouble,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"vad h\xe4nde?"), encoding="utf-8"))
    assert run(chatbot, *arguments) == 2
    assert "What came on stdin cannot be read as text." in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("why?", "--batch", "-"), ("why?", "--out", "x"), ("--batch", "/no/such/file")])
def test_what_does_not_go_together_is_wrong_usage(
    chatbot: ChatbotDouble, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(chatbot, *arguments) == 2
    assert "→ pullquote ask --help" in capsys.readouterr().err
