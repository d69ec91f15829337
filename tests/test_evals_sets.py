"""Reading evaluation sets: what is accepted, what is refused and how it is said, and how a sample is taken."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED

import evals
from evals.sets import EvalArticle, EvalSet, Question, SetError, read_set

SETS = SHARED / "data"


def article(**fields: Any) -> dict[str, Any]:
    """A row of articles.jsonl, all fields given."""
    row = {"id": "a", "title": "T", "text": "Eight left.", "language": "en", "published": "2021-10-19", "source": "S"}
    return row | fields


def question(**fields: Any) -> dict[str, Any]:
    """A row of questions.jsonl, the usual fields given."""
    row = {"id": "q", "question": "How many?", "language": "en", "answers": [["eight", "8"]], "answerable": True}
    return row | {"gold": ["a"], "context": None} | fields


def write(folder: Path, articles: list[Any], questions: list[Any]) -> Path:
    """A set's folder with those rows; a row that is a string is written as it is."""
    folder.mkdir(exist_ok=True)
    for name, rows in (("articles", articles), ("questions", questions)):
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def refusal(folder: Path) -> SetError:
    """The error that reading the folder gives."""
    with pytest.raises(SetError) as caught:
        read_set(folder)
    assert caught.value.hint
    return caught.value


def test_reads_every_field(tmp_path: Path) -> None:
    extra = {"choices": ["7", "8"], "choice": 1, "asked": "2021-10-20", "noise": ["b"], "noise_is_clean": True}
    folder = write(tmp_path / "small", [article(), article(id="b")], [question(context=["a", "b"], **extra)])
    read = read_set(folder)
    assert read.name == "small"
    assert read.articles[0] == EvalArticle("a", "Eight left.", "T", "en", "2021-10-19", "S")
    assert read.questions == (
        Question(
            id="q",
            question="How many?",
            answerable=True,
            answers=(("eight", "8"),),
            gold=("a",),
            context=("a", "b"),
            language="en",
            choices=("7", "8"),
            choice=1,
            asked="2021-10-20",
            noise=("b",),
            noise_is_clean=True,
        ),
    )
    assert read.texts == {"a": "Eight left.", "b": "Eight left."}


def test_only_the_essential_fields_are_needed(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "set",
        [{"id": "a", "text": "Eight."}],
        [{"id": "q", "question": "Why?", "answerable": False}, question(gold=[], id="r")],
    )
    read = read_set(folder)
    assert read.articles[0] == EvalArticle("a", "Eight.")
    assert read.articles[0].published is None
    assert read.questions[0].context is None
    assert read.questions[0].answers == ()


def test_an_unanswerable_question_may_have_nothing_to_answer_from(tmp_path: Path) -> None:
    rows = [question(answerable=False, answers=[], gold=[], context=[])]
    assert read_set(write(tmp_path / "set", [article()], rows)).questions[0].context == ()


