"""``python -m evals.retrieval FOLDER… --json OUT [--distractors FOLDER…]``: whether the right passage is found.

Every answerable question of a set is put to a library of all its articles. The part that finds is
:class:`index.search.Searcher`, as in any library; :mod:`evals.shelf` opens it.
Dense, lexical and late-interaction rankings are measured beside the fused one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from evals import runner
from evals.answers import read_sets
from evals.ranking import CUTS, DEPTH, Ranked, figures, judge, judged, pair_of, unit_of
from evals.record import Record
from evals.runner import SET_HELP, Run, parser_of
from evals.sets import EvalSet, Question, read_set
from evals.shelf import Shelf, Shelves, shelved
from index.search import Trace

KIND = "retrieval"
STAGES = ("dense", "lexical", "late", "fused")
"""Attributes of :class:`index.search.Trace`, in the order they are shown."""
COLUMNS = (*(f"recall@{k}" for k in CUTS), "mrr", f"ndcg@{DEPTH}", "answer_recall@1", "answer_recall@10")

Opener = Callable[[EvalSet, Sequence[EvalSet]], AbstractContextManager[Shelf]]
Figures = dict[str, dict[str, dict[str, float | int]]]


def evaluate(sets: Sequence[EvalSet], distractors: Sequence[EvalSet], opener: Opener, record: Record) -> None:
    """Ask every question that counts of every set; ``record`` has each set once it is done.

    Adds to the record's content: ``sets``, ``libraries``, and ``complete``, which is true only at the end.
    """
    content = record.content
    content.update(complete=False, distractors=[one.name for one in distractors], sets={}, libraries={})
    try:
        for eval_set in sets:
            with opener(eval_set, distractors) as shelf:
                merged = shelved(eval_set, distractors)
                content["sets"][eval_set.name], content["libraries"][eval_set.name] = measure(eval_set, merged, shelf)
            record.flush()
        content["complete"] = True
    finally:
        record.flush()


def measure(eval_set: EvalSet, merged: EvalSet, shelf: Shelf) -> tuple[Figures, dict[str, Any]]:
    """One set: its figures by language pair and stage, and facts about its library."""
    questions = judged(merged)
    own = shelf.sizes([article.id for article in merged.articles[: len(eval_set.articles)]])
    unit = unit_of(sum(own.values()), len(own))
    languages = {article.id: article.language for article in merged.articles}
    ranked: dict[str, dict[str, list[Ranked]]] = {}
    seconds: list[float] = []
    for question in track(questions, description=eval_set.name, console=Console(stderr=True), transient=True):
        began = time.perf_counter()
        trace = shelf.trace(question.question)
        seconds.append(time.perf_counter() - began)
        for stage, one in _by_stage(question, trace, shelf, unit, own).items():
            for group in ("all", pair_of(question, languages)):
                ranked.setdefault(group, {}).setdefault(stage, []).append(one)
    found = {group: {stage: figures(some) for stage, some in stages.items()} for group, stages in ranked.items()}
    articles, passages = shelf.catalog.counts()
    facts = {
        "articles": articles,
        "passages": passages,
        "own_articles": len(own),
        "unit": unit,
        "questions_left_out": len(eval_set.questions) - len(questions),
        "seconds_to_index": round(shelf.seconds, 1),
        "seconds_to_search": round(median(seconds), 4) if seconds else None,
    }
    return found, facts


def _by_stage(question: Question, trace: Trace, shelf: Shelf, unit: Any, sizes: dict[str, int]) -> dict[str, Ranked]:
    rankings: dict[str, list[tuple[int, float]]] = {stage: getattr(trace, stage) for stage in STAGES}
    texts = shelf.passages(list({i for ranking in rankings.values() for i, _ in ranking}))
    return {
        stage: judge(question, [texts[i] for i, _ in ranking if i in texts], unit, sizes)
        for stage, ranking in rankings.items()
    }


def results_table(sets: Mapping[str, Figures]) -> Table:
    """A row for each stage of each language pair of each set."""
    table = Table(title="Retrieval: the right passage among the first k", title_justify="left")
    for heading in ("set", "pair", "n", "stage"):
        table.add_column(heading)
    for heading in COLUMNS:
        table.add_column(heading, justify="right")
    for name, group, stage, row in _rows(sets):
        cells = [_cell(row.get(column)) for column in COLUMNS]
        table.add_row(name, group, str(row["n"]), stage, *cells, end_section=stage == STAGES[-1])
    return table


def retrieval_section(results: Mapping[str, Any]) -> str:
    """One results file as Markdown, for ``evals.report``: where it was measured, then the table."""
    machine, settings = results["machine"], results["settings"]
    commit = (machine["commit"] or "unknown")[:12] + (" with uncommitted changes" if machine["modified"] else "")
    among = f", among the articles of {', '.join(results['distractors'])}" if results["distractors"] else ""
    lines = [
        f"Measured {machine['measured'][:10]} on {machine['cpu']}, {machine['cores']} cores; embedder "
        f"`{settings['embedder']}`{among}; commit {commit}. Command: `{' '.join(results['command'])}`",
        "",
        f"| set | pair | n | stage | {' | '.join(COLUMNS)} |",
        "|---|---|---:|---|" + "---:|" * len(COLUMNS),
    ]
    for name, group, stage, row in _rows(results["sets"]):
        cells = " | ".join(_cell(row.get(column)) for column in COLUMNS)
        lines.append(f"| {name} | {group} | {row['n']} | {stage} | {cells} |")
    if not results["complete"]:
        lines += ["", "**The run was interrupted; sets are missing.**"]
    return "\n".join(lines)


def _rows(sets: Mapping[str, Figures]) -> Iterable[tuple[str, str, str, Mapping[str, float | int]]]:
    for name, groups in sets.items():
        # Where there is one pair only, it is the same as all.
        for group in sorted(groups, key=lambda group: (group != "all", group)) if len(groups) > 2 else groups:
            if group != "all" or len(groups) != 2:
                for stage, row in groups[group].items():
                    yield name, group, stage, row


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``python -m evals.retrieval``."""
    parser = parser_of("retrieval", "Measure search on evaluation sets, stage by stage.", sample=True, work=True)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help=SET_HELP)
    parser.add_argument(
        "--distractors", nargs="+", type=Path, default=[], metavar="FOLDER", help="add the articles of these sets"
    )
    return parser


def main(arguments: Sequence[str] | None = None, opener: Opener | None = None) -> int:
    """Run the command; ``opener`` takes the place of the real libraries. Returns the exit status: 0, 1 or 130."""

    def search(run: Run) -> Table:
        options = run.options
        sets = read_sets(options.folders, options.limit, options.seed, run.console)
        distractors = [read_set(folder) for folder in dict.fromkeys(path.resolve() for path in options.distractors)]
        record = run.record()
        evaluate(sets, distractors, opener or Shelves(run.settings, options.work, run.console), record)
        return results_table(record.content["sets"])

    return runner.run(build_parser(), arguments, KIND, search)


if __name__ == "__main__":
    sys.exit(main())
