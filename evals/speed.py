"""``python -m evals.speed index|search|serve|start``: how fast we embed and search, beside the plain libraries.

``index``: embedding, beside sentence-transformers. Both run on the same texts in the same process, in turns, so that a
busy machine slows both alike: the ratio is what to look at. Figures are medians over the repetitions.

``search``: libraries of growing size, beside chromadb with sentence-transformers; see :mod:`evals.growth`.

``serve``: a server that many ask at the same time; see :mod:`evals.serve_load`.

``start``: ``pullquote ask`` from the shell; see :mod:`evals.start`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from evals import serve_load, start
from evals.growth import SIZES, Growth, Recombined, drawn
from evals.growth import articles as recombined
from evals.machine import machine_facts, settings_facts
from evals.record import Record
from evals.sets import EvalSet, Question, SetError, read_set
from evals.tutorial import PlainSearch
from index import passages, weights
from index.embed import Embedder, open_embedder, open_plain
from index.errors import PullquoteError
from index.types import Article
from rag.settings import Settings

Value = TypeVar("Value")

KIND = "speed-index"
KIND_SEARCH = "speed-search"
KIND_SERVE = "speed-serve"
KIND_START = "speed-start"
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


def spread(values: Sequence[Value], count: int) -> list[Value]:
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


GROWTH: Mapping[str, str] = {
    "passages": "passages",
    "articles": "articles",
    "seconds_to_open": "opening, s",
    "first_search_ms": "first search after opening, ms",
    "search_ms": "search, median, ms",
    "search_ms_95": "search, 19 of 20 at most, ms",
    "query_ms": "of which embedding the question, ms",
    "plain_search_ms": "chromadb + sentence-transformers, median, ms",
    "plain_search_ms_95": "chromadb + sentence-transformers, 19 of 20 at most, ms",
    "seconds_to_store": "storing what was added, without embedding, s",
    "memory_mb": "memory that storing took at most, MB",
    "disk_mb": "library on disk, MB",
}
"""Fields of :meth:`evals.growth.Growth.grow` → what they are called in tables, in the order they are shown."""


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


def search_report(rows: Sequence[Mapping[str, Any]]) -> str:
    """The figures of each size as a table for a terminal."""
    width = max(map(len, GROWTH.values()))
    return "\n".join(
        f"{heading:{width}}" + "".join(f"{row[key]:>12,}" for row in rows if key in row)
        for key, heading in GROWTH.items()
    )


def index_section(results: Mapping[str, Any]) -> str:
    """One results file of ``index`` as Markdown, for ``evals.report``."""
    figures = results["index"]
    plain, ours = figures["plain"], figures["ours"]
    return "\n".join(
        (
            _provenance(results),
            "",
            f"{figures['passages']} passages, {figures['tokens']:,} tokens, medians of {figures['repetitions']}. "
            f"Cosine of our vectors and plain ones: mean {figures['cosine_mean']:.4f}, "
            f"least {figures['cosine_min']:.4f}.",
            "",
            "| | tokens/s | with token vectors | one question, ms |",
            "|---|---:|---:|---:|",
            f"| sentence-transformers, float32 | {plain['tokens_per_second']:,.0f} | | {plain['query_ms']:.1f} |",
            f"| ours | {ours['tokens_per_second']:,.0f} | {ours['tokens_per_second_with_token_vectors']:,.0f} | "
            f"{ours['query_ms']:.1f} |",
            f"| times as fast | {figures['ratio']:.2f} | | {plain['query_ms'] / ours['query_ms']:.2f} |",
        )
    )


def search_section(results: Mapping[str, Any]) -> str:
    """One results file of ``search`` as Markdown, for ``evals.report``: a column for each size."""
    rows = results["sizes"]
    lines = [_provenance(results), "", f"| {results['questions']} questions |{' |' * len(rows)}"]
    lines.append("|---|" + "---:|" * len(rows))
    for key, heading in GROWTH.items():
        lines.append(f"| {heading} | {' | '.join(f'{row[key]:,}' if key in row else '–' for row in rows)} |")
    return "\n".join(lines)


def _provenance(results: Mapping[str, Any]) -> str:
    machine = results["machine"]
    commit = (machine["commit"] or "unknown")[:12] + (" with uncommitted changes" if machine["modified"] else "")
    return (
        f"Measured {machine['measured'][:10]} on {machine['cpu']}, {machine['cores']} cores; embedder "
        f"`{results['settings']['embedder']}`; commit {commit}. Command: `{' '.join(results['command'])}`"
    )


def measure_index(arguments: argparse.Namespace) -> str:
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
        embedder = {"name": ours.name, "identity": ours.identity, "accelerated": ours.identity != plain.identity}
        content = _facts(KIND, arguments, settings, sets) | {"embedder": embedder, "index": figures}
        Record(arguments.json, content).flush()
    return report(figures)


def measure_search(arguments: argparse.Namespace) -> str:
    """Let a library grow, and search it at every size; write the record, if one is asked for, after each.

    Raises:
        PullquoteError: a set or the embedder cannot be used.
    """
    settings = Settings.load()
    sets = [read_set(folder) for folder in arguments.folders]
    embedder = Recombined(open_embedder(settings))
    lines = drawn(sets, embedder, arguments.sentences)
    for some in lines.values():
        embedder.learn(some)
    asked = [question.question for one in sets for question in spread(one.questions, arguments.questions)]
    content = _facts(KIND_SEARCH, arguments, settings, sets)
    content |= {"questions": len(asked), "sentences": sum(map(len, lines.values())), "sizes": []}
    with tempfile.TemporaryDirectory(prefix="pullquote-growth-") as folder:
        where = weights.embedder(settings.embedder, settings.models_dir)
        peer = PlainSearch(Path(folder, "plain"), where)
        growth = Growth(Path(folder, "library"), embedder, settings, peer, recombined(lines), asked)
        for size in arguments.sizes:
            content["sizes"].append(growth.grow(size))
            if arguments.json:
                Record(arguments.json, content).flush()
        peer.close()
    return search_report(content["sizes"])


def measure_serve(arguments: argparse.Namespace) -> str:
    """Load a server with more and more askers; write the record, if one is asked for, after each.

    Raises:
        PullquoteError: the server does not start.
    """
    told = {"llm": arguments.llm, "home": arguments.home}
    content = _facts(KIND_SERVE, arguments, Settings.load(**told), [])
    content["loads"] = []
    for figures in serve_load.measure(arguments.askers, arguments.seconds, **told):
        content["loads"].append(figures)
        if arguments.json:
            Record(arguments.json, content).flush()
    return serve_load.report(content["loads"])


def serve_section(results: Mapping[str, Any]) -> str:
    """One results file of ``serve`` as Markdown, for ``evals.report``: a row for each number of askers."""
    return f"{_provenance(results)}\n\n{serve_load.report(results['loads'])}"


def measure_start(arguments: argparse.Namespace) -> str:
    """Ask from the shell, with passages computed and not; write the record, if one is asked for.

    Raises:
        PullquoteError: the set cannot be used, or the command fails.
    """
    settings, one = Settings.load(), read_set(arguments.folder)
    asked = [question.question for question in spread(_answerable(one), arguments.questions)]
    with start.data_directory(arguments.folder / "articles.jsonl", settings.models_dir) as home:
        states = start.summary(list(start.measure(home, asked)))
    if arguments.json:
        Record(arguments.json, _facts(KIND_START, arguments, settings, [one]) | {"start": states}).flush()
    return start.report(states)


def _answerable(one: EvalSet) -> list[Question]:
    return [question for question in one.questions if question.answerable]


def start_section(results: Mapping[str, Any]) -> str:
    """One results file of ``start`` as Markdown, for ``evals.report``: a column for each state of the passages."""
    return f"{_provenance(results)}\n\n{start.report(results['start'])}"


def _facts(kind: str, arguments: argparse.Namespace, settings: Settings, sets: Sequence[EvalSet]) -> dict[str, Any]:
    return {
        "kind": kind,
        "command": ["python", "-m", "evals.speed", *arguments.given],
        "machine": machine_facts(),
        "settings": settings_facts(settings),
        "sets": [one.name for one in sets],
    }


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; argparse ends the process where it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m evals.speed", description=__doc__)
    parts = parser.add_subparsers(required=True, metavar="index|search|serve|start")
    index = parts.add_parser("index", help="embedding, beside sentence-transformers in float32")
    index.add_argument("folders", nargs="*", type=Path, default=[SHARED / name for name in SETS], metavar="FOLDER")
    index.add_argument("--passages", type=_positive, default=400, help="passages from all sets together")
    index.add_argument("--questions", type=_positive, default=50, help="questions from each set")
    index.add_argument("--repetitions", type=_positive, default=5)
    index.add_argument("--json", type=Path, metavar="OUT")
    index.set_defaults(measure=measure_index)
    search = parts.add_parser("search", help="search in growing libraries, beside chromadb and sentence-transformers")
    every = [SHARED / name for name in (*SETS, "norquad-news", "norquad-wiki", "swequad")]
    search.add_argument("folders", nargs="*", type=Path, default=every, metavar="FOLDER")
    search.add_argument("--sizes", nargs="+", type=_positive, default=list(SIZES), metavar="N", help="passages, rising")
    search.add_argument("--sentences", type=_positive, default=6000, help="real sentences that articles are made of")
    search.add_argument("--questions", type=_positive, default=20, help="questions from each set")
    search.add_argument("--json", type=Path, metavar="OUT")
    search.set_defaults(measure=measure_search)
    serve = parts.add_parser("serve", help="a server that many ask at the same time")
    serve.add_argument("--askers", nargs="+", type=_positive, default=list(serve_load.ASKERS), metavar="N")
    serve.add_argument("--seconds", type=float, default=serve_load.SECONDS, help="for each number of askers")
    serve.add_argument("--llm", metavar="MODEL", help="language model; by default as set")
    serve.add_argument("--home", type=Path, metavar="FOLDER", help="data directory; by default as set")
    serve.add_argument("--json", type=Path, metavar="OUT")
    serve.set_defaults(measure=measure_serve)
    begun = parts.add_parser("start", help="the command line from the shell to the first word")
    begun.add_argument("folder", nargs="?", type=Path, default=SHARED / "nato", metavar="FOLDER")
    begun.add_argument("--questions", type=_positive, default=10)
    begun.add_argument("--json", type=Path, metavar="OUT")
    begun.set_defaults(measure=measure_start)
    given = sys.argv[1:] if arguments is None else list(arguments)
    return parser.parse_args(given, argparse.Namespace(given=given))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and return the exit code."""
    parsed = parse(arguments)
    try:
        print(parsed.measure(parsed))
    except (SetError, PullquoteError) as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return EXIT_ERROR
    return 0


if __name__ == "__main__":
    sys.exit(main())
