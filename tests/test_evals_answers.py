"""The command that measures answers, over an asker whose every answer is known beforehand."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals import machine
from evals.answers import Asker, ask_one, evaluate, main
from evals.record import FLUSH_SECONDS, Record
from evals.sets import EvalSet, read_set
from index.errors import PullquoteError
from index.types import Article, Hit, Passage
from rag.settings import Settings
from rag.types import Answer, Citation, Quote, Source, Turn

TEXTS = {"a": "Eight diplomats left Brussels.", "b": "Seven left in 2018."}


def quote(article_id: str, text: str, number: int, *, library_text: str | None = None) -> Quote:
    """A quote of an article; ``library_text`` is what the library holds when that is not what the set holds."""
    held = library_text or TEXTS[article_id]
    start = held.index(text)
    return Quote(Article(article_id, "", held), start, start + len(text), 1.0, number)


def answered(question: str, text: str, quotes: Sequence[Quote]) -> Answer:
    """An answer of one sentence on these quotes, from a source for each article quoted."""
    sources = []
    for number, shown in enumerate(quotes, start=1):
        passage = Passage(shown.article.id, 0, len(shown.article.text), shown.article.text, 5)
        sources.append(Source(number, Hit(passage, shown.article, 1.0, number)))
    return Answer(
        question=question,
        text=text,
        status="answered",
        citations=(Citation(text, 0, len(text), tuple(quotes), "supported"),),
        sources=tuple(sources),
        confidence=0.75,
        timings={"first_token": 0.5, "total": 1.0},
        model="double",
    )


def refused(question: str) -> Answer:
    """The honest sentence."""
    return Answer(question, "The articles do not say.", "not_in_articles")


ANSWERS = {
    # right, with a good quote and one of the wrong article
    "How many left?": answered("How many left?", "Eight.", [quote("a", TEXTS["a"], 1), quote("b", TEXTS["b"], 2)]),
    # wrong, and the library's text is not the set's
    "Whence?": answered(
        "Whence?", "From Paris.", [quote("b", "Seven left", 1, library_text="Oh! Seven left in 2018.")]
    ),
    "Who stayed?": refused("Who stayed?"),
    "Why?": refused("Why?"),
}


class Scripted:
    """An asker that knows its answers, notes what it is asked, and fails where it has no answer."""

    def __init__(self, answers: Mapping[str, Answer], *, interrupt_after: int | None = None) -> None:
        self.asked: list[tuple[str, Collection[str] | None]] = []
        self._answers = answers
        self._interrupt_after = interrupt_after

    def ask(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] | None = None) -> Answer:
        """The known answer."""
        if self._interrupt_after is not None and len(self.asked) >= self._interrupt_after:
            raise KeyboardInterrupt
        self.asked.append((question, within))
        if question not in self._answers:
            raise PullquoteError("The question is too long.", "Ask a shorter one.")
        return self._answers[question]

    @contextmanager
    def opener(self, eval_set: EvalSet) -> Iterator[Asker]:
        """This asker, for any set."""
        yield self


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of four questions over two articles."""
    path = tmp_path / "tiny"
    path.mkdir()
    rows = [{"id": article_id, "text": text} for article_id, text in TEXTS.items()]
    (path / "articles.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    base = {"answerable": True, "gold": ["a"]}
    questions: list[dict[str, Any]] = [
        base | {"id": "1", "question": "How many left?", "answers": [["eight", "8"]], "context": ["a", "b"]},
        base | {"id": "2", "question": "Whence?", "answers": [["Brussels"]]},
        base | {"id": "3", "question": "Who stayed?", "answers": [["nobody"]]},
        {"id": "4", "question": "Why?", "answerable": False},
    ]
    (path / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions), encoding="utf-8")
    return path


def run(folder: Path, asker: Scripted, *more: str) -> tuple[int, dict[str, Any]]:
    """The command's exit status and its file of results."""
    out = folder.parent / "results" / "out.json"
    status = main([str(folder), "--json", str(out), *more], opener=asker.opener)
    return status, json.loads(out.read_text(encoding="utf-8"))


def test_the_figures_by_hand(folder: Path) -> None:
    status, results = run(folder, Scripted(ANSWERS))
    assert status == 0
    figures = results["sets"]["tiny"]
    assert figures["n"] == 4
    assert figures["accuracy"] == round(1 / 3, 4)
    assert figures["false_refusals"] == round(1 / 3, 4)
    assert figures["refused_unanswerable"] == 1.0
    assert figures["quote_precision"] == round(1 / 3, 4)  # one of three quotes shown with answers
    assert figures["quote_recall"] == 1.0  # the one right answer shows a good quote
    assert figures["verbatim"] == round(2 / 3, 4)
    assert figures["gold_found"] == round(1 / 3, 4)
    assert figures["seconds_to_first_token"] == 0.5
    assert figures["accuracy_95"] == [0.0615, 0.7923]


