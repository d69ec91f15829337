"""Libraries that grow, made of sentences that are embedded once; the embedder and the peer need no weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.growth import SENTENCES, Growth, Recombined, articles, drawn
from evals.sets import EvalArticle, EvalSet
from evals.speed import GROWTH, parse, search_report, search_section
from index.embed import LetterEmbedder, Vectors, unit
from rag.settings import Settings

TEXTS = {
    "en": "The harbour in the north was closed on Monday. Too short. Nobody knew why the trains stood still today.",
    "sv": "Bron i Kalix stängs i tre veckor från och med nu.",
}
SET = EvalSet("s", tuple(EvalArticle(code, text, language=code) for code, text in TEXTS.items()), ())


class Peer:
    """Finds the newest passages."""

    def __init__(self) -> None:
        self.held: dict[int, str] = {}

    def add(self, ids: Sequence[int], texts: Sequence[str], vectors: Vectors) -> None:
        assert vectors.shape == (len(ids), LetterEmbedder.dimension)
        assert not set(self.held).intersection(ids)
        self.held.update(zip(ids, texts, strict=True))

    def search(self, question: str, limit: int) -> list[int]:
        return sorted(self.held)[-limit:]


def test_sentences_are_drawn_by_language_without_short_ones() -> None:
    lines = drawn([SET], LetterEmbedder(), 10)
    assert sorted(lines) == ["en", "sv"]
    assert len(lines["en"]) == 2
    assert lines["sv"] == [TEXTS["sv"]]


def test_articles_are_the_same_again_and_in_one_language() -> None:
    lines = drawn([SET], LetterEmbedder(), 10)
    made = list(islice(articles(lines), 6))
    assert made == list(islice(articles(lines), 6))
    assert len({article.id for article in made}) == 6
    for article in made:
        assert len(article.text.split("\n")) == SENTENCES
        assert set(article.text.split("\n")) <= set(lines[article.language])


def test_a_passage_is_put_together_of_its_sentences() -> None:
    real = LetterEmbedder()
    embedder = Recombined(real)
    embedder.learn(["ab cd", "ef"])
    known, other = embedder.encode_passages(["ab cd\nef", "gh"]).tokens
    assert np.array_equal(known, np.concatenate([real.encode_passages([t]).tokens[0] for t in ("ab cd", "ef")]))
    assert np.array_equal(other, real.encode_passages(["gh"]).tokens[0])
    assert embedder.passages(["ab cd\nef"])[0] == pytest.approx(unit(known.mean(axis=0)))
    assert embedder.count_tokens(["ab cd", "x y z"]) == [2, 3]
    assert (embedder.name, embedder.identity, embedder.dimension) == (real.name, real.identity, real.dimension)


def test_a_library_grows_and_its_peer_with_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    lines = drawn([SET], LetterEmbedder(), 10)
    embedder, peer = Recombined(LetterEmbedder()), Peer()
    for some in lines.values():
        embedder.learn(some)
    growth = Growth(tmp_path / "library", embedder, settings, peer, articles(lines), ["When does the bridge close?"])
    small, large = growth.grow(20), growth.grow(60)
    assert 20 <= small["passages"] <= 30
    assert 60 <= large["passages"] <= 75
    assert large["articles"] > small["articles"]
    assert len(peer.held) == large["passages"]
    assert set(small) == set(GROWTH)
    assert search_report([small, large]).count("\n") == len(GROWTH) - 1
    alone = Growth(tmp_path / "other", embedder, settings, None, articles(lines), ["When?"]).grow(20)
    assert "plain_search_ms" not in alone


def test_the_section_has_a_column_a_size() -> None:
    machine: dict[str, Any] = {
        "measured": "2026-01-02T03:04",
        "cpu": "CPU",
        "cores": 2,
        "commit": None,
        "modified": None,
    }
    results = {
        "machine": machine,
        "settings": {"embedder": "some-embedder"},
        "command": ["python", "-m", "evals.speed", "search"],
        "questions": 3,
        "sizes": [dict.fromkeys(GROWTH, 1000), {"passages": 20_000}],
    }
    lines = search_section(results).splitlines()
    assert lines[0].endswith("`some-embedder`; commit unknown. Command: `python -m evals.speed search`")
    assert lines[2:4] == ["| 3 questions | | |", "|---|---:|---:|"]
    assert lines[4] == "| passages | 1,000 | 20,000 |"
    assert lines[5] == "| articles | 1,000 | – |"


def test_the_command_line_of_search() -> None:
    parsed = parse(["search", "--sizes", "10", "20"])
    assert parsed.sizes == [10, 20]
    assert parsed.given == ["search", "--sizes", "10", "20"]
    assert {"squad2-en", "swequad"} <= {folder.name for folder in parsed.folders}