def test_other_questions_may_be_asked_about_the_same_articles(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", [article()], [question()])
    other = write(tmp_path / "other", [article()], [question(question="Wie viele?")]) / "questions.jsonl"
    read = read_set(folder, other.rename(tmp_path / "german.jsonl"))
    assert (read.name, [one.question for one in read.questions]) == ("german", ["Wie viele?"])
    assert read.digest == read_set(folder).digest


@pytest.mark.skipif(not SETS.is_dir(), reason=f"LOUD: {SETS} is not on this machine; its articles are not asked about")
def test_questions_in_other_languages_are_about_the_five_articles() -> None:
    asked = read_set(SETS / "nato", Path(evals.__file__).with_name("nato-languages.jsonl"))
    assert {one.language for one in asked.questions} == {"de", "en", "es", "fr", "no", "sv"}
    assert len({one.id.split("~")[0] for one in asked.questions}) == len(asked.questions)
    assert all(one.gold for one in asked.questions if one.answerable)


def test_fields_we_do_not_know_are_passed_over(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", [article(section="world")], [question(level=3)])
    assert len(read_set(folder).questions) == 1


def test_line_breaks_inside_json_strings_are_not_line_breaks(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", [article(text="One.\u2028Two.\x85Three.\r\nFour.")], ["", question(), "  "])
    assert read_set(folder).articles[0].text == "One.\u2028Two.\x85Three.\r\nFour."


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", [article()], [question()])
    path = folder / "articles.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_set(folder).articles[0].id == "a"


def test_no_folder(tmp_path: Path) -> None:
    assert "There is no folder" in refusal(tmp_path / "nowhere").message


@pytest.mark.parametrize("name", ["articles.jsonl", "questions.jsonl"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "set", [article()], [question()])
    (folder / name).unlink()
    assert name in refusal(folder).message


@pytest.mark.parametrize("name", ["articles.jsonl", "questions.jsonl"])
def test_an_empty_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "set", [article()], [question()])
    (folder / name).write_text("\n\n", encoding="utf-8")
    assert name in refusal(folder).message


def test_bytes_that_are_not_utf_8(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", [article()], [question()])
    (folder / "articles.jsonl").write_bytes(b'{"id": "a", "text": "\xe5tta"}\n')
    assert "cannot be read" in refusal(folder).message


@pytest.mark.parametrize(
    ("articles", "questions", "says"),
    [
        ([article(), "{oops"], [question()], "articles.jsonl:2 is not JSON"),
        ([article()], [question(), "[1, 2]"], "questions.jsonl:2: the row cannot be used"),
        ([{"id": "a"}], [question()], "articles.jsonl:1: text cannot be used"),
        ([article(published=["x"])], [question()], "published cannot be used"),
        ([article(text=" \n")], [question()], "has no text"),
        ([article(), article(text="Nine left.")], [question()], "already names another article"),
        ([article()], [question(answers=["eight"])], "answers.0 cannot be used"),
        ([article()], [question(answers=[])], "lists no answers"),
        ([article()], [question(answers=[["eight", " "]])], "an empty alias"),
        ([article()], [question(answers=[[]])], "an empty group"),
        ([article()], [question(question=" ")], "is empty"),
        ([article()], [question(answerable="perhaps")], "answerable cannot be used"),
        ([article()], [question(gold=["a", "z"])], "gold names 'z'"),
        ([article()], [question(context=["z"])], "context names 'z'"),
        ([article()], [question(context=[])], "its context holds no article"),
        ([article()], [question(noise=["z"])], "noise names 'z'"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, articles: Any, questions: Any, says: str) -> None:
    assert says in refusal(write(tmp_path / "set", articles, questions)).message


def test_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    read = read_set(write(tmp_path / "set", [article(), article()], [question(), question()]))
    assert (len(read.articles), len(read.questions)) == (1, 1)


def test_two_questions_of_one_id_are_both_kept(tmp_path: Path) -> None:
    rows = [question(), question(question="Who?"), question(question="When?"), question(question="Who?")]
    read = read_set(write(tmp_path / "set", [article()], rows))
    assert [q.id for q in read.questions] == ["q", "q~2", "q~3"]


def test_the_digest_follows_the_articles_only() -> None:
    first = EvalSet("s", (EvalArticle("a", "One."), EvalArticle("b", "Two.")), (Question("q", "Why?", False),))
    reordered = EvalSet("t", (EvalArticle("b", "Two."), EvalArticle("a", "One.")), ())
    retitled = EvalSet("s", (EvalArticle("a", "One.", title="T"), EvalArticle("b", "Two.")), ())
    assert first.digest == reordered.digest
    assert first.digest != retitled.digest


def many(answerable: int, unanswerable: int) -> EvalSet:
    """A set of that many questions, the answerable ones first."""
    questions = [Question(f"y{i}", "Why?", True, (("x",),)) for i in range(answerable)]
    questions += [Question(f"n{i}", "Why?", False) for i in range(unanswerable)]
    return EvalSet("s", (EvalArticle("a", "x"),), tuple(questions))


def ids(eval_set: EvalSet) -> list[str]:
    """The ids of its questions."""
    return [q.id for q in eval_set.questions]


def test_a_sample_keeps_the_mix_and_the_order() -> None:
    whole = many(75, 25)
    taken = whole.sample(20)
    assert Counter(q.answerable for q in taken.questions) == {True: 15, False: 5}
    assert ids(taken) == [i for i in ids(whole) if i in set(ids(taken))]
    assert ids(taken) != ids(whole)[:20]


def test_a_sample_is_the_same_for_the_same_seed_only() -> None:
    assert ids(many(40, 40).sample(10, seed=3)) == ids(many(40, 40).sample(10, seed=3))
    assert ids(many(40, 40).sample(10, seed=3)) != ids(many(40, 40).sample(10, seed=4))


def test_a_larger_sample_holds_the_smaller_one() -> None:
    whole = many(17, 7)
    for limit in range(1, 24):
        smaller, larger = set(ids(whole.sample(limit))), set(ids(whole.sample(limit + 1)))
        assert len(smaller) == limit
        assert smaller < larger


def test_a_sample_of_everything_is_the_set_itself() -> None:
    assert many(2, 2).sample(4) == many(2, 2)
    assert many(2, 2).sample(99) == many(2, 2)


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(SetError, match="empty"):
        many(2, 2).sample(0)


@pytest.mark.skipif(not SETS.is_dir(), reason=f"LOUD: {SETS} is not on this machine; its sets are not read")
def test_every_shared_set_is_read_whole() -> None:
    folders = sorted(path.parent for path in SETS.glob("*/questions.jsonl"))
    assert len(folders) >= 9
    for folder in folders:
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").split("\n")
        distinct = {json.dumps(json.loads(line), sort_keys=True) for line in lines if line}
        read = read_set(folder)
        assert len(read.questions) == len(distinct), folder.name
        assert len({q.id for q in read.questions}) == len(read.questions)


@pytest.mark.skipif(not SETS.is_dir(), reason=f"LOUD: {SETS} is not on this machine; its sets are not read")
def test_the_nato_set_is_as_described() -> None:
    nato = read_set(SETS / "nato")
    assert len(nato.articles) == 5
    assert Counter(q.answerable for q in nato.questions) == {True: 18, False: 6}
