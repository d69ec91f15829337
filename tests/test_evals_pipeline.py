"""The real library and chatbot behind the measuring command, with an embedder and a model that need no weights."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from evals.pipeline import Pipeline, as_article, as_day, library_key, open_library
from evals.sets import EvalArticle, EvalSet, SetError
from index.embed import LetterEmbedder
from index.types import Origin
from rag.engine.double import ParrotModel
from rag.settings import Settings

HARBOUR = EvalArticle("harbour", "The harbour in Luleå opened on Monday.\r\nEight ships came.", title="Harbour")
BRIDGE = EvalArticle("bridge", "The bridge in Kalix opened on Friday.", published="2021-10-19", source="Kuriren")
SET = EvalSet("tiny", (HARBOUR, BRIDGE), ())

Open = Callable[[], Pipeline]


@pytest.fixture
def said() -> io.StringIO:
    """What the pipeline told the console."""
    return io.StringIO()


@pytest.fixture
def pipeline(tmp_path: Path, said: io.StringIO) -> Open:
    """Makes a pipeline as a new process would, always in the same folder."""

    def make() -> Pipeline:
        settings = Settings.load(home=tmp_path / "home")
        console = Console(file=said, width=200)
        return Pipeline(settings, tmp_path / "work", console, embedder=LetterEmbedder(), model=ParrotModel())

    return make


def test_a_set_is_indexed_and_asked(pipeline: Open, tmp_path: Path) -> None:
    with pipeline()(SET) as asker:
        answer = asker.ask("Which harbour opened?")
    assert answer.text.endswith("The harbour in Luleå opened on Monday.")
    for quote in answer.quotes:
        assert SET.texts[quote.article_id][quote.start : quote.end] == quote.text
    assert not (tmp_path / "home" / "library").exists()


def test_a_question_may_be_kept_to_some_articles(pipeline: Open) -> None:
    with pipeline()(SET) as asker:
        answer = asker.ask("Which harbour opened?", within=["bridge"])
        nothing = asker.ask("Which harbour opened?", within=[])
    assert {source.article.id for source in answer.sources} == {"bridge"}
    assert nothing.status == "not_in_articles"


def test_a_set_is_indexed_once(pipeline: Open, said: io.StringIO) -> None:
    for _ in range(2):
        with pipeline()(SET):
            pass
    lines = [line for line in said.getvalue().splitlines() if "known" in line]
    assert [line.split(" indexed")[0] for line in lines] == ["tiny: 0 known, 2", "tiny: 2 known, 0"]


def test_changed_articles_get_a_library_of_their_own(pipeline: Open, tmp_path: Path) -> None:
    for eval_set in (SET, replace(SET, articles=(HARBOUR,))):
        with pipeline()(eval_set):
            pass
    assert len(list((tmp_path / "work").iterdir())) == 2


def test_a_library_of_another_embedder_is_made_again(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path / "home")
    folder = tmp_path / "work" / "tiny"
    with open_library(folder, LetterEmbedder(), settings) as library:
        library.ingest_articles([as_article(HARBOUR)])
    assert (tmp_path / "work").stat().st_mode & 0o777 == 0o700
    with open_library(folder, LetterEmbedder(), settings) as library:
        assert len(library) == 1
    other = LetterEmbedder()
    other.identity = "another"
    with open_library(folder, other, settings) as library:
        assert len(library) == 0


def test_an_article_without_words_is_an_error(pipeline: Open) -> None:
    empty = replace(SET, articles=(EvalArticle("dots", ". . ."),))
    with pytest.raises(SetError, match="dots"), pipeline()(empty):
        pass


def test_the_key_follows_all_that_a_library_depends_on() -> None:
    key = library_key(SET, "embedder", 120)
    assert key == library_key(replace(SET, name="other"), "embedder", 120)
    assert key != library_key(replace(SET, articles=(HARBOUR,)), "embedder", 120)
    assert key != library_key(SET, "another", 120)
    assert key != library_key(SET, "embedder", 121)


def test_an_article_keeps_its_text_and_what_its_set_states() -> None:
    assert as_article(HARBOUR).text == HARBOUR.text
    assert as_article(HARBOUR).title == "Harbour"
    assert as_article(BRIDGE).published == date(2021, 10, 19)
    assert as_article(BRIDGE).source == Origin(outlet="Kuriren")
    address = "https://example.org/bridge"
    assert as_article(replace(BRIDGE, source=address)).source == Origin(url=address)


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2021-10-19", date(2021, 10, 19)),
        ("2021-10-19T08:30:00+02:00", date(2021, 10, 19)),
        ("last week", None),
        ("", None),
        (None, None),
    ],
)
def test_as_day(published: str | None, day: date | None) -> None:
    assert as_day(published) == day
