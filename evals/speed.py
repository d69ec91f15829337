"""``python -m evals.speed index --json OUT``: how fast texts are embedded, beside plain sentence-transformers.

Both run on the same texts in the same process, in turns, so that a busy machine slows both alike: the ratio is what to
look at. Figures are medians over the repetitions.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from evals.machine import machine_facts, settings_facts
from evals.record import Record
from evals.sets import EvalSet, SetError, read_set
from index import passages
from index.embed import Embedder, open_embedder, open_plain
from index.errors import PullquoteError
from index.types import Article
from rag.settings import Settings

KIND = "speed-index"
EXIT_ERROR = 1
SETS = ("squad2-en", "squad2-sv")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Texts:
    """What is embedded: passages as the library would cut them, and questions."""

    passages: tuple[str, ...]
    questions: tuple[str, ...]


def texts_of(
    sets: Sequence[EvalSet], embedder: Embedder, target: int, passages_each: int, questions_each: int
) -> Texts:
    """The same number of passages and of questions from every set, spread over it.

    Args:
        sets: Where they come from.
        embedder: Counts tokens.
        target: Tokens of a passage; see :func:`index.passages.split`.
        passages_each: At most so many from a set.
        questions_each: Likewise.
    """
    cut: list[str] = []
    asked: list[str] = []
    for one in sets:
        articles = [Article(a.id, a.title, a.text, a.language) for a in one.articles[:passages_each]]
        pieces = [p.text for article in articles for p in passages.split(article, embedder.count_tokens, target)]
        cut += spread(pieces, passages_each)
        asked += spread([question.question for question in one.questions], questions_each)
    return Texts(tuple(cut), tuple(asked))


def spread(values: Sequence[str], count: int) -> list[str]:
    """At most ``count`` of the values, at equal distances."""
    return list(values) if len(values) <= count else [values[i * len(values) // count] for i in range(count)]


def compare(
    plain: Embedder, ours: Embedder, texts: Texts, repetitions: int, *, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Throughput, latency and likeness of two embedders.

    Args:
        plain: What ours is compared with.
        ours: What is judged.
        texts: At least one passage and one question.
        repetitions: How often everything is embedded, in turns; a first time is not counted.
        clock: Seconds.

    Returns:
        ``tokens`` without prompts; for ``plain`` and ``ours`` medians of ``tokens_per_second`` and ``query_ms``, and
        for ours of ``tokens_per_second_with_token_vectors`` too; ``ratio`` of throughput, the median of the ratios of
        each turn; ``cosine_mean`` and ``cosine_min`` of passages, ``query_cosine_mean`` of questions.
    """
    tokens = sum(plain.count_tokens(texts.passages))
    reference, vectors = plain.passages(texts.passages), ours.passages(texts.passages)
    asked = [(plain.query(question), ours.query(question)) for question in texts.questions]
    seconds: dict[str, list[float]] = {"plain": [], "ours": [], "encoded": []}
    for _ in range(repetitions):
        seconds["plain"].append(_timed(partial(plain.passages, texts.passages), clock))
        seconds["ours"].append(_timed(partial(ours.passages, texts.passages), clock))
        seconds["encoded"].append(_timed(partial(ours.encode_passages, texts.passages), clock))
    # Not in turns: torch's threads go on spinning for a while after each call, and would slow the other.
    queries = {
        name: [_timed(partial(embedder.query, question), clock) for question in texts.questions]
        for name, embedder in (("ours", ours), ("plain", plain))
    }
    cosines = (reference * vectors).sum(axis=1)
    rates = {name: tokens / statistics.median(values) for name, values in seconds.items()}
    return {
        "passages": len(texts.passages),
        "questions": len(texts.questions),
        "tokens": tokens,
        "repetitions": repetitions,
        "plain": {
            "tokens_per_second": round(rates["plain"], 1),
            "query_ms": round(1000 * statistics.median(queries["plain"]), 2),
        },
        "ours": {
            "tokens_per_second": round(rates["ours"], 1),
            "tokens_per_second_with_token_vectors": round(rates["encoded"], 1),
            "query_ms": round(1000 * statistics.median(queries["ours"]), 2),
        },
        "ratio": round(statistics.median(p / o for p, o in zip(seconds["plain"], seconds["ours"], strict=True)), 2),
        "cosine_mean": round(float(cosines.mean()), 5),
        "cosine_min": round(float(cosines.min()), 5),
        "query_cosine_mean": round(float(np.mean([first @ second for first, second in asked])), 5),
    }


def _timed(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


def report(figures: Mapping[str, Any]) -> str:
    """The figures as a table for a terminal."""
    plain, ours = figures["plain"], figures["ours"]
    return "\n".join(
        (
            f"{figures['passages']} passages, {figures['tokens']} tokens; medians of {figures['repetitions']}",
            f"{'':24}{'tokens/s':>10}{'one query, ms':>16}",
            f"{'sentence-transformers':24}{plain['tokens_per_second']:>10.0f}{plain['query_ms']:>16.1f}",
            f"{'ours':24}{ours['tokens_per_second']:>10.0f}{ours['query_ms']:>16.1f}",
            f"{'ours, token vectors too':24}{ours['tokens_per_second_with_token_vectors']:>10.0f}",
            f"ratio {figures['ratio']:.2f}, cosine mean {figures['cosine_mean']:.4f}, min {figures['cosine_min']:.4f}",
        )
    )


def measure_index(arguments: argparse.Namespace) -> dict[str, Any]:
    """Open both embedders, compare them, and write the record if one is asked for.

    Raises:
        PullquoteError: a set or the embedder cannot be used.
    """
    settings = Settings.load()
    sets = [read_set(folder) for folder in arguments.folders]
    ours, plain = open_embedder(settings), open_plain(settings)
    texts = texts_of(sets, ours, settings.passage_tokens, arguments.passages // len(sets), arguments.questions)
    figures = compare(plain, ours, texts, arguments.repetitions)
    if arguments.json:
        content = {
            "kind": KIND,
            "machine": machine_facts(),
            "settings": settings_facts(settings),
            "sets": [one.name for one in sets],
            "embedder": {"name": ours.name, "identity": ours.identity, "accelerated": ours.identity != plain.identity},
            "index": figures,
        }
        Record(arguments.json, content).flush()
    return figures


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; argparse ends the process where it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m evals.speed", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="index")
    index = parts.add_parser("index", help="embedding, beside sentence-transformers in float32")
    index.add_argument("folders", nargs="*", type=Path, default=[SHARED / name for name in SETS], metavar="FOLDER")
    index.add_argument("--passages", type=_positive, default=400, help="passages from all sets together")
    index.add_argument("--questions", type=_positive, default=50, help="questions from each set")
    index.add_argument("--repetitions", type=_positive, default=5)
    index.add_argument("--json", type=Path, metavar="OUT")
    index.set_defaults(measure=measure_index)
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and return the exit code."""
    parsed = parse(arguments)
    try:
        print(report(parsed.measure(parsed)))
    except (SetError, PullquoteError) as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return EXIT_ERROR
    return 0


if __name__ == "__main__":
    sys.exit(main())
