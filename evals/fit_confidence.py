"""``python -m evals.fit_confidence RESULTS… --json rag/confidence.json``: the model behind ``Answer.confidence``.

Fits a logistic regression on the signals that ``evals.answers`` recorded (run it with ``PULLQUOTE_MIN_CONFIDENCE=0
PULLQUOTE_STRICT=false PULLQUOTE_THOROUGH=true``, so that nothing is withheld and every round is read). What it is to
tell is whether an answer is right; refusals are not, and neither are answers to what cannot be answered. How well it
does so on a set that it has not seen is measured too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console

from evals.families import family
from evals.machine import library_versions
from evals.scoring import auroc
from evals.tables import left_out_table
from index.errors import PullquoteError
from rag.confidence import Model

KIND = "confidence"
PENALTY = 0.02
"""Weight of the penalty on large weights: few rows, and signals that say much the same."""
SIGNS: Mapping[str, int] = {"stated": 1, "quoted": 1, "unfound": -1, "refused": -1}
"""Signals that are fitted, and whether more of them makes an answer more or less probable, which is known beforehand.

The others that are recorded made it tell less on sets that it had not seen: docs/decisions/0005."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """What is fitted: one row an answer.

    Attributes:
        names: Of the signals.
        values: Shape ``(rows, names)``; what an answer has no signal of is not a number.
        right: Whether each answer is right.
        answerable: Whether each question is.
        sets: The set of each.
        last: Whether it is what the question got in the end, and not what one round said.
    """

    names: tuple[str, ...]
    values: Floats
    right: npt.NDArray[np.bool_]
    answerable: npt.NDArray[np.bool_]
    sets: npt.NDArray[np.str_]
    last: npt.NDArray[np.bool_]


def read(paths: Sequence[Path]) -> Rows:
    """The rows of results files that hold signals.

    Raises:
        PullquoteError: none does.
    """
    rows = [row for path in paths for row in json.loads(path.read_text(encoding="utf-8"))["questions"]]
    made = [
        (one["signals"], bool(one["right"] and row["answerable"]), row["answerable"], row["set"], place == 0)
        for row in rows
        for place, one in enumerate(({"signals": row.get("signals"), "right": row["right"]}, *row.get("opinions", ())))
        if one["signals"]
    ]
    if not made:
        raise PullquoteError("No answer has signals.", "Record some: python -m evals.answers FOLDER… --json OUT")
    names = tuple(name for name in sorted({name for signals, *_ in made for name in signals}) if name in SIGNS)
    if not names:
        raise PullquoteError("The answers have signals, but none that is known.", "Record them again.")
    values = np.array([[signals.get(name, np.nan) for name in names] for signals, *_ in made])
    _, right, answerable, sets, last = (np.array(column) for column in zip(*made, strict=True))
    return Rows(names, values, right, answerable, sets, last)


def fit(rows: Rows, among: npt.NDArray[np.bool_]) -> Model:
    """A model fitted to some of the rows; every set counts the same, however many rows it has.

    A signal of known sign gets no weight of the other sign, which with few rows is what keeps it honest.
    """
    from scipy.optimize import minimize

    values, sets = rows.values[among], rows.sets[among]
    means, scales = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    scales[scales < 1e-9] = 1.0
    # A signal that is not there counts as average, as it does in Model.probability.
    standard = np.column_stack([np.nan_to_num((values - means) / scales), np.ones(len(values))])
    target = np.where(rows.right[among], 1.0, -1.0)
    counts = {name: int((sets == name).sum()) for name in set(sets)}
    importance = np.array([1.0 / (len(counts) * counts[name]) for name in sets])

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = target * (standard @ weights)
        slope = -target * importance / (1.0 + np.exp(margin))
        penalty = PENALTY * weights[:-1]
        total = importance @ np.logaddexp(0.0, -margin) + penalty @ weights[:-1] / 2
        return float(total), standard.T @ slope + np.append(penalty, 0.0)

    bounds = [_bounds(SIGNS.get(name, 0)) for name in rows.names] + [(None, None)]
    weights = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B").x
    return Model(rows.names, _numbers(means), _numbers(scales), _numbers(weights[:-1]), round(float(weights[-1]), 6))


def _bounds(sign: int) -> tuple[float | None, float | None]:
    return (None if sign <= 0 else 0.0), (None if sign >= 0 else 0.0)


def _numbers(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def probabilities(model: Model, rows: Rows) -> Floats:
    """What a model says of each row."""
    known = [
        {name: value for name, value in zip(rows.names, row, strict=True) if not np.isnan(value)} for row in rows.values
    ]
    return np.array([model.probability(signals) for signals in known])


def left_out(rows: Rows) -> dict[str, dict[str, float | int | None]]:
    """For each set, how well a model fitted on all others tells right answers, and answerable questions, in the end.

    Sets about the same articles are none of the others. Where these have nothing to tell apart, the set has no figures.
    """
    figures: dict[str, dict[str, float | int | None]] = {}
    for name in sorted(set(rows.sets)):
        mine, others = rows.sets == name, ~np.isin(rows.sets, list(family(str(name))))
        if len(set(rows.right[others])) < 2:
            continue
        said = probabilities(fit(rows, others), rows)
        mine &= rows.last
        right, answerable = mine & rows.right, mine & rows.answerable
        figures[str(name)] = {
            "n": int(mine.sum()),
            "auroc_right": _rounded(auroc(list(said[right]), list(said[mine & ~rows.right]))),
            "auroc_answerable": _rounded(auroc(list(said[answerable]), list(said[mine & ~rows.answerable]))),
            "brier": _rounded(float(np.mean((said[mine] - rows.right[mine]) ** 2))),
        }
    return figures


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def content(rows: Rows, command: Sequence[str]) -> Mapping[str, Any]:
    """The file: the model, where it comes from, and how good it is."""
    model = fit(rows, np.ones(len(rows.right), dtype=bool))
    return {
        "names": model.names,
        "means": model.means,
        "scales": model.scales,
        "weights": model.weights,
        "bias": model.bias,
        "provenance": {
            "kind": KIND,
            "command": list(command),
            "libraries": library_versions(),
            "rows": {str(name): int((rows.sets == name).sum()) for name in sorted(set(rows.sets))},
            "left_out": left_out(rows),
        },
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0, or 1 for an error that is said in one sentence."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="python -m evals.fit_confidence", description="Fit the model of confidence.")
    parser.add_argument("results", nargs="+", type=Path, metavar="RESULTS", help="written by evals.answers")
    parser.add_argument("--json", required=True, type=Path, metavar="OUT", help="such as rag/confidence.json")
    options = parser.parse_args(given)
    try:
        made = content(read(options.results), ["python", "-m", "evals.fit_confidence", *given])
    except PullquoteError as error:
        Console(stderr=True).print(f"{error.message} {error.hint}", markup=False)
        return 1
    options.json.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    Console().print(left_out_table(made["provenance"]["left_out"], "n", "ROC right", "ROC answerable", "Brier"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
