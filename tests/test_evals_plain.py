"""The pipeline that ours is compared with does what tutorials do."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from evals.plain import PlainAsker, PlainPipeline, chunks_of
from evals.sets import EvalArticle, EvalSet
from index.embed import LetterEmbedder
from rag.engine.double import ParrotModel
from rag.settings import Settings

SET = EvalSet(
    "tiny",
    (
        EvalArticle("a", "Eight diplomats left Brussels [1]. They flew home.", "Diplomats"),
        EvalArticle("b", "Seven dogs barked in Oslo.", "Dogs"),
    ),
    (),
)


@pytest.fixture
def asker() -> Iterator[PlainAsker]:
    embedder = LetterEmbedder()
    yield PlainAsker(chunks_of(SET, embedder), embedder, ParrotModel(), Settings())


def test_a_citation_is_the_number_that_the_model_typed_and_the_whole_chunk(asker: PlainAsker) -> None:
    answer = asker.ask("How many diplomats left Brussels?", within=["a"])
    assert answer.status == "answered"
    assert "Brussels [1]" in answer.text
    (quote,) = answer.quotes
    assert quote.article_id == "a"
    assert quote.text == SET.articles[0].text


def test_only_the_articles_named_are_looked_in(asker: PlainAsker) -> None:
    assert {source.article.id for source in asker.ask("Which dogs barked?", within=["b"]).sources} == {"b"}
    assert {source.article.id for source in asker.ask("Which dogs barked?").sources} == {"a", "b"}


def test_a_refusal_is_one(asker: PlainAsker) -> None:
    assert asker.ask("Qqq zzz?").status == "not_in_articles"


def test_the_pipeline_opens_an_asker_for_a_set() -> None:
    pipeline = PlainPipeline(Settings(), Console(file=io.StringIO()), model=ParrotModel())
    pipeline._embedder = LetterEmbedder()
    with pipeline(SET) as asker:
        assert asker.ask("Which dogs barked?").model == "parrot"
