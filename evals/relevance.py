"""``python -m evals.relevance FOLDER… --json OUT [--limit N]``: which questions nothing that is found is about.

Each set's answerable questions are put to a library of its own articles, and so are questions of the other sets, but
for those about the same articles, such as a translation of it (:mod:`evals.families`). What :mod:`rag.relevance` would
keep from the language model is counted: of the first kind none should be, of the second most.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from evals import runner
from evals.families import family
from evals.runner import SET_HELP, Run, parser_of
from evals.scoring import rate
from evals.sets import EvalSet, read_set
from evals.shelf import Shelves
from evals.tables import markdown_rate, markdown_table, provenance
from index.embed import open_embedder
from rag import followup, relevance
from rag.followup import Search

KIND = "relevance"
SOURCES = 5
"""Passages that are found for a question."""
SHOWN = {"own": "answerable, kept from the model", "others": "of other sets, kept from the model"}


def asked_of(host: EvalSet, sets: Sequence[EvalSet], limit: int) -> dict[str, list[str]]:
    """At most ``limit`` answerable questions of a set, and as many of all others together; the same ones each time.

    The others are those about other articles, so no translation of the set.
    """
    own = [question.question for question in host.questions if question.answerable]
    others = [question.question for one in sets if one.name not in family(host.name) for question in one.questions]
    drawn = random.Random(0)  # noqa: S311 -- a sample, not a secret
    return {kind: drawn.sample(some, min(limit, len(some))) for kind, some in (("own", own), ("others", others))}


def kept_away(questions: Sequence[str], search: Search, embedder: str) -> list[bool]:
    """Of each question whether nothing that is found is about it."""
    return [
        not relevance.is_relevant(question, followup.language_of(question), search(question, SOURCES), embedder)
        for question in questions
    ]


def relevance_section(results: Mapping[str, Any]) -> str:
    """One results file as Markdown, for ``evals.report``: a row for each set."""
    rows = [
        [name, *(cell for kind in SHOWN for cell in (str(found[f"{kind}_n"]), markdown_rate(found, kind)))]
        for name, found in results["sets"].items()
    ]
    headings = ["articles of", *(cell for words in SHOWN.values() for cell in ("n", words))]
    return "\n".join([provenance(results), "", *markdown_table(headings, rows)])


def measure(run: Run) -> Table:
    """Ask all sets of all sets.

    Raises:
        SetError: a set is not there.
    """
    sets = [read_set(folder) for folder in run.options.folders]
    record = run.record(sets={one.name: one.digest for one in sets}, limit=run.options.limit)
    record.content["sets"] = {}
    embedder = open_embedder(run.settings)
    shelves = Shelves(run.settings, run.options.work, run.console, embedder=embedder)
    table = Table("articles of", *SHOWN.values(), title="Questions that no model is given", title_justify="left")
    for host in sets:
        with shelves(host, []) as shelf, shelf.vectors.view():
            found = {
                kind: kept_away(questions, shelf.searcher.search, embedder.name)
                for kind, questions in asked_of(host, sets, run.options.limit).items()
            }
        figures = {name: value for kind, away in found.items() for name, value in rate(kind, away).items()}
        record.content["sets"][host.name] = figures
        record.flush()
        table.add_row(host.name, *(markdown_rate(figures, kind) for kind in SHOWN))
    record.content["complete"] = True
    record.flush()
    return table


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``python -m evals.relevance``."""
    parser = parser_of("relevance", "Ask articles what they are not about.", work=True)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help=SET_HELP)
    parser.add_argument("--limit", type=int, default=150, metavar="N", help="at most N questions of each kind (150)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0, 1 or 130."""
    return runner.run(build_parser(), arguments, KIND, measure)


if __name__ == "__main__":
    sys.exit(main())
