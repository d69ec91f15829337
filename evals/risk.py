"""``python -m evals.risk RESULTS… [--svg FILE]``: what moving the threshold of confidence costs, and what it brings.

Below ``min_confidence`` a question gets "the articles don't say". The curve shows, for every threshold that could have
been set, the share of all questions that would have been answered, and how many of those answers are right. An
unanswerable question counts among all, and an answer to it as wrong.

It is drawn from files of :mod:`evals.answers` alone. What was withheld for its low confidence is known from its rounds:
its words are those of the most confident round that was no refusal, before sentences without a quote are left out.
Whatever the model refused is answered at no threshold, nor what was confident enough and stood on no quote.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from rich.console import Console
from rich.table import Table

from evals.answers import KIND
from evals.runner import EXIT_ERROR, PLAIN_WIDTH
from index.errors import PullquoteError

FEWEST = 10
"""Answers from which on a share of right ones is drawn; of fewer it is noise."""
THRESHOLDS = (0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.7)
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 400, 60, 48, 220, 52
# Told apart by the colour-blind: Okabe and Ito, "Color universal design", 2008; black last.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a7d00", "#000000")


class RiskError(PullquoteError):
    """Files of results that no curve can be drawn from."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer that could be given: how confident, and whether it is right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold: shares of questions answered, and of answers that are right (None where none is given)."""

    threshold: float
    answered: float
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A set's answers by falling confidence, out of ``n`` questions; ``threshold`` is the one of the run."""

    name: str
    n: int
    tried: tuple[Tried, ...]
    threshold: float

    def at(self, threshold: float) -> Point:
        """What would be answered with that threshold."""
        given = [one.right for one in self.tried if one.confidence >= threshold]
        return Point(threshold, len(given) / self.n, sum(given) / len(given) if given else None)

    @property
    def points(self) -> list[Point]:
        """A point for each threshold that makes a difference, from few answers to all."""
        thresholds = dict.fromkeys(one.confidence for one in self.tried[min(FEWEST, len(self.tried)) - 1 :])
        return [self.at(threshold) for threshold in thresholds]


def tried(row: Mapping[str, Any], threshold: float) -> Tried | None:
    """What a question could be answered with, given the threshold of the run; None if with nothing."""
    if row["status"] == "answered":
        return Tried(row["confidence"], row["right"])
    best = most_confident(row)
    if row["status"] != "not_in_articles" or best is None or row["confidence"] >= threshold:
        return None
    return Tried(row["confidence"], best["right"])


