"""A corpus of passages with questions, made to train readers → an ``EvalSet`` to fit models on.

A corpus is a folder with ``train.jsonl``: one passage a line, with ``title``, ``passage`` and ``qas``, each of which
has ``id``, ``question``, ``answers`` (objects with ``text``) and ``answerable``. Such corpora hardly ever ask what
cannot be answered. So every other question is asked of all passages but its own: what is found then sounds alike, and
mostly does not answer it. Its aliases are kept, so that whoever asks can tell where another passage holds one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from typing import Any
from zlib import crc32

import pydantic

from evals.sets import EvalArticle, EvalSet, Question, read_rows
from index.language import UNKNOWN
from index.readers.stated import language_code

CORPUS_FILE = "train.jsonl"
EACH = 3
"""Questions that are taken of one passage at most."""


@dataclass(frozen=True, slots=True)
class _Asked:
    id: str
    question: str
    answers: tuple[dict[str, Any], ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class _Row:
    passage: str
    qas: tuple[_Asked, ...]
    title: str = ""
    lang: str = ""


_ROW: pydantic.TypeAdapter[_Row] = pydantic.TypeAdapter(_Row)


def is_corpus(folder: Path) -> bool:
    """Whether a folder holds a corpus, not an evaluation set."""
    return (folder / CORPUS_FILE).is_file()


def read_corpus(folder: Path, limit: int) -> EvalSet:
    """Passages and questions of a corpus, in an order that has nothing to do with that of its file.

    Args:
        folder: Of the corpus; the set is named ``train-`` and its name.
        limit: Questions wanted; passages that none of them is about are left out.

    Returns:
        The set. A question that is asked of other passages than its own is not ``answerable``, and names them as its
        ``context``; a passage is taken once.

    Raises:
        SetError: the file, or a row of it, cannot be used.
    """
    name = f"train-{folder.resolve().name}"
    rows = [row for _, row in read_rows(folder / CORPUS_FILE, _ROW) if row.passage.strip()]
    ordered = sorted(((_number(row.passage), place) for place, row in enumerate(rows)), key=itemgetter(0, 1))
    articles: dict[str, EvalArticle] = {}
    asked: list[tuple[_Asked, EvalArticle]] = []
    for _, place in ordered:
        room = limit - len(asked)
        if room <= 0:
            break
        row = rows[place]
        chosen = sorted((one for one in row.qas if one.answerable and _aliases(one)), key=lambda one: _number(one.id))
        if chosen and row.passage not in articles:
            code = language_code(row.lang) or UNKNOWN
            article = EvalArticle(f"{name}#{place}", row.passage, row.title, code)
            articles[row.passage] = article
            asked += ((one, article) for one in chosen[: min(EACH, room)])
    ids = [article.id for article in articles.values()]
    return EvalSet(name, tuple(articles.values()), tuple(_question(one, article, ids) for one, article in asked))


def _question(one: _Asked, article: EvalArticle, ids: list[str]) -> Question:
    """A question of its own passage, or of all others."""
    made = Question(
        f"{article.id}/{one.id}",  # corpora use an id more than once
        one.question,
        answerable=True,
        answers=(_aliases(one),),
        gold=(article.id,),
        language=article.language,
    )
    if _number(f"others {made.id}") % 2 and len(ids) > 1:
        others = tuple(other for other in ids if other != article.id)
        return replace(made, answerable=False, gold=(), context=others)
    return made


def _aliases(one: _Asked) -> tuple[str, ...]:
    texts = (str(answer.get("text", "")).strip() for answer in one.answers)
    return tuple(dict.fromkeys(text for text in texts if text))


def _number(text: str) -> int:
    return crc32(text.encode())
