"""``python -m evals.report [--check]``: the tables of ``docs/evaluation.md``, from ``evals/results`` alone."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals import citations, dialogues, injection, precision, relevance, retrieval, speed
from evals.answers import KIND
from evals.machine import REPOSITORY
from evals.marks import VERDICTS, beside_section, marks_section
from evals.scoring import rate
from evals.tables import RATES, SECONDS, markdown_rate, markdown_table, provenance, seconds_cell
from index.errors import PullquoteError

RESULTS = REPOSITORY / "evals" / "results"
DOCUMENT = REPOSITORY / "docs" / "evaluation.md"
README = REPOSITORY / "README.md"
PICTURE = REPOSITORY / "docs" / "images" / "risk-coverage.svg"
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"
MARKS_BEGIN, MARKS_END = "<!-- marks:begin -->", "<!-- marks:end -->"
BESIDE_BEGIN, BESIDE_END = "<!-- beside:begin -->", "<!-- beside:end -->"
CURVE_BEGIN, CURVE_END = "<!-- curve:begin -->", "<!-- curve:end -->"
CURVE_WORDS = "How many answers are right, by how many questions are answered"
_MANY_LANGUAGES = 4
NO_RESULTS = "No results have been recorded yet."


class ReportError(PullquoteError):
    """A results file or a document that a report cannot be made from."""


def answers_section(results: Mapping[str, Any]) -> str:
    """One results file of ``evals.answers`` as Markdown: where it comes from, and a column for each set and engine."""
    engines = results.get("engines") or {"default": {"sets": results["sets"]}}
    columns = [
        (name if len(engines) == 1 else f"{name}, {engine}", measured["sets"][name])
        for name in results["sets"]
        for engine, measured in engines.items()
        if name in measured["sets"]
    ]
    rows = [["n", *(str(figures["n"]) for _, figures in columns)]]
    rows += [[words, *(markdown_rate(figures, key) for _, figures in columns)] for key, words in RATES.items()]
    rows += [["wrong quotes", *(str(figures.get("wrong_quotes", "–")) for _, figures in columns)]]
    plain = {"auroc": "area under ROC", **SECONDS}
    rows += [[words, *(seconds_cell(figures.get(key)) for _, figures in columns)] for key, words in plain.items()]
    kept = [row for row in rows if any(cell != "–" for cell in row[1:])]
    lines = [provenance(results), "", *markdown_table(["", *(name for name, _ in columns)], kept)]
    lines += by_language(results.get("questions", []))
    if not results["complete"]:
        lines += ["", "**The run was interrupted; these figures cover what was asked until then.**"]
    return "\n".join(lines)


def by_language(questions: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table by the questions' languages, where there are many; the first engine's, if several were asked."""
    first = [row for row in questions if row["engine"] == questions[0]["engine"]]
    languages = sorted({row["language"] for row in first})
    if len(languages) < _MANY_LANGUAGES:
        return []
    rows = []
    for code in languages:
        asked = [row for row in first if row["language"] == code]
        answered = [row for row in asked if row["answerable"] and row["status"] == "answered" and row.get("said_in")]
        figures = {
            **rate("right", (row["right"] for row in asked if row["answerable"])),
            **rate("refused", (row["right"] for row in asked if not row["answerable"])),
            **rate("own", (row["said_in"] == code for row in answered)),
        }
        rows.append([code, str(len(asked)), *(markdown_rate(figures, key) for key in ("right", "refused", "own"))])
    headings = ["asked in", "n", RATES["accuracy"], RATES["refused_unanswerable"], RATES["in_its_language"]]
    return ["", *markdown_table(headings, rows)]


ABOUT_MODES: Mapping[str, str] = {
    "given": "",
    "mixed": "from two true articles and two that only distract",
    "noise": "from articles that only distract",
    "answerable": "only what the articles answer",
}


def heading(name: str, results: Mapping[str, Any]) -> str:
    """A file's name, and how its questions were asked where that is not as their sets have it."""
    about = [ABOUT_MODES.get(results.get("mode", "given"), "")]
    if len(results.get("engines", {})) > 1:
        about.append(f"engines {', '.join(results['engines'])}")
    words = "; ".join(filter(None, about))
    return f"### {name}: {words}" if words else f"### {name}"


SECTIONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    KIND: answers_section,
    retrieval.KIND: retrieval.retrieval_section,
    precision.KIND: precision.precision_section,
    relevance.KIND: relevance.relevance_section,
    speed.KIND: speed.index_section,
    speed.KIND_SEARCH: speed.search_section,
    speed.KIND_SERVE: speed.serve_section,
    speed.KIND_START: speed.start_section,
    citations.KIND: citations.citations_section,
    dialogues.KIND: dialogues.dialogues_section,
    injection.KIND: injection.injection_section,
}


def render(results_folder: Path = RESULTS) -> str:
    """All results files of a kind that has a section, in the order of their names, as Markdown.

    Raises:
        ReportError: a file that is not JSON or lacks a figure.
    """
    sections: list[str] = []
    for name, results in read_results(results_folder).items():
        section = SECTIONS.get(results.get("kind", ""))
        if section:
            try:
                sections.append(f"{heading(name, results)}\n\n{section(results)}")
            except (KeyError, TypeError, AttributeError) as error:
                raise _broken(results_folder / f"{name}.json", error) from error
    return "\n\n".join(sections) or NO_RESULTS


def read_results(folder: Path) -> dict[str, dict[str, Any]]:
    """The results files of a folder, by their names without ending, in order.

    Raises:
        ReportError: a file that holds no JSON object.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
            found[path.stem].get("kind")
        except (ValueError, AttributeError) as error:
            raise _broken(path, error) from error
    return found


def _broken(path: Path, error: Exception) -> ReportError:
    return ReportError(f"{path} is no file of results: {error!r}.", "Run its evaluation again.")


def marks(results_folder: Path = RESULTS) -> str:
    """What is asked of the answers beside what was measured; nothing where nothing has been recorded.

    Raises:
        ReportError: a file that is not JSON or lacks a figure.
    """
    read = read_results(results_folder)
    try:
        return marks_section(read, json.loads(VERDICTS.read_text(encoding="utf-8"))) if read else NO_RESULTS
    except (KeyError, TypeError, AttributeError) as error:
        raise _broken(results_folder, error) from error


def curve(place: str, picture: Path = PICTURE) -> str:
    """What documents say of the curve that ``evals.risk`` draws, and where they find it; nothing if it is not there."""
    if not picture.exists():
        return ""
    return f"""
Every answer has a `confidence`, and one below the setting `min_confidence` is withheld: the articles don't say. What
another threshold would cost and bring:

![{CURVE_WORDS}]({place})
"""


def splice(document: str, body: str, begin: str = BEGIN, end: str = END) -> str:
    """The document with ``body`` between two markers.

    Raises:
        ReportError: the markers are not there once each and in order.
    """
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed or begin in rest or end in after:
        raise ReportError(f"A document needs {begin} and {end} once each.", "Put them back where they were.")
    return f"{before}{begin}\n{body}\n{end}{after}"


def written(document: Path, readme: Path, results: Path, picture: Path = PICTURE) -> dict[Path, str]:
    """Both documents as they should be.

    Raises:
        ReportError: see :func:`render` and :func:`splice`.
        FileNotFoundError: a document is not there.
    """
    told = splice(document.read_text(encoding="utf-8"), render(results))
    told = splice(told, marks(results), MARKS_BEGIN, MARKS_END)
    shown = readme.read_text(encoding="utf-8")
    shown = splice(shown, curve("docs/images/risk-coverage.svg", picture), CURVE_BEGIN, CURVE_END)
    return {
        document: splice(told, curve("images/risk-coverage.svg", picture), CURVE_BEGIN, CURVE_END),
        readme: splice(shown, beside_section(read_results(results)), BESIDE_BEGIN, BESIDE_END),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns 0, or 1 when ``--check`` finds the document behind the results."""
    parser = argparse.ArgumentParser(prog="python -m evals.report", description="Write the tables of results.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder of results")
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="the document with the markers")
    parser.add_argument("--check", action="store_true", help="change nothing; say whether the document is up to date")
    parser.add_argument("--readme", type=Path, default=README, help="the document with a place for the curve")
    options = parser.parse_args(arguments)
    try:
        wanted = written(options.document, options.readme, options.results)
    except FileNotFoundError as error:
        print(f"There is no {error.filename}.", file=sys.stderr)
        return 1
    except PullquoteError as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)
        return 1
    behind = [path for path, text in wanted.items() if path.read_text(encoding="utf-8") != text]
    if options.check and behind:
        print(f"{behind[0]} is behind the results. Run: python -m evals.report", file=sys.stderr)
        return 1
    if not options.check:
        for path in behind:
            path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
