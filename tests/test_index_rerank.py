"""Rerankers: one conformance suite over the default and a real cross-encoder, of random weights, built here."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import article

from index.embed import LetterEmbedder
from index.errors import UnknownModel
from index.library import Library, open_library
from index.rerank import CrossEncoderReranker, KeepOrder, Reranker, open_reranker
from index.search import Searcher
from index.settings import Settings
from index.types import Hit, Passage

transformers: Any = pytest.importorskip("transformers")  # Any, as its annotations miss half of what it exports

WORDS = "the harbour was closed on monday bridges were opened by mayor trains stood still nobody knew why ? ."


def hits(*texts: str, title: str = "") -> list[Hit]:
    found = []
    for rank, text in enumerate(texts, start=1):
        one = article(f"a{rank}", text, title=title)
        found.append(Hit(Passage(one.id, 0, len(text), text, 3, rank), one, score=1.0 / rank, rank=rank))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers and random weights, saved as a cross-encoder of one output."""
    import torch

    bert: Any = importlib.import_module("transformers")  # its lazy names are not all typed

    path = tmp_path_factory.mktemp("cross-encoder")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(WORDS.split())]
    (path / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    bert.BertTokenizerFast(vocab=str(path / "vocab.txt")).save_pretrained(path)
    torch.manual_seed(1)
    config = bert.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=1,
        initializer_range=0.5,
    )
    bert.BertForSequenceClassification(config).save_pretrained(path)
    return path


@pytest.fixture(scope="module", params=["none", "cross-encoder"])
def reranker(request: pytest.FixtureRequest, folder: Path) -> Reranker:
    return open_reranker("none" if request.param == "none" else str(folder))


TEXTS = ("the harbour was closed on monday .", "bridges were opened by the mayor .", "nobody knew why trains stood .")


def test_all_hits_come_out_once_numbered_and_unchanged(reranker: Reranker) -> None:
    given = hits(*TEXTS)
    ranked = reranker.rerank("why was the harbour closed ?", given)
    assert [hit.rank for hit in ranked] == [1, 2, 3]
    scores = [hit.score for hit in ranked]
    assert scores == sorted(scores, reverse=True)
    by_id = {hit.passage.id: hit for hit in ranked}
    assert [replace(by_id[hit.passage.id], rank=hit.rank, score=hit.score) for hit in given] == given


def test_nothing_is_fine(reranker: Reranker) -> None:
    assert reranker.rerank("why ?", []) == []
    assert reranker.name


def test_the_same_question_gives_the_same_order(reranker: Reranker) -> None:
    assert reranker.rerank("why ?", hits(*TEXTS)) == reranker.rerank("why ?", hits(*TEXTS))


def test_equals_stay_as_they_came(reranker: Reranker) -> None:
    ranked = reranker.rerank("why ?", hits("the mayor .", "the mayor .", "the mayor ."))
    assert [hit.passage.id for hit in ranked] == [1, 2, 3]


def test_keeping_the_order_keeps_it() -> None:
    assert KeepOrder().rerank("why ?", hits(*TEXTS)) == hits(*TEXTS)


def test_the_cross_encoder_decides_by_question_title_and_text(folder: Path) -> None:
    reranker = open_reranker(str(folder))

    def scores(question: str, title: str = "") -> dict[int | None, float]:
        return {hit.passage.id: hit.score for hit in reranker.rerank(question, hits(*TEXTS, title=title))}

    plain = scores("why ?")
    assert plain != scores("the mayor ?")
    assert plain != scores("why ?", title="monday")
    assert len(set(plain.values())) == 3


class LongestFirst:
    """A double of a cross-encoder: a pair scores as many points as its passage has characters."""

    num_labels = 1

    def predict(self, pairs: Sequence[tuple[str, str]], **_: Any) -> list[float]:
        return [float(len(text)) for _, text in pairs]


def test_search_asks_for_as_many_hits_as_the_reranker_reads(library: Library, settings: Settings) -> None:
    library.ingest_articles([article(f"a{i}", "the harbour " + "was closed " * i) for i in range(1, 6)])
    double: Any = LongestFirst()
    searcher = Searcher(
        library._catalog,
        library._vectors,
        library._searcher._embedder,
        settings,
        reranker=CrossEncoderReranker(double, name="longest", depth=5),
    )
    found = searcher.search("the harbour", 2)
    assert [hit.article.id for hit in found] == ["a5", "a4"]
    assert [hit.rank for hit in found] == [1, 2]


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel) as error:
        open_reranker(str(tmp_path))
    assert "reranker" in error.value.message
    assert error.value.hint


def test_a_model_of_several_numbers_is_refused(folder: Path, tmp_path: Path) -> None:
    bert: Any = importlib.import_module("transformers")  # its lazy names are not all typed

    config = bert.BertConfig.from_pretrained(folder, num_labels=3)
    bert.BertForSequenceClassification(config).save_pretrained(tmp_path)
    bert.BertTokenizerFast.from_pretrained(folder).save_pretrained(tmp_path)
    with pytest.raises(UnknownModel, match="3 numbers"):
        open_reranker(str(tmp_path))


def test_the_settings_name_a_reranker(folder: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", reranker=str(folder))
    with open_library(settings, writable=True, embedder=LetterEmbedder()) as library:
        library.ingest_articles([article("a", "the mayor"), article("b", "monday the mayor ?")])
        hits = library.search("why ?", 2)
        expected = open_reranker(str(folder)).rerank("why ?", hits)
    assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected])