def most_confident(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The most confident round of a question that was no refusal; None if all were."""
    said = [opinion for opinion in row["opinions"] if not opinion["refused"]]
    return max(said, key=lambda opinion: float(opinion["confidence"]), default=None)


def curves(files: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Curve]:
    """The curves of files of results, by name of the file; sets without answerable questions have none.

    Of a file that compares engines, those of the first one.

    Raises:
        RiskError: no file of answers, one of an interrupted run, or no curve at all.
    """
    found: list[Curve] = []
    for name, results in files:
        if results.get("kind") != KIND:
            raise RiskError(f"{name} holds no answers.", "Give files that evals.answers wrote.")
        if not results["complete"]:
            raise RiskError(f"{name} comes from an interrupted run.", "Run it again with --resume.")
        threshold = float(results["settings"]["min_confidence"])
        mode = results.get("mode", "given")
        engine = next(iter(results["engines"]))
        for set_name in results["sets"]:
            rows = [row for row in results["questions"] if (row["set"], row["engine"]) == (set_name, engine)]
            if any(row["answerable"] for row in rows):
                answers = [one for row in rows if (one := tried(row, threshold)) is not None]
                ordered = tuple(sorted(answers, key=lambda one: -one.confidence))
                found.append(Curve(_label(set_name, mode), len(rows), ordered, threshold))
    if not any(curve.tried for curve in found):
        raise RiskError("There is nothing to draw.", "Give files of evals.answers with answerable questions.")
    return found


def _label(set_name: str, mode: str) -> str:
    return set_name if mode == "given" else f"{set_name}, {mode}"


def read(paths: Sequence[Path]) -> list[tuple[str, Mapping[str, Any]]]:
    """The files and their names.

    Raises:
        RiskError: one is no file of results.
    """
    try:
        return [(path.name, json.loads(path.read_text(encoding="utf-8"))) for path in dict.fromkeys(paths)]
    except (OSError, ValueError) as error:
        raise RiskError(f"A file cannot be read: {error}.", "Write it with: python -m evals.answers") from error


def plot(drawn: Sequence[Curve]) -> str:
    """Accuracy over the share of questions that are answered, as SVG: a line for each set, a dot at its threshold."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    shown = [point for curve in drawn for point in (*curve.points, curve.at(curve.threshold))]
    lowest = min(point.accuracy for point in shown if point.accuracy is not None)
    floor = max(0.0, int(lowest * 10) / 10)

    def place(point: Point) -> tuple[float, float]:
        share = ((point.accuracy or 0.0) - floor) / (1 - floor or 1)
        return LEFT + point.answered * wide, TOP + (1 - share) * high

    title = "How many answers are right, by how many questions are answered"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        *_axes(floor, wide, high),
    ]
    for number, curve in enumerate(drawn):
        colour = COLOURS[number % len(COLOURS)]
        dashes = ' stroke-dasharray="5 3"' if number >= len(COLOURS) else ""
        spots = " ".join("{:.1f},{:.1f}".format(*place(point)) for point in curve.points)
        lines.append(f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        chosen = curve.at(curve.threshold)
        if chosen.accuracy is not None:
            x, y = place(chosen)
            lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
        x, y = LEFT + wide + 20, TOP + 8 + 20 * number
        lines.append(f'<path d="M{x} {y}h20" stroke="{colour}" stroke-width="2"{dashes}/>')
        lines.append(f'<text x="{x + 26}" y="{y + 4}">{escape(curve.name)} ({curve.n})</text>')
    return "\n".join([*lines, "</svg>", ""])


def _axes(floor: float, wide: int, high: int) -> list[str]:
    """Lines and words around the curves."""
    below = TOP + high
    lines = [
        f'<path d="M{LEFT} {TOP}V{below}H{LEFT + wide}" fill="none" stroke="black"/>',
        f'<text x="{LEFT + wide / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">share of questions answered</text>',
        f'<text x="{LEFT - 40}" y="{TOP - 20}">share of answers that are right (dot: at the default threshold)</text>',
    ]
    for step in range(5):
        x, y = LEFT + wide * step / 4, below - high * step / 4
        value = floor + (1 - floor) * step / 4
        lines.append(f'<path d="M{LEFT} {y:.1f}H{LEFT + wide}" stroke="#dddddd"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}</text>')
        lines.append(f'<text x="{x:.1f}" y="{below + 18}" text-anchor="middle">{step / 4:.2f}</text>')
    return lines


def table(drawn: Sequence[Curve]) -> Table:
    """For some thresholds, the share answered and the share of those answers that is right."""
    shown = Table("set", "n", title="Answered / of these right, by threshold of confidence", title_justify="left")
    for threshold in THRESHOLDS:
        shown.add_column(f"{threshold:g}", justify="right")
    for curve in drawn:
        points = [curve.at(threshold) for threshold in THRESHOLDS]
        cells = ["–" if p.accuracy is None else f"{p.answered:.2f} / {p.accuracy:.2f}" for p in points]
        shown.add_row(curve.name, str(curve.n), *cells)
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0, or 1 for an error that is said in a sentence."""
    parser = argparse.ArgumentParser(prog="python -m evals.risk", description="Show what the threshold costs.")
    parser.add_argument("results", nargs="+", type=Path, metavar="RESULTS", help="written by evals.answers")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the curves into this file")
    options = parser.parse_args(arguments)
    try:
        drawn = curves(read(options.results))
    except PullquoteError as error:
        Console(stderr=True).print(f"{error.message} {error.hint}", markup=False)
        return EXIT_ERROR
    if options.svg:
        options.svg.write_text(plot(drawn), encoding="utf-8")
    Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH).print(table(drawn))
    return 0


if __name__ == "__main__":
    sys.exit(main())
