"""What evals.speed computes from times, with a clock that the test winds; no time is measured here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from evals.sets import EvalArticle, EvalSet, Question
from evals.speed import Texts, compare, main, parse, report, spread, texts_of
from index.embed import Encoded, LetterEmbedder, OnProgress, Vectors


class Clock:
    """Seconds that pass only when something is embedded."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Slow(LetterEmbedder):
    """The double, taking so long for each passage; a question takes a tenth of that."""

    def __init__(self, clock: Clock, seconds: float, turn: Callable[[Vectors], Vectors] = np.asarray) -> None:
        self._clock, self._seconds, self._turn = clock, seconds, turn

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        self._clock.now += self._seconds * len(texts)
        return self._turn(np.stack([LetterEmbedder().query(text) for text in texts]))

    def query(self, text: str) -> Vectors:
        self._clock.now += self._seconds / 10
        return LetterEmbedder().query(text)

    def encode_passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Encoded:
        self._clock.now += 2 * self._seconds * len(texts)
        return LetterEmbedder().encode_passages(texts)


def test_rates_and_ratio_follow_from_the_clock() -> None:
    clock = Clock()
    texts = Texts(("one two", "three four"), ("who",))
    figures = compare(Slow(clock, 1.0), Slow(clock, 0.25), texts, 3, clock=clock)
    assert figures["tokens"] == 4
    assert figures["plain"] == {"tokens_per_second": 2.0, "query_ms": 100.0}
    assert figures["ours"] == {
        "tokens_per_second": 8.0,
        "tokens_per_second_with_token_vectors": 4.0,
        "query_ms": 25.0,
    }
    assert figures["ratio"] == 4.0
    assert figures["cosine_mean"] == figures["cosine_min"] == figures["query_cosine_mean"] == pytest.approx(1.0)
    assert "ratio 4.00" in report(figures)


def test_unlike_vectors_are_seen() -> None:
    clock = Clock()
    turned = Slow(clock, 1.0, lambda vectors: -vectors)
    assert compare(Slow(clock, 1.0), turned, Texts(("a",), ("b",)), 1, clock=clock)["cosine_mean"] == -1.0


def test_texts_are_spread_over_every_set() -> None:
    articles = tuple(EvalArticle(str(i), f"Sentence number {i} is here.") for i in range(10))
    questions = tuple(Question(str(i), f"Who is {i}?", answerable=False) for i in range(10))
    sets = [EvalSet("a", articles, questions), EvalSet("b", articles[:2], questions[:1])]
    texts = texts_of(sets, LetterEmbedder(), 20, passages_each=5, questions_each=2)
    assert len(texts.passages) == 7
    assert texts.questions == ("Who is 0?", "Who is 5?", "Who is 0?")
    assert spread("abcdef", 3) == ["a", "c", "e"]


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [folder.name for folder in parse(["index"]).folders] == ["squad2-en", "squad2-sv"]
    assert main(["index", str(tmp_path / "none")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    for wrong in (["index", "--repetitions", "0"], []):
        with pytest.raises(SystemExit):
            parse(wrong)