def test_the_file_of_results_says_where_it_comes_from(folder: Path) -> None:
    _, results = run(folder, Scripted(ANSWERS), "--seed", "3")
    assert results["kind"] == "answers"
    assert results["complete"] is True
    assert results["command"][:3] == ["python", "-m", "evals.answers"]
    assert results["command"][-2:] == ["--seed", "3"]
    assert results["settings"]["llm"] == Settings.load().llm
    assert "home" not in results["settings"]
    assert results["machine"]["cpu"]


def test_each_question_is_one_object(folder: Path) -> None:
    _, results = run(folder, Scripted(ANSWERS))
    first, second, third, fourth = results["questions"]
    assert (first["set"], first["id"], first["question"], first["answer"]) == ("tiny", "1", "How many left?", "Eight.")
    assert (first["status"], first["right"], first["confidence"], first["model"]) == ("answered", True, 0.75, "double")
    assert first["quotes"][0] == {
        "article_id": "a",
        "start": 0,
        "end": 30,
        "text": TEXTS["a"],
        "good": True,
        "verbatim": True,
    }
    assert first["quotes"][1]["good"] is False
    assert first["sources"] == [["a", 0, 30], ["b", 0, 19]]
    assert first["timings"] == {"first_token": 0.5, "total": 1.0}
    assert (second["right"], second["gold_found"], second["quotes"][0]["verbatim"]) == (False, False, False)
    assert (third["status"], third["right"], third["gold"]) == ("not_in_articles", False, ["a"])
    assert (fourth["answerable"], fourth["right"], fourth["gold_found"]) == (False, True, None)


def test_a_question_is_asked_within_its_context(folder: Path) -> None:
    asker = Scripted(ANSWERS)
    run(folder, asker)
    assert asker.asked[0] == ("How many left?", ("a", "b"))
    assert asker.asked[1] == ("Whence?", None)


def test_an_alias_in_a_refusal_is_no_answer(folder: Path) -> None:
    refusal = replace(refused("How many left?"), text="The articles do not say whether eight left.")
    _, results = run(folder, Scripted({**ANSWERS, "How many left?": refusal}))
    assert results["questions"][0]["right"] is False


def test_an_error_of_ours_is_a_wrong_answer_and_not_the_end(folder: Path) -> None:
    known = {question: answer for question, answer in ANSWERS.items() if question != "Whence?"}
    status, results = run(folder, Scripted(known))
    assert status == 0
    assert results["questions"][1]["status"] == "error"
    assert results["questions"][1]["error"] == "The question is too long."
    assert results["sets"]["tiny"]["statuses"] == {"answered": 1, "error": 1, "not_in_articles": 2}
    assert results["sets"]["tiny"]["accuracy_n"] == 3


def test_time_is_measured_from_outside(folder: Path) -> None:
    ticks = iter([10.0, 12.5])
    eval_set = read_set(folder)
    asked = ask_one(Scripted(ANSWERS), eval_set.questions[0], eval_set.texts, clock=lambda: next(ticks))
    assert asked.score.seconds == 2.5


