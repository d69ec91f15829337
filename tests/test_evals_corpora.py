"""Corpora that readers are trained on, read as sets."""

from __future__ import annotations

import json
from pathlib import Path
from zlib import crc32

import pytest

from evals.corpora import EACH, is_corpus, read_corpus
from evals.sets import SetError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty passages with five questions each, the last of which has no answer."""
    folder = tmp_path / "harbours"
    folder.mkdir()
    rows = [
        {
            "lang": "nb" if n % 2 else "en",
            "title": f"Harbour {n}",
            "passage": f"Ship {n} waited outside.",
            "qas": [
                {
                    "id": f"{n}-{k}",
                    "question": f"Which ship waited ({k})?",
                    "answers": [{"text": f"Ship {n}", "start": 0}, {"text": f" Ship {n}", "start": 0}] if k < 4 else [],
                    "answerable": k < 4,
                }
                for k in range(5)
            ],
        }
        for n in range(20)
    ]
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_a_question_is_asked_of_its_passage_or_of_all_others(folder: Path) -> None:
    made = read_corpus(folder, 1000)
    assert made.name == "train-harbours"
    assert len(made.articles) == 20
    assert len(made.questions) == 20 * EACH
    titles = {article.id: article.title for article in made.articles}
    kinds = {question.answerable for question in made.questions}
    assert kinds == {True, False}
    assert {question.language for question in made.questions} == {"no", "en"}
    for question in made.questions:
        place = question.id.split("/")[1].split("-")[0]
        own = f"Harbour {place}"
        assert question.answers == ((f"Ship {place}",),)
        if question.answerable:
            assert [titles[article_id] for article_id in question.gold] == [own]
            assert question.context is None
        else:
            assert question.context is not None
            assert len(question.context) == 19
            assert own not in {titles[article_id] for article_id in question.context}


def test_a_smaller_corpus_has_only_the_passages_that_are_asked_about(folder: Path) -> None:
    made = read_corpus(folder, 7)
    assert len(made.questions) == 7
    assert len(made.articles) == 3
    larger = read_corpus(folder, 12)
    assert {question.id for question in made.questions} <= {question.id for question in larger.questions}


def test_whether_a_question_is_asked_of_others_says_nothing_of_how_many_passages_are_read(folder: Path) -> None:
    questions = read_corpus(folder, 1000).questions
    kinds = {(question.answerable, crc32(question.id.encode()) % 4) for question in questions}
    assert len(kinds) == 8


def test_a_passage_is_taken_once_and_an_id_may_name_several_questions(folder: Path) -> None:
    line = (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()[0]
    other = json.loads(line) | {"passage": "Ship 0 waited inside."}
    (folder / "train.jsonl").write_text(f"{line}\n{line}\n{json.dumps(other)}\n", encoding="utf-8")
    made = read_corpus(folder, 100)
    assert len(made.articles) == 2
    assert len({question.id for question in made.questions}) == len(made.questions) == 2 * EACH


def test_a_set_is_no_corpus(folder: Path, tmp_path: Path) -> None:
    assert is_corpus(folder)
    assert not is_corpus(tmp_path)


def test_a_row_without_a_passage_is_an_error(folder: Path) -> None:
    (folder / "train.jsonl").write_text('{"qas": []}\n', encoding="utf-8")
    with pytest.raises(SetError, match="passage"):
        read_corpus(folder, 1)
