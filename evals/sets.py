"""A folder of articles and questions → ``EvalSet``, or an error that names the file, the line and the field.

The format is described in ``docs/evaluation.md``. Reading is strict: a set that is half right gives figures that are
wholly wrong, so nothing is guessed and nothing is passed over in silence.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TypeVar

import pydantic

from index.errors import PullquoteError

ARTICLES_FILE = "articles.jsonl"
QUESTIONS_FILE = "questions.jsonl"
FORMAT_HINT = "The format is described in docs/evaluation.md and by: pullquote eval --help"
KEY_LENGTH = 12


class SetError(PullquoteError):
    """An evaluation set that cannot be used."""


@dataclass(frozen=True, slots=True)
class EvalArticle:
    """One article of a set, exactly as its file has it.

    Attributes:
        id: Unique within the set.
        text: The whole text; quotes are checked against it.
        title: One line, or empty.
        language: ISO 639-1 code, or ``"und"``.
        published: ISO 8601 day or time if known.
        source: Where it comes from, free text.
    """

    id: str
    text: str
    title: str = ""
    language: str = "und"
    published: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set and what a right answer holds.

    Attributes:
        id: Unique within the set.
        question: As it is asked.
        answerable: Whether the articles hold the answer.
        answers: Groups of aliases; an answer is right when it holds an alias of each group.
        gold: Ids of the articles that hold the answer.
        context: Ids of the only articles to answer from (none at all if empty), or None for all of the set.
        language: ISO 639-1 code, or ``"und"``.
        choices: What a quiz offered, where there was one.
        choice: The place of the right one in ``choices``, from 0.
        asked: Day on which the question was asked.
        noise: Ids of articles that only distract.
        noise_is_clean: Whether none of ``noise`` holds an alias by accident; None where there is no noise.
    """

    id: str
    question: str
    answerable: bool
    answers: tuple[tuple[str, ...], ...] = ()
    gold: tuple[str, ...] = ()
    context: tuple[str, ...] | None = None
    language: str = "und"
    choices: tuple[str, ...] = ()
    choice: int | None = None
    asked: str | None = None
    noise: tuple[str, ...] = ()
    noise_is_clean: bool | None = None

    @property
    def key(self) -> str:
        """A short hash of all of it: what two runs asked was the same question if it is the same."""
        return hashlib.sha256(json.dumps(astuple(self)).encode()).hexdigest()[:KEY_LENGTH]