def test_an_interrupted_run_keeps_what_it_has(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, results = run(folder, Scripted(ANSWERS, interrupt_after=2))
    assert status == 130
    assert results["complete"] is False
    assert [row["id"] for row in results["questions"]] == ["1", "2"]
    assert results["sets"]["tiny"]["n"] == 2
    assert "Interrupted" in capsys.readouterr().err


def test_without_texts_nothing_that_anybody_wrote_is_kept(folder: Path) -> None:
    _, results = run(folder, Scripted(ANSWERS), "--without-texts")
    kept = json.dumps(results["questions"])
    for words in (*TEXTS.values(), *ANSWERS, "Eight.", "Brussels", "eight"):
        assert words not in kept
    assert results["questions"][0]["quotes"][0] == {
        "article_id": "a",
        "start": 0,
        "end": 30,
        "good": True,
        "verbatim": True,
    }


def test_a_sample_is_announced(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asker = Scripted(ANSWERS)
    _, results = run(folder, asker, "--limit", "2")
    assert len(asker.asked) == results["sets"]["tiny"]["n"] == 2
    assert "a sample of 2 of 4 questions" in " ".join(capsys.readouterr().err.split())


def test_the_table_is_on_stdout_and_progress_is_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, Scripted(ANSWERS))
    printed = capsys.readouterr()
    assert "tiny" in printed.out
    assert "0.33" in printed.out
    assert "4/4" in printed.err
    assert "4/4" not in printed.out


def test_several_folders_make_one_file(folder: Path) -> None:
    other = folder.parent / "other"
    other.mkdir()
    for name in ("articles.jsonl", "questions.jsonl"):
        (other / name).write_bytes((folder / name).read_bytes())
    _, results = run(folder, Scripted(ANSWERS), str(other), str(folder))
    assert {name: figures["n"] for name, figures in results["sets"].items()} == {"tiny": 4, "other": 4}
    assert [row["set"] for row in results["questions"]] == ["tiny"] * 4 + ["other"] * 4


def test_two_folders_of_one_name_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin = folder.parent / "deeper" / "tiny"
    twin.mkdir(parents=True)
    for name in ("articles.jsonl", "questions.jsonl"):
        (twin / name).write_bytes((folder / name).read_bytes())
    out = folder.parent / "out.json"
    assert main([str(folder), str(twin), "--json", str(out)], opener=Scripted(ANSWERS).opener) == 1
    assert "Two folders" in capsys.readouterr().err


def test_other_questions_are_about_one_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "out.json"
    other = (folder / "questions.jsonl").rename(folder.parent / "other.jsonl")
    command = [str(folder), "--questions", str(other), "--json", str(out)]
    assert main(command, opener=Scripted(ANSWERS).opener) == 0
    assert list(json.loads(out.read_text())["sets"]) == ["other"]
    assert main([str(folder.parent), *command], opener=Scripted(ANSWERS).opener) == 1
    assert "one folder" in capsys.readouterr().err


def test_a_folder_that_is_no_set_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none"), "--json", str(tmp_path / "out.json")]) == 1
    said = capsys.readouterr().err
    assert "There is no folder" in said
    assert "Traceback" not in said
    assert not (tmp_path / "out.json").exists()


def test_a_record_is_written_at_most_every_few_seconds_and_whole(tmp_path: Path) -> None:
    now = [0.0]
    out = tmp_path / "deep" / "out.json"
    record = Record(out, {"n": 0}, clock=lambda: now[0])
    record.touch()
    assert not out.exists()
    now[0] = FLUSH_SECONDS
    record.content["n"] = 1
    record.touch()
    assert json.loads(out.read_text(encoding="utf-8")) == {"n": 1}
    record.content["n"] = 2
    record.touch()
    assert json.loads(out.read_text(encoding="utf-8")) == {"n": 1}
    record.flush()
    assert json.loads(out.read_text(encoding="utf-8")) == {"n": 2}
    assert [path.name for path in out.parent.iterdir()] == ["out.json"]


def test_a_record_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    record = Record(out, {"n": 1})
    record.flush()
    record.content["n"] = object()
    with pytest.raises(TypeError):
        record.flush()
    assert json.loads(out.read_text(encoding="utf-8")) == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_evaluate_keeps_the_record_when_the_library_fails(folder: Path, tmp_path: Path) -> None:
    @contextmanager
    def broken(eval_set: EvalSet) -> Iterator[Asker]:
        raise PullquoteError("No room left.")
        yield Scripted({})

    out = tmp_path / "out.json"
    record = Record(out, {"kind": "answers"})
    with pytest.raises(PullquoteError):
        evaluate([read_set(folder)], {"given": broken}, record)
    assert json.loads(out.read_text(encoding="utf-8"))["complete"] is False


def test_machine_facts(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Some CPU @ 2.5 GHz\n", encoding="utf-8")
    assert machine.cpu_name(cpuinfo) == "Some CPU @ 2.5 GHz"
    assert machine.cpu_name(tmp_path / "none")
    facts = machine.machine_facts()
    assert facts["threads"] >= facts["cores"] >= 0
    assert facts["memory_gib"] > 0
    assert facts["libraries"]["chromadb"]
    json.dumps(facts)


def test_git_facts_outside_a_repository_or_within_somebody_elses(tmp_path: Path) -> None:
    assert machine.git_facts(tmp_path) == {"commit": None, "modified": None}
    inside = machine.REPOSITORY / "evals"
    assert machine.git_facts(inside) == {"commit": None, "modified": None}


def test_the_digest_of_code_follows_what_answers_depend_on(tmp_path: Path) -> None:
    for name in ("index", "rag", "evals"):
        (tmp_path / name).mkdir()
    for name in machine.JUDGES:
        (tmp_path / "evals" / name).write_text("", encoding="utf-8")
    before = machine.code_digest(tmp_path)
    (tmp_path / "evals" / "report.py").write_text("1", encoding="utf-8")
    (tmp_path / "index" / "notes.txt").write_text("1", encoding="utf-8")
    assert machine.code_digest(tmp_path) == before
    (tmp_path / "rag" / "weights.json").write_text("1", encoding="utf-8")
    assert machine.code_digest(tmp_path) != before
    assert machine.code_digest() == machine.code_digest()


def test_a_resumed_run_asks_only_what_is_new_and_what_failed(folder: Path) -> None:
    known = {question: answer for question, answer in ANSWERS.items() if question != "Whence?"}
    _, before = run(folder, Scripted(known, interrupt_after=3))
    assert [row["status"] for row in before["questions"]] == ["answered", "error", "not_in_articles"]
    second = Scripted(ANSWERS)
    status, after = run(folder, second, "--resume")
    assert (status, after["complete"]) == (0, True)
    assert [question for question, _ in second.asked] == ["Whence?", "Why?"]
    _, whole = run(folder, Scripted(ANSWERS))
    timed = {"seconds_total"}
    for name, value in whole["sets"]["tiny"].items():
        assert name in timed or after["sets"]["tiny"][name] == value, name
    assert [row["id"] for row in after["questions"]] == ["1", "2", "3", "4"]


def test_an_interruption_of_a_resumed_run_loses_nothing(folder: Path) -> None:
    failing = {question: answer for question, answer in ANSWERS.items() if question != "How many left?"}
    run(folder, Scripted(failing))
    status, results = run(folder, Scripted(ANSWERS, interrupt_after=0), "--resume")
    assert status == 130
    assert [row["id"] for row in results["questions"]] == ["2", "3", "4"]


def test_without_texts_a_run_is_resumed_too(folder: Path) -> None:
    _, first = run(folder, Scripted(ANSWERS), "--without-texts")
    second = Scripted(ANSWERS)
    _, again = run(folder, second, "--without-texts", "--resume")
    assert second.asked == []
    assert (again["sets"], again["questions"]) == (first["sets"], first["questions"])


@pytest.mark.parametrize("changed", ["question", "article", "settings"])
def test_what_is_no_longer_the_same_is_asked_again(
    folder: Path, changed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(folder, Scripted(ANSWERS))
    path = folder / ("articles.jsonl" if changed == "article" else "questions.jsonl")
    if changed == "settings":
        monkeypatch.setenv("PULLQUOTE_MIN_CONFIDENCE", "0.9")
    else:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("nobody", "someone").replace("left in 2018", "left in 2019"), encoding="utf-8")
    second = Scripted(ANSWERS)
    run(folder, second, "--resume")
    assert len(second.asked) == (1 if changed == "question" else 4)
    assert ("is measured anew" in " ".join(capsys.readouterr().err.split())) == (changed == "settings")


def test_what_is_no_file_of_results_is_measured_anew(folder: Path) -> None:
    out = folder.parent / "results" / "out.json"
    out.parent.mkdir()
    for content in ("{", "[]", "{}"):
        out.write_text(content, encoding="utf-8")
        asker = Scripted(ANSWERS)
        status, results = run(folder, asker, "--resume")
        assert (status, results["complete"], len(asker.asked)) == (0, True, 4)


def test_engines_are_asked_the_same_in_one_run(folder: Path, tmp_path: Path) -> None:
    record = Record(tmp_path / "out.json", {"kind": "answers"})
    first, second = Scripted(ANSWERS), Scripted({question: refused(question) for question in ANSWERS})
    evaluate([read_set(folder)], {"full": first.opener, "plain": second.opener}, record)
    content = record.content
    assert first.asked == second.asked
    assert content["sets"] == content["engines"]["full"]["sets"]
    assert content["engines"]["plain"]["sets"]["tiny"]["accuracy"] == 0.0
    assert [row["engine"] for row in content["questions"]] == ["full"] * 4 + ["plain"] * 4


def test_an_engine_that_is_none_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(folder), "--json", str(tmp_path / "out.json"), "--engine", "full,steam"])
    assert "steam" in capsys.readouterr().err


def test_a_mode_that_the_set_has_not_is_told(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asker = Scripted(ANSWERS)
    assert main([str(folder), "--json", str(tmp_path / "out.json"), "--mode", "noise"], opener=asker.opener) == 1
    assert "noise" in capsys.readouterr().err
    assert not asker.asked
