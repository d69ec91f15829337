"""``python -m evals.report [--check]``: the tables of ``docs/evaluation.md``, from ``evals/results/*.json`` alone."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals import precision, retrieval, speed
from evals.answers import KIND, RATES, SECONDS, seconds_cell
from evals.machine import REPOSITORY
from index.errors import PullquoteError

RESULTS = REPOSITORY / "evals" / "results"
DOCUMENT = REPOSITORY / "docs" / "evaluation.md"
BEGIN = "<!-- results:begin -->"
END = "<!-- results:end -->"
NO_RESULTS = "No results have been recorded yet."


class ReportError(PullquoteError):
    """A results file or a document that a report cannot be made from."""


def answers_section(results: Mapping[str, Any]) -> str:
    """One results file of ``evals.answers`` as Markdown: where it was measured, then a row for each set and engine."""
    engines = results.get("engines") or {"default": {"sets": results["sets"]}}
    headings = ["set", *(["engine"] if len(engines) > 1 else []), "n", *RATES.values(), "area under ROC"]
    headings += SECONDS.values()
    lines = [_provenance(results), "", _row(headings), _row(["---"] + ["---:"] * (len(headings) - 1))]
    for name in results["sets"]:
        for engine, measured in engines.items():
            if figures := measured["sets"].get(name):
                rates = [_rate(figures, key) for key in RATES]
                times = [seconds_cell(figures.get(key)) for key in SECONDS]
                labels = [name, *([engine] if len(engines) > 1 else []), str(figures["n"])]
                lines.append(_row([*labels, *rates, seconds_cell(figures.get("auroc")), *times]))
    if not results["complete"]:
        lines += ["", "**The run was interrupted; these figures cover what was asked until then.**"]
    return "\n".join(lines)


SECTIONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    KIND: answers_section,
    retrieval.KIND: retrieval.retrieval_section,
    precision.KIND: precision.precision_section,
    speed.KIND: speed.index_section,
    speed.KIND_SEARCH: speed.search_section,
    speed.KIND_SERVE: speed.serve_section,
}


def render(results_folder: Path = RESULTS) -> str:
    """All results files of a kind that has a section, in the order of their names, as Markdown.

    Raises:
        ReportError: a file that is not JSON or lacks a figure.
    """
    sections: list[str] = []
    for path in sorted(results_folder.glob("*.json")):
        try:
            results = json.loads(path.read_text(encoding="utf-8"))
            section = SECTIONS.get(results.get("kind", ""))
            if section:
                sections.append(f"### {path.stem}\n\n{section(results)}")
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise ReportError(f"{path} is no file of results: {error!r}.", "Run its evaluation again.") from error
    return "\n\n".join(sections) or NO_RESULTS


def splice(document: str, body: str) -> str:
    """The document with ``body`` between its markers.

    Raises:
        ReportError: the markers are not there once each and in order.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise ReportError(f"The document needs {BEGIN} and {END} once each.", f"Put them into {DOCUMENT.name}.")
    return f"{before}{BEGIN}\n{body}\n{END}{after}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rate(figures: Mapping[str, Any], key: str) -> str:
    if figures.get(key) is None:
        return "–"
    low, high = figures[f"{key}_95"]
    return f"{figures[key]:.3f} ({low:.2f}–{high:.2f})"


def _provenance(results: Mapping[str, Any]) -> str:
    """Machine, models, commit, day and command, in one paragraph."""
    machine, settings = results["machine"], results["settings"]
    commit = (machine["commit"] or "unknown")[:12] + (" with uncommitted changes" if machine["modified"] else "")
    return (
        f"Measured {machine['measured'][:10]} on {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB; language model `{settings['llm']}`, embedder `{settings['embedder']}`; "
        f"commit {commit}; Python {machine['python']}. Command: `{' '.join(results['command'])}`"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns 0, or 1 when ``--check`` finds the document behind the results."""
    parser = argparse.ArgumentParser(prog="python -m evals.report", description="Write the tables of results.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder of results")
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="the document with the markers")
    parser.add_argument("--check", action="store_true", help="change nothing; say whether the document is up to date")
    options = parser.parse_args(arguments)
    try:
        document = options.document.read_text(encoding="utf-8")
        wanted = splice(document, render(options.results))
    except FileNotFoundError as error:
        print(f"There is no {error.filename}.", file=sys.stderr)
        return 1
    except PullquoteError as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return 1
    if options.check and wanted != document:
        print(f"{options.document} is behind the results. Run: python -m evals.report", file=sys.stderr)
        return 1
    if not options.check:
        options.document.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