@dataclass(frozen=True, slots=True)
class EvalSet:
    """Articles and the questions about them, in the order of their files; ids are unique within each."""

    name: str
    articles: tuple[EvalArticle, ...]
    questions: tuple[Question, ...]

    @property
    def texts(self) -> dict[str, str]:
        """Each article's text by its id."""
        return {article.id: article.text for article in self.articles}

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that is known of the articles; the questions do not count."""
        rows = [
            [article.id, article.title, article.text, article.language, article.published, article.source]
            for article in sorted(self.articles, key=lambda article: article.id)
        ]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def sample(self, limit: int, seed: int = 0) -> EvalSet:
        """At most ``limit`` questions, the same for the same seed, answerable and not in the proportion of the whole.

        A larger limit keeps every question of a smaller one. The questions stay in the order of their file.

        Raises:
            SetError: ``limit`` is below 1.
        """
        if limit < 1:
            raise SetError(f"A sample of {limit} questions is empty.", "Give --limit a number of 1 or more.")
        if limit >= len(self.questions):
            return self
        answerable = [question.id for question in self.questions if question.answerable]
        unanswerable = [question.id for question in self.questions if not question.answerable]
        generator = random.Random(seed)  # noqa: S311  a reproducible sample, not a secret
        generator.shuffle(answerable)
        generator.shuffle(unanswerable)
        share = (2 * limit * len(answerable) + len(self.questions)) // (2 * len(self.questions))  # rounded half up
        kept = {*answerable[:share], *unanswerable[: limit - share]}
        return replace(self, questions=tuple(question for question in self.questions if question.id in kept))


Row = TypeVar("Row")
_ARTICLE: pydantic.TypeAdapter[EvalArticle] = pydantic.TypeAdapter(EvalArticle)
_QUESTION: pydantic.TypeAdapter[Question] = pydantic.TypeAdapter(Question)


def read_set(folder: Path, asked: Path | None = None) -> EvalSet:
    """Read ``articles.jsonl`` and ``questions.jsonl`` of a folder; the folder's name becomes the set's.

    Rows that are the same in every field count once. Two different questions of one id are both kept, the second as
    ``id~2``; two different articles of one id are an error, because ``gold`` could then mean either.

    Args:
        folder: Of the set.
        asked: A file of other questions about its articles; then its name, without the ending, is the set's.

    Raises:
        SetError: a file, a row or a reference between rows that cannot be used, with its file and line.
    """
    if not folder.is_dir():
        raise SetError(f"There is no folder {str(folder)!r}.", "Give the folder that holds articles.jsonl.")
    articles: dict[str, EvalArticle] = {}
    for place, article in read_rows(folder / ARTICLES_FILE, _ARTICLE):
        if articles.setdefault(article.id, article) != article:
            raise SetError(f"{place}: the id {article.id!r} already names another article.", "Make the ids unique.")
        if not article.text.strip():
            raise SetError(f"{place}: the article {article.id!r} has no text.", "Remove the row or fill in its text.")
    questions: dict[str, Question] = {}
    for place, question in read_rows(asked or folder / QUESTIONS_FILE, _QUESTION):
        _check_question(place, question, articles)
        unique = _unique(question, questions)
        questions[unique.id] = unique
    name = asked.stem if asked else folder.resolve().name
    return EvalSet(name, tuple(articles.values()), tuple(questions.values()))


def _unique(question: Question, known: dict[str, Question]) -> Question:
    """The question under an id that is its own, or the known one that is the same in every field."""
    candidate, number = question, 1
    while candidate.id in known and known[candidate.id] != candidate:
        number += 1
        candidate = replace(question, id=f"{question.id}~{number}")
    return candidate


def _check_question(place: str, question: Question, articles: dict[str, EvalArticle]) -> None:
    """Raise a SetError unless the question can be asked and judged."""
    if not question.question.strip():
        raise SetError(f"{place}: the question {question.id!r} is empty.", "Remove the row or fill in its question.")
    if question.answerable and not question.answers:
        raise SetError(
            f"{place}: the question {question.id!r} is answerable but lists no answers.",
            "Give it a group of aliases, or set answerable to false.",
        )
    if any(not group or not all(alias.strip() for alias in group) for group in question.answers):
        raise SetError(
            f"{place}: the question {question.id!r} has an empty group or an empty alias.",
            "An empty alias is in every answer: remove it.",
        )
    named = {"gold": question.gold, "context": question.context or (), "noise": question.noise}
    for field, ids in named.items():
        for missing in (article_id for article_id in ids if article_id not in articles):
            raise SetError(f"{place}: {field} names {missing!r}, which is not in {ARTICLES_FILE}.", FORMAT_HINT)
    if question.answerable and question.context == ():
        raise SetError(
            f"{place}: the question {question.id!r} is answerable, but its context holds no article.",
            "Set context to null to search them all.",
        )


def read_rows(path: Path, adapter: pydantic.TypeAdapter[Row]) -> Iterator[tuple[str, Row]]:
    """Each row of a JSON Lines file with its place for messages; blank lines are passed over.

    Raises:
        SetError: no such file, not UTF-8, not JSON, not the fields we need, or no row at all.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SetError(f"There is no {path.name} in {str(path.parent)!r}.", FORMAT_HINT) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SetError(f"{path} cannot be read: {error}.", "It must be a readable file in UTF-8.") from error
    empty = True
    for number, line in enumerate(content.split("\n"), start=1):  # JSON may hold other line breaks as they are
        if not line.strip():
            continue
        place = f"{path.parent.name}/{path.name}:{number}"
        try:
            yield place, adapter.validate_python(json.loads(line))
        except json.JSONDecodeError as error:
            raise SetError(f"{place} is not JSON: {error}.", "Write one JSON object to a line.") from error
        except pydantic.ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "the row"
            raise SetError(f"{place}: {field} cannot be used: {first['msg']}.", FORMAT_HINT) from error
        empty = False
    if empty:
        raise SetError(f"{path} holds no rows.", FORMAT_HINT)
