"""What splicing costs in right answers: the engines ``full`` and ``spliced`` of :mod:`evals.answers`, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from evals.risk import most_confident
from evals.tables import markdown_rate, markdown_table, provenance, seconds_cell

ENGINES = ("full", "spliced")
HEADINGS = (
    *("", "questions", "right, read anew", "right, spliced", "points lost", "right only anew, only spliced"),
    *("none withheld: right, anew", "spliced", "points lost"),
    *("s to first word, anew", "spliced", "s in all, anew", "spliced", "MB"),
)


def splicing_section(comparisons: Sequence[Mapping[str, Any]], mb_a_passage: float) -> str:
    """The comparison as Markdown, a table for each file of results.

    Args:
        comparisons: Results of ``evals.answers`` whose engines were those of ``ENGINES``.
        mb_a_passage: What the keys and values of a passage take on disk.
    """
    lines = [
        "",
        "## What splicing costs in answers",
        "",
        "The same questions, answered from passages that were computed one by one, and from passages that are read",
        "anew, together, for each question. All else is the same, and so is the first round, which reads one passage.",
        "How confident an answer is differs as well: of spliced passages it is read off the inside of the model",
        "whether they hold an answer (decision 0023), of others the model is asked, and withholds less. So answers are",
        "counted once more as if none were withheld. MB are the keys and values on disk of the passages that a",
        "question's rounds read, in the mean.",
    ]
    for results in comparisons:
        rows = [_row(results, name, mb_a_passage) for name in _asked_of_both(results)]
        lines += ["", provenance(results), "", *markdown_table(HEADINGS, rows)]
        if not results["complete"]:
            lines += ["", "**The run was interrupted; sets that were not finished are left out.**"]
    return "\n".join([*lines, ""])


def _asked_of_both(results: Mapping[str, Any]) -> list[str]:
    """The sets of which both engines were asked as many questions."""
    full, spliced = (results["engines"][engine]["sets"] for engine in ENGINES)
    return [name for name, figures in full.items() if figures["n"] == spliced.get(name, {}).get("n")]


def _row(results: Mapping[str, Any], name: str, mb_a_passage: float) -> list[str]:
    """The cells of a set's line."""
    full, spliced = (results["engines"][engine]["sets"][name] for engine in ENGINES)
    asked = [row for row in results["questions"] if row["set"] == name]
    anyway = {one: [_right_anyway(row) for row in asked if row["engine"] == one] for one in ENGINES}
    right = {one: {row["id"] for row in asked if row["engine"] == one and row["right"]} for one in ENGINES}
    read = [
        max((opinion["read"] for opinion in row["opinions"]), default=0) for row in asked if row["engine"] == "spliced"
    ]
    return [
        name if results["mode"] != "mixed" else f"{name}, mixed",
        str(full["n"]),
        markdown_rate(full, "accuracy"),
        markdown_rate(spliced, "accuracy"),
        f"{100 * (full['accuracy'] - spliced['accuracy']):.1f}",
        f"{len(right['full'] - right['spliced'])}, {len(right['spliced'] - right['full'])}",
        *(f"{mean(anyway[one]):.3f}" for one in ENGINES),
        f"{100 * (mean(anyway['full']) - mean(anyway['spliced'])):.1f}",
        *(seconds_cell(one[key]) for key in ("seconds_to_first_token", "seconds_total") for one in (full, spliced)),
        f"{mb_a_passage * mean(read):.1f}",
    ]


def _right_anyway(row: Mapping[str, Any]) -> bool:
    """Whether an answer is right, also one that was withheld: then its most confident round that was no refusal."""
    if row["status"] == "answered":
        return bool(row["right"])
    best = most_confident(row)
    return best is not None and bool(best["right"])
